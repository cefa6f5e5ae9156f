"""What all pages that run prompts share for all visitors, and what belongs to one session."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

from components.frame.history import history, owner
from components.gemini.availability import AvailabilityBook
from components.gemini.files import UploadBook
from components.playground.budget import Ledger
from components.playground.counts import CountBook
from components.playground.keeping import Keeper, restored
from components.playground.run import Runner

if TYPE_CHECKING:
    from components.playground.lanes import Run

_LEDGER = "playground_ledger"


@dataclass(frozen=True)
class Engine:
    """The runner, and what is known of models, uploaded files and counted prompts."""

    runner: Runner
    book: AvailabilityBook
    uploads: UploadBook
    counts: CountBook


@st.cache_resource(show_spinner=False, on_release=lambda engine: engine.runner.close())
def _made() -> Engine:
    return Engine(Runner(), AvailabilityBook(), UploadBook(), CountBook())


def engine() -> Engine:
    """The engine of this process, which writes into the history as soon as that can be opened."""
    made = _made()
    recorder = history().recorder
    told = made.runner.listener
    if recorder is not None and not (isinstance(told, Keeper) and told.writes_to(recorder)):
        made.runner.tell(Keeper(recorder))
    return made


def ledger() -> Ledger:
    """What this session has spent, and its limit."""
    if _LEDGER not in st.session_state:
        st.session_state[_LEDGER] = Ledger()
    found: Ledger = st.session_state[_LEDGER]
    return found


def find_run(run_id: str) -> "Run | None":
    """A run of this process, or one from the visitor's history; None where there is neither or it cannot be read."""
    run = engine().runner.get(run_id)
    store = history().store
    if run is not None:
        return run if run.setup.owner == owner() else None
    if store is None or not run_id:
        return None
    from components.history.store import HistoryError

    try:
        record = store.get(run_id, owner())
        return restored(record) if record is not None else None
    except (HistoryError, ValueError):
        return None
