"""A row of the list: marks in words and shape, nothing that tells a blind answer, nothing that a prompt can break."""

import re
from dataclasses import replace
from html import unescape

import pytest

from catalog.loading import Catalog, load
from components.archive.listing import COLUMNS, record
from components.archive.rows import ListView, run_list
from components.archive.wording import zone_of
from components.history.query import RunSummary, State
from tests.archive.examples import FLASH, NOON, PRO

PLAIN = RunSummary(
    id="r1",
    created=NOON,
    simulated=False,
    imported=False,
    prompt="What is a hash table?",
    models=(PRO, FLASH),
    state=State.COMPLETE,
    statuses=("done", "done"),
    sides=2,
    repeats=1,
    blind=False,
    vote="",
    preset="",
    parent="",
    group="",
    tags=(),
    snippet="It keeps pairs.",
)


@pytest.fixture(scope="module")
def known() -> Catalog:
    return load()


def html(known: Catalog, run: RunSummary, **view: object) -> str:
    return run_list(known, [run], ListView(**{"zone": zone_of(None), "parameters": {}, **view}))  # type: ignore[arg-type]


def words(text: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", text)).split())


def test_a_row_has_time_models_state_and_the_ways_on(known: Catalog) -> None:
    shown = html(known, replace(PLAIN, preset="code", tags=("keep", "b<i>")))
    assert "26 Nov 2026, 12:00 ● 2.0 Pro exp ■ 2.0 Flash ✓ complete Code keep b<i>" in words(shown)
    assert re.findall(r'href="([^"]*)"', shown) == [
        "playground?run=r1",
        "playground?run=r1",
        "playground?replay=r1",
        "playground?again=r1",
        "history?open=r1",
    ]
    assert 'href="history?q=hash&amp;open=r1"' in html(known, PLAIN, parameters={"q": "hash"})
    assert 'href="history?q=hash"' in html(known, PLAIN, parameters={"q": "hash"}, opened="r1")


@pytest.mark.parametrize(
    ("state", "shown"),
    [
        (State.RUNNING, "◔ running"),
        (State.FAILED, "✕ failed"),
        (State.STOPPED, "■ stopped"),
        (State.INTERRUPTED, "▲ interrupted"),
    ],
)
def test_every_state_has_a_shape_and_a_word(known: Catalog, state: State, shown: str) -> None:
    assert shown in words(html(known, replace(PLAIN, state=state)))


def test_a_simulated_and_an_imported_run_say_so_in_row_and_table(known: Catalog) -> None:
    run = replace(PLAIN, simulated=True, imported=True)
    assert "◌ Simulated" in words(html(known, run))
    assert "⇥ Imported" in words(html(known, run))
    assert "chip-simulated" in html(known, run)
    assert record(known, run)["origin"] == "simulated"
    assert record(known, run)["imported"] is True
    assert record(known, PLAIN)["origin"] == "real"
    assert tuple(record(known, run)) == COLUMNS


def test_a_blind_run_without_a_vote_shows_no_answer_and_no_replay(known: Catalog) -> None:
    for state in (State.COMPLETE, State.RUNNING):
        run = replace(PLAIN, blind=True, state=state)
        shown = html(known, run)
        assert "It keeps pairs" not in shown
        assert "replay" not in shown
        assert record(known, run)["beginning_of_an_answer"] == ""
        assert "Blind, no vote" in words(shown)


def test_a_vote_is_told_with_the_name_of_the_model(known: Catalog) -> None:
    run = replace(PLAIN, blind=True, vote="other")
    assert "Vote: 2.0 Flash preferred" in words(html(known, run))
    assert "It keeps pairs." in words(html(known, run))
    assert record(known, run)["vote"] == "Gemini 2.0 Flash preferred"


def test_a_void_blind_run_is_told_as_void(known: Catalog) -> None:
    assert "Blind, void" in words(html(known, replace(PLAIN, blind=True, state=State.FAILED)))


def test_prompts_and_answers_cannot_leave_their_place(known: Catalog) -> None:
    nasty = "\u202e<img src=x onerror=alert(1)>\x07\x00\"'&"
    run = replace(PLAIN, id='x"><b>', prompt=nasty, snippet=nasty, tags=(nasty,), preset=nasty, models=(nasty, FLASH))
    shown = html(known, run)
    assert "<img" not in shown
    assert 'x"><b>' not in shown
    assert not set("\u202e\x07\x00") & set(shown)
    assert shown.count("<bdi") == shown.count("</bdi>") == 3


def test_a_run_with_hundreds_of_sides_names_four(known: Catalog) -> None:
    run = replace(PLAIN, models=tuple(f"model-{index}" for index in range(300)), sides=300)
    shown = words(html(known, run))
    assert "○ model-3 and 296 more sides" in shown
    assert "model-4" not in shown
