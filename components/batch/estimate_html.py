"""What a batch will take and cost, before it starts, as a table. All text is escaped."""

from collections.abc import Iterable, Mapping, Sequence
from html import escape

from catalog.loading import Catalog
from catalog.words import short_count
from components.batch.estimate import Estimate, Priced
from components.batch.names import Named
from components.batch.wording import count_of, money
from components.frame.markup import kind_tag, source_line


def estimate_table(catalog: Catalog, found: Sequence[Estimate], models: Sequence[Named]) -> str:
    """A row a model: calls, tokens, cost from here and through the Batch API, with the sources of the prices."""
    names: Mapping[str, Named] = {each.id: each for each in models}
    rows = "".join(_row(catalog, each, names[each.model]) for each in found)
    reasons = " ".join(dict.fromkeys(reason for each in found for reason in each.reasons))
    heads = "".join(f'<th scope="col" class="num">{head}</th>' for head in ("Calls", "Input tokens", "From here"))
    return (
        '<table class="facts batch-cost"><caption>What it will probably cost at list price, judges and repeated calls '
        f'not counted</caption><thead><tr><th scope="col" class="field">Model</th>{heads}'
        f'<th scope="col" class="num">Gemini Batch API</th></tr></thead><tbody>{rows}</tbody></table>'
        f'<p class="count batch-reasons">{escape(reasons)}</p>'
    )


def most_usd(found: Iterable[Estimate]) -> float | None:
    """The most that all models are known to cost together in US dollars; None where no output limit is set."""
    totals = [each.at_once.total_usd for each in found if each.at_once is not None]
    return None if not totals or None in totals else float(sum(total for total in totals if total is not None))


def _row(catalog: Catalog, each: Estimate, named: Named) -> str:
    sign = "at least " if each.at_least else ""
    texts = (
        ("Calls", f"{each.calls:,}"),
        ("Input tokens", f'<em title="{each.input_tokens:,}">≈ {sign}{short_count(each.input_tokens)}</em>'),
        ("From here", _cost(each.at_once, each)),
        ("Gemini Batch API", _cost(each.in_batch, each)),
    )
    cells = "".join(f'<td class="num" data-label="{name}">{text}</td>' for name, text in texts)
    return f'<tr><th scope="row" class="field">{named.html}{_window(each)}{_sources(catalog, each)}</th>{cells}</tr>'


def _cost(priced: Priced | None, each: Estimate) -> str:
    if priced is None:
        return f'<span class="none">no list price</span><span class="also">{escape(each.no_price)}</span>'
    least = money(priced.input_usd)
    if priced.total_usd is None:
        return f'<em>≈ {least}</em><span class="also">for the prompts alone</span>'
    most = money(priced.total_usd)
    if not each.at_most:
        return f"<em>≈ {most}</em>"
    return f"<em>≈ {least} to {most}</em>"


def _window(each: Estimate) -> str:
    if not each.too_long or each.window is None:
        return ""
    return (
        f'<span class="ahead-warning">{count_of(each.too_long, "row")} may be longer than its context window of '
        f"{each.window:,} tokens; the longest is row {each.longest_row:,}.</span>"
    )


def _sources(catalog: Catalog, each: Estimate) -> str:
    if not each.claims:
        return ""
    items = "".join(
        f"<li>{kind_tag(claim.kind, catalog)} {source_line(catalog, claim.source, claim.locator)}</li>"
        for claim in {claim.source: claim for claim in each.claims}.values()
    )
    return (
        f'<details class="proof line"><summary><span class="count">sources of the prices</span></summary>'
        f'<ul class="claims">{items}</ul></details>'
    )
