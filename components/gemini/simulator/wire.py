"""The JSON that goes over the wire: responses, model records, token counts."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from components.gemini.simulator.answer import Answer
from components.gemini.simulator.models import SimulatedModel


@dataclass(frozen=True)
class Stamp:
    """What every chunk of one response repeats; an empty model version is left out."""

    model_version: str
    response_id: str


@dataclass(frozen=True)
class Usage:
    """Tokens used so far in one response."""

    prompt: int
    candidates: int
    thoughts: int

    def plus(self, candidates: int = 0, thoughts: int = 0) -> "Usage":
        """Return the usage after so many more tokens of either kind."""
        return Usage(self.prompt, self.candidates + candidates, self.thoughts + thoughts)


def response_body(answer: Answer, parts: Sequence[tuple[str, bool]], usage: Usage, stamp: Stamp, last: bool) -> str:
    """Return one GenerateContentResponse; `parts` are (text, is a thought), the finish reason goes with the last."""
    payload: dict[str, Any] = {}
    if answer.block_reason:
        payload["promptFeedback"] = {"blockReason": answer.block_reason, "safetyRatings": [_BLOCKED_RATING]}
    else:
        payload["candidates"] = [_candidate(answer, parts, last)]
    payload["usageMetadata"] = _usage_metadata(usage)
    if stamp.model_version:
        payload["modelVersion"] = stamp.model_version
    payload["responseId"] = stamp.response_id
    return to_json(payload)


def token_count(tokens: int) -> dict[str, Any]:
    """Return a CountTokensResponse."""
    return {"totalTokens": tokens, "promptTokensDetails": [{"modality": "TEXT", "tokenCount": tokens}]}


def model_record(model: SimulatedModel) -> dict[str, Any]:
    """Return a Model resource; `thinking` is absent where false, as in the real list."""
    record = {
        "name": f"models/{model.id}",
        "version": "simulated",
        "displayName": model.display_name or model.id,
        "description": "Played by a simulator: no model answers here, and the limits are settings.",
        "inputTokenLimit": model.input_token_limit,
        "outputTokenLimit": model.output_token_limit,
        "supportedGenerationMethods": ["generateContent", "countTokens"],
        "temperature": 1,
        "topP": 0.95,
        "topK": 64,
        "maxTemperature": 2,
    }
    return {**record, "thinking": True} if model.thinking else record


def to_json(payload: Any) -> str:
    """Return `payload` as one line of JSON."""
    return json.dumps(payload, ensure_ascii=False)


def encode(text: str) -> bytes:
    """Return `text` as UTF-8; half of a surrogate pair, which UTF-8 has no bytes for, becomes a question mark."""
    return text.encode("utf-8", "replace")


_BLOCKED_RATING = {"category": "HARM_CATEGORY_DANGEROUS_CONTENT", "probability": "HIGH", "blocked": True}


def _candidate(answer: Answer, parts: Sequence[tuple[str, bool]], last: bool) -> dict[str, Any]:
    content: dict[str, Any] = {"role": "model"}
    if shown := [_part(text, thought) for text, thought in parts if text]:
        content = {"parts": shown, **content}
    candidate: dict[str, Any] = {"content": content}
    if last and answer.finish_reason:
        candidate["finishReason"] = answer.finish_reason
        if answer.finish_reason == "SAFETY":
            candidate["safetyRatings"] = [_BLOCKED_RATING]
    return {**candidate, "index": 0}


def _part(text: str, thought: bool) -> dict[str, Any]:
    return {"text": text, "thought": True} if thought else {"text": text}


def _usage_metadata(usage: Usage) -> dict[str, Any]:
    metadata: dict[str, Any] = {
        "promptTokenCount": usage.prompt,
        "candidatesTokenCount": usage.candidates,
        "totalTokenCount": usage.prompt + usage.candidates + usage.thoughts,
        "promptTokensDetails": [{"modality": "TEXT", "tokenCount": usage.prompt}],
        "thoughtsTokenCount": usage.thoughts,
    }
    # The real service leaves out a count of zero.
    return {name: value for name, value in metadata.items() if value != 0}
