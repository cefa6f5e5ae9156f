"""What came of a batch: the verdict, the charts, the rows that differ first, and one row side by side."""

from collections.abc import Callable, Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING

import streamlit as st

from components.archive.filters import link
from components.batch.desk import Desk
from components.batch.drawn import charts_of, pass_chart, spend_chart, waits_chart
from components.batch.findings import checks_of_tally, findings_html, pairs_of
from components.batch.names import Named, named_models, renamed
from components.batch.panel.row import row_view
from components.batch.records import Job, Result
from components.batch.result_rows import Listed, result_table
from components.batch.sifting import Show, Sieve, differs, ordered, sifted
from components.batch.tally import ALL_CHECKS, Tally
from components.batch.wording import count_of
from components.frame.address import asked, keep, keep_one, set_one
from components.frame.chart import chart
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


def results(desk: Desk, made: Job, record: BatchRecord) -> None:
    """The results, or one row of them where the address names one with ?row=."""
    models = named_models(desk.catalog, made.models)
    about = (id(desk.store), made.id, record.done, record.failed, str(record.updated))
    tally = _tally(desk.store, made, models, about)
    checks = checks_of_tally(tally)
    pairs = pairs_of(tally, [each.text for each in models])
    if (number := _row_asked()) is not None:
        row_view(desk, made, models, number, _order(tally, _sieve_asked(checks, pairs), about))
        return
    st.subheader("Results", anchor=False)
    check = _check(checks)
    pair = _pair(pairs)
    st.html(_findings(tally, models, check, about))
    _charts(made, tally, models)
    _rows(desk, made, tally, models, (check, pair), about)


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


def _check(checks: Sequence[str]) -> str:
    """By which check the rows are compared, kept as ?check=."""
    if len(checks) < 2:
        return checks[0] if checks else ALL_CHECKS
    set_one("check", "batch_check", checks, checks[0])
    chosen = st.segmented_control(
        "By which check", checks, key="batch_check", required=True, on_change=_first_page, format_func=_check_words
    )
    keep_one("check", "batch_check", chosen or checks[0], checks[0])
    return chosen or checks[0]


def _check_words(check: str) -> str:
    return "All checks" if check == ALL_CHECKS else check


def _pair(pairs: Sequence[tuple[str, str]]) -> tuple[str, str]:
    """The two models whose difference orders the rows, kept as ?against= where there are more than two."""
    if len(pairs) < 2:
        return pairs[0] if pairs else ("", "")
    options = [other for _, other in pairs]
    set_one("against", "batch_against", options, options[0])
    chosen = st.segmented_control(
        f"{pairs[0][0]} against", options, key="batch_against", required=True, on_change=_first_page
    )
    keep_one("against", "batch_against", chosen or options[0], options[0])
    return pairs[0][0], chosen or options[0]


def _sieve_asked(checks: Sequence[str], pairs: Sequence[tuple[str, str]]) -> Sieve:
    """By which check and between which models the address orders the rows, where nothing else on the page says so."""
    check, against = st.query_params.get("check"), st.query_params.get("against")
    one, other = next((pair for pair in pairs if pair[1] == against), pairs[0] if pairs else ("", ""))
    first = checks[0] if checks else ALL_CHECKS
    return Sieve(check=check if check is not None and check in checks else first, one=one, other=other)


def _charts(made: Job, tally: Tally, models: Sequence[Named]) -> None:
    options = charts_of(tally)
    if not options:
        return
    set_one("chart", "batch_chart_shown", options, options[0])
    chosen = st.segmented_control(
        "Chart",
        options,
        key="batch_chart_shown",
        required=True,
        format_func=_CHARTS.__getitem__,
        label_visibility="collapsed",
    )
    chosen = chosen or options[0]
    keep_one("chart", "batch_chart_shown", chosen, options[0])
    found = _MAKERS[chosen](tally, models)
    if found is not None:
        chart(found.figure, f"batch_{chosen}", found.summary, found.records, f"batch-{made.id}-{chosen}")


@st.cache_resource(show_spinner=False, max_entries=20)
def _numbers(
    _desk: Desk, _made: Job, _models: Sequence[Named], _tally: Tally, sieve: Sieve, words: str, about: About
) -> list[int]:
    """The rows to list, found once for each choice: paging through them asks again and again."""
    return sifted(_tally, sieve, _errors(_desk, _made, _models, sieve), _found(_desk, _made, words))


def _rows(
    desk: Desk, made: Job, tally: Tally, models: Sequence[Named], by: tuple[str, tuple[str, str]], about: About
) -> None:
    st.subheader("Rows", anchor=False)
    check, (one, other) = by
    show, model, words = _filters(tally, models)
    sieve = Sieve(show, check, "" if model == _ANY else model, one, other)
    numbers = _numbers(desk, made, models, tally, sieve, words, about)
    if not numbers:
        st.info("No row fits these filters. Clear one, and rows stand here again.", icon=":material/search_off:")
        return
    last = -(-len(numbers) // _PAGE)
    page = min(max(_number_of("page"), 1), last)
    shown = numbers[(page - 1) * _PAGE : page * _PAGE]
    listed = _listed(desk, made, shown, lambda number: differs(tally, sieve, number))
    first = "those that differ first" if tally.checks and one and show is Show.ALL else "in their order"
    where = f", page {page:,} of {last:,}" if last > 1 else ""
    caption = f"{count_of(len(numbers), 'row')}, {first}{where}. A row opens with its prompt and both answers whole."
    with st.container(key="batch_rows"):
        st.html(result_table(listed, models, st.query_params.to_dict(), caption))
    _pages(page, last)


def _filters(tally: Tally, models: Sequence[Named]) -> tuple[Show, str, str]:
    shows = [show for show in Show if tally.checks or show in (Show.ALL, Show.ERRORS)]
    names = [_ANY, *(each.text for each in models)]
    left, middle, right = st.columns([3, 3, 5], vertical_alignment="bottom")
    with left:
        set_one("show", "batch_show", [show.value for show in shows], Show.ALL.value)
        show = st.selectbox(
            "Show",
            [show.value for show in shows],
            key="batch_show",
            format_func=lambda name: _SHOWS[Show(name)],
            on_change=_first_page,
        )
        keep_one("show", "batch_show", show, Show.ALL.value)
    with middle:
        set_one("model", "batch_model", names, _ANY)
        model = st.selectbox(
            "Model",
            names,
            key="batch_model",
            format_func=lambda name: "Any model" if name == _ANY else name,
            on_change=_first_page,
        )
        keep_one("model", "batch_model", model, _ANY)
    with right:
        text = asked("q", "batch_q")
        if text is not None:
            st.session_state["batch_q"] = text[:200]
        words = st.text_input(
            "Search rows and answers",
            key="batch_q",
            type="search",
            max_chars=200,
            icon=":material/search:",
            on_change=_first_page,
        )
        keep("q", "batch_q", (words or "").strip())
    return Show(show), model, (words or "").strip()


def _errors(desk: Desk, made: Job, models: Sequence[Named], sieve: Sieve) -> set[int]:
    if sieve.show is not Show.ERRORS:
        return set()
    sides = {each.text: made.models.index(each.id) for each in models}
    query = BatchQuery(side=sides.get(sieve.model), status="failed")
    return {kept.row for kept in desk.store.batches.stream(made.id, query)}


def _found(desk: Desk, made: Job, words: str) -> set[int] | None:
    """The rows that have these words in a column or in an answer; None without any."""
    if not words:
        return None
    wanted = words.casefold()
    found = {kept.row for kept in desk.store.batches.stream(made.id, BatchQuery(contains=words))}
    rows = desk.store.batches.rows(made.id)
    return found | {row for row, values in rows if any(wanted in str(value).casefold() for value in values.values())}


def _listed(desk: Desk, made: Job, numbers: Sequence[int], apart: Callable[[int], bool]) -> list[Listed]:
    from components.batch.store_sink import result_from

    most = len(numbers) * len(made.models) * made.repeats
    kept = desk.store.batches.page(made.id, BatchQuery(rows=tuple(numbers)), 0, most)
    found: dict[int, list[Result]] = {}
    for each in kept:
        found.setdefault(each.row, []).append(result_from(made, each))
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


def _pages(page: int, last: int) -> None:
    if last == 1:
        return
    here: Mapping[str, str] = st.query_params.to_dict()
    wanted = [("First", 1), ("Previous", page - 1), ("Next", page + 1), ("Last", last)]
    ways = "".join(
        f'<li><a href="{_to_page(here, each)}" target="_self">{label}</a></li>'
        if 1 <= each <= last and each != page
        else f'<li><span class="none">{label}</span></li>'
        for label, each in wanted
    )
    st.html(f'<nav aria-label="Pages of rows"><ul class="ways history-ways">{ways}</ul></nav>')


def _to_page(here: Mapping[str, str], number: int) -> str:
    return escape(link("batch", here, page=str(number) if number > 1 else ""))
