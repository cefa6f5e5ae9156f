"""What every page begins and ends with."""

from datetime import date
from html import escape
from pathlib import Path

import streamlit as st

from catalog.lifecycle import today
from catalog.loading import Catalog
from catalog.summary import as_of_sentence
from components.frame import link
from components.frame.changed import changed_notice
from components.frame.guest import guest_begin, guest_end, guest_style
from components.frame.navigation import path_of
from components.frame.own_data import overlaid, own_data_note
from components.frame.sharing import share
from components.frame.state import sourced_catalog

_STYLE = Path(__file__).with_name("style.css")
_LINKS = st.components.v2.component(
    "frame_links", js=Path(__file__).with_name("links.js").read_text(encoding="utf-8"), isolate_styles=False
)
_POPOVERS = st.components.v2.component(
    "frame_popovers", js=Path(__file__).with_name("popovers.js").read_text(encoding="utf-8"), isolate_styles=False
)


def apply_style() -> None:
    """Adds the product's style sheet, lets links in its HTML change the page without loading it anew, and Tab enter
    what a popover shows.
    """
    st.html(_STYLE)
    _LINKS(key="frame_links")
    _POPOVERS(key="frame_popovers")
    guest_style()


def page_title(title: str, lead: str) -> date:
    """The heading of a page and, in one sentence, what it is for; returns the day that the page speaks of.

    Beside it stands Share, and below it what has changed since an opened link was made. For guests, a page of controls
    alone ends here.
    """
    link.begin()
    sourced, page, day = sourced_catalog(), path_of(title), today()
    with st.container(horizontal=True, vertical_alignment="center", key="frame_head"):
        st.title(title, anchor=False)
        if not link.is_guest():
            share(page, sourced.version, own_data=overlaid(sourced) is not sourced)
    st.html(f'<p class="lead">{escape(lead)}</p>')
    guest_begin(sourced, page)
    own_data_note()
    changed_notice(sourced, page, day)
    return day


def page_end(catalog: Catalog) -> None:
    """The catalog's version and date, so that a screenshot or a print can be checked later."""
    link.end()
    if link.is_guest():
        guest_end(catalog)
    else:
        st.caption(as_of_sentence(catalog))
