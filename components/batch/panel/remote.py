"""A batch at the Gemini Batch API on screen: how its jobs stand, until their answers are back."""

import time

import streamlit as st

from components.batch.desk import Desk
from components.batch.names import named_models
from components.batch.panel.engine import conductor
from components.batch.records import Job
from components.batch.remote_html import standings_table
from components.batch.starting import kept_remote, other_place
from components.playground.answer_text import inert

_LOOK_S = 0.2
_CANCEL = "batch_taking_back"


def hand_over(desk: Desk, job_id: str) -> None:
    """Hands a kept batch over, or finds what was handed over, and waits for it in the background.

    Raises ValueError and RuntimeError, each with a sentence.
    """
    place = desk.place
    if place is None:
        return
    conductor().hand_over(
        job_id,
        lambda tell: kept_remote(desk.store, desk.catalog, job_id, desk.owner, place, desk.on, tell),
        place,
    )


def is_handed_over(desk: Desk, job_id: str) -> bool:
    """Whether the service has jobs of this batch whose answers are not back."""
    found = conductor().waiting(job_id)
    return (found is not None and found.running) or bool(desk.store.batches.remote(job_id))


def at_the_service(desk: Desk, made: Job) -> bool:
    """Shows how the jobs stand until that changes for good; False where they cannot be asked about from here."""
    if desk.place is None or (problem := other_place(made, desk.place)) is not None:
        st.info(
            f"This batch is at the Gemini Batch API. {problem if desk.place is not None else ''}".rstrip(),
            icon=":material/cloud_upload:",
        )
        return False
    known = conductor().waiting(made.id)
    if known is not None and not known.running and known.trouble:
        st.error(inert(known.trouble), icon=":material/error:")
        with st.container(horizontal=True, gap="small"):
            st.button(
                "Look again",
                key="batch_look_again",
                icon=":material/refresh:",
                on_click=hand_over,
                args=(desk, made.id),
            )
            _taking_back(desk, made)
        return False
    if known is None or not known.running:
        # Another process has handed it over, and nobody waits for it any more.
        hand_over(desk, made.id)
    _taking_back(desk, made)
    st.caption(
        "The service answers within a day, for half the price. This page may be closed and the server may end: whoever "
        "opens this batch again finds it, and the answers then come into the results."
    )
    _watch(desk, made)
    return True


def _watch(desk: Desk, made: Job) -> None:
    models = named_models(desk.catalog, made.models)
    place, painted = st.empty(), ""
    while True:
        found = conductor().waiting(made.id)
        if found is None or not found.running:
            return
        html = standings_table(found.standings, models)
        if html != painted:
            place.html(html)
            painted = html
        time.sleep(_LOOK_S)
        # Reading the session's state is what lets a click, a rerun or a closed tab into this script.
        _ = "batch_run" in st.session_state


def _taking_back(desk: Desk, made: Job) -> None:
    """Ending the jobs at the service, which a second click confirms."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="batch_remote_controls"):
        if st.session_state.get(_CANCEL) != made.id:
            st.button(
                "Cancel at the service",
                key="batch_take_back",
                icon=":material/stop:",
                on_click=_ask,
                args=(made.id,),
            )
            return
        if st.button("Cancel for good", key="batch_take_back_yes", icon=":material/stop:"):
            _take_back(desk, made)
        st.button("Let it go on", key="batch_take_back_no", type="tertiary", on_click=_ask, args=("",))
        st.html('<span class="count">What the service has answered by now is lost.</span>', width="content")


def _ask(job_id: str) -> None:
    st.session_state[_CANCEL] = job_id


def _take_back(desk: Desk, made: Job) -> None:
    place = desk.place
    assert place is not None
    _ask("")
    try:
        batch = kept_remote(desk.store, desk.catalog, made.id, desk.owner, place, desk.on, lambda _: None)
        with st.spinner("Ending the jobs at the service"):
            said = conductor().take_back(made.id, batch, place)
        st.session_state["batch_said"] = (True, " ".join(f"{each}." for each in said))
    except (RuntimeError, ValueError, TimeoutError) as error:
        st.session_state["batch_said"] = (False, str(error) or "The service did not answer in time; try again.")
    st.rerun()
