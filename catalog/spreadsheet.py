"""Text in the cells of spreadsheets: what programs would run as a formula, and how much a cell holds."""

import re

LONGEST_CELL = 32_767
"""The most characters that a cell of Excel holds, counted as UTF-16 does."""
MOST_ROWS = 1_048_576
"""The most rows of a sheet of Excel."""
# Excel takes full-width signs for the usual ones, and skips white space at the start of a cell of CSV.
_START = r"[=+\-@＝＋－＠\t\r\n]"
_RUN = re.compile(_START)
_TAKEN = re.compile(f"'*{_START}")
_MARKED = re.compile(f"'+{_START}")
_NUMBER = re.compile(r"[-+]?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?")


def runs(text: str) -> bool:
    """Whether spreadsheets may take the text for a formula; a plain number with its sign is none."""
    return _RUN.match(text) is not None and _NUMBER.fullmatch(text) is None


def defused(text: str) -> str:
    """The text as a cell of CSV that no spreadsheet runs: with an apostrophe before what would start a formula.

    What starts so behind apostrophes of its own gets one more, so that `restored` gives back every text.
    """
    return f"'{text}" if _TAKEN.match(text) and not _NUMBER.fullmatch(text) else text


def restored(cell: str) -> str:
    """The text that `defused` was given."""
    return cell[1:] if _MARKED.match(cell) else cell


def units(text: str) -> int:
    """How many characters Excel counts in a text: two for what lies beyond the basic plane, such as most emoji."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
