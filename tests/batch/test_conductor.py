"""Batches beside the pages: they run on, are paused, resumed and stopped from any thread, and end with the process."""

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from components.batch.conductor import SERVER_CLOSING, Busy, Conductor
from components.batch.progress import State
from components.batch.records import Job, Limits
from components.batch.store_sink import StoredPrompts, StoreSink, keep
from components.gemini.simulator.server import RunningSimulator
from components.history.store import Store, open_store
from tests.batch.running import QUICK, batch_of, job_for, place, simulating, table

SLOW = replace(
    QUICK,
    unknown=replace(QUICK.unknown, first_token_ms=60.0),
    unknown_pro=replace(QUICK.unknown_pro, first_token_ms=60.0),
)


@pytest.fixture(scope="module")
def simulator() -> Iterator[RunningSimulator]:
    with simulating(SLOW) as running:
        yield running


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(f"sqlite:///{tmp_path / 'history.sqlite'}")
    yield opened
    opened.close()


@pytest.fixture
def conductor() -> Iterator[Conductor]:
    made = Conductor(most_running=1)
    yield made
    made.close()


def start(conductor: Conductor, store: Store, simulator: RunningSimulator, rows: int = 40, name: str = "job") -> Job:
    prompts = table(rows)
    job = job_for(prompts, id=name, limits=Limits(concurrency=2))
    if store.batches.get(name, "") is None:
        keep(store, job, prompts, prompts.columns)
    kept = StoredPrompts(store.batches, name, job.rows, job.prompts_digest)
    conductor.start(name, batch_of(job, kept, StoreSink(store, job)), place(simulator))  # type: ignore[arg-type]
    return job


def until(true: Callable[[], bool], seconds: float = 10.0) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def done(conductor: Conductor) -> int:
    found = conductor.session("job")
    assert found is not None
    return found.progress.done


def running(conductor: Conductor) -> bool:
    found = conductor.session("job")
    return found is not None and found.running


def at_rest(conductor: Conductor) -> bool:
    found = conductor.session("job")
    return found is not None and found.progress.state is State.PAUSED and found.progress.under_way == 0


def test_a_batch_runs_to_its_end_without_anybody_watching(
    conductor: Conductor, store: Store, simulator: RunningSimulator
) -> None:
    start(conductor, store, simulator, rows=10)
    until(lambda: not running(conductor))
    found = conductor.session("job")
    assert found is not None
    assert (found.progress.state, found.progress.done, found.trouble) == (State.DONE, 20, "")
    record = store.batches.get("job", "")
    assert record is not None
    assert (record.state, record.done) == ("done", 20)


def test_a_paused_batch_asks_nothing_until_it_goes_on(
    conductor: Conductor, store: Store, simulator: RunningSimulator
) -> None:
    start(conductor, store, simulator)
    until(lambda: done(conductor) >= 4)
    conductor.pause("job")
    until(lambda: at_rest(conductor))
    # The last answers may still be on their way to the disk.
    time.sleep(0.2)
    held = done(conductor)
    time.sleep(0.3)
    assert done(conductor) == held < 80
    conductor.go_on("job")
    until(lambda: not running(conductor))
    assert done(conductor) == 80


def test_a_stopped_batch_goes_on_where_it_was(conductor: Conductor, store: Store, simulator: RunningSimulator) -> None:
    start(conductor, store, simulator)
    until(lambda: done(conductor) >= 6)
    conductor.stop("job")
    until(lambda: not running(conductor))
    kept = done(conductor)
    assert 6 <= kept < 80
    record = store.batches.get("job", "")
    assert record is not None
    assert (record.state, record.done) == ("stopped", kept)
    start(conductor, store, simulator)
    until(lambda: not running(conductor))
    found = conductor.session("job")
    assert found is not None
    assert (found.progress.done, found.progress.found) == (80, kept)


def test_only_so_many_batches_run_at_once(conductor: Conductor, store: Store, simulator: RunningSimulator) -> None:
    start(conductor, store, simulator)
    with pytest.raises(Busy, match="already running 1 batches"):
        start(conductor, store, simulator, name="other")
    # The same batch again is no second one.
    start(conductor, store, simulator)
    conductor.stop("job", at_once=True)
    until(lambda: not running(conductor))


def test_what_cannot_run_says_why(conductor: Conductor, store: Store, simulator: RunningSimulator) -> None:
    prompts = table(2)
    job = job_for(prompts)
    conductor.start("job", batch_of(job, prompts, StoreSink(store, job)), place(simulator))
    until(lambda: not running(conductor))
    found = conductor.session("job")
    assert found is not None
    assert found.trouble == "This batch is not in the history any more. Nothing was asked; start it anew."


def test_a_closing_server_keeps_what_was_answered_and_says_so(store: Store, simulator: RunningSimulator) -> None:
    made = Conductor()
    start(made, store, simulator)
    until(lambda: done(made) >= 4)
    made.close()
    record = store.batches.get("job", "")
    assert record is not None
    assert (record.state, record.note) == ("stopped", SERVER_CLOSING)
    assert record.done >= 4
    with pytest.raises(RuntimeError):
        start(made, store, simulator)
