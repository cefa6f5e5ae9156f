"""Who is on the Pareto line, by hand-made offers of (cost, quality)."""

from catalog.pareto import front


def test_the_line_has_what_nothing_beats_on_both_counts_cheapest_first() -> None:
    # 2 costs more than 0 and is worse; 1 is dearer and better; 3 is cheapest and worst.
    assert front([(2.0, 70.0), (5.0, 90.0), (3.0, 60.0), (1.0, 50.0)]) == (3, 0, 1)


def test_equal_offers_stand_on_the_line_together_and_a_dearer_equal_one_does_not() -> None:
    assert front([(1.0, 50.0), (1.0, 50.0), (2.0, 50.0)]) == (0, 1)


def test_at_one_price_only_the_best_is_on_the_line() -> None:
    assert front([(1.0, 50.0), (1.0, 60.0)]) == (1,)


def test_no_offers_make_no_line() -> None:
    assert front([]) == ()
