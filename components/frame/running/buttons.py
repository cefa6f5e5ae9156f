"""Run and Stop, and the run that a page shows: named in its address, else the session's last one."""

import time
from datetime import UTC, date, datetime

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from catalog.loading import Catalog
from components.frame.history import history
from components.frame.running.engine import engine, find_run, ledger
from components.gemini.availability import Availability, State
from components.gemini.settings import Connection
from components.playground.budget import settle
from components.playground.lanes import Run, RunSnapshot

GONE = "The run in this address is not on this server and not in your history. Your prompt is kept; run it again."
_WANTED_S = 2.0


def current_run(page: str) -> Run | None:
    """The run that the address names, or the session's last one here, which then stands in the address again."""
    if "run" in st.query_params:
        return find_run(st.query_params["run"])
    run = find_run(st.session_state.get(f"{page}_run_id", ""))
    if run is not None:
        st.query_params["run"] = run.id
    return run


def run_button(page: str, label: str, disabled: bool) -> bool:
    """Draws Run; whether it was pressed and nothing has come of it yet, so that no rerun in between loses the press."""
    st.button(
        label,
        key=f"{page}_run",
        icon=":material/play_arrow:",
        shortcut="Ctrl+Enter",
        disabled=disabled,
        on_click=_want,
        args=(_wanted_key(page),),
    )
    return bool(time.monotonic() - st.session_state.get(_wanted_key(page), -_WANTED_S) < _WANTED_S)


def run_begun(page: str) -> None:
    """Forgets that Run was pressed, since something has come of it."""
    st.session_state.pop(_wanted_key(page), None)


def let_in(page: str) -> None:
    """Lets a rerun, a stop or a closed tab end this script: reading the session's state is what does."""
    _ = _wanted_key(page) in st.session_state


def stop_button(page: str, slot: DeltaGenerator, run: Run | None) -> None:
    """Draws Stop into its place."""
    elsewhere = run is not None and not run.finished and engine().runner.get(run.id) is None
    stops = "Stops every side at once and keeps what has arrived."
    slot.button(
        "Stop",
        key=f"{page}_stop",
        icon=":material/stop:",
        disabled=run is None or run.finished or elsewhere,
        help="Another server answers this run; stop it in the tab in which it was started." if elsewhere else stops,
        on_click=engine().runner.stop,
        args=(run.id if run else "",),
    )


def run_ended(catalog: Catalog, snapshot: RunSnapshot, on: date, place: Connection | None) -> None:
    """Writes down what a run that has just ended has cost and proved."""
    settle(ledger(), catalog, on, snapshot)
    if place is not None:
        _remember(snapshot, place)


def _want(key: str) -> None:
    st.session_state[key] = time.monotonic()


def _wanted_key(page: str) -> str:
    return f"{page}_wanted"


def _remember(snapshot: RunSnapshot, place: Connection) -> None:
    """A run is the best proof of what can be called."""
    for lane in snapshot.lanes:
        if lane.text:
            reason = f"{lane.request.model} answered a run."
            found = Availability(lane.request.model, State.CALLABLE, datetime.now(UTC), reason)
            engine().book.remember(place, found)
    if (recorder := history().recorder) is not None:
        recorder.flush(1.0)
