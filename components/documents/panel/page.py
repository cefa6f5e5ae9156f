"""The documents page from top to bottom."""

from collections.abc import Sequence
from datetime import date
from html import escape

import streamlit as st

from catalog.loading import Catalog
from catalog.schema import Model
from catalog.words import listing
from components.documents.outlook import Asked
from components.documents.panel.ahead import Ahead, ahead, plan_words, worst_case
from components.documents.panel.answers import PAGE, Quotations, doing, export, settle_rest, told
from components.documents.panel.asking import (
    ask_about_contradictions,
    asked_of,
    cache_box,
    hours_wanted,
    question_box,
    settings_box,
    trouble_with,
)
from components.documents.panel.cached import living_caches
from components.documents.panel.shelf import bring_sample, listed, put_back, shelf, uploads
from components.documents.panel.starting import PRESET, ask, ask_next, wanted_of
from components.documents.sending import document_parts
from components.frame.connection import availability, connect, key_box
from components.frame.history import history
from components.frame.running.buttons import GONE, current_run, run_begun, run_button, run_ended, stop_button
from components.frame.running.engine import engine, find_run, ledger
from components.frame.running.notices import notices
from components.frame.running.options import Options, options_box
from components.frame.running.results import results
from components.frame.running.sides import sides_of
from components.frame.running.starting import NotSent, Sender, show
from components.frame.running.turns import earlier_turns
from components.frame.running.watching import watch
from components.gemini.settings import Connection
from components.playground.blind import hidden
from components.playground.controls import Controls
from components.playground.lanes import Run, RunSnapshot


def documents(catalog: Catalog, models: Sequence[Model], on: date) -> None:
    """The whole page below the picker."""
    place = _connection(catalog, models, on)
    _asked_by_address()
    run = current_run(PAGE)
    if run is not None:
        put_back(document_parts(run.snapshot().lanes[0].request))
    left, right = st.columns([6, 5], gap="large")
    with left:
        uploads()
        held = shelf()
        if held:
            listed(tuple(model.id for model in models))
        else:
            _empty()
        prompt = question_box(run.snapshot().lanes[0].request if run else None)
        controls, options, cached = _popovers(catalog, models, on)
        started_slot = st.container(horizontal=True, vertical_alignment="center")
        total = st.empty()
    asked = asked_of(controls, prompt)
    with right:
        seen = ahead(catalog, models, held, asked, on, place) if held else ()
        if not held:
            _nothing_ahead(models)
    with started_slot:
        label = _run_label(models, seen)
        started = run_button(PAGE, label, disabled=place is None)
        slot = st.empty()
    if seen:
        total.caption(plan_words(seen).replace("$", "\\$"))
    message = st.empty()
    if options.kept and (trouble := history().problem):
        st.warning(trouble, icon=":material/history_toggle_off:")
    hours = float(hours_wanted()[1]) if cached else None
    if started and place is not None:
        run_begun(PAGE)
        sender = Sender(catalog, place, options, on, PAGE, PRESET)
        if problem := _start(sender, seen, asked, controls, hours):
            message.warning(problem, icon=":material/block:")
        else:
            if run is not None:
                # Nobody looks at the run before any more, and every token of it may cost.
                engine().runner.stop(run.id)
            run = current_run(PAGE)
    elif run is None and "run" in st.query_params:
        message.info(GONE, icon=":material/history:")
    stop_button(PAGE, slot, run)
    if run is not None:
        follower = Sender(catalog, place, options, on, PAGE, PRESET) if place is not None else None
        _show(catalog, run, on, place, follower, hours)


def _connection(catalog: Catalog, models: Sequence[Model], on: date) -> Connection | None:
    shared = engine()
    line, popovers = st.columns([7, 4], vertical_alignment="center")
    with line:
        place = connect()
    with popovers.container(horizontal=True, horizontal_alignment="right", gap="small"):
        with st.popover("What answers now", icon=":material/network_check:"):
            if place is not None:
                availability(catalog, models, place, shared.book, shared.runner.call, PAGE)
        with st.popover("Key", icon=":material/key:"):
            key_box(PAGE)
    if place is not None:
        shared.runner.warm(place)
        notices(catalog, models, on, place, PAGE)
    return place


def _asked_by_address() -> None:
    """What a link from the history asks for: a replay, or the question of a run again."""
    if wanted := st.query_params.get("replay"):
        del st.query_params["replay"]
        run = find_run(wanted)
        if run is not None and run.finished and not hidden(run.snapshot()):
            show(PAGE, engine().runner.replay(run.snapshot()).id)
    if wanted := st.query_params.get("again"):
        del st.query_params["again"]
        run = find_run(wanted)
        if run is None:
            st.warning("The run that should be asked again is not in your history; nothing was changed.")
        else:
            st.query_params.pop("run", None)
            st.session_state.pop("documents_run_id", None)
            st.session_state["documents_prompt"] = run.snapshot().lanes[0].request.prompt
            put_back(document_parts(run.snapshot().lanes[0].request), anew=True)


def _popovers(catalog: Catalog, models: Sequence[Model], on: date) -> tuple[Controls, Options, bool]:
    with st.container(horizontal=True, gap="small"):
        with st.popover("Settings", icon=":material/tune:"):
            controls = settings_box(catalog, models, on)
        with st.popover("Cache", icon=":material/inventory_2:"):
            cached = cache_box()
            living_caches(catalog)
        with st.popover("Run options", icon=":material/savings:"):
            options = options_box(PAGE, with_repeats=False)
    return controls, options, cached


def _empty() -> None:
    with st.container(key="documents_empty", border=True):
        st.html(
            "<p>Your documents will stand here, each with its kind, pages, tokens and what could not be read of it. "
            "Beside them you see what they take at each model before anything is sent; below, both answers side by "
            "side, with every quotation looked up in the text.</p>"
        )
        st.button(
            "Try it with a sample of two pages",
            key="documents_sample",
            icon=":material/description:",
            on_click=_take_sample,
        )


def _take_sample() -> None:
    bring_sample()
    ask_about_contradictions()


def _nothing_ahead(models: Sequence[Model]) -> None:
    names = listing([model.short_name for model in models])
    st.html(
        f'<p class="hold">How much of its context window the documents take, the price tier, the cost and the time '
        f"will stand here for {names}.</p>"
    )


def _run_label(models: Sequence[Model], seen: Sequence[Ahead]) -> str:
    able = [each.found.model for each in seen if each.can_be_asked]
    if len(able) == 1:
        return f"Run {able[0].short_name} alone"
    count = len(able) or len(models)
    return "Run both" if count == 2 else f"Run all {count}"


def _start(sender: Sender, seen: Sequence[Ahead], asked: Asked, controls: Controls, hours: float | None) -> str:
    """Starts what is planned, and returns why not where it cannot be."""
    if not seen:
        return "Add a document first, or try the sample; nothing was sent and your question is kept."
    if trouble := trouble_with(controls, asked.request.prompt):
        return trouble
    wanted = wanted_of(seen, asked)
    if not wanted:
        return " ".join([each.found.refused for each in seen] + ["Nothing was sent and your question is kept."])
    refusal = ledger().allows(worst_case(seen))
    if refusal is not None and refusal.used_up:
        return refusal.sentence
    if refusal is not None:
        st.toast(refusal.sentence.replace("$", "\\$"), icon=":material/savings:")
    try:
        ask(sender, wanted, hours)
    except NotSent as error:
        return str(error)
    return ""


def _show(
    catalog: Catalog, run: Run, on: date, place: Connection | None, sender: Sender | None, hours: float | None
) -> None:
    """The run with the turns before it, and all that can be read off and done once it has ended."""
    was_over = run.finished
    top, below = st.container(), st.container() if was_over else st.empty()
    with top:
        st.subheader("Answers", anchor=False)
        if run.setup.replay_of:
            st.caption("A replay at the original speed. Nobody is called, and nothing is kept or charged.")
        earlier_turns(catalog, run.snapshot(), st.session_state.get("documents_prompt") or "", PAGE)
        status = st.empty()
        check = Quotations(run)
        snapshot, live = watch(catalog, run, PAGE, lambda: doing(catalog, run.snapshot(), status), check.draw)
        check.later()
    if live:
        run_ended(catalog, snapshot, on, place)
        settle_rest(catalog, snapshot, on)
    with below if was_over else below.container():
        if hidden(snapshot):
            target = escape(f"playground?run={snapshot.id}")
            st.html(f'<p>This run is blind. <a href="{target}" target="_self">Vote on it in the playground</a></p>')
        else:
            _finished(catalog, snapshot, on, place, sender, hours)
    if live:
        st.rerun()


def _finished(
    catalog: Catalog,
    snapshot: RunSnapshot,
    on: date,
    place: Connection | None,
    sender: Sender | None,
    hours: float | None,
) -> None:
    told(catalog, snapshot, on)
    results(catalog, snapshot, on, place, PAGE, {"Export": export})
    if snapshot.setup.replay_of:
        return
    names = listing([side.model.short_name if side.model else side.name for side in sides_of(catalog, snapshot)])
    said = st.chat_input(
        f"Ask {names} something else about the same documents",
        key="documents_follow_up",
        disabled=sender is None,
        height="content",
    )
    if said and said.strip() and sender is not None:
        try:
            ask_next(sender, snapshot, said, hours)
        except NotSent as refusal:
            st.warning(str(refusal), icon=":material/block:")
            return
        st.rerun()
