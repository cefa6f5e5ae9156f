import csv
import io
import json
import re
from datetime import date
from pathlib import Path

import pytest
import yaml

from catalog import tables
from catalog.fields import FIELDS, Group, Holds
from catalog.loading import DATA

ON = date(2026, 11, 22)
ROWS = {
    "models": (tables.ModelRow, lambda catalog: tables.model_rows(catalog, ON)),
    "claims": (tables.ClaimRow, lambda catalog: tables.claim_rows(catalog, ON)),
    "results": (tables.ResultRow, tables.result_rows),
    "sources": (tables.SourceRow, lambda catalog: tables.source_rows(catalog, ON)),
}
MODEL_FILES = sorted((DATA / "models").glob("*/*.yaml"))
SECTIONS = ("capabilities", "parameters", "prices", "architecture", "suggested")
HEAD = {"id", "name", "short_name", "lab", "family", "tier", "identity", "remarks", "lifecycle", "statements"}


def exports(catalog, what):
    kind, rows = ROWS[what]
    dicts = tables.records(rows(catalog))
    return tables.to_csv(dicts, tables.columns(kind)), tables.to_json(dicts)


def parsed(text):
    return list(csv.DictReader(io.StringIO(text)))


def written(path: Path):
    """Every claim of a model file as (field, claim), read without the product's own reader."""
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    for key, value in content.items():
        if key in HEAD:
            continue
        for name, claims in value.items() if key in SECTIONS else [(None, value)]:
            yield from ((f"{key}.{name}" if name else key, claim) for claim in claims)


def test_the_columns_that_scripts_rely_on(catalog):
    claims, _ = exports(catalog, "claims")
    results, _ = exports(catalog, "results")
    assert claims.splitlines()[0] == "model,field,value,unit,scope,kind,source,as_of,stands"
    assert results.splitlines()[0] == "model,benchmark,score,unit,conditions,n,low,high,kind,source,date"


@pytest.mark.parametrize("what", ROWS)
def test_csv_and_json_say_the_same(catalog, what):
    as_csv, as_json = exports(catalog, what)
    in_words = [
        {name: str(shown).lower() if isinstance(shown, bool) else str(shown) for name, shown in row.items()}
        for row in json.loads(as_json)
    ]
    assert parsed(as_csv) == in_words


@pytest.mark.parametrize("path", MODEL_FILES, ids=lambda path: path.stem)
def test_a_model_has_one_row_for_each_source_of_each_claim_of_its_file(catalog, path):
    expected: dict[str, int] = {}
    for field, claim in written(path):
        expected[field] = expected.get(field, 0) + 1 + len(claim.get("also_stated_by", ()))
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    rows = [row for row in tables.claim_rows(catalog, ON) if row.model == path.stem]
    counted = {field: sum(row.field == field for row in rows) for field in {row.field for row in rows} & FIELDS.keys()}
    assert counted == expected
    assert sum(row.field.startswith("lifecycle.") for row in rows) == len(content.get("lifecycle", ()))
    assert sum(row.field.startswith("statements.") for row in rows) == len(content.get("statements", ()))


def test_exactly_one_claim_stands_for_each_model_field_and_scope(catalog):
    period = re.compile(r"(^|, )(from \d{4}-\d{2}-\d{2})?( ?to \d{4}-\d{2}-\d{2})?$")
    standing: dict[tuple[str, str, str], int] = {}
    for row in tables.claim_rows(catalog, ON):
        if row.field in FIELDS and not FIELDS[row.field].many:
            key = (row.model, row.field, period.sub("", row.scope))
            standing[key] = standing.get(key, 0) + row.stands
    assert len(standing) > 500
    assert {key for key, count in standing.items() if count != 1} == set()


def test_fields_that_hold_many_values_let_each_value_stand_once(catalog):
    rows = [row for row in tables.claim_rows(catalog, ON) if row.field in ("api_ids", "links")]
    values = {(row.model, row.field, row.value, row.scope) for row in rows}
    assert sum(row.stands for row in rows) == len(values)


def test_the_period_of_a_price_is_exported_with_it(catalog):
    scopes = {
        (row.value, row.scope)
        for row in tables.claim_rows(catalog, ON)
        if (row.model, row.field, row.source) == ("gemini-4-argon", "prices.input", "ltl_argon")
    }
    assert scopes == {
        ("2.0", "Gemini API (AI Studio), to 2026-11-30"),
        ("4.0", "Gemini API (AI Studio), from 2026-12-01"),
    }


def test_the_price_that_stands_changes_with_the_day(catalog):
    def standing(day):
        return {
            row.value
            for row in tables.claim_rows(catalog, day)
            if (row.model, row.field) == ("gemini-4-argon", "prices.input") and row.stands
        }

    assert standing(date(2026, 11, 30)) == {"2.0"}
    assert standing(date(2026, 12, 1)) == {"4.0"}


def test_the_founding_pair_among_the_models(catalog):
    rows = {row.id: row for row in tables.model_rows(catalog, ON)}
    pro, flash = rows["gemini-2.0-pro-exp-02-05"], rows["gemini-2.0-flash"]
    assert (pro.status, pro.release_date, pro.shutdown_date) == ("shut down", "2025-02-05", "not found")
    assert (pro.context_window, pro.output_limit, pro.knowledge_cutoff) == ("2097152", "8192", "2024-06")
    assert (flash.status, flash.release_date, flash.shutdown_date) == ("shut down", "2025-02-05", "2026-06-01")
    assert (flash.context_window, flash.output_limit, flash.knowledge_cutoff) == ("1048576", "8192", "2024-08")
    assert flash.lab == "Google DeepMind"
    assert len(rows) == len(MODEL_FILES)


def test_a_computed_measure_counts_for_each_source_it_rests_on(folder):
    folder.model(
        "architecture:\n"
        "  parameters_total:\n    - {value: 30, unit: billion parameters, source: maker, as_of: 2026-01}\n"
        "  training_tokens:\n    - {value: 30000, unit: billion tokens, source: guess, as_of: 2026-01}\n"
    )
    used = {row.id: row.used for row in tables.source_rows(folder.load(), ON)}
    # One claim each, and two measures that rest on both; the four figures of the rules for bills are the maker's.
    assert used == {"maker": 3 + 4, "broker": 0, "guess": 3}


@pytest.mark.parametrize("text", ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "-"])
def test_text_that_a_spreadsheet_would_run_is_defused_in_csv(text):
    (row,) = csv.DictReader(io.StringIO(tables.to_csv([{"value": text}]), newline=""))
    assert row["value"] == f"'{text}"


@pytest.mark.parametrize(
    ("shown", "text"), [(-5, "-5"), (-0.5, "-0.5"), ("-12.5", "-12.5"), ("a=b", "a=b"), ("", ""), (True, "true")]
)
def test_numbers_and_harmless_text_are_left_alone_in_csv(shown, text):
    (row,) = parsed(tables.to_csv([{"value": shown, "other": 1}]))
    assert row["value"] == text


@pytest.mark.parametrize("text", ['a, "b"', "a\nb", "a\rb"])
def test_commas_quotes_and_line_breaks_survive_csv(text):
    (row,) = csv.DictReader(io.StringIO(tables.to_csv([{"value": text}]), newline=""))
    assert row["value"] == text


def test_an_empty_export_still_has_its_header():
    assert tables.to_csv([], tables.columns(tables.ClaimRow)).startswith("model,field,value")


@pytest.fixture(scope="module")
def pair(catalog):
    models = [catalog.find("gemini-2.0-pro"), catalog.find("gemini-2.0-flash")]
    return {row.field.path: row for row in tables.compare(catalog, models, ON)}


@pytest.mark.parametrize(
    ("path", "pro", "flash", "conflict"),
    [
        ("current_status", "shut down", "shut down", False),
        ("shutdown_date", "not found", "1 Jun 2026", False),
        ("context_window", "2,097,152 tokens", "1,048,576 tokens", False),
        ("output_limit", "8,192 tokens", "8,192 tokens", True),
        ("input_modalities", "text, image, video, audio", "text, image, video, audio", False),
        ("output_modalities", "text", "text", True),
        ("knowledge_cutoff", "Jun 2024", "Aug 2024", True),
        ("relative_speed", "1×", "1.62×", True),
        ("prices.input", "no list price", "$0.10", False),
        ("prices.output", "no list price", "$0.40", False),
        ("capabilities.caching", "not supported", "supported", True),
        ("architecture.parameters_total", "200 billion", "30 billion", False),
        ("derived.token_to_parameter_ratio", "100:1", "1,000:1", False),
        ("derived.alscore", "6.7", "3.2", False),
        ("suggested.temperature", "0.1", "0.7", False),
    ],
)
def test_the_founding_pair_side_by_side(pair, path, pro, flash, conflict):
    assert [cell.text for cell in pair[path].cells] == [pro, flash]
    assert pair[path].conflict is conflict


def test_a_row_differs_where_its_values_do(pair):
    assert not pair["current_status"].differs
    assert pair["shutdown_date"].differs
    assert pair["context_window"].differs
    assert "2×" in pair["context_window"].difference
    assert not pair["output_limit"].differs
    assert pair["prices.input"].differs


def test_what_rests_on_a_guess_is_marked_as_one(pair):
    assert [cell.kind for cell in pair["architecture.parameters_total"].cells] == ["estimate", "estimate"]
    assert [cell.kind for cell in pair["derived.alscore"].cells] == ["estimate", "estimate"]
    assert pair["relative_speed"].cells[0].kind == "illustrative"


def test_another_platforms_price_stands_beside_the_first(pair):
    (also,) = pair["prices.input"].cells[1].also
    assert "$0.15" in also
    assert "Vertex AI" in also


def test_every_count_of_every_model_is_a_value_of_its_file(catalog):
    written_values = {(path.stem, field): set() for path in MODEL_FILES for field, _ in written(path)}
    for path in MODEL_FILES:
        for field, claim in written(path):
            written_values[path.stem, field].add(str(claim["value"]))
    checked = 0
    for model in catalog.models.values():
        for row in tables.compare(catalog, [model], ON):
            if row.field.holds is Holds.COUNT:
                count = row.cells[0].text.split()[0].replace(",", "")
                assert count in written_values[model.id, row.field.path]
                checked += 1
    assert checked > 40


def test_every_model_can_be_compared_with_itself_without_a_difference(catalog):
    for model in catalog.models.values():
        rows = tables.compare(catalog, [model, model], ON)
        # Two snapshots of one model may well differ on a test.
        fields = [row for row in rows if row.field.group is not Group.BENCHMARKS]
        assert [row.field.path for row in fields if row.difference] == []


def test_scores_of_different_sources_are_not_subtracted(folder):
    folder.model(name="n")
    folder.benchmark(
        "model: m, score: 80, unit: percent, conditions: five shots, source: maker, date: 2026-01",
        "model: n, score: 70, unit: percent, conditions: no shots, source: broker, date: 2026-02",
    )
    catalog = folder.load()
    rows = {row.field.path: row for row in tables.compare(catalog, list(catalog.models.values()), ON)}
    assert "10 points" not in rows["benchmarks.quiz"].difference


def test_the_comparison_as_records_has_one_for_each_field_and_model(catalog, pair):
    models = [catalog.find("gemini-2.0-pro"), catalog.find("gemini-2.0-flash")]
    records = tables.compare_records(list(pair.values()), models)
    assert len(records) == 2 * len(pair)
    context = [record for record in records if record["field"] == "Context window"]
    assert [(record["model"], record["value"]) for record in context] == [
        ("gemini-2.0-pro-exp-02-05", "2,097,152 tokens"),
        ("gemini-2.0-flash", "1,048,576 tokens"),
    ]
    assert all(record["source"] for record in context)


def test_numbers_in_an_export_are_plain():
    assert tables.plain(2_097_152) == "2097152"
    assert tables.plain(30_000.0) == "30000"
    assert tables.plain(0.0375) == "0.0375"
    assert tables.plain(True) == "true"
    assert tables.plain(("text", "image")) == "text + image"


def test_a_field_of_many_values_is_a_difference_only_where_the_values_differ(catalog):
    # Both are offered on Gemini API and Vertex AI, under an id of their own each.
    two = [catalog.models["gemini-3.1-pro-preview"], catalog.models["gemini-3.8-flash"]]
    rows = {row.field.path: row for row in tables.compare(catalog, two, ON)}
    assert not rows["platforms"].differs
    assert (rows["api_ids"].differs, rows["api_ids"].difference) == (True, "differs")
