"""What is known and what is inferred about how the models are built, connected and run."""

from collections.abc import Sequence
from datetime import date
from html import escape

import streamlit as st

from catalog.evidence import rule
from catalog.fields import FIELDS, Group
from catalog.loading import Catalog
from catalog.schema import Event, Model, Statement, Topic
from catalog.tables import cell
from catalog.words import day
from components.comparison.table import comparison_table
from components.frame.folds import Folded, fold, show
from components.frame.markup import CONFLICT, folded_source, kind_tag, life_chip, model_name
from components.frame.palette import colours
from components.frame.state import compared

_SECTIONS = (
    ("Design and architecture", (Topic.DESIGN, Topic.ARCHITECTURE)),
    ("Ways to integrate", (Topic.INTEGRATION,)),
    ("Resources", (Topic.RESOURCES,)),
    ("Performance as described", (Topic.PERFORMANCE,)),
    ("When to choose it, by the article", (Topic.SELECTION,)),
    ("Notes", (Topic.NOTES,)),
)


def architecture(catalog: Catalog, models: Sequence[Model], on: date) -> None:
    """Claims about size and type, then every statement with its kind, its source and what the catalog says of it."""
    names = tuple(model.id for model in models)
    with st.container(key="architecture_body"):
        show(_body(catalog, names, catalog.version, on), "architecture_told")


@st.cache_resource(show_spinner=False, max_entries=300)
def _body(_catalog: Catalog, names: tuple[str, ...], version: str, on: date) -> Folded:
    """The whole page as one piece of HTML, which costs the browser far less than an element a column and section."""
    models = [_catalog.models[name] for name in names]
    rows = [row for row in compared(_catalog, models, on) if row.field.group is Group.ARCHITECTURE]
    parts = [comparison_table(_catalog, models, rows)] if rows else []
    for title, topics in _SECTIONS:
        chosen = {model.id: [each for each in model.statements if each.topic in topics] for model in models}
        if any(chosen.values()):
            parts.append(_section(title, [_told(_catalog, model, chosen[model.id], on) for model in models], models))
    silent = [model.name for model in models if not model.statements]
    if silent:
        parts.append(f'<p class="none">No source describes how these are built: {escape(", ".join(silent))}.</p>')
    parts.append(_section("History", [_history(_catalog, model, on) for model in models], models))
    return fold("".join(parts))


def _section(title: str, bodies: Sequence[str], models: Sequence[Model]) -> str:
    """A heading and a column a model, under each other on a phone."""
    accents = colours(models)
    sides = "".join(
        f'<div><h4 class="side">{model_name(model, accents[model.id], short=True)}</h4>{body}</div>'
        for model, body in zip(models, bodies, strict=True)
    )
    return f'<section class="told"><h3>{escape(title)}</h3><div class="sides">{sides}</div></section>'


def _told(catalog: Catalog, model: Model, statements: Sequence[Statement], on: date) -> str:
    items = "".join(_statement(catalog, model, each, on) for each in statements)
    return f'<ul class="statements">{items}</ul>' if items else '<p class="none">Nothing found.</p>'


def _statement(catalog: Catalog, model: Model, statement: Statement, on: date) -> str:
    source = folded_source(catalog, statement.kind, statement.source, statement.locator)
    return f"<li>{escape(statement.text)}{_against(catalog, model, statement, on)}{source}</li>"


def _against(catalog: Catalog, model: Model, statement: Statement, on: date) -> str:
    """What the catalog's own claims say about the same thing, where they do."""
    claims = model.claims.get(statement.field or "")
    if not claims or statement.field is None:
        return ""
    field = FIELDS[statement.field]
    shown = cell(field, rule(claims, field, on))
    if shown.ruling is None or shown.ruling.standing.source == statement.source:
        return ""
    conflict = f" {CONFLICT}" if shown.conflict else ""
    tag = kind_tag(shown.ruling.standing.kind, catalog)
    words = f"In the catalog: {field.label[:1].lower() + field.label[1:]} {shown.text}"
    return f'<span class="against">{escape(words)} {tag}{conflict}</span>'


def _history(catalog: Catalog, model: Model, on: date) -> str:
    events = "".join(_event(catalog, event) for event in model.lifecycle)
    body = f'<ol class="history">{events}</ol>' if events else '<p class="none">No dated events found.</p>'
    return life_chip(model, on) + body


def _event(catalog: Catalog, event: Event) -> str:
    note = f' <span class="note">{escape(event.note)}</span>' if event.note else ""
    source = folded_source(catalog, event.kind, event.source)
    return f"<li><time>{escape(day(event.date))}</time> <b>{escape(event.stage.value)}</b>{note}{source}</li>"
