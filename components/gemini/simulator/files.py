"""The Files API: uploads in pieces, records of what was uploaded, and bytes only of what batches read and write."""

import base64
import re
import secrets
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from components.gemini.simulator.errors import (
    ApiError,
    bad_request,
    file_not_active,
    not_downloadable,
    out_of_range,
    unknown_file,
)
from components.gemini.simulator.faults import Fault
from components.gemini.simulator.fields import fields_of, message_of, page_of, string_of, written
from components.gemini.simulator.kept import Kept
from components.gemini.simulator.media import Counted, Measure, Modality, holds_json_lines, modality_of
from components.gemini.simulator.models import SimulatorConfig
from components.gemini.simulator.playback import CUT_CONNECTION, Playback
from components.gemini.simulator.replies import Replies, now
from components.gemini.simulator.request import parse_json
from components.gemini.simulator.wire import encode, to_json

LIFETIME = timedelta(hours=48)

_FILE_FIELDS = frozenset({"name", "display_name", "mime_type", "size_bytes", "source"})
_NAME = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?")
_MOST_FILES = 1_000
_MOST_UPLOADS = 100
_MOST_METADATA_BYTES = 100_000
_USUAL_PAGE, _LARGEST_PAGE = 10, 100
_UPLOAD_STATUS = "x-goog-upload-status"


@dataclass(frozen=True)
class StoredFile:
    """What is known of a file. `ready_at` is in seconds of the event loop's clock.

    `kept` are the bytes of one that a batch can read, or has written: only the latter can be downloaded.
    """

    name: str
    display_name: str
    mime_type: str
    size: int
    sha256_hex: str
    counted: Counted
    readable: bool
    created: datetime
    ready_at: float
    uri: str
    kept: Kept | None = None
    generated: bool = False

    def state(self, now: float) -> str:
        """Return the state that the service would report now."""
        if now < self.ready_at:
            return "PROCESSING"
        return "ACTIVE" if self.readable else "FAILED"


@dataclass
class _Upload:
    """A file on its way in. Its hash and its measure are kept up piece by piece."""

    name: str
    display_name: str
    mime_type: str
    size: int
    measure: Measure
    hash: Any = field(default_factory=sha256)
    kept: Kept | None = None


class FileStore:
    """Records of files by name. The oldest go when there are too many, or too many bytes in all."""

    def __init__(self, max_bytes: int, max_kept_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._max_kept_bytes = max_kept_bytes
        self._files: OrderedDict[str, StoredFile] = OrderedDict()

    def add(self, file: StoredFile) -> None:
        """Keep a file, if need be in place of the oldest ones."""
        self._files[file.name] = file
        while self._is_full():
            self._files.popitem(last=False)

    def _is_full(self) -> bool:
        files = self._files.values()
        kept = sum(one.kept.packed_size for one in files if one.kept)
        size = sum(one.size for one in files)
        return len(files) > _MOST_FILES or size > self._max_bytes or kept > self._max_kept_bytes

    def get(self, name: str) -> StoredFile:
        """Return a file; raise ApiError 403 for one that is not here."""
        file = self._files.get(name)
        if file is None or file.created + LIFETIME < datetime.now(UTC):
            raise unknown_file(name[:100])
        return file

    def remove(self, name: str) -> None:
        """Forget a file; raise ApiError 403 for one that is not here."""
        del self._files[self.get(name).name]

    def newest_first(self) -> list[StoredFile]:
        """Return every file."""
        return list(reversed(self._files.values()))

    def active(self, uri: str, now: float) -> StoredFile:
        """Return the file at `uri`; raise ApiError 403 for an unknown one, 400 for one not ready."""
        name = uri.rpartition("files/")[2]
        file = self.get(name)
        if file.state(now) != "ACTIVE":
            raise file_not_active(name)
        return file


class FileService:
    """The routes of the Files API."""

    def __init__(self, store: FileStore, config: SimulatorConfig, replies: Replies) -> None:
        self._store = store
        self._config = config
        self._replies = replies
        self._uploads: OrderedDict[str, _Upload] = OrderedDict()

    async def list(self, request: Request) -> Playback:
        """Answer one page of the files, the newest first."""
        controls = self._replies.controls(request)
        page = page_of(request, "files", self._store.newest_first(), _record, _USUAL_PAGE, _LARGEST_PAGE)
        return self._replies.json(page, controls)

    async def get(self, request: Request) -> Playback:
        """Answer the record of one file."""
        controls = self._replies.controls(request)
        return self._replies.json(_record(self._store.get(request.path_params["name"])), controls)

    async def delete(self, request: Request) -> Playback:
        """Forget one file."""
        controls = self._replies.controls(request)
        self._replies.refuse(controls)
        self._store.remove(request.path_params["name"])
        return self._replies.json({}, controls)

    async def download(self, request: Request) -> "Download":
        """Answer the bytes of a file that a batch has written."""
        controls = self._replies.controls(request)
        self._replies.refuse(controls)
        file = self._store.get(request.path_params["name"])
        if not file.generated or file.kept is None:
            raise not_downloadable(file.name)
        return Download(file.kept, cut=controls.fault in (Fault.DROP_BEFORE, Fault.DROP_MID))

    async def upload(self, request: Request) -> Response:
        """Answer one step of an upload: its start, a piece, the last piece, or the question how far it is."""
        commands = {word.strip() for word in request.headers.get("x-goog-upload-command", "").split(",")}
        try:
            self._replies.refuse(self._replies.controls(request))
            if commands == {"start"}:
                return await self._start(request)
            return await self._go_on(request, commands)
        except ApiError as error:
            # Without a status the client would send the same piece again.
            return Response(encode(to_json(error.payload())), error.code, {_UPLOAD_STATUS: "final"}, _JSON_TYPE)

    async def _start(self, request: Request) -> Response:
        file = await _metadata(request)
        size = _header_number(request, "x-goog-upload-header-content-length")
        if size > self._config.max_file_bytes:
            raise out_of_range("file.size_bytes", f"must be at most {self._config.max_file_bytes} bytes")
        mime_type = request.headers.get("x-goog-upload-header-content-type") or file.get("mime_type", "")
        display_name = string_of(file.get("display_name", ""), "file.display_name")[:512]
        measure, kept = Measure(modality_of(mime_type)), Kept() if holds_json_lines(mime_type) else None
        upload = _Upload(self._free_name(file), display_name, mime_type, size, measure, kept=kept)
        identity = secrets.token_urlsafe(24)
        self._uploads[identity] = upload
        while len(self._uploads) > _MOST_UPLOADS:
            self._uploads.popitem(last=False)
        url = f"{request.url.replace(query='')}?upload_id={identity}&upload_protocol=resumable"
        return _json({}, {_UPLOAD_STATUS: "active", "x-goog-upload-url": url})

    async def _go_on(self, request: Request, commands: set[str]) -> Response:
        identity = request.query_params.get("upload_id", "")
        upload = self._uploads.get(identity)
        if upload is None:
            raise ApiError(404, "NOT_FOUND", "Upload not found or already finished.")
        if "upload" in commands:
            await self._take(request, upload)
        elif not commands <= {"query", "finalize"}:
            raise bad_request([], "The upload command must be start, query, upload or upload, finalize.")
        received = {_UPLOAD_STATUS: "active", "x-goog-upload-size-received": str(upload.measure.size)}
        if "finalize" not in commands:
            return _json({}, received)
        if upload.measure.size != upload.size:
            raise bad_request([], f"{upload.measure.size} of {upload.size} bytes arrived.")
        del self._uploads[identity]
        if upload.kept:
            upload.kept.close()
        file = self._stored(upload, request)
        self._store.add(file)
        return _json({"file": _record(file)}, {**received, _UPLOAD_STATUS: "final"})

    async def _take(self, request: Request, upload: _Upload) -> None:
        offset = _header_number(request, "x-goog-upload-offset")
        if offset != upload.measure.size:
            raise bad_request([], f"The upload goes on at byte {upload.measure.size}, not at {offset}.")
        too_much = False
        try:
            async for piece in request.stream():
                # Read to the end without keeping it: an answer during the upload would not reach every client.
                too_much = too_much or upload.measure.size + len(piece) > upload.size
                if not too_much:
                    upload.measure.add(piece)
                    upload.hash.update(piece)
                    self._keep(upload, piece)
        except ClientDisconnect:
            return
        if too_much:
            raise bad_request([], f"More bytes arrived than the {upload.size} that were announced.")

    def _keep(self, upload: _Upload, piece: bytes) -> None:
        if upload.kept is None:
            return
        upload.kept.write(piece)
        if upload.kept.packed_size > self._config.max_kept_bytes:
            # Too large for a batch of this simulator: the file is there, and no batch can read it.
            upload.kept = None

    def _free_name(self, file: Mapping[str, Any]) -> str:
        wanted = string_of(file.get("name", ""), "file.name").removeprefix("files/")
        if not wanted:
            return secrets.token_hex(6)
        if not _NAME.fullmatch(wanted):
            raise out_of_range("file.name", "must be up to 40 lower-case letters, digits and dashes")
        if any(one.name == wanted for one in self._store.newest_first()):
            raise ApiError(409, "ALREADY_EXISTS", f"Requested entity already exists: files/{wanted}")
        return wanted

    def _stored(self, upload: _Upload, request: Request) -> StoredFile:
        takes_time = upload.measure.modality is Modality.VIDEO
        version = request.url.path.split("/")[2]
        return StoredFile(
            name=upload.name,
            display_name=upload.display_name,
            mime_type=upload.mime_type,
            size=upload.size,
            sha256_hex=upload.hash.hexdigest(),
            counted=upload.measure.counted,
            readable=upload.measure.readable,
            created=datetime.now(UTC),
            ready_at=now() + (self._config.processing_s if takes_time else 0),
            uri=f"{request.url.scheme}://{request.url.netloc}/{version}/files/{upload.name}",
            kept=upload.kept,
        )


@dataclass(frozen=True)
class Download:
    """An ASGI response with the bytes of a file; one that is cut breaks off in its middle."""

    kept: Kept
    cut: bool = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send everything, piece by piece, no faster than the client takes it."""
        headers = [(b"content-type", b"application/octet-stream"), (b"content-length", str(self.kept.size).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        sent = 0
        for piece in self.kept.pieces():
            if self.cut and sent + len(piece) > self.kept.size // 2:
                await send({"type": "http.response.body", "body": piece[: len(piece) // 2], "more_body": True})
                scope["state"][CUT_CONNECTION]()
                # Returning before the connection is gone would make the server send an error of its own.
                while (await receive())["type"] != "http.disconnect":
                    pass
                return
            await send({"type": "http.response.body", "body": piece, "more_body": True})
            sent += len(piece)
        await send({"type": "http.response.body", "body": b"", "more_body": False})


_JSON_TYPE = "application/json; charset=UTF-8"


def _record(file: StoredFile) -> dict[str, Any]:
    """Return a File resource."""
    state = file.state(now())
    record: dict[str, Any] = {
        "name": f"files/{file.name}",
        "displayName": file.display_name,
        "mimeType": file.mime_type,
        "sizeBytes": str(file.size),
        "createTime": written(file.created),
        "updateTime": written(file.created),
        "expirationTime": written(file.created + LIFETIME),
        # The real service, too, encodes the hexadecimal digits.
        "sha256Hash": base64.b64encode(file.sha256_hex.encode("ascii")).decode("ascii"),
        "uri": file.uri,
        "state": state,
        "source": "GENERATED" if file.generated else "UPLOADED",
        "downloadUri": f"{file.uri}:download?alt=media" if file.generated else "",
    }
    if state == "FAILED":
        record["error"] = {"code": 3, "message": "The file could not be read as a video."}
    return {name: value for name, value in record.items() if value != ""}


async def _metadata(request: Request) -> dict[str, Any]:
    body = await request.body()
    if len(body) > _MOST_METADATA_BYTES:
        raise bad_request([], "The description of the file is too long.")
    file = message_of(parse_json(body).get("file", {}), "file")
    return fields_of(file, _FILE_FIELDS, "file")


def _header_number(request: Request, name: str) -> int:
    text = request.headers.get(name, "")
    if not re.fullmatch(r"[0-9]{1,15}", text):
        raise bad_request([], f"The header {name} must be a number of bytes.")
    return int(text)


def _json(payload: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> Response:
    return Response(encode(to_json(payload)), 200, headers, _JSON_TYPE)
