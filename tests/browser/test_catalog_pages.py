"""The pages of the catalog as their readers use them: leaderboard, model card, sources, benchmarks, own data.

Expected values are read from the catalog's files with a plain YAML parser, apart from the program.
"""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import yaml
from playwright.sync_api import FilePayload, Locator, expect

from tests.browser.driver import FLASH, PRO, ROOT, Screen, window

pytestmark = pytest.mark.browser

DATA = ROOT / "catalog" / "data"
CONTEXT = "context_window"
Visit = Callable[..., Screen]


def document(path: Path) -> dict[str, Any]:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def models() -> dict[str, dict[str, Any]]:
    """The claim file of each model by its id."""
    return {path.stem: document(path) for path in sorted(DATA.glob("models/*/*.yaml"))}


@pytest.fixture(scope="module")
def tab(chromium, app) -> Iterator[Screen]:
    with window(chromium, app, "models") as opened:
        yield opened


@pytest.fixture
def visit(tab: Screen) -> Visit:
    """Opens a page as a new visitor, since that is what loading it anew makes; one window keeps the scripts read."""

    def load(path: str) -> Screen:
        tab.open(path)
        return tab

    return load


def names(models: dict[str, dict[str, Any]], **wanted: str) -> set[str]:
    return {each["name"] for each in models.values() if all(each[key] == value for key, value in wanted.items())}


# The leaderboard.


def shown(screen: Screen) -> list[str]:
    """The names in the table from top to bottom."""
    return screen.page.locator(".board tbody th a").all_inner_texts()


def column(screen: Screen, measure: str) -> list[str]:
    """The figures of a column from top to bottom, without what stands small below them."""
    return screen.page.locator(".board").evaluate(
        """(board, measure) => {
          const at = board.querySelector(`button[data-sort="${measure}"]`).closest("th").cellIndex;
          return [...board.querySelectorAll("tbody tr")].map(row => row.cells[at].innerText.split("\\n")[0]);
        }""",
        measure,
    )


def head(screen: Screen, measure: str) -> Locator:
    return screen.page.locator(f'.board button[data-sort="{measure}"]')


def direction(screen: Screen, measure: str) -> Locator:
    return screen.page.locator(".board th").filter(has=screen.page.locator(f'button[data-sort="{measure}"]'))


def expect_sorted(screen: Screen, measure: str, way: str) -> None:
    expect(direction(screen, measure)).to_have_attribute("aria-sort", way)
    expect(screen.page.locator(".board th[aria-sort]")).to_have_count(1)
    screen.settle()


def tokens(texts: list[str]) -> list[int]:
    return [int(re.sub(r"\D", "", text)) for text in texts]


def test_a_click_on_a_head_sorts_and_a_second_one_turns_it_round_with_missing_values_last(
    visit: Visit, models: dict[str, dict[str, Any]]
) -> None:
    missing = sum(not each.get(CONTEXT) for each in models.values())
    assert missing == 2
    screen = visit("models")

    head(screen, CONTEXT).click()
    expect_sorted(screen, CONTEXT, "descending")
    assert screen.asked == {"sort": f"-{CONTEXT}"}
    falling = column(screen, CONTEXT)
    assert falling[-missing:] == ["not found"] * missing
    assert tokens(falling[:-missing]) == sorted(tokens(falling[:-missing]), reverse=True)
    assert (shown(screen)[0], falling[0]) == ("Llama 4 Scout", "≠ 10,000,000")

    head(screen, CONTEXT).click()
    expect_sorted(screen, CONTEXT, "ascending")
    assert screen.asked == {"sort": CONTEXT}
    rising = column(screen, CONTEXT)
    assert rising[-missing:] == ["not found"] * missing
    assert tokens(rising[:-missing]) == sorted(tokens(rising[:-missing]))
    assert rising[0] == "8,192"
    assert len(rising) == len(falling) == len(models)


def test_back_brings_the_order_before_and_a_copied_address_shows_the_same(visit: Visit) -> None:
    screen = visit("models")
    newest = shown(screen)
    head(screen, "prices.output").click()
    screen.page.wait_for_url("**sort=*")
    screen.settle()
    way = direction(screen, "prices.output").get_attribute("aria-sort")
    by_price = shown(screen)
    assert by_price != newest
    screen.page.go_back()
    expect_sorted(screen, "release_date", "descending")
    assert shown(screen) == newest
    assert screen.asked == {}
    screen.page.go_forward()
    expect_sorted(screen, "prices.output", way or "")
    assert shown(screen) == by_price
    assert shown(visit(screen.page.url.removeprefix(f"{screen.app.url}/"))) == by_price


def test_heads_are_pressed_by_keyboard_and_keep_the_focus(visit: Visit) -> None:
    screen = visit("models")
    head(screen, CONTEXT).focus()
    screen.page.keyboard.press("Enter")
    expect_sorted(screen, CONTEXT, "descending")
    expect(head(screen, CONTEXT)).to_be_focused()
    screen.page.keyboard.press("Enter")
    expect_sorted(screen, CONTEXT, "ascending")
    assert column(screen, CONTEXT)[0] == "8,192"


def tick(screen: Screen, name: str) -> None:
    screen.page.get_by_role("checkbox", name=f"Pick {name} to compare", exact=True).check()


def test_two_ticked_models_are_one_link_away_from_their_comparison(visit: Visit) -> None:
    screen = visit("models")
    tick(screen, "GPT-5")
    tick(screen, "Gemini 2.5 Pro")
    screen.page.wait_for_url("**pick=gpt-5%2Cgemini-2.5-pro*")
    screen.main.get_by_role("link", name="Compare these").click()
    screen.page.wait_for_url("**/compare?models=*")
    screen.settle()
    assert screen.asked["models"] == "gpt-5,gemini-2.5-pro"
    cards = screen.page.locator(".card")
    expect(cards).to_have_count(2)
    expect(cards.nth(0)).to_contain_text("GPT-5")
    expect(cards.nth(1)).to_contain_text("Gemini 2.5 Pro")


def test_a_fifth_model_cannot_be_ticked_until_one_is_let_go(visit: Visit) -> None:
    screen = visit("models?pick=gpt-5,gpt-4o,o3-mini,gpt-4.1")
    boxes = screen.page.locator(".board input[data-pick]")
    expect(screen.page.locator(".board input:checked")).to_have_count(4)
    expect(screen.page.locator(".board input:enabled")).to_have_count(4)
    screen.page.get_by_role("checkbox", name="Pick GPT-4o to compare", exact=True).uncheck()
    expect(screen.page.locator(".board input:enabled")).to_have_count(boxes.count())
    screen.page.wait_for_url("**pick=gpt-5%2Co3-mini%2Cgpt-4.1")


def test_search_and_filter_show_the_same_typed_or_from_the_address(
    visit: Visit, models: dict[str, dict[str, Any]]
) -> None:
    wanted = {name for name in names(models, lab="google-deepmind") if "lite" in name.lower()}
    assert 3 < len(wanted) < 10
    screen = visit("models")
    screen.keyed("models_search").get_by_role("searchbox").press_sequentially("lite")
    screen.page.wait_for_url("**q=lite*")
    screen.keyed("models_lab").get_by_role("combobox").click()
    screen.page.get_by_role("option", name="Google DeepMind").click()
    screen.page.wait_for_url("**lab=google-deepmind*")
    screen.page.keyboard.press("Escape")
    screen.settle()
    assert set(shown(screen)) == wanted
    expect(screen.page.locator("p.strip")).to_contain_text(f"{len(wanted)} of {len(models)} models")
    expect(screen.keyed("models_search").get_by_role("searchbox")).to_have_value("lite")

    typed = shown(screen)
    copy = visit("models?q=lite&lab=google-deepmind")
    assert shown(copy) == typed
    expect(copy.keyed("models_search").get_by_role("searchbox")).to_have_value("lite")
    expect(copy.keyed("models_lab")).to_contain_text("Google DeepMind")


def test_an_unknown_lab_in_the_address_gets_a_sentence_and_everything_is_shown(
    visit: Visit, models: dict[str, dict[str, Any]]
) -> None:
    screen = visit("models?lab=nobody&page=7")
    said = screen.page.get_by_test_id("stAlert")
    expect(said).to_contain_text("The address asks for lab nobody, which no model has, so it is left out.")
    expect(said).to_contain_text("google-deepmind")
    assert len(shown(screen)) == len(models)
    expect(screen.page.get_by_test_id("stPagination")).to_have_count(0)


# The model card.


def title(screen: Screen) -> Locator:
    return screen.page.locator("section.id-card h2")


def test_a_name_opens_the_card_which_leads_on_by_its_select_box_and_its_links(
    visit: Visit, models: dict[str, dict[str, Any]]
) -> None:
    screen = visit("models?lab=openai")
    screen.page.get_by_role("link", name="GPT-4.1", exact=True).click()
    screen.page.wait_for_url("**/model?id=gpt-4.1")
    expect(title(screen)).to_contain_text("GPT-4.1")
    screen.settle()

    screen.choose("model_id", "Claude Sonnet 5")
    expect(title(screen)).to_contain_text("Claude Sonnet 5")
    assert screen.asked == {"id": "claude-sonnet-5"}
    screen.page.go_back()
    expect(title(screen)).to_contain_text("GPT-4.1")
    screen.settle()
    assert screen.asked == {"id": "gpt-4.1"}
    screen.main.get_by_role("link", name="All models of OpenAI").click()
    screen.page.wait_for_url("**/models?lab=openai")
    expect(screen.main.locator(".board tbody tr").first).to_be_visible()
    screen.settle()
    assert set(shown(screen)) == names(models, lab="openai")


def test_a_value_on_the_card_and_its_source_are_those_of_the_claim_file(
    visit: Visit, models: dict[str, dict[str, Any]]
) -> None:
    name = "gemini-3.1-flash-tts-preview"
    (claim,) = models[name][CONTEXT]
    source = document(DATA / "sources.yaml")[claim["source"]]
    tile = visit(f"model?id={name}").page.locator(".tile").filter(has_text="Context window")
    expect(tile.locator(".value")).to_have_text(f"{claim['value']:,} tokens")
    tile.locator("summary").click()
    link = tile.get_by_role("link", name=source["title"], exact=True)
    expect(link).to_have_attribute("href", source["url"])


# Sources, conflicts and glossary.


def test_a_conflict_leads_to_the_card_where_it_stands_first(visit: Visit) -> None:
    screen = visit("sources")
    screen.keyed("sources_show").get_by_text("Conflicts", exact=True).click()
    row = screen.page.locator(".against-table tbody tr").filter(has_text="Output limit").first
    expect(row).to_contain_text("8,192 tokens")
    expect(row).to_contain_text("65,536 tokens")
    assert screen.asked == {"show": "conflicts"}
    row.get_by_role("link", name="Gemini 2.0 Flash", exact=True).click()
    screen.page.wait_for_url(f"**/model?id={FLASH}")
    expect(title(screen)).to_contain_text("Gemini 2.0 Flash")
    conflicts = screen.keyed("model_conflicts").locator("li").filter(has_text="65,536 tokens")
    expect(conflicts.first).to_contain_text("8,192 tokens stands against 65,536 tokens")


def test_a_search_in_the_glossary_finds_a_term_with_its_sentence(visit: Visit) -> None:
    terms = document(DATA / "glossary.yaml")
    wanted = [each for key, each in terms.items() if "wilson" in f"{key} {each['label']} {each['plain']}".lower()]
    wanted.sort(key=lambda each: each["label"].lower())
    assert "Wilson interval" in [each["label"] for each in wanted]
    screen = visit("sources")
    screen.keyed("sources_show").get_by_text("Glossary", exact=True).click()
    found = screen.page.locator("dl.glossary dt")
    expect(found).to_have_count(len(terms))
    field = screen.keyed("sources_term").get_by_role("textbox")
    field.fill("wilson")
    field.press("Enter")
    expect(found).to_have_count(len(wanted))
    expect(screen.page.locator("dl.glossary dd")).to_have_text([each["plain"] for each in wanted])
    screen.settle()
    assert screen.asked == {"show": "glossary", "term": "wilson"}
    screen.page.reload()
    expect(found).to_have_text([each["label"] for each in wanted])


def resting_on(source: str) -> int:
    """How many claims, events, statements and results of the files name a source as theirs."""

    def count(node: object) -> int:
        if isinstance(node, list):
            return sum(map(count, node))
        if isinstance(node, dict):
            return (node.get("source") == source) + sum(map(count, node.values()))
        return 0

    return sum(count(document(path)) for folder in ("models", "benchmarks") for path in (DATA / folder).rglob("*.yaml"))


def test_an_opened_source_lists_every_value_that_rests_on_it(visit: Visit) -> None:
    wanted = resting_on("seed_card")
    assert wanted > 10
    screen = visit("sources?q=model+card")
    opens = screen.page.get_by_role("link", name="Open Gemini 2.0 Flash exp (model card)", exact=True)
    expect(opens).to_have_text(str(wanted))
    opens.click()
    screen.page.wait_for_url("**source=seed_card*")
    opened = screen.page.locator("section.opened")
    expect(opened).to_contain_text(f"{wanted} values rest on it.")
    groups = opened.locator("details").filter(has=screen.page.locator("summary", has_text="Flash Experimental"))
    values = groups.locator("li").filter(has_text="11 Dec 2024")
    expect(values).to_be_hidden()
    groups.locator("summary").click()
    expect(values).to_have_text("Released: 11 Dec 2024")
    assert opened.locator("li").filter(has=screen.page.locator("b")).count() == wanted


# Benchmarks.


def judged(screen: Screen, name: str) -> Locator:
    return screen.page.locator(f'.st-key-benchmarks_table tr[data-test="{name}"]')


@pytest.mark.parametrize(
    ("name", "scores", "difference", "interval", "verdict"),
    [
        # Scores from the Gemma 3 report, Table 6; intervals by Newcombe's method 10, worked out apart.
        ("gpqa_diamond", ("64.7%", "60.1%"), "+4.6", "−4.9 to +14.0", "too close to call"),
        ("mmlu_pro", ("79.1%", "77.6%"), "+1.5", "+0.5 to +2.5", "small but real"),
        ("facts_grounding", ("82.8%", "84.6%"), "−1.8", "−4.3 to +0.7", "too close to call"),
    ],
)
def test_verdict_and_interval_of_a_test_are_on_screen(
    visit: Visit, name: str, scores: tuple[str, str], difference: str, interval: str, verdict: str
) -> None:
    row = judged(visit(f"benchmarks?test={name}"), name)
    cells = row.locator("td")
    expect(cells.nth(0).locator(".value")).to_have_text(scores[0])
    expect(cells.nth(1).locator(".value")).to_have_text(scores[1])
    expect(row.locator(".apart b")).to_have_text(difference)
    expect(row.locator(".apart .also")).to_have_text(interval)
    expect(row.locator(".verdict")).to_contain_text(verdict)
    expect(row.locator(".verdict")).to_be_visible()


def rows_left(screen: Screen) -> list[str]:
    return screen.page.locator(".st-key-benchmarks_table tr[data-test]").evaluate_all(
        "rows => rows.filter(row => row.checkVisibility()).map(row => row.dataset.test)"
    )


def test_a_filter_changes_count_and_address_and_a_copied_address_shows_the_same(visit: Visit) -> None:
    screen = visit("benchmarks")
    everything = rows_left(screen)
    expect(screen.main.get_by_text(f"{len(everything)} of {len(everything)} tests shown")).to_be_visible()
    screen.keyed("benchmarks_verdict").get_by_text("small but real").click()
    screen.page.wait_for_url("**verdict=small*")
    screen.settle()
    left = rows_left(screen)
    assert "mmlu_pro" in left
    assert "gpqa_diamond" not in left
    words = screen.main.get_by_text(f"{len(left)} of {len(everything)} tests shown")
    expect(words).to_be_visible()
    chips = screen.page.locator(".st-key-benchmarks_table .verdict").filter(visible=True)
    assert all("small but real" in text for text in chips.all_inner_texts())

    copy = visit(screen.page.url.removeprefix(f"{screen.app.url}/"))
    assert rows_left(copy) == left
    expect(copy.main.get_by_text(f"{len(left)} of {len(everything)} tests shown")).to_be_visible()


def test_another_pair_of_four_models_is_judged(visit: Visit) -> None:
    screen = visit(f"benchmarks?models={PRO},{FLASH},gemini-1.5-pro,gemini-1.5-flash")
    screen.keyed("benchmarks_pair").get_by_text("1.5 Pro with 1.5 Flash", exact=True).click()
    screen.page.wait_for_url("**pair=*")
    screen.settle()
    assert screen.asked["pair"] == "gemini-1.5-pro,gemini-1.5-flash"
    expect(screen.page.locator(".st-key-benchmarks_table thead")).to_contain_text("1.5 Pro minus 1.5 Flash")
    row = judged(screen, "gpqa_diamond")
    # The same table of the Gemma 3 report: 59.1 less 51.0, of 198 questions each.
    assert row.locator("td .value").all_inner_texts() == ["64.7%", "60.1%", "59.1%", "51.0%"]
    expect(row.locator(".apart b")).to_have_text("+8.1")
    expect(row.locator(".apart .also")).to_have_text("−1.7 to +17.7")
    expect(row.locator(".verdict")).to_contain_text("too close to call")

    screen.page.go_back()
    expect(screen.page.locator(".st-key-benchmarks_table thead")).to_contain_text("2.0 Pro exp minus 2.0 Flash")
    expect(judged(screen, "gpqa_diamond").locator(".apart b")).to_have_text("+4.6")


# The visitor's own data.

TABLE = """model,benchmark,score,n,conditions
gemini-2.0-flash,HumanEval,91.3,164,our harness
gemini-2.0-pro,HumanEval,93.3,164,our harness
"""
MODEL = """id: house-{at}
name: House model {at}
short_name: House {at}
lab: own
family: House
tier: pro
identity: [own]
context_window:
  - {{value: 4096, unit: tokens, source: own, as_of: 2026-11}}
"""


def bring(screen: Screen, *files: tuple[str, str]) -> Locator:
    """Choose files and press the button; returns the box with what is said about them."""
    box = screen.keyed("models_own")
    if not box.get_by_role("button", name="Show beside the catalog").is_visible():
        box.get_by_text("Add your own results or models").click()
    chosen = [FilePayload(name=name, mimeType="text/plain", buffer=text.encode()) for name, text in files]
    screen.keyed("models_own_files").locator("input[type=file]").set_input_files(chosen)
    expect(screen.keyed("models_own_show").get_by_role("button")).to_be_enabled()
    screen.keyed("models_own_show").get_by_role("button").click()
    return box


def humaneval(screen: Screen) -> Locator:
    label = screen.page.get_by_role("rowheader", name="HumanEval", exact=True)
    return screen.page.locator("table.facts tbody tr").filter(has=label)


def test_own_results_stand_on_other_pages_marked_until_they_are_taken_out(visit: Visit) -> None:
    screen = visit("models")
    expect(bring(screen, ("mine.csv", TABLE))).to_contain_text("2 results of yours beside the catalog.")
    screen.go_to("Compare")
    for at, score in enumerate(("93.3%", "91.3%")):
        expect(humaneval(screen).locator("td").nth(at)).to_contain_text(score)
        expect(humaneval(screen).locator("td").nth(at)).to_contain_text("your own")
    note = screen.keyed("frame_own_note")
    expect(note).to_contain_text("mine.csv")

    note.get_by_role("button", name="Take it out").click()
    expect(note).to_have_count(0)
    screen.settle()
    expect(screen.page.get_by_text("93.3%")).to_have_count(0)
    expect(screen.page.locator(".kind-own")).to_have_count(0)
    screen.go_to("Benchmarks")
    expect(judged(screen, "humaneval")).to_have_count(0)


def test_a_broken_table_gets_a_sentence_and_changes_nothing(visit: Visit) -> None:
    screen = visit("models")
    rows = shown(screen)
    box = bring(screen, ("broken.csv", "model,benchmark,score\nnobody,HumanEval,50\n"))
    expect(box.get_by_test_id("stAlert")).to_contain_text("what you see has not changed")
    expect(box.get_by_test_id("stCode")).to_contain_text("nobody")
    expect(screen.keyed("frame_own_note")).to_have_count(0)
    expect(screen.page.get_by_test_id("stException")).to_have_count(0)
    assert shown(screen) == rows


@pytest.fixture
def with_models(visit: Visit) -> Screen:
    """The leaderboard with six models of one's own, which makes more than a page holds."""
    screen = visit("models")
    files = [(f"house-{at}.yaml", MODEL.format(at=at)) for at in range(6)]
    expect(bring(screen, *files)).to_contain_text("0 results and 6 models of yours")
    screen.settle()
    return screen


def test_more_models_than_a_page_holds_are_turned_by_pages(
    with_models: Screen, models: dict[str, dict[str, Any]]
) -> None:
    screen = with_models
    first = shown(screen)
    assert len(first) == 50
    expect(screen.page.locator("p.strip")).to_contain_text(f"{len(models) + 6} models")
    screen.keyed("models_page").get_by_role("button", name="Page 2").click()
    screen.page.wait_for_url("**page=2*")
    screen.settle()
    assert {*first, *shown(screen)} == names(models) | {f"House model {at}" for at in range(6)}
    assert len(shown(screen)) == len(models) + 6 - 50
    expect(screen.page.locator("p.strip")).to_contain_text("Page 2 of 2")

    head(screen, CONTEXT).click()
    expect_sorted(screen, CONTEXT, "descending")
    assert "page" not in screen.asked
    assert shown(screen)[0] == "Llama 4 Scout"


def test_the_card_of_an_own_model_opens_from_its_name(with_models: Screen) -> None:
    screen = with_models
    screen.keyed("models_search").get_by_role("searchbox").press_sequentially("House model 3")
    screen.page.wait_for_url(f"**q={quote('House model 3').replace('%20', '+')}*")
    screen.settle()
    screen.page.get_by_role("link", name="House model 3", exact=True).click()
    screen.page.wait_for_url("**/model?id=house-3")
    title(screen).wait_for()
    assert "House model 3" in title(screen).inner_text()
    expect(screen.page.locator(".tile").filter(has_text="Context window")).to_contain_text("4,096 tokens")
