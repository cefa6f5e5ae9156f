"""What a call will take, before it is sent: tokens, share of the context window, cost, and what to be warned of."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from catalog.loading import Catalog
from catalog.prices import Cost, NoListPrice, Price, cost_of_call, price
from catalog.schema import Basis, Claim, Model
from catalog.words import number
from components.playground.published import platform, published

NEAR_PERCENT = 90
"""From this share of a limit on, it is near."""
_ITEMS = ("input", "output")
# Below this a cost without an answer is nothing that anybody would want to read.
_LEAST_SHOWN = Decimal("0.0001")


class Concern(StrEnum):
    """What a warning is about."""

    WINDOW_NEAR = "near the context window"
    WINDOW_PAST = "past the context window"
    TIER_NEAR = "near a price tier"
    TIER_PAST = "past a price tier"
    OUTPUT_PAST = "past the output limit"


@dataclass(frozen=True, slots=True)
class Warned:
    """One warning: what it is about, its sentence, and the claims that it rests on."""

    concern: Concern
    sentence: str
    claims: tuple[Claim, ...]


@dataclass(frozen=True, slots=True)
class Limit:
    """A limit in tokens, and the claim that states it."""

    tokens: int
    claim: Claim


@dataclass(frozen=True, slots=True)
class Ahead:
    """What one model's call will take. None is "not known"; money is in US dollars.

    `tokens` go in with each call, as the service counts them where `exact`, else as an estimate. `share` is their
    part of the context window (1 is all of it), `fits` whether they are within it. `input_usd` is what they cost
    once; `least_usd` is all `repeats` calls without an answer, `most_usd` with the longest answer that may come,
    `most_output` tokens. Without a price `no_price` says why. `claims` state the prices.
    """

    model: str
    tokens: int
    exact: bool
    repeats: int
    window: Limit | None
    share: float | None
    fits: bool | None
    output_limit: Limit | None
    most_output: int | None
    input_usd: Decimal | None
    least_usd: Decimal | None
    most_usd: Decimal | None
    no_price: str
    claims: tuple[Claim, ...]
    warnings: tuple[Warned, ...]


def ahead(
    catalog: Catalog,
    model: Model | None,
    requested_id: str,
    tokens: int,
    exact: bool,
    max_output_tokens: int | None,
    repeats: int,
    on: date,
    vertexai: bool,
) -> Ahead:
    """Work out what `repeats` calls with `tokens` input tokens each will take, at the list price of the day `on`.

    `model` is looked up in the catalog by `requested_id` where it is None. Raises ValueError for negative tokens or
    fewer than one call.
    """
    if tokens < 0 or repeats < 1:
        raise ValueError("a call has no fewer than 0 tokens, and there is at least one")
    model = model or catalog.find(requested_id)
    window, limit = (_limit(model, path, vertexai, on) for path in ("context_window", "output_limit"))
    most_output = max_output_tokens if max_output_tokens is not None else limit.tokens if limit else None
    bare = _cost(model, tokens, 0, on, vertexai)
    full = None if most_output is None else _cost(model, tokens, most_output, on, vertexai)
    input_usd = bare.total_usd if isinstance(bare, Cost) else None
    return Ahead(
        model=requested_id,
        tokens=tokens,
        exact=exact,
        repeats=repeats,
        window=window,
        share=tokens / window.tokens if window else None,
        fits=tokens <= window.tokens if window else None,
        output_limit=limit,
        most_output=most_output,
        input_usd=input_usd,
        least_usd=None if input_usd is None else input_usd * repeats,
        most_usd=full.total_usd * repeats if isinstance(full, Cost) else None,
        no_price="" if isinstance(bare, Cost) else bare.reason,
        claims=bare.claims,
        warnings=(
            *_window_warning(tokens, exact, window),
            *_tier_warning(model, tokens, on, vertexai),
            *_output_warning(max_output_tokens, limit),
        ),
    )


def ahead_line(found: Ahead) -> str:
    """It all in one line: "≈ 1,240 tokens in (estimate), 0.1% of the context window; costs $0.00012 to $0.0034"."""
    size = f"{number(found.tokens)} tokens in" if found.exact else f"≈ {number(found.tokens)} tokens in (estimate)"
    share = "context window not known" if found.share is None else f"{_percent(found.share)} of the context window"
    return f"{size}, {share}; {_cost_words(found)}"


def money(value: Decimal) -> str:
    """Dollars to two significant digits, and never coarser than cents: $0.00012, $0.34, $12.35."""
    places = max(2, 1 - value.adjusted()) if value else 2
    return f"${value:,.{places}f}"


def _cost_words(found: Ahead) -> str:
    if found.least_usd is None:
        return f"no list price ({found.no_price})"
    times = f" for {found.repeats} calls" if found.repeats > 1 else ""
    if found.most_usd is None:
        return f"costs at least {money(found.least_usd)}{times} (no output limit known)"
    if found.least_usd < _LEAST_SHOWN <= found.most_usd:
        return f"costs up to {money(found.most_usd)}{times}"
    if found.most_usd == found.least_usd:
        return f"costs {money(found.least_usd)}{times}"
    return f"costs {money(found.least_usd)} to {money(found.most_usd)}{times}"


def _percent(share: float) -> str:
    return "under 0.1%" if 0 < share < 0.001 else f"{number(share * 100, 1)}%"


def _limit(model: Model | None, path: str, vertexai: bool, on: date) -> Limit | None:
    claim = published(model, path, vertexai, on)
    return Limit(int(claim.value), claim) if claim and isinstance(claim.value, int | float) else None


def _cost(model: Model | None, tokens: int, written: int, on: date, vertexai: bool) -> Cost | NoListPrice:
    if model is None:
        return NoListPrice("the catalog does not have this model")
    return cost_of_call(model, platform(vertexai), on, tokens, written)


def _is_near(tokens: int, limit: int) -> bool:
    return tokens * 100 >= limit * NEAR_PERCENT


def _window_warning(tokens: int, exact: bool, window: Limit | None) -> tuple[Warned, ...]:
    if window is None or not _is_near(tokens, window.tokens):
        return ()
    size = f"{number(tokens)} tokens" if exact else f"about {number(tokens)} tokens by estimate"
    limit = f"context window of {number(window.tokens)} tokens"
    if tokens > window.tokens:
        words = f"The prompt has {size}, more than the {limit}: the service will refuse it. Shorten it before you run."
        return (Warned(Concern.WINDOW_PAST, words, (window.claim,)),)
    words = f"The prompt has {size}, {_percent(tokens / window.tokens)} of the {limit}."
    return (Warned(Concern.WINDOW_NEAR, words, (window.claim,)),)


def _output_warning(wanted: int | None, limit: Limit | None) -> tuple[Warned, ...]:
    if wanted is None or limit is None or wanted <= limit.tokens:
        return ()
    words = (
        f"Max output tokens is {number(wanted)}, above the model's output limit of {number(limit.tokens)}: the service "
        "will refuse the call or cut the answer there. The highest cost here counts what you set."
    )
    return (Warned(Concern.OUTPUT_PAST, words, (limit.claim,)),)


def _tier_warning(model: Model | None, tokens: int, on: date, vertexai: bool) -> tuple[Warned, ...]:
    """A warning at the next price tier, or else at the last one that the prompt has passed."""
    if model is None:
        return ()
    steps = _tier_steps(model, on, vertexai)
    ahead_of = [step for step in steps if tokens <= step and _is_near(tokens, step)]
    passed = [step for step in steps if tokens > step]
    if ahead_of:
        return _tier(model, ahead_of[0], ahead_of[0], on, vertexai)
    return _tier(model, passed[-1], tokens, on, vertexai) if passed else ()


def _tier_steps(model: Model, on: date, vertexai: bool) -> list[int]:
    """The prompt sizes above which another list price holds, smallest first."""
    found = {
        step
        for item in _ITEMS
        for claim in model.claims.get(f"prices.{item}", ())
        if claim.platform == platform(vertexai) and claim.scope is None and claim.basis is Basis.LIST
        if claim.holds_on(on)
        for step in (claim.prompt_up_to, claim.prompt_above)
        if step
    }
    return sorted(found)


def _tier(model: Model, step: int, tokens: int, on: date, vertexai: bool) -> tuple[Warned, ...]:
    """What changes above `step`: for a prompt of exactly that size, or for one of `tokens` beyond it."""
    place = platform(vertexai)
    below = [price(model, item, place, step, on) for item in _ITEMS]
    above = [price(model, item, place, step + 1, on) for item in _ITEMS]
    concern = Concern.TIER_PAST if tokens > step else Concern.TIER_NEAR
    known = [each for each in (*below, *above) if isinstance(each, Price)]
    claims = tuple(each.claim for each in known)
    if len(known) < 4:
        words = f"The list price changes at prompts of {number(step)} tokens, and not all of it is known."
        return (Warned(concern, words, claims),)
    low_in, low_out, high_in, high_out = known
    if (low_in.usd_per_million, low_out.usd_per_million) == (high_in.usd_per_million, high_out.usd_per_million):
        return ()
    prices = (
        f"{money(high_in.usd_per_million)} instead of {money(low_in.usd_per_million)} in and "
        f"{money(high_out.usd_per_million)} instead of {money(low_out.usd_per_million)} out for a million tokens"
    )
    cheap, dear = (each.usd_per_million * tokens / 1_000_000 for each in (low_in, high_in))
    if tokens > step:
        words = f"The prompt is above {number(step)} tokens, where another price holds for all of it: {prices}. "
        return (Warned(concern, f"{words}It costs {money(dear)} and not {money(cheap)}.", claims),)
    words = f"The prompt is near {number(step)} tokens, above which another price holds for all of it: {prices}. "
    return (Warned(concern, f"{words}There the prompt would cost {money(dear)} and not {money(cheap)}.", claims),)
