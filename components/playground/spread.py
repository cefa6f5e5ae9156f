"""Repeats of one prompt: the middle and the spread of every measure a side, and how often the answers are the same."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from statistics import median, quantiles
from typing import Generic, TypeVar

from catalog.loading import Catalog
from catalog.words import number, usd
from components.gemini.content import PartKind
from components.playground.lanes import LaneSnapshot, LaneStatus, RunSnapshot
from components.playground.measures import measures
from components.playground.readings import cost_usd, seconds

FEWEST_FOR_QUARTILES = 4
_Number = TypeVar("_Number", float, Decimal)
_STATES = {
    LaneStatus.WAITING: "still running",
    LaneStatus.STREAMING: "still running",
    LaneStatus.DONE: "cut off",
    LaneStatus.STOPPED: "stopped",
    LaneStatus.FAILED: "failed",
    LaneStatus.INTERRUPTED: "interrupted",
}


@dataclass(frozen=True, slots=True)
class Spread(Generic[_Number]):
    """The middle and the spread of `n` values in their own unit; the quartiles are None for fewer than four values."""

    n: int
    median: _Number
    lowest: _Number
    highest: _Number
    lower_quartile: _Number | None = None
    upper_quartile: _Number | None = None


@dataclass(frozen=True, slots=True)
class LeftOut:
    """How many answers of a side are not in a spread, and why in a few words."""

    count: int
    reason: str


@dataclass(frozen=True, slots=True)
class SideSpread:
    """One measure over the whole answers of one side. `spread` is None where no answer has it; `text` says it all."""

    side: int
    spread: Spread[float] | Spread[Decimal] | None
    left_out: tuple[LeftOut, ...]
    text: str


@dataclass(frozen=True, slots=True)
class SpreadRow:
    """One measure: its label as in the readings, its unit ("s", "tokens/s", "tokens" or "USD"), and its sides."""

    label: str
    unit: str
    sides: tuple[SideSpread, ...]


@dataclass(frozen=True, slots=True)
class Sameness:
    """How alike the whole answers of one side are: of `n` there are `distinct` ones, the commonest `most` times."""

    side: int
    n: int
    distinct: int
    most: int

    @property
    def text(self) -> str:
        """It as a sentence, empty for fewer than two answers."""
        if self.n < 2:
            return ""
        if self.distinct == 1:
            return f"All {self.n} answers are identical."
        if self.most == 1:
            return f"All {self.n} answers differ."
        return f"{self.most} of {self.n} answers are identical; there are {self.distinct} different ones."


@dataclass(frozen=True, slots=True)
class _Kind(Generic[_Number]):
    """A measure: how to take it, why it may be missing, and how to show it."""

    label: str
    unit: str
    take: Callable[[LaneSnapshot], _Number | None]
    missing: Callable[[LaneSnapshot], str]
    show: Callable[[_Number], str]


def spread(values: Sequence[_Number]) -> Spread[_Number] | None:
    """The median, the ends and, from four values on, the quartiles; None for no values.

    Quartiles are interpolated between the values that there are, with the lowest and highest as the ends: definition 7
    in Hyndman and Fan (1996), https://doi.org/10.2307/2684934.
    """
    if not values:
        return None
    lower = upper = None
    if len(values) >= FEWEST_FOR_QUARTILES:
        lower, _, upper = quantiles(values, n=4, method="inclusive")
    return Spread(len(values), median(values), min(values), max(values), lower, upper)


def side_spreads(snapshot: RunSnapshot, catalog: Catalog, on: date) -> tuple[SpreadRow, ...]:
    """Every measure over the repeats of each side, over whole answers only; costs at the list prices of the day `on`.

    What is left out is counted with its reason: answers that were stopped, failed, interrupted, cut off or are still
    coming, and whole ones without this measure.
    """
    timed: tuple[_Kind[float], ...] = (
        _Kind("Time to first token", "s", lambda lane: lane.first_token_s, _no("nothing arrived"), seconds),
        _Kind("Time to first visible text", "s", lambda lane: lane.first_visible_s, _no("no text"), seconds),
        _Kind("Total time", "s", lambda lane: lane.total_s, _no("not known"), seconds),
        _Kind("Output speed", "tokens/s", lambda lane: measures(lane).tokens_per_second, _no_speed, _speed),
        _Kind("Output tokens", "tokens", lambda lane: _real(lane.usage.output_tokens), _no("not counted"), _count),
        _Kind("Thinking tokens", "tokens", lambda lane: _real(lane.usage.thinking_tokens), _no("not counted"), _count),
    )
    cost: _Kind[Decimal] = _Kind(
        "Cost", "USD", lambda lane: cost_usd(catalog, lane, on, snapshot.vertexai), _no_cost, _dollars
    )
    return (*(_row(snapshot, kind) for kind in timed), _row(snapshot, cost))


def sameness(snapshot: RunSnapshot) -> tuple[Sameness, ...]:
    """How often the whole answers of each side say exactly the same, thoughts apart."""
    found = []
    for side in range(snapshot.setup.sides):
        counts = Counter(_said(lane) for lane in snapshot.of_side(side) if lane.whole)
        found.append(Sameness(side, counts.total(), len(counts), max(counts.values(), default=0)))
    return tuple(found)


def _said(lane: LaneSnapshot) -> tuple[object, ...]:
    """What an answer says; where one piece of text ends and the next begins is no part of it."""
    told = (PartKind.TEXT, PartKind.THOUGHT)
    others = [(part.kind, part.name, part.text, part.data) for part in lane.parts if part.kind not in told]
    return (lane.text, *others)


def _row(snapshot: RunSnapshot, kind: _Kind[_Number]) -> SpreadRow:
    sides = tuple(_side(side, snapshot.of_side(side), kind) for side in range(snapshot.setup.sides))
    return SpreadRow(kind.label, kind.unit, sides)


def _side(side: int, lanes: Sequence[LaneSnapshot], kind: _Kind[_Number]) -> SideSpread:
    values: list[_Number] = []
    reasons = []
    for lane in lanes:
        value = kind.take(lane) if lane.whole else None
        if value is not None:
            values.append(value)
        else:
            reasons.append(kind.missing(lane) if lane.whole else _STATES[lane.status])
    found = spread(values)
    left_out = _counted(reasons)
    return SideSpread(side, found, left_out, _words(found, left_out, kind.show))


def _counted(reasons: Iterable[str]) -> tuple[LeftOut, ...]:
    return tuple(LeftOut(count, reason) for reason, count in Counter(reasons).items())


def _words(found: Spread[_Number] | None, left_out: Sequence[LeftOut], show: Callable[[_Number], str]) -> str:
    reasons = ", ".join(f"{each.count} {each.reason}" for each in left_out)
    rest = f"; left out: {reasons}" if reasons else ""
    if found is None:
        return f"no answer to measure{rest}"
    if found.n == 1:
        return f"{show(found.median)} (1 answer){rest}"
    middle = ""
    if found.lower_quartile is not None and found.upper_quartile is not None:
        middle = f", middle half {show(found.lower_quartile)} to {show(found.upper_quartile)}"
    ends = f"lowest {show(found.lowest)}, highest {show(found.highest)}"
    return f"median {show(found.median)} ({ends}{middle}; {found.n} answers){rest}"


def _no(reason: str) -> Callable[[LaneSnapshot], str]:
    return lambda _: reason


def _no_speed(lane: LaneSnapshot) -> str:
    return measures(lane).not_measurable or "not measurable"


def _no_cost(lane: LaneSnapshot) -> str:
    return "no token counts" if lane.usage.input_tokens is None else "no list price"


def _real(count: int | None) -> float | None:
    return None if count is None else float(count)


def _speed(value: float) -> str:
    return f"{number(value, 0)} tokens/s"


def _count(value: float) -> str:
    return number(value, 1)


def _dollars(value: Decimal) -> str:
    return usd(float(value))
