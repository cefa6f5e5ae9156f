from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.fields import FIELDS
from catalog.schema import Basis, Claim, Kind
from catalog.words import capital, claimed, day, listing, money, number, short_count, usd, value, when


@pytest.mark.parametrize(
    ("shown", "text"),
    [
        (2_097_152, "2,097,152"),
        (0, "0"),
        (950, "950"),
        (90.0, "90"),
        (0.5, "0.5"),
        (87.25, "87.25"),
        (0.1 + 0.2, "0.3"),
        (-1234.5, "-1,234.5"),
        (-3, "-3"),
        (1_000_000.125, "1,000,000.125"),
        (100, "100"),
    ],
)
def test_a_number_is_grouped_and_has_no_idle_zeros(shown, text):
    assert number(shown) == text


def test_a_number_is_rounded_to_the_decimals_asked_for():
    assert number(3.16227766, 1) == "3.2"
    assert number(99.6, 0) == "100"
    assert number(120.4, 0) == "120"


@pytest.mark.parametrize("shown", [-0.00001, -0.0])
def test_there_is_no_minus_zero(shown):
    assert number(shown) == "0"


@given(st.integers(-(10**15), 10**15))
def test_a_whole_number_is_shown_exactly(shown):
    assert int(number(shown).replace(",", "")) == shown


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        (0.1, "$0.10"),
        (0.4, "$0.40"),
        (10, "$10.00"),
        (0.01875, "$0.01875"),
        (0.0375, "$0.0375"),
        (0.025, "$0.025"),
        (0.003625, "$0.003625"),
        (0, "$0.00"),
        (1234.5, "$1,234.50"),
        (1_000_000, "$1,000,000.00"),
    ],
)
def test_dollars_have_two_digits_or_as_many_as_the_price_has(amount, text):
    assert usd(amount) == text


def test_a_saving_has_its_sign_before_the_dollar():
    assert usd(-1.5) == "-$1.50"


def test_a_cost_above_zero_never_reads_as_free():
    assert usd(0.0000001) != "$0.00"


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (2_097_152, "2.1 M"),
        (1_048_576, "1 M"),
        (1_500_000, "1.5 M"),
        (8_192, "8.2 k"),
        (65_536, "65.5 k"),
        (1_000, "1 k"),
        (950, "950"),
        (0, "0"),
    ],
)
def test_a_count_in_short(count, text):
    assert short_count(count) == text


@pytest.mark.parametrize("count", [999_950, 999_999])
def test_just_below_a_million_is_a_million_and_not_a_thousand_thousand(count):
    assert short_count(count) == "1 M"


@pytest.mark.parametrize(
    ("written", "short", "long"),
    [
        ("2025-02-05", "5 Feb 2025", "5 February 2025"),
        ("2026-12", "Dec 2026", "December 2026"),
        ("2026", "2026", "2026"),
        (date(2026, 6, 1), "1 Jun 2026", "1 June 2026"),
    ],
)
def test_a_date_of_any_precision(written, short, long):
    assert day(written) == short
    assert day(written, long=True) == long


def test_a_date_with_its_preposition():
    assert when("2026-06-01") == "on 1 June 2026"
    assert when("2026-06") == "in June 2026"
    assert when("2026") == "in 2026"


@pytest.mark.parametrize(
    ("field", "shown", "text"),
    [
        ("context_window", 2_097_152, "2,097,152 tokens"),
        ("relative_speed", 1.62, "1.62×"),
        ("prices.input", 0.1, "$0.10"),
        ("prices.input", "no list price", "no list price"),
        ("knowledge_cutoff", "2024-06", "Jun 2024"),
        ("input_modalities", ("text", "image"), "text, image"),
        ("open_weights", False, "no"),
        ("open_weights", True, "yes"),
        ("architecture.type", "not disclosed", "not disclosed"),
        ("architecture.parameters_total", 30.0, "30 billion"),
        ("architecture.token_to_parameter_ratio", 1000, "1,000:1"),
        ("current_status", "shut down", "shut down"),
        ("access", "public", "public"),
    ],
)
def test_a_value_as_a_reader_sees_it(field, shown, text):
    assert value(FIELDS[field], shown) == text


def test_a_free_rate_reads_as_no_list_price_and_as_free_among_all_claims():
    claim = Claim(value=0.0, basis=Basis.FREE, kind=Kind.THIRD_PARTY, source="s", as_of="2026")
    assert value(FIELDS["prices.input"], 0.0, Basis.FREE) == "no list price"
    assert claimed(FIELDS["prices.input"], claim) == "$0.00 (free while on trial)"


def test_the_price_of_a_reseller_says_so():
    claim = Claim(value=1.989, basis=Basis.RESELLER, kind=Kind.THIRD_PARTY, source="s", as_of="2026")
    assert claimed(FIELDS["prices.input"], claim) == "$1.989 (reseller)"


def test_words_in_a_list():
    assert listing([]) == ""
    assert listing(["a"]) == "a"
    assert listing(["a", "b"]) == "a and b"
    assert listing(("a", "b", "c"), "or") == "a, b or c"


def test_a_capital_leaves_the_rest_alone():
    assert capital("the API of Google") == "The API of Google"
    assert capital("") == ""


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("0", "$0"),
        ("0.0000001", "under $0.000001"),
        ("0.000123", "$0.00012"),
        ("0.00995", "$0.0100"),
        ("0.01", "$0.01"),
        ("1.005", "$1.01"),
        ("9999.994", "$9,999.99"),
        ("10000.5", "$10,001"),
        ("1234567", "$1,234,567"),
        ("-3.5", "−$3.50"),
    ],
)
def test_money_reads_as_money(value, words):
    assert money(Decimal(value)) == words
