from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.differences import Side, difference, differs, ratio_words, span
from catalog.evidence import rule
from catalog.fields import FIELDS
from catalog.schema import Basis, Claim, Kind

ON = date(2026, 11, 22)


def sides(*values, basis=Basis.LIST):
    names = ("Pro", "Flash", "Lite")
    return [
        Side(
            name,
            None if value is None else Claim(value=value, kind=Kind.OFFICIAL, source="s", as_of="2026", basis=basis),
        )
        for name, value in zip(names, values, strict=False)
    ]


@pytest.mark.parametrize(
    ("field", "values", "words"),
    [
        ("context_window", (2_097_152, 1_048_576), "Pro: 2× the context"),
        ("context_window", (1_048_576, 2_097_152), "Flash: 2× the context"),
        ("context_window", (1_048_576, 1_048_576), ""),
        ("output_limit", (8_192, 65_536), "Flash: 8× the output limit"),
        ("output_limit", (65_536, 65_535), "practically the same, 1 apart"),
        ("context_window", (1_048_576, 1_000_000), "Pro: 5% more context than Flash"),
        ("relative_speed", (1.0, 1.62), "Flash: 1.6× the speed"),
        ("prices.input", (0.1, 4.0), "Flash: 40× the price"),
        ("prices.input", (0.0, 0.1), "Flash: more than Pro, which has 0"),
        ("context_window", (1_000_000, 2_000_000, 4_000_000), "Lite: 4× the context of Pro"),
        ("knowledge_cutoff", ("2024-06", "2024-08"), "Flash: 2 months later"),
        ("knowledge_cutoff", ("2024-08", "2024-06"), "Pro: 2 months later"),
        ("knowledge_cutoff", ("2024-06", "2024-07"), "Flash: 1 month later"),
        ("knowledge_cutoff", ("2024-06", "2024-06-15"), ""),
        ("release_date", ("2025-02-05", "2025-02-06"), "Flash: 1 day later"),
        ("release_date", ("2024-12-11", "2025-02-05"), "Flash: 56 days later"),
        ("output_modalities", (("text",), ("text", "image")), "only Flash: image"),
        ("output_modalities", (("text", "image"), ("image", "text")), ""),
        ("output_modalities", (("text", "audio"), ("text", "image")), "only Pro: audio; only Flash: image"),
        ("capabilities.live_api", ("not supported", "supported"), "only Flash"),
        ("capabilities.live_api", ("preview", "supported"), "Pro: preview; Flash: supported"),
        ("context_window", (2_097_152, None), "not known for Flash"),
        ("context_window", (None, 5, 5), "not known for Pro"),
        ("context_window", (None, 5, 10), "Lite: 2× the context; not known for Pro"),
        ("context_window", ("not disclosed", 5), "not known for Pro"),
        ("knowledge_cutoff", (None, "not disclosed"), ""),
        ("prices.input", (None, 0.1), "no list price for Pro"),
        ("prices.input", ("no list price", 0.1), "no list price for Pro"),
        ("prices.input", (None, None, 0.1), "no list price for Pro and Flash"),
    ],
)
def test_a_difference_in_words(field, values, words):
    assert difference(FIELDS[field], sides(*values)) == words


def test_a_free_rate_is_no_list_price_and_never_counts_as_zero():
    pro = sides(0.0, basis=Basis.FREE)[0]
    flash = sides(None, 0.1)[1]
    assert difference(FIELDS["prices.input"], [pro, flash]) == "no list price for Pro"


def test_a_year_that_agrees_with_two_months_does_not_hide_that_they_differ():
    assert differs(sides("2024-06", "2024", "2024-08"))


_VALUES = st.none() | st.sampled_from([0, 1, 1.0, "text", "2024-06", ("a",), ("a", "b")])


@given(st.lists(_VALUES, min_size=2, max_size=3), st.data())
def test_whether_models_differ_does_not_depend_on_their_order(values, data):
    assert differs(sides(*values)) is differs(sides(*data.draw(st.permutations(values))))


@given(st.lists(st.integers(1, 10**9) | st.none(), min_size=2, max_size=3))
def test_there_are_words_exactly_where_there_is_a_difference(values):
    assert bool(difference(FIELDS["context_window"], sides(*values))) is (len(set(values)) > 1)


@pytest.mark.parametrize(
    ("ratio", "words"), [(2.0, "2×"), (1.62, "1.6×"), (1.999, "2×"), (9.96, "10×"), (12.4, "12×"), (1000.0, "1,000×")]
)
def test_a_ratio_as_it_is_said(ratio, words):
    assert ratio_words(ratio) == words


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        ("2026-06-01", "2026-06-30", "29 days"),
        ("2024-12-31", "2025-01-01", "1 day"),
        ("2024-02-28", "2024-03-01", "2 days"),
        ("2024-06", "2025-06", "12 months"),
        ("2024-06-15", "2024-08", "2 months"),
        ("2024", "2025-06", "1 year"),
        ("2024-06", "2026", "2 years"),
        ("2025-02-05", "2026-06-01", "16 months"),
    ],
)
def test_a_span_is_as_precise_as_both_dates(first, last, words):
    assert span(first, last) == words


def test_sixty_days_are_not_three_months():
    assert span("2026-01-31", "2026-04-01") == "2 months"


def test_the_founding_pair_differs_in_context_by_a_factor_of_two(catalog):
    pair = [
        Side(name, rule(catalog.find(model).claims["context_window"], FIELDS["context_window"], ON).standing)
        for name, model in (("Pro", "gemini-2.0-pro"), ("Flash", "gemini-2.0-flash"))
    ]
    assert difference(FIELDS["context_window"], pair) == "Pro: 2× the context"
