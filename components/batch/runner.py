"""Runs batches beside the pages, which only watch: one daemon thread with one event loop and its clients."""

from __future__ import annotations

import asyncio
import logging
import threading
from concurrent.futures import Future
from dataclasses import dataclass

from components.batch.engine import Batch
from components.batch.progress import Progress
from components.batch.remote import RemoteBatch, RemoteRefused
from components.batch.sink import SinkRefused
from components.gemini.pool import ClientPool
from components.gemini.settings import Connection

SERVER_CLOSING = "Stopped because the server is shutting down. Every answer that was kept stays; resume the batch."
_CLOSING_S = 10.0
_log = logging.getLogger(__name__)


class TooManyBatches(RuntimeError):
    """The server runs as many batches as it takes at once; the message is fit for the screen."""


@dataclass(frozen=True)
class Running:
    """One batch that this server runs, or ran since it started."""

    batch: Batch | RemoteBatch
    _future: Future[Progress]

    @property
    def ended(self) -> bool:
        """Whether nothing happens any more."""
        return self._future.done()

    @property
    def result(self) -> Progress | None:
        """How far it came in the end; None before the end and where it never began."""
        done = self._future.done() and not self._future.cancelled() and self._future.exception() is None
        return self._future.result() if done else None

    @property
    def problem(self) -> str:
        """Why it did not begin or broke off, as a sentence; empty where it did not."""
        if not self._future.done() or self._future.cancelled():
            return ""
        error = self._future.exception()
        if error is None:
            return ""
        if isinstance(error, SinkRefused | RemoteRefused | ValueError):
            return str(error)
        return "The batch broke off unexpectedly. Every answer that was kept stays; resume the batch to go on."

    def drop(self) -> None:
        """End it at once: calls under way break off, and waiting for the Batch API ends."""
        self._future.cancel()


class BatchRunner:
    """Runs batches by the ids of their jobs. Made once a process; every method may be called from any thread."""

    def __init__(self, *, most_running: int = 4, most_kept: int = 50) -> None:
        self._most_running = most_running
        self._most_kept = most_kept
        self._lock = threading.Lock()
        self._batches: dict[str, Running] = {}
        self._pool = ClientPool()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="batch-engine", daemon=True)
        self._thread.start()

    def start(self, job_id: str, batch: Batch | RemoteBatch, connection: Connection) -> Running:
        """Begin a batch and return at once. One with this id that is running already is returned as it is.

        Raises TooManyBatches.
        """
        with self._lock:
            found = self._batches.get(job_id)
            if found is not None and not found.ended:
                return found
            running = sum(not one.ended for one in self._batches.values())
            if running >= self._most_running:
                batches = f"{running} batch{'' if running == 1 else 'es'}"
                raise TooManyBatches(
                    f"This server is already running {batches}. Yours is kept; start it when one has ended."
                )
            future = asyncio.run_coroutine_threadsafe(batch.run(connection, self._pool), self._loop)
            future.add_done_callback(_look_at_error)
            made = self._batches[job_id] = Running(batch, future)
            self._forget_oldest()
            return made

    def get(self, job_id: str) -> Running | None:
        """The batch of a job, or None where this server has not run it."""
        with self._lock:
            return self._batches.get(job_id)

    def close(self) -> None:
        """Break off every batch, which can all be resumed, close the clients and end the thread."""
        with self._lock:
            running = [one for one in self._batches.values() if not one.ended]
        for one in running:
            if isinstance(one.batch, Batch):
                one.batch.stop(SERVER_CLOSING, at_once=True)
            else:
                one.drop()
        asyncio.run_coroutine_threadsafe(self._wind_down(), self._loop).result(_CLOSING_S * 2)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(_CLOSING_S)
        self._loop.close()

    def _forget_oldest(self) -> None:
        over = [job_id for job_id, one in self._batches.items() if one.ended]
        for job_id in over[: max(0, len(over) - self._most_kept)]:
            del self._batches[job_id]

    async def _wind_down(self) -> None:
        others = asyncio.all_tasks() - {asyncio.current_task()}
        if others:
            _, slow = await asyncio.wait(others, timeout=_CLOSING_S)
            for task in slow:
                task.cancel()
            await asyncio.gather(*slow, return_exceptions=True)
        await self._pool.close()
        await self._loop.shutdown_asyncgens()
        await self._loop.shutdown_default_executor()


def _look_at_error(future: Future[Progress]) -> None:
    error = None if future.cancelled() else future.exception()
    if error is not None and not isinstance(error, SinkRefused | RemoteRefused | ValueError):
        _log.error("A batch broke off.", exc_info=error)
