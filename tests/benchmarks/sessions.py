"""Many visitors at once: `python -m tests.benchmarks.sessions`.

50 visitors without browsers, each on its own websocket, click every 5 s for 30 s: they switch the rows of the compare
page between "Differences" and "All". Measured: click -> the script has finished and all of its messages have arrived,
errors, and the server's memory; first for a button on an empty page, then for the product.
"""

import argparse
import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

from websockets.exceptions import WebSocketException

from tests.benchmarks.figures import Load, ms, p50, p95, ratio, show, within
from tests.benchmarks.serving import PRODUCT, Server, empty_app, served
from tests.benchmarks.session import ScriptFailed, Session, visit

BUDGET_S = 1.0
PERIOD_S = 5.0
_MODELS = "models=gemini-2.0-pro-exp-02-05,gemini-2.0-flash"
_BUTTON_PAGE = 'import streamlit as st\n\nst.button("More", key="more")\n'

_Click = Callable[[Session, int], Awaitable[float]]


@dataclass
class Outcome:
    """What all visitors met, in seconds."""

    first: list[float] = field(default_factory=list)
    clicks: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


async def visitors(server: Server, page: str, query: str, count: int, seconds: float, click: _Click) -> Outcome:
    """Let `count` visitors arrive over one period and then click once a period until the time is over."""
    outcome = Outcome()
    # The first visit pays for imports and for the catalog.
    async with visit(server.url, page, query) as session:
        await session.run()
    await asyncio.gather(
        *(_visitor(server, page, query, at * PERIOD_S / count, seconds, click, outcome) for at in range(count))
    )
    return outcome


async def _visitor(
    server: Server, page: str, query: str, delay_s: float, seconds: float, click: _Click, outcome: Outcome
) -> None:
    await asyncio.sleep(delay_s)
    try:
        async with visit(server.url, page, query) as session:
            outcome.first.append(await session.run())
            clock = asyncio.get_running_loop()
            arrived = clock.time()
            for at in range(int(seconds / PERIOD_S)):
                await asyncio.sleep(max(0.0, arrived + (at + 1) * PERIOD_S - clock.time()))
                outcome.clicks.append(await click(session, at))
    except (ScriptFailed, WebSocketException, OSError, TimeoutError) as error:
        outcome.errors.append(f"{type(error).__name__}: {error}")


async def _toggle(session: Session, at: int) -> float:
    return await session.choose("compare_rows", (at + 1) % 2)


async def _press(session: Session, at: int) -> float:
    return await session.press("more")


def measured(folder: Path, page: str, query: str, count: int, seconds: float, click: _Click) -> tuple[Outcome, float]:
    """Serve a folder to so many visitors; return what they met and the server's memory at the end in MB."""
    with served(folder) as server:
        outcome = asyncio.run(visitors(server, page, query, count, seconds, click))
        return outcome, server.rss_mb


def main() -> None:
    """Measure both and print them; about 75 s."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--visitors", type=int, default=50, choices=range(1, 201), metavar="N")
    parser.add_argument("--seconds", type=int, default=30, choices=range(5, 121), metavar="S")
    options = parser.parse_args()
    load = Load()
    with empty_app(_BUTTON_PAGE) as folder:
        empty = measured(folder, "", "", options.visitors, options.seconds, _press)
    ours = measured(PRODUCT, "compare", _MODELS, options.visitors, options.seconds, _toggle)
    rows = []
    for name, (outcome, rss_mb) in (("empty page: button", empty), ("compare: rows", ours)):
        p95_s = p95(outcome.clicks)
        good = within(p95_s, BUDGET_S) if not outcome.errors else "NO"
        row = [
            name,
            str(len(outcome.clicks)),
            str(len(outcome.errors)),
            ms(p50(outcome.first)),
            ms(p50(outcome.clicks)),
        ]
        rows.append([*row, ms(p95_s), ms(max(outcome.clicks, default=0)), f"{rss_mb:.0f}", good])
    head = ["page", "clicks", "errors", "first run p50", "click p50", "click p95", "max", "RSS MB", "within budget"]
    title = (
        f"{options.visitors} visitors, a click every {PERIOD_S:g} s for {options.seconds} s, ms; budget no error, p95 "
    )
    show(title + ms(BUDGET_S), head, rows)
    print(f"\nCompare / empty, p95: {ratio(p95(ours[0].clicks) / p95(empty[0].clicks))}")
    for error in sorted({*empty[0].errors, *ours[0].errors})[:5]:
        print(f"Error: {error}")
    load.report()


if __name__ == "__main__":
    main()
