"""Marks and lines over time: every date where it belongs, and nothing drawn longer than it is known."""

from datetime import date

import pytest

from catalog.loading import load
from catalog.schema import Basis, Claim, Event, Kind, Model, Stage
from components.charts.steps import has_history, price_steps, records, steps, summary
from components.charts.timeline import marks, timeline

ON = date(2026, 11, 22)
SHOP = "Shop"


@pytest.fixture(scope="module")
def catalog():
    return load()


def claim(value: object, unit: str, **changes: object) -> Claim:
    return Claim.model_validate(
        {"value": value, "unit": unit, "kind": Kind.OFFICIAL, "source": "s", "as_of": "2026-02", **changes}
    )


def price(value: object, **changes: object) -> Claim:
    return claim(value, "USD per 1M tokens", platform=SHOP, **changes)


def model(events: tuple[Event, ...] = (), **claims: tuple[Claim, ...]) -> Model:
    paths = {name.replace("__", "."): each for name, each in claims.items()}
    names = {"id": "m", "name": "M", "short_name": "M", "lab": "l", "family": "F", "tier": "pro"}
    return Model.model_validate({**names, "identity": ("s",), "lifecycle": events, "claims": paths})


def event(stage: Stage, day: str) -> Event:
    return Event(stage=stage, date=day, kind=Kind.OFFICIAL, source="s")


def test_events_stand_in_the_order_of_time_with_what_lies_ahead_planned():
    later, first = event(Stage.SHUTDOWN_ANNOUNCED, "2026-12-01"), event(Stage.PREVIEW, "2026-03-04")
    found = marks(model((later, first)), ON)
    assert [(mark.words, mark.start, mark.planned) for mark in found] == [
        ("preview", date(2026, 3, 4), False),
        ("shutdown announced", date(2026, 12, 1), True),
    ]


def test_the_day_itself_is_no_plan():
    (mark,) = marks(model((event(Stage.SHUT_DOWN, "2026-11-22"),)), ON)
    assert not mark.planned


@pytest.mark.parametrize(
    ("known", "start", "end"),
    [
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        ("2025-12", date(2025, 12, 1), date(2025, 12, 31)),
        ("2025", date(2025, 1, 1), date(2025, 12, 31)),
        ("2025-02-05", date(2025, 2, 5), date(2025, 2, 5)),
    ],
)
def test_a_date_is_as_long_as_it_is_known(known, start, end):
    (mark,) = marks(model((event(Stage.ANNOUNCED, known),)), ON)
    assert (mark.start, mark.end, mark.exact) == (start, end, start == end)


def test_a_month_is_drawn_from_its_first_to_its_last_day():
    figure = timeline(marks(model((event(Stage.ANNOUNCED, "2025-05"),)), ON), ON, "#000000")
    spans = [list(trace.x) for trace in figure.data if trace.mode == "lines"]
    assert spans == [[date(2025, 5, 1), date(2025, 5, 31)]]


def test_planned_marks_are_hollow_and_the_line_of_today_is_drawn():
    both = (event(Stage.ANNOUNCED, "2025-05-06"), event(Stage.SHUT_DOWN, "2027-01-01"))
    figure = timeline(marks(model(both), ON), ON, "#000000")
    points = next(trace for trace in figure.data if trace.mode == "markers" and trace.x[0] is not None)
    assert [symbol.endswith("-open") for symbol in points.marker.symbol] == [False, True]
    assert figure.layout.shapes[0].x0 == ON
    assert "22 Nov 2026" in figure.layout.annotations[0].text


def test_release_and_shutdown_are_added_where_no_event_has_them():
    released = claim("2025-04-05", "date")
    ends = claim("2027-01", "date")
    found = marks(model(release_date=(released,), shutdown_date=(ends,)), ON)
    assert [(mark.words, mark.known, mark.planned) for mark in found] == [
        ("released", "2025-04-05", False),
        ("shut down", "2027-01", True),
    ]
    told = event(Stage.GENERALLY_AVAILABLE, "2025-04-05")
    assert [mark.words for mark in marks(model((told,), release_date=(released,)), ON)] == ["generally available"]


def test_a_model_without_dates_has_no_marks_and_no_timeline():
    assert marks(model(), ON) == ()
    with pytest.raises(ValueError, match="at least one"):
        timeline((), ON, "#000000")


def test_the_life_of_flash_as_its_sources_tell_it(catalog):
    found = {(mark.words, mark.known) for mark in marks(catalog.models["gemini-2.0-flash"], ON)}
    assert {
        ("announced", "2024-12-11"),
        ("generally available", "2025-02-05"),
        ("shutdown announced", "2026-01-22"),
        ("shut down", "2026-06-01"),
    } <= found


def test_every_model_can_be_drawn(catalog):
    for each in catalog.models.values():
        found = marks(each, ON)
        if found:
            low, high = timeline(found, ON, "#000000").layout.xaxis.range
            assert low < min(mark.start for mark in found)
            assert high > max(mark.end for mark in found)
        prices = steps(each, ON)
        if prices:
            price_steps(prices, "#000000")


@pytest.mark.parametrize(
    ("limits", "start", "end", "ahead"),
    [
        # A snapshot is a point: on its day, or in the middle of its month.
        ({"as_of": "2026-07-02"}, date(2026, 7, 2), date(2026, 7, 2), False),
        ({"as_of": "2026-07"}, date(2026, 7, 16), date(2026, 7, 16), False),
        # A period that was stated once ends where it is stated to end, or where it was last stated to hold.
        ({"as_of": "2026-08-13", "valid_to": date(2026, 12, 31)}, date(2026, 8, 13), date(2026, 12, 31), False),
        ({"as_of": "2026-08-05", "valid_from": date(2025, 2, 8)}, date(2025, 2, 8), date(2026, 8, 5), False),
        (
            {"as_of": "2026-08-05", "valid_from": date(2025, 2, 8), "valid_to": date(2025, 9, 1)},
            date(2025, 2, 8),
            date(2025, 9, 1),
            False,
        ),
        # Stated after its end, or before its beginning, one day is all that is known.
        ({"as_of": "2026-08-05", "valid_to": date(2025, 2, 8)}, date(2025, 2, 8), date(2025, 2, 8), False),
        ({"as_of": "2026-08-13", "valid_from": date(2027, 1, 1)}, date(2027, 1, 1), date(2027, 1, 1), True),
    ],
)
def test_a_price_lasts_exactly_as_long_as_its_claim(limits, start, end, ahead):
    (step,) = steps(model(prices__input=(price(1.5, **limits),)), ON)
    assert (step.start, step.end, step.ahead) == (start, end, ahead)
    drawn = [list(trace.x) for trace in price_steps([step], "#000000").data if trace.x[0] is not None]
    assert drawn == [[start] if start == end else [start, end]]


def test_only_list_prices_are_drawn_and_the_table_says_what_the_others_are():
    claims = (
        price(0.0, basis=Basis.FREE),
        price(1.25, basis=Basis.SUCCESSOR),
        price(1.9, basis=Basis.RESELLER),
        price("no list price"),
    )
    free = model(prices__input=claims)
    assert steps(free, ON) == ()
    told = [row["USD per million tokens"] for row in records(free, ON, {"s": "Source"})]
    assert told == [
        "no list price (free while on trial)",
        "$1.25 (rate of the model that took over)",
        "$1.90 (reseller, no list price)",
        "no list price",
    ]


def test_a_history_needs_two_dated_prices():
    one, other = price(1.0, as_of="2026-07-02"), price(1.0, as_of="2026-08-05")
    assert not has_history(steps(model(prices__input=(one,), prices__output=(one,)), ON))
    assert has_history(steps(model(prices__input=(one, other)), ON))


def test_the_planned_rise_of_a_real_price_is_hollow(catalog):
    found = steps(catalog.models["gemini-4-argon"], ON)
    rise = [step for step in found if step.item == "input" and step.ahead]
    assert {(step.usd_per_million, step.start) for step in rise} == {(4.0, date(2026, 12, 1))}
    assert "input tokens $2.00 to $4.00" in summary("M", found)
