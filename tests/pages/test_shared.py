"""The page of a link, and how a link is made, listed and withdrawn on the pages of the history and of batches."""

import re
from collections.abc import Callable, Iterator
from html import unescape
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from components.batch.store_sink import StoreSink, keep
from components.batch.transfer import export_lines, import_lines
from components.history.shares import BATCH, GONE, RUN
from components.history.store import Store, open_store
from tests.archive.examples import opinion, run
from tests.batch.results import answer, failure
from tests.batch.running import FLASH, PRO, job_for, table

Open = Callable[..., AppTest]
Read = Callable[[AppTest], list[str]]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(f"sqlite:///{tmp_path / 'history.sqlite'}")
    yield opened
    opened.close()


def words(html_of: Read, app: AppTest) -> str:
    pieces = html_of(app)
    for kind in (app.markdown, app.caption, app.info, app.warning, app.subheader):
        pieces = [*pieces, *(element.value for element in kind)]
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", " ".join(pieces))).split())


def batch(store: Store, owner: str = "") -> None:
    """A batch of four rows that ended: row 3 differs, row 4 has no answer of Pro."""
    prompts = table(4)
    checks = ({"kind": "contains", "label": "right", "value": "x"},)
    job = job_for(prompts, name="Numbers", models=(PRO, FLASH), checks=checks, owner=owner, catalog_version="c0ffee")
    keep(store, job, prompts, prompts.columns)
    sink = StoreSink(store, job)
    sink.open()
    passed = {PRO: (True, True, True), FLASH: (True, True, False)}
    for model in job.models:
        found = [answer(row, model, said, simulated=True) for row, said in enumerate(passed[model], 1)]
        sink.write([*found, failure(4, PRO) if model == PRO else answer(4, FLASH, True, simulated=True)])
    sink.close()


def shared(store: Store, open_page: Open, kind: str, target: str, owner: str = "", **parameters: str) -> AppTest:
    return open_page("shared", key=store.shares.create(owner, kind, target)[1], **parameters)


def button(app: AppTest, key: str) -> AppTest:
    app.button(key=key).click().run()
    assert not app.exception
    return app


def unfold(app: AppTest, key: str) -> AppTest:
    """Open a folded box, which draws what is in it."""
    app.session_state[key] = True
    app.run()
    assert not app.exception
    return app


def made_link(app: AppTest) -> str:
    (link,) = [element.value for element in app.code if "shared?key=" in element.value]
    return link.rpartition("key=")[2]


@pytest.mark.parametrize("key", ["", "x", "a" * 43, "<script>"])
def test_a_key_that_opens_nothing_gets_one_sentence(store: Store, open_page: Open, key: str) -> None:
    store.begin(run("r1"))
    app = open_page("shared", key=key)
    assert [each.value for each in app.warning] == [f"{GONE} Ask whoever sent it for a new one."]
    assert not app.get("download_button")


def test_withdrawn_and_deleted_get_the_same_sentence(store: Store, open_page: Open) -> None:
    store.begin(run("r1"))
    store.begin(run("r2"))
    (first, one), (_, other) = (store.shares.create("", RUN, name) for name in ("r1", "r2"))
    store.shares.withdraw("", first.id)
    store.delete(["r2"], "")
    said = [[each.value for each in open_page("shared", key=token).warning] for token in (one, other)]
    assert said == [[f"{GONE} Ask whoever sent it for a new one."]] * 2


def test_a_shared_run_shows_what_was_asked_answered_measured_and_judged(
    store: Store, open_page: Open, html_of: Read
) -> None:
    asked = {"system_instruction": "Be short.", "temperature": 0.2}
    store.begin(run("r1", "Is the sea deep?", request=asked, owner="ann", judgements=(opinion("j"),), tags=("hers",)))
    store.begin(run("other", "Another secret run", owner="ann"))
    app = shared(store, open_page, RUN, "r1", "ann")
    said = words(html_of, app)
    for part in (
        "26 Nov 2026, 12:00",
        "catalog c0ffee",
        "Is the sea deep?",
        "Be short.",
        "Temperature 0.2",
        "Yes, it is so.",
        "No, it is not.",
        "Measured",
        "Cost",
        "Opinion of a model, gemini-3.8-flash",
        "Take along",
    ):
        assert part in said
    for absent in ("Another secret run", "hers", "ann"):
        assert not re.search(rf"\b{absent}\b", said)
    assert len(app.get("download_button")) == 1
    # Nothing on the page changes, sends or votes.
    assert [each.key for each in app.button] == []
    assert not app.text_area
    assert not app.text_input
    assert not app.chat_input


def test_a_shared_turn_shows_the_turns_before_it(store: Store, open_page: Open, html_of: Read) -> None:
    store.begin(run("first", "And first?", answers=("Alpha.", "Beta.")))
    store.begin(run("second", "And then?", parent="first"))
    app = shared(store, open_page, RUN, "second")
    assert "Alpha." in words(html_of, app)
    assert [each.label for each in app.expander if each.label.startswith("Turn")] == ["Turn 1: And first?"]


def test_a_blind_run_stays_blind_until_its_owner_votes(store: Store, open_page: Open, html_of: Read) -> None:
    store.begin(run("r1", order=(1, 0)))
    token = store.shares.create("", RUN, "r1")[1]
    app = open_page("shared", key=token)
    said = words(html_of, app)
    assert "This run is blind, and its owner has not voted yet" in said
    assert "Answer A" in said
    assert "Yes, it is so." in said
    for telling in ("2.0 Flash", "2.0 Pro", "gemini-2.0", "Measured"):
        assert telling not in said
    assert not app.get("download_button")
    store.vote("r1", "one")
    said = words(html_of, open_page("shared", key=token))
    assert "Blind vote, cast before any name was shown: 2.0 Pro exp preferred." in said
    assert "Measured" in said


def test_a_simulated_and_an_imported_run_are_marked(store: Store, open_page: Open, html_of: Read) -> None:
    store.begin(run("r1", simulated=True, imported=True))
    said = words(html_of, shared(store, open_page, RUN, "r1"))
    assert "◌ Simulated" in said
    assert "⇥ Imported" in said


def test_a_run_that_still_goes_on_says_so(store: Store, open_page: Open, html_of: Read) -> None:
    store.begin(run("r1", status="streaming"))
    app = shared(store, open_page, RUN, "r1")
    assert "This run is still going." in words(html_of, app)


def test_a_shared_batch_shows_settings_results_and_rows(store: Store, open_page: Open, html_of: Read) -> None:
    batch(store, "ann")
    app = shared(store, open_page, BATCH, "job", "ann")
    said = words(html_of, app)
    for part in (
        "Numbers",
        "{prompt}",
        "Max output tokens 20",
        "right (contains)",
        "c0ffee",
        "◌ Simulated",
        "8 of 8 answers, 1 failed",
        "Say the number 3.",
    ):
        assert part in said
    assert not re.search(r"\bann\b", said)
    assert [each.key for each in app.button] == []
    html = " ".join(html_of(app))
    targets = re.findall(r'href="(shared\?[^"]*row=3[^"]*)"', html)
    assert targets
    assert all("key=" in target for target in targets)
    assert not re.findall(r'href="batch\?', html)


def test_a_row_of_a_shared_batch_opens_with_both_answers(store: Store, open_page: Open, html_of: Read) -> None:
    batch(store)
    app = shared(store, open_page, BATCH, "job", row="3")
    said = words(html_of, app)
    assert f"Answer 3 of {PRO}." in said
    assert f"Answer 3 of {FLASH}." in said
    assert "It is wrong." in said
    assert [each.key for each in app.button] == []


def test_a_link_is_made_after_saying_what_it_shows_and_withdrawn_again(
    store: Store, open_page: Open, html_of: Read
) -> None:
    store.begin(run("r1", request={"system_instruction": "Be short."}))
    app = unfold(open_page("history", open="r1"), "history_share_box")
    app.text_input(key="history_share_name").set_value("the board")
    app.selectbox(key="history_share_days").set_value("week")
    button(app, "history_share_ask")
    said = words(html_of, app)
    assert "Let everybody who has the link read this run, for 7 days?" in said
    assert "the prompt, the system instruction, the settings and both answers with times, tokens and cost." in said
    assert "the files themselves, your key, your tags and any other run." in said
    assert store.shares.of_target("", RUN, "r1") == ()
    button(app, "history_share_make")
    token = made_link(app)
    (link,) = store.shares.of_target("", RUN, "r1")
    assert store.shares.find(token) == link
    assert link.name == "the board"
    assert link.expires is not None
    assert (link.expires - link.created).days == 7
    assert "the board" in words(html_of, app)
    assert "Is it?" in words(html_of, open_page("shared", key=token))

    button(app, f"history_share_withdraw_{link.id}")
    assert store.shares.find(token) is None
    assert not [element for element in app.code if "shared?key=" in element.value]
    assert "from now on it opens nothing" in words(html_of, app)


def test_not_now_makes_no_link(store: Store, open_page: Open) -> None:
    store.begin(run("r1"))
    app = unfold(open_page("history", open="r1"), "history_share_box")
    button(app, "history_share_ask")
    button(app, "history_share_no")
    assert store.shares.of_target("", RUN, "r1") == ()
    assert app.button(key="history_share_ask")


def test_a_batch_is_shared_from_its_page(store: Store, open_page: Open, html_of: Read) -> None:
    batch(store)
    app = unfold(open_page("batch", job="job"), "batch_share_box")
    app.selectbox(key="batch_share_days").set_value("ever")
    button(app, "batch_share_ask")
    said = words(html_of, app)
    assert "Let everybody who has the link read this batch, until you withdraw it?" in said
    assert "4 rows with all columns (prompt)" in said
    button(app, "batch_share_make")
    (link,) = store.shares.of_target("", BATCH, "job")
    assert link.expires is None
    assert store.shares.find(made_link(app)) == link


def test_an_imported_batch_opens_with_its_results_and_offers_no_run(
    store: Store, tmp_path: Path, open_page: Open, html_of: Read
) -> None:
    other = open_store(f"sqlite:///{tmp_path / 'other.sqlite'}")
    batch(other, "ann")
    (record,) = other.batches.of_owner("ann")
    assert import_lines(store, "", list(export_lines(other, record))[:-1]).answers == 7
    other.close()
    app = open_page("batch", job="job")
    said = words(html_of, app)
    assert "⇥ Imported" in said
    assert "The file that this batch came from does not hold every answer." in said
    assert "Say the number 3." in said
    assert "batch_resume" not in {each.key for each in app.button}


def test_the_page_is_not_in_the_navigation() -> None:
    from components.frame.navigation import PLACES

    assert [place.path for place in PLACES if place.hidden] == ["shared"]
