"""A run as it is kept: plain values, apart from how they are stored and from what made them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

Json = Mapping[str, Any]
"""Plain JSON values by name."""


@dataclass(frozen=True, slots=True)
class ChunkRecord:
    """One piece of an answer, `at_s` seconds after its request left. Token counts are running totals or None.

    `parts` is everything that the chunk held, where it was more than plain text and thought.
    """

    at_s: float
    text: str = ""
    thought: str = ""
    output_tokens: int | None = None
    thinking_tokens: int | None = None
    parts: tuple[Json, ...] = ()


@dataclass(frozen=True, slots=True)
class LaneRecord:
    """One model's answer in a run. `status` is waiting, streaming, done, stopped, failed or interrupted.

    `request` is what was asked, without headers and, unless they were to be kept, without the bytes of files. `facts`
    is what the service said: token counts, finish reason, served model, sources. `failure` says what went wrong.
    """

    index: int
    model: str
    request: Json
    status: str = "waiting"
    facts: Json = field(default_factory=dict)
    failure: Json | None = None
    stop_reason: str | None = None
    total_s: float | None = None
    chunks: tuple[ChunkRecord, ...] = ()

    @property
    def text(self) -> str:
        """The visible answer."""
        return "".join(chunk.text for chunk in self.chunks)


@dataclass(frozen=True, slots=True)
class JudgementRecord:
    """A model's opinion on two answers of a run: which lanes, who judged by which rubric, and what came out."""

    id: str
    created: datetime
    one: int
    other: int
    judge: str
    rubric: str
    simulated: bool
    outcome: Json


@dataclass(frozen=True, slots=True)
class RunRecord:
    """One prompt asked of several models, with all that arrived. `created` is in UTC.

    `sides` models were asked `repeats` times each: lane `repeat * sides + side`. `order` is the side at each place of
    a blind run, empty otherwise; `vote` the key of the vote on it. `parent` is the run that this one follows up,
    `group` what several runs of one template share. `simulated` answers never count as evidence. `imported` runs came
    from a file, so nothing but that file vouches for them.
    """

    id: str
    created: datetime
    simulated: bool
    vertexai: bool
    catalog_version: str
    prompt: str
    sides: int
    lanes: tuple[LaneRecord, ...]
    repeats: int = 1
    order: tuple[int, ...] = ()
    vote: str = ""
    parent: str = ""
    group: str = ""
    preset: str = ""
    owner: str = ""
    tags: tuple[str, ...] = ()
    judgements: tuple[JudgementRecord, ...] = ()
    imported: bool = False

    @property
    def models(self) -> tuple[str, ...]:
        """The models that were asked, one a side."""
        return tuple(lane.model for lane in self.lanes[: self.sides])


@dataclass(frozen=True, slots=True)
class SavedView:
    """What somebody saved of a page by a name. `address` is the query string that shows it again, without "?".

    `catalog_version` is that of the catalog when it was last saved, at `updated`; both times are in UTC.
    """

    id: str
    owner: str
    page: str
    name: str
    address: str
    catalog_version: str
    created: datetime
    updated: datetime


@dataclass(frozen=True, slots=True)
class ShareRecord:
    """A link by which anybody who has it reads one run or batch. `kind` is run or batch, times are in UTC.

    `name` is the owner's own word for it. `expires` is the moment from which it is good for nothing; None is never.
    The token of the link is not in here, since only its hash is kept.
    """

    id: str
    owner: str
    kind: str
    target: str
    name: str
    created: datetime
    expires: datetime | None = None


@dataclass(frozen=True, slots=True)
class BatchRecord:
    """Many prompts asked of several models. Times are in UTC.

    `record` is the job as whoever runs it wrote it down, `columns` are those of its input, `total` is how many answers
    make it complete. `state` is waiting, running, interrupted, stopped or done, and `note` says why it stopped. `done`
    answers are kept, `failed` of them as failures. `spent` is what they cost in trillionths of a US dollar, without
    those that have no list price. An `imported` batch came from a file, so nothing but that file vouches for it, and
    nobody runs it.
    """

    id: str
    owner: str
    name: str
    created: datetime
    simulated: bool
    total: int
    record: Json
    columns: tuple[str, ...] = ()
    updated: datetime | None = None
    state: str = "waiting"
    note: str = ""
    done: int = 0
    failed: int = 0
    spent: int = 0
    imported: bool = False


@dataclass(frozen=True, slots=True)
class BatchResultRecord:
    """One answer of a batch: to which row, from which model of the job by its place, in which repeat.

    `marks` has a letter for each check of the job: p passed, f failed, - undecided. `spent` is all that it cost in
    trillionths of a US dollar, `discarded` what of it is for broken attempts; None without a list price. `record` is
    everything else, as whoever runs the batch wrote it down. `values` are the row's columns, where they were asked for.
    """

    row: int
    side: int
    repeat: int
    status: str
    text: str
    marks: str
    spent: int | None
    discarded: int | None
    record: Json
    values: Json = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class BatchQuery:
    """Which answers of a batch are wanted; None and empty let everything through.

    `check` is the place of a check in the job, and `mark` what it has to say: p, f or -. `contains` is looked for in
    the answers without regard to case.
    """

    side: int | None = None
    status: str = ""
    check: int | None = None
    mark: str = "f"
    contains: str = ""
    rows: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class BatchLeft:
    """What earlier sessions have left of a batch: sums over its answers, and what they were asking at their end."""

    done: int
    failed: int
    spent: int
    discarded: int
    under_way: tuple[int, ...]
