"""What is said about a link before it is made: everything that its readers will see, by name."""

from dataclasses import replace

from components.history.records import BatchRecord
from components.shared.visible import of_batch, of_run
from tests.archive.examples import FLASH, PRO, opinion, run, voted
from tests.batch.running import job_for, table

FILES = [{"kind": "inline_data", "name": f"{name}.pdf"} for name in ("a", "b", "c", "d")]


def test_a_plain_run_shows_its_prompt_settings_and_answers() -> None:
    assert of_run(run("r"), 0, secret=False) == (
        "the prompt",
        "the settings",
        "both answers with times, tokens and cost",
    )


def test_everything_that_a_run_has_is_named() -> None:
    full = voted("r", "one", request={"system_instruction": "Be short.", "attachments": FILES[:2]})
    full = replace(full, judgements=(opinion("j"), opinion("k")))
    assert of_run(full, 2, secret=False) == (
        "the prompt",
        "the system instruction",
        "the settings",
        "2 earlier turns with what was answered",
        "both answers with times, tokens and cost",
        "the names of 2 attached files (a.pdf and b.pdf)",
        "your vote",
        "2 opinions of judges",
    )


def test_of_many_files_three_are_named_and_the_others_counted() -> None:
    told = of_run(run("r", request={"attachments": FILES}), 0, secret=False)
    assert told[-1] == "the names of 4 attached files (a.pdf, b.pdf, c.pdf and 1 more)"
    told = of_run(run("r", request={"attachments": FILES[:1]}), 0, secret=False)
    assert told[-1] == "the name of the attached file (a.pdf)"


def test_a_blind_run_without_a_vote_says_that_it_stays_blind() -> None:
    told = of_run(run("r", order=(1, 0)), 0, secret=True)
    assert told[-1] == "both answers, and whose is whose only after you have voted"


def test_three_answers_and_one_opinion_are_counted() -> None:
    three = run("r", models=(PRO, FLASH, "gpt-5"), answers=("a", "b", "c"), judgements=(opinion("j"),))
    assert of_run(three, 1, secret=False)[2:] == (
        "1 earlier turn with what was answered",
        "all 3 answers with times, tokens and cost",
        "the opinion of a judge",
    )


def test_a_batch_names_its_columns_rows_and_answers() -> None:
    prompts = table(2)
    made = job_for(prompts)
    record = BatchRecord("b", "", "Numbers", made.created, True, 4, {}, ("q", "expected", "note", "more"), done=4)
    assert of_batch(record, made) == (
        "the name of the batch",
        "the template",
        "the settings and checks",
        "2 rows with all columns (q, expected, note and 1 more)",
        "4 answers with checks, times, tokens and cost",
    )
