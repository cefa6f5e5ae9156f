"""Bytes to text in any encoding, and text without what a reader does not see but a model would read."""

from __future__ import annotations

import codecs
import re
import unicodedata
from itertools import islice

from components.documents.document import Refused, counted

_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SAMPLE_BYTES = 64 * 1024
_MOST_CONTROLS = 0.002
_FEW_BYTES = 400
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f]")
# The marks that turn the reading direction of what follows (Unicode Standard Annex 9), and the tag characters, which no
# font shows; both are known from texts that hide orders to a model.
_DIRECTION = re.compile("[\u202a-\u202e\u2066-\u2069]")
_TAGS = re.compile("[\U000e0000-\U000e007f]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_LINE_ENDS = re.compile("\r\n?|\x85|\u2028|\u2029|\v")
_NAMES = {"cp1252": "Windows-1252", "cp932": "Shift JIS", "utf-16-le": "UTF-16", "utf-16-be": "UTF-16"}


def decoded(name: str, content: bytes) -> tuple[str, tuple[str, ...]]:
    """The text of a file, with a warning where its encoding had to be guessed.

    A byte order mark decides, then UTF-8, then UTF-16 by its zeros, then charset-normalizer. Raises Refused for what is
    no text.
    """
    encoding = next((each for mark, each in _BYTE_ORDER_MARKS if content.startswith(mark)), None) or _utf_16(content)
    guessed = encoding is not None and encoding.startswith("utf-16-")
    if encoding is None and not _is_utf_8(content):
        if _looks_binary(content):
            raise _no_text(name)
        encoding, guessed = _guessed(content), True
        if encoding is None:
            raise _no_text(name)
    try:
        text = content.decode(encoding or "utf-8")
    except UnicodeDecodeError:
        text = content.decode(encoding or "utf-8", "replace")
        if text.count("\ufffd") > len(text) * _MOST_CONTROLS + 1:
            raise _no_text(name) from None
    if len(_CONTROL.findall(text)) > len(text) * _MOST_CONTROLS + 2:
        raise _no_text(name)
    return text, (_guess_words(name, encoding or "utf-8"),) if guessed else ()


def cleaned(text: str) -> tuple[str, tuple[str, ...]]:
    """The text with one kind of line end, composed letters, and without what is not seen; a warning for what was cut.

    Joiners and marks of direction that Arabic, Hebrew, Persian or emoji need stay.
    """
    warnings = []
    text = _LINE_ENDS.sub("\n", text.removeprefix("\ufeff"))
    if not text.isascii():
        text, directions = _DIRECTION.subn("", text)
        text, tags = _TAGS.subn("", text)
        text = _SURROGATE.sub("\ufffd", text)
        if directions:
            warnings.append(f"Removed: {counted(directions, 'invisible sign')} that would turn the reading direction.")
        if tags:
            warnings.append(f"Removed: {counted(tags, 'character')} that no font shows, which is a way to hide text.")
        if not unicodedata.is_normalized("NFC", text):
            text = unicodedata.normalize("NFC", text)
    text, controls = _CONTROL.subn("", text)
    if controls:
        warnings.append(f"Removed: {counted(controls, 'control character')}.")
    return text, tuple(warnings)


def _no_text(name: str) -> Refused:
    return Refused(
        name, f"{name} is neither text nor a file of a type that is read here (PDF, DOCX, HTML or a ZIP of them)."
    )


def _is_utf_8(content: bytes) -> bool:
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _utf_16(content: bytes) -> str | None:
    """UTF-16 without a mark: in Western text every other byte is 0."""
    sample = content[: _SAMPLE_BYTES - _SAMPLE_BYTES % 2]
    half = len(sample) // 2
    if half < 2 or len(content) % 2:
        return None
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    if odd > half * 0.7 and even < half * 0.05:
        return "utf-16-le"
    return "utf-16-be" if even > half * 0.7 and odd < half * 0.05 else None


def _looks_binary(content: bytes) -> bool:
    sample = content[:_SAMPLE_BYTES]
    controls = len(sample) - len(sample.translate(None, bytes([*range(9), *range(14, 27), *range(28, 32)])))
    return controls > len(sample) * _MOST_CONTROLS + 1


def _guessed(content: bytes) -> str | None:
    """The encoding by charset-normalizer, from lines that tell; Windows-1252 wherever it reads the same."""
    from charset_normalizer import from_bytes

    telling = b"\n".join(islice((line for line in content.splitlines() if not line.isascii()), 2_000))[:_SAMPLE_BYTES]
    if len(telling) < _FEW_BYTES and _reads_as_western(telling):
        return "cp1252"
    best = from_bytes(telling, cp_exclusion=["utf_16", "utf_16_be", "utf_16_le", "utf_32", "utf_7"]).best()
    if best is None:
        return None
    return "cp1252" if "cp1252" in (best.encoding, *best.could_be_from_charset) else best.encoding


def _reads_as_western(content: bytes) -> bool:
    """Whether a short text is words with a few accents, of which statistics cannot be sure."""
    try:
        text = content.decode("cp1252")
    except UnicodeDecodeError:
        return False
    foreign = [letter for letter in text if not letter.isascii()]
    known = sum(letter in _WESTERN for letter in foreign)
    return known == len(foreign) and len(foreign) * 3 < len(text)


_WESTERN = frozenset("äöüÄÖÜßéèêëáàâãåæçíìîïñóòôõøœúùûÿÉÈÀÁÂÅÆÇÑÓÔØŒÚ§€£°²³«»„“”‘’–—…•©®·¿¡\xa0")


def _guess_words(name: str, encoding: str) -> str:
    spoken = _NAMES.get(encoding) or encoding.replace("_", "-").upper()
    return f"{name} does not say its encoding; it was read as {spoken}."
