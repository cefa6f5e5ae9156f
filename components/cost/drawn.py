"""The bills as charts: a figure each, with the sentence above it and the rows of its table. No Streamlit."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import plotly.graph_objects as go

from catalog.bill_year import Change, Year
from catalog.break_even import Mover
from catalog.loading import Catalog
from catalog.prices import NoListPrice
from catalog.schema import Model
from catalog.words import listing, usd
from components.charts import bills, movers, steps
from components.charts.style import Look
from components.cost.rows import Offer
from components.frame.palette import colours

_MOST_MOVERS = 8


@dataclass(frozen=True, slots=True)
class Drawn:
    """A figure, the sentence above it and the rows of its table."""

    figure: go.Figure
    summary: str
    records: tuple[dict[str, str], ...]


def looks(chosen: Sequence[Offer]) -> list[Look]:
    """How the model of each offer is drawn."""
    given = colours([each.model for each in chosen])
    return [Look(each.model.short_name, given[each.model.id].chart, given[each.model.id].symbol) for each in chosen]


def year_chart(chosen: Sequence[Offer]) -> Drawn | None:
    """The bills of twelve months; None where no model has a list price for all of them."""
    courses = [_course(each, look) for each, look in zip(chosen, looks(chosen), strict=True)]
    if not any(course.months for course in courses):
        return None
    changes = [
        bills.Change(look, on, words)
        for each, look in zip(chosen, looks(chosen), strict=True)
        for on, words in change_words(each.changes)
    ]
    figure = bills.bills(courses, changes)
    return Drawn(figure, bills.summary(courses, changes), tuple(bills.records(courses, changes)))


def _course(offer: Offer, look: Look) -> bills.Course:
    if isinstance(offer.year, NoListPrice):
        return bills.Course(look, (), f"no list price ({offer.year.reason})")
    return bills.Course(look, _months(offer.year))


def _months(year: Year) -> tuple[bills.Month, ...]:
    return tuple(bills.Month(each.first, each.days, float(each.requests), float(each.usd)) for each in year.months)


def change_words(changes: Sequence[Change]) -> list[tuple[date, str]]:
    """What announced changes do, by their days: input tokens from $2.00 to $4.00 and output tokens ..."""
    days = sorted({change.on for change in changes})
    return [(on, listing([_change(change) for change in changes if change.on == on])) for on in days]


def _change(change: Change) -> str:
    before, after = (None if value is None else usd(float(value)) for value in (change.before, change.after))
    item = f"{change.item[:1].lower()}{change.item[1:]}"
    if after is None:
        return f"{item} at {before} until then, with no price announced from then on"
    return f"{item} at {after} from then on" if before is None else f"{item} from {before} to {after}"


def movers_chart(offer: Offer, look: Look, found: Sequence[Mover]) -> Drawn | None:
    """What half and double of each input do to a bill a month, the most telling ones; None where there is no bill."""
    if not found:
        return None
    rows = [movers.Row(each.label, _float(each.half), _float(each.double)) for each in found]
    now = float(offer.usd_a_month)
    name = offer.model.short_name
    figure = movers.movers(look, rows[:_MOST_MOVERS], now)
    return Drawn(figure, movers.summary(name, rows, now), tuple(movers.records(rows, now)))


def _float(value: Decimal | None) -> float | None:
    return None if value is None else float(value)


def history_chart(catalog: Catalog, model: Model, colour: str, on: date) -> Drawn | str:
    """The dated list prices of a model over time, or in a sentence why there is nothing to draw."""
    titles = {name: source.title for name, source in catalog.sources.items()}
    rows = steps.records(model, on, titles)
    found = steps.steps(model, on)
    if not rows:
        return f"No source gives a price of {model.name}."
    if not found:
        return f"{model.name} has no list price that could be drawn over time."
    return Drawn(steps.price_steps(found, colour), steps.summary(model.name, found), tuple(rows))
