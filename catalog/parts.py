"""The published measures of a criterion for several models: fields, tests, the bill and the stage of life."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations

from catalog.bill import Bill
from catalog.decision import Criterion, Noise, Scales
from catalog.evidence import standing_claim
from catalog.fields import FIELDS, Group
from catalog.intervals import score_interval
from catalog.lifecycle import Life, Service, life
from catalog.loading import Catalog
from catalog.prices import NoListPrice
from catalog.scales import Place, Reading, by_difference, by_ratio, rating_points, wilson
from catalog.schema import Absent, Basis, Benchmark, Claim, Kind, Model, Result, Scoring
from catalog.shared import Match, matches, usable
from catalog.words import NOT_FOUND, day, money, number, value

Bills = Sequence[Bill | NoListPrice]
"""A bill a model, in the order of the models."""

_NO_EVIDENCE = (Kind.ILLUSTRATIVE, Kind.INFERENCE)
_LESS_IS_BETTER = ("time_to_first_token", "relative_latency")
_UNITS = {"percent": "%", "seconds": " s", "tokens per second": " tokens/s"}


@dataclass(frozen=True, slots=True)
class Part:
    """One measure of a criterion, for each model in the order of the models.

    `benchmark` or `field` names what was measured; both are None for the bill, the lifecycle and own votes. `shown` has
    the values in words, "not found" where a model has none that may be compared; its place is None then. `basis` says
    why the values may be compared. `own_runs` is the number of own runs behind it, 0 for published figures.
    `assumed_noise` tells that no source states how noisy the values are, so that the assumption of the rules is used.
    """

    label: str
    benchmark: str | None
    field: str | None
    shown: tuple[str, ...]
    places: tuple[Place | None, ...]
    basis: str
    claims: tuple[Claim, ...] = ()
    results: tuple[Result, ...] = ()
    own_runs: int = 0
    assumed_noise: bool = False


def counting(model: Model, path: str, on: date, platform: str | None = None) -> tuple[Claim, ...]:
    """The claims of a field that are evidence on the day, for a platform or in general.

    Illustrations and inferences are none, and neither are claims that there is no value. Claims about the platform
    count before those about the model as such, and those before claims of narrower scope.
    """
    claims = [claim for claim in model.claims.get(path, ()) if _is_evidence(claim) and claim.holds_on(on)]
    on_platform = [claim for claim in claims if platform and platform in claim.full_scope]
    general = [claim for claim in claims if not claim.full_scope]
    return tuple(on_platform or general or claims)


def _is_evidence(claim: Claim) -> bool:
    return claim.kind not in _NO_EVIDENCE and claim.absent is None


def published_parts(
    catalog: Catalog, criterion: Criterion, models: Sequence[Model], bills: Bills, on: date
) -> Iterator[Part]:
    """Every published measure of a criterion for the models and their bills, even those that one of them alone has."""
    for path in criterion.fields:
        yield _field_part(catalog, path, models, on)
    for name in criterion.benchmarks:
        part = _benchmark_part(catalog, catalog.benchmarks[name], models)
        if part is not None:
            yield part
    if criterion.bill:
        yield _bill_part(catalog.decision.scales, models, bills, on)
    if criterion.lifecycle:
        yield _life_part(catalog.decision.scales, models, on)


def _field_part(catalog: Catalog, path: str, models: Sequence[Model], on: date) -> Part:
    """One field: measurements count where one source has them for several models, limits as they stand."""
    entry, scales = FIELDS[path], catalog.decision.scales
    by_model = [[claim for claim in counting(model, path, on) if _amount(claim) is not None] for model in models]
    is_measurement = entry.group is Group.SPEED
    chosen = _of_one_source(by_model) if is_measurement else by_model
    standing = [standing_claim(claims, on) if claims else None for claims in chosen]
    ratio = catalog.decision.noise.ratio if is_measurement else 1.0
    readings = [_claimed(claims, claim, ratio) for claims, claim in zip(chosen, standing, strict=True)]
    span = scales.time if is_measurement else scales.size
    claims = tuple(claim for claim in standing if claim is not None)
    return Part(
        label=entry.label,
        benchmark=None,
        field=path,
        shown=tuple(NOT_FOUND if claim is None else value(entry, claim.value) for claim in standing),
        places=by_ratio(readings, span, path not in _LESS_IS_BETTER),
        basis=_measured_by(catalog, claims[0]) if is_measurement and claims else "as claims stand on the day",
        claims=claims,
        assumed_noise=is_measurement,
    )


def _measured_by(catalog: Catalog, claim: Claim) -> str:
    return f"measured by one source: {catalog.sources[claim.source].title}"


def _amount(claim: Claim) -> float | None:
    stated = claim.value
    return float(stated) if isinstance(stated, int | float) and not isinstance(stated, bool) and stated > 0 else None


def _of_one_source(by_model: Sequence[Sequence[Claim]]) -> list[list[Claim]]:
    """Each model's claims by the source and scope that most models have, the first by name among equals."""
    grounds = sorted({(claim.source, claim.full_scope) for claims in by_model for claim in claims})
    kept = [
        [[claim for claim in claims if (claim.source, claim.full_scope) == ground] for claims in by_model]
        for ground in grounds
    ]
    return max(kept, key=lambda each: sum(map(bool, each)), default=[[] for _ in by_model])


def _claimed(claims: Sequence[Claim], standing: Claim | None, noise: float) -> Reading | None:
    """The standing value; claims that say something else widen its interval to hold them."""
    if standing is None:
        return None
    values = [amount for claim in claims if (amount := _amount(claim)) is not None]
    return Reading(float(str(standing.value)), min(values) / noise, max(values) * noise)


def _benchmark_part(catalog: Catalog, benchmark: Benchmark, models: Sequence[Model]) -> Part | None:
    """One test: the results of as many of the models as may be compared, or None for fewer than two."""
    found = _largest_match(catalog, benchmark, models)
    if found is None:
        return None
    at, match, versions = found
    noise, limits = catalog.decision.noise, catalog.limits
    readings: list[Reading | None] = [None] * len(models)
    shown, assumed = [NOT_FOUND] * len(models), False
    for index, result, others in zip(at, match.results, versions, strict=True):
        stated = [score_interval(benchmark, each, limits) for each in others]
        assumed = assumed or None in stated
        ends = [
            (interval.low, interval.high) if interval else _assumed(benchmark, _score(each), noise)
            for each, interval in zip(others, stated, strict=True)
        ]
        readings[index] = Reading(_score(result), min(low for low, _ in ends), max(high for _, high in ends))
        shown[index] = f"{number(_score(result), 2)}{_UNITS.get(benchmark.unit, f' {benchmark.unit}')}"
    return Part(
        label=benchmark.name,
        benchmark=benchmark.id,
        field=None,
        shown=tuple(shown),
        places=_scored(catalog.decision.scales, benchmark, readings),
        basis=match.basis,
        results=match.results,
        assumed_noise=assumed,
    )


def _score(result: Result) -> float:
    return math.nan if isinstance(result.score, Absent) else float(result.score)


def _largest_match(
    catalog: Catalog, benchmark: Benchmark, models: Sequence[Model]
) -> tuple[tuple[int, ...], Match, tuple[tuple[Result, ...], ...]] | None:
    """The most models whose results may be compared, the strongest comparison, and for each model every result like it.

    Results are alike that one source or page has of several versions or settings of a model: which of them a reader
    will use is not known.
    """
    by_id = sorted(range(len(models)), key=lambda at: models[at].id)
    have = [at for at in by_id if usable(catalog.results.get(models[at].id, {}).get(benchmark.id, ()))]
    for size in range(len(have), min(2, len(models)) - 1, -1):
        for chosen in combinations(have, size):
            found = matches(catalog, benchmark, [models[at] for at in chosen])
            if found:
                first = found[0]
                alike = [each for each in found if each.basis == first.basis and _editions(each) == _editions(first)]
                columns = zip(*(each.results for each in alike), strict=True)
                versions = tuple(tuple({id(result): result for result in column}.values()) for column in columns)
                return chosen, first, versions
    return None


def _editions(match: Match) -> list[str | None]:
    return [result.edition for result in match.results]


def _assumed(benchmark: Benchmark, score: float, noise: Noise) -> tuple[float, float]:
    """The interval of a score whose noise no source states, by the assumptions of the catalog."""
    if benchmark.scoring is Scoring.AMOUNT:
        return score / noise.ratio, score * noise.ratio
    if benchmark.scoring is Scoring.RATING:
        half = rating_points(wilson(0.5, noise.questions)[1], noise.questions)
        return score - half, score + half
    low, high = wilson(min(max(score / 100, 0), 1), noise.questions)
    return 100 * low, 100 * high


def _scored(scales: Scales, benchmark: Benchmark, readings: Sequence[Reading | None]) -> tuple[Place | None, ...]:
    better = benchmark.higher_is_better
    if benchmark.scoring is Scoring.AMOUNT:
        span = scales.money if benchmark.unit.startswith("USD") else scales.time
        return by_ratio(readings, span, better)
    span = scales.rating if benchmark.scoring is Scoring.RATING else scales.points
    return by_difference(readings, span, better)


def _bill_part(scales: Scales, models: Sequence[Model], bills: Bills, on: date) -> Part:
    readings = [_billed(model, bill) for model, bill in zip(models, bills, strict=True)]
    known = [bill for bill in bills if isinstance(bill, Bill)]
    return Part(
        label="Bill for your workload",
        benchmark=None,
        field=None,
        shown=tuple(bill_words(bill) for bill in bills),
        places=by_ratio(readings, scales.money, higher_is_better=False),
        basis=f"worked out at the list prices of {day(on, long=True)}",
        claims=tuple(claim for bill in known for claim in bill.claims),
    )


def bill_words(bill: Bill | NoListPrice) -> str:
    """What a bill comes to a month, or why there is none."""
    if isinstance(bill, NoListPrice):
        return f"no list price ({bill.reason})"
    return f"{money(bill.usd_a_month)} a month"


def _billed(model: Model, bill: Bill | NoListPrice) -> Reading | None:
    """A month's bill, or that of 1,000 requests where there are none, between the lowest and the highest prices."""
    if isinstance(bill, NoListPrice):
        return None
    amount = float(bill.usd_a_month or bill.usd_per_thousand)
    low, high = extremes(model, bill)
    return Reading(amount, amount * low, amount * high)


def extremes(model: Model, bill: Bill) -> tuple[float, float]:
    """How many times the bill the least and the most is that conflicting prices of the day would make of it."""
    if not bill.conflict or not bill.usd_per_day:
        return 1.0, 1.0
    low = high = 0.0
    for line in bill.lines:
        stated = [price for price in _rivals(model, line.claim, bill.on) if price > 0]
        used = float(str(line.claim.value)) if line.claim is not None else 0.0
        low += float(line.usd_per_day) * (min(stated) / used if stated and used else 1.0)
        high += float(line.usd_per_day) * (max(stated) / used if stated and used else 1.0)
    return low / float(bill.usd_per_day), high / float(bill.usd_per_day)


def _rivals(model: Model, used: Claim | None, on: date) -> list[float]:
    """Every list price of the item, scope and day that `used` states, its own among them."""
    field_of = next((claims for claims in model.claims.values() if any(claim is used for claim in claims)), ())
    return [
        float(claim.value)
        for claim in field_of
        if used is not None
        and claim.basis is Basis.LIST
        and claim.full_scope == used.full_scope
        and claim.holds_on(on)
        and isinstance(claim.value, int | float)
    ]


def _life_part(scales: Scales, models: Sequence[Model], on: date) -> Part:
    lives = [life(model, on) for model in models]
    stages = [scales.stages.get(each.stage) for each in lives]
    capped = [
        min(stage, scales.ending) if stage is not None and each.service is Service.ENDING else stage
        for stage, each in zip(stages, lives, strict=True)
    ]
    claims = [claim for model in models for claim in _status_claims(model, on)]
    return Part(
        label="Stage of life",
        benchmark=None,
        field="current_status",
        shown=tuple(
            NOT_FOUND if stage is None else _life_words(each) for stage, each in zip(capped, lives, strict=True)
        ),
        places=by_difference([None if each is None else Reading(each, each, each) for each in capped], 1, True),
        basis=f"from the history of each model, on {day(on, long=True)}",
        claims=tuple(claims),
    )


def _life_words(state: Life) -> str:
    ends = state.ends is not None and state.service is not Service.SHUT_DOWN
    return f"{state.stage}, ends {day(state.ends or '')}" if ends else state.stage


def _status_claims(model: Model, on: date) -> Iterator[Claim]:
    for path in ("current_status", "shutdown_date"):
        claims = counting(model, path, on)
        if claims:
            yield standing_claim(claims, on)
