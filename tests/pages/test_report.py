"""The report page as a visitor uses it: choices, address and preview agree, and guests read it without controls."""

import re
from collections.abc import Callable, Iterator
from html import unescape
from pathlib import Path
from urllib.parse import parse_qsl

import pytest
from streamlit.testing.v1 import AppTest

from components.history.store import Store, open_store
from components.report.state import Part
from tests.archive.examples import run
from tests.pages.test_shared import batch

Open = Callable[..., AppTest]
PAIR = "gemini-2.5-pro,gemini-2.5-flash"
BRIEF = {"models": PAIR, "parts": "summary,advice", "on": "2026-11-26"}
EVERYTHING = {
    **BRIEF,
    "parts": "summary,cost,advice,caveats",
    "title": "For the board",
    "author": "Ann & Bob",
    "note": "Read this first.\nThen decide.",
    "audience": "technical",
    "use": "chat",
    "requests": "5000",
    "platforms": "cheapest",
    "weights": "40,20,20,10,10",
    "context": "500000",
}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(f"sqlite:///{tmp_path / 'history.sqlite'}")
    yield opened
    opened.close()


def preview(app: AppTest) -> str:
    (frame,) = app.get("iframe")
    return frame.proto.srcdoc


def digest(app: AppTest) -> str:
    (found,) = set(re.findall(r"State ([0-9a-f]{12})", preview(app)))
    return found


def shown(app: AppTest) -> str:
    return " ".join(unescape(re.sub(r"<(script|style).*?</\1>|<[^>]+>", " ", preview(app), flags=re.DOTALL)).split())


def asked(app: AppTest) -> dict[str, str]:
    """The address, whose values AppTest keeps as lists where a page has written them."""
    return {name: text if isinstance(text, str) else text[0] for name, text in app.query_params.items()}


def warnings(app: AppTest) -> str:
    return " ".join(each.value for each in app.warning)


def html(app: AppTest) -> str:
    return " ".join(unescape(each.proto.body) for each in app.get("html"))


def links(app: AppTest) -> dict[str, dict[str, str]]:
    """The parameters of each link to a page, by its label."""
    return {each.proto.label: dict(parse_qsl(each.proto.query_string)) for each in app.get("page_link")}


def choose(app: AppTest, key: str, *options: str) -> AppTest:
    app.button_group(key=key).set_value(list(options)).run()
    assert not app.exception
    return app


def test_what_is_chosen_stands_in_the_preview_and_in_the_address(open_page: Open) -> None:
    app = open_page("report", **BRIEF)
    before = digest(app)
    app.text_input(key="report_title").set_value("For the board").run()
    app.text_area(key="report_note").set_value("Read this first.").run()
    assert "For the board" in shown(app)
    assert "Read this first." in shown(app)
    assert asked(app)["title"] == "For the board"
    assert digest(app) != before
    app.text_input(key="report_title").set_value("").run()
    app.text_area(key="report_note").set_value("").run()
    assert digest(app) == before
    assert "title" not in asked(app)


def test_sections_come_and_go(open_page: Open) -> None:
    app = open_page("report", **BRIEF)
    assert 'id="cost"' not in preview(app)
    choose(app, "report_parts", "summary", "cost")
    assert 'id="cost"' in preview(app)
    assert 'id="advice"' not in preview(app)
    assert asked(app)["parts"] == "summary,cost"
    choose(app, "report_parts")
    assert "No section is chosen, so the usual ones are shown." in [each.value for each in app.caption]
    assert 'id="advice"' in preview(app)


def test_for_whom_it_is_changes_what_it_says(open_page: Open) -> None:
    app = open_page("report", **BRIEF)
    before = digest(app)
    app.button_group(key="report_audience").set_value("technical").run()
    assert "for technical readers" in shown(app)
    assert asked(app)["audience"] == "technical"
    assert digest(app) != before


def test_a_copied_address_shows_the_same_report(open_page: Open) -> None:
    first = open_page("report", **EVERYTHING)
    assert not first.warning
    assert {name: asked(first).get(name) for name in EVERYTHING if name != "platforms"} == {
        name: text for name, text in EVERYTHING.items() if name not in ("platforms", "on")
    } | {"on": asked(first).get("on")}
    again = open_page("report", **asked(first))
    assert digest(again) == digest(first)


def test_the_address_that_a_report_carries_brings_it_back(open_page: Open) -> None:
    first = open_page("report", **EVERYTHING)
    (written,) = re.findall(r'<p class="address">report\?(.*?)</p>', preview(first))
    again = open_page("report", **dict(parse_qsl(unescape(written))))
    assert digest(again) == digest(first)


def test_opening_the_folded_boxes_changes_nothing(open_page: Open) -> None:
    app = open_page("report", **EVERYTHING)
    before, address = digest(app), asked(app)
    for box in ("report_question", "report_own"):
        app.session_state[box] = True
    app.run()
    assert not app.exception
    assert digest(app) == before
    assert {name: text for name, text in asked(app).items() if name != "on"} == {
        name: text for name, text in address.items() if name not in ("on", "platforms")
    }


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"parts": "summary,horoscope"}, "horoscope"),
        ({"audience": "everybody"}, "audience=everybody"),
        ({"title": "x" * 200}, "The title in the address is longer than 120 characters"),
        ({"on": "yesterday"}, "on=yesterday"),
        ({"weights": "lots"}, "weights=lots"),
        ({"runs": "<script>"}, "cannot be an id"),
        ({"models": "nobody,gemini-2.5-pro"}, "nobody"),
        ({"input": "100", "cached": "5000"}, "cached tokens"),
    ],
)
def test_what_an_address_asks_for_in_vain_is_named_and_the_rest_is_shown(
    open_page: Open, wrong: dict[str, str], said: str
) -> None:
    app = open_page("report", **BRIEF | wrong)
    assert said in warnings(app)
    assert "2.5 Pro" in shown(app)


def test_a_workload_that_cannot_be_makes_no_report_until_it_can(open_page: Open) -> None:
    app = open_page("report", **BRIEF)
    app.session_state["report_question"] = True
    app.run()
    app.session_state["report_more"] = True
    app.run()
    app.number_input(key="report_cached").set_value(9_000_000).run()
    assert not app.get("iframe")
    assert "The report is made once the workload can be. What you chose is kept." in [each.value for each in app.info]
    app.number_input(key="report_cached").set_value(0).run()
    assert "2.5 Pro" in shown(app)


def test_demands_and_weights_from_the_advisor_are_told_kept_and_dropped(open_page: Open) -> None:
    app = open_page("report", **BRIEF, weights="40,20,20,10,10", context="500000")
    plain = digest(open_page("report", **BRIEF))
    assert "Demanded of every model: 500,000 tokens in at once" in html(app)
    assert "context need 40%, latency sensitivity 20%" in html(app)
    assert "500,000 tokens in at once" in shown(app)
    app.text_input(key="report_author").set_value("Ann").run()
    assert asked(app)["weights"] == "40,20,20,10,10"
    assert asked(app)["context"] == "500000"
    assert links(app)["Change"]["author"] == "Ann"
    app.button(key="report_drop").click().run()
    assert "From the advisor" not in html(app)
    assert not {"weights", "context"} & asked(app).keys()
    app.text_input(key="report_author").set_value("").run()
    assert digest(app) == plain


def test_every_format_waits_for_its_click_in_its_order(open_page: Open) -> None:
    app = open_page("report", **BRIEF)
    buttons = [each.proto for each in app.get("download_button")]
    named = [each.label for each in buttons]
    assert named == ["Interactive page", "PDF", "PowerPoint", "Excel", "Light page", "CSV and JSON", "Markdown"]
    assert all(each.deferred_file_id and not each.url for each in buttons)
    assert digest(app) in html(app)


def test_a_guest_reads_the_report_and_nothing_else(open_page: Open) -> None:
    full = open_page("report", **EVERYTHING)
    app = open_page("report", **EVERYTHING, view="guest")
    assert digest(app) == digest(full)
    assert not app.get("download_button")
    assert not app.get("page_link")
    assert not app.text_input
    assert not app.expander


def test_links_of_the_preview_stay_in_it_or_leave_by_a_tab_of_their_own(open_page: Open) -> None:
    found = re.findall(r"<a [^>]*>", preview(open_page("report", models=PAIR, parts="summary,sources")))
    inside = [each for each in found if 'href="about:srcdoc#' in each]
    outside = [each for each in found if 'href="http' in each]
    assert inside
    assert outside
    assert len(inside) + len(outside) == len(found)
    assert all('target="_blank" rel="noreferrer noopener"' in each for each in outside)


def test_runs_of_ones_own_are_chosen_and_named_in_the_address(store: Store, open_page: Open) -> None:
    store.begin(run("r1", "Is water wet?"))
    app = open_page("report", models="gemini-2.0-pro,gemini-2.0-flash", parts="summary")
    assert "Is water wet?" not in shown(app)
    app.session_state["report_own"] = True
    app.run()
    app.multiselect(key="report_runs").set_value(["r1"]).run()
    assert asked(app)["runs"] == "r1"
    assert "runs" in asked(app)["parts"]
    assert "Is water wet?" in shown(app)
    again = open_page("report", **asked(app))
    assert digest(again) == digest(app)


def test_runs_that_are_not_in_the_history_are_left_out_with_a_sentence(open_page: Open) -> None:
    app = open_page("report", models=PAIR, parts="summary,runs", runs="gone")
    assert "1 of the chosen runs and batches is not in your history, so left out." in warnings(app)


# Links into it.


@pytest.mark.parametrize("page", ["overview", "compare", "benchmarks", "advisor", "cost"])
def test_a_page_offers_a_report_of_what_it_shows(open_page: Open, page: str) -> None:
    assert links(open_page(page, models=PAIR))["Make a report of this"] == {"models": PAIR}


@pytest.mark.parametrize("page", ["advisor", "cost"])
def test_the_question_comes_along(open_page: Open, page: str) -> None:
    question = {"models": PAIR, "use": "chat", "on": "2026-10-01", "requests": "5000"}
    question |= {"weights": "40,20,20,10,10", "context": "500000"} if page == "advisor" else {}
    taken = links(open_page(page, **question, guest="false", unknown="x"))["Make a report of this"]
    assert taken == question
    report = open_page("report", **taken)
    assert "1 Oct 2026" in shown(report) or "1 October 2026" in shown(report)
    assert not report.warning


def test_what_was_written_for_a_report_survives_the_way_by_the_advisor(open_page: Open) -> None:
    advisor = open_page("advisor", **EVERYTHING)
    taken = links(advisor)["Make a report of this"]
    assert taken["title"] == "For the board"
    assert taken["note"] == "Read this first.\nThen decide."
    assert digest(open_page("report", **taken)) == digest(open_page("report", **EVERYTHING))


def test_an_opened_run_goes_into_a_report(store: Store, open_page: Open) -> None:
    store.begin(run("r1", "Is water wet?"))
    taken = links(open_page("history", open="r1"))["Put into a report"]
    assert taken["runs"] == "r1"
    assert set(taken["parts"].split(",")) == set(Part)
    assert "Is water wet?" in shown(open_page("report", **taken))


def test_an_opened_batch_goes_into_a_report(store: Store, open_page: Open) -> None:
    batch(store)
    taken = links(open_page("batch", job="job"))["Put into a report"]
    assert taken["batches"] == "job"
    app = open_page("report", **taken)
    assert "Numbers" in shown(app)
    assert not app.warning
