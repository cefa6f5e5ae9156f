"""Two servers on one PostgreSQL: each shows what the other answers, while it grows and afterwards."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import expect

from tests.browser.driver import App, Screen
from tests.history.postgres import Cluster

pytestmark = pytest.mark.browser

SLOW = "[[simulate first-token-ms=50 tokens-per-second=40 tokens-per-chunk=4]]"


@pytest.fixture
def two(own_app: Callable[..., App], postgres: Cluster) -> Iterator[tuple[App, App]]:
    url = postgres.fresh()
    yield own_app({"DATABASE_URL": url}), own_app({"DATABASE_URL": url})
    postgres.drop(url)


def test_a_run_of_one_server_grows_on_the_screen_of_the_other_and_is_found_there(
    visit: Callable[..., Screen], two: tuple[App, App]
) -> None:
    here, there = two
    # Its page is warm when the run begins, so that there is something left to see.
    other = visit("playground", on=there)
    asking = visit("playground", on=here)
    run = asking.send(f"What is an axolotl? {SLOW}")
    other.open(f"playground?run={run}", settled=False)
    for side in (0, 1):
        expect(other.answer(side)).to_contain_text("The prompt reads")
        expect(other.head(side)).to_contain_text("Writing")
    early = [len(other.answer_text(side)) for side in (0, 1)]
    listed = visit("history?state=running&q=axolotl", on=there)
    expect(listed.main.locator("li.run")).to_have_count(1)
    for side in (0, 1):
        expect(other.head(side)).to_contain_text("Done", timeout=30_000)
        assert len(other.answer_text(side)) > early[side]
    asking.finish()
    other.finish()
    for side in (0, 1):
        assert other.answer_text(side) == asking.answer_text(side)
    assert other.figures() == asking.figures()
    found = visit("history?state=complete&q=zzz", on=there)
    expect(found.main).to_contain_text("No run fits these filters.")
    found.open("history?state=complete&q=axolotl")
    expect(found.main.locator("li.run")).to_contain_text("What is an axolotl?")
