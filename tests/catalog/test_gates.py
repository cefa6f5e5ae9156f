"""What is demanded before anything is weighed, held against real models whose sources were read by hand."""

from datetime import date
from decimal import Decimal

import pytest

from catalog.bill import bill
from catalog.criteria import OwnFigure, OwnFigures
from catalog.decision import Needs
from catalog.gates import Outcome, checks, gated
from catalog.prices import GEMINI_API, NoListPrice
from catalog.schema import Kind
from catalog.workload import Workload
from tests.catalog.decisions import a_bill

THEN, NOW = date(2025, 3, 1), date(2026, 11, 26)
PRO, FLASH = "gemini-2.0-pro-exp-02-05", "gemini-2.0-flash"
PASSES, FAILS, UNKNOWN, CONFLICT = Outcome


def check(catalog, name, on=THEN, bill=None, own=None, **needs):
    """The check of the one demand that is made."""
    (found,) = checks(catalog, catalog.find(name), Needs(**needs), on, bill, own)
    return found


def test_no_demand_makes_no_check(catalog):
    assert checks(catalog, catalog.find(PRO), Needs(), THEN, None) == ()


@pytest.mark.parametrize(
    ("name", "outcome"),
    [
        # Four sources say 2,097,152; the 1,048,576 of the model list is of the model that took over the id.
        (PRO, PASSES),
        # 1,048,576 by every source.
        (FLASH, FAILS),
        # 2,000,000, 2,097,152 and 1,000,000, all of the model as such.
        ("gemini-1.5-pro", CONFLICT),
        # 10,000,000 by its card and 3,500,000 by models.dev, both enough; 128,000 on one host alone.
        ("llama-4-scout", PASSES),
    ],
)
def test_a_million_and_a_half_tokens(catalog, name, outcome):
    assert check(catalog, name, context_window=1_500_000).outcome is outcome


@pytest.mark.parametrize(
    ("tokens", "outcome"), [(1_000_000, PASSES), (1_000_001, CONFLICT), (2_097_152, CONFLICT), (2_097_153, FAILS)]
)
def test_sources_conflict_only_where_they_disagree_on_the_demand(catalog, tokens, outcome):
    assert check(catalog, "gemini-1.5-pro", context_window=tokens).outcome is outcome


def test_the_sentence_has_the_value_the_need_and_what_is_said_elsewhere(catalog):
    found = check(catalog, PRO, context_window=1_500_000)
    assert found.sentence == (
        "2.0 Pro exp takes in 2,097,152 tokens at once. You need 1,500,000 tokens. Elsewhere it is otherwise: "
        "1,048,576 tokens (after the id was re-pointed at 2.5 Pro Experimental (seen 2025-04-17))."
    )
    assert {claim.source for claim in found.claims} == {"litellm_2026_01", "roo", "nanogpt", "groundy"}


def test_conflicting_sources_are_all_quoted(catalog):
    words = check(catalog, "gemini-1.5-pro", context_window=1_500_000).sentence
    assert "2,000,000 tokens, 1,000,000 tokens or 2,097,152 tokens" in words


def test_an_illustration_alone_decides_nothing(catalog):
    pro = catalog.find(PRO)
    illustrated = tuple(claim for claim in pro.claims["context_window"] if claim.kind is Kind.ILLUSTRATIVE)
    bare = pro.model_copy(update={"claims": {**pro.claims, "context_window": illustrated}})
    (found,) = checks(catalog, bare, Needs(context_window=10), THEN, None)
    assert illustrated
    assert (found.outcome, found.claims) == (UNKNOWN, ())
    assert "no source was found beyond illustrations" in found.sentence


@pytest.mark.parametrize(
    ("name", "tokens", "outcome"),
    [
        (FLASH, 8192, PASSES),
        # 8,192 by six sources, 65,536 by a Google Cloud page of 2026.
        (FLASH, 10_000, CONFLICT),
        (FLASH, 70_000, FAILS),
        ("deepseek-r1", 70_000, FAILS),
    ],
)
def test_output_limits(catalog, name, tokens, outcome):
    assert check(catalog, name, output_limit=tokens).outcome is outcome


@pytest.mark.parametrize(
    ("name", "wanted", "outcome"),
    [
        (FLASH, ("text", "audio"), PASSES),
        ("llama-4-scout", ("text", "audio"), FAILS),
        (FLASH, ("smell",), FAILS),
    ],
)
def test_input_modalities(catalog, name, wanted, outcome):
    assert check(catalog, name, input_modalities=wanted).outcome is outcome


def test_an_image_that_is_announced_or_disputed_is_not_taken_for_given(catalog):
    """Text alone by four sources, text and image by LiteLLM: a conflict."""
    assert check(catalog, FLASH, output_modalities=("image",)).outcome is CONFLICT


@pytest.mark.parametrize(
    ("name", "capability", "outcome"),
    [
        (FLASH, "function_calling", PASSES),
        (PRO, "function_calling", PASSES),
        (PRO, "caching", CONFLICT),
        ("llama-4-scout", "caching", UNKNOWN),
    ],
)
def test_capabilities(catalog, name, capability, outcome):
    assert check(catalog, name, capabilities=(f"capabilities.{capability}",)).outcome is outcome


@pytest.mark.parametrize(
    ("name", "on", "outcome"),
    [
        (PRO, THEN, PASSES),
        (FLASH, THEN, PASSES),
        # From 17 April 2025 at the latest, 2.5 Pro Experimental answered.
        (PRO, date(2025, 5, 1), FAILS),
        (PRO, NOW, FAILS),
        (FLASH, date(2026, 5, 31), PASSES),
        (FLASH, date(2026, 6, 1), FAILS),
        # Deprecated, and to be shut down on 1 December 2026.
        ("gemini-2.5-pro", NOW, PASSES),
        ("gemini-2.5-pro", date(2026, 12, 1), FAILS),
        # Its id is answered by another model since 8 October 2026.
        ("gemini-3.5-flash", NOW, FAILS),
        ("gemini-3.5-flash", date(2026, 9, 1), PASSES),
        ("gemini-2.5-pro", date(2025, 1, 1), FAILS),
        ("gpt-5", NOW, UNKNOWN),
    ],
)
def test_what_can_be_called_on_a_day(catalog, name, on, outcome):
    assert check(catalog, name, on, callable=True).outcome is outcome


def test_a_model_that_is_about_to_end_says_when(catalog):
    assert "ends on 1 December 2026" in check(catalog, "gemini-2.5-pro", NOW, callable=True).sentence


@pytest.mark.parametrize(
    ("name", "on", "outcome"),
    [
        (PRO, THEN, FAILS),
        (FLASH, THEN, PASSES),
        ("gemini-3.1-pro-preview", NOW, FAILS),
        ("gemini-3.8-flash", NOW, PASSES),
        ("gemini-2.5-pro", NOW, FAILS),
        # "Available" is all that its sources say.
        ("gemini-2.5-flash-lite", NOW, UNKNOWN),
        ("llama-4-scout", NOW, UNKNOWN),
    ],
)
def test_what_is_generally_available_on_a_day(catalog, name, on, outcome):
    assert check(catalog, name, on, generally_available=True).outcome is outcome


@pytest.mark.parametrize(
    ("name", "platform", "outcome"),
    [
        (FLASH, "Vertex AI", PASSES),
        (PRO, "Vertex AI", PASSES),
        (FLASH, GEMINI_API, PASSES),
        ("gpt-4o", "Vertex AI", UNKNOWN),
    ],
)
def test_a_platform_counts_where_a_source_names_it_and_silence_is_no_refusal(catalog, name, platform, outcome):
    assert check(catalog, name, platform=platform).outcome is outcome


def test_a_bill_is_held_against_the_ceiling(catalog):
    flash = catalog.find(FLASH)
    assert check(catalog, FLASH, bill=a_bill(flash, 100), usd_a_month=100).outcome is PASSES
    failed = check(catalog, FLASH, bill=a_bill(flash, 101), usd_a_month=100)
    assert failed.outcome is FAILS
    assert failed.sentence == "2.0 Flash costs $101.00 a month for your workload. Your ceiling is $100.00 a month."


def test_no_list_price_leaves_the_ceiling_to_the_reader(catalog):
    found = check(catalog, PRO, bill=NoListPrice("free while on trial"), usd_a_month=100)
    assert found.outcome is UNKNOWN
    assert "free while on trial" in found.sentence
    assert check(catalog, PRO, bill=None, usd_a_month=100).outcome is UNKNOWN


@pytest.mark.parametrize(("ceiling", "outcome"), [(37, FAILS), (38, CONFLICT), (104, CONFLICT), (105, PASSES)])
def test_prices_that_conflict_leave_the_reader_what_lies_between(catalog, ceiling, outcome):
    """A million input tokens a day of 1.5 Pro: $1.25 or $3.50 a day, $37.50 or $105 in 30 days."""
    asked = Workload(requests_per_day=Decimal(1000), input_tokens=1000, output_tokens=0)
    cost = bill(catalog, catalog.find("gemini-1.5-pro"), GEMINI_API, asked, THEN)
    assert check(catalog, "gemini-1.5-pro", bill=cost, usd_a_month=ceiling).outcome is outcome


@pytest.mark.parametrize(
    ("low", "high", "outcome"), [(0.5, 0.9, PASSES), (0.5, 1.0, PASSES), (0.5, 1.1, UNKNOWN), (1.01, 2.0, FAILS)]
)
def test_own_waiting_times_are_held_with_their_interval_against_the_limit(catalog, low, high, outcome):
    own = OwnFigures(time_to_first_token={FLASH: OwnFigure((low + high) / 2, low, high, 7)})
    found = check(catalog, FLASH, own=own, time_to_first_token=1.0)
    assert found.outcome is outcome
    assert "7 runs of yours" in found.sentence


@pytest.mark.parametrize(("limit", "outcome"), [(0.3, PASSES), (0.25, UNKNOWN), (0.1, FAILS)])
def test_published_waiting_times_are_taken_to_be_right_within_a_quarter(catalog, limit, outcome):
    """1.5 Flash on Vertex AI: 0.23 s, so 0.184 to 0.2875."""
    needs = Needs(platform="Vertex AI", time_to_first_token=limit)
    found = checks(catalog, catalog.find("gemini-1.5-flash"), needs, THEN, None)
    assert found[-1].outcome is outcome


def test_nobody_measured_the_wait_so_the_reader_is_asked(catalog):
    assert check(catalog, PRO, time_to_first_token=1.0).outcome is UNKNOWN


def behind(catalog, name, decided, **needs):
    model = catalog.find(name)
    return gated(model, checks(catalog, model, Needs(**needs), THEN, None), decided)


def test_a_failed_gate_puts_a_model_out_whatever_was_decided(catalog):
    found = behind(catalog, FLASH, {("context_window", FLASH): True}, context_window=1_500_000)
    assert not found.is_in
    assert [each.gate for each in found.against] == ["context_window"]


def test_an_open_gate_keeps_a_model_in_until_it_is_decided(catalog):
    name, needs = "gemini-1.5-pro", {"context_window": 1_500_000}
    undecided = behind(catalog, name, {}, **needs)
    assert undecided.is_in
    assert [each.gate for each in undecided.undecided] == ["context_window"]
    accepted = behind(catalog, name, {("context_window", name): True}, **needs)
    assert accepted.is_in
    assert accepted.undecided == ()
    refused = behind(catalog, name, {("context_window", name): False}, **needs)
    assert not refused.is_in
    assert [each.gate for each in refused.against] == ["context_window"]


def test_a_decision_on_another_model_changes_nothing(catalog):
    found = behind(catalog, "gemini-1.5-pro", {("context_window", PRO): False}, context_window=1_500_000)
    assert found.is_in
    assert found.undecided
