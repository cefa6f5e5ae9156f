"""What the answers of each model have cost, as bars."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import plotly.graph_objects as go

from components.charts.legend import above
from components.charts.money import dollar_scale, dollars
from components.charts.style import TEXT, Look, figure, title

_BAR = 30
_GAP = 16
_SCALE = 48


@dataclass(frozen=True, slots=True)
class Spent:
    """US dollars for all answers of one model, and how many there were."""

    look: Look
    usd: float
    answers: int


def spend(models: Sequence[Spent]) -> go.Figure:
    """A bar a model, in the given order, with its amount beside it. Raises ValueError for no models."""
    if not models:
        raise ValueError("a chart of what was spent needs at least one model")
    traces = [_bar(each, at) for at, each in enumerate(models)]
    legend, room = above(traces)
    most = max(each.usd for each in models) or 1.0
    height = len(models) * (_BAR + _GAP)
    return figure(
        traces,
        height + room + _SCALE,
        margin={"l": 8, "r": 16, "t": room, "b": _SCALE, "autoexpand": False},
        xaxis=dollar_scale(title("US dollars at list price")) | {"range": [0, most * 1.22]},
        yaxis={"range": [-height, 0], "showticklabels": False, "showgrid": False},
        barmode="overlay",
        legend=legend,
    )


def _bar(each: Spent, at: int) -> go.Bar:
    name = escape(each.look.name, quote=False)
    return go.Bar(
        x=[each.usd],
        y=[-(at + 0.5) * (_BAR + _GAP)],
        orientation="h",
        width=_BAR,
        name=name,
        marker={"color": each.look.colour, "line": {"width": 0}},
        text=[dollars(each.usd)],
        textposition="outside",
        textfont={"color": TEXT, "size": 13},
        cliponaxis=False,
        hovertext=[f"{name}<br>{dollars(each.usd)} for {each.answers:,} answers"],
        hoverinfo="text",
        showlegend=True,
    )
