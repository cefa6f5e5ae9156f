"""The prompts of a batch: a file or pasted lines as rows that are read lazily, and what is wrong before any is sent."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import islice
from pathlib import Path, PurePath

from components.batch.delimited import csv_source
from components.batch.entries import (
    MOST_BYTES,
    MOST_ROWS,
    PROMPT,
    Entry,
    Fault,
    File,
    Refused,
    Source,
    stamp_of,
)
from components.batch.json_lines import json_source
from components.batch.records import Row
from components.batch.text_lines import lines_source
from components.batch.workbook import excel_source
from components.playground.templates import fill, variables

MOST_PROBLEMS = 50
_CSV, _JSON, _EXCEL, _TEXT = (".csv", ".tsv"), (".jsonl", ".ndjson", ".json"), (".xlsx", ".xlsm"), (".txt",)
ENDINGS = (*_CSV, *_JSON, *_EXCEL, *_TEXT)
"""What the names of files with prompts end in."""


@dataclass(frozen=True, slots=True)
class Table:
    """An input that can be read: its columns, how many rows it has, and sentences on how it was read.

    It is what `records.Prompts` asks for: `digest` is the same for the same rows, whatever kind of file they came in.
    Rows are read from the file each time, and raise Refused where it has changed since.
    """

    name: str
    columns: tuple[str, ...]
    count: int
    digest: str
    notes: tuple[str, ...]
    place: str
    source: Source = field(repr=False)

    def rows(self) -> Iterator[Row]:
        """The rows from the first on, each with a text for every column, empty where there is none."""
        for number, entry in enumerate(self.entries(), 1):
            yield Row(number, entry.values)

    def entries(self) -> Iterator[Entry]:
        """The rows as they stand in the file: with their lines, and with what is wrong in them."""
        blank = dict.fromkeys(self.columns, "")
        for entry in self.source.entries():
            yield Entry(entry.line, {**blank, **entry.values}, (*entry.faults, *_unsendable(entry)))


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to mend before the batch: in which row (from 1; None for the template) and column (empty for all).

    `place` is where the row stands in the file, such as "line 9". One that `stops` must be mended; another is a doubt.
    """

    row: int | None
    place: str
    column: str
    found: str
    expected: str
    stops: bool = True

    @property
    def sentence(self) -> str:
        """It as a sentence."""
        if self.row is None:
            return f"The template: found {self.found}, expected {self.expected}."
        column = f", column {self.column}" if self.column else ""
        return f"Row {self.row:,} ({self.place}){column}: found {self.found}, expected {self.expected}."


@dataclass(frozen=True, slots=True)
class Problems:
    """What is wrong with an input and its template: the first 50, those that stop first, and how many in all."""

    first: tuple[Problem, ...]
    stopping: int
    doubts: int

    @property
    def count(self) -> int:
        """How many there are in all."""
        return self.stopping + self.doubts


def read(
    name: str,
    content: bytes | Path,
    *,
    headings: bool = True,
    encoding: str = "",
    delimiter: str = "",
    sheet: str = "",
) -> Table:
    """Read a file of prompts by the ending of its name, once from start to end; its rows are not kept.

    CSV and Excel begin with a row of headings unless `headings` is False; a text file has a prompt a line, JSON Lines
    an object or a text. Rows without text are passed over. Encoding, delimiter and sheet are found where they are not
    given. Raises Refused, a sentence, for what cannot be read, for no rows, more than 100,000 rows and 200 MB.
    """
    file = File(name, content, _stamp(name, content))
    size = len(content) if isinstance(content, bytes) else file.stamp[0] if file.stamp else 0
    if size > MOST_BYTES:
        words = f"is {size / 1e6:,.0f} MB large, and at most {MOST_BYTES // 1_000_000} MB are read"
        raise Refused(f"{name} {words}; split it into several files.")
    ending = PurePath(name).suffix.lower()
    if ending in _EXCEL:
        return _table(name, excel_source(file, headings, sheet), "row of the sheet")
    if ending in _CSV + _JSON + _TEXT:
        _refuse_archive(file)
        return _table(name, _text_source(file, ending, headings, encoding, delimiter), "line")
    raise Refused(f"{name} is of no kind that is read; use CSV, JSON Lines (.jsonl), Excel (.xlsx) or text (.txt).")


def pasted(text: str) -> Table:
    """The prompts in a text, one a line, as a table with the column `prompt`. Raises Refused as `read` does."""
    # A browser may hand over half of a character, which cannot be sent.
    content = text.encode("utf-8", "replace")
    return read("pasted.txt", content, encoding="utf-8")


def _stamp(name: str, content: bytes | Path) -> tuple[int, int] | None:
    try:
        return stamp_of(content) if isinstance(content, Path) else None
    except OSError as error:
        raise Refused(f"{name} cannot be read: {error.strerror or error}.") from None


def _refuse_archive(file: File) -> None:
    with file.open() as stream:
        if stream.read(4) == b"PK\x03\x04":
            raise Refused(f"{file.name} is a ZIP archive or a workbook; give it the ending .xlsx if it is from Excel.")


def _text_source(file: File, ending: str, headings: bool, encoding: str, delimiter: str) -> Source:
    if ending in _JSON:
        return json_source(file, encoding)
    if ending in _TEXT:
        return lines_source(file, encoding)
    return csv_source(file, headings, encoding, "\t" if ending == ".tsv" and not delimiter else delimiter)


def _table(name: str, source: Source, place: str) -> Table:
    digest = sha256()
    columns = dict.fromkeys(source.columns or ())
    count = 0
    for entry in source.entries():
        count += 1
        if count > MOST_ROWS:
            raise Refused(f"{name} has more than {MOST_ROWS:,} rows; split it into several files.")
        columns |= dict.fromkeys(entry.values)
        said = {column: value for column, value in entry.values.items() if value}
        digest.update(json.dumps(said, sort_keys=True).encode() + b"\n")
    if not count:
        raise Refused(f"{name} has no rows{' below its headings' if source.columns and place != 'line' else ''}.")
    return Table(name, tuple(columns), count, digest.hexdigest(), source.notes, place, source)


def _unsendable(entry: Entry) -> Iterator[Fault]:
    for column, value in entry.values.items():
        if "\0" in value:
            yield Fault(column, "a NUL character", "text")
        elif not value.isascii() and any("\ud800" <= sign <= "\udfff" for sign in value):
            yield Fault(column, "half of a character (a lone surrogate)", "text")


def template_for(columns: Sequence[str]) -> str:
    """The template to start from: the column `prompt`, else the only or first one."""
    return f"{{{PROMPT if PROMPT in columns else columns[0]}}}"


def preview(table: Table, template: str, most: int = 3) -> tuple[str, ...]:
    """The first prompts as they would be sent. Raises ValueError, naming it, for a variable that is no column."""
    return tuple(fill(template, row.values) for row in islice(table.rows(), most))


def problems(table: Table, template: str, also: Sequence[str] = ()) -> Problems:
    """What would go wrong, found in one pass over the rows: broken rows, unknown columns, prompts without text.

    An empty value in a column of the template is a doubt, since the rest of the prompt may do without. `also` are
    further columns that are needed, as by checks. Raises Refused where the file has changed since it was read.
    """
    stopping = _Listed(list(_template_faults(table, template, also)))
    doubts = _Listed(list(_template_doubts(table, template)))
    unknown = bool(stopping.count)
    for number, entry in enumerate(table.entries(), 1):
        for problem in _row_problems(table.place, number, entry, "" if unknown else template):
            (stopping if problem.stops else doubts).add(problem)
    first = (*stopping.first, *doubts.first)[:MOST_PROBLEMS]
    return Problems(first, stopping.count, doubts.count)


class _Listed:
    """The first problems, and how many there are."""

    def __init__(self, first: list[Problem]) -> None:
        self.first = first
        self.count = len(first)

    def add(self, problem: Problem) -> None:
        self.count += 1
        if len(self.first) < MOST_PROBLEMS:
            self.first.append(problem)


def _template_faults(table: Table, template: str, also: Sequence[str]) -> Iterator[Problem]:
    columns = ", ".join(f"{{{name}}}" for name in table.columns[:20])
    expected = f"one of the columns {columns}" + (" and more" if len(table.columns) > 20 else "")
    if not template.strip():
        yield Problem(None, "", "", "nothing", "a text with a column in braces, such as {prompt}")
    for name in dict.fromkeys((*variables(template), *also)):
        if name not in table.columns:
            yield Problem(None, "", name, f"{{{name}}}", expected)


def _template_doubts(table: Table, template: str) -> Iterator[Problem]:
    if template.strip() and not variables(template) and table.count > 1:
        found = f"no column, so that all {table.count:,} rows ask the same"
        yield Problem(None, "", "", found, "a column in braces", stops=False)


def _row_problems(place: str, number: int, entry: Entry, template: str) -> Iterator[Problem]:
    where = f"{place} {entry.line:,}"
    for fault in entry.faults:
        yield Problem(number, where, fault.column, fault.found, fault.expected)
    used = variables(template) if template else ()
    empty = [name for name in used if not entry.values[name].strip()]
    if entry.faults or not empty:
        return
    if len(empty) == len(used):
        yield Problem(number, where, empty[0], "nothing", "a text; without one there is nothing to ask")
        return
    for name in empty:
        yield Problem(number, where, name, "nothing", "a text", stops=False)
