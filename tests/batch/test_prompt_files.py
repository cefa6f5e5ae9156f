"""A file of prompts is read as its maker meant it, or refused in a sentence that says where and what to do."""

import io
import json
import tracemalloc
import zipfile
from datetime import date, datetime, time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from components.batch.entries import MOST_ROWS, Refused
from components.batch.prompts import Problem, Table, pasted, preview, problems, read, template_for
from tests.batch.making import sheet

TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\r\ufeff"), min_size=1)


def values(table: Table) -> list[list[str]]:
    return [list(row.values.values()) for row in table.rows()]


def test_a_csv_is_a_row_of_headings_and_its_rows() -> None:
    table = read("a.csv", b'question,answer\n"What, now?",1\n\nWho?,"line one\nline ""two"""\n')
    assert (table.columns, table.count, table.notes) == (("question", "answer"), 2, ())
    assert values(table) == [["What, now?", "1"], ["Who?", 'line one\nline "two"']]
    assert [(row.number, entry.line) for row, entry in zip(table.rows(), table.entries(), strict=True)] == [
        (1, 2),
        (2, 4),
    ]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"a;b\nx,1;y\n", "semicolon"),
        (b"a\tb\nx;1\ty, z\n", "tab"),
        (b"a|b\nx,1|y\n", "vertical bar"),
        (b"sep=;\r\na;b\r\nx,1;y\r\n", "semicolon"),
    ],
)
def test_the_delimiter_is_found_and_said(content: bytes, said: str) -> None:
    table = read("a.csv", content)
    assert table.columns == ("a", "b")
    assert len(values(table)[0]) == 2
    assert f"separated by a {said}" in table.notes[0]


def test_a_file_of_one_column_keeps_every_text_whole() -> None:
    table = read("a.csv", b'prompt\nRed, green; blue\n"a, ""b""\nc"\nx|y\tz\n')
    assert values(table) == [["Red, green; blue"], ['a, "b"\nc'], ["x|y\tz"]]
    assert table.notes == ()


def test_an_unquoted_comma_among_several_columns_is_named() -> None:
    found = problems(read("a.csv", b"id,prompt\n1,Red, green\n2,blue\n"), "{prompt}")
    assert found.first[0].sentence == (
        "Row 1 (line 2): found 3 values, expected 2, as there are columns; "
        "a text with a comma in it has to stand in double quotes."
    )


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("utf-8", "Grüße, 日本"),
        ("utf-8-sig", "Grüße, 日本"),
        ("utf-16", "Grüße, 日本"),
        ("utf-32", "Grüße"),
        ("cp1252", "Grüße, “déjà vu” – 5 €"),
        ("cp1251", "Привет, расскажи мне о кораблях и о море, пожалуйста"),
        ("gb18030", "请告诉我关于船的事情。今天天气很好。"),
    ],
)
def test_letters_arrive_whatever_the_encoding(encoding: str, text: str) -> None:
    table = read("a.csv", f'prompt\n"{text}"\n'.encode(encoding))
    assert values(table) == [[text]]
    assert bool(table.notes) == (encoding in ("cp1252", "cp1251", "gb18030"))


def test_an_encoding_that_is_given_counts() -> None:
    assert values(read("a.csv", "prompt\nČeský".encode("cp1250"), encoding="cp1250")) == [["Český"]]
    with pytest.raises(Refused, match='encoding "klingon" is not known'):
        read("a.csv", b"prompt\nx", encoding="klingon")


def test_headings_become_words_that_a_template_can_use() -> None:
    table = read("a.csv", "Customer name,name,name,,2nd,größe,\n1,2,3,4,5,6\n".encode())
    assert table.columns == ("Customer_name", "name", "name_2", "column_4", "_2nd", "größe")
    assert table.notes == (
        'The heading "Customer name" is no word for a template; column 1 is {Customer_name}.',
        'The heading "name" stands there again; column 3 is {name_2}.',
        "Column 4 has no heading; it is {column_4} in the template.",
        'The heading "2nd" is no word for a template; column 5 is {_2nd}.',
    )
    assert preview(table, "{Customer_name}{name_2}{column_4}") == ("134",)


def test_a_file_without_headings_can_be_said_to_have_none() -> None:
    assert values(read("a.csv", b"What is a ship?\nWhy?\n", headings=False)) == [["What is a ship?"], ["Why?"]]
    assert read("a.csv", b"x,y\n", headings=False).columns == ("column_1", "column_2")
    assert "if that is a prompt, say so" in read("a.csv", b"What is a ship?\nWhy?\n").notes[-1]


def test_ragged_rows_are_named_by_row_and_column_and_empty_ends_are_none() -> None:
    table = read("a.csv", b"a,b\n1,2,,\n1\n1,2,3\n")
    assert [(each.row, each.place, each.column, each.found) for each in problems(table, "{a}").first] == [
        (2, "line 3", "b", "the end of the row after 1"),
        (3, "line 4", "", "3 values"),
    ]


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.csv", b'a,b\n1,2\n"never closed,2\n3,4\n', "a.csv, line 3: a double quote that opens in this row is never"),
        ("a.csv", b'a,b\n"x"y,2\n', "a.csv, line 2: a double quote stands inside a quoted text"),
        ("a.csv", b"", "a.csv has no rows"),
        ("a.csv", b"a,b\n", "a.csv has no rows"),
        ("a.csv", b"a,b\n\x00\x01\x02", "no text file"),
        ("a.csv", b"PK\x03\x04rest", "is a ZIP archive or a workbook"),
        ("a.csv", ",".join(f"c{at}" for at in range(1_001)).encode() + b"\n1", "at most 1,000 are read"),
        ("a.docx", b"x", "is of no kind that is read; use CSV, JSON Lines"),
        ("a.xlsx", b"no zip", "is no Excel workbook"),
        ("a.xlsx", b"\xd0\xcf\x11\xe0rest", "is encrypted, or of the old kind"),
        ("a.json", b'[{"a": 1}]', "is one JSON list; write each of its items on a line"),
        ("a.txt", b"\n \n", "has no rows"),
    ],
)
def test_what_cannot_be_read_is_refused_in_a_sentence(name: str, content: bytes, words: str) -> None:
    with pytest.raises(Refused, match=words) as caught:
        read(name, content)
    assert str(caught.value).endswith(".")


def test_a_zip_that_is_no_workbook_and_one_that_unpacks_to_too_much_are_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/worksheets/sheet1.xml", b" " * 3_000_000)
    with pytest.raises(Refused, match="broken or no Excel workbook"):
        read("a.xlsx", out.getvalue())
    monkeypatch.setattr("components.batch.workbook.MOST_UNPACKED", 2_000_000)
    with pytest.raises(Refused, match="unpacks to 3 MB, more than 2 MB"):
        read("a.xlsx", out.getvalue())


def test_too_many_rows_and_too_many_bytes_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    assert read("a.txt", b"x\n" * MOST_ROWS).count == 100_000
    with pytest.raises(Refused, match="more than 100,000 rows; split it"):
        read("a.txt", b"x\n" * (MOST_ROWS + 1))
    monkeypatch.setattr("components.batch.prompts.MOST_BYTES", 1_000_000)
    with pytest.raises(Refused, match="is 2 MB large, and at most 1 MB are read"):
        read("a.txt", b"x" * 2_000_000)


def test_a_prompt_may_be_longer_than_the_csv_module_allows_by_itself() -> None:
    assert len(values(read("a.csv", b"prompt\n" + b"x" * 1_000_000))[0][0]) == 1_000_000


def test_json_lines_are_objects_or_texts_and_what_is_nested_stays_json() -> None:
    lines = [
        '{"a": "x", "n": 1.50, "big": 12345678901234567890}',
        "",
        '{"b": true, "none": null, "list": [1, {"c": "ü"}, 1.5]}',
        '"just a text"',
    ]
    table = read("a.jsonl", "\n".join(lines).encode())
    assert table.columns == ("a", "n", "big", "b", "none", "list", "prompt")
    rows = [row.values for row in table.rows()]
    assert (rows[0]["n"], rows[0]["big"], rows[0]["b"]) == ("1.50", "12345678901234567890", "")
    assert (rows[1]["b"], rows[1]["none"], json.loads(rows[1]["list"])) == ("true", "", [1, {"c": "ü"}, 1.5])
    assert rows[2]["prompt"] == "just a text"


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ('{"a": 1', "no JSON from column 8 on"),
        ("17", "a number, true, false or null instead of an object"),
        ("[1]", "a list instead"),
        ('{"a": NaN}', "NaN, which is no number of JSON"),
        ('{"a": 1, "a": 2}', 'the field "a" twice'),
        ('{" ": 1}', "a field without a name"),
        ('{"a": "\\ud800"}', "half of a character"),
        ('{"a": "x\\u0000"}', "a NUL character"),
        ('{"a": [1e999]}', "too large"),
        ("[" * 100_000, "nested too deeply"),
    ],
)
def test_broken_lines_are_named_and_the_others_are_read(line: str, found: str) -> None:
    table = read("a.jsonl", f'{{"a": "fine"}}\n\n{line}\n{{"a": "fine too"}}\n'.encode())
    listed = problems(table, "{a}")
    assert (listed.count, listed.first[0].row, listed.first[0].place) == (1, 2, "line 3")
    assert found in listed.first[0].found


def test_a_workbook_is_read_by_its_values_with_dates_and_whole_numbers_as_they_look() -> None:
    rows = [
        ["q", "n", "day", "moment", "at", "yes"],
        ["Why?", 3.0, date(2026, 11, 26), datetime(2026, 11, 26, 9, 30), time(7, 5), True],
        [],
        ["=1+1 is text here?", 0.5, None, None, None, False],
    ]
    content = sheet(*rows[:3])
    table = read("a.xlsx", content)
    assert values(table) == [["Why?", "3", "2026-11-26", "2026-11-26 09:30:00", "07:05:00", "true"]]
    assert next(iter(table.entries())).line == 2


def test_a_formula_without_a_value_and_an_error_are_named_by_row_and_column() -> None:
    table = read("a.xlsx", sheet(["q", "n"], ["a", 1], ["b", "=1+1"], ["c", "#DIV/0!"]))
    assert [(each.row, each.place, each.column, each.found) for each in problems(table, "{q} {n}").first] == [
        (2, "row of the sheet 3", "n", "a formula without a value"),
        (3, "row of the sheet 4", "n", "the error #DIV/0!"),
    ]


def test_the_first_visible_sheet_is_read_unless_another_is_named() -> None:
    def more(book: Workbook) -> None:
        book.active.sheet_state = "hidden"
        for name in ("one", "two"):
            book.create_sheet(name).append(["prompt"])
            book[name].append([f"from {name}"])

    content = sheet(["secret"], more=more)
    assert values(read("a.xlsx", content)) == [["from one"]]
    assert read("a.xlsx", content).notes == ('Only the sheet "one" is read; there are 2.',)
    assert values(read("a.xlsx", content, sheet="two")) == [["from two"]]
    with pytest.raises(Refused, match='no sheet "three"; it has "one", "two"'):
        read("a.xlsx", content, sheet="three")


def test_pasted_lines_are_prompts() -> None:
    table = pasted("  Why?\n\n  Who?  \n\ud800\n")
    assert values(table) == [["Why?"], ["Who?"], ["?"]]
    assert template_for(table.columns) == "{prompt}"


def test_the_digest_is_that_of_the_rows_whatever_the_file() -> None:
    as_csv = read("a.csv", b"a,b\n1,x\n2,\n")
    assert as_csv.digest == read("b.csv", b"\xef\xbb\xbfa;b\r\n1;x\r\n2;\r\n").digest
    assert as_csv.digest == read("c.jsonl", b'{"a": 1, "b": "x"}\n{"b": "", "a": "2"}\n').digest
    assert as_csv.digest == read("d.xlsx", sheet(["a", "b"], [1, "x"], [2, None])).digest
    assert as_csv.digest != read("e.csv", b"a,b\n1,x\n2,y\n").digest
    assert as_csv.digest != read("f.csv", b"a,b\n2,\n1,x\n").digest


def test_a_file_that_changes_after_it_was_read_is_not_taken_for_the_same(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("prompt\none\n", encoding="utf-8")
    table = read("a.csv", path)
    assert values(table) == values(table) == [["one"]]
    path.write_text("prompt\nanother\n", encoding="utf-8")
    with pytest.raises(Refused, match=r"a.csv has changed since it was read"):
        list(table.rows())
    path.unlink()
    with pytest.raises(Refused, match=r"a.csv cannot be read: No such file"):
        list(table.rows())


def test_problems_name_row_column_what_was_found_and_what_was_expected() -> None:
    table = read("a.csv", b'q,hint\nWhy?,\n" ",x\nWho?,y\n')
    assert problems(table, "{q} {hint}").first == (
        Problem(1, "line 2", "hint", "nothing", "a text", stops=False),
        Problem(2, "line 3", "q", "nothing", "a text", stops=False),
    )
    assert [each.sentence for each in problems(table, "{q}").first] == [
        "Row 2 (line 3), column q: found nothing, expected a text; without one there is nothing to ask."
    ]


def test_a_template_that_does_not_fit_is_said_once_and_not_for_each_row() -> None:
    table = read("a.csv", b"q,hint\nWhy?,x\nWho?,y\n")
    found = problems(table, "{Q} and {q}", also=["answer"])
    assert [each.sentence for each in found.first] == [
        "The template: found {Q}, expected one of the columns {q}, {hint}.",
        "The template: found {answer}, expected one of the columns {q}, {hint}.",
    ]
    assert problems(table, "").stopping == 1
    same = problems(table, "Tell me a story.")
    assert (same.stopping, same.doubts) == (0, 1)
    assert "all 2 rows ask the same" in same.first[0].sentence


def test_only_the_first_fifty_problems_are_listed_but_all_are_counted_and_the_worst_come_first() -> None:
    rows = ["x,"] * 60 + ["1,2,3"] * 70
    found = problems(read("a.csv", ("a,b\n" + "\n".join(rows)).encode()), "{a}{b}")
    assert (len(found.first), found.count, found.stopping, found.doubts) == (50, 130, 70, 60)
    assert all(each.stops for each in found.first)


@given(st.lists(st.tuples(TEXTS.filter(str.strip), TEXTS), min_size=1, max_size=5))
def test_whatever_the_csv_module_writes_is_read_back(rows: list[tuple[str, str]]) -> None:
    import csv

    out = io.StringIO()
    csv.writer(out).writerows([("a", "b"), *rows])
    table = read("a.csv", out.getvalue().encode(), delimiter=",")
    assert [tuple(each) for each in values(table)] == rows


@pytest.mark.parametrize(("kind", "count"), [("csv", 100_000), ("jsonl", 20_000), ("txt", 20_000)])
def test_a_hundred_thousand_rows_do_not_fill_the_memory(tmp_path: Path, kind: str, count: int) -> None:
    path = tmp_path / f"a.{kind}"
    text = "Tell me about ship number {}, please. " * 6
    with path.open("w", encoding="utf-8") as out:
        out.write("prompt\n" if kind == "csv" else "")
        for at in range(count):
            line = text.replace("{}", str(at))
            out.write((json.dumps({"prompt": line}) if kind == "jsonl" else line) + "\n")
    table = read(path.name, path)
    tracemalloc.start()
    try:
        assert sum(1 for _ in table.rows()) == table.count == count
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert path.stat().st_size > 4_000_000
    assert peak < 1_500_000
