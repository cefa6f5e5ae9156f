"""Which share of rows passes each check: a dot a model, with the whisker of its 95% interval."""

from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from catalog.schema import Measured
from components.charts.style import MEASURED_WORDS, Dot, Look
from components.charts.whiskers import Row, whiskers


@dataclass(frozen=True, slots=True)
class Rate:
    """The share of rows that pass, in percent from 0 to 100, with the ends of its interval."""

    share: float
    low: float
    high: float
    rows: int


@dataclass(frozen=True, slots=True)
class Check:
    """One check by its name, with a rate a model in the order of the looks; None where nothing was decided."""

    name: str
    rates: tuple[Rate | None, ...]


def passes(looks: Sequence[Look], checks: Sequence[Check]) -> go.Figure:
    """A row a check over the scale from 0% to 100%. Raises ValueError for no checks."""
    if not checks:
        raise ValueError("a chart of what passes needs at least one check")
    rows = [
        Row(each.name, "", tuple(_dot(each, look, rate) for look, rate in zip(looks, each.rates, strict=True)))
        for each in checks
    ]
    figure = whiskers(looks, rows, "%", (0.0, 100.0))
    # Nobody else has measured these, so who measured needs no legend.
    figure.data = [trace for trace in figure.data if trace.name not in MEASURED_WORDS.values()]
    return figure


def _dot(check: Check, look: Look, rate: Rate | None) -> Dot | None:
    if rate is None:
        return None
    hover = (
        look.name,
        check.name,
        f"{rate.share:.1f}% of {rate.rows:,} rows pass",
        f"95% interval {rate.low:.1f}% to {rate.high:.1f}%",
    )
    return Dot(rate.share, rate.low, rate.high, Measured.INDEPENDENT, hover)
