"""A crowd in the playground: `python -m tests.benchmarks.crowd`.

20 visitors without browsers, each on its own websocket, ask both models at once, everybody with a mark of their own
in the prompt, which the simulator repeats in its answers. Looked at: whose marks arrive at whom, whether all answers
come to their end on screen and in the history, and what the server has left when all have gone: threads, open calls
and memory. The server keeps the last 200 runs in memory, so quick rounds come first until it has that many, and a round
that is told apart; the others must end where that one ended.
"""

import argparse
import asyncio
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from components.gemini.simulator import server as simulator
from components.history.query import Query
from components.history.records import RunRecord
from components.history.store import open_store
from tests.benchmarks.figures import Load, show
from tests.benchmarks.serving import PRODUCT, Server, served
from tests.benchmarks.session import Session, visit

_MODELS = "models=gemini-2.0-pro-exp-02-05,gemini-2.0-flash"
_PACE = "[[simulate first-token-ms=1000 tokens-per-second=40]]"
_IN_HASTE = "[[simulate first-token-ms=20 tokens-per-second=2000]]"
_RUNS_KEPT = 200
_REST_S = 35.0
_LOOK_S = 0.1
_DONE = b"Done, first token"


@dataclass
class Round:
    """What one round showed. `apart` counts visitors who heard nobody else's mark; memory is in MB."""

    visitors: int
    apart: int = 0
    seen_whole: int = 0
    kept_whole: int = 0
    together: int = 0
    took_s: float = 0.0
    peak_mb: float = 0.0
    after_mb: float = 0.0
    peak_threads: int = 0
    after_threads: int = 0
    open_calls: int = 0
    errors: list[str] = field(default_factory=list)


@contextmanager
def watched(server: Server, found: Round) -> Iterator[asyncio.Task[None]]:
    """Note the most memory and threads that the server has while the block lasts."""

    async def look() -> None:
        while True:
            found.peak_mb = max(found.peak_mb, server.rss_mb)
            found.peak_threads = max(found.peak_threads, server.threads)
            await asyncio.sleep(_LOOK_S)

    looking = asyncio.create_task(look())
    try:
        yield looking
    finally:
        looking.cancel()


async def crowd(server: Server, marks: Sequence[str], found: Round, pace: str = _PACE) -> None:
    """Let all visitors arrive, then ask at once, and hold what each has heard against all marks."""
    heard: list[list[bytes]] = [[] for _ in marks]
    ready = asyncio.Barrier(len(marks))
    began = time.monotonic()
    with watched(server, found):
        ends = await asyncio.gather(
            *(_visitor(server, mark, mine, ready, pace) for mark, mine in zip(marks, heard, strict=True)),
            return_exceptions=True,
        )
    found.took_s = time.monotonic() - began
    found.errors = [f"{type(end).__name__}: {end}" for end in ends if end is not None]
    for mark, mine in zip(marks, heard, strict=True):
        said = b"".join(mine)
        others = [other for other in marks if other != mark and other.encode() in said]
        found.apart += mark.encode() in said and not others
        found.seen_whole += said.count(_DONE) >= 2


async def _visitor(server: Server, mark: str, heard: list[bytes], ready: asyncio.Barrier, pace: str) -> None:
    async with visit(server.url, "playground", _MODELS, heard) as session:
        await session.run()
        await ready.wait()
        await _ask(session, f"What is a {mark}? {pace}")


async def _ask(session: Session, prompt: str) -> None:
    session.type("playground_prompt", prompt)
    await session.press("playground_run")


def kept(history: Path, marks: Sequence[str]) -> list[RunRecord]:
    """The runs of these marks, from the server's history."""
    with closing(open_store(f"sqlite:///{history}")) as store:
        ids = [row.id for mark in marks for row in store.search(Query("", mark)).rows]
        return list(store.get_many(ids, ""))


def _judge(runs: Sequence[RunRecord], marks: Sequence[str], found: Round) -> None:
    """Hold the history against the marks, and count the runs that were in mid-stream at the moment when most were."""
    by_mark = {mark: run for run in runs for mark in marks if mark in run.prompt}
    found.kept_whole = sum(
        len(run.lanes) == 2 and all(lane.status == "done" and mark in lane.text for lane in run.lanes)
        for mark, run in by_mark.items()
    )
    spans = [
        (
            run.created.timestamp() + max(lane.chunks[0].at_s for lane in run.lanes),
            run.created.timestamp() + min(lane.chunks[-1].at_s for lane in run.lanes),
        )
        for run in runs
        if all(lane.chunks for lane in run.lanes)
    ]
    found.together = max((sum(start <= at < end for start, end in spans) for at, _ in spans), default=0)


def rounds(visitors: int, count: int) -> list[Round]:
    """Fill one server with runs, then a round to compare with and `count` more."""
    calls = simulator.start()
    taken = []
    try:
        with tempfile.TemporaryDirectory() as folder:
            history = Path(folder) / "history.sqlite"
            environment = {"GOOGLE_GEMINI_BASE_URL": calls.base_url, "HISTORY_FILE": str(history)}
            with served(PRODUCT, environment=environment) as server:
                for number in range(-(-_RUNS_KEPT // visitors)):
                    marks = [f"fill{number}x{visitor:03d}end" for visitor in range(visitors)]
                    asyncio.run(crowd(server, marks, Round(visitors), _IN_HASTE))
                for number in range(count + 1):
                    found = Round(visitors)
                    marks = [f"mark{number}x{visitor:03d}end" for visitor in range(visitors)]
                    asyncio.run(crowd(server, marks, found))
                    time.sleep(_REST_S)
                    found.after_mb, found.after_threads = server.rss_mb, server.threads
                    found.open_calls = calls.active_requests
                    _judge(kept(history, marks), marks, found)
                    taken.append(found)
    finally:
        calls.stop()
    return taken


def _row(number: int, found: Round) -> list[str]:
    of = f" of {found.visitors}"
    return [
        str(number) if number else "first",
        f"{found.together}{of}",
        f"{found.apart}{of}",
        f"{found.seen_whole}{of}",
        f"{found.kept_whole}{of}",
        f"{found.took_s:.1f}",
        f"{found.peak_mb:.0f}",
        f"{found.after_mb:.0f}",
        str(found.peak_threads),
        str(found.after_threads),
        str(found.open_calls),
    ]


def main() -> None:
    """Measure and print; about 50 s a round and a minute before them."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--visitors", type=int, default=20, choices=range(2, 31), metavar="N")
    parser.add_argument("--rounds", type=int, default=3, choices=range(1, 21), metavar="N")
    options = parser.parse_args()
    load = Load()
    taken = rounds(options.visitors, options.rounds)
    head = ["round", "in mid-stream at once", "heard own mark alone", "whole on screen", "whole in history", "s"]
    head += ["peak MB", "after MB", "peak threads", "after threads", "open calls"]
    title = f"{options.visitors} visitors ask both models at once; what is left {_REST_S:g} s after the last has gone"
    show(title, head, [_row(number, found) for number, found in enumerate(taken)])
    for error in sorted({error for found in taken for error in found.errors})[:5]:
        print(f"Error: {error}")
    load.report()


if __name__ == "__main__":
    main()
