"""On a phone the same story is stacked: nothing scrolls sideways, nothing is cut."""

import pytest
from playwright.sync_api import expect

from tests.browser.driver import PAGES, PHONE, QUICK, Screen

pytestmark = pytest.mark.browser

# Elements with text of their own that reach past the window, or whose text is wider than they are and cut off there.
_CUT = """width => {
  const found = [];
  for (const node of document.querySelectorAll('[data-testid=stMain] *')) {
    const own = [...node.childNodes].some(child => child.nodeType === 3 && child.textContent.trim());
    if (!own || node.closest('[aria-hidden=true]') || !node.checkVisibility()) continue;
    const box = node.getBoundingClientRect();
    if (!box.width || !box.height) continue;
    const style = getComputedStyle(node);
    const cut = style.overflowX !== 'visible' && node.scrollWidth > node.clientWidth + 1;
    const past = box.right > width + 1 || box.left < -1;
    // A table inside an answer, or in a box that the keyboard reaches, may scroll by itself.
    const scrolls = node.closest('[data-testid=stMarkdown] table, [role=region][tabindex="0"]');
    const name = `${node.tagName}.${node.className} "${node.textContent.trim().slice(0, 60)}"`;
    if ((past || cut) && !scrolls) found.push(`${name} from ${box.left} to ${box.right}`);
  }
  return found;
}"""


def assert_fits(screen: Screen) -> None:
    width = screen.page.evaluate("() => innerWidth")
    for box in ("html", "[data-testid=stMain]", "[data-testid=stMainBlockContainer]"):
        wide = screen.page.locator(box).evaluate("node => node.scrollWidth")
        assert wide <= width, f"{box} is {wide} px wide in a window of {width} px"
    assert screen.page.evaluate(_CUT, width) == []


@pytest.mark.parametrize("title", PAGES)
def test_a_page_fits_a_phone_in_light_and_dark(visit, title):
    screen = visit(PAGES[title], size=PHONE)
    assert_fits(screen)
    screen.page.locator("details.proof").evaluate_all("all => all.forEach(one => one.open = true)")
    assert_fits(screen)
    screen.show_in("dark")
    assert_fits(screen)


def test_a_comparison_of_four_models_fits_a_phone(visit):
    four = "gemini-2.0-pro,gemini-2.0-flash,gemini-2.5-pro,gemini-3.8-flash"
    assert_fits(visit(f"compare?models={four}&rows=all", size=PHONE))


def test_a_finished_run_fits_a_phone_with_the_answers_under_each_other(visit):
    screen = visit("playground", size=PHONE)
    screen.run(f"Write a table and some Python code about hash tables. {QUICK}")
    assert_fits(screen)
    first, second = (screen.answer(side).bounding_box() for side in (0, 1))
    assert first["y"] + first["height"] <= second["y"]
    for side in (0, 1):
        expect(screen.head(side)).to_contain_text("Simulated")


def test_a_failed_run_fits_a_phone(visit):
    screen = visit("playground", size=PHONE)
    screen.run(f"Tell me about hash tables. {QUICK}[[simulate fault=rate_limited_minute]]")
    assert_fits(screen)


def test_documents_with_their_answers_fit_a_phone(visit):
    screen = visit("documents?models=gemini-2.5-pro,gemini-2.5-flash", size=PHONE)
    screen.keyed("documents_sample").get_by_role("button").click()
    expect(screen.main.locator(".fit")).to_have_count(2)
    assert_fits(screen)
    box = screen.keyed("documents_prompt").locator("textarea")
    box.fill(f"A lift that stands still with somebody inside is an emergency {QUICK}")
    box.press("Control+Enter")
    expect(screen.main.locator("ol.quotations")).to_have_count(2)
    screen.settle()
    assert_fits(screen)


def test_settings_fit_a_phone(visit):
    screen = visit("playground", size=PHONE)
    screen.open_popover("Settings")
    box = screen.page.get_by_test_id("stPopoverBody").bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= PHONE["width"]


def test_the_navigation_is_one_tap_away_on_a_phone(visit):
    screen = visit("compare", size=PHONE)
    expect(screen.link("Playground")).not_to_be_in_viewport()
    screen.page.get_by_test_id("stExpandSidebarButton").click()
    screen.link("Playground").click(delay=100)
    expect(screen.page.locator("h1")).to_have_text("Playground")
