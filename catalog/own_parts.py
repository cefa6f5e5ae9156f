"""A visitor's own measurements and votes as measures of a criterion, in place of the published ones."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from types import MappingProxyType

from catalog.decision import Criterion, Decision, Scales
from catalog.parts import Part
from catalog.scales import Reading, by_difference, by_ratio, rating_points, wilson
from catalog.schema import Model
from catalog.words import NOT_FOUND, money, number

VOTES_ANSWER = "reasoning"
"""The criterion that votes on answers are about."""


@dataclass(frozen=True, slots=True)
class OwnFigure:
    """A figure from a visitor's own runs: `low` and `high` are its 95% interval where known, `runs` how many."""

    value: float
    low: float | None
    high: float | None
    runs: int


def _nothing() -> Mapping[str, OwnFigure]:
    return MappingProxyType({})


def _no_votes() -> Mapping[tuple[str, str], OwnFigure]:
    return MappingProxyType({})


@dataclass(frozen=True, slots=True)
class OwnFigures:
    """A visitor's own measurements by model id; empty where there are none or the visitor does not want them used.

    Seconds, tokens a second and US dollars a request. `win` has the share (0 to 1) of votes that the first model of a
    pair of ids won, with the number of votes as its runs.
    """

    time_to_first_token: Mapping[str, OwnFigure] = field(default_factory=_nothing)
    output_speed: Mapping[str, OwnFigure] = field(default_factory=_nothing)
    usd_per_request: Mapping[str, OwnFigure] = field(default_factory=_nothing)
    win: Mapping[tuple[str, str], OwnFigure] = field(default_factory=_no_votes)


def own_parts(decision: Decision, criterion: Criterion, models: Sequence[Model], own: OwnFigures) -> Iterator[Part]:
    """The visitor's own figures for a criterion, each where two of the models share it."""
    scales, ratio = decision.scales, decision.noise.ratio
    if "time_to_first_token" in criterion.fields:
        figures = [own.time_to_first_token.get(model.id) for model in models]
        yield from _own_part("Time to first token, your runs", " s", figures, scales.time, ratio, False)
    if "output_speed" in criterion.fields:
        figures = [own.output_speed.get(model.id) for model in models]
        yield from _own_part("Output speed, your runs", " tokens/s", figures, scales.time, ratio, True)
    if criterion.bill:
        figures = [own.usd_per_request.get(model.id) for model in models]
        yield from _own_part("Cost a request, your runs", "$", figures, scales.money, ratio, False)
    if criterion.id == VOTES_ANSWER:
        yield from _votes_part(scales, models, own)


def _own_part(
    label: str, unit: str, figures: Sequence[OwnFigure | None], span: float, ratio: float, better: bool
) -> Iterator[Part]:
    """One own measurement; a figure without an interval is taken to be as noisy as a published one."""
    have = [each for each in figures if each is not None]
    if len(have) < min(2, len(figures)) or not have:
        return
    readings = [None if each is None else _own_reading(each, ratio) for each in figures]
    yield Part(
        label=label,
        benchmark=None,
        field=None,
        shown=tuple(
            NOT_FOUND if each is None else f"{_own_words(each, unit)} ({_runs(each.runs)})" for each in figures
        ),
        places=by_ratio(readings, span, better),
        basis=f"your own measurements, {_runs(sum(each.runs for each in have))}",
        own_runs=sum(each.runs for each in have),
        assumed_noise=any(each.low is None or each.high is None for each in have),
    )


def _own_reading(figure: OwnFigure, ratio: float) -> Reading:
    low = figure.value / ratio if figure.low is None else figure.low
    high = figure.value * ratio if figure.high is None else figure.high
    return Reading(figure.value, low, high)


def _own_words(figure: OwnFigure, unit: str) -> str:
    return money(figure.value) if unit == "$" else f"{number(figure.value, 2)}{unit}"


def _runs(count: int) -> str:
    return f"{count:,} run{'' if count == 1 else 's'}"


def _votes_part(scales: Scales, models: Sequence[Model], own: OwnFigures) -> Iterator[Part]:
    """Own votes as rating points, for the most models of which every pair has votes.

    A model's rating is its mean lead over all of them, itself included, which is the least-squares fit where every
    pair has votes; the noise of a lead is divided so that the difference of two ratings has what is left of it.
    """
    leads = {(one, other): _lead(own, models[one].id, models[other].id) for one, other in _pairs(len(models))}
    for size in range(len(models), 1, -1):
        for chosen in combinations(sorted(range(len(models)), key=lambda at: models[at].id), size):
            group = tuple(sorted(chosen))
            found = {pair: lead for pair in combinations(group, 2) if (lead := leads[pair]) is not None}
            if len(found) == size * (size - 1) // 2:
                yield _rated(scales, models, own, group, found)
                return


def _pairs(count: int) -> Iterator[tuple[int, int]]:
    return combinations(range(count), 2)


def _figure_of(own: OwnFigures, one: str, other: str) -> OwnFigure | None:
    """The win rate of `one` against `other`, whichever way round the votes were counted."""
    if (one, other) in own.win:
        return own.win[one, other]
    back = own.win.get((other, one))
    if back is None:
        return None
    low, high = (None if end is None else 1 - end for end in (back.high, back.low))
    return OwnFigure(1 - back.value, low, high, back.runs)


def _lead(own: OwnFigures, one: str, other: str) -> Reading | None:
    """The lead of `one` over `other` in rating points, from the win rate and its interval."""
    figure = _figure_of(own, one, other)
    if figure is None or figure.runs < 1:
        return None
    low, high = wilson(figure.value, figure.runs)
    ends = (figure.value, low if figure.low is None else figure.low, high if figure.high is None else figure.high)
    return Reading(*(rating_points(each, figure.runs) for each in ends))


def _rated(
    scales: Scales,
    models: Sequence[Model],
    own: OwnFigures,
    group: tuple[int, ...],
    leads: Mapping[tuple[int, int], Reading],
) -> Part:
    ratings: list[Reading | None] = [None] * len(models)
    shown = [NOT_FOUND] * len(models)
    for at in group:
        mine = [leads[at, other] if at < other else _turned(leads[other, at]) for other in group if other != at]
        share = math.sqrt(len(group) * (len(group) - 1))
        middle = math.fsum(lead.value for lead in mine) / len(group)
        below = math.hypot(*(lead.value - lead.low for lead in mine)) / share
        above = math.hypot(*(lead.high - lead.value for lead in mine)) / share
        ratings[at] = Reading(middle, middle - below, middle + above)
        shown[at] = _wins_words(own, models, at, group)
    votes = sum(figure.runs for pair in leads if (figure := _figure_of(own, models[pair[0]].id, models[pair[1]].id)))
    return Part(
        label="Your own blind votes",
        benchmark=None,
        field=None,
        shown=tuple(shown),
        places=by_difference(ratings, scales.rating, higher_is_better=True),
        basis=f"your own votes, {votes:,} in all",
        own_runs=votes,
    )


def _turned(lead: Reading) -> Reading:
    return Reading(-lead.value, -lead.high, -lead.low)


def _wins_words(own: OwnFigures, models: Sequence[Model], at: int, group: Sequence[int]) -> str:
    figures = [
        figure for other in group if other != at and (figure := _figure_of(own, models[at].id, models[other].id))
    ]
    votes = sum(figure.runs for figure in figures)
    wins = math.fsum(figure.value * figure.runs for figure in figures)
    return f"won {number(100 * wins / votes, 0)}% of {votes:,} votes"
