"""A conversation on screen: the turns before, the next turn, results for functions that were called."""

from collections.abc import Sequence
from dataclasses import replace
from html import escape

import streamlit as st

from catalog.loading import Catalog
from catalog.words import listing
from components.gemini.content import PartKind
from components.gemini.request import Request
from components.playground.answer_text import inert
from components.playground.asking import reply, turns_after
from components.playground.blind import hidden
from components.playground.lanes import RunSnapshot
from components.playground.panel.engine import find_run
from components.playground.panel.lane import draw_part
from components.playground.panel.prompt import edit
from components.playground.panel.sides import Side, sides_of
from components.playground.panel.start import NotSent, Sender, again, follow_up

_LONGEST = 100


def earlier_turns(catalog: Catalog, snapshot: RunSnapshot, written: str) -> None:
    """The turns that a run follows, oldest first, each folded; and what is asked in this one.

    The question of a single turn is left out while it stands in the box above, which holds `written`.
    """
    before = _ancestors(snapshot)
    for number, turn in enumerate(before, start=1):
        with st.expander(f"Turn {number}: {_short(_asked(turn))}", icon=":material/chat_bubble:"):
            _turn(catalog, turn)
            st.button(
                "Edit this turn",
                key=f"playground_edit_{number}",
                icon=":material/edit:",
                type="tertiary",
                on_click=edit,
                args=(turn,),
            )
    if before:
        st.html(f'<p class="turn"><span class="count">Turn {len(before) + 1}</span> {escape(_asked(snapshot))}</p>')
    elif snapshot.lanes[0].request.prompt.strip() != written.strip():
        st.html(f'<p class="turn"><span class="count">Asked</span> {escape(_asked(snapshot))}</p>')
    if files := [part.name or part.mime_type for part in snapshot.lanes[0].request.attachments]:
        st.html(f'<p class="part-label">With {escape(listing(files))}</p>')


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


def _ancestors(snapshot: RunSnapshot) -> list[RunSnapshot]:
    """The runs that a run follows up, oldest first."""
    found: list[RunSnapshot] = []
    parent = snapshot.setup.parent
    while parent and len(found) < _LONGEST and parent not in {each.id for each in found}:
        run = find_run(parent)
        if run is None:
            break
        found.insert(0, run.snapshot())
        parent = found[0].setup.parent
    return found


def _turn(catalog: Catalog, turn: RunSnapshot) -> None:
    if hidden(turn):
        st.caption("This turn was blind and nobody has voted on it yet.")
        return
    sides = sides_of(catalog, turn)
    for side, column in zip(sides, st.columns(len(sides), gap="medium"), strict=True):
        with column:
            st.html(f'<p class="part-label">{side.html}</p>')
            for part in side.lane.parts:
                if part.kind is PartKind.TEXT:
                    st.markdown(inert(part.text))
                elif part.kind is not PartKind.THOUGHT:
                    draw_part(part)
            if not side.lane.parts and side.lane.failure:
                st.caption(side.lane.failure.message)


def _asked(turn: RunSnapshot) -> str:
    request = turn.lanes[0].request
    return request.prompt or f"results of {listing([part.name for part in request.replies])}"


def _short(text: str) -> str:
    line = " ".join(text.split())
    shown = line if len(line) <= 90 else f"{line[:89]}…"
    return "".join(f"\\{character}" if character in "*_`[]:$~<>#|" else character for character in shown)
