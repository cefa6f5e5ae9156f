from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.loading import load
from catalog.prices import GEMINI_API, VERTEX_AI, Cost, NoListPrice, Price, cost_of_call, price

ON = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("model", "platform", "day", "tokens", "dollars"),
    [
        # input 1,000 x 0.10 + output 500 x 0.40, a million each
        ("gemini-2.0-flash", GEMINI_API, ON, (1_000, 500, 0), "0.0003"),
        # 0.15 + 0.60
        ("gemini-2.0-flash", VERTEX_AI, ON, (1_000_000, 1_000_000, 0), "0.75"),
        # 6,000 x 0.10 + 4,000 x 0.025
        ("gemini-2.0-flash", GEMINI_API, ON, (10_000, 0, 4_000), "0.0007"),
        # 6,000 x 0.15 + 4,000 x 0.0375
        ("gemini-2.0-flash", VERTEX_AI, ON, (10_000, 0, 4_000), "0.00105"),
        # one token of input
        ("gemini-2.0-flash", GEMINI_API, ON, (1, 0, 0), "0.0000001"),
        # 200,000 x 1.25 + 1,000 x 10
        ("gemini-2.5-pro", GEMINI_API, ON, (200_000, 1_000, 0), "0.26"),
        # 200,001 x 2.50 + 1,000 x 15
        ("gemini-2.5-pro", GEMINI_API, ON, (200_001, 1_000, 0), "0.5150025"),
        # 100,001 x 2.50 + 100,000 x 0.25
        ("gemini-2.5-pro", GEMINI_API, ON, (200_001, 0, 100_000), "0.2750025"),
        # 100,000 x 1.25 + 100,000 x 0.125
        ("gemini-2.5-pro", GEMINI_API, ON, (200_000, 0, 100_000), "0.1375"),
        # 1,000,000 x 2 + 100,000 x 10, then 1,000,000 x 4 + 100,000 x 20
        ("gemini-4-argon", GEMINI_API, date(2026, 11, 30), (1_000_000, 100_000, 0), "3"),
        ("gemini-4-argon", GEMINI_API, date(2026, 12, 1), (1_000_000, 100_000, 0), "6"),
        # 100,000 x 0.75 + 10,000 x 3.75, then double
        ("gemini-3.6-flash", GEMINI_API, date(2026, 12, 31), (100_000, 10_000, 0), "0.1125"),
        ("gemini-3.6-flash", GEMINI_API, date(2027, 1, 1), (100_000, 10_000, 0), "0.225"),
        # 128,000 x 1.25 + 1,000 x 5, then 128,001 x 2.50 + 1,000 x 10
        ("gemini-1.5-pro", GEMINI_API, ON, (128_000, 1_000, 0), "0.165"),
        ("gemini-1.5-pro", GEMINI_API, ON, (128_001, 1_000, 0), "0.3300025"),
        # no price for cached tokens in the upper tier, so 130,000 x 2.50
        ("gemini-1.5-pro", GEMINI_API, ON, (130_000, 0, 30_000), "0.325"),
        ("gemini-2.0-flash", GEMINI_API, ON, (0, 0, 0), "0"),
    ],
)
def test_what_a_call_costs(catalog, model, platform, day, tokens, dollars):
    cost = cost_of_call(catalog.models[model], platform, day, *tokens)
    assert isinstance(cost, Cost)
    assert cost.total_usd == Decimal(dollars)


def test_the_parts_of_a_cost_are_told_apart_with_the_claims_behind_them(catalog):
    cost = cost_of_call(catalog.models["gemini-2.0-flash"], GEMINI_API, ON, 1_000_000, 1_000_000, 400_000)
    assert (cost.input_usd, cost.cached_usd, cost.output_usd) == (Decimal("0.06"), Decimal("0.01"), Decimal("0.4"))
    assert sorted(claim.value for claim in cost.claims) == [0.025, 0.1, 0.4]


def test_a_free_experiment_has_no_list_price_rather_than_the_price_zero(catalog):
    for platform in (GEMINI_API, VERTEX_AI):
        cost = cost_of_call(catalog.find("gemini-2.0-pro"), platform, ON, 1_000, 1_000)
        assert isinstance(cost, NoListPrice)
        assert "free while on trial" in cost.reason
    assert isinstance(cost_of_call(catalog.models["gemini-2.0-flash-exp"], GEMINI_API, ON, 0, 0), NoListPrice)
    assert cost_of_call(catalog.models["gemini-2.0-flash-exp"], VERTEX_AI, ON, 1_000_000, 0).total_usd == Decimal(
        "0.15"
    )


def test_the_price_of_a_reseller_is_no_list_price(catalog):
    cost = cost_of_call(catalog.find("gemini-2.0-pro"), "reseller nano-gpt", ON, 1_000, 1_000)
    assert isinstance(cost, NoListPrice)


def test_an_unknown_platform_has_no_list_price_and_the_reason_names_where_there_is_one(catalog):
    cost = cost_of_call(catalog.models["gemini-2.0-flash"], "Mars", ON, 1_000, 1_000)
    assert isinstance(cost, NoListPrice)
    assert cost.reason == "none for Mars, but one for Gemini API (AI Studio) and Vertex AI"


@pytest.mark.parametrize(
    ("model", "item", "tokens", "day"),
    [
        ("gemini-3.8-flash", "audio_input", 1_000, date(2027, 1, 1)),
        ("gemini-1.5-pro", "cached_input", 128_001, ON),
    ],
)
def test_a_price_that_has_run_out_or_stops_at_a_tier_is_not_said_to_exist_on_the_same_platform(
    catalog, model, item, tokens, day
):
    found = price(catalog.models[model], item, GEMINI_API, tokens, day)
    assert isinstance(found, NoListPrice)
    assert "but one for Gemini API" not in found.reason


def test_a_stated_no_list_price_is_answered_in_its_own_words(folder):
    folder.model(
        "prices:\n  input:\n    - {value: no list price, unit: USD per 1M tokens, platform: P, source: maker, "
        "as_of: 2026-01}\n"
    )
    found = price(folder.load().models["m"], "input", "P", 0, ON)
    assert isinstance(found, NoListPrice)
    assert found.reason == "no list price"


def test_a_missing_output_price_leaves_the_whole_cost_open(folder):
    folder.model(
        "prices:\n  input:\n    - {value: 1.0, unit: USD per 1M tokens, platform: P, source: maker, as_of: 2026-01}\n"
    )
    assert isinstance(cost_of_call(folder.load().models["m"], "P", ON, 10, 10), NoListPrice)


@pytest.mark.parametrize("tokens", [(-1, 0, 0), (0, -1, 0), (10, 0, -1), (10, 0, 11)])
def test_impossible_counts_are_refused(catalog, tokens):
    with pytest.raises(ValueError, match="negative"):
        cost_of_call(catalog.models["gemini-2.0-flash"], GEMINI_API, ON, *tokens)


def test_a_request_of_fewer_than_no_tokens_has_no_price(catalog):
    with pytest.raises(ValueError, match="fewer than 0"):
        price(catalog.models["gemini-2.0-flash"], "input", GEMINI_API, -1, ON)


_PRO = load().models["gemini-2.5-pro"]
_COUNT = st.integers(0, 2_000_000)


def cost(fresh, written, cached=0):
    return cost_of_call(_PRO, GEMINI_API, ON, fresh, written, cached).total_usd


@given(_COUNT, _COUNT, _COUNT, _COUNT)
def test_more_tokens_never_cost_less(one, other, written, more):
    low, high = sorted((one, other))
    assert 0 <= cost(low, written) <= cost(high, written) <= cost(high, written + more)


@given(_COUNT, st.data())
def test_a_larger_cached_share_never_costs_more(fresh, data):
    low, high = sorted(data.draw(st.tuples(*[st.integers(0, fresh)] * 2)))
    assert cost(fresh, 0, high) <= cost(fresh, 0, low)


@given(*[st.integers(0, 100_000)] * 4)
def test_within_a_tier_two_calls_cost_what_one_of_their_sum_costs(fresh, more, written, further):
    assert cost(fresh, written) + cost(more, further) == cost(fresh + more, written + further)


@given(st.integers(0, 200_000), st.integers(0, 65_536), st.data())
def test_costs_are_exact_to_the_last_digit(fresh, written, data):
    cached = data.draw(st.integers(0, fresh))
    exact = Fraction(125, 100) * (fresh - cached) + Fraction(125, 1000) * cached + 10 * written
    assert Fraction(cost(fresh, written, cached)) == exact / 1_000_000


def test_a_price_is_the_decimal_that_was_written(catalog):
    found = price(catalog.models["gemini-2.0-flash"], "cached_input", VERTEX_AI, 0, ON)
    assert isinstance(found, Price)
    assert str(found.usd_per_million) == "0.0375"
