"""Results that are possible but look wrong: what a maintainer should look at once more. Doubts, not errors."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from catalog import yaml_file
from catalog.loading import DATA, Catalog
from catalog.schema import Absent, Benchmark, Model, Result
from catalog.shared import grounds, usable
from catalog.words import number

_EARLY = ("preview", "exp", "experimental")
_SIZES = ("flash-lite", "flash", "pro")
_FAR = 10.0
_MONTHS_EARLY = 1
_GENERATION_MONTHS = 3


@dataclass(frozen=True, slots=True)
class Doubt:
    """One result to look at: the file relative to the data folder, the line of the result, and why in a sentence."""

    file: str
    line: int
    sentence: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.sentence}"


def doubts(catalog: Catalog, root: Path = DATA) -> list[Doubt]:
    """Everything that looks wrong in the results of `catalog`, whose files are in `root`, by file and line."""
    found = []
    for benchmark in catalog.benchmarks.values():
        named = [*_benchmark_doubts(catalog, benchmark)]
        if named:
            file = f"benchmarks/{benchmark.id}.yaml"
            document = yaml_file.read(root / file, file)
            found += [Doubt(file, document.line(("results", at)), sentence) for at, sentence in named]
    return sorted(found, key=lambda doubt: (doubt.file, doubt.line, doubt.sentence))


def _benchmark_doubts(catalog: Catalog, benchmark: Benchmark) -> Iterator[tuple[int, str]]:
    yield from _fractions(benchmark)
    yield from _editions(benchmark)
    yield from _snapshots(benchmark)
    yield from _siblings(catalog, benchmark)
    yield from _dates(catalog, benchmark)


def _scores(benchmark: Benchmark) -> list[tuple[int, Result, float]]:
    """Every result with a number, with its place in the file."""
    return [(at, each, each.score) for at, each in enumerate(benchmark.results) if not isinstance(each.score, Absent)]


def _fractions(benchmark: Benchmark) -> Iterator[tuple[int, str]]:
    scores = _scores(benchmark)
    if benchmark.unit != "percent" or len(scores) < 2 or median(score for _, _, score in scores) < 10:
        return
    for at, result, score in scores:
        if 0 < score <= 1:
            yield at, f"{result.model} has {score:g} percent where others have tens; is it a fraction of 1?"


def _editions(benchmark: Benchmark) -> Iterator[tuple[int, str]]:
    """Within one source, results with an edition beside results without one."""
    by_source: dict[str, list[tuple[int, Result]]] = {}
    for at, result, _ in _scores(benchmark):
        by_source.setdefault(result.source, []).append((at, result))
    for results in by_source.values():
        editions = {result.edition for _, result in results}
        if None in editions and len(editions) > 1:
            at, result = next((at, result) for at, result in results if result.edition is None)
            yield at, f"{result.model} names no edition, while other results of {result.source} do; are editions mixed?"


def _snapshots(benchmark: Benchmark) -> Iterator[tuple[int, str]]:
    """One model, source and edition with an early snapshot and a released one."""
    by_run: dict[tuple[str, str, str | None, str], list[tuple[int, Result]]] = {}
    for at, result, _ in _scores(benchmark):
        by_run.setdefault((result.model, result.source, result.edition, result.conditions), []).append((at, result))
    for (model, source, _, _), results in by_run.items():
        early = [at for at, result in results if _is_early(model, result)]
        if early and len(early) < len(results):
            yield early[0], f"{source} has a preview and a released snapshot of {model}; they are different models."


def _is_early(model: str, result: Result) -> bool:
    words = (result.snapshot or "").lower()
    return any(word in words for word in _EARLY) and not any(word in model for word in _EARLY)


def _siblings(catalog: Catalog, benchmark: Benchmark) -> Iterator[tuple[int, str]]:
    """A smaller model of a family far above a bigger one in the same table."""
    if benchmark.unit != "percent":
        return
    for at, result, score in _scores(benchmark):
        small = catalog.models[result.model]
        for bigger in _bigger(catalog, small):
            rival = _same_table(catalog, benchmark, result, bigger)
            if rival is None or isinstance(rival.score, Absent):
                continue
            lead = score - rival.score if benchmark.higher_is_better else rival.score - score
            if lead > _FAR:
                points = number(lead, 1)
                yield at, f"{small.id} is {points} points better than its bigger sibling {bigger.id}; is a row swapped?"


def _bigger(catalog: Catalog, small: Model) -> Iterator[Model]:
    if small.tier not in _SIZES:
        return
    for other in catalog.models.values():
        same_family = (other.lab, other.family) == (small.lab, small.family)
        if same_family and other.tier in _SIZES and _SIZES.index(other.tier) > _SIZES.index(small.tier):
            first, second = _first_date(other), _first_date(small)
            # A later model of a family may well beat an older, bigger one.
            if first and second and _months(first, second) <= _GENERATION_MONTHS:
                yield other


def _same_table(catalog: Catalog, benchmark: Benchmark, result: Result, model: Model) -> Result | None:
    ground = next(grounds(catalog, result), None)
    rivals: Sequence[Result] = usable(catalog.results.get(model.id, {}).get(benchmark.id, ()))
    same = [each for each in rivals if each.conditions == result.conditions and ground in list(grounds(catalog, each))]
    return same[0] if same and ground is not None else None


def _dates(catalog: Catalog, benchmark: Benchmark) -> Iterator[tuple[int, str]]:
    """A result that is older than the model, by more than a month: makers publish figures shortly before a release.

    A result that is dated by the edition of its test says nothing about when the model ran.
    """
    for at, result, _ in _scores(benchmark):
        if result.edition and result.date in result.edition:
            continue
        first = _first_date(catalog.models[result.model])
        if first and _months(result.date, first) > _MONTHS_EARLY:
            yield at, f"the result of {result.model} is of {result.date}, before the model's first date, {first}."


def _first_date(model: Model) -> str | None:
    dates = [event.date for event in model.lifecycle]
    dates += [str(claim.value) for claim in model.claims.get("release_date", ()) if claim.absent is None]
    return min(dates, default=None)


def _months(early: str, late: str) -> int:
    """Full months from one date to another, counted as few as their precision allows."""
    if "-" not in early or "-" not in late:
        return 12 * max(0, int(late[:4]) - int(early[:4]) - 1)
    return (int(late[:4]) - int(early[:4])) * 12 + int(late[5:7]) - int(early[5:7])
