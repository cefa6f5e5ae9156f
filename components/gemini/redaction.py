"""Makes a provider's words fit for the screen: no key, no HTML, no endless text."""

import html
import json
import re
from collections.abc import Iterable
from urllib.parse import quote

DETAIL_LENGTH = 500
HIDDEN = "[key]"
_READ_LENGTH = 100_000
# From this length on a key is hidden also inside a longer word; a shorter one would take ordinary words apart.
_DISTINCTIVE = 8

_LOOKS_SECRET = (
    re.compile(r"AIza[\w\-]+"),
    re.compile(r"\b(?:AQ|ya29)\.[\w\-.]+"),
    re.compile(r"(?i)(\bbearer\s+)[\w\-.~+/=]+"),
    re.compile(r"(?i)(\b(?:x-goog-)?(?:api[_-]?key|access_token|key|token)\b[\"']?\s*[=:]\s*[\"']?)[^\s&\"',;}]+"),
)
_HTML = re.compile(r"(?i)<(?:!doctype|html|head|body)\b")
_TITLE = re.compile(r"(?is)<title[^>]*>(.*?)</title>")


def detail_of(text: str, secrets: Iterable[str] = ()) -> str:
    """Shorten technical text to one line of at most 500 characters, without keys and without HTML."""
    secrets = tuple(secrets)
    # Hidden before anything is cut away, lest half a key survives, and after, lest the cutting joined one together.
    plain = _without_html(redacted(text, secrets)[:_READ_LENGTH])
    return redacted(" ".join(plain.split()), secrets)[:DETAIL_LENGTH]


def redacted(text: str, secrets: Iterable[str] = ()) -> str:
    """Hide the given keys, in any spelling that an error message uses, and everything that looks like a key."""
    for secret in secrets:
        for spelling in sorted(_spellings(secret), key=len, reverse=True):
            text = _pattern(spelling).sub(HIDDEN, text)
    for pattern in _LOOKS_SECRET:
        text = pattern.sub(_hide_value, text)
    return text


def _hide_value(found: re.Match[str]) -> str:
    return (found.group(1) if found.re.groups else "") + HIDDEN


def _spellings(secret: str) -> set[str]:
    escaped = (quote(secret), quote(secret, safe=""), html.escape(secret), json.dumps(secret)[1:-1], repr(secret)[1:-1])
    return {secret, *escaped} - {""}


def _pattern(spelling: str) -> re.Pattern[str]:
    exact = re.escape(spelling)
    return re.compile(exact if len(spelling) >= _DISTINCTIVE else rf"(?<!\w){exact}(?!\w)", re.IGNORECASE)


def _without_html(text: str) -> str:
    page = _HTML.search(text)
    if page is None:
        return text
    title = _TITLE.search(text)
    return text[: page.start()] + (html.unescape(title.group(1)) if title else "an HTML page")
