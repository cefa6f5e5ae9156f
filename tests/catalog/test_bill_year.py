"""A year's bill with growth and announced prices, against bills of single days and sums worked out by hand."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.bill import bill
from catalog.bill_year import announced, year
from catalog.loading import load
from catalog.prices import GEMINI_API, NoListPrice
from tests.catalog.workloads import asked, workloads

ON = date(2026, 11, 26)
_CATALOG = load()


def over(model, workload, on=ON, platform=GEMINI_API):
    return year(_CATALOG, _CATALOG.models[model], platform, workload, on)


def test_a_year_over_which_the_price_doubles_at_new_year():
    # 1,000 x (10,000 x 0.75 + 1,000 x 3.75) / 1M is 11.25 a day for 36 days, then 22.50 for 329
    found = over("gemini-3.8-flash", asked(1_000, 10_000, 1_000))
    assert found.usd == Decimal("7807.5")
    first, second, third = found.months[:3]
    assert (first.first, first.days, first.usd, first.changed) == (ON, 30, Decimal("337.5"), ())
    # 6 days at 11.25 and 25 at 22.50
    assert (second.first, second.days, second.usd) == (date(2026, 12, 26), 31, Decimal(630))
    assert second.changed == (date(2027, 1, 1),)
    assert (third.usd, third.changed) == (Decimal("697.5"), ())


def test_requests_grow_from_month_to_month_and_what_is_stored_does_not():
    # 100 x 1,000 x 1.25 / 1M is 0.125 a day, doubled a month later; storage of 1M tokens for 2 hours is 9 a day
    kept = {"stored_tokens": 1_000_000, "storage_hours": 2}
    months = over("gemini-2.5-pro", asked(100, 1_000, growth=1, **kept), date(2027, 1, 1)).months
    assert [month.requests for month in months[:3]] == [3_100, 5_600, 12_400]
    assert [month.usd for month in months[:3]] == [Decimal("282.875"), Decimal(259), Decimal("294.5")]


def test_a_month_that_is_too_short_begins_on_its_last_day():
    months = over("gemini-2.5-pro", asked(1, 10), date(2027, 10, 31)).months
    firsts = [(month.first.month, month.first.day, month.days) for month in months[:5]]
    assert firsts == [(10, 31, 30), (11, 30, 31), (12, 31, 31), (1, 31, 29), (2, 29, 31)]
    assert sum(month.days for month in months) == 366


def test_a_price_that_ends_within_the_year_leaves_the_year_open_and_says_from_when(folder):
    price = "{value: 1.0, unit: USD per 1M tokens, platform: P, source: maker, as_of: 2026-01, valid_to: 2027-03-31}\n"
    folder.model(f"prices:\n  input:\n    - {price}  output:\n    - {price}")
    catalog = folder.load()
    found = year(catalog, catalog.models["m"], "P", asked(1, 1), ON)
    assert isinstance(found, NoListPrice)
    assert found.reason.startswith("from 1 Apr 2027: ")
    assert isinstance(year(catalog, catalog.models["m"], "P", asked(1, 1), date(2027, 4, 1)), NoListPrice)


def test_what_a_bill_lacks_from_a_day_on_is_noted_with_the_day():
    # The page that lists storage for 3.7 Flash does so until the end of 2026 alone.
    found = over("gemini-3.7-flash", asked(1, 10, stored_tokens=1_000, storage_hours=24))
    assert found.notes == (
        "From 1 Jan 2027: No price of cache storage is known for Gemini API (AI Studio), so the bill lacks it.",
    )


def test_announced_changes_have_the_price_before_and_after_and_its_claim():
    changes = announced(_CATALOG.models["gemini-4-argon"], GEMINI_API, ON)
    told = [(change.on, change.item, change.before, change.after) for change in changes]
    december = date(2026, 12, 1)
    assert told == [
        (december, "Input tokens", 2, 4),
        (december, "Output tokens", 10, 20),
        (december, "Cached tokens", Decimal("0.1"), Decimal("0.2")),
    ]
    assert {change.claim.valid_from for change in changes} == {december}
    assert announced(_CATALOG.models["gemini-4-argon"], GEMINI_API, december) == ()


def test_a_price_that_ends_without_another_is_a_change_to_none():
    changes = announced(_CATALOG.models["gemini-3.8-flash"], GEMINI_API, ON)
    (audio,) = (change for change in changes if change.item == "Audio tokens")
    assert (audio.on, audio.before, audio.after) == (date(2027, 1, 1), Decimal("0.75"), None)


def test_of_two_periods_that_share_a_day_the_later_one_begins_the_day_after():
    # One list has 2.00 until and 3.00 from 1 September.
    changes = announced(_CATALOG.models["claude-sonnet-5"], "Anthropic API", date(2026, 8, 20))
    assert [(change.on, change.before, change.after) for change in changes] == [
        (date(2026, 9, 2), 2, 3),
        (date(2026, 9, 2), 10, 15),
    ]


def test_a_change_within_one_tier_says_which(folder):
    price = "value: %s, unit: USD per 1M tokens, platform: P, source: maker, as_of: 2026-01"
    rows = [
        "{value: 1.0, %s, prompt_up_to: 1000, valid_to: 2027-03-31}",
        "{value: 2.0, %s, prompt_up_to: 1000, valid_from: 2027-04-01}",
        "{value: 3.0, %s, prompt_above: 1000}",
    ]
    shared = price.removeprefix("value: %s, ")
    folder.model("prices:\n  input:\n" + "".join(f"    - {row % shared}\n" for row in rows))
    (change,) = announced(folder.load().models["m"], "P", ON)
    assert (change.item, change.before, change.after) == ("Input tokens, prompts up to 1,000 tokens", 1, 2)


@pytest.mark.parametrize(("on", "days"), [(date(2026, 11, 26), 365), (date(2027, 3, 1), 366), (date(2028, 2, 29), 365)])
@given(work=workloads())
def test_without_growth_at_constant_prices_a_year_is_so_many_equal_days(on, days, work):
    model = _CATALOG.models["gemini-2.5-pro"]
    assert over(model.id, work, on).usd == days * bill(_CATALOG, model, GEMINI_API, work, on).usd_per_day


@given(
    st.sampled_from(["gemini-3.6-flash", "gemini-3.8-flash", "gemini-4-argon", "gemini-2.5-pro"]),
    workloads(),
    st.dates(date(2026, 10, 15), date(2027, 2, 1)),
)
def test_a_year_is_the_sum_of_the_bills_of_its_days(name, work, on):
    found, model = over(name, work, on), _CATALOG.models[name]
    for month in found.months[:4]:
        days = [month.first + timedelta(days=count) for count in range(month.days)]
        bills = [bill(_CATALOG, model, GEMINI_API, work, each).usd_per_day for each in days[:: month.days - 1]]
        assert min(bills) * month.days <= month.usd <= max(bills) * month.days
    changes = {change.on for change in announced(model, GEMINI_API, on)}
    assert {each for month in found.months for each in month.changed} <= changes


@given(workloads(stored=False), st.decimals("-0.5", 1, places=2))
def test_growth_compounds_from_month_to_month(work, growth):
    months = over("gemini-2.5-pro", replace(work, growth=growth), date(2027, 1, 1)).months
    a_day = [month.usd / month.days for month in months]
    for earlier, later in pairwise(a_day):
        assert float(later) == pytest.approx(float(earlier * (1 + growth)), rel=1e-9, abs=1e-12)
