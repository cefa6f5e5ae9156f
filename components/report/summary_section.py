"""The report on one page in plain words: what was compared, what differs and how sure that is, what to do about it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import chain

from catalog.differences import ratio_words
from catalog.gates import Check
from catalog.lifecycle import Service, life, stand_in
from catalog.loading import Catalog
from catalog.schema import Claim, Model
from catalog.summary import Finding, findings, life_sentence, lost_with_cheaper
from catalog.tables import CompareRow
from catalog.words import day, listing, number, pages
from catalog.workload import in_everyday_units
from components.advisor import wording as advisor
from components.cost import wording as cost
from components.cost.rows import Offer, by_price, nearest_crossing, turns
from components.frame.markup import KIND_WORDS
from components.report import quantities
from components.report.advice_numbers import names_of_claims, of_answer
from components.report.cost_numbers import of_bills, of_crossing, of_turn, of_workload
from components.report.ledger import Quantity, Scene, paragraph
from components.report.state import Block, Part, Section, Sentence
from components.report.typed import sources_of, weakest
from components.report.verdicts_section import shared_count, tally_numbers, tally_text

COMPARED = "What was compared"
DIFFERS = "What differs, and how sure that is"
DECIDES = "What it costs, what we would choose, and what would change it"
MOST_WORDS = 320
"""With its headings and the words of certainty the page stays under 350."""
_MOST_FINDINGS = 5
_STAYS = 100.0


@dataclass(frozen=True, slots=True)
class Draft:
    """A sentence before it is proven: its text, the numbers it may state, and how much would be lost without it.

    Drafts of weight `_STAYS` are left out last.
    """

    text: str
    known: tuple[Quantity, ...] = ()
    sources: tuple[str, ...] = ()
    certainty: str = ""
    weight: float = _STAYS
    names: tuple[str, ...] = ()


def section(scene: Scene) -> Section:
    """The three parts, as many sentences as fit on a page, the most important ones first to stay."""
    parts = fitted((_compared(scene), _differing(scene), _deciding(scene)))
    said = [[_proven(scene, each) for each in drafts] for drafts in parts]
    blocks: tuple[Block, ...] = (
        *paragraph(*said[0], heading=COMPARED),
        *paragraph(*said[1], heading=DIFFERS, listed=True),
        *paragraph(*said[2], heading=DECIDES),
    )
    return Section(Part.SUMMARY, "Summary", blocks)


def _proven(scene: Scene, each: Draft) -> tuple[Sentence, ...]:
    return scene.ledger.proven(each.text, each.known, each.sources, each.certainty, each.names)


def fitted(parts: Sequence[Sequence[Draft]], most: int = MOST_WORDS) -> tuple[tuple[Draft, ...], ...]:
    """The parts without the lightest drafts, so that all of them come to at most `most` words."""
    kept = [[each for each in part if each.text] for part in parts]
    while sum(len(each.text.split()) for each in chain(*kept)) > most:
        lightest = min(chain(*kept), key=lambda each: each.weight)
        kept = [[each for each in part if each is not lightest] for part in kept]
    return tuple(tuple(part) for part in kept)


# What was compared.


def _compared(scene: Scene) -> list[Draft]:
    names = [model.name for model in scene.models]
    labs = [scene.catalog.labs[model.lab].name for model in scene.models]
    if len(set(labs)) == 1:
        who = f"{listing(names)}, {'both' if len(names) == 2 else 'all'} by {labs[0]}"
    else:
        who = listing([f"{name} by {lab}" for name, lab in zip(names, labs, strict=True)])
    text = f"This report compares {who}, as things stand on {day(scene.on, long=True)}."
    known = (quantities.of_day(scene.on, "the day of the report"),)
    silent = [model for model in scene.models if life(model, scene.on).service is Service.UNKNOWN]
    if len(silent) < 2:
        return [Draft(text, known), *(_life(scene, model) for model in scene.models)]
    said = f"No source says whether {listing([model.name for model in silent])} are in service."
    lives = [_life(scene, model) for model in scene.models if model not in silent]
    return [Draft(text, known), *lives, Draft(said, weight=_STAYS - 1)]


def _life(scene: Scene, model: Model) -> Draft:
    paths = ("current_status", "shutdown_date", "successor")
    sources = [model.claims[path][0].source for path in paths if path in model.claims]
    known = quantities.of_life(scene.catalog, model, scene.on)
    text = life_sentence(scene.catalog, model, scene.on)
    return Draft(text, known, tuple(dict.fromkeys(sources)), weight=_STAYS - 1)


# What differs.


def _differing(scene: Scene) -> list[Draft]:
    tallies = [
        Draft(tally_text(pair), (shared_count(pair), *chain(*tally_numbers(pair).values()))) for pair in scene.pairs
    ]
    pair = len(scene.models) == 2
    found = findings(scene.rows, scene.models, scene.on, scene.tests if pair else (), _MOST_FINDINGS)
    told = [replace(_told(scene, each), weight=60.0 - at) for at, each in enumerate(found)]
    return [*tallies, *told, *([_lost(scene)] if pair else [])]


def _told(scene: Scene, finding: Finding) -> Draft:
    """A difference in plain words, sizes in pages before tokens."""
    sources = tuple(dict.fromkeys(claim.source for claim in finding.claims))
    test = next((each for each in scene.tests if f"benchmarks.{each.benchmark.id}" == finding.path), None)
    if test is not None and finding.judgement is not None:
        known = quantities.of_test(test, scene.models[:2])
        return Draft(finding.sentence, known, sources, finding.certainty, names=(test.benchmark.measures,))
    row = next(each for each in scene.rows if each.field.path == finding.path)
    known = (*quantities.of_row(row, scene.models), *quantities.of_prices(scene.models, scene.on))
    text = _in_pages(row, scene.models) if finding.path in _SIZES else finding.sentence
    return Draft(text or finding.sentence, known, sources, finding.certainty)


_SIZES = {
    "context_window": ("takes in {} at once", "At once,", "takes in"),
    "output_limit": ("writes up to {} in one answer", "In one answer,", "writes up to"),
}


def _in_pages(row: CompareRow, models: Sequence[Model]) -> str:
    """The sizes as pages with the tokens behind them; empty where one of them is not known."""
    claims = [cell.ruling.standing if cell.ruling else None for cell in row.cells]
    sizes = [claim.value for claim in claims if claim is not None and isinstance(claim.value, int)]
    if len(sizes) < len(models):
        return ""
    verb, lead, short = _SIZES[row.field.path]
    said = [f"about {pages(size)} ({number(size)} tokens)" for size in sizes]
    if len(models) > 2:
        named = [f"{model.short_name} {words}" for model, words in zip(models[1:], said[1:], strict=True)]
        return f"{lead} {models[0].short_name} {short} {listing([said[0], *named])}."
    big, small = (0, 1) if sizes[0] >= sizes[1] else (1, 0)
    ratio = sizes[big] / sizes[small]
    times = "practically as many as" if ratio < 1.01 else f"{ratio_words(ratio)} as many as"
    return f"{models[big].short_name} {verb.format(said[big])}, {times} {models[small].short_name} with {said[small]}."


def _lost(scene: Scene) -> Draft:
    """What the cheaper of two models lacks."""
    text = lost_with_cheaper(scene.rows, scene.models, scene.on, scene.tests)
    tests = [each for test in scene.tests for each in quantities.of_test(test, scene.models)]
    known = (*quantities.of_rows(scene.rows, scene.models), *tests)
    return Draft(text, known, weight=20.0)


# What it costs, what to choose, what would change it.


def _deciding(scene: Scene) -> list[Draft]:
    return [_workload(scene), *_bills(scene), *_choice(scene), *_turning(scene), *_cost_turning(scene)]


def _workload(scene: Scene) -> Draft:
    """The requests of a day in pages before tokens."""
    workload, decision = scene.cost.workload, scene.catalog.decision
    page = [each for each in decision.conversions if each.id == "page"]
    read, written = (
        f"about {listing(list(in_everyday_units(Decimal(tokens), page)))}"
        for tokens in (workload.input_tokens, workload.output_tokens)
    )
    more = "" if workload == _plain(scene) else "; the workload has further numbers, which count as well"
    text = (
        f"The bill is worked out for “{scene.choices.use_in(scene.catalog).label}”: "
        f"{number(float(workload.requests_per_day))} requests a day, each with {read} to read and {written} to write "
        f"({number(workload.input_tokens)} and {number(workload.output_tokens)} tokens){more}."
    )
    return Draft(text, of_workload(workload, decision.conversions))


def _plain(scene: Scene) -> object:
    """The same workload with nothing but requests, input and output."""
    given = scene.cost.workload
    return type(given)(given.requests_per_day, given.input_tokens, given.output_tokens)


def _bills(scene: Scene) -> list[Draft]:
    known = (*of_bills(scene.chosen), quantities.of_day(scene.on, "the day whose prices count"))
    priced = by_price(scene.chosen)
    sources = sources_of([claim for each in priced for claim in each.priced_bill.claims])
    lives = [each for model in scene.models for each in quantities.of_life(scene.catalog, model, scene.on)]
    return [
        Draft(cost.answer(scene.chosen, scene.on), known, sources, _sureness(priced)),
        Draft(cost.gone(scene.chosen, scene.on), tuple(lives), weight=25.0),
    ]


def _sureness(priced: Sequence[Offer]) -> str:
    """How far the prices behind the bills can be trusted, in the words of the other certainties."""
    if any(each.priced_bill.conflict for each in priced):
        return "sources conflict"
    kind = weakest([claim for each in priced for claim in each.priced_bill.claims])
    return f"{KIND_WORDS[kind]} prices" if kind else ""


def _choice(scene: Scene) -> list[Draft]:
    """The advisor's answer, what it takes for granted, and why models are out."""
    said = advisor.headline(scene.catalog, scene.worked)
    known, names = of_answer(scene.catalog, scene.worked), names_of_claims(scene.worked)
    reasons = (*known, *quantities.of_rows(scene.rows, scene.models))
    provisos = [f"{each.removesuffix(_DECIDE)}" for each in advisor.provisos(scene.worked)]
    return [
        Draft(said.sentence, known, certainty=said.word, names=names),
        *(Draft(each, weight=40.0) for each in provisos),
        *(Draft(each.text, reasons, each.sources, weight=each.weight, names=names) for each in _out(scene)),
    ]


_DECIDE = " You can decide it below."
"""What the advisor's page says of its controls, which a report has not."""


def _out(scene: Scene) -> list[Draft]:
    """Why models are out, a demand at a time; that they cannot be called is said of their lives already."""
    weight = 45.0 if scene.worked.left else 75.0
    return [
        Draft(check.sentence, sources=_cited(scene.catalog, check.claims), weight=35.0 if _gone(check) else weight)
        for gated in scene.worked.answer.gated
        for check in gated.against
    ]


def _gone(check: Check) -> bool:
    return check.gate == "callable"


def _cited(catalog: Catalog, claims: Sequence[Claim]) -> tuple[str, ...]:
    return tuple(name for name in sources_of(claims) if name in catalog.sources)[:2]


def _turning(scene: Scene) -> list[Draft]:
    """What would change the choice: a weight, a demand, or the models that took the place of those that are gone."""
    worked, known = scene.worked, quantities.of_weighing(scene.catalog, scene.worked)
    out = [each for each in worked.answer.gated if not each.is_in]
    taken = [stand_in(scene.catalog, each.model, scene.on) for each in out]
    heirs = dict.fromkeys(heir.name for heir in taken if heir is not None and heir not in scene.models)
    said: list[Draft] = []
    nearest = advisor.nearest_threshold(scene.catalog, worked, worked.answer.advice) if len(worked.left) > 1 else None
    if nearest is not None and (worked.answer.advice.tie or worked.answer.advice.strength is None):
        text = advisor.threshold_sentence(scene.catalog, worked, nearest)
        said.append(Draft(f"The weights would favour {text}", known))
    if heirs:
        one = len(heirs) == 1
        follow = "is in service and follows" if one else "are in service and follow"
        what = f"what is gone: compare {'it' if one else 'them'} next"
        said.append(Draft(f"{listing(list(heirs))} {follow} {what}."))
    elif out and not worked.left:
        said.append(Draft(f"{advisor.gives_words(advisor.what_gives(worked.answer.gated)[0][0])}."))
    return said


def _cost_turning(scene: Scene) -> list[Draft]:
    """What would change the bills: announced prices, and another workload."""
    ordered = by_price(scene.chosen)
    if not ordered:
        return []
    found = [
        Draft(
            cost.turn_words(turn, scene.chosen, ordered[0].model),
            (*of_turn(turn), *of_bills(scene.chosen)),
            weight=55.0 - at,
        )
        for at, turn in enumerate(turns(scene.catalog, scene.chosen, scene.cost))
    ]
    if len(ordered) > 1:
        crossing = nearest_crossing(scene.catalog, ordered, scene.cost)
        known = tuple(of_crossing(crossing, scene.cost.workload)) if crossing else ()
        text = cost.crossing_sentence(crossing, ordered, scene.cost.workload)
        found.append(Draft(text, known, weight=42.0))
    return found
