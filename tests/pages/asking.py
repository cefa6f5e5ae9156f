"""The playground's page as the tests of it write to it and read from it."""

import re
from collections.abc import Sequence
from html import unescape
from typing import Any

from streamlit.testing.v1 import AppTest

from components.frame.running.engine import find_run
from components.gemini.request import Request
from components.playground.lanes import RunSnapshot

QUICK = "[[simulate first-token-ms=20 tokens-per-second=3000]] "


def html(app: AppTest) -> str:
    return " ".join(element.proto.body for element in app.get("html"))


def words(app: AppTest) -> str:
    """All that stands in HTML on the page, without the tags."""
    return _plain(html(app))


def answers(app: AppTest) -> list[str]:
    return [each.value for each in app.markdown if "imulated answer" in each.value]


def ask(app: AppTest, prompt: str) -> AppTest:
    app.text_area(key="playground_prompt").set_value(prompt).run()
    return press(app, "playground_run")


def press(app: AppTest, key: str) -> AppTest:
    app.button(key=key).click().run()
    assert not app.exception
    return app


def choose(app: AppTest, key: str, option: str) -> AppTest:
    """Press one of several pills or segments."""
    next(each for each in app.get("button_group") if each.key == key).set_value(option).run()
    assert not app.exception
    return app


def fill(app: AppTest, kind: str, values: dict[str, Any]) -> AppTest:
    """Set widgets of one kind by key, such as `number_input`, without running the page."""
    for name, value in values.items():
        getattr(app, kind)(key=f"playground_{name}").set_value(value)
    return app


def run_id(app: AppTest) -> str:
    value = app.query_params["run"]
    return value if isinstance(value, str) else value[0]


def shown(app: AppTest) -> RunSnapshot:
    """The run that the page shows."""
    run = find_run(run_id(app))
    assert run is not None
    return run.snapshot()


def sent(app: AppTest) -> Sequence[Request]:
    """What the run on the page asked, a request a lane."""
    return [lane.request for lane in shown(app).lanes]


def rows(app: AppTest, caption: str) -> dict[str, list[str]]:
    """The table with this at the start of its caption: the texts of each row by its label, a text a model."""
    table = next(table for table in re.findall(r"<table.*?</table>", html(app), re.DOTALL) if f">{caption}" in table)
    found = {}
    for row in re.findall(r"<tr>(.*?)</tr>", table.partition("<tbody>")[2], re.DOTALL):
        label, *texts = (_plain(cell) for cell in re.findall(r"<t[hd].*?>(.*?)</t[hd]>", row, re.DOTALL))
        found[label] = texts
    return found


def _plain(markup: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", markup)).split())
