"""Where calls go: the connection, the key typed in for a session, and what answers now."""

import os
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from html import escape
from typing import TYPE_CHECKING, Any

import streamlit as st

from catalog.loading import Catalog
from catalog.schema import Model
from catalog.words import listing
from components.frame.state import sourced_catalog
from components.gemini.availability import Availability, AvailabilityBook, State, find_out, listed_models
from components.gemini.errors import Failure
from components.gemini.settings import Connection, connection

if TYPE_CHECKING:
    from components.gemini.client import Client
    from components.gemini.simulator.server import RunningSimulator

Call = Callable[[Connection, "Callable[[Client], Awaitable[Any]]"], Any]
"""Does some work with the connection's client and returns its result, such as `Runner.call`."""

_SETTINGS = (
    "GOOGLE_API_KEY",
    "GEMINI_API_KEY",
    "GOOGLE_GEMINI_BASE_URL",
    "GOOGLE_VERTEX_BASE_URL",
    "GOOGLE_GENAI_API_VERSION",
    "GOOGLE_GENAI_USE_VERTEXAI",
    "GOOGLE_GENAI_USE_ENTERPRISE",
    "GOOGLE_CLOUD_PROJECT",
    "GOOGLE_CLOUD_LOCATION",
)
_TYPED = "frame_typed_key"
_SERVED_LAB = "google-deepmind"


@st.cache_resource(show_spinner=False, on_release=lambda simulator: simulator.stop())
def _simulator(_catalog: Catalog) -> "RunningSimulator":
    """Starts the built-in simulator once a process; it plays every Gemini model, as the service would."""
    from components.gemini.simulator.models import DEFAULT_CONFIG, FLASH_LIKE, PRO_LIKE
    from components.gemini.simulator.server import start

    played = {model.id: model for model in DEFAULT_CONFIG.models}
    gemini = [model for model in _catalog.models.values() if model.lab == _SERVED_LAB]
    for model in gemini:
        kind = PRO_LIKE if model.tier == "pro" else FLASH_LIKE
        played.setdefault(model.id, replace(kind, id=model.id, display_name=model.name))
    return start(replace(DEFAULT_CONFIG, models=tuple(played.values())))


def connect() -> Connection | None:
    """Where the calls go, said on the page; None, with a sentence, where the settings cannot be right."""
    typed = st.session_state.get(_TYPED)
    try:
        place = connection(_environment(), typed) or connection({}, typed, _simulator(sourced_catalog()).base_url)
    except (ValueError, OSError, TimeoutError) as error:
        st.error(f"{error} Nothing was sent, and what you typed is kept.", icon=":material/error:")
        return None
    if place is not None:
        _connection_line(place)
    return place


def _environment() -> Mapping[str, str]:
    """The settings of the server: its environment first, then Streamlit's secrets, under the same names."""
    try:
        secrets = {name: str(st.secrets[name]) for name in _SETTINGS if name in st.secrets}
    except FileNotFoundError:
        secrets = {}
    return secrets | {name: os.environ[name] for name in _SETTINGS if os.environ.get(name)}


def key_box(page: str = "playground") -> None:
    """Takes a key for this session. The box is emptied at once, so that the key never travels back to a browser."""
    st.text_input(
        "Gemini API key",
        type="password",
        key=f"{page}_key",
        placeholder="Type a key to call the real service",
        on_change=_keep_key,
        args=(f"{page}_key",),
    )
    if st.session_state.get(_TYPED):
        st.button("Forget the key", key=f"{page}_forget_key", icon=":material/delete:", on_click=_forget_key)
    st.caption(
        "Kept for this session alone: never stored, logged or put into an address. A key can also stand in the "
        "environment or in Streamlit's secrets as GEMINI_API_KEY or GOOGLE_API_KEY; GOOGLE_GEMINI_BASE_URL points to a "
        "private endpoint."
    )


def _keep_key(key: str) -> None:
    st.session_state[_TYPED] = st.session_state[key].strip() or None
    st.session_state[key] = ""


def _forget_key() -> None:
    st.session_state[_TYPED] = None


def _connection_line(place: Connection) -> None:
    if place.simulated:
        st.html(
            '<span class="chip chip-simulated">◌ Simulated</span> There is no key, so the built-in simulator answers. '
            "What it writes shows how this page works; no model wrote it, and it is no evidence."
        )
        return
    where = "Vertex AI" if place.vertexai else place.base_url or "the Gemini API"
    st.html(
        f'<span class="chip chip-live">● Live</span> Calls go to {escape(where)} ({escape(place.origin)}) and may cost.'
    )


def availability(
    catalog: Catalog,
    models: Sequence[Model],
    place: Connection,
    book: AvailabilityBook,
    call: Call,
    page: str = "playground",
) -> None:
    """What can be called now: the service's own list, and a call of one token to each chosen model."""
    names = [model.id for model in models]
    if st.button("Check now", key=f"{page}_check", help="Reads the model list and makes a call of one token each."):
        _check(names, place, book, call)
    known = [book.recall(place, name) for name in names]
    lines = [_availability_line(answer) for answer in known if answer is not None]
    if lines:
        st.html(f'<ul class="statements">{"".join(lines)}</ul>')
    else:
        st.caption("Not checked in the last ten minutes. A run finds out as well.")
    _listed(catalog, place)


def _check(names: Sequence[str], place: Connection, book: AvailabilityBook, call: Call) -> None:
    with st.spinner("Asking the service"):
        try:
            found = call(place, lambda client: find_out(client, place, names, book))
            listed = call(place, lambda client: listed_models(client, secrets=place.secrets))
        except (TimeoutError, ValueError, RuntimeError) as error:
            st.error(
                f"The service could not be asked ({error}). Your prompt is kept; try again.", icon=":material/error:"
            )
            return
    for answer in found:
        if answer.state is State.UNKNOWN:
            st.warning(answer.reason, icon=":material/help:")
    st.session_state["frame_listed"] = (place, listed)


def _availability_line(answer: Availability) -> str:
    style, mark = ("live", "●") if answer.state is State.CALLABLE else ("gone", "■")
    words = {State.CALLABLE: "Answers", State.REFUSED: "Refused"}.get(answer.state, "Unknown")
    when = answer.checked_at.strftime("%H:%M UTC")
    return (
        f'<li><span class="chip chip-{style}">{mark} {words}</span> {escape(answer.reason)} '
        f'<span class="when">{when}</span></li>'
    )


def _listed(catalog: Catalog, place: Connection) -> None:
    asked, listed = st.session_state.get("frame_listed", (None, ()))
    if asked != place:
        return
    if isinstance(listed, Failure):
        st.caption(f"The model list could not be read: {listed.message} A private endpoint may have none.")
        return
    known = [catalog.models[found.id].name for found in listed if found.id in catalog.models]
    others = len(listed) - len(known)
    st.caption(
        f"The service lists {len(listed)} models. In the catalog are {listing(known) or 'none of them'}"
        f"{f'; {others} are not' if others else ''}. A list proves little: shut-down models stay on it."
    )
