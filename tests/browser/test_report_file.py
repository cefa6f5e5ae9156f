"""The HTML report as a file on somebody's disk: whole, quiet, and the same story on a desk, a phone and paper."""

import io
import re
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unicodedata import normalize
from xml.etree import ElementTree

import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import Browser, Page, expect
from pypdf import PdfReader

from components.report.html import interactive, light
from components.report.state import Audience
from tests.browser.driver import PHONE
from tests.report.sample_state import hostile_report, report

pytestmark = pytest.mark.browser

MAKERS = {"interactive": interactive, "light": light}
STATES = {"usual": report, "hostile": hostile_report}
KINDS = pytest.mark.parametrize("kind", MAKERS)
WHICH = pytest.mark.parametrize("which", STATES)


@dataclass
class Opened:
    """A window on a file, with all that it asked for and all that it said."""

    page: Page
    asked: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("reports")
    for kind, make in MAKERS.items():
        for which, state in STATES.items():
            (folder / f"{kind}-{which}.html").write_text(make(state()), encoding="utf-8")
    return folder


@pytest.fixture
def read(chromium: Browser, files: Path) -> Iterator[Callable[..., Opened]]:
    """Opens a file in a window of its own; at the end it has asked for nothing but itself and complained of nothing."""
    opened: list[tuple[Opened, str]] = []
    with ExitStack() as windows:

        def open_file(kind: str, which: str = "usual", scheme: Any = "light", **how: Any) -> Opened:
            context = windows.enter_context(chromium.new_context(**how))
            page = context.new_page()
            found = Opened(page)
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            page.on("request", lambda request: found.asked.append(request.url))
            page.on("console", lambda message: found.said.append(message.text))
            page.on("pageerror", lambda error: found.said.append(str(error)))
            page.on("dialog", lambda dialog: (found.said.append(dialog.message), dialog.dismiss()))
            address = (files / f"{kind}-{which}.html").as_uri()
            page.goto(address)
            opened.append((found, address))
            return found

        yield open_file
        for found, address in opened:
            outside = [url for url in found.asked if url != address and not url.startswith("data:")]
            assert not outside
            assert not found.said


@KINDS
@WHICH
def test_it_opens_from_a_disk_and_asks_for_nothing(read: Callable[..., Opened], kind: str, which: str) -> None:
    begun = time.perf_counter()
    page = read(kind, which).page
    live = 2 if kind == "interactive" else 0
    expect(page.locator(".js-plotly-plot")).to_have_count(live)
    assert time.perf_counter() - begun < 10


@KINDS
def test_its_policy_refuses_what_would_ask_or_run(read: Callable[..., Opened], kind: str) -> None:
    opened = read(kind)
    refused = opened.page.evaluate(
        """() => new Promise((done) => {
            const found = [];
            addEventListener("securitypolicyviolation", (event) => {
                found.push(event.effectiveDirective);
                if (found.length === 3) done(found.sort());
            });
            fetch("http://127.0.0.1:9/").catch(() => {});
            document.body.append(Object.assign(new Image(), { src: "http://127.0.0.1:9/x.png" }));
            document.body.append(Object.assign(document.createElement("script"), { textContent: "alert(1)" }));
        })"""
    )
    assert refused == ["connect-src", "img-src", "script-src-elem"]
    opened.asked.clear()
    opened.said.clear()


@KINDS
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(read: Callable[..., Opened], kind: str, scheme: str) -> None:
    page = read(kind, scheme=scheme).page
    page.locator("details").evaluate_all("all => all.forEach(one => one.open = true)")
    found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    assert not [(each["id"], [node["html"][:200] for node in each["nodes"]]) for each in found]


@KINDS
def test_without_scripts_everything_is_there(read: Callable[..., Opened], kind: str) -> None:
    page = read(kind, java_script_enabled=False).page
    expect(page.locator(".drawn svg.wide").filter(visible=True)).to_have_count(2)
    expect(page.get_by_role("button")).to_have_count(0)
    page.get_by_text("Show as a table").first.click()
    expect(page.get_by_role("cell", name="~ too close to call")).to_be_visible()
    page.get_by_text("Dark", exact=True).click()
    expect(page.locator("body")).to_have_css("background-color", "rgb(17, 22, 29)")


def test_the_switch_repaints_page_and_charts_and_follows_the_system_again(read: Callable[..., Opened]) -> None:
    page = read("interactive").page
    bar = page.locator("#cost_month .live .bars path").first
    expect(bar).to_have_css("fill", "rgb(29, 86, 184)")
    page.get_by_label("Dark").check(force=True)
    expect(bar).to_have_css("fill", "rgb(141, 184, 255)")
    expect(page.locator("body")).to_have_css("background-color", "rgb(17, 22, 29)")
    page.get_by_label("System").check(force=True)
    expect(bar).to_have_css("fill", "rgb(29, 86, 184)")
    page.emulate_media(color_scheme="dark")
    expect(bar).to_have_css("fill", "rgb(141, 184, 255)")


def test_tables_are_sorted_by_mouse_and_keyboard_and_brought_back(read: Callable[..., Opened]) -> None:
    page = read("interactive").page
    table = page.get_by_role("region", name="Table: The bill", exact=True).filter(visible=True)
    first = table.locator("tbody tr th").first
    expect(first).to_have_text("2.5 Pro, Gemini API")
    head = table.get_by_role("columnheader", name="A month")
    head.get_by_role("button").click()
    expect(head).to_have_attribute("aria-sort", "ascending")
    expect(first).to_have_text("2.5 Flash, Gemini API")
    head.get_by_role("button").press("Enter")
    expect(head).to_have_attribute("aria-sort", "descending")
    expect(first).to_have_text("2.5 Pro, Gemini API")
    missing_last = table.get_by_role("columnheader", name="1,000 requests").get_by_role("button")
    missing_last.press("Space")
    expect(first).to_have_text("2.5 Pro, Gemini API")
    expect(head).not_to_have_attribute("aria-sort", re.compile("."))
    missing_last.press("Space")
    expect(first).to_have_text("2.5 Pro, Gemini API")


@KINDS
def test_a_citation_leads_to_its_source(read: Callable[..., Opened], kind: str) -> None:
    page = read(kind).page
    page.locator("#summary").get_by_role("link", name="[2]").click()
    expect(page.locator("#source-2")).to_be_in_viewport()
    expect(page.locator("#source-2")).to_contain_text("LiteLLM price file")


@KINDS
@WHICH
def test_on_a_phone_only_tables_scroll_sideways(read: Callable[..., Opened], kind: str, which: str) -> None:
    page = read(kind, which, viewport=PHONE).page
    page.locator("details").evaluate_all("all => all.forEach(one => one.open = true)")
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    if kind == "light":
        expect(page.locator(".drawn svg.narrow").filter(visible=True)).to_have_count(2)


@KINDS
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_charts_are_saved_without_a_network_in_the_colours_of_the_moment(
    read: Callable[..., Opened], kind: str, scheme: str
) -> None:
    page = read(kind, scheme=scheme).page
    chart = page.locator("#cost_month")
    blue = {"light": "#1d56b8", "dark": "#8db8ff"}[scheme]
    with page.expect_download() as drawn:
        chart.get_by_role("button", name="SVG").click()
    text = drawn.value.path().read_text(encoding="utf-8")
    assert drawn.value.suggested_filename == "cost_month.svg"
    assert ElementTree.fromstring(text).get("width") == "700"
    assert blue in text
    assert "var(" not in text
    with page.expect_download() as painted:
        chart.get_by_role("button", name="PNG").click()
    picture = Image.open(painted.value.path())
    assert picture.size == (1400, 520)
    assert tuple(bytes.fromhex(blue[1:])) in {each for _, each in picture.convert("RGB").getcolors(1_000_000) or []}


@KINDS
@pytest.mark.parametrize("paper", ["A4", "Letter"])
def test_paper_has_every_chart_whole_and_no_empty_page(read: Callable[..., Opened], kind: str, paper: str) -> None:
    page = read(kind, scheme="dark").page
    pages = PdfReader(io.BytesIO(page.pdf(format=paper))).pages
    texts = [normalize("NFKC", each.extract_text()) for each in pages]
    assert 2 <= len(pages) <= 5
    # The margins alone have about 110 letters.
    assert min(map(len, texts)) > 140
    assert "Summary" in texts[0]
    assert "Specifications" not in texts[0]
    # Each chart's words are on one page, and the words of the screen alone on none.
    for words in (("GPQA Diamond", "2.5 Pro", "Shared tests"), ("10k", "A month", "The bill a month")):
        assert any(all(word in text for word in words) for text in texts), words
    assert not [text for text in texts if "SVG" in text or "Show as a table" in text or "System" in text]


def test_a_technical_report_prints_the_tables_of_its_charts(chromium: Browser, tmp_path: Path) -> None:
    file = tmp_path / "technical.html"
    file.write_text(interactive(report(Audience.TECHNICAL)), encoding="utf-8")
    page = chromium.new_page()
    page.goto(file.as_uri())
    text = " ".join(each.extract_text() for each in PdfReader(io.BytesIO(page.pdf())).pages)
    page.close()
    assert "95% interval -2 to 9" in text
