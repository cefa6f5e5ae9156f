"""A report as a ZIP of data: a CSV file a table, the frozen state as JSON, every text in full, and a dictionary."""

import hashlib
import io
import json
import zipfile
from collections.abc import Mapping

from components.report.bundle_tables import QUOTES, list_files, quotes, table_files
from components.report.csv_files import slug
from components.report.data_dictionary import descriptor, readme
from components.report.inert import inert
from components.report.state import Report, record

_EPOCH = (1980, 1, 1, 0, 0, 0)
_SUMS = "SHA256SUMS"


def bundle(report: Report) -> bytes:
    """The report as a ZIP file. The same report gives the same bytes.

    Texts in the CSV files and in those of prompts and answers are inert; `report.json` has them as they were.
    """
    return _zipped(bundled(report))


def bundled(report: Report) -> dict[str, bytes]:
    """The files of the bundle by their paths, README.md first and the sums of all others last."""
    digest = report.digest
    found = quotes(report)
    texts = [f"{QUOTES}/{at:03d}_{slug(quote.label)[:40]}.txt" for at, (_, quote) in enumerate(found, 1)]
    files = [*list_files(report, texts), *table_files(report)]
    contents = {
        "README.md": readme(report, digest, files, texts).encode(),
        "datapackage.json": descriptor(report, digest, files).encode(),
        "report.json": (json.dumps(record(report), indent=1, ensure_ascii=True) + "\n").encode(),
        **{file.path: file.csv() for file in files},
        **{path: inert(quote.text).encode() for path, (_, quote) in zip(texts, found, strict=True)},
    }
    return contents | {_SUMS: _sums(contents).encode()}


def _sums(contents: Mapping[str, bytes]) -> str:
    return "".join(f"{hashlib.sha256(content).hexdigest()}  {path}\n" for path, content in contents.items())


def _zipped(contents: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for path, content in contents.items():
            entry = zipfile.ZipInfo(path, _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            # Read by all, written by its owner, as on Unix; whatever system makes the file.
            entry.create_system, entry.external_attr = 3, 0o644 << 16
            archive.writestr(entry, content)
    return out.getvalue()
