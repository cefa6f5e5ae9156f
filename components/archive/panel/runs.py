"""The list of runs: searched, filtered, a page at a time, with one run opened and any number selected."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from html import escape
from pathlib import Path

import streamlit as st

from components.archive.desk import Desk
from components.archive.filters import (
    NO,
    NO_PRESET,
    PAGE,
    PARAMETERS,
    REAL,
    SIMULATED,
    YES,
    Filters,
    link,
    page_count,
    page_of,
    query_of,
    read_date,
    read_filters,
)
from components.archive.panel.doing import (
    add_tag,
    ask_before_deleting,
    attempt,
    deletion,
    pick,
    picked,
    turn,
    want_whole_page,
    whole_page_wanted,
)
from components.archive.panel.files import exported, jsonl_name
from components.archive.panel.opened import opened
from components.archive.rows import ListView, name_text, run_list
from components.archive.wording import count_words, preset_words, sentence_of
from components.frame.address import asked, keep, keep_many, keep_one, note, said, set_many, set_one
from components.history.query import Page, Query, RunSummary, State
from components.playground.presets import PRESETS, find

_ANY = "any"
_LOOKED_AT = 250
_STATES = {_ANY: "Any state"} | {state.value: sentence_of(state) for state in State}
_KINDS = {_ANY: "Real and simulated", REAL: "Real only", SIMULATED: "Simulated only"}
_VOTED = {_ANY: "Voted or not", YES: "Voted", NO: "Not voted"}
_MORE = ("preset", "tag", "voted", "since", "until")
_TICKS = st.components.v2.component(
    "archive_ticks", js=Path(__file__).with_name("ticks.js").read_text(encoding="utf-8"), isolate_styles=False
)


@dataclass(frozen=True)
class Used:
    """The models and presets of the newest runs, as they stand in the runs."""

    models: tuple[str, ...]
    presets: tuple[str, ...]


def runs(desk: Desk) -> None:
    """The filters, what can be done with the selected runs, and the list."""
    newest = desk.store.search(Query(desk.owner, limit=1))
    if not newest.total:
        _nothing_kept()
        return
    used = _used(desk, id(desk.store), desk.owner, newest.total, newest.rows[0].id)
    _filters(desk, used)
    filters = read_filters(st.query_params.to_dict())
    number, page = _page(desk, filters)
    if not page.rows:
        _nothing_found(filters)
        return
    _summary(page, newest.total, number)
    _list(desk, page.rows)
    _pages(page.total, number)
    st.caption(f"{desk.zone.sentence} The newest run stands first.")
    _selection(desk)


def _nothing_kept() -> None:
    st.info(
        "Runs from the playground stand here: every prompt with its answers, times, tokens, cost and vote, to be found "
        "again, replayed without a key, compared and taken along.",
        icon=":material/history:",
    )
    st.html(
        '<ul class="ways history-ways"><li><a href="playground" target="_self">Ask both models something</a></li>'
        '<li><a href="history?view=files" target="_self">Import runs from a file</a></li></ul>'
    )


@st.cache_resource(show_spinner=False, max_entries=100)
def _used(_desk: Desk, store: int, owner: str, total: int, newest: str) -> Used:
    found = _desk.store.search(Query(owner, limit=_LOOKED_AT)).rows
    models = sorted({model for run in found for model in run.models if "," not in model})
    known = [preset.key for preset in PRESETS]
    presets = {run.preset for run in found if "," not in run.preset}
    ordered = [key for key in known if key in presets] + sorted(presets.difference(known, [""]))
    return Used(tuple(models), (*ordered, *([NO_PRESET] if "" in presets else [])))


def _filters(desk: Desk, used: Used) -> None:
    text = asked("q", "history_q")
    if text is not None:
        st.session_state["history_q"] = text[:200]
    with st.container(key="history_filters"):
        search, models, state, kind = st.columns([5, 4, 3, 3], vertical_alignment="bottom")
        with search:
            words = st.text_input(
                "Search prompts and answers",
                key="history_q",
                type="search",
                placeholder='words, "a phrase" or begin*',
                max_chars=200,
                icon=":material/search:",
                on_change=_first_page,
            )
            keep("q", "history_q", (words or "").strip())
        with models:
            _many("model", "Models", _with_asked(desk, used.models), partial(name_text, desk.catalog))
        with state:
            _one("state", "State", _STATES)
        with kind:
            _one("kind", "Answers", _KINDS)
        _drop_unknown(desk, used)
        with st.container(horizontal=True, vertical_alignment="center"):
            # A popover with another label is another one and so a closed one, hence no count in it.
            box = st.popover("More filters", icon=":material/filter_list:", key="history_more", on_change="rerun")
            if box.open:
                with box:
                    _more_filters(desk, used)
            folded = sum(name in st.query_params for name in _MORE)
            if folded:
                st.html(f'<span class="count">{folded} more set</span>', width="content")
            if any(name in st.query_params for name in PARAMETERS):
                st.button("Clear all filters", key="history_clear", icon=":material/close:", on_click=_clear)


def _drop_unknown(desk: Desk, used: Used) -> None:
    """Takes out of the address, with a sentence, what no folded filter has; nobody would see why the list is empty."""
    asked_for = {name: st.query_params[name] for name in _MORE if name in st.query_params}
    tags = desk.store.tags(desk.owner) if "tag" in asked_for else ()
    known: dict[str, Callable[[str], bool]] = {
        "preset": lambda text: all(each in used.presets or find(each) for each in text.split(",")),
        "tag": lambda text: all(each in tags for each in text.split(",")),
        "voted": lambda text: text in _VOTED,
        "since": lambda text: read_date(text) is not None,
        "until": lambda text: read_date(text) is not None,
    }
    for name, text in asked_for.items():
        if not known[name](text):
            st.warning(
                f"The address asks for `{name}={said(text)}`, which is not to be had here; the rest is shown.",
                icon=":material/help:",
            )
            del st.query_params[name]


def _with_asked(desk: Desk, models: Sequence[str]) -> list[str]:
    """The models of recent runs, and those of the catalog that the address names: older runs may have asked them."""
    wanted = [name for name in st.query_params.get("model", "").split(",") if desk.catalog.find(name)]
    return list(dict.fromkeys((*models, *wanted)))


def _more_filters(desk: Desk, used: Used) -> None:
    presets = {key: "No preset" if key == NO_PRESET else preset_words(key) for key in used.presets}
    _many("preset", "Presets", list(presets), lambda key: presets.get(key, key))
    tags = [tag for tag in desk.store.tags(desk.owner) if "," not in tag]
    _many("tag", "Tags", tags, str, "A run must have all that you choose.")
    _one("voted", "Votes", _VOTED)
    since, until = st.columns(2)
    with since:
        _date("since", "From")
    with until:
        _date("until", "Until, included")


def _many(
    parameter: str,
    label: str,
    options: Sequence[str],
    words: Callable[[str], str],
    explained: str | None = None,
) -> None:
    key = f"history_{parameter}"
    set_many(parameter, key, options)
    chosen = st.multiselect(
        label,
        options,
        key=key,
        format_func=words,
        placeholder="Any",
        select_all=False,
        help=explained,
        on_change=_first_page,
    )
    keep_many(parameter, key, chosen)


def _one(parameter: str, label: str, titles: dict[str, str]) -> None:
    key = f"history_{parameter}"
    set_one(parameter, key, list(titles), _ANY)
    chosen = st.selectbox(label, list(titles), key=key, format_func=titles.__getitem__, on_change=_first_page)
    keep_one(parameter, key, chosen, _ANY)


def _date(parameter: str, label: str) -> None:
    key = f"history_{parameter}"
    text = asked(parameter, key)
    if text is not None:
        st.session_state[key] = read_date(text)
        note(key)
    chosen = st.date_input(label, value=None, key=key, format="YYYY-MM-DD", on_change=_first_page)
    keep(parameter, key, chosen.isoformat() if chosen else "")


def _first_page() -> None:
    ask_before_deleting(())
    for name in ("page", "open"):
        st.query_params.pop(name, None)


def _clear() -> None:
    _first_page()
    for name in PARAMETERS:
        st.query_params.pop(name, None)
        st.session_state.pop(f"history_{name}", None)


def _page(desk: Desk, filters: Filters) -> tuple[int, Page]:
    """The stretch that the address asks for; one beyond the end is the last one."""
    text = st.query_params.get("page", "1")
    number = page_of(text, PAGE * 10**9)
    page = desk.store.search(query_of(filters, desk.owner, desk.zone, PAGE, (number - 1) * PAGE))
    if not page.rows and page.total:
        number = page_count(page.total)
        page = desk.store.search(query_of(filters, desk.owner, desk.zone, PAGE, (number - 1) * PAGE))
    return number, page


def _nothing_found(filters: Filters) -> None:
    hint = " A word is found as a whole; end it with * to find what begins with it." if filters.q else ""
    st.info(f"No run fits these filters. Clear one, and runs stand here again.{hint}", icon=":material/search_off:")


def _summary(page: Page, kept: int, number: int) -> None:
    words = f"<b>{page.total:,}</b> of {count_words(kept)}" if page.total < kept else f"<b>{count_words(kept)}</b>"
    pages = page_count(page.total)
    where = f". Page {number} of {pages}" if pages > 1 else ""
    with st.container(horizontal=True, vertical_alignment="center", key="history_summary"):
        st.html(f'<p class="strip">{words}{where}.</p>')
        chosen, here = picked(), [run.id for run in page.rows]
        if not set(here) <= set(chosen):
            label = f"Select all {len(here)} shown"
            st.button(label, key="history_pick_all", type="tertiary", on_click=pick, args=((*chosen, *here),))


@st.fragment
def _selection(desk: Desk) -> None:
    """What is selected and what can be done with it, apart from the rest: a tick does not draw the list anew."""
    with st.container(key="history_ticks_box"):
        data = {"picked": list(picked()), "turn": turn()}
        _TICKS(key="history_ticks", data=data, on_picked_change=_take_ticks, on_opened_change=_open)
    with st.container(key="history_bulk"):
        if not deletion(desk):
            _bulk(desk)
    if whole_page_wanted():
        st.rerun()


def _bulk(desk: Desk) -> None:
    """What can be done with the selected runs."""
    chosen = picked()
    if not chosen:
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.html(f'<span class="value">{count_words(len(chosen))} selected</span>', width="content")
        if len(chosen) == 2:
            target = escape(link("history", st.query_params.to_dict(), compare=",".join(chosen), open="", page=""))
            st.html(f'<a class="way" href="{target}" target="_self">Compare these two</a>', width="content")
        else:
            st.html('<span class="count">Select two to compare them</span>', width="content")
        box = st.popover("Tag", icon=":material/label:", key="history_tag_box", on_change="rerun")
        if box.open:
            with box:
                st.text_input("Tag to add", key="history_tag_new", max_chars=60, placeholder="Such as: keep")
                st.button("Add the tag", key="history_tag_add", on_click=_add_tag, args=(desk, chosen))
        st.download_button(
            "Export",
            data=exported(desk, chosen),
            file_name=jsonl_name(desk),
            mime="application/jsonl",
            icon=":material/download:",
            key="history_export_picked",
            on_click="ignore",
        )
        st.button(
            "Delete", key="history_delete", icon=":material/delete:", on_click=ask_before_deleting, args=(chosen,)
        )
        st.button("Select none", key="history_pick_none", type="tertiary", on_click=pick, args=((),))


def _add_tag(desk: Desk, chosen: Sequence[str]) -> None:
    attempt(lambda: add_tag(desk, chosen, str(st.session_state.get("history_tag_new") or "")))


def _list(desk: Desk, rows: Sequence[RunSummary]) -> None:
    """The rows as HTML, cut in two where one of them is opened."""
    name = st.query_params.get("open", "")
    view = ListView(desk.zone, st.query_params.to_dict(), name)
    cut = next((at + 1 for at, run in enumerate(rows) if run.id == name), 0)
    with st.container(key="history_list", gap=None):
        if cut:
            st.html(run_list(desk.catalog, rows[:cut], view))
            opened(desk, rows[cut - 1])
        if rows[cut:]:
            st.html(run_list(desk.catalog, rows[cut:], view))
    if name and not cut:
        st.caption("The run that the address opens is not among these; clear the filters or choose another page.")


def _take_ticks() -> None:
    chosen = st.session_state["history_ticks"].picked
    if isinstance(chosen, list):
        pick([each for each in chosen if isinstance(each, str)], by_page=False)


def _open() -> None:
    name = st.session_state["history_ticks"].opened
    if name and name != "none":
        st.query_params["open"] = str(name)
    else:
        st.query_params.pop("open", None)
    want_whole_page()


def _pages(total: int, number: int) -> None:
    """Links to the neighbouring pages, and to the first and the last."""
    last = page_count(total)
    if last == 1:
        return
    here = st.query_params.to_dict()
    wanted = [("Newest", 1), ("Newer", number - 1), ("Older", number + 1), ("Oldest", last)]
    ways = "".join(
        f'<li><a href="{escape(link("history", here, page=str(each) if each > 1 else "", open=""))}" target="_self">'
        f"{label}</a></li>"
        if 1 <= each <= last and each != number
        else f'<li><span class="none">{label}</span></li>'
        for label, each in wanted
    )
    st.html(f'<nav aria-label="Pages of runs"><ul class="ways history-ways">{ways}</ul></nav>')
