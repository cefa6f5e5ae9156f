"""The workbook holds typed values with their units, marks and sources, and nothing foreign in it acts."""

import io
import re
import time
import zipfile
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from catalog import compiled
from catalog.schema import Kind
from catalog.spreadsheet import LONGEST_CELL, defused, restored, runs, units
from components.report.address import parse
from components.report.freezing import freeze
from components.report.sheet_cells import number_format, safe, sheet_name
from components.report.state import Audience, Report, Value
from components.report.workbook import workbook
from tests.report.sample_state import HOSTILE, hostile_report, report


def opened(made: Report) -> Any:
    return load_workbook(io.BytesIO(workbook(made)))


def rows(sheet: Any) -> list[dict[str, Any]]:
    """The cells of a sheet with one table, by heading."""
    (table,) = sheet.tables.values()
    head, *lines = sheet[table.ref]
    return [dict(zip([cell.value for cell in head], line, strict=True)) for line in lines]


def by_first(sheet: Any, heading: str) -> dict[str, dict[str, Any]]:
    return {line[heading].value: line for line in rows(sheet)}


@pytest.fixture(scope="module")
def book() -> Any:
    return opened(report())


def test_each_table_stands_on_a_sheet_between_the_summary_and_the_facts_about_the_file(book: Any) -> None:
    assert book.sheetnames == [
        *("Summary", "Contents", "Models", "Specs fields", "Benchmarks scores", "T1", "Cost bills", "In words"),
        *("Prompts and answers", "Numbers in words", "Sources", "Glossary", "About", "Chart data"),
    ]
    links = {line["Sheet"].value: line["Sheet"].hyperlink.location for line in rows(book["Contents"])}
    assert links["Cost bills"] == "'Cost bills'!A1"
    assert set(links) == set(book.sheetnames) - {"Summary", "Contents", "Chart data"}


def test_the_summary_says_how_sure_each_sentence_is_and_what_it_rests_on(book: Any) -> None:
    assert book["Summary"]["A1"].value == "Pro or Flash for our help desk"
    assert book["Summary"]["A2"].value == "Ada Example, 26 Nov 2025, for executive readers"
    assert f"report {report().digest}" in book["Summary"]["A3"].value
    note, cost, choice = rows(book["Summary"])
    assert note["In words"].value == "For the meeting on Tuesday.\nSecond line."
    assert cost["How sure"].value == "✓✓ clear"
    assert cost["Sources"].value == "[1] Gemini API pricing; [2] LiteLLM price file"
    assert choice["What"].value == "What we would choose"


def test_money_tokens_and_days_are_typed_and_show_their_units(book: Any) -> None:
    specs = by_first(book["Specs fields"], "Field")
    context = specs["Context window"]
    assert (context["2.5 Pro"].value, context["2.5 Pro"].number_format) == (1_048_576, '#,##0 "tokens"')
    assert context["2.5 Flash"].number_format == '#,##0 "tokens"" ≠"'
    assert context["2.5 Flash rests on"].value == "official [1] [2]; sources conflict"
    assert context["Notes"].value == "litellm says 1,000,000"
    assert specs["Release date"]["2.5 Pro"].value == datetime(2025, 6, 17)
    assert specs["Release date"]["2.5 Pro"].number_format == "d mmm yyyy"
    size = specs["Parameters"]
    assert size["2.5 Pro"].number_format == '"≈ "#,##0 "parameters"'
    assert size["2.5 Pro"].font.italic
    assert size["2.5 Flash"].value == "not disclosed"
    assert size["Group"].value == "Architecture"
    bills = rows(book["Cost bills"])
    assert (bills[0]["A month"].value, bills[0]["A month"].number_format) == (9720, "$#,##0.00")
    assert bills[1]["A month"].font.bold
    assert bills[1]["1,000 requests"].value == "no list price"
    assert bills[1]["Sources"].value == "[2] LiteLLM price file"


def test_self_reported_scores_are_told_from_independent_ones_in_a_mark_and_in_words(book: Any) -> None:
    gpqa, hle = rows(book["Benchmarks scores"])
    assert gpqa["2.5 Pro"].number_format == '#,##0.0"%"" ○"'
    assert gpqa["2.5 Pro rests on"].value == "official, self-reported [1]"
    assert hle["2.5 Pro rests on"].value == "independent"
    assert hle["2.5 Flash"].value == "not found"


def test_headings_stay_in_sight_and_filter(book: Any) -> None:
    for name in ("Summary", "Specs fields", "Cost bills", "Sources"):
        sheet = book[name]
        (table,) = sheet.tables.values()
        row = sheet[table.ref][0][0].row
        assert sheet.freeze_panes.endswith(str(row + 1)), name
        assert table.autoFilter is not None
        assert sheet[f"A{row}"].font.bold
    assert book["Specs fields"].freeze_panes.startswith("C")
    assert book["Specs fields"].print_title_rows


def test_sources_are_numbered_as_they_are_cited_and_linked(book: Any) -> None:
    first, second = rows(book["Sources"])
    assert (first["Number"].value, first["Title"].value) == (1, "Gemini API pricing")
    assert first["Title"].hyperlink.target == "https://ai.google.dev/gemini-api/docs/pricing"
    assert (second["Number"].value, second["Title"].hyperlink) == (2, None)
    assert second["Kind"].value == "third party"


def test_numbers_that_sentences_state_are_there_with_how_they_come_about(book: Any) -> None:
    ratio = by_first(book["Numbers in words"], "Id")["f3"]
    assert (ratio["Exact"].value, ratio["Worked out by"].value, ratio["From"].value) == (8.1, "ratio", "f1 f2")


def test_charts_are_drawn_from_cells_that_people_can_edit() -> None:
    data = workbook(report())
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        charts = [archive.read(name).decode() for name in archive.namelist() if name.startswith("xl/charts/chart")]
    dots, bars = charts
    assert "<c:lineChart>" in dots
    assert "<c:errBars>" in dots
    assert "<c:barChart>" in bars
    book = load_workbook(io.BytesIO(data))
    figures = [cell.value for row in book["Chart data"].iter_rows(min_row=5) for cell in row if cell.value is not None]
    drawn = re.findall(r"<c:val><c:numRef><c:f>'Chart data'!([^<]*)", bars)
    assert [book["Chart data"][each.replace("$", "")].value for each in drawn] == [9720, 1200]
    assert {86.4, 81.4, 90.4, 18.8, 9720, 1200} <= set(figures)
    assert len(book["Benchmarks scores"]._charts) == len(book["T1"]._charts) == 1


def test_the_same_report_gives_the_same_bytes() -> None:
    assert workbook(report()) == workbook(report())


def test_nothing_hostile_acts() -> None:
    made = workbook(hostile_report())
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        names = archive.namelist()
        parts = {name: archive.read(name).decode() for name in names if name.endswith((".xml", ".rels"))}
    assert not [name for name in names if "external" in name.lower() or "vba" in name.lower()]
    linked = {target for text in parts.values() for target in re.findall(r'Target="(\w+:[^"]*)"', text)}
    assert linked == {"https://ai.google.dev/gemini-api/docs/pricing"}
    assert not [name for name, text in parts.items() if re.search("[\x00-\x08\x0b-\x1f\u202a-\u202e\ufffe]", text)]
    book = load_workbook(io.BytesIO(made))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert not [cell for cell in cells if cell.data_type == "f"]
    assert not [cell for cell in cells if isinstance(cell.value, str) and units(cell.value) > LONGEST_CELL]
    long = next(line for line in rows(book["Prompts and answers"]) if line["Whose"].value == "A long line")
    assert long["Characters"].value == 1_000_000 + len(HOSTILE)
    assert long["Text"].value.endswith("characters in all; the whole text is in the bundle)")


@pytest.mark.parametrize(
    "text", ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", '=DDE("cmd";"/C calc";"x")']
)
def test_no_text_is_a_formula_not_even_when_it_is_edited(text: str) -> None:
    plain = report()
    quote = replace(plain.sections[-1].blocks[0], label=text, text=text)
    value = Value(text, note=text, href=text)
    table = replace(next(each for _, each in plain.tables()), id="x", title=text, summary=text)
    rows_ = tuple((value, *row[1:]) for row in table.rows)
    headings = tuple(replace(each, name=f"{text}{at}") for at, each in enumerate(table.headings))
    worse = replace(table, headings=headings, rows=rows_)
    section = replace(plain.sections[-1], blocks=(quote, worse))
    book = opened(replace(plain, title=text, note=text, author=text, sections=(*plain.sections[:-1], section)))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if isinstance(cell.value, str)]
    found = [cell for cell in cells if runs(cell.value)]
    assert {cell.parent.title for cell in found} >= {"Summary", "X", "Prompts and answers", "About"}
    assert {(cell.data_type, cell.quotePrefix) for cell in found} == {("s", True)}


def test_a_workbook_of_everything_takes_less_than_three_seconds() -> None:
    catalog = compiled.load()
    models = "gemini-2.5-pro,gemini-2.5-flash,gemini-2.0-flash"
    choices = parse({"models": models, "audience": "technical"}, catalog, date(2025, 11, 26)).choices
    made = freeze(catalog, choices, date(2025, 11, 26), datetime(2025, 11, 26, tzinfo=UTC))
    started = time.process_time()
    workbook(made)
    assert time.process_time() - started < 3


def test_a_report_for_technical_readers_says_so() -> None:
    assert opened(report(Audience.TECHNICAL))["Summary"]["A2"].value.endswith("for technical readers")
    assert opened(replace(report(), author=""))["Summary"]["A2"].value == "26 Nov 2025, for executive readers"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (Value("$0.075", Decimal("0.075"), "USD per 1M tokens"), '$#,##0.000 "per 1M tokens"'),
        (Value("86.4%", 86.4, "percent"), '#,##0.0"%"'),
        (Value("83%", 0.834, "share"), "#,##0%"),
        (Value("+2.5", 2.5, "points"), '+#,##0.0 "points";-#,##0.0 "points";#,##0.0 "points"'),
        (Value("2.1 M", 2_097_152, "tokens"), '#,##0 "tokens"'),
        (Value("8.1×", Decimal("8.1"), "×"), '#,##0.0"×"'),
        (Value("2025", 2025, "year"), "0"),
        (Value("under $0.01", Decimal("0.0004"), "USD"), "$#,##0.0000"),
        (Value("3", 3, 'a "unit"\n'), "#,##0 \"a ''unit'' \""),
        (Value("7", 7, kind=Kind.ESTIMATE), '"≈ "#,##0'),
    ],
)
def test_a_number_format_shows_the_unit_and_as_many_decimals_as_are_shown(value: Value, expected: str) -> None:
    assert number_format(value) == expected


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ("Cost [a]: b/c*?", "Cost  a  b c"),
        ("'quoted'", "quoted"),
        ("History", "Sheet"),
        ("", "Sheet"),
        ("x" * 40, "x" * 31),
        ("COST", "COST (2)"),
        ("⛵🚢" * 20, "⛵🚢" * 10 + "⛵"),
    ],
)
def test_sheets_have_names_that_excel_takes(wanted: str, expected: str) -> None:
    assert sheet_name(wanted, ["Cost"]) == expected


texts = st.text(st.characters(exclude_categories=[]), max_size=60)


@given(texts)
def test_a_defused_text_never_runs_and_comes_back(text: str) -> None:
    assert restored(defused(text)) == text
    assert not runs(defused(text))


@given(texts.map(lambda text: text * 700))
def test_no_cell_holds_more_than_excel_does(text: str) -> None:
    assert units(safe(text)) <= LONGEST_CELL
