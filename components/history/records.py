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
