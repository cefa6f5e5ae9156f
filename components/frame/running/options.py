"""How a run is made: how often, within which budget, and what is kept of it."""

from dataclasses import dataclass
from decimal import Decimal

import streamlit as st

from components.frame.running.engine import ledger


@dataclass(frozen=True)
class Options:
    """What was chosen for the next run. A blind run asks every model once."""

    repeats: int
    blind: bool
    kept: bool
    files_kept: bool


def options_box(page: str, with_repeats: bool = True) -> Options:
    """Draws the choices and returns them; without repeats every model is asked once."""
    repeats = _repeats(page) if with_repeats else 1
    _budget(page)
    kept = st.toggle(
        "Keep runs in the history",
        value=True,
        key=f"{page}_kept",
        persist_state="session",
        help="Prompts and answers are kept on this server. No key is ever kept.",
    )
    files_kept = st.toggle(
        "Keep attached files with them",
        key=f"{page}_files_kept",
        persist_state="session",
        disabled=not kept,
        help="Without this, only the names and sizes of files are kept, and a run with files cannot be sent again.",
    )
    return Options(repeats, False, kept, kept and files_kept)


def _repeats(page: str) -> int:
    return int(
        st.number_input(
            "Repeats for each model",
            min_value=1,
            max_value=10,
            value=1,
            key=f"{page}_repeats",
            persist_state="session",
            help="Asks every model so often at once and shows median and spread. A blind run asks once.",
        )
    )


def _budget(page: str) -> None:
    """The budget belongs to the session and not to a page, so each page's box shows what any of them has set."""
    key, book = f"{page}_budget", ledger()
    st.session_state[key] = None if book.limit is None else float(book.limit)
    st.number_input(
        "Budget of this session, USD",
        min_value=0.0,
        max_value=10_000.0,
        step=0.1,
        format="%.4f",
        key=key,
        placeholder="no limit",
        on_change=_set_budget,
        args=(key,),
        help="Runs stop when their cost at list price reaches what is left of it.",
    )
    st.caption(book.line().replace("$", "\\$"))


def _set_budget(key: str) -> None:
    limit = st.session_state[key]
    ledger().limit = None if limit is None else Decimal(str(limit))
