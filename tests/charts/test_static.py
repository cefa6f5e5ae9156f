"""Charts drawn on the server: everything stands where its scale puts it, in small files that any program reads."""

import io
import tomllib
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import plotly.graph_objects as go
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from catalog.schema import Measured
from components.charts.bills import Change, Course, Month, bills
from components.charts.colours import GRID, INK, PAPER, SERIES
from components.charts.contributions import Gain, contributions
from components.charts.contributions import Row as Criterion
from components.charts.movers import Row as Input
from components.charts.movers import movers
from components.charts.radar import radar
from components.charts.scales import scale
from components.charts.scatter import Point, scatter
from components.charts.static import png, svg
from components.charts.strip import Mark, strip
from components.charts.style import Dot, Look, figure, legend_only
from components.charts.weighing import Crossing, Line, weighing
from components.charts.whiskers import Row, whiskers

PRO, FLASH = Look("Pro", "#000001", "circle"), Look("Flash", "#000002", "square")
# A plot of 400 by 200 pixels from (50, 20) on, in a picture 500 wide.
FIXED = {"l": 50, "r": 50, "t": 20, "b": 30, "autoexpand": False}
SVG = "{http://www.w3.org/2000/svg}"


def dot(score: float, low: float | None = None, high: float | None = None, by: Measured = Measured.MAKER) -> Dot:
    return Dot(score, low, high, by, (f"scored {score}",))


def gain(middle: float | None) -> Gain:
    return Gain(0.0, middle, 0.4, ())


def month(at: int) -> Month:
    return Month(date(2026, at, 1), 28, 100.0, 250.0 * at)


CHARTS = {
    "whiskers": whiskers([PRO, FLASH], [Row("Quiz", "✓✓ clear", (dot(70.0, 60.0, 80.0), dot(30.0)))], "%", (0, 100)),
    "scatter": scatter(
        [Point(0.1, dot(60.0), PRO), Point(2.0, dot(50.0), None)],
        [(0.1, 60.0), (2.0, 70.0)],
        "Price",
        "Score",
        log=True,
        rising=True,
    ),
    "strip": strip([Mark(dot(70.0, 60.0, 80.0), PRO), Mark(dot(50.0), None)], "%", (0, 100)),
    "radar": radar([PRO], ["One test", "Other test", "Third test"], [[10.0, 20.0, 30.0]]),
    "contributions": contributions([PRO, FLASH], [Criterion("Speed", 0.4, (gain(0.3), gain(None)))]),
    "movers": movers(PRO, [Input("Requests a day", 50.0, 200.0)], 100.0),
    "weighing": weighing("speed", [Line(PRO, 0.4, 0.8), Line(FLASH, 0.7, None)], 0.3, [Crossing(0.5, "Pro", "Flash")]),
    "bills": bills([Course(PRO, (month(1), month(2)))], [Change(PRO, date(2026, 2, 3), "input doubles")]),
}


def drawn(chart: go.Figure, width: int = 500, dark: bool = False) -> ElementTree.Element:
    return ElementTree.fromstring(svg(chart, width, dark))


def texts(root: ElementTree.Element) -> list[str]:
    return ["".join(each.itertext()).replace("\u00a0", " ").strip() for each in root.iter(f"{SVG}text")]


def plot(traces: list[go.Scatter | go.Bar], **layout: object) -> go.Figure:
    return figure(traces, 250, margin=FIXED, showlegend=False, **layout)


@pytest.mark.parametrize("name", CHARTS)
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_every_kind_of_chart_is_a_small_drawing_of_the_width_asked_for(name: str, dark: bool) -> None:
    text = svg(CHARTS[name], 640, dark)
    root = ElementTree.fromstring(text)
    assert root.get("width") == "640"
    assert len(text) < 20_000
    assert "#000001" not in text
    assert SERIES[0].on(dark) in text
    assert "http" not in text.replace("http://www.w3.org/2000/svg", "")


@pytest.mark.parametrize("name", CHARTS)
def test_every_kind_of_chart_is_a_picture_on_paper_of_its_own(name: str) -> None:
    picture = Image.open(io.BytesIO(png(CHARTS[name], 320, dark=True, scale=1)))
    assert picture.size == (320, CHARTS[name].layout.height)
    shades = {colour for _, colour in picture.convert("RGB").getcolors(100_000) or []}
    assert tuple(bytes.fromhex(PAPER.dark[1:])) in shades
    assert tuple(bytes.fromhex(SERIES[0].dark[1:])) in shades


def test_a_point_stands_where_its_scales_put_it() -> None:
    points = go.Scatter(x=[25, None, 50], y=[10, 5, None], mode="markers", marker={"color": "#000001", "size": 12})
    root = drawn(plot([points], xaxis={"range": [0, 100]}, yaxis={"range": [0, 40]}))
    (circle,) = root.iter(f"{SVG}circle")
    # A quarter of 400 from 50, and a quarter of 200 up from 220.
    assert (circle.get("cx"), circle.get("cy"), circle.get("r")) == ("150", "170", "6")


def test_logarithms_and_days_are_spread_by_their_scales() -> None:
    one = {"mode": "markers", "marker": {"size": 4}}
    log = drawn(plot([go.Scatter(x=[10], y=[0], **one)], xaxis={"type": "log", "range": [0, 2]}))
    assert next(log.iter(f"{SVG}circle")).get("cx") == "250"
    days = {"type": "date", "range": ["2026-01-01", "2026-01-11"]}
    dated = drawn(plot([go.Scatter(x=["2026-01-02"], y=[0], **one)], xaxis=days))
    assert next(dated.iter(f"{SVG}circle")).get("cx") == "90"


def test_a_bar_reaches_from_its_base_to_its_value() -> None:
    bar = go.Bar(x=[30], y=[0], base=[10], width=1, orientation="h", marker={"color": "#000002"})
    root = drawn(plot([bar], xaxis={"range": [0, 100]}, yaxis={"range": [-1, 1]}))
    (path,) = [each for each in root.iter(f"{SVG}path") if each.get("fill") == SERIES[1].light]
    assert path.get("d") == "M90,170L210,170L210,70L90,70Z"


def test_whiskers_end_at_their_intervals_and_hollow_means_hollow() -> None:
    error = {
        "type": "data",
        "symmetric": False,
        "array": [10],
        "arrayminus": [20],
        "thickness": 1.5,
        "color": "#000001",
    }
    marker = {"color": "#000001", "size": 10, "symbol": ["circle-open"], "line": {"width": [2]}}
    points = go.Scatter(x=[50], y=[0], mode="markers", error_x=error, marker=marker)
    root = drawn(plot([points], xaxis={"range": [0, 100]}, yaxis={"range": [-1, 1]}))
    assert "M170,120L290,120" in {each.get("d") for each in root.iter(f"{SVG}path")}
    circle = next(root.iter(f"{SVG}circle"))
    assert (circle.get("fill"), circle.get("stroke")) == ("none", SERIES[0].light)


def test_scales_say_what_people_read() -> None:
    money = {"range": [0, 10_000], "tickprefix": "$", "separatethousands": True, "nticks": 6}
    assert texts(drawn(plot([], xaxis={"range": [0, 1], "showticklabels": False}, yaxis=money)))[:3] == [
        "$0",
        "$2k",
        "$4k",
    ]
    shares = {"range": [0, 100], "tickvals": [0, 50, 100], "ticktext": ["0%", "50%", "100%"]}
    assert texts(drawn(plot([], xaxis=shares, yaxis={"showticklabels": False}))) == ["0%", "50%", "100%"]
    year = {"type": "date", "range": ["2025-12-01", "2026-12-01"], "nticks": 5}
    shown = texts(drawn(plot([], xaxis=year, yaxis={"showticklabels": False})))
    assert shown == ["Jan 2026", "Apr 2026", "Jul 2026", "Oct 2026"]


def test_categories_stand_in_the_order_in_which_they_come() -> None:
    bars = [go.Bar(x=["May", "April"], y=[1, 2]), go.Bar(x=["June"], y=[3])]
    assert texts(drawn(plot(bars, yaxis={"showticklabels": False}))) == ["May", "April", "June"]


@given(st.floats(-1e9, 1e9), st.floats(1e-3, 1e9), st.integers(3, 10))
def test_ticks_are_even_and_within_their_scale(low: float, wide: float, count: int) -> None:
    found = scale({"range": [low, low + wide], "nticks": count}, "linear", [], (), 400)
    places = [tick.at for tick in found.ticks]
    assert all(low - wide * 1e-5 <= place <= low + wide * (1 + 1e-5) for place in places)
    gaps = [after - before for before, after in pairwise(places)]
    assert all(gap == pytest.approx(gaps[0], rel=1e-3) for gap in gaps)
    assert len(places) <= count + 1


def test_the_legend_names_what_asks_for_it_and_no_lone_trace() -> None:
    named = go.Scatter(x=[1], y=[1], name="Points", mode="markers")
    assert "Points" not in texts(drawn(figure([named], 250)))
    assert {"Points", "chosen"} <= set(texts(drawn(figure([named, legend_only("chosen", "circle-open")], 250))))


def test_a_name_is_text_whatever_is_in_it() -> None:
    name = '&lt;script&gt;alert(1)&lt;/script&gt; $x^2$ 漢字 \x00 "#1d56b8"'
    chart = figure([go.Scatter(x=[1], y=[1], text=[name], mode="text"), legend_only("a", "circle")], 250)
    shown = texts(drawn(chart))
    assert '<script>alert(1)</script> $x^2$ 漢字 \ufffd "#1d56b8"' in shown
    assert png(chart, 300).startswith(b"\x89PNG")


def test_two_threads_draw_the_same_bytes_as_one() -> None:
    names = ["strip", "movers"] * 3
    alone = {name: png(CHARTS[name], 300, scale=1) for name in names[:2]}
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda name: png(CHARTS[name], 300, scale=1), names))
    assert together == [alone[name] for name in names]
    assert svg(CHARTS["contributions"], 640) == svg(CHARTS["contributions"].to_json(), 640)


def test_two_hatched_drawings_in_one_page_share_no_id() -> None:
    ids = [
        {each.get("id") for each in drawn(CHARTS[name]).iter() if each.get("id")}
        for name in ("contributions", "weighing")
    ]
    assert all(ids)
    assert not ids[0] & ids[1]


def test_another_kind_of_chart_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="pie"):
        svg(go.Figure(go.Pie(values=[1])), 300)


def test_the_colours_are_those_of_the_theme() -> None:
    path = Path(__file__).resolve().parents[2] / ".streamlit" / "config.toml"
    theme = tomllib.loads(path.read_text(encoding="utf-8"))["theme"]
    assert [paint.light for paint in SERIES] == theme["chartCategoricalColors"]
    assert [paint.dark for paint in SERIES] == theme["dark"]["chartCategoricalColors"]
    assert (INK.light, INK.dark) == (theme["light"]["textColor"], theme["dark"]["textColor"])
    assert (PAPER.light, PAPER.dark) == (theme["light"]["backgroundColor"], theme["dark"]["backgroundColor"])
    assert GRID.light != GRID.dark
