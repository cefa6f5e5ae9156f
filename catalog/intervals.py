"""95% intervals of scores and of the difference between two scores."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from statistics import NormalDist
from types import MappingProxyType

from catalog.schema import Absent, Benchmark, Result, Scoring

_Z = NormalDist().inv_cdf(0.975)

Limits = Mapping[tuple[float, int], tuple[float, float]]
"""Lower and upper limit of a share by the share and the number of questions, all shares from 0 to 1."""


@dataclass(frozen=True, slots=True)
class Interval:
    """A 95% interval in the unit of the score, and the method that it comes from."""

    low: float
    high: float
    method: str


def wilson_limits(shares: Iterable[tuple[float, int]]) -> Limits:
    """95% limits of each share (0 to 1) of a number of questions, by Wilson's score interval of statsmodels.

    Wilson (1927), Probable inference, the law of succession, and statistical inference, JASA 22:209-212.
    """
    asked = list(dict.fromkeys(shares))
    if not asked:
        return MappingProxyType({})
    # Statsmodels takes half a second to import, and only a catalog without a compiled form needs it.
    from statsmodels.stats.proportion import proportion_confint

    right, counts = [share * count for share, count in asked], [count for _, count in asked]
    low, high = proportion_confint(right, counts, alpha=0.05, method="wilson")
    found = zip(asked, low, high, strict=True)
    return MappingProxyType({pair: (float(lower), float(upper)) for pair, lower, upper in found})


def share_of(benchmark: Benchmark, result: Result) -> tuple[float, int] | None:
    """The share of questions behind a result and their number, or None where the score is no share or n is unknown.

    Grades between none and full vary no more than right and wrong answers with the same mean, so for a graded test
    the interval of a share is the widest that can be true.
    """
    questions = benchmark.questions_of(result)
    is_share = benchmark.scoring in (Scoring.PROPORTION, Scoring.GRADED) and benchmark.unit == "percent"
    if not is_share or questions is None or isinstance(result.score, Absent) or not 0 <= result.score <= 100:
        return None
    return result.score / 100, questions


def score_interval(benchmark: Benchmark, result: Result, limits: Limits) -> Interval | None:
    """The interval of one score: the published one, else Wilson's by the number of questions, else None.

    `limits` must hold the pair that `share_of` gives for the result.
    """
    if result.low is not None and result.high is not None:
        return Interval(result.low, result.high, "interval published by the source")
    pair = share_of(benchmark, result)
    if pair is None:
        return None
    low, high = limits[pair]
    kind = "right or wrong answers" if benchmark.scoring is Scoring.PROPORTION else "graded answers, widest case"
    return Interval(100 * low, 100 * high, f"Wilson interval from {pair[1]:,} questions ({kind})")


def difference_interval(
    one: float, around_one: Interval, other: float, around_other: Interval
) -> tuple[float, float, float]:
    """Lower and upper 95% limit of `one - other`, and the two-sided p value of no difference.

    The limits of two independent figures are recovered from their own (MOVER; Zou and Donner 2008, Statistics in
    Medicine 27:1693-1702); with Wilson's limits this is Newcombe's method 10 for two proportions (Newcombe 1998,
    Statistics in Medicine 17:873-890). Two models that answer the same questions vary together, so the interval is
    rather too wide than too narrow. The p value takes the half of the interval that faces zero as normal.
    """
    apart = one - other
    below = math.hypot(one - around_one.low, around_other.high - other)
    above = math.hypot(around_one.high - one, other - around_other.low)
    facing = below if apart > 0 else above
    return apart - below, apart + above, _p_value(abs(apart), facing)


def _p_value(apart: float, facing: float) -> float:
    if apart == 0:
        return 1.0
    return 2 * (1 - NormalDist().cdf(_Z * apart / facing)) if facing > 0 else 0.0


def holm(values: Iterable[float]) -> list[float]:
    """P values adjusted for being several, in the given order (Holm 1979, Scand. J. Statistics 6:65-70)."""
    given = list(values)
    adjusted = [0.0] * len(given)
    highest = 0.0
    for rank, at in enumerate(sorted(range(len(given)), key=given.__getitem__)):
        highest = max(highest, min(1.0, (len(given) - rank) * given[at]))
        adjusted[at] = highest
    return adjusted


def expected_share(points: float) -> float:
    """The share of votes, 0 to 1, that a lead of so many rating points predicts: 400 points are odds of 10 to 1.

    The logistic curve of Elo ratings, as LMArena scales its ratings (Chiang et al. 2024, arXiv:2403.04132).
    """
    return 1 / (1 + 10 ** (-points / 400))
