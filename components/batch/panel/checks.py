"""The checks of a new batch on screen: any number of them, each with its kind and what it expects."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from catalog.lifecycle import Service, life
from catalog.loading import Catalog
from catalog.schema import Model
from components.batch import samples
from components.batch.checks import Kind, Pick, check_of, check_record, checks_of
from components.batch.desk import Desk
from components.batch.records import Json
from components.playground.answer_text import inert
from components.playground.judge import RUBRIC

_IDS, _NEXT = "batch_checks", "batch_checks_next"
_MOST = 12
_LAB = "google-deepmind"
_KINDS = {
    Kind.CONTAINS: "Contains",
    Kind.EQUALS: "Equals",
    Kind.REGEX: "Matches a pattern",
    Kind.JSON_SCHEMA: "Follows a JSON schema",
    Kind.NUMBER: "Gives a number",
    Kind.JUDGE: "A model judges",
}
_EXPECTS = {
    Kind.CONTAINS: ("Text that the answer contains", "{answer}"),
    Kind.EQUALS: ("The whole answer", "{answer}"),
    Kind.REGEX: ("Regular expression", r"^\d{4}$"),
    Kind.JSON_SCHEMA: ("JSON schema", '{"type": "object", "required": ["title"]}'),
    Kind.NUMBER: ("The right number", "{answer}"),
    Kind.JUDGE: ("What a good answer says", "{answer}"),
}
_PICKS = {Pick.LAST: "the last number", Pick.FIRST: "the first number", Pick.ONLY: "the only number"}


@dataclass(frozen=True)
class Checking:
    """The checks as the batch keeps them, who judges, and what must be mended first."""

    checks: tuple[Json, ...] = ()
    judge: str = ""
    problem: str = ""


def set_checks(records: Sequence[Mapping[str, Any]]) -> None:
    """Puts these checks into the form, in place of those that stand there."""
    st.session_state[_IDS] = []
    for record in records:
        _add()
        number = st.session_state[_IDS][-1]
        st.session_state[_key(number, "kind")] = str(record["kind"])
        st.session_state[_key(number, "value")] = str(record["value"])
        st.session_state[_key(number, "label")] = str(record.get("label", ""))


def checks_box(desk: Desk, columns: Sequence[str]) -> Checking:
    """Draws the checks, folded while there are none, and returns them."""
    numbers: list[int] = st.session_state.setdefault(_IDS, [])
    words = f"Checks of each answer ({len(numbers)})" if numbers else "Checks of each answer"
    with st.expander(words, expanded=bool(numbers), icon=":material/rule:", key="batch_checks_box"):
        if not numbers:
            st.caption(
                "A check says of each answer whether it passed, so that the models can be compared on what they say. "
                "What is expected may come from a column of the rows, such as {answer}."
            )
        found = [_check(number, columns) for number in numbers]
        st.button(
            "Add a check",
            key="batch_check_add",
            icon=":material/add:",
            on_click=_add,
            disabled=len(numbers) >= _MOST,
        )
        records = tuple(record for record in found if record is not None)
        judge = _judge(desk) if any(record["kind"] == Kind.JUDGE for record in records) else ""
        problem = "A check is not complete yet." if len(records) < len(found) else _together(records, columns)
        if problem and len(records) == len(found):
            st.warning(inert(problem), icon=":material/error:")
    return Checking(records, judge, problem)


def use_sample_checks() -> None:
    """Puts the check of the sample questions into the form."""
    set_checks(samples.CHECKS)


def _together(records: Sequence[Json], columns: Sequence[str]) -> str:
    try:
        checks_of(records, columns)
    except ValueError as error:
        return str(error)
    return ""


def _add() -> None:
    number = int(st.session_state.get(_NEXT, 0))
    st.session_state[_NEXT] = number + 1
    st.session_state.setdefault(_IDS, []).append(number)


def _remove(number: int) -> None:
    st.session_state[_IDS] = [each for each in st.session_state[_IDS] if each != number]


def _key(number: int, thing: str) -> str:
    return f"batch_check_{number}_{thing}"


def _check(number: int, columns: Sequence[str]) -> Json | None:
    """One check; None, with what is wrong with it, where it is not complete."""
    left, middle, right = st.columns([3, 6, 3], vertical_alignment="bottom")
    chosen = left.selectbox(
        "Check",
        [kind.value for kind in _KINDS],
        format_func=lambda name: _KINDS[Kind(name)],
        key=_key(number, "kind"),
        persist_state="session",
    )
    kind = Kind(chosen)
    label, example = _EXPECTS[kind]
    value = middle.text_input(
        label,
        key=_key(number, "value"),
        persist_state="session",
        placeholder=f"Such as {example}",
    )
    with right.container(horizontal=True, gap="small"):
        with st.popover("More", icon=":material/tune:", key=_key(number, "more")):
            extra = _extra(number, kind)
        st.button(
            "Remove",
            key=_key(number, "remove"),
            icon=":material/close:",
            type="tertiary",
            on_click=_remove,
            args=(number,),
        )
    if not value.strip():
        return None
    try:
        return check_record(check_of({"kind": kind.value, "value": _value(kind, value), **extra}, columns))
    except ValueError as error:
        st.warning(inert(str(error)), icon=":material/error:")
        return None


def _value(kind: Kind, text: str) -> object:
    if kind is not Kind.JSON_SCHEMA:
        return text
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return text
    return found if isinstance(found, dict) else text


def _extra(number: int, kind: Kind) -> dict[str, object]:
    found: dict[str, object] = {
        "label": st.text_input(
            "Name in tables", key=_key(number, "label"), persist_state="session", placeholder="made up from the check"
        ),
    }
    if kind in (Kind.CONTAINS, Kind.EQUALS, Kind.REGEX):
        found["ignore_case"] = st.toggle(
            "Small and capital letters are the same", key=_key(number, "case"), persist_state="session"
        )
    if kind is Kind.NUMBER:
        found |= _tolerance(number)
    if kind is Kind.JUDGE:
        found["rubric"] = st.text_area(
            "Rubric", value=RUBRIC, key=_key(number, "rubric"), persist_state="session", height=150
        )
    return found


def _tolerance(number: int) -> dict[str, object]:
    absolute = st.number_input(
        "May differ by", min_value=0.0, value=0.0, key=_key(number, "absolute"), persist_state="session", format="%g"
    )
    relative = st.number_input(
        "May differ by, %", min_value=0.0, value=0.0, key=_key(number, "relative"), persist_state="session", format="%g"
    )
    pick = st.selectbox(
        "Which number of the answer counts",
        [pick.value for pick in _PICKS],
        format_func=lambda name: _PICKS[Pick(name)],
        key=_key(number, "pick"),
        persist_state="session",
    )
    return {"absolute": str(absolute), "relative": str(relative / 100), "pick": pick}


def _judge(desk: Desk) -> str:
    candidates = [model.id for model in _candidates(desk.catalog, desk)]
    chosen = st.selectbox(
        "Judge",
        candidates,
        format_func=lambda name: desk.catalog.models[name].name if name in desk.catalog.models else name,
        accept_new_options=True,
        key="batch_judge",
        persist_state="session",
        help="The model that compares each answer with what is expected, in both orders: two calls an answer.",
    )
    return str(chosen or "")


def _candidates(catalog: Catalog, desk: Desk) -> list[Model]:
    """Models in service that the service of this page has, the strongest kind first."""
    served = [m for m in catalog.models.values() if m.lab == _LAB and life(m, desk.on).service is Service.IN_SERVICE]
    return sorted(served, key=lambda model: (model.tier != "pro", model.tier != "flash", model.name))
