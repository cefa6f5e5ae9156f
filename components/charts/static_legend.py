"""The legend of a chart outside the browser, in columns from left to right."""

from collections.abc import Iterator, Sequence
from typing import Any

from components.charts.drawing import Area, Box, Line, Mark, Shape
from components.charts.lettering import LINE, block, lines, widest
from components.charts.plotting import Trace, marks, stroke

_SIGN, _GAP, _ROW, _TOP, _FONT = 30.0, 8.0, 19.0, 6.0, 12.0


def entries(traces: Sequence[Trace], layout: dict[str, Any]) -> list[Trace]:
    """The traces that the legend names: none where a single trace does not ask for it."""
    named = [trace for trace in traces if trace.get("name") and trace.get("showlegend", True)]
    asked = layout.get("showlegend", len(traces) > 1 or any(trace.get("showlegend") for trace in traces))
    return named if asked else []


def height(named: Sequence[Trace], layout: dict[str, Any], width: float) -> float:
    """The pixels that the legend takes in a chart of this width, 0 for none."""
    rows = _rows(_unbroken(named, layout, width), layout, width)
    return sum(map(_tall, rows)) + _TOP if named else 0.0


def legend(named: Sequence[Trace], layout: dict[str, Any], plot: Box, width: float, ink: str) -> Iterator[Shape]:
    """The entries at the top of the figure, or right above the plot where the figure has them there."""
    own = layout.get("legend") or {}
    from_edge = own.get("xref") == "container"
    left = 0.0 if from_edge else plot.left
    room = (width if from_edge else plot.right) - left
    named = _unbroken(named, layout, room)
    rows = _rows(named, layout, room)
    top = _TOP if own.get("yref") == "container" else plot.top - sum(map(_tall, rows)) - 2
    column = _column(named, layout)
    for row in rows:
        for at, trace in enumerate(row):
            start = left + at * column
            middle = top + _ROW / 2
            yield from _sign(trace, start + _SIGN / 2 + 2, middle, ink)
            yield from block(trace["name"], (start + _SIGN + _GAP - 2, middle + 0.35 * _FONT), ink, _FONT)
        top += _tall(row)


def _unbroken(named: Sequence[Trace], layout: dict[str, Any], width: float) -> Sequence[Trace]:
    """The entries with their names in one line each, where all of them then fit beside each other."""
    whole = [trace | {"name": trace["name"].replace("<br>", " ")} for trace in named]
    return whole if len(_rows(whole, layout, width)) == 1 else named


def _column(named: Sequence[Trace], layout: dict[str, Any]) -> float:
    given = (layout.get("legend") or {}).get("entrywidth")
    needed = max((widest(trace["name"], _FONT) for trace in named), default=0.0)
    return _SIGN + _GAP + max(float(given or 0), needed) + 8


def _rows(named: Sequence[Trace], layout: dict[str, Any], width: float) -> list[Sequence[Trace]]:
    if not named:
        return []
    across = max(1, int(width // _column(named, layout)))
    return [named[at : at + across] for at in range(0, len(named), across)]


def _tall(row: Sequence[Trace]) -> float:
    most = max(len(lines(trace["name"])) for trace in row)
    return _ROW + (most - 1) * LINE * _FONT


def _sign(trace: Trace, across: float, middle: float, ink: str) -> Iterator[Shape]:
    """What the trace looks like: a piece of its line, its marker, or a small bar."""
    if trace["type"] == "bar":
        yield _bar(trace, across, middle, ink)
        return
    mode = trace.get("mode") or "lines+markers"
    if "lines" in mode:
        colour, width, dash = stroke(trace, ink)
        ends = ((across - _SIGN / 2, middle), (across + _SIGN / 2, middle))
        yield Line(ends, colour, width, dash, clipped=False)
    if "markers" in mode:
        yield from _first(trace, across, middle, ink)


def _first(trace: Trace, across: float, middle: float, ink: str) -> Iterator[Mark]:
    marker = {name: value[0] if isinstance(value, list) else value for name, value in trace.get("marker", {}).items()}
    line = marker.get("line") or {}
    widths = line.get("width")
    marker["line"] = {"width": widths[0] if isinstance(widths, list) and widths else widths or 0}
    yield from marks({"marker": marker}, [(across, middle)], ink, clipped=False)


def _bar(trace: Trace, across: float, middle: float, ink: str) -> Area:
    marker = trace.get("marker") or {}
    colour = marker.get("color") or ink
    colour = colour[0] if isinstance(colour, list) else colour
    pattern = marker.get("pattern") or {}
    line = marker.get("line") or {}
    half = 6.0
    corners = tuple((across + x * half, middle + y * half) for x, y in ((-1, -1), (1, -1), (1, 1), (-1, 1)))
    return Area(
        corners,
        colour,
        (trace.get("opacity") or 1) * (marker.get("opacity") or 1),
        line.get("color") or colour if line.get("width") else "",
        line.get("width") or 0.0,
        hatch=(pattern.get("size") or 8.0) if pattern.get("shape") else 0.0,
        hatch_width=(pattern.get("size") or 8.0) * (pattern.get("solidity") or 0.3),
        clipped=False,
    )
