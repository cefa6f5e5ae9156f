"""The history as its users use it: runs appear, are found, replayed, compared, tagged, deleted and taken along."""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from components.history.store import open_store
from tests.archive.examples import FLASH, OLD, PRO, opinion, run, voted
from tests.browser.driver import DESKTOP, PHONE, QUICK, App, Screen, assert_quiet, running_app
from tests.browser.test_accessibility import assert_accessible
from tests.browser.test_phone import assert_fits

pytestmark = pytest.mark.browser

Visit = Callable[..., Screen]


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("history") / "filled.sqlite"


@pytest.fixture(scope="module")
def server(file: Path) -> Iterator[App]:
    """One server for all tests here, whose runs `filled` renews."""
    with running_app(file.parent, {"HISTORY_FILE": str(file)}) as started:
        yield started
    assert_quiet(started)


@pytest.fixture
def filled(server: App, file: Path) -> App:
    """A server whose history has runs of every kind."""
    store = open_store(f"sqlite:///{file}")
    store.delete(store.ids(""), "")
    for number in range(30):
        store.begin(run(f"r{number:02d}", f"Plain prompt {number}", minutes=-number))
    store.begin(run("big", "x" * 1_000_000, minutes=1, imported=True))
    three = (FLASH, "own/model", "gpt-5")
    store.begin(run("rtl", "\u202eمرحبا <b>bold</b>\x07", minutes=2, models=three, answers=("a", "b", "c")))
    store.begin(run("failed", "Why did it fail?", minutes=3, status="failed", simulated=True, tags=("keep",)))
    store.begin(run("blind", "Which is better?", minutes=4, order=(1, 0)))
    store.begin(run("judged", "Judged", minutes=5, judgements=(opinion("j"),), request={"temperature": 0.2}))
    pairs = ((PRO, FLASH), (FLASH, OLD), (OLD, PRO))
    for number in range(9):
        vote = ("one", "other", "both_bad")[number // 3]
        store.begin(voted(f"v{number}", vote, models=pairs[number % 3], minutes=-99))
    store.close()
    return server


def row(screen: Screen, prompt: str) -> Locator:
    return screen.main.locator("li.run").filter(has_text=prompt)


def box(screen: Screen, prompt: str) -> Locator:
    return row(screen, prompt).get_by_role("checkbox")


def button(screen: Screen, key: str) -> Locator:
    return screen.keyed(key).get_by_role("button")


def test_a_run_of_the_playground_is_found_opened_and_replayed(visit: Visit) -> None:
    screen = visit("playground")
    name = screen.run(f"Tell me about axolotls. {QUICK}")
    answers = [screen.answer_text(side) for side in (0, 1)]
    screen.go_to("History")
    search = screen.keyed("history_q").locator("input")
    search.fill("axolotls")
    search.press("Enter")
    expect(screen.page).to_have_url(re.compile(r"/history\?q=axolotls$"))
    expect(screen.main.locator("li.run")).to_have_count(1)
    found = row(screen, "Tell me about axolotls.")
    expect(found).to_contain_text("complete")
    expect(found).to_contain_text("◌ Simulated")

    found.get_by_role("link", name="Open:").click()
    screen.page.locator("table.figures").wait_for()
    assert screen.asked["run"] == name
    assert [screen.answer_text(side) for side in (0, 1)] == answers

    screen.page.go_back()
    row(screen, "Tell me about axolotls.").get_by_role("link", name="Replay:").click()
    screen.page.locator("table.figures").wait_for()
    expect(screen.main).to_contain_text("A replay at the original speed")
    assert [screen.answer_text(side) for side in (0, 1)] == answers


def test_a_run_again_brings_its_prompt_and_the_chosen_pair(visit: Visit, filled: App) -> None:
    screen = visit("history?open=judged", on=filled)
    screen.choose("history_again_judged", "Gemini 3.8 Flash")
    screen.page.keyboard.press("Escape")
    screen.page.get_by_role("link", name="Run again with these 3 models").click()
    expect(screen.prompt).to_have_value("Judged")
    assert screen.asked["models"] == f"{PRO},{FLASH},gemini-3.8-flash"
    expect(screen.run_button).to_contain_text("Run all 3")


def test_a_row_opens_where_it_stands_and_keeps_the_focus(visit: Visit, filled: App) -> None:
    screen = visit("history", on=filled)
    more = row(screen, "Plain prompt 15").get_by_role("button", name="More:")
    more.scroll_into_view_if_needed()
    before = more.bounding_box()
    more.click()
    expect(screen.keyed("history_opened")).to_contain_text("Yes, it is so.")
    screen.settle()
    assert screen.asked == {"open": "r15"}
    less = row(screen, "Plain prompt 15").get_by_role("button", name="Less:")
    expect(less).to_be_focused()
    after = less.bounding_box()
    assert before is not None
    assert after is not None
    # A jump to the top of the page would be several hundred.
    assert abs(after["y"] - before["y"]) < 200
    less.press("Enter")
    expect(screen.keyed("history_opened")).to_have_count(0)
    assert screen.asked == {}


def test_two_selected_runs_are_compared_and_back_leads_to_the_list(visit: Visit, filled: App) -> None:
    screen = visit("history", on=filled)
    box(screen, "Judged").check()
    # The second click does not wait for the answer to the first.
    box(screen, "Plain prompt 0").check()
    expect(screen.keyed("history_bulk")).to_contain_text("2 runs selected")
    screen.page.get_by_role("link", name="Compare these two").click()
    expect(screen.main).to_contain_text("What was asked differently")
    assert screen.asked == {"compare": "judged,r00"}
    screen.page.get_by_role("link", name="← All runs").click()
    expect(box(screen, "Judged")).to_be_checked()
    button(screen, "history_pick_none").click()
    expect(box(screen, "Judged")).not_to_be_checked()


def test_runs_are_tagged_and_deleted_together(visit: Visit, filled: App) -> None:
    screen = visit("history", on=filled)
    box(screen, "Plain prompt 7").check()
    box(screen, "Judged").check()
    screen.page.get_by_role("button", name="Tag", exact=False).filter(visible=True).first.click()
    new = screen.page.get_by_test_id("stPopoverBody").get_by_role("textbox")
    new.fill("both")
    new.press("Enter")
    screen.page.get_by_role("button", name="Add the tag").click()
    expect(screen.main).to_contain_text("2 runs now have the tag “both”.")
    expect(row(screen, "Judged").locator(".tag")).to_have_text("both")
    screen.page.keyboard.press("Escape")
    button(screen, "history_delete").click()
    expect(screen.keyed("history_bulk")).to_contain_text("Delete 2 runs for good?")
    button(screen, "history_delete_yes").click()
    expect(screen.main).to_contain_text("Deleted 2 runs.")
    expect(row(screen, "Judged")).to_have_count(0)


def test_what_is_exported_comes_back_after_everything_was_deleted(visit: Visit, filled: App, tmp_path: Path) -> None:
    screen = visit("history?view=files", on=filled)
    with screen.page.expect_download() as coming:
        button(screen, "history_export").click()
    whole = tmp_path / "runs.jsonl"
    coming.value.save_as(whole)
    assert len(whole.read_text().splitlines()) == 44
    assert {json.loads(line)["run"]["id"] for line in whole.read_text().splitlines()} >= {"judged", "rtl", "v8"}
    with screen.page.expect_download() as table:
        button(screen, "history_csv").click()
    rows = Path(table.value.path()).read_text()
    assert rows.count("simulated") == 1
    assert "Why did it fail?" in rows

    screen.keyed("history_end_phrase").locator("input").fill("delete 44 runs")
    expect(button(screen, "history_end")).to_be_enabled()
    button(screen, "history_end").click()
    expect(screen.main).to_contain_text("Deleted 44 runs.")
    screen.keyed("history_upload").locator("input[type=file]").set_input_files(whole)
    button(screen, "history_import").click()
    expect(screen.main).to_contain_text("44 runs added.")
    expect(screen.main).to_contain_text("44 runs are kept")
    screen.keyed("history_view").get_by_role("radio", name="Runs").click()
    expect(row(screen, "Why did it fail?")).to_contain_text("◌ Simulated")
    expect(row(screen, "Why did it fail?")).to_contain_text("⇥ Imported")


STATES = {
    "list": "history",
    "opened": "history?open=judged",
    "comparison": "history?compare=failed,judged",
    "votes": "history?view=votes",
    "files": "history?view=files&q=plain",
    "nothing found": "history?q=nosuchword&tag=keep",
    "unknown values": "history?state=nix&model=gemini-9",
}


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_every_view_is_accessible_and_fits_in_light_and_dark(visit: Visit, filled: App, size: dict[str, int]) -> None:
    screen = visit("history", on=filled, size=size)
    for path in STATES.values():
        screen.open(path)
        if path == "history":
            box(screen, "Judged").check()
            button(screen, "history_delete").click()
            expect(screen.keyed("history_bulk")).to_contain_text("Delete 1 run for good?")
            screen.settle()
        if size is PHONE:
            assert_fits(screen)
        else:
            for scheme in ("light", "dark"):
                screen.show_in(scheme)
                assert_accessible(screen, f"{scheme} on {path}")
