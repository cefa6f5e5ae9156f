"""The frozen state of a report: all that any of its formats may show. Formats read it and nothing else."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import Any, assert_never

from catalog.schema import Kind

FORMAT = "gemini-pro-or-flash-report"
FORMAT_VERSION = 1
PROMPT = "Prompt"
"""The label of a quote that is a prompt; the answers to it follow."""


class Audience(StrEnum):
    """Who a report is for: `EXECUTIVE` shows what decides, `TECHNICAL` everything behind it."""

    EXECUTIVE = "executive"
    TECHNICAL = "technical"


class Part(StrEnum):
    """The sections of a report, in the order in which they stand."""

    SUMMARY = "summary"
    VERDICTS = "verdicts"
    SPECS = "specs"
    BENCHMARKS = "benchmarks"
    COST = "cost"
    ADVICE = "advice"
    RUNS = "runs"
    CAVEATS = "caveats"
    SOURCES = "sources"
    GLOSSARY = "glossary"


@dataclass(frozen=True, slots=True)
class Value:
    """One value of a table as people read it in `shown`, and typed for sheets and scripts.

    `number` (in `unit`) or `day` is set where the value is one number or one day, neither where it is words, missing
    or several things at once. A missing value is words, such as "no list price". `kind` and `sources` (ids of
    `Report.sources`) say what it rests on; `note` is what is said of it in a few words: scope, interval, conditions.
    `conflict` marks that sources disagree; `hollow` that a score is self-reported; `best` that it wins its row.
    `href` is an address of the web, for sources.
    """

    shown: str
    number: int | float | Decimal | None = None
    unit: str = ""
    day: date | None = None
    kind: Kind | None = None
    sources: tuple[str, ...] = ()
    note: str = ""
    conflict: bool = False
    hollow: bool = False
    best: bool = False
    href: str = ""


@dataclass(frozen=True, slots=True)
class Heading:
    """A column of a table: what it is called, whether its values align right, and the model (id) that it is about."""

    name: str
    numeric: bool = False
    model: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of values under headings; the first column names the row. `id` is unique in a report: `cost_bills`.

    `groups` names the group that each row belongs to, and is empty where the rows are not grouped. `summary` says in
    one sentence what the table shows. `slides` is how many of its first rows a slide should show, 0 for none. `detail`
    marks what a reader needs only to check the report: pages fold it away, and paper and wikis leave it out.
    """

    id: str
    title: str
    summary: str
    headings: tuple[Heading, ...]
    rows: tuple[tuple[Value, ...], ...]
    groups: tuple[str, ...] = ()
    slides: int = 0
    detail: bool = False

    def without_empty(self) -> "Table":
        """The table without columns in which nothing is said."""
        kept = [at for at in range(len(self.headings)) if at == 0 or any(row[at].shown for row in self.rows)]
        rows = tuple(tuple(row[at] for at in kept) for row in self.rows)
        return replace(self, headings=tuple(self.headings[at] for at in kept), rows=rows)


class Form(StrEnum):
    """How a plot is drawn natively: bars side by side, lines over time, dots on one scale, dots on two scales."""

    BARS = "bars"
    LINES = "lines"
    DOTS = "dots"
    SCATTER = "scatter"


@dataclass(frozen=True, slots=True)
class Series:
    """One row of marks: its name, its colour as #rrggbb for light paper, and a value for each category or None.

    `low` and `high` are ends of 95% intervals where known. For `Form.SCATTER`, `across` holds the horizontal values
    and `labels` the names of the points. `hollow` marks self-reported scores.
    """

    name: str
    colour: str
    values: tuple[float | None, ...]
    low: tuple[float | None, ...] = ()
    high: tuple[float | None, ...] = ()
    across: tuple[float | None, ...] = ()
    labels: tuple[str, ...] = ()
    hollow: tuple[bool, ...] = ()
    model: str = ""


@dataclass(frozen=True, slots=True)
class Plot:
    """The figures of a chart without a look, for charts that people edit: PowerPoint and Excel draw it anew."""

    form: Form
    categories: tuple[str, ...]
    series: tuple[Series, ...]
    unit: str
    across_unit: str = ""
    log: bool = False


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart with its one-sentence summary, the figure as Plotly's JSON (data and layout), and the plot behind it.

    `table` holds the same figures, so that nobody needs to read them off the drawing.
    """

    id: str
    title: str
    summary: str
    figure: str
    plot: Plot
    table: Table
    slides: bool = True


@dataclass(frozen=True, slots=True)
class Figure:
    """A number that sentences state: as shown, its exact value in `unit`, and what it is in words ("2.5 Pro, context
    window", "2.5 Pro's bill over 2.5 Flash's"). A computed one names in `of` the ids of the figures it comes from and
    in `by` how: ratio, difference, sum, share, rounded.
    """

    id: str
    shown: str
    number: int | float | Decimal
    unit: str
    what: str
    by: str = ""
    of: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence made from data by rules. `figures` are the ids of the figures whose numbers it states.

    `certainty` is a mark in words ("clear", "too close to call", "sources conflict"), empty where none applies.
    """

    text: str
    figures: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    certainty: str = ""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Sentences under a heading of their own, or under none; `listed` where each stands on its own."""

    sentences: tuple[Sentence, ...]
    heading: str = ""
    listed: bool = False


@dataclass(frozen=True, slots=True)
class Quote:
    """Text of people or models, never of this product: a prompt or an answer, in full, to be shown inert.

    `label` says whose it is ("Prompt", "2.5 Pro, second answer"), `remark` what holds of it ("simulated, not a model's
    answer", "cut off at the output limit"). `model` is the id of the model that answered.
    """

    label: str
    text: str
    remark: str = ""
    model: str = ""


Block = Paragraph | Table | Chart | Quote


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the report under its heading; `missing` says in a sentence why there is nothing in it."""

    part: Part
    title: str
    blocks: tuple[Block, ...]
    missing: str = ""


@dataclass(frozen=True, slots=True)
class ModelLine:
    """A model of the report: id, names, where its life stands in a sentence, and its colours for light and dark."""

    id: str
    name: str
    short_name: str
    lab: str
    life: str
    service: str
    colour: str
    colour_dark: str
    symbol: str


@dataclass(frozen=True, slots=True)
class SourceLine:
    """A source that the report rests on; `number` is how it is cited: [3]."""

    id: str
    number: int
    title: str
    kind: Kind
    date: str
    licence: str
    url: str
    locator: str = ""


@dataclass(frozen=True, slots=True)
class TermLine:
    """A term that the report uses, in one plain sentence."""

    id: str
    name: str
    plain: str


@dataclass(frozen=True)
class Report:
    """All that a report says. Two reports with the same `digest` say the same in every format."""

    title: str
    author: str
    audience: Audience
    note: str
    on: date
    made: datetime
    catalog_version: str
    catalog_as_of: str
    address: str
    models: tuple[ModelLine, ...]
    sections: tuple[Section, ...]
    figures: tuple[Figure, ...]
    sources: tuple[SourceLine, ...]
    terms: tuple[TermLine, ...]
    workload: dict[str, str] = field(default_factory=dict)
    problems: tuple[str, ...] = ()

    @cached_property
    def digest(self) -> str:
        """Twelve hexadecimal digits of what it says, whenever it was made."""
        text = json.dumps(_plain(self) | {"made": ""}, sort_keys=True, ensure_ascii=True, default=str)
        return hashlib.sha256(text.encode()).hexdigest()[:12]

    def tables(self) -> Iterator[tuple[Section, Table]]:
        """Every table in order, those of charts among them, each with its section."""
        for section in self.sections:
            for block in section.blocks:
                match block:
                    case Table():
                        yield section, block
                    case Chart():
                        yield section, block.table
                    case Paragraph() | Quote():
                        continue
                    case _:
                        assert_never(block)

    def sentences(self) -> Iterator[tuple[Section, Sentence]]:
        """Every sentence in order, each with its section."""
        for section in self.sections:
            for block in section.blocks:
                if isinstance(block, Paragraph):
                    yield from ((section, each) for each in block.sentences)

    def section(self, part: Part) -> Section | None:
        """The section of a part; None where it was not chosen."""
        return next((each for each in self.sections if each.part is part), None)

    def source(self, name: str) -> SourceLine:
        """The source with this id; raises KeyError where the report does not cite it."""
        found = next((each for each in self.sources if each.id == name), None)
        if found is None:
            raise KeyError(name)
        return found


def record(report: Report) -> dict[str, Any]:
    """The state as plain data for JSON: decimals and days as text, each block with its kind under "block"."""
    found: dict[str, Any] = json.loads(json.dumps(_plain(report), default=str))
    return found


def _plain(report: Report) -> dict[str, Any]:
    """The same as `record` before it is JSON."""
    plain = asdict(report)
    for section, written in zip(report.sections, plain["sections"], strict=True):
        for block, each in zip(section.blocks, written["blocks"], strict=True):
            each["block"] = type(block).__name__.lower()
    return {"format": FORMAT, "version": FORMAT_VERSION, **plain}
