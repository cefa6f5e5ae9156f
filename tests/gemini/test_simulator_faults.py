"""The simulator's faults as google-genai's own client sees them, and the server as a process."""

import asyncio
import json
import os
import re
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest
from google import genai
from google.genai import errors, types

from components.gemini.simulator.faults import Fault
from components.gemini.simulator.models import SimulatorConfig
from components.gemini.simulator.server import RunningSimulator, start

FLASH = "gemini-2.0-flash"
PRO = "gemini-2.0-pro-exp-02-05"
# Plain HTTP needs no certificates, and loading them takes longer than most tests here.
NO_CERTIFICATES = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
QUICK = {"x-simulator-first-token-ms": "1", "x-simulator-tokens-per-second": "100000"}
MODULE = "components.gemini.simulator"

REFUSALS = {
    Fault.BAD_REQUEST: (400, "INVALID_ARGUMENT", "Request contains an invalid argument."),
    Fault.INVALID_KEY: (400, "INVALID_ARGUMENT", "API key not valid. Please pass a valid API key."),
    Fault.UNAUTHENTICATED: (401, "UNAUTHENTICATED", "Request had invalid authentication credentials."),
    Fault.PERMISSION_DENIED: (403, "PERMISSION_DENIED", "The caller does not have permission"),
    Fault.RETIRED: (404, "NOT_FOUND", f"This model models/{FLASH} is no longer available."),
    Fault.RATE_LIMITED_MINUTE: (429, "RESOURCE_EXHAUSTED", "You exceeded your current quota"),
    Fault.RATE_LIMITED_DAY: (429, "RESOURCE_EXHAUSTED", "You exceeded your current quota"),
    Fault.INTERNAL: (500, "INTERNAL", "An internal error has occurred."),
    Fault.UNAVAILABLE: (503, "UNAVAILABLE", "The model is overloaded. Please try again later."),
}


@pytest.fixture(scope="module")
def simulator() -> Iterator[RunningSimulator]:
    running = start(SimulatorConfig(stall_s=0.3))
    yield running
    running.stop()


class Call:
    """One streamed call: the chunks that came, and the exception that ended it, if one did."""

    def __init__(
        self, simulator: RunningSimulator, fault: str = "", prompt: str = "hello", model: str = FLASH, **settings: Any
    ):
        self.chunks: list[types.GenerateContentResponse] = []
        self.error: Any = None
        headers = {**QUICK, "x-simulator-fault": fault} if fault else QUICK
        self.config = types.GenerateContentConfig(http_options=types.HttpOptions(headers=headers), **settings)
        try:
            asyncio.run(self._stream(simulator, model, prompt))
        except Exception as error:
            self.error = error

    async def _stream(self, simulator: RunningSimulator, model: str, prompt: str) -> None:
        client = make_client(simulator)
        try:
            stream = await client.aio.models.generate_content_stream(model=model, contents=prompt, config=self.config)
            async for chunk in stream:
                self.chunks.append(chunk)
        finally:
            await client.aio.aclose()

    @property
    def text(self) -> str:
        return "".join(chunk.text or "" for chunk in self.chunks)

    @property
    def finish_reason(self) -> types.FinishReason | None:
        return self.chunks[-1].candidates[0].finish_reason


def make_client(simulator: RunningSimulator) -> genai.Client:
    options = types.HttpOptions(
        base_url=simulator.base_url,
        api_version="v1beta",
        client_args={"verify": NO_CERTIFICATES},
        async_client_args={"verify": NO_CERTIFICATES, "ssl": NO_CERTIFICATES},
    )
    return genai.Client(api_key="anything", vertexai=False, http_options=options)


def error_details(error: errors.APIError) -> dict[str, dict[str, Any]]:
    """The details of a Google error by the last word of their type."""
    return {detail["@type"].rpartition(".")[2]: detail for detail in error.details["error"]["details"]}


@pytest.mark.parametrize("fault", REFUSALS)
def test_a_refusal_has_the_class_and_fields_of_the_real_one(simulator: RunningSimulator, fault: Fault) -> None:
    code, status, message = REFUSALS[fault]
    call = Call(simulator, fault)
    assert type(call.error) is (errors.ClientError if code < 500 else errors.ServerError)
    assert (call.error.code, call.error.status) == (code, status)
    assert call.error.message.startswith(message)
    assert "server-timing" in call.error.response.headers
    assert call.chunks == []


def test_an_invalid_key_carries_its_reason(simulator: RunningSimulator) -> None:
    assert error_details(Call(simulator, "invalid_key").error)["ErrorInfo"]["reason"] == "API_KEY_INVALID"


@pytest.mark.parametrize(("period", "wait"), [("Minute", "12s"), ("Day", "39600s")])
def test_a_rate_limit_names_its_quota_and_its_wait(simulator: RunningSimulator, period: str, wait: str) -> None:
    details = error_details(Call(simulator, f"rate_limited_{period.lower()}").error)
    quota = details["QuotaFailure"]["violations"][0]["quotaId"]
    assert quota == f"GenerateRequestsPer{period}PerProjectPerModel-FreeTier"
    assert details["RetryInfo"]["retryDelay"] == wait


def test_an_html_error_has_no_google_fields(simulator: RunningSimulator) -> None:
    error = Call(simulator, "html_error").error
    assert type(error) is errors.ServerError
    assert error.code == 502
    assert error.message.startswith("<!DOCTYPE html>")
    assert error.response.headers["content-type"].startswith("text/html")


def test_a_connection_dropped_before_the_response_has_no_chunk(simulator: RunningSimulator) -> None:
    call = Call(simulator, "drop_before")
    assert type(call.error) is httpx2.RemoteProtocolError
    assert call.chunks == []


def test_a_connection_dropped_in_the_middle_leaves_a_third(simulator: RunningSimulator) -> None:
    whole, call = Call(simulator), Call(simulator, "drop_mid")
    assert type(call.error) is httpx2.RemoteProtocolError
    assert len(call.chunks) == len(whole.chunks) // 3
    assert whole.text.startswith(call.text)


def test_a_stream_can_end_without_a_finish_reason(simulator: RunningSimulator) -> None:
    call = Call(simulator, "no_finish_reason")
    assert call.error is None
    assert call.text == Call(simulator).text
    assert call.finish_reason is None


def test_safety_ends_a_text_that_had_begun(simulator: RunningSimulator) -> None:
    call = Call(simulator, "safety")
    assert call.text
    assert call.finish_reason is types.FinishReason.SAFETY
    assert call.chunks[-1].candidates[0].safety_ratings[0].blocked is True


def test_max_tokens_ends_in_mid_sentence(simulator: RunningSimulator) -> None:
    call = Call(simulator, "max_tokens")
    assert call.finish_reason is types.FinishReason.MAX_TOKENS
    assert re.search(r"\w$", call.text)


def test_thoughts_can_eat_the_whole_budget(simulator: RunningSimulator) -> None:
    call = Call(simulator, "max_tokens_empty")
    assert call.text == ""
    assert call.finish_reason is types.FinishReason.MAX_TOKENS
    assert call.chunks[-1].usage_metadata.thoughts_token_count > 0
    assert call.chunks[-1].usage_metadata.candidates_token_count is None


def test_a_blocked_prompt_has_a_reason_and_no_candidate(simulator: RunningSimulator) -> None:
    (chunk,) = Call(simulator, "blocked_prompt").chunks
    assert chunk.candidates is None
    assert chunk.prompt_feedback.block_reason is types.BlockedReason.SAFETY
    assert chunk.usage_metadata.prompt_token_count == 2


def test_an_empty_answer_stops_without_parts(simulator: RunningSimulator) -> None:
    call = Call(simulator, "empty_answer")
    assert call.finish_reason is types.FinishReason.STOP
    assert call.chunks[-1].candidates[0].content.parts is None
    assert call.text == ""


def test_a_stall_sends_nothing_and_ends_in_time(simulator: RunningSimulator) -> None:
    started = time.perf_counter()
    call = Call(simulator, "stall")
    assert time.perf_counter() - started >= 0.3
    assert type(call.error) is httpx2.RemoteProtocolError
    assert call.chunks == []


def test_a_stall_runs_into_the_clients_time_out() -> None:
    simulator = start()
    timeout = httpx2.Timeout(0.2)
    with pytest.raises(httpx2.ReadTimeout):
        httpx2.get(
            f"{simulator.base_url}/v1/models",
            headers={"x-simulator-fault": "stall"},
            timeout=timeout,
            verify=NO_CERTIFICATES,
        )
    assert no_request_is_left(simulator)
    simulator.stop()


def test_a_chunk_can_be_broken_json(simulator: RunningSimulator) -> None:
    call = Call(simulator, "broken_json")
    assert type(call.error) is errors.UnknownApiResponseError
    assert call.text


def test_an_error_can_come_in_the_stream(simulator: RunningSimulator) -> None:
    call = Call(simulator, "error_in_stream")
    assert type(call.error) is errors.ServerError
    assert (call.error.code, call.error.status) == (503, "UNAVAILABLE")
    assert call.text


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        ("drop_mid", httpx2.RemoteProtocolError),
        ("broken_json", json.JSONDecodeError),
        ("error_in_stream", errors.ServerError),
        ("unavailable", errors.ServerError),
    ],
)
def test_a_call_that_is_not_streamed_fails_as_well(
    simulator: RunningSimulator, fault: str, expected: type[Exception]
) -> None:
    config = types.GenerateContentConfig(http_options=types.HttpOptions(headers={**QUICK, "x-simulator-fault": fault}))
    with make_client(simulator) as client, pytest.raises(expected):
        client.models.generate_content(model=FLASH, contents="hello", config=config)


def test_lists_and_counts_can_fail_too(simulator: RunningSimulator) -> None:
    listed = httpx2.get(
        f"{simulator.base_url}/v1beta/models", headers={"x-simulator-fault": "invalid_key"}, verify=NO_CERTIFICATES
    )
    counted = httpx2.post(
        f"{simulator.base_url}/v1beta/models/{FLASH}:countTokens",
        json={"contents": {"parts": {"text": "hello [[simulate fault=unavailable]]"}}},
        verify=NO_CERTIFICATES,
    )
    assert listed.json()["error"]["message"] == "API key not valid. Please pass a valid API key."
    assert counted.status_code == 503


def test_a_directive_is_obeyed_and_removed(simulator: RunningSimulator) -> None:
    assert Call(simulator, prompt="hello [[simulate fault=unavailable]]").error.code == 503
    paced = Call(simulator, prompt="hello [[simulate tokens-per-chunk=1000 no-model-version=1]]")
    assert len(paced.chunks) == 1
    assert paced.chunks[0].model_version is None
    assert paced.text == Call(simulator).text
    assert paced.chunks[0].usage_metadata.prompt_token_count == 2


def test_a_directive_for_one_model_leaves_the_other_alone(simulator: RunningSimulator) -> None:
    prompt = f"hello [[simulate fault=safety model={FLASH}]]\n[[simulate fault=retired model=models/{PRO}]]"
    assert Call(simulator, prompt=prompt).finish_reason is types.FinishReason.SAFETY
    assert Call(simulator, prompt=prompt, model=PRO).error.code == 404
    assert "simulate" not in Call(simulator, prompt=prompt, model="gemini-2.5-pro").text


@pytest.mark.parametrize(
    ("prompt", "named"),
    [
        ("[[simulate fault=earthquake]]", "rate_limited_minute"),
        ("[[simulate falt=safety]]", "tokens-per-second"),
        ("[[simulate first-token-ms=nan]]", "600000"),
        ("[[simulate tokens-per-second=0]]", "0.1"),
        ("[[simulate no-model-version=maybe]]", "neither 0 nor 1"),
    ],
)
def test_a_wrong_directive_is_refused_with_what_is_known(simulator: RunningSimulator, prompt: str, named: str) -> None:
    body = {"contents": {"parts": {"text": prompt}}}
    response = httpx2.post(f"{simulator.base_url}/v1/models/{FLASH}:generateContent", json=body, verify=NO_CERTIFICATES)
    assert response.status_code == 400
    assert named in response.json()["error"]["message"]


def test_an_unknown_fault_in_a_header_names_the_known_ones(simulator: RunningSimulator) -> None:
    message = Call(simulator, "earthquake").error.message
    assert all(fault in message for fault in Fault)


def test_the_server_notices_at_once_that_a_client_has_gone(simulator: RunningSimulator) -> None:
    async def cancel_in_the_middle() -> bool:
        client = make_client(simulator)
        headers = {"x-simulator-first-token-ms": "1", "x-simulator-tokens-per-second": "5"}
        config = types.GenerateContentConfig(http_options=types.HttpOptions(headers=headers))
        first_chunk = asyncio.Event()

        async def consume() -> None:
            stream = await client.aio.models.generate_content_stream(model=FLASH, contents="hello", config=config)
            async for _ in stream:
                first_chunk.set()

        task = asyncio.create_task(consume())
        await first_chunk.wait()
        assert simulator.active_requests == 1
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        gone = await asyncio.to_thread(no_request_is_left, simulator)
        await client.aio.aclose()
        return gone

    assert asyncio.run(cancel_in_the_middle())


def no_request_is_left(simulator: RunningSimulator, within_s: float = 0.5) -> bool:
    deadline = time.monotonic() + within_s
    while simulator.active_requests and time.monotonic() < deadline:
        time.sleep(0.01)
    return simulator.active_requests == 0


def test_many_faults_leave_the_server_well_and_silent(
    simulator: RunningSimulator, caplog: pytest.LogCaptureFixture
) -> None:
    for fault in (Fault.DROP_BEFORE, Fault.DROP_MID, Fault.BROKEN_JSON, Fault.INTERNAL) * 3:
        Call(simulator, fault)
    assert Call(simulator).finish_reason is types.FinishReason.STOP
    assert [record.message for record in caplog.records if record.name.startswith("uvicorn")] == []


def test_stop_ends_open_responses_and_frees_the_port() -> None:
    simulator = start()
    port = int(simulator.base_url.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(b"GET /v1/models HTTP/1.1\r\nhost: x\r\nx-simulator-fault: stall\r\n\r\n")
        while not simulator.active_requests:
            time.sleep(0.005)
        started = time.perf_counter()
        simulator.stop()
        assert time.perf_counter() - started < 1
        assert connection.recv(100) == b""
    simulator.stop()
    again = start(port=port)
    assert again.base_url == simulator.base_url
    again.stop()


def test_a_taken_or_impossible_port_is_told(simulator: RunningSimulator) -> None:
    port = int(simulator.base_url.rpartition(":")[2])
    with pytest.raises(OSError, match=f"port {port} on 127.0.0.1 is already taken"):
        start(port=port)
    with pytest.raises(OSError, match="must be from 0 to 65535"):
        start(port=70_000)


def test_it_runs_alone_and_ends_cleanly_on_ctrl_c() -> None:
    pace = ["--first-token-ms", "1", "--tokens-per-second", "90000", "--model", "mine=2,80000", "--strict"]
    process = subprocess.Popen(
        [sys.executable, "-m", MODULE, "--port", "0", *pace],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    assert process.stdout
    said = "".join(process.stdout.readline() for _ in range(4))
    base_url = re.search(r"http://127\.0\.0\.1:\d+", said).group()
    models = httpx2.get(f"{base_url}/v1beta/models?pageSize=1000", verify=NO_CERTIFICATES).json()["models"]
    body = {"contents": {"parts": {"text": "hello"}}}
    answered = httpx2.post(f"{base_url}/v1/models/mine:generateContent", json=body, verify=NO_CERTIFICATES)
    unknown = httpx2.post(f"{base_url}/v1/models/other:generateContent", json=body, verify=NO_CERTIFICATES)
    taken = subprocess.run(
        [sys.executable, "-m", MODULE, "--port", base_url.rpartition(":")[2]], capture_output=True, text=True
    )
    process.send_signal(signal.SIGINT)
    _, complaints = process.communicate(timeout=5)
    assert "models/mine" in [model["name"] for model in models]
    assert answered.status_code == 200
    assert unknown.status_code == 404
    assert f"GOOGLE_GEMINI_BASE_URL={base_url}" in said
    assert (process.returncode, complaints) == (0, "")
    assert taken.returncode == 1
    assert "already taken" in taken.stderr
    assert "Traceback" not in taken.stderr


def test_the_package_above_stays_light() -> None:
    script = "import sys, components.gemini, components.gemini.simulator; sys.exit('uvicorn' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script]).returncode == 0
