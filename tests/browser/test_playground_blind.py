"""A blind run: nothing gives a side away before the vote, not even its pace; the keyboard votes; then the reveal."""

import re
from dataclasses import dataclass

import pytest
from playwright.sync_api import expect

from tests.browser.driver import FLASH, PRO, QUICK, Screen

pytestmark = pytest.mark.browser

# The first side needs ten times as long as the second one, to its first word and for each word after it.
TEN_TIMES_SLOWER = (
    f"[[simulate model={PRO} first-token-ms=600 tokens-per-second=200]]"
    f"[[simulate model={FLASH} first-token-ms=60 tokens-per-second=2000]]"
)
# What would tell the two sides apart: names, ids, signs, and everything that is measured.
_TELLING = re.compile(
    r"2\.0|flash\b|\bpro\b|exp-|\d ?ms\b|\d ?s\b|tokens/s|\$0\.\d|STOP|Served|Requested|Time to first|Cost",
    re.IGNORECASE,
)

# Notes when the text of each side changes in the document, in seconds, until both rest.
_WATCH = """() => {
  window.seen = [[], []];
  const look = () => {
    for (const place of [0, 1]) {
      const box = document.querySelector(`.st-key-playground_answer_${place}`);
      if (!box) continue;
      const text = [...box.querySelectorAll('[data-testid=stMarkdown]')].map(node => node.textContent).join('');
      if (text.trim() && text.length !== seen[place].at(-1)?.[1]) {
        seen[place].push([performance.now() / 1000, text.length]);
      }
    }
  };
  new MutationObserver(look).observe(document.body, {subtree: true, childList: true, characterData: true});
}"""


@dataclass(frozen=True)
class Fairness:
    """How far apart both sides were on screen, in ms: when their first and their last words were shown."""

    first_ms: float
    last_ms: float
    steps: tuple[int, int]


def go_blind(screen: Screen) -> None:
    screen.page.get_by_text("Blind", exact=True).click()
    screen.settle()


def await_vote(screen: Screen) -> None:
    screen.keyed("playground_vote").wait_for(timeout=30_000)
    screen.settle()


def assert_untold(text: str) -> None:
    assert "Answer A" in text
    assert "Answer B" in text
    told = _TELLING.search(text)
    assert told is None, f"{told[0]!r} in {text!r}"


def run_area(screen: Screen) -> str:
    """All text of the run in the document, seen or not, with what assistive technology and the pointer get."""
    return screen.main.evaluate("""main => {
      const start = main.querySelector('.st-key-playground_answer_0').closest('[data-testid=stHorizontalBlock]');
      const end = main.querySelector('.st-key-playground_vote');
      const all = [start, ...start.parentElement.querySelectorAll('*'), end, ...end.querySelectorAll('*')];
      const names = ['title', 'aria-label', 'alt', 'data-model'];
      const told = all.flatMap(node => names.map(name => node.getAttribute(name)));
      return [start.textContent, end.textContent, ...told.filter(Boolean)].join('\\n');
    }""")


def accents(screen: Screen) -> list[str]:
    return [screen.head(place).evaluate("head => getComputedStyle(head).borderTopColor") for place in (0, 1)]


def test_nothing_tells_the_sides_apart_before_the_vote_here_in_another_tab_or_in_the_history(visit):
    screen = visit("playground")
    go_blind(screen)
    run = screen.send(f"What is a red-black tree? {TEN_TIMES_SLOWER}")
    hold = screen.main.locator("p.hold")
    expect(hold).to_have_text(
        "Both models are answering. Their answers are shown together, at one pace, when both are there."
    )
    expect(screen.main.locator(".lane-head, table.figures")).to_have_count(0)
    await_vote(screen)
    assert_untold(run_area(screen))
    assert len(set(accents(screen))) == 1
    expect(screen.main.locator("table.figures, .st-key-playground_views, .st-key-playground_next")).to_have_count(0)

    other = visit(f"playground?run={run}", settled=False)
    await_vote(other)
    assert_untold(run_area(other))
    assert [other.answer_text(place) for place in (0, 1)] == [screen.answer_text(place) for place in (0, 1)]

    past = visit("history")
    row = past.main.get_by_text("What is a red-black tree?").first
    expect(row).to_be_visible()
    shown = past.main.inner_text()
    assert not re.search(r"2\.0 (Pro|Flash).{0,200}\d ms", shown, re.DOTALL), shown

    screen.page.keyboard.press("Alt+1")
    expect(screen.main).to_contain_text(re.compile(r"You preferred A \(Gemini 2\.0 .*\) to B \(Gemini 2\.0 "))
    screen.finish()
    assert len(set(accents(screen))) == 2
    figures = screen.figures()
    assert sorted(figures["Requested model"]) == sorted([PRO, FLASH])
    assert figures["Finish reason"] == ["STOP", "STOP"]
    for place in (0, 1):
        expect(screen.head(place)).to_contain_text(f"{'AB'[place]}: ")


@pytest.mark.timed
def test_a_side_that_is_ten_times_slower_is_shown_at_the_same_time_and_pace(visit, record_property):
    """Timed inside one run; a busy machine gets three tries."""
    for _ in range(3):
        fair = fairness(visit("playground"))
        print(fair)
        if fair.first_ms < 100 and fair.last_ms < 100:
            break
    record_property("fairness", str(fair))
    assert fair.first_ms < 100
    assert fair.last_ms < 100
    assert min(fair.steps) > 10


def fairness(screen: Screen) -> Fairness:
    go_blind(screen)
    screen.page.evaluate(_WATCH)
    screen.send(f"What is a hash table? {TEN_TIMES_SLOWER}")
    await_vote(screen)
    one, other = screen.page.evaluate("() => seen")
    first, last = ((abs(one[at][0] - other[at][0]) * 1000) for at in (0, -1))
    return Fairness(round(first, 1), round(last, 1), (len(one), len(other)))


@pytest.mark.parametrize(("key", "sentence"), [("3", "You found both good: "), ("4", "You found both bad: ")])
def test_the_keyboard_votes_for_both_as_well(visit, key, sentence):
    screen = visit("playground")
    go_blind(screen)
    screen.send(f"Say hi {QUICK}")
    await_vote(screen)
    screen.page.keyboard.press(f"Alt+{key}")
    expect(screen.main).to_contain_text(sentence)
    expect(screen.main).to_contain_text("this vote counts for nothing")
    expect(screen.keyed("playground_vote")).to_have_count(0)


def test_a_failed_side_voids_the_vote(visit):
    screen = visit("playground")
    go_blind(screen)
    screen.run(f"What is a treap? {QUICK}[[simulate fault=drop_mid model={FLASH}]]")
    expect(screen.main).to_contain_text("There is no vote on this run: an answer failed. Run it again to vote.")
    expect(screen.keyed("playground_vote")).to_have_count(0)
    screen.page.keyboard.press("Alt+1")
    screen.settle()
    expect(screen.page.get_by_text("You preferred")).to_have_count(0)
