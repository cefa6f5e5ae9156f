"""What a report says as files of values: tables with all that is known of each value, sentences, figures, sources."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from components.report.citing import LISTS
from components.report.csv_files import Content, DataFile, Field, Type, slug, unlike
from components.report.state import Heading, Quote, Report, Table, Value

TABLES, QUOTES = "tables", "quotes"


@dataclass(frozen=True, slots=True)
class _Facet:
    """One thing that a value may say besides how it is shown; the column is there where any value of it does."""

    end: str
    meaning: str
    read: Callable[[Report, Value], Content]
    type: Type = Type.STRING


_FACETS = (
    _Facet("number", "The exact number, in the unit of the next column.", lambda _, value: value.number, Type.NUMBER),
    _Facet("unit", "The unit of the number.", lambda _, value: value.unit if value.number is not None else None),
    _Facet("day", "The day.", lambda _, value: value.day, Type.DATE),
    _Facet(
        "kind",
        "What the value rests on: official, third_party, estimate, illustrative, inference or own.",
        lambda _, value: value.kind.value if value.kind else None,
    ),
    _Facet(
        "sources", "Ids of the sources, of sources.csv, with a space between.", lambda _, value: _spaced(value.sources)
    ),
    _Facet("note", "What is said of the value: scope, interval, conditions.", lambda _, value: value.note or None),
    _Facet("conflict", "Whether sources disagree on the value.", lambda _, value: value.conflict or None, Type.BOOLEAN),
    _Facet(
        "self_reported",
        "Whether the maker of the model reports the score itself.",
        lambda _, value: value.hollow or None,
        Type.BOOLEAN,
    ),
    _Facet("best", "Whether the value is the best of its row.", lambda _, value: value.best or None, Type.BOOLEAN),
    _Facet("address", "An address of the web.", lambda _, value: value.href or None),
)


def _spaced(names: Sequence[str]) -> str | None:
    return " ".join(names) or None


def table_files(report: Report) -> Iterator[DataFile]:
    """Every table in a file named by its id, those of charts among them."""
    tables = [(section, table) for section, table in report.tables() if table.id not in LISTS]
    names = unlike(slug(table.id) for _, table in tables)
    for name, (section, table) in zip(names, tables, strict=True):
        meaning = f"{table.summary} Section: {section.title}.".strip()
        yield _table_file(report, table, f"{TABLES}/{name}.csv", meaning)


def _table_file(report: Report, table: Table, path: str, meaning: str) -> DataFile:
    columns: list[tuple[Field, list[Content]]] = []
    if table.groups:
        columns.append((Field("group", "Group", "The group that the row belongs to."), list(table.groups)))
    for at, heading in enumerate(table.headings):
        columns += _columns(report, heading, [row[at] for row in table.rows])
    names = unlike(field.name for field, _ in columns)
    fields = tuple(
        Field(name, field.title, field.meaning, field.type, field.unit)
        for name, (field, _) in zip(names, columns, strict=True)
    )
    rows = tuple(zip(*(content for _, content in columns), strict=True))
    return DataFile(path, table.title, meaning, fields, rows)


def _columns(report: Report, heading: Heading, values: Sequence[Value]) -> Iterator[tuple[Field, list[Content]]]:
    """A heading as columns: as it is shown, and what else is known of any of its values."""
    name = slug(heading.name)
    about = f" Model: {heading.model}." if heading.model else ""
    yield Field(name, heading.name, f"As the report shows it.{about}"), [value.shown for value in values]
    units = {value.unit for value in values if value.number is not None}
    for facet in _FACETS:
        found = [facet.read(report, value) for value in values]
        if any(each is not None and each != "" for each in found):
            unit = next(iter(units)) if facet.end == "number" and len(units) == 1 else ""
            shown = [_settled(facet, each) for each in found]
            yield Field(f"{name}_{facet.end}", heading.name, facet.meaning, facet.type, unit), shown


def _settled(facet: _Facet, content: Content) -> Content:
    """What is not marked is false, in a column where something is."""
    return bool(content) if facet.type is Type.BOOLEAN else content


def list_files(report: Report, quote_paths: Sequence[str]) -> Iterator[DataFile]:
    """The files that every bundle has: models, sentences, figures, sources, terms, and quotes where there are some."""
    yield _models(report)
    yield _sentences(report)
    yield _figures(report)
    yield _sources(report)
    yield _terms(report)
    if quote_paths:
        yield _quotes(report, quote_paths)


def _models(report: Report) -> DataFile:
    fields = (
        Field("id", "Id", "The id of the model in the catalog."),
        Field("name", "Name", "Its name."),
        Field("short_name", "Short name", "Its name in tables."),
        Field("lab", "Lab", "Who made it."),
        Field("life", "Life", "Where its life stands, in a sentence."),
        Field("service", "Service", "Whether it is in service."),
    )
    rows = tuple((each.id, each.name, each.short_name, each.lab, each.life, each.service) for each in report.models)
    return DataFile("models.csv", "Models", "The models that are compared.", fields, rows)


def _sentences(report: Report) -> DataFile:
    fields = (
        Field("section", "Section", "The section that the sentence stands in."),
        Field("sentence", "Sentence", "The sentence, made from the data by rules."),
        Field("certainty", "How sure", "How sure it is, in words; empty where that does not apply."),
        Field("figures", "Figures", "Ids of the numbers that it states, of figures.csv, with a space between."),
        Field("sources", "Sources", "Ids of the sources, of sources.csv, with a space between."),
    )
    rows = tuple(
        (section.part.value, each.text, each.certainty or None, _spaced(each.figures), _spaced(each.sources))
        for section, each in report.sentences()
    )
    return DataFile("sentences.csv", "Sentences", "Every sentence of the report, in order.", fields, rows)


def _figures(report: Report) -> DataFile:
    fields = (
        Field("id", "Id", "The id of the figure."),
        Field("shown", "As stated", "The number as sentences state it."),
        Field("number", "Number", "The exact number, in the unit of the next column.", Type.NUMBER),
        Field("unit", "Unit", "Its unit; share is 0 to 1; day, month and year are 20250605, 202506 and 2025."),
        Field("what", "What", "What it is, in words."),
        Field("by", "Worked out by", "How it is worked out from others: ratio, difference, sum, share, rounded."),
        Field("of", "From", "Ids of the figures that it is worked out from, with a space between."),
        Field("sources", "Sources", "Ids of the sources, of sources.csv, with a space between."),
    )
    rows = tuple(
        (
            *(each.id, each.shown, each.number, each.unit or None, each.what, each.by or None),
            *(_spaced(each.of), _spaced(each.sources)),
        )
        for each in report.figures
    )
    return DataFile("figures.csv", "Figures", "Every number that a sentence states.", fields, rows)


def _sources(report: Report) -> DataFile:
    fields = (
        Field("id", "Id", "The id of the source in the catalog."),
        Field("number", "Number", "The number under which documents cite it.", Type.INTEGER),
        Field("title", "Title", "Its title."),
        Field(
            "kind", "Kind", "How far it can be trusted: official, third_party, estimate, illustrative, inference, own."
        ),
        Field("date", "Date", "Its date, as far as it is known: 2025, 2025-06 or 2025-06-17."),
        Field("licence", "Licence", "Its licence."),
        Field("address", "Address", "Its address of the web."),
        Field("place", "Place", "The place inside it."),
    )
    rows = tuple(
        (
            *(each.id, each.number, each.title, each.kind.value),
            *(each.date or None, each.licence or None, each.url or None, each.locator or None),
        )
        for each in report.sources
    )
    return DataFile("sources.csv", "Sources", "The sources that the report rests on.", fields, rows)


def _terms(report: Report) -> DataFile:
    fields = (
        Field("id", "Id", "The id of the term in the catalog."),
        Field("term", "Term", "The term."),
        Field("plain", "In plain words", "What it means, in plain words."),
    )
    rows = tuple((each.id, each.name, each.plain) for each in report.terms)
    return DataFile("glossary.csv", "Glossary", "The terms that the report uses.", fields, rows)


def quotes(report: Report) -> list[tuple[str, Quote]]:
    """Prompts and answers with the sections they stand in, in order."""
    return [(section.title, each) for section in report.sections for each in section.blocks if isinstance(each, Quote)]


def _quotes(report: Report, paths: Sequence[str]) -> DataFile:
    fields = (
        Field("file", "File", "The file with the whole text."),
        Field("section", "Section", "The section that it stands in."),
        Field("label", "Whose", "Whose text it is."),
        Field("remark", "What holds of it", "What holds of it, such as that it is simulated or was cut off."),
        Field("model", "Model", "The id of the model that answered; empty for a prompt."),
        Field("characters", "Characters", "How many characters it has.", Type.INTEGER, "characters"),
    )
    rows = tuple(
        (path, title, each.label, each.remark or None, each.model or None, len(each.text))
        for path, (title, each) in zip(paths, quotes(report), strict=True)
    )
    return DataFile("quotes.csv", "Prompts and answers", "Prompts and answers, each in a file.", fields, rows)
