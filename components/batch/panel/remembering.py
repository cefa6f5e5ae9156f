"""What a session has worked out and need not again: the last of each thing."""

from collections.abc import Callable, Hashable
from typing import TypeVar

import streamlit as st

_T = TypeVar("_T")


def remembered(name: str, about: Hashable, make: Callable[[], _T]) -> _T:
    """What `make` returned for the same `about` when this name was last asked for, else what it returns now."""
    key = f"batch_remembered_{name}"
    known: tuple[Hashable, _T] | None = st.session_state.get(key)
    if known is not None and known[0] == about:
        return known[1]
    made = make()
    st.session_state[key] = (about, made)
    return made
