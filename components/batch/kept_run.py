"""One row of a batch as a run of the playground, so that it can be opened, compared and asked further there."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from components.batch.records import Job, Key, Result, Status
from components.gemini.errors import Failure, FailureKind, failure_of_finish
from components.gemini.request import Request
from components.gemini.stream import Chunk, Facts
from components.history.records import RunRecord
from components.playground.keeping import run_record
from components.playground.lanes import Ending, LaneStatus, Run, Setup

_NOT_ASKED = "The batch has not asked this yet."


def run_id_of(job: Job, row: int) -> str:
    """The id of the run that a row of a batch becomes."""
    return f"batch-{job.id}-{row}"


def run_of_row(
    job: Job, requests: Mapping[str, Request], row: int, prompt: str, results: Sequence[Result]
) -> RunRecord:
    """What all models of a job answered to one row, as a run; an answer is one piece, since no more was kept of it.

    `requests` are those of the models without their prompts.
    """
    found = {result.key: result for result in results}
    keys = [Key(row, model, repeat) for repeat in range(1, job.repeats + 1) for model in job.models]
    started = [result.started for result in results if result.started is not None]
    run = Run(
        [replace(requests[key.model], prompt=prompt) for key in keys],
        created=min(started, default=datetime.now(UTC)),
        simulated=job.simulated,
        vertexai=job.vertexai,
        catalog_version=job.catalog_version,
        setup=Setup(len(job.models), job.repeats, group=f"batch-{job.id}", owner=job.owner),
        run_id=run_id_of(job, row),
    )
    for index, key in enumerate(keys):
        _fill(run, index, found.get(key))
    return run_record(run.snapshot())


def _fill(run: Run, index: int, result: Result | None) -> None:
    if result is None:
        run.end_like(index, Ending(LaneStatus.STOPPED, Facts(), None, _NOT_ASKED, None))
        return
    facts = Facts(result.usage, result.finish_reason, served_model=result.served_model)
    if result.text:
        at = result.first_visible_s or result.first_token_s or 0.0
        usage = result.usage
        run.receive(index, Chunk(at, result.text, "", usage.output_tokens, usage.thinking_tokens), facts)
    status = LaneStatus.DONE if result.status is Status.OK else LaneStatus.FAILED
    run.end_like(index, Ending(status, facts, _failure(result), None, result.total_s))


def _failure(result: Result) -> Failure | None:
    if result.status is Status.OK:
        return failure_of_finish(
            result.finish_reason,
            None,
            has_text=bool(result.text),
            model=result.key.model,
            thinking_tokens=result.usage.thinking_tokens,
        )
    known = result.error_kind in set(FailureKind)
    return Failure(FailureKind(result.error_kind) if known else FailureKind.UNKNOWN, result.error, "", "")
