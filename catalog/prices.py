"""A dated price book: what a call costs. Decimal arithmetic throughout, US dollars."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from catalog.evidence import standing_claim
from catalog.schema import Absent, Basis, Claim, Model

GEMINI_API = "Gemini API (AI Studio)"
VERTEX_AI = "Vertex AI"
_MILLION = Decimal(1_000_000)
_OWN = (Basis.LIST, Basis.FREE)


@dataclass(frozen=True, slots=True)
class Price:
    """US dollars for a million tokens, with the claim that states it."""

    usd_per_million: Decimal
    claim: Claim


@dataclass(frozen=True, slots=True)
class NoListPrice:
    """There is no list price; `reason` says in plain words what is known instead, `claims` what that rests on."""

    reason: str
    claims: tuple[Claim, ...] = ()


@dataclass(frozen=True, slots=True)
class Cost:
    """What one call costs in US dollars, in its parts, and the claims that state the prices."""

    input_usd: Decimal
    cached_usd: Decimal
    output_usd: Decimal
    claims: tuple[Claim, ...]

    @property
    def total_usd(self) -> Decimal:
        """The sum of the parts."""
        return self.input_usd + self.cached_usd + self.output_usd


def home_platform(model: Model) -> str:
    """The platform on which the model is usually called: the first for which its file has a price."""
    claims = model.claims.get("prices.input", ())
    return next((claim.platform for claim in claims if claim.platform and claim.basis in _OWN), GEMINI_API)


def price(model: Model, item: str, platform: str, input_tokens: int, on: date) -> Price | NoListPrice:
    """The list price of `item` (input, output, cached_input, ...) on a platform and a day.

    `input_tokens` are those of one request and choose the tier: "up to" includes its limit, "above" does not.
    Raises ValueError for negative tokens.
    """
    if input_tokens < 0:
        raise ValueError("a request has no fewer than 0 tokens")
    claims = model.claims.get(f"prices.{item}", ())
    matching = [claim for claim in claims if _fits(claim, platform, input_tokens) and claim.holds_on(on)]
    listed = [claim for claim in matching if claim.basis is Basis.LIST]
    if not listed:
        return NoListPrice(_reason(claims, matching, platform), tuple(claims))
    claim = standing_claim(listed, on)
    if claim.absent is Absent.NO_LIST_PRICE or not isinstance(claim.value, int | float):
        return NoListPrice(str(claim.value), (claim,))
    return Price(Decimal(str(claim.value)), claim)


def _fits(claim: Claim, platform: str, input_tokens: int) -> bool:
    return (
        claim.platform == platform
        and claim.scope is None
        and (claim.prompt_up_to is None or input_tokens <= claim.prompt_up_to)
        and (claim.prompt_above is None or input_tokens > claim.prompt_above)
    )


def _reason(claims: tuple[Claim, ...], matching: list[Claim], platform: str) -> str:
    platforms = sorted({claim.platform for claim in claims if claim.platform and claim.basis is Basis.LIST})
    if any(claim.basis is Basis.FREE for claim in matching):
        paid = f"a list price on {' and '.join(platforms)}" if platforms else "no paid price was found"
        return f"free while on trial; {paid}"
    if matching:
        return "only the rate of the model that took over its id is known"
    if platform in platforms:
        return f"none is known for {platform} on this day and for this prompt size, though for others"
    return (
        f"none for {platform}, but one for {' and '.join(platforms)}" if platforms else f"none is known for {platform}"
    )


def cost_of_call(
    model: Model,
    platform: str,
    on: date,
    input_tokens: int,
    output_tokens: int,
    cached_tokens: int = 0,
) -> Cost | NoListPrice:
    """What one call costs at the list price of the day, or why that cannot be said.

    `input_tokens` include `cached_tokens`, as the API counts them; `output_tokens` include thinking tokens, which are
    charged as output. Cached tokens without a price of their own are charged as input. Raises ValueError for negative
    counts or more cached than input tokens.
    """
    if min(input_tokens, output_tokens, cached_tokens) < 0 or cached_tokens > input_tokens:
        raise ValueError("token counts are not negative, and cached tokens are part of the input")
    fresh = price(model, "input", platform, input_tokens, on)
    written = price(model, "output", platform, input_tokens, on)
    if isinstance(fresh, NoListPrice):
        return fresh
    if isinstance(written, NoListPrice):
        return written
    cached = price(model, "cached_input", platform, input_tokens, on) if cached_tokens else fresh
    kept = cached if isinstance(cached, Price) else fresh
    return Cost(
        input_usd=fresh.usd_per_million * (input_tokens - cached_tokens) / _MILLION,
        cached_usd=kept.usd_per_million * cached_tokens / _MILLION,
        output_usd=written.usd_per_million * output_tokens / _MILLION,
        claims=tuple(_distinct((fresh.claim, written.claim, *((kept.claim,) if cached_tokens else ())))),
    )


def _distinct(claims: tuple[Claim, ...]) -> Iterator[Claim]:
    for index, claim in enumerate(claims):
        if claim not in claims[:index]:
            yield claim
