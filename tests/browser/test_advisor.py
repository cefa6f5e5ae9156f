"""The advisor as its readers use it: moving a weight, demanding something, deciding what nobody knows, printing."""

import io
import re

import pytest
from playwright.sync_api import Locator, expect
from pypdf import PdfReader

from tests.browser.driver import PHONE, PRO, Screen
from tests.browser.test_phone import assert_fits

pytestmark = pytest.mark.browser

THEN = "advisor?on=2025-03-01"


def answer(screen: Screen) -> Locator:
    return screen.page.get_by_role("region", name="The answer")


def outcome(screen: Screen, demand: str, model: int) -> Locator:
    head = screen.page.get_by_role("rowheader", name=demand, exact=True)
    return screen.page.locator("table.demands tbody tr").filter(has=head).locator("td").nth(model)


def test_moving_a_weight_changes_the_answer_and_the_address_and_a_copy_shows_the_same(visit):
    screen = visit(THEN)
    expect(answer(screen)).to_contain_text("Take 2.0 Pro exp")
    thumb = screen.keyed("advisor_weight_readiness").get_by_role("slider")
    thumb.focus()
    thumb.press("End")
    screen.page.wait_for_url("**weights=*")
    screen.settle()
    expect(answer(screen)).to_contain_text("Take 2.0 Flash")
    weights = [int(each) for each in screen.asked["weights"].split(",")]
    assert weights == [0, 0, 0, 0, 100]
    sliders = screen.keyed("advisor_sliders").get_by_role("slider")
    assert [int(each.input_value()) for each in sliders.all()] == weights
    said = answer(screen).inner_text()
    assert answer(visit(screen.page.url.removeprefix(f"{screen.app.url}/"))).inner_text() == said

    screen.page.go_back()
    expect(answer(screen)).to_contain_text("Take 2.0 Pro exp")
    expect(thumb).to_have_value("10")


def test_a_demand_puts_a_model_out_with_the_reason_and_its_sources(visit):
    screen = visit(THEN)
    expect(outcome(screen, "Context window", 1)).to_contain_text("passes")
    box = screen.keyed("advisor_context_window").get_by_role("spinbutton")
    box.fill("2000000")
    box.press("Enter")
    expect(outcome(screen, "Context window", 1)).to_contain_text("✕ fails")
    expect(outcome(screen, "Context window", 1)).to_contain_text("You need 2,000,000 tokens.")
    expect(answer(screen)).to_contain_text("Take 2.0 Pro exp: ✓ only one left")
    expect(answer(screen)).to_contain_text("Out: 2.0 Flash takes in 1,048,576 tokens at once.")
    assert screen.asked["context"] == "2000000"
    outcome(screen, "Context window", 1).locator("summary").click()
    expect(outcome(screen, "Context window", 1).locator("ul.claims a").first).to_be_visible()


def test_what_nobody_knows_is_asked_and_the_decision_stands_in_the_address(visit):
    screen = visit(f"{THEN}&wait=5")
    expect(answer(screen)).to_contain_text("Provided that what is open turns out well: time to first token")
    asked = screen.keyed("advisor_open").get_by_text("Leave it out").first
    asked.click()
    screen.page.wait_for_url("**decided=*")
    expect(answer(screen)).to_contain_text("Take 2.0 Flash: ✓ only one left")
    assert screen.asked["decided"] == f"time_to_first_token~{PRO}~out"
    expect(outcome(screen, "Time to first token", 0)).to_contain_text("not known; you leave it out")


def test_a_situation_of_the_article_opens_from_the_table_without_loading_anew(visit):
    screen = visit(THEN)
    screen.page.evaluate("() => { window.stayed = true }")
    screen.page.locator("table.situations").get_by_role("link", name="Regulated enterprise").click()
    screen.page.wait_for_url("**use=regulated*")
    screen.settle()
    expect(answer(screen)).to_contain_text("Take 2.0 Flash: ✓ only one left")
    assert screen.page.evaluate("() => window.stayed === true")
    assert screen.asked["on"] == "2025-03-01"


def test_the_workload_changes_the_bill_and_goes_along_to_the_cost_page(visit):
    screen = visit(f"{THEN}&use=chat")
    expect(answer(screen)).to_contain_text("2.0 Flash $126.00 a month")
    screen.keyed("advisor_workload").locator("summary").first.click()
    box = screen.keyed("advisor_requests").get_by_role("spinbutton")
    box.fill("40000")
    box.press("Enter")
    # Twice the requests of 20,000 a day are twice the bill.
    expect(answer(screen)).to_contain_text("2.0 Flash $252.00 a month")
    assert screen.asked["requests"] == "40000"
    link = screen.keyed("advisor_workload").get_by_role("link", name="The bill line by line")
    expect(link).to_have_attribute("href", re.compile("requests=40000"))
    link.click()
    screen.page.wait_for_url("**/cost?*")
    screen.settle()
    assert screen.asked["requests"] == "40000"
    assert screen.asked["on"] == "2025-03-01"


def test_one_weight_is_drawn_when_it_is_opened(visit):
    screen = visit(THEN)
    expect(screen.keyed("advisor_weighing")).to_have_count(0)
    screen.keyed("advisor_one_weight").locator("summary").click()
    expect(screen.keyed("advisor_weighing").locator(".chart-summary")).to_contain_text("now;")
    expect(screen.keyed("advisor_weighing").locator(".js-plotly-plot")).to_be_visible()


def test_a_saved_question_stands_beside_the_one_on_screen_with_its_answer(visit):
    screen = visit(f"{THEN}&use=regulated")
    screen.keyed("advisor_saved").locator("summary").first.click()
    screen.keyed("advisor_saved_name").get_by_role("textbox").fill("The bank")
    screen.keyed("advisor_saved_save").get_by_role("button").click()
    expect(screen.main.get_by_role("link", name="The bank")).to_be_visible()
    screen.page.get_by_role("radio", name="Large document analysis").click()
    screen.settle()
    screen.choose("advisor_saved_beside", "The bank")
    table = screen.page.locator("table.saved")
    expect(table.locator("thead")).to_contain_text("The bank")
    expect(table).to_contain_text("Take 2.0 Flash: It alone passes what you demand.")
    expect(table).to_contain_text("Take 2.0 Pro exp:")


@pytest.mark.parametrize("path", [THEN, f"{THEN}&use=regulated", "advisor"])
def test_it_prints_on_one_page_with_the_question_in_words(visit, path):
    screen = visit(path)
    (page,) = PdfReader(io.BytesIO(screen.page.pdf(format="A4"))).pages
    text = " ".join(page.extract_text().split())
    assert "2.0 Flash" in text
    assert "Weights (set directly):" in text
    assert "requests a day" in text
    assert "More demands" not in text


def test_the_open_questions_and_the_ten_questions_fit_a_phone(visit):
    four = "gemini-2.5-pro,gemini-2.5-flash,gemini-3.8-flash,gpt-5"
    assert_fits(visit(f"advisor?models={four}&weigh=pairs&wait=1&use=regulated", size=PHONE))
