"""The playground as its users use it: both answers at once, Stop, leaving and coming back, figures."""

import re
from dataclasses import dataclass

import pytest
from playwright.sync_api import expect

from tests.browser.driver import FLASH, PRO, QUICK, Screen

pytestmark = pytest.mark.browser

SLOW = "[[simulate first-token-ms=50 tokens-per-second=60 tokens-per-chunk=4]]"
SILENT = "[[simulate fault=stall]]"

# Notes, for each side, when its answer grows on screen, once the one before has gone; the clock starts with Ctrl+Enter.
_WATCH = """() => {
  window.seen = {pressed: null, sides: [[], []], cleared: [false, false], stopped: [null, null]};
  const now = () => performance.now() / 1000;
  addEventListener('keydown', event => {
    if (event.key === 'Enter' && event.ctrlKey && seen.pressed === null) seen.pressed = now();
  }, true);
  addEventListener('pointerdown', event => {
    if (event.target.closest('.st-key-playground_stop')) seen.stopPressed = now();
  }, true);
  const look = () => {
    for (const side of [0, 1]) {
      const box = document.querySelector(`.st-key-playground_answer_${side}`);
      if (seen.pressed === null) continue;
      if (!box) { seen.cleared[side] = true; continue; }
      const text = [...box.querySelectorAll('[data-testid=stMarkdown]')].map(node => node.textContent).join('');
      const past = seen.sides[side];
      if (!text.trim()) seen.cleared[side] = true;
      else if (seen.cleared[side] && text.length !== past.at(-1)?.[1]) past.push([now() - seen.pressed, text.length]);
      if (box.textContent.includes('Stopped') && seen.stopped[side] === null) seen.stopped[side] = now();
    }
  };
  new MutationObserver(look).observe(document.body, {subtree: true, childList: true, characterData: true});
}"""


@dataclass(frozen=True)
class Sighting:
    """What a reader saw of one answer, in seconds since Run was pressed."""

    first: float
    last: float
    steps: int


@dataclass(frozen=True)
class Timing:
    """One run, in seconds: what was seen of both sides, and how long the slower side takes when it is alone."""

    fast: Sighting
    slow: Sighting
    measured_first_tokens: tuple[float, ...]
    wall: float
    slow_alone: float


def sightings(screen: Screen) -> list[Sighting]:
    sides = screen.page.evaluate("() => seen.sides")
    return [Sighting(first=side[0][0], last=side[-1][0], steps=len(side)) for side in sides]


@pytest.fixture
def playground(visit) -> Screen:
    return visit("playground")


def in_seconds(text: str) -> float:
    number, unit = text.split()
    return float(number) / (1000 if unit == "ms" else 1)


@pytest.mark.timed
def test_both_answers_stream_at_once_and_neither_waits_for_the_other(visit, record_property):
    """Timed inside one run; a busy machine gets three tries."""
    for _ in range(3):
        timing, figures = timed_run(visit("playground"))
        print(timing)
        if timing.fast.first < timing.slow.first / 2 and timing.wall < 1.05 * timing.slow_alone:
            break
    record_property("timing", str(timing))
    assert figures["Finish reason"] == ["STOP", "STOP"]
    assert timing.fast.first < timing.slow.first / 2
    assert timing.wall < 1.05 * timing.slow_alone
    assert timing.slow.first < timing.fast.last, "the slow answer began only when the fast one was over"
    assert timing.fast.last < timing.slow.last
    assert timing.fast.steps > 5
    assert timing.slow.steps > 10


def timed_run(screen: Screen) -> tuple[Timing, dict[str, list[str]]]:
    screen.run(f"Warm up {QUICK}")
    screen.page.evaluate(_WATCH)
    screen.run(
        "What is a hash table? "
        f"[[simulate model={PRO} first-token-ms=800 tokens-per-second=100 tokens-per-chunk=10]]"
        f"[[simulate model={FLASH} first-token-ms=100 tokens-per-second=150 tokens-per-chunk=10]]"
    )
    slow, fast = sightings(screen)
    figures = screen.figures()
    tokens = int(figures["Output tokens"][0].replace(",", ""))
    measured = tuple(map(in_seconds, figures["Time to first token"]))
    return Timing(fast, slow, measured, max(slow.last, fast.last), 0.8 + (tokens - 10) / 100), figures


def test_stop_keeps_what_has_arrived_on_both_sides(playground, record_property):
    playground.run(f"What is a B-tree? {QUICK}")
    whole = [playground.answer_text(side) for side in (0, 1)]
    playground.page.evaluate(_WATCH)
    playground.send(f"What is a B-tree? {SLOW}")
    for side in (0, 1):
        expect(playground.answer(side)).to_contain_text("The prompt reads")
    playground.stop_button.click()
    for side in (0, 1):
        expect(playground.head(side)).to_contain_text("Stopped")
        expect(playground.answer(side)).to_contain_text("Stopped on request. What had arrived by then is kept.")
    playground.finish()
    for side in (0, 1):
        # A table that was cut off in its head still shows its bars.
        words, all_words = (re.findall(r"\w+", text) for text in (playground.answer_text(side), whole[side]))
        assert 10 < len(words) < len(all_words)
        assert words[:-1] == all_words[: len(words) - 1]
    expect(playground.stop_button).to_be_disabled()
    assert playground.prompt.input_value().startswith("What is a B-tree?")
    latency = playground.page.evaluate("() => Math.max(...seen.stopped) - seen.stopPressed")
    record_property("stop to screen", latency)
    print(f"Stop pressed to both sides stopped on screen: {latency:.3f} s")
    assert latency < 2


def test_stop_works_while_both_sides_are_silent(playground, record_property):
    playground.page.evaluate(_WATCH)
    playground.send(f"Say nothing {SILENT}")
    for side in (0, 1):
        expect(playground.head(side)).to_contain_text("Waiting for the first token")
    playground.stop_button.click()
    for side in (0, 1):
        expect(playground.head(side)).to_contain_text("Stopped")
    latency = playground.page.evaluate("() => Math.max(...seen.stopped) - seen.stopPressed")
    record_property("stop to screen, silent", latency)
    print(f"Stop pressed while silent to both sides stopped on screen: {latency:.3f} s")
    playground.finish()
    assert playground.figures()["Time to first token"] == ["none arrived", "none arrived"]


def test_touching_another_widget_leaves_the_run_alone(playground):
    run = playground.send(f"What is a trie? {SLOW}")
    expect(playground.answer(0)).to_contain_text("The prompt reads")
    playground.open_popover("Settings")
    playground.page.get_by_role("textbox", name="System instruction").fill("Be brief.")
    playground.page.keyboard.press("Tab")
    playground.page.keyboard.press("Escape")
    expect(playground.answer(0)).to_contain_text("The prompt reads")
    playground.finish()
    assert playground.asked["run"] == run
    assert playground.figures()["Finish reason"] == ["STOP", "STOP"]


def test_leaving_the_page_and_coming_back_shows_the_same_run_going_on(playground):
    run = playground.send(f"What is a skip list? {SLOW}")
    expect(playground.answer(1)).to_contain_text("The prompt reads")
    playground.go_to("Compare")
    playground.link("Playground").click(delay=100)
    expect(playground.answer(1)).to_contain_text("The prompt reads")
    expect(playground.stop_button).to_be_enabled()
    assert playground.prompt.input_value().startswith("What is a skip list?")
    playground.finish()
    assert playground.asked["run"] == run
    assert playground.figures()["Finish reason"] == ["STOP", "STOP"]


def test_a_second_tab_at_the_same_address_watches_the_same_run(playground, visit):
    playground.send(f"What is a heap? {SLOW}")
    expect(playground.answer(1)).to_contain_text("The prompt reads")
    other = visit(f"playground?run={playground.asked['run']}", settled=False)
    expect(other.answer(1)).to_contain_text("The prompt reads")
    expect(other.prompt).to_have_value(re.compile("What is a heap"))
    other.finish()
    playground.finish()
    assert other.figures() == playground.figures()
    assert other.answer_text(0) == playground.answer_text(0)


def test_stop_in_one_tab_stops_the_run_that_another_tab_watches(playground, visit):
    playground.send(f"What is a queue? {SILENT}")
    other = visit(f"playground?run={playground.asked['run']}", settled=False)
    other.stop_button.click()
    for screen in (other, playground):
        expect(screen.head(0)).to_contain_text("Stopped")


def test_a_reload_shows_the_finished_run_again(playground):
    run = playground.run(f"What is a set? {QUICK}")
    answer, figures = playground.answer_text(0), playground.figures()
    playground.page.reload()
    playground.finish()
    assert playground.asked["run"] == run
    assert playground.answer_text(0) == answer
    assert playground.figures() == figures
    assert playground.prompt.input_value() == f"What is a set? {QUICK}"


def test_an_empty_prompt_says_so_and_sends_nothing(playground):
    playground.run_button.click()
    expect(playground.main).to_contain_text("Write a prompt first; nothing was sent.")
    assert "run" not in playground.asked
    playground.run(f"What is a list? {QUICK}")
    run, answer = playground.asked["run"], playground.answer_text(0)
    playground.prompt.fill("   ")
    playground.run_button.click()
    expect(playground.main).to_contain_text("Write a prompt first; nothing was sent.")
    assert playground.asked["run"] == run
    assert playground.answer_text(0) == answer


def test_a_slow_click_on_run_right_after_typing_counts(playground):
    """Pressing the button ends the typing, and what the page then redraws must not move the button away."""
    playground.prompt.fill(f"What is a deque? {QUICK}")
    box = playground.run_button.bounding_box()
    playground.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    playground.page.mouse.down()
    expect(playground.page.locator("ul.ahead li")).to_have_count(2)
    playground.settle()
    playground.page.mouse.up()
    playground.finish()
    assert "deque" in playground.answer_text(0)


@pytest.mark.parametrize("said", ["an empty prompt", "an unknown run"])
def test_what_was_said_before_disappears_as_soon_as_a_run_begins(visit, said):
    screen = visit("playground?run=unknown" if said == "an unknown run" else "playground")
    if said == "an empty prompt":
        screen.run_button.click()
    expect(screen.main.get_by_test_id("stAlert")).to_have_count(1)
    screen.send(f"Say nothing {SILENT}")
    expect(screen.head(0)).to_contain_text("Waiting for the first token")
    expect(screen.main.get_by_test_id("stAlert")).to_have_count(0, timeout=1000)
    expect(screen.main.get_by_text("will stand here side by side")).to_have_count(0, timeout=1000)
    screen.stop_button.click()
    screen.finish()


def test_ctrl_enter_runs_the_text_just_typed(playground):
    playground.run(f"What is a stack? {QUICK}")
    playground.prompt.press("End")
    playground.prompt.fill(f"What is a monad? {QUICK}")
    playground.prompt.press("Control+Enter")
    expect(playground.answer(0)).to_contain_text("What is a monad?")
    playground.finish()
    assert "monad" in playground.answer_text(1)


def test_figures_name_the_models_the_finish_the_times_the_tokens_and_the_cost(playground):
    playground.run(f"What is a graph? {QUICK}")
    figures = playground.figures()
    assert figures["Requested model"] == [PRO, FLASH]
    assert figures["Served model"] == [PRO, FLASH]
    assert figures["Finish reason"] == ["STOP", "STOP"]
    for label in ("Time to first token", "Time to first visible text", "Of that, at the service", "Total time"):
        assert all(in_seconds(text) >= 0 for text in figures[label]), label
    for label in ("Input tokens", "Output tokens"):
        assert all(int(text.replace(",", "")) > 0 for text in figures[label]), label
    pro, flash = figures["Cost"]
    assert pro.startswith("no list price")
    tokens_in, tokens_out = (int(figures[label][1].replace(",", "")) for label in ("Input tokens", "Output tokens"))
    amount, rest = flash.split(" ", 1)
    assert float(amount.removeprefix("$")) == pytest.approx((tokens_in * 0.10 + tokens_out * 0.40) / 1e6, abs=1e-6)
    assert re.match(r"at the list price of \d+ \w{3} \d{4}", rest)
    assert "nothing is charged" in rest


def test_a_simulated_answer_is_marked_on_each_side_and_above(playground):
    expect(playground.main.locator(".chip-simulated").first).to_be_visible()
    expect(playground.main).to_contain_text("no model wrote it, and it is no evidence")
    playground.send(f"What is a bag? {SLOW}")
    for side in (0, 1):
        expect(playground.head(side)).to_contain_text("Simulated")
    playground.stop_button.click()
    playground.finish()
    for side in (0, 1):
        expect(playground.head(side)).to_contain_text("Simulated")
    expect(playground.page.locator("table.figures caption")).to_contain_text("simulated")


def test_shut_down_models_are_named_before_the_call_and_swapped_in_one_click(playground):
    expect(playground.main).to_contain_text("Gemini 2.0 Flash was shut down on 1 June 2026.")
    playground.prompt.fill(f"Keep me {QUICK}")
    playground.prompt.press("Control+Enter")
    playground.finish()
    playground.page.get_by_role("button", name="Use Gemini 3.8 Flash instead").click()
    expect(playground.keyed("playground_models")).to_contain_text("Gemini 3.8 Flash")
    playground.settle()
    assert playground.asked["models"] == f"{PRO},gemini-3.8-flash"
    assert playground.prompt.input_value() == f"Keep me {QUICK}"
    playground.run(f"And now {QUICK}")
    assert playground.figures()["Requested model"] == [PRO, "gemini-3.8-flash"]


def test_the_output_limit_is_said_and_the_short_answer_is_kept(playground):
    playground.open_popover("Settings")
    limit = playground.page.get_by_role("spinbutton", name="Max output tokens")
    limit.fill("9")
    limit.press("Enter")
    playground.page.keyboard.press("Escape")
    playground.run(f"What is a tree? {QUICK}")
    for side, model in enumerate((PRO, FLASH)):
        expect(playground.answer(side)).to_contain_text(f"{model} reached the output limit, so its answer is cut off.")
        expect(playground.head(side)).to_contain_text("Done")
        assert playground.answer_text(side)
    assert playground.figures()["Finish reason"] == ["MAX_TOKENS", "MAX_TOKENS"]
    assert playground.figures()["Output tokens"] == ["9", "9"]


def test_the_prompt_and_the_settings_survive_leaving_the_page(playground):
    playground.prompt.fill("A long prompt\nin two lines")
    playground.open_popover("Settings")
    system = playground.page.get_by_role("textbox", name="System instruction")
    system.fill("Be brief.")
    playground.page.keyboard.press("Tab")
    playground.page.keyboard.press("Escape")
    playground.settle()
    playground.go_to("Compare")
    playground.go_to("Playground")
    expect(playground.prompt).to_have_value("A long prompt\nin two lines")
    playground.open_popover("Settings")
    expect(playground.page.get_by_role("textbox", name="System instruction")).to_have_value("Be brief.")


def test_a_prompt_that_is_being_typed_survives_a_click_on_the_navigation(playground):
    playground.prompt.fill("Not yet sent")
    playground.go_to("Compare")
    playground.go_to("Playground")
    expect(playground.prompt).to_have_value("Not yet sent")


def test_an_unknown_run_in_the_address_gets_a_sentence(visit):
    screen = visit("playground?run=<img%20src=x%20onerror=window.hit=1>")
    expect(screen.main).to_contain_text("The run in this address is not on this server and not in your history.")
    assert screen.page.evaluate("() => window.hit") is None
    screen.run(f"What is a map? {QUICK}")
    expect(screen.page.get_by_text("The run in this address")).to_have_count(0)


def test_hostile_prompts_are_inert_in_the_answers(playground):
    playground.run(
        "<img src=x onerror=window.hit=1><script>window.hit=1</script> ![x](https://example.com/x.png) "
        f"[go](javascript:window.hit=1) $x^2$ :red[x] {QUICK}"
    )
    assert playground.page.evaluate("() => window.hit") is None
    assert playground.answer(0).locator("img, script, a[href^=javascript]").count() == 0


def test_four_models_run_side_by_side(visit):
    screen = visit(f"playground?models={PRO},{FLASH},gemini-2.5-pro,gemini-3.8-flash")
    expect(screen.run_button).to_contain_text("Run all 4")
    screen.run(f"What is a matrix? {QUICK}")
    assert screen.figures()["Finish reason"] == ["STOP"] * 4


def test_what_answers_now_is_found_out_on_request(playground):
    playground.open_popover("What answers now")
    playground.page.get_by_role("button", name="Check now").click()
    body = playground.page.get_by_test_id("stPopoverBody")
    expect(body).to_contain_text(f"{PRO} answered")
    expect(body).to_contain_text(f"{FLASH} answered")
    expect(body).to_contain_text("A list proves little: shut-down models stay on it.")
