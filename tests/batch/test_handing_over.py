"""Batches handed to the Batch API from beside the pages: waited for, found again, taken back."""

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from components.batch.conductor import Conductor
from components.batch.names import named_models
from components.batch.records import Job
from components.batch.remote import RemoteBatch, Standing
from components.batch.remote_html import standings_table
from components.batch.starting import kept_remote
from components.batch.store_sink import keep, read_results
from components.gemini.batches import JobState
from components.gemini.settings import Connection
from components.history.store import Store, open_store
from tests.batch.running import FLASH, PRO, QUICK, TODAY, asked, catalog, job_for, place, simulating, table

Make = Callable[[Callable[[Standing], None]], RemoteBatch]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(f"sqlite:///{tmp_path / 'history.sqlite'}")
    yield opened
    opened.close()


@pytest.fixture
def conductor() -> Iterator[Conductor]:
    made = Conductor()
    yield made
    made.close()


@pytest.fixture
def job(store: Store) -> Job:
    prompts = table(3)
    made = job_for(prompts)
    keep(store, made, prompts, prompts.columns)
    return made


def maker(store: Store, connection: Connection) -> Make:
    return lambda tell: kept_remote(store, catalog(), "job", "", connection, TODAY, tell)


def until(true: Callable[[], bool], seconds: float = 10.0) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def standings(conductor: Conductor) -> tuple[Standing, ...]:
    found = conductor.waiting("job")
    return found.standings if found is not None else ()


def waits(conductor: Conductor) -> bool:
    found = conductor.waiting("job")
    return found is not None and found.running


def test_answers_come_back_at_half_the_price(conductor: Conductor, store: Store, job: Job) -> None:
    with simulating(replace(QUICK, batch_pending_s=0.05)) as service:
        conductor.hand_over("job", maker(store, place(service)), place(service))
        until(lambda: not waits(conductor))
    assert {each.state for each in standings(conductor)} == {JobState.SUCCEEDED}
    record = store.batches.get("job", "")
    assert record is not None
    assert (record.state, record.done, record.failed) == ("done", 6, 0)
    assert not store.batches.remote("job")
    # Flash costs $0.30 and $2.50 a million tokens at once, Pro $1.25 and $10.00.
    rates = {FLASH: (0.30, 2.50), PRO: (1.25, 10.0)}
    for result in read_results(store.batches, job):
        into, out = rates[result.key.model]
        usage = result.usage
        at_once = ((usage.input_tokens or 0) * into + (usage.output_tokens or 0) * out) / 1_000_000
        assert float(result.cost_usd or 0) == pytest.approx(at_once / 2)


def test_another_process_finds_the_jobs_and_hands_nothing_over_twice(store: Store, job: Job) -> None:
    with simulating(replace(QUICK, batch_pending_s=600)) as service:
        names = []
        for _ in range(2):
            made = Conductor()
            made.hand_over("job", maker(store, place(service)), place(service))
            until(lambda made=made: len(standings(made)) == 2)  # type: ignore[misc]
            names.append(sorted(each.name for each in standings(made)))
            made.close()
        assert names[0] == names[1]
        assert not asked(service)


def test_what_is_taken_back_is_ended_at_the_service_and_can_be_run_here(
    conductor: Conductor, store: Store, job: Job
) -> None:
    with simulating(replace(QUICK, batch_pending_s=600)) as service:
        connection = place(service)
        conductor.hand_over("job", maker(store, connection), connection)
        until(lambda: len(standings(conductor)) == 2)
        said = conductor.take_back("job", maker(store, connection)(lambda _: None), connection)
        assert said == (f"{FLASH}: cancelled", f"{PRO}: cancelled")
        assert not waits(conductor)
        assert not store.batches.remote("job")
        record = store.batches.get("job", "")
        assert record is not None
        assert (record.state, record.done) == ("stopped", 0)


def test_a_service_that_cannot_be_reached_is_a_sentence_and_nothing_is_lost(
    conductor: Conductor, store: Store, job: Job
) -> None:
    nobody = Connection(api_key="AIzaKeyOfThisTest", base_url="http://127.0.0.1:9", simulated=True)
    conductor.hand_over("job", maker(store, nobody), nobody)
    until(lambda: not waits(conductor), 30.0)
    found = conductor.waiting("job")
    assert found is not None
    assert found.trouble.startswith(f"The service did not take the batch for {FLASH}.")
    record = store.batches.get("job", "")
    assert record is not None
    assert record.state == "stopped"


def test_the_table_says_how_each_job_stands_and_shows_no_markup_of_the_service() -> None:
    models = named_models(catalog(), (PRO, FLASH))
    standing = Standing(PRO, "batches/<b>1", JobState.FAILED, 2, 5, "<script>")
    html = standings_table([standing], models)
    assert "<script>" not in html
    assert "<b>1" not in html
    assert "2 of 5" in html
    assert "being handed over" in html
