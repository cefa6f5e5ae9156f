"""What can happen to a kept run, as plain values on their way into the store."""

from dataclasses import dataclass

from components.history.records import ChunkRecord, Json, LaneRecord, RunRecord


@dataclass(frozen=True, slots=True)
class Began:
    """A run has started, or arrives whole from a file. One that is known already stays as it is."""

    run: RunRecord


@dataclass(frozen=True, slots=True)
class Appended:
    """A chunk has arrived in a lane. `seq` orders the chunks of a lane; `facts` is what is known of the lane now."""

    run_id: str
    lane: int
    seq: int
    chunk: ChunkRecord
    facts: Json


@dataclass(frozen=True, slots=True)
class Ended:
    """A lane has ended. Its chunks have been told before and are not read from here."""

    run_id: str
    lane: LaneRecord


@dataclass(frozen=True, slots=True)
class Voted:
    """Somebody has voted on a run. Only the first vote counts."""

    run_id: str
    vote: str


Change = Began | Appended | Ended | Voted
