"""A server that ends in the middle of a run loses nothing that had arrived, whichever database keeps the history."""

import re
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from components.history.records import RunRecord
from components.history.store import open_store
from tests.browser.driver import FLASH, PRO, App, Screen
from tests.history.postgres import Cluster

pytestmark = pytest.mark.browser

SLOW = "[[simulate first-token-ms=50 tokens-per-second=60 tokens-per-chunk=4]]"
SENTENCE = "Interrupted: the server ended while this answer was arriving. What had arrived is kept."


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[dict[str, str], str]]:
    """The setting that gives a server its database, and the database's address: the default file, then PostgreSQL."""
    if request.param == "sqlite":
        yield {}, f"sqlite:///{tmp_path / '.local' / 'share' / 'gemini-pro-or-flash' / 'history.sqlite'}"
        return
    cluster: Cluster = request.getfixturevalue("postgres")
    url = cluster.fresh()
    yield {"DATABASE_URL": url}, url
    cluster.drop(url)


def letters(markdown: str) -> str:
    """What a reader sees of a Markdown text, whatever its layout: its letters without the language of code."""
    return re.sub(r"[^A-Za-z]", "", re.sub(r"```\w*", "", markdown))


def shown(screen: Screen) -> list[str]:
    return [letters(screen.answer_text(side)) for side in (0, 1)]


def start_and_watch(screen: Screen, prompt: str) -> str:
    """Start a run and return when both answers stand on screen with more to come."""
    run = screen.send(prompt)
    for side in (0, 1):
        expect(screen.answer(side)).to_contain_text("The prompt reads")
        expect(screen.head(side)).to_contain_text("Writing")
    return run


def recorded(url: str, run: str) -> RunRecord:
    store = open_store(url)
    try:
        record = store.get(run, "")
    finally:
        store.close()
    assert record is not None
    return record


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM], ids=["killed", "terminated"])
def test_what_stood_on_screen_when_the_server_ended_is_kept_and_reopens_as_interrupted(
    visit: Callable[..., Screen],
    own_app: Callable[..., App],
    database: tuple[dict[str, str], str],
    how: signal.Signals,
) -> None:
    environment, url = database
    first = own_app(environment)
    screen = visit("playground", on=first)
    run = start_and_watch(screen, f"What is a zebrafish? {SLOW}")
    seen = shown(screen)
    first.end(how)
    if how is signal.SIGTERM:
        # Nothing moves on the screen any more, so it holds the last of what had been sent to it. A killed server may
        # have sent it in the few milliseconds before it is written.
        seen = shown(screen)
    record = recorded(url, run)
    for lane, text in zip(record.lanes, seen, strict=True):
        assert len(text) > 50
        assert letters(lane.text).startswith(text)
        assert (lane.status, lane.stop_reason) == ("interrupted", SENTENCE)
        assert lane.facts["served_model"] == lane.model
    assert [lane.model for lane in record.lanes] == [PRO, FLASH]

    second = own_app(environment)
    again = visit(f"playground?run={run}", on=second)
    for side, lane in enumerate(record.lanes):
        expect(again.head(side)).to_contain_text("Interrupted")
        expect(again.answer(side)).to_contain_text(SENTENCE)
        assert letters(again.answer_text(side)) == letters(lane.text)
    assert again.figures()["Requested model"] == [PRO, FLASH]
    expect(again.prompt).to_have_value(re.compile("^What is a zebrafish"))
    expect(again.stop_button).to_be_disabled()

    listed = visit("history?state=interrupted&q=zebrafish", on=second)
    (row,) = listed.main.locator("li.run").all()
    expect(row).to_contain_text("What is a zebrafish?")
    expect(row.locator(".chip")).to_contain_text(["interrupted"])
    assert f"run={run}" in (row.get_by_role("link", name="Open:").get_attribute("href") or "")


def test_a_tab_left_open_goes_on_where_the_server_comes_back(
    visit: Callable[..., Screen], own_app: Callable[..., App]
) -> None:
    first = own_app()
    screen = visit("playground", on=first)
    run = start_and_watch(screen, f"What is a wolverine? {SLOW}")
    seen = shown(screen)
    first.end(signal.SIGKILL)
    own_app(port=first.port)
    for side in (0, 1):
        expect(screen.answer(side)).to_contain_text(SENTENCE, timeout=30_000)
        assert letters(screen.answer_text(side)).startswith(seen[side])
    assert screen.asked["run"] == run
    screen.settle()
    screen.run("What is a lynx? [[simulate first-token-ms=20 tokens-per-second=2000]]")
    assert screen.figures()["Finish reason"] == ["STOP", "STOP"]
