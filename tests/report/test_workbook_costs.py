"""The bills in the workbook are live: a spreadsheet works them out to the cent, and they follow a changed number."""

import io
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from catalog import compiled
from catalog.bill import Bill, bill
from catalog.loading import Catalog
from catalog.workload import Workload
from components.report.address import Choices, parse
from components.report.freezing import freeze
from components.report.sheet_formulas import Load, a_request, live
from components.report.state import Report
from components.report.workbook import workbook
from components.workload.address import INPUTS
from tests.report.recalculating import converted
from tests.report.sample_state import hostile_report, report

MODELS = "gemini-2.5-pro,gemini-2.5-flash,gemini-2.0-flash"
TODAY = date(2025, 11, 26)
PLATFORM = "Gemini API (AI Studio)"
# Every number of the form is in use, so that each has its lines and may change.
FULL = {
    "requests": "400",
    "input": "3000",
    "output": "500",
    "thinking": "700",
    "cached": "1000",
    "batch": "30",
    "long": "10",
    "long_input": "250000",
    "images": "2",
    "audio": "1.5",
    "video": "0.5",
    "stored": "50000",
    "hours": "6",
}
# Every number at once: a formula that left one out would come to another bill.
CHANGED = FULL | {
    "requests": "1000",
    "input": "4321",
    "output": "77",
    "thinking": "1234",
    "cached": "10",
    "batch": "55.5",
    "long": "3",
    "long_input": "300000",
    "images": "0.25",
    "audio": "4",
    "video": "2",
    "stored": "1000000",
    "hours": "24",
}


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return compiled.load()


def asked(catalog: Catalog, numbers: Mapping[str, str]) -> Choices:
    read = parse({"models": MODELS, "parts": "cost", **numbers}, catalog, TODAY)
    assert not read.problems
    return read.choices


def frozen(catalog: Catalog, numbers: Mapping[str, str]) -> Report:
    return freeze(catalog, asked(catalog, numbers), TODAY, datetime(2025, 11, 26, tzinfo=UTC))


def bills(catalog: Catalog, workload: Workload) -> dict[str, Decimal]:
    """What the catalog says that a month costs, by the short name of the model."""
    found = {}
    for name in MODELS.split(","):
        made = bill(catalog, catalog.models[name], PLATFORM, workload, TODAY)
        assert isinstance(made, Bill)
        found[catalog.models[name].short_name] = made.usd_a_month
    return found


def entry(sheet: Any, label: str) -> Any:
    """The cell of a number of the workload."""
    return next(row[1] for row in sheet.iter_rows() if row[0].value == label)


def changed(data: bytes, numbers: Mapping[str, str]) -> bytes:
    """The file after somebody has typed other numbers into it; openpyxl keeps no results of formulas."""
    book = load_workbook(io.BytesIO(data))
    labels = {each.name: each.label.removesuffix(", %") for each in INPUTS}
    for name, text in numbers.items():
        entry(book["Cost"], labels[name]).value = float(text)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def months(book: Any) -> dict[str, Decimal]:
    """The column "A month" of the bills, by model."""
    rows = list(book["Cost"].iter_rows(values_only=True))
    first = next(at for at, row in enumerate(rows) if row[0] == "Model") + 1
    return {row[0]: Decimal(str(row[2])) for row in rows[first : first + 3]}


def assert_equal(found: Mapping[str, Decimal], expected: Mapping[str, Decimal]) -> None:
    assert found.keys() == expected.keys()
    for name, amount in expected.items():
        assert abs(found[name] - amount) < Decimal("0.0001"), name


@pytest.fixture(scope="module")
def full(catalog: Catalog) -> bytes:
    return workbook(frozen(catalog, FULL))


@pytest.fixture(scope="module")
def recalculated(full: bytes, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The workbook as it is and with other numbers, as LibreOffice calculates it.

    Beside it are the workbooks of the usual and the hostile report that were made by hand.
    """
    files = {"same": changed(full, {}), "changed": changed(full, CHANGED)}
    files |= {"plain": workbook(report()), "hostile": workbook(hostile_report())}
    return converted(files, tmp_path_factory.mktemp("calc"))


def test_a_spreadsheet_opens_the_hostile_file_and_the_plain_one(recalculated: dict[str, Path]) -> None:
    hostile, plain = (load_workbook(recalculated[name]) for name in ("hostile", "plain"))
    assert set(hostile.sheetnames) == {*plain.sheetnames, "Hostile"}
    assert not [cell for sheet in hostile for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]
    heads = next(row for row in plain["Cost bills"].iter_rows() if "A month" in [cell.value for cell in row])
    month = next(cell for cell in heads if cell.value == "A month")
    assert [month.offset(row).value for row in (1, 2)] == [9720, 1200]


def test_a_spreadsheet_works_the_bills_out_to_the_cent(catalog: Catalog, recalculated: dict[str, Path]) -> None:
    expected = bills(catalog, asked(catalog, FULL).workload)
    book = load_workbook(recalculated["same"], data_only=True)
    found = months(book)
    assert_equal(found, expected)
    assert {name: round(amount, 2) for name, amount in found.items()} == {
        name: round(amount, 2) for name, amount in expected.items()
    }
    rows = {row[0]: row for row in book["Cost"].iter_rows(values_only=True)}
    least = min(expected.values())
    for name, amount in expected.items():
        assert rows[name][4] == pytest.approx(float(amount / 30 / 400 * 1000))
        assert rows[name][5] == pytest.approx(float(amount / least))


def test_changed_numbers_move_the_bills_as_the_catalog_does(catalog: Catalog, recalculated: dict[str, Path]) -> None:
    expected = bills(catalog, asked(catalog, CHANGED).workload)
    assert expected != bills(catalog, asked(catalog, FULL).workload)
    assert_equal(months(load_workbook(recalculated["changed"], data_only=True)), expected)


def test_a_program_that_does_not_calculate_shows_the_same_bills(catalog: Catalog, full: bytes) -> None:
    book = load_workbook(io.BytesIO(full), data_only=True)
    assert_equal(months(book), bills(catalog, asked(catalog, FULL).workload))
    assert book.calculation.fullCalcOnLoad


def test_the_bill_of_a_month_is_drawn_from_the_cells_of_the_bills(full: bytes) -> None:
    book = load_workbook(io.BytesIO(full))
    formulas = {str(cell.value) for row in book["Chart data"].iter_rows() for cell in row if cell.data_type == "f"}
    assert len(formulas) == 3
    assert {book["Cost"][each.removeprefix("=Cost!").replace("$", "")].data_type for each in formulas} == {"f"}


def test_a_number_that_is_not_in_use_is_not_to_be_changed(catalog: Catalog) -> None:
    """A share of 0% has no lines that could grow, so a bill could not follow it."""
    made = frozen(catalog, {"use": "documents", "batch": "0", "long": "0", "cached": "0"})
    book = load_workbook(io.BytesIO(workbook(made)))
    paper = {
        name: entry(book["Cost"], name).fill.fgColor.rgb for name in ("Requests a day", "In batch", "Cached tokens")
    }
    assert paper["Requests a day"] == "FFFFF6D6"
    assert paper["In batch"] == paper["Cached tokens"] != "FFFFF6D6"
    assert "batch_share" not in "".join(str(row[9].value) for row in book["Cost lines"].iter_rows())


counts = st.integers(0, 10**6).map(Decimal)
shares = st.decimals(0, 100, places=1)


@given(counts, counts, shares, shares)
def test_what_may_change_never_leaves_a_line_behind(
    text: Decimal, cached: Decimal, long: Decimal, batch: Decimal
) -> None:
    """Each way a request can go has its lines where the number that decides it may change."""
    numbers = {each.attribute: Decimal(0) for each in INPUTS} | {
        "input_tokens": text,
        "cached_tokens": cached,
        "long_share": long,
        "long_input_tokens": Decimal(500_000),
        "batch_share": batch,
    }
    found = live(numbers)
    if "long_share" in found:
        assert 0 < long < 100
    if "batch_share" in found:
        assert 0 < batch < 100
    if "input_tokens" in found:
        assert text > cached
        assert long < 100
    if "cached_tokens" in found:
        assert 0 < cached < min([500_000] * (long > 0) + [text] * (long < 100))


def test_a_quantity_is_no_formula_where_the_workload_does_not_give_it() -> None:
    numbers = {each.attribute: Decimal(0) for each in INPUTS} | {
        "requests_per_day": Decimal(10),
        "input_tokens": Decimal(3000),
        "output_tokens": Decimal(200),
    }
    load = Load(numbers, live(numbers))
    assert a_request("Input tokens", Decimal(2999), load) is None
    assert a_request("Grounded answers", Decimal(3000), load) is None
    found = a_request("Input tokens", Decimal(3000), load)
    assert found is not None
    assert (found.text, found.names) == ("input_tokens", frozenset({"input_tokens"}))
