"""The question that is on screen: kept in the session, written into the address, changed through callbacks.

Every control is set from the question on each run, so that one may change others, such as a situation all weights.
"""

from datetime import date

import streamlit as st

from catalog.decision import Decision
from components.advisor.address import PARAMETERS, Question, params_of, parse, preset
from components.workload.address import INPUTS

_QUESTION, _WRITTEN, _CHANGED = "advisor_question", "advisor_written", "advisor_changed"
_DRAWN = "advisor_use"


def current(decision: Decision, today: date) -> Question:
    """The question of the session, or that of the address where it says something new; names what cannot be had."""
    # A control that was used before the browser had the last answer comes with the address from before that answer.
    if st.session_state.get(_CHANGED):
        return shown()
    asked = _asked()
    returning = _DRAWN not in st.session_state and not st.query_params.to_dict()
    if _QUESTION in st.session_state and (returning or asked == st.session_state[_WRITTEN]):
        return shown()
    question, complaints = parse(asked, decision, today)
    if complaints:
        st.warning("\n\n".join(complaints), icon=":material/help:")
    return question


def _asked() -> dict[str, str]:
    return {name: text for name in PARAMETERS if (text := st.query_params.get(name))}


def keep(question: Question, decision: Decision) -> None:
    """Writes the question into the session and the address, and leaves what others wrote there."""
    said = params_of(question, decision)
    if _asked() != said:
        others = {name: text for name, text in st.query_params.to_dict().items() if name not in PARAMETERS}
        st.query_params.from_dict(others | said)
    st.session_state[_QUESTION] = question
    st.session_state[_WRITTEN] = said
    st.session_state[_CHANGED] = False


def shown() -> Question:
    """The question that is on screen; for callbacks."""
    question = st.session_state[_QUESTION]
    assert isinstance(question, Question)
    return question


def change(question: Question) -> None:
    """Puts another question in the place of the one on screen; for callbacks."""
    st.session_state[_QUESTION] = question
    st.session_state[_CHANGED] = True


def start_over(decision: Decision, use: str) -> None:
    """Sets demands, weights and workload as a use has them; day and own measurements stay. For callbacks."""
    before, base = shown(), preset(decision, use)
    change(
        Question(use, base.needs, base.weights, base.pairs, before.weigh, before.on, before.decided, before.own),
    )
    for each in INPUTS:
        st.query_params.pop(each.name, None)
        st.session_state.pop(f"advisor_{each.name}", None)


def put(key: str, value: object) -> None:
    """Sets a control; what it already holds is left alone, so that nobody's typing is overwritten."""
    if key not in st.session_state or st.session_state[key] != value:
        st.session_state[key] = value
