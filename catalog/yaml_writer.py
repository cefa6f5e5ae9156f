"""Adds lines to the catalog's YAML texts without touching the lines that stand, and writes many files as one change."""

import math
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml

_PLAIN = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789 ._/()+-")
# Words that some reader of YAML takes for something else than a text.
_WORDS = frozenset(("true", "false", "null", "yes", "no", "on", "off", "y", "n"))
# The reader takes anything longer for a text.
_LONGEST_NUMBER = 30


class NoRoom(Exception):
    """Lines cannot be added at this place without changing a line that stands; `line` is counted from 1."""

    def __init__(self, line: int, found: str) -> None:
        super().__init__(found)
        self.line = line


def scalar(value: object) -> str:
    """One value as it stands in a flow list or mapping, so that `yaml_file.read` gives it back.

    Raises ValueError for a text that UTF-8 cannot hold, such as half a surrogate pair, and for a number that is
    infinite or too long.
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, tuple | list):
        return f"[{', '.join(scalar(each) for each in value)}]"
    if isinstance(value, int | float):
        return _number(value)
    text = str(value)
    text.encode()
    if _is_plain(text):
        return text
    if text.isprintable():
        return "'" + text.replace("'", "''") + "'"
    # Escapes are a subject of their own; the library that reads them writes them.
    written: str = yaml.dump(text, default_style='"', width=float("inf"))
    return written.removesuffix("\n")


def _number(value: float) -> str:
    text = repr(value)
    if "e-" in text and len(plain := f"{Decimal(text):f}") <= _LONGEST_NUMBER:
        text = plain
    if not math.isfinite(value) or len(text) > _LONGEST_NUMBER:
        raise ValueError(f"{text} is no number that a catalog file can hold")
    return text


def _is_plain(text: str) -> bool:
    if not text or not set(text) <= _PLAIN or not text[0].isalnum() or text[-1] == " ":
        return False
    if text.lower() in _WORDS:
        return False
    try:
        float(text)
    except ValueError:
        return True
    return False


def entry(values: Mapping[str, Any]) -> str:
    """A mapping on one line, keys that hold None or nothing left out."""
    return "{" + ", ".join(f"{key}: {scalar(value)}" for key, value in _present(values)) + "}"


def block(values: Mapping[str, Any]) -> Iterator[str]:
    """A mapping as lines of their own, keys that hold None or nothing left out."""
    return (f"{key}: {scalar(value)}" for key, value in _present(values))


def _present(values: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    return ((key, value) for key, value in values.items() if value is not None and value != ())


def add_items(text: str, path: Sequence[str], items: Sequence[str], order: Sequence[str] = ()) -> str:
    """`text` with `items` below the last item of the list at `path` (a key, or a section and a key).

    A key that is missing is put in after the last one present of those before it in `order`, else at the end of its
    mapping. Raises NoRoom where the list or its section is written in brackets.
    """
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    root = yaml.compose(text, Loader=loader)
    if not isinstance(root, yaml.MappingNode):
        raise NoRoom(1, "no keys with values")
    return _add(text, root, list(path), items, order)


def add_lines(text: str, lines: Sequence[str]) -> str:
    """`text` with lines at its end, in its own kind of line ends."""
    return _insert(text, len(text), lines)


def _add(text: str, node: yaml.MappingNode, path: list[str], items: Sequence[str], order: Sequence[str]) -> str:
    _must_be_block(node)
    found = {key.value: value for key, value in node.value}
    key, *rest = path
    indent = " " * node.start_mark.column
    if key not in found:
        before = order[: order.index(key)] if key in order else ()
        anchor = next((found[each] for each in reversed(before) if each in found), node)
        return _insert(text, _end(anchor), [indent + line for line in _nested(path, items)])
    if rest:
        section = found[key]
        if not isinstance(section, yaml.MappingNode):
            raise NoRoom(section.start_mark.line + 1, f"{key} without keys of its own")
        return _add(text, section, rest, items, ())
    _must_be_block(found[key])
    dash = " " * found[key].start_mark.column
    return _insert(text, _end(found[key]), [f"{dash}- {item}" for item in items])


def _nested(path: Sequence[str], items: Sequence[str]) -> Iterator[str]:
    for depth, key in enumerate(path):
        yield f"{'  ' * depth}{key}:"
    yield from (f"{'  ' * len(path)}- {item}" for item in items)


def _must_be_block(node: yaml.Node) -> None:
    if not isinstance(node, yaml.CollectionNode) or node.flow_style or not node.value:
        raise NoRoom(node.start_mark.line + 1, "a value in brackets or on the line of its key")


def _end(node: yaml.Node) -> int:
    """Where the last value of a node ends; a block's own mark lies behind the comments that follow it."""
    while isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
        last = node.value[-1]
        node = last[1] if isinstance(last, tuple) else last
    return int(node.end_mark.index)


def _insert(text: str, at: int, lines: Sequence[str]) -> str:
    """`text` with lines after the line in which the text before `at` ends."""
    newline = "\r\n" if "\r\n" in text else "\n"
    at = len(text[:at].rstrip())
    end = text.find("\n", at) + 1
    head, tail = (text[:end], text[end:]) if end else (text, "")
    if head and not head.endswith("\n"):
        head += newline
    return head + "".join(line + newline for line in lines) + tail


def write_all(root: Path, files: Mapping[str, bytes], before: Mapping[str, bytes]) -> None:
    """Writes every file below `root` or none; `before` has what each old file held when the change was worked out.

    Raises OSError where a file cannot be written, and FileExistsError where one has changed in the meantime; then
    every file is as it was.
    """
    # A link stays one: the file that it leads to is written.
    places = {name: (root / name).resolve() for name in files}
    drafts: dict[str, Path] = {}
    done: list[str] = []
    try:
        for name, content in files.items():
            drafts[name] = _draft(places[name], content)
        for name, place in places.items():
            if (place.read_bytes() if place.exists() else None) != before.get(name):
                raise FileExistsError(0, "somebody else changed it meanwhile", name)
        for name, draft in drafts.items():
            draft.replace(places[name])
            done.append(name)
    except BaseException:
        for name in done:
            _restore(places[name], before.get(name))
        raise
    finally:
        for draft in drafts.values():
            draft.unlink(missing_ok=True)


def _draft(path: Path, content: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.parent / f".{path.name}.{os.getpid()}.draft"
    try:
        draft.write_bytes(content)
        if path.exists():
            shutil.copymode(path, draft)
    except OSError:
        draft.unlink(missing_ok=True)
        raise
    return draft


def _restore(place: Path, content: bytes | None) -> None:
    with suppress(OSError):
        if content is None:
            place.unlink()
        else:
            _draft(place, content).replace(place)
