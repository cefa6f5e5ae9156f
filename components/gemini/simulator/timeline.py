"""An answer laid out in time: which bytes are due when, and whether the connection is cut."""

from dataclasses import dataclass

from components.gemini.simulator.answer import Answer
from components.gemini.simulator.tokens import count_tokens, split_tokens
from components.gemini.simulator.wire import Stamp, Usage, WirePart, response_body, text_part


@dataclass(frozen=True)
class Pace:
    """How fast an answer arrives: ms to the first chunk, tokens a second after it, tokens in a chunk."""

    first_token_ms: float
    tokens_per_second: float
    tokens_per_chunk: int


@dataclass(frozen=True)
class Chunk:
    """One JSON document, due `at_s` seconds after the request arrived."""

    at_s: float
    body: str


@dataclass(frozen=True)
class Timeline:
    """The chunks of a response in order; with `cut_at_s` the connection is cut then instead of ending cleanly."""

    chunks: tuple[Chunk, ...]
    cut_at_s: float | None = None


@dataclass(frozen=True)
class _Piece:
    part: WirePart
    at_s: float
    usage: Usage


def stream(answer: Answer, prompt: Usage, pace: Pace, stamp: Stamp) -> Timeline:
    """Return the answer in paced chunks, as streamGenerateContent sends it; usage is cumulative.

    `prompt` is the usage before the first token of the answer.
    """
    pieces = _pieces(answer, prompt, pace)
    return Timeline(
        tuple(
            Chunk(piece.at_s, response_body(answer, [piece.part], piece.usage, stamp, piece is pieces[-1]))
            for piece in pieces
        )
    )


def whole(answer: Answer, prompt: Usage, pace: Pace, stamp: Stamp) -> Timeline:
    """Return the answer in one chunk, due when its last token is, as generateContent sends it."""
    last = _pieces(answer, prompt, pace)[-1]
    parts = [text_part(answer.thoughts if answer.thoughts_shown else "", thought=True)]
    parts += [text_part(one) if isinstance(one, str) else one.part for one in answer.sequence]
    return Timeline((Chunk(last.at_s, response_body(answer, parts, last.usage, stamp, last=True)),))


def _pieces(answer: Answer, prompt: Usage, pace: Pace) -> list[_Piece]:
    hidden_thoughts = "" if answer.thoughts_shown else answer.thoughts
    at_s = pace.first_token_ms / 1000
    usage = prompt.plus(thoughts=count_tokens(hidden_thoughts))
    pieces: list[_Piece] = []
    for part, tokens in _parts(answer, pace.tokens_per_chunk) or [(text_part(""), 0)]:
        if pieces:
            at_s += tokens / pace.tokens_per_second
        usage = usage.plus(thoughts=tokens) if part.get("thought") else usage.plus(candidates=tokens)
        pieces.append(_Piece(part, at_s, usage))
    return pieces


def _parts(answer: Answer, tokens_per_chunk: int) -> list[tuple[WirePart, int]]:
    """Return the parts of the chunks in order, each with its tokens: text in pieces, everything else whole."""
    shown_thoughts = answer.thoughts if answer.thoughts_shown else ""
    parts = [
        (text_part(text, thought=True), count_tokens(text)) for text in split_tokens(shown_thoughts, tokens_per_chunk)
    ]
    for one in answer.sequence:
        if isinstance(one, str):
            parts += [(text_part(text), count_tokens(text)) for text in split_tokens(one, tokens_per_chunk)]
        else:
            parts.append((one.part, one.tokens))
    return parts
