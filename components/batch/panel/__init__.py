"""The batch page: set a batch up, watch it, read what came of it."""

from datetime import date

import streamlit as st

from catalog.loading import Catalog
from components.archive.wording import zone_of
from components.batch.desk import Desk
from components.batch.panel.bringing import bring
from components.batch.panel.job import job
from components.batch.panel.jobs import jobs, tell
from components.batch.panel.setup import setup
from components.batch.panel.views import from_the_top, view
from components.frame.connection import connect, key_box
from components.frame.history import history, owner


def batch(catalog: Catalog, on: date) -> None:
    """The batch that the address names with ?job=, else the form for a new one with those that are kept below it."""
    from components.history.store import HistoryError

    line, popover = st.columns([9, 2], vertical_alignment="center")
    with line:
        place = connect()
    with popover.container(horizontal=True, horizontal_alignment="right"), st.popover("Key", icon=":material/key:"):
        key_box()
    found = history()
    if found.problem:
        st.warning(found.problem, icon=":material/history_toggle_off:")
    if found.store is None:
        st.caption("A batch keeps every answer in the history before it counts, so none can be run until that is back.")
        return
    desk = Desk(catalog, on, found.store, owner(), zone_of(st.context.timezone), place)
    try:
        tell()
        name = st.query_params.get("job", "")
        from_the_top(f"{name} {st.query_params.get('row', '')}")
        with view("page", name):
            if name:
                job(desk, name)
            else:
                setup(desk)
                jobs(desk)
                bring(desk)
    except HistoryError as error:
        if not found.problem:
            st.error(str(error), icon=":material/history_toggle_off:")
