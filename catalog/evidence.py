"""Which claim stands, which claims conflict, and whether a difference is bigger than its noise. Pure functions."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from catalog.fields import Field
from catalog.intervals import Interval, Limits, difference_interval, expected_share, holm, score_interval
from catalog.schema import Absent, Basis, Benchmark, Claim, Kind, Result, Scoring

_RANK = {kind: rank for rank, kind in enumerate(Kind)}
_BASES = {basis: rank for rank, basis in enumerate(Basis)}


@dataclass(frozen=True, slots=True)
class Ruling:
    """What a field's claims amount to.

    `standing` is the claim that a reader is shown first. `by_scope` has the claim that stands within each scope, the
    general scope first. `conflicts` has every claim that says something else than the claim standing in its own
    scope. `claims` are all of them, in file order.
    """

    standing: Claim
    by_scope: tuple[Claim, ...]
    conflicts: tuple[Claim, ...]
    claims: tuple[Claim, ...]

    @property
    def conflict(self) -> bool:
        """Whether any two claims of one scope disagree."""
        return bool(self.conflicts)

    def stands(self, claim: Claim) -> bool:
        """Whether `claim` (one of `claims`) is the one that stands within its scope."""
        return any(claim is standing for standing in self.by_scope)


def standing_claim(claims: Sequence[Claim], on: date) -> Claim:
    """The claim of one scope that stands on the day `on`.

    Official stands before third party before estimate before illustrative before inference; then a claim whose
    stated period includes the day before one without a period; then the newer `as_of` (compared as far as it is
    known, so 2025 is older than 2025-04); then file order. Claims whose period excludes the day stand only where no
    other does. Raises ValueError for no claims.
    """
    if not claims:
        raise ValueError("no claims to choose from")
    current = [claim for claim in claims if claim.holds_on(on)] or list(claims)
    best = current[0]
    for claim in current[1:]:
        if _strength(claim) > _strength(best):
            best = claim
    return best


def _strength(claim: Claim) -> tuple[int, bool, str]:
    return (-_RANK[claim.kind], _has_period(claim), claim.as_of)


def _has_period(claim: Claim) -> bool:
    return claim.valid_from is not None or claim.valid_to is not None


def rule(claims: Sequence[Claim], field: Field, on: date) -> Ruling:
    """Rules over all claims of one field on the day `on`.

    Claims of different scope never conflict. The general scope (no limit) is shown first; where every claim is
    limited, the strongest of those that stand is shown; for plans (`field.plan`) the newest, since a plan is replaced
    by the next one whoever reports it; for prices (`field.first_scope`) the first scope of the file, list prices
    before free rates before others. Fields that hold many values at once (`field.many`) have no conflict.
    Raises ValueError for no claims.
    """
    scopes: dict[str, list[Claim]] = {}
    for claim in claims:
        scopes.setdefault(_scope(claim, field), []).append(claim)
    by_scope = [standing_claim(members, on) for members in scopes.values()]
    general = [claim for claim in by_scope if not claim.full_scope]
    limited = [claim for claim in by_scope if claim.full_scope]
    standing = _first(general, field, on) if general else _first(limited, field, on)
    conflicts = () if field.many else tuple(_conflicts(scopes.values(), on))
    return Ruling(standing, tuple(general + limited), conflicts, tuple(claims))


def _scope(claim: Claim, field: Field) -> str:
    return f"{claim.full_scope}\0{claim.value}" if field.many else claim.full_scope


def _first(candidates: Sequence[Claim], field: Field, on: date) -> Claim:
    if field.plan:
        return max(candidates, key=lambda claim: (claim.as_of, -_RANK[claim.kind]))
    if field.first_scope:
        return min(candidates, key=lambda claim: _BASES[claim.basis])
    return standing_claim(candidates, on)


def _conflicts(scopes: Iterable[Sequence[Claim]], on: date) -> Iterator[Claim]:
    for members in scopes:
        stands = standing_claim(members, on)
        current = [claim for claim in members if claim.holds_on(on)]
        beaten = [claim for claim in current if not agree(claim.value, stands.value)]
        # Two claims may both fit a vaguer one that stands, such as two months of its year, and still disagree.
        yield from beaten or (claim for claim in current if any(not agree(claim.value, each.value) for each in current))


def agree(one: object, other: object) -> bool:
    """Whether two values say the same: lists in any order, dates as far as both are known, numbers exactly."""
    if isinstance(one, tuple) and isinstance(other, tuple):
        return set(one) == set(other)
    if isinstance(one, str) and isinstance(other, str):
        return one == other or _date_within(one, other) or _date_within(other, one)
    return one == other and isinstance(one, bool) == isinstance(other, bool)


def _date_within(short: str, long: str) -> bool:
    return long.startswith(f"{short}-") and short.replace("-", "").isdigit() and len(short) in (4, 7)


class Verdict(StrEnum):
    """What two scores say about two models, surest first."""

    CLEAR = "clear"
    SMALL = "small but real"
    CLOSE = "too close to call"
    NOT_COMPARABLE = "not comparable"
    NO_SHARED_TEST = "no shared test"


SMALL_POINTS = 2.0
"""A lead of fewer percentage points than this is small, unless it also saves a third of the errors."""
SMALL_ERROR_RATIO = 1.5
SMALL_SHARE = 0.55
"""A rating that predicts fewer than 55 of 100 votes is a small lead."""
SIGNIFICANT = 0.05


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the difference of two scores amounts to.

    `difference` is the first score minus the second in the benchmark's unit, `low` and `high` its 95% interval, `p`
    the two-sided p value; they are None where they cannot be known. `leader` is 0 or 1 for the better score, None for
    equal ones. `share` is the expected share of votes for the first, for ratings alone. `reason` says in a sentence
    what the verdict rests on or why there is none.
    """

    verdict: Verdict
    difference: float | None = None
    low: float | None = None
    high: float | None = None
    p: float | None = None
    leader: int | None = None
    share: float | None = None
    method: str = ""
    reason: str = ""

    @property
    def size(self) -> float:
        """How large the difference is, in points of 100: of the score, or of the votes for ratings."""
        if self.difference is None:
            return 0.0
        return abs(self.share - 0.5) * 100 if self.share is not None else abs(self.difference)


def judge(benchmark: Benchmark, results: tuple[Result, Result], limits: Limits) -> Judgement:
    """The verdict on two results of `benchmark` that may be compared, each with a numeric score.

    `limits` must hold the limits of every share of the two (`intervals.share_of`). Raises ValueError for a result
    without a score.
    """
    if any(isinstance(result.score, Absent) for result in results):
        raise ValueError("a result without a score cannot be judged")
    one, other = (float(result.score) for result in results)
    apart = one - other
    leader = None if apart == 0 else int((apart < 0) == benchmark.higher_is_better)
    share = expected_share(apart) if benchmark.scoring is Scoring.RATING else None
    intervals = [score_interval(benchmark, result, limits) for result in results]
    if intervals[0] is None or intervals[1] is None:
        return Judgement(Verdict.NOT_COMPARABLE, apart, leader=leader, share=share, reason=_no_noise(benchmark))
    low, high, p = difference_interval(one, intervals[0], other, intervals[1])
    method = _method(intervals[0], intervals[1])
    if low <= 0 <= high:
        verdict, reason = Verdict.CLOSE, "The interval of the difference includes zero, so the lead could be chance."
    elif is_small(benchmark, one, other):
        verdict, reason = Verdict.SMALL, "The interval excludes zero, so the lead is real, but it is a small one."
    else:
        verdict, reason = Verdict.CLEAR, "The interval of the difference excludes zero."
    return Judgement(verdict, apart, low, high, p, leader, share, method, reason)


def _no_noise(benchmark: Benchmark) -> str:
    if benchmark.scoring is Scoring.AMOUNT:
        return "The source gives no spread for this measurement, so chance cannot be told from a difference."
    if benchmark.scoring is Scoring.AVERAGE:
        return "The score is an average over parts and comes without an interval, so its noise is not known."
    if benchmark.scoring is Scoring.RATING:
        return "These ratings come without an interval, so their noise is not known."
    return "Neither an interval nor the number of questions is known, so the noise is not known."


def _method(one: Interval, other: Interval) -> str:
    if one.method == other.method:
        combined = "Newcombe's interval" if one.method.startswith("Wilson") else "limits combined by MOVER"
        return f"{combined}; {one.method}"
    return f"limits combined by MOVER; {one.method}; {other.method}"


def is_small(benchmark: Benchmark, one: float, other: float) -> bool:
    """Whether a difference between two scores is too small to matter to most, however certain it is.

    Ratings: fewer than 55 of 100 votes expected. Shares: under 2 points, unless the better one makes a third fewer
    errors. Anything else is never called small, since no scale for it is known.
    """
    if benchmark.scoring is Scoring.RATING:
        return expected_share(abs(one - other)) < SMALL_SHARE
    if benchmark.unit != "percent":
        return False
    errors = sorted((100 - score if benchmark.higher_is_better else score) for score in (one, other))
    return abs(one - other) < SMALL_POINTS and errors[1] < SMALL_ERROR_RATIO * errors[0]


def corrected(judgements: Sequence[Judgement]) -> tuple[Judgement, ...]:
    """The judgements, with a lead called real only where it survives Holm's correction over all that have a p value.

    One lead in twenty looks real by chance alone; a page that counts leads over many tests must allow for that.
    """
    tested = [at for at, each in enumerate(judgements) if each.p is not None]
    adjusted = dict(zip(tested, holm(each.p for each in judgements if each.p is not None), strict=True))
    return tuple(
        replace(each, verdict=Verdict.CLOSE, reason=_one_of_many(len(tested)))
        if each.verdict in (Verdict.CLEAR, Verdict.SMALL) and adjusted.get(at, 0.0) >= SIGNIFICANT
        else each
        for at, each in enumerate(judgements)
    )


def _one_of_many(tests: int) -> str:
    return f"Alone this lead would count; among {tests} tests, chance could well give one like it."
