"""What stands in the address stays true when clicks come faster than the browser learns of it."""

from collections.abc import Callable

from streamlit.testing.v1 import AppTest

Open = Callable[..., AppTest]


def test_a_second_click_with_the_address_from_before_takes_nothing_back(open_page: Open) -> None:
    app = open_page("benchmarks")
    app.pills(key="benchmarks_area").set_value(["code"]).run()
    assert app.query_params["area"] == "code"
    # The browser has not heard of the first click when it sends the second.
    app.query_params.clear()
    app.segmented_control(key="benchmarks_measured").set_value("maker").run()
    assert app.pills(key="benchmarks_area").value == ["code"]
    assert app.query_params["area"] == "code"
    assert app.query_params["measured"] == "maker"


def test_a_second_model_is_kept_when_the_address_is_late(open_page: Open) -> None:
    app = open_page("compare")
    picked = ["gemini-4-argon", "gemini-3.8-flash", "gemini-2.5-pro"]
    app.multiselect(key="compare_models").set_value(picked[:2]).run()
    app.query_params.clear()
    app.multiselect(key="compare_models").set_value(picked).run()
    assert app.multiselect(key="compare_models").value == picked
    assert app.query_params["models"] == ",".join(picked)


def test_back_still_brings_the_earlier_view(open_page: Open) -> None:
    app = open_page("benchmarks")
    app.pills(key="benchmarks_area").set_value(["code"]).run()
    app.segmented_control(key="benchmarks_measured").set_value("maker").run()
    # Back: the address changes and no widget does.
    del app.query_params["measured"]
    app.run()
    assert app.segmented_control(key="benchmarks_measured").value == "all"
    assert app.pills(key="benchmarks_area").value == ["code"]


def test_back_brings_two_changes_back_at_once(open_page: Open) -> None:
    app = open_page("compare", models="gemini-4-argon,gemini-3.8-flash", rows="all")
    app.query_params["models"] = "gemini-2.5-pro,gemini-2.5-flash"
    del app.query_params["rows"]
    app.run()
    assert app.multiselect(key="compare_models").value == ["gemini-2.5-pro", "gemini-2.5-flash"]
    assert app.segmented_control(key="compare_rows").value == "Differences"


def test_the_card_opens_on_the_model_that_was_chosen_elsewhere(open_page: Open) -> None:
    app = open_page("compare", models="llama-4-scout,llama-4-maverick")
    app.query_params.clear()
    app.switch_page("pages/model.py").run()
    assert app.selectbox(key="model_id").value == "llama-4-scout"


def test_an_address_cannot_put_headings_or_links_on_the_page(open_page: Open) -> None:
    app = open_page("sources", show="\n\n# Hi [go](https://evil.example)")
    assert all("\n" not in each.value for each in app.warning)
