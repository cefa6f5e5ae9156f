"""What the tests that two models share say: how the verdicts fall, every score with its interval, and dots."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from catalog.evidence import Verdict
from catalog.schema import Benchmark, Measured, Model, Result, Scoring
from catalog.shared import SharedTest
from catalog.words import capital, listing
from components.benchmarks import rows, wording
from components.benchmarks.selection import of_quality, of_time_and_money
from components.charts.style import Dot, Look
from components.charts.whiskers import whiskers
from components.frame.palette import colours
from components.frame.verdicts import decimals_of, lead_words, signed, verdict_text
from components.report.ledger import Pair, Quantity, Scene, paragraph
from components.report.state import (
    Block,
    Chart,
    Form,
    Heading,
    Paragraph,
    Part,
    Plot,
    Section,
    Sentence,
    Series,
    Table,
    Value,
)

_SURE = (Verdict.CLEAR, Verdict.SMALL, Verdict.CLOSE)
_MOST_TESTS = 8
"""How many shared tests an executive gets, those with the surest verdicts."""
_FEWEST_DOTS = 2
_SLIDE = 8
_QUALITY, _MEASURED = "How good the answers are", "Speed and cost as measured"


@dataclass(frozen=True, slots=True)
class Fall:
    """How many shared tests came out one way, and in how many of them each of the two is ahead."""

    name: str
    tests: int
    ahead: tuple[int, int]


def section(scene: Scene) -> Section:
    """For each pair: the tally in a sentence and a table, the tests with their verdicts, and the dots."""
    blocks: list[Block] = []
    for at, pair in enumerate(scene.pairs):
        blocks += _of_pair(scene, pair, f"_{at + 1}" if at else "")
    tables = any(isinstance(each, Table) for each in blocks)
    missing = "" if tables else "These models share no test, so nothing can be said about which answers better."
    return Section(Part.VERDICTS, "Verdicts on shared tests", tuple(blocks), missing)


def _of_pair(scene: Scene, pair: Pair, end: str) -> list[Block]:
    said = tally_sentences(scene, pair)
    heading = " and ".join(model.short_name for model in pair.models) if len(scene.pairs) > 1 else ""
    shown = shown_tests(scene, pair)
    if not of_quality(pair.tests):
        return [*paragraph(said, heading=heading)]
    charts = [each for thing in ("percent", "rating") if (each := _chart(scene, pair, thing, end)) is not None]
    tests = [tests_table(scene, pair, shown, f"verdicts_tests{end}")] if shown else []
    tally = replace(tally_table(pair, end), detail=not scene.technical)
    return [*paragraph(said, heading=heading), tally, *charts, *tests, *_explained(scene, shown)]


def shown_tests(scene: Scene, pair: Pair) -> list[SharedTest]:
    """Every shared test; for executives the surest of those of quality whose two scores may be compared."""
    if scene.technical:
        return [*of_quality(pair.tests), *of_time_and_money(pair.tests)]
    return _comparable(pair)[:_MOST_TESTS]


def _comparable(pair: Pair) -> list[SharedTest]:
    return [test for test in of_quality(pair.tests) if test.match is not None]


def falls(tests: Sequence[SharedTest]) -> tuple[Fall, ...]:
    """How the verdicts of shared tests of quality fall, surest first; what is none is left out."""
    shared = of_quality(tests)
    named = [(verdict.value, [each for each in shared if each.judgement.verdict is verdict]) for verdict in _SURE]
    unsure = [each for each in shared if each.judgement.verdict is Verdict.NOT_COMPARABLE]
    named.append(("noise not known", [each for each in unsure if each.match is not None]))
    named.append(("not comparable", [each for each in unsure if each.match is None]))
    return tuple(Fall(name, len(found), _ahead(found)) for name, found in named if found)


def _ahead(tests: Sequence[SharedTest]) -> tuple[int, int]:
    leaders = [test.judgement.leader for test in tests if test.match is not None]
    return leaders.count(0), leaders.count(1)


def tally_table(pair: Pair, end: str = "") -> Table:
    """A row a verdict: the number of tests, and how many of them each model leads in."""
    heads = tuple(Heading(f"{model.short_name} ahead", numeric=True, model=model.id) for model in pair.models)
    names = " and ".join(model.short_name for model in pair.models)
    return Table(
        f"verdicts_tally{end}",
        f"How the verdicts on {names} fall",
        "The number of shared tests by verdict, and who is ahead in them.",
        (Heading("Verdict"), Heading("Tests", numeric=True), *heads),
        tuple(
            (Value(fall.name), *(Value(f"{count}", count, "tests") for count in (fall.tests, *fall.ahead)))
            for fall in falls(pair.tests)
        ),
    )


def tally_numbers(pair: Pair) -> dict[str, tuple[Quantity, Quantity, Quantity]]:
    """For each verdict the number of tests and of the leads of either model, as sentences state them."""
    one, other = (model.short_name for model in pair.models)
    return {
        fall.name: (
            _count(fall.tests, f"shared tests of {one} and {other}, {fall.name}"),
            _count(fall.ahead[0], f"shared tests with {other}, {fall.name}, in which {one} is ahead"),
            _count(fall.ahead[1], f"shared tests with {one}, {fall.name}, in which {other} is ahead"),
        )
        for fall in falls(pair.tests)
    }


def _count(number: int, what: str) -> Quantity:
    return Quantity(f"{number}", number, "tests", what)


def shared_count(pair: Pair) -> Quantity:
    """How many tests of quality the two share: the sum over the verdicts."""
    parts = tuple(numbers[0] for numbers in tally_numbers(pair).values())
    one, other = (model.short_name for model in pair.models)
    count = sum(int(part.number) for part in parts)
    return Quantity(f"{count}", count, "tests", f"tests that {one} and {other} share", by="sum", of=parts)


def tally_text(pair: Pair) -> str:
    """How many tests the two share and how they come out, in a sentence or two."""
    one, other = (model.short_name for model in pair.models)
    found = {fall.name: fall for fall in falls(pair.tests)}
    if not found:
        return f"{one} and {other} share no test that could show which of them answers better."
    shared = sum(fall.tests for fall in found.values())
    tests = f"{one} and {other} share {shared} test{'' if shared == 1 else 's'}"
    clear = found.get("clear")
    rest = listing([_rest(found[name]) for name in _RESTS if name in found])
    if list(found) == ["not comparable"]:
        how = "on which they cannot" if shared == 1 else "on none of which they can"
        return f"{tests}, {how} be compared."
    if clear is None:
        return f"{tests}; neither is clearly ahead in any: {rest}."
    if not all(clear.ahead):
        leader = one if clear.ahead[0] else other
        lead = f"{tests}; {leader} is clearly ahead in {clear.tests}, {other if leader is one else one} in none"
    else:
        lead = f"{tests}; {one} is clearly ahead in {clear.ahead[0]}, {other} in {clear.ahead[1]}"
    return f"{lead}. Of the others, {rest}." if rest else f"{lead}."


_RESTS = {
    "small but real": "{} a small but real lead",
    "too close to call": "{} too close to call",
    "noise not known": "{} with scores whose noise is not known",
    "not comparable": "{} not comparable",
}


def _rest(fall: Fall) -> str:
    verb = {"small but real": ("shows", "show"), "too close to call": ("is", "are"), "not comparable": ("is", "are")}
    one, many = verb.get(fall.name, ("comes", "come"))
    return _RESTS[fall.name].format(f"{fall.tests} {one if fall.tests == 1 else many}")


def tally_sentences(scene: Scene, pair: Pair) -> tuple[Sentence, ...]:
    """The tally as a sentence of the report."""
    numbers = [each for three in tally_numbers(pair).values() for each in three]
    return scene.ledger.proven(tally_text(pair), (shared_count(pair), *numbers))


def tests_table(scene: Scene, pair: Pair, tests: Sequence[SharedTest], name: str) -> Table:
    """A row a test: both scores, the difference with its 95% interval, the verdict, and who measured."""
    one, other = pair.models
    heads = (
        Heading("Test"),
        Heading(one.short_name, numeric=True, model=one.id),
        Heading(other.short_name, numeric=True, model=other.id),
        Heading(f"{one.short_name} minus {other.short_name}", numeric=True),
        Heading("95% interval from", numeric=True),
        Heading("to", numeric=True),
        Heading("Verdict"),
        Heading("Measured"),
    )
    return Table(
        name,
        f"Shared tests of {one.short_name} and {other.short_name}",
        _which(scene, pair, tests),
        heads,
        tuple(_row(scene, pair, test) for test in tests),
        tuple(_MEASURED if test.is_measurement else _QUALITY for test in tests) if scene.technical else (),
        _SLIDE,
    )


def _which(scene: Scene, pair: Pair, tests: Sequence[SharedTest]) -> str:
    """Which tests a table shows."""
    if scene.technical:
        return "Both scores of each test, how far they are apart, and what that says; surest first."
    every = len(_comparable(pair))
    if len(tests) < every:
        return f"The {len(tests)} surest of {every} tests on which the two can be compared."
    return "Every test on which the two can be compared, surest first."


def _row(scene: Scene, pair: Pair, test: SharedTest) -> tuple[Value, ...]:
    judged, benchmark = test.judgement, test.benchmark
    lower = "" if benchmark.higher_is_better else "lower is better"
    first = Value(benchmark.name, note="; ".join(part for part in (benchmark.plain, lower) if part))
    if test.match is None:
        found = tuple(_alone(scene, benchmark, results) for results in test.alone)
        apart = (Value("not comparable"), Value("not known"), Value("not known"))
        return (first, *found, *apart, Value(verdict_text(judged), note=judged.reason), Value("apart"))
    sure = judged.verdict in (Verdict.CLEAR, Verdict.SMALL)
    scores = tuple(
        score_value(scene, benchmark, result, best=sure and judged.leader == at)
        for at, result in enumerate(test.match.results)
    )
    ends = (_end(judged.low, benchmark), _end(judged.high, benchmark))
    note = " ".join(part for part in (_lead(test, pair), judged.reason if scene.technical else "") if part)
    verdict = Value(verdict_text(judged), note=note)
    return (first, *scores, _points(judged.difference, test), *ends, verdict, _whose(test))


def _lead(test: SharedTest, pair: Pair) -> str:
    """Who is ahead and by how much, in a sentence; nothing of a measurement."""
    return "" if test.is_measurement else capital(f"{lead_words(test.judgement, test.benchmark, pair.models)}.")


def _alone(scene: Scene, benchmark: Benchmark, results: Sequence[Result]) -> Value:
    """The first score of those that may not be set beside another's."""
    return score_value(scene, benchmark, results[0]) if results else Value("not found")


def score_value(scene: Scene, benchmark: Benchmark, result: Result, best: bool = False) -> Value:
    """A score with its unit, interval and source; hollow where the maker measured it.

    Technical readers get its conditions as well.
    """
    around = wording.interval(scene.catalog, benchmark, result)
    interval = f"95% interval {around}" if around else ""
    conditions = "" if result.conditions == "not stated" else result.conditions
    apart = (conditions, f"version {result.snapshot}" if result.snapshot else "") if scene.technical else ()
    note = "; ".join(part for part in (interval, *apart) if part)
    return Value(
        wording.score(benchmark, float(result.score)),
        float(result.score),
        result.unit,
        kind=result.kind,
        sources=scene.ledger.cite(result.source),
        note=note,
        hollow=result.measured_by is Measured.MAKER,
        best=best,
    )


def _points(apart: float | None, test: SharedTest) -> Value:
    if apart is None:
        return Value("not known")
    # The difference of two decimals is one, which binary digits blur.
    return Value(wording.difference(test), round(apart, 9), unit_of_difference(test.benchmark))


def unit_of_difference(benchmark: Benchmark) -> str:
    """The unit of a difference of two scores: points of a percentage or of a rating, else the unit of the score."""
    return "points" if benchmark.unit == "percent" or benchmark.scoring is Scoring.RATING else benchmark.unit


def _end(end: float | None, benchmark: Benchmark) -> Value:
    if end is None:
        return Value("not known")
    return Value(signed(end, decimals_of(benchmark)), end, unit_of_difference(benchmark))


def _whose(test: SharedTest) -> Value:
    results = test.match.results if test.match else ()
    by = dict.fromkeys(wording.MEASURED_BY[each.measured_by] for each in results)
    return Value(listing(list(by)))


def _explained(scene: Scene, tests: Sequence[SharedTest]) -> tuple[Paragraph, ...]:
    """What a verdict means, once there is one."""
    if not any(test.judgement.p is not None for test in tests):
        return ()
    said = scene.ledger.proven(
        "A lead is called clear or small but real only where chance would hardly make it, all shared tests counted "
        "together; a small one is one that few people would notice."
    )
    return paragraph(said)


def _chart(scene: Scene, pair: Pair, thing: str, end: str) -> Chart | None:
    """The comparable tests of quality on one scale as dots with whiskers, surest first; None where there are none.

    For executives one dot a model is no chart.
    """
    percent, rated = rows.by_scale(of_quality(shown_tests(scene, pair)))
    tests = percent if thing == "percent" else rated
    if len(tests) < (1 if scene.technical else _FEWEST_DOTS):
        return None
    in_percent = thing == "percent"
    drawn = [rows.chart_row(scene.catalog, test, pair.models, pair.models) for test in tests]
    accents = colours(scene.models)
    looks = [Look(model.short_name, accents[model.id].chart, accents[model.id].symbol) for model in pair.models]
    figure = whiskers(looks, drawn, "%" if in_percent else "points", (0, 100) if in_percent else None)
    name = f"verdicts_{thing}{end}"
    return Chart(
        name,
        "Shared tests in percent" if in_percent else "Shared tests rated in points",
        wording.chart_sentence(tests, pair.models, "in percent" if in_percent else "rated in points"),
        figure.to_json(),
        Plot(
            Form.DOTS,
            tuple(test.benchmark.name for test in tests),
            tuple(
                series_of(model, accents[model.id].light, [row.dots[at] for row in drawn])
                for at, model in enumerate(pair.models)
            ),
            "%" if in_percent else "points",
        ),
        _dots_table(scene, pair, tests, f"{name}_table"),
    )


def _dots_table(scene: Scene, pair: Pair, tests: Sequence[SharedTest], name: str) -> Table:
    """What the dots show: both scores, with their intervals in the notes, and the verdict."""
    heads = tuple(Heading(model.short_name, numeric=True, model=model.id) for model in pair.models)
    return Table(
        name,
        "The scores of the chart",
        "Both scores of each test with the verdict.",
        (Heading("Test"), *heads, Heading("Verdict")),
        tuple(_dots_row(scene, pair, test) for test in tests),
    )


def _dots_row(scene: Scene, pair: Pair, test: SharedTest) -> tuple[Value, ...]:
    """A row without the notes on test and verdict that the table of all tests has as well."""
    row = _row(scene, pair, test)
    return (replace(row[0], note=""), row[1], row[2], replace(row[6], note=_lead(test, pair)))


def series_of(model: Model, colour: str, dots: Sequence[Dot | None]) -> Series:
    """One model's dots for a chart that people edit."""
    return Series(
        model.short_name,
        colour,
        tuple(dot.score if dot else None for dot in dots),
        tuple(dot.low if dot else None for dot in dots),
        tuple(dot.high if dot else None for dot in dots),
        hollow=tuple(dot is not None and dot.measured is Measured.MAKER for dot in dots),
        model=model.id,
    )
