"""The bills as charts: a bar a model for the month, and the twelve months."""

from collections.abc import Sequence
from decimal import Decimal
from html import escape

import plotly.graph_objects as go

from catalog.bill_year import Year
from catalog.words import money
from components.charts.legend import above
from components.charts.money import dollar_scale, dollars
from components.charts.style import TEXT, figure, legend_only, title
from components.cost.drawn import looks, year_chart
from components.cost.rows import Offer, by_price
from components.cost.wording import answer
from components.frame.palette import Colour, colours
from components.report.cost_numbers import month, of_bills, of_year
from components.report.cost_tables import NO_PRICE
from components.report.ledger import Scene
from components.report.state import Chart, Form, Heading, Plot, Series, Table, Value
from components.report.typed import amount, names_in_claims, on_day, sources_of, weakest, words

_BAR, _GAP, _SCALE = 30, 16, 48


def month_chart(scene: Scene) -> Chart | None:
    """A bar a model of the bill a month; None where no model has a list price."""
    chosen = scene.chosen
    if not by_price(chosen):
        return None
    bills = [month(each.priced_bill) if each.priced else None for each in chosen]
    series = tuple(
        Series(each.model.short_name, accent.light, (None if bill is None else float(bill),), model=each.model.id)
        for each, bill, accent in zip(chosen, bills, _accents(chosen), strict=True)
    )
    plot = Plot(Form.BARS, ("A month",), series, "USD")
    said = scene.ledger.proven(answer(chosen, scene.on), of_bills(chosen))
    summary = said[0].text if said else "The bill of each model a month."
    drawn = _bars(chosen)
    return Chart("cost_month", "The bill a month", summary, drawn.to_json(), plot, _month_table(scene, summary))


def _accents(chosen: Sequence[Offer]) -> list[Colour]:
    given = colours([each.model for each in chosen])
    return [given[each.model.id] for each in chosen]


def _month_table(scene: Scene, summary: str) -> Table:
    rows = tuple((words(each.model.short_name), words(each.platform), _bill(scene, each)) for each in scene.chosen)
    headings = (Heading("Model"), Heading("Platform"), Heading("USD a month", numeric=True))
    return Table("cost_month_table", "The bill a month", summary, headings, rows)


def _bill(scene: Scene, offer: Offer) -> Value:
    if not offer.priced:
        return words(NO_PRICE)
    claims = offer.priced_bill.claims
    return amount(month(offer.priced_bill), weakest(claims), scene.ledger.cite(*sources_of(claims)))


def _bars(chosen: Sequence[Offer]) -> go.Figure:
    """Bars from zero with their amounts; a model without a list price has none, but stands in the legend."""
    marked = list(zip(chosen, looks(chosen), strict=True))
    priced = [(each, look, float(month(each.priced_bill))) for each, look in marked if each.priced]
    step = _BAR + _GAP
    traces = [
        go.Bar(
            x=[usd],
            y=[-(at + 0.5) * step],
            orientation="h",
            width=_BAR,
            marker={"color": look.colour, "line": {"width": 0}},
            text=[money(month(each.priced_bill))],
            textposition="outside",
            textfont={"color": TEXT, "size": 13},
            cliponaxis=False,
            hovertext=[f"{escape(f'{look.name}, {each.platform}', quote=False)}<br>{dollars(usd)} a month"],
            hoverinfo="text",
            showlegend=False,
        )
        for at, (each, look, usd) in enumerate(priced)
    ]
    entries = [
        legend_only(look.name, "square", look.colour)
        if each.priced
        else legend_only(f"{look.name}: {NO_PRICE}", "square-open", look.colour)
        for each, look in marked
    ]
    legend, room = above(entries)
    most = max(usd for *_, usd in priced) or 1.0
    height = len(priced) * step
    return figure(
        [*traces, *entries],
        height + room + _SCALE,
        margin={"l": 8, "r": 16, "t": room, "b": _SCALE, "autoexpand": False},
        xaxis=dollar_scale(title("US dollars a month")) | {"range": [0, most * 1.25]},
        yaxis={"range": [-height, 0], "showticklabels": False, "showgrid": False},
        barmode="overlay",
        legend=legend,
    )


def twelve_months_chart(scene: Scene) -> Chart | None:
    """The twelve months from the day that counts; None where no model has a list price for all of them."""
    drawn = year_chart(scene.chosen)
    if drawn is None:
        return None
    years = [(each, each.year if isinstance(each.year, Year) else None) for each in scene.chosen]
    months = next(year.months for _, year in years if year is not None)
    names = [record["Month"] for record in drawn.records[: len(months)]]
    series = tuple(
        Series(
            each.model.short_name,
            accent.light,
            tuple(float(one.usd) for one in year.months) if year else (None,) * len(months),
            model=each.model.id,
        )
        for (each, year), accent in zip(years, _accents(scene.chosen), strict=True)
    )
    known = (*of_bills(scene.chosen), *of_year(scene.chosen))
    said = scene.ledger.proven(drawn.summary, known, names=_named(scene.chosen))
    summary = said[0].text if said else "The bill of each model in the next twelve months."
    table = _year_table(scene, years, names, summary, [record["Price changes"] for record in drawn.records])
    plot = Plot(Form.BARS, tuple(names), series, "USD")
    heading = "The next twelve months"
    return Chart("cost_year", heading, summary, drawn.figure.to_json(), plot, table, slides=_varies(years))


def _named(chosen: Sequence[Offer]) -> tuple[str, ...]:
    """Texts of claims that the reason of a missing price may name."""
    missing = [each.year.claims for each in chosen if not isinstance(each.year, Year)]
    return tuple(name for claims in missing for name in names_in_claims(claims))


def _varies(years: Sequence[tuple[Offer, Year | None]]) -> bool:
    """Whether the bill of a day changes within the year, so that there is something to see."""
    daily = [{one.usd / one.days for one in year.months} for _, year in years if year is not None]
    return any(len(each) > 1 for each in daily)


def _year_table(
    scene: Scene, years: Sequence[tuple[Offer, Year | None]], names: Sequence[str], summary: str, changes: Sequence[str]
) -> Table:
    headings = (
        Heading("Month"),
        Heading("First day"),
        *(Heading(each.model.short_name, numeric=True, model=each.model.id) for each, _ in years),
        Heading("Price changes"),
    )
    firsts = next(year.months for _, year in years if year is not None)
    rows = [
        (
            words(name),
            on_day(firsts[at].first),
            *(_of_month(scene, each, year, at) for each, year in years),
            words(said),
        )
        for at, (name, said) in enumerate(zip(names, changes, strict=False))
    ]
    rows.append((words("All"), words(""), *(_of_year(scene, each, year) for each, year in years), words("")))
    return Table("cost_year_table", "The next twelve months", summary, headings, tuple(rows))


def _of_month(scene: Scene, offer: Offer, year: Year | None, at: int) -> Value:
    return words(NO_PRICE) if year is None else _paid(scene, offer, year.months[at].usd)


def _of_year(scene: Scene, offer: Offer, year: Year | None) -> Value:
    return words(NO_PRICE) if year is None else _paid(scene, offer, year.usd)


def _paid(scene: Scene, offer: Offer, usd: Decimal) -> Value:
    claims = offer.priced_bill.claims
    return amount(usd, weakest(claims), scene.ledger.cite(*sources_of(claims)))
