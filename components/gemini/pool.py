"""Keeps clients open between calls: one a connection, the least recently used closed first."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from components.gemini.client import close_client, open_client
from components.gemini.request import Request
from components.gemini.settings import PLACEHOLDER_KEY, Connection
from components.gemini.stream import stream

if TYPE_CHECKING:
    from google.genai import Client

_WARM_UP_LIMIT_S = 5.0
_CANNED_CHUNK = (
    b'data: {"candidates": [{"content": {"parts": [{"text": "x"}], "role": "model"}, "finishReason": "STOP"}], '
    b'"usageMetadata": {"promptTokenCount": 1, "candidatesTokenCount": 1}, "modelVersion": "none"}\r\n\r\n'
)


@dataclass
class _Place:
    opening: asyncio.Task[Client]
    borrowers: int = 0


class ClientPool:
    """Lends out open clients. Lives on one event loop and is used from it alone.

    A client that somebody uses is never closed, so the pool can grow past its limit while all of it is busy.
    """

    def __init__(self, limit: int = 8, open_one: Callable[[Connection], Client] = open_client) -> None:
        self._limit = limit
        self._open_one = open_one
        self._places: OrderedDict[Connection, _Place] = OrderedDict()
        self._warming: asyncio.Task[None] | None = None

    @asynccontextmanager
    async def lend(self, connection: Connection) -> AsyncIterator[Client]:
        """Give out the connection's client, opened and warmed up, for the length of a `with` block.

        Raises what `open_client` raises; the next call tries again.
        """
        place = self._place(connection)
        place.borrowers += 1
        try:
            # Shielded: one borrower who gives up must not take the client from the others.
            yield await asyncio.shield(place.opening)
        finally:
            place.borrowers -= 1
            if place.opening.done() and (place.opening.cancelled() or place.opening.exception()):
                self._drop(connection, place)
            await self._close_idle(self._limit)

    async def close(self) -> None:
        """Close every client that nobody uses."""
        await asyncio.gather(*(place.opening for place in self._places.values()), return_exceptions=True)
        await self._close_idle(0)

    def _place(self, connection: Connection) -> _Place:
        place = self._places.get(connection)
        if place is None:
            place = self._places[connection] = _Place(asyncio.create_task(self._open(connection)))
            place.opening.add_done_callback(_look_at_error)
        self._places.move_to_end(connection)
        return place

    async def _open(self, connection: Connection) -> Client:
        # In threads: importing and building take half a second that running answers must not wait for.
        client = await asyncio.to_thread(self._open_one, connection)
        if self._warming is None:
            self._warming = asyncio.create_task(asyncio.to_thread(asyncio.run, _warm_up()))
        # A warm-up that fails costs the first answer some milliseconds, not more.
        await asyncio.gather(self._warming, return_exceptions=True)
        return client

    async def _close_idle(self, keep: int) -> None:
        idle = [connection for connection, place in self._places.items() if _is_idle(place)]
        for connection in idle[: max(0, len(self._places) - keep)]:
            place = self._places.pop(connection)
            if not place.opening.cancelled() and place.opening.exception() is None:
                await close_client(place.opening.result())

    def _drop(self, connection: Connection, place: _Place) -> None:
        if self._places.get(connection) is place:
            del self._places[connection]


def _is_idle(place: _Place) -> bool:
    return place.borrowers == 0 and place.opening.done()


def _look_at_error(opening: asyncio.Task[Client]) -> None:
    # asyncio complains about errors that nobody looked at; the borrowers may all be gone.
    if not opening.cancelled():
        opening.exception()


async def _warm_up() -> None:
    """Make one whole call that this process answers itself, so that no measured call pays for first use.

    Without it the first answer of a process is some 60 ms late, and later in the first lane than in the second.
    """
    answered = asyncio.Event()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n" % len(_CANNED_CHUNK) + _CANNED_CHUNK)
            # Closing before the client does could take back what it has not read yet.
            await reader.read()
        finally:
            writer.close()
            answered.set()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with asyncio.timeout(_WARM_UP_LIMIT_S), server:
        address = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        client = open_client(Connection(api_key=PLACEHOLDER_KEY, base_url=address, simulated=True))
        request = Request(model="none", prompt="none", system_instruction="none", headers=(("x-none", "none"),))
        async for _ in stream(client, request):
            pass
        await close_client(client)
        await answered.wait()
