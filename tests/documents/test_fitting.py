"""Which model takes a long document, at what price, and what a cache saves, worked out by hand from the catalog."""

import time
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.loading import load
from catalog.own_parts import OwnFigure, OwnFigures
from catalog.prices import NoListPrice
from components.documents.fitting import Caching, Fit, Fits, caching, fit
from components.documents.reading import read
from components.documents.splitting import document_tokens, split

ON = date(2026, 11, 26)
CATALOG = load()
PRO, FLASH, TIERED = "gemini-2.0-pro", "gemini-2.0-flash", "gemini-2.5-pro"


def look(model: str, tokens: int, exact: bool = True, output: int | None = 4_096, **more: object) -> Fit:
    return fit(CATALOG, model, tokens, exact, output, ON, **more)  # type: ignore[arg-type]


def cached(tokens: int, questions: int, hours: str, model: str = TIERED, **more: bool) -> Caching | NoListPrice:
    return caching(CATALOG, model, tokens, 1_000, 2_000, questions, Decimal(hours), ON, **more)


def test_a_million_and_a_half_tokens_fit_pro_and_are_refused_for_flash_with_the_reason() -> None:
    pro, flash = look(PRO, 1_500_000), look(FLASH, 1_500_000)
    assert (pro.fits, pro.refusal) == (Fits.YES, "")
    assert pro.ahead.window is not None
    assert pro.ahead.window.tokens == 2_097_152
    assert pro.ahead.share == pytest.approx(0.7153, abs=0.0001)
    assert flash.fits is Fits.NO
    assert flash.refusal == (
        "2.0 Flash takes in 1,048,576 tokens at once, and these documents have 1,500,000 tokens, 451,424 too many: the "
        "service would refuse them. Split them, leave some out, or ask a model with a larger context window."
    )


@pytest.mark.parametrize(
    ("model", "tokens", "fits"),
    [(PRO, 2_097_152, Fits.YES), (PRO, 2_097_153, Fits.NO), (FLASH, 1_048_576, Fits.YES), (FLASH, 1_048_577, Fits.NO)],
)
def test_a_counted_prompt_fits_up_to_the_last_token(model: str, tokens: int, fits: Fits) -> None:
    assert look(model, tokens).fits is fits


@pytest.mark.parametrize(
    ("tokens", "fits"),
    # A quarter of 1,048,576 is 262,144.
    [(786_431, Fits.YES), (786_432, Fits.CLOSE), (1_310_720, Fits.CLOSE), (1_310_721, Fits.NO)],
)
def test_an_estimate_near_the_limit_does_not_decide(tokens: int, fits: Fits) -> None:
    found = look(FLASH, tokens, exact=False)
    assert found.fits is fits
    assert bool(found.refusal) is (fits is Fits.NO)
    if found.refusal:
        assert "about 1,310,721 tokens by estimate" in found.refusal


def test_an_unknown_model_is_neither_fit_nor_refused() -> None:
    found = look("no-such-model", 1_500_000)
    assert (found.fits, found.refusal, found.tier, found.wait.seconds) == (Fits.UNKNOWN, "", "", None)


def test_the_tier_above_200_000_tokens_holds_for_the_whole_prompt() -> None:
    below, above = look(TIERED, 200_000), look(TIERED, 200_001)
    # 200,000 x 1.25 / 1M; 200,001 x 2.50 / 1M, and with 4,096 tokens of answer at 15: 0.06144 more.
    assert (below.tier, below.ahead.least_usd) == ("prompts up to 200,000 tokens", Decimal("0.25"))
    assert (above.tier, above.ahead.least_usd) == ("prompts above 200,000 tokens", Decimal("0.5000025"))
    assert above.ahead.most_usd == Decimal("0.5614425")
    assert look(FLASH, 200_001).tier == ""
    assert look(PRO, 1_500_000).tier == ""
    assert look(PRO, 1_500_000).ahead.least_usd is None


def test_the_wait_rests_on_own_runs_or_published_figures_or_is_not_known() -> None:
    assert look(TIERED, 1_000).wait.seconds is None
    figures = [{TIERED: OwnFigure(value, None, None, 5)} for value in (2.0, 100.0)]
    own = OwnFigures(time_to_first_token=figures[0], output_speed=figures[1])
    # 2 s, and 4,096 tokens at 100 a second.
    mine = look(TIERED, 1_000, own=own).wait
    assert mine.seconds == pytest.approx(42.96)
    assert mine.words.startswith("≈ 43 s for an answer of 4,096 tokens, by your own runs")
    assert mine.claims == ()
    published = look("gemini-1.5-flash", 1_000).wait
    assert published.seconds is not None
    assert len(published.claims) == 2
    assert "by published figures" in published.words


def test_ten_questions_on_half_a_million_tokens_with_and_without_a_cache_by_hand() -> None:
    found = cached(500_000, 10, "1")
    assert isinstance(found, Caching)
    # Each: 501,000 x 2.50 / 1M + 2,000 x 15 / 1M = 1.2525 + 0.03, ten times.
    assert found.without_usd == Decimal("12.825")
    # Made once: 0.5M x 2.50. Kept for an hour: 0.5M x 4.50. Each: 0.5M x 0.25 + 1,000 x 2.50 / 1M + 0.03 = 0.1575.
    assert (found.created_usd, found.stored_usd) == (Decimal("1.25"), Decimal("2.25"))
    assert found.asked_usd == Decimal("1.575")
    assert found.with_usd == Decimal("5.075")
    assert found.saved_usd == Decimal("7.75")
    # A question saves 1.125, the cache costs 3.50: three are too few, four pay.
    assert found.break_even == 4
    assert {claim.value for claim in found.claims} == {2.5, 15.0, 0.25, 4.5}


def test_a_cache_that_is_kept_too_long_costs_more_than_it_saves() -> None:
    found = cached(500_000, 2, "24")
    assert isinstance(found, Caching)
    # 2 x 1.2825 without; 1.25 + 24 x 2.25 + 2 x 0.1575 with.
    assert found.saved_usd == Decimal("2.565") - Decimal("55.565")
    # 55.25 / 1.125 = 49.1
    assert found.break_even == 50


def test_below_the_tier_the_lower_prices_hold() -> None:
    found = cached(100_000, 5, "0.5")
    assert isinstance(found, Caching)
    # 5 x (101,000 x 1.25 + 2,000 x 10) / 1M
    assert found.without_usd == Decimal("0.73125")
    # 0.1M x 1.25; 0.1M x 4.50 / 2; 5 x (0.1M x 0.125 + 0.00125 + 0.02)
    assert (found.created_usd, found.stored_usd, found.asked_usd) == (
        Decimal("0.125"),
        Decimal("0.225"),
        Decimal("0.16875"),
    )


def test_where_no_cache_or_no_price_is_known_the_reason_is_said() -> None:
    reasons = {}
    for model, vertexai in ((PRO, False), (TIERED, True), ("no-such-model", False), ("gpt-4o", False)):
        found = cached(500_000, 10, "1", model, vertexai=vertexai)
        assert isinstance(found, NoListPrice)
        reasons[model] = found.reason
    assert reasons[PRO].startswith("free while on trial")
    assert reasons["no-such-model"] == "the catalog does not have this model"
    with pytest.raises(ValueError, match="at least one question"):
        cached(1, 0, "1")


@given(st.integers(1_000, 900_000), st.integers(1, 200), st.integers(0, 48))
def test_the_cache_pays_from_its_break_even_on_and_not_before(tokens: int, questions: int, hours: int) -> None:
    found = cached(tokens, questions, str(hours))
    assert isinstance(found, Caching)
    assert found.break_even is not None
    assert (found.saved_usd > 0) is (questions >= found.break_even)


@pytest.mark.timed
def test_a_text_of_a_million_and_a_half_tokens_is_read_split_and_fitted_in_two_seconds() -> None:
    content = b"The tenant shall pay the rent on the first day of the month. " * 98_361
    started = time.perf_counter()
    made = read("long.txt", content).documents
    tokens = document_tokens(made)
    plan = split(made, 800_000, 500)
    fits = [look(model, tokens.tokens, exact=False).fits for model in (PRO, FLASH)]
    assert time.perf_counter() - started < 2
    # 98,361 x 61 characters, a quarter of that.
    assert tokens.tokens == 1_500_006
    assert fits == [Fits.YES, Fits.NO]
    assert len(plan.pieces) == 2
