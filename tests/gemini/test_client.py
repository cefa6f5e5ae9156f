import asyncio
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

import httpx2
import pytest

from components.gemini.client import close_client, open_client
from components.gemini.errors import Failure, FailureKind, failure_of
from components.gemini.pool import ClientPool
from components.gemini.request import Request
from components.gemini.settings import Connection
from components.gemini.stream import stream

_MODULES = ("settings", "client", "pool", "stream", "errors", "availability", "content", "counting", "files", "request")
SSE = 'data: {"candidates": [{"content": {"parts": [{"text": "x"}]}, "finishReason": "STOP"}]}\r\n\r\n'


def connection(number: int = 0, base_url: str = "http://127.0.0.1:9") -> Connection:
    return Connection(api_key=f"key-number-{number}", base_url=base_url)


def test_importing_the_engine_does_not_import_the_sdk() -> None:
    names = [
        *(f"components.gemini.{name}" for name in _MODULES),
        *(f"components.playground.{name}" for name in ("run", "lanes", "measures")),
    ]
    check = f"import sys, {', '.join(names)}; sys.exit('google.genai' in sys.modules or 'streamlit' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", check], check=False).returncode == 0


def test_the_process_environment_cannot_move_a_call(
    stand_in: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    server = stand_in(SSE)
    monkeypatch.setenv("GOOGLE_GENAI_USE_VERTEXAI", "true")
    monkeypatch.setenv("GOOGLE_CLOUD_PROJECT", "elsewhere")
    monkeypatch.setenv("GOOGLE_GEMINI_BASE_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("GOOGLE_API_KEY", "other-key")
    monkeypatch.setenv("GOOGLE_GENAI_API_VERSION", "v9")

    async def run() -> None:
        client = open_client(server.connection)
        async for _ in stream(client, Request("m", "Hello")):
            pass
        await close_client(client)

    asyncio.run(run())
    path, headers, _ = server.requests[0]
    assert path.startswith("/v1beta/models/m:")
    assert headers["x-goog-api-key"] == "AIzaStandInKey"


def test_a_proxy_in_the_environment_does_not_stand_before_the_simulator(
    stand_in: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    server = stand_in(SSE)
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.delenv("NO_PROXY", raising=False)

    async def run() -> list[str]:
        client = open_client(Connection(api_key="k", base_url=server.base_url, simulated=True))
        texts = [chunk.text async for chunk, _ in stream(client, Request("m", "Hello"))]
        await close_client(client)
        return texts

    assert asyncio.run(run()) == ["x"]


def test_a_redirect_does_not_carry_the_key_away(stand_in: Callable[..., Any]) -> None:
    elsewhere = stand_in(SSE)
    here = stand_in("", status=307, headers={"location": elsewhere.base_url + "/v1beta/models/m"})

    async def run() -> Failure:
        client = open_client(here.connection)
        try:
            async for _ in stream(client, Request("m", "Hello")):
                pass
        except Exception as error:
            return failure_of(error, partial=False, model="m")
        finally:
            await close_client(client)
        raise AssertionError

    assert asyncio.run(run()).kind is FailureKind.CONNECTION_REFUSED
    assert elsewhere.requests == []


def test_a_host_that_never_answers_the_phone_is_given_up_early(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("components.gemini.client.CONNECT_TIMEOUT_S", 0.2)
    with socket.socket() as busy, socket.socket() as first, socket.socket() as second:
        busy.bind(("127.0.0.1", 0))
        busy.listen(0)
        for caller in (first, second):
            caller.setblocking(False)
            caller.connect_ex(busy.getsockname())

        async def run() -> None:
            client = open_client(connection(base_url=f"http://127.0.0.1:{busy.getsockname()[1]}"))
            try:
                async for _ in stream(client, Request("m", "Hello")):
                    pass
            finally:
                await close_client(client)

        began = time.monotonic()
        with pytest.raises(httpx2.ConnectTimeout):
            asyncio.run(run())
        assert time.monotonic() - began < 2


def test_a_client_without_an_address_of_its_own_calls_google(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GOOGLE_GEMINI_BASE_URL", "http://127.0.0.1:9")
    client = open_client(Connection(api_key="k", base_url=None))
    assert client._api_client._http_options.base_url == "https://generativelanguage.googleapis.com/"
    asyncio.run(close_client(client))


class Opened:
    """Opens real clients and remembers which."""

    def __init__(self) -> None:
        self.clients: list[Any] = []

    def __call__(self, connection: Connection) -> Any:
        self.clients.append(open_client(connection))
        return self.clients[-1]

    @property
    def closed(self) -> list[bool]:
        return [client._api_client._async_httpx_client.is_closed for client in self.clients]


def test_one_connection_gets_one_client_however_many_ask_at_once() -> None:
    opened = Opened()

    async def run() -> None:
        pool = ClientPool(open_one=opened)

        async def borrow() -> Any:
            async with pool.lend(connection()) as client:
                return client

        clients = await asyncio.gather(*(borrow() for _ in range(10)))
        assert len({id(client) for client in clients}) == 1
        await pool.close()

    asyncio.run(run())
    assert opened.closed == [True]


def test_the_least_recently_used_client_is_closed_and_a_busy_one_never() -> None:
    opened = Opened()

    async def run() -> None:
        pool = ClientPool(limit=2, open_one=opened)
        async with pool.lend(connection(0)):
            for number in (1, 2, 3):
                async with pool.lend(connection(number)):
                    pass
            assert opened.closed == [False, True, True, False]
        await pool.close()

    asyncio.run(run())
    assert all(opened.closed)


def test_a_client_that_cannot_be_opened_is_tried_again() -> None:
    attempts: list[Connection] = []

    def refuse(one: Connection) -> Any:
        attempts.append(one)
        raise ValueError("no sign-in")

    async def run() -> None:
        pool = ClientPool(open_one=refuse)
        for _ in range(2):
            with pytest.raises(ValueError, match="no sign-in"):
                async with pool.lend(connection()):
                    pass
        await pool.close()

    asyncio.run(run())
    assert len(attempts) == 2


def test_a_borrower_who_gives_up_does_not_take_the_client_from_another() -> None:
    opened = Opened()

    async def run() -> None:
        pool = ClientPool(open_one=opened)

        async def borrow() -> Any:
            async with pool.lend(connection()) as client:
                return client

        impatient, patient = asyncio.create_task(borrow()), asyncio.create_task(borrow())
        await asyncio.sleep(0)
        impatient.cancel()
        assert await patient is opened.clients[0]
        await pool.close()

    asyncio.run(run())
