"""The files of a frozen report, each made once for whoever asks: the preview, its button, and the line that waits."""

import streamlit as st

from components.report.formats import NotMade, formats, made
from components.report.panel.freezing import KEEP_S, Frozen


def file_of(name: str, frozen: Frozen, tries: int = 0) -> bytes | NotMade:
    """The file in this format, or why there is none: whoever asks while it is made waits for it and gets the same.

    What failed is tried again once `tries` is another number.
    """
    return _file(name, frozen, frozen.key, tries)


@st.cache_resource(show_spinner=False, max_entries=16, ttl=KEEP_S)
def _file(name: str, _frozen: Frozen, key: str, tries: int) -> bytes | NotMade:
    try:
        return made(next(each for each in formats() if each.name == name), _frozen.report)
    except NotMade as error:
        return error
