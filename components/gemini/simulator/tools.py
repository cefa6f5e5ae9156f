"""Reads the tools of a request: which functions may be called, and what the service does by itself."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from components.gemini.simulator.errors import ApiError, bad_request, out_of_range
from components.gemini.simulator.fields import compact, fields_of, message_of, repeated, string_of, wrong_type
from components.gemini.simulator.tokens import count_tokens

_TOOL_FIELDS = frozenset(
    {
        "function_declarations",
        "google_search",
        "google_search_retrieval",
        "code_execution",
        "url_context",
        "computer_use",
        "google_maps",
        "file_search",
        "mcp_servers",
    }
)
_FUNCTION_FIELDS = frozenset(
    {
        "name",
        "description",
        "behavior",
        "parameters",
        "parameters_json_schema",
        "response",
        "response_json_schema",
    }
)
_TYPES = frozenset({"string", "number", "integer", "boolean", "array", "object", "null", "type_unspecified"})
_MODES = ("", "MODE_UNSPECIFIED", "AUTO", "ANY", "NONE", "VALIDATED")
_NAME = re.compile(r"[A-Za-z_][\w.:-]{0,127}", re.ASCII)
_DEEPEST_SCHEMA = 32


@dataclass(frozen=True)
class Function:
    """A declared function; `schema` describes its arguments."""

    name: str
    schema: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Tools:
    """What a request lets the model use. `callable_names` are the functions that it may call now."""

    functions: tuple[Function, ...] = ()
    callable_names: tuple[str, ...] = ()
    google_search: bool = False
    code_execution: bool = False
    declared_tokens: int = 0

    @property
    def first_callable(self) -> Function | None:
        """The first declared function that may be called."""
        return next((one for one in self.functions if one.name in self.callable_names), None)


def parse_tools(values: Any, config: Any) -> Tools:
    """Check the tools and the tool config of a request; raise ApiError 400 for the first fault."""
    functions: list[Function] = []
    named: set[str] = set()
    declared_tokens = 0
    for index, value in enumerate(repeated(values, "tools")):
        where = f"tools[{index}]"
        tool = fields_of(message_of(value, where), _TOOL_FIELDS, where)
        named |= set(tool)
        for number, declared in enumerate(
            repeated(tool.get("function_declarations"), f"{where}.function_declarations")
        ):
            functions.append(_function(declared, f"{where}.function_declarations[{number}]"))
            declared_tokens += count_tokens(compact(declared))
    names = [one.name for one in functions]
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise ApiError(400, "INVALID_ARGUMENT", f"Duplicate function declaration found: {twice}")
    return Tools(
        functions=tuple(functions),
        callable_names=_callable_names(config, names),
        google_search=bool(named & {"google_search", "google_search_retrieval"}),
        code_execution="code_execution" in named,
        declared_tokens=declared_tokens,
    )


def check_schema(value: Any, where: str, depth: int = 0) -> Mapping[str, Any]:
    """Return a schema whose types, properties and lists are of the right kind; raise ApiError 400 otherwise."""
    # true and false are schemas too: for anything and for nothing.
    schema = {} if isinstance(value, bool) else message_of(value, where)
    if depth > _DEEPEST_SCHEMA:
        raise bad_request([(where, f"Schema at '{where[:100]}' is nested too deeply.")])
    kind = schema.get("type")
    for name in kind if isinstance(kind, list) else [] if kind is None else [kind]:
        if not isinstance(name, str) or name.lower() not in _TYPES:
            raise wrong_type(f"{where}.type", "ENUM", name)
    properties = message_of(schema.get("properties") or {}, f"{where}.properties")
    for name, one in properties.items():
        check_schema(one, f"{where}.properties[{name[:40]}]", depth + 1)
    if schema.get("items") is not None:
        check_schema(schema["items"], f"{where}.items", depth + 1)
    if not isinstance(schema.get("enum") or [], list):
        raise wrong_type(f"{where}.enum", "LIST", schema["enum"])
    for index, name in enumerate(repeated(schema.get("required"), f"{where}.required")):
        if properties and (not isinstance(name, str) or name not in properties):
            raise out_of_range(f"{where}.required[{index}]", "property is not defined")
    return schema


def _function(value: Any, where: str) -> Function:
    declared = fields_of(message_of(value, where), _FUNCTION_FIELDS, where)
    name = string_of(declared.get("name", ""), f"{where}.name")
    if not _NAME.fullmatch(name):
        raise out_of_range(
            f"{where}.name",
            "Invalid function name. Must start with a letter or an underscore. Must be alphanumeric (a-z, A-Z, 0-9), "
            "underscores (_), dots (.), colons (:), or dashes (-), with a maximum length of 128.",
        )
    key = "parameters" if "parameters" in declared else "parameters_json_schema"
    if key not in declared:
        return Function(name)
    schema = check_schema(declared[key], f"{where}.{key}")
    if str(schema.get("type", "object")).lower() != "object":
        raise out_of_range(f"{where}.{key}", "schema should be of type OBJECT")
    return Function(name, schema)


def _callable_names(config: Any, names: list[str]) -> tuple[str, ...]:
    if config is None:
        return tuple(names)
    settings = message_of(config, "tool_config")
    calling = settings.get("functionCallingConfig", settings.get("function_calling_config"))
    if calling is None:
        return tuple(names)
    calling = message_of(calling, "tool_config.function_calling_config")
    mode = calling.get("mode", "")
    if mode not in _MODES:
        raise wrong_type("tool_config.function_calling_config.mode", "ENUM", mode)
    where = "tool_config.function_calling_config.allowed_function_names"
    allowed = repeated(calling.get("allowedFunctionNames", calling.get("allowed_function_names")), where)
    for index, name in enumerate(allowed):
        if name not in names:
            raise out_of_range(f"{where}[{index}]", "must be the name of a declared function")
    return () if mode == "NONE" else tuple(name for name in names if name in (allowed or names))
