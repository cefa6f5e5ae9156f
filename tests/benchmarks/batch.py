"""How a batch holds up: `python -m tests.benchmarks.batch`.

The simulator runs in a process of its own, 50 ms to the whole answer. Measured against it:

- `speed`: 400 calls (200 prompts, two models) at 10 and at 50 at once, by the engine with its file, beside a bare
  google-genai loop with as many at once that keeps nothing, in turns; then the whole command, and promptfoo's where
  `--promptfoo` names how it is started;
- `size`: 20,000 prompts and two models: memory of the process at the start, in the middle and at the end;
- `kills`: the same, killed five times on the way and resumed: what the request log says was asked twice, beside what
  each resumed session says was under way;
- `faults`: a fifth of all calls fails (429 with RetryInfo, 503, lost connections before and after text).
"""

import argparse
import asyncio
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice
from pathlib import Path

from google.genai import Client, types

from components.batch.file_sink import FileSink, read_results
from components.batch.records import Limits, Status
from components.gemini.client import close_client, open_client
from components.gemini.pool import ClientPool
from components.gemini.settings import Connection
from tests.batch.running import batch_of, job_for, table
from tests.benchmarks.figures import Load, p50, ratio, show
from tests.benchmarks.serving import PRODUCT

MODELS = ("gemini-2.0-flash-lite", "gemini-2.0-flash")
BUDGET = 1.3
_ANSWER_TOKENS = 20
_LIMIT_S = 3_600.0
_PAGE = os.sysconf("SC_PAGE_SIZE")


@contextmanager
def simulator(*more: str) -> Iterator[Connection]:
    """A simulator in a process of its own, which answers after 50 ms."""
    paces = [word for model in MODELS for word in ("--model", f"{model}=50,1000000")]
    command = [sys.executable, "-m", "components.gemini.simulator", "--log", "2000000", *paces, *more]
    process = subprocess.Popen(command, cwd=PRODUCT, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        url = next(found[0] for line in process.stdout if (found := re.search(r"http://\S+", line)))
        yield Connection(api_key="benchmark", base_url=url, simulated=True)
    finally:
        process.terminate()
        process.wait()


async def bare(client: Client, prompts: Sequence[str], at_once: int) -> float:
    """The seconds that a plain loop takes for every prompt and model, `at_once` calls at a time."""
    config = types.GenerateContentConfig(max_output_tokens=_ANSWER_TOKENS)
    places = asyncio.Semaphore(at_once)

    async def ask(model: str, prompt: str) -> str:
        async with places:
            stream = await client.aio.models.generate_content_stream(model=model, contents=prompt, config=config)
            return "".join([chunk.text or "" async for chunk in stream])

    began = time.perf_counter()
    answers = await asyncio.gather(*(ask(model, prompt) for prompt in prompts for model in MODELS))
    seconds = time.perf_counter() - began
    assert len(answers) == len(prompts) * len(MODELS)
    assert all(answers)
    return seconds


async def engine(connection: Connection, pool: ClientPool, prompts: int, at_once: int, out: Path) -> float:
    """The seconds that the engine takes for the same, with its file."""
    rows = table(prompts)
    job = job_for(rows, models=MODELS, limits=Limits(concurrency=at_once // len(MODELS)))
    began = time.perf_counter()
    progress = await batch_of(job, rows, FileSink(out, job)).run(connection, pool)
    seconds = time.perf_counter() - began
    assert progress.done == job.total
    assert not progress.failed
    return seconds


async def _turns(connection: Connection, rounds: int, folder: Path) -> dict[int, list[tuple[float, float]]]:
    prompts = [f"Say the number {number}." for number in range(1, 201)]
    pool, found = ClientPool(), dict[int, list[tuple[float, float]]]()
    client = open_client(connection)
    await bare(client, prompts[:20], 10)
    await engine(connection, pool, 20, 10, folder / "warm.jsonl")
    for at_once in (10, 50):
        for turn in range(rounds):
            plain = await bare(client, prompts, at_once)
            ours = await engine(connection, pool, len(prompts), at_once, folder / f"out-{at_once}-{turn}.jsonl")
            found.setdefault(at_once, []).append((plain, ours))
    await close_client(client)
    await pool.close()
    return found


def speed(rounds: int, promptfoo: str) -> None:
    """400 calls: the engine beside a bare loop, and whole processes."""
    with simulator() as connection, tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        found = asyncio.run(_turns(connection, rounds, folder))
        wholes = {at_once: _whole_command(connection, folder, at_once) for at_once in (10, 50)}
        theirs = {at_once: _promptfoo(connection, folder, at_once, promptfoo) for at_once in (10, 50)}
    rows = []
    for at_once, pairs in found.items():
        plain, ours = p50([one for one, _ in pairs]), p50([other for _, other in pairs])
        shares = p50([other / one for one, other in pairs])
        foo = theirs[at_once]
        rows.append(
            [
                str(at_once),
                f"{plain:.2f}",
                f"{ours:.2f}",
                ratio(shares, BUDGET),
                f"{wholes[at_once]:.2f}",
                "not measured" if foo is None else f"{foo:.2f}",
            ]
        )
    show(
        f"400 calls of 50 ms, s, median of {rounds} turns",
        ["at once", "bare loop", "engine", "engine / bare", "whole command", "promptfoo, whole"],
        rows,
    )


def _whole_command(connection: Connection, folder: Path, at_once: int) -> float:
    out = folder / f"whole{at_once}.jsonl"
    began = time.perf_counter()
    run = _start(connection, _prompts(folder, 200), out, at_once)
    run.communicate()
    assert run.returncode == 0
    return time.perf_counter() - began


def _promptfoo(connection: Connection, folder: Path, at_once: int, command: str) -> float | None:
    if not command:
        return None
    config = {
        "prompts": ["{{prompt}}"],
        "providers": [
            {"id": f"google:{model}", "config": {"generationConfig": {"maxOutputTokens": _ANSWER_TOKENS}}}
            for model in MODELS
        ],
        "tests": [{"vars": {"prompt": f"Say the number {number}."}} for number in range(1, 201)],
    }
    file = folder / "promptfoo.json"
    file.write_text(json.dumps(config), encoding="utf-8")
    told = {
        "GOOGLE_API_KEY": "benchmark",
        "GOOGLE_API_BASE_URL": str(connection.base_url),
        "PROMPTFOO_DISABLE_TELEMETRY": "1",
        "PROMPTFOO_DISABLE_UPDATE": "1",
        "PROMPTFOO_DISABLE_REMOTE_GENERATION": "1",
        "PROMPTFOO_CONFIG_DIR": str(folder / "promptfoo"),
    }
    more = ["eval", "-c", str(file), "-j", str(at_once), "--no-cache", "--no-table", "-o", str(folder / "foo.json")]
    began = time.perf_counter()
    done = subprocess.run([*command.split(), *more], cwd=folder, env=os.environ | told, capture_output=True, text=True)
    seconds = time.perf_counter() - began
    results = json.loads((folder / "foo.json").read_text(encoding="utf-8"))["results"]["results"]
    answered = sum(bool((one.get("response") or {}).get("output")) for one in results)
    print(f"promptfoo at {at_once}: exit code {done.returncode}, {answered} of {len(results)} answered")
    return seconds


def _prompts(folder: Path, count: int) -> Path:
    file = folder / f"prompts{count}.csv"
    file.write_text("prompt\n" + "".join(f"Say the number {number}.\n" for number in range(1, count + 1)), "utf-8")
    return file


def _start(connection: Connection, prompts: Path, out: Path, at_once: int, *more: str) -> subprocess.Popen[str]:
    told = {"GEMINI_API_KEY": "benchmark", "GOOGLE_GEMINI_BASE_URL": str(connection.base_url)}
    command = [sys.executable, "-m", "components.batch", str(prompts), "--models", ",".join(MODELS), "--out", str(out)]
    limits = ["--concurrency", str(at_once // len(MODELS)), "--max-output-tokens", str(_ANSWER_TOKENS), "--quiet"]
    return subprocess.Popen(
        [*command, *limits, *more], cwd=PRODUCT, env=os.environ | told, stdout=subprocess.PIPE, text=True
    )


@dataclass(frozen=True)
class Sample:
    """Memory of a process when so many answers were in its file."""

    answers: int
    rss_mb: float


def _rss_mb(pid: int) -> float:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1]) * _PAGE / 1e6
    except (OSError, IndexError):
        return float("nan")


class _Lines:
    """How many lines a growing file has, reading only what is new."""

    def __init__(self, path: Path) -> None:
        self._path, self._at, self.count = path, 0, 0

    def look(self) -> int:
        if self._path.exists():
            with self._path.open("rb") as file:
                file.seek(self._at)
                while piece := file.read(1 << 20):
                    self._at += len(piece)
                    self.count += piece.count(b"\n")
        return max(0, self.count - 1)


def size(prompts: int, at_once: int) -> None:
    """Many prompts: memory and time."""
    with simulator() as connection, tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        out = folder / "out.jsonl"
        total = prompts * len(MODELS)
        began = time.perf_counter()
        run = _start(connection, _prompts(folder, prompts), out, at_once)
        lines, samples = _Lines(out), list[Sample]()
        while run.poll() is None:
            samples.append(Sample(lines.look(), _rss_mb(run.pid)))
            time.sleep(0.2)
        seconds = time.perf_counter() - began
        said, _ = run.communicate()
        bytes_mb = out.stat().st_size / 1e6
    asked = [sample for sample in samples if sample.answers]
    picked = [min(asked, key=lambda one: abs(one.answers - share * total)) for share in (0.02, 0.25, 0.5, 0.75, 0.99)]
    show(
        f"{prompts:,} prompts x {len(MODELS)} models, {at_once} at once: {seconds:.0f} s, file {bytes_mb:.0f} MB",
        ["answers", "RSS MB"],
        [[f"{one.answers:,}", f"{one.rss_mb:.1f}"] for one in picked],
    )
    print(said)


def kills(prompts: int, at_once: int, times: int) -> None:
    """Killed and resumed: what was asked twice."""
    with simulator() as connection, tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        file, out = _prompts(folder, prompts), folder / "out.jsonl"
        total, told = prompts * len(MODELS), list[int]()
        began = time.perf_counter()
        for number in range(1, times + 1):
            run = _start(connection, file, out, at_once, "--resume")
            lines = _Lines(out)
            while lines.look() < total * number / (times + 1) and run.poll() is None:
                time.sleep(0.05)
            run.send_signal(signal.SIGKILL)
            run.communicate()
            told.append(_under_way(out))
        run = _start(connection, file, out, at_once, "--resume")
        said, _ = run.communicate()
        seconds = time.perf_counter() - began
        keys = Counter(result.key for result in read_results(out))
        asked = Counter((line["model"], line["prompt"]) for line in _log(connection) if line["model"])
    twice = sum(count - 1 for count in asked.values())
    show(
        f"{prompts:,} prompts x {len(MODELS)} models, {at_once} at once, killed {times} times: {seconds:.0f} s",
        ["answers", "more than once in the file", "asked", "asked again", "under way at the kills"],
        [
            [
                f"{len(keys):,} of {total:,}",
                str(sum(count > 1 for count in keys.values())),
                f"{len(asked):,}",
                str(twice),
                f"{sum(told)} ({', '.join(map(str, told))})",
            ]
        ],
    )
    print(said)


def _under_way(out: Path) -> int:
    """How many things a killed process had begun and not kept, by its own note."""
    noted = out.with_name(out.name + ".under-way").read_bytes().split(b"\n")[:-1]
    job = json.loads(next(out.open("rb")))["job"]
    kept = set()
    with out.open("rb") as file:
        for line in islice(file, 1, None):
            if line.endswith(b"\n"):
                one = json.loads(line)
                kept.add((one["row"] - 1) * len(job["models"]) + job["models"].index(one["model"]))
    return sum(int(place) not in kept for place in noted)


def _log(connection: Connection) -> Iterator[dict[str, str]]:
    with urllib.request.urlopen(f"{connection.base_url}/simulator/log") as answer:
        for line in answer:
            yield json.loads(line)


def faults(prompts: int, at_once: int) -> None:
    """A fifth of all calls fails: whether everything is answered, what it cost, and how long it took."""
    shares = ("rate_limited_minute=0.06", "unavailable=0.06", "drop_before=0.04", "drop_mid=0.04")
    more = [word for share in shares for word in ("--fault", share)]
    with simulator("--retry-delay", "1", *more) as connection, tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        out = folder / "out.jsonl"
        began = time.perf_counter()
        run = _start(connection, _prompts(folder, prompts), out, at_once)
        said, _ = run.communicate()
        seconds = time.perf_counter() - began
        found = list(read_results(out))
        failed = sum(1 for line in _log(connection) if line["fault"])
    ok = sum(one.status is Status.OK for one in found)
    spent = sum(((one.cost_usd or Decimal(0)) + (one.discarded_usd or Decimal(0)) for one in found), Decimal(0))
    show(
        f"{prompts:,} prompts x {len(MODELS)} models, {at_once} at once, 20% of calls fail: {seconds:.0f} s",
        ["answered", "failed calls", "sum of all answers, USD"],
        [[f"{ok:,} of {prompts * len(MODELS):,}", f"{failed:,}", f"{spent:f}"]],
    )
    print(said)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.batch", description=__doc__.split("\n")[0])
    parser.add_argument("parts", nargs="*", default=["speed"], help="speed, size, kills, faults (default: speed)")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--prompts", type=int, default=20_000)
    parser.add_argument("--at-once", type=int, default=50)
    parser.add_argument("--kills", type=int, default=5)
    parser.add_argument("--promptfoo", default="", help="how promptfoo is started, such as 'npx promptfoo'")
    options = parser.parse_args()
    if options.promptfoo and not shutil.which(options.promptfoo.split()[0]):
        parser.error("promptfoo cannot be started that way")
    load = Load()
    for part in options.parts:
        if part == "speed":
            speed(options.rounds, options.promptfoo)
        elif part == "size":
            size(options.prompts, options.at_once)
        elif part == "kills":
            kills(options.prompts, options.at_once, options.kills)
        elif part == "faults":
            faults(options.prompts, options.at_once)
        else:
            parser.error(f"there is no part {part}")
    load.report()


if __name__ == "__main__":
    main()
