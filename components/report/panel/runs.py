"""Runs, batches and votes of the visitor's own for a report, from the history."""

from typing import TYPE_CHECKING

import streamlit as st

from catalog.loading import Catalog
from components.frame import address
from components.frame.history import history, owner
from components.report.address import MOST_RUNS, Choices
from components.report.state import Part

if TYPE_CHECKING:
    from components.history.query import RunSummary
    from components.history.records import BatchRecord
    from components.history.store import Store
    from components.report.runs import OwnRuns

_LISTED = 100


def pick_runs(catalog: Catalog) -> None:
    """A folded box to choose runs, batches and votes, kept as ?runs=, ?batches= and ?votes=.

    Nothing is read from the history while it is folded.
    """
    box = st.expander("Own runs and votes", icon=":material/history:", key="report_own", on_change="rerun")
    if not box.open:
        return
    from components.history.store import HistoryError

    store = history().store
    with box:
        if store is None:
            st.warning(f"No runs can be chosen now. {history().problem}", icon=":material/history:")
            return
        try:
            _pick(catalog, store)
        except HistoryError as error:
            st.warning(f"No runs can be chosen now. {error}", icon=":material/history:")


def _pick(catalog: Catalog, store: "Store") -> None:
    from components.archive.wording import moment, zone_of
    from components.history.query import Query

    zone = zone_of(st.context.timezone)
    runs = {each.id: each for each in store.search(Query(owner(), limit=_LISTED)).rows}
    batches = {each.id: each for each in store.batches.of_owner(owner())[:_LISTED]}
    if not runs and not batches:
        st.caption("There are no runs yet. What you run in the playground or as a batch can stand in a report.")
    _many("runs", "Runs", {name: f"{_asked(run)}, {moment(run.created, zone)}" for name, run in runs.items()})
    _many("batches", "Batches", {name: _called(batch, moment(batch.created, zone)) for name, batch in batches.items()})
    key = "report_votes"
    text = address.asked("votes", key)
    if text is not None:
        st.session_state[key] = text == "yes"
        address.note(key)
    wanted = st.toggle(
        "How all your votes fall",
        key=key,
        help="The votes of your blind runs between these models, as far as they count.",
    )
    address.keep("votes", key, "yes" if wanted else "")
    st.caption("A chosen run is in the report with its prompt and its answers. In the link it is only named.")


def _many(name: str, label: str, options: dict[str, str]) -> None:
    """A list of several, which keeps what the address names although it is not among the newest."""
    key = f"report_{name}"
    text = address.asked(name, key)
    if text is not None:
        st.session_state[key] = [each for each in text.split(",") if each][:MOST_RUNS]
        address.note(key)
    older = [each for each in st.session_state.get(key, []) if each not in options]
    if not options and not older:
        return
    chosen = st.multiselect(
        label,
        [*options, *older],
        key=key,
        format_func=lambda each: options.get(each, f"{each} (older, or not yours)"),
        max_selections=MOST_RUNS,
        placeholder=f"Choose {label.lower()}",
        on_change=_show_section,
        args=(key,),
        select_all=False,
    )
    address.keep(name, key, ",".join(chosen))


def _show_section(key: str) -> None:
    """Who chooses a run wants to see it."""
    parts = st.session_state.get("report_parts")
    if st.session_state.get(key) and parts is not None and Part.RUNS.value not in parts:
        st.session_state["report_parts"] = [*parts, Part.RUNS.value]


def _asked(run: "RunSummary") -> str:
    from components.archive.wording import first_line

    return f"{first_line(run.prompt, 60)}{' (simulated)' if run.simulated else ''}"


def _called(batch: "BatchRecord", moment: str) -> str:
    return f"{batch.name or 'Batch'}, {batch.total:,} answers{' (simulated)' if batch.simulated else ''}, {moment}"


def chosen_runs(catalog: Catalog, choices: Choices) -> "tuple[OwnRuns, tuple[str, ...]]":
    """What the choices name, as far as the visitor's history has it, and a sentence for what it has not."""
    from components.report.runs import OwnRuns

    if Part.RUNS not in choices.parts or not (choices.runs or choices.batches or choices.votes):
        return OwnRuns(), ()
    from components.history.store import HistoryError

    store = history().store
    if store is None:
        return OwnRuns(), (f"The runs are left out. {history().problem}",)
    try:
        return _read(catalog, store, choices)
    except HistoryError as error:
        return OwnRuns(), (f"The runs are left out. {error}",)


def _read(catalog: Catalog, store: "Store", choices: Choices) -> "tuple[OwnRuns, tuple[str, ...]]":
    from components.measured.votes import tally_of
    from components.report.runs import OwnRuns

    runs = store.get_many(choices.runs, owner()) if choices.runs else ()
    batches = tuple(each for name in choices.batches if (each := store.batches.get(name, owner())))
    missing = len(choices.runs) - len(runs) + len(choices.batches) - len(batches)
    are = "is" if missing == 1 else "are"
    gone = f"{missing} of the chosen runs and batches {are} not in your history, so left out."
    sentences = (gone,) if missing else ()
    tally = tally_of(catalog, store, owner(), choices.models) if choices.votes else None
    return OwnRuns(tuple(runs), batches, tally), sentences
