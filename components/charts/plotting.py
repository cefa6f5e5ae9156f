"""The traces of a figure as shapes: lines, markers, texts, whiskers, bars and areas, where their scales put them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from components.charts.drawing import Anchor, Area, Box, Label, Line, Mark, Point, Shape
from components.charts.lettering import LINE, block, lines
from components.charts.scales import Extent, Kind, Scale, number_on

_BAR_GAP = 0.2
_DASHES = {"dot": (1, 1), "dash": (3, 3), "longdash": (5, 5), "dashdot": (3, 1, 1, 1)}
_LEAST_DASH = 3.0
_ANCHORS: dict[str, Anchor] = {"left": "end", "right": "start", "center": "middle"}
_AWAY = {"start": 1, "end": -1, "middle": 0}
_MARKER, _FONT = 6.0, 12.0

Trace = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Frame:
    """The plot, its scales (`across` by Plotly's name of the axis), and the colour of what has none of its own."""

    box: Box
    across: dict[str, Scale]
    up: Scale
    ink: str

    def point(self, trace: Trace, x: Any, y: Any) -> Point | None:
        """The pixels of a point of a trace; None where one of its values is missing."""
        scale = self.across[trace.get("xaxis") or "x"]
        across, up = scale.number(x), self.up.number(y)
        return None if across is None or up is None else self.pixels(scale, across, up)

    def pixels(self, scale: Scale, across: float, up: float) -> Point:
        """The pixels of numbers in the units of the scales."""
        left = self.box.left + scale.share(across) * self.box.width
        return left, self.box.bottom - self.up.share(up) * self.box.height


def extent(trace: Trace, letter: str, kind: Kind, categories: Sequence[str]) -> Extent | None:
    """What a trace spans along its scale `letter`, x or y; None where it has nothing to draw."""
    if trace["type"] == "bar":
        return _bar_extent(trace, letter, kind, categories)
    numbers = [number_on(kind, value, categories) for value in trace.get(letter) or []]
    known = [number for number in numbers if number is not None]
    if not known:
        return None
    error = trace.get(f"error_{letter}") or {}
    if kind == "linear" and error.get("visible", True):
        ends = zip(numbers, _ends_of(error, "array"), _ends_of(error, "arrayminus"), strict=False)
        known += [end for at, plus, minus in ends if at is not None for end in (at + plus, at - minus)]
    only_lines = trace.get("mode") == "lines" and letter == "x"
    return Extent(min(known), max(known), room=not only_lines)


def _ends_of(error: dict[str, Any], name: str) -> list[float]:
    return [float(each or 0) for each in error.get(name) or []]


def _bar_extent(trace: Trace, letter: str, kind: Kind, categories: Sequence[str]) -> Extent | None:
    numbers = [number_on(kind, value, categories) for value in trace.get(letter) or []]
    known = [number for number in numbers if number is not None]
    if not known:
        return None
    if letter == _along(trace):
        bases = _spread(trace.get("base") or 0, len(numbers))
        ends = [base + number for base, number in zip(bases, numbers, strict=True) if number is not None]
        return Extent(min(*ends, *bases), max(*ends, *bases), from_zero=True)
    half = max(_spread(trace.get("width") or 1 - _BAR_GAP, len(numbers))) / 2
    return Extent(min(known) - half, max(known) + half, room=False)


def _along(trace: Trace) -> str:
    return "x" if trace.get("orientation") == "h" else "y"


def _spread(value: Any, count: int) -> list[Any]:
    """One value for each point, of a list or of what all share."""
    return list(value) if isinstance(value, list) else [value] * count


def plotted(traces: Sequence[Trace], frame: Frame, grouped: bool) -> Iterator[Shape]:
    """The shapes of all traces: bars first, as Plotly has them below everything else, each trace in its order."""
    bars = [trace for trace in traces if trace["type"] == "bar"]
    drawn = [trace for trace in bars if any(value is not None for value in trace.get("x") or [])]
    for at, trace in enumerate(drawn):
        yield from _bars(trace, frame, (at, len(drawn)) if grouped else (0, 1))
    for trace in traces:
        if trace["type"] == "scatter":
            yield from _scatter(trace, frame)


def _bars(trace: Trace, frame: Frame, place: tuple[int, int]) -> Iterator[Shape]:
    count = len(trace["x"])
    marker = trace.get("marker") or {}
    colours, bases = _spread(marker.get("color") or frame.ink, count), _spread(trace.get("base") or 0, count)
    widths, texts = _spread(trace.get("width"), count), _spread(trace.get("text"), count)
    line = marker.get("line") or {}
    pattern = marker.get("pattern") or {}
    for at in range(count):
        corners = _corners(trace, frame, at, bases[at], widths[at], place)
        if corners is None:
            continue
        yield Area(
            corners,
            colours[at],
            (trace.get("opacity") or 1) * (marker.get("opacity") or 1),
            line.get("color") or colours[at] if line.get("width") else "",
            line.get("width") or 0.0,
            hatch=(pattern.get("size") or 8.0) if pattern.get("shape") else 0.0,
            hatch_width=(pattern.get("size") or 8.0) * (pattern.get("solidity") or 0.3),
        )
        if texts[at] and trace.get("textposition") == "outside":
            yield from _beyond(trace, corners, str(texts[at]), frame.ink)


def _corners(
    trace: Trace, frame: Frame, at: int, base: float, width: float | None, place: tuple[int, int]
) -> tuple[Point, ...] | None:
    flat = _along(trace) == "x"
    across = frame.across[trace.get("xaxis") or "x"]
    lengthwise, sidewise = (across, frame.up) if flat else (frame.up, across)
    length, middle = (trace["x"][at], trace["y"][at]) if flat else (trace["y"][at], trace["x"][at])
    centre, far = sidewise.number(middle), None if length is None else lengthwise.number(base + float(length))
    near = lengthwise.number(base)
    if centre is None or far is None or near is None:
        return None
    if width is None:
        nth, bars = place
        width = (1 - _BAR_GAP) / bars
        centre += width * (nth + 0.5 - bars / 2)
    sides = (centre - width / 2, centre + width / 2)
    ends = [(near, sides[0]), (far, sides[0]), (far, sides[1]), (near, sides[1])]
    return tuple(frame.pixels(across, *(end if flat else end[::-1])) for end in ends)


def _beyond(trace: Trace, corners: tuple[Point, ...], text: str, ink: str) -> list[Label]:
    """A text behind the end of a bar."""
    font = trace.get("textfont") or {}
    size = font.get("size") or _FONT
    (left, top), (right, bottom) = map(min, zip(*corners, strict=True)), map(max, zip(*corners, strict=True))
    if _along(trace) == "x":
        return block(text, (right + 4, (top + bottom) / 2 + 0.35 * size), font.get("color") or ink, size)
    return block(text, ((left + right) / 2, top - 4), font.get("color") or ink, size, "middle")


def _scatter(trace: Trace, frame: Frame) -> Iterator[Shape]:
    xs, ys = trace.get("x") or [], trace.get("y") or []
    points = [frame.point(trace, x, y) for x, y in zip(xs, ys, strict=False)]
    mode = trace.get("mode") or ("lines+markers" if len(points) < 20 else "lines")
    yield from _fill(trace, points, frame)
    yield from _whiskers(trace, frame)
    if "lines" in mode:
        yield from _lines(trace, points, frame)
    clipped = trace.get("cliponaxis", True)
    if "markers" in mode:
        yield from marks(trace, points, frame.ink, clipped)
    if "text" in mode:
        yield from _texts(trace, points, "markers" in mode, frame.ink)


def marks(trace: Trace, points: Sequence[Point | None], ink: str, clipped: bool = True) -> Iterator[Mark]:
    """The markers of a trace at its points."""
    marker = trace.get("marker") or {}
    count = len(points)
    colours, symbols = _spread(marker.get("color") or ink, count), _spread(marker.get("symbol") or "circle", count)
    sizes = _spread(marker.get("size") or _MARKER, count)
    lines_of = _spread((marker.get("line") or {}).get("width") or 0, count)
    opacity = (trace.get("opacity") or 1) * (marker.get("opacity") or 1)
    for point, colour, symbol, size, line in zip(points, colours, symbols, sizes, lines_of, strict=True):
        if point is not None:
            yield Mark(point, symbol, colour, size, line, opacity, clipped)


def stroke(trace: Trace, ink: str) -> tuple[str, float, tuple[float, ...]]:
    """The colour, the width and the dashes of a trace's line."""
    line = trace.get("line") or {}
    width = 2.0 if line.get("width") is None else float(line["width"])
    colour = line.get("color") or (trace.get("marker") or {}).get("color") or ink
    return colour if isinstance(colour, str) else ink, width, dashes(line.get("dash"), width)


def dashes(named: str | None, width: float) -> tuple[float, ...]:
    """The lengths of strokes and gaps of a line of a width, from Plotly's word or list of them."""
    if named in (None, "", "solid"):
        return ()
    if named in _DASHES:
        return tuple(each * max(width, _LEAST_DASH) for each in _DASHES[named])
    return tuple(float(each.removesuffix("px")) for each in str(named).replace(" ", ",").split(","))


def _lines(trace: Trace, points: Sequence[Point | None], frame: Frame) -> Iterator[Line]:
    colour, width, dash = stroke(trace, frame.ink)
    stepped = (trace.get("line") or {}).get("shape") == "hv"
    if width:
        for piece in _pieces(points):
            path = _stepped(piece) if stepped else piece
            yield Line(tuple(path), colour, width, dash, trace.get("opacity") or 1)


def _pieces(points: Sequence[Point | None]) -> Iterator[list[Point]]:
    """The stretches between missing points."""
    piece: list[Point] = []
    for point in [*points, None]:
        if point is not None:
            piece.append(point)
            continue
        if len(piece) > 1:
            yield piece
        piece = []


def _stepped(piece: Sequence[Point]) -> list[Point]:
    """First across, then up."""
    found = [piece[0]]
    for before, after in pairwise(piece):
        found += [(after[0], before[1]), after]
    return found


def _fill(trace: Trace, points: Sequence[Point | None], frame: Frame) -> Iterator[Area]:
    known = tuple(point for point in points if point is not None)
    if trace.get("fill") != "toself" or len(known) < 3:
        return
    pattern = trace.get("fillpattern") or {}
    size = float(pattern.get("size") or 8)
    opacity = (trace.get("opacity") or 1) * (pattern.get("fgopacity") or 1)
    colour = trace.get("fillcolor") or stroke(trace, frame.ink)[0]
    hatch = size if pattern.get("shape") else 0.0
    yield Area(known, colour, opacity, hatch=hatch, hatch_width=size * (pattern.get("solidity") or 0.3))


def _whiskers(trace: Trace, frame: Frame) -> Iterator[Line]:
    for letter in ("x", "y"):
        error = trace.get(f"error_{letter}") or {}
        if not error or not error.get("visible", True):
            continue
        plus, minus = _ends_of(error, "array"), _ends_of(error, "arrayminus")
        minus = minus or plus
        colour = error.get("color") or stroke(trace, frame.ink)[0]
        for x, y, more, less in zip(trace["x"], trace["y"], plus, minus, strict=False):
            at = x if letter == "x" else y
            if at is None or not (more or less):
                continue
            ends = [(end, y) if letter == "x" else (x, end) for end in (at - less, at + more)]
            path = [frame.point(trace, *end) for end in ends]
            if path[0] is not None and path[1] is not None:
                yield Line((path[0], path[1]), colour, error.get("thickness") or 2.0)


def _texts(trace: Trace, points: Sequence[Point | None], beside_marks: bool, ink: str) -> Iterator[Label]:
    font = trace.get("textfont") or {}
    size, colour = font.get("size") or _FONT, font.get("color") or ink
    radius = _spread((trace.get("marker") or {}).get("size") or _MARKER, 1)[0] / 2
    away = radius / 0.8 + 1 if beside_marks else 0
    for point, text in zip(points, _spread(trace.get("text"), len(points)), strict=False):
        if point is not None and text:
            position = (trace.get("textposition") or "middle center").split()
            yield from _placed(str(text), point, (position[0], position[-1]), away, colour, size)


def _placed(text: str, point: Point, position: tuple[str, str], away: float, colour: str, size: float) -> list[Label]:
    """A text above, on or below a point and to its left or right, as far off as Plotly puts it."""
    upright, sideways = position
    anchor = _ANCHORS.get(sideways, "middle")
    tall = ((len(lines(text)) - 1) * LINE + 1) * size
    down = {"top": -away - tall, "middle": -tall / 2, "bottom": away}[upright] + 0.75 * size
    return block(text, (point[0] + _AWAY[anchor] * away, point[1] + down), colour, size, anchor)
