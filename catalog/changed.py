"""What has changed between two versions of the catalog, as whoever opens a link asks that an earlier one made."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from catalog.conflicts import score_claim, score_field
from catalog.derived import derive
from catalog.evidence import Ruling, rule, standing_claim
from catalog.fields import FIELDS, Field, Group
from catalog.loading import Catalog
from catalog.prices import GEMINI_API
from catalog.schema import Absent, Benchmark, Claim, Model, Result, Scoring
from catalog.shared import matches
from catalog.tables import derived_cell
from catalog.words import NOT_FOUND, claimed, day, value, when

NOT_IN = "not in the catalog"

_Scores = tuple[Mapping[str, Mapping[str, str]], Mapping[str, Mapping[str, str]]]
"""In the catalogs before and after: what is shown by model and benchmark."""


@dataclass(frozen=True, slots=True)
class Changed:
    """One value that stands and differs; `before` and `after` in words, "not in the catalog" where there is none.

    `model` is its id today, or the one it had where it is gone. `path` is that of a field, of a benchmark
    (`benchmarks.gpqa`), a computed measure (`derived.alscore`) or an event (`lifecycle.preview`), or `model`, `id` or
    `name` for the model itself.
    """

    model: str
    label: str
    path: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class _Pair:
    """One model in both catalogs."""

    before: Model
    after: Model

    def changed(self, label: str, path: str, before: str, after: str) -> Changed:
        return Changed(self.after.id, label, path, before, after)


def changes(
    before: Catalog, after: Catalog, models: Sequence[str], on: date, groups: Collection[Group] | None = None
) -> tuple[Changed, ...]:
    """Every value of the models (ids or aliases) that stands on the day `on` in one catalog and not in the other.

    Both are read on the same day, so that time alone changes nothing, and by the words that pages show: a newer date of
    a claim, one more source, or another order of a list is no change. Prices are held against each other in every
    scope. Of scores, the one counts that a comparison of these models shows. In the order of the models, then of
    groups, of fields and of the catalog. `groups` leaves all others out, but never that a model is new, gone or
    renamed. Names that neither catalog knows are passed over. Raises ValueError for a group that is none.
    """
    chosen = set(Group if groups is None else map(Group, groups))
    pairs = list(_pairs(before, after, models))
    same = [_Pair(one, other) for one, other in pairs if one and other and _is_same(one, other, after)]
    scores: _Scores = ({}, {})
    if Group.BENCHMARKS in chosen:
        scores = (
            _shown_scores(before, [pair.before for pair in same], on),
            _shown_scores(after, [pair.after for pair in same], on),
        )
    benchmarks = {**before.benchmarks, **after.benchmarks}
    found: list[Changed] = []
    for one, other in pairs:
        found += _of_the_model(one, other)
        if one and other and _is_same(one, other, after):
            pair = _Pair(one, other)
            by_group = _by_group(pair, on)
            by_group[Group.BENCHMARKS] += _of_scores(pair, scores, benchmarks)
            found += (each for group, members in by_group.items() if group in chosen for each in members)
    return tuple(found)


def changed_sentence(found: Sequence[Changed], made: str | date, now: str | date) -> str:
    """How many values changed, in one sentence with the days (of any precision) that the catalogs were published."""
    days = (when(str(made)), when(str(now)))
    if days[0] == days[1]:
        between = f"both catalogs were published {days[0]}"
    else:
        between = f"its catalog was published {days[0]}, today's {days[1]}"
    if not found:
        return f"Nothing shown here has changed since this link was made: {between}."
    return f"{len(found)} value{'' if len(found) == 1 else 's'} changed since this link was made: {between}."


def _pairs(before: Catalog, after: Catalog, models: Sequence[str]) -> Iterator[tuple[Model | None, Model | None]]:
    """Each model as the one and the other catalog know it, one at least, and none twice."""
    seen: set[tuple[str | None, str | None]] = set()
    for name in models:
        one, other = before.find(name), after.find(name)
        # An alias that one of them alone knows means the same model in the other.
        one, other = one or (before.find(other.id) if other else None), other or (after.find(one.id) if one else None)
        ids = (one.id if one else None, other.id if other else None)
        if ids not in seen and (one or other):
            seen.add(ids)
            yield one, other


def _is_same(one: Model, other: Model, after: Catalog) -> bool:
    """Whether it is one model, under its id or renamed; a name may also have moved on to another model."""
    return one.id == other.id or one.id not in after.models


def _of_the_model(one: Model | None, other: Model | None) -> Iterator[Changed]:
    if one is None or other is None:
        model = one or other
        if model is not None:
            names = (one.name if one else NOT_IN, other.name if other else NOT_IN)
            yield Changed(model.id, "Model", "model", *names)
        return
    if one.id != other.id:
        yield Changed(other.id, "Model id", "id", one.id, other.id)
    if one.name != other.name:
        yield Changed(other.id, "Name", "name", one.name, other.name)


def _by_group(pair: _Pair, on: date) -> dict[Group, list[Changed]]:
    """All but the scores."""
    groups: dict[Group, list[Changed]] = {group: [] for group in Group}
    for field in FIELDS.values():
        groups[field.group] += _of_field(pair, field, on)
    groups[Group.LIFECYCLE] += _of_history(pair)
    groups[Group.ARCHITECTURE] += _computed(pair, on)
    return groups


def _of_field(pair: _Pair, field: Field, on: date) -> Iterator[Changed]:
    claims = [model.claims.get(field.path) for model in (pair.before, pair.after)]
    # Most fields have not changed, and equal claims need no ruling.
    if claims[0] == claims[1]:
        return
    one, other = (rule(each, field, on) if each else None for each in claims)
    if field.many:
        yield from _of_many(pair, field, one, other)
    elif field.first_scope:
        yield from _of_scopes(pair, field, one, other)
    else:
        standing = (one.standing if one else None, other.standing if other else None)
        if _differ(field, *standing):
            yield pair.changed(field.label, field.path, *(_words(field, claim) for claim in standing))


def _differ(field: Field, one: Claim | None, other: Claim | None) -> bool:
    """Whether a reader sees something else; that nothing is claimed reads as that nothing was found."""
    if _is_nothing(one) or _is_nothing(other):
        return _is_nothing(one) != _is_nothing(other)
    values = [claim.value if claim else None for claim in (one, other)]
    if isinstance(values[0], tuple) and isinstance(values[1], tuple):
        return set(values[0]) != set(values[1])
    return _words(field, one) != _words(field, other)


def _is_nothing(claim: Claim | None) -> bool:
    return claim is None or claim.absent is Absent.NOT_FOUND


def _words(field: Field, claim: Claim | None) -> str:
    return NOT_IN if claim is None else claimed(field, claim)


def _of_many(pair: _Pair, field: Field, one: Ruling | None, other: Ruling | None) -> Iterator[Changed]:
    """Values that add up: all of them before, all of them after."""
    lists = [list(dict.fromkeys(str(claim.value) for claim in each.claims)) if each else [] for each in (one, other)]
    if set(lists[0]) - {Absent.NOT_FOUND} != set(lists[1]) - {Absent.NOT_FOUND}:
        yield pair.changed(field.label, field.path, *(", ".join(words) or NOT_IN for words in lists))


def _of_scopes(pair: _Pair, field: Field, one: Ruling | None, other: Ruling | None) -> Iterator[Changed]:
    """The price of each platform and size, then the one that is shown first where another takes its place."""
    by_scope = [{claim.full_scope: claim for claim in each.by_scope} if each else {} for each in (one, other)]
    shown = [each.standing for each in (one, other) if each]
    usual = {claim.full_scope for claim in shown}
    told: set[str] = set()
    for scope in dict.fromkeys([*by_scope[0], *by_scope[1]]):
        claims = (by_scope[0].get(scope), by_scope[1].get(scope))
        if _differ(field, *claims):
            told.add(scope)
            limits = "" if usual == {scope} else scope.removeprefix(GEMINI_API).removeprefix(", ")
            label = f"{field.label} ({limits})" if limits else field.label
            yield pair.changed(label, field.path, *(_words(field, claim) for claim in claims))
    if len(shown) == 2 and not usual & told and _differ(field, *shown):
        yield pair.changed(field.label, field.path, *(_words(field, claim) for claim in shown))


def _of_history(pair: _Pair) -> Iterator[Changed]:
    """The days of each kind of event."""
    one, other = _days(pair.before), _days(pair.after)
    for stage in dict.fromkeys([*one, *other]):
        before, after = one.get(stage, NOT_IN), other.get(stage, NOT_IN)
        if before != after:
            yield pair.changed(f"History: {stage}", _path("lifecycle", stage), before, after)


def _days(model: Model) -> dict[str, str]:
    days: dict[str, set[str]] = {}
    for event in model.lifecycle:
        days.setdefault(event.stage.value, set()).add(event.date)
    return {stage: ", ".join(map(day, sorted(each))) for stage, each in days.items()}


def _computed(pair: _Pair, on: date) -> Iterator[Changed]:
    one, other = ({item.label: item for item in derive(model, on)} for model in (pair.before, pair.after))
    for label in dict.fromkeys([*one, *other]):
        before, after = (derived_cell(each[label]).text if label in each else NOT_IN for each in (one, other))
        if before != after:
            yield pair.changed(f"{label}, computed", _path("derived", label), before, after)


def _path(section: str, words: str) -> str:
    return f"{section}.{words.lower().replace(':', '_to_').replace(' ', '_')}"


def _of_scores(pair: _Pair, scores: _Scores, benchmarks: Mapping[str, Benchmark]) -> Iterator[Changed]:
    one, other = scores[0].get(pair.before.id, {}), scores[1].get(pair.after.id, {})
    for name, benchmark in benchmarks.items():
        before, after = one.get(name, NOT_IN), other.get(name, NOT_IN)
        if before != after and {before, after} != {NOT_IN, NOT_FOUND}:
            yield pair.changed(benchmark.name, f"benchmarks.{name}", before, after)


def _shown_scores(catalog: Catalog, models: Sequence[Model], on: date) -> Mapping[str, Mapping[str, str]]:
    """The score of each model that a comparison of all of them shows, by model and benchmark."""
    found: dict[str, dict[str, str]] = {model.id: {} for model in models}
    for name, benchmark in catalog.benchmarks.items():
        results = [catalog.results.get(model.id, {}).get(name, ()) for model in models]
        shared = len(models) > 1 and all(results)
        match = next(iter(matches(catalog, benchmark, models)), None) if shared else None
        for at, each in enumerate(results):
            if each:
                chosen = (match.results[at],) if match else each
                found[models[at].id][name] = _score_words(benchmark, chosen, on)
    return found


def _score_words(benchmark: Benchmark, results: Sequence[Result], on: date) -> str:
    standing = standing_claim([score_claim(result) for result in results], on)
    # A cost or a time of 0 means that it was not recorded.
    unrecorded = benchmark.scoring is Scoring.AMOUNT and standing.value == 0
    return "not recorded" if unrecorded else value(score_field(benchmark), standing.value)
