"""JSON Lines: an object or a text a line. What is nested in an object is taken as JSON."""

import json
from collections.abc import Iterator, Sequence
from decimal import Decimal
from functools import lru_cache
from io import TextIOWrapper
from typing import Any

from components.batch.columns import named
from components.batch.entries import PROMPT, Entry, Fault, File, Refused, Source, encoding_of, shown


def json_source(file: File, encoding: str = "") -> Source:
    """A file of JSON Lines, understood; what its columns are, only its rows tell.

    Raises Refused for a file that is no text, and for one JSON list over the whole file.
    """
    name, notes = encoding_of(file, encoding)
    _refuse_list(file, name)

    def entries() -> Iterator[Entry]:
        with TextIOWrapper(file.open(), name, newline="\n") as text:
            for number, line in _lines(text, file.name):
                if line.strip():
                    yield _entry(number, line.rstrip())

    return Source(entries, None, notes, name)


def _lines(text: TextIOWrapper, name: str) -> Iterator[tuple[int, str]]:
    try:
        yield from enumerate(text, 1)
    except UnicodeDecodeError as error:
        raise Refused(f"{name} cannot be read as {error.encoding}; save it in UTF-8.") from None


def _refuse_list(file: File, encoding: str) -> None:
    with TextIOWrapper(file.open(), encoding, errors="replace") as text:
        start = text.read(1_000).lstrip()
    if start.startswith("["):
        raise Refused(f"{file.name} is one JSON list; write each of its items on a line of its own.")


def _entry(number: int, line: str) -> Entry:
    try:
        value = json.loads(line, parse_float=Decimal, parse_constant=_no_number, object_pairs_hook=_object)
        return Entry(number, _values(value))
    except json.JSONDecodeError as error:
        found = f"no JSON from column {error.colno} on, in {shown(line[max(0, error.pos - 20) : error.pos + 20])}"
        return Entry(number, {}, (Fault("", found, "an object or a text in double quotes on the line"),))
    except RecursionError:
        return Entry(number, {}, (Fault("", "JSON that is nested too deeply", "an object with plain values"),))
    except ValueError as error:
        return Entry(number, {}, (Fault("", str(error), "an object with plain values, each field once"),))


def _no_number(name: str) -> None:
    raise ValueError(f"{name}, which is no number of JSON")


def _object(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        names = [name for name, _ in pairs]
        raise ValueError(f"the field {shown(next(name for name in names if names.count(name) > 1))} twice")
    return made


def _values(value: Any) -> dict[str, str]:
    if isinstance(value, str):
        return {PROMPT: value}
    if not isinstance(value, dict):
        kind = "a list" if isinstance(value, list) else "a number, true, false or null"
        raise ValueError(f"{kind} instead of an object or a text")
    return {name: _plain(each) for name, each in zip(_names(tuple(value)), value.values(), strict=True)}


# Nearly every line has the same fields.
@lru_cache(maxsize=64)
def _names(fields: tuple[str, ...]) -> tuple[str, ...]:
    if not all(field.strip() for field in fields):
        raise ValueError("a field without a name")
    return named(fields)[0] if fields else ()


def _plain(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    # A fraction keeps the digits that it was written with.
    return str(value) if isinstance(value, Decimal) else json.dumps(value, ensure_ascii=False, default=_number)


def _number(value: Decimal) -> float:
    number = float(value)
    if number in (float("inf"), float("-inf")):
        raise ValueError("a number that is too large for a program to hold")
    return number
