"""The choice of models: from the address, kept in the address, the same on every page."""

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from catalog.lifecycle import today
from catalog.loading import Catalog
from catalog.schema import Model
from catalog.tables import model_rows
from catalog.words import NOT_FOUND, listing
from components.frame import address

DEFAULT = ("gemini-2.0-pro-exp-02-05", "gemini-2.0-flash")
MOST = 4
_SHARED = "frame_models"


@dataclass(frozen=True, slots=True)
class Choice:
    """What an address asks for: the models that are known, in order and once each, and the names that are not."""

    models: tuple[str, ...]
    unknown: tuple[str, ...]
    dropped: tuple[str, ...]


def read_choice(catalog: Catalog, text: str, most: int = MOST) -> Choice:
    """Reads `?models=a,b`; aliases resolve, repeats count once, and models past `most` are dropped and named."""
    names = [name.strip() for name in text.split(",") if name.strip()]
    found = {name: model.id for name in names if (model := catalog.find(name)) is not None}
    known = tuple(dict.fromkeys(found.values()))
    unknown = tuple(dict.fromkeys(name[:80] for name in names if name not in found))
    return Choice(known[:most], unknown, known[most:])


def chosen_before(catalog: Catalog) -> tuple[str, ...]:
    """The ids of the models that the visitor last chose on any page, as far as the catalog has them.

    Empty while nobody has chosen other models than the default pair.
    """
    chosen = tuple(name for name in st.session_state.get(_SHARED, ()) if name in catalog.models)
    return () if chosen == DEFAULT else chosen


def pick_models(catalog: Catalog, page: str, most: int = MOST) -> tuple[Model, ...]:
    """The picker of a page, with its key `<page>_models`; returns two to `most` models and keeps the address true.

    Names in the address that the catalog does not have are named in a sentence, and the rest is shown. With fewer
    than two models chosen the default pair fills up.
    """
    key = f"{page}_models"
    asked = address.asked("models", key)
    if asked is not None:
        choice = read_choice(catalog, asked, most)
        _explain(catalog, choice)
        wanted = choice.models or chosen_before(catalog)[:most]
        st.session_state[key] = list(_filled(wanted))
        address.note(key)
    picked = st.multiselect(
        "Models",
        options=_newest_first(catalog, catalog.version),
        key=key,
        max_selections=most,
        format_func=lambda name: catalog.models[name].name,
        help=f"Two to {most} models. The first is what the others are compared with.",
        placeholder="Choose models",
    )
    if len(picked) < 2:
        st.caption("Choose at least two models; until then the pair is filled up from the default.")
    chosen = _filled(tuple(picked))
    _remember(key, chosen)
    return tuple(catalog.models[name] for name in chosen)


@st.cache_resource(show_spinner=False, max_entries=4)
def _newest_first(_catalog: Catalog, version: str) -> list[str]:
    """Model ids by release, newest first; those without a known release last."""
    released = {row.id: row.release_date for row in model_rows(_catalog, today())}
    known = sorted((name for name in released if released[name] != NOT_FOUND), key=released.__getitem__, reverse=True)
    return known + [name for name in released if released[name] == NOT_FOUND]


def _filled(names: Sequence[str]) -> tuple[str, ...]:
    """At least two names: those chosen, then the default pair."""
    return tuple(names) if len(names) >= 2 else tuple(dict.fromkeys((*names, *DEFAULT)))[:2]


def _remember(key: str, chosen: tuple[str, ...]) -> None:
    st.session_state[_SHARED] = chosen
    wanted = ",".join(chosen)
    if wanted == ",".join(DEFAULT) and "models" not in st.query_params:
        wanted = ""
    elif st.query_params.get("models") != wanted:
        st.query_params["models"] = wanted
    st.session_state[f"{key}_written"] = wanted
    address.note(key)


def _explain(catalog: Catalog, choice: Choice) -> None:
    for name in choice.unknown:
        near = [catalog.models[other].id for other in catalog.similar(name)]
        hint = f" Did you mean {listing([f'`{other}`' for other in near], 'or')}?" if near else ""
        shown = address.said(name)
        st.warning(f"The catalog has no model called `{shown}`, so the rest is shown.{hint}", icon=":material/help:")
    if choice.dropped:
        names = listing([catalog.models[name].name for name in choice.dropped])
        st.info(f"Up to {MOST} models fit side by side; left out: {names}.", icon=":material/info:")
