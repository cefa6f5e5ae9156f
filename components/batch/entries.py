"""What the readers of prompt files share: a file that can be opened again, its rows, and what is wrong in them."""

import codecs
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

MOST_ROWS = 100_000
MOST_BYTES = 200_000_000
MOST_COLUMNS = 1_000
PROMPT = "prompt"
"""The column of an input that has no names for its columns."""

_PIECE = 1 << 20
_SAMPLE = 100_000
_LONGEST_SHOWN = 60
# The longer marks first, for that of UTF-32 begins with that of UTF-16.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


class Refused(ValueError):
    """An input that cannot be used, as one sentence that says what is wrong and what to do."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one row: in which column (empty for the whole row), what was found, what was expected."""

    column: str
    found: str
    expected: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One row as it was read: the line of the file or of the sheet where it begins, from 1, and its texts by column."""

    line: int
    values: Mapping[str, str]
    faults: tuple[Fault, ...] = ()


@dataclass(frozen=True, slots=True)
class Source:
    """A file that is understood. `entries` reads it from the start each time.

    `columns` is None where only the rows themselves tell. `notes` are sentences on how it was read. The rest is what
    another program needs to read it too, and empty where it does not apply: `headings` says whether the first row names
    the columns, `skipped` counts the lines before it.
    """

    entries: Callable[[], Iterator[Entry]]
    columns: tuple[str, ...] | None
    notes: tuple[str, ...] = ()
    encoding: str = ""
    delimiter: str = ""
    skipped: int = 0
    headings: bool = False
    sheet: str = ""


@dataclass(frozen=True, slots=True)
class File:
    """A file in memory or on disk. `stamp` is its size and its time of change on disk when it was first seen."""

    name: str
    content: bytes | Path
    stamp: tuple[int, int] | None = None

    def open(self) -> BinaryIO:
        """Open it for reading. Raises Refused where it has changed or gone since it was first seen."""
        if isinstance(self.content, bytes):
            return BytesIO(self.content)
        try:
            if stamp_of(self.content) != self.stamp:
                raise Refused(f"{self.name} has changed since it was read; read it again.")
            return self.content.open("rb")
        except OSError as error:
            raise Refused(f"{self.name} cannot be read: {error.strerror or error}.") from None


def stamp_of(path: Path) -> tuple[int, int]:
    """The size of a file in bytes and its time of change in nanoseconds. Raises OSError."""
    found = path.stat()
    return found.st_size, found.st_mtime_ns


def shown(text: str) -> str:
    """A text as a sentence quotes it: on one line, and cut where it is long."""
    line = " ".join(text.split())
    return f'"{line}"' if len(line) <= _LONGEST_SHOWN else f'"{line[: _LONGEST_SHOWN - 1]}…"'


def encoding_of(file: File, wanted: str = "") -> tuple[str, tuple[str, ...]]:
    """The encoding of a text file, and what to say about it: the wanted one, that of its mark, UTF-8, or a guess.

    Raises Refused for what is no text, for an encoding that is not known, and where a guess is not possible.
    """
    if wanted:
        return _known(wanted), ()
    with file.open() as stream:
        start = stream.read(_SAMPLE)
    for mark, name in _MARKS:
        if start.startswith(mark):
            return name, ()
    if b"\0" in start:
        raise Refused(f"{file.name} holds NUL bytes, so it is no text file; save it as text in UTF-8.")
    wrong = _first_wrong_byte(file)
    if wrong is None:
        return "utf-8", ()
    guess = _guess(file, wrong)
    return guess, (f"{file.name} is not in UTF-8; it was read as {guess}, so check its letters in the preview.",)


def _known(name: str) -> str:
    try:
        return codecs.lookup(name).name
    except LookupError:
        raise Refused(f"The encoding {shown(name)} is not known; use utf-8, cp1252 or another name.") from None


def _first_wrong_byte(file: File) -> int | None:
    """Where the first byte stands that UTF-8 does not allow, or None."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    read = 0
    with file.open() as stream:
        while True:
            piece = stream.read(_PIECE)
            try:
                decoder.decode(piece, final=not piece)
            except UnicodeDecodeError as error:
                return max(0, read + error.start - 4)
            if not piece:
                return None
            read += len(piece)


def _guess(file: File, wrong: int) -> str:
    from charset_normalizer import from_bytes

    with file.open() as stream:
        stream.seek(max(0, wrong - _SAMPLE // 2))
        sample = stream.read(_SAMPLE)
    # The library takes short western texts for central European ones.
    if _reads_well(sample):
        return "cp1252"
    best = from_bytes(sample).best()
    if best is None:
        raise Refused(f"{file.name} is in no encoding that can be recognised; save it in UTF-8.")
    return best.encoding


def _reads_well(sample: bytes) -> bool:
    """Whether the bytes outside ASCII are western letters and quotes, and come one by one as they do in the West."""
    text = sample.decode("cp1252", "replace")
    if re.search(r"[^\x00-\x7f]{4}", text):
        return False
    odd = [sign for sign in text if not sign.isascii()]
    return sum(sign.isalpha() or sign in "€‘’“”–—…«»" for sign in odd) >= 0.9 * len(odd)
