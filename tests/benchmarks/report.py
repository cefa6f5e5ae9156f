"""How long a report takes: `python -m tests.benchmarks.report`.

Reports of the real catalog are frozen and made in every format, in turns in one process, as a server would make them
whose visitor asks for one after the other. The first round pays for imports and is told apart. Then what a click on
the page costs its script: freezing and drawing the preview anew.
"""

import argparse
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from catalog import compiled
from catalog.lifecycle import today
from catalog.loading import Catalog
from components.report.address import parse
from components.report.formats import formats, made, missing
from components.report.freezing import freeze
from components.report.state import Report
from tests.benchmarks.figures import Load, p50, ratio, show

REPORTS = {
    "default pair": {},
    "2.5 Pro, 2.5 Flash": {"models": "gemini-2.5-pro,gemini-2.5-flash"},
    "four models": {"models": "gemini-2.5-pro,gemini-2.5-flash,gemini-3.8-flash,gpt-5"},
    "four, technical": {
        "models": "gemini-2.5-pro,gemini-2.5-flash,gemini-3.8-flash,gpt-5",
        "audience": "technical",
    },
}
SECONDS = {"html": 3.0, "pptx": 3.0}
"""Budgets of time, where there are any."""
SIZES = {"html": 6_000_000, "html-light": 500_000}
"""Budgets of size in bytes, where there are any."""
_FREEZE = "freeze"


@dataclass(frozen=True)
class Taken:
    """What the rounds took in seconds, the first one by itself, and how large the last file was."""

    first: float
    rest: tuple[float, ...]
    size: int


def measure(catalog: Catalog, params: dict[str, str], rounds: int) -> dict[str, Taken]:
    """Freezes a report and makes every format of it, in turns; by format, with freezing first."""
    choices = parse(params, catalog, today()).choices
    ways = [each for each in formats() if not missing(each)]
    seconds: defaultdict[str, list[float]] = defaultdict(list)
    sizes = {_FREEZE: 0}
    for _ in range(rounds + 1):
        began = time.perf_counter()
        report = freeze(catalog, choices, today(), datetime.now(UTC))
        seconds[_FREEZE].append(time.perf_counter() - began)
        for each in ways:
            taken, content = timed(lambda each=each, report=report: made(each, report))
            seconds[each.name].append(taken)
            sizes[each.name] = len(content)
    return {name: Taken(taken[0], tuple(taken[1:]), sizes[name]) for name, taken in seconds.items()}


def timed(make: Callable[[], bytes]) -> tuple[float, bytes]:
    """The seconds that something takes, and what comes of it."""
    began = time.perf_counter()
    content = make()
    return time.perf_counter() - began, content


def told(name: str, found: dict[str, Taken]) -> list[list[str]]:
    """The rows of one report."""
    freezing = p50(found[_FREEZE].rest)
    return [
        [
            name,
            form,
            f"{taken.first:.2f}",
            within(p50(taken.rest), SECONDS.get(form), f"{p50(taken.rest):.2f}"),
            f"{max(taken.rest):.2f}",
            ratio(p50(taken.rest) / freezing),
            within(taken.size, SIZES.get(form), f"{taken.size / 1000:,.0f}") if taken.size else "",
        ]
        for form, taken in found.items()
    ]


def within(value: float, budget: float | None, shown: str) -> str:
    """A value as shown, marked where it is over its budget."""
    return shown if budget is None or value <= budget else f"{shown} OVER"


def clicks(catalog: Catalog, rounds: int) -> None:
    """What a click costs: the report and its digest anew, and the light file for the preview."""
    from components.report.html import light

    rows = []
    for name, params in REPORTS.items():
        choices = parse(params, catalog, today()).choices
        freezing, naming, drawing = [], [], []
        for _ in range(rounds):
            marks = [time.perf_counter()]
            report: Report = freeze(catalog, choices, today(), datetime.now(UTC))
            marks.append(time.perf_counter())
            _ = report.digest
            marks.append(time.perf_counter())
            light(report)
            marks.append(time.perf_counter())
            for taken, one, other in zip((freezing, naming, drawing), marks, marks[1:], strict=False):
                taken.append(other - one)
        parts = [p50(freezing), p50(naming), p50(drawing)]
        rows.append([name, *(f"{1000 * each:.0f}" for each in parts), f"{1000 * sum(parts):.0f}"])
    show("What a click that changes the report costs, ms", ["report", "freeze", "digest", "preview", "in all"], rows)


def main() -> None:
    """Measure every report and print it; about 2 minutes with 5 rounds."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5, choices=range(1, 51), metavar="N")
    rounds = parser.parse_args().rounds
    load = Load()
    catalog = compiled.load()
    rows = [row for name, params in REPORTS.items() for row in told(name, measure(catalog, params, rounds))]
    head = ["report", "format", "first, s", "median, s", "longest, s", "/ freezing", "kB"]
    show(
        f"Reports of the real catalog, {rounds} rounds; budgets HTML and PPTX 3 s, HTML 6 MB, light HTML 500 kB",
        head,
        rows,
    )
    clicks(catalog, rounds)
    load.report()


if __name__ == "__main__":
    main()
