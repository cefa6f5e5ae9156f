"""The comparison in sentences: each number in them is one that the catalog holds."""

import re
from datetime import date
from itertools import combinations

import pytest

from catalog import summary
from catalog.loading import Catalog, load
from catalog.tables import compare, plain

ON = date(2026, 11, 22)


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return load()


def pair(catalog, *names):
    return [catalog.find(name) for name in names]


def findings(catalog, models):
    return summary.findings(compare(catalog, models, ON), models, ON)


def lost(catalog, *names):
    models = pair(catalog, *names)
    return summary.lost_with_cheaper(compare(catalog, models, ON), models, ON)


def test_the_default_pair_leads_with_context_price_and_speed(catalog):
    found = findings(catalog, pair(catalog, "gemini-2.0-pro", "gemini-2.0-flash"))
    assert [each.path for each in found][:4] == ["context_window", "prices.input", "relative_speed", "relative_latency"]
    assert len(found) == 5


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
