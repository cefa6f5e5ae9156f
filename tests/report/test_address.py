"""The choices of a report survive their address, and an address that makes no sense says so and breaks nothing."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from components.frame.picker import DEFAULT
from components.report.address import LONGEST_NOTE, USUAL_PARTS, params_of, parse
from components.report.state import Audience, Part
from tests.report.frozen_pairs import TODAY, catalog, choices

NAMES = (
    *("models", "parts", "title", "author", "audience", "note", "platforms", "runs", "batches", "votes"),
    *("use", "on", "requests", "cached", "input", "weights", "decided", "context"),
)


@settings(max_examples=30)
@given(choices())
def test_what_is_chosen_is_read_back(chosen):
    read = parse(params_of(chosen, catalog()), catalog(), TODAY)
    assert read.choices == chosen
    assert read.problems == ()


@given(st.dictionaries(st.sampled_from(NAMES), st.text(max_size=200)))
def test_nothing_that_an_address_says_raises(params):
    read = parse(params, catalog(), TODAY)
    assert 2 <= len(read.choices.models) <= 4
    assert all(problem.endswith((".", "?")) for problem in read.problems)
    assert parse(params_of(read.choices, catalog()), catalog(), TODAY).choices == read.choices


def test_an_empty_address_is_a_report_of_the_usual_pair_for_executives():
    read = parse({}, catalog(), TODAY)
    assert read.problems == ()
    assert read.choices.models == DEFAULT
    assert read.choices.audience is Audience.EXECUTIVE
    assert read.choices.title_for(catalog()) == "2.0 Pro exp or 2.0 Flash"
    assert set(Part) - set(read.choices.parts) == {Part.RUNS}
    assert params_of(read.choices, catalog()) == {"models": ",".join(DEFAULT)}


def test_sections_stand_in_the_order_of_a_report_whatever_the_address_says():
    read = parse({"parts": "sources,cost,summary"}, catalog(), TODAY)
    assert read.choices.parts == (Part.SUMMARY, Part.COST, Part.SOURCES)


def test_a_workload_that_cannot_be_is_replaced_by_that_of_its_use_and_named():
    read = parse({"input": "100", "cached": "5000"}, catalog(), TODAY)
    assert read.choices.workload == parse({}, catalog(), TODAY).choices.workload
    assert "cached tokens" in read.problems[0]


@pytest.mark.parametrize(
    ("params", "said"),
    [
        ({"models": "gemini-2.5-pro,nobody"}, "`nobody`"),
        ({"models": ",".join(("gemini-2.5-pro", *DEFAULT, "gpt-5", "gpt-4o"))}, "GPT-4o"),
        ({"parts": "summary,horoscope"}, "`parts=summary,horoscope`"),
        ({"audience": "children"}, "`audience=children`"),
        ({"platforms": "market-stall"}, "`platforms=market-stall`"),
        ({"use": "fishing"}, "`use=fishing`"),
        ({"on": "2026-02-30"}, "`on=2026-02-30`"),
        ({"runs": "../secret"}, "`runs=`"),
        ({"votes": "all"}, "`votes=all`"),
        ({"note": "x" * (LONGEST_NOTE + 1)}, "1,500 characters"),
        ({"title": "x" * 121}, "120 characters"),
    ],
)
def test_each_wrong_part_is_named_in_a_sentence_and_the_rest_stands(params, said):
    read = parse({"author": "Ada Example", **params}, catalog(), TODAY)
    assert any(said in problem for problem in read.problems)
    assert len([problem for problem in read.problems if said in problem]) == 1
    assert read.choices.author == "Ada Example"


def test_sections_of_which_none_is_known_become_the_usual_ones():
    assert parse({"parts": "horoscope"}, catalog(), TODAY).choices.parts == USUAL_PARTS
