"""What stands beside the answer, folded: the workload, own measurements, and saved questions."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from urllib.parse import urlencode

import streamlit as st

from catalog.criteria import OwnFigures
from catalog.loading import Catalog
from catalog.schema import Model
from catalog.workload import Workload
from components.advisor import table, wording
from components.advisor.address import OWN, Question
from components.advisor.panel.asking import change, put, shown
from components.advisor.saved import beside
from components.advisor.ways import cost_link
from components.frame.own_runs import own_figures_of
from components.frame.saved import saved_views
from components.frame.workload_form import workload_form
from components.workload import address as workload_address

_WORKLOAD = "advisor_workload"


def workload_asked(catalog: Catalog, question: Question) -> Workload | None:
    """The workload as the address has it; None while its form is open, which knows it better."""
    if st.session_state.get(_WORKLOAD):
        return None
    params = {**st.query_params.to_dict(), "use": question.use}
    return workload_address.parse(params, catalog.decision).workload


def workload(catalog: Catalog, models: Sequence[Model], question: Question) -> Workload:
    """The workload, whose form is drawn when its box is open; its numbers stand in the address all the time."""
    use = next(each for each in catalog.decision.uses if each.id == question.use)
    asked = workload_asked(catalog, question)
    box = st.expander("Your workload", icon=":material/request_quote:", key=_WORKLOAD, on_change="rerun")
    if asked is not None:
        return asked
    with box:
        found = workload_form(catalog, "advisor", use).workload
        to = cost_link([model.id for model in models], question, found, catalog.decision)
        st.html(
            f'<p class="control-note"><a href="{to}" target="_self">The bill line by line, on the Cost page</a></p>'
        )
    return found


def own_measurements(catalog: Catalog, models: Sequence[Model], question: Question, today: date) -> OwnFigures | None:
    """Own measurements, which count only where the reader says so, each kind for itself; None where none is wanted."""
    box = st.expander("Your own measurements", icon=":material/science:", key="advisor_own", on_change="rerun")
    if not box.open and not question.own:
        return None
    found, problem = own_figures_of(catalog, [model.id for model in models], question.on or today, OWN)
    if box.open:
        with box:
            _toggles(models, question, found, problem)
    return found


def _toggles(models: Sequence[Model], question: Question, found: OwnFigures, problem: str) -> None:
    if problem:
        st.warning(problem, icon=":material/history_toggle_off:")
        return
    st.caption(
        "Runs of yours in the history can count in the place of published figures, marked as your own. They rest on "
        "your prompts and your network, and simulated runs never count."
    )
    for kind in OWN:
        key, runs = f"advisor_own_{kind}", wording.own_runs(found, kind, models)
        put(key, kind in question.own)
        st.toggle(
            f"{wording.OWN_WORDS[kind]}: {runs}",
            key=key,
            disabled=not wording.counts(found, kind) and kind not in question.own,
            on_change=_take_own,
            args=(kind, key),
        )


def _take_own(kind: str, key: str) -> None:
    question = shown()
    wanted = {*question.own, kind} if st.session_state[key] else {*question.own} - {kind}
    change(replace(question, own=tuple(each for each in OWN if each in wanted)))


def saved_questions(catalog: Catalog, today: date) -> None:
    """Questions saved by name, and up to four of them with their answers of today beside the one on screen."""
    now = urlencode(st.query_params.to_dict(), safe=",~")
    chosen = saved_views("advisor", now, catalog.version)
    if not chosen:
        return

    def measure(names: Sequence[str], on: date) -> OwnFigures:
        return own_figures_of(catalog, names, on, OWN)[0]

    found = [("On screen", "", *beside(catalog, now, today, measure))]
    found += [(view.name, view.address, *beside(catalog, view.address, today, measure)) for view in chosen]
    st.html(table.saved_table(found))
