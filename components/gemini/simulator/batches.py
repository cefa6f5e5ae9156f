"""The Batch API: jobs that answer many requests in the background, at a pace that the simulator sets."""

import asyncio
import json
import secrets
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from starlette.requests import Request

from components.gemini.simulator.controls import Controls
from components.gemini.simulator.errors import (
    ApiError,
    BadGatewayPage,
    bad_request,
    batch_has_ended,
    internal,
    too_many_batches,
    unavailable,
    unknown_batch,
)
from components.gemini.simulator.fields import fields_of, message_of, page_of, repeated, string_of, written
from components.gemini.simulator.files import FileStore, StoredFile
from components.gemini.simulator.kept import Kept
from components.gemini.simulator.media import Counted, Modality
from components.gemini.simulator.models import SimulatedModel, SimulatorConfig
from components.gemini.simulator.playback import Playback
from components.gemini.simulator.replies import Replies, now
from components.gemini.simulator.wire import encode, to_json

AnswerRow = Callable[[Mapping[str, Any], SimulatedModel], str]

_BATCH_FIELDS = frozenset({"name", "model", "display_name", "input_config", "priority", "webhook_config"})
_INPUT_FIELDS = frozenset({"file_name", "requests"})
_ROW_FIELDS = frozenset({"key", "request", "metadata"})
_MOST_UNDER_WAY = 100
_MOST_JOBS = 300
# So many rows are answered before other requests get their turn.
_ROWS_AT_ONCE = 10
_KIND = "type.googleapis.com/google.ai.generativelanguage.v1main.GenerateContentBatch"
# https://github.com/googleapis/googleapis/blob/master/google/rpc/code.proto
_NUMBERS = {
    "CANCELLED": 1,
    "INVALID_ARGUMENT": 3,
    "DEADLINE_EXCEEDED": 4,
    "NOT_FOUND": 5,
    "PERMISSION_DENIED": 7,
    "RESOURCE_EXHAUSTED": 8,
    "FAILED_PRECONDITION": 9,
    "INTERNAL": 13,
    "UNAVAILABLE": 14,
    "UNAUTHENTICATED": 16,
}


@dataclass
class BatchJob:
    """One job. `output` is what it has written; its requests and answers are JSON lines."""

    name: str
    model: SimulatedModel
    display_name: str
    source: Kept
    inline: bool
    total: int
    pending_s: float
    rows_per_s: float
    created: datetime
    updated: datetime
    end_state: str = "SUCCEEDED"
    state: str = "PENDING"
    succeeded: int = 0
    failed: int = 0
    error: dict[str, Any] | None = None
    ended: datetime | None = None
    output: Kept = field(default_factory=Kept)
    output_file: str = ""
    task: asyncio.Task[None] | None = None

    def move(self, state: str, error: tuple[str, str] | None = None) -> None:
        """Enter another state; an error is its status and its words."""
        self.state = state
        self.updated = datetime.now(UTC)
        if state not in ("PENDING", "RUNNING"):
            self.ended = self.updated
            self.source = Kept()
        if error:
            self.error = {"code": _NUMBERS[error[0]], "message": error[1]}


class BatchService:
    """The routes of the batches, and the jobs. `answer_row` answers one request, or raises ApiError.

    Only so many jobs are remembered: the oldest that have ended go first.
    """

    def __init__(self, files: FileStore, config: SimulatorConfig, replies: Replies, answer_row: AnswerRow) -> None:
        self._files = files
        self._config = config
        self._replies = replies
        self._answer_row = answer_row
        self._jobs: OrderedDict[str, BatchJob] = OrderedDict()

    async def create(self, request: Request, model: SimulatedModel) -> Playback:
        """Answer the record of a new job, which waits before it runs."""
        body = await self._replies.body(request)
        controls = self._replies.controls(request, model_id=model.id)
        self._replies.refuse(controls, model.id)
        batch = fields_of(message_of(body.get("batch", {}), "batch"), _BATCH_FIELDS, "batch")
        if sum(not job.ended for job in self._jobs.values()) >= _MOST_UNDER_WAY:
            raise too_many_batches(_MOST_UNDER_WAY)
        job = self._job(batch, model, controls, request)
        self._jobs[job.name] = job
        self._forget_oldest()
        job.task = asyncio.get_running_loop().create_task(self._run(job, _address(request)))
        return self._replies.json(_record(job), controls, model.id)

    async def list(self, request: Request) -> Playback:
        """Answer one page of the jobs, the newest first."""
        controls = self._replies.controls(request)
        page = page_of(request, "operations", list(reversed(self._jobs.values())), _record)
        return self._replies.json(page, controls)

    async def get(self, request: Request) -> Playback:
        """Answer the record of one job."""
        controls = self._replies.controls(request)
        return self._replies.json(_record(self._known(request)), controls)

    async def cancel(self, request: Request) -> Playback:
        """End a job before its time; what it has answered is lost."""
        controls = self._replies.controls(request)
        self._replies.refuse(controls)
        job = self._known(request)
        if job.ended or job.task is None:
            raise batch_has_ended(job.name)
        job.task.cancel()
        job.move("CANCELLED", ("CANCELLED", "The operation was cancelled."))
        return self._replies.json({}, controls)

    async def delete(self, request: Request) -> Playback:
        """Forget one job, whether or not it has ended; the file that it wrote stays."""
        controls = self._replies.controls(request)
        self._replies.refuse(controls)
        job = self._known(request)
        if job.task is not None:
            job.task.cancel()
        del self._jobs[job.name]
        return self._replies.json({}, controls)

    def _known(self, request: Request) -> BatchJob:
        name = request.path_params["name"]
        if name not in self._jobs:
            raise unknown_batch(name[:100])
        return self._jobs[name]

    def _job(self, batch: Mapping[str, Any], model: SimulatedModel, controls: Controls, request: Request) -> BatchJob:
        where = "batch.input_config"
        given = fields_of(message_of(batch.get("input_config", {}), where), _INPUT_FIELDS, where)
        if len(given) != 1:
            raise bad_request([(where, "Exactly one of file_name and requests must be set.")])
        inline = "requests" in given
        source = _written_down(given["requests"], where) if inline else self._uploaded(given["file_name"], where)
        moment = datetime.now(UTC)
        pending_s, pace = controls.batch_pending_ms, controls.batch_rows_per_second
        return BatchJob(
            name=secrets.token_hex(18),
            model=model,
            display_name=string_of(batch.get("display_name", ""), "batch.display_name")[:512],
            source=source,
            inline=inline,
            total=sum(1 for _ in source.lines()),
            pending_s=self._config.batch_pending_s if pending_s is None else pending_s / 1000,
            rows_per_s=self._config.batch_rows_per_s if pace is None else pace,
            created=moment,
            updated=moment,
            end_state=controls.batch_state or "SUCCEEDED",
        )

    def _uploaded(self, name: Any, where: str) -> Kept:
        file = self._files.active(string_of(name, f"{where}.file_name"), now())
        if file.kept is None:
            complaint = f"The file {file.name} is of the type {file.mime_type}, not application/jsonl, or too large."
            raise bad_request([(f"{where}.file_name", complaint)])
        return file.kept

    def _forget_oldest(self) -> None:
        ended = [job.name for job in self._jobs.values() if job.ended]
        kept = sum(job.output.packed_size for job in self._jobs.values())
        for name in ended:
            if len(self._jobs) <= _MOST_JOBS and kept <= self._config.max_kept_bytes:
                return
            kept -= self._jobs.pop(name).output.packed_size

    async def _run(self, job: BatchJob, address: str) -> None:
        await asyncio.sleep(job.pending_s)
        job.move("RUNNING")
        if job.end_state == "EXPIRED":
            job.move("EXPIRED")
            return
        if job.end_state == "FAILED":
            job.move("FAILED", ("INTERNAL", "The batch could not be processed."))
            return
        started = now()
        for number, line in enumerate(job.source.lines(), start=1):
            row = _row(line)
            if row is None:
                job.move("FAILED", ("INVALID_ARGUMENT", f"Failed to parse the input: line {number} is not valid JSON."))
                return
            self._answer(job, row)
            ahead_s = started + number / job.rows_per_s - now()
            if ahead_s > 0.005 or number % _ROWS_AT_ONCE == 0:
                await asyncio.sleep(max(0, ahead_s))
        self._finish(job, address)

    def _answer(self, job: BatchJob, row: Mapping[str, Any]) -> None:
        label = {name: row[name] for name in ("key", "metadata") if name in row}
        try:
            request = message_of(row.get("request"), "request")
            # The answer is JSON already: it is put in as it stands.
            text = f'{to_json(label)[:-1]}{", " if label else ""}"response": {self._answer_row(request, job.model)}}}'
            job.succeeded += 1
        except Exception as error:
            text = to_json({**label, "error": _row_error(error)})
            job.failed += 1
        job.updated = datetime.now(UTC)
        job.output.write(encode(text + "\n"))

    def _finish(self, job: BatchJob, address: str) -> None:
        job.output.close()
        if not job.inline:
            file = _output_file(job, address)
            self._files.add(file)
            job.output, job.output_file = Kept(), file.name
        job.move("SUCCEEDED")


def _row(line: bytes) -> Mapping[str, Any] | None:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return row if isinstance(row, Mapping) else None


def _row_error(error: Exception) -> dict[str, Any]:
    if isinstance(error, BadGatewayPage):
        error = unavailable()
    elif not isinstance(error, ApiError):
        # As with a single call: whatever goes wrong in here is an internal error to the client.
        error = internal()
    return {"code": _NUMBERS.get(error.status, _NUMBERS["INTERNAL"]), "message": error.message}


def _written_down(requests: Any, where: str) -> Kept:
    rows = repeated(message_of(requests, f"{where}.requests").get("requests"), f"{where}.requests.requests")
    if not rows:
        raise bad_request([(f"{where}.requests", "requests must not be empty")])
    kept = Kept()
    for index, row in enumerate(rows):
        at = f"{where}.requests.requests[{index}]"
        fields_of(message_of(row, at), _ROW_FIELDS, at)
        kept.write(encode(to_json(row) + "\n"))
    kept.close()
    return kept


def _output_file(job: BatchJob, address: str) -> StoredFile:
    name = f"batch-{job.name}"
    return StoredFile(
        name=name,
        display_name=name,
        mime_type="application/jsonl",
        size=job.output.size,
        sha256_hex=job.output.sha256_hex,
        counted=Counted(Modality.TEXT, -(-job.output.size // 4)),
        readable=True,
        created=datetime.now(UTC),
        ready_at=now(),
        uri=f"{address}/files/{name}",
        kept=job.output,
        generated=True,
    )


def _record(job: BatchJob) -> dict[str, Any]:
    """Return the job as the long-running operation that the service makes of it; 64-bit numbers are texts."""
    output = _output(job)
    counts = {
        "requestCount": job.total,
        "pendingRequestCount": job.total - job.succeeded - job.failed,
        "successfulRequestCount": job.succeeded,
        "failedRequestCount": job.failed,
    }
    metadata: dict[str, Any] = {
        "@type": _KIND,
        "name": f"batches/{job.name}",
        "model": f"models/{job.model.id}",
        "displayName": job.display_name,
        "createTime": written(job.created),
        "updateTime": written(job.updated),
        "endTime": written(job.ended) if job.ended else "",
        "batchStats": {name: str(count) for name, count in counts.items() if count},
        "state": f"BATCH_STATE_{job.state}",
        "output": output,
    }
    record: dict[str, Any] = {
        "name": f"batches/{job.name}",
        "metadata": {name: value for name, value in metadata.items() if value},
    }
    if job.ended:
        record["done"] = True
    if job.error:
        record["error"] = job.error
    if output:
        record["response"] = {"@type": f"{_KIND}Output", **output}
    return record


def _output(job: BatchJob) -> dict[str, Any]:
    if job.state != "SUCCEEDED":
        return {}
    if job.output_file:
        return {"responsesFile": f"files/{job.output_file}"}
    return {"inlinedResponses": {"inlinedResponses": [json.loads(line) for line in job.output.lines()]}}


def _address(request: Request) -> str:
    return f"{request.url.scheme}://{request.url.netloc}/{request.url.path.split('/')[1]}"
