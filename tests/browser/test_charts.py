"""Charts in a real browser: their pictures are saved without a network, their colours follow the theme."""

import re
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest
from playwright.sync_api import expect

from tests.browser.driver import PHONE, Screen, window

pytestmark = pytest.mark.browser

CHART = "benchmarks_percent"
_DRAWN = ".js-plotly-plot .main-svg"


def drawn(screen: Screen) -> Screen:
    screen.keyed(CHART).locator(_DRAWN).first.wait_for()
    return screen


def opened(visit, path: str = "benchmarks", **how) -> Screen:
    return drawn(visit(path, **how))


@pytest.fixture(scope="module")
def read(chromium, app) -> Iterator[Screen]:
    """One window for the tests that only take along what it shows."""
    with window(chromium, app, "benchmarks") as screen:
        yield drawn(screen)


def await_colours(screen: Screen, *wanted: str) -> None:
    screen.page.wait_for_function(
        """([chart, wanted]) => {
          const dots = [...document.querySelectorAll(`.st-key-${chart} .scatterlayer .point`)];
          const found = new Set(dots.map(dot => getComputedStyle(dot).stroke));
          return wanted.every(colour => found.has(colour));
        }""",
        arg=[CHART, list(wanted)],
    )


def saved(screen: Screen, name: str, folder: Path) -> Path:
    with screen.page.expect_download() as download:
        screen.keyed(CHART).get_by_role("button", name=name, exact=True).click()
    path = folder / download.value.suggested_filename
    download.value.save_as(path)
    return path


def test_a_chart_is_saved_as_png(read, tmp_path):
    path = saved(read, "PNG", tmp_path)
    assert path.name == "tests-percent-gemini-2.0-pro-exp-02-05-vs-gemini-2.0-flash.png"
    content = path.read_bytes()
    assert content.startswith(b"\x89PNG\r\n\x1a\n")
    width = int.from_bytes(content[16:20], "big")
    assert width > 1600


def test_a_chart_is_saved_as_svg_with_its_words(read, tmp_path):
    root = ElementTree.fromstring(saved(read, "SVG", tmp_path).read_text(encoding="utf-8"))
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    words = " ".join("".join(node.itertext()) for node in root.iter("{http://www.w3.org/2000/svg}text"))
    for part in ("GPQA Diamond", "too close to call", "2.0 Flash", "lower is better"):
        assert part in words


def test_a_chart_is_saved_as_csv(read, tmp_path):
    lines = saved(read, "CSV", tmp_path).read_text(encoding="utf-8").splitlines()
    assert lines[0].startswith("Test,2.0 Pro exp,")
    assert any(line.startswith("GPQA Diamond,64.7%,") for line in lines)


def test_a_picture_of_a_chart_that_is_not_there_gets_a_sentence(visit):
    screen = opened(visit)
    screen.page.evaluate(f"document.querySelector('.st-key-{CHART} .js-plotly-plot').remove()")
    screen.keyed(CHART).get_by_role("button", name="PNG", exact=True).click()
    expect(screen.keyed(CHART).get_by_role("status")).to_have_text(re.compile("not drawn yet. Wait a moment"))


def test_the_colours_of_a_chart_follow_the_theme(visit):
    screen = opened(visit)

    # The blue of Pro and the orange of Flash, as everywhere else on the page.
    await_colours(screen, "rgb(29, 86, 184)", "rgb(180, 83, 10)")
    screen.show_in("dark")
    await_colours(screen, "rgb(141, 184, 255)", "rgb(255, 176, 102)")


def test_no_name_of_a_test_is_cut_on_a_phone(visit):
    screen = opened(visit, size=PHONE)
    boxes = (
        screen.keyed(CHART)
        .locator(".textpoint text")
        .evaluate_all(
            "all => all.map(text => { const box = text.getBoundingClientRect(); return [box.left, box.right] })"
        )
    )
    assert len(boxes) == 22
    assert min(left for left, _ in boxes) >= 0
    assert max(right for _, right in boxes) <= PHONE["width"]


def test_the_table_of_a_chart_opens_by_keyboard_and_scrolls_in_its_own_box(visit):
    screen = opened(visit, size=PHONE)
    summary = screen.keyed(CHART).get_by_text("Show as a table")
    summary.focus()
    summary.press("Enter")
    expect(screen.keyed(CHART).get_by_role("region")).to_be_visible()
    assert screen.page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]


def test_a_filter_survives_a_reload_and_goes_with_back(visit):
    screen = opened(visit)
    screen.keyed("benchmarks_area").get_by_role("button", name="Code", exact=True).click()
    expect(screen.main.get_by_text("3 of 23 tests shown")).to_be_visible()
    screen.page.wait_for_url(re.compile("area=code"))
    screen.page.reload()
    expect(screen.main.get_by_text("3 of 23 tests shown")).to_be_visible()
    screen.page.go_back()
    expect(screen.main.get_by_text("23 of 23 tests shown")).to_be_visible()
    assert "area" not in screen.asked
