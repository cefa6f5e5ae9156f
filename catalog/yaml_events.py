"""Builds the values of a YAML file from the events of its parser."""

import re
from collections.abc import Iterator
from contextlib import suppress
from typing import Any, NoReturn

import yaml

from catalog.yaml_file import MAX_DEPTH, MAX_VALUES, Document, Location, Problem, Refused, dotted

_INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]*)")
_NUMBER = re.compile(r"[-+]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][-+]?[0-9]+)?")
_WORDS = {"true": True, "false": False, "null": None, "~": None, "": None}
_MAX_DIGITS = 30


def parsed(text: str, name: str) -> Document:
    """The values of `text`, called `name` in messages. Raises `Refused` as `yaml_file.read` does."""
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
            self._refuse_before(error)
            found = getattr(error, "problem", None) or getattr(error, "reason", None) or "text that is not YAML"
            found = found.removeprefix("found ")
            line = self._line_of(error)
            raise Refused(Problem(self._name, line, "file", found, "well-formed YAML")) from None

    def _refuse_before(self, error: yaml.YAMLError) -> None:
        """Raises `Refused` for what stands before the parser's error: it looks up to 1,024 characters ahead."""
        mark = getattr(error, "problem_mark", None)
        if mark is not None:
            with suppress(yaml.YAMLError):
                _Reader(self._text[: mark.index], self._name)._document()

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
