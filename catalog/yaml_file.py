"""Reads one YAML file into plain values, knowing the line of each, and refuses what a data file never needs."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

import yaml

MAX_BYTES = 1_000_000
MAX_DEPTH = 20
MAX_VALUES = 100_000

Location = tuple[str | int, ...]

_INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]*)")
_NUMBER = re.compile(r"[-+]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][-+]?[0-9]+)?")
_WORDS = {"true": True, "false": False, "null": None, "~": None, "": None}
_MAX_DIGITS = 30


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
    return _Reader(text, name).document()


class _Reader:
    """Builds values straight from parser events, so an alias is seen before it can be expanded."""

    def __init__(self, text: str, name: str) -> None:
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        self._text = text
        self._events: Iterator[Any] = yaml.parse(text, Loader=loader)
        self._name = name
        self._values = 0
        self._lines: dict[Location, int] = {}

    def document(self) -> Document:
        try:
            return self._document()
        except yaml.YAMLError as error:
            found = getattr(error, "problem", None) or getattr(error, "reason", None) or "text that is not YAML"
            found = found.removeprefix("found ")
            line = self._line_of(error)
            raise Refused(Problem(self._name, line, "file", found, "well-formed YAML")) from None

    def _line_of(self, error: yaml.YAMLError) -> int:
        mark = getattr(error, "problem_mark", None)
        if mark is not None:
            return int(mark.line) + 1
        # A reader's error counts positions from the start of the text.
        return self._text.count("\n", 0, getattr(error, "position", 0)) + 1

    def _document(self) -> Document:
        data = None
        seen = False
        for event in self._events:
            if isinstance(event, yaml.DocumentStartEvent):
                if seen:
                    self._refuse(event, (), "a second document", "one document a file")
                seen = True
                data = self._value(next(self._events), ())
        return Document(self._name, data, self._lines)

    def _refuse(self, event: Any, at: Location, found: str, expected: str) -> NoReturn:
        raise Refused(Problem(self._name, event.start_mark.line + 1, dotted(at), found, expected))

    def _value(self, event: Any, at: Location) -> Any:
        self._values += 1
        if self._values > MAX_VALUES:
            self._refuse(event, at, f"more than {MAX_VALUES:,} values", "a smaller file")
        if len(at) > MAX_DEPTH:
            self._refuse(event, at, f"more than {MAX_DEPTH} levels", "flatter data")
        if isinstance(event, yaml.AliasEvent):
            self._refuse(event, at, f"the alias *{event.anchor}", "the value itself")
        if event.anchor:
            self._refuse(event, at, f"the anchor &{event.anchor}", "the value alone")
        if event.tag:
            self._refuse(event, at, f"the tag {event.tag}", "a plain value without a tag")
        self._lines.setdefault(at, event.start_mark.line + 1)
        if isinstance(event, yaml.ScalarEvent):
            return _scalar(event)
        if isinstance(event, yaml.SequenceStartEvent):
            return self._list(at)
        return self._mapping(at)

    def _list(self, at: Location) -> list[Any]:
        items: list[Any] = []
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            items.append(self._value(event, (*at, len(items))))
        return items

    def _mapping(self, at: Location) -> dict[str, Any]:
        items: dict[str, Any] = {}
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            key = self._key(event, at)
            if key in items:
                self._refuse(event, (*at, key), "the key a second time", "each key once")
            items[key] = self._value(next(self._events), (*at, key))
        return items

    def _key(self, event: Any, at: Location) -> str:
        if not isinstance(event, yaml.ScalarEvent) or event.tag or event.anchor:
            self._refuse(event, at, "a key that is not a plain word", "a plain word as key")
        key = str(event.value)
        # A block below its key begins a line later, and a reader looks for the key; the first of two keeps its line.
        self._lines.setdefault((*at, key), event.start_mark.line + 1)  # type: ignore[union-attr]
        return key


def _scalar(event: Any) -> Any:
    text: str = event.value
    if not event.implicit[0] or len(text) > _MAX_DIGITS:
        return text
    if text.lower() in _WORDS:
        return _WORDS[text.lower()]
    if _INTEGER.fullmatch(text):
        return int(text)
    return float(text) if _NUMBER.fullmatch(text) else text


def dotted(location: Location) -> str:
    """A location as a reader writes it: `prices.input[2].value`; `file` for the whole."""
    words = ""
    for step in location:
        words += f"[{step + 1}]" if isinstance(step, int) else f".{step}"
    return words.lstrip(".") or "file"
