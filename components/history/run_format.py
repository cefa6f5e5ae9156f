"""A run as one line of JSON, under a version of the format; what is read is checked field by field."""

import json
from dataclasses import asdict
from datetime import datetime
from math import isfinite
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    JsonValue,
    ValidationError,
    model_validator,
)
from pydantic_core import ErrorDetails

from components.history.records import ChunkRecord, JudgementRecord, LaneRecord, RunRecord

FORMAT = "gemini-pro-or-flash-run"
VERSION = 1
_EXPORTED_OPEN = "Interrupted: the run was still going when it was exported. What had arrived is kept."
_OPEN = ("waiting", "streaming")
_PROBLEMS_A_LINE = 3


def run_line(run: RunRecord) -> str:
    """Return a run as one line, its line end included; its owner stays out."""
    fields = {name: value for name, value in asdict(run).items() if name not in ("owner", "imported")}
    line = {"format": FORMAT, "version": VERSION, "run": fields}
    # Escapes keep the line one line: U+2028 and its like end lines for some readers.
    return json.dumps(line, default=datetime.isoformat) + "\n"


def run_of_line(line: str) -> RunRecord | str:
    """Return the run of a line, or the sentence that says which fields are wrong. Lanes that were open are not now."""
    try:
        return _record(_Line.model_validate_json(line).run)
    except ValidationError as error:
        return wrong_fields(error)


def wrong_fields(error: ValidationError) -> str:
    """The sentence that says which fields of a line are wrong, the first three of them by name."""
    found = error.errors(include_url=False, include_context=False, include_input=False)
    told = "; ".join(map(_told, found[:_PROBLEMS_A_LINE]))
    more = f"; and {len(found) - _PROBLEMS_A_LINE} more" if len(found) > _PROBLEMS_A_LINE else ""
    return f"{told}{more}."


def _told(found: ErrorDetails) -> str:
    return f"{'.'.join(map(str, found['loc'])) or 'the line'}: {found['msg']}"


def finite(value: Any) -> Any:
    """Return a JSON value as it is. Raises ValueError where a number in it is none that JSON has."""
    if isinstance(value, float) and not isfinite(value):
        raise ValueError("numbers must be finite")
    for one in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        finite(one)
    return value


_Object = Annotated[dict[str, JsonValue], AfterValidator(finite)]
_Name = Annotated[str, Field(max_length=500)]
_Id = Annotated[str, Field(min_length=1, max_length=100)]
_Count = Annotated[int, Field(ge=0, lt=2**53)]
_Place = Annotated[int, Field(ge=0, lt=10_000)]
_Many = Annotated[int, Field(ge=1, le=10_000)]
_Seconds = Annotated[float, Field(ge=0, allow_inf_nan=False)]
_Status = Literal["waiting", "streaming", "done", "stopped", "failed", "interrupted"]


class _Strict(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class _Chunk(_Strict):
    at_s: _Seconds
    text: str = ""
    thought: str = ""
    output_tokens: _Count | None = None
    thinking_tokens: _Count | None = None
    parts: tuple[_Object, ...] = ()


class _Lane(_Strict):
    index: _Place
    model: _Name
    request: _Object
    status: _Status
    facts: _Object = Field(default_factory=dict)
    failure: _Object | None = None
    stop_reason: str | None = None
    total_s: _Seconds | None = None
    chunks: tuple[_Chunk, ...] = ()


class _Judgement(_Strict):
    id: _Id
    created: AwareDatetime
    one: _Place
    other: _Place
    judge: _Name
    rubric: str
    simulated: bool
    outcome: _Object


class _Run(_Strict):
    id: _Id
    created: AwareDatetime
    simulated: bool
    vertexai: bool
    catalog_version: _Name
    prompt: str
    sides: _Many
    lanes: tuple[_Lane, ...]
    repeats: _Many = 1
    order: tuple[_Place, ...] = ()
    vote: _Name = ""
    parent: Annotated[str, Field(max_length=100)] = ""
    group: _Name = ""
    preset: _Name = ""
    tags: tuple[_Name, ...] = ()
    judgements: tuple[_Judgement, ...] = ()

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if [lane.index for lane in self.lanes] != list(range(self.sides * self.repeats)):
            raise ValueError("lanes must be numbered by index from 0, as many as sides times repeats")
        if self.order and sorted(self.order) != list(range(self.sides)):
            raise ValueError("order must name each side once")
        if any(place >= len(self.lanes) for one in self.judgements for place in (one.one, one.other)):
            raise ValueError("judgements must be on lanes of the run")
        return self


class _Line(_Strict):
    format: Literal["gemini-pro-or-flash-run"]
    version: Literal[1]
    run: _Run


def _record(run: _Run) -> RunRecord:
    fields = {name: getattr(run, name) for name in _Run.model_fields}
    lanes = tuple(_lane(lane) for lane in run.lanes)
    judgements = tuple(JudgementRecord(**_fields(one)) for one in run.judgements)
    return RunRecord(**{**fields, "lanes": lanes, "judgements": judgements})


def _lane(lane: _Lane) -> LaneRecord:
    chunks = tuple(ChunkRecord(**_fields(chunk)) for chunk in lane.chunks)
    fields = {**_fields(lane), "chunks": chunks}
    if lane.status in _OPEN:
        fields |= {"status": "interrupted", "stop_reason": _EXPORTED_OPEN}
    return LaneRecord(**fields)


def _fields(read: BaseModel) -> dict[str, Any]:
    return {name: getattr(read, name) for name in type(read).model_fields}
