"""Every contradiction between sources in the whole catalog, and how large it is. Pure functions."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from catalog.differences import ratio_words, span
from catalog.evidence import Ruling, agree, rule, standing_claim
from catalog.fields import FIELDS, Field, Group, Holds
from catalog.lifecycle import first_day
from catalog.loading import Catalog
from catalog.schema import Absent, Benchmark, Claim, Kind, Measured, Model, Result
from catalog.words import capital, number

_DAYS_A_MONTH = 365.25 / 12


class Measure(StrEnum):
    """How the size of a conflict is measured, in the order in which conflicts are listed."""

    RATIO = "numbers"
    MONTHS = "dates"
    WORDS = "words"


_MEASURES = {measure: rank for rank, measure in enumerate(Measure)}


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Claims of one scope that cannot all be true: the one that stands, and those that say something else."""

    scope: str
    standing: Claim
    others: tuple[Claim, ...]

    @property
    def claims(self) -> tuple[Claim, ...]:
        """All of them, the one that stands first."""
        return (self.standing, *self.others)


@dataclass(frozen=True, slots=True)
class Conflict:
    """What sources say against each other about one field or one benchmark of one model.

    `size` is the ratio of the largest to the smallest number (1 or more, infinite against zero), the months between
    the first and the last date, or 0 for words. `words` says the same to a reader.
    """

    model: str
    field: Field
    contradictions: tuple[Contradiction, ...]
    measure: Measure
    size: float
    words: str


def conflicts(catalog: Catalog, on: date) -> tuple[Conflict, ...]:
    """Every conflict of the catalog on a day: numbers by ratio, then dates by months, then words.

    Within each of the three the largest comes first, equal ones by model and field. Fields conflict as
    `evidence.rule` says, scores as `contradictions` says.
    """
    return tuple(sorted((each for model in catalog.models.values() for each in of_model(catalog, model, on)), key=_key))


def _key(conflict: Conflict) -> tuple[int, float, str, str]:
    return (_MEASURES[conflict.measure], -conflict.size, conflict.model, conflict.field.label)


def of_model(catalog: Catalog, model: Model, on: date) -> tuple[Conflict, ...]:
    """The conflicts of one model, in the same order."""
    return tuple(sorted(_of_model(catalog, model, on), key=_key))


def _of_model(catalog: Catalog, model: Model, on: date) -> Iterator[Conflict]:
    for path, claims in model.claims.items():
        ruling = rule(claims, FIELDS[path], on)
        if ruling.conflict:
            yield _conflict(model.id, FIELDS[path], tuple(_by_scope(ruling)))
    for name, results in catalog.results.get(model.id, {}).items():
        found = contradictions(results, on)
        if found:
            yield _conflict(model.id, score_field(catalog.benchmarks[name]), found)


def _by_scope(ruling: Ruling) -> Iterator[Contradiction]:
    for standing in ruling.by_scope:
        others = [each for each in ruling.conflicts if each.full_scope == standing.full_scope and each is not standing]
        if others:
            yield Contradiction(standing.full_scope, standing, tuple(others))


def contradictions(results: Sequence[Result], on: date) -> tuple[Contradiction, ...]:
    """The scores of one model on one benchmark that contradict each other.

    Scores of one edition, snapshot and stated conditions do where they differ; where no source states conditions,
    nothing stated explains the difference, so they do as well. An illustrative score contradicts every measured one
    of its edition that differs, since it states no conditions of its own. Other differences are differences between
    tests and no conflict.
    """
    scored = [each for each in results if not isinstance(each.score, Absent)]
    groups: dict[str, list[Result]] = {}
    for result in (each for each in scored if each.kind is not Kind.ILLUSTRATIVE):
        groups.setdefault(_circumstances(result), []).append(result)
    for drawn in (each for each in scored if each.kind is Kind.ILLUSTRATIVE):
        rivals = [name for name, members in groups.items() if any(each.edition == drawn.edition for each in members)]
        for name in rivals or [_circumstances(drawn)]:
            groups.setdefault(name, []).append(drawn)
    return tuple(_contradicting(name, members, on) for name, members in groups.items() if _differ(members))


def _circumstances(result: Result) -> str:
    parts = (result.edition, result.snapshot, result.conditions)
    return ", ".join(part.lower() for part in parts if part)


def _differ(results: Sequence[Result]) -> bool:
    return len({result.score for result in results}) > 1


def _contradicting(scope: str, results: Sequence[Result], on: date) -> Contradiction:
    claims = [score_claim(result) for result in results]
    standing = standing_claim(claims, on)
    return Contradiction(scope, standing, tuple(each for each in claims if not agree(each.value, standing.value)))


def score_field(benchmark: Benchmark) -> Field:
    """A benchmark as a field of its models, so that its scores are shown like any other value."""
    return Field(f"benchmarks.{benchmark.id}", benchmark.name, Group.BENCHMARKS, Holds.AMOUNT, (benchmark.unit,))


def score_claim(result: Result) -> Claim:
    """A score as a claim of its source; its note says under what conditions and who reports it."""
    conditions = "" if result.conditions == "not stated" else f"{capital(result.conditions)}."
    reporter = "Reported by the maker." if result.measured_by is Measured.MAKER else ""
    version = f"Version {result.snapshot}." if result.snapshot else ""
    note = " ".join(part for part in (conditions, version, reporter, result.note) if part)
    score = result.score.value if isinstance(result.score, Absent) else result.score
    return Claim(
        value=score, unit=result.unit, kind=result.kind, source=result.source, as_of=result.date, note=note or None
    )


def rule_scores(results: Sequence[Result], field: Field, on: date) -> Ruling:
    """What the scores of one model on one benchmark amount to: the strongest stands, as for any field.

    The conflicts are those of `contradictions` alone. Raises ValueError for no results.
    """
    claims = [score_claim(result) for result in results]
    against = [claim for each in contradictions(results, on) for claim in each.others]
    return replace(rule(claims, field, on), conflicts=tuple(claim for claim in claims if claim in against))


def _conflict(model: str, field: Field, found: tuple[Contradiction, ...]) -> Conflict:
    sizes = [_size(field, each) for each in found]
    measure, size, words = min(sizes, key=lambda each: (_MEASURES[each[0]], -each[1]))
    return Conflict(model, field, found, measure, size, words)


def _size(field: Field, found: Contradiction) -> tuple[Measure, float, str]:
    values = [claim.value for claim in found.claims]
    numbers = [float(each) for each in values if isinstance(each, int | float) and not isinstance(each, bool)]
    if len(set(numbers)) > 1:
        return Measure.RATIO, _ratio(numbers), _ratio_words(numbers)
    dates = [str(claim.value) for claim in found.claims if claim.absent is None] if field.holds is Holds.DATE else []
    if len(set(dates)) > 1:
        return Measure.MONTHS, _months(dates), f"{span(min(dates), max(dates))} apart"
    return Measure.WORDS, 0.0, "differ"


def _ratio(numbers: Sequence[float]) -> float:
    smallest, largest = sorted((min(map(abs, numbers)), max(map(abs, numbers))))
    return largest / smallest if smallest else float("inf")


def _ratio_words(numbers: Sequence[float]) -> str:
    ratio = _ratio(numbers)
    if ratio == float("inf"):
        return f"0 against {number(max(numbers, key=abs))}"
    if ratio < 1.01:
        return f"{number(max(numbers) - min(numbers))} apart"
    return f"{number((ratio - 1) * 100, 0)}% apart" if ratio < 1.1 else ratio_words(ratio)


def _months(dates: Sequence[str]) -> float:
    """Months between the first and the last date, both taken as precisely as the vaguer of the two is known."""
    first, last = min(dates), max(dates)
    length = min(len(first), len(last))
    begin, end = first_day(first[:length]), first_day(last[:length])
    if length == len("2025-01-31"):
        return (end - begin).days / _DAYS_A_MONTH
    return float((end.year - begin.year) * 12 + end.month - begin.month)
