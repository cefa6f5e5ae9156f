"""Two models behind one door: what a share costs and gets right, and what a better answer must be worth.

2.5 Pro costs $810 and 2.5 Flash $100 for 1,000 of the requests in test_bills.py; on Aider polyglot 79.1% and 44.0% of
225 exercises were right.
"""

from datetime import date

import pytest
from statsmodels.stats.proportion import proportion_confint

from catalog.loading import Catalog, load
from catalog.shared import shared_tests
from components.cost import quality, rows
from components.cost.address import parse_scene

TODAY = date(2026, 11, 26)
PAIR = ("gemini-2.5-pro", "gemini-2.5-flash")


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return load()


def given(catalog: Catalog, name: str) -> quality.Shares:
    scene = parse_scene({"models": ",".join(PAIR)}, catalog, TODAY).scene
    pair = tuple(rows.standing(rows.offers(catalog, scene), scene))
    tests = shared_tests(catalog, *(each.model for each in pair))
    test = next(each for each in quality.fit_tests(tests) if each.benchmark.id == name)
    return quality.shares(catalog, pair, test, tests)


@pytest.mark.parametrize(("share", "count"), [(0.791, 225), (0.0, 10), (1.0, 10), (0.5, 100)])
def test_the_interval_of_a_share_is_that_of_statsmodels(share, count):
    assert quality.wilson(share, count) == pytest.approx(
        proportion_confint(share * count, count, method="wilson"), abs=1e-12
    )


def test_only_tests_with_shares_of_right_answers_stand_for_quality(catalog):
    tests = shared_tests(catalog, *(catalog.models[name] for name in PAIR))
    found = quality.fit_tests(tests)
    assert "aider_polyglot" in {each.benchmark.id for each in found}
    assert all(each.benchmark.unit == "percent" and each.benchmark.higher_is_better for each in found)
    assert not {"lmarena_text", "confabulation_rate", "aider_polyglot_cost"} & {each.benchmark.id for each in found}


def test_a_share_costs_and_gets_right_its_part_of_both(catalog):
    lots, unsure = quality.share_sentences(given(catalog, "aider_polyglot"), 0.75, 0.2)
    # 0.2 x 810 + 0.8 x 100 = 242; 0.2 x 79.1 + 0.8 x 44.0 = 51.0; in the cascade 100 + 0.2 x 810 = 262.
    assert lots.startswith("20% to 2.5 Pro by lot: $242.00 for 1,000 requests, 51% right (")
    assert unsure.startswith("2.5 Flash first, 20% passed on to 2.5 Pro when unsure: $262.00 for 1,000 requests, ")
    # Aider's times are 175.2 and 12.2 seconds: 0.2 x 175.2 + 0.8 x 12.2 = 44.8.
    assert lots.endswith("44.8 s in Aider polyglot: time per exercise.")


def test_a_better_answer_must_be_worth_the_dearer_request(catalog):
    # (0.810 - 0.100) / 0.351 = 2.02
    assert quality.worth_sentence(given(catalog, "aider_polyglot")) == (
        "By Aider polyglot 2.5 Pro gets 35.1 more of 100 requests right than 2.5 Flash. It pays off where one such "
        "answer is worth $2.02 or more."
    )


def test_noise_that_no_source_states_is_assumed_and_said(catalog):
    assumed = given(catalog, "livebench_reasoning")
    assert assumed.assumed_noise
    said = " ".join(quality.basis(catalog, assumed, 0.75))
    assert "states no noise; it is taken to be that of a test of 100 questions." in said
    assert "an average over parts" in said
    assert not given(catalog, "aider_polyglot").assumed_noise


def test_the_stronger_one_is_the_one_with_more_right_answers_whatever_the_order(catalog):
    # 2.5 Flash leads in instruction following.
    found = given(catalog, "livebench_if")
    assert [each.model.id for each in found.offers] == ["gemini-2.5-flash", "gemini-2.5-pro"]
    assert "costs no more, so there is nothing to weigh up" in quality.worth_sentence(found)
