"""The arrows between the parts run one way; this reads the imports and holds it."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCES = sorted(
    [ROOT / "app.py", *ROOT.glob("pages/*.py"), *ROOT.glob("catalog/**/*.py"), *ROOT.glob("components/**/*.py")]
)
LONERS = {"charts", "gemini", "history"}


def imported(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} imports relatively"
            names.add(node.module or "")
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def tops(path: Path) -> set[str]:
    return {name.split(".")[0] for name in imported(path)}


def component(path: Path) -> str:
    return path.relative_to(ROOT / "components").parts[0]


def is_panel(path: Path) -> bool:
    """A panel is a file, or a folder where one file would not fit a screen."""
    return path.name == "panel.py" or path.parent.name == "panel"


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_arrows_run_from_pages_to_components_to_catalog(path: Path) -> None:
    part = path.relative_to(ROOT).parts[0]
    if part == "catalog":
        assert not tops(path) & {"streamlit", "plotly", "google", "components", "pages", "httpx2", "pandas", "numpy"}
    if part == "components":
        assert not tops(path) & {"pages", "app"}
    if part == "pages":
        assert not tops(path) & {"pandas", "plotly", "google", "httpx2", "sqlalchemy"}


@pytest.mark.parametrize(
    "path", sorted(ROOT.glob("components/*/**/*.py")), ids=lambda path: path.as_posix()[len(str(ROOT)) :]
)
def test_components_keep_to_themselves(path: Path) -> None:
    names = imported(path)
    own = component(path)
    others = {name.split(".")[1] for name in names if name.startswith("components.")} - {own}
    if own in LONERS:
        assert not others
    panels = {name for name in names if name.startswith("components.") and name.split(".")[2:3] == ["panel"]}
    assert not {name for name in panels if not (is_panel(path) and name.split(".")[1] == own)}
    if not is_panel(path) and own != "frame":
        assert "streamlit" not in tops(path)
    if own != "gemini":
        assert "google" not in tops(path)


def test_no_file_has_a_name_that_says_nothing() -> None:
    assert not [path for path in SOURCES if path.stem in {"utils", "helpers", "common", "misc", "core"}]


def test_the_frame_stays_small() -> None:
    assert len((ROOT / "app.py").read_text(encoding="utf-8").splitlines()) < 40


def test_each_page_makes_sure_of_its_frame_first() -> None:
    for page in ROOT.glob("pages/*.py"):
        lines = page.read_text(encoding="utf-8").splitlines()
        assert lines[:3] == ["from components.frame.navigation import inside_frame", "", "inside_frame()"], page.name
