"""A row of a batch as a run, the rows as a file for its program, the sample, and how a batch is begun and resumed."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from components.batch import samples
from components.batch.checks import Pick, checks_of, number_in
from components.batch.counting import counted
from components.batch.kept_run import run_of_row
from components.batch.plan import base_requests
from components.batch.prompts import problems, read
from components.batch.records import Job, Limits, Row
from components.batch.starting import Draft, columns_needed, job_of_draft, kept_batch, other_place
from components.batch.store_sink import StoreSink, keep, read_results
from components.batch.stored_table import rows_as_jsonl, stored_table
from components.batch.tally import tally_of
from components.gemini.settings import Connection
from components.history.store import Store, open_store
from components.playground.controls import Controls
from components.playground.keeping import restored
from tests.batch.results import answer, failure
from tests.batch.running import FLASH, PRO, TODAY, catalog, job_for, table

SIMULATOR = Connection(api_key="none", base_url="http://127.0.0.1:9", simulated=True)
SERVICE = Connection(api_key="AIzaSomething", base_url=None)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(f"sqlite:///{tmp_path / 'history.sqlite'}")
    yield opened
    opened.close()


def test_a_row_becomes_a_run_with_all_its_answers_and_failures() -> None:
    job = job_for(table(3), repeats=2)
    requests, _ = base_requests(job, catalog(), TODAY)
    record = run_of_row(
        job, requests, 2, "Question 2?", [answer(2, FLASH), failure(2, PRO), answer(2, FLASH, repeat=2)]
    )
    snapshot = restored(record).snapshot()
    assert (record.prompt, record.models, record.repeats, record.simulated) == ("Question 2?", (FLASH, PRO), 2, True)
    assert [lane.text for lane in snapshot.lanes] == [f"Answer 2 of {FLASH}.", "", f"Answer 2 of {FLASH}.", ""]
    assert [lane.status.value for lane in snapshot.lanes] == ["done", "failed", "done", "stopped"]
    assert snapshot.lanes[0].total_s == 2.0
    failed = snapshot.lanes[1].failure
    assert failed is not None
    assert failed.sentence.startswith("The model is overloaded.")
    assert snapshot.lanes[3].stop_reason == "The batch has not asked this yet."
    assert snapshot.lanes[0].request.max_output_tokens == 20


def test_the_rows_come_back_from_the_file_that_the_program_reads(tmp_path: Path) -> None:
    rows = [Row(1, {"question": "A\nline, {x}?", "answer": "é"}), Row(2, {"question": "", "answer": "2"})]
    file = rows_as_jsonl(rows)
    assert [json.loads(line) for line in file.splitlines()] == [dict(row.values) for row in rows]
    prompts = SimpleNamespace(count=2, digest="d", rows=lambda: iter(rows))
    listed = stored_table(prompts, ("question", "answer"))
    again = read(listed.name, file)
    assert [row.values for row in again.rows()] == [row.values for row in listed.rows()] == [row.values for row in rows]


def test_the_sample_has_ten_questions_whose_answers_the_check_can_read() -> None:
    found = read(samples.NAME, samples.sample())
    assert found.count == 10
    assert not problems(found, samples.TEMPLATE, columns_needed(samples.CHECKS, found.columns)).count
    assert all(number_in(row.values["answer"], Pick.ONLY) is not None for row in found.rows())
    assert checks_of(samples.CHECKS, found.columns)[0].columns == ("answer",)


def draft(**changes: object) -> Draft:
    made = Draft("", (PRO, FLASH), "{prompt}", Controls(), (), "", 2, Limits(concurrency=3))
    return replace(made, **changes)  # type: ignore[arg-type]


def test_a_draft_becomes_a_job_that_says_where_it_is_answered() -> None:
    rows = table(4)
    made = job_of_draft(draft(), rows, SIMULATOR, "ada@example.org", "c0ffee")
    assert (made.rows, made.total, made.simulated, made.owner) == (4, 16, True, "ada@example.org")
    assert (made.name, made.prompts_digest, made.catalog_version) == (
        "Say the number 1.",
        rows.digest,
        "c0ffee",
    )
    named = read("tickets.csv", b"question\nWhy?\n")
    assert job_of_draft(draft(), named, SIMULATOR, "", "").name == "tickets.csv"
    assert job_of_draft(draft(name=" Mine "), rows, SERVICE, "", "").name == "Mine"
    assert made.id != job_of_draft(draft(), rows, SIMULATOR, "", "").id


@pytest.mark.parametrize(
    ("job", "place", "words"),
    [
        ({"simulated": True}, SERVICE, "must not stand among simulated ones"),
        ({"simulated": False}, SIMULATOR, "type in a key"),
        ({"simulated": False, "vertexai": True}, SERVICE, "Vertex AI answered this batch so far"),
    ],
)
def test_a_batch_does_not_go_on_where_other_answers_would_come(
    job: dict[str, bool], place: Connection, words: str
) -> None:
    told = other_place(job_for(table(1), **job), place)
    assert told is not None
    assert words in told
    assert other_place(job_for(table(1)), SIMULATOR) is None


def kept(store: Store, **changes: object) -> Job:
    rows = table(2)
    job = job_for(rows, **changes)
    keep(store, job, rows, rows.columns)
    return job


def test_a_kept_batch_is_made_ready_within_new_limits_and_for_its_owner_alone(store: Store) -> None:
    job = kept(store, owner="ada@example.org")
    with pytest.raises(ValueError, match="not in your history"):
        kept_batch(store, catalog(), job.id, "eve@example.org", SIMULATOR, TODAY)
    batch = kept_batch(store, catalog(), job.id, job.owner, SIMULATOR, TODAY, limits=Limits(concurrency=2))
    progress = batch.progress()
    assert (progress.total, progress.concurrency) == (4, 4)


def test_the_counts_of_kept_answers_are_those_of_whole_results(store: Store) -> None:
    job = kept(store, checks=({"kind": "contains", "label": "right", "value": "x"},))
    sink = StoreSink(store, job)
    sink.open()
    sink.write([answer(1, FLASH, True), failure(1, PRO), answer(2, FLASH, False, cost_usd=None), answer(2, PRO, True)])
    sink.close()
    quick, whole = counted(store.batches, job), tally_of(read_results(store.batches, job))
    assert quick.rows == whole.rows == 2
    for name in (FLASH, PRO):
        one, other = quick.sides[name], whole.sides[name]
        assert (one.cost_usd, one.unpriced, one.statuses, one.errors) == (
            other.cost_usd,
            other.unpriced,
            other.statuses,
            other.errors,
        )
        assert (list(one.totals_s), list(one.firsts_s)) == (list(other.totals_s), list(other.firsts_s))
        assert list(one.whole.rows()) == list(other.whole.rows())
