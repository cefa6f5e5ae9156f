"""Quality against price or speed, with the line that no other model beats."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import plotly.graph_objects as go

from components.charts.style import GREY, PAIRED_LEGEND, Dot, Look, figure, legend_room, marker, title, whisker


@dataclass(frozen=True, slots=True)
class Point:
    """One model as a point; `look` is None for a model that is there for comparison only, named on hover alone."""

    across: float
    dot: Dot
    look: Look | None


def scatter(
    points: Sequence[Point], line: Sequence[tuple[float, float]], across: str, up: str, log: bool, rising: bool
) -> go.Figure:
    """Points with whiskers, and the Pareto line as steps; `rising` says whether the better is further up.

    `across` and `up` are the titles of the scales; `log` spreads the horizontal one, for prices.
    """
    others = [point for point in points if point.look is None]
    chosen = [point for point in points if point.look is not None]
    traces = [_steps(line)] if len(line) > 1 else []
    if others:
        traces.append(_points(others, Look("other models", GREY, "circle"), 8, False))
    traces += [_points([point], point.look, 13, True) for point in chosen if point.look]
    return figure(
        traces,
        440,
        margin={"l": 4, "r": 16, "t": legend_room(len(traces)), "b": 4},
        legend=PAIRED_LEGEND,
        xaxis=_price_scale(points, across) if log else {"title": title(across), "rangemode": "tozero"},
        yaxis={"title": title(up), "autorange": True if rising else "reversed"},
    )


def _price_scale(points: Sequence[Point], words: str) -> dict[str, Any]:
    """A logarithmic scale with ticks at 1, 2 and 5 of each power of ten, in dollars."""
    if not points:
        return {"type": "log", "title": title(words)}
    every = [step * 10.0**power for power in range(-3, 4) for step in (1, 2, 5)]
    lowest, highest = min(point.across for point in points), max(point.across for point in points)
    ticks = [each for each in every if lowest / 2.1 <= each <= highest * 2.1]
    return {
        "type": "log",
        "title": title(words),
        "tickvals": ticks,
        "ticktext": [f"${each:g}" for each in ticks],
    }


def _steps(line: Sequence[tuple[float, float]]) -> go.Scatter:
    return go.Scatter(
        x=[across for across, _ in line],
        y=[up for _, up in line],
        name="best value",
        mode="lines",
        line={"shape": "hv", "width": 1.5, "dash": "dot", "color": GREY},
        hoverinfo="skip",
    )


def _points(points: Sequence[Point], look: Look, size: int, named: bool) -> go.Scatter:
    name = escape(look.name, quote=False)
    dots = [point.dot for point in points]
    return go.Scatter(
        x=[point.across for point in points],
        y=[dot.score for dot in dots],
        name=name,
        mode="markers+text" if named else "markers",
        text=[name] * len(points) if named else None,
        textposition="top center",
        marker=marker(look, [dot.measured for dot in dots], size),
        error_y=whisker(dots, look.colour, 1.5 if named else 1),
        hovertext=[dot.hover_text for dot in dots],
        hoverinfo="text",
        showlegend=True,
    )
