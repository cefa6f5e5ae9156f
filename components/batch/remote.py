"""The same prompts handed to the Gemini Batch API: half the price, an answer within a day, and nobody has to wait.

What was handed over is noted before and after, so that a process that dies at any moment finds its jobs again.
"""

from __future__ import annotations

import asyncio
import json
import os
import tempfile
from array import array
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import IO, TYPE_CHECKING, Protocol

from components.batch.costing import Prices
from components.batch.engine import Check, checked
from components.batch.plan import request_of, tasks
from components.batch.progress import Progress, State, Tally
from components.batch.records import Job, Json, Key, Prompts, Result, Row, Status, Task, result_of, result_record
from components.batch.sink import Found, Sink
from components.gemini import batches
from components.gemini.batches import JobState
from components.gemini.errors import Failure, FailureKind, failure_of
from components.gemini.pool import ClientPool
from components.gemini.request import Request
from components.gemini.settings import Connection

if TYPE_CHECKING:
    from components.gemini.client import Client

    # The terminal does without a database, whose library takes a quarter of a second to import.
    from components.history.batches import Batches

_TOGETHER = 200
_MISSING = -1
_PASSING = frozenset(
    {
        FailureKind.RATE_LIMITED,
        FailureKind.OVERLOADED,
        FailureKind.SERVER_ERROR,
        FailureKind.TIMED_OUT,
        FailureKind.CONNECTION_REFUSED,
        FailureKind.CONNECTION_LOST,
        FailureKind.MALFORMED_RESPONSE,
    }
)


class RemoteRefused(RuntimeError):
    """The service does not take the batch; the message is a sentence for the screen."""


@dataclass(frozen=True, slots=True)
class Note:
    """One job of the service: the name that we gave it, and its own once that is known."""

    given: str
    name: str = ""


class Notes(Protocol):
    """Keeps what was handed over beyond the end of the process, by model."""

    def read(self) -> dict[str, Note]:
        """What was noted; empty for nothing."""

    def write(self, notes: Mapping[str, Note]) -> None:
        """Note it in place of what was there."""


class FileNotes:
    """Notes in a small file beside the answers, which is gone when there is nothing to note."""

    def __init__(self, out: Path) -> None:
        self._path = out.with_name(out.name + ".remote")

    def read(self) -> dict[str, Note]:
        """What was noted. Raises RemoteRefused for a file of another kind."""
        try:
            noted = json.loads(self._path.read_text(encoding="utf-8"))
            return {model: Note(**one) for model, one in noted.items()}
        except FileNotFoundError:
            return {}
        except (ValueError, TypeError, AttributeError):
            raise RemoteRefused(f"{self._path} holds no notes on jobs. Nothing was sent; move it away.") from None

    def write(self, notes: Mapping[str, Note]) -> None:
        """Note it, whole or not at all."""
        if not notes:
            self._path.unlink(missing_ok=True)
            return
        new = self._path.with_name(self._path.name + ".new")
        with new.open("w", encoding="utf-8") as file:
            json.dump({model: asdict(note) for model, note in notes.items()}, file)
            file.flush()
            os.fsync(file.fileno())
        os.replace(new, self._path)


@dataclass(frozen=True)
class StoredNotes:
    """Notes in the history's database, beside the batch."""

    kept: Batches
    job_id: str

    def read(self) -> dict[str, Note]:
        """What was noted."""
        return {model: Note(**one) for model, one in self.kept.remote(self.job_id).items()}

    def write(self, notes: Mapping[str, Note]) -> None:
        """Note it."""
        self.kept.note_remote(self.job_id, {model: asdict(note) for model, note in notes.items()})


@dataclass(frozen=True, slots=True)
class Standing:
    """How one model's job stands at the service. `answered` of `total` are done, as far as the service says."""

    model: str
    name: str
    state: JobState
    answered: int | None = None
    total: int | None = None
    problem: str = ""

    @property
    def sentence(self) -> str:
        """It in a sentence."""
        counted = f", {self.answered:,} of {self.total:,} answered" if self.total and self.answered is not None else ""
        return f"{self.model}: {self.state.value}{counted} ({self.name}).{f' {self.problem}' if self.problem else ''}"


class RemoteBatch:
    """One job handed over, waited for and brought back. `tell` hears how each model's part stands when that changes.

    `prices` have to be those in batch. `poll_s` is how often the service is asked.
    """

    def __init__(
        self,
        job: Job,
        prompts: Prompts,
        sink: Sink,
        requests: Mapping[str, Request],
        prices: Prices,
        notes: Notes,
        *,
        poll_s: float = 30.0,
        tell: Callable[[Standing], None] = lambda _: None,
        check_maker: Callable[[Client], Check] | None = None,
    ) -> None:
        self._job = job
        self._prompts = prompts
        self._sink = sink
        self._requests = requests
        self._prices = prices
        self._store = notes
        self._poll_s = poll_s
        self._tell = tell
        self._check_maker = check_maker
        self._notes: dict[str, Note] = {}
        self._secrets: tuple[str, ...] = ()
        self._reasons: list[str] = []
        self._told: dict[str, Standing] = {}

    @property
    def standings(self) -> tuple[Standing, ...]:
        """How each model's part stood when the service was last asked."""
        return tuple(self._told.values())

    async def run(self, connection: Connection, pool: ClientPool) -> Progress:
        """Hand over what has no answer yet, or find what was handed over, wait for it, and keep the answers in order.

        To stop waiting, cancel the task: the service goes on, and the next run finds its jobs. Raises SinkRefused, and
        RemoteRefused where the service does not take the batch; nothing is lost with either.
        """
        self._secrets = connection.secrets
        async with self._opened() as (found, tally), pool.lend(connection) as client:
            self._notes = self._store.read()
            for model in self._job.models:
                await self._hand_over(client, model, found)
            ended = await self._wait(client)
            await self._bring_back(client, ended, found, tally)
            reason = " ".join(self._reasons)
            return tally.progress(State.DONE if tally.complete else State.STOPPED, {}, reason)

    async def cancel(self, connection: Connection, pool: ClientPool) -> tuple[str, ...]:
        """End the jobs at the service before their time; what they have answered is lost. Returns a sentence each."""
        self._secrets, self._notes = connection.secrets, self._store.read()
        said = []
        async with pool.lend(connection) as client:
            for model, note in tuple(self._notes.items()):
                name = note.name or await self._name_of(client, note)
                failure = await batches.cancel(client, name, secrets=self._secrets) if name else None
                if failure is None or failure.kind is FailureKind.NOT_FOUND:
                    self._forget(model)
                said.append(f"{model}: {'cancelled' if failure is None else failure.message}")
        return tuple(said)

    @asynccontextmanager
    async def _opened(self) -> AsyncIterator[tuple[Found, Tally]]:
        beating: asyncio.Task[None] | None = None
        try:
            found = await asyncio.to_thread(self._sink.open)
            beating = asyncio.create_task(self._beat())
            yield found, Tally(self._job, found, self._prices.unpriced(self._job.models))
        finally:
            if beating is not None:
                beating.cancel()
            await asyncio.to_thread(self._sink.close, " ".join(self._reasons))

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(2)
            await asyncio.to_thread(self._sink.beat)

    async def _hand_over(self, client: Client, model: str, found: Found) -> None:
        """Make sure that the service has a job for what this model has not answered yet."""
        note = self._notes.get(model)
        if note is not None and not note.name:
            # A process died between handing over and noting the name, or before.
            note = replace(note, name=await self._name_of(client, note))
            self._note(model, note)
        if note is not None and note.name:
            return
        with tempfile.TemporaryDirectory() as folder:
            lines = Path(folder) / "requests.jsonl"
            if not await self._write_lines(lines, model, found):
                self._forget(model)
                return
            note = note or Note(f"{self._job.id}-{model}-{os.urandom(4).hex()}")
            self._note(model, note)
            submitted = await batches.submit(client, model, lines, display_name=note.given, secrets=self._secrets)
        if isinstance(submitted, Failure):
            raise RemoteRefused(f"The service did not take the batch for {model}. {submitted.sentence}")
        self._note(model, replace(note, name=submitted.name))

    async def _write_lines(self, lines: Path, model: str, found: Found) -> int:
        count = 0
        with lines.open("w", encoding="utf-8") as file:
            async for _, task in tasks(self._job, self._prompts, model, found.places):
                file.write(batches.line(_word(task.key), request_of(task, self._requests)) + "\n")
                count += 1
        return count

    async def _name_of(self, client: Client, note: Note) -> str:
        listed = await batches.jobs(client, limit=1000, secrets=self._secrets)
        if isinstance(listed, Failure):
            raise RemoteRefused(f"The jobs of the service could not be listed. {listed.sentence}")
        return next((job.name for job in listed if job.display_name == note.given), "")

    async def _wait(self, client: Client) -> dict[str, batches.Job]:
        """Ask how the jobs stand until all have ended; returns them by model."""
        ended: dict[str, batches.Job] = {}
        while True:
            for model in [model for model in self._notes if model not in ended]:
                seen = await self._look(client, model)
                if seen is not None and self._told.get(model) != (standing := _standing(model, seen)):
                    self._told[model] = standing
                    self._tell(standing)
                if seen is not None and seen.state.ended:
                    ended[model] = seen
            if all(model in ended for model in self._notes):
                return ended
            await asyncio.sleep(self._poll_s)

    async def _look(self, client: Client, model: str) -> batches.Job | None:
        seen = await batches.look(client, self._notes[model].name, secrets=self._secrets)
        if not isinstance(seen, Failure):
            return seen
        if seen.kind in _PASSING:
            return None
        if seen.kind is FailureKind.NOT_FOUND:
            self._reasons.append(
                f"The service has no job for {model} any more; resume the batch to hand it over again."
            )
            self._forget(model)
            return None
        raise RemoteRefused(f"The service does not say how the job for {model} stands. {seen.sentence}")

    async def _bring_back(self, client: Client, ended: Mapping[str, batches.Job], found: Found, tally: Tally) -> None:
        """Keep what the jobs have answered, in the order of the input, and forget the jobs."""
        with tempfile.TemporaryFile() as file:
            spool = _Spool(file, self._job)
            for model, job in ended.items():
                await self._fetch(client, model, job, found, spool)
            check = self._check_maker(client) if self._check_maker else None
            await self._keep(spool, check, tally)
        for model in ended:
            self._forget(model)

    async def _fetch(self, client: Client, model: str, job: batches.Job, found: Found, spool: _Spool) -> None:
        if job.state is not JobState.SUCCEEDED:
            words = f" {job.error}" if job.error else ""
            self._reasons.append(
                f"The job for {model} ended as {job.state.value}.{words} Resume the batch for the rest."
            )
        try:
            async for row in batches.results(client, job, secrets=self._secrets):
                key = _key(row.key, model)
                if key is not None and _is_wanted(self._job, key, found):
                    spool.add(self._result(key, row))
        except Exception as error:
            if job.state is JobState.SUCCEEDED:
                failure = failure_of(error, partial=False, model=model, secrets=self._secrets)
                raise RemoteRefused(f"The answers of {model} could not be fetched. {failure.sentence}") from None

    def _result(self, key: Key, row: batches.Row) -> Result:
        answer, failure = row.answer, row.failure
        whole = failure is None or (
            failure.kind is FailureKind.OUTPUT_LIMIT and answer is not None and bool(answer.text)
        )
        plain = Result(
            key=key,
            status=Status.OK if whole else Status.FAILED,
            attempts=1,
            error_kind="" if whole or failure is None else failure.kind.value,
            error="" if whole or failure is None else failure.sentence,
            cost_usd=Decimal(0),
            simulated=self._job.simulated,
        )
        if answer is None:
            return plain
        facts = answer.facts
        return replace(
            plain,
            text=answer.text,
            usage=facts.usage,
            finish_reason=facts.finish_reason,
            served_model=facts.served_model,
            cost_usd=self._prices.cost(key.model, facts.usage, answer.text),
        )

    async def _keep(self, spool: _Spool, check: Check | None, tally: Tally) -> None:
        """Walk through the input once and keep each answer beside its prompt."""
        group: list[Result] = []
        nothing_there = bytearray(self._job.total)
        async for row, task in _all_tasks(self._job, self._prompts, nothing_there):
            result = spool.take(task.key)
            if result is not None:
                group.append(await checked(replace(result, prompt=task.prompt), check, row, task))
            if len(group) >= _TOGETHER:
                await self._write(group, tally)
                group = []
        await self._write(group, tally)

    async def _write(self, group: Sequence[Result], tally: Tally) -> None:
        if group:
            await asyncio.to_thread(self._sink.write, group)
            for result in group:
                tally.committed(result)

    def _note(self, model: str, note: Note) -> None:
        self._notes[model] = note
        self._store.write(self._notes)

    def _forget(self, model: str) -> None:
        if self._notes.pop(model, None) is not None:
            self._store.write(self._notes)


class _Spool:
    """Answers on the disk, taken out one by one in any order; in memory is a number for each."""

    def __init__(self, file: IO[bytes], job: Job) -> None:
        self._file = file
        self._job = job
        self._starts = array("q", [_MISSING]) * job.total

    def add(self, result: Result) -> None:
        """Lay one answer down."""
        self._starts[self._job.place(result.key)] = self._file.seek(0, os.SEEK_END)
        self._file.write(json.dumps(result_record(result)).encode() + b"\n")

    def take(self, key: Key) -> Result | None:
        """The answer with this key, or None."""
        start = self._starts[self._job.place(key)]
        if start == _MISSING:
            return None
        self._file.seek(start)
        record: Json = json.loads(self._file.readline())
        return result_of(record)


async def _all_tasks(job: Job, prompts: Prompts, there: bytearray) -> AsyncIterator[tuple[Row, Task]]:
    """Every task of a job in the order of the input: by row, then model, then repeat."""
    walks = [tasks(job, prompts, model, there) for model in job.models]
    for _ in range(job.rows):
        for walk in walks:
            for _ in range(job.repeats):
                yield await anext(walk)


def _standing(model: str, job: batches.Job) -> Standing:
    counts = job.counts
    done = [count for count in (counts.succeeded, counts.failed) if count is not None]
    return Standing(model, job.name, job.state, sum(done) if done else None, counts.total, job.error)


def _word(key: Key) -> str:
    return f"{key.row}-{key.repeat}"


def _key(word: str, model: str) -> Key | None:
    row, _, repeat = word.partition("-")
    return Key(int(row), model, int(repeat)) if row.isdecimal() and repeat.isdecimal() else None


def _is_wanted(job: Job, key: Key, found: Found) -> bool:
    try:
        return not found.places[job.place(key)]
    except ValueError:
        return False
