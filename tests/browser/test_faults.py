"""Everything that can go wrong with one side: a clear sentence there, and the other side whole."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from components.gemini.simulator.faults import Fault
from tests.browser.driver import FLASH, Screen, window

pytestmark = pytest.mark.browser

PACE = "first-token-ms=10 tokens-per-second=4000"
KEPT = "Your prompt is kept; other answers are not affected."
PART_KEPT = "Your prompt and the part of the answer that arrived are kept; other answers are not affected."

# For each fault: what happened, what is safe, what to do next; whether part of an answer stays on screen.
SENTENCES = {
    Fault.BAD_REQUEST: (f"The request for {FLASH} was refused as it stands.", KEPT, "Change the setting", False),
    Fault.INVALID_KEY: ("The service did not accept the key.", KEPT, "https://aistudio.google.com/apikey", False),
    Fault.UNAUTHENTICATED: ("The service did not accept the key.", KEPT, "create a new one", False),
    Fault.PERMISSION_DENIED: (f"This key may not use {FLASH}.", KEPT, "choose another model", False),
    Fault.RETIRED: (f"{FLASH} cannot be called here", KEPT, "such as its successor", False),
    Fault.RATE_LIMITED_MINUTE: (f"Too many requests went to {FLASH}", KEPT, "Wait 12 seconds", False),
    Fault.RATE_LIMITED_DAY: (f"The daily quota of this key for {FLASH} is used up.", KEPT, "Wait 11 hours", False),
    Fault.INTERNAL: ("The service had an internal error", KEPT, "Run again", False),
    Fault.UNAVAILABLE: (f"{FLASH} is overloaded at the moment.", KEPT, "Wait half a minute", False),
    Fault.HTML_ERROR: ("The service had an internal error", KEPT, "Run again", False),
    Fault.DROP_BEFORE: (f"The connection to {FLASH} broke off.", KEPT, "Run again", False),
    Fault.DROP_MID: (f"The connection to {FLASH} broke off.", PART_KEPT, "Run again", True),
    Fault.NO_FINISH_REASON: ("ended without its closing mark", PART_KEPT, "Run again if the end is missing", True),
    Fault.SAFETY: (f"{FLASH} stopped: a safety filter blocked its answer.", PART_KEPT, "Rephrase the prompt", True),
    Fault.MAX_TOKENS: (f"{FLASH} reached the output limit", PART_KEPT, "Raise the limit", True),
    Fault.MAX_TOKENS_EMPTY: ("Thinking used up the output limit", KEPT, "Raise the limit", False),
    Fault.BLOCKED_PROMPT: ("The service blocked the prompt", KEPT, "Rephrase the prompt", False),
    Fault.EMPTY_ANSWER: (f"{FLASH} finished without writing anything.", KEPT, "rephrase the prompt", False),
    Fault.BROKEN_JSON: ("The service sent something that cannot be read", PART_KEPT, "Run again", True),
    Fault.ERROR_IN_STREAM: (f"{FLASH} is overloaded at the moment.", PART_KEPT, "Wait half a minute", True),
}


QUESTION = f"What is a hash table? [[simulate {PACE}]]"


@pytest.fixture(scope="module")
def screen(chromium, app) -> Iterator[Screen]:
    """One window for all faults: each run follows a failed one, as it would for a person who tries again."""
    with window(chromium, app, "playground") as opened:
        yield opened


@pytest.fixture(scope="module")
def whole(screen) -> str:
    """The first side's answer to the question when all is well."""
    screen.run(QUESTION)
    assert screen.figures()["Finish reason"] == ["STOP", "STOP"]
    return screen.answer_text(0)


def assert_told(screen: Screen, fault: Fault) -> None:
    happened, safe, then, partial = SENTENCES[fault]
    alert = screen.answer(1).get_by_test_id("stAlert")
    expect(alert).to_contain_text(happened)
    expect(alert).to_contain_text(safe)
    expect(alert).to_contain_text(then)
    assert bool(screen.answer_text(1)) is partial
    # An answer cut off at its limit is as long as was asked for: done, with a remark.
    expect(screen.head(1)).to_contain_text("Done" if fault is Fault.MAX_TOKENS else "Failed")


def assert_other_side_whole(screen: Screen, whole: str) -> None:
    expect(screen.head(0)).to_contain_text("Done")
    assert screen.figures()["Finish reason"][0] == "STOP"
    assert screen.answer_text(0) == whole
    expect(screen.answer(0).get_by_test_id("stAlert")).to_have_count(0)


def assert_clean(screen: Screen, prompt: str) -> None:
    assert screen.prompt.input_value() == prompt
    text = screen.text
    for sign in ("Traceback", 'File "/', "<html", "<!DOCTYPE"):
        assert sign not in text, sign
    expect(screen.page.get_by_test_id("stException")).to_have_count(0)


def test_every_fault_has_its_sentence_here():
    assert set(SENTENCES) | {Fault.STALL} == set(Fault)


@pytest.mark.parametrize("fault", SENTENCES, ids=str)
def test_a_fault_on_one_side_gets_a_sentence_and_leaves_the_other_side_alone(screen, whole, fault):
    prompt = f"{QUESTION}[[simulate model={FLASH} fault={fault}]]"
    screen.run(prompt)
    assert_told(screen, fault)
    assert_other_side_whole(screen, whole)
    assert_clean(screen, prompt)


def test_a_silent_side_is_stopped_while_the_other_is_already_whole(screen, whole):
    prompt = f"{QUESTION}[[simulate model={FLASH} fault=stall]]"
    screen.send(prompt)
    expect(screen.head(1)).to_contain_text("Waiting for the first token")
    expect(screen.head(0)).to_contain_text("Done")
    screen.stop_button.click()
    expect(screen.head(1)).to_contain_text("Stopped")
    expect(screen.answer(1)).to_contain_text("Stopped on request. What had arrived by then is kept.")
    screen.finish()
    assert_other_side_whole(screen, whole)
    assert_clean(screen, prompt)


def test_both_sides_can_fail_and_the_next_run_is_good(screen, whole):
    screen.run(f"{QUESTION}[[simulate fault=internal]]")
    for side in (0, 1):
        expect(screen.answer(side).get_by_test_id("stAlert")).to_contain_text("The service had an internal error")
    screen.run(QUESTION)
    assert screen.figures()["Finish reason"] == ["STOP", "STOP"]
    assert screen.answer_text(0) == whole
    expect(screen.main.get_by_test_id("stAlert")).to_have_count(0)


@pytest.mark.parametrize("fault", [Fault.UNAVAILABLE, Fault.DROP_MID], ids=str)
def test_a_fault_chosen_in_the_settings_does_the_same(screen, whole, fault):
    choose_fault(screen, fault.replace("_", " "))
    screen.run(QUESTION)
    assert_told(screen, fault)
    assert_other_side_whole(screen, whole)
    assert_clean(screen, QUESTION)
    choose_fault(screen, "a normal answer")


def choose_fault(screen: Screen, name: str) -> None:
    screen.open_popover("Settings")
    if not screen.keyed("playground_fault_1").count():
        screen.page.get_by_text("Call of 2.0 Flash").click()
        screen.keyed("playground_fault_1").wait_for()
        # While the box still unfolds, a list that opens in it closes again.
        screen.page.wait_for_function("() => document.getAnimations().every(one => one.playState !== 'running')")
        screen.settle()
    screen.choose("playground_fault_1", name)
    screen.page.keyboard.press("Escape")
