"""What happens between Run and the call: files are uploaded once for all models, caches made, parts of a split read."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from components.documents.caches import CacheBook, CacheKey
from components.documents.sending import document_parts, text_part, with_parts, without_documents
from components.documents.splitting import Plan, map_question, reduce_prompt
from components.gemini.caching import Cache, create
from components.gemini.content import Part, PartKind, Role, Turn
from components.gemini.errors import Failure, FailureKind
from components.gemini.files import INLINE_LIMIT_BYTES, UploadBook, digest_of, split_by_size, upload
from components.gemini.request import Request
from components.gemini.settings import Connection
from components.playground.lanes import Run, RunSnapshot
from components.playground.run import Preparation, Unprepared

if TYPE_CHECKING:
    from components.gemini.client import Client

UPLOAD_FROM_BYTES = 1_000_000
"""From so many bytes together on, documents are uploaded once instead of going along with every question."""
PARTS_PRESET = "documents_parts"
_UPLOAD_S = 600.0
_LOOK_EVERY_S = 0.1


@dataclass
class Notes:
    """What became of the lanes of one run before their calls, by lane: written while it runs, read by the page."""

    doing: dict[int, str] = field(default_factory=dict)
    cached: dict[int, tuple[CacheKey, Cache]] = field(default_factory=dict)
    told: dict[int, str] = field(default_factory=dict)


class Uploader:
    """Uploads what is too large to go along with every question, each file once, also for models that ask at once."""

    def __init__(self, place: Connection, book: UploadBook) -> None:
        self._place = place
        self._book = book
        self._locks: dict[str, asyncio.Lock] = {}

    def wanted(self, request: Request) -> tuple[Part, ...]:
        """The documents of a request that are uploaded before it is sent."""
        documents = tuple(part for part in document_parts(request) if part.kind is PartKind.DATA)
        limit = INLINE_LIMIT_BYTES if self._place.vertexai else UPLOAD_FROM_BYTES
        return split_by_size(documents, limit)[1]

    async def sent(self, client: Client, request: Request) -> Request:
        """The request with uploaded files in place of large ones. Raises Unprepared where they cannot be uploaded.

        A service that takes no uploads gets them along with the request, as far as that has room for them.
        """
        wanted = self.wanted(request)
        found: list[tuple[Part, Part]] = []
        for part in wanted:
            made = await self._uploaded(client, part)
            if isinstance(made, Part):
                found.append((part, made))
            elif sum(len(each.data) for each in document_parts(request)) > INLINE_LIMIT_BYTES:
                raise Unprepared(made)
        return with_parts(request, found)

    async def _uploaded(self, client: Client, part: Part) -> Part | Failure:
        digest = digest_of(part)
        async with self._locks.setdefault(digest, asyncio.Lock()):
            if known := self._book.recall(self._place, digest):
                return known
            made = await upload(client, part, secrets=self._place.secrets, timeout_s=_UPLOAD_S)
            if isinstance(made, Part):
                self._book.remember(self._place, digest, made)
            return made


@dataclass(frozen=True)
class CacheWish:
    """That questions are asked from a cache which lives for `hours`."""

    place: Connection
    book: CacheBook
    hours: float

    def key(self, request: Request) -> CacheKey:
        """What the cache of a request is for."""
        digests = tuple(map(digest_of, document_parts(request)))
        return CacheKey(self.place, request.model, request.system_instruction or "", digests)


def ready(request: Request, lane: int, uploader: Uploader, wish: CacheWish | None, notes: Notes) -> Preparation | None:
    """What is to be done before a request is sent: uploads, and a cache where one is wished; None for nothing."""
    if wish is None and not uploader.wanted(request):
        return None

    async def prepare(client: Client) -> Request:
        if wish is not None and (kept := wish.book.recall(wish.key(request))) is not None:
            return _through(request, kept.cache, wish.key(request), lane, notes)
        notes.doing[lane] = "uploading the documents"
        try:
            sent = await uploader.sent(client, request)
            return sent if wish is None else await _cached(client, request, sent, lane, wish, notes)
        finally:
            del notes.doing[lane]

    return prepare


def joining(request: Request, lane: int, parts: Run, stop: Callable[[str], None], notes: Notes) -> Preparation:
    """Waits for the answers to all parts of a split, and makes the call that joins them.

    `stop` ends the run of the parts, whose id it gets, when the waiting ends early.
    """

    async def prepare(client: Client) -> Request:
        try:
            while not parts.finished:
                # Whoever watches the joined answer watches its parts.
                parts.touch()
                notes.doing[lane] = progress_words(parts.snapshot())
                await asyncio.sleep(_LOOK_EVERY_S)
        finally:
            notes.doing.pop(lane, None)
            if not parts.finished:
                stop(parts.id)
        answers = _answers(parts.snapshot())
        return replace(without_documents(request), prompt=reduce_prompt(request.prompt, answers))

    return prepare


def part_requests(request: Request, plan: Plan) -> list[Request]:
    """The question to each piece of a plan, with the settings of the whole request. The pieces travel as files."""
    return [
        replace(
            without_documents(request),
            prompt=map_question(plan, index, request.prompt),
            attachments=(text_part(f"part {index + 1} of {len(plan.pieces)}", piece.text),),
        )
        for index, piece in enumerate(plan.pieces)
    ]


def progress_words(parts: RunSnapshot) -> str:
    """How far the parts of a split have come."""
    done = sum(lane.ended for lane in parts.lanes)
    return f"{done} of {len(parts.lanes)} parts answered"


async def _cached(client: Client, request: Request, sent: Request, lane: int, wish: CacheWish, notes: Notes) -> Request:
    """The request through a cache of its documents; without one, saying why, where the service makes none."""
    notes.doing[lane] = "making the cache"
    held = Turn(Role.USER, document_parts(sent))
    made = await create(
        client,
        request.model,
        [held],
        system_instruction=request.system_instruction or "",
        ttl_s=wish.hours * 3600,
        display_name=", ".join(part.name for part in held.parts),
        secrets=wish.place.secrets,
    )
    if isinstance(made, Failure):
        notes.told[lane] = f"No cache was made, so the documents went along with the question. {made.message}"
        return sent
    wish.book.remember(wish.key(request), made)
    return _through(request, made, wish.key(request), lane, notes)


def _through(request: Request, cache: Cache, key: CacheKey, lane: int, notes: Notes) -> Request:
    notes.cached[lane] = (key, cache)
    return replace(without_documents(request), system_instruction=None, cached_content=cache.name)


def _answers(parts: RunSnapshot) -> Sequence[str]:
    """The answers to all parts; raises Unprepared for parts without one, since a joined answer would hide the gap."""
    for number, lane in enumerate(parts.lanes, start=1):
        if not lane.text.strip():
            why = lane.failure.message if lane.failure else lane.stop_reason or "It has no text."
            message = f"Part {number} of {len(parts.lanes)} was not answered, so nothing was joined. {why}"
            kind = lane.failure.kind if lane.failure else FailureKind.EMPTY_ANSWER
            next_step = lane.failure.next_step if lane.failure else "Run it again."
            raise Unprepared(Failure(kind, message, "The answers to the other parts are kept below.", next_step))
    return [lane.text for lane in parts.lanes]
