"""The bundle is data that programs read with its types, described in full, and inert when a spreadsheet opens it."""

import csv
import hashlib
import io
import json
import zipfile
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.spreadsheet import restored, runs
from components.report.bundle import bundle
from components.report.csv_files import DataFile, Field, slug, unlike, written
from components.report.inert import inert
from components.report.state import Quote, Report, Value, record
from tests.report.sample_state import HOSTILE, hostile_report, report


def files(made: Report) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(bundle(made))) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def rows(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def test_each_table_and_each_list_has_a_file() -> None:
    assert list(files(report())) == [
        *("README.md", "datapackage.json", "report.json"),
        *("models.csv", "sentences.csv", "figures.csv", "sources.csv", "glossary.csv", "quotes.csv"),
        *("tables/specs_fields.csv", "tables/benchmarks_scores.csv", "tables/t1.csv", "tables/cost_bills.csv"),
        *("quotes/001_prompt.txt", "quotes/002_2_5_pro.txt", "SHA256SUMS"),
    ]


def test_a_value_says_in_columns_what_is_known_of_it() -> None:
    found = files(report())
    pro, flash = rows(found["tables/cost_bills.csv"])
    assert pro["a_month"] == "$9,720.00"
    assert (pro["a_month_number"], pro["a_month_unit"], pro["a_month_kind"]) == ("9720.00", "USD", "official")
    assert (pro["a_month_best"], flash["a_month_best"], flash["a_month_note"]) == ("false", "true", "30 days")
    assert (flash["1_000_requests"], flash["1_000_requests_number"]) == ("no list price", "")
    context, _, release = rows(found["tables/specs_fields.csv"])
    assert (context["2_5_flash_conflict"], context["2_5_flash_sources"]) == ("true", "gemini_api_pricing litellm")
    assert (release["group"], release["2_5_pro_day"]) == ("Identity", "2025-06-17")


def test_the_lists_refer_to_each_other_by_id() -> None:
    found = files(report())
    figures = {line["id"]: line for line in rows(found["figures.csv"])}
    sources = {line["id"]: line for line in rows(found["sources.csv"])}
    said = rows(found["sentences.csv"])[0]
    assert [figures[each]["number"] for each in said["figures"].split()] == ["9720.00", "1200.00", "8.1"]
    assert [sources[each]["number"] for each in said["sources"].split()] == ["1", "2"]
    assert figures["f3"]["of"] == "f1 f2"
    answer = rows(found["quotes.csv"])[1]
    assert answer["remark"] == "simulated, not a model's answer"
    assert found[answer["file"]].decode() == "Because of **Rayleigh** scattering."


def test_the_frozen_state_is_there_as_it_was() -> None:
    assert json.loads(files(report())["report.json"]) == record(report())
    assert json.loads(files(hostile_report())["report.json"]) == json.loads(json.dumps(record(hostile_report())))


@pytest.mark.parametrize("made", [report(), hostile_report()], ids=["plain", "hostile"])
def test_a_reader_of_data_packages_finds_every_value_valid(made: Report, tmp_path: Path) -> None:
    import frictionless

    with zipfile.ZipFile(io.BytesIO(bundle(made))) as archive:
        archive.extractall(tmp_path)
    package = frictionless.Package(str(tmp_path / "datapackage.json"))
    checked = package.validate()
    assert checked.valid, checked.flatten(["title", "message"])
    assert {each.path for each in package.resources} == {
        path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.csv")
    }
    bill = package.get_resource("tables-cost_bills").read_rows()[0]
    assert bill["a_month_number"] == Decimal("9720.00")
    specs = package.get_resource("tables-specs_fields").read_rows()
    assert specs[2]["2_5_pro_day"] == date(2025, 6, 17)
    assert specs[0]["2_5_flash_conflict"] is True


def test_the_dictionary_names_every_file_and_every_column_with_its_type() -> None:
    found = files(report())
    page = found["README.md"].decode()
    for path, content in found.items():
        assert f"`{path}`" in page or path.startswith("quotes/")
        if path.endswith(".csv"):
            part = page.split(f"### `{path}`")[1].split("### `")[0]
            assert [line.split("`")[1] for line in part.splitlines() if line.startswith("| `")] == list(
                rows(content)[0]
            )
    assert "| `a_month_number` | A month: the exact number, in the unit of the next column. | number | USD |" in page


def test_the_sums_are_those_of_the_files_and_the_bytes_are_always_the_same() -> None:
    found = files(report())
    lines = dict(reversed(line.split("  ")) for line in found["SHA256SUMS"].decode().splitlines())
    assert lines == {
        name: hashlib.sha256(content).hexdigest() for name, content in found.items() if name != "SHA256SUMS"
    }
    assert bundle(report()) == bundle(report())
    with zipfile.ZipFile(io.BytesIO(bundle(report()))) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_nothing_hostile_runs_and_no_text_is_cut() -> None:
    found = files(hostile_report())
    for name, content in found.items():
        assert not [part for part in name.split("/") if part in ("", ".", "..")]
        assert name == name.encode("ascii").decode()
        text = content.decode()
        assert not set(text.removeprefix("\ufeff")) & set("\x00\x07\x1b\u202e\u202c\ufffe\ufeff"), name
        if name.endswith(".csv"):
            assert not [cell for line in csv.reader(io.StringIO(text, newline="")) for cell in line if runs(cell)]
    long = found["quotes/003_a_long_line.txt"].decode()
    assert long == "x" * 1_000_000 + inert(HOSTILE)
    assert "<script" not in found["README.md"].decode()
    assert json.loads(found["report.json"])["title"] == HOSTILE


def test_a_label_cannot_lead_out_of_the_folder() -> None:
    plain = report()
    labels = ("../../etc/passwd", "C:\\x", "con", "", "…", "a" * 300)
    section = replace(plain.sections[-1], blocks=tuple(Quote(label, "text") for label in labels))
    names = [name for name in files(replace(plain, sections=(section,))) if name.startswith("quotes/")]
    assert names == [
        *("quotes/001_etc_passwd.txt", "quotes/002_c_x.txt", "quotes/003_con.txt", "quotes/004_value.txt"),
        *("quotes/005_value.txt", f"quotes/006_{'a' * 40}.txt"),
    ]


def test_columns_of_one_name_are_told_apart() -> None:
    plain = report()
    (_, table), *_ = plain.tables()
    same = replace(table, headings=tuple(replace(each, name="A month") for each in table.headings))
    section = replace(plain.sections[1], blocks=(same, same))
    found = files(replace(plain, sections=(section,)))
    assert {"tables/specs_fields.csv", "tables/specs_fields_2.csv"} <= set(found)
    head = list(rows(found["tables/specs_fields.csv"])[0])
    assert len(set(head)) == len(head)
    assert {"a_month", "a_month_2", "a_month_3", "a_month_number", "a_month_number_2"} <= set(head)
    assert unlike(["a", "a", "a_2"]) == ["a", "a_2", "a_2_2"]
    assert slug("  €  ") == "value"


def test_what_is_not_there_is_an_empty_cell_and_never_0() -> None:
    assert [written(each) for each in (None, 0, 0.1, Decimal("1E+3"), False, date(2025, 1, 2), "")] == [
        *("", "0", "0.1", "1000", "false", "2025-01-02", "")
    ]
    plain = report()
    (_, table), *_ = plain.tables()
    rows_ = tuple((row[0], Value("not disclosed"), Value("0 tokens", 0, "tokens")) for row in table.rows)
    section = replace(plain.sections[1], blocks=(replace(table, rows=rows_),))
    line = rows(files(replace(plain, sections=(section,)))["tables/specs_fields.csv"])[0]
    assert line["2_5_flash_number"] == "0"
    assert "2_5_pro_number" not in line


@given(st.lists(st.text(st.characters(exclude_categories=[]), max_size=20), min_size=1, max_size=4))
def test_a_text_comes_back_from_its_cell(texts: list[str]) -> None:
    """As `inert` has it, which is what the bundle says; commas, quotes and line ends included."""
    fields = tuple(Field(f"c{at}", "", "") for at in range(len(texts)))
    content = DataFile("x.csv", "", "", fields, (tuple(texts),)).csv()
    assert content.startswith(b"\xef\xbb\xbfc0")
    _, line = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""))
    assert [restored(cell) for cell in line] == [inert(text) for text in texts]
