"""The playground on screen: choose, ask, watch both answers grow, and read what was measured."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from html import escape

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from catalog.lifecycle import Service, life, stand_in
from catalog.loading import Catalog
from catalog.schema import Model
from catalog.summary import life_sentence
from catalog.words import listing
from components.frame.connection import availability, connect, key_box
from components.frame.markup import life_chip, model_name, term
from components.frame.palette import Colour, colours
from components.gemini.availability import Availability, AvailabilityBook, State
from components.gemini.errors import Failure
from components.gemini.request import Request
from components.gemini.settings import Connection
from components.gemini.simulator.faults import Fault
from components.playground.answer_text import inert, split_settled
from components.playground.lanes import LaneSnapshot, LaneStatus, Run, RunSnapshot
from components.playground.readings import progress, readings
from components.playground.run import Runner, TooManyRuns

_TICK_S = 0.05
_YIELD_S = 0.1
_EXAMPLES = {
    "Explain": "Explain to a new colleague how a hash table works, with one small example.",
    "Code": "Write a Python function that merges overlapping intervals, with a short test.",
    "Table": "Compare REST, GraphQL and gRPC in a table: typing, caching, streaming, when to use each.",
    "Summarise": "Summarise in three bullet points why backups must be tested by restoring them.",
}


@dataclass(frozen=True)
class Engine:
    """What all visitors share: the runner and what is known of which models answer."""

    runner: Runner
    book: AvailabilityBook


@st.cache_resource(show_spinner=False, on_release=lambda engine: engine.runner.close())
def _engine() -> Engine:
    return Engine(Runner(), AvailabilityBook())


def playground(catalog: Catalog, models: Sequence[Model], on: date) -> None:
    """The whole page below the picker."""
    place = connect()
    if place is not None:
        _engine().runner.warm(place)
        _notices(catalog, models, on, place)
    prompt = _prompt()
    buttons, options = st.columns([2, 3], vertical_alignment="center")
    with options.container(horizontal=True, horizontal_alignment="right"):
        with st.popover("Settings", icon=":material/tune:"):
            settings = _settings(models, place)
        with st.popover("What answers now", icon=":material/network_check:"):
            if place is not None:
                availability(catalog, models, place, _engine().book, _engine().runner.call)
        with st.popover("Key", icon=":material/key:"):
            key_box()
    with buttons:
        run = _controls(catalog, models, prompt, settings, place)
    _examples(prompt)
    if run is None:
        _nothing_yet(models)
    else:
        _watch(catalog, run, on, place)


def _notices(catalog: Catalog, models: Sequence[Model], on: date, place: Connection) -> None:
    """Names every model that is shut down or ending, before any call, with its successor one click away."""
    if all(life(model, on).service is Service.IN_SERVICE for model in models):
        return
    for index, (column, model) in enumerate(zip(st.columns(len(models), gap="medium"), models, strict=True)):
        state = life(model, on).service
        heir = stand_in(catalog, model, on)
        words = "" if state is Service.IN_SERVICE else _notice(catalog, model, on, state, place)
        with column.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.html(life_chip(model, on), width="content")
            if heir is not None and heir.id not in [each.id for each in models]:
                st.button(
                    f"Use {heir.name} instead",
                    key=f"playground_swap_{index}",
                    icon=":material/swap_horiz:",
                    type="tertiary",
                    on_click=_swap,
                    args=(model.id, heir.id),
                )
        if words:
            column.html(f'<p class="notice">{escape(words)}</p>')


def _notice(catalog: Catalog, model: Model, on: date, state: Service, place: Connection) -> str:
    sentence = life_sentence(catalog, model, on)
    if place.simulated:
        return f"{sentence} The simulator answers in its name."
    if state is Service.SHUT_DOWN:
        return f"{sentence} A call will probably fail, unless your endpoint still serves it."
    return sentence


def _swap(old: str, new: str) -> None:
    chosen = st.session_state["playground_models"]
    st.session_state["playground_models"] = [new if name == old else name for name in chosen or [old]]


def _prompt() -> str:
    """The prompt; in a tab that was opened at the address of a run, that run's."""
    if "playground_prompt" not in st.session_state:
        run = _current_run()
        st.session_state["playground_prompt"] = run.snapshot().lanes[0].request.prompt if run else ""
    return st.text_area(
        "Prompt",
        key="playground_prompt",
        persist_state="session",
        height=130,
        placeholder="What should the models answer?",
    )


def _examples(prompt: str) -> None:
    """Examples while the prompt is empty. They stand below the buttons: when they go, nothing moves under a click."""
    # An own place, so that the examples are gone at once and not only when a run has ended.
    place = st.empty()
    if not prompt.strip():
        with place.container(horizontal=True):
            for name, text in _EXAMPLES.items():
                st.button(name, key=f"playground_example_{name.lower()}", on_click=_fill, args=(text,), type="tertiary")


def _fill(text: str) -> None:
    st.session_state["playground_prompt"] = text


def _settings(models: Sequence[Model], place: Connection | None) -> list[Request]:
    """A request without its prompt for each model, from the settings shared by all and the simulator's own."""
    system = st.text_area(
        "System instruction", key="playground_system", persist_state="session", height=80, help="Optional."
    )
    left, right = st.columns(2)
    temperature = left.number_input(
        "Temperature",
        min_value=0.0,
        max_value=2.0,
        value=None,
        step=0.1,
        key="playground_temperature",
        persist_state="session",
        placeholder="the model's default",
        help="How much chance plays a part: 0 is the steadiest, 2 the most varied.",
    )
    limit = right.number_input(
        "Max output tokens",
        min_value=1,
        max_value=1_000_000,
        value=None,
        step=256,
        key="playground_max_output_tokens",
        persist_state="session",
        placeholder="the model's default",
        help="The longest answer allowed, thinking included.",
    )
    names = [_model_id(model) for model in models]
    headers = [
        _simulator_settings(index, model) if place and place.simulated else () for index, model in enumerate(models)
    ]
    return [
        Request(
            model=name,
            prompt="",
            system_instruction=system.strip() or None,
            temperature=temperature,
            max_output_tokens=limit,
            headers=extra,
        )
        for name, extra in zip(names, headers, strict=True)
    ]


def _model_id(model: Model) -> str:
    """The id to call the model by: its own, an alias that is claimed for it, or any that a private endpoint knows."""
    known = dict.fromkeys((model.id, *(str(claim.value) for claim in model.claims.get("api_ids", ()))))
    chosen = st.selectbox(
        f"Model id of {model.short_name}",
        list(known),
        key=f"playground_model_id_{model.id}",
        persist_state="session",
        accept_new_options=True,
        help="The name that goes into the call; type another one for a private endpoint or a dated version.",
    )
    return (chosen or "").strip() or model.id


def _simulator_settings(index: int, model: Model) -> tuple[tuple[str, str], ...]:
    """Pace and faults of the simulator for one side, as the headers it understands."""
    fault, first, speed = st.columns(3)
    chosen = fault.selectbox(
        f"Simulate for {model.short_name}",
        ["a normal answer", *(each.value.replace("_", " ") for each in Fault)],
        key=f"playground_fault_{index}",
        persist_state="session",
        help="See how the page behaves when something goes wrong.",
    )
    first_ms = first.number_input(
        "First token after, ms",
        min_value=0,
        max_value=60_000,
        value=None,
        key=f"playground_first_token_ms_{index}",
        persist_state="session",
        placeholder="default",
    )
    pace = speed.number_input(
        "Tokens a second",
        min_value=1,
        max_value=10_000,
        value=None,
        key=f"playground_tokens_per_second_{index}",
        persist_state="session",
        placeholder="default",
    )
    headers = {
        "x-simulator-fault": chosen.replace(" ", "_") if chosen != "a normal answer" else None,
        "x-simulator-first-token-ms": first_ms,
        "x-simulator-tokens-per-second": pace,
    }
    return tuple((name, str(value)) for name, value in headers.items() if value is not None)


def _current_run() -> Run | None:
    """The run that the address names, or the session's last one, which then stands in the address again."""
    runner = _engine().runner
    if "run" in st.query_params:
        return runner.get(st.query_params["run"])
    run = runner.get(st.session_state.get("playground_run_id", ""))
    if run is not None:
        st.query_params["run"] = run.id
    return run


def _controls(
    catalog: Catalog, models: Sequence[Model], prompt: str, settings: Sequence[Request], place: Connection | None
) -> Run | None:
    """Run and Stop; returns the run to watch, which the address names."""
    runner = _engine().runner
    current = _current_run()
    with st.container(horizontal=True):
        label = "Run both" if len(models) == 2 else f"Run all {len(models)}"
        started = st.button(
            label, key="playground_run", icon=":material/play_arrow:", shortcut="Ctrl+Enter", disabled=place is None
        )
        slot = st.empty()
    # An own place, so that what was said before is gone at once and not only when a run has ended.
    message = st.empty()
    if started and not prompt.strip():
        message.warning("Write a prompt first; nothing was sent.", icon=":material/edit:")
    elif started and place is not None:
        if current is not None:
            runner.stop(current.id)
        try:
            requests = [replace(each, prompt=prompt) for each in settings]
            current = runner.start(place, requests, catalog_version=catalog.version)
            st.query_params["run"] = st.session_state["playground_run_id"] = current.id
        except TooManyRuns as error:
            message.warning(str(error), icon=":material/hourglass_top:")
    elif "run" in st.query_params and current is None:
        message.info(
            "The run in this address is no longer on this server. Your prompt is kept; run it again.",
            icon=":material/history:",
        )
    slot.button(
        "Stop",
        key="playground_stop",
        icon=":material/stop:",
        disabled=current is None or current.finished,
        help="Stops every side at once and keeps what has arrived.",
        on_click=runner.stop,
        args=(current.id if current else "",),
    )
    return current


def _nothing_yet(models: Sequence[Model]) -> None:
    names = listing([model.name for model in models])
    st.caption(f"The answers of {names} will stand here side by side, each with its times, tokens and cost.")


class _Lane:
    """One side on screen: head, settled text, growing tail, what went wrong, figures."""

    def __init__(self, index: int, column: DeltaGenerator, name: str, accent: Colour, simulated: bool) -> None:
        self._name = name
        self._accent = accent
        self._simulated = simulated
        box = column.container(key=f"playground_answer_{index}")
        self._head, self._settled, self._tail, self._failure = (box.empty() for _ in range(4))
        self._shown = ("", "", "")

    def paint(self, lane: LaneSnapshot) -> None:
        """Sends what has changed since the last look, and nothing else."""
        chip = ' <span class="chip chip-simulated">◌ Simulated</span>' if self._simulated else ""
        head = (
            f'<div class="lane-head" style="--accent:{self._accent.css}"><strong>{self._name}</strong>{chip}'
            f'<span class="count">{escape(progress(lane))}</span></div>'
        )
        settled, tail = (lane.text, "") if lane.ended else split_settled(lane.text)
        for place, text, old in zip((self._settled, self._tail), (settled, tail), self._shown[1:], strict=True):
            if text != old:
                place.markdown(inert(text)) if text else place.empty()
        if head != self._shown[0]:
            self._head.html(head)
        self._shown = (head, settled, tail)
        if lane.failure is not None:
            self._fail(lane, lane.failure)
        elif lane.stop_reason:
            self._failure.info(lane.stop_reason, icon=":material/stop_circle:")

    def _fail(self, lane: LaneSnapshot, failure: Failure) -> None:
        with self._failure.container():
            show = st.info if lane.status is LaneStatus.DONE else st.error
            show(failure.sentence.replace("$", "\\$"), icon=":material/report:")
            if failure.detail:
                st.html(
                    '<details class="proof"><summary><span class="count">technical detail</span></summary>'
                    f"<code>{escape(failure.detail)}</code></details>"
                )


def _figures(catalog: Catalog, snapshot: RunSnapshot, names: Sequence[str], on: date, vertexai: bool) -> str:
    """What was measured, a row a figure and a column a model, so that the sides can be read against each other."""
    columns = [readings(catalog, lane, on, vertexai, snapshot.simulated) for lane in snapshot.lanes]
    heads = "".join(f'<th scope="col">{name}</th>' for name in names)
    plain = [lane.request.model for lane in snapshot.lanes]
    rows = "".join(
        f'<tr><th scope="row" class="field">{term(row[0].label, row[0].term, catalog)}</th>'
        + "".join(
            f'<td data-model="{escape(model)}">{escape(each.text)}</td>' for model, each in zip(plain, row, strict=True)
        )
        + "</tr>"
        for row in zip(*columns, strict=True)
    )
    note = " in a simulated run" if snapshot.simulated else ""
    return (
        f'<table class="facts figures"><caption>Measured{note}</caption><thead><tr><th scope="col" class="field">'
        f"Measure</th>{heads}</tr></thead><tbody>{rows}</tbody></table>"
    )


def _watch(catalog: Catalog, run: Run, on: date, place: Connection | None) -> None:
    """Paints the run until it has ended, at most every 50 ms; leaving the page leaves the run alone."""
    snapshot = run.snapshot()
    names, lanes = _lanes(catalog, snapshot)
    figures = st.empty()
    live = not snapshot.finished
    painted: RunSnapshot | None = None
    while True:
        _paint(lanes, snapshot, painted)
        if snapshot.finished:
            break
        painted = snapshot
        time.sleep(_TICK_S)
        run.wait(snapshot.version, _YIELD_S)
        # Reading the session's state is what lets Stop, a rerun or a closed tab in.
        _ = "playground_run" in st.session_state
        snapshot = run.snapshot()
    figures.html(_figures(catalog, snapshot, names, on, place is not None and place.vertexai))
    if live:
        if place is not None:
            _remember(snapshot, place)
        st.rerun()


def _paint(lanes: Sequence[_Lane], snapshot: RunSnapshot, painted: RunSnapshot | None) -> None:
    for lane, shown in zip(lanes, snapshot.lanes, strict=True):
        if painted is None or painted.lanes[shown.index] is not shown:
            lane.paint(shown)


def _lanes(catalog: Catalog, snapshot: RunSnapshot) -> tuple[list[str], list[_Lane]]:
    """The models' names as HTML, and a lane on screen for each; a model outside the catalog keeps its id."""
    found = [catalog.find(lane.request.model) for lane in snapshot.lanes]
    accents = colours([model for model in found if model is not None])
    columns = st.columns(len(found), gap="medium")
    names, lanes = [], []
    for index, (model, column, lane) in enumerate(zip(found, columns, snapshot.lanes, strict=True)):
        accent = accents[model.id] if model else Colour("#535f6e", "#a9b5c4", "○")
        name = model_name(model, accent) if model else escape(lane.request.model)
        names.append(name)
        lanes.append(_Lane(index, column, name, accent, snapshot.simulated))
    return names, lanes


def _remember(snapshot: RunSnapshot, place: Connection) -> None:
    """A run is the best proof of what can be called."""
    for lane in snapshot.lanes:
        if lane.text:
            reason = f"{lane.request.model} answered a run."
            found = Availability(lane.request.model, State.CALLABLE, datetime.now(UTC), reason)
            _engine().book.remember(place, found)
