"""How a batch went, in a few lines for the terminal."""

from collections.abc import Iterator

from catalog.words import listing, number, usd
from components.batch.progress import Latency, ModelProgress, Progress

ALL_THERE, SOME_FAILED, NOTHING_ASKED, STOPPED_EARLY, INTERRUPTED = 0, 1, 2, 3, 130
"""Exit codes."""
SIMULATED = "Simulated: no model wrote any of these answers, nothing was charged, and they are no evidence."


def short(progress: Progress) -> str:
    """What stands beside a progress bar: spend, failures, and how many calls are under way of how many."""
    window = sum(model.window for model in progress.models)
    words = [
        f"{progress.under_way}/{window} at once",
        f"{'≈' if progress.simulated else ''}{usd(float(progress.spent_usd))}",
    ]
    if progress.waiting:
        words.append(f"{progress.waiting} waiting")
    if progress.failed:
        words.append(f"{progress.failed} failed")
    return ", ".join((*words, *("paused" for _ in range(progress.state == "paused"))))


def closing_lines(progress: Progress, place: str, asked_before: int = 0, *, remote: bool = False) -> tuple[str, ...]:
    """The last lines: what is there, how fast it went, what it cost, and what went wrong; simulated answers say so."""
    return tuple(_lines(progress, place, asked_before, remote))


def _lines(progress: Progress, place: str, asked_before: int, remote: bool) -> Iterator[str]:
    if progress.reason:
        yield progress.reason
    failed = f", {progress.failed:,} of them failures" if progress.failed else ""
    yield f"{progress.done:,} of {progress.total:,} answers are in {place}{failed}."
    if not remote:
        yield _pace(progress)
    if progress.found or asked_before:
        yield _resumed(progress, asked_before)
    for model in progress.models:
        if model.total.n:
            yield _times(model)
    yield _spend(progress, "the price in batch" if remote else "list price")
    if progress.errors:
        yield _errors(progress)
    if progress.simulated:
        yield SIMULATED


def _pace(progress: Progress) -> str:
    new = progress.done - progress.found
    rate = f", {number(new / progress.elapsed_s, 1)} a second" if progress.elapsed_s else ""
    at_once = listing([f"{model.concurrency} of {model.model}" for model in progress.models])
    return f"{new:,} answers in {number(progress.elapsed_s, 1)} s{rate}, with up to {at_once} at once."


def _resumed(progress: Progress, asked_before: int) -> str:
    line = f"{progress.found:,} were there already."
    if not asked_before:
        return line
    were, them = ("was", "it") if asked_before == 1 else ("were", "them")
    return (
        f"{line} {asked_before:,} {were} under way when the last session broke off, and asked again: the service may "
        f"have charged for {them} twice."
    )


def _times(model: ModelProgress) -> str:
    whole, first = _percentiles(model.total), _percentiles(model.first)
    return f"{model.model}: whole answer {whole}; first text {first} ({model.total.n:,} answers of this session)."


def _percentiles(latency: Latency) -> str:
    pairs = (("p50", latency.p50), ("p90", latency.p90), ("p95", latency.p95), ("p99", latency.p99))
    return ", ".join(f"{name} {number(seconds, 3)} s" for name, seconds in pairs if seconds is not None) or "not known"


def _spend(progress: Progress, price: str) -> str:
    verb = "Would have cost" if progress.simulated else "Cost"
    words = [f"{verb} {usd(float(progress.spent_usd))} at {price}."]
    if progress.discarded_usd:
        words.append(f"About {usd(float(progress.discarded_usd))} of it is for answers that broke off.")
    if progress.uncounted:
        words.append(f"Calls of {listing(progress.uncounted)} are not in it: the catalog has no list price for them.")
    return " ".join(words)


def _errors(progress: Progress) -> str:
    kinds = listing([f"{count:,} {kind.replace('_', ' ')}" for kind, count in progress.errors])
    again = f", {progress.again:,} of them after part of the answer had arrived" if progress.again else ""
    return f"Failed calls: {kinds}. {progress.retries:,} calls were made again{again}."
