"""A batch out of the history and into another one, as JSON Lines: first what it is, then its rows, then its answers.

Owners stay out of files. Whatever a file says of itself, a batch from it is marked as imported, and nobody runs it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from decimal import Decimal

from components.batch.records import Job, Result, Row, job_of, job_record
from components.batch.store_sink import kept_result, read_results
from components.batch.transfer_format import head_line, head_of, part_of, result_line, row_line
from components.history.records import BatchRecord, BatchResultRecord
from components.history.store import HistoryError, Refused, Store
from components.history.transfer import LONGEST_LINE, MOST_PROBLEMS, Problem, own_id, text_of

MOST_USD = Decimal(1_000_000)
"""What the answers of a file may cost in all, far below what the columns of a database can add up."""

_NOTE = "The file that this batch came from does not hold every answer."
_NO_HEAD = "The file does not begin with a batch. Nothing was imported; choose one that this page has exported."
_UNSTORABLE = "The database does not take a value in this file. Nothing was imported."


@dataclass(frozen=True, slots=True)
class BroughtIn:
    """What came of an import: the id of the batch, rows and answers that are new, and lines that were left out.

    `known` says that the batch was there already, so that nothing was changed. An empty id: nothing was imported.
    """

    job_id: str = ""
    rows: int = 0
    answers: int = 0
    known: bool = False
    problems: tuple[Problem, ...] = ()


def export_lines(store: Store, record: BatchRecord) -> Iterator[str]:
    """Yield a batch as lines with their line ends, without holding more than a few of its answers.

    Raises HistoryError where the database cannot be used, and ValueError, KeyError or TypeError for a batch that was
    kept in a form that cannot be read.
    """
    job = job_of(record.record)
    yield head_line(job, record.columns)
    for number, values in store.batches.rows(record.id):
        yield row_line(Row(number, values))
    for result in read_results(store.batches, job):
        yield result_line(result)


def import_lines(store: Store, owner: str, lines: Iterable[str | bytes]) -> BroughtIn:
    """Add the batch of a file to an owner's, all sound lines of it in one transaction.

    A batch that is there already stays as it is; one that somebody else has under its id becomes a copy with an id of
    its own. Lines that are not sound are left out and named.
    """
    reading = _Reading(enumerate(lines, 1))
    head = reading.head()
    if head is None:
        return BroughtIn(problems=tuple(reading.problems))
    job, columns = head
    try:
        whose = store.batches.owner(job.id)
        job = replace(job, owner=owner, id=job.id if whose in (None, owner) else own_id(owner, job.id))
        if store.batches.owner(job.id) is not None:
            return BroughtIn(job.id, known=True)
        answers = store.batches.create(_record(job, columns), reading.rows(job, columns), reading.results(job, columns))
    except HistoryError as error:
        return BroughtIn(problems=(Problem(reading.last, f"{error} Nothing was imported."),))
    except Refused:
        return BroughtIn(problems=(Problem(reading.last, _UNSTORABLE),))
    return BroughtIn(job.id, reading.row_count, answers, problems=tuple(reading.problems))


def _record(job: Job, columns: tuple[str, ...]) -> BatchRecord:
    return BatchRecord(
        id=job.id,
        owner=job.owner,
        name=job.name,
        created=job.created,
        simulated=job.simulated,
        total=job.total,
        record=job_record(job),
        columns=columns,
        state="stopped",
        note=_NOTE,
        imported=True,
    )


@dataclass
class _Reading:
    """A file that is read line by line: rows first, then answers, each in the order in which they were exported."""

    lines: Iterator[tuple[int, str | bytes]]
    problems: list[Problem] = field(default_factory=list)
    last: int = 0
    row_count: int = 0
    spent: Decimal = Decimal(0)
    waiting: tuple[int, Result] | None = None

    def head(self) -> tuple[Job, tuple[str, ...]] | None:
        for text in self._texts():
            found = head_of(text)
            if not isinstance(found, str):
                return found
            self._note(self.last, f"{found} {_NO_HEAD}")
            return None
        if not self.problems:
            self._note(1, _NO_HEAD)
        return None

    def rows(self, job: Job, columns: tuple[str, ...]) -> Iterator[tuple[int, dict[str, str]]]:
        before = 0
        for part in self._parts(job, columns):
            if isinstance(part, Result):
                self.waiting = (self.last, part)
                return
            if part.number <= before:
                self._note(self.last, "row.number: rows must stand in their order, each once.")
                continue
            before = part.number
            self.row_count += 1
            yield part.number, dict(part.values)

    def results(self, job: Job, columns: tuple[str, ...]) -> Iterator[BatchResultRecord]:
        before = -1
        for number, part in self._with_waiting(job, columns):
            if isinstance(part, Row):
                self._note(number, "row: rows must stand before all results.")
                continue
            place = job.place(part.key)
            self.spent += sum(filter(None, (part.cost_usd, part.checks_usd, part.discarded_usd)), Decimal(0))
            if place <= before:
                self._note(number, "result: results must stand in their order, each once.")
            elif self.spent > MOST_USD:
                self._note(number, f"result.cost_usd: all together cost more than {MOST_USD:,} US dollars.")
            else:
                before = place
                yield kept_result(job, part)

    def _with_waiting(self, job: Job, columns: tuple[str, ...]) -> Iterator[tuple[int, Row | Result]]:
        if self.waiting is not None:
            yield self.waiting
        for part in self._parts(job, columns):
            yield self.last, part

    def _parts(self, job: Job, columns: tuple[str, ...]) -> Iterator[Row | Result]:
        for text in self._texts():
            found = part_of(text, job, columns)
            if isinstance(found, str):
                self._note(self.last, found)
            else:
                yield found

    def _texts(self) -> Iterator[str]:
        """The lines that have text, and a note on those that cannot be read."""
        for number, line in self.lines:
            self.last = number
            if len(line) > LONGEST_LINE:
                self._note(number, f"The line is longer than {LONGEST_LINE // 1_000_000} MB.")
                continue
            text = text_of(line, first=number == 1)
            if text is None:
                self._note(number, "The line is not text in UTF-8.")
            elif text.strip():
                yield text

    def _note(self, line: int, sentence: str) -> None:
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(Problem(line, sentence))
        elif len(self.problems) == MOST_PROBLEMS:
            self.problems.append(Problem(line, "This line and more after it have problems that are not listed."))
