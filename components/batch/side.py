"""One model of a batch at work: its gate, and the tasks that end when it is not asked any more."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from components.batch.attempt import Attempt
from components.batch.backoff import CONGESTION, LONGEST_UNTOLD_S
from components.batch.gate import Gate, Rate
from components.batch.progress import Now
from components.batch.records import Limits
from components.gemini.counting import CHARACTERS_PER_TOKEN
from components.gemini.errors import spoken_wait

# Things that wait to be asked again hold no place among the calls under way, or a few failures would stall the rest.
_OPEN_FOR_EACH_CALL = 8
_LEAST_OPEN = 64
_LEARNS = 0.1


class Abandoned(Exception):
    """This thing is not asked any more; the next session takes it up."""


@dataclass(slots=True)
class Side:
    """One model at work.

    `open` bounds how many things are being seen to at once, those included that wait to be asked again or to be kept;
    `begun` is how many there are.
    `waiting` tasks wait to ask and lose nothing when they end; `asking` ones wait for an answer. `stopped` says why
    the model is not asked any more, `broken_off` that even a call which is just about to leave must not, `given_up`
    counts things in a row that could not be asked for reasons that usually pass, and `tokens_each` is how many input
    tokens a character of a prompt is taken for.
    """

    model: str
    gate: Gate
    open: asyncio.Semaphore
    ended: Callable[[], bool]
    waiting: set[asyncio.Task[object]] = field(default_factory=set)
    asking: set[asyncio.Task[object]] = field(default_factory=set)
    stopped: str = ""
    broken_off: bool = False
    given_up: int = 0
    begun: int = 0
    tokens_each: float = 1 / CHARACTERS_PER_TOKEN

    def see_to(self, answering: asyncio.Task[None]) -> None:
        """Count a thing that is being seen to until it is over; a place of `open` was taken for it before."""
        self.begun += 1
        answering.add_done_callback(self._is_over)

    def stop(self, reason: str) -> None:
        """Ask this model no more; the answers under way are taken."""
        self.stopped = self.stopped or f"{self.model} is not asked any more: {reason}"
        self.abandon()

    def abandon(self, *, at_once: bool = False) -> None:
        """End what waits to ask, and `at_once` also what waits for an answer or is about to."""
        self.broken_off = self.broken_off or at_once
        for task in (*self.waiting, *(self.asking if at_once else ())):
            task.cancel()

    async def enter(self, prompt: str, *, first: bool = False) -> float:
        """Wait until a call with this prompt may begin; returns when that was."""
        return await self.gate.enter(len(prompt) * self.tokens_each, first)

    def leave(self, entered: float, prompt: str, attempt: Attempt | None) -> None:
        """A call that began at `entered` has ended; None where it was broken off here."""
        failure = attempt.failure if attempt else None
        self.gate.leave(
            entered,
            answered=attempt is not None and failure is None,
            congested=failure is not None and failure.kind in CONGESTION,
            wait_s=(failure.retry_after_s or 0.0) if failure else 0.0,
        )
        counted = attempt.facts.usage.input_tokens if attempt else None
        if counted and prompt:
            self.tokens_each += _LEARNS * (counted / len(prompt) - self.tokens_each)

    def now(self) -> Now:
        """What the model is doing, for those who watch."""
        note = self.stopped
        if not note and self.gate.closed_s > LONGEST_UNTOLD_S:
            note = f"{self.model} waits {spoken_wait(self.gate.closed_s)}, as the service asks."
        return Now(self.gate.under_way, self.gate.window, note)

    @contextmanager
    def while_waiting(self) -> Iterator[None]:
        """Around a wait before a call. Raises Abandoned when the model is not asked any more."""
        with self._until_ended(self.waiting):
            yield

    @contextmanager
    def while_asking(self) -> Iterator[None]:
        """Around a call. Raises Abandoned when it is broken off."""
        with self._until_ended(self.asking, begun=True):
            yield

    @contextmanager
    def _until_ended(self, group: set[asyncio.Task[object]], *, begun: bool = False) -> Iterator[None]:
        if self.broken_off or (self._over and not begun):
            raise Abandoned
        task = asyncio.current_task()
        assert task is not None
        group.add(task)
        try:
            yield
        except asyncio.CancelledError:
            if not self._over:
                raise
            raise Abandoned from None
        finally:
            group.discard(task)

    def _is_over(self, _: object) -> None:
        self.begun -= 1
        self.open.release()

    @property
    def _over(self) -> bool:
        return bool(self.stopped) or self.ended()


def make_side(model: str, limits: Limits, ended: Callable[[], bool]) -> Side:
    """A model ready to be asked; `ended` says whether nothing is to be asked any more."""
    gate = Gate(limits.concurrency, Rate(limits.requests_per_minute), Rate(limits.tokens_per_minute))
    places = asyncio.Semaphore(max(_LEAST_OPEN, _OPEN_FOR_EACH_CALL * limits.concurrency))
    return Side(model, gate, places, ended)
