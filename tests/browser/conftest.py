"""A server for the session, a browser for the session, and a fresh window for every test."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from tests.browser.driver import App, Screen, assert_quiet, free_port, is_free, launch, running_app, window
from tests.history.postgres import postgres as postgres


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    # Other workers take their share of the machine: the limit is there for what never comes, not for what waits.
    expect.set_options(timeout=20_000)
    with sync_playwright() as playwright:
        browser = launch(playwright)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """The app without a key, shared by all tests; its log must be clean at the end."""
    with running_app(tmp_path_factory.mktemp("app")) as started:
        yield started
    assert_quiet(started)


@pytest.fixture
def visit(chromium: Browser, request: pytest.FixtureRequest) -> Iterator[Callable[..., Screen]]:
    """Opens a window of its own on a page: visit("compare", size=PHONE, scheme="dark", on=another_app)."""
    with ExitStack() as windows:

        def open_window(path: str = "", *, on: App | None = None, **how: Any) -> Screen:
            return windows.enter_context(window(chromium, on or request.getfixturevalue("app"), path, **how))

        yield open_window


@pytest.fixture(scope="session")
def ports() -> list[int]:
    """Where servers of single tests stand, for a browser keeps Streamlit's compiled code by address."""
    return [free_port(), free_port()]


@pytest.fixture
def own_app(tmp_path: Path, ports: list[int]) -> Iterator[Callable[..., App]]:
    """Starts a server for one test alone: own_app({"GEMINI_API_KEY": "..."}). All that a test starts share a home."""
    started: list[App] = []
    with ExitStack() as servers:

        def start(environment: dict[str, str] | None = None, port: int = 0) -> App:
            # Never a port that this test has used: a tab that is still open there would go on with the new server.
            known = next((each for each in ports[len(started) :] if is_free(each)), 0)
            started.append(servers.enter_context(running_app(tmp_path, environment, port or known)))
            return started[-1]

        yield start
    for app in started:
        assert_quiet(app)
