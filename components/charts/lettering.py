"""The text of charts outside the browser: Plotly's few tags, lines, and how wide words are."""

import re
from functools import cache
from html import unescape
from typing import TYPE_CHECKING

from components.charts.drawing import Anchor, Label, Point, Run

if TYPE_CHECKING:
    from PIL import ImageFont

LINE = 1.3
_TAG = re.compile(r"(</?[bi]>)")
_SPACES = re.compile(" {2,}")
_BREAK = re.compile(r"<br ?/?>")
# Fonts of readers differ in width; the widest common one needs this much more than the one that is measured.
_SPARE = 1.12
_BOLD = 1.07


def lines(text: str) -> list[tuple[Run, ...]]:
    """Text with Plotly's tags <br>, <b> and <i> as lines of runs; its entities become the characters they stand for."""
    return [_runs(line) for line in _BREAK.split(text)]


def _runs(line: str) -> tuple[Run, ...]:
    found: list[Run] = []
    bold = italic = False
    for piece in _TAG.split(line):
        if _TAG.fullmatch(piece):
            bold = (piece == "<b>") if "b" in piece else bold
            italic = (piece == "<i>") if "i" in piece else italic
        elif piece:
            found.append(Run(_SPACES.sub(_kept, unescape(piece)), bold, italic))
    return tuple(found)


def _kept(spaces: re.Match[str]) -> str:
    """Several spaces in a row, which SVG would draw as one."""
    return "\u00a0" * len(spaces.group())


def width(runs: tuple[Run, ...], size: float) -> float:
    """About how many pixels a line needs at a size, rather more than less."""
    font = _font(size)
    wide: float = sum(font.getlength(_measurable(run.text)) * (_BOLD if run.bold else 1) for run in runs)
    return _SPARE * wide


def widest(text: str, size: float) -> float:
    """The pixels of the longest line of a text."""
    return max((width(line, size) for line in lines(text)), default=0.0)


def block(text: str, at: Point, colour: str, size: float, anchor: Anchor = "start") -> list[Label]:
    """A label for each line of a text, the baseline of the first at a point and the others below it."""
    across, down = at
    return [
        Label((across, down + row * LINE * size), runs, colour, size, anchor)
        for row, runs in enumerate(lines(text))
        if runs
    ]


def _measurable(text: str) -> str:
    """Tabs and line ends have no width, and surrogates cannot be measured."""
    return "".join("x" if ord(each) < 32 or 0xD800 <= ord(each) <= 0xDFFF else each for each in text)


@cache
def _font(size: float) -> "ImageFont.FreeTypeFont | ImageFont.ImageFont":
    from PIL import ImageFont

    return ImageFont.load_default(size)
