"""The Batch API from end to end against a simulator over HTTP."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from components.batch import remote
from components.batch.costing import Prices
from components.batch.file_sink import FileSink, read_results
from components.batch.plan import base_requests
from components.batch.progress import Progress, State
from components.batch.prompts import Table
from components.batch.records import Job, Status
from components.batch.remote import FileNotes, Note, RemoteBatch, RemoteRefused, Standing
from components.gemini.batches import JobState
from components.gemini.pool import ClientPool
from components.gemini.simulator.server import RunningSimulator
from tests.batch.running import FLASH, PRO, QUICK, TODAY, asked, catalog, digest, job_for, place, simulating, table

PROMPTS = table(30)
JOB = job_for(PROMPTS)


@pytest.fixture
def simulator() -> Iterator[RunningSimulator]:
    with simulating(replace(QUICK, batch_pending_s=0.05, batch_rows_per_s=2_000)) as running:
        yield running


def batch(out: Path, job: Job = JOB, prompts: Table = PROMPTS, resume: bool = True, **more: Any) -> RemoteBatch:
    requests, _ = base_requests(job, catalog(), TODAY)
    prices = Prices(catalog(), job.models, TODAY, in_batch=True)
    sink = FileSink(out, job, resume=resume)
    return RemoteBatch(job, prompts, sink, requests, prices, FileNotes(out), poll_s=0.02, **more)


def conducted(work: Callable[[ClientPool], Awaitable[Any]]) -> Any:
    async def conduct() -> Any:
        pool = ClientPool()
        try:
            return await work(pool)
        finally:
            await pool.close()

    return asyncio.run(conduct())


async def handed_over(out: Path) -> None:
    """Wait until both jobs are known by their names, as another process would see it."""
    async with asyncio.timeout(5):
        while len([note for note in FileNotes(out).read().values() if note.name]) < 2:  # noqa: ASYNC110
            await asyncio.sleep(0.01)


def ran(simulator: RunningSimulator, one: RemoteBatch) -> Progress:
    found: Progress = conducted(lambda pool: one.run(place(simulator), pool))
    return found


def test_a_batch_comes_back_whole_in_the_order_of_its_input_at_half_the_price(
    tmp_path: Path, simulator: RunningSimulator
) -> None:
    out, told = tmp_path / "out.jsonl", list[Standing]()
    progress = ran(simulator, batch(out, tell=told.append))
    found = list(read_results(out))
    assert [(one.key.row, one.key.model) for one in found] == [
        (row, model) for row in range(1, 31) for model in (FLASH, PRO)
    ]
    assert found[4].prompt == "Say the number 3."
    assert "3" in found[4].text
    assert {one.status for one in found} == {Status.OK}
    # Half of $0.30 and $2.50, and of $1.25 and $10.00, for a million tokens.
    half = {FLASH: (0.15, 1.25), PRO: (0.625, 5.0)}
    by_hand = sum(
        (one.usage.input_tokens or 0) * half[one.key.model][0] + (one.usage.output_tokens or 0) * half[one.key.model][1]
        for one in found
    )
    assert float(progress.spent_usd) == pytest.approx(by_hand / 1_000_000)
    assert progress.state is State.DONE
    assert {one.state for one in told} >= {JobState.SUCCEEDED}
    assert not out.with_name("out.jsonl.remote").exists()


def test_a_process_that_dies_while_it_waits_finds_its_jobs_again(tmp_path: Path, simulator: RunningSimulator) -> None:
    out = tmp_path / "out.jsonl"

    async def die_waiting(pool: ClientPool) -> None:
        running = asyncio.create_task(batch(out).run(place(simulator), pool))
        await handed_over(out)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)

    conducted(die_waiting)
    assert ran(simulator, batch(out)).done == 60
    assert asked(simulator)[FLASH, digest("Say the number 7.")] == 1


def test_a_process_that_dies_before_it_knows_the_name_of_its_job_does_not_hand_it_over_twice(
    tmp_path: Path, simulator: RunningSimulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out.jsonl"
    submit = remote.batches.submit

    async def submit_and_die(*given: Any, **named: Any) -> Any:
        await submit(*given, **named)
        raise KeyboardInterrupt

    monkeypatch.setattr(remote.batches, "submit", submit_and_die)
    with pytest.raises(KeyboardInterrupt):
        ran(simulator, batch(out))
    monkeypatch.undo()
    noted = FileNotes(out).read()
    assert [(model, note.name) for model, note in noted.items()] == [(FLASH, "")]
    assert ran(simulator, batch(out)).done == 60
    assert set(asked(simulator).values()) == {1}


def test_rows_that_the_service_refuses_are_failures_with_their_sentence(
    tmp_path: Path, simulator: RunningSimulator
) -> None:
    prompts = table(3, " [[simulate model=gemini-2.5-pro fault=unavailable]]")
    job, out = job_for(prompts), tmp_path / "out.jsonl"
    progress = ran(simulator, batch(out, job, prompts))
    found = {one.key.model: one for one in read_results(out)}
    assert (progress.done, progress.failed) == (6, 3)
    assert (found[PRO].status, found[PRO].error_kind) == (Status.FAILED, "overloaded")
    assert found[FLASH].status is Status.OK


def test_a_cancelled_job_leaves_its_rows_to_the_next_run(tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    with simulating(replace(QUICK, batch_pending_s=60)) as slow:

        async def cancel(pool: ClientPool) -> tuple[Progress, tuple[str, ...]]:
            running = asyncio.create_task(batch(out).run(place(slow), pool))
            await handed_over(out)
            said = await batch(out).cancel(place(slow), pool)
            return await running, said

        progress, said = conducted(cancel)
    assert said == (f"{FLASH}: cancelled", f"{PRO}: cancelled")
    assert (progress.state, progress.done) == (State.STOPPED, 0)
    assert "ended as cancelled" in progress.reason
    with simulating(replace(QUICK, batch_pending_s=0.05)) as quick:
        assert ran(quick, batch(out)).done == 60


def test_a_job_that_the_service_no_longer_knows_is_told_and_handed_over_again(
    tmp_path: Path, simulator: RunningSimulator
) -> None:
    out = tmp_path / "out.jsonl"
    FileNotes(out).write({FLASH: Note("given", "batches/gone")})
    progress = ran(simulator, batch(out))
    assert progress.done == 30
    assert f"no job for {FLASH} any more" in progress.reason
    assert ran(simulator, batch(out)).done == 60


def test_a_service_that_cannot_be_reached_is_told_and_loses_nothing(
    tmp_path: Path, simulator: RunningSimulator
) -> None:
    out = tmp_path / "out.jsonl"
    nowhere = replace(place(simulator), base_url="http://127.0.0.1:9")
    with pytest.raises(RemoteRefused, match="did not take the batch"):
        conducted(lambda pool: batch(out).run(nowhere, pool))
    assert json.loads(out.read_text(encoding="utf-8"))["batch"] == 1
    assert ran(simulator, batch(out)).done == 60
