"""What the pages share for all visitors: the catalog, loaded once, and comparisons, worked out once."""

import html
from collections.abc import Sequence
from datetime import date

import streamlit as st

from catalog import compiled, tables
from catalog.loading import Catalog, CatalogError
from catalog.schema import Model
from catalog.shared import SharedTest, shared_tests
from components.frame.cards import model_cards
from components.frame.own_data import overlaid


@st.cache_resource(show_spinner=False)
def _load() -> Catalog:
    return compiled.load()


def catalog() -> Catalog:
    """The catalog with the visitor's own data in it; where its files are broken, the page says so and stops."""
    return overlaid(sourced_catalog())


def sourced_catalog() -> Catalog:
    """The catalog alone, without any data of the visitor's own; stops the page where its files are broken."""
    try:
        return _load()
    except CatalogError as error:
        _show_problems(error)
        st.stop()


def compared(catalog: Catalog, models: Sequence[Model], on: date) -> tuple[tables.CompareRow, ...]:
    """The rows of `tables.compare`, worked out once for each choice, catalog version and day."""
    return _compared(catalog, tuple(model.id for model in models), catalog.version, on)


@st.cache_resource(show_spinner=False, max_entries=300)
def _compared(_catalog: Catalog, names: tuple[str, ...], version: str, on: date) -> tuple[tables.CompareRow, ...]:
    return tables.compare(_catalog, [_catalog.models[name] for name in names], on)


def tests_of(catalog: Catalog, one: Model, other: Model) -> tuple[SharedTest, ...]:
    """What `shared.shared_tests` says about two models, worked out once for each pair and catalog version."""
    return _tests_of(catalog, one.id, other.id, catalog.version)


@st.cache_resource(show_spinner=False, max_entries=300)
def _tests_of(_catalog: Catalog, one: str, other: str, version: str) -> tuple[SharedTest, ...]:
    tests = shared_tests(_catalog, _catalog.models[one], _catalog.models[other])
    # What a visitor adds for a session is not kept.
    if version == _load().version:
        compiled.keep_limits(_catalog)
    return tests


def cards_of(catalog: Catalog, models: Sequence[Model], on: date, facts: tuple[str, ...] = ()) -> str:
    """The HTML of `cards.model_cards`, made once for each choice, catalog version and day."""
    return _cards_of(catalog, tuple(model.id for model in models), catalog.version, on, facts)


@st.cache_resource(show_spinner=False, max_entries=300)
def _cards_of(_catalog: Catalog, names: tuple[str, ...], version: str, on: date, facts: tuple[str, ...]) -> str:
    return model_cards(_catalog, [_catalog.models[name] for name in names], on, facts)


def _show_problems(error: CatalogError) -> None:
    count = len(error.problems)
    st.error(
        f"The catalog cannot be shown, because its files have {count} problem{'' if count == 1 else 's'}. Nothing is "
        "lost. Mend the lines below, check them with `python -m catalog check`, and start the app again.",
        icon=":material/error:",
    )
    items = "".join(f"<li><code>{html.escape(str(problem))}</code></li>" for problem in error.problems)
    st.html(f"<ul>{items}</ul>")
