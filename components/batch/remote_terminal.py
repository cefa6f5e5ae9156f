"""The Batch API from a terminal: hand over, wait with a line for each change, bring back, cancel."""

import asyncio
import sys
from datetime import UTC, datetime
from pathlib import Path

from components.batch.checking import check_maker
from components.batch.costing import Prices
from components.batch.file_sink import FileSink
from components.batch.plan import base_requests
from components.batch.prepare import Prepared, Refused
from components.batch.progress import Progress, State
from components.batch.remote import FileNotes, RemoteBatch, Standing
from components.batch.summary import ALL_THERE, INTERRUPTED, SIMULATED, SOME_FAILED, STOPPED_EARLY, closing_lines
from components.gemini.pool import ClientPool


def run_remote(prepared: Prepared) -> int:
    """Hand a batch to the Batch API, or go on with one that was handed over; return the exit code.

    Raises Refused, SinkRefused and RemoteRefused, each with a sentence.
    """
    options = prepared.options
    if options.ceiling is not None or options.seconds is not None:
        raise Refused(
            "The Batch API knows no ceiling in money or time; leave --ceiling and --seconds out, or --remote."
        )
    if prepared.job.simulated:
        print(f"There is no key, so the built-in simulator answers. {SIMULATED}", file=sys.stderr)
    batch = _batch(prepared)
    if options.cancel_remote:
        print("\n".join(asyncio.run(_cancelled(batch, prepared))) or "No job was handed over from here.")
        return ALL_THERE
    try:
        progress = asyncio.run(_run(batch, prepared))
    except KeyboardInterrupt:
        print(
            "\nStopped waiting. The service goes on with the batch and charges for it; run the same command with "
            "--resume to bring the answers back, or with --cancel-remote to end it."
        )
        return INTERRUPTED
    print("\n".join(closing_lines(progress, str(options.out), remote=True)))
    if progress.state is not State.DONE:
        return STOPPED_EARLY
    return SOME_FAILED if progress.failed else ALL_THERE


def _batch(prepared: Prepared) -> RemoteBatch:
    options, job, table = prepared.options, prepared.job, prepared.table
    today = datetime.now(UTC).date()
    requests, notes = base_requests(job, prepared.catalog, today)
    for note in notes:
        print(note.sentence, file=sys.stderr)
    priced = (*job.models, *((job.judge,) if job.judge else ()))
    at_once = Prices(prepared.catalog, priced, today, vertexai=job.vertexai)
    return RemoteBatch(
        job,
        table,
        FileSink(options.out, job, resume=options.resume, ask_failed_again=options.retry_failed),
        requests,
        Prices(prepared.catalog, job.models, today, vertexai=job.vertexai, in_batch=True),
        FileNotes(Path(options.out)),
        poll_s=options.poll,
        tell=lambda standing: _say(standing, options.quiet),
        # A judge is asked at once, at the full price.
        check_maker=check_maker(job, table.columns, at_once, prepared.place.secrets),
    )


async def _run(batch: RemoteBatch, prepared: Prepared) -> Progress:
    pool = ClientPool()
    try:
        return await batch.run(prepared.place, pool)
    finally:
        await pool.close()


async def _cancelled(batch: RemoteBatch, prepared: Prepared) -> tuple[str, ...]:
    pool = ClientPool()
    try:
        return await batch.cancel(prepared.place, pool)
    finally:
        await pool.close()


def _say(standing: Standing, quiet: bool) -> None:
    if not quiet:
        print(f"{datetime.now(UTC):%H:%M:%S} UTC {standing.sentence}", file=sys.stderr)
