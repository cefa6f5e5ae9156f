"""Which results of several models may be compared, and what the tests that two models share say about them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product

from catalog.evidence import Judgement, Verdict, corrected, judge
from catalog.loading import Catalog
from catalog.schema import Absent, Area, Benchmark, Kind, Measured, Model, Result

MEASUREMENTS = (Area.SPEED, Area.COST)
"""Areas that measure time and money rather than how good answers are."""

_PROMPT = "shot"
"""Conditions that say how the model was asked name the examples given: zero-shot, 5-shot, many-shot."""

_DEPENDS = "Other versions of these models give another verdict on this test."
_ORDER = {verdict: rank for rank, verdict in enumerate(Verdict)}
_KINDS = {kind: rank for rank, kind in enumerate(Kind)}


@dataclass(frozen=True, slots=True)
class Match:
    """One result a model that may be compared, in the order of the models, and why they may be."""

    results: tuple[Result, ...]
    basis: str

    @property
    def same_conditions(self) -> bool:
        """Whether all were measured under the same stated conditions."""
        return len({result.conditions for result in self.results}) == 1


@dataclass(frozen=True, slots=True)
class SharedTest:
    """What one benchmark says about two models.

    `match` is the comparison that the verdict rests on, `others` are further ones, strongest first. Without a match
    the `judgement` says why; `alone` then has the results that exist, illustrative ones left out.
    """

    benchmark: Benchmark
    judgement: Judgement
    match: Match | None = None
    others: tuple[Match, ...] = ()
    alone: tuple[tuple[Result, ...], tuple[Result, ...]] = ((), ())

    @property
    def is_measurement(self) -> bool:
        """Whether it measures time or money."""
        return self.benchmark.area in MEASUREMENTS


def usable(results: Sequence[Result]) -> list[Result]:
    """The results that are evidence: with a score, and not illustrative.

    A cost of 0 means that the call was free or the cost not recorded, and says nothing about the price of a call.
    """
    return [
        each
        for each in results
        if not isinstance(each.score, Absent)
        and each.kind is not Kind.ILLUSTRATIVE
        and not (each.unit.startswith("USD") and each.score == 0)
    ]


def grounds(catalog: Catalog, result: Result) -> Iterator[tuple[str, str]]:
    """On what grounds a result may be compared, as a group that it belongs to and the words for it, strongest first.

    Two results of one group may be compared: those of one source and edition; those that collections have from one
    page with the same conditions; and those of one edition whose stated way of asking is the same. A collection alone
    is no ground, since it mixes figures of many makers, and neither is the mere name of a metric as conditions.
    """
    source = catalog.sources[result.source]
    edition, words = result.edition or "", result.conditions.lower()
    if not source.collection:
        yield f"source\0{result.source}\0{edition}", f"measured by one source: {source.title}"
    elif result.origin:
        yield f"origin\0{result.origin}\0{edition}\0{words}", f"from one page, {result.origin}"
    if _PROMPT in words and "not stated" not in words:
        yield f"conditions\0{words}\0{edition}", f"reported apart, under the same stated conditions: {words}"


def matches(catalog: Catalog, benchmark: Benchmark, models: Sequence[Model]) -> tuple[Match, ...]:
    """Every way to compare the models on a benchmark, strongest first.

    A visitor's own results come last. Measured by one source comes before reported apart; then the same conditions,
    independent before the maker's own, official before third party, the newer, and file order.
    """
    by_model = [usable(catalog.results.get(model.id, {}).get(benchmark.id, ())) for model in models]
    words: dict[str, str] = {}
    groups: list[Mapping[str, list[Result]]] = []
    for results in by_model:
        mine: dict[str, list[Result]] = {}
        for result in results:
            for group, why in grounds(catalog, result):
                words.setdefault(group, why)
                mine.setdefault(group, []).append(result)
        groups.append(mine)
    shared = [group for group in words if all(group in mine for mine in groups)]
    found: dict[tuple[int, ...], Match] = {}
    for group in shared:
        for results_of in product(*(mine[group] for mine in groups)):
            found.setdefault(tuple(map(id, results_of)), Match(results_of, words[group]))
    return tuple(sorted(found.values(), key=_strength))


def _strength(match: Match) -> tuple[bool, bool, bool, int, int, tuple[int, ...]]:
    own = any(result.kind is Kind.OWN for result in match.results)
    reported_apart = match.basis.startswith("reported apart")
    by_maker = sum(result.measured_by is not Measured.INDEPENDENT for result in match.results)
    kind = max(_KINDS[result.kind] for result in match.results)
    oldest = min(result.date for result in match.results)
    return own, reported_apart, not match.same_conditions, by_maker, kind, tuple(-ord(letter) for letter in oldest)


def extremes(results: Sequence[Result]) -> tuple[int, int]:
    """The places of the lowest and of the highest score; raises ValueError where a result has none."""
    scores = [float(result.score) for result in results if not isinstance(result.score, Absent)]
    if len(scores) < len(results) or not scores:
        raise ValueError("a result without a score has no place among scores")
    return scores.index(min(scores)), scores.index(max(scores))


def shared_tests(catalog: Catalog, one: Model, other: Model) -> tuple[SharedTest, ...]:
    """What every benchmark with a result of either model says, surest verdict first, then the largest difference.

    "Clear" is corrected for the number of tests. Tests of time and money are corrected and sorted by themselves.
    """
    names = dict.fromkeys([*catalog.results.get(one.id, {}), *catalog.results.get(other.id, {})])
    tests = [_test(catalog, catalog.benchmarks[name], (one, other)) for name in names]
    known = [test for test in tests if test is not None]
    quality = _corrected([test for test in known if not test.is_measurement])
    return (*quality, *_corrected([test for test in known if test.is_measurement]))


def _test(catalog: Catalog, benchmark: Benchmark, pair: tuple[Model, Model]) -> SharedTest | None:
    have = tuple(tuple(usable(catalog.results.get(model.id, {}).get(benchmark.id, ()))) for model in pair)
    alone = (have[0], have[1])
    if not any(alone):
        return None
    found = matches(catalog, benchmark, pair)
    if found:
        judged = _judged(catalog, benchmark, found[0])
        equal = [match for match in found[1:] if _strength(match)[:-1] == _strength(found[0])[:-1]]
        if any(_tells(_judged(catalog, benchmark, match)) != _tells(judged) for match in equal):
            judged = replace(judged, reason=f"{judged.reason} {_DEPENDS}")
        return SharedTest(benchmark, judged, found[0], found[1:], alone)
    if all(alone):
        reason = "Both have scores, but of different sources, editions or conditions, so they may not be compared."
        return SharedTest(benchmark, Judgement(Verdict.NOT_COMPARABLE, reason=reason), alone=alone)
    missing = pair[0] if not alone[0] else pair[1]
    reason = f"No score of {missing.short_name} was found."
    return SharedTest(benchmark, Judgement(Verdict.NO_SHARED_TEST, reason=reason), alone=alone)


def _judged(catalog: Catalog, benchmark: Benchmark, match: Match) -> Judgement:
    first, second = match.results
    return judge(benchmark, (first, second), catalog.limits)


def _tells(judgement: Judgement) -> tuple[Verdict, int | None]:
    """The verdict, and who leads where the lead is more than chance."""
    sure = judgement.verdict in (Verdict.CLEAR, Verdict.SMALL)
    return judgement.verdict, judgement.leader if sure else None


def _corrected(tests: Sequence[SharedTest]) -> list[SharedTest]:
    judged = corrected([test.judgement for test in tests])
    kept = [replace(test, judgement=judgement) for test, judgement in zip(tests, judged, strict=True)]
    return sorted(kept, key=lambda test: (_ORDER[test.judgement.verdict], -test.judgement.size, test.benchmark.name))


def resting_on(catalog: Catalog, tests: Sequence[SharedTest], source: str) -> tuple[SharedTest, ...]:
    """The tests with a comparison that is this source's alone, judged and corrected on it; other tests are left out."""
    chosen = [each for test in tests if (each := _resting_on(catalog, test, source)) is not None]
    quality = _corrected([test for test in chosen if not test.is_measurement])
    return (*quality, *_corrected([test for test in chosen if test.is_measurement]))


def _resting_on(catalog: Catalog, test: SharedTest, source: str) -> SharedTest | None:
    every = (test.match, *test.others) if test.match else ()
    own = next((match for match in every if {result.source for result in match.results} == {source}), None)
    if own is None:
        return None
    first, second = own.results
    others = tuple(match for match in every if match is not own)
    return replace(test, judgement=judge(test.benchmark, (first, second), catalog.limits), match=own, others=others)


def common_sources(tests: Sequence[SharedTest]) -> dict[str, int]:
    """The sources that alone have both results of some test, with the number of those tests, most first."""
    counts: dict[str, int] = {}
    for test in tests:
        every = (test.match, *test.others) if test.match else ()
        found = {match.results[0].source for match in every if len({each.source for each in match.results}) == 1}
        for source in found:
            counts[source] = counts.get(source, 0) + 1
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


@dataclass(frozen=True, slots=True)
class Tally:
    """How many tests two models share and how their verdicts fall; time and money are left out."""

    shared: int
    by_verdict: Mapping[Verdict, int]


def tally(tests: Sequence[SharedTest]) -> Tally:
    """Counts the verdicts of tests that both models took; a test of one alone is not counted as shared."""
    quality = [test for test in tests if not test.is_measurement]
    counts = {verdict: sum(test.judgement.verdict is verdict for test in quality) for verdict in Verdict}
    return Tally(len(quality) - counts[Verdict.NO_SHARED_TEST], counts)
