"""The runs section: what people and models said as it came, marked for what it is, and never more than was measured."""

from dataclasses import replace
from decimal import Decimal

import pytest

from catalog.schema import Kind
from components.archive.tally import Spoilt, Tally
from components.history.records import BatchRecord, ChunkRecord
from components.playground.ratings import Ballot, Vote
from components.report import runs_section
from components.report.runs import OwnRuns
from components.report.state import Quote, Section, Table
from tests.archive.examples import FLASH, NOON, PRO, lane, opinion, run, voted
from tests.report.made_scenes import scene, sentences, table
from tests.report.sample_state import HOSTILE

MODELS = f"{PRO},{FLASH}"
SIMULATED = "simulated, not a model's answer"


def made(*runs: object, **given: object) -> Section:
    return runs_section.section(scene(MODELS), OwnRuns(tuple(runs), **given))


def quotes(section: Section) -> list[Quote]:
    return [each for each in section.blocks if isinstance(each, Quote)]


def told(section: Section) -> str:
    return " ".join(each.text for each in sentences(section))


def test_prompt_and_answers_stand_in_full_and_as_they_came():
    answer = HOSTILE + "x" * 100_000
    found = quotes(made(run("r", prompt=HOSTILE, answers=(answer, "No."), request={"system_instruction": HOSTILE})))
    assert [(each.label, each.text) for each in found] == [
        ("System instruction", HOSTILE),
        ("Prompt", HOSTILE),
        ("2.0 Pro exp", answer),
        ("2.0 Flash", "No."),
    ]
    assert [each.model for each in found[2:]] == [PRO, FLASH]


def test_foreign_text_stands_in_no_sentence_heading_or_title():
    hostile = run("r", prompt=HOSTILE, answers=(HOSTILE, HOSTILE), judgements=(opinion("j", judge="gemini-3.8-flash"),))
    section = made(hostile)
    assert "<script>" not in told(section)
    assert not any("<script>" in each.title + each.summary for each in section.blocks if isinstance(each, Table))


def test_measures_are_typed_own_and_counted():
    pieces = tuple(ChunkRecord(0.25 + 0.5 * at, "word ", output_tokens=50 * (at + 1)) for at in range(3))
    usage = {"input_tokens": 1000, "output_tokens": 150, "thinking_tokens": 20}
    facts = {"finish_reason": "STOP", "served_model": "gemini-2.0-flash-001", "usage": usage}
    lanes = (lane(0, PRO, "?", "Yes."), replace(lane(1, FLASH, "?", ""), chunks=pieces, facts=facts, total_s=1.5))
    section = made(run("r", lanes=lanes))
    row = table(section, "runs_1_measures").rows[1]
    # 100 tokens in the second after the first chunk; $0.10 and $0.40 a million: 1,000 in and 170 out.
    assert [value.number for value in row[1:8]] == [0.25, 1.5, 100, 1000, 150, 20, Decimal("0.000168")]
    assert [value.unit for value in row[1:8]] == [
        *("seconds", "seconds", "tokens per second", "tokens", "tokens", "tokens", "USD"),
    ]
    assert {value.kind for value in row[1:8]} == {Kind.OWN}
    assert [value.shown for value in row[8:]] == ["STOP", "gemini-2.0-flash-001"]
    assert "own measurements of 2 calls" in told(section)


def test_what_was_not_measured_is_words_and_no_number():
    silent = replace(lane(1, FLASH, "?", ""), chunks=(), facts={}, total_s=None, status="failed")
    row = table(made(run("r", lanes=(lane(0, PRO, "?", "Yes."), silent))), "runs_1_measures").rows[1]
    assert [value.number for value in row] == [None] * 10
    assert [value.shown for value in row[1:3]] == ["none arrived", "not known"]
    assert row[7].shown == "not known"


def test_a_model_without_a_list_price_costs_no_number():
    first = table(made(run("r")), "runs_1_measures").rows[0]
    assert (first[7].shown, first[7].number) == ("no list price", None)


def test_simulated_answers_are_marked_wherever_they_stand_and_are_no_evidence():
    section = made(voted("r", "one", simulated=True))
    answers = quotes(section)[1:]
    assert [each.remark for each in answers] == [SIMULATED, SIMULATED]
    assert "nothing of this run is evidence" in told(section)
    assert "A vote on simulated answers counts for nothing." in told(section)
    measured = table(section, "runs_1_measures")
    assert SIMULATED in measured.title
    numbers = [value for row in measured.rows for value in row if value.number is not None]
    assert numbers
    assert all(value.kind is None and SIMULATED in value.note for value in numbers)
    assert "own measurements" not in told(section)


def test_a_blind_run_without_a_vote_tells_nothing_of_whose_answer_is_whose():
    secret = run("r", answers=("Yes, it is so.", "No, it is not."), order=(1, 0), judgements=(opinion("j"),))
    section = made(secret)
    found = quotes(section)
    assert [(each.label, each.text, each.model) for each in found[1:]] == [
        ("A", "No, it is not.", ""),
        ("B", "Yes, it is so.", ""),
    ]
    everything = repr(section)
    assert PRO not in everything
    assert FLASH not in everything
    assert "2.0 Flash" not in everything
    assert not any(isinstance(each, Table) for each in section.blocks)


def test_a_blind_run_that_cannot_be_read_stays_secret_too():
    broken = run("r", order=(1, 0), request={"temperature": "warm", "turns": 3})
    everything = repr(made(broken))
    assert PRO not in everything
    assert "2.0 Flash" not in everything


def test_a_run_that_cannot_be_read_keeps_its_text_and_says_that_measures_are_missing():
    section = made(run("r", request={"turns": "no list"}))
    assert [each.text for each in quotes(section)] == ["Is it?", "Yes, it is so.", "No, it is not."]
    assert "kept in a form that cannot be read" in told(section)
    assert not any(isinstance(each, Table) for each in section.blocks)


@pytest.mark.parametrize(
    ("vote", "words"), [("one", "2.0 Pro exp preferred"), ("other", "2.0 Flash preferred"), ("both_bad", "both bad")]
)
def test_a_vote_says_who_was_preferred(vote, words):
    assert f"Vote, cast before the names were shown: {words}." in told(made(voted("r", vote)))


def test_a_judge_is_always_a_models_opinion():
    changed = opinion("k", agreed=False)
    section = made(run("r", judgements=(opinion("j"), changed)))
    assert "Opinion of a model, gemini-3.8-flash: the answer of 2.0 Pro exp is better, in either order." in told(
        section
    )
    assert "changed its mind when the order was swapped, so this counts as a tie" in told(section)
    reasons = [each for each in quotes(section) if each.label.startswith("Judge")]
    assert [(each.text, each.remark) for each in reasons] == [("It is right.", "a model's opinion")] * 4
    scores = table(section, "runs_1_judges")
    assert [value.number for value in (scores.rows[0][3], scores.rows[0][5])] == [5, 2]
    assert all("a model's opinion" in row[0].shown for row in scores.rows)


def test_a_simulated_judge_is_no_models_opinion():
    simulated = opinion("j")
    simulated = replace(simulated, simulated=True, outcome={**simulated.outcome, "simulated": True})
    section = made(run("r", judgements=(simulated,)))
    assert "Simulated, not a model's opinion" in told(section)
    assert "Opinion of a model" not in told(section)
    assert {each.remark for each in quotes(section)[3:]} == {"simulated, not a model's opinion"}


def test_an_answer_that_is_not_whole_says_so():
    failure = {"kind": "output_limit", "message": "It stopped.", "safe": "", "next_step": ""}
    cut = replace(lane(1, FLASH, "?", "Half an"), failure=failure)
    stopped = replace(lane(0, PRO, "?", ""), status="stopped", stop_reason="Stopped by hand.", chunks=())
    found = quotes(made(run("r", lanes=(stopped, cut))))
    assert found[1].remark == "stopped: Stopped by hand.; no text arrived"
    assert found[2].remark == "cut off at the output limit"


def test_repeated_answers_are_told_apart():
    section = made(run("r", answers=("a", "b", "c", "d"), repeats=2))
    assert [each.label for each in quotes(section)[1:]] == [
        "2.0 Pro exp, answer 1",
        "2.0 Flash, answer 1",
        "2.0 Pro exp, answer 2",
        "2.0 Flash, answer 2",
    ]
    assert "Asked on 26 Nov 2026 of 2.0 Pro exp and 2.0 Flash through the Gemini API, 2 answers each." in told(section)


def test_what_went_with_the_prompt_is_counted():
    turn = {"role": "user", "parts": [{"kind": "text", "text": "Before"}]}
    section = made(run("r", request={"turns": [turn, turn], "attachments": [{"kind": "file_data", "uri": "u"}]}))
    assert "What went with the prompt is not shown: 2 earlier turns and 1 file." in told(section)


def test_a_run_from_a_file_is_vouched_for_by_nothing_else():
    assert "nothing but that file vouches for it" in told(made(run("r", imported=True)))


def test_votes_over_all_runs_have_their_interval_and_what_was_left_out():
    cast = [Ballot(PRO, FLASH, Vote.ONE, "", False)] * 7 + [Ballot(FLASH, PRO, Vote.ONE, "", False)] * 3
    tie = Ballot(PRO, FLASH, Vote.BOTH_GOOD, "", False)
    section = made(tally=Tally((*cast, tie), 11, ((Spoilt.SIMULATED, 3),)))
    row = table(section, "runs_votes").rows[0]
    # Wilson (1927): 7 of 10 lies between 0.3968 and 0.8922.
    assert [value.number for value in row[1:5]] == [7, 3, 1, 0]
    assert [value.number for value in row[5:8]] == pytest.approx([70, 39.68, 89.22], abs=0.01)
    assert row[8].shown == "too close to call"
    assert "2.0 Pro exp was preferred in 7 of 10 decided votes (70%, 95% interval 40% to 89%)" in told(section)
    assert "11 votes count. Left out: 3 on simulated answers." in told(section)


def test_without_votes_nothing_is_decided():
    section = made(tally=Tally((), 0, ()))
    assert "There is no vote between 2.0 Pro exp and 2.0 Flash yet." in told(section)
    assert not any(isinstance(each, Table) for each in section.blocks)


def test_batches_have_their_counts_and_what_they_cost():
    record = {"models": [PRO, FLASH]}
    real = BatchRecord(
        "b", "o", HOSTILE, NOON, False, 40, record, state="done", done=40, failed=2, spent=1_250_000_000_000
    )
    simulated = BatchRecord("s", "o", "Trial", NOON, True, 10, record, state="stopped", done=4, failed=0, spent=0)
    section = made(batches=(real, simulated))
    rows = table(section, "runs_batches").rows
    assert [value.number for value in rows[0][2:6]] == [40, 40, 2, Decimal("1.25")]
    assert rows[0][1].shown == "2.0 Pro exp, 2.0 Flash"
    assert rows[1][6].shown == f"stopped; {SIMULATED}"
    assert all(SIMULATED in value.note for value in rows[1][2:6])
    assert "1 of them was simulated, so no answer of theirs is a model's or any evidence." in told(section)


def test_where_nothing_was_chosen_it_says_so():
    section = runs_section.section(scene(MODELS))
    assert (section.blocks, section.missing) == ((), "No run, batch or vote was chosen for this report.")


def test_every_number_in_the_sentences_can_be_derived_whatever_the_names():
    runs = (
        run("a", models=("x-17", "4711"), answers=("1", "2")),
        run("b", judgements=(opinion("j", judge="judge 9000 v2"),)),
        voted("c", "other"),
        run("d", simulated=True, imported=True, vertexai=True),
        run("e", order=(0, 1)),
        run("f", status="failed", order=(0, 1)),
    )
    asked = scene(MODELS, runs=runs)
    section = runs_section.section(asked)
    assert asked.ledger.problems == []
    assert [each.heading for each in section.blocks if getattr(each, "heading", "")] == [
        f"Run {number}" for number in range(1, 7)
    ]
    assert "no vote was cast" in told(section)
