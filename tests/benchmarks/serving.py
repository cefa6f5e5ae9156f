"""Starts Streamlit apps for measuring: the product, and empty pages with the same settings to hold it against."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

PRODUCT = Path(__file__).resolve().parents[2]
EMPTY_PAGE = 'import streamlit as st\n\nst.title("Empty")\n'
_START_LIMIT_S = 60.0
_POLL_S = 0.005
# A key or an address of the machine's own must not send a benchmark anywhere, nor its runs into somebody's history.
_KEPT_OUT = re.compile(
    r"^(GOOGLE_|GEMINI_|STREAMLIT_|DATABASE_URL$|HISTORY_FILE$|https?_proxy$|all_proxy$)", re.IGNORECASE
)


@dataclass(frozen=True)
class Server:
    """A running app. `healthy_s` is the time from the start of its process to the first 200 of its health check."""

    url: str
    pid: int
    began: float
    healthy_s: float

    @property
    def rss_mb(self) -> float:
        """Resident memory of the server process in MB (10^6 bytes); NaN on systems without /proc."""
        try:
            pages = int(Path(f"/proc/{self.pid}/statm").read_text(encoding="ascii").split()[1])
        except OSError:
            return float("nan")
        return pages * os.sysconf("SC_PAGE_SIZE") / 1e6

    @property
    def cpu_s(self) -> float:
        """Processor time that the server process has used, in seconds and steps of 10 ms; NaN without /proc."""
        try:
            # The name in parentheses may hold blanks.
            fields = Path(f"/proc/{self.pid}/stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2]
        except OSError:
            return float("nan")
        return sum(int(word) for word in fields.split()[11:13]) / os.sysconf("SC_CLK_TCK")

    @property
    def threads(self) -> int:
        """How many threads the server process has; 0 on systems without /proc."""
        tasks = Path(f"/proc/{self.pid}/task")
        return len(list(tasks.iterdir())) if tasks.exists() else 0


@contextmanager
def served(folder: Path, script: str = "app.py", environment: Mapping[str, str] | None = None) -> Iterator[Server]:
    """Run `streamlit run` in a folder on a free port of 127.0.0.1, and end it with the block.

    The history is an empty file of its own, unless the environment names another place.

    Raises RuntimeError when it does not come up, and when its log holds a traceback at the end.
    """
    # Ended from outside, the blocks that end the servers still have to run.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("Ended by SIGTERM."))
    port = _free_port()
    inherited = {name: value for name, value in os.environ.items() if not _KEPT_OUT.match(name)}
    command = [
        *(sys.executable, "-m", "streamlit", "run", script),
        *("--server.address", "127.0.0.1", "--server.port", str(port)),
        *("--server.headless", "true", "--server.fileWatcherType", "none"),
    ]
    with (
        tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as log,
        tempfile.TemporaryDirectory() as home,
    ):
        given = {"HISTORY_FILE": str(Path(home) / "history.sqlite")} | dict(environment or {})
        began = time.perf_counter()
        process = subprocess.Popen(command, cwd=folder, env=inherited | given, stdout=log, stderr=subprocess.STDOUT)
        try:
            url = f"http://127.0.0.1:{port}"
            _wait_until_healthy(url, process)
            yield Server(url, process.pid, began, time.perf_counter() - began)
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            log.seek(0)
            text = log.read()
            if "Traceback" in text:
                print(text[-4000:], file=sys.stderr)
        if "Traceback" in text:
            raise RuntimeError("The server's log holds a traceback, so what was measured counts for nothing.")


@contextmanager
def empty_app(script: str = EMPTY_PAGE, **more_files: str) -> Iterator[Path]:
    """A temporary folder with a small app and the product's own settings; `more_files` are pages by their name."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "app.py").write_text(script, encoding="utf-8")
        for page, text in more_files.items():
            (folder / f"{page}.py").write_text(text, encoding="utf-8")
        shutil.copytree(PRODUCT / ".streamlit", folder / ".streamlit", ignore=shutil.ignore_patterns("secrets.toml"))
        yield folder


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def _wait_until_healthy(url: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.perf_counter() + _START_LIMIT_S
    # No proxy of the environment may stand between.
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    while time.perf_counter() < deadline and process.poll() is None:
        try:
            with direct.open(f"{url}/_stcore/health", timeout=1) as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, OSError):
            time.sleep(_POLL_S)
    raise RuntimeError("The app did not start.")
