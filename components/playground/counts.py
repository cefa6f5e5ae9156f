"""How many tokens requests send in: asked of the service in the background, remembered for a while."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import TYPE_CHECKING

from components.gemini.counting import count_tokens
from components.gemini.errors import Failure
from components.gemini.files import digest_of

if TYPE_CHECKING:
    from collections.abc import Hashable

    from components.gemini.client import Client
    from components.gemini.request import Request
    from components.gemini.settings import Connection
    from components.playground.run import Runner

_MOST = 500


class CountBook:
    """Counts of requests by connection and content. Safe across threads."""

    def __init__(self) -> None:
        self._lock = threading.Condition()
        self._counts: OrderedDict[Hashable, int | Failure | None] = OrderedDict()

    def ask(self, runner: Runner, connection: Connection, request: Request, timeout_s: float = 10) -> None:
        """Start counting a request in the background, unless it is counted or being counted."""
        key = _key(connection, request)
        with self._lock:
            if key in self._counts:
                self._counts.move_to_end(key)
                return
            self._counts[key] = None
            while len(self._counts) > _MOST:
                self._counts.popitem(last=False)

        async def count(client: Client) -> None:
            found: int | Failure | None = None
            try:
                found = await count_tokens(
                    client,
                    request,
                    vertexai=connection.vertexai,
                    secrets=connection.secrets,
                    timeout_s=timeout_s,
                )
            finally:
                self._note(key, found)

        runner.later(connection, count)

    def recall(self, connection: Connection, request: Request, wait_s: float = 0.0) -> int | Failure | None:
        """The count in tokens, why there is none, or None while it is not known; waits for it `wait_s` at most."""
        key = _key(connection, request)
        with self._lock:
            self._lock.wait_for(lambda: self._counts.get(key) is not None or key not in self._counts, wait_s)
            return self._counts.get(key)

    def _note(self, key: Hashable, found: int | Failure | None) -> None:
        with self._lock:
            if found is None:
                # Cut short, so the next question asks again.
                self._counts.pop(key, None)
            else:
                self._counts[key] = found
            self._lock.notify_all()


def _key(connection: Connection, request: Request) -> Hashable:
    # What is attached can be large, and is told apart by its digest.
    files = tuple(part.uri or digest_of(part) for part in request.attachments)
    sent = (request.model, request.prompt, request.system_instruction, request.functions, request.replies)
    tools = (request.google_search, request.code_execution, request.json_mode, request.json_schema, request.headers)
    return connection, sent, tools, files, hash(request.turns)
