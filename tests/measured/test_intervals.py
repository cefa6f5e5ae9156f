"""Intervals against scipy, hand-worked figures and their own laws."""

from statistics import StatisticsError

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest, quantile_test

from catalog.criteria import OwnFigure
from components.measured.intervals import mean_of, median_of, share_of_votes

amounts = st.floats(1e-6, 1e4)
# The first example may wait for a library to be imported.
few = settings(max_examples=40, deadline=None)


def test_a_median_of_ten_lies_between_the_second_value_from_both_ends() -> None:
    # 1 + 10 of 1,024 ways to throw ten coins have at most one head: 1.07%. With two there are 5.47%.
    values = [30.0, 10.0, 20.0, 50.0, 40.0, 60.0, 90.0, 70.0, 80.0, 100.0]
    assert median_of(values) == OwnFigure(55.0, 20.0, 90.0, 10)


def test_five_values_are_too_few_for_an_interval_and_six_are_enough() -> None:
    # All of 5 coins come up tails once in 32 times, which is more than 1 in 40; all of 6 once in 64.
    assert median_of([1.0, 2.0, 3.0, 4.0, 5.0]) == OwnFigure(3.0, None, None, 5)
    assert median_of([1.0, 2.0, 3.0, 4.0, 5.0, 6.0]) == OwnFigure(3.5, 1.0, 6.0, 6)
    assert median_of([2.0]) == OwnFigure(2.0, None, None, 1)


@few
@given(st.lists(amounts, min_size=6, max_size=80))
def test_the_interval_of_a_median_is_scipys(values: list[float]) -> None:
    found = median_of(values)
    expected = quantile_test(values, q=0, p=0.5).confidence_interval(0.95)
    assert (found.low, found.high) == (expected.low, expected.high)


@few
@given(st.lists(amounts, min_size=6, max_size=60), st.randoms())
def test_a_median_lies_in_its_interval_and_the_order_of_values_does_not_matter(values: list[float], rng) -> None:
    found = median_of(values)
    assert found.low <= found.value <= found.high
    rng.shuffle(values)
    assert median_of(values) == found


def test_a_mean_of_three_has_students_interval_on_its_logarithm() -> None:
    # Mean 2, standard deviation 1, t for 2 degrees of freedom 4.30265: exp(4.30265 / sqrt(3) / 2) is 3.4627.
    found = mean_of([1.0, 2.0, 3.0])
    assert (found.value, found.runs) == (2.0, 3)
    assert found.low == pytest.approx(2 / 3.4627, rel=1e-4)
    assert found.high == pytest.approx(2 * 3.4627, rel=1e-4)


def test_a_mean_whose_spread_is_not_known_has_no_interval() -> None:
    for values in ([2.0], [2.0, 2.0, 2.0], [0.0, 0.0]):
        assert mean_of(values) == OwnFigure(values[0], None, None, len(values))
    assert mean_of([0.0, 1.0]).value == 0.5


@few
@given(st.lists(amounts, min_size=2, max_size=60))
def test_the_limits_of_a_mean_are_above_zero_and_around_it(values: list[float]) -> None:
    found = mean_of(values)
    if found.low is not None:
        assert 0 <= found.low <= found.value <= found.high


@few
@given(st.lists(st.floats(1.0, 100.0), min_size=2, max_size=60), st.floats(0.01, 100))
def test_a_mean_in_other_money_has_its_limits_in_other_money(values: list[float], rate: float) -> None:
    here, there = mean_of(values), mean_of([value * rate for value in values])
    if here.low is not None and here.high / here.low > 1 + 1e-6:
        assert (there.low, there.high) == pytest.approx((here.low * rate, here.high * rate), rel=1e-6)


@few
@given(st.integers(0, 40), st.integers(0, 40))
def test_a_share_of_wins_has_scipys_wilson_interval(wins: int, losses: int) -> None:
    if wins + losses:
        found = share_of_votes([1.0] * wins + [0.0] * losses)
        expected = binomtest(wins, wins + losses).proportion_ci(0.95, "wilson")
        assert (found.value, found.runs) == (wins / (wins + losses), wins + losses)
        assert (found.low, found.high) == pytest.approx((expected.low, expected.high), abs=1e-12)


def test_a_tie_counts_half() -> None:
    found = share_of_votes([1.0, 0.5, 0.5, 0.0, 0.5])
    assert (found.value, found.runs) == (0.5, 5)
    assert found.low + found.high == pytest.approx(1)


def test_without_values_there_is_no_figure() -> None:
    for figure in (median_of, mean_of, share_of_votes):
        with pytest.raises(StatisticsError):
            figure([])
