"""One version of the catalog as a small compressed file: what the data folder held, and the texts that are new in it.

A pack is a list of paths with the hash of each text, and those texts that no other pack of its folder holds; of a text
that is like an older one it holds the lines that differ. Nothing in a pack is believed: sizes are bounded, paths are
those of a data folder, every text is checked against its hash, and nothing in it is ever run.
"""

import difflib
import hashlib
import lzma
import os
import stat
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AwareDatetime, StringConstraints, ValidationError

from catalog.schema import Entry, PartialDate
from catalog.yaml_file import MAX_BYTES as MAX_TEXT_BYTES

ENDING = ".json.xz"
MAX_PACKED_BYTES = 20_000_000
MAX_UNPACKED_BYTES = 100_000_000
MAX_FILES = 20_000

_MEMORY = 100_000_000
_DIGITS = 20
_NAME = r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}"
_PLACES = rf"^((sources|labs|glossary|decision)|models/{_NAME}/{_NAME}|benchmarks/{_NAME})\.yaml$"
_Path = Annotated[str, StringConstraints(pattern=_PLACES, max_length=300)]
_Hash = Annotated[str, StringConstraints(pattern=rf"^[0-9a-f]{{{_DIGITS}}}$")]
Version = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{12}$")]


class Damaged(Exception):
    """A pack, or a text that it needs, cannot be used; the message says why in a few words."""


class Edit(Entry):
    """A text by another one: its parts are new text, or a range of lines of the `base` (from, up to but without)."""

    base: _Hash
    parts: tuple[str | tuple[int, int], ...]


class Pack(Entry):
    """One version: the hash of the text at each path of its data folder, and the texts that it brings.

    `filled` are texts that the schema of today asks for beyond or in place of what the version said; the hash that is
    the version does not cover them. `texts` are whole, `edits` by another text, which is whole in some pack.
    """

    layout: Literal[1] = 1
    version: Version
    as_of: PartialDate
    kept_at: AwareDatetime
    files: dict[_Path, _Hash]
    filled: dict[_Path, _Hash]
    texts: dict[_Hash, str]
    edits: dict[_Hash, Edit]


@dataclass(frozen=True, slots=True)
class Content:
    """The texts of a version by path, and those that today's schema asks for besides."""

    files: Mapping[str, str]
    filled: Mapping[str, str]


def hash_of(text: str) -> str:
    """What names a text in a pack: the first 20 hex digits of the SHA-256 of its UTF-8."""
    return hashlib.sha256(text.encode()).hexdigest()[:_DIGITS]


def made(content: Content, others: Iterable[Pack], edited: bool = True) -> tuple[dict[str, str], dict[str, Edit]]:
    """The texts and edits of a new pack for `content` beside `others`, in the order of time.

    With `edited` False every text that is new is whole.
    """
    known = list(others)
    # What a pack has only to fill its version up goes when that is done anew, so nothing else rests on it.
    lasting = [(pack, set(pack.files.values())) for pack in known]
    whole = {name: text for pack, own in lasting for name, text in pack.texts.items() if name in own}
    held = whole.keys() | {name for pack, own in lasting for name in pack.edits if edited and name in own}
    last = {path: whole[name] for pack in known for path, name in pack.files.items() if name in whole}
    texts: dict[str, str] = {}
    edits: dict[str, Edit] = {}
    for path, text in [*content.files.items(), *content.filled.items()]:
        name = hash_of(text)
        if name in held or name in texts or name in edits:
            continue
        edit = _edit(last[path], text) if edited and path in last else None
        if edit is not None and _length(edit) < len(text) / 2:
            edits[name] = edit
        else:
            texts[name] = last[path] = text
    return texts, edits


def _edit(base: str, text: str) -> Edit:
    old, new = base.splitlines(keepends=True), text.splitlines(keepends=True)
    parts: list[str | tuple[int, int]] = []
    for what, start, end, first, last in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if what == "equal":
            parts.append((start, end))
        elif last > first:
            parts.append("".join(new[first:last]))
    return Edit(base=hash_of(base), parts=tuple(parts))


def _length(edit: Edit) -> int:
    return sum(len(part) if isinstance(part, str) else 8 for part in edit.parts)


def content(pack: Pack, others: Iterable[Pack]) -> Content:
    """The texts of a version, from its pack and the other packs of its folder. Raises Damaged where one is missing."""
    if len(pack.files) + len(pack.filled) > MAX_FILES:
        raise Damaged("it names more files than a catalog may have")
    texts: dict[str, str] = {}
    edits: dict[str, Edit] = {}
    for each in (*others, pack):
        texts |= each.texts
        edits |= each.edits
    found: dict[str, str] = {}
    size = 0
    for name in (*pack.files.values(), *pack.filled.values()):
        if name not in found:
            found[name] = _text(name, texts, edits)
        size += len(found[name])
        if size > MAX_UNPACKED_BYTES:
            raise Damaged("it holds more than a catalog may")
    return Content(
        {path: found[name] for path, name in pack.files.items()},
        {path: found[name] for path, name in pack.filled.items()},
    )


def _text(name: str, texts: Mapping[str, str], edits: Mapping[str, Edit]) -> str:
    text = texts.get(name)
    if text is None and name in edits:
        text = _applied(edits[name], texts)
    if text is None:
        raise Damaged("a text that it needs is in no file of the folder")
    try:
        sound = hash_of(text) == name
    except UnicodeEncodeError:
        sound = False
    if not sound:
        raise Damaged("a text is not the one that its checksum names")
    return text


def _applied(edit: Edit, texts: Mapping[str, str]) -> str | None:
    """The text of an edit, None where its base is not there; a base is never an edit, so that nothing can pile up."""
    if edit.base not in texts:
        return None
    lines = texts[edit.base].splitlines(keepends=True)
    text, size = [], 0
    for part in edit.parts:
        piece = part if isinstance(part, str) else "".join(lines[max(part[0], 0) : max(part[1], 0)])
        size += len(piece)
        if size > MAX_TEXT_BYTES:
            raise Damaged("a text is larger than a file of the catalog may be")
        text.append(piece)
    return "".join(text)


def read(file: Path) -> Pack:
    """The pack in a plain file. Raises Damaged where it cannot be read, is too large, or is no pack."""
    try:
        status = file.lstat()
        if not stat.S_ISREG(status.st_mode) or status.st_size > MAX_PACKED_BYTES:
            raise Damaged("it is no plain file of a usual size")
        return Pack.model_validate_json(_unpacked(file.read_bytes()))
    except OSError as error:
        raise Damaged(f"it cannot be read: {error.strerror}") from None
    except ValidationError:
        raise Damaged("what it says is not the content of a catalog") from None


def _unpacked(packed: bytes) -> bytes:
    reader = lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=_MEMORY)
    try:
        # A few kB can unpack to any size.
        body = reader.decompress(packed, max_length=MAX_UNPACKED_BYTES)
    except lzma.LZMAError:
        raise Damaged("it cannot be unpacked") from None
    if not reader.eof or reader.unused_data:
        raise Damaged("it is cut short, followed by something else, or too large")
    return body


def readable(folder: Path, leaving: str = "") -> Iterator[Pack]:
    """Every sound pack of a folder in the order of their file names, without that of the version `leaving`."""
    for file in files(folder):
        if not file.name.endswith(f"-{leaving}{ENDING}"):
            try:
                yield read(file)
            except Damaged:
                continue


def files(folder: Path) -> list[Path]:
    """Every file of a folder that is named as a pack is, in the order of their names."""
    return sorted(folder.glob(f"*-*{ENDING}"))


def write(pack: Pack, file: Path) -> None:
    """Writes the pack, so that whoever reads meanwhile finds the whole of it or nothing.

    Raises OSError where it cannot be written, and Damaged where it would be too large to be read again.
    """
    body = pack.model_dump_json().encode()
    packed = lzma.compress(body, preset=6 | lzma.PRESET_EXTREME)
    if len(body) > MAX_UNPACKED_BYTES or len(packed) > MAX_PACKED_BYTES:
        raise Damaged("it would be larger than a kept version may be")
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_name(f"{file.name}.{os.urandom(8).hex()}.draft")
    try:
        draft.write_bytes(packed)
        draft.replace(file)
    finally:
        draft.unlink(missing_ok=True)
