"""The model card as a visitor meets it: what it shows against what the sources say."""

import csv
import io
import json
import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from html import unescape

import pytest
from streamlit.testing.v1 import AppTest

from catalog.conflicts import of_model
from catalog.loading import load
from catalog.tables import claim_rows, result_rows
from components.model_card.export import as_csv, as_json
from components.model_card.related import related

Open = Callable[..., AppTest]
Read = Callable[[AppTest], list[str]]
FLASH, EXP, PRO = "gemini-2.0-flash", "gemini-2.0-flash-exp", "gemini-2.0-pro-exp-02-05"
ON = date(2026, 11, 22)


@pytest.fixture(scope="module")
def known():
    return load()


@pytest.fixture
def words(html_of: Read) -> Callable[[AppTest], str]:
    def read(app: AppTest) -> str:
        pieces = [*html_of(app), *(element.value for element in (*app.subheader, *app.caption))]
        return " ".join(unescape(re.sub(r"<[^>]+>", " ", " ".join(pieces))).split())

    return read


def test_without_a_name_the_page_teaches_and_shows_the_default(open_page: Open) -> None:
    app = open_page("model")
    assert "This is the card of Gemini 2.0 Flash, until you choose a model above." in app.info[0].value
    assert app.selectbox(key="model_id").value == FLASH
    assert "id" not in app.query_params


def test_the_first_of_the_models_in_the_address_is_the_start(open_page: Open) -> None:
    app = open_page("model", models="gemini-2.5-pro,gemini-2.5-flash")
    assert app.selectbox(key="model_id").value == "gemini-2.5-pro"


@pytest.mark.parametrize("name", [EXP, "models/gemini-2.0-flash-exp", "Gemini-2.0-Flash-EXP"])
def test_a_model_is_found_by_id_or_alias(open_page: Open, name: str) -> None:
    app = open_page("model", id=name)
    assert app.selectbox(key="model_id").value == EXP
    assert not app.info


def test_an_unknown_model_is_named_with_the_nearest_and_the_default_shown(open_page: Open) -> None:
    app = open_page("model", id="gemini-2.0-flahs")
    assert "The catalog has no model called `gemini-2.0-flahs`, so Gemini 2.0 Flash is shown." in app.warning[0].value
    assert "`gemini-2.0-flash`" in app.warning[0].value


@pytest.mark.parametrize("hostile", ["<script>alert(1)</script>", "%00", "a" * 5000, "../../etc/passwd", "`x`"])
def test_a_hostile_name_shows_the_default(open_page: Open, hostile: str, html_of: Read) -> None:
    app = open_page("model", id=hostile)
    assert app.selectbox(key="model_id").value == FLASH
    assert "<script>" not in " ".join(html_of(app))


def test_choosing_a_model_writes_it_into_the_address(open_page: Open, words: Callable[[AppTest], str]) -> None:
    app = open_page("model")
    app.selectbox(key="model_id").set_value("gpt-4o").run()
    assert app.query_params["id"] == "gpt-4o"
    assert "GPT-4o" in words(app)


def test_the_head_says_who_made_it_and_what_became_of_it(
    open_page: Open, html_of: Read, words: Callable[[AppTest], str]
) -> None:
    app = open_page("model", id=FLASH)
    text = words(app)
    assert "Google DeepMind , United Kingdom and United States Family Gemini 2.0 Tier flash" in text
    assert "Gemini 2.0 Flash was shut down on 1 June 2026." in text
    assert 'href="model?id=gemini-3.8-flash"' in " ".join(html_of(app))


def test_key_facts_come_with_pages_and_prices(open_page: Open, words: Callable[[AppTest], str]) -> None:
    text = words(open_page("model", id=FLASH))
    # 1,048,576 tokens at 750 a page are 1,398 pages.
    assert "1,048,576 tokens" in text
    assert "about 1,400 pages of English" in text
    assert "$0.10" in text
    assert "$0.40" in text


def test_a_free_model_has_no_list_price_and_never_zero(open_page: Open, words: Callable[[AppTest], str]) -> None:
    text = words(open_page("model", id=PRO))
    assert "no list price: free while on trial; no paid price was found" in text
    assert "has no list price: input tokens no list price (free while on trial) at Gemini API (AI Studio)" in text


def test_the_conflicts_of_the_model_come_first_and_are_all_there(
    open_page: Open, known, words: Callable[[AppTest], str]
) -> None:
    app = open_page("model", id=FLASH)
    found = of_model(known, known.models[FLASH], datetime.now(UTC).date())
    assert app.subheader[0].value == f"Where sources conflict ({len(found)})"
    assert "Output limit ≠ sources conflict 8,192 tokens stands against 65,536 tokens 8×" in words(app)


def test_a_model_without_conflicts_has_no_section_for_them(open_page: Open) -> None:
    app = open_page("model", id="gemini-4-argon")
    assert not [each.value for each in app.subheader if "conflict" in each.value]


def test_the_bands_of_the_seed_card_stand_with_their_objections(
    open_page: Open, words: Callable[[AppTest], str]
) -> None:
    text = words(open_page("model", id=EXP))
    assert "87% on MMLU: strong in general knowledge (band: 80 to 90)." in text
    assert "Source: Gemini 2.0 Flash exp (model card)" in text
    assert "Both inputs, parameters and training tokens, are guesses by third parties." in text
    assert "The model card of 2.0 Flash exp calls this ratio optimal for compute." in text


def test_every_claim_and_statement_is_on_the_card(
    open_page: Open, known, html_of: Read, words: Callable[[AppTest], str]
) -> None:
    app = open_page("model", id=FLASH)
    model = known.models[FLASH]
    (table,) = [each for each in html_of(app) if 'class="facts one"' in each]
    assert table.count('<th scope="row"') == len(model.claims) + 2
    single = [each for each in model.claims.values() if len(each) == 1]
    assert table.count('<span class="count">1 claim</span>') == len(single)
    text = words(app)
    assert all(each.text in text for each in model.statements)
    assert all(remark in text for remark in model.remarks.values())


def test_every_result_is_on_the_card_with_who_measured_it(open_page: Open, known, html_of: Read) -> None:
    app = open_page("model", id=FLASH)
    (table,) = [each for each in html_of(app) if 'class="scores"' in each]
    results = [each for by_test in known.results[FLASH].values() for each in by_test]
    assert table.count('<th scope="row"') == len(results)
    assert "measured by the maker" in table
    assert "measured independently" in table
    assert "<s>44.6%</s>" in table


def test_a_model_without_results_says_so(open_page: Open, words: Callable[[AppTest], str]) -> None:
    text = words(open_page("model", id="gemini-4-carbon"))
    assert "No benchmark result of Gemini 4 Carbon was found." in text


def test_the_life_is_a_chart_with_its_sentence(open_page: Open, html_of: Read) -> None:
    app = open_page("model", id="gemini-4-argon")
    assert "Gemini 4 Argon: announced 30 Sep 2026" in " ".join(html_of(app))
    assert len(app.get("plotly_chart")) == 2


def test_links_lead_to_lists_cards_and_comparisons(open_page: Open, html_of: Read) -> None:
    body = " ".join(html_of(open_page("model", id=FLASH)))
    for target in (
        "models?lab=google-deepmind",
        "models?family=Gemini%202.0",
        "models?architecture=mixture-of-experts",
        "model?id=gemini-2.0-flash-lite",
        "compare?models=gemini-2.0-flash,gemini-3.8-flash",
        "benchmarks?models=gemini-2.0-flash,gemini-3.8-flash",
    ):
        assert f'href="{target}"' in body


def test_related_models_of_flash(known) -> None:
    found = {each.words: [model.id for model in each.models] for each in related(known, known.models[FLASH], ON)}
    # The successor that sources name last, and the one that follows it and is in service.
    assert found["Its successors"] == ["gemini-3.7-flash", "gemini-3.8-flash"]
    assert "gemini-2.0-flash-exp" in found["It succeeds"]
    assert "gemini-2.0-flash-lite" in found["More of Gemini 2.0"]
    everyone = [name for names in found.values() for name in names]
    assert len(everyone) == len(set(everyone))
    assert FLASH not in everyone


def test_the_files_have_everything_about_the_model_and_nothing_else(known) -> None:
    claims = [row for row in claim_rows(known, ON) if row.model == FLASH]
    results = [row for row in result_rows(known) if row.model == FLASH]
    content = json.loads(as_json(known, known.models[FLASH], ON))
    assert len(content["claims"]) == len(claims)
    assert len(content["results"]) == len(results)
    assert content["model"]["shutdown_date"] == "2026-06-01"
    assert content["catalog"]["version"] == known.version
    rows = list(csv.DictReader(io.StringIO(as_csv(known, known.models[FLASH], ON))))
    assert len(rows) == len(claims) + len(results)
    assert {row["model"] for row in rows} == {FLASH}


def test_every_card_opens(open_page: Open, known, words: Callable[[AppTest], str]) -> None:
    app = open_page("model")
    for name, model in known.models.items():
        app.selectbox(key="model_id").set_value(name).run()
        assert not app.exception, name
        assert model.name in words(app)
