"""Keeps documents at the service for several questions: caches that are named, live for a set time and cost storage."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from components.gemini.content import Turn, sdk_content
from components.gemini.errors import Failure, failure_of

if TYPE_CHECKING:
    from google.genai import Client, types

_LONGEST_NAME = 128


@dataclass(frozen=True, slots=True)
class Cache:
    """What is known of a cache. `tokens` is all that it holds; None where the service does not say.

    A question names it in `Request.cached_content`, until `expires`, a time in UTC. It serves `model` alone.
    """

    name: str
    model: str
    tokens: int | None = None
    expires: datetime | None = None
    display_name: str = ""


async def create(
    client: Client,
    model: str,
    turns: Sequence[Turn],
    *,
    system_instruction: str = "",
    ttl_s: float = 3600,
    display_name: str = "",
    secrets: Iterable[str] = (),
    timeout_s: float = 120,
) -> Cache | Failure:
    """Cache what stands before every question to `model`, for `ttl_s` seconds. Never raises but for cancellation.

    Files are uploaded before, and their parts refer to them. The service takes a cache from some size on, which
    differs by model: a failure of the kind `too_short_to_cache` says so. `secrets` are the connection's keys.
    """
    from google.genai import types

    try:
        async with asyncio.timeout(timeout_s):
            contents = [sdk_content(turn) for turn in turns]
            config = types.CreateCachedContentConfig(
                contents=list(contents) or None,
                system_instruction=system_instruction or None,
                ttl=_seconds(ttl_s),
                display_name=display_name[:_LONGEST_NAME] or None,
            )
            return _cache(await client.aio.caches.create(model=model, config=config))
    except Exception as error:
        return failure_of(error, partial=False, model=model, secrets=secrets)


async def look(client: Client, name: str, *, secrets: Iterable[str] = (), timeout_s: float = 10) -> Cache | Failure:
    """Ask for one cache; a failure of the kind `cache_gone` for one that has expired. Never raises but if cancelled."""
    try:
        async with asyncio.timeout(timeout_s):
            return _cache(await client.aio.caches.get(name=name))
    except Exception as error:
        return _not_done(error, secrets)


async def extend(
    client: Client, name: str, ttl_s: float, *, secrets: Iterable[str] = (), timeout_s: float = 10
) -> Cache | Failure:
    """Let a cache live for `ttl_s` seconds from now. Never raises but for cancellation."""
    from google.genai import types

    try:
        async with asyncio.timeout(timeout_s):
            config = types.UpdateCachedContentConfig(ttl=_seconds(ttl_s))
            return _cache(await client.aio.caches.update(name=name, config=config))
    except Exception as error:
        return _not_done(error, secrets)


async def drop(client: Client, name: str, timeout_s: float = 10) -> None:
    """Delete a cache, which ends what it costs. Best effort: it expires anyway."""
    with suppress(Exception):
        async with asyncio.timeout(timeout_s):
            await client.aio.caches.delete(name=name)


async def caches(
    client: Client, *, limit: int = 1_000, secrets: Iterable[str] = (), timeout_s: float = 30
) -> tuple[Cache, ...] | Failure:
    """List the caches of the key, at most `limit`, as the service orders them. Never raises but for cancellation."""
    found: list[Cache] = []
    try:
        async with asyncio.timeout(timeout_s):
            async for cache in await client.aio.caches.list(config={"page_size": min(limit, 1_000)}):
                found.append(_cache(cache))
                if len(found) >= limit:
                    break
    except Exception as error:
        return _not_done(error, secrets)
    return tuple(found)


def _cache(cached: types.CachedContent) -> Cache:
    if not cached.name:
        raise TypeError("the name of the cache is missing")
    usage = cached.usage_metadata
    return Cache(
        name=cached.name,
        model=(cached.model or "").rpartition("/")[2],
        tokens=usage.total_token_count if usage else None,
        expires=cached.expire_time,
        display_name=cached.display_name or "",
    )


def _not_done(error: Exception, secrets: Iterable[str]) -> Failure:
    """Word a failure of a call that is about a cache, not about a model."""
    failure = failure_of(error, partial=False, model="the service", secrets=secrets)
    return replace(failure, message=failure.message[:1].upper() + failure.message[1:])


def _seconds(ttl_s: float) -> str:
    return f"{ttl_s:.3f}".rstrip("0").rstrip(".") + "s"
