"""What the simulator writes down of every request, faults by chance, and how it stands many requests."""

import asyncio
import hashlib
import json
import ssl
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from google.genai import errors

from components.gemini import batches
from components.gemini.request import Request
from components.gemini.simulator.kept import Kept
from components.gemini.simulator.models import Fault, SimulatorConfig
from components.gemini.simulator.server import RunningSimulator, start
from components.gemini.stream import stream
from tests.gemini.making import QUICK, Answer, asked, calling, place_of

FLASH = "gemini-2.0-flash"
# Plain HTTP needs no certificates, and loading them takes longer than most tests here.
NO_CERTIFICATES = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


@pytest.fixture
def simulator() -> Iterator[RunningSimulator]:
    running = start(SimulatorConfig(batch_pending_s=0))
    yield running
    running.stop()


def get(address: str, **options: Any) -> httpx2.Response:
    return httpx2.get(address, verify=NO_CERTIFICATES, trust_env=False, **options)


def log_of(simulator: RunningSimulator, **query: int) -> list[dict[str, Any]]:
    response = get(f"{simulator.base_url}/simulator/log", params=query)
    assert response.status_code == 200
    return [json.loads(one) for one in response.text.splitlines()]


def digest(prompt: str) -> str:
    return hashlib.sha256(prompt.encode()).hexdigest()


def test_an_answered_call_leaves_a_line_with_what_it_cost(simulator: RunningSimulator) -> None:
    answer = asked(simulator, FLASH, "What is größe?")
    [line] = log_of(simulator)
    usage = answer.facts.usage
    assert (line["n"], line["method"], line["model"]) == (1, "streamGenerateContent", FLASH)
    assert line["prompt"] == digest("What is größe?")
    assert (line["status"], line["outcome"], line["fault"]) == (200, "answered", None)
    assert (line["input_tokens"], line["output_tokens"]) == (usage.input_tokens, usage.output_tokens)


def test_thinking_counts_as_output_as_it_is_billed(simulator: RunningSimulator) -> None:
    usage = asked(simulator, "gemini-2.5-flash", "What is snow?").facts.usage
    [line] = log_of(simulator)
    assert line["output_tokens"] == (usage.output_tokens or 0) + (usage.thinking_tokens or 0)
    assert usage.thinking_tokens


def test_what_went_wrong_is_told_apart(simulator: RunningSimulator) -> None:
    for fault in ("unavailable", "drop_before", "drop_mid"):
        with pytest.raises((errors.APIError, httpx2.RemoteProtocolError)):
            asked(simulator, FLASH, f"What? [[simulate fault={fault}]]")
    lines = log_of(simulator)
    assert [(line["status"], line["outcome"], line["fault"]) for line in lines] == [
        (503, "refused", "unavailable"),
        (0, "broken_off", "drop_before"),
        (200, "broken_off", "drop_mid"),
    ]
    # Nothing is known of what a broken answer would have cost.
    assert {line["output_tokens"] for line in lines} == {None}
    assert lines[0]["prompt"] == digest("What? [[simulate fault=unavailable]]")


def test_a_client_that_leaves_breaks_off_its_call(simulator: RunningSimulator) -> None:
    async def work(client: Any) -> None:
        slow = Request(FLASH, "What?", headers=(("x-simulator-first-token-ms", "5000"),))
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(anext(stream(client, slow)), 0.2)

    calling(place_of(simulator), work)
    for _ in range(100):
        if lines := log_of(simulator):
            break
    assert [(line["outcome"], line["fault"]) for line in lines] == [("broken_off", None)]


def test_every_row_of_a_batch_leaves_a_line(simulator: RunningSimulator, tmp_path: Path) -> None:
    prompts = ["What is snow?", "[[simulate fault=unavailable]] What?"]
    path = tmp_path / "prompts.jsonl"
    path.write_text("\n".join(batches.line(str(n), Request(FLASH, prompt)) for n, prompt in enumerate(prompts)))

    async def work(client: Any) -> None:
        job = await batches.submit(client, FLASH, path)
        while not job.state.ended:
            job = await batches.look(client, job.name)

    calling(place_of(simulator), work)
    rows = [line for line in log_of(simulator) if line["method"] == "batchGenerateContent.row"]
    assert [row["prompt"] for row in rows] == [digest(prompt) for prompt in prompts]
    assert [row["outcome"] for row in rows] == ["answered", "refused"]


def test_the_log_is_bounded_and_its_numbers_tell_what_is_gone() -> None:
    simulator = start(SimulatorConfig(log_limit=3))
    for number in range(5):
        get(f"{simulator.base_url}/v1beta/models/m{number}")
    lines = log_of(simulator)
    assert [(line["n"], line["method"]) for line in lines] == [(n, f"GET /v1beta/models/m{n - 1}") for n in (3, 4, 5)]
    assert [line["n"] for line in log_of(simulator, after=4)] == [5]
    assert [line["n"] for line in log_of(simulator, after=1, limit=2)] == [3, 4]
    httpx2.delete(f"{simulator.base_url}/simulator/log", verify=NO_CERTIFICATES, trust_env=False)
    assert log_of(simulator) == []
    get(f"{simulator.base_url}/v1beta/models/m")
    assert [line["n"] for line in log_of(simulator)] == [6]
    simulator.stop()


def test_faults_come_by_chance_at_their_share_and_name_a_short_wait() -> None:
    shares = ((Fault.RATE_LIMITED_MINUTE, 0.2), (Fault.UNAVAILABLE, 0.1), (Fault.DROP_BEFORE, 0.1))
    simulator = start(SimulatorConfig(faults=shares, retry_delay_s=0.05))
    waits = set()

    async def work(client: Any) -> None:
        async def one(number: int) -> None:
            try:
                async for _ in stream(client, Request(FLASH, f"What is {number}?", headers=QUICK)):
                    pass
            except errors.ClientError as error:
                waits.update(one["retryDelay"] for one in error.details["error"]["details"] if "retryDelay" in one)
            except (errors.ServerError, httpx2.RemoteProtocolError):
                pass

        await asyncio.gather(*map(one, range(80)))

    calling(place_of(simulator), work)
    met = Counter(line["fault"] for line in log_of(simulator))
    simulator.stop()
    assert waits == {"0.05s"}
    # Within three standard deviations of a share of 0.2 and of 0.1 among 80: 3.6 and 2.7.
    assert 6 <= met["rate_limited_minute"] <= 26
    assert 1 <= met["unavailable"] <= 16
    assert 1 <= met["drop_before"] <= 16


def test_fifty_streams_at_once_all_end_and_leave_nothing_behind(simulator: RunningSimulator) -> None:
    pace = (("x-simulator-first-token-ms", "50"), ("x-simulator-tokens-per-second", "2000"))

    async def work(client: Any) -> list[Answer]:
        async def one(number: int) -> Answer:
            request = Request(FLASH, f"What is {number}?", headers=pace)
            return Answer([piece async for piece in stream(client, request)])

        return list(await asyncio.gather(*map(one, range(50))))

    answers = calling(place_of(simulator), work)
    assert {answer.facts.finish_reason for answer in answers} == {"STOP"}
    lines = log_of(simulator)
    assert Counter(line["outcome"] for line in lines) == {"answered": 50}
    assert {line["prompt"] for line in lines} == {digest(f"What is {number}?") for number in range(50)}
    assert simulator.active_requests <= 1


def test_the_command_line_sets_faults_and_the_log() -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "components.gemini.simulator", "--fault", "unavailable=1", "--log", "1"],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    address = process.stdout.readline().split()[-1]
    answers = [get(f"{address}/v1beta/{path}") for path in ("models", "files", "batches")]
    lines = get(f"{address}/simulator/log").text.splitlines()
    process.terminate()
    process.communicate()
    assert [answer.status_code for answer in answers] == [503] * 3
    assert [json.loads(line)["n"] for line in lines] == [3]


@pytest.mark.parametrize("option", [["--fault", "earthquake=0.1"], ["--fault", "stall=2"], ["--log", "none"]])
def test_wrong_options_are_refused(option: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "components.gemini.simulator", *option], capture_output=True, text=True
    )
    assert done.returncode == 2
    assert option[1] in done.stderr


def test_kept_bytes_come_back_whole_and_small() -> None:
    lines = [b'{"n": %d, "text": "%s"}' % (number, b"x" * (number % 50)) for number in range(20_000)]
    content = b"\n".join(lines) + b"\n\n"
    kept = Kept()
    for start_at in range(0, len(content), 9_999):
        kept.write(content[start_at : start_at + 9_999])
    kept.close()
    assert b"".join(kept.pieces()) == content
    assert list(kept.lines()) == lines
    assert kept.sha256_hex == hashlib.sha256(content).hexdigest()
    assert kept.packed_size < kept.size / 4


def test_a_waiting_batch_does_not_hold_up_the_end(tmp_path: Path) -> None:
    running = start(SimulatorConfig(batch_pending_s=600))
    path = tmp_path / "prompts.jsonl"
    path.write_text(batches.line("a", Request(FLASH, "What?")))
    calling(place_of(running), lambda client: batches.submit(client, FLASH, path))
    running.stop()
    assert not running._thread.is_alive()
