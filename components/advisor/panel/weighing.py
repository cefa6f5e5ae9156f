"""The controls of what matters to a reader: sliders, or pairwise questions."""

from dataclasses import replace
from html import escape

import streamlit as st

from catalog.decision import Criterion, Decision
from components.advisor import wording
from components.advisor.address import PAIRS, SLIDERS, Question
from components.advisor.panel.asking import change, put, shown
from components.advisor.weights import STRONGEST, answers_of, moved, pairs

_WAYS = {SLIDERS: "Sliders", PAIRS: "Ten questions"}


def weight_controls(question: Question, decision: Decision) -> None:
    """Where the weights come from, and the controls of that way; the weights of a situation stand in both."""
    put("advisor_weigh", question.weigh)
    st.segmented_control(
        "Weigh by",
        list(_WAYS),
        key="advisor_weigh",
        required=True,
        format_func=_WAYS.__getitem__,
        help="Sliders always make up 100%: the others keep their proportions. Ten questions set two criteria against "
        "each other at a time, which is easier where five numbers are hard to choose (the analytic hierarchy process).",
        on_change=_take_way,
    )
    if question.weigh == SLIDERS:
        _sliders(question, decision)
    else:
        _questions(question, decision)


def _take_way() -> None:
    question, chosen = shown(), st.session_state["advisor_weigh"]
    if chosen == PAIRS and question.weigh != PAIRS:
        change(replace(question, weigh=PAIRS, pairs=answers_of(question.weights)))
    elif chosen == SLIDERS:
        change(replace(question, weigh=SLIDERS))


def _sliders(question: Question, decision: Decision) -> None:
    with st.container(key="advisor_sliders"):
        columns = st.columns(len(decision.criteria), gap="medium")
    for at, (column, criterion) in enumerate(zip(columns, decision.criteria, strict=True)):
        key = f"advisor_weight_{criterion.id}"
        put(key, question.weights[at])
        column.slider(
            criterion.label,
            0,
            100,
            key=key,
            format="%d%%",
            help=f"{criterion.question} {criterion.explained}",
            on_change=_take_weight,
            args=(at, key),
        )


def _take_weight(at: int, key: str) -> None:
    question = shown()
    change(replace(question, weights=moved(question.weights, at, int(st.session_state[key]))))


def _questions(question: Question, decision: Decision) -> None:
    sides = st.columns(2, gap="large")
    for at, (one, other) in enumerate(pairs(len(decision.criteria))):
        with sides[at % 2]:
            _pair(at, question.pairs[at], decision.criteria[one], decision.criteria[other])
    told = wording.consistency_sentence(decision, question.pairs)
    st.html(f'<p class="strip">{escape(told)}</p>')


def _pair(at: int, answer: int, one: Criterion, other: Criterion) -> None:
    key = f"advisor_pair_{at}"
    put(key, answer)
    st.select_slider(
        f"{one.label} or {wording.within(other.label)}: which matters more?",
        list(range(STRONGEST, -STRONGEST - 1, -1)),
        key=key,
        format_func=lambda each: wording.pair_words(each, one, other),
        on_change=_take_pair,
        args=(at, key),
    )


def _take_pair(at: int, key: str) -> None:
    question = shown()
    answers = (*question.pairs[:at], int(st.session_state[key]), *question.pairs[at + 1 :])
    change(replace(question, pairs=answers))
