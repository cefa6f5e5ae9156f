import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from components.history.query import Query
from components.history.records import ChunkRecord, JudgementRecord, LaneRecord, RunRecord
from components.history.run_format import run_line, run_of_line
from components.history.store import Store
from components.history.transfer import LONGEST_LINE, MOST_PROBLEMS, Imported, export_jsonl, import_jsonl
from tests.history.examples import FLASH, JUDGEMENT, NOON, PRO, answered, finished, starting

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8)
FINITE = st.floats(allow_nan=False, allow_infinity=False)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**30), 10**30) | FINITE | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=5,
)
OBJECTS = st.dictionaries(TEXT, VALUES, max_size=3)
SECONDS = st.floats(0, 1e6)
COUNTS = st.none() | st.integers(0, 2**53 - 1)
MOMENTS = st.datetimes(timezones=st.just(UTC))
CHUNKS = st.builds(ChunkRecord, SECONDS, TEXT, TEXT, COUNTS, COUNTS, st.lists(OBJECTS, max_size=2).map(tuple))
TAGS = st.sets(TEXT, max_size=3).map(sorted).map(tuple)


@st.composite
def lanes(draw: st.DrawFn, index: int) -> LaneRecord:
    return LaneRecord(
        index=index,
        model=draw(TEXT),
        request=draw(OBJECTS),
        status=draw(st.sampled_from(["done", "stopped", "failed", "interrupted"])),
        facts=draw(OBJECTS),
        failure=draw(st.none() | OBJECTS),
        stop_reason=draw(st.none() | TEXT),
        total_s=draw(st.none() | SECONDS),
        chunks=draw(st.lists(CHUNKS, max_size=3).map(tuple)),
    )


@st.composite
def runs(draw: st.DrawFn) -> RunRecord:
    sides, repeats = draw(st.integers(1, 2)), draw(st.integers(1, 2))
    judgement = st.builds(
        JudgementRecord, st.just("j"), MOMENTS, st.just(0), st.just(0), TEXT, TEXT, st.booleans(), OBJECTS
    )
    return RunRecord(
        id=draw(st.text("abc-_", min_size=1, max_size=12)),
        created=draw(MOMENTS),
        simulated=draw(st.booleans()),
        vertexai=draw(st.booleans()),
        catalog_version=draw(TEXT),
        prompt=draw(TEXT),
        sides=sides,
        repeats=repeats,
        lanes=tuple(draw(lanes(index)) for index in range(sides * repeats)),
        order=draw(st.just(()) | st.permutations(range(sides)).map(tuple)),
        vote=draw(TEXT),
        parent=draw(TEXT),
        group=draw(TEXT),
        preset=draw(TEXT),
        tags=draw(TAGS),
        judgements=draw(st.just(()) | judgement.map(lambda one: (one,))),
    )


def line(**changes: Any) -> str:
    """A sound line but for changes of the run's fields."""
    value = json.loads(run_line(finished()))
    value["run"] |= changes
    return json.dumps(value)


def kept(store: Store, run_id: str, owner: str = "") -> RunRecord:
    run = store.get(run_id, owner)
    assert run is not None
    return run


@settings(max_examples=50, deadline=None)
@given(runs())
def test_a_run_survives_the_way_through_a_line_unchanged(run: RunRecord) -> None:
    written = run_line(run)
    assert written.count("\n") == 1
    assert len(written.splitlines()) == 1
    assert run_of_line(written) == run


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(runs())
def test_a_run_survives_the_way_out_of_a_history_and_into_another(store: Store, run: RunRecord) -> None:
    store.delete(store.ids(""), "")
    store.delete(store.ids("ann"), "ann")
    store.begin(run)
    exported = list(export_jsonl(store, ""))
    store.delete([run.id], "")
    assert import_jsonl(store, "ann", exported) == Imported(1, 0, ())
    assert kept(store, run.id, "ann") == replace(run, owner="ann", imported=True)


def test_an_export_holds_the_chosen_runs_or_all_of_them_and_no_owner(store: Store) -> None:
    for name in ("a", "b", "c"):
        store.begin(finished(name, owner="ann@example.org"))
    store.begin(finished("of-bob", owner="bob"))
    chosen = [json.loads(one)["run"]["id"] for one in export_jsonl(store, "ann@example.org", ["c", "of-bob", "a"])]
    assert chosen == ["c", "a"]
    every = list(export_jsonl(store, "ann@example.org"))
    assert [json.loads(one)["run"]["id"] for one in every] == ["a", "b", "c"]
    assert "example.org" not in "".join(every)


def test_known_runs_are_skipped_and_stay_as_they_are(store: Store) -> None:
    store.begin(finished("a", vote="left"))
    told = import_jsonl(store, "", [line(id="a", vote="right"), line(id="b"), line(id="b"), "\n", "  \n"])
    assert (told.added, told.skipped_known, told.problems) == (1, 2, ())
    assert (kept(store, "a").vote, kept(store, "a").imported) == ("left", False)
    assert kept(store, "b").imported
    assert import_jsonl(store, "", [line(id="b")]).skipped_known == 1


def test_a_simulated_run_stays_simulated_and_imported_runs_can_be_searched(store: Store) -> None:
    import_jsonl(store, "ann", [run_line(finished(simulated=True, vote="left", answers=("lighthouse", "")))])
    (row,) = store.search(Query("ann", "lighthouse", simulated=True)).rows
    assert row.imported
    (vote,) = store.votes("ann")
    assert (vote.simulated, vote.imported) == (True, True)
    assert [json.loads(one)["run"]["simulated"] for one in export_jsonl(store, "ann")] == [True]


def test_what_somebody_else_has_becomes_a_copy_once(store: Store) -> None:
    store.begin(finished("a", owner="ann", judgements=(JUDGEMENT,)))
    store.begin(finished("b", owner="ann", parent="a"))
    exported = list(export_jsonl(store, "ann"))
    assert import_jsonl(store, "bob", exported) == Imported(2, 0, ())
    assert import_jsonl(store, "bob", exported) == Imported(0, 2, ())
    copies = store.ids("bob")
    assert not set(copies) & {"a", "b"}
    (child,) = [run for run in store.get_many(copies, "bob") if run.parent]
    assert [run.prompt for run in store.conversation(child.id, "bob")] == ["Is it?", "Is it?"]
    assert kept(store, "a", "ann").judgements == (JUDGEMENT,)


def test_a_run_that_was_still_going_arrives_as_interrupted(store: Store) -> None:
    store.begin(starting(lanes=(answered(0, PRO, "whole"), answered(1, FLASH, "half", status="streaming"))))
    exported = list(export_jsonl(store, ""))
    import_jsonl(store, "bob", exported)
    (run,) = store.get_many(store.ids("bob"), "bob")
    assert [(lane.status, lane.text) for lane in run.lanes] == [("done", "whole"), ("interrupted", "half")]
    assert run.lanes[1].stop_reason == (
        "Interrupted: the run was still going when it was exported. What had arrived is kept."
    )


def test_each_problem_names_line_and_field_and_good_lines_are_taken(store: Store) -> None:
    value = json.loads(line())
    lane = value["run"]["lanes"][0]
    judged = json.loads(run_line(finished(judgements=(JUDGEMENT,))))["run"]["judgements"][0]
    bad = {
        "the line": "{not json",
        "run": json.dumps({key: one for key, one in value.items() if key != "run"}),
        "version": json.dumps({**value, "version": 2}),
        "format": json.dumps({**value, "format": "other"}),
        "extra": json.dumps({**value, "extra": 1}),
        "run.surprise": line(surprise=1),
        "run.simulated": line(simulated="no"),
        "run.created": line(created="yesterday"),
        "run.sides": line(sides=0),
        "run.id": line(id=""),
        "run.prompt": line(prompt=None),
        "lanes": line(sides=3),
        "run.lanes.0.status": line(lanes=[{**lane, "status": "fine"}, lane]),
        "run.lanes.0.facts": line(lanes=[{**lane, "facts": [1]}, lane]),
        "run.lanes.1.chunks.0.at_s": line(lanes=[lane, {**lane, "index": 1, "chunks": [{"at_s": "0.1"}]}]),
        "run.lanes.0.chunks.0.output_tokens": line(lanes=[{**lane, "chunks": [{"at_s": 0, "output_tokens": 2**70}]}]),
        "order": line(order=[0, 0]),
        "judgements": line(judgements=[{**judged, "one": 7}]),
        "finite": line(lanes=[{**lane, "facts": {"a": [float("nan")]}}, {**lane, "index": 1}]),
        "recursion": line(lanes=[{**lane, "facts": "DEEP"}, lane]).replace('"DEEP"', '{"a":' * 5000 + "1" + "}" * 5000),
        "trailing": line() + line(),
        "Input should be an object": "[1, 2]",
    }
    lines = [one for number, wrong in enumerate(bad.values()) for one in (wrong, line(id=f"good{number}"))]
    told = import_jsonl(store, "", lines)
    assert told.added == len(bad)
    assert [problem.line for problem in told.problems] == [2 * number + 1 for number in range(len(bad))]
    for field, problem in zip(bad, told.problems, strict=True):
        assert field in problem.sentence
        assert problem.sentence.endswith(".")
        assert len(problem.sentence) < 600


def test_lines_that_are_too_long_or_no_text_are_left_out_unread(store: Store) -> None:
    told = import_jsonl(store, "", [b"\xff\xfe", " " * (LONGEST_LINE + 1), b"\xef\xbb\xbf", line().encode()])
    assert [(problem.line, problem.sentence) for problem in told.problems] == [
        (1, "The line is not text in UTF-8."),
        (2, "The line is longer than 50 MB."),
        (3, "the line: Invalid JSON: expected value at line 1 column 1."),
    ]
    assert told.added == 1


def test_a_byte_order_mark_before_the_first_line_is_no_problem(store: Store) -> None:
    assert import_jsonl(store, "", ["\ufeff" + line()]) == Imported(1, 0, ())


def test_a_file_of_nothing_but_problems_gives_a_bounded_list(store: Store) -> None:
    told = import_jsonl(store, "", ["?"] * (MOST_PROBLEMS + 500))
    assert len(told.problems) == MOST_PROBLEMS + 1
    assert told.problems[-1].sentence == "This line and more after it have problems that are not listed."


def test_moments_without_a_time_zone_are_refused_and_others_are_the_same_moment(store: Store) -> None:
    told = import_jsonl(
        store, "", [line(created="2026-11-26T12:00:00"), line(created="2026-11-26T21:00:00.123456+09:00")]
    )
    assert [problem.line for problem in told.problems] == [1]
    assert kept(store, "r1").created == NOON
    assert kept(store, "r1").created == datetime(2026, 11, 26, 12, 0, 0, 123456, tzinfo=UTC)
