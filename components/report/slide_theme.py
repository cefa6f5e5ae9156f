"""The template of the deck, made in code: colours, fonts, one master and its layouts with real placeholders."""

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pptx.presentation import Presentation

FONT = "Arial"
INK, PAPER, NIGHT, MIST = "17202B", "FFFFFF", "11161D", "F4F6F9"
LINE, QUIET, PALE = "CFD6DF", "556070", "B6C0CD"
ACCENTS = ("1D56B8", "B4530A", "0B7468", "7A3AA8", "4B5563", "8A6A00")
BRIGHT = {"1d56b8": "8db8ff", "b4530a": "ffb066", "0b7468": "5fd3c2", "7a3aa8": "d3a4ff"}
"""The colours of models on dark ground."""

EMU = 914_400
WIDTH, HEIGHT = 13.333, 7.5
LEFT, ROOM = 0.62, 12.09
GAP = 0.28

KICKER, LEAD, CAPTION, CHART, TABLE, COLUMN = 13, 14, 15, 16, 17, 20
"""The idx of placeholders on layouts; the columns of text are `COLUMN` and the three after it."""
FOOTER, NUMBER = 11, 12


@dataclass(frozen=True, slots=True)
class Box:
    """A place on a slide in inches."""

    left: float
    top: float
    width: float
    height: float


class Layout(StrEnum):
    """The layouts by the names that people see in their program."""

    COVER = "Cover"
    CHART = "Message and chart"
    TABLE = "Message and table"
    BOTH = "Message, chart and table"
    ONE = "Message and text"
    TWO = "Message and two texts"
    THREE = "Message and three texts"
    FOUR = "Message and four texts"


COLUMNS = (Layout.ONE, Layout.TWO, Layout.THREE, Layout.FOUR)
TITLE_BOX = Box(LEFT, 0.68, ROOM, 0.98)
TITLE_SIZE, TITLE_LEAST = 26.0, 23.0
KICKER_BOX = Box(LEFT, 0.4, ROOM, 0.28)
LEAD_BOX = Box(LEFT, 1.7, ROOM, 0.56)
MAIN_BOX = Box(LEFT, 2.36, ROOM, 4.1)
CAPTION_BOX = Box(LEFT, 6.5, ROOM, 0.36)
COVER_TITLE = Box(LEFT, 1.5, 8.4, 1.75)
COVER_LINE = Box(LEFT, 0.7, 8.4, 0.4)
COVER_MODELS = Box(LEFT, 3.55, 8.4, 1.65)
COVER_NOTE = Box(LEFT, 5.3, 8.4, 1.15)

_NAMES = (
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
    'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"'
)
_GROUP = (
    '<p:nvGrpSpPr><p:cNvPr id="1" name=""/><p:cNvGrpSpPr/><p:nvPr/></p:nvGrpSpPr><p:grpSpPr><a:xfrm>'
    '<a:off x="0" y="0"/><a:ext cx="0" cy="0"/><a:chOff x="0" y="0"/><a:chExt cx="0" cy="0"/></a:xfrm></p:grpSpPr>'
)


def column_boxes(count: int) -> tuple[Box, ...]:
    """The places of `count` texts side by side."""
    each = (ROOM - GAP * (count - 1)) / count
    return tuple(Box(LEFT + at * (each + GAP), MAIN_BOX.top, each, MAIN_BOX.height) for at in range(count))


def template() -> "Presentation":
    """An empty presentation of 13.33 by 7.5 inches in the product's look, with the layouts of `Layout` in order."""
    from pptx import Presentation as opened
    from pptx.util import Emu

    deck = opened()
    deck.slide_width, deck.slide_height = Emu(round(WIDTH * EMU)), Emu(round(HEIGHT * EMU))
    deck.element.sldSz.attrib.pop("type", None)
    _strip(deck)
    layouts = list(Layout)
    for unused in list(deck.slide_layouts)[len(layouts) :]:
        deck.slide_layouts.remove(unused)
    _fill(deck.slide_master.element, _master())
    for layout, made in zip(layouts, deck.slide_layouts, strict=True):
        _fill(made.element, _layout(layout))
        made.element.attrib.pop("type", None)
        made.element.set("userDrawn", "1")
    return deck


def _strip(deck: "Presentation") -> None:
    """Takes out what the library's own empty file brings along: a picture of it, a printer, its theme."""
    from pptx.opc.constants import RELATIONSHIP_TYPE as RT

    package = deck.part.package
    for holder, kind in ((package, RT.THUMBNAIL), (package, RT.EXTENDED_PROPERTIES), (deck.part, RT.PRINTER_SETTINGS)):
        rels = holder._rels
        for name in [key for key, rel in rels.items() if rel.reltype == kind]:
            rels.pop(name)
    theme = deck.slide_master.part.part_related_by(RT.THEME)
    theme._blob = _theme().encode()


def _theme() -> str:
    accents = "".join(f'<a:accent{n}><a:srgbClr val="{each}"/></a:accent{n}>' for n, each in enumerate(ACCENTS, 1))
    face = f'<a:latin typeface="{FONT}"/><a:ea typeface=""/><a:cs typeface=""/>'
    plain = '<a:solidFill><a:schemeClr val="phClr"/></a:solidFill>'
    line = f'<a:ln w="9525" cap="flat" cmpd="sng" algn="ctr">{plain}<a:prstDash val="solid"/></a:ln>'
    none = "<a:effectStyle><a:effectLst/></a:effectStyle>"
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
        '<a:theme xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" name="Pro or Flash"><a:themeElements>'
        f'<a:clrScheme name="Pro or Flash"><a:dk1><a:srgbClr val="{INK}"/></a:dk1><a:lt1><a:srgbClr val="{PAPER}"/>'
        f'</a:lt1><a:dk2><a:srgbClr val="{NIGHT}"/></a:dk2><a:lt2><a:srgbClr val="{MIST}"/></a:lt2>{accents}'
        f'<a:hlink><a:srgbClr val="{ACCENTS[0]}"/></a:hlink><a:folHlink><a:srgbClr val="{ACCENTS[3]}"/></a:folHlink>'
        f'</a:clrScheme><a:fontScheme name="Pro or Flash"><a:majorFont>{face}</a:majorFont><a:minorFont>{face}'
        f'</a:minorFont></a:fontScheme><a:fmtScheme name="Pro or Flash"><a:fillStyleLst>{plain * 3}</a:fillStyleLst>'
        f"<a:lnStyleLst>{line * 3}</a:lnStyleLst><a:effectStyleLst>{none * 3}</a:effectStyleLst>"
        f"<a:bgFillStyleLst>{plain * 3}</a:bgFillStyleLst></a:fmtScheme></a:themeElements></a:theme>"
    )


def _fill(element: Any, parts: tuple[str, str, str]) -> None:
    """Puts background, shapes and, on a master, text styles in the place of those that are there."""
    from pptx.oxml import parse_xml
    from pptx.oxml.ns import qn

    common = element.find(qn("p:cSld"))
    name, content, styles = parts
    # The library's own parser, so that what comes in has the library's classes.
    common.getparent().replace(common, parse_xml(f'<p:cSld {_NAMES} name="{name}">{content}</p:cSld>'))
    old = element.find(qn("p:txStyles"))
    if styles and old is not None:
        element.replace(old, parse_xml(f"<p:txStyles {_NAMES}>{styles}</p:txStyles>"))


def _master() -> tuple[str, str, str]:
    shapes = (
        _placeholder(2, "Title", 'type="title"', TITLE_BOX, prompt="The message in a sentence"),
        _placeholder(3, "Text", 'type="body" idx="1"', MAIN_BOX, prompt="Text"),
        _footer(4, 'type="ftr" sz="quarter" idx="3"', 'type="sldNum" sz="quarter" idx="4"'),
        _motif(),
    )
    title = _level(1, f"{TITLE_SIZE * 100:.0f}", bold=True, face="+mj-lt")
    body = "".join(_level(n, size) for n, size in enumerate(("1600", "1400", "1200", "1200", "1200"), 1))
    other = "".join(_level(n, "1200") for n in range(1, 6))
    styles = (
        f"<p:titleStyle>{title}</p:titleStyle><p:bodyStyle>{body}</p:bodyStyle><p:otherStyle>{other}</p:otherStyle>"
    )
    return "", f"{_ground('bg1')}<p:spTree>{_GROUP}{''.join(shapes)}</p:spTree>", styles


def _layout(layout: Layout) -> tuple[str, str, str]:
    if layout is Layout.COVER:
        return layout, f"{_ground('tx2')}<p:spTree>{_GROUP}{_cover()}</p:spTree>", ""
    shapes = [
        _placeholder(2, "Title", 'type="title"', None, prompt="The message in a sentence"),
        _placeholder(3, "Topic", f'type="body" sz="quarter" idx="{KICKER}"', KICKER_BOX, _KICKER, "Topic"),
        _placeholder(4, "Lead", f'type="body" sz="quarter" idx="{LEAD}"', LEAD_BOX, _LEAD, "What stands behind it"),
        *_main(layout),
        _placeholder(
            20, "Caption", f'type="body" sz="quarter" idx="{CAPTION}"', CAPTION_BOX, _CAPTION, "How to read it"
        ),
        _footer(21, f'type="ftr" sz="quarter" idx="{FOOTER}"', f'type="sldNum" sz="quarter" idx="{NUMBER}"'),
    ]
    return layout, f"<p:spTree>{_GROUP}{''.join(shapes)}</p:spTree>", ""


def _main(layout: Layout) -> list[str]:
    chart, table = f'type="chart" idx="{CHART}"', f'type="tbl" idx="{TABLE}"'
    if layout is Layout.CHART:
        return [_placeholder(5, "Chart", chart, MAIN_BOX, prompt="Chart")]
    if layout is Layout.TABLE:
        return [_placeholder(5, "Table", table, MAIN_BOX, prompt="Table")]
    if layout is Layout.BOTH:
        high = MAIN_BOX.height / 2
        upper = Box(LEFT, MAIN_BOX.top, ROOM, high)
        lower = Box(LEFT, MAIN_BOX.top + high, ROOM, high)
        return [
            _placeholder(5, "Chart", chart, upper, prompt="Chart"),
            _placeholder(6, "Table", table, lower, prompt="Table"),
        ]
    return [
        _placeholder(5 + at, f"Text {at + 1}", f'type="body" idx="{COLUMN + at}"', box, _CARD, "Text")
        for at, box in enumerate(column_boxes(COLUMNS.index(layout) + 1))
    ]


def _cover() -> str:
    white = '<a:solidFill><a:schemeClr val="bg1"/></a:solidFill>'
    title = f'<a:lvl1pPr><a:defRPr sz="3800" b="1">{white}</a:defRPr></a:lvl1pPr>'
    text = f'<a:lvl1pPr><a:spcBef><a:spcPts val="500"/></a:spcBef><a:defRPr sz="1600">{white}</a:defRPr></a:lvl1pPr>'
    pale = _colour(PALE)
    small = f'<a:lvl1pPr><a:defRPr sz="1300">{pale}</a:defRPr></a:lvl1pPr>'
    shapes = (
        _shape(30, "ellipse", Box(9.55, 0.95, 2.9, 2.9), "8DB8FF"),
        _shape(31, "rect", Box(10.75, 3.3, 2.583, 2.583), "FFB066"),
        _placeholder(2, "Title", 'type="title"', COVER_TITLE, title, "Title", anchor="b"),
        _placeholder(3, "Line", f'type="body" sz="quarter" idx="{KICKER}"', COVER_LINE, small, "What it is"),
        _placeholder(4, "Models", f'type="body" idx="{LEAD}"', COVER_MODELS, text, "Models"),
        _placeholder(5, "Note", f'type="body" idx="{CAPTION}"', COVER_NOTE, small, "A note"),
        _footer(21, f'type="ftr" sz="quarter" idx="{FOOTER}"', f'type="sldNum" sz="quarter" idx="{NUMBER}"', pale),
    )
    return "".join(shapes)


def _colour(name: str) -> str:
    kind = "srgbClr" if len(name) == 6 else "schemeClr"
    return f'<a:solidFill><a:{kind} val="{name}"/></a:solidFill>'


_KICKER = f'<a:lvl1pPr><a:defRPr sz="1200" b="1" spc="40">{_colour(QUIET)}</a:defRPr></a:lvl1pPr>'
_LEAD = f'<a:lvl1pPr><a:defRPr sz="1400">{_colour("tx1")}</a:defRPr></a:lvl1pPr>'
_CAPTION = f'<a:lvl1pPr><a:defRPr sz="1100">{_colour(QUIET)}</a:defRPr></a:lvl1pPr>'
_CARD = (
    f'<a:lvl1pPr><a:spcBef><a:spcPts val="400"/></a:spcBef><a:defRPr sz="1600">{_colour("tx1")}</a:defRPr></a:lvl1pPr>'
)
CARD_INSET = 0.2


def _level(level: int, size: str, bold: bool = False, face: str = "+mn-lt") -> str:
    thick = ' b="1"' if bold else ""
    return (
        f'<a:lvl{level}pPr marL="0" indent="0" algn="l" rtl="0" eaLnBrk="1" hangingPunct="1"><a:lnSpc><a:spcPct '
        f'val="100000"/></a:lnSpc><a:spcBef><a:spcPts val="0"/></a:spcBef><a:buNone/><a:defRPr sz="{size}"{thick} '
        f'kern="1200">{_colour("tx1")}<a:latin typeface="{face}"/><a:ea typeface="{face[:4]}ea"/><a:cs '
        f'typeface="{face[:4]}cs"/></a:defRPr></a:lvl{level}pPr>'
    )


def _ground(colour: str) -> str:
    return f"<p:bg><p:bgPr>{_colour(colour)}<a:effectLst/></p:bgPr></p:bg>"


def frame(box: Box) -> str:
    """The place of a shape as XML."""
    left, top, width, height = (round(each * EMU) for each in (box.left, box.top, box.width, box.height))
    return f'<a:xfrm><a:off x="{left}" y="{top}"/><a:ext cx="{width}" cy="{height}"/></a:xfrm>'


def _placeholder(
    number: int, name: str, kind: str, box: Box | None, style: str = "", prompt: str = "", anchor: str = "t"
) -> str:
    """A placeholder on a master or layout; without a box it stands where that of the master does. Texts are cards."""
    card = style == _CARD
    inset = round(CARD_INSET * EMU) if card else 0
    place = f'{frame(box)}<a:prstGeom prst="rect"><a:avLst/></a:prstGeom>' if box else ""
    body = (
        f'<a:bodyPr vert="horz" wrap="square" lIns="{inset}" tIns="{inset}" rIns="{inset}" bIns="{inset}" rtlCol="0" '
        f'anchor="{anchor}"><a:noAutofit/></a:bodyPr>'
    )
    return (
        f'<p:sp><p:nvSpPr><p:cNvPr id="{number}" name="{name}"/><p:cNvSpPr><a:spLocks noGrp="1"/></p:cNvSpPr><p:nvPr>'
        f"<p:ph {kind}/></p:nvPr></p:nvSpPr><p:spPr>{place}{_colour('bg2') if card else ''}</p:spPr><p:txBody>{body}"
        f'<a:lstStyle>{style}</a:lstStyle><a:p><a:r><a:rPr lang="en-GB"/><a:t>{prompt}</a:t></a:r></a:p></p:txBody>'
        "</p:sp>"
    )


def _footer(number: int, footer: str, page: str, fill: str = "") -> str:
    """The footer at the left, behind the room of the motif, and the number of the slide at the right."""
    colour = fill or _colour(QUIET)
    style = f'<a:lvl1pPr algn="{{}}"><a:defRPr sz="1000">{colour}</a:defRPr></a:lvl1pPr>'
    body = '<a:bodyPr vert="horz" wrap="square" lIns="0" tIns="0" rIns="0" bIns="0" rtlCol="0" anchor="ctr"/>'
    rect = '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom>'
    texts = (
        ("Footer", footer, FOOTER_BOX, "l", '<a:endParaRPr lang="en-GB"/>'),
        ("Slide number", page, NUMBER_BOX, "r", NUMBER_FIELD),
    )
    return "".join(
        f'<p:sp><p:nvSpPr><p:cNvPr id="{number + at}" name="{name}"/><p:cNvSpPr><a:spLocks noGrp="1"/></p:cNvSpPr>'
        f"<p:nvPr><p:ph {kind}/></p:nvPr></p:nvSpPr><p:spPr>{frame(box)}{rect}</p:spPr><p:txBody>{body}<a:lstStyle>"
        f"{style.format(side)}</a:lstStyle><a:p>{text}</a:p></p:txBody></p:sp>"
        for at, (name, kind, box, side, text) in enumerate(texts)
    )


FOOTER_BOX = Box(LEFT + 0.5, 6.98, 10.4, 0.28)
NUMBER_BOX = Box(LEFT + ROOM - 0.8, 6.98, 0.8, 0.28)
NUMBER_FIELD = (
    '<a:fld id="{C1FF6DA9-008F-4B48-92A6-B652298478BF}" type="slidenum"><a:rPr lang="en-GB"/><a:t>‹#›</a:t></a:fld>'
)


def _motif() -> str:
    """The product's two marks, Pro's circle and Flash's square, before the footer."""
    return _shape(30, "ellipse", Box(LEFT, 7.05, 0.14, 0.14), "accent1") + _shape(
        31, "rect", Box(LEFT + 0.2, 7.05, 0.14, 0.14), "accent2"
    )


def _shape(number: int, form: str, box: Box, colour: str) -> str:
    return (
        f'<p:sp><p:nvSpPr><p:cNvPr id="{number}" name="Mark {number}"/><p:cNvSpPr/><p:nvPr userDrawn="1"/></p:nvSpPr>'
        f'<p:spPr>{frame(box)}<a:prstGeom prst="{form}"><a:avLst/></a:prstGeom>{_colour(colour)}'
        '<a:ln><a:noFill/></a:ln></p:spPr><p:txBody><a:bodyPr/><a:lstStyle/><a:p><a:endParaRPr lang="en-GB"/></a:p>'
        "</p:txBody></p:sp>"
    )
