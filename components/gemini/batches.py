"""Hands a whole file of requests to the Gemini Batch API, which answers within a day at half the price."""

from __future__ import annotations

import asyncio
import json
import tempfile
from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from components.gemini.errors import Failure, FailureKind, failure_of, failure_of_finish
from components.gemini.files import settled, state_of
from components.gemini.redaction import detail_of
from components.gemini.request import Request, sdk_config, sdk_contents
from components.gemini.stream import Facts, said_by

if TYPE_CHECKING:
    from google.genai import Client, types

JSON_LINES = "application/jsonl"
LARGEST_INPUT_BYTES = 2 * 1024**3

_LONGEST_NAME = 512
# Up to so many bytes of results stay in memory, and beyond them go to disk.
_IN_MEMORY_BYTES = 1024 * 1024
# What the settings of a request are called beside its generationConfig (https://ai.google.dev/api/generate-content).
_BESIDE = ("systemInstruction", "tools", "toolConfig", "safetySettings", "cachedContent")
_NOT_SENT = ("httpOptions", "automaticFunctionCalling", "automaticContinuation", "shouldReturnHttpResponse")
# google.rpc.Code to HTTP (https://github.com/googleapis/googleapis/blob/master/google/rpc/code.proto).
_HTTP_OF_RPC = {
    1: 499,
    2: 500,
    3: 400,
    4: 504,
    5: 404,
    6: 409,
    7: 403,
    8: 429,
    9: 400,
    10: 409,
    11: 400,
    12: 501,
    13: 500,
    14: 503,
    15: 500,
    16: 401,
}


class JobState(StrEnum):
    """Where a job stands."""

    PENDING = "pending"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    UNKNOWN = "unknown"

    @property
    def ended(self) -> bool:
        """Whether nothing will change any more."""
        return self not in (JobState.PENDING, JobState.RUNNING, JobState.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Counts:
    """How many requests a job has, and how they stand; None where the service does not say."""

    total: int | None = None
    pending: int | None = None
    succeeded: int | None = None
    failed: int | None = None


@dataclass(frozen=True, slots=True)
class Job:
    """What is known of a job. Times are in UTC.

    `error` is what the service says of a job that failed, at most 500 characters without any key. `result_file` names
    the file with the answers once there is one, `input_file` the uploaded one, known only right after submitting.
    """

    name: str
    model: str
    display_name: str = ""
    state: JobState = JobState.UNKNOWN
    counts: Counts = field(default_factory=Counts)
    error: str = ""
    created: datetime | None = None
    updated: datetime | None = None
    ended: datetime | None = None
    result_file: str = ""
    input_file: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a model answered to one request of a job."""

    text: str
    thought: str
    facts: Facts


@dataclass(frozen=True, slots=True)
class Row:
    """The outcome of one request. Both are set for an answer that is incomplete, as at the output limit."""

    key: str
    answer: Answer | None = None
    failure: Failure | None = None


def line(key: str, request: Request) -> str:
    """Write one request as a line of the input file, without the line's end; the model is that of the job.

    Headers are left out. Raises ValueError, naming the setting, as `sdk_config` does.
    """
    settings = _plain(sdk_config(request))
    body: dict[str, Any] = {"contents": [_plain(content) for content in sdk_contents(request)]}
    instruction = settings.pop("systemInstruction", None)
    if instruction is not None:
        body["systemInstruction"] = {"parts": [{"text": instruction}], "role": "user"}
    body |= {name: settings.pop(name) for name in _BESIDE if name in settings}
    settings = {name: value for name, value in settings.items() if name not in _NOT_SENT}
    if settings:
        body["generationConfig"] = settings
    return json.dumps({"key": key, "request": body}, ensure_ascii=False)


async def submit(
    client: Client,
    model: str,
    lines: Path,
    *,
    display_name: str = "",
    headers: Mapping[str, str] | None = None,
    secrets: Iterable[str] = (),
    timeout_s: float = 600,
) -> Job | Failure:
    """Upload a file of requests, one `line` each, and start a job over it. Never raises but for cancellation.

    Whoever may be killed in between puts an id of their own into `display_name` and looks for it in `jobs`. The
    uploaded file lives for 48 hours. `headers` go along with the start of the job, `secrets` are the keys.
    """
    from google.genai import types

    if client.vertexai:
        return _no_batches()
    if refusal := _refused_input(lines):
        return refusal
    try:
        async with asyncio.timeout(timeout_s):
            named = display_name[:_LONGEST_NAME] or lines.name
            file = await client.aio.files.upload(
                file=lines, config=types.UploadFileConfig(mime_type=JSON_LINES, display_name=named)
            )
            file = await settled(client, file)
            if state_of(file) == "FAILED" or not file.name:
                return _unreadable(lines, detail_of(str(file.error.message if file.error else ""), secrets))
            options = types.HttpOptions(headers=dict(headers)) if headers else None
            config = types.CreateBatchJobConfig(display_name=named, http_options=options)
            started = await client.aio.batches.create(model=model, src=file.name, config=config)
            return replace(_job(started), input_file=file.name)
    except Exception as error:
        return failure_of(error, partial=False, model=model, secrets=secrets)


async def look(client: Client, name: str, *, secrets: Iterable[str] = (), timeout_s: float = 30) -> Job | Failure:
    """Ask how a job stands. Never raises but for cancellation."""
    secrets = tuple(secrets)
    try:
        async with asyncio.timeout(timeout_s):
            # `batches.get` drops the counts and the error that the service sends.
            operation: Any = await client.aio.operations.get(_Operation(name))
            return _job_of(operation.record, secrets)
    except Exception as error:
        return _not_done(error, secrets)


async def cancel(client: Client, name: str, *, secrets: Iterable[str] = (), timeout_s: float = 30) -> Failure | None:
    """End a job before its time; what it has answered is lost. Never raises but for cancellation."""
    try:
        async with asyncio.timeout(timeout_s):
            await client.aio.batches.cancel(name=name)
    except Exception as error:
        return _not_done(error, secrets)
    return None


async def delete(client: Client, name: str, *, secrets: Iterable[str] = (), timeout_s: float = 30) -> Failure | None:
    """Take a job off the service's list; its files go by themselves. Never raises but for cancellation."""
    try:
        async with asyncio.timeout(timeout_s):
            await client.aio.batches.delete(name=name)
    except Exception as error:
        return _not_done(error, secrets)
    return None


async def jobs(
    client: Client, *, limit: int = 100, secrets: Iterable[str] = (), timeout_s: float = 60
) -> tuple[Job, ...] | Failure:
    """List the jobs of the key, at most `limit`, without counts and errors, as the service orders them.

    Never raises but for cancellation.
    """
    found: list[Job] = []
    try:
        async with asyncio.timeout(timeout_s):
            async for job in await client.aio.batches.list(config={"page_size": min(limit, 100)}):
                found.append(_job(job))
                if len(found) >= limit:
                    break
    except Exception as error:
        return _not_done(error, secrets)
    return tuple(found)


async def results(client: Client, job: Job, *, secrets: Iterable[str] = ()) -> AsyncIterator[Row]:
    """Yield the outcome of every request that the service reports on, in the order of its file.

    The file is fetched as a whole first, to disk where it is large; the rows come from there, one at a time. Rows may
    be missing: match them by key. Before the first row it raises ValueError for a job without results, and what
    google-genai and httpx2 raise.
    """
    secrets = tuple(secrets)
    if not job.result_file:
        for row in await _inlined(client, job, secrets):
            yield row
        return
    with tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY_BYTES) as file:
        destination: Any = file
        await client.aio.files.download(file=job.result_file, destination=destination)
        file.seek(0)
        for written in file:
            if written.strip():
                yield _row_of_line(written, job.model, secrets)


@dataclass(frozen=True)
class _Operation:
    """A job's record as the service sends it: what google-genai fills in when it is asked for an operation."""

    name: str
    record: Mapping[str, Any] = field(default_factory=dict)

    def from_api_response(self, api_response: Any, is_vertex_ai: bool = False) -> _Operation:
        """Keep the whole record."""
        return replace(self, record=api_response)


def _plain(model: Any) -> dict[str, Any]:
    plain: dict[str, Any] = model.model_dump(mode="json", by_alias=True, exclude_none=True)
    return plain


def _job(job: types.BatchJob) -> Job:
    if not job.name:
        raise TypeError("the name of the job is missing")
    return Job(
        name=job.name,
        model=_last(job.model),
        display_name=job.display_name or "",
        state=_state(str(getattr(job.state, "value", job.state) or "")),
        created=job.create_time,
        updated=job.update_time,
        ended=job.end_time,
        result_file=(job.dest.file_name or "") if job.dest else "",
    )


def _job_of(record: Mapping[str, Any], secrets: tuple[str, ...]) -> Job:
    said = record.get("metadata") or {}
    output = said.get("output") or record.get("response") or {}
    error = record.get("error") or {}
    return Job(
        name=str(record["name"]),
        model=_last(said.get("model")),
        display_name=str(said.get("displayName", "")),
        state=_state(str(said.get("state", ""))),
        counts=_counts(said.get("batchStats") or {}),
        error=detail_of(str(error.get("message", "")), secrets),
        created=_moment(said.get("createTime")),
        updated=_moment(said.get("updateTime")),
        ended=_moment(said.get("endTime")),
        result_file=str(output.get("responsesFile", "")),
    )


def _state(word: str) -> JobState:
    """Read BATCH_STATE_RUNNING, JOB_STATE_RUNNING and the like."""
    known = {state.name: state for state in JobState}
    return known.get(word.rpartition("STATE_")[2], JobState.UNKNOWN)


def _counts(said: Mapping[str, Any]) -> Counts:
    names = ("requestCount", "pendingRequestCount", "successfulRequestCount", "failedRequestCount")
    if not said:
        return Counts()
    # The service leaves out a count of zero.
    return Counts(*(_number(said.get(name, "0")) for name in names))


def _number(text: Any) -> int | None:
    return int(text) if str(text).isdecimal() else None


def _moment(text: Any) -> datetime | None:
    try:
        return datetime.fromisoformat(str(text)) if text else None
    except ValueError:
        return None


def _last(name: Any) -> str:
    return str(name or "").rpartition("/")[2]


async def _inlined(client: Client, job: Job, secrets: tuple[str, ...]) -> list[Row]:
    got = await client.aio.batches.get(name=job.name)
    if got.dest is not None and got.dest.file_name:
        return [row async for row in results(client, replace(job, result_file=got.dest.file_name), secrets=secrets)]
    responses = got.dest.inlined_responses if got.dest else None
    if responses is None:
        raise ValueError("The job has no results.")
    return [_inlined_row(number, one, job.model, secrets) for number, one in enumerate(responses, start=1)]


def _inlined_row(number: int, one: types.InlinedResponse, model: str, secrets: tuple[str, ...]) -> Row:
    key = (one.metadata or {}).get("key", str(number))
    if one.response is not None:
        return _answered(key, one.response, model)
    error = one.error.model_dump(exclude_none=True) if one.error else {}
    return Row(key, failure=_row_failure(error, model, secrets))


def _row_of_line(written: bytes, model: str, secrets: tuple[str, ...]) -> Row:
    from google.genai import types

    key = ""
    try:
        record = json.loads(written)
        key = str(record.get("key", (record.get("metadata") or {}).get("key", "")))
        if "response" not in record:
            return Row(key, failure=_row_failure(record.get("error") or {}, model, secrets))
        # Unlike `model_validate` this leaves out fields that a newer service sends.
        response = types.GenerateContentResponse._from_response(response=record["response"], kwargs={})
        return _answered(key, response, model)
    except Exception as error:
        return Row(key, failure=failure_of(error, partial=False, model=model, secrets=secrets))


def _answered(key: str, response: types.GenerateContentResponse, model: str) -> Row:
    chunk, facts = said_by(response, 0)
    failure = failure_of_finish(
        facts.finish_reason,
        facts.block_reason,
        has_text=bool(chunk.text),
        model=model,
        thinking_tokens=facts.usage.thinking_tokens,
    )
    return Row(key, Answer(chunk.text, chunk.thought, facts), failure)


def _row_failure(error: Mapping[str, Any], model: str, secrets: tuple[str, ...]) -> Failure:
    from google.genai import errors

    code = error.get("code")
    code = code if isinstance(code, int) else 2
    said = {"error": {**error, "code": _HTTP_OF_RPC.get(code, code)}}
    return failure_of(errors.APIError(said["error"]["code"], said), partial=False, model=model, secrets=secrets)


def _not_done(error: Exception, secrets: Iterable[str]) -> Failure:
    """Word a failure of a call that is about a job, not about a model."""
    failure = failure_of(error, partial=False, model="the service", secrets=secrets)
    message, next_step = failure.message[:1].upper() + failure.message[1:], failure.next_step
    if failure.kind is FailureKind.NOT_FOUND:
        message = "The service does not know this job: it was deleted, or it belongs to another key."
        next_step = "Submit the prompts again, or use the key that they were submitted with."
    elif failure.kind is FailureKind.BAD_REQUEST:
        message = "The service refused this for the job as it stands: it may have ended already."
        next_step = "Look at the job again."
    return replace(failure, message=message, next_step=next_step, safe="What the job has answered is not affected.")


def _refused_input(lines: Path) -> Failure | None:
    try:
        size = lines.stat().st_size
    except OSError as error:
        return Failure(
            FailureKind.BAD_REQUEST,
            f"The file of requests {lines.name} cannot be read.",
            _SAFE,
            "Write it again.",
            detail=detail_of(str(error.strerror)),
        )
    if 0 < size <= LARGEST_INPUT_BYTES:
        return None
    held = "is larger than 2 GB, which is the most that a batch takes" if size else "holds no request"
    return Failure(
        FailureKind.BAD_REQUEST,
        f"The file of requests {lines.name} {held}.",
        _SAFE,
        "Submit it in several parts." if size else "Choose rows to ask about.",
    )


def _no_batches() -> Failure:
    return Failure(
        FailureKind.BAD_REQUEST,
        "Vertex AI takes a batch from Cloud Storage only, so nothing was submitted.",
        _SAFE,
        "Run the batch from this machine, or call the Gemini Developer API with a key.",
    )


def _unreadable(lines: Path, detail: str) -> Failure:
    message = f"The service could not read the file of requests {lines.name}."
    return Failure(FailureKind.BAD_REQUEST, message, _SAFE, "Submit it again.", detail=detail)


_SAFE = "Your prompts are kept, and nothing was sent to a model."
