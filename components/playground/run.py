"""The playground's engine: asks several models at once, each in its own lane, on one thread beside the pages.

Pages only watch. What a run has received belongs to the run, so a page can come, go and come back.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from contextlib import aclosing
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeVar

from components.gemini.errors import Failure
from components.gemini.pool import ClientPool
from components.gemini.request import Request
from components.gemini.settings import Connection
from components.gemini.stream import Facts, Usage, stream
from components.playground.lanes import LaneSnapshot, Listener, Run, RunSnapshot, Setup

if TYPE_CHECKING:
    from components.gemini.client import Client

_Result = TypeVar("_Result")
_log = logging.getLogger(__name__)

Guard = Callable[[RunSnapshot], str | None]
"""Looks at a run as it grows and returns the sentence with which it must stop, or None."""

Preparation = Callable[["Client"], Awaitable[Request]]
"""Makes what is sent in place of a lane's request, such as one whose files are uploaded. It may raise Unprepared."""

# Looking at a run copies what it has received.
_GUARD_EVERY_S = 0.05

STOPPED_BY_USER = "Stopped on request. What had arrived by then is kept."
NOBODY_WATCHED = "Stopped because nobody was watching. What had arrived by then is kept."
SERVER_CLOSING = "Stopped because the server is shutting down. What had arrived by then is kept."


class Unprepared(Exception):
    """A lane's request could not be made ready, so nothing was sent for it; `failure` says why."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.message)
        self.failure = failure


class TooManyRuns(RuntimeError):
    """The server is answering as many runs as it takes at once; the message is fit for the screen."""


class Runner:
    """Runs runs: one daemon thread with one event loop, made once a process and shared by every page.

    `lease_s` is how long a run goes on while nobody watches it. The `listener` is told of everything that arrives in
    runs that are kept, so that answers outlive their page and the process. Every method may be called from any thread
    but the engine's own.
    """

    def __init__(
        self,
        *,
        lease_s: float = 30.0,
        most_running: int = 64,
        most_kept: int = 200,
        pool: ClientPool | None = None,
        listener: Listener | None = None,
    ) -> None:
        self._lease_s = lease_s
        self._most_running = most_running
        self._most_kept = most_kept
        self._pool = pool or ClientPool()
        self._listener = listener
        self._lock = threading.Lock()
        self._runs: OrderedDict[str, Run] = OrderedDict()
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._closed = False
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="playground-engine", daemon=True)
        self._thread.start()

    @property
    def listener(self) -> Listener | None:
        """Who is told of what happens in runs."""
        return self._listener

    def tell(self, listener: Listener) -> None:
        """Tell a listener of every run that starts from now on."""
        self._listener = listener

    def start(
        self,
        connection: Connection,
        requests: Sequence[Request],
        *,
        catalog_version: str = "",
        now: datetime | None = None,
        setup: Setup | None = None,
        guard: Guard | None = None,
        later: Mapping[int, Preparation] | None = None,
        at_once: int = 0,
    ) -> Run:
        """Ask every request at once, as often as the setup repeats them, and return at once; answers grow in the run.

        There is a request a side, or one for each lane. A lane that is prepared `later` starts its clock when its
        request is ready; the run keeps the request that it was given. With `at_once` no more lanes than that are asked
        at the same time.

        Raises ValueError without a request, TooManyRuns while too many are running, RuntimeError after `close`.
        """
        if not requests:
            raise ValueError("A run needs at least one model to ask.")
        setup = setup or Setup(sides=len(requests))
        each_lane = len(requests) == setup.sides * setup.repeats
        run = Run(
            list(requests) if each_lane else list(requests) * setup.repeats,
            created=now or datetime.now(UTC),
            simulated=connection.simulated,
            vertexai=connection.vertexai,
            catalog_version=catalog_version,
            setup=setup,
            listener=self._listener if setup.kept else None,
        )
        self._enter(run, lambda: self._conduct(run, connection, guard, later or {}, at_once))
        return run

    def replay(self, recorded: RunSnapshot) -> Run:
        """Play a recorded run again at its own speed, without calling anybody; the new run is not kept.

        Raises TooManyRuns while too many are running, RuntimeError after `close`.
        """
        run = Run(
            [lane.request for lane in recorded.lanes],
            created=recorded.created,
            simulated=recorded.simulated,
            vertexai=recorded.vertexai,
            catalog_version=recorded.catalog_version,
            setup=replace(recorded.setup, order=(), kept=False, replay_of=recorded.id),
        )
        self._enter(run, lambda: self._play(run, recorded))
        return run

    def _enter(self, run: Run, conduct: Callable[[], Coroutine[Any, Any, None]]) -> None:
        with self._lock:
            self._check_open()
            self._check_room()
            self._runs[run.id] = run
            self._forget_oldest()
            run.tell_beginning()
            self._loop.call_soon_threadsafe(self._launch, run, conduct)

    def get(self, run_id: str) -> Run | None:
        """Return a run by its id, or None when it never was or is forgotten."""
        with self._lock:
            return self._runs.get(run_id)

    def runs(self) -> tuple[Run, ...]:
        """Return every run that is kept, newest first."""
        with self._lock:
            return tuple(reversed(self._runs.values()))

    def stop(self, run_id: str, reason: str = STOPPED_BY_USER) -> None:
        """Stop all lanes of a run at once, keeping what has arrived. Does nothing to a run that is over or unknown."""
        run = self.get(run_id)
        if run is None:
            return
        run.stop(reason)
        with self._lock:
            if not self._closed:
                self._loop.call_soon_threadsafe(self._cancel, run_id)

    def submit(self, work: Coroutine[Any, Any, _Result], *, timeout_s: float = 30.0) -> _Result:
        """Run a coroutine on the engine's loop and wait for its result here.

        Raises what the coroutine raises, and TimeoutError, after cancelling it, when it takes longer.
        """
        with self._lock:
            if self._closed:
                work.close()
            self._check_open()
            future = asyncio.run_coroutine_threadsafe(asyncio.wait_for(work, timeout_s), self._loop)
        return future.result()

    def call(
        self, connection: Connection, work: Callable[[Client], Awaitable[_Result]], *, timeout_s: float = 30.0
    ) -> _Result:
        """Do some work with the connection's client on the engine's loop, and wait for its result here.

        Raises what the work and `open_client` raise, and TimeoutError when it takes longer.
        """

        async def with_client() -> _Result:
            async with self._pool.lend(connection) as client:
                return await work(client)

        return self.submit(with_client(), timeout_s=timeout_s)

    def warm(self, connection: Connection) -> None:
        """Open the connection's client in the background, so that the first run starts at once. Errors wait for it."""

        async def nothing(client: Client) -> None:
            return None

        self.later(connection, nothing)

    def later(self, connection: Connection, work: Callable[[Client], Awaitable[None]]) -> None:
        """Do some work with the connection's client in the background; what goes wrong is the work's own business."""

        async def with_client() -> None:
            try:
                async with self._pool.lend(connection) as client:
                    await work(client)
            except Exception:
                _log.debug("Work in the background ended early.", exc_info=True)

        with self._lock:
            self._check_open()
            asyncio.run_coroutine_threadsafe(with_client(), self._loop)

    def close(self) -> None:
        """Stop every run, close every client and end the thread. A closed runner stays closed."""
        with self._lock:
            if self._closed:
                return
            self._closed = True
        for run in self.runs():
            run.stop(SERVER_CLOSING)
        asyncio.run_coroutine_threadsafe(self._wind_down(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _check_open(self) -> None:
        if self._closed:
            raise RuntimeError("The runner is closed.")

    def _check_room(self) -> None:
        running = sum(not run.finished for run in self._runs.values())
        if running >= self._most_running:
            raise TooManyRuns(
                f"This server is already answering {running} prompts. Your prompt is kept; run it again in a moment."
            )

    def _forget_oldest(self) -> None:
        over = [run_id for run_id, run in self._runs.items() if run.finished]
        for run_id in over[: max(0, len(over) - self._most_kept)]:
            del self._runs[run_id]

    def _launch(self, run: Run, conduct: Callable[[], Coroutine[Any, Any, None]]) -> None:
        task = self._loop.create_task(conduct())
        self._tasks[run.id] = task
        task.add_done_callback(lambda _: self._wrap_up(run))

    def _wrap_up(self, run: Run) -> None:
        del self._tasks[run.id]
        # Every lane has ended by now, unless the loop itself is going down.
        run.stop(SERVER_CLOSING)

    def _cancel(self, run_id: str) -> None:
        task = self._tasks.get(run_id)
        if task is not None:
            task.cancel()

    async def _conduct(
        self,
        run: Run,
        connection: Connection,
        guard: Guard | None,
        later: Mapping[int, Preparation],
        at_once: int,
    ) -> None:
        room = asyncio.Semaphore(at_once or len(run.snapshot().lanes))
        try:
            async with self._pool.lend(connection) as client:
                lanes = [
                    _drive(
                        run, lane.index, client, lane.request, connection.secrets, guard, later.get(lane.index), room
                    )
                    for lane in run.snapshot().lanes
                ]
                await self._drive_all(run, lanes)
        except Exception as error:
            for lane in run.snapshot().lanes:
                run.fail(lane.index, error, connection.secrets)

    async def _play(self, run: Run, recorded: RunSnapshot) -> None:
        await self._drive_all(run, [_play_lane(run, lane) for lane in recorded.lanes])

    async def _drive_all(self, run: Run, driving: Sequence[Coroutine[Any, Any, None]]) -> None:
        lanes = [asyncio.create_task(one) for one in driving]
        try:
            await self._while_watched(run, lanes)
        finally:
            # Cancelling is what closes the connection to the service at once.
            for lane in lanes:
                lane.cancel()
            await asyncio.gather(*lanes, return_exceptions=True)

    async def _while_watched(self, run: Run, lanes: Sequence[asyncio.Task[None]]) -> None:
        pending = set(lanes)
        while pending:
            left = run.lease_left(self._lease_s)
            if left <= 0:
                run.stop(NOBODY_WATCHED)
                return
            _, pending = await asyncio.wait(pending, timeout=left)

    async def _wind_down(self) -> None:
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        await self._pool.close()
        await self._loop.shutdown_asyncgens()
        await self._loop.shutdown_default_executor()


async def _drive(
    run: Run,
    index: int,
    client: Client,
    request: Request,
    hidden: Sequence[str],
    guard: Guard | None,
    prepare: Preparation | None,
    room: asyncio.Semaphore,
) -> None:
    """Fill one lane. Its errors end here, so that no lane touches another."""
    checked = -_GUARD_EVERY_S
    try:
        if prepare is not None:
            request = await prepare(client)
        async with room, aclosing(stream(client, request)) as arriving:
            run.begin(index)
            async for chunk, facts in arriving:
                run.receive(index, chunk, facts)
                if guard is not None and chunk.at - checked >= _GUARD_EVERY_S:
                    checked = chunk.at
                    if reason := guard(run.snapshot()):
                        run.stop(reason)
                        return
    except Unprepared as error:
        run.give_up(index, error.failure)
    except Exception as error:
        run.fail(index, error, hidden)
    else:
        run.finish(index)


async def _play_lane(run: Run, recorded: LaneSnapshot) -> None:
    """Fill one lane with what another received, at the same times."""
    run.begin(recorded.index)
    started = time.monotonic()
    for chunk in recorded.chunks:
        await asyncio.sleep(started + chunk.at - time.monotonic())
        usage = Usage(output_tokens=chunk.output_tokens, thinking_tokens=chunk.thinking_tokens)
        run.receive(recorded.index, chunk, Facts(usage))
    await asyncio.sleep(started + (recorded.total_s or 0) - time.monotonic())
    run.end_like(recorded.index, recorded.ending)
