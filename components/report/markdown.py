"""A report as Markdown for a wiki: GitHub's flavour, with entities and escapes that keep all foreign text plain."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import assert_never

from catalog.schema import Kind
from catalog.tables import CONJECTURE
from components.frame.markup import KIND_WORDS
from components.report.citing import LISTS, byline, folded_in, sure
from components.report.inert import cut, inert
from components.report.state import Block, Chart, Paragraph, Part, Quote, Report, Section, Sentence, Table, Value

LONGEST_QUOTE = 20_000
"""The most characters of a prompt or an answer on a page of a wiki."""
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "|": "&#124;", "\\": "&#92;", "@": "&#64;"}
_ESCAPED = re.compile(r"([`*_\[\]~$])")
_SPECIAL = re.compile(r"[&<>|\\@]")
# What GitHub makes links of without being asked.
_AUTOLINK = re.compile(r"(?i)(?<=[a-z]):(?=//)|(?<=\bwww)\.|(?<=\bmailto):|(?<=\bxmpp):")
_BLOCK_START = re.compile(r"^(?:[#=]|[+-](?=\s|-|$)|\d+(?=[.)](?:\s|$)))")
_IN_URL = re.compile(r"[^A-Za-z0-9/:?#&=%~._+;,@!*-]")
_READING = (
    "≈ and italics mark an estimate, ≠ sources that disagree, ○ a self-reported score, bold the best of a row. "
    "Numbers in brackets lead to the sources."
)
_NO_CHART = "The chart is in the web page, the slides and the workbook of this report; these are its figures."


def markdown(report: Report) -> str:
    """The report as a page of a wiki: headings, tables, and citations that lead to the sources at its end.

    Foreign text is escaped, prompts and answers stand in code blocks, where nothing is interpreted.
    """
    parts = [*_head(report)]
    for section in report.sections:
        parts += _section(report, section)
    parts += [*_sources(report), *_terms(report), *_foot(report)]
    return "\n\n".join(part for part in parts if part) + "\n"


def escaped(text: str) -> str:
    """Foreign text as one line that Markdown shows as it is, wherever it stands in a line."""
    line = " ".join(inert(text).split())
    line = _SPECIAL.sub(lambda found: _ENTITIES[found.group()], line)
    line = _AUTOLINK.sub(lambda found: f"&#{ord(found.group())};", line)
    line = _ESCAPED.sub(r"\\\1", line)
    return _BLOCK_START.sub(lambda found: _no_block(found.group()), line)


def _no_block(start: str) -> str:
    """The start of a line without its effect: "1." would begin a list, "#" a heading."""
    return f"&#{ord(start[0])};{start[1:]}"


def in_cell(text: str) -> str:
    """Foreign text for a cell of a table, its lines kept."""
    return "<br>".join(escaped(line) for line in inert(text).split("\n"))


def fenced(text: str) -> str:
    """Foreign text as a code block that it cannot end."""
    shown = inert(cut(text, LONGEST_QUOTE))
    longest = max((len(run) for run in re.findall("`+", shown)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}text\n{shown}\n{fence}"


def table_lines(headings: Sequence[tuple[str, bool]], rows: Iterable[Sequence[str]]) -> str:
    """A table of cells that are Markdown already; `headings` are names with whether their values align right."""
    head = f"| {' | '.join(name or ' ' for name, _ in headings)} |"
    rule = f"| {' | '.join('---:' if right else ':---' for _, right in headings)} |"
    return "\n".join([head, rule, *(f"| {' | '.join(row)} |" for row in rows)])


def linked(text: str, url: str) -> str:
    """Foreign text as a link, only to the web."""
    if not url.startswith(("https://", "http://")):
        return in_cell(text)
    return f"[{escaped(text)}]({_IN_URL.sub(_percent, url)})"


def _percent(found: re.Match[str]) -> str:
    return "".join(f"%{byte:02X}" for byte in found.group().encode("utf-8", "replace"))


def _head(report: Report) -> Iterator[str]:
    yield f"# {escaped(report.title)}"
    facts = (
        byline(report),
        f"catalog {report.catalog_version} of {report.catalog_as_of}",
        f"report {report.digest}",
    )
    yield " · ".join(escaped(each) for each in facts if each)
    if report.note:
        yield "\n".join(f"> {escaped(line)}  " for line in inert(report.note).split("\n"))
    yield from (f"**Take note:** {escaped(each)}" for each in report.problems)
    rows = [[in_cell(each.name), in_cell(each.lab), in_cell(each.life)] for each in report.models]
    yield table_lines((("Model", False), ("Lab", False), ("Life", False)), rows) if rows else ""
    yield _READING


def _section(report: Report, section: Section) -> list[str]:
    blocks = [each for each in section.blocks if not (isinstance(each, Table) and (each.id in LISTS or each.detail))]
    if section.part in (Part.SOURCES, Part.GLOSSARY) and not blocks:
        return []
    title = section.title if section.part is not Part.SOURCES else "Numbers behind the words"
    lines = [f"## {escaped(title)}", escaped(section.missing)]
    for block in blocks:
        found = _block(report, block)
        lines += found[1:] if found[0] == f"### {escaped(section.title)}" else found
    folded = folded_in(section)
    return [*lines, f"*In the web page and the workbook: {escaped(folded)}.*"] if folded else lines


def _block(report: Report, block: Block) -> list[str]:
    match block:
        case Paragraph():
            return _paragraph(report, block)
        case Table():
            return [f"### {escaped(block.title)}", escaped(block.summary), _table(report, block)]
        case Chart():
            said = escaped(block.summary)
            return [f"### {escaped(block.title)}", said, f"*{_NO_CHART}*", _table(report, block.table)]
        case Quote():
            remark = f" ({escaped(block.remark)})" if block.remark else ""
            return [f"**{escaped(block.label)}**{remark}", fenced(block.text)]
        case _:
            assert_never(block)


def _paragraph(report: Report, paragraph: Paragraph) -> list[str]:
    said = [_sentence(report, each) for each in paragraph.sentences]
    heading = [f"### {escaped(paragraph.heading)}"] if paragraph.heading else []
    return [*heading, "\n".join(f"- {each}" for each in said) if paragraph.listed else " ".join(said)]


def _sentence(report: Report, sentence: Sentence) -> str:
    certainty = f" *({escaped(sure(sentence.certainty))})*" if sentence.certainty else ""
    return f"{escaped(sentence.text)}{certainty}{_cited(report, sentence.sources)}"


def _cited(report: Report, sources: Iterable[str]) -> str:
    """Citations as links to the list of sources, with a space before them."""
    found = sorted({report.source(each).number for each in sources})
    return "".join(f" [\\[{number}\\]](#source-{number})" for number in found)


def _table(report: Report, whole: Table) -> str:
    table = whole.without_empty()
    notes = any(value.note for row in table.rows for value in row)
    headings = [(in_cell(each.name), each.numeric) for each in table.headings]
    if table.groups:
        headings.insert(0, ("Group", False))
    if notes:
        headings.append(("Notes", False))
    rows = []
    for at, row in enumerate(table.rows):
        cells = [in_cell(table.groups[at])] if table.groups else []
        cells += [_value(report, value) for value in row]
        rows.append([*cells, _notes(table, row)] if notes else cells)
    return table_lines(headings, rows)


def _notes(table: Table, row: Sequence[Value]) -> str:
    said = {heading.name: value.note for heading, value in zip(table.headings, row, strict=True) if value.note}
    if len(set(said.values())) == 1:
        return in_cell(next(iter(said.values())))
    return "<br>".join(f"{in_cell(name)}: {in_cell(note)}" for name, note in said.items())


def _value(report: Report, value: Value) -> str:
    """A value with its marks and citations."""
    shown = linked(value.shown, value.href) if value.href else in_cell(value.shown)
    estimated = value.number is not None and value.kind in CONJECTURE
    if shown and value.best:
        shown = f"**{shown}**"
    if shown and estimated and value.kind is not None:
        # The sign of an estimate says what it is.
        kind = "" if value.kind is Kind.ESTIMATE else f" ({KIND_WORDS[value.kind]})"
        shown = f"*{shown}*{kind}"
    marks = f"{' ○' if value.hollow else ''}{' ≠' if value.conflict else ''}"
    return f"{shown}{marks}{_cited(report, value.sources)}"


def _sources(report: Report) -> Iterator[str]:
    if not report.sources:
        return
    yield "## Sources"
    rows = [
        [
            f'<a id="source-{each.number}"></a>{each.number}',
            linked(each.title, each.url),
            each.kind.value.replace("_", " "),
            in_cell(each.date),
            in_cell(each.licence),
            in_cell(each.locator),
        ]
        for each in report.sources
    ]
    names = (("Number", True), *((name, False) for name in ("Source", "Kind", "Date", "Licence", "Place")))
    yield table_lines(names, rows)


def _terms(report: Report) -> Iterator[str]:
    if report.terms:
        yield "## Glossary"
        rows = [[in_cell(each.name), in_cell(each.plain)] for each in report.terms]
        yield table_lines((("Term", False), ("In plain words", False)), rows)


def _foot(report: Report) -> Iterator[str]:
    yield "---"
    yield f"Made {report.made:%Y-%m-%d %H:%M} UTC from {escaped(report.address)}."
