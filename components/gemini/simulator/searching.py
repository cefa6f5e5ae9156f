"""A search that never took place: pages at reserved example addresses, and which sentence would rest on which."""

from dataclasses import dataclass
from typing import Any

from components.gemini.simulator.text import inert, words_of_weight

TOKENS_PER_PAGE_READ = 120
_HOSTS = ("example.com", "example.org", "example.net")
_QUERY_CHARACTERS = 80
_MOST_SUPPORTS = 2


@dataclass(frozen=True)
class Page:
    """A page that nobody read; its host is reserved for examples (RFC 2606)."""

    uri: str
    title: str
    tokens: int = TOKENS_PER_PAGE_READ


def found_pages(prompt: str) -> tuple[Page, ...]:
    """Return what a search for the prompt is said to have found: up to three pages, named after its words."""
    words = [word for word in words_of_weight(prompt) if word.isascii() and word.isalnum()] or ["prompt"]
    return tuple(
        Page(f"https://{host}/simulated/{word}", f"Simulated source on {word} ({host})")
        for host, word in zip(_HOSTS, words, strict=False)
    )


def grounding_of(text: str, prompt: str, pages: tuple[Page, ...]) -> dict[str, Any]:
    """Return the groundingMetadata of an answer, as the service sends it: offsets are in bytes of UTF-8."""
    return {
        "webSearchQueries": [inert(prompt, _QUERY_CHARACTERS) or "simulated search"],
        "groundingChunks": [{"web": {"uri": page.uri, "title": page.title}} for page in pages],
        "groundingSupports": [
            {"segment": segment, "groundingChunkIndices": [number % len(pages)]}
            for number, segment in enumerate(_segments(text))
        ],
    }


def _segments(text: str) -> list[dict[str, Any]]:
    """Return the first lines of the list in the answer, which is what the pages are said to support."""
    segments: list[dict[str, Any]] = []
    start = 0
    for line in text.splitlines(keepends=True):
        size = len(line.encode("utf-8", "replace"))
        sentence = line.rstrip("\n")
        if line.startswith("- ") and len(segments) < _MOST_SUPPORTS:
            end = start + len(sentence.encode("utf-8", "replace"))
            segments.append({"startIndex": start, "endIndex": end, "text": sentence})
        start += size
    return segments
