"""JSON answers: any JSON, or JSON that fits the schema of the request."""

import json
import math
import random
import re
from collections.abc import Mapping
from typing import Any

_DEEPEST = 12
_MOST_VALUES = 500
_LONGEST_LIST = 10
# From a range without an end, one of so many values is taken.
_SPREAD = 9


def write_json(schema: Any, prompt: str, dice: random.Random, turns_before: int = 0) -> str:
    """Return JSON that fits `schema` (OpenAPI or JSON Schema style), or a plain object where there is none.

    The same state of `dice` gives the same values. `turns_before` is said in the plain object unless it is 0.
    """
    if isinstance(schema, Mapping):
        value = example(schema, "value", dice)
    else:
        value = {"note": "Simulated answer - not a model's output.", "prompt_words": len(prompt.split())}
        if turns_before:
            value["turns_before"] = turns_before
    return json.dumps(value, indent=2, ensure_ascii=False)


def example(schema: Mapping[str, Any], name: str, dice: random.Random) -> Any:
    """Return one value that fits `schema`, with choices and numbers by `dice`; text says that it is simulated.

    A schema that is too deep or too wide gets null in place of what would be too much.
    """
    return _Example(schema, dice).of(schema, name, 0)


class _Example:
    """Builds one value; it counts what it builds, because a small schema can describe a huge one."""

    def __init__(self, root: Mapping[str, Any], dice: random.Random):
        self._definitions = _mapping(root.get("$defs", root.get("defs")))
        self._dice = dice
        self._built = 0

    def of(self, schema: Mapping[str, Any], name: str, depth: int) -> Any:
        self._built += 1
        if depth > _DEEPEST or self._built > _MOST_VALUES:
            return None
        schema = self._chosen(schema)
        if "const" in schema:
            return schema["const"]
        if isinstance(choices := schema.get("enum"), list) and choices:
            return self._dice.choice(choices)
        kind = schema.get("type")
        kind = str(kind[0] if isinstance(kind, list) and kind else kind).lower()
        if kind == "object" or "properties" in schema:
            properties = _mapping(schema.get("properties"))
            return {key: self.of(_mapping(value), str(key), depth + 1) for key, value in properties.items()}
        if kind == "array":
            items = _mapping(schema.get("items"))
            return [self.of(items, name, depth + 1) for _ in range(_list_length(schema))]
        return self._plain(kind, schema, name)

    def _plain(self, kind: str, schema: Mapping[str, Any], name: str) -> Any:
        if kind == "integer":
            low, high = _range(schema, step=1)
            low, high = math.ceil(low), math.floor(high)
            return self._dice.randint(low, max(low, high))
        if kind == "number":
            low, high = _range(schema, step=0)
            return min(high, max(low, round(self._dice.uniform(low, high), 2)))
        if kind == "boolean":
            return True
        return None if kind == "null" else _text(schema, name)

    def _chosen(self, schema: Mapping[str, Any]) -> Mapping[str, Any]:
        """Follow one reference and take the first of several alternatives."""
        reference = schema.get("$ref", schema.get("ref"))
        if isinstance(reference, str):
            schema = _mapping(self._definitions.get(reference.rpartition("/")[2]))
        alternatives = schema.get("anyOf", schema.get("any_of", schema.get("oneOf", schema.get("allOf"))))
        return _mapping(alternatives[0]) if isinstance(alternatives, list) and alternatives else schema


def _range(schema: Mapping[str, Any], step: int) -> tuple[float, float]:
    """Return the least and the greatest value; `step` is what an exclusive bound is moved by."""
    low = _number(schema, "minimum", 0) if "minimum" in schema else _number(schema, "exclusiveMinimum", step)
    high = _number(schema, "maximum", 0) if "maximum" in schema else _number(schema, "exclusiveMaximum", -step)
    if low is None:
        low = 1.0 if high is None else min(1.0, high)
    return low, low + _SPREAD if high is None else max(low, high)


def _number(schema: Mapping[str, Any], name: str, move: int) -> float | None:
    # The SDK sends 64-bit numbers as strings, as protocol buffers do, and some names in snake_case.
    given = schema.get(name, schema.get(re.sub(r"([A-Z])", r"_\1", name).lower()))
    try:
        value = float(given)
    except (TypeError, ValueError, OverflowError):
        return None
    return value + move if math.isfinite(value) else None


def _text(schema: Mapping[str, Any], name: str) -> str:
    text = f"simulated {name}"
    least, most = (_number(schema, key, 0) for key in ("minLength", "maxLength"))
    text = text.ljust(min(int(least), 1_000), ".") if least and least > 0 else text
    return text[: int(most)] if most is not None and most >= 0 else text


def _list_length(schema: Mapping[str, Any]) -> int:
    least = _number(schema, "minItems", 0)
    most = _number(schema, "maxItems", 0)
    length = 2 if least is None else int(max(1, min(least, _LONGEST_LIST)))
    return length if most is None or most < 0 else min(length, int(most))


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
