"""CSV as it comes: commas, semicolons, tabs or bars, any common encoding, line breaks in quotes, rows of odd length."""

import csv
import re
from collections.abc import Iterator, Sequence
from io import StringIO, TextIOWrapper
from itertools import islice
from typing import TextIO

from components.batch.columns import named, numbered
from components.batch.entries import MOST_BYTES, Entry, Fault, File, Refused, Source, encoding_of

DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "vertical bar"}
# Stands in no text, for files of one column.
_NONE = "\x1f"
_SAMPLE = 64_000
_SAMPLE_ROWS = 100
# Excel writes and reads this line to say what separates the columns.
_SAID = re.compile(r"sep=(.)\r?\n", re.IGNORECASE)


def csv_source(file: File, headings: bool = True, encoding: str = "", delimiter: str = "") -> Source:
    """A CSV file, understood: its encoding and delimiter are found where they are not given.

    Raises Refused, with the line, for a file that cannot be read.
    """
    name, notes = encoding_of(file, encoding)
    with _text(file, name) as text:
        sample = _sample(text, file.name)
    said = _SAID.match(sample)
    between = delimiter or (said[1] if said else _likely(sample))
    start = 1 if said else 0
    first = next(_records(file, name, between, start), None)
    if first is None:
        raise Refused(f"{file.name} has no rows.")
    columns, more = named(first[1]) if headings else (numbered(len(first[1])), ())

    def entries() -> Iterator[Entry]:
        for line, record in islice(_records(file, name, between, start), int(headings), None):
            yield _entry(line, record, columns, between)

    if between not in (",", _NONE) and not delimiter:
        notes = (*notes, f"The columns are separated by a {DELIMITERS.get(between, between)}.")
    return Source(entries, columns, (*notes, *more), name, between, start, headings)


def _text(file: File, encoding: str) -> TextIOWrapper:
    # Line breaks stay as they are, for those in quotes are part of a prompt.
    return TextIOWrapper(file.open(), encoding, newline="")


def _sample(text: TextIO, name: str) -> str:
    try:
        return text.read(_SAMPLE + 1)
    except UnicodeDecodeError as error:
        raise Refused(_not_text(name, error)) from None


def _not_text(name: str, error: UnicodeDecodeError) -> str:
    return f"{name} cannot be read as {error.encoding}; save it in UTF-8, or say its encoding."


def _likely(sample: str) -> str:
    """The delimiter that cuts the first row into several parts and most others into as many; the most parts win.

    Where none cuts the first row there is one column, and whatever signs its texts hold, they are kept.
    """
    found = {sign: _regularity(sample, sign) for sign in DELIMITERS}
    best = max(found, key=found.__getitem__)
    return best if found[best][0] else _NONE


def _regularity(sample: str, delimiter: str) -> tuple[bool, float, int]:
    _allow_long_fields()
    try:
        reader = csv.reader(StringIO(sample, newline=""), delimiter=delimiter)
        rows = [row for row in islice(reader, _SAMPLE_ROWS) if row]
    except csv.Error:
        return False, 0, 0
    # The sample may end in the middle of its last row.
    whole = rows[:-1] if len(sample) > _SAMPLE and len(rows) > 1 else rows
    width = len(whole[0]) if whole else 0
    return width > 1, sum(len(row) == width for row in whole) / max(1, len(whole)), width


def _allow_long_fields() -> None:
    # The module has one limit for the process, of 128 KB; a prompt may be longer.
    csv.field_size_limit(MOST_BYTES)


def _records(file: File, encoding: str, delimiter: str, skipped: int) -> Iterator[tuple[int, list[str]]]:
    """Each row that is not blank, with the line of the file where it begins."""
    _allow_long_fields()
    with _text(file, encoding) as text:
        for _ in range(skipped):
            text.readline()
        reader = csv.reader(text, delimiter=delimiter, strict=True)
        while True:
            line = skipped + reader.line_num + 1
            try:
                record = next(reader, None)
            except csv.Error as error:
                raise Refused(f"{file.name}, line {line}: {_reason(error)}") from None
            except UnicodeDecodeError as error:
                raise Refused(_not_text(file.name, error)) from None
            if record is None:
                return
            if any(cell.strip() for cell in record):
                yield line, record


def _reason(error: csv.Error) -> str:
    words = str(error)
    if "unexpected end" in words:
        return "a double quote that opens in this row is never closed; close it, or write it twice."
    if "expected after" in words:
        return "a double quote stands inside a quoted text of this row; write it twice there."
    return f"this row is no CSV ({words}); correct it."


def _entry(line: int, record: Sequence[str], columns: Sequence[str], delimiter: str) -> Entry:
    values = dict(zip(columns, record, strict=False))
    return Entry(line, values, tuple(_faults(record, columns, delimiter)))


def _faults(record: Sequence[str], columns: Sequence[str], delimiter: str) -> Iterator[Fault]:
    count = len(columns)
    if len(record) < count:
        expected = f"{count} values, as there are columns"
        yield Fault(columns[len(record)], f"the end of the row after {len(record)}", expected)
    elif any(cell.strip() for cell in record[count:]):
        sign = DELIMITERS.get(delimiter, delimiter)
        expected = f"{count}, as there are columns; a text with a {sign} in it has to stand in double quotes"
        yield Fault("", f"{len(record)} values", expected)
