"""A bill over twelve months, with growth and with every price change that is announced. US dollars."""

from calendar import monthrange
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

from catalog.bill import Bill, bill
from catalog.loading import Catalog
from catalog.prices import NoListPrice, Price, price
from catalog.schema import Claim, Model
from catalog.tariffs import ITEMS, price_days, prompt_limits, sizes
from catalog.words import day
from catalog.workload import Workload

_MONTHS = 12


@dataclass(frozen=True, slots=True)
class Month:
    """One month of the year: its first day, its days, all of its requests, what they cost, and what changes within.

    `changed` are the days on which a price of the bill is another one than the day before.
    """

    first: date
    days: int
    requests: Decimal
    usd: Decimal
    changed: tuple[date, ...]


@dataclass(frozen=True, slots=True)
class Year:
    """Twelve months from a day on; `notes` are sentences on what its bills lack or leave out."""

    months: tuple[Month, ...]
    notes: tuple[str, ...] = ()

    @property
    def usd(self) -> Decimal:
        """The sum of the months."""
        return sum((month.usd for month in self.months), Decimal(0))


@dataclass(frozen=True, slots=True)
class Change:
    """A price that changes on a day: US dollars for a million tokens before and after, None where there is none.

    `claim` states the new price, or the old one where none follows it.
    """

    on: date
    item: str
    before: Decimal | None
    after: Decimal | None
    claim: Claim


def year(catalog: Catalog, model: Model, platform: str, workload: Workload, on: date) -> Year | NoListPrice:
    """The bill of the twelve months from `on`, each day at the price valid on it, or why that cannot be said.

    A month begins on the same day of the month as `on`, or on the last day of a shorter month. The requests of the
    first month are those of the workload, and they grow from month to month; what is stored does not grow. Raises
    ValueError for an impossible workload.
    """
    begins = [_months_later(on, count) for count in range(_MONTHS + 1)]
    starts = [on, *(each for each in price_days(model, platform) if on < each < begins[-1])]
    bills: list[Bill] = []
    for start in starts:
        found = bill(catalog, model, platform, workload, start)
        if isinstance(found, NoListPrice):
            return found if start == on else NoListPrice(f"from {day(start)}: {found.reason}", found.claims)
        bills.append(found)
    months = tuple(_month(begins[at], begins[at + 1], bills, (1 + workload.growth) ** at) for at in range(_MONTHS))
    return Year(months, tuple(_notes(bills)))


def _notes(bills: Sequence[Bill]) -> Iterator[str]:
    """The notes of the first bill, and those that a later one has on top."""
    yield from bills[0].notes
    for earlier, later in pairwise(bills):
        yield from (f"From {day(later.on)}: {note}" for note in later.notes if note not in earlier.notes)


def _months_later(start: date, count: int) -> date:
    years, month = divmod(start.month - 1 + count, 12)
    there = date(start.year + years, month + 1, 1)
    return there.replace(day=min(start.day, monthrange(there.year, there.month)[1]))


def _month(first: date, end: date, bills: list[Bill], growth: Decimal) -> Month:
    """The days from `first` until before `end`, of which each bill holds from its own day until the next one's."""
    requests = bills[0].requests_per_day * growth
    usd = Decimal(0)
    for each, until in zip(bills, [*(later.on for later in bills[1:]), end], strict=True):
        days = max((min(until, end) - max(each.on, first)).days, 0)
        usd += days * (requests * each.usd_per_request + each.storage_usd_per_day)
    days = (end - first).days
    changed = [later.on for earlier, later in pairwise(bills) if _prices(earlier) != _prices(later)]
    return Month(first, days, requests * days, usd, tuple(each for each in changed if first <= each < end))


def _prices(one: Bill) -> list[tuple[str, Decimal]]:
    return [(line.item, line.usd_per_million) for line in one.lines]


def announced(model: Model, platform: str, on: date) -> tuple[Change, ...]:
    """The price changes after the day `on` that sources announce, in the order of time."""
    days = [each for each in price_days(model, platform) if each > on]
    tiers = sizes(prompt_limits(model, platform))
    found = {
        (change.on, change.item): change
        for each in days
        for item in ITEMS
        for tokens in tiers
        if (change := _change(model, item, platform, tokens, each)) is not None
    }
    return tuple(found.values())


def _change(model: Model, item: str, platform: str, tokens: int, on: date) -> Change | None:
    old = price(model, item, platform, tokens, on - timedelta(days=1))
    new = price(model, item, platform, tokens, on)
    before = old if isinstance(old, Price) else None
    after = new if isinstance(new, Price) else None
    stating = after or before
    old_usd, new_usd = (each.usd_per_million if each else None for each in (before, after))
    if stating is None or old_usd == new_usd:
        return None
    return Change(on, f"{ITEMS[item]}{_tier(stating.claim)}", old_usd, new_usd, stating.claim)


def _tier(claim: Claim) -> str:
    if claim.prompt_up_to is not None:
        return f", prompts up to {claim.prompt_up_to:,} tokens"
    return f", prompts above {claim.prompt_above:,} tokens" if claim.prompt_above is not None else ""
