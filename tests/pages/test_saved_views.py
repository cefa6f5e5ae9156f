"""Views saved by name on a page: saving, opening, deleting with undo, and choosing some to stand side by side."""

import re
from collections.abc import Callable, Iterator
from html import unescape
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from components.frame.saved import without_beside
from components.history.database import FULL
from components.history.store import Store, Unavailable, open_store

PAGE = Path(__file__).with_name("saved_page.py")
Visit = Callable[..., AppTest]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(f"sqlite:///{tmp_path / 'history.sqlite'}")
    yield opened
    opened.close()


@pytest.fixture
def visit() -> Visit:
    """Opens the page with an address, its box unfolded unless that is not wanted."""

    def visited(unfolded: bool = True, **parameters: str) -> AppTest:
        app = AppTest.from_file(str(PAGE), default_timeout=30)
        for name, value in parameters.items():
            app.query_params[name] = value
        if unfolded:
            app.session_state["cost_saved"] = True
        app.run()
        assert not app.exception
        return app

    return visited


def save(app: AppTest, name: str) -> AppTest:
    app.text_input(key="cost_saved_name").set_value(name)
    app.button(key="cost_saved_save").click().run()
    assert not app.exception
    return app


def html(app: AppTest) -> str:
    return " ".join(each.proto.body for each in app.get("html"))


def words(app: AppTest) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html(app))).split())


def links(app: AppTest) -> dict[str, str]:
    found = re.findall(r'<a href="([^"]*)" target="_self"><bdi[^>]*>(.*?)</bdi>', html(app))
    return {unescape(name): unescape(address) for address, name in found}


def test_what_is_saved_stands_in_the_list_and_its_link_shows_it_again(store: Store, visit: Visit) -> None:
    app = save(visit(use="code"), "Code assistant")
    assert "Saved “Code assistant”." in words(app)
    assert app.text_input(key="cost_saved_name").value == ""
    assert links(app) == {"Code assistant": "cost?use=code"}
    assert "on this catalog" in words(app)
    address = parse_qs(urlsplit(links(app)["Code assistant"]).query)
    again = visit(**{name: values[0] for name, values in address.items()})
    assert again.selectbox(key="cost_use").value == "code"


def test_a_view_from_another_catalog_says_which(store: Store, visit: Visit) -> None:
    store.save_view("", "cost", "Old one", "use=code", "0ld")
    assert "on catalog 0ld" in words(visit())


def test_saving_under_a_name_again_replaces_the_view(store: Store, visit: Visit) -> None:
    app = save(visit(use="code"), "Mine")
    app.selectbox(key="cost_use").set_value("vision").run()
    save(app, "Mine")
    assert links(app) == {"Mine": "cost?use=vision"}


def test_a_view_without_a_name_is_not_saved_and_the_page_says_so(store: Store, visit: Visit) -> None:
    app = save(visit(), "  ")
    assert "The view was not saved, since it has no name" in words(app)
    assert 'role="alert"' in html(app)
    assert store.views("", "cost") == ()


def test_a_deleted_view_can_be_brought_back(store: Store, visit: Visit) -> None:
    kept = store.save_view("", "cost", "Mine", "use=code", "c0ffee")
    app = visit()
    assert app.button(key="cost_saved_delete").disabled
    app.selectbox(key="cost_saved_which").set_value(kept.id).run()
    app.button(key="cost_saved_delete").click().run()
    assert "Deleted “Mine”." in words(app)
    assert store.views("", "cost") == ()
    # Something else that is done on the page does not take the offer away.
    app.selectbox(key="cost_use").set_value("vision").run()
    app.button(key="cost_saved_undo").click().run()
    assert "“Mine” is back." in words(app)
    assert store.views("", "cost") == (kept,)
    assert not [each for each in app.button if each.key == "cost_saved_undo"]


def test_views_stand_side_by_side_as_the_address_says_also_while_the_box_is_folded(store: Store, visit: Visit) -> None:
    one, two, _ = (store.save_view("", "cost", name, f"use={name}", "c") for name in ("code", "vision", "chat"))
    app = visit()
    assert app.text[0].value == "nothing beside"
    app.multiselect(key="cost_saved_beside").set_value([two.id, one.id]).run()
    assert app.text[0].value == "vision: use=vision|code: use=code"
    assert set(app.query_params["beside"].split(",")) == {one.id, two.id}
    folded = visit(unfolded=False, beside=f"{two.id},{one.id}")
    assert sorted(folded.text[0].value.split("|")) == ["code: use=code", "vision: use=vision"]


def test_what_is_saved_leaves_out_what_stands_beside(store: Store, visit: Visit) -> None:
    one = store.save_view("", "cost", "One", "use=vision", "c")
    save(visit(use="code", beside=one.id), "Two")
    assert store.views("", "cost")[0].address == "use=code"


def test_a_deleted_view_no_longer_stands_beside(store: Store, visit: Visit) -> None:
    one, two = (store.save_view("", "cost", name, f"use={name}", "c") for name in ("code", "vision"))
    app = visit(beside=f"{one.id},{two.id}")
    app.selectbox(key="cost_saved_which").set_value(one.id).run()
    app.button(key="cost_saved_delete").click().run()
    assert not app.exception
    assert app.text[0].value == "vision: use=vision"
    assert app.query_params["beside"] == two.id


def test_an_address_that_asks_for_too_many_or_unknown_views_shows_the_rest(store: Store, visit: Visit) -> None:
    kept = [store.save_view("", "cost", f"View {number}", "", "c") for number in range(6)]
    app = visit(beside=",".join(["nobody", *(view.id for view in kept)]))
    assert len(app.text[0].value.split("|")) == 4
    assert "`beside=nobody`" in app.warning[0].value


def test_views_of_others_are_neither_listed_nor_opened(store: Store, visit: Visit) -> None:
    hers = store.save_view("ann@example.org", "cost", "Hers", "use=code", "c")
    elsewhere = store.save_view("", "advisor", "Elsewhere", "use=code", "c")
    app = visit(beside=f"{hers.id},{elsewhere.id}")
    assert app.text[0].value == "nothing beside"
    assert "Nothing is saved of this page yet." in app.caption[0].value
    assert links(app) == {}


def test_a_name_with_signs_of_html_and_markdown_is_shown_as_it_is(store: Store, visit: Visit) -> None:
    name = '<img src=x> **[a](https://evil.example)** "&amp;'
    app = save(visit(), name)
    assert list(links(app)) == [name]
    assert "<img" not in html(app)
    assert f"Saved “{name}”." in unescape(html(app))


def test_a_folded_box_does_not_touch_the_history(visit: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("components.frame.saved.history", lambda: pytest.fail("the history was opened"))
    assert visit(unfolded=False).text[0].value == "nothing beside"


def test_a_history_that_cannot_be_opened_is_one_sentence(
    visit: Visit, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("no folder")
    monkeypatch.setenv("HISTORY_FILE", str(tmp_path / "file" / "history.sqlite"))
    for parameters in ({}, {"beside": "abc"}):
        st.cache_resource.clear()
        app = visit(**parameters)
        (warning,) = app.warning
        assert warning.value.startswith("Views can be neither saved nor opened by their names now.")
        assert "its folder or file cannot be opened" in warning.value
        assert app.text[0].value == "nothing beside"


def test_a_history_that_fails_while_saving_is_a_sentence_and_the_name_stays(
    store: Store, visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise Unavailable(FULL)

    app = visit()
    monkeypatch.setattr(Store, "save_view", fail)
    save(app, "Mine")
    assert "the disk is full" in words(app)
    assert app.text_input(key="cost_saved_name").value == "Mine"


def test_an_address_is_kept_without_what_stands_beside_it() -> None:
    assert without_beside("?models=a,b&beside=x,y&use=") == "models=a,b&use="
    assert without_beside("platform=Vertex%20AI&q=%C3%BC%26") == "platform=Vertex+AI&q=%C3%BC%26"
    assert without_beside("") == ""
