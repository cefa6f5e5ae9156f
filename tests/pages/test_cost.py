"""The cost page as a visitor reads it, against bills worked out by hand from the prices in tests/cost/test_bills.py."""

import json
import re
from collections.abc import Callable
from html import unescape
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from components.history.store import open_store
from tests.archive.examples import run

Open = Callable[..., AppTest]
DAY = "2026-11-26"
MODERN = "gemini-2.5-pro,gemini-2.5-flash"
CHANGING = "gemini-4-argon,gemini-3.8-flash"
FURTHER = ("thinking", "cached", "batch", "long", "long_input", "images", "audio", "video", "stored", "hours", "growth")


def words(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def text(app: AppTest) -> str:
    return words(" ".join(each.proto.body for each in app.get("html")))


def answer(app: AppTest) -> str:
    return next(words(each.proto.body) for each in app.get("html") if 'class="strip answer"' in each.proto.body)


def bill(app: AppTest) -> str:
    return next(words(each.proto.body) for each in app.get("html") if 'class="facts bills"' in each.proto.body)


def warnings(app: AppTest) -> list[str]:
    return [each.value for each in app.warning]


def asked(app: AppTest, name: str) -> str:
    """What the address says for one parameter, which AppTest keeps as a list where a page has written it."""
    value = app.query_params[name]
    return value if isinstance(value, str) else value[0]


def charts(app: AppTest) -> dict[str, dict]:
    return {each.proto.alt: json.loads(each.proto.spec) for each in app.get("plotly_chart")}


def test_the_answer_stands_on_top_with_how_sure_it_is_and_what_would_change_it(open_page: Open) -> None:
    app = open_page("cost", models=CHANGING, on=DAY)
    said = answer(app)
    # 4 Argon: 200 x (0.3 x 2 + 0.004 x 10) = 128 a day; 3.8 Flash: 200 x (0.3 x 0.75 + 0.004 x 3.75) = 48 a day.
    assert said.startswith(
        "3.8 Flash is cheaper by $2,400.00 a month: $1,440.00 against $3,840.00 for 4 Argon, which is 2.7× as much."
    )
    assert "No two sources conflict over these prices" in said
    assert "From 1 Dec 2026, by announced prices, 4 Argon rises to $7,680.00 a month" in said
    assert text(app).index("3.8 Flash is cheaper") < text(app).index("From 26 Nov 2026")


def test_the_bill_of_a_month_a_year_and_a_thousand_requests_by_hand(open_page: Open) -> None:
    shown = bill(open_page("cost", models=MODERN, on=DAY))
    # 2.5 Pro: 162 a day, 30 days, 365 days, and 162 / 200 x 1,000; 2.5 Flash: 20 a day.
    assert "$4,860.00 $59,130 $810.00 8.1×" in shown
    assert "$600.00 $7,300.00 $100.00 the cheapest" in shown


def test_each_line_of_a_bill_has_its_price_its_kind_its_source_and_its_date(open_page: Open) -> None:
    shown = bill(open_page("cost", models=MODERN, on=DAY))
    assert "Input tokens 60,000,000 $2.50 $150.00 third party LiteLLM price file" in shown
    assert "Output and thinking tokens 800,000 $15.00 $12.00 third party" in shown
    assert "22 Aug 2026" in shown
    assert "All of a day $162.00 $4,860.00 in 30 days" in shown


def test_no_list_price_is_an_answer_of_its_own_with_what_is_known_instead(open_page: Open) -> None:
    app = open_page("cost", on=DAY)
    assert answer(app).startswith(
        "Which is cheapest cannot be said, since 2.0 Pro exp has no list price; 2.0 Flash costs $189.60 a month."
    )
    shown = bill(app)
    assert "no list price Free while on trial; no paid price was found." in shown
    assert "$0.00 (free while on trial)" in shown
    assert "reseller nano-gpt" in shown
    assert "$0 " not in shown


def test_every_number_of_the_workload_is_in_the_address_where_it_is_not_the_usual_one(open_page: Open) -> None:
    app = open_page("cost", models=MODERN, on=DAY)
    assert {*app.query_params} - {"on"} == {"models"}
    app.number_input(key="cost_requests").set_value(400).run()
    assert asked(app, "requests") == "400"
    assert "$1,200.00 against $9,720.00" in answer(app)
    app.number_input(key="cost_requests").set_value(200).run()
    assert "requests" not in app.query_params


def test_another_use_sets_all_numbers_anew(open_page: Open) -> None:
    app = open_page("cost", models=MODERN, on=DAY, input="1000", cached="500")
    app.selectbox(key="cost_use").set_value("chat").run()
    assert {*app.query_params} - {"on"} == {"models", "use"}
    assert app.number_input(key="cost_input").value == 1_500
    # 20,000 x (700 x 1.25 + 800 x 0.125 + 300 x 10) / 1e6 = 79.5 a day; 20,000 x (700 x 0.3 + 800 x 0.03 + 300 x 2.5).
    assert "$590.40 against $2,385.00" in answer(app)


def test_folded_numbers_count_and_are_not_forgotten(open_page: Open) -> None:
    app = open_page("cost", models=MODERN, on=DAY, thinking="0", batch="50")
    # Pro: 200 x (0.3 x 2.5 + 0.003 x 15) = 159 a day, three quarters of it with half in batch at half the price.
    assert "$3,577.50 for 2.5 Pro" in answer(app)
    app.number_input(key="cost_requests").set_value(400).run()
    assert "$7,155.00 for 2.5 Pro" in answer(app)
    assert asked(app, "batch") == "50"


@pytest.mark.parametrize(
    "hostile", ["<script>alert(1)</script>", "-1", "1e99999", "nan", "`x`", "9" * 400, "%00", "٣", "NaN; DROP TABLE"]
)
def test_a_hostile_address_is_named_and_shows_the_usual_bill(open_page: Open, hostile: str) -> None:
    params = dict.fromkeys(
        ("requests", "input", "output", *FURTHER, "skill", "use", "on", "platforms", "view"), hostile
    )
    params["growth"] = hostile if hostile != "-1" else "-95"
    app = open_page("cost", models=MODERN, **params)
    assert "$600.00 against $4,860.00" in answer(app)
    assert len(warnings(app)) >= 18
    assert "<script>" not in "".join(each.proto.body for each in app.get("html"))


def test_an_impossible_workload_is_said_at_the_form_and_gets_no_bill(open_page: Open) -> None:
    app = open_page("cost", models=MODERN, input="100", cached="200")
    assert any("The cached tokens are a part of the input tokens and cannot be more." in each for each in warnings(app))
    assert 'class="facts bills"' not in "".join(each.proto.body for each in app.get("html"))


def test_the_platform_that_counts_is_chosen_and_kept(open_page: Open) -> None:
    app = open_page("cost", on=DAY, platforms="vertex-ai")
    assert "2.0 Flash costs $284.40 a month" in answer(app)
    app.selectbox(key="cost_platforms").set_value("cheapest").run()
    assert "2.0 Flash costs $189.60 a month" in answer(app)
    assert "platforms" not in app.query_params


def test_a_day_ahead_takes_the_announced_prices(open_page: Open) -> None:
    app = open_page("cost", models=CHANGING, on="2027-01-01")
    assert answer(app).startswith("3.8 Flash is cheaper by $4,800.00 a month: $2,880.00 against $7,680.00 for 4 Argon")


@pytest.mark.parametrize("view", ["months", "movers", "together", "history"])
def test_every_chart_has_its_sentence_on_screen_and_as_alternative_text(open_page: Open, view: str) -> None:
    app = open_page("cost", models=MODERN, on=DAY, view=view)
    (alt,) = charts(app)
    assert alt in text(app)


def test_the_twelve_months_stand_first(open_page: Open) -> None:
    app = open_page("cost", models=MODERN, on=DAY)
    assert "From 26 Nov 2026 to 25 Nov 2027: $59,130 with 2.5 Pro and $7,300 with 2.5 Flash." in text(app)


def test_what_moves_the_bill_most_by_hand(open_page: Open) -> None:
    app = open_page("cost", models=MODERN, on=DAY, view="movers")
    # Half of the input is under 200,000 tokens and charged at 1.25 and 10: (30 x 1.25 + 0.8 x 10) x 30 = 1,365.
    assert "The bill of 2.5 Pro is $4,860 a month." in text(app)
    table = next(words(each.proto.body) for each in app.get("html") if "Halved, USD a month" in each.proto.body)
    assert "Input tokens a request $1,365 $4,860 $9,360" in table
    assert "Output tokens a request $4,725 $4,860 $5,130" in table


def test_both_models_together_cost_and_get_right_what_the_share_says(open_page: Open) -> None:
    app = open_page("cost", models=MODERN, on=DAY, view="together", quality="aider_polyglot")
    assert "20% to 2.5 Pro by lot: $242.00 for 1,000 requests, 51% right" in text(app)
    assert "worth $2.02 or more" in text(app)
    assert "it is no measured value" in text(app)
    app.slider(key="cost_share").set_value(50).run()
    # 0.5 x 810 + 0.5 x 100
    assert "50% to 2.5 Pro by lot: $455.00 for 1,000 requests" in text(app)
    assert asked(app, "share") == "50"


def test_models_that_no_source_tested_alike_get_no_quality(open_page: Open) -> None:
    app = open_page("cost", models=CHANGING, on=DAY, view="together")
    assert "No source has tested 3.8 Flash and 4 Argon alike" in text(app)


def test_a_view_that_needs_two_prices_says_so_without_them(open_page: Open) -> None:
    for view in ("even", "together"):
        assert "Two models with list prices are needed here" in text(open_page("cost", on=DAY, view=view))


def test_the_prices_over_time_of_each_model_can_be_seen(open_page: Open) -> None:
    app = open_page("cost", models=CHANGING, on=DAY, view="history", of="gemini-3.8-flash")
    assert "List prices of Gemini 3.8 Flash for a million tokens" in text(app)


def test_own_runs_that_there_are_not_change_nothing_and_are_said(open_page: Open) -> None:
    app = open_page("cost", models=MODERN, on=DAY)
    app.button(key="cost_from_runs").click().run()
    assert any("No run of yours counts yet" in each.value for each in app.caption)
    assert "$600.00 against $4,860.00" in answer(app)


def test_own_runs_fill_the_numbers_in_and_are_named_until_one_is_changed(open_page: Open, tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path / 'history.sqlite'}")
    store.begin(run("r1"))
    app = open_page("cost", models=MODERN, on=DAY)
    app.button(key="cost_from_runs").click().run()
    # Each answer of the run took 7 tokens in and 10 out, and no thinking.
    assert [app.number_input(key=f"cost_{name}").value for name in ("input", "output")] == [7, 10]
    assert [asked(app, name) for name in ("input", "output", "thinking")] == ["7", "10", "0"]
    rests = "Input, output, thinking and cached tokens are the means of your one run."
    assert rests in [each.value for each in app.caption]
    app.number_input(key="cost_input").set_value(8).run()
    assert rests not in [each.value for each in app.caption]
    store.close()


def test_a_break_even_turns_the_answer_where_it_says(open_page: Open) -> None:
    params = {"models": "gemini-2.5-pro,claude-sonnet-5", "on": "2026-09-01", "use": "code", "batch": "30"}
    app = open_page("cost", view="even", **params)
    (table,) = [words(each.proto.body) for each in app.get("html") if "facts bills even" in each.proto.body]
    found = re.search(r"Share of long requests 2% ([0-9.]+)%", table)
    assert found
    assert f"Claude Sonnet 5 would be cheaper with the share of long requests above {found[1]}% (now 2%)" in answer(app)
    limit = float(found[1])
    below, above = (answer(open_page("cost", long=f"{limit + step:.2f}", **params)) for step in (-0.1, 0.1))
    assert below.startswith("2.5 Pro is cheaper by ")
    assert above.startswith("Claude Sonnet 5 is cheaper by ")
