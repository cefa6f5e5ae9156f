"""Runs with times and token counts, for the tests."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from components.history.records import ChunkRecord, LaneRecord, RunRecord
from tests.archive.examples import FLASH, NOON, PRO


def timed(
    index: int,
    model: str = FLASH,
    first_s: float = 0.5,
    speed: float = 100.0,
    usage: dict[str, int] | None = None,
    **changes: Any,
) -> LaneRecord:
    """A whole answer: 10 tokens after `first_s` seconds, and 100 more at `speed` tokens a second."""
    pieces = (
        ChunkRecord(first_s, "It is ", output_tokens=10),
        ChunkRecord(first_s + 50 / speed, "indeed ", output_tokens=60),
        ChunkRecord(first_s + 100 / speed, "so.", output_tokens=110),
    )
    counts = {"input_tokens": 1000, "output_tokens": 110} if usage is None else usage
    facts = {"finish_reason": "STOP", "served_model": model, "usage": counts}
    asked = {"model": model, "prompt": "Is it?"}
    return replace(LaneRecord(index, model, asked, "done", facts, None, None, pieces[-1].at_s, pieces), **changes)


def run_of(run_id: str, *lanes: LaneRecord, minutes: float = 0, **changes: Any) -> RunRecord:
    created = NOON + timedelta(minutes=minutes)
    return replace(RunRecord(run_id, created, False, False, "c0ffee", "Is it?", len(lanes), lanes), **changes)


__all__ = ["FLASH", "NOON", "PRO", "run_of", "timed"]
