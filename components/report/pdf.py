"""A report as PDF, printed by the Chromium of the server where it has one: offline, in a profile of its own."""

import os
import shutil
import signal
import subprocess
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

Paper = Literal["A4", "Letter"]

# Names the browser where it is not in the PATH, as other tools that print with Chromium have it.
VARIABLE = "CHROME_PATH"
_NAMES = (
    "chromium-headless-shell",
    "chrome-headless-shell",
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
)
_SECONDS = 60.0
_LONGEST = 12_000_000
_MOST_KB = 3_000_000
_FLAGS = (
    "--headless",
    "--disable-gpu",
    "--disable-extensions",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-dev-shm-usage",
    "--disable-sync",
    "--disable-quic",
    "--no-first-run",
    "--no-default-browser-check",
    "--no-pdf-header-footer",
    # The page reaches nobody, whatever is in it.
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--proxy-server=http://127.0.0.1:9",
    "--proxy-bypass-list=<-loopback>",
)


class NotPrinted(Exception):
    """There is no PDF; the message says in a sentence why, and what to do instead."""


def available() -> bool:
    """Whether this server has a browser that prints."""
    return _browser() is not None


def pdf(html: str, paper: Paper = "A4", seconds: float = _SECONDS) -> bytes:
    """The light HTML file of a report as PDF on paper of this size, printed within so many seconds.

    Raises NotPrinted without a browser, for a file that is too long, and when the browser fails or takes too long.
    """
    browser = _browser()
    if browser is None:
        raise NotPrinted(
            "This server has no Chromium to print with. Open the HTML file in your own browser and print it from there."
        )
    if len(html) > _LONGEST:
        raise NotPrinted("The report is too long to print. Leave out some runs or sections and try again.")
    with TemporaryDirectory(prefix="report-pdf-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        page, printed = folder / "report.html", folder / "report.pdf"
        page.write_text(_sized(html, paper), encoding="utf-8", errors="replace")
        _run(_command(browser, folder, page, printed), folder, seconds)
        content = printed.read_bytes() if printed.exists() else b""
    if not content.startswith(b"%PDF"):
        raise NotPrinted("The browser of this server made no PDF. Open the HTML file in your own browser and print it.")
    return content


def _browser() -> str | None:
    named = os.environ.get(VARIABLE)
    return next(filter(None, map(shutil.which, (named, *_NAMES) if named else _NAMES)), None)


def _sized(html: str, paper: Paper) -> str:
    """The file with the size of the paper at the end of its styles."""
    return html.replace("</head>", f"<style>@page {{ size: {paper} }}</style></head>", 1)


def _command(browser: str, folder: Path, page: Path, printed: Path) -> list[str]:
    # As root, which containers run as, Chromium starts only without its sandbox.
    rooted = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    own = [f"--user-data-dir={folder / 'profile'}", f"--print-to-pdf={printed}", page.as_uri()]
    return [*_bounds(), browser, *_FLAGS, *rooted, *own]


def _bounds() -> list[str]:
    """A shell that bounds the memory of each process before it becomes the browser; nothing where there is none."""
    shell = shutil.which("sh")
    return [shell, "-c", f'ulimit -d {_MOST_KB} 2>/dev/null; exec "$@"', "print"] if shell else []


def _run(command: Sequence[str], folder: Path, seconds: float) -> None:
    """Runs the browser without the secrets of this process, and ends it with all its children."""
    environment = {"PATH": os.environ.get("PATH", ""), "HOME": str(folder), "TMPDIR": str(folder)}
    process = subprocess.Popen(
        command,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        raise NotPrinted(
            f"Printing took longer than {seconds:g} seconds and was ended. Print the HTML file from your own browser."
        ) from None
    finally:
        _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    if hasattr(os, "killpg"):
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()
    process.wait()
