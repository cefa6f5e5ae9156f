"""Runs the simulator: one daemon thread with its own event loop, on a real port."""

import asyncio
import errno
import os
import socket
import threading
import time
from dataclasses import dataclass, field

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from components.gemini.simulator.app import create_app
from components.gemini.simulator.models import DEFAULT_CONFIG, SimulatorConfig
from components.gemini.simulator.playback import CUT_CONNECTION

_START_TIMEOUT_S = 10
_STOP_TIMEOUT_S = 5


class _CuttableProtocol(H11Protocol):
    """HTTP/1.1 with one way more: the application may close the connection in the middle of a response."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        # The listener is made outside asyncio, which then leaves Nagle's algorithm on: 40 ms on a reused connection.
        transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.app_state = {**self.app_state, CUT_CONNECTION: transport.close}


class _Server(uvicorn.Server):
    """A server that closes open responses at its end instead of waiting for them."""

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for connection in list(self.server_state.connections):
            connection.transport.close()
        await super().shutdown(sockets)


@dataclass(frozen=True)
class RunningSimulator:
    """A simulator that accepts connections at `base_url`, such as "http://127.0.0.1:40123"."""

    base_url: str
    _server: _Server = field(repr=False)
    _thread: threading.Thread = field(repr=False)

    @property
    def active_requests(self) -> int:
        """How many requests are being answered right now."""
        return len(self._server.server_state.tasks)

    def stop(self) -> None:
        """Close every connection and the port; return when the thread has ended. A second call does nothing."""
        self._server.should_exit = True
        self._thread.join(_STOP_TIMEOUT_S)


def start(config: SimulatorConfig = DEFAULT_CONFIG, host: str = "127.0.0.1", port: int = 0) -> RunningSimulator:
    """Start a simulator and return when it accepts connections; port 0 takes any free one.

    Raises OSError if the address cannot be used, with a message that names it, and TimeoutError if the
    server doesn't come up.
    """
    listener = _listen(host, port)
    server = _Server(
        uvicorn.Config(
            create_app(config),
            http=_CuttableProtocol,
            loop="asyncio",
            ws="none",
            lifespan="off",
            access_log=False,
            # Another server may live in this process: leave the logging that it set up alone.
            log_config=None,
            server_header=False,
            timeout_graceful_shutdown=1,
        )
    )
    thread = threading.Thread(target=server.run, args=([listener],), name="gemini-simulator", daemon=True)
    thread.start()
    _wait_until_started(server, thread)
    return RunningSimulator(_base_url(listener), server, thread)


def _listen(host: str, port: int) -> socket.socket:
    if not 0 <= port <= 65_535:
        raise OSError(errno.EINVAL, f"{port} is not a port: it must be from 0 to 65535")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=1024)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise OSError(error.errno, f"port {port} on {host} is already taken by another program") from error
        reason = os.strerror(error.errno) if error.errno and error.errno > 0 else str(error)
        raise OSError(error.errno, f"cannot listen on {host}, port {port}: {reason}") from error


def _wait_until_started(server: _Server, thread: threading.Thread) -> None:
    deadline = time.monotonic() + _START_TIMEOUT_S
    while not server.started:
        if not thread.is_alive() or time.monotonic() > deadline:
            raise TimeoutError("the simulator's server did not start")
        time.sleep(0.005)


def _base_url(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
