"""A stand-in for services that answer in ways the simulator is too well-behaved for."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from components.gemini.settings import Connection


@dataclass
class StandIn:
    base_url: str
    requests: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)

    @property
    def connection(self) -> Connection:
        return Connection(api_key="AIzaStandInKey", base_url=self.base_url, origin="test")


@pytest.fixture
def stand_in() -> Iterator[Callable[..., StandIn]]:
    """Start servers that give every request one and the same response."""
    servers: list[ThreadingHTTPServer] = []

    def start(body: str | bytes, status: int = 200, headers: dict[str, str] | None = None) -> StandIn:
        payload = body.encode() if isinstance(body, str) else body

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                sent = self.rfile.read(int(self.headers.get("content-length", 0)))
                here.requests.append((self.path, {name.lower(): value for name, value in self.headers.items()}, sent))
                self.send_response(status)
                for name, value in (headers or {}).items():
                    self.send_header(name, value)
                self.send_header("content-length", str(len(payload)))
                self.end_headers()
                self.wfile.write(payload)

            do_GET = do_POST

            def log_message(self, *_: object) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        here = StandIn(f"http://127.0.0.1:{server.server_port}")
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        servers.append(server)
        return here

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()
