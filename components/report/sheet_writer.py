"""Sheets as plain data -> a workbook of Excel, by XlsxWriter, which writes the results of formulas along with them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from catalog.spreadsheet import runs
from components.report.sheet_cells import Cell, safe
from components.report.sheet_charts import DATA_SHEET, Block, block, draw, parts
from components.report.sheet_grids import Column, Grid, Page
from components.report.state import Chart, Form, Part

_INK, _PALE, _RULE, _LINK = "#1f2630", "#5b6472", "#d9dde3", "#1d56b8"
_ENTRY, _ENTRY_PAPER = "#1d3fb8", "#fff6d6"
_NARROWEST, _MOST_LINES, _LINE_HEIGHT = 9, 14, 14.5
_LONG_TABLE = 24
_READ = 3_000
_TABS = {
    Part.SUMMARY: "#1f2630",
    Part.COST: "#b4530a",
    Part.SPECS: "#1d56b8",
    Part.VERDICTS: "#1d56b8",
    Part.BENCHMARKS: "#1d56b8",
}
_BASE = {"valign": "top", "font_color": _INK}
_DATA_LINES = ("The charts of this workbook are drawn from these figures and change with them.",)


@dataclass
class Book:
    """A workbook being written, its formats by what they are made of, and how many tables it has."""

    workbook: Any
    formats: dict[tuple[tuple[str, Any], ...], Any] = field(default_factory=dict)
    tables: int = 0

    def format(self, **properties: Any) -> Any:
        """A format with these properties of XlsxWriter; the same ones share one."""
        key = tuple(sorted(properties.items()))
        if key not in self.formats:
            self.formats[key] = self.workbook.add_format(properties)
        return self.formats[key]


def write(book: Book, pages: Sequence[Page], footer: str, moving: Mapping[str, Mapping[float, str]]) -> None:
    """Writes the sheets in order, then one with the figures of all charts, which are placed where they belong.

    `moving` holds, by id of a chart, the formulas that give figures of it anew.
    """
    sheets = [(page, _page(book, page, footer)) for page in pages]
    charts = [chart for page in pages for chart in page.charts]
    if charts:
        blocks = _chart_data(book, charts, moving, footer)
        for page, sheet in sheets:
            for at, chart in enumerate(page.charts):
                row, column = _chart_place(page, at)
                sheet.insert_chart(row, column, draw(book.workbook, chart, blocks[chart.id]), _alternative(chart))


def _alternative(chart: Chart) -> dict[str, Any]:
    return {"description": safe(chart.summary)[:250], "object_position": 2}


def _chart_place(page: Page, at: int) -> tuple[int, int]:
    """Below a short table; to the right of the last grid where it is one of several or long."""
    last = page.grids[-1]
    if len(page.grids) > 1:
        return page.heading_rows()[-1] + at * 20, len(last.columns) + 1
    if last.rows > _LONG_TABLE:
        return page.heading_rows()[-1] + 1 + at * 20, len(last.columns) + 1
    return page.heading_rows()[-1] + last.rows + 2 + at * 20, 0


def _page(book: Book, page: Page, footer: str) -> Any:
    sheet = book.workbook.add_worksheet(page.name)
    sheet.hide_gridlines(2)
    _print_set_up(sheet, footer)
    if page.part in _TABS:
        sheet.set_tab_color(_TABS[page.part])
    _text(book, sheet, 0, 0, page.title, bold=True, font_size=16, font_color=_INK)
    for at, line in enumerate(page.lines, 1):
        _text(book, sheet, at, 0, line, font_color=_PALE)
    rows = page.heading_rows()
    for row, grid in zip(rows, page.grids, strict=True):
        if grid.title:
            _text(book, sheet, row - 1, 0, grid.title, bold=True, font_size=12, font_color=_INK)
        _grid(book, sheet, grid, row)
    _widths(sheet, page.grids)
    if len(rows) == 1:
        sheet.freeze_panes(rows[0] + 1, page.grids[0].fixed)
        sheet.repeat_rows(rows[0])
    else:
        sheet.freeze_panes(1, 0)
    return sheet


def _print_set_up(sheet: Any, footer: str) -> None:
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.set_margins(0.5, 0.5, 0.6, 0.6)
    sheet.fit_to_pages(1, 0)
    sheet.set_footer(f"&L&8{footer}&R&8&A, page &P of &N")


def _text(book: Book, sheet: Any, row: int, column: int, text: str, **properties: Any) -> None:
    """A text as a text, whatever it begins with; marked so that editing it makes no formula of it."""
    if runs(text):
        properties["quote_prefix"] = True
    sheet.write_string(row, column, text, book.format(**properties))


def _grid(book: Book, sheet: Any, grid: Grid, row: int) -> None:
    """The cells under their headings as a table of Excel, which sorts and filters."""
    headings = _headings(grid.columns)
    for at, column in enumerate(grid.columns):
        for below, cell in enumerate(column.cells, row + 1):
            _cell(book, sheet, below, at, cell, column.numeric)
    widths = [_width(column) for column in grid.columns]
    for below in range(grid.rows):
        lines = max(_lines(column.cells[below], width) for column, width in zip(grid.columns, widths, strict=True))
        if lines > 1:
            sheet.set_row(row + 1 + below, min(lines, _MOST_LINES) * _LINE_HEIGHT)
    book.tables += 1
    made = [
        {"header": heading, "header_format": _heading_format(book, column, at == 0, runs(heading))}
        for at, (heading, column) in enumerate(zip(headings, grid.columns, strict=True))
    ]
    options = {"name": f"table_{book.tables}", "style": None, "columns": made}
    sheet.add_table(row, 0, row + grid.rows, len(made) - 1, options)


def _headings(columns: Sequence[Column]) -> list[str]:
    """Headings that differ without regard to case, as a table of Excel wants them."""
    found: list[str] = []
    for at, column in enumerate(columns, 1):
        name = " ".join(column.name.split())[:200] or f"Column {at}"
        taken = {each.lower() for each in found}
        found.append(name if name.lower() not in taken else f"{name} ({at})")
    return found


def _heading_format(book: Book, column: Column, first: bool, quoted: bool) -> Any:
    side = "right" if column.numeric else "left"
    colour = column.colour or _PALE
    return book.format(
        bold=True,
        font_color=_INK,
        align=side,
        indent=0 if first else 1,
        valign="bottom",
        text_wrap=True,
        bottom=5 if column.colour else 2,
        bottom_color=colour,
        quote_prefix=quoted,
    )


def _cell(book: Book, sheet: Any, row: int, column: int, cell: Cell, numeric: bool) -> None:
    look = {**_BASE, "bottom": 1, "bottom_color": _RULE, "align": "right" if numeric else "left"}
    look |= {"indent": 1} if column else {}
    look |= {"bold": True} if cell.bold else {}
    look |= {"italic": True} if cell.italic else {}
    look |= {"font_color": _ENTRY, "bg_color": _ENTRY_PAPER} if cell.entry else {}
    if cell.number_format:
        look["num_format"] = cell.number_format
    if cell.remark:
        sheet.write_comment(row, column, cell.remark, {"x_scale": 2.5, "y_scale": 1.5, "author": ""})
    if cell.name:
        book.workbook.define_name(cell.name, f"='{sheet.get_name()}'!${_letter(column)}${row + 1}")
    if isinstance(cell.content, str):
        _words(book, sheet, row, column, cell, {**look, "text_wrap": True})
    elif cell.content is None:
        sheet.write_blank(row, column, None, book.format(**look))
    elif cell.formula:
        sheet.write_formula(row, column, cell.formula, book.format(**look), _number(cell.content))
    elif isinstance(cell.content, date):
        sheet.write_datetime(row, column, cell.content, book.format(**look))
    else:
        sheet.write_number(row, column, _number(cell.content), book.format(**look))


def _words(book: Book, sheet: Any, row: int, column: int, cell: Cell, look: dict[str, Any]) -> None:
    text = str(cell.content)
    if cell.href:
        look |= {"font_color": _LINK, "underline": 1}
        # Excel holds no address of more characters, and XlsxWriter then leaves the cell empty.
        if len(cell.href) < 2_000 and sheet.write_url(row, column, cell.href, book.format(**look), text) == 0:
            return
    _text(book, sheet, row, column, text, **look)


def _number(content: object) -> int | float:
    return float(content) if isinstance(content, Decimal) else content  # type: ignore[return-value]


def _letter(column: int) -> str:
    from xlsxwriter.utility import xl_col_to_name  # type: ignore[import-untyped, unused-ignore]

    return str(xl_col_to_name(column))


def _widths(sheet: Any, grids: Sequence[Grid]) -> None:
    """As wide as the longest line needs, within the limit of the column."""
    wanted: dict[int, int] = {}
    for grid in grids:
        for at, column in enumerate(grid.columns):
            wanted[at] = max(wanted.get(at, _NARROWEST), _width(column))
    for at, width in wanted.items():
        sheet.set_column(at, at, width)


def _width(column: Column) -> int:
    longest = max((_length(cell) for cell in column.cells), default=0)
    heading = max(map(len, column.name.split()), default=0) + 4
    return min(max(longest + 2, heading, min(len(column.name) + 4, 22)), column.widest)


def _length(cell: Cell) -> int:
    """About how many characters wide a cell is."""
    if isinstance(cell.content, str):
        return max(map(len, cell.content.split("\n")), default=0)
    if isinstance(cell.content, date):
        return 12
    literal = sum(len(part) for part in cell.number_format.split(";")[0].split('"')[1::2])
    places = len(cell.number_format.partition(".")[2].split('"')[0].rstrip("%"))
    return len(f"{_number(cell.content or 0):,.{places}f}") + literal + 3


def _lines(cell: Cell, width: int) -> int:
    """About how many lines a text takes in so many characters; words that do not break cost some room."""
    if not isinstance(cell.content, str) or (len(cell.content) < width and "\n" not in cell.content):
        return 1
    return sum(-(-len(line) // (width - 1)) or 1 for line in cell.content[:_READ].split("\n"))


def _chart_data(
    book: Book, charts: Sequence[Chart], moving: Mapping[str, Mapping[float, str]], footer: str
) -> dict[str, Block]:
    sheet = book.workbook.add_worksheet(DATA_SHEET)
    sheet.hide_gridlines(2)
    _print_set_up(sheet, footer)
    _text(book, sheet, 0, 0, "The figures behind the charts", bold=True, font_size=16, font_color=_INK)
    for at, line in enumerate(_DATA_LINES, 1):
        _text(book, sheet, at, 0, line, font_color=_PALE)
    sheet.set_column(0, 0, 34)
    sheet.set_column(1, 40, 16)
    sheet.freeze_panes(1, 1)
    blocks = {}
    row = 4
    for chart in charts:
        blocks[chart.id] = block(chart.plot, row)
        _chart_figures(book, sheet, chart, blocks[chart.id], moving.get(chart.id, {}))
        row = blocks[chart.id].end
    return blocks


def _chart_figures(book: Book, sheet: Any, chart: Chart, place: Block, formulas: Mapping[float, str]) -> None:
    plot = chart.plot
    unit = f", {plot.unit}" if plot.unit else ""
    _text(book, sheet, place.row - 1, 0, f"{safe(chart.title)}{unit}", bold=True, font_color=_INK)
    for at, name in enumerate(plot.categories if plot.form is not Form.SCATTER else ()):
        _text(book, sheet, place.row + 1 + at, 0, safe(name), font_color=_INK)
    for series, columns in zip(plot.series, place.columns, strict=True):
        for part, figures in parts(plot, series):
            name = safe(series.name) if part == "value" else f"{safe(series.name)}, {part}"
            _text(book, sheet, place.row, columns[part], name, bold=True, text_wrap=True, align="right", bottom=1)
            for at, figure in enumerate(figures):
                formula = formulas.get(figure, "") if part == "value" and isinstance(figure, float) else ""
                _figure(book, sheet, place.row + 1 + at, columns[part], figure, formula)


def _figure(book: Book, sheet: Any, row: int, column: int, figure: float | str | None, formula: str) -> None:
    look = book.format(num_format="#,##0.######", font_color=_INK)
    if isinstance(figure, str):
        _text(book, sheet, row, column, safe(figure), font_color=_INK)
    elif formula:
        sheet.write_formula(row, column, formula, look, figure)
    elif figure is not None:
        sheet.write_number(row, column, figure, look)
