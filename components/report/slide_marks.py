"""What the library has no call for in a native chart: error bars, labels of points, quiet scales, room for the plot."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from components.report.slide_text import rgb
from components.report.slide_theme import ACCENTS, QUIET
from components.report.slide_theme import LINE as RULE
from components.report.state import Form

if TYPE_CHECKING:
    from pptx.chart.chart import Chart as NativeChart

LETTERS, SMALL, SMALLEST = 12.0, 11.0, 10.0
_C = "http://schemas.openxmlformats.org/drawingml/2006/chart"
_A = "http://schemas.openxmlformats.org/drawingml/2006/main"
_NAMES = f'xmlns:c="{_C}" xmlns:a="{_A}"'
_MARKERS = {"circle": "CIRCLE", "square": "SQUARE", "triangle-up": "TRIANGLE", "diamond": "DIAMOND"}
_WHITE = "#FFFFFF"


@dataclass(frozen=True, slots=True)
class Whiskers:
    """How far the interval of each point reaches below and above it, None where none is known.

    The references say where the same numbers stand in the chart's workbook.
    """

    below: tuple[float | None, ...]
    above: tuple[float | None, ...]
    below_at: str
    above_at: str

    @property
    def any(self) -> bool:
        """Whether there is one to draw."""
        return any(each is not None for each in (*self.below, *self.above))


def whiskers(drawn: Any, found: Whiskers, colour: str) -> None:
    """Adds real error bars with a value of its own for each point, as an editor of the chart would find them."""
    from pptx.oxml import parse_xml

    # Bars and lines know one direction alone and do not name it.
    side = '<c:errDir val="y"/>' if drawn._element.find(f"{{{_C}}}yVal") is not None else ""
    xml = (
        f'<c:errBars {_NAMES}>{side}<c:errBarType val="both"/><c:errValType val="cust"/><c:noEndCap val="1"/>'
        f"<c:plus>{_numbers(found.above_at, found.above)}</c:plus><c:minus>{_numbers(found.below_at, found.below)}"
        f'</c:minus><c:spPr><a:ln w="19050" cap="rnd">{_paint(colour)}</a:ln></c:spPr></c:errBars>'
    )
    _before_values(drawn._element, parse_xml(xml))


def without_values(native: "NativeChart", stand_in: float) -> None:
    """Takes the points out of a chart that have this value, which stands for none."""
    for value in native._chartSpace.iterfind(f".//{{{_C}}}v"):
        if value.text == repr(stand_in):
            point = value.getparent()
            point.getparent().remove(point)


def _numbers(reference: str, values: Sequence[float | None]) -> str:
    points = "".join(
        f'<c:pt idx="{at}"><c:v>{value!r}</c:v></c:pt>' for at, value in enumerate(values) if value is not None
    )
    return (
        f"<c:numRef><c:f>{reference}</c:f><c:numCache><c:formatCode>General</c:formatCode>"
        f'<c:ptCount val="{len(values)}"/>{points}</c:numCache></c:numRef>'
    )


def _before_values(series: Any, element: Any) -> None:
    first = next(each for each in series if each.tag in (f"{{{_C}}}cat", f"{{{_C}}}val", f"{{{_C}}}xVal"))
    first.addprevious(element)


def _paint(colour: str) -> str:
    """A fill as XML: a colour of the template by its name, so that it follows a change of theme, others as they are."""
    bare = colour.lstrip("#").upper()
    if bare in ACCENTS:
        return f'<a:solidFill><a:schemeClr val="accent{ACCENTS.index(bare) + 1}"/></a:solidFill>'
    return f'<a:solidFill><a:srgbClr val="{bare}"/></a:solidFill>'


def labelled(drawn: Any, texts: Sequence[Sequence[str]], sides: Sequence[str], size: float = SMALL) -> None:
    """Writes lines of its own beside each point, on the side of it that is "l", "r", "t" or "b"."""
    from pptx.oxml import parse_xml

    ink = '<a:solidFill><a:schemeClr val="tx1"/></a:solidFill>'
    line = f'<a:p><a:r><a:rPr lang="en-GB" sz="{round(size * 100)}">{ink}</a:rPr><a:t/></a:r></a:p>'
    kept = [(at, lines) for at, lines in enumerate(texts) if any(lines)]
    labels = "".join(
        f'<c:dLbl><c:idx val="{at}"/><c:tx><c:rich><a:bodyPr wrap="none"/><a:lstStyle/>{line * len(lines)}</c:rich>'
        f'</c:tx><c:dLblPos val="{sides[at]}"/>{_flags(True)}</c:dLbl>'
        for at, lines in kept
    )
    every = parse_xml(f"<c:dLbls {_NAMES}>{labels}{_flags(False)}</c:dLbls>")
    words = [text for _, lines in kept for text in lines]
    for target, text in zip(every.iter(f"{{{_A}}}t"), words, strict=True):
        target.text = text
    _before_values(drawn._element, every)


def _flags(value: bool) -> str:
    others = ("showCatName", "showSerName", "showPercent", "showBubbleSize")
    rest = "".join(f'<c:{name} val="0"/>' for name in others)
    return f'<c:showLegendKey val="0"/><c:showVal val="{int(value)}"/>{rest}'


def look(drawn: Any, colour: str, symbol: str, form: Form) -> None:
    """Gives a row of marks its colour and, where it has marks, its sign."""
    from pptx.enum.chart import XL_MARKER_STYLE
    from pptx.util import Pt

    if form is Form.BARS:
        _painted(drawn.format.fill, colour)
        drawn.invert_if_negative = False
        return
    if form is Form.LINES:
        drawn.smooth = False
        _painted(drawn.format.line.fill, colour)
        drawn.format.line.width = Pt(2.25)
    drawn.marker.style = getattr(XL_MARKER_STYLE, _MARKERS.get(symbol, "CIRCLE"))
    drawn.marker.size = 7 if form is Form.LINES else 10
    _painted(drawn.marker.format.fill, colour)
    _painted(drawn.marker.format.line.fill, colour)


def emptied(drawn: Any, at: int, colour: str, form: Form) -> None:
    """Makes one bar or mark of a line hollow."""
    from pptx.util import Pt

    point = drawn.points[at]
    shape = point.format if form is Form.BARS else point.marker.format
    if form is not Form.BARS:
        point.marker.style, point.marker.size = drawn.marker.style, drawn.marker.size
    _painted(shape.fill, _WHITE)
    _painted(shape.line.fill, colour)
    shape.line.width = Pt(1.75)


def coloured(drawn: Any, at: int, colour: str) -> None:
    """Gives one bar a colour of its own."""
    _painted(drawn.points[at].format.fill, colour)


def unbroken(labels: Any) -> None:
    """Labels in one line each; LibreOffice breaks numbers otherwise."""
    labels._element.find(f".//{{{_A}}}bodyPr").set("wrap", "none")


def unseen(drawn: Any) -> None:
    """A row of marks that only carries labels."""
    from pptx.enum.chart import XL_MARKER_STYLE

    drawn.marker.style = XL_MARKER_STYLE.NONE


def holes(drawn: Any) -> None:
    """A row of small white marks, as holes in those of other rows."""
    from pptx.enum.chart import XL_MARKER_STYLE

    drawn.marker.style, drawn.marker.size = XL_MARKER_STYLE.CIRCLE, 5
    _painted(drawn.marker.format.fill, _WHITE)
    _painted(drawn.marker.format.line.fill, _WHITE)


def _painted(fill: Any, colour: str) -> None:
    from pptx.enum.dml import MSO_THEME_COLOR

    fill.solid()
    bare = colour.lstrip("#").upper()
    if bare in ACCENTS:
        fill.fore_color.theme_color = getattr(MSO_THEME_COLOR, f"ACCENT_{ACCENTS.index(bare) + 1}")
    else:
        fill.fore_color.rgb = rgb(bare)


def dressed(axis: Any, title: str, number_format: str, grid: bool) -> None:
    """A quiet scale: fine lines if wanted, small grey numbers, its title."""
    from pptx.enum.chart import XL_TICK_LABEL_POSITION, XL_TICK_MARK
    from pptx.util import Pt

    axis.has_major_gridlines = grid
    if grid:
        _painted(axis.major_gridlines.format.line.fill, RULE)
        axis.major_gridlines.format.line.width = Pt(0.5)
    axis.major_tick_mark = axis.minor_tick_mark = XL_TICK_MARK.NONE
    # Names stand beside the plot even where values fall below zero; numbers go where their scale is.
    axis.tick_label_position = XL_TICK_LABEL_POSITION.NEXT_TO_AXIS if title or grid else XL_TICK_LABEL_POSITION.LOW
    axis.tick_labels.font.size = Pt(LETTERS)
    axis.tick_labels.number_format, axis.tick_labels.number_format_is_linked = number_format, False
    _painted(axis.format.line.fill, RULE)
    axis.has_title = bool(title)
    if title:
        axis.axis_title.text_frame.text = title
        font = axis.axis_title.text_frame.paragraphs[0].runs[0].font
        font.size, font.bold, font.color.rgb = Pt(SMALL), False, rgb(QUIET)


def ranged(axis: Any, low: float, high: float, step: float, log: bool) -> None:
    """Sets the ends of a scale and the step between its lines, or powers of ten."""
    from pptx.oxml import parse_xml

    axis.minimum_scale, axis.maximum_scale = low, high
    if log:
        axis._element.find(f"{{{_C}}}scaling").insert(0, parse_xml(f'<c:logBase {_NAMES} val="10"/>'))
    else:
        axis.major_unit = step


def crossing_low(axis: Any) -> None:
    """Lets the other scale stand at the low end of this one, where zero is not on it."""
    from pptx.enum.chart import XL_AXIS_CROSSES

    axis.crosses = XL_AXIS_CROSSES.MINIMUM


def framed(native: "NativeChart", legend: int, hidden: Sequence[int] = ()) -> None:
    """Letters of one size, no title of its own, and a legend on top for more than one row of marks."""
    from pptx.enum.chart import XL_LEGEND_POSITION
    from pptx.oxml import parse_xml
    from pptx.util import Pt

    # Without it, some programs round the corners of the frame.
    chart = native._chartSpace.find(f"{{{_C}}}chart")
    chart.addprevious(parse_xml(f'<c:roundedCorners {_NAMES} val="0"/>'))
    native.has_title = False
    native.font.size = Pt(LETTERS)
    native.has_legend = legend > 1
    if native.legend is None:
        return
    native.legend.position, native.legend.include_in_layout = XL_LEGEND_POSITION.TOP, False
    native.legend.font.size = Pt(LETTERS)
    position = native.legend._element.find(f"{{{_C}}}legendPos")
    for at in reversed(hidden):
        position.addnext(parse_xml(f'<c:legendEntry {_NAMES}><c:idx val="{at}"/><c:delete val="1"/></c:legendEntry>'))


def plot_room(native: "NativeChart", left: float, top: float, width: float, height: float) -> None:
    """Places the inside of the plot in shares of the chart's width and height, to leave room for labels beside it."""
    from pptx.oxml import parse_xml

    area = native._chartSpace.find(f".//{{{_C}}}plotArea")
    old = area.find(f"{{{_C}}}layout")
    if old is not None:
        area.remove(old)
    words = (("layoutTarget", "inner"), ("xMode", "edge"), ("yMode", "edge"))
    sides = zip("xywh", (f"{each:.4f}" for each in (left, top, width, height)), strict=True)
    set_to = "".join(f'<c:{name} val="{value}"/>' for name, value in (*words, *sides))
    area.insert(0, parse_xml(f"<c:layout {_NAMES}><c:manualLayout>{set_to}</c:manualLayout></c:layout>"))
