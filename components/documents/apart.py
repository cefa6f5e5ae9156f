"""Takes PDF, DOCX and HTML files apart in a process of its own, which is ended when a file takes too long.

Their parsers have no limit of time or memory that would hold for every hostile file, and a thread cannot be ended. The
process is started as a program and not forked, since the server has threads, and gets none of its secrets.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from components.documents.bounds import Bounds
from components.documents.document import DocumentKind, Page, Refused

_ROOT = Path(__file__).resolve().parents[2]
_KEPT_ENVIRONMENT = ("PATH", "SYSTEMROOT", "LD_LIBRARY_PATH", "LANG", "LC_ALL", "TMPDIR")


class Parser:
    """One process that parses file after file; a new one takes its place when it ends. Close it, or use `with`."""

    def __init__(self, bounds: Bounds) -> None:
        self._bounds = bounds
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Parser:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the process, if there is one."""
        if self._process is None:
            return
        process, self._process = self._process, None
        process.kill()
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                try:
                    stream.close()
                except BrokenPipeError:
                    continue
        process.wait()

    def parse(
        self, name: str, kind: DocumentKind, content: bytes, characters: int, seconds: float
    ) -> tuple[tuple[Page, ...], tuple[str, ...]]:
        """The pages of a file and warnings. HTML comes as UTF-8. Raises Refused with the reason."""
        seconds = min(seconds, self._bounds.seconds)
        job = {"name": name, "kind": kind.value, "size": len(content), "characters": characters, "seconds": seconds}
        head = json.dumps({**job, "pages": self._bounds.pages}).encode("ascii") + b"\n"
        started = time.monotonic()
        line = self._answer(head, content, seconds)
        if line is None:
            self.close()
            if time.monotonic() - started >= seconds:
                raise Refused(name, f"{name} takes longer than {seconds:.0f} s to read. Split it or save it anew.")
            raise Refused(name, f"{name} ended the program that reads files, as damaged files can. Save it anew.")
        return _parsed(name, json.loads(line), self.close)

    def _answer(self, head: bytes, content: bytes, seconds: float) -> bytes | None:
        """The line that the process writes, None where it ended or was ended."""
        if self._process is None or self._process.poll() is not None:
            self.close()
            self._process = _started(self._bounds.memory_bytes)
        process = self._process
        assert process.stdin is not None
        assert process.stdout is not None
        timer = threading.Timer(seconds, process.kill)
        timer.start()
        try:
            process.stdin.write(head)
            process.stdin.write(content)
            process.stdin.flush()
            line = process.stdout.readline()
        except OSError:
            return None
        finally:
            timer.cancel()
        return line if line.endswith(b"\n") else None


def _started(memory_bytes: int) -> subprocess.Popen[bytes]:
    environment = {name: os.environ[name] for name in _KEPT_ENVIRONMENT if name in os.environ}
    return subprocess.Popen(
        [sys.executable, "-m", "components.documents.parsing", str(memory_bytes)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=_ROOT,
        env=environment,
    )


def _parsed(name: str, answer: dict[str, Any], close: Callable[[], None]) -> tuple[tuple[Page, ...], tuple[str, ...]]:
    if answer.get("spent"):
        close()
    if "refused" in answer:
        raise Refused(name, str(answer["refused"]))
    pages = tuple(Page(number, heading, text) for number, heading, text in answer["pages"])
    return pages, tuple(answer["warnings"])
