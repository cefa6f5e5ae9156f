"""Ways from a card to other cards, comparisons and lists, as HTML. No Streamlit; all text is escaped."""

from collections.abc import Sequence
from datetime import date
from html import escape
from urllib.parse import quote

from catalog.evidence import rule
from catalog.fields import FIELDS
from catalog.loading import Catalog
from catalog.schema import Model
from components.frame.markup import life_chip
from components.frame.navigation import address
from components.model_card.related import Relation


def card_address(model: Model) -> str:
    """The address of a model's card, relative to the app."""
    return f"model?id={quote(model.id, safe='.')}"


def card_link(model: Model) -> str:
    """A link to a model's card."""
    return f'<a href="{escape(card_address(model))}" target="_self">{escape(model.name)}</a>'


def ways_on(model: Model, relations: Sequence[Relation], on: date) -> str:
    """Related models with their cards and a comparison each, then filtered lists of models."""
    items = "".join(
        f"<li><b>{escape(each.words)}</b><ul>{''.join(_relative(model, other, on) for other in each.models)}</ul></li>"
        for each in relations
    )
    return f'<ul class="related">{items}</ul>' if items else '<p class="none">No related model is in the catalog.</p>'


def _relative(model: Model, other: Model, on: date) -> str:
    target = escape(address("compare", [model.id, other.id]))
    compare = f'<a href="{target}" target="_self" aria-label="Compare with {escape(other.name)}">compare</a>'
    return f"<li>{card_link(other)} {life_chip(other, on)} {compare}</li>"


def lists(catalog: Catalog, model: Model, on: date, beside: Model | None) -> str:
    """Links to all models of this lab, family and architecture, and to this model's benchmarks beside another."""
    links = [
        (f"models?lab={quote(model.lab)}", f"All models of {catalog.labs[model.lab].name}"),
        (f"models?family={quote(model.family)}", f"All models of the family {model.family}"),
    ]
    claims = model.claims.get("architecture.type")
    standing = rule(claims, FIELDS["architecture.type"], on).standing if claims else None
    if standing is not None and standing.absent is None:
        kind = str(standing.value)
        links.append((f"models?architecture={quote(kind)}", f"All {kind} models"))
    if beside is not None:
        pair = [model.id, beside.id]
        links.append((address("compare", pair), f"Compare with {beside.name}"))
        links.append((address("benchmarks", pair), f"Benchmarks beside {beside.name}"))
    items = "".join(
        f'<li><a href="{escape(target)}" target="_self">{escape(words)}</a></li>' for target, words in links
    )
    return f'<ul class="ways">{items}</ul>'
