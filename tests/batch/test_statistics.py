"""What results say of two models, against other libraries, hand-worked figures and their own laws."""

from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest, chi2, f_oneway

from components.batch.records import Result, Verdict
from components.batch.statistics import (
    Comparison,
    Finding,
    comparisons,
    cost_per_pass,
    differing,
    latency,
    mcnemar_p,
    odds,
    pass_rate,
    repeatability,
)
from components.batch.tally import ALL_CHECKS, Outcomes, tally_of
from tests.batch.making import FLASH, PRO, failed, result

few = settings(max_examples=40, deadline=None)


def outcomes(*rows: tuple[int, int]) -> Outcomes:
    """Rows by how many of their repeats passed and failed."""
    made = Outcomes()
    for row, (passed, lost) in enumerate(rows, 1):
        for at in range(passed + lost):
            made.add(row, at < passed)
    return made


def both(one_only: int, other_only: int, same: int, **more: list[Result]) -> Comparison:
    """Flash before Pro: rows that only Flash passes, that only Pro passes, and that both pass."""
    rows = [(True, False)] * one_only + [(False, True)] * other_only + [(True, True)] * same
    results = [
        result(row, model, passed=passed)
        for row, pair in enumerate(rows, 1)
        for model, passed in zip((FLASH, PRO), pair, strict=True)
    ]
    return comparisons(tally_of([*results, *more.get("more", [])]), FLASH, PRO)[0]


def test_a_pass_rate_is_wilsons_over_rows() -> None:
    found = pass_rate(outcomes(*[(1, 0)] * 8, *[(0, 1)] * 2))
    expected = binomtest(8, 10).proportion_ci(method="wilson")
    assert (found.passed, found.rows, found.share) == (8, 10, 0.8)
    assert (found.low, found.high) == (pytest.approx(expected.low), pytest.approx(expected.high))
    assert found.sentence == (
        "8 of 10 rows pass (80%); between 49% and 94.3% of rows like these would, at 95% confidence."
    )


def test_repeats_make_no_more_rows() -> None:
    once, thrice = pass_rate(outcomes((1, 0), (0, 1))), pass_rate(outcomes((3, 0), (0, 3)))
    assert (once.low, once.high) == (thrice.low, thrice.high)
    assert pass_rate(outcomes((2, 1), (3, 0), (0, 3))).passed == pytest.approx(5 / 3)


def test_nothing_decided_is_no_share_of_zero() -> None:
    assert pass_rate(Outcomes()).share is None
    assert "no share" in pass_rate(Outcomes()).sentence
    assert pass_rate(outcomes((0, 1))).share == 0


@given(st.integers(0, 24), st.integers(0, 24))
@few
def test_few_differing_rows_are_tested_exactly(one: int, other: int) -> None:
    if one + other < 25:
        expected = binomtest(one, one + other).pvalue if one + other else 1.0
        assert mcnemar_p(one, other) == pytest.approx(expected)


@given(st.integers(0, 300), st.integers(0, 300))
@few
def test_many_differing_rows_are_tested_by_chi_squared(one: int, other: int) -> None:
    if one + other >= 25 and one != other:
        statistic = (abs(one - other) - 1) ** 2 / (one + other)
        assert mcnemar_p(one, other) == pytest.approx(chi2.sf(statistic, 1))
    assert mcnemar_p(one, other) == mcnemar_p(other, one)
    assert 0 <= mcnemar_p(one, other) <= 1


def test_a_lead_is_said_in_rows_and_in_chance() -> None:
    # 12 rows against 0: two of 4,096 ways to throw 12 coins.
    found = both(12, 0, 188)
    assert found.p == pytest.approx(2 / 4096)
    assert (found.finding, found.method) == (Finding.CLEAR, "McNemar's test, exact")
    assert found.sentence == (
        "gemini-2.5-flash passes 12 more of 200 rows than gemini-2.5-pro; chance gives such a difference in 1 of 2,000."
    )
    close = both(3, 1, 6)
    assert close.finding is Finding.CLOSE
    assert close.sentence.endswith("chance gives such a difference in 62 of 100. That is too close to call.")
    assert both(0, 0, 5).sentence.endswith("do equally well on each of 5 rows.")
    assert "is better on 2 of 5 rows and gemini-2.5-pro on 2, and both pass equally many" in both(2, 2, 1).sentence


def test_rows_that_are_missing_on_one_side_make_it_not_comparable() -> None:
    # With the four missing rows for Pro it is 8 against 4, which chance gives often.
    more = [result(row, PRO) for row in range(101, 105)] + [failed(row) for row in range(101, 105)]
    found = both(8, 0, 92, more=more)
    assert (found.finding, found.p, found.missing_one, found.missing_other) == (Finding.NOT_COMPARABLE, None, 4, 0)
    assert found.sentence == (
        "Not comparable: of the rows, 4 of gemini-2.5-flash are missing or undecided where the other model has an "
        "outcome, and could turn the result; 100 rows have both. Ask the missing ones again."
    )


def test_missing_rows_that_could_change_nothing_are_allowed_for() -> None:
    more = [result(201, PRO), failed(201)]
    found = both(20, 0, 180, more=more)
    assert found.finding is Finding.CLEAR
    # 20 against the 1 that is missing: 2 * (1 + 21) of 2 ** 21.
    assert found.p == pytest.approx(2 * 22 / 2**21)
    assert "even if the missing row spoke against it" in found.sentence
    level = both(3, 3, 180, more=more)
    assert (level.finding, level.missing_one) == (Finding.CLOSE, 1)


def test_models_without_a_row_in_common_are_not_comparable() -> None:
    found = comparisons(tally_of([result(1, FLASH), result(2, PRO)]), FLASH, PRO)[0]
    assert (found.finding, found.rows, found.p) == (Finding.NOT_COMPARABLE, 0, None)
    with pytest.raises(KeyError):
        comparisons(tally_of([result(1)]), FLASH, PRO)


def test_several_checks_are_allowed_for_and_all_together_stand_beside() -> None:
    # 6 against 0 is 2 of 64 alone; with two checks it is twice that, and no longer clear.
    rows = [(True, False)] * 6 + [(True, True)] * 4
    results = [
        result(row, model, checks=(Verdict("a", passed), Verdict("b", True)))
        for row, pair in enumerate(rows, 1)
        for model, passed in zip((FLASH, PRO), pair, strict=True)
    ]
    a, b, whole = comparisons(tally_of(results), FLASH, PRO)
    assert (a.p, a.adjusted, a.finding) == (pytest.approx(1 / 32), pytest.approx(1 / 16), Finding.CLOSE)
    assert "in 6 of 100, with 2 checks allowed for" in a.sentence
    assert (b.p, b.adjusted) == (1.0, 1.0)
    assert (whole.check, whole.adjusted, whole.finding) == (ALL_CHECKS, pytest.approx(1 / 32), Finding.CLEAR)


def test_an_undecided_check_leaves_the_row_out_unless_another_one_failed() -> None:
    undecided = (Verdict("a", None), Verdict("b", True))
    lost = (Verdict("a", None), Verdict("b", False))
    tally = tally_of([result(1, checks=undecided), result(2, checks=lost)])
    assert tally.sides[FLASH].whole.share(1) is None
    assert tally.sides[FLASH].whole.share(2) is not None
    assert tally.sides[FLASH].outcomes("a").share(1) is None


def test_with_repeats_the_share_of_a_row_counts() -> None:
    results = [
        result(row, model, repeat, passed=repeat <= passes)
        for row in (1, 2, 3)
        for model, passes in ((FLASH, 2), (PRO, 1))
        for repeat in (1, 2, 3)
    ]
    found = comparisons(tally_of(results), FLASH, PRO)[0]
    assert (found.one_better, found.other_better, found.rows) == (3, 0, 3)
    assert found.one_passed == pytest.approx(2)
    assert found.sentence.startswith("gemini-2.5-flash passes 1 more of 3 rows")


@pytest.mark.parametrize(
    ("p", "words"),
    [(1.0, "99 of 100"), (0.32, "32 of 100"), (0.01, "1 of 100"), (0.0099, "1 of 100"), (0.0002, "1 of 5,000")],
)
def test_chance_in_words(p: float, words: str) -> None:
    assert odds(p) == words
    assert odds(1e-30) == "fewer than 1 of 1,000,000,000"


def test_rows_on_which_the_models_differ_come_first_and_missing_ones_last() -> None:
    results = [
        *(result(row, FLASH, passed=passed) for row, passed in ((1, True), (2, True), (4, False))),
        *(result(row, PRO, passed=passed) for row, passed in ((1, True), (2, False), (3, True), (4, True))),
    ]
    assert differing(tally_of(results), FLASH, PRO) == [2, 4, 1, 3]


@given(st.lists(st.floats(0, 1e4), min_size=1, max_size=60))
@few
def test_percentiles_are_numpys(seconds: list[float]) -> None:
    found = latency(seconds)
    assert found is not None
    expected = np.percentile(seconds, [50, 90, 95, 99])
    assert [found.p50, found.p90, found.p95, found.p99] == pytest.approx(list(expected))
    assert (found.n, found.highest) == (len(seconds), max(seconds))


def test_no_times_have_no_percentiles() -> None:
    assert latency([]) is None


def test_a_passed_row_costs_what_all_answers_cost_by_those_that_passed() -> None:
    results = [result(1), result(2, passed=False, discarded_usd=Decimal("0.02")), result(3), failed(4)]
    found = cost_per_pass(tally_of(results).sides[FLASH])
    assert found.usd == Decimal("0.025")
    assert found.sentence == "A passed row of gemini-2.5-flash costs $0.025."


def test_a_cost_that_cannot_be_said_is_said_in_words() -> None:
    nobody = cost_per_pass(tally_of([result(1, passed=False)]).sides[FLASH])
    assert nobody.usd is None
    assert nobody.sentence == ("No row of gemini-2.5-flash passed, so a passed row has no price; $0.01 were spent.")
    unknown = cost_per_pass(tally_of([result(1, cost_usd=None), result(2)]).sides[FLASH])
    assert (unknown.usd, unknown.sentence) == (None, "Not known, for want of the cost of 1 answer of gemini-2.5-flash.")
    assert "no row" in cost_per_pass(tally_of([failed(1)]).sides[FLASH]).sentence


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)).filter(any), min_size=2, max_size=12))
@few
def test_variance_within_and_between_rows_is_that_of_an_analysis_of_variance(rows: list[tuple[int, int]]) -> None:
    found = repeatability(outcomes(*rows))
    groups = [[1] * passed + [0] * lost for passed, lost in rows]
    sizes = [len(group) for group in groups]
    total = sum(sizes)
    if total == len(rows):
        assert found is None
        return
    assert found is not None
    inside = sum(float(np.var(group)) * len(group) for group in groups) / (total - len(rows))
    assert found.within == pytest.approx(inside)
    if found.within > 0:
        even = (total - sum(size**2 for size in sizes) / total) / (len(rows) - 1)
        # F is the mean square between rows by that within.
        expected = max(0.0, inside * (float(f_oneway(*groups).statistic) - 1) / even)
        assert found.between == pytest.approx(expected, abs=1e-9)


def test_repeats_that_always_agree_vary_only_between_rows() -> None:
    found = repeatability(outcomes((3, 0), (0, 3)))
    assert found is not None
    assert (found.within, found.share_between, found.changing) == (0, 1, 0)
    assert found.sentence == "Each of 2 rows has the same outcome in all its repeats."
    chance = repeatability(outcomes((1, 1), (1, 1)))
    assert chance is not None
    assert chance.sentence == (
        "2 of 2 rows change their outcome from repeat to repeat. 100% of the variance is chance within a row."
    )
    assert repeatability(outcomes((1, 0), (0, 1))) is None
