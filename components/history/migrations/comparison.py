"""Which tables the models describe."""

from typing import Any


def is_ours(name: str | None, kind: str, parents: Any) -> bool:
    """Say whether the models describe a table: not the full-text tables, which each database has in its own way."""
    return kind != "table" or not (name or "").startswith("passage_words")
