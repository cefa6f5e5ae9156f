"""Jobs, results and workbooks made from little, for the tests of reading, counting and exporting them."""

import io
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from openpyxl import Workbook

from components.batch.records import Job, Key, Result, Status, Verdict
from components.playground.controls import Controls

PRO, FLASH = "gemini-2.5-pro", "gemini-2.5-flash"


def job(**changes: Any) -> Job:
    """A job of three rows for Pro and Flash."""
    given: dict[str, Any] = {
        "id": "job",
        "created": datetime(2026, 11, 26, 9, tzinfo=UTC),
        "models": (PRO, FLASH),
        "template": "{q}",
        "controls": Controls(),
        "rows": 3,
        "prompts_digest": "0" * 64,
        "catalog_version": "c1",
    }
    return Job(**given | changes)


def result(row: int, model: str = FLASH, repeat: int = 1, *, passed: bool = True, **changes: Any) -> Result:
    """An answer that cost a cent and took 1.5 s, with what the check "right" says of it."""
    given: dict[str, Any] = {
        "prompt": "Why?",
        "text": "Because.",
        "total_s": 1.5,
        "attempts": 1,
        "cost_usd": Decimal("0.01"),
        "checks": (Verdict("right", passed, "" if passed else "Wrong."),),
    }
    return Result(Key(row, model, repeat), Status.OK, **given | changes)


def failed(row: int, model: str = FLASH) -> Result:
    """A call without an answer."""
    return Result(Key(row, model), Status.FAILED, attempts=10, error_kind="overloaded", error="Busy.")


def sheet(*rows: Sequence[Any], more: Callable[[Workbook], None] | None = None) -> bytes:
    """A workbook with these rows in its first sheet, after `more` was done to it."""
    book = Workbook()
    for row in rows:
        book.active.append(row)
    if more is not None:
        more(book)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
