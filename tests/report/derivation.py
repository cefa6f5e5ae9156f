"""Holds the sentences of a frozen report against its figures, and its figures against its tables, on its own terms.

Nothing here uses the product's own search for numbers: what it overlooked would be overlooked here too.
"""

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from catalog.fields import FIELDS
from catalog.loading import Catalog
from components.report.state import Figure, Report, Sentence, Table, Value

_DATES = ("day", "month", "year")
_HAIR = Decimal("1e-6")
_SCALES = re.compile(r"95% interval|of 100 votes|\d+-shot", re.IGNORECASE)
_DIGITS = re.compile(r"(?<![A-Za-z\d.,])(?<![A-Za-z]-)\d[\d,]*(?:\.\d+)?(?![A-Za-z])")
_COUNTS = {"two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10}


def names_of(catalog: Catalog) -> tuple[str, ...]:
    """Texts of the catalog that hold digits and are no statement of a number: names, scopes, labels, descriptions."""
    texts: set[str] = set()
    for model in catalog.models.values():
        texts |= {model.name, model.short_name, model.id}
        for claims in model.claims.values():
            for claim in claims:
                texts |= {claim.full_scope, claim.platform or "", claim.scope or "", claim.locator or ""}
                texts |= {str(claim.value)} if isinstance(claim.value, str) and claim.unit != "date" else set()
    for test in catalog.benchmarks.values():
        texts |= {test.name, test.measures.rstrip("."), test.measures[:1].lower() + test.measures[1:].rstrip(".")}
    texts |= {source.title for source in catalog.sources.values()}
    texts |= {label[:1].lower() + label[1:] for label in (field.label for field in FIELDS.values())}
    return tuple(sorted((each for each in texts if re.search(r"\d", each) and re.search(r"[A-Za-z]", each)), key=len))


def without(text: str, names: tuple[str, ...]) -> str:
    """The text with every name in it, the longest first, and every scale put aside."""
    for name in reversed(names):
        if name in text:
            text = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", "*", text)
    return _SCALES.sub("*", text)


def unaccounted(report: Report, names: tuple[str, ...]) -> list[str]:
    """Every number in a sentence that none of the sentence's figures says."""
    figures = {each.id: each for each in report.figures}
    text = "\n".join(sentence.text for _, sentence in report.sentences())
    names = tuple(name for name in names if name in text)
    return [
        f"{written} in “{sentence.text}”"
        for _, sentence in report.sentences()
        for written, bound in _written(sentence, names)
        if not any(_says(written, bound, figures[each]) for each in sentence.figures)
    ]


def _written(sentence: Sentence, names: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    bare = without(sentence.text, names)
    for found in _DIGITS.finditer(bare):
        before = bare[: found.start()].rstrip("$").rstrip().rpartition(" ")[2]
        yield found.group().rstrip(","), before if before in ("under", "over") else ""


def _says(written: str, bound: str, figure: Figure) -> bool:
    value, number = Decimal(written.replace(",", "")), abs(Decimal(str(figure.number)))
    if figure.unit in _DATES:
        text = str(figure.number)
        return value in {int(part) for part in (text[:4], text[4:6], text[6:]) if part}
    step = Decimal(1).scaleb(-len(written.partition(".")[2]))
    scaled = (number, number * 100) if figure.unit == "share" else (number,)
    if bound:
        return any(each < value if bound == "under" else each > value for each in scaled)
    return any(abs(each - value) <= step / 2 + _HAIR * step for each in scaled)


def unfounded(report: Report) -> list[str]:
    """Every figure that is neither in a cell of a table nor what its own computation from other figures gives."""
    figures = {each.id: each for each in report.figures}
    cells = [value for _, table in report.tables() for value in _values(table)]
    numbers = {Decimal(str(value.number)) for value in cells if value.number is not None}
    days = {value.day for value in cells} | {report.on, date.fromisoformat(report.catalog_as_of)}
    words = " ".join(f"{value.shown} {value.note}" for value in cells)
    return [
        f"{each.shown} ({each.what}; {each.by})"
        for each in report.figures
        if not (
            _recomputed(each, [figures[name] for name in each.of])
            if each.of
            else _in_tables(each, numbers, days, words)
        )
    ]


def _values(table: Table) -> Iterator[Value]:
    for row in table.rows:
        yield from row


def _in_tables(figure: Figure, numbers: set[Decimal], days: set[date | None], words: str) -> bool:
    number = Decimal(str(figure.number))
    if figure.unit == "day":
        text = str(figure.number)
        return date(int(text[:4]), int(text[4:6]), int(text[6:])) in days or figure.shown in words
    if figure.unit in _DATES:
        return figure.shown in words
    if number in numbers or (figure.unit == "share" and number * 100 in numbers):
        return True
    near = [each for each in numbers if abs(each - number) <= abs(number) * Decimal("1e-9")]
    return bool(near) or figure.shown in words


def _recomputed(figure: Figure, parts: list[Figure]) -> bool:
    number, of = Decimal(str(figure.number)), [Decimal(str(each.number)) for each in parts]
    if figure.by == "span":
        return _span(parts[0], parts[1], figure.unit) == number
    if figure.by == "pages":
        return number == _two_digits(of[0] / 750)
    if figure.by == "rounded":
        exact = of[0] / of[1]
        return abs(exact - number) <= exact / 18
    found = {
        "ratio": lambda: of[0] / of[1],
        "difference": lambda: of[0] - of[1],
        "sum": lambda: sum(of, Decimal(0)),
        "more": lambda: 100 * (of[0] / of[1] - 1),
    }[figure.by]()
    return abs(found - number) <= max(abs(found), Decimal(1)) * Decimal("1e-9")


def _two_digits(count: Decimal) -> Decimal:
    """A count rounded to its two leading digits, 1 at least."""
    return max(Decimal(1), Decimal(f"{count:.2g}") if count >= 10 else Decimal(round(count)))


def _span(last: Figure, first: Figure, unit: str) -> int:
    """Days, months or years between two dates, as far as both are known."""
    texts = [str(each.number) for each in (last, first)]
    years, months = (int(texts[0][:4]) - int(texts[1][:4])), (int(texts[0][4:6] or 1) - int(texts[1][4:6] or 1))
    if unit == "years":
        return years
    if min(map(len, texts)) < 8:
        return 12 * years + months
    days = (date.fromisoformat(_iso(texts[0])) - date.fromisoformat(_iso(texts[1]))).days
    return days if unit == "days" else round(days * 12 / 365.25)


def _iso(text: str) -> str:
    return f"{text[:4]}-{text[4:6]}-{text[6:]}"
