import asyncio
import time

from hypothesis import given
from hypothesis import strategies as st

from components.batch.backoff import Course, decide
from components.batch.gate import Gate, Rate
from components.gemini.errors import Failure, FailureKind


def failure(kind: FailureKind, wait_s: float | None = None) -> Failure:
    return Failure(kind, "It failed.", "", "", retry_after_s=wait_s)


def test_a_rate_lets_one_second_go_at_once_and_then_keeps_its_pace() -> None:
    rate = Rate(120)
    begun = []
    now = 0.0
    while now < 60:
        if rate.wait_s(now):
            now += rate.wait_s(now)
        rate.take(now)
        begun.append(now)
    # Two a second: two at once, then one every half second.
    assert begun[:4] == [0.0, 0.0, 0.5, 1.0]


@given(st.floats(1, 6_000), st.lists(st.floats(0.1, 500), min_size=1, max_size=200))
def test_no_minute_holds_more_than_the_rate_and_one_burst(per_minute: float, amounts: list[float]) -> None:
    rate, now, begun = Rate(per_minute), 0.0, []
    for amount in amounts:
        now += rate.wait_s(now)
        rate.take(now, amount)
        begun.append((now, amount))
    for start, _ in begun:
        within = [amount for at, amount in begun if start <= at < start + 60]
        # What begins last may be larger than what is left, for a prompt cannot be sent in halves.
        assert sum(within) - max(within) <= per_minute * (1 + 1 / 60) + 1 + 1e-6


def test_a_gate_halves_once_for_calls_that_had_left_together_and_grows_back() -> None:
    async def scenario() -> list[int]:
        now = [10.0]
        gate = Gate(8, clock=lambda: now[0])
        entered = [await gate.enter() for _ in range(8)]
        seen = [gate.window]
        now[0] = 11.0
        for one in entered:
            gate.leave(one, congested=True)
        seen.append(gate.window)
        for _ in range(40):
            now[0] += 1
            gate.leave(await gate.enter(), answered=True)
        return [*seen, gate.window]

    before, after, later = asyncio.run(scenario())
    assert (before, after, later) == (8, 4, 8)


def test_the_second_refusal_in_a_row_holds_all_calls_of_the_model_and_retries_go_first() -> None:
    async def scenario() -> tuple[float, list[str]]:
        gate, order = Gate(1), list[str]()
        gate.leave(await gate.enter(), congested=True, wait_s=60)

        async def call(name: str, first: bool) -> None:
            gate.leave(await gate.enter(first=first), answered=True)
            order.append(name)

        entered, began = await gate.enter(), time.monotonic()
        waiting = [asyncio.create_task(call("new", False))]
        await asyncio.sleep(0)
        waiting.append(asyncio.create_task(call("retry", True)))
        await asyncio.sleep(0)
        gate.leave(entered, congested=True, wait_s=0.1)
        await asyncio.gather(*waiting)
        return time.monotonic() - began, order

    seconds, order = asyncio.run(scenario())
    assert seconds >= 0.1
    assert order == ["retry", "new"]


def test_a_call_that_gives_up_waiting_leaves_its_place_to_others() -> None:
    async def scenario() -> int:
        gate = Gate(1)
        entered = await gate.enter()
        impatient = asyncio.create_task(gate.enter())
        await asyncio.sleep(0)
        # In the same moment it is let in and cancelled.
        gate.leave(entered, answered=True)
        impatient.cancel()
        await asyncio.gather(impatient, return_exceptions=True)
        await asyncio.wait_for(gate.enter(), 1)
        return gate.under_way

    assert asyncio.run(scenario()) == 1


def test_what_would_meet_every_call_stops_the_model_and_what_passes_is_asked_again() -> None:
    stops = decide(failure(FailureKind.INVALID_KEY), True, 1, 10, lambda: 0.5)
    refused = decide(failure(FailureKind.BAD_REQUEST), True, 1, 10, lambda: 0.5)
    unsafe = decide(failure(FailureKind.SAFETY), False, 1, 10, lambda: 0.5)
    again = decide(failure(FailureKind.OVERLOADED), True, 3, 10, lambda: 0.5)
    spent = decide(failure(FailureKind.OVERLOADED), True, 10, 10, lambda: 0.5)
    assert (stops.course, refused.course, unsafe.course) == (Course.STOP_MODEL, Course.GIVE_UP, Course.GIVE_UP)
    # The third wait is drawn from 0 to 0.5 * 2 * 2 seconds.
    assert (again.course, again.wait_s) == (Course.AGAIN, 1.0)
    assert spent.course is Course.GIVE_UP


def test_the_wait_that_the_service_names_is_kept_and_one_of_hours_stops_the_model() -> None:
    named = decide(failure(FailureKind.RATE_LIMITED, 12.0), True, 1, 10, lambda: 1.0)
    hours = decide(failure(FailureKind.RATE_LIMITED, 7200.0), True, 1, 10, lambda: 1.0)
    assert 12.0 <= named.wait_s <= 13.21
    assert hours.course is Course.STOP_MODEL
    assert "2 hours" in hours.reason
