"""How wide a text is in Arial and how many lines it takes, without a font file: slides are never seen before they go.

Widths are those that Adobe publishes for Helvetica, to which Arial and Liberation Sans are cut.
"""

import unicodedata
from functools import lru_cache

LINE = 1.2
"""The height of a line over the size of its letters."""

# Thousandths of the size; Helvetica's font metrics of 1989.
_REGULAR = {
    191: "'",
    222: "ijl",
    260: "|",
    278: " !,./:;I[\\]ft",
    333: "()-`r·",
    334: "{}",
    355: '"',
    389: "*",
    469: "^",
    500: "Jcksvxyz",
    556: "#$0123456789?L_abdeghnopqu–€",
    584: "+<=>~≈≠−×",
    611: "FTZ",
    667: "&ABEKPSVXY",
    722: "CDHNRUw",
    778: "GOQ",
    833: "Mm",
    889: "%",
    944: "W",
    1015: "@",
}
_BOLD = {
    238: "'",
    278: " ,./I\\ijl",
    280: "|",
    333: "!()-:;[]`ft·",
    389: "*r{}",
    474: '"',
    500: "z",
    556: "#$0123456789J_aceksvxy–€",
    584: "+<=>^~≈≠−×",
    611: "?FLTZbdghnopqu",
    667: "EPSVXY",
    722: "&ABCDHKNRU",
    778: "GOQw",
    833: "M",
    889: "%m",
    944: "W",
    975: "@",
}
_WIDTHS = tuple({sign: width for width, signs in each.items() for sign in signs} for each in (_REGULAR, _BOLD))
_WIDE = 1000
_LETTER = 700


def width(text: str, size: float, bold: bool = False) -> float:
    """The width of one line of text in points; signs without a published width count as wide ones."""
    return sum(_width(each, bold) for each in text) * size / 1000


@lru_cache(maxsize=4096)
def _width(sign: str, bold: bool) -> int:
    known = _WIDTHS[bold]
    if sign in known:
        return known[sign]
    base = unicodedata.normalize("NFD", sign)[0]
    if base in known:
        return known[base]
    if unicodedata.combining(sign):
        return 0
    return _LETTER if sign.isalpha() and unicodedata.east_asian_width(sign) in ("N", "Na", "A") else _WIDE


def lines(text: str, size: float, room: float, bold: bool = False) -> int:
    """How many lines the text takes in `room` points, broken at spaces, and inside words that are wider than a line."""
    return sum(_lines(each, size, room, bold) for each in text.split("\n"))


def _lines(text: str, size: float, room: float, bold: bool) -> int:
    space = width(" ", size, bold)
    count, used = 1, 0.0
    for word in text.split(" "):
        wide = width(word, size, bold)
        start = used + space if used else 0.0
        if start + wide <= room:
            used = start + wide
        elif wide <= room:
            count, used = count + 1, wide
        else:
            further, used = _broken(word, size, room, bold, start)
            count += further
    return count


def _broken(word: str, size: float, room: float, bold: bool, start: float) -> tuple[int, float]:
    """How many line ends fall into a word that is wider than a line, and how full the last line is then."""
    further, used = (1, 0.0) if start else (0, 0.0)
    for sign in word:
        wide = width(sign, size, bold)
        if used + wide > room and used:
            further, used = further + 1, 0.0
        used += wide
    return further, used


def wrapped(text: str, size: float, room: float, most: int) -> tuple[str, ...]:
    """The text in at most `most` lines of `room` points each, broken at spaces; what does not fit ends with "…"."""
    found: list[str] = [""]
    for word in text.split():
        longer = f"{found[-1]} {word}".strip()
        if found[-1] and width(longer, size) > room:
            found.append(word)
        else:
            found[-1] = longer
    kept = found[:most]
    if len(found) > most:
        kept[-1] = f"{kept[-1]} {found[most]}"
    return tuple(shortened(each, size, room) for each in kept)


def shortened(text: str, size: float, room: float, most: int = 1, bold: bool = False) -> str:
    """The text cut at a space so that it takes at most `most` lines with its "…"; as it is where it fits."""
    # No line holds more signs than this, and a megabyte need not be measured.
    text = text[: int(most * room / size * 5) + 1]
    if lines(text, size, room, bold) <= most:
        return text
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        if lines(f"{text[:middle].rstrip()}…", size, room, bold) <= most:
            low = middle
        else:
            high = middle - 1
    start = text[:low]
    at = start.rfind(" ")
    # A cut inside a word is the lesser evil where the last space is far back.
    whole = start[:at] if at > low * 0.6 and text[low : low + 1] != " " else start
    return f"{whole.rstrip(' ,;:')}…"
