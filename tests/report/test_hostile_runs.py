"""Runs with hostile text, from the playground and the history to every format: all of it is shown, none of it acts."""

import csv
import io
import re
import zipfile
from collections.abc import Iterator

import pytest
from lxml import etree, html
from markdown_it import MarkdownIt
from openpyxl import load_workbook
from pptx import Presentation

from catalog.spreadsheet import restored
from components.report.formats import formats
from components.report.inert import inert
from components.report.state import Part, Quote, Report
from tests.report.hostile_runs import ADDRESS, AUTHOR, FORMULA, HOSTILE, LINE, MARKER, SIMULATED, TITLE, report

# Controls but tab and line ends, marks that turn the direction of writing, zero width, noncharacters, lone surrogates.
ACTING = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\u202a-\u202e\u2066-\u2069\ufeff\ufffe\ud800-\udfff]")
NUMBER = re.compile(r"[-+]?\d+(\.\d+)?([eE][-+]?\d+)?")
ANSWERS = 8
"""Two, twice two and two answers of the simulator."""


@pytest.fixture(scope="module")
def frozen() -> Report:
    return report()


@pytest.fixture(scope="module")
def files(frozen: Report) -> dict[str, bytes]:
    """The report in every format but the PDF, which is the light page in print."""
    return {each.name: each.make(frozen) for each in formats() if each.name != "pdf"}


@pytest.fixture(scope="module", params=["html", "html-light"])
def page(request: pytest.FixtureRequest, files: dict[str, bytes]) -> html.HtmlElement:
    return html.document_fromstring(files[request.param].decode())


def sources(frozen: Report) -> set[str]:
    return {each.url for each in frozen.sources if each.url}


def unpacked(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        return {name: packed.read(name) for name in packed.namelist()}


def xml_of(content: bytes) -> Iterator[tuple[str, etree._Element]]:
    """Every part of an Office file that is XML, read by a parser that forgives nothing."""
    strict = etree.XMLParser(resolve_entities=False, huge_tree=True)
    for name, part in unpacked(content).items():
        if name.endswith((".xml", ".rels")):
            yield name, etree.fromstring(part, strict)


def targets(content: bytes) -> set[str]:
    """Where an Office file leads to outside itself."""
    return {
        link.get("Target")
        for name, root in xml_of(content)
        if name.endswith(".rels")
        for link in root
        if link.get("TargetMode") == "External"
    }


def test_the_state_keeps_what_was_said_as_it_came(frozen: Report) -> None:
    section = frozen.section(Part.RUNS)
    assert section is not None
    quotes = [each for each in section.blocks if isinstance(each, Quote)]
    assert frozen.problems == ()
    assert (frozen.title, frozen.author, frozen.note) == (TITLE, AUTHOR, HOSTILE)
    assert [each.text for each in quotes].count(HOSTILE) >= 4
    assert LINE in [each.text for each in quotes]
    assert [each.label for each in quotes if each.text.startswith("Mine is")] == ["A", "B"]
    assert sum(SIMULATED in each.remark for each in quotes) == ANSWERS
    assert sum("broke off" in each.remark for each in quotes) == 1


def test_a_page_runs_no_script_but_its_own_and_leads_nowhere_foreign(page: html.HtmlElement, frozen: Report) -> None:
    for element in page.iter(etree.Element):
        assert not [name for name in element.attrib if name.lower().startswith("on")], element.tag
        assert not {"src", "srcset", "action", "formaction", "poster", "data"} & set(element.attrib), element.tag
    foreign = ["img", "iframe", "object", "embed", "form", "base", "video", "audio", "textarea"]
    assert not list(page.iter(*foreign))
    scripts = [each for each in page.iter("script") if not each.get("type")]
    assert scripts
    assert not any(MARKER in each.text for each in scripts)
    links = {each.get("href") for each in page.iter("a")}
    assert {each for each in links if not each.startswith("#")} <= sources(frozen)


def test_a_page_shows_all_of_it_and_marks_what_is_simulated(page: html.HtmlElement) -> None:
    quotes = ["".join(each.itertext()) for each in page.iter("pre")]
    assert quotes.count(inert(HOSTILE)) >= 4
    assert any(each.startswith(LINE[:12_000]) and "(1,000,011 characters in all" in each for each in quotes)
    marked = [each for each in page.iter("figcaption") if SIMULATED in "".join(each.itertext())]
    assert len(marked) == ANSWERS
    titles = ["".join(each.itertext()) for each in page.iter("h3") if "measured" in "".join(each.itertext())]
    assert [SIMULATED in each for each in titles] == [True, True, True, False, False]
    read = page.xpath("//text()[not(ancestor::script or ancestor::style)]")
    assert not ACTING.search("".join(read))


def test_slides_hold_nothing_that_acts_and_say_that_answers_are_simulated(
    files: dict[str, bytes], frozen: Report
) -> None:
    assert targets(files["pptx"]) <= sources(frozen)
    for name, root in xml_of(files["pptx"]):
        assert not ACTING.search("".join(root.itertext())), name
        actions = root.xpath("//@action | //*[local-name()='hlinkClick']/@*[local-name()='action']")
        assert not [each for each in actions if each], name
    deck = Presentation(io.BytesIO(files["pptx"]))
    (slide,) = [each for each in deck.slides if "Runs of our own" in _words(each)]
    assert _words(slide).count(SIMULATED) == 2
    assert "No answer came" not in _words(slide)
    assert SIMULATED in slide.notes_slide.notes_text_frame.text


def _words(slide) -> str:
    return "\n".join(shape.text_frame.text for shape in slide.shapes if shape.has_text_frame)


def test_a_workbook_takes_no_foreign_text_for_a_formula_or_a_link(files: dict[str, bytes], frozen: Report) -> None:
    assert targets(files["xlsx"]) <= sources(frozen)
    for name, root in xml_of(files["xlsx"]):
        assert not ACTING.search("".join(root.itertext())), name
        formulas = ["".join(each.itertext()) for each in root.iter("{*}f")]
        assert not [each for each in formulas if MARKER in each or "HYPERLINK" in each.upper()], name
    book = load_workbook(io.BytesIO(files["xlsx"]), read_only=True)
    cells = [cell.value for row in book["Prompts and answers"].iter_rows() for cell in row if cell.value is not None]
    assert sum(inert(HOSTILE) in str(each) for each in cells) >= 4
    assert sum(SIMULATED in str(each) for each in cells) == ANSWERS


def test_a_bundle_has_everything_in_full_and_no_cell_that_is_a_formula(files: dict[str, bytes]) -> None:
    found = unpacked(files["bundle"])
    texts = [content.decode() for name, content in found.items() if name.startswith("quotes/")]
    assert any(LINE in each for each in texts)
    assert sum(inert(HOSTILE) in each for each in texts) >= 4
    cells = [
        cell
        for name, content in found.items()
        if name.endswith(".csv")
        for row in csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""))
        for cell in row
    ]
    assert any(restored(each) == inert(FORMULA) for each in cells)
    assert not [each for each in cells if each[:1] in tuple("=+-@\t\r") and not NUMBER.fullmatch(each)]
    assert not any(ACTING.search(each) for each in cells)


def test_a_wiki_page_renders_none_of_it(files: dict[str, bytes], frozen: Report) -> None:
    text = files["markdown"].decode()
    assert not ACTING.search(text)
    render = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    shown = html.fromstring(f"<div>{render.render(text)}</div>")
    usual = "div h1 h2 h3 p table thead tbody tr th td pre code ul li em strong a br hr blockquote"
    assert {each.tag for each in shown.iter() if isinstance(each.tag, str)} <= set(usual.split())
    links = {each.get("href") for each in shown.iter("a") if each.get("href")}
    assert not [each for each in links if MARKER in each or ADDRESS in each]
    assert {each for each in links if not each.startswith("#source-")} <= sources(frozen)
    assert sum(SIMULATED in "".join(each.itertext()) for each in shown.iter("p")) >= ANSWERS
    assert ["".join(each.itertext()).strip() for each in shown.iter("pre")].count(inert(HOSTILE).strip()) >= 4
