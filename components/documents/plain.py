"""Text, Markdown, CSV and source code: what kind a name stands for, and where the text has pages or sections."""

from __future__ import annotations

import re
from collections.abc import Iterator

from components.documents.document import DocumentKind, Page

_CODE_ENDINGS = """
    py js mjs ts tsx jsx java kt scala go rs rb php pl lua r jl c h cc cpp hpp cs swift m sh bash ps1 bat sql css scss
    json jsonl yaml yml toml ini cfg conf xml svg proto tf gradle ipynb
"""
# Beside these, whatever turns out to be text is read as text.
TEXT_ENDINGS: dict[DocumentKind, tuple[str, ...]] = {
    DocumentKind.TEXT: ("txt", "text", "log", "rst", "tex", "srt", "vtt", "eml"),
    DocumentKind.MARKDOWN: ("md", "markdown"),
    DocumentKind.CSV: ("csv", "tsv"),
    DocumentKind.HTML: ("html", "htm", "xhtml"),
    DocumentKind.CODE: tuple(_CODE_ENDINGS.split()),
}
_KIND_OF_ENDING = {ending: kind for kind, endings in TEXT_ENDINGS.items() for ending in endings}
_HEADING = re.compile(r" {0,3}#{1,6}[ \t]+(.*?)[ \t]*#*[ \t]*$")
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})(.*)$")
_HTML_START = re.compile(r"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html[\s>])", re.IGNORECASE)


def kind_of_text(ending: str, text: str) -> DocumentKind:
    """What a text is, by the ending of its name, which has no dot, and by how it begins."""
    if ending in _KIND_OF_ENDING:
        return _KIND_OF_ENDING[ending]
    return DocumentKind.HTML if _HTML_START.match(text[:5_000]) else DocumentKind.TEXT


def sections(kind: DocumentKind, text: str) -> tuple[Page, ...]:
    """The pages between form feeds, or the sections of Markdown under its headings, or all of the text as one."""
    if "\f" in text.strip("\f"):
        return tuple(Page(number, "", page) for number, page in enumerate(text.removesuffix("\f").split("\f"), 1))
    text = text.replace("\f", "")
    if kind is DocumentKind.MARKDOWN:
        return tuple(_under_headings(text))
    return (Page(None, "", text),)


def _under_headings(text: str) -> Iterator[Page]:
    heading, start = "", 0
    for at, title in _headings(text):
        if text[start:at].strip():
            yield Page(None, heading, text[start:at].strip("\n"))
        heading, start = title, at
    yield Page(None, heading, text[start:].strip("\n"))


def _headings(text: str) -> Iterator[tuple[int, str]]:
    """Where the lines of headings begin, outside fenced code (CommonMark 0.31, sections 4.2 and 4.5)."""
    at, opened = 0, ""
    for line in text.splitlines(keepends=True):
        bare = line.rstrip("\n")
        if fence := _FENCE.match(bare):
            mark, rest = fence[1], fence[2]
            if not opened:
                opened = "" if mark[0] == "`" and "`" in rest else mark
            elif mark[0] == opened[0] and len(mark) >= len(opened) and not rest.strip():
                opened = ""
        elif not opened and (heading := _HEADING.match(bare)):
            yield at, heading[1].strip()
        at += len(line)
