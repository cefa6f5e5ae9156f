"""Medians, percentiles and small tables, and how busy the machine was while they were taken."""

import os
import statistics
import time
from collections.abc import Sequence
from datetime import date


def p50(values: Sequence[float]) -> float:
    """The median; NaN of nothing, so that a table still prints."""
    return statistics.median(values) if values else float("nan")


def p95(values: Sequence[float]) -> float:
    """The nearest-rank 95th percentile: of 20 values or fewer it is the largest or the one below."""
    return sorted(values)[max(0, -(-len(values) * 95 // 100) - 1)] if values else float("nan")


def ms(seconds: float) -> str:
    """Seconds as milliseconds, with decimals only where they say something."""
    milliseconds = seconds * 1000
    return f"{milliseconds:.1f}" if abs(milliseconds) < 10 else f"{milliseconds:.0f}"


def ratio(value: float, budget: float | None = None) -> str:
    """A ratio, marked where it is over its budget."""
    return f"{value:.2f}" if budget is None or value <= budget else f"{value:.2f} OVER {budget:g}"


def within(value: float, budget: float) -> str:
    """Whether a value keeps to its budget, in a word."""
    return "yes" if value <= budget else "NO"


def show(title: str, head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print one table in Markdown, ready to be kept."""
    widths = [max(len(row[column]) for row in (head, *rows)) for column in range(len(head))]
    lines = [" | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in (head, *rows)]
    rule = " | ".join("-" * width for width in widths)
    print(f"\n{title}\n", *(f"| {line} |" for line in (lines[0], rule, *lines[1:])), sep="\n", flush=True)


class Load:
    """How busy the machine is around a measurement: the share of its cores that is in use, by anybody.

    On systems without /proc/stat only the load average is told.
    """

    def __init__(self) -> None:
        self._began = time.perf_counter()
        self._busy = _busy_seconds()

    def report(self) -> None:
        """Print the date, the cores, the use of them since the start, and the load average of the last minute."""
        elapsed = time.perf_counter() - self._began
        busy = _busy_seconds()
        cores = os.cpu_count() or 1
        used = "" if busy is None or self._busy is None else f", {(busy - self._busy) / elapsed:.1f} of them busy"
        print(f"\n{date.today()}, {cores} cores{used}, load {os.getloadavg()[0]:.1f}, {elapsed:.0f} s", flush=True)


def _busy_seconds() -> float | None:
    try:
        with open("/proc/stat", encoding="ascii") as stat:
            fields = [int(word) for word in stat.readline().split()[1:]]
    except OSError:
        return None
    idle = fields[3] + fields[4]
    return (sum(fields[:8]) - idle) / os.sysconf("SC_CLK_TCK")
