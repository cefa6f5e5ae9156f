"""Which state a file of a report names, read as somebody who opens the file would find it."""

import io
import re
import zipfile
from unicodedata import normalize

from openpyxl import load_workbook
from pptx import Presentation
from pypdf import PdfReader

BEGINS = {
    "html": b"<!doctype html>",
    "html-light": b"<!doctype html>",
    "pdf": b"%PDF-",
    "pptx": b"PK\x03\x04",
    "xlsx": b"PK\x03\x04",
    "bundle": b"PK\x03\x04",
    "markdown": b"# ",
}
"""How a file of each format begins."""
_STATE = re.compile(r"(?:state|report)\s+`?([0-9a-f]{12})\b", re.IGNORECASE)


def state_named(form: str, content: bytes) -> set[str]:
    """Every state that the file names; one alone where it agrees with itself."""
    assert content.lstrip()[:20].lower().startswith(BEGINS[form].lower()), content[:60]
    return {each for text in _texts(form, content) for each in _STATE.findall(text)}


def _texts(form: str, content: bytes) -> list[str]:
    match form:
        case "pdf":
            return [normalize("NFKC", page.extract_text()) for page in PdfReader(io.BytesIO(content)).pages]
        case "pptx":
            return [text for slide in Presentation(io.BytesIO(content)).slides for text in _said(slide)]
        case "xlsx":
            book = load_workbook(io.BytesIO(content), read_only=True)
            about = dict(row[:2] for row in book["About"].iter_rows(values_only=True) if len(row) > 1)
            return [f"report {about['Report']}"]
        case "bundle":
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                return [archive.read("README.md").decode()]
        case _:
            return [content.decode()]


def _said(slide) -> list[str]:
    shapes = [shape.text_frame.text for shape in slide.shapes if shape.has_text_frame]
    return [*shapes, slide.notes_slide.notes_text_frame.text if slide.has_notes_slide else ""]
