"""The quotations of an answer, between quotation marks or in block quotes, each looked up in the documents."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from components.documents.lettering import Difference
from components.documents.passages import How, Index, NotFound, Place, Similar, Verdict

LEAST_CHARACTERS = 20
"""From so many characters on, a passage in quotation marks is taken for a quotation and not for a name or a term."""

# A quotation ends at a blank line; a mark that opens stands before a word, one that closes after it.
_INSIDE = r"(?:(?!\n[ \t>]*\n)[^{closing}])"
_PAIRS = (
    ("“", "”"),
    ("„", "“”"),
    ("«", "»"),
    ("»", "«"),
    ("‹", "›"),
    ("「", "」"),
    ("『", "』"),
)
_LONGEST = 5_000
_LONGEST_SHOWN = 120
_MOST_SHOWN = 5
_MARKED = "|".join(
    f"{opening}({_INSIDE.format(closing=closing)}{{1,{_LONGEST}}})[{closing}]" for opening, closing in _PAIRS
)
_STRAIGHT = rf'(?<![\w"])"(?=\S)((?:(?!\n[ \t>]*\n)[^"]){{1,{_LONGEST}}})(?<=\S)"(?![\w"])'
# Single marks are apostrophes too: one that closes is followed by no letter.
_SINGLE = rf"(?<!\w)‘(?=\S)((?:(?!\n[ \t>]*\n)[^‘’]|’(?=\w)){{1,{_LONGEST}}})’(?!\w)"
# Swedish and Finnish open and close with the same mark.
_SAME = rf"(?<!\w)”(?=\S)((?:(?!\n[ \t>]*\n)[^“”]){{1,{_LONGEST}}})(?<=\S)”(?!\w)"
_QUOTED = re.compile(f"{_MARKED}|{_STRAIGHT}|{_SINGLE}|{_SAME}")
_FENCED = re.compile(r"^ {0,3}(`{3,}|~{3,})[^\n]*\n.*?(?:^ {0,3}\1[`~]*[ \t]*$|\Z)", re.MULTILINE | re.DOTALL)
_BLOCK = re.compile(r"(?:^ {0,3}>[^\n]*(?:\n|\Z))+", re.MULTILINE)
_BLOCK_MARK = re.compile(r"^ {0,3}(?:>[ \t]?)+", re.MULTILINE)
_SOURCE_LINE = re.compile(r"\n[ \t]*(?:[—–―-]{1,2}[ \t]*|\()[^\n]{1,200}\s*\Z")
_EMPHASIS = re.compile(r"(?<![\w*])(\*{1,3}|_{1,3})(?=\S)(.+?)(?<=\S)\1(?![\w*])", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Quotation:
    """What an answer quotes, without its marks, and where it stands in the answer, marks included."""

    text: str
    start: int
    end: int


def quotations(answer: str) -> tuple[Quotation, ...]:
    """The quotations of an answer in their order: of 20 characters or more, outside code, nested ones in the outer one.

    Straight and typographic marks and guillemets of all languages count, single typographic marks, and block quotes of
    Markdown, without the line that names their source. Emphasis is taken off.
    """
    hidden = _FENCED.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), answer)
    blocks = list(_blocks(hidden))
    outside = hidden
    for block in blocks:
        outside = (
            outside[: block.start] + re.sub(r"[^\n]", " ", outside[block.start : block.end]) + outside[block.end :]
        )
    found = sorted([*blocks, *_marked(outside)], key=lambda each: each.start)
    return tuple(each for each in found if len(" ".join(each.text.split())) >= LEAST_CHARACTERS)


def _marked(text: str) -> Iterator[Quotation]:
    for match in _QUOTED.finditer(text):
        inside = next(group for group in match.groups() if group)
        yield Quotation(_plain(inside), match.start(), match.end())


def _blocks(text: str) -> Iterator[Quotation]:
    """Block quotes; where one is quotation marks around all of it, without these; a paragraph is a quotation."""
    for match in _BLOCK.finditer(text):
        lines = _BLOCK_MARK.sub("", match[0]).strip()
        body = _SOURCE_LINE.sub("", lines)
        for paragraph in re.split(r"\n[ \t]*\n", body):
            whole = _QUOTED.fullmatch(paragraph.strip())
            inside = next(group for group in whole.groups() if group) if whole else paragraph
            yield Quotation(_plain(inside), match.start(), match.end())


def _plain(text: str) -> str:
    """Without the marks of emphasis, which the answer adds."""
    return _EMPHASIS.sub(r"\2", _EMPHASIS.sub(r"\2", text)).strip()


@dataclass(frozen=True, slots=True)
class Checked:
    """A quotation, and what became of it in the documents."""

    quotation: Quotation
    verdict: Verdict


def check(answer: str, index: Index) -> tuple[Checked, ...]:
    """Look up each quotation of an answer in the documents."""
    return tuple(Checked(each, index.find(each.text)) for each in quotations(answer))


def verdict_words(verdict: Verdict, several: bool = False) -> str:
    """A verdict as words; `several` documents are told apart by their names."""
    if isinstance(verdict, NotFound):
        return "not found in the text"
    place = place_words(verdict.place, several)
    if isinstance(verdict, Similar):
        return f"not found as quoted; similar {place}, differs in: {_differences(verdict)}"
    elsewhere = ", and elsewhere" if verdict.elsewhere else ""
    if verdict.how is How.SHORTENED:
        said = "; ".join(f'"{_short(words)}"' for words in verdict.left_out)
        return f"found {place}, with words left out: {said}"
    return f"found {place}{elsewhere}" + ("" if verdict.how is How.EXACT else " (typography differs)")


def place_words(place: Place, several: bool = False) -> str:
    """Where a passage stands: "on page 12", "on pages 12 and 13 of lease.pdf", "under Payment", "in line 40"."""
    of = f" of {place.document}" if several else ""
    if place.page is not None and place.last_page != place.page:
        return f"on pages {place.page} and {place.last_page}{of}"
    if place.page is not None:
        return f"on page {place.page}{of}"
    return f"under “{_short(place.heading)}”{of}" if place.heading else f"in line {place.line:,}{of}"


def _differences(similar: Similar) -> str:
    if not similar.differences:
        return "spaces, hyphens or capital letters"
    shown = [_difference(each) for each in similar.differences[:_MOST_SHOWN]]
    more = len(similar.differences) - len(shown)
    return "; ".join(shown) + (f"; and {more} more" if more else "")


def _difference(found: Difference) -> str:
    if not found.written:
        return f'"{_short(found.quoted)}" is not in the text'
    if not found.quoted:
        return f'the text has "{_short(found.written)}" besides'
    return f'"{_short(found.quoted)}" where the text has "{_short(found.written)}"'


def _short(words: str) -> str:
    return words if len(words) <= _LONGEST_SHOWN else f"{words[: _LONGEST_SHOWN - 4].rstrip()} ..."
