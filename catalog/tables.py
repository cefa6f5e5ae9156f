"""Catalog -> rows for tables and exports. Plain objects; CSV and JSON without pandas."""

import csv
import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, fields, replace
from datetime import date
from typing import Any

from catalog.conflicts import Conflict, contradictions, score_claim, score_field
from catalog.derived import Derived, derive
from catalog.differences import Side, difference, differs, ratio_words
from catalog.evidence import Judgement, Ruling, Verdict, corrected, judge, rule, standing_claim
from catalog.fields import FIELDS, Field, Group, Holds
from catalog.loading import Catalog
from catalog.prices import GEMINI_API
from catalog.schema import Absent, Basis, Benchmark, Claim, Kind, Model, Result, Scoring
from catalog.shared import Match, extremes, matches, shared_tests
from catalog.spreadsheet import defused
from catalog.usage import uses
from catalog.words import NOT_FOUND, listing, number, points, value

CONJECTURE = (Kind.ESTIMATE, Kind.ILLUSTRATIVE, Kind.INFERENCE)


@dataclass(frozen=True, slots=True)
class Cell:
    """One value of one model as a table shows it; `ruling` is None where nothing is claimed or it is computed."""

    text: str
    kind: Kind | None
    conflict: bool
    ruling: Ruling | None = None
    derived: Derived | None = None
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CompareRow:
    """One field of the comparison; `difference` in words is empty where the models agree."""

    field: Field
    cells: tuple[Cell, ...]
    difference: str
    differs: bool

    @property
    def conflict(self) -> bool:
        """Whether the sources of any cell conflict."""
        return any(cell.conflict for cell in self.cells)


def compare(catalog: Catalog, models: Sequence[Model], on: date) -> tuple[CompareRow, ...]:
    """Every field that any of the models has a claim for, then computed measures and benchmark scores, by group.

    Sentences use the short names.
    """
    names = [model.short_name for model in models]
    rows = [
        _row(field, models, names, on)
        for field in FIELDS.values()
        if any(field.path in model.claims for model in models)
    ]
    rows += [*_derived_rows(models, on), *score_rows(catalog, models, on)]
    return tuple(sorted(rows, key=lambda row: list(Group).index(row.field.group)))


def _row(field: Field, models: Sequence[Model], names: Sequence[str], on: date) -> CompareRow:
    rulings = [rule(model.claims[field.path], field, on) if field.path in model.claims else None for model in models]
    sides = [Side(name, ruling.standing if ruling else None) for name, ruling in zip(names, rulings, strict=True)]
    cells = tuple(cell(field, ruling) for ruling in rulings)
    if field.many:
        different = len({frozenset((each.text, *each.also)) for each in cells}) > 1
        return CompareRow(field, cells, "differs" if different else "", different)
    return CompareRow(field, cells, difference(field, sides), differs(sides))


def cell(field: Field, ruling: Ruling | None) -> Cell:
    """The cell for a field's ruling; "not found" where no claim was found."""
    if ruling is None:
        return Cell(NOT_FOUND, None, False)
    standing = ruling.standing
    if field.many:
        words = tuple(dict.fromkeys(str(claim.value) for claim in ruling.claims))
        return Cell(words[0], standing.kind, False, ruling, also=words[1:])
    also = tuple(_elsewhere(field, ruling)) if field.first_scope else ()
    return Cell(value(field, standing.value, standing.basis), standing.kind, ruling.conflict, ruling, also=also)


def _elsewhere(field: Field, ruling: Ruling) -> Iterator[str]:
    """Beside a price: its own scope where that needs saying, and the list prices of other platforms and sizes."""
    standing = ruling.standing
    if standing.basis is Basis.FREE:
        yield "free while on trial"
    elif own := _limits(standing, GEMINI_API):
        yield own
    for claim in ruling.by_scope:
        if claim is not standing and claim.basis is Basis.LIST and claim.scope is None:
            yield f"{value(field, claim.value)} {_limits(claim, standing.platform)}"


def _limits(claim: Claim, usual: str | None) -> str:
    """The limits of a price in words, without the platform where it is the usual one."""
    return claim.full_scope.removeprefix(usual or "").removeprefix(", ")


def score_rows(catalog: Catalog, models: Sequence[Model], on: date) -> Iterator[CompareRow]:
    """A row a benchmark that any of the models has a score on.

    It shows the scores that may be compared, where there are such, with the verdict on the difference; elsewhere the
    strongest score of each model and why they may not be compared.
    """
    have = [catalog.results.get(model.id, {}) for model in models]
    judged = _judged(catalog, models)
    for name in (name for name in catalog.benchmarks if any(name in each for each in have)):
        benchmark = catalog.benchmarks[name]
        match, judgement = judged.get(name, (None, None))
        results = [each.get(name, ()) for each in have]
        shown = match.results if match else tuple(_strongest(each, on) for each in results)
        cells = tuple(_score_cell(benchmark, one, each, on) for one, each in zip(shown, results, strict=True))
        names = [model.short_name for model in models]
        words = _score_difference(benchmark, judgement, match, names) if match else _unmatched(cells, names)
        different = bool(words) and (judgement is None or judgement.verdict is not Verdict.CLOSE)
        yield CompareRow(score_field(benchmark), cells, words, different)


def _judged(catalog: Catalog, models: Sequence[Model]) -> dict[str, tuple[Match, Judgement]]:
    """The comparison and the verdict on each benchmark that all models share; of several models, on their extremes."""
    if len(models) == 2:
        tests = shared_tests(catalog, models[0], models[1])
        return {test.benchmark.id: (test.match, test.judgement) for test in tests if test.match}
    found = {}
    for name, benchmark in catalog.benchmarks.items():
        best = next(iter(matches(catalog, benchmark, models)), None) if len(models) > 1 else None
        if best is not None:
            ahead, behind = _ends(benchmark, best)
            judgement = judge(benchmark, (best.results[ahead], best.results[behind]), catalog.limits)
            found[name] = (best, _as_one_of_many(judgement, len(models)))
    judged = corrected([judgement for _, judgement in found.values()])
    return {name: (match, one) for (name, (match, _)), one in zip(found.items(), judged, strict=True)}


def _ends(benchmark: Benchmark, match: Match) -> tuple[int, int]:
    """The places of the best and of the worst score."""
    low, high = extremes(match.results)
    return (high, low) if benchmark.higher_is_better else (low, high)


def _as_one_of_many(judgement: Judgement, models: int) -> Judgement:
    """The largest gap among several models had as many chances to arise as there are pairs (Bonferroni)."""
    pairs = models * (models - 1) // 2
    return judgement if judgement.p is None else replace(judgement, p=min(1.0, pairs * judgement.p))


def _strongest(results: Sequence[Result], on: date) -> Result | None:
    if not results:
        return None
    standing = standing_claim([score_claim(result) for result in results], on)
    return next(result for result in results if score_claim(result) == standing)


def _score_cell(benchmark: Benchmark, shown: Result | None, results: Sequence[Result], on: date) -> Cell:
    """The shown score with those that contradict it; further scores stand on the page of benchmarks."""
    if shown is None:
        return Cell(NOT_FOUND, None, False)
    field, claim = score_field(benchmark), score_claim(shown)
    found = [each for each in contradictions(results, on) if claim in each.claims]
    against = tuple(dict.fromkeys(other for each in found for other in each.claims if other.value != claim.value))
    others = len({result.source for result in results} - {shown.source} - {other.source for other in against})
    more = (f"scores of {others} more source{'' if others == 1 else 's'}",) if others else ()
    ruling = Ruling(claim, (claim,), against, (claim, *against))
    unrecorded = benchmark.scoring is Scoring.AMOUNT and claim.value == 0
    text = "not recorded" if unrecorded else value(field, claim.value)
    return Cell(text, claim.kind, bool(against), ruling, also=more)


def _score_difference(
    benchmark: Benchmark, judgement: Judgement | None, match: Match | None, names: Sequence[str]
) -> str:
    if judgement is None or match is None or judgement.difference is None or judgement.leader is None:
        return ""
    ahead, behind = _ends(benchmark, match)
    leader, than = names[ahead], f" than {names[behind]}" if len(names) > 2 else ""
    verdict = "noise not known" if judgement.verdict is Verdict.NOT_COMPARABLE else judgement.verdict.value
    if benchmark.scoring is not Scoring.AMOUNT:
        return f"{leader}: {points(judgement.difference)} better{than}, {verdict}"
    scores = sorted(float(each.score) for each in match.results if not isinstance(each.score, Absent))
    if scores[0] <= 0:
        return ""
    more = "more" if benchmark.higher_is_better else "less"
    return f"{leader}: {ratio_words(scores[-1] / scores[0])} {more}{than}, {verdict}"


def _unmatched(cells: Sequence[Cell], names: Sequence[str]) -> str:
    missing = [name for name, item in zip(names, cells, strict=True) if item.ruling is None or item.text == NOT_FOUND]
    if missing:
        return f"not known for {listing(missing)}" if len(missing) < len(names) else ""
    return "not comparable, measured apart"


def _derived_rows(models: Sequence[Model], on: date) -> Iterator[CompareRow]:
    computed = [{item.label: item for item in derive(model, on)} for model in models]
    for label in ("Token:parameter ratio", "ALScore"):
        cells = tuple(derived_cell(items.get(label)) for items in computed)
        if any(item.derived for item in cells):
            field = Field(
                _derived_path(label), f"{label}, computed", Group.ARCHITECTURE, Holds.AMOUNT, term=label.lower()
            )
            yield CompareRow(field, cells, _apart(cells), len({item.text for item in cells}) > 1)


def _derived_path(label: str) -> str:
    return "derived." + label.lower().replace(":", "_to_").replace(" ", "_")


def derived_cell(item: Derived | None) -> Cell:
    """The cell for a computed measure; "not found" where it cannot be computed."""
    if item is None:
        return Cell(NOT_FOUND, None, False)
    text = f"{number(item.value, 0)}:1" if item.unit == "tokens per parameter" else number(item.value, 1)
    return Cell(text, item.kind, False, derived=item)


def _apart(cells: Sequence[Cell]) -> str:
    known = [item for item in cells if item.derived]
    if len({item.text for item in known}) < 2:
        return ""
    return "rests on estimates" if any(item.kind in CONJECTURE for item in known) else "differs"


@dataclass(frozen=True, slots=True)
class ClaimRow:
    """One exported claim. `stands` says whether it is the one that stands within its scope."""

    model: str
    field: str
    value: str
    unit: str
    scope: str
    kind: str
    source: str
    as_of: str
    stands: bool


@dataclass(frozen=True, slots=True)
class ResultRow:
    """One exported benchmark result; `n` is the number of questions, `low` and `high` a published interval."""

    model: str
    benchmark: str
    score: str
    unit: str
    conditions: str
    n: str
    low: str
    high: str
    kind: str
    source: str
    date: str


@dataclass(frozen=True, slots=True)
class ModelRow:
    """One exported model with the values that stand."""

    id: str
    name: str
    lab: str
    family: str
    tier: str
    status: str
    release_date: str
    shutdown_date: str
    successor: str
    context_window: str
    output_limit: str
    knowledge_cutoff: str


@dataclass(frozen=True, slots=True)
class SourceRow:
    """One exported source with the number of claims, events, statements and results that rest on it."""

    id: str
    title: str
    url: str
    kind: str
    date: str
    licence: str
    note: str
    used: int


@dataclass(frozen=True, slots=True)
class ConflictRow:
    """One exported claim of a conflict; `size` is of the whole conflict, `stands` within the scope."""

    model: str
    field: str
    size: str
    scope: str
    value: str
    kind: str
    source: str
    as_of: str
    stands: bool


def conflict_rows(found: Sequence[Conflict]) -> list[ConflictRow]:
    """The claims of each conflict, the one that stands first, in the order of the conflicts."""
    return [
        ConflictRow(
            each.model,
            each.field.path,
            each.words,
            part.scope,
            plain(claim.value),
            claim.kind.value,
            claim.source,
            claim.as_of,
            claim is part.standing,
        )
        for each in found
        for part in each.contradictions
        for claim in part.claims
    ]


def claim_rows(catalog: Catalog, on: date) -> list[ClaimRow]:
    """Every claim, lifecycle event, statement and computed measure of every model."""
    return [row for model in catalog.models.values() for row in _model_claims(model, on)]


def _model_claims(model: Model, on: date) -> Iterator[ClaimRow]:
    for path, claims in model.claims.items():
        ruling = rule(claims, FIELDS[path], on)
        for claim in claims:
            yield ClaimRow(
                model.id,
                path,
                plain(claim.value),
                claim.unit or "",
                _export_scope(claim.full_scope, claim.valid_from, claim.valid_to),
                claim.kind.value,
                claim.source,
                claim.as_of,
                ruling.stands(claim),
            )
    for event in model.lifecycle:
        path = f"lifecycle.{event.stage.value.replace(' ', '_')}"
        note = event.note or ""
        yield ClaimRow(model.id, path, event.date, "date", note, event.kind.value, event.source, event.date, True)
    for statement in model.statements:
        path = f"statements.{statement.topic.value}"
        yield ClaimRow(
            model.id,
            path,
            statement.text,
            "",
            statement.locator or "",
            statement.kind.value,
            statement.source,
            "",
            True,
        )
    for item in derive(model, on):
        path = _derived_path(item.label)
        sources = " and ".join(dict.fromkeys(claim.source for claim in item.inputs))
        newest = max(claim.as_of for claim in item.inputs)
        yield ClaimRow(
            model.id, path, f"{item.value:.4g}", item.unit, item.formula, item.kind.value, sources, newest, True
        )


def _export_scope(scope: str, start: date | None, end: date | None) -> str:
    period = " ".join(part for part in (f"from {start}" if start else "", f"to {end}" if end else "") if part)
    return ", ".join(part for part in (scope, period) if part)


def result_rows(catalog: Catalog) -> list[ResultRow]:
    """Every benchmark result in file order."""
    return [
        ResultRow(
            result.model,
            benchmark.id,
            result.score.value if isinstance(result.score, Absent) else plain(result.score),
            result.unit,
            "; ".join(part for part in (result.conditions, result.snapshot) if part),
            plain(questions) if (questions := benchmark.questions_of(result)) else "",
            plain(result.low) if result.low is not None else "",
            plain(result.high) if result.high is not None else "",
            result.kind.value,
            result.source,
            result.date,
        )
        for benchmark in catalog.benchmarks.values()
        for result in benchmark.results
    ]


def model_rows(catalog: Catalog, on: date) -> list[ModelRow]:
    """Every model with the value that stands for its main fields, "not found" where nothing is claimed."""
    lifecycle = ("current_status", "release_date", "shutdown_date", "successor")
    paths = (*lifecycle, "context_window", "output_limit", "knowledge_cutoff")
    return [
        ModelRow(
            model.id,
            model.name,
            catalog.labs[model.lab].name,
            model.family,
            model.tier,
            *(_standing(model, path, on) for path in paths),
        )
        for model in catalog.models.values()
    ]


def _standing(model: Model, path: str, on: date) -> str:
    claims = model.claims.get(path)
    return plain(rule(claims, FIELDS[path], on).standing.value) if claims else NOT_FOUND


def source_rows(catalog: Catalog, on: date) -> list[SourceRow]:
    """Every source, with how many values rest on it."""
    used = uses(catalog, on)
    return [
        SourceRow(
            name,
            source.title,
            source.url or "",
            source.kind.value,
            source.date,
            source.licence,
            source.note or "",
            len(used[name]),
        )
        for name, source in catalog.sources.items()
    ]


def plain(shown: object) -> str:
    """A value as an export writes it: no units, no grouping, lists joined by a plus sign."""
    if isinstance(shown, bool):
        return "true" if shown else "false"
    if isinstance(shown, tuple):
        return " + ".join(str(word) for word in shown)
    if isinstance(shown, float):
        return repr(int(shown)) if shown.is_integer() and abs(shown) >= 1000 else repr(shown)
    return str(shown)


def compare_records(rows: Sequence[CompareRow], models: Sequence[Model]) -> list[dict[str, str]]:
    """What the comparison shows, one record a field and model, for its CSV export."""
    records = []
    for row in rows:
        for model, item in zip(models, row.cells, strict=True):
            standing = item.ruling.standing if item.ruling else None
            records.append(
                {
                    "group": row.field.group.value,
                    "field": row.field.label,
                    "model": model.id,
                    "value": item.text,
                    "kind": item.kind.value if item.kind else "",
                    "conflict": "yes" if item.conflict else "no",
                    "source": standing.source if standing else "computed" if item.derived else "",
                    "as_of": standing.as_of if standing else "",
                    "difference": row.difference,
                }
            )
    return records


def records(rows: Sequence[Any]) -> list[dict[str, Any]]:
    """Dataclass rows as dictionaries in the order of their columns."""
    return [asdict(row) for row in rows]


def columns(kind: type) -> list[str]:
    """The column names of a row type."""
    return [entry.name for entry in fields(kind)]


def to_csv(dicts: Sequence[dict[str, Any]], header: Sequence[str] = ()) -> str:
    """CSV text with a header line; booleans as true and false; text that a spreadsheet would run is quoted off."""
    names = list(header) or (list(dicts[0]) if dicts else [])
    out = io.StringIO()
    writer = csv.DictWriter(out, fieldnames=names, lineterminator="\n")
    writer.writeheader()
    # The csv module leaves a lone carriage return unquoted, at which readers would break the row.
    careful = csv.DictWriter(out, fieldnames=names, lineterminator="\n", quoting=csv.QUOTE_ALL)
    for row in dicts:
        cells = {name: defused(plain(row[name])) for name in names}
        (careful if any("\r" in text for text in cells.values()) else writer).writerow(cells)
    return out.getvalue()


def to_json(dicts: Sequence[dict[str, Any]]) -> str:
    """JSON text, one list of objects."""
    return json.dumps(dicts, ensure_ascii=False, indent=2) + "\n"
