"""Answers in the history's database, where another server goes on when the first is gone."""

import secrets
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from components.batch.records import Job, Json, Key, Prompts, Result, Row, job_of, job_record, result_of
from components.batch.records import result_record as plain_result
from components.batch.sink import Found, SinkRefused, SinkTrouble, check_same
from components.history.batches import Batches
from components.history.database import HistoryError
from components.history.records import BatchQuery, BatchRecord, BatchResultRecord
from components.history.store import Store
from components.playground.templates import fill

_TRILLION = 10**12
_MARKS = {True: "p", False: "f", None: "-"}
_LOST = (
    "Another server has taken this batch over and goes on with it. What it has not kept itself is asked again there."
)


class StoreSink:
    """Keeps the answers of a job in the history's database, for one server at a time.

    The job must have been kept by `keep`. A server that is gone, or has said nothing for ten seconds, loses the batch
    to the next that asks for it. With `ask_failed_again`, failures are taken out and asked again.
    """

    def __init__(self, store: Store, job: Job, *, ask_failed_again: bool = False) -> None:
        self._batches: Batches = store.batches
        self._job = job
        self._ask_failed_again = ask_failed_again
        self._session = ""
        self._lock = threading.Lock()
        self._under_way: set[int] = set()
        self._complete = 0

    @property
    def job(self) -> Job:
        """The job."""
        return self._job

    def open(self) -> Found:
        """Take the batch, for this session alone, and see what it holds.

        Raises SinkRefused where another session has it, where it is not there, was kept for other prompts or settings,
        and where the database cannot be used.
        """
        job, session = self._job, secrets.token_hex(8)
        try:
            kept = self._batches.get(job.id, job.owner)
            if kept is None:
                raise SinkRefused("This batch is not in the history any more. Nothing was asked; start it anew.")
            check_same(job_of(kept.record), job, f"The batch {job.name}")
            if not self._batches.take(job.id, job.owner, session, job_record(job)):
                raise SinkRefused(
                    f"The batch {job.name} is running already, maybe on another server. Nothing was asked; watch it, "
                    "or wait for it to end."
                )
            self._session = session
            if self._ask_failed_again:
                self._batches.forget_failures(job.id, session)
            return self._survey()
        except HistoryError as error:
            raise SinkRefused(f"{error} Nothing was asked.") from None

    def begin(self, key: Key) -> None:
        """Note that something is about to be asked; the note goes to the database with the next group of answers."""
        with self._lock:
            self._under_way.add(self._job.place(key))

    def write(self, results: Sequence[Result]) -> None:
        """Keep answers in one transaction. Raises SinkTrouble and SinkRefused as every sink does."""
        places = {self._job.place(result.key) for result in results}
        with self._lock:
            under_way = sorted(self._under_way - places)
        self._save([kept_result(self._job, result) for result in results], under_way)
        with self._lock:
            self._under_way -= places
        self._complete += len(results)

    def beat(self) -> None:
        """Say that this session is alive."""
        with self._lock:
            under_way = sorted(self._under_way)
        self._save([], under_way)

    def close(self, reason: str = "") -> None:
        """Let others have the batch, and write down why it ended early."""
        if not self._session:
            return
        state = "done" if self._complete >= self._job.total else "stopped"
        try:
            self._batches.leave(self._job.id, self._session, state, reason)
        except HistoryError:
            # Without a sign of life it is free in ten seconds all the same.
            return
        finally:
            self._session = ""

    def read(self) -> Iterator[Result]:
        """All answers by row, model and repeat."""
        return read_results(self._batches, self._job)

    def _save(self, results: Sequence[BatchResultRecord], under_way: Sequence[int]) -> None:
        try:
            held = self._batches.save(self._job.id, self._session, results, under_way)
        except HistoryError as error:
            raise SinkTrouble(str(error)) from None
        if not held:
            self._session = ""
            raise SinkRefused(_LOST)

    def _survey(self) -> Found:
        job, places = self._job, bytearray(self._job.total)
        for row, side, repeat in self._batches.places(job.id):
            places[job.place(Key(row, job.models[side], repeat))] = 1
        left = self._batches.left(job.id)
        self._complete = left.done
        return Found(
            places=places,
            done=left.done,
            failed=left.failed,
            spent_usd=Decimal(left.spent) / _TRILLION,
            discarded_usd=Decimal(left.discarded) / _TRILLION,
            asked_before=sum(not places[place] for place in left.under_way),
        )


@dataclass(frozen=True)
class StoredPrompts:
    """The rows of a batch as the database keeps them, for a server that never saw the file they came from."""

    batches: Batches
    job_id: str
    count: int
    digest: str

    def rows(self) -> Iterator[Row]:
        """The rows, from the first on."""
        return (Row(number, values) for number, values in self.batches.rows(self.job_id))


def keep(store: Store, job: Job, prompts: Prompts, columns: Sequence[str]) -> None:
    """Put a job and its rows into the history, ready to be run. Raises HistoryError and Refused of the history."""
    record = BatchRecord(
        id=job.id,
        owner=job.owner,
        name=job.name,
        created=job.created,
        simulated=job.simulated,
        total=job.total,
        record=job_record(job),
        columns=tuple(columns),
    )
    store.batches.create(record, ((row.number, row.values) for row in prompts.rows()))


def stored_job(store: Store, job_id: str, owner: str) -> tuple[Job, StoredPrompts] | None:
    """A job of an owner with its prompts, to run it or to look at it; None where there is none.

    Raises HistoryError where the database cannot be used.
    """
    kept = store.batches.get(job_id, owner)
    if kept is None:
        return None
    job = job_of(kept.record)
    return job, StoredPrompts(store.batches, job.id, job.rows, job.prompts_digest)


def read_results(batches: Batches, job: Job, query: BatchQuery | None = None) -> Iterator[Result]:
    """The answers of a job that a query finds, by row, model and repeat, without holding them."""
    return (result_from(job, kept) for kept in batches.stream(job.id, query))


def result_from(job: Job, kept: BatchResultRecord) -> Result:
    """An answer as it was when it was kept, with its prompt."""
    prompt = fill(job.template, kept.values) if kept.values else ""
    key = {"row": kept.row, "model": job.models[kept.side], "repeat": kept.repeat}
    whole = {**kept.record, **key, "status": kept.status, "text": kept.text}
    return replace(result_of(whole), prompt=prompt)


def kept_result(job: Job, result: Result) -> BatchResultRecord:
    """An answer as the history keeps it. Raises ValueError for one of a model that the job has not."""
    record: Json = plain_result(result)
    for name in ("row", "model", "repeat", "status", "text", "prompt"):
        del record[name]
    return BatchResultRecord(
        row=result.key.row,
        side=job.models.index(result.key.model),
        repeat=result.key.repeat,
        status=result.status.value,
        text=result.text,
        marks=_marks(job, result),
        spent=_pico(_everything(result)),
        discarded=_pico(result.discarded_usd),
        record=record,
    )


def _marks(job: Job, result: Result) -> str:
    said: Mapping[str, Any] = {verdict.check: verdict.passed for verdict in result.checks}
    return "".join(_MARKS[said.get(str(check.get("label")))] for check in job.checks)


def _everything(result: Result) -> Decimal | None:
    parts = (result.cost_usd, result.checks_usd, result.discarded_usd)
    known = [part for part in parts if part is not None]
    return sum(known, Decimal(0)) if result.cost_usd is not None or any(known) else None


def _pico(amount: Decimal | None) -> int | None:
    return None if amount is None else int((amount * _TRILLION).to_integral_value())
