"""Which votes and opinions count."""

from dataclasses import replace

import pytest

from catalog.loading import Catalog, load
from components.archive.tally import JudgeRow, Spoilt, judges, pairs, spoilt_by, tally, to_look_at
from components.history.query import JudgementRow, VoteRow
from components.playground.ratings import Ballot, Vote
from tests.archive.examples import FLASH, NOON, OLD, PRO, opinion, run, voted


@pytest.fixture(scope="module")
def known() -> Catalog:
    return load()


def row(run_id: str, vote: str = "one", models: tuple[str, ...] = (PRO, FLASH), **changes: bool) -> VoteRow:
    made = VoteRow(run_id, models, tuple(range(len(models))), vote, "code", False, False, NOON)
    return replace(made, **changes)


def test_simulated_votes_never_count_and_imported_ones_only_when_asked() -> None:
    rows = [row("a"), row("b", "both_bad"), row("c", simulated=True), row("d", simulated=True), row("e", imported=True)]
    found = tally(rows, {}, with_imported=False)
    assert found.ballots == (
        Ballot(PRO, FLASH, Vote.ONE, "code", False),
        Ballot(PRO, FLASH, Vote.BOTH_BAD, "code", False),
    )
    assert found.sentence == "2 votes count. Left out: 2 on simulated answers and 1 from imported runs."
    assert tally(rows, {}, with_imported=True).votes == 3
    assert tally([row("c", simulated=True, imported=True)], {}, with_imported=True).votes == 0


def test_a_vote_on_three_models_is_two_ballots_and_one_vote() -> None:
    found = tally([row("a", "third", (PRO, FLASH, OLD))], {}, False)
    assert [(each.one, each.other, each.vote) for each in found.ballots] == [
        (PRO, OLD, Vote.OTHER),
        (FLASH, OLD, Vote.OTHER),
    ]
    assert found.sentence == "1 vote counts."


def test_a_vote_that_no_such_run_can_have_is_left_out_and_said() -> None:
    found = tally([row("a", "third"), row("b", "nonsense")], {}, False)
    assert found.sentence == "No vote counts yet. Left out: 2 that cannot be read."


def test_spoilt_votes_are_left_out_with_the_reason() -> None:
    found = tally([row("a"), row("b")], {"a": Spoilt.NAMED, "b": Spoilt.FINE}, False)
    assert found.votes == 1
    assert found.sentence == "1 vote counts. Left out: 1 where an answer names its model."
    assert to_look_at([row("a"), row("s", simulated=True), row("i", imported=True)], False) == ("a",)


def test_an_answer_that_names_its_model_or_was_cut_spoils_the_vote(known: Catalog) -> None:
    assert spoilt_by(known, voted("a", "one")) is Spoilt.FINE
    assert spoilt_by(known, voted("b", "one", answers=("I am Gemini 2.0 Flash.", "No."))) is Spoilt.NAMED
    assert spoilt_by(known, voted("c", "one", status="failed")) is Spoilt.VOID
    assert spoilt_by(known, voted("d", "one", answers=("Yes.", ""))) is Spoilt.VOID
    # What the prompt has brought up tells nothing.
    prompt = "Repeat: Gemini 2.0 Flash"
    assert spoilt_by(known, voted("e", "one", prompt=prompt, answers=("Gemini 2.0 Flash", "No."))) is Spoilt.FINE


def test_a_vote_on_a_run_that_was_not_blind_does_not_count(known: Catalog) -> None:
    assert spoilt_by(known, run("a", vote="one")) is Spoilt.VOID


def test_a_run_that_cannot_be_read_counts_nowhere(known: Catalog) -> None:
    broken = voted("a", "one", request={"safety": 7})
    assert spoilt_by(known, broken) is Spoilt.UNREADABLE


def test_pairs_stand_in_the_order_of_their_votes_whichever_way_round() -> None:
    cast = [
        Ballot(PRO, FLASH, Vote.ONE, "", False),
        Ballot(FLASH, PRO, Vote.ONE, "", False),
        Ballot(PRO, OLD, Vote.ONE, "", False),
        Ballot(PRO, PRO, Vote.ONE, "", False),
    ]
    assert pairs(cast) == (((FLASH, PRO), 2), ((OLD, PRO), 1))


def judged(name: str, imported: bool = False, **changes: object) -> JudgementRow:
    return JudgementRow("r", PRO, FLASH, "", imported, opinion(name, **changes))  # type: ignore[arg-type]


def test_the_agreement_of_each_judge_leaves_out_simulated_imported_and_unreadable_opinions() -> None:
    rows = [
        judged("1"),
        judged("2", agreed=False),
        judged("3", agreed=False),
        judged("4", judge="another"),
        judged("5", simulated=True),
        judged("6", imported=True),
        judged("7", outcome={"winner": 1}),
    ]
    found = judges(rows, with_imported=False)
    assert found.rows == (JudgeRow("gemini-3.8-flash", 1, 3), JudgeRow("another", 1, 1))
    assert found.left_out == (("simulated", 1), ("imported", 1), ("failed or not readable", 1))
    assert judges(rows, with_imported=True).rows[0] == JudgeRow("gemini-3.8-flash", 2, 4)
