"""Two models behind one door: what a mix, or the weaker first and the stronger when unsure, costs and gets right."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import islice, pairwise
from statistics import NormalDist
from typing import Literal

from catalog.pareto import front

STEPS = 20
# A bend that the eye can tell from a straight line, as a share of the chart's sides.
_BEND = 0.02
_DIGITS = 9
_HALVINGS = 50
_FARTHEST = 9.0


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two models: US dollars for 1,000 requests, the share of right answers (0 to 1) and mean seconds.

    `low` and `high` are the 95% interval of the quality; `seconds` is None where the waiting time is not known.
    """

    name: str
    usd: Decimal
    quality: float
    low: float
    high: float
    seconds: float | None


@dataclass(frozen=True, slots=True)
class Point:
    """What both models come to together when `share` (0 to 1) of the requests reach the stronger one.

    Units are those of `Side`. `best` is set where no other point is as cheap and as good, `knee` at the one from which
    more money begins to buy less.
    """

    share: float
    usd: Decimal
    quality: float
    low: float
    high: float
    seconds: float | None
    best: bool = False
    knee: bool = False


def ordered(one: Side, other: Side) -> tuple[Side, Side]:
    """The stronger and the weaker of two: the one with more right answers first, of equals the dearer."""
    strong, weak = sorted((one, other), key=lambda side: (side.quality, side.usd), reverse=True)
    return strong, weak


def mix(strong: Side, weak: Side, steps: int = STEPS) -> tuple[Point, ...]:
    """A share of the requests, drawn by lot, goes to the stronger model: `steps` + 1 shares from 0 to 1.

    Raises ValueError as `mixed` does and for fewer than one step.
    """
    return tuple(mixed(strong, weak, share) for share in _shares(steps))


def mixed(strong: Side, weak: Side, share: float) -> Point:
    """The mix at one share (0 to 1).

    Its interval goes from both low ends to both high ends: scores of the same questions err the same way, so the noise
    of one does not make up for that of the other. Raises ValueError for a share or a side out of bounds.
    """
    _check((strong, weak), share)
    low, quality, high = (
        one + share * (other - one)
        for one, other in ((weak.low, strong.low), (weak.quality, strong.quality), (weak.high, strong.high))
    )
    exact = _exact(share)
    usd = exact * strong.usd + (1 - exact) * weak.usd
    return Point(share, usd, quality, low, high, _seconds((1 - share, weak.seconds), (share, strong.seconds)))


def cascade(strong: Side, weak: Side, skill: float, steps: int = STEPS) -> tuple[Point, ...]:
    """The weaker model answers first and the stronger answers again where a signal says that the first is unsure.

    The points are `steps` + 1 shares of passed-on requests from 0 to 1. Raises ValueError as `cascaded` does and for
    fewer than one step.
    """
    return tuple(cascaded(strong, weak, skill, share) for share in _shares(steps))


def cascaded(strong: Side, weak: Side, skill: float, share: float) -> Point:
    """The cascade at one share (0 to 1) of passed-on requests.

    `skill` is the area under the ROC curve of the signal: 0.5 guesses, 1 finds each wrong answer. The signal of right
    and of wrong answers is taken as normal with equal variance (Green and Swets 1966, Signal Detection Theory and
    Psychophysics). How far both models fail on the same questions is not known: the quality is halfway between as much
    as possible and by chance, and the interval goes from the first with both low ends to the second with both high
    ends. Raises ValueError for a share, a skill or a side out of bounds.
    """
    _check((strong, weak), share)
    if not 0.5 <= skill <= 1:
        raise ValueError("the skill of the signal is between 0.5 (guessing) and 1 (always right)")
    alike, worst = (_quality(*pair, skill, share, True) for pair in _pairs(strong, weak, "low"))
    chance, finest = (_quality(*pair, skill, share, False) for pair in _pairs(strong, weak, "high"))
    usd = weak.usd + _exact(share) * strong.usd
    middle = alike + (chance - alike) / 2
    seconds = _seconds((1, weak.seconds), (share, strong.seconds))
    return Point(share, usd, middle, min(alike, worst), max(chance, finest), seconds)


def _pairs(strong: Side, weak: Side, end: Literal["low", "high"]) -> tuple[tuple[float, float], tuple[float, float]]:
    """Both scores, and both at one end of their intervals."""
    ends = (strong.low, weak.low) if end == "low" else (strong.high, weak.high)
    return (strong.quality, weak.quality), ends


def _quality(strong: float, weak: float, skill: float, share: float, nested: bool) -> float:
    """The share of right answers of a cascade.

    `nested`: the stronger is right wherever the weaker is, as far as its score allows; else each fails by chance.
    """
    lost, caught = _passed_on(weak, skill, share)
    both = min(strong, weak) if nested else strong * weak
    # Right answers that are passed on may turn wrong, wrong ones right.
    return weak - lost * (weak - both) + caught * (strong - both)


def _passed_on(weak: float, skill: float, share: float) -> tuple[float, float]:
    """The shares of the right and of the wrong answers that are passed on when `share` of all are."""
    wrong = 1 - weak
    if share in (0.0, 1.0) or skill == 0.5:
        return share, share
    if skill == 1:
        return (max(0.0, share - wrong) / weak if weak else share), (min(1.0, share / wrong) if wrong else share)
    apart = math.sqrt(2) * NormalDist().inv_cdf(skill)
    low, high = -_FARTHEST, _FARTHEST + apart
    for _ in range(_HALVINGS):
        limit = (low + high) / 2
        if weak * _above(limit) + wrong * _above(limit - apart) > share:
            low = limit
        else:
            high = limit
    return _above(low), _above(low - apart)


def _above(limit: float) -> float:
    """The share of a standard normal signal above a limit."""
    return math.erfc(limit / math.sqrt(2)) / 2


def best_of(*curves: Sequence[Point]) -> tuple[tuple[Point, ...], ...]:
    """The same curves with the points marked that nothing on any curve beats on cost and quality at once.

    Between two neighbours of a curve each share can be had, so the straight line between them counts as well.
    Qualities are compared to nine digits. The knee is the best point farthest above the line from the cheapest to the
    dearest best point, both scales taken as one; where the best points lie on a line there is none.
    """
    every = [point for curve in curves for point in curve]
    offers = [_offer(point) for point in every]
    legs = [leg for curve in curves for leg in pairwise(map(_offer, curve))]
    line = [place for place in front(offers) if not any(_passes_above(leg, offers[place]) for leg in legs)]
    knee = _knee([offers[place] for place in line])
    bend = line[knee] if knee is not None else None
    marked = iter([replace(point, best=at in line, knee=at == bend) for at, point in enumerate(every)])
    return tuple(tuple(islice(marked, len(curve))) for curve in curves)


def _offer(point: Point) -> tuple[float, float]:
    return float(point.usd), round(point.quality, _DIGITS)


def _passes_above(leg: tuple[tuple[float, float], tuple[float, float]], offer: tuple[float, float]) -> bool:
    """Whether the straight line between two points is better than an offer at the offer's cost."""
    (start, at_start), (end, at_end) = leg
    usd, quality = offer
    if not start < usd < end:
        return False
    return round(at_start + (at_end - at_start) * (usd - start) / (end - start) - quality, _DIGITS) > 0


def _knee(line: Sequence[tuple[float, float]]) -> int | None:
    """The place of the point farthest above the line between the ends, or None."""
    if len(line) < 3:
        return None
    (cheap, worst), (dear, finest) = line[0], line[-1]
    if dear == cheap or finest == worst:
        return None
    rises = [(quality - worst) / (finest - worst) - (usd - cheap) / (dear - cheap) for usd, quality in line]
    place = max(range(len(line)), key=rises.__getitem__)
    return place if rises[place] >= _BEND else None


def assumptions(strong: Side, weak: Side, skill: float) -> tuple[str, ...]:
    """What the two curves take for granted, a sentence each."""
    waits = (
        "A passed-on request waits for both models, one after the other."
        if strong.seconds is not None and weak.seconds is not None
        else "The waiting time is left out where it is not known for both models."
    )
    return (
        "Each request costs what the workload's mean request costs, whichever model it reaches.",
        "The quality is the share of right answers in the test; your own requests may be easier or harder.",
        f"In the mix, requests reach {strong.name} by lot.",
        f"In the cascade, {weak.name} answers every request and is paid for it, and its unsure answers go to "
        f"{strong.name}, which is paid as well.",
        f"How well the signal tells wrong answers from right ones is taken as {skill:.2f} on the scale from 0.5 "
        "(guessing) to 1 (never wrong); it is no measured value, and asking for it costs nothing extra.",
        "The signal of right and of wrong answers is taken as normal with equal variance.",
        f"How often both fail on the same question is not known: the curve is halfway between {strong.name} knowing "
        f"all that {weak.name} knows and each failing by chance, and the band takes in both.",
        "The bands go from both low ends to both high ends of the 95% intervals of the scores.",
        "The best points are judged by the middle of the bands.",
        waits,
    )


def _check(sides: tuple[Side, Side], share: float) -> None:
    if not 0 <= share <= 1:
        raise ValueError("the share that reaches the stronger model is between 0 and 1")
    for side in sides:
        if not 0 <= side.low <= side.quality <= side.high <= 1:
            raise ValueError(f"the quality of {side.name} and its interval are shares from 0 to 1 in their order")
        if side.usd < 0:
            raise ValueError(f"the cost of {side.name} is below 0")


def _shares(steps: int) -> list[float]:
    if steps < 1:
        raise ValueError("a curve needs at least one step")
    return [step / steps for step in range(steps + 1)]


def _exact(share: float) -> Decimal:
    """The share as it is written, without binary rounding."""
    return Decimal(str(share))


def _seconds(*parts: tuple[float, float | None]) -> float | None:
    """The sum of waiting times by their shares; one that nobody waits for need not be known."""
    total = 0.0
    for share, seconds in parts:
        if share and seconds is None:
            return None
        total += share * (seconds or 0.0)
    return total
