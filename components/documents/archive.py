"""ZIP archives: what is in them, checked before anything is unpacked; nothing is ever written to a disk."""

from __future__ import annotations

import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from io import BytesIO

from components.documents.bounds import Bounds
from components.documents.document import Refused, counted, shown_name

_ENTRY_MARK = b"PK\x01\x02"
_HEAD = struct.Struct("<4s5H3L2H")
_ENCRYPTED = 0x1
_SMALL_BYTES = 10 * 1024 * 1024
_SYSTEM_FILES = ("__MACOSX/", ".DS_Store", "Thumbs.db", "desktop.ini")
_BROKEN = (zipfile.BadZipFile, NotImplementedError, ValueError, struct.error, OverflowError, EOFError)
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


def opened(name: str, content: bytes, bounds: Bounds) -> zipfile.ZipFile:
    """Open an archive after a look at its list of files.

    Raises Refused for one that is damaged, encrypted, holds too many files, would unpack to too much, shares bytes
    between its files, or has names that point out of it.
    """
    # Before the list is read, so that a list of millions does not fill the memory.
    if content.count(_ENTRY_MARK) > bounds.files:
        raise Refused(name, f"{name} holds more than {bounds.files:,} files, which is the most that is read here.")
    try:
        archive = zipfile.ZipFile(BytesIO(content))
    except _BROKEN:
        raise Refused(name, f"{name} is damaged and cannot be opened. Save or pack it anew.") from None
    entries = archive.infolist()
    if any(entry.flag_bits & _ENCRYPTED for entry in entries):
        raise Refused(name, f"{name} is encrypted, so it cannot be read. Pack it anew without a password.")
    for entry in entries:
        if _points_out(entry):
            raise Refused(
                name,
                f"{name} holds a file whose name points out of the archive ({_quoted(entry)}), so it was not opened.",
            )
    _check_sizes(name, len(content), entries, bounds)
    _check_overlap(name, content, entries)
    return archive


def names_in(content: bytes, most: int) -> frozenset[str]:
    """The names of the files in an archive, empty where it cannot be opened or holds more than `most`."""
    if content.count(_ENTRY_MARK) > most:
        return frozenset()
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            return frozenset(archive.namelist())
    except _BROKEN:
        return frozenset()


def members(name: str, archive: zipfile.ZipFile) -> Iterator[tuple[str, zipfile.ZipInfo | Refused]]:
    """The files of an archive with the names to show for them, in their order.

    Links, archives in the archive and unusual compression come as refusals; what systems leave behind is skipped.
    """
    for entry in archive.infolist():
        if entry.is_dir() or entry.filename.startswith(_SYSTEM_FILES[0]) or entry.filename.endswith(_SYSTEM_FILES[1:]):
            continue
        shown = shown_name(f"{name}/{entry.filename}")
        if stat.S_ISLNK(entry.external_attr >> 16):
            yield shown, Refused(shown, f"{shown} is a link to another file, and links are not followed.")
        elif entry.compress_type not in _METHODS:
            yield shown, Refused(shown, f"{shown} is packed in an unusual way. Pack it anew as a common ZIP archive.")
        else:
            yield shown, entry


def unpacked(shown: str, archive: zipfile.ZipFile, entry: zipfile.ZipInfo, most_bytes: int) -> bytes:
    """The bytes of one file, of which no more are unpacked than `most_bytes`, whatever the archive says.

    Raises Refused for a damaged file, and for one that is larger.
    """
    try:
        with archive.open(entry) as stream:
            data = stream.read(most_bytes + 1)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, RuntimeError, NotImplementedError):
        raise Refused(shown, f"{shown} is damaged in the archive and cannot be unpacked. Pack it anew.") from None
    if len(data) > most_bytes:
        raise Refused(shown, f"{shown} is larger than {most_bytes // 1024**2:,} MB, which is the most that is read.")
    return data


def _quoted(entry: zipfile.ZipInfo) -> str:
    return "".join(character for character in entry.filename if character.isprintable())[:80]


def _points_out(entry: zipfile.ZipInfo) -> bool:
    path = entry.orig_filename.replace("\\", "/")
    return path.startswith("/") or path[1:2] == ":" or ".." in path.split("/") or "\0" in path


def _check_sizes(name: str, size: int, entries: list[zipfile.ZipInfo], bounds: Bounds) -> None:
    total = sum(entry.file_size for entry in entries)
    if total > _SMALL_BYTES and total > size * bounds.ratio:
        raise Refused(
            name,
            f"{name} would unpack to more than {bounds.ratio:,} times its size, as archives do that are made to fill "
            "a memory, so it was not opened.",
        )
    if total > bounds.unpacked_bytes:
        limit = bounds.unpacked_bytes // 1024**2
        raise Refused(
            name,
            f"{name} would unpack to {total / 1024**2:,.0f} MB, more than the {limit:,} MB that are read here. "
            "Split it into several archives.",
        )


def _check_overlap(name: str, content: bytes, entries: list[zipfile.ZipInfo]) -> None:
    """Files that share bytes let a small archive hold any amount (Fifield, A better zip bomb, WOOT 2019)."""
    end = 0
    for entry in sorted(entries, key=lambda entry: entry.header_offset):
        if entry.header_offset < end:
            raise Refused(
                name,
                f"{name} holds {counted(len(entries), 'file')} that share the same bytes, as archives do that are made "
                "to fill a memory, so it was not opened.",
            )
        head = content[entry.header_offset : entry.header_offset + _HEAD.size]
        if len(head) < _HEAD.size:
            raise Refused(name, f"{name} is damaged and cannot be opened. Save or pack it anew.")
        name_bytes, extra_bytes = _HEAD.unpack(head)[9:11]
        end = entry.header_offset + _HEAD.size + name_bytes + extra_bytes + entry.compress_size
