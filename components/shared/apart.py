"""What of a kept run its readers get: all that was asked and answered, and nothing that is the owner's alone."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from components.history.records import Json, LaneRecord, RunRecord
from components.history.run_format import run_line

# What a file is called and how large it is stays; what it holds and where it lies does not.
_OF_FILES = ("data", "uri", "digest")
_KINDS_OF_FILES = ("file_data", "inline_data")


def public(run: RunRecord) -> RunRecord:
    """The run without the content and the places of its files, without tags, and without details of failed calls.

    Details may name a private endpoint, and a cache is the owner's own.
    """
    lanes = tuple(map(_lane, run.lanes))
    return replace(run, lanes=lanes, tags=(), group="", owner="")


def run_file(conversation: Sequence[RunRecord]) -> bytes:
    """A run and the turns before it as a file that the history of another installation imports."""
    return "".join(run_line(public(run)) for run in conversation).encode()


def file_names(request: Mapping[str, Any]) -> tuple[str, ...]:
    """The names of the files that went with a request and the turns before it, each once."""
    parts = [*_list(request.get("attachments"))]
    for turn in _list(request.get("turns")):
        parts += _list(turn.get("parts")) if isinstance(turn, Mapping) else []
    files = (part for part in parts if isinstance(part, Mapping) and part.get("kind") in _KINDS_OF_FILES)
    return tuple(dict.fromkeys(str(part.get("name") or part.get("mime_type") or "a file") for part in files))


def _lane(lane: LaneRecord) -> LaneRecord:
    failure = None if lane.failure is None else _without(lane.failure, "detail")
    return replace(lane, request=_request(lane.request), failure=failure)


def _request(request: Json) -> Json:
    apart = _without(request, "cached_content", "headers")
    for name in ("attachments", "replies"):
        if name in apart:
            apart[name] = _without_content(_list(apart[name]))
    if "turns" in apart:
        turns = (turn for turn in _list(apart["turns"]) if isinstance(turn, Mapping))
        apart["turns"] = [{**turn, "parts": _without_content(_list(turn.get("parts")))} for turn in turns]
    return apart


def _without_content(parts: Iterable[Any]) -> list[Any]:
    return [_without(part, *_OF_FILES) if isinstance(part, Mapping) else part for part in parts]


def _without(values: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name not in names}


def _list(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list | tuple) else []
