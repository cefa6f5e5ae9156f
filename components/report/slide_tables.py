"""Native tables of slides: columns as wide as their words need, as many rows as there is room for."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from typing import TYPE_CHECKING, Any

from catalog.schema import Kind
from components.report.slide_letters import LINE, lines, shortened, width
from components.report.slide_text import Para, Run, cited, clean, write_cell
from components.report.slide_theme import LINE as RULE
from components.report.slide_theme import QUIET, Box
from components.report.state import ModelLine, Report, Table, Value

if TYPE_CHECKING:
    from pptx.shapes.placeholder import TablePlaceholder

# Sizes of letters in points, and whether short notes stand beside values, the most welcome first.
_WAYS = (
    *((size, True) for size in (18.0, 16.0, 14.0, 13.0)),
    *((size, False) for size in (14.0, 13.0, 12.0)),
    (11.0, True),
    (11.0, False),
)
SIGNS = {"circle": "●", "square": "■", "triangle-up": "▲", "diamond": "◆"}
_UNSURE = (Kind.ESTIMATE, Kind.ILLUSTRATIVE)
_SIDE = 5.0
_NOTE = 44
"""Signs of what may be said of a value beside it."""
_LONGEST = 160
_NO_STYLE = "{2D5ABB26-0587-4C30-8999-92F81FD0307C}"
_MOST_LINES = 4


@dataclass(frozen=True, slots=True)
class Row:
    """A row as it is set: its cells, or one text over all columns where a group begins; its height in points."""

    cells: tuple[Para, ...]
    high: float
    group: bool = False


@dataclass(frozen=True, slots=True)
class Grid:
    """A table that fits: the first row is its headings; `shown` values rows of `of` are in it."""

    rows: tuple[Row, ...]
    widths: tuple[float, ...]
    size: float
    shown: int
    of: int
    notes: bool


def grid(report: Report, table: Table, box: Box, most: int | None = None) -> Grid:
    """The first rows of a table, no more than `most` (`Table.slides` if None), in letters as large as fit the box."""
    wanted = min(len(table.rows), table.slides if most is None else most)
    made: list[Grid] = []
    for size, notes in _WAYS:
        made.append(_set(report, table, box, size, wanted, notes))
        if made[-1].shown == wanted:
            break
    return max(made, key=lambda each: (each.shown, each.size))


def _set(report: Report, table: Table, box: Box, size: float, wanted: int, notes: bool) -> Grid:
    heads = tuple(_head(report, heading.name, heading.model) for heading in table.headings)
    body = [tuple(cell(report, value, notes) for value in row) for row in table.rows[:wanted]]
    widths = _widths((heads, *body), size, box.width * 72)
    rows = [_row(heads, widths, size)]
    left = box.height * 72 - rows[0].high
    shown, group = 0, ""
    for at, cells in enumerate(body):
        named = table.groups[at] if table.groups else ""
        further = [_row(cells, widths, size)]
        if named and named != group:
            further.insert(0, _group(named, sum(widths), size))
        left -= sum(each.high for each in further)
        if left < 0:
            break
        rows += further
        shown, group = shown + 1, named
    return Grid(tuple(rows), widths, size, shown, len(table.rows), notes)


def _head(report: Report, name: str, model: str) -> Para:
    line = next((each for each in report.models if each.id == model), None)
    text = clean(name, _LONGEST)
    if line is None:
        return Para((Run(text, bold=True, colour=QUIET),))
    return Para((Run(f"{sign(line)} {text}", bold=True, colour=line.colour),))


def sign(line: ModelLine) -> str:
    """The mark of a model as a letter."""
    return SIGNS.get(line.symbol, "●")


def cell(report: Report, value: Value, notes: bool = True) -> Para:
    """A value as a table has it: italic with "≈" where it is estimated, bold where it is best, with its sources."""
    unsure = value.kind in _UNSURE
    text = clean(value.shown, _LONGEST)
    if unsure and not text.startswith("≈"):
        text = f"≈ {text}"
    marked = f"{'○ ' if value.hollow else ''}{text}{' ≠' if value.conflict else ''}"
    runs = [Run(marked, bold=value.best, italic=unsure)]
    sources = cited(report, value.sources)
    note = _short_note(value.note) if notes else ""
    if sources or note:
        runs.append(Run(f" {sources}  {note}".rstrip(), colour=QUIET, small=True))
    return Para(tuple(runs))


def _short_note(note: str) -> str:
    """The first part of what is said of a value where that is short; the rest is for the speaker."""
    first = re.split("[;.] ", clean(note), maxsplit=1)[0].rstrip(".")
    return first if len(first) <= _NOTE else ""


def noted(table: Table, made: Grid) -> tuple[str, ...]:
    """What is said of the values on the slide beyond what has room there, a line a value."""
    return tuple(
        f"{clean(row[0].shown, 80)}, {clean(heading.name, 80)}: {clean(value.shown, 80)}; {clean(value.note, 600)}"
        for row in table.rows[: made.shown]
        for heading, value in zip(table.headings, row, strict=True)
        if value.note and not (made.notes and clean(value.note) == _short_note(value.note))
    )


def _extent(para: Para, size: float) -> float:
    """The width of a cell's text in one line."""
    return sum(width(run.text, size * (0.72 if run.small else 1), run.bold) for run in para.runs)


def _word(para: Para, size: float) -> float:
    """The width of its longest word, in the look in which words are widest."""
    return max((width(word, size, True) for word in para.text.split()), default=0.0)


def _widths(rows: Sequence[Sequence[Para]], size: float, room: float) -> tuple[float, ...]:
    """The widths of the columns, which fill the room: what they need in one line, or shares between that and a word.

    Headings, the first of the rows, may take two lines.
    """
    inner = 2 * _SIDE + 1
    count = len(rows[0])
    heads = [max(_extent(head, size) * 0.6, _word(head, size)) for head in rows[0]]
    full = [max(heads[at], *(_extent(row[at], size) for row in rows[1:]), 0.0) + inner for at in range(count)]
    if sum(full) <= room:
        spare = (room - sum(full)) / count
        return tuple(each + spare for each in full)
    least = [min(max(_word(row[at], size) for row in rows) + inner, room / count) for at in range(count)]
    share = (room - sum(least)) / max(sum(full) - sum(least), 1)
    return tuple(low + (high - low) * share for low, high in zip(least, full, strict=True))


def _row(cells: Sequence[Para], widths: Sequence[float], size: float) -> Row:
    fitted = tuple(_short(para, wide - 2 * _SIDE, size) for para, wide in zip(cells, widths, strict=True))
    most = max(_count(para, wide - 2 * _SIDE, size) for para, wide in zip(fitted, widths, strict=True))
    return Row(fitted, most * size * LINE + 2 * _above(size))


def _count(para: Para, room: float, size: float) -> int:
    if _extent(para, size) <= room - 1 and "\n" not in para.text:
        return 1
    return lines(para.text, size, room - 1, any(run.bold for run in para.runs))


def _short(para: Para, room: float, size: float) -> Para:
    """Without what is in small letters where that takes too many lines, and cut if it still does."""
    if _count(para, room, size) <= _MOST_LINES:
        return para
    first = para.runs[0]
    return replace(para, runs=(replace(first, text=shortened(first.text, size, room - 1, _MOST_LINES, True)),))


def _above(size: float) -> float:
    """The room above and below the text of a cell."""
    return size * 0.3


def _group(name: str, room: float, size: float) -> Row:
    text = shortened(clean(name, _LONGEST), size - 1, room - 2 * _SIDE, 1, True)
    return Row((Para((Run(text, bold=True),)),), (size - 1) * LINE + 2 * _above(size), group=True)


def legend(table: Table, made: Grid) -> str:
    """What the marks of the table mean, where they are used, and how much of it is not on the slide."""
    values = [value for row in table.rows[: made.shown] for value in row]
    said = [
        ("Bold: best of its row.", any(each.best for each in values)),
        ("≈ in italics: an estimate, not a fact.", any(each.kind in _UNSURE for each in values)),
        ("○: self-reported.", any(each.hollow for each in values)),
        ("≠: sources conflict.", any(each.conflict for each in values)),
    ]
    left = made.of - made.shown
    rest = [f"{left} more row{'' if left == 1 else 's'} in the workbook."] if left else []
    return " ".join([*(text for text, used in said if used), *rest])


def place(holder: "TablePlaceholder", table: Table, made: Grid, box: Box) -> None:
    """Puts the grid in the place of an empty placeholder, with the table's summary for those who do not see it."""
    from pptx.util import Inches, Pt

    columns = len(made.widths)
    framed: Any = holder.insert_table(len(made.rows), columns)  # type: ignore[no-untyped-call]
    framed.left, framed.top = Inches(box.left), Inches(box.top)
    framed.width, framed.height = Pt(sum(made.widths)), Pt(sum(row.high for row in made.rows))
    framed._element.nvGraphicFramePr.cNvPr.set("descr", clean(f"{table.title}. {table.summary}", 500))
    native = framed.table
    native._tbl.tblPr.find(f"{{{_A}}}tableStyleId").text = _NO_STYLE
    native.first_row, native.first_col, native.horz_banding = True, True, False
    # Each width is rounded by itself, so that the frame and its columns agree to the unit.
    edges = [round(each * 12700) for each in accumulate(made.widths, initial=0.0)]
    for at, column in enumerate(native.columns):
        column.width = edges[at + 1] - edges[at]
    for at, row in enumerate(made.rows):
        native.rows[at].height = Pt(row.high)
        _fill(native, at, row, table, made.size)


_A = "http://schemas.openxmlformats.org/drawingml/2006/main"


def _fill(native: Any, at: int, row: Row, table: Table, size: float) -> None:
    if row.group:
        native.cell(at, 0).merge(native.cell(at, len(table.headings) - 1))
    for column, heading in enumerate(table.headings):
        target = native.cell(at, column)
        if column < len(row.cells):
            letters = size - 1 if at == 0 or row.group else size
            write_cell(target.text_frame, row.cells[column], letters, heading.numeric and not row.group)
        _dress(target, size, row.group, first=at == 0)


def _dress(target: Any, size: float, group: bool, first: bool) -> None:
    """Margins, and a line below: a strong one under the headings, a fine one under the others."""
    from pptx.enum.text import MSO_ANCHOR
    from pptx.oxml import parse_xml
    from pptx.util import Pt

    target.margin_left = target.margin_right = Pt(_SIDE)
    target.margin_top = target.margin_bottom = Pt(_above(size))
    target.vertical_anchor = MSO_ANCHOR.BOTTOM if first else MSO_ANCHOR.MIDDLE
    properties = target._tc.get_or_add_tcPr()
    none = "".join(f'<a:ln{side} w="0"><a:noFill/></a:ln{side}>' for side in "LRT")
    colour = '<a:schemeClr val="tx1"/>' if first else f'<a:srgbClr val="{RULE}"/>'
    below = f'<a:lnB w="{12700 if first else 6350}"><a:solidFill>{colour}</a:solidFill></a:lnB>'
    fill = '<a:solidFill><a:schemeClr val="bg2"/></a:solidFill>' if group else "<a:noFill/>"
    for element in parse_xml(f'<a:tcPr xmlns:a="{_A}">{none}{below}{fill}</a:tcPr>'):
        properties.append(element)
