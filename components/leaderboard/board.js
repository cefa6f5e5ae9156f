// Lets the heads and boxes of the table, which is plain HTML, speak to the server without a reload of the page.
export default function ({ data, parentElement, setTriggerValue }) {
  const table = () => document.querySelector(".st-key-models_table");
  const most = data.most;
  const show = () => {
    for (const box of table()?.querySelectorAll("input[data-pick]") ?? []) {
      box.checked = data.picked.includes(box.dataset.pick);
      box.disabled = !box.checked && data.picked.length >= most;
    }
    if (parentElement.focused && document.activeElement === document.body) {
      table()?.querySelector(`button[data-sort="${CSS.escape(parentElement.focused)}"]`)?.focus();
    }
  };
  const press = (event) => {
    const button = event.target.closest?.(".st-key-models_table button[data-sort]");
    parentElement.focused = button?.dataset.sort;
    if (button) setTriggerValue("sorted", button.dataset.sort);
  };
  const tick = (event) => {
    const box = event.target.closest?.(".st-key-models_table input[data-pick]");
    if (box) setTriggerValue("ticked", box.dataset.pick);
  };
  parentElement.quit?.();
  const ended = new AbortController();
  document.addEventListener("click", press, { signal: ended.signal });
  document.addEventListener("change", tick, { signal: ended.signal });
  // The table may be drawn after this runs, and anew whenever rows or columns change.
  const watch = new MutationObserver(show);
  watch.observe(document.querySelector("[data-testid=stMain]") ?? document.body, { childList: true, subtree: true });
  parentElement.quit = () => {
    ended.abort();
    watch.disconnect();
  };
  show();
  return parentElement.quit;
}
