"""The page of a link: one run or batch, to read and to take along."""

from datetime import date

import streamlit as st

from catalog.loading import Catalog
from components.archive.wording import zone_of
from components.frame.history import history
from components.shared.panel.batch import batch
from components.shared.panel.run import run
from components.shared.panel.seen import Reader, nothing


def shared(catalog: Catalog, on: date) -> None:
    """What the address opens with ?key=; whatever is wrong with a key, the sentence is the same."""
    from components.history.shares import RUN
    from components.history.store import HistoryError

    found = history()
    if found.store is None:
        st.warning(found.problem, icon=":material/history_toggle_off:")
        return
    try:
        token = st.query_params.get("key", "")
        link = found.store.shares.find(token)
        if link is None:
            nothing()
            return
        reader = Reader(catalog, on, found.store, link, token, zone_of(st.context.timezone))
        if link.kind == RUN:
            run(reader)
        else:
            batch(reader)
        st.caption(reader.zone.sentence)
    except HistoryError as error:
        st.error(str(error), icon=":material/history_toggle_off:")
