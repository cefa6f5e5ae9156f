"""What goes into a call and what comes out of it: parts and turns, apart from google-genai's own classes."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from google.genai import types


class PartKind(StrEnum):
    """What a part holds."""

    TEXT = "text"
    THOUGHT = "thought"
    FUNCTION_CALL = "function_call"
    FUNCTION_RESPONSE = "function_response"
    CODE = "executable_code"
    CODE_RESULT = "code_execution_result"
    FILE = "file_data"
    DATA = "inline_data"


class Role(StrEnum):
    """Who speaks in a turn."""

    USER = "user"
    MODEL = "model"


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a turn.

    `text` is what it says: words, the arguments or the result of a function as JSON, code, or what code printed.
    `name` is the function's name, the code's language, the outcome of a code run, or a file's name. `uri` is that of
    an uploaded file, `data` are the bytes of one sent along. `signature` is the service's mark on a part, as base64,
    which it wants back unchanged in the next turn. `size_bytes` is the size of a file as far as it is known,
    `digest` the SHA-256 of its bytes in hexadecimal where somebody has made it.
    """

    kind: PartKind
    text: str = ""
    name: str = ""
    call_id: str = ""
    mime_type: str = ""
    uri: str = ""
    data: bytes = field(default=b"", repr=False)
    signature: str = field(default="", repr=False)
    size_bytes: int | None = None
    digest: str = field(default="", repr=False, compare=False)

    @property
    def is_file(self) -> bool:
        """Whether it is an attachment, sent along or uploaded."""
        return self.kind in (PartKind.FILE, PartKind.DATA)


@dataclass(frozen=True, slots=True)
class Turn:
    """What one speaker said."""

    role: Role
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class WebSource:
    """A page that an answer was grounded on."""

    title: str
    uri: str


@dataclass(frozen=True, slots=True)
class Grounding:
    """What a search brought: the queries that the model made, and the pages that it used."""

    queries: tuple[str, ...] = ()
    sources: tuple[WebSource, ...] = ()


def merged(parts: Iterable[Part]) -> tuple[Part, ...]:
    """Joins neighbouring pieces of text, and of thoughts, into one part each; a signature ends its part."""
    joined: list[Part] = []
    for part in parts:
        last = joined[-1] if joined else None
        grows = part.kind in (PartKind.TEXT, PartKind.THOUGHT)
        if grows and last is not None and last.kind is part.kind and not last.signature:
            joined[-1] = replace(last, text=last.text + part.text, signature=part.signature)
        else:
            joined.append(part)
    return tuple(joined)


def part_record(part: Part, with_data: bool = False) -> dict[str, Any]:
    """A part as plain JSON values; a file's bytes are left out unless they are asked for."""
    record: dict[str, Any] = {"kind": part.kind.value}
    for name in ("text", "name", "call_id", "mime_type", "uri", "signature", "digest"):
        if value := getattr(part, name):
            record[name] = value
    if part.size_bytes is not None:
        record["size_bytes"] = part.size_bytes
    if with_data and part.data:
        record["data"] = base64.b64encode(part.data).decode("ascii")
    return record


def part_of(record: Mapping[str, Any]) -> Part:
    """The part of a record made by `part_record`. Raises ValueError for a kind or bytes that cannot be read."""
    texts = ("text", "name", "call_id", "mime_type", "uri", "signature", "digest")
    size = record.get("size_bytes")
    return Part(
        PartKind(str(record.get("kind"))),
        **{name: str(record.get(name, "")) for name in texts},
        data=base64.b64decode(str(record.get("data", "")), validate=True),
        size_bytes=int(size) if isinstance(size, int) else None,
    )


def sdk_content(turn: Turn) -> types.Content:
    """A turn as google-genai takes it.

    Raises ValueError for arguments or results that are not a JSON object, and for a file whose bytes are not there.
    """
    from google.genai import types

    return types.Content(role=turn.role.value, parts=[_sdk_part(part) for part in turn.parts])


def _sdk_part(part: Part) -> types.Part:
    from google.genai import types

    made: dict[PartKind, Any] = {
        PartKind.TEXT: lambda: types.Part(text=part.text),
        PartKind.THOUGHT: lambda: types.Part(text=part.text, thought=True),
        PartKind.FUNCTION_CALL: lambda: types.Part(
            function_call=types.FunctionCall(id=part.call_id or None, name=part.name, args=_json_object(part))
        ),
        PartKind.FUNCTION_RESPONSE: lambda: types.Part(
            function_response=types.FunctionResponse(
                id=part.call_id or None, name=part.name, response=_json_object(part)
            )
        ),
        PartKind.CODE: lambda: types.Part(
            executable_code=types.ExecutableCode(
                code=part.text, language=types.Language(part.name or "PYTHON"), id=part.call_id or None
            )
        ),
        PartKind.CODE_RESULT: lambda: types.Part(
            code_execution_result=types.CodeExecutionResult(
                outcome=types.Outcome(part.name or "OUTCOME_OK"), output=part.text, id=part.call_id or None
            )
        ),
        PartKind.FILE: lambda: types.Part(file_data=types.FileData(file_uri=part.uri, mime_type=part.mime_type)),
        PartKind.DATA: lambda: types.Part(inline_data=types.Blob(data=_bytes(part), mime_type=part.mime_type)),
    }
    sdk: types.Part = made[part.kind]()
    if part.signature:
        sdk.thought_signature = base64.b64decode(part.signature)
    return sdk


def _bytes(part: Part) -> bytes:
    # A record without its bytes must not pass for an empty file.
    if not part.data:
        raise ValueError(f"The file {part.name or part.mime_type} is not at hand any more. Attach it again.")
    return part.data


def _json_object(part: Part) -> dict[str, Any]:
    import json

    try:
        value = json.loads(part.text or "{}")
    except RecursionError:
        raise ValueError(f"What belongs to the function {part.name} is nested too deeply.") from None
    if not isinstance(value, dict):
        raise ValueError(f"What belongs to the function {part.name} must be a JSON object.")
    return value


def part_from_sdk(part: types.Part) -> Part | None:
    """A part as the service sent it; None for one that holds nothing this product shows."""
    import json

    signature = base64.b64encode(part.thought_signature).decode("ascii") if part.thought_signature else ""
    if part.function_call is not None:
        call = part.function_call
        text = json.dumps(call.args or {}, ensure_ascii=False, default=str)
        return Part(PartKind.FUNCTION_CALL, text, call.name or "", call.id or "", signature=signature)
    if part.executable_code is not None:
        code = part.executable_code
        language = code.language.value if code.language else ""
        return Part(PartKind.CODE, code.code or "", language, code.id or "", signature=signature)
    if part.code_execution_result is not None:
        result = part.code_execution_result
        outcome = result.outcome.value if result.outcome else ""
        return Part(PartKind.CODE_RESULT, result.output or "", outcome, result.id or "", signature=signature)
    if part.inline_data is not None and part.inline_data.data:
        blob = part.inline_data
        data = blob.data or b""
        kind = blob.mime_type or ""
        return Part(PartKind.DATA, mime_type=kind, data=data, signature=signature, size_bytes=len(data))
    if part.text or signature:
        kind_of_text = PartKind.THOUGHT if part.thought else PartKind.TEXT
        return Part(kind_of_text, part.text or "", signature=signature)
    return None
