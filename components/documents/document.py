"""A document as text: its pages or sections, where each begins, and what a reader of the text must know."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

BETWEEN_PAGES = "\n\n"
_LONGEST_NAME = 300


class DocumentKind(StrEnum):
    """What a file is by its content."""

    PDF = "PDF"
    DOCX = "DOCX"
    HTML = "HTML"
    MARKDOWN = "Markdown"
    CSV = "CSV"
    TEXT = "text"
    CODE = "source code"


class Refused(Exception):
    """A file is not read; `sentence` names it and says why, and what to do where there is something to do."""

    def __init__(self, name: str, sentence: str) -> None:
        super().__init__(sentence)
        self.name = name
        self.sentence = sentence


@dataclass(frozen=True, slots=True)
class Page:
    """A page or a section of a document.

    `number` counts the pages of a file from 1, and is None where a file has sections or nothing to count. `heading` is
    the nearest one above the text, empty where there is none.
    """

    number: int | None
    heading: str
    text: str


@dataclass(frozen=True, slots=True)
class Document:
    """A file as text. `digest` is the SHA-256 of its bytes in hexadecimal.

    `text` is that of all pages, `starts` are the offsets in it at which they begin. `warnings` are sentences on what
    the text lacks or what was taken out of it.
    """

    name: str
    kind: DocumentKind
    pages: tuple[Page, ...] = field(repr=False)
    digest: str
    warnings: tuple[str, ...]
    text: str = field(repr=False)
    starts: tuple[int, ...] = field(repr=False)

    @property
    def has_text(self) -> bool:
        """Whether there is anything to read; a scanned PDF has nothing."""
        return bool(self.text.strip())

    def page_at(self, offset: int) -> Page:
        """The page on which the character at `offset` of the text stands."""
        return self.pages[max(0, bisect_right(self.starts, offset) - 1)]

    def line_at(self, offset: int) -> int:
        """The line of the text, from 1, on which the character at `offset` stands."""
        return self.text.count("\n", 0, offset) + 1


def document(name: str, kind: DocumentKind, pages: Iterable[Page], digest: str, warnings: Iterable[str]) -> Document:
    """Put pages together, of which there is at least one."""
    kept = tuple(pages)
    starts, at = [], 0
    for page in kept:
        starts.append(at)
        at += len(page.text) + len(BETWEEN_PAGES)
    text = BETWEEN_PAGES.join(page.text for page in kept)
    return Document(name, kind, kept, digest, tuple(warnings), text, tuple(starts))


def shown_name(name: str) -> str:
    """A name with its folders and without what cannot be shown or would climb out, not too long for a line."""
    parts = [part for part in re.split(r"[/\\]", name) if part not in ("", ".", "..")]
    shown = "".join(character for character in "/".join(parts) if character.isprintable())
    return shown[-_LONGEST_NAME:] or "file"


def counted(count: int, one: str, many: str = "") -> str:
    """A count with its noun: 1 page, 1,200 pages."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"
