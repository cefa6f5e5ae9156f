"""Every score of one edition of a test along one line, with the chosen models marked."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import plotly.graph_objects as go

from components.charts.style import GREY, PAIRED_LEGEND, Dot, Look, figure, legend_room, marker, scale_of, whisker

_STEP = 26
_SCALE = 30


@dataclass(frozen=True, slots=True)
class Mark:
    """One score; `look` is None for models that are there for comparison only."""

    dot: Dot
    look: Look | None


def strip(marks: Sequence[Mark], unit: str, span: tuple[float, float] | None) -> go.Figure:
    """The chosen models on a line each, all others together below them; `span` bounds the scale where it is known."""
    chosen = [mark for mark in marks if mark.look is not None]
    others = [mark for mark in marks if mark.look is None]
    traces = [_line([mark], mark.look, -_STEP * (at + 0.5), 12) for at, mark in enumerate(chosen) if mark.look]
    if others:
        traces.append(_line(others, Look("other models", GREY, "circle"), -_STEP * (len(chosen) + 0.5), 9))
    above = legend_room(len(traces))
    height = _STEP * (len(chosen) + bool(others))
    return figure(
        traces,
        height + above + _SCALE,
        margin={"l": 4, "r": 12, "t": above, "b": _SCALE, "autoexpand": False},
        legend=PAIRED_LEGEND,
        xaxis=scale_of(unit, span),
        yaxis={"range": [-height - 4, 4], "showticklabels": False, "showgrid": False},
    )


def _line(marks: Sequence[Mark], look: Look, at: float, size: int) -> go.Scatter:
    dots = [mark.dot for mark in marks]
    return go.Scatter(
        x=[dot.score for dot in dots],
        y=[at] * len(dots),
        name=escape(look.name, quote=False),
        mode="markers",
        marker=marker(look, [dot.measured for dot in dots], size),
        # Thirty whiskers on one line would hide one another.
        error_x=whisker(dots, look.colour) | {"visible": len(dots) == 1},
        hovertext=[dot.hover_text for dot in dots],
        hoverinfo="text",
        showlegend=True,
    )
