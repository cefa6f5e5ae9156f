from datetime import date
from decimal import Decimal

import pytest

from catalog.evidence import rule
from catalog.fields import FIELDS
from catalog.measures import measures
from catalog.prices import GEMINI_API, VERTEX_AI, NoListPrice, Price, price
from catalog.schema import Absent, Kind
from catalog.tables import cell
from catalog.words import value
from catalog.workload import Workload, media_tokens

ON = date(2026, 11, 26)
_FIGURE = "{value: 2, unit: tokens, source: maker, as_of: 2026-02}"


def storage(catalog, model, day=ON):
    return price(catalog.models[model], "cache_storage", GEMINI_API, 0, day)


@pytest.mark.parametrize(
    ("model", "day", "dollars"),
    [
        ("gemini-2.5-pro", ON, "4.5"),
        ("gemini-2.5-flash", ON, "1"),
        ("gemini-2.0-flash", ON, "1"),
        ("gemini-3.1-pro-preview", ON, "4.5"),
        # the launch price of the 3.8 Flash ends with the year
        ("gemini-3.8-flash", date(2026, 12, 31), "0.5"),
        ("gemini-3.8-flash", date(2027, 1, 1), "1"),
    ],
)
def test_the_price_of_keeping_a_million_tokens_for_an_hour_is_known_with_its_source(catalog, model, day, dollars):
    found = storage(catalog, model, day)
    assert isinstance(found, Price)
    assert found.usd_per_million == Decimal(dollars)
    assert found.claim.unit == "USD per 1M tokens per hour"
    assert catalog.sources[found.claim.source].url


@pytest.mark.parametrize("model", ["gemini-2.0-flash-lite", "gemini-4-argon"])
def test_where_no_storage_is_sold_that_is_said_and_is_not_a_price_of_zero(catalog, model):
    found = storage(catalog, model)
    assert isinstance(found, NoListPrice)
    assert [claim.absent for claim in found.claims] == [Absent.NO_LIST_PRICE]
    assert found.claims[0].note


def test_a_price_of_storage_is_shown_in_dollars_and_its_column_says_by_the_hour(catalog):
    assert value(FIELDS["prices.cache_storage"], 4.5) == "$4.50"
    assert measures(catalog, ON)["prices.cache_storage"].about == "per 1M tokens an hour"


def test_cached_tokens_in_batch_have_a_price_of_their_own_where_one_is_listed(catalog):
    half = price(catalog.models["gemini-3.1-flash-lite"], "batch_cached_input", GEMINI_API, 1_000, ON)
    whole = price(catalog.models["gemini-2.5-pro"], "batch_cached_input", GEMINI_API, 200_001, ON)
    assert isinstance(half, Price)
    assert isinstance(whole, Price)
    assert (half.usd_per_million, whole.usd_per_million) == (Decimal("0.0125"), Decimal("0.25"))


@pytest.mark.parametrize("item", ["input", "output"])
@pytest.mark.parametrize("tokens", [200_000, 200_001])
@pytest.mark.parametrize("model", ["gemini-2.5-pro", "gemini-2.5-flash", "gemini-3.1-pro-preview", "gemini-3.8-flash"])
@pytest.mark.parametrize("day", [ON, date(2027, 1, 1)])
def test_the_listed_batch_prices_bear_out_the_rule_of_half_price(catalog, model, tokens, item, day):
    at_once = price(catalog.models[model], item, GEMINI_API, tokens, day)
    in_batch = price(catalog.models[model], f"batch_{item}", GEMINI_API, tokens, day)
    assert isinstance(at_once, Price)
    assert isinstance(in_batch, Price)
    assert in_batch.usd_per_million == at_once.usd_per_million * catalog.decision.rules.batch_share.decimal


def test_half_price_in_batch_holds_on_both_platforms_of_google(catalog):
    assert set(catalog.decision.rules.batch_platforms) == {GEMINI_API, VERTEX_AI}


@pytest.mark.parametrize(
    ("family", "tokens"),
    [
        # 2 x 258 + 60 x 32 + 120 x 263
        ("Gemini 2.5", 33_996),
        # 2 x 1,120 + 60 x 25 + 120 x 95
        ("Gemini 3", 15_140),
        ("Gemini 4", 15_140),
        (None, 33_996),
    ],
)
def test_each_family_counts_pictures_sound_and_film_in_its_own_way(catalog, family, tokens):
    workload = Workload(Decimal(1), 0, 0, images=Decimal(2), audio_minutes=Decimal(1), video_minutes=Decimal(2))
    assert media_tokens(workload, catalog.decision.rules, family).total == tokens


def test_what_is_only_concluded_for_gemini_4_is_not_shown_as_stated_by_google(catalog):
    rules = catalog.decision.rules
    assert rules.media_of("Gemini 3").image_tokens.kind is Kind.OFFICIAL
    assert rules.media_of("Gemini 4").image_tokens.kind is Kind.INFERENCE


@pytest.mark.parametrize(
    "model", ["gemini-2.0-flash", "gemini-2.0-pro-exp-02-05", "gemini-2.5-pro", "gemini-4-hydrogen"]
)
def test_the_platforms_of_a_model_stand_beside_each_other_and_do_not_contradict(catalog, model):
    ruling = rule(catalog.models[model].claims["platforms"], FIELDS["platforms"], ON)
    shown = cell(FIELDS["platforms"], ruling)
    assert {shown.text, *shown.also} == {GEMINI_API, VERTEX_AI}
    assert not ruling.conflict


def _with_media(folder, line):
    text = (folder.root / "decision.yaml").read_text()
    figures = "".join(f"      {name}: {_FIGURE}\n" for name in ("image_tokens", "audio_tokens", "video_tokens"))
    media = f"  media:\n    - families: [Family]\n{figures}".replace(*line) if line else ""
    folder.write("decision.yaml", text.replace("conversions:", f"{media}conversions:"))
    return folder


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        (("[Family]", "[Famly]"), 'rules.media[1].families[1]: found "Famly", expected the family of a model'),
        (("source: maker", "source: makr"), 'rules.media[1].image_tokens.source: found "makr", expected an id in'),
        (("2026-02}", "2026-02, also_stated_by: [brokr]}"), "rules.media[1].image_tokens.also_stated_by: found"),
    ],
)
def test_a_name_in_the_rules_that_nothing_else_has_is_a_problem(folder, line, problem):
    assert problem in "\n".join(_with_media(folder, line).problems())


def test_a_family_is_found_by_its_name(folder):
    rules = _with_media(folder, ("", "")).load().decision.rules
    assert rules.media_of("Family").image_tokens.value == 2
    assert rules.media_of("Another").image_tokens.value == 258
