"""Decks as others see them: python-pptx, the parts of the package, another library's letters, and LibreOffice."""

import io
import os
import posixpath
import re
import shutil
import subprocess
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from fpdf import FPDF
from pptx import Presentation

C = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"


def opened(data: bytes) -> Any:
    return Presentation(io.BytesIO(data))


def words(slide: Any) -> str:
    """All text of a slide, that of tables included."""
    found = [shape.text_frame.text for shape in slide.shapes if shape.has_text_frame]
    found += [cell.text for table in tables(slide) for row in table.rows for cell in row.cells]
    return "\n".join(found)


def tables(slide: Any) -> list[Any]:
    return [shape.table for shape in slide.shapes if shape.has_table]


def charts(slide: Any) -> list[Any]:
    return [shape.chart for shape in slide.shapes if shape.has_chart]


def notes(slide: Any) -> str:
    return slide.notes_slide.notes_text_frame.text


def about(deck: Any, topic: str) -> list[Any]:
    """The slides of a topic, which stands above the title."""
    return [
        slide for slide in deck.slides if topic in [each.text_frame.text for each in slide.placeholders if _text(each)]
    ]


def _text(shape: Any) -> bool:
    return shape.has_text_frame


def points(parent: ElementTree.Element | Any, name: str) -> dict[int, float]:
    """The numbers under an element of a chart, by their place."""
    found = parent.find(f"{C}{name}")
    return (
        {} if found is None else {int(each.get("idx")): float(each.find(f"{C}v").text) for each in found.iter(f"{C}pt")}
    )


def sheet(chart: Any) -> Any:
    """The worksheet inside a chart, formulas as formulas."""
    from openpyxl import load_workbook

    return load_workbook(io.BytesIO(chart.part.chart_workbook.xlsx_part.blob)).active


def parts(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        assert packed.testzip() is None
        names = packed.namelist()
        assert len(names) == len(set(names))
        return {name: packed.read(name) for name in names}


def faults(data: bytes) -> list[str]:
    """What a strict reader of the package would trip over."""
    found = parts(data)
    trees = {name: ElementTree.fromstring(text) for name, text in found.items() if name.endswith((".xml", ".rels"))}
    said = [*_untyped(found, trees["[Content_Types].xml"]), *_lost(found, trees)]
    for name, tree in trees.items():
        if re.match(r"ppt/(slides|slideLayouts|slideMasters)/[^/]+\.xml", name):
            ids = [each.get("id") for each in tree.iter() if each.tag.endswith("}cNvPr")]
            said += [f"{name}: id {each} twice" for each in {each for each in ids if ids.count(each) > 1}]
            used = {value for each in tree.iter() for key, value in each.attrib.items() if "relationships}" in key}
            known = {each.get("Id") for each in trees[_rels(name)]}
            said += [f"{name}: no relationship {each}" for each in used - known]
    return said


def _rels(name: str) -> str:
    folder, file = posixpath.split(name)
    return f"{folder}/_rels/{file}.rels"


def _untyped(found: dict[str, bytes], types: ElementTree.Element) -> Iterator[str]:
    endings = {each.get("Extension", "").lower() for each in types if each.tag.endswith("Default")}
    named = {each.get("PartName") for each in types if each.tag.endswith("Override")}
    yield from (f"{name} has no content type" for name in found if not _typed(name, endings, named))
    yield from (f"{name} is typed but not there" for name in named if str(name).lstrip("/") not in found)


def _typed(name: str, endings: set[str], named: set[str | None]) -> bool:
    return name == "[Content_Types].xml" or f"/{name}" in named or name.rsplit(".", 1)[-1].lower() in endings


def _lost(found: dict[str, bytes], trees: dict[str, ElementTree.Element]) -> Iterator[str]:
    for name, tree in trees.items():
        if name.endswith(".rels"):
            base = posixpath.dirname(posixpath.dirname(name))
            for each in tree:
                target = posixpath.normpath(posixpath.join("/", base, each.get("Target", "")))
                if each.get("TargetMode") != "External" and target.lstrip("/") not in found:
                    yield f"{name}: {target} is not there"


def outward(data: bytes) -> set[str]:
    """Every address outside of the package that something in it points to."""
    trees = [ElementTree.fromstring(text) for name, text in parts(data).items() if name.endswith(".rels")]
    return {each.get("Target", "") for tree in trees for each in tree if each.get("TargetMode") == "External"}


def too_high(deck: Any) -> list[str]:
    """The texts that need more room than their box has, in letters of Helvetica as another library sets them."""
    found = []
    for number, slide in enumerate(deck.slides, 1):
        texts = [each for each in slide.shapes if each.has_text_frame and each.text_frame.text and each.height]
        high = [(each.name, each.text_frame.text) for each in texts if _needs(each) > each.height / 12700 + 1]
        crowded = [(f"row {text}", "") for table in tables(slide) for text in _crowded(table)]
        found += [f"slide {number}, {name}: {text[:80]}" for name, text in (*high, *crowded)]
    return found


def _needs(shape: Any) -> float:
    """The height of the text of a box in points, with its insets."""
    frame = shape.text_frame
    body = frame._txBody.bodyPr
    inset = 14.4 if shape.name.startswith("Text") else 0.0
    assert body is not None
    room = shape.width / 12700 - 2 * inset
    return 2 * inset + sum(_paragraph(each, room, at) for at, each in enumerate(frame.paragraphs))


def _paragraph(paragraph: Any, room: float, at: int) -> float:
    runs = paragraph.runs
    if not runs:
        return 0.0
    size = max(run.font.size.pt for run in runs if run.font.size)
    indent = int(paragraph._p.pPr.get("marL", 0)) / 12700 if paragraph._p.pPr is not None else 0
    before = paragraph.space_before.pt if at and paragraph.space_before is not None else 0
    return before + _lines(runs, size, room - indent) * size * 1.15


def _lines(runs: Sequence[Any], size: float, room: float) -> int:
    """How many lines another library breaks runs into; small letters among them make the room as much wider."""
    pdf = FPDF(unit="pt")
    pdf.add_page()
    pdf.c_margin = 0
    bold = "B" if any(run.font.bold for run in runs) else ""
    full = true = 0.0
    for run in runs:
        pdf.set_font("helvetica", bold, size)
        full += pdf.get_string_width(_plain(run.text))
        pdf.set_font("helvetica", "B" if run.font.bold else "", run.font.size.pt)
        true += pdf.get_string_width(_plain(run.text))
    pdf.set_font("helvetica", bold, size)
    text = "".join(_plain(run.text) for run in runs)
    return len(pdf.multi_cell(room * full / max(true, 1), None, text, dry_run=True, output="LINES"))


def _plain(text: str) -> str:
    """The text in the letters that Helvetica has, a wide one in the place of others; its signs of sums are as wide."""
    known = text.translate(dict.fromkeys(map(ord, "≠≈−"), "+"))
    return "".join(each if each.encode("latin-1", "ignore") else "m" for each in known)


def _crowded(table: Any) -> Iterator[str]:
    for row in table.rows:
        for at, cell in enumerate(row.cells):
            if cell.text and not cell.is_spanned:
                merged = sum(each.width for each in table.columns) if cell.is_merge_origin else table.columns[at].width
                paragraph = cell.text_frame.paragraphs[0]
                room = (merged - cell.margin_left - cell.margin_right) / 12700
                need = _paragraph(paragraph, room, 0) + (cell.margin_top + cell.margin_bottom) / 12700
                if need > row.height / 12700 + 1:
                    yield cell.text[:80]


def as_pdf(decks: Sequence[bytes], folder: Path) -> list[list[str]]:
    """The text of each page of each deck as LibreOffice prints it.

    Where LibreOffice Impress is not installed the test is skipped, but never in CI.
    """
    from pypdf import PdfReader

    program = shutil.which("soffice")
    if program is None:
        reason = "LibreOffice Impress is not installed"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    files = [folder / f"deck{at}.pptx" for at in range(len(decks))]
    for file, data in zip(files, decks, strict=True):
        file.write_bytes(data)
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    command = [program, profile, "--headless", "--convert-to", "pdf", "--outdir", str(folder), *map(str, files)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    return [[page.extract_text() for page in PdfReader(file.with_suffix(".pdf")).pages] for file in files]
