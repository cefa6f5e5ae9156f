"""The workload as a form that pages share; every number is kept in the address where it differs from the use's."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import streamlit as st

from catalog.decision import Decision, Use
from catalog.loading import Catalog
from catalog.workload import Workload, faults, workload_of
from components.frame import address
from components.frame.own_runs import own_workload_of
from components.workload.address import (
    FIRST,
    FIRST_DAY,
    FURTHER,
    INPUTS,
    Input,
    day_asked,
    last_day,
    no_number,
    plain,
)
from components.workload.wording import workload_html

_OWN_RUNS = "own_runs"


@dataclass(frozen=True, slots=True)
class Chosen:
    """What the form says: the workload, and whether a bill can be worked out for it."""

    workload: Workload
    possible: bool


def workload_form(catalog: Catalog, page: str, use: Use) -> Chosen:
    """The numbers of the workload, which start from a use, with keys `<page>_requests`, `<page>_input` and so on.

    Values of the address that cannot be are named in a sentence and the use's own taken; a workload that is impossible
    as a whole is said so below the form.
    """
    start = workload_of(use.workload)
    workload = start
    *places, last = st.columns([2, 2, 2, 2], gap="small", vertical_alignment="bottom")
    for place, each in zip(places, FIRST, strict=True):
        with place:
            workload = each.put(workload, _number(each, page, start))
    with last:
        _own_runs(catalog, page)
    _own_runs_told(page)
    workload = _further(page, start, workload)
    st.html(workload_html(catalog, catalog.decision, workload))
    found = faults(workload)
    if found:
        st.warning(
            f"{' '.join(found)} Change it above or under “More about the requests”; until then no bill is worked out.",
            icon=":material/error:",
        )
    return Chosen(workload, not found)


def pick_use(catalog: Catalog, page: str) -> Use:
    """The use to start from, with the key `<page>_use`, kept as ?use=; another one sets all numbers anew."""
    decision = catalog.decision
    uses = {use.id: use for use in decision.uses}
    key = f"{page}_use"
    first = next(iter(uses))
    address.set_one("use", key, list(uses), first)
    chosen = st.selectbox(
        "Start from",
        list(uses),
        key=key,
        format_func=lambda name: uses[name].label,
        on_change=_start_over,
        args=(page, decision),
        help="A workload to start from. Choosing another one sets all numbers anew.",
    )
    address.keep_one("use", key, chosen, first)
    return uses[chosen]


def pick_day(page: str, today: date) -> date:
    """The day whose prices count, kept as ?on=; today unless the reader says otherwise."""
    key = f"{page}_on"
    text = address.asked("on", key)
    if text is not None:
        st.session_state[key], problem = day_asked(text, today)
        address.note(key)
        if problem:
            st.warning(problem, icon=":material/help:")
    chosen = st.date_input(
        "Prices on",
        key=key,
        min_value=FIRST_DAY,
        max_value=last_day(today),
        format="YYYY-MM-DD",
        help="List prices that hold on this day. A day ahead takes announced prices into account.",
    )
    day = chosen if isinstance(chosen, date) else today
    address.keep("on", key, "" if day == today else day.isoformat())
    return day


def _start_over(page: str, decision: Decision) -> None:
    chosen = st.session_state[f"{page}_use"]
    use = next((use for use in decision.uses if use.id == chosen), decision.uses[0])
    _fill(page, workload_of(use.workload))


def _fill(page: str, workload: Workload) -> None:
    """Sets every number of the form."""
    for each in INPUTS:
        st.session_state[f"{page}_{each.name}"] = _held(each, each.typed(workload))


def _further(page: str, start: Workload, workload: Workload) -> Workload:
    """The numbers that are folded away; while they are, they are neither drawn nor forgotten."""
    fold = st.expander("More about the requests", key=f"{page}_more", on_change="rerun", icon=":material/tune:")
    columns = fold.columns(3, gap="small") if fold.open else ()
    for at, each in enumerate(FURTHER):
        if columns:
            with columns[at % len(columns)]:
                workload = each.put(workload, _number(each, page, start))
        else:
            workload = each.put(workload, _number(each, page, start, shown=False))
    return workload


def _number(each: Input, page: str, start: Workload, shown: bool = True) -> Decimal:
    """One number of the form, from the address where that speaks, and kept there where it is not the use's own."""
    key = f"{page}_{each.name}"
    usual = each.typed(start)
    text = address.asked(each.name, key)
    if text is not None:
        found = each.read(text) if text else usual
        if found is None:
            st.warning(no_number(each, text, start), icon=":material/help:")
        st.session_state[key] = _held(each, usual if found is None else found)
        address.note(key)
    elif _is_old_default(key, usual):
        st.session_state[key] = _held(each, usual)
        address.note(key)
    if shown:
        st.number_input(
            each.label,
            min_value=_held(each, each.low),
            max_value=_held(each, each.high),
            step=_held(each, each.step),
            format="%d" if each.whole else None,
            key=key,
            help=each.help,
        )
    else:
        st.session_state[key] = st.session_state[key]
    value = plain(Decimal(str(st.session_state[key])))
    address.keep_one(each.name, key, f"{value:f}", f"{usual:f}")
    return value


def _held(each: Input, value: Decimal) -> int | float:
    """The number as its widget holds it."""
    return int(value) if each.whole else float(value)


def _is_old_default(key: str, usual: Decimal) -> bool:
    """Whether a number is still that of another use, which nobody changed."""
    before: str = st.session_state.get(f"{key}_default", f"{usual:f}")
    return before != f"{usual:f}" and f"{plain(Decimal(str(st.session_state[key]))):f}" == before


@dataclass(frozen=True, slots=True)
class _Told:
    """What was said about own runs, and the numbers that it holds for."""

    sentence: str
    numbers: tuple[tuple[str, int], ...] = ()


def _own_runs(catalog: Catalog, page: str) -> None:
    st.button(
        "Fill in from my runs",
        key=f"{page}_from_runs",
        on_click=_take_own_runs,
        args=(catalog, page),
        icon=":material/history:",
        help="Sets input, output, thinking and cached tokens to the means of your own runs in the playground. "
        "Simulated and imported runs do not count.",
        width="stretch",
    )


def _own_runs_told(page: str) -> None:
    """Says what the numbers rest on, as long as nobody has changed them."""
    told: _Told | None = st.session_state.get(f"{page}_{_OWN_RUNS}")
    if told is None:
        return
    if any(st.session_state[key] != value for key, value in told.numbers):
        del st.session_state[f"{page}_{_OWN_RUNS}"]
        return
    st.caption(told.sentence)
    if not told.numbers:
        del st.session_state[f"{page}_{_OWN_RUNS}"]


def _take_own_runs(catalog: Catalog, page: str) -> None:
    st.session_state[f"{page}_{_OWN_RUNS}"] = told = _own_numbers(catalog, page)
    for key, value in told.numbers:
        st.session_state[key] = value


def _own_numbers(catalog: Catalog, page: str) -> _Told:
    own, problem = own_workload_of(catalog)
    if problem:
        return _Told(f"The numbers are as they were. {problem}")
    if own is None:
        return _Told(
            "No run of yours counts yet, so the numbers are as they were. Run a prompt in the playground with a key, "
            "then fill them in."
        )
    means = {
        "input": own.input_tokens,
        "output": own.output_tokens,
        "thinking": own.thinking_tokens,
        "cached": own.cached_tokens,
    }
    runs = "your one run" if own.runs == 1 else f"your {own.runs:,} newest runs"
    return _Told(
        f"Input, output, thinking and cached tokens are the means of {runs}.",
        tuple((f"{page}_{name}", round(value)) for name, value in means.items()),
    )
