import csv
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from catalog.__main__ import main
from catalog.loading import DATA

REPOSITORY = Path(__file__).parents[2]


def command(*arguments):
    return [sys.executable, "-m", "catalog", *map(str, arguments)]


def test_a_sound_catalog_is_counted_and_named_with_its_version(catalog, capsys):
    assert main(["check"]) == 0
    out, err = capsys.readouterr()
    assert f"{len(list((DATA / 'models').glob('*/*.yaml')))} models" in out
    assert f"{len(list((DATA / 'benchmarks').glob('*.yaml')))} benchmarks" in out
    assert f"version {catalog.version}, as of {catalog.as_of}" in out
    assert err == ""


def test_a_broken_folder_is_answered_with_every_problem_and_no_traceback(folder):
    folder.write("labs.yaml", "lab: [\n")
    folder.model("context_window:\n  - {value: -1, unit: token, source: makr, as_of: 2026-13}\n")
    folder.model("outputs: 5\n", name="n")
    done = subprocess.run(
        command("--data", folder.root, "check"), cwd=REPOSITORY, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    assert {line.split(":")[0] for line in done.stderr.splitlines()[:-1]} == {
        "labs.yaml",
        "models/lab/m.yaml",
        "models/lab/n.yaml",
    }
    assert done.stderr.splitlines()[-1].endswith("problems found; nothing was changed.")


def test_a_single_problem_is_counted_as_one(folder, capsys):
    folder.model("context_window: []\n")
    assert main(["--data", str(folder.root), "check"]) == 1
    assert capsys.readouterr().err.splitlines()[-1] == "1 problem found; nothing was changed."


def test_nothing_is_exported_from_a_broken_folder(folder, tmp_path, capsys):
    folder.model("context_window: []\n")
    out = tmp_path / "claims.csv"
    assert main(["--data", str(folder.root), "export", "--what", "claims", "--out", str(out)]) == 1
    assert not out.exists()
    assert capsys.readouterr().out == ""


def test_a_data_folder_that_is_not_there_is_a_problem_and_no_traceback(tmp_path, capsys):
    assert main(["--data", str(tmp_path / "nowhere"), "check"]) == 1
    assert "no such file" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("what", "form"), [("models", "json"), ("claims", "csv"), ("results", "json"), ("sources", "csv")]
)
def test_a_file_holds_what_the_terminal_shows(what, form, tmp_path, capsys):
    out = tmp_path / f"{what}.{form}"
    assert main(["export", "--what", what, "--format", form]) == 0
    shown = capsys.readouterr().out
    assert main(["export", "--what", what, "--format", form, "--out", str(out)]) == 0
    assert out.read_text(encoding="utf-8") == shown
    rows = json.loads(shown) if form == "json" else list(csv.DictReader(shown.splitlines()))
    assert f"{len(rows):,} rows written" in capsys.readouterr().out


def unwritable(tmp_path):
    return {
        "folder": tmp_path,
        "no such folder": tmp_path / "nowhere" / "claims.csv",
        "full disk": Path("/dev/full"),
    }


@pytest.mark.parametrize("where", ["folder", "no such folder", "full disk"])
def test_a_place_that_cannot_be_written_gets_one_sentence(folder, tmp_path, capsys, where):
    out = unwritable(tmp_path)[where]
    if where == "full disk" and not out.exists():
        pytest.skip("needs /dev/full")
    assert main(["--data", str(folder.root), "export", "--what", "claims", "--out", str(out)]) == 1
    shown, err = capsys.readouterr()
    assert shown == ""
    assert err.startswith(f"{out} could not be written (")
    assert err.endswith("; nothing was exported.\n")
    assert err.count("\n") == 1


def test_an_unknown_table_is_refused_with_the_known_ones(capsys):
    with pytest.raises(SystemExit) as caught:
        main(["export", "--what", "prices"])
    assert caught.value.code == 2
    assert "models" in capsys.readouterr().err


def test_an_export_into_a_pipe_that_nobody_reads_leaves_no_traceback():
    reading_end, writing_end = os.pipe()
    os.close(reading_end)
    with os.fdopen(writing_end, "wb") as pipe:
        done = subprocess.run(
            command("export", "--what", "claims"), cwd=REPOSITORY, stdout=pipe, stderr=subprocess.PIPE, check=False
        )
    assert b"Traceback" not in done.stderr


def test_an_export_is_utf8_whatever_the_terminal_believes(folder):
    folder.write("labs.yaml", "lab: {name: Laboratoire d'été, url: 'https://lab.example', country: X}\n")
    done = subprocess.run(
        command("--data", folder.root, "export", "--what", "models"),
        cwd=REPOSITORY,
        capture_output=True,
        env=os.environ | {"PYTHONIOENCODING": "ascii"},
        check=False,
    )
    assert b"Traceback" not in done.stderr
    assert "Laboratoire d'été" in done.stdout.decode("utf-8")
