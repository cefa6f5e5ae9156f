"""How a report ends: the sources that it cites, and the words of the trade that it uses in plain sentences."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from catalog.loading import Catalog
from catalog.words import capital, day
from components.frame.markup import KIND_WORDS
from components.report.ledger import Scene
from components.report.numerals import DATES
from components.report.state import (
    Chart,
    Figure,
    Heading,
    Paragraph,
    Part,
    Quote,
    Section,
    SourceLine,
    Table,
    TermLine,
    Value,
)


def sources_section(
    lines: Sequence[SourceLine], figures: Sequence[Figure], sections: Sequence[Section], technical: bool = True
) -> Section:
    """The cited sources by number, then the numbers that sentences state and no table of the sections shows.

    Those numbers are a detail unless the report is `technical`.
    """
    further = tuple(replace(each, detail=not technical) for each in further_numbers(figures, sections))
    if not lines:
        return Section(Part.SOURCES, "Sources", further, "This report cites no source.")
    return Section(Part.SOURCES, "Sources", (_sources_table(lines), *further))


def _sources_table(lines: Sequence[SourceLine]) -> Table:
    return Table(
        "sources_cited",
        "Sources",
        "Every source that this report cites, by its number.",
        (
            Heading("Number", numeric=True),
            Heading("Source"),
            Heading("Kind"),
            Heading("Date"),
            Heading("Licence"),
            Heading("Address"),
        ),
        tuple(
            (
                Value(f"[{line.number}]", line.number),
                Value(line.title, href=line.url),
                Value(KIND_WORDS[line.kind]),
                Value(day(line.date)),
                Value(line.licence),
                Value(line.url or "no address", href=line.url),
            )
            for line in lines
        ),
    )


def further_numbers(figures: Sequence[Figure], sections: Sequence[Section]) -> tuple[Table, ...]:
    """What sentences state and neither stands in a table nor is computed from such, so that all can be checked."""
    values = [value for section in sections for table in _tables(section) for row in table.rows for value in row]
    numbers = {Decimal(str(value.number)) for value in values if value.number is not None}
    days = {value.day for value in values}
    words = " ".join(f"{value.shown} {value.note}" for value in values)
    rest = [each for each in figures if not each.of and not _stands(each, numbers, days, words)]
    if not rest:
        return ()
    return (
        Table(
            "sources_numbers",
            "Further numbers",
            "Numbers that sentences of this report state and none of its other tables shows.",
            (Heading("What it is"), Heading("Number", numeric=True)),
            tuple((Value(capital(each.what)), _number(each)) for each in rest),
        ),
    )


def _tables(section: Section) -> Iterator[Table]:
    for block in section.blocks:
        if isinstance(block, Table):
            yield block
        elif isinstance(block, Chart):
            yield block.table


def _stands(figure: Figure, numbers: set[Decimal], days: set[date | None], words: str) -> bool:
    exact = Decimal(str(figure.number))
    if figure.unit in DATES:
        return figure.shown in words or (figure.unit == "day" and _day(figure) in days)
    return exact in numbers or (figure.unit == "share" and exact * 100 in numbers)


def _number(figure: Figure) -> Value:
    if figure.unit in DATES:
        return Value(figure.shown, day=_day(figure) if figure.unit == "day" else None, sources=figure.sources)
    return Value(figure.shown, figure.number, figure.unit, sources=figure.sources)


def _day(figure: Figure) -> date:
    text = str(figure.number)
    return date(int(text[:4]), int(text[4:6]), int(text[6:]))


def glossary_section(terms: Sequence[TermLine]) -> Section:
    """The terms that the report uses, by name."""
    if not terms:
        return Section(Part.GLOSSARY, "Glossary", (), "This report uses no term that needs a word of explanation.")
    table = Table(
        "glossary_terms",
        "Glossary",
        "The terms that this report uses, in plain words.",
        (Heading("Term"), Heading("In plain words")),
        tuple((Value(term.name), Value(term.plain)) for term in terms),
    )
    return Section(Part.GLOSSARY, "Glossary", (table,))


def terms_in(scene: Scene, sections: Sequence[Section]) -> tuple[TermLine, ...]:
    """The terms of the glossary, the tests and the advisor's criteria that the sections name, by name.

    Explained are the words of sentences, headings, names of rows and verdicts; not the values of foreign sources, nor
    the words of details.
    """
    text = " ".join(dict.fromkeys(word.lower() for section in sections for word in _texts(section)))
    found = [line for line in _terms(scene.catalog) if _names(text, line.name.lower())]
    return tuple(sorted(found, key=lambda line: (line.name.lower(), line.id)))


def _terms(catalog: Catalog) -> Iterator[TermLine]:
    for name, term in catalog.glossary.items():
        yield TermLine(name, term.label, term.plain)
    for test in catalog.benchmarks.values():
        yield TermLine(f"benchmarks.{test.id}", test.name, test.plain)
    for criterion in catalog.decision.criteria:
        yield TermLine(f"criteria.{criterion.id}", criterion.label, criterion.explained)


_Y, _S = re.compile(r"(?:y|ies)(?![\w-])"), re.compile(r"(?:s|es)?(?![\w-])")


def _names(text: str, name: str) -> bool:
    """Whether a text in small letters has the name as words of its own, in the singular or the plural."""
    stem, ending = (name[:-1], _Y) if name.endswith("y") else (name, _S)
    at = text.find(stem)
    while at >= 0:
        before = text[at - 1 : at]
        if not (before.isalnum() or before in ("_", "-")) and ending.match(text, at + len(stem)):
            return True
        at = text.find(stem, at + 1)
    return False


def _texts(section: Section) -> Iterator[str]:
    yield section.title
    for block in section.blocks:
        match block:
            case Paragraph():
                yield from (block.heading, *(f"{each.text} {each.certainty}" for each in block.sentences))
            case Table():
                yield from () if block.detail else _table_texts(block)
            case Chart():
                yield from (block.title, block.summary, *_table_texts(block.table))
            case Quote():
                yield block.remark


def _table_texts(table: Table) -> Iterator[str]:
    yield from (table.title, table.summary, *(heading.name for heading in table.headings))
    for row in table.rows:
        yield from (row[0].shown, *(value.shown for value in row if value.number is None and len(value.shown) < 40))
        if any(value.hollow for value in row):
            yield "self-reported"
        yield from (KIND_WORDS[value.kind] for value in row if value.kind is not None)
