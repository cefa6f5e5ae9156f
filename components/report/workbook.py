"""A report as an Excel workbook: a sheet a table with typed values and sources, live bills, charts that people edit."""

import io
from collections.abc import Sequence
from datetime import UTC

from components.report.sheet_cells import safe
from components.report.sheet_charts import DATA_SHEET
from components.report.sheet_costs import (
    BILLS,
    COST_SHEET,
    LINES,
    LINES_SHEET,
    WORKLOAD,
    Costs,
    cost_pages,
    costs,
    month_cells,
)
from components.report.sheet_grids import (
    Page,
    about_page,
    charts_of,
    contents_page,
    glossary_page,
    models_page,
    numbers_page,
    quotes_page,
    sources_page,
    summary_page,
    table_pages,
    words_page,
)
from components.report.sheet_writer import Book, write
from components.report.state import Part, Report

MONTH_CHART = "cost_month"


def workbook(report: Report) -> bytes:
    """The report as XLSX. The same report gives the same bytes.

    Numbers, money and days are typed and keep their exact value; the number format shows the unit. The numbers of the
    workload are cells to change, from which the bills are worked out by formulas. Foreign text is text, never a formula
    or an address to open; what is longer than a cell holds is cut and says so.
    """
    from xlsxwriter import Workbook  # type: ignore[import-untyped, unused-ignore]

    out = io.BytesIO()
    book = Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    digest = report.digest
    made = report.made.astimezone(UTC) if report.made.tzinfo else report.made
    book.set_properties(
        {
            "title": _brief(report.title),
            "author": _brief(report.author),
            "comments": f"Catalog {report.catalog_version}, report {digest}",
            "created": made.replace(tzinfo=None),
        }
    )
    found = costs(report)
    pages = _pages(report, digest, found)
    cells = {MONTH_CHART: month_cells(found, _named(pages, COST_SHEET))} if found else {}
    write(Book(book), pages, f"Catalog {safe(report.catalog_version)}, report {digest}", cells)
    book.close()
    return out.getvalue()


def _brief(text: str) -> str:
    return safe(" ".join(text.split()))[:200]


def _named(pages: Sequence[Page], name: str) -> Page:
    return next(page for page in pages if page.name == name)


def _pages(report: Report, digest: str, found: Costs | None) -> tuple[Page, ...]:
    """The sheets in order: summary, contents, models, each section's tables, all words, what they rest on, the file."""
    summary, models = summary_page(report, digest), models_page(report)
    further = (words_page, quotes_page, numbers_page, sources_page, glossary_page)
    last = [page for page in (each(report) for each in further) if page is not None]
    last.append(about_page(report, digest))
    names = [*(page.name for page in (summary, models, *last)), "Contents", DATA_SHEET, COST_SHEET, LINES_SHEET]
    pages = (models, *_tables(report, found, names), *last)
    return (summary, contents_page(pages), *pages)


def _tables(report: Report, found: Costs | None, names: Sequence[str]) -> tuple[Page, ...]:
    """The tables' sheets; where the bills can be worked out anew, they and their chart stand first of those of cost."""
    if found is None:
        return table_pages(report, (), names)
    months = tuple(each for each in charts_of(report) if each.id == MONTH_CHART)
    pages = table_pages(report, (BILLS, LINES, WORKLOAD, *(each.table.id for each in months)), names)
    order = list(Part)
    ahead = [page for page in pages if page.part and order.index(page.part) < order.index(Part.COST)]
    at = len(ahead)
    return (*pages[:at], *cost_pages(report, found, months), *pages[at:])
