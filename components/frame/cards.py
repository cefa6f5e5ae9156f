"""Cards: a model in a few lines. HTML without Streamlit; all text is escaped."""

from collections.abc import Sequence
from datetime import date
from html import escape

from catalog.evidence import rule
from catalog.fields import FIELDS
from catalog.lifecycle import stand_in
from catalog.loading import Catalog
from catalog.schema import Model
from catalog.summary import Finding, life_sentence
from catalog.tables import cell
from components.frame.markup import CONFLICT, kind_tag, life_chip, model_name, source_line, value_cell
from components.frame.navigation import address
from components.frame.palette import colours
from components.frame.verdicts import verdict_chip


def model_cards(catalog: Catalog, models: Sequence[Model], on: date, facts: Sequence[str] = ()) -> str:
    """A card a model: name in its colour, lifecycle chip, what happened to it and what takes its place.

    `facts` are the paths of fields to show on each card as well.
    """
    accents = colours(models)
    cards = [
        f'<section class="card" style="--accent:{accents[model.id].css}" aria-label="{escape(model.name)}">'
        f"<h3>{model_name(model, accents[model.id])}</h3>{life_chip(model, on)}"
        f"<p>{escape(life_sentence(catalog, model, on))}</p>"
        f"{_swap(catalog, model, models, on)}{_facts(catalog, model, facts, on)}</section>"
        for model in models
    ]
    return f'<div class="cards">{"".join(cards)}</div>'


def _swap(catalog: Catalog, model: Model, models: Sequence[Model], on: date) -> str:
    """A link to the same comparison with the model's successor in its place, where there is one in service."""
    heir = stand_in(catalog, model, on)
    others = [heir.id if other is model and heir else other.id for other in models]
    if heir is None or len(set(others)) < len(others):
        return ""
    target = escape(address("compare", others))
    return f'<p><a href="{target}" target="_self">Compare {escape(heir.name)} instead</a></p>'


def _facts(catalog: Catalog, model: Model, paths: Sequence[str], on: date) -> str:
    rows = []
    for path in paths:
        field = FIELDS[path]
        claims = model.claims.get(path)
        shown = cell(field, rule(claims, field, on) if claims else None)
        opened = value_cell(catalog, field, shown, model.remarks.get(path))
        rows.append(f"<dt>{escape(field.label)}</dt><dd>{opened}</dd>")
    return f"<dl>{''.join(rows)}</dl>" if rows else ""


def findings_list(catalog: Catalog, findings: Sequence[Finding]) -> str:
    """Differences in plain words, each with how sure it is and the sources of the values that stand."""
    return f'<ol class="findings">{"".join(_finding(catalog, finding) for finding in findings)}</ol>'


def _finding(catalog: Catalog, finding: Finding) -> str:
    told = f'<span class="certainty">{escape(finding.certainty)}</span>'
    sure = verdict_chip(finding.judgement) if finding.judgement else CONFLICT if finding.conflict else told
    sources = "".join(
        f"<li>{kind_tag(claim.kind, catalog)} {source_line(catalog, claim.source, claim.locator)}</li>"
        for claim in finding.claims
    )
    return (
        f'<li class="finding"><p>{escape(finding.sentence)}</p>'
        f'<details class="proof line"><summary>{sure} <span class="count">· sources</span></summary>'
        f'<ul class="claims">{sources}</ul></details></li>'
    )
