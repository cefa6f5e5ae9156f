"""What is answered to a request: the text, the thoughts, what stands between them, and how the answer ends."""

import base64
import json
import random
from collections.abc import Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any

from components.gemini.simulator.models import SimulatedModel
from components.gemini.simulator.request import GenerateRequest
from components.gemini.simulator.searching import found_pages, grounding_of
from components.gemini.simulator.structured import example, write_json
from components.gemini.simulator.text import Surroundings, write_answer, write_thoughts
from components.gemini.simulator.tokens import count_tokens, first_tokens
from components.gemini.simulator.tools import Function

_SIMULATED_CODE = "# Simulated code execution: nothing ran.\nlengths = {lengths}\nprint(sum(lengths))\n"
_MOST_LENGTHS = 12


@dataclass(frozen=True)
class Extra:
    """A part that is not text, as it goes over the wire; it stands before the character `at` of the text."""

    at: int
    part: Mapping[str, Any]

    @property
    def tokens(self) -> int:
        """What it counts as output, signatures left out."""
        return count_tokens(json.dumps({name: one for name, one in self.part.items() if name != "thoughtSignature"}))


@dataclass(frozen=True)
class Answer:
    """One answer as a whole. An empty finish reason is never sent; a block reason leaves no candidate.

    `tool_tokens` is what a tool put into the prompt.
    """

    text: str
    thoughts: str = ""
    thoughts_shown: bool = False
    finish_reason: str = "STOP"
    block_reason: str = ""
    extras: tuple[Extra, ...] = ()
    grounding: Mapping[str, Any] | None = None
    tool_tokens: int = 0

    @property
    def sequence(self) -> tuple[str | Extra, ...]:
        """The text in pieces with the other parts in their places; what stood behind a cut is gone."""
        pieces: list[str | Extra] = []
        start = 0
        for extra in self.extras:
            if extra.at <= len(self.text):
                pieces += [self.text[start : extra.at], extra]
                start = extra.at
        return tuple(piece for piece in (*pieces, self.text[start:]) if piece)


def compose(request: GenerateRequest, model: SimulatedModel) -> Answer:
    """Return the answer to `request`: always the same for the same conversation, system instruction, model and seed.

    Thoughts count against the output limit, as they do at the real service.
    """
    dice = _dice(request, model)
    function = None if request.results else request.tools.first_callable
    answer = _words(request, model, dice) if function is None else _call(function, model, dice)
    answer = _fit(_think(answer, request, model), _output_limit(request, model))
    return _with_search(answer, request) if request.tools.google_search and function is None else answer


def _dice(request: GenerateRequest, model: SimulatedModel) -> random.Random:
    cached = request.cached.digest if request.cached else ""
    key = "\0".join([request.history, request.prompt, request.system + cached, model.id, str(request.seed)])
    return random.Random(sha256(key.encode("utf-8", "replace")).digest())


def _call(function: Function, model: SimulatedModel, dice: random.Random) -> Answer:
    arguments = example({"type": "object", **function.schema}, function.name, dice)
    identity = base64.b32encode(dice.randbytes(5)).decode("ascii").lower()
    part: dict[str, Any] = {"functionCall": {"id": identity, "name": function.name, "args": arguments or {}}}
    if model.thinking:
        part["thoughtSignature"] = base64.b64encode(b"simulated " + dice.randbytes(24)).decode("ascii")
    return Answer("", extras=(Extra(0, part),))


def _words(request: GenerateRequest, model: SimulatedModel, dice: random.Random) -> Answer:
    if request.json_wanted:
        text = write_json(request.json_schema, request.prompt, dice, request.turns_before)
    else:
        system = request.cached.system if request.cached else request.system
        text = write_answer(request.prompt, system, model.style, dice, _surroundings(request))
    answer = Answer(_until_stop(text, request.stop_sequences))
    return _with_code(answer, request) if request.tools.code_execution else answer


def _surroundings(request: GenerateRequest) -> Surroundings:
    turns, file_types = (request.cached.turns, request.cached.file_types) if request.cached else (0, ())
    return Surroundings(
        turns_before=turns + request.turns_before,
        file_types=file_types + request.file_types,
        results=tuple((one.name, one.result) for one in request.results),
        searched=request.tools.google_search,
        ran_code=request.tools.code_execution,
    )


def _with_code(answer: Answer, request: GenerateRequest) -> Answer:
    """Put a program and what it would print between two paragraphs; in front of JSON, which stays in one piece."""
    lengths = [len(word) for word in request.prompt.split()[:_MOST_LENGTHS]]
    at = 0 if request.json_wanted else answer.text.find("\n\n", len(answer.text) // 3) + 2
    code = {"executableCode": {"language": "PYTHON", "code": _SIMULATED_CODE.format(lengths=lengths)}}
    result = {"codeExecutionResult": {"outcome": "OUTCOME_OK", "output": f"{sum(lengths)}\n"}}
    tokens = sum(count_tokens(json.dumps(part)) for part in (code, result))
    extras = (Extra(at, code), Extra(at, result))
    return replace(answer, extras=extras, tool_tokens=answer.tool_tokens + tokens)


def _with_search(answer: Answer, request: GenerateRequest) -> Answer:
    pages = found_pages(request.prompt)
    tokens = sum(page.tokens for page in pages)
    return replace(
        answer, grounding=grounding_of(answer.text, request.prompt, pages), tool_tokens=answer.tool_tokens + tokens
    )


def _until_stop(text: str, stop_sequences: tuple[str, ...]) -> str:
    ends = [end for end in map(text.find, stop_sequences) if end >= 0]
    return text[: min(ends)] if ends else text


def _think(answer: Answer, request: GenerateRequest, model: SimulatedModel) -> Answer:
    answer = replace(answer, thoughts_shown=request.include_thoughts)
    if not model.thinking or request.thinking_budget == 0:
        return answer
    thoughts = write_thoughts(request.prompt, model.style, request.thinking_level)
    if request.thinking_budget is not None and request.thinking_budget >= 0:
        thoughts = first_tokens(thoughts, request.thinking_budget)
    return replace(answer, thoughts=thoughts)


def _output_limit(request: GenerateRequest, model: SimulatedModel) -> int:
    if request.max_output_tokens is None:
        return model.output_token_limit
    return min(request.max_output_tokens, model.output_token_limit)


def _fit(answer: Answer, limit: int) -> Answer:
    thoughts = first_tokens(answer.thoughts, limit)
    left = limit - count_tokens(thoughts)
    extra = sum(one.tokens for one in answer.extras)
    extras = answer.extras if extra <= left else ()
    text = first_tokens(answer.text, left - extra if extras else left)
    if (text, thoughts, extras) == (answer.text, answer.thoughts, answer.extras):
        return answer
    return replace(answer, text=text, thoughts=thoughts, extras=extras, finish_reason="MAX_TOKENS")
