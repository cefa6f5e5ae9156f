"""A model's life as dated marks on one axis of time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import plotly.graph_objects as go

from catalog.evidence import rule
from catalog.fields import FIELDS
from catalog.lifecycle import first_day, last_day
from catalog.schema import Claim, Kind, Model, Stage
from catalog.words import capital, day
from components.charts.style import GREY, MARKER_SIZE, figure

_ROW_PX = 40
_HEAD_PX = 70
_LEAST_PX = 150
_GONE = ("shut down", "unlisted", "rerouted", "deprecated", "shutdown announced")


@dataclass(frozen=True, slots=True)
class Mark:
    """One event: what happened, when as far as it is known, whether it still lies ahead, and who says so.

    `start` and `end` are the first and the last day of the date; they are the same where the day is known.
    """

    words: str
    known: str
    start: date
    end: date
    planned: bool
    kind: Kind
    source: str
    note: str

    @property
    def exact(self) -> bool:
        """Whether the day is known."""
        return self.start == self.end


def marks(model: Model, on: date) -> tuple[Mark, ...]:
    """The events of a model's life, earliest first, as of the day `on`.

    The standing dates of release and shutdown are added where no event of the history has them.
    """
    found = [_mark(each.stage.value, each.date, each.kind, each.source, each.note, on) for each in model.lifecycle]
    for path, words, stages in (
        ("release_date", "released", (Stage.ANNOUNCED, Stage.EXPERIMENTAL, Stage.PREVIEW, Stage.GENERALLY_AVAILABLE)),
        ("shutdown_date", "shut down", (Stage.SHUT_DOWN,)),
    ):
        claim = _standing(model, path, on)
        dates = [each.date for each in model.lifecycle if each.stage in stages]
        if claim is not None and not any(str(claim.value).startswith(each[:7]) for each in dates):
            found.append(_mark(words, str(claim.value), claim.kind, claim.source, claim.note, on))
    return tuple(sorted(found, key=lambda mark: (mark.start, mark.end)))


def _standing(model: Model, path: str, on: date) -> Claim | None:
    claims = model.claims.get(path)
    standing = rule(claims, FIELDS[path], on).standing if claims else None
    return standing if standing is not None and standing.absent is None else None


def _mark(words: str, known: str, kind: Kind, source: str, note: str | None, on: date) -> Mark:
    return Mark(words, known, first_day(known), last_day(known), first_day(known) > on, kind, source, note or "")


def records(found: Sequence[Mark], sources: dict[str, str]) -> list[dict[str, str]]:
    """The marks as rows of a table; `sources` has the title of each source by its id."""
    return [
        {
            "Event": capital(mark.words) + (" (planned)" if mark.planned else ""),
            "Date": day(mark.known),
            "Kind": mark.kind.value.replace("_", " "),
            "Source": sources[mark.source],
            "Note": mark.note,
        }
        for mark in found
    ]


def summary(name: str, found: Sequence[Mark]) -> str:
    """The marks in one sentence, from the first to the last."""
    if not found:
        return f"No dated event of {name} was found."
    first, last = found[0], found[-1]
    begin = f"{name}: {first.words}{' is planned for' if first.planned else ''} {day(first.known)}"
    if len(found) == 1:
        return f"{begin}, the only dated event that was found."
    return f"{begin}; {'planned: ' if last.planned else ''}{last.words} {day(last.known)}. {len(found)} dated events."


def timeline(found: Sequence[Mark], on: date, colour: str) -> go.Figure:
    """The marks from top to bottom in the order of time, with the line of the day `on`.

    A date known to the month or the year alone is drawn as long as that month or year is; what lies ahead is hollow.
    Raises ValueError for no marks.
    """
    if not found:
        raise ValueError("a timeline needs at least one event")
    low, high = _reach(found, on)
    rows = list(range(len(found)))
    traces = [*_spans(found, rows, colour), _points(found, rows, colour), *_labels(found, rows, low, high)]
    today = {"type": "line", "x0": on, "x1": on, "y0": 0, "y1": 1, "yref": "paper", "layer": "below"}
    return figure(
        traces,
        height=max(_LEAST_PX, _HEAD_PX + _ROW_PX * len(found)),
        xaxis={"range": [low, high], "type": "date", "nticks": 6},
        yaxis={"range": [len(found) - 0.4, -0.6], "showgrid": False, "showticklabels": False},
        showlegend=False,
        shapes=[{**today, "line": {"color": GREY, "width": 1, "dash": "dash"}}],
        annotations=[
            {
                "x": on,
                "y": 1,
                "yref": "paper",
                "yanchor": "bottom",
                "xanchor": "right" if on > low + (high - low) / 2 else "left",
                "text": f"today, {day(on)}",
                "showarrow": False,
            }
        ],
    )


def _reach(found: Sequence[Mark], on: date) -> tuple[date, date]:
    """The days between which everything fits, with room at both ends."""
    first, last = min(mark.start for mark in found), max(mark.end for mark in found)
    first, last = min(first, on), max(last, on)
    room = timedelta(days=max(15, (last - first).days // 20))
    return first - room, last + room


def _spans(found: Sequence[Mark], rows: Sequence[int], colour: str) -> list[go.Scatter]:
    vague = [(mark, row) for mark, row in zip(found, rows, strict=True) if not mark.exact]
    return [
        go.Scatter(
            x=[mark.start, mark.end],
            y=[row, row],
            mode="lines",
            line={"color": colour, "width": 7 if not mark.planned else 2},
            opacity=0.55,
            hoverinfo="skip",
            showlegend=False,
        )
        for mark, row in vague
    ]


def _points(found: Sequence[Mark], rows: Sequence[int], colour: str) -> go.Scatter:
    return go.Scatter(
        x=[mark.start + (mark.end - mark.start) / 2 for mark in found],
        y=list(rows),
        mode="markers",
        marker={
            "symbol": [_symbol(mark) for mark in found],
            "color": colour,
            "size": MARKER_SIZE,
            "line": {"width": [2 if mark.planned else 0 for mark in found]},
        },
        hovertext=[f"{_label(mark)}<br>{mark.note}" if mark.note else _label(mark) for mark in found],
        hoverinfo="text",
        showlegend=False,
    )


def _symbol(mark: Mark) -> str:
    shape = "square" if mark.words in _GONE else "circle"
    return f"{shape}-open" if mark.planned else shape


def _labels(found: Sequence[Mark], rows: Sequence[int], low: date, high: date) -> list[go.Scatter]:
    """The words beside each mark, on the side where the chart has more room."""
    middle = low + (high - low) / 2
    traces = []
    for side, chosen in (
        ("right", [(mark, row) for mark, row in zip(found, rows, strict=True) if mark.start <= middle]),
        ("left", [(mark, row) for mark, row in zip(found, rows, strict=True) if mark.start > middle]),
    ):
        if chosen:
            traces.append(
                go.Scatter(
                    x=[mark.end if side == "right" else mark.start for mark, _ in chosen],
                    y=[row for _, row in chosen],
                    text=[_beside(mark) for mark, _ in chosen],
                    mode="text",
                    textposition=f"middle {side}",
                    textfont={"size": 12},
                    hoverinfo="skip",
                    showlegend=False,
                )
            )
    return traces


def _label(mark: Mark) -> str:
    return f"{capital(mark.words)}, {day(mark.known)}" + (" (planned)" if mark.planned else "")


def _beside(mark: Mark) -> str:
    """Two short lines, so that they fit beside a mark in the middle of a phone; the spaces keep them off the mark."""
    lines = (capital(mark.words), day(mark.known) + (" (planned)" if mark.planned else ""))
    return "<br>".join(f"\u00a0\u00a0{line}\u00a0\u00a0" for line in lines)
