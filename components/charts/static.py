"""The charts of this product as files, drawn on the server without a browser: SVG by hand, PNG by Matplotlib's Agg.

SVG is text and is written as such, for Matplotlib's own is five times as long, sets its labels in outlines or in a font
that readers lack, and takes two of its settings from variables that all threads share.
"""

import json
from typing import Any

import plotly.graph_objects as go

from components.charts.composing import composed
from components.charts.static_svg import written


def svg(figure: go.Figure | str, width_px: int, dark: bool = False) -> str:
    """The figure, or its JSON, as an SVG element of this width on a clear ground, in colours for light or dark paper.

    Colours are lower-case #rrggbb in attributes. Two calls with the same figure give the same text. Raises ValueError
    for a kind of chart that this product does not have.
    """
    return written(composed(_plain(figure), width_px, dark))


def png(figure: go.Figure | str, width_px: int, dark: bool = False, scale: float = 2) -> bytes:
    """The same as a PNG with `scale` dots a pixel, on light or dark paper. Raises ValueError as `svg` does."""
    from components.charts.static_png import painted

    return painted(composed(_plain(figure), width_px, dark), dark, scale)


def _plain(figure: go.Figure | str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(figure if isinstance(figure, str) else figure.to_json())
    return found
