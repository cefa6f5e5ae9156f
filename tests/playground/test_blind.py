"""A blind vote is one: nothing on screen tells who is who before it, and what voids it does not count."""

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.gemini.errors import Failure, FailureKind
from components.gemini.request import Request
from components.gemini.stream import Chunk, Facts
from components.playground.blind import (
    Phase,
    Playback,
    ballots,
    hidden,
    hold_line,
    names_itself,
    order,
    state,
    vote_for_place,
)
from components.playground.lanes import LaneStatus, Run, Setup
from components.playground.ratings import Vote

lengths = st.lists(st.integers(0, 20_000), min_size=1, max_size=4)
moments = st.lists(st.floats(0, 13), min_size=2, max_size=30).map(sorted)
texts = st.lists(st.text(st.sampled_from("ab \n日"), max_size=300), min_size=1, max_size=4)


def blind_run(sides: int = 2, repeats: int = 1, places: tuple[int, ...] | None = None) -> Run:
    requests = [Request(f"model-{lane % sides}", "Hello") for lane in range(sides * repeats)]
    setup = Setup(sides, repeats, order=tuple(range(sides)) if places is None else places)
    return Run(requests, created=datetime(2026, 11, 26, tzinfo=UTC), setup=setup)


def answer(run: Run, lane: int, text: str = "Because.", finish: str = "STOP") -> None:
    run.begin(lane)
    run.receive(lane, Chunk(0.1, text), Facts(finish_reason=finish))
    run.finish(lane)


def answered(sides: int = 2) -> Run:
    run = blind_run(sides)
    for lane in range(sides):
        answer(run, lane)
    return run


@pytest.mark.parametrize("sides", [1, 2, 3, 4])
def test_every_order_is_about_equally_likely(sides: int) -> None:
    rng = random.Random(7)
    counts = Counter(order(sides, rng) for _ in range(2_400))
    assert all(sorted(each) == list(range(sides)) for each in counts)
    expected = 2_400 / [1, 1, 2, 6, 24][sides]
    assert min(counts.values()) > 0.6 * expected
    assert max(counts.values()) < 1.4 * expected


def test_orders_are_random_without_being_told_how() -> None:
    assert len({order(4) for _ in range(200)}) > 10


def test_a_vote_is_on_the_model_and_not_on_the_place() -> None:
    assert [vote_for_place((1, 0), place) for place in (0, 1)] == ["other", "one"]
    assert [vote_for_place((2, 0, 3, 1), place) for place in range(4)] == ["third", "one", "fourth", "other"]


def test_a_vote_on_two_models_is_one_ballot() -> None:
    for vote in Vote:
        assert ballots(("m", "n"), vote.value) == (("m", "n", vote),)


def test_the_best_of_four_has_won_three_times_and_the_others_nothing() -> None:
    assert ballots("abcd", "third") == (("a", "c", Vote.OTHER), ("b", "c", Vote.OTHER), ("c", "d", Vote.ONE))


def test_all_good_is_a_tie_of_every_pair() -> None:
    assert ballots("abc", "both_good") == tuple(
        (one, other, Vote.BOTH_GOOD) for one, other in (("a", "b"), ("a", "c"), ("b", "c"))
    )


@given(st.integers(2, 4).flatmap(lambda sides: st.tuples(st.permutations(range(sides)), st.integers(0, sides - 1))))
def test_whoever_stands_at_the_chosen_place_wins_every_ballot_cast(choice: tuple[list[int], int]) -> None:
    places, place = choice
    models = [f"model-{side}" for side in range(len(places))]
    cast = ballots(models, vote_for_place(places, place))
    assert len(cast) == len(places) - 1
    for one, other, vote in cast:
        assert (one if vote is Vote.ONE else other) == models[places[place]]


@pytest.mark.parametrize("vote", ["third", "", "best", "fourth"])
def test_a_vote_that_two_models_cannot_have_is_refused(vote: str) -> None:
    with pytest.raises(ValueError, match="not a vote on 2 models"):
        ballots("ab", vote)


def test_a_run_is_held_then_ready_then_voted() -> None:
    run = blind_run()
    assert (state(run.snapshot()).phase, hidden(run.snapshot())) == (Phase.HOLDING, True)
    answer(run, 0)
    assert (state(run.snapshot()).phase, hidden(run.snapshot())) == (Phase.HOLDING, True)
    answer(run, 1)
    assert (state(run.snapshot()).phase, hidden(run.snapshot())) == (Phase.READY, True)
    run.vote("one")
    assert (state(run.snapshot()).phase, hidden(run.snapshot())) == (Phase.VOTED, False)


def test_a_run_that_is_not_blind_hides_nothing() -> None:
    snapshot = blind_run(places=()).snapshot()
    assert (state(snapshot).phase, hidden(snapshot)) == (Phase.NOT_BLIND, False)


def failed(run: Run) -> None:
    run.fail(1, RuntimeError("gone"), ())


def stopped(run: Run) -> None:
    run.stop("Stopped on request.")


def cut_off(run: Run) -> None:
    answer(run, 1, finish="MAX_TOKENS")


def blank(run: Run) -> None:
    answer(run, 1, text=" \n")


@pytest.mark.parametrize(
    ("happens", "why"), [(failed, "failed"), (stopped, "stopped"), (cut_off, "cut off"), (blank, "has no text")]
)
def test_a_side_that_is_not_whole_voids_the_vote(happens: Callable[[Run], None], why: str) -> None:
    run = blind_run()
    answer(run, 0)
    happens(run)
    found = state(run.snapshot())
    assert (found.phase, hidden(run.snapshot())) == (Phase.VOID, False)
    assert why in found.sentence
    run.vote("one")
    assert state(run.snapshot()).phase is Phase.VOID


def test_an_interrupted_side_voids_the_vote() -> None:
    whole = answered().snapshot()
    lanes = (whole.lanes[0], replace(whole.lanes[1], status=LaneStatus.INTERRUPTED))
    found = state(replace(whole, lanes=lanes))
    assert (found.phase, "interrupted" in found.sentence) == (Phase.VOID, True)


def test_an_answer_that_names_its_model_voids_the_vote_once_all_are_there() -> None:
    run = blind_run()
    answer(run, 0, "As Model 1 would say, forty-two.")
    assert state(run.snapshot()).phase is Phase.HOLDING
    answer(run, 1)
    assert state(run.snapshot()).phase is Phase.VOID
    assert "names its model" in state(run.snapshot()).sentence
    assert not hidden(run.snapshot())


def test_one_bad_repeat_is_enough() -> None:
    whole = answered().snapshot()
    cut = replace(whole.lanes[1], failure=Failure(FailureKind.OUTPUT_LIMIT, "", "", ""))
    lanes = (*whole.lanes, whole.lanes[0], cut)
    assert state(replace(whole, setup=Setup(2, 2, (0, 1)), lanes=lanes)).phase is Phase.VOID


def test_the_line_while_holding_gives_no_hint() -> None:
    run = blind_run()
    before = hold_line(run.snapshot())
    assert before == ("Both models are answering. Their answers are shown together, at one pace, when both are there.")
    answer(run, 1)
    assert hold_line(run.snapshot()) == before
    assert hold_line(blind_run(3).snapshot()).startswith("All 3 models are answering.")


@given(lengths, moments)
def test_nothing_that_was_shown_is_taken_back(sizes: list[int], times: list[float]) -> None:
    playback = Playback(sizes)
    for earlier, later in pairwise(times):
        for before, after in zip(playback.shown(earlier), playback.shown(later), strict=True):
            assert before <= after


@given(lengths)
def test_all_answers_start_and_end_together(sizes: list[int]) -> None:
    playback = Playback(sizes)
    longer = [index for index, size in enumerate(sizes) if size > 1]
    assert not any(playback.shown(0))
    assert all(playback.shown(1e-6)[index] >= 1 for index in longer)
    last = playback.shown(playback.duration_s - 1e-6)
    assert all(last[index] < sizes[index] for index in longer)
    assert not playback.done(playback.duration_s - 1e-6)
    assert list(playback.shown(playback.duration_s)) == sizes
    assert playback.done(playback.duration_s)


@given(lengths, st.floats(0.01, 0.99))
def test_equal_shares_are_shown_at_any_time(sizes: list[int], share: float) -> None:
    playback = Playback(sizes)
    for shown, size in zip(playback.shown(share * playback.duration_s), sizes, strict=True):
        assert abs(shown - share * size) <= 1.001


@given(texts, moments)
def test_with_texts_the_cuts_fall_between_words_and_nothing_else_changes(sides: list[str], times: list[float]) -> None:
    plain, cut = (Playback([len(text) for text in sides], each) for each in ((), sides))
    assert cut.duration_s == plain.duration_s
    for earlier, later in pairwise(times):
        assert all(a <= b for a, b in zip(cut.shown(earlier), cut.shown(later), strict=True))
    for text, most, shown in zip(sides, plain.shown(times[0]), cut.shown(times[0]), strict=True):
        assert most - 20 <= shown <= most
        between = shown in (0, 1, len(text) - 1, len(text)) or text[shown - 1].isspace()
        assert between or not any(map(str.isspace, text[shown:most]))
    assert cut.shown(cut.duration_s) == tuple(map(len, sides))


@pytest.mark.parametrize(
    ("sizes", "seconds"), [([10, 20], 1.5), ([100, 1_000], 4), ([50, 3_000], 12), ([9_000, 100], 12), ([0, 0], 1.5)]
)
def test_the_longest_answer_sets_the_time(sizes: list[int], seconds: float) -> None:
    assert Playback(sizes).duration_s == seconds


NAMES = ("Gemini 2.0 Flash", "2.0 Flash", "gemini-2.0-flash", "Gemini 2.0 Pro", "gemini-2.0-pro-exp-02-05")


@pytest.mark.parametrize(
    "text",
    [
        "I am Gemini 2.0 Flash.",
        "As gemini-2.0-flash, I cannot know.",
        "**Gemini 2.0 Pro** here!",
        "Hello! I’m Flash, a model by Google.",
        "My name is Gemini Pro.",
        "GEMINI 2.0\nFLASH",
    ],
)
def test_an_answer_that_says_who_it_is_is_caught(text: str) -> None:
    assert names_itself(text, NAMES)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "I am Gemini, a language model made by Google.",
        "Flash memory keeps its content, and a pro knows why.",
        "I am sorry. Flash photography is not allowed.",
        "In version 2.0 of the plan, this is the end.",
        "Gemini 2.0 Flasher",
    ],
)
def test_an_answer_that_tells_nothing_is_left_alone(text: str) -> None:
    assert not names_itself(text, NAMES)


def test_a_family_that_only_one_of_them_belongs_to_gives_it_away() -> None:
    assert names_itself("I am Gemini.", ("Gemini 2.0 Flash", "Llama 4 Scout"))


def test_a_name_that_the_prompt_brought_up_is_no_hint() -> None:
    prompt = "Compare Gemini 2.0 Flash with Gemini 2.0 Pro."
    assert not names_itself("Gemini 2.0 Flash is faster.", NAMES, prompt)
    assert names_itself("I am Gemini 2.0 Flash.", NAMES, prompt)
