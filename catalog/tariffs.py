"""What is charged for each kind of token: the prices of one model on one platform and day, with the rules for gaps.

Decimal arithmetic throughout, US dollars.
"""

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from functools import partial

from catalog.decision import Rules
from catalog.evidence import agree, rule
from catalog.fields import FIELDS
from catalog.prices import NoListPrice, Price, price
from catalog.schema import Basis, Claim, Model

ITEMS = {
    "input": "Input tokens",
    "output": "Output tokens",
    "cached_input": "Cached tokens",
    "audio_input": "Audio tokens",
    "batch_input": "Input tokens, in batch",
    "batch_output": "Output tokens, in batch",
    "batch_cached_input": "Cached tokens, in batch",
    "cache_storage": "Cache storage",
}


@dataclass(frozen=True, slots=True)
class Rate:
    """US dollars for a million tokens, the claim they rest on, and the rule that was used where it is not the price."""

    usd_per_million: Decimal
    claim: Claim
    note: str = ""


@dataclass(frozen=True, slots=True)
class Rates:
    """What the tokens of a request cost, by kind."""

    input: Rate
    cached: Rate
    audio: Rate
    output: Rate


@dataclass(frozen=True, slots=True)
class Tariff:
    """The rates for prompts of one size, of requests that are answered at once and of those in batch."""

    at_once: Rates
    in_batch: Rates


@dataclass(frozen=True, slots=True)
class Terms:
    """All that bills for one model on one platform and day rest on beside the workload.

    `limits` are the prompt sizes in tokens above which another tariff may hold, ascending; `tariffs` has one more
    entry than they. `storage` is for a million tokens an hour, 0 where the service keeps prompts by itself. `thinks`
    is False where the model cannot think.
    """

    model: Model
    platform: str
    on: date
    rules: Rules
    limits: tuple[int, ...]
    tariffs: tuple[Tariff | NoListPrice, ...]
    storage: Rate | NoListPrice
    thinks: bool

    def tariff(self, prompt_tokens: Decimal) -> Tariff | NoListPrice:
        """The tariff for a prompt of so many tokens; a tier includes its limit."""
        return self.tariffs[bisect_left(self.limits, prompt_tokens)]


def terms(model: Model, platform: str, rules: Rules, on: date) -> Terms:
    """The terms of a model on a platform and a day; a tier without a price of input or output has no list price."""
    limits = prompt_limits(model, platform)
    thinking = _standing(model, "capabilities.thinking", on)
    return Terms(
        model=model,
        platform=platform,
        on=on,
        rules=rules,
        limits=limits,
        tariffs=tuple(_tariff(model, platform, rules, tokens, on) for tokens in sizes(limits)),
        storage=_storage(model, platform, rules, on),
        thinks=thinking is None or thinking.value != "not supported",
    )


def prompt_limits(model: Model, platform: str) -> tuple[int, ...]:
    """The prompt sizes in tokens above which any list price on the platform may be another one, ascending."""
    pairs = ((claim.prompt_up_to, claim.prompt_above) for claim in _listed(model, platform))
    return tuple(sorted({limit for pair in pairs for limit in pair if limit is not None}))


def sizes(limits: tuple[int, ...]) -> tuple[int, ...]:
    """A prompt size in each tier: each limit, which its tier includes, and one token more than the last."""
    return (*limits, limits[-1] + 1) if limits else (0,)


def price_days(model: Model, platform: str) -> tuple[date, ...]:
    """The days on which any list price on the platform may begin to be another one, in the order of time."""
    claims = tuple(_listed(model, platform))
    begins = {claim.valid_from for claim in claims if claim.valid_from}
    ends = {claim.valid_to + timedelta(days=1) for claim in claims if claim.valid_to and claim.valid_to < date.max}
    return tuple(sorted(begins | ends))


def contested(model: Model, claim: Claim, on: date) -> bool:
    """Whether a list price of the same item, scope and day says something else than `claim`, one of the model's."""
    return any(
        rival.basis is Basis.LIST and rival.full_scope == claim.full_scope and rival.holds_on(on)
        for item in ITEMS
        if any(each is claim for each in model.claims.get(f"prices.{item}", ()))
        for rival in model.claims[f"prices.{item}"]
        if not agree(rival.value, claim.value)
    )


def _listed(model: Model, platform: str) -> Iterator[Claim]:
    for item in ITEMS:
        for claim in model.claims.get(f"prices.{item}", ()):
            if claim.platform == platform and claim.scope is None and claim.basis is Basis.LIST:
                yield claim


def _storage(model: Model, platform: str, rules: Rules, on: date) -> Rate | NoListPrice:
    found = price(model, "cache_storage", platform, 0, on)
    if isinstance(found, Price):
        return _rate(found)
    caching = _standing(model, "capabilities.caching", on)
    if caching is None or caching.value != "implicit only" or rules.implicit_storage is None:
        return found
    return Rate(rules.implicit_storage.decimal, caching, "kept by the service itself, which charges no storage")


def _standing(model: Model, path: str, on: date) -> Claim | None:
    claims = model.claims.get(path, ())
    return rule(claims, FIELDS[path], on).standing if claims else None


def _rate(found: Price) -> Rate:
    return Rate(found.usd_per_million, found.claim)


def _tariff(model: Model, platform: str, rules: Rules, tokens: int, on: date) -> Tariff | NoListPrice:
    fresh = price(model, "input", platform, tokens, on)
    written = price(model, "output", platform, tokens, on)
    if isinstance(fresh, NoListPrice):
        return fresh
    if isinstance(written, NoListPrice):
        return written
    item = partial(price, model, platform=platform, input_tokens=tokens, on=on)
    cached, heard = item("cached_input"), item("audio_input")
    whole, output = _rate(fresh), _rate(written)
    discount = rules.batch_share.decimal if platform in rules.batch_platforms else Decimal(1)
    waiting = _in_batch(whole, item("batch_input"), discount)
    spoken = _in_batch(_rate(heard), None, discount) if isinstance(heard, Price) else None
    return Tariff(
        Rates(whole, _or_input(cached, whole, "cached"), _or_input(heard, whole, "audio"), output),
        Rates(
            waiting,
            _cached_in_batch(item("batch_cached_input"), cached, rules) or _or_input(cached, waiting, "cached"),
            spoken or _or_input(heard, waiting, "audio"),
            _in_batch(output, item("batch_output"), discount),
        ),
    )


def _cached_in_batch(listed: Price | NoListPrice, cached: Price | NoListPrice, rules: Rules) -> Rate | None:
    if isinstance(listed, Price):
        return _rate(listed)
    if isinstance(cached, NoListPrice):
        return None
    share = rules.batch_cached_share.decimal if rules.batch_cached_share else Decimal(1)
    if share == 1:
        return replace(_rate(cached), note="the price for cached tokens, which batch does not lower")
    return replace(_rate(cached), usd_per_million=cached.usd_per_million * share, note=f"{_part(share)} of their price")


def _or_input(found: Price | NoListPrice, fresh: Rate, kind: str) -> Rate:
    if isinstance(found, Price):
        return _rate(found)
    note = f"no price for {kind} tokens is known, charged as input"
    return replace(fresh, note=f"{note}, {fresh.note}" if fresh.note else note)


def _in_batch(rate: Rate, listed: Price | NoListPrice | None, share: Decimal) -> Rate:
    """The listed batch price, else the share of the list price by the rule; a share of 1 is no discount."""
    if isinstance(listed, Price):
        return _rate(listed)
    if share == 1:
        return replace(rate, note="no batch price is known, charged in full")
    return replace(rate, usd_per_million=rate.usd_per_million * share, note=f"{_part(share)} of the list price")


def _part(share: Decimal) -> str:
    return "half" if share == Decimal("0.5") else f"{share:.0%}"
