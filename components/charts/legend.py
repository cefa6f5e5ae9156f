"""A legend above a plot that stands in pairs on a phone, whatever the length of the names."""

from collections.abc import Sequence
from html import escape, unescape
from typing import Any

import plotly.graph_objects as go

from components.charts.style import PAIRED_LEGEND, wrapped

# A pair must fit beside the scale of a phone's plot, for the legend breaks where the plot ends.
_WIDEST = 14
_CHARACTER_PX, _LEAST_PX = 6.5, 60
_EDGE_PX, _LINE_PX, _MORE_PX = 12, 19, 15


def above(entries: Sequence[go.Scatter | go.Bar]) -> tuple[dict[str, Any], int]:
    """The layout of the legend of these entries and the pixels that it needs; breaks long names of theirs into lines.

    It begins at the left edge of the figure and not of the plot.
    """
    longest = 0
    for entry in entries:
        lines = wrapped(unescape(entry.name), _WIDEST).split("<br>")
        longest = max(longest, *map(len, lines))
        entry.name = "<br>".join(escape(line, quote=False) for line in lines)
    width = max(_LEAST_PX, round(_CHARACTER_PX * longest))
    rows = [entries[at : at + 2] for at in range(0, len(entries), 2)]
    breaks = sum(max(entry.name.count("<br>") for entry in row) for row in rows)
    room = _EDGE_PX + _LINE_PX * len(rows) + _MORE_PX * breaks
    return {**PAIRED_LEGEND, "xref": "container", "entrywidth": width}, room
