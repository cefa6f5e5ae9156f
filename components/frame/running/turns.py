"""The turns that a run follows, on screen: each folded, with what was asked and answered."""

from collections.abc import Callable, Sequence
from html import escape

import streamlit as st

from catalog.loading import Catalog
from catalog.words import listing
from components.frame.running.engine import find_run
from components.frame.running.lane import draw_part
from components.frame.running.sides import sides_of
from components.gemini.content import PartKind
from components.playground.answer_text import inert
from components.playground.blind import hidden
from components.playground.lanes import RunSnapshot

_LONGEST = 100


def earlier_turns(
    catalog: Catalog,
    snapshot: RunSnapshot,
    written: str,
    page: str,
    edit: Callable[[RunSnapshot], None] | None = None,
) -> None:
    """The turns that a run follows, oldest first, each folded; and what is asked in this one.

    The question of a single turn is left out while it stands in the box above, which holds `written`. With `edit` a
    turn can be taken up again.
    """
    before = ancestors(snapshot)
    folded_turns(catalog, before, page, edit)
    if before:
        st.html(f'<p class="turn"><span class="count">Turn {len(before) + 1}</span> {escape(_asked(snapshot))}</p>')
    elif snapshot.lanes[0].request.prompt.strip() != written.strip():
        st.html(f'<p class="turn"><span class="count">Asked</span> {escape(_asked(snapshot))}</p>')
    if files := [part.name or part.mime_type for part in snapshot.lanes[0].request.attachments]:
        st.html(f'<p class="part-label">With {escape(listing(files))}</p>')


def folded_turns(
    catalog: Catalog,
    before: Sequence[RunSnapshot],
    page: str,
    edit: Callable[[RunSnapshot], None] | None = None,
) -> None:
    """Turns of a conversation, each folded, with a way to take it up again where `edit` is given."""
    for number, turn in enumerate(before, start=1):
        with st.expander(f"Turn {number}: {_short(_asked(turn))}", icon=":material/chat_bubble:"):
            _turn(catalog, turn)
            if edit is not None:
                st.button(
                    "Edit this turn",
                    key=f"{page}_edit_{number}",
                    icon=":material/edit:",
                    type="tertiary",
                    on_click=edit,
                    args=(turn,),
                )


def ancestors(snapshot: RunSnapshot) -> list[RunSnapshot]:
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
