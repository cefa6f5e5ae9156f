"""Native charts of slides, which people edit in PowerPoint: bars, lines, dots with whiskers, dots on two scales."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from components.report.slide_labels import Label, sides
from components.report.slide_letters import LINE, shortened, width, wrapped
from components.report.slide_marks import (
    LETTERS,
    SMALL,
    SMALLEST,
    Whiskers,
    coloured,
    crossing_low,
    dressed,
    emptied,
    framed,
    holes,
    labelled,
    look,
    plot_room,
    ranged,
    unbroken,
    unseen,
    whiskers,
    without_values,
)
from components.report.slide_sheets import Block, Column, Point, block_starts, category_sheet, reference, scatter_sheet
from components.report.slide_text import clean
from components.report.slide_theme import INK, Box
from components.report.state import Chart, Form, Plot, Report, Series

if TYPE_CHECKING:
    from pptx.shapes.placeholder import ChartPlaceholder

_UNITS = {"USD": "US dollars", "%": "Percent", "percent": "Percent", "s": "Seconds", "ms": "Milliseconds"}
_PERCENT = ("%", "percent")
_MOST_VALUES = 16
_LABEL_ROOM = 1.1
_NAME, _CATEGORY = 60, 120
_NONE = -987654321.0
"""Stands for a missing value until it is taken out, as the library knows no missing point."""
_LEGEND, _NAME_LINES = 30.0, 3
_PLACE = 0.9
"""The least room of a category of a dot plot in inches."""
_SYMBOLS = ("circle", "square", "triangle-up", "diamond")


@dataclass(frozen=True, slots=True)
class Scale:
    """A scale with its ends, and the step between its lines; on a logarithmic one the ends are powers of ten."""

    low: float
    high: float
    step: float
    log: bool = False


def drawable(chart: Chart) -> bool:
    """Whether there is anything to draw: a value, and a category or a place across for it."""
    plot = chart.plot
    if plot.form is Form.SCATTER:
        return any(point is not None for each in plot.series for point in _points(each))
    return bool(plot.categories) and any(value is not None for each in plot.series for value in each.values)


def place(holder: "ChartPlaceholder", report: Report, chart: Chart, box: Box) -> None:
    """Puts a chart in the place of an empty placeholder, with its sentence for those who do not see it."""
    from pptx.util import Inches

    plot = _few(_plain(chart), box)
    symbols = {model.id: model.symbol for model in report.models}
    signs = [symbols.get(each.model, _SYMBOLS[at % len(_SYMBOLS)]) for at, each in enumerate(plot.series)]
    draw = {Form.DOTS: _dots, Form.SCATTER: _scatter}.get(plot.form, _over_categories)
    made = draw(holder, plot, signs, box)
    made.left, made.top = Inches(box.left), Inches(box.top)
    made.width, made.height = Inches(box.width), Inches(box.height)
    made._element.nvGraphicFramePr.cNvPr.set("descr", clean(f"{chart.title}. {chart.summary}", 600))


def _few(plot: Plot, box: Box) -> Plot:
    """A dot plot with its first categories, as many as have room."""
    most = int(box.width / _PLACE)
    if plot.form is not Form.DOTS or len(plot.categories) <= most:
        return plot
    series = tuple(
        replace(each, values=each.values[:most], low=each.low[:most], high=each.high[:most], hollow=each.hollow[:most])
        for each in plot.series
    )
    return replace(plot, categories=plot.categories[:most], series=series)


def legend(chart: Chart, box: Box) -> str:
    """What whiskers and hollow marks mean, where a chart has them, and how much of it is not on the slide."""
    series = chart.plot.series
    left = len(chart.plot.categories) - len(_few(chart.plot, box).categories)
    reach = any(value is not None for each in series for value in (*each.low, *each.high))
    said = [("Whiskers: 95% intervals.", reach), ("Hollow: self-reported.", any(any(each.hollow) for each in series))]
    rest = [f"{left} more in the workbook."] if left else []
    unit = _UNITS.get(chart.plot.unit, chart.plot.unit)
    unit = unit if unit.startswith("US ") else unit[:1].lower() + unit[1:]
    told = not unit or chart.plot.form is Form.SCATTER or unit in chart.title
    named = [clean(chart.title, _CATEGORY) + ("." if told else f", in {unit}.")]
    return " ".join([*named, *(text for text, used in said if used), *rest])


def _plain(chart: Chart) -> Plot:
    """The plot with names that are safe to show, and each list of a row of marks as long as its values."""
    plot = chart.plot
    series = tuple(
        replace(
            each,
            name=clean(each.name + _absent(chart, each), _NAME),
            low=_padded(each.low, len(each.values)),
            high=_padded(each.high, len(each.values)),
            labels=tuple(clean(label, _NAME) for label in each.labels) + ("",) * (len(each.values) - len(each.labels)),
            hollow=each.hollow + (False,) * (len(each.values) - len(each.hollow)),
        )
        for each in plot.series
    )
    return replace(plot, categories=tuple(clean(each, _CATEGORY) for each in plot.categories), series=series)


def _absent(chart: Chart, series: Series) -> str:
    """Why a row of marks is empty, in the words of the chart's table: " (no list price)"; else nothing."""
    if any(value is not None for value in series.values):
        return ""
    named = [row for row in chart.table.rows if row[0].shown == series.name]
    said = [value.shown for row in named for value in row if value.shown.startswith(("no ", "not "))]
    return f" ({said[0] if said else 'no value'})"


def _padded(ends: tuple[float | None, ...], count: int) -> tuple[float | None, ...]:
    return ends + (None,) * (count - len(ends))


def scaled(values: Sequence[float], log: bool = False, zero: bool = False) -> Scale:
    """A scale that holds the values in two to seven round steps; from zero if wanted; in powers of ten if logarithmic.

    Values that are not above zero have no logarithm, so that their scale is a plain one.
    """
    least, most = min(values), max(values)
    if log and least > 0:
        power = math.floor(math.log10(least))
        return Scale(10.0**power, 10.0 ** max(math.ceil(math.log10(most)), power + 1), 10, log=True)
    if zero:
        least, most = min(least, 0.0), max(most, 0.0)
    span = most - least or abs(most) or 1.0
    unit = 10.0 ** math.floor(math.log10(span / 6))
    step = next(unit * each for each in (1, 2, 2.5, 5, 10, 20) if span / (unit * each) <= 6)
    low, high = math.floor(least / step + 1e-9) * step, math.ceil(most / step - 1e-9) * step
    if low == high:
        low, high = low - step, high + step
    return Scale(round(low, 12), round(high, 12), round(step, 12))


def number_format(unit: str, most: float) -> str:
    """Excel's format of values in a unit, the largest of which is `most`."""
    if unit == "USD":
        return '"$"#,##0' if most >= 1000 else '"$"#,##0.00' if most >= 0.1 else '"$"0.0000'
    digits = "#,##0" if most >= 1000 else "0.0" if most >= 10 else "0.00"
    return f'{digits}"%"' if unit in _PERCENT else digits


def _axis_format(unit: str, scale: Scale) -> str:
    """Excel's format of the numbers at a scale, with as many digits as its steps need."""
    places = max(0, -math.floor(math.log10(scale.step) + 1e-9))
    if not scale.log and round(scale.step, places) != scale.step:
        places += 1
    digits = "#,##0" if not places else f"0.{'0' * places}"
    if scale.log:
        digits = "General" if scale.low < 1 else "#,##0"
    if unit == "USD":
        return f'"$"{digits}' if digits != "General" else '"$"General'
    return f'{digits}"%"' if unit in _PERCENT else digits


def unit_words(unit: str) -> str:
    """A unit as the title of a scale."""
    return _UNITS.get(unit, unit[:1].upper() + unit[1:])


def _all_values(plot: Plot) -> list[float]:
    rows = ((*each.values, *each.low, *each.high) for each in plot.series)
    return [value for row in rows for value in row if value is not None]


def _reach(values: Sequence[float | None], ends: Sequence[float | None]) -> tuple[float | None, ...]:
    """How far the end of an interval lies from its value, without the noise of subtracting decimals."""
    pairs = zip(values, ends, strict=True)
    return tuple(None if value is None or end is None else round(abs(end - value), 9) for value, end in pairs)


def _over_categories(holder: "ChartPlaceholder", plot: Plot, signs: Sequence[str], box: Box) -> Any:
    """Bars or lines. Bars of one category are a bar a series; bars lie where names are too long to stand under them."""
    from pptx.chart.data import CategoryChartData
    from pptx.enum.chart import XL_CHART_TYPE

    bars = plot.form is Form.BARS
    own = [each.colour for each in plot.series] if bars and len(plot.categories) == 1 else []
    plot = _turned(plot) if own else plot
    room = box.width * 72 * 0.85 / len(plot.categories)
    lying = bars and (bool(own) or any(width(each, LETTERS) > room for each in plot.categories))
    names = [shortened(each, LETTERS, box.width * 72 * 0.34 if lying else room * 2) for each in plot.categories]
    data: Any = CategoryChartData(number_format=number_format(plot.unit, max(map(abs, _all_values(plot)))))  # type: ignore[no-untyped-call]
    data.categories = names
    columns = [_column(each) for each in plot.series]
    for each in columns:
        data.add_series(each.name, each.values)
    upright = XL_CHART_TYPE.COLUMN_CLUSTERED if bars else XL_CHART_TYPE.LINE_MARKERS
    made: Any = holder.insert_chart(XL_CHART_TYPE.BAR_CLUSTERED if lying else upright, data)  # type: ignore[no-untyped-call]
    native = made.chart
    native.part.chart_workbook.update_from_xlsx_blob(category_sheet(names, columns))
    for at, (drawn, series) in enumerate(zip(native.plots[0].series, plot.series, strict=True)):
        look(drawn, series.colour, signs[at], plot.form)
        for place, colour in enumerate(own):
            coloured(drawn, place, colour)
        for place in (place for place, hollow in enumerate(series.hollow) if hollow):
            emptied(drawn, place, own[place] if own else series.colour, plot.form)
        _category_whiskers(drawn, columns, at, INK if bars else series.colour)
    _category_scales(native, plot, lying)
    framed(native, len(plot.series))
    return made


def _turned(plot: Plot) -> Plot:
    """A plot of one category with its series as categories."""
    first = plot.series[0]
    turned = replace(
        first,
        name=plot.categories[0],
        values=tuple(each.values[0] for each in plot.series),
        low=tuple(each.low[0] for each in plot.series),
        high=tuple(each.high[0] for each in plot.series),
        hollow=tuple(each.hollow[0] for each in plot.series),
    )
    return replace(plot, categories=tuple(each.name for each in plot.series), series=(turned,))


def _column(series: Series) -> Column:
    reach = (_reach(series.values, ends) for ends in (series.low, series.high))
    return Column(series.name, series.values, *reach)


def _category_scales(native: Any, plot: Plot, lying: bool) -> None:
    """The scales of bars or lines, and the values of bars beside them instead of lines where they are few and sure."""
    from pptx.enum.chart import XL_AXIS_CROSSES, XL_TICK_LABEL_POSITION

    bars, values = plot.form is Form.BARS, _all_values(plot)
    sure = all(end is None for each in plot.series for end in (*each.low, *each.high))
    labels = bars and sure and len(plot.categories) * len(plot.series) <= _MOST_VALUES
    if bars and all(each >= 0 for series in plot.series for each in series.values if each is not None):
        # A whisker below the foot of the bars would move it away from the edge.
        values = [max(each, 0.0) for each in values]
    # Beyond the longest bar there is room for its label.
    scale = scaled([*values, *(each * _LABEL_ROOM for each in values if labels)], plot.log, zero=bars)
    ranged(native.value_axis, scale.low, scale.high, scale.step, scale.log)
    dressed(native.value_axis, unit_words(plot.unit), _axis_format(plot.unit, scale), grid=not labels)
    dressed(native.category_axis, "", "General", grid=False)
    if lying:
        native.category_axis.reverse_order = True
        native.category_axis.crosses = XL_AXIS_CROSSES.MAXIMUM
        native.value_axis.tick_label_position = XL_TICK_LABEL_POSITION.HIGH
    if bars:
        native.plots[0].gap_width, native.plots[0].overlap = 60, -8
    if labels:
        # The labels say all that the scale does, and the unit stands in them.
        if plot.unit in (*_PERCENT, "USD"):
            native.value_axis.visible = native.value_axis.has_title = False
        _value_labels(native.plots[0], number_format(plot.unit, max(map(abs, values))))


def _category_whiskers(drawn: Any, columns: Sequence[Column], at: int, colour: str) -> None:
    each = columns[at]
    first = 1 + len(columns) + 2 * at
    places = [reference(column, 1, len(each.values)) for column in (first, first + 1)]
    found = Whiskers(each.below, each.above, places[0], places[1])
    if found.any:
        whiskers(drawn, found, colour)


def _value_labels(plot: Any, style: str) -> None:
    from pptx.enum.chart import XL_LABEL_POSITION
    from pptx.util import Pt

    plot.has_data_labels = True
    labels = plot.data_labels
    labels.number_format, labels.number_format_is_linked = style, False
    labels.font.size, labels.position, labels.show_value = Pt(LETTERS), XL_LABEL_POSITION.OUTSIDE_END, True
    unbroken(labels)


def _dots(holder: "ChartPlaceholder", plot: Plot, signs: Sequence[str], box: Box) -> Any:
    """A place a category and in it a dot a series; the names of places are labels of points that are not drawn.

    Office knows no dot plot with categories: the points stand on two scales, the lower of which counts the places. The
    whiskers do not lie, since LibreOffice loses those of single lengths that do.
    """
    places, count = len(plot.categories), len(plot.series)
    scale = scaled(_all_values(plot), plot.log)
    rows = [_in_places(each, (at - (count - 1) / 2) * min(0.24, 0.66 / count)) for at, each in enumerate(plot.series)]
    under = Block("Names of the places", tuple(Point(at + 1, scale.low) for at in range(places)))
    made, native = _on_two_scales(holder, plot, signs, rows, [under])
    high, wide = box.height * 72, box.width * 72
    left = (66.0 if plot.unit else 44.0) + 8 * (max(abs(scale.low), abs(scale.high)) >= 1000)
    names = [wrapped(each, SMALLEST, (wide - left) / places - 2, _NAME_LINES) for each in plot.categories]
    last = list(native.plots[0].series)[-1]
    unseen(last)
    labelled(last, names, "b" * len(names), SMALLEST)
    ranged(native.category_axis, 0.5, places + 0.5, 1, log=False)
    dressed(native.category_axis, "", '""', grid=True)
    ranged(native.value_axis, scale.low, scale.high, scale.step, scale.log)
    dressed(native.value_axis, unit_words(plot.unit), _axis_format(plot.unit, scale), grid=True)
    crossing_low(native.category_axis)
    crossing_low(native.value_axis)
    below = max(map(len, names)) * SMALLEST * LINE + 12
    top = _LEGEND if count > 1 else 8.0
    plot_room(native, left / wide, top / high, 1 - (left + 8) / wide, 1 - (top + below) / high)
    return made


def _in_places(series: Series, aside: float) -> tuple[Point | None, ...]:
    """The points of a row of marks, each `aside` of the middle of its category's place; the first place is at 1."""
    below, above = _reach(series.values, series.low), _reach(series.values, series.high)
    rows = enumerate(zip(series.values, below, above, series.hollow, strict=True), 1)
    return tuple(
        None if value is None else Point(at + aside, value, low, high, hollow=hollow)
        for at, (value, low, high, hollow) in rows
    )


def _points(series: Series) -> tuple[Point | None, ...]:
    """The points of a row of marks on two scales, None where not both values are known."""
    count = len(series.values)
    below = _reach(series.values, _padded(series.low, count))
    above = _reach(series.values, _padded(series.high, count))
    labels = series.labels + ("",) * (count - len(series.labels))
    hollow = series.hollow + (False,) * (count - len(series.hollow))
    rows = zip(_padded(series.across, count), series.values, below, above, labels, hollow, strict=False)
    return tuple(
        None if x is None or y is None else Point(x, y, low, high, label, empty)
        for x, y, low, high, label, empty in rows
    )


def _scatter(holder: "ChartPlaceholder", plot: Plot, signs: Sequence[str], box: Box) -> Any:
    """Points on two scales with the names of those that matter beside them; `Plot.log` is for the scale across."""
    rows = [_points(each) for each in plot.series]
    known = [point for row in rows for point in row if point is not None]
    made, native = _on_two_scales(holder, plot, signs, rows, [])
    ends = [point.y + side for point in known for side in (-(point.below or 0), point.above or 0)]
    for axis, unit, scale in (
        (native.category_axis, plot.across_unit, scaled([each.x for each in known], plot.log)),
        (native.value_axis, plot.unit, scaled(ends)),
    ):
        ranged(axis, scale.low, scale.high, scale.step, scale.log)
        dressed(axis, unit_words(unit), _axis_format(unit, scale), grid=True)
        crossing_low(axis)
    _name_points(list(native.plots[0].series)[-len(rows) :], plot, rows, box)
    return made


def _name_points(drawn: Sequence[Any], plot: Plot, rows: Sequence[tuple[Point | None, ...]], box: Box) -> None:
    """Names beside the points, those of chosen models first, as far as they find room."""
    known = [point for row in rows for point in row if point is not None]
    chosen = [bool(series.model) for series in plot.series]
    order = sorted(
        ((at, place) for at, row in enumerate(rows) for place, point in enumerate(row) if point and point.label),
        key=lambda pair: not chosen[pair[0]],
    )
    across = scaled([each.x for each in known], plot.log)
    up = scaled([each.y for each in known])
    wide, high = box.width * 72 * 0.88, box.height * 72 * 0.72
    labels = []
    for at, place in order:
        point = rows[at][place]
        assert point is not None
        x, y = _share(point.x, across) * wide, (1 - _share(point.y, up)) * high
        labels.append(Label(x, y, width(point.label, SMALL) + 4, SMALL * LINE))
    found = dict(zip(order, sides(labels, box.width * 72 * 0.93), strict=True))
    for at, mark in enumerate(drawn):
        placed = [found.get((at, place), "") for place in range(len(rows[at]))]
        texts = [((point.label if point and side else ""),) for point, side in zip(rows[at], placed, strict=True)]
        if any(placed):
            labelled(mark, texts, placed)


def _share(value: float, scale: Scale) -> float:
    """Where on a scale a value lies, 0 at its low end and 1 at its high end."""
    if scale.log:
        return math.log(value / scale.low) / math.log(scale.high / scale.low)
    return (value - scale.low) / (scale.high - scale.low)


def _on_two_scales(
    holder: "ChartPlaceholder",
    plot: Plot,
    signs: Sequence[str],
    rows: Sequence[tuple[Point | None, ...]],
    further: Sequence[Block],
) -> tuple[Any, Any]:
    """The frame and the chart with its marks, whiskers, holes, legend and workbook; further rows are left as they are.

    Rows beyond those of the plot are not in the legend.
    """
    hollow = _holes(plot, rows)
    named = [Block(each.name, row) for each, row in zip(plot.series, rows, strict=True)]
    blocks = _even([*hollow, *named, *further])
    made, native = _of_blocks(holder, blocks)
    starts, drawn = block_starts(blocks), list(native.plots[0].series)
    for mark, _ in zip(drawn, hollow, strict=False):
        holes(mark)
    for at, series in enumerate(plot.series, len(hollow)):
        mark, points = drawn[at], blocks[at].points
        look(mark, series.colour, signs[at - len(hollow)], plot.form)
        for place in (place for place, each in enumerate(points) if each and each.hollow):
            emptied(mark, place, series.colour, plot.form)
        _point_whiskers(mark, points, starts[at], series.colour)
    shown = range(len(hollow), len(hollow) + len(rows))
    framed(native, len(rows), hidden=[at for at in range(len(blocks)) if at not in shown])
    return made, native


def _point_whiskers(mark: Any, points: Sequence[Point | None], start: int, colour: str) -> None:
    places = [reference(column, start, len(points)) for column in (2, 3)]
    below = tuple(each.below if each else None for each in points)
    above = tuple(each.above if each else None for each in points)
    found = Whiskers(below, above, places[0], places[1])
    if found.any:
        whiskers(mark, found, colour)


def _holes(plot: Plot, rows: Sequence[tuple[Point | None, ...]]) -> list[Block]:
    """A block of small white marks for each row of marks that has hollow ones, to stand before all others.

    LibreOffice fills every mark with the colour of its row and draws the first row on top, so that there these make the
    holes; other programs draw them below marks that are hollow themselves.
    """
    kept = [
        (at, tuple(each if each is not None and each.hollow else None for each in row)) for at, row in enumerate(rows)
    ]
    filled = [(at, row) for at, row in kept if any(row)]
    return [Block(f"{plot.series[at].name}, self-reported", row, len(filled) + at) for at, row in filled]


def _even(blocks: Sequence[Block]) -> list[Block]:
    """The blocks with one length, since LibreOffice loses those that are shorter or longer than others."""
    most = max(len(each.points) for each in blocks)
    return [replace(each, points=each.points + (None,) * (most - len(each.points))) for each in blocks]


def _of_blocks(holder: "ChartPlaceholder", blocks: Sequence[Block]) -> tuple[Any, Any]:
    from pptx.chart.data import XyChartData
    from pptx.enum.chart import XL_CHART_TYPE

    data: Any = XyChartData(number_format="General")  # type: ignore[no-untyped-call]
    for block in blocks:
        target = data.add_series(block.name)
        for point in block.points:
            target.add_data_point(point.x if point else 1, point.y if point else _NONE)
    made: Any = holder.insert_chart(XL_CHART_TYPE.XY_SCATTER, data)  # type: ignore[no-untyped-call]
    without_values(made.chart, _NONE)
    made.chart.part.chart_workbook.update_from_xlsx_blob(scatter_sheet(blocks))
    return made, made.chart
