"""Words of a text, cut the same way for every database, and what somebody who searches means by what they type."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

LONGEST_WORD = 64
LONGEST_PHRASE = 20
MOST_TERMS = 32
# Chinese and Japanese are written without spaces: each sign is a word, and a run of signs a phrase.
_SIGNS = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_WORD = re.compile(rf"[{_SIGNS}]|[^\W_{_SIGNS}]+")
_ACCENTS = re.compile("[\u0300-\u036f]")
_TERM = re.compile(r'"([^"]*)"(\*?)|(\S+)')
# PostgreSQL keeps 255 places of a word and 16,383 places of a text; a part stays below both.
_MOST_PLACES = 255
_LONGEST_PART = 10_000


@dataclass(frozen=True, slots=True)
class Term:
    """Words that must stand next to each other; with `prefix` the last one may go on."""

    words: tuple[str, ...]
    prefix: bool = False


def words(text: str) -> list[str]:
    """The words of a text in small letters without accents, numbers included and signs left out."""
    return [found[:LONGEST_WORD] for found in _WORD.findall(_folded(text))]


def parts(text: str) -> Iterator[list[str]]:
    """The words of a text in parts of bounded size that overlap by the longest phrase; nothing for an empty text."""
    every = words(text)
    start = end = 0
    while end < len(every):
        end = _end_of_part(every, start)
        yield every[start:end]
        start = end - LONGEST_PHRASE


def terms(typed: str) -> tuple[Term, ...]:
    """What must all be found: words, "phrases" and prefixes*. Any text can be typed; signs without words are ignored.

    Only the first 32 terms count, and the first 20 words of a phrase.
    """
    read = (_term(match) for match in _TERM.finditer(typed))
    return tuple(islice((term for term in read if term.words), MOST_TERMS))


def first_match(text: str, wanted: tuple[Term, ...]) -> int | None:
    """Where in a text the first word of any term stands, in characters; None when none does."""
    whole = {term.words[0] for term in wanted if len(term.words) > 1 or not term.prefix}
    starts = tuple(term.words[0] for term in wanted if len(term.words) == 1 and term.prefix)
    for match in _WORD.finditer(text):
        word = _folded(match.group())[:LONGEST_WORD]
        if word in whole or (starts and word.startswith(starts)):
            return match.start()
    return None


def _end_of_part(every: Sequence[str], start: int) -> int:
    last = min(start + _LONGEST_PART, len(every))
    seen: Counter[str] = Counter()
    for place in range(start, last):
        seen[every[place]] += 1
        if seen[every[place]] > _MOST_PLACES:
            return place
    return last


def _term(match: re.Match[str]) -> Term:
    phrase, phrase_star, word = match.groups()
    typed = phrase if word is None else word
    found = words(typed)
    prefix = bool(phrase_star) or (word is not None and word.rstrip('"').endswith("*"))
    return Term(tuple(found[:LONGEST_PHRASE]), prefix and len(found) <= LONGEST_PHRASE)


def _folded(text: str) -> str:
    if text.isascii():
        return text.lower()
    return unicodedata.normalize("NFKC", _ACCENTS.sub("", unicodedata.normalize("NFKD", text)).casefold())
