"""Seeded draws of weightings near the reader's and of what the measures leave open. Plain numbers in and out.

That weights vary by a lognormal factor, each for itself, is a choice of this catalog and no published method.
"""

import math
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from random import Random

from catalog.decision import Nearness

_EVEN = 1e-12
"""Leads smaller than this are rounding alone."""

Column = Sequence[float]
"""One number a draw."""


@dataclass(frozen=True, slots=True)
class Spread:
    """What is known of one model on one criterion.

    `middle` on the scale, one standard deviation `below` and `above` it, and the part of the scale that is `open`,
    because values are missing: it is added evenly from 0 to all of it.
    """

    middle: float
    below: float = 0.0
    above: float = 0.0
    open: float = 0.0

    @property
    def is_exact(self) -> bool:
        """Whether nothing is left to draw."""
        return not (self.below or self.above or self.open)


@dataclass(frozen=True, slots=True)
class Shares:
    """In which part of the draws (0 to 1) the best model comes out best: of all, by weights alone, by measures alone.

    `by_model` is the part of all draws that each model wins; a tie is shared. `apart_low` and `apart_high` are the 95%
    interval of the lead of the best model over its rival at the given weights, criteria of cost left out.
    """

    best: float
    weights: float
    measures: float
    by_model: tuple[float, ...]
    apart_low: float
    apart_high: float


def shares(
    near: Nearness,
    spreads: Sequence[Sequence[Spread]],
    weights: Sequence[float],
    leads: Sequence[Sequence[float]],
    best: int,
    rival: int,
    beside_cost: Sequence[bool],
) -> Shares:
    """Counts who wins the draws.

    `spreads` by model and criterion; `leads` are those of the best model over each other one by criterion, 0 where
    they cannot be compared; `beside_cost` tells which criteria are not about cost. The same draws serve every call
    with as many models and criteria, so that answers differ by what is asked and never by luck.
    """
    used = [at for at, weight in enumerate(weights) if weight > 0 and _differs([spread[at] for spread in spreads])]
    drawn = [{at: _drawn(near, row, at, spread[at]) for at in used} for row, spread in enumerate(spreads)]
    near_by = {at: [weights[at] * factor for factor in _factors(near.seed, near.draws, near.factor, at)] for at in used}
    everything = _wins([_sum(near_by, columns, used, near.draws) for columns in drawn])
    at_weights = _wins([_sum_at(weights, columns, used, near.draws) for columns in drawn])
    of_quality = [at for at in used if beside_cost[at]]
    ahead, behind = (_sum_at(weights, drawn[at], of_quality, near.draws) for at in (best, rival))
    low, high = _middle_95([one - other for one, other in zip(ahead, behind, strict=True)])
    return Shares(everything[best], _held(near_by, leads, used, near.draws), at_weights[best], everything, low, high)


def _differs(spreads: Sequence[Spread]) -> bool:
    """Whether a criterion can tell models apart at all."""
    return any(not each.is_exact or each.middle != spreads[0].middle for each in spreads)


def _drawn(near: Nearness, row: int, at: int, spread: Spread) -> Column | float:
    """The places of one model on one criterion, a number where all draws are the same.

    Noise is normal on each side of the middle, with a standard deviation of its own.
    """
    if spread.is_exact:
        return spread.middle
    places: Column = [spread.middle] * near.draws
    if spread.below or spread.above:
        low, high, middle = spread.below, spread.above, spread.middle
        normal = _normals(near.seed, near.draws, row, at)
        places = [middle + (high if each > 0 else low) * each for each in normal]
    if spread.open:
        evenly = _evenly(near.seed, near.draws, row, at)
        places = [place + spread.open * each for place, each in zip(places, evenly, strict=True)]
    return places


def _sum(
    weights: dict[int, list[float]], places: dict[int, Column | float], used: Sequence[int], draws: int
) -> list[float]:
    """The score of one model in each draw: the sum of drawn weight times drawn place."""
    total = [0.0] * draws
    for at in used:
        place = places[at]
        if isinstance(place, float):
            if place:
                total = [each + place * weight for each, weight in zip(total, weights[at], strict=True)]
        else:
            columns = zip(total, weights[at], place, strict=True)
            total = [each + weight * drawn for each, weight, drawn in columns]
    return total


def _sum_at(
    weights: Sequence[float], places: dict[int, Column | float], used: Sequence[int], draws: int
) -> list[float]:
    """The same where the weights are not drawn."""
    exact = math.fsum(weights[at] * place for at in used if isinstance(place := places[at], float))
    total = [exact] * draws
    for at in used:
        place, weight = places[at], weights[at]
        if not isinstance(place, float):
            total = [each + weight * drawn for each, drawn in zip(total, place, strict=True)]
    return total


def _wins(scores: Sequence[Column]) -> tuple[float, ...]:
    """The share of the draws that each model wins, even scores shared."""
    won = [0.0] * len(scores)
    for row in zip(*scores, strict=True):
        top = max(row) - _EVEN
        ahead = [at for at, score in enumerate(row) if score >= top]
        for at in ahead:
            won[at] += 1 / len(ahead)
    return tuple(each / len(scores[0]) for each in won)


def _held(weights: dict[int, list[float]], leads: Sequence[Sequence[float]], used: Sequence[int], draws: int) -> float:
    """The share of the weightings in which the best model is ahead of all others, an even one counting half."""
    columns = [_sum(weights, dict(enumerate(lead)), used, draws) for lead in leads]
    narrowest = [min(row) for row in zip(*columns, strict=True)]
    return sum(1.0 if each > _EVEN else 0.5 if each >= -_EVEN else 0.0 for each in narrowest) / draws


def _middle_95(values: list[float]) -> tuple[float, float]:
    ordered = sorted(values)
    cut = round(0.025 * len(ordered))
    return ordered[cut], ordered[-1 - cut]


@lru_cache(maxsize=64)
def _factors(seed: int, draws: int, factor: float, at: int) -> Sequence[float]:
    return array("d", (float(factor**each) for each in _gauss(f"{seed} weight {at}", draws)))


@lru_cache(maxsize=256)
def _normals(seed: int, draws: int, row: int, at: int) -> Sequence[float]:
    return array("d", _gauss(f"{seed} noise {row} {at}", draws))


@lru_cache(maxsize=256)
def _evenly(seed: int, draws: int, row: int, at: int) -> Sequence[float]:
    random = Random(f"{seed} open {row} {at}")
    return array("d", (random.random() for _ in range(draws)))


def _gauss(seed: str, draws: int) -> Iterator[float]:
    random = Random(seed)
    return (random.gauss() for _ in range(draws))
