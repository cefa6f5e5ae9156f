"""The summary is one page in plain words that an executive can act on."""

import re

import pytest

from components.report.state import Paragraph, Part, Report, Sentence
from components.report.summary_section import COMPARED, DECIDES, DIFFERS, Draft, fitted
from tests.report.frozen_pairs import DOZEN, RING, catalog, frozen

PRO, FLASH = "gemini-2.5-pro", "gemini-2.5-flash"
TRADE = (
    *("token", "benchmark", "context window", "output limit", "latency", "modality", "modalities", "prompt", "batch"),
    *("cached", "caching", "parameter", "list price", "deprecated", "preview", "experimental", "generally available"),
    *(
        "knowledge cutoff",
        "function calling",
        "structured output",
        "live api",
        "embeddings",
        "thinking",
        "95% interval",
    ),
    *("noise", "grounding", "inference", "hallucination", "checkpoint", "fine-tuning", "quantization"),
    *("reasoning complexity", "deployment constraints", "context need", "production readiness", "latency sensitivity"),
)


def summary(models: str, **params: str) -> Report:
    return frozen(models, parts="summary,glossary", **params)


def paragraphs(report: Report) -> list[Paragraph]:
    section = report.section(Part.SUMMARY)
    assert section is not None
    return [block for block in section.blocks if isinstance(block, Paragraph)]


def sentences(report: Report, heading: str) -> list[Sentence]:
    return [each for part in paragraphs(report) if part.heading == heading for each in part.sentences]


def text_of(report: Report) -> str:
    return " ".join(f"{part.heading} {' '.join(each.text for each in part.sentences)}" for part in paragraphs(report))


@pytest.mark.parametrize("pair", RING)
def test_a_pair_fits_on_a_page_in_three_parts_without_unexplained_jargon(pair):
    report = summary(",".join(pair))
    assert [part.heading for part in paragraphs(report)] == [COMPARED, DIFFERS, DECIDES]
    assert len(text_of(report).split()) <= 350
    assert_explained(report)


@pytest.mark.parametrize("at", range(0, 12, 4))
def test_four_models_fit_on_a_page_too(at):
    models = [DOZEN[(at + step) % 12] for step in (0, 3, 5, 8)]
    report = summary(",".join(models))
    assert len(text_of(report).split()) <= 350
    assert_explained(report)


def assert_explained(report: Report) -> None:
    """Every abbreviation in capitals and every word of the trade is a term of the report, or a name that it gives."""
    text, known = text_of(report), [re.escape(term.name.lower()) for term in report.terms]
    names = sorted(_names(), key=len, reverse=True)
    bare = re.sub("|".join(map(re.escape, names)), "*", text, flags=re.IGNORECASE)
    plural = [f"{each[:-1]}ies" for each in known if each.endswith("y")]
    explained = re.compile(rf"(?<!\w)(?:{'|'.join([*known, *plural])})(?:s|es)?(?!\w)")
    left = explained.sub("*", bare.lower())
    assert [word for word in TRADE if re.search(rf"\b{word}s?\b", left)] == []
    capitals = {word for word in re.findall(r"\b[A-Z][A-Z0-9]+\b", bare) if word.lower() in left}
    assert capitals == set()


def _names() -> set[str]:
    """Names of models, makers and platforms, which no glossary explains."""
    models = catalog().models.values()
    found = {name for model in models for name in (model.name, model.short_name)}
    found |= {lab.name for lab in catalog().labs.values()}
    platforms = {claim.platform for model in models for claims in model.claims.values() for claim in claims}
    return found | {name for name in platforms if name}


def test_what_a_term_means_stands_in_the_glossary_of_the_report():
    report = summary(f"{PRO},{FLASH}")
    terms = {term.name: term.plain for term in report.terms}
    assert terms["Token"].startswith("A piece of text")
    assert terms["Latency sensitivity"].startswith("Waiting times")
    assert terms["Aider polyglot"].startswith("Programming exercises")
    glossary = report.section(Part.GLOSSARY)
    assert glossary is not None
    assert len(glossary.blocks) == 1


def test_sizes_are_pages_before_they_are_tokens():
    said = " ".join(each.text for each in sentences(summary("gemini-2.0-pro-exp-02-05,gemini-2.0-flash"), DIFFERS))
    # 2,097,152 / 750 = 2,796.2 and 1,048,576 / 750 = 1,398.1 pages, to two digits.
    assert (
        "2.0 Pro exp takes in about 2,800 pages (2,097,152 tokens) at once, 2× as many as 2.0 Flash with about 1,400 "
        "pages (1,048,576 tokens)."
    ) in said


def test_the_leads_are_counted_by_who_is_ahead():
    first = sentences(summary(f"{PRO},{FLASH}"), DIFFERS)[0].text
    assert re.match(r"2\.5 Pro and 2\.5 Flash share \d+ tests; 2\.5 Pro is clearly ahead in \d+, 2\.5 Flash in", first)


def test_how_sure_a_difference_is_stands_with_it():
    said = sentences(summary(f"{PRO},{FLASH}"), DIFFERS)
    assert all(each.certainty for each in said[1:4])
    assert said[1].certainty == "clear among all shared tests"


def test_the_bill_the_choice_and_what_would_change_it_are_said():
    # 200 requests a day of 300,000 tokens in and 3,000 + 1,000 out, for 30 days: 1,800 million in and 24 million out.
    # 2.5 Flash: 1,800 x $0.30 + 24 x $2.50 = $600; 2.5 Pro in its upper tier: 1,800 x $2.50 + 24 x $15 = $4,860.
    said = " ".join(each.text for each in sentences(summary(f"{PRO},{FLASH}"), DECIDES))
    assert "about 400 pages to read" in said
    assert "$600.00 against $4,860.00 for 2.5 Pro, which is 8.1× as much" in said
    assert "Take 2.5 Pro: It wins in" in said
    assert "overtakes once more than" in said


def test_models_that_are_gone_lead_to_those_that_took_their_place():
    said = " ".join(each.text for each in sentences(summary("gemini-2.0-pro-exp-02-05,gemini-2.0-flash"), DECIDES))
    assert "None of them passes what you demand." in said
    assert "Gemini 3.1 Pro Preview and Gemini 3.8 Flash are in service and follow what is gone" in said


def test_a_missing_price_is_said_and_never_counted_as_nothing():
    said = " ".join(each.text for each in sentences(summary("gemini-2.0-pro-exp-02-05,gemini-2.0-flash"), DECIDES))
    assert "Which is cheapest cannot be said, since 2.0 Pro exp has no list price" in said


def test_the_lightest_sentences_go_first_where_a_page_is_full():
    parts = (
        (Draft("one two three"), Draft("four five", weight=5)),
        (Draft("six seven eight", weight=9), Draft("", weight=50)),
    )
    kept = fitted(parts, most=7)
    assert [[each.text for each in part] for part in kept] == [["one two three"], ["six seven eight"]]
    assert [[each.text for each in part] for part in fitted(parts, most=8)] == [
        ["one two three", "four five"],
        ["six seven eight"],
    ]


def test_an_executive_and_an_engineer_read_the_same_summary():
    said = [text_of(summary(f"{PRO},{FLASH}", audience=audience)) for audience in ("executive", "technical")]
    assert said[0] == said[1]
