"""What differs between models, in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations

from catalog.evidence import agree
from catalog.fields import Field, Holds
from catalog.schema import Basis, Claim, Value
from catalog.words import listing, number

_OF_ONE_MAKER = {"Gemini API (AI Studio)", "Vertex AI"}
"""Platforms that offer the same models, each at prices of its own, so that prices of both do not mix."""
_DAYS_A_MONTH = 365.25 / 12
_YES = ("supported", "implicit only")


@dataclass(frozen=True, slots=True)
class Side:
    """One model's part in a comparison: the name to use in a sentence and the claim that stands, if there is one."""

    name: str
    claim: Claim | None


def differs(sides: Sequence[Side]) -> bool:
    """Whether any two sides differ: in value, in having a value, or in having a list price."""
    keys = [_value(side.claim) for side in sides]
    return any(not _same(one, other) for one, other in combinations(keys, 2))


def difference(field: Field, sides: Sequence[Side]) -> str:
    """The difference of a field in words, an empty text where there is none.

    Numbers become a ratio of the largest to the smallest ("Pro: 2x the context"), dates a span, lists and support
    what each has alone. A missing value is named, never counted as nothing.
    """
    if not differs(sides):
        return ""
    known = [side for side in sides if _value(side.claim) is not None]
    missing = [side.name for side in sides if _value(side.claim) is None]
    platforms = {side.claim.platform for side in known if side.claim}
    if platforms >= _OF_ONE_MAKER:
        words = "not comparable, prices of different platforms"
    else:
        words = _known(field, known) if len(known) > 1 and differs(known) else ""
    if missing and field.path.startswith("prices."):
        gap = f"no list price for {listing(missing)}"
    elif missing:
        gap = f"not known for {listing(missing)}"
    else:
        gap = ""
    return "; ".join(part for part in (words, gap) if part)


def _value(claim: Claim | None) -> Value | None:
    """The value to compare, or None where there is no value to speak of."""
    if claim is None or claim.absent is not None or claim.basis is not Basis.LIST:
        return None
    return claim.value


def _same(one: Value | None, other: Value | None) -> bool:
    return one is other or (one is not None and other is not None and agree(one, other))


def _known(field: Field, sides: Sequence[Side]) -> str:
    values = [(side.name, side.claim.value) for side in sides if side.claim is not None]
    match field.holds:
        case Holds.COUNT | Holds.AMOUNT:
            return _numbers(field, [(name, float(v)) for name, v in values if isinstance(v, int | float)])
        case Holds.DATE:
            return _dates([(name, v) for name, v in values if isinstance(v, str)])
        case Holds.LIST:
            return _lists([(name, v) for name, v in values if isinstance(v, tuple)])
        case Holds.SUPPORT | Holds.PARAMETER:
            return _support([(name, str(v)) for name, v in values])
        case _:
            return "differs"


def _numbers(field: Field, values: Sequence[tuple[str, float]]) -> str:
    if not field.measures:
        return "differs"
    low = min(values, key=lambda pair: pair[1])
    high = max(values, key=lambda pair: pair[1])
    what = f" {field.measures}"
    if low[1] == 0:
        return f"{high[0]}: more than {low[0]}, which has 0"
    ratio = high[1] / low[1]
    if ratio < 1.01:
        gap = number(high[1] - low[1])
        return f"practically the same, {gap} apart"
    beside = f" of {low[0]}" if len(values) > 2 else ""
    if ratio < 1.1:
        return f"{high[0]}: {number((ratio - 1) * 100, 0)}% more{what.replace(' the ', ' ')} than {low[0]}"
    return f"{high[0]}: {ratio_words(ratio)}{what}{beside}"


def ratio_words(ratio: float) -> str:
    """A ratio above 1 as a reader says it: 2x, 1.6x, 12x, with the sign ×."""
    return f"{number(ratio, 1 if ratio < 10 else 0)}×"


def _dates(values: Sequence[tuple[str, str]]) -> str:
    first = min(values, key=lambda pair: pair[1])
    last = max(values, key=lambda pair: pair[1])
    after = f"after {first[0]}" if len(values) > 2 else "later"
    return f"{last[0]}: {span(first[1], last[1])} {after}"


def span(first: str, last: str) -> str:
    """The time between two dates (YYYY, YYYY-MM or YYYY-MM-DD) as precisely as both are known."""
    precision = min(first.count("-"), last.count("-"))
    if precision == 2:
        days = (date.fromisoformat(last) - date.fromisoformat(first)).days
        return _plural(days, "day") if days < 60 else _plural(round(days / _DAYS_A_MONTH), "month")
    if precision == 1:
        months = _months(last) - _months(first)
        return _plural(months, "month") if months else "less than a month"
    return _plural(int(last[:4]) - int(first[:4]), "year")


def _months(text: str) -> int:
    return int(text[:4]) * 12 + int(text[5:7])


def _plural(count: int, word: str) -> str:
    return f"{count} {word}{'' if count == 1 else 's'}"


def _lists(values: Sequence[tuple[str, tuple[str, ...]]]) -> str:
    parts = []
    for index, (name, words) in enumerate(values):
        others = {word for at, (_, theirs) in enumerate(values) if at != index for word in theirs}
        alone = [word for word in words if word not in others]
        if alone:
            parts.append(f"only {name}: {listing(alone)}")
    return "; ".join(parts) or "differs"


def _support(values: Sequence[tuple[str, str]]) -> str:
    having = [name for name, word in values if word in _YES]
    lacking = [name for name, word in values if word == "not supported"]
    if having and lacking and len(having) + len(lacking) == len(values):
        return f"only {listing(having)}"
    return "; ".join(f"{name}: {word}" for name, word in values)
