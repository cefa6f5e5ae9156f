"""The printed report: pages of the right size, numbered, none of them empty, and sentences where it cannot be had."""

import io
import os
import time
from functools import cache
from pathlib import Path

import pytest
from pypdf import PdfReader

from components.report.html import light
from components.report.pdf import VARIABLE, NotPrinted, Paper, available, pdf
from components.report.state import Audience
from tests.report.sample_state import hostile_report, report

PRINTED = pytest.mark.skipif(not available(), reason="no browser that prints on this machine")
# Points of a 72nd of an inch.
SIZES = {"A4": (595, 842), "Letter": (612, 792)}


@cache
def printed(paper: Paper, audience: Audience = Audience.EXECUTIVE) -> list[str]:
    content = pdf(light(report(audience)), paper)
    pages = PdfReader(io.BytesIO(content)).pages
    assert [round(float(side)) for side in pages[0].mediabox[2:]] == list(SIZES[paper])
    return [" ".join(each.extract_text().split()) for each in pages]


@PRINTED
@pytest.mark.parametrize("paper", SIZES)
def test_pages_are_of_the_paper_asked_for_and_numbered(paper: Paper) -> None:
    pages = printed(paper)
    for at, text in enumerate(pages, 1):
        assert f"Page {at} of {len(pages)}" in text
        assert "catalog 72b5aadd0ded" in text
        # The margins alone have about 110 letters.
        assert len(text) > 140
    assert "Pro or Flash for our help desk" in pages[1]


@PRINTED
def test_the_summary_of_executives_is_page_one_and_nothing_else_is() -> None:
    first, second, *_ = printed("A4")
    assert "2.5 Flash, unless reasoning decides." in first
    assert "Context window" not in first
    assert "Context window" in second


@PRINTED
def test_technical_readers_have_the_table_of_each_chart_on_paper() -> None:
    assert "GPQA Diamond ○" not in " ".join(printed("A4"))
    assert "95% interval -2 to 9" in " ".join(printed("A4", Audience.TECHNICAL))
    assert "95% interval -2 to 9" not in " ".join(printed("A4"))


@PRINTED
def test_hostile_text_is_printed_as_text() -> None:
    pages = PdfReader(io.BytesIO(pdf(light(hostile_report())))).pages
    text = " ".join(each.extract_text() for each in pages)
    assert "onerror=" in text
    assert len(pages) < 12
    assert not [link for each in pages for link in each.get("/Annots") or [] if "javascript" in str(link.get_object())]


def test_without_a_browser_a_sentence_says_what_to_do(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv(VARIABLE, raising=False)
    assert not available()
    with pytest.raises(NotPrinted, match=r"no Chromium to print with\. Open the HTML file in your own browser"):
        pdf("<head></head>")


@pytest.fixture
def browser(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A stand-in for the browser, whose script the test writes."""
    program = tmp_path / "browser"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    monkeypatch.setenv(VARIABLE, str(program))
    return program


def acts(program: Path, script: str) -> None:
    find = 'for each in "$@"; do case "$each" in --print-to-pdf=*) out="${each#*=}";; esac; done\n'
    program.write_text(f"#!/bin/sh\n{find}{script}\n")


def test_a_browser_that_hangs_is_ended_with_its_children(browser: Path, tmp_path: Path) -> None:
    acts(browser, f"sleep 60 & echo $! > {tmp_path}/child; wait")
    begun = time.monotonic()
    with pytest.raises(NotPrinted, match=r"longer than 0.5 seconds and was ended"):
        pdf("<head></head>", seconds=0.5)
    assert time.monotonic() - begun < 5
    child = int((tmp_path / "child").read_text())
    state = Path(f"/proc/{child}/stat")
    assert not state.exists() or state.read_text().split()[2] == "Z"


def test_a_browser_that_fails_is_told_in_a_sentence(browser: Path) -> None:
    acts(browser, "exit 1")
    with pytest.raises(NotPrinted, match="made no PDF"):
        pdf("<head></head>")


def test_a_browser_sees_no_secret_of_the_server(browser: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GEMINI_API_KEY", "a-secret-of-the-server")
    acts(browser, 'printf "%%PDF" > "$out"; env >> "$out"')
    content = pdf("<head></head>")
    assert content.startswith(b"%PDF")
    assert b"a-secret" not in content
    assert os.environ["GEMINI_API_KEY"] == "a-secret-of-the-server"


def test_a_report_that_is_too_long_is_not_begun(browser: Path) -> None:
    with pytest.raises(NotPrinted, match="too long to print"):
        pdf("x" * 12_000_001)
