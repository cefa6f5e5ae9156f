"""The recommendation, held against brute force, another random generator and cases worked out by hand."""

import math
from dataclasses import replace
from datetime import date
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from catalog.advice import Strength, advise, answer, in_percent, weights_from_answers, weights_of
from catalog.bill import bill
from catalog.criteria import Place
from catalog.prices import NoListPrice, home_platform
from catalog.scales import Z
from catalog.workload import workload_of
from tests.catalog.decisions import a_bill, measure, unknown

THEN, NOW = date(2025, 3, 1), date(2026, 11, 26)
NO_PRICE = NoListPrice("free while on trial")


@pytest.fixture(scope="module")
def models(catalog):
    return [catalog.find(name) for name in ("gemini-2.0-pro", "gemini-2.0-flash", "gpt-4o", "llama-4-scout")]


@pytest.fixture(scope="module")
def quick(catalog):
    """The catalog with 100 draws, for what does not depend on their number."""
    near = catalog.decision.near.model_copy(update={"draws": 100})
    return replace(catalog, decision=catalog.decision.model_copy(update={"near": near}))


def advice_on(catalog, models, measures, weights, bills=None):
    left = models[: len(measures[0].estimates)]
    return advise(catalog, left, measures, weights, bills or [NO_PRICE] * len(left))


def places(models, criteria):
    place = st.integers(0, 20).map(lambda twentieths: twentieths / 20)
    return st.lists(st.lists(place, min_size=criteria, max_size=criteria), min_size=models, max_size=models)


def weightings(criteria):
    return st.lists(st.integers(1, 50), min_size=criteria, max_size=criteria).map(
        lambda given: [each / sum(given) for each in given]
    )


def measures_of(rows):
    """One exact part a criterion, from the places of each model by criterion."""
    return [measure(f"c{at}", list(column)) for at, column in enumerate(zip(*rows, strict=True))]


CASES = st.integers(2, 4).flatmap(lambda models: st.tuples(places(models, 4), weightings(4)))


# Weights


@given(st.lists(st.integers(0, 100), min_size=1, max_size=8))
def test_weights_sum_to_one_and_keep_their_proportions(given_percent):
    names = [f"c{at}" for at in range(len(given_percent))]
    weights = weights_of(dict(zip(names, given_percent, strict=True)))
    assert math.isclose(math.fsum(weights), 1)
    if sum(given_percent):
        for weight, percent in zip(weights, given_percent, strict=True):
            assert weight * sum(given_percent) == pytest.approx(percent)


def test_weights_of_nothing_but_zeros_are_all_alike():
    assert weights_of({"a": 0, "b": 0}) == (0.5, 0.5)


def test_weights_come_in_the_order_of_the_criteria_and_not_of_the_address():
    assert weights_of({"b": 30, "a": 10}, ("a", "b")) == (0.25, 0.75)


def test_a_weight_below_zero_is_refused():
    with pytest.raises(ValueError, match="below 0"):
        weights_of({"a": -1, "b": 5})


@given(st.lists(st.integers(1, 1000), min_size=1, max_size=8))
def test_whole_percents_sum_to_a_hundred_and_are_off_by_less_than_one(parts):
    weights = [each / sum(parts) for each in parts]
    whole = in_percent(weights)
    assert sum(whole) == 100
    assert all(abs(each - 100 * weight) < 1 + 1e-9 for each, weight in zip(whole, weights, strict=True))


def test_thirds_become_34_33_and_33_percent():
    assert in_percent((1 / 3, 1 / 3, 1 / 3)) == (34, 33, 33)


# Answers by pairs


def test_consistent_answers_give_the_weights_they_were_made_from():
    """4 : 2 : 1 : 1 : 0.5, all ten ratios on Saaty's scale: 2, 4, 4, 8; 2, 2, 4; 1, 2; 2."""
    found = weights_from_answers((1, 3, 3, 7, 1, 1, 3, 0, 1, 1))
    assert found.weights == pytest.approx([4 / 8.5, 2 / 8.5, 1 / 8.5, 1 / 8.5, 0.5 / 8.5])
    assert found.consistency_ratio == pytest.approx(0, abs=1e-12)


def matrix(answers, count):
    ratios = np.ones((count, count))
    for (row, column), given_answer in zip(zip(*np.triu_indices(count, 1), strict=True), answers, strict=True):
        ratios[row, column] = abs(given_answer) + 1 if given_answer >= 0 else 1 / (abs(given_answer) + 1)
        ratios[column, row] = 1 / ratios[row, column]
    return ratios


@given(st.lists(st.integers(-8, 8), min_size=3, max_size=3))
def test_of_three_things_the_weights_are_numpys_principal_eigenvector(answers):
    """For three things the geometric mean of the rows is the eigenvector itself (Crawford and Williams 1985)."""
    values, vectors = np.linalg.eig(matrix(answers, 3))
    first = int(np.argmax(values.real))
    vector = np.abs(vectors[:, first].real)
    found = weights_from_answers(answers)
    assert found.weights == pytest.approx(vector / vector.sum(), abs=1e-6)
    assert found.consistency_ratio == pytest.approx((values[first].real - 3) / 2 / 0.58, abs=1e-6)


@given(st.lists(st.integers(0, 3), min_size=5, max_size=5))
def test_answers_made_from_powers_of_two_are_consistent_and_agree_with_the_eigenvector(powers):
    truth = [2.0**power for power in powers]
    ratios = [truth[row] / truth[column] for row, column in zip(*np.triu_indices(5, 1), strict=True)]
    answers = [round(ratio) - 1 if ratio >= 1 else 1 - round(1 / ratio) for ratio in ratios]
    found = weights_from_answers(answers)
    assert found.consistency_ratio == pytest.approx(0, abs=1e-9)
    assert found.weights == pytest.approx([each / sum(truth) for each in truth])


def test_answers_in_a_circle_are_called_inconsistent():
    """The first before the second, the second before the third, the third before the first, each 9 to 1."""
    found = weights_from_answers((8, -8, 8))
    assert found.weights == pytest.approx([1 / 3] * 3)
    assert found.consistency_ratio > 1


@pytest.mark.parametrize("answers", [(0, 0), (9,), (-9,), ()])
def test_answers_that_fit_no_number_of_things_or_no_scale_are_refused(answers):
    with pytest.raises(ValueError, match="answer"):
        weights_from_answers(answers)


# The recommendation


@given(CASES)
def test_the_contributions_sum_to_the_score_and_the_highest_score_is_recommended(quick, models, case):
    rows, weights = case
    advice = advice_on(quick, models, measures_of(rows), weights)
    scores = [sum(weight * place for weight, place in zip(weights, row, strict=True)) for row in rows]
    for score, contributions, expected in zip(advice.scores, advice.contributions, scores, strict=True):
        assert math.fsum(contributions) == pytest.approx(expected)
        assert score.middle == pytest.approx(expected)
    assert scores[advice.models.index(advice.best)] == pytest.approx(max(scores))


@settings(max_examples=40)
@given(CASES, st.integers(0, 3), st.integers(-5, 5))
def test_what_all_models_gain_on_a_criterion_changes_nothing(quick, models, case, at, fifths):
    rows, weights = case
    moved = [[each + fifths / 5 * (index == at) for index, each in enumerate(row)] for row in rows]
    before, after = (advice_on(quick, models, measures_of(each), weights) for each in (rows, moved))
    assert after.by_model == pytest.approx(before.by_model, abs=0.001)
    assert [(each.criterion, each.becomes) for each in after.thresholds] == [
        (each.criterion, each.becomes) for each in before.thresholds
    ]
    assert [each.at for each in after.thresholds] == pytest.approx([each.at for each in before.thresholds])


@settings(max_examples=40)
@given(places(3, 4), weightings(4), st.lists(st.integers(0, 5), min_size=4, max_size=4))
def test_a_model_that_is_nowhere_worse_and_somewhere_better_is_taken_for_certain(quick, models, rows, weights, ahead):
    assume(any(ahead))
    top = [max(column) + more / 20 for column, more in zip(*(zip(*rows, strict=True), ahead), strict=True)]
    advice = advice_on(quick, models, measures_of([*rows, top]), weights)
    assert advice.best == models[3].id
    assert advice.share == advice.share_weights == advice.share_measures == 1
    assert advice.strength is Strength.CLEAR
    assert advice.thresholds == ()


def test_two_models_that_are_alike_in_all_share_the_draws(catalog, models):
    advice = advice_on(catalog, models, measures_of([[0.5, 1.0], [0.5, 1.0]]), [0.5, 0.5])
    assert advice.by_model == (0.5, 0.5)
    assert advice.strength is Strength.OPEN


def test_no_model_left_gives_no_recommendation(catalog):
    advice = advise(catalog, [], [unknown("c", 0)], [1.0], [])
    assert (advice.best, advice.runner_up, advice.strength, advice.models, advice.share) == (None, None, None, (), 0)


def test_the_only_model_left_is_taken_without_a_claim_of_strength(catalog, models):
    advice = advice_on(catalog, models, [measure("c", [1.0])], [1.0])
    assert (advice.best, advice.take, advice.runner_up, advice.strength) == (models[0].id, models[0].id, None, None)
    assert advice.thresholds == advice.missing == ()


def test_the_order_in_which_models_are_named_changes_no_share(catalog, models):
    noisy = measure("c", [Place(1, 0.7, 1.2), Place(0.9, 0.6, 1.1), Place(0.7, 0.2, 0.9)])
    other = measure("d", [0.2, 0.4, 0.7])
    turned_noisy = measure("c", [Place(0.7, 0.2, 0.9), Place(1, 0.7, 1.2), Place(0.9, 0.6, 1.1)])
    turned = advise(
        catalog,
        [models[2], models[0], models[1]],
        [turned_noisy, measure("d", [0.7, 0.2, 0.4])],
        [0.6, 0.4],
        [NO_PRICE] * 3,
    )
    advice = advice_on(catalog, models, [noisy, other], [0.6, 0.4])
    assert dict(zip(advice.models, advice.by_model, strict=True)) == dict(
        zip(turned.models, turned.by_model, strict=True)
    )


# What would change it


def weighted(weights, at, weight):
    """The weights with that of one criterion replaced and the others in proportion."""
    rest = sum(each for index, each in enumerate(weights) if index != at)
    return [weight if index == at else each * (1 - weight) / rest for index, each in enumerate(weights)]


def leader(rows, weights):
    """The index of the highest score, or None where two are even."""
    scores = [sum(weight * place for weight, place in zip(weights, row, strict=True)) for row in rows]
    ahead = [at for at, score in enumerate(scores) if score > max(scores) - 1e-9]
    return ahead[0] if len(ahead) == 1 else None


@settings(max_examples=40)
@given(CASES)
def test_recomputed_on_a_fine_grid_the_recommendation_changes_at_the_thresholds_and_nowhere_else(quick, models, case):
    rows, weights = case
    advice = advice_on(quick, models, measures_of(rows), weights)
    ids = list(advice.models)
    for at in range(4):
        stated = [each for each in advice.thresholds if each.criterion == f"c{at}"]
        grid = [step / 100 for step in range(101)]
        winners = [leader(rows, weighted(weights, at, weight)) for weight in grid]
        for (start, before), (end, after) in pairwise(zip(grid, winners, strict=True)):
            if before is None or after is None:
                continue
            within = [each for each in stated if start <= each.at <= end]
            assert bool(within) or before == after
            for each in within[-1:] if within and within[-1].rises else []:
                assert each.becomes == ids[after]
            for each in within[:1] if within and not within[0].rises else []:
                assert each.becomes == ids[before]
        for each in stated:
            sides = [leader(rows, weighted(weights, at, each.at + side)) for side in (-1e-5, 1e-5)]
            assert None in sides or sides[0] != sides[1]


def widest(columns, weights):
    """The index of the model whose narrowest lead is widest where the columns have gaps, None where two are even."""
    narrowest = []
    for one in range(len(columns[0])):
        leads = [
            sum(
                w * (c[one] - c[other]) for w, c in zip(weights, columns, strict=True) if None not in (c[one], c[other])
            )
            for other in range(len(columns[0]))
            if other != one
        ]
        narrowest.append(min(leads))
    ahead = [at for at, lead in enumerate(narrowest) if lead > max(narrowest) - 1e-9]
    return ahead[0] if len(ahead) == 1 else None


@settings(max_examples=40)
@given(places(3, 4), weightings(4), st.lists(st.integers(0, 2), min_size=2, max_size=2))
def test_thresholds_hold_on_a_fine_grid_where_models_have_gaps_too(quick, models, rows, weights, gaps):
    columns = [list(column) for column in zip(*rows, strict=True)]
    for criterion, model in enumerate(gaps):
        columns[criterion][model] = None
    advice = advice_on(quick, models, [measure(f"c{at}", column) for at, column in enumerate(columns)], weights)
    for at in range(4):
        stated = [each.at for each in advice.thresholds if each.criterion == f"c{at}"]
        grid = [step / 50 for step in range(51)]
        winners = [widest(columns, weighted(weights, at, weight)) for weight in grid]
        for (start, before), (end, after) in pairwise(zip(grid, winners, strict=True)):
            changes = before != after and None not in (before, after)
            assert not changes or any(start <= each <= end for each in stated)
        for each in stated:
            sides = [widest(columns, weighted(weights, at, each + side)) for side in (-1e-5, 1e-5)]
            assert None in sides or sides[0] != sides[1]


def test_two_models_swap_at_the_weight_worked_out_by_hand(catalog, models):
    """Ahead by 0.4 on one criterion and behind by 0.2 on the other: even at 1/3, where 0.4 / 3 = 0.2 * 2 / 3."""
    advice = advice_on(catalog, models, measures_of([[1.0, 0.8], [0.6, 1.0]]), [0.5, 0.5])
    first, second = advice.thresholds
    assert (first.criterion, first.rises, first.becomes) == ("c0", False, models[1].id)
    assert (second.criterion, second.rises, second.becomes) == ("c1", True, models[1].id)
    assert (first.at, second.at) == (pytest.approx(1 / 3), pytest.approx(2 / 3))


def test_of_three_models_each_wins_a_stretch(catalog, models):
    """1 and 0, 0.7 and 0.7, 0 and 1: the middle one leads from 0.3 to 0.7."""
    advice = advice_on(catalog, models, measures_of([[1.0, 0.0], [0.7, 0.7], [0.0, 1.0]]), [0.5, 0.5])
    found = [(each.criterion, round(each.at, 9), each.rises, each.becomes) for each in advice.thresholds]
    one, _, last = (model.id for model in models[:3])
    assert found == [
        ("c0", 0.3, False, last),
        ("c0", 0.7, True, one),
        ("c1", 0.3, False, one),
        ("c1", 0.7, True, last),
    ]


def test_a_criterion_with_all_the_weight_hands_it_on_evenly(catalog, models):
    """Ahead by 0.2 on the first, behind by 0.6 and 0.4 on the others, 0.5 on average: even at 5/7."""
    advice = advice_on(catalog, models, measures_of([[1.0, 0.4, 0.6], [0.8, 1.0, 1.0]]), [1.0, 0.0, 0.0])
    (threshold,) = [each for each in advice.thresholds if each.criterion == "c0"]
    assert (threshold.at, threshold.rises, threshold.becomes) == (pytest.approx(5 / 7), False, models[1].id)


# How firm it is


def simulated(near, measures, weights, count=200_000):
    """The share of each model in draws of numpy's generator, from the places as the page shows them."""
    random = np.random.default_rng(7)
    factors = near.factor ** random.standard_normal((len(weights), count))
    drawn = factors * np.array(weights)[:, None]
    drawn /= drawn.sum(axis=0)
    scores = []
    for row in range(len(measures[0].estimates)):
        total = np.zeros(count)
        for each, weight in zip(measures, drawn, strict=True):
            place = each.estimates[row].place
            if place is None:
                total += weight * random.random(count)
                continue
            normal = random.standard_normal(count)
            side = np.where(normal > 0, place.high - place.middle, place.middle - place.low) / Z
            total += weight * (place.middle + side * normal)
        scores.append(total)
    best = np.argmax(np.array(scores), axis=0)
    return [float((best == row).mean()) for row in range(len(scores))]


FIRM = [
    ([measure("a", [Place(1, 0.8, 1.3), Place(0.7, 0.5, 0.9)]), measure("b", [0.3, 0.6])], [0.6, 0.4]),
    (
        [measure("a", [Place(1, 0.9, 1.1), Place(0.9, 0.7, 1.0)]), unknown("b", 2), measure("c", [0.8, 1.0])],
        [0.4, 0.3, 0.3],
    ),
    (
        [
            measure("a", [Place(1, 0.6, 1.2), Place(0.8, 0.7, 1.0), Place(0.4, 0.1, 0.9)]),
            measure("b", [0.2, 0.5, 1.0]),
            measure("c", [0.9, Place(1, 0.9, 1.1), 0.7]),
        ],
        [0.5, 0.3, 0.2],
    ),
]


@pytest.mark.parametrize(("measures", "weights"), FIRM)
def test_the_shares_are_those_of_another_generator(catalog, models, measures, weights):
    """2,000 draws are within four standard errors, 4.5 points at most, of 200,000 draws of numpy."""
    advice = advice_on(catalog, models, measures, weights)
    for share, expected in zip(advice.by_model, simulated(catalog.decision.near, measures, weights), strict=True):
        assert share == pytest.approx(expected, abs=4 * math.sqrt(max(expected * (1 - expected), 0.001) / 2000))


def test_the_share_of_weightings_is_the_probability_worked_out_by_hand(catalog, models):
    """Ahead by 0.4 with weight 1/2, behind by 0.3 with 1/2: it holds while the ratio of the factors is above 3/4.

    Two factors of 1.5 to a normal number: the logarithm of their ratio has the standard deviation ln 1.5 times the
    root of 2, so the probability is that of a standard normal number above ln(3/4) / 0.5734 = -0.5017, 0.692.
    """
    advice = advice_on(catalog, models, measures_of([[1.0, 0.7], [0.6, 1.0]]), [0.5, 0.5])
    assert advice.share_weights == pytest.approx(0.692, abs=0.04)
    assert advice.share_measures == 1
    assert advice.strength is Strength.SLIGHT


def test_noise_alone_gives_the_probability_worked_out_by_hand(catalog, models):
    """A lead of 0.1 with standard errors of 0.1 / 1.96 each: 0.1 over 0.0722 is 1.386 standard deviations, 0.917."""
    places = [Place(1, 0.9, 1.1), Place(0.9, 0.8, 1.0)]
    advice = advice_on(catalog, models, [measure("a", places)], [1.0])
    assert advice.share_measures == pytest.approx(0.917, abs=0.025)
    assert advice.share_weights == 1


def test_the_same_question_has_the_same_answer(catalog, models):
    measures, weights = FIRM[0]
    assert advice_on(catalog, models, measures, weights) == advice_on(catalog, models, measures, weights)


# What is missing


def test_a_criterion_that_nobody_knows_neither_helps_nor_harms_but_widens(catalog, models):
    known = [measure("a", [1.0, 0.6])]
    with_unknown = [*known, unknown("b", 2)]
    sure, unsure = advice_on(catalog, models, known, [1.0]), advice_on(catalog, models, with_unknown, [0.5, 0.5])
    assert sure.best == unsure.best
    assert sure.share == 1 > unsure.share > 0.6
    first, second = unsure.scores
    assert (first.middle, first.low, first.high) == pytest.approx((0.5, 0.5, 1.0))
    assert (second.middle, second.low, second.high) == pytest.approx((0.3, 0.3, 0.8))
    assert unsure.contributions[0] == (0.5, None)
    assert unsure.ranges[1][1] == (0, 0.5)


def test_how_far_the_unknown_would_have_to_favour_the_other_is_worked_out_by_hand(catalog, models):
    """A lead of 0.3 times 0.4 is 0.12, which a weight of 0.6 makes up at 0.2 of the scale."""
    advice = advice_on(catalog, models, [measure("a", [1.0, 0.7]), unknown("b", 2)], [0.4, 0.6])
    (missing,) = advice.missing
    assert (missing.criterion, missing.other, missing.needed) == ("b", models[1].id, pytest.approx(0.2))


def test_an_unknown_that_could_not_turn_the_answer_says_so(catalog, models):
    advice = advice_on(catalog, models, [measure("a", [1.0, 0.2]), unknown("b", 2)], [0.8, 0.2])
    assert [each.needed for each in advice.missing] == [None]


def test_a_criterion_without_weight_misses_nothing(catalog, models):
    assert advice_on(catalog, models, [measure("a", [1.0, 0.2]), unknown("b", 2)], [1.0, 0.0]).missing == ()


@settings(max_examples=40)
@given(places(3, 3), weightings(3))
def test_of_three_models_a_gap_of_one_leaves_the_comparison_of_the_others_as_it_was(quick, models, rows, weights):
    """The third lacks the second criterion; the first two are then as far apart as without it."""
    columns = [list(column) for column in zip(*rows, strict=True)]
    columns[1][2] = None
    measures = [measure(f"c{at}", column) for at, column in enumerate(columns)]
    advice = advice_on(quick, models, measures, weights)
    apart = sum(weight * (one - other) for weight, one, other in zip(weights, rows[0], rows[1], strict=True))
    first, second, third = advice.scores
    assert first.middle - second.middle == pytest.approx(apart)
    assert third.middle is None
    assert third.high - third.low == pytest.approx(weights[1])


# Take the cheaper one


def quality(lead):
    return measure("a", [Place(1, 0.8, 1.2), Place(1 - lead, 0.8 - lead, 1.2 - lead)])


def test_models_that_cannot_be_told_apart_are_a_tie_and_the_cheaper_one_is_taken(catalog, models):
    """The first leads by 0.04 of 0.9 on noisy tests; the second is cheaper by 0.2 of 0.1."""
    measures = [quality(0.04), measure("cost", [0.8, 1.0], bill=True)]
    advice = advice_on(catalog, models, measures, [0.9, 0.1], [a_bill(models[0], 20), a_bill(models[1], 10)])
    assert advice.best == models[0].id
    assert advice.tie
    assert advice.cost_known
    assert advice.cheaper == advice.take == models[1].id


def test_without_a_list_price_the_cheaper_one_of_a_tie_is_not_known(catalog, models):
    advice = advice_on(catalog, models, [quality(0.04), unknown("cost", 2, bill=True)], [0.9, 0.1])
    assert advice.tie
    assert (advice.cheaper, advice.cost_known) == (None, False)
    assert advice.take == advice.best


def test_prices_that_conflict_leave_open_which_one_is_cheaper(catalog, models):
    cost = measure("cost", [Place(0.9, 0.7, 1.1), Place(1, 0.8, 1.0)], bill=True)
    assert advice_on(catalog, models, [quality(0.04), cost], [0.9, 0.1]).cost_known is False


def test_bills_that_are_the_same_make_neither_cheaper(catalog, models):
    advice = advice_on(catalog, models, [quality(0.04), measure("cost", [1.0, 1.0], bill=True)], [0.9, 0.1])
    assert (advice.tie, advice.cheaper, advice.cost_known) == (True, None, True)


def test_a_real_lead_in_quality_is_no_tie_however_close_the_scores_are(catalog, models):
    exact = measure("a", [1.0, 0.9])
    advice = advice_on(catalog, models, [exact, measure("cost", [0.0, 0.1], bill=True)], [0.5, 0.5])
    assert advice.apart_low > 0
    assert not advice.tie


def test_where_cost_decides_clearly_it_is_a_recommendation_and_no_tie(catalog, models):
    advice = advice_on(catalog, models, [quality(0.0), measure("cost", [1.0, 0.0], bill=True)], [0.3, 0.7])
    assert advice.strength is Strength.CLEAR
    assert not advice.tie
    assert advice.best == advice.cheaper == models[0].id


def test_even_models_are_told_apart_by_their_bills(catalog, models):
    same = [measure("a", [1.0, 1.0])]
    bills = [a_bill(models[0], 20), a_bill(models[1], 10)]
    assert advice_on(catalog, models, same, [1.0], bills).best == models[1].id


# The situations of the article


def situation(catalog, use, names, on, **more):
    found = next(each for each in catalog.decision.uses if each.id == use)
    models = [catalog.find(name) for name in names]
    asked = workload_of(found.workload)
    bills = [bill(catalog, model, found.needs.platform or home_platform(model), asked, on) for model in models]
    weights = weights_of(found.weights, [each.id for each in catalog.decision.criteria])
    return answer(catalog, models, found.needs, weights, bills, on, **more)


PRO, FLASH = "gemini-2.0-pro-exp-02-05", "gemini-2.0-flash"


@pytest.mark.parametrize(
    ("use", "takes", "strengths"),
    [
        # Twice the window and ahead on all nine shared tests.
        ("documents", PRO, {Strength.LIKELY, Strength.CLEAR}),
        # Faster by Kagi and generally available; Pro has no list price.
        ("chat", FLASH, {Strength.LIKELY, Strength.CLEAR}),
        # More than half of the weight is on a bill that cannot be compared.
        ("pipeline", FLASH, {Strength.SLIGHT, Strength.LIKELY}),
        # Pro is out: experimental.
        ("regulated", FLASH, {None}),
    ],
)
def test_in_march_2025_the_article_is_borne_out_where_the_evidence_allows_it(catalog, use, takes, strengths):
    advice = situation(catalog, use, (PRO, FLASH), THEN).advice
    assert advice.take == takes
    assert advice.strength in strengths


def test_in_march_2025_a_code_assistant_is_an_open_question(catalog):
    """Pro leads by five points on average; being experimental and slower weighs about as much."""
    advice = situation(catalog, "code", (PRO, FLASH), THEN).advice
    assert advice.strength is Strength.OPEN
    assert advice.tie
    assert not advice.cost_known


def test_for_a_bank_in_november_2026_neither_of_two_models_about_to_end_is_left(catalog):
    found = situation(catalog, "regulated", ("gemini-2.5-pro", "gemini-2.5-flash"), NOW)
    assert found.advice.best is None
    assert {check.gate for each in found.gated for check in each.against} == {"generally_available"}


def test_an_undecided_gate_is_carried_as_a_proviso_until_it_is_decided(catalog):
    """Nothing tells whether 1.5 Pro could be called in March 2025."""
    names = ("gemini-1.5-pro", FLASH)
    open_gate = situation(catalog, "documents", names, THEN)
    assert open_gate.advice.models == names
    assert [(each.gate, each.model) for each in open_gate.advice.provisos] == [("callable", names[0])]
    decided = situation(catalog, "documents", names, THEN, decided={("callable", names[0]): True})
    assert decided.advice.provisos == ()
    out = situation(catalog, "documents", names, THEN, decided={("callable", names[0]): False})
    assert out.advice.models == (FLASH,)
