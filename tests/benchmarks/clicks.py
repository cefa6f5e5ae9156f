"""How long a click takes: `python -m tests.benchmarks.clicks`.

Measured inside the page: click -> the change that the reader waits for is in the DOM (not yet painted), for every
kind of click on the catalog pages and for a button on an otherwise empty page, in turns in the same browser. Then
links that load the page anew, and the run time of each page's script alone, by Streamlit's AppTest.
"""

import argparse
import logging
import time
from collections import defaultdict
from dataclasses import dataclass

from playwright.sync_api import Browser, Page
from streamlit.testing.v1 import AppTest

from tests.benchmarks.chromium import chromium, click_seconds, fresh_page, settle
from tests.benchmarks.figures import Load, ms, p50, p95, ratio, show
from tests.benchmarks.serving import PRODUCT, Server, empty_app, served

BUDGET = 2.5
_BUTTON = "empty page: button"
_NAVIGATION = "empty pages: navigation"
_MODELS = "?models=gemini-2.0-pro-exp-02-05,gemini-2.0-flash,gemini-2.5-pro"
_THIRD = "Gemini 2.5 Pro"
_BUTTON_PAGE = """
import streamlit as st

st.session_state.setdefault("count", 0)
if st.button("More", key="more"):
    st.session_state["count"] += 1
st.html(f'<b class="count">{st.session_state["count"]}</b>')
"""
_TWO_PAGES = 'import streamlit as st\n\nst.navigation([st.Page("one.py", default=True), st.Page("two.py")]).run()\n'
_ONE = 'import streamlit as st\n\nst.title("Page one")\n'
_TWO = 'import streamlit as st\n\nst.title("Page two")\n'
_ROWS = "[...document.querySelectorAll('table.facts tbody tr')].filter((row) => row.getClientRects().length).length"
# What changes inside a frame tells its page nothing, but what it is given to draw does.
_SHEET = "document.querySelector('.st-key-report_preview iframe')?.srcdoc"

_Times = defaultdict[str, list[float]]


@dataclass(frozen=True)
class CatalogPage:
    """A page of the catalog: its title, its address, what is last on it, and what counts its models in the DOM.

    A page without a picker of models has nothing to count.
    """

    title: str
    path: str
    last: str
    models: str = ""


_CATALOG_PAGES = (
    CatalogPage(
        "Compare",
        "compare",
        ".st-key-compare_table .part",
        "document.querySelectorAll('.part:first-child thead th').length",
    ),
    CatalogPage("Architecture", "architecture", ".history", "document.querySelectorAll('ol.history').length"),
    CatalogPage("Benchmarks", "benchmarks", ".st-key-benchmarks_test"),
    CatalogPage(
        "Advisor",
        "advisor",
        ".st-key-advisor_situations table",
        "document.querySelectorAll('table.demands thead th').length",
    ),
    CatalogPage(
        "Cost",
        "cost",
        ".st-key-cost_bills table",
        "document.querySelectorAll('.st-key-cost_bills > * table > tbody > tr').length",
    ),
    CatalogPage(
        "Report",
        "report",
        ".st-key-report_preview iframe",
        f"({_SHEET}?.match(/<li data-model=/g) ?? []).length",
    ),
    CatalogPage("All models", "models", ".board tbody tr"),
    CatalogPage("Model card", "model", "section.id-card"),
    CatalogPage("Sources", "sources", "table.sources tbody tr"),
    CatalogPage("Overview", "", "a[href*='playground']", "document.querySelectorAll('section.card').length"),
)


def clicks(browser: Browser, rounds: int) -> None:
    """Click through the product and the empty apps in turns, and print each kind of click."""
    times: _Times = defaultdict(list)
    with (
        empty_app(_BUTTON_PAGE) as button,
        empty_app(_TWO_PAGES, one=_ONE, two=_TWO) as two,
        served(button) as button_server,
        served(two) as two_server,
        served(PRODUCT) as product_server,
    ):
        button_page, two_page = _opened(browser, button_server, ""), _opened(browser, two_server, "")
        product_page = _opened(browser, product_server, _MODELS)
        # The first round pays for imports and for the browser's own code, and is left out.
        for at in range(rounds + 1):
            taken = times if at else defaultdict(list)
            for _ in range(2):
                _click_button(button_page, taken)
                _click_empty_navigation(two_page, taken)
            _click_product(product_page, taken)
    _show_clicks(times)


def _opened(browser: Browser, server: Server, address: str) -> Page:
    page = fresh_page(browser)
    page.goto(f"{server.url}/{address}")
    settle(page)
    return page


def _click_button(page: Page, times: _Times) -> None:
    before = page.locator("b.count").inner_text()
    changed = f"document.querySelector('b.count').textContent !== '{before}'"
    times[_BUTTON].append(click_seconds(page, ".st-key-more button", changed))
    settle(page)


def _click_empty_navigation(page: Page, times: _Times) -> None:
    target = "two" if page.locator("h1").inner_text() == "Page one" else "one"
    link = f"[data-testid=stSidebarNavLink][href$='{'two' if target == 'two' else '/'}']"
    changed = f"document.querySelector('h1')?.textContent === 'Page {target}'"
    times[_NAVIGATION].append(click_seconds(page, link, changed))
    settle(page)


def _click_product(page: Page, times: _Times) -> None:
    for place in _CATALOG_PAGES:
        _navigate(page, place, times)
        if place.path == "compare":
            for choice in ("All", "Differences"):
                _toggle_rows(page, choice, times)
        if place.path == "models":
            _sort(page, times)
        if place.path == "advisor":
            _choose_situations(page, times)
        if place.path == "report":
            _choose_audience(page, times)
        if place.models:
            _remove_and_add(page, place, times)


def _navigate(page: Page, place: CatalogPage, times: _Times) -> None:
    link = f"[data-testid=stSidebarNavLink][href$='/{place.path}']"
    other_title = page.locator("h1").inner_text()
    shown = (
        f"document.querySelector('h1')?.textContent !== {other_title!r} "
        f"&& document.querySelector('[data-testid=stMain]').querySelector(\"{place.last}\") !== null"
    )
    times[f"{place.title}: navigation to it"].append(click_seconds(page, link, shown))
    settle(page)


def _toggle_rows(page: Page, choice: str, times: _Times) -> None:
    before = page.evaluate(_ROWS)
    button = f".st-key-compare_rows [role=radio]:nth-of-type({2 if choice == 'All' else 1})"
    times[f"Compare: rows, {choice}"].append(click_seconds(page, button, f"{_ROWS} !== {before}"))
    settle(page)


def _choose_situations(page: Page, times: _Times) -> None:
    """Choose the advisor's last situation, which demands more than the first, and the first again."""
    count = "document.querySelectorAll('table.demands tbody tr').length"
    for at, what in ((5, "last"), (1, "first")):
        before = page.evaluate(count)
        pill = f".st-key-advisor_use [role=radio]:nth-of-type({at})"
        times[f"Advisor: {what} situation"].append(click_seconds(page, pill, f"{count} !== {before}"))
        settle(page)


def _choose_audience(page: Page, times: _Times) -> None:
    """Make the report anew for the other audience and back; over when its frame has the new preview to draw."""
    for at, name in ((2, "technical"), (1, "executive")):
        radio = f".st-key-report_audience [role=radio]:nth-of-type({at})"
        changed = f'{_SHEET}?.includes(`<body class="{name}`)'
        times[f"Report: for {name} readers"].append(click_seconds(page, radio, changed))
        settle(page)


def _sort(page: Page, times: _Times) -> None:
    """Sort the leaderboard by the head of its second column."""
    first = "document.querySelector('.board tbody th a').textContent"
    before = page.evaluate(first)
    times["All models: sorted"].append(
        click_seconds(page, ".board thead th:nth-child(3) button", f"{first} !== '{before}'")
    )
    settle(page)


def _remove_and_add(page: Page, place: CatalogPage, times: _Times) -> None:
    """Take the third model out by the cross on its tag, and put it back by its line in the open list."""
    picker = f".st-key-{place.path or 'overview'}_models"
    before = page.evaluate(place.models)
    cross = f"{picker} .react-aria-ComboBox button[aria-label='Remove {_THIRD}']"
    times[f"{place.title}: model removed"].append(click_seconds(page, cross, f"{place.models} < {before}"))
    settle(page)
    page.locator(f"{picker} .react-aria-ComboBox input").fill(_THIRD)
    line = "[role=option]:not([data-key=__select_all__])"
    page.locator(line).first.wait_for()
    times[f"{place.title}: model added"].append(click_seconds(page, line, f"{place.models} === {before}"))
    page.keyboard.press("Escape")
    settle(page)


def _show_clicks(times: _Times) -> None:
    rows = []
    for what in sorted(times, key=lambda name: (not name.startswith("empty"), name)):
        taken, button = times[what], times[_BUTTON]
        by_button = ratio(p95(taken) / p95(button), None if what.startswith("empty") else BUDGET)
        by_navigation = ratio(p95(taken) / p95(times[_NAVIGATION])) if "navigation" in what else ""
        median = ratio(p50(taken) / p50(button))
        rows.append([what, str(len(taken)), ms(p50(taken)), ms(p95(taken)), by_button, median, by_navigation])
    head = ["click", "n", "p50", "p95", "p95 / button p95", "p50 / button p50", "p95 / empty navigation p95"]
    show(f"Click -> changed page in the DOM, ms; budget {BUDGET} of the button on the empty page", head, rows)


def reloads(browser: Browser, rounds: int) -> None:
    """Follow the link of a model's card, which loads the page anew, and print click -> its table, beside a reload."""
    ours, empty = [], []
    with empty_app(_ONE) as folder, served(folder) as empty_server, served(PRODUCT) as server:
        product_page, empty_page = _opened(browser, server, ""), _opened(browser, empty_server, "")
        for at in range(rounds + 1):
            product_page.goto(server.url)
            settle(product_page)
            began = time.perf_counter()
            product_page.locator("section.card a").first.click()
            product_page.locator("table.facts").first.wait_for()
            ours.append(time.perf_counter() - began)
            began = time.perf_counter()
            empty_page.reload(wait_until="commit")
            empty_page.locator("h1").wait_for()
            empty.append(time.perf_counter() - began)
            if not at:
                ours, empty = [], []
    rows = [
        ["empty page: reload", ms(p50(empty)), ms(p95(empty)), ratio(1)],
        ["card: Compare ... instead", ms(p50(ours)), ms(p95(ours)), ratio(p50(ours) / p50(empty))],
    ]
    show(
        f"Links that load the page anew, ms of {rounds} (as the driver sees it)",
        ["what", "p50", "p95", "p50 / reload"],
        rows,
    )


def scripts(rounds: int) -> None:
    """Rerun each page's script without server and browser, and print how long a rerun takes."""
    # It warns of every import outside a server, whatever its level is set to.
    logging.getLogger("streamlit.runtime.scriptrunner_utils.script_run_context").disabled = True
    times: _Times = defaultdict(list)
    with empty_app(_BUTTON_PAGE) as folder:
        empty = AppTest.from_file(str(folder / "app.py"), default_timeout=20).run()
        pages = {place.title: _tested(place) for place in _CATALOG_PAGES}
        for _ in range(rounds):
            for name, test in ({"empty page": empty} | pages).items():
                began = time.perf_counter()
                test.run()
                times[name].append(time.perf_counter() - began)
                if test.exception:
                    raise RuntimeError(f"{name}: {test.exception[0].message}")
    rows = [
        [name, ms(p50(taken)), ms(p95(taken)), ratio(p50(taken) / p50(times["empty page"]))]
        for name, taken in times.items()
    ]
    show(f"Rerun of the script alone (AppTest), ms of {rounds}", ["page", "p50", "p95", "p50 / empty"], rows)


def _tested(place: CatalogPage) -> AppTest:
    test = AppTest.from_file(str(PRODUCT / "app.py"), default_timeout=20).run()
    return test.switch_page(f"pages/{place.path}.py").run() if place.path else test


def main() -> None:
    """Measure everything and print it; about 70 s with 30 rounds."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=30, choices=range(1, 201), metavar="N")
    rounds = parser.parse_args().rounds
    load = Load()
    # Before the browser: playwright leaves an event loop running in this thread.
    scripts(rounds)
    with chromium() as browser:
        clicks(browser, rounds)
        reloads(browser, min(rounds, 7))
    load.report()


if __name__ == "__main__":
    main()
