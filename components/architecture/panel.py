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
    rows = [row for row in compared(catalog, models, on) if row.field.group is Group.ARCHITECTURE]
    if rows:
        st.html(comparison_table(catalog, models, rows))
    for title, topics in _SECTIONS:
        chosen = {model.id: [each for each in model.statements if each.topic in topics] for model in models}
        if any(chosen.values()):
            st.subheader(title, anchor=False)
            _columns(catalog, models, chosen, on)
    silent = [model.name for model in models if not model.statements]
    if silent:
        st.caption(f"No source describes how these are built: {', '.join(silent)}.")
    st.subheader("History", anchor=False)
    _histories(catalog, models, on)


def _columns(catalog: Catalog, models: Sequence[Model], chosen: dict[str, list[Statement]], on: date) -> None:
    accents = colours(models)
    for column, model in zip(st.columns(len(models), gap="medium"), models, strict=True):
        items = "".join(_statement(catalog, model, each, on) for each in chosen[model.id])
        body = f'<ul class="statements">{items}</ul>' if items else '<p class="none">Nothing found.</p>'
        column.html(f'<h4 class="side">{model_name(model, accents[model.id], short=True)}</h4>{body}')


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


def _histories(catalog: Catalog, models: Sequence[Model], on: date) -> None:
    accents = colours(models)
    for column, model in zip(st.columns(len(models), gap="medium"), models, strict=True):
        events = "".join(_event(catalog, event) for event in model.lifecycle)
        body = f'<ol class="history">{events}</ol>' if events else '<p class="none">No dated events found.</p>'
        column.html(
            f'<h4 class="side">{model_name(model, accents[model.id], short=True)}</h4>{life_chip(model, on)}{body}'
        )


def _event(catalog: Catalog, event: Event) -> str:
    note = f' <span class="note">{escape(event.note)}</span>' if event.note else ""
    source = folded_source(catalog, event.kind, event.source)
    return f"<li><time>{escape(day(event.date))}</time> <b>{escape(event.stage.value)}</b>{note}{source}</li>"
