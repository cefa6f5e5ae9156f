// Buttons that are also the heads of columns stay as words: without them a table would have no heads.
const still = () => document.querySelectorAll(".board button").forEach((button) => { button.disabled = true; });

export default function () {
  const watch = new MutationObserver(still);
  watch.observe(document.querySelector("[data-testid=stMain]") ?? document.body, { childList: true, subtree: true });
  still();
  return () => {
    watch.disconnect();
    document.querySelectorAll(".board button").forEach((button) => { button.disabled = false; });
  };
}
