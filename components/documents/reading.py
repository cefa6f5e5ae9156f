"""Files that a visitor brings, read as text: each is read, or refused in a sentence that names it."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path, PurePath

from components.documents.apart import Parser
from components.documents.archive import members, names_in, opened, unpacked
from components.documents.bounds import BOUNDS, Bounds
from components.documents.cleaning import cleaned, decoded
from components.documents.document import Document, DocumentKind, Page, Refused, counted, document, shown_name
from components.documents.plain import TEXT_ENDINGS, kind_of_text, sections
from components.documents.web import declared_encoding

ENDINGS = ("pdf", "docx", "zip", *(ending for endings in TEXT_ENDINGS.values() for ending in endings))
"""The endings for a file picker; other text is read too."""
_ARCHIVE = "ZIP archive"
_ENDING_OF = {DocumentKind.PDF: "pdf", DocumentKind.DOCX: "docx", _ARCHIVE: "zip"}
_SPOKEN = {DocumentKind.PDF: "a PDF document", DocumentKind.DOCX: "a Word document", _ARCHIVE: "a ZIP archive"}
# Office files that are no text documents, by a part that their containers have.
_OTHER_OFFICE = {
    "xl/workbook.xml": "an Excel workbook, which is not read here. Save its sheets as CSV.",
    "ppt/presentation.xml": "a PowerPoint presentation, which is not read here. Save it as PDF.",
}
_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PDF_HEAD_BYTES = 1_024


@dataclass(frozen=True, slots=True)
class Reading:
    """What came of files: documents in their order, and what was left out, each with its reason."""

    documents: tuple[Document, ...]
    refusals: tuple[Refused, ...]


def read(name: str, content: bytes | Path, bounds: Bounds = BOUNDS) -> Reading:
    """Read one file, or all files of an archive. Raises Refused where nothing of it can be read."""
    found = read_all([(name, content)], bounds)
    if not found.documents:
        raise found.refusals[0]
    return found


def read_all(files: Iterable[tuple[str, bytes | Path]], bounds: Bounds = BOUNDS) -> Reading:
    """Read files with their names; the bounds hold for all together. Never raises for what is in a file."""
    documents: dict[str, Document] = {}
    refusals: list[Refused] = []
    with Parser(bounds) as parser:
        left = _Left(parser, bounds)
        for name, content in files:
            for each in left.read(shown_name(name), content):
                if isinstance(each, Refused):
                    refusals.append(each)
                else:
                    unique = _unique(each.name, documents)
                    documents[unique] = replace(each, name=unique)
    return Reading(tuple(documents.values()), tuple(refusals))


class _Left:
    """Reads files one after the other and keeps count of what the bounds leave for the next."""

    def __init__(self, parser: Parser, bounds: Bounds) -> None:
        self._parser = parser
        self._bounds = bounds
        self._characters = bounds.characters
        self._unpacked = bounds.unpacked_bytes
        self._ends = time.monotonic() + bounds.total_seconds

    def read(self, name: str, content: bytes | Path) -> Iterator[Document | Refused]:
        """The document of a file, those of an archive, or why there is none."""
        try:
            data = _bytes(name, content, self._bounds.file_bytes)
            if _container(name, data, self._bounds.files) == _ARCHIVE:
                _check_ending(name, _ARCHIVE)
                yield from self._members(name, data)
            else:
                yield self._document(name, data)
        except Refused as refused:
            yield refused

    def _members(self, name: str, content: bytes) -> Iterator[Document | Refused]:
        with opened(name, content, self._bounds) as archive:
            empty = True
            for shown, entry in members(name, archive):
                empty = False
                if isinstance(entry, Refused):
                    yield entry
                    continue
                try:
                    data = unpacked(shown, archive, entry, min(self._bounds.file_bytes, self._unpacked))
                    self._unpacked -= len(data)
                    yield self._document(shown, data)
                except Refused as refused:
                    yield refused
            if empty:
                raise Refused(name, f"{name} is an archive without files.")

    def _document(self, name: str, data: bytes) -> Document:
        if time.monotonic() > self._ends:
            taken = counted(round(self._bounds.total_seconds), "second")
            raise Refused(name, f"{name} was not read, as the files before it took {taken}. Add it by itself.")
        kind, pages, warnings = self._pages(name, data)
        size = sum(len(page.text) for page in pages)
        if size > self._characters:
            most = f"{self._bounds.characters:,} characters"
            raise Refused(name, f"{name} was not read: with it there are more than the {most} that are read at once.")
        if kind is not DocumentKind.PDF and not any(page.text.strip() for page in pages):
            raise Refused(name, f"{name} holds no text.")
        self._characters -= size
        return document(name, kind, pages, sha256(data).hexdigest(), dict.fromkeys(warnings))

    def _pages(self, name: str, data: bytes) -> tuple[DocumentKind, tuple[Page, ...], tuple[str, ...]]:
        container = _container(name, data, self._bounds.files)
        if container is not None:
            _check_ending(name, container)
        if container == _ARCHIVE:
            raise Refused(name, f"{name} is an archive inside an archive, which is not opened. Add it by itself.")
        if isinstance(container, DocumentKind):
            if container is DocumentKind.DOCX:
                opened(name, data, self._bounds).close()
            return container, *self._apart(name, container, data)
        _check_no_binary(name, data)
        encoding = declared_encoding(data) if data.lstrip()[:1] == b"<" else None
        text, guessed = _stated(data, encoding) or decoded(name, data)
        text, warnings = cleaned(text)
        kind = kind_of_text(_ending(name), text)
        if kind is DocumentKind.HTML:
            pages, more = self._apart(name, kind, text.encode("utf-8"))
            return kind, pages, (*guessed, *warnings, *more)
        return kind, sections(kind, text), (*guessed, *warnings)

    def _apart(self, name: str, kind: DocumentKind, data: bytes) -> tuple[tuple[Page, ...], tuple[str, ...]]:
        seconds = max(1.0, self._ends - time.monotonic())
        pages, warnings = self._parser.parse(name, kind, data, self._characters, seconds)
        texts = [cleaned(page.text) for page in pages]
        kept = tuple(replace(page, text=text) for page, (text, _) in zip(pages, texts, strict=True))
        return kept, (*warnings, *(warning for _, more in texts for warning in more))


def _bytes(name: str, content: bytes | Path, most: int) -> bytes:
    try:
        size = content.stat().st_size if isinstance(content, Path) else len(content)
        if size > most:
            raise Refused(name, f"{name} is larger than {most // 1024**2:,} MB, which is the most that is read.")
        data = content.read_bytes() if isinstance(content, Path) else content
    except OSError:
        raise Refused(name, f"{name} cannot be read from the disk any more. Add it again.") from None
    if not data:
        raise Refused(name, f"{name} is empty, so there is nothing to read.")
    return data


def _container(name: str, data: bytes, most_files: int) -> DocumentKind | str | None:
    """What a file is by its first bytes, None for what has no such mark, as text has not."""
    start = data[:_PDF_HEAD_BYTES]
    if start.lstrip().startswith(b"%PDF-") or (_ending(name) == "pdf" and b"%PDF-" in start):
        return DocumentKind.PDF
    if not data.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")):
        return None
    names = names_in(data, most_files)
    for part, words in _OTHER_OFFICE.items():
        if part in names:
            raise Refused(name, f"{name} is {words}")
    # One that cannot be opened is damaged, whatever its name promises.
    is_word = "word/document.xml" in names if names else _ending(name) == "docx"
    return DocumentKind.DOCX if is_word else _ARCHIVE


def _ending(name: str) -> str:
    return PurePath(name).suffix.lower().removeprefix(".")


def _check_ending(name: str, found: DocumentKind | str) -> None:
    """Raises Refused where the name promises something else than the content is."""
    ending = _ending(name)
    if ending in ("", _ENDING_OF[found]):
        return
    raise Refused(
        name,
        f"{name} is {_SPOKEN[found]} by its content, but its name says otherwise. "
        f"Rename it to end in .{_ENDING_OF[found]} if that is right.",
    )


def _check_no_binary(name: str, data: bytes) -> None:
    import filetype  # type: ignore[import-untyped]

    if not data:
        raise Refused(name, f"{name} is empty, so there is nothing to read.")
    if data.startswith(_OLD_OFFICE):
        raise Refused(
            name, f"{name} is in an old format of Office or protected with a password. Save it as .docx without one."
        )
    promised = next((kind for kind, ending in _ENDING_OF.items() if ending == _ending(name)), None)
    if promised is not None:
        raise Refused(name, f"{name} does not hold what its ending promises: its content is not {_SPOKEN[promised]}.")
    kind = filetype.guess(data[:8_192])
    if kind is not None and b"\0" in data[:8_192]:
        raise Refused(name, f"{name} is of the type {kind.mime}, which is not read as text.")


def _stated(data: bytes, encoding: str | None) -> tuple[str, tuple[str, ...]] | None:
    """The text in the encoding that a page states, None where it states none or is not in it."""
    if encoding is None:
        return None
    try:
        return data.decode(encoding), ()
    except (UnicodeDecodeError, LookupError):
        return None


def _unique(name: str, taken: dict[str, Document]) -> str:
    if name not in taken:
        return name
    return next(each for at in range(2, len(taken) + 3) if (each := f"{name} ({at})") not in taken)
