"""The bills of a scene: which offers there are, which count, and what announced prices do.

Prices in US dollars for a million tokens, from the price lists in the catalog: 2.5 Pro 2.50 and 15 above 200,000
tokens of prompt, 2.5 Flash 0.30 and 2.50, 2.0 Flash 0.10 and 0.40 (Vertex AI 0.15 and 0.60), 4 Argon 2 and 10 until
30 November 2026 and then 4 and 20, 3.8 Flash 0.75 and 3.75 until 31 December 2026 and then 1.50 and 7.50. The workload
has 200 requests a day of 300,000 tokens in and 4,000 out, thinking included: 60 million in and 0.8 million out a day.
"""

from datetime import date
from decimal import Decimal

import pytest

from catalog.bill_year import Year
from catalog.loading import Catalog, load
from components.cost import rows
from components.cost.address import CHEAPEST, Scene, parse_scene, slug

TODAY = date(2026, 11, 26)
MODERN = "gemini-2.5-pro,gemini-2.5-flash"
CHANGING = "gemini-4-argon,gemini-3.8-flash"


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return load()


def scene(catalog: Catalog, **params: str) -> Scene:
    read = parse_scene(params, catalog, TODAY)
    assert read.problems == ()
    return read.scene


def test_every_model_stands_with_every_platform_of_its_own(catalog):
    found = rows.offers(catalog, scene(catalog))
    assert [(each.model.id, each.platform) for each in found] == [
        ("gemini-2.0-pro-exp-02-05", "Gemini API (AI Studio)"),
        ("gemini-2.0-pro-exp-02-05", "Vertex AI"),
        ("gemini-2.0-flash", "Gemini API (AI Studio)"),
        ("gemini-2.0-flash", "Vertex AI"),
    ]
    # 60 x 0.10 + 0.8 x 0.40 = 6.32 a day; 60 x 0.15 + 0.8 x 0.60 = 9.48 a day.
    assert [each.usd_a_month for each in found if each.priced] == [Decimal("189.6"), Decimal("284.4")]
    assert not found[0].priced
    with pytest.raises(ValueError, match="no list price"):
        _ = found[0].usd_a_month


def test_the_cheapest_platform_of_each_model_counts_unless_another_is_asked_for(catalog):
    asked = scene(catalog)
    found = rows.offers(catalog, asked)
    assert [each.platform for each in rows.standing(found, asked)] == ["Gemini API (AI Studio)"] * 2
    vertex = scene(catalog, platforms="vertex-ai")
    chosen = rows.standing(rows.offers(catalog, vertex), vertex)
    assert chosen[1].usd_a_month == Decimal("284.4")


def test_a_model_that_is_not_sold_on_the_platform_has_no_list_price_there(catalog):
    asked = scene(catalog, models="claude-sonnet-5,gemini-2.0-flash", platforms="vertex-ai")
    found = rows.offers(catalog, asked)
    chosen = rows.standing(found, asked)
    assert [(each.model.id, each.platform, each.priced) for each in chosen] == [
        ("claude-sonnet-5", "Vertex AI", False),
        ("gemini-2.0-flash", "Vertex AI", True),
    ]
    assert [each.model.id for each in rows.by_price(chosen)] == ["gemini-2.0-flash"]


def test_a_bill_is_a_multiple_of_the_cheapest(catalog):
    asked = scene(catalog, models=MODERN)
    cheap, dear = rows.by_price(rows.standing(rows.offers(catalog, asked), asked))
    # 60 x 2.50 + 0.8 x 15 = 162 a day against 60 x 0.30 + 0.8 x 2.50 = 20 a day.
    assert (cheap.model.id, dear.model.id) == ("gemini-2.5-flash", "gemini-2.5-pro")
    assert rows.ratio(dear, cheap) == Decimal("8.1")


def test_announced_prices_turn_up_on_their_days(catalog):
    asked = scene(catalog, models=CHANGING)
    chosen = rows.standing(rows.offers(catalog, asked), asked)
    december, january = rows.turns(catalog, chosen, asked)
    assert (december.on, january.on) == (date(2026, 12, 1), date(2027, 1, 1))
    assert [each.model.id for each in december.changed] == ["gemini-4-argon"]
    # 60 x 4 + 0.8 x 20 = 256 a day.
    assert [each.usd_a_month for each in december.bills] == [Decimal(7_680)]
    assert [each.usd_a_month for each in january.bills] == [Decimal(2_880)]
    assert january.cheapest is not None
    assert january.cheapest.id == "gemini-3.8-flash"


def test_a_year_takes_each_day_at_its_own_price(catalog):
    asked = scene(catalog, models=CHANGING)
    years = [each.year for each in rows.standing(rows.offers(catalog, asked), asked)]
    assert all(isinstance(each, Year) for each in years)
    # 5 days at 128 and 360 at 256; 36 days at 48 and 329 at 96.
    assert [each.usd for each in years] == [Decimal(92_800), Decimal(33_312)]


def test_price_changes_of_what_the_workload_does_not_use_are_left_out(catalog):
    asked = scene(catalog, models=CHANGING)
    flash = rows.standing(rows.offers(catalog, asked), asked)[1]
    assert {each.item for each in flash.changes} == {"Input tokens", "Output tokens"}
    cached = scene(catalog, models=CHANGING, cached="1000")
    flash = rows.standing(rows.offers(catalog, cached), cached)[1]
    assert {each.item for each in flash.changes} == {"Input tokens", "Output tokens", "Cached tokens"}


def test_platforms_have_short_names_in_the_address():
    assert slug("Gemini API (AI Studio)") == "gemini-api"
    assert slug("Vertex AI") == "vertex-ai"


def test_what_an_address_asks_for_in_vain_is_named(catalog):
    read = parse_scene(
        {"models": "gemini-9,gemini-2.5-pro", "platforms": "moon", "on": "never", "input": "x"}, catalog, TODAY
    )
    assert read.scene.models == ("gemini-2.5-pro", "gemini-2.0-pro-exp-02-05")
    assert read.scene.platform == CHEAPEST
    assert read.scene.on == TODAY
    assert len(read.problems) == 4
