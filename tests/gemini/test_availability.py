import asyncio
import json
import threading
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from components.gemini.availability import (
    Availability,
    AvailabilityBook,
    ListedModel,
    State,
    confirm,
    find_out,
    in_list,
    listed_models,
    model_id,
)
from components.gemini.client import close_client, open_client
from components.gemini.errors import Failure, FailureKind
from components.gemini.settings import Connection

HERE = Connection(api_key="key-of-here", base_url=None)
ELSEWHERE = Connection(api_key="key-of-elsewhere", base_url=None)


def asked(connection: Connection, work: Callable[[Any], Awaitable[Any]]) -> Any:
    async def run() -> Any:
        client = open_client(connection)
        try:
            return await work(client)
        finally:
            await close_client(client)

    return asyncio.run(run())


def answer(state: State = State.CALLABLE, model: str = "flash") -> Availability:
    return Availability(model=model, state=state, checked_at=datetime(2026, 11, 21, tzinfo=UTC), reason="")


def sse(chunk: dict[str, Any]) -> str:
    return f"data: {json.dumps(chunk)}\r\n\r\n"


def refusal(code: int, status: str, message: str = "No.") -> str:
    return json.dumps({"error": {"code": code, "status": status, "message": message}})


def test_the_list_is_read_with_its_limits(stand_in: Callable[..., Any]) -> None:
    model = {
        "name": "models/gemini-2.0-flash",
        "displayName": "Gemini 2.0 Flash",
        "inputTokenLimit": 1048576,
        "outputTokenLimit": 8192,
        "supportedGenerationMethods": ["generateContent"],
    }
    found = asked(stand_in(json.dumps({"models": [model]})).connection, listed_models)
    assert found == (ListedModel("gemini-2.0-flash", "Gemini 2.0 Flash", 1048576, 8192, actions=("generateContent",)),)


def test_a_list_that_repeats_itself_comes_to_an_end(stand_in: Callable[..., Any]) -> None:
    page = {"models": [{"name": "models/a"}], "nextPageToken": "again"}
    assert asked(stand_in(json.dumps(page)).connection, listed_models) == (ListedModel("a"),)


@pytest.mark.parametrize(("status", "body"), [(404, refusal(404, "NOT_FOUND")), (200, "<html>"), (200, "{")])
def test_no_list_is_a_failure_and_not_an_exception(stand_in: Callable[..., Any], status: int, body: str) -> None:
    found = asked(stand_in(body, status=status).connection, listed_models)
    assert isinstance(found, Failure)
    judged = in_list("flash", found)
    assert (judged.state, judged.failure) == (State.UNKNOWN, found)
    assert found.sentence.startswith("The service gives no list of its models. Private endpoints")


def test_a_list_that_was_refused_says_why(stand_in: Callable[..., Any]) -> None:
    refused = stand_in(refusal(401, "UNAUTHENTICATED", "Bad AIzaStandInKey"), status=401)
    found = asked(refused.connection, lambda client: listed_models(client, secrets=refused.connection.secrets))
    assert found.kind is FailureKind.INVALID_KEY
    assert found.message == "The service did not accept the key."
    assert "AIzaStandInKey" not in repr(found)


def test_an_empty_list_is_no_list(stand_in: Callable[..., Any]) -> None:
    found = asked(stand_in("{}").connection, listed_models)
    assert found == ()
    assert in_list("flash", found).state is State.UNKNOWN


def test_the_list_alone_proves_little() -> None:
    models = (ListedModel("gemini-2.0-flash"),)
    assert in_list("gemini-2.0-flash", models).state is State.LISTED_ONLY
    assert in_list("models/gemini-2.0-flash", models).state is State.LISTED_ONLY
    missing = in_list("private-model", models)
    assert missing.state is State.NOT_LISTED
    assert "may still reach it" in missing.reason


@pytest.mark.parametrize(
    "chunk",
    [
        {"candidates": [{"content": {"parts": [{"text": "x"}]}, "finishReason": "STOP"}]},
        {"candidates": [{"finishReason": "MAX_TOKENS"}], "usageMetadata": {"thoughtsTokenCount": 1}},
        {"promptFeedback": {"blockReason": "OTHER"}},
    ],
)
def test_any_answer_means_callable(stand_in: Callable[..., Any], chunk: dict[str, Any]) -> None:
    server = stand_in(sse(chunk))
    found = asked(server.connection, lambda client: confirm(client, "flash"))
    assert (found.state, found.failure) == (State.CALLABLE, None)
    assert json.loads(server.requests[0][2])["generationConfig"] == {"maxOutputTokens": 1}


def test_another_version_behind_the_name_is_told(stand_in: Callable[..., Any]) -> None:
    server = stand_in(sse({"candidates": [{"finishReason": "STOP"}], "modelVersion": "flash-lite"}))
    assert "flash-lite" in asked(server.connection, lambda client: confirm(client, "flash")).reason


@pytest.mark.parametrize(
    ("status", "body", "state", "kind"),
    [
        (404, refusal(404, "NOT_FOUND"), State.REFUSED, FailureKind.NOT_FOUND),
        (403, refusal(403, "PERMISSION_DENIED"), State.REFUSED, FailureKind.NO_ACCESS),
        (429, refusal(429, "RESOURCE_EXHAUSTED"), State.UNKNOWN, FailureKind.RATE_LIMITED),
        (503, refusal(503, "UNAVAILABLE"), State.UNKNOWN, FailureKind.OVERLOADED),
        (
            400,
            refusal(400, "INVALID_ARGUMENT", "limit too small"),
            State.UNKNOWN,
            FailureKind.BAD_REQUEST,
        ),
        (200, "", State.UNKNOWN, FailureKind.TRUNCATED),
    ],
)
def test_what_a_refusal_says_about_the_model(
    stand_in: Callable[..., Any], status: int, body: str, state: State, kind: FailureKind
) -> None:
    found = asked(stand_in(body, status=status).connection, lambda client: confirm(client, "flash"))
    assert found.state is state
    assert found.failure is not None
    assert found.failure.kind is kind


def test_a_service_that_is_not_there_is_unknown() -> None:
    nowhere = Connection(api_key="k", base_url="http://127.0.0.1:9")
    assert asked(nowhere, lambda client: confirm(client, "flash")).state is State.UNKNOWN


def test_what_the_book_knows_is_not_asked_again(stand_in: Callable[..., Any]) -> None:
    server = stand_in(sse({"candidates": [{"finishReason": "STOP"}]}))
    book = AvailabilityBook()
    for _ in range(2):
        found = asked(server.connection, lambda client: find_out(client, server.connection, ["b", "a"], book))
        assert [one.model for one in found] == ["b", "a"]
    assert len(server.requests) == 2


def test_an_answer_is_forgotten_in_time_and_apart_for_each_connection() -> None:
    now = [0.0]
    book = AvailabilityBook(ttl_s=600, clock=lambda: now[0])
    book.remember(HERE, answer())
    assert book.recall(HERE, "models/flash") == answer()
    assert book.recall(ELSEWHERE, "flash") is None
    now[0] = 599.9
    assert book.recall(HERE, "flash") is not None
    now[0] = 600
    assert book.recall(HERE, "flash") is None


def test_the_book_is_bounded_keeps_no_unknowns_and_forgets_on_request() -> None:
    book = AvailabilityBook(limit=2)
    book.remember(HERE, answer(State.UNKNOWN))
    assert book.recall(HERE, "flash") is None
    for model in ("a", "b", "c"):
        book.remember(HERE, answer(model=model))
    assert [book.recall(HERE, model) is not None for model in ("a", "b", "c")] == [False, True, True]
    book.forget(HERE)
    assert book.recall(HERE, "c") is None


def test_the_book_is_safe_across_threads() -> None:
    book = AvailabilityBook(limit=5)
    errors: list[Exception] = []

    def work(offset: int) -> None:
        try:
            for number in range(500):
                book.remember(HERE, answer(model=f"m{(number + offset) % 11}"))
                book.recall(HERE, f"m{number % 11}")
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=work, args=(offset,)) for offset in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []


@pytest.mark.parametrize("name", ["x-1", "models/x-1", "publishers/google/models/x-1"])
def test_names_of_all_platforms_mean_the_same_model(name: str) -> None:
    assert model_id(name) == "x-1"
