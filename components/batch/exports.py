"""The results of a batch as CSV, JSON Lines and Excel, written one after another, so that none is held.

Every result is a flat record: its key, the columns of its row as `input.<column>`, the prompt and the answer, times in
seconds, tokens, money in US dollars, and a pair `check.<label>`, `note.<label>` for each check.
"""

import itertools
import json
import re
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from itertools import islice
from tempfile import TemporaryFile
from typing import IO, Any

from catalog.spreadsheet import LONGEST_CELL, MOST_ROWS, runs, units
from catalog.tables import to_csv
from components.batch.checks import Check
from components.batch.records import Job, Result, Row, controls_record, result_of, result_record

SIMULATED = "simulated, not a model's answer"
# What XML 1.0 has no way to write.
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_TOGETHER = 100
_CUT = " … [cut]"
_TOKENS = ("input_tokens", "output_tokens", "thinking_tokens", "cached_tokens", "tool_tokens", "total_tokens")
_TIMES = ("first_token_s", "first_visible_s", "total_s")

Record = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Written:
    """What went into a file: results, and cells that were cut at the limit of Excel or lost characters to it."""

    results: int
    cut: int = 0
    cleaned: int = 0

    @property
    def sentence(self) -> str:
        """It as a sentence, with what is not in the file as it was."""
        words = f"{self.results:,} result{'' if self.results == 1 else 's'} written."
        if self.cut:
            cells = "1 cell was" if self.cut == 1 else f"{self.cut:,} cells were"
            words += f" {cells} cut at the {LONGEST_CELL:,} characters that Excel holds; CSV and JSONL have all of it."
        if self.cleaned:
            cells = "1 cell" if self.cleaned == 1 else f"{self.cleaned:,} cells"
            words += f" {cells} had characters that Excel cannot hold; a � stands in their place."
        return words


def in_order(job: Job, results: Iterable[Result]) -> Iterator[Result]:
    """Results that come in any order, in that of the input: by row, then model, then repeat; the last of a key counts.

    They wait in a temporary file and not in memory. Raises ValueError for a result that is not of the job.
    """
    starts = array("q", [-1]) * job.total
    with TemporaryFile() as waiting:
        for result in results:
            starts[job.place(result.key)] = waiting.tell()
            waiting.write(json.dumps(result_record(result)).encode() + b"\n")
        for start in starts:
            if start >= 0:
                waiting.seek(start)
                yield result_of(json.loads(waiting.readline()))


def paired(rows: Iterable[Row], results: Iterable[Result]) -> Iterator[tuple[Row | None, Result]]:
    """Each result with the row of the input it belongs to, read alongside; None for a row that comes no more.

    Results have to come in the order of their rows, as `in_order` brings them.
    """
    ahead = iter(rows)
    row = next(ahead, None)
    for result in results:
        while row is not None and row.number < result.key.row:
            row = next(ahead, None)
        yield (row if row is not None and row.number == result.key.row else None), result


def columns_of(inputs: Sequence[str], checks: Sequence[Check | str]) -> tuple[str, ...]:
    """The names of the columns of an export, in their order; `checks` are checks or their labels."""
    labels = [check if isinstance(check, str) else check.label for check in checks]
    verdicts = [f"{part}.{label}" for label in labels for part in ("check", "note")]
    return (
        "row",
        "model",
        "repeat",
        "status",
        *(f"input.{name}" for name in inputs),
        "prompt",
        "answer",
        *verdicts,
        "error_kind",
        "error",
        "finish_reason",
        "served_model",
        "origin",
        "started",
        *_TIMES,
        "attempts",
        "asked_again",
        *_TOKENS,
        "cost_usd",
        "discarded_usd",
        "checks_usd",
        "concurrency",
        "catalog_version",
    )


def record_of(job: Job, row: Row | None, result: Result) -> dict[str, Any]:
    """One result as a flat record; None is "not known". Money stays exact."""
    usage = asdict(result.usage)
    verdicts = {f"check.{one.check}": _WORDS[one.passed] for one in result.checks}
    return {
        "row": result.key.row,
        "model": result.key.model,
        "repeat": result.key.repeat,
        "status": result.status.value,
        **{f"input.{name}": value for name, value in (row.values.items() if row else ())},
        "prompt": result.prompt,
        "answer": result.text,
        **verdicts,
        **{f"note.{one.check}": one.note for one in result.checks},
        "error_kind": result.error_kind,
        "error": result.error,
        "finish_reason": result.finish_reason,
        "served_model": result.served_model,
        "origin": SIMULATED if result.simulated else "model",
        "started": result.started.isoformat() if result.started else None,
        **{name: getattr(result, name) for name in _TIMES},
        "attempts": result.attempts,
        "asked_again": result.asked_again,
        **{name: usage[name] for name in _TOKENS},
        "cost_usd": result.cost_usd,
        "discarded_usd": result.discarded_usd,
        "checks_usd": result.checks_usd,
        "concurrency": result.concurrency,
        "catalog_version": job.catalog_version,
    }


_WORDS = {True: "passed", False: "failed", None: "not decided"}


def write_csv(records: Iterable[Record], columns: Sequence[str], out: IO[bytes]) -> Written:
    """Write CSV in UTF-8 with the mark that Excel needs; a text that a spreadsheet would run begins with a quote."""
    heading = to_csv((), columns)
    out.write(b"\xef\xbb\xbf" + heading.encode())
    count = 0
    left = iter(records)
    while some := [_texts(record, columns) for record in islice(left, _TOGETHER)]:
        out.write(to_csv(some, columns).removeprefix(heading).encode("utf-8", "replace"))
        count += len(some)
    return Written(count)


def _texts(record: Record, columns: Sequence[str]) -> dict[str, str]:
    return {name: _text(record.get(name)) for name in columns}


def _text(value: object) -> str:
    """A value in full; "not known" is empty."""
    if value is None:
        return ""
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def write_jsonl(job: Job, pairs: Iterable[tuple[Row | None, Result]], out: IO[bytes]) -> Written:
    """Write a JSON object a line: the result as it is kept, with its row as `input` and whether it is `simulated`.

    `read_jsonl` gives the results back.
    """
    count = 0
    for row, result in pairs:
        record = result_record(result) | {"input": dict(row.values) if row else None}
        record["catalog_version"] = job.catalog_version
        # Escapes keep what cannot be written in UTF-8, such as half of a character.
        out.write(json.dumps(record, ensure_ascii=not _encodable(record)).encode() + b"\n")
        count += 1
    return Written(count)


def _encodable(record: Record) -> bool:
    try:
        json.dumps(record, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return False
    return True


def read_jsonl(lines: Iterable[bytes | str]) -> Iterator[Result]:
    """The results of an export by `write_jsonl`. Raises ValueError, with the line, for what is none."""
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                yield result_of(json.loads(line))
            except (ValueError, KeyError, TypeError, AttributeError) as error:
                raise ValueError(f"Line {number} is no result of a batch: {error}.") from None


def write_xlsx(job: Job, records: Iterable[Record], columns: Sequence[str], out: IO[bytes]) -> Written:
    """Write an Excel workbook: a sheet of results, more where one is full, and a sheet about the batch.

    Texts are texts whatever they begin with, and stay so when they are edited. What Excel cannot hold is cut or
    replaced, and counted.
    """
    from openpyxl import Workbook  # type: ignore[import-untyped, unused-ignore]

    book = Workbook(write_only=True)
    cells = _Cells()
    left = iter(records)
    count = 0
    for number in itertools.count(1):
        some = list(islice(left, 1))
        if not some and number > 1:
            break
        sheet = book.create_sheet("Results" if number == 1 else f"Results {number}")
        sheet.freeze_panes = "A2"
        sheet.append(cells.row(sheet, columns))
        for record in itertools.chain(some, islice(left, MOST_ROWS - 2)):
            sheet.append(cells.row(sheet, [record.get(name) for name in columns]))
            count += 1
    written = Written(count, cells.cut, cells.cleaned)
    about = book.create_sheet("About")
    for line in _about(job, written):
        about.append(cells.row(about, line))
    book.save(out)
    return written


class _Cells:
    """Makes cells that hold what they should, and counts those that cannot."""

    def __init__(self) -> None:
        self.cut = 0
        self.cleaned = 0

    def row(self, sheet: Any, values: Iterable[object]) -> list[Any]:
        """The cells of one row. Texts that are no formula, error or date to anybody are handed over as they are."""
        return [self._cell(sheet, value) if isinstance(value, str) else value for value in values]

    def _cell(self, sheet: Any, text: str) -> Any:
        from openpyxl.cell import WriteOnlyCell  # type: ignore[import-untyped, unused-ignore]

        text = self._held(text)
        if not runs(text) and not text.startswith("#"):
            return text
        cell = WriteOnlyCell(sheet, text)
        # A text by its type, and marked so that editing it makes no formula of it.
        cell.data_type = "s"
        cell.quotePrefix = True
        return cell

    def _held(self, text: str) -> str:
        """As much of a text as a cell can hold."""
        clean = _ILLEGAL.sub("\ufffd", text)
        self.cleaned += clean != text
        if len(clean) * 2 <= LONGEST_CELL or units(clean) <= LONGEST_CELL:
            return clean
        self.cut += 1
        return clean.encode("utf-16-le")[: (LONGEST_CELL - len(_CUT)) * 2].decode("utf-16-le", "ignore") + _CUT


def _about(job: Job, written: Written) -> Iterator[tuple[str, object]]:
    yield "Batch", job.name or job.id
    yield "Created", job.created.isoformat()
    yield "Models", ", ".join(job.models)
    yield "Rows", job.rows
    yield "Repeats", job.repeats
    yield "Template", job.template
    yield "Settings", json.dumps(controls_record(job.controls), ensure_ascii=False)
    yield "Most calls at once for each model", job.limits.concurrency
    yield "Catalog version", job.catalog_version
    yield "Answers", SIMULATED if job.simulated else "of the models named"
    yield "This file", written.sentence
