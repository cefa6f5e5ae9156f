"""Dots with whiskers: a row a test, a dot a model, a whisker for its 95% interval."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import plotly.graph_objects as go

from catalog.schema import Measured
from components.charts.style import (
    MEASURED_WORDS,
    PAIRED_LEGEND,
    TEXT,
    Dot,
    Look,
    figure,
    legend_only,
    legend_room,
    marker,
    scale_of,
    symbol,
    whisker,
    wrapped,
)

_LINE = 16
_DOT = 13
_GAP = 10
_LABEL_WIDTH = 50
_SCALE = 26
_MANY = 8


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its name, what stands behind it, and a dot a model in the order of the looks, None where none is."""

    name: str
    note: str
    dots: tuple[Dot | None, ...]

    @property
    def label(self) -> str:
        """The name in bold and the note, on two lines where a phone has no room for both on one."""
        broken = "<br>" if len(self.name) + len(self.note) > _LABEL_WIDTH else "   "
        return f"<b>{wrapped(escape(self.name, quote=False), _LABEL_WIDTH)}</b>{broken}{escape(self.note, quote=False)}"


def whiskers(looks: Sequence[Look], rows: Sequence[Row], unit: str, span: tuple[float, float] | None) -> go.Figure:
    """All rows over one scale, whose `unit` stands below it; `span` bounds it, None where the scores shall.

    One pixel is one step of the vertical scale, so that names have room whatever the number of rows.
    """
    tops, height = _tops(rows)
    traces = [_dots(look, at, rows, tops) for at, look in enumerate(looks)]
    scale = {"range": _span(rows)} | scale_of(unit, span)
    traces.append(_names_trace(rows, tops, scale["range"][0]))
    entries = [*(legend_only(look.name, look.symbol, look.colour) for look in looks), *_legend(rows)]
    # Where a chart is longer than a window its scale stands on top as well, which needs a trace of its own.
    twice = len(rows) > _MANY
    above = legend_room(len(entries)) + _SCALE * twice
    traces.append(go.Scatter(x=[None], y=[None], xaxis="x2", showlegend=False, hoverinfo="skip", visible=twice))
    return figure(
        [*traces, *entries],
        height + above + _SCALE,
        margin={"l": 4, "r": 12, "t": above, "b": _SCALE, "autoexpand": False},
        xaxis=scale,
        xaxis2={**scale, "overlaying": "x", "side": "top", "matches": "x", "showgrid": False, "visible": twice},
        yaxis={
            "range": [-height, 0],
            "showticklabels": False,
            "tickvals": [-top for top in tops[1:]],
            "automargin": False,
        },
        legend=PAIRED_LEGEND,
    )


def _tops(rows: Sequence[Row]) -> tuple[list[int], int]:
    """Where each row begins, in pixels from the top, and the height of all."""
    tops, at = [], 0
    for row in rows:
        tops.append(at)
        at += _names(row) + _DOT * len(row.dots) + _GAP
    return tops, at


def _names(row: Row) -> int:
    return 8 + _LINE * (row.label.count("<br>") + 1)


def _names_trace(rows: Sequence[Row], tops: Sequence[int], left: float) -> go.Scatter:
    """The labels as one trace, which draws in half the time of as many annotations."""
    return go.Scatter(
        x=[left] * len(rows),
        y=[-top - 5 for top in tops],
        mode="text",
        text=[row.label for row in rows],
        textposition="bottom right",
        textfont={"color": TEXT, "size": 12},
        hoverinfo="skip",
        showlegend=False,
        cliponaxis=False,
    )


def _span(rows: Sequence[Row]) -> tuple[float, float]:
    """From the lowest to the highest end of any whisker, with room beside both."""
    dots = [dot for row in rows for dot in row.dots if dot]
    ends = [end for dot in dots for end in (dot.score, dot.low, dot.high) if end is not None]
    room = (max(ends) - min(ends) or abs(max(ends)) or 1) / 12
    return min(ends) - room, max(ends) + room


def _dots(look: Look, at: int, rows: Sequence[Row], tops: Sequence[int]) -> go.Scatter:
    here = [(row, top, dot) for row, top in zip(rows, tops, strict=True) if (dot := row.dots[at]) is not None]
    dots = [dot for _, _, dot in here]
    return go.Scatter(
        mode="markers",
        x=[dot.score for dot in dots],
        y=[-top - _names(row) - _DOT * (at + 0.5) for row, top, _ in here],
        marker=marker(look, [dot.measured for dot in dots]),
        error_x=whisker(dots, look.colour),
        hovertext=[dot.hover_text for dot in dots],
        hoverinfo="text",
        showlegend=False,
    )


def _legend(rows: Sequence[Row]) -> list[go.Scatter]:
    found = {dot.measured for row in rows for dot in row.dots if dot}
    return [
        legend_only(MEASURED_WORDS[each], symbol(Look("", "", "circle"), each)) for each in Measured if each in found
    ]
