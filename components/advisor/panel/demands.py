"""The controls of what a reader demands, and the questions where only the reader can decide."""

from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from catalog.fields import FIELDS
from catalog.gates import Check
from catalog.schema import Model
from components.advisor import wording
from components.advisor.address import CAPABILITIES, MODALITIES, PLATFORMS, Decided, Question
from components.advisor.panel.asking import change, put, shown

_MOST_TOKENS = 100_000_000
_AMOUNTS = {
    "context_window": ("Takes in at once, tokens", 10_000, "How long a prompt must be able to be, documents included."),
    "output_limit": ("Puts out, tokens", 1_000, "How long an answer must be able to be."),
    "usd_a_month": ("Costs at most, $ a month", 10, "For your workload, 30 days at the list prices of the day."),
    "time_to_first_token": ("First token after at most, s", 1, "Median wait for the first token, in seconds."),
}
_WHOLE = ("context_window", "output_limit")


def demand_controls(question: Question) -> None:
    """The few demands that most readers have, and the others in a box that is filled when it is opened."""
    needs = question.needs
    with st.container(horizontal=True, vertical_alignment="bottom", key="advisor_demands"):
        _amount("context_window", needs.context_window)
        _flag("callable", "Must be callable", needs.callable, "It answers requests on the day and is not shut down.")
        _flag(
            "generally_available",
            "Must be generally available",
            needs.generally_available,
            "Neither experimental nor a preview.",
        )
        box = st.popover("More demands", icon=":material/tune:", key="advisor_more_demands", on_change="rerun")
        count = _folded(question)
        if count:
            st.html(f'<span class="count">{count} more set</span>', width="content")
    if box.open:
        with box:
            _further(question)


def _folded(question: Question) -> int:
    needs = question.needs
    lists = (needs.input_modalities, needs.output_modalities, needs.capabilities)
    amounts = (needs.output_limit, needs.usd_a_month, needs.time_to_first_token, needs.platform)
    return sum(map(bool, lists)) + sum(each is not None for each in amounts)


def _further(question: Question) -> None:
    needs = question.needs
    left, right = st.columns(2)
    with left:
        _amount("output_limit", needs.output_limit, None)
        _amount("usd_a_month", needs.usd_a_month, None)
        _amount("time_to_first_token", needs.time_to_first_token, None)
        _platform(needs.platform)
    with right:
        _several("input_modalities", "Must take in", MODALITIES, needs.input_modalities)
        _several("output_modalities", "Must put out", MODALITIES, needs.output_modalities)
        _several("capabilities", "Must be able to", CAPABILITIES, needs.capabilities)


def _amount(gate: str, value: float | None, width: int | None = 210) -> None:
    label, step, help_ = _AMOUNTS[gate]
    key = f"advisor_{gate}"
    whole = gate in _WHOLE
    put(key, None if value is None else int(value) if whole else float(value))
    st.number_input(
        label.replace("$", "\\$"),
        min_value=0 if whole else 0.0,
        max_value=_MOST_TOKENS if whole else 1e12,
        step=step if whole else float(step),
        format="%d" if whole else "%g",
        key=key,
        placeholder="any",
        help=help_,
        on_change=_take_amount,
        args=(gate,),
        width=width or "stretch",
    )


def _take_amount(gate: str) -> None:
    found = st.session_state[f"advisor_{gate}"]
    _demand(gate, found or None)


def _demand(gate: str, value: object) -> None:
    question = shown()
    change(replace(question, needs=question.needs.model_copy(update={gate: value})))


def _flag(gate: str, label: str, value: bool, help_: str) -> None:
    key = f"advisor_{gate}"
    put(key, value)
    st.toggle(label, key=key, help=help_, on_change=_take_flag, args=(gate,))


def _take_flag(gate: str) -> None:
    _demand(gate, bool(st.session_state[f"advisor_{gate}"]))


def _several(gate: str, label: str, options: Sequence[str], chosen: Sequence[str]) -> None:
    key = f"advisor_{gate}"
    put(key, list(chosen))
    st.multiselect(
        label,
        list(options),
        key=key,
        format_func=lambda name: FIELDS[name].label if name in FIELDS else name,
        placeholder="Nothing in particular",
        select_all=False,
        on_change=_take_several,
        args=(gate, tuple(options)),
    )


def _take_several(gate: str, options: tuple[str, ...]) -> None:
    chosen = list(st.session_state[f"advisor_{gate}"])
    _demand(gate, tuple(each for each in options if each in chosen))


def _platform(chosen: str | None) -> None:
    names = {name: key for key, name in PLATFORMS.items()}
    put("advisor_platform", names.get(chosen or ""))
    st.segmented_control(
        "Must be had on",
        list(PLATFORMS),
        key="advisor_platform",
        format_func=PLATFORMS.__getitem__,
        help="Choose it again to demand no platform.",
        on_change=_take_platform,
        wrap=True,
    )


def _take_platform() -> None:
    _demand("platform", PLATFORMS.get(st.session_state["advisor_platform"] or ""))


def open_questions(question: Question, asked: Sequence[tuple[Model, Check]]) -> None:
    """Asks about each demand that nobody knows a model to pass: whether it stays in or is left out."""
    if not asked:
        return
    with st.container(key="advisor_open"):
        st.html('<p class="part-label">Only you can decide this. Until you do, the model stays in.</p>')
        with st.container(horizontal=True, gap="medium"):
            for model, check in asked:
                _open_question(question, model, check)


def _open_question(question: Question, model: Model, check: Check) -> None:
    key = f"advisor_decide_{check.gate.replace('.', '_')}_{model.id}"
    made = {(each.gate, each.model): each.keep for each in question.decided}.get((check.gate, model.id))
    put(key, None if made is None else "in" if made else "out")
    st.segmented_control(
        wording.question_of(check, model),
        ["in", "out"],
        key=key,
        format_func={"in": "Keep it in", "out": "Leave it out"}.__getitem__,
        help=check.sentence.replace("$", "\\$"),
        on_change=_decide,
        args=(check.gate, model.id, key),
    )


def _decide(gate: str, model: str, key: str) -> None:
    question, chosen = shown(), st.session_state[key]
    others = tuple(each for each in question.decided if (each.gate, each.model) != (gate, model))
    mine = (Decided(gate, model, chosen == "in"),) if chosen else ()
    change(replace(question, decided=(*others, *mine)))
