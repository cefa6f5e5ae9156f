"""The comparison as its readers use it."""

import csv
import io
import re
from collections.abc import Iterator
from urllib.parse import quote

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.driver import FLASH, PRO, Screen, window

pytestmark = pytest.mark.browser

PAIR = f"{PRO},{FLASH}"


def row(screen: Screen, label: str) -> Locator:
    """The row of a field; its cells are the models' values and then the difference."""
    head = screen.page.get_by_role("rowheader", name=label, exact=True)
    return screen.page.locator("table.facts tbody tr").filter(has=head)


def shown_rows(screen: Screen) -> Locator:
    return screen.page.locator("table.facts tbody tr").filter(visible=True)


def opened(screen: Screen, label: str, model: int) -> Locator:
    """The claims behind a value, after a click on it."""
    details = row(screen, label).locator("td").nth(model).locator("details")
    details.locator("summary").click()
    claims = details.locator("ul.claims li")
    expect(claims.first).to_be_visible()
    return claims


ADDRESS = "compare?models=gemini-2.0-pro,gemini-2.0-flash"


@pytest.fixture
def compare(visit) -> Screen:
    return visit(ADDRESS)


@pytest.fixture(scope="module")
def read(chromium, app) -> Iterator[Screen]:
    """One window for the tests that only read."""
    with window(chromium, app, ADDRESS) as opened:
        yield opened


def test_an_alias_in_the_address_resolves_to_the_model(read):
    assert read.asked["models"] == PAIR
    heads = read.page.locator("table.facts thead").first.locator("th").all_inner_texts()
    assert [text.split(" ", 1)[-1] for text in heads[1:3]] == ["2.0 Pro exp", "2.0 Flash"]


def test_context_windows_stand_side_by_side_with_the_difference_in_words(read):
    cells = row(read, "Context window").locator("td")
    expect(cells.nth(0)).to_contain_text("2,097,152 tokens")
    expect(cells.nth(1)).to_contain_text("1,048,576 tokens")
    expect(cells.nth(2)).to_contain_text("2× the context")


def test_opening_a_value_shows_its_claims_with_kind_date_and_a_link_to_the_source(read):
    cell = row(read, "Context window").locator("td").nth(1)
    promised = re.search(r"(\d+) claims", cell.inner_text())
    claims = opened(read, "Context window", 1)
    assert promised
    assert claims.count() == int(promised[1])
    texts = claims.all_inner_texts()
    kinds = ("official", "third party", "estimate", "illustrative", "inference")
    assert {"official", "third party", "illustrative"} <= {kind for kind in kinds for text in texts if kind in text}
    assert all("1,048,576 tokens" in text for text in texts)
    assert all(re.search(r"\b20\d\d\b", text) for text in texts), "every claim has its date"
    links = claims.locator("a").evaluate_all("links => links.map(link => [link.href, link.target, link.rel])")
    assert links
    assert all(href.startswith("https://") and target == "_blank" for href, target, _ in links)
    assert all("noopener" in rel for *_, rel in links)


def test_conflicting_sources_are_marked_and_both_values_are_among_the_claims(read):
    cell = row(read, "Knowledge cutoff").locator("td").nth(1)
    expect(cell).to_contain_text("Aug 2024")
    expect(cell.locator(".conflict")).to_have_text("≠ sources conflict")
    claims = opened(read, "Knowledge cutoff", 1)
    values = [" ".join(line.split()[:2]) for line in claims.all_inner_texts()]
    assert set(values) == {"Jun 2024", "Aug 2024"}
    assert set(claims.locator("s").all_inner_texts()) == {"Jun 2024"}


def test_lifecycle_chips_and_the_successor_stand_before_the_table(read):
    cards = read.page.locator(".card")
    expect(cards.nth(1).locator(".chip")).to_contain_text("Shut down 1 Jun 2026")
    expect(cards.nth(0).locator(".chip")).to_contain_text("Shut down")
    assert cards.nth(1).bounding_box()["y"] < read.page.locator("table.facts").first.bounding_box()["y"]


def test_the_successor_is_one_link_away(compare):
    compare.main.get_by_role("link", name="Compare Gemini 3.8 Flash instead").click()
    compare.page.wait_for_url("**/compare?models=*3.8*")
    compare.settle()
    assert compare.asked["models"] == f"{PRO},gemini-3.8-flash"
    expect(compare.page.locator(".card").nth(1)).to_contain_text("Gemini 3.8 Flash")
    expect(compare.page.locator("table.facts thead").first).to_contain_text("3.8 Flash")


def test_all_rows_or_differences_only_is_kept_in_the_address(compare):
    fewer = shown_rows(compare).count()
    promised = int(re.search(r"All rows \((\d+)\)", compare.keyed("compare_rows").inner_text())[1])
    compare.keyed("compare_rows").get_by_text("All rows").click()
    rows = shown_rows(compare)
    expect(rows).to_have_count(promised)
    assert fewer < promised
    assert compare.asked["rows"] == "all"

    compare.page.reload()
    compare.settle()
    expect(rows).to_have_count(promised)

    compare.keyed("compare_rows").get_by_text("Differences").click()
    expect(rows).to_have_count(fewer)
    compare.settle()
    assert "rows" not in compare.asked


def test_a_copied_address_shows_the_same_view(compare, visit):
    compare.keyed("compare_rows").get_by_text("All rows").click()
    compare.page.wait_for_url("**rows=all**")
    compare.settle()
    copy = visit(compare.page.url.removeprefix(compare.app.url + "/"))
    table = ".st-key-compare_table"
    assert copy.page.locator(table).inner_text() == compare.page.locator(table).inner_text()


def test_four_models_stand_side_by_side(visit):
    four = f"{PAIR},gemini-2.5-pro,gemini-3.8-flash"
    screen = visit(f"compare?models={four}")
    assert screen.asked["models"] == four
    expect(screen.page.locator(".card")).to_have_count(4)
    expect(screen.page.locator("table.facts thead").first.locator("th")).to_have_count(6)
    marks = screen.page.locator("table.facts thead").first.locator(".mark").all_inner_texts()
    assert len(set(marks)) == 4, "colour alone must not tell the models apart"


def test_a_fifth_model_is_left_out_and_named(visit):
    screen = visit(f"compare?models={PAIR},gemini-2.5-pro,gemini-3.8-flash,gemini-2.5-flash")
    expect(screen.main).to_contain_text("Up to 4 models fit side by side; left out: Gemini 2.5 Flash.")
    expect(screen.page.locator(".card")).to_have_count(4)


def test_an_unknown_model_is_named_and_the_rest_shows(visit):
    screen = visit(f"compare?models={PRO},gemini-2.0-flesh,{FLASH}")
    alert = screen.page.get_by_test_id("stAlert")
    expect(alert).to_contain_text("The catalog has no model called gemini-2.0-flesh, so the rest is shown.")
    expect(alert).to_contain_text("gemini-2.0-flash")
    expect(row(screen, "Context window").locator("td").nth(0)).to_contain_text("2,097,152")
    assert screen.asked["models"] == PAIR


HOSTILE = (
    "<script>window.hit=1</script>",
    "<img src=x onerror=window.hit=1>",
    "\"'><svg onload=window.hit=1>",
    "`code`**bold**[link](javascript:window.hit=1)![picture](https://example.com/x.png)",
    "$x^2$ :red[x] :material/home:",
    "x" * 5000,
    "\u202e\u0000\U0001f600",
)


def test_hostile_text_in_the_address_is_inert(visit):
    names = ",".join(quote(text, safe="") for text in HOSTILE)
    screen = visit(f"compare?models={names},{FLASH}&rows={quote(HOSTILE[0], safe='')}&run={quote(HOSTILE[2], safe='')}")
    alerts = screen.page.get_by_test_id("stAlert")
    expect(alerts).to_have_count(len(HOSTILE))
    assert all("The catalog has no model called" in text for text in alerts.all_inner_texts())
    assert max(map(len, alerts.all_inner_texts())) < 400
    assert screen.page.evaluate("() => window.hit") is None
    assert alerts.locator("a, img, script, strong, .katex").count() == 0
    expect(screen.page.locator("table.facts").first).to_be_visible()
    expect(screen.page.get_by_test_id("stException")).to_have_count(0)


def test_changing_the_picker_changes_the_address_and_the_table(compare):
    compare.choose("compare_models", "Gemini 3.8 Flash")
    expect(compare.page.locator(".card")).to_have_count(3)
    assert compare.asked["models"] == f"{PAIR},gemini-3.8-flash"


def test_the_browsers_back_button_restores_the_earlier_choice(compare):
    compare.choose("compare_models", "Gemini 3.8 Flash")
    expect(compare.page.locator(".card")).to_have_count(3)
    compare.page.go_back()
    expect(compare.page.locator(".card")).to_have_count(2)
    compare.settle()
    assert compare.asked["models"] == PAIR


def test_the_browsers_back_button_restores_the_earlier_rows(compare):
    compare.keyed("compare_rows").get_by_text("All rows").click()
    compare.page.wait_for_url("**rows=all**")
    compare.settle()
    compare.page.go_back()
    compare.page.wait_for_url(lambda url: "rows=all" not in url)
    expect(compare.keyed("compare_rows").get_by_role("radio", checked=True)).to_contain_text("Differences")


def test_removing_a_model_fills_up_from_the_default_pair_and_says_so(compare):
    compare.keyed("compare_models").get_by_role("button", name=re.compile("2.0 Flash")).click()
    expect(compare.main).to_contain_text("Choose at least two models")
    expect(compare.page.locator(".card")).to_have_count(2)


def test_the_download_has_the_rows_shown_with_their_kinds_and_sources(compare):
    records = download(compare)
    shown = shown_rows(compare).locator("th").all_text_contents()
    assert [record["field"] for record in records[::2]] == [label.strip() for label in shown]
    assert {record["model"] for record in records} == {PRO, FLASH}
    context = {record["model"]: record for record in records if record["field"] == "Context window"}
    assert context[PRO]["value"] == "2,097,152 tokens"
    assert context[FLASH]["kind"] == "official"
    assert context[FLASH]["source"]
    cutoff = next(record for record in records if record["field"] == "Knowledge cutoff" and record["model"] == FLASH)
    assert cutoff["conflict"] == "yes"

    compare.keyed("compare_rows").get_by_text("All rows").click()
    compare.page.wait_for_url("**rows=all**")
    compare.settle()
    assert len(download(compare)) > len(records)


def download(screen: Screen) -> list[dict[str, str]]:
    with screen.page.expect_download() as waiting:
        screen.page.get_by_role("button", name="Download as CSV").click()
    assert waiting.value.suggested_filename == f"{PRO}-vs-{FLASH}.csv"
    return list(csv.DictReader(io.StringIO(waiting.value.path().read_text(encoding="utf-8-sig"))))
