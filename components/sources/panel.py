"""Where every value comes from, where sources conflict, and what the words mean."""

from collections.abc import Mapping, Sequence
from datetime import date

import streamlit as st

from catalog import tables
from catalog.conflicts import Conflict, Measure, conflicts
from catalog.loading import Catalog
from catalog.schema import Kind
from catalog.usage import Use, uses
from components.frame.address import asked, keep, keep_one, set_one
from components.frame.folds import Folded, fold, show
from components.frame.markup import KIND_WORDS
from components.sources import lists, order

_SHOWS = {"sources": "Sources", "conflicts": "Conflicts", "glossary": "Glossary"}
_ANY = "any"
_FIRST = 25


def sources(catalog: Catalog, on: date) -> None:
    """One of three lists, kept in the address as ?show=; none of the others is worked out."""
    set_one("show", "sources_show", list(_SHOWS), "sources")
    shown = st.segmented_control(
        "Show",
        list(_SHOWS),
        key="sources_show",
        required=True,
        format_func=_SHOWS.__getitem__,
    )
    keep_one("show", "sources_show", shown or "sources", "sources")
    if shown == "conflicts":
        _conflict_list(catalog, on)
    elif shown == "glossary":
        _glossary(catalog)
    else:
        _sources(catalog, on)


def _sources(catalog: Catalog, on: date) -> None:
    used = _uses(catalog, catalog.version, on)
    kinds = [_ANY, *(kind.value for kind in Kind if any(each.kind is kind for each in catalog.sources.values()))]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        words = _words("q", "sources_search", "Search the sources", "Title, address, licence or note")
        kind = _one("kind", "sources_kind", "Kind", kinds, {_ANY: "Any kind"} | _kind_words())
        sort = _one("sort", "sources_sort", "Sort by", list(order.SORTS), order.SORTS)
    found = order.chosen_sources(catalog, used, words, "" if kind == _ANY else kind, sort)
    _opened(catalog, used)
    if not found:
        st.info("No source has these words and this kind; empty the search box to see all.", icon=":material/search:")
        return
    shown = found if len(found) <= _FIRST else found if _all(len(found)) else found[:_FIRST]
    st.caption(
        f"{len(shown)} of {len(catalog.sources)} sources. The number of values counts every claim, event, statement, "
        "result and number of questions that names the source; click it to see which."
    )
    st.html(_source_table(catalog, tuple(shown), catalog.version, on))
    _source_files(catalog, on)


def _all(count: int) -> bool:
    """Whether to show every source that was found, kept in the address as ?all=yes."""
    text = asked("all", "sources_all")
    if text is not None:
        st.session_state["sources_all"] = text == "yes"
    wanted = st.toggle(f"Show all {count} at once", key="sources_all")
    keep("all", "sources_all", "yes" if wanted else "")
    return wanted


def _kind_words() -> dict[str, str]:
    return {kind.value: words.capitalize() for kind, words in KIND_WORDS.items()}


def _opened(catalog: Catalog, used: Mapping[str, Sequence[Use]]) -> None:
    """The one source whose values are listed; the others stay closed, since all lists would be thousands of lines."""
    names = sorted(catalog.sources, key=lambda name: catalog.sources[name].title.casefold())
    name = _one(
        "source",
        "sources_source",
        "What rests on one source",
        ["none", *names],
        {"none": "Choose a source"}
        | {each: f"{lists.short_title(catalog.sources[each].title)} ({len(used[each])})" for each in names},
    )
    if name != "none":
        st.html(lists.source_detail(catalog, name, used[name]))


def _conflict_list(catalog: Catalog, on: date) -> None:
    found = _conflicts(catalog, catalog.version, on)
    labs = [_ANY, *sorted({catalog.models[each.model].lab for each in found})]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        lab = _one(
            "lab", "sources_lab", "Lab", labs, {_ANY: "All labs"} | {name: catalog.labs[name].name for name in labs[1:]}
        )
        inside = order.chosen_conflicts(catalog, found, "" if lab == _ANY else lab, "")
        models = [_ANY, *sorted({each.model for each in inside}, key=lambda name: catalog.models[name].name.casefold())]
        titles = {name: catalog.models[name].name for name in models[1:]}
        model = _one("model", "sources_model", "Model", models, {_ANY: "All models"} | titles)
    shown = order.chosen_conflicts(catalog, inside, "", "" if model == _ANY else model)
    if not shown:
        st.info("No sources conflict here.", icon=":material/equal:")
        return
    st.caption(_order_words(shown, len(found)))
    keys = tuple((each.model, each.field.path) for each in shown)
    show(_conflict_table(catalog, keys, catalog.version, on), "sources_conflicts")
    st.download_button(
        "Conflicts as CSV",
        data=lambda: tables.to_csv(tables.records(tables.conflict_rows(shown)), tables.columns(tables.ConflictRow)),
        file_name="conflicts.csv",
        mime="text/csv",
        icon=":material/download:",
        key="sources_conflicts_csv",
        on_click="ignore",
    )


def _order_words(shown: Sequence[Conflict], all_of_them: int) -> str:
    counts = {measure: sum(each.measure is measure for each in shown) for measure in Measure}
    parts = ", ".join(f"{count} of {measure.value}" for measure, count in counts.items() if count)
    return (
        f"{len(shown)} of {all_of_them} conflicts: {parts}. Numbers come first, by how many times the largest is the "
        "smallest; then dates, by how far they lie apart; then words that differ, by model. What stands is what every "
        "page shows; the rest is struck through. Scores conflict where edition, version and stated conditions are the "
        "same, or where an illustration stands against a measurement."
    )


def _glossary(catalog: Catalog) -> None:
    words = _words("term", "sources_term", "Search the glossary", "A word such as interval")
    found = order.chosen_terms(catalog.glossary, words)
    if not found:
        st.info("No term has these words; empty the search box to see all.", icon=":material/search:")
        return
    st.caption(f"{len(found)} of {len(catalog.glossary)} terms, each in one sentence; pages show them on hover.")
    st.html(lists.glossary_list(found))


def _words(parameter: str, key: str, label: str, placeholder: str) -> str:
    """A search box whose words stand in the address."""
    text = asked(parameter, key)
    if text is not None:
        st.session_state[key] = text[:100]
    words = st.text_input(label, key=key, placeholder=placeholder, max_chars=100, icon=":material/search:")
    keep(parameter, key, words.strip())
    return words


def _one(parameter: str, key: str, label: str, options: Sequence[str], titles: Mapping[str, str]) -> str:
    """A select box whose choice stands in the address; the first option is the default."""
    set_one(parameter, key, options, options[0])
    choice = st.selectbox(label, options, key=key, format_func=lambda each: titles[each])
    keep_one(parameter, key, choice, options[0])
    return choice


def _source_files(catalog: Catalog, on: date) -> None:
    with st.container(horizontal=True):
        st.download_button(
            "Sources as CSV",
            data=lambda: tables.to_csv(
                tables.records(tables.source_rows(catalog, on)), tables.columns(tables.SourceRow)
            ),
            file_name="sources.csv",
            mime="text/csv",
            icon=":material/download:",
            key="sources_csv",
            on_click="ignore",
        )
        st.download_button(
            "Sources as JSON",
            data=lambda: tables.to_json(tables.records(tables.source_rows(catalog, on))),
            file_name="sources.json",
            mime="application/json",
            icon=":material/download:",
            key="sources_json",
            on_click="ignore",
        )


@st.cache_resource(show_spinner=False, max_entries=2)
def _uses(_catalog: Catalog, version: str, on: date) -> Mapping[str, tuple[Use, ...]]:
    return uses(_catalog, on)


@st.cache_resource(show_spinner=False, max_entries=2)
def _conflicts(_catalog: Catalog, version: str, on: date) -> tuple[Conflict, ...]:
    return conflicts(_catalog, on)


@st.cache_resource(show_spinner=False, max_entries=50)
def _source_table(_catalog: Catalog, names: tuple[str, ...], version: str, on: date) -> str:
    return lists.source_table(_catalog, names, _uses(_catalog, version, on))


@st.cache_resource(show_spinner=False, max_entries=50)
def _conflict_table(_catalog: Catalog, keys: tuple[tuple[str, str], ...], version: str, on: date) -> Folded:
    found = {(each.model, each.field.path): each for each in _conflicts(_catalog, version, on)}
    return fold(lists.conflict_table(_catalog, [found[key] for key in keys]))
