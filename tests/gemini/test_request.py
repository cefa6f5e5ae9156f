"""What a request says on the wire, and that nothing of it is lost in a record."""

import asyncio
import json
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from google.genai import types
from hypothesis import given, settings
from hypothesis import strategies as st

from components.gemini.client import close_client, open_client
from components.gemini.content import Part, PartKind, Role, Turn, merged, part_from_sdk, part_of, part_record
from components.gemini.request import Request, request_of, request_record, sdk_config, sdk_contents
from components.gemini.stream import stream

SSE = 'data: {"candidates": [{"content": {"parts": [{"text": "x"}]}, "finishReason": "STOP"}]}\r\n\r\n'
WEATHER = {"name": "weather", "parameters": {"type": "object", "properties": {"town": {"type": "string"}}}}

words = st.text(max_size=12)
finite = st.floats(allow_nan=False, allow_infinity=False)
parts = st.builds(
    Part,
    st.sampled_from(PartKind),
    words,
    words,
    words,
    words,
    words,
    st.binary(max_size=8),
    words,
    st.none() | st.integers(0, 10**12),
)
turns = st.builds(Turn, st.sampled_from(Role), st.lists(parts, max_size=3).map(tuple))
requests = st.builds(
    Request,
    model=words,
    prompt=words,
    system_instruction=st.none() | words,
    temperature=st.none() | finite,
    max_output_tokens=st.none() | st.integers(),
    headers=st.just((("x-key", "secret"),)),
    top_p=st.none() | finite,
    top_k=st.none() | st.integers(),
    stop_sequences=st.lists(words, max_size=3).map(tuple),
    seed=st.none() | st.integers(),
    thinking_budget=st.none() | st.integers(),
    thinking_level=st.none() | words,
    include_thoughts=st.booleans(),
    json_mode=st.booleans(),
    json_schema=words,
    functions=words,
    google_search=st.booleans(),
    code_execution=st.booleans(),
    safety=st.lists(st.tuples(words, words), max_size=2).map(tuple),
    turns=st.lists(turns, max_size=3).map(tuple),
    attachments=st.lists(parts, max_size=2).map(tuple),
    replies=st.lists(parts, max_size=2).map(tuple),
)


def sent(stand_in: Callable[..., Any], request: Request) -> dict[str, Any]:
    """The JSON that google-genai makes of a request."""
    server = stand_in(SSE)

    async def run() -> None:
        client = open_client(server.connection)
        async for _ in stream(client, request):
            pass
        await close_client(client)

    asyncio.run(run())
    body = camel(json.loads(server.requests[0][2]))
    assert isinstance(body, dict)
    return body


def camel(value: Any) -> Any:
    """The service reads either spelling of a field, and the client mixes them."""
    if isinstance(value, list):
        return [camel(one) for one in value]
    if not isinstance(value, dict):
        return value
    return {re.sub(r"_([a-z])", lambda found: found[1].upper(), name): camel(one) for name, one in value.items()}


@settings(max_examples=60)
@given(requests)
def test_a_record_keeps_all_of_a_request_but_its_headers(request: Request) -> None:
    record = json.loads(json.dumps(request_record(request, with_data=True)))
    assert request_of(record) == replace(request, headers=())
    assert "secret" not in json.dumps(record)


@settings(max_examples=60)
@given(requests)
def test_a_record_leaves_the_bytes_of_files_out_unless_asked(request: Request) -> None:
    again = request_of(request_record(request))
    kept = [part for turn in (*again.turns, again.own_turn) for part in turn.parts]
    before = [part for turn in (*request.turns, request.own_turn) for part in turn.parts]
    assert kept == [replace(part, data=b"") for part in before]


@given(parts)
def test_a_part_is_what_its_record_says(part: Part) -> None:
    assert part_of(json.loads(json.dumps(part_record(part, with_data=True)))) == part


@pytest.mark.parametrize(
    "record",
    [
        {"turns": [{"parts": []}]},
        {"turns": [{"role": "robot", "parts": []}]},
        {"turns": ["hello"]},
        {"turns": 5},
        {"attachments": [{"kind": "smell"}]},
        {"attachments": [{"kind": "inline_data", "data": "not base64!"}]},
        {"attachments": ["x"]},
        {"safety": [["one"]]},
        {"stop_sequences": 3},
    ],
)
def test_a_record_that_cannot_be_read_says_so(record: dict[str, Any]) -> None:
    with pytest.raises((ValueError, TypeError)):
        request_of({"model": "m", "prompt": "p", **record})


plain_parts = st.builds(
    Part,
    st.sampled_from([PartKind.TEXT, PartKind.THOUGHT, PartKind.FUNCTION_CALL]),
    text=words,
    signature=st.sampled_from(["", "", "c2ln"]),
)


@given(st.lists(plain_parts, max_size=12))
def test_merging_loses_no_word_and_no_signature_and_settles_at_once(pieces: list[Part]) -> None:
    joined = merged(pieces)
    for kind in PartKind:
        words_before = "".join(part.text for part in pieces if part.kind is kind)
        assert "".join(part.text for part in joined if part.kind is kind) == words_before
    signatures = [part.signature for part in pieces if part.signature]
    assert [part.signature for part in joined if part.signature] == signatures
    assert merged(joined) == joined


def test_merging_joins_neighbours_of_a_kind_and_ends_at_a_signature() -> None:
    thought, text = PartKind.THOUGHT, PartKind.TEXT
    pieces = [Part(thought, "a"), Part(thought, "b"), Part(text, "c"), Part(text, "", signature="s"), Part(text, "d")]
    assert merged(pieces) == (Part(thought, "ab"), Part(text, "c", signature="s"), Part(text, "d"))


def test_files_come_before_the_prompt_and_results_after_it() -> None:
    picture = Part(PartKind.DATA, name="a.png", mime_type="image/png", data=b"png")
    result = Part(PartKind.FUNCTION_RESPONSE, '{"degrees": 20}', "weather", "call-1")
    before = Turn(Role.MODEL, (Part(PartKind.FUNCTION_CALL, '{"town": "Ulm"}', "weather", "call-1", signature="c2ln"),))
    contents = sdk_contents(Request("m", "Hello", turns=(before,), attachments=(picture,), replies=(result,)))
    assert [content.role for content in contents] == ["model", "user"]
    call = contents[0].parts[0]
    assert (call.function_call.args, call.thought_signature) == ({"town": "Ulm"}, b"sig")
    own = contents[1].parts
    assert own[0].inline_data.data == b"png"
    assert own[1].text == "Hello"
    assert own[2].function_response.response == {"degrees": 20}
    assert own[2].function_response.id == "call-1"


def test_an_empty_prompt_is_left_out_where_something_else_is_said() -> None:
    result = Part(PartKind.FUNCTION_RESPONSE, "{}", "weather")
    assert len(sdk_contents(Request("m", "", replies=(result,)))[0].parts) == 1
    assert sdk_contents(Request("m", ""))[0].parts[0].text == ""


def test_a_file_without_its_bytes_is_not_sent_as_an_empty_one() -> None:
    gone = Part(PartKind.DATA, name="a.png", mime_type="image/png")
    with pytest.raises(ValueError, match=r"a\.png is not at hand any more"):
        sdk_contents(Request("m", "Hello", attachments=(gone,)))


@pytest.mark.parametrize("text", ["[1]", "{", "[" * 100_000, '"words"'])
def test_the_result_of_a_function_must_be_a_json_object(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        sdk_contents(Request("m", "", replies=(Part(PartKind.FUNCTION_RESPONSE, text, "weather"),)))


@pytest.mark.parametrize(
    "part",
    [
        Part(PartKind.TEXT, "words", signature="c2ln"),
        Part(PartKind.THOUGHT, "hm"),
        Part(PartKind.FUNCTION_CALL, '{"town": "Ulm"}', "weather", "id-1", signature="c2ln"),
        Part(PartKind.CODE, "print(1)", "PYTHON"),
        Part(PartKind.CODE_RESULT, "1\n", "OUTCOME_OK"),
        Part(PartKind.DATA, mime_type="image/png", data=b"png", size_bytes=3),
    ],
)
def test_what_the_model_said_is_sent_back_as_it_came(part: Part) -> None:
    sent_back = sdk_contents(Request("m", "next", turns=(Turn(Role.MODEL, (part,)),)))[0].parts[0]
    assert part_from_sdk(sent_back) == part


GENERATION = [
    ({"temperature": 0.25}, {"temperature": 0.25}),
    ({"top_p": 0.5}, {"topP": 0.5}),
    ({"top_k": 7}, {"topK": 7}),
    ({"max_output_tokens": 99}, {"maxOutputTokens": 99}),
    ({"stop_sequences": ("END", "\n\n")}, {"stopSequences": ["END", "\n\n"]}),
    ({"seed": 0}, {"seed": 0}),
    ({"thinking_budget": 0}, {"thinkingConfig": {"thinkingBudget": 0}}),
    ({"thinking_level": "low"}, {"thinkingConfig": {"thinkingLevel": "LOW"}}),
    ({"include_thoughts": True}, {"thinkingConfig": {"includeThoughts": True}}),
    ({"json_mode": True}, {"responseMimeType": "application/json"}),
    (
        {"json_mode": True, "json_schema": '{"type": "array"}'},
        {"responseMimeType": "application/json", "responseJsonSchema": {"type": "array"}},
    ),
    ({"json_schema": '{"type": "array"}'}, {}),
    ({}, {}),
]


@pytest.mark.parametrize(("fields", "expected"), GENERATION)
def test_a_setting_reaches_the_wire_and_nothing_else_does(
    stand_in: Callable[..., Any], fields: dict[str, Any], expected: dict[str, Any]
) -> None:
    body = sent(stand_in, Request("m", "Hello", **fields))
    assert body.pop("generationConfig", {}) == expected
    assert body == {"contents": [{"role": "user", "parts": [{"text": "Hello"}]}]}


OTHERS = [
    ({"system_instruction": "Be brief."}, "systemInstruction", {"role": "user", "parts": [{"text": "Be brief."}]}),
    ({"google_search": True}, "tools", [{"googleSearch": {}}]),
    ({"code_execution": True}, "tools", [{"codeExecution": {}}]),
    (
        {"functions": json.dumps([WEATHER])},
        "tools",
        [{"functionDeclarations": [{"name": "weather", "parametersJsonSchema": WEATHER["parameters"]}]}],
    ),
    (
        {"safety": (("HARM_CATEGORY_HARASSMENT", "BLOCK_NONE"),)},
        "safetySettings",
        [{"category": "HARM_CATEGORY_HARASSMENT", "threshold": "BLOCK_NONE"}],
    ),
]


@pytest.mark.parametrize(("fields", "name", "expected"), OTHERS)
def test_what_is_not_a_generation_setting_reaches_the_wire_too(
    stand_in: Callable[..., Any], fields: dict[str, Any], name: str, expected: Any
) -> None:
    assert sent(stand_in, Request("m", "Hello", **fields))[name] == expected


def test_turns_and_files_reach_the_wire_in_order(stand_in: Callable[..., Any]) -> None:
    earlier = (Turn(Role.USER, (Part(PartKind.TEXT, "one"),)), Turn(Role.MODEL, (Part(PartKind.TEXT, "two"),)))
    stored = Part(PartKind.FILE, uri="https://example.com/files/abc", mime_type="video/mp4")
    body = sent(stand_in, Request("m", "three", turns=earlier, attachments=(stored,)))
    assert body["contents"] == [
        {"role": "user", "parts": [{"text": "one"}]},
        {"role": "model", "parts": [{"text": "two"}]},
        {
            "role": "user",
            "parts": [
                {"fileData": {"fileUri": "https://example.com/files/abc", "mimeType": "video/mp4"}},
                {"text": "three"},
            ],
        },
    ]


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"functions": "{"}, "function declarations"),
        ({"functions": "[1]"}, "each must be a JSON object"),
        ({"functions": "[" * 100_000}, "nested too deeply"),
        ({"json_mode": True, "json_schema": "{'a'}"}, "JSON schema"),
        ({"json_mode": True, "json_schema": '{"items": ' * 100_000}, "nested too deeply"),
        ({"temperature": "warm"}, "temperature"),
        ({"max_output_tokens": 1.5}, "max_output_tokens"),
    ],
)
def test_a_setting_that_cannot_be_right_is_named(fields: dict[str, Any], named: str) -> None:
    with pytest.raises(ValueError, match=named):
        sdk_config(Request("m", "Hello", **fields))


def test_absurd_numbers_and_a_megabyte_of_schema_pass_unchanged(stand_in: Callable[..., Any]) -> None:
    schema = {"type": "object", "properties": {f"field{number}": {"type": "string"} for number in range(32_000)}}
    huge = Request(
        "m", "Hello", json_mode=True, json_schema=json.dumps(schema), temperature=1e308, seed=-(10**40), top_k=10**15
    )
    assert len(huge.json_schema) > 1_000_000
    config = sent(stand_in, huge)["generationConfig"]
    assert config["responseJsonSchema"] == schema
    assert (config["temperature"], config["seed"], config["topK"]) == (1e308, -(10**40), 10**15)


def test_no_request_turns_itself_into_several() -> None:
    config = sdk_config(Request("m", "Hello", functions=json.dumps([WEATHER])))
    assert config.automatic_function_calling == types.AutomaticFunctionCallingConfig(disable=True)
    assert config.automatic_continuation is False
