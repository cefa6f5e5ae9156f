"""Who leads whom among models that are compared by pairs, and at which weights that changes."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise

from catalog.criteria import Measured
from catalog.schema import Model

EVEN = 1e-12
"""Leads closer than this differ by rounding alone."""

Apart = Sequence[Sequence[Sequence[float | None]]]
"""How much better one model is than another by criterion, model and other model; None where they cannot be compared."""

Leads = Mapping[tuple[int, int], float]
"""The lead of the first model of each pair over the second."""


@dataclass(frozen=True, slots=True)
class Threshold:
    """A weight (0 to 1) of one criterion at which the recommendation changes, the others keeping their proportions.

    `rises`: it lies above the reader's weight, and `becomes` (a model id) is recommended above it; else below it.
    """

    criterion: str
    at: float
    rises: bool
    becomes: str


@dataclass(frozen=True, slots=True)
class Pairs:
    """All models by pairs: who leads whom by how much, and who is preferred where two are even."""

    apart: Apart
    order: Sequence[int]

    def lead(self, weights: Sequence[float], one: int, other: int) -> float:
        """The weighted lead of one model over another, on what is known of both."""
        rows = zip(weights, self.apart, strict=True)
        return math.fsum(weight * (row[one][other] or 0.0) for weight, row in rows)

    def winner(self, weights: Sequence[float]) -> int | None:
        """The model whose narrowest lead is the widest, the first of the order among even ones."""
        leads = {pair: self.lead(weights, *pair) for pair in combinations(sorted(self.order), 2)}
        return self.winner_of(leads)

    def winner_of(self, leads: Mapping[tuple[int, int], float]) -> int | None:
        """The same with the leads of each pair in hand, the lower index first."""
        best, widest = None, -math.inf
        for one in self.order:
            others = (leads[one, each] if one < each else -leads[each, one] for each in self.order if each != one)
            narrowest = min(others, default=0.0)
            if narrowest > widest + EVEN:
                best, widest = one, narrowest
        return best

    def rival(self, weights: Sequence[float], best: int) -> int | None:
        """The model that comes closest to the best one."""
        others = [each for each in self.order if each != best]
        return min(others, key=lambda each: self.lead(weights, best, each), default=None)


def thresholds(
    pairs: Pairs, measures: Sequence[Measured], models: Sequence[Model], weights: Sequence[float]
) -> Iterator[Threshold]:
    """Every weight of one criterion at which another model is recommended, by criterion and then ascending.

    Each lead is a straight line over that weight, so the recommendation can only change where a lead is 0 or two leads
    are as wide.
    """
    for at, each in enumerate(measures):
        empty, full = _lines(pairs, weights, at)
        ends = [0.0, *_crossings(empty, full), 1.0]
        winners = [(left, pairs.winner_of(_between(empty, full, (left + right) / 2))) for left, right in pairwise(ends)]
        for (_, below), (point, above) in pairwise(winners):
            if below is not None and above is not None and below != above:
                rises = point > weights[at]
                yield Threshold(each.criterion.id, point, rises, models[above if rises else below].id)


def _lines(pairs: Pairs, weights: Sequence[float], at: int) -> tuple[Leads, Leads]:
    """The leads of each pair where a criterion has no weight and where it has all of it.

    The others keep their proportions; where they have no weight, they share it evenly.
    """
    rest = 1 - weights[at]
    others = [weight / rest if rest > EVEN else 1 / max(1, len(weights) - 1) for weight in weights]
    without = [0.0 if index == at else weight for index, weight in enumerate(others)]
    alone = [float(index == at) for index in range(len(weights))]
    both = [*combinations(sorted(pairs.order), 2)]
    return {pair: pairs.lead(without, *pair) for pair in both}, {pair: pairs.lead(alone, *pair) for pair in both}


def _between(empty: Leads, full: Leads, weight: float) -> Leads:
    return {pair: (1 - weight) * lead + weight * full[pair] for pair, lead in empty.items()}


def _crossings(empty: Leads, full: Leads) -> list[float]:
    """The weights, ascending, at which a lead is 0 or as wide as another one; what rounding makes of 0 is none."""
    lines = [(lead, full[pair]) for pair, lead in empty.items()]
    differences = [(a - sign * c, b - sign * d) for (a, b), (c, d) in combinations(lines, 2) for sign in (1, -1)]
    crossed = [(a, b) for a, b in [*lines, *differences] if a * b < 0 and min(abs(a), abs(b)) > EVEN]
    # Lines that meet in one point cross there once.
    return sorted({round(start / (start - end), 12) for start, end in crossed})
