"""A figure of a report as Plotly draws it outside the app: in real colours, with the fonts and the quiet grid."""

import json
from typing import Any

from components.charts.colours import GRID, INK, PAPER, SERIES
from components.charts.painting import coloured

FONTS = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', sans-serif"
_CLEAR = "rgba(0, 0, 0, 0)"


def painted(figure_json: str, dark: bool) -> dict[str, Any]:
    """Data and layout for light or dark paper from a figure's JSON with stand-ins for colours.

    The background is clear. Raises ValueError for text that is not JSON.
    """
    figure: dict[str, Any] = json.loads(figure_json)
    drawn = coloured({"data": figure.get("data", []), "layout": figure.get("layout", {})}, dark)
    return {"data": drawn["data"], "layout": drawn["layout"] | {"template": _template(dark)}}


def _template(dark: bool) -> dict[str, Any]:
    lines = {"gridcolor": GRID.on(dark), "linecolor": GRID.on(dark), "zerolinecolor": GRID.on(dark)}
    axis = {**lines, "automargin": True, "title": {"standoff": 14}}
    around = {**lines, "ticks": ""}
    pattern = {"fillmode": "overlay", "size": 10, "solidity": 0.2}
    ink, paper = INK.on(dark), PAPER.on(dark)
    layout = {
        "font": {"family": FONTS, "color": ink, "size": 12},
        "paper_bgcolor": _CLEAR,
        "plot_bgcolor": _CLEAR,
        "colorway": [paint.on(dark) for paint in SERIES],
        "xaxis": axis,
        "yaxis": axis,
        "polar": {"bgcolor": _CLEAR, "angularaxis": around, "radialaxis": around},
        "hoverlabel": {"bgcolor": paper, "bordercolor": GRID.on(dark), "font": {"family": FONTS, "color": ink}},
    }
    bars = [{"type": "bar", "marker": {"line": {"width": 0}, "pattern": pattern}}]
    return {"layout": layout, "data": {"scatter": [{"type": "scatter", "fillpattern": pattern}], "bar": bars}}
