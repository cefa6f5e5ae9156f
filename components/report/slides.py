"""The report as a PowerPoint deck of six to ten slides with native charts and tables, and notes with the sources."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from catalog.words import capital, day, listing
from components.report import slide_charts, slide_tables
from components.report.slide_letters import LINE, shortened
from components.report.slide_package import steady
from components.report.slide_story import Page, story
from components.report.slide_text import (
    Fit,
    Para,
    Run,
    cited,
    clean,
    clean_lines,
    dated,
    fitted,
    headline,
    height,
    said,
    write,
)
from components.report.slide_theme import (
    BRIGHT,
    CAPTION,
    CARD_INSET,
    CHART,
    COLUMN,
    COLUMNS,
    COVER_LINE,
    COVER_MODELS,
    COVER_NOTE,
    COVER_TITLE,
    FOOTER,
    GAP,
    KICKER,
    LEAD,
    LEAD_BOX,
    LEFT,
    MAIN_BOX,
    NUMBER,
    NUMBER_FIELD,
    PALE,
    QUIET,
    ROOM,
    TABLE,
    TITLE_BOX,
    Box,
    Layout,
    column_boxes,
    template,
)
from components.report.state import ModelLine, Report, SourceLine, Table

if TYPE_CHECKING:
    from pptx.presentation import Presentation
    from pptx.slide import Slide

_INNER = ROOM * 72 - 2
_TEXT_SIZES = (18.0, 17.0, 16.0, 15.0, 14.0, 13.0, 12.0, 11.0)
_LEAD_SIZES = (14.0, 13.0, 12.0)
_UNDER = 0.1
"""The room between a table and the words below it in inches."""
_MORE = "{} more in the notes."


def deck(report: Report) -> bytes:
    """The report as a PPTX file; the same report gives the same bytes.

    It has six to ten slides of 16:9: a cover, a slide a chosen section with the message as its title, and the sources;
    `slide_story.story` says which are added, merged or left out. Charts and tables are native. What does not fit is
    made smaller, then less, and the slide says how much is left out. All foreign text is inert.
    """
    made = template()
    # The digest reads the whole state, so it is taken once.
    origin = f"catalog {report.catalog_version} of {day(report.catalog_as_of)}, report {report.digest}"
    _cover(made, report, origin)
    for page in story(report, origin):
        _slide(made, report, page, origin)
    _properties(made, report, origin)
    return steady(made, report.made)


def _properties(made: "Presentation", report: Report, origin: str) -> None:
    found = made.core_properties
    found.title, found.author = clean(report.title, 200), clean(report.author, 200)
    found.subject = capital(origin)
    found.last_modified_by, found.keywords, found.comments, found.category = found.author, "", "", ""
    found.created = found.modified = report.made.replace(tzinfo=None)
    found.revision = 1


def _cover(made: "Presentation", report: Report, origin: str) -> None:
    """The title, who is compared and where their lives stand, by whom and for whom, the note."""
    slide = _new(made, Layout.COVER)
    title = (Para((Run(clean(report.title, 400), bold=True),)),)
    made_by = [clean(report.author, 80)] if report.author.strip() else []
    line = " · ".join([*made_by, day(report.on, long=True), f"{report.audience.value} report"])
    models = [Para(_life(each), 7.0) for each in report.models]
    note = [Para((Run(each),), 3.0) for each in clean_lines(report.note).split("\n") if each]
    _put(slide, 0, fitted(title, COVER_TITLE, (38.0, 34.0, 30.0, 26.0)))
    _put(slide, KICKER, fitted((Para((Run(line),)),), COVER_LINE, (13.0, 12.0)))
    _put(slide, LEAD, fitted(models, COVER_MODELS, (16.0, 15.0, 14.0, 13.0, 12.0)))
    _put(slide, CAPTION, fitted(note, COVER_NOTE, (13.0, 12.0), _MORE) if note else None)
    names = listing([each.name for each in report.models])
    notes = (f"{clean(report.title, 400)}: {names}.", *map(clean, report.problems), clean_lines(report.note))
    _finish(slide, report, origin, notes, cover=True)


def _life(line: ModelLine) -> tuple[Run, ...]:
    """A model with its mark and name, and where its life stands, in a sentence that often begins with the name."""
    name = clean(line.name, 80)
    life = clean(line.life, 500).removeprefix(name)
    space = "" if life[:1] in (" ", "", ",") else "  "
    return Run(f"{slide_tables.sign(line)} ", colour=_bright(line.colour)), Run(name, bold=True), Run(space + life)


def _bright(colour: str) -> str:
    return BRIGHT.get(colour.lstrip("#").lower(), "FFFFFF")


def _slide(made: "Presentation", report: Report, page: Page, origin: str) -> None:
    """A slide: topic, message, what stands behind it, then chart, table or texts in the room that is left."""
    slide = _new(made, _layout(page))
    title = headline(page.message.text)
    _put(slide, 0, Fit((Para((Run(title.text),)),), title.size))
    _put(slide, KICKER, Fit((Para((Run(clean(page.kicker, 100)),)),), 12.0))
    top = TITLE_BOX.top + title.lines * title.size * LINE / 72 + 0.1
    lead = _lead(report, page, title.rest)
    _put(slide, LEAD, lead, replace(LEAD_BOX, top=top))
    if lead is not None:
        top += height(lead.paras, lead.size, _INNER) / 72 + 0.1
    top += 0.14
    main = Box(LEFT, top, ROOM, MAIN_BOX.top + MAIN_BOX.height - top)
    below, notes = _drawn(slide, report, page, main)
    caption = " ".join(filter(None, (page.caption, *below, _rests_on(report, page, title.rest))))
    text = Para((Run(shortened(caption, 11, _INNER, 2)),))
    _put(slide, CAPTION, Fit((text,), 11.0) if caption else None)
    _finish(slide, report, origin, (*_spoken(report, page), *notes, *_cited_lines(report, page)))


def _new(made: "Presentation", layout: Layout) -> "Slide":
    """An empty slide whose shapes have the names that they have on the layout, for lists of what is on a slide."""
    chosen: Any = next(each for each in made.slide_layouts if each.name == layout)
    names = {each.placeholder_format.idx: each.name for each in chosen.placeholders}
    slide: Slide = made.slides.add_slide(chosen)
    for shape in slide.placeholders:
        shape.name = names[shape.placeholder_format.idx]
    return slide


def _layout(page: Page) -> Layout:
    if page.chart is not None:
        return Layout.CHART if page.table is None else Layout.BOTH
    return Layout.TABLE if page.table is not None else COLUMNS[min(max(len(page.texts), 1), len(COLUMNS)) - 1]


def _lead(report: Report, page: Page, rest: str) -> Fit | None:
    """What the title leaves out and what stands behind it, in at most two lines: whole sentences, or a start of one."""
    further = [*([replace(page.message, text=rest)] if rest else []), *page.lead]
    runs: list[Run] = []
    for each in further if not page.opening else further[: bool(rest)]:
        more = (*runs, *((Run(" "),) if runs else ()), *said(report, each))
        if runs and height([Para(more)], _LEAD_SIZES[-1], _INNER) > LEAD_BOX.height * 72:
            break
        runs = list(more)
    paras = [*page.opening, *([Para(tuple(runs))] if runs else [])]
    return fitted(paras, LEAD_BOX, _LEAD_SIZES) if paras else None


def _drawn(slide: "Slide", report: Report, page: Page, main: Box) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Draws what the slide is for; returns what must be said of it below, and what the speaker should know beyond."""
    if page.chart is None and page.table is None:
        _texts(slide, page, main)
        return (), ()
    below: list[str] = []
    notes: tuple[str, ...] = ()
    if page.table is not None:
        table = page.table.without_empty()
        fit = slide_tables.grid(report, table, main if page.chart is None else replace(main, height=main.height / 2))
        high = sum(row.high for row in fit.rows) / 72 + _UNDER
        box = main if page.chart is None else replace(main, top=main.top + main.height - high)
        slide_tables.place(_holder(slide, TABLE), table, fit, box)
        main = replace(main, height=main.height - high - GAP)
        below.append(slide_tables.legend(table, fit))
        notes = slide_tables.noted(table, fit)
    if page.chart is not None:
        slide_charts.place(_holder(slide, CHART), report, page.chart, main)
        below.insert(0, slide_charts.legend(page.chart, main))
    return tuple(below), notes


def _texts(slide: "Slide", page: Page, main: Box) -> None:
    """Texts side by side in letters of one size, in boxes as high as the longest needs."""
    boxes = [replace(each, top=main.top, height=main.height) for each in column_boxes(len(page.texts))]
    inner = [
        replace(each, width=each.width - 2 * CARD_INSET, height=each.height - 2 * CARD_INSET - 0.05) for each in boxes
    ]
    sizes = (page.size,) if page.size else _TEXT_SIZES
    fits = [fitted(text, box, sizes, _MORE) for text, box in zip(page.texts, inner, strict=True)]
    size = min(each.size for each in fits)
    fits = [fitted(text, box, (size,), _MORE) for text, box in zip(page.texts, inner, strict=True)]
    needs = [height(fit.paras, size, box.width * 72 - 2) / 72 for fit, box in zip(fits, inner, strict=True)]
    high = min(max(*needs, 1.0) + 2 * CARD_INSET + 0.05, main.height)
    for at, (fit, box) in enumerate(zip(fits, boxes, strict=True)):
        _put(slide, COLUMN + at, fit, replace(box, height=high))


def _rests_on(report: Report, page: Page, rest: str) -> str:
    """The sources that the message and the chart rest on, which have no room beside them."""
    names = [] if rest else list(page.message.sources)
    if page.chart is not None:
        names += _table_sources(page.chart.table)
    found = cited(report, names)
    return f"Sources: {found}" if found else ""


def _table_sources(table: Table) -> list[str]:
    return list(dict.fromkeys(name for row in table.rows for value in row for name in value.sources))


def _spoken(report: Report, page: Page) -> tuple[str, ...]:
    """All sentences in full with their sources, then what chart and table show."""
    sentences = ("".join(run.text for run in said(report, each)) for each in page.said)
    return (*sentences, *(clean_lines(each, 4000) for each in page.notes))


def _cited_lines(report: Report, page: Page) -> tuple[str, ...]:
    """The sources of everything on the slide, a line each under a heading; nothing where there are none."""
    names = [*page.sources, *page.message.sources, *(name for each in page.said for name in each.sources)]
    for table in (page.table, page.chart.table if page.chart else None):
        names += _table_sources(table) if table else []
    found = {report.source(each).number: report.source(each) for each in names}
    return ("", "Sources:", *(_source(found[number]) for number in sorted(found))) if found else ()


def _source(line: SourceLine) -> str:
    """A source in a line: number, title, date, licence, address."""
    parts = [clean(each, 400) for each in (line.title, dated(line.date), line.licence, line.url, line.locator) if each]
    return f"[{line.number}] {', '.join(parts)}"


def _holder(slide: "Slide", number: int) -> Any:
    return next(each for each in slide.placeholders if each.placeholder_format.idx == number)


def _put(slide: "Slide", number: int, fit: Fit | None, box: Box | None = None) -> None:
    """Writes into a placeholder, or takes it away where there is nothing to say."""
    from pptx.util import Inches

    holder = _holder(slide, number)
    if fit is None:
        holder._element.getparent().remove(holder._element)
        return
    if box is not None:
        holder.left, holder.top = Inches(box.left), Inches(box.top)
        holder.width, holder.height = Inches(box.width), Inches(box.height)
    write(holder.text_frame, fit)


def _finish(slide: "Slide", report: Report, origin: str, notes: Sequence[str], cover: bool = False) -> None:
    """Footer and number of the slide, which the library leaves out, and the notes with what the deck was made from."""
    from pptx.oxml import parse_xml
    from pptx.oxml.ns import nsdecls

    made_from = f"Catalog {report.catalog_version} of {day(report.catalog_as_of)}"
    words = (clean(report.title, 70), made_from, day(report.on))
    shapes = slide.shapes._spTree
    taken = max(int(each) for each in shapes.xpath("//p:cNvPr/@id"))
    texts = ((FOOTER, "ftr", "Footer", ""), (NUMBER, "sldNum", "Slide number", NUMBER_FIELD))
    for at, (number, kind, name, content) in enumerate(texts, 1):
        shapes.append(
            parse_xml(
                f'<p:sp {nsdecls("p", "a")}><p:nvSpPr><p:cNvPr id="{taken + at}" name="{name}"/><p:cNvSpPr><a:spLocks '
                f'noGrp="1"/></p:cNvSpPr><p:nvPr><p:ph type="{kind}" sz="quarter" idx="{number}"/></p:nvPr></p:nvSpPr>'
                f"<p:spPr/><p:txBody><a:bodyPr/><a:lstStyle/><a:p>{content}</a:p></p:txBody></p:sp>"
            )
        )
    # LibreOffice does not take the look of a footer from the layout.
    line = Run(" · ".join(filter(None, words)), colour=PALE if cover else QUIET)
    write(_holder(slide, FOOTER).text_frame, Fit((Para((line,)),), 10.0), side="l")
    body = slide.notes_slide.notes_text_frame
    assert body is not None
    body.text = "\n".join([*map(clean_lines, notes), "", f"Made from {origin}, on {day(report.on)}."]).strip()
