"""Figures with their 95% intervals from few values: a median, a mean and a share of votes."""

from collections.abc import Sequence
from itertools import accumulate
from math import comb, exp, sqrt
from statistics import fmean, median, stdev

from catalog.criteria import OwnFigure
from catalog.intervals import wilson_limits

# The share of cases below each end of a 95% interval, as 1 in so many.
_TAIL = 40


def median_of(values: Sequence[float]) -> OwnFigure:
    """The median, with the interval between two of the values themselves, whatever they are distributed like.

    These are the k-th from below and from above, k being the largest number for which fewer than k of n coins come up
    heads at most once in 40 times (Thompson 1936, Annals of Mathematical Statistics 7:122-128; the sign test turned
    around). It exists from 6 values on and covers the true median at least 95 times in 100. Raises StatisticsError
    without values.
    """
    middle, count = median(values), len(values)
    at = _rank(count)
    if not at:
        return OwnFigure(middle, None, None, count)
    ordered = sorted(values)
    return OwnFigure(middle, ordered[at - 1], ordered[-at], count)


def _rank(count: int) -> int:
    below = accumulate(comb(count, heads) for heads in range(count + 1))
    return next(rank for rank, cases in enumerate(below) if _TAIL * cases > 2**count)


def mean_of(values: Sequence[float]) -> OwnFigure:
    """The mean of positive amounts, with an interval that stays above 0: Student's t on the logarithm of the mean.

    The standard error of the logarithm is that of the mean divided by the mean (delta method; Oehlert 1992, The
    American Statistician 46:27-29). There is none with one value, with a mean of 0, or where all values are the same.
    Raises StatisticsError without values.
    """
    middle, count = fmean(values), len(values)
    spread = stdev(values) if count > 1 else 0.0
    if not spread or middle <= 0:
        return OwnFigure(middle, None, None, count)
    # SciPy takes half a second to import, and most readers have no runs of their own.
    from scipy.special import stdtrit  # type: ignore[import-untyped]

    factor = exp(float(stdtrit(count - 1, 1 - 1 / _TAIL)) * spread / sqrt(count) / middle)
    return OwnFigure(middle, middle / factor, middle * factor, count)


def share_of_votes(points: Sequence[float]) -> OwnFigure:
    """The mean of votes that are 1 for a win, 0 for a loss and a half for a tie, with Wilson's interval of a share.

    Ties vary less than wins and losses, so with many of them the interval is rather too wide than too narrow. Raises
    StatisticsError without votes.
    """
    share, count = fmean(points), len(points)
    low, high = wilson_limits([(share, count)])[share, count]
    return OwnFigure(share, low, high, count)
