"""The list of a visitor's batches, and deleting one."""

from collections.abc import Callable

import streamlit as st

from components.archive.wording import one_line
from components.batch.desk import Desk
from components.batch.job_list import job_list
from components.playground.answer_text import inert

_SAID = "batch_said"
_SHOWN = 20


def tell() -> None:
    """Says once what came of the last action."""
    said: tuple[bool, str] | None = st.session_state.pop(_SAID, None)
    if said is not None:
        show, icon = (st.success, ":material/check:") if said[0] else (st.error, ":material/error:")
        show(inert(said[1]), icon=icon)


def attempt(action: Callable[[], str]) -> None:
    """Does what returns a sentence on what came of it; what cannot be done is a sentence as well."""
    from components.history.store import HistoryError

    try:
        st.session_state[_SAID] = (True, action())
    except (HistoryError, ValueError, RuntimeError) as error:
        st.session_state[_SAID] = (False, str(error))


def jobs(desk: Desk) -> None:
    """The newest batches, and the others on request."""
    found = desk.store.batches.of_owner(desk.owner)
    if not found:
        return
    st.subheader("Your batches", anchor=False)
    every = len(found) > _SHOWN and st.session_state.get("batch_every", False)
    shown = found if every else found[:_SHOWN]
    batches = desk.store.batches
    handed_over = {each.id for each in shown if each.state in ("running", "interrupted") and batches.remote(each.id)}
    with st.container(key="batch_list"):
        st.html(job_list(desk.catalog, shown, desk.zone, handed_over))
    if len(found) > _SHOWN:
        st.toggle(f"Show all {len(found):,}", key="batch_every")
    st.caption(f"{desk.zone.sentence} The newest batch stands first.")


def delete(desk: Desk, job_id: str, name: str) -> str:
    """Deletes a batch with its rows and answers; returns what came of it as a sentence."""
    if not desk.store.batches.delete(job_id, desk.owner):
        raise ValueError("The batch is running or gone already, so nothing was deleted. Cancel it first.")
    st.query_params.pop("job", None)
    return f"The batch {one_line(name, 80)} is deleted with its rows and answers."
