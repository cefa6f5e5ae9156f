"""The comparison in sentences: each number in them is one that the catalog holds."""

import re
from datetime import date
from itertools import combinations

import pytest

from catalog import summary
from catalog.evidence import Verdict
from catalog.loading import Catalog, load
from catalog.shared import shared_tests
from catalog.tables import compare, plain

ON = date(2026, 11, 22)


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return load()


def pair(catalog, *names):
    return [catalog.find(name) for name in names]


def findings(catalog, models):
    tests = shared_tests(catalog, *models) if len(models) == 2 else ()
    return summary.findings(compare(catalog, models, ON), models, ON, tests)


def lost(catalog, *names):
    models = pair(catalog, *names)
    return summary.lost_with_cheaper(compare(catalog, models, ON), models, ON)


def test_the_default_pair_differs_most_in_what_is_large_and_sure(catalog):
    found = findings(catalog, pair(catalog, "gemini-2.0-pro", "gemini-2.0-flash"))
    # A lead of 14.4 points on SimpleQA, twice the context, one list price, 55 of 100 votes, and speed by one measure.
    assert [each.path for each in found] == [
        "benchmarks.simpleqa",
        "context_window",
        "prices.input",
        "benchmarks.lmarena_text",
        "relative_speed",
    ]


def test_a_lead_that_could_be_chance_is_no_finding_and_loses_nothing(catalog):
    for two in combinations([each for each in catalog.models.values() if each.tier in ("pro", "flash")][:8], 2):
        tests = shared_tests(catalog, *two)
        unsure = [test.benchmark for test in tests if test.judgement.verdict is not Verdict.CLEAR]
        told = " ".join(each.sentence for each in findings(catalog, two))
        lost = summary.lost_with_cheaper(compare(catalog, two, ON), two, ON, tests)
        assert not [benchmark.name for benchmark in unsure if f"{benchmark.name} (" in told + lost]


def test_a_test_is_told_with_its_scores_and_its_interval(catalog):
    two = pair(catalog, "gemini-2.0-pro", "gemini-2.0-flash")
    sentence = next(each.sentence for each in findings(catalog, two) if each.path == "benchmarks.simpleqa")
    # Newcombe's interval of 44.3 against 29.9% of 4,326 questions, as statsmodels gives it: 12.38 to 16.40.
    assert "2.0 Pro exp 44.3% and 2.0 Flash 29.9%" in sentence
    assert "2.0 Pro exp leads by 14.4 points (95% interval 12.4 to 16.4)" in sentence


def test_the_cheaper_model_is_clearly_behind_where_the_interval_says_so(catalog):
    two = pair(catalog, "gemini-2.5-pro", "gemini-2.5-flash")
    words = summary.lost_with_cheaper(compare(catalog, two, ON), two, ON, shared_tests(catalog, *two))
    assert words.startswith("With 2.5 Flash, the cheaper one, it is clearly behind on ")
    assert "Aider polyglot (35.1 points)" in words


def test_models_of_other_makers_have_prices_of_their_own_platform(catalog):
    words = [each.sentence for each in findings(catalog, pair(catalog, "gpt-5", "gemini-2.5-flash"))]
    assert any("GPT-5 costs $1.25 for a million input tokens and $10.00" in each for each in words)


def test_each_finding_says_how_sure_it_is(catalog):
    found = {each.path: each for each in findings(catalog, pair(catalog, "gemini-2.0-pro", "gemini-2.0-flash"))}
    assert found["context_window"].certainty == "from third parties"
    assert found["relative_speed"].certainty == "sources conflict"
    assert found["relative_speed"].conflict


def test_every_number_in_every_finding_is_claimed_or_computed_from_claims(catalog):
    models = [model for model in catalog.models.values() if model.tier in ("pro", "flash")][:10]
    for two in combinations(models, 2):
        claimed = {
            number
            for model in two
            for claims in model.claims.values()
            for claim in claims
            for number in re.findall(r"\d+(?:\.\d+)?", plain(claim.value))
        }
        for finding in findings(catalog, two):
            text = finding.sentence
            for model in two:
                text = text.replace(model.short_name, "")
            if finding.path.startswith("benchmarks."):
                continue
            # Ratios, spans of time and pages are computed; the one fixed name is the baseline of relative speeds.
            text = re.sub(r"[\d.,]+× |\d+ (days?|months?|years?) later|about [\d,]+ pages?|2\.0 Pro exp", "", text)
            for number in re.findall(r"\d[\d,]*(?:\.\d+)?", text):
                value = number.replace(",", "").rstrip("0").rstrip(".") if "." in number else number.replace(",", "")
                assert any(float(value) == float(other) for other in claimed), (finding.sentence, number)


def test_a_model_that_ends_names_its_day_and_its_successor(catalog):
    sentence = summary.life_sentence(catalog, catalog.models["gemini-2.5-flash"], ON)
    assert "is deprecated and ends on 1 December 2026" in sentence
    assert "Its named successor is Gemini 3.7 Flash" in sentence


def test_a_model_in_service_needs_no_successor(catalog):
    sentence = summary.life_sentence(catalog, catalog.models["gemini-4-argon"], ON)
    assert sentence == "Gemini 4 Argon is in service (generally available)."


def test_more_than_two_models_are_told_apart_in_one_sentence(catalog):
    three = pair(catalog, "gemini-2.0-flash", "gemini-2.5-flash", "gemini-4-argon")
    sentences = [each.sentence for each in findings(catalog, three)]
    assert "Output limit: 2.0 Flash 8,192 tokens, 2.5 Flash 65,536 tokens, 4 Argon 65,536 tokens." in sentences


def test_the_order_of_the_pair_does_not_change_what_the_cheaper_one_lacks(catalog):
    one = lost(catalog, "gemini-2.5-flash", "gemini-2.0-flash-lite")
    other = lost(catalog, "gemini-2.0-flash-lite", "gemini-2.5-flash")
    assert one == other


def test_the_same_price_makes_neither_the_cheaper_one(catalog):
    words = lost(catalog, "gemini-3.7-flash", "gemini-3.8-flash")
    assert words == "Neither is cheaper: 3.7 Flash and 3.8 Flash have the same list price."


def test_a_model_with_an_end_in_sight_is_not_called_deprecated_unless_a_source_says_so(catalog):
    sentence = summary.life_sentence(catalog, catalog.models["gemini-3.1-flash-lite"], ON)
    assert "deprecated" not in sentence
    assert "is in service (generally available) and ends on 7 May 2027" in sentence


def test_a_context_that_is_less_than_a_hundredth_smaller_is_no_loss(catalog):
    # 1,048,576 of 1,050,000 tokens is 99.9%; the million of 1.5 Flash is 95%.
    assert "context window" not in lost(catalog, "gemini-2.5-flash", "gpt-5.5")
    assert "context window (1,000,000 tokens instead of 1,050,000 tokens)" in lost(
        catalog, "gemini-1.5-flash", "gpt-5.5"
    )


def test_a_name_keeps_its_own_writing_at_the_start_of_a_sentence(catalog):
    sentences = [each.sentence for each in findings(catalog, pair(catalog, "o3-mini", "gemini-2.0-flash"))]
    assert any(each.startswith("o3-mini costs $1.10 for a million input tokens") for each in sentences)
