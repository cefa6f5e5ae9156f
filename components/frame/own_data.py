"""A visitor's own results and models for the session: taken in, shown beside the catalog, and let go."""

import hashlib
from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st

from catalog.lifecycle import today
from catalog.loading import Catalog
from catalog.words import listing

if TYPE_CHECKING:
    from catalog.own import OwnData, OwnFile

_KEPT = "frame_own_files"
_EXAMPLE = """model,benchmark,score,n,conditions
gemini-2.0-flash,GPQA Diamond,62.1,198,"zero-shot, our own harness"
gemini-2.0-pro,GPQA Diamond,66.2,198,"zero-shot, our own harness"
"""


def overlaid(base: Catalog) -> Catalog:
    """`base` with the visitor's own files in it, or `base` where there are none or they can no longer be read."""
    files: tuple[OwnFile, ...] = st.session_state.get(_KEPT, ())
    if not files:
        return base
    from catalog.own import OwnDataError

    try:
        return _data(base, files).catalog
    except (OwnDataError, OSError):
        _forget()
        st.warning("Your own files could no longer be read and are not shown; choose them again.")
        return base


def _data(base: Catalog, files: "tuple[OwnFile, ...]") -> "OwnData":
    digest = hashlib.sha256(b"\0".join(part for each in files for part in (each.name.encode(), each.content)))
    return _read(base, files, base.version, digest.hexdigest(), today().isoformat())


@st.cache_resource(show_spinner="Reading your files", max_entries=8)
def _read(_base: Catalog, _files: "tuple[OwnFile, ...]", version: str, digest: str, day: str) -> "OwnData":
    # Reading foreign tables needs modules that few visitors ask for.
    from catalog.own import with_own

    return with_own(_base, _files, today())


def own_data_note() -> None:
    """Says on every page that a visitor's own data is shown, and offers to take it out."""
    files: tuple[OwnFile, ...] = st.session_state.get(_KEPT, ())
    if not files:
        return
    names = listing([each.name for each in files])
    with st.container(horizontal=True, vertical_alignment="center", key="frame_own_note"):
        st.html('<span class="kind kind-own">your own</span>', width="content")
        st.markdown(f"Data of yours is shown to you alone, until you close or reload this tab: {_plain(names)}")
        st.button("Take it out", key="frame_own_remove", icon=":material/delete:", on_click=_forget)


def _plain(text: str) -> str:
    """A file's name without the signs that Markdown would read."""
    return "".join(letter if letter.isalnum() or letter in " .-_,()" else " " for letter in text)


def _forget() -> None:
    st.session_state.pop(_KEPT, None)


def own_data_box(base: Catalog) -> None:
    """Takes tables of results and files of models; says what was read, or why nothing was."""
    with st.expander("Add your own results or models", icon=":material/upload_file:", key="models_own"):
        st.markdown(
            "A table of your own results as CSV, or a model as a YAML file. They are shown to you alone, in this "
            "session, marked as your own, and never stand in place of a sourced value. A row needs a model, a "
            "benchmark of the catalog and a score; with the number of questions (n) a verdict can be given."
        )
        taken = st.file_uploader(
            "Your files", type=["csv", "yaml", "yml"], accept_multiple_files=True, key="models_own_files"
        )
        with st.container(horizontal=True):
            show = st.button("Show beside the catalog", key="models_own_show", disabled=not taken)
            st.download_button(
                "Example table",
                _EXAMPLE,
                file_name="own-results.csv",
                mime="text/csv",
                key="models_own_example",
                on_click="ignore",
                icon=":material/download:",
            )
        if show and taken:
            _take(base, [(each.name, each.getvalue()) for each in taken])
        _told(base)


def _take(base: Catalog, taken: Sequence[tuple[str, bytes]]) -> None:
    from catalog.own import OwnDataError, OwnFile

    files = tuple(OwnFile(name, content) for name, content in taken)
    try:
        _data(base, files)
    except OwnDataError as error:
        lead = "Your files are not shown yet; what you see has not changed. Mend this and choose them again:"
        st.error(lead, icon=":material/error:")
        st.code("\n".join(error.sentences[:50]), language=None, wrap_lines=True)
        return
    st.session_state[_KEPT] = files
    st.rerun()


def _told(base: Catalog) -> None:
    files: tuple[OwnFile, ...] = st.session_state.get(_KEPT, ())
    if not files:
        return
    data = _data(base, files)
    models = f" and {len(data.models)} model{'' if len(data.models) == 1 else 's'}" if data.models else ""
    st.success(f"{data.results} result{'' if data.results == 1 else 's'}{models} of yours beside the catalog.")
    for words in data.reports:
        st.code(words, language=None, wrap_lines=True)
