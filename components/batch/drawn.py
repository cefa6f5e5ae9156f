"""The results of a batch as charts: a figure each, with the sentence above it and the rows of its table."""

from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from catalog.words import listing, number
from components.batch.names import Named
from components.batch.statistics import latency, pass_rate
from components.batch.tally import ALL_CHECKS, Side, Tally
from components.batch.wording import money, seconds
from components.charts.passes import Check, Rate, passes
from components.charts.spend import Spent, spend
from components.charts.waits import Waits, waits

_NOT_REAL = " Simulated, so no model's own."


@dataclass(frozen=True, slots=True)
class Drawn:
    """A figure, the sentence above it and the rows of its table."""

    figure: go.Figure
    summary: str
    records: tuple[dict[str, str], ...]


def charts_of(tally: Tally) -> list[str]:
    """Which charts there are something to draw for: passes, waits, cost."""
    sides = tally.sides.values()
    there = {
        "passes": bool(tally.checks),
        "waits": any(side.totals_s for side in sides),
        "cost": any(not side.unpriced and side.statuses for side in sides),
    }
    return [name for name, drawable in there.items() if drawable]


def pass_chart(tally: Tally, models: Sequence[Named]) -> Drawn | None:
    """What passes each check, with intervals; None where nothing was checked. The tally has the names of the screen."""
    shown = [each for each in models if each.text in tally.sides]
    if not tally.checks:
        return None
    labels = (*tally.checks, *([ALL_CHECKS] if len(tally.checks) > 1 else []))
    checks = [Check(label, tuple(_rate(tally.sides[each.text], label) for each in shown)) for label in labels]
    found = [(check, each, rate) for check in checks for each, rate in zip(shown, check.rates, strict=True)]
    records = tuple(
        {
            "Check": check.name,
            "Model": each.text,
            "Rows": f"{rate.rows:,}" if rate else "0",
            "Pass": f"{rate.share:.1f}%" if rate else "not decided",
            "95% interval": f"{rate.low:.1f}% to {rate.high:.1f}%" if rate else "",
        }
        for check, each, rate in found
    )
    last = checks[-1]
    parts = [f"{each.text} {number(rate.share, 1)}%" for each, rate in zip(shown, last.rates, strict=True) if rate]
    by = "all checks together" if last.name == ALL_CHECKS else f"the check “{last.name}”"
    summary = f"By {by}, {listing(parts)} of the rows pass." if parts else "No row was decided."
    return Drawn(passes([each.look for each in shown], checks), summary + _mark(tally), records)


def _rate(side: Side, label: str) -> Rate | None:
    found = pass_rate(side.outcomes(label))
    if found.share is None or found.low is None or found.high is None:
        return None
    return Rate(100 * found.share, 100 * found.low, 100 * found.high, found.rows)


def waits_chart(tally: Tally, models: Sequence[Named]) -> Drawn | None:
    """How long whole answers took; None where no answer came."""
    shown = [each for each in models if each.text in tally.sides and tally.sides[each.text].totals_s]
    if not shown:
        return None
    given = [Waits(each.look, tuple(tally.sides[each.text].totals_s)) for each in shown]
    records = tuple(_waits_record(each.text, tally.sides[each.text]) for each in shown)
    halves = [f"{each.text} within {record['p50']}" for each, record in zip(shown, records, strict=True)]
    return Drawn(waits(given), f"Half of the answers are there: {listing(halves)}.{_mark(tally)}", records)


def _waits_record(name: str, side: Side) -> dict[str, str]:
    whole, first = latency(side.totals_s), latency(side.firsts_s)
    record = {"Model": name, "Answers": f"{len(side.totals_s):,}"}
    if whole is not None:
        percentiles = (("p50", whole.p50), ("p90", whole.p90), ("p95", whole.p95), ("p99", whole.p99))
        record |= {label: seconds(value) for label, value in percentiles} | {"Longest": seconds(whole.highest)}
    return record | {"First token p50": seconds(first.p50) if first else "not known"}


def spend_chart(tally: Tally, models: Sequence[Named]) -> Drawn | None:
    """What all answers of each model cost; None where no model has a list price."""
    shown = [each for each in models if each.text in tally.sides and not tally.sides[each.text].unpriced]
    if not shown:
        return None
    sides = [tally.sides[each.text] for each in shown]
    given = [
        Spent(each.look, float(side.cost_usd), sum(side.statuses.values()))
        for each, side in zip(shown, sides, strict=True)
    ]
    records = tuple(
        {
            "Model": each.text,
            "Answers": f"{one.answers:,}",
            "USD at list price": money(one.usd),
            "USD for 1,000 answers": money(1000 * one.usd / one.answers) if one.answers else "none",
        }
        for each, one in zip(shown, given, strict=True)
    )
    would = "would have cost" if any(side.simulated for side in sides) else "cost"
    parts = [f"{each.text} {money(one.usd)}" for each, one in zip(shown, given, strict=True)]
    others = [each.text for each in models if each.text in tally.sides and each not in shown]
    without = f" {listing(others)} {'has' if len(others) == 1 else 'have'} no known cost." if others else ""
    return Drawn(spend(given), f"At list price all answers {would}: {listing(parts)}.{without}{_mark(tally)}", records)


def _mark(tally: Tally) -> str:
    return _NOT_REAL if any(side.simulated for side in tally.sides.values()) else ""
