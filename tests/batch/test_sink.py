"""What becomes of answers when a process dies, a file is torn, a disk is full or a second process comes along."""

import json
import shutil
import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from components.batch.file_sink import FileSink, read_job, read_results
from components.batch.progress import State
from components.batch.records import (
    Job,
    Key,
    Limits,
    Result,
    Status,
    Verdict,
    job_of,
    job_record,
    result_of,
    result_record,
)
from components.batch.sink import SinkRefused, SinkTrouble, changes
from components.batch.store_sink import StoreSink, keep, stored_job
from components.batch.store_sink import read_results as stored_results
from components.gemini.simulator.server import RunningSimulator
from components.gemini.stream import Usage
from components.history.records import BatchQuery
from components.history.store import Store, open_store
from components.playground.controls import Controls
from tests.batch.running import FLASH, PRO, batch_of, job_for, log, place, run, simulating, table
from tests.history.conftest import emptied as emptied
from tests.history.conftest import empty_file as empty_file
from tests.history.conftest import store as store
from tests.history.conftest import store_url as store_url
from tests.history.postgres import postgres as postgres

PROMPTS = table(5)
JOB = job_for(PROMPTS)


def answer(row: int, model: str = FLASH, **changed: object) -> Result:
    made = Result(
        key=Key(row, model),
        status=Status.OK,
        prompt=f"Say the number {row}.",
        text=f"{row}",
        usage=Usage(input_tokens=5, output_tokens=1),
        started=datetime(2026, 11, 26, 12, 0, tzinfo=UTC),
        total_s=0.25,
        attempts=1,
        cost_usd=Decimal("0.0000040"),
        simulated=True,
    )
    return replace(made, **changed)  # type: ignore[arg-type]


def kept(path: Path, *results: Result, job: Job = JOB) -> None:
    sink = FileSink(path, job)
    sink.open()
    sink.write(results)
    sink.close()


texts = st.text(alphabet=st.characters(), max_size=40)


@given(texts, texts, st.decimals(0, 10, places=12), st.booleans() | st.none())
def test_a_result_comes_back_from_its_record_as_it_was(
    text: str, note: str, cost: Decimal, passed: bool | None
) -> None:
    whole = answer(3, text=text, cost_usd=cost, checks=(Verdict("a", passed, note),), discarded_characters=7)
    assert result_of(json.loads(json.dumps(result_record(whole)))) == whole


def test_a_job_comes_back_from_its_record_as_it_was() -> None:
    controls = Controls(temperature=0.5, stop_sequences=("a", "b"), safety=(("HARM_CATEGORY_HARASSMENT", "OFF"),))
    limits = Limits(concurrency=3, ceiling_usd=Decimal("0.10"), tokens_per_minute=1000.0)
    whole = job_for(PROMPTS, controls=controls, limits=limits, checks=({"kind": "equals", "value": "1"},), judge="x")
    assert job_of(json.loads(json.dumps(job_record(whole)))) == whole


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cut=st.integers(0, 10_000))
def test_a_file_that_was_cut_anywhere_goes_on_without_its_torn_line(tmp_path: Path, cut: int) -> None:
    path = tmp_path / "out.jsonl"
    path.unlink(missing_ok=True)
    kept(path, *(answer(row) for row in range(1, 6)))
    whole = path.read_bytes()
    size = cut % (len(whole) + 1)
    path.write_bytes(whole[:size])
    lines = whole[:size].count(b"\n")

    sink = FileSink(path, JOB, resume=True)
    found = sink.open()
    assert found.done == max(0, lines - 1)
    sink.write([answer(row) for row in range(1, 6) if not found.places[JOB.place(Key(row, FLASH))]])
    sink.close()
    assert sorted(one.key.row for one in read_results(path)) == [1, 2, 3, 4, 5]


def test_what_was_under_way_when_the_process_died_is_counted_once_and_no_more_after_a_good_end(tmp_path: Path) -> None:
    path, left = tmp_path / "out.jsonl", tmp_path / "left.jsonl"
    first = FileSink(path, JOB)
    first.open()
    for row in (1, 2, 3):
        first.begin(Key(row, PRO))
    first.write([answer(2, PRO)])
    # What would be there if the process died now, with a note that is half written.
    shutil.copy(path, left)
    (tmp_path / "left.jsonl.under-way").write_bytes((tmp_path / "out.jsonl.under-way").read_bytes() + b"9")
    first.close()
    second = FileSink(left, JOB, resume=True)
    assert second.open().asked_before == 2
    second.close()
    third = FileSink(left, JOB, resume=True)
    assert third.open().asked_before == 0
    third.close()


def test_a_second_process_is_refused_while_the_first_has_the_file(tmp_path: Path) -> None:
    path = tmp_path / "out.jsonl"
    first = FileSink(path, JOB)
    first.open()
    with pytest.raises(SinkRefused, match="Another process is writing to"):
        FileSink(path, JOB, resume=True).open()
    first.close()
    second = FileSink(path, JOB, resume=True)
    second.open()
    second.close()


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"prompts_digest": "other"}, "the prompts changed"),
        ({"controls": Controls(temperature=1.0)}, "the settings changed"),
        ({"template": "{prompt}!", "models": (PRO, FLASH)}, "the template and the models changed"),
        ({"simulated": False}, "whether answers are simulated changed"),
    ],
)
def test_other_prompts_or_settings_are_refused_by_name_and_the_file_stays(
    tmp_path: Path, changed: dict[str, object], words: str
) -> None:
    path = tmp_path / "out.jsonl"
    kept(path, answer(1))
    before = path.read_bytes()
    with pytest.raises(SinkRefused, match=words):
        FileSink(path, replace(JOB, **changed), resume=True).open()  # type: ignore[arg-type]
    assert path.read_bytes() == before


def test_other_limits_and_a_newer_catalog_are_no_other_batch() -> None:
    assert changes(JOB, replace(JOB, limits=Limits(concurrency=99), catalog_version="later", id="other")) == ()


def test_a_file_that_is_there_is_refused_without_resume_and_foreign_files_always(tmp_path: Path) -> None:
    path, foreign = tmp_path / "out.jsonl", tmp_path / "notes.txt"
    kept(path, answer(1))
    foreign.write_text("my notes\n", encoding="utf-8")
    with pytest.raises(SinkRefused, match="is there already"):
        FileSink(path, JOB).open()
    with pytest.raises(SinkRefused, match="does not begin as the answers of a batch"):
        FileSink(foreign, JOB, resume=True).open()
    assert foreign.read_text(encoding="utf-8") == "my notes\n"


def test_a_broken_line_in_the_middle_is_named_and_nothing_is_touched(tmp_path: Path) -> None:
    path = tmp_path / "out.jsonl"
    kept(path, answer(1), answer(2))
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(lines[0] + b"oops\n" + lines[2])
    with pytest.raises(SinkRefused, match="Line 2 of"):
        FileSink(path, JOB, resume=True).open()


def test_failures_are_taken_out_and_asked_again_on_request(tmp_path: Path) -> None:
    path = tmp_path / "out.jsonl"
    kept(path, answer(1), answer(2, status=Status.FAILED, error_kind="safety"), answer(3))
    plain = FileSink(path, JOB, resume=True)
    assert (plain.open().done, plain.job.id) == (3, JOB.id)
    plain.close()
    again = FileSink(path, replace(JOB, id="another"), resume=True, ask_failed_again=True)
    found = again.open()
    assert (found.done, found.failed, again.job.id) == (2, 0, JOB.id)
    again.close()
    assert [one.key.row for one in read_results(path)] == [1, 3]


def test_a_full_disk_leaves_the_file_whole_and_the_same_answers_can_be_written_later(tmp_path: Path) -> None:
    path = tmp_path / "out.jsonl"
    sink = FileSink(path, JOB)
    sink.open()
    sink.write([answer(1)])
    file = sink._open_file
    sink._file = _Full(file)  # type: ignore[assignment]
    with pytest.raises(SinkTrouble, match="No space left on device"):
        sink.write([answer(2), answer(3)])
    sink._file = file
    assert [one.key.row for one in read_results(path)] == [1]
    sink.write([answer(2), answer(3)])
    sink.close()
    assert [one.key.row for one in read_results(path)] == [1, 2, 3]


class _Full:
    """A file on a disk that takes one more byte."""

    def __init__(self, file: object) -> None:
        self._file = file

    def write(self, data: bytes) -> int:
        self._file.write(data[:100])  # type: ignore[attr-defined]
        raise OSError(28, "No space left on device")

    def __getattr__(self, name: str) -> object:
        return getattr(self._file, name)


def test_answers_that_cannot_be_written_stop_the_batch_with_the_reason(tmp_path: Path) -> None:
    sink = FileSink(tmp_path / "out.jsonl", JOB)

    def refuse(results: Sequence[Result]) -> None:
        raise SinkTrouble("The disk is full.")

    sink.write = refuse  # type: ignore[method-assign]
    with simulating() as simulator:
        progress = run(batch_of(JOB, PROMPTS, sink, patience_s=0.05), place(simulator))
    assert (progress.state, progress.done, progress.reason) == (State.STOPPED, 0, "The disk is full.")


def test_the_header_and_every_answer_say_that_they_are_simulated(tmp_path: Path) -> None:
    path = tmp_path / "out.jsonl"
    kept(path, answer(1))
    header, line = (json.loads(one) for one in path.read_text(encoding="utf-8").splitlines())
    assert (header["simulated"], line["simulated"]) == (True, True)
    assert "no model wrote" in header["note"]
    assert read_job(path) == JOB


# The same promises of the database.


@pytest.fixture(scope="module")
def simulator() -> Iterator[RunningSimulator]:
    with simulating() as running:
        yield running


def test_a_batch_in_the_database_is_answered_and_read_back(store: Store, simulator: RunningSimulator) -> None:
    keep(store, JOB, PROMPTS, PROMPTS.columns)
    progress = run(batch_of(JOB, PROMPTS, StoreSink(store, JOB)), place(simulator))
    found = list(stored_results(store.batches, JOB))
    assert (progress.state, len(found)) == (State.DONE, 10)
    assert [(one.key.row, one.key.model) for one in found[:3]] == [(1, FLASH), (1, PRO), (2, FLASH)]
    assert found[0].prompt == "Say the number 1."
    assert sum(one.cost_usd or 0 for one in found) == progress.spent_usd > 0
    listed = store.batches.of_owner("")
    assert [(one.state, one.done, one.failed) for one in listed] == [("done", 10, 0)]
    assert Decimal(listed[0].spent) / 10**12 == progress.spent_usd


def test_another_server_goes_on_from_the_database_alone_when_the_first_is_gone(
    store: Store, store_url: str, simulator: RunningSimulator
) -> None:
    keep(store, JOB, PROMPTS, PROMPTS.columns)
    first = StoreSink(store, JOB)
    first.open()
    for row in (1, 2, 3):
        first.begin(Key(row, FLASH))
    first.write([answer(1), answer(2)])
    other = open_store(store_url)
    with pytest.raises(SinkRefused, match="is running already"):
        StoreSink(other, JOB).open()
    # The first server is gone: its process no longer answers for itself.
    store.close()
    assert [one.state for one in other.batches.of_owner("")] == ["interrupted"]
    found = stored_job(other, JOB.id, "")
    assert found is not None
    job, prompts = found
    batch = batch_of(job, prompts, StoreSink(other, job))
    progress = run(batch, place(simulator))
    assert (progress.state, progress.found, batch.asked_before) == (State.DONE, 2, 1)
    assert len(list(stored_results(other.batches, JOB))) == 10
    other.close()


def test_a_server_that_was_silent_too_long_loses_the_batch_and_writes_nothing_more(
    store: Store, store_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(store, JOB, PROMPTS, PROMPTS.columns)
    first = StoreSink(store, JOB)
    first.open()
    other = open_store(store_url)
    monkeypatch.setattr("components.history.batches.LONGEST_SILENCE", timedelta(seconds=-1))
    second = StoreSink(other, JOB)
    second.open()
    monkeypatch.undo()
    with pytest.raises(SinkRefused, match="taken this batch over"):
        first.write([answer(1)])
    second.write([answer(2)])
    first.close()
    second.close()
    assert [one.key.row for one in stored_results(other.batches, JOB)] == [2]
    other.close()


def test_an_answer_that_is_written_twice_is_there_once(store: Store) -> None:
    keep(store, JOB, PROMPTS, PROMPTS.columns)
    sink = StoreSink(store, JOB)
    sink.open()
    sink.write([answer(1), answer(2)])
    sink.write([answer(2), answer(3)])
    sink.close()
    assert [one.key.row for one in stored_results(store.batches, JOB)] == [1, 2, 3]


def test_answers_are_found_by_model_status_check_and_text(store: Store) -> None:
    job = replace(JOB, checks=({"kind": "equals", "label": "first"}, {"kind": "regex", "label": "100%_sure"}))
    keep(store, job, PROMPTS, PROMPTS.columns)
    sink = StoreSink(store, job)
    sink.open()
    sink.write(
        [
            answer(1, text="Paris\0", checks=(Verdict("first", True), Verdict("100%_sure", False))),
            answer(2, text="paris 100%", checks=(Verdict("first", False), Verdict("100%_sure", False))),
            answer(2, PRO, text="Rome", checks=(Verdict("first", True), Verdict("100%_sure", None))),
            answer(3, status=Status.FAILED, text=""),
        ]
    )
    sink.close()

    def rows(**wanted: object) -> list[tuple[int, int]]:
        query = BatchQuery(**wanted)  # type: ignore[arg-type]
        found = store.batches.page(job.id, query, 0, 10)
        assert store.batches.count(job.id, query) == len(found)
        return [(one.row, one.side) for one in found]

    assert rows(contains="PARIS") == [(1, 0), (2, 0)]
    assert rows(contains="100%") == [(2, 0)]
    assert rows(side=1) == [(2, 1)]
    assert rows(status="failed") == [(3, 0)]
    assert rows(check=1, mark="f") == [(1, 0), (2, 0)]
    assert rows(check=0, mark="p", side=0) == [(1, 0)]
    assert [one.row for one in store.batches.page(job.id, BatchQuery(), 1, 2)] == [2, 2]
    assert store.batches.page(job.id, BatchQuery(), 0, 1)[0].text == "Paris\ufffd"


def test_only_the_owner_sees_and_deletes_a_batch_and_none_that_runs(store: Store) -> None:
    mine = replace(JOB, owner="ada")
    keep(store, mine, PROMPTS, PROMPTS.columns)
    assert store.batches.of_owner("") == ()
    assert stored_job(store, mine.id, "bob") is None
    sink = StoreSink(store, mine)
    sink.open()
    sink.write([answer(1)])
    assert not store.batches.delete(mine.id, "ada")
    sink.close()
    assert not store.batches.delete(mine.id, "bob")
    assert store.batches.delete(mine.id, "ada")
    assert store.batches.of_owner("ada") == ()
    assert list(store.batches.rows(mine.id)) == list(store.batches.stream(mine.id)) == []


def test_a_thousand_answers_come_as_a_stream_in_the_order_of_their_rows(store: Store) -> None:
    prompts = table(700)
    job = job_for(prompts)
    keep(store, job, prompts, prompts.columns)
    sink = StoreSink(store, job)
    sink.open()
    sink.write([answer(row, model) for row in range(700, 0, -1) for model in (PRO, FLASH)])
    sink.close()
    found = [(one.key.row, one.key.model) for one in stored_results(store.batches, job)]
    assert found == [(row, model) for row in range(1, 701) for model in (FLASH, PRO)]
    assert [row for row, _ in store.batches.rows(job.id)] == list(range(1, 701))


def test_two_sessions_of_one_server_cannot_run_one_batch(store: Store) -> None:
    keep(store, JOB, PROMPTS, PROMPTS.columns)
    sinks, refused = [StoreSink(store, JOB) for _ in range(4)], []

    def take(sink: StoreSink) -> None:
        try:
            sink.open()
        except SinkRefused:
            refused.append(sink)

    threads = [threading.Thread(target=take, args=(sink,)) for sink in sinks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == 3
    for sink in sinks:
        sink.close()


def test_a_batch_asks_nothing_that_has_an_answer(tmp_path: Path) -> None:
    path = tmp_path / "out.jsonl"
    kept(path, answer(1), answer(2, PRO))
    with simulating() as simulator:
        progress = run(batch_of(JOB, PROMPTS, FileSink(path, JOB, resume=True)), place(simulator))
        asked = [line["model"] for line in log(simulator)]
    assert (progress.found, progress.done) == (2, 10)
    assert sorted(asked) == [FLASH] * 4 + [PRO] * 4
