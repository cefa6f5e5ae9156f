import asyncio
import base64
import hashlib
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from google import genai
from hypothesis import given, settings
from hypothesis import strategies as st

from components.gemini import files
from components.gemini.content import Part, PartKind
from components.gemini.errors import Failure, FailureKind
from components.gemini.files import ACCEPTED, Refusal, UploadBook, attachment, delete, digest_of, split_by_size, upload
from components.gemini.settings import Connection
from components.gemini.simulator.models import SimulatorConfig
from components.gemini.simulator.server import RunningSimulator, start
from tests.gemini.making import asked, calling, document, film, picture, place_of, sound

FLASH = "gemini-2.0-flash"
HERE = Connection(api_key="key-of-here", base_url=None)
ELSEWHERE = Connection(api_key="key-of-elsewhere", base_url=None)


@pytest.fixture(scope="module")
def simulator() -> Iterator[RunningSimulator]:
    running = start(SimulatorConfig(processing_s=0.3))
    yield running
    running.stop()


def held(data: bytes, mime_type: str = "text/plain", name: str = "a.txt") -> Part:
    return Part(PartKind.DATA, name=name, mime_type=mime_type, data=data, size_bytes=len(data))


def uploaded(connection: Connection, part: Part, **options: Any) -> Any:
    return calling(connection, lambda client: upload(client, part, **options))


@pytest.mark.parametrize(
    ("name", "data", "mime_type"),
    [
        ("a.png", picture(5, 5), "image/png"),
        ("a.JPG", picture(5, 5, "JPEG"), "image/jpeg"),
        ("a.webp", picture(5, 5, "WEBP"), "image/webp"),
        ("a.heic", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(9), "image/heic"),
        ("a.heif", b"\0\0\0\x18ftypmif1\0\0\0\0mif1heic" + bytes(9), "image/heif"),
        ("a.pdf", document(1), "application/pdf"),
        ("a.wav", sound(0.1), "audio/wav"),
        ("a.mp3", b"ID3\x03" + bytes(99), "audio/mp3"),
        ("a.aiff", b"FORM\0\0\0\0AIFF" + bytes(99), "audio/aiff"),
        ("a.aac", b"\xff\xf1\x50\x80" + bytes(99), "audio/aac"),
        ("a.ogg", b"OggS\0\x02" + bytes(99), "audio/ogg"),
        ("a.flac", b"fLaC\0\0\0\x22" + bytes(99), "audio/flac"),
        ("a.m4a", b"\0\0\0\x18ftypM4A \0\0\0\0isomiso2" + bytes(9), "audio/m4a"),
        ("a.mp4", film(1), "video/mp4"),
        ("a.mov", b"\0\0\0\x14ftypqt  \0\0\0\0qt  " + bytes(9), "video/mov"),
        ("a.3gp", b"\0\0\0\x14ftyp3gp4\0\0\0\x003gp4" + bytes(9), "video/3gpp"),
        ("a.mpg", b"\0\0\x01\xba" + bytes(99), "video/mpeg"),
        ("a.avi", b"RIFF\0\0\0\0AVI LIST" + bytes(99), "video/avi"),
        ("a.flv", b"FLV\x01\x05\0\0\0\x09" + bytes(99), "video/x-flv"),
        ("a.wmv", bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c") + bytes(99), "video/wmv"),
        ("a.txt", b"BMW is a car, MZ is a mark", "text/plain"),
        ("a.md", "# Größe".encode(), "text/markdown"),
        ("a.csv", b"a,b\n1,2\n", "text/csv"),
        ("a.html", b"<!DOCTYPE html><p>hi", "text/html"),
        ("notes", b"no ending", "text/plain"),
        ("picture", picture(5, 5), "image/png"),
        ("main.py", b"print(1)\n", "text/plain"),
    ],
)
def test_a_file_is_known_by_its_content_and_its_ending(name: str, data: bytes, mime_type: str) -> None:
    part = attachment(name, data)
    assert isinstance(part, Part)
    assert (part.kind, part.mime_type, part.size_bytes) == (PartKind.DATA, mime_type, len(data))
    assert (part.name, part.data) == (name, data)
    assert part.mime_type in ACCEPTED


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("a.txt", b"", "a.txt is empty"),
        ("a.png", picture(5, 5, "JPEG"), "a JPEG image by its content"),
        ("a.pdf", picture(5, 5), "a PNG image by its content"),
        ("a.png", b"just words", "not a PNG image"),
        ("a.mp3", b"just words", "not an MP3 audio file"),
        ("a.zip", b"PK\x03\x04\0\0" + bytes(99), "application/zip, which Gemini does not take"),
        ("a.png", b"PK\x03\x04\0\0" + bytes(99), "application/zip, which Gemini does not take"),
        ("a.gif", b"GIF89a\0\0\0" + bytes(99), "image/gif, which Gemini does not take"),
        ("a.txt", b"\xff\xfe\0h\0i", "nor text in UTF-8"),
        ("a.bin", bytes(99), "nor text in UTF-8"),
        ("a.pdf", document(1, "secret"), "a.pdf is encrypted"),
    ],
)
def test_what_cannot_be_attached_is_refused_in_a_sentence_that_names_it(name: str, data: bytes, said: str) -> None:
    refusal = attachment(name, data)
    assert isinstance(refusal, Refusal)
    assert refusal.message.startswith(name)
    assert said in refusal.message


def test_files_that_are_too_large_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "LARGEST_FILE_BYTES", 10)
    assert "larger than 2 GB" in attachment("a.txt", b"x" * 11).message
    monkeypatch.undo()
    monkeypatch.setattr(files, "LARGEST_PDF_BYTES", 10)
    assert "larger than 50 MB" in attachment("a.pdf", document(1)).message


def test_a_damaged_document_is_left_to_the_service() -> None:
    assert isinstance(attachment("a.pdf", b"%PDF-1.7 damaged"), Part)


def test_a_name_loses_its_folders_and_what_cannot_be_shown() -> None:
    names = [
        attachment(name, b"x").name for name in ("../../etc/a.txt", "C:\\x\\a.txt", "a\n\u202eb.txt", "x" * 999, "")
    ]
    assert names == ["a.txt", "a.txt", "ab.txt", "x" * 200, "file"]


@settings(max_examples=80, deadline=None)
@given(st.text(max_size=12), st.binary(max_size=64))
def test_every_file_is_taken_or_refused(name: str, data: bytes) -> None:
    made = attachment(name, data)
    assert isinstance(made, Refusal) or (made.data == data and made.mime_type in ACCEPTED)


def test_each_ending_of_the_file_picker_belongs_to_one_type() -> None:
    endings = [ending for of_type in ACCEPTED.values() for ending in of_type]
    assert len(endings) == len(set(endings)) > 30


def test_the_largest_files_are_uploaded_until_the_rest_fits() -> None:
    parts = [held(b"x" * size, name=str(size)) for size in (5, 8, 1, 6)]
    inline, to_upload = split_by_size(parts, limit_bytes=8)
    assert [part.name for part in inline] == ["5", "1"]
    assert [part.name for part in to_upload] == ["8", "6"]
    assert split_by_size(parts, limit_bytes=20) == (tuple(parts), ())


@given(st.lists(st.integers(0, 50), max_size=8), st.integers(0, 120))
def test_what_goes_along_never_exceeds_the_limit_and_nothing_is_lost(sizes: list[int], limit: int) -> None:
    parts = [held(bytes(size), name=str(index)) for index, size in enumerate(sizes)]
    inline, to_upload = split_by_size(parts, limit)
    assert sum(len(part.data) for part in inline) <= limit
    assert sorted((*inline, *to_upload), key=lambda part: int(part.name)) == parts


def test_an_upload_is_referred_to_by_the_next_request(simulator: RunningSimulator) -> None:
    part = uploaded(place_of(simulator), held(document(3), "application/pdf", "größe.pdf"))
    assert (part.kind, part.name, part.mime_type) == (PartKind.FILE, "größe.pdf", "application/pdf")
    assert (part.data, part.size_bytes) == (b"", len(document(3)))
    answer = asked(simulator, FLASH, "Sum it up", attachments=(part,))
    assert answer.facts.usage.input_tokens == 3 * 258 + 3
    assert "1 file (application pdf)" in answer.text


def test_a_film_is_waited_for_until_it_is_active(simulator: RunningSimulator) -> None:
    seen: list[str] = []

    async def work(client: Any) -> Any:
        before = asyncio.get_running_loop().time()
        part = await upload(client, held(film(1), "video/mp4", "a.mp4"))
        seen.append((await client.aio.files.get(name="files/" + part.uri.rpartition("/")[2])).state.value)
        return asyncio.get_running_loop().time() - before

    assert calling(place_of(simulator), work) >= 0.3
    assert seen == ["ACTIVE"]


def test_a_film_that_cannot_be_read_is_told_and_deleted(simulator: RunningSimulator) -> None:
    async def work(client: Any) -> tuple[Any, list[str]]:
        failure = await upload(client, held(b"no film at all", "video/mp4", "b.mp4"))
        return failure, [file.display_name async for file in await client.aio.files.list()]

    failure, left = calling(place_of(simulator), work)
    assert isinstance(failure, Failure)
    assert failure.message == "The service could not read b.mp4."
    assert "b.mp4" not in left


def test_an_upload_that_takes_too_long_is_told(simulator: RunningSimulator) -> None:
    failure = uploaded(place_of(simulator), held(film(1), "video/mp4", "a.mp4"), timeout_s=0.1)
    assert failure.kind is FailureKind.TIMED_OUT
    assert failure.sentence.startswith("a.mp4 was not uploaded. The service did not answer in time.")


def test_vertex_takes_no_uploads_and_the_sentence_says_what_to_do() -> None:
    client = genai.Client(vertexai=True, api_key="AIzaKey")
    failure = asyncio.run(upload(client, held(b"x")))
    assert isinstance(failure, Failure)
    assert "Vertex AI takes no uploads" in failure.sentence
    assert "14 MB" in failure.next_step
    client.close()


@pytest.mark.parametrize(
    ("status", "body", "kind", "said"),
    [
        (404, '{"error": {"code": 404, "message": "?", "status": "NOT_FOUND"}}', "bad_request", "takes no uploads"),
        (400, '{"error": {"code": 400, "message": "AIzaStandInKey?"}}', "bad_request", "was not uploaded"),
        (200, "{}", "malformed_response", "was not uploaded"),
    ],
)
def test_an_upload_that_fails_is_told_and_not_raised(
    stand_in: Callable[..., Any], status: int, body: str, kind: str, said: str
) -> None:
    place = stand_in(body, status=status).connection
    failure = uploaded(place, held(b"x"), secrets=place.secrets)
    assert failure.kind == kind
    assert said in failure.message
    assert "AIzaStandInKey" not in repr(failure)


def test_deleting_is_quiet_whether_or_not_the_file_is_there(simulator: RunningSimulator) -> None:
    async def work(client: Any) -> int:
        part = await upload(client, held(b"short-lived"))
        await delete(client, part.uri)
        await delete(client, part.uri)
        await delete(client, "not a file at all")
        return [file.uri async for file in await client.aio.files.list()].count(part.uri)

    assert calling(place_of(simulator), work) == 0


def test_a_file_that_is_gone_is_refused_as_the_real_service_does(simulator: RunningSimulator) -> None:
    gone = Part(PartKind.FILE, uri=f"{simulator.base_url}/v1beta/files/nosuchfile", mime_type="image/png")
    with pytest.raises(genai.errors.ClientError) as caught:
        asked(simulator, FLASH, "What is it?", attachments=(gone,))
    assert caught.value.code == 403
    assert caught.value.message == "You do not have permission to access the File nosuchfile or it may not exist."


def test_a_book_remembers_an_upload_for_a_while_and_for_one_connection() -> None:
    now = [0.0]
    book = UploadBook(ttl_s=100, limit=2, clock=lambda: now[0])
    part = held(b"content")
    digest = digest_of(part)
    assert digest == hashlib.sha256(b"content").hexdigest()
    stored = Part(PartKind.FILE, uri="files/a")
    book.remember(HERE, digest, stored)
    assert book.recall(HERE, digest) == stored
    assert book.recall(ELSEWHERE, digest) is None
    now[0] = 99.9
    assert book.recall(HERE, digest) == stored
    now[0] = 100
    assert book.recall(HERE, digest) is None


def test_a_book_is_bounded_and_forgets_on_request() -> None:
    book = UploadBook(limit=2)
    for digest in ("a", "b", "c"):
        book.remember(HERE, digest, Part(PartKind.FILE, uri=digest))
    assert [book.recall(HERE, digest) is not None for digest in ("a", "b", "c")] == [False, True, True]
    book.forget(HERE, "c")
    book.forget(HERE, "never there")
    assert book.recall(HERE, "c") is None


def test_an_upload_in_several_pieces_arrives_whole(simulator: RunningSimulator) -> None:
    async def work(client: Any) -> Any:
        # The client cuts at 8 MiB.
        data = b"0123456789abcdef" * (9 * 1024 * 1024 // 16)
        part = await upload(client, held(data))
        file = await client.aio.files.get(name="files/" + part.uri.rpartition("/")[2])
        return hashlib.sha256(data).hexdigest(), file

    digest, file = calling(place_of(simulator), work)
    assert base64.b64decode(file.sha256_hash).decode() == digest
    assert file.size_bytes == 9 * 1024 * 1024
    assert json.loads(file.model_dump_json())["state"] == "ACTIVE"
