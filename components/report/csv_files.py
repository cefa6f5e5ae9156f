"""The files of values in a bundle: typed columns with their meaning, written as CSV that no spreadsheet runs."""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from catalog.spreadsheet import defused
from components.report.inert import inert

Content = str | int | float | Decimal | date | bool | None
_BOM = "\ufeff"
_NOT_IN_NAMES = re.compile(r"[^a-z0-9]+")
_LONGEST_NAME = 60


class Type(StrEnum):
    """The types of columns, by their names in Table Schema of the Data Package standard."""

    STRING = "string"
    INTEGER = "integer"
    NUMBER = "number"
    DATE = "date"
    BOOLEAN = "boolean"


@dataclass(frozen=True, slots=True)
class Field:
    """A column: its name for scripts, the heading it has on screen, what it means, its type, and its one unit."""

    name: str
    title: str
    meaning: str
    type: Type = Type.STRING
    unit: str = ""


@dataclass(frozen=True, slots=True)
class DataFile:
    """A file of rows; `path` is relative to the bundle. None is an empty cell: not there."""

    path: str
    title: str
    meaning: str
    fields: tuple[Field, ...]
    rows: tuple[tuple[Content, ...], ...]

    def csv(self) -> bytes:
        """The file by RFC 4180 in UTF-8, with the mark by which Excel knows that."""
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\r\n")
        writer.writerow([field.name for field in self.fields])
        writer.writerows([written(content) for content in row] for row in self.rows)
        return f"{_BOM}{out.getvalue()}".encode()


def written(content: Content) -> str:
    """A cell: numbers in full without units, days as 2025-11-26; text inert and never a formula."""
    match content:
        case None:
            return ""
        case bool():
            return "true" if content else "false"
        case str():
            return defused(inert(content))
        case Decimal():
            return f"{content:f}"
        case date():
            return content.isoformat()
        case _:
            return repr(content)


def slug(text: str) -> str:
    """Text as a name of lower-case letters, digits and underscores, safe in every file system and script."""
    return _NOT_IN_NAMES.sub("_", text.lower()).strip("_")[:_LONGEST_NAME].strip("_") or "value"


def unlike(wanted: Iterable[str], taken: Sequence[str] = ()) -> list[str]:
    """Names that differ from each other and from those that are taken, numbered where they do not."""
    used = set(taken)
    found = []
    for name in wanted:
        count, free = 1, name
        while free in used:
            count += 1
            free = f"{name}_{count}"
        used.add(free)
        found.append(free)
    return found
