"""Conversations with both models: follow-ups, edits, regenerating, functions; nothing in mid-stream loses a word."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.driver import QUICK, Screen

pytestmark = pytest.mark.browser

SLOW = "[[simulate first-token-ms=50 tokens-per-second=60 tokens-per-chunk=4]]"
FUNCTIONS = (
    '[{"name": "get_weather", "description": "Weather now in a city", "parameters": {"type": "object", '
    '"properties": {"city": {"type": "string"}}, "required": ["city"]}}]'
)


def follow_up(screen: Screen, prompt: str) -> str:
    """Type a further turn, send it and return the id of its run as soon as the address has it."""
    before = screen.asked["run"]
    box = screen.page.get_by_test_id("stChatInputTextArea")
    box.fill(prompt)
    box.press("Enter")
    return await_run_after(screen, before)


def await_run_after(screen: Screen, before: str) -> str:
    screen.page.wait_for_function("old => new URL(location.href).searchParams.get('run') !== old", arg=before)
    return screen.asked["run"]


def test_a_conversation_is_followed_up_regenerated_and_edited(visit):
    screen = visit("playground")
    first = screen.run(f"What is a ring buffer? {QUICK}")
    second = follow_up(screen, f"And a deque? {QUICK}")
    screen.finish()
    expect(screen.answer(0)).to_contain_text("And a deque?")
    expect(screen.main.locator("p.turn")).to_contain_text("Turn 2")
    folded = screen.page.get_by_test_id("stExpander").filter(has_text="Turn 1: What is a ring buffer?")
    folded.locator("summary").click()
    expect(folded.get_by_text("The prompt reads").first).to_be_visible()

    screen.keyed("playground_regenerate").get_by_role("button").click()
    third = await_run_after(screen, second)
    screen.finish()
    assert len({first, second, third}) == 3
    expect(screen.main.locator("p.turn")).to_contain_text("Turn 2")

    screen.keyed("playground_edit_last").get_by_role("button").click()
    expect(screen.prompt).to_have_value(f"And a deque? {QUICK}")
    expect(screen.main).to_contain_text("You are editing a turn of the conversation below.")
    screen.run(f"And a skip list? {QUICK}")
    expect(screen.main.locator("p.turn")).to_contain_text("And a skip list?")
    expect(screen.main).not_to_contain_text("You are editing a turn")
    expect(folded).to_be_visible()

    screen.page.reload()
    screen.finish()
    expect(screen.main.locator("p.turn")).to_contain_text("Turn 2 And a skip list?")


def test_functions_are_called_and_the_models_go_on_with_the_results(visit):
    screen = visit("playground")
    screen.open_popover("Settings")
    screen.page.get_by_role("tab", name="Tools").click()
    screen.page.get_by_role("textbox", name="Function declarations").fill(FUNCTIONS)
    screen.page.keyboard.press("Tab")
    screen.settle()
    screen.page.keyboard.press("Escape")
    run = screen.run(f"What is the weather in Oslo? {QUICK}")
    for side in (0, 1):
        expect(screen.answer(side)).to_contain_text("Calls the function get_weather")
        expect(screen.answer(side).get_by_test_id("stCode")).to_contain_text('"city":')
    expect(screen.page.get_by_test_id("stChatInputTextArea")).to_be_disabled()
    boxes = screen.main.get_by_role("textbox", name=re.compile("get_weather for"))
    boxes.nth(0).fill('{"temperature": 4}')
    screen.page.get_by_role("button", name="Send results").click()
    expect(screen.main).to_contain_text("Every call needs a result; nothing was sent.")
    boxes.nth(1).fill("cold and clear")
    screen.page.get_by_role("button", name="Send results").click()
    await_run_after(screen, run)
    screen.finish()
    expect(screen.answer(0)).to_contain_text("temperature")
    expect(screen.answer(1)).to_contain_text("cold and clear")
    expect(screen.page.get_by_test_id("stChatInputTextArea")).to_be_enabled()


def test_switching_pages_a_second_tab_and_a_widget_in_mid_stream_leave_both_answers_whole(visit):
    screen = visit("playground")
    screen.run(f"What is a rope? {QUICK}")
    whole = [screen.answer_text(side).split()[-6:] for side in (0, 1)]
    run = screen.send(f"What is a rope? {SLOW.replace('=60', '=40')}")
    expect(screen.answer(1)).to_contain_text("The prompt reads")
    other = visit(f"playground?run={run}", settled=False)
    expect(other.answer(1)).to_contain_text("The prompt reads")
    screen.link("Sources and glossary").click(delay=100)
    expect(screen.page.locator("h1")).to_have_text("Sources and glossary")
    screen.link("Playground").click(delay=100)
    expect(screen.answer(0)).to_contain_text("The prompt reads")
    screen.page.get_by_text("Blind", exact=True).click()
    for tab in (screen, other):
        tab.finish()
        assert tab.asked["run"] == run
        assert tab.figures()["Finish reason"] == ["STOP", "STOP"]
    assert [screen.answer_text(side).split()[-6:] for side in (0, 1)] == whole
    assert [other.answer_text(side) for side in (0, 1)] == [screen.answer_text(side) for side in (0, 1)]


def test_voting_on_one_run_while_another_streams_touches_neither(visit):
    screen = visit("playground")
    screen.page.get_by_text("Blind", exact=True).click()
    blind = screen.send(f"Say hi {QUICK}")
    screen.keyed("playground_vote").wait_for(timeout=30_000)
    other = visit("playground")
    going = other.send(f"What is a splay tree? {SLOW}")
    expect(other.answer(0)).to_contain_text("The prompt reads")
    screen.page.keyboard.press("Alt+2")
    expect(screen.main).to_contain_text("You preferred B")
    other.finish()
    assert other.figures()["Finish reason"] == ["STOP", "STOP"]
    assert (screen.asked["run"], other.asked["run"]) == (blind, going)


def test_a_new_run_takes_the_place_of_all_that_the_run_before_has_shown(visit):
    """Old measures under a new answer, or old words under a new head, would be read as the new ones."""
    screen = visit("playground")
    screen.run(f"What is a trie? {QUICK}")
    screen.send("Say nothing [[simulate fault=stall]]")
    expect(screen.head(0)).to_contain_text("Waiting for the first token")
    expect(screen.page.locator("table.figures, .st-key-playground_next, .copy")).to_have_count(0, timeout=1000)
    assert [screen.answer_text(side) for side in (0, 1)] == ["", ""]
    screen.stop_button.click()
    screen.finish()
