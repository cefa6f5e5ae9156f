"""A conversation on screen: the next turn, and results for functions that were called."""

from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from catalog.loading import Catalog
from catalog.words import listing
from components.frame.running.sides import Side, sides_of
from components.frame.running.starting import NotSent, Sender, again, follow_up
from components.gemini.request import Request
from components.playground.asking import reply, turns_after
from components.playground.lanes import RunSnapshot
from components.playground.panel.prompt import edit


def next_turn(catalog: Catalog, snapshot: RunSnapshot, sender: Sender | None) -> None:
    """Offers what can come after a finished run: the same again, an edit, another turn, results of functions."""
    with st.container(horizontal=True, key="playground_next"):
        again_wanted = st.button(
            "Regenerate",
            key="playground_regenerate",
            icon=":material/refresh:",
            type="tertiary",
            disabled=sender is None,
            help="Asks the same models the same once more; the old answers stay in the history.",
        )
        st.button(
            "Edit",
            key="playground_edit_last",
            icon=":material/edit:",
            type="tertiary",
            on_click=edit,
            args=(snapshot,),
            help="Puts the prompt back into the box.",
        )
    if again_wanted and sender is not None:
        _send(sender, again(snapshot), snapshot.setup.parent)
    called = [side for side in sides_of(catalog, snapshot) if side.lane.calls]
    if called:
        _results(called, snapshot, sender)
    names = listing([side.model.short_name if side.model else side.name for side in sides_of(catalog, snapshot)])
    said = st.chat_input(
        f"Follow up with {names}", key="playground_follow_up", disabled=sender is None or bool(called), height="content"
    )
    if said and said.strip() and sender is not None:
        _send(sender, follow_up(snapshot, said), snapshot.id)


def _send(sender: Sender, requests: Sequence[Request], parent: str) -> None:
    try:
        sender.send(requests, parent=parent, once=True)
    except NotSent as refusal:
        st.warning(str(refusal), icon=":material/block:")
        return
    st.rerun()


def _results(called: Sequence[Side], snapshot: RunSnapshot, sender: Sender | None) -> None:
    """A box for the result of each function that was called; they go back to the models that called."""
    with st.form("playground_results"):
        st.markdown("Type in what each function returns, as JSON or plain text, and send it to the models that asked.")
        typed: dict[tuple[int, int], str] = {}
        for side, column in zip(called, st.columns(len(called), gap="medium"), strict=True):
            for number, call in enumerate(side.lane.calls):
                typed[side.side, number] = column.text_area(
                    f"{call.name} for {side.name}",
                    key=f"playground_result_{side.side}_{number}",
                    height=90,
                    placeholder='{"temperature": 21}',
                    help=f"Called with {call.text}",
                )
        wanted = st.form_submit_button("Send results", icon=":material/send:", disabled=sender is None)
    if not wanted or sender is None:
        return
    if not all(text.strip() for text in typed.values()):
        st.warning("Every call needs a result; nothing was sent.", icon=":material/edit:")
        return
    requests = []
    for side in called:
        parts = tuple(reply(call, typed[side.side, number]) for number, call in enumerate(side.lane.calls))
        turns = turns_after(side.lane)
        requests.append(replace(side.lane.request, prompt="", turns=turns, attachments=(), replies=parts))
    _send(sender, requests, snapshot.id)
