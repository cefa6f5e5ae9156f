"""How true the playground's streaming is: `python -m tests.benchmarks.streaming`.

Two models, 400 and 100 ms to their first token, then 60 and 150 tokens a second. The simulator runs in this process
and notes the wall-clock time of everything it sends; the product calls it as a private endpoint; a MutationObserver
in Chromium notes when how many letters of each answer are in the DOM (not yet painted). Measured from these:

- lag, from a chunk leaving its source to its last letter standing in the page;
- Stop, from the click to the moment at which the simulator sees its client gone;
- bytes received over the websocket, uncompressed, and processor time of the server's process, a 1,000 tokens;
- how far apart both sides of a blind run are at their first and at their last letter, with models 10 times apart.

Then, without pages, by the engine against a simulator in a process of its own: the wall time of both models at once
against the slower alone, in turns.
"""

import argparse
import asyncio
import json
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import accumulate
from unittest.mock import patch

from google.genai import Client
from playwright.sync_api import Browser, Page
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from components.gemini.client import close_client, open_client
from components.gemini.request import Request
from components.gemini.settings import PLACEHOLDER_KEY, Connection
from components.gemini.simulator import server as simulator
from components.gemini.simulator.app import create_app
from components.gemini.simulator.models import SimulatorConfig
from components.playground.run import Runner
from tests.benchmarks.chromium import chromium, fresh_page, settle
from tests.benchmarks.figures import Load, ms, p50, p95, ratio, show, within
from tests.benchmarks.serving import PRODUCT, Server, served

WALL_BUDGET = 1.05
FIRST_TOKEN_BUDGET_S = 0.060
CPU_BUDGET_S = 0.5
FAIRNESS_BUDGET_S = 0.100
SLOW, FAST = "gemini-2.0-pro-exp-02-05", "gemini-2.0-flash"
_PROMPT = "Explain to a new colleague how a hash table works, with one small example."
_TEN_TIMES_APART = (
    f"[[simulate model={SLOW} first-token-ms=1000 tokens-per-second=60]]"
    f"[[simulate model={FAST} first-token-ms=100 tokens-per-second=600]]"
)
_RUN_LIMIT_S = 60.0

_WATCH = """
() => {
  window.seen = [[], []];
  const letters = (text) => text.replace(/[^A-Za-z]/g, "").length;
  const look = () => {
    const now = performance.timeOrigin + performance.now();
    window.seen.forEach((lane, index) => {
      const box = document.querySelector(".st-key-playground_answer_" + index);
      if (!box) return;
      const count = [...box.querySelectorAll("[data-testid=stMarkdown]")]
        .reduce((sum, part) => sum + letters(part.textContent), 0);
      if (count !== (lane.length ? lane[lane.length - 1][1] : 0)) lane.push([now, count]);
    });
  };
  window.watcher?.disconnect();
  window.watcher = new MutationObserver(look);
  window.watcher.observe(document.body, {subtree: true, childList: true, characterData: true});
}
"""
_CLICK_AT = """(target) => {
  const now = performance.timeOrigin + performance.now();
  document.querySelector(target).click();
  return now;
}"""


@dataclass
class Call:
    """One answer as its source sent it: texts with their wall-clock times, and when it ended, in seconds."""

    model: str
    sent: list[tuple[float, str]] = field(default_factory=list)
    tokens: int = 0
    ended: float | None = None


class Recorder:
    """Stands around the simulator's ASGI app and notes each streamed answer."""

    def __init__(self) -> None:
        self.calls: list[Call] = []

    def around(self, app: ASGIApp) -> ASGIApp:
        """The same app, with its streamed answers noted in `calls`."""

        async def noted(scope: Scope, receive: Receive, send: Send) -> None:
            found = re.search(r"models/([^:]+):streamGenerateContent", scope.get("path", ""))
            if not found:
                return await app(scope, receive, send)
            call = Call(found[1])
            self.calls.append(call)

            async def send_noted(message: Message) -> None:
                if message["type"] == "http.response.body" and message.get("body", b"").startswith(b"data: "):
                    _note(call, time.time(), json.loads(message["body"][len(b"data: ") :]))
                await send(message)

            try:
                await app(scope, receive, send_noted)
            finally:
                call.ended = time.time()

        return noted


def _note(call: Call, at: float, chunk: dict[str, object]) -> None:
    parts = chunk["candidates"][0]["content"]["parts"]  # type: ignore[index]
    call.sent.append((at, "".join(part.get("text", "") for part in parts)))
    call.tokens = int(chunk["usageMetadata"]["candidatesTokenCount"])  # type: ignore[index]


@contextmanager
def recorded_simulator(tokens_per_chunk: int) -> Iterator[tuple[simulator.RunningSimulator, Recorder]]:
    """A simulator in this process with every answer noted."""
    recorder = Recorder()
    with patch(f"{simulator.__name__}.create_app", lambda config: recorder.around(create_app(config))):
        running = simulator.start(SimulatorConfig(tokens_per_chunk=tokens_per_chunk))
    try:
        yield running, recorder
    finally:
        running.stop()


@dataclass
class Seen:
    """What a series of runs showed, in seconds; `unmatched` counts answers with other letters than their source's.

    `cpu_s` is the server's processor time from the click to the drawn table of measures; `flowing_cpu_s` that while
    both answers flowed, with the tokens that arrived in this time.
    """

    first: list[float] = field(default_factory=list)
    fast_first: list[float] = field(default_factory=list)
    every: list[float] = field(default_factory=list)
    tokens: int = 0
    bytes: int = 0
    unmatched: int = 0
    cpu_s: float = 0.0
    flowing_cpu_s: float = 0.0
    flowing_tokens: int = 0


def watch_runs(browser: Browser, server: Server, recorder: Recorder, rounds: int) -> Seen:
    """Ask both models `rounds` times and hold what the page shows against what the source sent."""
    seen = Seen()
    page, received = _playground(browser, server)
    for at in range(rounds + 1):
        taken = seen if at else Seen()
        # A page of its own for each run: letters of an older answer would count as letters of the new one.
        _open_playground(page, server)
        page.evaluate(_WATCH)
        recorder.calls.clear()
        _type(page, f"{_PROMPT} Round {at}.")
        before, cpu_s = sum(received), server.cpu_s
        clicked = _click(page, "playground_run")
        _flow(taken, server, recorder)
        page.locator("table.figures").wait_for()
        settle(page)
        taken.bytes += sum(received) - before
        taken.cpu_s += server.cpu_s - cpu_s
        offset = _clock_offset(page)
        lanes = page.evaluate("window.seen")
        for index, model in enumerate((SLOW, FAST)):
            call = next(each for each in recorder.calls if each.model == model)
            painted = [(at_ms / 1000 - offset, letters) for at_ms, letters in lanes[index]]
            _compare(taken, call, painted)
            if model == FAST and painted:
                taken.fast_first.append(painted[0][0] - (clicked - offset))
    page.context.close()
    return seen


def _flow(seen: Seen, server: Server, recorder: Recorder) -> None:
    """Wait until both answers have ended at their source, and note what the time costs in which both flow."""
    calls = recorder.calls
    _wait_until(lambda: len(calls) == 2 and all(call.sent for call in calls), _RUN_LIMIT_S)
    cpu_s, tokens = server.cpu_s, sum(call.tokens for call in calls)
    _wait_until(lambda: any(call.ended for call in calls), _RUN_LIMIT_S)
    seen.flowing_cpu_s += server.cpu_s - cpu_s
    seen.flowing_tokens += sum(call.tokens for call in calls) - tokens
    _wait_until(lambda: all(call.ended for call in calls), _RUN_LIMIT_S)


def _compare(seen: Seen, call: Call, painted: Sequence[tuple[float, int]]) -> None:
    text = list(accumulate(chunk for _, chunk in call.sent))
    due = [_letters(part) for part in text]
    seen.tokens += call.tokens
    seen.unmatched += not painted or painted[-1][1] != due[-1]
    lags = []
    for (sent_at, _), letters, before in zip(call.sent, due, [0, *due], strict=False):
        if letters == before:
            continue
        shown_at = next((at for at, shown in painted if shown >= letters), None)
        if shown_at is not None:
            lags.append(shown_at - sent_at)
    seen.first += lags[:1]
    seen.every += lags


def _letters(markdown: str) -> int:
    """How many letters of a Markdown text a reader sees: all but the language after a code fence."""
    return len(re.sub(r"[^A-Za-z]", "", re.sub(r"```\w*", "", markdown)))


def _playground(browser: Browser, server: Server) -> tuple[Page, list[int]]:
    """The playground, ready to run, and the growing list of what its websocket has received, in bytes."""
    page = fresh_page(browser)
    received: list[int] = []
    page.on("websocket", lambda socket: socket.on("framereceived", lambda frame: received.append(len(frame))))
    _open_playground(page, server)
    return page, received


def _open_playground(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/playground?models={SLOW},{FAST}")
    page.locator(".st-key-playground_run button").first.wait_for()
    settle(page)


def _run(page: Page, prompt: str) -> float:
    """Type the prompt, press Run, and return the browser's time of the click in seconds."""
    _type(page, prompt)
    return _click(page, "playground_run")


def _type(page: Page, prompt: str) -> None:
    """Type the prompt and wait until the page has counted its tokens."""
    box = page.locator(".st-key-playground_prompt textarea")
    box.fill(prompt)
    box.blur()
    page.wait_for_timeout(600)
    settle(page)


def _click(page: Page, key: str) -> float:
    return float(page.evaluate(_CLICK_AT, f".st-key-{key} button")) / 1000


def _clock_offset(page: Page) -> float:
    """The browser's wall clock less this process's, in seconds, from the quickest of 15 questions."""
    best = (float("inf"), 0.0)
    for _ in range(15):
        asked = time.time()
        theirs = float(page.evaluate("performance.timeOrigin + performance.now()")) / 1000
        answered = time.time()
        best = min(best, (answered - asked, theirs - (asked + answered) / 2))
    return best[1]


def stops(
    browser: Browser, server: Server, running: simulator.RunningSimulator, recorder: Recorder, rounds: int
) -> dict[str, list[float]]:
    """Press Stop while both answers flow, and while both are silent; return click -> the server saw both gone."""
    page, _ = _playground(browser, server)
    offset = _clock_offset(page)
    taken: dict[str, list[float]] = {"while both answers flow": [], "before the first token": []}
    for at in range(rounds):
        for case, first_token_ms in zip(taken, (50, 8_000), strict=True):
            recorder.calls.clear()
            _run(page, f"{_PROMPT} Round {at}. [[simulate first-token-ms={first_token_ms} tokens-per-second=40]]")
            _wait_until(lambda: running.active_requests == 2)
            page.wait_for_timeout(700 + 37 * (at % 5))
            page.locator(".st-key-playground_stop button:not([disabled])").first.wait_for()
            clicked = _click(page, "playground_stop") - offset
            _wait_until(lambda: running.active_requests == 0)
            taken[case].append(max(call.ended or float("nan") for call in recorder.calls) - clicked)
            page.locator("table.figures").wait_for()
            settle(page)
    page.context.close()
    return taken


def apart(browser: Browser, server: Server, rounds: int) -> tuple[list[float], list[float]]:
    """Run blind with models 10 times apart; return how far apart the sides' first and last letters were, in seconds."""
    first: list[float] = []
    last: list[float] = []
    page, _ = _playground(browser, server)
    for at in range(rounds):
        _open_playground(page, server)
        page.locator(".st-key-playground_blind label").first.click()
        settle(page)
        page.evaluate(_WATCH)
        _run(page, f"{_PROMPT} Round {at}. {_TEN_TIMES_APART}")
        page.locator(".st-key-playground_vote_1").wait_for(timeout=_RUN_LIMIT_S * 1000)
        settle(page)
        one, other = (_first_and_last(lane) for lane in page.evaluate("window.seen"))
        first.append(abs(one[0] - other[0]))
        last.append(abs(one[1] - other[1]))
    page.context.close()
    return first, last


def _first_and_last(lane: Sequence[tuple[float, int]]) -> tuple[float, float]:
    """When a side's first letter was in the page and from when on all of them were, in seconds."""
    whole = lane[-1][1]
    # While a paragraph moves from the growing piece to the settled one, it can stand in both for a moment.
    missing = [at for at, (_, letters) in enumerate(lane) if letters < whole]
    return lane[0][0] / 1000, lane[missing[-1] + 1 if missing else 0][0] / 1000


def _wait_until(true: Callable[[], bool], limit_s: float = 15.0) -> None:
    deadline = time.monotonic() + limit_s
    while not true():
        if time.monotonic() > deadline:
            raise TimeoutError("What was waited for did not happen.")
        time.sleep(0.002)


def pages(rounds: int, tokens_per_chunk: int) -> None:
    """Measure what is seen through the real app, and print it."""
    bare_s = bare_cpu(max(1, rounds // 4), tokens_per_chunk)
    with recorded_simulator(tokens_per_chunk) as (running, recorder):
        endpoint = {"GOOGLE_GEMINI_BASE_URL": running.base_url}
        with chromium() as browser, served(PRODUCT, environment=endpoint) as server:
            seen = watch_runs(browser, server, recorder, rounds)
            stopped = stops(browser, server, running, recorder, rounds)
            first_apart, last_apart = apart(browser, server, rounds)
    rows = [
        ["first token, source -> screen", *_spread(seen.first), within(p95(seen.first), FIRST_TOKEN_BUDGET_S)],
        ["every token, source -> screen", *_spread(seen.every), ""],
        ["fast model: Run -> first token on screen", *_spread(seen.fast_first), ""],
        *([f"Stop {case} -> server sees it", *_spread(times), ""] for case, times in stopped.items()),
        [
            "blind: first letters of both sides apart",
            *_spread(first_apart),
            within(max(first_apart), FAIRNESS_BUDGET_S),
        ],
        ["blind: last letters of both sides apart", *_spread(last_apart), within(max(last_apart), FAIRNESS_BUDGET_S)],
    ]
    title = (
        f"Both models in the page, {tokens_per_chunk} token(s) a chunk, ms; budget of the first token's p95: "
        f"{ms(FIRST_TOKEN_BUDGET_S)}, of the largest distance between the sides of a blind run: {ms(FAIRNESS_BUDGET_S)}"
    )
    show(title, ["what", "n", "p50", "p95", "within budget"], rows)
    rows = [
        ["google-genai alone, in a bare loop", f"{bare_s:.2f}", "1.00", ""],
        ["server: click on Run -> table of measures drawn", *_cpu(seen.cpu_s, seen.tokens, bare_s)],
        ["server: while both answers flow", *_cpu(seen.flowing_cpu_s, seen.flowing_tokens, bare_s)],
    ]
    show(
        f"Processor time of a process that reads both answers, s a 1,000 tokens; budget {CPU_BUDGET_S}",
        ["what", "s a 1,000 tokens", "/ google-genai alone", "within budget"],
        rows,
    )
    kilobytes = seen.bytes / seen.tokens
    print(f"\nWebsocket: {kilobytes:.0f} kB a 1,000 tokens ({seen.tokens} tokens in {rounds} runs).")
    print(f"Answers whose letters on screen differ from the source's: {seen.unmatched} of {2 * rounds}.")


def _cpu(seconds: float, tokens: int, bare_s: float) -> list[str]:
    taken = seconds / tokens * 1000 if tokens else float("nan")
    return [f"{taken:.2f}", ratio(taken / bare_s), within(taken, CPU_BUDGET_S)]


def _spread(times: Sequence[float]) -> list[str]:
    return [str(len(times)), ms(p50(times)), ms(p95(times))]


def bare_cpu(rounds: int, tokens_per_chunk: int) -> float:
    """Processor time of google-genai alone, reading both answers at the same pace, in seconds a 1,000 tokens."""
    prompt = f"{_PROMPT} [[simulate tokens-per-chunk={tokens_per_chunk}]]"
    with separate_simulator(f"{SLOW}=400,60", f"{FAST}=100,150") as address:
        return asyncio.run(_read_alone(Connection(api_key=PLACEHOLDER_KEY, base_url=address), prompt, rounds))


async def _read_alone(connection: Connection, prompt: str, rounds: int) -> float:
    client = open_client(connection)
    await _read(client, FAST, "Warm up [[simulate tokens-per-second=2000]]")
    began = time.process_time()
    tokens = 0
    for _ in range(rounds):
        tokens += sum(await asyncio.gather(*(_read(client, model, prompt) for model in (SLOW, FAST))))
    taken = time.process_time() - began
    await close_client(client)
    return taken / tokens * 1000


async def _read(client: Client, model: str, prompt: str) -> int:
    tokens = 0
    async for response in await client.aio.models.generate_content_stream(model=model, contents=prompt):
        if response.usage_metadata is not None:
            tokens = response.usage_metadata.candidates_token_count or tokens
    return tokens


@contextmanager
def separate_simulator(*paces: str) -> Iterator[str]:
    """A simulator in a process of its own, by its address; it shares no interpreter with what is measured."""
    command = [sys.executable, "-m", "components.gemini.simulator", "--port", "0"]
    for pace in paces:
        command += ["--model", pace]
    process = subprocess.Popen(command, cwd=PRODUCT, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None, "it was asked for"
        line = process.stdout.readline()
        yield re.findall(r"http://\S+", line)[0]
    finally:
        process.terminate()
        process.wait(10)
        if process.stdout is not None:
            process.stdout.close()


def engine(rounds: int) -> None:
    """Run slow alone, fast alone and both, in turns, and print the wall times and both / the slower alone."""
    asked = {"slow alone": (SLOW,), "fast alone": (FAST,), "both": (SLOW, FAST)}
    walls: dict[str, list[float]] = {name: [] for name in asked}
    firsts: list[float] = []
    with separate_simulator(f"{SLOW}=400,200", f"{FAST}=100,400") as address:
        connection = Connection(api_key=PLACEHOLDER_KEY, base_url=address)
        runner = Runner()
        try:
            for at in range(rounds + 1):
                for name, models in asked.items():
                    wall_s, first_s = _one_run(runner, connection, models)
                    if at:
                        walls[name].append(wall_s)
                        firsts += [first_s - 0.1] if name == "both" else []
        finally:
            runner.close()
    slower = p50(walls["slow alone"])
    rows = [
        [name, ms(p50(taken)), ms(p95(taken)), ratio(p50(taken) / slower, WALL_BUDGET)] for name, taken in walls.items()
    ]
    show(
        f"The engine alone, start -> finished, ms of {rounds} in turns; budget of both {WALL_BUDGET}",
        ["run", "p50", "p95", "p50 / slow alone"],
        rows,
    )
    print(
        f"\nFast first token beside the slow model, above its 100 ms: p50 {ms(p50(firsts))} ms, p95 {ms(p95(firsts))}."
    )


def _one_run(runner: Runner, connection: Connection, models: Sequence[str]) -> tuple[float, float]:
    """Seconds from start to finished, and to the first token of the last model named."""
    began = time.perf_counter()
    run = runner.start(connection, [Request(model=model, prompt=_PROMPT) for model in models])
    version = 0
    while not run.finished:
        version = run.wait(version, 1.0)
    wall_s = time.perf_counter() - began
    lanes = run.snapshot().lanes
    failures = [lane.failure.sentence for lane in lanes if lane.failure]
    if failures:
        raise RuntimeError(failures[0])
    return wall_s, lanes[-1].first_token_s or float("nan")


def main() -> None:
    """Measure everything and print it; about 8 minutes with 12 rounds."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=12, choices=range(1, 51), metavar="N")
    parser.add_argument("--tokens-per-chunk", type=int, default=1, choices=range(1, 101), metavar="N")
    options = parser.parse_args()
    load = Load()
    engine(options.rounds)
    pages(options.rounds, options.tokens_per_chunk)
    load.report()


if __name__ == "__main__":
    main()
