"""JSON answers: any JSON, or JSON that fits the schema of the request."""

import json
from collections.abc import Mapping
from typing import Any

_DEEPEST = 12
_MOST_VALUES = 500
_LONGEST_LIST = 10


def write_json(schema: Any, prompt: str) -> str:
    """Return JSON that fits `schema` (OpenAPI or JSON Schema style), or a plain object where there is none.

    A schema that is too deep or too wide gets null in place of what would be too much.
    """
    if isinstance(schema, Mapping):
        value = _Example(schema).of(schema, "value", 0)
    else:
        value = {"note": "Simulated answer - not a model's output.", "prompt_words": len(prompt.split())}
    return json.dumps(value, indent=2, ensure_ascii=False)


class _Example:
    """Builds one value; it counts what it builds, because a small schema can describe a huge one."""

    def __init__(self, root: Mapping[str, Any]):
        self._definitions = _mapping(root.get("$defs", root.get("defs")))
        self._built = 0

    def of(self, schema: Mapping[str, Any], name: str, depth: int) -> Any:
        self._built += 1
        if depth > _DEEPEST or self._built > _MOST_VALUES:
            return None
        schema = self._chosen(schema)
        if isinstance(choices := schema.get("enum"), list) and choices:
            return choices[0]
        kind = schema.get("type")
        kind = str(kind[0] if isinstance(kind, list) and kind else kind).lower()
        if kind == "object" or "properties" in schema:
            properties = _mapping(schema.get("properties"))
            return {key: self.of(_mapping(value), str(key), depth + 1) for key, value in properties.items()}
        if kind == "array":
            items = _mapping(schema.get("items"))
            return [self.of(items, name, depth + 1) for _ in range(_list_length(schema))]
        plain = {"integer": schema.get("minimum", 1), "number": schema.get("minimum", 1.5), "boolean": True}
        return None if kind == "null" else plain.get(kind, f"simulated {name}")

    def _chosen(self, schema: Mapping[str, Any]) -> Mapping[str, Any]:
        """Follow one reference and take the first of several alternatives."""
        reference = schema.get("$ref", schema.get("ref"))
        if isinstance(reference, str):
            schema = _mapping(self._definitions.get(reference.rpartition("/")[2]))
        alternatives = schema.get("anyOf", schema.get("any_of"))
        return _mapping(alternatives[0]) if isinstance(alternatives, list) and alternatives else schema


def _list_length(schema: Mapping[str, Any]) -> int:
    least = schema.get("minItems", schema.get("min_items"))
    # The SDK sends 64-bit numbers as strings, as protocol buffers do.
    return max(1, min(int(least), _LONGEST_LIST)) if str(least).isdecimal() else 2


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
