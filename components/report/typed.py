"""Values of tables with their numbers beside the words, and the quantities that sentences about them state."""

import re
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Context, Decimal

from catalog.schema import Claim, Kind
from catalog.tables import CONJECTURE
from catalog.words import day, money, number, usd
from components.report.ledger import Quantity
from components.report.quantities import dated
from components.report.state import Value

# Bills of the largest workloads have more digits than the 28 of the usual context.
_WIDE = Context(prec=120)
_DATE = re.compile(r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?")


def exact(value: Decimal | int) -> Decimal:
    """The same number without idle zeros and without an exponent, whatever its digits."""
    plain = Decimal(value).normalize(_WIDE)
    return plain if plain.as_tuple().exponent <= 0 else plain.quantize(Decimal(1), context=_WIDE)  # type: ignore[operator]


def product(*factors: Decimal | int) -> Decimal:
    """The product with all of its digits."""
    found = Decimal(1)
    for factor in factors:
        found = _WIDE.multiply(found, Decimal(factor))
    return exact(found)


def total(amounts: Sequence[Decimal]) -> Decimal:
    """The sum with all of its digits; 0 of nothing."""
    found = Decimal(0)
    for amount in amounts:
        found = _WIDE.add(found, amount)
    return exact(found)


def over(one: Decimal, other: Decimal | int) -> Decimal:
    """The quotient, to 28 digits where it never ends; raises ZeroDivisionError."""
    found = _WIDE.divide(one, Decimal(other))
    return exact(found if _WIDE.multiply(found, Decimal(other)) == one else +found)


def weakest(claims: Sequence[Claim]) -> Kind | None:
    """The kind of the claim that can be trusted least, since a result is no surer than what it rests on."""
    kinds = list(Kind)
    return max((claim.kind for claim in claims), key=kinds.index, default=None)


def sources_of(claims: Sequence[Claim]) -> tuple[str, ...]:
    """The sources of claims, each once."""
    return tuple(dict.fromkeys(claim.source for claim in claims))


def roughly(shown: str, kind: Kind | None) -> str:
    """The words with the sign of an estimate where they rest on one."""
    return f"≈ {shown}" if kind in CONJECTURE else shown


def words(text: str, note: str = "") -> Value:
    """A value that is no number."""
    return Value(text, note=note)


def amount(usd_exact: Decimal, kind: Kind | None = None, sources: tuple[str, ...] = (), note: str = "") -> Value:
    """US dollars as one reads them, with all digits in the number."""
    return Value(roughly(money(usd_exact), kind), exact(usd_exact), "USD", kind=kind, sources=sources, note=note)


def price(usd_exact: Decimal, kind: Kind | None = None, sources: tuple[str, ...] = (), note: str = "") -> Value:
    """A price in US dollars with all digits that it has, up to six after the point."""
    shown = roughly(usd(float(usd_exact)), kind)
    return Value(shown, exact(usd_exact), "USD", kind=kind, sources=sources, note=note)


def count(value: Decimal | int, unit: str, note: str = "") -> Value:
    """A count with thin grouping; `unit` is not part of the words."""
    return Value(number(float(value)), value if isinstance(value, int) else exact(value), unit, note=note)


def share(value: float, unit: str = "percent", decimals: int = 0, note: str = "") -> Value:
    """A share from 0 to 1 in percent."""
    percent = round(100 * value, 9)
    return Value(f"{number(percent, decimals)}%", percent, unit, note=note)


def on_day(day_: date, sources: tuple[str, ...] = (), kind: Kind | None = None) -> Value:
    """A day."""
    return Value(day(day_), day=day_, sources=sources, kind=kind)


def stated_amount(usd_exact: Decimal, what: str, sources: tuple[str, ...] = ()) -> Quantity:
    """US dollars as sentences state them."""
    return Quantity(money(usd_exact), exact(usd_exact), "USD", what, sources)


def stated_count(value: Decimal | float, unit: str, what: str, sources: tuple[str, ...] = ()) -> Quantity:
    """A count or a measure of at most four digits after the point."""
    return Quantity(number(float(value)), value, unit, what, sources)


def claimed(claim: Claim, what: str) -> Iterator[Quantity]:
    """What sentences may state of a claim: its value, the prompt sizes that it is limited to, and its date."""
    value = claim.value
    if isinstance(value, int | float) and not isinstance(value, bool):
        yield stated_count(value, claim.unit or "", what, (claim.source,))
    elif isinstance(value, str) and _DATE.fullmatch(value):
        yield dated(value, what, (claim.source,))
    for limit in (claim.prompt_up_to, claim.prompt_above):
        if limit:
            yield stated_count(limit, "tokens", f"{what}, size of prompts", (claim.source,))
    yield dated(claim.as_of, f"{what}, date of the source", (claim.source,))


def names_in_claims(claims: Sequence[Claim]) -> tuple[str, ...]:
    """Texts of claims whose digits are no numbers: scopes, platforms and values in words."""
    texts = [text for claim in claims for text in (claim.scope, claim.platform, claim.value) if isinstance(text, str)]
    return tuple(text for text in texts if not _DATE.fullmatch(text))
