"""Runs batches beside the pages: one thread a process with one event loop, on which each batch is a task.

Pages only watch. A page can come, go and come back; a batch ends when it is done or stopped, or with the process.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any, TypeVar

from components.batch.engine import Batch
from components.batch.progress import Progress
from components.batch.remote import RemoteBatch, RemoteRefused, Standing
from components.batch.sink import SinkRefused, SinkTrouble
from components.gemini.pool import ClientPool
from components.gemini.settings import Connection

_Result = TypeVar("_Result")
_log = logging.getLogger(__name__)

SERVER_CLOSING = "Stopped because the server is shutting down. Every answer that was kept stays; resume the batch."
_MOST_KEPT = 50
_LET_GO_S = 10.0


class Busy(RuntimeError):
    """The server runs as many batches as it takes at once; the message is fit for the screen."""


@dataclass(frozen=True)
class Session:
    """What is known here of the last time that a batch was run: how far it came, and why it could not go on."""

    progress: Progress
    running: bool
    trouble: str
    asked_before: int


@dataclass(frozen=True)
class Waiting:
    """What is known here of a batch that was handed over: how its jobs stand, and why it could not go on."""

    standings: tuple[Standing, ...]
    running: bool
    trouble: str


@dataclass(slots=True)
class _Entry:
    batch: Batch
    running: bool = True
    trouble: str = ""


@dataclass(slots=True)
class _HandedOver:
    standings: dict[str, Standing] = field(default_factory=dict)
    task: Future[None] | None = None
    running: bool = True
    trouble: str = ""


class Conductor:
    """Runs up to `most_running` batches at once. Every method may be called from any thread but its own."""

    def __init__(self, *, most_running: int = 8, pool: ClientPool | None = None) -> None:
        self._most_running = most_running
        self._pool = pool or ClientPool()
        self._lock = threading.Lock()
        self._entries: OrderedDict[str, _Entry] = OrderedDict()
        self._handed_over: OrderedDict[str, _HandedOver] = OrderedDict()
        self._closed = False
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="batch-engine", daemon=True)
        self._thread.start()

    def start(self, job_id: str, batch: Batch, connection: Connection) -> None:
        """Run a batch in the background. Does nothing while the same one runs here.

        Raises Busy while too many are running, RuntimeError after `close`.
        """
        with self._lock:
            self._check_open()
            known = self._entries.get(job_id)
            if known is not None and known.running:
                return
            running = sum(entry.running for entry in self._entries.values())
            if running >= self._most_running:
                raise Busy(
                    f"This server is already running {running} batches. Your batch is kept; resume it when one of them "
                    "has ended."
                )
            self._entries[job_id] = _Entry(batch)
            self._entries.move_to_end(job_id)
            self._forget_oldest()
            asyncio.run_coroutine_threadsafe(self._conduct(self._entries[job_id], connection), self._loop)

    def hand_over(
        self, job_id: str, make: Callable[[Callable[[Standing], None]], RemoteBatch], connection: Connection
    ) -> None:
        """Hand a batch to the Batch API, or find it there, and wait for it in the background.

        `make` makes it, given what hears how its jobs stand. Does nothing while the same one is waited for here.
        Raises RuntimeError after `close`, and what `make` raises.
        """
        with self._lock:
            self._check_open()
            known = self._handed_over.get(job_id)
            if known is not None and known.running:
                return
            entry = _HandedOver()

            def hear(standing: Standing) -> None:
                entry.standings[standing.model] = standing

            batch = make(hear)
            self._handed_over[job_id] = entry
            entry.task = asyncio.run_coroutine_threadsafe(self._wait(entry, batch, connection), self._loop)

    def waiting(self, job_id: str) -> Waiting | None:
        """How a batch stands that was handed over from here; None where it never was."""
        with self._lock:
            entry = self._handed_over.get(job_id)
        if entry is None:
            return None
        running = entry.running
        return Waiting(tuple(entry.standings.values()), running, entry.trouble)

    def take_back(self, job_id: str, batch: RemoteBatch, connection: Connection) -> tuple[str, ...]:
        """End the jobs of a batch at the service; what they have answered is lost. Returns a sentence each.

        Raises what the service's refusal raises, and TimeoutError.
        """
        entry = self._handed_over.get(job_id)
        if entry is not None and entry.task is not None and entry.running:
            entry.task.cancel()
            deadline = time.monotonic() + _LET_GO_S
            while entry.running and time.monotonic() < deadline:
                time.sleep(0.02)
        return self._submit(batch.cancel(connection, self._pool), 60.0)

    def session(self, job_id: str) -> Session | None:
        """How the last session of a batch stands; None where it never ran here or is forgotten."""
        with self._lock:
            entry = self._entries.get(job_id)
        if entry is None:
            return None
        # Whether it runs is read first: of a batch that has ended the progress does not change any more.
        running = entry.running
        return Session(entry.batch.progress(), running, entry.trouble, entry.batch.asked_before)

    def pause(self, job_id: str) -> None:
        """Begin no new calls of a batch."""
        self._tell(job_id, Batch.pause)

    def go_on(self, job_id: str) -> None:
        """Begin new calls of a paused batch again."""
        self._tell(job_id, Batch.go_on)

    def stop(self, job_id: str, *, at_once: bool = False) -> None:
        """End a batch; the answers under way are taken, or broken off `at_once`."""
        self._tell(job_id, lambda batch: batch.stop(at_once=at_once))

    def _submit(self, work: Coroutine[Any, Any, _Result], timeout_s: float) -> _Result:
        with self._lock:
            if self._closed:
                work.close()
            self._check_open()
            future = asyncio.run_coroutine_threadsafe(asyncio.wait_for(work, timeout_s), self._loop)
        return future.result()

    def close(self) -> None:
        """Stop every batch at once, close every client and end the thread. A closed conductor stays closed."""
        with self._lock:
            if self._closed:
                return
            self._closed = True
        for entry in self._entries.values():
            if entry.running:
                entry.batch.stop(SERVER_CLOSING, at_once=True)
        asyncio.run_coroutine_threadsafe(self._wind_down(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _tell(self, job_id: str, what: Callable[[Batch], Any]) -> None:
        with self._lock:
            entry = self._entries.get(job_id)
            if entry is not None and entry.running and not self._closed:
                what(entry.batch)

    def _check_open(self) -> None:
        if self._closed:
            raise RuntimeError("The server is shutting down.")

    def _forget_oldest(self) -> None:
        over = [job_id for job_id, entry in self._entries.items() if not entry.running]
        for job_id in over[: max(0, len(self._entries) - _MOST_KEPT)]:
            del self._entries[job_id]

    async def _conduct(self, entry: _Entry, connection: Connection) -> None:
        try:
            await entry.batch.run(connection, self._pool)
        except (SinkRefused, ValueError) as error:
            entry.trouble = str(error)
        except Exception as error:
            _log.exception("A batch ended early.")
            entry.trouble = (
                f"The batch could not go on ({type(error).__name__}). Every answer that was kept stays; resume it."
            )
        finally:
            entry.running = False

    async def _wait(self, entry: _HandedOver, batch: RemoteBatch, connection: Connection) -> None:
        try:
            await batch.run(connection, self._pool)
        except (RemoteRefused, SinkRefused, SinkTrouble, ValueError) as error:
            entry.trouble = str(error)
        except Exception as error:
            _log.exception("Waiting for a batch ended early.")
            entry.trouble = (
                f"Waiting for the batch broke off ({type(error).__name__}). The service goes on with it; look again."
            )
        finally:
            entry.running = False

    async def _wind_down(self) -> None:
        for entry in self._handed_over.values():
            if entry.task is not None:
                entry.task.cancel()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        # Batches that were told to stop still write down why.
        await asyncio.wait(others, timeout=5.0) if others else None
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        await self._pool.close()
        await self._loop.shutdown_asyncgens()
        await self._loop.shutdown_default_executor()
