"""Documents as their readers use them: bring two, ask both models, stop, check quotations, ask on, split, cache."""

import re
import time

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.driver import FLASH, PRO, Screen
from tests.documents.making import archive as zipped
from tests.documents.making import encrypted, pdf

pytestmark = pytest.mark.browser

PAIR = "documents?models=gemini-2.5-pro,gemini-2.5-flash"
QUICK = "[[simulate first-token-ms=20 tokens-per-second=2000]]"
SLOW = "[[simulate first-token-ms=50 tokens-per-second=60 tokens-per-chunk=4]]"
SENTENCE = "The tenant pays the rent on the first day of each month."
LEASE = {
    "name": "lease.pdf",
    "mimeType": "application/pdf",
    "buffer": pdf([SENTENCE, "The landlord repairs the roof."]),
}
NOTES = {"name": "notes.txt", "mimeType": "text/plain", "buffer": b"Nobody spoke of the roof at the meeting in May.\n"}
LONG = {"name": "long.txt", "mimeType": "text/plain", "buffer": f"{SENTENCE}\n".encode() * 700}
# 57 letters a line: one and a half million tokens.
LARGE = {"name": "large.txt", "mimeType": "text/plain", "buffer": f"{SENTENCE}\n".encode() * 105_300}


def bring(screen: Screen, *files: dict[str, object]) -> None:
    """Upload documents and wait until each is listed."""
    screen.keyed("documents_files").locator("input[type=file]").set_input_files(list(files))
    for each in files:
        expect(screen.main.locator("p.document").filter(has_text=str(each["name"]))).to_be_visible(timeout=30_000)
    screen.settle()


def start(screen: Screen, question: str) -> str:
    """Type a question, run it, and return the id of the run as soon as the address has it."""
    before = screen.asked.get("run")
    box = screen.keyed("documents_prompt").locator("textarea")
    box.fill(question)
    box.press("Control+Enter")
    screen.page.wait_for_function(
        "before => { const id = new URL(location.href).searchParams.get('run'); return id && id !== before }",
        arg=before,
    )
    return screen.asked["run"]


def ask(screen: Screen, question: str) -> str:
    run = start(screen, question)
    finish(screen)
    return run


def finish(screen: Screen) -> None:
    screen.page.locator("table.figures").wait_for(timeout=30_000)
    expect(stop(screen)).to_be_disabled(timeout=30_000)
    expect(screen.main.get_by_text("Looking the quotations up")).to_have_count(0, timeout=30_000)
    screen.settle()


def stop(screen: Screen) -> Locator:
    return screen.keyed("documents_stop").get_by_role("button")


def answer(screen: Screen, side: int) -> Locator:
    return screen.keyed(f"documents_answer_{side}")


@pytest.fixture
def documents(visit) -> Screen:
    return visit(PAIR)


def test_two_documents_are_brought_asked_about_and_their_quotations_are_marked_under_each_answer(documents):
    bring(documents, LEASE, NOTES)
    expect(documents.main.locator("p.document").first).to_contain_text("PDF, 2 pages")
    expect(documents.main.locator(".fit")).to_have_count(2)
    expect(documents.main.locator(".fit").first).to_contain_text("as the service counts them", timeout=10_000)
    ask(documents, f"{SENTENCE} {QUICK}")
    for side in (0, 1):
        box = answer(documents, side)
        expect(box.locator(".lane-head")).to_contain_text("Simulated")
        expect(box.locator(".quotations-count")).to_have_text("2 quotations: 1 found, 1 not found")
        expect(box.locator(".quoted-found")).to_have_text(re.compile("✓ found on page 1 of lease.pdf"))
        expect(box.locator(".quoted-lost")).to_have_text(re.compile("✕ not found in the text"))


def test_stop_keeps_what_has_arrived_and_another_page_does_not_end_a_run(documents):
    bring(documents, NOTES)
    run = start(documents, f"What is in the notes? {SLOW}")
    expect(answer(documents, 1)).to_contain_text("The prompt reads")
    documents.go_to("Compare")
    documents.link("Documents").click(delay=100)
    expect(answer(documents, 1)).to_contain_text("The prompt reads")
    assert documents.asked["run"] == run
    expect(documents.main.locator("p.document")).to_contain_text("notes.txt")
    stop(documents).click()
    for side in (0, 1):
        expect(answer(documents, side)).to_contain_text("Stopped on request. What had arrived by then is kept.")


def test_a_second_tab_watches_the_same_run_and_has_its_documents(documents, visit):
    bring(documents, NOTES)
    start(documents, f"What is in the notes? {SLOW}")
    other = visit(f"documents?run={documents.asked['run']}", settled=False)
    expect(answer(other, 0)).to_contain_text("The prompt reads")
    expect(other.main.locator("p.document")).to_contain_text("notes.txt")
    finish(other)
    finish(documents)
    expect(answer(other, 0).locator(".quotations-count")).to_be_visible()


def test_the_next_question_is_about_the_same_documents(documents):
    bring(documents, LEASE)
    first = ask(documents, f"Who pays? {QUICK}")
    box = documents.page.get_by_test_id("stChatInputTextArea")
    box.fill(f"{SENTENCE} {QUICK}")
    box.press("Enter")
    expect(documents.main.locator("p.turn")).to_contain_text("Turn 2")
    finish(documents)
    assert documents.asked["run"] != first
    for side in (0, 1):
        expect(answer(documents, side).locator(".quoted-found")).to_have_text(re.compile("✓ found on page 1"))


def test_what_cannot_be_read_is_refused_in_a_sentence_and_the_rest_is_there(documents):
    secret = {"name": "secret.zip", "mimeType": "application/zip", "buffer": encrypted(zipped([("a.txt", b"x")]))}
    files = documents.keyed("documents_files").locator("input[type=file]")
    files.set_input_files([secret, NOTES])
    expect(documents.main.locator("p.document")).to_contain_text("notes.txt")
    expect(documents.main.get_by_test_id("stAlert")).to_contain_text("secret.zip")


def test_a_text_of_a_million_and_a_half_tokens_is_refused_for_flash_and_runs_on_pro(visit):
    """The page answers at once meanwhile: reading and counting are no part of a click."""
    screen = visit("documents")
    bring(screen, LARGE)
    flash = screen.main.locator(".fit").nth(1)
    expect(flash).to_contain_text("as the service counts them", timeout=30_000)
    expect(flash).to_contain_text("does not fit")
    expect(flash.locator(".fit-refusal")).to_contain_text("2.0 Flash takes in 1,048,576 tokens at once")
    expect(screen.keyed("documents_run")).to_contain_text("Run 2.0 Pro exp alone")
    began = time.monotonic()
    screen.page.get_by_role("radio", name="Contradictions").click()
    expect(screen.keyed("documents_prompt").locator("textarea")).to_have_value(re.compile("contradict"))
    screen.settle()
    assert time.monotonic() - began < 2
    ask(screen, f"{SENTENCE} {QUICK}")
    expect(answer(screen, 0).locator(".quotations-count")).to_have_text("2 quotations: 1 found, 1 not found")
    expect(answer(screen, 1)).to_have_count(0)
    assert screen.figures()["Requested model"] == [PRO]


def test_what_does_not_fit_is_read_in_parts_and_joined(visit):
    screen = visit("documents")
    bring(screen, LARGE)
    screen.main.get_by_text("Split for 2.0 Flash").click()
    expect(screen.keyed("documents_run")).to_contain_text("Run both")
    screen.settle()
    ask(screen, f"Who pays? {QUICK}")
    parts = screen.page.get_by_test_id("stExpander").filter(has_text="read the documents in")
    expect(parts).to_contain_text("2.0 Flash read the documents in 2 parts; its 3 calls cost $0.15")
    parts.locator("summary").first.click()
    expect(parts.locator("summary", has_text="Part 2")).to_be_visible()
    assert screen.figures()["Requested model"] == [PRO, FLASH]


def test_a_cache_serves_further_questions_and_says_what_it_saved(documents):
    bring(documents, LONG)
    documents.open_popover("Cache")
    documents.page.get_by_text("Keep the documents in a cache").click()
    documents.settle()
    documents.page.keyboard.press("Escape")
    ask(documents, f"Who pays? {QUICK}")
    expect(documents.main.locator(".savings li")).to_have_count(2)
    box = documents.page.get_by_test_id("stChatInputTextArea")
    box.fill(f"And who repairs? {QUICK}")
    box.press("Enter")
    expect(documents.main.locator(".savings").first).to_contain_text("2 questions read", timeout=30_000)
    documents.open_popover("Cache")
    body = documents.page.get_by_test_id("stPopoverBody")
    expect(body.get_by_role("button", name="Delete")).to_have_count(2)
    body.get_by_role("button", name="Delete").first.click()
    expect(body.get_by_role("button", name="Delete")).to_have_count(1)


def test_a_run_is_found_in_the_history_and_replayed_from_there(documents):
    bring(documents, NOTES)
    run = ask(documents, f"What is in the notes? {QUICK}")
    documents.go_to("History")
    documents.main.locator(f'a[href="documents?replay={run}"]').click()
    expect(documents.main).to_contain_text("A replay at the original speed.")
    finish(documents)
    expect(answer(documents, 0).locator(".quotations-count")).to_be_visible()


def test_the_run_is_taken_along_as_a_file(documents):
    bring(documents, LEASE)
    ask(documents, f"{SENTENCE} {QUICK}")
    documents.keyed("documents_views").get_by_text("Export", exact=True).click()
    documents.settle()
    with documents.page.expect_download() as loaded:
        documents.keyed("documents_export_md").get_by_role("button").click()
    written = loaded.value.path().read_text()
    assert "lease.pdf (SHA-256 of what was sent: " in written
    assert f"“{SENTENCE.removesuffix('.')}" in written
    assert "found on page 1 of lease.pdf" in written


def test_the_sample_fills_the_empty_page_by_one_click(visit):
    screen = visit(PAIR)
    expect(screen.main).to_contain_text("Your documents will stand here")
    screen.keyed("documents_sample").get_by_role("button").click()
    expect(screen.main.locator("p.document")).to_contain_text("sample agreement.pdf")
    expect(screen.main.locator(".fit")).to_have_count(2)
    expect(screen.keyed("documents_prompt").locator("textarea")).to_have_value(re.compile("contradict"))
