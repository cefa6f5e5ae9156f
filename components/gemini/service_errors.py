"""Reads what the service says in an error: status, reasons, quotas and the wait that it asks for."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from google.genai.errors import APIError

# Nobody waits for longer; what claims it is a mistake.
_LONGEST_WAIT_S = 7 * 24 * 3600.0

_KEY_REASONS = frozenset({"API_KEY_INVALID", "API_KEY_EXPIRED", "API_KEY_NOT_FOUND", "CREDENTIALS_MISSING"})
_ABOUT_KEY = re.compile(r"(?i)api key (not valid|not found|expired|was reported as leaked)|pass a valid api key")
_ABOUT_LENGTH = re.compile(
    r"(?i)token count .{0,60}(exceeds|only supports)|exceeds the maximum number of tokens|payload size exceeds"
)
_ABOUT_CACHE = re.compile(r"(?i)cached ?content not found")
_ABOUT_SMALL_CACHE = re.compile(r"(?i)cached content is too small(?:\D{1,60}(\d{1,9})\D{1,60}(\d{1,9}))?")
_ABOUT_PLACE = re.compile(r"(?i)location is not supported")
_WAIT_IN_WORDS = re.compile(r"(?i)retry in (\d+(?:\.\d+)?) ?s")


@dataclass(frozen=True)
class ServiceError:
    """An error as the service worded it. `retry_after_s` is in seconds; `text` may still hold keys and HTML."""

    code: int | None
    text: str
    retry_after_s: float | None
    reasons: frozenset[str]
    quota_ids: tuple[str, ...]

    @property
    def about_key(self) -> bool:
        """The key is wrong, expired or withdrawn, whatever the status code says."""
        return bool(self.reasons & _KEY_REASONS) or bool(_ABOUT_KEY.search(self.text))

    @property
    def about_length(self) -> bool:
        """The prompt is larger than the model or the service takes."""
        return self.code == 400 and bool(_ABOUT_LENGTH.search(self.text))

    @property
    def about_cache(self) -> bool:
        """The cache that the request names is not there: it has expired, was deleted, or belongs to another key."""
        return self.code in (403, 404) and bool(_ABOUT_CACHE.search(self.text))

    @property
    def about_small_cache(self) -> bool:
        """What was to be cached is shorter than the service caches."""
        return self.code == 400 and bool(_ABOUT_SMALL_CACHE.search(self.text))

    @property
    def cache_sizes(self) -> tuple[int, int] | None:
        """How many tokens were to be cached, and the least that can be; None where the service does not say."""
        found = _ABOUT_SMALL_CACHE.search(self.text)
        return (int(found.group(1)), int(found.group(2))) if found and found.group(2) else None

    @property
    def about_place(self) -> bool:
        """The service is not offered where the call came from."""
        return bool(_ABOUT_PLACE.search(self.text))

    @property
    def daily_quota(self) -> bool:
        """One of the limits that were reached counts by the day."""
        return any("perday" in quota.lower() or "daily" in quota.lower() for quota in self.quota_ids)

    @property
    def no_quota(self) -> bool:
        """The limit that was reached is zero, so waiting does not help."""
        return bool(re.search(r"limit: 0\b", self.text))


def read(exception: APIError) -> ServiceError:
    """Read an error of google-genai. Services and proxies omit or misspell any part, so nothing is taken on trust."""
    body = _body(exception.details)
    details = [one for one in _list(body.get("details")) if isinstance(one, Mapping)]
    code = exception.code if isinstance(exception.code, int) else None
    message = str(exception.message or exception.details or "")
    return ServiceError(
        code=code,
        text=" ".join(str(part) for part in (code, exception.status) if part) + f": {message}",
        retry_after_s=_wait(details, exception.response, message),
        reasons=frozenset(str(one["reason"]) for one in details if "reason" in one),
        quota_ids=tuple(_quota_ids(details)),
    )


def _body(details: Any) -> Mapping[str, Any]:
    if not isinstance(details, Mapping):
        return {}
    error = details.get("error")
    return error if isinstance(error, Mapping) else details


def _quota_ids(details: list[Mapping[str, Any]]) -> list[str]:
    violations = [violation for one in details for violation in _list(one.get("violations"))]
    return [str(one["quotaId"]) for one in violations if isinstance(one, Mapping) and "quotaId" in one]


def _wait(details: list[Mapping[str, Any]], response: Any, message: str) -> float | None:
    """Find the wait in seconds: in RetryInfo, else in the Retry-After header, else in the message."""
    for one in details:
        if str(one.get("@type", "")).endswith("RetryInfo"):
            wait = _seconds(str(one.get("retryDelay", "")).removesuffix("s"))
            if wait is not None:
                return wait
    headers = getattr(response, "headers", None) or {}
    header = next((str(value) for name, value in headers.items() if str(name).lower() == "retry-after"), "")
    in_words = _WAIT_IN_WORDS.search(message)
    return _seconds(header) or _seconds_until(header) or (_seconds(in_words.group(1)) if in_words else None)


def _seconds(number: str) -> float | None:
    try:
        seconds = float(number)
    except ValueError:
        return None
    return seconds if math.isfinite(seconds) and 0 <= seconds <= _LONGEST_WAIT_S else None


def _seconds_until(date: str) -> float | None:
    try:
        moment = parsedate_to_datetime(date)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return _seconds(str(max(0.0, (moment - datetime.now(UTC)).total_seconds())))


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
