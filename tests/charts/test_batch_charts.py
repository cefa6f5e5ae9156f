"""The charts of a batch: waiting times, what passes, what was spent."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.charts.passes import Check, Rate, passes
from components.charts.spend import Spent, spend
from components.charts.style import Look
from components.charts.waits import Waits, share_at, waits

PRO, FLASH = Look("2.5 Pro", "#000001", "circle"), Look("2.5 Flash", "#000002", "square")


@given(
    st.lists(st.floats(0.001, 1000), min_size=1, max_size=60), st.sampled_from([0.05, 0.25, 0.5, 0.9, 0.95, 0.99, 1.0])
)
def test_the_time_of_a_share_is_the_shortest_by_which_that_share_is_there(times: list[float], share: float) -> None:
    times.sort()
    assert share_at(times, share) == np.quantile(times, share, method="inverted_cdf")


def test_a_line_rises_from_none_to_all_and_is_marked_at_half_and_at_95_of_100() -> None:
    drawn = waits([Waits(PRO, tuple(float(number) for number in range(100, 0, -1)))])
    line, marks = drawn.data
    assert (line.x[0], line.y[0]) == (1.0, 0.0)
    assert (line.x[-1], line.y[-1]) == (100.0, 100.0)
    assert list(line.x) == sorted(line.x)
    assert (list(marks.x), list(marks.y)) == ([50.0, 95.0], [50.0, 95.0])
    assert marks.hovertext[0] == "2.5 Pro<br>50% within 50 s"


def test_a_hundred_thousand_times_are_drawn_with_few_points() -> None:
    drawn = waits([Waits(FLASH, tuple(number / 1000 for number in range(100_000)))])
    assert len(drawn.data[0].x) < 250
    assert drawn.data[0].x[-1] == 99.999


def test_each_check_has_a_dot_a_model_with_its_interval_and_none_where_nothing_was_decided() -> None:
    drawn = passes([PRO, FLASH], [Check("right", (Rate(80, 60, 92, 20), None))])
    dots = [trace for trace in drawn.data if trace.error_x.array is not None]
    assert [list(trace.x) for trace in dots if len(trace.x)] == [[80]]
    assert (dots[0].error_x.array[0], dots[0].error_x.arrayminus[0]) == (12, 20)
    assert "60.0% to 92.0%" in dots[0].hovertext[0]
    assert {trace.name for trace in drawn.data if trace.name} == {"2.5 Pro", "2.5 Flash"}


def test_a_bar_is_as_long_as_its_amount_and_says_it() -> None:
    drawn = spend([Spent(PRO, 12.5, 400), Spent(FLASH, 0.0, 400)])
    assert [bar.x[0] for bar in drawn.data] == [12.5, 0.0]
    assert [bar.text[0] for bar in drawn.data] == ["$12.50", "$0"]
    assert drawn.layout.xaxis.range[0] == 0


@pytest.mark.parametrize("nothing", [lambda: waits([]), lambda: passes([PRO], []), lambda: spend([])])
def test_a_chart_of_nothing_is_refused(nothing: object) -> None:
    with pytest.raises(ValueError, match="needs at least one"):
        nothing()  # type: ignore[operator]
