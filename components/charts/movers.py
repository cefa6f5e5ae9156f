"""What moves a bill: what it comes to when one input is halved or doubled while all others stay."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import plotly.graph_objects as go

from components.charts.legend import above
from components.charts.money import dollar_scale, dollars
from components.charts.style import TEXT, Look, figure, title, wrapped

_BAR = 16
_LINE = 16
_GAP = 12
_SCALE = 44
_NOTE_PX = 20
_LABEL_WIDTH = 50
_PALE = 0.45
_NOT_POSSIBLE = "not possible"


@dataclass(frozen=True, slots=True)
class Row:
    """One input of the workload and the bill a month, US dollars, with half and with double of it.

    None where that cannot be, such as double a share of 60%.
    """

    label: str
    half: float | None
    double: float | None


def movers(look: Look, rows: Sequence[Row], now: float) -> go.Figure:
    """A bar an input from today's bill to the bill with half (pale) and with double (full) of it, in the given order.

    Raises ValueError for no rows.
    """
    if not rows:
        raise ValueError("a chart of what moves a bill needs at least one input")
    tops, height = _tops(rows, now)
    ends = [now, *(end for row in rows for end in (row.half, row.double) if end is not None)]
    low, high = min(0.0, *ends), max(ends) * 1.04 or 1.0
    traces = [_bars(look, rows, tops, now, double) for double in (False, True)]
    legend, room = above(traces)
    return figure(
        [*traces, _names(rows, tops, now, low)],
        height + room + _NOTE_PX + _SCALE,
        margin={"l": 10, "r": 16, "t": room + _NOTE_PX, "b": _SCALE, "autoexpand": False},
        barmode="overlay",
        xaxis=dollar_scale(title("US dollars a month")) | {"range": [low, high]},
        yaxis={"range": [-height, 0], "showticklabels": False, "showgrid": False},
        legend=legend,
        shapes=[_today(now, top) for top in tops],
        annotations=[_note(now, low, high)],
    )


def _label(row: Row, now: float) -> str:
    note = _came_to(row, now)
    broken = "<br>" if len(row.label) + len(note) > _LABEL_WIDTH else "   "
    return f"<b>{wrapped(escape(row.label, quote=False), _LABEL_WIDTH)}</b>{broken}{note}"


def _came_to(row: Row, now: float) -> str:
    parts = [("half", row.half), ("double", row.double)]
    found = [f"{name} {_moved(value - now)}" for name, value in parts if value is not None]
    return ", ".join(found)


def _moved(by: float) -> str:
    return f"{'−' if by < 0 else '+'}{dollars(abs(by))}" if by else "no change"


def _tops(rows: Sequence[Row], now: float) -> tuple[list[int], int]:
    """Where the bar of each row begins, in pixels from above, and the height of all."""
    tops, at = [], 0
    for row in rows:
        at += 6 + _LINE * (_label(row, now).count("<br>") + 1)
        tops.append(at)
        at += _BAR + _GAP
    return tops, at


def _bars(look: Look, rows: Sequence[Row], tops: Sequence[int], now: float, double: bool) -> go.Bar:
    ends = [row.double if double else row.half for row in rows]
    here = [(row, top, end) for row, top, end in zip(rows, tops, ends, strict=True) if end is not None]
    name = "doubled" if double else "halved"
    return go.Bar(
        x=[end - now for _, _, end in here],
        y=[-top - _BAR / 2 for _, top, _ in here],
        base=[now] * len(here),
        orientation="h",
        width=_BAR,
        name=name,
        marker={"color": look.colour, "line": {"width": 0}},
        opacity=1.0 if double else _PALE,
        hovertext=[
            f"{escape(row.label, quote=False)} {name}<br>{dollars(end)} a month ({_moved(end - now)})"
            for row, _, end in here
        ],
        hoverinfo="text",
        showlegend=True,
    )


def _names(rows: Sequence[Row], tops: Sequence[int], now: float, left: float) -> go.Scatter:
    labels = [_label(row, now) for row in rows]
    return go.Scatter(
        x=[left] * len(rows),
        y=[2 - top + _LINE * (label.count("<br>") + 1) for top, label in zip(tops, labels, strict=True)],
        mode="text",
        text=labels,
        textposition="bottom right",
        textfont={"color": TEXT, "size": 12},
        hoverinfo="skip",
        showlegend=False,
        cliponaxis=False,
    )


def _today(now: float, top: int) -> dict[str, Any]:
    """Today's bill across one bar, which leaves the names free."""
    line = {"color": TEXT, "width": 1.5}
    return {"type": "line", "x0": now, "x1": now, "y0": 3 - top, "y1": -3 - top - _BAR, "line": line}


def _note(now: float, low: float, high: float) -> dict[str, Any]:
    place = (now - low) / (high - low)
    return {
        "x": now,
        "y": 1,
        "yref": "paper",
        "yanchor": "bottom",
        "xanchor": "right" if place > 0.75 else "left" if place < 0.25 else "center",
        "text": f"now {dollars(now)}",
        "font": {"color": TEXT, "size": 12},
        "showarrow": False,
    }


def records(rows: Sequence[Row], now: float) -> list[dict[str, str]]:
    """The bars as rows of a table."""
    return [
        {
            "Input": row.label,
            "Halved, USD a month": _NOT_POSSIBLE if row.half is None else dollars(row.half),
            "Now, USD a month": dollars(now),
            "Doubled, USD a month": _NOT_POSSIBLE if row.double is None else dollars(row.double),
        }
        for row in rows
    ]


def summary(name: str, rows: Sequence[Row], now: float) -> str:
    """What moves the bill of the model `name` most, in one sentence."""
    moving = max(rows, key=lambda row: _reach(row, now), default=None)
    begin = f"The bill of {name} is {dollars(now)} a month"
    if moving is None or not _reach(moving, now):
        return f"{begin}, and no input of the workload moves it."
    parts = [("half", moving.half), ("double", moving.double)]
    ends = [f"{word} of it makes {dollars(end)}" for word, end in parts if end is not None]
    return f"{begin}. {moving.label} moves it most: {' and '.join(ends)}."


def _reach(row: Row, now: float) -> float:
    return max((abs(end - now) for end in (row.half, row.double) if end is not None), default=0.0)
