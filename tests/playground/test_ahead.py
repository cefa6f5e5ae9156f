"""What a call will take before it is sent: limits, prices and warnings at their exact thresholds."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.loading import load
from catalog.prices import cost_of_call
from components.playground.ahead import Ahead, Concern, ahead, ahead_line, money

ON = date(2026, 11, 22)
CATALOG = load()
FLASH, PRO, TIERED = "gemini-2.0-flash", "gemini-2.0-pro-exp-02-05", "gemini-2.5-pro"
WINDOW = 1_048_576


def look(tokens: int, model: str = FLASH, **changes: object) -> Ahead:
    values: dict[str, object] = {
        "exact": True,
        "max_output_tokens": None,
        "repeats": 1,
        "on": ON,
        "vertexai": False,
    }
    return ahead(CATALOG, CATALOG.find(model), model, tokens, **(values | changes))  # type: ignore[arg-type]


def concerns(found: Ahead) -> list[Concern]:
    return [each.concern for each in found.warnings]


def test_tokens_share_and_the_range_of_cost_by_hand() -> None:
    found = look(1_240, exact=False)
    # $0.10 for a million in; at most 8,192 out at $0.40 for a million.
    assert found.input_usd == found.least_usd == Decimal("0.000124")
    assert found.most_usd == Decimal("0.000124") + Decimal("0.0032768")
    assert found.fits is True
    assert found.share == pytest.approx(1_240 / 1_048_576)
    assert ahead_line(found) == ("≈ 1,240 tokens in (estimate), 0.1% of the context window; costs $0.00012 to $0.0034")


def test_an_exact_count_is_no_estimate_and_what_is_asked_for_bounds_the_cost() -> None:
    found = look(1_000_000, max_output_tokens=500_000)
    assert found.most_usd == Decimal("0.3")
    assert ahead_line(found).startswith("1,000,000 tokens in, 95.4% of the context window; costs $0.10 to $0.30")
    assert "estimate" not in ahead_line(found)


def test_repeats_cost_as_often() -> None:
    found = look(1_000_000, max_output_tokens=1_000_000, repeats=3)
    assert (found.input_usd, found.least_usd, found.most_usd) == (Decimal("0.1"), Decimal("0.3"), Decimal("1.5"))
    assert ahead_line(found).endswith("costs $0.30 to $1.50 for 3 calls")


def test_the_prices_and_limits_name_their_claims() -> None:
    found = look(1_240)
    assert {claim.value for claim in found.claims} == {0.1, 0.4}
    assert found.window is not None
    assert (found.window.tokens, found.window.claim.value) == (WINDOW, WINDOW)
    assert found.output_limit is not None
    assert found.output_limit.tokens == found.output_limit.claim.value == 8_192


def test_without_a_list_price_the_reason_is_said_and_nothing_is_zero() -> None:
    found = look(1_240, PRO)
    assert (found.input_usd, found.least_usd, found.most_usd) == (None, None, None)
    assert ahead_line(found).endswith("no list price (free while on trial; no paid price was found)")


def test_of_an_unknown_model_nothing_is_known() -> None:
    found = look(1_240, "a-model-of-my-own")
    assert (found.share, found.fits, found.most_usd, found.warnings) == (None, None, None, ())
    assert ahead_line(found) == (
        "1,240 tokens in, context window not known; no list price (the catalog does not have this model)"
    )


def test_without_an_output_limit_the_cost_has_no_upper_end() -> None:
    bare = CATALOG.models[FLASH]
    claims = {path: each for path, each in bare.claims.items() if path != "output_limit"}
    found = ahead(CATALOG, bare.model_copy(update={"claims": claims}), FLASH, 1_240, True, None, 1, ON, False)
    assert found.most_usd is None
    assert ahead_line(found).endswith("costs at least $0.00012 (no output limit known)")


@pytest.mark.parametrize(
    ("tokens", "expected"),
    [
        # 90% of 1,048,576 is 943,718.4.
        (943_718, []),
        (943_719, [Concern.WINDOW_NEAR]),
        (WINDOW, [Concern.WINDOW_NEAR]),
        (WINDOW + 1, [Concern.WINDOW_PAST]),
    ],
)
def test_the_context_window_warns_from_nine_tenths_on(tokens: int, expected: list[Concern]) -> None:
    found = look(tokens)
    assert concerns(found) == expected
    assert found.fits is (tokens <= WINDOW)


@pytest.mark.parametrize(
    ("tokens", "expected"),
    [
        (179_999, []),
        (180_000, [Concern.TIER_NEAR]),
        (200_000, [Concern.TIER_NEAR]),
        (200_001, [Concern.TIER_PAST]),
    ],
)
def test_a_price_tier_warns_within_a_tenth_below_and_past_it(tokens: int, expected: list[Concern]) -> None:
    assert concerns(look(tokens, TIERED)) == expected


def test_a_tier_says_what_its_step_costs() -> None:
    (near,) = look(190_000, TIERED).warnings
    assert near.sentence == (
        "The prompt is near 200,000 tokens, above which another price holds for all of it: $2.50 instead of $1.25 in "
        "and $15.00 instead of $10.00 out for a million tokens. There the prompt would cost $0.50 and not $0.25."
    )
    assert {claim.value for claim in near.claims} == {1.25, 2.5, 10.0, 15.0}
    (past,) = look(400_000, TIERED).warnings
    assert past.sentence.endswith("It costs $1.00 and not $0.50.")


def test_more_output_than_the_model_gives_is_told_before_the_call() -> None:
    assert concerns(look(10, max_output_tokens=8_192)) == []
    (past,) = look(10, max_output_tokens=8_193).warnings
    assert past.concern is Concern.OUTPUT_PAST
    assert "8,193" in past.sentence
    assert "output limit of 8,192" in past.sentence


def test_each_platform_has_its_own_price() -> None:
    assert look(1_000_000, vertexai=True).input_usd == Decimal("0.15")


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        ("0", "$0.00"),
        ("0.000124", "$0.00012"),
        ("0.0034008", "$0.0034"),
        ("0.34", "$0.34"),
        ("12.345678", "$12.35"),
        ("1234.5", "$1,234.50"),
    ],
)
def test_money_has_two_digits_that_say_something(amount: str, words: str) -> None:
    assert money(Decimal(amount)) == words


@given(
    st.integers(0, 3_000_000), st.integers(1, 100_000) | st.none(), st.integers(1, 20), st.sampled_from([FLASH, TIERED])
)
def test_the_real_cost_always_lies_within_the_range(tokens: int, limit: int | None, repeats: int, model: str) -> None:
    found = look(tokens, model, max_output_tokens=limit, repeats=repeats)
    assert found.least_usd is not None
    assert found.most_usd is not None
    assert found.most_output is not None
    for written in (0, found.most_output // 2, found.most_output):
        cost = cost_of_call(CATALOG.models[model], "Gemini API (AI Studio)", ON, tokens, written)
        assert found.least_usd <= cost.total_usd * repeats <= found.most_usd  # type: ignore[union-attr]


def test_a_call_has_no_negative_tokens_and_happens_at_least_once() -> None:
    with pytest.raises(ValueError, match="no fewer than 0"):
        look(-1)
    with pytest.raises(ValueError, match="at least one"):
        look(1, repeats=0)
