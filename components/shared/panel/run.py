"""A shared run on screen: what was asked, what each model answered, what was measured and said of it."""

from collections.abc import Sequence
from html import escape

import streamlit as st

from catalog.words import listing
from components.archive.wording import one_line
from components.frame.palette import Colour
from components.frame.running.lane import Block, lane_head
from components.frame.running.results import results
from components.frame.running.sides import LETTERS, sides_of
from components.frame.running.turns import folded_turns
from components.frame.running.watching import watch
from components.gemini.content import Part, PartKind
from components.history.records import RunRecord
from components.playground.blind import hidden
from components.playground.keeping import restored
from components.playground.lanes import Run, RunSnapshot
from components.shared.apart import file_names, public, run_file
from components.shared.panel.seen import PAGE, Reader, file_button, nothing
from components.shared.telling import (
    instructions,
    opinions_html,
    run_facts,
    run_settings,
    said_html,
    vote_sentence,
)

_NEUTRAL = Colour("#535f6e", "#a9b5c4", "○")
_UNREADABLE = "This run was kept in a form that cannot be read here. Nothing is lost; its file has all of it."


def run(reader: Reader) -> None:
    """The run that a link opens, with the turns before it."""
    kept = reader.store.conversation(reader.link.target, reader.link.owner)
    if not kept:
        nothing()
        return
    record = public(kept[-1])
    try:
        found = restored(record)
        before = [restored(public(each)).snapshot() for each in kept[:-1]]
    except ValueError:
        st.warning(_UNREADABLE, icon=":material/help:")
        _file(reader, kept)
        return
    snapshot = found.snapshot()
    secret = hidden(snapshot)
    st.html(run_facts(reader.catalog, record, reader.zone, secret))
    folded_turns(reader.catalog, before, PAGE)
    _asked(reader, record, secret)
    if not snapshot.finished:
        st.info("This run is still going. Its answers stand here once it has ended.", icon=":material/hourglass_top:")
        return
    _answers(reader, found, snapshot, record, secret)
    if not secret:
        _file(reader, kept)


def _asked(reader: Reader, record: RunRecord, secret: bool) -> None:
    told = said_html("Prompt", record.prompt)
    if names := file_names(record.lanes[0].request):
        files = listing([one_line(name, 80) for name in names])
        told += f'<p class="part-label">With {escape(files)}. Only the names of files are shared.</p>'
    told += "".join(said_html(label, text) for label, text in instructions(reader.catalog, record, secret))
    st.html(told + run_settings(reader.catalog, record, secret))


def _answers(reader: Reader, found: Run, snapshot: RunSnapshot, record: RunRecord, secret: bool) -> None:
    if secret:
        st.info(vote_sentence(reader.catalog, record, snapshot), icon=":material/visibility_off:")
        _unnamed(snapshot)
        return
    watch(reader.catalog, found, PAGE)
    if voted := vote_sentence(reader.catalog, record, snapshot):
        st.html(f'<p class="strip">{escape(voted)}</p>')
    results(reader.catalog, snapshot, reader.on, None, PAGE, {})
    sides = {side.side: side.name for side in sides_of(reader.catalog, snapshot)}
    names = {lane.index: sides[lane.index % snapshot.setup.sides] for lane in snapshot.lanes}
    if told := opinions_html(reader.catalog, record.judgements, names, reader.zone):
        st.subheader("Opinions of judges", anchor=False)
        st.html(told)


def _unnamed(snapshot: RunSnapshot) -> None:
    """The answers of a blind run by letters alone."""
    order = snapshot.setup.order
    for place, column in enumerate(st.columns(len(order), gap="medium")):
        box = column.container(key=f"{PAGE}_answer_{place}")
        box.html(lane_head(f"Answer {LETTERS[place]}", _NEUTRAL, snapshot.simulated, ""))
        block = Block(box.container(), raw=False)
        block.paint(Part(PartKind.TEXT, snapshot.lane(order[place]).text), settled=True)


def _file(reader: Reader, kept: Sequence[RunRecord]) -> None:
    st.subheader("Take along", anchor=False)
    file_button(reader, "This run as a file", "shared-run.jsonl", lambda: run_file(kept))
    st.caption(
        "Another installation of this product imports the file on its history page, under Take along, and replays the "
        "run at its own pace without a key."
    )
