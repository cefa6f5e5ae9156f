// Another view begins at its top, wherever the last one was scrolled to.
let shown;

export default function ({ data }) {
  if (shown !== undefined && shown !== data.view) document.querySelector("[data-testid=stMain]")?.scrollTo(0, 0);
  shown = data.view;
}
