"""One streamed call: what arrived, when, and what the service said about it."""

from __future__ import annotations

import re
import time
from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import TYPE_CHECKING, Any, TypeVar

from components.gemini.content import Grounding, Part, PartKind, WebSource, part_from_sdk
from components.gemini.request import Request, sdk_config, sdk_contents

if TYPE_CHECKING:
    from google.genai import Client, types

_Record = TypeVar("_Record", "Usage", "Facts")


@dataclass(frozen=True, slots=True)
class Chunk:
    """One piece of an answer.

    `at` is in seconds on a monotonic clock since the request left. `output_tokens` counts the visible answer up to
    and including this chunk, without thinking, and `thinking_tokens` the thinking; None where the service gave no
    count. `parts` is everything in its order where the chunk holds more than one piece of plain text or thought.
    """

    at: float
    text: str = ""
    thought: str = ""
    output_tokens: int | None = None
    thinking_tokens: int | None = None
    parts: tuple[Part, ...] = ()

    @property
    def pieces(self) -> tuple[Part, ...]:
        """What the chunk holds, in its order."""
        if self.parts:
            return self.parts
        thought = (Part(PartKind.THOUGHT, self.thought),) if self.thought else ()
        return (*thought, Part(PartKind.TEXT, self.text)) if self.text else thought


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens as the service counts them; None is "not said".

    `input_tokens` includes the cached ones. What is billed as output is `output_tokens` plus `thinking_tokens`.
    `tool_tokens` is what tools such as a search or a code run put into the prompt, billed as input and not part of it.
    """

    input_tokens: int | None = None
    output_tokens: int | None = None
    thinking_tokens: int | None = None
    cached_tokens: int | None = None
    total_tokens: int | None = None
    tool_tokens: int | None = None

    def updated(self, newer: Usage) -> Usage:
        """Take each count from the newer report where it has one: counts are running totals, never to be summed."""
        return _updated(self, newer)


@dataclass(frozen=True, slots=True)
class Facts:
    """What the service has said about an answer so far; None is "not said".

    `finish_reason` and `block_reason` are the service's own words, such as STOP. `served_model` is what answered and
    can differ from what was asked. `server_ms` is the service's own share of the time to the first chunk.
    """

    usage: Usage = field(default_factory=Usage)
    finish_reason: str | None = None
    block_reason: str | None = None
    served_model: str | None = None
    server_ms: float | None = None
    response_id: str | None = None
    grounding: Grounding | None = None

    def updated(self, newer: Facts) -> Facts:
        """Take each fact from the newer report where it has one, and each token count likewise."""
        return replace(_updated(self, newer), usage=self.usage.updated(newer.usage))


async def stream(client: Client, request: Request) -> AsyncGenerator[tuple[Chunk, Facts], None]:
    """Send a request and yield each chunk as it arrives, with everything known by then.

    The request leaves when the first item is asked for, and the clock starts there. To stop early, cancel the task
    that iterates: leaving the loop alone keeps the connection open until garbage collection.

    Raises ValueError for a setting of the wrong kind before anything is sent, and whatever google-genai, httpx2 and
    google.auth raise; `components.gemini.errors.failure_of` puts all of these into words. A blocked prompt, a safety
    stop and a stream that ends too early raise nothing: `failure_of_finish` reads them from the last facts.
    """
    config, contents = sdk_config(request), sdk_contents(request)
    facts = Facts()
    started = time.monotonic()
    # A list costs the SDK a quarter of a millisecond more, which a batch of thousands feels.
    sent = contents[0] if len(contents) == 1 else contents
    responses = await client.aio.models.generate_content_stream(model=request.model, contents=sent, config=config)
    async for response in responses:
        chunk, said = said_by(response, time.monotonic() - started)
        facts = facts.updated(said)
        yield chunk, facts


def said_by(response: types.GenerateContentResponse, at: float) -> tuple[Chunk, Facts]:
    """Read one response, which came `at` seconds after its request: what it adds, and what the service says of it."""
    said = _facts(response)
    return _chunk(response, at, said.usage), said


def _chunk(response: types.GenerateContentResponse, at: float, usage: Usage) -> Chunk:
    parts = tuple(part for sent in _parts(response) if (part := part_from_sdk(sent)) is not None)
    plain = len(parts) <= 1 and all(part.kind in (PartKind.TEXT, PartKind.THOUGHT) for part in parts)
    return Chunk(
        at=at,
        text="".join(part.text for part in parts if part.kind is PartKind.TEXT),
        thought="".join(part.text for part in parts if part.kind is PartKind.THOUGHT),
        output_tokens=usage.output_tokens,
        thinking_tokens=usage.thinking_tokens,
        parts=() if plain and not any(part.signature for part in parts) else parts,
    )


def _parts(response: types.GenerateContentResponse) -> list[types.Part]:
    if not response.candidates or response.candidates[0].content is None:
        return []
    return response.candidates[0].content.parts or []


def _facts(response: types.GenerateContentResponse) -> Facts:
    finish = response.candidates[0].finish_reason if response.candidates else None
    block = response.prompt_feedback.block_reason if response.prompt_feedback else None
    http = response.sdk_http_response
    return Facts(
        usage=_usage(response.usage_metadata),
        finish_reason=_word(finish),
        block_reason=_word(block),
        served_model=response.model_version or None,
        server_ms=server_time_ms(http.headers or {}) if http else None,
        response_id=response.response_id or None,
        grounding=_grounding(response),
    )


def _grounding(response: types.GenerateContentResponse) -> Grounding | None:
    said = response.candidates[0].grounding_metadata if response.candidates else None
    if said is None:
        return None
    pages = [chunk.web for chunk in said.grounding_chunks or () if chunk.web and chunk.web.uri]
    sources = tuple(WebSource(page.title or page.domain or "", page.uri or "") for page in pages)
    queries = tuple(said.web_search_queries or ())
    return Grounding(queries, sources) if queries or sources else None


def _usage(counts: types.GenerateContentResponseUsageMetadata | None) -> Usage:
    if counts is None:
        return Usage()
    return Usage(
        input_tokens=counts.prompt_token_count,
        output_tokens=counts.candidates_token_count,
        thinking_tokens=counts.thoughts_token_count,
        cached_tokens=counts.cached_content_token_count,
        total_tokens=counts.total_token_count,
        tool_tokens=counts.tool_use_prompt_token_count,
    )


def server_time_ms(headers: Mapping[str, str]) -> float | None:
    """Read the service's own time in milliseconds from a Server-Timing header such as `gfet4t7; dur=430`."""
    value = next((value for name, value in headers.items() if name.lower() == "server-timing"), "")
    found = re.search(r";\s*dur\s*=\s*\"?(\d+(?:\.\d+)?)", value)
    return float(found.group(1)) if found else None


def _word(reason: Any) -> str | None:
    word = str(getattr(reason, "value", reason) or "")
    return None if not word or word.endswith("_UNSPECIFIED") else word


def _updated(older: _Record, newer: _Record) -> _Record:
    news = {one.name: getattr(newer, one.name) for one in fields(newer)}
    return replace(older, **{name: value for name, value in news.items() if value is not None})
