"""The page with all models: what a visitor reads, filters, sorts and picks."""

import re
from collections.abc import Callable
from html import unescape

import pytest
from streamlit.testing.v1 import AppTest

from catalog.loading import Catalog, load

Open = Callable[..., AppTest]


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return load()


def strip(app: AppTest) -> str:
    found = next(each.proto.body for each in app.get("html") if 'class="strip"' in each.proto.body)
    return unescape(re.sub(r"<[^>]+>", "", found))


def table(app: AppTest) -> str:
    return next(each.proto.body for each in app.get("html") if 'class="board"' in each.proto.body)


def shown(app: AppTest) -> list[str]:
    """The ids of the models in the table, from top to bottom."""
    return re.findall(r'data-pick="([^"]+)"', table(app))


def ids(catalog: Catalog, lab: str) -> set[str]:
    return {model.id for model in catalog.models.values() if model.lab == lab}


def test_it_opens_on_every_model_newest_first(open_page: Open, catalog: Catalog) -> None:
    app = open_page("models")
    assert set(shown(app)) == set(catalog.models)
    assert strip(app).startswith(f"{len(catalog.models)} models: ")
    assert "Sorted by release date, newest first; 1 without a value stands last." in strip(app)
    assert shown(app)[-1] == "gemini-3.1-flash-live-preview"
    assert not app.query_params


def test_a_link_to_a_lab_shows_its_models_alone(open_page: Open, catalog: Catalog) -> None:
    app = open_page("models", lab="openai")
    assert set(shown(app)) == ids(catalog, "openai")
    assert strip(app).startswith(f"{len(ids(catalog, 'openai'))} of {len(catalog.models)} models")
    assert app.multiselect(key="models_lab").value == ["openai"]


def test_filters_and_order_go_into_the_address(open_page: Open, catalog: Catalog) -> None:
    app = open_page("models")
    app.multiselect(key="models_lab").set_value(["anthropic"]).run()
    app.selectbox(key="models_sort").set_value(("prices.input", False)).run()
    assert set(shown(app)) == ids(catalog, "anthropic")
    assert dict(app.query_params) == {"lab": "anthropic", "sort": "prices.input"}
    app.multiselect(key="models_status").set_value(["shut-down"]).run()
    assert app.query_params["lab"] == "anthropic"
    assert app.multiselect(key="models_lab").value == ["anthropic"]
    app.button(key="models_clear").click().run()
    assert dict(app.query_params) == {"sort": "prices.input"}
    assert len(shown(app)) == len(catalog.models)


def test_the_search_narrows_and_widens(open_page: Open) -> None:
    app = open_page("models")
    app.text_input(key="models_search").set_value("flash-lite 2.0").run()
    assert shown(app) == ["gemini-2.0-flash-lite"]
    assert app.query_params["q"] == "flash-lite 2.0"
    app.text_input(key="models_search").set_value("").run()
    assert "q" not in app.query_params


def test_the_context_window_sorts_by_size_and_the_unknown_come_last(open_page: Open, catalog: Catalog) -> None:
    for sort in ("context_window", "-context_window"):
        app = open_page("models", sort=sort)
        assert catalog.models[shown(app)[-1]].claims.get("context_window") is None
    # The ten million tokens of Llama 4 Scout are the most that any maker claims.
    assert shown(app)[0] == "llama-4-scout"
    assert 'aria-sort="descending"><button type="button" data-sort="context_window"' in table(app)


def test_columns_come_from_the_address(open_page: Open) -> None:
    app = open_page("models", columns="computed.alscore,lmarena_text", sort="-computed.alscore")
    heads = re.findall(r'data-sort="([^"]+)"', table(app))
    assert heads[:2] == ["name", "computed.alscore"]
    assert heads[2].startswith("lmarena_text~")
    assert "votes up to 11 Dec 2025" in table(app)


def test_folded_filters_work_from_the_address_and_clear_with_the_others(open_page: Open) -> None:
    app = open_page("models", can="thinking", open="yes", max_price="any")
    # Meta's are open as well, but have no list price and do not think; DeepSeek-V3 does not think.
    assert set(shown(app)) == {"deepseek-r1", "deepseek-v4-pro"}
    app.button(key="models_clear").click().run()
    assert not app.query_params
    assert {"gpt-5", "llama-4-scout"} < set(shown(app))


def test_an_unknown_lab_in_the_address_is_explained_and_everything_shown(open_page: Open, catalog: Catalog) -> None:
    app = open_page("models", lab="nobody")
    assert "The address asks for lab `nobody`, which no model has, so it is left out." in app.warning[0].value
    assert len(shown(app)) == len(catalog.models)
    assert "lab" not in app.query_params


@pytest.mark.parametrize("hostile", ["<script>alert(1)</script>", "\x00", "a" * 5000, ",,,", "-1", "nan"])
def test_a_hostile_address_still_shows_the_page(open_page: Open, hostile: str) -> None:
    names = ("lab", "status", "input", "can", "sort", "columns", "pick", "max_price", "min_context")
    app = open_page("models", **dict.fromkeys(names, hostile))
    assert "models" in strip(app) or app.info
    assert "<script>" not in "".join(element.proto.body for element in app.get("html"))


def test_an_empty_result_names_the_filters_and_clears_one_by_a_click(open_page: Open, catalog: Catalog) -> None:
    app = open_page("models", q="gpt", lab="deepseek")
    assert app.info[0].value.startswith("No model fits “Search: gpt” and “Lab: DeepSeek” at once.")
    app.button(key="models_without_q").click().run()
    assert set(shown(app)) == ids(catalog, "deepseek")
    assert dict(app.query_params) == {"lab": "deepseek"}


def test_a_search_that_fits_nothing_is_named_as_the_cause(open_page: Open) -> None:
    app = open_page("models", q="zzz", lab="deepseek")
    assert app.info[0].value.startswith("No model of the catalog fits “Search: zzz”.")


def test_two_picks_lead_to_the_comparison(open_page: Open) -> None:
    app = open_page("models")
    assert not app.get("page_link")
    app.multiselect(key="models_pick").set_value(["gpt-5", "gpt-4o"]).run()
    assert app.query_params["pick"] == "gpt-5,gpt-4o"
    links = {each.proto.label: each.proto for each in app.get("page_link")}
    assert list(links) == ["Compare these", "Benchmarks", "Playground"]
    assert links["Compare these"].page == "compare"
    assert "models=gpt-5%2Cgpt-4o" in links["Compare these"].query_string


def test_picks_outlive_a_filter_that_hides_them(open_page: Open) -> None:
    app = open_page("models", pick="gpt-5,gpt-4o", lab="meta")
    assert app.multiselect(key="models_pick").value == ["gpt-5", "gpt-4o"]
    assert len(app.get("page_link")) == 3


def test_a_control_used_before_the_browser_has_the_last_address_takes_nothing_back(open_page: Open) -> None:
    app = open_page("models")
    app.multiselect(key="models_lab").set_value(["google-deepmind"]).run()
    # What a browser sends whose answer is still on its way.
    app.query_params.clear()
    app.multiselect(key="models_status").set_value(["shut-down"]).run()
    assert dict(app.query_params) == {"lab": "google-deepmind", "status": "shut-down"}
    assert app.multiselect(key="models_lab").value == ["google-deepmind"]
