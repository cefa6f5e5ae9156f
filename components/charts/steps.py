"""Prices over time as steps: a line for as long as a claim holds, a point where a catalogue merely saw the price."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import plotly.graph_objects as go

from catalog.lifecycle import first_day, last_day
from catalog.schema import Basis, Claim, Model
from catalog.words import day, usd
from components.charts.style import MARKER_SIZE, figure, legend_only

ITEMS = {"input": "Input tokens", "output": "Output tokens"}
_HEIGHT_PX = 320
_SYMBOLS = {"input": "circle", "output": "square"}
_DASHES = ("solid", "dash", "dot", "dashdot")


@dataclass(frozen=True, slots=True)
class Step:
    """One list price as one source states it, in US dollars for a million tokens, and for which days.

    `start` and `end` are the same for a price that is known for one day alone, which is the middle where that day is
    known to the month or the year only; `when` says the same in words, and `ahead` that it is yet to come.
    """

    item: str
    offer: str
    usd_per_million: float
    start: date
    end: date
    when: str
    ahead: bool
    claim: Claim

    @property
    def lasts(self) -> bool:
        """Whether it is a period rather than the day of a snapshot."""
        return self.start != self.end


def steps(model: Model, on: date) -> tuple[Step, ...]:
    """Every list price of input and output of a model that can be dated, in the order of time.

    A period lasts from its first day, or from the day on which it was stated, to its last day, or to the day on which
    it was stated. One that begins after the day `on` is a point on its first day. Free rates, resellers and the rates
    of another model under the same id are no list prices.
    """
    found = [
        step
        for item in ITEMS
        for claim in model.claims.get(f"prices.{item}", ())
        if claim.basis is Basis.LIST and (step := _step(item, claim, on)) is not None
    ]
    return tuple(sorted(found, key=lambda step: (step.item, step.offer, step.start, step.end)))


def _step(item: str, claim: Claim, on: date) -> Step | None:
    if not isinstance(claim.value, int | float) or isinstance(claim.value, bool):
        return None
    if claim.valid_from is None and claim.valid_to is None:
        first, last = first_day(claim.as_of), last_day(claim.as_of)
        start = end = first + (last - first) / 2
        when = day(claim.as_of)
    else:
        # Of a vague day of statement only that part counts for which the price is surely known.
        start, end = claim.valid_from or last_day(claim.as_of), claim.valid_to or first_day(claim.as_of)
        if start > end:
            start = end = claim.valid_from or end
        when = day(start) if start == end else f"{day(start)} to {day(end)}"
    return Step(item, claim.full_scope, float(claim.value), start, end, when, start > on, claim)


def has_history(found: Sequence[Step]) -> bool:
    """Whether there is more than one dated price, so that a course of time can be drawn."""
    return len({(step.start, step.end) for step in found}) > 1


def records(model: Model, on: date, sources: dict[str, str]) -> list[dict[str, str]]:
    """Every price claim of input and output as a row of a table; `sources` has each source's title by its id."""
    drawn = {id(step.claim): step for step in steps(model, on)}
    return [
        {
            "Price of": ITEMS[item],
            "Offer": claim.full_scope or "not stated",
            "USD per million tokens": _words(claim),
            "For": _period(claim, drawn.get(id(claim))),
            "Source": sources[claim.source],
        }
        for item in ITEMS
        for claim in model.claims.get(f"prices.{item}", ())
    ]


def _words(claim: Claim) -> str:
    if claim.basis is Basis.FREE:
        return "no list price (free while on trial)"
    if not isinstance(claim.value, int | float):
        return str(claim.value)
    other = {Basis.RESELLER: " (reseller, no list price)", Basis.SUCCESSOR: " (rate of the model that took over)"}
    return usd(float(claim.value)) + other.get(claim.basis, "")


def _period(claim: Claim, step: Step | None) -> str:
    parts = [f"from {day(claim.valid_from)}" if claim.valid_from else ""]
    parts.append(f"until {day(claim.valid_to)}" if claim.valid_to else "")
    period = " ".join(part for part in parts if part)
    return (period or f"seen {day(claim.as_of)}") + (" (planned)" if step is not None and step.ahead else "")


def summary(name: str, found: Sequence[Step]) -> str:
    """What the prices did, in one sentence."""
    offers = len({step.offer for step in found})
    parts = []
    for item, label in ITEMS.items():
        prices = sorted({step.usd_per_million for step in found if step.item == item})
        if prices:
            reach = usd(prices[0]) if len(prices) == 1 else f"{usd(prices[0])} to {usd(prices[-1])}"
            parts.append(f"{label.lower()} {reach}")
    first, last = min(found, key=lambda step: step.start), max(found, key=lambda step: step.end)
    begin, end = first.when.split(" to ")[0], last.when.split(" to ")[-1]
    where = f" over {offers} offers" if offers > 1 else ""
    return f"List prices of {name} for a million tokens from {begin} to {end}{where}: {', '.join(parts)}."


def price_steps(found: Sequence[Step], colour: str) -> go.Figure:
    """Dollars for a million tokens over time, from zero; every line ends where its claim ends.

    Input is round and output square, each offer (platform and prompt size) has a dash of its own, and what is yet to
    come is hollow. Raises ValueError for no steps.
    """
    if not found:
        raise ValueError("a price history needs at least one price")
    offers = list(dict.fromkeys(step.offer for step in found))
    traces = [trace for step in found for trace in _traces(step, offers.index(step.offer), colour)]
    entries = [(ITEMS[item], _SYMBOLS[item]) for item in ITEMS if any(step.item == item for step in found)]
    if any(step.ahead for step in found):
        entries.append(("planned", "circle-open"))
    dashes = [_offer(name, at, colour) for at, name in enumerate(offers)] if len(offers) > 1 else []
    return figure(
        [*traces, *(legend_only(name, symbol, colour) for name, symbol in entries), *dashes],
        height=_HEIGHT_PX,
        xaxis={"type": "date", "nticks": 6},
        yaxis={"rangemode": "tozero", "tickprefix": "$", "nticks": 6},
        showlegend=True,
    )


def _offer(name: str, at: int, colour: str) -> go.Scatter:
    line = {"color": colour, "width": 2, "dash": _DASHES[at % len(_DASHES)]}
    return go.Scatter(x=[None], y=[None], name=name or "all platforms", mode="lines", line=line)


def _traces(step: Step, offer: int, colour: str) -> list[go.Scatter]:
    hover = f"{usd(step.usd_per_million)} for a million {ITEMS[step.item].lower()}<br>{step.offer}"
    shared = {"hovertext": f"{hover}<br>{step.when}{' (planned)' if step.ahead else ''}", "hoverinfo": "text"}
    symbol = _SYMBOLS[step.item] + ("-open" if step.ahead else "")
    marker = {"symbol": symbol, "color": colour, "size": MARKER_SIZE - 2, "line": {"width": 2 if step.ahead else 0}}
    line = {"color": colour, "width": 2, "dash": _DASHES[offer % len(_DASHES)]}
    days = [step.start, step.end] if step.lasts else [step.start]
    return [
        go.Scatter(
            x=days,
            y=[step.usd_per_million] * len(days),
            mode="lines+markers" if step.lasts else "markers",
            marker=marker,
            line=line,
            showlegend=False,
            **shared,
        )
    ]
