"""The HTML report: whole in one file, asking for nothing, and deaf to whatever stands in it."""

import base64
import hashlib
import json
import re
import time
from dataclasses import replace
from functools import cache
from itertools import pairwise

import pytest
from lxml import html as parser

from catalog.schema import Kind
from components.report.html import interactive, light
from components.report.painting import painted
from components.report.state import Audience, Part, Report, Section, Sentence, Value
from tests.report.frozen_pairs import frozen
from tests.report.sample_state import HOSTILE, bars_chart, hostile_report, report, specs_table

MAKERS = {"interactive": interactive, "light": light}
KINDS = pytest.mark.parametrize("kind", MAKERS)
# What a browser loads by itself, whatever the policy.
SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)
UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
LOADING = ("src", "srcset", "poster", "background", "data", "action", "formaction", "ping", "manifest")


@cache
def made(kind: str, which: str = "usual") -> str:
    return MAKERS[kind](hostile_report() if which == "hostile" else report())


def page(text: str) -> parser.HtmlElement:
    return parser.document_fromstring(text)


def words(root: parser.HtmlElement) -> str:
    """What is read, without scripts and styles."""
    found = root.xpath("//body//text()[not(ancestor::script) and not(ancestor::style)]")
    return " ".join("".join(found).replace("\u00a0", " ").split())


def with_glossary() -> Report:
    return replace(report(), sections=(*report().sections, Section(Part.GLOSSARY, "Glossary", ())))


@KINDS
@pytest.mark.parametrize("which", ["usual", "hostile"])
def test_a_file_names_nothing_that_a_browser_would_load(kind: str, which: str) -> None:
    root = page(made(kind, which))
    for element in root.iter(parser.etree.Element):
        assert not [name for name in LOADING if name in element.attrib], element.tag
        assert not [name for name in element.attrib if name.startswith("on")], element.tag
    assert {each.tag for each in root.iter("link")} == {"link"}
    assert all(each.get("href").startswith("data:") for each in root.iter("link"))
    assert not list(root.iter("img", "iframe", "object", "embed", "base", "audio", "video", "form"))
    styles = "".join(each.text for each in root.iter("style"))
    assert "url(" not in styles
    assert "@import" not in styles


@KINDS
@pytest.mark.parametrize("which", ["usual", "hostile"])
def test_links_lead_within_the_file_or_to_the_web_without_saying_where_from(kind: str, which: str) -> None:
    root = page(made(kind, which))
    ids = [each.get("id") for each in root.xpath("//*[@id]")]
    assert len(ids) == len(set(ids))
    for link in root.iter("a"):
        if link.get("href").startswith("#"):
            assert link.get("href")[1:] in ids
        else:
            assert link.get("href").startswith(("https://", "http://"))
            assert set(link.get("rel").split()) == {"noreferrer", "noopener"}


@KINDS
@pytest.mark.parametrize("which", ["usual", "hostile"])
def test_the_policy_lets_run_exactly_the_scripts_of_the_product(kind: str, which: str) -> None:
    root = page(made(kind, which))
    (policy,) = root.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
    scripts = SCRIPT.findall(made(kind, which))
    hashes = {f"'sha256-{base64.b64encode(hashlib.sha256(each.encode()).digest()).decode()}'" for each in scripts}
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert rules["default-src"] == "'none'"
    assert rules["img-src"] == "data:"
    assert set(rules["script-src"].split()) == hashes
    assert len(scripts) == (2 if kind == "interactive" else 1)


@pytest.mark.timed
def test_the_sizes_and_times_are_within_their_limits() -> None:
    for which in (report(), hostile_report()):
        for make, limit in ((interactive, 6_000_000), (light, 500_000)):
            begun = time.perf_counter()
            assert len(make(which).encode()) < limit
            assert time.perf_counter() - begun < 3


def test_all_that_is_known_of_four_models_fits_the_light_file() -> None:
    models = "gemini-2.0-pro,gemini-2.5-pro,gemini-3.8-flash,gpt-5"
    assert len(light(frozen(models, audience="technical")).encode()) < 500_000


@KINDS
def test_every_word_of_the_state_is_in_the_file(kind: str) -> None:
    shown = words(page(made(kind)))
    for _, sentence in report().sentences():
        assert sentence.text in shown
    for _, table in report().tables():
        for value in (value for row in table.rows for value in row):
            assert value.shown in shown
            assert value.note in shown
    for said in ("Pro or Flash for our help desk", "Ada Example", "26 November 2025", "No advice: every model fails"):
        assert said in shown
    assert "For the meeting on Tuesday." in shown
    assert report().digest in shown
    assert report().catalog_version in shown


@KINDS
def test_hostile_text_is_shown_and_is_nothing_else(kind: str) -> None:
    text = made(kind, "hostile")
    root = page(text)
    shown = words(root)
    inert = '<script>fetch("http://127.0.0.1:9/x")</script><img src=x onerror="alert(1)"> =HYPERLINK('
    # Title, author, note, two quotes with label, text and remark, a table's title and sentence and three cells.
    assert shown.count(inert) >= 14
    assert "⟨U+202E⟩gnp.exe⟨U+202C⟩ ␀␇␛[31m� � |" in shown
    assert not UNSEEN.search(SCRIPT.sub("", text))
    assert f"({1_000_000 + len(HOSTILE):,} characters in all; the whole text is in the bundle)" in shown


@pytest.mark.parametrize("which", ["usual", "hostile"])
def test_scripts_read_the_state_from_the_interactive_file(which: str) -> None:
    (held,) = page(made("interactive", which)).xpath("//script[@id='state']/text()")
    state = json.loads(held)
    expected = hostile_report() if which == "hostile" else report()
    assert state["digest"] == expected.digest
    assert state["title"] == expected.title
    assert [section["part"] for section in state["sections"]] == [section.part.value for section in expected.sections]
    first = {"id": "f1", "shown": "$9,720.00", "number": "9720.00", "unit": "USD", "what": "2.5 Pro's bill a month"}
    assert state["figures"][0] == first


def test_headings_stand_in_order_and_every_table_has_its_names() -> None:
    root = page(made("light"))
    levels = [int(each.tag[1]) for each in root.iter("h1", "h2", "h3", "h4")]
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    assert len(list(root.iter("main"))) == len(list(root.iter("header"))) == len(list(root.iter("footer"))) == 1
    tables = list(root.iter("table"))
    assert len(tables) == len(list(report().tables()))
    for table in tables:
        assert table.find("caption").text
        assert all(each.get("scope") == "col" for each in table.xpath("./thead//th"))
        assert all(each.get("scope") in ("row", "rowgroup") for each in table.xpath("./tbody//th"))


def test_each_sentence_cites_its_sources_by_number() -> None:
    (item,) = page(made("light")).xpath("//section[@id='cost']//li")
    assert item.xpath(".//sup/a/@href") == ["#source-1", "#source-2"]
    assert item.text_content().replace("\u2060", "").endswith("8.1 times as much.[1][2] ✓✓ clear")
    unknown = replace(report(), sections=(replace(report().sections[0], blocks=(specs_table(),)),), sources=())
    assert "sup" not in {each.tag for each in page(light(unknown)).iter(parser.etree.Element)}


def test_marks_say_how_sure_a_value_is() -> None:
    root = page(made("light"))
    (estimate,) = root.xpath("//i[contains(., '400 B')]")
    assert estimate.text == "≈ 400 B"
    (conflict,) = root.xpath("//span[@class='conflict']")
    assert conflict.text_content() == "≠ sources conflict"
    assert len(root.xpath("//span[@class='hollow']")) == 2
    assert [each.text for each in root.xpath("//table//strong")] == ["$1,200.00"] * 2
    bare = Value("7 B", kind=Kind.ESTIMATE)
    table = replace(specs_table(), rows=((Value("Size"), bare, bare),), groups=())
    other = replace(report(), sections=(replace(report().sections[0], blocks=(table,)),))
    assert [each.text for each in page(light(other)).xpath("//i")] == ["≈ 7 B", "≈ 7 B"]


def test_terms_lead_to_the_glossary_once_a_section_where_there_is_one() -> None:
    said = Sentence("A token is a token; the context window has many.")
    first = replace(with_glossary().sections[0], blocks=(replace(report().sections[0].blocks[0], sentences=(said,)),))
    chosen = replace(with_glossary(), sections=(first, with_glossary().sections[-1]))
    root = page(light(chosen))
    assert root.xpath("//section[@id='summary']//a[@class='term']/@href") == ["#term-1", "#term-2"]
    assert "A piece of a word" in root.get_element_by_id("term-1").text_content()
    without = page(light(replace(chosen, sections=(first,))))
    assert [each.text for each in without.xpath("//abbr")] == ["token", "context window"]


def test_both_audiences_have_the_same_words_and_paper_of_their_own() -> None:
    executive, technical = (page(light(report(audience))) for audience in Audience)
    assert executive.find("body").get("class") == "executive"
    assert technical.find("body").get("class") == "technical"
    assert "for technical readers" in words(technical)


def test_charts_are_drawn_for_desks_and_phones_and_follow_the_scheme() -> None:
    root = page(made("light"))
    drawings = root.xpath("//div[@class='drawn']/svg")
    assert [each.get("class") for each in drawings] == ["wide", "narrow"] * 2
    assert root.xpath("//div[@role='img']/@aria-label") == [
        "Chart: One test, no winner.",
        "Chart: 2.5 Pro costs 8.1 times as much as 2.5 Flash.",
    ]
    colours = {each.get(name) for each in root.xpath("//div[@class='drawn']//*") for name in ("fill", "stroke")}
    assert colours <= {None, "none", "var(--ink)", "var(--grid)", "var(--series-1)", "var(--series-2)"}
    assert made("light").count("--series-1: #1d56b8;") == 1
    assert made("light").count("--series-1: #8db8ff;") == 2


def test_a_figure_is_painted_for_each_paper() -> None:
    light_one, dark_one = (painted(bars_chart().figure, dark) for dark in (False, True))
    assert [each["marker"]["color"] for each in light_one["data"]] == ["#1d56b8", "#b4530a"]
    assert [each["marker"]["color"] for each in dark_one["data"]] == ["#8db8ff", "#ffb066"]
    assert (light_one["layout"]["font"]["color"], dark_one["layout"]["font"]["color"]) == ("#17202b", "#e6ebf2")
    assert not re.search(r'"#0000\d\d"', json.dumps([light_one, dark_one]))
    assert painted('{"data": [{"name": "#000001"}]}', False)["data"] == [{"name": "#000001"}]


def test_a_report_without_charts_models_or_sources_is_a_page_too() -> None:
    bare = replace(report(), sections=report().sections[4:5], sources=(), terms=(), models=(), note="", author="")
    for make in MAKERS.values():
        assert "No advice: every model fails a demand." in words(page(make(bare)))
