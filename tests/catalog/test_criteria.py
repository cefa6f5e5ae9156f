"""Places of models on the criteria: worked out by hand on the real catalog, and on made-up models where it has none."""

import math
from datetime import date
from decimal import Decimal
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.proportion import proportion_confint

from catalog.bill import bill
from catalog.criteria import OwnFigure, OwnFigures, Place, estimate, measured
from catalog.intervals import expected_share
from catalog.prices import GEMINI_API, NoListPrice
from catalog.scales import Reading, by_difference, by_ratio, rating_points, wilson
from catalog.schema import Kind
from catalog.workload import Workload
from tests.catalog.decisions import a_bill

THEN, NOW = date(2025, 3, 1), date(2026, 11, 26)
PAIR = ("gemini-2.0-pro-exp-02-05", "gemini-2.0-flash")
NO_PRICE = NoListPrice("free while on trial")


def models(catalog, *names):
    return [catalog.find(name) for name in names]


def on_pair(catalog, names=PAIR, on=THEN, bills=None, own=None):
    found = measured(catalog, models(catalog, *names), bills or [NO_PRICE] * len(names), on, own)
    return {each.criterion.id: each for each in found}


def middles(measure):
    return [each.place.middle for each in measure.estimates]


# The scale


def exact(values):
    return [Reading(each, each, each) for each in values]


@given(st.lists(st.integers(0, 100), min_size=2, max_size=4), st.integers(-50, 50), st.booleans())
def test_a_constant_added_to_all_scores_moves_no_place(scores, more, better):
    before, after = (by_difference(exact(each), 25, better) for each in (scores, [more + each for each in scores]))
    for one, other in zip(before, after, strict=True):
        assert one.middle == pytest.approx(other.middle)


@given(st.lists(st.integers(1, 100), min_size=2, max_size=4), st.integers(1, 50), st.booleans())
def test_a_factor_on_all_ratios_moves_no_place(values, factor, better):
    before, after = (by_ratio(exact(each), 4, better) for each in (values, [factor * each for each in values]))
    for one, other in zip(before, after, strict=True):
        assert one.middle == pytest.approx(other.middle)


@given(st.lists(st.integers(0, 100), min_size=2, max_size=4))
def test_the_best_is_at_one_and_the_order_of_all_is_kept_within_the_scale(scores):
    """However far apart: 100 points are four times the scale."""
    found = [each.middle for each in by_difference(exact(scores), 25, higher_is_better=True)]
    assert max(found) == 1
    assert min(found) >= -1e-12
    for one, first in zip(scores, found, strict=True):
        for other, second in zip(scores, found, strict=True):
            assert (one < other) is (first < second)


@pytest.mark.parametrize(
    ("values", "span", "better", "expected"),
    [
        ((10, 100), 10, False, (1, 0)),
        ((1, 2), 4, False, (1, 0.5)),
        ((1_048_576, 2_097_152), 8, True, (2 / 3, 1)),
        ((1, 100), 10, False, (1, 0)),
        ((1, 10, 100), 10, False, (1, 0.5, 0)),
        ((0, 5), 10, False, (1, 0)),
        ((0, 0), 10, False, (1, 1)),
    ],
)
def test_ratios_are_placed_as_worked_out_by_hand(values, span, better, expected):
    assert [each.middle for each in by_ratio(exact(values), span, better)] == pytest.approx(expected)


def test_an_interval_is_turned_round_where_less_is_better():
    """Twice as long may be 1.8 to 2.4 times: 1 - log4 of these."""
    place = by_ratio([Reading(1, 1, 1), Reading(2, 1.8, 2.4)], 4, higher_is_better=False)[1]
    assert (place.low, place.high) == pytest.approx((1 - math.log(2.4, 4), 1 - math.log(1.8, 4)))
    assert place.low < place.middle < place.high


@given(st.integers(0, 200), st.integers(1, 200))
def test_wilsons_limits_are_those_of_statsmodels(right, more):
    trials = right + more
    expected = proportion_confint(right, trials, alpha=0.05, method="wilson")
    assert wilson(right / trials, trials) == pytest.approx(expected, abs=1e-9)


@given(st.integers(1, 99))
def test_rating_points_turn_back_into_the_share_they_come_from(percent):
    assert expected_share(rating_points(percent / 100, 100)) == pytest.approx(percent / 100)


def test_winning_every_vote_is_no_endless_lead():
    """Ten of ten is taken for 9.5 of 10, odds of 19 to 1."""
    assert rating_points(1.0, 10) == pytest.approx(400 * math.log10(19))
    assert rating_points(0.0, 10) == pytest.approx(-400 * math.log10(19))


# Several parts


def test_the_noise_of_parts_shrinks_with_their_number():
    """Two parts with 0.1 on each side: the mean has the root of 2 times 0.1 over 2."""
    found = estimate([Place(1, 0.9, 1.1), Place(0.5, 0.4, 0.6)]).place
    half = math.sqrt(2) * 0.1 / 2
    assert (found.middle, found.low, found.high) == pytest.approx((0.75, 0.75 - half, 0.75 + half))


def test_a_missing_part_widens_the_interval_to_all_that_it_could_say():
    """0.6 on one of two parts: (0.6 + 0) / 2 to (0.6 + 1) / 2, and no point to show."""
    found = estimate([Place(0.6, 0.6, 0.6), None])
    assert (found.place.low, found.place.high) == pytest.approx((0.3, 0.8))
    assert (found.complete, found.known) == (False, (0,))


@given(
    st.lists(
        st.integers(0, 10).map(lambda tenths: Place(tenths / 10, tenths / 10 - 0.05, tenths / 10 + 0.05)),
        min_size=1,
        max_size=5,
    )
)
def test_a_part_that_is_not_known_never_makes_an_estimate_surer(have):
    sure, unsure = estimate(have).place, estimate([*have, None]).place
    assert unsure.high - unsure.low > sure.high - sure.low
    assert unsure.low <= unsure.middle <= unsure.high


def test_nothing_known_is_no_place():
    assert estimate([None, None]).place is None
    assert estimate([]).place is None


# The real catalog, by hand


def test_twice_the_context_window_is_a_third_of_the_scale(catalog):
    """2,097,152 against 1,048,576 with 8 times for the whole scale: 1 - log8(2) = 2/3."""
    context = on_pair(catalog)["context"]
    assert middles(context) == pytest.approx([1, 2 / 3])
    assert context.parts[0].shown == ("2,097,152 tokens", "1,048,576 tokens")


def test_waiting_times_and_speeds_are_placed_by_kagis_measurements_of_one_month(catalog):
    """1.72 s against 1.04 s, and 51.25 against 83.24 tokens a second; 4 times is the whole scale."""
    latency = on_pair(catalog)["latency"]
    wait, speed = 1 - math.log(1.72 / 1.04, 4), 1 - math.log(83.24 / 51.25, 4)
    assert [part.benchmark for part in latency.parts] == ["kagi_latency", "kagi_speed"]
    assert middles(latency) == pytest.approx([(wait + speed) / 2, 1])
    assert all(part.assumed_noise for part in latency.parts)


def test_reasoning_is_the_mean_over_the_nine_tests_that_the_pair_shares(catalog):
    """4.6, 3.1, 17.5, 0.9, 1.7, 5.35, 1.5, 9.14 and 0.6 points apart, 25 points being the whole scale."""
    reasoning = on_pair(catalog)["reasoning"]
    apart = (4.6, 3.1, 17.5, 0.9, 1.7, 5.35, 1.5, 9.14, 0.6)
    assert len(reasoning.parts) == 9
    assert middles(reasoning) == pytest.approx([1, 1 - sum(apart) / 9 / 25])
    assert reasoning.apart(0, 1) == pytest.approx(sum(apart) / 9 / 25)


def test_readiness_follows_the_day(catalog):
    """Experimental against generally available then; both shut down now, and so level."""
    assert middles(on_pair(catalog)["readiness"]) == pytest.approx([0.2, 1])
    assert middles(on_pair(catalog, on=NOW)["readiness"]) == [1, 1]


def test_a_model_that_is_about_to_end_is_not_ready_for_production(catalog):
    """2.5 Pro is deprecated (0.15) and 3.8 Flash generally available (1): 0.85 apart."""
    assert middles(on_pair(catalog, ("gemini-2.5-pro", "gemini-3.8-flash"), NOW)["readiness"]) == pytest.approx(
        [0.15, 1]
    )


def test_without_a_list_price_of_both_the_bill_says_nothing(catalog):
    flash = catalog.find("gemini-2.0-flash")
    cost = on_pair(catalog, bills=[NO_PRICE, a_bill(flash, 100)])["cost"]
    assert cost.parts == ()
    assert [each.place for each in cost.estimates] == [None, None]
    (sentence,) = cost.missing
    assert "nothing is known that compares 2.0 Pro exp and 2.0 Flash" in sentence


def test_ten_times_the_bill_is_the_whole_scale_and_the_root_of_ten_half_of_it(catalog):
    three = ("gemini-2.5-pro", "gemini-2.5-flash", "gemini-2.5-flash-lite")
    bills = [a_bill(model, usd) for model, usd in zip(models(catalog, *three), (1000, 100, 100 * 10**0.5), strict=True)]
    cost = on_pair(catalog, three, NOW, bills)["cost"]
    assert middles(cost) == pytest.approx([0, 1, 0.5])
    assert cost.parts[0].shown[:2] == ("$1,000.00 a month", "$100.00 a month")


def test_conflicting_prices_widen_the_bill(catalog):
    """1.5 Pro costs $1.25 or, by one source, $3.50 for a million input tokens: up to 2.8 times, nothing less."""
    pro, flash = models(catalog, "gemini-1.5-pro", "gemini-2.0-flash")
    asked = Workload(requests_per_day=Decimal(1000), input_tokens=1000, output_tokens=0)
    bills = [bill(catalog, each, GEMINI_API, asked, THEN) for each in (pro, flash)]
    place = on_pair(catalog, ("gemini-1.5-pro", "gemini-2.0-flash"), THEN, bills)["cost"].estimates[0].place
    assert (bills[0].conflict, bills[0].usd_per_day) == (True, Decimal("1.25"))
    # $1.25 against $0.10 is further than the scale of 10, which is stretched to hold it.
    assert (place.middle, place.high) == pytest.approx((0, 0), abs=1e-9)
    assert place.low == pytest.approx(-math.log10(2.8) / math.log10(12.5))


def test_illustrative_results_never_count(catalog):
    for names in (PAIR, ("gemini-2.5-pro", "gemini-2.5-flash"), ("gpt-4o", "claude-3-7-sonnet-20250219")):
        for measure in on_pair(catalog, names).values():
            for part in measure.parts:
                assert all(result.kind is not Kind.ILLUSTRATIVE for result in part.results)
                assert all(claim.kind not in (Kind.ILLUSTRATIVE, Kind.INFERENCE) for claim in part.claims)


def test_a_window_that_only_an_illustration_states_is_not_known(catalog):
    pro, flash = models(catalog, *PAIR)
    illustrated = [claim for claim in pro.claims["context_window"] if claim.kind is Kind.ILLUSTRATIVE]
    bare = pro.model_copy(update={"claims": {**pro.claims, "context_window": tuple(illustrated)}})
    context = measured(catalog, [bare, flash], [NO_PRICE] * 2, THEN)[0]
    assert illustrated
    assert [each.place for each in context.estimates] == [None, None]


def test_versions_that_one_source_measured_widen_the_interval(catalog):
    """Aider has 2.5 Flash at 44.0% without thinking and at 55.1% with it; which of them a reader uses is not known."""
    reasoning = on_pair(catalog, ("gemini-2.5-pro", "gemini-2.5-flash"), NOW)["reasoning"]
    aider = next(part for part in reasoning.parts if part.benchmark == "aider_polyglot")
    pro, flash = aider.places
    assert aider.shown == ("79.1%", "44%")
    # Further apart than 25 points: 35.1 points are the whole of the stretched scale.
    assert flash.high > (55.1 - 44.0) / 35.1
    assert pro.high > 1 + (83.1 - 79.1) / 35.1


def test_the_order_of_the_models_moves_no_place(catalog):
    four = ("gemini-2.5-pro", "gemini-2.5-flash", "gpt-5", "o3-mini")
    expected = on_pair(catalog, four, NOW)
    for names in list(permutations(four))[5::7]:
        for name, measure in on_pair(catalog, names, NOW).items():
            by_model = dict(zip(names, measure.estimates, strict=True))
            assert [by_model[each] for each in four] == list(expected[name].estimates)


def test_a_part_counts_from_two_models_on_and_the_others_lack_it(catalog):
    """Of three models, o3-mini is not among those of which LiveBench has the same release."""
    three = ("gemini-2.5-pro", "gemini-2.5-flash", "o3-mini")
    reasoning = on_pair(catalog, three, NOW)["reasoning"]
    lacking = [part.label for part in reasoning.parts if part.places[2] is None]
    assert lacking
    assert not reasoning.estimates[2].complete
    assert any("o3-mini" in each and lacking[0] in each for each in reasoning.missing)
    assert all(sum(place is not None for place in part.places) >= 2 for part in reasoning.parts)


def test_one_model_alone_and_none_at_all_are_no_error(catalog):
    alone = on_pair(catalog, ("gemini-2.0-flash",))
    assert alone["context"].estimates[0].place == Place(1, 1, 1)
    assert alone["cost"].missing == ("Deployment constraints: nothing is known of 2.0 Flash.",)
    assert all(each.parts == () and each.estimates == () for each in measured(catalog, [], [], NOW))


# Own figures


def test_own_votes_replace_the_tests_by_rating_points(catalog):
    """30 of 40 votes are odds of 3 to 1, 190.8 points, and 200 are the whole scale."""
    own = OwnFigures(win={PAIR: OwnFigure(0.75, None, None, 40)})
    reasoning = on_pair(catalog, own=own)["reasoning"]
    (votes,) = reasoning.parts
    assert middles(reasoning) == pytest.approx([1, 1 - 400 * math.log10(3) / 200])
    assert votes.own_runs == 40
    assert votes.shown == ("won 75% of 40 votes", "won 25% of 40 votes")


def test_the_noise_of_own_votes_is_wilsons_for_the_difference_of_two_models(catalog):
    """The two places together are as uncertain as the lead itself."""
    own = OwnFigures(win={PAIR: OwnFigure(0.5, None, None, 100)})
    first, second = (each.place for each in on_pair(catalog, own=own)["reasoning"].estimates)
    high = proportion_confint(50, 100, method="wilson")[1]
    assert math.hypot(first.high - first.middle, second.middle - second.low) == pytest.approx(
        400 * math.log10(high / (1 - high)) / 200
    )


def test_votes_count_the_same_from_either_side(catalog):
    one = on_pair(catalog, own=OwnFigures(win={PAIR: OwnFigure(0.75, 0.6, 0.86, 40)}))
    other = on_pair(catalog, own=OwnFigures(win={PAIR[::-1]: OwnFigure(0.25, 0.14, 0.4, 40)}))
    for first, second in zip(one["reasoning"].estimates, other["reasoning"].estimates, strict=True):
        assert (first.place.low, first.place.high) == pytest.approx((second.place.low, second.place.high))


def test_own_waiting_times_replace_published_ones_and_say_how_many_runs_they_are(catalog):
    own = OwnFigures(
        time_to_first_token={PAIR[0]: OwnFigure(2.0, 1.5, 2.6, 12), PAIR[1]: OwnFigure(1.0, None, None, 1)}
    )
    latency = on_pair(catalog, own=own)["latency"]
    (part,) = latency.parts
    assert middles(latency) == pytest.approx([0.5, 1])
    assert part.shown == ("2 s (12 runs)", "1 s (1 run)")
    assert (part.own_runs, part.assumed_noise, part.benchmark) == (13, True, None)
    assert latency.estimates[0].place.low == pytest.approx(1 - math.log(2.6, 4))
    assert latency.estimates[1].place.high == pytest.approx(1 + math.log(1.25, 4))


def test_own_costs_replace_the_bill_even_where_there_is_no_list_price(catalog):
    own = OwnFigures(
        usd_per_request={PAIR[0]: OwnFigure(0.01, 0.008, 0.012, 5), PAIR[1]: OwnFigure(0.001, 0.001, 0.001, 5)}
    )
    cost = on_pair(catalog, own=own)["cost"]
    assert middles(cost) == pytest.approx([0, 1])
    assert cost.parts[0].shown == ("$0.01 (5 runs)", "$0.0010 (5 runs)")


def test_own_figures_of_one_model_alone_replace_nothing(catalog):
    own = OwnFigures(time_to_first_token={PAIR[0]: OwnFigure(2.0, 1.5, 2.6, 12)})
    assert on_pair(catalog, own=own) == on_pair(catalog)
