"""The settings of a new batch on screen: few first, the rest folded, and within which limits it runs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from html import escape
from typing import Any

import streamlit as st

from catalog.loading import Catalog
from catalog.schema import Model
from components.batch.records import Limits
from components.frame.markup import source_line
from components.playground.controls import Controls, Problem, fit, problems
from components.playground.presets import find

MOST_AT_ONCE = 100
_DEFAULT = "the model's default"
_LEVELS = ("minimal", "low", "medium", "high")
_USUAL = find("high_throughput")


@dataclass(frozen=True)
class Chosen:
    """The settings of every request, how often each row is asked, the limits, and what must be mended first."""

    controls: Controls
    repeats: int
    limits: Limits
    mean_output_tokens: int | None
    problems: tuple[Problem, ...]


def settings_box(catalog: Catalog, models: Sequence[Model], on: date) -> Chosen:
    """Draws every setting and returns what they say."""
    usual = _USUAL.controls if _USUAL else Controls()
    first, second, third, fourth = st.columns(4, vertical_alignment="bottom")
    with first:
        most = _number(
            "Max output tokens",
            "max_output_tokens",
            1,
            1_000_000,
            256,
            "The longest answer allowed.",
            usual.max_output_tokens,
        )
    with second:
        temperature = _number(
            "Temperature", "temperature", 0.0, 2.0, 0.1, "How much chance plays a part.", usual.temperature
        )
    with third:
        repeats = _number(
            "Repeats of each row",
            "repeats",
            1,
            20,
            1,
            "Asks every model each row so often, which shows how much answers vary.",
            1,
        )
    with fourth:
        ceiling = _number(
            "Spend at most, USD",
            "ceiling_usd",
            0.0,
            100_000.0,
            0.5,
            "No new call begins once the batch may pass it, and it can be raised and resumed. Empty: no ceiling.",
            1.0,
        )
    with st.expander("More settings", icon=":material/tune:", key="batch_more"):
        controls = _more(most, temperature)
    with st.expander("Pace and limits", icon=":material/speed:", key="batch_limits"):
        limits, mean = _limits(ceiling)
    _notes(catalog, models, controls, on)
    found = problems(controls)
    for problem in found:
        st.warning(problem.sentence.replace("$", "\\$"), icon=":material/error:")
    return Chosen(controls, int(repeats or 1), limits, mean, found)


def _more(most: float | None, temperature: float | None) -> Controls:
    system = st.text_area(
        "System instruction", key="batch_system", persist_state="session", height=80, help="Stands before each prompt."
    )
    left, right = st.columns(2)
    with left:
        top_p = _number("Top-p", "top_p", 0.0, 1.0, 0.05, "Only the likeliest words that add up to this share.")
        top_k = _number("Top-k", "top_k", 1, 1000, 1, "Only so many of the likeliest words at each step.")
        seed = _number("Seed", "seed", -(2**31), 2**31 - 1, 1, "The same seed makes chance repeat itself, mostly.")
    with right:
        budget = _number(
            "Thinking budget, tokens",
            "thinking_budget",
            -1,
            100_000,
            128,
            "0 turns thinking off where that can be done, -1 leaves it to the model.",
        )
        level = st.selectbox(
            "Thinking level",
            _LEVELS,
            index=None,
            key="batch_thinking_level",
            persist_state="session",
            placeholder=_DEFAULT,
        )
        stops = st.multiselect(
            "Stop sequences",
            [],
            key="batch_stop_sequences",
            persist_state="session",
            accept_new_options=True,
            max_selections=5,
            placeholder="type a text",
        )
    json_mode = st.toggle("Answer in JSON", key="batch_json_mode", persist_state="session")
    schema = (
        st.text_area(
            "JSON Schema", key="batch_json_schema", persist_state="session", height=110, disabled=not json_mode
        )
        if json_mode
        else ""
    )
    return Controls(
        system_instruction=system or "",
        temperature=temperature,
        top_p=top_p,
        top_k=None if top_k is None else int(top_k),
        max_output_tokens=None if most is None else int(most),
        stop_sequences=tuple(stops),
        seed=None if seed is None else int(seed),
        thinking_budget=None if budget is None else int(budget),
        thinking_level=level,
        json_mode=json_mode,
        json_schema=(schema or "").strip(),
    )


def _limits(ceiling: float | None) -> tuple[Limits, int | None]:
    left, middle, right = st.columns(3)
    with left:
        at_once = _number(
            "Calls at once for each model",
            "concurrency",
            1,
            MOST_AT_ONCE,
            1,
            "The most that are under way; fewer while the service says that it is busy.",
            10,
        )
        minutes = _number(
            "Run at most, minutes",
            "ceiling_minutes",
            0.1,
            10_000.0,
            5.0,
            "No new call begins after that. Empty: no limit.",
        )
    with middle:
        requests = _number(
            "Requests a minute", "requests_per_minute", 1, 1_000_000, 10, "For each model. Empty: no limit."
        )
        tokens = _number(
            "Input tokens a minute", "tokens_per_minute", 1, 1_000_000_000, 10_000, "For each model. Empty: no limit."
        )
    with right:
        attempts = _number(
            "Tries of each call",
            "attempts",
            1,
            50,
            1,
            "How often a call is made at most when the service is busy or the line breaks.",
            10,
        )
        mean = _number(
            "Usual length of an answer, tokens",
            "mean_output_tokens",
            1,
            1_000_000,
            50,
            "Makes the estimate of the cost closer than the longest answer allowed.",
        )
    limits = limits_of(at_once, requests, tokens, ceiling, minutes, attempts)
    return limits, None if mean is None else int(mean)


def limits_of(
    at_once: float | None,
    requests: float | None,
    tokens: float | None,
    ceiling: float | None,
    minutes: float | None,
    attempts: float | None,
) -> Limits:
    """Limits of what was typed; what was left empty is no limit, or the usual one where there has to be one."""
    usual = Limits()
    return Limits(
        concurrency=usual.concurrency if at_once is None else int(at_once),
        requests_per_minute=requests,
        tokens_per_minute=tokens,
        ceiling_usd=None if ceiling is None else Decimal(str(ceiling)),
        ceiling_s=None if minutes is None else minutes * 60,
        attempts=usual.attempts if attempts is None else int(attempts),
    )


def _number(
    label: str, name: str, least: float, most: float, step: float, about: str, value: float | None = None
) -> float | None:
    found: Any = st.number_input(
        label,
        min_value=least,
        max_value=most,
        value=value,
        step=step,
        key=f"batch_{name}",
        persist_state="session",
        placeholder="none" if "no limit" in about or "no ceiling" in about else _DEFAULT,
        help=about,
    )
    return None if found is None else found


def _notes(catalog: Catalog, models: Sequence[Model], controls: Controls, on: date) -> None:
    """What the models say about these settings, each with the source that it rests on."""
    said = {note.sentence: note for model in models for note in fit(controls, model, on)[1]}
    for sentence, note in said.items():
        mark = "△" if note.sent else "⊘"
        source = f" {source_line(catalog, note.claim.source)}" if note.claim else ""
        st.html(f'<p class="control-note"><span aria-hidden="true">{mark}</span> {escape(sentence)}{source}</p>')
