"""The batch as a command: what it prints, how it ends, and what a signal or a kill leaves behind."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from components.batch.file_sink import read_results
from components.batch.terminal import main
from components.gemini.simulator.server import RunningSimulator
from tests.batch.running import FLASH, PRO, asked, simulating

ROOT = Path(__file__).resolve().parents[2]
_ABOUT_CALLS = re.compile(r"^(GOOGLE_|GEMINI_)")


@pytest.fixture(scope="module")
def simulator() -> Iterator[RunningSimulator]:
    with simulating() as running:
        yield running


@pytest.fixture
def environment(simulator: RunningSimulator, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The environment of a process that calls the simulator as if it were a private endpoint, with a key."""
    for name in [name for name in os.environ if _ABOUT_CALLS.match(name)]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("GEMINI_API_KEY", "AIzaKeyOfThisTest")
    monkeypatch.setenv("GOOGLE_GEMINI_BASE_URL", simulator.base_url)
    return dict(os.environ)


def prompts(folder: Path, count: int, more: str = "") -> Path:
    file = folder / "prompts.csv"
    rows = [f"{number},Say the number {number}.{more}" for number in range(1, count + 1)]
    file.write_text("id,prompt\n" + "\n".join(rows) + "\n", encoding="utf-8")
    return file


def command(file: Path, out: Path, *more: str) -> list[str]:
    return [str(file), "--models", f"{FLASH},{PRO}", "--out", str(out), "--max-output-tokens", "20", "--quiet", *more]


def started(arguments: list[str], environment: dict[str, str]) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "components.batch", *arguments],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def wait_for_lines(out: Path, count: int) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        if out.exists() and out.read_bytes().count(b"\n") > count:
            return
        time.sleep(0.01)
    raise AssertionError("The answers did not come.")


def test_a_batch_runs_with_a_key_and_an_address_from_the_environment(
    tmp_path: Path, environment: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out.jsonl"
    assert main(command(prompts(tmp_path, 4), out, "--concurrency", "3")) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == f"8 of 8 answers are in {out}."
    assert f"with up to 3 of {FLASH} and 3 of {PRO} at once" in lines[1]
    assert lines[2].startswith(f"{FLASH}: whole answer p50 ")
    assert lines[-1].startswith("Cost $0.00")
    assert not any(one.simulated for one in read_results(out))


def test_without_a_key_the_simulator_answers_and_everything_says_so(
    tmp_path: Path, environment: dict[str, str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("GEMINI_API_KEY")
    monkeypatch.delenv("GOOGLE_GEMINI_BASE_URL")
    out = tmp_path / "out.jsonl"
    assert main(command(prompts(tmp_path, 1), out, "--models", "gemini-2.0-flash")) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[-1].startswith("Simulated: no model wrote any of these answers")
    assert "Would have cost" in lines[-2]
    header, *answers = (json.loads(line) for line in out.read_text(encoding="utf-8").splitlines())
    assert header["simulated"]
    assert all(one["simulated"] for one in answers)


def test_rows_that_fail_are_told_by_the_exit_code_and_can_be_asked_again(
    tmp_path: Path, environment: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    out, file = tmp_path / "out.jsonl", prompts(tmp_path, 2, " [[simulate fault=safety]]")
    assert main(command(file, out)) == 1
    assert "4 of 4 answers" in (said := capsys.readouterr().out)
    assert "4 of them failures" in said
    assert main(command(file, out, "--resume", "--retry-failed")) == 1
    assert "0 were there already" not in capsys.readouterr().out
    assert len(list(read_results(out))) == 4


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (("--template", "{nothing}"), "nothing"),
        (("--settings", "SETTINGS"), "has no setting loudness"),
        (("--checks", "CHECKS"), "Nothing"),
    ],
)
def test_what_is_wrong_is_said_before_anything_is_asked(
    tmp_path: Path,
    environment: dict[str, str],
    simulator: RunningSimulator,
    capsys: pytest.CaptureFixture[str],
    more: tuple[str, str],
    words: str,
) -> None:
    settings, checks = tmp_path / "settings.json", tmp_path / "checks.json"
    settings.write_text('{"loudness": 11}', encoding="utf-8")
    checks.write_text('{"kind": "equals"}', encoding="utf-8")
    given = [str(settings if one == "SETTINGS" else checks if one == "CHECKS" else one) for one in more]
    before = sum(asked(simulator).values())
    out = tmp_path / "out.jsonl"
    assert main(command(prompts(tmp_path, 1), out, *given)) == 2
    said = capsys.readouterr().err
    assert words in said or "no JSON list" in said
    assert not out.exists()
    assert sum(asked(simulator).values()) == before


def test_checks_are_made_and_kept_with_each_answer(tmp_path: Path, environment: dict[str, str]) -> None:
    checks, out = tmp_path / "checks.json", tmp_path / "out.jsonl"
    checks.write_text('[{"kind": "contains", "value": "Simulated"}]', encoding="utf-8")
    assert main(command(prompts(tmp_path, 2), out, "--checks", str(checks))) == 0
    assert {one.checks[0].passed for one in read_results(out)} == {True}


def test_changed_prompts_are_refused_by_name(
    tmp_path: Path, environment: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out.jsonl"
    assert main(command(prompts(tmp_path, 2), out)) == 0
    assert main(command(prompts(tmp_path, 3), out, "--resume")) == 2
    assert "the prompts changed since" in capsys.readouterr().err


def test_a_ceiling_ends_with_a_code_of_its_own(
    tmp_path: Path, environment: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out.jsonl"
    assert main(command(prompts(tmp_path, 100), out, "--ceiling", "0.001", "--concurrency", "1")) == 3
    assert "Stopped because the ceiling of $0.001 is reached." in capsys.readouterr().out


def test_ctrl_c_takes_in_what_is_under_way_and_leaves_a_file_to_go_on_from(
    tmp_path: Path, environment: dict[str, str]
) -> None:
    out, file = tmp_path / "out.jsonl", prompts(tmp_path, 60, " [[simulate first-token-ms=60]]")
    running = started(command(file, out), environment)
    wait_for_lines(out, 20)
    running.send_signal(signal.SIGINT)
    said, _ = running.communicate(timeout=20)
    assert running.returncode == 130
    assert said.startswith("Stopped by a signal.")
    there = len(list(read_results(out)))
    assert 20 <= there < 120
    assert not out.with_name("out.jsonl.under-way").exists()
    assert main(command(file, out, "--resume")) == 0
    assert len({one.key for one in read_results(out)}) == len(list(read_results(out))) == 120


def test_a_killed_process_goes_on_and_asks_at_most_what_was_under_way_twice(
    tmp_path: Path, environment: dict[str, str], simulator: RunningSimulator, capsys: pytest.CaptureFixture[str]
) -> None:
    out, file = tmp_path / "out.jsonl", prompts(tmp_path, 60, " [[simulate first-token-ms=30]] Killed.")
    before = asked(simulator)
    for count in (20, 60):
        running = started(command(file, out, "--resume"), environment)
        wait_for_lines(out, count)
        running.kill()
        running.communicate(timeout=10)
    assert main(command(file, out, "--resume")) == 0
    said = capsys.readouterr().out
    found = list(read_results(out))
    assert len({one.key for one in found}) == len(found) == 120
    times = asked(simulator) - before
    assert len(times) == 120
    twice = sum(count - 1 for count in times.values())
    # Ten calls at once of two models, two kills, and for each what had arrived and was not on the disk yet.
    assert twice <= 2 * 2 * 2 * 10
    told = re.search(r"(\d+) w\w+ under way when the last session broke off", said)
    assert told is None or int(told[1]) <= 40


def test_a_second_process_on_one_file_is_refused(tmp_path: Path, environment: dict[str, str]) -> None:
    out, file = tmp_path / "out.jsonl", prompts(tmp_path, 100, " [[simulate first-token-ms=100]]")
    running = started(command(file, out), environment)
    wait_for_lines(out, 1)
    second = started(command(file, out, "--resume"), environment)
    _, said = second.communicate(timeout=20)
    running.kill()
    running.communicate(timeout=10)
    assert second.returncode == 2
    assert "Another process is writing to" in said
