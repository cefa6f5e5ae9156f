"""The overview on screen: life, the differences that matter most, the cheaper choice, and where to go next."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from html import escape

import streamlit as st

from catalog import summary, tables
from catalog.loading import Catalog
from catalog.schema import Model
from catalog.shared import SharedTest
from components.frame.cards import findings_list
from components.frame.onwards import to_report
from components.frame.state import cards_of, compared, tests_of
from components.frame.verdicts import tally_sentence

_CARD_FACTS = ("context_window", "prices.input", "prices.output", "knowledge_cutoff")


@dataclass(frozen=True, slots=True)
class _Told:
    """What the overview says of a choice of models: strip and findings as HTML, the loss as Markdown."""

    strip: str
    found: str
    lost: str


def overview(catalog: Catalog, models: Sequence[Model], on: date) -> None:
    """Everything on it is derived from the catalog."""
    told = _told(catalog, tuple(model.id for model in models), catalog.version, on)
    st.html(told.strip)
    st.html(cards_of(catalog, models, on, _CARD_FACTS))
    st.subheader("What differs most", anchor=False)
    if told.found:
        st.html(told.found)
    else:
        st.info("In the fields that matter most, the catalog shows no difference.", icon=":material/equal:")
    if told.lost:
        st.subheader("What would I lose with the cheaper one?", anchor=False)
        st.markdown(told.lost)
    _next_steps(models)


@st.cache_resource(show_spinner=False, max_entries=300)
def _told(_catalog: Catalog, names: tuple[str, ...], version: str, on: date) -> _Told:
    models = [_catalog.models[name] for name in names]
    rows = compared(_catalog, models, on)
    tests = tests_of(_catalog, models[0], models[1]) if len(models) == 2 else ()
    found = summary.findings(rows, models, on, tests)
    lost = summary.lost_with_cheaper(rows, models, on, tests) if len(models) == 2 else ""
    listed = findings_list(_catalog, found) if found else ""
    return _Told(f'<p class="strip">{_strip(rows, tests, models)}</p>', listed, lost.replace("$", "\\$"))


def _strip(rows: Sequence[tables.CompareRow], tests: Sequence[SharedTest], models: Sequence[Model]) -> str:
    """The verdict in one line: how the shared tests fall and for whom, and in how many values sources disagree."""
    conflicts = sum(row.conflict for row in rows)
    disagree = f"<b>{conflicts}</b> value{'' if conflicts == 1 else 's'} where sources disagree."
    if tests:
        return f"{escape(tally_sentence(tests, models))} {disagree}"
    different = sum(row.differs for row in rows)
    return f"<b>{len(rows)}</b> fields compared, <b>{different}</b> differ. {disagree}"


def _next_steps(models: Sequence[Model]) -> None:
    st.subheader("Where to go next", anchor=False)
    chosen = {"models": ",".join(model.id for model in models)}
    with st.container(horizontal=True):
        st.page_link("pages/advisor.py", label="Get a recommendation", icon=":material/recommend:", query_params=chosen)
        st.page_link("pages/cost.py", label="See what they cost", icon=":material/payments:", query_params=chosen)
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
        to_report([model.id for model in models])
