"""The overview on screen: life, the differences that matter most, the cheaper choice, and where to go next."""

from collections.abc import Sequence
from datetime import date
from html import escape

import streamlit as st

from catalog import summary, tables
from catalog.loading import Catalog
from catalog.schema import Model
from catalog.shared import SharedTest
from components.frame.cards import findings_list, model_cards
from components.frame.state import compared, tests_of
from components.frame.verdicts import tally_sentence

_CARD_FACTS = ("context_window", "prices.input", "prices.output", "knowledge_cutoff")


def overview(catalog: Catalog, models: Sequence[Model], on: date) -> None:
    """Everything on it is derived from the catalog."""
    rows = compared(catalog, models, on)
    tests = tests_of(catalog, models[0], models[1]) if len(models) == 2 else ()
    st.html(f'<p class="strip">{_strip(rows, tests)}</p>')
    st.html(model_cards(catalog, models, on, _CARD_FACTS))
    st.subheader("What differs most", anchor=False)
    found = summary.findings(rows, models, on, tests)
    if found:
        st.html(findings_list(catalog, found))
    else:
        st.info("In the fields that matter most, the catalog shows no difference.", icon=":material/equal:")
    if len(models) == 2:
        st.subheader("What would I lose with the cheaper one?", anchor=False)
        st.markdown(summary.lost_with_cheaper(rows, models, on, tests).replace("$", "\\$"))
    _next_steps(models)


def _strip(rows: Sequence[tables.CompareRow], tests: Sequence[SharedTest]) -> str:
    """The verdict in one line: how the shared tests fall, and in how many values sources disagree."""
    conflicts = sum(row.conflict for row in rows)
    disagree = f"<b>{conflicts}</b> value{'' if conflicts == 1 else 's'} where sources disagree."
    if tests:
        return f"{escape(tally_sentence(tests))} {disagree}"
    different = sum(row.differs for row in rows)
    return f"<b>{len(rows)}</b> fields compared, <b>{different}</b> differ. {disagree}"


def _next_steps(models: Sequence[Model]) -> None:
    st.subheader("Where to go next", anchor=False)
    chosen = {"models": ",".join(model.id for model in models)}
    with st.container(horizontal=True):
        st.page_link(
            "pages/compare.py", label="Compare every field", icon=":material/compare_arrows:", query_params=chosen
        )
        st.page_link("pages/benchmarks.py", label="See every test", icon=":material/monitoring:", query_params=chosen)
        st.page_link(
            "pages/architecture.py", label="See how they are built", icon=":material/account_tree:", query_params=chosen
        )
        st.page_link(
            "pages/playground.py", label="Try both on your prompt", icon=":material/science:", query_params=chosen
        )
