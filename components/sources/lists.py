"""Sources, conflicts and terms as HTML. No Streamlit; all text is escaped."""

from collections.abc import Mapping, Sequence
from html import escape
from itertools import groupby
from urllib.parse import quote

from catalog.conflicts import Conflict
from catalog.loading import Catalog
from catalog.schema import Term
from catalog.usage import Use
from catalog.words import capital, claimed, day
from components.frame.contradictions import against, sides
from components.frame.markup import kind_tag, source_line, term

_ONE_LINE = 90


def source_table(catalog: Catalog, names: Sequence[str], used: Mapping[str, Sequence[Use]]) -> str:
    """One row a source; its number of values opens what rests on it."""
    heads = '<th scope="col" class="field">Source</th><th scope="col">Kind</th><th scope="col">Date</th>'
    rows = "".join(_source(catalog, name, len(used[name])) for name in names)
    return (
        f'<table class="facts sources"><thead><tr>{heads}<th scope="col">Licence</th>'
        f'<th scope="col" class="num">Values</th></tr></thead><tbody>{rows}</tbody></table>'
    )


def _source(catalog: Catalog, name: str, count: int) -> str:
    source = catalog.sources[name]
    note = f'<span class="also">{escape(source.note)}</span>' if source.note else ""
    collects = f' <span class="count">{term("collection", "collection", catalog)}</span>' if source.collection else ""
    opens = (
        f'<a href="sources?source={quote(name)}" target="_self" aria-label="Open {escape(source.title)}">{count:,}</a>'
    )
    return (
        f'<tr><th scope="row" class="field">{source_line(catalog, name)}{note}</th>'
        f"<td>{kind_tag(source.kind, catalog)}{collects}</td><td>{day(source.date)}</td>"
        f'<td>{escape(source.licence)}</td><td class="num" data-label="Values">{opens if count else "none"}</td></tr>'
    )


def source_detail(catalog: Catalog, name: str, used: Sequence[Use]) -> str:
    """One source with every value that rests on it, grouped by model and then by benchmark."""
    source = catalog.sources[name]
    note = f"<p>{escape(source.note)}</p>" if source.note else ""
    collects = (
        "<p>A collection: it passes on figures that others measured, each in its own way, so two of its figures are "
        "not comparable for standing in it together.</p>"
        if source.collection
        else ""
    )
    about = f"{day(source.date)}, licence: {escape(source.licence)}"
    counted = f"<b>{len(used):,}</b> value{'' if len(used) == 1 else 's'} rest on it."
    return (
        f'<section class="card opened" aria-label="{escape(source.title)}"><h2>{source_line(catalog, name)}</h2>'
        f"<p>{kind_tag(source.kind, catalog)} {about}</p>{note}{collects}"
        f"<p>{counted}</p>{_groups(catalog, used)}</section>"
    )


def _groups(catalog: Catalog, used: Sequence[Use]) -> str:
    parts = []
    for (model, benchmark), members in groupby(used, key=lambda use: (use.model, use.benchmark)):
        values = list(members)
        if model is not None:
            title = escape(catalog.models[model].name)
            link = f'<li><a href="model?id={quote(model)}" target="_self">Open the card of {title}</a></li>'
        elif benchmark is not None:
            title, link = f"Test: {escape(catalog.benchmarks[benchmark].name)}", ""
        else:
            title, link = "Rules for bills", ""
        items = "".join(f"<li>{escape(use.what)}: <b>{escape(use.value)}</b></li>" for use in values)
        parts.append(
            f'<details class="proof line"><summary>{title} <span class="count">{len(values)}</span></summary>'
            f'<ul class="claims">{link}{items}</ul></details>'
        )
    return "".join(parts)


def conflict_table(catalog: Catalog, found: Sequence[Conflict]) -> str:
    """One row a conflict in the given order: its size, the model, what it is about, and what each side says."""
    rows = "".join(_conflict(catalog, each) for each in found)
    heads = '<th scope="col" class="field">Model and field</th>' + "".join(
        f'<th scope="col">{name}</th>' for name in ("Size", "Stands", "Against it")
    )
    return f'<table class="facts against-table"><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>'


def _conflict(catalog: Catalog, conflict: Conflict) -> str:
    model = catalog.models[conflict.model]
    label = term(conflict.field.label, conflict.field.term, catalog)
    link = f'<a href="model?id={quote(model.id)}" target="_self">{escape(model.name)}</a>'
    standing = dict.fromkeys(claimed(conflict.field, part.standing) for part in conflict.contradictions)
    stands = ", ".join(f"<b>{escape(each)}</b>" for each in standing)
    others = ", ".join(f"<s>{escape(each)}</s>" for each in against(conflict))
    count = len({claim.source for part in conflict.contradictions for claim in part.claims})
    return (
        f'<tr><th scope="row" class="field">{link}<span class="about">{label}</span></th>'
        f'<td data-model="Size">{escape(capital(conflict.words))}</td><td data-model="Stands">{stands}</td>'
        f'<td data-model="Against it">{others}<details class="proof line"><summary><span class="count">'
        f"{count} source{'' if count == 1 else 's'}</span></summary>{sides(catalog, conflict)}</details></td></tr>"
    )


def glossary_list(terms: Sequence[Term]) -> str:
    """Each term with its sentence."""
    items = "".join(f"<div><dt>{escape(each.label)}</dt><dd>{escape(each.plain)}</dd></div>" for each in terms)
    return f'<dl class="glossary">{items}</dl>'


def short_title(title: str) -> str:
    """A title that fits a select box."""
    return title if len(title) <= _ONE_LINE else f"{title[: _ONE_LINE - 1].rstrip()}…"
