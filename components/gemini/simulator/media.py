"""What a file counts in tokens. The rates are settings of the simulator; nothing is looked at but the bytes."""

import re
from dataclasses import dataclass, field
from enum import StrEnum

from components.gemini.simulator.errors import bad_request
from components.gemini.simulator.tokens import CHARACTERS_PER_TOKEN

TOKENS_PER_IMAGE = 258
TOKENS_PER_PAGE = 258
AUDIO_TOKENS_PER_S = 32
VIDEO_TOKENS_PER_S = 263
AUDIO_BYTES_PER_S = 16_000
VIDEO_BYTES_PER_S = 125_000

_HEAD_BYTES = 64
_PAGE = re.compile(rb"/Type\s{0,8}/Page(?![A-Za-z])")
_PAGE_BYTES = 32
_OTHER_TEXT = ("application/json", "application/xml", "application/x-javascript", "application/x-python")
# The input of a batch; Google's own examples name the type of such a file "jsonl".
_JSON_LINES = ("jsonl", "application/jsonl", "application/x-ndjson", "text/jsonl")
# What a video begins with, at which byte.
_VIDEO_MARKS = (
    (4, b"ftyp"),
    (0, bytes.fromhex("1a45dfa3")),
    (0, b"RIFF"),
    (0, b"FLV"),
    (0, bytes.fromhex("3026b2758e66cf11")),
    (0, bytes.fromhex("000001")),
)


class Modality(StrEnum):
    """The kinds of input that usage is reported by."""

    TEXT = "TEXT"
    IMAGE = "IMAGE"
    AUDIO = "AUDIO"
    VIDEO = "VIDEO"
    DOCUMENT = "DOCUMENT"


@dataclass(frozen=True)
class Counted:
    """So many tokens of one modality."""

    modality: Modality
    tokens: int


def modality_of(mime_type: str) -> Modality:
    """Return what a file of this type counts as; raise ApiError 400 for a type that no model takes."""
    kind = mime_type.lower().partition(";")[0].strip()
    if kind == "application/pdf":
        return Modality.DOCUMENT
    family = kind.partition("/")[0]
    if family in ("image", "audio", "video"):
        return Modality[family.upper()]
    if family == "text" or kind in _OTHER_TEXT or holds_json_lines(kind):
        return Modality.TEXT
    raise bad_request([], f"Unsupported MIME type: {mime_type[:100]}")


def holds_json_lines(mime_type: str) -> bool:
    """Return whether a file of this type may be the input of a batch."""
    return mime_type.lower().partition(";")[0].strip() in _JSON_LINES


def measured(mime_type: str, data: bytes) -> Counted:
    """Return what a whole file counts."""
    measure = Measure(modality_of(mime_type))
    measure.add(data)
    return measure.counted


@dataclass
class Measure:
    """Counts a file that arrives piece by piece, and keeps no more of it than its first and its latest bytes."""

    modality: Modality
    size: int = 0
    _head: bytes = field(default=b"", repr=False)
    _tail: bytes = field(default=b"", repr=False)
    _pages: int = 0

    def add(self, piece: bytes) -> None:
        """Take the next bytes of the file."""
        self._head += piece[: _HEAD_BYTES - len(self._head)]
        if self.modality is Modality.DOCUMENT:
            text = self._tail + piece
            # What ended in the tail was counted with the piece before.
            self._pages += sum(match.end() > len(self._tail) for match in _PAGE.finditer(text))
            self._tail = text[-_PAGE_BYTES:]
        self.size += len(piece)

    @property
    def counted(self) -> Counted:
        """What the file counts, judged by its bytes so far: never less than one image, page or second."""
        tokens = {
            Modality.TEXT: -(-self.size // CHARACTERS_PER_TOKEN),
            Modality.IMAGE: TOKENS_PER_IMAGE,
            Modality.DOCUMENT: TOKENS_PER_PAGE * max(1, self._pages),
            Modality.AUDIO: AUDIO_TOKENS_PER_S * _seconds(self.size, self._audio_bytes_per_s),
            Modality.VIDEO: VIDEO_TOKENS_PER_S * _seconds(self.size, VIDEO_BYTES_PER_S),
        }
        return Counted(self.modality, tokens[self.modality])

    @property
    def readable(self) -> bool:
        """Whether a video begins as some video does; every other file passes."""
        if self.modality is not Modality.VIDEO:
            return True
        return any(self._head[start:].startswith(mark) for start, mark in _VIDEO_MARKS)

    @property
    def _audio_bytes_per_s(self) -> int:
        if self._head[:4] == b"RIFF" and self._head[8:16] == b"WAVEfmt ":
            return int.from_bytes(self._head[28:32], "little") or AUDIO_BYTES_PER_S
        return AUDIO_BYTES_PER_S


def _seconds(size: int, bytes_per_s: int) -> int:
    return max(1, -(-size // bytes_per_s))
