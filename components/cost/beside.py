"""Saved views of the cost page beside what it shows now, worked out anew from their addresses. No Streamlit."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from html import escape
from urllib.parse import parse_qsl

from catalog.loading import Catalog
from catalog.words import day, money
from catalog.workload import faults
from components.cost import wording
from components.cost.address import CHEAPEST, Scene, offered, parse_scene
from components.cost.rows import Offer, offers, standing
from components.workload.wording import workload_sentences


@dataclass(frozen=True, slots=True)
class Column:
    """One view: its name, its scene, the offer of each model, and a sentence for each part that no longer holds.

    `offers` is empty where the workload is impossible; `problems` then says why.
    """

    name: str
    scene: Scene
    offers: tuple[Offer, ...]
    problems: tuple[str, ...] = ()


def column_of(catalog: Catalog, name: str, address: str, today: date) -> Column:
    """A saved view from its query string, at the prices of its own day, or of `today` where it names none."""
    read = parse_scene(dict(parse_qsl(address)), catalog, today)
    wrong = faults(read.scene.workload)
    return Column(
        name, read.scene, () if wrong else standing(offers(catalog, read.scene), read.scene), read.problems + wrong
    )


def beside_table(catalog: Catalog, columns: Sequence[Column]) -> str:
    """A column a view, the first being what the page shows now: workload, day, platform, bills and the answer."""
    names = list(dict.fromkeys(name for column in columns for name in column.scene.models))
    heads = "".join(f'<th scope="col"><bdi dir="auto">{escape(column.name)}</bdi></th>' for column in columns)
    rows = [
        ("Workload", [escape(" ".join(workload_sentences(column.scene.workload))) for column in columns]),
        ("Prices on", [escape(day(column.scene.on)) for column in columns]),
        ("Platform", [escape(_platform(catalog, column.scene)) for column in columns]),
        *((catalog.models[name].name, [_bill(column, columns[0], name) for column in columns]) for name in names),
        ("Answer", [escape(_answer(catalog, column)) for column in columns]),
    ]
    if any(column.problems for column in columns):
        rows.append(("No longer to be had", [escape(" ".join(column.problems)) for column in columns]))
    body = "".join(
        f'<tr><th scope="row">{escape(label)}</th>{"".join(f"<td>{cell}</td>" for cell in cells)}</tr>'
        for label, cells in rows
    )
    return (
        '<div class="scroll whole" tabindex="0" role="region" aria-label="Saved views beside this one">'
        f'<table class="beside"><thead><tr><td></td>{heads}</tr></thead><tbody>{body}</tbody></table></div>'
    )


def _platform(catalog: Catalog, scene: Scene) -> str:
    if scene.platform == CHEAPEST:
        return "the cheapest of each model"
    return offered(scene.models_of(catalog)).get(scene.platform, scene.platform)


def _bill(column: Column, now: Column, name: str) -> str:
    """The bill of a model in a view, and by how much it is more or less than in the first column."""
    mine, ours = _offer(column, name), _offer(now, name)
    if mine is None:
        return '<span class="none">not in this view</span>'
    if not mine.priced:
        return '<span class="none">no list price</span>'
    apart = ""
    if column is not now and ours is not None and ours.priced:
        apart = f'<span class="also">{escape(_apart(mine.usd_a_month - ours.usd_a_month))}</span>'
    return (
        f"<b>{escape(money(mine.usd_a_month))}</b> a month{apart}"
        f'<span class="also">{escape(wording.year_words(mine.year))} a year, {escape(mine.platform)}</span>'
    )


def _offer(column: Column, name: str) -> Offer | None:
    return next((each for each in column.offers if each.model.id == name), None)


def _apart(difference: Decimal) -> str:
    if not difference:
        return "the same as now"
    return f"{money(abs(difference))} {'more' if difference > 0 else 'less'} than now"


def _answer(catalog: Catalog, column: Column) -> str:
    return wording.answer(column.offers, column.scene.on) if column.offers else "No bill can be worked out."
