"""Mixes and cascades by hand, against scipy's normal curve, and by their own laws."""

from dataclasses import replace
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm

from catalog.routing import Point, Side, assumptions, best_of, cascade, cascaded, mix, mixed, ordered

PRO = Side("Pro", Decimal(10), 0.8, 0.75, 0.85, 6.0)
FLASH = Side("Flash", Decimal(1), 0.6, 0.5, 0.7, 2.0)
SHARES = st.integers(0, 100).map(lambda percent: percent / 100)
SKILLS = st.integers(50, 100).map(lambda percent: percent / 100)
USD = st.integers(0, 100_000).map(lambda cents: Decimal(cents) / 100)


@st.composite
def sides(draw):
    low, quality, high = sorted(draw(st.tuples(SHARES, SHARES, SHARES)))
    return Side(draw(st.sampled_from(["one", "other"])), draw(USD), quality, low, high, draw(st.none() | st.just(3.0)))


@given(sides(), sides(), SKILLS)
def test_none_and_all_of_the_requests_are_the_models_alone(strong, weak, skill):
    for points, dearest in (
        (mix(strong, weak, 2), strong.usd),
        (cascade(strong, weak, skill, 2), strong.usd + weak.usd),
    ):
        first, last = points[0], points[-1]
        assert (first.share, first.usd, last.share, last.usd) == (0, weak.usd, 1, dearest)
        assert (first.low, first.quality, first.high) == pytest.approx((weak.low, weak.quality, weak.high))
        assert (last.low, last.quality, last.high) == pytest.approx((strong.low, strong.quality, strong.high))


@given(sides(), sides(), SHARES)
def test_a_mix_lies_on_the_line_between_the_models(strong, weak, share):
    point = mixed(strong, weak, share)
    part = Decimal(str(share))
    assert point.usd == part * strong.usd + (1 - part) * weak.usd
    assert point.quality == pytest.approx(share * strong.quality + (1 - share) * weak.quality)


@given(sides(), sides(), SHARES)
def test_a_signal_that_guesses_is_no_better_than_a_lot_and_pays_for_both(strong, weak, share):
    guessed, drawn = cascaded(strong, weak, 0.5, share), mixed(strong, weak, share)
    assert (guessed.low, guessed.quality, guessed.high) == pytest.approx((drawn.low, drawn.quality, drawn.high))
    assert guessed.usd == weak.usd + Decimal(str(share)) * strong.usd
    assert guessed.usd >= drawn.usd


@settings(deadline=None)
@given(sides(), sides(), SHARES, SKILLS, SKILLS)
def test_a_better_signal_never_costs_right_answers(strong, weak, share, one, other):
    worse, better = sorted((one, other))
    assert cascaded(strong, weak, worse, share).quality <= cascaded(strong, weak, better, share).quality + 1e-9


@settings(deadline=None, max_examples=50)
@given(sides(), sides(), SHARES, SKILLS)
def test_a_band_holds_its_middle_within_what_can_be(strong, weak, share, skill):
    for point in (mixed(strong, weak, share), cascaded(strong, weak, skill, share)):
        assert -1e-12 <= point.low <= point.quality + 1e-12
        assert point.quality - 1e-12 <= point.high <= 1 + 1e-12


def test_half_and_half_by_hand():
    # Dollars (10 + 1) / 2, quality (0.8 + 0.6) / 2, from (0.75 + 0.5) / 2 to (0.85 + 0.7) / 2, seconds (6 + 2) / 2.
    assert mixed(PRO, FLASH, 0.5) == Point(0.5, Decimal("5.5"), pytest.approx(0.7), 0.625, pytest.approx(0.775), 4.0)


def test_a_cascade_by_hand_with_the_normal_curve_of_scipy():
    # Signals one standard deviation apart and a limit halfway: so many right and wrong answers are passed on.
    lost, caught = norm.sf(0.5), norm.sf(-0.5)
    share = 0.6 * lost + 0.4 * caught
    point = cascaded(PRO, FLASH, norm.cdf(1 / 2**0.5), share)
    # Pro knows what Flash knows, so of the wrong 0.4 it knows 0.2; or it knows 0.8 of all that it is passed.
    nested = 0.6 + 0.2 * caught
    by_chance = 0.6 * (1 - lost) + 0.8 * share
    assert (nested, by_chance) == pytest.approx((0.7383, 0.7842), abs=0.0001)
    assert point.quality == pytest.approx((nested + by_chance) / 2)
    assert float(point.usd) == pytest.approx(1 + 10 * share)
    assert point.seconds == pytest.approx(2 + 6 * share)


def test_a_signal_that_is_never_wrong_passes_on_nothing_but_wrong_answers():
    # The 40% that Flash gets wrong: Pro knows half of them, or 80%.
    assert cascaded(PRO, FLASH, 1, 0.4).quality == pytest.approx((0.8 + 0.92) / 2)
    # Beyond them there is nothing to win.
    assert cascaded(PRO, FLASH, 1, 0.7).quality <= cascaded(PRO, FLASH, 1, 0.4).quality


def test_waiting_times_that_are_not_known_are_left_out_where_somebody_waits():
    unknown = replace(PRO, seconds=None)
    assert [point.seconds for point in mix(unknown, FLASH, 2)] == [2.0, None, None]
    assert [point.seconds for point in cascade(unknown, FLASH, 0.7, 2)] == [2.0, None, None]
    assert [point.seconds for point in mix(PRO, replace(FLASH, seconds=None), 2)] == [None, None, 6.0]


def test_the_one_with_more_right_answers_is_the_stronger_and_of_equals_the_dearer():
    assert ordered(FLASH, PRO) == (PRO, FLASH)
    assert ordered(replace(FLASH, quality=0.7), replace(PRO, quality=0.7))[0].name == "Pro"


def test_the_best_points_are_those_of_a_comparison_of_all_with_all():
    curves = mix(PRO, FLASH), cascade(PRO, FLASH, 0.8)
    every = [point for curve in curves for point in curve]
    marked = [point for curve in best_of(*curves) for point in curve]

    def beaten(point: Point) -> bool:
        return any(
            other is not point
            and other.usd <= point.usd
            and round(other.quality, 9) >= round(point.quality, 9)
            and (other.usd, round(other.quality, 9)) != (point.usd, round(point.quality, 9))
            for other in every
        )

    # A fine grid of the straight lines between neighbours stands for what can be had between two points.
    between = [
        (
            float(one.usd) + (float(other.usd) - float(one.usd)) * step / 500,
            one.quality + (other.quality - one.quality) * step / 500,
        )
        for curve in curves
        for one, other in pairwise(curve)
        for step in range(501)
    ]

    def outdone(point: Point) -> bool:
        return any(usd <= float(point.usd) and quality > point.quality + 1e-6 for usd, quality in between)

    expected = [not beaten(point) and not outdone(point) for point in every]
    assert [point.best for point in marked] == expected
    assert any(expected)
    assert not all(expected)


def test_the_knee_is_where_the_line_bends():
    def at(usd: int, quality: float) -> Point:
        return Point(0.5, Decimal(usd), quality, 0.0, 1.0, None)

    (marked,) = best_of([at(0, 0.0), at(2, 0.5), at(4, 0.9), at(10, 1.0)])
    # Above the line from (0, 0) to (10, 1): 0.5 - 0.2, 0.9 - 0.4.
    assert [point.knee for point in marked] == [False, False, True, False]
    (straight,) = best_of([at(0, 0.0), at(5, 0.5), at(10, 1.0)])
    assert not any(point.knee for point in straight)


def test_a_guessing_cascade_and_models_of_one_quality_are_never_worth_their_money():
    drawn, guessed = best_of(mix(PRO, FLASH), cascade(PRO, FLASH, 0.5))
    assert all(point.best for point in drawn)
    assert not any(point.best for point in guessed[1:])
    same = replace(PRO, quality=0.6, low=0.5, high=0.7)
    (alike,) = best_of(mix(same, FLASH))
    assert [point.best for point in alike] == [True, *[False] * 20]


@pytest.mark.parametrize(
    ("side", "share", "skill", "words"),
    [
        (PRO, 1.2, 0.7, "share"),
        (PRO, 0.5, 0.4, "skill"),
        (replace(PRO, low=0.9), 0.5, 0.7, "quality of Pro"),
        (replace(PRO, usd=Decimal(-1)), 0.5, 0.7, "cost of Pro"),
    ],
)
def test_what_cannot_be_is_refused(side, share, skill, words):
    with pytest.raises(ValueError, match=words):
        cascaded(side, FLASH, skill, share)


def test_a_curve_has_steps():
    with pytest.raises(ValueError, match="step"):
        mix(PRO, FLASH, 0)


def test_the_assumptions_name_both_models_and_the_skill():
    text = " ".join(assumptions(PRO, FLASH, 0.75))
    assert "0.75" in text
    assert "Flash answers every request and is paid for it" in text
    assert "one after the other" in text
    assert "not known for both" in " ".join(assumptions(PRO, replace(FLASH, seconds=None), 0.75))
