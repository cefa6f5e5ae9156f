"""The batch page as its users use it: run, watch, pause, leave, come back, read and take along."""

import csv
import io
import json
import signal
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from tests.batch.running import QUICK as SIMULATOR
from tests.batch.running import simulating
from tests.browser.driver import FLASH, PHONE, PRO, App, Screen
from tests.browser.test_accessibility import assert_accessible
from tests.browser.test_phone import assert_fits

pytestmark = pytest.mark.browser

Visit = Callable[..., Screen]
OwnApp = Callable[..., App]
PAIR = "batch?models=gemini-2.5-pro,gemini-2.5-flash"
QUICK = "[[simulate first-token-ms=5 tokens-per-second=20000]]"
SLOW = "[[simulate first-token-ms=300 tokens-per-second=20000]]"
SLOWER = "[[simulate first-token-ms=1500 tokens-per-second=20000]]"


def button(screen: Screen, key: str) -> Locator:
    return screen.keyed(key).get_by_role("button")


def paste(screen: Screen, lines: list[str]) -> None:
    screen.page.get_by_role("radio", name="Pasted lines").click()
    screen.settle()
    box = screen.keyed("batch_lines").locator("textarea")
    box.fill("\n".join(lines))
    box.blur()
    screen.keyed("batch_run").wait_for()
    screen.settle()


def check(screen: Screen, text: str) -> None:
    screen.page.get_by_text("Checks of each answer").click()
    button(screen, "batch_check_add").click()
    screen.settle()
    box = screen.keyed("batch_check_0_value").locator("input")
    box.fill(text)
    box.blur()
    screen.settle()


def start(screen: Screen) -> str:
    button(screen, "batch_run").click()
    screen.page.wait_for_function("() => new URL(location.href).searchParams.get('job')")
    return screen.asked["job"]


def finish(screen: Screen) -> None:
    screen.page.locator(".findings-batch").wait_for(timeout=30_000)
    screen.settle()


def share(screen: Screen) -> Locator:
    return screen.page.locator(".batch-share")


def done(screen: Screen) -> int:
    return int(screen.page.locator(".batch-bar").get_attribute("aria-valuenow") or 0)


def await_answers(screen: Screen, count: int) -> None:
    screen.page.wait_for_function(
        "count => Number(document.querySelector('.batch-bar')?.getAttribute('aria-valuenow')) >= count", arg=count
    )


def downloaded(screen: Screen, key: str) -> bytes:
    with screen.page.expect_download() as waiting:
        button(screen, key).click()
    return Path(waiting.value.path()).read_bytes()


def test_pasted_lines_run_to_the_end_and_the_export_has_the_numbers_of_the_screen(visit: Visit) -> None:
    screen = visit(PAIR)
    paste(screen, [f"What is a {thing}? {QUICK}" for thing in ("heap", "queue", "hash table", "heap sort")])
    check(screen, "heap")
    expect(screen.main.locator("ol.prompts li")).to_have_count(3)
    start(screen)
    finish(screen)
    said = screen.page.locator(".findings-batch").inner_text()
    # The simulator repeats the prompt, so two of four answers have the word.
    assert "2.5 Pro: 2 of 4 rows pass (50%)" in said
    assert "2.5 Flash: 2 of 4 rows pass (50%)" in said
    rows = list(csv.DictReader(io.StringIO(downloaded(screen, "batch_csv").decode("utf-8-sig"))))
    assert len(rows) == 8
    assert {row["origin"] for row in rows} == {"simulated, not a model's answer"}
    label = next(name for name in rows[0] if name.startswith("check."))
    for model in ("gemini-2.5-pro", "gemini-2.5-flash"):
        assert [row[label] for row in rows if row["model"] == model].count("passed") == 2
    records = [json.loads(line) for line in downloaded(screen, "batch_jsonl").splitlines()]
    assert [(one["row"], one["model"]) for one in records] == [(int(row["row"]), row["model"]) for row in rows]
    assert downloaded(screen, "batch_xlsx")[:2] == b"PK"
    spent = sum(float(row["cost_usd"]) for row in rows)
    shown = screen.page.locator(".run-facts").inner_text()
    assert f"≈ ${float(f'{spent:.3g}')}" in shown
    assert "4 of 4" not in shown
    assert "8 of 8 answers" in shown


def test_a_file_is_read_its_problems_are_named_and_a_row_opens_side_by_side(visit: Visit) -> None:
    screen = visit(PAIR)
    uploader = screen.page.locator("[data-testid=stFileUploader] input[type=file]")
    broken = f"question,answer\nWhat is a heap? {QUICK},heap\n,queue\n".encode()
    uploader.set_input_files({"name": "tickets.csv", "mimeType": "text/csv", "buffer": broken})
    expect(screen.main).to_contain_text("Row 2 (line 3), column question: found nothing")
    good = broken.replace(b"\n,queue", f"\nWhat is a stack? {QUICK},queue".encode())
    uploader.set_input_files({"name": "tickets.csv", "mimeType": "text/csv", "buffer": good})
    expect(screen.main.locator(".batch-read")).to_have_text("2 rows, with the columns {question} and {answer}.")
    screen.settle()
    check(screen, "{answer}")
    start(screen)
    finish(screen)
    # The file is still there when the form is opened again.
    table = screen.page.locator("table.batch-rows")
    expect(table.locator("tbody tr")).to_have_count(2)
    table.get_by_role("link", name="What is a stack?").click()
    expect(screen.main.get_by_role("heading", name="Row 2")).to_be_visible()
    for side in (0, 1):
        expect(screen.keyed(f"batch_answer_{side}")).to_contain_text("Simulated")
        expect(screen.keyed(f"batch_answer_{side}")).to_contain_text("The answer does not contain")
    screen.main.get_by_role("link", name="Next row").or_(screen.main.get_by_role("link", name="Previous row")).click()
    expect(screen.main.get_by_role("heading", name="Row 1")).to_be_visible()
    screen.settle()
    button(screen, "batch_to_playground").click()
    expect(screen.page.locator("h1")).to_have_text("Playground")
    expect(screen.answer(0)).to_contain_text("heap")
    screen.settle()
    screen.go_to("Batch")
    expect(screen.main).to_contain_text("from before")
    expect(screen.main.locator(".batches li").first).to_contain_text("tickets.csv")


def held_at(screen: Screen) -> int:
    """How many answers there are once those that were under way have come, on a busy machine as well."""
    before = -1
    for _ in range(20):
        if (now := done(screen)) == before:
            return now
        before = now
        screen.page.wait_for_timeout(600)
    raise AssertionError("answers go on to come in")


def test_a_batch_is_paused_left_found_again_and_resumed(visit: Visit) -> None:
    screen = visit(PAIR)
    paste(screen, [f"Say the number {number}. {SLOWER}" for number in range(60)])
    job = start(screen)
    await_answers(screen, 5)
    # Nothing of the form stays below the progress.
    expect(screen.keyed("batch_run")).to_have_count(0)
    button(screen, "batch_pause").click()
    expect(button(screen, "batch_pause")).to_contain_text("Resume")
    expect(screen.main).to_contain_text("paused")
    held = held_at(screen)
    screen.page.wait_for_timeout(600)
    assert done(screen) == held < 120
    screen.page.goto(f"{screen.app.url}/compare")
    screen.settle()
    other = visit(f"batch?job={job}", settled=False)
    await_answers(other, held)
    button(other, "batch_pause").click()
    await_answers(other, held + 10)
    other.page.goto(f"{other.app.url}/batch?job={job}")
    finish(other)
    assert "120 of 120 answers" in other.page.locator(".run-facts").inner_text()


def test_cancel_asks_first_and_keeps_what_was_answered(visit: Visit) -> None:
    screen = visit(PAIR)
    paste(screen, [f"Say the number {number}. {SLOWER}" for number in range(100)])
    start(screen)
    await_answers(screen, 5)
    button(screen, "batch_cancel").dblclick()
    expect(button(screen, "batch_cancel")).to_contain_text("Really cancel")
    expect(screen.main).to_contain_text("Every answer is kept")
    screen.page.wait_for_timeout(700)
    button(screen, "batch_cancel").click()
    expect(screen.main).to_contain_text("the batch can be resumed")
    finish(screen)
    assert 5 <= done(screen) < 200
    expect(screen.page.locator(".run-facts")).to_contain_text("stopped")


def test_a_batch_on_a_server_that_was_killed_goes_on_where_it_was(visit: Visit, own_app: OwnApp) -> None:
    first = own_app()
    screen = visit(PAIR, on=first)
    paste(screen, [f"Say the number {number}. {SLOW}" for number in range(150)])
    job = start(screen)
    await_answers(screen, 20)
    first.end(signal.SIGKILL)
    seen = done(screen)
    second = own_app()
    again = visit(f"batch?job={job}", on=second)
    expect(again.page.locator(".run-facts")).to_contain_text("interrupted")
    assert done(again) >= seen
    button(again, "batch_resume").click()
    expect(button(again, "batch_pause")).to_be_visible()
    finish(again)
    records = [json.loads(line) for line in downloaded(again, "batch_jsonl").splitlines()]
    keys = [(one["row"], one["model"], one["repeat"]) for one in records]
    assert len(keys) == len(set(keys)) == 300
    assert all(one["status"] == "ok" for one in records)


def test_the_batch_api_answers_the_same_prompts_for_half_the_price(visit: Visit, own_app: OwnApp) -> None:
    screen = visit(PAIR, on=own_app())
    paste(screen, [f"What is a {thing}? {QUICK}" for thing in ("heap", "queue", "stack")])
    check(screen, "heap")
    start(screen)
    finish(screen)
    at_once = list(csv.DictReader(io.StringIO(downloaded(screen, "batch_csv").decode("utf-8-sig"))))
    screen.main.get_by_role("link", name="New batch").click()
    screen.settle()
    button(screen, "batch_hand_over").click()
    expect(screen.page.locator("table.batch-remote")).to_contain_text("batches/")
    expect(screen.page.locator(".run-facts")).to_contain_text("at the Batch API")
    finish(screen)
    later = list(csv.DictReader(io.StringIO(downloaded(screen, "batch_csv").decode("utf-8-sig"))))
    assert [(row["row"], row["model"]) for row in later] == [(row["row"], row["model"]) for row in at_once]
    assert [row["answer"] for row in later] == [row["answer"] for row in at_once]
    for one, other in zip(at_once, later, strict=True):
        assert float(other["cost_usd"]) == pytest.approx(float(one["cost_usd"]) / 2)
    expect(screen.page.locator(".findings-batch")).to_contain_text("through the Gemini Batch API, for half the price")
    expect(screen.page.locator(".findings-batch")).to_contain_text("1 of 3 rows pass")


def test_a_batch_at_the_service_outlives_the_server_and_is_cancelled_there(visit: Visit, own_app: OwnApp) -> None:
    with simulating(replace(SIMULATOR, batch_pending_s=600)) as service:
        place = {"GOOGLE_GEMINI_BASE_URL": service.base_url}
        first = own_app(place)
        screen = visit(PAIR, on=first)
        paste(screen, ["What is a heap?", "What is a queue?"])
        button(screen, "batch_hand_over").click()
        table = screen.page.locator("table.batch-remote")
        expect(table.locator("code").filter(has_text="batches/")).to_have_count(2)
        job = screen.asked["job"]
        names = table.locator("code").all_inner_texts()
        first.end(signal.SIGKILL)
        again = visit(f"batch?job={job}", on=own_app(place), settled=False)
        table = again.page.locator("table.batch-remote")
        expect(table.locator("code").filter(has_text="batches/")).to_have_count(2)
        assert table.locator("code").all_inner_texts() == names
        button(again, "batch_take_back").click()
        button(again, "batch_take_back_yes").click()
        expect(again.main).to_contain_text("gemini-2.5-pro: cancelled.")
        again.settle()
        expect(again.page.locator(".run-facts")).to_contain_text("stopped")


def test_the_default_pair_without_a_list_price_says_so(visit: Visit) -> None:
    screen = visit("batch")
    paste(screen, [f"What is a heap? {QUICK}"])
    expect(screen.page.locator("table.batch-cost")).to_contain_text("no list price")
    start(screen)
    finish(screen)
    assert {
        row["model"] for row in csv.DictReader(io.StringIO(downloaded(screen, "batch_csv").decode("utf-8-sig")))
    } == {
        PRO,
        FLASH,
    }


def through_a_batch(screen: Screen) -> Iterator[str]:
    """The page empty, set up with everything opened, with problems, running, complete, and one row of it."""
    yield "empty"
    button(screen, "batch_try_sample").click()
    screen.settle()
    for label in ("More settings", "Pace and limits"):
        screen.page.get_by_text(label, exact=True).click()
    screen.settle()
    # One call at a time, so that there is something left when it is paused.
    at_once = screen.keyed("batch_concurrency").locator("input")
    at_once.fill("1")
    at_once.press("Enter")
    screen.settle()
    yield "set up"
    box = screen.keyed("batch_template").locator("textarea")
    box.fill("{nothing}")
    box.blur()
    expect(screen.main).to_contain_text("found {nothing}")
    yield "with a problem"
    box.fill(f"{{question}} {SLOW}")
    box.blur()
    expect(screen.main).not_to_contain_text("found {nothing}")
    screen.settle()
    start(screen)
    button(screen, "batch_pause").click()
    expect(button(screen, "batch_pause")).to_contain_text("Resume")
    button(screen, "batch_cancel").click()
    button(screen, "batch_cancel_no").wait_for()
    yield "paused, about to be cancelled"
    button(screen, "batch_cancel_no").click()
    button(screen, "batch_cancel_no").wait_for(state="hidden")
    button(screen, "batch_pause").click()
    finish(screen)
    yield "complete"
    screen.page.get_by_text("Waiting times").click()
    screen.page.get_by_text("Copy as code").click()
    expect(screen.page.get_by_test_id("stCode")).to_be_visible()
    screen.settle()
    yield "complete, with code"
    screen.page.locator("table.batch-rows").get_by_role("link").first.click()
    expect(screen.main.get_by_role("heading", name="Row", exact=False)).to_be_visible()
    screen.settle()
    screen.page.get_by_text("Where the answers differ").click()
    expect(screen.page.locator(".diff")).to_be_visible()
    screen.settle()
    yield "one row"


def test_axe_finds_nothing_serious_on_the_way_through_a_batch(visit: Visit) -> None:
    screen = visit(PAIR)
    for state in through_a_batch(screen):
        screen.page.mouse.move(1, 1)
        for scheme in ("light", "dark"):
            screen.show_in(scheme)
            assert_accessible(screen, f"{scheme}, {state}")
        screen.show_in("light")


def test_the_way_through_a_batch_fits_a_phone(visit: Visit) -> None:
    screen = visit(PAIR, size=PHONE)
    for state in through_a_batch(screen):
        try:
            assert_fits(screen)
        except AssertionError as error:
            raise AssertionError(f"{state}: {error}") from error
