"""One line for every request that has ended, so that a test can count what was really asked."""

import time
from collections import deque
from collections.abc import AsyncIterator
from dataclasses import dataclass
from hashlib import sha256
from itertools import islice

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from components.gemini.simulator.fields import page_number
from components.gemini.simulator.wire import to_json

ADDRESS = "/simulator/log"

_KEY = "simulator.line"
_LINES_A_PIECE = 500
_LONGEST_PATH = 200


@dataclass(slots=True)
class Line:
    """What is known of a request so far. A digest of no bytes stands for a request without a prompt."""

    at: float
    method: str
    model: str = ""
    prompt: bytes = b""
    fault: str = ""
    status: int = 0
    answered: bool = False
    input_tokens: int | None = None
    output_tokens: int | None = None

    def asked(self, method: str, model: str, prompt: str) -> None:
        """Note what is asked of which model; of the prompt only its hash is kept."""
        self.method, self.model = method, model
        self.prompt = sha256(prompt.encode("utf-8", "replace")).digest()

    @property
    def outcome(self) -> str:
        """How it ended: answered, refused, or broken_off where the end of the response was never sent."""
        if not self.answered:
            return "broken_off"
        return "answered" if self.status < 400 else "refused"


class RequestLog:
    """The last lines. The oldest go when there are too many; the numbers tell how many went."""

    def __init__(self, limit: int) -> None:
        self._lines: deque[Line] = deque(maxlen=limit)
        self._written = 0

    def add(self, line: Line) -> None:
        """Write a line down."""
        self._lines.append(line)
        self._written += 1

    async def read(self, request: Request) -> Response:
        """Answer the lines after number `after`, at most `limit`, the oldest first, as JSON lines."""
        first = self._written - len(self._lines)
        skipped = max(0, page_number(request, "after") - first)
        limit = page_number(request, "limit") or len(self._lines)
        # A copy of the references: the log goes on while it is read.
        lines = list(islice(self._lines, skipped, skipped + limit))
        return StreamingResponse(_written_out(lines, first + skipped + 1), media_type="application/x-ndjson")

    async def clear(self, request: Request) -> Response:
        """Forget every line; the numbers go on."""
        self._lines.clear()
        return Response("{}", media_type="application/json")


@dataclass(frozen=True)
class Logged:
    """Writes a line for each request, and adds the real service's header with the milliseconds to the response."""

    app: ASGIApp
    log: RequestLog

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and write it down once it has ended; reading the log leaves no line."""
        path = scope["path"]
        if path.startswith(ADDRESS):
            await self.app(scope, receive, send)
            return
        line = scope[_KEY] = Line(time.time(), f"{scope['method']} {path[:_LONGEST_PATH]}")
        started = time.perf_counter()

        async def send_timed(message: Message) -> None:
            if message["type"] == "http.response.start":
                line.status = message["status"]
                elapsed_ms = round((time.perf_counter() - started) * 1000)
                MutableHeaders(scope=message)["server-timing"] = f"gfet4t7; dur={elapsed_ms}"
            elif not message.get("more_body", False):
                # Before it is sent: whoever has read an answer finds it in the log.
                line.answered = True
                self.log.add(line)
            await send(message)

        try:
            await self.app(scope, receive, send_timed)
        finally:
            if not line.answered:
                self.log.add(line)


def line_of(request: Request) -> Line:
    """Return the line that is being written for a request."""
    line = request.scope[_KEY]
    assert isinstance(line, Line)
    return line


async def _written_out(lines: list[Line], number: int) -> AsyncIterator[str]:
    for start in range(0, len(lines), _LINES_A_PIECE):
        piece = lines[start : start + _LINES_A_PIECE]
        yield "".join(_json_line(number + start + index, line) for index, line in enumerate(piece))


def _json_line(number: int, line: Line) -> str:
    whole = line.answered and line.status < 400
    record = {
        "n": number,
        "at": round(line.at, 6),
        "method": line.method,
        "model": line.model,
        "prompt": line.prompt.hex(),
        "status": line.status,
        "outcome": line.outcome,
        "fault": line.fault or None,
        "input_tokens": line.input_tokens if whole else None,
        "output_tokens": line.output_tokens if whole else None,
    }
    return to_json(record) + "\n"
