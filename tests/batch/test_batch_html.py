"""Progress, lists and tables of a batch as HTML: what they say, and that nothing in them is markup of others."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from html import unescape

from components.archive.wording import zone_of
from components.batch.estimate import estimates
from components.batch.estimate_html import estimate_table, most_usd
from components.batch.job_list import job_list
from components.batch.names import named_models
from components.batch.progress import Latency, ModelProgress, Progress, State
from components.batch.progress_html import bar, progress_html, session_sentence
from components.batch.result_rows import Listed, result_table, verdict_list
from components.history.records import BatchRecord
from components.playground.controls import Controls
from tests.batch.results import answer, failure
from tests.batch.running import FLASH, PRO, TODAY, catalog, table

MODELS = named_models(catalog(), (PRO, FLASH))
HOSTILE = "<script>alert(1)</script>\u202e"
NONE = Latency(0, None, None, None, None)
RUNNING = Progress(
    state=State.RUNNING,
    total=400,
    done=100,
    failed=4,
    found=0,
    under_way=12,
    waiting=3,
    retries=9,
    again=2,
    per_s=20.0,
    eta_s=15.0,
    elapsed_s=5.0,
    spent_usd=Decimal("0.0123456"),
    discarded_usd=Decimal(0),
    errors=(("rate_limited", 9), ("overloaded", 4)),
    models=(
        ModelProgress(PRO, 40, 4, 5, 5, 10, Latency(40, 1.5, 2.0, 2.25, 3.0), Latency(40, 0.2, 0.3, 0.35, 0.4)),
        ModelProgress(FLASH, 60, 0, 7, 10, 10, NONE, NONE, f"{FLASH} waits 12 seconds, as the service asks."),
    ),
    uncounted=(),
    simulated=False,
)


def words(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def test_progress_says_what_is_done_left_how_fast_and_what_it_costs() -> None:
    said = words(progress_html(RUNNING, MODELS))
    for part in (
        "25% 100 of 400 answers",
        "Failed 4",
        "Left 300",
        "Rate 20 a second",
        "Time left ≈ 15 seconds",
        "At once now 12 of 20, 3 waiting",
        "Spent at list price $0.0123",
        "2.5 Pro 40 4 5 of 5 (at most 10) 200 ms 1.5 s 2.25 s 3 s",
        "2.5 Flash waits 12 seconds, as the service asks. 60 0 7 of 10 none yet",
        "9 rate limited and 4 overloaded. 9 calls asked again, 2 of them after a part of the answer had arrived.",
    ):
        assert part in said, part


def test_simulated_spend_is_marked_as_what_it_would_have_cost() -> None:
    assert "Would cost at list price ≈ $0.0123" in words(progress_html(replace(RUNNING, simulated=True), MODELS))


def test_a_paused_batch_promises_no_time() -> None:
    said = words(progress_html(replace(RUNNING, state=State.PAUSED), MODELS))
    assert "Rate paused" in said
    assert "Time left not known" in said


def test_a_bar_is_full_only_when_the_last_answer_is_there() -> None:
    assert "99%" in bar(99_999, 0, 100_000)
    assert "100%" in bar(100_000, 0, 100_000)
    assert 'aria-valuenow="7" aria-valuetext="7 of 10 answers"' in bar(7, 1, 10)


def test_the_pace_of_a_session_is_stamped_with_the_calls_at_once() -> None:
    told = session_sentence(replace(RUNNING, done=100, found=20, elapsed_s=4.0))
    assert told == "The last session brought 80 answers in 4 s, 20 a second, with up to 10 calls a model at once."
    assert session_sentence(replace(RUNNING, done=20, found=20)) == ""


def test_a_row_of_results_shows_marks_excerpts_and_failures_and_no_markup_of_others() -> None:
    rows = [
        Listed(7, HOSTILE, (answer(7, PRO, True, text=HOSTILE), failure(7, FLASH)), True),
        Listed(8, "b", (), False),
    ]
    html = result_table(rows, MODELS, {"job": "j", "page": "2"}, "2 rows")
    assert "<script" not in html
    said = words(html)
    assert "Row 7 ≠ differs" in said
    assert "✕ overloaded The model is overloaded." in said
    assert said.count("no answer yet") == 2
    assert 'aria-label="right: passed"' in html
    assert 'href="batch?job=j&amp;row=7"' in html


def test_of_repeats_a_row_says_how_many_passed() -> None:
    said = (answer(1, PRO, True), answer(1, PRO, False, 2), answer(1, PRO, True, 3))
    html = result_table([Listed(1, "a", said, False)], MODELS[:1], {}, "")
    assert 'aria-label="right: 2 of 3 repeats passed"' in html
    assert "and 2 more" in words(html)


def test_a_verdict_says_why() -> None:
    assert words(verdict_list(answer(1, PRO, False).checks)) == "✗ right : failed It is wrong."


def test_a_batch_in_the_list_says_how_it_stands() -> None:
    made = BatchRecord(
        id="j",
        owner="",
        name=HOSTILE,
        created=datetime(2026, 11, 26, 14, 3, tzinfo=UTC),
        simulated=True,
        total=20,
        record={"models": [PRO, FLASH]},
        state="interrupted",
        done=12,
        failed=2,
        spent=5_000_000_000,
    )
    html = job_list(catalog(), [made], zone_of(None), ())
    assert "<script" not in html
    assert 'href="batch?job=j"' in html
    assert words(html).endswith(
        "26 Nov 2026, 14:03 ● 2.5 Pro ■ 2.5 Flash ▲ interrupted ◌ Simulated 12 of 20 answers, 2 failed "
        "≈ $0.005 at list price"
    )


def test_the_batch_api_costs_half_in_the_estimate() -> None:
    prompts = table(1000, " " + "x" * 980)
    found = estimates(catalog(), prompts, "{prompt}", Controls(max_output_tokens=100), (PRO,), TODAY)
    at_once, in_batch = found[0].at_once, found[0].in_batch
    assert at_once is not None
    assert in_batch is not None
    assert at_once.total_usd is not None
    assert in_batch.total_usd == at_once.total_usd / 2
    said = words(estimate_table(catalog(), found, MODELS))
    # 1,000 answers of at most 100 tokens at $10 a million are $1.00 at most, and half of that in a batch.
    assert most_usd(found) == float(at_once.input_usd) + 1.0
    assert re.search(r"2.5 Pro .*1,000 ≈ 25\d(\.\d)? k ≈ \$0.31\d to \$1.3\d ≈ \$0.15\d to \$0.6", said), said


def test_without_a_list_price_the_estimate_says_so_and_no_amount() -> None:
    found = estimates(catalog(), table(3), "{prompt}", Controls(), ("my-own-model",), TODAY)
    said = words(estimate_table(catalog(), found, named_models(catalog(), ("my-own-model",))))
    assert "no list price the catalog does not have this model" in said
    assert "$" not in said
    assert most_usd(found) is None
