"""Answers in a file, one line of JSON each, that a killed process leaves in a state to go on from."""

import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from io import FileIO
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from components.batch.records import Job, Key, Result, Status, job_of, job_record, result_of, result_record
from components.batch.sink import Found, SinkRefused, SinkTrouble, check_same

FORMAT = 1
_SIMULATED = "Simulated: no model wrote any of these answers, and they are no evidence."


class FileSink:
    """Keeps the answers of a job in a file of JSON lines: a header with the job, then a line for each answer.

    Lines are written in groups, each flushed to the disk before it counts. A line that was torn when the process died
    is cut off when the file is opened again. What is being asked is noted in a second file beside it (`.under-way`), so
    that the next session can say how much that was; it is gone when a session ends well. A lock beside it (`.lock`)
    stays, and means nothing by itself.

    Without `resume`, a file that is there already is refused. With `ask_failed_again`, failures found in it are taken
    out and asked again.
    """

    def __init__(self, path: Path, job: Job, *, resume: bool = False, ask_failed_again: bool = False) -> None:
        self._path = path
        self._job = job
        self._resume = resume
        self._ask_failed_again = ask_failed_again
        self._lock = FileLock(_beside(path, ".lock"), timeout=0, thread_local=False)
        self._notes = _beside(path, ".under-way")
        self._file: FileIO | None = None
        self._asking: int | None = None
        self._end = 0

    @property
    def job(self) -> Job:
        """The job; once the sink is open, under the id and the time with which it was begun."""
        return self._job

    def open(self) -> Found:
        """Take the file, for this process alone, and see what it holds.

        Raises SinkRefused where another process has it, where it holds something else, and where it cannot be used.
        """
        try:
            self._lock.acquire()
        except Timeout:
            raise SinkRefused(
                f"Another process is writing to {self._path}. Nothing was asked; wait for it to end, or name another "
                "file."
            ) from None
        except OSError as error:
            raise SinkRefused(_unusable(self._path, error)) from None
        try:
            return self._take()
        except OSError as error:
            self.close()
            raise SinkRefused(_unusable(self._path, error)) from None
        except BaseException:
            self.close()
            raise

    def begin(self, key: Key) -> None:
        """Note that something is about to be asked."""
        if self._asking is not None:
            try:
                os.write(self._asking, b"%d\n" % self._job.place(key))
            except OSError:
                # The note only serves a report; the answers themselves are what must not be lost.
                return

    def write(self, results: Sequence[Result]) -> None:
        """Append answers and wait until the disk has them.

        Raises SinkTrouble where it does not take them; the file then ends where it ended before.
        """
        file = self._open_file
        lines = b"".join(_line(result_record(result)) for result in results)
        try:
            file.seek(self._end)
            written = 0
            while written < len(lines):
                written += file.write(memoryview(lines)[written:])
            os.fsync(file.fileno())
        except OSError as error:
            self._cut_back()
            raise SinkTrouble(_unusable(self._path, error)) from None
        self._end += len(lines)

    def beat(self) -> None:
        """Nothing to do: the lock ends with the process."""

    def close(self, reason: str = "") -> None:
        """Close the file and let others have it."""
        if self._asking is not None:
            os.close(self._asking)
            self._asking = None
            # Whoever closes the file has nothing under way any more.
            self._notes.unlink(missing_ok=True)
        if self._file is not None:
            self._file.close()
            self._file = None
        if self._lock.is_locked:
            self._lock.release()

    def read(self) -> Iterator[Result]:
        """All answers in the order in which they came."""
        return read_results(self._path)

    @property
    def _open_file(self) -> FileIO:
        if self._file is None:
            raise RuntimeError("The file is not open.")
        return self._file

    def _take(self) -> Found:
        if not _holds_anything(self._path):
            self._path.parent.mkdir(parents=True, exist_ok=True)
            _replace_file(self._path, iter([_line(_header(self._job))]))
        elif not self._resume:
            raise SinkRefused(
                f"{self._path} is there already. Nothing was asked; add --resume to go on with it, or name another "
                "file."
            )
        kept = read_job(self._path)
        check_same(kept, self._job, str(self._path))
        self._job = replace(self._job, id=kept.id, created=kept.created, name=kept.name, owner=kept.owner)
        if self._ask_failed_again:
            _replace_file(self._path, _without_failures(self._path))
        found, self._end = self._survey()
        self._file = FileIO(self._path, "r+")
        self._file.truncate(self._end)
        asked_before = self._asked_before(found.places)
        self._asking = os.open(self._notes, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND, 0o666)
        return replace(found, asked_before=asked_before)

    def _survey(self) -> tuple[Found, int]:
        """What the file holds, and where its last whole line ends."""
        places, found, end = bytearray(self._job.total), Found(bytearray()), 0
        for number, (start, line) in enumerate(_lines(self._path), start=1):
            end = start + len(line)
            if number > 1:
                found = _counted(found, self._record(line, number), places, self._job)
        return replace(found, places=places), end

    def _record(self, line: bytes, number: int) -> Result:
        try:
            result = result_of(json.loads(line))
            self._job.place(result.key)
            return result
        except (ValueError, KeyError, TypeError):
            raise SinkRefused(
                f"Line {number:,} of {self._path} is no answer of a batch. Nothing was asked and nothing was touched; "
                "put the line right or take it out, or name another file."
            ) from None

    def _asked_before(self, places: bytearray) -> int:
        """How many things were being asked when the last session died, and have no answer."""
        try:
            noted = self._notes.read_bytes().split(b"\n")
        except OSError:
            return 0
        # The last piece is torn, or empty.
        asked = {int(one) for one in noted[:-1] if one.isdigit()}
        return sum(place < len(places) and not places[place] for place in asked)

    def _cut_back(self) -> None:
        try:
            os.ftruncate(self._open_file.fileno(), self._end)
        except OSError:
            # The next attempt writes from the same place, over what stands there.
            return


def read_job(path: Path) -> Job:
    """The job whose answers a file holds. Raises SinkRefused for a file of another kind, OSError for none."""
    _, line = next(_lines(path), (0, b""))
    try:
        header = json.loads(line)
        if header["batch"] != FORMAT:
            raise ValueError("another format")
        return job_of(header["job"])
    except (ValueError, KeyError, TypeError):
        raise SinkRefused(
            f"{path} does not begin as the answers of a batch do. Nothing was asked and nothing in it was touched; "
            "name another file."
        ) from None


def read_results(path: Path) -> Iterator[Result]:
    """All answers in a file, in the order in which they came, without holding them; a torn last line is left out."""
    for number, (_, line) in enumerate(_lines(path)):
        if number:
            yield result_of(json.loads(line))


def _counted(found: Found, result: Result, places: bytearray, job: Job) -> Found:
    place = job.place(result.key)
    if places[place]:
        return found
    places[place] = 1
    discarded = result.discarded_usd or Decimal(0)
    return replace(
        found,
        done=found.done + 1,
        failed=found.failed + (result.status is not Status.OK),
        spent_usd=found.spent_usd + (result.cost_usd or 0) + (result.checks_usd or 0) + discarded,
        discarded_usd=found.discarded_usd + discarded,
    )


def _header(job: Job) -> dict[str, Any]:
    marked = {"batch": FORMAT, "simulated": job.simulated}
    return marked | ({"note": _SIMULATED} if job.simulated else {}) | {"job": job_record(job)}


def _line(record: dict[str, Any]) -> bytes:
    # A lone surrogate, which a model's answer may hold, has no UTF-8 form but an escape.
    return json.dumps(record, ensure_ascii=True).encode() + b"\n"


def _lines(path: Path) -> Iterator[tuple[int, bytes]]:
    """Each whole line and where it starts, in bytes."""
    start = 0
    with path.open("rb") as file:
        for line in file:
            if line.endswith(b"\n"):
                yield start, line
            start += len(line)


def _holds_anything(path: Path) -> bool:
    # A header that was torn is as good as none.
    return path.exists() and next(_lines(path), None) is not None


def _without_failures(path: Path) -> Iterator[bytes]:
    for number, (_, line) in enumerate(_lines(path)):
        if not number or json.loads(line).get("status") == Status.OK:
            yield line


def _replace_file(path: Path, lines: Iterator[bytes]) -> None:
    """Put a new file in a file's place: a process that dies meanwhile leaves the old one or the new one, never half."""
    new = _beside(path, ".new")
    with new.open("wb") as file:
        file.writelines(lines)
        file.flush()
        os.fsync(file.fileno())
    os.replace(new, path)
    if os.name == "posix":
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _beside(path: Path, ending: str) -> Path:
    return path.with_name(path.name + ending)


def _unusable(path: Path, error: OSError) -> str:
    return (
        f"{path} cannot be written ({error.strerror or error}). Answers that were kept before are safe; put that "
        "right, then go on with --resume."
    )
