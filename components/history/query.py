"""What is asked of the history, and what a list of runs shows."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal

from components.history.records import ChunkRecord, Json, JudgementRecord


class State(StrEnum):
    """How a whole run stands: the first of these that holds for any of its lanes, complete when none does."""

    RUNNING = "running"
    INTERRUPTED = "interrupted"
    FAILED = "failed"
    STOPPED = "stopped"
    COMPLETE = "complete"


@dataclass(frozen=True, slots=True)
class Query:
    """Which of an owner's runs to list. None and empty values do not filter.

    `text` is words, "phrases" and prefixes*, all of which must stand in the prompt, the system instruction or an
    answer. All `models` must have been asked; all `tags` must be there; one of the `presets` must be the run's.
    `since` is included, `until` is not.
    """

    owner: str
    text: str = ""
    models: tuple[str, ...] = ()
    presets: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    simulated: bool | None = None
    state: State | None = None
    voted: bool | None = None
    since: datetime | None = None
    until: datetime | None = None
    order: Literal["newest", "oldest"] = "newest"
    limit: int = 50
    offset: int = 0


@dataclass(frozen=True, slots=True)
class RunSummary:
    """A run in a list. `prompt` holds at most its first 400 characters.

    `snippet` is a piece of an answer, around the first word that was searched for where it stands there. `statuses` is
    that of each lane; `blind` says whether the models were hidden at first.
    """

    id: str
    created: datetime
    simulated: bool
    imported: bool
    prompt: str
    models: tuple[str, ...]
    state: State
    statuses: tuple[str, ...]
    sides: int
    repeats: int
    blind: bool
    vote: str
    preset: str
    parent: str
    group: str
    tags: tuple[str, ...]
    snippet: str


@dataclass(frozen=True, slots=True)
class Page:
    """A stretch of a list, and how many runs the whole list has."""

    rows: tuple[RunSummary, ...]
    total: int


@dataclass(frozen=True, slots=True)
class VoteRow:
    """A vote on a blind run: the models by side, and the side that stood at each place on screen."""

    run_id: str
    models: tuple[str, ...]
    order: tuple[int, ...]
    vote: str
    preset: str
    simulated: bool
    imported: bool
    created: datetime


@dataclass(frozen=True, slots=True)
class JudgementRow:
    """A judge's opinion, with the models of both lanes and where it comes from."""

    run_id: str
    model_one: str
    model_other: str
    preset: str
    imported: bool
    judgement: JudgementRecord


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """A whole answer of a real run, without its words: what the service said about it and when its pieces arrived.

    `model` is what was asked. The chunks are those that times and speeds are worked out from: of the ones that hold
    text alone, the first and the last with and without each count. A text or thought is its first character. `parts`
    are there only where a chunk has no text and they are small; large ones, such as a picture, are U+FFFC as text.
    """

    run_id: str
    model: str
    vertexai: bool
    facts: Json
    chunks: tuple[ChunkRecord, ...] = ()
