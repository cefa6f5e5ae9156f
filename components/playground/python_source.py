"""Writes Python: expressions laid out as a formatter would, and strings that hold any text."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

_WIDTH = 88


@dataclass(frozen=True, slots=True)
class Group:
    """Brackets with items in them, each with what stands before it, such as `model=`."""

    opening: str
    items: tuple[tuple[str, "Node"], ...]
    closing: str


Node = str | Group


def clean(text: str) -> str:
    """Text that a program and a shell can hold: no NUL, and no half of a surrogate pair."""
    return text.replace("\0", "").encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def called(name: str, /, **arguments: "Node | None") -> Group:
    """A call of one of google-genai's types, with the arguments that are set."""
    given = tuple((f"{key}=", value) for key, value in arguments.items() if value is not None)
    return Group(f"types.{name}(", given, ")")


def listed(items: Iterable[Node]) -> Group:
    """A list of expressions."""
    return Group("[", tuple(("", item) for item in items), "]")


def literal(value: Any) -> Node:
    """A value of JSON as Python writes it."""
    if isinstance(value, dict):
        return Group("{", tuple((f"{quoted(key)}: ", literal(each)) for key, each in value.items()), "}")
    if isinstance(value, list):
        return listed(map(literal, value))
    if isinstance(value, str):
        return quoted(value)
    return f'float("{value}")' if isinstance(value, float) and repr(value) in ("nan", "inf", "-inf") else repr(value)


def quoted(text: str) -> str:
    """A string literal in the quotes that need fewer backslashes, as ruff and black write it."""
    text = clean(text)
    mark = "'" if text.count('"') > text.count("'") else '"'
    return mark + "".join("\\" + sign if sign == mark else _escaped(sign) for sign in text) + mark


def _escaped(sign: str) -> str:
    return repr(sign)[1:-1] if sign not in "'\"" else sign


def assigned(name: str, text: str) -> str:
    """A variable that holds a text; a long one keeps its lines, so that it can be read and edited."""
    line = f"{name} = {quoted(text)}"
    if "\n" not in text and len(line) <= _WIDTH - 8:
        return line
    # Trailing blanks are written out: an editor that removes them would change the text.
    lines = ["".join(map(_escaped, line)) for line in text.split("\n")]
    kept = [line[:-1] + "\\x20" if line.endswith(" ") else line for line in lines]
    body = "\n".join(kept)
    body, last = (body[:-1], '\\"') if body.endswith('"') else (body, "")
    return f'{name} = """\\\n' + body.replace('"""', '\\"\\"\\"') + last + '"""'


def statement(start: str, node: Node) -> str:
    """An expression behind what it is assigned to, such as `client = `, over as many lines as it needs."""
    return start + _laid_out(node, 0, len(start))


def _laid_out(node: Node, indent: int, taken: int) -> str:
    """A node on one line where it fits, else with an item a line; `taken` is what stands before it in its line."""
    flat = _flat(node)
    # Signs outside ASCII can be two columns wide, so they count as such.
    if isinstance(node, str) or not node.items or taken + len(flat) + sum(map(_is_wide, flat)) < _WIDTH:
        return flat
    inner = " " * (indent + 4)
    lines = [f"{inner}{start}{_laid_out(item, indent + 4, indent + 4 + len(start))},\n" for start, item in node.items]
    return f"{node.opening}\n{''.join(lines)}{' ' * indent}{node.closing}"


def _is_wide(sign: str) -> bool:
    return not sign.isascii()


def _flat(node: Node) -> str:
    if isinstance(node, str):
        return node
    return node.opening + ", ".join(start + _flat(item) for start, item in node.items) + node.closing
