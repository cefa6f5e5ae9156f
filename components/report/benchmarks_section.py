"""Every score of the models with what it rests on, and quality set against price."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from catalog.intervals import score_interval
from catalog.prices import Price, price
from catalog.schema import Benchmark, Measured, Model, Result
from catalog.shared import usable
from catalog.words import day, usd
from components.benchmarks import rows, tradeoff, wording
from components.benchmarks.selection import of_quality
from components.benchmarks.tradeoff import Axis, Measure, Offer
from components.charts.scatter import scatter
from components.frame.palette import colours
from components.report.ledger import Scene, paragraph
from components.report.state import Block, Chart, Form, Heading, Part, Plot, Section, Sentence, Series, Table, Value
from components.report.verdicts_section import score_value

_OTHERS = "#7b8794"
_FEWEST = 3


def section(scene: Scene) -> Section:
    """The chart of quality against price, and the scores, for executives those of the tests that give a verdict."""
    tests = _tests(scene)
    if not tests:
        return Section(Part.BENCHMARKS, "Benchmarks", (), _none(scene))
    tables = [replace(each, detail=not scene.technical) for each in (scores_table(scene, tests), about_table(tests))]
    return Section(Part.BENCHMARKS, "Benchmarks", (*_price_chart(scene), *tables))


def _none(scene: Scene) -> str:
    if any(scene.catalog.results.get(model.id) for model in scene.models):
        return "These models have no test scores that may be compared."
    return "No test scores of these models were found."


def _tests(scene: Scene) -> list[Benchmark]:
    """The tests with a score of any of the models, in catalog order; for executives those with a verdict alone."""
    if scene.technical:
        have = {name for model in scene.models for name in scene.catalog.results.get(model.id, {})}
    else:
        compared = [test for pair in scene.pairs for test in of_quality(pair.tests) if test.match is not None]
        have = {test.benchmark.id for test in compared}
    return [test for name, test in scene.catalog.benchmarks.items() if name in have]


def scores_table(scene: Scene, tests: Sequence[Benchmark]) -> Table:
    """A row a score: test, model, score with the ends of its interval, questions, conditions, who measured and when."""
    found = list(_scores(scene, tests))
    return Table(
        "benchmarks_scores",
        "Every score",
        "Each score as its source gives it; scores of different sources, editions or conditions are not comparable.",
        (
            Heading("Test"),
            Heading("Model"),
            Heading("Score", numeric=True),
            Heading("95% interval from", numeric=True),
            Heading("to", numeric=True),
            Heading("Questions or votes"),
            Heading("Conditions"),
            Heading("Measured"),
            Heading("Date"),
        ),
        tuple(_row(scene, test, model, result) for test, model, result in found),
        tuple(test.area.value.capitalize() for test, _, _ in found),
    )


def _scores(scene: Scene, tests: Sequence[Benchmark]) -> Iterator[tuple[Benchmark, Model, Result]]:
    areas = list(dict.fromkeys(test.area for test in tests))
    for test in sorted(tests, key=lambda each: areas.index(each.area)):
        for model in scene.models:
            for result in _of_audience(scene, test, model):
                yield test, model, result


def _of_audience(scene: Scene, test: Benchmark, model: Model) -> Sequence[Result]:
    """All scores, or for executives those that the verdicts rest on."""
    if scene.technical:
        return usable(scene.catalog.results.get(model.id, {}).get(test.id, ()))
    matches = [each.match for pair in scene.pairs for each in pair.tests if each.benchmark.id == test.id]
    found = {id(each): each for match in matches if match for each in match.results if each.model == model.id}
    return list(found.values())


def _row(scene: Scene, test: Benchmark, model: Model, result: Result) -> tuple[Value, ...]:
    around = score_interval(test, result, scene.catalog.limits)
    decimals = 1 if test.unit == "percent" else 0
    ends = (
        (Value("not known"), Value("not known"))
        if around is None
        else tuple(Value(f"{end:,.{decimals}f}", end, result.unit) for end in (around.low, around.high))
    )
    conditions = "; ".join(
        part
        for part in (
            "" if result.conditions == "not stated" else result.conditions,
            f"edition {result.edition}" if result.edition else "",
            f"version {result.snapshot}" if result.snapshot else "",
        )
        if part
    )
    return (
        Value(test.name),
        Value(model.short_name),
        # The columns beside it say what its note would.
        replace(score_value(scene, test, result), note=""),
        *ends,
        Value(wording.questions(test, result)),
        Value(conditions or "not stated"),
        Value(wording.MEASURED_BY[result.measured_by]),
        Value(day(result.date)),
    )


def about_table(tests: Sequence[Benchmark]) -> Table:
    """What each test measures, what it misses, and why that matters, with a caution where there is one."""
    return Table(
        "benchmarks_tests",
        "What the tests measure",
        "What each test measures, what it misses, and what follows from that.",
        (Heading("Test"), Heading("Measures"), Heading("Misses"), Heading("So what")),
        tuple(
            (Value(test.name, note=test.caution or ""), Value(test.measures), Value(test.misses), Value(test.so_what))
            for test in tests
        ),
        tuple(test.area.value.capitalize() for test in tests),
    )


def _price_chart(scene: Scene) -> list[Block]:
    """Quality against the list price of input, over all models of the measure that has most of the chosen ones."""
    every = tradeoff.of_quality(tradeoff.measures(scene.catalog), scene.models)
    axis = tradeoff.price_axis(scene.catalog, "input", scene.on)
    for measure in every:
        found = tradeoff.offers(scene.catalog, measure, axis, list(scene.catalog.models.values()))
        chosen = [each for each in found if each.model in scene.models]
        if len(found) >= _FEWEST and chosen:
            return [_drawn(scene, measure, axis, found), *paragraph(_left_out(scene, measure, axis))]
    return []


def _left_out(scene: Scene, measure: Measure, axis: Axis) -> tuple[Sentence, ...]:
    """Which of the models the chart leaves out and why, and what its prices are."""
    said = tradeoff.left_out(scene.catalog, measure, axis, scene.models)
    return tuple(each for text in said for each in scene.ledger.proven(text))


def _drawn(scene: Scene, measure: Measure, axis: Axis, found: Sequence[Offer]) -> Chart:
    best = tradeoff.on_line(measure, axis, found)
    rising = measure.benchmark.higher_is_better
    up = f"{measure.benchmark.name}, {wording.unit_words(measure.benchmark)}"
    figure = scatter(
        [rows.point(scene.catalog, measure, axis, each, scene.models) for each in found],
        [(each.cost, float(each.result.score)) for each in best],
        axis.title,
        up,
        log=True,
        rising=rising,
    )
    return Chart(
        "benchmarks_price",
        f"{measure.benchmark.name} against price",
        tradeoff.line_sentence(measure, axis, found),
        figure.to_json(),
        Plot(Form.SCATTER, (), _series(scene, measure, found), up, axis.title, log=True),
        _points_table(scene, measure, axis, found, best),
    )


def _series(scene: Scene, measure: Measure, found: Sequence[Offer]) -> tuple[Series, ...]:
    """A series a chosen model, and one of all others."""
    accents = colours(scene.models)
    own = [(each, accents[each.model.id].light, each.model.short_name) for each in found if each.model.id in accents]
    others = [each for each in found if each.model.id not in accents]
    rest = [_scattered(scene, measure, others, "other models", _OTHERS)] if others else []
    return (*rest, *(_scattered(scene, measure, [each], name, colour, each.model.id) for each, colour, name in own))


def _scattered(
    scene: Scene, measure: Measure, found: Sequence[Offer], name: str, colour: str, model: str = ""
) -> Series:
    around = [score_interval(measure.benchmark, each.result, scene.catalog.limits) for each in found]
    return Series(
        name,
        colour,
        tuple(float(each.result.score) for each in found),
        tuple(each.low if each else None for each in around),
        tuple(each.high if each else None for each in around),
        tuple(each.cost for each in found),
        tuple(each.model.short_name for each in found),
        tuple(each.result.measured_by is Measured.MAKER for each in found),
        model,
    )


def _points_table(scene: Scene, measure: Measure, axis: Axis, found: Sequence[Offer], best: Sequence[Offer]) -> Table:
    """The points of the chart, the cheapest first."""
    ordered = sorted(found, key=lambda each: (each.cost, each.model.id))
    return Table(
        "benchmarks_price_table",
        "The points of the chart",
        "Score and list price of each model that has both.",
        (
            Heading("Model"),
            Heading(measure.benchmark.name, numeric=True),
            Heading(axis.title, numeric=True),
            Heading("On the line"),
        ),
        tuple(
            (
                Value(each.model.name),
                score_value(scene, measure.benchmark, each.result),
                _price(scene, each),
                Value("yes" if each in best else "no"),
            )
            for each in ordered
        ),
    )


def _price(scene: Scene, offer: Offer) -> Value:
    """The list price of input with the source that states it."""
    platform = tradeoff.own_platform(offer.model, "input") or ""
    found = price(offer.model, "input", platform, tradeoff.SHORT_PROMPT, scene.on)
    if not isinstance(found, Price):
        return Value(usd(offer.cost), offer.cost, "USD per 1M tokens")
    sources = scene.ledger.cite(found.claim.source)
    return Value(usd(offer.cost), found.usd_per_million, "USD per 1M tokens", kind=found.claim.kind, sources=sources)
