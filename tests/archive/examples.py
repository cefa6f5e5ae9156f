"""Runs as the playground keeps them, for the tests of the history page."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from components.history.records import ChunkRecord, JudgementRecord, LaneRecord, RunRecord

PRO, FLASH, OLD = "gemini-2.0-pro-exp-02-05", "gemini-2.0-flash", "gemini-1.5-pro"
NOON = datetime(2026, 11, 26, 12, 0, tzinfo=UTC)


def lane(index: int, model: str, prompt: str, answer: str, **changes: Any) -> LaneRecord:
    """An answer in two pieces, the first after 0.2 s and the second after 0.4 s."""
    half = len(answer) // 2
    pieces = (ChunkRecord(0.2, answer[:half], output_tokens=5), ChunkRecord(0.4, answer[half:], output_tokens=10))
    facts = {"finish_reason": "STOP", "served_model": model, "usage": {"input_tokens": 7, "output_tokens": 10}}
    asked = {"model": model, "prompt": prompt, **changes.pop("request", {})}
    return replace(LaneRecord(index, model, asked, "done", facts, None, None, 0.5, pieces), **changes)


def run(
    run_id: str,
    prompt: str = "Is it?",
    answers: Sequence[str] = ("Yes, it is so.", "No, it is not."),
    models: Sequence[str] = (PRO, FLASH),
    minutes: float = 0,
    request: dict[str, Any] | None = None,
    status: str = "done",
    **changes: Any,
) -> RunRecord:
    """A run on real models, `minutes` after noon."""
    asked = {} if request is None else request
    lanes = tuple(
        lane(index, models[index % len(models)], prompt, answer, request=asked, status=status)
        for index, answer in enumerate(answers)
    )
    made = RunRecord(run_id, NOON + timedelta(minutes=minutes), False, False, "c0ffee", prompt, len(models), lanes)
    return replace(made, **changes)


def voted(run_id: str, vote: str, **changes: Any) -> RunRecord:
    """A blind run with its vote."""
    models = changes.get("models", (PRO, FLASH))
    return run(run_id, **{"order": tuple(reversed(range(len(models)))), "vote": vote, **changes})


def opinion(name: str, judge: str = "gemini-3.8-flash", *, agreed: bool = True, **changes: Any) -> JudgementRecord:
    """A judge's opinion that the first answer is better, or one that changed with the order."""
    outcome = {
        "judge": judge,
        "rubric": "Correct.",
        "agreed": agreed,
        "simulated": False,
        "winner": "one" if agreed else "tie",
        "reasons": ["It is right.", "It is right."],
        "scores": [[5, 2], [5, 2]],
        "usages": [],
        "served_models": [],
        "failure": None,
    }
    return replace(JudgementRecord(name, NOON, 0, 1, judge, "Correct.", False, outcome), **changes)
