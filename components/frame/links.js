// A plain click on a link of the page's own HTML changes the page as the navigation does: the session stays.
function follow(event) {
  const link = event.target.closest?.(':is(.stHtml, .folds) a[href]:not([target="_blank"])');
  const plain = event.button === 0 && !(event.metaKey || event.ctrlKey || event.shiftKey || event.altKey);
  if (!link || !plain || event.defaultPrevented || link.origin !== location.origin) return;
  event.preventDefault();
  history.pushState({}, "", link.href);
  dispatchEvent(new PopStateEvent("popstate", { state: {} }));
  document.querySelector("[data-testid=stMain]")?.scrollTo(0, 0);
}

export default function () {
  if (document.followsLinks) return;
  document.followsLinks = true;
  document.addEventListener("click", follow);
}
