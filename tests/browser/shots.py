"""Pictures of every page for people to look at: python tests/browser/shots.py OUTDIR."""

import argparse
import tempfile
from collections.abc import Callable
from pathlib import Path

from driver import DESKTOP, PAGES, PHONE, QUICK, Screen, launch, running_app, window
from playwright.sync_api import sync_playwright

SIZES = {"1440": DESKTOP, "390": PHONE}
SCHEMES = ("light", "dark")


def ask(screen: Screen) -> None:
    screen.run(f"Compare a hash table with a B-tree in a table, with a short example in Python. {QUICK}")


def ask_and_fail(screen: Screen) -> None:
    screen.run(f"What is a hash table? {QUICK}[[simulate model=gemini-2.0-flash fault=drop_mid]]")


def open_first_conflict(screen: Screen) -> None:
    screen.page.locator("details:has(.conflict) summary").first.click()


VIEWS: dict[str, tuple[str, Callable[[Screen], None]]] = {
    **{title.lower(): (path, lambda screen: None) for title, path in PAGES.items()},
    "compare-opened": ("compare", open_first_conflict),
    "compare-four": ("compare?models=gemini-2.0-pro,gemini-2.0-flash,gemini-2.5-pro,gemini-3.8-flash", lambda _: None),
    "benchmarks-four": (
        "benchmarks?models=gemini-2.0-pro,gemini-2.0-flash,gemini-2.5-pro,gpt-5",
        lambda _: None,
    ),
    "advisor-2025": ("advisor?on=2025-03-01", lambda _: None),
    "all-models-filtered": ("models?lab=openai&sort=-context_window", lambda _: None),
    "conflicts": ("sources?show=conflicts", lambda _: None),
    "glossary": ("sources?show=glossary", lambda _: None),
    "playground-after-a-run": ("playground", ask),
    "playground-after-a-fault": ("playground", ask_and_fail),
}


def main() -> None:
    parser = argparse.ArgumentParser(description="Save a picture of every page, wide and narrow, light and dark.")
    parser.add_argument("folder", type=Path, help="where the pictures go; made if it is not there")
    folder = parser.parse_args().folder
    folder.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as log,
        running_app(Path(log)) as app,
        sync_playwright() as playwright,
        launch(playwright) as browser,
    ):
        for view, (path, reach) in VIEWS.items():
            for width, size in SIZES.items():
                for scheme in SCHEMES:
                    with window(browser, app, path, size=size, scheme=scheme) as screen:
                        reach(screen)
                        take(screen, folder / f"{view}-{width}-{scheme}.png")


def take(screen: Screen, file: Path) -> None:
    """The whole page in one picture: the window grows until the main part has nothing left to scroll."""
    width = screen.page.viewport_size["width"]
    # What was out of sight gets its real height once it is seen.
    for _ in range(3):
        height = screen.main.evaluate("main => main.scrollHeight")
        screen.page.set_viewport_size({"width": width, "height": min(height, 15_000)})
        screen.settle()
    screen.page.screenshot(path=file, animations="disabled")
    print(file)


if __name__ == "__main__":
    main()
