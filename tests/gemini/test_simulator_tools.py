"""The simulator with tools, turns, files and settings of a family, as this product's own client sees it."""

import base64
import io
import json
import re
import ssl
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from typing import Any

import httpx2
import jsonschema
import pytest
from google.genai import errors
from hypothesis import given, settings
from hypothesis import strategies as st

from components.gemini.content import Part, PartKind, Role, Turn
from components.gemini.simulator.answer import Answer as Composed
from components.gemini.simulator.answer import Extra, compose
from components.gemini.simulator.errors import ApiError
from components.gemini.simulator.media import Measure, Modality, measured
from components.gemini.simulator.models import FLASH_LIKE, SimulatorConfig
from components.gemini.simulator.prefixes import PrefixBook
from components.gemini.simulator.request import Prefix, parse_generate
from components.gemini.simulator.server import RunningSimulator, start
from components.gemini.simulator.text import NOTICE
from tests.gemini.making import Answer, asked, calling, document, picture, place_of, sound

FLASH = "gemini-2.0-flash"
FLASH_25 = "gemini-2.5-flash"
PRO_31 = "gemini-3.1-pro-preview"
FLASH_38 = "gemini-3.8-flash"
ADD = {
    "name": "add_up",
    "description": "Adds up.",
    "parameters": {
        "type": "object",
        "properties": {
            "numbers": {"type": "array", "items": {"type": "integer", "minimum": 3, "maximum": 5}},
            "unit": {"type": "string", "enum": ["m", "kg", "s"]},
        },
        "required": ["numbers"],
    },
}
FUNCTIONS = json.dumps([ADD, {"name": "second"}])
# Plain HTTP needs no certificates, and loading them takes longer than most tests here.
NO_CERTIFICATES = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


@pytest.fixture(scope="module")
def simulator() -> Iterator[RunningSimulator]:
    running = start()
    yield running
    running.stop()


def refused(simulator: RunningSimulator, model: str, prompt: str = "hello", **fields: Any) -> str:
    with pytest.raises(errors.ClientError) as caught:
        asked(simulator, model, prompt, **fields)
    assert caught.value.code == 400
    return str(caught.value.message)


def post(simulator: RunningSimulator, body: dict[str, Any], model: str = FLASH, method: str = "generateContent") -> Any:
    headers = {"x-simulator-first-token-ms": "1", "x-simulator-tokens-per-second": "100000"}
    address = f"{simulator.base_url}/v1beta/models/{model}:{method}"
    return httpx2.post(address, json=body, headers=headers, verify=NO_CERTIFICATES)


def say(text: str, **more: Any) -> dict[str, Any]:
    return {"contents": [{"role": "user", "parts": [{"text": text}]}], **more}


def replied(call: Answer, result: str) -> dict[str, Any]:
    """The fields of a request that answers the call."""
    part = call.parts[0]
    reply = Part(PartKind.FUNCTION_RESPONSE, result, part.name, part.call_id)
    turns = (Turn(Role.USER, (Part(PartKind.TEXT, "What is the sum?"),)), call.turn(Role.MODEL))
    return {"turns": turns, "replies": (reply,), "functions": FUNCTIONS}


def test_the_first_function_is_called_once_with_fitting_arguments(simulator: RunningSimulator) -> None:
    answer = asked(simulator, PRO_31, "What is the sum?", functions=FUNCTIONS)
    (call,) = answer.parts
    assert (call.kind, call.name, answer.text) == (PartKind.FUNCTION_CALL, "add_up", "")
    arguments = json.loads(call.text)
    assert set(arguments) == {"numbers", "unit"}
    assert arguments["numbers"]
    assert all(3 <= number <= 5 for number in arguments["numbers"])
    assert arguments["unit"] in ("m", "kg", "s")
    assert call.call_id
    assert base64.b64decode(call.signature).startswith(b"simulated")
    assert answer.facts.finish_reason == "STOP"
    assert answer.facts.usage.output_tokens > 0


def test_the_result_of_a_function_is_quoted_as_harmless_words(simulator: RunningSimulator) -> None:
    call = asked(simulator, PRO_31, "What is the sum?", functions=FUNCTIONS)
    answer = asked(simulator, PRO_31, "", **replied(call, '{"sum": 12, "by": "<img src=x> [a](http://e.example)"}'))
    assert answer.text.startswith(NOTICE)
    assert 'The function add up gave back "' in answer.text
    assert "12" in answer.text
    assert not set("<>[]") & set(answer.text.replace("[line", "").replace("list[str]", ""))
    assert all(part.kind is PartKind.TEXT for part in answer.parts)


def test_a_call_is_sent_back_with_its_signature_or_refused_from_generation_three_on(
    simulator: RunningSimulator,
) -> None:
    call = asked(simulator, PRO_31, "What is the sum?", functions=FUNCTIONS)
    call.parts = [replace(call.parts[0], signature="")]
    message = refused(simulator, PRO_31, "", **replied(call, "{}"))
    assert "Function call is missing a thought_signature" in message
    assert "`default_api:add_up` , position 2" in message
    older = asked(simulator, FLASH_25, "What is the sum?", functions=FUNCTIONS)
    older.parts = [replace(older.parts[0], signature="")]
    assert asked(simulator, FLASH_25, "", **replied(older, "{}")).text


def test_a_model_without_thoughts_signs_nothing(simulator: RunningSimulator) -> None:
    assert asked(simulator, FLASH, "What is the sum?", functions=FUNCTIONS).parts[0].signature == ""


def test_a_new_question_calls_again(simulator: RunningSimulator) -> None:
    call = asked(simulator, FLASH, "What is the sum?", functions=FUNCTIONS)
    before = replied(call, "{}")
    turns = (*before["turns"], Turn(Role.USER, before["replies"]), Turn(Role.MODEL, (Part(PartKind.TEXT, "12"),)))
    again = asked(simulator, FLASH, "And now?", turns=turns, functions=FUNCTIONS)
    assert again.parts[0].kind is PartKind.FUNCTION_CALL


@pytest.mark.parametrize(
    ("config", "called"),
    [
        ({"mode": "NONE"}, None),
        ({"mode": "ANY", "allowedFunctionNames": ["second"]}, "second"),
        ({"mode": "AUTO"}, "add_up"),
        ({}, "add_up"),
    ],
)
def test_the_tool_config_says_what_may_be_called(
    simulator: RunningSimulator, config: dict[str, Any], called: str | None
) -> None:
    tools = [{"functionDeclarations": json.loads(FUNCTIONS)}]
    body = say("hello", tools=tools, toolConfig={"functionCallingConfig": config})
    (part,) = post(simulator, body).json()["candidates"][0]["content"]["parts"]
    assert part.get("functionCall", {}).get("name") == called


@pytest.mark.parametrize(
    ("functions", "complaint"),
    [
        ([{"name": "9lives"}], "Invalid function name"),
        ([{"name": ""}], "Invalid function name"),
        ([{"name": "a"}, {"name": "a"}], "Duplicate function declaration found: a"),
        ([{"name": "a", "parameters": {"type": "strange"}}], "TYPE_ENUM"),
        ([{"name": "a", "parameters": {"type": "string"}}], "should be of type OBJECT"),
        ([{"name": "a", "parameters": {"type": "object", "properties": [1]}}], "TYPE_MESSAGE"),
        (
            [{"name": "a", "parameters": {"type": "object", "properties": {"b": {}}, "required": ["c"]}}],
            "property is not defined",
        ),
    ],
)
def test_a_declaration_that_cannot_be_right_is_refused(
    simulator: RunningSimulator, functions: Any, complaint: str
) -> None:
    assert complaint in refused(simulator, FLASH, functions=json.dumps(functions))


@pytest.mark.parametrize(
    "body",
    [
        say("hi", tools=[{"functionDeclarations": [{"name": "a", "parameters": [[[[1]]]]}]}]),
        say(
            "hi",
            tools=[{"functionDeclarations": [{"name": "a", "parameters": {"type": ["object"], "required": [[]]}}]}],
        ),
        say("hi", tools="all"),
        say("hi", toolConfig=7),
        say("hi", toolConfig={"functionCallingConfig": {"mode": "SOMETIMES"}}),
        say("hi", toolConfig={"functionCallingConfig": {"allowedFunctionNames": ["nobody"]}}),
        say("hi", generationConfig={"responseMimeType": "application/json", "responseJsonSchema": {"type": "odd"}}),
        say("hi", generationConfig={"seed": 2**31}),
        say("hi", generationConfig={"seed": 10**4000}),
        say("hi", generationConfig={"thinkingConfig": {"thinkingLevel": "VERY_HIGH"}}),
        say("hi", generationConfig={"thinkingConfig": {"thinkingLevel": 3}}),
        {"contents": [{"parts": [{"inlineData": {"mimeType": "image/png", "data": "%%%"}}]}]},
        {"contents": [{"parts": [{"inlineData": {"mimeType": "application/zip", "data": "eA=="}}]}]},
        {"contents": [{"parts": [{"functionResponse": {"name": "nobody", "response": {}}}]}]},
        {"contents": [{"parts": [{"functionCall": {"name": "a"}, "thoughtSignature": "%%%"}]}]},
        {"contents": [{"parts": [{"fileData": {}}]}]},
    ],
)
def test_hostile_requests_are_refused_and_never_crash(simulator: RunningSimulator, body: dict[str, Any]) -> None:
    assert post(simulator, body).status_code == 400


FIELDS = """
    contents parts text role systemInstruction tools functionDeclarations name parameters type properties items enum
    required toolConfig functionCallingConfig mode allowedFunctionNames generationConfig responseMimeType seed
    responseJsonSchema thinkingConfig thinkingLevel functionCall functionResponse response args thoughtSignature
    inlineData mimeType data fileData fileUri minimum maximum minItems maxLength anyOf const googleSearch
"""
NAMES = st.sampled_from(sorted(set(re.findall(r"\w+", FIELDS))))
LEAVES = st.sampled_from([None, True, 0, -1, 1.5, 1e300, 10**30, "", "object", "a", "application/json", "eA==", [], {}])
BODIES = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=5), max_leaves=25
)
SCHEMAS = st.dictionaries(NAMES, BODIES, max_size=6)


@settings(max_examples=60, deadline=None)
@given(BODIES, BODIES, BODIES, SCHEMAS)
def test_whatever_is_sent_is_answered_or_refused(part: Any, tools: Any, config: Any, schema: Any) -> None:
    body = {
        "contents": [{"parts": [part, {"text": "hello"}]}],
        "tools": [tools, {"functionDeclarations": [{"name": "a", "parameters": schema}]}],
        "toolConfig": config,
        "generationConfig": {"responseMimeType": "application/json", "responseJsonSchema": schema},
    }
    for sent in (body, {**body, "tools": []}, {"contents": part, "generationConfig": config}):
        with suppress(ApiError):
            assert compose(parse_generate(sent), FLASH_LIKE).finish_reason == "STOP"


def test_deep_and_wide_schemas_are_answered_or_refused(simulator: RunningSimulator) -> None:
    deep: dict[str, Any] = {"type": "string"}
    for _ in range(150):
        deep = {"type": "object", "properties": {"a": deep}}
    wide = {"type": "object", "properties": {f"field{number}": {"type": "integer"} for number in range(32_000)}}
    json_config = {"responseMimeType": "application/json"}
    assert post(simulator, say("hi", generationConfig={**json_config, "responseJsonSchema": deep})).status_code == 400
    answer = post(simulator, say("hi", generationConfig={**json_config, "responseJsonSchema": wide}))
    assert answer.status_code == 200
    raw = b'{"contents": {"parts": {"functionCall": {"name": "a", "args": ' + b'{"a":' * 900 + b"1" + b"}" * 904
    address = f"{simulator.base_url}/v1beta/models/{FLASH}:generateContent"
    assert httpx2.post(address, content=raw, verify=NO_CERTIFICATES).status_code in (200, 400)


def test_a_search_comes_with_sources_at_example_addresses(simulator: RunningSimulator) -> None:
    answer = asked(simulator, FLASH, "Where do rivers begin?", google_search=True)
    assert answer.facts.grounding is not None
    assert answer.facts.grounding.queries == ("Where do rivers begin?",)
    hosts = [source.uri.split("/")[2] for source in answer.facts.grounding.sources]
    assert hosts == ["example.com", "example.org"]
    assert all("Simulated" in source.title for source in answer.facts.grounding.sources)
    assert answer.grounded_chunks == [False] * (len(answer.grounded_chunks) - 1) + [True]
    assert "No search was made" in answer.text
    usage = answer.facts.usage
    assert usage.tool_tokens > 0
    assert usage.total_tokens == usage.input_tokens + usage.output_tokens + usage.tool_tokens


def test_what_the_sources_support_stands_at_the_bytes_that_are_named(simulator: RunningSimulator) -> None:
    candidate = post(simulator, say("Größe von Flüssen", tools=[{"googleSearch": {}}])).json()["candidates"][0]
    text = candidate["content"]["parts"][0]["text"].encode()
    supports = candidate["groundingMetadata"]["groundingSupports"]
    assert supports
    for support in supports:
        segment = support["segment"]
        assert text[segment["startIndex"] : segment["endIndex"]].decode() == segment["text"]
        assert support["groundingChunkIndices"][0] < len(candidate["groundingMetadata"]["groundingChunks"])


@pytest.mark.parametrize("fault", ["", "max_tokens"])
def test_code_stands_between_texts_with_what_it_printed(simulator: RunningSimulator, fault: str) -> None:
    directive = f" [[simulate fault={fault}]]" if fault else ""
    answer = asked(simulator, FLASH, f"Count my words now{directive}", code_execution=True)
    kinds = [part.kind for part in answer.parts]
    # The lengths of the words are 5, 2, 5 and 3.
    code, result = (part for part in answer.parts if part.kind is not PartKind.TEXT)
    at = kinds.index(PartKind.CODE)
    assert kinds[at + 1] is PartKind.CODE_RESULT
    assert kinds[0] is kinds[-1] is PartKind.TEXT or fault
    assert "nothing ran" in code.text
    assert "[5, 2, 5, 3]" in code.text
    assert (result.name, result.text) == ("OUTCOME_OK", "15\n")
    assert "No code was run" in answer.text


@given(st.text(alphabet="abc", max_size=20), st.lists(st.integers(0, 25), max_size=4).map(sorted), st.integers(0, 20))
def test_a_cut_keeps_the_order_of_what_is_left(text: str, places: list[int], cut: int) -> None:
    extras = tuple(Extra(place, {"number": place}) for place in places)
    left = Composed(text[:cut], extras=extras).sequence
    assert "".join(one for one in left if isinstance(one, str)) == text[:cut]
    assert [one.at for one in left if isinstance(one, Extra)] == [p for p in places if p <= len(text[:cut])]


def test_the_streamed_parts_are_those_of_the_whole_document(simulator: RunningSimulator) -> None:
    body = say("Count my words", tools=[{"codeExecution": {}}, {"googleSearch": {}}])
    whole = post(simulator, body).json()
    chunks = post(simulator, body, method="streamGenerateContent").json()
    parts = [part for chunk in chunks for part in chunk["candidates"][0]["content"].get("parts", [])]
    assert "".join(part.get("text", "") for part in parts) == "".join(
        part.get("text", "") for part in whole["candidates"][0]["content"]["parts"]
    )
    assert [part for part in parts if "text" not in part] == [
        part for part in whole["candidates"][0]["content"]["parts"] if "text" not in part
    ]
    assert chunks[-1]["usageMetadata"] == whole["usageMetadata"]


FAMILIES = [
    (FLASH, {"thinking_budget": 0}, "Thinking is not supported by this model"),
    (FLASH, {"thinking_level": "LOW"}, "Thinking is not supported by this model"),
    (FLASH, {"include_thoughts": True}, "Thinking is not supported by this model"),
    (FLASH_25, {"thinking_level": "LOW"}, "Thinking level is not supported for this model"),
    (FLASH_38, {"thinking_budget": 1, "thinking_level": "LOW"}, "only one of thinking budget and thinking level"),
    (FLASH, {"json_mode": True, "functions": FUNCTIONS}, "Function calling with a response mime type"),
    (FLASH_25, {"json_mode": True, "functions": FUNCTIONS}, "Function calling with a response mime type"),
    (FLASH_25, {"json_mode": True, "google_search": True}, "Tool use with a response mime type"),
]


@pytest.mark.parametrize(("model", "fields", "complaint"), FAMILIES)
def test_a_family_refuses_what_it_is_reported_to_refuse(
    simulator: RunningSimulator, model: str, fields: dict[str, Any], complaint: str
) -> None:
    assert complaint in refused(simulator, model, **fields)


@pytest.mark.parametrize(
    ("model", "fields"),
    [
        (FLASH_25, {"thinking_budget": 100}),
        (PRO_31, {"thinking_budget": 100}),
        (FLASH_38, {"thinking_budget": 100}),
        (FLASH_38, {"thinking_level": "HIGH", "temperature": 1.5, "top_p": 0.1, "top_k": 3}),
        (FLASH_38, {"json_mode": True, "google_search": True}),
        ("my-own-model", {"thinking_level": "LOW"}),
        ("my-own-model", {"thinking_budget": 5}),
        ("gemini-flash-latest", {"thinking_level": "LOW"}),
    ],
)
def test_everything_else_is_taken(simulator: RunningSimulator, model: str, fields: dict[str, Any]) -> None:
    assert asked(simulator, model, "hello", **fields).text


def test_sampling_is_ignored_where_the_family_ignores_it(simulator: RunningSimulator) -> None:
    plain = asked(simulator, FLASH_38, "hello")
    assert asked(simulator, FLASH_38, "hello", temperature=0.0, top_p=0.2, top_k=1).text == plain.text


def test_a_higher_level_thinks_longer(simulator: RunningSimulator) -> None:
    levels = ("MINIMAL", "LOW", "MEDIUM", "HIGH")
    answers = [asked(simulator, FLASH_38, "hello", thinking_level=one, include_thoughts=True) for one in levels]
    lengths = [len(answer.thought) for answer in answers]
    assert lengths == sorted(set(lengths))
    assert [answer.facts.usage.thinking_tokens for answer in answers] == [-(-n // 4) or None for n in lengths]
    assert len({answer.text for answer in answers}) == 1


@pytest.mark.parametrize(("before", "said"), [(1, "came 1 turn."), (4, "came 4 turns.")])
def test_an_answer_says_how_many_turns_came_before(simulator: RunningSimulator, before: int, said: str) -> None:
    turn = Turn(Role.USER, (Part(PartKind.TEXT, "one [[simulate fault=unavailable]]"),))
    answer = asked(simulator, FLASH, "and now?", turns=(turn,) * before)
    assert said in answer.text
    assert "turn" not in asked(simulator, FLASH, "and now?").text


def test_only_the_last_text_of_the_user_can_direct_the_simulator(simulator: RunningSimulator) -> None:
    quoted = "[[simulate fault=unavailable]]"
    turns = (Turn(Role.USER, (Part(PartKind.TEXT, quoted),)), Turn(Role.MODEL, (Part(PartKind.TEXT, quoted),)))
    assert asked(simulator, FLASH, "hello", turns=turns, system_instruction=quoted).text
    with pytest.raises(errors.ServerError):
        asked(simulator, FLASH, f"hello {quoted}", turns=turns)


def test_a_choice_is_made_by_the_dice_of_the_request_and_stays_the_same(simulator: RunningSimulator) -> None:
    schema = {
        "type": "object",
        "properties": {
            "pick": {"type": "string", "enum": list("abcdefgh")},
            "share": {"type": "number", "minimum": 0.25, "maximum": 0.75},
            "points": {"type": "integer", "minimum": 1, "maximum": 5},
            "code": {"type": "string", "maxLength": 5},
        },
    }
    config = {"responseMimeType": "application/json", "responseJsonSchema": schema}

    def values(prompt: str) -> dict[str, Any]:
        answer = post(simulator, say(prompt, generationConfig=config)).json()
        return dict(json.loads(answer["candidates"][0]["content"]["parts"][0]["text"]))

    many = [values(f"prompt {number}") for number in range(8)]
    assert len({one["pick"] for one in many}) > 1
    assert len({one["share"] for one in many}) > 1
    assert all(0.25 <= one["share"] <= 0.75 and one["points"] in range(1, 6) for one in many)
    assert all(len(one["code"]) == 5 for one in many)
    assert values("prompt 3") == many[3]


COMPANY = {
    "type": "object",
    "$defs": {"person": {"type": "object", "properties": {"age": {"type": "integer", "minimum": 18}}}},
    "properties": {
        "kind": {"const": "company"},
        "chief": {"$ref": "#/$defs/person"},
        "staff": {"type": "array", "items": {"$ref": "#/$defs/person"}, "minItems": 3, "maxItems": 4},
        "size": {"anyOf": [{"type": "integer", "exclusiveMinimum": 7, "maximum": 9}, {"type": "null"}]},
        "loss": {"type": "number", "maximum": -5},
        "code": {"type": "string", "minLength": 40, "maxLength": 41},
        "grade": {"enum": [1, "two", None]},
        "public": {"type": ["boolean", "null"]},
    },
    "required": ["kind", "chief", "staff", "size", "loss", "code", "grade", "public"],
}


@pytest.mark.parametrize("prompt", ["one", "two", "three"])
def test_a_json_answer_fits_its_schema_as_another_library_reads_it(simulator: RunningSimulator, prompt: str) -> None:
    config = {"responseMimeType": "application/json", "responseJsonSchema": COMPANY}
    answer = post(simulator, say(prompt, generationConfig=config)).json()
    jsonschema.validate(json.loads(answer["candidates"][0]["content"]["parts"][0]["text"]), COMPANY)


def details(usage: dict[str, Any]) -> dict[str, int]:
    return {one["modality"]: one["tokenCount"] for one in usage["promptTokensDetails"]}


def inline(data: bytes, mime_type: str) -> dict[str, Any]:
    return {"inlineData": {"mimeType": mime_type, "data": base64.b64encode(data).decode()}}


def test_usage_is_told_apart_by_modality(simulator: RunningSimulator) -> None:
    parts = [
        inline(picture(5, 5), "image/png"),
        inline(document(4), "application/pdf"),
        inline(sound(3), "audio/wav"),
        inline(bytes(200_000), "video/mp4"),
        {"text": "hello"},
    ]
    body = {"contents": [{"role": "user", "parts": parts}]}
    expected = {"TEXT": 2, "IMAGE": 258, "DOCUMENT": 4 * 258, "VIDEO": 2 * 263}
    answered = post(simulator, body).json()["usageMetadata"]
    counted = post(simulator, body, method="countTokens").json()
    # The head of the file makes three seconds of sound a little more than three seconds of bytes.
    assert details(answered) == {**expected, "AUDIO": 4 * 32}
    assert details(counted) == details(answered)
    assert counted["totalTokens"] == answered["promptTokenCount"] == sum(details(answered).values())


def test_a_long_beginning_that_comes_again_counts_as_cached(simulator: RunningSimulator) -> None:
    long = Turn(Role.USER, (Part(PartKind.TEXT, "A fact about rivers. " * 300),))
    said = Turn(Role.MODEL, (Part(PartKind.TEXT, "I see."),))
    first, second = (
        asked(simulator, FLASH_25, prompt, turns=(long, said)).facts.usage for prompt in ("And lakes?", "And seas?")
    )
    other_model = asked(simulator, FLASH_38, "And seas?", turns=(long, said)).facts.usage
    assert first.cached_tokens is None
    # 6,300 characters, and 6 of the answer before.
    assert second.cached_tokens == 1_575 + 2
    assert second.cached_tokens < second.input_tokens
    assert other_model.cached_tokens is None


def test_short_prompts_and_older_models_are_not_cached(simulator: RunningSimulator) -> None:
    for model, prompt in ((FLASH_25, "hello"), (FLASH, "word " * 2_000)):
        usages = [asked(simulator, model, prompt).facts.usage for _ in range(2)]
        assert [usage.cached_tokens for usage in usages] == [None, None]


def test_the_book_of_prefixes_is_bounded() -> None:
    book = PrefixBook(limit=3)
    for number in range(10):
        assert book.cached_tokens("m", (Prefix(2_000, str(number)),)) == 0
    assert [book.cached_tokens("m", (Prefix(2_000, str(number)),)) for number in (9, 8, 0)] == [2_000, 2_000, 0]
    assert book.cached_tokens("m", (Prefix(1_024, "short"),)) == book.cached_tokens("m", (Prefix(1_024, "short"),)) == 0


@settings(max_examples=50)
@given(st.binary(max_size=300), st.lists(st.integers(0, 300), max_size=4).map(sorted))
def test_a_file_in_pieces_counts_what_it_counts_whole(data: bytes, cuts: list[int]) -> None:
    data = data.replace(b"\xff", b"/Type /Page ")
    measure = Measure(Modality.DOCUMENT)
    for start_at, end in zip([0, *cuts], [*cuts, len(data)], strict=True):
        measure.add(data[start_at:end])
    assert measure.size >= len(data) - 300
    assert abs(measure.counted.tokens - measured("application/pdf", data[: measure.size]).tokens) <= 258 * len(cuts)


def files_of(simulator: RunningSimulator) -> Any:
    return httpx2.get(f"{simulator.base_url}/v1beta/files?pageSize=100", verify=NO_CERTIFICATES).json()["files"]


def test_uploads_are_listed_page_by_page_and_the_oldest_make_room() -> None:
    small = start(SimulatorConfig(max_stored_bytes=50, max_file_bytes=40))

    async def work(client: Any) -> tuple[list[str], Any]:
        for name in ("one", "two", "three"):
            await client.aio.files.upload(file=io.BytesIO(b"x" * 20), config={"mime_type": "text/plain", "name": name})
        names = [file.name async for file in await client.aio.files.list(config={"page_size": 1})]
        try:
            await client.aio.files.upload(file=io.BytesIO(b"x" * 41), config={"mime_type": "text/plain"})
        except errors.ClientError as error:
            return names, error
        raise AssertionError

    names, error = calling(place_of(small), work)
    small.stop()
    assert names == ["files/three", "files/two"]
    assert (error.code, "at most 40 bytes" in error.message) == (400, True)


def test_an_upload_that_goes_wrong_is_refused_at_once(simulator: RunningSimulator) -> None:
    address = f"{simulator.base_url}/upload/v1beta/files"
    headers = {
        "x-goog-upload-command": "start",
        "x-goog-upload-header-content-length": "4",
        "x-goog-upload-header-content-type": "text/plain",
    }
    begun = httpx2.post(address, headers=headers, json={"file": {"displayName": "a"}}, verify=NO_CERTIFICATES)
    place = begun.headers["x-goog-upload-url"]

    def go_on(command: str, offset: str, content: bytes) -> httpx2.Response:
        headers = {"x-goog-upload-command": command, "x-goog-upload-offset": offset}
        return httpx2.post(place, headers=headers, content=content, verify=NO_CERTIFICATES)

    assert go_on("upload", "2", b"ab").status_code == 400
    assert go_on("upload", "0", b"abcdefgh").status_code == 400
    assert go_on("upload", "no number", b"ab").status_code == 400
    assert go_on("sing", "0", b"").status_code == 400
    assert go_on("upload", "0", b"ab").headers["x-goog-upload-status"] == "active"
    assert go_on("query", "0", b"").headers["x-goog-upload-size-received"] == "2"
    early = go_on("finalize", "2", b"")
    assert (early.status_code, early.headers["x-goog-upload-status"]) == (400, "final")
    done = go_on("upload, finalize", "2", b"cd")
    assert done.json()["file"]["sizeBytes"] == "4"
    assert go_on("upload, finalize", "4", b"").status_code == 404
    assert files_of(simulator)[0]["name"] == done.json()["file"]["name"]


@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_an_unknown_file_is_forbidden(simulator: RunningSimulator, method: str) -> None:
    response = httpx2.request(method, f"{simulator.base_url}/v1beta/files/nobody", verify=NO_CERTIFICATES)
    assert response.status_code == 403
    assert response.json()["error"]["status"] == "PERMISSION_DENIED"


def test_a_file_that_is_still_processed_cannot_be_used() -> None:
    slow = start(SimulatorConfig(processing_s=60))

    async def work(client: Any) -> Any:
        config = {"mime_type": "video/mp4", "display_name": "a"}
        return await client.aio.files.upload(file=io.BytesIO(b"\0\0\0\x18ftypisom"), config=config)

    file = calling(place_of(slow), work)
    stored = Part(PartKind.FILE, uri=file.uri, mime_type="video/mp4")
    message = refused(slow, FLASH, attachments=(stored,))
    slow.stop()
    assert file.state.value == "PROCESSING"
    assert "not in an ACTIVE state" in message
