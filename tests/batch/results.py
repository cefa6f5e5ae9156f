"""Answers as a batch keeps them, for the tests of what is shown of them."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from components.batch.records import Key, Result, Status, Verdict
from components.batch.tally import Tally, tally_of
from tests.batch.running import FLASH, PRO

CHECK = "right"


def answer(row: int, model: str, passed: bool | None = None, repeat: int = 1, **changes: Any) -> Result:
    """An answer of 2 s that cost a tenth of a cent; with a verdict where one is given."""
    said = () if passed is None else (Verdict(CHECK, passed, "" if passed else "It is wrong."),)
    given: dict[str, Any] = {
        "prompt": f"Question {row}?",
        "text": f"Answer {row} of {model}.",
        "total_s": 2.0,
        "first_token_s": 0.5,
        "attempts": 1,
        "cost_usd": Decimal("0.001"),
        "checks": said,
    }
    return Result(Key(row, model, repeat), Status.OK, **{**given, **changes})


def failure(row: int, model: str) -> Result:
    """A call that brought no answer and cost nothing."""
    return Result(
        Key(row, model),
        Status.FAILED,
        prompt=f"Question {row}?",
        attempts=10,
        error_kind="overloaded",
        error="The model is overloaded. Nothing was charged. Try again later.",
        cost_usd=Decimal(0),
    )


def tally(pro: Iterable[bool], flash: Iterable[bool]) -> Tally:
    """The counts of rows that passed or did not, with each model."""
    pairs = [*((row, PRO, passed) for row, passed in enumerate(pro, 1))]
    pairs += [(row, FLASH, passed) for row, passed in enumerate(flash, 1)]
    return tally_of(answer(row, model, passed) for row, model, passed in pairs)
