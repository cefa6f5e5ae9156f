"""A session's budget: what counts, what never does, and when a run stops."""

import threading
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.loading import load
from components.gemini.request import Request
from components.gemini.settings import Connection
from components.gemini.stream import Chunk, Facts, Usage
from components.playground.budget import Charge, Ledger, charge_of, guard, settle
from components.playground.lanes import Run, Setup
from components.playground.run import Runner

ON = date(2026, 11, 22)
CATALOG = load()
FLASH, PRO = "gemini-2.0-flash", "gemini-2.0-pro-exp-02-05"
MILLION = 1_000_000


def run(
    *usages: Usage, model: str = FLASH, text: str = "a", simulated: bool = False, setup: Setup | None = None
) -> Run:
    made = Run(
        [Request(model, "p") for _ in usages],
        created=datetime(2026, 11, 22, tzinfo=UTC),
        simulated=simulated,
        setup=setup,
    )
    for index, usage in enumerate(usages):
        made.begin(index)
        made.receive(index, Chunk(at=0.1, text=text), Facts(usage))
    return made


def real(usd: str) -> Charge:
    return Charge(Decimal(usd), simulated=False)


def simulated(usd: str) -> Charge:
    return Charge(Decimal(usd), simulated=True)


def test_all_lanes_count_with_input_tools_output_and_thinking() -> None:
    # $0.10 in and $0.40 out for a million: 1 + 1 in, 1 + 1 out, and 1 in.
    two = run(Usage(MILLION, MILLION, MILLION, None, None, MILLION), Usage(MILLION, 0, 0)).snapshot()
    assert charge_of(CATALOG, ON, two) == real("1.1")


def test_before_the_service_counts_the_input_costs_nothing_and_the_output_is_estimated() -> None:
    # 4,001 characters are 1,001 tokens at $0.40 for a million.
    charge = charge_of(CATALOG, ON, run(Usage(), text="x" * 4_001).snapshot())
    assert (charge.usd, charge.estimated) == (Decimal("0.0004004"), True)


def test_a_lane_that_waits_costs_nothing() -> None:
    waiting = Run([Request(FLASH, "p")], created=datetime(2026, 11, 22, tzinfo=UTC)).snapshot()
    assert charge_of(CATALOG, ON, waiting) == real("0")


def test_the_guard_stops_at_the_limit_and_says_that_what_came_is_kept() -> None:
    ledger = Ledger(Decimal("0.05"))
    look = guard(ledger, CATALOG, ON)
    assert look(run(Usage(499_999, 0, 0)).snapshot()) is None
    assert look(run(Usage(1, 0, 0)).snapshot()) == (
        "Stopped because this session's budget of $0.05 is used up. What had arrived by then is kept."
    )
    assert (ledger.spent, ledger.left) == (Decimal("0.05"), 0)


def test_without_a_limit_nothing_stops_and_everything_is_counted() -> None:
    ledger = Ledger()
    assert guard(ledger, CATALOG, ON)(run(Usage(MILLION, MILLION, 0)).snapshot()) is None
    assert (ledger.spent, ledger.left, ledger.allows(Decimal(999))) == (Decimal("0.5"), None, None)


def test_a_growing_run_is_counted_once() -> None:
    ledger = Ledger(Decimal(1))
    growing = run(Usage(MILLION, 0, 0))
    guard(ledger, CATALOG, ON)(growing.snapshot())
    older = growing.snapshot()
    growing.receive(0, Chunk(at=0.2, text="b"), Facts(Usage(MILLION, 500_000, 0)))
    settle(ledger, CATALOG, ON, growing.snapshot())
    settle(ledger, CATALOG, ON, older)
    assert ledger.spent == Decimal("0.3")


def test_runs_of_a_session_share_its_budget_while_both_are_in_progress() -> None:
    ledger = Ledger(Decimal("0.05"))
    one, other = run(Usage(300_000, 0, 0)), run(Usage(300_000, 0, 0))
    assert guard(ledger, CATALOG, ON)(one.snapshot()) is None
    assert guard(ledger, CATALOG, ON)(other.snapshot()) is not None


def test_simulated_runs_use_the_limit_up_and_are_never_money_spent() -> None:
    ledger = Ledger(Decimal("0.05"))
    reason = guard(ledger, CATALOG, ON)(run(Usage(MILLION, 0, 0), simulated=True).snapshot())
    assert reason is not None
    assert "simulated runs count as if they were charged, though nothing was" in reason
    assert (ledger.spent, ledger.noted, ledger.used) == (0, Decimal("0.1"), Decimal("0.1"))
    assert ledger.line() == (
        "$0.00 spent in this session at list price. Simulated runs would have cost $0.10; nothing was charged for "
        "them. $0.00 of $0.05 is left, simulated runs counted as if they were charged."
    )


def test_a_model_without_a_list_price_is_said_and_not_blocked() -> None:
    ledger = Ledger(Decimal("0.05"))
    ledger.note("before", real("0.05"))
    assert guard(ledger, CATALOG, ON)(run(Usage(MILLION, 0, 0), model=PRO).snapshot()) is None
    assert ledger.allows(None) is None
    assert ledger.spent == Decimal("0.05")
    assert f"Calls of {PRO} are not counted: the catalog has no list price for them." in ledger.line()


def test_a_run_that_is_played_again_costs_nothing() -> None:
    ledger = Ledger()
    settle(ledger, CATALOG, ON, run(Usage(MILLION, 0, 0), setup=Setup(sides=1, replay_of="other")).snapshot())
    assert ledger.used == 0


@pytest.mark.parametrize(
    ("before", "worst", "used_up"),
    [("0", "0.05", None), ("0.02", "0.03", None), ("0.02", "0.030001", False), ("0.05", "0", True), ("9", "1", True)],
)
def test_a_run_is_refused_once_the_limit_is_reached_and_doubted_where_it_may_pass_it(
    before: str, worst: str, used_up: bool | None
) -> None:
    ledger = Ledger(Decimal("0.05"))
    ledger.note("before", real(before))
    refusal = ledger.allows(Decimal(worst))
    assert (refusal.used_up if refusal else None) is used_up


def test_refusals_say_what_happened_what_is_safe_and_what_to_do() -> None:
    ledger = Ledger(Decimal("0.05"))
    ledger.note("before", real("0.02"))
    doubted = ledger.allows(Decimal("1"))
    assert doubted is not None
    assert doubted.sentence.startswith("This run may cost up to $1.00, and $0.03 of this session's budget of $0.05 is")
    ledger.limit = Decimal("0.02")
    refused = ledger.allows(Decimal("1"))
    assert refused is not None
    assert refused.sentence == (
        "This session's budget of $0.02 is used up. Nothing was sent and your prompt is kept; raise the budget to "
        "go on."
    )


def test_a_budget_and_a_charge_are_never_negative() -> None:
    for limit in (Decimal(-1), Decimal("NaN")):
        with pytest.raises(ValueError, match="0 or more"):
            Ledger(limit)
    with pytest.raises(ValueError, match="less than 0"):
        Ledger().note("a", real("-0.01"))


@given(st.lists(st.tuples(st.sampled_from("abc"), st.decimals(0, 10, places=6), st.booleans()), max_size=30))
def test_real_and_simulated_money_add_up_and_the_last_word_on_a_run_holds(
    noted: list[tuple[str, Decimal, bool]],
) -> None:
    ledger = Ledger(Decimal(5))
    for version, (key, usd, is_simulated) in enumerate(noted):
        ledger.note(key, Charge(usd, is_simulated), version)
    last = {key: (usd, is_simulated) for key, usd, is_simulated in noted}
    assert ledger.spent == sum(usd for usd, is_simulated in last.values() if not is_simulated)
    assert ledger.noted == sum(usd for usd, is_simulated in last.values() if is_simulated)
    assert ledger.used == ledger.spent + ledger.noted
    assert (ledger.stop_reason() is not None) is (ledger.used >= 5)


def test_many_threads_lose_no_cent() -> None:
    ledger = Ledger(Decimal(1000))

    def work(name: int) -> None:
        for index in range(200):
            ledger.note(f"{name} {index}", real("0.01"))
            ledger.stop_reason()

    threads = [threading.Thread(target=work, args=(name,)) for name in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert ledger.spent == Decimal("8.00")


@pytest.mark.timed
def test_a_running_answer_is_stopped_by_its_budget_and_keeps_what_came(
    runner_with: Callable[..., Runner], connection: Connection
) -> None:
    headers = (("x-simulator-first-token-ms", "0"), ("x-simulator-tokens-per-second", "100"))
    ledger = Ledger(Decimal("0.00002"))
    started = runner_with().start(
        connection, [Request(FLASH, "Explain a hash table.", headers=headers)], guard=guard(ledger, CATALOG, ON)
    )
    until = time.monotonic() + 5
    while not started.finished and time.monotonic() < until:
        started.wait(started.version, 0.2)
    (answer,) = started.snapshot().lanes
    assert answer.stop_reason is not None
    assert answer.stop_reason.startswith("Stopped because this session's budget of $0.00002 is used up")
    assert answer.text
    assert Decimal("0.00002") <= ledger.noted < Decimal("0.00004")
    assert ledger.spent == 0
