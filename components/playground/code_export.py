"""Code that repeats one call as it stands: Python with google-genai, and curl. Neither ever holds a key."""

import json
import secrets
import shlex
from collections.abc import Callable, Iterable, Mapping
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import quote

from components.gemini.content import Part, PartKind, Turn
from components.gemini.request import Request
from components.playground.python_source import Group, Node, assigned, called, clean, listed, literal, quoted, statement

_NO_CALLING = "types.AutomaticFunctionCallingConfig(disable=True)"
# What google-genai 3 calls where it is not told otherwise.
_SDK_VERSION, _SDK_VERTEX_VERSION = "v1", "v1beta1"
_DEVELOPER_API = "https://generativelanguage.googleapis.com"
_LONGEST_INLINE = 60
_DOCUMENTS = (".pdf", ".docx", ".html", ".htm")
_ENDINGS = {"image/jpeg": ".jpg", "text/plain": ".txt", "audio/mpeg": ".mp3", "video/quicktime": ".mov"}


def python_code(request: Request, *, base_url: str | None, api_version: str, vertexai: bool) -> str:
    """A Python program that makes the call of a request, and prints the answer as it arrives.

    The answer goes to stdout, thoughts and the token counts at the end to stderr. The key, and on Vertex AI the
    project and location, come from the environment. Attachments that were sent along are read from the files of
    `files_beside`, in the folder where the program is started. The request's extra headers are left out.

    Raises ValueError for a JSON schema, function declarations or a function's result that cannot be read.
    """
    names = _names_of_files(request)
    texts: dict[str, str] = {}
    contents = _python_contents(request, names, texts)
    config = python_config(request, texts)
    client = python_client(base_url, api_version, vertexai)
    call = [("model=", quoted(request.model)), ("contents=", contents)]
    if config.items:
        call.append(("config=", config))
    blocks = [
        "\n".join(_comments(request, 'Needs: pip install "google-genai>=3"', python_sign_in(vertexai, base_url))),
        _imports(request, names, vertexai, bool(config.items), base_url, api_version),
        *[assigned(name, text) for name, text in texts.items()],
        statement("client = ", client),
        statement("answer = ", Group("client.models.generate_content_stream(", tuple(call), ")")),
        _PRINTING.replace("        #calls\n", _printing_of_tools(request)),
    ]
    return "\n\n".join(block for block in blocks if block) + "\n"


def curl_code(request: Request, *, base_url: str | None, api_version: str, vertexai: bool) -> str:
    """A shell command that makes the call of a request, and prints the server-sent events as they arrive.

    As `python_code`, with the key from GEMINI_API_KEY, and on Vertex AI a token from the gcloud command. It needs
    curl, and base64 where files are sent along. Raises ValueError as `python_code` does.
    """
    names = _names_of_files(request)
    # Stands for the bytes of a file until its text is cut there; random, so that no prompt can hold it.
    mark = secrets.token_hex(16)
    data = json.dumps(_body(request, names, mark), ensure_ascii=False, indent=2)
    first, *others = _printable(data).split(mark)
    start, url, sign_in = _curl_address(base_url, api_version, vertexai, request.model)
    options = "curl --silent --show-error --no-buffer --fail-with-body" + (" --globoff" if "[" in url else "")
    curl = f"{options} \\\n  {url} \\\n  -H {sign_in} \\\n  -H 'Content-Type: application/json' \\\n  --data @-"
    needs = "Needs GEMINI_API_KEY in the environment."
    if vertexai:
        needs = "Needs the gcloud command, signed in, and GOOGLE_CLOUD_PROJECT and GOOGLE_CLOUD_LOCATION."
    comments = _comments(request, needs)
    if not others:
        return "\n".join([*comments, *start, f"{curl} <<'EOF'\n{first}\nEOF"]) + "\n"
    comments.append("# curl leaves out the line breaks between the pieces, so that they join into one JSON text.")
    pieces = [f"cat <<'EOF'\n{first}\nEOF"]
    for name, piece in zip(_file_order(request, names), others, strict=True):
        pieces.append(f"base64 < {shlex.quote(name)}\ncat <<'EOF'\n{piece}\nEOF")
    return "\n".join([*comments, *start, "{", *pieces, f"}} | {curl}"]) + "\n"


def files_beside(request: Request) -> tuple[tuple[str, Part], ...]:
    """The files that the code expects beside it, each with its name there, in the order of the conversation.

    A name has no folder in it, and no two different files share one.
    """
    names = _names_of_files(request)
    found = {names[part]: part for part in _parts(request) if part in names}
    return tuple(found.items())


def _parts(request: Request) -> Iterable[Part]:
    return (part for turn in (*request.turns, request.own_turn) for part in turn.parts)


def _names_of_files(request: Request) -> Mapping[Part, str]:
    names: dict[Part, str] = {}
    for part in _parts(request):
        if part.kind is PartKind.DATA and part not in names:
            names[part] = _free_name(part, set(names.values()))
    return names


def _free_name(part: Part, taken: set[str]) -> str:
    shown = _one_line(part.name).replace("\\", "/").replace(":", "/")
    path = PurePosixPath(PurePosixPath(shown).name.strip(". ") or f"attachment{_ending(part.mime_type)}")
    # The text that was read out of a document is another file than the document.
    if part.mime_type == "text/plain" and path.suffix.lower() in _DOCUMENTS:
        path = PurePosixPath(f"{path.name}.txt")
    name, number = path.name, 1
    while name in taken:
        number += 1
        name = f"{path.stem}-{number}{path.suffix}"
    return name


def _ending(mime_type: str) -> str:
    subtype = "".join(sign for sign in mime_type.partition("/")[2] if sign.isalnum())
    return _ENDINGS.get(mime_type, f".{subtype}" if subtype else "")


def _file_order(request: Request, names: Mapping[Part, str]) -> list[str]:
    return [names[part] for part in _parts(request) if part in names]


def _comments(request: Request, *needs: str) -> list[str]:
    parts = list(_parts(request))
    lines = [f"# {line}" for line in needs]
    if any(part.kind is PartKind.DATA for part in parts):
        lines.append("# Start it in the folder with the attached files.")
    expiring = [part for part in parts if part.kind is PartKind.FILE and not part.uri.startswith("gs://")]
    lines += [f"# {_one_line(part.name) or 'A file'} was uploaded, which expires after 48 hours." for part in expiring]
    return list(dict.fromkeys(lines))


def _one_line(text: str) -> str:
    return "".join(sign for sign in text if sign.isprintable())


def _json(text: str, what: str) -> Any:
    try:
        return json.loads(text) if text.strip() else None
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{what}: {error}") from None


def _json_object(part: Part) -> dict[str, Any]:
    value = _json(part.text or "{}", part.name)
    if not isinstance(value, dict):
        raise ValueError(f"What belongs to the function {part.name} must be a JSON object.")
    return value


def _declarations(request: Request) -> list[dict[str, Any]]:
    listed = _json(request.functions, "function declarations")
    declared = listed if isinstance(listed, list) else [listed]
    if not all(isinstance(one, dict) for one in declared):
        raise ValueError("function declarations: each must be a JSON object")
    return [
        {"name": one.get("name"), "description": one.get("description"), "parameters": _parameters(one)}
        for one in declared
    ]


def _parameters(declared: Mapping[str, Any]) -> Any:
    return declared.get("parameters") or declared.get("parametersJsonSchema")


def _set(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None}


def _python_contents(request: Request, names: Mapping[Part, str], texts: dict[str, str]) -> Node:
    turns = [*request.turns, request.own_turn]
    if len(turns) == 1 and turns[0].parts and request.prompt:
        texts["PROMPT"] = clean(request.prompt)
        asked = [_python_part(part, names, texts, "PROMPT") for part in turns[0].parts]
        return asked[0] if len(asked) == 1 else listed(asked)
    return listed([_python_turn(turn, index, len(turns), names, texts) for index, turn in enumerate(turns)])


def _python_turn(turn: Turn, index: int, count: int, names: Mapping[Part, str], texts: dict[str, str]) -> Node:
    name = "PROMPT" if index == count - 1 else f"TURN_{index + 1}"
    parts: list[Node] = []
    for number, part in enumerate(turn.parts):
        own = name if len(turn.parts) == 1 or name == "PROMPT" else f"{name}_PART_{number + 1}"
        if part.kind is PartKind.TEXT and (name == "PROMPT" or _is_long(part.text)):
            texts[own] = clean(part.text)
            parts.append(called("Part", text=own, thought_signature=_signature(part)))
        else:
            parts.append(_python_part(part, names, texts, own))
    return called("Content", role=quoted(turn.role.value), parts=listed(parts))


def _is_long(text: str) -> bool:
    return "\n" in text or len(text) > _LONGEST_INLINE


def _python_part(part: Part, names: Mapping[Part, str], texts: Mapping[str, str], own: str) -> Node:
    signature = _signature(part)
    if part.kind is PartKind.TEXT and own in texts and signature is None:
        return own
    if part.kind is PartKind.DATA and signature is None:
        return called("Part.from_bytes", data=_bytes_of(names[part]), mime_type=quoted(part.mime_type))
    if part.kind is PartKind.FILE and signature is None:
        return called("Part.from_uri", file_uri=quoted(part.uri), mime_type=quoted(part.mime_type))
    held: dict[PartKind, Callable[[], dict[str, Node]]] = {
        PartKind.TEXT: lambda: {"text": quoted(part.text)},
        PartKind.THOUGHT: lambda: {"text": quoted(part.text), "thought": "True"},
        PartKind.FUNCTION_CALL: lambda: {
            "function_call": called("FunctionCall", id=_id(part), name=quoted(part.name), args=_object(part))
        },
        PartKind.FUNCTION_RESPONSE: lambda: {
            "function_response": called(
                "FunctionResponse", id=_id(part), name=quoted(part.name), response=_object(part)
            )
        },
        PartKind.CODE: lambda: {
            "executable_code": called(
                "ExecutableCode", id=_id(part), code=quoted(part.text), language=quoted(part.name or "PYTHON")
            )
        },
        PartKind.CODE_RESULT: lambda: {
            "code_execution_result": called(
                "CodeExecutionResult",
                id=_id(part),
                outcome=quoted(part.name or "OUTCOME_OK"),
                output=quoted(part.text),
            )
        },
        PartKind.FILE: lambda: {
            "file_data": called("FileData", file_uri=quoted(part.uri), mime_type=quoted(part.mime_type))
        },
        PartKind.DATA: lambda: {
            "inline_data": called("Blob", data=_bytes_of(names[part]), mime_type=quoted(part.mime_type))
        },
    }
    return called("Part", **held[part.kind](), thought_signature=signature)


def _id(part: Part) -> str | None:
    return quoted(part.call_id) if part.call_id else None


def _object(part: Part) -> Node:
    return literal(_json_object(part))


def _bytes_of(name: str) -> str:
    return f"pathlib.Path({quoted(name)}).read_bytes()"


def _signature(part: Part) -> str | None:
    return f"base64.b64decode({quoted(part.signature)})" if part.signature else None


def python_config(request: Request, texts: dict[str, str]) -> Group:
    """The settings of a request as an expression; long texts go into `texts` by the variable that shall hold each."""
    system = None
    if request.system_instruction:
        system, texts["SYSTEM_INSTRUCTION"] = "SYSTEM_INSTRUCTION", clean(request.system_instruction)
    schema = _json(request.json_schema, "JSON schema") if request.json_mode else None
    stops, safety, tools = list(request.stop_sequences), _python_safety(request), _python_tools(request)
    return called(
        "GenerateContentConfig",
        system_instruction=system,
        temperature=_plain(request.temperature),
        top_p=_plain(request.top_p),
        top_k=_plain(request.top_k),
        max_output_tokens=_plain(request.max_output_tokens),
        stop_sequences=literal(stops) if stops else None,
        seed=_plain(request.seed),
        thinking_config=_python_thinking(request),
        response_mime_type=quoted("application/json") if request.json_mode else None,
        response_json_schema=None if schema is None else literal(schema),
        tools=listed(tools) if tools else None,
        safety_settings=listed(safety) if safety else None,
        # Declarations alone switch this on, and with it a warning.
        automatic_function_calling=_NO_CALLING if request.functions else None,
    )


def _plain(value: float | None) -> str | None:
    return None if value is None else repr(value)


def _python_thinking(request: Request) -> Node | None:
    level = request.thinking_level
    thinking = called(
        "ThinkingConfig",
        include_thoughts="True" if request.include_thoughts else None,
        thinking_budget=_plain(request.thinking_budget),
        thinking_level=quoted(level.upper()) if level else None,
    )
    return thinking if thinking.items else None


def _python_tools(request: Request) -> list[Node]:
    tools: list[Node] = []
    if request.functions:
        declared = [
            called(
                "FunctionDeclaration",
                name=literal(one["name"]),
                description=None if one["description"] is None else literal(one["description"]),
                parameters_json_schema=None if one["parameters"] is None else literal(one["parameters"]),
            )
            for one in _declarations(request)
        ]
        tools.append(called("Tool", function_declarations=listed(declared)))
    if request.google_search:
        tools.append(called("Tool", google_search="types.GoogleSearch()"))
    if request.code_execution:
        tools.append(called("Tool", code_execution="types.ToolCodeExecution()"))
    return tools


def _python_safety(request: Request) -> list[Node]:
    return [
        called("SafetySetting", category=quoted(category), threshold=quoted(level))
        for category, level in request.safety
    ]


def python_client(base_url: str | None, api_version: str, vertexai: bool) -> Group:
    """The client for an endpoint as an expression, with what differs from google-genai's own choice."""
    items: list[tuple[str, Node]] = []
    if vertexai:
        items += [
            ("vertexai=", "True"),
            ("project=", 'os.environ["GOOGLE_CLOUD_PROJECT"]'),
            ("location=", 'os.environ["GOOGLE_CLOUD_LOCATION"]'),
        ]
    if _has_options(base_url, api_version, vertexai):
        usual = api_version == (_SDK_VERTEX_VERSION if vertexai else _SDK_VERSION)
        options = called(
            "HttpOptions",
            base_url=quoted(base_url) if base_url else None,
            api_version=None if usual else quoted(api_version),
        )
        items.append(("http_options=", options))
    return Group("genai.Client(", tuple(items), ")")


def _has_options(base_url: str | None, api_version: str, vertexai: bool) -> bool:
    return bool(base_url) or api_version != (_SDK_VERTEX_VERSION if vertexai else _SDK_VERSION)


def python_sign_in(vertexai: bool, base_url: str | None) -> str:
    """What the script needs in its environment, as a sentence."""
    if vertexai:
        return "Needs a Google Cloud sign-in, and GOOGLE_CLOUD_PROJECT and GOOGLE_CLOUD_LOCATION in the environment."
    any_will_do = "; any text will do where none is asked for" if base_url else ""
    return f"Needs GEMINI_API_KEY or GOOGLE_API_KEY in the environment{any_will_do}."


def _imports(
    request: Request, names: Mapping[Part, str], vertexai: bool, configured: bool, base_url: str | None, version: str
) -> str:
    needed = {
        "base64": any(part.signature for part in _parts(request)),
        "os": vertexai,
        "pathlib": bool(names),
        "sys": True,
    }
    listed = [f"import {name}" for name, is_needed in needed.items() if is_needed]
    plain = not request.turns and request.prompt and len(request.own_turn.parts) == 1
    typed = configured or not plain or _has_options(base_url, version, vertexai)
    google = ["from google import genai", *(["from google.genai import types"] if typed else [])]
    return "\n".join([*listed, "", *google])


_PRINTING = """usage = None
for chunk in answer:
    usage = chunk.usage_metadata or usage
    for part in chunk.parts or []:
        out = sys.stderr if part.thought else sys.stdout
        print(part.text or "", end="", flush=True, file=out)
        #calls
print()
if usage:
    print(usage.model_dump_json(exclude_none=True), file=sys.stderr)"""


def _printing_of_tools(request: Request) -> str:
    shown = {
        "function_call": request.functions and r'print("\n[call]", part.function_call.name, part.function_call.args)',
        "executable_code": request.code_execution and r'print(f"\n[code]\n{part.executable_code.code}")',
        "code_execution_result": request.code_execution
        and r'print(f"\n[output]\n{part.code_execution_result.output}")',
    }
    lines = [line for name, shows in shown.items() if shows for line in (f"if part.{name}:", f"    {shows}")]
    return "".join(f"        {line}\n" for line in lines)


def _curl_address(base_url: str | None, api_version: str, vertexai: bool, model: str) -> tuple[list[str], str, str]:
    """The lines before the call, the address and the header that signs in, ready for the shell."""
    path = quote(_model_path(clean(model), vertexai), safe="/@:") + ":streamGenerateContent?alt=sse"
    start = (base_url or _DEVELOPER_API).rstrip("/")
    if not vertexai:
        return [], shlex.quote(f"{start}/{api_version}/{path}"), '"x-goog-api-key: $GEMINI_API_KEY"'
    host = shlex.quote(start) if base_url else '"https://$HOST"'
    place = "" if path.startswith("projects/") else '"projects/$GOOGLE_CLOUD_PROJECT/locations/$GOOGLE_CLOUD_LOCATION"/'
    sign_in = '"Authorization: Bearer $(gcloud auth print-access-token)"'
    return ([] if base_url else _VERTEX_HOST), f"{host}/{shlex.quote(api_version)}/{place}{shlex.quote(path)}", sign_in


def _model_path(model: str, vertexai: bool) -> str:
    if model.startswith(("projects/", "publishers/") if vertexai else ("models/", "tunedModels/")):
        return model
    return f"publishers/google/models/{model.removeprefix('models/')}" if vertexai else f"models/{model}"


_VERTEX_HOST = [
    'case "$GOOGLE_CLOUD_LOCATION" in',
    "  global) HOST=aiplatform.googleapis.com ;;",
    '  us|eu) HOST="aiplatform.$GOOGLE_CLOUD_LOCATION.rep.googleapis.com" ;;',
    '  *) HOST="$GOOGLE_CLOUD_LOCATION-aiplatform.googleapis.com" ;;',
    "esac",
]


def _printable(text: str) -> str:
    """JSON with every sign that does not show written as an escape, as JSON allows within its strings."""
    return "".join(sign if sign.isprintable() or sign == "\n" else _json_escape(sign) for sign in text)


def _json_escape(sign: str) -> str:
    return json.dumps(sign)[1:-1] if ord(sign) > 126 and sign != "\x7f" else f"\\u{ord(sign):04x}"


def _cleaned(value: Any) -> Any:
    if isinstance(value, dict):
        return {clean(key): _cleaned(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_cleaned(each) for each in value]
    return clean(value) if isinstance(value, str) else value


def _body(request: Request, names: Mapping[Part, str], mark: str) -> Any:
    turns = [
        {"role": turn.role.value, "parts": [_wire_part(part, names, mark) for part in turn.parts]}
        for turn in (*request.turns, request.own_turn)
    ]
    body: dict[str, Any] = {"contents": turns}
    if request.system_instruction:
        body["systemInstruction"] = {"parts": [{"text": request.system_instruction}]}
    if config := _wire_config(request):
        body["generationConfig"] = config
    if tools := _wire_tools(request):
        body["tools"] = tools
    if request.safety:
        body["safetySettings"] = [{"category": category, "threshold": level} for category, level in request.safety]
    return _cleaned(body)


def _wire_part(part: Part, names: Mapping[Part, str], mark: str) -> dict[str, Any]:
    held: dict[PartKind, Callable[[], dict[str, Any]]] = {
        PartKind.TEXT: lambda: {"text": part.text},
        PartKind.THOUGHT: lambda: {"text": part.text, "thought": True},
        PartKind.FUNCTION_CALL: lambda: {
            "functionCall": _set({"id": part.call_id or None, "name": part.name, "args": _json_object(part)})
        },
        PartKind.FUNCTION_RESPONSE: lambda: {
            "functionResponse": _set({"id": part.call_id or None, "name": part.name, "response": _json_object(part)})
        },
        PartKind.CODE: lambda: {
            "executableCode": _set(
                {"id": part.call_id or None, "language": part.name or "PYTHON", "code": part.text},
            )
        },
        PartKind.CODE_RESULT: lambda: {
            "codeExecutionResult": _set(
                {"id": part.call_id or None, "outcome": part.name or "OUTCOME_OK", "output": part.text}
            )
        },
        PartKind.FILE: lambda: {"fileData": {"mimeType": part.mime_type, "fileUri": part.uri}},
        PartKind.DATA: lambda: {"inlineData": {"mimeType": part.mime_type, "data": mark}},
    }
    return _set({**held[part.kind](), "thoughtSignature": part.signature or None})


def _wire_config(request: Request) -> dict[str, Any]:
    thinking = _set(
        {
            "includeThoughts": True if request.include_thoughts else None,
            "thinkingBudget": request.thinking_budget,
            "thinkingLevel": request.thinking_level.upper() if request.thinking_level else None,
        }
    )
    return _set(
        {
            "temperature": request.temperature,
            "topP": request.top_p,
            "topK": request.top_k,
            "maxOutputTokens": request.max_output_tokens,
            "stopSequences": list(request.stop_sequences) or None,
            "seed": request.seed,
            "thinkingConfig": thinking or None,
            "responseMimeType": "application/json" if request.json_mode else None,
            "responseJsonSchema": _json(request.json_schema, "JSON schema") if request.json_mode else None,
        }
    )


def _wire_tools(request: Request) -> list[dict[str, Any]]:
    tools: list[dict[str, Any]] = []
    if request.functions:
        declared = [
            _set({"name": one["name"], "description": one["description"], "parametersJsonSchema": one["parameters"]})
            for one in _declarations(request)
        ]
        tools.append({"functionDeclarations": declared})
    if request.google_search:
        tools.append({"googleSearch": {}})
    if request.code_execution:
        tools.append({"codeExecution": {}})
    return tools
