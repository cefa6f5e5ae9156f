"""Which of the servers that record runs are still there. A run whose server is gone was interrupted."""

import os
import secrets
import socket
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

HEARTBEAT_S = 2.0
LONGEST_SILENCE = timedelta(seconds=10)
_PROCESSES = Path("/proc")


@dataclass(frozen=True, slots=True)
class ServerRecord:
    """A process that records runs. `host` is the same for processes that can see each other's process ids.

    `process_start` tells a process from a later one with the same id; it is empty where the system does not say.
    """

    id: str
    host: str
    pid: int
    process_start: str
    seen_at: datetime | None = None


def this_server() -> ServerRecord:
    """This process, under a new id."""
    pid = os.getpid()
    return ServerRecord(secrets.token_hex(8), _host(), pid, process_start(pid) or "")


def live_ids(servers: Iterable[ServerRecord], me: ServerRecord, now: datetime) -> tuple[str, ...]:
    """The ids of the servers that are still there, as seen from this one; `now` is by the clock of `seen_at`."""
    return (me.id, *(server.id for server in servers if server.id != me.id and _lives(server, me, now)))


def process_start(pid: int) -> str | None:
    """When a process began, in the system's own unit; None when there is no such process or no way to know."""
    try:
        # The name in parentheses may hold spaces and parentheses of its own.
        fields = (
            (_PROCESSES / str(pid) / "stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
        )
    except OSError:
        return None
    return None if fields[0] in "ZX" else fields[19]


def _lives(server: ServerRecord, me: ServerRecord, now: datetime) -> bool:
    if server.host == me.host and server.process_start and process_start(server.pid) != server.process_start:
        return False
    return server.seen_at is not None and now - server.seen_at <= LONGEST_SILENCE


def _host() -> str:
    # Process ids mean nothing after a restart of the machine or in another container.
    return "/".join((socket.gethostname(), _read("sys/kernel/random/boot_id"), _link("self/ns/pid")))


def _read(name: str) -> str:
    try:
        return (_PROCESSES / name).read_text(encoding="ascii").strip()
    except OSError:
        return ""


def _link(name: str) -> str:
    try:
        return str((_PROCESSES / name).readlink())
    except OSError:
        return ""
