"""Excel workbooks: the rows of one sheet, formulas by the value that they had, dates as 2026-11-26."""

import warnings
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import date, datetime, time
from itertools import repeat
from typing import TYPE_CHECKING, Any
from zipfile import BadZipFile, ZipFile

from components.batch.columns import named, numbered
from components.batch.entries import MOST_COLUMNS, Entry, Fault, File, Refused, Source, shown

if TYPE_CHECKING:
    from openpyxl import Workbook  # type: ignore[import-untyped, unused-ignore]

MOST_UNPACKED = 500_000_000
_PIECE = 1 << 20
# An encrypted workbook and one of the time before 2007 are both of this other kind of file.
_OLD = b"\xd0\xcf\x11\xe0"


def excel_source(file: File, headings: bool = True, sheet: str = "") -> Source:
    """A workbook, understood: one sheet, the first visible one unless it is named.

    The texts that cells share are held in memory while it is read, the rows are not. Raises Refused for a file that is
    no workbook, is encrypted or unpacks to more than 500 MB, and for a sheet that is not there.
    """
    _check(file)
    with closing(_opened(file, True)) as book:
        names = [each.title for each in book.worksheets if each.sheet_state == "visible"]
    if sheet and sheet not in names:
        raise Refused(f"{file.name} has no sheet {shown(sheet)}; it has {', '.join(map(shown, names))}.")
    if not names:
        raise Refused(f"{file.name} has no sheet that can be seen.")
    chosen = sheet or names[0]
    computed = _has_formulas(file)
    first = next(_records(file, chosen, computed), None)
    if first is None:
        raise Refused(f"{file.name}: the sheet {shown(chosen)} has no rows.")
    texts = [_text(value) for value, _ in first[1]]
    columns, notes = named(texts) if headings else (numbered(len(texts)), ())
    if len(names) > 1:
        notes = (f"Only the sheet {shown(chosen)} is read; there are {len(names)}.", *notes)

    def entries() -> Iterator[Entry]:
        records = _records(file, chosen, computed)
        if headings:
            next(records)
        for line, cells in records:
            yield _entry(line, cells, columns)

    return Source(entries, columns, notes, headings=headings, sheet=chosen)


def _check(file: File) -> None:
    with file.open() as stream:
        start = stream.read(4)
        if start == _OLD:
            words = "is encrypted, or of the old kind with the ending .xls"
            raise Refused(f"{file.name} {words}; save it as an Excel workbook (.xlsx) without a password.")
        try:
            with ZipFile(stream) as packed:
                size = sum(each.file_size for each in packed.infolist())
        except BadZipFile:
            raise Refused(f"{file.name} is no Excel workbook; save it as .xlsx, or as CSV.") from None
    if size > MOST_UNPACKED:
        most = MOST_UNPACKED // 1_000_000
        raise Refused(f"{file.name} unpacks to {size / 1e6:,.0f} MB, more than {most:,} MB; save it as CSV.")


def _opened(file: File, values: bool) -> "Workbook":
    from openpyxl import load_workbook  # type: ignore[import-untyped, unused-ignore]

    stream = file.open()
    try:
        # It warns of everything in a workbook that it does not keep; none of that is read here.
        with warnings.catch_warnings(action="ignore"):
            return load_workbook(stream, read_only=True, data_only=values)
    except Exception as error:
        stream.close()
        raise Refused(f"{file.name} is broken or no Excel workbook ({type(error).__name__}); save it again.") from None


def _has_formulas(file: File) -> bool:
    """Whether any sheet has a formula; only then is it worth looking for those without a value."""
    with file.open() as stream, ZipFile(stream) as packed:
        for name in packed.namelist():
            if name.startswith("xl/worksheets/"):
                with packed.open(name) as sheet:
                    while piece := sheet.read(_PIECE):
                        if b"<f>" in piece or b"<f " in piece:
                            return True
    return False


def _records(file: File, sheet: str, computed: bool) -> Iterator[tuple[int, list[tuple[Any, bool]]]]:
    """Each row with a value, with its number in the sheet: the value of each cell, and whether a formula has none."""
    with closing(_opened(file, True)) as book:
        values = _rows(book, sheet)
        if not computed:
            yield from _filled(zip(values, repeat(None), strict=False))
            return
        with closing(_opened(file, False)) as formulas:
            yield from _filled(zip(values, _rows(formulas, sheet), strict=False))


def _rows(book: "Workbook", sheet: str) -> Iterator[Sequence[Any]]:
    found: Any = book[sheet]
    # The size that a workbook states of itself is often wrong, and only a limit.
    found.reset_dimensions()
    rows: Iterator[Sequence[Any]] = found.iter_rows(values_only=True)
    return rows


def _filled(
    pairs: Iterator[tuple[Sequence[Any], Sequence[Any] | None]],
) -> Iterator[tuple[int, list[tuple[Any, bool]]]]:
    try:
        for line, (values, formulas) in enumerate(pairs, 1):
            if len(values) > MOST_COLUMNS and any(each is not None for each in values[MOST_COLUMNS:]):
                raise Refused(f"Row {line} of the sheet has more than {MOST_COLUMNS:,} columns; take some out.")
            lost = formulas or ()
            cells = [
                (value, value is None and at < len(lost) and lost[at] is not None)
                for at, value in enumerate(values[:MOST_COLUMNS])
            ]
            if any(missing or (value is not None and _text(value).strip()) for value, missing in cells):
                yield line, cells
    except (Refused, GeneratorExit):
        raise
    except Exception as error:
        raise Refused(f"The sheet is broken ({type(error).__name__}: {error}); save the workbook again.") from None


def _text(value: Any) -> str:
    """A cell as text: whole numbers without a point, dates as 2026-11-26, times with seconds."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ", "seconds")
    if isinstance(value, date):
        return value.isoformat()
    return value.isoformat("seconds") if isinstance(value, time) else str(value)


_ERRORS = ("#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A")


def _entry(line: int, cells: Sequence[tuple[Any, bool]], columns: Sequence[str]) -> Entry:
    texts = [_text(value) for value, _ in cells]
    faults = [
        Fault(column, f"the error {text}" if text in _ERRORS else "a formula without a value", _expected(text))
        for column, text, (_, missing) in zip(columns, texts, cells, strict=False)
        if missing or text in _ERRORS
    ]
    if any(text.strip() for text in texts[len(columns) :]):
        faults.append(Fault("", f"values in {len(texts)} columns", f"{len(columns)}, as there are headings"))
    return Entry(line, dict(zip(columns, texts, strict=False)), tuple(faults))


def _expected(text: str) -> str:
    return "a value" if text else "its value; open the workbook in a spreadsheet program and save it there"
