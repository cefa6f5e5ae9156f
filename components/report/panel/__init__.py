"""The report page: what to put into a report, what it will look like, and the files of it."""

from collections.abc import Sequence
from datetime import date

import streamlit as st

from catalog.loading import Catalog
from catalog.schema import Model
from components.frame import link
from components.report.address import Read, parse
from components.report.panel.choosing import audience, brought_along, question, sections, texts
from components.report.panel.files import downloads
from components.report.panel.freezing import Frozen, frozen
from components.report.panel.preview import preview
from components.report.panel.runs import chosen_runs, pick_runs


def report(catalog: Catalog, models: Sequence[Model], today: date) -> None:
    """Choices stand beside what they make; everything but runs themselves is kept in the address."""
    if link.is_guest():
        preview(_frozen(catalog, _read(catalog, models, today), today), whole=True)
        return
    left, right = st.columns([4, 7], gap="medium")
    with left:
        texts(models)
        audience()
        sections()
        possible = question(catalog, models, today)
        brought_along(catalog, today)
        pick_runs(catalog)
    with right, st.container(key="report_made", gap="small"):
        if not possible:
            st.info("The report is made once the workload can be. What you chose is kept.", icon=":material/info:")
            return
        made = _frozen(catalog, _read(catalog, models, today), today)
        downloads(made)
        preview(made)


def _read(catalog: Catalog, models: Sequence[Model], today: date) -> Read:
    # The widgets have written what they say into the address, so the address is the one thing to read.
    params = {**st.query_params.to_dict(), "models": ",".join(model.id for model in models)}
    return parse(params, catalog, today)


def _frozen(catalog: Catalog, read: Read, today: date) -> Frozen:
    """The report, below a sentence for everything that was asked for and cannot be had."""
    given, missing = chosen_runs(catalog, read.choices)
    for problem in (*read.problems, *missing):
        st.warning(problem, icon=":material/help:")
    return frozen(catalog, read.choices, today, given)
