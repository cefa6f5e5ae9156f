"""A figure is the same in every format: what the state says is found in each, and nothing else in its place."""

import csv
import io
import re
import zipfile
from dataclasses import dataclass
from decimal import Decimal

import pytest
from lxml import html
from markdown_it import MarkdownIt
from openpyxl import load_workbook
from pptx import Presentation

from components.report.html import light
from components.report.markdown import markdown
from components.report.slides import deck
from components.report.state import Report, Table, Value
from components.report.workbook import workbook
from tests.report.frozen_pairs import frozen


@dataclass(frozen=True)
class Key:
    """A figure by where the state has it: table, the first words of its row, and its column."""

    table: str
    row: str
    column: str


KEYS = (
    Key("specs_fields", "Context window", "2.0 Pro exp"),
    Key("specs_fields", "Input tokens, per million", "2.0 Flash"),
    Key("specs_fields", "Input tokens, per million", "2.0 Pro exp"),
    Key("verdicts_tests", "SimpleQA", "2.0 Pro exp"),
    Key("verdicts_tests", "SimpleQA", "2.0 Pro exp minus 2.0 Flash"),
    Key("verdicts_tests", "LMArena text", "2.0 Flash"),
    Key("cost_bills", "2.0 Flash", "A month"),
    Key("cost_bills", "2.0 Flash", "A year"),
    Key("cost_bills", "2.0 Pro exp", "A month"),
)
DETAIL = Key("caveats_lives", "2.0 Flash", "Ends or ended")
"""Stands in a table that pages fold away, and that wikis and slides leave out."""
EACH = pytest.mark.parametrize("key", KEYS, ids=lambda key: f"{key.row}, {key.column}")
EACH_AND_DETAIL = pytest.mark.parametrize("key", [*KEYS, DETAIL], ids=lambda key: f"{key.row}, {key.column}")


@pytest.fixture(scope="module")
def report() -> Report:
    return frozen("gemini-2.0-pro-exp-02-05,gemini-2.0-flash")


def table_of(report: Report, key: Key) -> Table:
    return next(table for _, table in report.tables() if table.id == key.table)


def value_of(report: Report, key: Key) -> Value:
    table = table_of(report, key)
    at = [heading.name for heading in table.headings].index(key.column)
    return next(row[at] for row in table.rows if row[0].shown == key.row)


def cells_of(table: html.HtmlElement, key: Key) -> list[str]:
    """The texts of the column in the rows that begin so, without notes and citations."""
    lines = [[_bare(cell) for cell in line.iter("th", "td")] for line in table.iter("tr")]
    at = next(line.index(key.column) for line in lines if key.column in line)
    first = lines[0].index("Field") if "Field" in lines[0] else lines[0].index("Test") if "Test" in lines[0] else 0
    return [line[at] for line in lines if len(line) > at and line[first] == key.row]


def _bare(cell: html.HtmlElement) -> str:
    found = cell.xpath(".//text()[not(ancestor::small or ancestor::sup or ancestor::span or ancestor::a)]")
    return " ".join("".join(found).replace("\u2060", "").split()).removesuffix(" ○").removesuffix(" ≠")


@pytest.fixture(scope="module")
def page(report: Report) -> html.HtmlElement:
    return html.document_fromstring(light(report))


@pytest.fixture(scope="module")
def wiki(report: Report) -> html.HtmlElement:
    return html.fromstring(f"<div>{MarkdownIt('commonmark').enable('table').render(markdown(report))}</div>")


@pytest.fixture(scope="module")
def grids(report: Report) -> list[list[list[str]]]:
    """The tables of the slides, by row and cell."""
    made = Presentation(io.BytesIO(deck(report)))
    found = [shape.table for slide in made.slides for shape in slide.shapes if shape.has_table]
    return [[[cell.text for cell in row.cells] for row in grid.rows] for grid in found]


@pytest.fixture(scope="module")
def book(report: Report):
    return load_workbook(io.BytesIO(workbook(report)), data_only=True)


@pytest.fixture(scope="module")
def bundled(report: Report) -> dict[str, list[dict[str, str]]]:
    from components.report.bundle import bundle

    with zipfile.ZipFile(io.BytesIO(bundle(report))) as packed:
        read = {key.table: packed.read(f"tables/{key.table}.csv").decode("utf-8-sig") for key in (*KEYS, DETAIL)}
    return {name: list(csv.DictReader(io.StringIO(text, newline=""))) for name, text in read.items()}


@EACH_AND_DETAIL
def test_a_page_shows_what_the_state_says(page: html.HtmlElement, report: Report, key: Key) -> None:
    title = table_of(report, key).title
    (table,) = [each for each in page.iter("table") if each.findtext("caption") == title]
    assert cells_of(table, key) == [value_of(report, key).shown]


@EACH
def test_a_wiki_shows_what_the_state_says(wiki: html.HtmlElement, report: Report, key: Key) -> None:
    title = table_of(report, key).title
    heads = [each for each in wiki.iter("h2", "h3") if each.text == title]
    table = next(each for each in heads[-1].itersiblings() if each.tag == "table")
    assert cells_of(table, key) == [value_of(report, key).shown]


@EACH_AND_DETAIL
def test_data_have_the_text_and_the_exact_number(
    bundled: dict[str, list[dict[str, str]]], report: Report, key: Key
) -> None:
    value, name = value_of(report, key), re.sub(r"\W+", "_", key.column.lower())
    (row,) = [
        each for each in bundled[key.table] if key.row in (each.get("field"), each.get("test"), each.get("model"))
    ]
    assert row[name].lstrip("'") == value.shown
    number = row.get(f"{name}_number") or None
    assert (Decimal(number) if number else None) == (None if value.number is None else Decimal(str(value.number)))


SHEETS = {
    "specs_fields": "Specs fields",
    "verdicts_tests": "Verdicts tests",
    "cost_bills": "Cost",
    "caveats_lives": "Caveats lives",
}


@EACH_AND_DETAIL
def test_a_sheet_has_the_number_and_writes_it_the_same_way(book, report: Report, key: Key) -> None:
    value, sheet = value_of(report, key), book[SHEETS[key.table]]
    lines = list(sheet.iter_rows())
    heads = next(line for line in lines if key.column in [cell.value for cell in line])
    at = [cell.value for cell in heads].index(key.column)
    cell = next(line[at] for line in lines if key.row in [each.value for each in line[:2]])
    if value.day is not None:
        assert cell.value.date() == value.day
    elif value.number is None:
        assert cell.value == value.shown
    else:
        assert Decimal(str(cell.value)) == Decimal(str(value.number))
        assert written(cell).startswith(value.shown.replace("−", "-"))


def written(cell) -> str:
    """A number as its format writes it: with the decimals and the literal text of the part for its sign."""
    parts = cell.number_format.split(";")
    part = parts[1] if cell.value < 0 and len(parts) > 1 else parts[0]
    digits = re.search(r"#,##0(?:\.(0+))?", part)
    assert digits is not None
    text = f"{abs(cell.value) if part.startswith('-') else cell.value:,.{len(digits[1] or '')}f}"
    return re.sub(r'"([^"]*)"', r"\1", part.replace(digits[0], text))


@EACH
def test_a_slide_shows_what_the_state_says(grids: list[list[list[str]]], report: Report, key: Key) -> None:
    found = [
        line[at]
        for head, *lines in grids
        if head[0] == table_of(report, key).headings[0].name
        for at, name in enumerate(head)
        for line in lines
        if _model(name) == key.column and line[0] == key.row
    ]
    assert found
    shown = value_of(report, key).shown
    assert [each for each in found if each.removeprefix("○ ").partition(" [")[0].removesuffix(" ≠") != shown] == []


def _model(heading: str) -> str:
    """A heading without the sign of its model."""
    return re.sub("^[●■▲◆] ", "", heading)
