// Lets the boxes of the list, which is plain HTML, tell the server which runs are selected.
export default function ({ data, parentElement, setStateValue, setTriggerValue }) {
  const boxes = () => document.querySelectorAll("[data-testid=stMain] input[data-run]");
  // Between two answers of the server the boxes know better; it counts a turn when it has changed them itself.
  if (parentElement.turn !== data.turn) {
    parentElement.turn = data.turn;
    parentElement.picked = new Set(data.picked);
  }
  const show = () => {
    for (const box of boxes()) box.checked = parentElement.picked.has(box.dataset.run);
    const lost = parentElement.focused && document.activeElement === document.body;
    if (lost) document.querySelector(`a[data-fold-of="${CSS.escape(parentElement.focused)}"]`)?.focus({ preventScroll: true });
  };
  const tick = (event) => {
    const box = event.target.closest?.("input[data-run]");
    if (!box) return;
    box.checked ? parentElement.picked.add(box.dataset.run) : parentElement.picked.delete(box.dataset.run);
    setStateValue("picked", [...parentElement.picked]);
  };
  // Without this the link would lead to the head of the page, away from the row that it opens.
  const open = (event) => {
    const fold = event.target.closest?.("a[data-fold-of]");
    parentElement.focused = fold?.dataset.foldOf;
    const plain = event.button === 0 && !(event.metaKey || event.ctrlKey || event.shiftKey || event.altKey);
    if (!fold || !plain) return;
    event.preventDefault();
    setTriggerValue("opened", fold.dataset.open || "none");
  };
  parentElement.quit?.();
  const ended = new AbortController();
  document.addEventListener("change", tick, { signal: ended.signal });
  document.addEventListener("click", open, { signal: ended.signal, capture: true });
  // The list may be drawn after this runs, and anew whenever a filter changes.
  const watch = new MutationObserver(show);
  watch.observe(document.querySelector("[data-testid=stMain]") ?? document.body, { childList: true, subtree: true });
  parentElement.quit = () => {
    ended.abort();
    watch.disconnect();
  };
  show();
  return parentElement.quit;
}
