// The report in its frame: a new drawing of it stays where its reader was, and where it does not scroll by itself, the
// frame is as long as it is.
const SHEET = ".st-key-report_preview iframe";
const place = { at: 0 };

const fit = (frame, whole) => {
  const page = frame.contentDocument;
  const own = whole || matchMedia("(max-width: 640px)").matches;
  // Its own bar would take width from what is measured.
  page.documentElement.style.overflowY = own ? "hidden" : "";
  if (own) frame.style.height = `${Math.ceil(page.body.getBoundingClientRect().height) + 4}px`;
};

const drawn = (frame, whole) => {
  const inside = frame.contentWindow;
  inside.scrollTo({ top: place.at, behavior: "instant" });
  inside.addEventListener("scroll", () => { place.at = inside.scrollY; }, { passive: true });
  fit(frame, whole);
  new inside.ResizeObserver(() => fit(frame, whole)).observe(frame.contentDocument.body);
};

export default function ({ data }) {
  const loaded = ({ target }) => {
    if (target.matches?.(SHEET)) drawn(target, data.whole);
  };
  document.addEventListener("load", loaded, true);
  for (const frame of document.querySelectorAll(SHEET)) {
    if (frame.contentDocument?.readyState === "complete" && frame.contentDocument.URL === "about:srcdoc") drawn(frame, data.whole);
  }
  return () => document.removeEventListener("load", loaded, true);
}
