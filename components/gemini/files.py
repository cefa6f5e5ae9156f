"""Attachments: what may be attached, how it travels, and what becomes of it at the service."""

from __future__ import annotations

import asyncio
import mimetypes
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from hashlib import sha256
from io import BytesIO
from pathlib import PurePath
from types import MappingProxyType
from typing import TYPE_CHECKING

from components.gemini.content import Part, PartKind
from components.gemini.counting import pdf_pages
from components.gemini.errors import Failure, FailureKind, failure_of
from components.gemini.redaction import detail_of
from components.gemini.settings import Connection

if TYPE_CHECKING:
    from google.genai import Client, types

# Types as the documentation of Gemini spells them, each with the endings of its files, the usual one first
# (https://ai.google.dev/gemini-api/docs/file-input-methods). Source code travels as plain text.
ACCEPTED: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "image/png": ("png",),
        "image/jpeg": ("jpg", "jpeg", "jfif"),
        "image/webp": ("webp",),
        "image/heic": ("heic",),
        "image/heif": ("heif",),
        "application/pdf": ("pdf",),
        "audio/wav": ("wav",),
        "audio/mp3": ("mp3",),
        "audio/aiff": ("aiff", "aif"),
        "audio/aac": ("aac",),
        "audio/ogg": ("ogg", "oga", "opus"),
        "audio/flac": ("flac",),
        "audio/m4a": ("m4a",),
        "video/mp4": ("mp4", "m4v"),
        "video/mpeg": ("mpeg", "mpg"),
        "video/mov": ("mov",),
        "video/avi": ("avi",),
        "video/x-flv": ("flv",),
        "video/webm": ("webm",),
        "video/wmv": ("wmv",),
        "video/3gpp": ("3gp", "3gpp"),
        "text/plain": ("txt", "log", "json", "jsonl", "yaml", "yml", "toml", "py", "js", "ts", "sql", "java", "c"),
        "text/markdown": ("md", "markdown"),
        "text/csv": ("csv",),
        "text/html": ("html", "htm"),
        "text/css": ("css",),
        "text/xml": ("xml",),
        "text/rtf": ("rtf",),
    }
)
# A request may hold 20 MB in all, and base64 makes three bytes four: so much is left for files, with room for text.
INLINE_LIMIT_BYTES = 14 * 1024 * 1024
LARGEST_FILE_BYTES = 2 * 1024**3
LARGEST_PDF_BYTES = 50 * 1024 * 1024
UPLOADS_LIVE_S = 48 * 3600.0

_TYPE_OF_ENDING = {ending: mime_type for mime_type, endings in ACCEPTED.items() for ending in endings}
# Two names for one container: either ending is right for either content.
_SAME_CONTAINER = (
    frozenset({"image/heic", "image/heif"}),
    frozenset({"audio/m4a", "video/mp4", "video/mov", "video/3gpp", "audio/aac"}),
)
_GEMINI_NAMES = {
    "audio/x-wav": "audio/wav",
    "audio/mpeg": "audio/mp3",
    "audio/x-aiff": "audio/aiff",
    "audio/x-flac": "audio/flac",
    "audio/mp4": "audio/m4a",
    "video/quicktime": "video/mov",
    "video/x-msvideo": "video/avi",
    "video/x-ms-wmv": "video/wmv",
    "video/x-m4v": "video/mp4",
    "application/rtf": "text/rtf",
}
_WRITTEN_AS_TEXT = ("application/pdf", "text/rtf")
_LONGEST_NAME = 200
_FIRST_PAUSE_S = 0.2
_LONGEST_PAUSE_S = 5.0


@dataclass(frozen=True)
class Refusal:
    """Why a file is not attached, in a sentence that names it."""

    name: str
    message: str


def attachment(name: str, data: bytes) -> Part | Refusal:
    """Make a part of a file, with its type found by its content first and by the ending of its name second.

    Refused are empty and oversized files, types that Gemini does not take, endings that contradict the content, and
    encrypted PDFs. A PDF that is damaged in another way passes: the service may read it all the same.
    """
    name = _shown_name(name)
    if not data:
        return Refusal(name, f"{name} is empty, so there is nothing to attach.")
    if len(data) > LARGEST_FILE_BYTES:
        return Refusal(name, f"{name} is larger than 2 GB, which is the most that Gemini takes.")
    found, expected = _type_of_content(data), _expected_type(name)
    mime_type = _type_of_text(name, data, expected) if found is None else found
    if isinstance(mime_type, Refusal):
        return mime_type
    if mime_type not in ACCEPTED:
        return Refusal(name, f"{name} is of the type {mime_type}, which Gemini does not take.")
    if contradiction := _contradiction(name, mime_type, expected):
        return contradiction
    if mime_type == "application/pdf" and (refusal := _refused_pdf(name, data)):
        return refusal
    if expected is not None and _same_container(mime_type, expected):
        mime_type = expected
    digest = sha256(data).hexdigest()
    return Part(PartKind.DATA, name=name, mime_type=mime_type, data=data, size_bytes=len(data), digest=digest)


def split_by_size(
    parts: Sequence[Part], limit_bytes: int = INLINE_LIMIT_BYTES
) -> tuple[tuple[Part, ...], tuple[Part, ...]]:
    """Part attachments into those that go along with the request and those to upload before, each in their order.

    The largest are uploaded until the rest holds at most `limit_bytes`. What is uploaded already goes along.
    """
    to_upload: set[int] = set()
    left = sum(len(part.data) for part in parts)
    for index in sorted(range(len(parts)), key=lambda index: len(parts[index].data), reverse=True):
        if left <= limit_bytes:
            break
        to_upload.add(index)
        left -= len(parts[index].data)
    inline = tuple(part for index, part in enumerate(parts) if index not in to_upload)
    return inline, tuple(parts[index] for index in sorted(to_upload))


async def upload(client: Client, part: Part, *, secrets: Iterable[str] = (), timeout_s: float = 120) -> Part | Failure:
    """Upload a file and wait until the service is done with it; return a part that refers to it.

    Never raises but for cancellation. The file lives for 48 hours at the service, see `UploadBook`. A file that the
    service could not read is deleted there again. `secrets` are the connection's keys.
    """
    if client.vertexai:
        return _no_uploads(part, "Vertex AI takes no uploads.")
    try:
        async with asyncio.timeout(timeout_s):
            file = await client.aio.files.upload(
                file=BytesIO(part.data), config={"mime_type": part.mime_type, "display_name": part.name[:512]}
            )
            file = await settled(client, file)
    except Exception as error:
        return _not_uploaded(part, failure_of(error, partial=False, model="the service", secrets=secrets))
    if state_of(file) == "FAILED" or not file.uri:
        await delete(client, file.name or "")
        return _unreadable(part, detail_of(str(file.error.message if file.error else ""), secrets))
    return replace(part, kind=PartKind.FILE, uri=file.uri, data=b"", size_bytes=len(part.data))


async def delete(client: Client, uri: str, timeout_s: float = 10) -> None:
    """Delete an uploaded file at the service, by its uri or its name. Best effort: after 48 hours it goes anyway."""
    with suppress(Exception):
        async with asyncio.timeout(timeout_s):
            await client.aio.files.delete(name=f"files/{uri.rpartition('files/')[2]}")


def digest_of(part: Part) -> str:
    """Return the SHA-256 of a file's bytes, in hexadecimal; made once for a file that `attachment` took."""
    return part.digest or sha256(part.data).hexdigest()


class UploadBook:
    """Remembers what was uploaded, apart for each connection, a little less long than it lives. Safe across threads."""

    def __init__(
        self, ttl_s: float = UPLOADS_LIVE_S - 2 * 3600, limit: int = 1_000, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._ttl_s = ttl_s
        self._limit = limit
        self._clock = clock
        self._lock = threading.Lock()
        self._uploads: OrderedDict[tuple[Connection, str], tuple[float, Part]] = OrderedDict()

    def remember(self, connection: Connection, digest: str, uploaded: Part) -> None:
        """Keep an uploaded file under the digest of its bytes; the oldest goes when the book is full."""
        with self._lock:
            self._uploads[connection, digest] = (self._clock(), uploaded)
            self._uploads.move_to_end((connection, digest))
            while len(self._uploads) > self._limit:
                self._uploads.popitem(last=False)

    def recall(self, connection: Connection, digest: str) -> Part | None:
        """Return the uploaded file, or None when there is none or it may be gone at the service."""
        with self._lock:
            if (connection, digest) not in self._uploads:
                return None
            written, uploaded = self._uploads[connection, digest]
            if self._clock() - written >= self._ttl_s:
                del self._uploads[connection, digest]
                return None
            return uploaded

    def forget(self, connection: Connection, digest: str) -> None:
        """Drop one file, as after a refusal by the service, so that it is uploaded anew."""
        with self._lock:
            self._uploads.pop((connection, digest), None)


def _type_of_content(data: bytes) -> str | None:
    """Return the type by the first bytes, in Gemini's spelling; None for what has no mark, such as text."""
    import filetype  # type: ignore[import-untyped]

    brand = data[8:12] if data[4:8] == b"ftyp" else b""
    if brand in (b"mif1", b"msf1", b"heim", b"heis"):
        return "image/heif"
    if brand[:2] == b"3g":
        return "video/3gpp"
    kind = filetype.guess(data[:8192])
    found = _GEMINI_NAMES.get(kind.mime, kind.mime) if kind else None
    # Some marks are two letters, which a text may begin with too.
    return None if found not in _WRITTEN_AS_TEXT and _is_text(data) else found


def _is_text(data: bytes) -> bool:
    try:
        return "\0" not in data.decode("utf-8")
    except UnicodeDecodeError:
        return False


def _shown_name(name: str) -> str:
    """Return the last part of a path, without what cannot be shown and not too long for a line."""
    last = PurePath(name.replace("\\", "/")).name
    return "".join(character for character in last if character.isprintable())[-_LONGEST_NAME:] or "file"


def _expected_type(name: str) -> str | None:
    """Return the type that the ending stands for; None for an unknown ending."""
    ending = PurePath(name).suffix.lower().removeprefix(".")
    if ending in _TYPE_OF_ENDING:
        return _TYPE_OF_ENDING[ending]
    guessed = mimetypes.guess_type(name)[0]
    return None if guessed == "application/octet-stream" else guessed


def _type_of_text(name: str, data: bytes, expected: str | None) -> str | Refusal:
    if expected is not None and expected in ACCEPTED and not expected.startswith("text/"):
        return Refusal(name, f"{name} does not hold what its ending promises: its content is not {_spoken(expected)}.")
    if not _is_text(data):
        return Refusal(
            name, f"{name} is neither a file of a type that Gemini takes nor text in UTF-8. Save it as one of these."
        )
    return expected if expected is not None and expected in ACCEPTED else "text/plain"


def _contradiction(name: str, mime_type: str, expected: str | None) -> Refusal | None:
    if expected is None or expected == mime_type or _same_container(mime_type, expected):
        return None
    # Text under an ending that stands for no other type of its own is text.
    if mime_type == "text/plain" and expected not in ACCEPTED:
        return None
    return Refusal(
        name,
        f"{name} is {_spoken(mime_type)} by its content, but its name says otherwise. "
        f"Rename it to end in .{ACCEPTED[mime_type][0]} if that is right.",
    )


def _same_container(one: str, other: str) -> bool:
    return any(one in names and other in names for names in _SAME_CONTAINER)


def _spoken(mime_type: str) -> str:
    """Say a type in words: a PNG image, an MP3 audio file."""
    family, _, kind = mime_type.partition("/")
    if mime_type == "application/pdf":
        return "a PDF document"
    label = kind.removeprefix("x-").upper()
    article = "an" if label[0] in "AEFHILMNORSX" else "a"
    return f"{article} {label} {family}" + (" file" if family in ("audio", "text") else "")


def _refused_pdf(name: str, data: bytes) -> Refusal | None:
    if len(data) > LARGEST_PDF_BYTES:
        return Refusal(name, f"{name} is larger than 50 MB, which is the most that Gemini takes of a PDF. Split it.")
    if pdf_pages(data)[1] == "is encrypted":
        return Refusal(name, f"{name} is encrypted, so no model can read it. Attach a copy saved without a password.")
    return None


async def settled(client: Client, file: types.File) -> types.File:
    """Wait until the service is done with an uploaded file, and return its record. Raises what google-genai raises."""
    pause_s = _FIRST_PAUSE_S
    while state_of(file) == "PROCESSING":
        await asyncio.sleep(pause_s)
        pause_s = min(pause_s * 1.5, _LONGEST_PAUSE_S)
        file = await client.aio.files.get(name=file.name or "")
    return file


def state_of(file: types.File) -> str:
    """Return the state of an uploaded file in the service's word, such as ACTIVE."""
    return str(getattr(file.state, "value", file.state) or "")


def _not_uploaded(part: Part, failure: Failure) -> Failure:
    if failure.kind is FailureKind.NOT_FOUND:
        return replace(_no_uploads(part, "This service takes no uploads."), detail=failure.detail)
    reason = failure.message[:1].upper() + failure.message[1:]
    if failure.kind is FailureKind.PROMPT_TOO_LONG:
        reason = "The service does not take a file of this size."
    return replace(failure, message=f"{part.name} was not uploaded. {reason}", safe=_SAFE)


def _no_uploads(part: Part, reason: str) -> Failure:
    return Failure(
        FailureKind.BAD_REQUEST,
        f"{part.name} was not uploaded. {reason}",
        _SAFE,
        "Attach files of up to 14 MB together, which go along with the prompt, or call the Gemini Developer API.",
    )


def _unreadable(part: Part, detail: str) -> Failure:
    message = f"The service could not read {part.name}."
    return Failure(
        FailureKind.BAD_REQUEST, message, _SAFE, "Save it in another format and attach it again.", detail=detail
    )


_SAFE = "Your prompt is kept, and nothing was sent to a model."
