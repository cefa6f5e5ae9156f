"""What a workload costs: the answer, the bills with their lines, the year, and what would move them."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from catalog.break_even import Crossing, crossings, movers
from catalog.words import capital, day, listing
from catalog.workload import in_everyday_units
from components.charts import movers as moving
from components.cost.even import even_sentence
from components.cost.rows import by_price, nearest_crossing, turns
from components.cost.wording import answer, crossing_sentence, gone, sureness, turn_words
from components.report.cost_charts import month_chart, twelve_months_chart
from components.report.cost_numbers import of_bills, of_crossing, of_mover, of_turn, of_workload
from components.report.cost_tables import (
    bills_table,
    changes_table,
    even_table,
    lines_table,
    movers_table,
    platforms_table,
    workload_table,
)
from components.report.ledger import Quantity, Scene, paragraph
from components.report.quantities import of_day
from components.report.state import Block, Part, Section, Sentence
from components.report.typed import sources_of
from components.workload.wording import workload_sentences

TITLE = "What it costs"
_READ = ("page", "email")


def section(scene: Scene) -> Section:
    """The cost section. An executive gets the answer and what it is made of, everybody else what moves it too."""
    blocks: list[Block | None] = [*_answer(scene), *_asked(scene), month_chart(scene), bills_table(scene)]
    blocks += [platforms_table(scene)] if scene.technical and len(scene.offers) > len(scene.chosen) else []
    year = twelve_months_chart(scene)
    blocks += [year] if year is not None and (scene.technical or year.slides) else []
    blocks += [changes_table(scene), *_turning(scene)]
    blocks += _behind(scene) if scene.technical else []
    asked = workload_table(scene.ledger, scene.cost.workload, scene.catalog.decision.conversions)
    made = [replace(each, detail=not scene.technical) for each in (lines_table(scene), asked) if each is not None]
    return Section(Part.COST, TITLE, tuple(each for each in (*blocks, *made) if each is not None))


def _answer(scene: Scene) -> Sequence[Block]:
    """Which is the cheapest and by how much, how far the prices can be trusted, and which models end."""
    known = of_bills(scene.chosen)
    claims = [claim for each in by_price(scene.chosen) for claim in each.priced_bill.claims]
    conflict = any(each.priced_bill.conflict for each in by_price(scene.chosen))
    said = scene.ledger.proven(
        answer(scene.chosen, scene.on),
        (*known, of_day(scene.on, "day whose prices count")),
        sources_of(claims),
        "sources conflict" if conflict else "",
    )
    sure = scene.ledger.proven(sureness(scene.chosen), known, sources_of(claims))
    return paragraph(said, sure, scene.ledger.proven(gone(scene.chosen, scene.on), known))


def _asked(scene: Scene) -> Sequence[Block]:
    """The workload in words and in units of everyday life, with the day and the use that it starts from."""
    known = of_workload(scene.cost.workload, scene.catalog.decision.conversions)
    said = [scene.ledger.proven(each, known) for each in workload_sentences(scene.cost.workload)]
    everyday = scene.ledger.proven(_everyday(scene), known)
    use = scene.choices.use_in(scene.catalog)
    basis = (
        f"The numbers start from the situation “{use.label}”. The bills are at the list prices of {day(scene.on)}, "
        "without tax, free rates or agreements of your own, and a month has 30 days."
    )
    counted = (of_day(scene.on, "day whose prices count"), Quantity("30", 30, "days", "days of a month"))
    return paragraph(*said, everyday, scene.ledger.proven(basis, counted), heading="The workload")


def _everyday(scene: Scene) -> str:
    """The tokens of a request as pages and e-mails, in a sentence; empty where there are none."""
    workload = scene.cost.workload
    read = [each for each in scene.catalog.decision.conversions if each.id in _READ]
    parts = [("the input of one request", workload.input_tokens), ("the answer", workload.output_tokens)]
    parts += [("a long request", workload.long_input_tokens)] if workload.long_share else []
    said = [
        f"{words} is about {listing(list(in_everyday_units(Decimal(tokens), read)), 'or')}"
        for words, tokens in parts
        if tokens
    ]
    return f"{capital('; '.join(said))}." if said else ""


def _turning(scene: Scene) -> Sequence[Block]:
    """What announced prices do, what would make another model the cheapest, and what moves the cheapest bill most."""
    ordered = by_price(scene.chosen)
    if not ordered:
        return ()
    known = of_bills(scene.chosen)
    announced = [
        scene.ledger.proven(turn_words(turn, scene.chosen, ordered[0].model), (*of_turn(turn), *known))
        for turn in turns(scene.catalog, scene.chosen, scene.cost)
    ]
    return paragraph(*announced, _crossing(scene), _moving(scene), heading="What would change the bills", listed=True)


def _crossing(scene: Scene) -> Sequence[Sentence]:
    ordered = by_price(scene.chosen)
    if len(ordered) < 2:
        return ()
    found = nearest_crossing(scene.catalog, ordered, scene.cost)
    known = tuple(of_crossing(found, scene.cost.workload)) if found else ()
    return scene.ledger.proven(crossing_sentence(found, ordered, scene.cost.workload), known)


def _moving(scene: Scene) -> Sequence[Sentence]:
    """What moves the cheapest bill most."""
    first = by_price(scene.chosen)[0]
    found = movers(scene.catalog, first.model, first.platform, scene.cost.workload, scene.on)
    if not found:
        return ()
    rows = [moving.Row(each.label, _float(each.half), _float(each.double)) for each in found]
    said = moving.summary(first.model.short_name, rows, float(first.usd_a_month))
    known = [each for mover in found for each in of_mover(first, mover)]
    return scene.ledger.proven(said, known)


def _float(value: Decimal | None) -> float | None:
    return None if value is None else float(value)


def _behind(scene: Scene) -> list[Block | None]:
    """The break-evens of the two cheapest offers, and what half and double of each number do to every bill."""
    ordered, workload = by_price(scene.chosen), scene.cost.workload
    moved = [(each, movers(scene.catalog, each.model, each.platform, workload, scene.on)) for each in ordered]
    return [*_even(scene), movers_table(moved, workload)]


def _even(scene: Scene) -> Sequence[Block]:
    pair = by_price(scene.chosen)[:2]
    if len(pair) < 2:
        return ()
    one, other = ((each.model, each.platform) for each in pair)
    found = crossings(scene.catalog, one, other, scene.cost.workload, scene.on)
    if not found:
        # That no number turns it is said among what would change the bills.
        return ()
    said = scene.ledger.proven(even_sentence(found, pair), _counted(found))
    return (*paragraph(said, heading="Where two bills are equal"), even_table(found, pair, scene.cost.workload))


def _counted(found: Sequence[Crossing]) -> tuple[Quantity, ...]:
    count = len({each.field for each in found})
    shown = "one of the fields" if count == 1 else str(count)
    return (Quantity(shown, count, "", "numbers of the workload that turn which is cheaper"),)
