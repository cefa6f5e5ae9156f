"""The vote on a blind run: before it, which answer is better; after it, who wrote which and what all votes say."""

from collections.abc import Sequence

import streamlit as st

from catalog.loading import Catalog
from catalog.words import listing
from components.frame.history import history, owner
from components.frame.running.sides import LETTERS, Side, sides_of
from components.playground.blind import Phase, ballots, state, vote_for_place
from components.playground.lanes import Run, RunSnapshot
from components.playground.ratings import Ballot, Vote, win_rate


def vote(catalog: Catalog, run: Run, snapshot: RunSnapshot) -> None:
    """Draws the buttons while a vote can be cast, and the reveal afterwards."""
    found = state(snapshot)
    if found.phase is Phase.READY:
        _buttons(run, snapshot)
    elif found.phase is Phase.VOID:
        st.info(found.sentence, icon=":material/ballot:")
    elif found.phase is Phase.VOTED:
        _reveal(catalog, snapshot)


def _buttons(run: Run, snapshot: RunSnapshot) -> None:
    order = snapshot.setup.order
    places = [(f"{LETTERS[place]} is better", vote_for_place(order, place)) for place in range(len(order))]
    both = "Both" if len(order) == 2 else "All"
    choices = [*places, (f"{both} are good", Vote.BOTH_GOOD.value), (f"{both} are bad", Vote.BOTH_BAD.value)]
    with st.container(horizontal=True, horizontal_alignment="center", key="playground_vote"):
        for number, (label, choice) in enumerate(choices, start=1):
            st.button(
                label,
                key=f"playground_vote_{number}",
                shortcut=f"Alt+{number}",
                on_click=_cast,
                args=(run, choice),
                help="Names, times and cost are shown after the vote.",
            )


def _cast(run: Run, choice: str) -> None:
    run.vote(choice)
    recorder = history().recorder
    if recorder is not None and run.setup.kept:
        # A run that came out of the history has nobody else who would write its vote down.
        recorder.voted(run.id, run.snapshot().vote)
        recorder.flush(1.0)


def _reveal(catalog: Catalog, snapshot: RunSnapshot) -> None:
    sides = sides_of(catalog, snapshot)
    st.success(_said(snapshot, sides), icon=":material/how_to_vote:")
    if snapshot.simulated:
        st.caption("The answers are simulated, so this vote counts for nothing; it shows how voting works.")
        return
    if len(sides) == 2:
        one, other = (snapshot.lane(side).request.model for side in (0, 1))
        names = {side.lane.request.model: side.model.name for side in sides if side.model}
        st.caption(win_rate(_cast_before(), one, other, names).sentence)


def _cast_before() -> list[Ballot]:
    """Every ballot of the visitor's own blind votes, this one among them."""
    store = history().store
    if store is None:
        return []
    from components.history.store import HistoryError

    try:
        rows = store.votes(owner())
    except HistoryError:
        return []
    return [
        Ballot(one, other, Vote(choice), row.preset, row.simulated)
        for row in rows
        if not row.imported
        for one, other, choice in ballots(row.models, row.vote)
    ]


def _said(snapshot: RunSnapshot, sides: Sequence[Side]) -> str:
    names = {
        side.place: f"{LETTERS[side.place]} ({side.name.removeprefix(f'{LETTERS[side.place]}: ')})" for side in sides
    }
    chosen = next((side for side in sides if vote_for_place(snapshot.setup.order, side.place) == snapshot.vote), None)
    if chosen is not None:
        others = listing([name for place, name in names.items() if place != chosen.place])
        return f"You preferred {names[chosen.place]} to {others}."
    found = "good" if snapshot.vote == Vote.BOTH_GOOD else "bad"
    return f"You found {'both' if len(sides) == 2 else 'all'} {found}: {listing(list(names.values()))}."
