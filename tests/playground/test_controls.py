"""What goes into the request of one model: nothing that it ignores or refuses, each with a reason and its claim."""

import json
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.loading import Catalog, load
from catalog.schema import Claim, Kind, Model
from components.playground.controls import ControlNote, Controls, fit, problems

ON = date(2026, 11, 26)
DECLARED = '[{"name": "get_weather", "description": "The weather.", "parameters": {"type": "object"}}]'
EVERYTHING = Controls(
    system_instruction="Be brief.",
    temperature=0.1,
    top_p=0.9,
    top_k=40,
    max_output_tokens=1000,
    stop_sequences=("END",),
    seed=7,
    thinking_budget=2048,
    thinking_level="high",
    include_thoughts=True,
    json_mode=True,
    json_schema='{"type": "object"}',
    functions=DECLARED,
    google_search=True,
    code_execution=True,
    safety=(("HARM_CATEGORY_HARASSMENT", "BLOCK_NONE"),),
)


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return load()


def claim(value: object, scope: str | None = None) -> Claim:
    return Claim(value=value, scope=scope, kind=Kind.OFFICIAL, source="maker", as_of="2026-11")  # type: ignore[arg-type]


def model(**claims: object) -> Model:
    """A model of which nothing is known but these claims; a double underscore stands for the dot of a path."""
    made = {path.replace("__", "."): value if isinstance(value, tuple) else (value,) for path, value in claims.items()}
    return Model(
        id="m",
        name="Model M",
        short_name="M",
        lab="lab",
        family="f",
        tier="pro",
        identity=("maker",),
        claims={
            path: tuple(each if isinstance(each, Claim) else claim(each) for each in all_)
            for path, all_ in made.items()
        },
    )


def sentences(notes: tuple[ControlNote, ...]) -> list[str]:
    return [note.sentence for note in notes]


def test_of_a_model_without_claims_everything_is_sent_without_a_word() -> None:
    plain = Controls(
        temperature=0.1, top_k=1, seed=1, thinking_budget=5, include_thoughts=True, max_output_tokens=10**6
    )
    assert fit(plain, model(), ON) == (plain, ())
    assert fit(plain, None, ON) == (plain, ())


def test_a_newer_flash_is_asked_without_sampling(catalog: Catalog) -> None:
    """Google's guide to 3.8 Flash: temperature, top-p and top-k are ignored by the backend."""
    sent, notes = fit(Controls(temperature=0.1, top_p=0.9, top_k=40, seed=7), catalog.models["gemini-3.8-flash"], ON)
    assert sent == Controls(seed=7)
    assert sentences(notes) == [
        "3.8 Flash ignores temperature, so it is left out.",
        "3.8 Flash ignores top-p, so it is left out.",
        "3.8 Flash ignores top-k, so it is left out.",
    ]
    assert {note.claim.source for note in notes if note.claim} == {"guide38"}


def test_a_model_of_budgets_gets_no_level(catalog: Catalog) -> None:
    """Google's guide to thinking: a level is an error at every model before Gemini 3."""
    asked = Controls(thinking_budget=2048, thinking_level="high", include_thoughts=True)
    sent, notes = fit(asked, catalog.models["gemini-2.5-pro"], ON)
    assert sent == Controls(thinking_budget=2048, include_thoughts=True)
    assert sentences(notes) == ["2.5 Pro takes a thinking budget, not a level, so the level is left out."]
    assert notes[0].claim is not None
    assert notes[0].claim.source == "think_gcp"


def test_a_model_that_does_not_think_is_asked_nothing_about_it(catalog: Catalog) -> None:
    asked = Controls(thinking_budget=2048, thinking_level="high", include_thoughts=True, temperature=0.5)
    sent, notes = fit(asked, catalog.models["gemini-2.0-flash"], ON)
    assert sent == Controls(temperature=0.5)
    assert sentences(notes) == [
        "2.0 Flash refuses a thinking budget, so it is left out.",
        "2.0 Flash refuses a thinking level, so it is left out.",
        "2.0 Flash refuses every thinking setting, so it is not asked for its thoughts.",
    ]


def test_of_budget_and_level_a_level_is_sent_unless_only_the_budget_is_known() -> None:
    both = Controls(thinking_budget=2048, thinking_level="high")
    why = "A thinking budget and a thinking level in one request are an error, so the {} is left out."
    for known in (
        None,
        model(),
        model(parameters__thinking_budget="supported", parameters__thinking_level="supported"),
    ):
        sent, notes = fit(both, known, ON)
        assert sent == Controls(thinking_level="high")
        assert sentences(notes) == [why.format("budget")]
    sent, notes = fit(both, model(parameters__thinking_budget="supported"), ON)
    assert sent == Controls(thinking_budget=2048)
    assert sentences(notes) == [why.format("level")]


def test_a_level_that_the_model_does_not_have_is_left_out_and_the_budget_goes_instead(catalog: Catalog) -> None:
    asked = Controls(thinking_level="minimal", thinking_budget=512)
    sent, notes = fit(asked, catalog.models["gemini-3.8-flash"], ON)
    assert sent == Controls(thinking_budget=512)
    assert sentences(notes) == [
        "3.8 Flash takes the thinking levels low, medium and high, not minimal, so the level is left out."
    ]
    assert fit(Controls(thinking_level="LOW"), catalog.models["gemini-3.8-flash"], ON) == (
        Controls(thinking_level="LOW"),
        (),
    )


@pytest.mark.parametrize(
    ("name", "budget", "said"),
    [
        ("gemini-2.5-pro", 127, "takes a thinking budget from 128 to 32,768 tokens, so 127 may be refused."),
        ("gemini-2.5-pro", 32_769, "takes a thinking budget from 128 to 32,768 tokens, so 32,769 may be refused."),
        ("gemini-2.5-pro", 0, "cannot switch thinking off, so a budget of 0 may be refused."),
        ("gemini-2.5-flash-lite", 511, "takes a thinking budget from 512 to 24,576 tokens, so 511 may be refused."),
        ("gemini-3.8-flash", 0, "takes a budget of 0 and usually thinks all the same."),
        ("gemini-2.5-pro", 128, ""),
        ("gemini-2.5-pro", -1, ""),
        ("gemini-2.5-flash", 0, ""),
        ("gemini-2.5-flash", 24_576, ""),
    ],
)
def test_a_budget_beyond_the_range_is_sent_with_a_word(catalog: Catalog, name: str, budget: int, said: str) -> None:
    asked = Controls(thinking_budget=budget)
    sent, notes = fit(asked, catalog.models[name], ON)
    assert sent == asked
    assert sentences(notes) == ([f"{catalog.models[name].short_name} {said}"] if said else [])
    assert all(note.sent and note.claim is not None for note in notes)


def test_more_tokens_than_the_model_writes_are_sent_with_a_word(catalog: Catalog) -> None:
    flash = catalog.models["gemini-2.0-flash"]
    sent, notes = fit(Controls(max_output_tokens=8193), flash, ON)
    assert sent.max_output_tokens == 8193
    assert sentences(notes) == ["2.0 Flash writes at most 8,192 tokens, so 8,193 may be refused or cut down to that."]
    assert fit(Controls(max_output_tokens=8192), flash, ON)[1] == ()


def test_of_limits_that_each_have_a_scope_the_largest_counts() -> None:
    long = model(output_limit=(claim(100, scope="one request"), claim(1000, scope="with long decoding")))
    assert fit(Controls(max_output_tokens=1000), long, ON)[1] == ()
    assert len(fit(Controls(max_output_tokens=1001), long, ON)[1]) == 1
    general = model(output_limit=(claim(100), claim(1000, scope="with long decoding")))
    assert len(fit(Controls(max_output_tokens=101), general, ON)[1]) == 1


def test_a_temperature_above_the_highest_is_sent_with_a_word(catalog: Catalog) -> None:
    sent, notes = fit(Controls(temperature=2.5), catalog.models["gemini-2.5-flash"], ON)
    assert sent.temperature == 2.5
    assert sentences(notes) == ["2.5 Flash takes a temperature up to 2, so 2.5 may be refused."]


def test_json_mode_and_tools_at_models_that_refuse_take_or_say_nothing_of_both(catalog: Catalog) -> None:
    asked = Controls(json_mode=True, json_schema="{}", google_search=True, code_execution=True)
    sent, notes = fit(asked, catalog.models["gemini-2.5-flash"], ON)
    assert sent == Controls(google_search=True, code_execution=True)
    assert sentences(notes) == [
        "2.5 Flash refuses JSON mode together with Google Search and code execution, so JSON mode is left out."
    ]
    assert fit(asked, catalog.models["gemini-3.1-pro-preview"], ON) == (asked, ())
    sent, notes = fit(asked, None, ON)
    assert sent == asked
    assert [note.sent for note in notes] == [True]
    assert fit(Controls(json_mode=True, functions=" "), catalog.models["gemini-2.5-flash"], ON)[1] == ()


def test_a_tool_that_the_model_is_said_to_lack_is_sent_with_a_word() -> None:
    asked = Controls(google_search=True, functions=DECLARED)
    sent, notes = fit(asked, model(capabilities__search_grounding="not supported"), ON)
    assert sent == asked
    assert sentences(notes) == ["By the catalog M does not support Google Search, so the request may be refused."]


def test_a_value_that_no_source_gives_is_no_claim() -> None:
    asked = Controls(temperature=0.5, max_output_tokens=99)
    assert fit(asked, model(parameters__temperature="not found", output_limit="not disclosed"), ON) == (asked, ())


def test_whatever_the_model_a_second_fit_changes_nothing_and_no_pair_of_budget_and_level_goes_out(
    catalog: Catalog,
) -> None:
    for known in catalog.models.values():
        sent, notes = fit(EVERYTHING, known, ON)
        assert fit(sent, known, ON)[0] == sent, known.id
        assert sent.thinking_budget is None or sent.thinking_level is None, known.id
        gone = {note.control for note in notes if not note.sent}
        nothing = Controls()
        assert all(getattr(sent, name) == getattr(nothing, name) for name in gone), known.id
        kept = [name for name in vars(sent) if name not in gone | {"json_schema"}]
        assert all(getattr(sent, name) == getattr(EVERYTHING, name) for name in kept), known.id


def test_sound_controls_have_no_problems() -> None:
    assert problems(Controls()) == ()
    assert problems(EVERYTHING) == ()
    assert problems(Controls(temperature=0, top_p=1, top_k=1, thinking_budget=-1, seed=-5, json_mode=True)) == ()


@pytest.mark.parametrize(
    ("wrong", "control", "sentence"),
    [
        (Controls(temperature=-0.1), "temperature", "The temperature must be 0 or more, not -0.1."),
        (Controls(temperature=float("nan")), "temperature", "The temperature must be 0 or more, not nan."),
        (Controls(top_p=1.1), "top_p", "Top-p must be from 0 to 1, not 1.1."),
        (Controls(top_k=0), "top_k", "Top-k must be from 1 to 2,147,483,647, not 0."),
        (Controls(max_output_tokens=0), "max_output_tokens", "must be from 1 to"),
        (Controls(seed=2**31), "seed", "The seed must be from -2,147,483,648 to 2,147,483,647, not 2147483648."),
        (Controls(thinking_budget=-2), "thinking_budget", "The thinking budget must be from -1 to"),
        (Controls(stop_sequences=tuple("abcdef")), "stop_sequences", "at most 5 stop sequences, not 6"),
        (Controls(stop_sequences=("a", "")), "stop_sequences", "Stop sequence 2 is empty"),
        (Controls(safety=(("HARASSMENT", "OFF"),)), "safety", "HARASSMENT is no harm category"),
        (Controls(safety=(("HARM_CATEGORY_X", "LOW"),)), "safety", "LOW is no threshold"),
        (Controls(safety=(("HARM_CATEGORY_X", "OFF"),) * 2), "safety", "HARM_CATEGORY_X is set twice"),
    ],
)
def test_what_would_be_refused_is_named_with_what_was_expected(wrong: Controls, control: str, sentence: str) -> None:
    (found,) = problems(wrong)
    assert found.control == control
    assert sentence in found.sentence


@pytest.mark.parametrize(
    ("schema", "place", "sentence"),
    [
        ('{\n  "type": "object",\n}', (3, 1), "no valid JSON at line 3, column 1"),
        ('{"type": "object"', (1, 18), "no valid JSON at line 1, column 18"),
        ('["object"]', (1, 1), "must be an object in braces"),
        ('{\n\t"type": "objekt"\n}', (2, 10), 'at type: "objekt" is no type; use string, number'),
        (
            '{"properties":\n {"age":\n  {"minimum": "0"}}}',
            (3, 15),
            "at properties.age.minimum: '0' is not of type 'number'",
        ),
        ('{"properties": {"age": {"pattern": "("}}}', (1, 36), "at properties.age.pattern: '(' is not a 'regex'"),
        ('{"maximum": NaN}', (None, None), "NaN is no number of JSON"),
        ("[" * 100_000, (None, None), "nested too deeply"),
    ],
)
def test_a_broken_schema_is_named_with_its_place(
    schema: str, place: tuple[int | None, int | None], sentence: str
) -> None:
    (found,) = problems(Controls(json_mode=True, json_schema=schema))
    assert found.control == "json_schema"
    assert sentence in found.sentence
    assert (found.line, found.column) == place


def test_a_schema_is_checked_by_the_draft_that_it_names_and_only_where_it_is_sent() -> None:
    # Draft 4 has booleans there, 2020-12 numbers.
    old = '{"$schema": "http://json-schema.org/draft-04/schema#", "minimum": 0, "exclusiveMinimum": true}'
    assert problems(Controls(json_mode=True, json_schema=old)) == ()
    assert len(problems(Controls(json_mode=True, json_schema=old.replace("draft-04", "draft-07")))) == 1
    assert problems(Controls(json_mode=False, json_schema="{")) == ()


@pytest.mark.parametrize(
    ("functions", "line", "sentence"),
    [
        (DECLARED.strip("[]"), 1, "must be a list in square brackets"),
        ("[]", 1, "must be a list in square brackets"),
        ('[{"name": "f"},\n "g"]', 2, "Function 2 must be an object with name, description and parameters"),
        ('[\n{"description": "d"}]', 2, "Function 1 needs a name in quotes"),
        ('[\n{"name": "2nd"}]', 2, "Function 1 has the name 2nd, which must begin with a letter or an underscore"),
        ('[{"name": "wëather"}]', 1, "Function 1 has the name wëather"),
        (f'[{{"name": "{"a" * 65}"}}]', 1, "at most 64 letters"),
        ('[{"name": "f"},\n\n{"name": "f"}]', 3, "Function 2 has the name f a second time"),
        ('[{"name": "f", "description": 5}]', 1, "Function 1 must have its description in quotes"),
        ('[{"name": "f",\n "parameters": []}]', 2, "Function 1: parameters must be a JSON Schema in braces"),
        ('[{"name": "f", "parameters":\n {"type": "string"}}]', 2, 'must be of type "object"'),
        (
            '[{"name": "f", "parameters": {"type": "object", "properties":\n {"a": {"type": "STRING"}}}}]',
            2,
            'at properties.a.type: "STRING" is no type',
        ),
        ("[{]", 1, "The list of functions is no valid JSON at line 1, column 3"),
    ],
)
def test_a_broken_declaration_is_named_with_its_place(functions: str, line: int, sentence: str) -> None:
    (found,) = problems(Controls(functions=functions))
    assert found.control == "functions"
    assert sentence in found.sentence
    assert found.line == line


@pytest.mark.parametrize("name", ["a", "_", "get_weather", "ns.get-weather_2", "a" * 64])
def test_names_that_the_service_takes_are_taken(name: str) -> None:
    assert problems(Controls(functions=json.dumps([{"name": name}]))) == ()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.just("http://["),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["$schema", "$ref", "type", "properties", "items", "name", "a"]), inner, max_size=4
        )
    ),
    max_leaves=12,
)


@settings(max_examples=80, deadline=None)
@given(JSON.map(json.dumps) | st.text(alphabet='{}[]":,\t\n a1\\/&*!', max_size=30))
def test_no_text_whatever_breaks_the_checks(text: str) -> None:
    for found in problems(Controls(json_mode=True, json_schema=text, functions=text)):
        assert found.sentence.endswith(".")
        assert found.line is None or 1 <= found.line <= text.count("\n") + 1
