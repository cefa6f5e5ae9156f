"""What a server leaves behind that ends in the middle of a run, and how several servers share a history."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import text

from components.history.changes import Appended
from components.history.database import make_engine
from components.history.query import Query, State
from components.history.records import RunRecord
from components.history.store import Store, open_store
from tests.history.examples import FLASH, PRO, answered, chunks, starting

ROOT = Path(__file__).resolve().parents[2]
SENTENCE = "Interrupted: the server ended while this answer was arriving. What had arrived is kept."


@contextmanager
def opened(url: str) -> Iterator[Store]:
    store = open_store(url)
    try:
        yield store
    finally:
        store.close()


def recording(url: str, *arguments: str) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "tests.history.recording", url, *arguments]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)


def change_servers(url: str, assignment: str) -> None:
    """Make the servers look different from what they are."""
    engine = make_engine(url)
    with engine.begin() as connection:
        assert connection.execute(text(f"UPDATE servers SET {assignment}")).rowcount == 1
    engine.dispose()


def half_answered(store: Store) -> None:
    store.begin(starting())
    store.append([Appended("r1", 1, 0, *chunks("half"), {})])


def kept(store: Store, run_id: str = "r1") -> RunRecord:
    run = store.get(run_id, "")
    assert run is not None
    return run


def statuses(store: Store) -> list[str]:
    (row,) = store.search(Query("")).rows
    assert list(row.statuses) == [lane.status for lane in kept(store).lanes]
    return list(row.statuses)


def test_a_killed_server_loses_nothing_that_had_been_written_and_its_run_reads_as_interrupted(store_url: str) -> None:
    with recording(store_url, "grow") as process:
        assert process.stdout is not None
        told = [next(process.stdout) for _ in range(40)]
        process.kill()
        told += list(process.stdout)
    last = int(told[-1])
    with opened(store_url) as store:
        run = kept(store, "growing")
        assert [lane.status for lane in run.lanes] == ["interrupted", "interrupted"]
        assert [lane.stop_reason for lane in run.lanes] == [SENTENCE, SENTENCE]
        for index in range(last + 1):
            assert f"mark{index} " in run.lanes[index % 2].text
        assert [row.id for row in store.search(Query("", f'"mark0 mark2" mark{last}')).rows] == ["growing"]
        assert store.search(Query("", "killed", state=State.INTERRUPTED)).total == 1


def test_a_run_of_a_dead_server_reads_as_interrupted_before_anything_is_written_down(store_url: str) -> None:
    with opened(store_url) as reader, recording(store_url, "grow") as process:
        assert process.stdout is not None
        next(process.stdout)
        assert kept(reader, "growing").lanes[0].status == "streaming"
        process.kill()
        process.wait()
        run = kept(reader, "growing")
        assert [(lane.status, lane.stop_reason) for lane in run.lanes] == [("interrupted", SENTENCE)] * 2
        assert reader.search(Query("", state=State.INTERRUPTED)).total == 1
        assert reader.recover() == 2
        assert reader.recover() == 0
        assert kept(reader, "growing") == run


def test_a_run_of_a_live_server_is_left_alone_by_others(store_url: str) -> None:
    with opened(store_url) as one:
        half_answered(one)
        with opened(store_url) as other:
            assert statuses(other) == ["waiting", "streaming"]
            assert other.search(Query("", state=State.RUNNING)).total == 1
            assert other.recover() == 0


def test_a_server_that_closes_leaves_its_open_runs_interrupted(store_url: str) -> None:
    with opened(store_url) as one:
        half_answered(one)
    with opened(store_url) as other:
        assert statuses(other) == ["interrupted", "interrupted"]
        assert kept(other).lanes[1].text == "half"
        assert other.search(Query("", "half")).total == 1


@pytest.mark.parametrize(
    ("looks", "expected"),
    [
        ("process_start = '1'", "interrupted"),
        ("pid = 999999999", "interrupted"),
        ("host = 'elsewhere', pid = 999999999", "streaming"),
        ("host = 'elsewhere', seen_at = '2026-01-01 00:00:00+00:00'", "interrupted"),
        ("seen_at = '2026-01-01 00:00:00+00:00'", "interrupted"),
    ],
    ids=["its process id was given away", "no process", "elsewhere, heard of", "elsewhere, silent", "here, silent"],
)
def test_a_server_lives_while_its_process_does_and_it_is_heard_of(store_url: str, looks: str, expected: str) -> None:
    with opened(store_url) as one, opened(store_url) as other:
        half_answered(one)
        looks = looks if store_url.startswith("postgresql") else looks.replace("+00:00", ".000000")
        change_servers(store_url, looks)
        assert kept(other).lanes[1].status == expected
        assert kept(one).lanes[1].status == "streaming"


def test_a_server_that_was_only_slow_takes_its_run_back(store_url: str) -> None:
    with opened(store_url) as one, opened(store_url) as other:
        half_answered(one)
        change_servers(store_url, "pid = 999999999")
        assert other.recover() == 2
        one.heartbeat()
        one.append([Appended("r1", 1, 1, *chunks(" whole"), {})])
        assert statuses(other) == ["interrupted", "streaming"]
        one.end_lane("r1", answered(0, PRO))
        one.end_lane("r1", answered(1, FLASH))
        assert statuses(other) == ["done", "done"]
        assert kept(other).lanes[1].text == "half whole"
        assert other.search(Query("", '"half whole"', state=State.COMPLETE)).total == 1


def test_servers_that_start_and_write_at_once_do_not_disturb_each_other(url: str) -> None:
    names = ("a", "b")
    processes = [recording(url, "many", name) for name in names]
    for process in processes:
        with process:
            assert process.wait(60) == 0
    with opened(url) as store:
        page = store.search(Query("", limit=100))
        assert sorted(row.id for row in page.rows) == sorted(f"{name}{index}" for name in names for index in range(10))
        assert {row.state for row in page.rows} == {State.COMPLETE}
        assert {lane.text for lane in kept(store, "b7").lanes} == {"b7 " * 10}
        assert store.search(Query("", "a9")).total == 1
