"""The parts of a model card as HTML. No Streamlit; all text is escaped."""

from collections.abc import Sequence
from datetime import date
from html import escape
from itertools import groupby

from catalog.bands import Reading
from catalog.conflicts import Conflict
from catalog.evidence import rule
from catalog.fields import FIELDS, Group
from catalog.lifecycle import life, stand_in
from catalog.loading import Catalog
from catalog.prices import NoListPrice, home_platform, price
from catalog.schema import Absent, Model
from catalog.summary import life_sentence
from catalog.tables import CONJECTURE, Cell, CompareRow, cell
from catalog.words import capital, claimed, pages
from components.frame.contradictions import against, sides
from components.frame.markup import (
    CONFLICT,
    folded_source,
    kind_tag,
    life_chip,
    source_line,
    term,
    value_cell,
)
from components.model_card.links import card_link

_KEY_FACTS = ("context_window", "output_limit", "prices.input", "prices.output", "knowledge_cutoff")


def head(catalog: Catalog, model: Model, on: date) -> str:
    """Name, lifecycle, maker, family and tier, and what became of it with its successor one click away."""
    lab = catalog.labs[model.lab]
    name = escape(lab.name)
    maker = f'<a href="{escape(lab.url)}" target="_blank" rel="noopener">{name}</a>' if lab.url else name
    facts = (
        (term("Lab", "lab", catalog), f"{maker}, {escape(lab.country)}"),
        (term("Family", "family", catalog), escape(model.family)),
        (term("Tier", "tier", catalog), escape(model.tier)),
    )
    about = "".join(f"<div><dt>{label}</dt><dd>{shown}</dd></div>" for label, shown in facts)
    return (
        f'<section class="id-card" aria-label="{escape(model.name)}">'
        f"<h2>{escape(model.name)} {life_chip(model, on)}</h2>"
        f"<dl>{about}</dl><p>{escape(life_sentence(catalog, model, on))} {_successor(catalog, model, on)}</p></section>"
    )


def _successor(catalog: Catalog, model: Model, on: date) -> str:
    named = life(model, on).successor
    heirs = (catalog.find(named) if named else None, stand_in(catalog, model, on))
    known = {heir.id: heir for heir in heirs if heir is not None and heir is not model}
    return " ".join(f"Open the card of {card_link(heir)}." for heir in known.values())


def key_facts(catalog: Catalog, model: Model, on: date) -> str:
    """What is asked first: limits, prices and knowledge cutoff, each opening to its claims."""
    tiles = []
    for path in _KEY_FACTS:
        field = FIELDS[path]
        claims = model.claims.get(path)
        shown = cell(field, rule(claims, field, on) if claims else None)
        beside = _beside(model, path, shown, on)
        more = f'<span class="also">{escape(beside)}</span>' if beside else ""
        opened = value_cell(catalog, field, shown, model.remarks.get(path))
        tiles.append(
            f'<div class="tile"><dt>{term(field.label, field.term, catalog)}</dt><dd>{opened}{more}</dd></div>'
        )
    return f'<dl class="tiles">{"".join(tiles)}</dl>'


def _beside(model: Model, path: str, shown: Cell, on: date) -> str:
    """Human units for tokens, and why there is no list price where there is none."""
    value = shown.ruling.standing.value if shown.ruling else None
    if path in ("context_window", "output_limit") and isinstance(value, int):
        return f"about {pages(value)} of English"
    if path.startswith("prices.") and (shown.ruling is None or shown.text == Absent.NO_LIST_PRICE):
        found = price(model, path.removeprefix("prices."), home_platform(model), 0, on)
        return f"no list price: {found.reason}" if isinstance(found, NoListPrice) and shown.ruling else "no list price"
    return ""


def conflict_list(catalog: Catalog, found: Sequence[Conflict]) -> str:
    """What sources say against each other about one model, the largest contradiction first; each opens its sources."""
    return f'<ul class="conflicts">{"".join(_conflict(catalog, each) for each in found)}</ul>'


def _conflict(catalog: Catalog, conflict: Conflict) -> str:
    field, standing = conflict.field, conflict.contradictions[0].standing
    stands = f"<b>{escape(claimed(field, standing))}</b> stands against {escape('; '.join(against(conflict)))}"
    return (
        f'<li><details class="proof line"><summary>{term(field.label, field.term, catalog)} {CONFLICT} {stands} '
        f'<span class="count">{escape(conflict.words)}</span></summary>{sides(catalog, conflict)}</details></li>'
    )


def readings_list(catalog: Catalog, found: Sequence[Reading]) -> str:
    """What the scores and sizes amount to in words, each with its source, whose limits they are, and the objections."""
    return f'<ul class="statements">{"".join(_reading(catalog, each) for each in found)}</ul>'


def _reading(catalog: Catalog, reading: Reading) -> str:
    guess = reading.kind in CONJECTURE
    sentence = f"<em>{escape(reading.sentence)}</em>" if guess else escape(reading.sentence)
    conflict = f" {CONFLICT}" if reading.conflict else ""
    sources = ", ".join(dict.fromkeys(source_line(catalog, claim.source) for claim in reading.claims))
    said = [each for each in (*reading.cautions, reading.limits) if each]
    cautions = "".join(f'<span class="against">{escape(each)}</span>' for each in said)
    return (
        f"<li>{sentence} {kind_tag(reading.kind, catalog)}{conflict}"
        f'<span class="against">Source: {sources}</span>{cautions}</li>'
    )


def facts_table(catalog: Catalog, model: Model, rows: Sequence[CompareRow]) -> str:
    """Every field that anything is claimed for, in groups, each value opening to all of its claims."""
    body = []
    for group, members in groupby((row for row in rows if row.field.group is not Group.BENCHMARKS), _group):
        body.append(f'<tr class="group"><th scope="colgroup" colspan="2">{escape(group.value)}</th></tr>')
        body += [_row(catalog, model, row) for row in members]
    return (
        '<table class="facts one"><thead><tr><th scope="col" class="field">What</th>'
        f'<th scope="col">Value that stands, and its claims</th></tr></thead><tbody>{"".join(body)}</tbody></table>'
    )


def _group(row: CompareRow) -> Group:
    return row.field.group


def _row(catalog: Catalog, model: Model, row: CompareRow) -> str:
    label = term(row.field.label, row.field.term, catalog)
    remark = model.remarks.get(row.field.path)
    said = f'<span class="also">{escape(remark)}</span>' if remark else ""
    shown = value_cell(catalog, row.field, row.cells[0])
    return f'<tr><th scope="row" class="field">{label}</th><td>{shown}{said}</td></tr>'


def statements(catalog: Catalog, model: Model) -> str:
    """Every statement that a source makes about the model, by topic."""
    items = "".join(
        f'<li><span class="count">{escape(capital(each.topic.value))}:</span> {escape(each.text)}'
        f"{folded_source(catalog, each.kind, each.source, each.locator)}</li>"
        for each in model.statements
    )
    return f'<ul class="statements">{items}</ul>'
