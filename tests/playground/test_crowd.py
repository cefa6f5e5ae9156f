"""Twenty runs at once on one runner: nothing gets mixed up, everything is recorded, and nothing is left over."""

import asyncio
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from components.gemini.request import Request
from components.gemini.settings import Connection
from components.history.recorder import Recorder
from components.history.store import Store, open_store
from components.playground.keeping import Keeper, restored
from components.playground.lanes import Run
from components.playground.run import Runner
from tests.history.postgres import Cluster
from tests.history.postgres import postgres as postgres

MODELS = ("gemini-2.0-pro-exp-02-05", "gemini-2.0-flash")
CROWD = 20
AT_LEISURE, IN_HASTE = 200, 4000
LIMIT_S = 20.0


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    if request.param == "sqlite":
        opened = open_store(f"sqlite:///{tmp_path / 'history.sqlite'}")
        yield opened
        opened.close()
        return
    cluster: Cluster = request.getfixturevalue("postgres")
    url = cluster.fresh()
    opened = open_store(url)
    yield opened
    opened.close()
    cluster.drop(url)


def mark(number: int) -> str:
    return f"mark{number:02d}end"


def start_all(runner: Runner, connection: Connection, tokens_per_second: int) -> list[Run]:
    pace = (("x-simulator-first-token-ms", "50"), ("x-simulator-tokens-per-second", str(tokens_per_second)))
    return [
        runner.start(connection, [Request(model, f"Say {mark(number)} once.", headers=pace) for model in MODELS])
        for number in range(CROWD)
    ]


def wait_for(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + LIMIT_S
    while not true():
        assert time.monotonic() < deadline, "what was waited for did not happen"
        time.sleep(0.005)


def in_mid_stream(runs: Sequence[Run]) -> bool:
    return all(lane.text and not lane.ended for run in runs for lane in run.snapshot().lanes)


def tasks(runner: Runner) -> list[str]:
    """What runs on the engine's loop, this question itself included."""

    async def running() -> list[str]:
        return sorted(task.get_coro().__qualname__ for task in asyncio.all_tasks())

    return runner.submit(running())


def threads() -> list[str]:
    return sorted(thread.name for thread in threading.enumerate())


def test_twenty_runs_at_once_are_kept_apart_recorded_exactly_and_leave_nothing_behind(
    runner_with: Callable[..., Runner], connection: Connection, store: Store
) -> None:
    recorder = Recorder(store)
    runner = runner_with(listener=Keeper(recorder))
    # Once before, so that the pool of threads for look-ups of addresses has grown to its size.
    warm = start_all(runner, connection, IN_HASTE)
    wait_for(lambda: all(run.finished for run in warm))
    idle_tasks, idle_threads = tasks(runner), threads()

    runs = start_all(runner, connection, AT_LEISURE)
    wait_for(lambda: in_mid_stream(runs))
    wait_for(lambda: all(run.finished for run in runs))

    for number, run in enumerate(runs):
        for lane in run.snapshot().lanes:
            assert lane.whole
            assert mark(number) in lane.text
            assert not [other for other in range(CROWD) if other != number and mark(other) in lane.text]
    assert recorder.flush(LIMIT_S)
    for run, record in zip(runs, store.get_many([run.id for run in runs], ""), strict=True):
        done = run.snapshot()
        kept = restored(record).snapshot()
        assert [replace(lane, request=replace(lane.request, headers=())) for lane in done.lanes] == list(kept.lanes)
    # A task ends a moment after its run, when it has given its client back.
    wait_for(lambda: not Counter(tasks(runner)) - Counter(idle_tasks))
    assert not Counter(threads()) - Counter(idle_threads)
    recorder.close()
    assert "history-recorder" not in threads()
