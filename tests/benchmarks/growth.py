"""How the catalog grows: `python -m tests.benchmarks.growth`.

A temporary data folder gets 5,000 models, which are today's files under new ids, and 100,000 results, which are
today's benchmarks under new ids with scores of every way of scoring. Measured in fresh processes, today's data beside
the large: the load from YAML and from the compiled copy, the memory that they leave, and the catalog calls that pages
make. Then the product itself, copied beside the large data: a click on the compare page's rows without a browser (the
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

from catalog.loading import DATA, load
from catalog.schema import Benchmark, Scoring
from tests.benchmarks.figures import Load, ms, p50, p95, ratio, show, within
from tests.benchmarks.serving import PRODUCT, empty_app, served
from tests.benchmarks.session import Session, visit

BUDGET = 4.0
COLD_BUDGET_S = 0.5
WARM_BUDGET_S = 0.1
_PAIR = ("gemini-2.0-pro-exp-02-05", "gemini-2.0-flash")
_MOST_RESULTS_A_FILE = 3_000
_QUESTIONS = (30, 198, 448, 817, 1_319, 12_032)
_PAUSE_S = 0.2
_BUTTON_PAGE = 'import streamlit as st\n\nst.button("More", key="more")\n'
_MEASURE = """
import json, sys, time
data, folder, names, before = sys.argv[1:]
if before:
    __import__(before)
began = time.perf_counter()
import pydantic
pydantic.BaseModel
first = time.perf_counter()
from pathlib import Path
from catalog import compiled, loading
imported = time.perf_counter()
catalog = compiled.load(Path(data), Path(folder)) if folder else loading.load(Path(data))
loaded = time.perf_counter()
resident = [line for line in open("/proc/self/status") if line.startswith("VmRSS")] if sys.platform == "linux" else []

from datetime import date
from statistics import median
from catalog.lifecycle import life
from catalog.shared import shared_tests
from catalog.summary import findings
from catalog.tables import compare, model_rows, result_rows

today = date(2026, 11, 22)
models = [catalog.models[name] for name in names.split(",")]
once = {
    "aliases": lambda: catalog.aliases,
    "results by model": lambda: catalog.results,
    "limits of every share, with the import of statsmodels": lambda: catalog.limits,
    "model_rows (picker, list of models)": lambda: model_rows(catalog, today),
    "result_rows (export)": lambda: result_rows(catalog),
}
often = {
    "compare of two": lambda: compare(catalog, models, today),
    "findings of two, with their compare": lambda: findings(compare(catalog, models, today), models, today),
    "shared_tests of two": lambda: shared_tests(catalog, *models),
    "life of two": lambda: [life(model, today) for model in models],
    "find": lambda: catalog.find("models/Gemini-2.0-Flash-001"),
    "similar (a mistyped name)": lambda: catalog.similar("gemini-2.0-flsh"),
}
def seconds(call, times):
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        call()
        taken.append(time.perf_counter() - start)
    return median(taken)
calls = {}
if folder:
    calls = {name: seconds(call, 1) for name, call in once.items()} | {
        name: seconds(call, 7) for name, call in often.items()
    }
print(json.dumps({
    "models": len(catalog.models), "results": sum(len(benchmark.results) for benchmark in catalog.benchmarks.values()),
    "pydantic_s": first - began, "import_s": imported - began, "load_s": loaded - imported, "calls": calls,
    "rss_mb": int(resident[0].split()[1]) * 1024 / 1e6 if resident else float("nan"),
}))
"""


@dataclass(frozen=True)
class Measured:
    """What one fresh process measured with one data folder; seconds and MB. `import_s` includes `pydantic_s`."""

    models: int
    results: int
    pydantic_s: float
    import_s: float
    load_s: float
    calls: dict[str, float]
    rss_mb: float


def write_large(target: Path, models: int, results: int) -> None:
    """Copy today's data to `target` with so many models and results; what is added has new ids and nothing else."""
    shutil.copytree(DATA, target)
    originals = sorted((target / "models").glob("*/*.yaml"))
    texts = [path.read_text(encoding="utf-8") for path in originals]
    names = [*_PAIR, *(path.stem for path in originals if path.stem not in _PAIR)]
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
    changed = re.sub(r"(value: '?[^,}\s']+)", rf"\1-x{number}", ids[0])
    return text[: ids.start()] + changed + text[ids.end() :]


def _write_results(folder: Path, models: Sequence[str], results: int) -> None:
    """Copy today's benchmarks with new results until there are enough, each with the pair and other models in turn."""
    today = load(DATA)
    sources = [name for name, source in today.sources.items() if not source.collection][:20]
    left = max(0, results - sum(len(benchmark.results) for benchmark in today.benchmarks.values()))
    count = min(_MOST_RESULTS_A_FILE, max(1, -(-left // len(today.benchmarks))))
    for number, benchmark in enumerate(cycle(today.benchmarks.values())):
        if left <= 0:
            return
        name = f"{benchmark.id}_x{number}"
        text = (folder / f"{benchmark.id}.yaml").read_text(encoding="utf-8").partition("\nresults:")[0]
        head = text.replace(f"id: {benchmark.id}\n", f"id: {name}\n", 1)
        chosen = [models[at if at < len(_PAIR) else (number * count + at) % len(models)] for at in range(count)]
        lines = [_result(benchmark, model, sources[at % 3], at) for at, model in enumerate(chosen[:left])]
        (folder / f"{name}.yaml").write_text(head + "\nresults:\n" + "\n".join(lines) + "\n", encoding="utf-8")
        left -= len(lines)


def _result(benchmark: Benchmark, model: str, source: str, at: int) -> str:
    """One line of a results list; every fifth names an edition, shares have questions and ratings votes and limits."""
    highest = benchmark.lowest + 100 if benchmark.highest is None else benchmark.highest
    score = round(benchmark.lowest + (highest - benchmark.lowest) * (0.3 + 0.6 * (at * 37 % 1_000) / 1_000), 1)
    facts: dict[str, object] = {"model": model, "score": score, "unit": benchmark.unit}
    if at % 5 == 4:
        facts["edition"] = f"release {2025 + at % 2}"
    if benchmark.scoring in (Scoring.PROPORTION, Scoring.GRADED):
        facts["questions"] = _QUESTIONS[at % len(_QUESTIONS)]
    if benchmark.scoring is Scoring.RATING:
        facts |= {"votes": 1_000 + at, "low": round(score - 6, 1), "high": round(score + 6, 1)}
    facts |= {"conditions": f"pass@1, {at % 3} shots", "measured_by": "independent", "source": source}
    return "  - " + json.dumps(facts | {"date": "2025-10-02"}, ensure_ascii=False)


def measured(data: Path, folder: Path | None, limit_s: float, before: str = "") -> Measured:
    """Load a data folder in a fresh process, through a compiled copy where a folder for it is given.

    `before` is a module that the process imports before the clock starts.
    """
    words = [str(data), str(folder or ""), ",".join(_PAIR), before]
    done = subprocess.run(
        [sys.executable, "-c", _MEASURE, *words], cwd=PRODUCT, capture_output=True, text=True, timeout=limit_s
    )
    if done.returncode:
        raise RuntimeError(done.stderr[-2000:])
    return Measured(**json.loads(done.stdout))


def loads(large: Path, rounds: int) -> None:
    """Print the load of both sizes from YAML and from the compiled copy, and the calls that pages make."""
    with tempfile.TemporaryDirectory() as name:
        today_copy, large_copy = Path(name) / "today", Path(name) / "large"
        kinds = (
            ("today: YAML", DATA, None, "", rounds),
            ("today: compiled, first time", DATA, today_copy, "", 1),
            ("today: compiled", DATA, today_copy, "", rounds),
            ("today: compiled, beside Streamlit", DATA, today_copy, "streamlit.web.bootstrap", rounds),
            ("large: YAML", large, None, "", max(1, rounds // 3)),
            ("large: compiled, first time", large, large_copy, "", 1),
            ("large: compiled", large, large_copy, "", max(1, rounds // 2)),
        )
        taken = {kind: [measured(data, copy, 300, before) for _ in range(n)] for kind, data, copy, before, n in kinds}
        sizes = [sum(file.stat().st_size for file in copy.iterdir()) / 1e6 for copy in (today_copy, large_copy)]
    _show_loads(taken, sizes)
    _show_calls(taken["today: compiled"], taken["large: compiled"])


def _show_loads(taken: dict[str, list[Measured]], sizes: Sequence[float]) -> None:
    rows = []
    for kind, runs in taken.items():
        both_s = p50([run.import_s + run.load_s for run in runs])
        budget_s = {"today: YAML": COLD_BUDGET_S, "today: compiled, beside Streamlit": WARM_BUDGET_S}.get(kind)
        judged = "" if budget_s is None else within(both_s, budget_s)
        parts = (p50([getattr(run, part) for run in runs]) for part in ("pydantic_s", "import_s", "load_s"))
        rows.append([kind, str(len(runs)), *map(ms, parts), ms(both_s), judged, f"{p50([r.rss_mb for r in runs]):.0f}"])
    sample = [taken[kind][0] for kind in ("today: YAML", "large: YAML")]
    counts = [f"{each.models:,} models, {each.results:,} results" for each in sample]
    head = ["data", "n", "import of pydantic", "all imports", "load", "imports + load", "within budget", "RSS MB"]
    show(f"The catalog in a fresh process, medians in ms; today {counts[0]}; large {counts[1]}", head, rows)
    print(f"\nCompiled copies: today {sizes[0]:.1f} MB, large {sizes[1]:.1f} MB.")


def _show_calls(today: Sequence[Measured], large: Sequence[Measured]) -> None:
    rows = []
    for call in today[0].calls:
        small_s, large_s = (p50([run.calls[call] for run in runs]) for runs in (today, large))
        rows.append([call, ms(small_s), ms(large_s), ratio(large_s / small_s)])
    show("Catalog calls that pages make, ms; the first five once a process", ["call", "today", "large", "ratio"], rows)


@contextmanager
def product_with(large: Path) -> Iterator[Path]:
    """The product in a temporary folder, beside the large data instead of its own."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shutil.copy(PRODUCT / "app.py", folder)
        for part in (".streamlit", "pages", "components", "catalog"):
            ignored = shutil.ignore_patterns("data", "__pycache__", ".compiled", "secrets.toml")
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
    """Measure everything and print it; about 4 minutes."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--models", type=int, default=5_000, choices=range(30, 10_001), metavar="N")
    parser.add_argument("--results", type=int, default=100_000, choices=range(200_001), metavar="N")
    parser.add_argument("--rounds", type=int, default=6, choices=range(1, 31), metavar="N")
    options = parser.parse_args()
    load = Load()
    with tempfile.TemporaryDirectory() as name:
        large = Path(name) / "data"
        write_large(large, options.models, options.results)
        loads(large, options.rounds)
        pages(large, 5 * options.rounds)
    load.report()


if __name__ == "__main__":
    main()
