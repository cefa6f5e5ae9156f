"""What a visitor's own requests look like on average, to start a workload from."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import TYPE_CHECKING

from catalog.loading import Catalog
from components.measured.answers import NEWEST_RUNS, Answer, answers_of, names_of

if TYPE_CHECKING:
    from components.history.store import Store


@dataclass(frozen=True, slots=True)
class OwnWorkload:
    """The mean tokens of one request over a number of own runs.

    `input_tokens` include those that were cached and those that tools put in, as they are billed.
    """

    runs: int
    input_tokens: float
    output_tokens: float
    thinking_tokens: float
    cached_tokens: float


def own_workload(
    catalog: Catalog, store: "Store", owner: str, model_ids: Sequence[str] | None = None
) -> OwnWorkload | None:
    """The mean request of the owner's newest 500 runs with these models, or with any; None where no run counts.

    Each run counts once, its answers taken together. Those count that `own_figures` counts and whose input and output
    the service has counted; thinking or cached tokens that it leaves out beside these are 0. Raises HistoryError where
    the history cannot be read.
    """
    names = None if model_ids is None else names_of(catalog, model_ids)
    runs: dict[str, list[tuple[float, ...]]] = {}
    for answer in answers_of(catalog, store.answers(owner, names, NEWEST_RUNS, in_pieces=False)):
        if (counts := _counts(answer)) is not None:
            runs.setdefault(answer.run_id, []).append(counts)
    if not runs:
        return None
    means = [_means(answers) for answers in runs.values()]
    return OwnWorkload(len(runs), *_means(means))


def _counts(answer: Answer) -> tuple[float, ...] | None:
    taken = answer.taken
    if taken.input_tokens is None or taken.output_tokens is None:
        return None
    read = taken.input_tokens + (taken.tool_tokens or 0)
    return read, taken.output_tokens, taken.thinking_tokens or 0, min(taken.cached_tokens or 0, read)


def _means(rows: Sequence[tuple[float, ...]]) -> tuple[float, ...]:
    return tuple(map(fmean, zip(*rows, strict=True)))
