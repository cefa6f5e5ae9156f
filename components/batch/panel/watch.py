"""A batch on screen while it runs: painted at most every 250 ms, and nothing but watched."""

import time
from dataclasses import dataclass

import streamlit as st

from components.batch.desk import Desk
from components.batch.names import named_models
from components.batch.panel.engine import session
from components.batch.progress_html import bar, figures, progress_html
from components.batch.records import Job
from components.batch.wording import left, money, pace

_TICK_S = 0.25
_LOOK_S = 0.05
_ELSEWHERE_S = 1.0
_TRILLION = 10**12


@dataclass(frozen=True, slots=True)
class Watched:
    """Where a batch runs."""

    here: bool


def watch(desk: Desk, made: Job, where: Watched) -> None:
    """Paint how far a batch has come until it does not run any more. Leaving the page leaves the batch alone."""
    place = st.empty()
    if where.here:
        _watch_here(desk, made, place)
    else:
        _watch_elsewhere(desk, made, place)


def _watch_here(desk: Desk, made: Job, place: "st.delta_generator.DeltaGenerator") -> None:
    models = named_models(desk.catalog, made.models)
    painted, at, state = "", 0.0, None
    while True:
        found = session(made.id)
        if found is None or not found.running:
            return
        if state is not None and found.progress.state is not state:
            # The buttons above belong to another state.
            st.rerun()
        state = found.progress.state
        html = progress_html(found.progress, models)
        if html != painted and time.monotonic() - at >= _TICK_S:
            place.html(html)
            painted, at = html, time.monotonic()
        time.sleep(_LOOK_S)
        _let_in()


def _watch_elsewhere(desk: Desk, made: Job, place: "st.delta_generator.DeltaGenerator") -> None:
    """Another server runs it: what it has kept is all that can be seen from here."""
    before: tuple[float, int] | None = None
    while True:
        record = desk.store.batches.get(made.id, desk.owner)
        if record is None or record.state != "running":
            return
        now = time.monotonic()
        before = before or (now, record.done)
        rate = (record.done - before[1]) / (now - before[0]) if now > before[0] else None
        missing = record.total - record.done
        told = [
            ("Failed", f"{record.failed:,}"),
            ("Left", f"{missing:,}"),
            ("Rate", pace(rate)),
            ("Time left", left(missing / rate if rate else None)),
            ("Spent at list price", money(record.spent / _TRILLION, record.simulated)),
        ]
        place.html(f'<div class="batch-progress">{bar(record.done, record.failed, record.total)}{figures(told)}</div>')
        until = now + _ELSEWHERE_S
        while time.monotonic() < until:
            time.sleep(_LOOK_S)
            _let_in()


def _let_in() -> None:
    # Reading the session's state is what lets a click, a rerun or a closed tab into this script.
    _ = "batch_run" in st.session_state
