"""The comparison on screen: what to show, the table, and its export."""

from collections.abc import Sequence
from datetime import date

import streamlit as st

from catalog import tables
from catalog.loading import Catalog
from catalog.schema import Model
from components.comparison.table import comparison_table, telling
from components.frame import address
from components.frame.folds import Folded, fold, show
from components.frame.onwards import to_report
from components.frame.state import cards_of, compared

_SHOWN = ("Differences", "All")


def comparison(catalog: Catalog, models: Sequence[Model], on: date) -> None:
    """Cards with each model's life, which rows to show and their CSV, then the table."""
    st.html(cards_of(catalog, models, on))
    _controls(catalog, models, on)
    with st.container(key="compare_table"):
        show(_table(catalog, tuple(model.id for model in models), catalog.version, on), "compare_facts")


@st.fragment
def _controls(catalog: Catalog, models: Sequence[Model], on: date) -> None:
    """A fragment, so that the choice of rows draws nothing again: the table has all, and the browser hides some."""
    rows = compared(catalog, models, on)
    with st.container(horizontal=True, vertical_alignment="bottom", horizontal_alignment="distribute"):
        shown = _chosen_rows(rows)
        with st.container(horizontal=True, vertical_alignment="center", width="content"):
            to_report([model.id for model in models])
            st.download_button(
                "Download as CSV",
                data=lambda: tables.to_csv(tables.compare_records(shown, models)),
                file_name=f"{'-vs-'.join(model.id for model in models)}.csv",
                mime="text/csv",
                icon=":material/download:",
                key="compare_csv",
                on_click="ignore",
            )
    hidden = "display: none" if len(shown) < len(rows) else "opacity: 1"
    st.html(f"<style>.st-key-compare_table .same {{ {hidden} }}</style>")
    if not shown:
        st.info("These models agree in every field; choose All to see them.", icon=":material/equal:")


@st.cache_resource(show_spinner=False, max_entries=300)
def _table(_catalog: Catalog, names: tuple[str, ...], version: str, on: date) -> Folded:
    models = [_catalog.models[name] for name in names]
    return fold(comparison_table(_catalog, models, compared(_catalog, models, on)))


def _chosen_rows(rows: Sequence[tables.CompareRow]) -> list[tables.CompareRow]:
    """The rows that the reader wants; the choice is kept in the address as ?rows=all."""
    asked = address.asked("rows", "compare_rows")
    if asked is not None:
        st.session_state["compare_rows"] = "All" if asked.lower() == "all" else "Differences"
        address.note("compare_rows")
    different = [row for row in rows if telling(row)]
    choice = st.segmented_control(
        "Rows",
        _SHOWN,
        key="compare_rows",
        required=True,
        format_func={"Differences": f"Differences ({len(different)})", "All": f"All rows ({len(rows)})"}.__getitem__,
        help="Differences also keeps the rows in which sources conflict.",
    )
    address.keep("rows", "compare_rows", "all" if choice == "All" else "")
    return list(rows) if choice == "All" else different
