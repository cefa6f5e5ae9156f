"""Documents that this server has read: in the background, found again by the digest of what was sent."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, TypeVar

from components.documents.document import Document, Refused
from components.documents.passages import Index
from components.documents.quotations import Checked, check
from components.documents.reading import read_all
from components.documents.sending import Brought, brought
from components.gemini.content import Part
from components.gemini.files import digest_of

_Result = TypeVar("_Result")
_MOST_CHARACTERS = 60_000_000
# An index takes ten times the size of its documents.
_MOST_INDEXED = 20_000_000
_MOST_RESULTS = 500


@dataclass(frozen=True, slots=True)
class Taken:
    """What came of one upload: documents in their order, and what was refused."""

    documents: tuple[Brought, ...]
    refusals: tuple[Refused, ...]


class Library:
    """Reads uploads and checks quotations on two threads of its own. Safe across threads.

    What it keeps is bounded: the documents that nobody has asked for in the longest time go first.
    """

    def __init__(self, most_characters: int = _MOST_CHARACTERS) -> None:
        self._most = most_characters
        self._workers = ThreadPoolExecutor(2, "documents")
        self._lock = threading.Lock()
        self._documents: OrderedDict[str, Document] = OrderedDict()
        self._results: OrderedDict[Hashable, Future[Any]] = OrderedDict()
        self._indexes: OrderedDict[tuple[str, ...], Index] = OrderedDict()
        self._sizes: dict[tuple[str, ...], int] = {}

    def take(self, source: str, name: str, content: bytes) -> Future[Taken]:
        """Read an upload, once for each `source`; its documents are found by digest from then on."""
        return self._once(("upload", source), lambda: self._taken(source, name, content))

    def done(self, source: str) -> None:
        """Forget the reading of an upload, whose documents somebody else holds now."""
        with self._lock:
            self._results.pop(("upload", source), None)

    def keep(self, found: Brought) -> None:
        """Let a document be found by what is sent of it."""
        for part in (found.text, found.file):
            if part is not None:
                self._keep(digest_of(part), found.document)

    def find(self, part: Part) -> Document | None:
        """The document that a part of a request was made of, or None where it is not at hand."""
        digest = digest_of(part)
        with self._lock:
            if digest in self._documents:
                self._documents.move_to_end(digest)
                return self._documents[digest]
        return self._reread(part) if part.data else None

    def checked(self, answer: str, documents: Sequence[Document]) -> Future[tuple[Checked, ...]]:
        """Look the quotations of an answer up in documents, once for each answer."""
        digests = tuple(each.digest for each in documents)
        return self._once(("check", answer, digests), lambda: check(answer, self._index(documents)))

    def close(self) -> None:
        """End the threads; what waits is dropped."""
        self._workers.shutdown(wait=False, cancel_futures=True)

    def _once(self, key: Hashable, work: Callable[[], _Result]) -> Future[_Result]:
        with self._lock:
            if key not in self._results:
                self._results[key] = self._workers.submit(work)
                while len(self._results) > _MOST_RESULTS:
                    self._results.popitem(last=False)
            self._results.move_to_end(key)
            found: Future[_Result] = self._results[key]
            return found

    def _taken(self, source: str, name: str, content: bytes) -> Taken:
        found = read_all([(name, content)])
        alone = len(found.documents) == 1 and found.documents[0].digest
        documents = tuple(brought(each, source, content if each.digest == alone else b"") for each in found.documents)
        for each in documents:
            self.keep(each)
        return Taken(documents, found.refusals)

    def _reread(self, part: Part) -> Document | None:
        """The document of a part that came out of the history with its bytes; of a text, without its pages."""
        found = read_all([(part.name, part.data)]).documents
        if len(found) != 1:
            return None
        self._keep(digest_of(part), found[0])
        return found[0]

    def _keep(self, digest: str, document: Document) -> None:
        with self._lock:
            self._documents[digest] = document
            self._documents.move_to_end(digest)
            while len(self._documents) > 1 and self._characters() > self._most:
                self._documents.popitem(last=False)

    def _characters(self) -> int:
        return sum(len(each.text) for each in {each.digest: each for each in self._documents.values()}.values())

    def _index(self, documents: Sequence[Document]) -> Index:
        digests = tuple(each.digest for each in documents)
        with self._lock:
            if digests in self._indexes:
                self._indexes.move_to_end(digests)
                return self._indexes[digests]
        made = Index(documents)
        with self._lock:
            self._indexes[digests] = made
            self._sizes[digests] = sum(len(each.text) for each in documents)
            while len(self._indexes) > 1 and sum(self._sizes.values()) > _MOST_INDEXED:
                del self._sizes[self._indexes.popitem(last=False)[0]]
        return made
