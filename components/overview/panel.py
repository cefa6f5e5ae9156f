"""The overview on screen: life, the differences that matter most, the cheaper choice, and where to go next."""

from collections.abc import Sequence
from datetime import date

import streamlit as st

from catalog import summary, tables
from catalog.loading import Catalog
from catalog.schema import Model
from components.frame.cards import findings_list, model_cards
from components.frame.state import compared

_CARD_FACTS = ("context_window", "prices.input", "prices.output", "knowledge_cutoff")


def overview(catalog: Catalog, models: Sequence[Model], on: date) -> None:
    """Everything on it is derived from the catalog."""
    rows = compared(catalog, models, on)
    st.html(f'<p class="strip">{_count(rows)}</p>')
    st.html(model_cards(catalog, models, on, _CARD_FACTS))
    st.subheader("What differs most", anchor=False)
    found = summary.findings(rows, models, on)
    if found:
        st.html(findings_list(catalog, found))
    else:
        st.info("In the fields that matter most, the catalog shows no difference.", icon=":material/equal:")
    if len(models) == 2:
        st.subheader("What would I lose with the cheaper one?", anchor=False)
        st.markdown(summary.lost_with_cheaper(rows, models, on).replace("$", "\\$"))
    _next_steps(models)


def _count(rows: Sequence[tables.CompareRow]) -> str:
    different = sum(row.differs for row in rows)
    conflicts = sum(row.conflict for row in rows)
    return f"<b>{len(rows)}</b> fields compared: <b>{different}</b> differ, in <b>{conflicts}</b> the sources conflict."


def _next_steps(models: Sequence[Model]) -> None:
    st.subheader("Where to go next", anchor=False)
    chosen = {"models": ",".join(model.id for model in models)}
    with st.container(horizontal=True):
        st.page_link(
            "pages/compare.py", label="Compare every field", icon=":material/compare_arrows:", query_params=chosen
        )
        st.page_link(
            "pages/architecture.py", label="See how they are built", icon=":material/account_tree:", query_params=chosen
        )
        st.page_link(
            "pages/playground.py", label="Try both on your prompt", icon=":material/science:", query_params=chosen
        )
