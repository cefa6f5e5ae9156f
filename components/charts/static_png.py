"""A drawing painted by Matplotlib's Agg, which needs no display and brings its own font."""

import io
from functools import cache
from typing import TYPE_CHECKING, Any

from components.charts.colours import PAPER
from components.charts.drawing import Area, Drawing, Label, Line, Mark, Point, Run, Shape, has_dot, is_open, outline

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from matplotlib.transforms import Transform

# Matplotlib measures in points of a 72nd of an inch; one pixel of a drawing is one of them.
_PER_INCH = 72
_MISSING = "□"
_DOT = 1.5
# One sign of a hatch makes this many lines to the inch.
_LINES = 6


def painted(drawing: Drawing, dark: bool, scale: float) -> bytes:
    """The drawing as a PNG with `scale` dots a pixel, on light or dark paper."""
    from matplotlib.figure import Figure
    from matplotlib.transforms import Affine2D

    figure = Figure(figsize=(drawing.width / _PER_INCH, drawing.height / _PER_INCH), dpi=_PER_INCH)
    pixels = Affine2D().scale(1 / _PER_INCH, -1 / _PER_INCH).translate(0, drawing.height / _PER_INCH)
    to_paper = pixels + figure.dpi_scale_trans
    for shape in drawing.shapes:
        _add(figure, to_paper, drawing, shape)
    kept = io.BytesIO()
    figure.savefig(kept, format="png", dpi=_PER_INCH * scale, facecolor=PAPER.on(dark), metadata={"Software": None})
    return kept.getvalue()


def _add(figure: "Figure", to_paper: "Transform", drawing: Drawing, shape: Shape) -> None:
    from matplotlib.transforms import Bbox, TransformedBbox

    match shape:
        case Line():
            artists = [_line(shape)]
        case Area():
            artists = _area(shape)
        case Mark():
            artists = _mark(shape)
        case Label():
            artists = _label(shape)
    plot = drawing.plot
    for artist in artists:
        artist.set_transform(to_paper)
        # Artists of one level are painted in the order in which they came.
        artist.set_zorder(1)
        if not isinstance(shape, Label) and shape.clipped:
            bounds = Bbox.from_extents(plot.left, plot.top, plot.right, plot.bottom)
            artist.set_clip_box(TransformedBbox(bounds, to_paper))
        figure.add_artist(artist)


def _line(line: Line) -> Any:
    from matplotlib.lines import Line2D

    # Matplotlib takes the lengths of dashes in widths of the line.
    dash: Any = (0, tuple(each / line.width for each in line.dash)) if line.dash else "solid"
    across, down = zip(*line.points, strict=True)
    ends: Any = {"solid_capstyle": "butt", "dash_capstyle": "butt"}
    return Line2D(across, down, color=line.colour, linewidth=line.width, alpha=line.opacity, linestyle=dash, **ends)


def _area(area: Area) -> list[Any]:
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    shape = Path([*area.points, area.points[0]], closed=True)
    edge = {"edgecolor": area.outline or "none", "linewidth": area.outline_width}
    if not area.hatch:
        return [PathPatch(shape, facecolor=area.colour, alpha=area.opacity, **edge)]
    # As many lines to the inch as the tiles of the SVG have.
    hatch = "/" * max(1, round(_PER_INCH / area.hatch / 2**0.5 / _LINES))
    lines = {"hatch": hatch, "hatch_linewidth": area.hatch_width, "hatchcolor": area.colour}
    return [PathPatch(shape, facecolor="none", edgecolor="none", alpha=area.opacity, **lines), _outline(shape, edge)]


def _outline(shape: Any, edge: dict[str, Any]) -> Any:
    from matplotlib.patches import PathPatch

    return PathPatch(shape, facecolor="none", **edge)


def _mark(mark: Mark) -> list[Any]:
    from matplotlib.patches import Circle, PathPatch
    from matplotlib.path import Path

    hollow = is_open(mark.symbol)
    look = {
        "facecolor": "none" if hollow else mark.colour,
        "edgecolor": mark.colour if hollow else "none",
        "linewidth": max(mark.line, 1.0) if hollow else 0.0,
        "alpha": mark.opacity,
    }
    corners = outline(mark)
    form = (
        PathPatch(Path([*corners, corners[0]], closed=True), **look)
        if corners
        else Circle(mark.at, mark.size / 2, **look)
    )
    return [form, *([Circle(mark.at, _DOT, color=mark.colour)] if has_dot(mark.symbol) else [])]


def _label(label: Label) -> list[Any]:
    """A text for each run, one behind the other from where the line begins."""
    wide = [_width(run, label.size) for run in label.runs]
    at = label.at[0] - {"start": 0.0, "middle": sum(wide) / 2, "end": sum(wide)}[label.anchor]
    found = []
    for run, width in zip(label.runs, wide, strict=True):
        found.append(_run(label, run, label.at if label.turned else (at, label.at[1])))
        at += width
    return found


def _run(label: Label, run: Run, at: Point) -> Any:
    from matplotlib.text import Text

    look: Any = {"weight": "bold" if run.bold else "normal", "style": "italic" if run.italic else "normal"}
    look |= {"ha": "center" if label.turned else "left", "va": "baseline", "rotation_mode": "anchor"}
    text = _drawable(run.text)
    return Text(*at, text, color=label.colour, fontsize=label.size, rotation=label.turned, parse_math=False, **look)


def _width(run: Run, size: float) -> float:
    """The pixels that a piece of text needs in the font that it is painted in."""
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import text_to_path

    font = FontProperties(size=size, weight="bold" if run.bold else "normal")
    width: float = text_to_path.get_text_width_height_descent(_drawable(run.text), font, ismath=False)[0]
    return width


def _drawable(text: str) -> str:
    """The text with a box for each character that the font lacks."""
    return "".join(each if ord(each) in _known() else _MISSING for each in text)


@cache
def _known() -> frozenset[int]:
    from matplotlib.font_manager import FontProperties, findfont, get_font

    return frozenset(get_font(findfont(FontProperties())).get_charmap())
