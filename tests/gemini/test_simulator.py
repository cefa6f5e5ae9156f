"""The simulator as google-genai's own client sees it: answers, timing, models, tokens."""

import asyncio
import json
import re
import ssl
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import httpx2
import pytest
from google import genai
from google.genai import errors, types
from pydantic import BaseModel

from components.gemini.simulator.models import (
    DEFAULT_CONFIG,
    FLASH_LIKE,
    PRO_LIKE,
    SimulatedModel,
    SimulatorConfig,
    find_model,
)
from components.gemini.simulator.server import RunningSimulator, start
from components.gemini.simulator.text import NOTICE

PRO = "gemini-2.0-pro-exp-02-05"
FLASH = "gemini-2.0-flash"
THINKING = "gemini-2.5-flash"
# Plain HTTP needs no certificates, and loading them takes longer than most tests here.
NO_CERTIFICATES = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
QUICK = {"x-simulator-first-token-ms": "1", "x-simulator-tokens-per-second": "100000"}


@dataclass
class Streamed:
    chunks: list[types.GenerateContentResponse]
    times_s: list[float]

    @property
    def text(self) -> str:
        return "".join(chunk.text or "" for chunk in self.chunks)

    @property
    def usage(self) -> types.GenerateContentResponseUsageMetadata:
        usage = self.chunks[-1].usage_metadata
        assert usage
        return usage

    @property
    def finish_reason(self) -> types.FinishReason | None:
        candidates = self.chunks[-1].candidates
        assert candidates
        return candidates[0].finish_reason


@pytest.fixture(scope="module")
def simulator() -> Iterator[RunningSimulator]:
    running = start()
    yield running
    running.stop()


def client(simulator: RunningSimulator, api_version: str = "v1beta") -> genai.Client:
    options = types.HttpOptions(
        base_url=simulator.base_url,
        api_version=api_version,
        client_args={"verify": NO_CERTIFICATES},
        async_client_args={"verify": NO_CERTIFICATES, "ssl": NO_CERTIFICATES},
    )
    return genai.Client(api_key="anything", vertexai=False, http_options=options)


def run(simulator: RunningSimulator, call: Callable[[Any], Any], api_version: str = "v1beta") -> Any:
    """Run `call` with the async half of a client, and close the client in the same loop."""

    async def with_client() -> Any:
        asynchronous = client(simulator, api_version).aio
        try:
            return await call(asynchronous)
        finally:
            await asynchronous.aclose()

    return asyncio.run(with_client())


async def streamed(
    asynchronous: Any, model: str, prompt: Any, headers: dict[str, str] | None = None, **settings: Any
) -> Streamed:
    settings["http_options"] = types.HttpOptions(headers=QUICK if headers is None else headers)
    result = Streamed([], [])
    started = time.perf_counter()
    stream = await asynchronous.models.generate_content_stream(
        model=model, contents=prompt, config=types.GenerateContentConfig(**settings)
    )
    async for chunk in stream:
        result.chunks.append(chunk)
        result.times_s.append(time.perf_counter() - started)
    return result


def ask(simulator: RunningSimulator, model: str, prompt: Any, **settings: Any) -> Streamed:
    answer = run(simulator, lambda asynchronous: streamed(asynchronous, model, prompt, **settings))
    assert isinstance(answer, Streamed)
    return answer


def post(simulator: RunningSimulator, path: str, body: Any, **headers: str) -> httpx2.Response:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return httpx2.post(simulator.base_url + path, content=content, headers={**QUICK, **headers}, verify=NO_CERTIFICATES)


def say(text: str, **more: Any) -> dict[str, Any]:
    return {"contents": [{"role": "user", "parts": [{"text": text}]}], **more}


def test_a_streamed_answer_has_the_fields_of_the_real_one(simulator: RunningSimulator) -> None:
    answer = ask(simulator, FLASH, "Tell me about rivers")
    first, last = answer.chunks[0], answer.chunks[-1]
    assert len(answer.chunks) > 3
    assert answer.text.startswith(NOTICE + "\n")
    assert "rivers" in answer.text
    assert first.candidates[0].finish_reason is None
    assert first.candidates[0].content.role == "model"
    assert last.candidates[0].finish_reason is types.FinishReason.STOP
    assert {chunk.model_version for chunk in answer.chunks} == {FLASH}
    assert len({chunk.response_id for chunk in answer.chunks}) == 1
    assert re.fullmatch(r"gfet4t7; dur=\d+", first.sdk_http_response.headers["server-timing"])


def test_usage_is_cumulative_and_adds_up(simulator: RunningSimulator) -> None:
    answer = ask(simulator, FLASH, "Tell me about rivers")
    counts = [chunk.usage_metadata.candidates_token_count for chunk in answer.chunks]
    assert counts == sorted(set(counts))
    assert answer.usage.prompt_token_count == 5
    assert answer.usage.candidates_token_count == -(-len(answer.text) // 4)
    assert answer.usage.total_token_count == answer.usage.prompt_token_count + answer.usage.candidates_token_count
    assert answer.usage.thoughts_token_count is None
    assert answer.usage.cached_content_token_count is None


def test_one_document_says_the_same_as_the_stream(simulator: RunningSimulator) -> None:
    config = types.GenerateContentConfig(http_options=types.HttpOptions(headers=QUICK))
    whole = run(
        simulator, lambda aio: aio.models.generate_content(model=FLASH, contents="Tell me about rivers", config=config)
    )
    parts = ask(simulator, FLASH, "Tell me about rivers")
    assert whole.text == parts.text
    assert whole.usage_metadata == parts.usage
    assert whole.candidates[0].finish_reason is types.FinishReason.STOP


def test_without_alt_sse_the_stream_is_a_json_array(simulator: RunningSimulator) -> None:
    response = post(simulator, f"/v1beta/models/{FLASH}:streamGenerateContent", say("hello"))
    chunks = response.json()
    assert response.headers["content-type"].startswith("application/json")
    assert len(chunks) > 3
    assert chunks[-1]["candidates"][0]["finishReason"] == "STOP"


@pytest.mark.timed
def test_both_models_start_at_their_own_time() -> None:
    simulator = start()

    async def both(aio: Any) -> list[Streamed]:
        await streamed(aio, FLASH, "warm up")
        pace = {"x-simulator-tokens-per-second": "2000"}
        return list(await asyncio.gather(*(streamed(aio, model, "hello", headers=pace) for model in (PRO, FLASH))))

    pro, flash = run(simulator, both)
    simulator.stop()
    assert 0.40 <= pro.times_s[0] < 0.60
    assert 0.10 <= flash.times_s[0] < 0.30
    assert flash.times_s[-1] < pro.times_s[0]
    told_ms = int(pro.chunks[0].sdk_http_response.headers["server-timing"].rpartition("=")[2])
    assert 400 <= told_ms <= pro.times_s[0] * 1000 + 1


@pytest.mark.timed
def test_chunks_keep_the_asked_speed_without_drift(simulator: RunningSimulator) -> None:
    pace = {
        "x-simulator-first-token-ms": "20",
        "x-simulator-tokens-per-second": "400",
        "x-simulator-tokens-per-chunk": "3",
    }
    answer = ask(simulator, FLASH, "hello", headers=pace)
    first, last = (chunk.usage_metadata.candidates_token_count for chunk in (answer.chunks[0], answer.chunks[-1]))
    assert first == 3
    assert (last - first) / (answer.times_s[-1] - answer.times_s[0]) == pytest.approx(400, rel=0.15)


@pytest.mark.parametrize("api_version", ["v1", "v1beta"])
def test_both_api_versions_serve_everything(simulator: RunningSimulator, api_version: str) -> None:
    async def calls(aio: Any) -> tuple[Streamed, Any, Any]:
        return (
            await streamed(aio, FLASH, "hello"),
            await aio.models.count_tokens(model=FLASH, contents="hello"),
            await aio.models.get(model=FLASH),
        )

    answer, count, model = run(simulator, calls, api_version)
    assert answer.finish_reason is types.FinishReason.STOP
    assert count.total_tokens == 2
    assert model.name == f"models/{FLASH}"


def test_count_tokens_agrees_with_usage(simulator: RunningSimulator) -> None:
    contents = [
        types.Content(role="user", parts=[types.Part(text="first question")]),
        types.Content(role="model", parts=[types.Part(text="first answer")]),
        types.Content(
            role="user",
            parts=[types.Part(text="second"), types.Part.from_bytes(data=b"\x89PNG", mime_type="image/png")],
        ),
    ]
    count = run(simulator, lambda aio: aio.models.count_tokens(model=FLASH, contents=contents))
    assert count.total_tokens > 258
    assert ask(simulator, FLASH, contents).usage.prompt_token_count == count.total_tokens


def test_count_tokens_takes_a_whole_request_and_counts_its_system_instruction(simulator: RunningSimulator) -> None:
    inner = say("hello", systemInstruction={"parts": {"text": "be brief"}})
    response = post(simulator, f"/v1beta/models/{FLASH}:countTokens", {"generateContentRequest": inner})
    assert response.json()["totalTokens"] == 4


def test_models_are_listed_page_by_page(simulator: RunningSimulator) -> None:
    async def names(aio: Any, size: int) -> list[str]:
        return [model.name async for model in await aio.models.list(config={"page_size": size})]

    by_three = run(simulator, lambda aio: names(aio, 3))
    assert by_three == run(simulator, lambda aio: names(aio, 1000))
    assert len(set(by_three)) == len(by_three) > 6
    assert f"models/{PRO}" in by_three
    assert httpx2.get(f"{simulator.base_url}/v1/models?pageToken=x", verify=NO_CERTIFICATES).status_code == 400


def test_a_model_record_has_limits_and_thinking(simulator: RunningSimulator) -> None:
    async def two(aio: Any) -> tuple[types.Model, types.Model]:
        return await aio.models.get(model=THINKING), await aio.models.get(model=f"models/{FLASH}")

    thinking, plain = run(simulator, two)
    assert thinking.thinking is True
    assert plain.thinking is None
    assert plain.input_token_limit == 1_048_576
    assert plain.output_token_limit == 8_192
    assert plain.max_temperature == 2
    assert "generateContent" in plain.supported_actions


def test_an_unknown_model_is_played_unless_the_simulator_is_strict(simulator: RunningSimulator) -> None:
    assert ask(simulator, "my-own-model", "hello").chunks[0].model_version == "my-own-model"
    strict = start(SimulatorConfig(strict=True))
    with pytest.raises(errors.ClientError) as caught:
        ask(strict, "my-own-model", "hello")
    strict.stop()
    assert caught.value.code == 404
    assert caught.value.message.startswith("models/my-own-model is not found for API version v1beta")


def test_the_version_that_answers_can_differ_or_be_absent(simulator: RunningSimulator) -> None:
    rerouted = start(SimulatorConfig(models=(SimulatedModel("old", model_version="new", first_token_ms=1),)))
    assert ask(rerouted, "old", "hello").chunks[0].model_version == "new"
    rerouted.stop()
    without = ask(simulator, FLASH, "hello", headers={**QUICK, "x-simulator-no-model-version": "1"})
    assert {chunk.model_version for chunk in without.chunks} == {None}


def test_the_text_depends_on_prompt_model_system_instruction_and_seed_only(simulator: RunningSimulator) -> None:
    async def answers(aio: Any) -> dict[str, str]:
        asked = {
            "plain": streamed(aio, FLASH, "Tell me about rivers", temperature=0.1),
            "again": streamed(aio, FLASH, "Tell me about rivers", temperature=1.9),
            "pro": streamed(aio, PRO, "Tell me about rivers"),
            "prompt": streamed(aio, FLASH, "Tell me about lakes"),
            "system": streamed(aio, FLASH, "Tell me about rivers", system_instruction="Be kind"),
            "seeds": streamed(aio, FLASH, "Tell me about rivers", seed=7),
        }
        return {name: (await answer).text for name, answer in asked.items()}

    texts = run(simulator, answers)
    assert texts["plain"] == texts.pop("again")
    assert len(set(texts.values())) == len(texts)
    assert len(texts["pro"]) > 1.5 * len(texts["plain"])
    assert "Be kind" in texts["system"]


@pytest.mark.parametrize(
    ("prompt", "expected"),
    [
        ("Write a python function that sorts", "```python\n"),
        ("Compare tea and coffee", "| Aspect | tea | coffee |"),
        ("Translate this into French", "| Word of the prompt | Translation |"),
        ("Summarise this letter", "> In one sentence:"),
        ("Explain how tides work", "1. Say what"),
        ("Good morning", "## Answer: Good morning"),
        ("", "an empty prompt"),
    ],
)
def test_the_layout_follows_the_kind_of_prompt(simulator: RunningSimulator, prompt: str, expected: str) -> None:
    text = ask(simulator, FLASH, prompt).text
    assert expected in text
    assert "## " in text
    assert "\n- **" in text
    assert "| --- |" in text


class Town(BaseModel):
    name: str
    people: int
    rivers: list[str]


def test_json_is_valid_and_fits_a_schema(simulator: RunningSimulator) -> None:
    plain = ask(simulator, FLASH, "hello", response_mime_type="application/json")
    assert json.loads(plain.text)["note"].startswith("Simulated answer")
    fitted = ask(simulator, FLASH, "hello", response_mime_type="application/json", response_schema=list[Town])
    assert [Town.model_validate(town) for town in json.loads(fitted.text)]


def test_a_small_schema_for_a_huge_value_is_cut_short(simulator: RunningSimulator) -> None:
    schema: dict[str, Any] = {"type": "string"}
    for _ in range(11):
        schema = {"type": "array", "minItems": 10, "items": schema}
    body = say("hello", generationConfig={"responseMimeType": "application/json", "responseJsonSchema": schema})
    response = post(simulator, f"/v1beta/models/{FLASH}:generateContent", body)
    assert json.loads(response.json()["candidates"][0]["content"]["parts"][0]["text"])
    assert len(response.content) < 50_000


HOSTILE = (
    "<script>alert(1)</script> `code` ``` ![x](http://evil.example/p.png) [y](javascript:a) www.evil.example "
    "a@evil.example | cell | # h $x$ :red[z] \\ **b** _i_ \u202e\u0000 &lt;img&gt;\n\n---\n<img src=x onerror=y>"
)


@pytest.mark.parametrize("model", [PRO, FLASH])
def test_a_hostile_prompt_is_quoted_as_harmless_words(simulator: RunningSimulator, model: str) -> None:
    text = ask(simulator, model, HOSTILE, system_instruction=HOSTILE).text
    assert "script alert(1) script code x (http evil example" in text
    outside_code = re.sub(r"```python\n.*?\n```", "", text, flags=re.DOTALL)
    assert not re.search(r"[<`\[\]!$\\@&\u202e\u0000]|://|www\.", outside_code)
    assert all(line.count("|") == 3 for line in outside_code.splitlines() if "|" in line)


def test_a_long_prompt_is_quoted_in_part(simulator: RunningSimulator) -> None:
    answer = ask(simulator, FLASH, "word " * 50_000)
    assert len(answer.text) < 2_000
    assert "50000 words" in answer.text


def test_the_output_limit_cuts_the_text(simulator: RunningSimulator) -> None:
    full = ask(simulator, FLASH, "hello").text
    cut = ask(simulator, FLASH, "hello", max_output_tokens=30)
    assert cut.text == full[:120]
    assert cut.finish_reason is types.FinishReason.MAX_TOKENS
    assert cut.usage.candidates_token_count == 30


def test_a_stop_sequence_ends_the_text(simulator: RunningSimulator) -> None:
    stopped = ask(simulator, FLASH, "hello", stop_sequences=["##"])
    assert stopped.text == NOTICE + "\n\n"
    assert stopped.finish_reason is types.FinishReason.STOP


def test_thoughts_are_counted_and_shown_when_asked_for(simulator: RunningSimulator) -> None:
    def parts(answer: Streamed) -> list[types.Part]:
        return [part for chunk in answer.chunks for part in chunk.candidates[0].content.parts]

    hidden = ask(simulator, THINKING, "hello")
    shown = ask(simulator, THINKING, "hello", thinking_config=types.ThinkingConfig(include_thoughts=True))
    off = ask(simulator, THINKING, "hello", thinking_config=types.ThinkingConfig(thinking_budget=0))
    flags = [bool(part.thought) for part in parts(shown)]
    assert flags[0]
    assert flags == sorted(flags, reverse=True)
    assert not any(part.thought for part in parts(hidden))
    assert hidden.text == shown.text == off.text
    assert hidden.usage.thoughts_token_count == shown.usage.thoughts_token_count > 10
    assert off.usage.thoughts_token_count is None
    usage = shown.usage
    assert (
        usage.total_token_count == usage.prompt_token_count + usage.candidates_token_count + usage.thoughts_token_count
    )


def test_thoughts_count_against_the_output_limit(simulator: RunningSimulator) -> None:
    answer = ask(simulator, THINKING, "hello", max_output_tokens=1)
    assert answer.text == ""
    assert answer.finish_reason is types.FinishReason.MAX_TOKENS
    assert answer.usage.thoughts_token_count == 1


@pytest.mark.parametrize(
    ("settings", "complaint"),
    [
        ({"temperature": 2.5}, "temperature must be in the range [0.0, 2.0]"),
        ({"top_p": 1.5}, "top_p must be in the range"),
        ({"max_output_tokens": 0}, "max_output_tokens must be at least 1"),
        ({"candidate_count": 2}, "Multiple candidates is not enabled"),
        ({"response_mime_type": "image/png"}, "allowed mimetypes are"),
    ],
)
def test_a_setting_out_of_range_is_refused_with_its_field(
    simulator: RunningSimulator, settings: dict[str, Any], complaint: str
) -> None:
    with pytest.raises(errors.ClientError) as caught:
        ask(simulator, FLASH, "hello", **settings)
    assert caught.value.status == "INVALID_ARGUMENT"
    assert complaint in caught.value.message
    violation = caught.value.details["error"]["details"][0]["fieldViolations"][0]
    assert violation["field"] == f"generation_config.{next(iter(settings))}"


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        (b"{", "Invalid JSON payload received."),
        (b'{"contents": NaN}', "Invalid JSON payload received."),
        (b"\xff\xfe{", "Invalid JSON payload received."),
        (b"[1]", "Root element must be a message"),
        (b"[" * 100_000, "Message too deep"),
        (b'{"\\ud800": 1}', 'Unknown name "?": Cannot find field.'),
        (say("hi", foo=1), 'Unknown name "foo": Cannot find field.'),
        (say("hi", generationConfig={"foo": 1}), "Unknown name \"foo\" at 'generation_config': Cannot find field."),
        ({"contents": [{"parts": [{"txt": "hi"}]}]}, "Unknown name \"txt\" at 'contents[0].parts[0]'"),
        (say("hi", generationConfig={"temperature": "hot"}), "Invalid value at 'generation_config.temperature'"),
        ({}, "contents is not specified"),
        ({"contents": [{"parts": []}]}, "contents.parts must not be empty."),
        ({"contents": [{"role": "robot", "parts": [{"text": "hi"}]}]}, "Please use a valid role: user, model."),
        ({"contents": "hi"}, "Invalid value at 'contents'"),
        ({"contents": [{"parts": [{"text": 5}]}]}, "Invalid value at 'contents[0].parts[0].text'"),
    ],
)
def test_a_malformed_request_is_refused(simulator: RunningSimulator, body: Any, complaint: str) -> None:
    response = post(simulator, f"/v1beta/models/{FLASH}:generateContent", body)
    assert response.status_code == 400
    assert response.json()["error"]["status"] == "INVALID_ARGUMENT"
    assert complaint in response.json()["error"]["message"]


def test_snake_case_and_single_messages_are_read_as_well(simulator: RunningSimulator) -> None:
    body = {"contents": {"parts": {"text": "hi"}}, "generation_config": {"max_output_tokens": 2}}
    response = post(simulator, f"/v1/models/{FLASH}:generateContent", body)
    assert response.json()["candidates"][0]["finishReason"] == "MAX_TOKENS"


def test_too_long_a_prompt_and_too_large_a_body_are_refused() -> None:
    small = start(SimulatorConfig(models=(SimulatedModel("small", input_token_limit=100),), max_body_bytes=10_000))
    long = post(small, "/v1beta/models/small:generateContent", say("word " * 100))
    large = post(small, "/v1beta/models/small:generateContent", b" " * 3_000_000)
    small.stop()
    assert long.status_code == 400
    message = "The input token count (125) exceeds the maximum number of tokens allowed (100)."
    assert long.json()["error"]["message"] == message
    assert large.status_code == 400
    assert "exceeds the limit: 10000 bytes" in large.json()["error"]["message"]


@pytest.mark.parametrize("path", ["/", "/v2/models", "/v1beta/nothing", f"/v1beta/models/{FLASH}:predict"])
def test_an_unknown_route_gets_a_google_shaped_404(simulator: RunningSimulator, path: str) -> None:
    response = post(simulator, path, {})
    assert response.status_code == 404
    assert response.json()["error"]["status"] == "NOT_FOUND"


def test_profiles_of_unknown_models_follow_their_name() -> None:
    played = {name: find_model(DEFAULT_CONFIG, name) for name in ("gemini-2.0-pro", "gemini-9-flash", "professor")}
    assert played["gemini-2.0-pro"].first_token_ms == PRO_LIKE.first_token_ms
    assert played["gemini-9-flash"].first_token_ms == FLASH_LIKE.first_token_ms
    assert played["professor"].first_token_ms == FLASH_LIKE.first_token_ms
