"""Every control of the playground on its way into the requests of the models that take it."""

from collections.abc import Callable

from streamlit.testing.v1 import AppTest

from tests.pages.asking import QUICK, answers, ask, choose, fill, html, press, rows, sent, shown, words

Open = Callable[..., AppTest]
PAIR = "gemini-2.5-pro,gemini-3.8-flash"
SCHEMA = '{"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}'
FUNCTIONS = '[{"name": "get_weather", "description": "Weather now", "parameters": {"type": "object"}}]'


def test_every_control_reaches_the_request_of_a_model_that_takes_it(open_page: Open) -> None:
    app = open_page("playground", models="gemini-2.5-pro,gemini-2.5-flash")
    numbers = {"temperature": 0.4, "top_p": 0.9, "top_k": 40, "max_output_tokens": 900, "seed": 7}
    fill(app, "number_input", {**numbers, "thinking_budget": 256})
    fill(app, "text_area", {"system": "Be brief.", "functions": FUNCTIONS})
    fill(app, "toggle", {"include_thoughts": True})
    fill(app, "multiselect", {"stop_sequences": ["END"]})
    fill(app, "selectbox", {"HARM_CATEGORY_HARASSMENT": "BLOCK_NONE"})
    ask(app, QUICK + "Explain a hash table")
    for request in sent(app):
        assert {name: getattr(request, name) for name in numbers} == numbers
        assert request.thinking_budget == 256
        assert request.system_instruction == "Be brief."
        assert request.functions == FUNCTIONS
        assert request.include_thoughts
        assert request.stop_sequences == ("END",)
        assert request.safety == (("HARM_CATEGORY_HARASSMENT", "BLOCK_NONE"),)


def test_search_and_code_execution_reach_the_request_and_are_shown(open_page: Open) -> None:
    app = open_page("playground", models=PAIR)
    fill(app, "toggle", {"google_search": True, "code_execution": True})
    ask(app, QUICK + "Explain a hash table")
    assert all(request.google_search and request.code_execution for request in sent(app))
    text = words(app)
    assert text.count("Searched Google for") == 2
    assert text.count("Code that the service ran It printed") == 2
    assert html(app).count('<section class="grounding">') == 2


def test_a_control_that_a_model_refuses_is_named_with_its_source_and_left_out_of_its_request(open_page: Open) -> None:
    app = open_page("playground", models=PAIR)
    fill(app, "selectbox", {"thinking_level": "low"})
    fill(app, "number_input", {"temperature": 0.4})
    app.run()
    notes = [note.partition("</p>")[0] for note in html(app).split('<p class="control-note">')[1:]]
    refused = next(note for note in notes if "2.5 Pro takes a thinking budget, not a level" in note)
    assert 'href="https://' in refused
    ignored = next(note for note in notes if "3.8 Flash ignores temperature, so it is left out." in note)
    assert 'href="https://' in ignored
    ask(app, QUICK + "Explain a hash table")
    pro, flash = sent(app)
    assert (pro.thinking_level, pro.temperature) == (None, 0.4)
    assert (flash.thinking_level, flash.temperature) == ("low", None)


def test_a_model_can_have_settings_of_its_own_which_start_where_the_shared_ones_stand(open_page: Open) -> None:
    app = open_page("playground")
    fill(app, "number_input", {"temperature": 0.4}).run()
    fill(app, "toggle", {"own_gemini-2.0-flash": True}).run()
    own = app.number_input(key="playground_temperature_gemini-2.0-flash")
    assert own.value == 0.4
    own.set_value(1.5)
    fill(app, "number_input", {"top_k": 5})
    ask(app, QUICK + "Explain a hash table")
    assert [(request.temperature, request.top_k) for request in sent(app)] == [(0.4, 5), (1.5, None)]
    fill(app, "toggle", {"own_gemini-2.0-flash": False}).run()
    press(app, "playground_run")
    assert [request.temperature for request in sent(app)] == [0.4, 0.4]


def test_what_cannot_be_read_stops_the_run_with_a_sentence(open_page: Open) -> None:
    app = fill(open_page("playground"), "toggle", {"json_mode": True})
    for control, text, sentence in (
        ("json_schema", '{"type": ', "The JSON schema is no valid JSON at line 1"),
        ("json_schema", "[]", "The JSON schema must be an object in braces"),
        ("functions", "[{]", "The list of functions is no valid JSON at line 1"),
        ("functions", "{}", "The functions must be a list in square brackets"),
    ):
        fill(app, "text_area", {"json_schema": "", "functions": "", control: text})
        ask(app, QUICK + "Explain a hash table")
        assert sentence in app.warning[0].value
        assert app.warning[0].value.endswith("Nothing was sent and your prompt is kept.")
        assert "run" not in app.query_params
    assert app.text_area(key="playground_prompt").value == QUICK + "Explain a hash table"


def test_an_answer_in_json_is_checked_against_its_schema_and_shown_as_a_tree(open_page: Open) -> None:
    app = open_page("playground")
    fill(app, "toggle", {"json_mode": True})
    fill(app, "text_area", {"json_schema": SCHEMA})
    ask(app, QUICK + "Where is the tide table from?")
    assert [request.json_schema for request in sent(app)] == [SCHEMA, SCHEMA]
    text = words(app)
    assert text.count("✓ JSON that fits the schema") == 2
    assert html(app).count('<div class="json-tree">') == 2
    assert text.count("city :") + text.count("city:") == 2
    assert not app.warning


def test_json_that_is_cut_off_says_where_it_is_wrong(open_page: Open) -> None:
    app = open_page("playground")
    fill(app, "toggle", {"json_mode": True})
    fill(app, "text_area", {"json_schema": SCHEMA})
    fill(app, "number_input", {"max_output_tokens": 4})
    ask(app, QUICK + "Where is the tide table from?")
    assert len(app.warning) == 2
    assert app.warning[0].value.startswith("The answer is not the JSON that was asked for:")
    assert "line 1" in app.warning[0].value or "line 2" in app.warning[0].value


def test_thoughts_are_folded_beside_the_answer_and_are_no_part_of_it(open_page: Open) -> None:
    app = open_page("playground", models=PAIR)
    fill(app, "toggle", {"include_thoughts": True})
    ask(app, QUICK + "Explain a hash table")
    folded = [each for each in app.expander if each.label.startswith("Thoughts")]
    assert len(folded) == 2
    assert all("Simulated thoughts" in each.markdown[0].value for each in folded)
    assert not any("Simulated thoughts" in lane.text for lane in shown(app).lanes)
    measured = rows(app, "Measured")
    assert all(int(text.split()[0]) > 0 for text in measured["Thinking tokens"])


def test_raw_shows_the_text_as_it_came(open_page: Open) -> None:
    app = ask(open_page("playground"), QUICK + "Explain a hash table")
    texts = [lane.text for lane in shown(app).lanes]
    assert len(answers(app)) == 2
    choose(app, "playground_form", "Raw")
    assert [each.value for each in app.code] == [text.strip() for text in texts]
    assert not answers(app)


def test_settings_of_the_simulator_reach_one_side_as_headers(open_page: Open) -> None:
    app = fill(open_page("playground"), "number_input", {"first_token_ms_1": 1, "tokens_per_second_1": 9000})
    ask(app, QUICK + "Explain a hash table")
    assert [dict(request.headers) for request in sent(app)] == [
        {},
        {"x-simulator-first-token-ms": "1", "x-simulator-tokens-per-second": "9000"},
    ]
