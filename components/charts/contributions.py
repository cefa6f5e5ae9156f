"""What each criterion gives each model: a bar a model of the points that it gets, open where nobody knows."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import plotly.graph_objects as go

from catalog.words import listing, number
from components.charts.legend import above
from components.charts.style import GREY, TEXT, Look, figure, legend_only, title, wrapped

NOT_KNOWN = "not known"
_BAR = 15
_BETWEEN = 4
_LINE = 16
_GAP = 14
_SCALE = 44
_LABEL_WIDTH = 46
_HATCH = {"shape": "/", "fillmode": "replace", "size": 6, "solidity": 0.22}


@dataclass(frozen=True, slots=True)
class Gain:
    """What a model gets from a criterion, as a part of the whole score from 0 to 1, and what hovering it says.

    `low` and `high` are the ends of the 95% interval; `middle` is None where nothing is known, so that the model may
    get anything from `low` to `high`.
    """

    low: float
    middle: float | None
    high: float
    hover: tuple[str, ...]

    @property
    def hover_text(self) -> str:
        """The lines of the hover box as Plotly takes them."""
        return "<br>".join(escape(line, quote=False) for line in self.hover)


@dataclass(frozen=True, slots=True)
class Row:
    """One criterion: its name, its weight from 0 to 1, and what each model gets, in the order of the looks."""

    label: str
    weight: float
    gains: tuple[Gain, ...]


@dataclass(frozen=True, slots=True)
class _Placed:
    """A row with the top of its name and of its bars, in pixels from above."""

    row: Row
    note: str
    top: int
    bars: int

    def middle(self, at: int) -> float:
        """The height of a model's bar."""
        return -self.bars - at * (_BAR + _BETWEEN) - _BAR / 2


def contributions(looks: Sequence[Look], rows: Sequence[Row], total: Row | None = None) -> go.Figure:
    """A group of bars for each criterion, in points of 100; the pale track behind a bar is all that there is to get.

    Whiskers are 95% intervals; what is not known is a hatched bar over everything that it may be. `total` is drawn
    below a line. Raises ValueError for no rows, or for one without a gain for each look.
    """
    every = [*rows, *([total] if total else [])]
    if not rows or any(len(row.gains) != len(looks) for row in every):
        raise ValueError("each criterion needs what each of the models gets from it")
    placed, height = _placed(rows, total)
    reach = 100 * max(row.weight for row in every) or 100.0
    entries = _legend(looks, every)
    traces = [trace for at, look in enumerate(looks) for trace in _bars(look, at, placed)]
    legend, room = above(entries)
    return figure(
        [_tracks(placed, len(looks)), *traces, _names(placed), *entries],
        height + room + _SCALE,
        margin={"l": 4, "r": 12, "t": room, "b": _SCALE, "autoexpand": False},
        barmode="overlay",
        xaxis={
            "range": [0, reach * _room(every, reach)],
            "title": title("Points of the score, 100 in all"),
            "nticks": 6,
        },
        yaxis={"range": [-height, 0], "showticklabels": False, "showgrid": False},
        legend=legend,
        shapes=[_rule(placed[-1].top)] if total else [],
    )


def _room(rows: Sequence[Row], reach: float) -> float:
    """How far the scale goes beyond what there is to get, so that the words behind the longest bar have room."""
    far = any(gain.middle is None and 100 * gain.high > 0.8 * reach for row in rows for gain in row.gains)
    return 1.34 if far else 1.14


def _placed(rows: Sequence[Row], total: Row | None) -> tuple[list[_Placed], int]:
    found, at = [], 0
    for row in [*rows, *([total] if total else [])]:
        note = "" if row is total else f"weighs {_percent(row.weight)}"
        at += _GAP if row is total else 0
        bars = at + 8 + _LINE * (_label(row, note).count("<br>") + 1)
        found.append(_Placed(row, note, at, bars))
        at = bars + len(row.gains) * (_BAR + _BETWEEN) + _GAP
    return found, at


def _label(row: Row, note: str) -> str:
    broken = "<br>" if len(row.label) + len(note) > _LABEL_WIDTH else "   "
    return f"<b>{wrapped(escape(row.label, quote=False), _LABEL_WIDTH)}</b>{broken if note else ''}{note}"


def _percent(share: float) -> str:
    return f"{number(100 * share, 1)}%"


def _bar(values: Sequence[float], heights: Sequence[float], **own: Any) -> go.Bar:
    return go.Bar(x=list(values), y=list(heights), orientation="h", width=_BAR, showlegend=False, **own)


def _tracks(placed: Sequence[_Placed], models: int) -> go.Bar:
    places = [(100 * each.row.weight, each.middle(at)) for each in placed for at in range(models)]
    marker = {"color": GREY, "opacity": 0.14, "line": {"width": 0}}
    return _bar([full for full, _ in places], [height for _, height in places], marker=marker, hoverinfo="skip")


def _bars(look: Look, at: int, placed: Sequence[_Placed]) -> list[go.Bar | go.Scatter]:
    here = [(each.row.gains[at], each.middle(at)) for each in placed]
    known = [(gain, height, gain.middle) for gain, height in here if gain.middle is not None]
    unknown = [(gain, height) for gain, height in here if gain.middle is None]
    traces: list[go.Bar | go.Scatter] = []
    if known:
        values, heights = [100 * middle for _, _, middle in known], [height for _, height, _ in known]
        hovers = [gain.hover_text for gain, _, _ in known]
        look_of = {"color": look.colour, "line": {"width": 0}}
        traces.append(_bar(values, heights, marker=look_of, hovertext=hovers, hoverinfo="text"))
        traces.append(_whiskers([(gain, height, middle) for gain, height, middle in known]))
    if unknown:
        marker = {"color": look.colour, "pattern": _HATCH, "line": {"width": 1, "color": look.colour}}
        widths = [100 * (gain.high - gain.low) for gain, _ in unknown]
        starts, heights = [100 * gain.low for gain, _ in unknown], [height for _, height in unknown]
        hovers = [gain.hover_text for gain, _ in unknown]
        traces.append(_bar(widths, heights, base=starts, marker=marker, hovertext=hovers, hoverinfo="text"))
    traces.append(_figures(here))
    return traces


def _whiskers(known: Sequence[tuple[Gain, float, float]]) -> go.Scatter:
    """The intervals as thin lines over the bars."""
    across: list[float | None] = []
    up: list[float | None] = []
    for gain, height, _ in known:
        if gain.high > gain.low:
            across += [100 * gain.low, 100 * gain.high, None]
            up += [height, height, None]
    line = {"color": TEXT, "width": 1.5}
    return go.Scatter(x=across, y=up, mode="lines", line=line, hoverinfo="skip", showlegend=False)


def _figures(here: Sequence[tuple[Gain, float]]) -> go.Scatter:
    """The points in figures, behind the end of each bar and whisker."""
    return go.Scatter(
        x=[100 * (gain.high if gain.middle is None else max(gain.middle, gain.high)) for gain, _ in here],
        y=[height for _, height in here],
        mode="text",
        text=[f"\u00a0\u00a0{NOT_KNOWN if gain.middle is None else _points(gain.middle)}" for gain, _ in here],
        textposition="middle right",
        textfont={"color": TEXT, "size": 12},
        hoverinfo="skip",
        showlegend=False,
        cliponaxis=False,
    )


def _points(share: float) -> str:
    return number(100 * share, 1)


def _names(placed: Sequence[_Placed]) -> go.Scatter:
    return go.Scatter(
        x=[0] * len(placed),
        y=[-each.top - 5 for each in placed],
        mode="text",
        text=[_label(each.row, each.note) for each in placed],
        textposition="bottom right",
        textfont={"color": TEXT, "size": 12},
        hoverinfo="skip",
        showlegend=False,
        cliponaxis=False,
    )


def _rule(top: int) -> dict[str, Any]:
    height = -top + _GAP / 2
    line = {"color": GREY, "width": 1}
    return {"type": "line", "x0": 0, "x1": 1, "xref": "paper", "y0": height, "y1": height, "line": line}


def _legend(looks: Sequence[Look], rows: Sequence[Row]) -> list[go.Scatter | go.Bar]:
    entries: list[go.Scatter | go.Bar] = [legend_only(look.name, "square", look.colour) for look in looks]
    gains = [gain for row in rows for gain in row.gains]
    if any(gain.middle is not None and gain.high > gain.low for gain in gains):
        line = {"color": TEXT, "width": 1.5}
        entries.append(go.Scatter(x=[None], y=[None], name="95% interval", mode="lines", line=line))
    if any(gain.middle is None for gain in gains):
        marker = {"color": GREY, "pattern": _HATCH, "line": {"width": 1, "color": GREY}}
        entries.append(go.Bar(x=[None], y=[None], name=NOT_KNOWN, marker=marker))
    return entries


def records(looks: Sequence[Look], rows: Sequence[Row], total: Row | None = None) -> list[dict[str, str]]:
    """The bars as rows of a table, a column a model."""
    every = [(row, _percent(row.weight)) for row in rows] + ([(total, "")] if total else [])
    return [
        {"Criterion": row.label, "Weight": weight}
        | {look.name: _words(gain) for look, gain in zip(looks, row.gains, strict=True)}
        for row, weight in every
    ]


def _words(gain: Gain) -> str:
    reach = f"{_points(gain.low)} to {_points(gain.high)}"
    if gain.middle is None:
        return f"{NOT_KNOWN} ({reach})"
    return f"{_points(gain.middle)} ({reach})" if gain.high > gain.low else _points(gain.middle)


def summary(looks: Sequence[Look], rows: Sequence[Row], total: Row | None = None) -> str:
    """Who gets how much in all, which criterion tells the models apart most, and what is not known."""
    words = []
    if total:
        got = [f"{look.name} {_in_all(gain)}" for look, gain in zip(looks, total.gains, strict=True)]
        words.append(f"Points of 100: {listing(got)}.")
    apart = [(max(found) - min(found), row) for row in rows if len(found := _known(row)) == len(looks) > 1]
    most, decides = max(apart, key=lambda pair: pair[0], default=(0.0, None))
    if decides is not None and most > 0:
        words.append(f"{decides.label} tells them apart most, by {_points(most)} points.")
    open_ones = [row.label for row in rows if len(_known(row)) < len(looks)]
    if open_ones:
        words.append(f"Not known for every model: {listing(open_ones)}.")
    return " ".join(words) or "The models get the same points everywhere."


def _in_all(gain: Gain) -> str:
    if gain.middle is None:
        return f"between {_points(gain.low)} and {_points(gain.high)}"
    return _points(gain.middle)


def _known(row: Row) -> list[float]:
    return [gain.middle for gain in row.gains if gain.middle is not None]
