"""The text of an HTML page, section by section. Runs in the process for parsing, with its time and memory limit."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from components.documents.document import Page, Refused

_LEVELS = tuple(f"h{level}" for level in range(1, 7))
# What a browser does not show as text, beside scripts and styles, which inscriptis leaves out itself.
_UNSEEN = ("script", "style", "noscript", "template", "iframe", "object", "svg", "math", "canvas", "select", "textarea")
_ENCODING = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_.:-]{1,40})", re.IGNORECASE)
_PADDING = re.compile(r"(?<=\S) {3,}(?=\S)")
_BLANK_LINES = re.compile(r"\n(?:[ \t]*\n){2,}")


def html_sections(name: str, text: str, most_characters: int) -> tuple[list[Page], list[str]]:
    """What a browser would show of a page, under its headings; scripts, styles and hidden elements are left out.

    Nothing is fetched or run. Raises Refused for a page that shows no text.
    """
    from inscriptis.html_engine import Inscriptis  # type: ignore[import-untyped]
    from inscriptis.model.config import ParserConfig  # type: ignore[import-untyped]
    from lxml.html import HTMLParser, document_fromstring  # type: ignore[import-untyped]

    tree = document_fromstring(re.sub(r"^\s*<\?xml[^>]*\?>", "", text) or "<p></p>", HTMLParser(huge_tree=True))
    title = " ".join((tree.findtext(".//title") or "").split())
    for element in _hidden(tree):
        element.drop_tree()
    config = ParserConfig(annotation_rules={level: ["heading"] for level in _LEVELS}, table_cell_separator=" | ")
    engine = Inscriptis(tree, config)
    shown = engine.get_text()
    if not shown.strip():
        raise Refused(name, f"{name} shows no text without its scripts. Save the page from the browser as PDF or text.")
    if len(shown) > most_characters:
        raise Refused(name, f"{name} holds more text than is read here at once. Split it into several files.")
    starts = sorted({(each.start, shown[each.start : each.end]) for each in engine.get_annotations()})
    return list(_sections(shown, starts, title)), []


def declared_encoding(content: bytes) -> str | None:
    """The encoding that an HTML page states in its head, None where it states none."""
    found = _ENCODING.search(content[:4_096])
    return found[1].decode("ascii") if found else None


def _hidden(tree: Any) -> list[Any]:
    found = list(tree.iter(*_UNSEEN))
    found += [element for element in tree.iter() if isinstance(element.tag, str) and "hidden" in element.attrib]
    # What lies inside another one goes with it.
    chosen = {id(element) for element in found}
    outer = [each for each in found if not any(id(above) in chosen for above in each.iterancestors())]
    return list({id(each): each for each in outer if each.getparent() is not None}.values())


def _sections(shown: str, starts: list[tuple[int, str]], title: str) -> Iterator[Page]:
    heading, begin = title, 0
    for at, text in starts:
        if shown[begin:at].strip():
            yield Page(None, heading, _tidy(shown[begin:at]))
        heading, begin = " ".join(text.split()), at
    if shown[begin:].strip():
        yield Page(None, heading, _tidy(shown[begin:]))


def _tidy(text: str) -> str:
    """Without the spaces that set the columns of a table in line, which cost tokens and say nothing."""
    lines = (_PADDING.sub("  ", line.rstrip()) for line in text.strip("\n").split("\n"))
    return _BLANK_LINES.sub("\n\n", "\n".join(lines))
