"""The middle and the spread of repeats, worked out by hand and against numpy."""

from datetime import UTC, date, datetime
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.loading import Catalog, load
from components.gemini.content import Part, PartKind
from components.gemini.errors import Failure, FailureKind
from components.gemini.request import Request
from components.gemini.stream import Chunk, Facts, Usage
from components.playground.lanes import LaneSnapshot, LaneStatus, RunSnapshot, Setup
from components.playground.spread import LeftOut, SideSpread, Spread, sameness, side_spreads, spread

ON = date(2026, 11, 22)
FLASH, PRO = "gemini-2.0-flash", "gemini-2.0-pro-exp-02-05"
CUT_OFF = Failure(FailureKind.OUTPUT_LIMIT, "The answer reached its limit.", "It is kept.", "Raise the limit.")


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return load()


def lane(first_s: float, text: str = "a", model: str = FLASH, **changes: object) -> LaneSnapshot:
    values: dict[str, object] = {
        "index": 0,
        "request": Request(model, "p"),
        "status": LaneStatus.DONE,
        "text": text,
        "thoughts": "",
        "chunks": (Chunk(at=first_s, text=text, output_tokens=100),),
        "parts": (Part(PartKind.TEXT, text),),
        "facts": Facts(Usage(1_000, 100, 0)),
        "failure": None,
        "stop_reason": None,
        "first_token_s": first_s,
        "first_visible_s": first_s,
        "last_chunk_s": first_s,
        "total_s": first_s,
    }
    return LaneSnapshot(**(values | changes))  # type: ignore[arg-type]


def run(*sides: list[LaneSnapshot]) -> RunSnapshot:
    lanes = tuple(one for repeat in zip(*sides, strict=True) for one in repeat)
    setup = Setup(sides=len(sides), repeats=len(sides[0]))
    return RunSnapshot("r", datetime(2026, 11, 22, tzinfo=UTC), False, False, "", 1, lanes, setup)


def side(catalog: Catalog, lanes: list[LaneSnapshot], label: str) -> SideSpread:
    return {row.label: row for row in side_spreads(run(lanes), catalog, ON)}[label].sides[0]


def test_no_values_have_no_spread_and_one_is_its_own() -> None:
    assert spread([]) is None
    assert spread([2.0]) == Spread(1, 2.0, 2.0, 2.0)


def test_quartiles_come_with_the_fourth_value() -> None:
    assert spread([3.0, 1.0, 2.0]) == Spread(3, 2.0, 1.0, 3.0)
    # Positions 1.75, 2.5 and 3.25 of 10, 20, 30, 40.
    assert spread([40.0, 10.0, 30.0, 20.0]) == Spread(4, 25.0, 10.0, 40.0, 17.5, 32.5)


def test_money_stays_exact() -> None:
    found = spread([Decimal("0.1"), Decimal("0.2"), Decimal("0.3"), Decimal("0.4")])
    assert found == Spread(4, Decimal("0.25"), Decimal("0.1"), Decimal("0.4"), Decimal("0.175"), Decimal("0.325"))


@given(st.lists(st.floats(0, 1e6), min_size=4, max_size=40))
def test_median_and_quartiles_are_those_of_numpy(values: list[float]) -> None:
    found = spread(values)
    assert found is not None
    expected = np.quantile(values, [0, 0.25, 0.5, 0.75, 1])
    got = (found.lowest, found.lower_quartile, found.median, found.upper_quartile, found.highest)
    assert got == pytest.approx(tuple(expected), rel=1e-9, abs=1e-9)


@given(st.lists(st.decimals(0, 100, places=6), min_size=1, max_size=20))
def test_the_parts_of_a_spread_stand_in_their_order(values: list[Decimal]) -> None:
    found = spread(values)
    assert found is not None
    assert found.n == len(values)
    quartiles = [] if found.lower_quartile is None else [found.lower_quartile, found.upper_quartile]
    order = [found.lowest, *quartiles[:1], found.median, *quartiles[1:], found.highest]
    assert order == sorted(order)


def test_each_side_has_the_spread_of_its_own_repeats(catalog: Catalog) -> None:
    snapshot = run(
        [lane(0.1), lane(0.3), lane(0.2)], [lane(2.0, model=PRO), lane(4.0, model=PRO), lane(9.0, model=PRO)]
    )
    rows = {row.label: row for row in side_spreads(snapshot, catalog, ON)}
    first, second = rows["Time to first token"].sides
    assert (first.spread, second.spread) == (Spread(3, 0.2, 0.1, 0.3), Spread(3, 4.0, 2.0, 9.0))
    assert first.text == "median 200 ms (lowest 100 ms, highest 300 ms; 3 answers)"
    assert rows["Thinking tokens"].sides[0].spread == Spread(3, 0.0, 0.0, 0.0)


def test_every_measure_has_its_row_and_unit(catalog: Catalog) -> None:
    assert [(row.label, row.unit) for row in side_spreads(run([lane(0.1)]), catalog, ON)] == [
        ("Time to first token", "s"),
        ("Time to first visible text", "s"),
        ("Total time", "s"),
        ("Output speed", "tokens/s"),
        ("Output tokens", "tokens"),
        ("Thinking tokens", "tokens"),
        ("Cost", "USD"),
    ]


def test_only_whole_answers_count_and_the_others_are_said(catalog: Catalog) -> None:
    lanes = [
        lane(0.1),
        lane(9.0, status=LaneStatus.STOPPED),
        lane(9.0, status=LaneStatus.FAILED),
        lane(9.0, status=LaneStatus.STOPPED),
        lane(9.0, failure=CUT_OFF),
        lane(9.0, status=LaneStatus.STREAMING),
        lane(9.0, status=LaneStatus.INTERRUPTED),
    ]
    found = side(catalog, lanes, "Total time")
    assert found.spread == Spread(1, 0.1, 0.1, 0.1)
    assert found.left_out == (
        LeftOut(2, "stopped"),
        LeftOut(1, "failed"),
        LeftOut(1, "cut off"),
        LeftOut(1, "still running"),
        LeftOut(1, "interrupted"),
    )
    assert found.text == ("100 ms (1 answer); left out: 2 stopped, 1 failed, 1 cut off, 1 still running, 1 interrupted")


def test_a_measure_that_a_whole_answer_lacks_is_left_out_and_never_zero(catalog: Catalog) -> None:
    found = side(catalog, [lane(0.1, facts=Facts()), lane(0.2)], "Output tokens")
    assert found.spread == Spread(1, 100.0, 100.0, 100.0)
    assert found.left_out == (LeftOut(1, "not counted"),)
    speed = side(catalog, [lane(0.1)], "Output speed")
    assert speed.text == "no answer to measure; left out: 1 not measurable (1 chunk)"


def test_costs_are_spread_in_exact_dollars_or_have_no_list_price(catalog: Catalog) -> None:
    # 1,000 in at $0.10 and 100 or 300 out at $0.40, each for a million.
    lanes = [lane(0.1), lane(0.1, facts=Facts(Usage(1_000, 300, 0)))]
    found = side(catalog, lanes, "Cost")
    assert found.spread == Spread(2, Decimal("0.00018"), Decimal("0.00014"), Decimal("0.00022"))
    assert found.text == "median $0.00018 (lowest $0.00014, highest $0.00022; 2 answers)"
    assert side(catalog, [lane(0.1, model=PRO)], "Cost").left_out == (LeftOut(1, "no list price"),)
    assert side(catalog, [lane(0.1, facts=Facts())], "Cost").left_out == (LeftOut(1, "no token counts"),)


@pytest.mark.parametrize(
    ("texts", "words"),
    [
        (["a"], ""),
        (["a", "a", "a"], "All 3 answers are identical."),
        (["a", "b"], "All 2 answers differ."),
        (["a", "b", "a", "c"], "2 of 4 answers are identical; there are 3 different ones."),
    ],
)
def test_how_often_answers_are_the_same_is_said(texts: list[str], words: str) -> None:
    (found,) = sameness(run([lane(0.1, text) for text in texts]))
    assert found.text == words


def test_what_is_not_whole_or_only_thought_does_not_make_answers_differ() -> None:
    thoughts = (Part(PartKind.THOUGHT, "hm"), Part(PartKind.TEXT, "a"))
    (found,) = sameness(run([lane(0.1), lane(0.1, parts=thoughts), lane(0.1, "b", status=LaneStatus.STOPPED)]))
    assert (found.n, found.distinct, found.most) == (2, 1, 2)


def test_answers_that_call_other_functions_differ() -> None:
    calls = [(Part(PartKind.FUNCTION_CALL, "{}", name),) for name in ("f", "g")]
    (found,) = sameness(run([lane(0.1, "", parts=parts) for parts in calls]))
    assert found.distinct == 2
