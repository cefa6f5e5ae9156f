"""Runs out of the history and into it, as JSON Lines with one run a line.

Owners stay out of files. Whatever a file says of itself, runs from it are marked as imported.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b

from components.history.changes import Began
from components.history.records import RunRecord
from components.history.run_format import run_line, run_of_line
from components.history.store import HistoryError, Refused, Store

LONGEST_LINE = 50_000_000
MOST_PROBLEMS = 1_000
_TOGETHER = 50
_TOGETHER_SIZE = 4_000_000


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a line of a file was left out, as a sentence that names the field. Lines count from 1."""

    line: int
    sentence: str


@dataclass(frozen=True, slots=True)
class Imported:
    """What came of an import: runs that are new, runs that were there already, and lines that were left out."""

    added: int
    skipped_known: int
    problems: tuple[Problem, ...]


def export_jsonl(store: Store, owner: str, run_ids: Sequence[str] | None = None) -> Iterator[str]:
    """Yield an owner's runs as lines with their line ends: those with these ids, or all of them, oldest first.

    Raises HistoryError where the database cannot be used.
    """
    ids = store.ids(owner) if run_ids is None else tuple(run_ids)
    for start in range(0, len(ids), _TOGETHER):
        for run in store.get_many(ids[start : start + _TOGETHER], owner):
            yield run_line(run)


def import_jsonl(store: Store, owner: str, lines: Iterable[str | bytes]) -> Imported:
    """Add the runs of a file to an owner's, leaving out those that are there already and lines that are not sound.

    A run that somebody else has under its id becomes a copy with an id of its own. Stops at the first line that
    cannot be written because the database cannot be used; that is the last problem then.
    """
    intake = _Intake(store, owner)
    try:
        for number, line in enumerate(lines, 1):
            intake.take(number, line)
        intake.write()
    except HistoryError as error:
        sentence = f"{error} The runs of earlier lines are in; this line and all after it are not."
        intake.problems.append(Problem(intake.first_waiting, sentence))
    return Imported(intake.added, intake.skipped, tuple(intake.problems))


def own_id(owner: str, name: str) -> str:
    """The id under which an owner has what somebody else has as `name`; the same each time, so that it is found."""
    return blake2b(f"{owner}\0{name}".encode(), digest_size=9).hexdigest()


def text_of(line: str | bytes, *, first: bool) -> str | None:
    """A line of a file as text, the first without its byte order mark; None for what is not UTF-8."""
    try:
        text = line.decode("utf-8") if isinstance(line, bytes) else line
    except UnicodeDecodeError:
        return None
    return text.removeprefix("\ufeff") if first else text


class _Intake:
    """The state of one import: runs are written several at a time."""

    def __init__(self, store: Store, owner: str) -> None:
        self._store = store
        self._owner = owner
        self._waiting: dict[str, tuple[int, RunRecord]] = {}
        self._size = 0
        self._last = 0
        self.added = 0
        self.skipped = 0
        self.problems: list[Problem] = []

    @property
    def first_waiting(self) -> int:
        return next((number for number, _ in self._waiting.values()), self._last)

    def take(self, number: int, line: str | bytes) -> None:
        self._last = number
        if len(line) > LONGEST_LINE:
            self.note(number, f"The line is longer than {LONGEST_LINE // 1_000_000} MB.")
            return
        text = text_of(line, first=number == 1)
        if text is None:
            self.note(number, "The line is not text in UTF-8.")
        elif text.strip():
            self._read(number, text)

    def note(self, number: int, sentence: str) -> None:
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(Problem(number, sentence))
        elif len(self.problems) == MOST_PROBLEMS:
            self.problems.append(Problem(number, "This line and more after it have problems that are not listed."))

    def write(self) -> None:
        runs = self._new(list(self._waiting.values()))
        try:
            self._store.write([Began(run) for _, run in runs])
            self.added += len(runs)
        except Refused:
            self._write_each(runs)
        self._waiting.clear()
        self._size = 0

    def _read(self, number: int, text: str) -> None:
        run = run_of_line(text)
        if isinstance(run, str):
            self.note(number, run)
        elif run.id in self._waiting:
            self.skipped += 1
        else:
            self._waiting[run.id] = (number, replace(run, owner=self._owner, imported=True))
            self._size += len(text)
            if len(self._waiting) >= _TOGETHER or self._size >= _TOGETHER_SIZE:
                self.write()

    def _new(self, runs: Sequence[tuple[int, RunRecord]]) -> list[tuple[int, RunRecord]]:
        """Leave out runs that are there already, after giving an own id to what somebody else has under the same."""
        named = {name for _, run in runs for name in (run.id, run.parent) if name}
        taken = {name for name, owner in self._store.owners(list(named)).items() if owner != self._owner}
        runs = [
            (number, replace(run, id=self._own(run.id, taken), parent=self._own(run.parent, taken)))
            for number, run in runs
        ]
        known = self._store.owners([run.id for _, run in runs])
        self.skipped += sum(run.id in known for _, run in runs)
        return [(number, run) for number, run in runs if run.id not in known]

    def _own(self, run_id: str, taken: set[str]) -> str:
        return own_id(self._owner, run_id) if run_id in taken else run_id

    def _write_each(self, runs: Sequence[tuple[int, RunRecord]]) -> None:
        for number, run in runs:
            try:
                self._store.write([Began(run)])
                self.added += 1
            except Refused:
                self.note(number, "The database does not take a value in this run.")
