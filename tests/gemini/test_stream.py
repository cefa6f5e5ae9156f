import asyncio
import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.gemini.client import close_client, open_client
from components.gemini.errors import FailureKind, failure_of
from components.gemini.request import Request
from components.gemini.stream import Chunk, Facts, Usage, server_time_ms, stream

counts = st.none() | st.integers(min_value=0, max_value=10_000_000)
usages = st.builds(Usage, counts, counts, counts, counts, counts)


def sse(*chunks: Any) -> str:
    return "".join(f"data: {chunk if isinstance(chunk, str) else json.dumps(chunk)}\r\n\r\n" for chunk in chunks)


def piece(*parts: dict[str, Any], finish: str | None = None, **more: Any) -> dict[str, Any]:
    candidate = {"content": {"role": "model", "parts": list(parts)}, **({"finishReason": finish} if finish else {})}
    return {"candidates": [candidate], **more}


def collect(stand_in: Any, request: Request) -> list[tuple[Chunk, Facts]]:
    async def run() -> list[tuple[Chunk, Facts]]:
        client = open_client(stand_in.connection)
        try:
            return [item async for item in stream(client, request)]
        finally:
            await close_client(client)

    return asyncio.run(run())


REQUEST = Request("gemini-2.0-flash", "Hello")


def test_text_thoughts_usage_and_facts_are_told_apart(stand_in: Callable[..., Any]) -> None:
    body = sse(
        piece({"text": "Hm", "thought": True}, usageMetadata={"promptTokenCount": 5, "thoughtsTokenCount": 7}),
        piece({"text": "Hel"}, {"text": "lo"}, usageMetadata={"candidatesTokenCount": 2}, modelVersion="flash-002"),
        piece({"text": "!"}, finish="STOP", usageMetadata={"candidatesTokenCount": 3, "cachedContentTokenCount": 4}),
        {"usageMetadata": {"totalTokenCount": 15}, "responseId": "r-1"},
    )
    got = collect(stand_in(body, headers={"Server-Timing": "gfet4t7; dur=430"}), REQUEST)
    assert [(chunk.text, chunk.thought, chunk.output_tokens) for chunk, _ in got] == [
        ("", "Hm", None),
        ("Hello", "", 2),
        ("!", "", 3),
        ("", "", None),
    ]
    assert got[-1][1] == Facts(
        usage=Usage(input_tokens=5, output_tokens=3, thinking_tokens=7, cached_tokens=4, total_tokens=15),
        finish_reason="STOP",
        served_model="flash-002",
        server_ms=430,
        response_id="r-1",
    )
    times = [chunk.at for chunk, _ in got]
    assert times == sorted(times)
    assert times[0] > 0


def test_what_was_set_is_sent_and_nothing_else(stand_in: Callable[..., Any]) -> None:
    server = stand_in(sse(piece({"text": "x"}, finish="STOP")))
    collect(server, REQUEST)
    full = Request("gemini-2.0-flash", "Hello", "Be brief.", 0.0, 12, headers=(("X-Test", "yes"),))
    collect(server, full)
    (path, headers, bare), (_, more, sent) = server.requests
    assert path == "/v1beta/models/gemini-2.0-flash:streamGenerateContent?alt=sse"
    assert json.loads(bare) == {
        "contents": [{"parts": [{"text": "Hello"}], "role": "user"}],
        "generationConfig": {},
    }
    assert json.loads(sent)["generationConfig"] == {"temperature": 0.0, "maxOutputTokens": 12}
    assert json.loads(sent)["systemInstruction"]["parts"] == [{"text": "Be brief."}]
    assert "x-test" not in headers
    assert more["x-test"] == "yes"


def test_the_limit_on_silence_is_not_sent_as_a_limit_on_the_answer(stand_in: Callable[..., Any]) -> None:
    server = stand_in(sse(piece({"text": "x"}, finish="STOP")))
    collect(server, REQUEST)
    assert "x-server-timeout" not in server.requests[0][1]


def test_one_call_stays_one_call_when_the_service_offers_to_continue(stand_in: Callable[..., Any]) -> None:
    candidate = {"content": {"parts": [{"text": "x"}]}, "finishReason": "CONTINUATION", "continuationToken": "eA=="}
    server = stand_in(sse({"candidates": [candidate]}))
    assert collect(server, REQUEST)[-1][1].finish_reason == "CONTINUATION"
    assert len(server.requests) == 1


def test_an_answer_without_model_version_or_counts_is_read(stand_in: Callable[..., Any]) -> None:
    (chunk, facts), *_ = collect(stand_in(sse(piece({"text": "x"}, finish="STOP"))), REQUEST)
    assert (chunk.text, chunk.output_tokens) == ("x", None)
    assert facts == Facts(finish_reason="STOP")


def test_a_blocked_prompt_is_a_fact(stand_in: Callable[..., Any]) -> None:
    got = collect(stand_in(sse({"promptFeedback": {"blockReason": "PROHIBITED_CONTENT"}})), REQUEST)
    assert got[-1][1].block_reason == "PROHIBITED_CONTENT"


def test_a_finish_reason_of_the_future_is_kept_in_its_own_word(stand_in: Callable[..., Any]) -> None:
    with pytest.warns(UserWarning, match="not a valid FinishReason"):
        got = collect(stand_in(sse(piece({"text": "x"}, finish="TIRED"))), REQUEST)
    assert got[-1][1].finish_reason == "TIRED"


@pytest.mark.parametrize(
    ("tail", "kind"),
    [
        ('{"error": {"code": 503, "status": "UNAVAILABLE", "message": "Overloaded."}}', FailureKind.OVERLOADED),
        ('{"error": {"message": "no code"}}', FailureKind.MALFORMED_RESPONSE),
        ('{"error": {"code": "503", "message": "text code"}}', FailureKind.MALFORMED_RESPONSE),
        ('{"error": "text"}', FailureKind.MALFORMED_RESPONSE),
        ('{"candidates": [{"content"', FailureKind.MALFORMED_RESPONSE),
        ('{"candidates": 3}', FailureKind.MALFORMED_RESPONSE),
        ("<html><title>Proxy</title></html>", FailureKind.MALFORMED_RESPONSE),
    ],
)
def test_what_goes_wrong_in_mid_stream_comes_after_what_went_well(
    stand_in: Callable[..., Any], tail: str, kind: FailureKind
) -> None:
    server = stand_in(sse(piece({"text": "kept"}), tail))

    async def run() -> tuple[list[str], Exception | None]:
        client = open_client(server.connection)
        texts: list[str] = []
        try:
            async for chunk, _ in stream(client, REQUEST):
                texts.append(chunk.text)
        except Exception as error:
            return texts, error
        finally:
            await close_client(client)
        return texts, None

    texts, error = asyncio.run(run())
    assert texts == ["kept"]
    assert error is not None
    assert failure_of(error, partial=True, model="m").kind is kind


def test_a_setting_of_the_wrong_kind_is_named_before_anything_is_sent(stand_in: Callable[..., Any]) -> None:
    server = stand_in("")
    with pytest.raises(ValueError, match="temperature"):
        collect(server, Request("m", "Hello", temperature="warm"))  # type: ignore[arg-type]
    assert server.requests == []


@given(usages, usages)
def test_the_newer_count_wins_where_there_is_one(older: Usage, newer: Usage) -> None:
    merged = older.updated(newer)
    for name in Usage.__slots__:
        fresh = getattr(newer, name)
        assert getattr(merged, name) == (getattr(older, name) if fresh is None else fresh)


@given(usages, usages, usages)
def test_merging_does_not_depend_on_grouping(one: Usage, two: Usage, three: Usage) -> None:
    assert one.updated(two).updated(three) == one.updated(two.updated(three))


@pytest.mark.parametrize(
    ("header", "milliseconds"),
    [
        ("gfet4t7; dur=430", 430),
        ("gfet4t7;dur=12.5", 12.5),
        ('cache;desc="x", app; dur="7"', 7),
        ("gfet4t7", None),
        ("", None),
    ],
)
def test_server_timing(header: str, milliseconds: float | None) -> None:
    assert server_time_ms({"server-timing": header}) == milliseconds
    assert server_time_ms({}) is None


def test_headers_of_a_request_are_not_shown() -> None:
    assert "secret" not in repr(Request("m", "p", headers=(("Authorization", "secret"),)))
