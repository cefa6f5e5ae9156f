"""What the results of a batch say of its models: shares with intervals, paired tests, latency, cost, and repeats.

The rows are the sample; repeats of a row are no rows of their own. A row passes by the share of its repeats that pass.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum

from catalog.intervals import holm, wilson_limits
from catalog.words import listing, number, usd
from components.batch.tally import ALL_CHECKS, Outcomes, Side, Tally

SIGNIFICANT = 0.05
EXACT_BELOW = 25
"""With fewer rows than this that differ, the test is exact."""


@dataclass(frozen=True, slots=True)
class PassRate:
    """The share of rows that pass, 0 to 1, with its 95% interval; `passed` is the sum of the rows' shares.

    `share`, `low` and `high` are None where no row was decided.
    """

    passed: float
    rows: int
    share: float | None
    low: float | None
    high: float | None

    @property
    def sentence(self) -> str:
        """It in plain words."""
        if self.share is None or self.low is None or self.high is None:
            return "No row was decided, so there is no share that passes."
        about = number(self.passed, 1)
        span = f"between {_percent(self.low)} and {_percent(self.high)} of rows like these"
        return f"{about} of {self.rows:,} rows pass ({_percent(self.share)}); {span} would, at 95% confidence."


class Finding(StrEnum):
    """What a comparison of two models amounts to."""

    CLEAR = "clear"
    CLOSE = "too close to call"
    NOT_COMPARABLE = "not comparable"


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two models on the same rows by one check.

    Of the `rows` that both have, `one_better` and `other_better` differ; `one_passed` and `other_passed` are sums of
    the rows' shares. `missing_one` and `missing_other` are rows that only the other model has. `p` is the two-sided p
    value, `adjusted` the one that allows for several checks; None where the models are not comparable.
    """

    check: str
    one: str
    other: str
    rows: int
    one_passed: float
    other_passed: float
    one_better: int
    other_better: int
    missing_one: int
    missing_other: int
    finding: Finding
    p: float | None
    adjusted: float | None
    method: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Latency:
    """Percentiles of a time in seconds over `n` answers."""

    n: int
    p50: float
    p90: float
    p95: float
    p99: float
    highest: float


@dataclass(frozen=True, slots=True)
class CostPerPass:
    """What a passed row costs in US dollars, or None, with the sentence that says it or why not."""

    usd: Decimal | None
    sentence: str


@dataclass(frozen=True, slots=True)
class Repeatability:
    """Where the outcomes of repeats differ: the variance within rows and that between rows."""

    rows: int
    repeats: float
    within: float
    between: float
    changing: int

    @property
    def share_between(self) -> float | None:
        """The share of the variance that lies between rows; None where nothing varies at all."""
        whole = self.within + self.between
        return self.between / whole if whole > 0 else None

    @property
    def sentence(self) -> str:
        """It in plain words."""
        if not self.changing:
            return f"Each of {self.rows:,} rows has the same outcome in all its repeats."
        share = self.share_between
        split = "" if share is None else f" {_percent(1 - share)} of the variance is chance within a row."
        verb = "row changes its" if self.changing == 1 else "rows change their"
        return f"{self.changing:,} of {self.rows:,} {verb} outcome from repeat to repeat.{split}"


def pass_rate(outcomes: Outcomes) -> PassRate:
    """The share of rows that pass, with Wilson's 95% interval over rows.

    Shares between none and all of a row's repeats vary no more than passed and failed rows of the same mean, so the
    interval is rather too wide than too narrow. Wilson (1927), JASA 22:209-212.
    """
    shares = [share.value for _, share in outcomes.rows()]
    if not shares:
        return PassRate(0, 0, None, None, None)
    passed = math.fsum(shares)
    pair = (passed / len(shares), len(shares))
    low, high = wilson_limits([pair])[pair]
    return PassRate(passed, len(shares), pair[0], max(0.0, low), min(1.0, high))


def mcnemar_p(one_better: int, other_better: int) -> float:
    """The two-sided p value of McNemar's test, by the rows that differ.

    Exact below 25 such rows, else chi-squared with the correction for continuity (McNemar 1947, Psychometrika
    12:153-157; Edwards 1948, Psychometrika 13:185-187), both by statsmodels. 1 where no row differs.
    """
    if one_better == other_better:
        return 1.0
    from statsmodels.stats.contingency_tables import mcnemar

    table = [[0, one_better], [other_better, 0]]
    return float(mcnemar(table, exact=one_better + other_better < EXACT_BELOW, correction=True).pvalue)


def comparisons(tally: Tally, one: str, other: str) -> tuple[Comparison, ...]:
    """Two models by each check, and by all together where there are several, with Holm's correction over the checks.

    Holm (1979), Scand. J. Statistics 6:65-70. All checks together are a summary and no further chance to be lucky, so
    they stand outside the correction. Raises KeyError for a model that has no results.
    """
    sides = tally.sides[one], tally.sides[other]
    singles = [_compared(label, *sides) for label in tally.checks]
    tested = [each for each in singles if each.p is not None]
    adjusted = iter(holm(each.p for each in tested if each.p is not None))
    found = [_final(each, next(adjusted), len(tested)) if each.p is not None else each for each in singles]
    if len(found) < 2:
        return tuple(found)
    whole = _compared(ALL_CHECKS, *sides)
    return (*found, whole if whole.p is None else _final(whole, whole.p, 1))


def _compared(check: str, one: Side, other: Side) -> Comparison:
    """The comparison by one check; a row with repeats is better where more of its share passes."""
    mine, theirs = one.outcomes(check), other.outcomes(check)
    pairs = [(share.value, partner.value) for row, share in mine.rows() if (partner := theirs.share(row)) is not None]
    only_mine = sum(theirs.share(row) is None for row, _ in mine.rows())
    only_theirs = sum(mine.share(row) is None for row, _ in theirs.rows())
    ahead, behind = sum(a > b for a, b in pairs), sum(a < b for a, b in pairs)
    plain = Comparison(
        check=check,
        one=one.model,
        other=other.model,
        rows=len(pairs),
        one_passed=math.fsum(a for a, _ in pairs),
        other_passed=math.fsum(b for _, b in pairs),
        one_better=ahead,
        other_better=behind,
        missing_one=only_theirs,
        missing_other=only_mine,
        finding=Finding.NOT_COMPARABLE,
        p=None,
        adjusted=None,
        method="",
        sentence="",
    )
    if not pairs:
        return replace(plain, sentence="The models have no row in common that was decided, so they cannot be compared.")
    return _tested(plain)


def _tested(found: Comparison) -> Comparison:
    """With the p value; where rows are missing, only if they could not turn what the others say."""
    missing = found.missing_one + found.missing_other
    fewer, more = sorted((found.one_better, found.other_better))
    p = mcnemar_p(more, fewer)
    against = mcnemar_p(more, fewer + missing) if more > fewer + missing else 1.0
    if missing and against < SIGNIFICANT:
        # Clear whatever the missing rows are, and no clearer than in the worst case.
        method = _method(more + fewer + missing) + ", with every missing row against the model ahead"
        return replace(found, p=against, method=method)
    if missing and mcnemar_p(more + missing, fewer) < SIGNIFICANT:
        return replace(found, sentence=_missing_sentence(found))
    return replace(found, p=p, method=_method(more + fewer))


def _method(differing: int) -> str:
    kind = "exact" if differing < EXACT_BELOW else "chi-squared with continuity correction"
    return f"McNemar's test, {kind}"


def _missing_sentence(found: Comparison) -> str:
    missing = ((found.missing_one, found.one), (found.missing_other, found.other))
    lost = listing([f"{count:,} of {model}" for count, model in missing if count])
    verb = "is" if found.missing_one + found.missing_other == 1 else "are"
    return (
        f"Not comparable: of the rows, {lost} {verb} missing or undecided where the other model has an outcome, and "
        f"could turn the result; {found.rows:,} rows have both. Ask the missing ones again."
    )


def _final(found: Comparison, adjusted: float, tests: int) -> Comparison:
    clear = adjusted < SIGNIFICANT and not _contradictory(found)
    finding = Finding.CLEAR if clear else Finding.CLOSE
    return replace(found, adjusted=adjusted, finding=finding, sentence=_sentence(found, adjusted, tests))


def _contradictory(found: Comparison) -> bool:
    """Whether one model is better on more rows and the other passes more in sum, as can be with repeats."""
    return (found.one_passed - found.other_passed) * (found.one_better - found.other_better) < -1e-9


def _sentence(found: Comparison, adjusted: float, tests: int) -> str:
    apart = found.one_passed - found.other_passed
    rows = f"{found.rows:,} rows"
    if not found.one_better and not found.other_better:
        return f"{found.one} and {found.other} do equally well on each of {rows}."
    if abs(apart) < 1e-9 or _contradictory(found):
        each = f"{found.one} is better on {found.one_better:,} of {rows} and {found.other} on {found.other_better:,}"
        even = "both pass equally many" if abs(apart) < 1e-9 else "the sums of what passes say the opposite"
        return f"{each}, and {even}. That is too close to call."
    leader, trailer = (found.one, found.other) if apart > 0 else (found.other, found.one)
    lead = f"{leader} passes {number(abs(apart), 1)} more of {rows} than {trailer}"
    several = f", with {tests} checks allowed for" if tests > 1 else ""
    missing = found.missing_one + found.missing_other
    rest = "the missing row" if missing == 1 else f"all {missing:,} missing rows"
    even = f", even if {rest} spoke against it" if missing and adjusted < SIGNIFICANT else ""
    verdict = "" if adjusted < SIGNIFICANT else " That is too close to call."
    return f"{lead}; chance gives such a difference in {odds(adjusted)}{several}{even}.{verdict}"


def odds(p: float) -> str:
    """A probability in words: 1 of 5,000, 3 of 100. Rounded to one digit below 1 of 100, never to none or all."""
    if p >= 0.01:
        return f"{min(99, round(p * 100))} of 100"
    if p < 1e-9:
        return "fewer than 1 of 1,000,000,000"
    times = 1 / p
    size = 10 ** int(math.log10(times))
    return f"1 of {round(times / size) * size:,}"


def differing(tally: Tally, one: str, other: str, check: str = ALL_CHECKS) -> list[int]:
    """The rows of both models, those first on which they differ most; then by number. Rows that one lacks come last.

    Raises KeyError for a model that has no results.
    """
    mine, theirs = (tally.sides[name].outcomes(check) for name in (one, other))
    apart = []
    for row in range(1, tally.rows + 1):
        a, b = mine.share(row), theirs.share(row)
        apart.append((1.0 if a is None or b is None else -abs(a.value - b.value), row))
    return [row for _, row in sorted(apart)]


def latency(seconds: Iterable[float]) -> Latency | None:
    """Exact percentiles of times in seconds, None for no times.

    Interpolated between the values that there are: definition 7 in Hyndman and Fan (1996),
    https://doi.org/10.2307/2684934.
    """
    values = sorted(seconds)
    if not values:
        return None
    p50, p90, p95, p99 = (_percentile(values, share) for share in (0.5, 0.9, 0.95, 0.99))
    return Latency(len(values), p50, p90, p95, p99, values[-1])


def _percentile(values: Sequence[float], share: float) -> float:
    at = share * (len(values) - 1)
    below = math.floor(at)
    above = min(below + 1, len(values) - 1)
    return values[below] + (values[above] - values[below]) * (at - below)


def cost_per_pass(side: Side, check: str = ALL_CHECKS) -> CostPerPass:
    """What all answers of a model cost, failed ones included, by its passed rows; judges are not in it."""
    passed = pass_rate(side.outcomes(check)).passed
    rows = sum(1 for _ in side.outcomes(check).rows())
    if side.unpriced:
        answers = "1 answer" if side.unpriced == 1 else f"{side.unpriced:,} answers"
        return CostPerPass(None, f"Not known, for want of the cost of {answers} of {side.model}.")
    if not rows:
        return CostPerPass(None, f"Not known: no row of {side.model} was decided.")
    if not passed:
        spent = usd(float(side.cost_usd))
        return CostPerPass(None, f"No row of {side.model} passed, so a passed row has no price; {spent} were spent.")
    each = side.cost_usd / Decimal(str(passed))
    return CostPerPass(each, f"A passed row of {side.model} costs {usd(float(each))}.")


def repeatability(outcomes: Outcomes) -> Repeatability | None:
    """Variance of the outcomes (1 passed, 0 failed) within and between rows; None with fewer than two rows or repeats.

    One-way random effects by analysis of variance, for unequal numbers of repeats too, with a negative estimate of the
    variance between rows set to 0: Searle, Casella and McCulloch (1992), Variance Components, section 3.6.
    """
    shares = [share for _, share in outcomes.rows()]
    count, total = len(shares), sum(share.decided for share in shares)
    if count < 2 or total <= count:
        return None
    mean = sum(share.passed for share in shares) / total
    inside = math.fsum(share.passed * (1 - share.value) for share in shares)
    across = math.fsum(share.decided * (share.value - mean) ** 2 for share in shares)
    within = inside / (total - count)
    even = (total - sum(share.decided**2 for share in shares) / total) / (count - 1)
    between = max(0.0, (across / (count - 1) - within) / even)
    changing = sum(0 < share.passed < share.decided for share in shares)
    return Repeatability(count, total / count, within, between, changing)


def _percent(share: float) -> str:
    return f"{number(100 * share, 1)}%"
