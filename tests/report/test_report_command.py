"""The report as a command: files, exit codes, and sentences for what cannot be had."""

import json
from dataclasses import replace

import pytest

from catalog import compiled
from components.history.run_format import run_line
from components.report.terminal import main
from tests.archive.examples import FLASH, PRO, run
from tests.report.states_named import state_named

PAIR = "gemini-2.5-pro,gemini-2.5-flash"
QUICK = ("--sections", "summary")


def command(*arguments: str) -> list[str]:
    return ["--models", PAIR, *QUICK, *arguments]


def test_one_format_goes_into_the_file_that_was_named(tmp_path, capsys):
    file = tmp_path / "for the board.md"
    asked = command("--format", "markdown", "--out", str(file), "--title", "Which one?", "--author", "Ann")
    assert main(asked) == 0
    text = file.read_text(encoding="utf-8")
    assert text.startswith("# Which one?")
    assert "Ann" in text
    said = capsys.readouterr().out
    assert str(file) in said
    assert compiled.load().version in said


def test_several_formats_are_made_of_one_state_and_named_by_their_endings(tmp_path):
    chosen = [part for name in ("html-light", "xlsx", "markdown", "bundle") for part in ("--format", name)]
    assert main(command(*chosen, "--out", str(tmp_path / "gemini-2.5"))) == 0
    files = {
        "html-light": "gemini-2.5-light.html",
        "xlsx": "gemini-2.5.xlsx",
        "markdown": "gemini-2.5.md",
        "bundle": "gemini-2.5.zip",
    }
    assert {each.name for each in tmp_path.iterdir()} == set(files.values())
    states = [state_named(form, (tmp_path / name).read_bytes()) for form, name in files.items()]
    assert len(states[0]) == 1
    assert states == [states[0]] * 4


def test_an_ending_that_a_format_has_is_not_doubled(tmp_path):
    out = str(tmp_path / "board.md")
    assert main(command("--format", "markdown", "--format", "bundle", "--out", out)) == 0
    assert {each.name for each in tmp_path.iterdir()} == {"board.md", "board.zip"}


def test_a_folder_takes_files_named_after_the_title(tmp_path):
    assert main(command("--format", "markdown", "--out", str(tmp_path), "--on", "2026-11-26")) == 0
    (file,) = tmp_path.iterdir()
    assert file.name.startswith("2.5-pro-or-2.5-flash-2026-11-26-")
    assert file.suffix == ".md"


@pytest.mark.parametrize("address", ["http://host/report?{}", "report?{}", "?{}", "{}"])
def test_a_copied_address_says_everything_and_what_is_given_beside_it_counts_more(tmp_path, address):
    query = f"models={PAIR}&title=From+the+link&author=Ann&parts=summary&audience=technical&catalog=000000000000"
    file = tmp_path / "report.md"
    asked = ["--address", address.format(query), "--title", "Mine", "--format", "markdown", "--out", str(file)]
    assert main(asked) == 0
    text = file.read_text(encoding="utf-8")
    assert "# Mine" in text
    assert "From the link" not in text
    assert "Ann" in text
    assert "Gemini 2.5 Flash" in text


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--models", "gemini-2.5-pro,nobody"], "no model called `nobody`"),
        (["--models", PAIR, "--sections", "summary,horoscope"], "horoscope"),
        (["--models", PAIR, "--on", "yesterday"], "which is no day"),
        (["--models", PAIR, "--runs-file", "/nowhere/runs.jsonl"], "/nowhere/runs.jsonl cannot be read"),
        (["--models", PAIR, "--data", "/nowhere"], "found no such file"),
    ],
)
def test_what_cannot_be_had_is_named_and_nothing_is_written(tmp_path, capsys, arguments, said):
    assert main([*arguments, "--format", "markdown", "--out", str(tmp_path / "report.md")]) == 1
    assert said in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_a_place_that_cannot_be_written_is_named(capsys):
    assert main(command("--format", "markdown", "--out", "/nowhere/report.md")) == 1
    assert "/nowhere/report.md could not be written" in capsys.readouterr().err


def test_what_cannot_be_made_costs_the_other_formats_nothing(tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.delenv("CHROME_PATH", raising=False)
    assert main(command("--format", "pdf", "--format", "markdown", "--out", str(tmp_path / "report"))) == 1
    assert [each.name for each in tmp_path.iterdir()] == ["report.md"]
    assert "no Chromium" in capsys.readouterr().err


def runs_file(tmp_path, *lines: str) -> str:
    file = tmp_path / "runs.jsonl"
    file.write_text("".join(lines), encoding="utf-8")
    return str(file)


def test_runs_of_a_file_that_somebody_sent_stand_in_the_report_as_imported(tmp_path):
    sent = runs_file(tmp_path, run_line(run("one", "Is water wet?")), "\n", run_line(run("two", "Is fire hot?")))
    out = tmp_path / "report.md"
    arguments = ["--models", f"{PRO},{FLASH}", "--format", "markdown", "--out", str(out), "--runs-file", sent]
    assert main(arguments) == 0
    text = out.read_text(encoding="utf-8")
    assert "Is water wet?" in text
    assert "Is fire hot?" in text
    assert text.count("nothing but that file vouches for it") == 2


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ([], "has no runs in it"),
        ([run_line(run("one")), json.dumps({"format": "x"}) + "\n"], "line 2"),
        ([run_line(replace(run("r"), id=f"r{at}")) for at in range(11)], "more than 10 runs"),
    ],
)
def test_a_file_of_runs_that_cannot_be_used_is_named_by_line(tmp_path, capsys, lines, said):
    sent = runs_file(tmp_path, *lines)
    assert main(command("--format", "markdown", "--out", str(tmp_path / "report.md"), "--runs-file", sent)) == 1
    assert said in capsys.readouterr().err
    assert not (tmp_path / "report.md").exists()


def test_runs_of_an_address_are_left_out_with_a_sentence(tmp_path, capsys):
    file = tmp_path / "report.md"
    asked = ["--address", f"models={PAIR}&parts=summary,runs&runs=abc&votes=yes", "--format", "markdown"]
    assert main([*asked, "--out", str(file)]) == 0
    assert "--runs-file" in capsys.readouterr().err
