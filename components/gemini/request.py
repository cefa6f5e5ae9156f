"""What is asked of one model, and how that becomes a call of google-genai."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import TYPE_CHECKING, Any

from components.gemini.content import Part, PartKind, Role, Turn, part_of, part_record, sdk_content

if TYPE_CHECKING:
    from google.genai import types


@dataclass(frozen=True)
class Request:
    """What is asked of one model. None and empty values leave a setting to the service.

    `turns` came before the prompt; `attachments` go before it in the same turn, and `replies`, the results of
    functions that the model called, after it. `json_schema` and `functions` are JSON texts: a JSON Schema, and a list
    of function declarations. `safety` pairs a harm category with the threshold from which it blocks. `headers` are
    extra HTTP headers; they may hold credentials of a private endpoint and stay out of `repr` and of every record.
    `cached_content` names a cache of `components.gemini.caching`, whose content comes before everything else; the
    service then refuses a system instruction and tools, which belong into the cache.
    """

    model: str
    prompt: str
    system_instruction: str | None = None
    temperature: float | None = None
    max_output_tokens: int | None = None
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    top_p: float | None = None
    top_k: int | None = None
    stop_sequences: tuple[str, ...] = ()
    seed: int | None = None
    thinking_budget: int | None = None
    thinking_level: str | None = None
    include_thoughts: bool = False
    json_mode: bool = False
    json_schema: str = ""
    functions: str = ""
    google_search: bool = False
    code_execution: bool = False
    safety: tuple[tuple[str, str], ...] = ()
    turns: tuple[Turn, ...] = ()
    attachments: tuple[Part, ...] = ()
    replies: tuple[Part, ...] = ()
    cached_content: str = ""

    @property
    def own_turn(self) -> Turn:
        """What the user says in this request, as it will stand before the next one."""
        words = (Part(PartKind.TEXT, self.prompt),) if self.prompt or not (self.attachments or self.replies) else ()
        return Turn(Role.USER, (*self.attachments, *words, *self.replies))


def sdk_contents(request: Request) -> list[types.Content]:
    """The whole conversation of a request, as google-genai takes it."""
    return [sdk_content(turn) for turn in (*request.turns, request.own_turn)]


def sdk_config(request: Request) -> types.GenerateContentConfig:
    """The settings of a request, as google-genai takes them.

    Raises ValueError, naming the setting, for a value of the wrong kind or JSON that cannot be read.
    """
    from google.genai import types
    from pydantic import ValidationError

    try:
        return types.GenerateContentConfig(
            system_instruction=request.system_instruction or None,
            temperature=request.temperature,
            top_p=request.top_p,
            top_k=request.top_k,
            max_output_tokens=request.max_output_tokens,
            stop_sequences=list(request.stop_sequences) or None,
            seed=request.seed,
            thinking_config=_thinking(request),
            response_mime_type="application/json" if request.json_mode else None,
            response_json_schema=_json(request.json_schema, "JSON schema") if request.json_mode else None,
            tools=_tools(request) or None,
            safety_settings=[
                types.SafetySetting(category=types.HarmCategory(name), threshold=types.HarmBlockThreshold(level))
                for name, level in request.safety
            ]
            or None,
            # Either of these lets one call become several, each billed and timed as part of the first.
            automatic_function_calling=types.AutomaticFunctionCallingConfig(disable=True),
            automatic_continuation=False,
            cached_content=request.cached_content or None,
            http_options=types.HttpOptions(headers=dict(request.headers)) if request.headers else None,
        )
    except ValidationError as error:
        wrong = "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors())
        raise ValueError(wrong) from None


def _thinking(request: Request) -> types.ThinkingConfig | None:
    from google.genai import types

    if request.thinking_budget is None and not request.thinking_level and not request.include_thoughts:
        return None
    return types.ThinkingConfig(
        include_thoughts=request.include_thoughts or None,
        thinking_budget=request.thinking_budget,
        thinking_level=types.ThinkingLevel(request.thinking_level.upper()) if request.thinking_level else None,
    )


def _tools(request: Request) -> list[Any]:
    from google.genai import types

    tools: list[Any] = []
    if request.functions:
        tools.append(types.Tool(function_declarations=[_declaration(one) for one in _declarations(request)]))
    if request.google_search:
        tools.append(types.Tool(google_search=types.GoogleSearch()))
    if request.code_execution:
        tools.append(types.Tool(code_execution=types.ToolCodeExecution()))
    return tools


def _declarations(request: Request) -> list[Mapping[str, Any]]:
    listed = _json(request.functions, "function declarations")
    declared = listed if isinstance(listed, list) else [listed]
    if not all(isinstance(one, Mapping) for one in declared):
        raise ValueError("function declarations: each must be a JSON object")
    return declared


def _declaration(declared: Mapping[str, Any]) -> types.FunctionDeclaration:
    from google.genai import types

    return types.FunctionDeclaration(
        name=declared.get("name"),
        description=declared.get("description"),
        parameters_json_schema=declared.get("parameters") or declared.get("parametersJsonSchema"),
    )


def _json(text: str, what: str) -> Any:
    try:
        return json.loads(text) if text.strip() else None
    except RecursionError:
        raise ValueError(f"{what}: nested too deeply") from None
    except ValueError as error:
        raise ValueError(f"{what}: {error}") from None


def request_record(request: Request, with_data: bool = False) -> dict[str, Any]:
    """A request as plain JSON values, without its headers; the bytes of files only where they are asked for."""
    record: dict[str, Any] = {}
    for one in fields(request):
        value = getattr(request, one.name)
        if one.name != "headers" and value != one.default:
            record[one.name] = value
    for name in ("attachments", "replies"):
        if name in record:
            record[name] = [part_record(part, with_data) for part in record[name]]
    if "turns" in record:
        record["turns"] = [
            {"role": turn.role.value, "parts": [part_record(part, with_data) for part in turn.parts]}
            for turn in request.turns
        ]
    for name in ("stop_sequences", "safety"):
        if name in record:
            record[name] = [list(each) if isinstance(each, tuple) else each for each in record[name]]
    return record


def request_of(record: Mapping[str, Any]) -> Request:
    """The request of a record made by `request_record`. Raises ValueError or TypeError for one that cannot be read."""
    known = {one.name for one in fields(Request)} - {"headers", "turns", "attachments", "replies"}
    plain = {name: value for name, value in record.items() if name in known}
    request = Request(**{"model": "", "prompt": "", **plain})
    try:
        return replace(
            request,
            stop_sequences=tuple(map(str, record.get("stop_sequences", ()))),
            safety=tuple((str(category), str(level)) for category, level in record.get("safety", ())),
            attachments=tuple(map(part_of, record.get("attachments", ()))),
            replies=tuple(map(part_of, record.get("replies", ()))),
            turns=tuple(map(_turn_of, record.get("turns", ()))),
        )
    except (AttributeError, KeyError) as error:
        raise ValueError(f"part of the record is missing or of the wrong kind: {error}") from None


def _turn_of(record: Mapping[str, Any]) -> Turn:
    return Turn(Role(record["role"]), tuple(map(part_of, record["parts"])))
