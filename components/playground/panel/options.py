"""How a run is made: how often, within which budget, and what is kept of it."""

from dataclasses import dataclass
from decimal import Decimal

import streamlit as st

from components.playground.panel.engine import ledger


@dataclass(frozen=True)
class Options:
    """What was chosen for the next run. A blind run asks every model once."""

    repeats: int
    blind: bool
    kept: bool
    files_kept: bool


def options_box() -> Options:
    """Draws the choices and returns them."""
    repeats = st.number_input(
        "Repeats for each model",
        min_value=1,
        max_value=10,
        value=1,
        key="playground_repeats",
        persist_state="session",
        help="Asks every model so often at once and shows median and spread. A blind run asks once.",
    )
    _budget()
    kept = st.toggle(
        "Keep runs in the history",
        value=True,
        key="playground_kept",
        persist_state="session",
        help="Prompts and answers are kept on this server. No key is ever kept.",
    )
    files_kept = st.toggle(
        "Keep attached files with them",
        key="playground_files_kept",
        persist_state="session",
        disabled=not kept,
        help="Without this, only the names and sizes of files are kept, and a run with files cannot be sent again.",
    )
    return Options(int(repeats), False, kept, kept and files_kept)


def _budget() -> None:
    book = ledger()
    limit = st.number_input(
        "Budget of this session, USD",
        min_value=0.0,
        max_value=10_000.0,
        value=None,
        step=0.1,
        format="%.4f",
        key="playground_budget",
        persist_state="session",
        placeholder="no limit",
        help="Runs stop when their cost at list price reaches what is left of it.",
    )
    book.limit = None if limit is None else Decimal(str(limit))
    st.caption(book.line().replace("$", "\\$"))
