"""The two founding documents, number by number: the article of 27 July 2024 and the model card of 2 October 2025."""

import csv
import io
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

PRO = "gemini-2.0-pro-exp-02-05"
FLASH = "gemini-2.0-flash"
EXP = "gemini-2.0-flash-exp"
DATES = {"article": "2024-07-27", "card": "2025-10-02"}
OF_PRO = "x of Gemini 2.0 Pro"
ALSCORE = "sqrt(billion parameters x billion tokens) / 300"


class Row(NamedTuple):
    document: str
    model: str
    where: str
    field: str
    value: str
    unit: str
    kind: str
    source: str


def article(model, field, value, unit="", where="claims"):
    return Row("article", model, where, field, value, unit, "illustrative", "seed_article")


def card(field, value, unit="", where="claims"):
    return Row("card", EXP, where, field, value, unit, "third_party", "seed_card")


def guess(field, value, unit=""):
    return Row("card", EXP, "claims", field, value, unit, "estimate", "seed_card_est")


ROWS = [
    article(PRO, "context_window", "2097152", "tokens"),
    article(FLASH, "context_window", "1048576", "tokens"),
    article(PRO, "output_limit", "8192", "tokens"),
    article(FLASH, "output_limit", "8192", "tokens"),
    article(PRO, "input_modalities", "text + image + video + audio"),
    article(FLASH, "input_modalities", "text + image + video + audio"),
    article(PRO, "output_modalities", "text"),
    article(FLASH, "output_modalities", "text + image (preview)"),
    article(PRO, "current_status", "experimental", "status"),
    article(FLASH, "current_status", "generally available", "status"),
    article(PRO, "knowledge_cutoff", "2024-06", "date"),
    article(FLASH, "knowledge_cutoff", "2024-06", "date"),
    article(PRO, "relative_speed", "1.0", OF_PRO),
    article(FLASH, "relative_speed", "2.0", OF_PRO),
    article(PRO, "mmlu", "90.0", "percent", "results"),
    article(FLASH, "mmlu", "87.2", "percent", "results"),
    article(PRO, "humaneval", "85.7", "percent", "results"),
    article(FLASH, "humaneval", "78.3", "percent", "results"),
    article(PRO, "math", "52.9", "percent", "results"),
    article(FLASH, "math", "44.6", "percent", "results"),
    article(PRO, "relative_latency", "1.0", OF_PRO),
    article(FLASH, "relative_latency", "0.5", OF_PRO),
    article(PRO, "architecture.type", "not disclosed"),
    article(FLASH, "architecture.type", "not disclosed"),
    article(PRO, "capabilities.caching", "supported"),
    article(PRO, "capabilities.embeddings", "supported"),
    article(PRO, "capabilities.workspace", "supported"),
    article(FLASH, "capabilities.live_api", "supported"),
    article(FLASH, "capabilities.function_calling", "supported"),
    article(FLASH, "capabilities.structured_output", "supported"),
    article(FLASH, "capabilities.tool_integration", "supported"),
    article(PRO, "api_ids", "gemini-2.0-pro", "model id"),
    article(PRO, "suggested.temperature", "0.1"),
    article(PRO, "suggested.max_output_tokens", "4096", "tokens"),
    article(FLASH, "suggested.temperature", "0.7"),
    article(FLASH, "suggested.max_output_tokens", "1024", "tokens"),
    card("release_date", "2024-12", "date"),
    card("release_date", "2024-12-11", "date"),
    card("access", "public"),
    card("current_status", "public access", "status"),
    guess("architecture.type", "mixture-of-experts"),
    guess("architecture.parameters_total", "30.0", "billion parameters"),
    guess("architecture.training_tokens", "30000", "billion tokens"),
    guess("architecture.token_to_parameter_ratio", "1000", "tokens per parameter"),
    guess("architecture.alscore", "3.2", ALSCORE),
    guess("architecture.dataset_type", "synthetic + web-scale"),
    card("mmlu", "87.0", "percent", "results"),
    card("mmlu_pro", "76.4", "percent", "results"),
    card("gpqa", "62.1", "percent", "results"),
    card("hle", "not found", "percent", "results"),
    card("tags", "SOTA"),
    card("output_modalities", "text + image + audio"),
    card("links", "https://blog.google/technology/google-deepmind/google-gemini-ai-update-december-2024/"),
    card(
        "links",
        "https://console.cloud.google.com/vertex-ai/generative/multimodal/create/text?model=gemini-2.0-flash-exp",
    ),
    card("links", "https://cloud.google.com/vertex-ai/generative-ai/docs/gemini-v2"),
]

STATEMENTS = [
    (PRO, "seed_article", "2M tokens"),
    (EXP, "seed_card", "11 December 2024"),
    (EXP, "seed_card", "MMLU from 80 to 90%"),
    (EXP, "seed_card", "GPQA from 60 to 80%"),
    (EXP, "seed_card", "watermark"),
    (EXP, "seed_card", "SOTA"),
    (EXP, "seed_card_est", "1,000 training tokens for each parameter"),
    (EXP, "seed_card_est", "middle tier of the ALScore"),
]


def row(field, value, *models):
    return [("row", model, field, value) for model in models]


def said(*fragments):
    return [("statement", fragment) for fragment in fragments]


NAME = [("none", "part of a name")]
NUMBERING = [("none", "numbering of a list")]

# Every numeric token of each document, and each place that it went to.
NUMBERS = {
    ("article", "2.0"): NAME,
    ("article", "2024"): [
        ("source", "seed_article", "2024-07-27"),
        *row("knowledge_cutoff", "2024-06", PRO, FLASH),
    ],
    ("article", "07"): [("source", "seed_article", "2024-07-27")],
    ("article", "27"): [("source", "seed_article", "2024-07-27")],
    ("article", "2,097,152"): row("context_window", "2097152", PRO),
    ("article", "2"): [
        *NUMBERING,
        *row("context_window", "2097152", PRO),
        *row("relative_speed", "2.0", FLASH),
        *said("2M tokens"),
    ],
    ("article", "1,048,576"): row("context_window", "1048576", FLASH),
    ("article", "1"): [*NUMBERING, *row("context_window", "1048576", FLASH)],
    ("article", "8,192"): row("output_limit", "8192", PRO, FLASH),
    ("article", "1.0"): [*row("relative_speed", "1.0", PRO), *row("relative_latency", "1.0", PRO)],
    ("article", "90.0"): row("mmlu", "90.0", PRO),
    ("article", "85.7"): row("humaneval", "85.7", PRO),
    ("article", "52.9"): row("math", "52.9", PRO),
    ("article", "87.2"): row("mmlu", "87.2", FLASH),
    ("article", "78.3"): row("humaneval", "78.3", FLASH),
    ("article", "44.6"): row("math", "44.6", FLASH),
    ("article", "0.5"): row("relative_latency", "0.5", FLASH),
    ("article", "3"): NUMBERING,
    ("article", "4"): NUMBERING,
    ("article", "5"): NUMBERING,
    ("article", "0.1"): row("suggested.temperature", "0.1", PRO),
    ("article", "4096"): row("suggested.max_output_tokens", "4096", PRO),
    ("article", "0.7"): row("suggested.temperature", "0.7", FLASH),
    ("article", "1024"): row("suggested.max_output_tokens", "1024", FLASH),
    ("card", "2.0"): NAME,
    ("card", "2024"): [
        *row("release_date", "2024-12", EXP),
        *row("release_date", "2024-12-11", EXP),
        *row("links", "https://blog.google/technology/google-deepmind/google-gemini-ai-update-december-2024/", EXP),
    ],
    ("card", "11"): [*row("release_date", "2024-12-11", EXP), *said("11 December 2024")],
    ("card", "30.0"): row("architecture.parameters_total", "30.0", EXP),
    ("card", "30000.0"): row("architecture.training_tokens", "30000", EXP),
    ("card", "1,000"): [
        *row("architecture.token_to_parameter_ratio", "1000", EXP),
        *said("1,000 training tokens for each parameter"),
    ],
    ("card", "1"): row("architecture.token_to_parameter_ratio", "1000", EXP),
    ("card", "3.2"): row("architecture.alscore", "3.2", EXP),
    ("card", "300"): [("unit", "architecture.alscore", ALSCORE)],
    ("card", "87.0"): row("mmlu", "87.0", EXP),
    ("card", "57"): [("benchmark", "mmlu", "57")],
    ("card", "76.4"): row("mmlu_pro", "76.4", EXP),
    ("card", "62.1"): row("gpqa", "62.1", EXP),
    ("card", "80"): said("MMLU from 80 to 90%", "GPQA from 60 to 80%"),
    ("card", "90"): said("MMLU from 80 to 90%"),
    ("card", "60"): said("GPQA from 60 to 80%"),
    ("card", "2"): row("links", "https://cloud.google.com/vertex-ai/generative-ai/docs/gemini-v2", EXP),
    ("card", "2025"): [("source", "seed_card", "2025-10-02")],
    ("card", "10"): [("source", "seed_card", "2025-10-02")],
    ("card", "02"): [("source", "seed_card", "2025-10-02")],
}


@pytest.fixture(scope="module")
def exported():
    def run(what):
        command = [sys.executable, "-m", "catalog", "export", "--what", what, "--format", "csv"]
        root = Path(__file__).parents[2]
        done = subprocess.run(command, cwd=root, capture_output=True, text=True, encoding="utf-8", check=True)
        return list(csv.DictReader(io.StringIO(done.stdout)))

    return {what: run(what) for what in ("claims", "results", "sources")}


def same(one, other):
    try:
        return float(one) == float(other)
    except ValueError:
        return one == other


@pytest.mark.parametrize("expected", ROWS, ids=lambda each: f"{each.document}-{each.model}-{each.field}-{each.value}")
def test_a_value_of_the_document_is_exported_with_kind_source_and_date(exported, expected):
    in_claims = expected.where == "claims"
    found = [
        (each["unit"], each["kind"], each["as_of" if in_claims else "date"])
        for each in exported[expected.where]
        if each["model"] == expected.model
        and each["field" if in_claims else "benchmark"] == expected.field
        and each["source"] == expected.source
        and same(each["value" if in_claims else "score"], expected.value)
    ]
    assert found == [(expected.unit, expected.kind, DATES[expected.document])]


@pytest.mark.parametrize(("model", "source", "fragment"), STATEMENTS)
def test_a_sentence_of_the_document_is_exported_as_a_statement(exported, model, source, fragment):
    texts = [
        each["value"]
        for each in exported["claims"]
        if each["model"] == model and each["source"] == source and each["field"].startswith("statements.")
    ]
    assert any(fragment in text for text in texts)


def test_the_57_subjects_of_mmlu_stand_in_its_description(catalog):
    assert "57" in catalog.benchmarks["mmlu"].plain


def test_the_illustrative_and_estimated_values_stand_for_no_model_where_something_stronger_is_known(exported):
    standing = {(each["model"], each["field"], each["kind"]) for each in exported["claims"] if each["stands"] == "true"}
    assert (FLASH, "relative_speed", "illustrative") not in standing
    assert (FLASH, "knowledge_cutoff", "illustrative") not in standing
    assert (PRO, "context_window", "illustrative") not in standing


@pytest.mark.parametrize(("document", "token"), NUMBERS, ids=lambda each: each)
def test_every_number_of_the_documents_went_somewhere(exported, catalog, document, token):
    rows = {(each.model, each.field, each.value) for each in ROWS if each.document == document}
    units = {(each.field, each.unit) for each in ROWS if each.document == document}
    dates = {(each["id"], each["date"]) for each in exported["sources"]}
    for kind, *place in NUMBERS[document, token]:
        if kind == "row":
            assert tuple(place) in rows
        elif kind == "statement":
            assert place[0] in {fragment for _, _, fragment in STATEMENTS}
        elif kind == "unit":
            assert tuple(place) in units
        elif kind == "source":
            assert tuple(place) in dates
        elif kind == "benchmark":
            assert place[1] in catalog.benchmarks[place[0]].plain


def test_every_row_with_a_number_is_named_by_a_number_of_its_document():
    named = {
        (document, *place[1:]) for (document, _), places in NUMBERS.items() for place in places if place[0] == "row"
    }
    numeric = {
        (each.document, each.model, each.field, each.value)
        for each in ROWS
        if each.value.replace(".", "").replace("-", "").isdigit()
    }
    assert numeric <= named
