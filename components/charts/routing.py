"""Cost against right answers for two models behind one door: the mix, the cascade, and the points worth having."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import plotly.graph_objects as go

from catalog.routing import Point, Side
from catalog.words import listing, number
from components.charts.legend import above
from components.charts.money import dollar_scale, dollars
from components.charts.style import GREY, MARKER_SIZE, TEXT, Look, figure, legend_only, title

_HEIGHT_PX = 400
# Stand for the theme's chart colours after those of the four models, as `Look.colour` does.
_COLOURS = ("#000005", "#000007")
_DASHES = ("9px,4px", "solid")
_BAND = 0.1
_PER = "1,000 requests"


@dataclass(frozen=True, slots=True)
class Curve:
    """One way of using both models: its name and its points from none to all requests for the stronger one."""

    name: str
    points: tuple[Point, ...]


def routing(
    sides: Sequence[tuple[Look, Side]], curves: Sequence[Curve], chosen: Point | None = None, up: str = "Right answers"
) -> go.Figure:
    """Curves of cost and quality, the band of the last one, each model alone with its interval, the best as dots.

    `chosen` has a ring, the knee a name; `up` is the title of the quality. Raises ValueError for no curves or one
    without points, and for more than two.
    """
    if not 1 <= len(curves) <= len(_COLOURS) or not all(curve.points for curve in curves):
        raise ValueError("a chart of routing needs one or two curves, each with points")
    lines = [
        trace
        for curve, colour, dash in zip(curves, _COLOURS, _DASHES, strict=False)
        for trace in (_line(curve, colour, dash), _best(curve, colour))
    ]
    entries = _legend(sides, curves, chosen)
    reach = float(max([side.usd for _, side in sides] + [point.usd for curve in curves for point in curve.points]))
    traces = [
        _band(curves[-1], _COLOURS[len(curves) - 1]),
        *lines,
        *(_alone(look, side) for look, side in sides),
        *_named(curves, chosen, reach),
    ]
    legend, room = above(entries)
    return figure(
        [*traces, *entries],
        _HEIGHT_PX + room,
        margin={"l": 4, "r": 16, "t": room, "b": 4},
        legend=legend,
        xaxis=dollar_scale(title(f"US dollars for {_PER}")) | {"range": [0, reach * 1.05 or 1.0]},
        yaxis={"title": title(up), "ticksuffix": "%", "nticks": 6},
    )


def _band(curve: Curve, colour: str) -> go.Scatter:
    """The interval along a curve, as one paler shape."""
    there, back = curve.points, curve.points[::-1]
    return go.Scatter(
        x=[float(point.usd) for point in (*there, *back)],
        y=[100 * point.low for point in there] + [100 * point.high for point in back],
        mode="lines",
        line={"width": 0, "color": colour},
        fill="toself",
        fillcolor=colour,
        opacity=_BAND,
        hoverinfo="skip",
        showlegend=False,
    )


def _line(curve: Curve, colour: str, dash: str) -> go.Scatter:
    return go.Scatter(
        x=[float(point.usd) for point in curve.points],
        y=[100 * point.quality for point in curve.points],
        mode="lines",
        line={"color": colour, "width": 2.5, "dash": dash},
        hovertext=[_hover(curve, point) for point in curve.points],
        hoverinfo="text",
        showlegend=False,
    )


def _best(curve: Curve, colour: str) -> go.Scatter:
    best = [point for point in curve.points if point.best]
    return go.Scatter(
        x=[float(point.usd) for point in best],
        y=[100 * point.quality for point in best],
        mode="markers",
        marker={"symbol": "circle", "color": colour, "size": MARKER_SIZE - 4},
        hovertext=[_hover(curve, point) for point in best],
        hoverinfo="text",
        showlegend=False,
    )


def _hover(curve: Curve, point: Point) -> str:
    lines = [
        curve.name,
        f"{_percent(point.share)} of the requests reach the stronger model",
        f"{dollars(float(point.usd))} for {_PER}",
        f"{_percent(point.quality)} right, {_reach(point)}",
        *([f"{number(point.seconds, 1)} s on average"] if point.seconds is not None else []),
        *(["no other point is as cheap and as good"] if point.best else []),
    ]
    return "<br>".join(escape(line, quote=False) for line in lines)


def _percent(share: float) -> str:
    return f"{number(100 * share, 1)}%"


def _reach(point: Point | Side) -> str:
    return f"{_percent(point.low)} to {_percent(point.high)}"


def _alone(look: Look, side: Side) -> go.Scatter:
    lines = [
        f"{side.name} alone",
        f"{dollars(float(side.usd))} for {_PER}",
        f"{_percent(side.quality)} right, {_reach(side)}",
        *([f"{number(side.seconds, 1)} s on average"] if side.seconds is not None else []),
    ]
    error = {
        "type": "data",
        "symmetric": False,
        "array": [100 * (side.high - side.quality)],
        "arrayminus": [100 * (side.quality - side.low)],
        "thickness": 1.5,
        "width": 0,
        "color": look.colour,
    }
    return go.Scatter(
        x=[float(side.usd)],
        y=[100 * side.quality],
        mode="markers",
        marker={"symbol": look.symbol, "color": look.colour, "size": MARKER_SIZE + 3},
        error_y=error,
        hovertext=["<br>".join(escape(line, quote=False) for line in lines)],
        hoverinfo="text",
        cliponaxis=False,
        showlegend=False,
    )


def _named(curves: Sequence[Curve], chosen: Point | None, reach: float) -> list[go.Scatter]:
    """The knee by name, and a ring around the chosen point."""
    knees = [
        _spot(point, {"symbol": "circle", "color": colour, "size": MARKER_SIZE + 1}, reach, _hover(curve, point))
        for curve, colour in zip(curves, _COLOURS, strict=False)
        for point in curve.points
        if point.knee
    ]
    ring = {"symbol": "circle-open", "color": TEXT, "size": MARKER_SIZE + 7, "line": {"width": 2}}
    return [*knees, *([_spot(chosen, ring, reach)] if chosen is not None else [])]


def _spot(point: Point, marker: dict[str, Any], reach: float, hover: str = "") -> go.Scatter:
    """One point, named on the side away from its curve where it can be hovered."""
    usd = float(point.usd)
    return go.Scatter(
        x=[usd],
        y=[100 * point.quality],
        mode="markers+text" if hover else "markers",
        marker=marker,
        text=[f"{_percent(point.share)}, the knee\u00a0\u00a0"] if hover else None,
        textposition="top left" if usd > reach / 3 else "bottom right",
        textfont={"color": TEXT, "size": 12},
        hovertext=[hover],
        hoverinfo="text" if hover else "skip",
        cliponaxis=False,
        showlegend=False,
    )


def _legend(sides: Sequence[tuple[Look, Side]], curves: Sequence[Curve], chosen: Point | None) -> list[go.Scatter]:
    entries = [legend_only(look.name, look.symbol, look.colour) for look, _ in sides]
    for curve, colour, dash in zip(curves, _COLOURS, _DASHES, strict=False):
        line: dict[str, Any] = {"color": colour, "width": 2.5, "dash": dash}
        entries.append(go.Scatter(x=[None], y=[None], name=escape(curve.name, quote=False), mode="lines", line=line))
    entries.append(legend_only("best value", "circle", GREY))
    return entries + ([legend_only("chosen", "circle-open", TEXT)] if chosen is not None else [])


def records(curves: Sequence[Curve]) -> list[dict[str, str]]:
    """The points of the curves as rows of a table."""
    return [
        {
            "Way": curve.name,
            "To the stronger model": _percent(point.share),
            f"USD for {_PER}": dollars(float(point.usd)),
            "Right answers": _percent(point.quality),
            "Range": _reach(point),
            "Seconds on average": "not known" if point.seconds is None else number(point.seconds, 1),
            "Best value": ("yes, the knee" if point.knee else "yes") if point.best else "no",
        }
        for curve in curves
        for point in curve.points
    ]


def summary(sides: Sequence[tuple[Look, Side]], curves: Sequence[Curve]) -> str:
    """What each model alone costs and gets right, and where more money begins to buy less."""
    alone = [
        f"{side.name} alone gets {_percent(side.quality)} right for {dollars(float(side.usd))}" for _, side in sides
    ]
    words = [f"For {_PER}: {listing(alone)}."]
    words += [
        f"More money begins to buy less at the knee of “{curve.name}”, with {_percent(point.share)} of the requests "
        f"for the stronger model: {_percent(point.quality)} right for {dollars(float(point.usd))}."
        for curve in curves
        for point in curve.points
        if point.knee
    ]
    return " ".join(words)
