"""The cost sheets of the workbook: the workload's numbers to change, and bills and lines that follow by formulas."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from components.report.citing import citations
from components.report.sheet_cells import Cell, safe
from components.report.sheet_formulas import Load, a_request, live, stored
from components.report.sheet_grids import Column, Grid, Page, page, table_grid
from components.report.state import Chart, Part, Report, Section, Table, Value
from components.workload.address import INPUTS

BILLS, LINES, WORKLOAD = "cost_bills", "cost_lines", "cost_workload"
COST_SHEET, LINES_SHEET = "Cost", "Cost lines"
_WIDTHS = {BILLS: 7, LINES: 11, WORKLOAD: 4}
_ATTRIBUTES = {each.label.removesuffix(", %"): each.attribute for each in INPUTS}
_STORAGE = "Cache storage"
# The columns that formulas fill, of the lines and of the bills.
_A_DAY, _PRICE, _USD, _A_REQUEST = 3, 5, 8, 9
_MONTH, _THOUSAND, _AGAINST = 2, 4, 5
_COST_LINES = (
    "Change a blue number on yellow, here or on the sheet “Cost lines”, and the bills work out anew.",
    "A year is as the report has it, with announced prices and growth: it does not work out anew. A price stays that "
    "of its tier: where a prompt grows past the limit that “Tier and rule” names, make the report anew.",
)
_LINES_LINES = ("USD a month = quantity a day × price / per × days. The bills on the sheet “Cost” add these lines up.",)


@dataclass(frozen=True, slots=True)
class Costs:
    """The three tables that the live sheets are made from, and the section that they stand in."""

    section: Section
    bills: Table
    lines: Table
    workload: Table


def costs(report: Report) -> Costs | None:
    """The tables of the cost section, None where it has not all of them, such as when nothing has a list price."""
    section = report.section(Part.COST)
    if section is None:
        return None
    found = {each.id: each for each in section.blocks if isinstance(each, Table) and each.id in _WIDTHS}
    if len(found) < len(_WIDTHS) or any(len(each.headings) != _WIDTHS[name] for name, each in found.items()):
        return None
    numbers = {_ATTRIBUTES.get(row[0].shown) for row in found[WORKLOAD].rows if row[1].number is not None}
    complete = numbers == set(_ATTRIBUTES.values()) and found[LINES].rows
    return Costs(section, found[BILLS], found[LINES], found[WORKLOAD]) if complete else None


def cost_pages(report: Report, found: Costs, charts: tuple[Chart, ...]) -> tuple[Page, Page]:
    """The sheets of the bills with the workload, and of the lines behind them."""
    load = _load(found)
    bills = Grid(table_grid(report, found.bills).columns, "The bill", 2)
    lines = table_grid(report, found.lines, grouped=False)
    workload = _remarked(report, found.workload)
    cost = page(COST_SHEET, found.section.title, _COST_LINES, (bills, workload), charts, Part.COST)
    below = page(LINES_SHEET, found.lines.title, _LINES_LINES, (replace(lines, fixed=3),), (), Part.COST)
    bills_row, _ = cost.heading_rows()
    (lines_row,) = below.heading_rows()
    live_lines = _live_lines(below.grids[0], found.lines, load, lines_row + 2)
    live_bills = _live_bills(bills, found, bills_row + 2, lines_row + 2)
    return (
        replace(cost, grids=(live_bills, _entries(workload, found.workload, load.live))),
        replace(below, grids=(live_lines,)),
    )


def month_cells(found: Costs, sheet: Page) -> dict[float, str]:
    """Where each month's bill stands, by its amount in US dollars; amounts that two models share are left out."""
    first = sheet.heading_rows()[0] + 2
    rows = [(row[_MONTH].number, f"={COST_SHEET}!$C${first + at}") for at, row in enumerate(found.bills.rows)]
    amounts = [float(number) for number, _ in rows if number is not None]
    return {float(number): cell for number, cell in rows if number is not None and amounts.count(float(number)) == 1}


def _load(found: Costs) -> Load:
    """The workload with the numbers that may change: all that the lines can follow, or the requests alone."""
    numbers = {_ATTRIBUTES[row[0].shown]: _exact(row[1]) for row in found.workload.rows}
    wanted = Load(numbers, live(numbers))
    if all(_followed(row, wanted) for row in found.lines.rows):
        return wanted
    return Load(numbers, wanted.live & {"requests_per_day"})


def _followed(row: Sequence[Value], load: Load) -> bool:
    """Whether a line's quantity can be worked out from the workload."""
    if row[2].shown == _STORAGE:
        return stored(_exact(row[_A_DAY]), load) is not None
    return row[_A_REQUEST].number is None or a_request(row[2].shown, _exact(row[_A_REQUEST]), load) is not None


def _exact(value: Value) -> Decimal:
    return Decimal(str(value.number))


def _live_lines(grid: Grid, table: Table, load: Load, first: int) -> Grid:
    """The lines with formulas; `first` is the number of the first row in the sheet."""
    columns: dict[int, list[Cell]] = {_A_DAY: [], _PRICE: [], _USD: [], _A_REQUEST: []}
    for at, row in enumerate(table.rows):
        cells = {each: grid.columns[each].cells[at] for each in columns}
        line = first + at
        request = _request_cell(row, cells[_A_REQUEST], load)
        columns[_A_DAY].append(_day_cell(row, cells[_A_DAY], load, line))
        columns[_PRICE].append(replace(cells[_PRICE], entry=True))
        columns[_USD].append(replace(cells[_USD], formula=f"=D{line}*F{line}/G{line}*H{line}", bold=False))
        columns[_A_REQUEST].append(request)
    return _with(grid, columns)


def _request_cell(row: Sequence[Value], cell: Cell, load: Load) -> Cell:
    if row[_A_REQUEST].number is None:
        return cell
    found = a_request(row[2].shown, _exact(row[_A_REQUEST]), load)
    return replace(cell, formula=f"={found.text}") if found and found.names else replace(cell, entry=True)


def _day_cell(row: Sequence[Value], cell: Cell, load: Load, line: int) -> Cell:
    """The quantity a day: by the requests, by what lies in caches, or as it is and to be changed."""
    if row[_A_REQUEST].number is not None and "requests_per_day" in load.live:
        return replace(cell, formula=f"=J{line}*requests_per_day")
    found = stored(_exact(row[_A_DAY]), load) if row[2].shown == _STORAGE else None
    return replace(cell, formula=f"={found.text}") if found and found.names else replace(cell, entry=True)


def _live_bills(grid: Grid, found: Costs, first: int, first_line: int) -> Grid:
    """The bills as sums of their lines, what 1,000 requests cost, and the ratio to the cheapest."""
    last, last_line = first + len(found.bills.rows) - 1, first_line + len(found.lines.rows) - 1
    days = found.lines.rows[0][7].number
    columns: dict[int, list[Cell]] = {_MONTH: [], _THOUSAND: [], _AGAINST: []}
    for at in range(len(found.bills.rows)):
        row = first + at
        least = f"MIN(C${first}:C${last})"
        formulas = {
            _MONTH: _sum_formula(row, first_line, last_line),
            _THOUSAND: f'=IF(requests_per_day>0,C{row}/{days}/requests_per_day*1000,"no requests")',
            _AGAINST: f'=IF(C{row}={least},1,IF({least}>0,C{row}/{least},"cannot be said"))',
        }
        for each, formula in formulas.items():
            cell = grid.columns[each].cells[at]
            priced = not isinstance(cell.content, str) and not (each == _THOUSAND and _no_requests(found))
            columns[each].append(replace(cell, formula=formula if priced else "", bold=False))
    return _with(grid, columns)


def _no_requests(found: Costs) -> bool:
    return not found.workload.rows[0][1].number


def _sum_formula(row: int, first: int, last: int) -> str:
    """The sum of the lines of the row's model and platform."""
    column = {name: f"'{LINES_SHEET}'!${name}${first}:${name}${last}" for name in "ABI"}
    return f"=SUMIFS({column['I']},{column['A']},A{row},{column['B']},B{row})"


def _remarked(report: Report, table: Table) -> Grid:
    """The workload with what its everyday units rest on as notes at the cells, since the bills share its columns."""
    columns = table_grid(report, table).columns[: len(table.headings)]
    cells = [
        replace(cell, remark=safe(_basis(report, row[-1])))
        for row, cell in zip(table.rows, columns[-1].cells, strict=True)
    ]
    return _with(Grid(columns, "The workload"), {len(columns) - 1: cells})


def _basis(report: Report, value: Value) -> str:
    return ". ".join(part for part in (value.note, citations(report, value.sources)) if part)


def _entries(grid: Grid, table: Table, names: frozenset[str]) -> Grid:
    """The workload with names for its numbers, those to be changed marked."""
    cells = [
        replace(cell, name=_ATTRIBUTES[row[0].shown], entry=_ATTRIBUTES[row[0].shown] in names)
        for row, cell in zip(table.rows, grid.columns[1].cells, strict=True)
    ]
    return _with(grid, {1: cells})


def _with(grid: Grid, changed: Mapping[int, Sequence[Cell]]) -> Grid:
    columns: list[Column] = [
        replace(column, cells=tuple(changed[at])) if at in changed else column for at, column in enumerate(grid.columns)
    ]
    return replace(grid, columns=tuple(columns))
