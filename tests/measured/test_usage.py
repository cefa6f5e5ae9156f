"""The mean request of own runs."""

from catalog.loading import Catalog
from components.history.changes import Began
from components.history.store import Store
from components.measured.usage import OwnWorkload, own_workload
from tests.measured.examples import FLASH, PRO, run_of, timed


def test_a_request_is_the_mean_of_runs_with_repeats_taken_together(known: Catalog, store: Store) -> None:
    lanes = (
        timed(0, PRO, usage={"input_tokens": 100, "output_tokens": 30, "thinking_tokens": 60}),
        timed(1, FLASH, usage={"input_tokens": 120, "output_tokens": 10}),
    )
    store.begin(run_of("r1", *lanes))
    usage = {"input_tokens": 390, "output_tokens": 50, "cached_tokens": 200, "tool_tokens": 500}
    store.begin(run_of("r2", timed(0, FLASH, usage=usage)))
    # Run 1 has 110 in, 20 out, 30 of thinking; run 2 has 890 in, 50 out, 200 cached.
    assert own_workload(known, store, "") == OwnWorkload(2, 500.0, 35.0, 15.0, 100.0)
    assert own_workload(known, store, "", [FLASH]) == OwnWorkload(2, 505.0, 30.0, 0.0, 100.0)
    assert own_workload(known, store, "", [PRO]) == OwnWorkload(1, 100.0, 30.0, 60.0, 0.0)


def test_what_was_not_counted_is_left_out_and_never_zero(known: Catalog, store: Store) -> None:
    store.begin(run_of("r1", timed(0, usage={"output_tokens": 5})))
    store.begin(run_of("r2", timed(0, usage={"input_tokens": 5})))
    store.begin(run_of("r3", timed(0, usage={})))
    assert own_workload(known, store, "") is None
    store.begin(run_of("r4", timed(0)))
    assert own_workload(known, store, "") == OwnWorkload(1, 1000.0, 110.0, 0.0, 0.0)


def test_only_own_real_whole_answers_count(known: Catalog, store: Store) -> None:
    store.begin(run_of("simulated", timed(0), simulated=True))
    store.begin(run_of("imported", timed(0), imported=True))
    store.begin(run_of("stopped", timed(0, status="stopped")))
    store.begin(run_of("hers", timed(0), owner="ann@example.org"))
    assert own_workload(known, store, "") is None


def test_the_newest_500_runs_are_looked_at(known: Catalog, store: Store) -> None:
    old = {"input_tokens": 9, "output_tokens": 9}
    store.write([Began(run_of(f"r{n}", timed(0, usage=old if n < 3 else None), minutes=n)) for n in range(503)])
    assert own_workload(known, store, "") == OwnWorkload(500, 1000.0, 110.0, 0.0, 0.0)
