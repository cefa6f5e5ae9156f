import json

import pytest

from tests.catalog.import_run import IMPORTS, RESULT, Importer


@pytest.fixture
def quiz(folder):
    folder.benchmark(RESULT)
    return folder


@pytest.fixture
def run(quiz, tmp_path, capsys):
    return Importer(quiz, tmp_path / "table.csv", capsys)


def claims(folder, source, model="m"):
    return [
        (path, each.value, each.full_scope)
        for path, found in folder.load().models[model].claims.items()
        for each in found
        if each.source == source
    ]


def test_models_dev_becomes_claims(run, quiz):
    done = run(IMPORTS / "models_dev.json", "--as-of", "2026-07-02", "--write", source=None)
    assert done.code == 0
    assert sorted(claims(quiz, "modelsdev_2026_07_02"), key=str) == sorted(
        [
            ("context_window", 1000, ""),
            ("context_window", 900, "Vertex AI"),
            ("output_limit", 64, ""),
            ("input_modalities", ("text", "image"), ""),
            ("output_modalities", ("text",), ""),
            ("capabilities.pdf_input", "supported", ""),
            ("capabilities.function_calling", "not supported", ""),
            ("capabilities.thinking", "supported", ""),
            ("knowledge_cutoff", "2025-01", ""),
            ("release_date", "2025-06-17", "as listed by models.dev"),
            ("current_status", "deprecated", "as listed by models.dev"),
            ("open_weights", False, ""),
            ("prices.input", 1.25, "OpenAI API, prompts up to 200,000 tokens"),
            ("prices.input", 2.5, "OpenAI API, prompts above 200,000 tokens"),
            ("prices.output", 10.0, "OpenAI API, prompts up to 200,000 tokens"),
            ("prices.output", 15.0, "OpenAI API, prompts above 200,000 tokens"),
            ("prices.cached_input", 0.125, "OpenAI API"),
            ("prices.input", 1.5, "Vertex AI, prompts up to 200,000 tokens"),
            ("prices.input", 3.0, "Vertex AI, prompts above 200,000 tokens"),
            ("prices.output", 12.0, "Vertex AI"),
        ],
        key=str,
    )
    assert "Offers on other platforms than the makers' own were left out: 1 on 1." in done.out
    assert 'No field holds: "attachment", "cost.cache_write", "reasoning_options".' in done.out
    assert "Agree with another source: 1\n" in done.out
    assert '  "n-2"\n' in done.out
    assert done.added["sources.yaml"][:3] == [
        "modelsdev_2026_07_02:",
        "  title: 'models.dev: api.json'",
        "  url: 'https://models.dev/api.json'",
    ]
    assert run(IMPORTS / "models_dev.json", "--as-of", "2026-07-02", "--write", source=None).added == {}


def test_models_dev_can_bring_new_models(run, quiz):
    done = run(IMPORTS / "models_dev.json", "--new-models", "--lab", "lab", "--skip", "m", "--write")
    assert "New files: 1\n  models/lab/n-2.yaml\n" in done.out
    assert set(done.added) == {"models/lab/n-2.yaml", "sources.yaml"}
    model = quiz.load().models["n-2"]
    assert (model.name, model.family, model.identity) == ('Model: "n" 2', "ens", ("table",))
    assert claims(quiz, "table", "n-2") == [
        ("api_ids", "n-2", ""),
        ("release_date", "2026-01-02", "as listed by models.dev"),
        ("output_limit", 32, ""),
        ("input_modalities", ("text",), ""),
        ("output_modalities", ("text",), ""),
        ("prices.input", 7.0, "Vertex AI"),
        ("prices.output", 8.0, "Vertex AI"),
        ("open_weights", True, ""),
    ]
    assert '"of-another-maker"' in done.out
    assert run(IMPORTS / "models_dev.json", "--new-models", "--lab", "lab", "--skip", "m", "--write").added == {}
    assert "openai/n-2, context_window: 0 is not a whole number above 0." in done.out
    assert "openai/n-2, prices.input: a price of 0 does not say whether it is free or unknown." in done.out
    assert 'openai/../../evil: "../../evil" cannot be the name of a file' in done.out


def test_litellm_becomes_claims_of_models_that_the_catalog_has(run, quiz):
    done = run(IMPORTS / "litellm.json", "--as-of", "2026-08-22", "--new-models", "--write", source=None)
    assert done.code == 0
    gemini = "Gemini API (AI Studio)"
    assert sorted(claims(quiz, "litellm_2026_08_22"), key=str) == sorted(
        [
            ("context_window", 1000, ""),
            ("output_limit", 64, ""),
            ("input_modalities", ("text", "image"), ""),
            ("shutdown_date", "2027-01-31", "deprecation date listed by LiteLLM"),
            ("capabilities.function_calling", "supported", ""),
            ("capabilities.thinking", "not supported", ""),
            ("prices.input", 1.25, f"{gemini}, prompts up to 200,000 tokens"),
            ("prices.input", 2.5, f"{gemini}, prompts above 200,000 tokens"),
            ("prices.input", 2.0, "Vertex AI"),
            ("prices.output", 10.0, f"{gemini}, prompts up to 200,000 tokens"),
            ("prices.output", 15.0, f"{gemini}, prompts above 200,000 tokens"),
            ("prices.cached_input", 0.125, gemini),
            ("prices.batch_input", 0.625, gemini),
        ],
        key=str,
    )
    assert '"stranger"' in done.out
    assert "left out: 1 on 1." in done.out
    assert 'No field holds: "supports_vision".' in done.out
    assert run(IMPORTS / "litellm.json", "--as-of", "2026-08-22", "--write", source=None).added == {}


def test_a_value_that_takes_the_place_of_another_is_pointed_out(run, quiz):
    quiz.model("output_limit:\n  - {value: 32, unit: tokens, scope: beta, source: maker, as_of: 2026-01}\n")
    done = run(IMPORTS / "litellm.json", "--as-of", "2026-08-22")
    assert (
        "Shown instead of what stands today: 1\n"
        "  m, Output limit: 64 tokens by table (third_party, 2026-08-22) "
        "instead of 32 tokens by maker (official, 2026-01; beta)\n"
    ) in done.out


def test_an_entry_of_one_version_is_told_apart(run, quiz, tmp_path):
    ids = "".join(f"  - {{value: {each}, unit: model id, source: maker, as_of: 2026-01}}\n" for each in ("m-1", "m-2"))
    quiz.model(f"api_ids:\n{ids}")
    file = tmp_path / "prices.json"
    file.write_text(
        json.dumps(
            {
                "m-2": {"litellm_provider": "openai", "max_output_tokens": 8, "input_cost_per_token": 2e-6},
                "m-1": {"litellm_provider": "openai", "max_output_tokens": 8, "input_cost_per_token": 1e-6},
            }
        )
    )
    run(file, "--write")
    assert claims(quiz, "table") == [
        ("output_limit", 8, ""),
        ("prices.input", 1.0, "OpenAI API"),
        ("prices.input", 2.0, "OpenAI API, id m-2"),
    ]


WRONG = [
    {"cost": 5},
    {"cost": {"input": "1"}},
    {"cost": {"input": True}},
    {"cost": {"input": -1}},
    {"cost": {"input": 10**400}},
    {"cost": {"input": 1, "tiers": [5, {"tier": 1}, {"tier": {"size": "big"}, "input": 2}]}},
    {"cost": {"input": {"a": 1}}},
    {"limit": [1]},
    {"limit": {"context": "1000"}},
    {"limit": {"context": 1.5}},
    {"limit": {"context": 10**30}},
    {"modalities": {"input": "text", "output": []}},
    {"modalities": {"input": [1, {}], "output": [None]}},
    {"knowledge": 2025},
    {"knowledge": "May"},
    {"open_weights": "yes"},
    {"tool_call": "maybe"},
    {"status": "alpha"},
    {"name": 5},
    {"release_date": {"year": 2025}},
]


@pytest.mark.parametrize("entry", WRONG, ids=str)
def test_an_entry_of_the_wrong_shape_is_named_and_no_more(run, quiz, tmp_path, entry):
    file = tmp_path / "api.json"
    file.write_text(json.dumps({"openai": {"models": {"m": {"id": "m", "limit": {"output": 7}, **entry}, "n": entry}}}))
    done = run(file, "--new-models", "--lab", "lab", "--write")
    assert "Traceback" not in done.err
    quiz.load()


@pytest.mark.parametrize("price", ["1e999", "-1e999", "1e-999", "0.0", "-0.0", "1e12"])
def test_a_price_that_none_can_be_is_left_out(run, quiz, tmp_path, price):
    file = tmp_path / "prices.json"
    file.write_text(
        f'{{"m": {{"litellm_provider": "openai", "max_output_tokens": 7, "input_cost_per_token": {price}}}}}'
    )
    done = run(file, "--write")
    assert "Not understood: 1\n  entry m, prices.input: " in done.out
    assert claims(quiz, "table") == [("output_limit", 7, "")]


def test_half_a_surrogate_pair_is_not_written(run, quiz, tmp_path):
    file = tmp_path / "api.json"
    file.write_text(
        '{"openai": {"models": {"m": {"id": "m", "knowledge": "\\ud800", "modalities": {"input": ["\\ud800"]}}}}}'
    )
    done = run(file, "--write")
    assert done.code == 1
    assert done.added == {}
