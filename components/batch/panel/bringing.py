"""A batch out of a file that another installation has exported."""

from html import escape

import streamlit as st

from components.archive.filters import link
from components.archive.problems_html import problems_html
from components.archive.wording import count_words
from components.batch.desk import Desk

_LARGEST_MB = 200
_CAME = "batch_import_result"


def bring(desk: Desk) -> None:
    """A folded box that takes a file with a whole batch, and says what came in."""
    box = st.expander("Import a batch", icon=":material/upload:", key="batch_import_box", on_change="rerun")
    if not box.open:
        return
    with box:
        uploaded = st.file_uploader(
            "A whole batch as JSON Lines",
            type=["jsonl"],
            max_upload_size=_LARGEST_MB,
            key="batch_upload",
            help="A file that this page, or the page of a shared batch, has exported. Nothing in it is asked again.",
        )
        if uploaded is None:
            st.session_state.pop(_CAME, None)
            return
        if st.button("Import this batch", key="batch_import", icon=":material/upload:"):
            from components.batch.transfer import import_lines

            with st.spinner("Importing"):
                st.session_state[_CAME] = import_lines(desk.store, desk.owner, uploaded)
            # The list of all batches stands above.
            st.rerun()
        if _CAME in st.session_state:
            _what_came_in()


def _what_came_in() -> None:
    came = st.session_state[_CAME]
    left_out = f", {count_words(len(came.problems), 'line')} left out" if came.problems else ""
    show, icon = (st.warning, ":material/warning:") if came.problems else (st.success, ":material/upload_file:")
    if came.known:
        st.info("This batch is here already, so nothing was added.", icon=":material/done_all:")
    elif came.job_id:
        show(f"{count_words(came.rows, 'row')} and {count_words(came.answers, 'answer')} added{left_out}.", icon=icon)
    else:
        st.error("Nothing was imported.", icon=":material/error:")
    if came.problems:
        st.html(problems_html(came.problems))
    if came.job_id:
        target = escape(link("batch", {"job": came.job_id}))
        st.html(f'<a class="way" href="{target}" target="_self">Open the batch</a>')
