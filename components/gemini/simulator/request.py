"""Reads and checks what a client sent, with the complaints of the real service."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from components.gemini.simulator.errors import ApiError, bad_request, out_of_range
from components.gemini.simulator.tokens import TOKENS_PER_FILE, count_tokens

_REQUEST_FIELDS = frozenset(
    {
        "model",
        "contents",
        "system_instruction",
        "tools",
        "tool_config",
        "safety_settings",
        "generation_config",
        "cached_content",
        "labels",
        "service_tier",
        "store",
        "continuation_token",
    }
)
_COUNT_FIELDS = frozenset({"model", "contents", "generate_content_request"})
_CONTENT_FIELDS = frozenset({"parts", "role"})
_PART_FIELDS = frozenset(
    {
        "text",
        "thought",
        "thought_signature",
        "inline_data",
        "file_data",
        "function_call",
        "function_response",
        "executable_code",
        "code_execution_result",
        "video_metadata",
        "media_resolution",
        "tool_call",
        "tool_response",
        "part_metadata",
        "audio_transcription",
        "media_processing",
        "speech_metadata",
        "document_metadata",
        "spreadsheet_metadata",
        "audio_metadata",
    }
)
_GENERATION_FIELDS = frozenset(
    {
        "temperature",
        "top_p",
        "top_k",
        "candidate_count",
        "max_output_tokens",
        "stop_sequences",
        "response_logprobs",
        "logprobs",
        "presence_penalty",
        "frequency_penalty",
        "seed",
        "response_mime_type",
        "response_schema",
        "response_json_schema",
        "_response_json_schema",
        "response_modalities",
        "media_resolution",
        "speech_config",
        "thinking_config",
        "image_config",
        "enable_enhanced_civic_answers",
        "enable_affective_dialog",
        "audio_transcription_config",
        "response_format",
        "translation_config",
    }
)
_THINKING_FIELDS = frozenset({"include_thoughts", "thinking_budget", "thinking_level"})
_MIME_TYPES = ("text/plain", "application/json", "application/xml", "application/yaml", "text/x.enum")


@dataclass(frozen=True)
class GenerateRequest:
    """A checked request. `prompt` is the last text of the user, `history` every other text of the contents.

    `attached_tokens` is what files and function calls count; a thinking budget of None or below 0 leaves
    the amount to the model.
    """

    prompt: str
    history: str
    system: str
    attached_tokens: int
    max_output_tokens: int | None = None
    stop_sequences: tuple[str, ...] = ()
    seed: int | None = None
    json_wanted: bool = False
    json_schema: Any = None
    include_thoughts: bool = False
    thinking_budget: int | None = None

    @property
    def prompt_tokens(self) -> int:
        """Everything that is sent in, in tokens."""
        return sum(map(count_tokens, (self.prompt, self.history, self.system))) + self.attached_tokens


@dataclass(frozen=True)
class _Content:
    role: str
    text: str
    attached_tokens: int


def parse_json(body: bytes) -> dict[str, Any]:
    """Return the JSON object in `body`, an empty body being an empty object; raise the real 400 otherwise."""
    try:
        value = json.loads(body or b"{}", parse_constant=_refuse_constant)
    except RecursionError:
        raise _broken_json("Message too deep. Max recursion depth reached") from None
    except ValueError as error:
        raise _broken_json(str(error)) from None
    if not isinstance(value, dict):
        raise _broken_json("Root element must be a message")
    return value


def parse_generate(body: Mapping[str, Any]) -> GenerateRequest:
    """Check a GenerateContentRequest and return what matters of it; raise ApiError 400 for the first fault."""
    fields = _fields(body, _REQUEST_FIELDS, "")
    contents = _contents(fields)
    instruction = fields.get("system_instruction")
    system = "" if instruction is None else _content(instruction, "system_instruction").text
    return _request(contents, system, _generation_config(fields.get("generation_config")))


def parse_count(body: Mapping[str, Any]) -> GenerateRequest:
    """Check a CountTokensRequest, in either of its two forms; raise ApiError 400 for the first fault."""
    fields = _fields(body, _COUNT_FIELDS, "")
    inner = fields.get("generate_content_request")
    if inner is not None:
        return parse_generate(_message(inner, "generate_content_request"))
    return _request(_contents(fields), "", {})


def _request(contents: list[_Content], system: str, settings: dict[str, Any]) -> GenerateRequest:
    asked = [index for index, content in enumerate(contents) if content.role != "model" and content.text]
    last = asked[-1] if asked else -1
    return GenerateRequest(
        prompt=contents[last].text if asked else "",
        history="\n".join(content.text for index, content in enumerate(contents) if index != last or not asked),
        system=system,
        attached_tokens=sum(content.attached_tokens for content in contents),
        **settings,
    )


def _contents(fields: Mapping[str, Any]) -> list[_Content]:
    values = _repeated(fields.get("contents"), "contents")
    if not values:
        raise out_of_range("contents", "contents is not specified")
    return [_content(value, f"contents[{index}]") for index, value in enumerate(values)]


def _content(value: Any, where: str) -> _Content:
    fields = _fields(_message(value, where), _CONTENT_FIELDS, where)
    parts = _repeated(fields.get("parts"), f"{where}.parts")
    if not parts:
        raise out_of_range(f"{where}.parts", "contents.parts must not be empty.")
    role = fields.get("role", "")
    if role not in ("", "user", "model", "function", "system"):
        raise ApiError(400, "INVALID_ARGUMENT", "Please use a valid role: user, model.")
    texts, attached = [], 0
    for index, part in enumerate(parts):
        part_where = f"{where}.parts[{index}]"
        part_fields = _fields(_message(part, part_where), _PART_FIELDS, part_where)
        texts.append(_string(part_fields.pop("text", ""), f"{part_where}.text"))
        attached += _attached_tokens(part_fields)
    return _Content(role, "\n".join(texts), attached)


def _attached_tokens(part: Mapping[str, Any]) -> int:
    if "inline_data" in part or "file_data" in part:
        return TOKENS_PER_FILE
    called = [part[name] for name in ("function_call", "function_response") if name in part]
    return sum(count_tokens(json.dumps(value)) for value in called)


def _generation_config(value: Any) -> dict[str, Any]:
    """Check a GenerationConfig and return it as the keyword arguments of a GenerateRequest."""
    if value is None:
        return {}
    where = "generation_config"
    fields = _fields(_message(value, where), _GENERATION_FIELDS, where)
    _number_in(fields, "temperature", 0, 2)
    _number_in(fields, "top_p", 0, 1)
    candidates = _integer(fields, "candidate_count", least=1)
    if candidates is not None and candidates > 1:
        raise out_of_range(f"{where}.candidate_count", "Multiple candidates is not enabled for this model")
    mime_type = fields.get("response_mime_type", "text/plain")
    if mime_type not in _MIME_TYPES:
        allowed = ", ".join(f"`{name}`" for name in _MIME_TYPES)
        raise out_of_range(f"{where}.response_mime_type", f"allowed mimetypes are {allowed}.")
    stops = _repeated(fields.get("stop_sequences"), f"{where}.stop_sequences")
    schemas = ("response_schema", "response_json_schema", "_response_json_schema")
    return {
        "max_output_tokens": _integer(fields, "max_output_tokens", least=1),
        "stop_sequences": tuple(text for stop in stops if (text := _string(stop, f"{where}.stop_sequences"))),
        "seed": _integer(fields, "seed"),
        "json_wanted": mime_type == "application/json",
        "json_schema": next((fields[name] for name in schemas if name in fields), None),
        **_thinking_config(fields.get("thinking_config")),
    }


def _thinking_config(value: Any) -> dict[str, Any]:
    if value is None:
        return {}
    where = "generation_config.thinking_config"
    fields = _fields(_message(value, where), _THINKING_FIELDS, where)
    if "thinking_budget" in fields and "thinking_level" in fields:
        raise ApiError(400, "INVALID_ARGUMENT", "You can only set only one of thinking budget and thinking level.")
    return {
        "include_thoughts": fields.get("include_thoughts") is True,
        "thinking_budget": _integer(fields, "thinking_budget", where=where),
    }


def _fields(message: Mapping[str, Any], known: frozenset[str], where: str) -> dict[str, Any]:
    """Return the set fields under their snake_case names; raise for every unknown one at once."""
    unknown = [name for name in message if _snake(name) not in known]
    if unknown:
        at = f" at '{where}'" if where else ""
        raise bad_request(
            [
                (where, f'Invalid JSON payload received. Unknown name "{name}"{at}: Cannot find field.')
                for name in unknown
            ]
        )
    return {_snake(name): value for name, value in message.items() if value is not None}


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])([A-Z])", r"_\1", name).lower()


def _message(value: Any, where: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise _wrong_type(where, "MESSAGE", value)
    return value


def _repeated(value: Any, where: str) -> list[Any]:
    # The real service takes a single message where a list belongs.
    if isinstance(value, Mapping):
        return [value]
    if value is not None and not isinstance(value, list):
        raise _wrong_type(where, "LIST", value)
    return value or []


def _string(value: Any, where: str) -> str:
    if not isinstance(value, str):
        raise _wrong_type(where, "STRING", value)
    return value


def _number_in(fields: Mapping[str, Any], name: str, low: float, high: float) -> None:
    value = fields.get(name)
    if value is None:
        return
    where = f"generation_config.{name}"
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _wrong_type(where, "FLOAT", value)
    if not low <= value <= high:
        raise out_of_range(where, f"{name} must be in the range [{low:.1f}, {high:.1f}].")


def _integer(
    fields: Mapping[str, Any], name: str, least: int | None = None, where: str = "generation_config"
) -> int | None:
    value = fields.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int):
        raise _wrong_type(f"{where}.{name}", "INT32", value)
    if least is not None and value < least:
        raise out_of_range(f"{where}.{name}", f"{name} must be at least {least}.")
    return value


def _wrong_type(where: str, kind: str, value: Any) -> ApiError:
    shown = json.dumps(value)[:100]
    return bad_request([(where, f"Invalid value at '{where}' (TYPE_{kind}), {shown}")])


def _broken_json(reason: str) -> ApiError:
    return bad_request([("", f"Invalid JSON payload received. {reason}.")])


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"Unexpected token: {name}")
