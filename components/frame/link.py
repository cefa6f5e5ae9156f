"""What a link carries beside the page's own state: the catalog version it was made with, and whether it is for guests.

They belong to the link and not to the page, so they stay in the address whatever the page writes there.
"""

from collections.abc import Mapping

import streamlit as st

CATALOG, GUEST = "catalog", "guest"
_VIEW = "view"
_BEGAN, _DISMISSED = "frame_link", "frame_link_dismissed"


def begin() -> None:
    """Reads what the link carries, before the page writes into the address.

    `view=guest` is put down as `guest=true`, because some pages have a `view` of their own.
    """
    asked = st.query_params
    if asked.get(_VIEW) == GUEST:
        others = {name: text for name, text in asked.to_dict().items() if name != _VIEW}
        asked.from_dict(others | {GUEST: "true"})
    # A click that follows the dismissal at once comes with the address from before it.
    if CATALOG in asked and asked[CATALOG] == st.session_state.get(_DISMISSED):
        del asked[CATALOG]
    st.session_state[_BEGAN] = {name: asked[name] for name in (CATALOG, GUEST) if name in asked}


def end() -> None:
    """Puts back what the page's own writing has taken out of the address."""
    for name, text in st.session_state.get(_BEGAN, {}).items():
        if name not in st.query_params:
            st.query_params[name] = text


def apart(asked: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """The parameters of an address as two parts: those of the page itself, and what the link carries beside them."""
    carried = {name: text for name, text in asked.items() if name in (CATALOG, GUEST)}
    return {name: text for name, text in asked.items() if name not in carried}, carried


def is_guest() -> bool:
    """Whether the address asks for the view without controls."""
    return st.query_params.get(GUEST, "").lower() == "true" or st.query_params.get(_VIEW) == GUEST


def made_with() -> str:
    """The catalog version that the opened link names, as it stands there; empty where it names none."""
    return st.query_params.get(CATALOG, "")


def dismiss() -> None:
    """Takes the catalog version of the opened link out of the address."""
    st.session_state[_DISMISSED] = st.query_params.get(CATALOG)
    st.session_state.get(_BEGAN, {}).pop(CATALOG, None)
    st.query_params.pop(CATALOG, None)
