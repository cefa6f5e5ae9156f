"""A run as the chart of tokens over time takes it."""

from collections.abc import Sequence

from components.charts.style import Look
from components.charts.tokens import Ending, Piece, Series
from components.playground.lanes import LaneSnapshot, LaneStatus, RunSnapshot

_ENDINGS = {
    LaneStatus.WAITING: Ending.RUNNING,
    LaneStatus.STREAMING: Ending.RUNNING,
    LaneStatus.DONE: Ending.FINISHED,
    LaneStatus.STOPPED: Ending.STOPPED,
    LaneStatus.INTERRUPTED: Ending.STOPPED,
    LaneStatus.FAILED: Ending.FAILED,
}


def growth(snapshot: RunSnapshot, looks: Sequence[Look]) -> tuple[Series, ...]:
    """Each answer of a run as a series; `looks` has one look a side, each with a name of its own."""
    return tuple(
        Series(looks[lane.index % snapshot.setup.sides], lane.index // snapshot.setup.sides, _pieces(lane), *_end(lane))
        for lane in snapshot.lanes
    )


def _end(lane: LaneSnapshot) -> tuple[Ending, float | None]:
    return _ENDINGS[lane.status], lane.total_s


def _pieces(lane: LaneSnapshot) -> tuple[Piece, ...]:
    return tuple(
        Piece(chunk.at, chunk.output_tokens, chunk.thinking_tokens, len(chunk.text), len(chunk.thought))
        for chunk in lane.chunks
    )
