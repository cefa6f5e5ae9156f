"""A part of the page that shows one thing or another, so that nothing of the one stays below the other."""

from collections.abc import Hashable
from pathlib import Path

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

_TOP = st.components.v2.component(
    "batch_top", js=Path(__file__).with_name("top.js").read_text(encoding="utf-8"), isolate_styles=False
)


def view(name: str, what: Hashable) -> DeltaGenerator:
    """A place for this part of the page; what stood there before is gone at once where it was something else.

    Streamlit would keep it in grey until the script ends, which a batch that is watched puts off, unless the place
    itself stays empty: so two places take turns.
    """
    key = f"batch_view_{name}"
    before, turn = st.session_state.get(key, (what, 0))
    turn = turn if before == what else 1 - turn
    st.session_state[key] = (what, turn)
    return (st.empty(), st.empty())[turn].container()


def from_the_top(what: str) -> None:
    """Scrolls the page up where it shows something else than before, such as a batch in place of its form."""
    _TOP(key="batch_top", data={"view": what})
