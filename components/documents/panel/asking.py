"""The question and its settings on screen, which start from the article's."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from html import escape

import streamlit as st

from catalog.loading import Catalog
from catalog.schema import Model
from catalog.words import number
from components.documents.outlook import Asked
from components.documents.questions import QUESTIONS, article
from components.frame.markup import source_line
from components.gemini.request import Request
from components.playground.asking import request_with
from components.playground.controls import Controls, fit, problems

_PROMPT = "documents_prompt"
_HOURS = {"15 minutes": "0.25", "1 hour": "1", "2 hours": "2", "6 hours": "6", "1 day": "24"}


def question_box(again: Request | None = None) -> str:
    """The question, which starts from one of those that are offered."""
    if _PROMPT not in st.session_state:
        st.session_state[_PROMPT] = again.prompt if again is not None else QUESTIONS[0].prompt
    titles = {each.key: f"{each.icon} {each.title}" for each in QUESTIONS}
    st.pills(
        "Start from",
        list(titles),
        format_func=titles.__getitem__,
        key="documents_preset",
        persist_state="session",
        on_change=_take_question,
        wrap=True,
    )
    return st.text_area(
        "Question",
        key=_PROMPT,
        persist_state="session",
        height=120,
        placeholder="What should the models say about these documents?",
    )


def ask_about_contradictions() -> None:
    """Sets the question that the sample has an answer to."""
    _set_question("contradictions")


def settings_box(catalog: Catalog, models: Sequence[Model], on: date) -> Controls:
    """System instruction, temperature and output limit; what a model does not take is said."""
    start = article(catalog)
    for name, value in _values(start.controls).items():
        st.session_state.setdefault(f"documents_{name}", value)
    sources = " ".join(source_line(catalog, claim.source, claim.locator) for claim in start.claims[:1])
    st.html(
        f'<p class="control-note">The article reads documents with a temperature of {start.temperature} and '
        f"{number(start.max_output_tokens)} output tokens. {sources}</p>"
    )
    system = st.text_area("System instruction", key="documents_system", persist_state="session", height=130)
    left, right = st.columns(2)
    temperature = left.number_input(
        "Temperature", min_value=0.0, max_value=2.0, step=0.1, key="documents_temperature", persist_state="session"
    )
    output = right.number_input(
        "Max output tokens",
        min_value=1,
        max_value=1_000_000,
        step=256,
        key="documents_max_output_tokens",
        persist_state="session",
    )
    st.button(
        "Back to the article's settings",
        key="documents_article",
        type="tertiary",
        icon=":material/restart_alt:",
        on_click=_back,
        args=(start.controls,),
    )
    controls = Controls(
        system_instruction=system,
        temperature=temperature,
        max_output_tokens=None if output is None else int(output),
    )
    for sentence in _notes(controls, models, on):
        st.html(f'<p class="control-note">{escape(sentence)}</p>')
    return controls


def asked_of(controls: Controls, prompt: str) -> Asked:
    """The question with the settings, and how many questions within how long a cache is weighed for."""
    request = request_with(controls, "")
    return Asked(Request(**{**vars(request), "prompt": prompt}), questions_wanted(), Decimal(hours_wanted()[1]))


def questions_wanted() -> int:
    """How many questions the visitor means to ask on the documents."""
    return int(st.session_state.get("documents_cache_questions") or 5)


def hours_wanted() -> tuple[str, str]:
    """How long a cache lives, in words and in hours."""
    words = st.session_state.get("documents_cache_hours") or "1 hour"
    return words, _HOURS[words]


def cache_box() -> bool:
    """Whether questions go through a cache, and what it is weighed for."""
    wanted = st.toggle(
        "Keep the documents in a cache",
        key="documents_cache",
        persist_state="session",
        help="The service keeps the documents for each model, so that further questions read them at a lower price. "
        "Keeping them costs by the hour, whether anybody asks or not.",
    )
    left, right = st.columns(2)
    left.number_input(
        "Questions you mean to ask",
        min_value=1,
        max_value=1_000,
        value=5,
        key="documents_cache_questions",
        persist_state="session",
    )
    right.selectbox("The cache lives", list(_HOURS), index=1, key="documents_cache_hours", persist_state="session")
    return wanted


def trouble_with(controls: Controls, prompt: str) -> str:
    """Why the question cannot be sent as it stands; empty where it can."""
    if not prompt.strip():
        return "Write a question first; nothing was sent."
    if found := problems(controls):
        return " ".join(each.sentence for each in found) + " Nothing was sent and your question is kept."
    return ""


def _take_question() -> None:
    if chosen := st.session_state["documents_preset"]:
        _set_question(chosen)


def _set_question(key: str) -> None:
    written = (st.session_state.get(_PROMPT) or "").strip()
    # A question of one's own is never overwritten.
    if not written or written in {each.prompt for each in QUESTIONS}:
        st.session_state[_PROMPT] = next(each.prompt for each in QUESTIONS if each.key == key)


def _values(controls: Controls) -> dict[str, object]:
    return {
        "system": controls.system_instruction,
        "temperature": controls.temperature,
        "max_output_tokens": controls.max_output_tokens,
    }


def _back(controls: Controls) -> None:
    for name, value in _values(controls).items():
        st.session_state[f"documents_{name}"] = value


def _notes(controls: Controls, models: Sequence[Model], on: date) -> list[str]:
    return list(dict.fromkeys(note.sentence for model in models for note in fit(controls, model, on)[1]))
