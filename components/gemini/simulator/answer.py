"""What is answered to a request: the text, the thoughts, and how the answer ends."""

import random
from dataclasses import dataclass, replace
from hashlib import sha256

from components.gemini.simulator.models import SimulatedModel
from components.gemini.simulator.request import GenerateRequest
from components.gemini.simulator.structured import write_json
from components.gemini.simulator.text import write_answer, write_thoughts
from components.gemini.simulator.tokens import count_tokens, first_tokens


@dataclass(frozen=True)
class Answer:
    """One answer as a whole. An empty finish reason is never sent; a block reason leaves no candidate."""

    text: str
    thoughts: str = ""
    thoughts_shown: bool = False
    finish_reason: str = "STOP"
    block_reason: str = ""


def compose(request: GenerateRequest, model: SimulatedModel) -> Answer:
    """Return the answer to `request`: always the same for the same prompt, system instruction, model and seed.

    Thoughts count against the output limit, as they do at the real service.
    """
    dice = _dice(request, model)
    if request.json_wanted:
        text = write_json(request.json_schema, request.prompt)
    else:
        text = write_answer(request.prompt, request.system, model.style, dice)
    answer = Answer(
        _until_stop(text, request.stop_sequences),
        thoughts=write_thoughts(request.prompt, model.style),
        thoughts_shown=request.include_thoughts,
    )
    return _fit(_think(answer, request, model), _output_limit(request, model))


def _dice(request: GenerateRequest, model: SimulatedModel) -> random.Random:
    key = "\0".join([request.history, request.prompt, request.system, model.id, str(request.seed)])
    return random.Random(sha256(key.encode("utf-8", "replace")).digest())


def _until_stop(text: str, stop_sequences: tuple[str, ...]) -> str:
    ends = [end for end in map(text.find, stop_sequences) if end >= 0]
    return text[: min(ends)] if ends else text


def _think(answer: Answer, request: GenerateRequest, model: SimulatedModel) -> Answer:
    if not model.thinking or request.thinking_budget == 0:
        return replace(answer, thoughts="")
    if request.thinking_budget is None or request.thinking_budget < 0:
        return answer
    return replace(answer, thoughts=first_tokens(answer.thoughts, request.thinking_budget))


def _output_limit(request: GenerateRequest, model: SimulatedModel) -> int:
    if request.max_output_tokens is None:
        return model.output_token_limit
    return min(request.max_output_tokens, model.output_token_limit)


def _fit(answer: Answer, limit: int) -> Answer:
    thoughts = first_tokens(answer.thoughts, limit)
    text = first_tokens(answer.text, limit - count_tokens(thoughts))
    if text == answer.text and thoughts == answer.thoughts:
        return answer
    return replace(answer, text=text, thoughts=thoughts, finish_reason="MAX_TOKENS")
