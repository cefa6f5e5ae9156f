"""The text of a DOCX file, section by section. Runs in the process for parsing, which has a time and a memory limit."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from io import BytesIO
from typing import Any

from components.documents.document import Page, Refused

_MAIN_PART = "word/document.xml"
_CONTENT_TYPES = "[Content_Types].xml"
# The rules of the container forbid document types (ECMA-376 part 2, section 8.1.4), and without them nothing expands.
_DOCUMENT_TYPES = tuple(mark.encode(code) for mark in ("<!DOCTYPE", "<!ENTITY") for code in ("utf-8", "utf-16-le"))
_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_SIGNS = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-", "ptab": "\t", "p": "\n"}
_HOLDERS = {_WORD + name for name in ("sdt", "sdtContent", "ins", "customXml", "smartTag", "moveTo")}
_NOTES = (("footnotes", "footnote", "Footnotes"), ("endnotes", "endnote", "Endnotes"))


def docx_sections(name: str, content: bytes, most_characters: int) -> tuple[list[Page], list[str]]:
    """The sections of a DOCX file under its headings, then its footnotes and endnotes; no page has a number.

    Text inserted under tracked changes is read, deleted text is not; headers and footers are left out. Nothing that the
    file refers to is fetched. Raises Refused for a file that is damaged, hostile or no Word document.
    """
    _check_parts(name, content)
    document = _opened(name, content)
    pages = list(_sections(document.element.body, _heading_styles(document)))
    pages += _notes(document)
    if sum(len(page.text) for page in pages) > most_characters:
        raise Refused(name, f"{name} holds more text than is read here at once. Split it into several files.")
    if not any(page.text.strip() for page in pages):
        raise Refused(name, f"{name} holds no text.")
    changed = next(document.element.body.iter(f"{_WORD}ins", f"{_WORD}del", f"{_WORD}moveFrom"), None) is not None
    return pages, ["It has tracked changes, which were read as if they were accepted."] if changed else []


def _check_parts(name: str, content: bytes) -> None:
    with zipfile.ZipFile(BytesIO(content)) as archive:
        names = set(archive.namelist())
        if _CONTENT_TYPES not in names or _MAIN_PART not in names:
            raise Refused(name, f"{name} is a ZIP archive and no Word document. Rename it to end in .zip if it is one.")
        for part in names:
            if part.endswith((".xml", ".rels")):
                data = archive.read(part)
                if any(mark in data for mark in _DOCUMENT_TYPES):
                    raise Refused(
                        name,
                        f"{name} defines XML entities of its own, which no Word document does and which can fill the "
                        "memory or fetch other files, so it was not opened.",
                    )


def _opened(name: str, content: bytes) -> Any:
    import docx

    try:
        return docx.Document(BytesIO(content))
    except (MemoryError, RecursionError):
        raise
    except Exception:
        raise Refused(
            name, f"{name} is damaged and cannot be read as a Word document. Open it in Word and save it anew."
        ) from None


def _heading_styles(document: Any) -> dict[str, str]:
    """The ids of the styles that make a heading, with their English names."""
    found = {}
    for style in document.styles.element.iterchildren(f"{_WORD}style"):
        label = style.find(f"{_WORD}name")
        named = "" if label is None else str(label.get(f"{_WORD}val", ""))
        if named.lower().startswith("heading ") or named.lower() == "title":
            found[str(style.get(f"{_WORD}styleId"))] = named
    return found


def _sections(body: Any, headings: dict[str, str]) -> Iterator[Page]:
    heading, lines = "", list[str]()
    for is_heading, text in _blocks(body, headings):
        if is_heading and text.strip():
            if any(line.strip() for line in lines):
                yield Page(None, heading, "\n".join(lines).strip("\n"))
            heading, lines = " ".join(text.split()), []
        lines.append(text)
    if any(line.strip() for line in lines):
        yield Page(None, heading, "\n".join(lines).strip("\n"))


def _blocks(container: Any, headings: dict[str, str]) -> Iterator[tuple[bool, str]]:
    """The paragraphs and rows of tables in their order, with whether each is a heading."""
    for child in container:
        if child.tag == f"{_WORD}p":
            style = child.find(f"{_WORD}pPr/{_WORD}pStyle")
            yield style is not None and style.get(f"{_WORD}val") in headings, _paragraph(child)
        elif child.tag == f"{_WORD}tbl":
            yield from ((False, row) for row in _rows(child, headings))
        elif child.tag in _HOLDERS:
            yield from _blocks(child, headings)


def _rows(table: Any, headings: dict[str, str]) -> Iterator[str]:
    for row in table.iterchildren(f"{_WORD}tr"):
        cells = [cell for cell in _cells(row) if cell.find(f"{_WORD}tcPr/{_WORD}vMerge") is None or _starts(cell)]
        texts = (" ".join(text for _, text in _blocks(cell, headings)) for cell in cells)
        yield " | ".join(" ".join(text.split()) for text in texts)


def _cells(row: Any) -> Iterator[Any]:
    for child in row:
        if child.tag == f"{_WORD}tc":
            yield child
        elif child.tag in _HOLDERS:
            yield from _cells(child)


def _starts(cell: Any) -> bool:
    """Whether a cell that is merged with those below it is the first of them."""
    return str(cell.find(f"{_WORD}tcPr/{_WORD}vMerge").get(f"{_WORD}val")) == "restart"


def _paragraph(paragraph: Any) -> str:
    pieces = list[str]()
    waiting = [*reversed(paragraph)]
    while waiting:
        element = waiting.pop()
        if element.tag == f"{_WORD}t":
            pieces.append(element.text or "")
        elif element.tag in (_FALLBACK, f"{_WORD}del", f"{_WORD}moveFrom", f"{_WORD}pPr", f"{_WORD}rPr"):
            continue
        elif isinstance(element.tag, str):
            pieces.append(_SIGNS.get(element.tag.removeprefix(_WORD), ""))
            waiting += reversed(element)
    return "".join(pieces)


def _notes(document: Any) -> Iterator[Page]:
    from docx.oxml import parse_xml

    for part, one, heading in _NOTES:
        for relation in document.part.rels.values():
            if relation.is_external or not relation.reltype.endswith(f"/{part}"):
                continue
            notes = parse_xml(relation.target_part.blob).iterchildren(f"{_WORD}{one}")
            # Notes with a type are the lines that separate notes from the text.
            texts = ["\n".join(text for _, text in _blocks(note, {})) for note in notes if not note.get(f"{_WORD}type")]
            if any(text.strip() for text in texts):
                yield Page(None, heading, "\n".join(text.strip() for text in texts))
