"""Documents are read with their pages and sections, in whatever encoding they come."""

import hashlib
import time
from dataclasses import replace
from pathlib import Path

import docx
import pytest
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from hypothesis import given, settings
from hypothesis import strategies as st

from components.documents.bounds import BOUNDS
from components.documents.document import Document, DocumentKind, Refused
from components.documents.reading import ENDINGS, read, read_all
from tests.documents.making import archive, pdf, simple_word, word

LEASE = (
    "The tenant pays the rent on the first of each month.",
    "The deposit is returned within 30 days after the lease ends.",
    "Either party may end the lease with notice of three months.",
)


def one(name: str, content: bytes | Path) -> Document:
    found = read(name, content)
    assert not found.refusals
    (document,) = found.documents
    return document


def test_each_page_of_a_pdf_has_its_number_and_the_entry_of_the_outline_above_it() -> None:
    content = pdf(LEASE, ("1 Rent", "", "2 Notice"))
    made = one("lease.pdf", content)
    assert made.kind is DocumentKind.PDF
    assert [(page.number, page.heading) for page in made.pages] == [(1, "1 Rent"), (2, "1 Rent"), (3, "2 Notice")]
    assert [" ".join(page.text.split()) for page in made.pages] == list(LEASE)
    assert made.digest == hashlib.sha256(content).hexdigest()
    for number, words in enumerate(("on the first", "30 days", "three months"), 1):
        assert made.page_at(made.text.index(words)).number == number


def test_a_pdf_protected_against_changes_alone_is_read() -> None:
    import io

    from pypdf import PdfWriter

    writer = PdfWriter(clone_from=io.BytesIO(pdf(["Anybody may read this."])))
    writer.encrypt("", owner_password="secret", algorithm="RC4-128")
    buffer = io.BytesIO()
    writer.write(buffer)
    assert one("a.pdf", buffer.getvalue()).text == "Anybody may read this."


def test_a_scan_is_a_document_without_text_and_says_so() -> None:
    made = one("scan.pdf", pdf(["", ""]))
    assert not made.has_text
    assert "No page has text, as in a scan" in made.warnings[0]
    mixed = one("mixed.pdf", pdf(["Words", "", "More words"]))
    assert mixed.warnings == ("1 page of 3 (2) had no text, as scanned or empty pages do.",)


def test_a_word_document_keeps_headings_and_tables_in_their_order() -> None:
    made = docx.Document()
    made.add_paragraph("Before any heading.")
    made.add_heading("Payment", 1)
    made.add_paragraph("The rent is due monthly.")
    table = made.add_table(2, 2)
    for row, texts in zip(table.rows, (("Month", "Rent"), ("May", "1,200")), strict=True):
        for cell, text in zip(row.cells, texts, strict=True):
            cell.text = text
    made.add_heading("Notice", 2)
    made.add_paragraph("Three months.")
    found = one("lease.docx", word(made))
    assert found.kind is DocumentKind.DOCX
    assert [(page.number, page.heading, page.text) for page in found.pages] == [
        (None, "", "Before any heading."),
        (None, "Payment", "Payment\nThe rent is due monthly.\nMonth | Rent\nMay | 1,200"),
        (None, "Notice", "Notice\nThree months."),
    ]


def test_footnotes_of_a_word_document_are_read_after_its_text() -> None:
    name = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    notes = (
        f'<w:footnotes xmlns:w="{name}"><w:footnote w:type="separator" w:id="0"><w:p/></w:footnote>'
        '<w:footnote w:id="1"><w:p><w:r><w:t>Save for repairs.</w:t></w:r></w:p></w:footnote></w:footnotes>'
    )
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/footnotes"
    made = docx.Document()
    made.add_paragraph("The deposit is returned.")
    content_type = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
    made.part.relate_to(Part(PackURI("/word/footnotes.xml"), content_type, notes.encode(), made.part.package), kind)
    found = one("a.docx", word(made))
    assert [(page.heading, page.text) for page in found.pages] == [
        ("", "The deposit is returned."),
        ("Footnotes", "Save for repairs."),
    ]


def test_inserted_text_is_read_deleted_text_is_not_and_a_warning_says_so() -> None:
    from docx.oxml import parse_xml

    name = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    made = docx.Document()
    paragraph = made.add_paragraph("The rent is ")
    for kind, text in (("del", "<w:delText>900</w:delText>"), ("ins", "<w:t>1,200</w:t>")):
        change = f'<w:{kind} xmlns:w="{name}" w:id="1" w:author="a"><w:r>{text}</w:r></w:{kind}>'
        paragraph._p.append(parse_xml(change))
    found = one("a.docx", word(made))
    assert found.text == "The rent is 1,200"
    assert found.warnings == ("It has tracked changes, which were read as if they were accepted.",)


def test_a_page_of_the_web_is_read_as_a_browser_shows_it() -> None:
    page = """<!DOCTYPE html><html><head><meta charset="iso-8859-1"><title>Lease</title>
    <script>document.write("scripted")</script><style>p {color: red}</style></head><body>
    <p>Before.</p><h1>Größe</h1><p>Rent is <b>due</b> monthly.</p>
    <div style="display:none">hidden order</div><p hidden>hidden too</p><!-- comment -->
    <h2>Table</h2><table><tr><th>Month</th><th>Rent</th></tr><tr><td>May</td><td>1,200</td></tr></table>
    <noscript>no script</noscript><template>later</template></body></html>"""
    found = one("lease.html", page.encode("iso-8859-1"))
    assert found.kind is DocumentKind.HTML
    assert [page.heading for page in found.pages] == ["Lease", "Größe", "Table"]
    assert "Rent is due monthly." in found.text
    assert [line.split() for line in found.pages[2].text.splitlines() if "|" in line] == [
        ["Month", "|", "Rent"],
        ["May", "|", "1,200"],
    ]
    for unseen in ("scripted", "color", "hidden", "comment", "no script", "later"):
        assert unseen not in found.text


def test_markdown_has_its_sections_and_code_has_no_headings() -> None:
    found = one("a.md", b"Intro.\n\n# One #\nText.\n```sh\n# no heading\n```\n## Two\nMore.\n")
    assert found.kind is DocumentKind.MARKDOWN
    assert [(page.heading, page.text.splitlines()[0]) for page in found.pages] == [
        ("", "Intro."),
        ("One", "# One #"),
        ("Two", "## Two"),
    ]


def test_form_feeds_number_the_pages_of_a_text() -> None:
    found = one("a.txt", b"first\fsecond\fthird\f")
    assert [(page.number, page.text) for page in found.pages] == [(1, "first"), (2, "second"), (3, "third")]


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Die Größe der Straße beträgt über fünf Meter.", "utf-8"),
        ("Die Größe der Straße beträgt über fünf Meter.", "utf-8-sig"),
        ("Die Größe der Straße beträgt über fünf Meter.", "utf-16"),
        ("Die Größe der Straße beträgt über fünf Meter.", "utf-16-le"),
        ("Die Größe der Straße beträgt über fünf Meter.", "utf-16-be"),
        ("Die Größe der Straße beträgt über fünf Meter.", "utf-32"),
        ("Die Größe der Straße beträgt über fünf Meter.", "latin-1"),
        ("le café", "latin-1"),
        ("He said “no” — the café’s owner.", "cp1252"),
        ("Привет, как дела? Это русский текст для проверки.", "cp1251"),
        ("これは日本語の文章です。テストします。", "shift_jis"),
    ],
)
def test_a_text_is_read_in_its_encoding(text: str, encoding: str) -> None:
    found = one("a.txt", text.encode(encoding))
    assert found.text == text
    stated = encoding in ("utf-8", "utf-8-sig", "utf-16", "utf-32")
    assert bool(found.warnings) is not stated


def test_accents_far_down_a_long_file_still_decide_its_encoding() -> None:
    text = "plain words only\n" * 50_000 + "Die Größe der Straße\n"
    assert one("a.log", text.encode("latin-1")).text == text


def test_what_nobody_sees_is_taken_out_and_said() -> None:
    found = one("a.txt", "pay\u202e \0nothing\U000e0041\U000e0042, ever\r\nto a\u0308 friend".encode())
    assert found.text == "pay nothing, ever\nto ä friend"
    assert found.warnings == (
        "Removed: 1 invisible sign that would turn the reading direction.",
        "Removed: 2 characters that no font shows, which is a way to hide text.",
        "Removed: 1 control character.",
    )


def test_joiners_that_a_script_needs_stay() -> None:
    text = "می‌خواهم 👩‍👩‍👧 \u200fשלום"
    assert one("a.txt", text.encode()).text == text


def test_an_archive_is_read_file_by_file_with_its_folders() -> None:
    inside = [
        ("lease/", b""),
        ("lease/a.pdf", pdf(LEASE[:1])),
        ("lease/b.docx", simple_word("The deposit.")),
        ("__MACOSX/lease/._a.pdf", b"\0\1"),
        ("src/main.py", b"print(1)\n"),
        ("logo.png", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(20)),
    ]
    found = read("papers.zip", archive(inside))
    assert [(each.name, each.kind) for each in found.documents] == [
        ("papers.zip/lease/a.pdf", DocumentKind.PDF),
        ("papers.zip/lease/b.docx", DocumentKind.DOCX),
        ("papers.zip/src/main.py", DocumentKind.CODE),
    ]
    assert [each.sentence for each in found.refusals] == [
        "papers.zip/logo.png is of the type image/png, which is not read as text."
    ]


def test_files_of_one_name_are_told_apart_and_a_refused_one_stops_none() -> None:
    found = read_all([("a.txt", b"one"), ("a.txt", b"two"), ("b.txt", b""), ("../../a.txt", b"three")])
    assert [(each.name, each.text) for each in found.documents] == [
        ("a.txt", "one"),
        ("a.txt (2)", "two"),
        ("a.txt (3)", "three"),
    ]
    assert [each.name for each in found.refusals] == ["b.txt"]


def test_a_file_may_lie_on_the_disk(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"on the disk")
    assert one("a.txt", path).text == "on the disk"
    path.unlink()
    with pytest.raises(Refused, match=r"a\.txt cannot be read from the disk any more"):
        read("a.txt", path)


@pytest.mark.timed
def test_six_megabytes_of_text_are_read_in_a_second() -> None:
    content = b"The tenant shall pay the rent on the first day. " * 125_000
    started = time.perf_counter()
    made = one("big.txt", content)
    assert time.perf_counter() - started < 1
    assert len(made.text) == 6_000_000


def test_the_limits_hold_for_all_files_together() -> None:
    bounds = replace(BOUNDS, characters=10)
    found = read_all([("a.txt", b"12345678"), ("b.txt", b"12345678"), ("c.txt", b"12")], bounds)
    assert [each.name for each in found.documents] == ["a.txt", "c.txt"]
    assert found.refusals[0].sentence.startswith("b.txt was not read: with it there are more than the 10 characters")
    late = read_all([("a.txt", b"1")], replace(BOUNDS, total_seconds=-1))
    assert "Add it by itself" in late.refusals[0].sentence


def test_the_picker_offers_each_ending_once() -> None:
    assert len(ENDINGS) == len(set(ENDINGS))
    assert {"pdf", "docx", "zip", "txt", "md", "html", "csv", "py"} <= set(ENDINGS)


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=12), st.binary(max_size=200))
def test_every_file_is_read_or_refused_in_a_sentence_that_begins_with_its_name(name: str, content: bytes) -> None:
    found = read_all([(name, content)], replace(BOUNDS, seconds=20))
    assert len(found.documents) + len(found.refusals) == 1
    for refused in found.refusals:
        assert refused.sentence.startswith(refused.name)
        assert refused.sentence.endswith(".")
