"""The scales of a chart outside the browser: which values they span, where their ticks stand and what those say."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Literal

from catalog.words import day

_DAY_MS = 86_400_000
_ROOM = 0.05
_SHORT = {3: "k", 6: "M", 9: "B", 12: "T"}
Kind = Literal["linear", "log", "date", "category"]


@dataclass(frozen=True, slots=True)
class Tick:
    """Where a tick stands on its scale, and what it says."""

    at: float
    text: str


@dataclass(frozen=True, slots=True)
class Scale:
    """A scale from `start` to `end` in its own unit: days, logarithms to ten, places of categories, or plain numbers.

    It runs backwards where the start is the higher one.
    """

    kind: Kind
    start: float
    end: float
    ticks: tuple[Tick, ...]
    categories: tuple[str, ...] = ()

    def place(self, value: Any) -> float | None:
        """Where a value stands, from 0 at the start to 1 at the end; None for a missing one."""
        number = self.number(value)
        return None if number is None else self.share(number)

    def share(self, number: float) -> float:
        """The same for a number in the scale's unit."""
        return (number - self.start) / (self.end - self.start)

    def number(self, value: Any) -> float | None:
        """A value of the figure in the unit of the scale; None where it cannot be drawn."""
        return number_on(self.kind, value, self.categories)


def number_on(kind: Kind, value: Any, categories: Sequence[str] = ()) -> float | None:
    """A value in the unit of a kind of scale; None for a missing one and for a logarithm of nothing."""
    if value is None:
        return None
    if kind == "category":
        return float(categories.index(str(value))) if str(value) in categories else None
    if kind == "date":
        return _days(value)
    number = float(value)
    if not math.isfinite(number) or (kind == "log" and number <= 0):
        return None
    return math.log10(number) if kind == "log" else number


def _days(value: Any) -> float:
    if isinstance(value, int | float):
        return float(value) / _DAY_MS
    moment = datetime.fromisoformat(str(value)).replace(tzinfo=None)
    return (moment - datetime(1970, 1, 1)).total_seconds() * 1000 / _DAY_MS


def kind_of(axis: dict[str, Any], values: Iterable[Any]) -> Kind:
    """The kind that an axis names, else categories where there are words and numbers where there are none."""
    named = axis.get("type")
    if named in ("linear", "log", "date", "category"):
        return named  # type: ignore[no-any-return]
    return "category" if any(isinstance(value, str) and not _is_number(value) for value in values) else "linear"


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


@dataclass(frozen=True, slots=True)
class Extent:
    """The values along one scale, in its unit, and whether they need room at each end, or start at zero."""

    low: float
    high: float
    room: bool = True
    from_zero: bool = False


def scale(axis: dict[str, Any], kind: Kind, found: Sequence[Extent], categories: Sequence[str], length: float) -> Scale:
    """The scale of an axis of `length` pixels over the extents of its traces; `axis` is Plotly's own description."""
    start, end = _ends(axis, kind, found, len(categories))
    return Scale(kind, start, end, tuple(_ticks(axis, kind, start, end, categories, length)), tuple(categories))


def _ends(axis: dict[str, Any], kind: Kind, found: Sequence[Extent], categories: int) -> tuple[float, float]:
    given = axis.get("range")
    if given and None not in given:
        # Plotly gives the ends of a logarithmic scale as logarithms.
        first, last = (float(end) if kind == "log" else number_on(kind, end) for end in given)
        if first is not None and last is not None and first != last:
            return first, last
    low, high = _span(found, kind, axis.get("rangemode") == "tozero", categories)
    return (high, low) if axis.get("autorange") == "reversed" else (low, high)


def _span(found: Sequence[Extent], kind: Kind, to_zero: bool, categories: int) -> tuple[float, float]:
    if kind == "category":
        return -0.5, max(categories, 1) - 0.5
    if not found:
        return 0.0, 1.0
    low, high = min(each.low for each in found), max(each.high for each in found)
    if kind == "linear" and (to_zero or any(each.from_zero for each in found)):
        low, high = min(low, 0.0), max(high, 0.0)
    if low == high:
        return (low - 1, high + 1) if low else (0.0, 1.0)
    room = _ROOM * (high - low) if any(each.room for each in found) else 0.0
    tight = kind == "linear" and (to_zero or any(each.from_zero for each in found))
    return low if tight and low == 0 else low - room, high if tight and high == 0 else high + room


def _ticks(
    axis: dict[str, Any], kind: Kind, start: float, end: float, categories: Sequence[str], length: float
) -> list[Tick]:
    low, high = min(start, end), max(start, end)
    if axis.get("tickvals") is not None:
        slack = (high - low) * 1e-9
        return [tick for tick in _given(axis, kind, categories) if low - slack <= tick.at <= high + slack]
    if kind == "category":
        return [Tick(place, name) for place, name in enumerate(categories)]
    count = axis.get("nticks") or _count(axis, length)
    if kind == "date":
        return _dates(low, high, count)
    if kind == "log":
        powers = range(math.ceil(low - 1e-9), math.floor(high + 1e-9) + 1)
        return [Tick(float(power), _signed(f"{10.0**power:,g}", axis)) for power in powers]
    return _numbered(_even(low, high, count), axis, max(abs(low), abs(high)))


def _given(axis: dict[str, Any], kind: Kind, categories: Sequence[str]) -> list[Tick]:
    """The ticks that a figure names itself, with its own words if it has any."""
    places = [number_on(kind, value, categories) for value in axis["tickvals"]]
    texts = axis.get("ticktext")
    if texts:
        return [Tick(place, str(text)) for place, text in zip(places, texts, strict=False) if place is not None]
    known = [place for place in places if place is not None]
    return _numbered(known, axis, max(map(abs, known), default=0.0))


def _count(axis: dict[str, Any], length: float) -> float:
    """How many ticks Plotly wants: one in 40 pixels of height or 80 of width, but five to ten."""
    least = 40 if axis.get("upright") else 80
    return min(max(length / least, 4), 9) + 1


def _even(low: float, high: float, count: float) -> list[float]:
    """Round numbers at even steps of 1, 2 or 5 times a power of ten, at most about `count` of them."""
    rough = (high - low) / max(count, 1)
    power = 10.0 ** math.floor(math.log10(rough))
    step = power * next(each for each in (2, 5, 10) if rough / power <= each + 1e-9)
    first, last = math.ceil(low / step - 1e-6), math.floor(high / step + 1e-6)
    return [round(at * step, 12) for at in range(first, last + 1)]


def _numbered(places: Sequence[float], axis: dict[str, Any], reach: float) -> list[Tick]:
    """Numbers without idle zeros, in thousands or millions where Plotly does so."""
    power = math.floor(math.log10(reach) + 0.01) if reach else 0
    thousands = 3 * round((power - 1) / 3) if power > 3 else 0
    shown = [place / 10.0**thousands for place in places]
    comma, ending = "," if axis.get("separatethousands") else "", _SHORT.get(thousands, "")
    texts = [_short(f"{each:{comma}.6f}").replace("-", "−") + (ending if each else "") for each in shown]
    return [Tick(place, _signed(text, axis)) for place, text in zip(places, texts, strict=True)]


def _short(text: str) -> str:
    """A number without zeros behind its point, and nothing without a sign."""
    short = text.rstrip("0").rstrip(".")
    return "0" if short == "-0" else short


def _signed(text: str, axis: dict[str, Any]) -> str:
    return f"{axis.get('tickprefix') or ''}{text}{axis.get('ticksuffix') or ''}"


def _dates(low: float, high: float, count: float) -> list[Tick]:
    """Firsts of years or months, or days, at even steps."""
    rough = (high - low) / max(count, 1)
    if rough < 20:
        return [Tick(at, day(_date(at))) for at in _even(low, high, count) if at == int(at)]
    months = next((each for each in (1, 2, 3, 6, 12, 24, 60, 120) if rough <= each * 30.5), 240)
    first = _date(low)
    at, found = first.year * 12 + first.month - 1, []
    while (place := _first_of(at)) <= high:
        if place >= low and at % months == 0:
            found.append(Tick(place, str(at // 12) if months >= 12 else day(f"{at // 12}-{at % 12 + 1:02}")))
        at += 1
    return found


def _date(days: float) -> date:
    return datetime.fromtimestamp(days * 86_400, UTC).date()


def _first_of(month: int) -> float:
    return float((date(month // 12, month % 12 + 1, 1) - date(1970, 1, 1)).days)
