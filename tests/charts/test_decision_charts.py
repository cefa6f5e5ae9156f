"""The charts of the advisor and of the bill from hand-made figures."""

import re
from datetime import date
from decimal import Decimal
from itertools import pairwise

import plotly.graph_objects as go
import pytest

from catalog.routing import Point, Side
from components.charts import bills, contributions, legend, movers, routing, weighing
from components.charts.money import dollars
from components.charts.style import Look

PRO, FLASH = Look("Pro", "#000001", "circle"), Look("Flash", "#000002", "square")
THIRD = Look("<b>Third</b>", "#000003", "triangle-up")
STAND_INS = re.compile(r"#0000(0[1-9]|10|37)|#7b8794")


def legend_names(figure: go.Figure) -> list[str]:
    return [trace.name.replace("<br>", " ") for trace in figure.data if trace.showlegend is not False and trace.name]


def colours(found: object) -> set[str]:
    return set(re.findall(r"#[0-9a-fA-F]{6}\b", str(found)))


def gain(low: float, middle: float | None, high: float) -> contributions.Gain:
    return contributions.Gain(low, middle, high, ("<i>why</i>",))


ROWS = [
    contributions.Row("Reasoning", 0.6, (gain(0.4, 0.5, 0.55), gain(0.3, 0.3, 0.3))),
    contributions.Row("Latency", 0.4, (gain(0.0, None, 0.4), gain(0.0, 0.0, 0.0))),
]
TOTAL = contributions.Row("All together", 1, (gain(0.4, None, 0.95), gain(0.3, 0.3, 0.3)))


def bars(figure: go.Figure, colour: str) -> list[go.Bar]:
    return [trace for trace in figure.data if isinstance(trace, go.Bar) and trace.marker.color == colour and trace.y]


def test_a_bar_is_as_long_as_its_points_and_what_is_not_known_is_hatched_over_all_it_may_be() -> None:
    figure = contributions.contributions([PRO, FLASH], ROWS)
    known, unknown = (trace for trace in bars(figure, PRO.colour) if trace.y[0] is not None)
    assert list(known.x) == [50]
    assert (list(unknown.base), list(unknown.x), unknown.marker.pattern.shape) == ([0], [40], "/")
    (flash,) = bars(figure, FLASH.colour)
    assert list(flash.x) == [30, 0]
    assert all(trace.marker.pattern.shape is None for trace in (known, flash))


def test_whiskers_span_the_intervals_and_a_sure_figure_has_none() -> None:
    figure = contributions.contributions([PRO, FLASH], ROWS)
    lines = [trace for trace in figure.data if isinstance(trace, go.Scatter) and trace.mode == "lines"][:2]
    assert [list(line.x) for line in lines] == [[40, pytest.approx(55), None], []]


def test_the_legend_of_contributions_names_what_is_drawn_and_nothing_else() -> None:
    figure = contributions.contributions([PRO, FLASH], ROWS)
    assert legend_names(figure) == ["Pro", "Flash", "95% interval", "not known"]
    sure = contributions.Row("Cost", 1, (gain(1, 1, 1), gain(0, 0, 0)))
    assert legend_names(contributions.contributions([PRO, FLASH], [sure])) == ["Pro", "Flash"]


def test_a_sum_that_is_not_known_is_hatched_from_its_lowest_to_its_highest() -> None:
    figure = contributions.contributions([PRO, FLASH], ROWS, TOTAL)
    hatched = next(trace for trace in bars(figure, PRO.colour) if trace.base is not None)
    assert (list(hatched.base), list(hatched.x)) == ([0, 40], [40, pytest.approx(55)])


def test_more_criteria_make_a_taller_chart_with_one_pixel_a_step() -> None:
    small, large = (contributions.contributions([PRO, FLASH], ROWS * times) for times in (1, 4))
    assert large.layout.height > small.layout.height + 6 * 50
    for figure in (small, large):
        inside = figure.layout.height - figure.layout.margin.t - figure.layout.margin.b
        assert inside == figure.layout.yaxis.range[1] - figure.layout.yaxis.range[0]


def test_the_table_and_the_sentence_of_contributions_say_what_is_not_known() -> None:
    assert contributions.records([PRO, FLASH], ROWS, TOTAL) == [
        {"Criterion": "Reasoning", "Weight": "60%", "Pro": "50 (40 to 55)", "Flash": "30"},
        {"Criterion": "Latency", "Weight": "40%", "Pro": "not known (0 to 40)", "Flash": "0"},
        {"Criterion": "All together", "Weight": "", "Pro": "not known (40 to 95)", "Flash": "30"},
    ]
    assert contributions.summary([PRO, FLASH], ROWS, TOTAL) == (
        "Points of 100: Pro between 40 and 95 and Flash 30. Reasoning tells them apart most, by 20 points. "
        "Not known for every model: Latency."
    )


def test_a_criterion_without_a_gain_for_each_model_is_refused() -> None:
    with pytest.raises(ValueError, match="each of the models"):
        contributions.contributions([PRO], ROWS)
    with pytest.raises(ValueError, match="each criterion"):
        contributions.contributions([PRO], [])


LINES = [weighing.Line(PRO, 0.4, 0.8), weighing.Line(FLASH, 0.7, 0.5)]
# 0.4 + 0.4 w = 0.7 - 0.2 w at w = 0.5, at a height of 0.6.
CROSSINGS = [weighing.Crossing(0.5, "Flash", "Pro")]


def test_scores_go_straight_from_no_weight_to_full_weight_and_the_ring_stands_on_both_lines() -> None:
    figure = weighing.weighing("reasoning", LINES, 0.3, CROSSINGS)
    pro, flash, ring, *_ = figure.data
    assert (pro.x[0], pro.y[0], pro.x[-1], pro.y[-1]) == (0, 40, 100, 80)
    assert (flash.y[0], flash.y[-1]) == (70, 50)
    assert (list(ring.x), list(ring.y)) == ([50], [pytest.approx(60)])
    assert legend_names(figure) == ["Pro", "Flash", "answer changes"]
    assert [note.text.strip("\u00a0") for note in figure.layout.annotations] == ["now 30%", "50%"]


def test_a_model_that_is_not_known_in_the_criterion_is_the_range_that_it_may_be_in() -> None:
    figure = weighing.weighing("latency", [weighing.Line(PRO, 0.4, None)], 0.3, [])
    wedge = figure.data[0]
    assert list(zip(wedge.x, wedge.y, strict=True)) == [(0, 40), (100, 100), (100, 0), (0, 40)]
    assert wedge.fillpattern.shape == "/"
    assert "not known" in wedge.text
    (half,) = (row for row in weighing.records([weighing.Line(PRO, 0.4, None)], 0.5, []) if row["Weight"] == "50%")
    # Between 0.5 * 0.4 and 0.5 * 0.4 + 0.5.
    assert half["Pro"] == "not known (20 to 70)"


def test_a_score_beyond_the_scale_is_drawn_whole() -> None:
    low, high = weighing.weighing("speed", [weighing.Line(PRO, -0.1, 1.2)], 0.3, []).layout.yaxis.range
    assert (low, high) == (-10, 120)


def test_the_table_of_weights_has_today_and_each_crossing() -> None:
    assert weighing.records(LINES, 0.3, CROSSINGS) == [
        {"Weight": "0%", "Pro": "40", "Flash": "70", "Note": ""},
        {"Weight": "30%", "Pro": "52", "Flash": "64", "Note": "now"},
        {
            "Weight": "50%",
            "Pro": "60",
            "Flash": "60",
            "Note": "Flash is ahead below 50%, Pro above",
        },
        {"Weight": "100%", "Pro": "80", "Flash": "50", "Note": ""},
    ]
    assert weighing.summary("Reasoning", LINES, 0.3, CROSSINGS) == (
        "Reasoning weighs 30% now; Flash is ahead below 50%, Pro above."
    )
    assert "no other weight" in weighing.summary("Reasoning", LINES, 0.3, [])
    with pytest.raises(ValueError, match="at least one model"):
        weighing.weighing("reasoning", [], 0.3, [])


INPUTS = [movers.Row("Requests", 50.0, 200.0), movers.Row("Share in batch", 120.0, None)]


def test_bars_go_from_todays_bill_to_the_other_one_and_what_cannot_be_has_none() -> None:
    half, double, *_ = movers.movers(PRO, INPUTS, 100.0).data
    assert [base + by for base, by in zip(half.base, half.x, strict=True)] == [50, 120]
    assert [base + by for base, by in zip(double.base, double.x, strict=True)] == [200]
    assert half.opacity < double.opacity


def test_the_movers_say_by_how_much_and_the_table_that_it_is_not_possible() -> None:
    names = movers.movers(PRO, INPUTS, 100.0).data[2]
    assert names.text[0] == "<b>Requests</b>   half −$50, double +$100"
    assert movers.records(INPUTS, 100.0)[1] == {
        "Input": "Share in batch",
        "Halved, USD a month": "$120",
        "Now, USD a month": "$100",
        "Doubled, USD a month": "not possible",
    }
    assert movers.summary("Pro", INPUTS, 100.0) == (
        "The bill of Pro is $100 a month. Requests moves it most: half of it makes $50 and double of it makes $200."
    )
    assert "no input" in movers.summary("Pro", [], 0.0)
    with pytest.raises(ValueError, match="at least one input"):
        movers.movers(PRO, [], 100.0)


def months(*usd: float) -> tuple[bills.Month, ...]:
    firsts = (date(2026, 11, 1), date(2026, 12, 1), date(2027, 1, 1))
    return tuple(
        bills.Month(first, days, 100.0, each) for first, days, each in zip(firsts, (30, 31, 31), usd, strict=True)
    )


COURSES = [bills.Course(PRO, months(10, 20, 30)), bills.Course(FLASH, months(1, 2, 3)), bills.Course(THIRD, (), "free")]
CHANGES = [bills.Change(FLASH, date(2026, 11, 16), "input up"), bills.Change(FLASH, date(2028, 1, 1), "later")]


def test_each_month_has_a_bar_a_model_and_a_model_without_a_price_has_none() -> None:
    figure = bills.bills(COURSES, CHANGES)
    drawn = [trace for trace in figure.data if isinstance(trace, go.Bar)]
    assert [list(trace.y) for trace in drawn] == [[10, 20, 30], [1, 2, 3]]
    assert figure.layout.yaxis.range[0] == 0
    assert legend_names(figure) == ["Pro", "Flash", "&lt;b&gt;Third&lt;/b&gt;: no list price", "price changes"]


def test_bars_of_one_month_stand_side_by_side() -> None:
    drawn = [trace for trace in bills.bills(COURSES, []).data if isinstance(trace, go.Bar)]
    edges = sorted((x - trace.width / 2, x + trace.width / 2) for trace in drawn for x in trace.x)
    assert all(one[1] <= other[0] for one, other in pairwise(edges))


def test_a_price_change_stands_at_its_day_and_one_beyond_the_months_not_at_all() -> None:
    figure = bills.bills(COURSES, CHANGES)
    (triangle,) = (trace for trace in figure.data if isinstance(trace, go.Scatter) and trace.hovertext)
    # 15 of the 30 days of the first month have passed; the month is one wide around 0.
    assert list(triangle.x) == [0.0]
    assert "16 Nov 2026: input up" in triangle.hovertext[0]
    assert "later" not in bills.summary(COURSES, CHANGES)


def test_the_table_of_months_ends_in_sums_and_says_why_there_is_no_price() -> None:
    rows = bills.records(COURSES, CHANGES)
    assert [row["Pro"] for row in rows] == ["$10", "$20", "$30", "$60"]
    assert [row["<b>Third</b>"] for row in rows] == [*["no list price"] * 3, "free"]
    assert rows[0]["Price changes"] == "Flash, 16 Nov 2026: input up"
    assert bills.summary(COURSES[:1], []) == "From 1 Nov 2026 to 31 Jan 2027: $60 with Pro."
    assert "<b>Third</b> has no bars: free." in bills.summary(COURSES, [])


def test_months_that_begin_within_one_are_named_by_their_first_and_last_day() -> None:
    course = bills.Course(PRO, (bills.Month(date(2026, 11, 26), 30, 1.0, 5.0),))
    assert bills.records([course], [])[0]["Month"] == "26 Nov 2026 to 25 Dec 2026"
    assert list(bills.bills([course], []).layout.xaxis.ticktext) == ["26 Nov<br>2026"]


def test_bills_of_different_months_or_of_nobody_are_refused() -> None:
    shifted = bills.Course(FLASH, months(1, 2, 3)[1:])
    for courses in ([COURSES[0], shifted], [COURSES[2]], []):
        with pytest.raises(ValueError, match="the same months"):
            bills.bills(courses, [])


SIDES = [
    (PRO, Side("Pro", Decimal(10), 0.8, 0.75, 0.85, 6.0)),
    (FLASH, Side("Flash", Decimal(1), 0.6, 0.5, 0.7, None)),
]
CURVES = [
    routing.Curve("Mix", (Point(0, Decimal(1), 0.6, 0.5, 0.7, None), Point(1, Decimal(10), 0.8, 0.75, 0.85, 6.0))),
    routing.Curve(
        "Flash <first>",
        (
            Point(0, Decimal(1), 0.6, 0.5, 0.7, None, best=True),
            Point(0.5, Decimal(6), 0.75, 0.6, 0.8, None, best=True, knee=True),
            Point(1, Decimal(11), 0.8, 0.75, 0.85, None),
        ),
    ),
]


def test_curves_stand_at_their_dollars_and_right_answers_in_percent() -> None:
    figure = routing.routing(SIDES, CURVES)
    lines = [trace for trace in figure.data if trace.mode == "lines" and trace.hovertext]
    assert [(list(line.x), list(line.y)) for line in lines] == [
        ([1, 10], [60, 80]),
        ([1, 6, 11], [60, 75, 80]),
    ]
    band = next(trace for trace in figure.data if trace.fill == "toself")
    assert list(band.y) == [50, 60, 75, 85, 80, 70]
    assert figure.layout.xaxis.range[0] == 0
    assert figure.layout.xaxis.range[1] > 11


def test_only_the_best_points_have_dots_the_knee_has_a_name_and_the_chosen_point_a_ring() -> None:
    figure = routing.routing(SIDES, CURVES, CURVES[1].points[1])
    names = [text for trace in figure.data if trace.text for text in trace.text]
    assert [name.strip("\u00a0") for name in names] == ["50%, the knee"]
    small = [list(trace.x) for trace in figure.data if trace.mode == "markers" and trace.marker.size < 10]
    assert small == [[], [1, 6]]
    ring = [trace for trace in figure.data if trace.marker.symbol == "circle-open" and trace.x[0] is not None]
    assert [(trace.x[0], trace.y[0]) for trace in ring] == [(6, 75)]
    assert legend_names(figure)[-2:] == ["best value", "chosen"]


def test_the_routing_table_says_what_is_not_known() -> None:
    rows = routing.records(CURVES)
    assert [row["Seconds on average"] for row in rows] == ["not known", "6", *["not known"] * 3]
    assert [row["Best value"] for row in rows] == ["no", "no", "yes", "yes, the knee", "no"]
    assert rows[3]["Range"] == "60% to 80%"
    assert routing.summary(SIDES, CURVES) == (
        "For 1,000 requests: Pro alone gets 80% right for $10 and Flash alone gets 60% right for $1. More money begins "
        "to buy less at the knee of “Flash <first>”, with 50% of the requests for the stronger model: 75% right for $6."
    )
    with pytest.raises(ValueError, match="one or two curves"):
        routing.routing(SIDES, [])


FIGURES = [
    contributions.contributions([PRO, THIRD], ROWS, TOTAL),
    weighing.weighing("<i>speed</i>", [*LINES, weighing.Line(THIRD, 0.1, None)], 0.3, CROSSINGS),
    movers.movers(THIRD, [movers.Row("<i>Input</i>", 1.0, 4.0)], 2.0),
    bills.bills([*COURSES, bills.Course(THIRD, months(1, 1, 1))], [bills.Change(THIRD, date(2026, 12, 1), "<i>x</i>")]),
    routing.routing([(THIRD, Side("<i>n</i>", Decimal(1), 0.5, 0.4, 0.6, None))], CURVES, CURVES[0].points[1]),
]


@pytest.mark.parametrize("figure", FIGURES)
def test_names_and_hovers_carry_no_markup_of_their_own(figure: go.Figure) -> None:
    assert not re.search(r"<i>|<b>Third|<first>", str(figure.to_plotly_json()))


@pytest.mark.parametrize("figure", FIGURES)
def test_every_colour_follows_the_theme(figure: go.Figure) -> None:
    own = {"data": [trace.to_plotly_json() for trace in figure.data], "layout": figure.layout.to_plotly_json()}
    own["layout"].pop("template", None)
    assert all(STAND_INS.fullmatch(each) for each in colours(own))


@pytest.mark.parametrize("figure", FIGURES)
def test_a_phone_has_room_for_the_legend_in_pairs(figure: go.Figure) -> None:
    # What the scale of a bill leaves of 390 pixels; a symbol takes 45 of them.
    assert 2 * (figure.layout.legend.entrywidth + 45) <= 275
    entries = [trace.name for trace in figure.data if trace.showlegend is not False and trace.name]
    pairs = [entries[at : at + 2] for at in range(0, len(entries), 2)]
    lines = sum(max(name.count("<br>") + 1 for name in pair) for pair in pairs)
    assert figure.layout.margin.t >= 15 * lines


def test_a_long_name_in_a_legend_is_broken_and_none_is_cut() -> None:
    long = go.Scatter(name="3.8 Live Extended Thinking")
    layout, _ = legend.above([long])
    assert long.name == "3.8 Live<br>Extended<br>Thinking"
    assert layout["entrywidth"] >= 6 * len("Extended")


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (0, "$0"),
        (1234.5, "$1,234"),
        (99.999, "$100"),
        (12.3, "$12.30"),
        (12, "$12"),
        (0.9999, "$1"),
        (0.012345, "$0.0123"),
        (0.5, "$0.5"),
        (0.0000001, "under $0.000001"),
        (-3, "-$3"),
    ],
)
def test_dollars_are_as_short_as_they_can_be_read(value: float, words: str) -> None:
    assert dollars(value) == words
