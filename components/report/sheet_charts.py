"""A report's plots as charts of Excel, which people edit: each reads the cells of its figures on one sheet."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from components.report.sheet_cells import safe
from components.report.state import Chart, Form, Plot, Series

DATA_SHEET = "Chart data"
_TEXT, _GRID = "#5b6472", "#d9dde3"
_SYMBOLS = ("circle", "square", "diamond", "triangle")
_TYPES = {Form.LINES: "line", Form.DOTS: "line", Form.SCATTER: "scatter"}
_SHORT_LABEL, _FEW_LABELS, _LONGEST_LABEL = 14, 14, 120
_FORMATS = {"USD": "$#,##0.##", "%": '0"%"', "percent": '0"%"'}


@dataclass(frozen=True, slots=True)
class Block:
    """Where a chart's figures stand on the sheet of figures; rows and columns are counted from 0.

    The categories stand below `row` in column 0, each series in `width` columns from column 1 on: values, then low,
    high and across where it has them.
    """

    row: int
    columns: tuple[dict[str, int], ...]
    count: int

    def cells(self, series: int, part: str) -> list[Any]:
        """A range as XlsxWriter takes it."""
        at = self.columns[series][part]
        return [DATA_SHEET, self.row + 1, at, self.row + self.count, at]

    @property
    def end(self) -> int:
        """The first row below it."""
        return self.row + self.count + 3


def block(plot: Plot, row: int) -> Block:
    """Where the figures of a plot go, their headings in `row`."""
    at = 1
    columns = []
    for series in plot.series:
        found = {}
        for part, _ in parts(plot, series):
            found[part] = at
            at += 1
        columns.append(found)
    return Block(row, tuple(columns), max((len(each.values) for each in plot.series), default=0))


def parts(plot: Plot, series: Series) -> list[tuple[str, Sequence[float | str | None]]]:
    """The columns of a series: its values, the ends of its intervals, and its place across."""
    found: list[tuple[str, Sequence[float | str | None]]] = []
    if plot.form is Form.SCATTER:
        found += [("label", series.labels), ("across", series.across)]
    found.append(("value", series.values))
    if any(each is not None for each in series.low) and any(each is not None for each in series.high):
        found += [("low", series.low), ("high", series.high)]
        found += [("below", _apart(series.values, series.low)), ("above", _apart(series.high, series.values))]
    return found


def _apart(upper: Sequence[float | None], lower: Sequence[float | None]) -> list[float | None]:
    return [None if up is None or low is None else round(up - low, 10) for up, low in zip(upper, lower, strict=True)]


def draw(workbook: Any, chart: Chart, place: Block) -> Any:
    """The chart over the cells of its figures."""
    plot = chart.plot
    lying = _lying(plot)
    drawn = workbook.add_chart({"type": _TYPES.get(plot.form, "bar" if lying else "column")})
    for at, series in enumerate(plot.series):
        drawn.add_series(_series(plot, series, at, place))
    drawn.set_title({"name": _label(chart.title), "name_font": {"size": 12, "bold": True}, "overlay": False})
    _axes(drawn, plot, lying)
    drawn.set_legend({"position": "top"} if len(plot.series) > 1 else {"none": True})
    drawn.show_blanks_as("gap")
    drawn.set_size({"width": 760, "height": _height(plot)})
    return drawn


def _lying(plot: Plot) -> bool:
    """Whether bars lie, as their names are too long or too many to stand side by side."""
    names = plot.categories
    return plot.form is Form.BARS and (len(names) > _FEW_LABELS or max(map(len, names), default=0) > _SHORT_LABEL)


def _height(plot: Plot) -> int:
    bars = len(plot.categories) * max(len(plot.series), 1)
    if _lying(plot):
        return min(max(320, 140 + 26 * bars), 900)
    return 380 + 5 * max(map(len, plot.categories), default=0)


def _series(plot: Plot, series: Series, at: int, place: Block) -> dict[str, Any]:
    columns = place.columns[at]
    found: dict[str, Any] = {
        "name": [DATA_SHEET, place.row, columns["value"]],
        "categories": [DATA_SHEET, place.row + 1, 0, place.row + place.count, 0],
        "values": place.cells(at, "value"),
    }
    if plot.form is Form.BARS:
        found |= {"fill": {"color": series.colour}, "gap": 60}
    else:
        found["marker"] = {
            "type": _SYMBOLS[at % len(_SYMBOLS)],
            "size": 8,
            "fill": {"color": series.colour},
            "border": {"color": series.colour},
        }
        found["line"] = {"color": series.colour, "width": 2} if plot.form is Form.LINES else {"none": True}
        found["points"] = _points(series)
    if plot.form is Form.SCATTER:
        found["categories"] = place.cells(at, "across")
        found["data_labels"] = {"custom": _labels(series), "value": True, "position": "right"}
    if "below" in columns:
        found["x_error_bars" if _lying(plot) else "y_error_bars"] = _error_bars(series, place, at)
    return found


def _points(series: Series) -> list[dict[str, Any] | None] | None:
    """Hollow markers for self-reported scores."""
    if not any(series.hollow):
        return None
    open_marker = {"fill": {"color": "#ffffff"}, "border": {"color": series.colour, "width": 1.5}}
    return [open_marker if each else None for each in series.hollow]


def _labels(series: Series) -> list[dict[str, Any]]:
    """The names of the points as texts, which unlike references to cells every program shows."""
    font = {"color": series.colour, "size": 8}
    return [{"value": _label(name), "font": font} for name in series.labels]


def _error_bars(series: Series, place: Block, at: int) -> dict[str, Any]:
    return {
        "type": "custom",
        "plus_values": _range(place, at, "above"),
        "minus_values": _range(place, at, "below"),
        "line": {"color": series.colour, "width": 1.25},
    }


def _range(place: Block, at: int, part: str) -> str:
    from xlsxwriter.utility import xl_range_abs  # type: ignore[import-untyped, unused-ignore]

    return f"='{DATA_SHEET}'!{xl_range_abs(*place.cells(at, part)[1:])}"


def _label(text: str) -> str:
    """A text of a chart; an equals sign at its start would make a reference to cells of it."""
    short = safe(" ".join(text.split()))[:_LONGEST_LABEL]
    return f" {short}" if short.startswith("=") else short


def _range_of(values: Sequence[float]) -> dict[str, float]:
    """Ends of a scale on which values far from 0 fill the height, as dots need no 0."""
    if not values or min(values) <= max(values) / 2:
        return {}
    step = 10.0 ** math.floor(math.log10(max(max(values) - min(values), max(values) / 100)))
    return {"min": math.floor(min(values) / step - 0.5) * step, "max": math.ceil(max(values) / step + 0.5) * step}


def _axes(drawn: Any, plot: Plot, lying: bool) -> None:
    font = {"color": _TEXT, "size": 9}
    scale: dict[str, Any] = {
        "name": _label(plot.unit),
        "name_font": {**font, "bold": False},
        "num_font": font,
        "num_format": _FORMATS.get(plot.unit, "#,##0.##"),
        "major_gridlines": {"visible": True, "line": {"color": _GRID, "width": 0.5}},
        "line": {"none": True},
    }
    other: dict[str, Any] = {"num_font": font, "line": {"color": _GRID}}
    if plot.form is Form.SCATTER:
        other |= {"name": _label(plot.across_unit), "name_font": {**font, "bold": False}, "num_format": "General"}
        scale |= _range_of([each for series in plot.series for each in series.values if each is not None])
    if plot.log:
        # Of dots on two scales, the prices across are what spans decades.
        (other if plot.form is Form.SCATTER else scale)["log_base"] = 10
    if lying:
        # The first on top, and the scale below the last.
        drawn.set_x_axis(scale)
        drawn.set_y_axis({**other, "reverse": True, "crossing": "max"})
    else:
        drawn.set_x_axis(other)
        drawn.set_y_axis(scale)
