"""A visitor's own figures about models, from the runs in the history, to be weighed in the place of published ones."""

from collections.abc import Callable, Collection, Iterable, Mapping, MutableMapping, Sequence
from datetime import date
from itertools import combinations
from statistics import fmean, median
from types import MappingProxyType
from typing import TYPE_CHECKING

from catalog.criteria import OwnFigure, OwnFigures
from catalog.loading import Catalog
from catalog.prices import Cost
from components.archive.tally import Spoilt
from components.measured.answers import NEWEST_RUNS, Answer, answers_of, names_of
from components.measured.intervals import mean_of, median_of, share_of_votes
from components.measured.votes import tally_of
from components.playground.ratings import Ballot, Vote
from components.playground.readings import call_cost

if TYPE_CHECKING:
    from components.history.store import Store

VOTES, LATENCY, COST = "votes", "latency", "cost"
KINDS = (VOTES, LATENCY, COST)
_POINTS = {Vote.ONE: 1.0, Vote.OTHER: 0.0}
_Runs = Mapping[str, Mapping[str, Sequence[Answer]]]
_Centre = Callable[[list[float]], float]


def own_figures(
    catalog: Catalog,
    store: "Store",
    owner: str,
    model_ids: Sequence[str],
    on: date,
    kinds: Collection[str] = KINDS,
    looked: MutableMapping[str, Spoilt] | None = None,
) -> OwnFigures:
    """What the owner's newest 500 runs with these models say about them, in the `kinds` that are wanted.

    Waiting times in seconds and speeds in tokens a second are medians, costs in US dollars are means at the list price
    of the day `on` on the platform that was called; each run counts once, its repeats taken together. A pair of
    `win` stands in the order of `model_ids`. What nothing is known about has no entry. Simulated and imported runs
    count nowhere, nor do answers that were stopped, cut off or failed, or that another model gave than was asked; of
    votes those count that the history page counts without imported ones. `looked` keeps which answers spoil a vote, so
    that they are read once. Raises HistoryError where the history cannot be read.
    """
    names = names_of(catalog, model_ids)
    rows = store.answers(owner, names, NEWEST_RUNS, LATENCY in kinds) if {LATENCY, COST} & set(kinds) else ()
    found = _by_run(answers_of(catalog, rows))
    timed, priced = (found if kind in kinds else {} for kind in (LATENCY, COST))
    cast = tally_of(catalog, store, owner, model_ids, looked).ballots if VOTES in kinds else ()
    return OwnFigures(
        time_to_first_token=_figures(timed, lambda each: each.taken.time_to_first_token_s, median, median_of),
        output_speed=_figures(timed, lambda each: each.taken.tokens_per_second, median, median_of),
        usd_per_request=_figures(priced, lambda each: _usd(catalog, each, on), fmean, mean_of),
        win=_wins(catalog, cast, model_ids),
    )


def _by_run(answers: Iterable[Answer]) -> _Runs:
    """The answers by model, and then by run."""
    found: dict[str, dict[str, list[Answer]]] = {}
    for answer in answers:
        found.setdefault(answer.model, {}).setdefault(answer.run_id, []).append(answer)
    return found


def _figures(
    answers: _Runs, value: Callable[[Answer], float | None], of_run: _Centre, of_all: Callable[[list[float]], OwnFigure]
) -> Mapping[str, OwnFigure]:
    """A figure a model with known values: repeats of a run are no runs of their own, so they are taken together."""
    values: dict[str, list[float]] = {}
    for model_id, runs in answers.items():
        known = ([found for each in run if (found := value(each)) is not None] for run in runs.values())
        values[model_id] = [of_run(run) for run in known if run]
    return MappingProxyType({model_id: of_all(known) for model_id, known in values.items() if known})


def _usd(catalog: Catalog, answer: Answer, on: date) -> float | None:
    cost = call_cost(catalog.models[answer.model], answer.taken, on, answer.vertexai)
    return float(cost.total_usd) if isinstance(cost, Cost) else None


def _wins(catalog: Catalog, cast: Sequence[Ballot], model_ids: Sequence[str]) -> Mapping[tuple[str, str], OwnFigure]:
    points: dict[tuple[str, str], list[float]] = {pair: [] for pair in combinations(model_ids, 2)}
    for ballot in cast:
        one, other = (model.id if (model := catalog.find(name)) else name for name in (ballot.one, ballot.other))
        won = _POINTS.get(ballot.vote, 0.5)
        if (one, other) in points:
            points[one, other].append(won)
        elif (other, one) in points:
            points[other, one].append(1 - won)
    return MappingProxyType({pair: share_of_votes(won) for pair, won in points.items() if won})
