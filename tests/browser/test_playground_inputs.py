"""What goes into a run: presets, settings, files, a table of values, repeats, a budget."""

import re
from io import BytesIO

import pytest
from playwright.sync_api import expect

from tests.browser.driver import QUICK, Screen

pytestmark = pytest.mark.browser

_LINE_PX = 33


def picture() -> bytes:
    from PIL import Image

    made = BytesIO()
    Image.new("RGB", (300, 200), "navy").save(made, "PNG")
    return made.getvalue()


def document(pages: int) -> bytes:
    from pypdf import PdfWriter

    writer, made = PdfWriter(), BytesIO()
    for _ in range(pages):
        writer.add_blank_page(200, 200)
    writer.write(made)
    return made.getvalue()


def attach(screen: Screen, *files: tuple[str, str, bytes]) -> None:
    chosen = [{"name": name, "mimeType": kind, "buffer": data} for name, kind, data in files]
    screen.page.locator("[data-testid=stFileUploader] input[type=file]").set_input_files(chosen)


def write_into_cell(screen: Screen, row: int, column: int, text: str) -> None:
    """Write into a cell of the table, which is drawn on a canvas: by the mouse and the keyboard, as people do."""
    box = screen.main.get_by_test_id("stDataFrame").locator("canvas").first.bounding_box()
    # Under the head; the last line is the one that adds a row.
    middle = box["y"] + _LINE_PX * (row + 1.5)
    screen.page.mouse.dblclick(box["x"] + box["width"] * (column + 0.5) / 2, middle)
    cell = screen.page.locator("textarea.gdg-input")
    cell.fill(text)
    cell.press("Enter")
    expect(cell).to_have_count(0)
    screen.settle()


def test_files_are_checked_listed_with_their_tokens_and_sent_with_the_prompt(visit):
    screen = visit("playground")
    screen.open_popover("Files")
    body = screen.page.get_by_test_id("stPopoverBody")
    attach(screen, ("plan.png", "image/png", picture()), ("report.pdf", "application/pdf", document(3)))
    expect(body).to_contain_text(re.compile(r"plan\.png\W+1 kB, about [\d,]+ tokens"))
    # A page of a PDF counts 258 tokens.
    expect(body).to_contain_text(re.compile(r"report\.pdf\W+1 kB, about 774 tokens"))
    attach(screen, ("fake.png", "image/png", b"not a picture at all"))
    expect(body.get_by_test_id("stAlert")).to_contain_text("fake.png")
    screen.page.keyboard.press("Escape")
    expect(screen.page.get_by_test_id("stPopover").get_by_role("button", name="Files (2)")).to_be_visible()
    screen.prompt.fill(f"What is in these? {QUICK}")
    screen.prompt.blur()
    expect(screen.main.locator("ul.ahead li").first).to_contain_text(re.compile(r"1,\d{3} tokens in"))
    screen.run(f"What is in these files? {QUICK}")
    for side in (0, 1):
        expect(screen.answer(side)).to_contain_text(re.compile("image/png.*application/pdf|image.*PDF|2 files", re.I))
    assert all(int(text.replace(",", "")) > 1000 for text in screen.figures()["Input tokens"])

    screen.open_popover("Files (2)")
    body.get_by_role("button", name="Take out").first.click()
    expect(screen.page.get_by_test_id("stPopover").get_by_role("button", name="Files (1)")).to_be_visible()
    expect(body).not_to_contain_text("plan.png,")


def test_a_file_of_a_type_that_no_model_takes_is_refused_with_a_sentence(visit):
    screen = visit("playground")
    screen.open_popover("Files")
    attach(screen, ("tool.exe", "application/octet-stream", b"MZ"))
    body = screen.page.get_by_test_id("stPopoverBody")
    expect(body).to_contain_text("files are not allowed")
    expect(screen.page.get_by_test_id("stPopover").get_by_role("button", name="Files", exact=True)).to_be_visible()


def test_a_table_of_values_is_filled_in_and_each_row_runs(visit):
    screen = visit("playground")
    screen.prompt.fill(f"Tides in {{city}} in {{month}}? {QUICK}")
    screen.prompt.blur()
    screen.page.get_by_text("Fill in city, month from a table").click()
    screen.settle()
    for row, values in enumerate((("Brest", "May"), ("Bari", "June"))):
        if row:
            screen.main.get_by_test_id("stDataFrame").hover()
            screen.page.get_by_role("button", name="Add row").click()
            screen.settle()
        for column, value in enumerate(values):
            write_into_cell(screen, row, column, value)
    screen.page.locator("h1").first.click()
    screen.settle()
    screen.run_button.click()
    screen.finish()
    expect(screen.answer(0)).to_contain_text("Tides in Brest in May?")
    screen.keyed("playground_row").get_by_text("Row 2").click()
    expect(screen.answer(0)).to_contain_text("Tides in Bari in June?")
    screen.finish()


def test_repeats_show_median_and_spread_and_each_answer(visit):
    screen = visit("playground")
    screen.open_popover("Run options")
    box = screen.page.get_by_role("spinbutton", name="Repeats for each model")
    box.fill("3")
    box.press("Enter")
    screen.page.keyboard.press("Escape")
    screen.run(f"What is a queue? {QUICK}")
    expect(screen.page.locator("table.figures caption")).to_have_text("Median and spread of 3 answers, simulated")
    assert all("3 answers" in text for text in screen.figures()["Total time"])
    screen.keyed("playground_repeat").get_by_text("2", exact=True).click()
    screen.settle()
    assert screen.answer_text(1)


def test_a_preset_sets_the_prompt_and_the_controls_and_leaves_an_own_prompt_alone(visit):
    screen = visit("playground")
    screen.page.get_by_role("radio", name="Extraction to JSON").click()
    expect(screen.prompt).to_have_value(re.compile("^Take the order out of this message"))
    screen.settle()
    screen.open_popover("Settings")
    expect(screen.page.get_by_role("spinbutton", name="Temperature")).to_have_value("0.00")
    screen.page.get_by_role("tab", name="JSON").click()
    expect(screen.page.get_by_role("textbox", name="JSON Schema")).to_have_value(re.compile('"deliver_by"'))
    screen.page.keyboard.press("Escape")
    screen.run_button.click()
    screen.finish()
    for side in (0, 1):
        expect(screen.answer(side)).to_contain_text("JSON that fits the schema")
        expect(screen.answer(side).locator(".json-tree")).to_contain_text("deliver_by")
    screen.prompt.fill("My own words")
    screen.page.get_by_role("radio", name="Translation").click()
    screen.settle()
    expect(screen.prompt).to_have_value("My own words")


def test_settings_of_one_model_and_what_a_model_refuses_are_seen_in_the_settings(visit):
    screen = visit("playground?models=gemini-2.5-pro,gemini-3.8-flash")
    screen.open_popover("Settings")
    body = screen.page.get_by_test_id("stPopoverBody")
    body.get_by_role("tab", name="Thinking").click()
    screen.choose("playground_thinking_level", "low")
    note = body.locator("p.control-note").filter(visible=True)
    expect(note).to_contain_text("2.5 Pro takes a thinking budget, not a level, so the level is left out.")
    expect(note.locator("a[href^='https://']")).to_be_visible()
    body.get_by_text("Own settings for 3.8 Flash").click()
    expect(body).to_contain_text("Settings of 3.8 Flash alone")
    expect(body.get_by_role("textbox", name="System instruction of 3.8 Flash")).to_be_visible()


def test_a_session_budget_stops_a_run_and_refuses_the_next(visit):
    screen = visit("playground?models=gemini-2.5-flash,gemini-2.5-flash-lite")
    screen.open_popover("Run options")
    box = screen.page.get_by_role("spinbutton", name="Budget of this session, USD")
    box.fill("0.0001")
    box.press("Enter")
    screen.page.keyboard.press("Escape")
    screen.run("What is a zipper? [[simulate tokens-per-second=200]]")
    expect(screen.answer(0)).to_contain_text("this session's budget of $0.0001 is used up")
    assert screen.answer_text(0)
    run = screen.asked["run"]
    screen.run_button.click()
    expect(screen.main).to_contain_text("Nothing was sent and your prompt is kept; raise the budget to go on.")
    assert screen.asked["run"] == run
