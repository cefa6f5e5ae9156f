"""A shared batch on screen: how it was asked and checked, and all that came of it."""

from html import escape

import streamlit as st

from components.batch.job_list import facts, name_of
from components.batch.records import Job
from components.frame.outcome.results import results
from components.history.records import BatchRecord
from components.shared.panel.seen import PAGE, Reader, file_button, nothing
from components.shared.telling import batch_settings, said_html

_UNREADABLE = "This batch was kept in a form that cannot be read here. Nothing is lost."


def batch(reader: Reader) -> None:
    """The batch that a link opens, or one row of it where the address names one with ?row=."""
    from components.batch.records import job_of

    record = reader.store.batches.get(reader.link.target, reader.link.owner)
    if record is None:
        nothing()
        return
    try:
        made = job_of(record.record)
    except (ValueError, KeyError, TypeError):
        st.warning(_UNREADABLE, icon=":material/help:")
        return
    st.html(f'<h2 class="batch-name"><bdi dir="auto">{escape(name_of(record))}</bdi></h2>')
    st.html(facts(reader.catalog, record, reader.zone))
    opened = "row" in st.query_params
    if not opened:
        _asked(made)
    if not record.done:
        st.info("Nothing of this batch has been answered yet.", icon=":material/hourglass_top:")
        return
    results(reader.catalog, reader.store, made, record, PAGE)
    if not opened:
        _file(reader, record)


def _asked(made: Job) -> None:
    told = said_html("Template", made.template)
    if made.controls.system_instruction:
        told += said_html("System instruction", made.controls.system_instruction)
    st.html(told + batch_settings(made))


def _file(reader: Reader, record: BatchRecord) -> None:
    def made() -> bytes:
        from components.batch.transfer import export_lines

        return "".join(export_lines(reader.store, record)).encode()

    st.subheader("Take along", anchor=False)
    file_button(reader, "This batch as a file", "shared-batch.jsonl", made)
    st.caption(
        "Another installation of this product imports the file on its batch page, with all rows, answers and checks."
    )
