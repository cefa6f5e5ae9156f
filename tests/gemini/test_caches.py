"""Caches over HTTP: the simulator as google-genai sees it, and this product's own calls of it."""

import asyncio
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from google.genai import errors, types

from components.gemini import caching
from components.gemini.caching import Cache
from components.gemini.content import Part, PartKind, Role, Turn
from components.gemini.errors import Failure, FailureKind, failure_of
from components.gemini.files import upload
from components.gemini.simulator.caches import CacheStore, StoredCache
from components.gemini.simulator.media import Modality
from components.gemini.simulator.models import Fault, SimulatorConfig
from components.gemini.simulator.request import CachedPrompt
from components.gemini.simulator.server import RunningSimulator, start
from tests.gemini.making import asked, calling, document, place_of

FLASH = "gemini-2.5-flash"
PRO = "gemini-2.5-pro"
# The simulator counts four characters as a token.
BOOK = "All happy families are alike. " * 400
BOOK_TOKENS = 3_000
QUESTION = "Who is alike?"
QUESTION_TOKENS = 4


@pytest.fixture(scope="module")
def simulator() -> Iterator[RunningSimulator]:
    running = start()
    yield running
    running.stop()


def said(text: str) -> tuple[Turn, ...]:
    return (Turn(Role.USER, (Part(PartKind.TEXT, text),)),)


def made(simulator: RunningSimulator, model: str = FLASH, text: str = BOOK, **options: Any) -> Any:
    return calling(place_of(simulator), lambda client: caching.create(client, model, said(text), **options))


def test_a_question_on_a_cache_counts_what_is_cached(simulator: RunningSimulator) -> None:
    cache = made(simulator, display_name="Anna")
    assert isinstance(cache, Cache)
    assert (cache.model, cache.tokens, cache.display_name) == (FLASH, BOOK_TOKENS, "Anna")
    answer = asked(simulator, FLASH, QUESTION, cached_content=cache.name)
    assert answer.facts.usage.cached_tokens == BOOK_TOKENS
    assert answer.facts.usage.input_tokens == BOOK_TOKENS + QUESTION_TOKENS
    assert "alike" in answer.text


def test_every_question_in_a_row_is_read_from_the_cache(simulator: RunningSimulator) -> None:
    cache = made(simulator, system_instruction="Be brief.", text=BOOK)
    counts = [asked(simulator, FLASH, f"Question {number}?", cached_content=cache.name) for number in (1, 2, 3)]
    assert [answer.facts.usage.cached_tokens for answer in counts] == [BOOK_TOKENS + 3] * 3


def test_counting_tokens_sees_the_cache(simulator: RunningSimulator) -> None:
    cache = made(simulator)

    async def work(client: Any) -> Any:
        body = {
            "generateContentRequest": {
                "model": f"models/{FLASH}",
                "contents": [{"parts": [{"text": QUESTION}]}],
                "cachedContent": cache.name,
            }
        }
        return await client.aio._api_client.async_request("post", f"models/{FLASH}:countTokens", body, None)

    counted = json.loads(calling(place_of(simulator), work).body)
    assert counted["totalTokens"] == BOOK_TOKENS + QUESTION_TOKENS
    assert counted["cachedContentTokenCount"] == BOOK_TOKENS


def test_a_cache_lives_as_long_as_it_was_asked_to_and_can_be_extended(simulator: RunningSimulator) -> None:
    cache = made(simulator, ttl_s=90)
    assert cache.expires - datetime.now(UTC) == pytest.approx(timedelta(seconds=90), abs=timedelta(seconds=5))
    longer = calling(place_of(simulator), lambda client: caching.extend(client, cache.name, 7_200))
    assert (longer.name, longer.tokens) == (cache.name, cache.tokens)
    assert longer.expires - datetime.now(UTC) == pytest.approx(timedelta(hours=2), abs=timedelta(seconds=5))


def test_an_hour_is_the_life_of_a_cache_that_names_none(simulator: RunningSimulator) -> None:
    async def work(client: Any) -> Any:
        return await client.aio.caches.create(model=FLASH, config={"contents": BOOK})

    left = calling(place_of(simulator), work).expire_time - datetime.now(UTC)
    assert left == pytest.approx(timedelta(hours=1), abs=timedelta(seconds=5))


def test_an_expired_cache_is_gone_and_the_sentence_says_so(simulator: RunningSimulator) -> None:
    async def work(client: Any) -> tuple[Any, Any, Any]:
        cache = await caching.create(client, FLASH, said(BOOK), ttl_s=0.05)
        await asyncio.sleep(0.06)
        try:
            await client.aio.models.generate_content(
                model=FLASH, contents=QUESTION, config=types.GenerateContentConfig(cached_content=cache.name)
            )
        except errors.ClientError as error:
            refused = error
        return refused, await caching.look(client, cache.name), await caching.extend(client, cache.name, 60)

    refused, seen, extended = calling(place_of(simulator), work)
    assert refused.code == 403
    assert refused.message == "CachedContent not found (or permission denied)"
    failure = failure_of(refused, partial=False, model=FLASH)
    for one in (failure, seen, extended):
        assert one.kind is FailureKind.CACHE_GONE
        assert "no longer at the service" in one.sentence


def test_a_dropped_cache_is_gone_and_dropping_is_quiet(simulator: RunningSimulator) -> None:
    cache = made(simulator)

    async def work(client: Any) -> tuple[Any, Any]:
        await caching.drop(client, cache.name)
        await caching.drop(client, cache.name)
        return await caching.look(client, cache.name), await caching.caches(client)

    seen, left = calling(place_of(simulator), work)
    assert seen.kind is FailureKind.CACHE_GONE
    assert cache.name not in {one.name for one in left}


@pytest.mark.parametrize(("model", "least"), [(FLASH, 1_024), (PRO, 4_096)])
def test_a_text_that_is_too_short_is_refused_with_both_numbers(
    simulator: RunningSimulator, model: str, least: int
) -> None:
    failure = made(simulator, model=model, text="abcd" * (least - 1))
    assert isinstance(failure, Failure)
    assert failure.kind is FailureKind.TOO_SHORT_TO_CACHE
    assert failure.message == f"{model} caches from {least:,} tokens on, and this is {least - 1:,}."
    assert isinstance(made(simulator, model=model, text="abcd" * least), Cache)


def test_a_cache_serves_its_own_model_alone(simulator: RunningSimulator) -> None:
    cache = made(simulator)
    with pytest.raises(errors.ClientError, match="has to be the same"):
        asked(simulator, "gemini-2.5-flash-lite", QUESTION, cached_content=cache.name)


def test_settings_that_belong_into_the_cache_are_refused_beside_it(simulator: RunningSimulator) -> None:
    cache = made(simulator)
    with pytest.raises(errors.ClientError, match="setting system_instruction, tools or tool_config"):
        asked(simulator, FLASH, QUESTION, cached_content=cache.name, system_instruction="Be brief.")


def test_an_uploaded_document_is_cached_by_its_pages(simulator: RunningSimulator) -> None:
    async def work(client: Any) -> Any:
        file = Part(PartKind.DATA, name="a.pdf", mime_type="application/pdf", data=document(5))
        stored = await upload(client, file)
        return await caching.create(client, FLASH, (Turn(Role.USER, (stored,)),))

    assert calling(place_of(simulator), work).tokens == 5 * 258


def test_caches_are_listed_page_by_page_the_newest_first() -> None:
    simulator = start()

    async def work(client: Any) -> tuple[Any, ...]:
        names = [(await caching.create(client, FLASH, said(BOOK))).name for _ in range(5)]
        pager = await client.aio.caches.list(config={"page_size": 2})
        by_two = [cache.name async for cache in pager]
        return names, by_two, await caching.caches(client, limit=3)

    names, by_two, three = calling(place_of(simulator), work)
    simulator.stop()
    assert by_two == names[::-1]
    assert [cache.name for cache in three] == names[:1:-1]


def test_the_synchronous_client_does_it_all_as_well(simulator: RunningSimulator) -> None:
    async def work(client: Any) -> tuple[Any, ...]:
        return await asyncio.to_thread(one_after_another, client)

    cache, used, longer, listed = calling(place_of(simulator), work)
    assert used.usage_metadata.cached_content_token_count == cache.usage_metadata.total_token_count == BOOK_TOKENS
    assert longer.expire_time > cache.expire_time
    assert cache.name in listed


def one_after_another(client: Any) -> tuple[Any, ...]:
    cache = client.caches.create(model=FLASH, config={"contents": [BOOK], "ttl": "60s"})
    config = types.GenerateContentConfig(cached_content=cache.name, max_output_tokens=1)
    used = client.models.generate_content(model=FLASH, contents=QUESTION, config=config)
    longer = client.caches.update(name=cache.name, config={"ttl": "600s"})
    listed = [one.name for one in client.caches.list()]
    client.caches.delete(name=cache.name)
    with pytest.raises(errors.ClientError):
        client.caches.get(name=cache.name)
    return cache, used, longer, listed


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (Fault.RATE_LIMITED_MINUTE, FailureKind.RATE_LIMITED),
        (Fault.UNAVAILABLE, FailureKind.OVERLOADED),
        (Fault.DROP_BEFORE, FailureKind.CONNECTION_LOST),
    ],
)
def test_faults_reach_the_caches_too(fault: Fault, kind: FailureKind) -> None:
    simulator = start(SimulatorConfig(faults=((fault, 1.0),), retry_delay_s=0.25))

    async def work(client: Any) -> list[Any]:
        return [
            await caching.create(client, FLASH, said(BOOK)),
            await caching.look(client, "cachedContents/a"),
            await caching.extend(client, "cachedContents/a", 60),
            await caching.caches(client),
        ]

    created, *others = calling(place_of(simulator), work)
    simulator.stop()
    assert created.kind is kind
    assert created.retry_after_s == (0.25 if kind is FailureKind.RATE_LIMITED else None)
    # Where nothing is cached under a name, a drop never comes to pass.
    assert {one.kind for one in others} <= {kind, FailureKind.CACHE_GONE}
    assert others[-1].kind is kind


@pytest.mark.parametrize("config", [{"ttl": "0s"}, {"ttl": "-1s"}, {"ttl": "soon"}, {"ttl": "99999999s"}])
def test_a_life_that_cannot_be_is_refused(simulator: RunningSimulator, config: dict[str, str]) -> None:
    async def work(client: Any) -> Any:
        with pytest.raises(errors.ClientError) as caught:
            await client.aio.caches.create(model=FLASH, config={"contents": BOOK, **config})
        return caught.value.code

    assert calling(place_of(simulator), work) == 400


def test_only_so_many_caches_are_remembered() -> None:
    store, now = CacheStore(), datetime.now(UTC)
    held = CachedPrompt({Modality.TEXT: 1}, "", "", 1)
    for number in range(600):
        store.put(StoredCache(str(number), FLASH, "", held, now, now, now + timedelta(hours=1)))
    kept = store.newest_first()
    assert (len(kept), kept[0].name) == (500, "599")
