"""An answer laid out in time: which bytes are due when, and whether the connection is cut."""

from dataclasses import dataclass

from components.gemini.simulator.answer import Answer
from components.gemini.simulator.tokens import count_tokens, split_tokens
from components.gemini.simulator.wire import Stamp, Usage, response_body


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
    text: str
    thought: bool
    at_s: float
    usage: Usage


def stream(answer: Answer, prompt_tokens: int, pace: Pace, stamp: Stamp) -> Timeline:
    """Return the answer in paced chunks, as streamGenerateContent sends it; usage is cumulative."""
    pieces = _pieces(answer, prompt_tokens, pace)
    return Timeline(
        tuple(
            Chunk(
                piece.at_s,
                response_body(answer, [(piece.text, piece.thought)], piece.usage, stamp, piece is pieces[-1]),
            )
            for piece in pieces
        )
    )


def whole(answer: Answer, prompt_tokens: int, pace: Pace, stamp: Stamp) -> Timeline:
    """Return the answer in one chunk, due when its last token is, as generateContent sends it."""
    last = _pieces(answer, prompt_tokens, pace)[-1]
    parts = [(answer.thoughts if answer.thoughts_shown else "", True), (answer.text, False)]
    return Timeline((Chunk(last.at_s, response_body(answer, parts, last.usage, stamp, last=True)),))


def _pieces(answer: Answer, prompt_tokens: int, pace: Pace) -> list[_Piece]:
    shown_thoughts = answer.thoughts if answer.thoughts_shown else ""
    hidden_thoughts = "" if answer.thoughts_shown else answer.thoughts
    texts = [(text, True) for text in split_tokens(shown_thoughts, pace.tokens_per_chunk)]
    texts += [(text, False) for text in split_tokens(answer.text, pace.tokens_per_chunk)]
    at_s = pace.first_token_ms / 1000
    usage = Usage(prompt_tokens, candidates=0, thoughts=count_tokens(hidden_thoughts))
    pieces: list[_Piece] = []
    for text, thought in texts or [("", False)]:
        tokens = count_tokens(text)
        if pieces:
            at_s += tokens / pace.tokens_per_second
        usage = usage.plus(thoughts=tokens) if thought else usage.plus(candidates=tokens)
        pieces.append(_Piece(text, thought, at_s, usage))
    return pieces
