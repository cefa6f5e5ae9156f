"""The Share popover, what an old link says has changed, and the view for guests, as pages draw them."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from catalog import compiled, versions
from catalog.changed import Changed
from catalog.fields import Group
from catalog.loading import Catalog
from catalog.schema import Claim
from components.frame import changed
from tests.pages.test_pages import words

Open = Callable[..., AppTest]

FLASH = "gemini-2.0-flash"
EARLIER = "0123456789ab"
DISMISS = "frame_changed_dismiss"


def shared(app: AppTest) -> dict[str, Any]:
    """What the Share popover was given."""
    (found,) = [json.loads(each.proto.json) for each in app.get("bidi_component") if '"note"' in each.proto.json]
    return found


def with_flash(catalog: Catalog, **claims: tuple[Claim, ...]) -> Catalog:
    """An earlier catalog, in which Flash had these claims for fields whose dots are written as two underlines."""
    flash = catalog.models[FLASH]
    changed_claims = {path.replace("__", "."): each for path, each in claims.items()}
    before = flash.model_copy(update={"claims": {**flash.claims, **changed_claims}})
    return replace(catalog, models={**catalog.models, FLASH: before}, version=EARLIER)


@pytest.fixture
def keep(monkeypatch: pytest.MonkeyPatch) -> Callable[[Catalog], None]:
    """Has this catalog kept as the earlier version, and no other."""

    def kept(catalog: Catalog) -> None:
        monkeypatch.setattr(versions, "load_version", lambda version: catalog if version == EARLIER else None)

    return kept


@pytest.fixture
def earlier(keep: Callable[[Catalog], None]) -> Catalog:
    """An earlier catalog is kept, in which Flash took in 500,000 tokens at once."""
    today = compiled.load()
    claim = today.models[FLASH].claims["context_window"][0].model_copy(update={"value": 500_000})
    known = with_flash(today, context_window=(claim,))
    keep(known)
    return known


# The popover.


@pytest.mark.parametrize("page", ["overview", "compare", "cost", "models", "sources", "playground", "batch"])
def test_every_page_shares_with_the_version_of_the_catalog(open_page: Open, page: str) -> None:
    assert shared(open_page(page))["version"] == compiled.load().version


def test_a_page_that_is_wholly_in_its_address_says_nothing_more(open_page: Open) -> None:
    assert shared(open_page("compare"))["note"] == ""


@pytest.mark.parametrize("page", ["documents", "batch"])
def test_files_that_are_brought_to_a_page_are_said_not_to_be_in_its_link(open_page: Open, page: str) -> None:
    assert "Your own files are not in the link." in shared(open_page(page))["note"]


def test_own_data_is_said_not_to_be_in_the_link_and_does_not_change_the_version(open_page: Open) -> None:
    app = open_page("models")
    table = "model,benchmark,score,n\ngemini-2.0-flash,HumanEval,91.3,164\n"
    app.get("file_uploader")[0].upload("mine.csv", table.encode(), "text/csv").run()
    app.button(key="models_own_show").click().run()
    app.switch_page("pages/compare.py").run()
    assert "Your own files are not in the link" in shared(app)["note"]
    assert shared(app)["version"] == compiled.load().version


# A link of an earlier catalog.


def test_an_old_link_says_which_value_changed_with_before_and_after(open_page: Open, earlier: Catalog) -> None:
    text = words(open_page("compare", catalog=EARLIER))
    assert "1 value changed since this link was made" in text
    row = text[text.index("Before Now") :][:120]
    assert row.startswith("Before Now Gemini 2.0 Flash Context window 500,000 tokens 1,048,576 tokens")


def test_todays_values_are_shown_whatever_the_link_was_made_with(open_page: Open, earlier: Catalog) -> None:
    app = open_page("overview", catalog=EARLIER)
    (cards,) = [each.proto.body for each in app.get("html") if 'class="card"' in each.proto.body]
    assert "1,048,576 tokens" in cards
    assert "500,000" not in cards


@pytest.mark.parametrize("page", ["cost", "benchmarks"])
def test_a_page_speaks_of_the_values_that_it_shows(open_page: Open, earlier: Catalog, page: str) -> None:
    text = words(open_page(page, catalog=EARLIER))
    assert "Nothing shown here has changed since this link was made" in text
    assert "500,000 tokens" not in text


def test_the_changes_are_those_of_the_chosen_models(open_page: Open, earlier: Catalog) -> None:
    app = open_page("compare", catalog=EARLIER, models="gemini-2.5-pro,gemini-3.8-flash")
    assert "Nothing shown here has changed" in words(app)
    app.multiselect(key="compare_models").set_value(["gemini-2.5-pro", FLASH]).run()
    assert "1 value changed" in words(app)


def test_a_page_without_values_of_models_says_nothing_until_it_is_about_some(open_page: Open, earlier: Catalog) -> None:
    assert "since this link was made" not in words(open_page("sources", catalog=EARLIER))
    assert "since this link was made" not in words(open_page("playground", catalog=EARLIER))
    assert "1 value changed" in words(open_page("playground", catalog=EARLIER, models=f"gemini-2.5-pro,{FLASH}"))
    assert "1 value changed" in words(open_page("model", catalog=EARLIER, id=FLASH))


def test_the_same_version_says_nothing(open_page: Open) -> None:
    app = open_page("compare", catalog=compiled.load().version)
    assert "since this link was made" not in words(app)
    assert DISMISS not in [button.key for button in app.button]


def test_a_version_that_is_not_kept_is_said_to_be_so(open_page: Open, earlier: Catalog) -> None:
    text = words(open_page("compare", catalog="ba9876543210"))
    assert "made with catalog ba9876543210, which is not kept here, so what has changed since cannot be said" in text


def test_a_version_that_cannot_be_read_says_why_in_a_sentence(open_page: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(version: str) -> None:
        raise versions.VersionError("The kept version cannot be used (a <b>reason</b>).")

    monkeypatch.setattr(versions, "load_version", refuse)
    app = open_page("compare", catalog=EARLIER)
    (said,) = [each.proto.body for each in app.get("html") if 'class="changed"' in each.proto.body]
    assert "cannot be used (a &lt;b&gt;reason&lt;/b&gt;)" in said


@pytest.mark.parametrize("hostile", ["<script>alert(1)</script>", "../../etc/passwd", "0123456789AB", "a" * 5000])
def test_what_is_no_version_is_named_and_gone_from_the_address(open_page: Open, hostile: str) -> None:
    app = open_page("compare", catalog=hostile)
    assert "which is no version of a catalog; today's values are shown." in app.warning[0].value
    assert len(app.warning[0].value) < 250
    assert "catalog" not in app.query_params
    app.run()
    assert not app.warning


def test_dismissing_takes_the_version_out_of_the_address_for_good(open_page: Open, earlier: Catalog) -> None:
    app = open_page("compare", catalog=EARLIER)
    app.button(key=DISMISS).click().run()
    assert "catalog" not in app.query_params
    assert "since this link was made" not in words(app)
    # The browser has not heard of it when the next click comes.
    app.query_params["catalog"] = EARLIER
    app.segmented_control(key="compare_rows").set_value("All").run()
    assert "since this link was made" not in words(app)
    assert "catalog" not in app.query_params


def test_the_version_stays_in_the_address_whatever_the_page_writes_there(open_page: Open, earlier: Catalog) -> None:
    app = open_page("models", catalog=EARLIER, pick=f"{FLASH},gpt-5")
    assert app.query_params["catalog"] == EARLIER
    app.text_input(key="models_search").set_value("flash").run()
    assert app.query_params["q"] == "flash"
    assert app.query_params["catalog"] == EARLIER
    assert "1 value changed" in words(app)


def test_a_model_that_is_gone_today_is_named_by_the_link_of_its_time(
    open_page: Open, earlier: Catalog, keep: Callable[[Catalog], None]
) -> None:
    gone = earlier.models[FLASH].model_copy(update={"id": "gemini-9-gone", "name": "Gemini 9 Gone"})
    keep(replace(earlier, models={**earlier.models, "gemini-9-gone": gone}))
    text = words(open_page("compare", catalog=EARLIER, models="gemini-2.5-pro,gemini-9-gone"))
    assert "Before Now Gemini 9 Gone Model Gemini 9 Gone not in the catalog" in text


def test_names_and_values_of_a_catalog_are_inert(earlier: Catalog) -> None:
    hostile = Changed("<i>id</i>", "<b>label</b>", "model", "<script>1</script>", "<img src=x>")
    html = changed.changed_html([hostile], earlier, earlier, frozenset(Group), ("2026-11-22", "2026-11-26"))
    assert not [sign for sign in ("<i>", "<b>", "<script>", "<img") if sign in html]


def test_a_price_that_changed_is_told_on_the_cost_page(open_page: Open, keep: Callable[[Catalog], None]) -> None:
    today = compiled.load()
    claims = today.models[FLASH].claims["prices.input"]
    # Its list price is $0.10; $0.15 is that of another platform.
    before = tuple(each.model_copy(update={"value": 0.3}) if each.value == 0.1 else each for each in claims)
    keep(with_flash(today, prices__input=before))
    text = words(open_page("cost", catalog=EARLIER))
    assert "Gemini 2.0 Flash Input tokens, per million $0.30 $0.10" in text


# The view for guests.


def test_guests_get_no_popover_and_a_way_to_the_full_view(open_page: Open) -> None:
    app = open_page("compare", guest="true", models=f"gemini-2.5-pro,{FLASH}", catalog=compiled.load().version)
    assert not [each for each in app.get("bidi_component") if '"note"' in each.proto.json]
    (footer,) = [each.proto.body for each in app.get("html") if "shown-by" in each.proto.body]
    assert f"Catalog {compiled.load().version}, as of" in footer
    assert f'href="?models=gemini-2.5-pro,{FLASH}&amp;catalog={compiled.load().version}"' in footer


def test_view_guest_is_read_as_well_and_leaves_a_pages_own_view_alone(open_page: Open) -> None:
    app = open_page("cost", view="guest")
    assert app.query_params["guest"] == "true"
    assert "view" not in app.query_params
    assert not app.warning
    both = open_page("cost", view="movers", guest="true")
    assert both.segmented_control(key="cost_view").value == "movers"


@pytest.mark.parametrize("page", ["playground", "documents", "batch", "history"])
def test_a_page_of_controls_alone_tells_guests_what_it_is(open_page: Open, page: str) -> None:
    app = open_page(page, guest="true")
    assert "so there is nothing to read." in words(app)
    assert "Open the full view" in words(app)
    assert not app.button
    assert not app.text_area


def test_the_leaderboard_keeps_its_guests(open_page: Open) -> None:
    app = open_page("models", guest="true", lab="openai")
    assert app.query_params["guest"] == "true"
    assert app.query_params["lab"] == "openai"
