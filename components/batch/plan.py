"""From a job to what is sent: the request of each model without its prompt, and the rows with theirs."""

from asyncio import sleep
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from datetime import date
from types import MappingProxyType

from catalog.loading import Catalog
from components.batch.records import Job, Key, Prompts, Row, Task
from components.gemini.request import Request
from components.playground.asking import request_with
from components.playground.controls import ControlNote, fit
from components.playground.templates import fill

_ROWS_BETWEEN = 200


def base_requests(job: Job, catalog: Catalog, on: date) -> tuple[Mapping[str, Request], tuple[ControlNote, ...]]:
    """The request of each model with the settings that it takes, and what became of the others."""
    requests: dict[str, Request] = {}
    notes: list[ControlNote] = []
    for model in job.models:
        controls, found = fit(job.controls, catalog.find(model), on)
        requests[model] = request_with(controls, model)
        notes += found
    return MappingProxyType(requests), tuple(notes)


def request_of(task: Task, base: Mapping[str, Request]) -> Request:
    """What is sent for a task."""
    return replace(base[task.key.model], prompt=task.prompt)


async def tasks(job: Job, prompts: Prompts, model: str, there: bytearray) -> AsyncIterator[tuple[Row, Task]]:
    """What one model is still to be asked, in the order of the rows; `there` has a 1 for each answer that is kept.

    A row that the template has no values for brings a ValueError when its turn comes; so may the prompts themselves.
    """
    for count, row in enumerate(prompts.rows()):
        if count % _ROWS_BETWEEN == 0:
            # Thousands of rows that are done already must not hold up the answers under way.
            await sleep(0)
        keys = [Key(row.number, model, repeat) for repeat in range(1, job.repeats + 1)]
        wanted = [key for key in keys if not there[job.place(key)]]
        if wanted:
            prompt = _rendered(job.template, row)
            for key in wanted:
                yield row, Task(key, prompt)


def _rendered(template: str, row: Row) -> str:
    try:
        return fill(template, row.values)
    except ValueError as error:
        raise ValueError(f"Row {row.number}: {error}") from None
