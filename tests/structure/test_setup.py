"""The README's two commands are the whole set-up, and what runs for everyone is what the README says."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
RUN = "python3 -m venv .venv && .venv/bin/pip install -r requirements.txt && .venv/bin/streamlit run app.py"
TEST = "python3 -m venv .venv && .venv/bin/pip install -r tests/requirements.txt && .venv/bin/pytest"


def test_the_readme_has_exactly_two_set_up_commands() -> None:
    blocks = re.findall(r"```sh\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    assert [block.strip() for block in blocks] == [RUN, TEST]


def test_ci_calls_exactly_the_test_command() -> None:
    assert TEST in (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()


def test_every_dependency_is_bounded_and_justified() -> None:
    for name in ("requirements.txt", "tests/requirements.txt"):
        for line in (ROOT / name).read_text(encoding="utf-8").splitlines():
            if not line.startswith("-r "):
                assert re.fullmatch(r"[\w-]+(\[\w+\])?>=[\d.]+,<[\d.]+  # .{15,}", line), line


def test_nothing_leaves_for_usage_statistics() -> None:
    assert "gatherUsageStats = false" in (ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8")
