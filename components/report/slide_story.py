"""Which slides a report gets and what each says: pure, so that a deck can be told before it is drawn."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import dropwhile, takewhile

from catalog.words import day
from components.report.slide_charts import drawable
from components.report.slide_letters import LINE, shortened, width
from components.report.slide_text import Para, Run, clean, clean_lines, dated, headline, said
from components.report.slide_theme import CARD_INSET, QUIET, column_boxes
from components.report.state import (
    PROMPT,
    Chart,
    Form,
    Heading,
    Paragraph,
    Part,
    Quote,
    Report,
    Section,
    Sentence,
    SourceLine,
    Table,
    Value,
)

FEWEST, MOST = 6, 10
_MOST_COLUMNS = 4
_LONG_LIST = 4
_EXTRA_FIRST = (Part.VERDICTS, Part.COST, Part.BENCHMARKS, Part.ADVICE, Part.SPECS)
_SHORT_TABLE = 4
_TURNING = "What would "
"""How headings of paragraphs begin that say what would change an answer."""

Texts = tuple[Para, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """A slide before it is drawn.

    `message` becomes its title, `lead` stands under it, after `opening` if there is one. `texts` are columns, in
    letters of `size` points if that is not 0. `said` are the sentences and `notes` further lines for the speaker,
    `caption` stands below. `sources` are ids beyond those of sentences and of the table.
    """

    kicker: str
    message: Sentence
    lead: tuple[Sentence, ...] = ()
    opening: Texts = ()
    texts: tuple[Texts, ...] = ()
    size: float = 0.0
    chart: Chart | None = None
    table: Table | None = None
    caption: str = ""
    said: tuple[Sentence, ...] = ()
    notes: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()


def story(report: Report, origin: str) -> tuple[Page, ...]:
    """The slides behind the cover, five to nine of them: one a chosen section in the report's order, then the sources.

    A short table stands under the bars of its section. Where there is room up to the tenth slide, sections get their
    further charts and tables, verdicts and costs first, and the glossary is a slide. Where there are too few slides,
    the models, the terms, the marks, the origin of the report (`origin` in words) and its sources are added in this
    order until there are six.
    """
    wanted: dict[Part, list[Page]] = {
        part: _wanted(report, part) for part in Part if part not in (Part.SOURCES, Part.GLOSSARY)
    }
    sourced = [sources_page(report)] if report.section(Part.SOURCES) or report.sources else []
    room = MOST - 1 - len(sourced) - sum(bool(pages) for pages in wanted.values())
    kept = {part: pages[:1] for part, pages in wanted.items()}
    for part in _EXTRA_FIRST:
        further = wanted[part][1 : 1 + room]
        kept[part] += further
        room -= len(further)
    pages = [page for part in kept for page in kept[part]]
    if room > 0 and report.section(Part.GLOSSARY) and report.terms:
        pages.append(terms_page(report))
    return tuple(_filled(report, origin, [*pages, *sourced]))


def _wanted(report: Report, part: Part) -> list[Page]:
    section = report.section(part)
    return pages_of(report, section) if section else []


def _filled(report: Report, origin: str, pages: Sequence[Page]) -> list[Page]:
    """At least five slides: what a deck that is too short gets, from what every report has."""
    fills = (
        models_page(report),
        *([terms_page(report)] if report.terms else []),
        marks_page(),
        origin_page(report, origin),
        sources_page(report),
        nothing_page(),
    )
    known = {each.kicker for each in pages}
    missing = max(FEWEST - 1 - len(pages), 0)
    return [*pages, *[each for each in fills if each.kicker not in known][:missing]]


def pages_of(report: Report, section: Section) -> list[Page]:
    """The slides that a section could have, the most telling first: its charts and tables in order, or its text."""
    shown = _shown(section)
    if any(isinstance(each, Quote) for each in section.blocks):
        return [_quotes_page(report, section)]
    if not shown or section.part in (Part.SUMMARY, Part.CAVEATS):
        return [_text_page(report, section), *(_shown_page(section, each, False) for each in shown)]
    first, *rest = shown
    page = _shown_page(section, first, True)
    under = next((each for each in rest if isinstance(each, Table)), None)
    if under is not None and page.chart is not None and _fit_together(page.chart, under):
        page = replace(page, table=under)
        rest.remove(under)
    return [page, *(_shown_page(section, each, False) for each in rest)]


def _shown(section: Section) -> list[Chart | Table]:
    """The charts and tables of a section that belong on slides: the first chart, tables, further charts; none twice."""
    charts = [each for each in section.blocks if isinstance(each, Chart) and each.slides and drawable(each)]
    tables = [each.table for each in charts[:1]] + [each for each in section.blocks if isinstance(each, Table)]
    kept: list[Table] = []
    for each in tables:
        if each.slides and each.rows and each.rows not in [other.rows for other in kept]:
            kept.append(each)
    return [*charts[:1], *kept, *charts[1:]]


def _fit_together(chart: Chart, table: Table) -> bool:
    """Whether a table is short enough to stand under bars that need little height."""
    plot = chart.plot
    few = plot.form is Form.BARS and len(plot.categories) == 1
    return few and len(table.rows) <= _SHORT_TABLE and not table.groups


def _shown_page(section: Section, shown: Chart | Table, first: bool) -> Page:
    """A chart or table under its message: the section's first sentence if it stands before, or what is shown.

    The first slide of a section has the other sentences too.
    """
    spoken = _sentences(section.blocks) if first else []
    summary = Sentence(shown.summary or shown.title)
    before = _sentences(section.blocks[: _place(section, shown)]) if first else []
    message = before[0] if before else summary
    lead = [*([summary] if message != summary and isinstance(shown, Chart) else []), *spoken]
    chart, table = (shown, None) if isinstance(shown, Chart) else (None, shown)
    further = tuple(each for each in lead if each.text != message.text)
    notes = (f"{shown.title}: {shown.summary}",)
    return Page(section.title, message, further, chart=chart, table=table, said=tuple(spoken), notes=notes)


def _place(section: Section, shown: Chart | Table) -> int:
    """Where in a section a chart or table stands; the table of a chart stands with it."""
    whole = [each.table if isinstance(each, Chart) and isinstance(shown, Table) else each for each in section.blocks]
    return next(at for at, each in enumerate(whole) if each is shown or section.blocks[at] is shown)


def _sentences(blocks: Iterable[object]) -> list[Sentence]:
    return [each for block in blocks if isinstance(block, Paragraph) for each in block.sentences]


def _text_page(report: Report, section: Section) -> Page:
    """Paragraphs side by side; with the caveats stands what would change the answers of other sections."""
    paragraphs = [each for each in section.blocks if isinstance(each, Paragraph) and each.sentences]
    if section.part is Part.CAVEATS:
        paragraphs += _turning(report)
    if not paragraphs:
        why = section.missing or "There is nothing to say here."
        return Page(section.title, Sentence(why), texts=((Para((Run(clean(why)),)),),), notes=(clean(why),))
    message = _message(report, section.part, paragraphs)
    spoken = tuple(each for paragraph in paragraphs for each in paragraph.sentences)
    texts = tuple(_paragraph(report, each) for each in _columns(_unrepeated(section.part, message, paragraphs)))
    return Page(section.title, message, texts=texts, said=spoken)


def _message(report: Report, part: Part, paragraphs: Sequence[Paragraph]) -> Sentence:
    """The sentence that says it all: of a summary what is chosen, else what differs; of other sections the first."""
    if part is not Part.SUMMARY:
        return paragraphs[0].sentences[0]
    advice = report.section(Part.ADVICE)
    chosen = {each.text for each in _sentences(advice.blocks)[:1]} if advice else set()
    spoken = [each for paragraph in paragraphs for each in paragraph.sentences]
    found = next((each for each in spoken if each.text in chosen), None)
    return found or paragraphs[min(1, len(paragraphs) - 1)].sentences[0]


def _turning(report: Report) -> list[Paragraph]:
    """What other sections say would change their answers."""
    blocks = [block for part in (Part.COST, Part.ADVICE) if (found := report.section(part)) for block in found.blocks]
    return [each for each in blocks if isinstance(each, Paragraph) and each.heading.startswith(_TURNING)]


def _unrepeated(part: Part, message: Sentence, paragraphs: Sequence[Paragraph]) -> list[Paragraph]:
    """Without the sentence that the title says in full, unless it is alone; a summary stays whole."""
    first = paragraphs[0]
    if part is Part.SUMMARY or headline(message.text).rest or len(first.sentences) < 2:
        return list(paragraphs)
    return [replace(first, sentences=first.sentences[1:]), *paragraphs[1:]]


def _columns(paragraphs: Sequence[Paragraph]) -> list[Paragraph]:
    """At most four columns: what is beyond goes to the last; one long list is split in two."""
    if len(paragraphs) == 1 and len(paragraphs[0].sentences) > _LONG_LIST:
        only = paragraphs[0]
        half = (len(only.sentences) + 1) // 2
        rest = replace(only, sentences=only.sentences[half:], heading="")
        return [replace(only, sentences=only.sentences[:half]), rest]
    last = paragraphs[_MOST_COLUMNS - 1 :]
    if len(last) < 2:
        return list(paragraphs)
    joined = tuple(sentence for each in last for sentence in each.sentences)
    return [*paragraphs[: _MOST_COLUMNS - 1], Paragraph(joined, last[0].heading, listed=True)]


def _paragraph(report: Report, paragraph: Paragraph) -> Texts:
    heading = (Para((Run(clean(paragraph.heading), bold=True),), heading=True),) if paragraph.heading else ()
    bullet = paragraph.listed and len(paragraph.sentences) > 1
    return (*heading, *(Para(said(report, each), 5.0, bullet) for each in paragraph.sentences))


def _quotes_page(report: Report, section: Section) -> Page:
    """The first prompt with the answers to it side by side; what is no model's words says so above it."""
    spoken = tuple(_sentences(section.blocks))
    quotes = [each for each in section.blocks if isinstance(each, Quote)]
    asked, answers = _first_run(section)
    count = f"{len(answers)} answers" if len(answers) != 1 else "One answer"
    message = spoken[0] if spoken else Sentence(f"{count} to one prompt" if answers else section.title)
    left = len(quotes) - len(answers) - len(asked)
    return Page(
        section.title,
        message,
        spoken[1:] if not asked else (),
        opening=tuple(_asked(each) for each in asked),
        texts=tuple(_answer(report, each) for each in answers) or ((Para((Run("No answer came."),)),),),
        caption=f"{left} more text{'s' if left > 1 else ''} of prompts and answers in the report." if left > 0 else "",
        said=spoken,
        notes=tuple(_noted(each) for each in (*asked, *answers)),
    )


def _first_run(section: Section) -> tuple[list[Quote], list[Quote]]:
    """The first prompt, if there is one, and the answers that follow it without anything between them.

    A blind answer names no model, so that its place alone tells it from a prompt.
    """
    rest = dropwhile(lambda block: not isinstance(block, Quote), section.blocks)
    together = [each for each in takewhile(lambda block: isinstance(block, Quote), rest) if isinstance(each, Quote)]
    place = next((at for at, each in enumerate(together) if each.label == PROMPT), None)
    if place is None:
        place = -1 if together[0].model else 0
    return together[max(place, 0) : place + 1], together[place + 1 :][:_MOST_COLUMNS]


def _asked(quote: Quote) -> Para:
    remark = (Run(f" ({clean(quote.remark, 120)})", colour=QUIET),) if quote.remark else ()
    return Para((Run(f"{clean(quote.label, 60)}: ", bold=True), Run(clean(quote.text)), *remark))


def _answer(report: Report, quote: Quote) -> Texts:
    line = next((each for each in report.models if each.id == quote.model), None)
    label = Para((Run(clean(quote.label, 60), bold=True, colour=line.colour if line else ""),), heading=True)
    remark = (Para((Run(clean(quote.remark, 160), italic=True),), 2.0, heading=True),) if quote.remark else ()
    lines = clean_lines(quote.text).split("\n")
    return (label, *remark, *(Para((Run(each),), 4.0) for each in lines))


_NOTED = 1200


def _noted(quote: Quote) -> str:
    remark = f" ({clean(quote.remark, 160)})" if quote.remark else ""
    return f"{clean(quote.label, 60)}{remark}: {clean_lines(quote.text, _NOTED)}"


_SOURCE_GAP, _FEW_SOURCES, _WIDE = 2.0, 12, 500
_SHORT_TITLE = 0.75
"""How much higher the room for texts is under a title of one line without a lead, in inches."""
_SOURCE_SIZES = (14.0, 13.0, 12.0, 11.0, 10.0, 9.0)


def sources_page(report: Report) -> Page:
    """Every source with its number and date in two columns; the notes have licences and addresses."""
    count = len(report.sources)
    if not count:
        text = (Para((Run("Nothing in this report rests on a source of the catalog."),)),)
        return Page("Sources", Sentence("No source is cited"), texts=(text,))
    words = f"{count} sources stand behind these slides" if count > 1 else "One source stands behind these slides"
    columns = 1 if count <= _FEW_SOURCES else 2
    half = -(-count // columns)
    box = column_boxes(columns)[0]
    high = (box.height + _SHORT_TITLE - 2 * CARD_INSET) * 72
    size = next((each for each in _SOURCE_SIZES if half * (each * LINE + _SOURCE_GAP) <= high), _SOURCE_SIZES[-1])
    lines = tuple(_source_line(each, size, (box.width - 2 * CARD_INSET) * 72 - 4) for each in report.sources)
    texts = (lines[:half], lines[half:])[:columns]
    names = tuple(each.id for each in report.sources)
    caption = "The notes of each slide name its sources with date, licence and address."
    return Page("Sources", Sentence(words), texts=texts, size=size, caption=caption, sources=names)


def _source_line(source: SourceLine, size: float, room: float) -> Para:
    """A source in one line: number, title as a link where its address is one of the web, date."""
    rest = [dated(source.date), *([clean(source.licence, 60)] if room > _WIDE else [])]
    start, end = f"[{source.number}] ", "".join(f", {each}" for each in rest if each)
    title = shortened(clean(source.title, 300), size, room - width(start + end, size))
    web = source.url if re.fullmatch(r"https?://[^\s<>\"]{1,1000}", source.url) else ""
    return Para((Run(start, colour=QUIET), Run(title, href=web), Run(end, colour=QUIET)), _SOURCE_GAP)


def models_page(report: Report) -> Page:
    """Who is compared, by lab and life."""
    heads = (Heading("Model"), Heading("Lab"), Heading("Where its life stands"))
    rows = tuple((Value(each.name), Value(each.lab), Value(each.life)) for each in report.models)
    words = f"{len(report.models)} models are compared" if len(report.models) != 1 else "One model is looked at"
    return _table_page("The models", words, Table("deck_models", "The models", words, heads, rows, slides=len(rows)))


def terms_page(report: Report) -> Page:
    """The terms that the report uses, in a sentence each, as many as fit."""
    heads = (Heading("Term"), Heading("In plain words"))
    rows = tuple((Value(each.name), Value(each.plain)) for each in report.terms)
    words = "What the terms mean"
    return _table_page("Glossary", words, Table("deck_terms", "Glossary", words, heads, rows, slides=len(rows)))


_MEANINGS = (
    ("✓✓", "clear: a lead that chance would hardly make"),
    ("✓", "small but real: beyond chance, but few people would notice it"),
    ("~", "too close to call: chance could have made the lead"),
    ("?", "not comparable: the tests or their conditions differ"),
    ("∅", "no shared test: only one of the models took it"),
    ("≈", "an estimate, in italics: no maker has published the value"),
    ("≠", "sources conflict: the value that stands is shown"),
    ("○", "hollow, self-reported: the maker of the model measured it"),
)


def marks_page() -> Page:
    """What the marks mean."""
    heads = (Heading("Mark"), Heading("What it means"))
    rows = tuple((Value(mark), Value(meaning)) for mark, meaning in _MEANINGS)
    words = "Marks say how sure a statement is"
    return _table_page("How to read it", words, Table("deck_marks", "Marks", words, heads, rows, slides=len(rows)))


def _table_page(kicker: str, words: str, table: Table) -> Page:
    return Page(kicker, Sentence(words), table=table)


def origin_page(report: Report, origin: str) -> Page:
    """What the report was made from, so that it can be made again."""
    stands = f"{report.catalog_version}, as of {day(report.catalog_as_of)}"
    pairs = [("Made from", origin), ("Catalog", stands), ("Address", report.address), *report.workload.items()]
    text = tuple(Para((Run(f"{clean(name)}: ", bold=True), Run(clean(value))), 5.0) for name, value in pairs)
    return Page("Origin", Sentence("The address of the report brings it back"), texts=(text,))


def nothing_page() -> Page:
    """Says that little was chosen."""
    text = (Para((Run("Choose more sections on the report page for a fuller deck."),)),)
    return Page("Sections", Sentence("Few sections were chosen"), texts=(text,))
