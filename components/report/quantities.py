"""The numbers that sentences of a report may state, each with what it is and where it comes from. Pure functions."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from itertools import combinations

from catalog.differences import span
from catalog.fields import Field, Holds
from catalog.lifecycle import life
from catalog.loading import Catalog
from catalog.prices import Price, home_platform, price
from catalog.schema import Absent, Claim, Model
from catalog.shared import SharedTest
from catalog.tables import Cell, CompareRow
from catalog.words import day, money, number, pages, points, usd, value
from components.advisor.answers import Worked
from components.advisor.wording import percent
from components.cost.wording import times
from components.report.ledger import Quantity
from components.report.numerals import date_number


def of_day(on: date, what: str) -> Quantity:
    """A day, such as that of the report."""
    return dated(on.isoformat(), what)


def dated(text: str, what: str, sources: tuple[str, ...] = ()) -> Quantity:
    """A date of any precision (YYYY, YYYY-MM or YYYY-MM-DD)."""
    written, unit = date_number(text)
    return Quantity(day(text), written, unit, what, sources)


def whole_day(text: str) -> date | None:
    """The day of a date that is known to the day, None for a month or a year."""
    return date.fromisoformat(text) if text.count("-") == 2 else None


def ratio(one: Quantity, other: Quantity, shown: str = "") -> Quantity:
    """The first over the second, which is not 0."""
    exact = _exact(one) / _exact(other)
    return Quantity(
        shown or times(exact), _plain(exact), "", f"{one.what}, over {other.what}", by="ratio", of=(one, other)
    )


def difference(one: Quantity, other: Quantity, shown: str) -> Quantity:
    """The first minus the second, in their unit."""
    exact = _exact(one) - _exact(other)
    return Quantity(shown, _plain(exact), one.unit, f"{one.what}, minus {other.what}", by="difference", of=(one, other))


def more(one: Quantity, other: Quantity) -> Quantity:
    """By how many percent the first is more than the second, which is not 0."""
    exact = 100 * (_exact(one) / _exact(other) - 1)
    what = f"{one.what}, above {other.what}"
    return Quantity(f"{number(float(exact), 0)}%", _plain(exact), "percent", what, by="more", of=(one, other))


def in_pages(tokens: Quantity) -> Quantity:
    """Tokens as pages of English, rounded to two digits: 750 tokens a page."""
    shown = pages(float(tokens.number))
    counted = int(shown.split()[0].replace(",", ""))
    return Quantity(shown, counted, "pages", f"{tokens.what}, in pages", tokens.sources, "pages", (tokens,))


def _exact(each: Quantity) -> Decimal:
    return each.number if isinstance(each.number, Decimal) else Decimal(repr(each.number))


def _plain(exact: Decimal) -> Decimal:
    """Digits enough for every use, without those that division leaves behind."""
    return Decimal(f"{exact:.12g}")


def of_rows(rows: Sequence[CompareRow], models: Sequence[Model]) -> tuple[Quantity, ...]:
    """Every number and date of the rows: what stands, what is said against it, and how far what stands is apart."""
    return tuple(each for row in rows for each in of_row(row, models))


def of_row(row: CompareRow, models: Sequence[Model]) -> tuple[Quantity, ...]:
    """The numbers and dates of one row."""
    shown = [_of_cell(row.field, cell, model.short_name) for cell, model in zip(row.cells, models, strict=True)]
    standing = [each[0] for each in shown if each]
    apart = [each for pair in combinations(standing, 2) for each in _apart(row.field, *pair)]
    tokens = [in_pages(each) for found in shown for each in found if each.unit == "tokens" and each.number]
    return (*(each for found in shown for each in found), *tokens, *apart)


def _of_cell(field: Field, cell: Cell, name: str) -> list[Quantity]:
    what = f"{name}, {field.label}"
    if cell.derived is not None:
        sources = tuple(dict.fromkeys(claim.source for claim in cell.derived.inputs))
        return [Quantity(cell.text, cell.derived.value, cell.derived.unit, what, sources)]
    if cell.ruling is None:
        return []
    claims = {id(each): each for each in (cell.ruling.standing, *cell.ruling.by_scope, *cell.ruling.conflicts)}
    found = [of_claim(field, each, what) for each in claims.values()]
    return [each for each in found if each is not None]


def of_claim(field: Field, claim: Claim, what: str) -> Quantity | None:
    """The number or date that a claim states; None where it states none."""
    if claim.absent is not None or isinstance(claim.value, bool | tuple):
        return None
    if isinstance(claim.value, int | float):
        unit = claim.unit or (field.units[0] if field.units else "")
        shown = value(field, claim.value)
        return Quantity(shown, claim.value, unit, what, (claim.source,)) if shown != Absent.NO_LIST_PRICE else None
    return dated(str(claim.value), what, (claim.source,)) if field.holds is Holds.DATE else None


def _apart(field: Field, one: Quantity, other: Quantity) -> Iterator[Quantity]:
    """How far two values of a field are apart, in each way in which a sentence may say it."""
    low, high = sorted((one, other), key=lambda each: float(each.number))
    if field.holds is Holds.DATE:
        yield from _span(low, high)
    elif low.number:
        exact = float(high.number) / float(low.number)
        yield ratio(high, low, f"{number(exact, 1 if exact < 10 else 0)}×")
        yield more(high, low)
        yield difference(high, low, number(float(high.number) - float(low.number)))


def _span(first: Quantity, last: Quantity) -> Iterator[Quantity]:
    words = span(_iso(first), _iso(last))
    count, _, unit = words.partition(" ")
    if count.isdigit():
        what = f"{last.what}, after {first.what}"
        yield Quantity(words, int(count), f"{unit.rstrip('s')}s", what, by="span", of=(last, first))


def _iso(each: Quantity) -> str:
    text = str(each.number)
    return "-".join(part for part in (text[:4], text[4:6], text[6:]) if part)


def of_prices(models: Sequence[Model], on: date) -> tuple[Quantity, ...]:
    """List prices of input and output on each model's home platform."""
    found = [(model, item, price(model, item, home_platform(model), 0, on)) for model in models for item in _SIDES]
    return tuple(
        Quantity(
            usd(float(each.usd_per_million)),
            each.usd_per_million,
            "USD per 1M tokens",
            f"{model.short_name}, list price of {item} tokens",
            (each.claim.source,),
        )
        for model, item, each in found
        if isinstance(each, Price)
    )


_SIDES = ("input", "output")


def of_test(test: SharedTest, pair: Sequence[Model]) -> tuple[Quantity, ...]:
    """Both scores of a comparable test, their difference with its interval, and the share of votes."""
    if test.match is None:
        return ()
    name, judged = test.benchmark.name, test.judgement
    scores = tuple(
        Quantity(
            number(float(result.score), 2),
            float(result.score),
            result.unit,
            f"{model.short_name} in {name}",
            (result.source,),
        )
        for model, result in zip(pair, test.match.results, strict=True)
    )
    return (*scores, *_judged(judged.difference, judged.low, judged.high, name, scores), *_votes(test, pair))


def _judged(
    apart: float | None, low: float | None, high: float | None, name: str, scores: tuple[Quantity, ...]
) -> Iterator[Quantity]:
    sources = tuple(dict.fromkeys(source for each in scores for source in each.sources))
    if apart is not None:
        what = f"{scores[0].what}, minus {scores[1].what}"
        yield Quantity(points(apart), round(apart, 9), "points", what, sources, "difference", scores)
    for end, which in ((low, "lower"), (high, "upper")):
        if end is not None:
            what = f"{name}, {which} end of the 95% interval of the difference"
            yield Quantity(number(abs(end), 1), end, "points", what, sources)


def _votes(test: SharedTest, pair: Sequence[Model]) -> Iterator[Quantity]:
    share = test.judgement.share
    if share is not None:
        ahead = max(share, 1 - share)
        leader = pair[test.judgement.leader or 0].short_name
        sources = tuple(dict.fromkeys(each.source for each in test.match.results)) if test.match else ()
        what = f"{test.benchmark.name}, share of votes that {leader} can expect"
        yield Quantity(number(round(100 * ahead), 0), ahead, "share", what, sources)


def of_life(catalog: Catalog, model: Model, on: date) -> tuple[Quantity, ...]:
    """The dates of a model's life, and those on which it was seen gone."""
    state = life(model, on)
    found = [
        (state.ends, "shutdown date", "shutdown_date"),
        (state.last_seen_gone, "seen gone", ""),
        (_released(model), "release date", "release_date"),
    ]
    return tuple(
        dated(text, f"{model.short_name}, {what}", _sources(model, path, text)) for text, what, path in found if text
    )


def _released(model: Model) -> str:
    claims = model.claims.get("release_date", ())
    return str(claims[0].value) if claims and claims[0].absent is None else ""


def _sources(model: Model, path: str, text: str) -> tuple[str, ...]:
    """The sources of a date: of the claims that state it, else of the events on that day."""
    claims = [claim.source for claim in model.claims.get(path, ()) if str(claim.value) == text]
    events = [event.source for event in model.lifecycle if event.date == text]
    return tuple(dict.fromkeys(claims or events))[:2]


def of_needs(worked: Worked) -> tuple[Quantity, ...]:
    """The numbers that the reader demands."""
    needs = worked.question.needs
    found: list[tuple[float | None, str, str, Callable[[float], str]]] = [
        (needs.context_window, "tokens", "tokens that must go in at once", number),
        (needs.output_limit, "tokens", "tokens that must come out at least", number),
        (needs.usd_a_month, "USD", "the ceiling of the bill a month", money),
        (needs.time_to_first_token, "seconds", "the longest wait for the first token", number),
    ]
    return tuple(
        Quantity(show(amount), amount, unit, what)
        for amount, unit, what, show in found
        if amount is not None and amount
    )


def of_weighing(catalog: Catalog, worked: Worked) -> tuple[Quantity, ...]:
    """The weights, the shares of weightings in which each model wins, and the weights at which that turns."""
    advice, labels = worked.answer.advice, {each.id: each.label.lower() for each in catalog.decision.criteria}
    names = {model.id: model.short_name for model in worked.models}
    weights = [
        Quantity(percent(weight), weight, "share", f"weight of {label}")
        for weight, label in zip(worked.weights, labels.values(), strict=True)
    ]
    wins = [
        Quantity(percent(share), share, "share", f"share of weightings near the reader's in which {names[name]} wins")
        for share, name in zip(advice.by_model, advice.models, strict=True)
    ]
    turns = [
        Quantity(
            _threshold(each.at),
            each.at,
            "share",
            f"weight of {labels[each.criterion]} at which {names[each.becomes]} comes out best",
        )
        for each in advice.thresholds
    ]
    own = Quantity(percent(advice.share), advice.share, "share", "share of weightings in which the best one wins")
    return (*weights, *wins, *turns, own)


def _threshold(at: float) -> str:
    return f"{number(100 * at, 1)}%"
