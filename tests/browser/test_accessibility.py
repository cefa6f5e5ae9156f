"""axe finds nothing serious or critical on any page, light or dark."""

from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.browser.driver import PHONE, QUICK, Screen

pytestmark = pytest.mark.browser

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


def with_settings_open(screen: Screen) -> None:
    screen.open_popover("Settings")


FOUR = "gemini-2.0-pro,gemini-2.0-flash,gemini-2.5-pro,gpt-5"
STATES: dict[str, tuple[str, Callable[[Screen], None]]] = {
    "overview, sources opened": ("", with_values_opened),
    "compare, values opened": ("compare?models=gemini-2.5-pro,gemini-3.8-flash&rows=all", with_values_opened),
    "compare, four models, one unknown": ("compare", with_unknown_model),
    "architecture, sources opened": ("architecture", with_values_opened),
    "benchmarks": ("benchmarks", as_it_is),
    "benchmarks, everything opened": ("benchmarks", with_everything_opened),
    "benchmarks, four models": (f"benchmarks?models={FOUR}", as_it_is),
    "all models": ("models", as_it_is),
    "all models, filtered to nothing": ("models?q=no+such+model", as_it_is),
    "model card, everything opened": ("model?id=gemini-2.0-flash", with_everything_opened),
    "model card, unknown model": ("model?id=gemini-9", as_it_is),
    "sources": ("sources", as_it_is),
    "conflicts": ("sources?show=conflicts", with_everything_opened),
    "glossary": ("sources?show=glossary", as_it_is),
    "playground": ("playground", as_it_is),
    "playground, settings": ("playground", with_settings_open),
    "playground, running": ("playground", while_it_runs),
    "playground, stopped": ("playground", after_stop),
    "playground, after a run": ("playground", after_a_run),
    "playground, after a failed run": ("playground", after_a_failed_run),
}


@pytest.mark.parametrize("state", STATES)
def test_axe_finds_nothing_serious_in_light_and_dark(visit, state):
    path, reach = STATES[state]
    screen = visit(path)
    reach(screen)
    assert_accessible(screen, "light")
    screen.show_in("dark")
    assert_accessible(screen, "dark")


@pytest.mark.parametrize("path", ["compare", "benchmarks", "models", "model?id=gemini-2.0-flash", "sources"])
def test_axe_finds_nothing_serious_on_a_phone(visit, path):
    screen = visit(path, size=PHONE)
    with_everything_opened(screen)
    assert_accessible(screen, "light")


def assert_accessible(screen: Screen, scheme: str) -> None:
    found = serious_violations(screen)
    assert not found, f"in {scheme}:\n{found}"


def serious_violations(screen: Screen) -> str:
    """One line a violating element: rule, impact, selector, what is wrong, the element's own HTML."""
    found = Axe().run(screen.page).response["violations"]
    return "\n".join(
        _line(violation, node)
        for violation in found
        if violation["impact"] in ("serious", "critical")
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
