"""How a model takes documents of so many tokens: whether they fit, the price tier, the cost, the wait, and caching."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_FLOOR, Decimal
from enum import StrEnum

from catalog.loading import Catalog
from catalog.own_parts import OwnFigures
from catalog.prices import NoListPrice, cost_of_call, price
from catalog.schema import Claim, Kind, Model
from catalog.words import listing, number
from components.playground.ahead import Ahead, ahead
from components.playground.published import platform, published

NEAR = Decimal("0.25")
"""An estimate may be so far off (a quarter of the limit), as text has three to five characters a token."""
_MILLION = Decimal(1_000_000)
_BY = ("by your own runs", "by your own runs and a published figure", "by published figures")


class Fits(StrEnum):
    """Whether a prompt is within the context window; close is an estimate so near it that only a count can tell."""

    YES = "fits"
    NO = "does not fit"
    CLOSE = "may not fit"
    UNKNOWN = "not known"


@dataclass(frozen=True, slots=True)
class Wait:
    """How long an answer probably takes, None where that is not known; `words` say it and what it rests on."""

    seconds: float | None
    words: str
    claims: tuple[Claim, ...] = ()


@dataclass(frozen=True, slots=True)
class Fit:
    """How a model takes a prompt.

    `ahead` has its share of the context window and what it costs, `refusal` a sentence on why it should not be sent,
    empty where there is no reason. `tier` names the price tier that it falls in, empty where the price has none.
    """

    ahead: Ahead
    fits: Fits
    refusal: str
    tier: str
    wait: Wait


@dataclass(frozen=True, slots=True)
class Caching:
    """What questions on the same documents cost with and without an explicit cache, in US dollars.

    With it: the documents once at the price of input, which makes the cache, their storage for its hours, and each
    question with the documents at the price of cached tokens. `break_even` is the least number of questions from which
    a cache of these hours pays, None where it never does.
    """

    questions: int
    hours: Decimal
    without_usd: Decimal
    created_usd: Decimal
    stored_usd: Decimal
    asked_usd: Decimal
    break_even: int | None
    claims: tuple[Claim, ...]

    @property
    def with_usd(self) -> Decimal:
        """All of it with the cache."""
        return self.created_usd + self.stored_usd + self.asked_usd

    @property
    def saved_usd(self) -> Decimal:
        """What the cache saves; below 0 where it costs more than it saves."""
        return self.without_usd - self.with_usd


def fit(
    catalog: Catalog,
    model_id: str,
    tokens: int,
    exact: bool,
    max_output_tokens: int | None,
    on: date,
    vertexai: bool = False,
    own: OwnFigures | None = None,
) -> Fit:
    """Hold a prompt of `tokens` against a model, as of the day: `exact` where the service counted them.

    `own` are the visitor's own figures, which go before published ones. Raises ValueError for negative tokens.
    """
    model = catalog.find(model_id)
    found = ahead(catalog, model, model_id, tokens, exact, max_output_tokens, 1, on, vertexai)
    fits = _fits(found)
    name = model.short_name if model else model_id
    return Fit(
        ahead=found,
        fits=fits,
        refusal=_refusal(found, name) if fits is Fits.NO else "",
        tier=_tier(found),
        wait=_wait(model, found.most_output, on, vertexai, own),
    )


def caching(
    catalog: Catalog,
    model_id: str,
    document_tokens: int,
    question_tokens: int,
    output_tokens: int,
    questions: int,
    hours: Decimal,
    on: date,
    vertexai: bool = False,
) -> Caching | NoListPrice:
    """What `questions` on documents of `document_tokens` cost with a cache that lives for `hours`, and without.

    Each question adds `question_tokens` and is answered with `output_tokens`, thinking included. A cache is made at the
    price of input and stored by the hour, as Google Cloud's overview of context caching says; the Gemini API is taken
    to charge the same. What the service caches by itself is not counted. A prompt's tier is that of all its tokens,
    cached ones included. Returns why there is no such price where one is missing. Raises ValueError for negative
    numbers and fewer than one question.
    """
    if min(document_tokens, question_tokens, output_tokens) < 0 or hours < 0 or questions < 1:
        raise ValueError("tokens and hours are not negative, and there is at least one question")
    model = catalog.find(model_id)
    if model is None:
        return NoListPrice("the catalog does not have this model")
    if reason := _no_cache(model, on):
        return reason
    place, whole = platform(vertexai), document_tokens + question_tokens
    bare = cost_of_call(model, place, on, whole, output_tokens)
    kept = cost_of_call(model, place, on, whole, output_tokens, document_tokens)
    made = price(model, "input", place, document_tokens, on)
    lower = price(model, "cached_input", place, whole, on)
    storage = price(model, "cache_storage", place, document_tokens, on)
    if isinstance(bare, NoListPrice) or isinstance(kept, NoListPrice) or isinstance(made, NoListPrice):
        return next(each for each in (bare, kept, made) if isinstance(each, NoListPrice))
    if isinstance(lower, NoListPrice):
        return NoListPrice(f"price of cached tokens: {lower.reason}", lower.claims)
    if isinstance(storage, NoListPrice):
        return NoListPrice(f"price of cache storage: {storage.reason}", storage.claims)
    created = made.usd_per_million * document_tokens / _MILLION
    stored = storage.usd_per_million * document_tokens * hours / _MILLION
    saved_each = bare.total_usd - kept.total_usd
    claims = {id(claim): claim for claim in (*kept.claims, made.claim, storage.claim)}
    return Caching(
        questions=questions,
        hours=hours,
        without_usd=bare.total_usd * questions,
        created_usd=created,
        stored_usd=stored,
        asked_usd=kept.total_usd * questions,
        break_even=_break_even(created + stored, saved_each),
        claims=tuple(claims.values()),
    )


def _fits(found: Ahead) -> Fits:
    if found.window is None or found.fits is None:
        return Fits.UNKNOWN
    limit = Decimal(found.window.tokens)
    if not found.exact and abs(found.tokens - limit) <= limit * NEAR:
        return Fits.CLOSE
    return Fits.YES if found.fits else Fits.NO


def _refusal(found: Ahead, name: str) -> str:
    assert found.window is not None
    window = found.window.tokens
    size = f"{number(found.tokens)} tokens" if found.exact else f"about {number(found.tokens)} tokens by estimate"
    return (
        f"{name} takes in {number(window)} tokens at once, and these documents have {size}, "
        f"{number(found.tokens - window)} too many: the service would refuse them. Split them, leave some out, or ask "
        "a model with a larger context window."
    )


def _tier(found: Ahead) -> str:
    if found.input_usd is None:
        return ""
    limits = {(claim.prompt_up_to, claim.prompt_above) for claim in found.claims}
    above = sorted({above for _, above in limits if above})
    up_to = sorted({up_to for up_to, _ in limits if up_to})
    words = [f"above {number(size)} tokens" for size in above] + [f"up to {number(size)} tokens" for size in up_to]
    return f"prompts {listing(words)}" if words else ""


def _wait(model: Model | None, output: int | None, on: date, vertexai: bool, own: OwnFigures | None) -> Wait:
    """The time to the first token and that of the longest answer: by own runs, else by published figures."""
    if model is None or output is None:
        return Wait(None, "not known")
    first, first_claim = _figure(model, "time_to_first_token", on, vertexai, own)
    speed, speed_claim = _figure(model, "output_speed", on, vertexai, own)
    if first is None or not speed:
        return Wait(None, "not known: neither runs of yours nor published figures say how fast it answers")
    claims = tuple(claim for claim in (first_claim, speed_claim) if claim is not None)
    by = _BY[len(claims)]
    seconds = first + output / speed
    words = (
        f"≈ {number(seconds, 0)} s for an answer of {number(output)} tokens, {by}; these are mostly for short prompts, "
        "and long documents take longer to read"
    )
    return Wait(seconds, words, claims)


def _figure(
    model: Model, path: str, on: date, vertexai: bool, own: OwnFigures | None
) -> tuple[float | None, Claim | None]:
    mine = getattr(own, path).get(model.id) if own is not None else None
    if mine is not None:
        return float(mine.value), None
    claim = published(model, path, vertexai, on)
    return (float(str(claim.value)), claim) if claim is not None else (None, None)


def _no_cache(model: Model, on: date) -> NoListPrice | None:
    claims = [
        claim
        for claim in model.claims.get("capabilities.caching", ())
        if claim.kind in (Kind.OFFICIAL, Kind.THIRD_PARTY) and claim.holds_on(on)
    ]
    values = {claim.value for claim in claims}
    # Where sources disagree, the price decides: what is sold can be bought.
    if not values or not values <= {"not supported", "implicit only"}:
        return None
    said = "has no context caching" if values == {"not supported"} else "caches by itself and takes no cache"
    return NoListPrice(f"{model.short_name} {said}", tuple(claims))


def _break_even(fixed: Decimal, saved_each: Decimal) -> int | None:
    """The least number of questions that save more than the cache costs."""
    if saved_each <= 0:
        return None
    return max(1, int((fixed / saved_each).to_integral_value(ROUND_FLOOR)) + 1)
