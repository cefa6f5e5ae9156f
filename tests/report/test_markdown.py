"""The Markdown reads as the report does, and nothing foreign in it becomes markup."""

import re
from dataclasses import replace
from xml.etree.ElementTree import Element

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html
from markdown_it import MarkdownIt

from components.report.inert import inert
from components.report.markdown import LONGEST_QUOTE, escaped, fenced, in_cell, linked, markdown, table_lines
from components.report.state import Quote, Sentence, Value
from tests.report.sample_state import HOSTILE, hostile_report, report

RENDER = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])


def rendered(text: str) -> Element:
    return html.fromstring(f"<div>{RENDER.render(text)}</div>")


def words(element: Element) -> str:
    return "".join(element.itertext())


def table_after(page: Element, heading: str) -> list[list[str]]:
    """The cells of the first table below a heading."""
    (found,) = [each for each in page.iter("h2", "h3") if words(each) == heading]
    table = next(each for each in found.itersiblings() if each.tag == "table")
    return [[words(cell) for cell in line.iter("th", "td")] for line in table.iter("tr")]


def test_it_reads_as_the_report_does() -> None:
    page = rendered(markdown(report()))
    assert [words(each) for each in page.iter("h1", "h2")] == [
        *("Pro or Flash for our help desk", "Summary", "Specifications", "Benchmarks", "Cost", "Advice", "Runs"),
        *("Sources", "Glossary"),
    ]
    text = words(page)
    assert "Ada Example, 26 Nov 2025, for executive readers" in text
    assert f"report {report().digest}" in text
    assert "$9,720.00 a month and 2.5 Flash $1,200.00, 8.1 times as much. (✓✓ clear) [1] [2]" in text
    assert "No advice: every model fails a demand." in text
    assert "2.5 Pro (simulated, not a model's answer)" in text
    assert [words(each).strip() for each in page.iter("pre")] == [
        *("Why is the sky blue?\nIn two lines.", "Because of **Rayleigh** scattering.")
    ]


def test_tables_keep_marks_alignment_and_what_is_missing() -> None:
    page = rendered(markdown(report()))
    specs = table_after(page, "Specifications")
    assert specs[0] == ["Group", "Field", "2.5 Pro", "2.5 Flash", "Notes"]
    assert specs[1][3:] == ["1,048,576 tokens ≠ [1] [2]", "litellm says 1,000,000"]
    assert specs[2][2:4] == ["≈ 400 B [2]", "not disclosed"]
    assert [words(each) for each in page.iter("em")].count("≈ 400 B") == 1
    scores = table_after(page, "Shared tests")
    assert scores[1][1] == "86.4% ○ [1]"
    bills = table_after(page, "The bill")
    assert bills[2][:3] == ["2.5 Flash, Gemini API", "$1,200.00 [2]", "no list price"]
    assert "$1,200.00" in [words(each) for each in page.iter("strong")]
    assert "| :--- | ---: | ---: | :--- |" in markdown(report())


def test_each_citation_leads_to_its_source() -> None:
    page = rendered(markdown(report()))
    anchors = {each.get("id") for each in page.iter("a") if each.get("id")}
    cited = {each.get("href") for each in page.iter("a") if (each.get("href") or "").startswith("#")}
    assert anchors == {"source-1", "source-2"}
    assert cited == {"#source-1", "#source-2"}
    sources = table_after(page, "Sources")
    assert sources[1][:3] == ["1", "Gemini API pricing", "official"]
    assert [each.get("href") for each in page.iter("a") if words(each) == "Gemini API pricing"] == [
        "https://ai.google.dev/gemini-api/docs/pricing"
    ]


def test_nothing_hostile_becomes_markup() -> None:
    text = markdown(hostile_report())
    page = rendered(text)
    tags = {each.tag for each in page.iter() if isinstance(each.tag, str)}
    assert tags <= {
        *("div", "h1", "h2", "h3", "p", "table", "thead", "tbody", "tr", "th", "td", "pre", "code", "ul", "li", "em"),
        *("strong", "a", "br", "hr", "blockquote"),
    }
    links = {each.get("href") for each in page.iter("a") if each.get("href")}
    assert links == {"#source-1", "#source-2", "https://ai.google.dev/gemini-api/docs/pricing"}
    assert not set(text) & set("\x00\x07\x1b\u202e\u202c\ufffe\ud83d")
    assert words(next(page.iter("h1"))) == " ".join(inert(HOSTILE).split())
    assert "characters in all; the whole text is in the bundle)" in text
    assert len(text) < 3 * LONGEST_QUOTE


@pytest.mark.parametrize("text", ["a|b\nc | d", "\\|", "`x|y`", "|", "a\\", "**b|c**"])
def test_a_cell_stays_one_cell(text: str) -> None:
    page = rendered(table_lines((("One", False), ("Two", True)), [[in_cell(text), in_cell(text)]]))
    head, line = ([words(cell) for cell in row.iter("th", "td")] for row in page.iter("tr"))
    assert head == ["One", "Two"]
    assert line == [" ".join(part.split()) if "\n" not in text else "a|bc | d" for part in (text, text)]


@pytest.mark.parametrize(
    "text", ["# no heading", "- no item", "+ no", "1. no", "12) no", "=", "---", "    code", "> no"]
)
def test_a_sentence_stays_a_sentence(text: str) -> None:
    plain = report()
    block = replace(plain.sections[0].blocks[0], sentences=(Sentence(text),), listed=True)
    made = replace(plain, sections=(replace(plain.sections[0], blocks=(block,)),))
    page = rendered(markdown(made))
    assert [words(each) for each in page.iter("li")] == [text.strip()]
    assert not list(page.iter("ol"))
    (lone,) = rendered(escaped(text)).iter("p")
    assert words(lone) == text.strip()


def test_addresses_in_foreign_text_are_no_links_even_where_bare_ones_become_links() -> None:
    """GitHub makes links of bare addresses; it looks for them in the source, where these have entities."""
    found = escaped("see http://x.example, www.x.example, mailto:a@x.example")
    assert not re.search(r"://|www\.|mailto:|@", found)
    assert words(rendered(found)).strip() == "see http://x.example, www.x.example, mailto:a@x.example"


def test_an_address_leads_to_the_web_or_nowhere() -> None:
    assert linked("x", "javascript:alert(1)") == "x"
    page = rendered(linked("a]b", 'https://x.example/a b)"<c>(d'))
    assert [(words(each), each.get("href")) for each in page.iter("a")] == [
        ("a]b", "https://x.example/a%20b%29%22%3Cc%3E%28d")
    ]


def test_a_quote_cannot_end_its_block() -> None:
    text = "```\n<script>\n````\n# heading"
    made = replace(report(), sections=(replace(report().sections[-1], blocks=(Quote("Prompt", text),)),))
    page = rendered(markdown(made))
    assert [words(each).strip() for each in page.iter("pre")] == [text]
    assert not list(page.iter("script"))


def test_a_value_that_is_both_best_and_estimated_shows_both() -> None:
    plain = report()
    (_, table), *_ = plain.tables()
    estimated = replace(table.rows[1][1], best=True)
    rows = ((Value("Parameters"), estimated, Value("")),)
    section = replace(plain.sections[1], blocks=(replace(table, rows=rows, groups=()),))
    page = rendered(markdown(replace(plain, sections=(section,))))
    assert "≈ 400 B" in {words(each) for each in page.iter("strong")} & {words(each) for each in page.iter("em")}


texts = st.text(st.characters(exclude_categories=[]) | st.sampled_from("`*_[]()<>&|\\!#~$:/-=+.1 \n"), max_size=40)


@given(texts)
def test_any_text_is_shown_as_it_is(text: str) -> None:
    page = rendered(table_lines((("One", False),), [[escaped(text)]]))
    (cell,) = page.iter("td")
    assert words(cell) == " ".join(inert(text).split())
    assert not list(cell)


@given(texts)
def test_any_quote_is_shown_as_it_is(text: str) -> None:
    (block,) = rendered(fenced(text)).iter("pre")
    assert words(block) == f"{inert(text)}\n"
