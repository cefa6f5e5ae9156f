import logging
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, event

from components.history import database
from components.history.changes import Appended
from components.history.query import Query, State
from components.history.recorder import Recorder, thinned
from components.history.records import ChunkRecord, RunRecord
from components.history.store import Store, open_store
from tests.history.examples import FLASH, PRO, answered, chunks, starting
from tests.history.postgres import Cluster


@contextmanager
def recording(url: str, **settings: Any) -> Iterator[tuple[Store, Recorder]]:
    store = open_store(url)
    recorder = Recorder(store, **settings)
    try:
        yield store, recorder
    finally:
        recorder.close()
        store.close()


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file of a history that does not wait long for locks."""
    monkeypatch.setattr(database, "BUSY_S", 0.05)
    return tmp_path / "history.sqlite"


@contextmanager
def locked(file: Path) -> Iterator[None]:
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


@pytest.fixture
def disk() -> Iterator[dict[str, int]]:
    """The number of pages that SQLite databases may have; below what they have already, they cannot grow."""
    room = {"pages": 1_000_000}

    def limit(connection: Connection) -> None:
        connection.exec_driver_sql(f"PRAGMA max_page_count = {room['pages']}")

    event.listen(Engine, "begin", limit)
    yield room
    event.remove(Engine, "begin", limit)


def eventually(condition: Callable[[], bool], timeout_s: float = 30) -> None:
    deadline = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.005)


def kept(store: Store, run_id: str = "r1") -> RunRecord:
    run = store.get(run_id, "")
    assert run is not None
    return run


def tell_whole_run(recorder: Recorder, run_id: str = "r1", pieces: int = 3) -> None:
    recorder.began(starting(run_id, order=(1, 0)))
    for lane, model in enumerate((PRO, FLASH)):
        for index in range(pieces):
            recorder.received(run_id, lane, ChunkRecord(index / 10, f"{model} {index}. "), {"chunks": index + 1})
        recorder.ended(run_id, answered(lane, model))
    recorder.voted(run_id, "left")


def test_a_run_is_written_as_it_is_told(store: Store) -> None:
    recorder = Recorder(store)
    tell_whole_run(recorder)
    assert recorder.flush(30)
    run = kept(store)
    assert [lane.text for lane in run.lanes] == [f"{PRO} 0. {PRO} 1. {PRO} 2. ", f"{FLASH} 0. {FLASH} 1. {FLASH} 2. "]
    assert [chunk.at_s for chunk in run.lanes[0].chunks] == [0.0, 0.1, 0.2]
    assert ([lane.status for lane in run.lanes], run.vote) == (["done", "done"], "left")
    assert recorder.problem is None
    recorder.close()


def test_a_chunk_is_there_without_flushing(store: Store) -> None:
    recorder = Recorder(store)
    recorder.began(starting())
    recorder.received("r1", 0, *chunks("at once"), {})
    eventually(lambda: (run := store.get("r1", "")) is not None and run.lanes[0].text == "at once")
    recorder.close()


def test_a_run_that_goes_on_starts_where_its_chunks_end(store: Store) -> None:
    recorder = Recorder(store)
    recorder.began(starting(lanes=(answered(0, PRO, "a", "b", status="streaming"), answered(1, FLASH, "done"))))
    recorder.received("r1", 0, *chunks("c"), {})
    assert recorder.flush(30)
    assert kept(store).lanes[0].text == "abc"
    recorder.close()


def test_closing_writes_what_is_left_and_later_news_are_ignored(store: Store) -> None:
    recorder = Recorder(store)
    tell_whole_run(recorder)
    recorder.close()
    recorder.began(starting("late"))
    assert recorder.flush(0.1)
    assert kept(store).vote == "left"
    assert store.get("late", "") is None


def test_a_locked_database_holds_nothing_up_and_everything_is_written_later(file: Path) -> None:
    with recording(f"sqlite:///{file}", longest_pause_s=0.1) as (store, recorder):
        with locked(file):
            tell_whole_run(recorder, pieces=500)
            eventually(lambda: recorder.problem is not None)
            assert recorder.problem == (
                "The history cannot be written (another program holds the database locked). Runs go on and their "
                "answers are kept in memory; close that program or wait for it, and they will be written."
            )
            assert not recorder.flush(0.01)
        assert recorder.flush(30)
        assert recorder.problem is None
        assert len(kept(store).lanes[1].chunks) == 500


def test_past_the_limit_of_memory_chunks_are_joined_and_no_text_is_lost(file: Path) -> None:
    with recording(f"sqlite:///{file}", longest_pause_s=0.05, most_waiting=20) as (store, recorder):
        with locked(file):
            tell_whole_run(recorder, pieces=400)
            eventually(lambda: recorder.problem is not None)
            time.sleep(0.3)
        assert recorder.flush(30)
        lane = kept(store).lanes[1]
        assert lane.text == "".join(f"{FLASH} {index}. " for index in range(400))
        assert len(lane.chunks) < 400
        assert lane.chunks[-1].at_s == 39.9
        assert [chunk.at_s for chunk in lane.chunks] == sorted(chunk.at_s for chunk in lane.chunks)


def test_joining_takes_the_later_time_and_counts_of_two_neighbours() -> None:
    one = Appended("r1", 0, 4, ChunkRecord(0.1, "a", "t", 1, 5, ({"p": 1},)), {"n": 1})
    other = Appended("r1", 0, 5, ChunkRecord(0.2, "b", "u", 2, None, ({"p": 2},)), {"n": 2})
    third = Appended("r1", 0, 6, ChunkRecord(0.3, "c"), {"n": 3})
    elsewhere = Appended("r1", 1, 0, ChunkRecord(0.15, "z"), {})
    both = Appended("r1", 0, 4, ChunkRecord(0.2, "ab", "tu", 2, 5, ({"p": 1}, {"p": 2})), {"n": 2})
    assert thinned([one, elsewhere, other, third]) == [both, elsewhere, third]


def test_a_full_disk_is_said_and_everything_is_written_once_there_is_room(file: Path, disk: dict[str, int]) -> None:
    with recording(f"sqlite:///{file}", longest_pause_s=0.1) as (store, recorder):
        recorder.began(starting())
        assert recorder.flush(30)
        disk["pages"] = 1
        recorder.received("r1", 0, ChunkRecord(0.1, "x" * 100_000), {})
        recorder.received("r1", 0, ChunkRecord(0.2, "y"), {})
        eventually(lambda: recorder.problem is not None)
        assert recorder.problem == (
            "The history cannot be written (the disk is full). Runs go on and their answers are kept in memory; "
            "free some space, and they will be written."
        )
        assert kept(store).lanes[0].text == ""
        disk["pages"] = 1_000_000
        assert recorder.flush(30)
        assert kept(store).lanes[0].text == "x" * 100_000 + "y"
        assert recorder.problem is None


def test_a_database_server_that_goes_away_and_comes_back_gets_everything(emptied: str, postgres: Cluster) -> None:
    with recording(emptied, longest_pause_s=0.1) as (store, recorder):
        recorder.began(starting("away"))
        recorder.received("away", 0, *chunks("before "), {})
        assert recorder.flush(30)
        postgres.stop()
        recorder.received("away", 0, *chunks("meanwhile "), {})
        eventually(lambda: recorder.problem is not None)
        assert "(the database does not answer)" in str(recorder.problem)
        postgres.start()
        recorder.received("away", 0, *chunks("after"), {})
        assert recorder.flush(30)
        assert recorder.problem is None
        assert kept(store, "away").lanes[0].text == "before meanwhile after"


def test_a_file_that_is_deleted_is_made_anew_for_the_runs_that_follow(file: Path) -> None:
    with recording(f"sqlite:///{file}") as (store, recorder):
        tell_whole_run(recorder)
        assert recorder.flush(30)
        for path in file.parent.iterdir():
            path.unlink()
        tell_whole_run(recorder, "r2")
        assert recorder.flush(30)
        assert store.get("r1", "") is None
        assert kept(store, "r2").vote == "left"
    with closing(sqlite3.connect(file)) as other:
        assert other.execute("SELECT id FROM runs").fetchall() == [("r2",)]


def test_a_change_that_no_database_takes_does_not_block_the_others(
    store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    recorder = Recorder(store)
    with caplog.at_level(logging.ERROR):
        recorder.began(starting())
        recorder.received("r1", 0, *chunks("one "), {})
        recorder.received("r1", 0, ChunkRecord(0.2, "secret", output_tokens=2**70), {})
        recorder.received("r1", 0, ChunkRecord(0.3, "set", parts=({"no": {1, 2}},)), {})  # type: ignore[arg-type]
        recorder.received("r1", 0, *chunks("two"), {})
        recorder.ended("r1", answered(0, PRO))
        assert recorder.flush(30)
    assert kept(store).lanes[0].text == "one two"
    assert (recorder.refused, recorder.problem) == (2, None)
    assert "r1" in caplog.text
    assert "secret" not in caplog.text
    recorder.close()


def test_an_open_run_keeps_its_server_alive(store_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("components.history.recorder.HEARTBEAT_S", 0.05)
    with recording(store_url) as (store, recorder):
        beats: list[float] = []
        heartbeat = store.heartbeat
        monkeypatch.setattr(store, "heartbeat", lambda: (beats.append(time.monotonic()), heartbeat()))
        time.sleep(0.12)
        assert not beats
        recorder.began(starting())
        eventually(lambda: len(beats) > 2)
        for lane, model in enumerate((PRO, FLASH)):
            recorder.ended("r1", answered(lane, model))
        assert recorder.flush(30)
        assert store.search(Query("", state=State.COMPLETE)).total == 1
