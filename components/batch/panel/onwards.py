"""Where a row of a batch goes on: into the playground, as a run."""

from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from components.batch.desk import Desk
from components.batch.kept_run import run_id_of, run_of_row
from components.batch.panel.engine import session
from components.batch.plan import base_requests
from components.batch.records import Job, Result
from components.history.records import BatchRecord


def onwards(desk: Desk, made: Job, record: BatchRecord, number: int, prompt: str, found: Sequence[Result]) -> None:
    """Offers to open a row in the playground, which keeps it in the history as a run."""
    running = (here := session(made.id)) is not None and here.running
    wanted = st.button(
        "Open in the playground",
        key="batch_to_playground",
        icon=":material/science:",
        disabled=running,
        help="Keeps this row in the history as a run, where it can be asked further, judged and compared.",
    )
    if not wanted:
        return
    name = run_id_of(made, number)
    if desk.store.get(name, desk.owner) is None:
        requests, _ = base_requests(made, desk.catalog, desk.on)
        run = run_of_row(made, requests, number, prompt, found)
        desk.store.begin(replace(run, imported=record.imported))
    st.switch_page("pages/playground.py", query_params={"run": name, "models": ",".join(made.models)})
