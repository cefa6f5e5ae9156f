"""Checks of the JSON that a visitor types, a schema for the answer or functions, before any of it is sent."""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

_NAME = re.compile(r"[A-Za-z_][\w.-]{0,63}", re.ASCII)
_MOST_WORDS = 160
# Finding a place takes seconds in a longer text; the sentence does without it there.
_MOST_CHARACTERS = 100_000

Path = tuple[str | int, ...]


@dataclass(frozen=True)
class Problem:
    """What is wrong with one control, named as in `Controls`; `line` and `column` count from 1 where it is a text."""

    control: str
    sentence: str
    line: int | None = None
    column: int | None = None


def schema_problems(text: str, control: str) -> Iterator[Problem]:
    """What is wrong with a text that should be a JSON Schema, draft 2020-12 unless it names another; blank is fine."""
    if not text.strip():
        return
    value, problem = _parsed(text, control, "JSON schema")
    if problem is not None:
        yield problem
    elif not isinstance(value, dict):
        yield _placed(text, control, 'The JSON schema must be an object in braces, such as {"type": "object"}', ())
    else:
        yield from _schema_faults(text, control, "The JSON schema", value, ())


def function_problems(text: str, control: str) -> Iterator[Problem]:
    """What is wrong with a text that should be a list of function declarations; blank is fine.

    Each is an object with `name`, `description` and, as a JSON Schema of type object, `parameters`. Names begin with a
    letter or an underscore and have at most 64 letters, digits, underscores, dots and hyphens.
    """
    if not text.strip():
        return
    value, problem = _parsed(text, control, "list of functions")
    if problem is not None:
        yield problem
    elif not isinstance(value, list) or not value:
        words = "The functions must be a list in square brackets with one object for each function"
        yield _placed(text, control, words, ())
    else:
        for index, declared in enumerate(value):
            yield from _declaration_faults(text, control, index, declared)
        yield from _twins(text, control, value)


def _declaration_faults(text: str, control: str, index: int, declared: object) -> Iterator[Problem]:
    which = f"Function {index + 1}"
    if not isinstance(declared, dict):
        yield _placed(text, control, f"{which} must be an object with name, description and parameters", (index,))
        return
    name, about = declared.get("name"), declared.get("description")
    if not isinstance(name, str):
        yield _placed(text, control, f"{which} needs a name in quotes", (index, "name"))
    elif not _NAME.fullmatch(name):
        words = (
            f"{which} has the name {_short(name)}, which must begin with a letter or an underscore "
            "and have at most 64 letters, digits, underscores, dots and hyphens"
        )
        yield _placed(text, control, words, (index, "name"))
    if about is not None and not isinstance(about, str):
        yield _placed(text, control, f"{which} must have its description in quotes", (index, "description"))
    if "parameters" in declared:
        yield from _parameter_faults(text, control, which, declared["parameters"], (index, "parameters"))


def _parameter_faults(text: str, control: str, which: str, schema: object, at: Path) -> Iterator[Problem]:
    what = f"{which}: parameters"
    if not isinstance(schema, dict):
        yield _placed(text, control, f"{what} must be a JSON Schema in braces", at)
        return
    faults = tuple(_schema_faults(text, control, what, schema, at))
    yield from faults
    if not faults and schema.get("type", "object") != "object":
        yield _placed(text, control, f'{what} must be of type "object", one property for each parameter', (*at, "type"))


def _twins(text: str, control: str, declared: Sequence[object]) -> Iterator[Problem]:
    seen: set[str] = set()
    for index, each in enumerate(declared):
        name = each.get("name") if isinstance(each, dict) else None
        if isinstance(name, str) and name in seen:
            words = f"Function {index + 1} has the name {_short(name)} a second time; each name must be its own"
            yield _placed(text, control, words, (index, "name"))
        elif isinstance(name, str):
            seen.add(name)


def _schema_faults(text: str, control: str, what: str, schema: dict[str, Any], at: Path) -> Iterator[Problem]:
    """The worst fault of a schema by the meta-schema of its draft; nothing that it refers to is fetched."""
    from jsonschema import SchemaError  # type: ignore[import-untyped, unused-ignore]

    try:
        _draft(schema.get("$schema")).check_schema(schema)
    except SchemaError as error:
        inside = tuple(error.absolute_path)
        where = f" at {'.'.join(map(str, inside))}" if inside else ""
        wrong = _wrong(error.message, error.instance, inside)
        yield _placed(text, control, f"{what} is no valid JSON Schema{where}: {wrong}", (*at, *inside))
    except RecursionError:
        yield Problem(control, f"{what} is nested too deeply to be checked; make it flatter.")


def _draft(name: object) -> Any:
    """The validator of the draft that a schema names, or that of 2020-12 where it names none that is known."""
    from jsonschema import Draft202012Validator
    from jsonschema.validators import validator_for  # type: ignore[import-untyped, unused-ignore]

    named = {"$schema": name} if isinstance(name, str) else {}
    try:
        return validator_for(named, default=Draft202012Validator)
    except ValueError:
        return Draft202012Validator


def _wrong(message: str, found: object, inside: Path) -> str:
    """The validator's complaint; of a wrong type it only says that it fits none of several schemas."""
    if inside and inside[-1] == "type":
        shown = _short(json.dumps(found, ensure_ascii=False))
        return f"{shown} is no type; use string, number, integer, boolean, object, array, null or a list of them"
    return _short(message)


def _parsed(text: str, control: str, what: str) -> tuple[Any, Problem | None]:
    try:
        return json.loads(text, parse_constant=_refuse), None
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        sentence = f"The {what} is no valid JSON at {place}: {error.msg[:1].lower()}{error.msg[1:]}."
        return None, Problem(control, sentence, error.lineno, error.colno)
    except RecursionError:
        return None, Problem(control, f"The {what} is nested too deeply to be read; make it flatter.")
    except ValueError as error:
        return None, Problem(control, f"The {what} is no valid JSON: {error}.")


def _refuse(name: str) -> None:
    raise ValueError(f"{name} is no number of JSON")


def _placed(text: str, control: str, words: str, at: Path) -> Problem:
    place = _place(text, at)
    if place is None:
        return Problem(control, f"{words}.")
    return Problem(control, f"{words} (line {place[0]}, column {place[1]}).", *place)


def _place(text: str, at: Path) -> tuple[int, int] | None:
    """The line and column of a value in a JSON text, or of the nearest one around it; None where that is not found."""
    node = _tree(text) if len(text) <= _MOST_CHARACTERS else None
    for step in at if node is not None else ():
        inner = _child(node, step)
        if inner is None:
            break
        node = inner
    return (node.start_mark.line + 1, node.start_mark.column + 1) if node is not None else None


@lru_cache(maxsize=2)
def _tree(text: str) -> Any:
    """A JSON text as nodes that know their place, or None where it cannot be read in that way."""
    import yaml

    try:
        # JSON reads as YAML but for its tabs, which can only stand between values.
        return yaml.compose(text.replace("\t", " "), Loader=yaml.SafeLoader)
    except (yaml.YAMLError, RecursionError, ValueError):
        return None


def _child(node: Any, step: str | int) -> Any:
    if isinstance(step, int):
        return node.value[step] if isinstance(node.value, list) and step < len(node.value) else None
    pairs = node.value if isinstance(node.value, list) else []
    return next((value for key, value in reversed(pairs) if key.value == step), None)


def _short(text: str) -> str:
    return text if len(text) <= _MOST_WORDS else f"{text[: _MOST_WORDS - 3]}..."
