"""Counts are asked once for each content, come from the service, and one that fails says why."""

from components.gemini.content import Part, PartKind
from components.gemini.errors import Failure, FailureKind
from components.gemini.request import Request
from components.gemini.settings import Connection
from components.playground.counts import CountBook
from components.playground.run import Runner

FLASH = "gemini-2.0-flash"


def test_a_count_is_the_service_s_own(runner: Runner, connection: Connection) -> None:
    book = CountBook()
    # The simulator counts four characters a token: 400 of them are 100.
    request = Request(FLASH, "abcd" * 100)
    assert book.recall(connection, request) is None
    book.ask(runner, connection, request)
    assert book.recall(connection, request, wait_s=5) == 100
    assert book.recall(connection, Request(FLASH, "abcd")) is None


def test_what_is_attached_counts_and_is_told_apart(runner: Runner, connection: Connection) -> None:
    book = CountBook()
    plain = Request(FLASH, "abcd")
    picture = Part(PartKind.DATA, mime_type="image/png", data=b"\x89PNG\r\n\x1a\n one", name="one.png")
    with_picture = Request(FLASH, "abcd", attachments=(picture,))
    for request in (plain, with_picture):
        book.ask(runner, connection, request)
    assert book.recall(connection, plain, wait_s=5) == 1
    # An image is 258 tokens there.
    assert book.recall(connection, with_picture, wait_s=5) == 259


def test_a_count_that_cannot_be_had_says_why(runner: Runner) -> None:
    book = CountBook()
    nowhere = Connection(api_key="k", base_url="http://127.0.0.1:9")
    book.ask(runner, nowhere, Request(FLASH, "abcd"))
    found = book.recall(nowhere, Request(FLASH, "abcd"), wait_s=5)
    assert isinstance(found, Failure)
    assert found.kind is FailureKind.CONNECTION_REFUSED


def test_the_same_content_is_asked_once(connection: Connection) -> None:
    asked = []

    class Watched(Runner):
        def later(self, *arguments: object) -> None:
            asked.append(arguments)
            super().later(*arguments)  # type: ignore[arg-type]

    runner = Watched()
    book = CountBook()
    for _ in range(3):
        book.ask(runner, connection, Request(FLASH, "abcd"))
    assert book.recall(connection, Request(FLASH, "abcd"), wait_s=5) == 1
    book.ask(runner, connection, Request(FLASH, "abcd"))
    runner.close()
    assert len(asked) == 1
