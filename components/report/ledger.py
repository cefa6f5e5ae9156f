"""What every section of a report is made from, and the ledger that lets no number pass that it cannot account for."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from catalog.criteria import OwnFigures
from catalog.loading import Catalog
from catalog.schema import Kind, Model
from catalog.shared import SharedTest, shared_tests
from catalog.tables import CompareRow, compare
from components.advisor.answers import Worked, work_out
from components.cost.address import Scene as CostScene
from components.cost.rows import Offer, offers, standing
from components.history.records import BatchRecord, RunRecord
from components.report.address import Choices
from components.report.numerals import Numeral, covered, numbered, numerals, says
from components.report.state import Audience, Figure, Paragraph, Sentence, SourceLine


class Underivable(Exception):
    """A sentence states a number that no figure accounts for; the message names the number and the sentence."""


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number that a sentence may state: as shown, exact in `unit`, and what it is in words.

    `unit` is "USD", "percent", "share" (0 to 1, shown as percent or out of 100), "tokens" and so on, "" for counts and
    ratios, and "day", "month" or "year" for dates (`numerals.date_number`). A computed one names in `by` how (ratio,
    difference, sum, share, rounded, pages) and in `of` what from. `sources` are ids of the catalog.
    """

    shown: str
    number: int | float | Decimal
    unit: str
    what: str
    sources: tuple[str, ...] = ()
    by: str = ""
    of: tuple["Quantity", ...] = ()


@dataclass
class Ledger:
    """Collects what a report cites and states while its sections are made, in the order in which they are read.

    `names` are texts whose digits are no numbers: of models, tests and sources.
    """

    catalog: Catalog
    names: tuple[str, ...] = ()
    figures: dict[Quantity, Figure] = field(default_factory=dict)
    cited: dict[str, int] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    def cite(self, *sources: str) -> tuple[str, ...]:
        """Notes sources (ids of the catalog) as cited, and returns them once each; the first cited has number 1."""
        wanted = tuple(dict.fromkeys(sources))
        for each in wanted:
            if each not in self.catalog.sources:
                raise KeyError(each)
            self.cited.setdefault(each, len(self.cited) + 1)
        return wanted

    def figure(self, stated: Quantity) -> str:
        """Notes a number as stated, with those that it is computed from, and returns its id.

        Raises Underivable where what is shown does not say the number.
        """
        known = self.figures.get(stated)
        if known is not None:
            return known.id
        if not any(says(each, stated.number, stated.unit) for each in numerals(stated.shown)):
            raise Underivable(f"“{stated.shown}” does not show {stated.number} {stated.unit}")
        of = tuple(self.figure(each) for each in stated.of)
        sources = self.cite(*stated.sources)
        name = f"f{len(self.figures) + 1}"
        self.figures[stated] = Figure(
            name, stated.shown, stated.number, stated.unit, stated.what, stated.by, of, sources
        )
        return name

    def sentence(
        self,
        text: str,
        quantities: Iterable[Quantity] = (),
        sources: Sequence[str] = (),
        certainty: str = "",
        names: Sequence[str] = (),
    ) -> Sentence:
        """A sentence, each number of which is one of the quantities; those that it does not state are left aside.

        `names` are further texts whose digits are no numbers. Raises Underivable for a number that is none of them.
        """
        candidates = tuple(quantities)
        stated = [_account(each, text, candidates) for each in numerals(text, (*self.names, *names))]
        figures = tuple(dict.fromkeys(self.figure(each) for each in stated))
        own = [source for each in stated for source in each.sources]
        return Sentence(text, figures, self.cite(*own, *sources), certainty)

    def proven(
        self,
        text: str,
        quantities: Iterable[Quantity] = (),
        sources: Sequence[str] = (),
        certainty: str = "",
        names: Sequence[str] = (),
    ) -> tuple[Sentence, ...]:
        """The sentence alone, or nothing where a number of it cannot be accounted for, which is then a problem.

        An empty text gives nothing.
        """
        if not text.strip():
            return ()
        try:
            return (self.sentence(text, quantities, sources, certainty, names),)
        except Underivable as problem:
            self.problems.append(f"A sentence was left out, since not every number in it could be proven: {problem}")
            return ()

    def lines(self) -> tuple[SourceLine, ...]:
        """The cited sources in the order of their numbers."""
        return tuple(_line(self.catalog, name, number) for name, number in self.cited.items())


def _account(numeral: Numeral, text: str, candidates: Sequence[Quantity]) -> Quantity:
    """The quantity that a numeral states: one shown in the same writing before one that merely rounds to it."""
    fitting = [each for each in candidates if says(numeral, each.number, each.unit)]
    same = [each for each in fitting if covered(numeral, each.shown)]
    whole = [each for each in same if each.shown in text]
    best = next(iter((*whole, *same, *fitting)), None)
    if best is None:
        raise Underivable(f"{numeral.text} in “{text}”")
    return best


def _line(catalog: Catalog, name: str, number: int) -> SourceLine:
    source = catalog.sources[name]
    return SourceLine(name, number, source.title, Kind(source.kind), source.date, source.licence, source.url or "")


def paragraph(*groups: Sequence[Sentence], heading: str = "", listed: bool = False) -> tuple[Paragraph, ...]:
    """A paragraph of all the sentences, or nothing where there are none."""
    sentences = tuple(each for group in groups for each in group)
    return (Paragraph(sentences, heading, listed),) if sentences else ()


@dataclass(frozen=True, slots=True)
class Pair:
    """Two of the models and what the tests that they share say: the first of the report beside one of the others."""

    models: tuple[Model, Model]
    tests: tuple[SharedTest, ...]


@dataclass(frozen=True)
class Scene:
    """All that the sections of one report are made from, worked out once.

    `rows` are those of `tables.compare`. `pairs` set the first model beside each of the others; `tests` are those of
    the first pair. `offers` are all offers, `chosen` the one of each model that counts, `worked` the advisor's answer.
    `ledger` is where every section notes what it states and cites.
    """

    catalog: Catalog
    choices: Choices
    today: date
    on: date
    models: tuple[Model, ...]
    rows: tuple[CompareRow, ...]
    pairs: tuple[Pair, ...]
    cost: CostScene
    offers: tuple[Offer, ...]
    chosen: tuple[Offer, ...]
    worked: Worked
    ledger: Ledger
    runs: tuple[RunRecord, ...] = ()
    batches: tuple[BatchRecord, ...] = ()

    @property
    def tests(self) -> tuple[SharedTest, ...]:
        """What the tests say about the first two models."""
        return self.pairs[0].tests

    @property
    def technical(self) -> bool:
        """Whether everything behind the answers is asked for."""
        return self.choices.audience is Audience.TECHNICAL


def scene_of(
    catalog: Catalog,
    choices: Choices,
    today: date,
    runs: Sequence[RunRecord] = (),
    batches: Sequence[BatchRecord] = (),
    own: OwnFigures | None = None,
) -> Scene:
    """Everything that the sections need, worked out for the day that the choices name, else `today`."""
    models, on = choices.models_of(catalog), choices.question.on or today
    pairs = tuple(Pair((models[0], other), shared_tests(catalog, models[0], other)) for other in models[1:])
    cost = choices.cost_scene(today)
    found = offers(catalog, cost)
    return Scene(
        catalog=catalog,
        choices=choices,
        today=today,
        on=on,
        models=models,
        rows=compare(catalog, models, on),
        pairs=pairs,
        cost=cost,
        offers=found,
        chosen=standing(found, cost),
        worked=work_out(catalog, models, choices.question, choices.workload, today, own),
        ledger=Ledger(catalog, names_in(catalog)),
        runs=tuple(runs),
        batches=tuple(batches),
    )


def names_in(catalog: Catalog) -> tuple[str, ...]:
    """The texts of a catalog whose digits are no numbers: names and ids of models, tests, sources, terms."""
    texts: list[str] = []
    for model in catalog.models.values():
        texts += [model.name, model.short_name, model.id, model.family, *_ids(model)]
    for test in catalog.benchmarks.values():
        texts += [test.name, test.measures, f"{test.measures[:1].lower()}{test.measures[1:].rstrip('.')}", test.metric]
    texts += [source.title for source in catalog.sources.values()]
    texts += [term.label for term in catalog.glossary.values()]
    return numbered(texts)


def _ids(model: Model) -> list[str]:
    """The ids that the model and its successors are called by."""
    named = [*model.claims.get("api_ids", ()), *model.claims.get("successor", ())]
    return [str(claim.value) for claim in named]
