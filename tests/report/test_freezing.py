"""A report says nothing that it cannot account for: each number of a sentence is in its tables or follows from them."""

import json
import re
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings

from catalog.conflicts import of_model
from catalog.criteria import OwnFigure, OwnFigures
from catalog.schema import Kind
from components.history.records import RunRecord
from components.report.address import parse
from components.report.freezing import freeze
from components.report.ledger import Ledger, Quantity, Underivable
from components.report.numerals import numerals, says
from components.report.runs import OwnRuns
from components.report.state import Chart, Form, Part, Report, record
from tests.report.derivation import names_of, unaccounted, unfounded
from tests.report.frozen_pairs import MADE, RING, TODAY, catalog, choices, fresh, frozen, frozen_as

PRO, FLASH = "gemini-2.5-pro", "gemini-2.5-flash"
NAMES = names_of(catalog())


def assert_derivable(report: Report) -> None:
    """No sentence was left out, none states a number without a figure, and no figure is without ground."""
    assert report.problems == ()
    assert unaccounted(report, NAMES) == []
    assert unfounded(report) == []
    assert_cited(report)


def assert_cited(report: Report) -> None:
    """Every source that a sentence or a value names is in the list, and the list is numbered through."""
    cited = {name for _, sentence in report.sentences() for name in sentence.sources}
    cited |= {name for _, table in report.tables() for row in table.rows for value in row for name in value.sources}
    assert cited <= {line.id for line in report.sources}
    assert [line.number for line in report.sources] == list(range(1, len(report.sources) + 1))


@pytest.mark.parametrize("at", range(len(RING)))
def test_every_number_of_every_model_is_in_the_tables_or_follows_from_them(at):
    # Five is odd, so that each model is once in the report of an executive and once in that of an engineer.
    assert_derivable(frozen(",".join(RING[at]), audience="technical" if at % 2 else "executive"))


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(choices(parts=False))
def test_whatever_is_chosen_every_number_follows(chosen):
    assert_derivable(frozen_as(replace(chosen, title="", author="", note="")))


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(choices())
def test_any_choice_of_sections_makes_a_report_with_those_sections(chosen):
    report = frozen_as(replace(chosen, runs=(), batches=()))
    assert tuple(section.part for section in report.sections) == chosen.parts
    assert all(section.blocks or section.missing for section in report.sections)
    assert report.problems == ()
    assert unaccounted(report, NAMES) == []


def test_a_number_that_nothing_accounts_for_is_refused():
    ledger = Ledger(catalog(), ("2.5 Pro",))
    price = Quantity("$1.25", Decimal("1.25"), "USD", "a price", ("litellm",))
    said = ledger.sentence("2.5 Pro costs $1.25.", [price])
    assert [ledger.figures[price].id] == list(said.figures)
    assert said.sources == ("litellm",)
    for text in ("2.5 Pro costs $1.26.", "2.5 Pro costs 1.25.", "It costs $1.25 in two of 3 cases.", "On 1 May 2025."):
        with pytest.raises(Underivable, match=re.escape(text)):
            ledger.sentence(text, [price])


def test_a_sentence_that_cannot_be_proven_is_left_out_and_named():
    ledger = Ledger(catalog())
    assert ledger.proven("It is 42% better.") == ()
    assert ledger.problems == [
        "A sentence was left out, since not every number in it could be proven: 42% in “It is 42% better.”"
    ]


def test_what_is_shown_must_be_the_number_behind_it():
    with pytest.raises(Underivable, match=r"“12%” does not show 0\.21 share"):
        Ledger(catalog()).figure(Quantity("12%", 0.21, "share", "a share"))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("from $9,720.00 to $0.40", ["$9,720.00", "$0.40"]),
        ("on 1 June 2026, in May 2025 and in 2027", ["1 June 2026", "May 2025", "2027"]),
        ("64.7% and 1.04× as much, 2x", ["64.7%", "1.04×", "2x"]),
        ("−4.9 to +14.0 (95% interval)", ["−4.9", "+14.0"]),
        ("in 57 of 100 votes, 5-shot", ["57"]),
        ("A4, GPT-4o and o3-mini", []),
        ("two tests, one source, the cheaper one, the two models", ["two", "one"]),
        ("under 1% and over 99%", ["under 1%", "over 99%"]),
    ],
)
def test_numbers_are_told_from_names_and_scales(text, found):
    assert [each.text for each in numerals(text)] == found


@pytest.mark.parametrize(
    ("text", "number", "unit", "same"),
    [
        ("8.1×", Decimal("8.1"), "", True),
        ("8.1×", Decimal("8.149"), "", True),
        ("8.1×", Decimal("8.16"), "", False),
        ("57 of 100 votes", 0.5704, "share", True),
        ("57%", 0.5704, "share", True),
        ("57%", 57, "tokens", False),
        ("$600.00", 600, "tokens", False),
        ("1 June 2026", 20260601, "day", True),
        ("June 2026", 20260601, "day", True),
        ("1 June 2026", 202606, "month", False),
        ("4.6 points", -4.61, "points", True),
        ("+4.6 points", -4.61, "points", False),
        ("under 1%", 0.004, "share", True),
        ("under 1%", 0.02, "share", False),
    ],
)
def test_a_numeral_says_a_number_as_far_as_it_is_written(text, number, unit, same):
    assert says(numerals(text)[0], number, unit) is same


def test_the_same_choices_make_the_same_report_whenever_it_is_made():
    once, again = frozen(f"{PRO},{FLASH}"), fresh(f"{PRO},{FLASH}")
    later = replace(again, made=datetime(2027, 1, 1, tzinfo=UTC))
    assert once == again
    assert once.digest == later.digest
    assert once.digest != frozen(f"{FLASH},{PRO}").digest


def test_the_address_brings_the_same_report_back_on_a_later_day():
    report = frozen(f"{PRO},{FLASH}", use="chat", title="Pro or Flash", requests="1000")
    query = report.address.partition("?")[2]
    params = dict(pair.split("=", 1) for pair in query.replace("+", " ").split("&"))
    assert params["catalog"] == catalog().version
    later = parse(params, catalog(), date(2027, 3, 1)).choices
    assert freeze(catalog(), later, date(2027, 3, 1), MADE).digest == report.digest


def test_the_state_can_be_written_as_json_with_ids_that_are_unique():
    report = frozen(f"{PRO},{FLASH}", audience="technical")
    assert json.loads(json.dumps(record(report)))["catalog_version"] == catalog().version
    tables = [table.id for _, table in report.tables()]
    charts = [block.id for section in report.sections for block in section.blocks if isinstance(block, Chart)]
    assert len(tables) == len(set(tables))
    assert len(charts) == len(set(charts))
    assert all(len(row) == len(table.headings) for _, table in report.tables() for row in table.rows)
    assert all(not table.groups or len(table.groups) == len(table.rows) for _, table in report.tables())


def test_a_missing_value_is_words_and_never_a_number():
    report = frozen("gemini-2.0-pro-exp-02-05,gemini-2.0-flash", audience="technical")
    specs = next(table for _, table in report.tables() if table.id == "specs_fields")
    price = next(row for row in specs.rows if row[0].shown == "Input tokens, per million")
    assert (price[1].shown, price[1].number) == ("no list price", None)
    assert (price[2].number, price[2].unit) == (0.1, "USD per 1M tokens")


def test_an_estimate_and_a_conflict_are_marked_as_such():
    report = frozen("gemini-2.0-pro-exp-02-05,gemini-2.0-flash", audience="technical")
    values = [value for _, table in report.tables() for row in table.rows for value in row]
    guessed = [value for value in values if value.kind is Kind.ESTIMATE]
    assert guessed
    assert all(value.shown.startswith("≈ ") for value in guessed)
    speed = next(row for row in _table(report, "specs_fields").rows if row[0].shown.startswith("Output speed against"))
    assert speed[2].conflict
    assert "others say 2" in speed[2].note


def test_an_executive_sees_only_fields_that_differ_or_are_torn():
    short = _table(frozen(f"{PRO},{FLASH}"), "specs_fields")
    whole = _table(frozen(f"{PRO},{FLASH}", audience="technical"), "specs_fields")
    names = [row[0].shown for row in short.rows]
    assert "Input tokens, per million" in names
    assert "Context window" not in names
    assert len(whole.rows) > 2 * len(short.rows)


def test_dots_and_whiskers_can_be_drawn_anew_from_the_plot():
    report = frozen(f"{PRO},{FLASH}")
    section = report.section(Part.VERDICTS)
    assert section is not None
    chart = next(block for block in section.blocks if isinstance(block, Chart) and block.id == "verdicts_percent")
    assert chart.plot.form is Form.DOTS
    at = chart.plot.categories.index("Aider polyglot")
    assert [series.values[at] for series in chart.plot.series] == [79.1, 44.0]
    assert all(len(series.values) == len(chart.plot.categories) for series in chart.plot.series)
    assert all(series.colour.startswith("#") and len(series.colour) == 7 for series in chart.plot.series)
    drawn = json.loads(chart.figure)
    assert {"data", "layout"} <= set(drawn)


@pytest.mark.parametrize("models", [f"{PRO},{FLASH}", "gpt-5.5,o3-mini", f"{PRO},{FLASH},deepseek-r1"])
def test_a_chart_says_only_what_its_own_table_has(models):
    report = frozen(models)
    for section in report.sections:
        for chart in (block for block in section.blocks if isinstance(block, Chart)):
            words = " ".join(f"{value.shown} {value.note}" for row in chart.table.rows for value in row)
            counts = range(len(chart.table.rows) + 1)
            known = words + " ".join(each.shown for each in report.figures)
            said = [each for each in numerals(chart.summary, NAMES) if each.value not in counts]
            assert [each.text for each in said if each.text not in known] == []


def test_the_tally_counts_what_the_table_of_tests_shows():
    report = frozen("gemini-2.0-pro-exp-02-05,gemini-2.0-flash", audience="technical")
    tests, tally = _table(report, "verdicts_tests"), _table(report, "verdicts_tally")
    marks = [row[6].shown for row, group in zip(tests.rows, tests.groups, strict=True) if "good" in group]
    for row in tally.rows:
        assert sum(mark.endswith(row[0].shown) for mark in marks) == row[1].number


def test_bills_in_summary_and_cost_section_are_the_same():
    report = frozen(f"{PRO},{FLASH}", use="chat")
    month = {row[0].shown: row[2].number for row in _table(report, "cost_bills").rows}
    bills = [each for each in report.figures if each.what.endswith("'s bill a month") and not each.by]
    assert {each.what.partition(",")[0]: each.number for each in bills} == month
    said = report.section(Part.SUMMARY)
    assert said is not None
    text = " ".join(each.text for section, each in report.sentences() if section is said)
    assert all(each.shown in text for each in bills)


def test_own_measurements_count_only_where_they_are_asked_for():
    mine = OwnFigures(usd_per_request={PRO: OwnFigure(0.5, 0.4, 0.6, 12), FLASH: OwnFigure(0.1, 0.08, 0.12, 12)})
    asked = [parse({"models": f"{PRO},{FLASH}", **own}, catalog(), TODAY).choices for own in ({}, {"own": "cost"})]
    plain, counted = (freeze(catalog(), each, TODAY, MADE, own=mine) for each in asked)
    assert plain.digest == frozen(f"{PRO},{FLASH}").digest
    words = "The advice rests in part on runs and votes of the author's own, on prompts of the author's choice."
    assert [words in [each.text for _, each in report.sentences()] for report in (plain, counted)] == [False, True]
    assert_derivable(counted)


def test_a_simulated_run_is_never_shown_without_a_word_about_it():
    run = RunRecord("r1", MADE, True, False, catalog().version, "Why is the sky blue?", 2, ())
    asked = parse({"models": f"{PRO},{FLASH}", "parts": "runs,caveats", "runs": "r1"}, catalog(), TODAY).choices
    report = freeze(catalog(), asked, TODAY, MADE, OwnRuns((run,)))
    said = [each.text for section, each in report.sentences() if section.part is Part.CAVEATS]
    assert "All runs shown here are simulated: no model wrote their answers, and they say nothing about any." in said
    assert report.problems == ()


def test_caveats_name_every_conflict_of_these_models():
    report = frozen("gemini-2.0-pro-exp-02-05,gemini-2.0-flash")
    tables = [_table(report, name) for name in ("caveats_conflicts", "caveats_further")]
    named = {(row[0].shown, row[1].shown) for table in tables for row in table.rows}
    models = [catalog().models[line.id] for line in report.models]
    expected = {(model.short_name, each.field.label) for model in models for each in of_model(catalog(), model, TODAY)}
    assert named == expected
    assert ("2.0 Flash", "Output speed against Gemini 2.0 Pro") in named
    # What decides nothing is no more than a detail to an executive.
    assert [table.detail for table in tables] == [False, True]
    assert "Architecture" not in {row[1].shown for row in tables[0].rows}


def test_three_models_are_set_beside_the_first_one_by_one():
    report = frozen(f"{PRO},{FLASH},deepseek-r1")
    tables = [table.id for _, table in report.tables()]
    assert {"verdicts_tests", "verdicts_tests_2"} <= set(tables)
    assert [model.short_name for model in report.models] == ["2.5 Pro", "2.5 Flash", "DeepSeek-R1"]
    assert len({model.colour for model in report.models}) == 3


def _table(report: Report, name: str):
    return next(table for _, table in report.tables() if table.id == name)
