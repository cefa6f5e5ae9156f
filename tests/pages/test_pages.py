"""Every page of the default pair and of other choices: what a visitor reads against what the sources say."""

import json
import re
from collections.abc import Callable
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

Open = Callable[..., AppTest]


def unfolded(folded: dict[str, Any]) -> str:
    """The HTML as a reader gets it who opens everything."""
    return re.sub(r'<div data-fold="(\d+)"></div>', lambda slot: folded["bodies"][int(slot[1])], folded["html"])


def words(app: AppTest) -> str:
    pieces = [element.proto.body for element in app.get("html")]
    pieces += [
        unfolded(json.loads(each.proto.json)) for each in app.get("bidi_component") if '"bodies"' in each.proto.json
    ]
    for kind in (app.title, app.subheader, app.markdown, app.caption, app.warning, app.info, app.error):
        pieces += [element.value for element in kind]
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", " ".join(pieces))).split())


def test_overview_names_the_life_of_both_models(open_page: Open) -> None:
    text = words(open_page("overview"))
    assert "Gemini 2.0 Flash was shut down on 1 June 2026." in text
    assert "Gemini 2.0 Pro Experimental (02-05) is shut down, though no dated notice was found" in text
    assert "Gemini 3.8 Flash is in service" in text


def test_overview_begins_with_how_the_shared_tests_fall(open_page: Open) -> None:
    text = words(open_page("overview"))
    assert "23 shared tests: 3 clear, 1 small but real, 8 too close to call" in text
    assert "2.0 Pro exp leads in all 3 that are clear." in text
    assert re.search(r"\b\d+ values where sources disagree\.", text)


def test_overview_leads_to_the_answer_and_the_bill_first(open_page: Open) -> None:
    labels = [each.proto.label for each in open_page("overview").get("page_link")]
    assert labels[:2] == ["Get a recommendation", "See what they cost"]


def test_overview_says_what_differs_most_and_how_sure_that_is(open_page: Open) -> None:
    text = words(open_page("overview"))
    assert "2.0 Pro exp takes in 2,097,152 tokens at once (about 2,800 pages), 2× as many as 2.0 Flash" in text
    assert "2.0 Flash costs $0.10 for a million input tokens and $0.40 for a million output tokens" in text
    assert "2.0 Flash writes 1.62 or 2 times as fast as 2.0 Pro exp, by third party and illustrative sources" in text
    assert "2.0 Pro exp leads by 14.4 points (95% interval 12.4 to 16.4). ✓✓ clear" in text
    assert "≠ sources conflict" in text


def test_overview_admits_that_the_cheaper_one_is_unknown_without_a_list_price(open_page: Open) -> None:
    assert "Which one is cheaper cannot be said: 2.0 Pro exp had no list price." in words(open_page("overview"))


def test_overview_says_what_the_cheaper_one_lacks(open_page: Open) -> None:
    text = words(open_page("overview", models="gemini-2.5-flash,gemini-2.0-flash-lite"))
    assert "With 2.0 Flash-Lite, the cheaper one, you lose output limit (8,192 tokens instead of 65,536 tokens)" in text


def test_compare_resolves_aliases_and_shows_both_values(open_page: Open) -> None:
    app = open_page("compare", models="gemini-2.0-pro,models/gemini-2.0-flash-001")
    text = words(app)
    assert "2,097,152 tokens" in text
    assert "1,048,576 tokens" in text
    assert "2.0 Pro exp: 2× the context" in text
    assert app.multiselect(key="compare_models").value == ["gemini-2.0-pro-exp-02-05", "gemini-2.0-flash"]


def test_compare_lists_every_claim_behind_a_conflict(open_page: Open) -> None:
    text = words(open_page("compare"))
    row = text[text.index("Knowledge cutoff") :][:1500]
    assert "≠ sources conflict" in row
    assert "Aug 2024" in row
    assert "Jun 2024 official" in row


def test_compare_never_shows_a_missing_price_as_zero(open_page: Open) -> None:
    text = words(open_page("compare", rows="all"))
    assert "no list price third party" in text
    assert "free while on trial" in text


def test_compare_keeps_its_rows_in_the_address(open_page: Open) -> None:
    app = open_page("compare", rows="all")
    assert app.segmented_control(key="compare_rows").value == "All"
    assert app.query_params["rows"] == "all"
    app.segmented_control(key="compare_rows").set_value("Differences").run()
    assert "rows" not in app.query_params


@pytest.mark.parametrize("page", ["overview", "compare", "architecture", "playground"])
def test_an_unknown_model_is_named_and_the_rest_still_shows(open_page: Open, page: str) -> None:
    app = open_page(page, models="gemini-2.0-flahs,gemini-2.5-pro,gemini-2.5-flash")
    assert "The catalog has no model called `gemini-2.0-flahs`, so the rest is shown." in app.warning[0].value
    assert "`gemini-2.0-flash`" in app.warning[0].value
    assert app.multiselect(key=f"{page}_models").value == ["gemini-2.5-pro", "gemini-2.5-flash"]


@pytest.mark.parametrize("page", ["overview", "compare", "architecture", "playground"])
@pytest.mark.parametrize("hostile", ["<script>alert(1)</script>", "%00", "a" * 5000, "`x`,`y`,,,", "../../etc/passwd"])
def test_a_hostile_address_shows_the_default_pair(open_page: Open, page: str, hostile: str) -> None:
    app = open_page(page, models=hostile)
    assert app.multiselect(key=f"{page}_models").value == ["gemini-2.0-pro-exp-02-05", "gemini-2.0-flash"]
    shown = [element.proto.body for element in app.get("html")]
    assert "<script>" not in "".join(shown + [each.proto.json for each in app.get("bidi_component")])


def test_models_past_the_fourth_are_named_as_left_out(open_page: Open) -> None:
    names = "gemini-2.5-pro,gemini-2.5-flash,gemini-3.5-flash,gemini-3.8-flash,gemini-4-argon"
    app = open_page("compare", models=names)
    assert app.info[0].value == "Up to 4 models fit side by side; left out: Gemini 4 Argon."
    assert len(app.multiselect(key="compare_models").value) == 4


def test_the_address_follows_the_picker(open_page: Open) -> None:
    app = open_page("compare")
    app.multiselect(key="compare_models").set_value(["gemini-4-argon", "gemini-3.8-flash"]).run()
    assert app.query_params["models"] == "gemini-4-argon,gemini-3.8-flash"


def test_the_chosen_models_go_along_to_the_next_page(open_page: Open) -> None:
    app = open_page("compare", models="gemini-4-argon,gemini-3.8-flash")
    app.query_params.clear()
    app.switch_page("pages/overview.py").run()
    assert app.multiselect(key="overview_models").value == ["gemini-4-argon", "gemini-3.8-flash"]


def test_every_statement_of_the_article_stands_with_its_kind(open_page: Open) -> None:
    text = words(open_page("architecture"))
    for topic in ("Design and architecture", "Ways to integrate", "Resources", "History"):
        assert topic in text
    assert (
        "A deeper and wider network, which would mean more parameters. In the catalog: parameters 200 billion" in text
    )
    assert "The Multimodal Live API for two-way streaming in real time. In the catalog: live API not supported" in text
    assert text.count("inference source") == 11
    assert text.count("illustrative source") >= 16


def test_a_broken_catalog_names_file_line_and_field(
    open_page: Open, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from catalog import compiled

    folder = tmp_path / "models" / "lab"
    folder.mkdir(parents=True)
    (folder / "m.yaml").write_text("id: m\nname: M\nsize: 3\n")
    monkeypatch.setattr(compiled.load, "__defaults__", (tmp_path, tmp_path / "compiled"))
    app = open_page("overview")
    assert "The catalog cannot be shown" in app.error[0].value
    assert "models/lab/m.yaml:3: size: found an unknown field" in words(app)


def test_the_figures_on_the_overview_cards_open_to_their_sources(open_page: Open) -> None:
    (cards,) = [each.proto.body for each in open_page("overview").get("html") if 'class="card"' in each.proto.body]
    figures = re.findall(r"<dd>(.*?)</dd>", cards, re.DOTALL)
    assert len(figures) == 8
    assert all("<details" in each and "<li>" in each for each in figures)
