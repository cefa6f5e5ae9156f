"""Text of slides: runs in paragraphs, made smaller or fewer until they fit their box, then written as plain text."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from catalog.words import capital, day
from components.frame.verdicts import MARKS
from components.report.inert import inert
from components.report.slide_letters import LINE, lines, shortened
from components.report.slide_theme import QUIET, TITLE_BOX, TITLE_LEAST, TITLE_SIZE, Box
from components.report.state import Report, Sentence

if TYPE_CHECKING:
    from pptx.text.text import TextFrame

_MARKS = {verdict.value: mark for verdict, mark in MARKS.items()} | {"sources conflict": "≠"}
_TITLE_LINES, _LEAST_PART = 2, 20
_SENTENCE_END = re.compile(r"(?<=[.!?]) (?=[A-Z0-9“])")
_LONGEST = 6000
"""Signs of foreign text that any slide could hold; the rest is not looked at."""


@dataclass(frozen=True, slots=True)
class Run:
    """Letters in one look; `colour` is six hexadecimal digits, empty for that of the box; `small` is for citations."""

    text: str
    bold: bool = False
    italic: bool = False
    colour: str = ""
    small: bool = False
    href: str = ""


@dataclass(frozen=True, slots=True)
class Para:
    """A paragraph with the room above it in points; a heading is never left without its text."""

    runs: tuple[Run, ...]
    before: float = 0.0
    bullet: bool = False
    heading: bool = False

    @property
    def text(self) -> str:
        """Its letters without their look."""
        return "".join(run.text for run in self.runs)


@dataclass(frozen=True, slots=True)
class Fit:
    """Paragraphs that fit at a size of letters in points."""

    paras: tuple[Para, ...]
    size: float


def clean(text: str, limit: int = _LONGEST) -> str:
    """Foreign text in one line and without signs that act or that XML forbids; what is too long ends with "…"."""
    end = "…" if len(text) > limit else ""
    return " ".join(inert(text[:limit]).split()) + end


def clean_lines(text: str, limit: int = _LONGEST) -> str:
    """The same with its line ends kept, those in a row as one."""
    end = "…" if len(text) > limit else ""
    return "\n".join(line for each in inert(text[:limit]).split("\n") if (line := " ".join(each.split()))) + end


def dated(text: str) -> str:
    """A date for reading where it is one, else as it is."""
    try:
        return day(text)
    except (ValueError, IndexError):
        return clean(text, 40)


def cited(report: Report, names: Iterable[str]) -> str:
    """Sources as they are cited behind a statement, three or more in a row as one: [1][4–6]; empty for none."""
    numbers = sorted({report.source(each).number for each in names})
    runs: list[list[int]] = []
    for each in numbers:
        if runs and each == runs[-1][-1] + 1:
            runs[-1].append(each)
        else:
            runs.append([each])
    parts = [f"[{run[0]}–{run[-1]}]" if len(run) > 2 else "".join(f"[{each}]" for each in run) for run in runs]
    return "".join(parts)


def said(report: Report, sentence: Sentence) -> tuple[Run, ...]:
    """A sentence with its certainty, as a mark before it or in words behind it, and its sources."""
    mark = next((mark for words, mark in _MARKS.items() if sentence.certainty.startswith(words)), "")
    start = (Run(f"{mark} ", bold=True),) if mark else ()
    words = f" ({clean(sentence.certainty, 60)})" if sentence.certainty and not mark else ""
    end = f"{words} {cited(report, sentence.sources)}".rstrip()
    return (*start, Run(clean(sentence.text)), *((Run(end, colour=QUIET, small=True),) if end else ()))


def height(paras: Sequence[Para], size: float, room: float) -> float:
    """How high the paragraphs are in points, in a box `room` points wide; small letters count as large ones."""
    total = 0.0
    for at, para in enumerate(paras):
        bold = any(run.bold for run in para.runs)
        inner = room - _indent(size) if para.bullet else room
        total += lines(para.text, size, inner, bold) * size * LINE + (para.before if at else 0)
    return total


def fitted(paras: Sequence[Para], box: Box, sizes: Sequence[float], more: str = "") -> Fit:
    """The paragraphs at the largest size at which all fit; else as many as fit at the smallest, and what is left out.

    `more` is said in the place of the rest with its number: "{} more in the notes". The first is cut if it is alone.
    """
    room, high = box.width * 72 - 2, box.height * 72
    for size in sizes:
        if height(paras, size, room) <= high:
            return Fit(tuple(paras), size)
    size = sizes[-1]
    for count in range(len(paras) - 1, 0, -1):
        kept = tuple(paras[:count])
        if kept[-1].heading:
            continue
        rest = sum(not each.heading for each in paras[count:])
        tail = (Para((Run(more.format(rest), colour=QUIET),), 4.0),) if more and rest else ()
        if height((*kept, *tail), size, room) <= high:
            return Fit((*kept, *tail), size)
    return Fit(_cut(paras, size, room, high), size)


def _cut(paras: Sequence[Para], size: float, room: float, high: float) -> tuple[Para, ...]:
    """Headings before the first paragraph, and of that what fits."""
    first = next((at for at, each in enumerate(paras) if not each.heading), len(paras) - 1)
    kept = tuple(paras[:first])
    left = int((high - height(kept, size, room) - paras[first].before) / (size * LINE))
    bold = any(run.bold for run in paras[first].runs)
    text = shortened(paras[first].text, size, room, max(left, 1), bold)
    return (*kept, replace(paras[first], runs=_until(paras[first].runs, text)))


def _until(runs: Sequence[Run], text: str) -> tuple[Run, ...]:
    """The runs of the start of a text, each in its look."""
    found: list[Run] = []
    for run in runs:
        piece, text = text[: len(run.text)], text[len(run.text) :]
        if piece:
            found.append(replace(run, text=piece))
    if text and found:
        found[-1] = replace(found[-1], text=found[-1].text + text)
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Headline:
    """The title of a slide; `rest` is what it does not say of the text that it comes from, empty where it says all."""

    text: str
    size: float
    lines: int
    rest: str


def headline(text: str) -> Headline:
    """The first sentence of a text as a title of two lines.

    A long one ends where a part of it does that a semicolon or a colon closes, else with "…" at a comma or a word.
    """
    whole = clean(text, 1000)
    first, *others = _SENTENCE_END.split(whole, maxsplit=1)
    first, rest = first.removesuffix("."), "".join(others)
    room = TITLE_BOX.width * 72 - 2
    for part in (first, *_parts(first)):
        for size in (TITLE_SIZE, TITLE_LEAST):
            count = lines(part, size, room, True)
            if count <= _TITLE_LINES:
                left = capital(first[len(part) + 2 :])
                return Headline(part, size, count, f"{left}. {rest}".rstrip() if left else rest)
    short = shortened(first, TITLE_SIZE, room, _TITLE_LINES, True)
    clause = max(short.rfind(each) for each in (", ", "; ", ": "))
    # A clause that says too little is worse than a sentence without its end.
    short = f"{short[:clause]}…" if clause > len(short) / 2 else short
    return Headline(short, TITLE_SIZE, lines(short, TITLE_SIZE, room, True), whole)


def _parts(sentence: str) -> list[str]:
    """What stands before each semicolon or colon, the longest first, as far as it says enough."""
    ends = [found.start() for found in re.finditer("[;:] ", sentence)]
    return [sentence[:end] for end in reversed(ends) if end >= _LEAST_PART]


def _indent(size: float) -> float:
    return size * 1.1


def write(frame: "TextFrame", fit: Fit, side: str = "") -> None:
    """Puts the paragraphs in the place of what the frame says; text is text, whatever it looks like.

    `side` is "l" for text at the left where a program would not take that from the layout.
    """
    from pptx.util import Pt

    frame.text = ""
    for at, para in enumerate(fit.paras):
        target: Any = frame.paragraphs[0] if at == 0 else frame.add_paragraph()  # type: ignore[no-untyped-call]
        target.space_before = Pt(para.before if at else 0)
        if side:
            target._p.get_or_add_pPr().set("algn", side)
        if para.bullet:
            _bullet(target._p.get_or_add_pPr(), fit.size)
        for run in para.runs:
            _run(target, run, fit.size)


def write_cell(frame: "TextFrame", para: Para, size: float, right: bool) -> None:
    """Puts one paragraph into a cell of a table, at its right edge where it is a figure."""
    from pptx.enum.text import PP_ALIGN

    target = frame.paragraphs[0]
    if right:
        target.alignment = PP_ALIGN.RIGHT
    for run in para.runs:
        _run(target, run, size)


def _run(target: Any, run: Run, size: float) -> None:
    from pptx.util import Pt

    for at, line in enumerate(run.text.split("\n")):
        if at:
            target.add_line_break()
        made = target.add_run()
        made.text = line
        made.font.size = Pt(round(size * (0.72 if run.small else 1), 1))
        if run.bold:
            made.font.bold = True
        if run.italic:
            made.font.italic = True
        if run.colour:
            made.font.color.rgb = rgb(run.colour)
        if run.href:
            made.hyperlink.address = run.href


def rgb(colour: str) -> Any:
    """A colour of six hexadecimal digits, with or without "#", as the library has it."""
    from pptx.dml.color import RGBColor

    return RGBColor(*bytes.fromhex(colour.lstrip("#")))  # type: ignore[no-untyped-call]


def _bullet(properties: Any, size: float) -> None:
    from pptx.oxml import parse_xml
    from pptx.oxml.ns import nsdecls

    indent = round(_indent(size) * 12700)
    properties.set("marL", str(indent))
    properties.set("indent", str(-indent))
    properties.append(parse_xml(f'<a:buChar {nsdecls("a")} char="•"/>'))
