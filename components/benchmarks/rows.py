"""Tests as rows of the chart and of its table. No Streamlit."""

from collections.abc import Sequence
from dataclasses import replace

from catalog.intervals import score_interval
from catalog.loading import Catalog
from catalog.schema import Benchmark, Model, Result, Scoring
from catalog.shared import SharedTest
from components.benchmarks import wording
from components.benchmarks.selection import lined_up
from components.benchmarks.tradeoff import Axis, Measure, Offer
from components.charts.scatter import Point
from components.charts.strip import Mark
from components.charts.style import Dot, Look
from components.charts.whiskers import Row
from components.frame.palette import colours
from components.frame.verdicts import verdict_text, verdict_words


def looks(models: Sequence[Model]) -> list[Look]:
    """How each model is drawn, in the order of the models."""
    given = colours(models)
    return [Look(model.short_name, given[model.id].chart, given[model.id].symbol) for model in models]


def by_scale(tests: Sequence[SharedTest]) -> tuple[list[SharedTest], list[SharedTest]]:
    """The comparable tests in percent, and those rated in points; others have no scale in common."""
    comparable = [test for test in tests if test.match is not None]
    percent = [test for test in comparable if test.benchmark.unit == "percent"]
    return percent, [test for test in comparable if test.benchmark.scoring is Scoring.RATING]


def chart_row(catalog: Catalog, test: SharedTest, pair: tuple[Model, Model], models: Sequence[Model]) -> Row:
    """A test as a row of the chart."""
    note = verdict_text(test.judgement)
    note = note if test.benchmark.higher_is_better else f"(lower is better)   {note}"
    results = lined_up(catalog, test, pair, models)
    dots = tuple(
        None if result is None else dot(catalog, test.benchmark, model, result)
        for model, result in zip(models, results, strict=True)
    )
    return Row(test.benchmark.name, note, dots)


def dot(catalog: Catalog, benchmark: Benchmark, model: Model, result: Result) -> Dot:
    """A score as a dot with the ends of its interval where it is known."""
    around = score_interval(benchmark, result, catalog.limits)
    return Dot(
        float(result.score),
        around.low if around else None,
        around.high if around else None,
        result.measured_by,
        wording.hover(catalog, benchmark, model, result),
    )


def chart_record(
    catalog: Catalog, test: SharedTest, pair: tuple[Model, Model], models: Sequence[Model]
) -> dict[str, str]:
    """A test as a row of the table below the chart and of its CSV."""
    benchmark = test.benchmark
    record = {"Test": benchmark.name if benchmark.higher_is_better else f"{benchmark.name} (lower is better)"}
    for model, result in zip(models, lined_up(catalog, test, pair, models), strict=True):
        shown, around = _score_record(catalog, benchmark, result)
        record |= {model.short_name: shown, f"{model.short_name}, 95% interval": around}
    first = test.match.results[0] if test.match else None
    return record | {
        f"{pair[0].short_name} minus {pair[1].short_name}": wording.difference(test) or "not comparable",
        "95% interval of the difference": wording.difference_between(test) or "not known",
        "Verdict": verdict_words(test.judgement),
        "Source": catalog.sources[first.source].title if first else "not comparable",
    }


def _score_record(catalog: Catalog, benchmark: Benchmark, result: Result | None) -> tuple[str, str]:
    if result is None:
        return "no comparable score", "not known"
    return wording.score(benchmark, float(result.score)), wording.interval(catalog, benchmark, result) or "not known"


def _chosen_looks(models: Sequence[Model]) -> dict[str, Look]:
    return {model.id: look for model, look in zip(models, looks(models), strict=True)}


def point(catalog: Catalog, measure: Measure, axis: Axis, offer: Offer, chosen: Sequence[Model]) -> Point:
    """An offer as a point; models other than the chosen have no look of their own."""
    shown = dot(catalog, measure.benchmark, offer.model, offer.result)
    named = replace(shown, hover=(*shown.hover, axis.words(offer.cost)))
    return Point(offer.cost, named, _chosen_looks(chosen).get(offer.model.id))


def offer_record(catalog: Catalog, measure: Measure, axis: Axis, offer: Offer, best: bool) -> dict[str, str]:
    """An offer as a row of the chart's table."""
    benchmark = measure.benchmark
    return {
        "Model": offer.model.name,
        benchmark.name: wording.score(benchmark, float(offer.result.score)),
        "95% interval": wording.interval(catalog, benchmark, offer.result) or "not known",
        axis.label: axis.words(offer.cost),
        "On the line": "yes" if best else "no",
    }


def marks(catalog: Catalog, measure: Measure, chosen: Sequence[Model]) -> list[Mark]:
    """Every model of a measure for the small chart, the chosen ones first and in their order."""
    given = _chosen_looks(chosen)
    order = [name for name in given if name in measure.results]
    names = [*order, *(name for name in measure.results if name not in given)]
    return [
        Mark(dot(catalog, measure.benchmark, catalog.models[name], measure.results[name]), given.get(name))
        for name in names
    ]


def standing_records(catalog: Catalog, measure: Measure) -> list[dict[str, str]]:
    """Every model of a measure, best first, as rows of the small chart's table."""
    benchmark = measure.benchmark
    best_first = sorted(
        measure.results.items(), key=lambda item: float(item[1].score), reverse=benchmark.higher_is_better
    )
    return [
        {
            "Model": catalog.models[name].name,
            "Score": wording.score(benchmark, float(result.score)),
            "95% interval": wording.interval(catalog, benchmark, result) or "not known",
            "Conditions": ", ".join(wording.terms(catalog, result)),
        }
        for name, result in best_first
    ]
