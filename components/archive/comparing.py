"""What differs between two runs: what was asked and how, field by field, and nothing that is the same."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from components.archive.wording import clipped, preset_words
from components.history.records import RunRecord

NOT_SET = "not set"
_MOST = 600
LABELS = {
    "system_instruction": "System instruction",
    "temperature": "Temperature",
    "top_p": "Top-p",
    "top_k": "Top-k",
    "max_output_tokens": "Max output tokens",
    "stop_sequences": "Stop sequences",
    "seed": "Seed",
    "thinking_budget": "Thinking budget",
    "thinking_level": "Thinking level",
    "include_thoughts": "Thoughts shown",
    "json_mode": "JSON mode",
    "json_schema": "JSON schema",
    "functions": "Function declarations",
    "google_search": "Google Search",
    "code_execution": "Code execution",
    "safety": "Safety settings",
    "turns": "Earlier turns",
    "attachments": "Files",
    "replies": "Results of functions",
}
_ELSEWHERE = ("model", "prompt")
_APART = ("turns", "attachments", "replies", "cached_content")


@dataclass(frozen=True, slots=True)
class Said:
    """What a run has for a field: the model that it was set for, empty where it holds for all, and the value."""

    model: str
    text: str


@dataclass(frozen=True, slots=True)
class Setting:
    """A field of the requests of a run by its name and its label, and what the run has there."""

    name: str
    label: str
    said: tuple[Said, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """A field in which two runs differ, and what each has there."""

    label: str
    one: tuple[Said, ...]
    other: tuple[Said, ...]


def differences(one: RunRecord, other: RunRecord) -> tuple[Difference, ...]:
    """The fields in which two runs differ, the prompt first; a field that is set a side is told a side."""
    told = [Difference(label, _said(take(one)), _said(take(other))) for label, take in _OF_RUN]
    return (*(each for each in told if each.one != each.other), *_of_requests(one, other))


def settings(run: RunRecord) -> tuple[Setting, ...]:
    """What was set for a run, without its prompt, its files and the turns before; one a side is told a side."""
    requests = _requests(run)
    names = dict.fromkeys((*LABELS, *(name for request in requests for name in request)))
    told = [
        Setting(name, _label(name), _by_side(run, name, _together([request.get(name) for request in requests])))
        for name in names
        if name not in (*_ELSEWHERE, *_APART)
    ]
    return tuple(each for each in told if any(said.text != NOT_SET for said in each.said))


def _label(name: str) -> str:
    return LABELS.get(name) or name.replace("_", " ").capitalize()


def _said(text: str) -> tuple[Said, ...]:
    return (Said("", text),)


def _of_requests(one: RunRecord, other: RunRecord) -> Iterator[Difference]:
    both = (_requests(one), _requests(other))
    names = dict.fromkeys((*LABELS, *(name for requests in both for each in requests for name in each)))
    for name in names:
        if name in _ELSEWHERE:
            continue
        values = [_together([request.get(name) for request in requests]) for requests in both]
        if values[0] == values[1]:
            continue
        sides = [_by_side(run, name, value) for run, value in zip((one, other), values, strict=True)]
        if sides[0] == sides[1]:
            sides[1] = (*sides[1], Said("", "(the same in short, but not in content)"))
        yield Difference(_label(name), sides[0], sides[1])


def _requests(run: RunRecord) -> list[Mapping[str, Any]]:
    return [lane.request for lane in run.lanes[: run.sides]]


def _together(values: Sequence[Any]) -> list[Any]:
    """The values of all sides, as one where they are the same."""
    return [values[0]] if values and all(value == values[0] for value in values) else list(values)


def _by_side(run: RunRecord, name: str, values: Sequence[Any]) -> tuple[Said, ...]:
    models = ("",) if len(values) < 2 else run.models
    return tuple(Said(model, shown(name, value)) for model, value in zip(models, values, strict=True))


def shown(name: str, value: Any) -> str:
    """The value of a field of a request for reading; files and turns are named, not spelled out."""
    if value is None or value in ("", [], {}):
        return NOT_SET
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, str):
        return clipped(value, _MOST)
    if isinstance(value, list) and name in ("attachments", "replies"):
        return clipped(", ".join(_file(each) for each in value), _MOST)
    if isinstance(value, list) and name == "turns":
        return f"{len(value)} turn{'' if len(value) == 1 else 's'}"
    return clipped(json.dumps(value, ensure_ascii=False), _MOST)


def _file(part: Any) -> str:
    if not isinstance(part, Mapping):
        return "not readable"
    name = part.get("name") or part.get("mime_type") or part.get("kind") or "a file"
    size = part.get("size_bytes")
    return f"{name} ({size:,} bytes)" if isinstance(size, int) else str(name)


_OF_RUN: tuple[tuple[str, Callable[[RunRecord], str]], ...] = (
    ("Prompt", lambda run: clipped(run.prompt, 4 * _MOST) or NOT_SET),
    ("Models", lambda run: ", ".join(run.models)),
    ("Preset", lambda run: preset_words(run.preset)),
    ("Answers each", lambda run: str(run.repeats)),
    ("Blind", lambda run: "yes" if run.order else "no"),
    ("Answers are", lambda run: "simulated" if run.simulated else "real"),
    ("Origin", lambda run: "imported from a file" if run.imported else "asked here"),
    ("Called through", lambda run: "Vertex AI" if run.vertexai else "Gemini API"),
    ("Catalog version", lambda run: run.catalog_version or NOT_SET),
)
