"""Documents that do not fit one call, in pieces that do: each is asked the question, and one call joins the answers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from catalog.prices import Cost, NoListPrice, cost_of_call
from catalog.schema import Model
from components.documents.document import Document
from components.documents.passages import Place
from components.documents.quotations import place_words
from components.gemini.counting import CHARACTERS_PER_TOKEN, Estimate, estimate_tokens
from components.gemini.request import Request
from components.playground.published import platform

_LEAST_TOKENS = 500
# A page, a heading and what joins them, beside the name.
_LONGEST_LABEL = 180
# Where a text may be cut, the best place first: blank lines, line ends, ends of sentences, spaces.
_CUTS = tuple(map(re.compile, (r"\n[ \t]*\n", r"\n", r"(?<=[.!?。！？])\s*", r"\s")))
_SAMPLE = 20_000


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of a document, `start` to `end` of its text; its first `repeated` characters ended the one before."""

    document: Document
    start: int
    end: int
    repeated: int

    @property
    def text(self) -> str:
        """What it says."""
        return self.document.text[self.start : self.end]


@dataclass(frozen=True, slots=True)
class Piece:
    """What goes into one call: parts of documents in their order, and their tokens by estimate."""

    parts: tuple[Part, ...]
    tokens: int

    @property
    def text(self) -> str:
        """The parts under the names of their documents."""
        return "\n\n".join(f"[{_label(part)}]\n{part.text}" for part in self.parts)

    @property
    def documents(self) -> tuple[str, ...]:
        """The names of the documents."""
        return tuple(dict.fromkeys(part.document.name for part in self.parts))


@dataclass(frozen=True, slots=True)
class Plan:
    """Documents cut to pieces of at most `limit_tokens`. `whole_tokens` are those of all documents, by estimate."""

    pieces: tuple[Piece, ...]
    limit_tokens: int
    overlap_tokens: int
    whole_tokens: int


@dataclass(frozen=True, slots=True)
class SplitCost:
    """What the pieces cost beside one call with everything. Tokens and dollars are estimates.

    `split_usd` is None where a price is missing, with the reason in `no_price`; `whole_usd` is what one call would cost
    at the list price, whether it fits or not.
    """

    calls: int
    input_tokens: int
    extra_tokens: int
    split_usd: Decimal | None
    whole_usd: Decimal | None
    no_price: str = ""

    @property
    def extra_usd(self) -> Decimal | None:
        """What splitting costs more; below 0 where the pieces fall in a cheaper tier. None where it is not known."""
        return None if self.split_usd is None or self.whole_usd is None else self.split_usd - self.whole_usd


def document_tokens(documents: Sequence[Document]) -> Estimate:
    """The tokens of all documents, estimated without asking anybody."""
    estimates = [estimate_tokens(Request("", each.text)) for each in documents]
    reasons = dict.fromkeys(reason for each in estimates for reason in each.reasons)
    return Estimate(sum(each.tokens for each in estimates), tuple(reasons), any(each.at_least for each in estimates))


def split(documents: Sequence[Document], limit_tokens: int, overlap_tokens: int = 200) -> Plan:
    """Cut documents into pieces of at most `limit_tokens` by estimate, at pages and sections as far as they fit.

    What is longer than a piece is cut at blank lines, line ends, sentences or spaces; the part after a cut repeats up
    to the last `overlap_tokens` before it. Text in scripts with few letters to a token counts a token a character.
    Raises ValueError for a limit under 500 tokens and for an overlap of more than half of it.
    """
    if limit_tokens < _LEAST_TOKENS:
        raise ValueError(f"a piece has at least {_LEAST_TOKENS} tokens")
    if not 0 <= overlap_tokens <= limit_tokens // 2:
        raise ValueError("the overlap is between nothing and half of a piece")
    pieces: list[Piece] = []
    parts: list[Part] = []
    used = 0
    for document in documents:
        if not document.has_text:
            continue
        per_token = _characters_per_token(document)
        room = limit_tokens - _label_tokens(len(document.name) + _LONGEST_LABEL)
        for part in _parts(document, room * per_token, overlap_tokens * per_token):
            tokens = _tokens(part, per_token)
            if parts and used + tokens > limit_tokens:
                pieces.append(Piece(tuple(parts), used))
                parts, used = [], 0
            parts.append(part)
            used += tokens
    if parts:
        pieces.append(Piece(tuple(parts), used))
    return Plan(tuple(pieces), limit_tokens, overlap_tokens, document_tokens(documents).tokens)


def map_prompt(plan: Plan, index: int, question: str) -> str:
    """The question to one piece of a plan, with its text."""
    return f"{map_question(plan, index, question)}\n\n{plan.pieces[index].text}"


def map_question(plan: Plan, index: int, question: str) -> str:
    """The question to one piece of a plan, whose text is sent beside it."""
    return (
        f"The text beside this is part {index + 1} of {len(plan.pieces)} of a collection of documents. Answer the "
        "question from this part alone. Quote the passages that matter word for word in quotation marks, each with its "
        "document and page. If this part says nothing about the question, answer only: nothing in this part.\n\n"
        f"Question: {question}"
    )


def reduce_prompt(question: str, answers: Sequence[str]) -> str:
    """The call that joins the answers to all pieces, which come in their order."""
    listed = "\n\n".join(f"[Answer from part {at}]\n{answer}" for at, answer in enumerate(answers, 1))
    return (
        f"A collection of documents was read in {len(answers)} parts, and the same question was asked of each. Join "
        "the answers below into one. Keep quotations word for word with their places, say where parts contradict each "
        "other, and add nothing that is in none of them.\n\n"
        f"Question: {question}\n\n{listed}"
    )


def split_cost(
    model: Model | None, plan: Plan, question: str, output_tokens: int, on: date, vertexai: bool
) -> SplitCost:
    """What a plan costs at the list prices of the day, each answer with `output_tokens` tokens."""
    asked = [_estimated(map_prompt(plan, index, question)) for index in range(len(plan.pieces))]
    # Prompts are estimated by their letters, pieces of dense scripts by more.
    asked = [max(tokens, piece.tokens) for tokens, piece in zip(asked, plan.pieces, strict=True)]
    calls = list(asked)
    if len(asked) > 1:
        calls.append(_estimated(reduce_prompt(question, [""] * len(asked))) + output_tokens * len(asked))
    whole = plan.whole_tokens + _estimated(question)
    total = sum(calls)
    if model is None:
        no_price = "the catalog does not have this model"
        return SplitCost(len(calls), total, total - whole, None, None, no_price)
    costs = [cost_of_call(model, platform(vertexai), on, tokens, output_tokens) for tokens in (*calls, whole)]
    missing = next((cost.reason for cost in costs if isinstance(cost, NoListPrice)), "")
    if missing:
        return SplitCost(len(calls), total, total - whole, None, None, missing)
    known = [cost.total_usd for cost in costs if isinstance(cost, Cost)]
    return SplitCost(len(calls), total, total - whole, sum(known[:-1], Decimal(0)), known[-1])


def _estimated(text: str) -> int:
    return estimate_tokens(Request("", text)).tokens


def _characters_per_token(document: Document) -> int:
    dense = estimate_tokens(Request("", document.text[:_SAMPLE])).at_least
    return 1 if dense else CHARACTERS_PER_TOKEN


def _label(part: Part) -> str:
    first, last = part.document.page_at(part.start), part.document.page_at(max(part.start, part.end - 1))
    place = Place(part.document.name, first.number, last.number, first.heading, 0, part.start, part.end)
    where = "" if first.number is None and not first.heading else f", {place_words(place).removeprefix('on ')}"
    return f"{part.document.name}{where}"


def _tokens(part: Part, per_token: int) -> int:
    return -(-(part.end - part.start) // per_token) + _label_tokens(len(_label(part)))


def _label_tokens(characters: int) -> int:
    # It stands between brackets on a line of its own, after a blank one.
    return -(-(characters + 5) // CHARACTERS_PER_TOKEN)


def _parts(document: Document, room: int, overlap: int) -> Iterator[Part]:
    """The document in stretches of at most `room` characters, in whole pages as far as they fit."""
    start = repeated = 0
    while start < len(document.text):
        end = _end(document, start, room, start + repeated)
        yield Part(document, start, end, repeated)
        if end >= len(document.text):
            return
        following = _overlapping(document.text, max(start, end - overlap), end) if overlap else end
        start, repeated = following, end - following


def _end(document: Document, start: int, room: int, least: int) -> int:
    """Where a stretch from `start` ends: after the last page that fits, else at the best cut, always after `least`."""
    text, furthest = document.text, start + room
    if furthest >= len(text):
        return len(text)
    pages = [at for at in document.starts if least < at <= furthest]
    if pages:
        return pages[-1]
    begin = max(least, start + room // 2)
    for cut in _CUTS:
        ends = [match.end() for match in cut.finditer(text, begin, furthest) if match.end() > least]
        if ends:
            return ends[-1]
    return furthest


def _overlapping(text: str, start: int, end: int) -> int:
    """Where an overlap begins: at the first beginning of a line, a sentence or a word from `start` on."""
    for cut in _CUTS[1:]:
        found = cut.search(text, start, end)
        if found and found.end() < end:
            return found.end()
    return start
