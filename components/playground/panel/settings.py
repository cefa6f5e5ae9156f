"""The settings of a run on screen: shared by all models or a model's own, with what a model will not take beside it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from html import escape
from typing import Any

import streamlit as st

from catalog.loading import Catalog
from catalog.schema import Model
from components.frame.markup import source_line
from components.gemini.request import Request
from components.gemini.settings import Connection
from components.gemini.simulator.faults import Fault
from components.playground.asking import request_with
from components.playground.controls import ControlNote, Controls, Problem, fit, problems

_SHARED = ""
_THINKING_LEVELS = ("minimal", "low", "medium", "high")
_HARMS = {
    "HARM_CATEGORY_HARASSMENT": "Harassment",
    "HARM_CATEGORY_HATE_SPEECH": "Hate speech",
    "HARM_CATEGORY_SEXUALLY_EXPLICIT": "Sexually explicit",
    "HARM_CATEGORY_DANGEROUS_CONTENT": "Dangerous content",
}
_THRESHOLDS = {
    "OFF": "off",
    "BLOCK_NONE": "block nothing",
    "BLOCK_ONLY_HIGH": "block only high risk",
    "BLOCK_MEDIUM_AND_ABOVE": "block medium risk and above",
    "BLOCK_LOW_AND_ABOVE": "block low risk and above",
}
_DEFAULT = "the model's default"
_SCHEMA_EXAMPLE = '{"type": "object", "properties": {"title": {"type": "string"}}, "required": ["title"]}'
_FUNCTIONS_EXAMPLE = (
    '[{"name": "get_weather", "description": "Weather now in a city", "parameters": {"type": "object", '
    '"properties": {"city": {"type": "string"}}, "required": ["city"]}}]'
)


@dataclass(frozen=True)
class Side:
    """What one model will be asked with: a request without a prompt, and what was left out of it and why."""

    request: Request
    notes: tuple[ControlNote, ...]


@dataclass(frozen=True)
class Settings:
    """A side a model, and what must be mended before anything can be sent."""

    sides: tuple[Side, ...]
    problems: tuple[Problem, ...]


def settings(catalog: Catalog, models: Sequence[Model], place: Connection | None, on: date) -> Settings:
    """Draws every control and returns what they say for each model."""
    own = [model for model in models if st.session_state.get(f"playground_own_{model.id}")]
    wanted = {model.id: _controls(model.id if model in own else _SHARED) for model in models}
    fitted = {model.id: fit(wanted[model.id], model, on) for model in models}
    _scopes(catalog, models, own, {name: notes for name, (_, notes) in fitted.items()})
    sides = []
    for index, model in enumerate(models):
        controls, notes = fitted[model.id]
        headers = _simulator_headers(index) if place is not None and place.simulated else ()
        request = request_with(controls, _model_id_of(model))
        sides.append(Side(replace(request, headers=headers), notes))
    for index, model in enumerate(models):
        with st.expander(f"Call of {model.short_name}", icon=":material/settings_ethernet:"):
            _model_id(model)
            if place is not None and place.simulated:
                _simulator_settings(index, model)
    found = [problem for controls in dict.fromkeys(wanted.values()) for problem in problems(controls)]
    return Settings(tuple(sides), tuple(dict.fromkeys(found)))


def set_controls(controls: Controls) -> None:
    """Sets the controls that all models share, for instance to those of a preset."""
    for name, value in _widget_values(controls).items():
        st.session_state[_key(name, _SHARED)] = value


def _scopes(
    catalog: Catalog, models: Sequence[Model], own: Sequence[Model], notes: Mapping[str, tuple[ControlNote, ...]]
) -> None:
    sharing = [model for model in models if model not in own]
    if sharing or not own:
        _group(catalog, _SHARED, "", sharing, notes)
    with st.container(horizontal=True):
        for model in models:
            st.toggle(
                f"Own settings for {model.short_name}",
                key=f"playground_own_{model.id}",
                persist_state="session",
                on_change=_start_own,
                args=(model.id,),
            )
    for model in own:
        with st.expander(f"Settings of {model.short_name} alone", expanded=True, icon=":material/tune:"):
            _group(catalog, model.id, f" of {model.short_name}", [model], notes)


def _start_own(model_id: str) -> None:
    """A model's own settings start where the shared ones stand."""
    if st.session_state[f"playground_own_{model_id}"]:
        for name in _widget_values(Controls()):
            key = _key(name, model_id)
            if key not in st.session_state:
                st.session_state[key] = st.session_state.get(_key(name, _SHARED))


def _group(
    catalog: Catalog, scope: str, of: str, models: Sequence[Model], notes: Mapping[str, tuple[ControlNote, ...]]
) -> None:
    def say(*controls: str) -> None:
        _say(catalog, models, notes, controls)

    _area("System instruction" + of, "system_instruction", scope, "Stands before the conversation; optional.", 80)
    say("system_instruction")
    tabs = st.tabs(["Sampling", "Thinking", "JSON", "Tools", "Safety"])
    with tabs[0]:
        _sampling(scope, of)
        say("temperature", "top_p", "top_k", "max_output_tokens", "stop_sequences", "seed")
    with tabs[1]:
        _thinking(scope, of)
        say("thinking_budget", "thinking_level", "include_thoughts")
    with tabs[2]:
        st.toggle("Answer in JSON" + of, key=_key("json_mode", scope), persist_state="session")
        _area("JSON Schema" + of, "json_schema", scope, "The answer is checked against it.", 140, _SCHEMA_EXAMPLE)
        say("json_mode", "json_schema")
    with tabs[3]:
        _tools(scope, of)
        say("google_search", "code_execution", "functions")
    with tabs[4]:
        for harm, words in _HARMS.items():
            _select(words + of, harm, scope, tuple(_THRESHOLDS), _THRESHOLDS)
        say("safety")


def _sampling(scope: str, of: str) -> None:
    left, right = st.columns(2)
    with left:
        _number("Temperature" + of, "temperature", scope, 0.0, 2.0, 0.1, "How much chance plays a part.")
        _number("Top-p" + of, "top_p", scope, 0.0, 1.0, 0.05, "Only the likeliest words that add up to this share.")
        _number("Top-k" + of, "top_k", scope, 1, 1000, 1, "Only so many of the likeliest words at each step.")
    with right:
        _number(
            "Max output tokens" + of,
            "max_output_tokens",
            scope,
            1,
            1_000_000,
            256,
            "The longest answer allowed, thinking included.",
        )
        _number("Seed" + of, "seed", scope, -(2**31), 2**31 - 1, 1, "The same seed makes chance repeat itself, mostly.")
        st.multiselect(
            "Stop sequences" + of,
            [],
            key=_key("stop_sequences", scope),
            persist_state="session",
            accept_new_options=True,
            max_selections=5,
            placeholder="type a text",
            help="The answer ends before the first of these.",
        )


def _thinking(scope: str, of: str) -> None:
    left, right = st.columns(2)
    with left:
        _number(
            "Thinking budget, tokens" + of,
            "thinking_budget",
            scope,
            -1,
            100_000,
            128,
            "How long it may think: 0 turns it off where that can be done, -1 leaves it to the model.",
        )
    with right:
        _select("Thinking level" + of, "thinking_level", scope, _THINKING_LEVELS)
    st.toggle("Show thoughts" + of, key=_key("include_thoughts", scope), persist_state="session")


def _tools(scope: str, of: str) -> None:
    with st.container(horizontal=True):
        st.toggle("Google Search" + of, key=_key("google_search", scope), persist_state="session")
        st.toggle("Code execution" + of, key=_key("code_execution", scope), persist_state="session")
    _area(
        "Function declarations" + of,
        "functions",
        scope,
        "A JSON list. The model asks for a call; you type in what the function returns.",
        140,
        _FUNCTIONS_EXAMPLE,
    )


def _area(label: str, name: str, scope: str, about: str, height: int, placeholder: str = "") -> None:
    st.text_area(
        label, key=_key(name, scope), persist_state="session", height=height, help=about, placeholder=placeholder
    )


def _number(label: str, name: str, scope: str, least: float, most: float, step: float, about: str) -> None:
    st.number_input(
        label,
        min_value=least,
        max_value=most,
        value=None,
        step=step,
        key=_key(name, scope),
        persist_state="session",
        placeholder=_DEFAULT,
        help=about,
    )


def _select(label: str, name: str, scope: str, options: Sequence[str], words: Mapping[str, str] | None = None) -> None:
    st.selectbox(
        label,
        options,
        index=None,
        key=_key(name, scope),
        persist_state="session",
        placeholder=_DEFAULT,
        format_func=lambda option: (words or {}).get(option, option),
    )


def _say(
    catalog: Catalog, models: Sequence[Model], notes: Mapping[str, tuple[ControlNote, ...]], controls: Sequence[str]
) -> None:
    """What the models say about these controls, each with the source that it rests on."""
    said = {note.sentence: note for model in models for note in notes[model.id] if note.control in controls}
    for sentence, note in said.items():
        mark = "△" if note.sent else "⊘"
        source = f" {source_line(catalog, note.claim.source)}" if note.claim else ""
        st.html(f'<p class="control-note"><span aria-hidden="true">{mark}</span> {escape(sentence)}{source}</p>')


def _key(name: str, scope: str) -> str:
    if name == "system_instruction" and scope == _SHARED:
        return "playground_system"
    return f"playground_{name}_{scope}" if scope else f"playground_{name}"


def _controls(scope: str) -> Controls:
    """What the widgets of a scope say now."""

    def at(name: str) -> Any:
        return st.session_state.get(_key(name, scope))

    return Controls(
        system_instruction=at("system_instruction") or "",
        temperature=at("temperature"),
        top_p=at("top_p"),
        top_k=at("top_k"),
        max_output_tokens=at("max_output_tokens"),
        stop_sequences=tuple(at("stop_sequences") or ()),
        seed=at("seed"),
        thinking_budget=at("thinking_budget"),
        thinking_level=at("thinking_level"),
        include_thoughts=bool(at("include_thoughts")),
        json_mode=bool(at("json_mode")),
        json_schema=(at("json_schema") or "").strip(),
        functions=(at("functions") or "").strip(),
        google_search=bool(at("google_search")),
        code_execution=bool(at("code_execution")),
        safety=tuple((harm, at(harm)) for harm in _HARMS if at(harm)),
    )


def _widget_values(controls: Controls) -> dict[str, Any]:
    """The value of each widget that says the same as these controls."""
    chosen = dict(controls.safety)
    return {
        "system_instruction": controls.system_instruction,
        "temperature": controls.temperature,
        "top_p": controls.top_p,
        "top_k": None if controls.top_k is None else int(controls.top_k),
        "max_output_tokens": controls.max_output_tokens,
        "stop_sequences": list(controls.stop_sequences),
        "seed": controls.seed,
        "thinking_budget": controls.thinking_budget,
        "thinking_level": controls.thinking_level,
        "include_thoughts": controls.include_thoughts,
        "json_mode": controls.json_mode,
        "json_schema": controls.json_schema,
        "functions": controls.functions,
        "google_search": controls.google_search,
        "code_execution": controls.code_execution,
        **{harm: chosen.get(harm) for harm in _HARMS},
    }


def _model_id_of(model: Model) -> str:
    return (st.session_state.get(f"playground_model_id_{model.id}") or "").strip() or model.id


def _model_id(model: Model) -> None:
    """The id to call the model by: its own, an alias that is claimed for it, or any that a private endpoint knows."""
    known = dict.fromkeys((model.id, *(str(claim.value) for claim in model.claims.get("api_ids", ()))))
    st.selectbox(
        f"Model id of {model.short_name}",
        list(known),
        key=f"playground_model_id_{model.id}",
        persist_state="session",
        accept_new_options=True,
        help="The name that goes into the call; type another one for a private endpoint or a dated version.",
    )


def _simulator_settings(index: int, model: Model) -> None:
    """Pace and faults of the simulator for one side."""
    fault, first, speed = st.columns(3)
    fault.selectbox(
        f"Simulate for {model.short_name}",
        ["a normal answer", *(each.value.replace("_", " ") for each in Fault)],
        key=f"playground_fault_{index}",
        persist_state="session",
        help="See how the page behaves when something goes wrong.",
    )
    first.number_input(
        "First token after, ms",
        min_value=0,
        max_value=60_000,
        value=None,
        key=f"playground_first_token_ms_{index}",
        persist_state="session",
        placeholder="default",
    )
    speed.number_input(
        "Tokens a second",
        min_value=1,
        max_value=10_000,
        value=None,
        key=f"playground_tokens_per_second_{index}",
        persist_state="session",
        placeholder="default",
    )


def _simulator_headers(index: int) -> tuple[tuple[str, str], ...]:
    """What the simulator's own settings say for one side, as the headers it understands."""
    fault = st.session_state.get(f"playground_fault_{index}") or "a normal answer"
    headers = {
        "x-simulator-fault": fault.replace(" ", "_") if fault != "a normal answer" else None,
        "x-simulator-first-token-ms": st.session_state.get(f"playground_first_token_ms_{index}"),
        "x-simulator-tokens-per-second": st.session_state.get(f"playground_tokens_per_second_{index}"),
    }
    return tuple((name, str(value)) for name, value in headers.items() if value is not None)
