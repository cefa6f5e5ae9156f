import csv
import io
import json
import os
import shutil
import subprocess
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalog import importing, yaml_events, yaml_file
from catalog.__main__ import main
from catalog.loading import load
from catalog.yaml_writer import NoRoom, add_items, add_lines, entry, scalar, write_all
from tests.catalog.import_run import IMPORTS, RESULT, Importer, Run, content, results, table

ON = date(2026, 6, 1)


@pytest.fixture
def quiz(folder):
    folder.benchmark(RESULT)
    return folder


@pytest.fixture
def run(quiz, tmp_path, capsys):
    return Importer(quiz, tmp_path / "table.csv", capsys)


@given(st.text())
def test_any_text_reads_back_as_it_was(text):
    assert read_back(entry({"value": text, "list": [text, "x"]})) == {"value": text, "list": [text, "x"]}


@given(st.one_of(st.integers(-(10**28), 10**28), st.booleans(), st.floats(allow_nan=False, allow_infinity=False)))
def test_any_number_reads_back_as_it_was(value):
    back = read_back(entry({"value": value}))["value"]
    assert back == value
    assert isinstance(back, bool) == isinstance(value, bool)


def read_back(line):
    return yaml_events.parsed(line, "line").data


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("gemini-2.0-flash", "gemini-2.0-flash"),
        ("Gemini API (AI Studio)", "Gemini API (AI Studio)"),
        ("2026-05-01", "2026-05-01"),
        ("2026", "'2026'"),
        ("true", "'true'"),
        ("No", "'No'"),
        ("it's 5, or 6", "'it''s 5, or 6'"),
        ("- x", "'- x'"),
        ("x #y: {z}", "'x #y: {z}'"),
        (" x ", "' x '"),
        ("", "''"),
        ("a\nb\x1b", '"a\\nb\\e"'),
        (1e-05, "0.00001"),
        (0.1, "0.1"),
        (("a", "b c"), "[a, b c]"),
    ],
)
def test_texts_are_quoted_only_where_they_must_be(value, written):
    assert scalar(value) == written


@pytest.mark.parametrize("value", ["\ud800", float("inf"), float("nan"), 10**30])
def test_what_yaml_cannot_hold_is_refused(value):
    with pytest.raises(ValueError, match=r"."):
        scalar(value)


MODEL = """\
# A comment above, with an emoji 🙂 and an umlaut ä.
id: m   # after a value

context_window:   # after a key
  # before an item
  - {value: 1, source: a}   # after an item
  - value: 2
    source: b
  # after the list

prices:

    input:
    - {value: 3}
    # after the input
    output:
    - {value: 'x

        4'}
statements:
  - text: |
      Two

      lines.

# at the end
"""


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize(
    ("path", "above", "new"),
    [
        ("context_window", "    source: b", ["  - {value: 9}"]),
        ("prices.input", "    - {value: 3}", ["    - {value: 9}"]),
        ("prices.cached", "        4'}", ["    cached:", "      - {value: 9}"]),
        ("output_limit", "    source: b", ["output_limit:", "  - {value: 9}"]),
        ("suggested.temperature", "        4'}", ["suggested:", "  temperature:", "    - {value: 9}"]),
        ("statements", "      lines.", ["  - {value: 9}"]),
        ("unheard_of", "      lines.", ["unheard_of:", "  - {value: 9}"]),
    ],
)
def test_a_line_goes_below_its_list_and_every_other_line_stays(path, above, new, end):
    order = ("id", "context_window", "output_limit", "prices", "suggested")
    got = add_items(MODEL.replace("\n", end), path.split("."), ["{value: 9}"], order)
    lines = MODEL.split("\n")
    at = lines.index(above) + 1
    assert got.split(end) == [*lines[:at], *new, *lines[at:]]


def test_a_last_line_without_an_end_gets_one():
    assert add_items("a:\n  - {b: 1}", ["a"], ["{b: 2}"]) == "a:\n  - {b: 1}\n  - {b: 2}\n"
    assert add_lines("a: 1\n# end", ["b: 2"]) == "a: 1\n# end\nb: 2\n"


@pytest.mark.parametrize("text", ["a: []\n", "a: [{b: 1}]\n", "a: {}\n", "a: 5\n", "{a: [1]}\n", "a:\n"])
def test_what_stands_in_brackets_is_not_rewritten(text):
    with pytest.raises(NoRoom) as caught:
        add_items(text, ["a"], ["{b: 2}"])
    assert caught.value.line == 1


@given(st.lists(st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\u2028\u2029\x85\ufeff"))))
def test_lines_are_only_added_whatever_the_comments_say(comments):
    text = "a:\n" + "".join(f"  # {comment}\n  - {{b: 1}}\n" for comment in ["", *comments]) + "# end\nc: 1\n"
    got = add_items(text, ["a"], ["{b: 2}"])
    assert got == text.replace("# end", "  - {b: 2}\n# end") if "# end" not in comments else got.startswith("a:")
    assert read_back(got)["a"] == [*read_back(text)["a"], {"b": 2}]


def test_files_are_written_all_or_none(tmp_path, monkeypatch):
    (tmp_path / "a").write_bytes(b"old a")
    (tmp_path / "b").write_bytes(b"old b")
    before = {"a": b"old a", "b": b"old b"}
    move = Path.replace

    def fail_at_b(self, target):
        if self.name.startswith(".b."):
            raise OSError(28, "No space left on device", str(target))
        return move(self, target)

    monkeypatch.setattr(Path, "replace", fail_at_b)
    with pytest.raises(OSError, match="No space left"):
        write_all(tmp_path, {"new/c": b"c", "a": b"new a", "b": b"new b"}, before)
    assert {path.name: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == {
        "a": b"old a",
        "b": b"old b",
    }


def test_a_file_that_somebody_changed_meanwhile_is_left_alone(tmp_path):
    (tmp_path / "a").write_bytes(b"theirs")
    with pytest.raises(FileExistsError):
        write_all(tmp_path, {"a": b"ours", "b": b"new"}, {"a": b"old"})
    assert (tmp_path / "a").read_bytes() == b"theirs"
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


def test_a_link_stays_a_link_and_rights_stay_as_they_were(tmp_path):
    (tmp_path / "real").write_bytes(b"old")
    (tmp_path / "real").chmod(0o640)
    (tmp_path / "link").symlink_to(tmp_path / "real")
    write_all(tmp_path, {"link": b"new"}, {"link": b"old"})
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_bytes() == b"new"
    assert (tmp_path / "real").stat().st_mode & 0o777 == 0o640


def test_a_table_is_shown_as_a_change_and_nothing_is_written(run):
    done = run(IMPORTS / "results.csv", "--as-of", "2026-05-03")
    assert done.code == 0
    assert done.err == ""
    assert done.added == {}
    assert "source table (new)" in done.out
    assert 'Columns not used: "Organization".' in done.out
    assert "Differ from another source: 2\n" in done.out
    assert "m on Quiz: 79.1 percent (row 2); there 70 percent by maker (official, 2026-02; 5-shot)" in done.out
    assert 'row 8: column "Accuracy": the comma in "79,1" may stand for a point' in done.out
    assert '"mm", similar: m' in done.out
    assert '"quizz", similar: quiz' in done.out
    assert "+++ b/benchmarks/quiz.yaml\n" in done.out
    assert done.out.endswith("2 values would be added to 2 files; nothing was written. Give --write to add them.\n")


def test_written_lines_are_the_ones_that_were_shown_and_a_second_time_adds_nothing(run, quiz):
    options = ("--as-of", "2026-05-03", "--source-title", "A: table", "--source-url", "https://x.example")
    shown = run(IMPORTS / "results.csv", *options)
    done = run(IMPORTS / "results.csv", *options, "--write")
    assert done.code == 0
    assert done.out.endswith("2 values added to 2 files.\n")
    assert done.added == {
        "benchmarks/quiz.yaml": [
            "  - {model: m, score: 79.1, unit: percent, conditions: 5-shot, low: 77, high: 81.2, "
            "measured_by: independent, source: table, date: 2026-05-01, locator: row 2, note: first run}",
            "  - {model: m, score: 80, unit: percent, conditions: 0-shot, questions: 1200, measured_by: maker, "
            "source: table, date: 2026-05, locator: row 3}",
        ],
        "sources.yaml": [
            "table:",
            "  title: 'A: table'",
            "  url: 'https://x.example'",
            "  kind: third_party",
            "  date: 2026-05-03",
            "  licence: not stated",
        ],
    }
    assert all(f"+{line}\n" in shown.out for lines in done.added.values() for line in lines)
    again = run(IMPORTS / "results.csv", *options, "--write")
    assert again.code == 0
    assert again.added == {}
    assert "Already there, not added again: 2\n" in again.out
    assert again.out.endswith("Nothing in it is new; nothing was written.\n")


UNUSABLE = {
    "empty": (b"", "it is empty"),
    "blank": (b"\n \n", "it is empty"),
    "not utf-8": (b"model,benchmark,score\nm,quiz,\xff\n", "line 2 has a byte that is not UTF-8; save it as UTF-8"),
    "utf-16": ("model,score".encode("utf-16"), "it is UTF-16; save it as UTF-8"),
    "no columns": (b"a,b\nm,1\n", "it has no column for benchmark and score"),
    "no model": (b"benchmark,score\nquiz,1\n", "no column names the model; call it model"),
    "two scores": (
        b"model,benchmark,Score,Accuracy\n",
        'column 3 ("Score") and column 4 ("Accuracy") look like the score; keep one of them',
    ),
    "two models": (b"model,Model,benchmark,score\n", 'column 1 ("model") and column 2 ("Model") look like the model'),
    "two benchmarks": (b"model,Quiz,quiz %\n", 'column 3 ("quiz %") is the second one for Quiz; remove one'),
    "open quote": (b'model,benchmark,score\nm,quiz,5\nm,"quiz,6\n', "row 3 is not well-formed CSV"),
    "list": (b"[1]", "it is JSON, but not an object"),
    "other json": (
        b'{"a": {"b": 1}}',
        "it is JSON, but neither the api.json of models.dev nor the price file of LiteLLM",
    ),
    "broken json": (b'{"a":\n 1,}', "line 2 is not well-formed JSON"),
    "deep json": (b'{"a":' * 200_000, "it is JSON with a number or a nesting that no such file has"),
    "infinite json": (b'{"a": Infinity}', "it is JSON with a number or a nesting"),
    "long number": (b'{"a": ' + b"9" * 10_000 + b"}", "it is JSON with a number or a nesting"),
}


@pytest.mark.parametrize("which", UNUSABLE)
def test_a_file_that_cannot_be_used_gets_one_sentence(run, which):
    text, words = UNUSABLE[which]
    done = run(text, "--write")
    assert done.code == 1
    assert done.out == ""
    assert done.err.startswith(f"table.csv cannot be used: {words}")
    assert done.err.endswith("; nothing was written.\n")
    assert done.err.count("\n") == 1
    assert done.added == {}


def test_a_place_that_is_no_small_file_gets_one_sentence(run, tmp_path, monkeypatch):
    assert "it cannot be read (Is a directory)" in run(tmp_path).err
    assert "it cannot be read (No such file or directory)" in run(tmp_path / "nowhere.csv").err
    monkeypatch.setattr(importing, "MAX_BYTES", 20)
    assert "it has more than 20 bytes" in run(table("m,quiz,71.5")).err


def test_a_source_that_is_there_keeps_its_entry_and_gives_its_kind(run, quiz):
    done = run(table("m,quiz,71.5"), "--write", "--source-title", "Another", source="maker")
    assert "maker has an entry in sources.yaml, which stays as it is." in done.out
    assert list(done.added) == ["benchmarks/quiz.yaml"]
    assert [each.kind for each in quiz.load().benchmarks["quiz"].results] == ["official", "official"]


def test_values_are_told_apart_by_what_the_catalog_has(run, quiz):
    rows = ("m,quiz,70,,,", "m,quiz,71,v2,,", "m,quiz,72,,,maker", "m,quiz,70,,,maker")
    quiz.benchmark(RESULT.replace("date: 2026-02", "date: 2026-02, edition: v1"))
    done = run(table(*rows, header="model,eval,score,edition,snapshot,source"), "--as-of", "2026-02")
    assert "New: 1\n  m on Quiz: 71 percent (row 3)\n" in done.out
    assert "Differ from another source: 1\n  m on Quiz: 72 percent (row 4); there 70 percent by table" in done.out
    assert "Agree with another source: 1\n  m on Quiz: 70 percent (row 2); there 70 percent by maker" in done.out
    assert "Already there, not added again: 1\n" in done.out


def test_the_catalog_finds_nothing_new_in_its_own_export(quiz, tmp_path, capsys):
    quiz.benchmark(
        RESULT,
        RESULT.replace("70", "71") + ", edition: v1, questions: 30, low: 70, high: 72.5",
        RESULT.replace("70", "not found") + ", snapshot: m-1, note: 'a, b'",
        RESULT.replace("5-shot", "'0-shot; chain'").replace("maker", "guess"),
    )
    file = tmp_path / "results.csv"
    assert main(["--data", str(quiz.root), "export", "--what", "results", "--out", str(file)]) == 0
    capsys.readouterr()
    done = Run(quiz, capsys, file, "--write")
    assert "Already there, not added again: 4\n" in done.out
    assert done.out.endswith("Nothing in it is new; nothing was written.\n")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--benchmark", "quizz"), '"quizz" from the command line is no id of the catalog; quiz is'),
        (("--name", "x=mmm"), '"mmm" from the command line is no id of the catalog'),
        (("--lab", "labs"), '"labs" from the command line is no id of the catalog; lab is'),
        (("--as-of", "May 2026"), '--as-of "May 2026" is not a date as YYYY'),
        (("--source", "a b"), '"a b" cannot be the id of a source'),
        (("--source", "../x"), '"../x" cannot be the id of a source'),
        (
            ("--source-url", "x.example"),
            'the url of the source is "x.example", expected an address that begins with http',
        ),
        (("--source-title", "x" * 501), "the title of the source is "),
    ],
)
def test_a_slip_on_the_command_line_imports_nothing(run, options, words):
    done = run(table("m,quiz,71.5"), *options, "--write")
    assert done.code == 1
    assert done.err.startswith(f"table.csv cannot be used: {words}")
    assert done.added == {}


def test_a_name_without_its_meaning_is_a_wrong_use(run):
    with pytest.raises(SystemExit) as caught:
        run(table("m,quiz,71.5"), "--name", "x")
    assert caught.value.code == 2


HOSTILE = [
    "}\n- {model: m, score: 99}",
    "'}]",
    "*alias &anchor !!tag",
    "x: y #z",
    "\x1b[31mred\x07",
    "a\r\nb\u2028c",
    "=cmd()",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_ends_up_as_text_and_never_on_the_terminal(run, quiz, text):
    rows = io.StringIO()
    csv.writer(rows).writerows(
        [["model", "eval", "score", "note"], ["m", "quiz", "71.5", text], [text, "quiz", "5", ""]]
    )
    done = run(rows.getvalue(), "--write")
    assert [each.note for each in results(quiz)] == [text.strip()]
    assert not [sign for sign in done.out if not sign.isprintable() and sign != "\n"]


@pytest.mark.skipif(shutil.which("patch") is None, reason="needs patch")
@pytest.mark.parametrize("end", ["\n", "\r\n", ""])
def test_the_change_can_be_applied_with_patch(run, quiz, end):
    path = quiz.root / "benchmarks/quiz.yaml"
    path.write_bytes(
        path.read_bytes().replace(b"\n", b"\r\n") if end == "\r\n" else path.read_bytes().rstrip() + end.encode()
    )
    before = content(quiz)
    shown = run(IMPORTS / "results.csv", "--as-of", "2026-05-03").out
    change = shown[shown.index("--- a/") : shown.rindex("\n2 values")]
    run(IMPORTS / "results.csv", "--as-of", "2026-05-03", "--write")
    after = content(quiz)
    for name, text in before.items():
        (quiz.root / name).write_bytes(text)
    subprocess.run(["patch", "-p1", "--binary", "--quiet"], cwd=quiz.root, input=change.encode(), check=True)
    assert content(quiz) == after


def test_brackets_are_refused_with_their_place(run, quiz):
    quiz.write("benchmarks/quiz.yaml", quiz.benchmark().read_text().replace("results:\n", "results: []\n"))
    done = run(table("m,quiz,71.5"), "--write")
    assert done.code == 1
    assert done.err.startswith("benchmarks/quiz.yaml, line 14: a line cannot be added to a value in brackets")
    assert done.err.endswith("; nothing was written.\n")


def test_a_benchmark_without_results_gets_its_first(run, quiz):
    quiz.write("benchmarks/quiz.yaml", quiz.benchmark().read_text().replace("results:\n", ""))
    run(table("m,quiz,71.5"), "--write")
    assert [each.score for each in results(quiz)] == [71.5]


def test_nothing_is_written_where_the_changed_catalog_would_not_load(run, quiz):
    path = quiz.root / "benchmarks/quiz.yaml"
    text = path.read_bytes()
    path.write_bytes(text + b"#" * (yaml_file.MAX_BYTES - len(text)))
    done = run(table("m,quiz,71.5"), "--write")
    assert done.code == 1
    assert done.err.startswith("The catalog with this change would not load; nothing was written.\n")
    assert done.added == {}


def test_nothing_is_written_where_a_file_cannot_be(run, quiz, monkeypatch):
    move = Path.replace

    def fail(self, target):
        if self.is_relative_to(quiz.root):
            raise OSError(28, "No space left on device", str(target))
        return move(self, target)

    monkeypatch.setattr(Path, "replace", fail)
    done = run(table("m,quiz,71.5"), "--write")
    assert done.code == 1
    assert done.err.endswith("could not be written (No space left on device); nothing was written.\n")
    assert done.added == {}


def test_a_file_that_changes_while_the_change_is_worked_out_is_not_overwritten(quiz, tmp_path):
    file = tmp_path / "table.csv"
    file.write_text(table("m,quiz,71.5"))
    change = importing.plan(quiz.load(), importing.Request(file=file, data=quiz.root, source="table"), ON)
    quiz.benchmark(RESULT, RESULT.replace("70", "60"))
    with pytest.raises(
        importing.Refusal, match=r"quiz\.yaml could not be written \(somebody else changed it meanwhile\)"
    ):
        importing.apply(change)
    assert len(quiz.load().benchmarks["quiz"].results) == 2
    assert "table" not in quiz.load().sources


def test_the_day_of_the_file_stands_where_no_other_is_given(run, quiz, tmp_path):
    file = tmp_path / "table.csv"
    file.write_text(table("m,quiz,71.5"))
    os.utime(file, (0, 1_750_000_000))
    assert "as of 2025-06-15, the day the file was last changed" in run(file, "--write").out
    assert [each.date for each in results(quiz)] == ["2025-06-15"]


def test_results_that_look_wrong_are_pointed_out(run, quiz):
    quiz.model("release_date:\n  - {value: 2026-03-01, unit: date, source: maker, as_of: 2026-03}\n")
    done = run(table("m,quiz,71.5"), "--as-of", "2020-01-01")
    assert "Worth a second look: 1\n" in done.out


CELLS = st.one_of(
    st.sampled_from(
        ["m", "Model m", "quiz", "Quiz %", "model", "benchmark", "score", "71.5", "0.5", "80%", "not found", "note"]
    ),
    st.text(max_size=8),
)
JSONS = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5), st.just("openai")),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["m", "models", "litellm_provider", "cost", "input", "limit", "context", "tiers"]), inner
        )
    ),
    max_leaves=12,
)
OFTEN = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@OFTEN
@given(st.lists(st.lists(CELLS, max_size=6), max_size=6), st.sampled_from(",;\t|"))
def test_no_table_breaks_the_catalog_or_changes_a_line(quiz, tmp_path, capsys, rows, delimiter):
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows(rows)
    whatever(quiz, tmp_path, capsys, text.getvalue().encode(errors="surrogatepass"))


@OFTEN
@given(st.binary(max_size=60))
def test_no_bytes_break_the_catalog(quiz, tmp_path, capsys, data):
    whatever(quiz, tmp_path, capsys, data)


@OFTEN
@given(st.dictionaries(st.sampled_from(["openai", "gemini/m", "m"]), JSONS, min_size=1))
def test_no_json_breaks_the_catalog_or_changes_a_line(quiz, tmp_path, capsys, entries):
    whatever(quiz, tmp_path, capsys, json.dumps(entries).encode())


def whatever(quiz, tmp_path, capsys, data):
    """Imports into a fresh copy: it ends in 0 or 1 with no traceback, every old line stays and the catalog loads."""
    copy = type(quiz)(tmp_path / "copy")
    shutil.rmtree(copy.root, ignore_errors=True)
    shutil.copytree(quiz.root, copy.root)
    file = tmp_path / "file"
    file.write_bytes(data)
    done = Run(copy, capsys, file, "--source", "table", "--new-models", "--lab", "lab", "--write")
    assert done.code in (0, 1)
    assert bool(done.err) <= (done.code == 1)
    load(copy.root)
