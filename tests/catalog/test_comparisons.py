"""What comparisons say where less is better, where versions differ, and where nothing was compared."""

from dataclasses import replace
from datetime import date

import pytest

from catalog import summary
from catalog.evidence import Judgement, Verdict, corrected
from catalog.own import OwnFile, with_own
from catalog.prices import GEMINI_API, NoListPrice, price
from catalog.schema import Kind
from catalog.shared import shared_tests
from catalog.tables import compare

ON = date(2026, 11, 22)


def models(catalog, *names):
    return [catalog.find(name) for name in names]


def row(catalog, path, *names):
    return next(each for each in compare(catalog, models(catalog, *names), ON) if each.field.path == path)


def shared(catalog, *names):
    return {each.benchmark.id: each for each in shared_tests(catalog, *models(catalog, *names))}


def test_of_three_models_the_one_with_least_invented_answers_is_the_best(catalog):
    """22.3, 12.9 and 24.3% of invented answers: Claude 3.5 Sonnet is best, 2.0 Flash worst."""
    three = ("gpt-4o", "claude-3-5-sonnet-20241022", "gemini-2.0-flash")
    words = row(catalog, "benchmarks.confabulation_rate", *three).difference
    assert words.startswith("Claude 3.5 Sonnet: 11.4 points better than 2.0 Flash")


def test_of_three_models_the_dearest_is_not_the_one_that_costs_less(catalog):
    three = ("gpt-4o", "claude-3-5-sonnet-20241022", "gemini-2.0-flash")
    words = row(catalog, "benchmarks.kagi_cost", *three).difference
    assert words.startswith("2.0 Flash: ")
    assert "less than Claude 3.5 Sonnet" in words


def test_of_several_models_the_largest_of_many_gaps_must_be_surer_than_one_gap(catalog):
    """The largest of six gaps among four models is judged with six chances to arise."""
    four = ("gemini-2.0-pro", "gemini-2.0-flash", "gpt-4o", "claude-3-7-sonnet-20250219")
    assert "clear" in row(catalog, "benchmarks.simpleqa", "gemini-2.0-pro", "gemini-2.0-flash").difference
    for each in compare(catalog, models(catalog, *four), ON):
        assert "clear" not in each.difference or " than " in each.difference


@pytest.mark.parametrize(
    ("big", "small", "said"),
    [
        # 1,048,576 against 1,000,000 is 4.9% more, against 131,072 it is 8 times.
        ("gemini-2.5-flash-lite", "claude-sonnet-4-20250514", "5% more than Claude Sonnet 4"),
        ("gemini-2.0-pro", "gemini-2.0-flash", "2× as many as 2.0 Flash"),
        ("gemini-2.5-flash-lite", "gemini-3-pro-image", "8× as many as 3 Pro Image"),
    ],
)
def test_a_little_more_context_is_not_called_so_many_times_as_much(catalog, big, small, said):
    two = models(catalog, big, small)
    found = {each.path: each.sentence for each in summary.findings(compare(catalog, two, ON), two, ON, most=20)}
    assert said in found["context_window"]


def test_scores_that_a_collection_has_under_different_conditions_are_not_compared(catalog):
    """GPT-4o with no example, Claude 3.5 Sonnet with five."""
    found = shared(catalog, "gpt-4o", "claude-3-5-sonnet-20241022")["mmlu_pro"]
    assert found.match is None or found.match.same_conditions


def test_a_verdict_that_depends_on_the_version_says_so(catalog):
    """On Vectara's old set 2.5 Pro has 1.1% by one preview and 2.6% by another, DeepSeek-V3 3.9%."""
    found = shared(catalog, "gemini-2.5-pro", "deepseek-v3")["vectara_hallucination_2025"]
    assert found.judgement.verdict is Verdict.CLEAR
    assert "Other versions" in found.judgement.reason


def test_a_cost_that_was_not_recorded_is_compared_with_nothing(catalog):
    found = shared(catalog, "gemini-2.0-pro", "gpt-4o")["aider_polyglot_cost"]
    assert found.match is None
    assert found.judgement.verdict is Verdict.NO_SHARED_TEST


def test_own_data_never_passes_as_official(catalog):
    rows = b"model,benchmark,score,source,n\ngemini-2.0-flash,MMLU-Pro,99,gemma3,12032\n"
    own = with_own(catalog, [OwnFile("mine.csv", rows)], ON).catalog
    added = next(each for each in own.results["gemini-2.0-flash"]["mmlu_pro"] if each.score == 99)
    assert added.kind is Kind.OWN
    model = (
        b"id: house\nname: House\nshort_name: House\nlab: own\nfamily: House\ntier: pro\nidentity: [own]\n"
        b"lifecycle:\n  - {stage: preview, date: 2026-11-01, source: gemma3, kind: official}\n"
        b"context_window:\n  - {value: 9, unit: tokens, source: gemma3, kind: official, as_of: 2026-11}\n"
    )
    own = with_own(catalog, [OwnFile("m.yaml", model)], ON).catalog
    assert own.models["house"].lifecycle[0].kind is Kind.OWN
    assert {claim.kind for claim in own.models["house"].claims["context_window"]} == {Kind.OWN}


def test_prices_of_two_makers_are_compared_and_those_of_two_platforms_of_one_are_not(catalog):
    # $1.25 against $3.00 is 2.4 times.
    words = row(catalog, "prices.input", "gpt-5", "claude-sonnet-4-5-20250929").difference
    assert words == "Claude Sonnet 4.5: 2.4× the price"


def test_a_free_trial_beside_a_list_price_elsewhere_is_not_called_without_any_price(catalog):
    quote = price(catalog.models["gemini-2.0-flash-exp"], "input", GEMINI_API, 0, ON)
    assert isinstance(quote, NoListPrice)
    assert "Vertex AI" in quote.reason
    assert "no paid price" not in quote.reason


def test_a_small_lead_is_corrected_for_many_tests_as_a_large_one_is():
    small = Judgement(Verdict.SMALL, difference=1.0, p=0.027)
    others = [Judgement(Verdict.CLOSE, difference=0.1, p=0.5)] * 3
    # Holm: 4 x 0.027 is 0.108.
    assert corrected([small, *others])[0].verdict is Verdict.CLOSE
    assert corrected([replace(small, p=0.004), *others])[0].verdict is Verdict.SMALL


def test_nothing_is_said_to_be_missing_nowhere_where_nothing_was_compared(catalog):
    two = models(catalog, "gemini-4-carbon", "claude-3-7-sonnet-20250219")
    words = summary.lost_with_cheaper(compare(catalog, two, ON), two, ON, shared_tests(catalog, *two))
    assert "share no test that could show it" in words


def test_one_point_is_one_point(catalog):
    found = shared(catalog, "gemini-2.0-pro", "gemini-2.0-flash")["mmmu"]
    sentence = summary.test_sentence(found, models(catalog, "gemini-2.0-pro", "gemini-2.0-flash"))
    assert "leads by 1 point (" in sentence
