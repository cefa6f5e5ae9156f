"""Reads and checks what a client sent, with the complaints of the real service."""

import binascii
import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from components.gemini.simulator.errors import ApiError, bad_request, out_of_range, settings_beside_cache
from components.gemini.simulator.fields import (
    compact,
    fields_of,
    integer_in,
    message_of,
    number_in,
    repeated,
    string_of,
    too_deep,
    wrong_type,
)
from components.gemini.simulator.media import Counted, Modality, measured
from components.gemini.simulator.tokens import count_tokens
from components.gemini.simulator.tools import Tools, check_schema, parse_tools

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
_CACHE_FIELDS = frozenset(
    {
        "name",
        "model",
        "display_name",
        "contents",
        "system_instruction",
        "tools",
        "tool_config",
        "ttl",
        "expire_time",
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
_COUNTED_AS_TEXT = ("function_call", "function_response", "executable_code", "code_execution_result")
_THINKING_FIELDS = frozenset({"include_thoughts", "thinking_budget", "thinking_level"})
_THINKING_LEVELS = ("", "THINKING_LEVEL_UNSPECIFIED", "MINIMAL", "LOW", "MEDIUM", "HIGH")
_MIME_TYPES = ("text/plain", "application/json", "application/xml", "application/yaml", "text/x.enum")


@dataclass(frozen=True)
class FunctionCall:
    """A call that a model made earlier. `position` counts the turns from 1, `first` is the first call of its turn."""

    name: str
    signature: str
    position: int
    first: bool


@dataclass(frozen=True)
class FunctionResult:
    """What a function gave back, as JSON."""

    name: str
    result: str


@dataclass(frozen=True)
class Prefix:
    """A conversation up to the end of one of its turns: how many tokens, and a hash of all of it."""

    tokens: int
    digest: str


@dataclass(frozen=True)
class CachedPrompt:
    """What a cache puts before a request: its tokens of each modality, a hash of all of it, and how it begins.

    Of the system instruction only the beginning is kept. Tools in a cache count and do nothing else.
    """

    details: Mapping[Modality, int]
    digest: str
    system: str
    turns: int
    file_types: tuple[str, ...] = ()

    @property
    def tokens(self) -> int:
        """All that is cached, in tokens."""
        return sum(self.details.values())


@dataclass(frozen=True)
class GenerateRequest:
    """A checked request. `prompt` is the last text of the user, `history` every other text of the contents.

    `attached` is what files sent along, function calls and declarations count; `file_uris` are uploaded files, which
    nobody has looked up yet. `file_types` are the types of the files beside the prompt, `turns_before` counts the
    turns before it. `open_calls` and `results` are the function calls and results after it. A thinking budget of None
    or below 0 leaves the amount to the model, and so does an empty thinking level. `cache_name` names a cache, and
    `cached` is what it holds once somebody has looked it up.
    """

    prompt: str
    history: str
    system: str
    attached: tuple[Counted, ...] = ()
    file_uris: tuple[str, ...] = ()
    file_types: tuple[str, ...] = ()
    turns_before: int = 0
    open_calls: tuple[FunctionCall, ...] = ()
    results: tuple[FunctionResult, ...] = ()
    prefixes: tuple[Prefix, ...] = ()
    tools: Tools = field(default_factory=Tools)
    max_output_tokens: int | None = None
    stop_sequences: tuple[str, ...] = ()
    seed: int | None = None
    json_wanted: bool = False
    json_schema: Any = None
    include_thoughts: bool = False
    thinking_budget: int | None = None
    thinking_level: str = ""
    cache_name: str = ""
    cached: CachedPrompt | None = None

    @property
    def prompt_details(self) -> dict[Modality, int]:
        """Everything that is sent in, in tokens of each modality that occurs."""
        counts = Counter({Modality.TEXT: sum(map(count_tokens, (self.prompt, self.history, self.system)))})
        counts.update(self.cached.details if self.cached else {})
        for one in self.attached:
            counts[one.modality] += one.tokens
        return {modality: tokens for modality, tokens in counts.items() if tokens}

    @property
    def prompt_tokens(self) -> int:
        """Everything that is sent in, in tokens."""
        return sum(self.prompt_details.values())


@dataclass(frozen=True)
class _Content:
    role: str
    text: str
    attached: tuple[Counted, ...]
    file_uris: tuple[str, ...]
    file_types: tuple[str, ...]
    calls: tuple[tuple[str, str], ...]
    results: tuple[FunctionResult, ...]
    digest: str

    @property
    def tokens(self) -> int:
        return count_tokens(self.text) + sum(one.tokens for one in self.attached)


def parse_json(body: bytes) -> dict[str, Any]:
    """Return the JSON object in `body`, an empty body being an empty object; raise the real 400 otherwise."""
    try:
        value = json.loads(body or b"{}", parse_constant=_refuse_constant)
    except RecursionError:
        raise too_deep() from None
    except ValueError as error:
        raise _broken_json(str(error)) from None
    if not isinstance(value, dict):
        raise _broken_json("Root element must be a message")
    return value


def parse_generate(body: Mapping[str, Any]) -> GenerateRequest:
    """Check a GenerateContentRequest and return what matters of it; raise ApiError 400 for the first fault."""
    fields = fields_of(body, _REQUEST_FIELDS, "")
    contents = _contents(fields)
    instruction = fields.get("system_instruction")
    system = "" if instruction is None else _content(instruction, "system_instruction").text
    tools = parse_tools(fields.get("tools"), fields.get("tool_config"))
    cache_name = string_of(fields.get("cached_content", ""), "cached_content")
    if cache_name and not fields.keys().isdisjoint(("system_instruction", "tools", "tool_config")):
        raise settings_beside_cache()
    settings = {**_generation_config(fields.get("generation_config")), "cache_name": cache_name}
    return _request(contents, system, tools, settings)


def parse_cache(body: Mapping[str, Any]) -> tuple[GenerateRequest, dict[str, Any]]:
    """Check a CachedContent, and return what it holds and its fields; raise ApiError 400 for the first fault."""
    fields = fields_of(body, _CACHE_FIELDS, "cached_content")
    values = repeated(fields.get("contents"), "cached_content.contents")
    contents = [_content(value, f"cached_content.contents[{index}]") for index, value in enumerate(values)]
    instruction = fields.get("system_instruction")
    system = "" if instruction is None else _content(instruction, "cached_content.system_instruction").text
    return _request(contents, system, parse_tools(fields.get("tools"), fields.get("tool_config")), {}), fields


def parse_count(body: Mapping[str, Any]) -> GenerateRequest:
    """Check a CountTokensRequest, in either of its two forms; raise ApiError 400 for the first fault."""
    fields = fields_of(body, _COUNT_FIELDS, "")
    inner = fields.get("generate_content_request")
    if inner is not None:
        return parse_generate(message_of(inner, "generate_content_request"))
    return _request(_contents(fields), "", Tools(), {})


def _request(contents: list[_Content], system: str, tools: Tools, settings: dict[str, Any]) -> GenerateRequest:
    _check_results(contents)
    asked = [index for index, content in enumerate(contents) if content.role != "model" and content.text]
    last = asked[-1] if asked else -1
    after = contents[last:] if asked else contents
    declared = (Counted(Modality.TEXT, tools.declared_tokens),) if tools.declared_tokens else ()
    return GenerateRequest(
        prompt=contents[last].text if asked else "",
        history="\n".join(content.text for index, content in enumerate(contents) if index != last or not asked),
        system=system,
        attached=(*(one for content in contents for one in content.attached), *declared),
        file_uris=tuple(uri for content in contents for uri in content.file_uris),
        file_types=tuple(kind for content in after for kind in content.file_types),
        turns_before=max(0, last),
        open_calls=_calls(contents, last),
        results=tuple(result for content in after for result in content.results),
        prefixes=_prefixes(contents, system),
        tools=tools,
        **settings,
    )


def _calls(contents: list[_Content], last: int) -> tuple[FunctionCall, ...]:
    return tuple(
        FunctionCall(name, signature, position, first=number == 0)
        for position, content in enumerate(contents, start=1)
        if position > last + 1
        for number, (name, signature) in enumerate(content.calls)
    )


def _check_results(contents: list[_Content]) -> None:
    """Raise ApiError 400 for the result of a function that nobody called."""
    called: set[str] = set()
    for index, content in enumerate(contents):
        for result in content.results:
            if result.name not in called:
                complaint = f"function response '{result.name[:100]}' answers no function call"
                raise out_of_range(f"contents[{index}].parts.function_response.name", complaint)
        called |= {name for name, _ in content.calls}


def _prefixes(contents: list[_Content], system: str) -> tuple[Prefix, ...]:
    tokens, digest = count_tokens(system), sha256(system.encode("utf-8", "replace")).hexdigest()
    prefixes = []
    for content in contents:
        tokens += content.tokens
        digest = sha256(f"{digest} {content.role} {content.digest}".encode()).hexdigest()
        prefixes.append(Prefix(tokens, digest))
    return tuple(prefixes)


def _contents(fields: Mapping[str, Any]) -> list[_Content]:
    values = repeated(fields.get("contents"), "contents")
    if not values:
        raise out_of_range("contents", "contents is not specified")
    return [_content(value, f"contents[{index}]") for index, value in enumerate(values)]


def _content(value: Any, where: str) -> _Content:
    fields = fields_of(message_of(value, where), _CONTENT_FIELDS, where)
    values = repeated(fields.get("parts"), f"{where}.parts")
    if not values:
        raise out_of_range(f"{where}.parts", "contents.parts must not be empty.")
    role = fields.get("role", "")
    if role not in ("", "user", "model", "function", "system"):
        raise ApiError(400, "INVALID_ARGUMENT", "Please use a valid role: user, model.")
    parts = [_part(part, f"{where}.parts[{index}]") for index, part in enumerate(values)]
    return _Content(
        role=role,
        text="\n".join(part.text for part in parts if part.text),
        attached=tuple(one for part in parts for one in part.attached),
        file_uris=tuple(part.file_uri for part in parts if part.file_uri),
        file_types=tuple(part.file_type for part in parts if part.file_type),
        calls=tuple(part.call for part in parts if part.call),
        results=tuple(part.result for part in parts if part.result),
        digest=sha256(compact(values).encode()).hexdigest(),
    )


@dataclass(frozen=True)
class _Part:
    text: str = ""
    attached: tuple[Counted, ...] = ()
    file_uri: str = ""
    file_type: str = ""
    call: tuple[str, str] | None = None
    result: FunctionResult | None = None


def _part(value: Any, where: str) -> _Part:
    part = fields_of(message_of(value, where), _PART_FIELDS, where)
    if "inline_data" in part:
        return _inline_part(part["inline_data"], f"{where}.inline_data")
    if "file_data" in part:
        return _file_part(part["file_data"], f"{where}.file_data")
    spoken = [part[name] for name in _COUNTED_AS_TEXT if name in part]
    attached = (Counted(Modality.TEXT, sum(count_tokens(compact(one)) for one in spoken)),) if spoken else ()
    return _Part(
        text=string_of(part.get("text", ""), f"{where}.text"),
        attached=attached,
        call=_call(part, where),
        result=_result(part.get("function_response"), f"{where}.function_response"),
    )


def _inline_part(value: Any, where: str) -> _Part:
    blob = message_of(value, where)
    mime_type = string_of(blob.get("mimeType", blob.get("mime_type", "")), f"{where}.mime_type")
    data = _bytes(blob.get("data", ""), f"{where}.data")
    return _Part(attached=(measured(mime_type, data),), file_type=mime_type)


def _file_part(value: Any, where: str) -> _Part:
    file = message_of(value, where)
    uri = string_of(file.get("fileUri", file.get("file_uri", "")), f"{where}.file_uri")
    if not uri:
        raise out_of_range(f"{where}.file_uri", "file_uri must not be empty.")
    return _Part(
        file_uri=uri, file_type=string_of(file.get("mimeType", file.get("mime_type", "")), f"{where}.mime_type")
    )


def _call(part: Mapping[str, Any], where: str) -> tuple[str, str] | None:
    if "function_call" not in part:
        return None
    call = message_of(part["function_call"], f"{where}.function_call")
    signature = string_of(part.get("thought_signature", ""), f"{where}.thought_signature")
    _bytes(signature, f"{where}.thought_signature")
    return string_of(call.get("name", ""), f"{where}.function_call.name"), signature


def _result(value: Any, where: str) -> FunctionResult | None:
    if value is None:
        return None
    result = message_of(value, where)
    name = string_of(result.get("name", ""), f"{where}.name")
    return FunctionResult(name, json.dumps(message_of(result.get("response", {}), where), ensure_ascii=False))


def _bytes(value: Any, where: str) -> bytes:
    text = string_of(value, where)
    try:
        return binascii.a2b_base64(text.replace("-", "+").replace("_", "/"), strict_mode=True)
    except ValueError:
        complaint = f"Invalid value at '{where}' (TYPE_BYTES), Base64 decoding failed for \"{text[:60]}\""
        raise bad_request([(where, complaint)]) from None


def _generation_config(value: Any) -> dict[str, Any]:
    """Check a GenerationConfig and return it as the keyword arguments of a GenerateRequest."""
    if value is None:
        return {}
    where = "generation_config"
    fields = fields_of(message_of(value, where), _GENERATION_FIELDS, where)
    number_in(fields, "temperature", 0, 2, where)
    number_in(fields, "top_p", 0, 1, where)
    candidates = integer_in(fields, "candidate_count", where, least=1)
    if candidates is not None and candidates > 1:
        raise out_of_range(f"{where}.candidate_count", "Multiple candidates is not enabled for this model")
    mime_type = fields.get("response_mime_type", "text/plain")
    if mime_type not in _MIME_TYPES:
        allowed = ", ".join(f"`{name}`" for name in _MIME_TYPES)
        raise out_of_range(f"{where}.response_mime_type", f"allowed mimetypes are {allowed}.")
    stops = repeated(fields.get("stop_sequences"), f"{where}.stop_sequences")
    return {
        "max_output_tokens": integer_in(fields, "max_output_tokens", where, least=1),
        "stop_sequences": tuple(text for stop in stops if (text := string_of(stop, f"{where}.stop_sequences"))),
        "seed": integer_in(fields, "seed", where),
        "json_wanted": mime_type == "application/json",
        "json_schema": _schema(fields, where),
        **_thinking_config(fields.get("thinking_config")),
    }


def _schema(fields: Mapping[str, Any], where: str) -> Any:
    names = ("response_schema", "response_json_schema", "_response_json_schema")
    given = next((name for name in names if name in fields), None)
    return None if given is None else check_schema(fields[given], f"{where}.{given}")


def _thinking_config(value: Any) -> dict[str, Any]:
    if value is None:
        return {}
    where = "generation_config.thinking_config"
    fields = fields_of(message_of(value, where), _THINKING_FIELDS, where)
    if "thinking_budget" in fields and "thinking_level" in fields:
        raise ApiError(400, "INVALID_ARGUMENT", "You can only set only one of thinking budget and thinking level.")
    level = string_of(fields.get("thinking_level", ""), f"{where}.thinking_level").upper()
    if level not in _THINKING_LEVELS:
        raise wrong_type(f"{where}.thinking_level", "ENUM", fields["thinking_level"])
    return {
        "include_thoughts": fields.get("include_thoughts") is True,
        "thinking_budget": integer_in(fields, "thinking_budget", where),
        "thinking_level": "" if level == "THINKING_LEVEL_UNSPECIFIED" else level,
    }


def _broken_json(reason: str) -> ApiError:
    return bad_request([("", f"Invalid JSON payload received. {reason}.")])


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"Unexpected token: {name}")
