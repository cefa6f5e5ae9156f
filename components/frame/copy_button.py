"""A button that copies a text into the clipboard, in the browser and without a rerun."""

from pathlib import Path

import streamlit as st

_COPY = st.components.v2.component(
    "frame_copy",
    html='<div class="copy"><button type="button"></button><span role="status"></span></div>',
    js=Path(__file__).with_name("copy_button.js").read_text(encoding="utf-8"),
    isolate_styles=False,
)


def copy_button(text: str, key: str, label: str) -> None:
    """A quiet button with this label; `key` is unlike any other on the page."""
    _COPY(key=key, data={"text": text, "label": label}, width="content")
