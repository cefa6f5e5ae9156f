"""One try to get one answer: everything that arrived, when, and what went wrong."""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from json import dumps
from typing import TYPE_CHECKING

from components.gemini.content import PartKind
from components.gemini.errors import Failure, FailureKind, failure_of, failure_of_finish
from components.gemini.stream import Chunk, Facts, stream

if TYPE_CHECKING:
    from components.gemini.client import Client
    from components.gemini.request import Request


@dataclass(frozen=True, slots=True)
class Attempt:
    """What one call brought. Times in seconds since the request left; None is "never came".

    `text` is the visible answer; functions that the model called stand in it as lines of JSON. `broke_off` says that
    the service did not bring the call to its end, so that asking again may help; `failure` is then set, and also for
    an answer that ended without being whole. An answer that reached the output limit counts as whole.
    """

    text: str
    facts: Facts
    first_token_s: float | None
    first_visible_s: float | None
    total_s: float
    failure: Failure | None = None
    broke_off: bool = False


@dataclass(slots=True)
class _Growing:
    """An answer as it grows."""

    pieces: list[str] = field(default_factory=list)
    facts: Facts = field(default_factory=Facts)
    first_token_s: float | None = None
    first_visible_s: float | None = None
    shown: bool = False

    def take(self, chunk: Chunk, facts: Facts) -> None:
        self.facts = facts
        if self.first_token_s is None and (chunk.text or chunk.thought or chunk.parts):
            self.first_token_s = chunk.at
        words = f"{chunk.text}{_calls(chunk)}"
        if words and self.first_visible_s is None:
            self.first_visible_s = chunk.at
        if words:
            self.pieces.append(words)
        self.shown = self.shown or bool(words) or any(part.kind is not PartKind.THOUGHT for part in chunk.parts)


async def ask(client: Client, request: Request, secrets: Sequence[str] = ()) -> Attempt:
    """Make one call and take its answer to the end; never raises but for cancellation.

    `secrets` are the connection's keys, kept out of the failure's words.
    """
    growing, failure, broke_off = _Growing(), None, False
    started = time.monotonic()
    try:
        async with aclosing(stream(client, request)) as arriving:
            async for chunk, facts in arriving:
                growing.take(chunk, facts)
    except Exception as error:
        failure, broke_off = failure_of(error, partial=growing.shown, model=request.model, secrets=secrets), True
    else:
        failure = _judged(growing, request.model)
        broke_off = failure is not None and failure.kind is FailureKind.TRUNCATED
    return Attempt(
        text="".join(growing.pieces),
        facts=growing.facts,
        first_token_s=growing.first_token_s,
        first_visible_s=growing.first_visible_s,
        total_s=time.monotonic() - started,
        failure=failure,
        broke_off=broke_off,
    )


def _judged(growing: _Growing, model: str) -> Failure | None:
    facts = growing.facts
    failure = failure_of_finish(
        facts.finish_reason,
        facts.block_reason,
        has_text=growing.shown,
        model=model,
        thinking_tokens=facts.usage.thinking_tokens,
    )
    cut_at_limit = failure is not None and failure.kind is FailureKind.OUTPUT_LIMIT and growing.shown
    return None if cut_at_limit else failure


def _calls(chunk: Chunk) -> str:
    called = (part for part in chunk.parts if part.kind is PartKind.FUNCTION_CALL)
    return "".join(f"{dumps({'function': part.name, 'arguments': part.text}, ensure_ascii=False)}\n" for part in called)
