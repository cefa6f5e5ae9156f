"""Criteria, places and bills to decide between, made up for tests."""

from datetime import date
from decimal import Decimal

from catalog.bill import Bill, Line
from catalog.criteria import Measured, Part, Place, estimate
from catalog.decision import Criterion


def criterion(name, bill=False):
    return Criterion(id=name, label=name, question="q", explained="e", article="a", locator="l", bill=bill)


def part(places):
    exact = [Place(each, each, each) if isinstance(each, int | float) else each for each in places]
    return Part("part", None, None, tuple("shown" for _ in exact), tuple(exact), "made up")


def measure(name, *parts, bill=False):
    """A criterion with parts; each has a place, a number without noise or None for each model."""
    built = tuple(part(row) for row in parts)
    columns = zip(*(each.places for each in built), strict=True)
    return Measured(criterion(name, bill), built, tuple(estimate(column) for column in columns), ())


def unknown(name, models, bill=False):
    """A criterion of which nothing is known."""
    return Measured(criterion(name, bill), (), tuple(estimate(()) for _ in range(models)), ())


def a_bill(model, usd_a_month, claim=None, conflict=False):
    """A bill for one request a day, all of it for input tokens."""
    daily = Decimal(str(usd_a_month)) / 30
    line = Line("Input tokens", Decimal(1), Decimal(1), daily, claim)
    return Bill(model.id, "the platform", date(2026, 11, 26), (line,), Decimal(1), daily, conflict=conflict)
