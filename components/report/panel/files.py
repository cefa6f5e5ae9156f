"""The files of a report: one frozen state in every format, each made when it is asked for."""

import logging
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from html import escape
from typing import Literal

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from components.report.formats import Format, NotMade, file_name, formats, missing
from components.report.panel.freezing import Frozen
from components.report.panel.making import file_of

# What most people send; the others stand below it.
_FIRST = ("html", "pdf", "pptx", "xlsx")
_LOOK_S = 0.1
_TRIES = "report_tries"


def _is_news(record: logging.LogRecord) -> bool:
    """Whether a line of the log says more than the visitor reads; a fault is logged where it is met."""
    raised = record.exc_info[1] if record.exc_info else None
    return raised is None or not isinstance(raised.__cause__, NotMade)


logging.getLogger("streamlit.runtime.backend_operation_handler").addFilter(_is_news)


@st.fragment
def downloads(frozen: Frozen) -> None:
    """A button for each format, and below them how it goes; a fragment, so that nothing else is drawn anew."""
    first = [each for each in formats() if each.name in _FIRST]
    further = [each for each in formats() if each.name not in _FIRST]
    with st.container(key="report_first"):
        asked = _buttons(frozen, first, "secondary")
    with st.container(key="report_further", horizontal=True):
        asked += _buttons(frozen, further, "tertiary")
    place = st.empty()
    for each in asked:
        _follow(place, frozen, each)
    if not asked:
        place.html(_agreeing(frozen))


def _buttons(frozen: Frozen, shown: Sequence[Format], kind: Literal["secondary", "tertiary"]) -> list[Format]:
    """Draws the buttons; returns the formats whose button was clicked."""
    tries: dict[str, int] = st.session_state.setdefault(_TRIES, {})
    return [
        each
        for each in shown
        if st.download_button(
            each.label,
            data=_making(each, frozen, tries),
            file_name=file_name(frozen.report, each, frozen.digest),
            mime=each.mime,
            key=f"report_{each.name.replace('-', '_')}",
            icon=each.icon,
            help=missing(each) or each.explained,
            type=kind,
            disabled=bool(missing(each)),
            wrap=False,
        )
    ]


def _making(each: Format, frozen: Frozen, tries: dict[str, int]) -> Callable[[], bytes]:
    """What the browser's request for the file runs, on a thread of its own."""

    def make() -> bytes:
        found = file_of(each.name, frozen, tries.get(each.name, 0))
        if isinstance(found, NotMade):
            raise found
        return found

    return make


def _follow(place: DeltaGenerator, frozen: Frozen, each: Format) -> None:
    """Says that a file is being made until it is, and then what came of it."""
    tries: dict[str, int] = st.session_state[_TRIES]
    place.html(_line(f"Making the file: <b>{escape(each.label)}</b> …"))
    pool = ThreadPoolExecutor(1, "report-file")
    found = pool.submit(file_of, each.name, frozen, tries.get(each.name, 0))
    pool.shutdown(wait=False)
    while not found.done():
        wait([found], _LOOK_S)
        # Reading the session is what lets another click in.
        st.session_state.get(_TRIES)
    came = found.result()
    if isinstance(came, NotMade):
        tries[each.name] = tries.get(each.name, 0) + 1
        place.error(str(came), icon=":material/error:")
        return
    place.html(_line(f"Made: <b>{escape(each.label)}</b>, {_size(len(came))}, state <code>{frozen.digest}</code>."))


def _agreeing(frozen: Frozen) -> str:
    without = " ".join(each for each in map(missing, formats()) if each)
    return _line(
        f"All of them say the same: state <code>{frozen.digest}</code>, catalog "
        f"<code>{escape(frozen.report.catalog_version)}</code>. {escape(without)}"
    )


def _line(html: str) -> str:
    return f'<p class="made" role="status">{html}</p>'


def _size(count: int) -> str:
    return f"{count / 1_000_000:.1f} MB" if count >= 1_000_000 else f"{max(1, round(count / 1000)):,} kB"
