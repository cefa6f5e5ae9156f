"""A workload in an address: what is written is read back, and what cannot be is named and never raises."""

from dataclasses import fields
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.decision import Decision
from catalog.loading import load
from catalog.workload import Workload, workload_of
from components.workload.address import INPUTS, day_asked, params_of, parse

TODAY = date(2026, 11, 26)
DECISION: Decision = load().decision
# Anything that fits through a form: whole numbers as they are, others to two digits.
TYPED = {
    each.name: st.integers(int(each.low), int(min(each.high, Decimal(10**9)))).map(Decimal)
    if each.whole
    else st.decimals(each.low, each.high, places=2, allow_nan=False)
    for each in INPUTS
}


def workload_with(start: Workload, numbers: dict[str, Decimal]) -> Workload:
    for each in INPUTS:
        start = each.put(start, numbers[each.name])
    return start


@given(st.sampled_from(DECISION.uses), st.fixed_dictionaries(TYPED))
def test_what_is_written_is_read_back(use, numbers):
    workload = workload_with(workload_of(use.workload), numbers)
    asked = parse(params_of(workload, use, DECISION), DECISION)
    assert (asked.use, asked.workload, asked.problems) == (use, workload, ())


@given(st.dictionaries(st.sampled_from([each.name for each in INPUTS] + ["use"]), st.text(max_size=30)))
def test_nothing_that_an_address_says_raises(params):
    asked = parse(params, DECISION)
    assert all(getattr(asked.workload, each.name) is not None for each in fields(asked.workload))


def test_the_numbers_of_a_use_are_left_out_of_the_address():
    chat = next(use for use in DECISION.uses if use.id == "chat")
    assert params_of(workload_of(DECISION.uses[0].workload), DECISION.uses[0], DECISION) == {}
    assert params_of(workload_of(chat.workload), chat, DECISION) == {"use": "chat"}


def test_every_number_of_a_workload_has_its_place_in_the_address():
    assert {each.attribute for each in INPUTS} == {each.name for each in fields(Workload)}


def test_shares_and_growth_are_written_in_percent():
    asked = parse({"use": "chat", "batch": "37.5", "growth": "-20", "requests": "7"}, DECISION)
    assert asked.workload.batch_share == Decimal("0.375")
    assert asked.workload.growth == Decimal("-0.2")
    assert asked.workload.requests_per_day == 7


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("requests", "many"),
        ("requests", "-1"),
        ("requests", "1.5"),
        ("requests", "1e9999999"),
        ("input", "99999999999"),
        ("output", "٣"),
        ("batch", "100.1"),
        ("growth", "-95"),
        ("hours", "NaN"),
        ("hours", "25"),
        ("images", "<script>alert(1)</script>"),
    ],
)
def test_a_number_that_cannot_be_is_named_and_the_usual_one_taken(name, text):
    usual = parse({}, DECISION)
    asked = parse({name: text}, DECISION)
    assert asked.workload == usual.workload
    (problem,) = asked.problems
    assert problem.startswith(f"The address asks for `{name}={text}`, which is no ")
    assert problem.endswith("is taken instead.")


def test_an_unknown_use_is_named_and_the_first_taken():
    asked = parse({"use": "`nobody\n`"}, DECISION)
    assert asked.use == DECISION.uses[0]
    assert asked.problems == (
        "The address asks for `use=nobody`, which is no use known here; Large document analysis is taken instead.",
    )


@pytest.mark.parametrize("text", ["2027-01-01", "2023-01-01", "2028-12-31"])
def test_a_day_is_read(text):
    assert day_asked(text, TODAY) == (date.fromisoformat(text), "")


def test_no_day_is_today():
    assert day_asked("", TODAY) == (TODAY, "")


@pytest.mark.parametrize("text", ["2026-02-30", "20260101", "2026-1-1", "1999-01-01", "2029-01-01", "soon", "٢٠٢٦"])
def test_a_day_that_cannot_be_had_is_named_and_today_taken(text):
    day, problem = day_asked(text, TODAY)
    assert day == TODAY
    assert f"`on={text}`" in problem
