"""The frame around every page: navigation, addresses, keyboard."""

import re
from urllib.parse import unquote

import pytest
from playwright.sync_api import expect

from tests.browser.driver import PAGES, Screen

pytestmark = pytest.mark.browser

PAIR = "models=gemini-2.5-pro,gemini-3.8-flash"
HEADINGS = {
    "Overview": "Gemini Pro or Flash, on evidence",
} | {title: title for title in PAGES if title != "Overview"}


def assert_framed(screen: Screen, title: str) -> None:
    titles = screen.page.get_by_test_id("stSidebarNavLink").all_inner_texts()
    assert [text.split("\n")[-1] for text in titles] == list(PAGES)
    expect(screen.page.locator("h1")).to_have_text(HEADINGS[title])
    expect(screen.page.get_by_role("dialog")).to_have_count(0)
    expect(screen.page.get_by_text("Page not found")).to_have_count(0)
    expect(screen.page.get_by_test_id("stException")).to_have_count(0)


@pytest.mark.parametrize("title", ["Compare", "Benchmarks", "Playground"])
def test_deep_link_as_the_very_first_visit_after_a_start_is_framed(own_app, visit, title):
    screen = visit(f"{PAGES[title]}?{PAIR}", on=own_app())
    assert_framed(screen, title)
    assert screen.asked["models"] == "gemini-2.5-pro,gemini-3.8-flash"
    style = screen.page.locator(".lead").evaluate("lead => getComputedStyle(lead).maxWidth")
    assert style != "none", "the style sheet of the frame is missing"


def test_every_page_is_reached_by_its_navigation_link_and_has_a_title_of_its_own(visit):
    screen = visit()
    assert_framed(screen, "Overview")
    found = [screen.page.title()]
    for title in (name for name in PAGES if name != "Overview"):
        screen.go_to(title)
        assert_framed(screen, title)
        expect(screen.page).to_have_title(re.compile(title))
        found.append(screen.page.title())
    assert len(set(found)) == len(found)
    screen.go_to("Overview")
    assert_framed(screen, "Overview")


def test_chosen_models_travel_with_the_links_of_the_overview(visit):
    screen = visit(f"?{PAIR}")
    screen.main.get_by_role("link", name="Compare every field").click()
    expect(screen.page.locator("h1")).to_have_text("Compare")
    screen.settle()
    assert screen.asked["models"] == "gemini-2.5-pro,gemini-3.8-flash"
    expect(screen.main.locator("table.facts thead").first).to_contain_text("3.8 Flash")


def test_chosen_models_travel_with_the_navigation_and_stand_in_the_address(visit):
    screen = visit(f"compare?{PAIR}")
    for title in ("Architecture", "Benchmarks", "Playground", "Overview"):
        screen.go_to(title)
        expect(screen.keyed(f"{title.lower()}_models")).to_contain_text("Gemini 3.8 Flash")
        assert unquote(screen.asked.get("models", "")) == "gemini-2.5-pro,gemini-3.8-flash"


def test_first_visit_with_default_models_keeps_a_plain_address(visit):
    screen = visit("compare")
    assert screen.page.url == f"{screen.app.url}/compare"


def test_tab_reaches_the_navigation_and_the_controls_and_enter_opens_details(visit):
    screen = visit("compare")
    seen = tab_through(screen, until="SUMMARY")
    stops = (*PAGES, "Models", "Differences (", "SUMMARY")
    assert set(stops) <= set(seen), seen
    assert sorted(stops, key=seen.index) == list(stops), seen
    details = screen.page.locator("details:has(summary:focus)").first
    assert details.get_attribute("open") is None
    screen.page.keyboard.press("Enter")
    expect(details).to_have_attribute("open", "")
    expect(details.locator("ul.claims li a").first).to_be_visible()


def test_tab_reaches_every_control_of_the_playground(visit):
    screen = visit("playground")
    seen = tab_through(screen, until="Run options")
    for name in ("Models", "What answers now", "Key", "Use Gemini 3.8 Flash instead", "Precise analysis", "Prompt"):
        assert name in seen, (name, seen)
    for name in ("Run both", "Blind", "Settings", "Files", "Run options"):
        assert name in seen, (name, seen)
    screen.page.keyboard.press("Enter")
    expect(screen.page.get_by_role("spinbutton", name="Repeats for each model")).to_be_visible()


def test_focus_can_be_seen_on_a_value_that_opens(visit):
    screen = visit("compare")
    tab_through(screen, until="SUMMARY")
    outline = screen.page.locator("summary:focus").evaluate(
        "node => { const s = getComputedStyle(node); return [s.outlineStyle, s.boxShadow] }"
    )
    assert outline != ["none", "none"]


def test_a_page_that_does_not_exist_says_so_and_keeps_the_frame(visit):
    screen = visit("nowhere")
    expect(screen.page.get_by_role("dialog")).to_contain_text("Page not found")
    expect(screen.page.get_by_test_id("stSidebarNavLink")).to_have_count(len(PAGES))


def tab_through(screen: Screen, until: str, most: int = 60) -> list[str]:
    """Press Tab until the control named `until` has the focus; return the names of all that had it on the way."""
    seen: list[str] = []
    for _ in range(most):
        screen.page.keyboard.press("Tab")
        name = screen.page.evaluate(
            """() => {
              const node = document.activeElement;
              if (node.tagName === 'SUMMARY') return 'SUMMARY';
              const label = node.getAttribute('aria-label') || node.labels?.[0]?.innerText;
              const text = node.querySelector('[data-testid=stMarkdownContainer]')?.innerText;
              return (label || text || node.tagName).trim();
            }"""
        )
        seen.append("Differences (" if name.startswith("Differences (") else name)
        if name == until:
            return seen
    raise AssertionError(f"Tab never reached {until}: {seen}")


def test_a_link_in_the_text_changes_the_page_without_loading_it_anew(visit):
    screen = visit(f"compare?{PAIR}")
    screen.page.evaluate("window.sameDocument = true")
    screen.main.get_by_role("link", name=re.compile("^Compare .* instead$")).first.click()
    screen.page.wait_for_url("**/compare?models=*")
    screen.settle()
    assert screen.asked["models"] != "gemini-2.5-pro,gemini-3.8-flash"
    screen.page.go_back()
    screen.settle()
    assert screen.asked["models"] == "gemini-2.5-pro,gemini-3.8-flash"
    expect(screen.main.locator(".card").first).to_contain_text("Gemini 2.5 Pro")
    assert screen.page.evaluate("window.sameDocument")
