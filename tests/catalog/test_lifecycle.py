from datetime import date, timedelta

import pytest

from catalog.lifecycle import Service, life, stand_in, successors

ON = date(2026, 11, 22)


def life_of(catalog, name, day=ON):
    return life(catalog.find(name), day)


def test_2_0_flash_was_shut_down_on_1_june_2026(catalog):
    on_the_day = life_of(catalog, "gemini-2.0-flash", date(2026, 6, 1))
    assert on_the_day.service is Service.SHUT_DOWN
    assert on_the_day.ends == "2026-06-01"
    assert life_of(catalog, "gemini-2.0-flash").service is Service.SHUT_DOWN


def test_2_0_pro_is_shut_down_without_a_date(catalog):
    state = life_of(catalog, "gemini-2.0-pro")
    assert state.service is Service.SHUT_DOWN
    assert state.ends is None
    assert state.last_seen_gone is not None


@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("gemini-2.0-flash", date(2026, 5, 31)),
        ("gemini-2.0-flash-lite", date(2026, 5, 31)),
        ("gemini-2.0-pro", date(2025, 3, 1)),
        ("gemini-3-pro-preview", date(2026, 3, 8)),
        ("gemini-1.5-pro", date(2025, 9, 28)),
    ],
)
def test_a_model_was_not_yet_shut_down_on_a_day_before_its_end(catalog, name, day):
    assert life_of(catalog, name, day).service is not Service.SHUT_DOWN


@pytest.mark.parametrize("name", ["gemini-4-hydrogen", "gemini-3.8-flash"])
def test_no_model_is_in_service_before_it_was_announced(catalog, name):
    assert life_of(catalog, name, date(2024, 1, 1)).service is not Service.IN_SERVICE


@pytest.mark.parametrize(
    ("day", "service"),
    [
        (ON, Service.ENDING),
        (date(2026, 11, 30), Service.ENDING),
        (date(2026, 12, 1), Service.SHUT_DOWN),
        (date(2027, 6, 1), Service.SHUT_DOWN),
    ],
)
@pytest.mark.parametrize("name", ["gemini-2.5-pro", "gemini-2.5-flash"])
def test_the_2_5_models_are_ending_until_1_december_2026(catalog, name, day, service):
    state = life_of(catalog, name, day)
    assert state.service is service
    assert state.ends == "2026-12-01"


@pytest.mark.parametrize(
    ("name", "heir"), [("gemini-3.5-flash", "gemini-3.6-flash"), ("gemini-3.7-flash", "gemini-3.8-flash")]
)
def test_a_rerouted_model_is_ending_and_names_who_answers(catalog, name, heir):
    state = life_of(catalog, name)
    assert (state.service, state.rerouted, state.successor) == (Service.ENDING, True, heir)


@pytest.mark.parametrize("name", ["gemini-3.8-flash", "gemini-4-argon", "gemini-4-carbon", "gemini-4-hydrogen"])
def test_todays_models_are_in_service_and_need_no_stand_in(catalog, name):
    assert life_of(catalog, name).service is Service.IN_SERVICE
    assert stand_in(catalog, catalog.find(name), ON) is None


def test_a_model_that_is_read_as_available_outlives_an_older_schedule(catalog):
    state = life_of(catalog, "gemini-2.5-flash-lite")
    assert state.service is Service.IN_SERVICE
    assert state.ends is None


def test_2_0_flash_leads_through_3_7_flash_to_3_8_flash(catalog):
    model = catalog.find("gemini-2.0-flash")
    assert [each.id for each in successors(catalog, model, ON)] == ["gemini-3.7-flash", "gemini-3.8-flash"]
    assert stand_in(catalog, model, ON).id == "gemini-3.8-flash"


@pytest.mark.parametrize("day", [date(2026, 6, 1), ON, date(2026, 12, 1), date(2027, 5, 7), date(2030, 1, 1)])
def test_a_stand_in_is_in_service_and_no_chain_names_a_model_twice(catalog, day):
    for model in catalog.models.values():
        chain = [each.id for each in successors(catalog, model, day)]
        assert len({model.id, *chain}) == len(chain) + 1
        heir = stand_in(catalog, model, day)
        assert heir is None or life(heir, day).service is Service.IN_SERVICE


def body(status="shut down", successor="", end="", events=""):
    text = f"current_status:\n  - {{value: {status}, unit: status, source: maker, as_of: 2026-01}}\n"
    if successor:
        text += f"successor:\n  - {{value: {successor}, unit: model id, source: maker, as_of: 2026-01}}\n"
    if end:
        text += f"shutdown_date:\n  - {{value: '{end}', unit: date, source: maker, as_of: 2026-01}}\n"
    return events + text


def test_a_circle_of_successors_ends(folder):
    folder.model(body(successor="b"), name="m")
    folder.model(body(successor="c"), name="b")
    folder.model(body(successor="b"), name="c")
    catalog = folder.load()
    assert [each.id for each in successors(catalog, catalog.models["m"], ON)] == ["b", "c"]
    assert [each.id for each in successors(catalog, catalog.models["b"], ON)] == ["c"]
    assert stand_in(catalog, catalog.models["m"], ON) is None


def test_a_model_that_names_itself_has_no_successor(folder):
    folder.model(body(successor="m"))
    catalog = folder.load()
    assert successors(catalog, catalog.models["m"], ON) == ()


def test_a_successor_outside_the_catalog_is_named_but_not_followed(folder):
    folder.model(body(successor="gemini-99"))
    catalog = folder.load()
    assert life(catalog.models["m"], ON).successor == "gemini-99"
    assert stand_in(catalog, catalog.models["m"], ON) is None


def test_a_chain_that_ends_in_a_shut_down_model_offers_no_stand_in(folder):
    folder.model(body(successor="n"))
    folder.model(body(), name="n")
    catalog = folder.load()
    assert stand_in(catalog, catalog.models["m"], ON) is None


@pytest.mark.parametrize(
    ("end", "last_day"),
    [
        ("2026-06-01", date(2026, 5, 31)),
        ("2026-02", date(2026, 2, 27)),
        ("2024-02", date(2024, 2, 28)),
        ("2026-12", date(2026, 12, 30)),
        ("2026", date(2026, 12, 30)),
    ],
)
def test_an_end_known_to_the_month_or_year_has_come_when_that_is_over(folder, end, last_day):
    folder.model(body("deprecated", end=end))
    model = folder.load().models["m"]
    assert life(model, last_day).service is Service.ENDING
    assert life(model, last_day + timedelta(days=1)).service is Service.SHUT_DOWN


def test_without_a_date_the_first_day_on_which_it_was_found_gone_is_told(folder):
    events = (
        "lifecycle:\n"
        "  - {stage: unlisted, date: 2026-01-08, source: broker}\n"
        "  - {stage: shut down, date: 2026-01-29, source: broker}\n"
    )
    folder.model(body(events=events))
    assert life(folder.load().models["m"], ON).last_seen_gone == "2026-01-08"


def test_the_end_of_a_preview_id_does_not_hide_the_end_of_the_model(folder):
    folder.model(
        body("generally available") + "shutdown_date:\n"
        "  - {value: 2027-05-07, unit: date, scope: this id, source: maker, as_of: 2026-06}\n"
        "  - {value: 2026-05-25, unit: date, scope: preview id, source: maker, as_of: 2026-07}\n"
    )
    assert life(folder.load().models["m"], ON).ends == "2027-05-07"


def test_a_model_without_any_status_is_unknown_and_not_in_service(folder):
    assert life(folder.load().models["m"], ON).service is Service.UNKNOWN
