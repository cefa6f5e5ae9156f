"""Conflicts of small catalogs made by hand, and the real one's against the marks of the pages."""

from datetime import date

import pytest

from catalog.conflicts import Measure, conflicts, contradictions, of_model, rule_scores, score_field
from catalog.schema import Absent, Kind, Result
from catalog.tables import compare, conflict_rows

ON = date(2026, 11, 22)


def result(score: float | Absent, **changes: object) -> Result:
    facts = {"model": "m", "unit": "percent", "conditions": "0-shot", "kind": Kind.THIRD_PARTY, "source": "maker"}
    return Result.model_validate({**facts, "date": "2026-01", "score": score, **changes})


def test_a_catalog_whose_sources_agree_has_no_conflict(folder):
    folder.model(
        "context_window:\n"
        "  - {value: 1000, unit: tokens, source: maker, as_of: 2026-01}\n"
        "  - {value: 1000, unit: tokens, source: broker, as_of: 2026-02}\n"
    )
    assert conflicts(folder.load(), ON) == ()


def test_numbers_come_before_dates_and_dates_before_words_each_by_size(folder):
    folder.model(
        "context_window:\n"
        "  - {value: 1000, unit: tokens, source: maker, as_of: 2026-01}\n"
        "  - {value: 1500, unit: tokens, source: broker, as_of: 2026-02}\n"
        "output_limit:\n"
        "  - {value: 100, unit: tokens, source: maker, as_of: 2026-01}\n"
        "  - {value: 800, unit: tokens, source: broker, as_of: 2026-02}\n"
        "knowledge_cutoff:\n"
        "  - {value: 2024-08, unit: date, source: maker, as_of: 2026-01}\n"
        "  - {value: 2024-06, unit: date, source: broker, as_of: 2026-02}\n"
        "release_date:\n"
        "  - {value: 2026-01-01, unit: date, source: maker, as_of: 2026-01}\n"
        "  - {value: 2026-01-02, unit: date, source: broker, as_of: 2026-02}\n"
        "capabilities:\n"
        "  thinking:\n"
        "    - {value: supported, source: maker, as_of: 2026-01}\n"
        "    - {value: not supported, source: broker, as_of: 2026-02}\n"
    )
    found = conflicts(folder.load(), ON)
    assert [each.field.path for each in found] == [
        "output_limit",
        "context_window",
        "knowledge_cutoff",
        "release_date",
        "capabilities.thinking",
    ]
    assert [each.size for each in found[:3]] == [8, 1.5, 2]
    assert [each.words for each in found] == ["8×", "1.5×", "2 months apart", "1 day apart", "differ"]
    assert [each.measure for each in found] == [
        Measure.RATIO,
        Measure.RATIO,
        Measure.MONTHS,
        Measure.MONTHS,
        Measure.WORDS,
    ]


def test_the_official_claim_stands_and_the_other_is_against_it(folder):
    folder.model(
        "context_window:\n"
        "  - {value: 2000, unit: tokens, source: broker, as_of: 2026-02}\n"
        "  - {value: 1000, unit: tokens, source: maker, as_of: 2026-01}\n"
    )
    ((only,),) = [each.contradictions for each in conflicts(folder.load(), ON)]
    assert (only.standing.source, only.standing.value) == ("maker", 1000)
    assert [(claim.source, claim.value) for claim in only.others] == [("broker", 2000)]


def test_claims_of_different_scope_do_not_conflict(folder):
    folder.model(
        "context_window:\n"
        "  - {value: 1000, unit: tokens, source: maker, as_of: 2026-01}\n"
        "  - {value: 2000, unit: tokens, scope: preview, source: broker, as_of: 2026-02}\n"
    )
    assert conflicts(folder.load(), ON) == ()


def test_a_price_of_zero_against_another_is_larger_than_any_ratio(folder):
    folder.model(
        "prices:\n  input:\n"
        "    - {value: 0.0, unit: USD per 1M tokens, platform: Shop, source: maker, as_of: 2026-01}\n"
        "    - {value: 2.0, unit: USD per 1M tokens, platform: Shop, source: broker, as_of: 2026-02}\n"
    )
    (found,) = conflicts(folder.load(), ON)
    assert found.size == float("inf")
    assert found.words == "0 against 2"


def test_numbers_that_are_almost_equal_say_how_far_apart_they_are(folder):
    folder.model(
        "output_limit:\n"
        "  - {value: 65536, unit: tokens, source: maker, as_of: 2026-01}\n"
        "  - {value: 65535, unit: tokens, source: broker, as_of: 2026-02}\n"
    )
    assert [each.words for each in conflicts(folder.load(), ON)] == ["1 apart"]


def test_scores_under_the_same_stated_conditions_contradict_each_other():
    (found,) = contradictions([result(80.0), result(90.0, source="broker", date="2026-02")], ON)
    assert found.standing.value == 90.0
    assert [claim.value for claim in found.others] == [80.0]


@pytest.mark.parametrize(
    "changes", [{"conditions": "5-shot"}, {"edition": "2025"}, {"snapshot": "002"}, {"score": 80.0}], ids=str
)
def test_scores_of_other_conditions_editions_or_versions_do_not(changes):
    assert contradictions([result(80.0), result(**{"score": 90.0, **changes})], ON) == ()


def test_the_case_of_the_letters_of_conditions_does_not_matter():
    assert len(contradictions([result(80.0), result(90.0, conditions="0-SHOT")], ON)) == 1


def test_nothing_stated_explains_a_difference_where_no_conditions_are_stated():
    assert len(contradictions([result(80.0, conditions="not stated"), result(90.0, conditions="not stated")], ON)) == 1


def test_an_illustration_contradicts_a_measurement_whatever_its_conditions():
    drawn = result(44.6, conditions="not stated", kind=Kind.ILLUSTRATIVE, source="guess", date="2026-09")
    (found,) = contradictions([result(90.9, kind=Kind.OFFICIAL), drawn], ON)
    assert (found.standing.value, [claim.value for claim in found.others]) == (90.9, [44.6])
    assert contradictions([result(90.9, edition="2025"), drawn], ON) == ()
    assert contradictions([drawn], ON) == ()


def test_a_missing_score_contradicts_nothing():
    assert contradictions([result(80.0), result(Absent.NOT_FOUND)], ON) == ()


def test_ruled_scores_strike_what_contradicts_and_nothing_else(catalog):
    scores = [result(80.0), result(90.0, date="2026-02"), result(70.0, conditions="5-shot")]
    ruling = rule_scores(scores, score_field(catalog.benchmarks["mmlu"]), ON)
    assert ruling.standing.value == 90.0
    assert [claim.value for claim in ruling.conflicts] == [80.0]


def test_fields_of_the_real_catalog_conflict_exactly_where_pages_mark_them(catalog):
    for model in catalog.models.values():
        marked = {row.field.path for row in compare(catalog, [model], ON) if row.conflict}
        found = {each.field.path for each in of_model(catalog, model, ON)}
        assert {path for path in marked if "benchmarks." not in path} == {
            path for path in found if "benchmarks." not in path
        }
        assert marked <= found


def test_the_contradictions_that_the_founding_documents_are_known_for_are_found(catalog):
    found = {(each.model, each.field.path): each for each in conflicts(catalog, ON)}
    # The article gives 52.9 and 44.6 on MATH, the maker 91.8 and 90.9: 1.735 and 2.038 times as much.
    assert found["gemini-2.0-pro-exp-02-05", "benchmarks.math"].size == pytest.approx(91.8 / 52.9)
    assert found["gemini-2.0-flash", "benchmarks.math"].size == pytest.approx(90.9 / 44.6)
    assert found["gemini-2.0-flash", "output_limit"].size == 65536 / 8192
    assert found["gemini-2.0-flash", "knowledge_cutoff"].words == "2 months apart"
    # Two guides of one maker differ on Terminal-Bench 2.1: 85.1 and 81.6.
    assert found["gemini-3.7-flash", "benchmarks.terminal_bench_2_1"].size == pytest.approx(85.1 / 81.6)


def test_the_list_of_conflicts_is_in_its_own_order(catalog):
    order = list(Measure)
    keys = [(order.index(each.measure), -each.size) for each in conflicts(catalog, ON)]
    assert keys == sorted(keys)
    assert len(keys) > 40


def test_an_exported_conflict_has_a_row_for_each_claim_and_says_which_stands(folder):
    folder.model(
        "context_window:\n"
        "  - {value: 2000, unit: tokens, source: broker, as_of: 2026-02}\n"
        "  - {value: 1000, unit: tokens, source: maker, as_of: 2026-01}\n"
    )
    rows = conflict_rows(conflicts(folder.load(), ON))
    assert [(row.model, row.field, row.size, row.value, row.source, row.stands) for row in rows] == [
        ("m", "context_window", "2×", "1000", "maker", True),
        ("m", "context_window", "2×", "2000", "broker", False),
    ]
