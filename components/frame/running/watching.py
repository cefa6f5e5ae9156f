"""A run on screen while it goes on: painted at most every 50 ms, held and played at one pace where it is blind."""

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

import streamlit as st

from catalog.loading import Catalog
from components.frame.palette import Colour
from components.frame.running.engine import engine, find_run
from components.frame.running.lane import Block, LaneView, lane_head, paint_changed
from components.frame.running.sides import LETTERS, Side, sides_of
from components.gemini.content import Part, PartKind
from components.playground.blind import Playback, hidden, hold_line
from components.playground.lanes import LaneSnapshot, Run, RunSnapshot

_TICK_S = 0.05
_FIRST_TICK_S = 0.02
_FIRST_CHUNKS = 8
_YIELD_S = 0.1
_ELSEWHERE_S = 1.0
_NEUTRAL = Colour("#535f6e", "#a9b5c4", "○")


def watch(
    catalog: Catalog,
    run: Run,
    page: str,
    meanwhile: Callable[[], None] | None = None,
    below: Callable[[Side], None] | None = None,
) -> tuple[RunSnapshot, bool]:
    """Paints the run until it has ended, and returns it, with whether anything was still to come at the beginning.

    Leaving the page leaves the run alone. Names and measures of a blind run stay hidden. `meanwhile` paints what else
    goes on beside the answers, at every look; `below` draws what the page has to say of an answer that has ended.
    """
    snapshot = run.snapshot()
    live = not snapshot.finished
    if hidden(snapshot):
        return _hold(run, page), live
    repeat = _repeat(snapshot, page)
    raw = st.session_state.get(f"{page}_form") == "Raw"
    columns = st.columns(snapshot.setup.sides, gap="medium")
    sides = sides_of(catalog, snapshot, repeat)
    views = [
        LaneView(
            page,
            side.place,
            column,
            side.html,
            side.colour,
            simulated=snapshot.simulated,
            raw=raw or side.lane.request.json_mode,
            live=live,
        )
        for side, column in zip(sides, columns, strict=True)
    ]
    lines = st.empty()
    painted: Sequence[LaneSnapshot] | None = None
    while True:
        lanes = [snapshot.lane(side.side, repeat) for side in sides]
        paint_changed(views, lanes, painted)
        _progress(lines, snapshot)
        if meanwhile is not None:
            meanwhile()
        if snapshot.finished:
            break
        painted = lanes
        run, snapshot = _next(run, snapshot, page)
    for view, lane, side in zip(views, lanes, sides, strict=True):
        further = None if below is None else partial(below, replace(side, lane=lane))
        view.close(lane, f"{page}_answer_{side.place}", further)
    return snapshot, live


def _next(run: Run, snapshot: RunSnapshot, page: str) -> tuple[Run, RunSnapshot]:
    """Waits for news of a run, and lets Stop, a rerun or a closed tab in."""
    if engine().runner.get(run.id) is None:
        # Another server is answering it; what it writes into the history is all that can be seen from here.
        time.sleep(_ELSEWHERE_S)
        run = find_run(run.id) or run
    else:
        painted = time.monotonic()
        run.wait(snapshot.version, _YIELD_S)
        time.sleep(max(0.0, painted + _tick_s(snapshot) - time.monotonic()))
    # Reading the session's state is what lets them in.
    _ = f"{page}_run" in st.session_state
    return run, run.snapshot()


def _tick_s(snapshot: RunSnapshot) -> float:
    """How long a screen stands at least, in seconds: shorter while an answer begins, which readers wait for."""
    beginning = any(lane.chunk_count < _FIRST_CHUNKS for lane in snapshot.lanes if not lane.ended)
    return _FIRST_TICK_S if beginning else _TICK_S


def _repeat(snapshot: RunSnapshot, page: str) -> int:
    """Which repeat is shown; chosen once they are all there."""
    repeats = snapshot.setup.repeats
    if repeats == 1:
        return 0
    chosen = st.segmented_control(
        "Repeat",
        list(range(1, repeats + 1)),
        default=1,
        required=True,
        key=f"{page}_repeat",
        help="Which of the repeats is shown. Their median and spread stand below.",
    )
    return int(chosen or 1) - 1


def _progress(place: "st.delta_generator.DeltaGenerator", snapshot: RunSnapshot) -> None:
    if snapshot.setup.repeats > 1 and not snapshot.finished:
        done = sum(lane.ended for lane in snapshot.lanes)
        place.progress(done / len(snapshot.lanes), f"{done} of {len(snapshot.lanes)} answers have ended")
    else:
        place.empty()


def _hold(run: Run, page: str) -> RunSnapshot:
    """Holds the answers of a blind run until all are there, then plays them at one pace."""
    snapshot = run.snapshot()
    line = st.empty()
    while not snapshot.finished:
        line.html(f'<p class="hold" role="status">{hold_line(snapshot)}</p>')
        run, snapshot = _next(run, snapshot, page)
    line.empty()
    if hidden(snapshot):
        _play(snapshot, page)
    return snapshot


def _play(snapshot: RunSnapshot, page: str) -> None:
    order = snapshot.setup.order
    texts = [snapshot.lane(side).text for side in order]
    blocks = []
    for place, column in enumerate(st.columns(len(order), gap="medium")):
        box = column.container(key=f"{page}_answer_{place}")
        box.html(lane_head(f"Answer {LETTERS[place]}", _NEUTRAL, snapshot.simulated, ""))
        blocks.append(Block(box.container(), raw=False))
    playback = Playback([len(text) for text in texts], texts)
    started = time.monotonic()
    played = st.session_state.setdefault(f"{page}_played", set())
    while snapshot.id not in played:
        elapsed = time.monotonic() - started
        for block, text, shown in zip(blocks, texts, playback.shown(elapsed), strict=True):
            block.paint(Part(PartKind.TEXT, text[:shown]), settled=False)
        if playback.done(elapsed):
            played.add(snapshot.id)
        time.sleep(_TICK_S)
        # Reading the session's state is what lets Stop, a rerun or a closed tab in.
        _ = f"{page}_run" in st.session_state
    for block, text in zip(blocks, texts, strict=True):
        block.paint(Part(PartKind.TEXT, text), settled=True)
