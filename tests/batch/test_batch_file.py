"""A batch as a file, from one database into another."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from components.batch.counting import counted
from components.batch.records import Job, Key, Result, Row, Status, Verdict
from components.batch.sink import SinkRefused
from components.batch.store_sink import StoreSink, keep, read_results
from components.batch.transfer import BroughtIn, export_lines, import_lines
from components.batch.transfer_format import head_line, head_of, part_of, result_line, row_line
from components.gemini.stream import Usage
from components.history.records import BatchQuery
from components.history.store import Store, open_store
from components.playground.controls import Controls
from tests.batch.results import CHECK, answer, failure
from tests.batch.running import FLASH, PRO, job_for, table

ANN, BOB = "ann@example.org", "bob@example.org"
CHECKS = ({"kind": "contains", "label": CHECK, "value": "x"},)


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(f"sqlite:///{tmp_path / 'here.sqlite'}")
    yield opened
    opened.close()


@pytest.fixture
def there(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(f"sqlite:///{tmp_path / 'there.sqlite'}")
    yield opened
    opened.close()


def kept(store: Store, owner: str = ANN, **changes: Any) -> Job:
    """A batch of three rows for two models that ended; Pro has no answer to row 3."""
    prompts = table(3)
    made = job_for(prompts, name="Numbers", owner=owner, checks=CHECKS, catalog_version="c1", **changes)
    keep(store, made, prompts, prompts.columns)
    sink = StoreSink(store, made)
    sink.open()
    sink.write([answer(row, FLASH, row != 2, simulated=True) for row in (1, 2, 3)])
    sink.write([*(answer(row, PRO, True, simulated=True) for row in (1, 2)), failure(3, PRO)])
    sink.close()
    return made


def exported(store: Store, owner: str = ANN) -> list[str]:
    (record,) = store.batches.of_owner(owner)
    return list(export_lines(store, record))


def changed(line: str, **changes: Any) -> str:
    """The line with fields of what it holds changed."""
    value = json.loads(line)
    held = next(name for name in ("batch", "row", "result") if name in value)
    value[held] |= changes
    return json.dumps(value)


def test_a_batch_comes_into_another_history_with_all_that_came_of_it(here: Store, there: Store) -> None:
    made = kept(here)
    assert import_lines(there, BOB, exported(here)) == BroughtIn(made.id, 3, 6)
    record = there.batches.get(made.id, BOB)
    assert record is not None
    assert (record.state, record.done, record.failed, record.total) == ("done", 6, 1, 6)
    assert (record.imported, record.simulated, record.columns, record.name) == (True, True, ("prompt",), "Numbers")
    assert list(there.batches.rows(made.id)) == list(here.batches.rows(made.id))
    mine = replace(made, owner=BOB)
    assert [replace(one, simulated=True) for one in read_results(here.batches, made)] == list(
        read_results(there.batches, mine)
    )
    flash = made.models.index(FLASH)
    marks = {mark: there.batches.count(made.id, BatchQuery(side=flash, check=0, mark=mark)) for mark in "pf-"}
    assert marks == {"p": 2, "f": 1, "-": 0}
    assert there.batches.of_owner(ANN) == ()


def test_the_file_does_not_say_whose_it_is_nor_how_it_was_limited(here: Store) -> None:
    kept(here)
    lines = exported(here)
    assert ANN not in "".join(lines)
    head = json.loads(lines[0])
    assert (head["format"], head["version"]) == ("gemini-pro-or-flash-batch", 1)
    assert not {"owner", "limits"} & set(head["batch"])
    # One line for the batch, one a row, one an answer.
    assert [next(iter(json.loads(line))) for line in lines[1:]] == ["row"] * 3 + ["result"] * 6


def test_a_second_import_adds_nothing(here: Store, there: Store) -> None:
    made = kept(here)
    lines = exported(here)
    import_lines(there, BOB, lines)
    assert import_lines(there, BOB, lines) == BroughtIn(made.id, known=True)
    assert import_lines(here, ANN, lines) == BroughtIn(made.id, known=True)
    (record,) = here.batches.of_owner(ANN)
    assert record.imported is False


def test_what_somebody_else_has_becomes_a_copy_once(here: Store) -> None:
    made = kept(here)
    lines = exported(here)
    first, second = (import_lines(here, BOB, lines) for _ in range(2))
    assert first.answers == 6
    assert first.job_id not in ("", made.id)
    assert second == BroughtIn(first.job_id, known=True)
    assert len(here.batches.of_owner(BOB)) == 1


def test_nobody_runs_an_imported_batch(here: Store, there: Store) -> None:
    made = replace(kept(here), owner=BOB)
    import_lines(there, BOB, exported(here)[:-1])
    (record,) = there.batches.of_owner(BOB)
    assert (record.state, record.done) == ("stopped", 5)
    with pytest.raises(SinkRefused):
        StoreSink(there, made).open()
    (record,) = there.batches.of_owner(BOB)
    assert record.state == "stopped"


def test_each_bad_line_is_named_with_its_field_and_the_others_come_in(here: Store, there: Store) -> None:
    kept(here)
    head, *others = exported(here)
    rows, results = others[:3], others[3:]
    bad = [
        (changed(rows[0], number=0), "row.number"),
        (changed(rows[0], number=4), "row.number"),
        (changed(rows[0], values={"other": "x"}), "row.values"),
        (changed(rows[0], values={"prompt": 1}), "row.values.prompt"),
        ("{no json", "the line"),
        ('{"row": 1, "surprise": 2}', "surprise"),
        ("{}", "neither a row nor a result"),
        ("[1]", "object"),
        (changed(results[0], row=9), "result.row"),
        (changed(results[0], repeat=2), "result.row"),
        (changed(results[0], model="gpt-5"), "result.model"),
        (changed(results[0], status="fine"), "result.status"),
        (changed(results[0], usage={"input_tokens": -1}), "result.usage.input_tokens"),
        (changed(results[0], cost_usd="1e9"), "result.cost_usd"),
        (changed(results[0], cost_usd=0.5), "result.cost_usd"),
        (changed(results[0], total_s="2"), "result.total_s"),
        (changed(results[0], checks=[{"check": "other", "passed": True}]), "result.checks"),
        (changed(results[0], checks=[{"check": CHECK, "passed": 1}]), "result.checks.0.passed"),
        (changed(results[0], extra=1), "result.extra"),
        (changed(results[0], text=None), "result.text"),
    ]
    lines = [head, *rows, *(line for line, _ in bad[:8]), *(line for line, _ in bad[8:]), *results]
    told = import_lines(there, BOB, [line.encode() for line in lines])
    assert (told.rows, told.answers) == (3, 6)
    assert [problem.line for problem in told.problems] == list(range(5, 5 + len(bad)))
    for (_, field), problem in zip(bad, told.problems, strict=True):
        assert field in problem.sentence
        assert problem.sentence.endswith(".")


def test_a_line_that_comes_twice_or_too_late_counts_once(here: Store, there: Store) -> None:
    kept(here)
    head, *others = exported(here)
    rows, results = others[:3], others[3:]
    told = import_lines(there, BOB, [head, *rows, rows[0], results[0], results[0], rows[1], *results[1:], results[2]])
    assert (told.rows, told.answers) == (3, 6)
    assert [(each.line, each.sentence.split(":")[0]) for each in told.problems] == [
        (5, "row.number"),
        (7, "result"),
        (8, "row"),
        (14, "result"),
    ]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"id": "a b"}, "batch.id"),
        ({"id": ""}, "batch.id"),
        ({"models": []}, "batch.models"),
        ({"models": ["m", "m"]}, "models must each be named once"),
        ({"rows": 0}, "batch.rows"),
        ({"rows": 100_001}, "batch.rows"),
        ({"repeats": 10_000, "rows": 100_000}, "at most 2,000,000 answers"),
        ({"template": "{lost}"}, "the template needs the column lost"),
        ({"controls": {"surprise": 1}}, "there is no setting surprise"),
        ({"controls": {"temperature": "hot"}}, "batch.controls"),
        ({"checks": [{"kind": "magic"}]}, "The kind of a check is one of"),
        ({"checks": [*CHECKS, *CHECKS]}, "Two checks are called"),
        ({"created": "2026-11-26"}, "batch.created"),
        ({"simulated": "no"}, "batch.simulated"),
        ({"prompts_digest": "x"}, "batch.prompts_digest"),
        ({"owner": BOB}, "batch.owner"),
    ],
)
def test_a_file_whose_first_line_is_not_sound_changes_nothing(
    here: Store, there: Store, changes: dict[str, Any], field: str
) -> None:
    kept(here)
    head, *others = exported(here)
    told = import_lines(there, BOB, [changed(head, **changes), *others])
    assert (told.job_id, told.rows, told.answers) == ("", 0, 0)
    (problem,) = told.problems
    assert problem.line == 1
    assert field in problem.sentence
    assert problem.sentence.endswith(
        "The file does not begin with a batch. Nothing was imported; choose one that this page has exported."
    )
    assert there.batches.of_owner(BOB) == ()


@pytest.mark.parametrize("lines", [[], ["\n", " \n"], [b"\xff\xfe"], ['{"format": "gemini-pro-or-flash-run"}']])
def test_what_is_no_batch_at_all_changes_nothing(there: Store, lines: list[str | bytes]) -> None:
    told = import_lines(there, BOB, lines)
    assert told.job_id == ""
    assert told.problems
    assert there.batches.of_owner(BOB) == ()


def test_answers_that_would_cost_more_than_can_be_added_up_are_left_out(here: Store, there: Store) -> None:
    prompts = table(300)
    made = job_for(prompts, owner=ANN, simulated=False)
    rich = {"cost_usd": Decimal(9_999), "discarded_usd": Decimal(0), "checks_usd": Decimal(0)}
    lines = [head_line(made, prompts.columns)]
    lines += [row_line(row) for row in prompts.rows()]
    lines += [result_line(answer(row, FLASH, **rich)) for row in range(1, 301)]
    told = import_lines(there, BOB, lines)
    # 100 answers cost 999,900 dollars, and the next would be over a million.
    assert (told.answers, len(told.problems)) == (100, 200)
    (record,) = there.batches.of_owner(BOB)
    assert record.spent == 999_900 * 10**12


def test_answers_of_a_simulated_batch_are_simulated_whatever_a_line_says(here: Store, there: Store) -> None:
    kept(here)
    lines = [line.replace('"simulated": true', '"simulated": false') for line in exported(here)[1:]]
    import_lines(there, BOB, [exported(here)[0], *lines])
    (record,) = there.batches.of_owner(BOB)
    tally = counted(there.batches, replace(job_for(table(3), id=record.id), checks=CHECKS))
    assert all(side.simulated for side in tally.sides.values())


def test_an_answer_that_calls_itself_simulated_is_none_of_a_real_batch(here: Store) -> None:
    made = job_for(table(1), simulated=False)
    told = part_of(result_line(answer(1, FLASH, simulated=True)), made, ("prompt",))
    assert told == "result.simulated: the first line says that no answer is simulated."


def test_hostile_text_comes_through_as_text(here: Store, there: Store) -> None:
    said = "<script>alert(1)</script>\u202e\u2028\x07=HYPERLINK(1)\n" + "x" * 1_000_000
    prompts = table(1, said.replace("\n", " "))
    made = job_for(prompts, owner=ANN)
    keep(here, made, prompts, prompts.columns)
    sink = StoreSink(here, made)
    sink.open()
    sink.write([answer(1, FLASH, text=said, simulated=True)])
    sink.close()
    lines = exported(here)
    # A line stays one for every reader, also for those to whom U+2028 ends one.
    assert all(len(line.splitlines()) == 1 for line in lines)
    assert import_lines(there, BOB, lines).answers == 1
    (found,) = read_results(there.batches, made)
    assert found.text == said


TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
COUNT = st.none() | st.integers(0, 2**53 - 1)
SECONDS = st.none() | st.floats(0, 1e6)
MONEY = st.none() | st.decimals(0, 9_999, places=12)
RESULTS = st.builds(
    Result,
    st.builds(Key, st.integers(1, 5), st.sampled_from([PRO, FLASH]), st.integers(1, 2)),
    st.sampled_from(Status),
    text=TEXT,
    usage=st.builds(Usage, COUNT, COUNT, COUNT, COUNT, COUNT, COUNT),
    started=st.none() | st.datetimes(timezones=st.just(UTC)),
    first_token_s=SECONDS,
    first_visible_s=SECONDS,
    total_s=SECONDS,
    attempts=st.integers(0, 10),
    discarded_characters=COUNT,
    finish_reason=st.none() | TEXT,
    served_model=st.none() | TEXT,
    error_kind=TEXT,
    error=TEXT,
    cost_usd=MONEY,
    discarded_usd=MONEY,
    checks=st.just(()) | st.builds(Verdict, st.just("right"), st.none() | st.booleans(), TEXT).map(lambda one: (one,)),
    checks_usd=MONEY,
    concurrency=st.integers(0, 100),
    simulated=st.just(True),
)
JOB = Job(
    "job",
    datetime(2026, 11, 26, tzinfo=UTC),
    (PRO, FLASH),
    "{q}",
    Controls(),
    5,
    "0" * 64,
    checks=CHECKS,
    repeats=2,
    simulated=True,
)


@settings(max_examples=60, deadline=None)
@given(RESULTS)
def test_an_answer_survives_the_way_through_a_line_unchanged(result: Result) -> None:
    line = result_line(result)
    assert len(line.splitlines()) == 1
    assert part_of(line, JOB, ("q",)) == result


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 5), TEXT)
def test_a_row_survives_the_way_through_a_line_unchanged(number: int, value: str) -> None:
    row = Row(number, {"q": value})
    assert part_of(row_line(row), JOB, ("q",)) == row


@settings(max_examples=40, deadline=None)
@given(
    st.builds(
        Controls,
        system_instruction=TEXT,
        temperature=SECONDS,
        seed=st.none() | st.integers(0, 9),
        stop_sequences=st.lists(TEXT, max_size=2).map(tuple),
        json_mode=st.booleans(),
        safety=st.just((("HARM_CATEGORY_HARASSMENT", "OFF"),)) | st.just(()),
    ),
    TEXT,
)
def test_a_job_survives_the_way_through_a_line_but_for_its_owner_and_limits(controls: Controls, name: str) -> None:
    made = replace(JOB, controls=controls, name=name)
    assert head_of(head_line(replace(made, owner=ANN), ("q", "w"))) == (made, ("q", "w"))
