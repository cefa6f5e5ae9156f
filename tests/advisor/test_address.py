"""A question survives its address, and an address that makes no sense says so and breaks nothing."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog import compiled
from catalog.decision import Needs
from catalog.prices import VERTEX_AI
from components.advisor.address import (
    CAPABILITIES,
    MODALITIES,
    OWN,
    PAIRS,
    PARAMETERS,
    PLATFORMS,
    SLIDERS,
    Decided,
    Question,
    params_of,
    parse,
    preset,
)
from components.advisor.weights import in_percent

DECISION = compiled.load().decision
TODAY = date(2026, 11, 26)
USES = [each.id for each in DECISION.uses]


def some(known: tuple[str, ...]) -> st.SearchStrategy[tuple[str, ...]]:
    return st.sets(st.sampled_from(known)).map(lambda chosen: tuple(each for each in known if each in chosen))


AMOUNTS = st.none() | st.integers(0, 10**12).map(float) | st.floats(0, 10**6, allow_nan=False)
NEEDS = st.builds(
    Needs,
    context_window=st.none() | st.integers(0, 10**12),
    output_limit=st.none() | st.integers(0, 10**12),
    input_modalities=some(MODALITIES),
    output_modalities=some(MODALITIES),
    capabilities=some(CAPABILITIES),
    callable=st.booleans(),
    generally_available=st.booleans(),
    platform=st.none() | st.sampled_from(list(PLATFORMS.values())),
    usd_a_month=AMOUNTS,
    time_to_first_token=AMOUNTS,
)
GATES = st.sampled_from(["context_window", "time_to_first_token", "callable", CAPABILITIES[0]])
MODELS = st.sampled_from(["gemini-2.0-flash", "gemini-2.0-pro-exp-02-05"])
DECIDED = st.dictionaries(st.tuples(GATES, MODELS), st.booleans()).map(
    lambda found: tuple(Decided(gate, model, keep) for (gate, model), keep in found.items())
)
QUESTIONS = st.builds(
    Question,
    use=st.sampled_from(USES),
    needs=NEEDS,
    weights=st.lists(st.integers(0, 100), min_size=5, max_size=5).map(in_percent),
    pairs=st.tuples(*[st.integers(-8, 8)] * 10),
    weigh=st.sampled_from([SLIDERS, PAIRS]),
    on=st.none() | st.dates(date(2023, 1, 1), TODAY - timedelta(days=1)),
    decided=DECIDED,
    own=some(OWN),
)


@given(QUESTIONS)
def test_a_question_comes_back_from_its_address_as_it_was(question: Question) -> None:
    params = params_of(question, DECISION)
    assert set(params) <= set(PARAMETERS)
    assert parse(params, DECISION, TODAY) == (question, ())


@pytest.mark.parametrize("use", USES)
def test_a_use_without_changes_needs_no_parameter_but_its_own(use: str) -> None:
    assert params_of(preset(DECISION, use), DECISION) == ({} if use == USES[0] else {"use": use})


def test_what_a_use_demands_can_be_given_up_by_the_address() -> None:
    question, _ = parse({"use": "regulated", "ga": "no", "platform": "none", "context": "none"}, DECISION, TODAY)
    assert question.needs == Needs(callable=True)
    kept, _ = parse({"use": "regulated"}, DECISION, TODAY)
    assert kept.needs.platform == VERTEX_AI
    assert kept.needs.generally_available


def test_weights_that_do_not_sum_to_100_are_taken_in_proportion() -> None:
    # 1 + 1 + 2 of 4 are a quarter, a quarter and a half.
    question, complaints = parse({"weights": "1,0,1,2,0"}, DECISION, TODAY)
    assert question.weights == (25, 0, 25, 50, 0)
    assert not complaints


@pytest.mark.parametrize(
    ("parameter", "text"),
    [
        ("use", "poetry"),
        ("on", "2025-02-30"),
        ("on", "1066-10-14"),
        ("weigh", "dice"),
        ("weights", "1,2"),
        ("weights", "0,0,0,0,0"),
        ("weights", "-5,5,5,5,5"),
        ("pairs", "9,9,9,9,9,9,9,9,9,9"),
        ("context", "lots"),
        ("context", "1e400"),
        ("wait", "nan"),
        ("ceiling", "-1"),
        ("can", "fly"),
        ("in_modalities", "smell"),
        ("callable", "maybe"),
        ("platform", "Mars"),
        ("decided", "callable~gemini-2.0-flash~perhaps"),
        ("decided", "moon~gemini-2.0-flash~in"),
        ("own", "feelings"),
    ],
)
def test_what_cannot_be_had_is_named_once_and_the_use_stands(parameter: str, text: str) -> None:
    question, complaints = parse({parameter: text}, DECISION, TODAY)
    assert question == preset(DECISION, USES[0])
    assert len(complaints) == 1
    assert f"`{parameter}={text}`" in complaints[0]


@given(st.dictionaries(st.sampled_from(PARAMETERS), st.text(max_size=200)))
def test_no_address_breaks_the_reading_or_gets_a_line_of_its_own(params: dict[str, str]) -> None:
    question, complaints = parse(params, DECISION, TODAY)
    assert sum(question.weights) == 100
    assert len(question.pairs) == 10
    assert not [each for each in complaints if "\n" in each or each.count("`") % 2]
    assert parse(params_of(question, DECISION), DECISION, TODAY) == (question, ())
