"""Own figures from runs in a database, worked out by hand."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pytest

from catalog.criteria import OwnFigure, OwnFigures
from catalog.loading import Catalog
from components.archive.tally import Spoilt
from components.history.records import ChunkRecord
from components.history.store import Store
from components.measured.figures import own_figures
from tests.archive.examples import voted
from tests.measured.examples import FLASH, PRO, run_of, timed

ON = date(2025, 9, 1)
OLD = "gemini-1.5-pro"


def figures(known: Catalog, store: Store, models: Sequence[str] = (PRO, FLASH), **options: object) -> OwnFigures:
    return own_figures(known, store, "", models, ON, **options)  # type: ignore[arg-type]


def test_times_and_speeds_are_medians_of_runs_with_the_interval_of_order_statistics(
    known: Catalog, store: Store
) -> None:
    firsts = [0.9, 0.3, 0.4, 0.7, 0.5, 0.6]
    for number, first in enumerate(firsts):
        store.begin(run_of(f"r{number}", timed(0, FLASH, first, 100.0 + number), minutes=number))
    found = figures(known, store)
    # Six values: the interval goes from the lowest to the highest, and the median is (0.5 + 0.6) / 2.
    waited = found.time_to_first_token[FLASH]
    assert (waited.value, waited.low, waited.high, waited.runs) == (pytest.approx(0.55), 0.3, 0.9, 6)
    speed = found.output_speed[FLASH]
    assert (speed.value, speed.low, speed.high, speed.runs) == pytest.approx((102.5, 100, 105, 6))
    assert PRO not in found.time_to_first_token


def test_thoughts_are_a_first_token_and_no_part_of_the_speed(known: Catalog, store: Store) -> None:
    lane = timed(0, FLASH, 2.0, 50.0)
    thinking = (ChunkRecord(0.4, thought="Hm", thinking_tokens=30), *lane.chunks)
    store.begin(run_of("r1", replace(lane, chunks=thinking)))
    found = figures(known, store)
    assert found.time_to_first_token[FLASH] == OwnFigure(0.4, None, None, 1)
    assert found.output_speed[FLASH].value == pytest.approx(50)


def test_repeats_of_a_run_are_one_run(known: Catalog, store: Store) -> None:
    lanes = (timed(0, FLASH, 0.2), timed(1, FLASH, 0.4), timed(2, FLASH, 0.9))
    store.begin(run_of("r1", *lanes, sides=1, repeats=3))
    store.begin(run_of("r2", timed(0, FLASH, 1.0)))
    # The first run's median is 0.4 s, the second's 1.0 s.
    assert figures(known, store).time_to_first_token[FLASH] == OwnFigure(pytest.approx(0.7), None, None, 2)


def test_an_answer_too_short_for_a_speed_still_has_a_waiting_time(known: Catalog, store: Store) -> None:
    lane = timed(0, FLASH)
    store.begin(run_of("r1", replace(lane, chunks=lane.chunks[:1])))
    found = figures(known, store)
    assert found.time_to_first_token[FLASH].runs == 1
    assert FLASH not in found.output_speed


def test_a_request_costs_the_list_price_of_the_day_on_its_platform(known: Catalog, store: Store) -> None:
    # Gemini 2.0 Flash: 0.10 and 0.40 US dollars a million on the Gemini API, 0.15 and 0.60 on Vertex AI.
    usage = {"input_tokens": 3000, "output_tokens": 500, "thinking_tokens": 250}
    store.begin(run_of("api", timed(0, FLASH, usage=usage)))
    assert figures(known, store).usd_per_request[FLASH] == OwnFigure(pytest.approx(0.0006), None, None, 1)
    store.begin(run_of("vertex", timed(0, FLASH, usage=usage), vertexai=True))
    # 0.0006 and 0.0009.
    found = figures(known, store).usd_per_request[FLASH]
    assert (found.value, found.runs) == (pytest.approx(0.00075), 2)
    # Standard error 0.00015, t with 1 degree of freedom 12.7062: exp(12.7062 * 0.2) is 12.6954.
    assert found.low == pytest.approx(0.00075 / 12.6954, rel=1e-4)


def test_the_repeats_of_a_run_cost_their_mean(known: Catalog, store: Store) -> None:
    lanes = [timed(n, FLASH, usage={"input_tokens": 0, "output_tokens": size}) for n, size in enumerate((1000, 3000))]
    store.begin(run_of("r1", *lanes, sides=1, repeats=2))
    assert figures(known, store).usd_per_request[FLASH].value == pytest.approx(0.0008)


def test_no_price_and_no_count_is_no_cost(known: Catalog, store: Store) -> None:
    store.begin(run_of("r1", timed(0, PRO), timed(1, FLASH, usage={})))
    found = figures(known, store)
    assert dict(found.usd_per_request) == {}
    assert set(found.time_to_first_token) == {PRO, FLASH}


def test_what_is_not_real_or_not_whole_counts_nowhere(known: Catalog, store: Store) -> None:
    store.begin(run_of("simulated", timed(0), simulated=True))
    store.begin(run_of("imported", timed(0), imported=True))
    for status in ("stopped", "failed", "interrupted"):
        store.begin(run_of(status, timed(0, status=status)))
    store.begin(run_of("cut off", timed(0, failure={"kind": "max_tokens"})))
    store.begin(run_of("hers", timed(0), owner="ann@example.org"))
    store.begin(run_of("not readable", timed(0, usage={"input_tokens": "many"})))  # type: ignore[dict-item]
    found = figures(known, store)
    assert (dict(found.time_to_first_token), dict(found.output_speed), dict(found.usd_per_request)) == ({}, {}, {})
    assert own_figures(known, store, "ann@example.org", [FLASH], ON).time_to_first_token[FLASH].runs == 1


def test_an_answer_counts_for_the_model_that_gave_it(known: Catalog, store: Store) -> None:
    def served(name: str | None) -> dict[str, object]:
        facts = {"usage": {"input_tokens": 1, "output_tokens": 1}, "served_model": name}
        return {key: value for key, value in facts.items() if value is not None}

    for number, name in enumerate((None, "gemini-2.0-flash-001", "models/gemini-2.0-flash", "gemini-2.5-flash", "new")):
        store.begin(run_of(f"r{number}", timed(0, FLASH, facts=served(name))))
    store.begin(run_of("by alias", timed(0, "models/gemini-2.0-flash-001", facts=served(None))))
    # Another model and one that nobody knows do not count.
    found = figures(known, store, (FLASH, "gemini-2.5-flash")).time_to_first_token
    assert {name: figure.runs for name, figure in found.items()} == {FLASH: 4}


def test_votes_are_counted_by_pair_with_ties_as_halves(known: Catalog, store: Store) -> None:
    for number, vote in enumerate(("one", "one", "other", "both_bad")):
        store.begin(voted(f"r{number}", vote))
    store.begin(voted("turned", "one", models=("gemini-2.0-flash-001", PRO)))
    found = figures(known, store).win
    # Pro won 2 of 5 and tied once. Around one half Wilson's interval is z / (2 sqrt(n + z²)) wide: 0.3296 for 5.
    assert set(found) == {(PRO, FLASH)}
    won = found[PRO, FLASH]
    assert (won.value, won.runs) == (0.5, 5)
    assert (won.low, won.high) == (pytest.approx(0.1704, abs=1e-4), pytest.approx(0.8296, abs=1e-4))
    assert set(figures(known, store, (FLASH, PRO)).win) == {(FLASH, PRO)}


def test_votes_count_by_the_rules_of_the_history_page(known: Catalog, store: Store) -> None:
    store.begin(voted("fine", "one"))
    store.begin(voted("named", "one", answers=("I am Gemini 2.0 Pro.", "No.")))
    store.begin(voted("simulated", "one", simulated=True))
    store.begin(voted("imported", "one", imported=True))
    store.begin(voted("void", "one", status="failed"))
    looked: dict[str, Spoilt] = {}
    assert figures(known, store, looked=looked).win[PRO, FLASH].runs == 1
    assert looked == {"fine": Spoilt.FINE, "named": Spoilt.NAMED, "void": Spoilt.VOID}


def test_an_answer_that_was_looked_at_is_not_read_again(
    known: Catalog, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.begin(voted("r1", "one"))
    looked: dict[str, Spoilt] = {}
    first = figures(known, store, looked=looked)
    monkeypatch.setattr(store, "get_many", lambda *_, **__: pytest.fail("read again"))
    assert figures(known, store, looked=looked).win == first.win


def test_a_vote_on_three_models_is_one_for_each_pair_with_the_best(known: Catalog, store: Store) -> None:
    store.begin(voted("r1", "third", models=(PRO, FLASH, OLD), answers=("Yes.", "No.", "So.")))
    found = figures(known, store, (OLD, PRO, FLASH)).win
    assert {pair: won.value for pair, won in found.items()} == {(OLD, PRO): 1.0, (OLD, FLASH): 1.0}


def test_only_what_is_wanted_is_worked_out(known: Catalog, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    store.begin(voted("r1", "one", models=(FLASH, OLD)))

    def kinds(*wanted: str) -> list[bool]:
        found = figures(known, store, (FLASH, OLD), kinds=wanted)
        return [bool(each) for each in (found.time_to_first_token, found.usd_per_request, found.win)]

    assert kinds("votes", "latency", "cost") == [True, True, True]
    assert kinds("latency") == [True, False, False]
    assert kinds("cost") == [False, True, False]
    assert kinds("votes") == [False, False, True]
    monkeypatch.setattr(store, "answers", lambda *_: pytest.fail("read for nothing"))
    assert kinds() == [False, False, False]


def test_an_empty_history_says_nothing(known: Catalog, store: Store) -> None:
    assert figures(known, store) == OwnFigures()
