"""What CONTRIBUTING.md shows is what works: its examples are put into a small data folder and loaded."""

import re
import shlex
from datetime import date
from pathlib import Path

import pytest

from catalog.__main__ import main
from catalog.prices import Price, price

TEXT = (Path(__file__).parents[2] / "CONTRIBUTING.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```", TEXT, re.DOTALL | re.MULTILINE)
YAML = [text for language, text in BLOCKS if language == "yaml"]
COMMANDS = [line for language, text in BLOCKS if language == "sh" for line in text.splitlines()]
MODEL = "models/example-lab/example-one.yaml"


def follow(folder, blocks):
    """Does what the first line of each block says: a new file, lines at the end of one, or others in their place."""
    for block in blocks:
        place, example = block.split("\n", 1)
        path, _, how = place.removeprefix("# catalog/data/").partition(", ")
        file = folder.root / path
        if how == "at the end":
            example = file.read_text() + example
        elif how:
            key = how.removeprefix("in place of its ")
            example = file.read_text().partition(f"\n{key}:\n")[0] + "\n" + example
        folder.write(path, example)


@pytest.fixture
def contributed(folder):
    follow(folder, YAML)
    return folder


def test_there_is_an_example_of_everything():
    assert [block.split("\n")[0].removeprefix("# catalog/data/") for block in YAML] == [
        "sources.yaml, at the end",
        "labs.yaml, at the end",
        MODEL,
        f"{MODEL}, in place of its prices",
        "benchmarks/example_quiz.yaml",
    ]


def test_every_example_loads_on_top_of_those_before_it(folder):
    for block in YAML:
        follow(folder, [block])
        folder.load()


def test_the_changed_price_holds_from_its_day_and_nothing_conflicts(contributed):
    model = contributed.load().models["example-one"]
    prices = [price(model, "input", "Example API", 0, on) for on in (date(2026, 11, 30), date(2026, 12, 1))]
    assert [float(each.usd_per_million) for each in prices if isinstance(each, Price)] == [2.0, 1.5]


def test_the_number_of_questions_is_behind_the_result(contributed):
    benchmark = contributed.load().benchmarks["example_quiz"]
    assert [benchmark.questions_of(result) for result in benchmark.results] == [400]


def test_the_table_is_imported_by_the_command_that_is_shown(contributed, tmp_path, monkeypatch, capsys):
    (shown,) = [shlex.split(line) for line in COMMANDS if " import " in line]
    (table,) = [text for language, text in BLOCKS if language == "csv"]
    assert shown[:3] == [".venv/bin/python", "-m", "catalog"]
    monkeypatch.chdir(tmp_path)
    Path(shown[4]).write_text(table)
    assert main([*shown[3:], "--data", str(contributed.root), "--write"]) == 0
    assert "1 value added to 2 files." in capsys.readouterr().out
    catalog = contributed.load()
    assert [each.score for each in catalog.benchmarks["example_quiz"].results] == [81.5, 80.2]
    assert catalog.sources["example_board"].title == "Example board"


def test_the_check_that_is_shown_is_a_command(contributed, capsys):
    assert ".venv/bin/python -m catalog check" in COMMANDS
    assert main(["--data", str(contributed.root), "check"]) == 0
    assert "The catalog is sound: 2 models" in capsys.readouterr().out


def test_the_environment_is_the_one_of_the_readme():
    readme = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    assert COMMANDS[0] in readme
