"""The formats of a report: one frozen state makes all of them, and what cannot be made says why."""

import dataclasses
import json
import logging
import zipfile
from datetime import date
from io import BytesIO

import pytest

from components.report.formats import NotMade, file_name, formats, made, missing
from components.report.pdf import NotPrinted
from components.report.state import record
from tests.report.sample_state import hostile_report, report
from tests.report.states_named import state_named

ALL = {each.name: each for each in formats()}
QUICK = [name for name in ALL if name != "pdf"]


@pytest.mark.parametrize("state", [report, hostile_report])
@pytest.mark.parametrize("name", QUICK)
def test_every_format_names_the_state_that_it_was_made_of(name, state):
    frozen = state()
    assert state_named(name, made(ALL[name], frozen)) == {frozen.digest}


def test_the_bundle_holds_the_state_itself():
    frozen = report()
    with zipfile.ZipFile(BytesIO(made(ALL["bundle"], frozen))) as archive:
        held = json.loads(archive.read("report.json"))
    assert held == record(frozen)


def test_what_most_people_send_comes_first():
    assert list(ALL)[:4] == ["html", "pdf", "pptx", "xlsx"]
    assert len({each.ending for each in ALL.values()}) == len(ALL)


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("2.0 Pro exp or 2.0 Flash", "2.0-pro-exp-or-2.0-flash"),
        ("Für den Vorstand: Gemini?", "fur-den-vorstand-gemini"),
        ("../../etc/passwd", "etc-passwd"),
        ("报告 ‮", "report"),
        ("a" * 200, "a" * 60),
    ],
)
def test_a_file_is_named_after_its_title_in_letters_that_every_system_takes(title, name):
    frozen = dataclasses.replace(report(), title=title, on=date(2026, 11, 26))
    assert file_name(frozen, ALL["html-light"], frozen.digest) == f"{name}-2026-11-26-{frozen.digest[:6]}-light.html"


def test_without_a_browser_that_prints_there_is_a_sentence_in_the_place_of_the_pdf(monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.delenv("CHROME_PATH", raising=False)
    assert "no Chromium" in missing(ALL["pdf"])
    assert all(missing(ALL[name]) == "" for name in QUICK)
    with pytest.raises(NotMade, match="print the light page"):
        made(ALL["pdf"], report())


def test_what_fails_becomes_a_sentence_and_the_reason_is_in_the_log(caplog):
    def broken(state):
        raise RuntimeError("the reason")

    with caplog.at_level(logging.ERROR), pytest.raises(NotMade, match=r"PowerPoint.*other formats are as they were"):
        made(dataclasses.replace(ALL["pptx"], make=broken), report())
    assert "the reason" in caplog.text


def test_what_a_browser_says_of_a_pdf_is_passed_on(caplog):
    def late(state):
        raise NotPrinted("Printing took longer than 60 seconds and was ended.")

    with pytest.raises(NotMade, match="longer than 60 seconds"):
        made(dataclasses.replace(ALL["markdown"], make=late), report())
    assert not caplog.text
