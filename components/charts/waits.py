"""How long answers take: for each model the share of its answers that are there after so many seconds."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import plotly.graph_objects as go

from components.charts.legend import above
from components.charts.style import MARKER_SIZE, Look, figure, title

_HEIGHT = 260
_SCALE = 48
_MOST_POINTS = 200
_MARKED = (0.5, 0.95)


@dataclass(frozen=True, slots=True)
class Waits:
    """The times of one model's whole answers in seconds, in any order; at least one."""

    look: Look
    seconds: tuple[float, ...]


def waits(models: Sequence[Waits]) -> go.Figure:
    """A rising line a model, with its marker where half and where 95 of 100 answers are there.

    Raises ValueError for no times.
    """
    if not models or not all(each.seconds for each in models):
        raise ValueError("a chart of waiting times needs at least one time for each model")
    traces = [trace for each in models for trace in (_line(each), _marks(each))]
    legend, room = above(traces[1::2])
    return figure(
        traces,
        _HEIGHT + room + _SCALE,
        margin={"l": 4, "r": 16, "t": room, "b": _SCALE},
        xaxis={"title": title("Seconds to the whole answer"), "rangemode": "tozero", "ticksuffix": " s", "nticks": 6},
        yaxis={
            "title": title("Answers that are there"),
            "range": [0, 103],
            "tickvals": [0, 25, 50, 75, 100],
            "ticktext": ["0%", "25%", "50%", "75%", "100%"],
        },
        legend=legend,
    )


def share_at(seconds: Sequence[float], share: float) -> float:
    """The shortest time by which at least this share of the answers, 0 to 1, is there; `seconds` are sorted."""
    return seconds[max(0, min(len(seconds) - 1, -(-round(share * len(seconds) * 1e6) // 1_000_000) - 1))]


def _line(each: Waits) -> go.Scatter:
    times = sorted(each.seconds)
    count = len(times)
    places = (
        range(count)
        if count <= _MOST_POINTS
        else [round(at * (count - 1) / _MOST_POINTS) for at in range(_MOST_POINTS + 1)]
    )
    return go.Scatter(
        x=[times[0], *(times[at] for at in places)],
        y=[0.0, *(100 * (at + 1) / count for at in places)],
        mode="lines",
        line={"color": each.look.colour, "width": 2, "shape": "hv"},
        name=escape(each.look.name, quote=False),
        hoverinfo="skip",
        showlegend=False,
    )


def _marks(each: Waits) -> go.Scatter:
    times = sorted(each.seconds)
    at = [share_at(times, share) for share in _MARKED]
    name = escape(each.look.name, quote=False)
    return go.Scatter(
        x=at,
        y=[100 * share for share in _MARKED],
        mode="markers",
        marker={"symbol": each.look.symbol, "color": each.look.colour, "size": MARKER_SIZE},
        name=name,
        hovertext=[
            f"{name}<br>{round(100 * share)}% within {value:.3g} s" for share, value in zip(_MARKED, at, strict=True)
        ],
        hoverinfo="text",
        showlegend=True,
    )
