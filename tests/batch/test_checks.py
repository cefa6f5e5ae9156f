"""Checks decide as a careful reader would, say why, and never hang on what a model wrote."""

import asyncio
import time
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.batch.checks import (
    Pick,
    check_of,
    check_record,
    checker,
    checks_of,
    is_near,
    number_in,
    verdict,
)
from components.batch.records import Key, Row, Task, Verdict
from components.gemini.errors import Failure, FailureKind
from components.playground.judge import Judgement, Winner

COLUMNS = ("q", "answer", "n")
ROW = {"q": "Capital of France?", "answer": "Paris", "n": "1,234.5"}
FIRST = Judgement("judge-1", "r", Winner.ONE, True)


def said(text: str, values: dict[str, str] | None = None, **record: Any) -> Verdict:
    return verdict(check_of(record, COLUMNS), text, values or ROW)


@pytest.mark.parametrize(
    ("record", "text", "passed"),
    [
        ({"kind": "contains", "column": "answer"}, "It is Paris.", True),
        ({"kind": "contains", "value": "{answer}!"}, "It is Paris.", False),
        ({"kind": "contains", "value": "paris"}, "It is Paris.", False),
        ({"kind": "contains", "value": "STRASSE", "ignore_case": True}, "die Straße", True),
        ({"kind": "equals", "column": "answer"}, " Paris\n", True),
        ({"kind": "equals", "column": "answer"}, "Paris.", False),
        ({"kind": "equals", "value": "PARIS", "ignore_case": True}, "paris", True),
        ({"kind": "regex", "value": r"\bP\w+s\b"}, "It is Paris.", True),
        ({"kind": "regex", "value": r"^\d{3}$"}, "12", False),
        ({"kind": "regex", "value": r"^\p{L}+$"}, "Größe", True),
        (
            {"kind": "regex", "value": "([0-9a-f]{8})(-[0-9a-f]{4}){3}-([0-9a-f]{12})"},
            "0b6d4f5e-1c2d-4e3f-8a9b-0c1d2e3f4a5b",
            True,
        ),
        ({"kind": "regex", "value": "^(?!.*sorry)"}, "I am sorry.", False),
        ({"kind": "regex", "value": "^{answer}$", "ignore_case": True}, "PARIS", True),
        ({"kind": "number", "value": "1234.5"}, "That makes 3 ships, 1,234.50 in all.", True),
        ({"kind": "number", "column": "n", "absolute": "0.5"}, "1235", True),
        ({"kind": "number", "column": "n", "absolute": "0.49"}, "1235", False),
        ({"kind": "number", "value": "-200", "relative": 0.01}, "−198", True),
        ({"kind": "number", "value": "-200", "relative": 0.01}, "-197.99", False),
        ({"kind": "number", "value": "3", "pick": "first"}, "3 ships, 4 masts", True),
        ({"kind": "number", "value": "3", "pick": "only"}, "3 ships, 4 masts", False),
        ({"kind": "number", "value": "3"}, "three", False),
        ({"kind": "json_schema", "value": {"type": "object", "required": ["a"]}}, '{"a": 1}', True),
        ({"kind": "json_schema", "value": {"type": "object", "required": ["a"]}}, '```json\n{"a": 1}\n```', True),
        ({"kind": "json_schema", "value": '{"type": "array"}'}, '{"a": 1}', False),
        ({"kind": "json_schema", "value": {"type": "array"}}, "no JSON", False),
        ({"kind": "json_schema", "value": {"pattern": r"^\d+$"}}, '"12a"', False),
    ],
)
def test_a_check_decides(record: dict[str, Any], text: str, passed: bool) -> None:
    found = said(text, **record)
    assert found.passed is passed
    assert passed or found.note.endswith(".")


def test_the_text_of_a_column_is_no_pattern() -> None:
    assert said("a.c", {**ROW, "answer": "a.c"}, kind="regex", column="answer").passed
    assert said("abc", {**ROW, "answer": "a.c"}, kind="regex", column="answer").passed is False


def test_a_row_with_nothing_to_compare_with_is_not_decided() -> None:
    for record in ({"kind": "equals", "column": "answer"}, {"kind": "number", "value": "{answer}"}):
        found = said("Paris", {**ROW, "answer": " "}, **record)
        assert (found.passed, found.note) == (None, "The column answer is empty in this row.")
    assert said("3", kind="number", column="answer").note == 'What is expected, "Paris", is not one number.'
    assert said("{}", kind="json_schema", column="answer").passed is None


@pytest.mark.timed
@pytest.mark.parametrize("record", [{"kind": "regex"}, {"kind": "json_schema"}], ids=["pattern", "schema"])
def test_a_pattern_that_never_ends_is_given_up(record: dict[str, Any]) -> None:
    slow = r"^(\w|\w\w|\d+)+$"
    value: Any = slow if record["kind"] == "regex" else {"type": "string", "pattern": slow}
    text = "1" * 5_000 + "!"
    started = time.monotonic()
    found = said(text if record["kind"] == "regex" else f'"{text}"', **record, value=value)
    assert time.monotonic() - started < 0.9
    assert (found.passed, found.note) == (None, "The pattern takes more than 0.25 s on this answer.")


@pytest.mark.parametrize(
    ("record", "words"),
    [
        ({"kind": "startswith", "value": "x"}, 'one of contains, equals, .*, not "startswith"'),
        ({}, "The kind of a check is one of"),
        ({"kind": "contains"}, "needs a value or a column"),
        ({"kind": "contains", "value": ""}, "needs a value or a column"),
        ({"kind": "contains", "value": "x", "column": "q"}, "a value or a column, not both"),
        ({"kind": "contains", "value": ["x"]}, "is a text, not list"),
        ({"kind": "contains", "column": "city"}, "needs the column city, which the input has not"),
        ({"kind": "equals", "value": "{city}"}, "needs the column city"),
        ({"kind": "contains", "value": "x", "absolute": 1}, 'has no "absolute"'),
        ({"kind": "contains", "value": "x", "ignore_case": "yes"}, "true or false"),
        ({"kind": "regex", "value": "("}, r'The pattern "\(" is wrong: missing \)'),
        ({"kind": "regex", "value": "x" * 2_001}, "2,001 characters, and at most 2,000"),
        ({"kind": "regex", "value": "(" * 900 + ")" * 900}, "nested too deeply"),
        ({"kind": "regex", "value": "x{99999999}"}, "repeats more than can be held"),
        ({"kind": "regex", "value": "(?:(?:x{999}){999}){999}"}, "repeats more than can be held"),
        ({"kind": "number", "value": "about three"}, "needs one number"),
        ({"kind": "number", "value": "3", "absolute": -1}, "a number from 0 on"),
        ({"kind": "number", "value": "3", "relative": "nan"}, "a number from 0 on"),
        ({"kind": "number", "value": "3", "pick": "best"}, "one of last, first, only"),
        ({"kind": "json_schema", "value": {"type": "text"}}, '"text" is no type'),
        ({"kind": "json_schema", "value": "{"}, "no valid JSON"),
        ({"kind": "judge", "rubric": "Which is better?"}, "kind judge needs a value or a column"),
    ],
)
def test_a_check_that_cannot_be_is_refused_before_anything_is_asked(record: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        check_of(record, COLUMNS)


def test_checks_have_labels_of_their_own() -> None:
    records = [
        {"kind": "contains", "value": "x"},
        {"kind": "regex", "column": "answer"},
        {"kind": "number", "value": "{n}", "absolute": 0.5, "relative": "0.01"},
        {"kind": "json_schema", "value": {"type": "object"}},
        {"kind": "judge", "column": "answer"},
        {"kind": "judge", "value": "Lyon", "label": "Which is better?"},
    ]
    found = checks_of(records, COLUMNS)
    assert [check.label for check in found] == [
        'contains "x"',
        "matches {answer}",
        "number {n} within 0.5 or 1%",
        "follows the JSON schema",
        "judge: as good as {answer}",
        "Which is better?",
    ]
    assert found[2].columns == ("n",)
    assert checks_of([check_record(check) for check in found], COLUMNS) == found
    with pytest.raises(ValueError, match="Two checks are called"):
        checks_of([records[0], records[0]], COLUMNS)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("so it is 42.", "42"),
        ("$1,234,567.89", "1234567.89"),
        ("-5", "-5"),
        ("1,-5", "-5"),
        ("1, 2,3", "3"),
        ("on 2026-11-26", "26"),
        ("gemini-2.5", "2.5"),
        ("x86", None),
        ("version 1.2.3", "1.2"),
        ("1e3", "1000"),
        ("1e9999", "1"),
        ("about .5", "0.5"),
        ("12 km/h", "12"),
        ("80%", "80"),
        ("9" * 200, None),
        ("", None),
    ],
)
def test_the_number_of_a_text_is_found_by_one_rule(text: str, number: str | None) -> None:
    found = number_in(text, Pick.LAST)
    assert found == (None if number is None else Decimal(number))


def test_a_long_answer_of_digits_does_not_hold_anything_up() -> None:
    started = time.monotonic()
    number_in("1" * 300_000 + "," + "1,111" * 50_000 + "-" * 300_000, Pick.LAST)
    assert time.monotonic() - started < 1


decimals = st.decimals(-10_000, 10_000, places=3)


@given(decimals, decimals)
def test_a_number_is_as_near_as_the_difference_says(found: Decimal, wanted: Decimal) -> None:
    apart = abs(found - wanted)
    assert is_near(found, wanted, apart, Decimal(0))
    assert is_near(found, found, Decimal(0), Decimal(0))
    if apart:
        assert not is_near(found, wanted, apart - Decimal("0.0005"), Decimal(0))


@given(decimals)
def test_a_number_that_is_written_is_found(number: Decimal) -> None:
    assert number_in(f"So: {number:,f} ships.", Pick.ONLY) == number


class Judge:
    """Answers as it is told, and remembers what it was asked."""

    def __init__(self, answer: Judgement) -> None:
        self.answer = answer
        self.asked: list[tuple[str, ...]] = []

    async def __call__(self, *asked: str) -> Judgement:
        self.asked.append(asked)
        return self.answer


def looked(answer: Judgement, *records: dict[str, Any], cost: Decimal | None = Decimal("0.01")) -> Any:
    judge = Judge(answer)
    checks = checks_of(records, COLUMNS)
    look = checker(checks, judge, lambda _: cost)
    return asyncio.run(look(Row(1, ROW), Task(Key(1, "m"), "Prompt"), "Lyon")), judge.asked


def test_a_judge_compares_the_answer_with_what_is_expected_in_both_orders() -> None:
    record = {"kind": "judge", "value": "{answer}", "rubric": "Right?"}
    found, asked = looked(FIRST, record, {"kind": "contains", "value": "Ly"})
    assert asked == [("Right?", "Prompt", "Lyon", "Paris")]
    assert [one.passed for one in found.verdicts] == [True, True]
    assert "Opinion of judge-1: better than what was expected, in either order." in found.verdicts[0].note
    assert found.usd == Decimal("0.01")
    for winner, passed in ((Winner.TIE, True), (Winner.OTHER, False)):
        assert looked(replace(FIRST, winner=winner), record)[0].verdicts[0].passed is passed


def test_a_judge_that_changes_its_mind_decides_nothing() -> None:
    found, _ = looked(Judgement("j", "r", Winner.TIE, agreed=False), {"kind": "judge", "column": "answer"})
    assert found.verdicts[0].passed is None
    assert found.verdicts[0].note == "The judge changed its mind when the order was swapped, so this is not counted."


def test_a_judge_that_could_not_be_asked_decides_nothing_and_its_price_may_be_unknown() -> None:
    failure = Failure(FailureKind.OVERLOADED, "The service is overloaded.", "", "")
    found, _ = looked(Judgement("j", "r", failure=failure), {"kind": "judge", "column": "answer"}, cost=None)
    assert found.verdicts[0] == Verdict(
        "judge: as good as {answer}", None, "The judge gave no opinion. The service is overloaded."
    )
    assert found.usd is None


def test_a_simulated_opinion_is_called_one() -> None:
    found, _ = looked(replace(FIRST, simulated=True), {"kind": "judge", "column": "answer"})
    assert found.verdicts[0].note.startswith("Simulated, no model's opinion:")
