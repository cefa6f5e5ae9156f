"""Runs a batch: every row to every model, as many at once as goes well, each answer kept before it is counted.

Lives on one event loop, with a client of that loop's pool; `pause`, `go_on`, `stop` and `progress` may be called from
any thread.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from catalog.words import usd
from components.batch.attempt import Attempt, ask
from components.batch.backoff import Course, Decision, decide
from components.batch.costing import Prices
from components.batch.plan import request_of, tasks
from components.batch.progress import Progress, State, Tally
from components.batch.records import Checked, Job, Prompts, Result, Row, Status, Task, Verdict
from components.batch.side import Abandoned, Side, make_side
from components.batch.sink import Committer, Found, Sink, SinkRefused, SinkTrouble
from components.gemini.counting import CHARACTERS_PER_TOKEN
from components.gemini.errors import spoken_wait
from components.gemini.pool import ClientPool
from components.gemini.request import Request
from components.gemini.settings import Connection
from components.gemini.stream import Usage

if TYPE_CHECKING:
    from components.gemini.client import Client

Check = Callable[[Row, Task, str], Awaitable[Checked]]
"""Looks at an answer: its row, what was asked, and the text."""

STOPPED = "Stopped on request. Every answer that was kept stays; the batch can be resumed."
_BEAT_S = 2.0
_NOTHING = Decimal(0)
_MOST_GIVEN_UP_IN_A_ROW = 3
_ASKING = frozenset({State.RUNNING, State.PAUSED})


@dataclass(slots=True)
class _Tries:
    """What has become of one thing so far: how often it was asked, and what was thrown away."""

    count: int = 0
    discarded_characters: int | None = None
    discarded_usd: Decimal | None = _NOTHING


@dataclass(frozen=True, slots=True)
class _Asked:
    """One call that has ended: what it brought, when it began, and how many were under way then."""

    attempt: Attempt
    started: datetime
    concurrency: int


class Batch:
    """One session of a job.

    `requests` are the requests of the models without their prompts. `check_maker` makes what looks at each whole
    answer, given a client to ask judges with. `draw` returns random numbers from 0 to 1 for the waits. `patience_s` is
    how long answers that cannot be written are tried again.

    An answer is kept once its checks are made. A ceiling in money holds back calls that would pass it at the average
    cost so far, so that it can be passed by the first calls, of which nothing is known, or by answers longer than most.
    """

    def __init__(
        self,
        job: Job,
        prompts: Prompts,
        sink: Sink,
        requests: Mapping[str, Request],
        prices: Prices,
        *,
        check_maker: Callable[[Client], Check] | None = None,
        draw: Callable[[], float] = random.random,
        patience_s: float = 30.0,
    ) -> None:
        self._job = job
        self._prompts = prompts
        self._sink = sink
        self._requests = requests
        self._prices = prices
        self._check_maker = check_maker
        self._check: Check | None = None
        self._draw = draw
        self._patience_s = patience_s
        self._state = State.RUNNING
        self._reason = ""
        self._sides: dict[str, Side] = {}
        self._found = Found(bytearray(job.total))
        self._tally = Tally(job, self._found)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._secrets: tuple[str, ...] = ()

    def progress(self) -> Progress:
        """How far it has come."""
        now = {side.model: side.now() for side in tuple(self._sides.values())}
        return self._tally.progress(self._state, now, self._reason)

    @property
    def asked_before(self) -> int:
        """How many things were under way when an earlier session broke off, and are asked again in this one."""
        return self._found.asked_before

    def pause(self) -> None:
        """Begin no new calls until `go_on`; the answers under way are taken."""
        self._call(self._pause)

    def go_on(self) -> None:
        """Begin new calls again."""
        self._call(self._go_on)

    def stop(self, reason: str = STOPPED, *, at_once: bool = False) -> None:
        """Begin no new calls; the answers under way are taken, or broken off `at_once`."""
        self._call(lambda: self._stop(reason, at_once=at_once))

    async def run(self, connection: Connection, pool: ClientPool) -> Progress:
        """Ask everything that has no answer yet, and return how far that came.

        Raises SinkRefused where the answers cannot go where they should, before anything is asked, and what
        `open_client` raises.
        """
        self._loop = asyncio.get_running_loop()
        self._secrets = connection.secrets
        committer = Committer(self._sink.write, self._patience_s)
        try:
            await committer.do(self._open_sink)
            async with pool.lend(connection) as client:
                await self._run(client, committer)
        finally:
            await committer.do(lambda: self._sink.close(self._reason))
            await committer.close()
            self._loop = None
            self._tally.end()
            self._state = State.DONE if self._tally.complete else State.STOPPED
        return self.progress()

    def _open_sink(self) -> None:
        self._found = self._sink.open()
        self._tally = Tally(self._job, self._found, self._prices.unpriced(self._job.models))

    async def _run(self, client: Client, committer: Committer) -> None:
        self._sides = {model: make_side(model, self._job.limits, self._has_ended) for model in self._job.models}
        self._check = self._check_maker(client) if self._check_maker else None
        beating = asyncio.create_task(self._beat(committer))
        timer = self._start_timer()
        try:
            if self._state is State.PAUSED:
                self._pause()
            async with asyncio.TaskGroup() as group:
                for side in self._sides.values():
                    group.create_task(self._ask_all(side, group, client, committer))
        finally:
            beating.cancel()
            if timer is not None:
                timer.cancel()

    async def _ask_all(self, side: Side, group: asyncio.TaskGroup, client: Client, committer: Committer) -> None:
        """Begin the calls of one model, one after the other, as its gate lets them."""
        try:
            async for row, task in tasks(self._job, self._prompts, side.model, self._found.places):
                with side.while_waiting():
                    await side.open.acquire()
                    entered = await side.enter(task.prompt)
                if self._over_ceiling():
                    side.gate.leave(entered)
                    return
                self._sink.begin(task.key)
                side.see_to(group.create_task(self._answer(side, client, committer, row, task, entered)))
        except Abandoned:
            return
        except (ValueError, OSError) as error:
            self._stop(f"Stopped because the prompts cannot be read: {error} Every answer that was kept stays.")

    async def _answer(
        self, side: Side, client: Client, committer: Committer, row: Row, task: Task, entered: float
    ) -> None:
        """Ask one thing, as often as it takes, and keep what comes of it."""
        try:
            asked, tries = await self._until_answered(side, client, task, entered)
            result = await checked(self._result(task, asked, tries), self._check, row, task)
            await committer.put(result)
        except Abandoned:
            return
        except (SinkTrouble, SinkRefused) as error:
            self._stop(str(error), at_once=True)
        else:
            self._tally.committed(result)

    async def _until_answered(self, side: Side, client: Client, task: Task, entered: float) -> tuple[_Asked, _Tries]:
        request, tries = request_of(task, self._requests), _Tries()
        while True:
            asked = await self._once(side, client, request, entered)
            tries.count += 1
            decision = self._decide(side, asked.attempt, tries)
            if decision.course is Course.GIVE_UP:
                return asked, tries
            if decision.course is Course.STOP_MODEL:
                self._stop_model(side, decision.reason)
                raise Abandoned
            self._discard(tries, request, asked.attempt)
            entered = await self._wait_to_ask_again(side, task, decision.wait_s)
            self._tally.asked_again(after_text=bool(asked.attempt.text))

    async def _once(self, side: Side, client: Client, request: Request, entered: float) -> _Asked:
        concurrency, started = side.gate.under_way, datetime.now(UTC)
        attempt: Attempt | None = None
        try:
            with side.while_asking():
                attempt = await ask(client, request, self._secrets)
        finally:
            side.leave(entered, request.prompt, attempt)
        if attempt.failure is not None:
            self._tally.went_wrong(attempt.failure.kind.value)
        return _Asked(attempt, started, concurrency)

    async def _wait_to_ask_again(self, side: Side, task: Task, wait_s: float) -> float:
        self._tally.waits(1)
        try:
            with side.while_waiting():
                await asyncio.sleep(wait_s)
                return await side.enter(task.prompt, first=True)
        finally:
            self._tally.waits(-1)

    def _decide(self, side: Side, attempt: Attempt, tries: _Tries) -> Decision:
        if attempt.failure is None:
            side.given_up = 0
            return Decision(Course.GIVE_UP)
        decision = decide(attempt.failure, attempt.broke_off, tries.count, self._job.limits.attempts, self._draw)
        if decision.course is not Course.GIVE_UP or not attempt.broke_off:
            return decision
        side.given_up += 1
        if side.given_up < _MOST_GIVEN_UP_IN_A_ROW:
            return decision
        reason = f"{attempt.failure.message} Nothing came through in {side.given_up * tries.count} calls in a row."
        return Decision(Course.STOP_MODEL, reason=reason)

    def _discard(self, tries: _Tries, request: Request, attempt: Attempt) -> None:
        """Throw a broken answer away, and keep in mind how much there was of it."""
        if not attempt.text:
            return
        tries.discarded_characters = (tries.discarded_characters or 0) + len(attempt.text)
        usage = attempt.facts.usage
        if usage.input_tokens is None:
            usage = replace(usage, input_tokens=len(request.prompt) // CHARACTERS_PER_TOKEN)
        cost = self._prices.cost(request.model, usage, attempt.text)
        lacking = cost is None or tries.discarded_usd is None
        tries.discarded_usd = None if lacking else (tries.discarded_usd or _NOTHING) + (cost or _NOTHING)

    def _result(self, task: Task, asked: _Asked, tries: _Tries) -> Result:
        attempt = asked.attempt
        failure = attempt.failure
        return Result(
            key=task.key,
            status=Status.OK if failure is None else Status.FAILED,
            prompt=task.prompt,
            text=attempt.text,
            usage=attempt.facts.usage,
            started=asked.started,
            first_token_s=attempt.first_token_s,
            first_visible_s=attempt.first_visible_s,
            total_s=attempt.total_s,
            attempts=tries.count,
            discarded_characters=tries.discarded_characters,
            finish_reason=attempt.facts.finish_reason,
            served_model=attempt.facts.served_model,
            error_kind=failure.kind.value if failure else "",
            error=failure.sentence if failure else "",
            cost_usd=self._cost(task.key.model, attempt),
            discarded_usd=tries.discarded_usd,
            concurrency=asked.concurrency,
            simulated=self._job.simulated,
        )

    def _cost(self, model: str, attempt: Attempt) -> Decimal | None:
        usage = attempt.facts.usage
        refused = attempt.failure is not None and usage == Usage() and not attempt.text
        # What was refused before it was counted is not charged.
        return _NOTHING if refused else self._prices.cost(model, usage, attempt.text)

    def _over_ceiling(self) -> bool:
        """Whether another call may pass the ceiling, with what those under way will probably cost; stops if so."""
        ceiling = self._job.limits.ceiling_usd
        if ceiling is None:
            return False
        begun = sum(side.begun for side in self._sides.values())
        if self._tally.spent_usd + self._tally.average_usd * begun < ceiling:
            return False
        self._stop(
            f"Stopped because the ceiling of {usd(float(ceiling))} is reached. Every answer that was kept stays; raise "
            "the ceiling and resume the batch to go on."
        )
        return True

    def _start_timer(self) -> asyncio.TimerHandle | None:
        seconds = self._job.limits.ceiling_s
        if seconds is None:
            return None
        reason = (
            f"Stopped because the {spoken_wait(seconds)} for this session are over. Every answer that was kept stays; "
            "resume the batch to go on."
        )
        return asyncio.get_running_loop().call_later(seconds, lambda: self._stop(reason))

    async def _beat(self, committer: Committer) -> None:
        """Say every two seconds that this session is alive, also while it is paused."""
        while True:
            await asyncio.sleep(_BEAT_S)
            try:
                await committer.do(self._sink.beat)
            except SinkRefused as error:
                self._stop(str(error), at_once=True)
            except SinkTrouble:
                # What matters is whether answers can be written, and writing them finds that out.
                continue

    def _pause(self) -> None:
        if self._state in _ASKING:
            self._state = State.PAUSED
            for side in self._sides.values():
                side.gate.hold(True)

    def _go_on(self) -> None:
        if self._state in _ASKING:
            self._state = State.RUNNING
            for side in self._sides.values():
                side.gate.hold(False)

    def _stop(self, reason: str, *, at_once: bool = False) -> None:
        if self._state in _ASKING:
            self._state, self._reason = State.STOPPING, reason
        for side in self._sides.values():
            side.abandon(at_once=at_once)

    def _stop_model(self, side: Side, reason: str) -> None:
        side.stop(reason)
        self._reason = " ".join(one.stopped for one in self._sides.values() if one.stopped)

    def _has_ended(self) -> bool:
        return self._state not in _ASKING

    def _call(self, work: Callable[[], None]) -> None:
        loop = self._loop
        if loop is None:
            work()
        else:
            loop.call_soon_threadsafe(work)


async def checked(result: Result, check: Check | None, row: Row, task: Task) -> Result:
    """A result with what the checks say of it, if it is a whole answer and there are any."""
    if check is None or result.status is not Status.OK:
        return result
    try:
        said = await check(row, task, result.text)
    except Exception as error:
        # An answer that was paid for is kept, whatever becomes of its checks.
        note = f"The checks could not be made ({type(error).__name__})."
        return replace(result, checks=(Verdict("checks", None, note),))
    return replace(result, checks=said.verdicts, checks_usd=said.usd)
