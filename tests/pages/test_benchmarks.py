"""The benchmarks page as a visitor reads it; figures of the default pair are from the Gemma 3 report, Table 6.

Intervals were worked out apart from the program, by Newcombe's method 10 from the numbers of questions: 198 for GPQA
Diamond, 12,032 for MMLU-Pro, 1,719 for FACTS Grounding.
"""

import json
import re
from collections.abc import Callable
from html import unescape

import pytest
from streamlit.testing.v1 import AppTest

Open = Callable[..., AppTest]
THREE = "gemini-2.5-pro,gemini-2.0-flash,gemini-2.0-pro-exp-02-05"


def words(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def text(app: AppTest) -> str:
    return words(" ".join(each.proto.body for each in app.get("html")))


def table(app: AppTest) -> str:
    return next(each.proto.body for each in app.get("html") if 'class="facts tests' in each.proto.body)


def row(app: AppTest, name: str) -> str:
    """What a row of the table shows before it is opened."""
    found = re.search(rf'<tr data-test="{name}">(.*?)<details', table(app), re.DOTALL)
    assert found
    return words(found[1])


def captions(app: AppTest) -> str:
    return " ".join(each.value for each in app.caption)


def charts(app: AppTest) -> dict[str, dict]:
    """The figure specs of the page by the sentence that is their alternative text."""
    return {each.proto.alt: json.loads(each.proto.spec) for each in app.get("plotly_chart")}


def test_the_verdicts_stand_above_everything_in_one_sentence(open_page: Open) -> None:
    strip = next(each.proto.body for each in open_page("benchmarks").get("html") if 'class="strip"' in each.proto.body)
    counts = re.match(r"(\d+) shared tests: (.*?)\.", words(strip))
    assert counts
    assert int(counts[1]) == sum(int(each) for each in re.findall(r"\d+", counts[2]))
    assert int(counts[1]) == 23
    assert "2 further tests only one of them took" in words(strip)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("gpqa_diamond", ["198 questions", "64.7%", "60.1%", "+4.6", "−4.9 to +14.0", "too close to call"]),
        ("mmlu_pro", ["12,032 questions", "79.1%", "77.6%", "+1.5", "+0.5 to +2.5", "small but real"]),
        (
            "facts_grounding",
            [
                "1,719 questions",
                "82.8%",
                "84.6%",
                "−1.8",
                "−4.3 to +0.7",
                "too close to call",
                "2.0 Flash ahead by 1.8",
            ],
        ),
        ("lmarena_text", ["1,397", "1,362", "+35", "clear", "2.0 Pro exp preferred in 55 of 100 votes"]),
        ("livebench_coding", ["interval not known", "noise not known"]),
    ],
)
def test_each_test_shows_scores_difference_interval_and_verdict(open_page: Open, name: str, shown: list[str]) -> None:
    found = row(open_page("benchmarks"), name)
    assert [each for each in shown if each not in found] == []


def test_a_row_opens_to_its_source_its_conditions_and_every_other_score(open_page: Open) -> None:
    found = re.search(r'<tr data-test="mmmu">.*?</tr>', table(open_page("benchmarks")), re.DOTALL)
    assert found
    opened = words(found[0])
    assert "Gemma 3 Technical Report, Table 6" in opened
    assert "measured by the maker" in opened
    assert opened.count("2.0 Flash 71.7%") + opened.count("2.0 Flash 70.7%") >= 2


def test_less_is_better_is_said_and_counted(open_page: Open) -> None:
    found = row(open_page("benchmarks"), "nonresponse_rate")
    assert "lower is better" in found
    # 21.0% against 29.4%: the smaller figure leads.
    assert "2.0 Pro exp ahead by 8.4 points" in found


def test_every_chart_has_its_sentence_on_screen_and_as_alternative_text(open_page: Open) -> None:
    app = open_page("benchmarks")
    shown = text(app)
    found = charts(app)
    assert len(found) == 5
    assert all(alt in shown for alt in found)


def test_hollow_dots_are_the_makers_own_and_whiskers_stand_only_where_the_noise_is_known(open_page: Open) -> None:
    found = charts(open_page("benchmarks"))
    figure = next(spec for alt, spec in found.items() if "tests in percent, 2.0 Pro" in alt)
    pro = figure["data"][0]
    at = pro["x"].index(64.7)
    assert pro["marker"]["symbol"][at] == "circle-open"
    # Wilson's interval of 64.7% of 198 questions is 57.8% to 71.0%.
    assert pro["error_x"]["arrayminus"][at] == pytest.approx(64.7 - 57.8, abs=0.05)
    unknown = pro["x"].index(61.75)
    assert pro["marker"]["symbol"][unknown] == "circle"
    assert pro["error_x"]["array"][unknown] == 0


def test_filters_hide_rows_say_how_many_are_left_and_stay_in_the_address(open_page: Open) -> None:
    app = open_page("benchmarks", area="code", measured="maker")
    assert "2 of 23 tests shown" in captions(app)
    hidden = next(each.proto.body for each in app.get("html") if "display: none" in each.proto.body)
    assert 'data-test="mmlu_pro"' in hidden
    assert 'data-test="bird_sql"' not in hidden
    app.segmented_control(key="benchmarks_measured").set_value("all").run()
    assert "3 of 23 tests shown" in captions(app)
    assert "measured" not in app.query_params
    assert app.query_params["area"] == "code"


def test_filters_change_no_verdict(open_page: Open) -> None:
    alone = row(open_page("benchmarks", area="factuality"), "confabulation_rate")
    # −8.5 with an interval of −16.2 to −0.7 would count alone, but not as one of many.
    assert "too close to call" in alone
    assert "chance could well give one like it" in alone


def test_no_test_left_is_explained(open_page: Open) -> None:
    app = open_page("benchmarks", area="preference", verdict="close")
    assert "0 of 23 tests shown" in captions(app)
    assert any("Take one off" in each.value for each in app.info)


def test_one_source_alone_counts_when_asked(open_page: Open) -> None:
    app = open_page("benchmarks", source="livebench")
    assert "7 of 7 tests shown" in captions(app)
    assert 'data-test="mmlu_pro"' not in table(app)


def test_three_models_offer_the_choice_of_the_pair(open_page: Open) -> None:
    app = open_page("benchmarks", models=THREE, pair="gemini-2.0-flash,gemini-2.0-pro-exp-02-05")
    # Seen from Flash: 60.1 less 64.7.
    assert "−4.6" in row(app, "gpqa_diamond")
    assert "none to compare" in row(app, "gpqa_diamond")
    app.segmented_control(key="benchmarks_pair").set_value("gemini-2.5-pro,gemini-2.0-flash").run()
    assert "pair" not in app.query_params
    assert "2.5 Pro minus 2.0 Flash" in words(table(app))


def test_unknown_values_in_the_address_get_a_sentence_and_the_rest_is_shown(open_page: Open) -> None:
    app = open_page(
        "benchmarks", area="code,alchemy", source="nobody", test="iq", quality="x", measured="me", against="y"
    )
    said = " ".join(each.value for each in app.warning)
    for asked in ("area=alchemy", "source=nobody", "test=iq", "quality=x", "measured=me", "against=y"):
        assert f"`{asked}`" in said
    assert "3 of 23 tests shown" in captions(app)


def test_the_articles_figures_stand_apart_and_are_struck_through_where_measured_otherwise(open_page: Open) -> None:
    app = open_page("benchmarks")
    said = next(each.proto.body for each in app.get("html") if "As written there" in each.proto.body)
    for wrong, right in (("52.9%", "91.8%"), ("44.6%", "90.9%")):
        struck = re.search(rf"<tr>(?:(?!</tr>).)*<s><em>{wrong}</em></s>.*?</tr>", said, re.DOTALL)
        assert struck
        assert right in struck[0]
    # Nobody measured these two on HumanEval.
    assert "<s><em>85.7%" not in said
    assert "52.9%" not in row(app, "math")
    assert "52.9% illustrative" in words(table(app))


def test_speed_and_cost_are_a_table_in_words(open_page: Open) -> None:
    shown = text(open_page("benchmarks"))
    assert "2.0 Flash writes 1.6× as fast" in shown
    assert "2.0 Pro exp costs 17.4× as much" in shown


def test_a_model_without_a_list_price_is_named_and_not_drawn(open_page: Open) -> None:
    app = open_page("benchmarks", whom="these")
    assert "Not drawn, no list price: 2.0 Pro exp." in captions(app)
    figure = next(spec for alt, spec in charts(app).items() if alt.startswith("The only model"))
    assert [trace["name"] for trace in figure["data"]] == ["2.0 Flash"]


def test_quality_against_speed_takes_the_model_without_a_price_in(open_page: Open) -> None:
    app = open_page("benchmarks", whom="these", against="kagi_speed~kagi_2025_02~February 2025")
    assert "Not drawn" not in captions(app)
    assert "2.0 Flash and 2.0 Pro exp are on the line" in text(app)


def test_fewer_than_three_common_tests_make_a_sentence_and_no_radar(open_page: Open) -> None:
    app = open_page("benchmarks", models="gemini-2.0-pro-exp-02-05,gpt-5")
    shown = text(app)
    assert "No radar" in shown
    assert "never drawn as zero" in shown


def test_a_card_says_in_plain_words_what_a_test_is_worth(open_page: Open) -> None:
    shown = text(open_page("benchmarks", test="gpqa_diamond"))
    for part in ("Measures", "Misses", "So what", "Questions", "198, by", "How used up", "Paper"):
        assert part in shown


def test_a_chosen_test_is_kept_in_the_address(open_page: Open) -> None:
    app = open_page("benchmarks")
    app.selectbox(key="benchmarks_test").set_value("mmlu_pro").run()
    assert app.query_params["test"] == "mmlu_pro"


def test_shared_tests_that_cannot_be_drawn_blame_no_filter(open_page: Open) -> None:
    app = open_page("benchmarks", models="gemini-3.1-pro-preview,gemini-3.8-flash")
    assert "2 shared tests: 2 not comparable. No lead is clear." in text(app)
    assert app.info[0].value.startswith("No chart: the scores of these tests have no scale in common.")
    assert "filter" not in app.info[0].value


def test_models_without_a_common_test_are_told_so_with_one_click_to_two_that_have_some(open_page: Open) -> None:
    app = open_page("benchmarks", models="gemini-2.0-pro-exp-02-05,gemini-3.8-flash")
    assert "No shared test." in text(app)
    assert "No source has tested both 2.0 Pro exp and 3.8 Flash" in app.info[0].value
    link = app.get("page_link")[0].proto
    assert link.label.startswith("Compare 2.0 Pro exp with ")
    assert "models=gemini-2.0-pro-exp-02-05" in link.query_string
    assert "gemini-3.8-flash" not in link.query_string


def test_scores_that_may_not_be_compared_are_not_set_side_by_side_and_open_to_all_of_them(open_page: Open) -> None:
    app = open_page("benchmarks", models="gemini-2.5-pro,gemini-2.0-flash")
    assert "%" not in row(app, "gpqa_diamond")
    assert "not comparable Both have scores, but of different sources" in row(app, "gpqa_diamond")
    found = re.search(r'<tr data-test="gpqa_diamond">.*?</tr>', table(app), re.DOTALL)
    assert found
    assert "2.0 Flash 60.1%" in words(found[0])


def test_models_without_any_list_price_get_a_sentence_and_no_chart(open_page: Open) -> None:
    app = open_page("benchmarks", models="gemini-2.0-pro,llama-4-maverick", whom="these")
    assert not app.exception
    assert "None of these models has both" in " ".join(each.proto.body for each in app.get("html"))


def test_the_article_is_named_and_only_its_own_figures_are_called_illustrative(open_page: Open) -> None:
    text = " ".join(each.proto.body for each in open_page("benchmarks").get("html"))
    assert "Gemini 2.0 Pro vs. Flash: A Deep Technical Comparison" in text
    other = open_page("benchmarks", models="gemini-2.0-flash-exp,gemini-2.5-pro")
    assert "What the article says" not in [each.value for each in other.subheader]
