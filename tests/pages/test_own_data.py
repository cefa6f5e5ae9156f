"""A visitor adds own results and sees them on every page, marked, until they are taken out."""

from collections.abc import Callable

from streamlit.testing.v1 import AppTest

from tests.pages.test_pages import words

Open = Callable[..., AppTest]

_TABLE = (
    "model,benchmark,score,n,conditions\n"
    "gemini-2.0-flash,HumanEval,91.3,164,our harness\n"
    "gemini-2.0-pro,HumanEval,93.3,164,our harness\n"
)


def with_own_data(open_page: Open, text: str = _TABLE) -> AppTest:
    app = open_page("models")
    app.get("file_uploader")[0].upload("mine.csv", text.encode(), "text/csv").run()
    app.button(key="models_own_show").click().run()
    assert not app.exception
    return app


def test_own_results_stand_on_other_pages_marked_as_own(open_page: Open) -> None:
    app = with_own_data(open_page)
    assert "2 results of yours beside the catalog." in [each.value for each in app.success]
    app.switch_page("pages/compare.py").run()
    text = words(app)
    assert "Data of yours is shown to you alone" in text
    row = text[text.index("HumanEval") :][:700]
    assert "91.3%" in row
    assert "your own" in row


def test_own_data_is_taken_out_again(open_page: Open) -> None:
    app = with_own_data(open_page)
    app.button(key="frame_own_remove").click().run()
    app.switch_page("pages/compare.py").run()
    assert "91.3%" not in words(app)
    assert "Data of yours" not in words(app)


def test_a_table_that_cannot_be_read_changes_nothing_and_says_why(open_page: Open) -> None:
    app = with_own_data(open_page, "model,benchmark,score\nnobody,HumanEval,50\n")
    assert "what you see has not changed" in app.error[0].value
    assert "nobody" in app.code[0].value
    app.switch_page("pages/compare.py").run()
    assert "Data of yours" not in words(app)


def test_a_new_visitor_sees_nothing_of_it(open_page: Open) -> None:
    with_own_data(open_page)
    assert "91.3%" not in words(open_page("compare", rows="all"))


_MODEL = (
    "id: house-model\nname: House model\nshort_name: House\nlab: own\nfamily: House\ntier: pro\nidentity: [own]\n"
    "context_window:\n  - {value: 4096, unit: tokens, source: own, as_of: 2026-11}\n"
)


def test_taking_data_out_leaves_a_leaderboard_that_had_picked_it(open_page: Open) -> None:
    app = open_page("models")
    app.get("file_uploader")[0].upload("house.yaml", _MODEL.encode(), "text/yaml").run()
    app.button(key="models_own_show").click().run()
    app.multiselect(key="models_pick").set_value(["house-model", "gemini-2.0-flash"]).run()
    assert not app.exception
    app.button(key="frame_own_remove").click().run()
    assert not app.exception
    assert "house-model" not in app.multiselect(key="models_pick").value


def test_own_results_never_take_the_place_of_a_sourced_comparison(open_page: Open) -> None:
    rows = "".join(
        f"{name},GPQA Diamond,{score},198,our harness,independent\n"
        for name, score in (("gemini-2.0-pro", 99), ("gemini-2.0-flash", 9))
    )
    app = with_own_data(open_page, f"model,benchmark,score,n,conditions,measured_by\n{rows}")
    app.switch_page("pages/benchmarks.py").run()
    assert "−4.9 to +14.0" in words(app)
