"""The cost page in a browser: a changed number changes the bill and the address, views are kept, a print is one page.

The bills are worked out by hand in tests/cost/test_bills.py.
"""

import io
import re

import pytest
from playwright.sync_api import expect
from pypdf import PdfReader

from tests.browser.driver import PHONE, Screen
from tests.browser.test_phone import assert_fits

pytestmark = pytest.mark.browser

MODERN = "models=gemini-2.5-pro,gemini-2.5-flash&on=2026-11-27"


def answer(screen: Screen):
    return screen.page.locator(".strip.answer")


def test_a_changed_number_changes_the_bill_and_the_address(visit):
    screen = visit(f"cost?{MODERN}")
    expect(answer(screen)).to_contain_text("$600.00 against $4,860.00 for 2.5 Pro")
    field = screen.page.get_by_role("spinbutton", name="Requests a day")
    field.fill("400")
    field.press("Enter")
    expect(answer(screen)).to_contain_text("$1,200.00 against $9,720.00 for 2.5 Pro")
    screen.page.wait_for_url("**requests=400*")
    screen.settle()

    copy = visit(screen.page.url.removeprefix(f"{screen.app.url}/"))
    expect(answer(copy)).to_contain_text("$1,200.00 against $9,720.00 for 2.5 Pro")
    screen.page.go_back()
    expect(answer(screen)).to_contain_text("$600.00 against $4,860.00 for 2.5 Pro")


def test_folded_numbers_unfold_and_count(visit):
    screen = visit(f"cost?{MODERN}&use=chat")
    screen.page.get_by_text("More about the requests").click()
    field = screen.page.get_by_role("spinbutton", name="In batch, %")
    field.fill("100")
    field.press("Tab")
    screen.page.wait_for_url("**batch=100*")
    expect(screen.main).to_contain_text("100% can wait and go through batch.")
    screen.page.get_by_text("More about the requests").click()
    expect(field).to_have_count(0)
    screen.settle()
    assert screen.asked["batch"] == "100"


def test_a_bill_unfolds_to_its_lines_with_their_sources(visit):
    screen = visit(f"cost?{MODERN}")
    bills = screen.keyed("cost_bills")
    lines = bills.locator("table.lines").first
    expect(lines).to_be_hidden()
    bills.locator("details summary").first.click()
    expect(lines).to_contain_text("60,000,000")
    expect(lines.get_by_role("link").first).to_have_attribute("href", re.compile("^https://"))


def test_a_view_is_saved_and_stands_beside_the_next(visit):
    screen = visit(f"cost?{MODERN}")
    screen.keyed("cost_saved").locator("summary").click()
    name = screen.page.get_by_role("textbox", name="Name of this view")
    name.fill("Two hundred")
    screen.keyed("cost_saved_save").get_by_role("button").click()
    expect(screen.main).to_contain_text("Saved “Two hundred”.")
    screen.settle()
    field = screen.page.get_by_role("spinbutton", name="Requests a day")
    field.fill("400")
    field.press("Enter")
    screen.page.wait_for_url("**requests=400*")
    screen.settle()
    screen.choose("cost_saved_beside", "Two hundred")
    table = screen.page.locator("table.beside")
    expect(table).to_contain_text("Two hundred")
    expect(table).to_contain_text("$4,860.00 less than now")


@pytest.mark.parametrize("models", ["", "models=gemini-2.5-pro,gemini-2.5-flash"])
def test_the_page_prints_on_one_page_with_what_decides_the_bill(visit, models):
    screen = visit(f"cost?{models}")
    (paper,) = PdfReader(io.BytesIO(screen.page.pdf(format="A4", print_background=True))).pages
    text = " ".join(paper.extract_text().split())
    assert "200 requests a day, each with 300,000 tokens in" in text
    assert "the cheapest platform of each" in text
    assert "Catalog " in text
    assert "Fill in from my runs" not in text


@pytest.mark.parametrize("view", ["months", "movers", "even", "together", "history"])
def test_each_closer_look_fits_a_phone_with_everything_unfolded(visit, view):
    screen = visit(f"cost?{MODERN}&view={view}", size=PHONE)
    screen.page.get_by_text("More about the requests").click()
    screen.settle()
    screen.page.locator("details").evaluate_all("all => all.forEach(one => one.open = true)")
    screen.settle()
    assert_fits(screen)
