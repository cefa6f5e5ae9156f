"""The printed program runs as it stands: it asks what the batch asks, as many at once, and never twice."""

import asyncio
import json
import os
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from components.batch.code import batch_code
from components.batch.prompts import Table, read
from components.batch.records import Job, Limits
from components.gemini.client import close_client, open_client
from components.gemini.settings import Connection
from components.gemini.simulator.models import SimulatedModel, SimulatorConfig
from components.gemini.simulator.server import RunningSimulator, start
from components.gemini.stream import stream
from components.playground.asking import request_with
from components.playground.controls import Controls
from components.playground.templates import fill
from tests.batch.making import FLASH, PRO, job, sheet

KEY = "AIzaKeyOfThisTest"
QUESTIONS = ["Why ships?", 'Say "no", \\n', "日本 {q}", "=1+1", "a, b; c"]
CONTROLS = Controls(system_instruction='Be "brief".\nAlways.', temperature=0.0, max_output_tokens=300, seed=3)


def files() -> dict[str, bytes]:
    quoted = [f'"{text.replace(chr(34), chr(34) * 2)}"' for text in QUESTIONS]
    lines = [json.dumps({"q": text, "2nd field": 1.50, "nested": {"a": [1.5, None]}}) for text in QUESTIONS]
    return {
        "a.csv": ("sep=;\n\nq;2nd field;nested\n" + "".join(f"{text};1.5;x\n\n" for text in quoted)).encode("utf-16"),
        "a.jsonl": "\n\n".join(lines).encode(),
        "a.xlsx": sheet(["q", "2nd field", "nested"], *[[text, 2.0, True] for text in ["x", *QUESTIONS[:3], "y"]]),
        "a.txt": "\n\n".join(QUESTIONS).encode("utf-8-sig"),
    }


def made(controls: Controls = CONTROLS, **more: Any) -> Job:
    return job(controls=controls, rows=5, **more)


def printed(batch: Job, table: Table, base_url: str | None = None, **place: Any) -> str:
    requests = {model: request_with(batch.controls, model) for model in batch.models}
    where = {"base_url": base_url, "api_version": "v1beta", "vertexai": False} | place
    return batch_code(batch, table, requests, **where)


def run(code: str, folder: Path, expected: int = 0) -> str:
    (folder / "batch.py").write_text(code, encoding="utf-8")
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "LANG": "C.UTF-8", "NO_PROXY": "*"}
    done = subprocess.run(
        [sys.executable, "-W", "error::RuntimeWarning", "batch.py"],
        cwd=folder,
        env=environment | {"GEMINI_API_KEY": KEY},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == expected, done.stdout + done.stderr
    return done.stderr


def answers(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "answers.jsonl").read_text(encoding="utf-8").splitlines()]


@dataclass
class Service:
    """Answers each call after a moment with what it was asked, and counts how many were open at once."""

    base_url: str = ""
    asked: list[tuple[str, str]] = field(default_factory=list)
    bodies: list[Any] = field(default_factory=list)
    open: Counter[str] = field(default_factory=Counter)
    most: Counter[str] = field(default_factory=Counter)
    refuse: set[str] = field(default_factory=set)
    busy: set[str] = field(default_factory=set)


@pytest.fixture
def service() -> Iterator[Service]:
    here, lock = Service(), threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            model = self.path.split("/")[-1].partition(":")[0]
            prompt = body["contents"][0]["parts"][0]["text"]
            with lock:
                here.asked.append((model, prompt))
                here.bodies.append(body)
                here.open[model] += 1
                here.most[model] = max(here.most[model], here.open[model])
                status = 503 if prompt in here.busy else 400 if prompt in here.refuse else 200
                here.busy.discard(prompt)
            time.sleep(0.02)
            with lock:
                here.open[model] -= 1
            said = {"candidates": [{"content": {"parts": [{"text": f"{model}: {prompt}"}]}, "finishReason": "STOP"}]}
            sent = json.dumps(said if status == 200 else {"error": {"code": status, "message": "No."}}).encode()
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(sent)))
            self.end_headers()
            self.wfile.write(sent)

        def log_message(self, *_: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        request_queue_size = 128

    server = Server(("127.0.0.1", 0), Handler)
    here.base_url = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield here
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def simulator() -> Iterator[RunningSimulator]:
    fast = [SimulatedModel(id=name, first_token_ms=1, tokens_per_second=1_000_000) for name in (PRO, FLASH)]
    running = start(SimulatorConfig(models=tuple(fast)))
    yield running
    running.stop()


def streamed(base_url: str, batch: Job, table: Table) -> dict[tuple[int, str], str]:
    async def go() -> dict[tuple[int, str], str]:
        client = open_client(Connection(api_key=KEY, base_url=base_url, simulated=True))
        found = {}
        for row in table.rows():
            for model in batch.models:
                asked = request_with(batch.controls, model)
                prompt = fill(batch.template, row.values)
                pieces = [
                    chunk.text async for chunk, _ in stream(client, type(asked)(**vars(asked) | {"prompt": prompt}))
                ]
                found[row.number, model] = "".join(pieces)
        await close_client(client)
        return found

    return asyncio.run(go())


def test_five_prompts_and_two_models_get_the_answers_that_the_product_gets(
    simulator: RunningSimulator, tmp_path: Path
) -> None:
    content = ("q\n" + "".join(f'"{text.replace(chr(34), chr(34) * 2)}"\n' for text in QUESTIONS)).encode()
    (tmp_path / "a.csv").write_bytes(content)
    batch, table = made(), read("a.csv", content)
    run(printed(batch, table, simulator.base_url), tmp_path)
    found = {(one["row"], one["model"]): one["text"] for one in answers(tmp_path)}
    assert found == streamed(simulator.base_url, batch, table)
    assert len(found) == 10
    assert all(one["usage"]["candidates_token_count"] > 0 for one in answers(tmp_path))


@pytest.mark.parametrize("name", ["a.csv", "a.jsonl", "a.xlsx", "a.txt"])
def test_every_kind_of_file_is_read_as_the_product_reads_it(name: str, service: Service, tmp_path: Path) -> None:
    content = files()[name]
    (tmp_path / name).write_bytes(content)
    table = read(name, content)
    template = "{{q}} Ask: {prompt}" if name == "a.txt" else "{{q}} Ask: {q} {_2nd_field} {nested}"
    batch = made(template=template, repeats=2)
    run(printed(batch, table, service.base_url), tmp_path)
    expected = [(model, fill(template, row.values)) for row in table.rows() for model in batch.models for _ in "12"]
    assert Counter(service.asked) == Counter(expected)
    assert table.count == 5
    config = service.bodies[0]["generationConfig"]
    assert (config["temperature"], config["maxOutputTokens"], config["seed"]) == (0.0, 300, 3)
    assert service.bodies[0]["systemInstruction"]["parts"][0]["text"] == CONTROLS.system_instruction


def test_it_asks_as_many_at_once_as_it_says_and_goes_on_where_it_stopped(service: Service, tmp_path: Path) -> None:
    content = "\n".join(f"Ship {at}" for at in range(40)).encode()
    (tmp_path / "a.txt").write_bytes(content)
    batch = made(template="{prompt}", limits=Limits(concurrency=4, attempts=2))
    code = printed(batch, read("a.txt", content), service.base_url)
    service.refuse = {"Ship 7"}
    assert "row 8, gemini-2.5-pro: ClientError: 400" in run(code, tmp_path, expected=1)
    assert max(service.most.values()) == 4
    assert len(answers(tmp_path)) == 78
    # Two answers are gone, one of them torn in the middle of its line.
    lines = (tmp_path / "answers.jsonl").read_bytes().splitlines(keepends=True)
    (tmp_path / "answers.jsonl").write_bytes(b"".join(lines[:-2]) + lines[-2][:20])
    service.refuse, service.asked = set(), []
    run(code, tmp_path)
    assert len(service.asked) == 4
    found = Counter((one["row"], one["model"], one["repeat"]) for one in answers(tmp_path))
    assert found == Counter((row, model, 1) for row in range(1, 41) for model in (PRO, FLASH))
    service.asked = []
    run(code, tmp_path)
    assert service.asked == []


def test_a_busy_service_is_asked_again(service: Service, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"Why?")
    service.busy = {"Why?"}
    batch = made(template="{prompt}", models=(FLASH,), limits=Limits(attempts=3))
    run(printed(batch, read("a.txt", b"Why?"), service.base_url), tmp_path)
    assert (len(service.asked), answers(tmp_path)[0]["text"]) == (2, f"{FLASH}: Why?")


@pytest.mark.parametrize("name", ["a.csv", "a.jsonl", "a.xlsx", "a.txt"])
@pytest.mark.parametrize("controls", [Controls(), CONTROLS], ids=["nothing set", "set"])
def test_the_program_is_clean_and_laid_out_as_ruff_does(name: str, controls: Controls, tmp_path: Path) -> None:
    place: dict[str, Any] = {"vertexai": True, "api_version": "v1"} if controls is CONTROLS else {}
    batch = made(controls, template='Ask "{q}"\n\nand """{q}""" too' if controls is CONTROLS else "{q}")
    (tmp_path / "batch.py").write_text(printed(batch, read(name, files()[name]), **place), encoding="utf-8")
    ruff = [sys.executable, "-m", "ruff"]
    rules = "E,F,W,I,B,UP,SIM,C4,PIE,RET,PERF,RUF"
    for command in (
        ["check", "--isolated", "--no-cache", "--select", rules, "--ignore", "E501,RUF001"],
        ["format", "--isolated", "--no-cache", "--diff"],
    ):
        done = subprocess.run([*ruff, *command, "batch.py"], cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr


def test_settings_that_differ_between_the_models_stand_apart() -> None:
    table = read("a.txt", b"x")
    requests = {
        PRO: request_with(Controls(temperature=0.1), PRO),
        FLASH: request_with(Controls(temperature=0.9), FLASH),
    }
    code = batch_code(made(), table, requests, base_url=None, api_version="v1beta", vertexai=False)
    assert "CONFIG = types.GenerateContentConfig(temperature=0.1)" in code
    assert "CONFIG_2 = types.GenerateContentConfig(temperature=0.9)" in code
    assert f'MODELS = {{"{PRO}": CONFIG, "{FLASH}": CONFIG_2}}' in code


def test_a_hostile_name_of_a_file_stays_a_name() -> None:
    table = read('x"; import os\n.txt', b"x")
    code = printed(made(template="{prompt}"), table)
    assert "pathlib.Path('x\"; import os.txt')" in code
    assert "\nimport os\n" not in code
