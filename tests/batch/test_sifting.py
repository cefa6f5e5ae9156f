"""Which rows are listed: those that differ first, and by what passed, failed or was found."""

import pytest

from components.batch.sifting import Show, Sieve, differs, ordered, sifted
from components.batch.tally import ALL_CHECKS, tally_of
from tests.batch.results import answer, tally
from tests.batch.running import FLASH, PRO

# Row 1 and 4: both right; row 2: only Pro; row 3: neither; row 5: only Flash.
COUNTS = tally([True, True, False, True, False], [True, False, False, True, True])
PAIR = Sieve(one=PRO, other=FLASH)


def of(show: Show, model: str = "") -> Sieve:
    return Sieve(show, ALL_CHECKS, model, PRO, FLASH)


def test_rows_that_differ_stand_first_and_the_others_in_their_order() -> None:
    assert ordered(COUNTS, PAIR) == [2, 5, 1, 3, 4]


def test_without_checks_rows_stand_in_their_order() -> None:
    plain = tally_of([answer(row, model) for row in (1, 2, 3) for model in (PRO, FLASH)])
    assert ordered(plain, PAIR) == [1, 2, 3]


@pytest.mark.parametrize(
    ("sieve", "rows"),
    [
        (of(Show.DIFFERS), [2, 5]),
        (of(Show.PASSED), [1, 4]),
        (of(Show.FAILED), [2, 5, 3]),
        (of(Show.PASSED, PRO), [2, 1, 4]),
        (of(Show.FAILED, FLASH), [2, 3]),
        (of(Show.ERRORS), [3]),
    ],
)
def test_a_filter_keeps_the_rows_it_names_in_the_same_order(sieve: Sieve, rows: list[int]) -> None:
    assert sifted(COUNTS, sieve, errors={3}) == rows


def test_a_search_narrows_what_a_filter_has_left() -> None:
    assert sifted(COUNTS, of(Show.FAILED), set(), found={3, 4, 5}) == [5, 3]


def test_a_row_that_one_model_has_no_outcome_of_does_not_differ() -> None:
    counts = tally_of([answer(1, PRO, True), answer(2, PRO, True), answer(2, FLASH, False)])
    assert [differs(counts, PAIR, row) for row in (1, 2)] == [False, True]


def test_repeats_that_pass_unequally_often_differ() -> None:
    said = [answer(1, PRO, True), answer(1, PRO, True, 2), answer(1, FLASH, True), answer(1, FLASH, False, 2)]
    assert differs(tally_of(said), PAIR, 1)
