"""Sharing as people do it: copy a link, open it elsewhere, put it into a wiki, read it without controls."""

import re
import threading
from collections.abc import Callable, Iterator
from functools import partial
from html.parser import HTMLParser
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from catalog import compiled
from tests.browser.driver import DESKTOP, FLASH, PAGES, PHONE, QUICK, Screen
from tests.browser.test_accessibility import assert_accessible
from tests.browser.test_phone import assert_fits

pytestmark = pytest.mark.browser

Visit = Callable[..., Screen]

PAIR = "models=gemini-2.5-pro,gemini-3.8-flash"
# One of the versions that the repository keeps, from before the prices of batches were in the catalog.
EARLIER = "d50ab1b8ac91"
# Beside links and folds, a keyboard stops at boxes that scroll, which are no controls.
_CONTROLS = """() => [...document.querySelectorAll(
    'button, input, select, textarea, [contenteditable=true], [tabindex], [role=button], [role=slider], [role=checkbox]'
  )].filter(node => node.checkVisibility({ visibilityProperty: true }) && node.tabIndex >= 0 && !node.disabled)
    .filter(node => !node.matches('main, [role=region], [data-testid=stCode], .stCode'))
    .map(node => node.outerHTML.slice(0, 160))"""


def share(screen: Screen) -> Locator:
    screen.open_popover("Share")
    body = screen.page.get_by_test_id("stPopoverBody")
    expect(body.get_by_role("textbox", name="Link", exact=True)).to_have_value(re.compile("catalog="))
    return body


def link(screen: Screen, name: str = "Link") -> str:
    return share(screen).get_by_role("textbox", name=name, exact=True).input_value()


def asked(url: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}


def path_of(screen: Screen, url: str) -> str:
    return url.removeprefix(f"{screen.app.url}/")


# The popover.


def test_the_link_holds_the_view_as_it_stands_and_the_catalogs_version(visit: Visit) -> None:
    screen = visit(f"compare?{PAIR}")
    screen.main.get_by_text("All rows").click()
    screen.settle()
    url = link(screen)
    assert url.startswith(f"{screen.app.url}/compare?")
    assert asked(url) == {
        "models": "gemini-2.5-pro,gemini-3.8-flash",
        "rows": "all",
        "catalog": compiled.load().version,
    }
    again = visit(path_of(screen, url))
    expect(again.keyed("compare_models")).to_contain_text("Gemini 3.8 Flash")
    expect(again.page.get_by_role("radio", name="All rows")).to_be_checked()
    expect(again.page.locator(".changed")).to_have_count(0)


def test_a_link_made_from_an_old_link_names_todays_catalog(visit: Visit) -> None:
    screen = visit(f"compare?{PAIR}&catalog={EARLIER}")
    assert asked(link(screen))["catalog"] == compiled.load().version
    assert screen.asked["catalog"] == EARLIER


def test_copying_puts_the_link_into_the_clipboard_and_says_so(visit: Visit) -> None:
    screen = visit(f"compare?{PAIR}")
    screen.page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=screen.app.url)
    body = share(screen)
    body.get_by_role("button", name="Copy link").nth(1).click()
    expect(body.get_by_role("status")).to_have_text("Link for guests: copied.")
    copied = screen.page.evaluate("() => navigator.clipboard.readText()")
    assert asked(copied)["guest"] == "true"


def test_where_no_page_may_copy_the_text_is_selected(visit: Visit) -> None:
    screen = visit("compare")
    screen.page.evaluate(
        "() => { Object.defineProperty(navigator, 'clipboard', { value: undefined, configurable: true });"
        " document.execCommand = () => false; }"
    )
    body = share(screen)
    body.get_by_role("button", name="Copy snippet").click()
    expect(body.get_by_role("status")).to_contain_text("Snippet for a wiki: selected. Press Ctrl+C")
    chosen = "() => { const f = document.activeElement; return f.value.slice(f.selectionStart, f.selectionEnd) }"
    assert screen.page.evaluate(chosen) == body.get_by_role("textbox", name="Snippet").input_value()


def test_a_key_and_a_draft_are_in_no_link(visit: Visit) -> None:
    screen = visit("playground")
    screen.open_popover("Key")
    box = screen.page.get_by_role("textbox", name="Gemini API key")
    box.fill("AIza-not-a-real-key")
    box.press("Enter")
    screen.settle()
    screen.page.keyboard.press("Escape")
    screen.prompt.fill("A secret draft")
    screen.prompt.blur()
    screen.settle()
    body = share(screen)
    expect(body).to_contain_text("What you typed or attached is not in the link.")
    texts = body.get_by_role("textbox").evaluate_all("fields => fields.map(field => field.value).join()")
    assert "AIza" not in texts
    assert "secret" not in texts


def test_a_keyboard_goes_into_share_from_field_to_button_and_back_out(visit: Visit) -> None:
    screen = visit("compare")
    button = screen.page.get_by_test_id("stPopover").get_by_role("button", name="Share")
    button.focus()
    screen.page.keyboard.press("Enter")
    body = screen.page.get_by_test_id("stPopoverBody")
    expect(body.get_by_role("textbox", name="Link", exact=True)).to_be_focused()
    screen.page.keyboard.press("Tab")
    expect(body.get_by_role("button", name="Copy link").first).to_be_focused()
    screen.page.keyboard.press("Escape")
    expect(body).to_have_count(0)
    expect(button).to_be_focused()


class _Frames(HTMLParser):
    """The attributes of the iframes in an HTML text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[dict[str, str | None]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag == "iframe"
        self.found.append(dict(attrs))


def test_the_snippet_is_one_frame_whatever_the_address_says(visit: Visit) -> None:
    screen = visit('models?q="><script>alert(1)</script>&lab=openai')
    (frame,) = _Frames(link(screen, "Snippet for a wiki")).found
    assert frame["title"] == "All models · Gemini Pro or Flash"
    said = asked(str(frame["src"]))
    assert said["q"] == '"><script>alert(1)</script>'
    assert (said["lab"], said["guest"], said["embed"]) == ("openai", "true", "true")


# What has changed.


def test_an_old_link_unfolds_what_changed_and_can_be_dismissed(visit: Visit) -> None:
    screen = visit(f"compare?models=gemini-2.5-pro,{FLASH}&catalog={EARLIER}")
    fold = screen.main.locator("details.changed")
    expect(fold.locator("summary")).to_contain_text(re.compile(r"^\d+ values changed since this link was made"))
    expect(fold.locator("table")).to_be_hidden()
    fold.locator("summary").click()
    row = fold.locator("tr", has_text="Input tokens in batch, per million").filter(has_text="Gemini 2.0 Flash")
    assert row.locator("th, td").all_inner_texts()[1:] == [
        "Input tokens in batch, per million",
        "not in the catalog",
        "$0.05",
    ]
    screen.main.get_by_text("All rows").click()
    screen.settle()
    assert screen.asked["catalog"] == EARLIER
    screen.page.get_by_role("button", name="Dismiss").click()
    screen.settle()
    assert "catalog" not in screen.asked
    expect(fold).to_have_count(0)


# Guests.


@pytest.mark.parametrize("title", PAGES)
def test_guests_find_nothing_to_operate(visit: Visit, title: str) -> None:
    query = {"Advisor": "&on=2025-03-01", "Model card": f"&id={FLASH}"}.get(title, "")
    screen = visit(f"{PAGES[title]}?guest=true{query}")
    expect(screen.main.locator("p.shown-by")).to_be_visible()
    assert screen.page.evaluate(_CONTROLS) == []
    expect(screen.page.get_by_test_id("stSidebar").filter(visible=True)).to_have_count(0)
    size = "() => parseFloat(getComputedStyle(document.documentElement).fontSize)"
    assert screen.page.evaluate(size) == 18


@pytest.mark.parametrize("path", ["", "compare", "benchmarks", "cost?use=chat", "advisor?on=2025-03-01", "models"])
def test_the_view_for_guests_fits_a_phone(visit: Visit, path: str) -> None:
    screen = visit(f"{path}{'&' if '?' in path else '?'}guest=true", size=PHONE)
    assert_fits(screen)


@pytest.mark.parametrize(
    "path", ["?guest=true", "cost?guest=true&use=chat", "advisor?guest=true&on=2025-03-01", "models?guest=true"]
)
def test_axe_finds_nothing_serious_for_guests(visit: Visit, path: str) -> None:
    screen = visit(path)
    assert_accessible(screen, "light")
    screen.show_in("dark")
    assert_accessible(screen, "dark")


def test_axe_finds_nothing_serious_in_the_popover_and_in_what_changed(visit: Visit) -> None:
    screen = visit(f"compare?models=gemini-2.5-pro,{FLASH}&catalog={EARLIER}")
    screen.main.locator("details.changed summary").click()
    share(screen)
    assert_accessible(screen, "light")
    screen.show_in("dark")
    assert_accessible(screen, "dark")


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_the_popover_and_what_changed_fit_the_window(visit: Visit, size: dict[str, int]) -> None:
    screen = visit(f"compare?models=gemini-2.5-pro,{FLASH}&catalog={EARLIER}", size=size)
    screen.main.locator("details.changed summary").click()
    assert_fits(screen)
    box = share(screen).bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= size["width"]


def test_links_keep_guests_guests_until_they_ask_for_the_full_view(visit: Visit) -> None:
    screen = visit("?guest=true")
    screen.page.evaluate("window.sameDocument = true")
    screen.main.get_by_role("link", name="Compare Gemini 3.8 Flash instead").click()
    expect(screen.page.locator("h1")).to_have_text("Compare")
    screen.settle()
    assert screen.asked["guest"] == "true"
    expect(screen.page.get_by_test_id("stSidebarNavLink").filter(visible=True)).to_have_count(0)
    screen.main.get_by_role("link", name="Open the full view").click()
    screen.link("Compare").wait_for()
    screen.settle()
    assert "guest" not in screen.asked
    assert screen.asked["models"] == "gemini-2.0-pro-exp-02-05,gemini-3.8-flash"
    expect(screen.page.get_by_test_id("stPopover").get_by_role("button", name="Share")).to_be_visible()
    expect(screen.keyed("compare_models")).to_be_visible()
    assert screen.page.evaluate("window.sameDocument")


def test_guests_read_a_run_with_its_prompt(visit: Visit) -> None:
    screen = visit("playground")
    run = screen.run(f"What is a <b>hash table</b>? {QUICK}")
    guest = visit(f"playground?run={run}&guest=true")
    expect(guest.page.get_by_role("region", name="Prompt")).to_contain_text("What is a <b>hash table</b>?")
    for side in (0, 1):
        expect(guest.head(side)).to_contain_text("Simulated")
    assert guest.page.evaluate(_CONTROLS) == []


@pytest.fixture
def wiki(tmp_path: Path) -> Iterator[str]:
    """The address of a web server of another origin that shows the files of `tmp_path`."""

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(tmp_path))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def opened(chromium: Browser, url: str, size: dict[str, int]) -> Page:
    page = chromium.new_context(viewport={"width": size["width"], "height": size["height"]}).new_page()
    page.goto(url)
    return page


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_a_wiki_of_another_origin_shows_the_snippet(
    visit: Visit, chromium: Browser, wiki: str, tmp_path: Path, size: dict[str, int]
) -> None:
    screen = visit(f"cost?use=chat&{PAIR}")
    snippet = link(screen, "Snippet for a wiki")
    head = '<!doctype html><html lang="en"><title>Wiki</title><meta name="viewport" content="width=device-width">'
    (tmp_path / "page.html").write_text(f"{head}<h1>Our wiki</h1>{snippet}", encoding="utf-8")
    page = opened(chromium, f"{wiki}/page.html", size)
    try:
        inside = page.frame_locator("iframe")
        expect(inside.locator("h1")).to_have_text("Cost")
        expect(inside.locator("p.shown-by")).to_be_visible()
        inside.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for()
        main = inside.get_by_test_id("stMain")
        assert main.evaluate("main => main.scrollWidth <= main.clientWidth")
        assert page.evaluate("() => document.documentElement.scrollWidth") <= size["width"]
        assert page.frames[1].evaluate(_CONTROLS) == []
        # The frame is too small for the whole product, so it opens beside the wiki.
        with page.context.expect_page() as beside:
            inside.get_by_role("link", name="Open the full view").click()
        expect(beside.value.get_by_test_id("stSidebarNavLink").first).to_be_attached()
        assert asked(beside.value.url).keys().isdisjoint({"guest", "embed"})
    finally:
        page.context.close()
