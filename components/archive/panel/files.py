"""Files: runs out of the history and into it, the list as a table, and the end of everything."""

from collections.abc import Callable, Iterator, Sequence

import streamlit as st

from catalog.tables import to_csv
from components.archive.desk import Desk
from components.archive.filters import PARAMETERS, query_of, read_filters
from components.archive.listing import COLUMNS, record
from components.archive.panel.doing import attempt, pick, picked
from components.archive.problems_html import problems_html
from components.archive.wording import count_words, place_words
from components.history.query import Query, RunSummary

_TOGETHER = 500
_LARGEST_MB = 200
_IMPORTED = "history_import_result"


def files(desk: Desk) -> None:
    """What is kept and where, files out, files in, and deleting everything."""
    kept = desk.store.search(Query(desk.owner, limit=0)).total
    st.html(f'<p class="strip"><b>{count_words(kept)}</b> {"is" if kept == 1 else "are"} kept in {_place()}.</p>')
    if kept:
        _out(desk, kept)
    _in(desk)
    if kept:
        _end(desk, kept)


def _place() -> str:
    from components.frame import history

    return place_words(history.url())


def _out(desk: Desk, kept: int) -> None:
    st.subheader("Export", anchor=False)
    parameters = {name: text for name, text in st.query_params.to_dict().items() if name in PARAMETERS}
    choices: dict[str, tuple[str, Callable[[], Sequence[str] | None]]] = {
        "all": (f"All {count_words(kept)}", lambda: None)
    }
    if parameters:
        found = desk.store.search(query_of(read_filters(parameters), desk.owner, desk.zone, limit=0)).total
        choices["filtered"] = (
            f"The {count_words(found)} that the list is filtered to",
            lambda: [run.id for run in _summaries(desk, parameters)],
        )
    if chosen := picked():
        choices["selected"] = (f"The {count_words(len(chosen))} selected", lambda: chosen)
    which = "all"
    if len(choices) > 1:
        which = st.radio(
            "Which runs",
            list(choices),
            key="history_export_which",
            format_func=lambda each: choices[each][0],
            horizontal=True,
            label_visibility="collapsed",
        )
    ids = choices[which][1]
    with st.container(horizontal=True):
        st.download_button(
            "Runs as JSON Lines",
            data=lambda: _jsonl(desk, ids()),
            file_name=jsonl_name(desk),
            mime="application/jsonl",
            icon=":material/download:",
            key="history_export",
            on_click="ignore",
        )
        st.download_button(
            "List as CSV",
            data=lambda: _csv(desk, parameters if which == "filtered" else {}, chosen if which == "selected" else None),
            file_name=f"runs-{desk.on.isoformat()}.csv",
            mime="text/csv",
            icon=":material/download:",
            key="history_csv",
            on_click="ignore",
        )
    st.caption(
        "JSON Lines has one run a line with prompt, settings, every piece of each answer with its time, tokens, votes, "
        "tags and opinions, and can be imported again. It has no key and no headers, and a file that you attached only "
        "if it was kept with the run. Simulated runs are marked in both files. To "
        "export some runs only, filter the list or select them there."
    )


def jsonl_name(desk: Desk) -> str:
    """The name of a file with runs."""
    return f"runs-{desk.on.isoformat()}.jsonl"


def exported(desk: Desk, ids: Sequence[str] | None) -> Callable[[], bytes]:
    """The runs with these ids, or all, as a file that is put together when somebody asks for it."""
    return lambda: _jsonl(desk, ids)


def _jsonl(desk: Desk, ids: Sequence[str] | None) -> bytes:
    from components.history.store import HistoryError
    from components.history.transfer import export_jsonl

    try:
        return "".join(export_jsonl(desk.store, desk.owner, ids)).encode()
    except HistoryError as error:
        return f"{error}\n".encode()


def _csv(desk: Desk, parameters: dict[str, str], ids: Sequence[str] | None) -> str:
    from components.history.store import HistoryError

    wanted = None if ids is None else set(ids)
    try:
        rows = [run for run in _summaries(desk, parameters) if wanted is None or run.id in wanted]
    except HistoryError as error:
        return f"{error}\n"
    return to_csv([record(desk.catalog, run) for run in rows], COLUMNS)


def _summaries(desk: Desk, parameters: dict[str, str]) -> Iterator[RunSummary]:
    """Every run that the filters find, newest first."""
    filters, offset = read_filters(parameters), 0
    while rows := desk.store.search(query_of(filters, desk.owner, desk.zone, _TOGETHER, offset)).rows:
        yield from rows
        offset += len(rows)


def _in(desk: Desk) -> None:
    st.subheader("Import", anchor=False)
    uploaded = st.file_uploader(
        "Runs as JSON Lines",
        type=["jsonl"],
        max_upload_size=_LARGEST_MB,
        key="history_upload",
        help="A file that this page has exported. Runs that are here already are skipped.",
    )
    if uploaded is None:
        st.session_state.pop(_IMPORTED, None)
        return
    if st.button("Import these runs", key="history_import", icon=":material/upload:"):
        from components.history.transfer import import_jsonl

        with st.spinner("Importing"):
            st.session_state[_IMPORTED] = import_jsonl(desk.store, desk.owner, uploaded)
        # The count of what is kept stands above.
        st.rerun()
    if _IMPORTED in st.session_state:
        _what_came_in()


def _what_came_in() -> None:
    came = st.session_state[_IMPORTED]
    known = f", {count_words(came.skipped_known)} skipped as known already" if came.skipped_known else ""
    problems = f", {count_words(len(came.problems), 'line')} left out" if came.problems else ""
    show = st.warning if came.problems else st.success
    show(
        f"{count_words(came.added)} added{known}{problems}. Imported runs are marked, and their votes count only where "
        "you switch that on.",
        icon=":material/upload_file:",
    )
    if came.problems:
        st.html(problems_html(came.problems))


def _end(desk: Desk, kept: int) -> None:
    st.subheader("Delete everything", anchor=False)
    phrase = f"delete {count_words(kept).replace(',', '')}"
    typed = st.text_input(
        f"To delete all {count_words(kept)} of yours for good, type “{phrase}”",
        key="history_end_phrase",
        placeholder=phrase,
        live=True,
        autocomplete="off",
    )
    st.button(
        "Delete everything",
        key="history_end",
        icon=":material/delete_forever:",
        disabled=(typed or "").strip().casefold() != phrase,
        on_click=attempt,
        args=(lambda: _delete_all(desk),),
        help="This cannot be undone. Export first what you want to keep.",
    )


def _delete_all(desk: Desk) -> str:
    count = desk.store.delete(desk.store.ids(desk.owner), desk.owner)
    pick(())
    st.session_state.pop("history_end_phrase", None)
    return f"Deleted {count_words(count)}. The history is empty."
