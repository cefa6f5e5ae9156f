"""Quality against price or speed: what can be set against what, and who is on the Pareto line. No Streamlit."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from catalog.loading import Catalog
from catalog.pareto import front
from catalog.prices import Price, price
from catalog.schema import Area, Basis, Benchmark, Model, Result
from catalog.shared import MEASUREMENTS, usable
from catalog.words import listing, number, usd

SHORT_PROMPT = 1_000
BLEND = (3, 1)
PRICES = {
    "input": "Price of input",
    "output": "Price of output",
    "blend": "Blended price, 3:1",
}


@dataclass(frozen=True, slots=True)
class Measure:
    """The scores of one benchmark by one source in one edition, the best one a model."""

    id: str
    benchmark: Benchmark
    source: str
    edition: str
    results: Mapping[str, Result]


@dataclass(frozen=True, slots=True)
class Offer:
    """One model as a point: what it costs or how fast it is, and how good."""

    model: Model
    cost: float
    result: Result


@dataclass(frozen=True, slots=True)
class Axis:
    """What quality is set against: a value a model, in words with its unit, and whether less of it is better."""

    label: str
    values: Mapping[str, float]
    less_is_better: bool
    is_price: bool
    source: str

    @property
    def title(self) -> str:
        """What stands below the scale."""
        if self.is_price:
            return f"{self.label}, $ per million tokens"
        return f"{self.label}, {'less' if self.less_is_better else 'more'} is better"

    def words(self, value: float) -> str:
        """A value of this axis with its unit."""
        return f"{usd(value)} per million tokens" if self.is_price else f"{number(value, 2)} {self.label}"


def measures(catalog: Catalog, fewest: int = 3) -> tuple[Measure, ...]:
    """Everything that can stand for quality, and for speed: one benchmark, source and edition with enough models.

    Figures of a collection are left out, since they come from many hands. Those with the most models come first.
    """
    found: dict[tuple[str, str, str], dict[str, Result]] = {}
    for benchmark in catalog.benchmarks.values():
        for result in usable(benchmark.results):
            if not catalog.sources[result.source].collection:
                mine = found.setdefault((benchmark.id, result.source, result.edition or ""), {})
                if result.model not in mine or _better(benchmark, result, mine[result.model]):
                    mine[result.model] = result
    built = [
        Measure("~".join(part for part in key if part), catalog.benchmarks[key[0]], key[1], key[2], results)
        for key, results in found.items()
        if len(results) >= fewest
    ]
    return tuple(sorted(built, key=lambda each: (-len(each.results), each.benchmark.name, each.edition)))


def _better(benchmark: Benchmark, one: Result, other: Result) -> bool:
    return (float(one.score) > float(other.score)) == benchmark.higher_is_better


def of_quality(found: Sequence[Measure], models: Sequence[Model]) -> list[Measure]:
    """The measures of quality, those first that have most of the chosen models, then votes of people, then the rest."""
    quality = [each for each in found if each.benchmark.area not in MEASUREMENTS]
    return sorted(
        quality,
        key=lambda each: (
            -sum(model.id in each.results for model in models),
            each.benchmark.area is not Area.PREFERENCE,
            -len(each.results),
        ),
    )


def of_speed(found: Sequence[Measure]) -> list[Measure]:
    """The measures of speed in seconds or tokens a second."""
    return [each for each in found if each.benchmark.area is Area.SPEED and each.benchmark.unit != "x"]


def name_of(catalog: Catalog, measure: Measure) -> str:
    """A measure by test, edition and number of models."""
    edition = f", {measure.edition}" if measure.edition else ""
    return f"{measure.benchmark.name}{edition} ({len(measure.results)} models)"


def price_axis(catalog: Catalog, item: str, on: date) -> Axis:
    """List prices of the maker's own platform on the day, for short prompts; `item` is a key of PRICES.

    Models without a list price have no value.
    """
    found = {model.id: _list_price(model, item, on) for model in catalog.models.values()}
    values = {name: value for name, value in found.items() if value is not None}
    return Axis(PRICES[item], values, True, True, "")


def _list_price(model: Model, item: str, on: date) -> float | None:
    if item != "blend":
        return _one_price(model, item, on)
    parts = [_one_price(model, name, on) for name in ("input", "output")]
    if parts[0] is None or parts[1] is None:
        return None
    return (BLEND[0] * parts[0] + BLEND[1] * parts[1]) / sum(BLEND)


def _one_price(model: Model, item: str, on: date) -> float | None:
    platform = own_platform(model, item)
    found = price(model, item, platform, SHORT_PROMPT, on) if platform else None
    return float(found.usd_per_million) if isinstance(found, Price) else None


def own_platform(model: Model, item: str) -> str | None:
    """The platform whose list price the model's file names first, which is the maker's own."""
    claims = model.claims.get(f"prices.{item}", ())
    return next((each.platform for each in claims if each.platform and each.basis is Basis.LIST), None)


def speed_axis(measure: Measure) -> Axis:
    """Measured speed by one source; the best figure of each model."""
    values = {name: float(result.score) for name, result in measure.results.items()}
    return Axis(measure.benchmark.unit, values, not measure.benchmark.higher_is_better, False, measure.source)


def offers(catalog: Catalog, measure: Measure, axis: Axis, models: Sequence[Model]) -> list[Offer]:
    """The models that have both a score and a value, in their order."""
    return [
        Offer(model, axis.values[model.id], measure.results[model.id])
        for model in models
        if model.id in axis.values and model.id in measure.results
    ]


def on_line(measure: Measure, axis: Axis, found: Sequence[Offer]) -> list[Offer]:
    """The offers that no other beats at once on quality and on the axis, the cheapest or fastest first."""
    cost, good = (1 if axis.less_is_better else -1), (1 if measure.benchmark.higher_is_better else -1)
    return [found[at] for at in front([(cost * each.cost, good * float(each.result.score)) for each in found])]


def line_sentence(measure: Measure, axis: Axis, found: Sequence[Offer]) -> str:
    """Who is on the line, in one sentence."""
    if not found:
        return "None of these models has both a score and a value here, so there is nothing to draw."
    what = "price" if axis.is_price else "speed"
    best = on_line(measure, axis, found)
    names = listing([each.model.short_name for each in best])
    of = f"Of {len(found)} models" if len(found) > 1 else "The only model with both figures is"
    if len(found) == 1:
        return f"{of} {names}, so there is nothing to compare it with."
    verb = "is" if len(best) == 1 else "are"
    return (
        f"{of}, {names} {verb} on the line: no other is better in {measure.benchmark.name} at the same {what} or "
        f"{'cheaper' if axis.is_price else 'faster'}. Chance is not counted here; mind the whiskers."
    )


def left_out(catalog: Catalog, measure: Measure, axis: Axis, models: Sequence[Model]) -> list[str]:
    """Sentences about the chosen models that cannot be drawn, by reason."""
    missing = "no list price" if axis.is_price else "no measured speed in this source"
    by_reason = {
        missing: [each.short_name for each in models if each.id not in axis.values],
        f"no score in {measure.benchmark.name} by this source": [
            each.short_name for each in models if each.id in axis.values and each.id not in measure.results
        ],
    }
    return [f"Not drawn, {reason}: {listing(names)}." for reason, names in by_reason.items() if names]
