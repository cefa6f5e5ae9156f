"""The counts over the kept answers of a batch, without making whole results of them."""

from decimal import Decimal
from typing import Any

from components.batch.records import Job, Key, Result, Status, Verdict
from components.batch.tally import Tally
from components.history.batches import Batches
from components.history.records import BatchResultRecord


def counted(batches: Batches, job: Job) -> Tally:
    """What `tally_of` counts, in two thirds of the time: neither prompts nor times of day are read.

    Raises HistoryError where the database cannot be used.
    """
    tally = Tally()
    for kept in batches.stream(job.id):
        tally.add(_countable(job, kept))
    return tally


def _countable(job: Job, kept: BatchResultRecord) -> Result:
    record = kept.record
    return Result(
        Key(kept.row, job.models[kept.side], kept.repeat),
        Status(kept.status),
        total_s=record.get("total_s"),
        first_token_s=record.get("first_token_s"),
        error_kind=str(record.get("error_kind") or ""),
        cost_usd=_money(record.get("cost_usd")),
        discarded_usd=_money(record.get("discarded_usd")),
        checks=tuple(Verdict(each["check"], each["passed"]) for each in record.get("checks", ())),
        simulated=bool(record.get("simulated")),
    )


def _money(text: Any) -> Decimal | None:
    return None if text is None else Decimal(str(text))
