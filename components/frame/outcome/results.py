"""What came of a batch: the verdict, the charts, the rows that differ first; on each page that shows a batch."""

from collections.abc import Callable, Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING

import streamlit as st

from catalog.loading import Catalog
from components.archive.filters import link
from components.batch.drawn import charts_of, pass_chart, spend_chart, waits_chart
from components.batch.findings import checks_of_tally, findings_html, pairs_of
from components.batch.names import Named, named_models, renamed
from components.batch.records import Job, Result
from components.batch.result_rows import Listed, result_table
from components.batch.sifting import Show, Sieve, differs, ordered, sifted
from components.batch.tally import ALL_CHECKS, Tally
from components.batch.wording import count_of
from components.frame.address import asked, keep, keep_one, set_one
from components.frame.chart import chart
from components.frame.outcome.row import Onwards, Seen, row_view
from components.history.records import BatchQuery, BatchRecord

if TYPE_CHECKING:
    from components.history.store import Store

_PAGE = 20
_SHOWS = {
    Show.ALL: "All rows",
    Show.DIFFERS: "Rows that differ",
    Show.PASSED: "Passed",
    Show.FAILED: "Not passed",
    Show.ERRORS: "Without an answer",
}
_CHARTS = {"passes": "Pass rates", "waits": "Waiting times", "cost": "Cost"}
_ANY = "any"
_MAKERS = {"passes": pass_chart, "waits": waits_chart, "cost": spend_chart}

About = tuple[int, str, int, int, str]
"""Which answers of which batch were counted, so that nothing is counted twice."""


def results(
    catalog: Catalog, store: "Store", made: Job, record: BatchRecord, page: str, onwards: Onwards | None = None
) -> None:
    """The results, or one row of them where the address names one with ?row=.

    `page` is the path of the page that they stand on, and begins the keys of their widgets; `onwards` draws what can be
    done with a row there.
    """
    models = named_models(catalog, made.models)
    seen = Seen(store.batches, made, models, page)
    about = (id(store), made.id, record.done, record.failed, str(record.updated))
    tally = _tally(store, made, models, about)
    checks = checks_of_tally(tally)
    pairs = pairs_of(tally, [each.text for each in models])
    if (number := _row_asked()) is not None:
        row_view(seen, number, _order(tally, _sieve_asked(checks, pairs), about), onwards)
        return
    st.subheader("Results", anchor=False)
    check = _check(page, checks)
    pair = _pair(page, pairs)
    st.html(_findings(tally, models, check, about))
    _charts(seen, tally)
    _rows(seen, tally, (check, pair), about)


@st.cache_resource(show_spinner="Counting the answers", max_entries=20)
def _tally(_store: "Store", _made: Job, _models: Sequence[Named], about: About) -> Tally:
    """The counts under the names of the screen."""
    from components.batch.counting import counted

    return renamed(counted(_store.batches, _made), {each.id: each.text for each in _models})


@st.cache_resource(show_spinner=False, max_entries=100)
def _findings(_tally: Tally, _models: Sequence[Named], check: str, about: About) -> str:
    return findings_html(_tally, [each.text for each in _models], check)


@st.cache_resource(show_spinner=False, max_entries=20)
def _order(_tally: Tally, sieve: Sieve, about: About) -> list[int]:
    return ordered(_tally, sieve)


def _row_asked() -> int | None:
    text = st.query_params.get("row", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def _check(page: str, checks: Sequence[str]) -> str:
    """By which check the rows are compared, kept as ?check=."""
    if len(checks) < 2:
        return checks[0] if checks else ALL_CHECKS
    key = f"{page}_check"
    set_one("check", key, checks, checks[0])
    chosen = st.segmented_control(
        "By which check", checks, key=key, required=True, on_change=_first_page, format_func=_check_words
    )
    keep_one("check", key, chosen or checks[0], checks[0])
    return chosen or checks[0]


def _check_words(check: str) -> str:
    return "All checks" if check == ALL_CHECKS else check


def _pair(page: str, pairs: Sequence[tuple[str, str]]) -> tuple[str, str]:
    """The two models whose difference orders the rows, kept as ?against= where there are more than two."""
    if len(pairs) < 2:
        return pairs[0] if pairs else ("", "")
    options, key = [other for _, other in pairs], f"{page}_against"
    set_one("against", key, options, options[0])
    chosen = st.segmented_control(f"{pairs[0][0]} against", options, key=key, required=True, on_change=_first_page)
    keep_one("against", key, chosen or options[0], options[0])
    return pairs[0][0], chosen or options[0]


def _sieve_asked(checks: Sequence[str], pairs: Sequence[tuple[str, str]]) -> Sieve:
    """By which check and between which models the address orders the rows, where nothing else on the page says so."""
    check, against = st.query_params.get("check"), st.query_params.get("against")
    one, other = next((pair for pair in pairs if pair[1] == against), pairs[0] if pairs else ("", ""))
    first = checks[0] if checks else ALL_CHECKS
    return Sieve(check=check if check is not None and check in checks else first, one=one, other=other)


def _charts(seen: Seen, tally: Tally) -> None:
    options = charts_of(tally)
    if not options:
        return
    key = f"{seen.page}_chart_shown"
    set_one("chart", key, options, options[0])
    chosen = st.segmented_control(
        "Chart",
        options,
        key=key,
        required=True,
        format_func=_CHARTS.__getitem__,
        label_visibility="collapsed",
    )
    chosen = chosen or options[0]
    keep_one("chart", key, chosen, options[0])
    found = _MAKERS[chosen](tally, seen.models)
    if found is not None:
        name = f"batch-{seen.made.id}-{chosen}"
        chart(found.figure, f"{seen.page}_{chosen}", found.summary, found.records, name)


@st.cache_resource(show_spinner=False, max_entries=20)
def _numbers(_seen: Seen, _tally: Tally, sieve: Sieve, words: str, about: About) -> list[int]:
    """The rows to list, found once for each choice: paging through them asks again and again."""
    return sifted(_tally, sieve, _errors(_seen, sieve), _found(_seen, words))


def _rows(seen: Seen, tally: Tally, by: tuple[str, tuple[str, str]], about: About) -> None:
    st.subheader("Rows", anchor=False)
    check, (one, other) = by
    show, model, words = _filters(seen, tally)
    sieve = Sieve(show, check, "" if model == _ANY else model, one, other)
    numbers = _numbers(seen, tally, sieve, words, about)
    if not numbers:
        st.info("No row fits these filters. Clear one, and rows stand here again.", icon=":material/search_off:")
        return
    last = -(-len(numbers) // _PAGE)
    page = min(max(_number_of("page"), 1), last)
    shown = numbers[(page - 1) * _PAGE : page * _PAGE]
    listed = _listed(seen, shown, lambda number: differs(tally, sieve, number))
    first = "those that differ first" if tally.checks and one and show is Show.ALL else "in their order"
    where = f", page {page:,} of {last:,}" if last > 1 else ""
    caption = f"{count_of(len(numbers), 'row')}, {first}{where}. A row opens with its prompt and both answers whole."
    with st.container(key=f"{seen.page}_rows"):
        st.html(result_table(listed, seen.models, st.query_params.to_dict(), caption, seen.page))
    _pages(seen.page, page, last)


def _filters(seen: Seen, tally: Tally) -> tuple[Show, str, str]:
    shows = [show for show in Show if tally.checks or show in (Show.ALL, Show.ERRORS)]
    names = [_ANY, *(each.text for each in seen.models)]
    keys = {name: f"{seen.page}_{name}" for name in ("show", "model", "q")}
    left, middle, right = st.columns([3, 3, 5], vertical_alignment="bottom")
    with left:
        set_one("show", keys["show"], [show.value for show in shows], Show.ALL.value)
        show = st.selectbox(
            "Show",
            [show.value for show in shows],
            key=keys["show"],
            format_func=lambda name: _SHOWS[Show(name)],
            on_change=_first_page,
        )
        keep_one("show", keys["show"], show, Show.ALL.value)
    with middle:
        set_one("model", keys["model"], names, _ANY)
        model = st.selectbox(
            "Model",
            names,
            key=keys["model"],
            format_func=lambda name: "Any model" if name == _ANY else name,
            on_change=_first_page,
        )
        keep_one("model", keys["model"], model, _ANY)
    with right:
        text = asked("q", keys["q"])
        if text is not None:
            st.session_state[keys["q"]] = text[:200]
        words = st.text_input(
            "Search rows and answers",
            key=keys["q"],
            type="search",
            max_chars=200,
            icon=":material/search:",
            on_change=_first_page,
        )
        keep("q", keys["q"], (words or "").strip())
    return Show(show), model, (words or "").strip()


def _errors(seen: Seen, sieve: Sieve) -> set[int]:
    if sieve.show is not Show.ERRORS:
        return set()
    sides = {each.text: seen.made.models.index(each.id) for each in seen.models}
    query = BatchQuery(side=sides.get(sieve.model), status="failed")
    return {kept.row for kept in seen.batches.stream(seen.made.id, query)}


def _found(seen: Seen, words: str) -> set[int] | None:
    """The rows that have these words in a column or in an answer; None without any."""
    if not words:
        return None
    wanted = words.casefold()
    found = {kept.row for kept in seen.batches.stream(seen.made.id, BatchQuery(contains=words))}
    rows = seen.batches.rows(seen.made.id)
    return found | {row for row, values in rows if any(wanted in str(value).casefold() for value in values.values())}


def _listed(seen: Seen, numbers: Sequence[int], apart: Callable[[int], bool]) -> list[Listed]:
    from components.batch.store_sink import result_from

    most = len(numbers) * len(seen.made.models) * seen.made.repeats
    kept = seen.batches.page(seen.made.id, BatchQuery(rows=tuple(numbers)), 0, most)
    found: dict[int, list[Result]] = {}
    for each in kept:
        found.setdefault(each.row, []).append(result_from(seen.made, each))
    return [
        Listed(number, _prompt(found.get(number, [])), tuple(found.get(number, [])), apart(number))
        for number in numbers
    ]


def _prompt(results: Sequence[Result]) -> str:
    return next((result.prompt for result in results if result.prompt), "")


def _first_page() -> None:
    for name in ("page", "row"):
        st.query_params.pop(name, None)


def _number_of(name: str) -> int:
    text = st.query_params.get(name, "1")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 1


def _pages(path: str, page: int, last: int) -> None:
    if last == 1:
        return
    here: Mapping[str, str] = st.query_params.to_dict()
    wanted = [("First", 1), ("Previous", page - 1), ("Next", page + 1), ("Last", last)]
    ways = "".join(
        f'<li><a href="{_to_page(path, here, each)}" target="_self">{label}</a></li>'
        if 1 <= each <= last and each != page
        else f'<li><span class="none">{label}</span></li>'
        for label, each in wanted
    )
    st.html(f'<nav aria-label="Pages of rows"><ul class="ways history-ways">{ways}</ul></nav>')


def _to_page(path: str, here: Mapping[str, str], number: int) -> str:
    return escape(link(path, here, page=str(number) if number > 1 else ""))
