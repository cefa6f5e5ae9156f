"""What describes a bundle: a page for people, and a descriptor by the Data Package standard for programs."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

from components.report.citing import byline
from components.report.csv_files import DataFile, Field
from components.report.inert import inert
from components.report.markdown import escaped, table_lines
from components.report.state import Report

_HOW_TO_READ = """\
## How to read the files

- The CSV files follow RFC 4180: UTF-8 with a byte order mark, so that Excel shows them right, commas, lines that end in
  CR LF, quotes doubled. `datapackage.json` describes them by the Data Package standard (Frictionless), so that tools
  such as `frictionless validate datapackage.json` read them with their types.
- Numbers are plain: a point before the decimals, no thousands separators, no unit; the unit is in the column beside
  them. Days are 2025-11-26. An empty cell says that nothing stands there; what is not known is said in words.
- A text that a spreadsheet might take for a formula begins with an apostrophe. To get the text back, take one
  apostrophe away from each cell in which `=`, `+`, `-`, `@`, their full-width forms, a tab or a line end follow the
  apostrophes at its start.
- Characters that are not seen or have an effect of their own are replaced by visible signs, in the CSV files and in the
  texts of prompts and answers. `report.json` has every text exactly as it was, in the escapes of JSON.
- `SHA256SUMS` proves that no file has changed: `sha256sum --check SHA256SUMS`."""
_FURTHER = (
    ("README.md", "This page."),
    ("datapackage.json", "The descriptor of the data for programs."),
    ("report.json", "The report as it was frozen, in full: every format of the report is made from it alone."),
    ("SHA256SUMS", "The digests of the other files."),
)


def readme(report: Report, digest: str, files: Sequence[DataFile], texts: Sequence[str]) -> str:
    """The data dictionary: every file, and every column with its meaning, unit and type."""
    rows = [[f"`{file.path}`", escaped(f"{file.title}. {file.meaning}"), f"{len(file.rows):,}"] for file in files]
    rows += [[f"`{path}`", escaped(meaning), ""] for path, meaning in _FURTHER]
    if texts:
        rows.append([f"`{texts[0]}` and on", "Prompts and answers as text, in full.", ""])
    parts = [
        f"# {escaped(report.title)}",
        escaped(f"{byline(report)}."),
        escaped(f"Catalog {report.catalog_version} of {report.catalog_as_of}, report {digest}."),
        *(f"**Take note:** {escaped(each)}" for each in report.problems),
        "## Files",
        table_lines((("File", False), ("What it holds", False), ("Rows", True)), rows),
        _HOW_TO_READ,
        "## Columns",
        *(part for file in files for part in _columns(file)),
    ]
    return "\n\n".join(parts) + "\n"


def _columns(file: DataFile) -> Iterator[str]:
    yield f"### `{file.path}`"
    rows = [[f"`{each.name}`", escaped(_meaning(each)), each.type.value, escaped(each.unit)] for each in file.fields]
    yield table_lines((("Column", False), ("Meaning", False), ("Type", False), ("Unit", False)), rows)


def _meaning(field: Field) -> str:
    return f"{field.title}: {field.meaning[:1].lower()}{field.meaning[1:]}"


def descriptor(report: Report, digest: str, files: Sequence[DataFile]) -> str:
    """The Data Package of the CSV files, as JSON."""
    found: dict[str, Any] = {
        "profile": "data-package",
        "name": f"report-{digest}",
        "id": digest,
        "title": inert(report.title),
        "description": f"A comparison of language models from catalog {report.catalog_version}.",
        "version": report.catalog_version,
        "created": report.made.isoformat(),
        "contributors": [{"title": inert(report.author) or "not named", "role": "author"}],
        "sources": [_source(each.title, each.url) for each in report.sources],
        "resources": [_resource(file) for file in files],
    }
    return json.dumps({name: value for name, value in found.items() if value}, indent=2, ensure_ascii=True) + "\n"


def _source(title: str, url: str) -> dict[str, str]:
    path = {"path": url} if url.startswith(("https://", "http://")) else {}
    return {"title": inert(title), **path}


def _resource(file: DataFile) -> dict[str, Any]:
    return {
        "profile": "tabular-data-resource",
        "name": file.path.removesuffix(".csv").replace("/", "-"),
        "path": file.path,
        "title": inert(file.title),
        "description": inert(file.meaning),
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "dialect": {"delimiter": ",", "lineTerminator": "\r\n", "quoteChar": '"', "doubleQuote": True},
        "schema": {"fields": [_field(each) for each in file.fields], "missingValues": [""]},
    }


def _field(field: Field) -> dict[str, str]:
    unit = {"unit": inert(field.unit)} if field.unit else {}
    return {
        "name": field.name,
        "type": field.type.value,
        "title": inert(field.title),
        "description": inert(field.meaning),
        **unit,
    }
