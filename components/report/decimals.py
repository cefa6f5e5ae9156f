"""Numbers that stand below each other to be compared, with as many digits after the point in each."""

import re
from collections.abc import Sequence
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal

from components.report.state import Block, Chart, Section, Table, Value

# Computed numbers have digits to spare. A score of a source has not: 71.5% is not 71.50%.
_UNITS = {
    "cost_": ("USD",),
    "advice_contributions": ("points", "percent"),
    "advice_thresholds": ("percent",),
}
_SHOWN = re.compile(r"(?P<before>(?:≈ )?[−-]?\$?)(?P<whole>\d[\d,]*)(?:\.(?P<places>\d+))?(?P<after>%?)")
_MOST_PLACES = 2


def aligned(section: Section) -> Section:
    """The section with the computed numbers of each column written with the decimals of the longest, two at most."""
    return replace(section, blocks=tuple(map(_block, section.blocks)))


def _block(block: Block) -> Block:
    if isinstance(block, Chart):
        return replace(block, table=_table(block.table))
    return _table(block) if isinstance(block, Table) else block


def _table(table: Table) -> Table:
    units = next((units for start, units in _UNITS.items() if table.id.startswith(start)), ())
    if not units or not table.rows:
        return table
    columns = [_column(column, units) for column in zip(*table.rows, strict=True)]
    return replace(table, rows=tuple(zip(*columns, strict=True)))


def _column(values: Sequence[Value], units: Sequence[str]) -> Sequence[Value]:
    for unit in units:
        places = {_places(each) for each in values if each.unit == unit and each.number is not None} - {None}
        most = max((each for each in places if each is not None), default=0)
        if len(places) > 1 and most <= _MOST_PLACES:
            values = [_written(each, most) if each.unit == unit else each for each in values]
    return values


def _places(value: Value) -> int | None:
    """The digits after the point; None where other words than one number are shown."""
    found = _SHOWN.fullmatch(value.shown)
    return len(found["places"] or "") if found else None


def _written(value: Value, places: int) -> Value:
    """The value with so many digits after the point."""
    found = _SHOWN.fullmatch(value.shown)
    if found is None or value.number is None:
        return value
    exact = abs(Decimal(str(value.number)))
    digits = exact.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    return replace(value, shown=f"{found['before']}{digits:,f}{found['after']}")
