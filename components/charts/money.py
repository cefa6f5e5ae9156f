"""US dollars where a chart has little room for them."""

from typing import Any

_WHOLE = 100


def dollars(value: float) -> str:
    """Dollars as short as they can be read: $1,235 from a hundred on, $12.34 from one on, $0.0123 below that."""
    size, sign = abs(value), "-" if value < 0 else ""
    if size == 0:
        return "$0"
    if size < 0.9995:
        return f"{sign}${float(f'{size:.3g}'):,.6f}".rstrip("0") if size >= 0.0000005 else "under $0.000001"
    return f"{sign}${size:,.0f}" if size >= _WHOLE - 0.005 else f"{sign}${size:,.2f}".removesuffix(".00")


def dollar_scale(words: dict[str, Any]) -> dict[str, Any]:
    """A scale in dollars from zero; `words` is its title as `style.title` gives it."""
    return {"title": words, "rangemode": "tozero", "tickprefix": "$", "separatethousands": True, "nticks": 6}
