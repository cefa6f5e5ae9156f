"""Small batches against a quick simulator: what the tests of the engine, the sinks and the terminal share."""

import asyncio
import json
import urllib.request
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cache
from hashlib import sha256
from typing import Any

from catalog.loading import Catalog, load
from components.batch.costing import Prices
from components.batch.engine import Batch
from components.batch.plan import base_requests
from components.batch.progress import Progress
from components.batch.prompts import Table, pasted
from components.batch.records import Job, Limits
from components.batch.sink import Sink
from components.gemini.pool import ClientPool
from components.gemini.settings import Connection
from components.gemini.simulator.models import DEFAULT_CONFIG, SimulatorConfig
from components.gemini.simulator.server import RunningSimulator, start
from components.playground.controls import Controls

# Both have list prices in the catalog: $0.30 and $2.50, and $1.25 and $10.00 for a million tokens in and out.
FLASH, PRO = "gemini-2.5-flash", "gemini-2.5-pro"
TODAY = date(2026, 11, 26)
_SAME_FOR_ALL = {"first_token_ms": 2.0, "tokens_per_second": 1_000_000.0, "thinking": False}
QUICK = replace(
    DEFAULT_CONFIG,
    models=(),
    unknown=replace(DEFAULT_CONFIG.unknown, **_SAME_FOR_ALL),
    unknown_pro=replace(DEFAULT_CONFIG.unknown_pro, **_SAME_FOR_ALL),
    retry_delay_s=0.05,
)


@contextmanager
def simulating(config: SimulatorConfig = QUICK) -> Iterator[RunningSimulator]:
    running = start(config)
    try:
        yield running
    finally:
        running.stop()


def place(simulator: RunningSimulator) -> Connection:
    return Connection(api_key="AIzaKeyOfThisTest", base_url=simulator.base_url, simulated=True, origin="test")


@cache
def catalog() -> Catalog:
    return load()


def table(count: int, more: str = "") -> Table:
    return pasted("\n".join(f"Say the number {number}.{more}" for number in range(1, count + 1)))


def job_for(prompts: Table, **changes: Any) -> Job:
    made = Job(
        id="job",
        created=datetime(2026, 11, 26, tzinfo=UTC),
        models=(FLASH, PRO),
        template="{prompt}",
        controls=Controls(max_output_tokens=20),
        rows=prompts.count,
        prompts_digest=prompts.digest,
        simulated=True,
        limits=Limits(concurrency=8),
    )
    return replace(made, **changes)


def batch_of(job: Job, prompts: Table, sink: Sink, **settings: Any) -> Batch:
    requests, _ = base_requests(job, catalog(), TODAY)
    # Retries need no real wait here.
    settings = {"draw": lambda: 0.01, **settings}
    return Batch(job, prompts, sink, requests, Prices(catalog(), job.models, TODAY), **settings)


def run(batch: Batch, connection: Connection) -> Progress:
    async def conduct() -> Progress:
        pool = ClientPool()
        try:
            return await batch.run(connection, pool)
        finally:
            await pool.close()

    return asyncio.run(conduct())


def log(simulator: RunningSimulator) -> list[dict[str, Any]]:
    """What the simulator was really asked."""
    with urllib.request.urlopen(f"{simulator.base_url}/simulator/log") as answer:
        return [json.loads(line) for line in answer]


def asked(simulator: RunningSimulator) -> Counter[tuple[str, str]]:
    """How often each prompt was asked of each model; a request that broke off before its prompt came has none."""
    return Counter((line["model"], line["prompt"]) for line in log(simulator) if line["model"])


def digest(prompt: str) -> str:
    return sha256(prompt.encode()).hexdigest()
