"""A radar outside the browser: rings and spokes, a closed line a trace, the words around it."""

import math
from collections.abc import Iterator, Sequence
from typing import Any

from components.charts.drawing import Anchor, Box, Label, Line, Point, Shape
from components.charts.lettering import LINE, block, lines
from components.charts.plotting import Trace, marks, stroke

_CORNERS = 72
_AWAY = 14.0


def polar(traces: Sequence[Trace], layout: dict[str, Any], box: Box, colours: tuple[str, str]) -> Iterator[Shape]:
    """The shapes of traces around a circle in a box; `layout` is Plotly's `polar`, `colours` those of text and grid.

    The categories stand clockwise from the top, and the scale runs from the middle.
    """
    ink, grid = colours
    around = list(dict.fromkeys(name for trace in traces for name in trace["theta"]))
    scale = layout.get("radialaxis") or {}
    low, high = scale.get("range") or (0, max(value for trace in traces for value in trace["r"]))
    middle, radius = (box.left + box.width / 2, box.top + box.height / 2), min(box.width, box.height) / 2
    ticks = [tick for tick in scale.get("tickvals") or [high] if low <= tick <= high]
    for tick in ticks:
        yield _ring(middle, radius * (tick - low) / (high - low), grid)
    for place in range(len(around)):
        yield Line((middle, _at(middle, radius, place, len(around))), grid, 1.0, clipped=False)
    for trace in traces:
        shares = [(value - low) / (high - low) for value in trace["r"]]
        places = [around.index(name) for name in trace["theta"]]
        points = [_at(middle, radius * share, at, len(around)) for share, at in zip(shares, places, strict=True)]
        colour, width, dash = stroke(trace, ink)
        yield Line(tuple(points), colour, width, dash, clipped=False)
        yield from marks(trace, points, ink, clipped=False)
    yield from _names(around, middle, radius, layout.get("angularaxis") or {}, ink)
    yield from _figures(ticks, (low, high), middle, radius, scale, ink)


def _at(middle: Point, radius: float, place: float, count: int) -> Point:
    angle = 2 * math.pi * place / count
    return middle[0] + radius * math.sin(angle), middle[1] - radius * math.cos(angle)


def _ring(middle: Point, radius: float, colour: str) -> Line:
    points = [_at(middle, radius, corner, _CORNERS) for corner in range(_CORNERS + 1)]
    return Line(tuple(points), colour, 1.0, clipped=False)


def _names(around: Sequence[str], middle: Point, radius: float, axis: dict[str, Any], ink: str) -> Iterator[Label]:
    size = float((axis.get("tickfont") or {}).get("size") or 12)
    for place, name in enumerate(around):
        across, down = _at(middle, radius + _AWAY, place, len(around))
        side = across - middle[0]
        anchor: Anchor = "middle" if abs(side) < 0.3 * radius else "start" if side > 0 else "end"
        tall = (len(lines(name)) - 1) * LINE * size
        # Above the middle a name stands on its point, below it hangs from it.
        up = tall * (1 - (down - middle[1]) / (radius + _AWAY)) / 2
        yield from block(name, (across, down - up + 0.35 * size), ink, size, anchor)


def _figures(
    ticks: Sequence[float], reach: tuple[float, float], middle: Point, radius: float, axis: dict[str, Any], ink: str
) -> Iterator[Label]:
    size = float((axis.get("tickfont") or {}).get("size") or 12)
    low, high = reach
    for tick in ticks:
        down = middle[1] - radius * (tick - low) / (high - low)
        text = f"{tick:g}{axis.get('ticksuffix') or ''}"
        yield from block(text, (middle[0] + 4, down + size + 1), ink, size)
