"""What the readers of a link will see and what not, as a sentence lists it, before the link is made."""

from collections.abc import Sequence

from catalog.words import listing
from components.archive.wording import count_words, one_line
from components.batch.records import Job
from components.history.records import BatchRecord, RunRecord
from components.shared.apart import file_names

OF_RUN_UNSEEN = ("the files themselves", "your key", "your tags", "any other run")
OF_BATCH_UNSEEN = ("your key", "your limits", "any other batch or run")
_SHOWN_FILES = 3


def of_run(run: RunRecord, earlier: int, secret: bool) -> tuple[str, ...]:
    """What a link to a run shows; `earlier` turns come before it, and `secret` says that a vote is still to be cast."""
    requests = [lane.request for lane in run.lanes[: run.sides]]
    files = tuple(dict.fromkeys(name for request in requests for name in file_names(request)))
    seen = [
        "the prompt",
        "the system instruction" if any(request.get("system_instruction") for request in requests) else "",
        "the settings",
        f"{count_words(earlier, 'earlier turn')} with what was answered" if earlier else "",
        f"{_answers(len(run.lanes))} with times, tokens and cost",
        _names(files) if files else "",
        "your vote" if run.vote else "",
        _opinions(len(run.judgements)),
    ]
    if secret:
        seen[4] = f"{_answers(len(run.lanes))}, and whose is whose only after you have voted"
    return tuple(filter(None, seen))


def of_batch(batch: BatchRecord, job: Job) -> tuple[str, ...]:
    """What a link to a batch shows."""
    columns = [one_line(name, 40) for name in batch.columns[:_SHOWN_FILES]]
    left = len(batch.columns) - len(columns)
    named = listing([*columns, *([f"{left} more"] if left > 0 else [])])
    seen = [
        "the name of the batch",
        "the template",
        "the system instruction" if job.controls.system_instruction else "",
        "the settings and checks",
        f"{count_words(job.rows, 'row')} with all columns ({named})",
        f"{count_words(batch.done, 'answer')} with checks, times, tokens and cost",
    ]
    return tuple(filter(None, seen))


def _answers(count: int) -> str:
    return {1: "the answer", 2: "both answers"}.get(count, f"all {count} answers")


def _opinions(count: int) -> str:
    return {0: "", 1: "the opinion of a judge"}.get(count, f"{count} opinions of judges")


def _names(files: Sequence[str]) -> str:
    shown = [one_line(name, 60) for name in files[:_SHOWN_FILES]]
    left = len(files) - len(shown)
    named = listing([*shown, *([f"{left} more"] if left > 0 else [])])
    what = "the name of the attached file" if len(files) == 1 else f"the names of {len(files)} attached files"
    return f"{what} ({named})"
