from datetime import date
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.evidence import agree, rule, standing_claim
from catalog.fields import FIELDS
from catalog.schema import Basis, Claim, Kind

ON = date(2026, 11, 22)
CONTEXT = FIELDS["context_window"]
TRUST = ["official", "third_party", "estimate", "illustrative", "inference"]


def claim(value, kind="official", as_of="2026", **more):
    return Claim(value=value, kind=Kind(kind), as_of=as_of, source="s", **more)


_DATES = st.sampled_from(["2024", "2024-06", "2024-06-15", "2025", "2025-04", "2026-01-01"])
_DAYS = st.none() | st.dates(date(2026, 1, 1), date(2027, 12, 31))
_NEVER = st.none()
_SCOPES = st.sampled_from([None, "preview", "Vertex AI"])


def claims(days=_NEVER, scopes=_NEVER):
    kinds = st.sampled_from(TRUST)
    one = st.builds(claim, st.integers(1, 3), kinds, _DATES, scope=scopes, valid_from=days, valid_to=days)
    return st.lists(one, min_size=1, max_size=6)


@given(claims())
def test_the_most_trusted_kind_stands(many):
    assert standing_claim(many, ON).kind == min((each.kind for each in many), key=TRUST.index)


@given(claims())
def test_within_a_kind_the_newer_stands_and_then_the_first_of_the_file(many):
    standing = standing_claim(many, ON)
    rivals = [each for each in many if each.kind == standing.kind]
    newest = [each for each in rivals if each.as_of == max(rival.as_of for rival in rivals)]
    assert standing is newest[0]


@given(claims(days=_DAYS), st.dates(date(2025, 6, 1), date(2028, 6, 1)))
def test_a_claim_whose_period_excludes_the_day_stands_only_where_no_other_holds(many, day):
    holding = [
        each
        for each in many
        if (each.valid_from is None or each.valid_from <= day) and (each.valid_to is None or day <= each.valid_to)
    ]
    standing = standing_claim(many, day)
    assert not holding or any(standing is each for each in holding)


@given(claims(days=_DAYS, scopes=_SCOPES), st.dates(date(2025, 6, 1), date(2028, 6, 1)))
def test_there_is_a_conflict_if_and_only_if_two_claims_of_one_scope_disagree_on_the_day(many, day):
    def holds(each):
        return (each.valid_from or date.min) <= day <= (each.valid_to or date.max)

    disagree = any(
        one.scope == other.scope and holds(one) and holds(other) and one.value != other.value
        for one, other in combinations(many, 2)
    )
    assert rule(many, CONTEXT, day).conflict is disagree


@given(claims(scopes=_SCOPES).flatmap(lambda many: st.tuples(st.just(many), st.permutations(many))))
def test_a_conflict_does_not_depend_on_the_order_of_the_file(pair):
    given_order, other_order = pair
    assert rule(given_order, CONTEXT, ON).conflict is rule(other_order, CONTEXT, ON).conflict


@given(claims(scopes=_SCOPES), st.integers(1, 3), st.sampled_from(TRUST), _DATES)
def test_a_claim_of_another_scope_changes_neither_what_stands_nor_what_conflicts(many, value, kind, as_of):
    before = rule(many, CONTEXT, ON)
    after = rule([*many, claim(value, kind, as_of, scope="elsewhere")], CONTEXT, ON)
    assert {each.scope: id(each) for each in after.by_scope if each.scope != "elsewhere"} == {
        each.scope: id(each) for each in before.by_scope
    }
    assert [id(each) for each in after.conflicts] == [id(each) for each in before.conflicts]


@given(claims(scopes=_SCOPES))
def test_the_claim_without_a_scope_is_shown_first_where_there_is_one(many):
    ruling = rule(many, CONTEXT, ON)
    assert any(ruling.standing is each for each in many)
    assert (ruling.standing.scope is None) is any(each.scope is None for each in many)
    assert ruling.stands(ruling.standing)


@given(claims(scopes=_SCOPES))
def test_each_scope_has_one_standing_claim(many):
    ruling = rule(many, CONTEXT, ON)
    standing = [each.scope for each in many if ruling.stands(each)]
    assert sorted(standing, key=str) == sorted({each.scope for each in many}, key=str)


def test_no_claims_are_a_mistake_of_the_caller():
    with pytest.raises(ValueError, match="no claims"):
        standing_claim([], ON)


_ANYTHING = (
    st.booleans()
    | st.integers(0, 3)
    | st.sampled_from([0.0, 1.0, 1.5])
    | st.sampled_from(["2024", "2024-06", "2024-06-15", "2024-07", "text", "not found"])
    | st.sampled_from([(), ("text",), ("text", "image"), ("image", "text")])
)


@given(_ANYTHING, _ANYTHING)
def test_agreement_goes_both_ways_and_everything_agrees_with_itself(one, other):
    assert agree(one, one)
    assert agree(one, other) is agree(other, one)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2024-06", "2024-06-15", True),
        ("2024-06", "2024-07", False),
        ("2024-06", "2024-07-15", False),
        ("2024", "2024-06", True),
        ("2024", "2025", False),
        ("2024-06-15", "2024-06-16", False),
        ("2024-1", "2024-12", False),
        ("gemini-2.0", "gemini-2.0-flash", False),
        (True, 1, False),
        (False, 0, False),
        (1, 1.0, True),
        (2_000_000, 2_097_152, False),
        (0.1, 0.1, True),
        (("text", "image"), ("image", "text"), True),
        (("text",), ("text", "image"), False),
        ("text", ("text",), False),
        ("1000", 1000, False),
        ("not disclosed", "not found", False),
    ],
)
def test_what_agrees(one, other, same):
    assert agree(one, other) is same


def test_two_months_of_a_year_conflict_even_where_a_stronger_source_names_the_year_alone():
    many = [claim("2024"), claim("2024-06", "third_party"), claim("2024-08", "third_party")]
    assert rule(many, FIELDS["knowledge_cutoff"], ON).conflict


def test_a_price_with_a_period_stands_before_one_without_whatever_its_date():
    dated = claim(0.75, "third_party", "2026-08-13", valid_to=date(2026, 12, 31))
    undated = claim(1.5, "third_party", "2026-08-22")
    assert standing_claim([undated, dated], date(2026, 12, 31)) is dated
    assert standing_claim([undated, dated], date(2027, 1, 1)) is undated


def test_an_official_price_without_a_period_stands_before_a_third_partys_with_one():
    official = claim(1.5, "official", "2026-01")
    dated = claim(0.75, "third_party", "2026-08-13", valid_to=date(2026, 12, 31))
    assert standing_claim([dated, official], ON) is official


def test_a_plan_is_replaced_by_the_newest_one_whoever_reports_it():
    many = [
        claim("2026-06-17", "official", "2026-03", scope="schedule of March"),
        claim("2026-12-01", "third_party", "2026-11-10", scope="schedule of November"),
    ]
    assert rule(many, FIELDS["shutdown_date"], ON).standing.value == "2026-12-01"


def test_claims_that_add_up_all_stand_and_never_conflict():
    many = [claim("gemini-a", unit="model id"), claim("gemini-b", unit="model id")]
    ruling = rule(many, FIELDS["api_ids"], ON)
    assert all(ruling.stands(each) for each in many)
    assert not ruling.conflict


def test_the_free_rate_of_one_platform_is_no_conflict_with_the_price_of_another():
    free = claim(0.0, "third_party", platform="Gemini API (AI Studio)", basis=Basis.FREE)
    listed = claim(0.15, "third_party", platform="Vertex AI")
    ruling = rule([free, listed], FIELDS["prices.input"], ON)
    assert not ruling.conflict
    assert ruling.standing is listed


@pytest.mark.parametrize(
    ("model", "field", "day", "price"),
    [
        ("gemini-3.6-flash", "prices.input", date(2026, 12, 31), 0.75),
        ("gemini-3.6-flash", "prices.input", date(2027, 1, 1), 1.5),
        ("gemini-3.6-flash", "prices.output", date(2026, 12, 31), 3.75),
        ("gemini-3.6-flash", "prices.output", date(2027, 1, 1), 7.5),
        ("gemini-3.6-flash", "prices.cached_input", date(2026, 12, 31), 0.075),
        ("gemini-3.6-flash", "prices.cached_input", date(2027, 1, 1), 0.15),
        ("gemini-4-argon", "prices.input", date(2026, 11, 30), 2.0),
        ("gemini-4-argon", "prices.input", date(2026, 12, 1), 4.0),
        ("gemini-4-argon", "prices.output", date(2026, 11, 30), 10.0),
        ("gemini-4-argon", "prices.output", date(2026, 12, 1), 20.0),
    ],
)
def test_a_dated_price_changes_on_its_day(catalog, model, field, day, price):
    assert rule(catalog.models[model].claims[field], FIELDS[field], day).standing.value == price


CONFLICTS = {
    ("gemini-1.5-flash", "context_window"),
    ("gemini-1.5-flash", "knowledge_cutoff"),
    ("gemini-1.5-flash-8b", "context_window"),
    ("gemini-1.5-flash-8b", "knowledge_cutoff"),
    ("gemini-1.5-pro", "context_window"),
    ("gemini-1.5-pro", "knowledge_cutoff"),
    ("gemini-1.5-pro", "prices.input"),
    ("gemini-1.5-pro", "prices.output"),
    ("gemini-2.0-flash", "architecture.type"),
    ("gemini-2.0-flash", "capabilities.live_api"),
    ("gemini-2.0-flash", "capabilities.thinking"),
    ("gemini-2.0-flash", "capabilities.url_context"),
    ("gemini-2.0-flash", "knowledge_cutoff"),
    ("gemini-2.0-flash", "output_limit"),
    ("gemini-2.0-flash", "output_modalities"),
    ("gemini-2.0-flash", "relative_latency"),
    ("gemini-2.0-flash", "relative_speed"),
    ("gemini-2.0-flash-lite", "capabilities.search_grounding"),
    ("gemini-2.0-flash-lite", "knowledge_cutoff"),
    ("gemini-2.0-pro-exp-02-05", "architecture.type"),
    ("gemini-2.0-pro-exp-02-05", "capabilities.caching"),
    ("gemini-2.5-flash", "output_limit"),
    ("gemini-2.5-flash-lite", "output_limit"),
    ("gemini-2.5-pro", "architecture.type"),
    ("gemini-2.5-pro", "output_limit"),
    ("gemini-3-flash-preview", "output_limit"),
    ("gemini-3-pro-preview", "output_limit"),
    ("gemini-3.5-flash", "output_limit"),
    ("gemini-3.6-flash", "prices.cached_input"),
    ("gemini-3.6-flash", "prices.input"),
    ("gemini-3.6-flash", "prices.output"),
    ("gemini-4-hydrogen", "release_date"),
}


def test_exactly_the_known_conflicts_among_the_gemini_models_are_found(catalog):
    found = {
        (model.id, field)
        for model in catalog.models.values()
        if model.lab == "google-deepmind"
        for field, many in model.claims.items()
        if rule(many, FIELDS[field], ON).conflict
    }
    assert found == CONFLICTS


@pytest.mark.parametrize(
    ("name", "field", "stands", "against"),
    [
        ("gemini-2.0-flash", "knowledge_cutoff", "2024-08", {"2024-06"}),
        ("gemini-2.0-flash", "output_limit", 8192, {65536}),
        ("gemini-2.0-flash", "context_window", 1048576, set()),
        ("gemini-2.0-flash", "relative_speed", 1.62, {2.0}),
        ("gemini-2.0-flash", "relative_latency", 0.6, {0.5}),
        ("gemini-2.0-flash", "capabilities.live_api", "not supported", {"supported"}),
        ("gemini-2.0-flash", "architecture.type", "mixture-of-experts", {"not disclosed"}),
        ("gemini-2.0-pro", "context_window", 2097152, set()),
        ("gemini-2.0-pro", "output_limit", 8192, set()),
        ("gemini-2.0-pro", "knowledge_cutoff", "2024-06", set()),
        ("gemini-2.5-pro", "output_limit", 65536, {65535}),
        ("gemini-1.5-pro", "context_window", 2000000, {1000000, 2097152}),
    ],
)
def test_what_stands_and_what_is_said_against_it(catalog, name, field, stands, against):
    ruling = rule(catalog.find(name).claims[field], FIELDS[field], ON)
    assert ruling.standing.value == stands
    assert {each.value for each in ruling.conflicts} == against
