// A plain click on a link of the page's own HTML changes the page as the navigation does: the session stays.
function follow(event) {
  const link = event.target.closest?.(':is(.stHtml, .folds) a[href]:not([target="_blank"])');
  if (!link || event.defaultPrevented || link.origin !== location.origin) return;
  const here = new URLSearchParams(location.search);
  if (here.get("guest") === "true" && !link.matches(".full-view")) {
    // Guests stay guests; a frame in another page has no room for more, so there the whole product opens beside it.
    if (here.get("embed") === "true") Object.assign(link, { target: "_blank", rel: "noopener" });
    else link.search = withGuest(link.search);
  }
  const plain = event.button === 0 && !(event.metaKey || event.ctrlKey || event.shiftKey || event.altKey);
  if (!plain || link.target === "_blank") return;
  event.preventDefault();
  history.pushState({}, "", link.href);
  dispatchEvent(new PopStateEvent("popstate", { state: {} }));
  document.querySelector("[data-testid=stMain]")?.scrollTo(0, 0);
}

function withGuest(search) {
  const asked = new URLSearchParams(search);
  asked.set("guest", "true");
  return asked.toString();
}

export default function () {
  if (document.followsLinks) return;
  document.followsLinks = true;
  document.addEventListener("click", follow);
}
