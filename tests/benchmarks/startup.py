"""How long the product takes to start, and what it holds in memory: `python -m tests.benchmarks.startup`.

Measured: process start -> health check 200, and process start -> first element of the page in a browser profile
that has nothing cached, for the product's overview and for an app of one line, in turns; then the cold load of the
catalog in fresh processes, and the server's memory after each page.
"""

import argparse
import json
import subprocess
import sys
import time
from pathlib import Path

from playwright.sync_api import Browser

from tests.benchmarks.chromium import chromium, fresh_page, settle
from tests.benchmarks.figures import Load, ms, p50, p95, ratio, show, within
from tests.benchmarks.serving import PRODUCT, Server, empty_app, served

CATALOG_BUDGET_S = 0.5
_PAGES = ("", "compare", "architecture", "playground")
_COLD_LOAD = """
import json, time
began = time.perf_counter()
from catalog.loading import load
imported = time.perf_counter()
load()
print(json.dumps([imported - began, time.perf_counter() - imported]))
"""


def one_start(browser: Browser, folder: Path) -> tuple[float, float]:
    """Seconds from the process's start to health 200 and to the heading of the first page."""
    page = fresh_page(browser)
    with served(folder) as server:
        page.goto(server.url, wait_until="commit")
        page.locator("h1").first.wait_for()
        shown = time.perf_counter() - server.began
        page.context.close()
        return server.healthy_s, shown


def starts(browser: Browser, rounds: int) -> None:
    """Start the two apps in turns and print what each took."""
    taken: dict[str, list[tuple[float, float]]] = {"empty page": [], "product": []}
    with empty_app() as empty:
        for _ in range(rounds):
            for name, folder in (("empty page", empty), ("product", PRODUCT)):
                taken[name].append(one_start(browser, folder))
    rows = []
    for at, what in enumerate(("process -> health 200", "process -> first element")):
        empty_s, ours_s = ([times[at] for times in taken[name]] for name in ("empty page", "product"))
        cells = [f"{p50(each):.2f} ({min(each):.2f}-{max(each):.2f})" for each in (empty_s, ours_s)]
        rows.append([what, *cells, ratio(p50(ours_s) / p50(empty_s))])
    show(
        f"Start, median (range) s of {rounds} rounds in turns",
        ["what", "empty page", "product", "product / empty"],
        rows,
    )


def cold_loads(rounds: int) -> None:
    """Import and load the catalog in fresh processes and print the times; the interpreter's own start is left out."""
    imports, loads = [], []
    for _ in range(rounds):
        done = subprocess.run(
            [sys.executable, "-c", _COLD_LOAD], cwd=PRODUCT, capture_output=True, text=True, check=True, timeout=60
        )
        import_s, load_s = json.loads(done.stdout)
        imports.append(import_s)
        loads.append(load_s)
    both = [one + other for one, other in zip(imports, loads, strict=True)]
    show(
        f"Catalog in a fresh process, ms of {rounds}; budget {ms(CATALOG_BUDGET_S)}",
        ["part", "p50", "p95", "within budget"],
        [
            ["import", ms(p50(imports)), ms(p95(imports)), ""],
            ["load()", ms(p50(loads)), ms(p95(loads)), ""],
            ["both", ms(p50(both)), ms(p95(both)), within(p50(both), CATALOG_BUDGET_S)],
        ],
    )


def memory(browser: Browser) -> None:
    """Print the server's resident memory after the start and after each page of one visitor, beside the empty app's."""
    with empty_app() as empty, served(empty) as server:
        rows = [["empty page, shown", f"{_visited(browser, server, ''):.0f}"]]
    with served(PRODUCT) as server:
        rows.append(["product, started", f"{server.rss_mb:.0f}"])
        rows += [[f"product, then /{path}", f"{_visited(browser, server, path):.0f}"] for path in _PAGES]
    show("Memory of the server, MB", ["after", "RSS"], rows)


def _visited(browser: Browser, server: Server, path: str) -> float:
    page = fresh_page(browser)
    page.goto(f"{server.url}/{path}")
    page.locator("h1").first.wait_for()
    settle(page)
    time.sleep(1.0)  # the playground opens its client in the background
    page.context.close()
    return server.rss_mb


def main() -> None:
    """Measure everything and print it; about 40 s."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=7, choices=range(1, 51), metavar="N")
    rounds = parser.parse_args().rounds
    load = Load()
    with chromium() as browser:
        starts(browser, rounds)
        cold_loads(rounds)
        memory(browser)
    load.report()


if __name__ == "__main__":
    main()
