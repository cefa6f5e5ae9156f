"""Conversations in the playground, and runs that come back: from an address, a replay, the history."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from components.gemini.content import PartKind, Role
from components.gemini.request import Request
from components.gemini.stream import Chunk, Facts, Usage
from components.history.store import open_store
from components.playground.keeping import run_record
from components.playground.lanes import Run, Setup
from tests.pages.asking import QUICK, answers, ask, choose, fill, press, rows, run_id, sent, shown, words

Open = Callable[..., AppTest]
PRO, FLASH = "gemini-2.0-pro-exp-02-05", "gemini-2.0-flash"
FUNCTIONS = (
    '[{"name": "get_weather", "description": "Weather now", "parameters": {"type": "object", '
    '"properties": {"city": {"type": "string"}}, "required": ["city"]}}]'
)


def follow_up(app: AppTest, prompt: str) -> AppTest:
    app.chat_input(key="playground_follow_up").set_value(prompt).run()
    assert not app.exception
    return app


def kept_before(folder: Path, *, ended: bool = True, **setup: object) -> str:
    """A run that an earlier process of the app has left in the history; returns its id."""
    requests = [Request(PRO, "Why is the sea salty?", temperature=0.3), Request(FLASH, "Why is the sea salty?")]
    run = Run(requests, created=datetime(2026, 11, 25, 9, 0, tzinfo=UTC), setup=Setup(sides=2, **setup))
    for index, text in enumerate(("Rivers carry salt.", "Salt comes from rocks.")):
        run.begin(index)
        run.receive(index, Chunk(at=0.25, text=text, thought="", output_tokens=4), Facts(Usage(6, 4), "STOP"))
        if ended:
            run.finish(index)
    store = open_store(f"sqlite:///{folder / 'history.sqlite'}")
    store.begin(run_record(run.snapshot()))
    store.close()
    return run.id


def test_a_follow_up_goes_on_with_both_conversations(open_page: Open) -> None:
    app = ask(open_page("playground"), QUICK + "Explain a hash table")
    first = shown(app)
    follow_up(app, QUICK + "And a B-tree?")
    second = shown(app)
    assert second.setup.parent == first.id
    for lane, before in zip(second.lanes, first.lanes, strict=True):
        said = [(turn.role, turn.parts[0].text) for turn in lane.request.turns]
        assert said == [(Role.USER, before.request.prompt), (Role.MODEL, before.text)]
        assert lane.request.prompt == QUICK + "And a B-tree?"
    assert any(each.label.startswith("Turn 1: ") for each in app.expander)
    assert "Turn 2" in words(app)


def test_regenerate_asks_the_same_again_in_the_same_place(open_page: Open) -> None:
    app = ask(open_page("playground"), QUICK + "Explain a hash table")
    follow_up(app, QUICK + "And a B-tree?")
    second = shown(app)
    press(app, "playground_regenerate")
    third = shown(app)
    assert third.id != second.id
    assert third.setup.parent == second.setup.parent
    assert [lane.request.turns for lane in third.lanes] == [lane.request.turns for lane in second.lanes]


def test_an_edited_turn_is_sent_in_place_of_the_old_one(open_page: Open) -> None:
    app = ask(open_page("playground"), QUICK + "Explain a hash table")
    follow_up(app, QUICK + "And a B-tree?")
    press(app, "playground_edit_1")
    assert app.text_area(key="playground_prompt").value == QUICK + "Explain a hash table"
    assert any(each.value.startswith("You are editing a turn") for each in app.caption)
    ask(app, QUICK + "Explain a heap")
    assert (shown(app).setup.parent, sent(app)[0].prompt) == ("", QUICK + "Explain a heap")
    assert not any(each.value.startswith("You are editing a turn") for each in app.caption)
    press(app, "playground_edit_last")
    press(app, "playground_edit_cancel")
    assert not any(each.value.startswith("You are editing a turn") for each in app.caption)


def test_functions_that_were_called_get_results_and_the_models_go_on(open_page: Open) -> None:
    app = fill(open_page("playground"), "text_area", {"functions": FUNCTIONS})
    ask(app, QUICK + "What is the weather in Oslo?")
    assert words(app).count("Calls the function get_weather") == 2
    assert app.chat_input(key="playground_follow_up").disabled
    send = next(each for each in app.button if each.label == "Send results")
    run = run_id(app)
    send.click().run()
    assert app.warning[0].value == "Every call needs a result; nothing was sent."
    assert run_id(app) == run
    fill(app, "text_area", {"result_0_0": '{"temperature": 4}', "result_1_0": "cold"})
    next(each for each in app.button if each.label == "Send results").click().run()
    assert not app.exception
    replies = [request.replies[0] for request in sent(app)]
    assert [part.kind for part in replies] == [PartKind.FUNCTION_RESPONSE] * 2
    assert [part.text for part in replies] == ['{"temperature": 4}', '{"result": "cold"}']
    calls = [request.turns[-1].parts[-1] for request in sent(app)]
    assert [call.call_id for call in calls] == [reply.call_id for reply in replies]
    assert len(answers(app)) == 2


def test_a_run_that_is_not_to_be_kept_is_in_no_history(open_page: Open, tmp_path: Path) -> None:
    app = fill(open_page("playground"), "toggle", {"kept": False})
    ask(app, QUICK + "Keep this nowhere")
    lost = run_id(app)
    fill(app, "toggle", {"kept": True})
    ask(app, QUICK + "Keep this")
    store = open_store(f"sqlite:///{tmp_path / 'history.sqlite'}")
    assert store.ids("") == (run_id(app),)
    assert lost not in store.ids("")
    store.close()


def test_a_run_of_an_earlier_process_is_shown_and_can_be_followed_up(open_page: Open, tmp_path: Path) -> None:
    run = kept_before(tmp_path)
    app = open_page("playground", run=run)
    texts = [each.value for each in app.markdown]
    assert "Rivers carry salt." in texts
    assert "Salt comes from rocks." in texts
    assert app.text_area(key="playground_prompt").value == "Why is the sea salty?"
    assert rows(app, "Measured")["Time to first token"][0].startswith("250 ms")
    # The kept run was a real one, so nothing about it is called simulated; the next one is.
    assert "<caption>Measured</caption>" in " ".join(each.proto.body for each in app.get("html"))
    follow_up(app, QUICK + "And lakes?")
    assert [turn.parts[0].text for turn in sent(app)[1].turns] == ["Why is the sea salty?", "Salt comes from rocks."]
    assert shown(app).simulated


def test_an_interrupted_run_keeps_what_had_arrived_and_says_so(open_page: Open, tmp_path: Path) -> None:
    app = open_page("playground", run=kept_before(tmp_path, ended=False))
    assert "Rivers carry salt." in [each.value for each in app.markdown]
    sentence = "Interrupted: the server ended while this answer was arriving. What had arrived is kept."
    assert [each.value for each in app.info] == [sentence, sentence]
    assert app.button(key="playground_stop").disabled


def test_an_address_can_ask_for_the_same_again_with_other_models(open_page: Open, tmp_path: Path) -> None:
    run = kept_before(tmp_path, preset="code")
    app = open_page("playground", again=run, models="gemini-2.5-pro,gemini-2.5-flash")
    assert app.text_area(key="playground_prompt").value == "Why is the sea salty?"
    assert app.number_input(key="playground_temperature").value == 0.3
    assert "again" not in app.query_params
    assert "run" not in app.query_params
    press(app, "playground_run")
    assert [request.model for request in sent(app)] == ["gemini-2.5-pro", "gemini-2.5-flash"]
    assert shown(app).setup.preset == "code"


def test_an_address_that_asks_for_an_unknown_run_again_changes_nothing(open_page: Open) -> None:
    app = open_page("playground", again="gone")
    assert "not in your history; nothing was changed" in app.warning[0].value
    assert app.text_area(key="playground_prompt").value == ""


def test_a_replay_plays_the_answers_again_and_is_neither_charged_nor_kept(open_page: Open, tmp_path: Path) -> None:
    run = kept_before(tmp_path)
    app = open_page("playground", replay=run)
    assert any(each.value.startswith("A replay at the original speed.") for each in app.caption)
    assert run_id(app) != run
    assert [lane.text for lane in shown(app).lanes] == ["Rivers carry salt.", "Salt comes from rocks."]
    assert "replay" not in app.query_params
    assert not any(each.key == "playground_regenerate" for each in app.button)
    assert any(re.search(r"\$0\.00 spent in this session at list price\.$", each.value) for each in app.caption)
    store = open_store(f"sqlite:///{tmp_path / 'history.sqlite'}")
    assert store.ids("") == (run,)
    store.close()


@pytest.mark.parametrize("name", ["run", "replay"])
def test_a_blind_run_of_the_history_without_a_vote_gives_nothing_away(
    open_page: Open, tmp_path: Path, name: str
) -> None:
    app = open_page("playground", **{name: kept_before(tmp_path, order=(1, 0))})
    if name == "replay":
        assert "run" not in app.query_params
        return
    text = words(app).partition("Answer A")[2]
    assert "Answer B" in text
    assert "2.0" not in text
    assert not any(table for table in app.get("html") if "figures" in table.proto.body)
    assert app.button(key="playground_vote_1").label == "A is better"


def test_a_vote_on_a_blind_run_reveals_who_wrote_what(open_page: Open, tmp_path: Path) -> None:
    app = open_page("playground", run=kept_before(tmp_path, order=(1, 0)))
    press(app, "playground_vote_1")
    # Side 1, Flash, stands at the first place.
    assert app.success[0].value.startswith("You preferred A (Gemini 2.0 Flash) to B (Gemini 2.0 Pro")
    assert shown(app).vote == "other"
    assert rows(app, "Measured")["Requested model"] == [FLASH, PRO]
    store = open_store(f"sqlite:///{tmp_path / 'history.sqlite'}")
    assert [row.vote for row in store.votes("")] == ["other"]
    store.close()


@pytest.mark.parametrize("fault", ["unavailable", "max tokens"])
def test_a_blind_run_with_a_failed_or_cut_off_side_takes_no_vote(open_page: Open, fault: str) -> None:
    app = fill(open_page("playground"), "toggle", {"blind": True})
    fill(app, "selectbox", {"fault_1": fault})
    ask(app, QUICK + "Explain a hash table")
    assert any(each.value.startswith("There is no vote on this run: an answer ") for each in app.info)
    assert not any((each.key or "").startswith("playground_vote") for each in app.button)
    assert rows(app, "Measured")


def test_a_simulated_vote_says_that_it_counts_for_nothing(open_page: Open) -> None:
    app = fill(open_page("playground"), "toggle", {"blind": True})
    app = ask(app, QUICK + "Say hi")
    press(app, "playground_vote_4")
    assert app.success[0].value.startswith("You found both bad: ")
    assert any("this vote counts for nothing" in each.value for each in app.caption)
    choose(app, "playground_look", "In numbers")
