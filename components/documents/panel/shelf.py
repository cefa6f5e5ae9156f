"""The documents that a visitor has brought: taken in, listed, sent as text or as they are, taken out again."""

from collections.abc import Sequence
from concurrent.futures import Future
from concurrent.futures import wait as wait_for
from dataclasses import replace
from html import escape
from pathlib import Path

import streamlit as st

from catalog.words import number
from components.documents.document import DocumentKind, counted
from components.documents.library import Library, Taken
from components.documents.markup import with_names
from components.documents.reading import ENDINGS
from components.documents.sending import Brought, Choice, brought, estimated
from components.gemini.content import Part
from components.gemini.counting import Estimate
from components.gemini.files import digest_of
from components.playground.answer_text import inert

SAMPLE = "sample agreement.pdf"
_SAMPLE_FILE = Path(__file__).parents[1] / "sample.pdf"
_SHELF, _READING, _REFUSED, _SEEN = (
    "documents_shelf",
    "documents_reading",
    "documents_refused",
    "documents_seen",
)
_PATIENCE_S = 0.3
_LOOK_EVERY_S = 0.3
_LARGEST_MB = 100
_MOST_LISTED = 12
_MOST_REFUSALS = 8
_MOST_CHARACTERS = 40_000_000


@st.cache_resource(show_spinner=False, on_release=lambda library: library.close())
def library() -> Library:
    """What this server has read."""
    return Library()


def shelf() -> tuple[Choice, ...]:
    """The documents that go along with the next question, as the visitor chose to send each."""
    held: tuple[Brought, ...] = st.session_state.get(_SHELF, ())
    return tuple(Choice(each, bool(st.session_state.get(_pdf_key(each), not each.document.has_text))) for each in held)


def bring(name: str, content: bytes) -> None:
    """Takes a file in as if it had been uploaded."""
    _begin(f"own {name}", name, content)


def put_back(parts: Sequence[Part], anew: bool = False) -> None:
    """Puts the documents of a run back on the shelf, as far as they are at hand; `anew` in place of what is there."""
    if _SHELF in st.session_state and not anew:
        return
    found = [(part, library().find(part)) for part in parts]
    known = [(part, document) for part, document in found if document is not None]
    st.session_state[_SHELF] = ()
    _add(tuple(brought(document, "run", part.data) for part, document in known))


def bring_sample() -> None:
    """Takes the sample in."""
    bring(SAMPLE, _SAMPLE_FILE.read_bytes())


def uploads() -> None:
    """The picker, what is being read, and what was refused; new documents are on the shelf afterwards."""
    st.file_uploader(
        "Documents",
        type=list(ENDINGS),
        accept_multiple_files=True,
        key="documents_files",
        max_upload_size=_LARGEST_MB,
        on_change=_take,
        help="Read on this server. They go to the service when their tokens are counted and when a question is asked.",
    )
    st.caption("Upload or drop PDF, Word, text, Markdown, HTML, CSV, source code, or a ZIP of them; up to 100 MB each.")
    pending = _collect(_PATIENCE_S)
    if pending:
        st.fragment(run_every=_LOOK_EVERY_S)(_reading)()
    _refusals()


def listed(models: tuple[str, ...]) -> None:
    """Every document with its kind, pages, tokens and warnings; how a PDF is sent; a way to take it out."""
    held = shelf()
    shown = held if len(held) <= _MOST_LISTED + 2 else held[:_MOST_LISTED]
    with st.container(key="documents_list", gap="small"):
        for index, choice in enumerate(shown):
            _row(index, choice, models)
        if left := held[len(shown) :]:
            items = "".join(f"<li>{_facts_html(each.brought, models)}</li>" for each in left)
            st.html(
                f'<details class="twin"><summary>{len(left)} more documents</summary>'
                f'<ul class="statements documents-more">{items}</ul></details>'
            )
        if len(held) > 1:
            st.button(
                f"Take all {len(held)} out",
                key="documents_clear",
                type="tertiary",
                icon=":material/delete_sweep:",
                on_click=_clear,
            )


@st.cache_resource(show_spinner=False, max_entries=1_000)
def estimate_of(_part: Part, digest: str, model_id: str) -> Estimate:
    """`sending.estimated`, worked out once for each document and model."""
    return estimated(_part, model_id)


def _row(index: int, choice: Choice, models: tuple[str, ...]) -> None:
    one = choice.brought
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"documents_row_{index}"):
        st.html(_facts_html(one, models, as_pdf=choice.as_pdf), width="stretch")
        if one.file is not None:
            st.toggle(
                "PDF itself",
                key=_pdf_key(one),
                value=not one.document.has_text,
                persist_state="session",
                help="On: models that read PDF get the file with its pictures and layout. Off: its text goes along.",
            )
        st.button(
            "Take out",
            key=f"documents_remove_{index}",
            type="tertiary",
            icon=":material/close:",
            on_click=_take_out,
            args=(one.document.digest, one.document.name),
            help=f"Leaves {inert(one.document.name)} out of the next question.",
        )


def _facts_html(one: Brought, models: tuple[str, ...], as_pdf: bool = False) -> str:
    document = one.document
    facts = [document.kind.value, _pages_words(one), _size(one.size_bytes), _tokens_words(one, models, as_pdf)]
    warnings = "".join(f'<span class="ahead-warning">▲ {escape(each)}</span>' for each in document.warnings)
    return (
        f'<p class="document"><b><bdi dir="auto">{escape(document.name)}</bdi></b> '
        f'<span class="count">{escape(", ".join(fact for fact in facts if fact))}</span>{warnings}</p>'
    )


def _pages_words(one: Brought) -> str:
    document = one.document
    if document.pages[0].number is not None:
        return counted(len(document.pages), "page")
    if document.kind is DocumentKind.MARKDOWN or len(document.pages) > 1:
        return counted(len(document.pages), "section")
    return counted(len(document.text.splitlines()), "line")


def _tokens_words(one: Brought, models: tuple[str, ...], as_pdf: bool) -> str:
    part = one.file if as_pdf and one.file is not None else one.text
    counts = sorted({estimate_of(part, digest_of(part), model).tokens for model in models})
    return f"≈ {' to '.join(number(count) for count in (counts[:1] + counts[1:][-1:]))} tokens" if counts else ""


def _size(size: int) -> str:
    if size < 1_000:
        return counted(size, "byte")
    return f"{size / 1_000_000:.1f} MB" if size >= 100_000 else f"{round(size / 1000)} kB"


def _pdf_key(one: Brought) -> str:
    return f"documents_pdf_{one.document.digest[:16]}"


def _take() -> None:
    """Begins to read what the picker holds now and did not hold before."""
    seen: tuple[str, ...] = st.session_state.get(_SEEN, ())
    chosen = st.session_state["documents_files"]
    st.session_state[_REFUSED] = ()
    for each in chosen:
        if each.file_id not in seen:
            _begin(each.file_id, each.name, each.getvalue())
    st.session_state[_SEEN] = tuple(each.file_id for each in chosen)


def _begin(source: str, name: str, content: bytes) -> None:
    reading: dict[str, tuple[str, Future[Taken]]] = st.session_state.setdefault(_READING, {})
    reading[source] = (name, library().take(source, name, content))


def _collect(wait_s: float) -> bool:
    """Puts what has been read onto the shelf; whether something is still being read."""
    reading: dict[str, tuple[str, Future[Taken]]] = st.session_state.get(_READING, {})
    if not reading:
        return False
    wait_for([future for _, future in reading.values()], wait_s)
    for source, (name, future) in list(reading.items()):
        # In the order in which they were brought, whatever is read first.
        if not future.done():
            break
        del reading[source]
        library().done(source)
        if future.cancelled() or future.exception() is not None:
            _refuse(f"{name} could not be read. Nothing else is affected; try again, or save it in another format.")
            continue
        taken = future.result()
        for refused in taken.refusals:
            _refuse(refused.sentence)
        _add(taken.documents)
    return bool(reading)


def _add(found: tuple[Brought, ...]) -> None:
    held: tuple[Brought, ...] = st.session_state.get(_SHELF, ())
    for each in found:
        if (twin := next((one for one in held if one.document.digest == each.document.digest), None)) is not None:
            _refuse(f"{each.document.name} was there already, as {twin.document.name}, so it was not added again.")
            continue
        if sum(len(one.document.text) for one in (*held, each)) > _MOST_CHARACTERS:
            _refuse(
                f"{each.document.name} was not added: with it the documents here would have more than "
                f"{number(_MOST_CHARACTERS)} characters. Take others out first."
            )
            continue
        names = {one.document.name for one in held}
        held = (*held, each if each.document.name not in names else _renamed(each, names))
    st.session_state[_SHELF] = held


def _renamed(one: Brought, taken: set[str]) -> Brought:
    """The document under a name that no other has, so that a quotation can say where it stands."""
    name = next(each for at in range(2, len(taken) + 3) if (each := f"{one.document.name} ({at})") not in taken)
    renamed = brought(replace(one.document, name=name), one.source, one.file.data if one.file else b"")
    library().keep(renamed)
    return renamed


def _refuse(sentence: str) -> None:
    st.session_state[_REFUSED] = (*st.session_state.get(_REFUSED, ()), sentence)


def _refusals() -> None:
    told: tuple[str, ...] = st.session_state.get(_REFUSED, ())
    if not told:
        return
    more = len(told) - _MOST_REFUSALS
    sentences = [*told[:_MOST_REFUSALS], *([f"{more} more files were refused."] if more > 0 else [])]
    st.error("\n\n".join(map(inert, sentences)), icon=":material/attach_file_off:")


def _reading() -> None:
    """Says what is being read, and draws the page again when it is there."""
    if not _collect(0):
        st.rerun()
    names = [name for name, _ in st.session_state.get(_READING, {}).values()]
    st.html(f'<p class="hold reading" role="status">Reading {escape(with_names(names, 3))}…</p>')


def _take_out(digest: str, name: str) -> None:
    held: tuple[Brought, ...] = st.session_state.get(_SHELF, ())
    st.session_state[_SHELF] = tuple(
        each for each in held if (each.document.digest, each.document.name) != (digest, name)
    )


def _clear() -> None:
    st.session_state[_SHELF] = ()
    st.session_state[_REFUSED] = ()
