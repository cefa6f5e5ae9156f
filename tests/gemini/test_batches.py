"""Batches over HTTP: the simulator as google-genai sees it, and this product's own calls of it."""

import asyncio
import json
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import httpx2
import pytest
from google import genai
from google.genai import errors, types

from components.gemini import batches
from components.gemini.batches import Counts, Job, JobState, Row, line
from components.gemini.content import Part, PartKind, Role, Turn
from components.gemini.errors import Failure, FailureKind
from components.gemini.request import Request
from components.gemini.simulator.models import Fault, SimulatorConfig
from components.gemini.simulator.server import RunningSimulator, start
from tests.gemini.making import asked, calling, place_of

FLASH = "gemini-2.0-flash"
AT_ONCE = {"x-simulator-batch-pending-ms": "0", "x-simulator-batch-rows-per-second": "100000"}
NEVER = {"x-simulator-batch-pending-ms": "600000"}


@pytest.fixture(scope="module")
def simulator() -> Iterator[RunningSimulator]:
    running = start(SimulatorConfig(batch_pending_s=0, batch_rows_per_s=100_000))
    yield running
    running.stop()


def written(folder: Path, *prompts: str) -> Path:
    path = folder / "prompts.jsonl"
    path.write_text("".join(line(f"row-{n}", Request(FLASH, prompt)) + "\n" for n, prompt in enumerate(prompts, 1)))
    return path


async def submitted(client: Any, path: Path, **options: Any) -> Job:
    job = await batches.submit(client, FLASH, path, **options)
    assert isinstance(job, Job), job
    return job


async def ended(client: Any, name: str) -> Job:
    async with asyncio.timeout(10):
        while True:
            job = await batches.look(client, name)
            assert isinstance(job, Job), job
            if job.state.ended:
                return job
            await asyncio.sleep(0.01)


async def rows_of(client: Any, job: Job) -> list[Row]:
    return [row async for row in batches.results(client, job)]


def run(simulator: RunningSimulator, path: Path, **options: Any) -> tuple[Job, list[Row]]:
    async def work(client: Any) -> tuple[Job, list[Row]]:
        job = await ended(client, (await submitted(client, path, **options)).name)
        return job, await rows_of(client, job) if job.state is JobState.SUCCEEDED else []

    done: tuple[Job, list[Row]] = calling(place_of(simulator), work)
    return done


def test_a_file_of_prompts_comes_back_answered_with_its_keys(simulator: RunningSimulator, tmp_path: Path) -> None:
    prompts = [f"What is {word}?" for word in ("snow", "größe", "日本")]
    job, rows = run(simulator, written(tmp_path, *prompts), display_name="three")
    assert (job.state, job.counts, job.display_name, job.model) == (
        JobState.SUCCEEDED,
        Counts(3, 0, 3, 0),
        "three",
        FLASH,
    )
    assert job.result_file.startswith("files/")
    assert job.created is not None
    assert job.ended is not None
    assert job.created <= job.ended
    assert [(row.key, row.failure) for row in rows] == [("row-1", None), ("row-2", None), ("row-3", None)]
    # A batch answers what the same prompt is answered at once.
    for prompt, row in zip(prompts, rows, strict=True):
        alone = asked(simulator, FLASH, prompt)
        assert row.answer is not None
        assert (row.answer.text, row.answer.facts.usage) == (alone.text, alone.facts.usage)
        assert row.answer.facts.served_model == FLASH


def test_one_bad_row_fails_alone(simulator: RunningSimulator, tmp_path: Path) -> None:
    path = written(tmp_path, "What is snow?", "[[simulate fault=unavailable]] What?", "What is rain?")
    with path.open("a") as file:
        file.write('{"key": "row-4", "request": {"contents": []}}\n\n')
        file.write('{"key": "row-5"}\n')
        file.write(line("row-6", Request(FLASH, "[[simulate fault=drop_mid]] What?")) + "\n")
    job, rows = run(simulator, path)
    assert job.counts == Counts(6, 0, 2, 4)
    assert [row.key for row in rows] == [f"row-{number}" for number in range(1, 7)]
    assert [row.failure and row.failure.kind.value for row in rows] == [
        None,
        "overloaded",
        None,
        "bad_request",
        "bad_request",
        "server_error",
    ]
    assert [row.answer is None for row in rows] == [False, True, False, True, True, True]


def test_an_answer_at_its_limit_comes_with_what_there_is_of_it(simulator: RunningSimulator, tmp_path: Path) -> None:
    path = tmp_path / "prompts.jsonl"
    path.write_text(line("a", Request(FLASH, "What is snow?", max_output_tokens=3)))
    [row] = run(simulator, path)[1]
    assert row.answer is not None
    assert row.failure is not None
    assert row.answer.facts.usage.output_tokens == 3
    assert row.failure.kind is FailureKind.OUTPUT_LIMIT


def test_a_file_that_is_no_json_fails_the_job_with_the_line(simulator: RunningSimulator, tmp_path: Path) -> None:
    path = written(tmp_path, "What is snow?")
    with path.open("a") as file:
        file.write("not JSON\n")
    job, _ = run(simulator, path)
    assert (job.state, job.result_file) == (JobState.FAILED, "")
    assert job.error == "Failed to parse the input: line 2 is not valid JSON."


@pytest.mark.parametrize("state", [JobState.FAILED, JobState.EXPIRED])
def test_a_job_can_end_badly_on_demand(simulator: RunningSimulator, tmp_path: Path, state: JobState) -> None:
    path = written(tmp_path, "What is snow?")
    job, _ = run(simulator, path, headers={"x-simulator-batch-state": state.name})
    assert job.state is state
    with pytest.raises(ValueError, match="no results"):
        calling(place_of(simulator), lambda client: rows_of(client, job))


def test_a_job_waits_then_runs_at_its_pace(simulator: RunningSimulator, tmp_path: Path) -> None:
    path = written(tmp_path, *("What is snow?" for _ in range(8)))
    pace = {"x-simulator-batch-pending-ms": "100", "x-simulator-batch-rows-per-second": "40"}

    async def work(client: Any) -> tuple[list[JobState], list[int]]:
        name = (await submitted(client, path, headers=pace)).name
        seen: list[JobState] = []
        pending: list[int] = []
        while not seen or not seen[-1].ended:
            job = await batches.look(client, name)
            assert isinstance(job, Job)
            pending.append(job.counts.pending or 0)
            if job.state not in seen:
                seen.append(job.state)
            await asyncio.sleep(0.01)
        return seen, pending

    seen, pending = calling(place_of(simulator), work)
    assert seen == [JobState.PENDING, JobState.RUNNING, JobState.SUCCEEDED]
    assert pending == sorted(pending, reverse=True)
    assert len(set(pending)) > 3


def test_a_cancelled_job_has_ended_and_cannot_be_cancelled_again(simulator: RunningSimulator, tmp_path: Path) -> None:
    path = written(tmp_path, "What is snow?")

    async def work(client: Any) -> tuple[Any, ...]:
        job = await submitted(client, path, headers=NEVER)
        first = await batches.cancel(client, job.name)
        return first, await batches.look(client, job.name), await batches.cancel(client, job.name)

    first, job, second = calling(place_of(simulator), work)
    assert first is None
    assert (job.state, job.error) == (JobState.CANCELLED, "The operation was cancelled.")
    assert second.kind is FailureKind.BAD_REQUEST
    assert "may have ended already" in second.message


def test_a_deleted_job_is_not_found(simulator: RunningSimulator, tmp_path: Path) -> None:
    path = written(tmp_path, "What is snow?")

    async def work(client: Any) -> tuple[Any, ...]:
        name = (await submitted(client, path, headers=NEVER)).name
        calls = [await batches.delete(client, name), await batches.look(client, name)]
        return *calls, await batches.delete(client, name), await batches.cancel(client, name)

    deleted, *after = calling(place_of(simulator), work)
    assert deleted is None
    assert [one.kind for one in after] == [FailureKind.NOT_FOUND] * 3
    assert "does not know this job" in after[0].sentence


def test_a_lost_job_is_found_again_by_its_display_name(tmp_path: Path) -> None:
    simulator = start(SimulatorConfig(batch_pending_s=600))
    path = written(tmp_path, "What is snow?")

    async def work(client: Any) -> tuple[Any, ...]:
        names = [(await submitted(client, path, display_name=f"run {number}")).name for number in range(5)]
        by_two = [job.name async for job in await client.aio.batches.list(config={"page_size": 2})]
        return names, by_two, await batches.jobs(client), await batches.jobs(client, limit=2)

    names, by_two, everything, two = calling(place_of(simulator), work)
    simulator.stop()
    assert by_two == names[::-1]
    assert {job.display_name: job.name for job in everything} == {f"run {n}": name for n, name in enumerate(names)}
    assert [job.name for job in two] == names[:2:-1]


def test_requests_sent_along_come_back_in_order(simulator: RunningSimulator) -> None:
    requests = [types.InlinedRequest(contents=f"What is {word}?", metadata={"key": word}) for word in "abc"]
    requests.insert(1, types.InlinedRequest(contents="[[simulate fault=permission_denied]] What?"))

    async def work(client: Any) -> tuple[Any, list[Row]]:
        job = await client.aio.batches.create(model=FLASH, src=requests, config={"display_name": "inline"})
        done = await ended(client, job.name)
        return await client.aio.batches.get(name=job.name), await rows_of(client, done)

    job, rows = calling(place_of(simulator), work)
    responses = job.dest.inlined_responses
    assert [one.metadata and one.metadata["key"] for one in responses] == ["a", None, "b", "c"]
    assert responses[1].error.code == 7
    assert [row.key for row in rows] == ["a", "2", "b", "c"]
    assert [row.failure and row.failure.kind.value for row in rows] == [None, "no_access", None, None]
    assert [row.answer and row.answer.text for row in rows] == [one.response and one.response.text for one in responses]


def test_the_synchronous_client_does_it_all_as_well(simulator: RunningSimulator, tmp_path: Path) -> None:
    path = written(tmp_path, "What is snow?", "What is rain?")

    async def work(client: Any) -> tuple[Any, ...]:
        return await asyncio.to_thread(one_after_another, client, path)

    keys, listed, state = calling(place_of(simulator), work)
    assert keys == ["row-1", "row-2"]
    assert listed
    assert state is types.JobState.JOB_STATE_CANCELLED


def one_after_another(client: Any, path: Path) -> tuple[Any, ...]:
    file = client.files.upload(file=str(path), config={"mime_type": "jsonl"})
    job = client.batches.create(model=FLASH, src=file.name, config={"display_name": "sync"})
    while not job.done:
        job = client.batches.get(name=job.name)
    lines = client.files.download(file=job.dest.file_name).decode().splitlines()
    options = types.HttpOptions(headers=NEVER)
    other = client.batches.create(model=FLASH, src=file.name, config=types.CreateBatchJobConfig(http_options=options))
    client.batches.cancel(name=other.name)
    cancelled = client.batches.get(name=other.name).state
    client.batches.delete(name=other.name)
    return [json.loads(one)["key"] for one in lines], job.name in [one.name for one in client.batches.list()], cancelled


def test_a_line_says_what_google_genai_sends_for_the_same_request(stand_in: Callable[..., Any]) -> None:
    place = stand_in('{"candidates": [{"content": {"parts": [{"text": "x"}]}}]}')
    request = Request(
        FLASH,
        "And now?",
        system_instruction="Be brief.",
        temperature=0.1,
        max_output_tokens=64,
        top_k=3,
        stop_sequences=("END",),
        seed=7,
        thinking_budget=0,
        json_mode=True,
        json_schema='{"type": "object", "properties": {"a": {"type": "string"}}}',
        functions='[{"name": "look_up", "parameters": {"type": "object", "properties": {"q": {"type": "string"}}}}]',
        google_search=True,
        safety=(("HARM_CATEGORY_HARASSMENT", "BLOCK_NONE"),),
        cached_content="cachedContents/a",
        turns=(
            Turn(
                Role.USER, (Part(PartKind.TEXT, "Look."), Part(PartKind.DATA, mime_type="image/png", data=b"\xff\xfe"))
            ),
            Turn(Role.MODEL, (Part(PartKind.TEXT, "I do.", signature="c2lnbmVk"),)),
        ),
        headers=(("x-secret", "hidden"),),
    )

    async def work(client: Any) -> None:
        from components.gemini.request import sdk_config, sdk_contents

        await client.aio.models.generate_content(
            model=FLASH, contents=sdk_contents(request), config=sdk_config(request)
        )

    calling(place.connection, work)
    sent = json.loads(place.requests[0][2])
    record = json.loads(line("k", request))
    assert record["key"] == "k"
    assert same_spelling(record["request"]) == same_spelling(sent)
    assert "hidden" not in json.dumps(record)


def same_spelling(value: Any) -> Any:
    """The service reads both spellings of a name, and tools in any order."""
    if isinstance(value, list):
        return [same_spelling(one) for one in value]
    if not isinstance(value, dict):
        return value
    alike = {
        re.sub("_([a-z])", lambda found: found[1].upper(), name): same_spelling(one) for name, one in value.items()
    }
    return alike | ({"tools": sorted(alike["tools"], key=str)} if "tools" in alike else {})


def test_an_answer_with_fields_that_nobody_knows_is_read_all_the_same(stand_in: Callable[..., Any]) -> None:
    part = {"text": "Snow.", "brandNew": 1}
    response = {"candidates": [{"content": {"parts": [part]}, "finishReason": "STOP", "new": {}}], "newer": []}
    lines = [
        {"key": "a", "response": response},
        {"key": "b", "error": {"code": 8, "message": "Quota.", "details": [{}]}},
    ]
    place = stand_in("\n".join(map(json.dumps, lines)) + "\nbroken\n")
    job = Job("batches/a", FLASH, state=JobState.SUCCEEDED, result_file="files/x")
    rows = calling(place.connection, lambda client: rows_of(client, job))
    assert [row.key for row in rows] == ["a", "b", ""]
    assert rows[0].answer.text == "Snow."
    assert rows[0].failure is None
    assert [row.failure.kind for row in rows[1:]] == [FailureKind.RATE_LIMITED, FailureKind.MALFORMED_RESPONSE]


def test_a_service_that_says_little_is_believed_no_further(stand_in: Callable[..., Any]) -> None:
    said = {"state": "BATCH_STATE_NEW", "createTime": "soon", "batchStats": {"requestCount": "many"}}
    place = stand_in(json.dumps({"name": "batches/a", "metadata": said}))
    job = calling(place.connection, lambda client: batches.look(client, "batches/a"))
    assert (job.state, job.state.ended, job.created) == (JobState.UNKNOWN, False, None)
    assert job.counts == Counts(None, 0, 0, 0)
    nothing = calling(stand_in("[]").connection, lambda client: batches.look(client, "batches/a"))
    assert nothing.kind is FailureKind.MALFORMED_RESPONSE


def test_a_key_in_the_words_of_the_service_is_hidden(stand_in: Callable[..., Any]) -> None:
    said: Mapping[str, Any] = {"name": "batches/a", "error": {"code": 3, "message": "AIzaStandInKey may not."}}
    place = stand_in(json.dumps(said)).connection
    job = calling(place, lambda client: batches.look(client, "batches/a", secrets=place.secrets))
    assert job.error == "[key] may not."


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (Fault.RATE_LIMITED_MINUTE, FailureKind.RATE_LIMITED),
        (Fault.UNAVAILABLE, FailureKind.OVERLOADED),
        (Fault.DROP_BEFORE, FailureKind.CONNECTION_LOST),
    ],
)
def test_faults_reach_the_batches_too(
    simulator: RunningSimulator, tmp_path: Path, fault: Fault, kind: FailureKind
) -> None:
    failure = calling(
        place_of(simulator),
        lambda client: batches.submit(
            client, FLASH, written(tmp_path, "What?"), headers={"x-simulator-fault": fault.value}
        ),
    )
    assert isinstance(failure, Failure)
    assert failure.kind is kind
    # The service's own wait of 12 seconds is handed on.
    assert failure.retry_after_s == (12 if kind is FailureKind.RATE_LIMITED else None)


def test_a_download_that_breaks_off_gives_no_rows(tmp_path: Path) -> None:
    simulator = start(SimulatorConfig(batch_pending_s=0, batch_rows_per_s=100_000))
    job, _ = run(simulator, written(tmp_path, *("What is snow?" for _ in range(200))))

    async def work(client: Any) -> list[Row]:
        client.aio.files._api_client._http_options.headers["x-simulator-fault"] = "drop_mid"
        return await rows_of(client, job)

    with pytest.raises(httpx2.RemoteProtocolError):
        calling(place_of(simulator), work)
    simulator.stop()


def test_a_wrong_input_is_refused_before_a_job_is_made(simulator: RunningSimulator) -> None:
    async def work(client: Any) -> list[int]:
        text = await client.aio.files.upload(file=__file__, config={"mime_type": "text/plain"})
        codes = []
        for source in (text.name, "files/nosuchfile", []):
            with pytest.raises(errors.ClientError) as caught:
                await client.aio.batches.create(model=FLASH, src=source)
            codes.append(caught.value.code)
        with pytest.raises(errors.ClientError, match="Only generated files can be downloaded"):
            await client.aio.files.download(file=text.name)
        return codes

    assert calling(place_of(simulator), work) == [400, 403, 400]


def test_only_so_many_jobs_may_be_under_way() -> None:
    simulator = start(SimulatorConfig(batch_pending_s=600))

    async def work(client: Any) -> int:
        for _ in range(100):
            await client.aio.batches.create(model=FLASH, src=[types.InlinedRequest(contents="What?")])
        with pytest.raises(errors.ClientError) as caught:
            await client.aio.batches.create(model=FLASH, src=[types.InlinedRequest(contents="What?")])
        return int(caught.value.code)

    assert calling(place_of(simulator), work) == 429
    simulator.stop()


def test_vertex_takes_no_file_and_the_sentence_says_what_to_do(tmp_path: Path) -> None:
    client = genai.Client(vertexai=True, api_key="AIzaKey")
    failure = asyncio.run(batches.submit(client, FLASH, written(tmp_path, "What?")))
    client.close()
    assert isinstance(failure, Failure)
    assert "Cloud Storage" in failure.message
    assert "Developer API" in failure.next_step


@pytest.mark.parametrize(("content", "said"), [(None, "cannot be read"), ("", "holds no request")])
def test_a_file_without_requests_is_told(
    simulator: RunningSimulator, tmp_path: Path, content: str | None, said: str
) -> None:
    path = tmp_path / "prompts.jsonl"
    if content is not None:
        path.write_text(content)
    failure = calling(place_of(simulator), lambda client: batches.submit(client, FLASH, path))
    assert isinstance(failure, Failure)
    assert "prompts.jsonl" in failure.message
    assert said in failure.message
