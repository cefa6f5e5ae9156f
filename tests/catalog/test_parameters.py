"""Which request parameters a model takes, ignores or refuses: as the sources say, and shown like the rest."""

from datetime import date

import pytest

from catalog import tables
from catalog.differences import Side, difference
from catalog.evidence import rule
from catalog.fields import FIELDS, Group
from catalog.schema import Kind

ON = date(2026, 11, 26)
PATHS = [path for path, field in FIELDS.items() if field.group is Group.PARAMETERS]


@pytest.mark.parametrize(
    ("model", "field", "value", "source"),
    [
        # Google's guides to 3.7 and 3.8 Flash, on deprecated sampling parameters: ignored by the backend.
        ("gemini-3.8-flash", "temperature", "ignored", "guide38"),
        ("gemini-3.8-flash", "top_k", "ignored", "guide38"),
        ("gemini-3.7-flash", "top_p", "ignored", "guide37"),
        # Google's pages on 3.6 Flash and 3.5 Flash-Lite: a custom value will be ignored.
        ("gemini-3.6-flash", "temperature", "ignored", "gcp36f"),
        ("gemini-3.5-flash-lite", "temperature", "ignored", "gcp35fl"),
        # Google's page on 3.1 Pro: temperature from 0.0 to 2.0.
        ("gemini-3.1-pro-preview", "temperature", "supported", "gcp31p"),
        ("gemini-3.1-pro-preview", "max_temperature", 2.0, "list_2026_08"),
        # Google's table of thinking budgets, and its sentence on levels at models before Gemini 3.
        ("gemini-2.5-pro", "thinking_budget_min", 128, "think_gcp"),
        ("gemini-2.5-pro", "thinking_budget_max", 32_768, "think_gcp"),
        ("gemini-2.5-pro", "thinking_off", "refused", "think_gcp"),
        ("gemini-2.5-flash", "thinking_budget_min", 1, "think_gcp"),
        ("gemini-2.5-flash", "thinking_budget_max", 24_576, "think_gcp"),
        ("gemini-2.5-flash", "thinking_off", "supported", "think_gcp"),
        ("gemini-2.5-flash-lite", "thinking_budget_min", 512, "think_gcp"),
        ("gemini-2.5-flash-lite", "thinking_budget_max", 24_576, "think_gcp"),
        ("gemini-2.5-flash", "thinking_level", "refused", "think_gcp"),
        ("gemini-2.0-pro-exp-02-05", "thinking_level", "refused", "think_gcp"),
        ("gemini-3.5-flash", "thinking_level", "supported", "think_gcp"),
        # The error of the service that an issue quotes: thinking is not supported by this model.
        ("gemini-2.0-flash", "thinking_budget", "refused", "jsgenai681"),
    ],
)
def test_what_a_source_says_of_a_parameter_stands(catalog, model, field, value, source):
    path = f"parameters.{field}"
    claims = catalog.models[model].claims[path]
    assert rule(claims, FIELDS[path], ON).standing.value == value
    assert source in {claim.source for claim in claims if claim.value == value}


def test_every_claim_on_a_parameter_has_a_source_with_an_address(catalog):
    claims = [claim for model in catalog.models.values() for path in PATHS for claim in model.claims.get(path, ())]
    assert len(claims) > 100
    assert all(catalog.sources[claim.source].url for claim in claims)
    assert {claim.kind for claim in claims} == {Kind.OFFICIAL, Kind.THIRD_PARTY}


def test_the_ends_of_a_budget_stand_together_and_in_order(catalog):
    low, high = "parameters.thinking_budget_min", "parameters.thinking_budget_max"
    for model in catalog.models.values():
        assert (low in model.claims) == (high in model.claims)
        if low in model.claims:
            least, most = (rule(model.claims[path], FIELDS[path], ON).standing.value for path in (low, high))
            assert least < most


def test_a_parameter_is_supported_ignored_or_refused_and_nothing_else(folder):
    folder.model("parameters:\n  temperature:\n    - {value: not supported, source: maker, as_of: 2026-01}\n")
    (problem,) = folder.problems()
    assert problem.startswith(f"models/lab/m.yaml:{folder.body_line + 2}: parameters.temperature")
    assert "expected supported, ignored or refused" in problem


def test_a_difference_between_parameters_names_both_sides(catalog):
    path = "parameters.temperature"
    sides = [
        Side(name, rule(catalog.models[model].claims[path], FIELDS[path], ON).standing)
        for name, model in (("Pro", "gemini-2.5-pro"), ("Flash", "gemini-3.8-flash"))
    ]
    assert difference(FIELDS[path], sides) == "Pro: supported; Flash: ignored"


def test_parameters_are_compared_in_a_group_of_their_own_after_the_capabilities(catalog):
    models = [catalog.models["gemini-2.5-pro"], catalog.models["gemini-3.8-flash"]]
    groups = list(dict.fromkeys(row.field.group for row in tables.compare(catalog, models, ON)))
    assert groups.index(Group.PARAMETERS) == groups.index(Group.CAPABILITIES) + 1
    rows = {row.field.path: row for row in tables.compare(catalog, models, ON)}
    assert [cell.text for cell in rows["parameters.thinking_budget_max"].cells] == ["32,768 tokens", "not found"]
    assert [cell.text for cell in rows["parameters.temperature"].cells] == ["supported", "ignored"]
