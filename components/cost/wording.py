"""The bills in sentences: what is cheaper and by how much, how sure that is, and what would change it."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from catalog.bill import Bill
from catalog.bill_year import Year
from catalog.break_even import Crossing
from catalog.lifecycle import Service, life
from catalog.prices import NoListPrice
from catalog.schema import Kind, Model
from catalog.words import capital, day, listing, money, number, when
from catalog.workload import Workload
from components.cost.rows import Offer, Turn, by_price
from components.frame.markup import KIND_WORDS

_SHARES = ("long_share", "batch_share")


def times(ratio: Decimal) -> str:
    """A ratio of bills: 1.04×, 2.5×, 17×."""
    digits = 2 if ratio < Decimal("1.95") else 1 if ratio < 10 else 0
    return f"{number(float(round(ratio, digits)), digits)}×"


def answer(chosen: Sequence[Offer], on: date) -> str:
    """Which of the offers is the cheapest, and by how much a month, in one sentence."""
    ordered = by_price(chosen)
    without = [each for each in chosen if not each.priced]
    if not ordered:
        return f"No bill can be worked out: {_no_prices(without)} on {day(on)}."
    first = ordered[0]
    if without:
        known = listing([f"{each.model.short_name} costs {money(each.usd_a_month)} a month" for each in ordered])
        return f"Which is cheapest cannot be said, since {_no_prices(without)}; {known}."
    if len(ordered) == 2:
        return _of_two(*ordered)
    level = [each for each in ordered if each.usd_a_month == first.usd_a_month]
    if len(level) > 1:
        names = listing([each.model.short_name for each in level])
        return f"{names} are the cheapest and cost the same: {money(first.usd_a_month)} a month each."
    rest = listing([f"{each.model.short_name} {_beside(each, first)}" for each in ordered[1:]])
    return f"{first.model.short_name} is the cheapest at {money(first.usd_a_month)} a month; {rest}."


def _of_two(first: Offer, other: Offer) -> str:
    one, two = first.usd_a_month, other.usd_a_month
    if one == two:
        return f"{first.model.short_name} and {other.model.short_name} cost the same: {money(one)} a month each."
    multiple = f", which is {times(two / one)} as much" if one else ""
    return (
        f"{first.model.short_name} is cheaper by {money(two - one)} a month: {money(one)} against {money(two)} "
        f"for {other.model.short_name}{multiple}."
    )


def _beside(each: Offer, first: Offer) -> str:
    multiple = f" ({times(each.usd_a_month / first.usd_a_month)})" if first.usd_a_month else ""
    return f"costs {money(each.usd_a_month)}{multiple}"


def _no_prices(without: Sequence[Offer]) -> str:
    names = listing([each.model.short_name for each in without])
    return f"{names} {'has' if len(without) == 1 else 'have'} no list price"


def sureness(chosen: Sequence[Offer]) -> str:
    """How far the bills can be trusted: whether sources conflict, what kind of sources they are, and what is gone."""
    bills = [each for each in chosen if isinstance(each.bill, Bill)]
    if not bills:
        return ""
    torn = [each.model.short_name for each in bills if each.priced_bill.conflict]
    kinds = {claim.kind for each in bills for claim in each.priced_bill.claims}
    if torn:
        return f"Sources conflict over a price of {listing(torn)}; the one that stands is used."
    return (
        f"No two sources conflict over these prices ({listing([KIND_WORDS[kind] for kind in Kind if kind in kinds])})."
    )


def gone(chosen: Sequence[Offer], on: date) -> str:
    """Which of the models can no longer be had on the day or soon, since their bills are then what nobody can pay."""
    ends: dict[tuple[Service, str], list[str]] = {}
    for each in chosen:
        state = life(each.model, on)
        if each.priced and (state.service is Service.SHUT_DOWN or (state.service is Service.ENDING and state.ends)):
            ends.setdefault((state.service, str(state.ends or "")), []).append(each.model.short_name)
    return " ".join(_gone(service, ended, names) for (service, ended), names in ends.items())


def _gone(service: Service, ended: str, names: Sequence[str]) -> str:
    day_words = f" {when(ended)}" if ended else ""
    one = len(names) == 1
    if service is Service.ENDING:
        verb = "is" if one else "are"
        return f"{listing(list(names))} {verb} to be shut down{day_words}, so the bill of a year is theoretical."
    prices = "its bill is at its" if one else "their bills are at their"
    return f"{listing(list(names))} {'was' if one else 'were'} shut down{day_words}, so {prices} last list price."


def crossing_sentence(crossing: Crossing | None, ordered: Sequence[Offer], workload: Workload) -> str:
    """Which number of the workload would have to become what for the second cheapest model to be the cheapest."""
    first, other = (each.model.short_name for each in ordered[:2])
    if crossing is None:
        return f"No one number of the workload, whatever it is, makes {other} cheaper than {first}."
    now = field_value(crossing.field, Decimal(getattr(workload, crossing.field)))
    side = "above" if crossing.cheaper_above == ordered[1].model.id else "below"
    value = field_value(crossing.field, crossing.at)
    label = f"{'the ' if crossing.field in _SHARES else ''}{crossing.label[:1].lower()}{crossing.label[1:]}"
    return f"{other} would be cheaper with {label} {side} {value} (now {now})."


def field_value(field: str, value: Decimal) -> str:
    """A number of the workload in its unit: shares in percent, counts to three figures past a thousand."""
    if field in _SHARES:
        return f"{number(float(value * 100), 1)}%"
    return number(float(value), 0 if abs(value) >= 100 else 2)


def turn_words(turn: Turn, chosen: Sequence[Offer], cheapest: Model | None) -> str:
    """What announced prices do to the bills on their day, and whether that changes which is the cheapest."""
    bills = listing(
        [
            f"{each.model.short_name} {_way(each, found)} to {money(found.usd_a_month)} a month"
            for each, found in zip(turn.changed, turn.bills, strict=True)
        ]
    )
    said = f"From {day(turn.on)}, by announced prices, {bills}"
    if turn.cheapest is None or cheapest is None:
        return f"{said}."
    same = turn.cheapest.id == cheapest.id
    return f"{said}; {turn.cheapest.short_name} {'stays' if same else 'then becomes'} the cheapest."


def _way(offer: Offer, then: Bill) -> str:
    if not offer.priced or then.usd_a_month == offer.usd_a_month:
        return "comes"
    return "rises" if then.usd_a_month > offer.usd_a_month else "falls"


def year_words(year: Year | NoListPrice) -> str:
    """The bill of twelve months, or that there is none."""
    return "no list price" if isinstance(year, NoListPrice) else money(year.usd)


def reason_words(missing: NoListPrice) -> str:
    """Why there is no list price, as a sentence."""
    return f"{capital(missing.reason)}."
