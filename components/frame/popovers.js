// An open popover stands at the end of the document: without this, a keyboard would walk through the whole page to it.
const STOPS = ":is(a[href], button, input, select, textarea, summary, [tabindex]):not(:disabled, [tabindex='-1'])";

function step(event) {
  if (event.key !== "Tab" || event.altKey || event.ctrlKey || event.metaKey) return;
  const opener = document.querySelector("[data-testid=stPopoverButton][aria-expanded=true]");
  const body = document.querySelector("[data-testid=stPopoverBody]");
  if (!opener || !body) return;
  const stops = [...body.querySelectorAll(STOPS)].filter((each) => each.checkVisibility());
  const here = document.activeElement;
  if (here === opener && !event.shiftKey && stops.length) {
    event.preventDefault();
    stops[0].focus();
  } else if (here === stops[0] && event.shiftKey) {
    event.preventDefault();
    opener.focus();
  } else if (here === stops.at(-1) && !event.shiftKey) {
    // The browser goes on from here to what follows the button.
    opener.focus();
  }
}

export default function () {
  if (document.stepsIntoPopovers) return;
  document.stepsIntoPopovers = true;
  document.addEventListener("keydown", step);
}
