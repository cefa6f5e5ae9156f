"""Where answers go so that none is lost: what keeps them has to promise this, and writes them in groups."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from catalog.words import listing
from components.batch.records import Job, Key, Result

_PAUSE_S = 0.5
_GATHER_S = 0.01


class SinkRefused(RuntimeError):
    """The answers of a batch cannot go there; the message is a sentence for the screen."""


class SinkTrouble(RuntimeError):
    """Answers cannot be written now, for a reason that can pass; the message is a sentence for the screen."""


@dataclass(frozen=True, slots=True)
class Found:
    """What earlier sessions have left. `places` has a byte for each answer of the job, 1 where it is there.

    `asked_before` is how many were under way when an earlier session broke off: they are asked again, and may be
    charged twice, since the API knows no key by which it could tell a repeated request.
    """

    places: bytearray
    done: int = 0
    failed: int = 0
    spent_usd: Decimal = Decimal(0)
    discarded_usd: Decimal = Decimal(0)
    asked_before: int = 0


class Sink(Protocol):
    """Keeps the answers of one job, which one session at a time has open. All but `begin` come one after the other."""

    def open(self) -> Found:
        """Take it, for this session alone. Raises SinkRefused with the reason where that cannot be."""

    def begin(self, key: Key) -> None:
        """Something is about to be asked for the first time in this session. Quick, never raises."""

    def write(self, results: Sequence[Result]) -> None:
        """Keep answers; once this returns they outlive the process.

        Raises SinkTrouble where that fails and can be tried again, with none of them written, and SinkRefused where
        another session has taken over.
        """

    def beat(self) -> None:
        """Say that this session is alive; called every two seconds. Raises as `write` does."""

    def close(self, reason: str = "") -> None:
        """Let go of it; `reason` says why it ended early. Never raises."""

    def read(self) -> Iterator[Result]:
        """All answers, one after the other, without holding them."""


class Committer:
    """Writes answers in groups, of what comes within 10 ms or while a group is being written. Lives on one event loop.

    `patience_s` is how long a group that cannot be written is tried again; after that nothing is written any more.
    """

    def __init__(self, write: Callable[[Sequence[Result]], None], patience_s: float = 30.0) -> None:
        self._write = write
        self._patience_s = patience_s
        self._waiting: list[tuple[Result, asyncio.Future[None]]] = []
        self._writing: asyncio.Task[None] | None = None
        self._given_up: SinkTrouble | SinkRefused | None = None
        self._thread = ThreadPoolExecutor(1, "batch-sink")

    async def put(self, result: Result) -> None:
        """Return once the answer is kept. Raises SinkTrouble and SinkRefused."""
        loop = asyncio.get_running_loop()
        kept: asyncio.Future[None] = loop.create_future()
        self._waiting.append((result, kept))
        if self._writing is None or self._writing.done():
            self._writing = loop.create_task(self._write_all())
        await kept

    async def do(self, work: Callable[[], None]) -> None:
        """Do something else with the sink, between two groups."""
        await asyncio.get_running_loop().run_in_executor(self._thread, work)

    async def close(self) -> None:
        """Write what is left."""
        if self._writing is not None:
            await self._writing
        self._thread.shutdown(wait=True)

    async def _write_all(self) -> None:
        while self._waiting:
            # A disk takes a hundred answers as quickly as one.
            await asyncio.sleep(_GATHER_S)
            group, self._waiting = self._waiting, []
            try:
                await self._write_group([result for result, _ in group])
            except (SinkTrouble, SinkRefused) as error:
                self._given_up = error
                for _, kept in group:
                    if not kept.done():
                        kept.set_exception(error)
            else:
                for _, kept in group:
                    if not kept.done():
                        kept.set_result(None)

    async def _write_group(self, results: Sequence[Result]) -> None:
        if self._given_up is not None:
            raise self._given_up
        loop = asyncio.get_running_loop()
        deadline = loop.time() + self._patience_s
        while True:
            try:
                return await loop.run_in_executor(self._thread, self._write, results)
            except SinkTrouble:
                if loop.time() >= deadline:
                    raise
            await asyncio.sleep(min(_PAUSE_S, self._patience_s))


def changes(kept: Job, now: Job) -> tuple[str, ...]:
    """What is different in two jobs so that the answers of one are not those of the other, in a few words each."""
    compared = (
        ("the prompts", (kept.rows, kept.prompts_digest), (now.rows, now.prompts_digest)),
        ("the template", kept.template, now.template),
        ("the models", kept.models, now.models),
        ("the settings", kept.controls, now.controls),
        ("the checks", kept.checks, now.checks),
        ("the judge", kept.judge, now.judge),
        ("the number of repeats", kept.repeats, now.repeats),
        ("whether answers are simulated", kept.simulated, now.simulated),
        ("the platform", kept.vertexai, now.vertexai),
    )
    return tuple(name for name, before, after in compared if before != after)


def check_same(kept: Job, now: Job, place: str) -> None:
    """Raise SinkRefused, naming what changed, where `place` holds the answers of another batch."""
    if found := changes(kept, now):
        raise SinkRefused(
            f"{place} holds the answers of another batch: {listing(found)} changed since. Nothing was asked and "
            "nothing in it was touched; put back what changed, or name another place for the answers."
        )
