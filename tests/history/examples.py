"""Runs as they are kept, for the tests."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from components.history.records import ChunkRecord, JudgementRecord, LaneRecord, RunRecord

PRO, FLASH = "gemini-2.0-pro-exp-02-05", "gemini-2.0-flash"
NOON = datetime(2026, 11, 26, 12, 0, 0, 123456, tzinfo=UTC)
JUDGEMENT = JudgementRecord(
    id="j1",
    created=NOON,
    one=0,
    other=1,
    judge="gemini-3-pro",
    rubric="Which answer is right?",
    simulated=False,
    outcome={"winner": 1, "reasons": ["short", "naïve"]},
)


def chunks(*texts: str) -> tuple[ChunkRecord, ...]:
    """Pieces of an answer, a tenth of a second apart."""
    return tuple(ChunkRecord(at_s=(index + 1) / 10, text=text) for index, text in enumerate(texts))


def answered(index: int, model: str, *texts: str, **changes: Any) -> LaneRecord:
    lane = LaneRecord(index, model, {"prompt": "p"}, "done", {"finish_reason": "STOP"}, None, None, 1.5, chunks(*texts))
    return replace(lane, **changes)


def finished(run_id: str = "r1", answers: tuple[str, str] = ("Yes.", "No."), **changes: Any) -> RunRecord:
    """A run that is over."""
    lanes = tuple(answered(index, model, answers[index]) for index, model in enumerate((PRO, FLASH)))
    return replace(RunRecord(run_id, NOON, False, False, "c0ffee", "Is it?", 2, lanes), **changes)


def starting(run_id: str = "r1", **changes: Any) -> RunRecord:
    """A run that has just begun."""
    lanes = tuple(LaneRecord(index, model, {"prompt": "p"}) for index, model in enumerate((PRO, FLASH)))
    return finished(run_id, **{"lanes": lanes, **changes})
