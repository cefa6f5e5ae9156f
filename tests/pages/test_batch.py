"""The batch page: what is said before anything is sent, a batch to its end, its rows, and what is kept of it."""

import re
from collections.abc import Callable, Iterator
from html import unescape
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from components.batch.records import Limits
from components.batch.store_sink import StoreSink, keep
from components.history.records import BatchQuery
from components.history.store import Store, open_store
from components.playground.controls import Controls
from tests.batch.results import answer, failure
from tests.batch.running import FLASH, PRO, job_for, table

Open = Callable[..., AppTest]
Read = Callable[[AppTest], list[str]]
QUICK = "[[simulate first-token-ms=5 tokens-per-second=20000]]"
PAIR = f"{PRO},{FLASH}"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(f"sqlite:///{tmp_path / 'history.sqlite'}")
    yield opened
    opened.close()


def words(html_of: Read, app: AppTest) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", " ".join(html_of(app)))).split())


def button(app: AppTest, key: str) -> AppTest:
    app.button(key=key).click().run()
    assert not app.exception
    return app


def paste(app: AppTest, text: str) -> AppTest:
    next(each for each in app.get("button_group") if each.key == "batch_source").set_value("lines").run()
    app.text_area(key="batch_lines").set_value(text).run()
    assert not app.exception
    return app


def rows(html_of: Read, app: AppTest) -> list[str]:
    """The numbers of the rows in the table, in their order."""
    return re.findall(r">Row (\d+)<", " ".join(html_of(app)))


def kept(store: Store, more: str = "", **changes: object) -> None:
    """A batch of four rows that ended: row 3 differs, row 4 has no answer of Pro."""
    prompts = table(4, more)
    checks = ({"kind": "contains", "label": "right", "value": "x"},)
    job = job_for(prompts, name="Numbers", models=(PRO, FLASH), checks=checks, **changes)
    keep(store, job, prompts, prompts.columns)
    sink = StoreSink(store, job)
    sink.open()
    passed = {PRO: (True, True, True), FLASH: (True, True, False)}
    for model in job.models:
        found = [answer(row, model, said, simulated=True) for row, said in enumerate(passed[model], 1)]
        sink.write([*found, failure(4, PRO) if model == PRO else answer(4, FLASH, True, simulated=True)])
    sink.close()


def test_an_empty_page_teaches_and_offers_a_sample(open_page: Open, html_of: Read) -> None:
    app = open_page("batch", models=PAIR)
    assert "A batch asks every model each row of a file" in app.info[0].value
    button(app, "batch_try_sample")
    assert app.text_area(key="batch_template").value == "{question}\nAnswer with the number alone."
    said = words(html_of, app)
    assert "10 rows , with the columns {question} and {answer} ." in said
    assert "A tram leaves every 12 minutes" in said
    assert app.button(key="batch_run").label == "Run 20 calls"
    assert not app.warning


def test_the_cost_stands_there_before_anything_is_sent_and_half_of_it_for_the_batch_api(
    open_page: Open, html_of: Read
) -> None:
    app = paste(open_page("batch", models=PAIR), "x" * 8000)
    app.number_input(key="batch_max_output_tokens").set_value(1000).run()
    said = words(html_of, app)
    # 2,000 tokens at $1.25 a million in and 1,000 at $10.00 out, from here and for half in a batch.
    assert "2.5 Pro sources of the prices" in said
    assert "≈ $0.0025 to $0.0125 ≈ $0.00125 to $0.00625" in said
    app.number_input(key="batch_ceiling_usd").set_value(0.01).run()
    assert any("stops at \\$0.01" in each.value for each in app.caption)


def test_problems_are_named_by_row_and_column_and_nothing_is_sent(open_page: Open) -> None:
    app = paste(open_page("batch", models=PAIR), "One\nTwo")
    app.text_area(key="batch_template").set_value("{prompt} and {city}").run()
    assert "The template: found {city}, expected one of the columns {prompt}." in app.error[0].value
    button(app, "batch_run")
    assert "job" not in app.query_params
    assert any("Nothing was sent." in each.value for each in app.warning)


def test_a_check_that_cannot_be_made_says_why_and_stops_the_batch(open_page: Open) -> None:
    app = paste(open_page("batch", models=PAIR), "One\nTwo")
    button(app, "batch_check_add")
    app.text_input(key="batch_check_0_value").set_value("{answer}").run()
    assert "needs the column answer" in app.warning[0].value
    button(app, "batch_run")
    assert "job" not in app.query_params
    button(app, "batch_check_0_remove")
    assert not app.warning


def test_a_batch_runs_to_its_end_on_the_simulator_and_is_marked_so(
    open_page: Open, html_of: Read, store: Store
) -> None:
    app = paste(open_page("batch", models=PAIR), f"What is a hash table? {QUICK}\nWhat is a heap? {QUICK}")
    button(app, "batch_check_add")
    app.text_input(key="batch_check_0_value").set_value("hash table").run()
    app.text_input(key="batch_name").set_value("Structures").run()
    button(app, "batch_run")
    record = store.batches.get(str(app.query_params["job"]), "")
    assert record is not None
    assert (record.name, record.state, record.done, record.failed) == ("Structures", "done", 4, 0)
    said = words(html_of, app)
    assert "✓ complete ◌ Simulated 4 of 4 answers" in said
    assert "2.5 Pro: 1 of 2 rows pass (50%)" in said
    assert "they are no evidence" in said
    assert "with up to 10 calls a model at once" in said
    assert app.get("download_button")


def test_a_row_that_differs_stands_first_and_filters_narrow_the_list(
    open_page: Open, html_of: Read, store: Store
) -> None:
    kept(store)
    app = open_page("batch", job="job")
    assert rows(html_of, app) == ["3", "1", "2", "4"]
    assert "2.5 Pro: 3 of 3 rows pass (100%)" in words(html_of, app)
    for parameters, left in (
        ({"show": "differs"}, ["3"]),
        ({"show": "failed"}, ["3"]),
        ({"show": "passed", "model": "2.5 Flash"}, ["1", "2", "4"]),
        ({"show": "errors"}, ["4"]),
        ({"show": "errors", "model": "2.5 Flash"}, []),
        ({"q": "number 2"}, ["2"]),
        ({"q": "Answer 3 of"}, ["3"]),
    ):
        assert rows(html_of, open_page("batch", job="job", **parameters)) == left, parameters


def test_a_row_opens_side_by_side_with_its_checks_and_goes_on_to_its_neighbours(
    open_page: Open, html_of: Read, store: Store
) -> None:
    kept(store)
    app = open_page("batch", job="job", row="3")
    said = words(html_of, app)
    assert "Say the number 3." in said
    assert "✗ right : failed It is wrong." in said
    assert [each.value for each in app.markdown if "Answer 3" in each.value] == [
        f"Answer 3 of {PRO}.",
        f"Answer 3 of {FLASH}.",
    ]
    assert 'href="batch?job=job&amp;row=1"' in " ".join(html_of(app))
    failed = open_page("batch", job="job", row="4")
    assert "The model is overloaded." in failed.error[0].value


def test_a_row_goes_to_the_playground_as_a_run_of_the_history(open_page: Open, store: Store) -> None:
    kept(store)
    app = open_page("batch", job="job", row="3")
    app.button(key="batch_to_playground").click().run()
    run = store.get("batch-job-3", "")
    assert run is not None
    assert (run.prompt, run.models, run.simulated) == ("Say the number 3.", (PRO, FLASH), True)
    assert app.query_params["run"] == "batch-job-3"


def test_an_interrupted_batch_says_so_and_resumes_where_it_was(
    open_page: Open, html_of: Read, store: Store, tmp_path: Path
) -> None:
    prompts = table(4, f" {QUICK}")
    job = job_for(prompts, id="cut", name="Cut", models=(PRO, FLASH), limits=Limits(concurrency=2))
    keep(store, job, prompts, prompts.columns)
    sink = StoreSink(store, job)
    sink.open()
    sink.write([answer(1, PRO, simulated=True)])
    store.close()
    app = open_page("batch", job="cut")
    assert "▲ interrupted" in words(html_of, app)
    assert "The server ended while this batch was running." in app.info[0].value
    button(app, "batch_resume")
    assert "8 of 8 answers" in words(html_of, app)
    again = open_store(f"sqlite:///{tmp_path / 'history.sqlite'}")
    try:
        record = again.batches.get("cut", "")
        assert record is not None
        assert (record.state, record.done) == ("done", 8)
        first = again.batches.page("cut", BatchQuery(rows=(1,)), 0, 10)
        assert [each.text for each in first if each.side == 0] == [f"Answer 1 of {PRO}."]
    finally:
        again.close()


def test_failures_are_asked_again_on_request(open_page: Open, html_of: Read, store: Store) -> None:
    kept(store, f" {QUICK}", controls=Controls(max_output_tokens=2000))
    app = open_page("batch", job="job")
    assert app.button(key="batch_resume").label == "Ask the 1 failed call again"
    button(app, "batch_resume")
    record = store.batches.get("job", "")
    assert record is not None
    assert (record.done, record.failed) == (8, 0)


def test_a_batch_of_models_does_not_go_on_without_a_key(open_page: Open, store: Store) -> None:
    kept(store, simulated=False)
    app = open_page("batch", job="job")
    assert any("type in a key" in each.value for each in app.caption)
    assert not [each for each in app.button if each.key == "batch_resume"]


def test_deleting_asks_first_and_takes_the_batch_off_the_list(open_page: Open, html_of: Read, store: Store) -> None:
    kept(store)
    app = open_page("batch", models=PAIR)
    assert 'href="batch?job=job"' in " ".join(html_of(app))
    app = open_page("batch", job="job")
    button(app, "batch_delete")
    assert store.batches.get("job", "") is not None
    button(app, "batch_delete_yes")
    assert store.batches.get("job", "") is None
    assert "is deleted with its rows and answers" in app.success[0].value
    assert "job" not in app.query_params


def test_an_unknown_batch_in_the_address_is_said_so(open_page: Open) -> None:
    assert "is not in your history" in open_page("batch", job="nonsense").warning[0].value


def test_the_program_of_a_batch_compiles_and_reads_the_rows_beside_it(open_page: Open, store: Store) -> None:
    kept(store)
    app = open_page("batch", job="job")
    app.session_state["batch_code"] = True
    app.run()
    compile(app.code[0].value, "batch.py", "exec")
    assert "prompts.jsonl" in app.code[0].value


def test_without_a_history_a_batch_cannot_run_and_the_page_says_so(
    open_page: Open, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "no-folder").write_text("a file")
    monkeypatch.setenv("HISTORY_FILE", str(tmp_path / "no-folder" / "history.sqlite"))
    st.cache_resource.clear()
    app = open_page("batch", models=PAIR)
    assert app.warning
    assert any("A batch keeps every answer in the history" in each.value for each in app.caption)
