"""The numbers that sentences about bills may state: of the workload, the bills, their year, and where they meet."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from catalog.bill import DAYS_A_MONTH, Bill, Line
from catalog.bill_year import Year
from catalog.break_even import Crossing, Mover
from catalog.decision import Conversion
from catalog.lifecycle import life
from catalog.tariffs import price_days
from catalog.words import money, number, usd
from catalog.workload import Workload, in_everyday_units
from components.cost.rows import Offer, Turn, by_price
from components.cost.wording import field_value
from components.report.ledger import Quantity
from components.report.quantities import dated, difference, ratio
from components.report.typed import (
    exact,
    over,
    product,
    sources_of,
    stated_amount,
    stated_count,
    total,
)
from components.workload.address import INPUTS

_SHARES = ("long_share", "batch_share")
_READ = ("page", "email")


def line_month(line: Line) -> Decimal:
    """US dollars for 30 days of one line, with all of its digits: quantity a day x price / 1,000,000 x 30."""
    return product(line.tokens_per_day, line.usd_per_million, Decimal("0.000001"), DAYS_A_MONTH)


def month(bill: Bill) -> Decimal:
    """US dollars for 30 days: the exact sum of the lines."""
    return total([line_month(line) for line in bill.lines])


def thousand(bill: Bill) -> Decimal:
    """US dollars for 1,000 requests, as `Bill.usd_per_thousand` has them but from the exact month."""
    if not bill.requests_per_day:
        return exact(bill.usd_per_thousand)
    return over(product(month(bill), 1000), product(bill.requests_per_day, DAYS_A_MONTH))


def of_workload(workload: Workload, conversions: Sequence[Conversion]) -> tuple[Quantity, ...]:
    """Every number of a workload as it is typed, and its tokens as pages and e-mails."""
    return (*_typed(workload), *_everyday(workload, conversions))


def _typed(workload: Workload) -> Iterator[Quantity]:
    for each in INPUTS:
        value = each.typed(workload)
        unit = "percent" if each.percent else "requests" if each.name == "requests" else ""
        shown = f"{number(float(value))}%" if each.percent else number(float(value))
        yield Quantity(shown, value, unit, f"workload, {each.label.lower()}")
        if each.name == "growth" and value < 0:
            yield Quantity(f"{number(float(-value))}%", -value, unit, "workload, shrinking a month")


def _everyday(workload: Workload, conversions: Sequence[Conversion]) -> Iterator[Quantity]:
    read = [each for each in conversions if each.id in _READ]
    for field in ("input_tokens", "output_tokens", "long_input_tokens"):
        tokens = Decimal(getattr(workload, field))
        origin = stated_count(tokens, "tokens", f"workload, {field.replace('_', ' ')}")
        for conversion, shown in zip(read, in_everyday_units(tokens, read), strict=True):
            value = tokens / Decimal(str(conversion.tokens))
            rounded = value if shown.startswith("under") else Decimal(f"{value:.2g}")
            of = (origin, stated_count(Decimal(str(conversion.tokens)), "tokens", f"tokens of a {conversion.one}"))
            sources = (conversion.rests_on,) if conversion.rests_on else ()
            what = f"{origin.what} as {conversion.many}"
            yield Quantity(shown, exact(rounded), conversion.many, what, sources, "rounded", of)


def of_month(offer: Offer) -> Quantity:
    """The bill a month of an offer that has one."""
    bill = offer.priced_bill
    return stated_amount(month(bill), f"{_whose(offer)}'s bill a month", sources_of(bill.claims))


def _whose(offer: Offer) -> str:
    return f"{offer.model.short_name}, {offer.platform}"


def of_bills(chosen: Sequence[Offer]) -> tuple[Quantity, ...]:
    """The bills, how far each is above the cheapest, how many times as much it is, and the days that matter to them."""
    return (*_bills(chosen), *_beside(chosen), *_days(chosen))


def _bills(chosen: Sequence[Offer]) -> Iterator[Quantity]:
    for each in by_price(chosen):
        sources = sources_of(each.priced_bill.claims)
        yield of_month(each)
        yield stated_amount(thousand(each.priced_bill), f"{_whose(each)}: 1,000 requests", sources)
        if isinstance(each.year, Year):
            yield stated_amount(each.year.usd, f"{_whose(each)}'s bill of twelve months", sources)


def _beside(chosen: Sequence[Offer]) -> Iterator[Quantity]:
    ordered = by_price(chosen)
    for each in ordered[1:]:
        one, other = of_month(each), of_month(ordered[0])
        yield difference(one, other, money(month(each.priced_bill) - month(ordered[0].priced_bill)))
        if other.number:
            yield ratio(one, other)


def _days(chosen: Sequence[Offer]) -> Iterator[Quantity]:
    for each in chosen:
        ends = life(each.model, each.priced_bill.on).ends if each.priced else None
        if ends:
            claims = each.model.claims.get("shutdown_date", ())
            yield dated(ends, f"{each.model.short_name}, shutdown date", sources_of(claims))
        for on in price_days(each.model, each.platform):
            yield dated(str(on), f"{_whose(each)}: a price changes")


def of_year(chosen: Sequence[Offer]) -> Iterator[Quantity]:
    """The first and last day of the twelve months, and the prices that change within and after them."""
    for each in chosen:
        if isinstance(each.year, Year):
            last = each.year.months[-1]
            yield dated(str(each.year.months[0].first), "first day of the twelve months")
            end = last.first.fromordinal(last.first.toordinal() + last.days - 1)
            yield dated(str(end), "last day of the twelve months")
        for change in each.changes:
            whose = f"{_whose(each)}, {change.item.lower()}"
            yield dated(str(change.on), f"{whose}: its price changes", (change.claim.source,))
            for when, value in (("before", change.before), ("after", change.after)):
                if value is not None:
                    unit, what = "USD per million tokens", f"{whose}, {when} the change"
                    yield Quantity(usd(float(value)), exact(value), unit, what, (change.claim.source,))
            for limit in (change.claim.prompt_up_to, change.claim.prompt_above):
                if limit:
                    yield stated_count(limit, "tokens", f"{whose}, size of prompts", (change.claim.source,))


def of_turn(turn: Turn) -> Iterator[Quantity]:
    """The day of a change and the bills from then on."""
    yield dated(str(turn.on), "prices change")
    for bill in turn.bills:
        what = f"{bill.model}, {bill.platform}: bill a month from {turn.on}"
        yield stated_amount(month(bill), what, sources_of(bill.claims))


def of_crossing(crossing: Crossing, workload: Workload) -> Iterator[Quantity]:
    """Where two bills are equal, and the number as it is."""
    label = crossing.label.lower()
    for value, what in ((crossing.at, "where both bills are equal"), (getattr(workload, crossing.field), "now")):
        unit = "share" if crossing.field in _SHARES else ""
        yield Quantity(field_value(crossing.field, Decimal(value)), exact(value), unit, f"{label}, {what}")


def of_mover(offer: Offer, mover: Mover) -> Iterator[Quantity]:
    """The bill a month as it is, and with half and double of one number."""
    yield of_month(offer)
    sources = sources_of(offer.priced_bill.claims)
    for bill, word in ((mover.half, "half"), (mover.double, "double")):
        if bill is not None:
            yield stated_amount(bill, f"{_whose(offer)}'s bill a month with {word} of {mover.label.lower()}", sources)
