"""Whatever can go wrong with a call, as one plain sentence: what happened, what is safe, what to do next."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from socket import gaierror
from typing import TYPE_CHECKING

from components.gemini.redaction import detail_of
from components.gemini.service_errors import ServiceError, read

if TYPE_CHECKING:
    from google.genai.errors import APIError


class FailureKind(StrEnum):
    """What went wrong, as far as a program may want to tell."""

    NO_KEY = "no_key"
    INVALID_KEY = "invalid_key"
    NO_ACCESS = "no_access"
    NOT_FOUND = "not_found"
    BAD_REQUEST = "bad_request"
    PROMPT_TOO_LONG = "prompt_too_long"
    RATE_LIMITED = "rate_limited"
    QUOTA_EXHAUSTED = "quota_exhausted"
    OVERLOADED = "overloaded"
    SERVER_ERROR = "server_error"
    TIMED_OUT = "timed_out"
    CONNECTION_REFUSED = "connection_refused"
    CONNECTION_LOST = "connection_lost"
    MALFORMED_RESPONSE = "malformed_response"
    BLOCKED_PROMPT = "blocked_prompt"
    SAFETY = "safety"
    EMPTY_ANSWER = "empty_answer"
    OUTPUT_LIMIT = "output_limit"
    TRUNCATED = "truncated"
    CACHE_GONE = "cache_gone"
    TOO_SHORT_TO_CACHE = "too_short_to_cache"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Failure:
    """One failed or incomplete answer, in words for the screen.

    `retry_after_s` is the wait that the service itself named, in seconds. `detail` is for the technically minded: at
    most 500 characters, without any key.
    """

    kind: FailureKind
    message: str
    safe: str
    next_step: str
    retry_after_s: float | None = None
    http_status: int | None = None
    detail: str = ""

    @property
    def sentence(self) -> str:
        """What happened, what is safe and what to do next, in plain English."""
        return " ".join(part for part in (self.message, self.safe, self.next_step) if part)


def failure_of(exception: BaseException, *, partial: bool, model: str, secrets: Iterable[str] = ()) -> Failure:
    """Put any exception of a call into words.

    `partial` says that part of the answer has arrived; `secrets` are keys that must not show even if the service
    quotes them.
    """
    from google.genai import errors

    if isinstance(exception, errors.APIError):
        return _service_failure(exception, partial=partial, model=model, secrets=secrets)
    kind = _kind_of_exception(exception)
    message, next_step = _words(kind, model)
    detail = detail_of(f"{type(exception).__name__}: {exception}", secrets)
    return Failure(kind, message, _safe(partial), next_step, detail=detail)


def failure_of_finish(
    finish_reason: str | None,
    block_reason: str | None,
    *,
    has_text: bool,
    model: str,
    thinking_tokens: int | None = None,
) -> Failure | None:
    """Judge a stream that ended without an exception, by the service's own reasons; None when all is well.

    An answer that reached the output limit is a whole answer of the length that was allowed: it is reported as
    `output_limit`, and the caller decides whether that counts as failed.
    """
    if block_reason is None and finish_reason == "STOP" and has_text:
        return None
    kind, special = FailureKind.BLOCKED_PROMPT, None
    if block_reason is None:
        kind, special = _judged(finish_reason, has_text, thinking_tokens, model)
    message, next_step = _words(kind, model)
    reasons = {"finish reason": finish_reason, "block reason": block_reason}
    detail = ", ".join(f"{name} {reason}" for name, reason in reasons.items() if reason)
    return Failure(kind, special or message, _safe(has_text), next_step, detail=detail or "no finish reason")


def spoken_wait(seconds: float) -> str:
    """Say a wait in words, rounded up: 12 seconds, 3 minutes, 2 hours."""
    for size, unit in ((3600, "hour"), (60, "minute")):
        if seconds > 1.5 * size:
            return f"{math.ceil(seconds / size)} {unit}s"
    whole = max(1, math.ceil(seconds))
    return f"{whole} second{'' if whole == 1 else 's'}"


def _service_failure(exception: APIError, *, partial: bool, model: str, secrets: Iterable[str]) -> Failure:
    error = read(exception)
    kind = _kind_of_service_error(error)
    message, next_step = _words(kind, model)
    wait = error.retry_after_s
    # With a used-up day the service still names the short wait of its per-minute limit.
    if kind is FailureKind.QUOTA_EXHAUSTED and wait is not None and wait < 3600:
        wait = None
    if wait is not None:
        next_step = f"Wait {spoken_wait(wait)}, as the service asks, and run again."
    return Failure(
        kind=kind,
        message=_special_message(kind, error, model) or message,
        safe=_safe(partial),
        next_step=next_step,
        retry_after_s=wait,
        http_status=error.code,
        detail=detail_of(error.text, secrets),
    )


def _kind_of_service_error(error: ServiceError) -> FailureKind:
    if error.about_key:
        return FailureKind.INVALID_KEY
    if error.about_length or error.code == 413:
        return FailureKind.PROMPT_TOO_LONG
    if error.about_place:
        return FailureKind.NO_ACCESS
    if error.about_cache:
        return FailureKind.CACHE_GONE
    if error.about_small_cache:
        return FailureKind.TOO_SHORT_TO_CACHE
    if error.code == 429:
        used_up = error.daily_quota or error.no_quota
        return FailureKind.QUOTA_EXHAUSTED if used_up else FailureKind.RATE_LIMITED
    kind = _KIND_OF_CODE.get(error.code or 0)
    if kind is not None:
        return kind
    return _KIND_OF_FAMILY.get((error.code or 0) // 100, FailureKind.UNKNOWN)


def _special_message(kind: FailureKind, error: ServiceError, model: str) -> str | None:
    if kind is FailureKind.NO_ACCESS and error.about_place:
        return "The service is not offered in the country or region that this server calls from."
    if kind is FailureKind.QUOTA_EXHAUSTED and error.no_quota:
        return f"This key has no quota at all for {model}."
    if kind is FailureKind.TOO_SHORT_TO_CACHE and error.cache_sizes:
        tokens, least = error.cache_sizes
        return f"{model} caches from {least:,} tokens on, and this is {tokens:,}."
    return None


def _kind_of_exception(exception: BaseException) -> FailureKind:
    # The SDK has no error class of its own for "no key".
    if isinstance(exception, ValueError) and "API key must be set" in str(exception):
        return FailureKind.NO_KEY
    if isinstance(exception, ValueError) and "No API key was provided" in str(exception):
        return FailureKind.NO_KEY
    for classes, kind in _kinds_of_classes():
        if isinstance(exception, classes):
            return kind
    return FailureKind.UNKNOWN


def _kinds_of_classes() -> tuple[tuple[tuple[type[BaseException], ...], FailureKind], ...]:
    """Pair exception classes with kinds; the first match counts, so subclasses stand before their bases."""
    import httpx2
    from google.auth import exceptions as sign_in
    from google.genai import errors
    from pydantic import ValidationError

    unreachable = (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.ProxyError, httpx2.UnsupportedProtocol)
    elsewhere = (httpx2.TooManyRedirects, httpx2.InvalidURL, ConnectionRefusedError, gaierror, sign_in.TransportError)
    # The SDK itself stumbles over answers of an unexpected shape, with the second group of errors.
    unreadable = (errors.UnknownApiResponseError, json.JSONDecodeError, UnicodeDecodeError, httpx2.DecodingError)
    misshapen = (ValidationError, TypeError, AttributeError, LookupError)
    return (
        ((httpx2.LocalProtocolError, UnicodeEncodeError), FailureKind.BAD_REQUEST),
        (unreachable + elsewhere, FailureKind.CONNECTION_REFUSED),
        ((httpx2.TimeoutException, TimeoutError), FailureKind.TIMED_OUT),
        ((sign_in.RefreshError,), FailureKind.INVALID_KEY),
        ((sign_in.GoogleAuthError,), FailureKind.NO_KEY),
        (unreadable + misshapen, FailureKind.MALFORMED_RESPONSE),
        ((httpx2.TransportError, httpx2.StreamError, OSError), FailureKind.CONNECTION_LOST),
        ((ValueError,), FailureKind.BAD_REQUEST),
    )


def _judged(
    finish_reason: str | None, has_text: bool, thinking_tokens: int | None, model: str
) -> tuple[FailureKind, str | None]:
    if finish_reason is None:
        return FailureKind.TRUNCATED, None if has_text else f"The service ended the answer of {model} before it began."
    if finish_reason in ("MAX_TOKENS", "CONTINUATION"):
        return FailureKind.OUTPUT_LIMIT, None if has_text else _spent_on_thinking(thinking_tokens, model)
    if finish_reason == "STOP":
        return FailureKind.EMPTY_ANSWER, None
    if finish_reason in _SAFETY_WORDS:
        return FailureKind.SAFETY, f"{model} stopped: {_SAFETY_WORDS[finish_reason]}."
    if finish_reason in _MALFORMED_FINISHES:
        return FailureKind.MALFORMED_RESPONSE, f"{model} stopped because it produced something that cannot be used."
    return FailureKind.UNKNOWN, f"{model} stopped for a reason that the service does not explain."


def _spent_on_thinking(thinking_tokens: int | None, model: str) -> str:
    spent = f" ({thinking_tokens:,} tokens of thinking)" if thinking_tokens else ""
    return f"Thinking used up the output limit before {model} wrote anything{spent}."


def _safe(partial: bool) -> str:
    kept = "Your prompt and the part of the answer that arrived are kept" if partial else "Your prompt is kept"
    return f"{kept}; other answers are not affected."


def _words(kind: FailureKind, model: str) -> tuple[str, str]:
    message, next_step = _WORDS[kind]
    return message.replace("{model}", model), next_step


_KIND_OF_CODE = {
    401: FailureKind.INVALID_KEY,
    403: FailureKind.NO_ACCESS,
    404: FailureKind.NOT_FOUND,
    408: FailureKind.TIMED_OUT,
    410: FailureKind.NOT_FOUND,
    499: FailureKind.CONNECTION_LOST,
    503: FailureKind.OVERLOADED,
    504: FailureKind.TIMED_OUT,
    529: FailureKind.OVERLOADED,
}

_KIND_OF_FAMILY = {
    # Redirects are not followed: the address is not that of the service.
    3: FailureKind.CONNECTION_REFUSED,
    4: FailureKind.BAD_REQUEST,
    5: FailureKind.SERVER_ERROR,
}

_MALFORMED_FINISHES = (
    "MALFORMED_FUNCTION_CALL",
    "MALFORMED_RESPONSE",
    "UNEXPECTED_TOOL_CALL",
    "TOO_MANY_TOOL_CALLS",
    "MISSING_THOUGHT_SIGNATURE",
)

_SAFETY_WORDS = {
    "SAFETY": "a safety filter blocked its answer",
    "RECITATION": "its answer came too close to a published text",
    "LANGUAGE": "the language of its answer is not supported",
    "BLOCKLIST": "its answer contained a forbidden word",
    "PROHIBITED_CONTENT": "its answer may contain prohibited content",
    "SPII": "its answer may contain sensitive personal data",
    "IMAGE_SAFETY": "a safety filter blocked its image",
    "IMAGE_PROHIBITED_CONTENT": "its image may contain prohibited content",
    "IMAGE_RECITATION": "its image came too close to a published one",
    "ESCALATION": "a safety rule of the service stopped it",
    "MODEL_ARMOR": "a safety rule of your organisation stopped it",
    "PUP_LIMITED_DISABLED": "the account is limited because of the prohibited use policy",
}

_AGAIN_OR_ANOTHER = "Run again; if it keeps happening, choose another model."

_WORDS = {
    FailureKind.NO_KEY: (
        "There is no key to call {model} with.",
        "Enter a key for this session, or set GEMINI_API_KEY on the server.",
    ),
    FailureKind.INVALID_KEY: (
        "The service did not accept the key.",
        "Check that the whole key was copied, or create a new one at https://aistudio.google.com/apikey.",
    ),
    FailureKind.NO_ACCESS: (
        "This key may not use {model}.",
        "Ask the owner of the key for access, or choose another model.",
    ),
    FailureKind.NOT_FOUND: (
        "{model} cannot be called here: the service does not know it, or has shut it down.",
        "Choose another model, such as its successor.",
    ),
    FailureKind.BAD_REQUEST: (
        "The request for {model} was refused as it stands.",
        "Change the setting that the details name, and run again.",
    ),
    FailureKind.PROMPT_TOO_LONG: (
        "The prompt is larger than {model} accepts.",
        "Shorten the prompt, remove an attachment, or choose a model with a larger context window.",
    ),
    FailureKind.RATE_LIMITED: (
        "Too many requests went to {model} in a short time.",
        "Wait about a minute and run again.",
    ),
    FailureKind.QUOTA_EXHAUSTED: (
        "The daily quota of this key for {model} is used up.",
        "Run again tomorrow (daily quotas start anew at midnight Pacific time), or use a key with a higher quota.",
    ),
    FailureKind.OVERLOADED: (
        "{model} is overloaded at the moment.",
        "Wait half a minute and run again, or choose another model.",
    ),
    FailureKind.SERVER_ERROR: (
        "The service had an internal error while {model} was answering.",
        _AGAIN_OR_ANOTHER,
    ),
    FailureKind.TIMED_OUT: (
        "{model} did not answer in time.",
        "Run again, or ask for a shorter answer.",
    ),
    FailureKind.CONNECTION_REFUSED: (
        "The service could not be reached.",
        "Check the network and the address of the service, then run again.",
    ),
    FailureKind.CONNECTION_LOST: (
        "The connection to {model} broke off.",
        "Run again.",
    ),
    FailureKind.MALFORMED_RESPONSE: (
        "The service sent something that cannot be read as an answer of {model}.",
        "Run again; if it keeps happening, check that the address belongs to a Gemini service.",
    ),
    FailureKind.BLOCKED_PROMPT: (
        "The service blocked the prompt, so {model} wrote no answer.",
        "Rephrase the prompt, or relax the safety settings.",
    ),
    FailureKind.SAFETY: (
        "{model} stopped for safety reasons.",
        "Rephrase the prompt, or relax the safety settings.",
    ),
    FailureKind.EMPTY_ANSWER: (
        "{model} finished without writing anything.",
        "Run again, or rephrase the prompt.",
    ),
    FailureKind.OUTPUT_LIMIT: (
        "{model} reached the output limit, so its answer is cut off.",
        "Raise the limit on output tokens and run again.",
    ),
    FailureKind.TRUNCATED: (
        "The answer of {model} ended without its closing mark, so it may be incomplete.",
        "Run again if the end is missing.",
    ),
    FailureKind.CACHE_GONE: (
        "What was cached is no longer at the service: its time was up, or it was deleted.",
        "Cache it again, or send it along with the prompt.",
    ),
    FailureKind.TOO_SHORT_TO_CACHE: (
        "This is too short for {model} to cache.",
        "Send it along with each prompt, which costs little at this length.",
    ),
    FailureKind.UNKNOWN: (
        "Something unexpected went wrong while calling {model}.",
        _AGAIN_OR_ANOTHER,
    ),
}
