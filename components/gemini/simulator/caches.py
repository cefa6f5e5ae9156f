"""The cachedContents API: what a cache holds in tokens, how long it lives, and none of its content."""

import re
import secrets
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

from starlette.requests import Request

from components.gemini.simulator.errors import (
    bad_request,
    cache_of_another_model,
    cache_too_small,
    prompt_too_long,
    unknown_cache,
    unknown_model,
)
from components.gemini.simulator.fields import fields_of, page_of, string_of, written
from components.gemini.simulator.models import SimulatedModel, SimulatorConfig, find_model
from components.gemini.simulator.playback import Playback
from components.gemini.simulator.replies import Replies
from components.gemini.simulator.request import CachedPrompt, GenerateRequest, parse_cache

_LIFETIME = timedelta(hours=1)
_LONGEST_LIFETIME = timedelta(days=365)
_TTL = re.compile(r"\d{1,8}(?:\.\d{1,9})?s", re.ASCII)
_UPDATE_FIELDS = frozenset({"name", "ttl", "expire_time"})
_MOST_CACHES = 500
_KEPT_CHARACTERS = 2_000


@dataclass(frozen=True)
class StoredCache:
    """One cache, and until when it may be used."""

    name: str
    model_id: str
    display_name: str
    held: CachedPrompt
    created: datetime
    updated: datetime
    expires: datetime


class CacheStore:
    """Caches by name. What has expired is gone, and the oldest go when there are too many."""

    def __init__(self) -> None:
        self._caches: OrderedDict[str, StoredCache] = OrderedDict()

    def put(self, cache: StoredCache) -> None:
        """Keep a cache, new or changed."""
        self._caches[cache.name] = cache
        while len(self._caches) > _MOST_CACHES:
            self._caches.popitem(last=False)

    def get(self, name: str) -> StoredCache:
        """Return a cache; raise ApiError 403 for one that is not here or has expired."""
        cache = self._caches.get(name)
        if cache is None or cache.expires <= datetime.now(UTC):
            self._caches.pop(name, None)
            raise unknown_cache()
        return cache

    def remove(self, name: str) -> None:
        """Forget a cache; raise ApiError 403 for one that is not here."""
        del self._caches[self.get(name).name]

    def newest_first(self) -> list[StoredCache]:
        """Return every cache that may still be used."""
        now = datetime.now(UTC)
        return [cache for cache in reversed(self._caches.values()) if cache.expires > now]

    def held(self, name: str, model_id: str) -> CachedPrompt:
        """Return what a cache holds; raise ApiError 403 for an unknown one, 400 for one of another model."""
        cache = self.get(name.removeprefix("cachedContents/"))
        if cache.model_id != model_id:
            raise cache_of_another_model(model_id, cache.model_id)
        return cache.held


class CacheService:
    """The routes of the caches. `count_files` adds to a request what its uploaded files count."""

    def __init__(
        self,
        store: CacheStore,
        config: SimulatorConfig,
        replies: Replies,
        count_files: Callable[[GenerateRequest], GenerateRequest],
    ) -> None:
        self._store = store
        self._config = config
        self._replies = replies
        self._count_files = count_files

    async def create(self, request: Request) -> Playback:
        """Answer the record of a new cache."""
        body = await self._replies.body(request)
        asked, fields = parse_cache(body)
        model = self._model(string_of(fields.get("model", ""), "cached_content.model"))
        controls = self._replies.controls(request, model_id=model.id)
        self._replies.refuse(controls, model.id)
        asked = self._count_files(asked)
        _check_size(asked.prompt_tokens, model)
        now = datetime.now(UTC)
        cache = StoredCache(
            name=secrets.token_hex(20),
            model_id=model.id,
            display_name=string_of(fields.get("display_name", ""), "cached_content.display_name")[:128],
            held=_held(asked),
            created=now,
            updated=now,
            expires=_expires(fields, now) or now + _LIFETIME,
        )
        self._store.put(cache)
        return self._replies.json(_record(cache), controls, model.id)

    async def list(self, request: Request) -> Playback:
        """Answer one page of the caches, the newest first."""
        controls = self._replies.controls(request)
        page = page_of(request, "cachedContents", self._store.newest_first(), _record)
        return self._replies.json(page, controls)

    async def get(self, request: Request) -> Playback:
        """Answer the record of one cache."""
        controls = self._replies.controls(request)
        return self._replies.json(_record(self._store.get(request.path_params["name"])), controls)

    async def update(self, request: Request) -> Playback:
        """Give a cache another end, the only thing of it that can change."""
        fields = fields_of(await self._replies.body(request), _UPDATE_FIELDS, "cached_content")
        controls = self._replies.controls(request)
        self._replies.refuse(controls)
        now = datetime.now(UTC)
        expires = _expires(fields, now)
        if expires is None:
            raise bad_request([("cached_content", "Either ttl or expire_time must be set.")])
        cache = replace(self._store.get(request.path_params["name"]), expires=expires, updated=now)
        self._store.put(cache)
        return self._replies.json(_record(cache), controls)

    async def delete(self, request: Request) -> Playback:
        """Forget one cache."""
        controls = self._replies.controls(request)
        self._replies.refuse(controls)
        self._store.remove(request.path_params["name"])
        return self._replies.json({}, controls)

    def _model(self, name: str) -> SimulatedModel:
        model_id = name.removeprefix("models/")
        if not re.fullmatch(r"[\w.@-]{1,200}", model_id):
            raise bad_request([("cached_content.model", "unexpected model name format")])
        model = find_model(self._config, model_id)
        if model is None:
            raise unknown_model(model_id, "v1beta", "createCachedContent")
        return model


def _check_size(tokens: int, model: SimulatedModel) -> None:
    if tokens < model.least_cached_tokens:
        raise cache_too_small(tokens, model.least_cached_tokens)
    if tokens > model.input_token_limit:
        raise prompt_too_long(tokens, model.input_token_limit)


def _held(asked: GenerateRequest) -> CachedPrompt:
    digests = " ".join((*(prefix.digest for prefix in asked.prefixes), *asked.file_uris, asked.system))
    return CachedPrompt(
        details=asked.prompt_details,
        digest=sha256(digests.encode("utf-8", "replace")).hexdigest(),
        system=asked.system[:_KEPT_CHARACTERS],
        turns=len(asked.prefixes),
        file_types=asked.file_types,
    )


def _expires(fields: Mapping[str, Any], now: datetime) -> datetime | None:
    """Return the end that a client sets; raise ApiError 400 for one that cannot be."""
    if "ttl" in fields and "expire_time" in fields:
        raise bad_request([("cached_content", "Only one of ttl and expire_time can be set.")])
    if "ttl" in fields:
        text = string_of(fields["ttl"], "cached_content.ttl")
        if not _TTL.fullmatch(text):
            raise bad_request(
                [("cached_content.ttl", f"Invalid value at 'cached_content.ttl' (Duration), {text[:60]}")]
            )
        expires = now + timedelta(seconds=float(text[:-1]))
    elif "expire_time" in fields:
        expires = _moment(string_of(fields["expire_time"], "cached_content.expire_time"))
    else:
        return None
    if not now < expires <= now + _LONGEST_LIFETIME:
        raise bad_request([("cached_content", "The expiration time must be in the future, within a year.")])
    return expires


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise bad_request([("cached_content.expire_time", f"Invalid time: {text[:60]}")]) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _record(cache: StoredCache) -> dict[str, Any]:
    """Return a CachedContent resource; what is cached is never sent back."""
    record = {
        "name": f"cachedContents/{cache.name}",
        "model": f"models/{cache.model_id}",
        "displayName": cache.display_name,
        "createTime": written(cache.created),
        "updateTime": written(cache.updated),
        "expireTime": written(cache.expires),
        "usageMetadata": {"totalTokenCount": cache.held.tokens},
    }
    return {name: value for name, value in record.items() if value != ""}
