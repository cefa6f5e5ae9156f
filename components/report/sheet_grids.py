"""The sheets of a report's workbook as plain data: which cells stand where; how a file is written is not known here."""

import textwrap
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from components.report.citing import LISTS, byline, citations, dated, rests, sure
from components.report.sheet_cells import Cell, safe, sheet_name, text_cell, value_cell
from components.report.state import Chart, Heading, Part, Quote, Report, Section, Table, Value

_LINE_WIDTH, _MOST_LINES, _LONGEST_TITLE, _WIDE = 120, 6, 200, 76
_HOW_TO_READ = (
    ("≈ and italic", "An estimate; italic alone marks what is illustrative or inferred."),
    ("≠", "Sources disagree; the value that stands is shown, the Notes column says more."),
    ("○", "A score that the maker of the model reports itself; the others are independent or say what they are."),
    ("Bold", "The best of its row."),
    ("✓✓  ✓  ~  ?  ∅", "Clear; small but real; too close to call; not comparable; no shared test."),
    ("[3]", "The source with this number on the sheet Sources."),
    ("Blue on yellow", "A number to change: formulas that rest on it work out anew."),
    ("Words instead of a number", "There is no number: nothing is left out, and a missing value is never 0."),
    (
        "A viewer that does not calculate",
        "shows the results that were worked out when the file was made; Excel and LibreOffice calculate on opening.",
    ),
)


@dataclass(frozen=True, slots=True)
class Column:
    """A column under its heading. `colour` (#rrggbb) is that of its model, `widest` the most characters in width."""

    name: str
    cells: tuple[Cell, ...]
    numeric: bool = False
    colour: str = ""
    widest: int = 44


@dataclass(frozen=True, slots=True)
class Grid:
    """Cells in columns of one length, with headings that filter. `fixed` columns stay in sight at the left."""

    columns: tuple[Column, ...]
    title: str = ""
    fixed: int = 1

    @property
    def rows(self) -> int:
        """How many rows stand under the headings."""
        return len(self.columns[0].cells)


@dataclass(frozen=True, slots=True)
class Page:
    """A sheet: its name, a title, lines about it, grids one below another, and the charts that belong to it."""

    name: str
    title: str
    lines: tuple[str, ...]
    grids: tuple[Grid, ...]
    charts: tuple[Chart, ...] = ()
    part: Part | None = None

    def heading_rows(self) -> tuple[int, ...]:
        """The row of the headings of each grid, counted from 0."""
        row = 1 + len(self.lines) + 1
        found = []
        for grid in self.grids:
            row += bool(grid.title)
            found.append(row)
            row += 1 + grid.rows + 2
        return tuple(found)


def page(
    name: str,
    title: str,
    lines: Sequence[str],
    grids: Sequence[Grid],
    charts: Sequence[Chart] = (),
    part: Part | None = None,
) -> Page:
    """A sheet with its lines no longer than a screen is wide."""
    wrapped = [found for line in lines for found in textwrap.wrap(safe(line), _LINE_WIDTH)[:_MOST_LINES]]
    return Page(name, safe(" ".join(title.split()))[:_LONGEST_TITLE], tuple(wrapped), tuple(grids), tuple(charts), part)


def table_page(report: Report, section: Section, table: Table, name: str, chart: Chart | None) -> Page:
    """A table as a sheet of its own, with its chart."""
    lines = dict.fromkeys(each.summary for each in (chart, table) if each is not None and each.summary)
    title = chart.title if chart else table.title
    return page(name, title, tuple(lines), (table_grid(report, table),), (chart,) if chart else (), section.part)


def table_grid(report: Report, table: Table, grouped: bool = True, title: str = "") -> Grid:
    """A table's values in typed columns, then what they rest on, their sources and their notes."""
    first = [_words("Group", table.groups)] if grouped and table.groups else []
    colours = {model.id: model.colour for model in report.models}
    values = [
        Column(
            safe(heading.name),
            tuple(value_cell(row[at]) for row in table.rows),
            heading.numeric or _typed(row[at] for row in table.rows),
            colours.get(heading.model, ""),
        )
        for at, heading in enumerate(table.headings)
    ]
    further = [
        *_rest_columns(report, table),
        _words("Sources", _sources(report, table), _WIDE),
        _words("Notes", _notes(table), _WIDE),
    ]
    full = [column for column in further if any(cell.content for cell in column.cells)]
    return Grid((*first, *values, *full), title, 1 + len(first))


def _typed(values: Iterator[Value]) -> bool:
    """Whether most of the values are numbers or days, so that the column aligns right."""
    found = [value.number is not None or value.day is not None for value in values]
    return sum(found) * 2 > len(found)


def _rest_columns(report: Report, table: Table) -> list[Column]:
    """What the values rest on: a column a model where the columns are models, else one for the row."""
    scored = any(value.hollow for row in table.rows for value in row)
    if any(heading.model for heading in table.headings):
        return [
            _words(f"{heading.name} rests on", [rests(row[at], report, scored) for row in table.rows])
            for at, heading in enumerate(table.headings)
            if heading.model
        ]
    return [_words("Rests on", [_shared(report, table.headings, row) for row in table.rows])]


def _shared(report: Report, headings: Sequence[Heading], row: Sequence[Value]) -> str:
    """What a row rests on: once where it is the same for all of its values, else by heading."""
    return _told(headings, row, "; ", lambda value: rests(value, report))


def _notes(table: Table) -> list[str]:
    return [_told(table.headings, row, "\n", lambda value: value.note) for row in table.rows]


def _told(headings: Sequence[Heading], row: Sequence[Value], between: str, tell: Callable[[Value], str]) -> str:
    said = {heading.name: tell(value) for heading, value in zip(headings, row, strict=True)}
    found = {name: text for name, text in said.items() if text}
    if len(set(found.values())) == 1:
        return next(iter(found.values()))
    return between.join(f"{name}: {text}" for name, text in found.items())


def _sources(report: Report, table: Table) -> list[str]:
    return [citations(report, [each for value in row for each in value.sources]) for row in table.rows]


def _words(name: str, texts: Sequence[str], widest: int = 44, bold: bool = False) -> Column:
    return Column(safe(name), tuple(text_cell(text, bold) for text in texts), widest=widest)


def summary_page(report: Report, digest: str) -> Page:
    """The summary a sentence a row, with how sure each is and what it rests on; the author's note comes first."""
    lines = (
        byline(report),
        f"Catalog {report.catalog_version} of {report.catalog_as_of}; report {digest}",
    )
    said = [sentence for section, sentence in report.sentences() if section.part is Part.SUMMARY]
    what = [heading for section, heading in _headings(report) if section.part is Part.SUMMARY]
    notes = [report.note] if report.note else []
    grid = Grid(
        (
            _words("What", [*("Note" for _ in notes), *what], bold=True),
            _words("In words", [*notes, *(each.text for each in said)], 100),
            _words("How sure", [*("" for _ in notes), *(sure(each.certainty) for each in said)]),
            _words("Sources", [*("" for _ in notes), *(citations(report, each.sources) for each in said)], _WIDE),
        )
    )
    return page("Summary", report.title, lines, (grid,) if grid.rows else (), part=Part.SUMMARY)


def _headings(report: Report) -> Iterator[tuple[Section, str]]:
    """The heading that each sentence stands under, in the order of `Report.sentences`."""
    for section in report.sections:
        for block in section.blocks:
            for _ in getattr(block, "sentences", ()):
                yield section, getattr(block, "heading", "") or section.title


def words_page(report: Report) -> Page | None:
    """Every sentence outside the summary, and why a section is empty."""
    rows = [
        (section.title, heading, sentence.text, sure(sentence.certainty), citations(report, sentence.sources))
        for (section, sentence), (_, heading) in zip(report.sentences(), _headings(report), strict=True)
        if section.part is not Part.SUMMARY
    ]
    rows += [(each.title, "", each.missing, "", "") for each in report.sections if each.missing]
    names = (("Section", 24), ("Heading", 30), ("In words", 100), ("How sure", 24), ("Sources", _WIDE))
    return _listing("In words", "What the report says in words", (), names, rows)


def quotes_page(report: Report) -> Page | None:
    """Prompts and answers; what is longer than a cell holds says so."""
    names = {model.id: model.short_name for model in report.models}
    quotes = [each for section in report.sections for each in section.blocks if isinstance(each, Quote)]
    if not quotes:
        return None
    grid = Grid(
        (
            _words("Whose", [each.label for each in quotes]),
            _words("What holds of it", [each.remark for each in quotes]),
            _words("Model", [names.get(each.model, each.model) for each in quotes]),
            Column("Characters", tuple(Cell(len(each.text), "#,##0") for each in quotes), numeric=True),
            _words("Text", [each.text for each in quotes], 100),
        )
    )
    lines = ("Text of people and models, as it came: nothing in it is checked, and nothing in it runs.",)
    return page("Prompts and answers", "Prompts and answers", lines, (grid,), part=Part.RUNS)


def models_page(report: Report) -> Page:
    """The models that are compared and where their lives stand."""
    rows = [(each.name, each.short_name, each.lab, each.service, each.life, each.id) for each in report.models]
    names = (("Model", 30), ("In short", 20), ("Lab", 24), ("Status", 16), ("Life", 70), ("Id", 32))
    found = _listing("Models", "The models", (), names, rows)
    return found or page("Models", "The models", ("No model was chosen.",), ())


def numbers_page(report: Report) -> Page | None:
    """Every number that a sentence states: exact, with its unit, and how it comes from others."""
    if not report.figures:
        return None
    figures = report.figures
    grid = Grid(
        (
            _words("Id", [each.id for each in figures]),
            _words("What", [each.what for each in figures], 70),
            _words("As stated", [each.shown for each in figures]),
            Column("Exact", tuple(Cell(each.number, _plain(each.unit)) for each in figures), numeric=True),
            _words("Unit", [each.unit for each in figures]),
            _words("Worked out by", [each.by for each in figures]),
            _words("From", [" ".join(each.of) for each in figures]),
            _words("Sources", [citations(report, each.sources) for each in figures], _WIDE),
        )
    )
    return page("Numbers in words", "Every number that a sentence states", (), (grid,))


def _plain(unit: str) -> str:
    return "0" if unit in ("year", "month", "day") else "General"


def sources_page(report: Report) -> Page | None:
    """The sources by the numbers under which they are cited."""
    if not report.sources:
        return None
    lines = report.sources
    grid = Grid(
        (
            Column("Number", tuple(Cell(each.number, '"["0"]"') for each in lines), numeric=True),
            Column("Title", tuple(text_cell(each.title, href=each.url) for each in lines), widest=60),
            _words("Kind", [each.kind.value.replace("_", " ") for each in lines]),
            _words("Date", [each.date for each in lines]),
            _words("Licence", [each.licence for each in lines]),
            _words("Address", [each.url for each in lines], 70),
            _words("Place", [each.locator for each in lines]),
            _words("Id", [each.id for each in lines]),
        )
    )
    return page("Sources", "Sources", (), (grid,), part=Part.SOURCES)


def glossary_page(report: Report) -> Page | None:
    """The terms in plain words."""
    rows = [(each.name, each.plain) for each in report.terms]
    found = _listing("Glossary", "Glossary", (), (("Term", 30), ("In plain words", 100)), rows)
    return found and replace(found, part=Part.GLOSSARY)


def contents_page(pages: Sequence[Page]) -> Page:
    """What stands on each of the other sheets, one click away."""
    grid = Grid(
        (
            Column("Sheet", tuple(Cell(each.name, href=f"internal:'{each.name}'!A1") for each in pages)),
            _words("Holds", [each.title for each in pages], 60),
            _words("Shows", [" ".join(each.lines) for each in pages], 90),
            Column("Rows", tuple(Cell(sum(grid.rows for grid in each.grids), "#,##0") for each in pages), numeric=True),
        )
    )
    return page("Contents", "The sheets of this workbook", (), (grid,), part=Part.SUMMARY)


def about_page(report: Report, digest: str) -> Page:
    """What the file is, and how to read its marks."""
    facts = [
        ("Title", report.title),
        ("Author", report.author),
        ("For", f"{report.audience.value} readers"),
        ("Date", dated(report)),
        ("Made", f"{report.made:%Y-%m-%d %H:%M %Z}".strip()),
        ("Catalog", f"{report.catalog_version} of {report.catalog_as_of}"),
        ("Report", digest),
        ("Address", report.address),
        *((f"Workload: {name}", text) for name, text in report.workload.items()),
        *(("Take note", text) for text in report.problems),
    ]
    grids = (_pairs("This file", ("What", "Is"), facts), _pairs("How to read it", ("Mark", "Meaning"), _HOW_TO_READ))
    return page("About", "About this file", (), grids)


def _pairs(title: str, names: tuple[str, str], rows: Sequence[tuple[str, str]]) -> Grid:
    columns = (
        _words(names[0], [row[0] for row in rows], 30, bold=True),
        _words(names[1], [row[1] for row in rows], 100),
    )
    return Grid(columns, title)


def _listing(
    name: str,
    title: str,
    lines: tuple[str, ...],
    headings: Sequence[tuple[str, int]],
    rows: Sequence[tuple[str, ...]],
) -> Page | None:
    """Rows of texts as a sheet; None where there are none. `headings` are names with the most characters of a width."""
    if not rows:
        return None
    columns = [_words(each, [row[at] for row in rows], widest) for at, (each, widest) in enumerate(headings)]
    return page(name, title, lines, (Grid(tuple(columns)),))


def table_pages(report: Report, taken: Sequence[str], names: Sequence[str]) -> tuple[Page, ...]:
    """Every table as a sheet, each with the chart that it belongs to, but for those in `taken` (ids of tables).

    A sheet is named by the id of its table, as the file of the bundle is; `names` are those of other sheets.
    """
    used = list(names)
    pages = []
    charts = {chart.table.id: chart for chart in charts_of(report)}
    for section, table in report.tables():
        if table.id not in (*taken, *LISTS):
            chart = charts.get(table.id)
            used.append(sheet_name(table.id.replace("_table", "").replace("_", " ").capitalize(), used))
            pages.append(table_page(report, section, table, used[-1], chart))
    return tuple(pages)


def charts_of(report: Report) -> Iterator[Chart]:
    """Every chart in order."""
    return (block for section in report.sections for block in section.blocks if isinstance(block, Chart))
