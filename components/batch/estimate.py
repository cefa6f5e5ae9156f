"""What a batch will take, before it starts: tokens by the offline estimate, and dollars at list price."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from catalog.loading import Catalog
from catalog.prices import NoListPrice
from catalog.schema import Claim
from catalog.tariffs import Rates, Terms, terms
from components.batch.records import Prompts
from components.gemini.counting import CHARACTERS_PER_TOKEN, estimate_tokens
from components.playground.asking import request_with
from components.playground.controls import Controls
from components.playground.published import platform, published
from components.playground.templates import fill

_MILLION = Decimal(1_000_000)
# Enough rows to tell which script a set is written in.
_ROWS_LOOKED_AT = 50


@dataclass(frozen=True, slots=True)
class Priced:
    """US dollars for all calls of one model: of what goes in, of what comes out, and in sum; None is "not known"."""

    input_usd: Decimal
    output_usd: Decimal | None

    @property
    def total_usd(self) -> Decimal | None:
        """The sum, or None where the output is not known."""
        return None if self.output_usd is None else self.input_usd + self.output_usd


@dataclass(frozen=True, slots=True)
class Estimate:
    """What all calls of one model will take; an estimate throughout.

    `input_tokens` and `output_tokens` are of all `calls`; the latter is None where neither a limit nor a mean is given,
    and the most that can come where `at_most`. `at_once` and `in_batch` are what that costs; both are None where there
    is no list price, which `no_price` says. `longest` is the largest prompt in tokens, of row `longest_row`; `too_long`
    counts the rows beyond the context window of `window` tokens. `reasons` are the assumptions; with `at_least` the
    true number of input tokens is higher. `claims` state the prices.
    """

    model: str
    calls: int
    input_tokens: int
    output_tokens: int | None
    at_most: bool
    at_once: Priced | None
    in_batch: Priced | None
    no_price: str
    longest: int
    longest_row: int
    window: int | None
    too_long: int
    reasons: tuple[str, ...]
    at_least: bool
    claims: tuple[Claim, ...] = ()


@dataclass
class _Sum:
    """What one model's rows amount to: rows and tokens by tier of price."""

    terms: Terms | None
    window: int | None
    rows: list[int]
    tokens: list[int]
    too_long: int = 0

    def add(self, tokens: int) -> None:
        tier = sum(tokens > limit for limit in self.terms.limits) if self.terms else 0
        self.rows[tier] += 1
        self.tokens[tier] += tokens
        self.too_long += self.window is not None and tokens > self.window


def estimates(
    catalog: Catalog,
    prompts: Prompts,
    template: str,
    controls: Controls,
    models: Sequence[str],
    on: date,
    *,
    repeats: int = 1,
    mean_output_tokens: int | None = None,
    vertexai: bool = False,
) -> tuple[Estimate, ...]:
    """What a batch takes with each model, in one pass over its rows, at the list prices of the day `on`.

    Each prompt is counted with the system instruction and the functions, four characters a token, and priced in the
    tier of its own size. An answer has `mean_output_tokens` where that is given, else the most that the controls
    allow. Calls of a judge and answers that are asked again come on top. Raises ValueError for a variable of the
    template that is no column, and for a negative mean.
    """
    if mean_output_tokens is not None and mean_output_tokens < 0:
        raise ValueError("an answer has no fewer than 0 tokens")
    sums = {name: _empty(catalog, name, vertexai, on) for name in models}
    beside = len(controls.system_instruction.strip()) + len(controls.functions)
    longest, longest_row, count = 0, 0, 0
    looked_at: list[str] = []
    for row in prompts.rows():
        prompt = fill(template, row.values)
        tokens = -(-(beside + len(prompt)) // CHARACTERS_PER_TOKEN)
        count += 1
        if tokens > longest:
            longest, longest_row = tokens, row.number
        if count <= _ROWS_LOOKED_AT:
            looked_at.append(prompt[:2_000])
        for each in sums.values():
            each.add(tokens)
    doubts = estimate_tokens(replace(request_with(controls, ""), prompt="".join(looked_at)))
    written = mean_output_tokens if mean_output_tokens is not None else controls.max_output_tokens
    return tuple(
        Estimate(
            model=name,
            calls=count * repeats,
            input_tokens=sum(found.tokens) * repeats,
            output_tokens=None if written is None else written * count * repeats,
            at_most=mean_output_tokens is None and written is not None,
            at_once=_priced(found, written, repeats, in_batch=False),
            in_batch=_priced(found, written, repeats, in_batch=True),
            no_price=_no_price(found),
            longest=longest,
            longest_row=longest_row,
            window=found.window,
            too_long=found.too_long,
            reasons=(*doubts.reasons, *_output_reasons(written, mean_output_tokens)),
            at_least=doubts.at_least,
            claims=tuple(_claims(found)),
        )
        for name, found in sums.items()
    )


def _empty(catalog: Catalog, name: str, vertexai: bool, on: date) -> _Sum:
    model = catalog.find(name)
    window = published(model, "context_window", vertexai, on)
    size = int(window.value) if window and isinstance(window.value, int | float) else None
    found = terms(model, platform(vertexai), catalog.decision.rules, on) if model else None
    tiers = len(found.tariffs) if found else 1
    return _Sum(found, size, [0] * tiers, [0] * tiers)


def _priced(found: _Sum, written: int | None, repeats: int, in_batch: bool) -> Priced | None:
    if found.terms is None or _no_price(found):
        return None
    spent, earned = Decimal(0), Decimal(0)
    for rates, rows, tokens in _charged(found, in_batch):
        spent += rates.input.usd_per_million * tokens * repeats / _MILLION
        earned += rates.output.usd_per_million * rows * (written or 0) * repeats / _MILLION
    return Priced(spent, None if written is None else earned)


def _charged(found: _Sum, in_batch: bool) -> Iterator[tuple[Rates, int, int]]:
    """The rates of each tier that has rows, with the number of rows and their tokens."""
    for tariff, rows, tokens in zip(found.terms.tariffs if found.terms else (), found.rows, found.tokens, strict=False):
        if rows and not isinstance(tariff, NoListPrice):
            yield tariff.in_batch if in_batch else tariff.at_once, rows, tokens


def _no_price(found: _Sum) -> str:
    if found.terms is None:
        return "the catalog does not have this model"
    tiers = zip(found.terms.tariffs, found.rows, strict=True)
    return next((tariff.reason for tariff, rows in tiers if rows and isinstance(tariff, NoListPrice)), "")


def _claims(found: _Sum) -> Iterable[Claim]:
    claims = [
        rate.claim
        for in_batch in (False, True)
        for rates, _, _ in _charged(found, in_batch)
        for rate in (rates.input, rates.output)
    ]
    return {id(claim): claim for claim in claims}.values()


def _output_reasons(written: int | None, mean: int | None) -> Iterator[str]:
    if written is None:
        yield "How long answers get is not known: set max output tokens, or a mean, to see the whole cost."
    elif mean is None:
        yield f"Answers: at most {written:,} tokens each, as the settings allow; most will be shorter."
    else:
        yield f"Answers: {mean:,} tokens each, which is your own figure."
