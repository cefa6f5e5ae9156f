"""The product without a mouse: every page by Tab, and what opens and closes by keys gives the focus back."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.driver import FLASH, PAGES, PRO, Screen

pytestmark = pytest.mark.browser

Visit = Callable[..., Screen]
MOST_STOPS = 25
# The first control that a page is for, by its key or that of the box around it; the navigation comes before it.
FIRST_CONTROL = {
    **dict.fromkeys(PAGES, "{path}_models"),
    "Overview": "overview_models",
    "History": "history_view",
    "All models": "models_search",
    "Model card": "model_id",
    "Sources and glossary": "sources_show",
}

_STILL = "*, *::before, *::after { transition: none !important; animation: none !important }"
# What has the focus, and for _UNSEEN how it looks now, in itself and close around.
_STOP = """async () => {
  window.looksOf = (element) => [null, '::before', '::after'].map((part) => {
    const style = getComputedStyle(element, part);
    const outline = style.outlineStyle === 'none' ? '' : style.outline;
    return [outline, style.boxShadow, style.borderColor, style.backgroundColor];
  }).join();
  await new Promise((done) => requestAnimationFrame(done));
  const here = document.activeElement;
  if (here === document.body) return { end: true };
  const around = [here];
  while (around.length < 6) around.push(around.at(-1).parentElement ?? here);
  const near = here.tagName === 'MAIN' ? [] : [...here.parentElement.children, ...here.querySelectorAll('*')];
  around.push(...near.slice(0, 9));
  const name = `${here.tagName} ${here.getAttribute('aria-label') ?? here.innerText ?? ''}`.slice(0, 80);
  const boxes = [...document.querySelectorAll('[class*="st-key-"]')].filter((each) => each.contains(here));
  const { top, bottom, left, right } = here.getBoundingClientRect();
  const stuck = window.stops?.at(-1)?.around[0] === here;
  // Inside a frame it is for the frame's own page to show the focus, and there may be more than one stop.
  if (here.tagName !== 'IFRAME') (window.stops ??= []).push({ name, around, looks: around.map(looksOf) });
  return {
    end: false, name, stuck,
    inSight: bottom > 0 && top < innerHeight && right > Math.max(left, 0) && left < innerWidth,
    keys: boxes.flatMap((each) => [...each.classList]).filter((each) => each.startsWith('st-key-')),
  };
}"""
# The stops that look the same now that the focus is gone.
_UNSEEN = """async () => {
  document.activeElement.blur();
  await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  const same = ({ around, looks }) => around.every((each, at) => each.isConnected && looksOf(each) === looks[at]);
  const found = (window.stops ?? []).filter(same).map((stop) => stop.name);
  window.stops = [];
  return found;
}"""


@dataclass(frozen=True)
class Walk:
    """The stops of Tab through a page: their names, the keys of the boxes that they are in, and what was wrong."""

    names: list[str]
    keys: set[str]
    wrong: list[str]


def walk(screen: Screen) -> Walk:
    """Presses Tab until the end of the page, at most `MOST_STOPS` times."""
    found = Walk([], set(), [])
    for _ in range(MOST_STOPS):
        screen.page.keyboard.press("Tab")
        stop: dict[str, Any] = screen.page.evaluate(_STOP)
        if stop["end"]:
            break
        if stop["stuck"]:
            found.wrong.append(f"Tab does not leave {stop['name']}")
        if not stop["inSight"]:
            found.wrong.append(f"out of sight: {stop['name']}")
        found.names.append(stop["name"])
        found.keys.update(key.removeprefix("st-key-") for key in stop["keys"])
    found.wrong.extend(f"no sign of the focus: {name}" for name in screen.page.evaluate(_UNSEEN))
    return found


def has_focus(screen: Screen) -> Locator:
    return screen.page.locator("*:focus")


@pytest.mark.parametrize(
    ("scheme", "titles"), [("light", tuple(PAGES)), ("dark", ("Overview", "Advisor", "Playground", "All models"))]
)
def test_tab_walks_every_page_with_the_focus_in_sight(visit: Visit, scheme: str, titles: tuple[str, ...]) -> None:
    screen = visit("shared?key=x", scheme=scheme)
    screen.page.add_style_tag(content=_STILL)
    walked = walk(screen)
    assert walked.names[0] == "A Skip to main content"
    assert "frame_share" in walked.keys
    wrong = [f"Shared: {each}" for each in walked.wrong]
    for title in titles:
        screen.go_to(title)
        # As after the link that skips the navigation.
        screen.main.focus()
        walked = walk(screen)
        wrong += [f"{title}: {each}" for each in walked.wrong]
        wanted = {"frame_share", FIRST_CONTROL[title].format(path=PAGES[title])}
        assert wanted <= walked.keys, f"{title}: out of reach are {wanted - walked.keys}"
    assert not wrong, "\n".join(wrong)


def test_the_first_tab_skips_the_navigation(visit: Visit) -> None:
    screen = visit("cost")
    screen.page.keyboard.press("Tab")
    screen.page.keyboard.press("Enter")
    expect(screen.main).to_be_focused()
    screen.page.keyboard.press("Tab")
    expect(screen.keyed("frame_share").get_by_role("button")).to_be_focused()


def test_models_are_chosen_by_keys_and_the_list_lets_go(visit: Visit) -> None:
    screen = visit("compare")
    field = screen.keyed("compare_models").get_by_role("combobox")
    field.focus()
    screen.page.keyboard.type("2.5 Flash-Lite")
    screen.page.keyboard.press("Enter")
    screen.settle()
    assert screen.asked["models"] == f"{PRO},{FLASH},gemini-2.5-flash-lite"
    expect(field).to_be_focused()
    screen.page.keyboard.press("Escape")
    expect(screen.page.get_by_role("listbox")).to_have_count(0)
    screen.page.keyboard.press("Tab")
    expect(has_focus(screen)).to_have_accessible_name("Clear all")


def test_a_proof_opens_and_closes_by_keys(visit: Visit) -> None:
    screen = visit("")
    fold = screen.main.locator("details.proof").first
    fold.locator("summary").focus()
    screen.page.keyboard.press("Enter")
    expect(fold.locator("ul.claims").first).to_be_visible()
    screen.page.keyboard.press("Space")
    expect(fold.locator("ul.claims").first).to_be_hidden()
    expect(fold.locator("summary")).to_be_focused()


def test_tab_goes_into_an_open_popover_and_on_behind_its_button(visit: Visit) -> None:
    screen = visit("models")
    opener = screen.keyed("models_columns_box").get_by_role("button").first
    opener.focus()
    screen.page.keyboard.press("Enter")
    body = screen.page.get_by_test_id("stPopoverBody")
    screen.settle()
    inside = 0
    screen.page.keyboard.press("Tab")
    while body.locator("*:focus").count() and inside < 20:
        inside += 1
        screen.page.keyboard.press("Tab")
    assert 0 < inside < 20
    expect(screen.keyed("models_filters_box").get_by_role("button").first).to_be_focused()
    opener.focus()
    screen.page.keyboard.press("Tab")
    screen.page.keyboard.press("Shift+Tab")
    expect(opener).to_be_focused()
    screen.page.keyboard.press("Tab")
    screen.page.keyboard.press("Escape")
    expect(body).to_have_count(0)
    expect(opener).to_be_focused()
