"""What moves a bill, and where two bills are equal, each held against bills worked out anew."""

from dataclasses import replace
from datetime import date
from decimal import ROUND_FLOOR, Decimal

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from catalog.bill import bill
from catalog.break_even import LABELS, crossings, movers
from catalog.loading import load
from catalog.prices import GEMINI_API, NoListPrice
from tests.catalog.workloads import asked, workloads

ON = date(2026, 11, 26)
_CATALOG = load()
_WHOLE = [name for name in LABELS if name.endswith("tokens")]
_NAMES = ["gemini-2.5-pro", "gemini-2.0-flash", "gemini-3.1-pro-preview", "gemini-3.5-flash", "gemini-1.5-pro"]
_VARIED = [name for name in LABELS if name not in ("requests_per_day", "stored_tokens", "storage_hours")]
_MODELS = st.sampled_from(_NAMES)


def moved(model, workload, platform=GEMINI_API):
    found = movers(_CATALOG, _CATALOG.models[model], platform, workload, ON)
    return {each.field: each for each in found}


def crossed(one, other, workload, field):
    offers = [(_CATALOG.models[name], GEMINI_API) for name in (one, other)]
    return [each for each in crossings(_CATALOG, *offers, workload, ON) if each.field == field]


def a_month(model, workload, platform=GEMINI_API):
    found = bill(_CATALOG, _CATALOG.models[model], platform, workload, ON)
    return None if isinstance(found, NoListPrice) else found.usd_a_month


def test_half_and_double_of_each_input_by_hand_the_largest_effect_first():
    # a day: 100 x 10,000 x 1.25 / 1M = 1.25 of input and 100 x 2,000 x 10 / 1M = 2 of output
    found = movers(_CATALOG, _CATALOG.models["gemini-2.5-pro"], GEMINI_API, asked(100, 10_000, 2_000), ON)
    assert [(each.label, each.half, each.double) for each in found] == [
        ("Requests a day", Decimal("48.75"), Decimal(195)),
        ("Output tokens a request", Decimal("67.5"), Decimal("157.5")),
        ("Input tokens a request", Decimal("78.75"), Decimal(135)),
    ]
    assert {each.now for each in found} == {Decimal("97.5")}


def test_a_doubled_prompt_steps_into_the_next_tier():
    # 240,000 x 2.50 + 1,000 x 15 instead of 120,000 x 1.25 + 1,000 x 10, over a million and 30 days
    found = moved("gemini-2.5-pro", asked(1, 120_000, 1_000))["input_tokens"]
    assert (found.now, found.double) == (Decimal("4.8"), Decimal("18.45"))


def test_shares_stop_at_all_hours_at_a_day_and_cached_tokens_at_the_input():
    work = asked(1, 10_000, 10, batch_share="0.8", cached_tokens=7_000, stored_tokens=1_000, storage_hours=20)
    found = moved("gemini-2.5-pro", work)
    tried = {name: (found[name].halved, found[name].doubled) for name in found}
    assert tried["batch_share"] == (Decimal("0.4"), 1)
    assert tried["storage_hours"] == (10, 24)
    assert tried["cached_tokens"] == (3_500, 10_000)
    # Of half the input all is cached.
    assert found["input_tokens"].half == a_month(
        "gemini-2.5-pro", replace(work, input_tokens=5_000, cached_tokens=5_000)
    )


def test_inputs_that_are_nothing_or_change_nothing_move_nothing():
    # 1.5 Pro does not think, and its storage has no price.
    work = asked(1, 10, 10, thinking_tokens=10, stored_tokens=10, storage_hours=1)
    assert set(moved("gemini-1.5-pro", work)) == {"requests_per_day", "input_tokens", "output_tokens"}


def test_a_model_without_a_list_price_has_no_movers_and_no_crossings():
    assert moved("gemini-2.0-pro-exp-02-05", asked(1, 10, 10)) == {}
    for field in LABELS:
        assert crossed("gemini-2.0-pro-exp-02-05", "gemini-2.0-flash", asked(1, 10, 10), field) == []


@settings(max_examples=40)
@given(_MODELS, workloads())
def test_half_and_double_are_what_a_new_bill_says(name, work):
    for mover in moved(name, work).values():
        for tried, told in ((mover.halved, mover.half), (mover.doubled, mover.double)):
            value = int(tried) if mover.field in _WHOLE else tried
            changed = replace(work, **{mover.field: value})
            cached = min(changed.cached_tokens, changed.input_tokens)
            assert told == a_month(name, replace(changed, cached_tokens=cached))


def test_where_dear_input_and_dear_output_balance():
    # 2.5 Pro has 1.25 and 10, 3.5 Flash 1.50 and 9: with 10,000 in, 0.25 x 10,000 = 1 x 2,500 out
    (found,) = crossed("gemini-2.5-pro", "gemini-3.5-flash", asked(5, 10_000, 1_000), "output_tokens")
    assert (found.at, found.step, found.label) == (2_500, False, "Output tokens a request")
    assert (found.cheaper_below, found.cheaper_above) == ("gemini-2.5-pro", "gemini-3.5-flash")


def test_a_crossing_within_a_tier_and_a_step_back_at_its_end():
    # with 1,000 out, 1 x 1,000 = 0.25 x 4,000 in; above 200,000 2.5 Pro costs double and 3.5 Flash does not
    below, step = crossed("gemini-2.5-pro", "gemini-3.5-flash", asked(5, 10_000, 1_000), "input_tokens")
    assert (below.at, below.cheaper_below, below.step) == (4_000, "gemini-3.5-flash", False)
    assert (step.at, step.cheaper_below, step.step) == (200_000, "gemini-2.5-pro", True)
    assert step.cheaper_above == "gemini-3.5-flash"


def test_images_fill_a_prompt_up_to_the_next_tier():
    # 2.5 Pro takes an image for 258 tokens: above (200,000 - 190,000) / 258 = 38.76 images it costs double
    found = crossed("gemini-2.5-pro", "gemini-3.5-flash", asked(5, 190_000, 1_000), "images")
    assert found[0].step
    assert float(found[0].at) == pytest.approx(10_000 / 258)
    assert found[0].cheaper_below == "gemini-2.5-pro"


def test_storage_decides_where_both_models_have_a_price_for_it():
    # 1,000 requests cost 22.50 on 2.5 Pro and 24 on 3.5 Flash; a million tokens for an hour 4.50 and 1
    work = asked(1_000, 10_000, 1_000, stored_tokens=1_000_000, storage_hours=1)
    (stored,) = crossed("gemini-2.5-pro", "gemini-3.5-flash", work, "stored_tokens")
    assert float(stored.at) == pytest.approx(1_500_000 / 3.5)
    assert (stored.cheaper_below, stored.cheaper_above) == ("gemini-2.5-pro", "gemini-3.5-flash")
    (requests,) = crossed("gemini-2.5-pro", "gemini-3.5-flash", work, "requests_per_day")
    assert float(requests.at) == pytest.approx(3.5 / 0.0015)
    assert requests.cheaper_below == "gemini-3.5-flash"


def test_storage_is_left_out_where_only_one_of_both_has_a_price():
    kept = asked(1_000, 10_000, 1_000, stored_tokens=1_000_000, storage_hours=24)
    for field in LABELS:
        found = crossed("gemini-2.5-pro", "gemini-1.5-pro", kept, field)
        assert found == crossed("gemini-2.5-pro", "gemini-1.5-pro", replace(kept, stored_tokens=0), field)


def test_cached_tokens_stop_counting_where_a_prompt_has_no_more():
    # Half of the prompts have 10,000 tokens, half 1,000. With c of them cached (c over 1,000), 2.5 Pro costs
    # 0.25 x (5,000 - c / 2) + 0.025 x (500 + c / 2) less for input and 1 x 1,000 more for output: equal at 2,333.
    work = asked(5, 10_000, 1_000, long_share="0.5", long_input_tokens=1_000)
    (cached,) = crossed("gemini-2.5-pro", "gemini-3.5-flash", work, "cached_tokens")
    assert float(cached.at) == pytest.approx(262.5 / 0.1125)
    # With 6,000 cached and L in the other prompts, it is 0.25 x (2,000 + (L - 6,000) / 2) + 0.025 x 6,000: 8,800.
    work = asked(5, 10_000, 1_000, cached_tokens=6_000, long_share="0.5", long_input_tokens=1_000)
    assert crossed("gemini-2.5-pro", "gemini-3.5-flash", work, "long_input_tokens")[0].at == 8_800


@pytest.fixture
def priced(folder):
    """Writes two models with prices and limits, and finds the crossings between them by the name of the input."""

    def check(workload, **models):
        for name, body in models.items():
            folder.model(body, name=name)
        catalog = folder.load()
        offers = [(catalog.models[name], "P") for name in models]
        found = crossings(catalog, *offers, workload, ON)
        return {name: [each for each in found if each.field == name] for name in LABELS}

    return check


_CLAIM = "unit: USD per 1M tokens, platform: P, source: maker, as_of: 2026-01"


def listed(tiers, output, window=10_000, limit=10_000):
    """A model file with input prices by tier, one output price, and how much the model takes in and gives out."""
    size = "unit: tokens, source: maker, as_of: 2026-01"
    rows = "".join(f"    - {{value: {usd}, {_CLAIM}{tier}}}\n" for tier, usd in tiers.items())
    return (
        f"context_window:\n  - {{value: {window}, {size}}}\noutput_limit:\n  - {{value: {limit}, {size}}}\n"
        f"prices:\n  input:\n{rows}  output:\n    - {{value: {output}, {_CLAIM}}}\n"
    )


@pytest.mark.parametrize(
    ("field", "limits", "found"),
    [
        # 2 x input + 1 x output against 1 x input + 4 x output: equal where the input is three times the output
        ("input_tokens", {}, [300]),
        ("input_tokens", {"window": 299}, []),
        ("output_tokens", {}, [30]),
        ("output_tokens", {"limit": 29}, []),
        # of 258 tokens each, with 90 of text: (300 - 90) / 258
        ("images", {}, [Decimal(210) / 258]),
        ("images", {"window": 299}, []),
    ],
)
def test_no_crossing_lies_beyond_what_either_model_takes_in_and_gives_out(priced, field, limits, found):
    work = asked(1, 90, 30 if field == "output_tokens" else 100)
    one, other = listed({"": 2.0}, 1.0), listed({"": 1.0}, 4.0, **limits)
    crossing = priced(work, m=one, n=other)[field]
    assert [float(each.at) for each in crossing] == pytest.approx([float(each) for each in found])


def test_bills_that_are_equal_for_a_stretch_cross_where_it_begins(priced):
    one = listed({", prompt_up_to: 100": 2.0, ", prompt_above: 100": 1.0}, 1.0)
    other = listed({", prompt_up_to: 1000": 1.0, ", prompt_above: 1000": 2.0}, 1.0)
    (found,) = priced(asked(1, 10, 10), m=one, n=other)["input_tokens"]
    assert (found.at, found.cheaper_below, found.cheaper_above, found.step) == (101, "n", "m", False)


def test_the_same_prices_never_cross(priced):
    same = listed({"": 2.0}, 1.0)
    assert not any(priced(asked(1, 10, 10, batch_share="0.5"), m=same, n=same).values())


@given(_MODELS, _MODELS, workloads(stored=False), st.sampled_from(_VARIED), st.data())
def test_the_cheaper_one_changes_at_the_crossings_and_nowhere_else(one, other, work, field, data):
    """Between two values of an input it changes if and only if an odd number of crossings lies between them."""
    work = replace(work, output_tokens=work.output_tokens // 20, thinking_tokens=work.thinking_tokens // 20)
    found = crossed(one, other, work, field)
    beside = [_beside(each.at, field, sign) for each in found for sign in (-1, 1)]
    anywhere = _values(field, work)
    low, high = sorted(data.draw(st.tuples(*[st.sampled_from(beside) | anywhere if beside else anywhere] * 2)))
    gaps = [a_month(one, replace(work, **{field: value})) for value in (low, high)]
    gaps = [gap - a_month(other, replace(work, **{field: value})) for gap, value in zip(gaps, (low, high), strict=True)]
    assume(min(abs(gap) for gap in gaps) > Decimal("1e-12"))
    between = [each for each in found if low <= each.at < high]
    cheaper = [one if gap < 0 else other for gap in gaps]
    assert (cheaper[0] != cheaper[1]) == (len(between) % 2 == 1)
    if between:
        assert (between[0].cheaper_below, between[-1].cheaper_above) == tuple(cheaper)


@given(_MODELS, _MODELS, workloads(stored=False), st.sampled_from(_VARIED))
def test_at_a_crossing_that_is_no_step_both_bills_are_equal(one, other, work, field):
    for found in crossed(one, other, work, field):
        if not found.step and field not in _WHOLE:
            bills = [a_month(name, replace(work, **{field: found.at})) for name in (one, other)]
            assert float(bills[0]) == pytest.approx(float(bills[1]), rel=1e-9)


def _beside(at, field, sign):
    """The value of an input just below or above a crossing."""
    if field in _WHOLE:
        return int(at.to_integral_value(ROUND_FLOOR)) + (sign > 0)
    return at * (1 + sign * Decimal("1e-6"))


def _values(field, work):
    if field in _WHOLE:
        least = work.cached_tokens if field == "input_tokens" else 0
        most = {"cached_tokens": work.input_tokens, "output_tokens": 5_000, "thinking_tokens": 5_000}
        return st.integers(least, most.get(field, 400_000))
    if field.endswith("share"):
        return st.decimals("0.001", "0.999", places=3)
    return st.decimals("0.1", 20, places=1)
