"""axe finds nothing serious or critical on any page, light or dark."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.browser.driver import PHONE, QUICK, Screen

pytestmark = pytest.mark.browser

# All that passes stays in the page: to hand it over takes as long as a third of the checks.
_SERIOUS = """async options => {
  const found = await axe.run(options);
  return found.violations.filter(one => ['serious', 'critical'].includes(one.impact));
}"""
# What Streamlit itself draws and no style sheet or markup of ours can mend: rule -> selector.
STREAMLITS_OWN = {
    # With groups in the navigation, st.navigation puts a <div> for each group between its <ul> and its <li>.
    "list": "[data-testid=stSidebarNavItems]",
    "listitem": "[data-testid=stSidebarNavItems] li",
}


def as_it_is(screen: Screen) -> None:
    pass


def with_values_opened(screen: Screen) -> None:
    screen.page.locator("details.proof").evaluate_all("all => all.forEach(one => one.open = true)")
    expect(screen.page.locator("ul.claims").filter(visible=True).first).to_be_visible()


def with_everything_opened(screen: Screen) -> None:
    screen.page.locator("details").evaluate_all("all => all.forEach(one => one.open = true)")
    screen.settle()


def with_the_reports_boxes_opened(screen: Screen) -> None:
    for box in ("Day, workload and advice", "Own runs and votes"):
        screen.main.get_by_text(box).click()
        screen.settle()


def with_unknown_model(screen: Screen) -> None:
    screen.open("compare?models=gemini-9,gemini-2.0-flash&rows=all")


def after_a_run(screen: Screen) -> None:
    screen.run(f"Write a table and some Python code about hash tables. {QUICK}")


def after_a_failed_run(screen: Screen) -> None:
    screen.run(f"What is a hash table? {QUICK}[[simulate fault=rate_limited_minute]]")


def while_it_runs(screen: Screen) -> None:
    screen.send("Say nothing [[simulate fault=stall]]")
    expect(screen.head(1)).to_contain_text("Waiting for the first token")


def after_stop(screen: Screen) -> None:
    while_it_runs(screen)
    screen.stop_button.click()
    screen.finish()


def with_a_sample_asked(screen: Screen) -> None:
    """A document on the shelf, both answers with their quotations, everything folded opened."""
    screen.keyed("documents_sample").get_by_role("button").click()
    expect(screen.main.locator(".fit")).to_have_count(2)
    box = screen.keyed("documents_prompt").locator("textarea")
    box.fill(f"A lift that stands still with somebody inside is an emergency {QUICK}")
    box.press("Control+Enter")
    screen.page.locator("table.figures").wait_for(timeout=30_000)
    expect(screen.main.locator("ol.quotations")).to_have_count(2)
    screen.settle()
    with_everything_opened(screen)


def with_a_document_that_is_too_large(screen: Screen) -> None:
    large = {
        "name": "large.txt",
        "mimeType": "text/plain",
        "buffer": b"The tenant pays the rent each month.\n" * 130_000,
    }
    refused = {"name": "fake.pdf", "mimeType": "application/pdf", "buffer": b"no PDF"}
    screen.keyed("documents_files").locator("input[type=file]").set_input_files([large, refused])
    expect(screen.main.locator(".fit-refusal")).to_be_visible(timeout=30_000)
    screen.main.get_by_text("Split for 2.0 Flash").click()
    screen.settle()


def through_the_inputs(screen: Screen) -> Iterator[str]:
    """Everything that goes into a run, opened: settings tab by tab, files, run options, a table of values."""
    body = screen.page.get_by_test_id("stPopoverBody")
    screen.open_popover("What answers now")
    body.get_by_role("button", name="Check now").click()
    expect(body).to_contain_text("A list proves little")
    yield "what answers now"
    screen.page.keyboard.press("Escape")
    screen.open_popover("Settings")
    body.get_by_text("Own settings for", exact=False).last.click()
    expect(body).to_contain_text("alone")
    for tab in ("Sampling", "Thinking", "JSON", "Tools", "Safety"):
        for one in body.get_by_role("tab", name=tab).all():
            one.click()
        if tab == "Thinking":
            screen.choose("playground_thinking_level", "low")
            expect(body.locator("p.control-note").filter(visible=True).first).to_be_visible()
        yield f"settings, {tab}"
    screen.page.keyboard.press("Escape")
    screen.open_popover("Files")
    chosen = [
        {"name": "notes.txt", "mimeType": "text/plain", "buffer": b"A few words."},
        {"name": "fake.png", "mimeType": "image/png", "buffer": b"no picture"},
    ]
    screen.page.locator("[data-testid=stFileUploader] input[type=file]").set_input_files(chosen)
    expect(body).to_contain_text("notes.txt")
    expect(body.get_by_test_id("stAlert")).to_be_visible()
    yield "files, one taken and one refused"
    screen.page.keyboard.press("Escape")
    screen.open_popover("Run options")
    yield "run options"
    screen.page.keyboard.press("Escape")
    screen.page.get_by_role("radio", name="Extraction to JSON").click()
    screen.settle()
    screen.prompt.fill("The tides in {city}?")
    screen.prompt.blur()
    screen.page.get_by_text("Fill in city from a table").click()
    screen.settle()
    yield "a preset, a table of values, and what the run will take"


def through_a_blind_run(screen: Screen) -> Iterator[str]:
    """A blind run while its answers are held, while it waits for the vote, and after it."""
    screen.page.get_by_text("Blind", exact=True).click()
    screen.settle()
    screen.send("What is a hash table? [[simulate first-token-ms=2500 tokens-per-second=3000]]")
    expect(screen.main.locator("p.hold")).to_be_visible()
    yield "held"
    screen.keyed("playground_vote").wait_for(timeout=30_000)
    screen.settle()
    yield "waiting for the vote"
    screen.page.keyboard.press("Alt+1")
    expect(screen.main).to_contain_text("You preferred A")
    screen.finish()
    yield "after the vote"


def through_the_views(screen: Screen) -> Iterator[str]:
    """A run with repeats, JSON that does not fit, and every way to look at it."""
    screen.open_popover("Run options")
    box = screen.page.get_by_role("spinbutton", name="Repeats for each model")
    box.fill("2")
    box.press("Enter")
    screen.page.keyboard.press("Escape")
    screen.run(f"Write a table, a [link](https://example.com/a) and some Python code about queues. {QUICK}")
    views = screen.keyed("playground_views")
    for view in ("Repeats", "Measures", "Over time", "Differences", "In numbers", "Code", "Judge"):
        views.get_by_text(view, exact=True).click()
        screen.settle()
        if view == "Judge":
            screen.keyed("playground_judge").get_by_role("button").click()
            expect(screen.main.locator("ul.opinions")).to_be_visible()
            screen.settle()
        screen.page.locator("details.proof").evaluate_all("all => all.forEach(one => one.open = true)")
        yield view
    views.get_by_text("Raw", exact=True).click()
    screen.settle()
    yield "Raw"


def through_a_conversation(screen: Screen) -> Iterator[str]:
    """Functions that are called, their results, thoughts, code that ran, sources, an earlier turn, an edit."""
    screen.open_popover("Settings")
    body = screen.page.get_by_test_id("stPopoverBody")
    body.get_by_role("tab", name="Tools").click()
    functions = body.get_by_role("textbox", name="Function declarations")
    functions.fill('[{"name": "get_weather", "description": "Weather now", "parameters": {"type": "object"}}]')
    screen.page.keyboard.press("Tab")
    screen.settle()
    screen.page.keyboard.press("Escape")
    screen.run(f"What is the weather in Oslo? {QUICK}")
    yield "functions called"
    for box in screen.main.get_by_role("textbox", name="get_weather for").all():
        box.fill("cold")
    screen.page.get_by_role("button", name="Send results").click()
    expect(screen.main.locator("p.turn")).to_contain_text("Turn 2")
    screen.finish()
    screen.page.get_by_test_id("stExpander").filter(has_text="Turn 1").locator("summary").click()
    screen.keyed("playground_edit_last").get_by_role("button").click()
    screen.settle()
    yield "a second turn, the first opened, an edit begun"
    screen.open_popover("Settings")
    body.get_by_role("tab", name="Tools").click()
    functions.fill("")
    screen.page.keyboard.press("Tab")
    for switch in ("Google Search", "Code execution"):
        body.get_by_text(switch, exact=True).click()
    screen.settle()
    screen.page.keyboard.press("Escape")
    screen.page.get_by_role("button", name="Cancel").click()
    screen.run(f"Explain a tide table. {QUICK}")
    yield "code that ran and sources"


FOUR = "gemini-2.0-pro,gemini-2.0-flash,gemini-2.5-pro,gpt-5"
STATES: dict[str, tuple[str, Callable[[Screen], None]]] = {
    "overview, sources opened": ("", with_values_opened),
    "compare, values opened": ("compare?models=gemini-2.5-pro,gemini-3.8-flash&rows=all", with_values_opened),
    "compare, four models, one unknown": ("compare", with_unknown_model),
    "architecture, sources opened": ("architecture", with_values_opened),
    "benchmarks, everything opened": ("benchmarks", with_everything_opened),
    "benchmarks, four models": (f"benchmarks?models={FOUR}", as_it_is),
    "advisor, none passes": ("advisor", with_everything_opened),
    "advisor, everything opened": ("advisor?on=2025-03-01", with_everything_opened),
    "advisor, four models, questions asked": (
        f"advisor?models={FOUR}&on=2025-09-01&weigh=pairs&pairs=4,-4,0,0,4,0,0,0,0,0&wait=2&out_modalities=image",
        with_everything_opened,
    ),
    "advisor, an address that makes no sense": ("advisor?use=x&weights=1&context=y&decided=z", as_it_is),
    "cost, everything opened": ("cost?use=chat", with_everything_opened),
    "cost, four models, both together": (f"cost?models={FOUR}&use=code&growth=5&view=together", with_everything_opened),
    "cost, where bills are equal": (
        "cost?models=gemini-2.0-flash,gemini-4-argon,deepseek-v3&view=even",
        with_everything_opened,
    ),
    "cost, an impossible workload": ("cost?input=10&cached=20&requests=x", as_it_is),
    "all models": ("models", as_it_is),
    "all models, filtered to nothing": ("models?q=no+such+model", as_it_is),
    "model card, everything opened": ("model?id=gemini-2.0-flash", with_everything_opened),
    "model card, unknown model": ("model?id=gemini-9", as_it_is),
    "sources": ("sources", as_it_is),
    "conflicts": ("sources?show=conflicts", with_everything_opened),
    "glossary": ("sources?show=glossary", as_it_is),
    "documents": ("documents", as_it_is),
    "documents, asked, everything opened": (
        "documents?models=gemini-2.5-pro,gemini-2.5-flash",
        with_a_sample_asked,
    ),
    "documents, too large, one refused": ("documents", with_a_document_that_is_too_large),
    "shared, a key that opens nothing": ("shared?key=x", as_it_is),
    "report": ("report", as_it_is),
    "report, with a question of one's own, boxes opened": (
        "report?weights=40,20,20,10,10&context=500000&title=For%20the%20board",
        with_the_reports_boxes_opened,
    ),
    "playground": ("playground", as_it_is),
    "playground, running": ("playground", while_it_runs),
    "playground, stopped": ("playground", after_stop),
    "playground, after a run": ("playground", after_a_run),
    "playground, after a failed run": ("playground", after_a_failed_run),
}


JOURNEYS: dict[str, Callable[[Screen], Iterator[str]]] = {
    "inputs": through_the_inputs,
    "a blind run": through_a_blind_run,
    "views": through_the_views,
    "a conversation": through_a_conversation,
}


@pytest.mark.parametrize("state", STATES)
def test_axe_finds_nothing_serious_in_light_and_dark(visit, state):
    path, reach = STATES[state]
    screen = visit(path)
    reach(screen)
    assert_accessible(screen, "light")
    screen.show_in("dark")
    assert_accessible(screen, "dark")


@pytest.mark.parametrize(
    "path", ["compare", "benchmarks", "advisor?on=2025-03-01", "cost", "models", "model?id=gemini-2.0-flash", "sources"]
)
def test_axe_finds_nothing_serious_on_a_phone(visit, path):
    screen = visit(path, size=PHONE)
    with_everything_opened(screen)
    assert_accessible(screen, "light")
    screen.show_in("dark")
    assert_accessible(screen, "dark")


@pytest.mark.parametrize("journey", JOURNEYS)
def test_axe_finds_nothing_serious_on_the_way_through_the_playground(visit, journey):
    screen = visit("playground")
    found = []
    for state in JOURNEYS[journey](screen):
        # A tooltip that is still fading in has too little contrast for a moment.
        screen.page.mouse.move(1, 1)
        expect(screen.page.locator(".stTooltipContent")).to_have_count(0)
        for scheme in ("light", "dark"):
            screen.show_in(scheme)
            if told := serious_violations(screen, scheme):
                found.append(f"{state}, in {scheme}:\n{told}")
        screen.show_in("light")
    assert not found, "\n".join(found)


@pytest.mark.parametrize("journey", JOURNEYS)
def test_the_way_through_the_playground_fits_a_phone(visit, journey):
    screen = visit("playground", size=PHONE)
    for state in JOURNEYS[journey](screen):
        assert screen.page.evaluate("() => document.documentElement.scrollWidth") <= PHONE["width"], state
        main = "document.querySelector('[data-testid=stMain]')"
        assert screen.page.evaluate(f"() => {main}.scrollWidth <= {main}.clientWidth"), state


def assert_accessible(screen: Screen, scheme: str) -> None:
    found = serious_violations(screen, scheme)
    assert not found, f"in {scheme}:\n{found}"


def serious_violations(screen: Screen, scheme: str) -> str:
    """One line a violating element: rule, impact, selector, what is wrong, the element's own HTML.

    In dark, the same elements have other colours and nothing else, so contrast alone is looked at again.
    """
    rules = {"runOnly": {"type": "rule", "values": ["color-contrast"]}} if scheme.startswith("dark") else {}
    screen.page.evaluate(Axe().axe_script)
    found = screen.page.evaluate(_SERIOUS, {"resultTypes": ["violations"], **rules})
    return "\n".join(
        _line(violation, node)
        for violation in found
        for node in violation["nodes"]
        if not _is_streamlits(violation["id"], screen, node)
    )


def _line(violation: dict[str, Any], node: dict[str, Any]) -> str:
    told = "; ".join(check["message"] for check in node["any"] + node["all"] + node["none"])
    return f"{violation['id']} ({violation['impact']}) at {node['target']}: {told}\n    {node['html'][:200]}"


def _is_streamlits(rule: str, screen: Screen, node: dict[str, Any]) -> bool:
    if rule not in STREAMLITS_OWN:
        return False
    element = screen.page.locator(node["target"][-1]).first
    return bool(element.evaluate("(node, selector) => node.matches(selector)", STREAMLITS_OWN[rule]))
