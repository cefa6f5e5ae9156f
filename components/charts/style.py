"""The look that all charts share: quiet grid, no zooming, legend on top, room that suits a phone."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import plotly.graph_objects as go

from catalog.schema import Measured

GREY = "#7b8794"
# Stands for the theme's text colour, which Streamlit puts in its place; its own choice for charts is too pale to read.
TEXT = "#000037"
MARKER_SIZE = 11
# Entries of one width stand in pairs on a phone; without it each would have a row of its own.
PAIRED_LEGEND = {
    "orientation": "h",
    "entrywidth": 104,
    "x": 0,
    "xanchor": "left",
    "y": 1,
    "yanchor": "top",
    "yref": "container",
    "itemclick": False,
    "itemdoubleclick": False,
}
_ENDINGS = {Measured.INDEPENDENT: "", Measured.MAKER: "-open", Measured.UNKNOWN: "-open-dot"}
MEASURED_WORDS = {
    Measured.INDEPENDENT: "independent",
    Measured.MAKER: "by the maker",
    Measured.UNKNOWN: "by unknown",
}


@dataclass(frozen=True, slots=True)
class Look:
    """How one model is drawn everywhere: its name, its colour as CSS and its Plotly symbol."""

    name: str
    colour: str
    symbol: str


@dataclass(frozen=True, slots=True)
class Dot:
    """One score in the unit of its scale, the ends of its interval where one is known, and what hovering it says."""

    score: float
    low: float | None
    high: float | None
    measured: Measured
    hover: tuple[str, ...]

    @property
    def hover_text(self) -> str:
        """The lines of the hover box as Plotly takes them."""
        return "<br>".join(escape(line, quote=False) for line in self.hover)


def symbol(look: Look, measured: Measured) -> str:
    """Filled where measured independently, hollow where the maker did it, hollow with a dot where nobody says."""
    return look.symbol + _ENDINGS[measured]


def figure(traces: Sequence[go.Scatter | go.Scatterpolar], height: int, **layout: Any) -> go.Figure:
    """A figure of `height` pixels in the shared look; `layout` has what is its own. Fonts come with the theme."""
    axis = {"fixedrange": True, "zeroline": False, "showgrid": True, "ticks": "", "tickfont": {"color": TEXT}}
    scales = {"xaxis", "yaxis", *(name for name in layout if name.startswith(("xaxis", "yaxis")))}
    own = {name: {**axis, **layout.pop(name, {})} for name in sorted(scales)}
    shared: dict[str, Any] = {
        "height": height,
        "font": {"color": TEXT},
        "margin": {"l": 4, "r": 10, "t": 36, "b": 4},
        "hovermode": "closest",
        # Dragging would zoom, and on a phone keep the page from scrolling.
        "dragmode": False,
        "hoverlabel": {"align": "left"},
        "legend": {"orientation": "h", "x": 0, "xanchor": "left", "y": 1, "yanchor": "bottom", "itemclick": False},
        **own,
    }
    return go.Figure(list(traces), {**shared, **layout})


def scale_of(unit: str, span: tuple[float, float] | None) -> dict[str, Any]:
    """A scale in `unit`; one that is bounded by `span` shows both ends and leaves room for dots there."""
    sign = "%" if unit == "%" else ""
    if span is None:
        return {"nticks": 6, "ticksuffix": sign}
    low, high = span
    room = (high - low) / 50
    quarters = [low + (high - low) * step / 4 for step in range(5)]
    texts = [f"{each:g}{sign}" for each in quarters]
    return {"range": [low - room, high + room], "tickvals": quarters, "ticktext": texts}


def title(text: str) -> dict[str, Any]:
    """The title of a scale."""
    return {"text": escape(text, quote=False), "font": {"color": TEXT, "size": 12}, "standoff": 14}


def legend_room(entries: int) -> int:
    """The pixels that the legend needs above a plot when it stands in pairs, as on a phone."""
    return 12 + 19 * -(-entries // 2)


def legend_only(name: str, marker: str, colour: str = GREY) -> go.Scatter:
    """An entry of the legend without points of its own."""
    drawn = {"symbol": marker, "color": colour, "size": MARKER_SIZE, "line": {"width": 2 if "open" in marker else 0}}
    return go.Scatter(x=[None], y=[None], name=escape(name, quote=False), mode="markers", marker=drawn)


def marker(look: Look, measured: Sequence[Measured], size: int = MARKER_SIZE) -> dict[str, Any]:
    """The markers of one model's points."""
    line = {"width": [0 if each is Measured.INDEPENDENT else 2 for each in measured]}
    return {"symbol": [symbol(look, each) for each in measured], "color": look.colour, "size": size, "line": line}


def wrapped(text: str, width: int) -> str:
    """The text broken into lines of at most `width` characters where its words allow, for labels inside a plot."""
    lines = [""]
    for word in text.split():
        if lines[-1] and len(lines[-1]) + 1 + len(word) > width:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return "<br>".join(lines)


def whisker(dots: Sequence[Dot], colour: str, thickness: float = 1.5) -> dict[str, Any]:
    """The error bars of these dots; a dot without a known interval has none."""
    return {
        "type": "data",
        "symmetric": False,
        "array": [0 if dot.high is None else dot.high - dot.score for dot in dots],
        "arrayminus": [0 if dot.low is None else dot.score - dot.low for dot in dots],
        "thickness": thickness,
        "width": 0,
        "color": colour,
    }
