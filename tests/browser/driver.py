"""The running app and a browser window on it, as the browser tests and shots.py drive them."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Literal
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import (
    Browser,
    BrowserContext,
    Error,
    Locator,
    Page,
    Playwright,
    Request,
    ViewportSize,
    WebSocket,
    expect,
)

ROOT = Path(__file__).resolve().parents[2]
PRO = "gemini-2.0-pro-exp-02-05"
FLASH = "gemini-2.0-flash"
DESKTOP = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}
PAGES = {
    "Overview": "",
    "Compare": "compare",
    "Benchmarks": "benchmarks",
    "Architecture": "architecture",
    "Advisor": "advisor",
    "Cost": "cost",
    "Playground": "playground",
    "Documents": "documents",
    "Batch": "batch",
    "History": "history",
    "Report": "report",
    "All models": "models",
    "Model card": "model",
    "Sources and glossary": "sources",
}
QUICK = "[[simulate first-token-ms=20 tokens-per-second=2000]]"

_START_LIMIT_S = 30
_PATIENCE_MS = 10_000
_INHERITED = ("PATH", "LANG", "LC_ALL", "TMPDIR", "SYSTEMROOT")
_SERVER = ("--server.address", "127.0.0.1", "--server.headless", "true", "--server.fileWatcherType", "none")
# The first has no windows of its own to draw, which takes a fifth off the time.
_CHROMIUM = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    "--no-first-run",
    # A page of a test lives too briefly for optimised code, or for tidying up after every megabyte, to pay.
    "--js-flags=--no-opt --min-semi-space-size=32",
)
_NEXT_FRAMES = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
# The process of a tab keeps a little of every page, and is slow at last.
_MOST_VISITS = 20
_IDLE = "[data-testid=stApp][data-test-script-state=notRunning][data-test-connection-state=CONNECTED]"


@dataclass(frozen=True)
class App:
    """A server of the app that accepts visitors at `url` and writes what it says into `log`."""

    url: str
    log: Path
    _process: subprocess.Popen[bytes] = field(repr=False)

    @property
    def port(self) -> int:
        return urlsplit(self.url).port or 0

    def log_text(self) -> str:
        return self.log.read_text(errors="replace")

    def end(self, how: signal.Signals = signal.SIGTERM) -> None:
        """End the server by a signal and wait until it is gone; SIGKILL leaves it no time for anything."""
        self._process.send_signal(how)
        self._process.wait(_START_LIMIT_S)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def is_free(port: int) -> bool:
    """Whether a server can be started there."""
    with socket.socket() as probe:
        # As a server does, or a connection that has just ended would still be in the way.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


@contextmanager
def running_app(folder: Path, environment: Mapping[str, str] | None = None, port: int = 0) -> Iterator[App]:
    """A server in an environment without any key, which ends with the `with` block, if it has not ended before.

    `folder` is its home: it takes the history and the log, and a second server in it finds the runs of the first. Port
    0 is any free one. Whatever it would send beyond this machine goes to a closed port.
    """
    port = port or free_port()
    log = folder / f"server-{port}.log"
    clean = {name: os.environ[name] for name in _INHERITED if name in os.environ}
    nowhere = {"HTTPS_PROXY": "http://127.0.0.1:9", "HTTP_PROXY": "http://127.0.0.1:9", "NO_PROXY": "127.0.0.1"}
    with log.open("ab") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "streamlit", "run", "app.py", *_SERVER, "--server.port", str(port)],
            cwd=ROOT,
            env=clean | nowhere | {"HOME": str(folder)} | dict(environment or {}),
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
        )
    app = App(f"http://127.0.0.1:{port}", log, process)
    try:
        _await_health(app, process)
        yield app
    finally:
        process.terminate()
        process.wait(_START_LIMIT_S)


def assert_quiet(app: App) -> None:
    """The server has met no exception that it did not handle, and no thread that it does not know."""
    said = app.log_text()
    assert "Traceback" not in said, said
    assert "ScriptRunContext" not in said, said


def _await_health(app: App, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + _START_LIMIT_S
    while True:
        try:
            with urllib.request.urlopen(f"{app.url}/_stcore/health", timeout=1):
                return
        except OSError:
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"The app did not start:\n{app.log_text()}") from None
            time.sleep(0.02)


def launch(playwright: Playwright) -> Browser:
    """The Chromium of this machine, else Playwright's own."""
    found = next(filter(None, map(shutil.which, _CHROMIUM)), None)
    return playwright.chromium.launch(executable_path=found, args=list(_FLAGS))


@contextmanager
def window(
    browser: Browser,
    app: App,
    path: str = "",
    *,
    size: Mapping[str, int] = DESKTOP,
    scheme: Literal["light", "dark"] = "light",
    settled: bool = True,
) -> Iterator["Screen"]:
    """A window of its own on a page, which ends with the proof that nothing left this machine and nothing crashed.

    With settled=False it does not wait for the end of the page's script, which a run in progress puts off.
    """
    page, visits = _idle(browser).pop() if _idle(browser) else (_context(browser).new_page(), 0)
    screen = Screen(page, app)
    try:
        page.set_viewport_size(ViewportSize(width=size["width"], height=size["height"]))
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        screen.open(path, settled)
        yield screen
        if not page.is_closed():
            screen.leave()
            if visits + 1 < _MOST_VISITS:
                _idle(browser).append((page, visits + 1))
            else:
                page.close()
    except BaseException:
        page.close()
        raise
    screen.assert_sound()


@cache
def _context(browser: Browser) -> BrowserContext:
    """One context for all windows, so that Streamlit's own code is read and compiled once and not for every test."""
    return browser.new_context()


@cache
def _idle(browser: Browser) -> list[tuple[Page, int]]:
    """Tabs that a window has left and the next one takes, each with how many there were: a new tab starts a process,
    which takes half of a visit."""
    return []


class Screen:
    """A tab on the app. It notes every request that leaves this machine and every exception of the page."""

    def __init__(self, page: Page, app: App) -> None:
        self.page = page
        self.app = app
        self.foreign: list[str] = []
        self.crashes: list[str] = []
        page.set_default_timeout(_PATIENCE_MS)
        page.on("request", self._note)
        page.on("websocket", self._note)
        page.on("pageerror", self._note_crash)

    def _note(self, request: Request | WebSocket) -> None:
        parts = urlsplit(request.url)
        if parts.scheme not in ("data", "blob") and parts.hostname != "127.0.0.1":
            self.foreign.append(request.url)

    def _note_crash(self, error: Error) -> None:
        self.crashes.append(str(error))

    def leave(self) -> None:
        """Empty the tab for the next window, which must find nothing that this one left behind."""
        self.page.evaluate("() => { localStorage.clear(); sessionStorage.clear() }")
        self.page.goto("about:blank")
        self.page.mouse.move(0, 0)
        self.page.remove_listener("request", self._note)
        self.page.remove_listener("websocket", self._note)
        self.page.remove_listener("pageerror", self._note_crash)

    def assert_sound(self) -> None:
        assert not self.foreign, f"requests left this machine: {self.foreign}"
        assert not self.crashes, f"the page raised: {self.crashes}"

    def open(self, path: str = "", settled: bool = True) -> None:
        self.page.goto(f"{self.app.url}/{path}")
        self.page.locator("h1").first.wait_for()
        if settled:
            self.settle()

    def settle(self) -> None:
        """Wait until no script runs and everything that it sent has been drawn."""
        # A script that a click or a link has only just asked for starts within a few frames.
        for _ in range(2):
            self.page.locator(_IDLE).wait_for()
            expect(self.page.get_by_test_id("stSkeleton")).to_have_count(0)
            self.page.evaluate(_NEXT_FRAMES)

    def show_in(self, scheme: Literal["light", "dark"]) -> None:
        """Switch the theme, as the system's own switch would."""
        self.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        self.page.wait_for_function(
            "scheme => getComputedStyle(document.querySelector('.stApp')).colorScheme === scheme", arg=scheme
        )
        self.page.evaluate(_NEXT_FRAMES)

    def go_to(self, title: str) -> None:
        """Use the navigation, pressing the mouse button as long as people do."""
        self.link(title).click(delay=100)
        expect(self.page).to_have_url(re.compile(rf"{re.escape(self.app.url)}/{PAGES[title]}(\?.*)?$"))
        self.settle()

    def link(self, title: str) -> Locator:
        return self.page.get_by_test_id("stSidebarNav").get_by_role("link", name=title)

    def keyed(self, key: str) -> Locator:
        """The element of a widget or container by its key, without its hidden double from the script run before."""
        return self.page.locator(f".st-key-{key}").filter(visible=True)

    @property
    def asked(self) -> dict[str, str]:
        """The parameters in the address."""
        return {name: values[0] for name, values in parse_qs(urlsplit(self.page.url).query).items()}

    @property
    def text(self) -> str:
        return self.page.locator("body").inner_text()

    @property
    def main(self) -> Locator:
        return self.page.get_by_test_id("stMain")

    # The playground.

    @property
    def prompt(self) -> Locator:
        return self.keyed("playground_prompt").locator("textarea")

    @property
    def run_button(self) -> Locator:
        return self.keyed("playground_run").get_by_role("button")

    @property
    def stop_button(self) -> Locator:
        return self.keyed("playground_stop").get_by_role("button")

    def answer(self, side: int) -> Locator:
        return self.keyed(f"playground_answer_{side}")

    def head(self, side: int) -> Locator:
        return self.answer(side).locator(".lane-head")

    def answer_text(self, side: int) -> str:
        """What the model wrote, without the head above it, its thoughts and the sentence below it."""
        own = "[data-testid=stMarkdown]:not([data-testid=stExpander] *)"
        pieces = self.answer(side).locator(own).all_inner_texts()
        return "\n".join(pieces).strip()

    def send(self, prompt: str) -> str:
        """Type a prompt, run it, and return the id of the run as soon as the address has it."""
        before = self.asked.get("run")
        self.prompt.fill(prompt)
        self.prompt.press("Control+Enter")
        self.page.wait_for_function(
            "before => { const id = new URL(location.href).searchParams.get('run'); return id && id !== before }",
            arg=before,
        )
        return self.asked["run"]

    def run(self, prompt: str) -> str:
        """Type a prompt, run it and wait for its end."""
        run = self.send(prompt)
        self.finish()
        return run

    def finish(self) -> None:
        self.page.locator("table.figures").wait_for(timeout=30_000)
        # The measures may still be those of the run before.
        expect(self.stop_button).to_be_disabled(timeout=30_000)
        self.settle()

    def figures(self) -> dict[str, list[str]]:
        """The table of measures without the published figures: a list of texts, one a model, for each label."""
        rows = self.page.locator("table.figures tbody tr").evaluate_all(
            "rows => rows.map(row => [...row.cells].map(cell => "
            "(cell.querySelector('.measured') ?? cell).textContent.trim()))"
        )
        return {label: texts for label, *texts in rows}

    def choose(self, key: str, option: str) -> None:
        """Pick an option of a select box or add one to a multiselect, by typing it."""
        # A list that is drawn anew between press and release swallows the click, and a visitor clicks again.
        for _ in range(3):
            field = self.keyed(key).get_by_role("combobox")
            field.click()
            field.fill(option)
            self.page.get_by_role("option", name=option, exact=True).click()
            self.settle()
            if self._has_chosen(key, option):
                return
        raise AssertionError(f"{option} cannot be chosen in {key}")

    def _has_chosen(self, key: str, option: str) -> bool:
        widget = self.keyed(key)
        return option in widget.inner_text() or widget.get_by_role("combobox").input_value() == option

    def open_popover(self, label: str) -> None:
        self.page.get_by_test_id("stPopover").get_by_role("button", name=label).click()
        self.page.get_by_test_id("stPopoverBody").wait_for()
