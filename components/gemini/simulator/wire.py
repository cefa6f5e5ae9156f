"""The JSON that goes over the wire: responses, model records, token counts."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from components.gemini.simulator.answer import Answer
from components.gemini.simulator.media import Modality
from components.gemini.simulator.models import SimulatedModel

_ENCODER = json.JSONEncoder(ensure_ascii=False)

WirePart = Mapping[str, Any]


@dataclass(frozen=True)
class Stamp:
    """What every chunk of one response repeats; an empty model version is left out."""

    model_version: str
    response_id: str


@dataclass(frozen=True)
class Usage:
    """Tokens used so far in one response; `prompt` by modality, `cached` a part of it, `tool` beside it."""

    prompt: Mapping[Modality, int]
    candidates: int = 0
    thoughts: int = 0
    cached: int = 0
    tool: int = 0

    def plus(self, candidates: int = 0, thoughts: int = 0) -> "Usage":
        """Return the usage after so many more tokens of either kind."""
        # Every chunk has a usage of its own; `dataclasses.replace` takes five times as long.
        return Usage(self.prompt, self.candidates + candidates, self.thoughts + thoughts, self.cached, self.tool)


def response_body(answer: Answer, parts: Sequence[WirePart], usage: Usage, stamp: Stamp, last: bool) -> str:
    """Return one GenerateContentResponse; the finish reason and the grounding go with the last."""
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


def text_part(text: str, thought: bool = False) -> WirePart:
    """Return a part of plain text, or of a thought."""
    return {"text": text, "thought": True} if thought else {"text": text}


def token_count(details: Mapping[Modality, int], cached: int = 0) -> dict[str, Any]:
    """Return a CountTokensResponse; `cached` of the tokens are in a cache."""
    count: dict[str, Any] = {"totalTokens": sum(details.values()), "promptTokensDetails": _details(details)}
    return {**count, "cachedContentTokenCount": cached} if cached else count


def model_record(model: SimulatedModel) -> dict[str, Any]:
    """Return a Model resource; `thinking` is absent where false, as in the real list."""
    record = {
        "name": f"models/{model.id}",
        "version": "simulated",
        "displayName": model.display_name or model.id,
        "description": "Played by a simulator: no model answers here, and the limits are settings.",
        "inputTokenLimit": model.input_token_limit,
        "outputTokenLimit": model.output_token_limit,
        "supportedGenerationMethods": ["generateContent", "countTokens", "createCachedContent", "batchGenerateContent"],
        "temperature": 1,
        "topP": 0.95,
        "topK": 64,
        "maxTemperature": 2,
    }
    return {**record, "thinking": True} if model.thinking else record


def to_json(payload: Any) -> str:
    """Return `payload` as one line of JSON."""
    return _ENCODER.encode(payload)


def encode(text: str) -> bytes:
    """Return `text` as UTF-8; half of a surrogate pair, which UTF-8 has no bytes for, becomes a question mark."""
    return text.encode("utf-8", "replace")


_BLOCKED_RATING = {"category": "HARM_CATEGORY_DANGEROUS_CONTENT", "probability": "HIGH", "blocked": True}


def _candidate(answer: Answer, parts: Sequence[WirePart], last: bool) -> dict[str, Any]:
    content: dict[str, Any] = {"role": "model"}
    if shown := [part for part in parts if part.get("text") != ""]:
        content = {"parts": shown, **content}
    candidate: dict[str, Any] = {"content": content}
    if last and answer.finish_reason:
        candidate["finishReason"] = answer.finish_reason
        if answer.finish_reason == "SAFETY":
            candidate["safetyRatings"] = [_BLOCKED_RATING]
    if last and answer.grounding:
        candidate["groundingMetadata"] = answer.grounding
    return {**candidate, "index": 0}


def _usage_metadata(usage: Usage) -> dict[str, Any]:
    prompt = sum(usage.prompt.values())
    # The real service leaves out a count of zero.
    metadata: dict[str, Any] = {"promptTokenCount": prompt} if prompt else {}
    if usage.candidates:
        metadata["candidatesTokenCount"] = usage.candidates
    metadata["totalTokenCount"] = prompt + usage.candidates + usage.thoughts + usage.tool
    if usage.cached:
        metadata["cachedContentTokenCount"] = usage.cached
        metadata["cacheTokensDetails"] = _details({Modality.TEXT: usage.cached})
    if prompt:
        metadata["promptTokensDetails"] = _details(usage.prompt)
    if usage.tool:
        metadata["toolUsePromptTokenCount"] = usage.tool
        metadata["toolUsePromptTokensDetails"] = _details({Modality.TEXT: usage.tool})
    if usage.thoughts:
        metadata["thoughtsTokenCount"] = usage.thoughts
    return metadata


def _details(counts: Mapping[Modality, int]) -> list[dict[str, Any]]:
    return [{"modality": str(modality), "tokenCount": tokens} for modality, tokens in counts.items() if tokens]
