"""Documents and hostile files, made by other libraries or by hand."""

import io
import stat
import struct
import warnings
import zipfile
import zlib
from collections.abc import Iterable, Sequence

import docx
from docx.document import Document
from fpdf import FPDF


def pdf(pages: Sequence[str], outline: Sequence[str] = (), compress: bool = True) -> bytes:
    """A PDF with a text a page, in Latin-1, and an entry of the outline for each page that has one."""
    made = FPDF()
    made.set_compression(compress)
    made.set_font("Helvetica", size=11)
    for at, text in enumerate(pages):
        made.add_page()
        if at < len(outline) and outline[at]:
            made.start_section(outline[at])
        if text:
            made.multi_cell(0, 6, text)
    return bytes(made.output())


def raw_pdf(objects: Sequence[bytes]) -> bytes:
    """A PDF of objects as they are given, numbered from 1; the first is the catalog (ISO 32000-1, 7.5)."""
    out = io.BytesIO(b"")
    out.write(b"%PDF-1.7\n")
    offsets = []
    for at, body in enumerate(objects, 1):
        offsets.append(out.tell())
        out.write(b"%d 0 obj\n" % at + body + b"\nendobj\n")
    start = out.tell()
    out.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1))
    out.write(b"".join(b"%010d 00000 n \n" % offset for offset in offsets))
    out.write(b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start))
    return out.getvalue()


def one_page(stream: bytes) -> bytes:
    """A PDF of one page with a content stream that is compressed."""
    packed = zlib.compress(stream, 9)
    return raw_pdf(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R "
            b"/Resources << /Font << /F1 5 0 R >> >> >>",
            b"<< /Length %d /Filter /FlateDecode >>\nstream\n" % len(packed) + packed + b"\nendstream",
            b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        ]
    )


def archive(files: Iterable[tuple[str, bytes]], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as made, warnings.catch_warnings(action="ignore"):
        for name, data in files:
            made.writestr(zipfile.ZipInfo(name), data, method)
    return buffer.getvalue()


def archive_with_link(name: str, target: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as made:
        link = zipfile.ZipInfo(name)
        link.create_system = 3
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        made.writestr(link, target)
    return buffer.getvalue()


def encrypted(content: bytes) -> bytes:
    """The archive with the mark of encryption on each of its files (APPNOTE 6.3, sections 4.3.7, 4.3.12, 4.4.4)."""
    changed = bytearray(content)
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        found = changed.find(mark)
        while found >= 0:
            changed[found + at] |= 1
            found = changed.find(mark, found + 4)
    return bytes(changed)


def overlapping(files: int, size: int) -> bytes:
    """An archive whose files are all the same bytes, listed again and again under other names."""
    kernel = zlib.compressobj(9, zlib.DEFLATED, -15)
    data = bytes(size)
    packed = kernel.compress(data) + kernel.flush()
    crc = zlib.crc32(data)
    local = struct.pack("<4s5H3L2H", b"PK\x03\x04", 20, 0, 8, 0, 0, crc, len(packed), size, 6, 0) + b"000000"
    entries = b"".join(
        struct.pack("<4s6H3L5H2L", b"PK\x01\x02", 20, 20, 0, 8, 0, 0, crc, len(packed), size, 6, 0, 0, 0, 0, 0, 0)
        + b"%06d" % at
        for at in range(files)
    )
    body = local + packed
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, files, files, len(entries), len(body), 0)
    return body + entries + end


def word(fill: Document) -> bytes:
    buffer = io.BytesIO()
    fill.save(buffer)
    return buffer.getvalue()


def simple_word(*paragraphs: str) -> bytes:
    made = docx.Document()
    for text in paragraphs:
        made.add_paragraph(text)
    return word(made)


def with_part(content: bytes, name: str, change: bytes | None) -> bytes:
    """The archive with one of its files replaced, or left out where `change` is None."""
    with zipfile.ZipFile(io.BytesIO(content)) as old:
        files = [(each, old.read(each)) for each in old.namelist() if each != name]
    return archive([*files, *([(name, change)] if change is not None else [])])


def part(content: bytes, name: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(content)) as archive_:
        return archive_.read(name)
