"""A Plotly figure as a drawing of a given width: margins, grid, scales, legend, traces, shapes and annotations."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

from components.charts.colours import GRID, INK
from components.charts.drawing import Box, Drawing, Label, Line, Point, Run
from components.charts.lettering import LINE, block, lines, widest, width
from components.charts.painting import coloured
from components.charts.plotting import Frame, Trace, dashes, extent, plotted
from components.charts.polar import polar
from components.charts.scales import Scale, kind_of, scale
from components.charts.static_legend import entries, height, legend

_HEIGHT, _MARGIN, _FONT, _STANDOFF = 450.0, 80.0, 12.0, 14.0
_PAD = 5.0
_SIDES = ("l", "r", "t", "b")

Axis = dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Sheet:
    """The figure in its colours and the size that it is drawn in."""

    traces: tuple[Trace, ...]
    layout: dict[str, Any]
    width: float
    height: float
    ink: str
    grid: str

    def axis(self, name: str) -> Axis:
        """Plotly's description of an axis: xaxis, yaxis, xaxis2."""
        found: Axis = self.layout.get(name) or {}
        return found | {"upright": name.startswith("y")}


def composed(figure: dict[str, Any], width_px: float, dark: bool) -> Drawing:
    """A figure (data and layout as plain data, colours by stand-ins) as shapes `width_px` wide, on light or dark paper.

    Raises ValueError for a trace that is neither a scatter, a bar nor a line around a circle.
    """
    drawn = coloured({"data": figure.get("data", []), "layout": figure.get("layout", {})}, dark)
    traces = tuple({"type": "scatter", **trace} for trace in drawn["data"] if trace.get("visible", True) is True)
    unknown = {trace["type"] for trace in traces} - {"scatter", "bar", "scatterpolar"}
    if unknown:
        raise ValueError(f"no drawing without a browser of {', '.join(sorted(unknown))}")
    layout = drawn["layout"]
    sheet = _Sheet(traces, layout, width_px, layout.get("height") or _HEIGHT, INK.on(dark), GRID.on(dark))
    return _round(sheet) if any(trace["type"] == "scatterpolar" for trace in traces) else _flat(sheet)


def _margins(sheet: _Sheet) -> dict[str, float]:
    given = sheet.layout.get("margin") or {}
    return {side: float(given.get(side, _MARGIN)) for side in _SIDES}


def _round(sheet: _Sheet) -> Drawing:
    margin = _margins(sheet)
    named = entries(sheet.traces, sheet.layout)
    top = max(margin["t"], height(named, sheet.layout, sheet.width) + 44)
    across, down = sheet.width - margin["l"] - margin["r"], sheet.height - top - margin["b"]
    box = Box(margin["l"], top, across, down)
    shapes = chain(
        legend(named, sheet.layout, box, sheet.width, sheet.ink),
        polar(sheet.traces, sheet.layout.get("polar") or {}, box, (sheet.ink, sheet.grid)),
    )
    return Drawing(sheet.width, sheet.height, box, tuple(shapes))


def _flat(sheet: _Sheet) -> Drawing:
    named = entries(sheet.traces, sheet.layout)
    frame = _frame(sheet, named)
    shapes = chain(
        _drawn_shapes(sheet, frame, below=True),
        _grid(sheet, frame),
        plotted(sheet.traces, frame, sheet.layout.get("barmode", "group") == "group"),
        _drawn_shapes(sheet, frame, below=False),
        _scales(sheet, frame),
        _annotations(sheet, frame),
        legend(named, sheet.layout, frame.box, sheet.width, sheet.ink),
    )
    return Drawing(sheet.width, sheet.height, frame.box, tuple(shapes))


def _frame(sheet: _Sheet, named: Sequence[Trace]) -> Frame:
    """The plot between margins that are as wide as what stands in them, unless the figure forbids it."""
    margin = _margins(sheet)
    grows = (sheet.layout.get("margin") or {}).get("autoexpand", True)
    if grows:
        margin["b"] = max(margin["b"], _below(sheet))
        margin["t"] = max(margin["t"], height(named, sheet.layout, sheet.width - margin["l"] - margin["r"]) + 4)
    tall = sheet.height - margin["t"] - margin["b"]
    up = _scale(sheet, "y", "yaxis", tall)
    if grows and sheet.axis("yaxis").get("automargin", True):
        margin["l"] = max(margin["l"], _beside(sheet, up))
    across = sheet.width - margin["l"] - margin["r"]
    scales = {
        name.replace("axis", ""): _scale(sheet, "x", name, across) for name in sorted(_names(sheet)) if name[0] == "x"
    }
    if grows:
        # The last words below the plot may reach beyond its right edge.
        margin["r"] = max(margin["r"], _reaching(scales["x"], sheet.axis("xaxis"), across))
    box = Box(margin["l"], margin["t"], sheet.width - margin["l"] - margin["r"], tall)
    return Frame(box, scales, up, sheet.ink)


def _names(sheet: _Sheet) -> set[str]:
    return {"xaxis", "yaxis"} | {name for name in sheet.layout if name.startswith(("xaxis", "yaxis"))}


def _scale(sheet: _Sheet, letter: str, name: str, length: float) -> Scale:
    axis = sheet.axis(name)
    own = name.replace("axis", "")
    traces = [trace for trace in sheet.traces if (trace.get(f"{letter}axis") or letter) == own] or list(sheet.traces)
    values = [value for trace in traces for value in trace.get(letter) or []]
    kind = kind_of(axis, values)
    categories = tuple(dict.fromkeys(str(value) for value in values if value is not None)) if kind == "category" else ()
    found = [extent(trace, letter, kind, categories) for trace in traces]
    return scale(axis, kind, [each for each in found if each is not None], categories, length)


def _font(axis: Axis) -> float:
    return float((axis.get("tickfont") or {}).get("size") or _FONT)


def _title(axis: Axis) -> str:
    return str((axis.get("title") or {}).get("text") or "")


def _standoff(axis: Axis) -> float:
    given = (axis.get("title") or {}).get("standoff")
    return _STANDOFF if given is None else float(given)


def _labelled(axis: Axis) -> bool:
    return bool(axis.get("showticklabels", True) and axis.get("visible", True))


def _below(sheet: _Sheet) -> float:
    axis = sheet.axis("xaxis")
    texts = axis.get("ticktext") or [""]
    rows = max(len(lines(str(text))) for text in texts) if len(texts) else 1
    labels = _PAD + rows * LINE * _font(axis) if _labelled(axis) else 0.0
    return labels + (_standoff(axis) + LINE * _FONT if _title(axis) else 2.0)


def _beside(sheet: _Sheet, up: Scale) -> float:
    axis = sheet.axis("yaxis")
    labels = _PAD + _labels_wide(up, axis) if _labelled(axis) else 0.0
    return labels + (_standoff(axis) + LINE * _FONT if _title(axis) else 2.0)


def _labels_wide(up: Scale, axis: Axis) -> float:
    return max((widest(tick.text, _font(axis)) for tick in up.ticks), default=0.0)


def _reaching(across: Scale, axis: Axis, room: float) -> float:
    if not across.ticks or not _labelled(axis):
        return 0.0
    last = across.ticks[-1]
    return widest(last.text, _font(axis)) / 2 - (1 - across.share(last.at)) * room + 2


def _grid(sheet: _Sheet, frame: Frame) -> Iterator[Line]:
    box = frame.box
    if sheet.axis("xaxis").get("showgrid", True):
        for tick in frame.across["x"].ticks:
            at = box.left + frame.across["x"].share(tick.at) * box.width
            yield Line(((at, box.top), (at, box.bottom)), sheet.grid, 1.0, clipped=False)
    if sheet.axis("yaxis").get("showgrid", True):
        for tick in frame.up.ticks:
            at = box.bottom - frame.up.share(tick.at) * box.height
            yield Line(((box.left, at), (box.right, at)), sheet.grid, 1.0, clipped=False)


def _scales(sheet: _Sheet, frame: Frame) -> Iterator[Label]:
    for name, across in frame.across.items():
        yield from _across(sheet.axis(name.replace("x", "xaxis")), across, frame, sheet.width)
    yield from _upright(sheet, frame)


def _across(axis: Axis, across: Scale, frame: Frame, width_px: float) -> Iterator[Label]:
    """The words of a horizontal scale below the plot or above it, and its title below those."""
    size, box = _font(axis), frame.box
    above = axis.get("side") == "top"
    rows = 1
    if _labelled(axis):
        for tick in across.ticks:
            half = widest(tick.text, size) / 2
            # Words at an end of the scale stay within the picture.
            at = min(max(box.left + across.share(tick.at) * box.width, half), width_px - half)
            down = box.top - _PAD if above else box.bottom + _PAD + 0.85 * size
            yield from block(tick.text, (at, down), frame.ink, size, "middle")
            rows = max(rows, len(lines(tick.text)))
    if _title(axis):
        down = box.bottom + _PAD + rows * LINE * size + _standoff(axis) + 0.6 * _FONT - 4
        yield from block(_title(axis), (box.left + box.width / 2, down), frame.ink, _FONT, "middle")


def _upright(sheet: _Sheet, frame: Frame) -> Iterator[Label]:
    axis, box = sheet.axis("yaxis"), frame.box
    size = _font(axis)
    wide = 0.0
    if _labelled(axis):
        wide = _PAD + _labels_wide(frame.up, axis)
        for tick in frame.up.ticks:
            rows = lines(tick.text)
            first = box.bottom - frame.up.share(tick.at) * box.height + 0.35 * size - (len(rows) - 1) * LINE * size / 2
            yield from block(tick.text, (box.left - _PAD, first), frame.ink, size, "end")
    if _title(axis):
        left = max(box.left - wide - _standoff(axis) + 2, 0.9 * _FONT)
        words = tuple(Run(run.text) for line in lines(_title(axis)) for run in line)
        yield Label((left, box.top + box.height / 2), words, frame.ink, _FONT, "middle", turned=90)


def _drawn_shapes(sheet: _Sheet, frame: Frame, below: bool) -> Iterator[Line]:
    for shape in sheet.layout.get("shapes") or []:
        if shape.get("type") != "line" or (shape.get("layer") == "below") != below:
            continue
        ends = [_spot(shape, frame, shape[f"x{end}"], shape[f"y{end}"]) for end in (0, 1)]
        line = shape.get("line") or {}
        thick = float(line.get("width") or 2)
        if ends[0] is not None and ends[1] is not None:
            colour = line.get("color") or frame.ink
            yield Line((ends[0], ends[1]), colour, thick, dashes(line.get("dash"), thick), clipped=False)


def _spot(placed: dict[str, Any], frame: Frame, x: Any, y: Any) -> Point | None:
    """The pixels of a place on the scales, or on the plot as a whole where it says `paper`."""
    box = frame.box
    across = float(x) if placed.get("xref") == "paper" else frame.across["x"].place(x)
    up = float(y) if placed.get("yref") == "paper" else frame.up.place(y)
    return None if across is None or up is None else (box.left + across * box.width, box.bottom - up * box.height)


def _annotations(sheet: _Sheet, frame: Frame) -> Iterator[Label]:
    for note in sheet.layout.get("annotations") or []:
        point = _spot(note, frame, note["x"], note["y"])
        font = note.get("font") or {}
        size = float(font.get("size") or _FONT)
        if point is None:
            continue
        rows = lines(str(note.get("text") or ""))
        tall = ((len(rows) - 1) * LINE + 1) * size
        down = {"bottom": -tall - 3, "middle": -tall / 2, "top": 3}.get(note.get("yanchor") or "middle", -tall / 2)
        start = _edge(note, point[0], max((width(row, size) for row in rows), default=0.0), sheet.width)
        place, colour = (start, point[1] + down + 0.85 * size), font.get("color") or frame.ink
        yield from block(str(note["text"]), place, colour, size)


def _edge(note: dict[str, Any], at: float, wide: float, room: float) -> float:
    """Where an annotation begins, so that it does not reach beyond the chart."""
    begins = {"left": at + 2, "right": at - wide - 2}.get(note.get("xanchor") or "center", at - wide / 2)
    return min(max(begins, 2.0), max(room - wide - 2, 2.0))
