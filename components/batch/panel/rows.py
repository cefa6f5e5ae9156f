"""The rows of a new batch on screen: a file, pasted lines or the sample; the template, and what is wrong with both."""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from html import escape

import streamlit as st

from catalog.words import listing
from components.archive.wording import clipped
from components.batch import samples
from components.batch.entries import MOST_ROWS, Refused
from components.batch.panel.remembering import remembered
from components.batch.prompts import ENDINGS, Problems, Table, pasted, preview, problems, read, template_for
from components.batch.wording import count_of
from components.playground.answer_text import inert
from components.playground.templates import variables

FILE, LINES, SAMPLE = "file", "lines", "sample"
_SOURCES = {FILE: "A file", LINES: "Pasted lines", SAMPLE: "Ten sample questions"}
_KEPT = "batch_kept_file"
_LONGEST_PREVIEW = 1_200
_SHOWN_PROBLEMS = 8


@dataclass(frozen=True)
class Asked:
    """The rows and the template of a new batch; None while there are none. `problem` says why it cannot run."""

    table: Table | None
    template: str = ""
    problem: str = ""


def source_box() -> Table | None:
    """Where the rows come from, and the rows; None, with what to do, where there are none yet."""
    st.session_state.setdefault("batch_source", FILE)
    chosen = st.segmented_control(
        "Prompts from",
        list(_SOURCES),
        format_func=_SOURCES.__getitem__,
        key="batch_source",
        required=True,
        persist_state="session",
    )
    try:
        table = {FILE: _file, LINES: _lines, SAMPLE: _sample}[chosen or FILE]()
    except Refused as error:
        st.warning(inert(f"{error} Nothing was asked."), icon=":material/error:")
        return None
    if table is not None:
        _understood(table)
    return table


def use_sample() -> None:
    """Chooses the sample questions, with the template and the check that go with them."""
    st.session_state["batch_source"] = SAMPLE


def template_box(table: Table) -> str:
    """The prompt with a column of the table in braces; it starts from the column that is most likely the prompt."""
    usual = samples.TEMPLATE if st.session_state.get("batch_source") == SAMPLE else template_for(table.columns)
    written = str(st.session_state.get("batch_template") or "").strip()
    if not written or written == st.session_state.get("batch_template_usual"):
        st.session_state["batch_template"] = usual
    st.session_state["batch_template_usual"] = usual
    names = listing([f"{{{name}}}" for name in table.columns[:12]])
    more = f" and {len(table.columns) - 12} more" if len(table.columns) > 12 else ""
    return st.text_area(
        "Template",
        key="batch_template",
        persist_state="session",
        height=110,
        help=f"What is sent for each row. The columns are {names}{more}; {{{{name}}}} is sent as {{name}}.",
    )


def looked_over(table: Table, template: str, needed: Sequence[str]) -> str:
    """Shows the first prompts and everything that is wrong with the rows; returns why nothing can be sent."""
    about = (table.digest, table.name, template, tuple(needed))
    try:
        found = remembered("problems", about, lambda: problems(table, template, needed))
        known = all(name in table.columns for name in variables(template))
        first = preview(table, template) if known and template.strip() else ()
    except Refused as error:
        return str(error)
    if first:
        with st.expander(
            _first_words(table), expanded=table.count <= 3 or not found.count, icon=":material/visibility:"
        ):
            items = "".join(
                f'<li><bdi dir="auto">{escape(clipped(each, _LONGEST_PREVIEW))}</bdi></li>' for each in first
            )
            st.html(f'<ol class="prompts">{items}</ol>')
    _tell(found)
    if found.stopping:
        return f"{count_of(found.stopping, 'problem')} in the rows or the template must be mended first."
    return ""


def _first_words(table: Table) -> str:
    return (
        "The prompt as it will be sent"
        if table.count == 1
        else f"The first prompts of {table.count:,}, as they will be sent"
    )


def _file() -> Table | None:
    st.file_uploader(
        "File with a prompt in each row",
        type=[ending.removeprefix(".") for ending in ENDINGS],
        key="batch_file",
        on_change=_take_file,
        help=f"CSV, JSON Lines, Excel, or text with a prompt a line; up to {MOST_ROWS:,} rows.",
    )
    kept: tuple[str, bytes, str] | None = st.session_state.get(_KEPT)
    if kept is None:
        return None
    name, content, file_id = kept
    if st.session_state.get("batch_file") is None:
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.html(
                f'<span class="value">{escape(name)}</span> <span class="count">from before</span>', width="content"
            )
            st.button("Let go of it", key="batch_file_forget", type="tertiary", on_click=_forget_file)
    headings = True
    if name.lower().endswith((".csv", ".tsv", ".xlsx", ".xlsm")):
        headings = st.checkbox(
            "The first row names the columns", value=True, key="batch_headings", persist_state="session"
        )
    return _read("file", (file_id, headings), lambda: read(name, content, headings=headings))


def _take_file() -> None:
    file = st.session_state["batch_file"]
    st.session_state[_KEPT] = (file.name, file.getvalue(), file.file_id) if file is not None else None


def _forget_file() -> None:
    st.session_state[_KEPT] = None


def _lines() -> Table | None:
    text = st.text_area(
        "Prompts, one a line",
        key="batch_lines",
        persist_state="session",
        height=180,
        placeholder="Summarise the water cycle in one sentence.\nTranslate “good morning” into Norwegian.",
    )
    return _read("lines", text, lambda: pasted(text)) if text.strip() else None


def _sample() -> Table | None:
    return _read("sample", 0, lambda: read(samples.NAME, samples.sample()))


def _read(name: str, about: Hashable, make: Callable[[], Table]) -> Table:
    def careful() -> Table | Refused:
        try:
            return make()
        except Refused as error:
            return error

    found = remembered(name, about, careful)
    if isinstance(found, Refused):
        raise found
    return found


def _understood(table: Table) -> None:
    columns = listing([f"<code>{{{escape(name)}}}</code>" for name in table.columns[:12]])
    more = f" and {len(table.columns) - 12} more" if len(table.columns) > 12 else ""
    word = "column" if len(table.columns) == 1 else "columns"
    st.html(f'<p class="batch-read"><b>{count_of(table.count, "row")}</b>, with the {word} {columns}{more}.</p>')
    for note in table.notes:
        st.caption(inert(note))


def _tell(found: Problems) -> None:
    for stops in (True, False):
        listed = [problem for problem in found.first if problem.stops is stops]
        count = found.stopping if stops else found.doubts
        if not count:
            continue
        shown = listed[:_SHOWN_PROBLEMS]
        lines = "\n".join(f"- {problem.sentence}" for problem in shown)
        left = count - len(shown)
        more = f"\n- and {left:,} more" if left else ""
        if stops:
            words = (
                "This must be mended before anything is sent:"
                if count == 1
                else f"{count:,} things must be mended before anything is sent:"
            )
            st.error(inert(f"{words}\n{lines}{more}"), icon=":material/error:")
        else:
            words = "This may be meant, and does not stop the batch:"
            st.warning(inert(f"{words}\n{lines}{more}"), icon=":material/help:")
