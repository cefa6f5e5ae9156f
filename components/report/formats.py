"""The formats of a report, each with what it is for. What makes a file is imported when one is asked for."""

import logging
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from components.report.pdf import NotPrinted, available
from components.report.state import Report

_log = logging.getLogger(__name__)


class NotMade(Exception):
    """There is no file; the message says in a sentence why, and what to do instead."""


@dataclass(frozen=True, slots=True)
class Format:
    """One format: its name in commands, the ending of its files, what it is called and for, and what makes it."""

    name: str
    ending: str
    label: str
    icon: str
    mime: str
    explained: str
    make: Callable[[Report], bytes]


def formats() -> tuple[Format, ...]:
    """Every format, those that most people send first."""
    return _FORMATS


def missing(form: Format) -> str:
    """Why a format cannot be made here, as a sentence; empty where it can."""
    if form.name != "pdf" or available():
        return ""
    return "There is no PDF here, since this server has no Chromium to print with: print the light page in a browser."


def made(form: Format, report: Report) -> bytes:
    """The report in this format. Raises NotMade where that fails, whatever the reason is."""
    if sentence := missing(form):
        raise NotMade(sentence)
    try:
        return form.make(report)
    except NotPrinted as error:
        raise NotMade(str(error)) from error
    except Exception as error:
        _log.exception("The report %s could not be made as %s.", report.digest, form.name)
        raise NotMade(
            f"The file “{form.label}” could not be made, because of a fault in this product. The report and its other "
            "formats are as they were; take one of those."
        ) from error


def file_name(report: Report, form: Format, digest: str) -> str:
    """A name that every system takes: from the title, the day and the state, with the ending of the format.

    `digest` is the report's, which takes too long to be worked out for each name.
    """
    plain = unicodedata.normalize("NFKD", report.title).encode("ascii", "ignore").decode().lower()
    title = re.sub(r"[^a-z0-9.]+", "-", plain).strip("-.")[:60].rstrip("-.") or "report"
    return f"{title}-{report.on.isoformat()}-{digest[:6]}{form.ending}"


def _html(report: Report) -> bytes:
    from components.report.html import interactive

    return interactive(report).encode()


def _light(report: Report) -> bytes:
    from components.report.html import light

    return light(report).encode()


def _slides(report: Report) -> bytes:
    from components.report.slides import deck

    return deck(report)


def _workbook(report: Report) -> bytes:
    from components.report.workbook import workbook

    return workbook(report)


def _bundle(report: Report) -> bytes:
    from components.report.bundle import bundle

    return bundle(report)


def _markdown(report: Report) -> bytes:
    from components.report.markdown import markdown

    return markdown(report).encode()


def _pdf(report: Report) -> bytes:
    from components.report.html import light
    from components.report.pdf import pdf

    return pdf(light(report))


_OFFICE = "application/vnd.openxmlformats-officedocument"
_FORMATS = (
    Format(
        "html",
        ".html",
        "Interactive page",
        ":material/web:",
        "text/html",
        "One HTML file of about 5 MB with charts that answer the mouse. It opens offline and asks for nothing.",
        _html,
    ),
    Format(
        "pdf",
        ".pdf",
        "PDF",
        ":material/picture_as_pdf:",
        "application/pdf",
        "The light page, printed on A4.",
        _pdf,
    ),
    Format(
        "pptx",
        ".pptx",
        "PowerPoint",
        ":material/slideshow:",
        f"{_OFFICE}.presentationml.presentation",
        "6 to 10 slides with charts and tables that can be edited; the sources stand in the speaker notes.",
        _slides,
    ),
    Format(
        "xlsx",
        ".xlsx",
        "Excel",
        ":material/table_chart:",
        f"{_OFFICE}.spreadsheetml.sheet",
        "A workbook with typed numbers, a column of sources, and bills that are worked out anew by formulas.",
        _workbook,
    ),
    Format(
        "html-light",
        "-light.html",
        "Light page",
        ":material/mail:",
        "text/html",
        "The same below 500 kB, with charts as drawings: small enough for any mail, and made to be printed.",
        _light,
    ),
    Format(
        "bundle",
        ".zip",
        "CSV and JSON",
        ":material/folder_zip:",
        "application/zip",
        "Every table as CSV, everything as JSON, texts in full, and a data dictionary.",
        _bundle,
    ),
    Format(
        "markdown",
        ".md",
        "Markdown",
        ":material/markdown:",
        "text/markdown",
        "The report as text for a wiki.",
        _markdown,
    ),
)
