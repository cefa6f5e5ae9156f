"""Finds passages in documents: as they are written, with other typography, or with words that differ."""

from __future__ import annotations

import re
import threading
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING, Any

from components.documents.document import Document
from components.documents.lettering import (
    Difference,
    Likeness,
    common_span,
    composed,
    cuts_word,
    differences,
    likeness,
    skeleton,
    skeleton_length,
    whole_words,
)

if TYPE_CHECKING:
    import numpy as np

_BLOCK = 8_192
# Between documents, so that nothing is found across them; no text has it.
_BETWEEN = "\0"
_MOST_TRIED = 20
_GRAM = 10
_EVERY = 4
_MOST_PLACES_A_GRAM = 300
_CANDIDATES = 5
LEAST_LIKENESS = 80.0
"""From so much similarity in percent on (rapidfuzz's ratio over letters), a passage is shown as similar."""
_MOST_LEFT_OUT = 1_000
_END_SIGNS = " \t\n.,;:!?…\u00a0"
_LEFT_OUT = re.compile(r"\s*(?:\[\s*(?:\.{3}|…)\s*\]|\(\s*(?:\.{3}|…)\s*\)|\.{3}|…)\s*")


class How(StrEnum):
    """How a passage was found: as it is written, with other typography, or in pieces with words left out between."""

    EXACT = "exact"
    TYPOGRAPHIC = "typographic"
    SHORTENED = "shortened"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a passage stands: in a document by its name, from `start` to `end` of its text.

    `page` is None where the document has no pages, and `last_page` differs from it where the passage runs over pages.
    `line` counts the lines of the text from 1.
    """

    document: str
    page: int | None
    last_page: int | None
    heading: str
    line: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Found:
    """A passage that stands in a document; `elsewhere` says whether it does so more than once.

    `left_out` is what the text has between the pieces of a shortened passage.
    """

    place: Place
    how: How
    elsewhere: bool = False
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Similar:
    """No document has the passage, but one has a similar one there; `differences` are in their order."""

    place: Place
    written: str
    differences: tuple[Difference, ...]


@dataclass(frozen=True, slots=True)
class NotFound:
    """No document has the passage or one like it."""


Verdict = Found | Similar | NotFound


class Index:
    """Documents made ready for the search; about ten times their size in memory. Safe across threads."""

    def __init__(self, documents: Sequence[Document]) -> None:
        self._documents = tuple(documents)
        blocks = [
            (at, start, skeleton(each.text[start : start + _BLOCK]))
            for at, each in enumerate(documents)
            for start in range(0, len(each.text) or 1, _BLOCK)
        ]
        texts = []
        for index, (at, _, text) in enumerate(blocks):
            is_last = index + 1 == len(blocks) or blocks[index + 1][0] != at
            texts.append(text + _BETWEEN if is_last else text)
        self._blocks = [(at, start) for at, start, _ in blocks]
        self._starts = [0, *accumulate(map(len, texts))][:-1]
        self._text = "".join(texts)
        self._lock = threading.Lock()
        self._grams: tuple[Any, Any] | None = None

    def find(self, passage: str) -> Verdict:
        """Where a passage stands, where one like it stands, or that there is none.

        Found is only what has the same letters, digits and signs in the same words; signs at its ends do not count.
        """
        quoted = composed(passage).strip(_END_SIGNS)
        if not (letters := skeleton(quoted)):
            return NotFound()
        near: Similar | None = None
        hits = self._hits(letters, _MOST_TRIED)
        for at in hits:
            place, how = self._judged(quoted, at, at + len(letters))
            if how is not Likeness.OTHERWISE:
                again = next(hits, None)
                elsewhere = again is not None and self._is_there(quoted, again, again + len(letters))
                return Found(place, How(how.value), elsewhere)
            near = near or self._similar(quoted, place)
        return near or self._shortened(quoted) or self._closest(quoted, letters) or NotFound()

    def _hits(self, letters: str, most: int, start: int = 0, end: int | None = None) -> Iterator[int]:
        at = start - 1
        for _ in range(most):
            at = self._text.find(letters, at + 1, len(self._text) if end is None else end)
            if at < 0:
                return
            yield at

    def _judged(self, quoted: str, start: int, end: int) -> tuple[Place, Likeness]:
        place = self._place(start, end)
        text = self._document(place).text
        if cuts_word(text, place.start, place.end):
            return place, Likeness.OTHERWISE
        return place, likeness(quoted, text[place.start : place.end])

    def _is_there(self, quoted: str, start: int, end: int) -> bool:
        return self._judged(quoted, start, end)[1] is not Likeness.OTHERWISE

    def _document(self, place: Place) -> Document:
        return next(each for each in self._documents if each.name == place.document)

    def _similar(self, quoted: str, place: Place) -> Similar | None:
        document = self._document(place)
        start, end = whole_words(document.text, place.start, place.end)
        first, last = common_span(quoted, document.text[start:end])
        start, end = start + first, start + last
        written = document.text[start:end]
        return Similar(_placed(document, start, end), written, differences(quoted, written))

    def _shortened(self, quoted: str) -> Found | None:
        """The passage in pieces that follow one another, where it says itself that words are left out."""
        pieces = [piece for piece in map(_trimmed, _LEFT_OUT.split(quoted)) if skeleton(piece)]
        if len(pieces) < 2:
            return None
        for at in self._hits(skeleton(pieces[0]), _MOST_TRIED):
            if (places := self._in_a_row(pieces, at)) is not None:
                text = self._document(places[0]).text
                gaps = pairwise(places)
                left_out = tuple(" ".join(text[one.end : other.start].split()) for one, other in gaps)
                whole = _placed(self._document(places[0]), places[0].start, places[-1].end)
                return Found(whole, How.SHORTENED, left_out=left_out)
        return None

    def _in_a_row(self, pieces: Sequence[str], at: int) -> list[Place] | None:
        places: list[Place] = []
        end = at
        for piece in pieces:
            letters = skeleton(piece)
            limit = end + len(letters) + (_MOST_LEFT_OUT if places else 0)
            for hit in self._hits(letters, _MOST_TRIED, end, limit):
                place, how = self._judged(piece, hit, hit + len(letters))
                if how is not Likeness.OTHERWISE and (not places or places[0].document == place.document):
                    places.append(place)
                    end = hit + len(letters)
                    break
            else:
                return None
        return places

    def _closest(self, quoted: str, letters: str) -> Similar | None:
        """The passage with most letters in common, out of the places that share rare runs of letters."""
        from rapidfuzz import fuzz

        best, best_score = None, LEAST_LIKENESS
        for diagonal in self._candidates(letters):
            margin = len(letters) // 4 + 20
            start = max(0, diagonal - margin)
            window = self._text[start : diagonal + len(letters) + margin]
            found = fuzz.partial_ratio_alignment(letters, window, score_cutoff=LEAST_LIKENESS - 15)
            if found is None or found.dest_start == found.dest_end:
                continue
            span = (found.dest_start, found.dest_end)
            score, span = max(_ends(letters, window, *span))
            if score >= best_score and _BETWEEN not in window[span[0] : span[1]]:
                best, best_score = (start + span[0], start + span[1]), score
        return None if best is None else self._similar(quoted, self._place(*best))

    def _candidates(self, letters: str) -> list[int]:
        """Where in the skeleton the passage would begin, by the runs of letters that it shares with the text."""
        import numpy as np

        hashes, places = self._indexed()
        wanted = _hashes(letters)
        votes: dict[int, int] = {}
        common: list[tuple[int, int, int]] = []
        for offset in np.flatnonzero(wanted % _EVERY == 0).tolist():
            low, high = np.searchsorted(hashes, [wanted[offset], wanted[offset] + np.uint64(1)])
            if high - low <= _MOST_PLACES_A_GRAM:
                for place in places[low:high].tolist():
                    bin_ = (place - offset) // 32
                    votes[bin_] = votes.get(bin_, 0) + 1
            else:
                common.append((int(high - low), int(low), offset))
        if not votes and common:
            # A text that repeats itself: any of the places will do.
            _, low, offset = min(common)
            votes = {(place - offset) // 32: 1 for place in places[low : low + _CANDIDATES].tolist()}
        best = sorted(votes, key=lambda bin_: (-votes[bin_], bin_))[:_CANDIDATES]
        return [max(0, bin_ * 32) for bin_ in best]

    def _indexed(self) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
        """Hashes of a quarter of all runs of letters, ascending, and where each stands; made at the first question."""
        import numpy as np

        with self._lock:
            if self._grams is None:
                kept, at = [], []
                for start in range(0, len(self._text), 1_000_000):
                    hashes = _hashes(self._text[start : start + 1_000_000 + _GRAM - 1])
                    chosen = np.flatnonzero(hashes % _EVERY == 0)
                    kept.append(hashes[chosen])
                    at.append(chosen + start)
                hashes, places = np.concatenate(kept), np.concatenate(at).astype(np.uint32)
                order = np.argsort(hashes)
                self._grams = hashes[order], places[order]
            return self._grams

    def _place(self, start: int, end: int) -> Place:
        at, first = self._offset(start)
        _, last = self._offset(end - 1)
        return _placed(self._documents[at], first, last + 1)

    def _offset(self, position: int) -> tuple[int, int]:
        """The document and the offset in its text of the character that a position of the skeleton comes from."""
        index = bisect_right(self._starts, position) - 1
        at, start = self._blocks[index]
        left = position - self._starts[index]
        text = self._documents[at].text
        for offset in range(start, min(start + _BLOCK, len(text))):
            left -= skeleton_length(text[offset])
            if left < 0:
                return at, offset
        raise IndexError("no character of a document stands there")


def _hashes(text: str) -> np.ndarray[Any, Any]:
    """A hash of every run of ten letters, by place; those of short texts are none."""
    import numpy as np

    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32).astype(np.uint64)
    if len(codes) < _GRAM:
        return np.zeros(0, dtype=np.uint64)
    total = np.zeros(len(codes) - _GRAM + 1, dtype=np.uint64)
    for at in range(_GRAM):
        total = total * np.uint64(1_099_511_628_211) + codes[at : at + len(total)]
    return total ^ (total >> np.uint64(29))


def _ends(letters: str, window: str, start: int, end: int) -> Iterator[tuple[float, tuple[int, int]]]:
    """How similar the passage is to the span, and to spans that end later, as far as words may have been left out."""
    from rapidfuzz import fuzz

    furthest = min(len(window), end + len(letters) // 4)
    for last in range(end, furthest + 1):
        yield fuzz.ratio(letters, window[start:last]), (start, last)


def _trimmed(piece: str) -> str:
    return piece.strip(_END_SIGNS)


def _placed(document: Document, start: int, end: int) -> Place:
    page, last = document.page_at(start), document.page_at(max(start, end - 1))
    return Place(document.name, page.number, last.number, page.heading, document.line_at(start), start, end)
