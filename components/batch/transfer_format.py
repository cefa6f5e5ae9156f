"""The lines of a batch as a file: what it is, its rows, its answers. What is read is checked field by field."""

import json
from dataclasses import fields, replace
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    JsonValue,
    TypeAdapter,
    ValidationError,
    model_validator,
)

from components.batch.checks import checks_of
from components.batch.entries import MOST_COLUMNS, MOST_ROWS
from components.batch.records import Job, Json, Result, Row, job_of, job_record, result_of, result_record
from components.history.run_format import finite, wrong_fields
from components.playground.controls import Controls
from components.playground.templates import variables

FORMAT = "gemini-pro-or-flash-batch"
VERSION = 1
MOST_ANSWERS = 2_000_000
_STAYS = ("owner", "limits")


def head_line(job: Job, columns: tuple[str, ...]) -> str:
    """The first line: what was asked, of which models, how, and how it was checked; whose it is stays out."""
    about = {name: value for name, value in job_record(job).items() if name not in _STAYS}
    return _line({"format": FORMAT, "version": VERSION, "batch": {**about, "columns": list(columns)}})


def row_line(row: Row) -> str:
    """The line of a row of the input."""
    return _line({"row": {"number": row.number, "values": dict(row.values)}})


def result_line(result: Result) -> str:
    """The line of an answer; its prompt stays out, since template and row tell it."""
    return _line({"result": {name: value for name, value in result_record(result).items() if name != "prompt"}})


def head_of(text: str) -> tuple[Job, tuple[str, ...]] | str:
    """The job and the columns of a first line, or the sentence that says which fields are wrong."""
    try:
        head = _HeadLine.model_validate_json(text).batch
    except ValidationError as error:
        return wrong_fields(error)
    return job_of(head.model_dump(mode="json", exclude={"columns"})), head.columns


def part_of(text: str, job: Job, columns: tuple[str, ...]) -> Row | Result | str:
    """The row or the answer of a later line, or the sentence that says which fields are wrong."""
    try:
        part = _PartLine.model_validate_json(text)
        if part.row is not None:
            return _row(part.row, job, columns)
        return _result(part.result, job) if part.result is not None else "the line: has neither a row nor a result."
    except ValidationError as error:
        return wrong_fields(error)


def _line(value: Json) -> str:
    # Escapes keep the line one line: U+2028 and its like end lines for some readers.
    return json.dumps(value) + "\n"


def _row(read: "_Row", job: Job, columns: tuple[str, ...]) -> Row | str:
    if read.number > job.rows:
        return f"row.number: the batch has {job.rows:,} rows."
    if set(read.values) != set(columns):
        return "row.values: must have a text for each column of the first line, and no other."
    return Row(read.number, read.values)


def _result(read: "_Result", job: Job) -> Result | str:
    labels = [str(check.get("label")) for check in job.checks]
    said = [verdict.check for verdict in read.checks]
    if read.model not in job.models:
        return "result.model: the batch has not asked this model."
    if read.row > job.rows or read.repeat > job.repeats:
        return "result.row: the batch has no such row or repeat."
    if len(set(said)) < len(said) or not set(said) <= set(labels):
        return "result.checks: each must be a check of the first line, once."
    if read.simulated and not job.simulated:
        return "result.simulated: the first line says that no answer is simulated."
    return replace(result_of(read.model_dump(mode="json")), simulated=job.simulated)


def _settings(value: Any) -> Any:
    unknown = set(value) - {one.name for one in fields(Controls)}
    if unknown:
        raise ValueError(f"there is no setting {min(unknown)[:80]}")
    found = TypeAdapter(Controls).validate_json(json.dumps(finite(value)), strict=True)
    return value if found is not None else {}


_Object = Annotated[dict[str, JsonValue], AfterValidator(finite)]
_Name = Annotated[str, Field(max_length=500)]
_Model = Annotated[str, Field(min_length=1, max_length=200)]
_Id = Annotated[str, Field(pattern=r"^[A-Za-z0-9_.-]{1,100}$")]
_Many = Annotated[int, Field(ge=1, le=10_000)]
_RowNumber = Annotated[int, Field(ge=1, le=MOST_ROWS)]
_Count = Annotated[int, Field(ge=0, lt=2**53)]
_Seconds = Annotated[float, Field(ge=0, lt=1e9, allow_inf_nan=False)]
_Usd = Annotated[str, Field(pattern=r"^\d{1,4}(\.\d{1,20})?$")]


class _Strict(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class _Head(_Strict):
    id: _Id
    created: AwareDatetime
    models: Annotated[tuple[_Model, ...], Field(min_length=1, max_length=100)]
    template: str
    controls: Annotated[_Object, AfterValidator(_settings)]
    rows: _RowNumber
    prompts_digest: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
    columns: Annotated[tuple[_Name, ...], Field(max_length=MOST_COLUMNS)]
    name: _Name = ""
    checks: Annotated[tuple[_Object, ...], Field(max_length=100)] = ()
    judge: _Name = ""
    repeats: _Many = 1
    catalog_version: _Name = ""
    simulated: bool
    vertexai: bool = False

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        for what, values in (("models", self.models), ("columns", self.columns)):
            if len(set(values)) < len(values):
                raise ValueError(f"{what} must each be named once")
        if lost := [name for name in variables(self.template) if name not in self.columns]:
            raise ValueError(f"the template needs the column {lost[0]}, which is none of the columns")
        if self.rows * len(self.models) * self.repeats > MOST_ANSWERS:
            raise ValueError(f"a batch has at most {MOST_ANSWERS:,} answers")
        checks_of(self.checks, self.columns)
        return self


class _HeadLine(_Strict):
    format: Literal["gemini-pro-or-flash-batch"]
    version: Literal[1]
    batch: _Head


class _Row(_Strict):
    number: _RowNumber
    values: dict[str, str]


class _Usage(_Strict):
    input_tokens: _Count | None = None
    output_tokens: _Count | None = None
    thinking_tokens: _Count | None = None
    cached_tokens: _Count | None = None
    total_tokens: _Count | None = None
    tool_tokens: _Count | None = None


class _Verdict(_Strict):
    check: str
    passed: bool | None
    note: str = ""


class _Result(_Strict):
    row: _RowNumber
    model: str
    repeat: _Many
    status: Literal["ok", "failed", "skipped"]
    text: str = ""
    usage: _Usage = Field(default_factory=_Usage)
    started: AwareDatetime | None = None
    first_token_s: _Seconds | None = None
    first_visible_s: _Seconds | None = None
    total_s: _Seconds | None = None
    attempts: Annotated[int, Field(ge=0, le=10_000)] = 0
    discarded_characters: _Count | None = None
    finish_reason: _Name | None = None
    served_model: _Name | None = None
    error_kind: _Name = ""
    error: str = ""
    cost_usd: _Usd | None = None
    discarded_usd: _Usd | None = None
    checks: tuple[_Verdict, ...] = ()
    checks_usd: _Usd | None = None
    concurrency: Annotated[int, Field(ge=0, le=10_000)] = 0
    simulated: bool


class _PartLine(_Strict):
    row: _Row | None = None
    result: _Result | None = None
