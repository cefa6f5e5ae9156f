"""Files that are made to harm are refused, each in its own sentence, in a bounded time and memory."""

import io
import os
import sys
import time
import tracemalloc
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from pypdf import PdfWriter

from components.documents.apart import Parser
from components.documents.bounds import BOUNDS
from components.documents.document import DocumentKind, Refused
from components.documents.reading import read, read_all
from tests.documents.making import (
    archive,
    archive_with_link,
    encrypted,
    one_page,
    overlapping,
    part,
    pdf,
    raw_pdf,
    simple_word,
    with_part,
)

QUICK = replace(BOUNDS, seconds=10)
ROOT = b"<< /Type /Catalog /Pages 2 0 R >>"
DTD = b'<?xml version="1.0"?><!DOCTYPE d [%s]>'
BILLION = b'<!ENTITY a "ha">' + b"".join(b'<!ENTITY %c "%s">' % (98 + at, b"&%c;" % (97 + at) * 10) for at in range(9))


def locked_pdf() -> bytes:
    writer = PdfWriter()
    writer.add_blank_page(72, 72)
    writer.encrypt("secret", algorithm="RC4-128")
    buffer = io.BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


def looping_pdf() -> bytes:
    return raw_pdf(
        [
            ROOT,
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            b"<< /Type /Pages /Parent 2 0 R /Kids [2 0 R] /Count 1 >>",
        ]
    )


def lattice_pdf() -> bytes:
    """Twelve levels of ten references each to the next one: 10^12 pages in a file of 2 kB."""
    levels = [
        b"<< /Type /Pages /Kids [" + b"%d 0 R " % (at + 3) * 10 + b"] /Count 1000000000000 >>" for at in range(12)
    ]
    return raw_pdf([ROOT, *levels, b"<< /Type /Page /MediaBox [0 0 9 9] >>"])


def word_with(declared: bytes, body: bytes) -> bytes:
    made = simple_word("Hello")
    text = part(made, "word/document.xml").split(b"?>", 1)[1].replace(b"Hello", body)
    return with_part(made, "word/document.xml", DTD % declared + text)


def broken_member() -> bytes:
    return archive([("a.txt", b"word")], zipfile.ZIP_STORED).replace(b"word", b"ward")


def utf_16_word() -> bytes:
    made = simple_word("Hello")
    text = part(made, "word/document.xml").decode().split("?>", 1)[1]
    declared = f'<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE d [<!ENTITY a "b">]>{text}'
    return with_part(made, "word/document.xml", declared.encode("utf-16"))


HOSTILE: list[tuple[str, str, Callable[[], bytes], str]] = [
    ("bomb", "a.zip", lambda: archive([("a.txt", bytes(100_000_000))]), "more than 200 times its size"),
    ("overlap", "a.zip", lambda: overlapping(2_000, 2_000), "share the same bytes"),
    ("nested", "a.zip", lambda: archive([("b.zip", archive([("c.txt", b"x")]))]), "archive inside an archive"),
    ("climbing", "a.zip", lambda: archive([("../../etc/x", b"x")]), "points out of the archive (../../etc/x)"),
    ("climbing in the middle", "a.zip", lambda: archive([("a/../../x", b"x")]), "points out of the archive"),
    ("absolute", "a.zip", lambda: archive([("/etc/passwd", b"x")]), "points out of the archive (/etc/passwd)"),
    ("drive", "a.zip", lambda: archive([("C:\\x.txt", b"x")]), "points out of the archive"),
    ("link", "a.zip", lambda: archive_with_link("b.txt", b"/etc/passwd"), "a.zip/b.txt is a link to another file"),
    ("too many", "a.zip", lambda: archive((str(at), b"x") for at in range(10_001)), "more than 10,000 files"),
    ("locked zip", "a.zip", lambda: encrypted(archive([("a.txt", b"x")])), "is encrypted"),
    ("unusual", "a.zip", lambda: archive([("a.txt", b"x" * 99)], zipfile.ZIP_LZMA), "packed in an unusual way"),
    ("broken zip", "a.zip", lambda: archive([("a.txt", b"x" * 999)])[:60], "is damaged and cannot be opened"),
    ("broken member", "a.zip", broken_member, "damaged in the archive"),
    ("no files", "a.zip", lambda: archive([("a/", b"")]), "an archive without files"),
    ("locked pdf", "a.pdf", locked_pdf, "is encrypted"),
    ("broken pdf", "a.pdf", lambda: b"%PDF-1.7\nnonsense", "is damaged and cannot be read as a PDF"),
    ("half a pdf", "a.pdf", lambda: pdf(["x" * 50] * 3)[:700], "is damaged and cannot be read as a PDF"),
    ("loop", "a.pdf", looping_pdf, "is damaged and cannot be read as a PDF"),
    ("lattice", "a.pdf", lattice_pdf, "is damaged and cannot be read as a PDF"),
    ("huge page", "a.pdf", lambda: one_page(bytes(200_000_000)), "pages are too large"),
    ("entities", "a.docx", lambda: word_with(BILLION, b"&j;"), "defines XML entities of its own"),
    (
        "external entity",
        "a.docx",
        lambda: word_with(b'<!ENTITY a SYSTEM "file:///etc/passwd">', b"&a;"),
        "defines XML entities of its own",
    ),
    ("entities in UTF-16", "a.docx", utf_16_word, "defines XML entities of its own"),
    ("renamed zip", "a.docx", lambda: archive([("a.txt", b"x")]), "is a ZIP archive by its content"),
    (
        "no word",
        "a.docx",
        lambda: with_part(simple_word("x"), "[Content_Types].xml", None),
        "is a ZIP archive and no Word document",
    ),
    ("broken word", "a.docx", lambda: with_part(simple_word("x"), "word/document.xml", b"<w:doc"), "is damaged"),
    ("half a word", "a.docx", lambda: simple_word("x")[:3_000], "is damaged and cannot be opened"),
    (
        "bomb in word",
        "a.docx",
        lambda: with_part(simple_word("x"), "word/media.bin", bytes(100_000_000)),
        "more than 200 times its size",
    ),
    ("workbook", "a.xlsx", lambda: archive([("xl/workbook.xml", b"<a/>")]), "is an Excel workbook"),
    ("old word", "a.doc", lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(99), "old format of Office"),
    ("random", "a.txt", lambda: b"\x00\xff\x9d\x81" + os.urandom(5_000), "is neither text nor"),
    ("program", "a.txt", lambda: Path(sys.executable).read_bytes()[:50_000], "which is not read as text"),
    ("empty", "a.txt", lambda: b"", "is empty"),
    ("blank", "a.txt", lambda: b" \n\t\n", "holds no text"),
    ("no pdf", "a.pdf", lambda: b"just words", "its content is not a PDF document"),
    ("hidden pdf", "a.txt", lambda: pdf(["x"]), "is a PDF document by its content"),
    ("hidden zip", "a.pdf", lambda: archive([("a.txt", b"x")]), "is a ZIP archive by its content"),
    ("only scripts", "a.html", lambda: b"<html><script>go()</script></html>", "shows no text without its scripts"),
]


@pytest.mark.parametrize(("name", "make", "said"), [each[1:] for each in HOSTILE], ids=[each[0] for each in HOSTILE])
def test_a_hostile_file_is_refused_in_its_own_sentence_in_time_and_memory(
    name: str, make: Callable[[], bytes], said: str
) -> None:
    content = make()
    tracemalloc.start()
    started = time.perf_counter()
    found = read_all([(name, content)], QUICK)
    taken = time.perf_counter() - started
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert not found.documents
    assert said in found.refusals[0].sentence
    assert found.refusals[0].sentence.startswith(name)
    assert taken < 8
    assert most < 3 * len(content) + 30_000_000


def test_a_page_that_would_take_minutes_is_ended_in_time_and_the_next_file_is_read() -> None:
    slow = one_page(b"BT /F1 9 Tf " + b"(ab) Tj " * 8_000_000 + b"ET")
    started = time.perf_counter()
    found = read_all([("slow.pdf", slow), ("next.pdf", pdf(["Next."]))], replace(BOUNDS, seconds=1.5))
    assert time.perf_counter() - started < 8
    assert found.refusals[0].sentence == "slow.pdf takes longer than 2 s to read. Split it or save it anew."
    assert [each.text for each in found.documents] == ["Next."]


def test_a_page_that_would_take_gigabytes_is_refused_and_the_next_file_is_read() -> None:
    # Every row of a table is padded to its widest cell: 3 GB of spaces.
    wide = b"<table><tr><td>" + b"x" * 1_000_000 + b"</td></tr>" + b"<tr><td>y</td></tr>" * 3_000 + b"</table>"
    found = read_all([("wide.html", wide), ("next.html", b"<p>Next.</p>")], replace(BOUNDS, memory_bytes=500_000_000))
    assert found.refusals[0].sentence == "wide.html takes more memory than a file may take here. Split it."
    assert [each.text for each in found.documents] == ["Next."]


def test_more_text_or_pages_than_the_limit_is_refused() -> None:
    content = pdf(["some words"] * 3)
    with pytest.raises(Refused, match=r"a\.pdf has 3 pages, more than the 2"):
        read("a.pdf", content, replace(BOUNDS, pages=2))
    with pytest.raises(Refused, match=r"a\.pdf holds more text than is read"):
        read("a.pdf", content, replace(BOUNDS, characters=15))
    with pytest.raises(Refused, match=r"a\.txt is larger than 0 MB"):
        read("a.txt", b"12345", replace(BOUNDS, file_bytes=4))


def test_an_archive_that_lies_about_sizes_unpacks_to_no_more_than_it_may() -> None:
    honest = archive([("a.txt", b"x" * 5_000_000)])
    lying = honest.replace((5_000_000).to_bytes(4, "little"), (100).to_bytes(4, "little"))
    found = read_all([("a.zip", lying)])
    assert not found.documents
    assert "is damaged in the archive" in found.refusals[0].sentence


def test_the_parsing_process_sees_no_secrets_and_writes_no_files(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GEMINI_API_KEY", "AIzaSecretOfTheServer")
    with Parser(BOUNDS) as parser:
        parser.parse("a.pdf", DocumentKind.PDF, pdf(["x"]), 100, 20)
        assert parser._process is not None
        process = Path(f"/proc/{parser._process.pid}")
        environment = (process / "environ").read_bytes()
        limits = (process / "limits").read_text(encoding="ascii")
    assert b"AIzaSecretOfTheServer" not in environment
    assert "Max file size             0 " in limits
    assert f"Max address space         {BOUNDS.memory_bytes} " in limits
