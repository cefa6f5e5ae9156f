"""LibreOffice at work on files: what a spreadsheet program makes of a workbook, formulas worked out anew."""

import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest


def converted(files: Mapping[str, bytes], folder: Path) -> dict[str, Path]:
    """The workbooks as LibreOffice saves them after it has calculated every formula, by name.

    Where LibreOffice Calc is not installed the test is skipped, but never in CI.
    """
    program = shutil.which("soffice")
    if program is None:
        reason = "LibreOffice Calc is not installed"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    (folder / "in").mkdir()
    for name, data in files.items():
        (folder / "in" / f"{name}.xlsx").write_bytes(data)
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    done = subprocess.run(
        [
            program,
            profile,
            "--headless",
            "--convert-to",
            "xlsx",
            "--outdir",
            folder / "out",
            *(folder / "in").iterdir(),
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=120,
        check=False,
    )
    found = {name: folder / "out" / f"{name}.xlsx" for name in files}
    assert all(path.exists() for path in found.values()), done.stdout.decode(errors="replace")
    return found
