"""The numbers that a text states, and whether a known number is what one of them says. Pure functions."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

_MONTHS = "Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec"
_LONG_MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
_PLACES = {name: at for names in (_MONTHS, _LONG_MONTHS) for at, name in enumerate(names.split("|"), 1)}
_WORDS = {
    "one": 1,
    "two": 2,
    "twice": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "seven": 7,
    "eight": 8,
    "nine": 9,
    "ten": 10,
    "eleven": 11,
    "twelve": 12,
}
_MULTIPLIERS = {"k": 1_000, "M": 1_000_000}
DATES = ("day", "month", "year")
"""The units of figures that are dates."""
_UNIT_OF_DATE = {3: "day", 2: "month", 1: "year"}
_COUNTED = "test|tests|of the|source|sources|field|fields|model|models|price|prices|value|values|score|scores"
_NUMERAL = re.compile(
    rf"(?P<day>\b\d{{1,2}} (?:{_LONG_MONTHS}|{_MONTHS}) \d{{4}}\b)"
    rf"|(?P<iso>\b\d{{4}}-\d{{2}}-\d{{2}}\b)"
    rf"|(?P<month>\b(?:{_LONG_MONTHS}|{_MONTHS}) \d{{4}}\b)"
    r"|(?P<bound>\b(?:under|over) )?(?P<sign>(?<![\w)])[−+-])?(?P<money>\$)?"
    r"(?<![\w.,])(?P<digits>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)"
    r"(?:(?P<percent> ?%)|(?P<times> ?×|x\b)| (?P<scale>[kM])\b)?(?![A-Za-z])"
    rf"|(?P<word>\b(?:{'|'.join(each for each in _WORDS if each != 'one')})\b)"
    rf"|(?P<single>\bone(?= (?:{_COUNTED})\b))",
    re.IGNORECASE,
)
# Words for numbers that count nothing: who is meant, not how many. The unit "of 100 votes" is a scale, like percent.
_IDIOMS = re.compile(
    r"\b(?:the|these|those|no|of|between|last|first|any) two\b(?! (?:tests|of))|\bone of the two\b|\bof 100 votes\b"
    r"|\b\d+-shot\b|\bno one of the\b|\bany one of the\b|\bonly one of the(?:m|se)\b|\b95% interval\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Numeral:
    """One number as a text states it.

    `value` is what it says, `step` the unit of its last digit. `sort` is "money", "percent", "times", "plain", or for
    dates "day", "month" and "year" with the value as 20250605, 202506 or 2025. `bound` is "under" or "over" where the
    text only bounds it, and `signed` whether it has a plus or minus.
    """

    text: str
    value: Decimal
    step: Decimal
    sort: str
    bound: str = ""
    signed: bool = False


def _masked(text: str, names: Sequence[str]) -> str:
    """The text with every name that stands in it as words of its own blanked out, the longest first."""
    small = text.lower()
    found = sorted((each for each in names if each.lower() in small), key=len, reverse=True)
    if not found:
        return text
    return re.sub(rf"(?<!\w)(?:{'|'.join(map(re.escape, found))})(?!\w)", _blank, text, flags=re.IGNORECASE)


def numerals(text: str, names: Sequence[str] = ()) -> tuple[Numeral, ...]:
    """Every number in a text: digits, money, percents, dates, and two to twelve in words.

    Left out are digits that belong to one of the `names` or to a word (A4, o3), and number words that count nothing
    ("the two", "no two sources", "the cheaper one"); "one" counts before the name of something counted.
    """
    bare = _IDIOMS.sub(_blank, _masked(text, names))
    return tuple(_numeral(found) for found in _NUMERAL.finditer(bare) if not _in_word(bare, found))


def _blank(found: re.Match[str]) -> str:
    return "\0" * len(found.group())


def _in_word(text: str, found: re.Match[str]) -> bool:
    """Whether digits are a part of a name such as A4, GPT-4 or v2.1."""
    before = text[: found.start()]
    return found["digits"] is not None and bool(re.search(r"[A-Za-z][-.]?$", before)) and not found["bound"]


def _numeral(found: re.Match[str]) -> Numeral:
    text = found.group()
    if written := found["day"] or found["month"] or found["iso"]:
        return _date(written)
    if written := found["word"] or found["single"]:
        return Numeral(text, Decimal(_WORDS[written.lower()]), Decimal(1), "plain")
    digits = found["digits"].replace(",", "")
    scale = Decimal(_MULTIPLIERS.get(found["scale"] or "", 1))
    step = Decimal(1).scaleb(-len(digits.partition(".")[2])) * scale
    sort = "money" if found["money"] else "percent" if found["percent"] else "times" if found["times"] else "plain"
    minus = (found["sign"] or "+") in "−-"
    value = Decimal(digits) * scale * (-1 if minus else 1)
    return Numeral(text, value, step, sort, (found["bound"] or "").strip().lower(), bool(found["sign"]))


def _date(text: str) -> Numeral:
    parts = text.split("-") if "-" in text else [_part(each) for each in reversed(text.split())]
    return Numeral(text, Decimal("".join(parts)), Decimal(1), _UNIT_OF_DATE[len(parts)])


def _part(word: str) -> str:
    return word.zfill(2) if word.isdigit() else f"{_PLACES[word]:02d}"


def date_number(text: str) -> tuple[int, str]:
    """A date of any precision (2025, 2025-06, 2025-06-05) as the number of a figure and its unit."""
    parts = text.split("-")
    return int("".join(parts)), _UNIT_OF_DATE[len(parts)]


def says(numeral: Numeral, number: float | Decimal, unit: str) -> bool:
    """Whether the numeral is this number, rounded as far as the numeral is written.

    A share (unit "share", 0 to 1) may stand as percent or out of 100. Money is only what is in US dollars, and a date
    only what is one. Without a sign the size alone is stated.
    """
    exact = number if isinstance(number, Decimal) else Decimal(repr(number))
    if numeral.sort in DATES or unit in DATES:
        return _says_date(numeral, exact, unit)
    if (numeral.sort == "money") != unit.startswith("USD") or (numeral.sort == "percent") > (unit in _PERCENTS):
        return False
    scaled = exact * 100 if unit == "share" else exact
    value, wanted = (numeral.value, scaled) if numeral.signed else (abs(numeral.value), abs(scaled))
    if numeral.bound == "under" and wanted < value:
        return True
    if numeral.bound == "over" and wanted > value:
        return True
    # Halves go either way, since money is rounded up and other numbers to even; a hair more for binary fractions.
    return abs(value - wanted) <= numeral.step / 2 + numeral.step / 10**6


_PERCENTS = ("percent", "%", "share")


def _says_date(numeral: Numeral, number: Decimal, unit: str) -> bool:
    if numeral.sort == "plain":
        return unit == "year" and number == numeral.value
    lengths = {"day": 8, "month": 6, "year": 4}
    # A day is in its month: what is known better may be said less exactly.
    known = str(int(number))[: lengths.get(numeral.sort, 0)]
    return unit in lengths and numeral.sort in lengths and known == str(int(numeral.value))


def covered(numeral: Numeral, shown: str) -> bool:
    """Whether a text states the same numeral in the same writing."""
    return any((each.text, each.sort) == (numeral.text, numeral.sort) for each in numerals(shown))


def numbered(texts: Sequence[str]) -> tuple[str, ...]:
    """Those of the texts that hold letters and digits or number words, once each: names that might pass for numbers."""
    return tuple(dict.fromkeys(each for each in texts if _NAMED.search(each)))


_NAMED = re.compile(rf"[A-Za-z].*\d|\d.*[A-Za-z]|\b(?:{'|'.join(_WORDS)})\b", re.IGNORECASE)
