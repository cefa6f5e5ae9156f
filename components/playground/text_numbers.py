"""Length, structure and reading level of an answer in numbers."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from math import floor
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

# Scripts without spaces count by character; vowel signs of Indian and South-East Asian scripts belong to their word.
_UNSPACED = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_LETTER = rf"(?:[^\W{_UNSPACED}]|[\u0300-\u036f\u0900-\u109f])"
WORD = re.compile(rf"[{_UNSPACED}]|{_LETTER}+(?:['’.-]{_LETTER}+|,\d+)*")

_ADDRESS = re.compile(r"\b(?:https?://|www\.)[^\s<>]+")
_SENTENCE_END = re.compile(r"(?<![.!?…])[.!?…]++[\"'”’)\]]*+(?=\s+[^a-z\s]|\s*$)|[。！？]")
_ABBREVIATION = re.compile(r"\b(?:(?i:mr|mrs|ms|dr|prof|vs|e\.g|i\.e|cf|fig)|[A-Z])\.$")

_LEAST_WORDS = 30
# English prose has about 17 of these in 100 words; no other language with these letters has many of them.
_ENGLISH = frozenset(re.findall(r"\w+", "the and to that with this you which are from for it be can have by"))
_LEAST_ENGLISH = 0.08


@dataclass(frozen=True, slots=True)
class TextNumbers:
    """An answer in numbers: counts, and `reading_level` as a US school grade or None where it would say nothing.

    `characters` counts the Markdown as it arrived. `words` are those that are read, so no code block, no address.
    `sentences` and the reading level are of the prose: paragraphs, list items and quotations. A paragraph inside a list
    item counts as a list item. `links` counts pictures and bare addresses too, which the screen shows as links.
    """

    words: int
    sentences: int
    characters: int
    paragraphs: int
    headings: int
    list_items: int
    tables: int
    code_blocks: int
    links: int
    reading_level: float | None


@dataclass(frozen=True, slots=True)
class _Block:
    """The text of one paragraph, heading, list item or table cell, without its addresses."""

    text: str
    without_code: str
    links: int
    prose: bool


def text_numbers(text: str) -> TextNumbers:
    """Count what a Markdown text consists of, by the rules of CommonMark and GitHub's tables."""
    tokens = _parser().parse(text)
    blocks = list(_blocks(tokens))
    prose = [block.without_code for block in blocks if block.prose]
    kinds = [token.type for token in tokens]
    return TextNumbers(
        words=sum(len(WORD.findall(block.text)) for block in blocks),
        sentences=sum(_sentences(part) for part in prose),
        characters=len(text),
        paragraphs=_paragraphs(kinds),
        headings=kinds.count("heading_open"),
        list_items=kinds.count("list_item_open"),
        tables=kinds.count("table_open"),
        code_blocks=kinds.count("fence") + kinds.count("code_block"),
        links=sum(block.links for block in blocks),
        reading_level=_reading_level(prose),
    )


def reading_level_words(grade: float | None) -> str:
    """A reading level in plain words, by the bands of Rudolf Flesch, How to Write Plain English (1979), chapter 2."""
    if grade is None:
        return "not measured: under 30 words of English prose"
    bands = ((5, "very easy"), (6, "easy"), (7, "fairly easy"), (9, "plain English"), (12, "fairly difficult"))
    nearest = floor(grade + 0.5)
    if nearest < 1:
        return "below grade 1: very easy"
    words = next(
        (words for last, words in bands if nearest <= last), "difficult" if nearest <= 16 else "very difficult"
    )
    return f"grade {nearest}: {words}"


@cache
def _parser() -> "MarkdownIt":
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark").enable("table")


def _blocks(tokens: Sequence["Token"]) -> Iterator[_Block]:
    # The token before an inline one opens its block.
    for opening, token in pairwise(tokens):
        if token.type != "inline":
            continue
        children = token.children or []
        text, without_code = (_joined(children, code) for code in (True, False))
        links = sum(child.type == "image" or _is_link(child) for child in children) + len(_ADDRESS.findall(text))
        yield _Block(_ADDRESS.sub("", text), _ADDRESS.sub("", without_code), links, opening.type == "paragraph_open")


def _is_link(token: "Token") -> bool:
    # An address that is its own text is counted where all bare addresses are.
    return token.type == "link_open" and token.markup != "autolink"


def _joined(children: Sequence["Token"], code: bool) -> str:
    shown = {"text", "image", "code_inline"} if code else {"text", "image"}
    return "".join(
        child.content if child.type in shown else " " if child.type in ("softbreak", "hardbreak") else ""
        for child in children
    )


def _paragraphs(kinds: Sequence[str]) -> int:
    depth = count = 0
    for kind in kinds:
        depth += (kind == "list_item_open") - (kind == "list_item_close")
        count += kind == "paragraph_open" and not depth
    return count


def _sentences(text: str) -> int:
    """The sentences of one block; what has words and no full stop is one too."""
    count = start = 0
    for match in _SENTENCE_END.finditer(text):
        if _ABBREVIATION.search(text[max(start, match.end() - 8) : match.end()]):
            continue
        count += WORD.search(text, start, match.end()) is not None
        start = match.end()
    return count + (WORD.search(text, start) is not None)


def _reading_level(prose: Sequence[str]) -> float | None:
    """Flesch-Kincaid grade: 0.39 words/sentence + 11.8 syllables/word - 15.59.

    Kincaid, Fishburne, Rogers and Chissom (1975), Research Branch Report 8-75, Naval Technical Training Command.
    Numerals count as no word, since it is not known how they are read.
    """
    words = [word.lower() for part in prose for word in WORD.findall(part) if word[0].isalpha()]
    if len(words) < _LEAST_WORDS or sum(word in _ENGLISH for word in words) < _LEAST_ENGLISH * len(words):
        return None
    from syllapy import count  # type: ignore[import-untyped]

    syllables: int = sum(max(1, count(word.replace("’", "'"))) for word in words)
    return 0.39 * len(words) / sum(_sentences(part) for part in prose) + 11.8 * syllables / len(words) - 15.59
