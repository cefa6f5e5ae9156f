"""The playground from the prompt to the figures, against the built-in simulator over HTTP."""

import re
from collections.abc import Callable
from html import unescape

import pytest
from streamlit.testing.v1 import AppTest

Open = Callable[..., AppTest]
QUICK = "[[simulate first-token-ms=20 tokens-per-second=3000]] "


def html(app: AppTest) -> str:
    return " ".join(element.proto.body for element in app.get("html"))


def words(app: AppTest) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html(app))).split())


def ask(app: AppTest, prompt: str) -> AppTest:
    app.text_area(key="playground_prompt").set_value(prompt).run()
    app.button(key="playground_run").click().run()
    assert not app.exception
    return app


def test_without_a_key_both_sides_answer_and_are_marked_as_simulated(open_page: Open) -> None:
    app = ask(open_page("playground"), QUICK + "Explain a hash table")
    text = words(app)
    assert text.count("◌ Simulated") == 3
    assert "no model wrote it, and it is no evidence" in text
    answers = [each.value for each in app.markdown if "imulated answer" in each.value]
    assert len(answers) == 2
    assert answers[0] != answers[1]


def test_the_figures_name_what_was_asked_what_answered_and_what_it_costs(open_page: Open) -> None:
    text = words(ask(open_page("playground"), QUICK + "Explain a hash table"))
    assert "Requested model gemini-2.0-pro-exp-02-05 gemini-2.0-flash" in text
    assert "Served model gemini-2.0-pro-exp-02-05 gemini-2.0-flash" in text
    assert "Finish reason STOP STOP" in text
    cost = re.search(
        r"Cost no list price \(free while on trial; .*?\) \$([\d.]+) at the list price of 22 Aug 2026; simulated",
        text,
    )
    inputs = re.search(r"Input tokens (\d+) (\d+)", text)
    outputs = re.search(r"Output tokens (\d+) (\d+)", text)
    assert cost
    assert inputs
    assert outputs
    # Flash: $0.10 for a million input tokens, $0.40 for a million output tokens.
    expected = (int(inputs[2]) * 0.10 + int(outputs[2]) * 0.40) / 1_000_000
    assert float(cost[1]) == pytest.approx(expected, abs=5e-7)


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


def test_settings_reach_the_request(open_page: Open) -> None:
    app = open_page("playground")
    app.number_input(key="playground_max_output_tokens").set_value(12).run()
    ask(app, QUICK + "Explain a hash table")
    assert re.search(r"Output tokens 12 12", words(app))
    assert "Finish reason MAX_TOKENS MAX_TOKENS" in words(app)
    assert len(app.info) == 2


def test_an_empty_prompt_sends_nothing(open_page: Open) -> None:
    app = ask(open_page("playground"), "   ")
    assert app.warning[0].value == "Write a prompt first; nothing was sent."
    assert "run" not in app.query_params


def test_an_unknown_run_in_the_address_is_explained(open_page: Open) -> None:
    app = open_page("playground", run="gone")
    assert "The run in this address is no longer on this server." in app.info[0].value


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
    text = words(ask(app, QUICK + "Explain a hash table"))
    assert "Requested model gemini-2.0-pro gemini-2.0-flash" in text
    assert "no list price (free while on trial" in text


def test_a_wrong_key_does_not_hide_the_answers_that_are_there(open_page: Open) -> None:
    app = ask(open_page("playground"), QUICK + "Explain a hash table")
    app.text_input(key="playground_key").set_value("not a key").run()
    assert app.error
    assert len([each for each in app.markdown if "imulated answer" in each.value]) == 2


def test_the_cost_names_where_its_price_comes_from(open_page: Open) -> None:
    text = words(ask(open_page("playground"), QUICK + "Explain a hash table"))
    assert re.search(r"Price source none LiteLLM price file", text)
