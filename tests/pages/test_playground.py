"""The playground from the prompt to the figures, against the built-in simulator over HTTP."""

import re
from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from components.playground.presets import PRESETS
from tests.pages.asking import QUICK, answers, ask, choose, fill, html, press, rows, sent, shown, words

Open = Callable[..., AppTest]


def test_without_a_key_both_sides_answer_and_are_marked_as_simulated(open_page: Open) -> None:
    app = ask(open_page("playground"), QUICK + "Explain a hash table")
    text = words(app)
    assert text.count("◌ Simulated") == 3
    assert "no model wrote it, and it is no evidence" in text
    first, second = answers(app)
    assert first != second


def test_the_figures_name_what_was_asked_what_answered_and_what_it_costs(open_page: Open) -> None:
    measured = rows(ask(open_page("playground"), QUICK + "Explain a hash table"), "Measured in a simulated run")
    assert measured["Requested model"] == ["gemini-2.0-pro-exp-02-05", "gemini-2.0-flash"]
    assert measured["Served model"] == measured["Requested model"]
    assert measured["Finish reason"] == ["STOP", "STOP"]
    assert measured["Cost"][0].startswith("no list price (free while on trial; ")
    cost = re.match(r"\$([\d.]+) at the list price of 22 Aug 2026; simulated, nothing is charged", measured["Cost"][1])
    assert cost
    # Flash: $0.10 for a million input tokens, $0.40 for a million output tokens.
    tokens_in, tokens_out = (int(measured[label][1].split()[0]) for label in ("Input tokens", "Output tokens"))
    assert float(cost[1]) == pytest.approx((tokens_in * 0.10 + tokens_out * 0.40) / 1_000_000, abs=5e-7)


def test_published_figures_stand_beside_measured_ones_with_their_source(open_page: Open) -> None:
    app = ask(open_page("playground", models="gemini-2.5-pro,gemini-2.5-flash"), QUICK + "Explain a hash table")
    measured = rows(app, "Measured in a simulated run")
    # The documentation's limits of both models, the same for input and output.
    assert all("published: context window of 1,048,576 tokens" in text for text in measured["Input tokens"])
    assert all("published: output limit of 65,536 tokens" in text for text in measured["Output tokens"])
    assert "published: $0.30 in and $2.50 out for a million tokens" in measured["Cost"][1]
    assert all(text.count("source") == 1 for text in measured["Input tokens"])


def test_tokens_and_cost_are_said_before_anything_is_sent(open_page: Open) -> None:
    app = open_page("playground", models="gemini-2.5-pro,gemini-2.5-flash")
    assert 'class="ahead"' not in html(app)
    fill(app, "number_input", {"max_output_tokens": 1000})
    app.text_area(key="playground_prompt").set_value("Explain a hash table").run()
    lines = re.findall(r"<li>(.*?)</li>", html(app).partition('class="ahead"')[2], re.DOTALL)[:2]
    assert all("tokens in" in line and "under 0.1% of the context window" in line for line in lines)
    # Flash: at most 1,000 output tokens at $2.50 a million, and a few input tokens at $0.30.
    assert "costs up to $0.0025" in lines[1]
    assert "run" not in app.query_params


def test_a_prompt_beyond_the_context_window_is_told_before_it_is_sent(open_page: Open) -> None:
    app = open_page("playground", models="gemini-2.0-flash,gemini-2.5-flash")
    app.text_area(key="playground_prompt").set_value("hash table " * 600_000).run(timeout=60)
    assert "context window" in html(app).partition("ahead-warning")[2][:400]


def test_a_shut_down_model_is_named_before_the_call_and_replaced_by_one_click(open_page: Open) -> None:
    app = open_page("playground")
    assert "Gemini 2.0 Flash was shut down on 1 June 2026." in words(app)
    app.button(key="playground_swap_1").click().run()
    assert app.multiselect(key="playground_models").value == ["gemini-2.0-pro-exp-02-05", "gemini-3.8-flash"]
    assert app.query_params["models"] == "gemini-2.0-pro-exp-02-05,gemini-3.8-flash"


def test_one_side_failing_leaves_the_other_complete(open_page: Open) -> None:
    prompt = f"{QUICK}[[simulate fault=unavailable model=gemini-2.0-flash]] Explain a hash table"
    app = ask(open_page("playground"), prompt)
    assert len(app.error) == 1
    assert "Finish reason STOP none given" in words(app)
    assert app.text_area(key="playground_prompt").value == prompt


def test_the_output_limit_reaches_the_request_and_cuts_the_answer(open_page: Open) -> None:
    app = fill(open_page("playground"), "number_input", {"max_output_tokens": 12})
    measured = rows(ask(app, QUICK + "Explain a hash table"), "Measured")
    assert [text.split()[0] for text in measured["Output tokens"]] == ["12", "12"]
    assert measured["Finish reason"] == ["MAX_TOKENS", "MAX_TOKENS"]
    assert len(app.info) == 2


def test_an_empty_prompt_sends_nothing(open_page: Open) -> None:
    app = ask(open_page("playground"), "   ")
    assert app.warning[0].value == "Write a prompt first; nothing was sent."
    assert "run" not in app.query_params


def test_an_unknown_run_in_the_address_is_explained(open_page: Open) -> None:
    app = open_page("playground", run="gone")
    assert "The run in this address is not on this server and not in your history." in app.info[0].value


def test_checking_what_answers_asks_the_service(open_page: Open) -> None:
    app = open_page("playground")
    app.button(key="playground_check").click().run()
    text = words(app)
    assert "gemini-2.0-pro-exp-02-05 answered" in text
    assert "gemini-2.0-flash answered" in text
    assert any("The service lists 30 models" in each.value for each in app.caption)


def test_a_key_that_cannot_be_one_is_refused_without_being_shown(open_page: Open) -> None:
    app = open_page("playground")
    app.text_input(key="playground_key").set_value("not a key").run()
    assert "contains a space or another character that no key has" in app.error[0].value
    assert "not a key" not in app.error[0].value
    assert app.button(key="playground_run").disabled


def test_a_wrong_address_in_the_environment_is_explained(open_page: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GOOGLE_GEMINI_BASE_URL", "ftp://example.com")
    app = open_page("playground")
    assert "GOOGLE_GEMINI_BASE_URL is not a web address." in app.error[0].value


def test_a_model_can_be_called_by_another_of_its_ids_or_by_any_name(open_page: Open) -> None:
    app = open_page("playground")
    first = app.selectbox(key="playground_model_id_gemini-2.0-pro-exp-02-05")
    assert first.options == ["gemini-2.0-pro-exp-02-05", "gemini-2.0-pro-exp", "gemini-2.0-pro"]
    first.set_value("gemini-2.0-pro").run()
    measured = rows(ask(app, QUICK + "Explain a hash table"), "Measured")
    assert measured["Requested model"] == ["gemini-2.0-pro", "gemini-2.0-flash"]
    assert measured["Cost"][0].startswith("no list price (free while on trial")


def test_a_wrong_key_does_not_hide_the_answers_that_are_there(open_page: Open) -> None:
    app = ask(open_page("playground"), QUICK + "Explain a hash table")
    app.text_input(key="playground_key").set_value("not a key").run()
    assert app.error
    assert len(answers(app)) == 2


def test_the_cost_names_where_its_price_comes_from(open_page: Open) -> None:
    measured = rows(ask(open_page("playground"), QUICK + "Explain a hash table"), "Measured")
    assert measured["Price source"][0] == "none"
    assert measured["Price source"][1].startswith("LiteLLM price file")


def test_every_preset_can_be_sent_as_it_stands(open_page: Open) -> None:
    app = open_page("playground", models="gemini-2.5-pro,gemini-2.5-flash")
    fill(app, "number_input", {"tokens_per_second_0": 9000, "tokens_per_second_1": 9000})
    for preset in PRESETS:
        choose(app, "playground_preset", preset.key)
        assert app.text_area(key="playground_prompt").value == preset.prompt
        press(app, "playground_run")
        assert not app.warning
        assert shown(app).setup.preset == preset.key
        for request in sent(app):
            assert request.prompt == preset.prompt
            assert (request.system_instruction or "") == preset.controls.system_instruction
            assert (request.temperature, request.json_mode) == (preset.controls.temperature, preset.controls.json_mode)


def test_a_preset_never_overwrites_a_prompt_of_ones_own(open_page: Open) -> None:
    app = choose(open_page("playground"), "playground_preset", "code")
    choose(app, "playground_preset", "extraction")
    assert app.text_area(key="playground_prompt").value.startswith("Take the order out of this message.")
    app.text_area(key="playground_prompt").set_value("My own words").run()
    choose(app, "playground_preset", "high_throughput")
    assert app.text_area(key="playground_prompt").value == "My own words"
    assert app.number_input(key="playground_temperature").value == 0.7
    # What only the preset before had set is gone.
    assert not app.toggle(key="playground_json_mode").value


def test_repeats_show_the_median_and_the_spread_and_each_answer(open_page: Open) -> None:
    app = fill(open_page("playground"), "number_input", {"repeats": 3})
    ask(app, QUICK + "Explain a hash table")
    lanes = shown(app).lanes
    assert len(lanes) == 6
    spread = rows(app, "Median and spread of 3 answers")
    # The simulator answers the same words every time, so that there is no spread in the tokens.
    tokens = [lanes[side].usage.output_tokens for side in (0, 1)]
    told = [f"median {count} (lowest {count}, highest {count}; 3 answers)" for count in tokens]
    assert spread["Output tokens"] == told
    assert spread["Identical answers"] == ["All 3 answers are identical."] * 2
    choose(app, "playground_repeat", 2)
    assert len(answers(app)) == 2


def test_a_table_of_values_makes_a_run_of_each_row(open_page: Open) -> None:
    app = open_page("playground")
    app.text_area(key="playground_prompt").set_value(QUICK + "Tides in {city} in {month}?").run()
    app.toggle(key="playground_template").set_value(True).run()
    press(app, "playground_run")
    assert app.warning[0].value == "Fill at least one row of the table; nothing was sent."
    table = {"edited_rows": {0: {"city": "Brest", "month": "May"}}, "deleted_rows": []}
    app.session_state["playground_table_city_month"] = {**table, "added_rows": [{"city": "Bari"}]}
    press(app, "playground_run")
    assert app.warning[0].value == "Row 2 has no value for month; nothing was sent."
    assert "run" not in app.query_params
    added = [{"city": "{month}", "month": "June"}]
    app.session_state["playground_table_city_month"] = {**table, "added_rows": added}
    press(app, "playground_run")
    assert [request.prompt.removeprefix(QUICK) for request in sent(app)] == ["Tides in Brest in May?"] * 2
    first, second = app.session_state["playground_rows"]
    assert shown(app).id == first
    choose(app, "playground_row", second)
    assert [request.prompt.removeprefix(QUICK) for request in sent(app)] == ["Tides in {month} in June?"] * 2


def test_braces_are_sent_as_they_are_while_no_table_is_wanted(open_page: Open) -> None:
    app = ask(open_page("playground"), QUICK + "What does {name} mean in Python?")
    assert sent(app)[0].prompt == QUICK + "What does {name} mean in Python?"


def test_a_budget_that_is_used_up_refuses_and_one_that_runs_out_stops(open_page: Open) -> None:
    app = open_page("playground", models="gemini-2.5-flash,gemini-2.5-flash-lite")
    # At $2.50 for a million output tokens some 40 tokens of Flash are 0.0001 dollars.
    fill(app, "number_input", {"budget": 0.0001, "tokens_per_second_0": 60, "tokens_per_second_1": 60})
    ask(app, "Explain a hash table")
    assert [lane.status.value for lane in shown(app).lanes] == ["stopped", "stopped"]
    assert "this session's budget of $0.0001 is used up" in app.info[0].value.replace("\\", "")
    assert "What had arrived by then is kept." in app.info[0].value
    run = shown(app).id
    press(app, "playground_run")
    assert "is used up" in app.warning[0].value
    assert "Nothing was sent and your prompt is kept; raise the budget to go on." in app.warning[0].value
    assert shown(app).id == run
    fill(app, "number_input", {"budget": 5.0, "tokens_per_second_0": 9000, "tokens_per_second_1": 9000})
    press(app, "playground_run")
    assert shown(app).id != run
    assert [lane.status.value for lane in shown(app).lanes] == ["done", "done"]
    spent = next(each.value for each in app.caption if "spent in this session" in each.value)
    assert "Simulated runs would have cost" in spent
    assert "nothing was charged for them" in spent


def test_a_fault_chosen_for_one_side_bends_that_side_alone(open_page: Open) -> None:
    app = fill(open_page("playground"), "selectbox", {"fault_1": "drop mid"})
    ask(app, QUICK + "Explain a hash table")
    assert [lane.status.value for lane in shown(app).lanes] == ["done", "failed"]
    assert shown(app).lanes[1].text
    (error,) = app.error
    assert "kept" in error.value


def test_a_judge_gives_an_opinion_that_is_marked_as_simulated(open_page: Open) -> None:
    app = ask(open_page("playground"), QUICK + "Explain a hash table")
    choose(app, "playground_look", "Judge")
    assert any("A judge is a model too" in each.value for each in app.caption)
    app.text_area(key="playground_judge_rubric").set_value("Prefer the shorter one.").run()
    press(app, "playground_judge")
    text = words(app)
    assert "Simulated, not a model's opinion" in text
    assert "nothing is charged" in text
    assert text.count("of 5") == 4
    # Agreement is a statistic, and nothing simulated goes into one.
    press(app, "playground_judge")
    assert words(app).count("Simulated, not a model's opinion") == 2
    assert not any("opinions on this run" in each.value for each in app.caption)


def test_two_answers_are_compared_word_by_word_and_in_numbers(open_page: Open) -> None:
    app = ask(open_page("playground"), QUICK + "Explain a hash table")
    first, second = (lane.text for lane in shown(app).lanes)
    choose(app, "playground_look", "Differences")
    assert re.search(r"\d+% of the words are in both answers", words(app))
    choose(app, "playground_look", "In numbers")
    counted = rows(app, "The answers in numbers")
    assert counted["Characters"] == [f"{len(text):,}" for text in (first, second)]
    assert counted["Tables"] == [str(text.count("\n| ---") + text.count("\n|---")) for text in (first, second)]
