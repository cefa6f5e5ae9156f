"""What can be taken along from a batch: its results as files, and the batch itself as a program."""

from collections.abc import Iterator
from io import BytesIO

import streamlit as st

from components.batch.desk import Desk
from components.batch.records import Job, Result, Row
from components.batch.stored_table import FILE, rows_as_jsonl, stored_table
from components.batch.wording import count_of
from components.history.records import BatchRecord


def files(desk: Desk, made: Job, record: BatchRecord) -> None:
    """Downloads of everything that is kept of a batch, and its code."""
    st.subheader("Take along", anchor=False)
    formats = (
        ("CSV", "csv", "text/csv", _csv),
        ("JSON Lines", "jsonl", "application/jsonl", _jsonl),
        ("Excel", "xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", _xlsx),
    )
    with st.container(horizontal=True, gap="small"):
        for label, ending, mime, make in formats:
            st.download_button(
                label,
                data=lambda make=make: make(desk, made, record),  # type: ignore[misc]
                file_name=f"{'simulated-' if made.simulated else ''}batch-{made.id}.{ending}",
                mime=mime,
                icon=":material/download:",
                key=f"batch_{ending}",
                on_click="ignore",
            )
        st.download_button(
            "The whole batch",
            data=lambda: _whole(desk, record),
            file_name=f"{'simulated-' if made.simulated else ''}whole-batch-{made.id}.jsonl",
            mime="application/jsonl",
            icon=":material/deployed_code:",
            key="batch_whole",
            on_click="ignore",
        )
    st.caption(
        f"{count_of(record.done, 'result')} with row, prompt, answer, checks, times, tokens and cost"
        f"{', each marked as simulated' if made.simulated else ''}. The whole batch has its settings and rows too: "
        "another installation imports it on this page."
    )
    box = st.expander("Copy as code", icon=":material/code:", key="batch_code", on_change="rerun")
    if box.open:
        with box:
            _code(desk, made, record)


def _whole(desk: Desk, record: BatchRecord) -> bytes:
    from components.batch.transfer import export_lines

    return "".join(export_lines(desk.store, record)).encode()


def _pairs(desk: Desk, made: Job) -> Iterator[tuple[Row | None, Result]]:
    from components.batch.exports import paired
    from components.batch.store_sink import StoredPrompts, read_results

    prompts = StoredPrompts(desk.store.batches, made.id, made.rows, made.prompts_digest)
    return paired(prompts.rows(), read_results(desk.store.batches, made))


def _columns(made: Job, record: BatchRecord) -> tuple[str, ...]:
    from components.batch.exports import columns_of

    return columns_of(record.columns, [str(check.get("label")) for check in made.checks])


def _csv(desk: Desk, made: Job, record: BatchRecord) -> bytes:
    from components.batch.exports import record_of, write_csv

    out = BytesIO()
    write_csv((record_of(made, row, result) for row, result in _pairs(desk, made)), _columns(made, record), out)
    return out.getvalue()


def _jsonl(desk: Desk, made: Job, record: BatchRecord) -> bytes:
    from components.batch.exports import write_jsonl

    out = BytesIO()
    write_jsonl(made, _pairs(desk, made), out)
    return out.getvalue()


def _xlsx(desk: Desk, made: Job, record: BatchRecord) -> bytes:
    from components.batch.exports import record_of, write_xlsx

    out = BytesIO()
    records = (record_of(made, row, result) for row, result in _pairs(desk, made))
    write_xlsx(made, records, _columns(made, record), out)
    return out.getvalue()


def _code(desk: Desk, made: Job, record: BatchRecord) -> None:
    """The batch as a Python program, and the file of rows that it reads."""
    from components.batch.code import batch_code
    from components.batch.plan import base_requests
    from components.batch.store_sink import StoredPrompts

    prompts = StoredPrompts(desk.store.batches, made.id, made.rows, made.prompts_digest)
    requests, _ = base_requests(made, desk.catalog, desk.on)
    place = desk.place
    elsewhere = place is not None and not place.simulated
    code = batch_code(
        made,
        stored_table(prompts, record.columns),
        requests,
        base_url=place.base_url if place is not None and elsewhere else None,
        api_version=place.api_version if place is not None and elsewhere else "v1beta",
        vertexai=made.vertexai,
    )
    st.caption(
        f"The same batch with google-genai, many calls at once; put {FILE} beside it. Started again, it asks for what "
        "is missing. Checks are not part of it."
    )
    st.download_button(
        f"Rows as {FILE}",
        data=lambda: rows_as_jsonl(prompts.rows()),
        file_name=FILE,
        mime="application/jsonl",
        icon=":material/download:",
        key="batch_code_rows",
        on_click="ignore",
    )
    st.code(code, language="python", wrap_lines=True)
