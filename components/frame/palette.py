"""One colour a model, the same wherever it appears; the position of the marker says it as well."""

from collections.abc import Sequence
from dataclasses import dataclass

from catalog.schema import Model
from components.charts.colours import SERIES


@dataclass(frozen=True, slots=True)
class Colour:
    """A model's colour on a light and on a dark page, with AA contrast on each, and the marker that goes with it.

    `chart` is the colour in charts: a stand-in for which Streamlit puts the theme's chart colour of the same place,
    so that a chart follows a change of theme; `symbol` is Plotly's name of the marker.
    """

    light: str
    dark: str
    marker: str
    chart: str = "#000005"
    symbol: str = "circle"

    @property
    def css(self) -> str:
        """The colour as CSS that follows the theme of the page."""
        return f"light-dark({self.light}, {self.dark})"


_MARKERS = (("●", "circle"), ("■", "square"), ("▲", "triangle-up"), ("◆", "diamond"))
_COLOURS = tuple(
    Colour(paint.light, paint.dark, marker, f"#{place:06d}", symbol)
    for place, (paint, (marker, symbol)) in enumerate(zip(SERIES, _MARKERS, strict=False), 1)
)


def colours(models: Sequence[Model]) -> dict[str, Colour]:
    """A colour for each of up to four models: Pro is blue and Flash orange where both are there, others follow."""
    free = list(_COLOURS)
    given: dict[str, Colour] = {}
    for tier, wanted in (("pro", _COLOURS[0]), ("flash", _COLOURS[1])):
        first = next((model for model in models if model.tier == tier), None)
        if first is not None:
            given[first.id] = wanted
            free.remove(wanted)
    for model in models:
        if model.id not in given:
            given[model.id] = free.pop(0)
    return given
