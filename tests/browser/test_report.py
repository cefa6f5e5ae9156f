"""The report page in a browser: choices change the preview, every file says the same, nothing foreign runs in it."""

import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlencode

import pytest
from playwright.sync_api import FrameLocator, Locator, expect

from components.history.store import open_store
from components.report.formats import formats
from tests.archive.examples import run
from tests.browser.driver import FLASH, PHONE, PRO, App, Screen
from tests.browser.test_accessibility import assert_accessible, with_the_reports_boxes_opened
from tests.browser.test_phone import assert_fits
from tests.report.states_named import state_named

pytestmark = pytest.mark.browser

Visit = Callable[..., Screen]
OwnApp = Callable[..., App]
BRIEF = "models=gemini-2.5-pro,gemini-2.5-flash&on=2026-11-26&parts=summary,verdicts,sources"
# As a model or a prompt may say it, and what would tell that it ran.
HOSTILE = (
    "</pre></script><script>document.title='ran'</script><img src=x onerror=\"parent.document.title='ran'\">"
    '<a href="#x" onclick="document.title=\'ran\'">here</a> \u202eright to left \x07 ```\n[x](javascript:alert(1))'
)


def sheet(screen: Screen) -> FrameLocator:
    frame = screen.page.frame_locator(".st-key-report_preview iframe")
    expect(frame.locator("footer")).to_contain_text("State")
    return frame


def state(screen: Screen) -> str:
    said = sheet(screen).locator("footer").inner_text()
    found = re.search(r"State ([0-9a-f]{12})", said)
    assert found is not None, said
    return found[1]


def button(screen: Screen, form: str) -> Locator:
    # A button with a tooltip is drawn a second time, for screens without a mouse.
    return screen.keyed(f"report_{form.replace('-', '_')}").get_by_role("button").first


def told(screen: Screen) -> Locator:
    return screen.page.locator("p.made")


def path_of(screen: Screen) -> str:
    return screen.page.url.removeprefix(f"{screen.app.url}/")


def test_sections_and_audience_change_the_preview_and_a_copied_address_shows_the_same(visit: Visit) -> None:
    screen = visit(f"report?{BRIEF}")
    before = state(screen)
    expect(sheet(screen).locator("section#cost")).to_have_count(0)
    screen.keyed("report_parts").get_by_role("button", name="Cost").click()
    expect(sheet(screen).locator("section#cost")).to_be_visible()
    screen.keyed("report_audience").get_by_role("radio", name="Who checks").click()
    expect(sheet(screen).locator(".byline")).to_contain_text("for technical readers")
    screen.settle()
    after = state(screen)
    assert after != before
    expect(told(screen)).to_contain_text(after)
    assert screen.asked["parts"] == "summary,verdicts,cost,sources"
    assert screen.asked["audience"] == "technical"
    assert state(visit(path_of(screen))) == after
    screen.page.go_back()
    expect(sheet(screen).locator(".byline")).to_contain_text("for executives")


def test_one_frozen_state_makes_all_formats_agree(visit: Visit) -> None:
    params = {"title": "Für den Vorstand", "author": "Ann", "note": "Mine.", "weights": "40,20,20,10,10"}
    screen = visit(f"report?{BRIEF}&{urlencode(params)}")
    shown = state(screen)
    for form in formats():
        with screen.page.expect_download(timeout=60_000) as waiting:
            button(screen, form.name).click()
        expect(told(screen)).to_contain_text(f"Made: {form.label}", timeout=60_000)
        file = waiting.value
        assert file.suggested_filename == f"fur-den-vorstand-2026-11-26-{shown[:6]}{form.ending}"
        assert state_named(form.name, Path(file.path()).read_bytes()) == {shown}, form.name
    assert state(screen) == shown


def test_a_file_that_cannot_be_made_is_a_sentence_and_the_next_click_tries_again(visit: Visit, own_app: OwnApp) -> None:
    # A browser that does nothing.
    app = own_app({"CHROME_PATH": "/bin/true"})
    screen = visit(f"report?{BRIEF}", on=app)
    state(screen)
    for _ in range(2):
        button(screen, "pdf").click()
        expect(screen.main.get_by_role("alert")).to_contain_text("made no PDF. Open the HTML file in your own browser")
        expect(screen.page.get_by_test_id("stDownloadButtonError").filter(visible=True)).to_have_count(0)
        screen.settle()
    with screen.page.expect_download(timeout=30_000) as waiting:
        button(screen, "markdown").click()
    assert waiting.value.suggested_filename.endswith(".md")
    expect(screen.main.get_by_role("alert")).to_have_count(0)


def test_a_server_that_cannot_print_says_so(visit: Visit, own_app: OwnApp) -> None:
    screen = visit(f"report?{BRIEF}", on=own_app({"PATH": "/nowhere"}))
    expect(button(screen, "pdf")).to_be_disabled()
    expect(told(screen)).to_contain_text("this server has no Chromium to print with")


def test_links_in_the_preview_lead_to_their_places_and_never_into_the_frame(visit: Visit) -> None:
    screen = visit(f"report?{BRIEF}")
    shown = state(screen)
    page = sheet(screen)
    page.locator("nav a", has_text="Sources").click()
    expect(page.locator("#sources h2")).to_be_in_viewport()
    page.locator("nav").scroll_into_view_if_needed()
    page.locator("sup.cite a").first.click()
    expect(page.locator("#source-1")).to_be_in_viewport()
    assert state(screen) == shown
    outside = page.locator("ol.sources a").first
    address = outside.get_attribute("href")
    screen.page.context.route(address, lambda route: route.abort())
    with screen.page.context.expect_page() as opened:
        outside.click()
    opened.value.close()
    assert state(screen) == shown


def test_a_new_drawing_stays_where_its_reader_was(visit: Visit) -> None:
    screen = visit(f"report?{BRIEF}")
    state(screen)
    inside = screen.page.frames[1]
    inside.evaluate("() => scrollTo({ top: 700, behavior: 'instant' })")
    screen.page.wait_for_timeout(200)
    screen.keyed("report_audience").get_by_role("radio", name="Who checks").click()
    expect(sheet(screen).locator(".byline")).to_contain_text("for technical readers")
    screen.settle()
    assert inside.evaluate("() => scrollY") == 700


def test_what_people_and_models_wrote_is_inert_in_the_preview(visit: Visit, own_app: OwnApp, tmp_path: Path) -> None:
    file = tmp_path / "hostile.sqlite"
    store = open_store(f"sqlite:///{file}")
    store.begin(run("r1", HOSTILE, answers=(HOSTILE, HOSTILE)))
    store.close()
    params = {
        "models": f"{PRO},{FLASH}",
        "parts": "summary,runs",
        "runs": "r1",
        "title": HOSTILE[:110],
        "note": HOSTILE,
    }
    screen = visit(f"report?{urlencode(params)}", on=own_app({"HISTORY_FILE": str(file)}))
    page = sheet(screen)
    expect(page.locator("figure.quote pre").first).to_contain_text("<script>document.title='ran'</script>")
    expect(page.locator("img, section script, [onclick], [onerror], a[href^='javascript']")).to_have_count(0)
    assert "ran" not in (screen.page.title(), screen.page.frames[1].title())
    assert len(screen.page.frames) == 2


def test_the_advisors_question_comes_along_by_its_link_and_goes_back(visit: Visit) -> None:
    screen = visit("advisor?models=gemini-2.5-pro,gemini-2.5-flash&weights=40,20,20,10,10&context=500000")
    screen.main.get_by_role("link", name="Make a report of this").click()
    screen.page.wait_for_url("**/report?**")
    expect(screen.keyed("report_brought")).to_contain_text("500,000 tokens in at once")
    state(screen)
    screen.keyed("report_brought").get_by_role("link", name="Change").click()
    screen.page.wait_for_url("**/advisor?**")
    assert screen.asked["weights"] == "40,20,20,10,10"


def test_guests_read_the_whole_report_without_controls(visit: Visit) -> None:
    screen = visit(f"report?{BRIEF}&view=guest")
    page = sheet(screen)
    screen.settle()
    expect(screen.main.locator("button, input, textarea").filter(visible=True)).to_have_count(0)
    # The frame is as long as the report, so that nothing scrolls in it.
    expect(page.locator("footer")).to_be_attached()
    inside = screen.page.frames[1]
    inside.wait_for_function("() => document.documentElement.scrollHeight <= innerHeight + 2")
    expect(screen.page.locator("p.shown-by")).to_contain_text("Shown by")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_with_its_boxes_opened_is_accessible_and_fits_a_phone(visit: Visit, scheme: str) -> None:
    screen = visit(f"report?{BRIEF}&weights=40,20,20,10,10", size=PHONE, scheme=scheme)
    state(screen)
    with_the_reports_boxes_opened(screen)
    assert_fits(screen)
    assert_accessible(screen, scheme)
