"""How the catalog grows: `python -m tests.benchmarks.growth`.

A temporary data folder gets 5,000 models and 100,000 results, which are today's files under new ids. Measured in
fresh processes, today's data beside the large: import and load(), the memory they leave, and comparing two models.
Then the product itself, copied beside the large data: a click on the compare page's rows without a browser (the
script's run and its messages), against the button of an empty page.
"""

import argparse
import asyncio
import json
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path

from tests.benchmarks.figures import Load, ms, p50, p95, ratio, show
from tests.benchmarks.serving import PRODUCT, empty_app, served
from tests.benchmarks.session import Session, visit

BUDGET = 4.0
_PAIR = ("gemini-2.0-pro-exp-02-05", "gemini-2.0-flash")
_MOST_RESULTS_A_FILE = 4_000
_PAUSE_S = 0.2
_BUTTON_PAGE = 'import streamlit as st\n\nst.button("More", key="more")\n'
_MEASURE = """
import json, sys, time
from datetime import date
from pathlib import Path
from statistics import median

began = time.perf_counter()
from catalog.loading import load
from catalog.tables import compare
imported = time.perf_counter()
catalog = load(Path(sys.argv[1]))
loaded = time.perf_counter()
models = [catalog.models[name] for name in sys.argv[2].split(",")]
times = []
for _ in range(20):
    start = time.perf_counter()
    compare(catalog, models, date(2026, 11, 22))
    times.append(time.perf_counter() - start)
resident = [line for line in open("/proc/self/status") if line.startswith("VmRSS")] if sys.platform == "linux" else []
results = sum(len(benchmark.results) for benchmark in catalog.benchmarks.values())
print(json.dumps({
    "models": len(catalog.models), "results": results, "import_s": imported - began, "load_s": loaded - imported,
    "compare_s": median(times), "rss_mb": int(resident[0].split()[1]) * 1024 / 1e6 if resident else float("nan"),
}))
"""


@dataclass(frozen=True)
class Size:
    """What one fresh process measured with one data folder; seconds and MB."""

    models: int
    results: int
    import_s: float
    load_s: float
    compare_s: float
    rss_mb: float


def write_large(target: Path, models: int, results: int) -> None:
    """Copy today's data to `target` with so many models and results; what is added has new ids and nothing else."""
    shutil.copytree(PRODUCT / "catalog" / "data", target)
    originals = sorted((target / "models").glob("*/*.yaml"))
    names = [path.stem for path in originals]
    texts = [path.read_text(encoding="utf-8") for path in originals]
    missing = max(0, models - len(originals))
    for number, (path, text) in enumerate(islice(cycle(zip(originals, texts, strict=True)), missing)):
        name = f"{path.stem}-x{number}"
        path.with_name(f"{name}.yaml").write_text(_renamed(text, path.stem, name, number), encoding="utf-8")
        names.append(name)
    _write_results(target / "benchmarks", names, results)


def _renamed(text: str, old: str, new: str, number: int) -> str:
    """One model's file under another id; its API ids change too, since no two models may share one."""
    text = re.sub(rf"^id: {re.escape(old)}$", f"id: {new}", text, count=1, flags=re.MULTILINE)
    text = re.sub(r"^((?:short_)?name: [^'\"\n]+?)$", rf"\1 x{number}", text, count=2, flags=re.MULTILINE)
    ids = re.search(r"^api_ids:\n(?:[ \-].*\n?)+", text, flags=re.MULTILINE)
    if ids is None:
        return text
    changed = re.sub(r"(value: [^,}\s]+)", rf"\1-x{number}", ids[0])
    return text[: ids.start()] + changed + text[ids.end() :]


def _write_results(folder: Path, models: Sequence[str], results: int) -> None:
    """Write whole benchmarks of copied results, in files that keep to the largest size that the catalog takes."""
    original = (folder / "gpqa.yaml").read_text(encoding="utf-8")
    head, _, _ = original.partition("results:\n")
    have = sum(path.read_text(encoding="utf-8").count("- {model:") for path in folder.glob("*.yaml"))
    line = "  - {{model: {}, score: {}, unit: percent, conditions: not stated, source: seed_card, date: 2025-10-02}}\n"
    left, number = max(0, results - have), 0
    while left:
        count = min(left, _MOST_RESULTS_A_FILE)
        lines = [line.format(models[(number + at) % len(models)], 40 + at % 50) for at in range(count)]
        name = f"gpqa_x{number}"
        text = head.replace("id: gpqa\n", f"id: {name}\n") + "results:\n" + "".join(lines)
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
        left, number = left - count, number + 1


def loaded(data: Path, limit_s: float) -> Size:
    """Load a data folder in a fresh process and compare two of its models."""
    done = subprocess.run(
        [sys.executable, "-c", _MEASURE, str(data), ",".join(_PAIR)],
        cwd=PRODUCT,
        capture_output=True,
        text=True,
        timeout=limit_s,
    )
    if done.returncode:
        raise RuntimeError(done.stderr[-2000:])
    return Size(**json.loads(done.stdout))


def sizes(large: Path, rounds: int) -> None:
    """Print load, memory and comparing of both sizes; the large one is loaded fewer times."""
    today = [loaded(PRODUCT / "catalog" / "data", 60) for _ in range(rounds)]
    grown = [loaded(large, 300) for _ in range(max(1, rounds // 3))]
    rows = []
    for name, measured in (("today", today), ("large", grown)):
        sample = measured[0]
        rows.append(
            [
                f"{name}: {sample.models:,} models, {sample.results:,} results",
                ms(p50([each.load_s for each in measured])),
                f"{p50([each.load_s for each in measured]) / sample.models * 1e3:.2f}",
                ms(p50([each.compare_s for each in measured])),
                f"{p50([each.rss_mb for each in measured]):.0f}",
            ]
        )
    head = ["data", "load() ms", "load() ms a model", "compare() of two, ms", "RSS MB"]
    show(f"The catalog in a fresh process, medians of {len(today)} and {len(grown)}", head, rows)


@contextmanager
def product_with(large: Path) -> Iterator[Path]:
    """The product in a temporary folder, beside the large data instead of its own."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shutil.copy(PRODUCT / "app.py", folder)
        for part in (".streamlit", "pages", "components", "catalog"):
            ignored = shutil.ignore_patterns("data", "__pycache__", "secrets.toml")
            shutil.copytree(PRODUCT / part, folder / part, ignore=ignored)
        (folder / "catalog" / "data").symlink_to(large, target_is_directory=True)
        yield folder


async def _clicks(url: str, page: str, rounds: int) -> tuple[float, list[float], float]:
    """Seconds of the first run, seconds of each click after it, and kB received a click."""
    async with visit(url, page, f"models={','.join(_PAIR)}" if page else "") as session:
        first = await session.run()
        before = session.received
        taken = []
        for at in range(rounds):
            # Without a pause the messages of one click wait 40 ms for the acknowledgement of the click before.
            await asyncio.sleep(_PAUSE_S)
            taken.append(await _click(session, page, at))
        return first, taken, (session.received - before) / rounds / 1000


async def _click(session: Session, page: str, at: int) -> float:
    return await (session.choose("compare_rows", (at + 1) % 2) if page else session.press("more"))


def pages(large: Path, rounds: int) -> None:
    """Print a click on the empty page, on today's compare page and on the one with the large data."""
    rows = []
    empty_p50 = empty_p95 = float("nan")
    with empty_app(_BUTTON_PAGE) as empty, product_with(large) as grown:
        apps = (
            ("empty page: button", empty, ""),
            ("compare today", PRODUCT, "compare"),
            ("compare, large", grown, "compare"),
        )
        for name, folder, page in apps:
            with served(folder) as server:
                first, taken, kilobytes = asyncio.run(_clicks(server.url, page, rounds))
                memory = server.rss_mb
            if not page:
                empty_p50, empty_p95 = p50(taken), p95(taken)
            judged = ratio(p95(taken) / empty_p95, BUDGET if "large" in name else None)
            times = [f"{first:.2f}", ms(p50(taken)), ms(p95(taken)), judged, ratio(p50(taken) / empty_p50)]
            rows.append([name, *times, f"{kilobytes:.1f}", f"{memory:.0f}"])
    timed = ["first run s", "click p50 ms", "click p95 ms", "p95 / empty p95", "p50 / empty p50"]
    head = ["page", *timed, "kB a click", "RSS MB"]
    show(f"A click without a browser, {rounds} each; budget of the large data {BUDGET:g}", head, rows)


def main() -> None:
    """Measure everything and print it; about 2 minutes."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--models", type=int, default=5_000, choices=range(30, 10_001), metavar="N")
    parser.add_argument("--results", type=int, default=100_000, choices=range(200_001), metavar="N")
    parser.add_argument("--rounds", type=int, default=6, choices=range(1, 31), metavar="N")
    options = parser.parse_args()
    load = Load()
    with tempfile.TemporaryDirectory() as name:
        large = Path(name) / "data"
        write_large(large, options.models, options.results)
        sizes(large, options.rounds)
        pages(large, 5 * options.rounds)
    load.report()


if __name__ == "__main__":
    main()
