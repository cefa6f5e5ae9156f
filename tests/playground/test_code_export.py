"""The printed code runs as it stands, and asks exactly what the playground asked."""

import ast
import asyncio
import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from components.gemini.client import close_client, open_client
from components.gemini.content import Part, PartKind, Role, Turn
from components.gemini.request import Request
from components.gemini.settings import Connection
from components.gemini.simulator.models import SimulatedModel, SimulatorConfig
from components.gemini.simulator.server import RunningSimulator, start
from components.gemini.stream import Chunk, Facts, stream
from components.playground.code_export import curl_code, files_beside, python_code

KEY = "AIzaKeyOfThisTest"
MODEL = "gemini-2.5-flash"
ANSWERED = [
    {"text": "Hm.", "thought": True},
    {"text": "grüß "},
    {"text": "dich"},
    {"functionCall": {"name": "f", "args": {"x": 1}}},
    {"executableCode": {"language": "PYTHON", "code": "print(7)"}},
    {"codeExecutionResult": {"outcome": "OUTCOME_OK", "output": "7"}},
]
ANSWER = {
    "candidates": [{"content": {"role": "model", "parts": ANSWERED}, "finishReason": "STOP"}],
    "usageMetadata": {"promptTokenCount": 5, "candidatesTokenCount": 3, "thoughtsTokenCount": 2},
}
HOSTILE = [
    "EOF",
    "one\nEOF\nrm -rf $HOME `id` $(id) ${PATH} !!\nEOF",
    "'EOF'\n\"EOF\"\n\\EOF",
    'quotes \' " \'\'\' """ and a last "',
    "back\\slash \\n \\x41 \\u0041 and a last \\",
    "tab\t, return\r\n, form feed \f, bell \a, escape \x1b[31m, delete \x7f",
    "trailing blanks  \n\n   \nindented",
    "Grüße, 日本語, 👩‍👩‍👧, \u202eright to left\u202c, line\u2028separator\u0085next",
    "%s %d {braces} {{mark}} #hash //slash",
]


@dataclass
class Recorder:
    base_url: str
    paths: list[str] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    bodies: list[Any] = field(default_factory=list)


@pytest.fixture(scope="module")
def recorder() -> Iterator[Recorder]:
    """Takes every call and remembers it; hands out tokens as Google's sign-in does."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            sent = self.rfile.read(int(self.headers.get("content-length", 0)))
            answer = b'{"access_token": "token-of-this-test", "expires_in": 3600}'
            if self.path != "/token":
                here.paths.append(self.path)
                here.headers.append({name.lower(): value for name, value in self.headers.items()})
                here.bodies.append(json.loads(sent))
                answer = f"data: {json.dumps(ANSWER)}\r\n\r\n".encode()
            self.send_response(200)
            self.send_header("content-length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    here = Recorder(f"http://127.0.0.1:{server.server_port}")
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield here
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def fast_simulator() -> Iterator[RunningSimulator]:
    fast = SimulatedModel(id=MODEL, first_token_ms=1, tokens_per_second=1_000_000, thinking=True)
    running = start(SimulatorConfig(models=(fast,)))
    yield running
    running.stop()


def environment(folder: Path, **more: str) -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "HOME": str(folder), "LANG": "C.UTF-8", "NO_PROXY": "*", **more}


def run_python(code: str, folder: Path, **more: str) -> subprocess.CompletedProcess[str]:
    (folder / "call.py").write_text(code, encoding="utf-8")
    return run([sys.executable, "call.py"], folder, **more)


def run_curl(code: str, folder: Path, **more: str) -> subprocess.CompletedProcess[str]:
    (folder / "call.sh").write_text(code, encoding="utf-8")
    return run(["sh", "call.sh"], folder, **more)


def run(command: list[str], folder: Path, **more: str) -> subprocess.CompletedProcess[str]:
    signed_in = environment(folder, **{"GEMINI_API_KEY": KEY, **more})
    done = subprocess.run(command, cwd=folder, env=signed_in, capture_output=True, check=False, timeout=180)
    out, err = done.stdout.decode(), done.stderr.decode()
    assert done.returncode == 0, out + err
    return subprocess.CompletedProcess(command, 0, out, err)


def streamed(base_url: str, request: Request) -> list[tuple[Chunk, Facts]]:
    async def go() -> list[tuple[Chunk, Facts]]:
        client = open_client(Connection(api_key=KEY, base_url=base_url, simulated=True))
        try:
            return [item async for item in stream(client, request)]
        finally:
            await close_client(client)

    return asyncio.run(go())


def events_text(events: str) -> str:
    chunks = [json.loads(line.removeprefix("data: ")) for line in events.splitlines() if line.startswith("data: ")]
    parts = [part for chunk in chunks for each in chunk["candidates"] for part in each["content"].get("parts", [])]
    return "".join(part["text"] for part in parts if not part.get("thought"))


def printed(maker: Callable[..., str], request: Request, base_url: str | None = None, **place: Any) -> str:
    return maker(request, **{"base_url": base_url, "api_version": "v1beta", "vertexai": False, **place})


def comparable(body: Any) -> Any:
    """A body without the differences that mean nothing to the service."""
    if isinstance(body, dict):
        named = {re.sub(r"_([a-z])", lambda found: found[1].upper(), key): each for key, each in body.items()}
        plain = {key: comparable(each) for key, each in named.items() if key != "generationConfig" or each}
        if "systemInstruction" in plain:
            plain["systemInstruction"].pop("role", None)
        if "tools" in plain:
            plain["tools"] = sorted(plain["tools"], key=str)
        for key in ("data", "thoughtSignature"):
            if isinstance(plain.get(key), str):
                plain[key] = plain[key].replace("-", "+").replace("_", "/")
        return plain
    return [comparable(each) for each in body] if isinstance(body, list) else body


PICTURE = bytes(range(256)) * 40
FULL = Request(
    MODEL,
    "\n".join(HOSTILE),
    system_instruction='Be "brief".\nSay $nothing else.',
    temperature=0.0,
    max_output_tokens=500,
    headers=(("Authorization", "Bearer secret-header"),),
    top_p=0.5,
    top_k=3,
    stop_sequences=("END", "\n\n\n"),
    seed=4,
    thinking_budget=0,
    include_thoughts=True,
    json_mode=True,
    json_schema='{"type": "object", "properties": {"it\'s": {"type": ["string", "null"], "enum": ["a", null]}}}',
    functions='[{"name": "now"}, {"name": "f", "description": "Adds \\"one\\".", "parameters": {"type": "object"}}]',
    google_search=True,
    code_execution=True,
    safety=(("HARM_CATEGORY_HARASSMENT", "BLOCK_NONE"), ("HARM_CATEGORY_HATE_SPEECH", "BLOCK_ONLY_HIGH")),
    turns=(
        Turn(Role.USER, (Part(PartKind.TEXT, "What was\nsaid before"),)),
        Turn(
            Role.MODEL,
            (
                Part(PartKind.THOUGHT, "Let me think."),
                Part(PartKind.TEXT, "An answer that is long enough to be a variable of its own.", signature="AAEC"),
                Part(PartKind.CODE, "print('a')\n", "PYTHON"),
                Part(PartKind.CODE_RESULT, "a\n", "OUTCOME_OK"),
                Part(PartKind.FUNCTION_CALL, '{"x": [1, true, null, 1.5]}', "f", "id1", signature="+/8="),
            ),
        ),
    ),
    attachments=(
        Part(PartKind.DATA, name="my photo's.png", mime_type="image/png", data=PICTURE),
        Part(PartKind.FILE, name="clip.mp4", mime_type="video/mp4", uri="https://example.com/v1beta/files/abc"),
    ),
    replies=(Part(PartKind.FUNCTION_RESPONSE, '{"result": "é"}', "f", "id1"),),
)


def with_files(request: Request, folder: Path) -> Path:
    for name, part in files_beside(request):
        (folder / name).write_bytes(part.data)
    return folder


@pytest.mark.parametrize(
    "request_",
    [
        Request(MODEL, "Why?", "Be brief.", 0.0, 400, seed=3, include_thoughts=True, thinking_budget=50),
        Request(
            MODEL,
            "\n".join(HOSTILE),
            json_mode=True,
            json_schema='{"type": "array", "items": {"type": "string"}}',
            turns=(
                Turn(Role.USER, (Part(PartKind.TEXT, "Hi"),)),
                Turn(Role.MODEL, (Part(PartKind.TEXT, "Yes?"),)),
            ),
            attachments=(Part(PartKind.DATA, name="a.png", mime_type="image/png", data=PICTURE),),
        ),
    ],
    ids=["settings", "turns, a file and a schema"],
)
def test_both_codes_get_the_answer_that_the_playground_gets(
    fast_simulator: RunningSimulator, tmp_path: Path, request_: Request
) -> None:
    expected = streamed(fast_simulator.base_url, request_)
    text = "".join(chunk.text for chunk, _ in expected)
    assert text
    with_files(request_, tmp_path)
    python = run_python(printed(python_code, request_, fast_simulator.base_url), tmp_path)
    assert python.stdout == text + "\n"
    usage = json.loads(python.stderr.splitlines()[-1])
    assert usage["candidates_token_count"] == expected[-1][1].usage.output_tokens
    assert "".join(chunk.thought for chunk, _ in expected) in python.stderr
    curl = run_curl(printed(curl_code, request_, fast_simulator.base_url), tmp_path)
    assert events_text(curl.stdout) == text


@pytest.mark.parametrize("maker", [python_code, curl_code])
def test_everything_that_was_set_is_sent_as_the_playground_sends_it(
    recorder: Recorder, tmp_path: Path, maker: Callable[..., str]
) -> None:
    streamed(recorder.base_url, FULL)
    expected, path = comparable(recorder.bodies[-1]), recorder.paths[-1]
    runs = run_python if maker is python_code else run_curl
    done = runs(printed(maker, FULL, recorder.base_url), with_files(FULL, tmp_path))
    if maker is python_code:
        assert done.stdout == "grüß dich\n[call] f {'x': 1}\n\n[code]\nprint(7)\n\n[output]\n7\n\n"
        thought, usage = done.stderr.splitlines()[-1].split("{", 1)
        assert (thought, json.loads("{" + usage)["thoughts_token_count"]) == ("Hm.", 2)
    assert comparable(recorder.bodies[-1]) == expected
    assert recorder.paths[-1] == path
    assert recorder.headers[-1]["x-goog-api-key"] == KEY
    assert "authorization" not in recorder.headers[-1]


def test_a_thinking_level_and_a_reply_alone_are_sent_too(recorder: Recorder, tmp_path: Path) -> None:
    asked = replace(FULL, prompt="", thinking_budget=None, thinking_level="high", attachments=())
    streamed(recorder.base_url, asked)
    expected = comparable(recorder.bodies[-1])
    for maker, runs in ((python_code, run_python), (curl_code, run_curl)):
        runs(printed(maker, asked, recorder.base_url), tmp_path)
        assert comparable(recorder.bodies[-1]) == expected


@pytest.mark.parametrize("prompt", HOSTILE)
def test_curl_sends_hostile_prompts_unchanged(recorder: Recorder, tmp_path: Path, prompt: str) -> None:
    run_curl(printed(curl_code, Request("m; rm -rf '/'?x=$(id)", prompt), recorder.base_url), tmp_path)
    assert recorder.bodies[-1] == {"contents": [{"role": "user", "parts": [{"text": prompt}]}]}
    assert recorder.paths[-1].endswith("m%3B%20rm%20-rf%20%27/%27%3Fx%3D%24%28id%29:streamGenerateContent?alt=sse")


def constants(code: str) -> dict[str, Any]:
    return {
        node.targets[0].id: node.value.value
        for node in ast.parse(code).body
        if isinstance(node, ast.Assign)
        and isinstance(node.targets[0], ast.Name)
        and isinstance(node.value, ast.Constant)
    }


texts = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])) | st.lists(
    st.sampled_from(["EOF", "\n", '"', "'", "\\", "$", "`", " ", "a", "\r", "{", "}", "\u2028", "0", "x"])
).map("".join)


@given(texts.filter(bool), texts.filter(bool))
def test_python_holds_any_text_as_it_is(prompt: str, system: str) -> None:
    code = printed(python_code, Request(MODEL, prompt, system))
    assert constants(code) | {"usage": None} == {"PROMPT": prompt, "SYSTEM_INSTRUCTION": system, "usage": None}


@given(texts.filter(bool), texts)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_shell_hands_any_text_to_curl_as_it_is(tmp_path: Path, prompt: str, system: str) -> None:
    fake = tmp_path / "curl"
    fake.write_text("#!/bin/sh\ntr -d '\\r\\n'\n", encoding="utf-8")
    fake.chmod(0o755)
    data = Part(PartKind.DATA, name=system, data=b"\xfb\xff" * 100)
    asked = Request(MODEL, prompt, system, attachments=(data,))
    with_files(asked, tmp_path)
    code = printed(curl_code, asked)
    sent = json.loads(run_curl(code, tmp_path, PATH=f"{tmp_path}:{os.environ['PATH']}").stdout)
    first, second = sent["contents"][0]["parts"]
    assert second["text"] == prompt
    assert first["inlineData"]["data"] == "+/" + "/7" + "/" + first["inlineData"]["data"][5:]
    assert len(first["inlineData"]["data"]) == 268
    assert sent.get("systemInstruction", {"parts": [{"text": ""}]})["parts"] == [{"text": system}]


def test_what_no_program_can_hold_is_left_out() -> None:
    asked = Request(MODEL, "a\0b\ud800c", functions='{"name": "f\\ud800"}')
    assert constants(printed(python_code, asked))["PROMPT"] == "ab\ufffdc"
    assert "ab\ufffdc" in printed(curl_code, asked)
    for maker in (python_code, curl_code):
        printed(maker, asked).encode()


@pytest.mark.parametrize("maker", [python_code, curl_code])
def test_neither_code_holds_a_header_of_the_request(maker: Callable[..., str]) -> None:
    assert "secret-header" not in printed(maker, FULL)


def test_a_plain_call_prints_nothing_that_was_not_set() -> None:
    code = printed(python_code, Request(MODEL, "Hello"), api_version="v1")
    assert "client = genai.Client()\n" in code
    assert "types" not in code
    assert "config" not in code
    assert json.loads(printed(curl_code, Request(MODEL, "Hello")).split("EOF")[1].strip("'\n")) == {
        "contents": [{"role": "user", "parts": [{"text": "Hello"}]}]
    }


@pytest.mark.parametrize(
    "asked",
    [Request(MODEL, "Hello"), FULL, *[Request(MODEL, text, text) for text in HOSTILE[:5]], Request(MODEL, "x" * 300)],
    ids=lambda asked: asked.prompt[:12],
)
def test_the_python_is_clean_and_laid_out_as_ruff_does(asked: Request, tmp_path: Path) -> None:
    place: dict[str, Any] = {"vertexai": asked is FULL, "base_url": "https://example.com" if asked is FULL else None}
    (tmp_path / "call.py").write_text(printed(python_code, asked, **place), encoding="utf-8")
    ruff = [sys.executable, "-m", "ruff"]
    rules = "E,F,W,I,B,UP,SIM,C4,PIE,RET,PERF,RUF"
    check = [*ruff, "check", "--isolated", "--no-cache", "--select", rules, "--ignore", "E501", "call.py"]
    run(check, tmp_path)
    run([*ruff, "format", "--isolated", "--no-cache", "--check", "call.py"], tmp_path)


def test_files_lie_beside_the_code_under_names_that_lead_nowhere_else() -> None:
    names = ["../../etc/passwd", "C:\\secret\\a.png", "a.png", "", "..", "b\n.png", "/"]
    asked = Request(
        MODEL,
        "Look.",
        attachments=tuple(
            Part(PartKind.DATA, name=name, mime_type="image/png", data=bytes([index]))
            for index, name in enumerate(names)
        ),
    )
    found = [(name, part.data[0]) for name, part in files_beside(asked)]
    assert found == [
        ("passwd", 0),
        ("a.png", 1),
        ("a-2.png", 2),
        ("attachment.png", 3),
        ("attachment-2.png", 4),
        ("b.png", 5),
        ("attachment-3.png", 6),
    ]


def test_a_file_that_was_attached_twice_is_needed_once() -> None:
    photo = Part(PartKind.DATA, name="a.png", mime_type="image/png", data=b"x")
    asked = Request(MODEL, "Again.", turns=(Turn(Role.USER, (photo,)),), attachments=(photo,))
    assert files_beside(asked) == (("a.png", photo),)
    assert printed(curl_code, asked).count("base64 < a.png") == 2


def test_an_uploaded_file_is_said_to_expire() -> None:
    for maker in (python_code, curl_code):
        assert "# clip.mp4 was uploaded, which expires after 48 hours.\n" in printed(maker, FULL)


@pytest.mark.parametrize("field", ["json_schema", "functions"])
def test_broken_json_is_named(field: str) -> None:
    for maker in (python_code, curl_code):
        with pytest.raises(ValueError, match=r"schema|declarations"):
            printed(maker, replace(FULL, **{field: "{"}))


def signed_in_account(folder: Path, token_url: str) -> Path:
    """A service account with a key made here, whose sign-in is answered by the recorder."""
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import rsa

    key = rsa.generate_private_key(public_exponent=65537, key_size=2048).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    account = {
        "type": "service_account",
        "client_email": "test@example.com",
        "private_key": key.decode(),
        "token_uri": token_url,
    }
    path = folder / "account.json"
    path.write_text(json.dumps(account), encoding="utf-8")
    return path


def test_vertex_ai_is_called_with_its_own_address_and_sign_in(recorder: Recorder, tmp_path: Path) -> None:
    asked = Request(MODEL, "Hello", temperature=0.5)
    place = {"api_version": "v1beta1", "vertexai": True}
    where = {"GOOGLE_CLOUD_PROJECT": "my-project", "GOOGLE_CLOUD_LOCATION": "us-central1"}
    account = signed_in_account(tmp_path, f"{recorder.base_url}/token")
    code = printed(python_code, asked, recorder.base_url, **place)
    run_python(code, tmp_path, GOOGLE_APPLICATION_CREDENTIALS=str(account), **where)
    gcloud = tmp_path / "gcloud"
    gcloud.write_text("#!/bin/sh\necho token-of-this-test\n", encoding="utf-8")
    gcloud.chmod(0o755)
    code = printed(curl_code, asked, recorder.base_url, **place)
    run_curl(code, tmp_path, PATH=f"{tmp_path}:{os.environ['PATH']}", **where)
    path = f"/v1beta1/projects/my-project/locations/us-central1/publishers/google/models/{MODEL}:streamGenerateContent"
    assert recorder.paths[-2:] == [f"{path}?alt=sse"] * 2
    assert [sent["authorization"] for sent in recorder.headers[-2:]] == ["Bearer token-of-this-test"] * 2
    assert comparable(recorder.bodies[-2]) == comparable(recorder.bodies[-1])


@pytest.mark.parametrize(
    ("location", "host"),
    [
        ("us-central1", "us-central1-aiplatform.googleapis.com"),
        ("global", "aiplatform.googleapis.com"),
        ("eu", "aiplatform.eu.rep.googleapis.com"),
    ],
)
def test_vertex_ai_has_a_host_for_each_location(location: str, host: str, tmp_path: Path) -> None:
    for name, line in (("curl", 'printf "%s\\n" "$@"; cat > /dev/null'), ("gcloud", "echo token")):
        (tmp_path / name).write_text(f"#!/bin/sh\n{line}\n", encoding="utf-8")
        (tmp_path / name).chmod(0o755)
    where = {"GOOGLE_CLOUD_PROJECT": "p", "GOOGLE_CLOUD_LOCATION": location}
    code = printed(curl_code, Request(MODEL, "Hello"), api_version="v1beta1", vertexai=True)
    shown = run_curl(code, tmp_path, PATH=f"{tmp_path}:{os.environ['PATH']}", **where).stdout
    method = f"publishers/google/models/{MODEL}:streamGenerateContent?alt=sse"
    assert f"https://{host}/v1beta1/projects/p/locations/{location}/{method}\n" in shown
