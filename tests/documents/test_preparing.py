"""Between Run and the call, over HTTP with the simulator: uploads, caches, and documents that are read in parts."""

import json
import time
import urllib.request
from collections.abc import Sequence
from dataclasses import replace

from components.documents.caches import CacheBook
from components.documents.preparing import CacheWish, Notes, Uploader, joining, part_requests, ready
from components.documents.sending import Brought
from components.documents.splitting import Plan, split
from components.gemini.content import Part, PartKind, Role, Turn
from components.gemini.files import UploadBook
from components.gemini.request import Request
from components.gemini.settings import Connection
from components.gemini.simulator.server import RunningSimulator
from components.playground.keeping import run_record
from components.playground.lanes import LaneStatus, Run, RunSnapshot, Setup
from components.playground.run import STOPPED_BY_USER, Runner
from tests.documents.bringing import text

PRO, FLASH = "gemini-2.0-pro-exp-02-05", "gemini-2.0-flash"
QUICK = (("x-simulator-first-token-ms", "5"), ("x-simulator-tokens-per-second", "20000"))
SENTENCE = "The tenant pays the rent on the first day of each month. "


def request(model: str, found: Brought, question: str = "Who pays?") -> Request:
    return Request(model, question, system_instruction="Read closely.", headers=QUICK, attachments=(found.text,))


def ended(run: Run, timeout: float = 15) -> RunSnapshot:
    deadline = time.monotonic() + timeout
    while not run.finished:
        assert time.monotonic() < deadline
        run.wait(run.version, 0.2)
    return run.snapshot()


def logged(simulator: RunningSimulator, after: int = 0) -> list[dict[str, str]]:
    with urllib.request.urlopen(f"{simulator.base_url}/simulator/log?after={after}") as answer:
        return [json.loads(line) for line in answer.read().decode().splitlines()]


def methods(lines: Sequence[dict[str, str]], words: str) -> int:
    return sum(words in line["method"] for line in lines)


def ask(
    runner: Runner, place: Connection, requests: Sequence[Request], wish: CacheWish | None, book: UploadBook
) -> Run:
    notes, uploader = Notes(), Uploader(place, book)
    later = {lane: made for lane, each in enumerate(requests) if (made := ready(each, lane, uploader, wish, notes))}
    return runner.start(place, requests, setup=Setup(sides=len(requests)), later=later)


def test_a_large_document_is_uploaded_once_for_both_models(
    runner: Runner, connection: Connection, simulator: RunningSimulator
) -> None:
    found, book = text("lease.txt", SENTENCE * 40_000), UploadBook()
    before = len(logged(simulator))
    snapshot = ended(ask(runner, connection, [request(PRO, found), request(FLASH, found)], None, book))
    assert [lane.status for lane in snapshot.lanes] == [LaneStatus.DONE] * 2
    lines = logged(simulator, before)
    assert methods(lines, "POST /upload/v1beta/files") == 2, "one call that begins the upload, one with the bytes"
    # 57 letters a sentence, four to a token, and the question.
    assert all((lane.usage.input_tokens or 0) >= 570_000 for lane in snapshot.lanes)
    again = ended(ask(runner, connection, [request(FLASH, found)], None, book))
    assert again.lanes[0].status is LaneStatus.DONE
    assert methods(logged(simulator, before), "POST /upload/v1beta/files") == 2


def test_what_is_kept_of_a_run_has_the_documents_by_name_and_digest_and_not_by_their_text(
    runner: Runner, connection: Connection
) -> None:
    found = text("lease.txt", SENTENCE * 40_000)
    snapshot = ended(ask(runner, connection, [request(FLASH, found)], None, UploadBook()))
    kept = json.dumps(run_record(snapshot).lanes[0].request)
    assert found.text.digest in kept
    assert "lease.txt" in kept
    assert len(kept) < 1_000


def test_a_small_document_goes_along_and_nothing_is_prepared(connection: Connection) -> None:
    uploader = Uploader(connection, UploadBook())
    assert ready(request(FLASH, text("a.txt", "A few words.")), 0, uploader, None, Notes()) is None


def test_a_cache_is_made_once_and_the_next_question_reads_from_it(
    runner: Runner, connection: Connection, simulator: RunningSimulator
) -> None:
    found, book, uploads = text("lease.txt", SENTENCE * 2_000), CacheBook(), UploadBook()
    wish = CacheWish(connection, book, hours=1)
    before = len(logged(simulator))
    first = ended(ask(runner, connection, [request(FLASH, found)], wish, uploads)).lanes[0]
    lane = replace(first.request, prompt="And who repairs?", attachments=())
    turns = (first.request.own_turn, Turn(Role.MODEL, (Part(PartKind.TEXT, first.text),)))
    second = ended(ask(runner, connection, [replace(lane, turns=turns)], wish, uploads)).lanes[0]
    assert methods(logged(simulator, before), "POST /v1beta/cachedContents") == 1
    # The document and the system instruction, whose tokens are all read from the cache.
    (_, kept), *_ = book.living()
    assert kept.cache.tokens is not None
    assert kept.cache.tokens > 28_000
    assert first.usage.cached_tokens == second.usage.cached_tokens == kept.cache.tokens
    assert (second.usage.input_tokens or 0) > kept.cache.tokens


def test_a_document_that_is_too_small_for_a_cache_goes_along_and_that_is_told(
    runner: Runner, connection: Connection
) -> None:
    notes, wish = Notes(), CacheWish(connection, CacheBook(), hours=1)
    asked = request(FLASH, text("a.txt", "A few words."))
    prepared = ready(asked, 0, Uploader(connection, UploadBook()), wish, notes)
    assert prepared is not None
    lane = ended(runner.start(connection, [asked], later={0: prepared})).lanes[0]
    assert lane.status is LaneStatus.DONE
    assert notes.told[0].startswith("No cache was made, so the documents went along with the question.")
    assert not notes.cached


def test_documents_in_parts_are_asked_part_by_part_and_joined_by_one_call(
    runner: Runner, connection: Connection, simulator: RunningSimulator
) -> None:
    before = len(logged(simulator))
    whole, plan = in_parts()
    parts, joined = asked_in_parts(runner, connection, whole, plan)
    snapshot = ended(joined)
    assert [lane.text != "" for lane in parts.snapshot().lanes] == [True] * 3
    assert snapshot.lanes[0].status is LaneStatus.DONE
    assert methods(logged(simulator, before), "streamGenerateContent") == 4
    # The question that was asked is what the run keeps, not the long prompt that joins the answers.
    assert snapshot.lanes[0].request.prompt == "Who pays?"


def test_where_a_part_fails_nothing_is_joined_and_the_part_is_named(runner: Runner, connection: Connection) -> None:
    whole, plan = in_parts()
    requests = part_requests(whole, plan)
    requests[1] = replace(requests[1], headers=(("x-simulator-fault", "unavailable"),))
    parts = runner.start(connection, requests, setup=Setup(sides=1, repeats=3))
    notes = Notes()
    prepared = joining(whole, 0, parts, runner.stop, notes)
    lane = ended(runner.start(connection, [whole], later={0: prepared})).lanes[0]
    assert lane.status is LaneStatus.FAILED
    assert lane.failure is not None
    assert lane.failure.message.startswith("Part 2 of 3 was not answered, so nothing was joined.")


def test_stop_ends_the_parts_as_well(runner: Runner, connection: Connection) -> None:
    whole, plan = in_parts()
    silent = replace(whole, headers=(("x-simulator-first-token-ms", "15000"),))
    parts, joined = asked_in_parts(runner, connection, silent, plan)
    time.sleep(0.2)
    runner.stop(joined.id)
    snapshot = ended(parts, timeout=3)
    assert {lane.stop_reason for lane in snapshot.lanes} == {STOPPED_BY_USER}


def in_parts() -> tuple[Request, Plan]:
    found = text("lease.txt", SENTENCE * 150)
    plan = split([found.document], 1_000, 50)
    assert len(plan.pieces) == 3
    return request(FLASH, found), plan


def asked_in_parts(runner: Runner, place: Connection, whole: Request, plan: Plan) -> tuple[Run, Run]:
    setup = Setup(sides=1, repeats=len(plan.pieces))
    parts = runner.start(place, part_requests(whole, plan), setup=setup, at_once=2)
    prepared = joining(whole, 0, parts, runner.stop, Notes())
    return parts, runner.start(place, [whole], later={0: prepared})
