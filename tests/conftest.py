"""What holds for every test: many run side by side, those that measure time run alone, the browser comes last."""

import gc
import os
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import IO

import pytest
from hypothesis import settings

_GATE, _ROOM = Path(__file__), Path(__file__).with_name("requirements.txt")
_MOST_WORKERS = 4

# Other workers take their share of the machine: the limit of an example is there for what hangs, not for what waits.
settings.register_profile("side by side", settings.default, deadline=timedelta(seconds=2))
settings.load_profile("side by side")


@pytest.hookimpl(tryfirst=True)
def pytest_cmdline_main(config: pytest.Config) -> None:
    """Run the whole suite on several workers, unless the command line says how many (`-n 0` for none).

    What is named on the command line runs in this process, where it starts at once, prints and can be debugged.
    """
    undecided = getattr(config.option, "numprocesses", 0) is None and not hasattr(config, "workerinput")
    whole = config.args_source is not pytest.Config.ArgsSource.ARGS
    if undecided and whole and not config.option.usepdb and os.name != "nt":
        # One a processor, so that each browser gets to run before its time limits end.
        config.option.numprocesses = min(max(len(os.sched_getaffinity(0)), 2), _MOST_WORKERS)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Order the browser tests last: Playwright leaves an event loop running, in which asyncio.run refuses to work.

    They share the machine with each other's browsers and servers, so one that fails gets a second try, which the
    closing line counts; what is broken fails twice.
    """
    items.sort(key=lambda item: item.get_closest_marker("browser") is not None)
    for item in items:
        if item.get_closest_marker("browser") is not None:
            item.add_marker(pytest.mark.flaky(reruns=1))


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Iterator[None]:
    """Spare the million objects that stay until the end from every search for garbage: that is a tenth of the time."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.collect()
        gc.freeze()
        gc.enable()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """Let a test that is marked as timed wait until the other workers pause, and let them pause until it is over."""
    with ExitStack() as held:
        if hasattr(item.config, "workerinput"):
            _enter(held, alone=item.get_closest_marker("timed") is not None)
        return (yield)


def _enter(held: ExitStack, alone: bool) -> None:
    import fcntl

    # Who waits to be alone holds the gate, or the others would take turns and never leave the room empty.
    with _GATE.open() as gate:
        fcntl.flock(gate, fcntl.LOCK_EX)
        room: IO[str] = held.enter_context(_ROOM.open())
        fcntl.flock(room, fcntl.LOCK_EX if alone else fcntl.LOCK_SH)
