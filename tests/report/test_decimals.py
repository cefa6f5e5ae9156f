"""Numbers that are compared have as many digits after the point, and never more than are known."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from catalog.words import money
from components.report.decimals import aligned
from components.report.state import Heading, Part, Section, Table, Value
from components.report.typed import amount


def shown(name: str, *values: Value) -> list[str]:
    """What a column of these values shows once it is aligned."""
    table = Table(name, "T", "A column.", (Heading("What"),), tuple((each,) for each in values))
    (found,) = aligned(Section(Part.COST, "S", (table,))).blocks
    assert isinstance(found, Table)
    return [row[0].shown for row in found.rows]


def test_amounts_of_a_column_all_have_cents_or_none() -> None:
    large, small = amount(Decimal("19080.5")), amount(Decimal("2471.04"))
    assert (large.shown, small.shown) == ("$19,081", "$2,471.04")
    assert shown("cost_bills", large, small, Value("no list price")) == ["$19,080.50", "$2,471.04", "no list price"]
    assert shown("cost_bills", large, large) == ["$19,081", "$19,081"]


def test_points_and_weights_that_are_worked_out_are_aligned() -> None:
    points = [Value("45", 45.0, "points"), Value("0.9", 0.93, "points"), Value("not known")]
    assert shown("advice_contributions", *points) == ["45.0", "0.9", "not known"]
    assert shown("advice_thresholds", Value("14%", 14.04, "percent"), Value("8.9%", 8.9, "percent")) == [
        "14.0%",
        "8.9%",
    ]


def test_the_score_of_a_source_gets_no_digit_that_the_source_has_not() -> None:
    scores = [Value("71.5%", 71.5, "percent"), Value("71.92%", 71.92, "percent")]
    assert shown("verdicts_tests", *scores) == ["71.5%", "71.92%"]


def test_parts_of_a_cent_lengthen_no_other_amount() -> None:
    assert shown("cost_bills", amount(Decimal("0.00025")), amount(Decimal(3))) == ["$0.00025", "$3.00"]


@given(st.lists(st.decimals(0, 10**7, places=4), min_size=1, max_size=6))
def test_an_amount_stays_what_it_was_to_the_cent(amounts: list[Decimal]) -> None:
    for exact, text in zip(amounts, shown("cost_bills", *map(amount, amounts)), strict=True):
        number = Decimal(text.replace("$", "").replace(",", ""))
        assert text == money(exact) or abs(number - exact) <= Decimal("0.005")
