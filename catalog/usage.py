"""What rests on each source: every value of the catalog that names it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from catalog.decision import Decision, Figure, MediaFigures, Rules
from catalog.derived import derive
from catalog.fields import FIELDS
from catalog.loading import Catalog
from catalog.schema import Absent, Benchmark, Model, Result
from catalog.words import capital, claimed, day, listing, number

_FIGURES = {
    "batch_share": "Price of a request in batch",
    "batch_cached_share": "Price of cached tokens in batch",
    "implicit_storage": "Storage of a cache that the service keeps by itself",
    "image_tokens": "Tokens of an image",
    "audio_tokens": "Tokens of audio",
    "video_tokens": "Tokens of video",
}


@dataclass(frozen=True, slots=True)
class Use:
    """One value that rests on a source: of which model or benchmark (of neither, for a rule), what it is and says."""

    source: str
    model: str | None
    benchmark: str | None
    what: str
    value: str


def uses(catalog: Catalog, on: date) -> Mapping[str, tuple[Use, ...]]:
    """Every use of each source, models before benchmarks before rules; a source that nothing rests on has none.

    A use is a claim, an event, a statement, a result, a number of questions, a computed measure for each source that
    it rests on, or a figure of the rules for bills.
    """
    found: dict[str, list[Use]] = {name: [] for name in catalog.sources}
    for model in catalog.models.values():
        for use in _of_model(model, on):
            found[use.source].append(use)
    for benchmark in catalog.benchmarks.values():
        for use in _of_benchmark(catalog, benchmark):
            found[use.source].append(use)
    for use in _of_decision(catalog.decision):
        found[use.source].append(use)
    return MappingProxyType({name: tuple(each) for name, each in found.items()})


def _of_model(model: Model, on: date) -> Iterator[Use]:
    for path, claims in model.claims.items():
        field = FIELDS[path]
        for claim in claims:
            scope = f" ({claim.full_scope})" if claim.full_scope else ""
            yield Use(claim.source, model.id, None, field.label, claimed(field, claim) + scope)
    for event in model.lifecycle:
        yield Use(event.source, model.id, None, capital(event.stage.value), day(event.date))
    for statement in model.statements:
        yield Use(statement.source, model.id, None, f"Statement on {statement.topic.value}", statement.text)
    for item in derive(model, on):
        for source in dict.fromkeys(claim.source for claim in item.inputs):
            yield Use(source, model.id, None, f"{item.label}, computed", number(item.value, 1))


def _of_benchmark(catalog: Catalog, benchmark: Benchmark) -> Iterator[Use]:
    if benchmark.questions is not None:
        count = f"{benchmark.questions.count:,}"
        yield Use(benchmark.questions.source, None, benchmark.id, "Number of questions", count)
    for result in benchmark.results:
        name = catalog.models[result.model].name
        yield Use(result.source, None, benchmark.id, name, score_words(result))


def _of_decision(decision: Decision) -> Iterator[Use]:
    yield from _figures(decision.rules, "")
    for media in decision.rules.media:
        yield from _figures(media, f", {listing(media.families)}")
    for each in decision.conversions:
        if each.rests_on is not None:
            yield Use(each.rests_on, None, None, f"Tokens of one {each.one}", number(each.tokens))


def _figures(holder: Rules | MediaFigures, scope: str) -> Iterator[Use]:
    for name, label in _FIGURES.items():
        figure: Figure | None = getattr(holder, name, None)
        if figure is not None:
            for source in (figure.source, *figure.also_stated_by):
                yield Use(source, None, None, f"{label}{scope}", f"{number(figure.value)} {figure.unit}")


def score_words(result: Result) -> str:
    """A score with its unit, as a reader sees it."""
    if isinstance(result.score, Absent):
        return result.score.value
    unit = {"percent": "%", "x": "×"}.get(result.unit, f" {result.unit}")
    return f"{number(result.score, 2)}{unit}"
