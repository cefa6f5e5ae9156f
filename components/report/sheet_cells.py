"""A report's values as cells of a sheet: typed, with the unit and the marks in the number format."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from catalog.schema import Kind
from catalog.spreadsheet import LONGEST_CELL, units
from catalog.tables import CONJECTURE
from components.report.inert import cut, inert
from components.report.state import Value

Content = str | int | float | Decimal | date | datetime | None
LONGEST_NAME = 31
"""The most characters of a sheet's name in Excel."""
DAY_FORMAT = "d mmm yyyy"
_FIRST_NUMBER = re.compile(r"\d[\d,]*(?:\.(\d+))?")
_MOST_PLACES = 8
_LONGEST_UNIT = 60
_PERCENT = ("%", "percent")
_TIMES = ("×", "x")
_FORBIDDEN = re.compile(r"[\[\]:*?/\\\n\t]+")
_RESERVED = "history"


@dataclass(frozen=True, slots=True)
class Cell:
    """What stands in a cell. `formula` computes `content`, which is then its result; `entry` marks it as to be changed.

    `name` is what formulas call the cell, `remark` a note that shows on pointing at it. `href` is an address of the
    web, or `internal:'Sheet'!A1`.
    """

    content: Content = None
    number_format: str = ""
    formula: str = ""
    name: str = ""
    remark: str = ""
    href: str = ""
    bold: bool = False
    italic: bool = False
    entry: bool = False


def safe(text: str) -> str:
    """Foreign text as a cell can hold it: inert, and cut with a word about it where Excel holds no more."""
    keep = LONGEST_CELL
    shown = inert(cut(text, keep))
    while units(shown) > LONGEST_CELL:
        keep = keep * 9 // 10
        shown = inert(cut(text, keep))
    return shown


def text_cell(text: str, bold: bool = False, href: str = "") -> Cell:
    """A cell of text; `href` is followed only to the web."""
    return Cell(safe(text), bold=bold, href=href if href.startswith(("https://", "http://")) else "")


def value_cell(value: Value) -> Cell:
    """A value as its cell: a number or a day where it is one, with its marks, else the words that are shown."""
    italic = value.kind in CONJECTURE
    if value.number is not None:
        return Cell(value.number, number_format(value), bold=value.best, italic=italic)
    if value.day is not None:
        return Cell(value.day, DAY_FORMAT + _suffix(value), bold=value.best, italic=italic)
    marked = f"{value.shown} ≠" if value.conflict else value.shown
    shown = text_cell(marked, bold=value.best, href=value.href)
    return Cell(shown.content, href=shown.href, bold=value.best, italic=italic)


def number_format(value: Value) -> str:
    """How Excel writes the number: with the unit, with as many decimals as are shown, ≈ before an estimate."""
    if value.number is None:
        raise ValueError(f"{value.shown} is no number")
    exact = Decimal(str(value.number))
    share = value.unit == "share"
    digits = _digits(_places(value.shown, exact * 100 if share else exact), value.unit)
    sign = '"≈ "' if value.kind is Kind.ESTIMATE or value.shown.startswith("≈") else ""
    body = f"{sign}{'$' if value.unit.startswith('USD') else ''}{digits}{_unit(value.unit)}{_suffix(value)}"
    return f"+{body};-{body};{body}" if value.shown.startswith("+") else body


def _digits(places: int, unit: str) -> str:
    whole = "0" if unit in ("year", "month", "day") else "#,##0"
    return f"{whole}.{'0' * places}" if places else whole


def _places(shown: str, exact: Decimal) -> int:
    """The decimals that are shown, where what is shown is this number; else as many as it has."""
    found = _FIRST_NUMBER.search(shown)
    if found is not None:
        places = len(found[1] or "")
        if abs(abs(exact) - Decimal(found[0].replace(",", ""))) * 10**places <= Decimal("0.5"):
            return places
    exponent = exact.normalize().as_tuple().exponent
    return min(max(-exponent, 0), _MOST_PLACES) if isinstance(exponent, int) else 0


def _unit(unit: str) -> str:
    """The unit behind the digits, as literal text of the format."""
    if unit in ("", "USD", "year", "month", "day"):
        return ""
    if unit == "share":
        return "%"
    if unit in _PERCENT:
        return '"%"'
    if unit in _TIMES:
        return '"×"'
    return f' "{_literal(unit.removeprefix("USD "))}"'


def _literal(text: str) -> str:
    """Text between the quotes of a number format, which knows no escape for a quote."""
    return inert(text).replace('"', "''").replace("\n", " ")[:_LONGEST_UNIT]


def _suffix(value: Value) -> str:
    """The marks of a self-reported score and of sources that disagree."""
    marks = f"{' ○' if value.hollow else ''}{' ≠' if value.conflict else ''}"
    return f'"{marks}"' if marks else ""


def sheet_name(wanted: str, taken: Sequence[str]) -> str:
    """A name that Excel takes for a sheet and that no other sheet has; it compares them without regard to case."""
    plain = _shortened(_FORBIDDEN.sub(" ", inert(wanted)).strip().strip("'").strip(), LONGEST_NAME)
    name = plain if plain and plain.lower() != _RESERVED else "Sheet"
    used = {each.lower() for each in taken}
    count = 1
    found = name
    while found.lower() in used:
        count += 1
        end = f" ({count})"
        found = _shortened(name, LONGEST_NAME - len(end)) + end
    return found


def _shortened(text: str, limit: int) -> str:
    while units(text) > limit:
        text = text[:-1]
    return text.strip().strip("'")
