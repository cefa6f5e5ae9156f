"""Win rates and ratings against scipy, hand formulas and a published table, and by their own laws."""

import math
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize
from scipy.stats import binomtest
from statsmodels.genmod.generalized_linear_model import GLM

from catalog.evidence import Verdict
from components.playground.ratings import Ballot, Ratings, Refusal, Vote, bradley_terry, by_preset, win_rate

# The 97.5% point of the normal distribution, squared, from any table of chi squared with one degree of freedom.
Z_SQUARED = 3.841458820694124
POINTS = 400 / math.log(10)
NAMES = {"flash": "Flash", "pro": "Pro", "lite": "Lite"}
SWAPPED = {Vote.ONE: Vote.OTHER, Vote.OTHER: Vote.ONE}

BALLOTS = st.builds(
    Ballot,
    one=st.sampled_from("abcd"),
    other=st.sampled_from("abcd"),
    vote=st.sampled_from(Vote),
    preset=st.sampled_from(["", "code", "extraction"]),
    simulated=st.just(False),
)
WINS = st.integers(0, 60)
# Statsmodels takes a second or two to import, in whichever example is first.
UNTIMED = settings(deadline=None)


def ballots(one: str, other: str, vote: Vote, count: int = 1, preset: str = "", simulated: bool = False):
    return [Ballot(one, other, vote, preset, simulated)] * count


def duel(one: str, other: str, one_wins: int, other_wins: int, ties: int = 0):
    return (
        ballots(one, other, Vote.ONE, one_wins)
        + ballots(other, one, Vote.ONE, other_wins)
        + ballots(one, other, Vote.BOTH_GOOD, ties)
    )


def turned(ballot: Ballot) -> Ballot:
    return Ballot(
        ballot.other, ballot.one, SWAPPED.get(ballot.vote, ballot.vote), ballot.preset, simulated=ballot.simulated
    )


def points(ratings: Ratings) -> dict[str, float]:
    return {each.model: each.points for each in ratings.rated}


def test_votes_count_for_the_model_in_either_order_of_the_pair() -> None:
    votes = [
        *ballots("flash", "pro", Vote.ONE, 3),
        *ballots("pro", "flash", Vote.OTHER, 2),
        *ballots("pro", "flash", Vote.ONE),
        *ballots("flash", "pro", Vote.BOTH_GOOD, 4),
        *ballots("pro", "flash", Vote.BOTH_BAD, 5),
        *ballots("flash", "lite", Vote.ONE, 7),
    ]
    rate = win_rate(votes, "flash", "pro")
    assert (rate.one_wins, rate.other_wins, rate.both_good, rate.both_bad) == (5, 1, 4, 5)
    assert (rate.decided_votes, rate.ties, rate.votes) == (6, 9, 15)
    assert rate.share == pytest.approx(5 / 6)


@UNTIMED
@given(WINS, WINS)
def test_the_share_has_the_wilson_interval_of_scipy(one_wins: int, other_wins: int) -> None:
    assume(one_wins + other_wins)
    rate = win_rate(duel("a", "b", one_wins, other_wins, ties=3), "a", "b")
    reference = binomtest(one_wins, one_wins + other_wins).proportion_ci(0.95, method="wilson")
    assert (rate.low, rate.high) == pytest.approx((reference.low, reference.high), abs=1e-9)
    assert rate.decided is bool(reference.low > 0.5 or reference.high < 0.5)


@UNTIMED
@given(WINS, WINS)
def test_the_votes_still_needed_are_those_of_the_score_test_and_not_one_more(one_wins: int, other_wins: int) -> None:
    rate = win_rate(duel("a", "b", one_wins, other_wins), "a", "b")
    decided = one_wins + other_wins
    if one_wins == other_wins:
        assert rate.votes_needed is None
        return
    # Wilson's interval holds the shares that the score test accepts: |share - 1/2| <= z sqrt(1/4 / n).
    enough = math.floor(Z_SQUARED / (2 * one_wins / decided - 1) ** 2) + 1
    assert rate.votes_needed == max(0, enough - decided)


@pytest.mark.parametrize("wins", [(14, 6), (1, 0), (51, 49), (58, 41)])
def test_one_vote_fewer_than_needed_does_not_exclude_one_half(wins: tuple[int, int]) -> None:
    rate = win_rate(duel("a", "b", *wins), "a", "b")
    assert rate.votes_needed

    def excludes(total: int) -> bool:
        # The interval in the form in which Wilson (1927) gives it, at the same share.
        share, z = wins[0] / sum(wins), math.sqrt(Z_SQUARED)
        middle = share + Z_SQUARED / (2 * total)
        half = z * math.sqrt(share * (1 - share) / total + Z_SQUARED / (4 * total**2))
        return (middle - half) / (1 + Z_SQUARED / total) > 0.5

    assert excludes(sum(wins) + rate.votes_needed)
    assert not excludes(sum(wins) + rate.votes_needed - 1)


def test_a_share_a_hair_from_one_half_is_answered_at_once() -> None:
    # 3.841458820694 x 10,001² / 1² = 384,222,715.1, so the interval needs 384,222,716 votes in all.
    rate = win_rate(duel("a", "b", 5001, 5000), "a", "b")
    assert rate.votes_needed == pytest.approx(384_222_716 - 10_001, abs=5)


@UNTIMED
@given(st.lists(BALLOTS, max_size=25))
def test_swapping_the_models_mirrors_the_win_rate_and_says_the_same(votes: list[Ballot]) -> None:
    forth, back = win_rate(votes, "a", "b"), win_rate(votes, "b", "a")
    assert (forth.one_wins, forth.other_wins) == (back.other_wins, back.one_wins)
    assert (forth.both_good, forth.both_bad) == (back.both_good, back.both_bad)
    assert (forth.votes_needed, forth.verdict) == (back.votes_needed, back.verdict)
    if forth.share is None or back.share is None:
        assert back.share is None
        assert forth.share is None
        return
    assert (forth.share, forth.low, forth.high) == pytest.approx((1 - back.share, 1 - back.high, 1 - back.low))
    if forth.one_wins != forth.other_wins:
        assert forth.sentence == back.sentence


@UNTIMED
@given(st.lists(BALLOTS, max_size=25), st.lists(BALLOTS, max_size=10), st.randoms(use_true_random=False))
def test_simulated_ballots_their_order_and_the_side_of_the_screen_never_change_anything(votes, others, random) -> None:
    simulated = [Ballot(each.one, each.other, each.vote, each.preset, simulated=True) for each in others]
    mixed = [turned(each) if random.random() < 0.5 else each for each in votes] + simulated
    random.shuffle(mixed)
    assert win_rate(mixed, "a", "b") == win_rate(votes, "a", "b")
    assert by_preset(mixed, "a", "b") == by_preset(votes, "a", "b")
    assert bradley_terry(mixed) == bradley_terry(votes)


@UNTIMED
@given(WINS, WINS)
def test_one_more_win_never_lowers_the_share_or_its_limits(one_wins: int, other_wins: int) -> None:
    assume(one_wins + other_wins)
    before = win_rate(duel("a", "b", one_wins, other_wins), "a", "b")
    after = win_rate(duel("a", "b", one_wins + 1, other_wins), "a", "b")
    assert after.share >= before.share
    assert after.low >= before.low - 1e-12
    assert after.high >= before.high - 1e-12


def test_ties_stay_apart_from_the_share() -> None:
    with_ties, without = (win_rate(duel("a", "b", 14, 6, ties), "a", "b") for ties in (30, 0))
    assert (with_ties.share, with_ties.low, with_ties.high) == (without.share, without.low, without.high)


def test_without_decided_votes_there_is_no_share_and_no_verdict() -> None:
    for votes in ([], ballots("a", "b", Vote.BOTH_BAD, 3), ballots("a", "b", Vote.ONE, 3, simulated=True)):
        rate = win_rate(votes, "a", "b")
        assert (rate.share, rate.low, rate.high, rate.votes_needed, rate.verdict) == (None,) * 5
        assert not rate.decided


def test_a_model_against_itself_counts_nowhere() -> None:
    own = ballots("a", "a", Vote.ONE, 5)
    assert win_rate(own, "a", "a").votes == 0
    assert by_preset(own, "a", "a") == ()
    assert bradley_terry(own + duel("a", "b", 1, 1)).refused is Refusal.TOO_FEW_MODELS


# Wilson's limits of 14 of 20, 40 of 50, 5 of 10, 1 of 1 and 5,200 of 10,000 are 48.1 and 85.5, 67.0 and 88.8, 23.7 and
# 76.3, 20.7 and 100, and 51.0 and 53.0 by scipy.
@pytest.mark.parametrize(
    ("votes", "sentence"),
    [
        (
            duel("flash", "pro", 14, 6),
            "Flash was preferred in 14 of 20 decided votes (70%, 95% interval 48% to 85%): too close to call; "
            "about 5 more such votes would settle it.",
        ),
        (
            duel("pro", "flash", 40, 10, ties=2),
            "Pro was preferred in 40 of 50 decided votes (80%, 95% interval 67% to 89%): a clear lead. "
            "2 other votes were ties (2 both good).",
        ),
        (
            duel("flash", "pro", 5, 5),
            "Flash and Pro were each preferred in 5 of 10 decided votes (50%, 95% interval 24% to 76%): "
            "too close to call, and at an even share more votes would not settle it.",
        ),
        (
            duel("flash", "pro", 1, 0),
            "Flash was preferred in 1 of 1 decided vote (100%, 95% interval 21% to 100%): too close to call; "
            "about 3 more such votes would settle it.",
        ),
        (
            duel("flash", "pro", 5200, 4800),
            "Flash was preferred in 5,200 of 10,000 decided votes (52%, 95% interval 51% to 53%): "
            "a small but real lead.",
        ),
        ([], "There is no vote between Flash and Pro yet."),
        (
            duel("flash", "pro", 0, 0, ties=2) + ballots("pro", "flash", Vote.BOTH_BAD),
            "No vote between Flash and Pro has preferred one of them yet. 3 votes were ties (2 both good, 1 both bad).",
        ),
    ],
)
def test_the_sentence_says_it_to_a_manager(votes: Sequence[Ballot], sentence: str) -> None:
    assert win_rate(votes, "flash", "pro", NAMES).sentence == sentence


def test_rounding_never_shows_an_even_share_where_one_model_leads() -> None:
    assert "(50.2%," in win_rate(duel("a", "b", 251, 249), "a", "b").sentence
    # 999 of 1,000 is not all.
    assert "(99.9%," in win_rate(duel("a", "b", 999, 1), "a", "b").sentence


def test_a_real_lead_below_55_of_100_is_called_small() -> None:
    assert win_rate(duel("a", "b", 5200, 4800), "a", "b").verdict is Verdict.SMALL
    assert win_rate(duel("a", "b", 5600, 4400), "a", "b").verdict is Verdict.CLEAR
    assert win_rate(duel("a", "b", 14, 6), "a", "b").verdict is Verdict.CLOSE


def test_presets_come_with_the_most_votes_first_and_only_those_with_votes_on_the_pair() -> None:
    votes = [
        *ballots("a", "b", Vote.ONE, 2, preset="code"),
        *ballots("b", "a", Vote.ONE, 3, preset="translation"),
        *ballots("a", "b", Vote.BOTH_BAD, 2, preset="extraction"),
        *ballots("a", "b", Vote.ONE),
        *ballots("a", "c", Vote.ONE, 9, preset="reasoning"),
        *ballots("a", "b", Vote.ONE, 9, preset="pretence", simulated=True),
    ]
    found = by_preset(votes, "a", "b")
    assert [preset for preset, _ in found] == ["translation", "code", "extraction", ""]
    assert [(rate.one_wins, rate.other_wins, rate.ties) for _, rate in found] == [
        (0, 3, 0),
        (2, 0, 0),
        (0, 0, 2),
        (1, 0, 0),
    ]


def test_the_ratings_of_a_published_table_are_found() -> None:
    # Citations between four journals of statistics (Stigler 1994, Statistical Science 9:94-108), and the strengths
    # that Turner and Firth (2012, J. Statistical Software 48(9), section 2.1) give relative to Biometrika.
    votes = [
        *duel("Biometrika", "Comm Statist", 730, 33),
        *duel("Biometrika", "JASA", 498, 320),
        *duel("Biometrika", "JRSS-B", 221, 284),
        *duel("Comm Statist", "JASA", 68, 813),
        *duel("Comm Statist", "JRSS-B", 17, 276),
        *duel("JASA", "JRSS-B", 142, 325),
    ]
    published = {"Biometrika": 0.0, "Comm Statist": -2.9491, "JASA": -0.4796, "JRSS-B": 0.2690}
    found = bradley_terry(votes)
    relative = {model: (each - points(found)["Biometrika"]) / POINTS for model, each in points(found).items()}
    assert relative == pytest.approx(published, abs=0.0001)
    assert [each.model for each in found.rated] == ["JRSS-B", "Biometrika", "JASA", "Comm Statist"]
    assert all(step.told_apart for step in found.steps)
    assert [each.votes for each in found.rated] == [505 + 293 + 467, 763 + 818 + 505, 818 + 881 + 467, 763 + 881 + 293]


def likelihood_fit(wins: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Strengths with mean zero and their covariance: the likelihood by scipy, the information matrix by hand."""
    count = len(wins)

    def loss(strengths: np.ndarray) -> float:
        apart = strengths[:, None] - strengths[None, :]
        # The square pins the mean, which the votes say nothing about, to zero.
        return float((wins * np.log1p(np.exp(-apart))).sum() + strengths.sum() ** 2)

    strengths = minimize(loss, np.zeros(count), method="BFGS", options={"gtol": 1e-7}).x
    share = 1 / (1 + np.exp(strengths[None, :] - strengths[:, None]))
    spread = (wins + wins.T) * share * (1 - share)
    # The inverse on the space of contrasts with the mean.
    return strengths - strengths.mean(), np.linalg.pinv(np.diag(spread.sum(axis=1)) - spread)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(1, 12), min_size=12, max_size=12), st.lists(st.integers(0, 5), min_size=6, max_size=6))
def test_ratings_and_intervals_are_those_of_the_likelihood_written_out(counts: list[int], ties: list[int]) -> None:
    pairs = [(a, b) for a in range(4) for b in range(a)]
    wins = np.zeros((4, 4))
    votes: list[Ballot] = []
    for (a, b), forth, back, tied in zip(pairs, counts[:6], counts[6:], ties, strict=True):
        wins[a, b], wins[b, a] = forth + tied / 2, back + tied / 2
        votes += duel("abcd"[a], "abcd"[b], forth, back, tied)
    strengths, covariance = likelihood_fit(wins)
    found = bradley_terry(votes)
    half = math.sqrt(Z_SQUARED) * POINTS
    for each in found.rated:
        at = "abcd".index(each.model)
        reach = half * math.sqrt(covariance[at, at])
        expected = (strengths[at] * POINTS, strengths[at] * POINTS - reach, strengths[at] * POINTS + reach)
        assert (each.points - 1000, each.low - 1000, each.high - 1000) == pytest.approx(expected, abs=0.05)
    for step in found.steps:
        high, low = "abcd".index(step.higher), "abcd".index(step.lower)
        reach = half * math.sqrt(covariance[high, high] + covariance[low, low] - 2 * covariance[high, low])
        assert step.high - step.points == pytest.approx(reach, abs=0.05)
        assert step.points - step.low == pytest.approx(reach, abs=0.05)
        assert step.points == pytest.approx((strengths[high] - strengths[low]) * POINTS, abs=0.05)


def test_odds_of_ten_to_one_are_400_points_on_a_mean_of_1000() -> None:
    # a : b and b : c at 10 : 1 and a : c at 100 : 1 fit a model of 400 points a step exactly.
    found = bradley_terry(duel("a", "b", 10, 1) + duel("b", "c", 10, 1) + duel("a", "c", 100, 1))
    assert points(found) == pytest.approx({"a": 1400, "b": 1000, "c": 600}, abs=0.001)
    assert found.steps[0].expected_share == pytest.approx(10 / 11)


def test_a_circle_leaves_all_equal_and_none_told_apart() -> None:
    found = bradley_terry(duel("a", "b", 9, 1) + duel("b", "c", 9, 1) + duel("c", "a", 9, 1))
    assert points(found) == pytest.approx({"a": 1000, "b": 1000, "c": 1000}, abs=1e-6)
    # Each difference rests on its own pair and on the way round: 10/4 + (10/4)/2 of information, by hand.
    assert found.steps[0].high == pytest.approx(math.sqrt(Z_SQUARED / 3.75) * POINTS, abs=0.001)
    assert [step.told_apart for step in found.steps] == [False, False]
    assert [each.model for each in found.rated] == ["a", "b", "c"]
    assert "a shares the first place with 1,000 points" in found.sentence


def test_only_ties_make_equal_ratings() -> None:
    found = bradley_terry(ballots("a", "b", Vote.BOTH_GOOD, 4) + ballots("b", "c", Vote.BOTH_BAD, 4))
    assert points(found) == pytest.approx({"a": 1000, "b": 1000, "c": 1000}, abs=1e-6)


def test_a_tie_is_half_a_win_for_each() -> None:
    tied = duel("a", "b", 3, 1, ties=4) + duel("b", "c", 3, 1, ties=2) + duel("a", "c", 3, 1)
    halves = duel("a", "b", 5, 3) + duel("b", "c", 4, 2) + duel("a", "c", 3, 1)
    assert points(bradley_terry(tied)) == pytest.approx(points(bradley_terry(halves)), abs=1e-6)


def test_overlapping_intervals_can_still_be_told_apart() -> None:
    found = bradley_terry(duel("a", "b", 37, 20) + duel("b", "c", 40, 20) + duel("a", "c", 45, 18))
    first, second = found.rated[:2]
    assert first.low < second.high
    assert found.steps[0].told_apart


@settings(max_examples=30, deadline=None)
@given(st.lists(BALLOTS, min_size=8, max_size=40))
def test_the_mean_is_1000_the_order_falls_and_each_interval_holds_its_rating(votes: list[Ballot]) -> None:
    found = bradley_terry(votes)
    assert bool(found.rated) is (found.refused is None)
    if found.refused:
        return
    values = [each.points for each in found.rated]
    assert sum(values) / len(values) == pytest.approx(1000)
    assert all(step.points > -1e-5 for step in found.steps)
    assert all(each.low < each.points < each.high for each in found.rated)
    assert sum(each.votes for each in found.rated) == 2 * sum(each.one != each.other for each in votes)


@settings(max_examples=30, deadline=None)
@given(st.lists(BALLOTS, min_size=8, max_size=40))
def test_renaming_the_models_renames_the_ratings_and_nothing_else(votes: list[Ballot]) -> None:
    new = dict(zip("abcd", "dcab", strict=True))
    renamed = [Ballot(new[each.one], new[each.other], each.vote, each.preset, simulated=False) for each in votes]
    before, after = bradley_terry(votes), bradley_terry(renamed)
    assert before.refused is after.refused
    assert {new[model]: value for model, value in points(before).items()} == pytest.approx(points(after), abs=1e-3)


@settings(max_examples=30, deadline=None)
@given(st.lists(BALLOTS, min_size=8, max_size=40))
def test_one_more_win_never_lowers_a_rating(votes: list[Ballot]) -> None:
    before, after = bradley_terry(votes), bradley_terry([*votes, *ballots("a", "b", Vote.ONE)])
    assume(not before.refused and not after.refused and {"a", "b"} <= points(before).keys())
    assert points(after)["a"] - points(after)["b"] >= points(before)["a"] - points(before)["b"] - 1e-3


def test_the_sentence_names_the_first_and_the_neighbours_that_cannot_be_told_apart() -> None:
    votes = duel("flash", "pro", 11, 9) + duel("pro", "lite", 90, 10) + duel("flash", "lite", 90, 10)
    found = bradley_terry(votes, NAMES)
    assert found.sentence.startswith("By 220 votes on 3 models, Flash stands first with 1,")
    assert found.sentence.endswith("Too close to call: Flash and Pro.")
    sure = bradley_terry(duel("a", "b", 80, 20) + duel("b", "c", 80, 20))
    assert sure.sentence.endswith("Each model can be told apart from the next.")
    unsure = bradley_terry(duel("a", "b", 2, 1) + duel("b", "c", 2, 1))
    assert unsure.sentence.endswith("No model can be told apart from the next.")


CHAIN = duel("a", "b", 10, 5) + duel("b", "c", 10, 3)


@pytest.mark.parametrize(
    ("votes", "refused", "named", "words"),
    [
        ([], Refusal.TOO_FEW_MODELS, (), "no votes yet"),
        (duel("a", "b", 5, 5), Refusal.TOO_FEW_MODELS, ("a", "b"), "with two, the win rate says it all"),
        (
            CHAIN + duel("d", "e", 1, 1),
            Refusal.NOT_CONNECTED,
            ("a", "b", "c", "d", "e"),
            "none compares a, b and c with d and e",
        ),
        (CHAIN + duel("d", "c", 4, 0), Refusal.SEPARATED, ("d",), "while d won every vote."),
        (CHAIN + duel("a", "d", 4, 0), Refusal.SEPARATED, ("d",), "while d lost every vote."),
        (
            duel("a", "b", 1, 0) + duel("a", "c", 1, 0),
            Refusal.SEPARATED,
            ("a", "b", "c"),
            "a won every vote and b and c lost every vote",
        ),
        (
            CHAIN[:15] + duel("c", "d", 1, 1) + duel("a", "c", 3, 0),
            Refusal.SEPARATED,
            ("a", "b"),
            "a and b won every vote against the others",
        ),
    ],
)
def test_votes_that_give_no_rating_are_refused_with_the_models_in_the_way(votes, refused, named, words) -> None:
    found = bradley_terry(votes)
    assert (found.refused, found.named) == (refused, named)
    assert words in found.sentence
    assert found.rated == found.steps == ()


def test_one_tie_against_the_unbeaten_makes_a_rating_possible() -> None:
    assert bradley_terry(CHAIN + duel("d", "c", 4, 0, ties=1)).rated[0].model == "d"


def test_very_one_sided_votes_are_still_fitted() -> None:
    # On a chain each step is the log odds of its pair: 2,000 : 0.5 and 3,000 : 1, by hand.
    found = bradley_terry(duel("a", "b", 2000, 0)[:-1] + ballots("a", "b", Vote.BOTH_GOOD) + duel("b", "c", 3000, 1))
    assert found.steps[0].points == pytest.approx(400 * math.log10(1999.5 / 0.5), abs=0.01)
    assert found.steps[1].points == pytest.approx(400 * math.log10(3000), abs=0.01)


def test_a_fit_that_did_not_settle_is_refused_and_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = GLM.fit
    monkeypatch.setattr(GLM, "fit", lambda model, start_params: whole(model, start_params=start_params, maxiter=1))
    found = bradley_terry(duel("a", "b", 90, 1) + duel("b", "c", 90, 1) + duel("a", "c", 5, 4))
    assert (found.refused, found.rated) == (Refusal.NO_FIT, ())
