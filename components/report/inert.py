"""Foreign text made safe to show: nothing in it is invisible, moves other text or speaks to a terminal or a parser."""

import re
import unicodedata

_NEWLINES = re.compile("\r\n?")
_NONCHARACTERS = "".join(chr(plane << 16 | last) for plane in range(17) for last in (0xFFFE, 0xFFFF))
# Controls but newline and tab, lone surrogates, format characters that are not drawn, fillers, variation selectors.
_SUSPECT = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef"
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f"
    "\ufeff\uffa0\ufff0-\ufffb\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
    f"{_NONCHARACTERS}]"
)
_JOINERS = frozenset("\u200c\u200d")
_REPLACEMENT = "\ufffd"


def inert(text: str) -> str:
    """The text with a visible sign in the place of every character that is not seen or has an effect of its own.

    Controls other than newline and tab become their pictures (␀), those without one, lone surrogates and noncharacters
    become U+FFFD; marks that turn the direction of writing and other invisible characters are named: ⟨U+202E⟩. Joiners
    and variation selectors stay where writing needs them, such as inside an emoji. Line ends become newlines. What a
    format takes for markup stays as it is: escaping is up to the format. `inert(inert(text)) == inert(text)`.
    """
    return _SUSPECT.sub(_sign, _NEWLINES.sub("\n", text))


def cut(text: str, limit: int) -> str:
    """At most the first `limit` characters of the text; if that is not all, it says how many there are and where.

    Cut what has come from outside before `inert`, which makes it longer.
    """
    if len(text) <= limit:
        return text
    return f"{text[:limit]}… ({len(text):,} characters in all; the whole text is in the bundle)"


def _sign(found: re.Match[str]) -> str:
    """What is shown in the place of a suspect character; itself where writing needs it."""
    character, code = found.group(), ord(found.group())
    if code < 0x20:
        return chr(0x2400 + code)
    if code == 0x7F:
        return "\u2421"
    if unicodedata.category(character) in ("Cc", "Cs") or character in _NONCHARACTERS or 0xFDD0 <= code <= 0xFDEF:
        return _REPLACEMENT
    needed = _selects(found.string, found.start()) or _joins(found.string, found.start())
    return character if needed else f"⟨U+{code:04X}⟩"


def _selects(text: str, at: int) -> bool:
    """Whether a variation selector stands right behind a character that is seen; a run of them can hide a message."""
    return _is_selector(text[at]) and at > 0 and _is_drawn(text[at - 1])


def _joins(text: str, at: int) -> bool:
    """Whether a joiner stands between two letters or signs beyond ASCII, as in Persian words and in emoji."""
    before = at - 2 if at > 1 and _is_selector(text[at - 1]) else at - 1
    if text[at] not in _JOINERS or before < 0 or at + 1 == len(text):
        return False
    return all(ord(each) > 0x7F and _is_drawn(each) for each in (text[before], text[at + 1]))


def _is_selector(character: str) -> bool:
    return "\ufe00" <= character <= "\ufe0f" or "\U000e0100" <= character <= "\U000e01ef"


def _is_drawn(character: str) -> bool:
    """Whether it is a letter, digit or sign that a selector or a joiner can belong to."""
    return (character in "#*" or unicodedata.category(character)[0] in "LMNS") and not _SUSPECT.match(character)
