"""The common scale of all measures: from 0 to 1, the best of the compared models at 1, ratios in logarithms."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

Z = NormalDist().inv_cdf(0.975)
"""Standard deviations on each side of a 95% interval."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a model stands on the scale from 0 to 1, the best of the compared being at 1, and its 95% interval.

    The middle is within 0 and 1, the interval may leave it.
    """

    middle: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Reading:
    """A measured value and its 95% interval, both in the unit of the measure."""

    value: float
    low: float
    high: float


def by_difference(readings: Sequence[Reading | None], span: float, higher_is_better: bool) -> tuple[Place | None, ...]:
    """Places by difference: `span`, in the unit of the readings, is the whole scale."""
    return _places([_over(each, span, higher_is_better) if each else None for each in readings])


def by_ratio(readings: Sequence[Reading | None], span: float, higher_is_better: bool) -> tuple[Place | None, ...]:
    """Places by ratio: a value `span` times as good is the whole scale further.

    Values must not be negative; 0 of something that costs is as good as anything else that is free and a whole scale
    better than all that is not.
    """
    known = [each for each in readings if each is not None]
    if any(each.low <= 0 for each in known):
        return tuple(None if each is None else _free(each, higher_is_better) for each in readings)
    logarithms = [each and Reading(*(math.log(end) for end in (each.value, each.low, each.high))) for each in readings]
    return by_difference(logarithms, math.log(span), higher_is_better)


def _free(reading: Reading, higher_is_better: bool) -> Place:
    middle = float((reading.value > 0) is higher_is_better)
    return Place(middle, middle, middle)


def _over(reading: Reading, span: float, higher_is_better: bool) -> Place:
    if higher_is_better:
        return Place(reading.value / span, reading.low / span, reading.high / span)
    return Place(-reading.value / span, -reading.high / span, -reading.low / span)


def _places(positions: Sequence[Place | None]) -> tuple[Place | None, ...]:
    """Moves the best to 1; where the models are further apart than the scale, it is stretched to hold them in order."""
    middles = [each.middle for each in positions if each is not None]
    best = max(middles, default=0.0)
    stretch = max(1.0, best - min(middles, default=0.0))
    return tuple(
        each and Place(*(_place(end, best, stretch) for end in (each.middle, each.low, each.high)))
        for each in positions
    )


def _place(position: float, best: float, stretch: float) -> float:
    return 1 - (best - position) / stretch


def wilson(share: float, trials: float) -> tuple[float, float]:
    """95% limits of a share (0 to 1) of so many trials, as `intervals.wilson_limits` gives them.

    Wilson (1927), JASA 22:209-212, in closed form: pages that see a share for the first time need not wait for
    statsmodels to be imported.
    """
    centre = (share + Z**2 / (2 * trials)) / (1 + Z**2 / trials)
    half = Z / (1 + Z**2 / trials) * math.sqrt(share * (1 - share) / trials + Z**2 / (4 * trials**2))
    return max(0.0, centre - half), min(1.0, centre + half)


def rating_points(share: float, votes: float) -> float:
    """The lead in rating points that a share of wins (0 to 1) stands for: 400 times the common logarithm of the odds.

    The logistic curve of Elo ratings, the inverse of `intervals.expected_share`. A share closer to 0 or 1 than half a
    vote of `votes` is taken for half a vote, since no number of votes proves endless odds.
    """
    kept = min(max(share, 0.5 / votes), 1 - 0.5 / votes) if votes >= 1 else 0.5
    return 400 * math.log10(kept / (1 - kept))
