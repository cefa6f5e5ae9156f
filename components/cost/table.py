"""The bills as a table, each with its lines, prices and sources to unfold. HTML without Streamlit."""

from collections.abc import Sequence
from datetime import date
from html import escape

from catalog.bill import Bill, Line
from catalog.evidence import agree
from catalog.fields import FIELDS
from catalog.lifecycle import Service, life
from catalog.loading import Catalog
from catalog.prices import NoListPrice
from catalog.schema import Basis, Claim, Model
from catalog.words import capital, claimed, day, money, usd
from components.cost import wording
from components.cost.rows import Offer, by_price, ratio
from components.frame.markup import CONFLICT, KIND_WORDS, kind_tag, life_chip, model_name, source_line
from components.frame.palette import Colour, colours
from components.workload.wording import count

_HEADS = ("A month", "A year", "1,000 requests", "Against the cheapest")


def bills_table(catalog: Catalog, found: Sequence[Offer], chosen: Sequence[Offer], on: date) -> str:
    """A row a model and platform, the model's name once; `chosen` are the offers that the answer speaks of."""
    accents = colours([each.model for each in chosen])
    heads = "".join(f'<th scope="col" class="num">{head}</th>' for head in _HEADS)
    priced = by_price(chosen)
    cheapest = priced[0] if priced else None
    rows = "".join(
        _row(catalog, each, chosen, cheapest, accents[each.model.id], on, _first(found, each)) for each in found
    )
    return (
        '<table class="facts bills"><thead><tr><th scope="col" class="field">Model and platform</th>'
        f"{heads}</tr></thead><tbody>{rows}</tbody></table>"
    )


def _first(found: Sequence[Offer], offer: Offer) -> bool:
    """Whether it is the first row of its model."""
    return next(each for each in found if each.model.id == offer.model.id) is offer


def _row(
    catalog: Catalog,
    offer: Offer,
    chosen: Sequence[Offer],
    cheapest: Offer | None,
    accent: Colour,
    on: date,
    first: bool,
) -> str:
    rivals = sum(each.model.id == offer.model.id for each in chosen)
    counts = any(each is offer for each in chosen)
    style = "counts" if counts else "beside"
    head = (
        f'<tr class="{style}"><th scope="row" class="field">{model_name(offer.model, accent, short=True)} '
        f"{_life(offer.model, on) if first and rivals else ''}"
        f'<span class="also">{escape(offer.platform)}</span></th>'
    )
    return f"{head}{_figures(offer, cheapest)}</tr>{_opened(catalog, offer, style, on)}"


def _life(model: Model, on: date) -> str:
    """The lifecycle where it ends or has ended."""
    return life_chip(model, on) if life(model, on).service in (Service.ENDING, Service.SHUT_DOWN) else ""


def _figures(offer: Offer, cheapest: Offer | None) -> str:
    if isinstance(offer.bill, NoListPrice):
        return (
            f'<td class="none missing" colspan="{len(_HEADS)}"><b>no list price</b> '
            f"{escape(wording.reason_words(offer.bill))}</td>"
        )
    cells = (
        f"<b>{escape(money(offer.bill.usd_a_month))}</b>",
        escape(wording.year_words(offer.year)),
        escape(money(offer.bill.usd_per_thousand)),
        escape(_against(offer, cheapest)),
    )
    return "".join(f'<td class="num" data-label="{head}">{cell}</td>' for head, cell in zip(_HEADS, cells, strict=True))


def _against(offer: Offer, cheapest: Offer | None) -> str:
    if cheapest is None or offer is cheapest:
        return "the cheapest"
    multiple = ratio(offer, cheapest)
    return "cannot be said" if multiple is None else wording.times(multiple)


def _opened(catalog: Catalog, offer: Offer, style: str, on: date) -> str:
    """The row below an offer: in a line where its prices come from, and to unfold all that they are used for."""
    if isinstance(offer.bill, NoListPrice):
        body = _known(catalog, offer.bill)
        if not body:
            return ""
        count = len(offer.bill.claims)
        summary = f'<span class="count">what is known instead ({count} claim{"" if count == 1 else "s"})</span>'
    else:
        body = _lines(catalog, offer.model, offer.bill, on)
        lines = len(offer.bill.lines)
        conflict = f" {CONFLICT}" if offer.bill.conflict else ""
        summary = (
            f"{_origin(catalog, offer.bill)}{conflict} "
            f'<span class="count">· {lines} line{"" if lines == 1 else "s"} of this bill</span>'
        )
    return (
        f'<tr class="{style} opens"><td colspan="{len(_HEADS) + 1}"><details class="proof line">'
        f"<summary>{summary}</summary>{body}</details></td></tr>"
    )


def _origin(catalog: Catalog, bill: Bill) -> str:
    """Kind, source and date of the newest of the prices, and how many other sources there are."""
    claims = bill.claims
    if not claims:
        return ""
    newest = max(claims, key=lambda claim: claim.as_of)
    sources = len({claim.source for claim in claims}) - 1
    more = f" and {sources} other source{'' if sources == 1 else 's'}" if sources else ""
    title = escape(catalog.sources[newest.source].title)
    return f'{kind_tag(newest.kind, catalog)} <span class="when">{title}, {escape(day(newest.as_of))}{more}</span>'


def _lines(catalog: Catalog, model: Model, bill: Bill, on: date) -> str:
    rows = "".join(_line(catalog, model, each, on) for each in bill.lines)
    notes = "".join(f'<p class="remark">{escape(note)}</p>' for note in bill.notes)
    total = (
        f'<tr><th scope="row">All of a day</th><td></td><td></td>'
        f'<td class="num"><b>{escape(money(bill.usd_per_day))}</b></td>'
        f"<td>{escape(money(bill.usd_a_month))} in 30 days</td></tr>"
    )
    heads = (
        '<th scope="col">Charged for</th><th scope="col" class="num">Tokens a day</th>'
        '<th scope="col" class="num">$ a million</th><th scope="col" class="num">$ a day</th>'
        '<th scope="col">Rests on</th>'
    )
    return (
        f'<div class="scroll whole" tabindex="0" role="region" aria-label="Lines of the bill of {escape(model.name)}, '
        f'{escape(bill.platform)}"><table class="lines"><thead><tr>{heads}</tr></thead>'
        f"<tbody>{rows}{total}</tbody></table></div>{notes}"
    )


def _line(catalog: Catalog, model: Model, line: Line, on: date) -> str:
    return (
        f'<tr><th scope="row">{escape(line.item)}</th><td class="num">{escape(count(line.tokens_per_day))}</td>'
        f'<td class="num">{escape(usd(float(line.usd_per_million)))}</td>'
        f'<td class="num">{escape(money(line.usd_per_day))}</td>'
        f"<td>{_rests(catalog, model, line, on)}</td></tr>"
    )


def _rests(catalog: Catalog, model: Model, line: Line, on: date) -> str:
    """The claim that states a price, the rule that was used, and what other sources say instead."""
    note = f'<span class="note">{escape(capital(line.note))}</span>' if line.note else ""
    if line.claim is None:
        return note
    claim = line.claim
    others = rivals(model, claim, on)
    against = "".join(f'<span class="note">{_rival(catalog, each)}</span>' for each in others)
    conflict = f" {CONFLICT}" if others else ""
    return (
        f"{kind_tag(claim.kind, catalog)} {source_line(catalog, claim.source, claim.locator)}"
        f'<span class="when">, {escape(day(claim.as_of))}</span>{conflict}{note}{against}'
    )


def _rival(catalog: Catalog, claim: Claim) -> str:
    value = escape(usd(float(claim.value)) if isinstance(claim.value, int | float) else str(claim.value))
    return f"{value} according to {source_line(catalog, claim.source)}, {escape(day(claim.as_of))}"


def rivals(model: Model, claim: Claim, on: date) -> list[Claim]:
    """The list prices of the same item, platform and prompt size that say something else on the day."""
    claims = next((found for found in model.claims.values() if any(claim is each for each in found)), ())
    return [
        each
        for each in claims
        if each.basis is Basis.LIST
        and each.full_scope == claim.full_scope
        and each.holds_on(on)
        and not agree(each.value, claim.value)
    ]


def _known(catalog: Catalog, missing: NoListPrice) -> str:
    """Every claim that says something about the price, although none is a list price that counts."""
    items = "".join(
        f"<li><b>{escape(_claimed(claim))}</b> {escape(_about(claim))}: {source_line(catalog, claim.source)}</li>"
        for claim in missing.claims
    )
    return f'<ul class="claims">{items}</ul>' if items else ""


def _claimed(claim: Claim) -> str:
    return claimed(FIELDS["prices.input"], claim)


def _about(claim: Claim) -> str:
    facts = (claim.full_scope, KIND_WORDS[claim.kind], day(claim.as_of), claim.note or "")
    return ", ".join(fact.rstrip(".") for fact in facts if fact)
