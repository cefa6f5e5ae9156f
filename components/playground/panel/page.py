"""The playground on screen: choose, ask, watch both answers grow, and read what was measured."""

import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import streamlit as st

from catalog.loading import Catalog
from catalog.schema import Model
from catalog.words import listing
from components.frame.connection import availability, connect, key_box
from components.frame.history import history
from components.frame.running.buttons import GONE, current_run, let_in, run_begun, run_button, run_ended, stop_button
from components.frame.running.engine import engine, find_run, ledger
from components.frame.running.notices import notices
from components.frame.running.options import options_box
from components.frame.running.results import Shown, results
from components.frame.running.starting import NotSent, Sender, show
from components.frame.running.turns import earlier_turns
from components.frame.running.watching import watch
from components.gemini.content import Part
from components.gemini.request import Request
from components.gemini.settings import Connection
from components.playground.ahead import Ahead
from components.playground.blind import hidden
from components.playground.lanes import Run
from components.playground.panel.before import Planned, before, worst_case
from components.playground.panel.files import attached, files_box
from components.playground.panel.opinion import judged
from components.playground.panel.prompt import Prompts, edit, edit_done, edited, load, presets, prompt_box
from components.playground.panel.settings import Settings, settings
from components.playground.panel.turns import next_turn
from components.playground.panel.vote import vote

_PAGE = "playground"
_LAST_CELL_S = 0.25


def playground(catalog: Catalog, models: Sequence[Model], on: date) -> None:
    """The whole page below the picker."""
    shared = engine()
    line, popovers = st.columns([7, 4], vertical_alignment="center")
    with line:
        place = connect()
    with popovers.container(horizontal=True, horizontal_alignment="right", gap="small"):
        with st.popover("What answers now", icon=":material/network_check:"):
            if place is not None:
                availability(catalog, models, place, shared.book, shared.runner.call)
        with st.popover("Key", icon=":material/key:"):
            key_box()
    if place is not None:
        shared.runner.warm(place)
        notices(catalog, models, on, place, _PAGE)
    _asked_by_address()
    run = current_run(_PAGE)
    presets()
    prompts = prompt_box(run.snapshot() if run else None)
    buttons, choices = st.columns(2, vertical_alignment="center")
    with choices.container(horizontal=True, horizontal_alignment="right"):
        with st.popover("Settings", icon=":material/tune:", width="content"):
            chosen = settings(catalog, models, place, on)
        files = attached()
        with st.popover(f"Files ({len(files)})" if files else "Files", icon=":material/attach_file:"):
            files_box([model.id for model in models])
        with st.popover("Run options", icon=":material/repeat:"):
            options = options_box(_PAGE)
    with buttons:
        started, blind, slot, message = _buttons(models, place)
    options = replace(options, blind=blind, repeats=1 if blind else options.repeats)
    if options.kept and (trouble := history().problem):
        st.warning(trouble, icon=":material/history_toggle_off:")
    planned = _planned(models, chosen, prompts, files)
    found = before(catalog, planned[0] if planned else (), options.repeats, on, place, hurry=started)
    if started and place is not None:
        if prompts.table:
            _await_last_cell()
        if not (prompts.table and prompts.problem):
            run_begun(_PAGE)
        sender = Sender(catalog, place, options, on, _PAGE, prompts.preset)
        before_this = {run.id if run else "", *st.session_state.get("playground_rows", [])}
        if problem := _start(sender, planned, prompts, chosen, files, found):
            message.warning(problem, icon=":material/block:")
        else:
            # Nobody looks at the run before any more, and every token of it may cost.
            for old in before_this:
                shared.runner.stop(old)
            run = current_run(_PAGE)
    elif run is None and "run" in st.query_params:
        message.info(GONE, icon=":material/history:")
    stop_button(_PAGE, slot, run)
    if run is None:
        names = listing([model.name for model in models])
        st.caption(f"The answers of {names} will stand here side by side, each with its times, tokens and cost.")
        return
    follower = Sender(catalog, place, options, on, _PAGE, run.setup.preset) if place is not None else None
    _show(catalog, run, on, place, follower)


def _asked_by_address() -> None:
    """What a link from the history asks for: the same prompt and settings again, or a replay."""
    if wanted := st.query_params.get("again"):
        load(wanted)
        del st.query_params["again"]
        st.query_params.pop("run", None)
        st.session_state.pop("playground_run_id", None)
    if wanted := st.query_params.get("replay"):
        del st.query_params["replay"]
        run = find_run(wanted)
        if run is not None and run.finished and not hidden(run.snapshot()):
            show(_PAGE, engine().runner.replay(run.snapshot()).id)


def _buttons(
    models: Sequence[Model], place: Connection | None
) -> tuple[bool, bool, "st.delta_generator.DeltaGenerator", "st.delta_generator.DeltaGenerator"]:
    """Run, a place for Stop, whether the next run is blind, and a place for what is to be said about a run."""
    with st.container(horizontal=True, vertical_alignment="center"):
        label = "Run both" if len(models) == 2 else f"Run all {len(models)}"
        started = run_button(_PAGE, label, disabled=place is None)
        slot = st.empty()
        blind = st.toggle(
            "Blind",
            key="playground_blind",
            persist_state="session",
            help="Hides which model wrote what until you have voted. Answers are held until all are whole, then played "
            "at one pace, so that speed gives nothing away.",
        )
    # An own place, so that what was said before is gone at once and not only when a run has ended.
    return started, blind, slot, st.empty()


def _await_last_cell() -> None:
    """Waits for the cell that was being written when Run was pressed: it arrives a moment after the press.

    Its arrival ends this script; the next one still knows that Run was pressed.
    """
    time.sleep(_LAST_CELL_S)
    let_in(_PAGE)


def _planned(
    models: Sequence[Model], chosen: Settings, prompts: Prompts, files: tuple[Part, ...]
) -> list[list[Planned]]:
    """What each prompt will ask of each model."""
    return [
        [
            Planned(model, replace(side.request, prompt=text, attachments=files))
            for model, side in zip(models, chosen.sides, strict=True)
        ]
        for text in prompts.texts
    ]


def _start(
    sender: Sender,
    planned: Sequence[Sequence[Planned]],
    prompts: Prompts,
    chosen: Settings,
    files: tuple[Part, ...],
    found: Sequence[Ahead],
) -> str:
    """Starts what was planned, and returns why not where it cannot be."""
    if prompts.problem:
        return prompts.problem
    if chosen.problems:
        return " ".join(problem.sentence for problem in chosen.problems) + " Nothing was sent and your prompt is kept."
    refusal = ledger().allows(worst_case(found, len(planned)))
    if refusal is not None and refusal.used_up:
        return refusal.sentence
    if refusal is not None:
        st.toast(refusal.sentence.replace("$", "\\$"), icon=":material/savings:")
    asked: list[Sequence[Request]] = [[each.request for each in one] for one in planned]
    try:
        if edited():
            _send_edited(sender, asked[0], files)
        else:
            sender.send_all(asked, files)
    except NotSent as error:
        return str(error)
    return ""


def _send_edited(sender: Sender, requests: Sequence[Request], files: tuple[Part, ...]) -> None:
    """Sends the edited prompt in place of the turn that is edited: after the same turns, to the same models."""
    old = find_run(edited())
    if old is None:
        raise NotSent("The turn that you edit is no longer there. Your prompt is kept; run it as a new one.")
    snapshot = old.snapshot()
    sides = [snapshot.lane(side).request for side in range(snapshot.setup.sides)]
    again = [replace(side, prompt=requests[0].prompt, replies=()) for side in sides]
    sender.send(again, parent=snapshot.setup.parent, files=files, once=True)
    edit_done()


def _show(catalog: Catalog, run: Run, on: date, place: Connection | None, sender: Sender | None) -> None:
    """The run with the turns before it, and all that can be read off and done once it has ended."""
    # Measures and votes of the run before must not stand under answers that are still growing.
    was_over = run.finished
    top, below = st.container(), st.container() if was_over else st.empty()
    with top:
        _rows(run)
        if run.setup.replay_of:
            st.caption("A replay at the original speed. Nobody is called, and nothing is kept or charged.")
        earlier_turns(catalog, run.snapshot(), st.session_state.get("playground_prompt") or "", _PAGE, edit)
        snapshot, live = watch(catalog, run, _PAGE)
    with below if was_over else below.container():
        if snapshot.setup.order:
            vote(catalog, run, snapshot)
        if not hidden(snapshot):
            results(catalog, snapshot, on, place, _PAGE, {"Judge": _judged} if snapshot.setup.sides > 1 else {})
            if not run.setup.replay_of:
                next_turn(catalog, snapshot, sender)
    if live:
        run_ended(catalog, snapshot, on, place)
        st.rerun()


def _judged(shown: Shown) -> None:
    judged(shown.catalog, shown.snapshot, shown.sides, shown.place, shown.on)


def _rows(run: Run) -> None:
    """Lets a reader choose among the runs of a table of values."""
    ids: list[str] = st.session_state.get("playground_rows", [])
    if run.id not in ids:
        return
    labels = {run_id: f"Row {number}" for number, run_id in enumerate(ids, start=1)}
    st.session_state["playground_row"] = run.id
    st.segmented_control(
        "Rows of the table",
        ids,
        format_func=labels.__getitem__,
        required=True,
        key="playground_row",
        on_change=lambda: show(_PAGE, st.session_state["playground_row"]),
    )
