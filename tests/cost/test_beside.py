"""Saved views beside the current one, worked out anew from their addresses."""

import re
from datetime import date
from html import unescape

import pytest

from catalog.loading import Catalog, load
from components.cost.beside import Column, beside_table, column_of

TODAY = date(2026, 11, 26)


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return load()


def words(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def column(catalog: Catalog, address: str, name: str = "one") -> Column:
    return column_of(catalog, name, address, TODAY)


def test_each_view_stands_with_its_workload_and_bills_and_how_far_they_are_from_now(catalog):
    now = column(catalog, "models=gemini-2.5-pro,gemini-2.5-flash", "Now")
    twice = column(catalog, "models=gemini-2.5-pro,gemini-2.0-flash&requests=400", "Twice <b>")
    html = beside_table(catalog, [now, twice])
    assert "<b>Twice" not in html
    text = words(html)
    assert "Twice <b>" in text
    assert "400 requests a day, each with 300,000 tokens in" in text
    assert "$9,720.00 a month $4,860.00 more than now" in text
    assert "$379.20 a month" in text
    assert text.count("not in this view") == 2


def test_a_view_keeps_the_prices_of_its_own_day(catalog):
    before = column(catalog, "models=gemini-4-argon,gemini-3.8-flash&on=2026-11-26")
    after = column(catalog, "models=gemini-4-argon,gemini-3.8-flash&on=2026-12-01")
    assert [each.usd_a_month for each in before.offers] == [3_840, 1_440]
    assert [each.usd_a_month for each in after.offers] == [7_680, 1_440]


def test_what_a_saved_address_asks_for_in_vain_is_said(catalog):
    gone = column(catalog, "models=gemini-9,gemini-2.5-pro&input=lots")
    text = words(beside_table(catalog, [column(catalog, "", "Now"), gone]))
    assert "No longer to be had" in text
    assert "The catalog has no model called `gemini-9`." in text
    assert "which is no whole number" in text


def test_an_impossible_workload_has_no_bill(catalog):
    wrong = column(catalog, "input=100&cached=200")
    assert wrong.offers == ()
    text = words(beside_table(catalog, [wrong]))
    assert "No bill can be worked out." in text
    assert "cached tokens are a part of the input tokens" in text
