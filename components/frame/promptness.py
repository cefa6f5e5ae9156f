"""Answers leave at once: without this, the last part of each one waits for the browser's delayed acknowledgement."""

import os
import socket
from contextlib import suppress


def send_at_once() -> None:
    """Turns Nagle's algorithm off for every TCP socket of this process, and so for all that its listener accepts.

    asyncio does this by itself for sockets that name TCP as their protocol; the one that Streamlit listens on does not.
    """
    for number in _open_files():
        with suppress(OSError), socket.socket(fileno=os.dup(number)) as found:
            if found.family in (socket.AF_INET, socket.AF_INET6) and found.type == socket.SOCK_STREAM:
                found.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def _open_files() -> list[int]:
    """The file numbers of this process; none where the system does not tell them."""
    with suppress(OSError):
        return [int(name) for name in os.listdir("/proc/self/fd")]
    return []
