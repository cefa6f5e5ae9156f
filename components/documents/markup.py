"""HTML of documents before and after a question: how they fit each model, what became of quotations. All escaped."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from html import escape

from catalog.loading import Catalog
from catalog.prices import NoListPrice
from catalog.schema import Claim
from catalog.words import listing, number
from components.documents.caches import Kept, Saved
from components.documents.fitting import Caching, Fits
from components.documents.outlook import Outlook
from components.documents.passages import Found, NotFound, Similar
from components.documents.quotations import Checked, verdict_words
from components.documents.splitting import SplitCost
from components.frame.markup import model_name, source_line
from components.frame.palette import Colour
from components.playground.ahead import money

_FITS = {
    Fits.YES: ("ok", "✓"),
    Fits.NO: ("no", "✕"),
    Fits.CLOSE: ("near", "▲"),
    Fits.UNKNOWN: ("unknown", "○"),
}
_VERDICTS = {Found: ("found", "✓"), Similar: ("similar", "≈"), NotFound: ("lost", "✕")}
_MOST_SLICES = 12
_LONGEST_QUOTE = 240


def outlook_card(catalog: Catalog, found: Outlook, colour: Colour, hours_words: str, questions: int) -> str:
    """A model before the question: window with what fits, tokens, price tier, cost, time, and what caching would do."""
    style, mark = _FITS[found.fit.fits]
    rows = [("Price tier", escape(found.fit.tier or _no_tier(found))), ("Cost", _cost(found))]
    rows.append(("Time", _with_sources(catalog, found.fit.wait.words, found.fit.wait.claims)))
    if found.caching is not None:
        rows.append(
            (f"{questions} question{'' if questions == 1 else 's'}", _caching_words(found.caching, hours_words))
        )
    facts = "".join(f"<dt>{escape(label)}</dt><dd>{words}</dd>" for label, words in rows)
    notes = "".join(f"<p>{escape(each.note)}</p>" for each in found.gives if each.note)
    refusal = f'<p class="fit-refusal">{escape(found.fit.refusal)}</p>' if found.fit.refusal else ""
    label = escape(f"{found.model.name} before the question")
    return (
        f'<section class="fit" style="--accent:{colour.css}" aria-label="{label}">'
        f'<p class="fit-head"><strong>{model_name(found.model, colour, short=True)}</strong>'
        f'<span class="fit-word fit-{style}"><span aria-hidden="true">{mark}</span> {found.fit.fits.value}</span></p>'
        f"{_bar(found)}{_folded(escape(count_words(found)), _window_source(catalog, found), 'source')}"
        f'{refusal}<div class="fit-notes">{notes}</div><dl>{facts}</dl></section>'
    )


def count_words(found: Outlook) -> str:
    """The tokens and their share: "12,345 of 1,048,576 tokens, 1.2%, as the service counts them"."""
    ahead = found.fit.ahead
    sign, by = ("", "as the service counts them") if ahead.exact else ("≈ ", "by estimate")
    if ahead.window is None or ahead.share is None:
        return f"{sign}{number(ahead.tokens)} tokens {by}; the context window is not known"
    return (
        f"{sign}{number(ahead.tokens)} of {number(ahead.window.tokens)} tokens, {percent(ahead.share)} of the context "
        f"window, {by}"
    )


def percent(share: float) -> str:
    """A share for reading: under 0.1%, 1.2%, 145%."""
    if 0 < share < 0.001:
        return "under 0.1%"
    return f"{number(share * 100, 1 if share < 0.1 else 0)}%"


def split_words(cost: SplitCost) -> str:
    """What a split takes beside one call: "3 parts and 1 call that joins them: ≈ 12,000 tokens and ≈ $0.02 more"."""
    parts = max(1, cost.calls - 1)
    more = f"≈ {number(max(0, cost.extra_tokens))} tokens more than in one call"
    if cost.split_usd is None:
        return f"{parts} parts and one call that joins the answers, {more}; no list price ({cost.no_price})"
    usd = f"at most ≈ {money(cost.split_usd)} in all"
    extra = cost.extra_usd
    beside = "" if extra is None or not extra else f", ≈ {money(abs(extra))} {'more' if extra > 0 else 'less'} than one"
    return f"{parts} parts and one call that joins the answers, {more}; {usd}{beside}"


def quotations_summary(checked: Sequence[Checked]) -> str:
    """All in one line: "7 quotations: 5 found, 1 similar, 1 not found"."""
    if not checked:
        return "No quotations of 20 characters or more"
    kinds = ((Found, "found"), (Similar, "similar"), (NotFound, "not found"))
    counts = [(sum(isinstance(each.verdict, kind) for each in checked), words) for kind, words in kinds]
    told = ", ".join(f"{count} {words}" for count, words in counts if count)
    return f"{len(checked)} quotation{'' if len(checked) == 1 else 's'}: {told}"


def quotations_list(checked: Sequence[Checked], several: bool) -> str:
    """Each quotation with its verdict in shape and words, those that are not found first to be seen."""
    items = "".join(f"<li>{_quotation(each, several)}</li>" for each in checked)
    return f'<ol class="quotations">{items}</ol>' if items else ""


def cache_words(model: str, kept: Kept, told: Saved) -> str:
    """What a cache has done so far, in a sentence of plain words."""
    questions = f"{told.questions} question{'' if told.questions == 1 else 's'}"
    read = f"{questions} read {number(told.tokens)} tokens from the cache of {model}"
    if told.net_usd is None or told.saved_usd is None:
        return f"{read}. What that saved is not known: {told.no_price}."
    spent = (told.made_usd or Decimal(0)) + (told.stored_usd or Decimal(0))
    lead = f"{read}, which saved {money(told.saved_usd)}; making and keeping it has cost {money(spent)} so far"
    if told.net_usd >= 0:
        return f"{lead}. Net: {money(told.net_usd)} saved."
    return f"{lead}. Net: {money(-told.net_usd)} more than without it; further questions make up for it."


def _window_source(catalog: Catalog, found: Outlook) -> str:
    window = found.fit.ahead.window
    return "" if window is None else f"The context window: {source_line(catalog, window.claim.source)}"


def _folded(lead: str, body: str, label: str) -> str:
    """A line whose ground is one click away; both are HTML."""
    if not body:
        return f'<p class="fit-count">{lead}</p>'
    return (
        f'<details class="proof line"><summary>{lead} <span class="count">{label}</span></summary>'
        f'<p class="remark">{body}</p></details>'
    )


def _bar(found: Outlook) -> str:
    """The context window as a bar: a piece a document, and what is beyond the window hatched."""
    ahead = found.fit.ahead
    if ahead.window is None:
        return ""
    window, total = ahead.window.tokens, max(ahead.tokens, 1)
    whole = max(window, total)
    pieces = [(each.name, each.tokens) for each in found.slices]
    if len(pieces) > _MOST_SLICES:
        rest = pieces[_MOST_SLICES - 1 :]
        pieces = [*pieces[: _MOST_SLICES - 1], (f"{len(rest)} more documents", sum(tokens for _, tokens in rest))]
    pieces.append(("the question", found.question_tokens))
    drawn = "".join(
        f'<i style="width:{100 * tokens / whole:.3f}%" title="{escape(f"{name}: {number(tokens)} tokens")}"></i>'
        for name, tokens in pieces
    )
    beyond = ""
    if total > window:
        left = 100 * window / whole
        beyond = f'<b style="left:{left:.3f}%"></b><em style="left:{left:.3f}%"></em>'
    label = f"{percent(total / window)} of the context window of {found.model.short_name}"
    return f'<div class="fit-bar" role="img" aria-label="{escape(label)}"><div>{drawn}</div>{beyond}</div>'


def _no_tier(found: Outlook) -> str:
    return "no list price" if found.fit.ahead.least_usd is None else "one price for prompts of any size"


def _cost(found: Outlook) -> str:
    ahead = found.fit.ahead
    if ahead.least_usd is None:
        return f"no list price ({escape(ahead.no_price)})"
    sign = "" if ahead.exact else "≈ "
    if found.fit.fits is Fits.NO:
        return f"{sign}{money(ahead.least_usd)} for what goes in, if it fitted"
    if ahead.most_usd is None:
        return f"at least {sign}{escape(money(ahead.least_usd))}"
    least, most = money(ahead.least_usd), money(ahead.most_usd)
    return f"{sign}{least}" if least == most else f"{sign}{least} to {most}, by the length of the answer"


def _with_sources(catalog: Catalog, words: str, claims: Sequence[Claim]) -> str:
    links = "; ".join(source_line(catalog, name) for name in dict.fromkeys(claim.source for claim in claims))
    lead, _, rest = words.partition("; ")
    about = f"{escape(rest[:1].upper() + rest[1:])}. " if rest else ""
    return _folded(escape(lead), about + links, "on what it rests") if about or links else escape(words)


def _caching_words(found: Caching | NoListPrice, hours_words: str) -> str:
    if isinstance(found, NoListPrice):
        return f"saving by a cache not known ({escape(found.reason)})"
    if abs(found.saved_usd) * 100 < found.without_usd:
        return f"≈ {money(found.without_usd)}; a cache makes no difference at this size"
    verb = "saves" if found.saved_usd >= 0 else "costs"
    tail = f"; it pays from {found.break_even} questions on" if found.break_even else "; it never pays"
    more = "" if verb == "saves" else " more"
    with_it = f"≈ {money(found.with_usd)} with a cache that lives {escape(hours_words)}"
    return f"{with_it}, ≈ {money(found.without_usd)} without: it {verb} ≈ {money(abs(found.saved_usd))}{more}{tail}"


def _quotation(each: Checked, several: bool) -> str:
    verdict = each.verdict
    style, mark = (
        ("found", "✓")
        if isinstance(verdict, Found)
        else ("similar", "≈")
        if isinstance(verdict, Similar)
        else ("lost", "✕")
    )
    words = verdict_words(verdict, several)
    quote = " ".join(each.quotation.text.split())
    quote = quote if len(quote) <= _LONGEST_QUOTE else f"{quote[: _LONGEST_QUOTE - 1].rstrip()}…"
    return (
        f'<q><bdi dir="auto">{escape(quote)}</bdi></q> <span class="quoted quoted-{style}">'
        f'<span aria-hidden="true">{mark}</span> {escape(words)}</span>'
    )


def with_names(names: Sequence[str], most: int = 6) -> str:
    """Names in a sentence, the rest as a count."""
    if len(names) <= most:
        return listing(list(names))
    return f"{', '.join(names[:most])} and {len(names) - most} more"
