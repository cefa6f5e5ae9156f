"""Everything that can go wrong on demand, and how each fault bends a good response."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from components.gemini.simulator import errors
from components.gemini.simulator.answer import Answer
from components.gemini.simulator.models import Fault as Fault
from components.gemini.simulator.timeline import Chunk, Timeline
from components.gemini.simulator.tokens import first_tokens
from components.gemini.simulator.wire import to_json


def refuse(fault: Fault | None, model_id: str, retry_delay_s: float, streamed: bool = False) -> None:
    """Raise the refusal that `fault` stands for, and do nothing where it stands for none.

    Raises ApiError, or BadGatewayPage for an HTML page. An error in the stream is a plain refusal where
    nothing is streamed. `retry_delay_s` is the wait that is named where the quota per minute is used up.
    """
    if fault is Fault.RATE_LIMITED_MINUTE:
        raise errors.rate_limited(model_id, "Minute", retry_delay_s)
    if fault is Fault.ERROR_IN_STREAM and not streamed:
        raise errors.unavailable()
    if fault is Fault.HTML_ERROR:
        raise errors.BadGatewayPage
    refusal = _REFUSALS.get(fault) if fault else None
    if refusal:
        raise refusal(model_id)


def bend_answer(answer: Answer, fault: Fault | None) -> Answer:
    """Return the answer as `fault` leaves it: cut, blocked, emptied, or without its finish reason."""
    bend = _ANSWER_FAULTS.get(fault) if fault else None
    return bend(answer) if bend else answer


def bend_timeline(timeline: Timeline, fault: Fault | None, stall_s: float) -> Timeline:
    """Return the response as `fault` lets it through; `stall_s` bounds the silence of a stall, in seconds."""
    if fault is Fault.STALL:
        return Timeline((), cut_at_s=stall_s)
    bend = _TIMELINE_FAULTS.get(fault) if fault else None
    return bend(timeline) if bend else timeline


def _cut_in_mid_sentence(answer: Answer) -> Answer:
    text = answer.text[: len(answer.text) // 2].rstrip(" .\n*|#`")
    return replace(answer, text=text, finish_reason="MAX_TOKENS")


def _spend_all_on_thoughts(answer: Answer) -> Answer:
    thoughts = answer.thoughts or first_tokens(answer.text, 100)
    return replace(answer, text="", extras=(), thoughts=thoughts, thoughts_shown=False, finish_reason="MAX_TOKENS")


def _stop_for_safety(answer: Answer) -> Answer:
    return replace(answer, text=answer.text[: len(answer.text) // 3], finish_reason="SAFETY")


def _drop_before(timeline: Timeline) -> Timeline:
    return Timeline((), cut_at_s=timeline.chunks[0].at_s)


def _drop_mid(timeline: Timeline) -> Timeline:
    kept = _first_third(timeline)
    return Timeline(kept, cut_at_s=kept[-1].at_s)


def _break_json(timeline: Timeline) -> Timeline:
    *kept, broken = _first_third(timeline)
    return Timeline((*kept, replace(broken, body=broken.body[: len(broken.body) // 2])))


def _fail_in_stream(timeline: Timeline) -> Timeline:
    kept = _first_third(timeline)
    return Timeline((*kept, Chunk(kept[-1].at_s, to_json(errors.unavailable().payload()))))


def _first_third(timeline: Timeline) -> tuple[Chunk, ...]:
    return timeline.chunks[: max(1, len(timeline.chunks) // 3)]


_REFUSALS: Mapping[Fault, Callable[[str], errors.ApiError]] = {
    Fault.BAD_REQUEST: lambda _: errors.ApiError(400, "INVALID_ARGUMENT", "Request contains an invalid argument."),
    Fault.INVALID_KEY: lambda _: errors.invalid_key(),
    Fault.UNAUTHENTICATED: lambda _: errors.unauthenticated(),
    Fault.PERMISSION_DENIED: lambda _: errors.permission_denied(),
    Fault.RETIRED: errors.retired,
    Fault.RATE_LIMITED_DAY: lambda model_id: errors.rate_limited(model_id, "Day", 39_600),
    Fault.INTERNAL: lambda _: errors.internal(),
    Fault.UNAVAILABLE: lambda _: errors.unavailable(),
}

_ANSWER_FAULTS: Mapping[Fault, Callable[[Answer], Answer]] = {
    Fault.NO_FINISH_REASON: lambda answer: replace(answer, finish_reason=""),
    Fault.SAFETY: _stop_for_safety,
    Fault.MAX_TOKENS: _cut_in_mid_sentence,
    Fault.MAX_TOKENS_EMPTY: _spend_all_on_thoughts,
    Fault.BLOCKED_PROMPT: lambda answer: Answer("", block_reason="SAFETY"),
    Fault.EMPTY_ANSWER: lambda answer: replace(answer, text="", extras=(), thoughts_shown=False),
}

_TIMELINE_FAULTS: Mapping[Fault, Callable[[Timeline], Timeline]] = {
    Fault.DROP_BEFORE: _drop_before,
    Fault.DROP_MID: _drop_mid,
    Fault.BROKEN_JSON: _break_json,
    Fault.ERROR_IN_STREAM: _fail_in_stream,
}
