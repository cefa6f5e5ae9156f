"""The answer in sentences: who is cheaper, by how much, how sure that is, and what would change it."""

from datetime import date
from decimal import Decimal

import pytest

from catalog.break_even import Crossing
from catalog.loading import Catalog, load
from components.cost import rows, wording
from components.cost.address import Scene, parse_scene
from components.cost.even import even_sentence

TODAY = date(2026, 11, 26)


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return load()


def asked(catalog: Catalog, **params: str) -> tuple[Scene, tuple[rows.Offer, ...]]:
    scene = parse_scene(params, catalog, TODAY).scene
    return scene, rows.standing(rows.offers(catalog, scene), scene)


@pytest.mark.parametrize(("ratio", "words"), [("1.04", "1.04×"), ("2.04", "2×"), ("8.1", "8.1×"), ("17.4", "17×")])
def test_a_ratio_has_as_many_digits_as_it_needs(ratio, words):
    assert wording.times(Decimal(ratio)) == words


def test_of_two_the_answer_says_which_is_cheaper_and_by_how_much(catalog):
    scene, chosen = asked(catalog, models="gemini-2.5-pro,gemini-2.5-flash")
    assert wording.answer(chosen, scene.on) == (
        "2.5 Flash is cheaper by $4,260.00 a month: $600.00 against $4,860.00 for 2.5 Pro, which is 8.1× as much."
    )


def test_a_model_without_a_list_price_leaves_the_answer_open(catalog):
    scene, chosen = asked(catalog)
    assert wording.answer(chosen, scene.on) == (
        "Which is cheapest cannot be said, since 2.0 Pro exp has no list price; 2.0 Flash costs $189.60 a month."
    )


def test_without_any_list_price_no_bill_is_invented(catalog):
    scene, chosen = asked(catalog, models="gemini-2.0-pro-exp-02-05,gemini-2.0-pro-exp-02-05")
    assert wording.answer(chosen[:1], scene.on) == (
        "No bill can be worked out: 2.0 Pro exp has no list price on 26 Nov 2026."
    )


def test_without_requests_both_cost_nothing(catalog):
    scene, chosen = asked(catalog, models="gemini-2.5-pro,gemini-2.5-flash", requests="0")
    assert wording.answer(chosen, scene.on) == "2.5 Pro and 2.5 Flash cost the same: $0 a month each."


def test_of_three_the_answer_goes_from_the_cheapest_to_the_dearest(catalog):
    scene, chosen = asked(catalog, models="gemini-2.5-pro,gemini-2.0-flash,gemini-4-argon")
    assert wording.answer(chosen, scene.on) == (
        "2.0 Flash is the cheapest at $189.60 a month; 4 Argon costs $3,840.00 (20×) and 2.5 Pro costs $4,860.00 (26×)."
    )


def test_it_is_said_what_the_prices_rest_on_and_whether_sources_conflict(catalog):
    _, chosen = asked(catalog, models="gemini-2.5-pro,gemini-2.5-flash")
    assert wording.sureness(chosen) == "No two sources conflict over these prices (third party)."


def test_models_that_are_gone_or_going_are_named(catalog):
    scene, chosen = asked(catalog)
    assert wording.gone(chosen, scene.on) == (
        "2.0 Flash was shut down on 1 June 2026, so its bill is at its last list price."
    )
    assert wording.gone(chosen, date(2025, 6, 1)) == ""


def test_announced_prices_are_said_with_what_they_do(catalog):
    scene, chosen = asked(catalog, models="gemini-4-argon,gemini-3.8-flash")
    turn = rows.turns(catalog, chosen, scene)[0]
    assert wording.turn_words(turn, chosen, rows.by_price(chosen)[0].model) == (
        "From 1 Dec 2026, by announced prices, 4 Argon rises to $7,680.00 a month; 3.8 Flash stays the cheapest."
    )


def test_a_break_even_is_said_with_the_number_as_it_is(catalog):
    scene, chosen = asked(catalog, models="gemini-2.5-pro,gemini-2.5-flash")
    ordered = rows.by_price(chosen)
    found = Crossing(
        "output_tokens", "Output tokens a request", Decimal("12345.6"), "gemini-2.5-flash", "gemini-2.5-pro", False
    )
    assert wording.crossing_sentence(found, ordered, scene.workload) == (
        "2.5 Pro would be cheaper with output tokens a request above 12,346 (now 3,000)."
    )
    assert wording.crossing_sentence(None, ordered, scene.workload) == (
        "No one number of the workload, whatever it is, makes 2.5 Pro cheaper than 2.5 Flash."
    )
    assert even_sentence([found], ordered) == (
        "One number would turn which of 2.5 Flash and 2.5 Pro is the cheaper one, while all the others stay as they "
        "are."
    )


def test_shares_of_the_workload_are_in_percent():
    assert wording.field_value("batch_share", Decimal("0.375")) == "37.5%"
    assert wording.field_value("images", Decimal("2.25")) == "2.25"
