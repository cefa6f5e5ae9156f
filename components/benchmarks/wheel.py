"""Which tests may stand on a radar together: those that all chosen models took, of several areas. No Streamlit."""

from collections.abc import Sequence
from dataclasses import dataclass

from catalog.loading import Catalog
from catalog.schema import Area, Benchmark, Model, Result
from catalog.shared import matches
from catalog.words import listing
from components.benchmarks import wording

MOST = 8


@dataclass(frozen=True, slots=True)
class Spoke:
    """One test with a result of every model, all of one source and edition."""

    benchmark: Benchmark
    results: tuple[Result, ...]


def spokes(catalog: Catalog, benchmarks: Sequence[Benchmark], models: Sequence[Model]) -> tuple[Spoke, ...]:
    """The tests in percent, more being better, that one source has for all models; averages over tests are left out."""
    found = []
    for benchmark in benchmarks:
        if benchmark.unit != "percent" or not benchmark.higher_is_better or benchmark.area is Area.OVERALL:
            continue
        every = matches(catalog, benchmark, models)
        own = next((each for each in every if len({result.source for result in each.results}) == 1), None)
        if own is not None:
            found.append(Spoke(benchmark, own.results))
    return tuple(found)


def spread(found: Sequence[Spoke]) -> tuple[Spoke, ...]:
    """At most eight of them, one of each area before a second of any, in the order of the areas."""
    seen: dict[Area, int] = {}
    ranked = []
    for at, spoke in enumerate(found):
        turn = seen.get(spoke.benchmark.area, 0)
        seen[spoke.benchmark.area] = turn + 1
        ranked.append((turn, at, spoke))
    chosen = [spoke for _, _, spoke in sorted(ranked, key=lambda each: each[:2])[:MOST]]
    return tuple(sorted(chosen, key=lambda spoke: list(Area).index(spoke.benchmark.area)))


def why_not(found: Sequence[Spoke], models: int) -> str:
    """Why there is no radar."""
    who = "both models" if models == 2 else "all of these models"
    count = f"there {'is' if len(found) == 1 else 'are'} only {len(found)}" if found else "there is none"
    return (
        f"No radar: it takes three tests in percent in which one source scores {who}, and {count}. A missing score is "
        "never drawn as zero."
    )


def sentence(found: Sequence[Spoke], chosen: Sequence[Spoke], models: Sequence[Model]) -> str:
    """What the radar shows, in one sentence."""
    most = {model.id: 0 for model in models}
    for spoke in chosen:
        best = max(float(result.score) for result in spoke.results)
        ahead = [model.id for model, result in zip(models, spoke.results, strict=True) if float(result.score) == best]
        if len(ahead) == 1:
            most[ahead[0]] += 1
    of = f"{len(chosen)} of the {len(found)}" if len(chosen) < len(found) else f"The {len(chosen)}"
    counts = listing([f"{model.short_name} is highest in {most[model.id]}" for model in models])
    return (
        f"{of} tests in percent that one source has for all of these models, of as many areas as there are: {counts}."
    )


def record(catalog: Catalog, spoke: Spoke, models: Sequence[Model]) -> dict[str, str]:
    """A spoke as a row of the chart's table."""
    scores = {
        model.short_name: wording.score(spoke.benchmark, float(result.score))
        for model, result in zip(models, spoke.results, strict=True)
    }
    source = catalog.sources[spoke.results[0].source].title
    return {"Test": spoke.benchmark.name, "Area": spoke.benchmark.area.value, **scores, "Source": source}
