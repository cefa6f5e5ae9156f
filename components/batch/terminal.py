"""Runs a batch from a terminal: reads what is to be asked, asks it with a bar of progress, and says how it went."""

import argparse
import asyncio
import gc
import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from functools import partial

from tqdm import tqdm

from components.batch.checking import check_maker
from components.batch.costing import Prices
from components.batch.engine import Batch
from components.batch.file_sink import FileSink
from components.batch.options import read_options
from components.batch.plan import base_requests
from components.batch.prepare import Prepared, prepare
from components.batch.progress import Progress, State
from components.batch.remote import RemoteRefused
from components.batch.remote_terminal import run_remote
from components.batch.sink import SinkRefused
from components.batch.summary import (
    ALL_THERE,
    INTERRUPTED,
    NOTHING_ASKED,
    SIMULATED,
    SOME_FAILED,
    STOPPED_EARLY,
    closing_lines,
    short,
)
from components.gemini.client import open_client
from components.gemini.pool import ClientPool
from components.gemini.settings import Connection, connection

_LOOK_S = 0.2
_LOOK_ELSEWHERE_S = 10.0
_BY_HAND = "Stopped by a signal. Every answer that was kept stays; go on with --resume."


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one batch as the command line says; return the exit code."""
    options = read_options(arguments)
    try:
        with _place() as place:
            prepared = prepare(options, place)
            return run_remote(prepared) if options.remote or options.cancel_remote else _run(prepared)
    except (ValueError, SinkRefused, RemoteRefused, OSError, TimeoutError) as error:
        print(error, file=sys.stderr)
        return NOTHING_ASKED


@contextmanager
def _place() -> Iterator[Connection]:
    """Where the calls go: as the environment says, else to a simulator that lives as long as this block."""
    if (told := connection(os.environ)) is not None:
        yield told
        return
    from components.gemini.simulator.server import start

    simulator = start()
    try:
        simulated = connection(os.environ, simulator_url=simulator.base_url)
        assert simulated is not None
        yield simulated
    finally:
        simulator.stop()


def _run(prepared: Prepared) -> int:
    options, job, place = prepared.options, prepared.job, prepared.place
    today = date.today()
    requests, notes = base_requests(job, prepared.catalog, today)
    for note in notes:
        print(note.sentence, file=sys.stderr)
    if job.simulated:
        print(f"There is no key, so the built-in simulator answers. {SIMULATED}", file=sys.stderr)
    sink = FileSink(options.out, job, resume=options.resume, ask_failed_again=options.retry_failed)
    priced = (*job.models, *((job.judge,) if job.judge else ()))
    prices = Prices(prepared.catalog, priced, today, vertexai=job.vertexai)
    checking = check_maker(job, prepared.table.columns, prices, place.secrets)
    batch = Batch(job, prepared.table, sink, requests, prices, check_maker=checking)
    # What was read so far stays to the end; looking through it for garbage again and again costs a tenth of the speed.
    gc.freeze()
    interrupted, progress = asyncio.run(_conduct(batch, place, options))
    print("\n".join(closing_lines(progress, str(options.out), batch.asked_before)))
    return _exit_code(progress, interrupted)


async def _conduct(batch: Batch, place: Connection, options: argparse.Namespace) -> tuple[bool, Progress]:
    """Run a batch with its bar; the first signal lets the answers under way come in, the second breaks them off."""
    pool = ClientPool(open_one=partial(open_client, timeout_ms=round(options.timeout * 1000)))
    signals: list[int] = []

    def stop() -> None:
        signals.append(1)
        batch.stop(_BY_HAND, at_once=len(signals) > 1)
        if len(signals) == 1 and (under_way := batch.progress().under_way):
            print(
                f"\nWaiting for {under_way} answers under way; press Ctrl-C again to break them off.", file=sys.stderr
            )

    with _on_signals(stop):
        running = asyncio.create_task(batch.run(place, pool))
        try:
            await _show(batch, running, options.quiet)
            return bool(signals), await running
        finally:
            await pool.close()


async def _show(batch: Batch, running: asyncio.Task[Progress], quiet: bool) -> None:
    on_screen = sys.stderr.isatty()
    told: set[str] = set()
    with tqdm(unit=" answers", disable=quiet, dynamic_ncols=on_screen, file=sys.stderr, mininterval=0) as bar:
        while not running.done():
            await asyncio.wait({running}, timeout=_LOOK_S if on_screen else _LOOK_ELSEWHERE_S)
            progress = batch.progress()
            bar.total = progress.total
            # What was there before must not count as speed.
            bar.initial = progress.found
            bar.n = progress.done
            bar.set_postfix_str(short(progress), refresh=True)
            # What changes by the second is told once: by whom, not for how long.
            for model in progress.models:
                if model.note and model.model not in told and not quiet:
                    told.add(model.model)
                    bar.write(model.note, file=sys.stderr)


@contextmanager
def _on_signals(stop: Callable[[], None]) -> Iterator[None]:
    loop = asyncio.get_running_loop()
    numbers = [signal.SIGINT, signal.SIGTERM]
    try:
        for number in numbers:
            loop.add_signal_handler(number, stop)
    except NotImplementedError:
        # Windows: Ctrl-C then ends the process, which leaves a file to go on from all the same.
        numbers = []
    try:
        yield
    finally:
        for number in numbers:
            loop.remove_signal_handler(number)


def _exit_code(progress: Progress, interrupted: bool) -> int:
    if progress.state is not State.DONE:
        return INTERRUPTED if interrupted else STOPPED_EARLY
    return SOME_FAILED if progress.failed else ALL_THERE
