"""The numbers that sentences about the advice may state: demands and their claims, bills, weights, draws, points."""

from collections.abc import Iterator

from catalog.bill import Bill
from catalog.gates import Check, Gated
from catalog.loading import Catalog
from catalog.parts import extremes
from catalog.schema import Claim
from catalog.weighing import in_percent
from catalog.words import money, number
from components.advisor.answers import Worked
from components.advisor.wording import percent
from components.charts.contributions import Row
from components.charts.style import Look
from components.report.cost_numbers import month, of_workload
from components.report.ledger import Quantity
from components.report.numerals import numerals
from components.report.quantities import dated, of_day, of_life, of_needs, of_weighing
from components.report.typed import claimed, names_in_claims, sources_of, stated_amount, stated_count


def of_question(catalog: Catalog, worked: Worked) -> tuple[Quantity, ...]:
    """The day, the demands, the weights in whole percents, and the workload."""
    weights = zip(catalog.decision.criteria, in_percent(worked.weights), strict=True)
    return (
        of_day(worked.on, "day that counts"),
        *of_needs(worked),
        *(
            Quantity(f"{share}%", share, "percent", f"weight of {each.label.lower()}", (), "rounded")
            for each, share in weights
        ),
        *of_workload(worked.workload, catalog.decision.conversions),
    )


def of_answer(catalog: Catalog, worked: Worked) -> tuple[Quantity, ...]:
    """All that the answer and what must be said with it may state."""
    return (
        *of_weighing(catalog, worked),
        *_shares(worked),
        *_bills(worked),
        *of_gates(catalog, worked),
        *_own(worked),
    )


def _shares(worked: Worked) -> Iterator[Quantity]:
    advice = worked.answer.advice
    for share, what in (
        (advice.share_weights, "where the weights alone vary"),
        (advice.share_measures, "where the measures alone do"),
    ):
        yield Quantity(percent(share), share, "share", f"share of draws in which the best one wins, {what}")
    for missing in advice.missing:
        if missing.needed is not None:
            what = f"part of the scale of {missing.criterion} that would turn the answer"
            yield Quantity(percent(missing.needed), missing.needed, "share", what)


def _bills(worked: Worked) -> Iterator[Quantity]:
    for model, bill in zip(worked.models, worked.bills, strict=True):
        if isinstance(bill, Bill):
            what = f"{model.short_name}, {bill.platform}'s bill a month"
            yield stated_amount(month(bill), what, sources_of(bill.claims))


def _own(worked: Worked) -> Iterator[Quantity]:
    for part in (part for each in worked.answer.measured for part in each.parts if part.own_runs):
        yield stated_count(part.own_runs, "runs", f"runs of the reader's own behind {part.label.lower()}")


def of_gates(catalog: Catalog, worked: Worked) -> tuple[Quantity, ...]:
    """What the demands are and what is known of the models, as the sentences about the gates state it."""
    lives = [each for model in worked.models for each in of_life(catalog, model, worked.on)]
    released = [
        dated(str(claim.value), f"{model.short_name}, release date", (claim.source,))
        for model in worked.models
        for claim in model.claims.get("release_date", ())
        if claim.absent is None
    ]
    checked = [
        each
        for gated in worked.answer.gated
        for check in gated.checks
        for claim in _behind(gated, check)
        for each in claimed(claim, f"{gated.model.short_name}, {check.label.lower()}")
    ]
    noted = (of_day(worked.on, "day that counts"), *of_needs(worked), *lives, *released, *checked)
    return (*noted, *_bills(worked), *_ranges(worked), *_waits(catalog, worked))


def _behind(gated: Gated, check: Check) -> tuple[Claim, ...]:
    """The claims that decide, and those of another scope that the sentence may hold against them."""
    return (*check.claims, *gated.model.claims.get(check.gate, ()))


def _ranges(worked: Worked) -> Iterator[Quantity]:
    """What conflicting prices would make of the bills."""
    for model, bill in zip(worked.models, worked.bills, strict=True):
        if isinstance(bill, Bill) and bill.conflict:
            for factor, end in zip(extremes(model, bill), ("least", "most"), strict=True):
                usd = float(bill.usd_a_month) * factor
                what = f"{model.short_name}'s bill a month, the {end} by its sources"
                yield Quantity(money(usd), usd, "USD", what, sources_of(bill.claims))


def _waits(catalog: Catalog, worked: Worked) -> Iterator[Quantity]:
    """The interval that is assumed of a waiting time."""
    noise = catalog.decision.noise.ratio
    for gated in worked.answer.gated:
        for check in (each for each in gated.checks if each.gate == "time_to_first_token"):
            if not check.claims:
                # Of the reader's own runs the sentence is the only record.
                yield from _own_wait(check)
            waits = [float(each.value) for each in check.claims if isinstance(each.value, int | float)]
            for wait, end in ((min(waits) / noise, "least"), (max(waits) * noise, "most")) if waits else ():
                what = f"{gated.model.short_name}, {end} seconds to the first token"
                yield Quantity(number(wait, 2), wait, "seconds", what, sources_of(check.claims))


def _own_wait(check: Check) -> Iterator[Quantity]:
    for each in numerals(check.sentence):
        if each.sort == "plain" and "of yours" in check.sentence:
            yield Quantity(each.text, each.value, "", f"{check.model}, own measurement of the wait or its runs")


def names_of_claims(worked: Worked) -> tuple[str, ...]:
    """Texts of the claims behind gates and missing prices whose digits are no numbers."""
    checked = [_behind(gated, check) for gated in worked.answer.gated for check in gated.checks]
    unpriced = [bill.claims for bill in worked.bills if not isinstance(bill, Bill)]
    return tuple(dict.fromkeys(name for claims in (*checked, *unpriced) for name in names_in_claims(claims)))


def of_draws(catalog: Catalog) -> tuple[Quantity, ...]:
    """How the draws are made, by the rules of the catalog."""
    near = catalog.decision.near
    return (
        stated_count(near.draws, "draws", "draws of weights and measures"),
        stated_count(near.factor, "", "the factor within which a weight lies two in three times"),
        Quantity("1", 1, "", "over which the least factor is written"),
        Quantity("two in three times", 2, "", "of three times, in which a factor is within the bound"),
        Quantity("three times", 3, "", "times of which two are within the bound"),
        Quantity("100%", 100, "percent", "what all weights sum to"),
        stated_count(near.seed, "", "seed of the draws"),
    )


def of_points(looks: list[Look], rows: list[Row], total: Row) -> tuple[Quantity, ...]:
    """The points of every model by criterion and in all, and how far each criterion sets them apart."""
    return (
        Quantity("100", 100, "points", "points that there are in all"),
        *(each for row in (*rows, total) for each in _points(looks, row)),
        *(each for row in rows for each in _apart(row)),
    )


def _points(looks: list[Look], row: Row) -> Iterator[Quantity]:
    for look, gain in zip(looks, row.gains, strict=True):
        what = f"{look.name}, points from {row.label.lower()}"
        ends = ((gain.middle, what), (gain.low, f"{what}, low end"), (gain.high, f"{what}, high end"))
        yield from (Quantity(number(100 * end, 1), 100 * end, "points", name) for end, name in ends if end is not None)


def _apart(row: Row) -> Iterator[Quantity]:
    known = [gain.middle for gain in row.gains if gain.middle is not None]
    if len(known) > 1:
        apart = 100 * (max(known) - min(known))
        what = f"points by which {row.label.lower()} tells the models apart"
        yield Quantity(number(apart, 1), apart, "points", what, (), "difference")
