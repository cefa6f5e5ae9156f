"""The report as it will look, beside the choices."""

from contextlib import nullcontext
from pathlib import Path

import streamlit as st

from components.report.formats import NotMade
from components.report.panel.freezing import Frozen
from components.report.panel.making import file_of

_HEIGHT_PX = 900
_DRAWN = "report_drawn"
_SHEET = st.components.v2.component(
    "report_sheet", js=Path(__file__).with_name("sheet.js").read_text(encoding="utf-8"), isolate_styles=False
)
# Where the whole page scrolls, Streamlit's own head lies over what stands on top.
_STYLE = "<style>[id] {{ scroll-margin-top: 4.5rem; }} html {{ font-size: {size}; }}</style></head>"
_USUAL, _LARGE = "100%", "118%"


def preview(frozen: Frozen, whole: bool = False) -> None:
    """The light HTML file itself, in a frame: what stands here is what a reader gets.

    With `whole` it is large and as long as the report, for guests; else it scrolls by itself, except on a phone.
    """
    for problem in frozen.report.problems:
        st.warning(problem, icon=":material/error:")
    _SHEET(key="report_sheet", data={"whole": whole})
    with st.container(key="report_preview"):
        # The first drawing takes a second or two. Later an empty place would only take the frame away meanwhile.
        place = None if st.session_state.get(_DRAWN) else st.empty()
        if place is not None:
            place.html('<p class="drawing" role="status">Drawing the report …</p>')
        found = file_of("html-light", frozen)
        with place or nullcontext():
            _show(found, f"The report “{frozen.report.title}”", whole)
        st.session_state[_DRAWN] = True


def _show(found: bytes | NotMade, alt: str, whole: bool) -> None:
    if isinstance(found, NotMade):
        st.error(str(found), icon=":material/error:")
    else:
        st.iframe(framed(found.decode(), whole), height=_HEIGHT_PX, alt=alt)


def framed(html: str, large: bool = False) -> str:
    """The file as it works inside a frame that has no address of its own.

    There, a link to a place in the file would load this page into the frame, and one to the web another one. Text of
    people and models cannot hold what is replaced: its quotation marks are escaped.
    """
    inside = html.replace('href="#', 'href="about:srcdoc#')
    inside = inside.replace('rel="noreferrer noopener"', 'target="_blank" rel="noreferrer noopener"')
    return inside.replace("</head>", _STYLE.format(size=_LARGE if large else _USUAL), 1)
