"""How the answer depends on one weight: each model's score while a criterion goes from nothing to everything."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import plotly.graph_objects as go

from catalog.words import listing, number
from components.charts.legend import above
from components.charts.style import GREY, MARKER_SIZE, TEXT, Look, figure, legend_only
from components.charts.style import title as scale_title

_HEIGHT_PX = 340
_NOTE_PX = 22
_STEPS = 20
_DASHES = ("solid", "9px,3px", "12px,3px,2px,3px", "4px,2px")


@dataclass(frozen=True, slots=True)
class Line:
    """One model's score, 0 to 1, at weight 0 of the criterion (`none`) and at its full weight (`full`).

    `full` is None where nothing is known of the model in this criterion, so that it may be anything from 0 to 1.
    """

    look: Look
    none: float
    full: float | None


@dataclass(frozen=True, slots=True)
class Crossing:
    """A weight, 0 to 1, at which the best model changes, and the names of the best below and above it."""

    at: float
    below: str
    above: str


def weighing(criterion: str, lines: Sequence[Line], now: float, crossings: Sequence[Crossing]) -> go.Figure:
    """Scores over the weight of `criterion` in percent, the other weights keeping their proportions.

    A dashed line marks the weight `now`, a ring each crossing. What is not known is the range that it may be in. Raises
    ValueError for no lines.
    """
    if not lines:
        raise ValueError("a chart of a weight needs at least one model")
    entries = _legend(lines, crossings)
    legend, room = above(entries)
    drawn = [trace for at, line in enumerate(lines) for trace in _line(line, _DASHES[at % len(_DASHES)])]
    return figure(
        [*drawn, *_rings(lines, crossings), *entries],
        _HEIGHT_PX + room,
        margin={"l": 4, "r": 22, "t": room + _NOTE_PX, "b": 4},
        legend=legend,
        xaxis={
            "title": scale_title(f"Weight of {criterion}"),
            "range": [0, 100],
            "tickvals": [0, 25, 50, 75, 100],
            "ticktext": ["0%", "25%", "50%", "75%", "100%"],
        },
        yaxis={"title": scale_title("Score, of 100"), "range": _reach(lines), "tickvals": [0, 25, 50, 75, 100]},
        shapes=[_now(now), *(_drop(lines, each) for each in crossings)],
        annotations=[
            _beside(now, f"now {_percent(now)}", 1.0, 0.2),
            *(_beside(each.at, f"\u00a0{_percent(each.at)}\u00a0", 0.0, 0.5) for each in crossings),
        ],
    )


def _reach(lines: Sequence[Line]) -> tuple[float, float]:
    """From 0 to 100 points; scores that are measured from another model's may lie a little beyond."""
    ends = [100 * end for line in lines for end in (line.none, line.full) if end is not None]
    return min(0, *ends), max(102, *ends)


def _percent(share: float) -> str:
    return f"{number(100 * share, 1)}%"


def _points(score: float) -> str:
    return number(100 * score, 1)


def _line(line: Line, dash: str) -> list[go.Scatter]:
    name = escape(line.look.name, quote=False)
    if line.full is None:
        return _range(line, name)
    weights = [step / _STEPS for step in range(_STEPS + 1)]
    scores = [line.none + weight * (line.full - line.none) for weight in weights]
    places = list(zip(weights, scores, strict=True))
    hovers = [f"{name}<br>{_points(score)} points at {_percent(weight)}" for weight, score in places]
    return [
        go.Scatter(
            x=[100 * weight for weight in weights],
            y=[100 * score for score in scores],
            mode="lines",
            line={"color": line.look.colour, "width": 2.5, "dash": dash},
            hovertext=hovers,
            hoverinfo="text",
            showlegend=False,
        )
    ]


def _range(line: Line, name: str) -> list[go.Scatter]:
    """Everything between no points and all points of the criterion."""
    drawn = {"color": line.look.colour, "width": 1, "dash": "dot"}
    hover = f"{name}<br>not known in this criterion: anything in this range"
    return [
        go.Scatter(
            x=[0, 100, 100, 0],
            y=[100 * line.none, 100, 0, 100 * line.none],
            mode="lines",
            line=drawn,
            fill="toself",
            fillcolor=line.look.colour,
            fillpattern={
                "shape": "/",
                "fillmode": "replace",
                "size": 9,
                "solidity": 0.08,
                "fgcolor": line.look.colour,
                "fgopacity": 0.5,
            },
            hoveron="fills",
            text=hover,
            hoverinfo="text",
            showlegend=False,
        )
    ]


def _rings(lines: Sequence[Line], crossings: Sequence[Crossing]) -> list[go.Scatter]:
    if not crossings:
        return []
    marker = {"symbol": "circle-open", "color": TEXT, "size": MARKER_SIZE + 3, "line": {"width": 2}}
    return [
        go.Scatter(
            x=[100 * each.at for each in crossings],
            y=[100 * _height(lines, each) for each in crossings],
            mode="markers",
            marker=marker,
            hovertext=[escape(_sentence(each), quote=False) for each in crossings],
            hoverinfo="text",
            cliponaxis=False,
            showlegend=False,
        )
    ]


def _height(lines: Sequence[Line], crossing: Crossing) -> float:
    """The score at a crossing: that of the models that meet there."""
    met = [line for line in lines if line.look.name in (crossing.below, crossing.above) and line.full is not None]
    scores = [line.none + crossing.at * ((line.full or 0.0) - line.none) for line in met]
    return max(scores, default=0.0)


def _sentence(crossing: Crossing) -> str:
    return f"{crossing.below} is ahead below {_percent(crossing.at)}, {crossing.above} above"


def _now(now: float) -> dict[str, Any]:
    line = {"color": GREY, "width": 1, "dash": "dash"}
    return {"type": "line", "x0": 100 * now, "x1": 100 * now, "y0": 0, "y1": 1, "yref": "paper", "line": line}


def _drop(lines: Sequence[Line], crossing: Crossing) -> dict[str, Any]:
    """From the ring down to the scale."""
    line = {"color": TEXT, "width": 1, "dash": "dot"}
    height = 100 * _height(lines, crossing)
    return {"type": "line", "x0": 100 * crossing.at, "x1": 100 * crossing.at, "y0": 0, "y1": height, "line": line}


def _beside(weight: float, words: str, height: float, edge: float) -> dict[str, Any]:
    """Words above a weight at a height of the plot; beside it within `edge` of the ends, toward the middle."""
    return {
        "x": 100 * weight,
        "y": height,
        "yref": "paper",
        "yanchor": "bottom",
        "xanchor": "right" if weight > 1 - edge else "left" if weight <= edge else "center",
        "text": words,
        "font": {"color": TEXT, "size": 12},
        "showarrow": False,
    }


def _legend(lines: Sequence[Line], crossings: Sequence[Crossing]) -> list[go.Scatter]:
    entries = [
        go.Scatter(
            x=[None],
            y=[None],
            name=escape(line.look.name, quote=False),
            mode="lines",
            line={
                "color": line.look.colour,
                "width": 2.5,
                "dash": _DASHES[at % len(_DASHES)] if line.full is not None else "dot",
            },
        )
        for at, line in enumerate(lines)
    ]
    return entries + ([legend_only("answer changes", "circle-open", TEXT)] if crossings else [])


def records(lines: Sequence[Line], now: float, crossings: Sequence[Crossing]) -> list[dict[str, str]]:
    """The scores at no weight, at today's, at each crossing and at full weight as rows of a table."""
    weights = dict.fromkeys((0.0, now, *(each.at for each in crossings), 1.0))
    turns = {each.at: _sentence(each) for each in crossings}
    return [
        {"Weight": _percent(at)}
        | {line.look.name: _words(line, at) for line in lines}
        | {"Note": "; ".join(part for part in ("now" if at == now else "", turns.get(at, "")) if part)}
        for at in sorted(weights)
    ]


def _words(line: Line, at: float) -> str:
    low = (1 - at) * line.none
    if line.full is not None:
        return _points(low + at * line.full)
    return _points(low) if at == 0 else f"not known ({_points(low)} to {_points(low + at)})"


def summary(criterion: str, lines: Sequence[Line], now: float, crossings: Sequence[Crossing]) -> str:
    """Where the answer changes as the criterion weighs more or less, in a sentence or two."""
    today = f"{criterion} weighs {_percent(now)} now"
    unknown = [line.look.name for line in lines if line.full is None]
    rest = f" Not known in this criterion: {listing(unknown)}." if unknown else ""
    if crossings:
        return f"{today}; {'; '.join(_sentence(each) for each in crossings)}.{rest}"
    return f"{today}; no other weight of it changes who is ahead.{rest}" if not unknown else f"{today}.{rest}"
