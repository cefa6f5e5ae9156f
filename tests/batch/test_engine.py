"""The engine against a simulator over HTTP: what is asked, asked again, stopped and counted."""

import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from components.batch.engine import Batch
from components.batch.file_sink import FileSink, read_results
from components.batch.progress import Progress, State
from components.batch.records import Checked, Limits, Result, Row, Status, Task, Verdict
from components.gemini.settings import Connection
from components.gemini.simulator.faults import Fault
from components.gemini.simulator.server import RunningSimulator
from tests.batch.running import FLASH, PRO, QUICK, asked, batch_of, digest, job_for, log, place, run, simulating, table


@pytest.fixture(scope="module")
def simulator() -> Iterator[RunningSimulator]:
    with simulating() as running:
        yield running


@pytest.fixture(scope="module")
def connection(simulator: RunningSimulator) -> Connection:
    return place(simulator)


def answers(path: Path) -> list[Result]:
    return list(read_results(path))


def test_every_row_is_answered_once_by_each_model_and_the_spend_is_the_sum(
    tmp_path: Path, simulator: RunningSimulator, connection: Connection
) -> None:
    prompts, out = table(60), tmp_path / "out.jsonl"
    job = job_for(prompts, repeats=2)
    progress = run(batch_of(job, prompts, FileSink(out, job)), connection)
    found = answers(out)
    keys = {(one.key.row, one.key.model, one.key.repeat) for one in found}
    assert keys == {(row, model, repeat) for row in range(1, 61) for model in (FLASH, PRO) for repeat in (1, 2)}
    assert len(found) == 240
    # $0.30 and $2.50 for a million tokens of Flash, $1.25 and $10.00 for Pro.
    rates = {FLASH: (Decimal("0.30"), Decimal("2.50")), PRO: (Decimal("1.25"), Decimal("10"))}
    by_hand = sum(
        (one.usage.input_tokens or 0) * rates[one.key.model][0]
        + (one.usage.output_tokens or 0) * rates[one.key.model][1]
        for one in found
    )
    assert progress.spent_usd == by_hand / 1_000_000
    assert progress.spent_usd > 0
    assert (progress.state, progress.done, progress.failed, progress.retries) == (State.DONE, 240, 0, 0)
    assert all(one.simulated and one.attempts == 1 and one.concurrency <= 8 for one in found)
    assert asked(simulator)[FLASH, digest("Say the number 7.")] == 2


def test_faults_that_pass_are_asked_again_until_every_row_is_answered(tmp_path: Path) -> None:
    shares = ((Fault.RATE_LIMITED_MINUTE, 0.06), (Fault.UNAVAILABLE, 0.07), (Fault.DROP_BEFORE, 0.07))
    prompts, out = table(100), tmp_path / "out.jsonl"
    job = job_for(prompts)
    with simulating(replace(QUICK, faults=shares)) as faulty:
        progress = run(batch_of(job, prompts, FileSink(out, job)), place(faulty))
        lines = log(faulty)
    found = answers(out)
    assert {one.status for one in found} == {Status.OK}
    assert len({one.key for one in found}) == len(found) == 200
    failed = [line for line in lines if line["fault"]]
    assert progress.retries == len(failed) == sum(one.attempts - 1 for one in found) > 0
    assert sum(count for _, count in progress.errors) == len(failed)
    assert progress.spent_usd == sum(one.cost_usd or 0 for one in found)


def test_an_answer_that_breaks_off_after_text_is_asked_again_and_says_so(tmp_path: Path) -> None:
    prompts, out = table(40), tmp_path / "out.jsonl"
    job = job_for(prompts)
    with simulating(replace(QUICK, tokens_per_chunk=5, faults=((Fault.DROP_MID, 0.2),))) as faulty:
        progress = run(batch_of(job, prompts, FileSink(out, job)), place(faulty))
    found = answers(out)
    again = [one for one in found if one.asked_again]
    assert {one.status for one in found} == {Status.OK}
    assert again
    assert all(one.attempts > 1 and "characters of an answer that broke off" in one.asked_again for one in again)
    assert progress.again == progress.retries >= len(again)
    # What was thrown away is paid for and stands apart from the answers.
    assert progress.discarded_usd == sum(one.discarded_usd or 0 for one in found) > 0
    assert progress.spent_usd == sum(one.cost_usd or 0 for one in found) + progress.discarded_usd


def test_what_the_service_refuses_for_its_content_is_asked_once(
    tmp_path: Path, simulator: RunningSimulator, connection: Connection
) -> None:
    prompts, out = table(2, " [[simulate fault=safety]]"), tmp_path / "out.jsonl"
    job = job_for(prompts, models=(FLASH,))
    progress = run(batch_of(job, prompts, FileSink(out, job)), connection)
    assert (progress.state, progress.done, progress.failed) == (State.DONE, 2, 2)
    assert {(one.status, one.error_kind, one.attempts) for one in answers(out)} == {(Status.FAILED, "safety", 1)}
    assert asked(simulator)[FLASH, digest("Say the number 1. [[simulate fault=safety]]")] == 1


def test_a_key_that_is_not_accepted_stops_the_model_and_leaves_every_row_to_the_next_session(
    tmp_path: Path, connection: Connection
) -> None:
    prompts, out = table(50, " [[simulate model=gemini-2.5-pro fault=invalid_key]]"), tmp_path / "out.jsonl"
    job = job_for(prompts)
    progress = run(batch_of(job, prompts, FileSink(out, job)), connection)
    assert (progress.state, progress.done, progress.failed) == (State.STOPPED, 50, 0)
    assert {one.key.model for one in answers(out)} == {FLASH}
    assert f"{PRO} is not asked any more" in progress.reason
    assert "did not accept the key" in progress.reason


def test_an_outage_stops_the_model_instead_of_failing_every_row(tmp_path: Path, connection: Connection) -> None:
    prompts, out = table(100, " [[simulate fault=unavailable]]"), tmp_path / "out.jsonl"
    job = job_for(prompts, models=(FLASH,), limits=Limits(concurrency=8, attempts=2))
    progress = run(batch_of(job, prompts, FileSink(out, job)), connection)
    assert progress.state is State.STOPPED
    assert progress.failed == progress.done == 2
    assert "overloaded" in progress.reason


def test_the_ceiling_in_money_stops_new_calls_and_keeps_what_was_under_way(
    tmp_path: Path, connection: Connection
) -> None:
    prompts, out = table(300), tmp_path / "out.jsonl"
    ceiling = Decimal("0.005")
    job = job_for(prompts, models=(PRO,), limits=Limits(concurrency=4, ceiling_usd=ceiling))
    progress = run(batch_of(job, prompts, FileSink(out, job)), connection)
    assert progress.state is State.STOPPED
    assert "ceiling of $0.005" in progress.reason
    # An answer costs $0.0002: 20 tokens at $10 for a million, and a few that go in.
    assert ceiling - Decimal("0.0015") < progress.spent_usd < ceiling + Decimal("0.0005")
    assert progress.done == len(answers(out)) < 300


def test_the_ceiling_in_time_stops_new_calls(tmp_path: Path, connection: Connection) -> None:
    prompts, out = table(40, " [[simulate first-token-ms=150]]"), tmp_path / "out.jsonl"
    job = job_for(prompts, models=(FLASH,), limits=Limits(concurrency=1, ceiling_s=0.5))
    progress = run(batch_of(job, prompts, FileSink(out, job)), connection)
    assert progress.state is State.STOPPED
    assert "for this session are over" in progress.reason
    assert 0 < progress.done < 8


def in_thread(batch: Batch, connection: Connection) -> tuple[threading.Thread, list[Progress]]:
    ended: list[Progress] = []
    thread = threading.Thread(target=lambda: ended.append(run(batch, connection)))
    thread.start()
    return thread, ended


def wait_until(condition: object) -> None:
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        if condition():  # type: ignore[operator]
            return
        time.sleep(0.005)
    raise AssertionError("It did not come to that.")


def test_a_pause_begins_nothing_new_and_going_on_ends_it(
    tmp_path: Path, simulator: RunningSimulator, connection: Connection
) -> None:
    prompts, out = table(60, " [[simulate first-token-ms=20]]"), tmp_path / "out.jsonl"
    job = job_for(prompts, models=(FLASH,), limits=Limits(concurrency=2))
    batch = batch_of(job, prompts, FileSink(out, job))
    thread, ended = in_thread(batch, connection)
    wait_until(lambda: batch.progress().done >= 4)
    batch.pause()
    wait_until(lambda: batch.progress().state is State.PAUSED and not batch.progress().under_way)
    sent = len(log(simulator))
    time.sleep(0.15)
    assert len(log(simulator)) == sent
    assert batch.progress().done < 60
    batch.go_on()
    thread.join(10)
    assert (ended[0].state, ended[0].done) == (State.DONE, 60)


def test_stopping_at_once_breaks_calls_off_and_keeps_what_was_there(tmp_path: Path, connection: Connection) -> None:
    slow = " [[simulate model=gemini-2.5-pro first-token-ms=60000]]"
    prompts, out = table(40, slow), tmp_path / "out.jsonl"
    job = job_for(prompts)
    batch = batch_of(job, prompts, FileSink(out, job))
    thread, ended = in_thread(batch, connection)
    wait_until(lambda: batch.progress().done >= 40)
    batch.stop(at_once=True)
    thread.join(5)
    assert not thread.is_alive()
    assert (ended[0].state, ended[0].done, ended[0].reason[:18]) == (State.STOPPED, 40, "Stopped on request")
    assert len(answers(out)) == 40


def test_a_limit_on_requests_spreads_them(tmp_path: Path, connection: Connection) -> None:
    prompts, out = table(12), tmp_path / "out.jsonl"
    job = job_for(prompts, models=(FLASH,), limits=Limits(concurrency=8, requests_per_minute=600))
    began = time.monotonic()
    run(batch_of(job, prompts, FileSink(out, job)), connection)
    # Ten go at once, and the other two a tenth of a second apart.
    assert time.monotonic() - began >= 0.19


def test_checks_are_kept_with_the_answer_and_their_cost_is_spent(tmp_path: Path, connection: Connection) -> None:
    def maker(client: object) -> object:
        async def check(row: Row, task: Task, text: str) -> Checked:
            if row.number == 2:
                raise RuntimeError("the check is broken")
            return Checked((Verdict("number", str(row.number) in text),), Decimal("0.5"))

        return check

    prompts, out = table(3), tmp_path / "out.jsonl"
    job = job_for(prompts, models=(FLASH,))
    progress = run(batch_of(job, prompts, FileSink(out, job), check_maker=maker), connection)
    found = {one.key.row: one for one in answers(out)}
    assert found[1].checks == (Verdict("number", True),)
    assert (found[2].checks[0].passed, found[2].status) == (None, Status.OK)
    assert progress.spent_usd == Decimal(1) + sum(one.cost_usd or 0 for one in found.values())


def test_percentiles_and_the_rate_come_from_the_answers(tmp_path: Path, connection: Connection) -> None:
    prompts, out = table(50), tmp_path / "out.jsonl"
    job = job_for(prompts, models=(FLASH,))
    progress = run(batch_of(job, prompts, FileSink(out, job)), connection)
    times = sorted(one.total_s or 0 for one in answers(out))
    latency = progress.models[0].total
    assert latency.n == 50
    assert latency.p50 == pytest.approx(times[24], rel=0.03)
    assert latency.p99 == pytest.approx(times[48], rel=0.03)
    assert progress.eta_s == 0
