from datetime import date
from math import isclose

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.derived import alscore, derive, token_to_parameter_ratio

ON = date(2026, 11, 22)
_BILLIONS = st.floats(0.001, 1e6)


def test_the_alscore_of_the_card():
    # sqrt(30 x 30,000) = sqrt(900,000) = 948.683..., and a three-hundredth of that
    assert isclose(alscore(30, 30_000), 3.16227766, abs_tol=1e-8)


def test_the_alscore_of_a_round_number():
    # sqrt(200 x 20,000) = sqrt(4,000,000) = 2,000
    assert isclose(alscore(200, 20_000), 2000 / 300)
    assert alscore(0, 20_000) == 0


def test_the_ratio_of_the_card():
    assert token_to_parameter_ratio(30, 30_000) == 1000
    assert token_to_parameter_ratio(200, 20_000) == 100


@given(_BILLIONS, _BILLIONS)
def test_the_alscore_treats_both_alike_and_doubles_with_four_times_either(parameters, tokens):
    assert isclose(alscore(parameters, tokens), alscore(tokens, parameters))
    assert isclose(alscore(4 * parameters, tokens), 2 * alscore(parameters, tokens))


@given(_BILLIONS, _BILLIONS)
def test_the_ratio_times_the_parameters_are_the_tokens(parameters, tokens):
    assert isclose(token_to_parameter_ratio(parameters, tokens) * parameters, tokens)


@pytest.mark.parametrize(("parameters", "tokens"), [(-1, 1), (1, -1)])
def test_negative_counts_are_refused(parameters, tokens):
    with pytest.raises(ValueError, match="neg"):
        alscore(parameters, tokens)
    with pytest.raises(ValueError, match="neg"):
        token_to_parameter_ratio(parameters, tokens)


def test_a_ratio_to_no_parameters_is_refused():
    with pytest.raises(ValueError, match="more than 0"):
        token_to_parameter_ratio(0, 1)


@pytest.mark.parametrize(
    ("model", "ratio", "score"),
    [("gemini-2.0-flash-exp", 1000, 3.16), ("gemini-2.0-flash", 1000, 3.16), ("gemini-2.0-pro", 100, 6.67)],
)
def test_both_measures_of_a_model_rest_on_estimates(catalog, model, ratio, score):
    measures = {each.label: each for each in derive(catalog.find(model), ON)}
    assert measures["Token:parameter ratio"].value == ratio
    assert round(measures["ALScore"].value, 2) == score
    assert {each.kind for each in measures.values()} == {"estimate"}
    assert all(len(each.inputs) == 2 for each in measures.values())


def body(size="{value: 30, unit: billion parameters, source: maker, as_of: 2026-01}"):
    return (
        f"architecture:\n  parameters_total:\n    - {size}\n"
        "  training_tokens:\n    - {value: 30000, unit: billion tokens, source: guess, as_of: 2026-01}\n"
    )


def test_a_measure_is_no_stronger_than_its_weakest_input(folder):
    folder.model(body())
    measures = derive(folder.load().models["m"], ON)
    assert [each.kind for each in measures] == ["estimate", "estimate"]


@pytest.mark.parametrize(
    "size",
    [
        "{value: not disclosed, unit: billion parameters, source: maker, as_of: 2026-01}",
        "{value: 0, unit: billion parameters, source: maker, as_of: 2026-01}",
    ],
)
def test_nothing_is_computed_from_what_is_not_known(folder, size):
    folder.model(body(size))
    assert derive(folder.load().models["m"], ON) == ()


def test_nothing_is_computed_where_nothing_is_claimed(folder):
    assert derive(folder.load().models["m"], ON) == ()
