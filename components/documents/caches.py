"""Explicit caches of one session: which documents they hold for which model, and what they have saved."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from catalog.prices import Cost, NoListPrice, Price, cost_of_call, price
from catalog.schema import Model
from components.gemini.caching import Cache
from components.gemini.settings import Connection
from components.playground.lanes import LaneSnapshot
from components.playground.published import platform

_MILLION = Decimal(1_000_000)
_HOUR_S = Decimal(3600)
# A question that starts now must still find its cache.
_MARGIN = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class CacheKey:
    """What a cache is for: a connection, a model, the system instruction and the digests of the documents."""

    connection: Connection
    model: str
    system: str
    digests: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Kept:
    """A cache, since when it is there, and when it was deleted or gone, if it was."""

    cache: Cache
    created: datetime
    ended: datetime | None = None


@dataclass(frozen=True, slots=True)
class Saved:
    """What a cache has saved so far in US dollars, at list prices and by the token counts of the service.

    `questions` were answered from it with `tokens` cached tokens in all. `saved_usd` is what these would have cost
    more at the price of input; `made_usd` what making it cost, `stored_usd` keeping it until now. Where a price is
    missing, the amounts are None and `no_price` says which.
    """

    questions: int
    tokens: int
    saved_usd: Decimal | None
    made_usd: Decimal | None
    stored_usd: Decimal | None
    no_price: str = ""

    @property
    def net_usd(self) -> Decimal | None:
        """What is saved after all; below 0 while the cache has cost more than it saved."""
        if self.saved_usd is None or self.made_usd is None or self.stored_usd is None:
            return None
        return self.saved_usd - self.made_usd - self.stored_usd


class CacheBook:
    """The caches that a session has made. Safe across threads: runs write it, pages read it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: dict[CacheKey, Kept] = {}
        self._ended: list[tuple[CacheKey, Kept]] = []

    def remember(self, key: CacheKey, cache: Cache, now: datetime | None = None) -> None:
        """Note a cache that was made just now."""
        with self._lock:
            self._kept[key] = Kept(cache, now or datetime.now(UTC))

    def extended(self, key: CacheKey, cache: Cache) -> None:
        """Note that a cache lives until another time."""
        with self._lock:
            if key in self._kept:
                self._kept[key] = replace(self._kept[key], cache=cache)

    def recall(self, key: CacheKey, now: datetime | None = None) -> Kept | None:
        """The cache for this, or None where there is none or it may be gone before an answer begins."""
        now = now or datetime.now(UTC)
        with self._lock:
            kept = self._kept.get(key)
            if kept is None or (kept.cache.expires is not None and kept.cache.expires - _MARGIN <= now):
                return None
            return kept

    def forget(self, key: CacheKey, now: datetime | None = None) -> None:
        """Note that a cache is gone at the service."""
        with self._lock:
            if key in self._kept:
                self._ended.append((key, replace(self._kept.pop(key), ended=now or datetime.now(UTC))))

    def living(self, now: datetime | None = None) -> tuple[tuple[CacheKey, Kept], ...]:
        """Every cache that has not expired, in the order in which they were made."""
        now = now or datetime.now(UTC)
        with self._lock:
            everything = tuple(self._kept.items())
        return tuple((key, kept) for key, kept in everything if kept.cache.expires is None or kept.cache.expires > now)

    def made(self) -> tuple[tuple[CacheKey, Kept], ...]:
        """Every cache that was ever made, those that are gone included."""
        with self._lock:
            return (*self._ended, *self._kept.items())


def saved(
    model: Model | None, kept: Kept, lanes: Sequence[LaneSnapshot], now: datetime, on: date, vertexai: bool
) -> Saved:
    """What a cache has saved with the answers that were read from it, at the list prices of the day `on`.

    A cache is made at the price of input and stored by the hour (Google Cloud, context caching overview).
    """
    tokens = sum(lane.usage.cached_tokens or 0 for lane in lanes)
    if model is None:
        return Saved(len(lanes), tokens, None, None, None, "the catalog does not have this model")
    place, size = platform(vertexai), kept.cache.tokens or 0
    made, storage = (price(model, item, place, size, on) for item in ("input", "cache_storage"))
    savings = [_saving(model, lane, on, place) for lane in lanes]
    missing = next((each for each in (made, storage, *savings) if isinstance(each, NoListPrice)), None)
    if missing is not None or not isinstance(made, Price) or not isinstance(storage, Price):
        return Saved(len(lanes), tokens, None, None, None, missing.reason if missing else "not known")
    until = min(each for each in (now, kept.ended, kept.cache.expires) if each is not None)
    hours = max(Decimal(0), Decimal(str((until - kept.created).total_seconds()))) / _HOUR_S
    return Saved(
        len(lanes),
        tokens,
        sum((each for each in savings if isinstance(each, Decimal)), Decimal(0)),
        made.usd_per_million * size / _MILLION,
        storage.usd_per_million * size * hours / _MILLION,
    )


def _saving(model: Model, lane: LaneSnapshot, on: date, place: str) -> Decimal | NoListPrice:
    """What the cached tokens of an answer would have cost more as plain input."""
    read = lane.usage.input_tokens or 0
    cached = min(lane.usage.cached_tokens or 0, read)
    bare, lower = cost_of_call(model, place, on, read, 0), cost_of_call(model, place, on, read, 0, cached)
    if isinstance(bare, NoListPrice):
        return bare
    return lower if isinstance(lower, NoListPrice) else _total(bare) - _total(lower)


def _total(cost: Cost) -> Decimal:
    return cost.total_usd
