"""The text of a PDF, page by page. Runs in the process for parsing, which has a time and a memory limit."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from typing import TYPE_CHECKING, Any

from components.documents.document import Page, Refused, counted

if TYPE_CHECKING:
    from pypdf import PdfReader

_MOST_OUTLINE_ENTRIES = 5_000
_MOST_NAMED = 8


def pdf_pages(name: str, content: bytes, most_pages: int, most_characters: int) -> tuple[list[Page], list[str]]:
    """The pages of a PDF with their numbers, each under the entry of the outline in which it stands, and warnings.

    Raises Refused for a PDF that is encrypted, damaged or too large. Pages without text, as in a scan, come out empty.
    """
    reader = _opened(name, content)
    if len(reader.pages) > most_pages:
        raise Refused(name, f"{name} has {len(reader.pages):,} pages, more than the {most_pages:,} that are read here.")
    texts: list[str | None] = []
    left = most_characters
    for page in reader.pages:
        texts.append(_text(page))
        left -= len(texts[-1] or "")
        if left < 0:
            raise Refused(name, f"{name} holds more text than is read here at once. Split it into several files.")
    if all(text is None for text in texts):
        raise Refused(name, f"{name} is damaged, or its pages are too large: none of them can be read.")
    headings = _headings(reader, len(texts))
    pages = [Page(at + 1, headings[at], text or "") for at, text in enumerate(texts)]
    return pages, list(_warnings(texts))


def _opened(name: str, content: bytes) -> PdfReader:
    from pypdf import PdfReader
    from pypdf.errors import DependencyError

    try:
        reader = PdfReader(BytesIO(content))
        # A document that is only protected against changes opens without a password.
        locked = reader.is_encrypted and not reader.decrypt("")
    except DependencyError:
        locked = True
    except (RecursionError, MemoryError):
        raise
    except Exception:
        raise _damaged(name) from None
    if locked:
        raise Refused(name, f"{name} is encrypted, so it cannot be read. Save a copy without a password and add that.")
    try:
        count = len(reader.pages)
    except DependencyError:
        raise Refused(
            name, f"{name} is encrypted, so it cannot be read. Save a copy without a password and add that."
        ) from None
    except Exception:
        raise _damaged(name) from None
    if not count:
        raise Refused(name, f"{name} has no pages.")
    return reader


def _damaged(name: str) -> Refused:
    return Refused(name, f"{name} is damaged and cannot be read as a PDF. Open it in a viewer and save it anew.")


def _text(page: Any) -> str | None:
    try:
        return str(page.extract_text())
    except MemoryError:
        raise
    except Exception:
        return None


def _headings(reader: PdfReader, pages: int) -> list[str]:
    """For each page the last entry of the outline that begins on it or before it; empty where there is none."""
    try:
        begins = dict(_outline(reader))
    except Exception:
        return [""] * pages
    headings, heading = [], ""
    for at in range(pages):
        heading = begins.get(at, heading)
        headings.append(heading)
    return headings


def _outline(reader: PdfReader) -> Iterator[tuple[int, str]]:
    waiting: list[Any] = [*reversed(reader.outline)]
    for _ in range(_MOST_OUTLINE_ENTRIES):
        if not waiting:
            return
        entry = waiting.pop()
        if isinstance(entry, list):
            waiting += reversed(entry)
            continue
        page = reader.get_destination_page_number(entry)
        if page is not None and page >= 0:
            yield page, " ".join(str(entry.title or "").split())


def _warnings(texts: list[str | None]) -> Iterator[str]:
    broken = [at for at, text in enumerate(texts, 1) if text is None]
    empty = [at for at, text in enumerate(texts, 1) if text is not None and not text.strip()]
    if broken:
        yield f"{_named(broken, len(texts))} could not be read."
    if len(empty) == len(texts):
        yield (
            "No page has text, as in a scan: a model that reads PDF can look at the pages, but quotations cannot be "
            "checked."
        )
    elif empty:
        yield f"{_named(empty, len(texts))} had no text, as scanned or empty pages do."


def _named(numbers: list[int], pages: int) -> str:
    shown = ", ".join(map(str, numbers[:_MOST_NAMED])) + (" ..." if len(numbers) > _MOST_NAMED else "")
    return f"{counted(len(numbers), 'page')} of {pages:,} ({shown})"
