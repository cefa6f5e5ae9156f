"""Reads one YAML file into plain values, knowing the line of each, and refuses what a data file never needs."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

MAX_BYTES = 1_000_000
MAX_DEPTH = 20
MAX_VALUES = 100_000

Location = tuple[str | int, ...]


@dataclass(frozen=True)
class Problem:
    """One thing wrong in one place: file as a path relative to the data folder, line counted from 1."""

    file: str
    line: int
    field: str
    found: str
    expected: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.field}: found {self.found}, expected {self.expected}"


class Refused(Exception):
    """The file is not read any further; `problem` says where and why."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem


@dataclass
class Document:
    """The values of one file, and the line on which each begins."""

    file: str
    data: Any
    lines: dict[Location, int] = field(default_factory=dict)

    def line(self, location: Location) -> int:
        """Line of the value at `location`, or of the nearest value around it."""
        while location and location not in self.lines:
            location = location[:-1]
        return self.lines.get(location, 1)


def read(path: Path, name: str) -> Document:
    """Reads `path`, called `name` in messages, as YAML 1.2 core values (dates stay text).

    Raises `Refused` for a file over 1 MB, text that is not UTF-8, broken YAML, aliases, anchors, tags, duplicate
    keys, more than one document, nesting over 20 levels or over 100,000 values.
    """
    if not path.exists():
        raise Refused(Problem(name, 1, "file", "no such file", "a file with entries"))
    if not path.is_file():
        raise Refused(Problem(name, 1, "file", "something that is no file", "a file that can be read"))
    size = path.stat().st_size
    if size > MAX_BYTES:
        raise Refused(Problem(name, 1, "file", f"{size:,} bytes", f"at most {MAX_BYTES:,} bytes"))
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise Refused(Problem(name, 1, "file", error.strerror or "an error", "a file that can be read")) from None
    except UnicodeDecodeError as error:
        raise Refused(Problem(name, 1, "file", f"a byte that is not UTF-8 at {error.start:,}", "UTF-8 text")) from None
    # The parser takes as long to import as the whole compiled catalog to read, and that start needs none.
    from catalog.yaml_events import parsed

    return parsed(text, name)


def dotted(location: Location) -> str:
    """A location as a reader writes it: `prices.input[2].value`; `file` for the whole."""
    words = ""
    for step in location:
        words += f"[{step + 1}]" if isinstance(step, int) else f".{step}"
    return words.lstrip(".") or "file"
