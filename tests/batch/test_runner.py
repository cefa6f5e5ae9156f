from collections.abc import Iterator
from pathlib import Path

import pytest

from components.batch.file_sink import FileSink, read_results
from components.batch.progress import State
from components.batch.runner import SERVER_CLOSING, BatchRunner, TooManyBatches
from components.gemini.simulator.server import RunningSimulator
from tests.batch.running import FLASH, batch_of, job_for, place, simulating, table
from tests.batch.test_engine import wait_until


@pytest.fixture(scope="module")
def simulator() -> Iterator[RunningSimulator]:
    with simulating() as running:
        yield running


def test_a_batch_runs_beside_its_page_and_a_second_start_finds_it(tmp_path: Path, simulator: RunningSimulator) -> None:
    prompts, runner = table(20, " [[simulate first-token-ms=50]]"), BatchRunner()
    job = job_for(prompts, models=(FLASH,))
    first = runner.start("a", batch_of(job, prompts, FileSink(tmp_path / "a", job)), place(simulator))
    second = runner.start("a", batch_of(job, prompts, FileSink(tmp_path / "a", job)), place(simulator))
    assert second is first is runner.get("a")
    wait_until(lambda: first.ended)
    assert first.result is not None
    assert (first.result.state, first.result.done, first.problem) == (State.DONE, 20, "")
    again = runner.start("a", batch_of(job, prompts, FileSink(tmp_path / "a", job)), place(simulator))
    wait_until(lambda: again.ended)
    assert "is there already" in again.problem
    assert again.result is None
    runner.close()


def test_a_server_takes_so_many_batches_and_closes_within_moments(tmp_path: Path, simulator: RunningSimulator) -> None:
    prompts, runner = table(10, " [[simulate first-token-ms=60000]]"), BatchRunner(most_running=1)
    job = job_for(prompts, models=(FLASH,))
    one = runner.start("a", batch_of(job, prompts, FileSink(tmp_path / "a", job)), place(simulator))
    with pytest.raises(TooManyBatches, match=r"already running 1 batch\."):
        runner.start("b", batch_of(job, prompts, FileSink(tmp_path / "b", job)), place(simulator))
    wait_until(lambda: one.batch.progress().under_way)  # type: ignore[union-attr]
    runner.close()
    assert one.result is not None
    assert (one.result.state, one.result.reason) == (State.STOPPED, SERVER_CLOSING)
    assert list(read_results(tmp_path / "a")) == []
