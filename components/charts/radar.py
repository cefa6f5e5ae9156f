"""Several tests at once as a radar, for tests that all models took."""

from collections.abc import Sequence
from html import escape

import plotly.graph_objects as go

from components.charts.style import PAIRED_LEGEND, TEXT, Look, figure, wrapped


def radar(looks: Sequence[Look], tests: Sequence[str], scores: Sequence[Sequence[float]]) -> go.Figure:
    """One ring a model over the tests; `scores` are in percent, a list a model in the order of the tests.

    Raises ValueError for fewer than three tests, which make no area, and for a model without all of its scores.
    """
    if len(tests) < 3 or any(len(each) != len(tests) for each in scores):
        raise ValueError("a radar needs three tests or more, each with a score of every model")
    around = [wrapped(escape(name, quote=False), 10) for name in tests]
    traces = [_ring(look, around, tests, own) for look, own in zip(looks, scores, strict=True)]
    return figure(
        traces,
        440,
        margin={"l": 70, "r": 70, "t": 64, "b": 64},
        legend=PAIRED_LEGEND,
        polar={
            "radialaxis": {
                "range": [0, 100],
                "ticksuffix": "%",
                "tickvals": [25, 50, 75, 100],
                "angle": 90,
                "tickangle": 90,
                "tickfont": {"size": 10, "color": TEXT},
            },
            "angularaxis": {"direction": "clockwise", "rotation": 90, "tickfont": {"size": 11, "color": TEXT}},
            "bgcolor": "rgba(0, 0, 0, 0)",
        },
    )


def _ring(look: Look, around: Sequence[str], tests: Sequence[str], own: Sequence[float]) -> go.Scatterpolar:
    hover = [
        f"{escape(look.name, quote=False)}: {score:g}%<br>{escape(test, quote=False)}"
        for test, score in zip(tests, own, strict=True)
    ]
    return go.Scatterpolar(
        r=[*own, own[0]],
        theta=[*around, around[0]],
        name=escape(look.name, quote=False),
        mode="lines+markers",
        line={"color": look.colour, "width": 2},
        marker={"symbol": look.symbol, "size": 9, "color": look.colour},
        hovertext=[*hover, hover[0]],
        hoverinfo="text",
    )
