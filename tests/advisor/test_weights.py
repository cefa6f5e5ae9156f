"""Weights stay whole percents that sum to 100, and pairwise answers say what a reader means by them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.advisor.weights import answers_of, contradiction, in_percent, moved, pairs, ratio

WEIGHTS = st.lists(st.integers(0, 100), min_size=5, max_size=5).map(in_percent)


@pytest.mark.parametrize(
    ("shares", "percent"),
    [
        # Thirds: two are rounded down and the first takes the rest.
        ((1, 1, 1), (34, 33, 33)),
        ((0, 0, 0, 0), (25, 25, 25, 25)),
        ((45, 5, 30, 10, 10), (45, 5, 30, 10, 10)),
        # 2/7 = 28.57, 5/7 = 71.43: the larger remainder is the first's.
        ((2, 5), (29, 71)),
    ],
)
def test_shares_become_whole_percents(shares: tuple[float, ...], percent: tuple[int, ...]) -> None:
    assert in_percent(shares) == percent


@given(WEIGHTS, st.integers(0, 4), st.integers(0, 100))
def test_a_moved_weight_is_what_was_asked_and_all_sum_to_100(weights: tuple[int, ...], at: int, percent: int) -> None:
    after = moved(weights, at, percent)
    assert after[at] == percent
    assert sum(after) == 100
    assert min(after) >= 0


def test_the_other_weights_keep_their_proportions() -> None:
    # 60 is left for 5, 30, 10 and 10 of 55: 5.45, 32.73, 10.91, 10.91, of which whole numbers make 5, 33, 11, 11.
    assert moved((45, 5, 30, 10, 10), 0, 40) == (40, 5, 33, 11, 11)


def test_the_same_weight_again_moves_nothing() -> None:
    assert moved((45, 5, 30, 10, 10), 2, 30) == (45, 5, 30, 10, 10)


def test_five_criteria_make_ten_questions() -> None:
    assert len(pairs(5)) == 10
    assert pairs(5)[0] == (0, 1)


def test_answers_stand_for_the_steps_of_the_scale() -> None:
    assert [ratio(each) for each in (-8, -1, 0, 2, 8)] == [1 / 9, 1 / 2, 1, 3, 9]


def test_weights_are_asked_back_as_the_nearest_answers() -> None:
    # 60 to 20 is 3 to 1, 20 to 20 is even, in the order (0,1), (0,2), (1,2).
    assert answers_of((60, 20, 20)) == (2, 2, 0)


def test_answers_that_fit_together_have_no_contradiction() -> None:
    # 3 and 3 would make 9, and 9 is what is said of the first and the third.
    assert contradiction((2, 8, 2), 3) is None


def test_a_circle_is_named_from_the_strongest_on() -> None:
    # The first over the second, the second over the third, and yet the third over the first.
    found = contradiction((4, -4, 4), 3)
    assert found in ((0, 1, 2), (1, 2, 0), (2, 0, 1))
