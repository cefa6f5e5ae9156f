"""A service of one's own behind GOOGLE_GEMINI_BASE_URL: little more than one method, and no key."""

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import expect

from tests.browser.driver import FLASH, PRO, App, free_port, running_app

pytestmark = pytest.mark.browser

KEY = "AIzaSyTyped-0123456789-secret"
WORDS = ("Answered", "by", "a", "private", "endpoint,", "word", "by", "word.")


@dataclass
class Endpoint:
    """A stand-in that streams, and has no model list, no countTokens and no model version."""

    url: str = ""
    asked: list[str] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)


def serve(endpoint: Endpoint) -> ThreadingHTTPServer:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.refuse(404, "Not found")

        def do_POST(self) -> None:
            sent = self.rfile.read(int(self.headers.get("content-length", 0))).decode()
            endpoint.asked.append(self.path)
            key = self.headers.get("x-goog-api-key", "")
            endpoint.keys.append(key)
            if ":streamGenerateContent" not in self.path:
                self.refuse(404, "Not found")
            elif "quote my key" in sent:
                self.refuse(400, f"The key {key} is not known here, {key}.")
            else:
                self.stream()

        def refuse(self, status: int, message: str) -> None:
            body = json.dumps({"error": {"code": status, "message": message, "status": "INVALID_ARGUMENT"}}).encode()
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def stream(self) -> None:
            self.send_response(200)
            self.send_header("content-type", "text/event-stream")
            self.end_headers()
            for word in WORDS:
                candidate = {"content": {"parts": [{"text": f"{word} "}], "role": "model"}}
                if word == WORDS[-1]:
                    candidate["finishReason"] = "STOP"
                self.wfile.write(f"data: {json.dumps({'candidates': [candidate]})}\r\n\r\n".encode())
                self.wfile.flush()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    endpoint.url = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    return server


@pytest.fixture(scope="module")
def endpoint() -> Iterator[Endpoint]:
    made = Endpoint()
    server = serve(made)
    yield made
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def private_app(endpoint, tmp_path_factory) -> Iterator[App]:
    with running_app(tmp_path_factory.mktemp("private"), {"GOOGLE_GEMINI_BASE_URL": endpoint.url}) as started:
        yield started
    assert "Traceback" not in started.log_text()
    assert KEY not in started.log_text()


def test_a_shut_down_model_runs_on_a_private_endpoint_and_counts_as_live(visit, private_app, endpoint):
    screen = visit("playground", on=private_app)
    expect(screen.main.locator(".chip-live")).to_have_text("● Live")
    expect(screen.main).to_contain_text(endpoint.url)
    expect(screen.main).to_contain_text("A call will probably fail, unless your endpoint still serves it.")
    screen.run("What is a hash table?")
    for side in (0, 1):
        assert screen.answer_text(side) == " ".join(WORDS)
        expect(screen.head(side)).to_contain_text("Done")
        expect(screen.head(side)).not_to_contain_text("Simulated")
    figures = screen.figures()
    assert figures["Requested model"] == [PRO, FLASH]
    assert figures["Served model"] == ["not said", "not said"]
    assert figures["Finish reason"] == ["STOP", "STOP"]
    assert figures["Input tokens"] == ["not said", "not said"]
    assert all(text.startswith("not known") for text in figures["Cost"])
    assert not screen.main.locator(".chip-simulated").count()
    assert "simulated" not in screen.page.locator("table.figures").inner_text()
    assert sorted(path.split("models/")[1].split(":")[0] for path in endpoint.asked[-2:]) == sorted([PRO, FLASH])


def test_a_missing_model_list_is_said_and_forbids_nothing(visit, private_app):
    screen = visit("playground", on=private_app)
    screen.open_popover("What answers now")
    screen.page.get_by_role("button", name="Check now").click()
    body = screen.page.get_by_test_id("stPopoverBody")
    expect(body).to_contain_text("A private endpoint may have none.")
    expect(body).to_contain_text(f"{FLASH} answered")
    expect(screen.run_button).to_be_enabled()


def test_a_typed_key_is_sent_to_the_service_and_shown_nowhere(visit, private_app, endpoint):
    screen = visit("playground", on=private_app)
    screen.open_popover("Key")
    box = screen.page.get_by_role("textbox", name="Gemini API key")
    assert box.get_attribute("type") == "password"
    box.fill(KEY)
    box.press("Enter")
    expect(screen.main).to_contain_text("typed in for this session")
    screen.page.keyboard.press("Escape")
    screen.run("Please quote my key")
    assert endpoint.keys[-1] == KEY
    for side in (0, 1):
        expect(screen.answer(side).get_by_test_id("stAlert")).to_contain_text("Your prompt is kept")
    assert KEY not in screen.page.url
    assert KEY not in screen.page.content()
    assert "secret" not in screen.text
    assert KEY not in private_app.log_text()
    assert KEY not in json.dumps(screen.page.context.storage_state())

    other = visit(f"playground?run={screen.asked['run']}", on=private_app)
    assert KEY not in other.page.content()
    expect(other.main).not_to_contain_text("typed in for this session")


def test_a_key_that_cannot_be_one_gets_a_sentence(visit, private_app):
    screen = visit("playground", on=private_app)
    screen.prompt.fill("Keep me")
    screen.prompt.blur()
    screen.settle()
    screen.open_popover("Key")
    box = screen.page.get_by_role("textbox", name="Gemini API key")
    box.fill("my key with spaces")
    box.press("Enter")
    expect(screen.main.get_by_test_id("stAlert")).to_contain_text("contains a space")
    expect(screen.prompt).to_have_value("Keep me")
    assert "my key with spaces" not in screen.page.content()


def test_an_address_where_nobody_answers_gets_the_connection_sentence(visit, own_app):
    screen = visit("playground", on=own_app({"GOOGLE_GEMINI_BASE_URL": f"http://127.0.0.1:{free_port()}"}))
    screen.run("What is a hash table?")
    for side in (0, 1):
        alert = screen.answer(side).get_by_test_id("stAlert")
        expect(alert).to_contain_text("The service could not be reached. Your prompt is kept")
        expect(alert).to_contain_text("Check the network and the address of the service, then run again.")
    expect(screen.prompt).to_have_value("What is a hash table?")
    assert screen.figures()["Time to first token"] == ["none arrived", "none arrived"]


def test_an_address_that_is_none_gets_a_sentence_and_every_page_works(visit, own_app):
    screen = visit("playground", on=own_app({"GOOGLE_GEMINI_BASE_URL": "ftp://example.com"}))
    expect(screen.main.get_by_test_id("stAlert")).to_contain_text("GOOGLE_GEMINI_BASE_URL is not a web address.")
    expect(screen.run_button).to_be_disabled()
    screen.prompt.fill("Keep me")
    screen.go_to("Compare")
    expect(screen.page.locator("table.facts").first).to_be_visible()
    screen.go_to("Playground")
    expect(screen.prompt).to_have_value("Keep me")
