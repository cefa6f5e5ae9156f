"""Opens the system's Chromium, and measures from inside its pages, where no driver adds time of its own."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Page, sync_playwright

_ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
LIMIT_MS = 20_000

# Resolves with the milliseconds from the click until the condition holds, checked at every change of the page.
_CLICK = """
async ([target, condition, limit]) => {
  const element = document.querySelector(target);
  if (!element) throw new Error("nothing to click at " + target);
  const holds = new Function("return (" + condition + ")");
  if (holds()) throw new Error("already true before the click: " + condition);
  return await new Promise((resolve, reject) => {
    let began = 0;
    const observer = new MutationObserver(() => {
      if (!holds()) return;
      observer.disconnect();
      resolve(performance.now() - began);
    });
    observer.observe(document.body, {subtree: true, childList: true, characterData: true, attributes: true});
    setTimeout(() => { observer.disconnect(); reject(new Error("never true: " + condition)); }, limit);
    began = performance.now();
    element.click();
  });
}
"""


@contextmanager
def chromium() -> Iterator[Browser]:
    """A headless Chromium for the length of the block."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium-headless-shell") or shutil.which("chromium"), args=_ARGUMENTS
        )
        try:
            yield browser
        finally:
            browser.close()


def fresh_page(browser: Browser) -> Page:
    """A page with a profile of its own: nothing cached, nothing remembered."""
    page = browser.new_context(viewport={"width": 1440, "height": 900}).new_page()
    page.set_default_timeout(LIMIT_MS)
    return page


def settle(page: Page) -> None:
    """Wait until the app's script rests and the page has drawn what it sent."""
    page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for()
    page.wait_for_timeout(60)


def click_seconds(page: Page, target: str, condition: str) -> float:
    """Seconds from a click on the CSS selector `target` until the JavaScript `condition` holds in the page.

    Raises playwright's Error where the condition holds already or not within 20 s.
    """
    return float(page.evaluate(_CLICK, [target, condition, LIMIT_MS])) / 1000
