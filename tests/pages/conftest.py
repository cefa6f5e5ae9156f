"""Pages run as a visitor meets them, without a browser."""

import json
import logging
import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest
import streamlit as st
from streamlit.components.v2 import manifest_scanner
from streamlit.testing.v1 import AppTest

ROOT = Path(__file__).resolve().parents[2]
KEYS = ("GEMINI_API_KEY", "GOOGLE_API_KEY", "GOOGLE_GEMINI_BASE_URL", "GOOGLE_GENAI_USE_VERTEXAI")

Open = Callable[..., AppTest]


@pytest.fixture(autouse=True)
def quiet_and_without_a_key(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.setenv("HISTORY_FILE", str(tmp_path / "history.sqlite"))
    logging.getLogger("streamlit").setLevel(logging.ERROR)
    for name in KEYS:
        monkeypatch.delenv(name, raising=False)
    yield
    st.cache_resource.clear()


@pytest.fixture(autouse=True, scope="session")
def installed_components() -> Iterator[None]:
    """Streamlit searches all installed packages for components at each AppTest, which takes longer than a page."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(manifest_scanner, "scan_component_manifests", cache(manifest_scanner.scan_component_manifests))
        yield


@pytest.fixture
def open_page(monkeypatch: pytest.MonkeyPatch) -> Open:
    """Opens a page by its file name with the address's parameters, and requires that it shows no exception."""
    monkeypatch.chdir(ROOT)

    def opened(page: str, **parameters: str) -> AppTest:
        app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=30)
        app.run()
        for name, value in parameters.items():
            app.query_params[name] = value
        app.switch_page(f"pages/{page}.py").run()
        assert not app.exception
        return app

    return opened


@pytest.fixture
def html_of() -> Callable[[AppTest], list[str]]:
    """Reads every piece of HTML on a page, folded proofs opened."""

    def read(app: AppTest) -> list[str]:
        folded = [json.loads(each.proto.json) for each in app.get("bidi_component") if '"bodies"' in each.proto.json]
        return [element.proto.body for element in app.get("html")] + [
            re.sub(r'<div data-fold="(\d+)"></div>', lambda slot, one=one: one["bodies"][int(slot[1])], one["html"])
            for one in folded
        ]

    return read
