"""What is kept of a run is the run: it comes back from plain JSON as it was, without keys, headers and files."""

import json
import time
from collections.abc import Callable
from dataclasses import asdict, replace
from typing import Any

import pytest

from components.gemini.content import Part, PartKind
from components.gemini.request import Request
from components.gemini.settings import Connection
from components.history.records import ChunkRecord, LaneRecord, RunRecord
from components.playground.keeping import Keeper, restored, run_record
from components.playground.lanes import LaneStatus, Run, RunSnapshot, Setup
from components.playground.run import Runner

PRO, FLASH = "gemini-2.0-pro-exp-02-05", "gemini-2.0-flash"
QUICK = (("x-simulator-first-token-ms", "5"), ("x-simulator-tokens-per-second", "20000"))
PICTURE = Part(PartKind.DATA, name="dot.png", mime_type="image/png", data=b"\x89PNG bytes", size_bytes=10)


def finished(run: Run) -> RunSnapshot:
    deadline = time.monotonic() + 8
    while not run.finished:
        assert time.monotonic() < deadline
        run.wait(run.version, 0.2)
    return run.snapshot()


def through_json(record: RunRecord) -> RunRecord:
    """The record after a journey as text, as a database or a file would take it."""
    plain = json.loads(json.dumps(asdict(record), default=str))
    lanes = tuple(
        LaneRecord(
            **{**lane, "chunks": tuple(ChunkRecord(**{**c, "parts": tuple(c["parts"])}) for c in lane["chunks"])}
        )
        for lane in plain["lanes"]
    )
    return replace(record, lanes=lanes)


@pytest.mark.parametrize("fault", ["", "drop_mid", "rate_limited_minute", "safety", "max_tokens"])
def test_a_run_comes_back_as_it_was(runner: Runner, connection: Connection, fault: str) -> None:
    bent = (*QUICK, ("x-simulator-fault", fault)) if fault else QUICK
    requests = [Request(PRO, "Why?", temperature=0.5, headers=bent), Request(FLASH, "Why?", headers=QUICK)]
    setup = Setup(sides=2, repeats=2, order=(1, 0), parent="p", group="g", preset="code", owner="o")
    done = finished(runner.start(connection, requests, catalog_version="abc", setup=setup))
    back = restored(through_json(run_record(done))).snapshot()
    assert back.setup == setup
    assert (back.id, back.created, back.simulated, back.catalog_version) == (done.id, done.created, True, "abc")
    for lane, original in zip(back.lanes, done.lanes, strict=True):
        assert replace(lane, request=original.request) == original
        assert lane.request == replace(original.request, headers=())


def test_no_key_no_header_and_no_bytes_of_a_file_are_kept(runner: Runner, connection: Connection) -> None:
    secret = ("x-private", "a-credential-of-a-private-endpoint")
    request = Request(FLASH, "What is this?", headers=(*QUICK, secret), attachments=(PICTURE,))
    done = finished(runner.start(connection, [request]))
    text = json.dumps(asdict(run_record(done)), default=str)
    assert connection.api_key is not None
    assert connection.api_key not in text
    assert secret[1] not in text
    assert "dot.png" in text
    assert restored(run_record(done)).snapshot().lanes[0].request.attachments[0].data == b""
    asked = replace(done, setup=replace(done.setup, files_kept=True))
    assert restored(run_record(asked)).snapshot().lanes[0].request.attachments == (PICTURE,)


def test_everything_is_told_as_it_happens(runner_with: Callable[..., Runner], connection: Connection) -> None:
    told: list[tuple[str, Any]] = []

    class Notebook:
        def began(self, run: RunRecord) -> None:
            told.append(("began", run))

        def received(self, run_id: str, lane: int, chunk: ChunkRecord, facts: Any) -> None:
            told.append(("received", chunk))

        def ended(self, run_id: str, lane: LaneRecord) -> None:
            told.append(("ended", lane))

        def voted(self, run_id: str, vote: str) -> None:
            told.append(("voted", vote))

    runner = runner_with(listener=Keeper(Notebook()))
    run = runner.start(connection, [Request(FLASH, "Why?", headers=QUICK)], setup=Setup(sides=1, order=(0,)))
    done = finished(run)
    run.vote("both_bad")
    assert told[0][1].lanes[0].status == "waiting"
    assert told[-1] == ("voted", "both_bad")
    assert told[-2][1] == run_record(done).lanes[0]
    assert tuple(what for event, what in told if event == "received") == told[-2][1].chunks


def test_a_lane_that_had_not_ended_stays_open_and_one_that_was_cut_reads_as_interrupted() -> None:
    chunks = (ChunkRecord(0.1, "One "), ChunkRecord(0.2, "two"))
    lane = LaneRecord(0, FLASH, {"model": FLASH, "prompt": "Count"}, "streaming", chunks=chunks)
    record = run_record(Run([Request(FLASH, "Count")], created=_now()).snapshot())
    open_run = restored(replace(record, lanes=(lane,)))
    assert not open_run.finished
    assert open_run.snapshot().lanes[0].text == "One two"
    cut = restored(replace(record, lanes=(replace(lane, status="interrupted", stop_reason="Cut."),))).snapshot()
    assert (cut.lanes[0].status, cut.lanes[0].stop_reason) == (LaneStatus.INTERRUPTED, "Cut.")
    assert cut.finished


def test_a_record_that_cannot_be_read_is_named() -> None:
    record = run_record(Run([Request(FLASH, "Count")], created=_now(), run_id="broken").snapshot())
    lane = replace(record.lanes[0], facts={"usage": {"output_tokens": "many"}})
    with pytest.raises(ValueError, match="The kept run broken cannot be read"):
        restored(replace(record, lanes=(lane,)))


def _now() -> Any:
    from datetime import UTC, datetime

    return datetime.now(UTC)
