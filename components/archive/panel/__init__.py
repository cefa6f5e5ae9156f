"""The history page: the runs, what the votes say, and files to take along."""

from datetime import date

import streamlit as st

from catalog.loading import Catalog
from components.archive.desk import Desk
from components.archive.panel.comparison import comparison
from components.archive.panel.doing import tell, whole_page_wanted
from components.archive.panel.files import files
from components.archive.panel.runs import runs
from components.archive.panel.votes import votes
from components.archive.wording import zone_of
from components.frame.address import keep_one, set_one
from components.frame.history import history, owner

_VIEWS = {"runs": "Runs", "votes": "Votes", "files": "Take along"}


def archive(catalog: Catalog, on: date) -> None:
    """One of three views, kept in the address as ?view=; a history that cannot be used is one sentence."""
    from components.history.store import HistoryError

    found = history()
    if found.problem:
        st.warning(found.problem, icon=":material/history_toggle_off:")
    if found.store is None:
        return
    try:
        _view(Desk(catalog, on, found.store, owner(), zone_of(st.context.timezone)))
    except HistoryError as error:
        if not found.problem:
            st.error(str(error), icon=":material/history_toggle_off:")


def _view(desk: Desk) -> None:
    set_one("view", "history_view", list(_VIEWS), "runs")
    chosen = st.segmented_control(
        "View",
        list(_VIEWS),
        key="history_view",
        required=True,
        format_func=_VIEWS.__getitem__,
        label_visibility="collapsed",
    )
    keep_one("view", "history_view", chosen or "runs", "runs")
    whole_page_wanted()
    tell()
    if chosen == "votes":
        votes(desk)
    elif chosen == "files":
        files(desk)
    elif st.query_params.get("compare"):
        comparison(desk)
    else:
        runs(desk)
