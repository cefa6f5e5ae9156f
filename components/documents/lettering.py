"""What two passages have in common when only their typography differs, and where more than that differs."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

_DASHES = "-\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d"
_HYPHENS = "-\u2010\u2011"
_SOFT_HYPHEN = "\u00ad"
_UNSEEN = "\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\u00ad\ufffe"
_EMPHASIS = "*_`"
_QUOTES = "\"'`´‘’‚‛“”„‟′″«»‹›「」『』"
_LIGATURES = {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st", "ĳ": "ij", "Ĳ": "IJ"}
_SAME_SIGNS = {**dict.fromkeys(_QUOTES, "'"), "…": "...", "‥": "..", **_LIGATURES}
_WRITTEN = str.maketrans({sign: same for sign, same in _SAME_SIGNS.items() if sign not in _EMPHASIS})
_SEARCHED = str.maketrans({**_SAME_SIGNS, **dict.fromkeys(_DASHES + _UNSEEN + _EMPHASIS)})
_DROPPED = frozenset(_DASHES + _UNSEEN + _EMPHASIS)
# Scripts without spaces between words.
_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")
_WORD_BREAK = re.compile(rf"(?<=[^\W\d_])[{_HYPHENS}{_SOFT_HYPHEN}][ \t]*\n\s*(?=[^\W\d_])|[{_UNSEEN}]")
_INNER_HYPHEN = re.compile(rf"(?<=[^\W\d_])[{_HYPHENS}](?=[^\W\d_])")
_LETTERS = rf"[^\W\d_]\w*(?:(?:[{_HYPHENS}{_SOFT_HYPHEN}][ \t]*\n\s*|[{_HYPHENS}{_UNSEEN}'’.])\w+)*"
_WORD = re.compile(rf"[-+\u2212]?\d+(?:[.,:/]\d+)*%?|{_LETTERS}|\w+|[^\w\s]")
_ATTACHED_BEFORE = re.compile(rf"\w[{_HYPHENS}{_SOFT_HYPHEN}](?:[ \t]*\n\s*)?\Z")
_ATTACHED_AFTER = re.compile(rf"[{_HYPHENS}{_SOFT_HYPHEN}](?:[ \t]*\n\s*)?\w")
_NUMBER_BEFORE = re.compile(rf"(?:\d[.,:/]|[{_DASHES}])\Z")
_NUMBER_AFTER = re.compile(rf"(?:[.,:/]\d|\s?[%‰]|[{_DASHES}]\d)")
_LOOK = 12


class Likeness(StrEnum):
    """How far two passages agree that have the same letters."""

    EXACT = "exact"
    TYPOGRAPHIC = "typographic"
    OTHERWISE = "otherwise"


@dataclass(frozen=True, slots=True)
class Difference:
    """Words of a quotation, and those that the text has in their place; one of the two may be empty."""

    quoted: str
    written: str


def skeleton(text: str) -> str:
    """The text without what typography may change: white space, dashes, emphasis, kinds of quotation marks, case.

    What it makes of a text is what it makes of its characters one by one, put together. The text is in NFC.
    """
    return "".join(text.translate(_SEARCHED).split()).casefold()


@lru_cache(maxsize=20_000)
def skeleton_length(character: str) -> int:
    """How many characters of the skeleton one character becomes."""
    return len(skeleton(character))


def composed(text: str) -> str:
    """The text with composed letters, as all texts of documents are."""
    return unicodedata.normalize("NFC", text)


def likeness(quoted: str, written: str) -> Likeness:
    """How far two passages with the same skeleton agree.

    The kind and amount of white space makes no difference. Typographic are: kinds of quotation marks and dashes,
    ligatures, emphasis, a word broken at a line end, and the case of the first letter. A space or a hyphen more or
    less, or another case within the passage, can change what it says and is not.
    """
    if quoted.split() == written.split():
        return Likeness.EXACT
    one, other = list(_units(quoted)), list(_units(written))
    if len(one) != len(other):
        return Likeness.OTHERWISE
    before = ""
    for at, ((letter, gap), (same, space)) in enumerate(zip(one, other, strict=True)):
        if letter != same and (at or letter.casefold() != same.casefold()):
            return Likeness.OTHERWISE
        if at and gap != space and not _alike(gap, space, before, letter):
            return Likeness.OTHERWISE
        before = letter
    return Likeness.TYPOGRAPHIC


def _units(text: str) -> Iterator[tuple[str, str]]:
    """The letters and signs of a text as they are written, each with what stands before it and is no part of it."""
    gap = ""
    for character in text:
        if character in _DROPPED or character.isspace():
            gap += character
            continue
        for letter in character.translate(_WRITTEN):
            yield letter, gap
            gap = ""


def _alike(one: str, other: str, left: str, right: str) -> bool:
    kinds = {_gap_kind(one, left, right), _gap_kind(other, left, right)}
    if len(kinds) == 1 or kinds in ({"broken", "none"}, {"broken", "dash"}):
        return True
    if kinds != {"space", "none"}:
        return False
    if _UNSPACED.match(left) and _UNSPACED.match(right):
        return True
    # Beside a sign a space says nothing, unless it takes a number apart.
    return not (left.isalnum() and right.isalnum()) and not (right.isdigit() and left in ".,:/")


def _gap_kind(gap: str, left: str, right: str) -> str:
    letters = left.isalpha() and right.isalpha()
    dash = next((at for at, sign in enumerate(gap) if sign in _DASHES), None)
    if dash is not None:
        return "broken" if letters and dash == 0 and "\n" in gap[1:] and gap[0] in _HYPHENS else "dash"
    if any(sign.isspace() for sign in gap):
        return "broken" if letters and gap.startswith(_SOFT_HYPHEN) else "space"
    if letters and _SOFT_HYPHEN in gap:
        return "broken"
    marked = any(sign in _EMPHASIS for sign in gap)
    return "mark" if marked and left.isalnum() and right.isalnum() else "none"


def cuts_word(text: str, start: int, end: int) -> bool:
    """Whether a span begins or ends inside a word or a number, as "able" does in "unable" and "5" in "-5" or "5%"."""
    first, last = text[start], text[end - 1]
    before, after = text[max(0, start - _LOOK) : start], text[end : end + _LOOK]
    if first.isalnum() and not _UNSPACED.match(first):
        if (before[-1:].isalnum() and not _UNSPACED.match(before[-1])) or _ATTACHED_BEFORE.search(before):
            return True
        if first.isdigit() and _NUMBER_BEFORE.search(before):
            return True
    if last.isalnum() and not _UNSPACED.match(last):
        if (after[:1].isalnum() and not _UNSPACED.match(after[0])) or _ATTACHED_AFTER.match(after):
            return True
        return last.isdigit() and _NUMBER_AFTER.match(after) is not None
    return False


def whole_words(text: str, start: int, end: int) -> tuple[int, int]:
    """The span, grown to the ends of the words that it cuts."""
    before = re.search(r"\S*\Z", text[max(0, start - 60) : start])
    after = re.match(r"\S*", text[end : end + 60])
    return start - len(before[0] if before else ""), end + len(after[0] if after else "")


def common_span(quoted: str, written: str) -> tuple[int, int]:
    """Where `written` begins and ends without words before and after what it has in common with the quotation."""
    from rapidfuzz.distance import LCSseq

    one, other = _words(quoted), _words(written)
    codes = LCSseq.opcodes([word.key for word in one], [word.key for word in other])
    shared = [code for code in codes if code.tag == "equal"]
    if not shared:
        return 0, len(written)
    # Words that the quotation has before and after stand in the place of as many of the text's.
    first = max(0, shared[0].dest_start - shared[0].src_start)
    last = min(len(other), shared[-1].dest_end + len(one) - shared[-1].src_end)
    return other[first].start, other[last - 1].end


def differences(quoted: str, written: str) -> tuple[Difference, ...]:
    """Where two passages differ, word by word, by a longest common subsequence; kinds of quotes and dashes aside."""
    from rapidfuzz.distance import LCSseq

    one, other = _words(quoted), _words(written)
    codes = LCSseq.opcodes([word.key for word in one], [word.key for word in other])
    found: list[list[list[str]]] = []
    joined = False
    for code in codes:
        if code.tag == "equal":
            joined = False
            continue
        if not joined:
            found.append([[], []])
        joined = True
        found[-1][0] += [word.text for word in one[code.src_start : code.src_end]]
        found[-1][1] += [word.text for word in other[code.dest_start : code.dest_end]]
    changes = tuple(Difference(" ".join(words), " ".join(others)) for words, others in found)
    begins = bool(codes) and codes[0].tag != "equal"
    return changes[1:] if begins and _is_first_letter(changes[0]) else changes


def _is_first_letter(change: Difference) -> bool:
    """Whether it is the capital letter that a quotation begins with, or lost."""
    one, other = change.quoted, change.written
    return one[1:] == other[1:] and one[:1].casefold() == other[:1].casefold()


@dataclass(frozen=True, slots=True)
class _Word:
    """A word or a sign as it is compared, as it is shown, and where it stands."""

    key: str
    text: str
    start: int
    end: int


def _words(text: str) -> list[_Word]:
    return [_word(match) for match in _WORD.finditer(text)]


def _word(match: re.Match[str]) -> _Word:
    shown = _WORD_BREAK.sub("", match[0])
    plain = _INNER_HYPHEN.sub("", shown.translate(_WRITTEN))
    key = "-" if shown in _DASHES else plain.replace("\u2212", "-")
    return _Word(key, shown, match.start(), match.end())
