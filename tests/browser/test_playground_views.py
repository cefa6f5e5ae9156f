"""The views of a finished run, one window through all of them; the copy button; the code that repeats the run."""

import re
import subprocess
import sys
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, expect

from components.gemini.request import Request
from components.gemini.settings import DEVELOPER_API_VERSION
from components.playground.code_export import curl_code, python_code
from tests.browser.driver import FLASH, PRO, QUICK, App, Screen, window

pytestmark = pytest.mark.browser

PROMPT = f"Compare a queue with a stack in a table {QUICK}"


@pytest.fixture(scope="module")
def screen(chromium: Browser, app: App) -> Screen:
    """One finished run for all views."""
    with window(chromium, app, "playground") as opened:
        opened.page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=app.url)
        opened.run(PROMPT)
        yield opened


@pytest.fixture
def look(screen: Screen) -> Callable[[str], None]:
    def at(view: str) -> None:
        screen.keyed("playground_views").get_by_text(view, exact=True).click()
        screen.settle()

    return at


def raw(screen: Screen, look: Callable[[str], None]) -> list[str]:
    """The answers as they came."""
    look("Raw")
    texts = [screen.answer(side).get_by_test_id("stCode").locator("code").inner_text() for side in (0, 1)]
    look("Rendered")
    return texts


def test_measures_stand_beside_published_figures_with_their_source(screen, look):
    look("Measures")
    cell = screen.page.locator(f"table.figures td[data-model='{FLASH}']").filter(has_text="published: $0.10 in").first
    cell.locator("summary").click()
    expect(cell.locator("a[href^='https://']").first).to_be_visible()


def test_growth_is_drawn_with_both_sides_and_said_in_a_sentence(screen, look):
    look("Over time")
    expect(screen.main.locator(".js-plotly-plot .legendtext, .js-plotly-plot .annotation-text").first).to_be_visible()
    expect(screen.main).to_contain_text("Simulated, not a model's pace.")


def test_differences_mark_the_words_that_only_one_answer_has(screen, look):
    one, other = (set(re.findall(r"\w+", text)) for text in raw(screen, look))
    look("Differences")
    expect(screen.main).to_contain_text(re.compile(r"\d+% of the words are in both answers"))
    for sign, text in (("del", one), ("ins", other)):
        marked = screen.main.locator(f"{sign}:not(.diff-legend {sign})").all_inner_texts()
        assert marked
        assert set(re.findall(r"\w+", " ".join(marked))) <= text


def test_the_answers_in_numbers_count_what_is_there(screen, look):
    texts = raw(screen, look)
    look("In numbers")
    expect(screen.page.locator("table.figures")).to_contain_text("Headings")
    figures = screen.figures()
    assert figures["Headings"] == [str(len(re.findall(r"^#+ ", text, re.MULTILINE))) for text in texts]
    assert figures["List items"] == [str(len(re.findall(r"^(?:- |\d+\. )", text, re.MULTILINE))) for text in texts]
    assert all(re.search(r"\d", text) for text in figures["Reading level"])


def test_the_code_is_what_the_export_gives_and_runs_as_it_is_printed(screen, look, tmp_path):
    look("Code")
    panes = screen.main.get_by_test_id("stTabs")
    program = panes.nth(0).get_by_test_id("stCode").first.locator("code").inner_text()
    address = re.search(r"http://127\.0\.0\.1:\d+", program)
    assert address
    request = Request(PRO, PROMPT)
    where = {"base_url": address[0], "api_version": DEVELOPER_API_VERSION, "vertexai": False}
    assert program.strip() == python_code(request, **where).strip()
    panes.nth(0).get_by_role("tab", name="curl").click()
    command = panes.nth(0).get_by_test_id("stCode").filter(visible=True).locator("code").inner_text()
    assert command.strip() == curl_code(request, **where).strip()
    file = tmp_path / "again.py"
    file.write_text(program)
    said = subprocess.run(
        [sys.executable, str(file)],
        env={"GEMINI_API_KEY": "AIzaNotARealKey", "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert said.returncode == 0, said.stderr
    assert "Simulated answer" in said.stdout


def test_a_judge_says_in_both_orders_what_it_thinks_and_is_marked(screen, look):
    look("Judge")
    expect(screen.main).to_contain_text("A judge is a model too")
    screen.keyed("playground_judge").get_by_role("button").click()
    opinion = screen.main.locator("ul.opinions > li")
    expect(opinion).to_have_count(1)
    expect(opinion).to_contain_text("Simulated, not a model's opinion")
    opinion.locator("summary").click()
    expect(opinion.locator("ul.claims li")).to_have_count(2)


def test_the_copy_button_copies_the_markdown_as_it_came(screen, look):
    whole = raw(screen, look)
    for side in (0, 1):
        button = screen.answer(side).get_by_role("button", name="Copy the answer")
        button.click()
        expect(screen.answer(side).get_by_role("status").last).to_have_text("Copied")
        copied = screen.page.evaluate("() => navigator.clipboard.readText()")
        assert copied.strip() == whole[side].strip()
        assert "| --- |" in copied


def test_rendered_and_raw_are_the_same_answer_in_two_forms(screen, look):
    expect(screen.answer(0).get_by_role("table").first).to_be_visible()
    look("Raw")
    expect(screen.answer(0).get_by_role("table")).to_have_count(0)
    expect(screen.answer(0).get_by_test_id("stCode")).to_contain_text("| --- |")
    look("Rendered")
    expect(screen.answer(0).get_by_role("table").first).to_be_visible()
