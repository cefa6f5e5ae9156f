"""What the visitor's own runs say, worked out again only when runs, votes or the question have changed."""

from collections.abc import MutableMapping, Sequence
from datetime import date
from typing import TYPE_CHECKING

import streamlit as st

from catalog.criteria import OwnFigures
from catalog.loading import Catalog
from components.frame.history import history, owner

if TYPE_CHECKING:
    from components.archive.tally import Spoilt
    from components.history.store import Store
    from components.measured.usage import OwnWorkload


def own_figures_of(
    catalog: Catalog, model_ids: Sequence[str], on: date, kinds: Sequence[str]
) -> tuple[OwnFigures, str]:
    """The visitor's own figures as `measured.figures.own_figures` has them, and "" or why there are none.

    `kinds` are among votes, latency and cost.
    """
    if not kinds:
        return OwnFigures(), ""
    from components.history.store import HistoryError

    store = history().store
    if store is None:
        return OwnFigures(), history().problem
    looked = _looked(id(store), catalog.version)
    try:
        state = store.state(owner())
        about = (id(store), owner(), tuple(model_ids), on, tuple(sorted(kinds)), catalog.version, state)
        return _figures(catalog, store, looked, *about), ""
    except HistoryError as error:
        return OwnFigures(), str(error)


def own_workload_of(catalog: Catalog, model_ids: Sequence[str] | None = None) -> "tuple[OwnWorkload | None, str]":
    """The visitor's mean request as `measured.usage.own_workload` has it, and "" or why it cannot be read."""
    from components.history.store import HistoryError

    store = history().store
    if store is None:
        return None, history().problem
    try:
        asked = None if model_ids is None else tuple(model_ids)
        state = store.state(owner())
        return _workload(catalog, store, id(store), owner(), asked, catalog.version, state), ""
    except HistoryError as error:
        return None, str(error)


@st.cache_resource(show_spinner=False, max_entries=4)
def _looked(store_id: int, version: str) -> "dict[str, Spoilt]":
    """Which answers spoil a vote, by run: looking is most of the work, and answers do not change."""
    return {}


@st.cache_resource(show_spinner=False, max_entries=100)
def _figures(
    _catalog: Catalog,
    _store: "Store",
    _looked: "MutableMapping[str, Spoilt]",
    store_id: int,
    owner: str,
    model_ids: tuple[str, ...],
    on: date,
    kinds: tuple[str, ...],
    version: str,
    state: str,
) -> OwnFigures:
    from components.measured.figures import own_figures

    return own_figures(_catalog, _store, owner, model_ids, on, kinds, _looked)


@st.cache_resource(show_spinner=False, max_entries=100)
def _workload(
    _catalog: Catalog,
    _store: "Store",
    store_id: int,
    owner: str,
    model_ids: tuple[str, ...] | None,
    version: str,
    state: str,
) -> "OwnWorkload | None":
    from components.measured.usage import own_workload

    return own_workload(_catalog, _store, owner, model_ids)
