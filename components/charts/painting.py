"""Real colours for a figure that is drawn outside the app, where no theme puts them in the place of its stand-ins."""

from typing import Any

from components.charts.colours import INK, SERIES
from components.charts.style import TEXT

_STAND_INS = {TEXT: INK} | {f"#{place:06d}": paint for place, paint in enumerate(SERIES, 1)}


def coloured(part: dict[str, Any], dark: bool) -> dict[str, Any]:
    """A figure as plain data with each stand-in of a colour replaced; colours that hold on both papers stay."""
    return {name: _coloured(name, value, dark) for name, value in part.items()}


def _coloured(name: str, value: Any, dark: bool) -> Any:
    if isinstance(value, dict):
        return coloured(value, dark)
    if isinstance(value, list):
        return [_coloured(name, each, dark) for each in value]
    # Only colours: a model may be called like one.
    if isinstance(value, str) and name.endswith("color") and value in _STAND_INS:
        return _STAND_INS[value].on(dark)
    return value
