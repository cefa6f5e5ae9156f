"""HTML of the parts that every page shares: lifecycle chips, kinds, claims with their sources. All text is escaped."""

from datetime import date
from html import escape

from catalog import words
from catalog.evidence import Ruling
from catalog.fields import Field
from catalog.lifecycle import Life, Service, life
from catalog.loading import Catalog
from catalog.schema import Claim, Kind, Model
from catalog.tables import CONJECTURE, Cell
from components.frame.palette import Colour

CONFLICT = '<span class="conflict">≠ sources conflict</span>'
KIND_WORDS = {
    Kind.OFFICIAL: "official",
    Kind.THIRD_PARTY: "third party",
    Kind.ESTIMATE: "estimate",
    Kind.ILLUSTRATIVE: "illustrative",
    Kind.INFERENCE: "inference",
    Kind.OWN: "your own",
}
_LIFE_MARKS = {
    Service.IN_SERVICE: ("live", "●"),
    Service.ENDING: ("ending", "▲"),
    Service.SHUT_DOWN: ("gone", "■"),
    Service.UNKNOWN: ("unknown", "○"),
}


def life_words(state: Life) -> str:
    """The lifecycle in the few words of a chip."""
    if state.service is Service.SHUT_DOWN:
        return f"Shut down {words.day(state.ends)}" if state.ends else "Shut down, no dated notice"
    if state.service is Service.ENDING:
        if state.rerouted and state.successor:
            return f"Deprecated, answered by {state.successor}"
        return f"Ends {words.day(state.ends)}" if state.ends else "Deprecated"
    if state.service is Service.IN_SERVICE:
        early = state.stage in ("preview", "experimental")
        return f"In service, {state.stage}" if early else "In service"
    return "Status not known"


def life_chip(model: Model, on: date) -> str:
    """A chip in shape, colour and words."""
    state = life(model, on)
    style, mark = _LIFE_MARKS[state.service]
    return f'<span class="chip chip-{style}"><span aria-hidden="true">{mark}</span> {escape(life_words(state))}</span>'


def model_name(model: Model, colour: Colour, short: bool = False) -> str:
    """The name with the model's marker in the model's colour."""
    mark = f'<span class="mark" style="color:{colour.css}" aria-hidden="true">{colour.marker}</span>'
    return f"{mark} {escape(model.short_name if short else model.name)}"


def kind_tag(kind: Kind, catalog: Catalog) -> str:
    """The kind of a claim in a word, with its meaning one hover away."""
    term = catalog.glossary.get(kind.value)
    meaning = f' title="{escape(term.plain)}"' if term else ""
    return f'<span class="kind kind-{kind.value}"{meaning}>{KIND_WORDS[kind]}</span>'


def term(label: str, key: str, catalog: Catalog) -> str:
    """A label whose plain meaning shows on hover, where the glossary has it."""
    entry = catalog.glossary.get(key)
    if entry is None:
        return escape(label)
    return f'<abbr title="{escape(entry.plain)}">{escape(label)}</abbr>'


def source_line(catalog: Catalog, name: str, locator: str | None = None) -> str:
    """A source by its title as a link, with the place inside it."""
    source = catalog.sources[name]
    title = escape(source.title)
    linked = (
        f'<a href="{escape(source.url)}" target="_blank" rel="noopener noreferrer">{title}</a>' if source.url else title
    )
    return f'{linked}<span class="locator"> {escape(locator)}</span>' if locator else linked


def claims_list(catalog: Catalog, field: Field, ruling: Ruling, remark: str | None = None) -> str:
    """Every claim of a field: value, scope, kind, date and source; those that do not stand are struck through."""
    lead = f'<p class="remark">{escape(remark)}</p>' if remark else ""
    return f'{lead}<ul class="claims">{"".join(_claim(catalog, field, ruling, claim) for claim in ruling.claims)}</ul>'


def _claim(catalog: Catalog, field: Field, ruling: Ruling, claim: Claim) -> str:
    # As few elements as will do: a table has hundreds of claims, and the browser checks each element that it is sent.
    shown = escape(words.claimed(field, claim))
    value = f"<s>{shown}</s>" if any(claim is other for other in ruling.conflicts) else f"<b>{shown}</b>"
    facts = [claim.full_scope, _period(claim), KIND_WORDS[claim.kind], words.day(claim.as_of)]
    about = escape(", ".join(fact for fact in facts if fact))
    rest = escape("".join(f" {part}" for part in (claim.locator and f"({claim.locator})", claim.note) if part))
    return f"<li>{value} {about}: {source_line(catalog, claim.source)}{rest}</li>"


def _period(claim: Claim) -> str:
    parts = [f"from {words.day(claim.valid_from)}" if claim.valid_from else ""]
    parts.append(f"until {words.day(claim.valid_to)}" if claim.valid_to else "")
    return " ".join(part for part in parts if part)


def value_cell(catalog: Catalog, field: Field, cell: Cell, remark: str | None = None) -> str:
    """A value with its kind and conflict mark; opening it shows all of its claims or the formula behind it."""
    if cell.derived is not None:
        rests = "".join(
            f"<li>{escape(_input(claim))} {_source_tag(catalog, claim)}</li>" for claim in cell.derived.inputs
        )
        body = f'<p class="remark">{escape(cell.derived.formula)}</p><ul class="claims">{rests}</ul>'
        return _fold(catalog, cell, "computed", body)
    if cell.ruling is None:
        return figure(cell)
    also = "".join(f'<span class="also">{escape(line)}</span>' for line in cell.also)
    count = len(cell.ruling.claims)
    claims = claims_list(catalog, field, cell.ruling, remark)
    return _fold(catalog, cell, f"{count} claim{'' if count == 1 else 's'}", claims) + also


def figure(cell: Cell) -> str:
    """A value as such: an estimate in italics with its sign, other conjectures in italics, what is missing in grey."""
    text = escape(cell.text)
    if cell.kind is None:
        return f'<span class="none">{text}</span>'
    if cell.kind in CONJECTURE:
        sign = "≈ " if cell.kind is Kind.ESTIMATE else ""
        return f'<em class="value">{sign}{text}</em>'
    return f'<span class="value">{text}</span>'


def _fold(catalog: Catalog, cell: Cell, sources: str, body: str) -> str:
    kind = kind_tag(cell.kind, catalog) if cell.kind else ""
    conflict = CONFLICT if cell.conflict else ""
    return (
        f'<details class="proof"><summary>{figure(cell)} {kind} {conflict} <span class="count">{sources}</span>'
        f"</summary>{body}</details>"
    )


def folded_source(catalog: Catalog, kind: Kind, name: str, locator: str | None = None) -> str:
    """One line with the kind of a statement, and its source folded away."""
    tag = kind_tag(kind, catalog)
    return (
        f'<details class="proof line"><summary>{tag} <span class="count">source</span></summary>'
        f'<ul class="claims"><li>{source_line(catalog, name, locator)}</li></ul></details>'
    )


def _input(claim: Claim) -> str:
    return (
        f"{words.number(float(claim.value))} {claim.unit}" if isinstance(claim.value, int | float) else str(claim.value)
    )


def _source_tag(catalog: Catalog, claim: Claim) -> str:
    return f"{kind_tag(claim.kind, catalog)} {source_line(catalog, claim.source, claim.locator)}"
