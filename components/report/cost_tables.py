"""The tables of bills: the workload, each bill with its lines, announced changes, and where two bills are equal."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from catalog.bill import DAYS_A_MONTH, Bill, Line
from catalog.break_even import LABELS, Crossing, Mover
from catalog.decision import Conversion, Rules
from catalog.prices import NoListPrice
from catalog.schema import Kind
from catalog.words import capital, day, listing, number, usd
from catalog.workload import Workload, in_everyday_units
from components.cost.rows import Offer, by_price, concerns
from components.cost.table import rivals
from components.cost.wording import field_value, reason_words, times
from components.report.cost_numbers import line_month, month, thousand
from components.report.ledger import Ledger, Scene
from components.report.state import Heading, Table, Value
from components.report.typed import amount, count, exact, on_day, over, price, sources_of, weakest, words
from components.workload.address import INPUTS, Input

NO_PRICE = "no list price"
_SLIDE_ROWS = 4
_UNITS = {
    "requests": "requests",
    "images": "images a request",
    "audio": "minutes a request",
    "video": "minutes a request",
    "stored": "tokens",
    "hours": "hours a day",
    "growth": "% a month",
}
_READ = ("page", "email")
_PER = 1_000_000
_SHARES = ("long_share", "batch_share")


def workload_table(ledger: Ledger, workload: Workload, conversions: Sequence[Conversion]) -> Table:
    """Every number of the workload, zeros included, so that a sheet can rest on them."""
    headings = (Heading("Number"), Heading("Value", numeric=True), Heading("Unit"), Heading("In everyday units"))
    rows = tuple(
        (
            words(_label(each)),
            _typed(each, workload),
            words(_unit(each)),
            _everyday(ledger, each, workload, conversions),
        )
        for each in INPUTS
    )
    return Table("cost_workload", "The workload", "What is asked of a model in a day.", headings, rows)


def _label(each: Input) -> str:
    return each.label.removesuffix(", %")


def _unit(each: Input) -> str:
    return _UNITS.get(each.name, "%" if each.percent else "tokens a request")


def _typed(each: Input, workload: Workload) -> Value:
    value = each.typed(workload)
    shown = f"{number(float(value))}%" if each.percent else number(float(value))
    exact_value = int(value) if isinstance(getattr(workload, each.attribute), int) else exact(value)
    return Value(shown, exact_value, "percent" if each.percent else _unit(each))


def _everyday(ledger: Ledger, each: Input, workload: Workload, conversions: Sequence[Conversion]) -> Value:
    """Tokens as pages and e-mails, which is an estimate of ours."""
    tokens = getattr(workload, each.attribute)
    if each.name not in ("input", "output", "long_input") or not tokens:
        return words("")
    read = [one for one in conversions if one.id in _READ]
    sources = ledger.cite(*(one.rests_on for one in read if one.rests_on))
    said = listing(list(in_everyday_units(Decimal(tokens), read)), "or")
    return Value(f"≈ {said}", kind=Kind.ESTIMATE, sources=sources, note=read[0].basis if read else "")


def bills_table(scene: Scene) -> Table:
    """A row a model: its bill on the platform that counts."""
    headings, rows = _bill_headings(), tuple(_bill_row(scene, each, scene.chosen) for each in scene.chosen)
    summary = "The bill of each model for the workload, at list prices and without tax."
    return Table("cost_bills", "The bill", summary, headings, rows, slides=_SLIDE_ROWS)


def platforms_table(scene: Scene) -> Table:
    """A row a model and platform."""
    rows = tuple(_bill_row(scene, each, scene.chosen) for each in scene.offers)
    summary = "The same workload on every platform that a model is sold on."
    return Table("cost_platforms", "The bill on every platform", summary, _bill_headings(), rows)


def _bill_headings() -> tuple[Heading, ...]:
    figures = ("A month", "A year", "1,000 requests", "Against the cheapest")
    return (
        Heading("Model"),
        Heading("Platform"),
        *(Heading(each, numeric=True) for each in figures),
        Heading("Remark"),
    )


def _bill_row(scene: Scene, offer: Offer, chosen: Sequence[Offer]) -> tuple[Value, ...]:
    head = (words(offer.model.short_name), words(offer.platform))
    if isinstance(offer.bill, NoListPrice):
        sources = scene.ledger.cite(*sources_of(offer.bill.claims))
        reason = reason_words(offer.bill)
        return (*head, *(words(NO_PRICE) for _ in range(4)), Value(reason, sources=sources))
    return (*head, *_figures(scene, offer, offer.bill, chosen), words(" ".join(offer.bill.notes)))


def _figures(scene: Scene, offer: Offer, bill: Bill, chosen: Sequence[Offer]) -> tuple[Value, ...]:
    kind, sources = weakest(bill.claims), scene.ledger.cite(*_rests_on(scene, offer, bill))
    ordered = by_price(chosen)
    all_known = len(ordered) == len(chosen)
    cheapest = month(ordered[0].priced_bill) if ordered else None
    best = all_known and len(chosen) > 1 and month(bill) == cheapest
    conflict = "Sources conflict over a price; the one that stands is used." if bill.conflict else ""
    cells = (
        replace(amount(month(bill), kind, sources, conflict), best=best),
        _year(offer, kind, sources),
        replace(amount(thousand(bill), kind, sources), best=best),
    )
    return (*(replace(each, conflict=bill.conflict) for each in cells), _against(month(bill), cheapest))


def _rests_on(scene: Scene, offer: Offer, bill: Bill) -> tuple[str, ...]:
    rules = scene.catalog.decision.rules
    return tuple(source for line in bill.lines for source in _line_sources(rules, offer, line))


def _year(offer: Offer, kind: Kind | None, sources: tuple[str, ...]) -> Value:
    if isinstance(offer.year, NoListPrice):
        return Value(NO_PRICE, note=reason_words(offer.year))
    return amount(offer.year.usd, kind, sources)


def _against(monthly: Decimal, cheapest: Decimal | None) -> Value:
    if cheapest is None:
        return words("cannot be said", "No bill that counts has a list price.")
    if monthly == cheapest:
        return Value("the cheapest", Decimal(1), "×")
    if not cheapest:
        return words("cannot be said", "The cheapest costs nothing.")
    ratio = over(monthly, cheapest)
    return Value(times(ratio), ratio, "×")


def lines_table(scene: Scene) -> Table | None:
    """A row a line of each bill that counts; None where no model has one."""
    priced = [each for each in scene.chosen if isinstance(each.bill, Bill)]
    pairs = [(each, line) for each in priced for line in each.priced_bill.lines]
    if not pairs:
        return None
    names = (
        *("Model", "Platform", "Charged for", "Quantity a day", "Unit", "Price", "Per", "Days"),
        *("USD a month", "Quantity a request", "Tier and rule"),
    )
    figures = ("Quantity a day", "Price", "Per", "Days", "USD a month", "Quantity a request")
    headings = tuple(Heading(name, numeric=name in figures) for name in names)
    rows = tuple(_line_row(scene, offer, line) for offer, line in pairs)
    groups = tuple(f"{offer.model.short_name}, {offer.platform}" for offer, _ in pairs)
    summary = "Each line is its quantity a day times its price for 30 days; the lines of a bill add up to it."
    return Table("cost_lines", "How each bill is made", summary, headings, rows, groups)


def _line_row(scene: Scene, offer: Offer, line: Line) -> tuple[Value, ...]:
    claims = (line.claim,) if line.claim else ()
    kind, stored = weakest(claims), line.item == "Cache storage"
    unit = "token-hours" if stored else "tokens"
    sources = scene.ledger.cite(*_line_sources(scene.catalog.decision.rules, offer, line))
    note, conflict = _rival_words(scene, offer, line)
    return (
        words(offer.model.short_name),
        words(offer.platform),
        words(line.item),
        count(line.tokens_per_day, unit),
        words(unit),
        replace(price(line.usd_per_million, kind, sources, note), conflict=conflict),
        count(_PER, unit),
        count(DAYS_A_MONTH, "days"),
        replace(amount(line_month(line), kind, sources), conflict=conflict),
        _a_request(offer.priced_bill, line, stored),
        words(_tier(line)),
    )


def _a_request(bill: Bill, line: Line, stored: bool) -> Value:
    if stored:
        return words("whatever the requests")
    if not bill.requests_per_day:
        return words("no requests")
    return count(over(line.tokens_per_day, bill.requests_per_day), "tokens")


def _tier(line: Line) -> str:
    """The size of prompts that the price is for, and the rule that was used."""
    claim = line.claim
    size = "prompts of any size"
    if claim is not None and claim.prompt_up_to:
        size = f"prompts up to {claim.prompt_up_to:,} tokens"
    elif claim is not None and claim.prompt_above:
        size = f"prompts above {claim.prompt_above:,} tokens"
    return capital(f"{size}; {line.note}" if line.note else size)


def _line_sources(rules: Rules, offer: Offer, line: Line) -> tuple[str, ...]:
    """The source of the price, and those of the rules that were used with it."""
    found = [line.claim.source] if line.claim else []
    if line.note and line.item.endswith(", in batch"):
        cached = rules.batch_cached_share if line.item.startswith("Cached") else None
        found.append((cached or rules.batch_share).source)
    if line.note and line.item == "Cache storage" and rules.implicit_storage:
        found.append(rules.implicit_storage.source)
    media = rules.media_of(offer.model.family)
    for word, figure in (("Image", media.image_tokens), ("Audio", media.audio_tokens), ("Video", media.video_tokens)):
        found += [figure.source] if line.item.startswith(word) else []
    return tuple(dict.fromkeys(found))


def _rival_words(scene: Scene, offer: Offer, line: Line) -> tuple[str, bool]:
    """What other sources state instead, and whether any does."""
    others = rivals(offer.model, line.claim, scene.on) if line.claim else []
    said = [
        f"{usd(float(each.value)) if isinstance(each.value, int | float) else each.value} according to "
        f"{scene.catalog.sources[each.source].title}, {day(each.as_of)}"
        for each in others
    ]
    scene.ledger.cite(*(each.source for each in others))
    return "; ".join(said), bool(others)


def changes_table(scene: Scene) -> Table | None:
    """The announced prices that the bills will rest on; None where nothing is announced."""
    found = [
        (each, change) for each in scene.chosen for change in each.changes if concerns(change, scene.cost.workload)
    ]
    if not found:
        return None
    names = ("From", "Model", "Platform", "What", "Before", "After")
    headings = tuple(Heading(name, numeric=name in ("Before", "After")) for name in names)
    rows = []
    for offer, change in sorted(found, key=lambda pair: pair[1].on):
        kind, sources = change.claim.kind, scene.ledger.cite(change.claim.source)
        sides = [
            words(NO_PRICE) if each is None else price(each, kind, sources) for each in (change.before, change.after)
        ]
        head = (on_day(change.on, sources), words(offer.model.short_name), words(offer.platform), words(change.item))
        rows.append((*head, *sides))
    summary = "Announced prices for a million tokens, from the day on which they hold."
    return Table("cost_changes", "Announced price changes", summary, headings, tuple(rows), slides=_SLIDE_ROWS)


def even_table(found: Sequence[Crossing], pair: Sequence[Offer], workload: Workload) -> Table:
    """A row a break-even of two offers: the number as it is, where both cost the same, who is cheaper on each side."""
    names = {each.model.id: each.model.short_name for each in pair}
    headings = (
        Heading("This number alone"),
        Heading("Now", numeric=True),
        Heading("Equal at", numeric=True),
        Heading("Cheaper up to there"),
        Heading("Cheaper above it"),
    )
    rows = tuple(
        (
            words(each.label),
            _field(each.field, Decimal(getattr(workload, each.field))),
            _field(each.field, each.at, "A step to a higher tier: the bills are never equal." if each.step else ""),
            words(names[each.cheaper_below]),
            words(names[each.cheaper_above]),
        )
        for each in found
    )
    title = f"Where {names[pair[0].model.id]} and {names[pair[1].model.id]} cost the same"
    summary = "Each row changes one number of the workload while all others stay as they are."
    return Table("cost_even", title, summary, headings, rows)


def _field(field: str, value: Decimal, note: str = "") -> Value:
    if field in _SHARES:
        return Value(field_value(field, value), exact(value * 100), "percent", note=note)
    unit = next(
        (each for each in ("tokens", "minutes", "images", "hours") if each in LABELS[field].lower()), "requests"
    )
    return Value(field_value(field, value), exact(value), unit, note=note)


def movers_table(moved: Sequence[tuple[Offer, tuple[Mover, ...]]], workload: Workload) -> Table | None:
    """What half and double of each number do to the bill a month of each offer; None where there is nothing."""
    pairs = [(offer, mover) for offer, movers in moved for mover in movers]
    if not pairs:
        return None
    names = ("This number alone", "Now", "Half", "A month with half", "Double", "A month with double")
    headings = (Heading(names[0]), *(Heading(name, numeric=True) for name in names[1:]))
    rows = []
    for offer, mover in pairs:
        kind, sources = weakest(offer.priced_bill.claims), sources_of(offer.priced_bill.claims)
        cells = (
            _field(mover.field, Decimal(getattr(workload, mover.field))),
            _field(mover.field, mover.halved),
            _moved(mover.half, kind, sources),
            _field(mover.field, mover.doubled),
            _moved(mover.double, kind, sources),
        )
        rows.append((words(mover.label), *cells))
    groups = tuple(offer.model.short_name for offer, _ in pairs)
    summary = "What half and double of each number alone make of the bill a month, the largest effect first."
    return Table("cost_movers", "What moves the bill", summary, headings, tuple(rows), groups)


def _moved(bill: Decimal | None, kind: Kind | None, sources: tuple[str, ...]) -> Value:
    return words(NO_PRICE) if bill is None else amount(bill, kind, sources)
