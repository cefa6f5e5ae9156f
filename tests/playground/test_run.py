import asyncio
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from components.gemini.availability import AvailabilityBook, State, find_out
from components.gemini.client import open_client
from components.gemini.errors import Failure, FailureKind
from components.gemini.pool import ClientPool
from components.gemini.request import Request
from components.gemini.settings import Connection
from components.gemini.simulator.server import RunningSimulator
from components.gemini.stream import Chunk, Facts
from components.playground.lanes import LaneSnapshot, LaneStatus, Run, RunSnapshot, Setup
from components.playground.run import Runner, TooManyRuns, Unprepared

PRO, FLASH = "gemini-2.0-pro-exp-02-05", "gemini-2.0-flash"


def request(model: str = FLASH, **controls: Any) -> Request:
    """Ask for a quick answer, with the simulator's controls as headers."""
    controls = {"first_token_ms": 5, "tokens_per_second": 20_000, **controls}
    headers = tuple((f"x-simulator-{name.replace('_', '-')}", str(value)) for name, value in controls.items())
    return Request(model, "Why do ships need lighthouses?", headers=headers)


SILENT = request(first_token_ms=60_000)
SLOW = request(first_token_ms=5, tokens_per_second=20, tokens_per_chunk=1)


def watched(
    run: Run, until: Callable[[RunSnapshot], bool] = lambda now: now.finished, timeout: float = 8
) -> RunSnapshot:
    """Watch a run as a page does, until something is the case."""
    deadline = time.monotonic() + timeout
    seen = -1
    while not until(run.snapshot()):
        assert time.monotonic() < deadline, run.snapshot()
        seen = run.wait(seen, 0.5)
    return run.snapshot()


def streaming(now: RunSnapshot) -> bool:
    return all(lane.text for lane in now.lanes)


def eventually(condition: Callable[[], bool], timeout: float = 3) -> None:
    deadline = time.monotonic() + timeout
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_both_lanes_are_answered_whole(runner: Runner, connection: Connection) -> None:
    born = datetime(2026, 11, 21, tzinfo=UTC)
    run = runner.start(connection, [request(PRO), request()], catalog_version="abc", now=born)
    done = watched(run)
    assert (done.created, done.simulated, done.catalog_version, done.id) == (born, True, "abc", run.id)
    for lane, model in zip(done.lanes, (PRO, FLASH), strict=True):
        assert (lane.status, lane.failure, lane.stop_reason) == (LaneStatus.DONE, None, None)
        assert (lane.finish_reason, lane.served_model) == ("STOP", model)
        assert lane.text == "".join(chunk.text for chunk in lane.chunks)
        assert lane.usage.output_tokens == lane.chunks[-1].output_tokens
        marks = (lane.first_token_s, lane.first_visible_s, lane.last_chunk_s, lane.total_s)
        assert list(marks) == sorted(mark for mark in marks if mark is not None)


@pytest.mark.timed
def test_the_fast_lane_does_not_wait_for_the_slow_one(runner: Runner, connection: Connection) -> None:
    slow = request(PRO, first_token_ms=400, tokens_per_second=2_000)
    fast = request(FLASH, first_token_ms=100, tokens_per_second=2_000)
    began = time.monotonic()
    pro, flash = watched(runner.start(connection, [slow, fast])).lanes
    wall = time.monotonic() - began
    assert pro.first_token_s is not None
    assert flash.first_token_s is not None
    assert flash.first_token_s < pro.first_token_s / 2
    assert pro.total_s is not None
    assert wall < 1.2 * pro.total_s


FAULTS = {
    "bad_request": FailureKind.BAD_REQUEST,
    "invalid_key": FailureKind.INVALID_KEY,
    "unauthenticated": FailureKind.INVALID_KEY,
    "permission_denied": FailureKind.NO_ACCESS,
    "retired": FailureKind.NOT_FOUND,
    "rate_limited_minute": FailureKind.RATE_LIMITED,
    "rate_limited_day": FailureKind.QUOTA_EXHAUSTED,
    "internal": FailureKind.SERVER_ERROR,
    "unavailable": FailureKind.OVERLOADED,
    "html_error": FailureKind.SERVER_ERROR,
    "drop_before": FailureKind.CONNECTION_LOST,
    "drop_mid": FailureKind.CONNECTION_LOST,
    "no_finish_reason": FailureKind.TRUNCATED,
    "safety": FailureKind.SAFETY,
    "max_tokens_empty": FailureKind.OUTPUT_LIMIT,
    "blocked_prompt": FailureKind.BLOCKED_PROMPT,
    "empty_answer": FailureKind.EMPTY_ANSWER,
    "broken_json": FailureKind.MALFORMED_RESPONSE,
    "error_in_stream": FailureKind.OVERLOADED,
}
PARTIAL = {"drop_mid", "no_finish_reason", "safety", "broken_json", "error_in_stream"}


@pytest.mark.parametrize(("fault", "kind"), FAULTS.items())
def test_a_fault_stays_in_its_lane(runner: Runner, connection: Connection, fault: str, kind: FailureKind) -> None:
    broken, whole = watched(runner.start(connection, [request(PRO, fault=fault, tokens_per_chunk=2), request()])).lanes
    assert broken.status is LaneStatus.FAILED
    assert broken.failure is not None
    assert broken.failure.kind is kind
    assert bool(broken.text) is (fault in PARTIAL)
    assert ("part of the answer" in broken.failure.safe) is (fault in PARTIAL)
    assert "Traceback" not in broken.failure.sentence
    assert (whole.status, whole.finish_reason, whole.failure) == (LaneStatus.DONE, "STOP", None)


def test_the_wait_that_the_service_names_is_in_the_sentence(runner: Runner, connection: Connection) -> None:
    (lane,) = watched(runner.start(connection, [request(fault="rate_limited_minute")])).lanes
    assert lane.failure is not None
    assert lane.failure.retry_after_s == 12
    assert "12 seconds" in lane.failure.sentence


def test_an_answer_at_its_output_limit_is_done_and_says_so(runner: Runner, connection: Connection) -> None:
    (lane,) = watched(runner.start(connection, [request(fault="max_tokens")])).lanes
    assert lane.status is LaneStatus.DONE
    assert lane.text
    assert lane.failure is not None
    assert lane.failure.kind is FailureKind.OUTPUT_LIMIT


def test_silence_ends_in_a_time_out(runner_with: Callable[..., Runner], connection: Connection) -> None:
    impatient = runner_with(pool=ClientPool(open_one=lambda one: open_client(one, timeout_ms=200)))
    (lane,) = watched(impatient.start(connection, [request(fault="stall")])).lanes
    assert lane.failure is not None
    assert lane.failure.kind is FailureKind.TIMED_OUT


def test_an_unreachable_service_is_told(runner: Runner) -> None:
    (lane,) = watched(runner.start(Connection(api_key="k", base_url="http://127.0.0.1:9"), [request()])).lanes
    assert lane.failure is not None
    assert lane.failure.kind is FailureKind.CONNECTION_REFUSED


def test_a_client_that_cannot_be_opened_fails_every_lane(
    runner_with: Callable[..., Runner], connection: Connection
) -> None:
    def refuse(_: Connection) -> Any:
        raise ValueError("No API key was provided.")

    run = runner_with(pool=ClientPool(open_one=refuse)).start(connection, [request(), request()])
    kinds = [lane.failure.kind for lane in watched(run).lanes if lane.failure]
    assert kinds == [FailureKind.NO_KEY, FailureKind.NO_KEY]


def test_a_model_that_does_not_name_itself_is_unknown(runner: Runner, connection: Connection) -> None:
    (lane,) = watched(runner.start(connection, [request(no_model_version=1)])).lanes
    assert (lane.status, lane.served_model) == (LaneStatus.DONE, None)


@pytest.mark.timed
def test_stop_keeps_what_has_arrived_and_ends_at_once(
    runner: Runner, connection: Connection, simulator: RunningSimulator
) -> None:
    run = runner.start(connection, [SLOW, SLOW])
    before = watched(run, streaming)
    began = time.monotonic()
    runner.stop(run.id)
    after = run.snapshot()
    assert time.monotonic() - began < 0.1
    for was, now in zip(before.lanes, after.lanes, strict=True):
        assert now.status is LaneStatus.STOPPED
        assert now.text.startswith(was.text)
        assert now.stop_reason is not None
        assert now.total_s is not None
    eventually(lambda: simulator.active_requests == 0, timeout=1)
    time.sleep(0.1)
    assert run.snapshot() == after


def test_stop_ends_a_silent_run_too(runner: Runner, connection: Connection, simulator: RunningSimulator) -> None:
    run = runner.start(connection, [SILENT, request(fault="stall")])
    eventually(lambda: simulator.active_requests == 2)
    runner.stop(run.id)
    assert [lane.status for lane in run.snapshot().lanes] == [LaneStatus.STOPPED] * 2
    eventually(lambda: simulator.active_requests == 0, timeout=1)


def test_stop_may_come_twice_late_early_and_for_nothing(runner: Runner, connection: Connection) -> None:
    done = runner.start(connection, [request()])
    whole = watched(done)
    early = runner.start(connection, [SILENT])
    for _ in range(2):
        runner.stop(done.id)
        runner.stop(early.id)
        runner.stop("no such run")
    assert done.snapshot() == whole
    assert early.snapshot().lanes[0].status is LaneStatus.STOPPED


def test_a_whole_lane_stays_whole_when_the_other_is_stopped(runner: Runner, connection: Connection) -> None:
    run = runner.start(connection, [SILENT, request()])
    watched(run, lambda now: now.lanes[1].ended)
    runner.stop(run.id)
    assert [lane.status for lane in run.snapshot().lanes] == [LaneStatus.STOPPED, LaneStatus.DONE]


def test_a_run_that_nobody_watches_is_stopped(
    runner_with: Callable[..., Runner], connection: Connection, simulator: RunningSimulator
) -> None:
    run = runner_with(lease_s=0.3).start(connection, [SILENT, SLOW])
    eventually(lambda: run.finished)
    for lane in run.snapshot().lanes:
        assert lane.status is LaneStatus.STOPPED
        assert "nobody was watching" in (lane.stop_reason or "")
    eventually(lambda: simulator.active_requests == 0)


def test_watching_keeps_a_run_alive_and_so_does_touching(
    runner_with: Callable[..., Runner], connection: Connection
) -> None:
    runner = runner_with(lease_s=0.25)
    waited, touched = runner.start(connection, [SILENT]), runner.start(connection, [SILENT])
    watcher = threading.Thread(target=waited.wait, args=(10, 0.8))
    watcher.start()
    for _ in range(8):
        touched.touch()
        time.sleep(0.1)
    watcher.join()
    assert not waited.finished
    assert not touched.finished
    eventually(lambda: waited.finished and touched.finished)


def test_several_pages_watch_one_run_and_see_the_same_end(runner: Runner, connection: Connection) -> None:
    run = runner.start(connection, [request(tokens_per_second=2_000), request()])
    with ThreadPoolExecutor(4) as pages:
        ends = list(pages.map(lambda _: watched(run), range(4)))
    assert all(end == ends[0] for end in ends)


def test_a_page_that_comes_back_finds_its_run(runner: Runner, connection: Connection) -> None:
    run = runner.start(connection, [SLOW])
    first = watched(run, streaming)
    again = runner.get(run.id)
    assert again is run
    later = watched(again, lambda now: now.lanes[0].chunk_count > first.lanes[0].chunk_count + 2)
    assert later.lanes[0].text.startswith(first.lanes[0].text)
    runner.stop(run.id)


@pytest.mark.timed
def test_wait_returns_on_news_and_after_its_time(runner: Runner, connection: Connection) -> None:
    run = runner.start(connection, [SILENT])
    began = time.monotonic()
    assert run.wait(run.version, 0.1) == run.version
    assert 0.1 <= time.monotonic() - began < 0.4
    threading.Timer(0.1, runner.stop, (run.id,)).start()
    assert run.wait(0, 5) == run.version == 1
    assert time.monotonic() - began < 1


def test_snapshots_do_not_change(runner: Runner, connection: Connection) -> None:
    run = runner.start(connection, [SLOW])
    first = watched(run, streaming)
    kept = (first.version, first.lanes[0].text, first.lanes[0].chunks)
    watched(run, lambda now: now.version > first.version + 3)
    assert (first.version, first.lanes[0].text, first.lanes[0].chunks) == kept
    with pytest.raises(AttributeError):
        first.lanes[0].text = "changed"  # type: ignore[misc]
    runner.stop(run.id)
    assert run.snapshot() is run.snapshot()


def test_twenty_runs_at_once_all_come_through(runner: Runner, connection: Connection) -> None:
    runs = [runner.start(connection, [request(PRO), request()]) for _ in range(20)]
    with ThreadPoolExecutor(20) as pages:
        ends = list(pages.map(watched, runs))
    assert {lane.status for end in ends for lane in end.lanes} == {LaneStatus.DONE}
    assert len({end.id for end in ends}) == 20
    assert runner.runs()[0] is runs[-1]


def test_too_many_at_once_are_refused_in_words(runner_with: Callable[..., Runner], connection: Connection) -> None:
    runner = runner_with(most_running=2)
    runs = [runner.start(connection, [SILENT]) for _ in range(2)]
    with pytest.raises(TooManyRuns, match="Your prompt is kept"):
        runner.start(connection, [SILENT])
    runner.stop(runs[0].id)
    runner.stop(runner.start(connection, [SILENT]).id)


def test_only_the_last_finished_runs_are_kept(runner_with: Callable[..., Runner], connection: Connection) -> None:
    runner = runner_with(most_kept=2)
    running = runner.start(connection, [SILENT])
    runs = [runner.start(connection, [SILENT]) for _ in range(4)]
    for run in runs:
        runner.stop(run.id)
    last = runner.start(connection, [SILENT])
    assert runner.runs() == (last, runs[3], runs[2], running)
    assert runner.get(runs[0].id) is None


def test_a_run_needs_a_request_and_an_open_runner(runner_with: Callable[..., Runner], connection: Connection) -> None:
    runner = runner_with()
    with pytest.raises(ValueError, match="at least one model"):
        runner.start(connection, [])
    run = runner.start(connection, [SILENT])
    runner.close()
    assert run.snapshot().lanes[0].status is LaneStatus.STOPPED
    with pytest.raises(RuntimeError, match="closed"):
        runner.start(connection, [SILENT])
    with pytest.raises(RuntimeError, match="closed"):
        runner.submit(asyncio.sleep(0))
    runner.stop(run.id)
    runner.close()


class Notebook:
    """Writes down what a runner tells, in order."""

    def __init__(self) -> None:
        self.told: list[tuple[str, str, Any]] = []

    def began(self, run: RunSnapshot) -> None:
        self.told.append((run.id, "began", run))

    def received(self, run_id: str, lane: int, chunk: Chunk, facts: Facts) -> None:
        self.told.append((run_id, "received", (lane, chunk)))

    def ended(self, run_id: str, lane: LaneSnapshot) -> None:
        self.told.append((run_id, "ended", lane))

    def voted(self, run_id: str, vote: str) -> None:
        self.told.append((run_id, "voted", vote))

    def of(self, run_id: str) -> list[tuple[str, Any]]:
        return [(event, what) for one, event, what in list(self.told) if one == run_id]


def test_a_listener_is_told_of_everything_in_order_also_of_runs_that_nobody_looks_at(
    runner_with: Callable[..., Runner], connection: Connection
) -> None:
    notebook = Notebook()
    runner = runner_with(listener=notebook)
    whole, stopped = runner.start(connection, [request()]), runner.start(connection, [SILENT])
    runner.stop(stopped.id)
    eventually(lambda: whole.finished and stopped.finished)
    told = notebook.of(whole.id)
    assert [event for event, _ in told] == ["began", *["received"] * whole.snapshot().lanes[0].chunk_count, "ended"]
    assert "".join(what[1].text for event, what in told if event == "received") == whole.snapshot().lanes[0].text
    assert told[-1][1].status is LaneStatus.DONE
    assert [event for event, _ in notebook.of(stopped.id)] == ["began", "ended"]


def test_a_run_that_is_not_kept_is_told_to_nobody(runner_with: Callable[..., Runner], connection: Connection) -> None:
    notebook = Notebook()
    watched(runner_with(listener=notebook).start(connection, [request()], setup=Setup(sides=1, kept=False)))
    assert notebook.told == []


def test_repeats_ask_every_model_as_often(runner: Runner, connection: Connection) -> None:
    done = watched(runner.start(connection, [request(PRO), request()], setup=Setup(sides=2, repeats=3)))
    assert [lane.request.model for lane in done.lanes] == [PRO, FLASH] * 3
    assert [lane.request.model for lane in done.of_side(1)] == [FLASH] * 3
    assert done.lane(side=0, repeat=2) is done.lanes[4]
    assert all(lane.whole for lane in done.lanes)


@pytest.mark.timed
def test_a_guard_stops_every_lane_with_its_reason(runner: Runner, connection: Connection) -> None:
    def too_long(now: RunSnapshot) -> str | None:
        return "Long enough." if any(len(lane.text) > 100 for lane in now.lanes) else None

    slow = request(tokens_per_second=80, tokens_per_chunk=4)
    done = watched(runner.start(connection, [slow, SILENT], guard=too_long))
    assert [lane.stop_reason for lane in done.lanes] == ["Long enough."] * 2
    assert 100 < len(done.lanes[0].text) < 200


@pytest.mark.timed
def test_a_replay_brings_the_same_answer_at_the_same_times(runner: Runner, connection: Connection) -> None:
    pace = {"first_token_ms": 60, "tokens_per_second": 2_000}
    recorded = watched(runner.start(connection, [request(PRO, **pace), request(fault="drop_mid", **pace)]))
    began = time.monotonic()
    replayed = runner.replay(recorded)
    played = watched(replayed)
    took = time.monotonic() - began
    assert replayed.id != recorded.id
    assert played.setup.replay_of == recorded.id
    for lane, original in zip(played.lanes, recorded.lanes, strict=True):
        assert (lane.text, lane.status, lane.failure) == (original.text, original.status, original.failure)
        assert (lane.facts, lane.total_s, lane.chunks) == (original.facts, original.total_s, original.chunks)
    longest = max(lane.total_s or 0 for lane in recorded.lanes)
    assert longest <= took < longest + 0.3


def test_only_the_first_vote_on_a_blind_run_counts(runner_with: Callable[..., Runner], connection: Connection) -> None:
    notebook = Notebook()
    runner = runner_with(listener=notebook)
    run = runner.start(connection, [request(PRO), request()], setup=Setup(sides=2, order=(1, 0)))
    watched(run)
    run.vote("one")
    run.vote("other")
    assert run.snapshot().vote == "one"
    assert notebook.of(run.id)[-1] == ("voted", "one")
    seen = runner.start(connection, [request(), request()])
    seen.vote("one")
    assert seen.snapshot().vote == ""


def test_other_work_runs_on_the_engine(runner: Runner, connection: Connection) -> None:
    async def double(number: int) -> int:
        return 2 * number

    assert runner.submit(double(21)) == 42
    book = AvailabilityBook()
    (found,) = runner.call(connection, lambda client: find_out(client, connection, [FLASH], book))
    assert found.state is State.CALLABLE
    with pytest.raises(TimeoutError):
        runner.submit(asyncio.sleep(30), timeout_s=0.05)


def test_warming_up_never_fails(runner_with: Callable[..., Runner], connection: Connection) -> None:
    opened: list[Connection] = []

    def refuse(one: Connection) -> Any:
        opened.append(one)
        raise ValueError("no sign-in")

    runner = runner_with(pool=ClientPool(open_one=refuse))
    runner.warm(connection)
    eventually(lambda: len(opened) == 1)


def test_the_clock_starts_when_the_client_is_open(runner_with: Callable[..., Runner], connection: Connection) -> None:
    (lane,) = watched(runner_with().start(connection, [request(first_token_ms=100)])).lanes
    assert lane.first_token_s is not None
    assert lane.first_token_s < 0.2


def test_nothing_a_run_shows_holds_the_key(runner: Runner, connection: Connection) -> None:
    run = runner.start(connection, [request(fault="invalid_key"), request()])
    shown = repr(watched(run)) + repr(run) + repr(vars(run)) + repr(connection)
    assert connection.api_key is not None
    assert connection.api_key not in shown


def test_ids_are_short_and_fit_an_address(runner: Runner, connection: Connection) -> None:
    ids = {Run([request()], created=datetime.now(UTC)).id for _ in range(500)}
    assert len(ids) == 500
    assert all(len(one) == 12 and one.replace("-", "").replace("_", "").isalnum() for one in ids)


@pytest.mark.timed
def test_looking_often_at_a_long_answer_stays_cheap() -> None:
    run = Run([request()], created=datetime.now(UTC))
    began = time.process_time()
    for number in range(5_000):
        run.receive(0, Chunk(at=number / 1000, text="word " * 20, output_tokens=number), Facts())
        if number % 10 == 0:
            run.snapshot()
    lane: LaneSnapshot = run.snapshot().lanes[0]
    assert len(lane.text) == 5_000 * 100
    assert lane.chunk_count == 5_000
    assert time.process_time() - began < 1


def test_no_more_lanes_are_asked_at_once_than_wanted(runner: Runner, connection: Connection) -> None:
    run = runner.start(connection, [request(first_token_ms=150)] * 6, setup=Setup(sides=1, repeats=6), at_once=2)
    most = 0
    while not run.finished:
        run.wait(run.version, 0.02)
        lanes = run.snapshot().lanes
        most = max(most, sum(lane.status is LaneStatus.STREAMING for lane in lanes))
    assert {lane.status for lane in run.snapshot().lanes} == {LaneStatus.DONE}
    assert most <= 2


def test_each_lane_can_have_a_request_of_its_own(runner: Runner, connection: Connection) -> None:
    asked = [replace(request(), prompt=f"Question {number}") for number in (1, 2, 3)]
    run = runner.start(connection, asked, setup=Setup(sides=1, repeats=3))
    texts = [lane.text for lane in watched(run).lanes]
    assert all(f"Question {number}" in text for number, text in enumerate(texts, start=1))


def test_what_is_prepared_is_sent_in_place_of_the_request_and_the_clock_starts_then(
    runner: Runner, connection: Connection
) -> None:
    async def prepare(client: object) -> Request:
        await asyncio.sleep(0.3)
        return replace(request(), prompt="Prepared words")

    lane = watched(runner.start(connection, [request()], later={0: prepare})).lanes[0]
    assert "Prepared words" in lane.text
    assert lane.request.prompt == "Why do ships need lighthouses?"
    assert lane.first_token_s is not None
    assert lane.first_token_s < 0.25


def test_a_lane_that_cannot_be_prepared_says_why_and_touches_no_other(runner: Runner, connection: Connection) -> None:
    failure = Failure(FailureKind.BAD_REQUEST, "The file was not uploaded.", "", "Try again.")

    async def prepare(client: object) -> Request:
        raise Unprepared(failure)

    one, other = watched(runner.start(connection, [request(), request()], later={0: prepare})).lanes
    assert (one.status, one.failure) == (LaneStatus.FAILED, failure)
    assert other.status is LaneStatus.DONE
