"""Which inputs of a workload move its bill, and at which of their values two bills are equal. US dollars."""

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_FLOOR, Decimal
from itertools import pairwise
from typing import Any

from catalog.bill import DAYS_A_MONTH, bill_on, shapes, usd_per_day
from catalog.evidence import rule
from catalog.fields import FIELDS
from catalog.loading import Catalog
from catalog.prices import NoListPrice
from catalog.schema import Model
from catalog.tariffs import Rate, Terms, terms
from catalog.workload import Workload, faults, media_tokens

LABELS: Mapping[str, str] = {
    "requests_per_day": "Requests a day",
    "input_tokens": "Input tokens a request",
    "output_tokens": "Output tokens a request",
    "thinking_tokens": "Thinking tokens a request",
    "cached_tokens": "Cached tokens a request",
    "long_share": "Share of long requests",
    "long_input_tokens": "Input tokens of a long request",
    "batch_share": "Share of requests in batch",
    "images": "Images a request",
    "audio_minutes": "Minutes of audio a request",
    "video_minutes": "Minutes of video a request",
    "stored_tokens": "Tokens kept in caches",
    "storage_hours": "Hours of storage a day",
}
"""The inputs that move the bill of a day, by their attribute of `Workload`; growth moves that of a year alone."""
_WHOLE = ("input_tokens", "output_tokens", "thinking_tokens", "cached_tokens", "long_input_tokens", "stored_tokens")
_TEXTS = ("input_tokens", "long_input_tokens")
_MEDIA = ("images", "audio_minutes", "video_minutes")
_STORAGE = ("stored_tokens", "storage_hours")
_MOST = Decimal(10**12)
_FINE = Decimal("1e-9")


@dataclass(frozen=True, slots=True)
class Mover:
    """One input of the workload and the bill a month with half and with double of it, US dollars.

    `now` is the bill as it is. `halved` and `doubled` are the values that were tried, which stay within what is
    possible; `half` and `double` are None where such a request has no list price.
    """

    field: str
    label: str
    half: Decimal | None
    double: Decimal | None
    now: Decimal
    halved: Decimal
    doubled: Decimal


@dataclass(frozen=True, slots=True)
class Crossing:
    """Where one input, the others as they are, makes another model the cheaper one.

    At `at` both bills are equal. For a `step` they never are: up to `at` the one is cheaper, and above it begins a
    price tier in which the other one is. The models are named by their ids.
    """

    field: str
    label: str
    at: Decimal
    cheaper_below: str
    cheaper_above: str
    step: bool


def movers(catalog: Catalog, model: Model, platform: str, workload: Workload, on: date) -> tuple[Mover, ...]:
    """What half and double of each input do to the bill a month, the largest effect first; without those of no effect.

    Shares stop at 1, hours at 24 and cached tokens at the input; where half of the input is less than the cached
    tokens, all of it is cached. Empty where the workload has no list price. Raises ValueError for an impossible
    workload.
    """
    agreed = terms(model, platform, catalog.decision.rules, on)
    now = bill_on(agreed, workload)
    if isinstance(now, NoListPrice):
        return ()
    found = [_mover(agreed, workload, name, now.usd_a_month) for name in LABELS if getattr(workload, name)]
    return tuple(sorted((each for each in found if _effect(each)), key=_effect, reverse=True))


def _effect(mover: Mover) -> Decimal:
    """The larger of both differences; one that ends the list price comes before all others."""
    if mover.half is None or mover.double is None:
        return Decimal("Infinity")
    return max(abs(mover.half - mover.now), abs(mover.double - mover.now))


def _mover(agreed: Terms, workload: Workload, name: str, now: Decimal) -> Mover:
    less, more = (times(workload, name, factor) for factor in (Decimal("0.5"), Decimal(2)))
    half, double = (usd_per_day(agreed, each) for each in (less, more))
    return Mover(
        field=name,
        label=LABELS[name],
        half=None if half is None else half * DAYS_A_MONTH,
        double=None if double is None else double * DAYS_A_MONTH,
        now=now,
        halved=Decimal(getattr(less, name)),
        doubled=Decimal(getattr(more, name)),
    )


def times(workload: Workload, name: str, factor: Decimal) -> Workload:
    """The workload with one input multiplied, within what is possible, as `movers` says; tokens stay whole."""
    value = min(getattr(workload, name) * factor, _highest(workload, name))
    changed = with_value(workload, name, value)
    return replace(changed, cached_tokens=min(changed.cached_tokens, changed.input_tokens))


def with_value(workload: Workload, name: str, value: Decimal) -> Workload:
    """The workload with one input set to a value, tokens to the nearest whole one."""
    exact: Any = round(value) if name in _WHOLE else value
    return replace(workload, **{name: exact})


def _highest(workload: Workload, name: str) -> Decimal:
    bounds = {"long_share": 1, "batch_share": 1, "storage_hours": 24, "cached_tokens": workload.input_tokens}
    return Decimal(bounds.get(name, _MOST))


def crossings(
    catalog: Catalog, one: tuple[Model, str], other: tuple[Model, str], workload: Workload, on: date
) -> tuple[Crossing, ...]:
    """At which value of each input, the others as they are, the cheaper of two models changes; inputs as in `LABELS`.

    `one` and `other` are a model with its platform. Between price tiers bills are linear in each input, so that a
    crossing is exact. Prompts go as far as both context windows, output as far as both output limits. Storage is left
    out of both bills where its price is not known for one. Raises ValueError for an impossible workload.
    """
    wrong = faults(workload)
    if wrong:
        raise ValueError(" ".join(wrong))
    first, second = (terms(model, platform, catalog.decision.rules, on) for model, platform in (one, other))
    stored = isinstance(first.storage, Rate) and isinstance(second.storage, Rate)
    pair = _Pair(
        first,
        second,
        workload if stored else replace(workload, stored_tokens=0),
        prompt_limit=_smallest((one[0], other[0]), "context_window", on),
        output_limit=_smallest((one[0], other[0]), "output_limit", on),
    )
    names = [name for name in LABELS if stored or name not in _STORAGE]
    return tuple(found for name in names for found in _crossings(pair, name))


@dataclass(frozen=True, slots=True)
class _Pair:
    """Two models whose bills for one workload are held against each other; limits in tokens, those of both models."""

    one: Terms
    other: Terms
    workload: Workload
    prompt_limit: Decimal
    output_limit: Decimal

    @property
    def sides(self) -> tuple[Terms, Terms]:
        """Both models."""
        return self.one, self.other

    def gap(self, name: str, value: Decimal) -> Decimal | None:
        """How much more the first one costs a day with an input set to a value, None without a list price."""
        changed = with_value(self.workload, name, value)
        sides = [usd_per_day(each, changed) for each in self.sides]
        if sides[0] is None or sides[1] is None:
            return None
        return sides[0] - sides[1]


@dataclass(frozen=True, slots=True)
class _Knot:
    """The gap at a value of an input; it is linear from the knot before unless a `jump` lies between."""

    value: Decimal
    gap: Decimal | None
    jump: bool


def _smallest(models: Sequence[Model], path: str, on: date) -> Decimal:
    found = [rule(model.claims[path], FIELDS[path], on).standing.value for model in models if path in model.claims]
    return min((Decimal(each) for each in found if isinstance(each, int)), default=_MOST)


def _crossings(pair: _Pair, name: str) -> Iterator[Crossing]:
    sign, equal, last = 0, None, _Knot(Decimal(0), None, True)
    for knot in _knots(pair, name):
        now = int(knot.gap.compare(0)) if knot.gap is not None else 0
        if knot.gap is None:
            sign, equal = 0, None
        elif now == 0:
            equal = knot.value if equal is None else equal
        else:
            if now == -sign:
                step = equal is None and knot.jump
                at = equal if equal is not None else last.value if step else _between(last, knot)
                names = (pair.one.model.id, pair.other.model.id)
                below, above = names if sign < 0 else names[::-1]
                yield Crossing(name, LABELS[name], at, below, above, step)
            sign, equal = now, None
        last = knot


def _between(before: _Knot, after: _Knot) -> Decimal:
    """The value between two knots at which the gap is 0."""
    start, end = before.gap or Decimal(0), after.gap or Decimal(0)
    return before.value + (after.value - before.value) * start / (start - end)


def _knots(pair: _Pair, name: str) -> Iterator[_Knot]:
    """The gap at both ends of each stretch on which it is linear, which after a step begins just above it."""
    steps = _steps(pair, name)
    for low, high in pairwise(_stops(pair, name, steps)):
        jump = low in steps
        if name in _WHOLE:
            first = low + 1 if jump else low
            yield _Knot(first, pair.gap(name, first), jump)
            yield _Knot(high, pair.gap(name, high), False)
        else:
            middle, end = pair.gap(name, (low + high) / 2), pair.gap(name, high)
            yield _Knot(low, None if middle is None or end is None else 2 * middle - end, jump)
            yield _Knot(high, end, False)


def _stops(pair: _Pair, name: str, steps: Set[Decimal]) -> list[Decimal]:
    """The values of an input at which the gap may jump or bend, with the least and the highest possible one."""
    workload = pair.workload
    least = Decimal(workload.cached_tokens if name == "input_tokens" else 0)
    bends = {"cached_tokens": workload.long_input_tokens, "long_input_tokens": workload.cached_tokens}
    most = _floor(name, _most(pair, name))
    inner = {*steps, Decimal(bends.get(name, 0)), most}
    return sorted({each for each in inner if least < each <= most} | {least})


def _steps(pair: _Pair, name: str) -> Set[Decimal]:
    """The highest values of an input with which a prompt stays within a tier of either model."""
    fills = (value for side in pair.sides for limit in side.limits for value in _filling(pair, side, name, limit))
    return {_floor(name, value) for value in fills}


def _floor(name: str, value: Decimal) -> Decimal:
    return value.quantize(Decimal(1) if name in _WHOLE else _FINE, ROUND_FLOOR)


def _most(pair: _Pair, name: str) -> Decimal:
    workload = pair.workload
    if name == "output_tokens":
        return pair.output_limit - workload.thinking_tokens
    if name == "thinking_tokens":
        return pair.output_limit - workload.output_tokens
    fills = [value for side in pair.sides for value in _filling(pair, side, name, pair.prompt_limit)]
    return min([_highest(workload, name), *fills])


def _filling(pair: _Pair, side: Terms, name: str, prompt: int | Decimal) -> Iterator[Decimal]:
    """The values of an input at which a prompt, short or long, has so many tokens; none for other inputs."""
    if name in _TEXTS:
        yield prompt - media_tokens(pair.workload, side.rules, side.model.family).total
    elif name in _MEDIA:
        tried = (with_value(pair.workload, name, Decimal(count)) for count in (0, 1))
        none, single = (media_tokens(each, side.rules, side.model.family).total for each in tried)
        for _, text, _ in shapes(pair.workload):
            yield (prompt - text - none) / (single - none)
