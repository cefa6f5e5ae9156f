"""What a page keeps in the address, so that a copied address shows the same view and Back brings the last one."""

from collections.abc import Sequence

import streamlit as st

_KEPT = "frame_kept"


def asked(parameter: str, key: str) -> str | None:
    """What the address asks for, where it speaks: on the first run, and whenever it is not what was last kept.

    None while the widget with this key speaks for itself. That is also so where a visitor has just used any widget: a
    click that follows another at once comes with the address from before the first one's answer.
    """
    text = st.query_params.get(parameter, "")
    if key not in st.session_state:
        return text
    return text if text != st.session_state.get(f"{key}_written", "") and not _just_used() else None


def _just_used() -> bool:
    """Whether any widget that is kept in the address has another value than when it was kept."""
    kept: dict[str, object] = st.session_state.get(_KEPT, {})
    return any(key in st.session_state and _plain(st.session_state[key]) != value for key, value in kept.items())


def note(key: str) -> None:
    """Remembers the value of the widget with this key as one that no visitor has changed since."""
    st.session_state.setdefault(_KEPT, {})[key] = _plain(st.session_state.get(key))


def _plain(value: object) -> object:
    return tuple(value) if isinstance(value, list) else value


def keep(parameter: str, key: str, text: str) -> None:
    """Writes what the widget with this key says into the address; an empty text, for the default, takes it out."""
    note(key)
    st.session_state[f"{key}_written"] = text
    if not text:
        st.query_params.pop(parameter, None)
    elif st.query_params.get(parameter) != text:
        st.query_params[parameter] = text


def set_one(parameter: str, key: str, options: Sequence[str], default: str) -> None:
    """Sets the widget with this key to the option that the address names; an unknown one is named in a sentence."""
    text = asked(parameter, key)
    if text is not None:
        st.session_state[key] = text if text in options else default
        note(key)
        _explain([text] if text and text not in options else [], parameter)
    elif st.session_state[key] not in options or _is_old_default(key, default):
        st.session_state[key] = default
        note(key)


def _is_old_default(key: str, default: str) -> bool:
    """Whether a widget still has a default that nobody chose, and the default has become another."""
    before = st.session_state.get(f"{key}_default", default)
    return before != default and bool(st.session_state[key] == before)


def set_many(parameter: str, key: str, options: Sequence[str]) -> None:
    """As `set_one` for a widget that takes several options, kept in the address with commas between them."""
    text = asked(parameter, key)
    named = st.session_state.get(key, ()) if text is None else [name for name in text.split(",") if name]
    chosen = [name for name in options if name in named]
    if text is not None or chosen != named:
        st.session_state[key] = chosen
        note(key)
    _explain([] if text is None else [name for name in named if name not in options], parameter)


def keep_many(parameter: str, key: str, chosen: Sequence[str]) -> None:
    """Writes the options that a widget for several has, in their order."""
    keep(parameter, key, ",".join(chosen))


def keep_one(parameter: str, key: str, chosen: str, default: str) -> None:
    """Writes the option that a widget has; the default is left out of the address."""
    st.session_state[f"{key}_default"] = default
    keep(parameter, key, "" if chosen == default else chosen)


def said(text: str) -> str:
    """What an address says as it can be quoted between backticks: one line of at most 80 characters."""
    return " ".join(text[:80].replace("`", "").split())


def _explain(names: Sequence[str], parameter: str) -> None:
    for name in dict.fromkeys(said(name) for name in names):
        st.warning(
            f"The address asks for `{parameter}={name}`, which is not to be had here; the rest is shown.",
            icon=":material/help:",
        )
