"""Opens a google-genai client for a connection. The package takes 0.4 s to import, so every import is in a function."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from components.gemini.settings import Connection

if TYPE_CHECKING:
    from google.genai import Client as Client
    from google.genai import types

READ_TIMEOUT_MS = 120_000
CONNECT_TIMEOUT_S = 10.0
DEVELOPER_API = "https://generativelanguage.googleapis.com/"
MAX_CONNECTIONS = 1_000


def open_client(connection: Connection, timeout_ms: int = READ_TIMEOUT_MS) -> Client:
    """Open a client that calls exactly what the connection says, whatever the process environment holds.

    `timeout_ms` is how long one silence may last, not a whole answer. Nothing is retried. The client serves any
    number of event loops; whoever opened it closes it with `close_client`, on the loop that made the calls.

    Raises ValueError when Vertex AI is asked for without enough to sign in, and google.auth's errors when the
    sign-in fails.
    """
    from google import genai

    return genai.Client(
        vertexai=connection.vertexai,
        api_key=connection.api_key,
        project=connection.project,
        location=connection.location,
        http_options=_http_options(connection, timeout_ms),
    )


async def close_client(client: Client) -> None:
    """Close every network connection of a client; answers still streaming over it break off."""
    await client.aio.aclose()
    client.close()


def _http_options(connection: Connection, timeout_ms: int) -> types.HttpOptions:
    import httpx2
    from google.genai import types

    # Without an address of its own, the SDK would look for one in the process environment.
    address = connection.base_url or (None if connection.vertexai else DEVELOPER_API)
    return types.HttpOptions(
        base_url=address,
        api_version=connection.api_version,
        timeout=timeout_ms,
        retry_options=types.HttpRetryOptions(attempts=1),
        async_client_args={
            "limits": httpx2.Limits(max_connections=MAX_CONNECTIONS, max_keepalive_connections=100),
            "event_hooks": {"request": [_limit_silence_only]},
            # A redirect would carry the key along to whatever host it names.
            "follow_redirects": False,
            # The simulator is on this machine: a company proxy in the environment must not stand between.
            "trust_env": not connection.simulated,
        },
    )


async def _limit_silence_only(request: Any) -> None:
    """Undo two things that the SDK makes of its one timeout."""
    # The SDK also sends it as the server's deadline for the whole answer, which would cut long ones.
    request.headers.pop("x-server-timeout", None)
    limits = request.extensions.get("timeout") or {}
    limits["connect"] = min(limits.get("connect") or CONNECT_TIMEOUT_S, CONNECT_TIMEOUT_S)
