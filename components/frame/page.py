"""What every page begins and ends with."""

from datetime import date
from html import escape
from pathlib import Path

import streamlit as st

from catalog.lifecycle import today
from catalog.loading import Catalog
from catalog.summary import as_of_sentence
from components.frame.own_data import own_data_note

_STYLE = Path(__file__).with_name("style.css")
_LINKS = st.components.v2.component(
    "frame_links", js=Path(__file__).with_name("links.js").read_text(encoding="utf-8"), isolate_styles=False
)


def apply_style() -> None:
    """Adds the product's style sheet, and lets links in its HTML change the page without loading it anew."""
    st.html(_STYLE)
    _LINKS(key="frame_links")


def page_title(title: str, lead: str) -> date:
    """The heading of a page and, in one sentence, what it is for; returns the day that the page speaks of."""
    st.title(title, anchor=False)
    st.html(f'<p class="lead">{escape(lead)}</p>')
    own_data_note()
    return today()


def page_end(catalog: Catalog) -> None:
    """The catalog's version and date, so that a screenshot or a print can be checked later."""
    st.caption(as_of_sentence(catalog))
