"""The leaderboard on screen: filters, the table of one page, models picked to compare, and the export.

The view that is shown is kept in the session and written into the address; every control is set from it on each run
and changes it through a callback. So a control may change its labels, such as the counts in them, without losing what
was chosen. The parameters of the address are in `components/leaderboard/address.py`.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from math import inf
from pathlib import Path

import streamlit as st

from catalog.leaderboard import (
    CONTEXT_STEPS,
    FACETS,
    MOST_COLUMNS,
    MOST_PICKS,
    NAME,
    PRICE_STEPS,
    Board,
    Page,
    View,
    active,
    filter_words,
    sort_words,
)
from catalog.loading import Catalog
from catalog.tables import to_csv, to_json
from catalog.words import capital, listing, number, usd
from components.frame import link
from components.leaderboard.address import read, write
from components.leaderboard.export import records
from components.leaderboard.table import column_sources, leaderboard_table

_VIEW, _WRITTEN, _CHANGED, _VERSION = "models_view", "models_written", "models_changed", "models_version"
_FOLDED = ("family", "tier", "input", "can", "architecture", "open")
_COUNT = re.compile(r" \([\d,]+\)$")
_LEGEND = (
    "≈ estimate · ≠ sources conflict · ● measured independently · ○ reported by the maker. "
    "Point at a value for its source and kind; a model's page has every claim."
)
_clicks = st.components.v2.component(
    "leaderboard_clicks", js=Path(__file__).with_name("board.js").read_text(encoding="utf-8"), isolate_styles=False
)


def leaderboard(catalog: Catalog, on: date) -> None:
    """Everything on it is derived from the catalog and from the address."""
    board = _board(catalog, catalog.version, on)
    view = _current(board)
    _main_filters(board, view)
    page = board.page(view)
    view = replace(view, page=page.number)
    _keep(board, view)
    if not page.order:
        _nothing_left(board, view)
        return
    st.html(f'<p class="strip">{_summary(board, view, page)}</p>')
    _picks(board, view, page)
    with st.container(key="models_table"):
        st.html(_table(board, catalog.version, on, view.columns, view.sort, view.descending, page.rows))
    st.caption(_LEGEND)
    _listen(board, view)
    if page.pages > 1:
        _set("models_page", view.page)
        st.pagination(page.pages, key="models_page", on_change=_turn)
    with st.expander("Where these columns come from", key="models_sources"):
        st.html(_sources(board, catalog.version, on, view.columns, page.rows))
    _downloads(board, view, page)


@st.cache_resource(show_spinner=False, max_entries=8)
def _board(_catalog: Catalog, version: str, on: date) -> Board:
    board = Board(_catalog, on)
    board.counts(board.default)
    for name in board.default.columns:
        board.column(name)
    return board


@st.cache_resource(show_spinner=False, max_entries=200)
def _table(
    _board: Board,
    version: str,
    on: date,
    columns: tuple[str, ...],
    sort: str,
    descending: bool,
    rows: tuple[int, ...],
) -> str:
    return leaderboard_table(_board, View(columns=columns, sort=sort, descending=descending), rows)


@st.cache_resource(show_spinner=False, max_entries=200)
def _sources(_board: Board, version: str, on: date, columns: tuple[str, ...], rows: tuple[int, ...]) -> str:
    return column_sources(_board, View(columns=columns), rows)


def _current(board: Board) -> View:
    """The view of the session, or that of the address where it says something new."""
    # A control that was used before the browser had the last answer comes with the address from before that answer.
    if st.session_state.get(_CHANGED):
        return _shown()
    # A visitor's own models and scores may have come or gone since the view was remembered.
    if _VIEW in st.session_state and st.session_state[_VERSION] != board.catalog.version:
        return read(board, st.session_state[_WRITTEN])[0]
    asked, _ = link.apart(st.query_params.to_dict())
    returning = "models_search" not in st.session_state and not asked
    if _VIEW in st.session_state and (returning or asked == st.session_state[_WRITTEN]):
        return _shown()
    view, complaints = read(board, asked)
    if complaints:
        st.warning("\n\n".join(complaints), icon=":material/help:")
    return view


def _keep(board: Board, view: View) -> None:
    said = write(board, view)
    asked, carried = link.apart(st.query_params.to_dict())
    if asked != said:
        st.query_params.from_dict(said | carried)
    st.session_state[_VIEW] = view
    st.session_state[_WRITTEN] = said
    st.session_state[_VERSION] = board.catalog.version
    st.session_state[_CHANGED] = False


def _shown() -> View:
    view = st.session_state[_VIEW]
    assert isinstance(view, View)
    return view


def _change(view: View) -> None:
    st.session_state[_VIEW] = view
    st.session_state[_CHANGED] = True


def _set(key: str, value: object) -> None:
    """Sets a control; what it already holds is left alone, so that nobody's typing is overwritten."""
    if key not in st.session_state or st.session_state[key] != value:
        st.session_state[key] = value


def _main_filters(board: Board, view: View) -> None:
    left = board.counts(view)
    search, lab, status, order = st.columns([5, 4, 4, 5])
    with search:
        _set("models_search", view.q)
        st.text_input(
            "Search",
            key="models_search",
            type="search",
            placeholder="Name, id or lab",
            max_chars=200,
            on_change=_search,
            live=True,
        )
    with lab:
        _facet(board, view, "lab", left["lab"])
    with status:
        _facet(board, view, "status", left["status"])
    with order:
        _order(board, view)
    with st.container(horizontal=True, vertical_alignment="center"):
        _folded("Columns", ":material/view_column:", "models_columns_box", lambda: _columns(board, view))
        _folded(
            "More filters", ":material/filter_list:", "models_filters_box", lambda: _more_filters(board, view, left)
        )
        folded = sum(name not in ("q", "lab", "status") for name in active(view))
        if folded:
            st.html(f'<span class="count">{folded} more set</span>', width="content")
        if active(view):
            st.button("Clear all filters", key="models_clear", icon=":material/close:", on_click=_clear)


def _folded(label: str, icon: str, key: str, draw: Callable[[], None]) -> None:
    """A box that is filled when it is opened: what is in it would else be drawn anew on every click.

    The label must stay the same, since a popover with another label is another one and so a closed one.
    """
    box = st.popover(label, icon=icon, key=key, on_change="rerun")
    if box.open:
        with box:
            draw()


def _more_filters(board: Board, view: View, left: Mapping[str, Mapping[str, int]]) -> None:
    sides = st.columns(2)
    for at, name in enumerate(_FOLDED):
        with sides[at % 2]:
            _facet(board, view, name, left[name])
    with sides[0]:
        _price(board, view)
    with sides[1]:
        _context(board, view)


def _facet(board: Board, view: View, name: str, left: Mapping[str, int]) -> None:
    options = board.facets[name]
    key = f"models_{name}"
    st.session_state[key] = [each for each in view.chosen.get(name, ()) if each in options]
    st.multiselect(
        FACETS[name].label,
        list(options),
        key=key,
        format_func=lambda each: f"{capital(options[each].label)} ({number(left[each])})",
        placeholder="Any",
        wrap=True,
        help="A model must have all that you choose." if FACETS[name].all_of else None,
        on_change=_choose,
        args=(board, name),
    )


def _choose(board: Board, name: str) -> None:
    """Takes the options over; the browser may still send a label with a count from before."""
    by_label = {capital(option.label): key for key, option in board.facets[name].items()}
    sent = (each if each in board.facets[name] else by_label.get(_COUNT.sub("", each)) for each in _sent(name))
    _change(_shown().choosing(name, (each for each in sent if each)))


def _sent(name: str) -> Iterable[str]:
    return list(st.session_state[f"models_{name}"])


def _search() -> None:
    _change(replace(_shown(), q=st.session_state["models_search"] or "", page=1))


def _price(board: Board, view: View) -> None:
    left = board.price_counts(view)
    _step(
        "Price of a million output tokens",
        "models_max_price",
        (inf, *PRICE_STEPS),
        view.max_price,
        lambda step: (
            ("Has a list price" if step == inf else f"At most {usd(step)}")
            + (f" ({number(left[step])})" if step in left else "")
        ),
        lambda step: replace(_shown(), max_price=step, page=1),
    )


def _context(board: Board, view: View) -> None:
    left = board.context_counts(view)
    _step(
        "Context window in tokens",
        "models_min_context",
        CONTEXT_STEPS,
        view.min_context,
        lambda step: f"At least {number(step)}" + (f" ({number(left[int(step)])})" if step in left else ""),
        lambda step: replace(_shown(), min_context=None if step is None else int(step), page=1),
    )


def _step(
    label: str,
    key: str,
    steps: tuple[float, ...],
    chosen: float | None,
    words: Callable[[float], str],
    changed: Callable[[float | None], View],
) -> None:
    """A choice of one limit; a limit from the address that is no step is offered as well."""
    options = sorted({*steps, *(() if chosen is None else (chosen,))}, key=lambda step: (step != inf, step))
    st.session_state[key] = chosen

    def take() -> None:
        step = st.session_state[key]
        if step is None or isinstance(step, int | float):
            _change(changed(step))

    st.selectbox(label, options, key=key, index=None, format_func=words, placeholder="Any", on_change=take)


def _clear() -> None:
    _change(_shown().unfiltered())


def _order(board: Board, view: View) -> None:
    names = dict.fromkeys((view.sort, *view.columns, NAME))
    options = [
        (name, down)
        for name in sorted(names, key=lambda name: (*view.columns, view.sort, NAME).index(name))
        for down in _directions(board, name)
    ]
    st.session_state["models_sort"] = (view.sort, view.descending)
    st.selectbox(
        "Sort by",
        options,
        key="models_sort",
        format_func=lambda each: sort_words(board, *each),
        on_change=_sort_as_chosen,
    )


def _directions(board: Board, name: str) -> tuple[bool, bool]:
    first = name != NAME and board.measures[name].descends
    return first, not first


def _sort_as_chosen() -> None:
    chosen = st.session_state["models_sort"]
    if isinstance(chosen, tuple):
        _change(replace(_shown(), sort=chosen[0], descending=chosen[1], page=1))


def _columns(board: Board, view: View) -> None:
    st.session_state["models_columns"] = list(view.columns)
    st.multiselect(
        "Columns",
        list(board.measures),
        key="models_columns",
        format_func=lambda name: board.measures[name].full_label,
        max_selections=MOST_COLUMNS,
        placeholder="Name alone",
        select_all=False,
        on_change=_take_columns,
        args=(board,),
    )
    scored = {each.benchmark for each in board.measures.values()}
    apart = sum(name not in scored for name in board.catalog.benchmarks)
    st.caption(
        "A benchmark's column holds scores of one source and edition, or of equal stated conditions. "
        f"{number(apart)} benchmarks are not offered: no two of their scores may be compared."
    )
    if view.columns != board.default.columns:
        st.button("Usual columns", key="models_usual_columns", on_click=_usual_columns, args=(board,))


def _take_columns(board: Board) -> None:
    _change(replace(_shown(), columns=tuple(each for each in _sent("columns") if each in board.measures)))


def _usual_columns(board: Board) -> None:
    _change(replace(_shown(), columns=board.default.columns))


def _summary(board: Board, view: View, page: Page) -> str:
    """How many models are shown and in which state, and what the order says."""
    everyone, shown = len(board.models), len(page.order)
    count = f"<b>{number(shown)}</b> of {number(everyone)} models" if shown < everyone else f"<b>{everyone}</b> models"
    states = ", ".join(
        f"{number(each)} {_state(service.value)}" for service, each in board.services(page.order).items()
    )
    order = sort_words(board, view.sort, view.descending)
    last = page.without_value
    missing = f"; {number(last)} without a value stand{'s' if last == 1 else ''} last" if last else ""
    if page.pages > 1:
        missing += f". Page {page.number} of {page.pages}"
    return f"{count}: {states}. Sorted by {_inside(order)}{missing}."


def _inside(sentence: str) -> str:
    """Words as they stand inside a sentence: LMArena keeps its capitals."""
    return sentence if sentence[1:2].isupper() else sentence[:1].lower() + sentence[1:]


def _state(service: str) -> str:
    return "of unknown status" if service == "unknown" else service


def _picks(board: Board, view: View, page: Page) -> None:
    names = {board.models[at].id: board.models[at].name for at in page.rows}
    names |= {name: board.catalog.models[name].name for name in view.pick}
    chosen, links = st.columns([5, 4], vertical_alignment="bottom")
    with chosen:
        _set("models_pick", list(view.pick))
        st.multiselect(
            "Pick two to four models to compare",
            sorted(names, key=lambda name: names[name].casefold()),
            key="models_pick",
            format_func=names.__getitem__,
            max_selections=MOST_PICKS,
            select_all=False,
            placeholder="Tick models in the table, or type a name",
            on_change=_take_picks,
        )
    if len(view.pick) < 2:
        links.caption("Then compare them, see their benchmarks or ask them in the playground.")
        return
    with links.container(horizontal=True, key="models_next"):
        for file, label, icon in _NEXT:
            st.page_link(file, label=label, icon=icon, query_params={"models": ",".join(view.pick)})


_NEXT = (
    ("pages/compare.py", "Compare these", ":material/compare_arrows:"),
    ("pages/benchmarks.py", "Benchmarks", ":material/monitoring:"),
    ("pages/playground.py", "Playground", ":material/science:"),
)


def _take_picks() -> None:
    _change(replace(_shown(), pick=tuple(_sent("pick"))[:MOST_PICKS]))


def _listen(board: Board, view: View) -> None:
    with st.container(key="models_clicks_box"):
        _clicks(
            key="models_clicks",
            data={"picked": list(view.pick), "most": MOST_PICKS},
            on_sorted_change=lambda: _sort_by_head(board),
            on_ticked_change=_tick,
        )


def _sort_by_head(board: Board) -> None:
    """A head sorts in the direction that a reader wants first, and pressed again in the other."""
    name, view = st.session_state["models_clicks"].sorted, _shown()
    if name == NAME or name in board.measures:
        first = _directions(board, name)[0]
        descending = not view.descending if view.sort == name else first
        _change(replace(view, sort=name, descending=descending, page=1))


def _tick() -> None:
    name, view = st.session_state["models_clicks"].ticked, _shown()
    kept = tuple(each for each in view.pick if each != name)
    _change(replace(view, pick=kept if name in view.pick else (*kept, name)[:MOST_PICKS]))


def _turn() -> None:
    _change(replace(_shown(), page=int(st.session_state["models_page"])))


def _downloads(board: Board, view: View, page: Page) -> None:
    count = f"{number(len(page.order))} model{'' if len(page.order) == 1 else 's'}"
    with st.container(horizontal=True):
        for kind, mime, written in (("CSV", "text/csv", to_csv), ("JSON", "application/json", to_json)):
            st.download_button(
                f"{count} as {kind}",
                data=_written(written, board, view, page),
                file_name=f"models.{kind.lower()}",
                mime=mime,
                icon=":material/download:",
                key=f"models_{kind.lower()}",
                on_click="ignore",
            )


def _written(
    form: Callable[[Sequence[dict[str, str]]], str], board: Board, view: View, page: Page
) -> Callable[[], str]:
    """The text of a download, put together when somebody asks for it."""
    return lambda: form(records(board, view, page.order))


def _nothing_left(board: Board, view: View) -> None:
    """Which filter leaves nothing, and one click to clear it."""
    names = active(view)
    words = {name: filter_words(board, view, name) for name in names}
    empty = [name for name in names if not board.members(name, view)]
    freeing = {name: board.passing(view, name).bit_count() for name in names}
    if empty:
        said = f"No model of the catalog fits {listing([f'“{words[name]}”' for name in empty])}."
    else:
        said = f"No model fits {listing([f'“{each}”' for each in words.values()])} at once."
    st.info(f"{said} Clear a filter, and the table stands here.".replace("$", "\\$"), icon=":material/search_off:")
    with st.container(horizontal=True):
        for name in sorted(names, key=freeing.__getitem__, reverse=True):
            if freeing[name]:
                label = f"Clear “{words[name]}” ({number(freeing[name])} model{'' if freeing[name] == 1 else 's'})"
                st.button(label.replace("$", "\\$"), key=f"models_without_{name}", on_click=_drop_filter, args=(name,))


def _drop_filter(name: str) -> None:
    _change(_shown().without(name))
