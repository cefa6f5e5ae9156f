"""Scenes for the tests of the sections: some models, a situation and what else an address asks for."""

from datetime import date
from functools import cache

from catalog import compiled
from catalog.loading import Catalog
from components.history.records import BatchRecord, RunRecord
from components.report.address import parse
from components.report.ledger import Scene, scene_of
from components.report.state import Chart, Paragraph, Section, Sentence, Table

TODAY = date(2026, 11, 26)
PRO, FLASH = "gemini-2.5-pro", "gemini-2.5-flash"


@cache
def catalog() -> Catalog:
    return compiled.load()


def scene(
    models: str = f"{PRO},{FLASH}",
    runs: tuple[RunRecord, ...] = (),
    batches: tuple[BatchRecord, ...] = (),
    today: date = TODAY,
    **params: str,
) -> Scene:
    """What a report of these models is made from; `params` are further parameters of its address."""
    read = parse({"models": models, **params}, catalog(), today)
    return scene_of(catalog(), read.choices, today, runs, batches)


def table(section: Section, name: str) -> Table:
    """The table with this id, be it of a chart or not."""
    found = [each.table if isinstance(each, Chart) else each for each in section.blocks]
    return next(each for each in found if isinstance(each, Table) and each.id == name)


def sentences(section: Section) -> list[Sentence]:
    """Every sentence of the section."""
    return [each for block in section.blocks if isinstance(block, Paragraph) for each in block.sentences]


def column(table_: Table, name: str) -> int:
    """The place of a column."""
    return [heading.name for heading in table_.headings].index(name)
