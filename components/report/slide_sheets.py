"""The workbooks inside native charts: the figures of the plot with their intervals, all text as text."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula of ours with the value that it has now."""

    text: str
    value: float


Cell = str | float | Formula | None


@dataclass(frozen=True, slots=True)
class Point:
    """A point of a chart on two scales, with how far its whiskers reach where known, and the label beside it."""

    x: float
    y: float
    below: float | None = None
    above: float | None = None
    label: str = ""
    hollow: bool = False


@dataclass(frozen=True, slots=True)
class Block:
    """A row of marks on two scales, None where one has no value.

    `copies` is the number of the block whose places it takes, so that its points move when that one is edited.
    """

    name: str
    points: tuple[Point | None, ...]
    copies: int | None = None


@dataclass(frozen=True, slots=True)
class Column:
    """A row of marks over categories, with how far the whiskers of each reach where known."""

    name: str
    values: tuple[float | None, ...]
    below: tuple[float | None, ...]
    above: tuple[float | None, ...]


def category_sheet(categories: Sequence[str], columns: Sequence[Column]) -> bytes:
    """A workbook with a row a category and a column a row of marks, then the reach of whiskers, two columns each."""
    reaches = [
        (f"{each.name}, {words}", values)
        for each in columns
        for words, values in (("below", each.below), ("above", each.above))
    ]
    named = [*((each.name, each.values) for each in columns), *reaches]
    rows: list[list[Cell]] = [["", *(name for name, _ in named)]]
    rows += [[category, *(values[at] for _, values in named)] for at, category in enumerate(categories)]
    return _workbook(rows)


def scatter_sheet(blocks: Sequence[Block]) -> bytes:
    """A workbook with a block of rows a row of marks: across, up, reach below, reach above, label."""
    return _workbook(list(_rows(blocks)))


def _rows(blocks: Sequence[Block]) -> Iterator[list[Cell]]:
    starts = block_starts(blocks)
    for block in blocks:
        yield ["", block.name, "below", "above", "label"]
        for at, each in enumerate(block.points):
            if each is None:
                yield []
            elif block.copies is None:
                yield [each.x, each.y, each.below, each.above, each.label]
            else:
                row = starts[block.copies] + at + 1
                yield [Formula(f"=A{row}", each.x), Formula(f"=B{row}", each.y)]
        yield []


def reference(column: int, first: int, count: int) -> str:
    """Where `count` cells stand from row `first` (from 0) on in column `column` (from 0): Sheet1!$D$2:$D$3."""
    from xlsxwriter.utility import xl_range_abs  # type: ignore[import-untyped, unused-ignore]

    return f"Sheet1!{xl_range_abs(first, column, first + max(count, 1) - 1, column)}"


def block_starts(blocks: Sequence[Block]) -> list[int]:
    """The row (from 0) in which the first point of each block stands."""
    starts, row = [], 1
    for block in blocks:
        starts.append(row)
        row += len(block.points) + 2
    return starts


def _workbook(rows: Sequence[Sequence[Cell]]) -> bytes:
    from xlsxwriter import Workbook  # type: ignore[import-untyped, unused-ignore]

    target = BytesIO()
    book = Workbook(target, {"in_memory": True})
    sheet = book.add_worksheet("Sheet1")
    for at, row in enumerate(rows):
        for column, value in enumerate(row):
            if isinstance(value, str):
                # Not `write`, which would take text for formulas and links.
                sheet.write_string(at, column, value)
            elif isinstance(value, Formula):
                sheet.write_formula(at, column, value.text, None, value.value)
            elif value is not None:
                sheet.write_number(at, column, value)
    book.close()
    return target.getvalue()
