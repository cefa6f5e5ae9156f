// Puts the page's HTML in place and fills a folded proof when it is first opened.
function fill(event) {
  const fold = event.target;
  const slot = fold.open && fold.querySelector(":scope > [data-fold]");
  if (!slot || slot.hasChildNodes()) return;
  slot.innerHTML = event.currentTarget.bodies[Number(slot.dataset.fold)];
}

export default function ({ parentElement, data }) {
  const root = parentElement.querySelector(".folds");
  if (root.version === data.version) return;
  if (root.version === undefined) root.addEventListener("toggle", fill, true);
  root.version = data.version;
  root.bodies = data.bodies;
  root.innerHTML = data.html;
}
