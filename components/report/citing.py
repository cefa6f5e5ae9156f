"""What values and sentences rest on, in words and numbers of sources, the same in every text format."""

from collections.abc import Iterable

from catalog.evidence import Verdict
from catalog.words import day, listing
from components.frame.markup import KIND_WORDS
from components.frame.verdicts import MARKS
from components.report.state import Report, Section, Table, Value

LISTS = ("sources_cited", "glossary_terms")
"""Tables of the sections of sources and terms, which formats with lists of their own leave out."""


def dated(report: Report) -> str:
    """The day of the report in words."""
    return day(report.on.isoformat())


def byline(report: Report) -> str:
    """Who made it, when, and for whom: "Ada Example, 26 Nov 2025, for executive readers"."""
    return ", ".join(part for part in (report.author, dated(report), f"for {report.audience.value} readers") if part)


def folded_in(section: Section) -> str:
    """The titles of the details of a section in a row, for formats that leave them out; empty where it has none."""
    return listing([f"“{each.title}”" for each in section.blocks if isinstance(each, Table) and each.detail])


def rests(value: Value, report: Report, scored: bool = False) -> str:
    """What a value rests on: "official [1]; sources conflict". `scored` says that what is not hollow is independent."""
    kind = KIND_WORDS[value.kind] if value.kind else ""
    origin = "self-reported" if value.hollow else "independent" if scored and value.number is not None else ""
    numbered = cited(report, value.sources)
    first = " ".join(part for part in (", ".join(part for part in (kind, origin) if part), numbered) if part)
    return "; ".join(part for part in (first, "sources conflict" if value.conflict else "") if part)


def cited(report: Report, sources: Iterable[str]) -> str:
    """Sources as they are cited: "[1] [3]"."""
    return " ".join(f"[{report.source(each).number}]" for each in dict.fromkeys(sources))


def citations(report: Report, sources: Iterable[str]) -> str:
    """Sources with their titles, in the order of their numbers: "[1] Gemini API pricing; [3] LiteLLM"."""
    lines = sorted((report.source(each) for each in dict.fromkeys(sources)), key=lambda line: line.number)
    return "; ".join(f"[{line.number}] {line.title}" for line in lines)


def sure(certainty: str) -> str:
    """How sure a sentence is as mark and words; words alone where they have no mark."""
    mark = next((MARKS[each] for each in Verdict if f"{certainty} ".startswith(f"{each.value} ")), "")
    if not mark and certainty.startswith("sources conflict"):
        mark = "≠"
    return f"{mark} {certainty}" if mark else certainty
