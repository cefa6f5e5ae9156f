"""Where two answers say the same and where they do not, word by word: the comparison, and its HTML."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from html import escape
from itertools import accumulate, groupby, pairwise

from components.playground.text_numbers import WORD

# The comparison keeps one bit for each pair of units: 50 MB.
_MOST_PAIRS = 400_000_000
_UNIT = re.compile(rf"{WORD.pattern}|\S")


class RunKind(StrEnum):
    """Which of the two texts a stretch stands in."""

    SAME = "same"
    ONLY_ONE = "only_one"
    ONLY_OTHER = "only_other"


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of text, white space included, that stands in both texts or in one of them."""

    kind: RunKind
    text: str


@dataclass(frozen=True, slots=True)
class Diff:
    """Two texts as one sequence of runs, and how many words are shared.

    The same and only_one runs joined are the one text, the same and only_other runs joined are the other.
    `in_common` is 2 * shared / (words of one + words of other), the coefficient of Dice (1945), from 0 to 1; None where
    neither text has a word.
    """

    runs: tuple[Run, ...]
    shared: int
    only_one: int
    only_other: int
    in_common: float | None


@dataclass(frozen=True, slots=True)
class _Piece:
    """A part of a run, and how many words it has."""

    kind: RunKind
    text: str
    words: int


@dataclass(frozen=True, slots=True)
class _Units:
    """The words and signs of a text, the white space before, between and after them, and the words counted up to each.

    `gaps[0]` comes before the first unit, `gaps[i + 1]` after unit i; `words[i]` counts the words before unit i.
    """

    units: tuple[str, ...]
    gaps: tuple[str, ...]
    words: tuple[int, ...]

    def piece(self, kind: RunKind, start: int, end: int) -> _Piece:
        parts = zip(self.units[start:end], self.gaps[start + 1 : end + 1], strict=True)
        return _Piece(kind, "".join(unit + gap for unit, gap in parts), self.words[end] - self.words[start])


@dataclass(frozen=True, slots=True)
class _Match:
    """`size` units that both texts have in a row, from `one` in the one and from `other` in the other."""

    one: int
    other: int
    size: int


def word_diff(one: str, other: str) -> Diff:
    """Compare two texts by words; case, punctuation and white space count as they stand.

    Words are aligned by a longest common subsequence. Shared words that stand alone between longer changes count as
    changed, because scattered matches of "the" and "of" say nothing and cannot be read. Texts too large for that are
    compared by lines first, and by words within changed lines.
    """
    pieces = [piece for piece in _compared(one, other) if piece.text]
    shared, only_one, only_other = (sum(piece.words for piece in pieces if piece.kind is kind) for kind in RunKind)
    total = 2 * shared + only_one + only_other
    return Diff(tuple(_runs(pieces)), shared, only_one, only_other, 2 * shared / total if total else None)


def diff_html(diff: Diff, name_one: str, name_other: str) -> str:
    """Both texts in one, as escaped HTML: <del> for what only the one says, <ins> for what only the other says.

    A legend with the two names comes first. The page's style of the class `diff` keeps the white space.
    """
    legend = (
        f'<p class="diff-legend">Struck through: {_marked(RunKind.ONLY_ONE, f"only {name_one}")}. '
        f"Underlined: {_marked(RunKind.ONLY_OTHER, f'only {name_other}')}. The rest stands in both.</p>"
    )
    return f'{legend}<div class="diff">{"".join(_marked(run.kind, run.text) for run in diff.runs)}</div>'


def _marked(kind: RunKind, text: str) -> str:
    shown = escape(text)
    if kind is RunKind.ONLY_ONE:
        return f'<del class="diff-one">{shown}</del>'
    if kind is RunKind.ONLY_OTHER:
        return f'<ins class="diff-other">{shown}</ins>'
    return shown


def _runs(pieces: Iterable[_Piece]) -> Iterator[Run]:
    for _, group in groupby(pieces, key=lambda piece: piece.kind is RunKind.SAME):
        members = list(group)
        texts = {kind: "".join(piece.text for piece in members if piece.kind is kind) for kind in RunKind}
        yield from (Run(kind, text) for kind, text in texts.items() if text)


def _compared(one: str, other: str) -> Iterator[_Piece]:
    first, second = _units(one), _units(other)
    if len(first.units) * len(second.units) <= _MOST_PAIRS:
        return _by_words(first, second)
    return _by_lines(one.splitlines(keepends=True), other.splitlines(keepends=True))


def _units(text: str) -> _Units:
    spans = [match.span() for match in _UNIT.finditer(text)]
    edges = [0, *(edge for span in spans for edge in span), len(text)]
    units = tuple(text[start:end] for start, end in spans)
    gaps = tuple(text[start:end] for start, end in zip(edges[::2], edges[1::2], strict=True))
    return _Units(units, gaps, tuple(accumulate((WORD.match(unit) is not None for unit in units), initial=0)))


def _by_words(first: _Units, second: _Units) -> Iterator[_Piece]:
    yield from _gap(first.gaps[0], second.gaps[0])
    one = other = 0
    for match in (*_telling(first, second), _Match(len(first.units), len(second.units), 0)):
        yield first.piece(RunKind.ONLY_ONE, one, match.one)
        yield second.piece(RunKind.ONLY_OTHER, other, match.other)
        one, other = match.one + match.size, match.other + match.size
        for i, j in zip(range(match.one, one), range(match.other, other), strict=True):
            yield _Piece(RunKind.SAME, first.units[i], first.words[i + 1] - first.words[i])
            yield from _gap(first.gaps[i + 1], second.gaps[j + 1])


def _gap(one: str, other: str) -> Iterator[_Piece]:
    if one == other:
        yield _Piece(RunKind.SAME, one, 0)
    else:
        yield _Piece(RunKind.ONLY_ONE, one, 0)
        yield _Piece(RunKind.ONLY_OTHER, other, 0)


def _telling(first: _Units, second: _Units) -> Iterator[_Match]:
    """The matches with at least as many words as the smaller of the changes on their two sides."""

    def changed(start: _Match, end: _Match) -> int:
        one = first.words[end.one] - first.words[start.one + start.size]
        return max(one, second.words[end.other] - second.words[start.other + start.size])

    matches = _matches(first.units, second.units)
    last = _Match(0, 0, 0)
    for match, following in pairwise((*matches, _Match(len(first.units), len(second.units), 0))):
        words = first.words[match.one + match.size] - first.words[match.one]
        if words >= min(changed(last, match), changed(match, following)):
            yield match
            last = match


def _by_lines(first: Sequence[str], second: Sequence[str]) -> Iterator[_Piece]:
    matches = _matches(first, second) if len(first) * len(second) <= _MOST_PAIRS else []
    one = other = 0
    for match in (*matches, _Match(len(first), len(second), 0)):
        old, new = _units("".join(first[one : match.one])), _units("".join(second[other : match.other]))
        if len(old.units) * len(new.units) <= _MOST_PAIRS:
            yield from _by_words(old, new)
        else:
            yield from _whole(RunKind.ONLY_ONE, old)
            yield from _whole(RunKind.ONLY_OTHER, new)
        one, other = match.one + match.size, match.other + match.size
        yield from _whole(RunKind.SAME, _units("".join(first[match.one : one])))


def _whole(kind: RunKind, text: _Units) -> Iterator[_Piece]:
    yield _Piece(kind, text.gaps[0], 0)
    yield text.piece(kind, 0, len(text.units))


def _matches(first: Sequence[str], second: Sequence[str]) -> list[_Match]:
    from rapidfuzz.distance import LCSseq

    found = LCSseq.opcodes(first, second)
    return [
        _Match(each.src_start, each.dest_start, each.src_end - each.src_start) for each in found if each.tag == "equal"
    ]
