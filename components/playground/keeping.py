"""Runs on their way into the history and back: snapshots become plain records, records become runs again."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, Protocol

from pydantic import TypeAdapter, ValidationError

from components.gemini.content import part_of, part_record
from components.gemini.errors import Failure
from components.gemini.request import request_of, request_record
from components.gemini.stream import Chunk, Facts
from components.history.records import ChunkRecord, Json, LaneRecord, RunRecord
from components.playground.lanes import Ending, LaneSnapshot, LaneStatus, Run, RunSnapshot, Setup

if TYPE_CHECKING:
    from collections.abc import Mapping

_OPEN = (LaneStatus.WAITING, LaneStatus.STREAMING)


class Writer(Protocol):
    """Where records go; a recorder of the history. Its methods neither block nor raise."""

    def began(self, run: RunRecord) -> None:
        """A run has started."""

    def received(self, run_id: str, lane: int, chunk: ChunkRecord, facts: Json) -> None:
        """A chunk has arrived."""

    def ended(self, run_id: str, lane: LaneRecord) -> None:
        """A lane has ended."""

    def voted(self, run_id: str, vote: str) -> None:
        """Somebody has voted."""


class Keeper:
    """Listens to runs and writes down all that happens in them, as it happens."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer

    def writes_to(self, writer: Writer) -> bool:
        """Whether this is where it writes."""
        return self._writer is writer

    def began(self, run: RunSnapshot) -> None:
        """A run has started."""
        self._writer.began(run_record(run))

    def received(self, run_id: str, lane: int, chunk: Chunk, facts: Facts) -> None:
        """A chunk has arrived in a lane."""
        self._writer.received(run_id, lane, _chunk_record(chunk), _facts_record(facts))

    def ended(self, run_id: str, lane: LaneSnapshot) -> None:
        """A lane has ended."""
        self._writer.ended(run_id, _lane_record(lane, with_data=False))

    def voted(self, run_id: str, vote: str) -> None:
        """Somebody has voted on a blind run."""
        self._writer.voted(run_id, vote)


def run_record(run: RunSnapshot) -> RunRecord:
    """A run with all that has arrived; headers stay out, and the bytes of its files unless they are to be kept."""
    setup = run.setup
    return RunRecord(
        id=run.id,
        created=run.created,
        simulated=run.simulated,
        vertexai=run.vertexai,
        catalog_version=run.catalog_version,
        prompt=run.lanes[0].request.prompt,
        sides=setup.sides,
        lanes=tuple(_lane_record(lane, setup.files_kept) for lane in run.lanes),
        repeats=setup.repeats,
        order=setup.order,
        vote=run.vote,
        parent=setup.parent,
        group=setup.group,
        preset=setup.preset,
        owner=setup.owner,
    )


def restored(record: RunRecord) -> Run:
    """The run of a record, to be watched like any other; lanes that had not ended stay open.

    Raises ValueError for a record that cannot be read.
    """
    try:
        return _restored(record)
    except (ValidationError, KeyError, TypeError) as error:
        raise ValueError(f"The kept run {record.id} cannot be read: {error}") from error


def _restored(record: RunRecord) -> Run:
    run = Run(
        [request_of(lane.request) for lane in record.lanes],
        created=record.created,
        simulated=record.simulated,
        vertexai=record.vertexai,
        catalog_version=record.catalog_version,
        setup=_setup(record),
        run_id=record.id,
        vote=record.vote,
    )
    for lane in record.lanes:
        facts = _facts_type().validate_python(lane.facts)
        for chunk in lane.chunks:
            run.receive(lane.index, chunk_of(chunk), facts)
        if LaneStatus(lane.status) not in _OPEN:
            run.end_like(lane.index, _ending(lane, facts))
    return run


def _setup(record: RunRecord) -> Setup:
    return Setup(
        sides=record.sides,
        repeats=record.repeats,
        order=record.order,
        parent=record.parent,
        group=record.group,
        preset=record.preset,
        owner=record.owner,
    )


def _ending(lane: LaneRecord, facts: Facts) -> Ending:
    failure = None if lane.failure is None else _failure_type().validate_python(lane.failure)
    return Ending(LaneStatus(lane.status), facts, failure, lane.stop_reason, lane.total_s)


def _lane_record(lane: LaneSnapshot, with_data: bool) -> LaneRecord:
    return LaneRecord(
        index=lane.index,
        model=lane.request.model,
        request=request_record(lane.request, with_data),
        status=lane.status.value,
        facts=_facts_record(lane.facts),
        failure=None if lane.failure is None else _plain(_failure_type(), lane.failure),
        stop_reason=lane.stop_reason,
        total_s=lane.total_s,
        chunks=tuple(map(_chunk_record, lane.chunks)),
    )


def _chunk_record(chunk: Chunk) -> ChunkRecord:
    return ChunkRecord(
        at_s=chunk.at,
        text=chunk.text,
        thought=chunk.thought,
        output_tokens=chunk.output_tokens,
        thinking_tokens=chunk.thinking_tokens,
        # A picture that a model drew is part of its answer, unlike a file that somebody sent.
        parts=tuple(part_record(part, with_data=True) for part in chunk.parts),
    )


def chunk_of(record: ChunkRecord) -> Chunk:
    """A chunk as it arrived. Raises ValueError for parts that cannot be read."""
    return Chunk(
        at=record.at_s,
        text=record.text,
        thought=record.thought,
        output_tokens=record.output_tokens,
        thinking_tokens=record.thinking_tokens,
        parts=tuple(map(part_of, record.parts)),
    )


def _facts_record(facts: Facts) -> Json:
    return _plain(_facts_type(), facts)


def _plain(kind: TypeAdapter[Any], value: object) -> Mapping[str, Any]:
    plain: Mapping[str, Any] = kind.dump_python(value, mode="json", exclude_defaults=True)
    return plain


@cache
def _facts_type() -> TypeAdapter[Facts]:
    return TypeAdapter(Facts)


@cache
def _failure_type() -> TypeAdapter[Failure]:
    return TypeAdapter(Failure)
