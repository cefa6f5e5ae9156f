import asyncio
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from components.gemini.content import Part, PartKind, Role, Turn
from components.gemini.counting import count_tokens, estimate_file, estimate_tokens, pdf_pages
from components.gemini.errors import Failure, FailureKind
from components.gemini.request import Request
from components.gemini.settings import Connection
from components.gemini.simulator.server import RunningSimulator, start
from tests.gemini.making import asked, calling, document, film, picture, place_of, sound

FLASH = "gemini-2.0-flash"
NEWER = "gemini-3.8-flash"
WEATHER = {
    "name": "weather",
    "description": "Says how warm it is.",
    "parameters": {"type": "object", "properties": {"town": {"type": "string"}}},
}


@pytest.fixture(scope="module")
def simulator() -> Iterator[RunningSimulator]:
    running = start()
    yield running
    running.stop()


def counted(connection: Connection, request: Request, **options: Any) -> Any:
    options = {"vertexai": False, **options}
    return calling(connection, lambda client: count_tokens(client, request, **options))


def held(data: bytes, mime_type: str, name: str = "a file") -> Part:
    return Part(PartKind.DATA, name=name, mime_type=mime_type, data=data, size_bytes=len(data))


def test_the_service_counts_the_whole_conversation_and_its_files(simulator: RunningSimulator) -> None:
    earlier = (Turn(Role.USER, (Part(PartKind.TEXT, "first one"),)), Turn(Role.MODEL, (Part(PartKind.TEXT, "said"),)))
    request = Request(
        FLASH,
        "Hello there",
        turns=earlier,
        attachments=(held(picture(10, 10), "image/png"),),
        system_instruction="Be kind",
    )
    # 11 characters, 9, 4 and 7 at four a token, and an image.
    assert counted(place_of(simulator), request) in range(258 + 7, 258 + 11)


def test_the_count_agrees_with_what_the_call_is_billed(simulator: RunningSimulator) -> None:
    settings = {"system_instruction": "Be kind and brief", "attachments": (held(document(3), "application/pdf"),)}
    before = counted(place_of(simulator), Request(FLASH, "Hello there", **settings))
    assert asked(simulator, FLASH, "Hello there", **settings).facts.usage.input_tokens == before


def test_tools_and_system_instruction_are_counted_where_the_service_takes_neither(
    simulator: RunningSimulator,
) -> None:
    bare = counted(place_of(simulator), Request(FLASH, "Hello"))
    full = counted(
        place_of(simulator), Request(FLASH, "Hello", system_instruction="x" * 400, functions=json.dumps([WEATHER]))
    )
    assert full - bare - 100 == pytest.approx(len(json.dumps(WEATHER)) / 4, rel=0.3)


def test_a_directive_in_the_prompt_is_still_the_last_word(simulator: RunningSimulator) -> None:
    request = Request(FLASH, "hello [[simulate fault=unavailable]]", system_instruction="Be kind")
    assert counted(place_of(simulator), request).kind is FailureKind.OVERLOADED


def test_vertex_gets_system_instruction_and_tools_as_such(stand_in: Callable[..., Any]) -> None:
    server = stand_in('{"totalTokens": 12}')
    vertex = Connection(api_key="AIzaStandInKey", base_url=server.base_url, api_version="v1beta1", vertexai=True)
    request = Request(FLASH, "Hello", system_instruction="Be kind", functions=json.dumps([WEATHER]))
    assert counted(vertex, request, vertexai=True) == 12
    path, _, body = server.requests[0]
    sent = json.loads(body)
    assert path.endswith(f"models/{FLASH}:countTokens")
    assert len(sent["contents"]) == 1
    assert sent["systemInstruction"]["parts"] == [{"text": "Be kind"}]
    assert sent["tools"][0]["functionDeclarations"][0]["name"] == "weather"


def test_headers_of_a_private_endpoint_go_along(stand_in: Callable[..., Any]) -> None:
    server = stand_in('{"totalTokens": 3}')
    assert counted(server.connection, Request("m", "Hello", headers=(("X-Team", "blue"),))) == 3
    assert server.requests[0][1]["x-team"] == "blue"


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (403, '{"error": {"code": 403, "message": "No, AIzaStandInKey", "status": "PERMISSION_DENIED"}}', "no_access"),
        (404, "nothing here", "not_found"),
        (200, "{}", "malformed_response"),
        (200, "<html>", "malformed_response"),
        (503, "", "overloaded"),
    ],
)
def test_a_count_that_fails_is_told_and_not_raised(
    stand_in: Callable[..., Any], status: int, body: str, kind: str
) -> None:
    failure = counted(stand_in(body, status=status).connection, Request("m", "Hello"), secrets=("AIzaStandInKey",))
    assert isinstance(failure, Failure)
    assert failure.kind == kind
    assert failure.sentence.startswith("The service did not count the tokens.")
    assert "AIzaStandInKey" not in repr(failure)


def test_a_service_that_takes_too_long_is_given_up(simulator: RunningSimulator) -> None:
    slow = Request(FLASH, "hello", headers=(("x-simulator-fault", "stall"),))
    assert counted(place_of(simulator), slow, timeout_s=0.1).kind is FailureKind.TIMED_OUT


def test_a_setting_that_cannot_be_right_is_a_failure_too(simulator: RunningSimulator) -> None:
    assert counted(place_of(simulator), Request(FLASH, "hello", functions="{")).kind is FailureKind.BAD_REQUEST


def test_a_cancelled_count_is_cancelled(simulator: RunningSimulator) -> None:
    async def work(client: Any) -> bool:
        slow = Request(FLASH, "hello", headers=(("x-simulator-fault", "stall"),))
        task = asyncio.create_task(count_tokens(client, slow, vertexai=False))
        await asyncio.sleep(0.05)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        return task.cancelled()

    assert calling(place_of(simulator), work)


# 384 by 384 is one tile; 768 by 768 one, 769 two abreast; 2000 by 1000 three by two.
@pytest.mark.parametrize(
    ("width", "height", "tokens"),
    [(1, 1, 258), (384, 384, 258), (385, 10, 258), (768, 768, 258), (769, 768, 516), (2000, 1000, 1548)],
)
def test_an_image_counts_its_tiles(width: int, height: int, tokens: int) -> None:
    estimate = estimate_file(held(picture(width, height), "image/png"), FLASH)
    assert (estimate.tokens, estimate.at_least) == (tokens, False)
    assert f"{width} by {height}" in estimate.reasons[0]


@pytest.mark.parametrize(("data", "mime_type"), [(document(3), "application/pdf"), (sound(2.5), "audio/wav")])
def test_pages_and_seconds_are_counted(data: bytes, mime_type: str) -> None:
    assert estimate_file(held(data, mime_type), FLASH).tokens == {"application/pdf": 774, "audio/wav": 96}[mime_type]


def test_a_film_counts_its_seconds() -> None:
    assert estimate_file(held(film(90), "video/mp4"), FLASH).tokens == 90 * 263
    assert estimate_file(held(film(90), "video/mp4"), "models/gemini-4-argon").tokens == 90 * 102


def test_newer_models_count_images_and_pages_by_their_own_rates() -> None:
    assert estimate_file(held(picture(9, 9), "image/png"), NEWER).tokens == 1120
    assert estimate_file(held(document(2), "application/pdf"), NEWER).tokens == 1120
    assert estimate_file(held(sound(1), "audio/wav"), NEWER).tokens == 32


@pytest.mark.parametrize(
    ("data", "mime_type", "least"),
    [
        (b"\x89PNG\r\n\x1a\n broken", "image/png", 258),
        (b"", "image/heic", 258),
        (b"%PDF-1.7 broken", "application/pdf", 258),
        (document(5, "secret"), "application/pdf", 258),
        (b"", "application/pdf", 258),
        (b"\xff\xfb", "audio/mp3", 32),
        (b"nothing known", "video/webm", 263),
        (b"", "text/plain", 0),
        (b"", "", 0),
    ],
)
def test_what_cannot_be_read_counts_the_least_and_says_so(data: bytes, mime_type: str, least: int) -> None:
    estimate = estimate_file(held(data, mime_type, "my file"), FLASH)
    assert (estimate.tokens, estimate.at_least) == (least, True)
    assert estimate.reasons[0].startswith("my file")


def test_a_picture_of_absurd_size_is_measured_and_not_unpacked() -> None:
    assert estimate_file(held(picture(12_000, 12_000), "image/png"), FLASH).tokens == 16 * 16 * 258


@settings(max_examples=60, deadline=None)
@given(
    st.binary(max_size=200),
    st.sampled_from(["image/png", "application/pdf", "audio/mp3", "audio/ogg", "video/mp4", "text/plain", "x"]),
    st.sampled_from([b"", b"%PDF-1.4\n", b"ID3\x03", b"OggS", b"fLaC", b"RIFF\0\0\0\0WAVEfmt ", b"\0\0\0\x18ftypisom"]),
)
def test_no_file_whatever_is_in_it_raises(data: bytes, mime_type: str, head: bytes) -> None:
    assert estimate_file(held(head + data, mime_type), FLASH).tokens >= 0


def test_a_document_that_claims_impossible_pages_is_counted_by_hand() -> None:
    boastful = document(2).replace(b"/Count 2", b"/Count 999999999")
    assert pdf_pages(boastful) == (2, "")


def test_text_is_four_characters_a_token_and_other_scripts_are_marked() -> None:
    plain = estimate_tokens(Request(FLASH, "x" * 4_001))
    assert (plain.tokens, plain.at_least) == (1001, False)
    assert plain.reasons == ("Text: 4 characters a token, which is Google's rule of thumb.",)
    dense = estimate_tokens(Request(FLASH, "ゆきがふる" * 100))
    assert dense.at_least
    assert "higher" in dense.reasons[1]


def test_everything_that_goes_in_is_estimated() -> None:
    request = Request(
        FLASH,
        "p" * 40,
        system_instruction="s" * 40,
        turns=(Turn(Role.USER, (Part(PartKind.TEXT, "t" * 40), held(picture(9, 9), "image/png"))),),
        attachments=(held(document(2), "application/pdf"),),
    )
    assert estimate_tokens(request).tokens == 30 + 258 + 516
    assert len(estimate_tokens(request).reasons) == 3


def test_an_empty_request_is_nothing() -> None:
    assert estimate_tokens(Request(FLASH, "")).tokens == 0
