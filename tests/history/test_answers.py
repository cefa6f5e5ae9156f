"""What own figures are read from: answers without their words, the votes of some models, and runs in one piece."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from components.history.records import ChunkRecord
from components.history.store import Store, open_store
from components.playground.keeping import chunk_of
from components.playground.measures import output_speed
from tests.history.examples import FLASH, JUDGEMENT, NOON, PRO, answered, finished


def rows(store: Store, models: Sequence[str] | None = None, newest: int = 500, **options: Any) -> list[tuple[str, str]]:
    return [(row.run_id, row.model) for row in store.answers("", models, newest, **options)]


def test_answers_come_newest_run_first_with_what_the_service_said(store: Store) -> None:
    store.begin(finished("old"))
    store.begin(finished("new", created=NOON + timedelta(minutes=1), vertexai=True))
    found = store.answers("", None, 500)
    assert [(row.run_id, row.model, row.vertexai) for row in found] == [
        ("new", PRO, True),
        ("new", FLASH, True),
        ("old", PRO, False),
        ("old", FLASH, False),
    ]
    assert found[0].facts == {"finish_reason": "STOP"}
    assert found[0].chunks == (ChunkRecord(0.1, "Y"),)
    assert store.answers("", None, 500, in_pieces=False)[0] == replace(found[0], chunks=())


def test_only_the_newest_runs_with_these_models_are_looked_at(store: Store) -> None:
    for number in range(6):
        lanes = (answered(0, FLASH if number % 2 else PRO, "Yes."),)
        store.begin(finished(f"r{number}", created=NOON + timedelta(minutes=number), sides=1, lanes=lanes))
    assert rows(store, [PRO], 2) == [("r4", PRO), ("r2", PRO)]
    assert rows(store, [PRO, FLASH], 3) == [("r5", FLASH), ("r4", PRO), ("r3", FLASH)]
    assert rows(store, []) == []
    assert [row.run_id for row in store.answers("ann", None, 500)] == []


def test_simulated_and_imported_runs_and_answers_that_are_not_whole_are_left_out(store: Store) -> None:
    store.begin(finished("simulated", simulated=True))
    store.begin(finished("imported", imported=True))
    for status in ("waiting", "streaming", "stopped", "failed", "interrupted"):
        store.begin(finished(status, lanes=(answered(0, PRO, "Yes.", status=status), answered(1, FLASH, "No."))))
    cut = answered(0, PRO, "Yes", failure={"kind": "max_tokens"})
    store.begin(finished("cut off", lanes=(cut, answered(1, FLASH, "No."))))
    assert {model for _, model in rows(store)} == {FLASH}
    assert len(rows(store)) == 6
    assert rows(store, [PRO]) == []


def test_a_picture_stays_in_the_database_and_small_parts_come_along(store: Store) -> None:
    small = ({"kind": "thought", "text": "Hm"},)
    pieces = (
        ChunkRecord(0.1, parts=small),
        ChunkRecord(0.2, parts=({"kind": "file", "data": "A" * 100_001},)),
        ChunkRecord(0.3, "Here it is", parts=({"kind": "text", "text": "Here it is"},)),
    )
    store.begin(finished(lanes=(answered(0, PRO, chunks=pieces),), sides=1))
    (row,) = store.answers("", None, 500)
    assert row.chunks == (ChunkRecord(0.1, parts=small), ChunkRecord(0.2, "\ufffc"), ChunkRecord(0.3, "H"))


counts = st.none() | st.integers(0, 400)
held = st.sampled_from(
    [
        *[("word ", "", ())] * 6,
        ("", "", ()),
        ("", "Hm", ()),
        ("", "Hm", ({"kind": "thought", "text": "Hm", "signature": "eA=="},)),
        ("word", "", ({"kind": "text", "text": "word", "signature": "eA=="},)),
        ("word", "Hm", ({"kind": "thought", "text": "Hm"}, {"kind": "text", "text": "word"})),
        ("", "", ({"kind": "text", "text": "", "signature": "eA=="},)),
        ("", "Hm", ({"kind": "thought", "text": "Hm"}, {"kind": "function_call", "name": "f", "data": ""})),
    ]
)
pieces = st.builds(
    lambda held, output, thinking: ChunkRecord(0.0, held[0], held[1], output, thinking, held[2]), held, counts, counts
)


def timed(chunks: Sequence[ChunkRecord]) -> tuple[ChunkRecord, ...]:
    return tuple(replace(chunk, at_s=0.1 * (number + 1)) for number, chunk in enumerate(chunks))


def measured(chunks: Sequence[ChunkRecord]) -> tuple[object, ...]:
    read = [chunk_of(each) for each in chunks]
    speed = output_speed(read)
    first = next((each.at for each in read if each.pieces), None)
    visible = next((each.at for each in read if each.text), None)
    return speed.tokens_per_second, speed.not_measurable, first, visible


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    opened = open_store(f"sqlite:///{tmp_path_factory.mktemp('answers') / 'history.sqlite'}")
    yield opened
    opened.close()


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(answers=st.lists(st.lists(pieces, max_size=12), min_size=20, max_size=40))
def test_what_is_left_out_of_the_chunks_changes_no_measure(kept: Store, answers: list[list[ChunkRecord]]) -> None:
    lanes = tuple(answered(index, PRO, chunks=timed(chunks)) for index, chunks in enumerate(answers))
    kept.delete(["r1"], "")
    kept.begin(finished(lanes=lanes, sides=len(lanes)))
    found = kept.answers("", None, 500)
    assert [measured(row.chunks) for row in found] == [measured(lane.chunks) for lane in lanes]


def test_long_answers_keep_only_their_first_and_last_words(store: Store) -> None:
    chunks = tuple(ChunkRecord(number / 10, "word ", output_tokens=10 * number) for number in range(1, 31))
    store.begin(finished(lanes=(answered(0, PRO, chunks=chunks),), sides=1))
    (row,) = store.answers("", None, 500)
    assert row.chunks == (ChunkRecord(0.1, "w", output_tokens=10), ChunkRecord(3.0, "w", output_tokens=300))


def test_votes_among_models_are_those_on_at_least_two_of_them(store: Store) -> None:
    def keep(name: str, minutes: int, *models: str) -> None:
        lanes = tuple(answered(index, model, "Yes.") for index, model in enumerate(models))
        created = NOON + timedelta(minutes=minutes)
        store.begin(finished(name, created=created, lanes=lanes, sides=len(lanes), order=(0, 1), vote="one"))

    keep("pair", 0, PRO, FLASH)
    keep("other", 1, PRO, "other")
    keep("three", 2, "other", FLASH, PRO)
    keep("late", 3, FLASH, PRO)
    assert [row.run_id for row in store.votes("", [PRO, FLASH])] == ["pair", "three", "late"]
    assert [row.run_id for row in store.votes("", [PRO, FLASH], 2)] == ["three", "late"]
    assert [row.run_id for row in store.votes("", None, 3)] == ["other", "three", "late"]
    assert [row.models for row in store.votes("", [PRO, FLASH], 2)] == [("other", FLASH, PRO), (FLASH, PRO)]


def test_runs_in_one_piece_have_the_same_text_and_all_else(store: Store) -> None:
    lanes = (answered(0, PRO, "Yes, ", "it ", "is."), answered(1, FLASH, "", status="stopped", stop_reason="Stopped."))
    run = finished(lanes=lanes, tags=("a",), judgements=(JUDGEMENT,))
    store.begin(run)
    (found,) = store.get_many(["r1"], "", in_pieces=False)
    assert [lane.text for lane in found.lanes] == ["Yes, it is.", ""]
    assert len(found.lanes[0].chunks) == 1
    bare = [tuple(replace(lane, chunks=()) for lane in each.lanes) for each in (found, run)]
    assert bare[0] == bare[1]
    assert replace(found, lanes=run.lanes) == run


def test_the_state_changes_with_runs_answers_and_votes_of_the_owner(store: Store) -> None:
    seen = [store.state("")]
    store.begin(finished("r1", order=(1, 0), lanes=(answered(0, PRO, "Yes.", status="streaming"), answered(1, FLASH))))
    seen.append(store.state(""))
    store.end_lane("r1", answered(0, PRO, "Yes."))
    seen.append(store.state(""))
    store.vote("r1", "left")
    seen.append(store.state(""))
    store.begin(finished("r2", owner="ann"))
    assert store.state("") == seen[-1]
    assert len(set(seen)) == 4
    store.delete(["r1"], "")
    assert store.state("") == seen[0]
