"""What a workload costs a day: each kind of token at the list price of the day. Decimal throughout, US dollars."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from catalog.loading import Catalog
from catalog.prices import GEMINI_API, NoListPrice, home_platform
from catalog.schema import Absent, Basis, Claim, Model
from catalog.tariffs import ITEMS, Rate, Rates, Terms, contested, terms
from catalog.workload import Media, Workload, faults, media_tokens

DAYS_A_MONTH = 30
"""A month of a bill: so many days at the prices of one day."""
_MILLION = Decimal(1_000_000)
_THOUSAND = Decimal(1_000)
_OWN = (Basis.LIST, Basis.FREE)


@dataclass(frozen=True, slots=True)
class Line:
    """One kind of token on a bill.

    `usd_per_million` is the rate that is charged, which `note` explains where it is not the price that `claim` states.
    For "Cache storage" the tokens are counted once for every hour, and the rate is that of an hour.
    """

    item: str
    tokens_per_day: Decimal
    usd_per_million: Decimal
    usd_per_day: Decimal
    claim: Claim | None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Bill:
    """What a workload costs on one model, platform and day, in US dollars.

    `usd_per_request` is for an average request, without what is stored. `notes` are sentences on what the bill lacks
    or leaves out; `conflict` says whether sources disagree on any price that was used.
    """

    model: str
    platform: str
    on: date
    lines: tuple[Line, ...]
    requests_per_day: Decimal
    usd_per_request: Decimal
    notes: tuple[str, ...] = ()
    conflict: bool = False

    @property
    def usd_per_day(self) -> Decimal:
        """The sum of the lines."""
        return _sum(self.lines)

    @property
    def usd_a_month(self) -> Decimal:
        """30 days at the prices of this one."""
        return self.usd_per_day * DAYS_A_MONTH

    @property
    def usd_per_thousand(self) -> Decimal:
        """1,000 requests with their part of what is stored; of no requests, what 1,000 of their shape would cost."""
        if not self.requests_per_day:
            return self.usd_per_request * _THOUSAND
        return self.usd_per_day * _THOUSAND / self.requests_per_day

    @property
    def storage_usd_per_day(self) -> Decimal:
        """What lies in caches costs so much, whatever the number of requests."""
        return _sum(line for line in self.lines if line.item == ITEMS["cache_storage"])

    @property
    def claims(self) -> tuple[Claim, ...]:
        """The claims that state the prices used, each once."""
        found = {id(line.claim): line.claim for line in self.lines if line.claim is not None}
        return tuple(found.values())


def platforms(model: Model) -> tuple[str, ...]:
    """The platforms on which the model has list prices or free rates of its own, for input and output, home first.

    Where it has none, the Gemini API stands alone.
    """
    sides = [
        dict.fromkeys(claim.platform for claim in model.claims.get(f"prices.{item}", ()) if claim.basis in _OWN)
        for item in ("input", "output")
    ]
    found = [name for name in sides[0] if name is not None and name in sides[1]]
    home = home_platform(model)
    return tuple(sorted(found, key=lambda name: name != home)) or (GEMINI_API,)


def bill(catalog: Catalog, model: Model, platform: str, workload: Workload, on: date) -> Bill | NoListPrice:
    """What `workload` costs on a model, platform and day, or why that cannot be said.

    Each request is charged by the tier of its own prompt, which is its text and media; cached tokens at their price,
    or as input where none is known; audio likewise; thinking as output. Batch costs what is listed, or the share of
    the list price by the rules of the catalog, or full price on platforms for which no rule is known. Raises
    ValueError for an impossible workload.
    """
    return bill_on(terms(model, platform, catalog.decision.rules, on), workload)


def bill_on(agreed: Terms, workload: Workload) -> Bill | NoListPrice:
    """The same as `bill`, on terms that were looked up before."""
    wrong = faults(workload)
    if wrong:
        raise ValueError(" ".join(wrong))
    single = _request(agreed, workload)
    if isinstance(single, NoListPrice):
        return single
    requests = workload.requests_per_day
    lines = (*(_times(line, requests) for line in single), *_storage(agreed, workload))
    claims = {id(line.claim): line.claim for line in lines if line.claim is not None}
    return Bill(
        model=agreed.model.id,
        platform=agreed.platform,
        on=agreed.on,
        lines=lines,
        requests_per_day=requests,
        usd_per_request=_sum(single),
        notes=tuple(_notes(agreed, workload)),
        conflict=any(contested(agreed.model, claim, agreed.on) for claim in claims.values()),
    )


def usd_per_day(agreed: Terms, workload: Workload) -> Decimal | None:
    """The sum of the bill that `bill_on` writes out, None where there is no list price; the workload is not checked."""
    single = _request(agreed, workload)
    if isinstance(single, NoListPrice):
        return None
    return _sum(single) * workload.requests_per_day + _sum(_storage(agreed, workload))


def shapes(workload: Workload) -> Iterator[tuple[Decimal, int, str]]:
    """The requests by size: their share of all, the tokens of their text, and how their lines are told apart."""
    if workload.long_share < 1:
        yield 1 - workload.long_share, workload.input_tokens, ""
    if workload.long_share > 0:
        yield workload.long_share, workload.long_input_tokens, ", long prompts"


def _request(agreed: Terms, workload: Workload) -> tuple[Line, ...] | NoListPrice:
    """The lines of one average request a day, without what is stored."""
    media = media_tokens(workload, agreed.rules, agreed.model.family)
    waiting = workload.batch_share
    lines: list[Line] = []
    for share, text, suffix in shapes(workload):
        tariff = agreed.tariff(text + media.total)
        if isinstance(tariff, NoListPrice):
            return tariff
        ways = ((1 - waiting, tariff.at_once, suffix), (waiting, tariff.in_batch, f"{suffix}, in batch"))
        lines += [
            _line(f"{item}{end}", tokens * share * part, rate)
            for part, rates, end in ways
            if part
            for item, tokens, rate in _kinds(agreed, workload, media, text, rates)
            if tokens
        ]
    return tuple(lines)


def _kinds(
    agreed: Terms, workload: Workload, media: Media, text: int, rates: Rates
) -> Iterator[tuple[str, Decimal | int, Rate]]:
    """Each kind of token of one request with its rate."""
    cached = min(workload.cached_tokens, text)
    thinking = workload.thinking_tokens if agreed.thinks else 0
    yield "Input tokens", text - cached, rates.input
    yield "Cached tokens", cached, rates.cached
    yield "Image tokens", media.images, rates.input
    yield "Audio tokens", media.audio, rates.audio
    yield "Video tokens", media.video, rates.input
    yield "Output and thinking tokens" if thinking else "Output tokens", workload.output_tokens + thinking, rates.output


def _sum(lines: Iterable[Line]) -> Decimal:
    return sum((line.usd_per_day for line in lines), Decimal(0))


def _line(item: str, tokens: Decimal, rate: Rate) -> Line:
    usd = tokens * rate.usd_per_million / _MILLION
    return Line(item, tokens, rate.usd_per_million, usd, rate.claim, rate.note)


def _times(line: Line, requests: Decimal) -> Line:
    return replace(line, tokens_per_day=line.tokens_per_day * requests, usd_per_day=line.usd_per_day * requests)


def _storage(agreed: Terms, workload: Workload) -> Iterator[Line]:
    kept = workload.stored_tokens * workload.storage_hours
    if kept and isinstance(agreed.storage, Rate):
        yield _line(ITEMS["cache_storage"], kept, agreed.storage)


def _notes(agreed: Terms, workload: Workload) -> Iterator[str]:
    if workload.stored_tokens and workload.storage_hours and isinstance(agreed.storage, NoListPrice):
        if any(claim.absent is Absent.NO_LIST_PRICE for claim in agreed.storage.claims):
            yield f"Cache storage is not for sale on {agreed.platform}, so the bill has none."
        else:
            yield f"No price of cache storage is known for {agreed.platform}, so the bill lacks it."
    if workload.thinking_tokens and not agreed.thinks:
        yield "This model does not think before it answers, so no thinking tokens are charged."


def worth(one: Bill, other: Bill, gained: float) -> Decimal | None:
    """What one avoided failure must be worth in US dollars for `one` to pay off against `other`.

    That is what a request costs more, divided by `gained`, the share (0 to 1) of requests that `one` gets right beyond
    the other. None where nothing is gained, 0 where `one` costs no more.
    """
    if gained <= 0:
        return None
    extra = (one.usd_per_thousand - other.usd_per_thousand) / _THOUSAND
    return max(extra, Decimal(0)) / Decimal(str(gained))
