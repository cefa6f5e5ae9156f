"""What is measured about one answer: pure arithmetic over what a lane has kept. What it costs is the catalog's part."""

from collections.abc import Sequence
from dataclasses import dataclass

from components.gemini.content import PartKind
from components.gemini.stream import Chunk
from components.playground.lanes import LaneSnapshot

# Below either, the few large chunks of a real stream say more about how it was cut than about its speed.
LEAST_TOKENS = 40
LEAST_SECONDS = 0.2


@dataclass(frozen=True)
class Speed:
    """Output tokens a second, or the reason why that is not measurable. Exactly one of the two is None."""

    tokens_per_second: float | None
    not_measurable: str | None


@dataclass(frozen=True)
class Measures:
    """The measures of one answer. Times in seconds, `server_ms` in milliseconds; None is "not known".

    `network_s` is an estimate: the time to the first chunk less the service's own share of it.

    `thinking_s` ends at the first visible text. It begins at the first chunk with a thought; where the model thought
    without showing it, or the first thought came together with the text, it begins when the request left, and
    `thinking_at_most` says that the network and the queue are in it. None where nothing was thought (no thought text
    and no thinking tokens), where nobody says, and where no text to read has arrived.

    `writing_s` is from the first chunk with text to the last one; None for a text that arrived in one piece.
    `tool_tokens` is what tools put into the prompt, apart from `input_tokens`.
    """

    time_to_first_token_s: float | None
    time_to_first_visible_s: float | None
    total_s: float | None
    speed: Speed
    server_ms: float | None
    network_s: float | None
    input_tokens: int | None
    output_tokens: int | None
    thinking_tokens: int | None
    cached_tokens: int | None
    thinking_s: float | None = None
    thinking_at_most: bool = False
    writing_s: float | None = None
    tool_tokens: int | None = None

    @property
    def tokens_per_second(self) -> float | None:
        """Output tokens a second after the first chunk, or None where `not_measurable` says why."""
        return self.speed.tokens_per_second

    @property
    def not_measurable(self) -> str | None:
        """Why there is no speed, in words for the screen."""
        return self.speed.not_measurable


def measures(lane: LaneSnapshot) -> Measures:
    """Measure one lane as it stands; a lane that is still streaming has measures too."""
    thinking_s, at_most = _thinking(lane)
    return Measures(
        time_to_first_token_s=lane.first_token_s,
        time_to_first_visible_s=lane.first_visible_s,
        total_s=lane.total_s,
        speed=output_speed(lane.chunks),
        server_ms=lane.server_ms,
        network_s=_network(lane.chunks, lane.server_ms),
        input_tokens=lane.usage.input_tokens,
        output_tokens=lane.usage.output_tokens,
        thinking_tokens=lane.usage.thinking_tokens,
        cached_tokens=lane.usage.cached_tokens,
        thinking_s=thinking_s,
        thinking_at_most=at_most,
        writing_s=_writing(lane.chunks),
        tool_tokens=lane.usage.tool_tokens,
    )


def output_speed(chunks: Sequence[Chunk]) -> Speed:
    """Compute the speed of an answer once it flows: tokens after the first counted chunk, by the time they took.

    (last cumulative output tokens - first) / (time of last - time of first), over the chunks that carry a count, from
    the first one on that holds more than thoughts: the inverse of time per output token, (time to last token - time to
    first token) / (output tokens - 1) in https://awslabs.github.io/llmeter/user_guide/metrics, with the tokens of the
    first chunk in place of the one token, because Gemini sends many in a chunk. Neither thinking tokens nor the time
    of thinking before the answer are in it. Not measurable with one chunk, under 40 tokens or under 200 ms, which is
    how short answers of Gemini arrive, nor where the model stopped to think in the middle of its answer.
    """
    answer = _answer(chunks)
    if chunks and not answer:
        return Speed(None, "not measurable (no answer arrived)")
    if len(answer) == 1:
        return Speed(None, "not measurable (1 chunk)")
    counted = [(chunk.at, chunk.output_tokens) for chunk in answer if chunk.output_tokens is not None]
    if len(counted) < 2:
        return Speed(None, "not measurable (no token counts)")
    if _thought_between(answer):
        return Speed(None, "not measurable (it thought in the middle of its answer)")
    (first_at, first_tokens), (last_at, last_tokens) = counted[0], counted[-1]
    tokens, seconds = last_tokens - first_tokens, last_at - first_at
    if tokens < LEAST_TOKENS:
        return Speed(None, f"not measurable (only {max(0, tokens)} tokens after the first chunk)")
    if seconds < LEAST_SECONDS:
        return Speed(None, f"not measurable (all within {seconds * 1000:.0f} ms)")
    return Speed(tokens / seconds, None)


def _answer(chunks: Sequence[Chunk]) -> Sequence[Chunk]:
    """The chunks from the first one on that holds more than thoughts."""
    shown = (any(part.kind is not PartKind.THOUGHT for part in chunk.pieces) for chunk in chunks)
    start = next((index for index, holds in enumerate(shown) if holds), len(chunks))
    return chunks[start:]


def _thought_between(answer: Sequence[Chunk]) -> bool:
    """Whether thoughts, shown or only counted, came after the answer had begun."""
    counts = [chunk.thinking_tokens for chunk in answer if chunk.thinking_tokens is not None]
    # A service that counts thinking only at the end has thought before the answer, as far as can be known.
    grown = len(counts) > 1 and counts[-1] > counts[0]
    return grown or any(chunk.thought for chunk in answer[1:])


def _thinking(lane: LaneSnapshot) -> tuple[float | None, bool]:
    """The seconds of thinking before the first visible text, and whether they are an upper limit."""
    visible = lane.first_visible_s
    first = next((chunk.at for chunk in lane.chunks if chunk.thought), None)
    if visible is None or (first is None and not lane.usage.thinking_tokens):
        return None, False
    if first is not None and first < visible:
        return visible - first, False
    # A thought that came later than the text was no wait for the text.
    return (None, False) if first is not None and first > visible else (visible, True)


def _writing(chunks: Sequence[Chunk]) -> float | None:
    times = [chunk.at for chunk in chunks if chunk.text]
    return times[-1] - times[0] if len(times) > 1 else None


def _network(chunks: Sequence[Chunk], server_ms: float | None) -> float | None:
    if not chunks or server_ms is None:
        return None
    network = chunks[0].at - server_ms / 1000
    return network if network >= 0 else None
