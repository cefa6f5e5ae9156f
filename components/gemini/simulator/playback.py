"""Sends a timeline at its times, and stops as soon as the client is gone."""

import asyncio
from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

from starlette.types import Receive, Scope, Send

from components.gemini.simulator.timeline import Timeline
from components.gemini.simulator.wire import encode

CUT_CONNECTION = "cut_connection"

# What epoll tells apart; two sends within it would reach the client as one.
_TICK_S = 0.001


class _Frame(NamedTuple):
    content_type: str
    first: str
    between: str
    after: str
    end: str


class Framing(Enum):
    """How JSON documents are strung together in one body."""

    EVENTS = _Frame("text/event-stream", "data: ", "data: ", "\r\n\r\n", "")
    ARRAY = _Frame("application/json; charset=UTF-8", "[", ",\r\n", "", "]")
    WHOLE = _Frame("application/json; charset=UTF-8", "", "", "", "")


@dataclass(frozen=True)
class Playback:
    """An ASGI response: nothing is sent before the first chunk is due, headers included.

    `started` is the time that the timeline counts from, in seconds of the event loop's clock. A cut needs
    the server of this package, which hands the way to close the connection down in the ASGI state.
    """

    timeline: Timeline
    framing: Framing
    started: float

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Play the timeline to its end, to its cut, or until the client goes away."""
        gone = asyncio.ensure_future(_disconnect(receive))
        try:
            await self._play(scope, send, gone)
        finally:
            gone.cancel()

    async def _play(self, scope: Scope, send: Send, gone: asyncio.Future[None]) -> None:
        frame, chunks, sent = self.framing.value, self.timeline.chunks, 0
        while sent < len(chunks):
            await self._wait(chunks[sent].at_s, gone)
            if gone.done():
                return
            if sent == 0:
                await send({"type": "http.response.start", "status": 200, "headers": _headers(frame)})
            due = self._due(sent)
            text = "".join(
                (frame.between if index else frame.first) + chunks[index].body + frame.after for index in due
            )
            sent = due.stop
            whole = sent == len(chunks) and self.timeline.cut_at_s is None
            body = encode(text + frame.end if whole else text)
            await send({"type": "http.response.body", "body": body, "more_body": not whole})
        if self.timeline.cut_at_s is None:
            return
        await self._wait(self.timeline.cut_at_s, gone)
        scope["state"][CUT_CONNECTION]()
        # Returning before the connection is gone would make the server send an error of its own.
        await gone

    def _due(self, first: int) -> range:
        """Return the numbers of the chunks to send now: those that are due before the clock of the loop ticks again."""
        chunks, last = self.timeline.chunks, first + 1
        until_s = _loop_time() - self.started + _TICK_S
        while last < len(chunks) and chunks[last].at_s <= until_s:
            last += 1
        return range(first, last)

    async def _wait(self, at_s: float, gone: asyncio.Future[None]) -> None:
        left_s = self.started + at_s - _loop_time()
        if left_s > 0:
            await asyncio.wait({gone}, timeout=left_s)


def _loop_time() -> float:
    return asyncio.get_running_loop().time()


async def _disconnect(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _headers(frame: _Frame) -> list[tuple[bytes, bytes]]:
    return [(b"content-type", frame.content_type.encode())]
