"""A run as it is watched: one prompt asked of several models, each answer growing in a lane of its own."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from components.gemini.content import Part, PartKind, merged
from components.gemini.errors import Failure, FailureKind, failure_of, failure_of_finish
from components.gemini.request import Request
from components.gemini.stream import Chunk, Facts, Usage


class LaneStatus(StrEnum):
    """How far one model's answer has come."""

    WAITING = "waiting"
    STREAMING = "streaming"
    DONE = "done"
    STOPPED = "stopped"
    FAILED = "failed"
    INTERRUPTED = "interrupted"


_ENDED = (LaneStatus.DONE, LaneStatus.STOPPED, LaneStatus.FAILED, LaneStatus.INTERRUPTED)


@dataclass(frozen=True, slots=True)
class Setup:
    """How a run is arranged beside its requests.

    With `repeats` above 1 every side has as many lanes: lane `repeat * sides + side`. A blind run has an `order`: the
    side that stands at each place on screen. `parent` is the run that this one follows up, `group` what several runs
    of one template share, `preset` the preset that it started from, `owner` who ran it, `replay_of` the run that is
    played again. `kept` says whether it goes into the history, `files_kept` whether with the bytes of attachments.
    """

    sides: int
    repeats: int = 1
    order: tuple[int, ...] = ()
    parent: str = ""
    group: str = ""
    preset: str = ""
    owner: str = ""
    replay_of: str = ""
    kept: bool = True
    files_kept: bool = False

    @property
    def blind(self) -> bool:
        """Whether names and measures are hidden until somebody has voted."""
        return bool(self.order)


@dataclass(frozen=True, slots=True)
class LaneSnapshot:
    """One model's answer at one moment. Times are in seconds since its request left; None is "not yet" or "unknown".

    `first_token_s` is the first chunk with any content, thinking included; `first_visible_s` the first with text to
    read; `total_s` is known once the lane has ended. A lane that is `done` can carry a failure: an answer that
    reached its output limit. `stop_reason` is the sentence of a lane that was stopped or interrupted. `parts` is
    everything that arrived, in its order, with neighbouring pieces of text joined.
    """

    index: int
    request: Request
    status: LaneStatus
    text: str
    thoughts: str
    chunks: tuple[Chunk, ...]
    parts: tuple[Part, ...]
    facts: Facts
    failure: Failure | None
    stop_reason: str | None
    first_token_s: float | None
    first_visible_s: float | None
    last_chunk_s: float | None
    total_s: float | None

    @property
    def chunk_count(self) -> int:
        """Number of chunks that have arrived."""
        return len(self.chunks)

    @property
    def usage(self) -> Usage:
        """Token counts as last reported."""
        return self.facts.usage

    @property
    def finish_reason(self) -> str | None:
        """Why the model stopped, in the service's word."""
        return self.facts.finish_reason

    @property
    def served_model(self) -> str | None:
        """The model version that answered; it can differ from the one that was asked."""
        return self.facts.served_model

    @property
    def server_ms(self) -> float | None:
        """The service's own share of the time to the first chunk, in milliseconds."""
        return self.facts.server_ms

    @property
    def calls(self) -> tuple[Part, ...]:
        """The functions that the model called."""
        return tuple(part for part in self.parts if part.kind is PartKind.FUNCTION_CALL)

    @property
    def ended(self) -> bool:
        """Whether nothing more will arrive."""
        return self.status in _ENDED

    @property
    def ending(self) -> Ending:
        """How the lane ended."""
        return Ending(self.status, self.facts, self.failure, self.stop_reason, self.total_s)

    @property
    def whole(self) -> bool:
        """Whether the answer came to its end: not stopped, failed, interrupted or cut off by its output limit."""
        return self.status is LaneStatus.DONE and self.failure is None


@dataclass(frozen=True, slots=True)
class Ending:
    """How a lane ended, apart from what had arrived. `total_s` is in seconds since its request left."""

    status: LaneStatus
    facts: Facts
    failure: Failure | None = None
    stop_reason: str | None = None
    total_s: float | None = None


@dataclass(frozen=True, slots=True)
class RunSnapshot:
    """A run at one moment. Two snapshots of a run with the same version are the same.

    `vertexai` says which platform's prices hold. `vote` is what somebody who could not see the names decided: the key
    of a vote, empty before.
    """

    id: str
    created: datetime
    simulated: bool
    vertexai: bool
    catalog_version: str
    version: int
    lanes: tuple[LaneSnapshot, ...]
    setup: Setup
    vote: str = ""

    @property
    def finished(self) -> bool:
        """Whether every lane has ended."""
        return all(lane.ended for lane in self.lanes)

    def lane(self, side: int, repeat: int = 0) -> LaneSnapshot:
        """The lane of one side in one of the repeats, both counted from 0."""
        return self.lanes[repeat * self.setup.sides + side]

    def of_side(self, side: int) -> tuple[LaneSnapshot, ...]:
        """All repeats of one side."""
        return self.lanes[side :: self.setup.sides]


class Listener(Protocol):
    """Told of everything that happens in a run, in order and as it happens. It must not block or raise."""

    def began(self, run: RunSnapshot) -> None:
        """A run has started."""

    def received(self, run_id: str, lane: int, chunk: Chunk, facts: Facts) -> None:
        """A chunk has arrived in a lane."""

    def ended(self, run_id: str, lane: LaneSnapshot) -> None:
        """A lane has ended."""

    def voted(self, run_id: str, vote: str) -> None:
        """Somebody has voted on a blind run."""


class Run:
    """One prompt asked of several models. Safe across threads: the engine writes, any number of pages watch.

    It knows whether the answers are simulated, and nothing of the key. There is a request a lane.
    """

    def __init__(
        self,
        requests: Sequence[Request],
        *,
        created: datetime,
        simulated: bool = False,
        vertexai: bool = False,
        catalog_version: str = "",
        setup: Setup | None = None,
        listener: Listener | None = None,
        run_id: str = "",
        vote: str = "",
    ) -> None:
        self.id = run_id or secrets.token_urlsafe(9)
        self.created = created
        self.simulated = simulated
        self.vertexai = vertexai
        self.catalog_version = catalog_version
        self.setup = setup or Setup(sides=len(requests))
        self._listener = listener
        self._vote = vote
        self._lanes = tuple(_Lane(index, request) for index, request in enumerate(requests))
        self._news = threading.Condition()
        self._version = 0
        self._snapshot: RunSnapshot | None = None
        self._watchers = 0
        self._last_watched = time.monotonic()

    @property
    def version(self) -> int:
        """A counter that grows with every change."""
        with self._news:
            return self._version

    @property
    def finished(self) -> bool:
        """Whether every lane has ended."""
        with self._news:
            return all(lane.ended for lane in self._lanes)

    def wait(self, seen_version: int, timeout: float) -> int:
        """Block until there is something newer than `seen_version`, at most `timeout` seconds; return the version.

        Whoever waits is watching: the run goes on for them, and for the lease after they leave.
        """
        with self._news:
            self._watchers += 1
            try:
                self._news.wait_for(lambda: self._version > seen_version, timeout)
                return self._version
            finally:
                self._watchers -= 1
                self._last_watched = time.monotonic()

    def touch(self) -> None:
        """Count as watching at this moment, for a page that looks without waiting."""
        with self._news:
            self._last_watched = time.monotonic()

    def snapshot(self) -> RunSnapshot:
        """Freeze everything known now. Cheap while nothing changes; does not count as watching."""
        with self._news:
            if self._snapshot is None or self._snapshot.version != self._version:
                self._snapshot = RunSnapshot(
                    id=self.id,
                    created=self.created,
                    simulated=self.simulated,
                    vertexai=self.vertexai,
                    catalog_version=self.catalog_version,
                    version=self._version,
                    lanes=tuple(lane.snapshot() for lane in self._lanes),
                    setup=self.setup,
                    vote=self._vote,
                )
            return self._snapshot

    def vote(self, vote: str) -> None:
        """Note what somebody decided. Only the first vote on a blind run counts."""
        with self._news:
            if not self.setup.blind or self._vote:
                return
            self._vote = vote
            if self._listener is not None:
                self._listener.voted(self.id, vote)
            self._announce(True)

    def stop(self, reason: str) -> None:
        """End every lane that has not ended, keeping what has arrived; whatever still arrives is ignored."""
        with self._news:
            for lane in self._lanes:
                self._note_end(lane, lane.stop(reason))

    def lease_left(self, lease_s: float) -> float:
        """Return for how many seconds the run may go on unwatched; the whole lease while somebody waits."""
        with self._news:
            if self._watchers:
                return lease_s
            return lease_s - (time.monotonic() - self._last_watched)

    def begin(self, index: int) -> None:
        """Start a lane's clock."""
        with self._news:
            self._lanes[index].begin()

    def receive(self, index: int, chunk: Chunk, facts: Facts) -> None:
        """Add a chunk to a lane, unless the lane has ended."""
        with self._news:
            taken = self._lanes[index].receive(chunk, facts)
            if taken and self._listener is not None:
                self._listener.received(self.id, index, chunk, facts)
            self._announce(taken)

    def fail(self, index: int, exception: Exception, hidden: Sequence[str]) -> None:
        """End a lane with an exception, put into words without the `hidden` keys."""
        with self._news:
            self._note_end(self._lanes[index], self._lanes[index].fail(exception, hidden))

    def give_up(self, index: int, failure: Failure) -> None:
        """End a lane for which nothing was sent."""
        with self._news:
            self._note_end(self._lanes[index], self._lanes[index].give_up(failure))

    def finish(self, index: int) -> None:
        """End a lane whose stream has ended by itself."""
        with self._news:
            self._note_end(self._lanes[index], self._lanes[index].finish())

    def end_like(self, index: int, ending: Ending) -> None:
        """End a lane as another ended before."""
        with self._news:
            self._note_end(self._lanes[index], self._lanes[index].end_like(ending))

    def tell_beginning(self) -> None:
        """Tell the listener that the run has started."""
        if self._listener is not None:
            self._listener.began(self.snapshot())

    def _note_end(self, lane: _Lane, changed: bool) -> None:
        if changed and self._listener is not None:
            self._listener.ended(self.id, lane.snapshot())
        self._announce(changed)

    def _announce(self, changed: bool) -> None:
        if changed:
            self._version += 1
            self._news.notify_all()


class _Lane:
    """The growing answer of one model. Its run's lock guards it; each change returns whether it changed anything."""

    def __init__(self, index: int, request: Request) -> None:
        self._index = index
        self._request = request
        self._status = LaneStatus.WAITING
        self._texts: list[str] = []
        self._thoughts: list[str] = []
        self._chunks: list[Chunk] = []
        self._parts: list[Part] = []
        self._facts = Facts()
        self._failure: Failure | None = None
        self._stop_reason: str | None = None
        self._started: float | None = None
        self._total_s: float | None = None
        self._first_token_s: float | None = None
        self._first_visible_s: float | None = None
        self._snapshot: LaneSnapshot | None = None

    @property
    def ended(self) -> bool:
        return self._status in _ENDED

    def begin(self) -> None:
        self._started = time.monotonic()

    def receive(self, chunk: Chunk, facts: Facts) -> bool:
        if self.ended:
            return False
        self._status = LaneStatus.STREAMING
        self._chunks.append(chunk)
        self._parts += chunk.pieces
        self._facts = facts
        if chunk.thought:
            self._thoughts.append(chunk.thought)
        if chunk.text:
            self._texts.append(chunk.text)
            self._first_visible_s = chunk.at if self._first_visible_s is None else self._first_visible_s
        if chunk.pieces and self._first_token_s is None:
            self._first_token_s = chunk.at
        self._snapshot = None
        return True

    def stop(self, reason: str) -> bool:
        if self.ended:
            return False
        self._stop_reason = reason
        return self._end(LaneStatus.STOPPED)

    def fail(self, exception: Exception, hidden: Sequence[str]) -> bool:
        if self.ended:
            return False
        partial = bool(self._parts)
        self._failure = failure_of(exception, partial=partial, model=self._request.model, secrets=hidden)
        return self._end(LaneStatus.FAILED)

    def give_up(self, failure: Failure) -> bool:
        if self.ended:
            return False
        self._failure = failure
        return self._end(LaneStatus.FAILED)

    def finish(self) -> bool:
        if self.ended:
            return False
        has_content = any(part.kind is not PartKind.THOUGHT and (part.text or part.data) for part in self._parts)
        self._failure = failure_of_finish(
            self._facts.finish_reason,
            self._facts.block_reason,
            has_text=has_content,
            model=self._request.model,
            thinking_tokens=self._facts.usage.thinking_tokens,
        )
        return self._end(LaneStatus.DONE if _is_whole(self._failure, has_content) else LaneStatus.FAILED)

    def end_like(self, ending: Ending) -> bool:
        if self.ended:
            return False
        self._end(ending.status)
        self._failure, self._stop_reason = ending.failure, ending.stop_reason
        self._facts, self._total_s = ending.facts, ending.total_s
        return True

    def snapshot(self) -> LaneSnapshot:
        if self._snapshot is None:
            # Joined pieces stay joined: a long answer is not put together from the start at every look.
            self._texts = ["".join(self._texts)] if self._texts else []
            self._thoughts = ["".join(self._thoughts)] if self._thoughts else []
            self._parts = list(merged(self._parts))
            self._snapshot = LaneSnapshot(
                index=self._index,
                request=self._request,
                status=self._status,
                text="".join(self._texts),
                thoughts="".join(self._thoughts),
                chunks=tuple(self._chunks),
                parts=tuple(self._parts),
                facts=self._facts,
                failure=self._failure,
                stop_reason=self._stop_reason,
                first_token_s=self._first_token_s,
                first_visible_s=self._first_visible_s,
                last_chunk_s=self._chunks[-1].at if self._chunks else None,
                total_s=self._total_s,
            )
        return self._snapshot

    def _end(self, status: LaneStatus) -> bool:
        self._status = status
        self._total_s = None if self._started is None else time.monotonic() - self._started
        self._snapshot = None
        return True


def _is_whole(failure: Failure | None, has_text: bool) -> bool:
    return failure is None or (failure.kind is FailureKind.OUTPUT_LIMIT and has_text)
