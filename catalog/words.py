"""Values and dates in the words and figures in which every page, table and export shows them."""

from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from catalog.fields import Field, Holds
from catalog.schema import Absent, Basis, Claim, Value

NOT_FOUND = "not found"
_CENTS_BELOW = 10_000
_CENT = Decimal("0.01")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_LONG_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def day(text: str | date, long: bool = False) -> str:
    """A date of any precision for reading: 5 Feb 2025, Feb 2025 or 2025; `long` spells the month out."""
    parts = [int(part) for part in str(text).split("-")]
    months = _LONG_MONTHS if long else _MONTHS
    words = [str(parts[0])]
    if len(parts) > 1:
        words.insert(0, months[parts[1] - 1])
    if len(parts) > 2:
        words.insert(0, str(parts[2]))
    return " ".join(words)


def when(text: str) -> str:
    """A date with its preposition: on 1 June 2026, in June 2026, in 2026."""
    return f"{'on' if text.count('-') == 2 else 'in'} {day(text, long=True)}"


def number(value: float, decimals: int = 4) -> str:
    """A number with thin grouping by commas and at most `decimals` digits after the point, without idle zeros."""
    text = f"{value:,.{decimals}f}" if not float(value).is_integer() else f"{value:,.0f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text


def points(difference: float) -> str:
    """The size of a difference between scores, to a tenth: 4.6 points, 1 point."""
    text = number(abs(difference), 1)
    return f"{text} point{'' if text == '1' else 's'}"


def usd(value: float) -> str:
    """US dollars with two digits after the point, or as many as the amount has, up to six."""
    if 0 < abs(value) < 0.000001:
        return f"{'-' if value < 0 else ''}under $0.000001"
    whole, _, cents = f"{abs(value):,.6f}".rstrip("0").partition(".")
    return f"{'-' if value < 0 else ''}${whole}.{cents.ljust(2, '0')}"


def money(value: Decimal | float) -> str:
    """US dollars as one reads them: with cents below ten thousand, and two digits of what is under a cent."""
    exact = value if isinstance(value, Decimal) else Decimal(str(value))
    size = abs(exact)
    sign = "−" if exact < 0 else ""
    if size == 0:
        return "$0"
    if size < Decimal("0.000001"):
        return f"{sign}under $0.000001"
    if size < _CENT:
        digits = 1 - size.adjusted()
        return f"{sign}${size.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP):f}"
    if size < _CENTS_BELOW:
        return f"{sign}${size.quantize(_CENT, ROUND_HALF_UP):,f}"
    return f"{sign}${size.quantize(Decimal(1), ROUND_HALF_UP):,f}"


def short_count(value: float) -> str:
    """A count where space is short: 2.1 M, 8.2 k, 950."""
    for size, letter in ((1_000_000, "M"), (1_000, "k")):
        # What rounds up to the next size is shown in it: 999,950 is 1 M and not 1,000 k.
        if value >= size * 0.99995:
            return f"{number(value / size, 1)} {letter}"
    return number(value)


def value(field: Field, shown: Value, basis: Basis = Basis.LIST) -> str:
    """A claimed value as a reader sees it, with its unit."""
    if isinstance(shown, str) and shown in set(Absent):
        return shown
    if field.path.startswith("prices.") and isinstance(shown, int | float):
        return Absent.NO_LIST_PRICE.value if basis is Basis.FREE else usd(float(shown))
    if isinstance(shown, bool):
        return "yes" if shown else "no"
    if isinstance(shown, tuple):
        return ", ".join(shown)
    if isinstance(shown, int | float):
        return f"{number(shown)}{_unit(field)}"
    return day(shown) if field.holds is Holds.DATE else shown


def claimed(field: Field, claim: Claim) -> str:
    """The value of one claim as it is listed among all claims; a free rate reads as one."""
    if claim.basis is Basis.FREE and claim.value == 0:
        return "$0.00 (free while on trial)"
    suffix = {Basis.RESELLER: " (reseller)", Basis.SUCCESSOR: " (rate of the model that took over)"}.get(
        claim.basis, ""
    )
    return value(field, claim.value) + suffix


def _unit(field: Field) -> str:
    units = {
        "tokens": " tokens",
        "x of Gemini 2.0 Pro": "×",
        "tokens per second": " tokens/s",
        "seconds": " s",
        "billion parameters": " billion",
        "billion tokens": " billion",
        "tokens per parameter": ":1",
        "percent": "%",
    }
    return units.get(field.units[0], "") if field.units else ""


def pages(tokens: float) -> str:
    """Tokens as pages of English, rounded to two digits: 750 tokens a page, which is 3,000 characters."""
    count = tokens / 750
    digits = len(str(int(count))) - 2
    rounded = round(count, -digits) if digits > 0 else max(1, round(count))
    return "1 page" if rounded == 1 else f"{number(rounded, 0)} pages"


def listing(words: tuple[str, ...] | list[str], last: str = "and") -> str:
    """Words as a sentence lists them: a, b and c."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {last} {words[-1]}"


def capital(sentence: str) -> str:
    """The sentence with a capital first letter and the rest untouched."""
    return sentence[:1].upper() + sentence[1:]
