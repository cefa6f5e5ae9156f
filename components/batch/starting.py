"""From what was set up, or kept before, to a batch that can be run."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from catalog.loading import Catalog
from components.archive.wording import one_line
from components.batch.records import Job, Json, Limits
from components.gemini.settings import Connection
from components.playground.controls import Controls

if TYPE_CHECKING:
    from components.batch.engine import Batch
    from components.batch.prompts import Table
    from components.batch.remote import RemoteBatch, Standing
    from components.batch.store_sink import StoredPrompts
    from components.history.store import Store

_PASTED, _LONGEST_NAME = "pasted.txt", 60
_POLL_S, _POLL_SIMULATED_S = 30.0, 1.0


@dataclass(frozen=True, slots=True)
class Draft:
    """A batch as it is set up on screen, before it has an id."""

    name: str
    models: tuple[str, ...]
    template: str
    controls: Controls
    checks: tuple[Json, ...]
    judge: str
    repeats: int
    limits: Limits


def job_of_draft(draft: Draft, table: Table, place: Connection, owner: str, catalog_version: str) -> Job:
    """The job of a draft, under a new id."""
    return Job(
        id=secrets.token_hex(8),
        created=datetime.now(UTC),
        models=draft.models,
        template=draft.template,
        controls=draft.controls,
        rows=table.count,
        prompts_digest=table.digest,
        name=draft.name.strip() or usual_name(table),
        owner=owner,
        checks=draft.checks,
        judge=draft.judge,
        repeats=draft.repeats,
        catalog_version=catalog_version,
        simulated=place.simulated,
        vertexai=place.vertexai,
        limits=draft.limits,
    )


def usual_name(table: Table) -> str:
    """What a batch is called whose owner gives it no name: as its file, else as its first prompt begins."""
    if table.name != _PASTED:
        return table.name
    first = next(iter(table.rows()), None)
    return one_line(next(iter(first.values.values()), ""), _LONGEST_NAME) if first else table.name


def kept_batch(
    store: Store,
    catalog: Catalog,
    job_id: str,
    owner: str,
    place: Connection,
    on: date,
    *,
    limits: Limits | None = None,
    ask_failed_again: bool = False,
) -> Batch:
    """A batch of the history, ready to ask what has no answer yet, maybe within other limits.

    With `ask_failed_again`, failures are asked again as well. Raises ValueError, a sentence, where it cannot be run,
    and HistoryError where the database cannot be used.
    """
    from components.batch.checking import check_maker
    from components.batch.costing import Prices
    from components.batch.engine import Batch
    from components.batch.plan import base_requests
    from components.batch.store_sink import StoreSink

    job, prompts, columns = _kept(store, job_id, owner, place)
    job = replace(job, limits=limits or job.limits)
    requests, _ = base_requests(job, catalog, on)
    prices = Prices(catalog, _priced(job), on, vertexai=job.vertexai)
    checking = check_maker(job, columns, prices, place.secrets)
    sink = StoreSink(store, job, ask_failed_again=ask_failed_again)
    return Batch(job, prompts, sink, requests, prices, check_maker=checking)


def kept_remote(
    store: Store,
    catalog: Catalog,
    job_id: str,
    owner: str,
    place: Connection,
    on: date,
    tell: Callable[[Standing], None],
) -> RemoteBatch:
    """A batch of the history, ready to be handed to the Batch API or to be brought back from there.

    `tell` hears how its jobs stand. Raises as `kept_batch`.
    """
    from components.batch.checking import check_maker
    from components.batch.costing import Prices
    from components.batch.plan import base_requests
    from components.batch.remote import RemoteBatch, StoredNotes
    from components.batch.store_sink import StoreSink

    job, prompts, columns = _kept(store, job_id, owner, place)
    requests, _ = base_requests(job, catalog, on)
    # A judge is asked at once, at the full price.
    at_once = Prices(catalog, _priced(job), on)
    return RemoteBatch(
        job,
        prompts,
        StoreSink(store, job),
        requests,
        Prices(catalog, job.models, on, in_batch=True),
        StoredNotes(store.batches, job.id),
        poll_s=_POLL_SIMULATED_S if place.simulated else _POLL_S,
        tell=tell,
        check_maker=check_maker(job, columns, at_once, place.secrets),
    )


def _kept(store: Store, job_id: str, owner: str, place: Connection) -> tuple[Job, StoredPrompts, tuple[str, ...]]:
    from components.batch.store_sink import stored_job

    found, record = stored_job(store, job_id, owner), store.batches.get(job_id, owner)
    if found is None or record is None:
        raise ValueError("This batch is not in your history any more. Nothing was asked.")
    if (problem := other_place(found[0], place)) is not None:
        raise ValueError(problem)
    return (*found, record.columns)


def _priced(job: Job) -> tuple[str, ...]:
    return (*job.models, *((job.judge,) if job.judge else ()))


def other_place(job: Job, place: Connection) -> str | None:
    """Why a batch cannot go on where calls go now, as a sentence; None where it can."""
    if job.simulated and not place.simulated:
        return (
            "The simulator answered this batch so far, and real answers must not stand among simulated ones. Nothing "
            "was asked; start the batch anew."
        )
    if place.simulated and not job.simulated:
        return (
            "Models answered this batch so far, and there is no key now. Nothing was asked; type in a key and resume "
            "the batch."
        )
    if job.vertexai != place.vertexai:
        here, there = ("Vertex AI", "the Gemini API") if place.vertexai else ("the Gemini API", "Vertex AI")
        return f"{there} answered this batch so far, and calls go to {here} now. Nothing was asked."
    return None


def columns_needed(checks: Sequence[Json], columns: Sequence[str]) -> tuple[str, ...]:
    """The columns that checks compare answers with. Raises ValueError, a sentence, for checks that cannot be made."""
    from components.batch.checks import checks_of

    return tuple(dict.fromkeys(name for check in checks_of(checks, columns) for name in check.columns))
