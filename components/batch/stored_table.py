"""The rows of a kept batch as a table and as a file: what its Python program reads, whatever they came from."""

import json
from collections.abc import Iterable, Iterator, Sequence

from components.batch.entries import Entry, Source
from components.batch.prompts import Table
from components.batch.records import Prompts, Row

FILE = "prompts.jsonl"


def stored_table(prompts: Prompts, columns: Sequence[str]) -> Table:
    """The rows as a table of JSON Lines, read from where they are kept."""

    def entries() -> Iterator[Entry]:
        return (Entry(row.number, row.values) for row in prompts.rows())

    source = Source(entries, None, encoding="utf-8")
    return Table(FILE, tuple(columns), prompts.count, prompts.digest, (), "line", source)


def rows_as_jsonl(rows: Iterable[Row]) -> bytes:
    """The rows as JSON Lines in UTF-8, an object of texts a line."""
    return b"".join(json.dumps(dict(row.values), ensure_ascii=False).encode("utf-8", "replace") + b"\n" for row in rows)
