"""Twelve months of bills: a bar a month and model, with the days on which an announced price changes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from html import escape

import plotly.graph_objects as go

from catalog.words import day, listing, number
from components.charts.legend import above
from components.charts.money import dollar_scale, dollars
from components.charts.style import MARKER_SIZE, TEXT, Look, figure, legend_only, title

_HEIGHT_PX = 300
_FILLED = 0.8
_EVERY = 3
_CHANGE = "triangle-down"


@dataclass(frozen=True, slots=True)
class Month:
    """One month: its first day, how many days it has, the requests in it, and the bill in US dollars."""

    first: date
    days: int
    requests: float
    usd: float


@dataclass(frozen=True, slots=True)
class Change:
    """An announced change of a model's price: the day, and what changes in words."""

    look: Look
    on: date
    words: str


@dataclass(frozen=True, slots=True)
class Course:
    """The months of one model; none where it has no list price, and then `why` says so."""

    look: Look
    months: tuple[Month, ...]
    why: str = ""

    @property
    def usd(self) -> float:
        """All months together, US dollars."""
        return sum(month.usd for month in self.months)


def bills(courses: Sequence[Course], changes: Sequence[Change]) -> go.Figure:
    """Bars of each month's bill from zero, side by side, and a triangle above the day of each change of a price.

    A model without a list price has no bars but stands in the legend. Raises ValueError where no model has one, or
    where the months of two models differ.
    """
    drawn = [course for course in courses if course.months]
    spans = {tuple((month.first, month.days) for month in course.months) for course in drawn}
    if len(spans) != 1:
        raise ValueError("bills need at least one model with a price, and the same months for all")
    months = drawn[0].months
    top = max(month.usd for course in drawn for month in course.months) or 1.0
    within = [change for change in changes if _place(months, change.on) is not None]
    entries = _legend(courses, within)
    traces = [_bars(course, at, len(drawn)) for at, course in enumerate(drawn)]
    ticks = range(0, len(months), _EVERY)
    legend, room = above(entries)
    return figure(
        [*traces, *([_marks(within, months, top)] if within else []), *entries],
        _HEIGHT_PX + room,
        margin={"l": 4, "r": 12, "t": room, "b": 4},
        barmode="overlay",
        xaxis={
            "range": [-0.6, len(months) - 0.4],
            "showgrid": False,
            "tickvals": list(ticks),
            "ticktext": [_tick(months[at]) for at in ticks],
            "tickangle": 0,
        },
        yaxis=dollar_scale(title("US dollars a month")) | {"range": [0, top * (1.14 if within else 1.04)]},
        legend=legend,
        shapes=[
            {
                "type": "line",
                "x0": _place(months, change.on),
                "x1": _place(months, change.on),
                "y0": 0,
                "y1": top * 1.07,
                "layer": "below",
                "line": {"color": TEXT, "width": 1, "dash": "dot"},
            }
            for change in within
        ],
    )


def _named(month: Month) -> str:
    """The month as Nov 2026, or its first day where it begins within one."""
    return day(str(month.first)[:7]) if month.first.day == 1 else day(month.first)


def _tick(month: Month) -> str:
    """The name below the bars, on two lines where it has three words."""
    words = _named(month).split()
    return " ".join(words) if len(words) < 3 else f"{' '.join(words[:2])}<br>{words[2]}"


def _place(months: Sequence[Month], on: date) -> float | None:
    """Where a day stands among the months, each of which is one wide around its number; None for one outside."""
    for at, month in enumerate(months):
        passed = (on - month.first).days
        if 0 <= passed < month.days:
            return at - 0.5 + passed / month.days
    return None


def _bars(course: Course, at: int, models: int) -> go.Bar:
    width = _FILLED / models
    name = escape(course.look.name, quote=False)
    return go.Bar(
        x=[month - _FILLED / 2 + width * (at + 0.5) for month in range(len(course.months))],
        y=[month.usd for month in course.months],
        width=width * 0.92,
        marker={"color": course.look.colour, "line": {"width": 0}},
        hovertext=[
            f"{name}<br>{dollars(month.usd)} in {_lasts(month)}<br>{number(month.requests, 0)} requests"
            for month in course.months
        ],
        hoverinfo="text",
        showlegend=False,
    )


def _lasts(month: Month) -> str:
    last = month.first + timedelta(days=month.days - 1)
    whole = month.first.day == 1 and (last + timedelta(days=1)).day == 1
    return _named(month) if whole else f"{day(month.first)} to {day(last)}"


def _marks(changes: Sequence[Change], months: Sequence[Month], top: float) -> go.Scatter:
    return go.Scatter(
        x=[_place(months, change.on) for change in changes],
        y=[top * 1.09] * len(changes),
        mode="markers",
        marker={"symbol": _CHANGE, "color": [change.look.colour for change in changes], "size": MARKER_SIZE},
        hovertext=[escape(f"{change.look.name}, {day(change.on)}: {change.words}", quote=False) for change in changes],
        hoverinfo="text",
        cliponaxis=False,
        showlegend=False,
    )


def _legend(courses: Sequence[Course], changes: Sequence[Change]) -> list[go.Scatter]:
    entries = [
        legend_only(course.look.name, "square", course.look.colour)
        if course.months
        else legend_only(f"{course.look.name}: no list price", "square-open", course.look.colour)
        for course in courses
    ]
    return entries + ([legend_only("price changes", _CHANGE)] if changes else [])


def records(courses: Sequence[Course], changes: Sequence[Change]) -> list[dict[str, str]]:
    """The bars as rows of a table, a column a model, and their sums; `changes` stand in the row of their month."""
    months = next((course.months for course in courses if course.months), ())
    rows = [
        {"Month": _lasts(month)}
        | {course.look.name: _words(course, at) for course in courses}
        | {"Price changes": "; ".join(_within(month, changes))}
        for at, month in enumerate(months)
    ]
    total = {course.look.name: dollars(course.usd) if course.months else course.why for course in courses}
    return [*rows, {"Month": "All"} | total | {"Price changes": ""}] if rows else []


def _words(course: Course, at: int) -> str:
    return dollars(course.months[at].usd) if course.months else "no list price"


def _within(month: Month, changes: Sequence[Change]) -> list[str]:
    found = [change for change in changes if 0 <= (change.on - month.first).days < month.days]
    return [f"{change.look.name}, {day(change.on)}: {change.words}" for change in found]


def summary(courses: Sequence[Course], changes: Sequence[Change]) -> str:
    """What the months come to for each model, which models have no price, and which prices change."""
    priced = [course for course in courses if course.months]
    words = []
    if priced:
        months = priced[0].months
        last = months[-1].first + timedelta(days=months[-1].days - 1)
        sums = [f"{dollars(course.usd)} with {course.look.name}" for course in priced]
        words.append(f"From {day(months[0].first)} to {day(last)}: {listing(sums)}.")
        known = [change for change in changes if _place(months, change.on) is not None]
        words += [f"{change.look.name}, {day(change.on)}: {change.words}." for change in known]
    words += [
        f"{course.look.name} has no bars: {course.why or 'no list price'}." for course in courses if not course.months
    ]
    return " ".join(words)
