"""A drawing written as SVG: short, with text as text in the reader's own fonts."""

import hashlib
from collections.abc import Iterable, Iterator
from html import escape
from itertools import groupby

from components.charts.drawing import (
    Area,
    Box,
    Drawing,
    Label,
    Line,
    Mark,
    Point,
    Run,
    Shape,
    has_dot,
    is_open,
    outline,
)

FONTS = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', sans-serif"
_DOT = 1.5
# What XML cannot hold would make the whole picture unreadable.
_UNWRITABLE = dict.fromkeys((*range(9), 11, 12, *range(14, 32), *range(55296, 57344), 65534, 65535), "�")


def written(drawing: Drawing) -> str:
    """The drawing as one SVG element that needs nothing from outside and shares no id with another drawing."""
    # Two drawings in one page must not take each other's hatching.
    name = hashlib.sha256(repr(drawing).encode("utf-8", "replace")).hexdigest()[:8]
    hatched = [shape for shape in drawing.shapes if isinstance(shape, Area) and shape.hatch]
    hatches = {_style(area): f"h{name}{at}" for at, area in enumerate(hatched)}
    parts = [_hatch(area, hatches[_style(area)]) for area in {_style(area): area for area in hatched}.values()]
    defined = f"<defs>{''.join(parts)}</defs>" if parts else ""
    body = "".join(_pieces(drawing, hatches))
    size = f'width="{_n(drawing.width)}" height="{_n(drawing.height)}"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} viewBox="0 0 {_n(drawing.width)} {_n(drawing.height)}" '
        f'font-family="{FONTS}">{defined}{body}</svg>'
    )


def _style(area: Area) -> tuple[str, float, float, float]:
    return area.colour, area.hatch, area.hatch_width, area.opacity


def _pieces(drawing: Drawing, hatches: dict[tuple[str, float, float, float], str]) -> Iterator[str]:
    """The shapes in order; those that are clipped stand in an SVG of their own, which needs no id to clip them."""
    for clipped, shapes in groupby(drawing.shapes, key=lambda shape: not isinstance(shape, Label) and shape.clipped):
        inner = "".join(_shape(shape, hatches) for shape in shapes)
        yield f"<svg {_place(drawing.plot)}>{inner}</svg>" if clipped else inner


def _place(box: Box) -> str:
    corner, size = (_n(box.left), _n(box.top)), (_n(box.width), _n(box.height))
    seen = " ".join((*corner, *size))
    return f'x="{corner[0]}" y="{corner[1]}" width="{size[0]}" height="{size[1]}" viewBox="{seen}"'


def _shape(shape: Shape, hatches: dict[tuple[str, float, float, float], str]) -> str:
    match shape:
        case Line():
            return _line(shape)
        case Area():
            return _area(shape, hatches)
        case Mark():
            return _mark(shape)
        case Label():
            return _label(shape)


def _line(line: Line) -> str:
    dash = f' stroke-dasharray="{" ".join(map(_n, line.dash))}"' if line.dash else ""
    return (
        f'<path d="{_path(line.points)}" fill="none" stroke="{line.colour}" stroke-width="{_n(line.width)}"{dash}'
        f"{_opacity(line.opacity)}/>"
    )


def _area(area: Area, hatches: dict[tuple[str, float, float, float], str]) -> str:
    fill = f"url(#{hatches[_style(area)]})" if area.hatch else area.colour
    edge = f' stroke="{area.outline}" stroke-width="{_n(area.outline_width)}"' if area.outline else ""
    return f'<path d="{_path(area.points)}Z" fill="{fill}"{edge}{"" if area.hatch else _opacity(area.opacity)}/>'


def _hatch(area: Area, name: str) -> str:
    """Lines that rise to the right, as a tile that is repeated."""
    size = _n(area.hatch)
    return (
        f'<pattern id="{name}" width="{size}" height="{size}" patternUnits="userSpaceOnUse" '
        f'patternTransform="rotate(45)"><path d="M0,0V{size}" stroke="{area.colour}" '
        f'stroke-width="{_n(2 * area.hatch_width)}"{_opacity(area.opacity)}/></pattern>'
    )


def _mark(mark: Mark) -> str:
    look = _look(mark)
    corners = outline(mark)
    across, down = map(_n, mark.at)
    form = f'<path d="{_path(corners)}Z"' if corners else f'<circle cx="{across}" cy="{down}" r="{_n(mark.size / 2)}"'
    dot = f'<circle cx="{across}" cy="{down}" r="{_n(_DOT)}" fill="{mark.colour}"/>' if has_dot(mark.symbol) else ""
    return f"{form}{look}/>{dot}"


def _look(mark: Mark) -> str:
    width = max(mark.line, 1.0)
    fill = f' fill="none" stroke="{mark.colour}" stroke-width="{_n(width)}"'
    return (fill if is_open(mark.symbol) else f' fill="{mark.colour}"') + _opacity(mark.opacity)


def _label(label: Label) -> str:
    across, down = map(_n, label.at)
    anchor = f' text-anchor="{label.anchor}"' if label.anchor != "start" else ""
    turned = f' transform="rotate({-label.turned} {across} {down})"' if label.turned else ""
    first, *rest = label.runs
    words = _words(first) + "".join(f"<tspan{_weight(run, first)}>{_words(run)}</tspan>" for run in rest)
    return (
        f'<text x="{across}" y="{down}" font-size="{_n(label.size)}" fill="{label.colour}"{anchor}{turned}'
        f"{_weight(first)}>{words}</text>"
    )


def _words(run: Run) -> str:
    return escape(run.text.translate(_UNWRITABLE))


def _weight(run: Run, beside: Run | None = None) -> str:
    """The attributes of a style, which a piece within another one also needs in order not to have it."""
    bold = ' font-weight="600"' if run.bold else ' font-weight="400"' if beside and beside.bold else ""
    return bold + (' font-style="italic"' if run.italic else ' font-style="normal"' if beside and beside.italic else "")


def _opacity(share: float) -> str:
    return f' opacity="{_n(share)}"' if share < 1 else ""


def _path(points: Iterable[Point]) -> str:
    return "M" + "L".join(f"{_n(across)},{_n(down)}" for across, down in points)


def _n(number: float) -> str:
    """A number to a hundredth of a pixel, as short as it can be."""
    text = f"{number:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text
