"""What a cache has saved by the service's own counts, worked out by hand from the catalog's prices."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from catalog.loading import load
from components.documents.caches import CacheBook, CacheKey, Kept, saved
from components.documents.markup import cache_words
from components.gemini.caching import Cache
from components.gemini.request import Request
from components.gemini.settings import Connection
from components.gemini.stream import Chunk, Facts, Usage
from components.playground.lanes import LaneSnapshot, Run

ON = date(2026, 11, 26)
START = datetime(2026, 11, 26, 12, tzinfo=UTC)
CATALOG = load()
FLASH = CATALOG.models["gemini-2.5-flash"]
KEY = CacheKey(Connection(api_key=None, base_url=None), "gemini-2.5-flash", "", ("d",))


def lane(read: int, cached: int | None) -> LaneSnapshot:
    run = Run([Request("gemini-2.5-flash", "?")], created=START)
    run.receive(0, Chunk(0.1, "An answer."), Facts(Usage(input_tokens=read, cached_tokens=cached)))
    run.finish(0)
    return run.snapshot().lanes[0]


def kept(tokens: int = 1_000_000, hours: float = 2) -> Kept:
    return Kept(Cache("caches/1", "gemini-2.5-flash", tokens, START + timedelta(hours=hours)), START)


def test_what_was_saved_and_what_the_cache_cost_are_worked_out_from_counts_and_prices() -> None:
    lanes = [lane(1_000_100, 1_000_000), lane(1_000_200, 1_000_000)]
    found = saved(FLASH, kept(), lanes, START + timedelta(minutes=30), ON, vertexai=False)
    assert (found.questions, found.tokens) == (2, 2_000_000)
    # $0.30 a million tokens of input, $0.03 from a cache, $1.00 a million tokens and hour of storage.
    assert found.saved_usd == Decimal("0.54")
    assert found.made_usd == Decimal("0.30")
    assert found.stored_usd == Decimal("0.50")
    assert found.net_usd == Decimal("-0.26")


def test_storage_ends_with_the_cache() -> None:
    late = START + timedelta(days=3)
    assert saved(FLASH, kept(), [], late, ON, False).stored_usd == Decimal("2.00")
    deleted = Kept(kept().cache, START, ended=START + timedelta(minutes=6))
    assert saved(FLASH, deleted, [], late, ON, False).stored_usd == Decimal("0.10")


def test_without_a_price_nothing_is_made_up() -> None:
    free = CATALOG.find("gemini-2.0-pro-exp-02-05")
    found = saved(free, kept(), [lane(100, 50)], START, ON, False)
    assert found.net_usd is None
    assert "free while on trial" in found.no_price
    assert cache_words("2.0 Pro", kept(), found).startswith("1 question read 50 tokens from the cache of 2.0 Pro. What")


def test_the_sentence_says_what_is_left_to_save() -> None:
    found = saved(FLASH, kept(), [lane(1_000_100, 1_000_000)], START + timedelta(minutes=30), ON, False)
    assert cache_words("2.5 Flash", kept(), found) == (
        "1 question read 1,000,000 tokens from the cache of 2.5 Flash, which saved $0.27; making and keeping it has "
        "cost $0.80 so far. Net: $0.53 more than without it; further questions make up for it."
    )


@pytest.mark.parametrize(("minutes", "there"), [(0, True), (118, True), (119.5, False), (121, False)])
def test_a_cache_that_would_end_before_an_answer_begins_is_not_used(minutes: float, there: bool) -> None:
    book = CacheBook()
    book.remember(KEY, kept().cache, START)
    assert (book.recall(KEY, START + timedelta(minutes=minutes)) is not None) is there


def test_a_cache_that_is_gone_is_made_anew_and_still_counts_for_what_it_cost() -> None:
    book = CacheBook()
    book.remember(KEY, kept().cache, START)
    book.forget(KEY, START + timedelta(minutes=10))
    assert book.recall(KEY, START) is None
    ((_, gone),) = book.made()
    assert gone.ended == START + timedelta(minutes=10)
