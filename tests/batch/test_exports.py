"""Exports hold every result as it was, and nothing in them runs when a spreadsheet opens them."""

import csv
import io
import json
import tracemalloc
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from catalog.spreadsheet import LONGEST_CELL
from components.batch.exports import (
    columns_of,
    in_order,
    paired,
    read_jsonl,
    record_of,
    write_csv,
    write_jsonl,
    write_xlsx,
)
from components.batch.records import Result, Row, Verdict
from tests.batch.making import FLASH, PRO, failed, job, result

COLUMNS = columns_of(["q"], ["right"])
FORMULAS = ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1+1", '=HYPERLINK("x")']


def csv_rows(results: list[Result], rows: list[Row] | None = None) -> list[dict[str, str]]:
    out = io.BytesIO()
    write_csv((record_of(job(), row, each) for row, each in paired(rows or [], results)), COLUMNS, out)
    return list(csv.DictReader(io.StringIO(out.getvalue().decode("utf-8-sig"), newline="")))


def sheet_rows(results: list[Result], rows: list[Row] | None = None) -> tuple[list[dict[str, Any]], str]:
    out = io.BytesIO()
    records = (record_of(job(), row, each) for row, each in paired(rows or [], results))
    written = write_xlsx(job(), records, COLUMNS, out)
    head, *lines = load_workbook(out)["Results"].iter_rows()
    return [dict(zip([cell.value for cell in head], line, strict=True)) for line in lines], written.sentence


def test_each_result_stands_with_its_row_its_checks_and_its_cost() -> None:
    rows = [Row(1, {"q": "ships"}), Row(2, {"q": "masts"})]
    results = [result(1, PRO, passed=False), result(1, FLASH), failed(2)]
    found = csv_rows(results, rows)
    assert [(one["row"], one["model"], one["input.q"], one["check.right"]) for one in found] == [
        ("1", PRO, "ships", "failed"),
        ("1", FLASH, "ships", "passed"),
        ("2", FLASH, "masts", ""),
    ]
    assert (found[0]["note.right"], found[0]["cost_usd"], found[0]["total_s"]) == ("Wrong.", "0.01", "1.5")
    assert (found[2]["cost_usd"], found[2]["error"], found[2]["answer"]) == ("", "Busy.", "")
    assert (found[0]["origin"], found[0]["catalog_version"]) == ("model", "c1")


def test_results_that_come_in_any_order_are_exported_in_that_of_the_input() -> None:
    came = [result(3, PRO), result(1, FLASH), failed(2), result(1, PRO), result(2, FLASH), result(2, PRO)]
    found = list(in_order(job(), came))
    assert found == [came[3], came[1], came[5], came[4], came[0]]
    rows = [Row(number, {"q": f"row {number}"}) for number in (1, 2, 3)]
    assert [row.values["q"][4:] for row, _ in paired(rows, found) if row] == ["1", "1", "2", "2", "3"]
    with pytest.raises(ValueError, match=r"row 4, gemini-2\.5-flash, repeat 1 is not of this batch"):
        list(in_order(job(), [result(4)]))


def test_what_was_simulated_says_so_in_every_export() -> None:
    made = result(1, simulated=True)
    assert csv_rows([made])[0]["origin"] == "simulated, not a model's answer"
    assert sheet_rows([made])[0][0]["origin"].value == "simulated, not a model's answer"
    out = io.BytesIO()
    write_jsonl(job(), [(None, made)], out)
    assert json.loads(out.getvalue())["simulated"] is True


@pytest.mark.parametrize("text", FORMULAS)
def test_no_text_is_a_formula(text: str) -> None:
    made = result(1, text=text, prompt=text, checks=(Verdict("right", False, text),))
    rows = [Row(1, {"q": text})]
    for name in ("answer", "prompt", "note.right", "input.q"):
        assert csv_rows([made], rows)[0][name] == f"'{text}"
        cell = sheet_rows([made], rows)[0][0][name]
        assert (cell.data_type, cell.quotePrefix) == ("s", True)
        assert cell.value.replace("\r", "\n") == text.replace("\r", "\n")


def test_numbers_stay_numbers() -> None:
    made = result(1, text="-12.5", cost_usd=Decimal("0.000000123"))
    assert csv_rows([made])[0]["answer"] == "-12.5"
    assert csv_rows([made])[0]["cost_usd"] == "0.000000123"
    cells = sheet_rows([made])[0][0]
    assert (cells["cost_usd"].value, cells["row"].value, cells["answer"].value) == (1.23e-7, 1, "-12.5")
    assert sheet_rows([replace(made, text="#N/A")])[0][0]["answer"].data_type == "s"


def test_what_excel_cannot_hold_is_cut_or_replaced_and_said() -> None:
    ships = "⛵🚢" * 20_000
    cells, said = sheet_rows([result(1, text=ships), result(2, text="a\x00b\x1bc\ud800d\uffff")])
    held = cells[0]["answer"].value
    assert len(held.encode("utf-16-le")) // 2 <= LONGEST_CELL
    assert held.endswith(" … [cut]")
    assert ships.startswith(held.removesuffix(" … [cut]"))
    assert cells[1]["answer"].value == "a�b�c�d�"
    assert said == (
        "2 results written. 1 cell was cut at the 32,767 characters that Excel holds; CSV and JSONL have all of it. "
        "1 cell had characters that Excel cannot hold; a � stands in their place."
    )
    exact = "x" * LONGEST_CELL
    assert sheet_rows([result(1, text=exact)])[0][0]["answer"].value == exact


def test_a_full_sheet_is_followed_by_another(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("components.batch.exports.MOST_ROWS", 4)
    out = io.BytesIO()
    records = [record_of(job(), None, result(row)) for row in range(1, 8)]
    assert write_xlsx(job(), iter(records), COLUMNS, out).results == 7
    book = load_workbook(out)
    assert book.sheetnames == ["Results", "Results 2", "Results 3", "About"]
    assert [[line[0] for line in book[name].values][1:] for name in book.sheetnames[:3]] == [[1, 2, 3], [4, 5, 6], [7]]
    assert dict(book["About"].values)["This file"] == "7 results written."


def test_no_results_make_files_with_headings_alone() -> None:
    assert csv_rows([]) == []
    assert sheet_rows([]) == ([], "0 results written.")


texts = st.text(st.characters(exclude_categories=[]), max_size=20)


@given(texts, texts, st.sampled_from([True, False, None]), st.none() | st.decimals(0, 5, places=9))
@settings(max_examples=60, deadline=None)
def test_json_lines_come_back_as_they_were(text: str, prompt: str, passed: bool | None, cost: Decimal | None) -> None:
    made = [
        result(1, PRO, text=text, prompt=prompt, checks=(Verdict("right", passed, text),), cost_usd=cost),
        failed(2),
    ]
    out = io.BytesIO()
    rows = [Row(1, {"q": text}), Row(2, {"q": prompt})]
    assert write_jsonl(job(), paired(rows, made), out).results == 2
    assert list(read_jsonl(io.BytesIO(out.getvalue()))) == made
    assert json.loads(out.getvalue().splitlines()[0])["input"] == {"q": text}


def test_a_line_that_is_no_result_is_named() -> None:
    with pytest.raises(ValueError, match="Line 2 is no result"):
        list(read_jsonl(["\n", '{"row": 1}\n']))


csv_texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)


@given(st.lists(csv_texts, min_size=1, max_size=5))
@settings(deadline=None)
def test_a_csv_has_a_row_a_result_whatever_the_texts_hold(answers: list[str]) -> None:
    found = csv_rows([result(row, text=text) for row, text in enumerate(answers, 1)])
    assert [one["answer"].removeprefix("'") for one in found] == [text.removeprefix("'") for text in answers]


class Counting(io.RawIOBase):
    """Takes everything and keeps nothing."""

    def __init__(self) -> None:
        self.size = 0

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self.size += len(data)
        return len(data)


@pytest.mark.parametrize("kind", ["csv", "jsonl"])
def test_many_results_stream_through(kind: str) -> None:
    def many() -> Iterator[Result]:
        for row in range(1, 1_501):
            yield result(row, text="x" * 2_000)

    out = Counting()
    tracemalloc.start()
    try:
        if kind == "csv":
            write_csv((record_of(job(), None, each) for each in many()), COLUMNS, out)  # type: ignore[arg-type]
        else:
            write_jsonl(job(), ((None, each) for each in many()), out)  # type: ignore[arg-type]
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert out.size > 3_000_000
    assert peak < 1_500_000
