"""Intervals and verdicts against the reference values of statsmodels and scipy, and by their own laws."""

import gc

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.stats import binomtest
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import confint_proportions_2indep

from catalog.evidence import Judgement, Verdict, corrected, is_small, judge
from catalog.intervals import expected_share, holm, score_interval, share_of, wilson_limits
from catalog.schema import Absent, Area, Benchmark, Kind, Questions, Result, Scoring

QUESTIONS = st.integers(1, 20_000)
SCORES = st.integers(0, 1000).map(lambda tenths: tenths / 10)


def benchmark(questions=198, scoring=Scoring.PROPORTION, higher=True, unit="percent"):
    words = dict.fromkeys(("plain", "measures", "misses", "so_what", "metric"), "Words.")
    return Benchmark(
        id="quiz",
        name="Quiz",
        area=Area.KNOWLEDGE,
        **words,
        unit=unit,
        scoring=scoring,
        higher_is_better=higher,
        lowest=0.0,
        highest=100.0 if unit == "percent" else None,
        questions=Questions(count=questions, kind=Kind.OFFICIAL, source="s") if questions else None,
    )


def result(score, low=None, high=None, questions=None):
    return Result(
        model="m",
        score=float(score) if not isinstance(score, Absent) else score,
        unit="percent",
        conditions="zero-shot",
        low=low,
        high=high,
        questions=questions,
        kind=Kind.OFFICIAL,
        source="s",
        date="2025",
    )


def verdict_on(test, one, other):
    pair = (one, other)
    return judge(test, pair, wilson_limits(share for each in pair if (share := share_of(test, each))))


def scored(one, other, **how):
    return verdict_on(benchmark(**how), result(one), result(other))


@given(st.integers(0, 300), st.integers(1, 300))
def test_the_interval_of_one_score_is_scipys_wilson_interval(right, questions):
    assume(right <= questions)
    low, high = next(iter(wilson_limits([(right / questions, questions)]).values()))
    reference = binomtest(right, questions).proportion_ci(0.95, method="wilson")
    assert (low, high) == pytest.approx((reference.low, reference.high), abs=1e-9)


@given(SCORES, SCORES, QUESTIONS)
def test_the_interval_of_a_difference_is_newcombes_of_statsmodels(one, other, questions):
    found = scored(one, other, questions=questions)
    right = [score / 100 * questions for score in (one, other)]
    low, high = confint_proportions_2indep(right[0], questions, right[1], questions, method="newcomb", compare="diff")
    assert (found.low, found.high) == pytest.approx((100 * low, 100 * high), abs=1e-6)


@pytest.fixture(scope="module")
def nothing_to_collect():
    """Statsmodels collects garbage in every call of multipletests, among everything that all tests have left behind."""
    gc.freeze()


@pytest.mark.usefixtures("nothing_to_collect")
@given(st.lists(st.floats(0, 1), min_size=1, max_size=30))
def test_holms_correction_is_that_of_statsmodels(values):
    assert holm(values) == pytest.approx(list(multipletests(values, method="holm")[1]), abs=1e-12)


@given(SCORES, SCORES, QUESTIONS, st.booleans(), st.sampled_from([Scoring.PROPORTION, Scoring.GRADED]))
def test_swapping_the_models_turns_the_difference_round_and_nothing_else(one, other, questions, higher, scoring):
    how = {"questions": questions, "higher": higher, "scoring": scoring}
    forth, back = scored(one, other, **how), scored(other, one, **how)
    assert forth.verdict is back.verdict
    assert forth.difference == pytest.approx(-back.difference)
    assert (forth.low, forth.high) == pytest.approx((-back.high, -back.low))
    assert forth.p == pytest.approx(back.p)
    assert forth.size == pytest.approx(back.size)
    assert {forth.leader, back.leader} == ({None} if one == other else {0, 1})


@given(SCORES, SCORES, st.integers(1, 10_000), st.integers(2, 50))
def test_more_questions_never_make_a_difference_less_sure(one, other, questions, times):
    few, many = scored(one, other, questions=questions), scored(one, other, questions=questions * times)
    assert many.high - many.low < few.high - few.low
    assert many.p <= few.p + 1e-12
    if few.verdict is not Verdict.CLOSE:
        assert many.verdict is few.verdict


@given(SCORES, SCORES, QUESTIONS)
def test_the_verdict_the_interval_and_the_p_value_say_the_same(one, other, questions):
    found = scored(one, other, questions=questions)
    assert (found.verdict is Verdict.CLOSE) is (found.low <= 0 <= found.high)
    assert (found.p < 0.05) is (found.verdict is not Verdict.CLOSE) or found.p == pytest.approx(0.05)
    assert found.low <= found.difference <= found.high


def test_the_lead_of_pro_on_gpqa_diamond_is_within_the_noise():
    found = scored(64.7, 60.1, questions=198)
    assert found.verdict is Verdict.CLOSE
    assert (found.difference, found.low, found.high) == pytest.approx((4.6, -4.91, 13.99), abs=0.01)
    assert found.leader == 0


def test_the_lead_of_pro_on_mmlu_pro_is_real_but_small():
    found = scored(79.1, 77.6, questions=12_032)
    assert found.verdict is Verdict.SMALL
    assert (found.low, found.high) == pytest.approx((0.46, 2.54), abs=0.01)


def test_on_facts_grounding_the_cheaper_model_leads():
    found = scored(82.8, 84.6, questions=1_719)
    assert (found.leader, found.verdict) == (1, Verdict.CLOSE)
    assert (found.low, found.high) == pytest.approx((-4.27, 0.67), abs=0.01)


def test_a_lead_in_simpleqa_is_clear():
    assert scored(44.3, 29.9, questions=4_326).verdict is Verdict.CLEAR


def test_where_less_is_better_the_smaller_score_leads():
    found = scored(15.8, 24.3, questions=2_000, higher=False)
    assert (found.leader, found.verdict) == (0, Verdict.CLEAR)


def test_a_third_fewer_errors_is_not_small_however_few_points_it_is():
    near_the_top = benchmark(100_000)
    assert not is_small(near_the_top, 98.6, 97.4)
    assert is_small(near_the_top, 79.1, 77.6)


@pytest.mark.parametrize(("scoring", "unit"), [(Scoring.AVERAGE, "percent"), (Scoring.AMOUNT, "seconds")])
def test_an_average_or_an_amount_without_an_interval_gives_no_verdict_but_a_reason(scoring, unit):
    found = scored(80, 20, scoring=scoring, unit=unit)
    assert found.verdict is Verdict.NOT_COMPARABLE
    assert (found.difference, found.low, found.p) == (60, None, None)
    assert found.reason


def test_without_a_number_of_questions_there_is_no_verdict():
    found = scored(80, 20, questions=None)
    assert found.verdict is Verdict.NOT_COMPARABLE
    assert "number of questions" in found.reason


def test_a_published_interval_goes_before_one_worked_out():
    test = benchmark(10)
    assert score_interval(test, result(80, 79, 82), {}).method == "interval published by the source"
    assert verdict_on(test, result(80, 79, 81), result(70, 69, 71)).verdict is Verdict.CLEAR
    # 10 - sqrt(1 + 4) and 10 + sqrt(1 + 1), worked out by hand.
    found = verdict_on(test, result(80, 79, 81), result(70, 69, 72))
    assert (found.low, found.high) == pytest.approx((7.764, 11.414), abs=0.001)


def test_a_rating_is_said_in_votes():
    arena = benchmark(None, Scoring.RATING, unit="points")
    found = verdict_on(arena, result(1397, 1392, 1402), result(1362, 1359, 1365))
    # 1 / (1 + 10^(-35/400)) is 0.5502.
    assert found.share == pytest.approx(0.5502, abs=0.0001)
    assert found.verdict is Verdict.CLEAR
    assert verdict_on(arena, result(1380, 1379, 1381), result(1357, 1356, 1358)).verdict is Verdict.SMALL


@given(st.floats(-2000, 2000))
def test_the_votes_of_both_sides_make_a_hundred(points):
    assert expected_share(points) + expected_share(-points) == pytest.approx(1)


def test_a_lead_of_400_points_is_odds_of_ten_to_one():
    assert expected_share(400) == pytest.approx(10 / 11)


def test_a_result_without_a_score_cannot_be_judged():
    with pytest.raises(ValueError, match="without a score"):
        verdict_on(benchmark(), result(Absent.NOT_FOUND), result(50))


def judged(p, verdict):
    return Judgement(verdict, difference=5.0, p=p)


def test_one_clear_lead_among_twenty_is_taken_back_and_a_sure_one_is_kept():
    chance = [judged(0.5, Verdict.CLOSE)] * 18
    found = corrected([judged(0.04, Verdict.CLEAR), judged(0.000001, Verdict.CLEAR), *chance])
    assert [each.verdict for each in found[:2]] == [Verdict.CLOSE, Verdict.CLEAR]
    assert "20 tests" in found[0].reason


def test_what_has_no_p_value_does_not_count_among_the_tests():
    unknown = Judgement(Verdict.NOT_COMPARABLE, difference=9.0)
    assert corrected([judged(0.04, Verdict.CLEAR), *[unknown] * 50])[0].verdict is Verdict.CLEAR


@given(st.lists(st.floats(0, 1), min_size=1, max_size=20))
def test_a_correction_only_ever_takes_certainty_away(values):
    before = [judged(p, Verdict.CLEAR if p < 0.05 else Verdict.CLOSE) for p in values]
    for one, other in zip(before, corrected(before), strict=True):
        assert other.verdict in (one.verdict, Verdict.CLOSE)
