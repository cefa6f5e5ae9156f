"""Whiskers, radar, scatter and strip from hand-made figures."""

import pytest

from catalog.schema import Measured
from components.charts.radar import radar
from components.charts.scatter import Point, scatter
from components.charts.strip import Mark, strip
from components.charts.style import Dot, Look
from components.charts.whiskers import Row, whiskers

ONE, OTHER = Look("One", "#111111", "circle"), Look("Other", "#222222", "square")


def dot(score: float, low: float | None = None, high: float | None = None) -> Dot:
    return Dot(score, low, high, Measured.MAKER, (f"scored {score}",))


def test_a_row_has_a_dot_a_model_and_a_missing_one_is_not_drawn_at_zero() -> None:
    rows = [Row("Quiz", "clear", (dot(70.0), dot(60.0))), Row("Test", "unknown", (dot(40.0), None))]
    figure = whiskers([ONE, OTHER], rows, "%", (0, 100))
    first, second, *_ = figure.data
    assert list(first.x) == [70.0, 40.0]
    assert list(second.x) == [60.0]


def test_more_rows_make_a_taller_chart_and_keep_one_pixel_a_step() -> None:
    row = Row("Quiz", "clear", (dot(70.0), dot(60.0)))
    small, large = (whiskers([ONE, OTHER], [row] * count, "%", (0, 100)) for count in (2, 23))
    assert large.layout.height > small.layout.height + 20 * 40
    for figure in (small, large):
        inside = figure.layout.height - figure.layout.margin.t - figure.layout.margin.b
        assert inside == figure.layout.yaxis.range[1] - figure.layout.yaxis.range[0]


def test_a_name_too_long_for_a_phone_puts_its_verdict_on_a_line_of_its_own() -> None:
    assert Row("Quiz", "clear", ()).label == "<b>Quiz</b>   clear"
    long = Row("Vectara hallucination rate (old set)", "(lower is better)   ~ too close to call", ())
    assert long.label.startswith("<b>Vectara hallucination rate (old set)</b><br>")


def test_a_scale_without_bounds_shows_every_whisker() -> None:
    row = Row("Votes", "clear", (dot(1397.0, 1392.0, 1402.0), dot(1362.0, 1359.0, 1365.0)))
    low, high = whiskers([ONE, OTHER], [row], "points", None).layout.xaxis.range
    assert low < 1359
    assert high > 1402


def test_a_radar_closes_its_rings_and_refuses_two_tests_and_missing_scores() -> None:
    figure = radar([ONE], ["A", "B", "C"], [[10.0, 20.0, 30.0]])
    assert list(figure.data[0].r) == [10.0, 20.0, 30.0, 10.0]
    with pytest.raises(ValueError, match="three tests"):
        radar([ONE], ["A", "B"], [[10.0, 20.0]])
    with pytest.raises(ValueError, match="each with a score"):
        radar([ONE], ["A", "B", "C"], [[10.0, 20.0]])


def test_a_scatter_names_the_chosen_and_greys_the_rest() -> None:
    points = [Point(0.1, dot(60.0), ONE), Point(1.0, dot(70.0), None), Point(2.0, dot(50.0), None)]
    figure = scatter(points, [(0.1, 60.0), (1.0, 70.0)], "Price", "Score", log=True, rising=True)
    by_name = {trace.name: trace for trace in figure.data}
    assert list(by_name["best value"].y) == [60.0, 70.0]
    assert list(by_name["other models"].x) == [1.0, 2.0]
    assert by_name["other models"].text is None
    assert list(by_name["One"].text) == ["One"]
    assert list(figure.layout.xaxis.ticktext) == ["$0.05", "$0.1", "$0.2", "$0.5", "$1", "$2"]


def test_less_is_better_turns_the_scale_so_that_better_stays_up() -> None:
    figure = scatter([Point(1.0, dot(3.0), ONE)], [], "Price", "Errors", log=False, rising=False)
    assert figure.layout.yaxis.autorange == "reversed"


def test_a_strip_gives_each_chosen_model_a_line_and_the_rest_one_together() -> None:
    figure = strip(
        [Mark(dot(80.0), ONE), Mark(dot(60.0), OTHER), Mark(dot(50.0), None), Mark(dot(40.0), None)], "%", (0, 100)
    )
    assert [len(trace.x) for trace in figure.data] == [1, 1, 2]
    assert len({trace.y[0] for trace in figure.data}) == 3
