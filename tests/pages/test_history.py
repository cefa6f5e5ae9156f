"""The history page over a database of its own: list, search, comparison, votes, files, deleting."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from html import unescape
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from components.history.query import Query
from components.history.store import Store, Unavailable, open_store
from tests.archive.examples import FLASH, OLD, PRO, opinion, run, voted

Open = Callable[..., AppTest]
Read = Callable[[AppTest], list[str]]


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.setenv("HISTORY_FILE", str(tmp_path / "history.sqlite"))
    st.cache_resource.clear()
    opened = open_store(f"sqlite:///{tmp_path / 'history.sqlite'}")
    yield opened
    opened.close()


def shown(html_of: Read, app: AppTest) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", " ".join(html_of(app)))).split())


def prompts(html_of: Read, app: AppTest) -> list[str]:
    found = re.findall(r'class="run-prompt"><a [^>]*><bdi[^>]*>(.*?)</bdi>', " ".join(html_of(app)))
    return [unescape(each) for each in found]


def test_an_empty_history_says_what_will_stand_here(store: Store, open_page: Open, html_of: Read) -> None:
    app = open_page("history")
    assert "Runs from the playground stand here" in app.info[0].value
    assert 'href="playground"' in " ".join(html_of(app))


def test_runs_stand_newest_first_25_a_page(store: Store, open_page: Open, html_of: Read) -> None:
    for number in range(30):
        store.begin(run(f"r{number:02d}", f"Prompt {number}", minutes=number))
    app = open_page("history")
    assert prompts(html_of, app) == [f"Prompt {number}" for number in range(29, 4, -1)]
    assert "Page 1 of 2." in shown(html_of, app)
    for asked in ("2", "99"):
        app.query_params["page"] = asked
        app.run()
        assert prompts(html_of, app) == [f"Prompt {number}" for number in range(4, -1, -1)]
        assert "Page 2 of 2." in shown(html_of, app)


def test_search_and_filters_narrow_the_list_and_stand_in_the_address(
    store: Store, open_page: Open, html_of: Read
) -> None:
    store.begin(run("a", "What is a hash table?", ("An array of buckets.", "Pairs."), tags=("keep",)))
    store.begin(run("b", "What is a tree?", models=(PRO, OLD), minutes=1, simulated=True, preset="code"))
    store.begin(run("c", "Why did it fail?", minutes=2, status="failed"))
    app = open_page("history")
    app.text_input(key="history_q").set_value("buckets").run()
    assert app.query_params["q"] == "buckets"
    assert prompts(html_of, app) == ["What is a hash table?"]
    assert "An array of buckets." in shown(html_of, app)
    for parameters, left in (
        ({"model": OLD}, ["What is a tree?"]),
        ({"kind": "real"}, ["Why did it fail?", "What is a hash table?"]),
        ({"state": "failed"}, ["Why did it fail?"]),
        ({"tag": "keep"}, ["What is a hash table?"]),
        ({"preset": "code"}, ["What is a tree?"]),
        ({"preset": "none"}, ["Why did it fail?", "What is a hash table?"]),
        ({"until": "2026-11-25"}, []),
        ({"since": "2026-11-26", "q": "tree"}, ["What is a tree?"]),
    ):
        assert prompts(html_of, open_page("history", **parameters)) == left, parameters


def test_a_filter_takes_the_reader_to_the_first_page(store: Store, open_page: Open, html_of: Read) -> None:
    for number in range(30):
        store.begin(run(f"r{number:02d}", f"Prompt {number}", minutes=number))
    app = open_page("history", open="r01")
    app.query_params["page"] = "2"
    app.run()
    app.selectbox(key="history_state").set_value("complete").run()
    assert dict(app.query_params) == {"state": "complete"}
    app.button(key="history_clear").click().run()
    assert dict(app.query_params) == {}
    assert app.selectbox(key="history_state").value == "any"


@pytest.mark.parametrize("parameter", ["view", "state", "kind", "model", "preset", "tag", "voted", "since", "until"])
def test_an_unknown_value_in_the_address_is_named_and_the_rest_is_shown(
    store: Store, open_page: Open, html_of: Read, parameter: str
) -> None:
    store.begin(run("a", "What is a hash table?"))
    app = open_page("history", **{parameter: "<b>nonsense"})
    assert f"`{parameter}=<b>nonsense`" in app.warning[0].value
    assert prompts(html_of, app) == ["What is a hash table?"]


def test_nothing_found_says_what_to_do(store: Store, open_page: Open) -> None:
    store.begin(run("a"))
    assert "Clear one" in open_page("history", q="nosuchword").info[0].value


def test_a_prompt_of_a_megabyte_signs_and_markup_break_nothing(store: Store, open_page: Open, html_of: Read) -> None:
    store.begin(run("a", "x" * 1_000_000))
    store.begin(run("b", "\u202e<script>alert(1)</script>\x07", ("<img src=x onerror=alert(1)>", "b"), minutes=1))
    app = open_page("history", open="b")
    html = " ".join(html_of(app))
    assert "<script" not in html
    assert "<img" not in html
    assert len(html) < 50_000
    assert len(" ".join(html_of(open_page("history", open="a")))) < 50_000


def test_an_opened_run_shows_prompt_answers_and_opinions(store: Store, open_page: Open, html_of: Read) -> None:
    store.begin(run("a", "What is a hash table?\nIn short.", judgements=(opinion("j"),)))
    text = shown(html_of, open_page("history", open="a"))
    assert "What is a hash table? In short." in text
    assert "■ 2.0 Flash Done, first token 200 ms, total 500 ms No, it is not." in text
    assert "Opinion of a model, gemini-3.8-flash: the answer of 2.0 Pro exp is better, in either order." in text


def test_a_blind_run_without_a_vote_keeps_its_answers_to_itself(store: Store, open_page: Open, html_of: Read) -> None:
    store.begin(run("a", answers=("Secret one.", "Secret two."), order=(1, 0)))
    store.begin(run("b", minutes=1))
    for parameters in ({}, {"open": "a"}, {"compare": "a,b"}, {"q": "secret"}):
        app = open_page("history", **parameters)
        assert "Secret" not in " ".join(html_of(app)), parameters
    assert "vote, then compare" in open_page("history", compare="a,b").info[0].value


def test_a_run_can_be_asked_again_with_another_pair(store: Store, open_page: Open, html_of: Read) -> None:
    store.begin(run("a"))
    app = open_page("history", open="a")
    app.multiselect(key="history_again_a").set_value([FLASH, OLD]).run()
    assert f'href="playground?again=a&amp;models={FLASH},{OLD}"' in " ".join(html_of(app))
    app.multiselect(key="history_again_a").set_value([FLASH]).run()
    assert "models=" not in " ".join(html_of(app))


def test_tags_are_edited_and_cleaned(store: Store, open_page: Open, html_of: Read) -> None:
    store.begin(run("a", tags=("old",)))
    app = open_page("history", open="a")
    assert app.multiselect(key="history_tags_a").value == ["old"]
    app.multiselect(key="history_tags_a").set_value(["old", " new,\x00 tag "]).run()
    assert store.tags("") == ("new tag", "old")
    assert "Tags kept: old, new tag." in app.success[0].value
    assert app.multiselect(key="history_tags_a").value == ["new tag", "old"]


def test_a_tag_of_somebody_else_loads_no_picture(store: Store, open_page: Open) -> None:
    store.begin(run("a", tags=("![x](https://evil.example/p.png)",)))
    app = open_page("history", open="a")
    app.multiselect(key="history_tags_a").set_value(["![x](https://evil.example/p.png)", "new"]).run()
    assert "![" not in app.success[0].value
    assert "evil.example" in app.success[0].value


def test_a_tag_is_added_to_all_selected_runs(store: Store, open_page: Open) -> None:
    store.begin(run("a", tags=("old",)))
    store.begin(run("b"))
    app = open_page("history")
    app.session_state["history_picked"] = ("a", "b")
    app.session_state["history_tag_box"] = True
    app.run()
    app.text_input(key="history_tag_new").set_value("both").run()
    app.button(key="history_tag_add").click().run()
    found = [each.tags if each else None for each in (store.get("a", ""), store.get("b", ""))]
    assert found == [("both", "old"), ("both",)]


def test_deleting_names_how_many_and_asks_first(store: Store, open_page: Open, html_of: Read) -> None:
    for name in ("a", "b", "c"):
        store.begin(run(name, f"Prompt {name}"))
    app = open_page("history")
    app.session_state["history_picked"] = ("a", "b")
    app.run()
    app.button(key="history_delete").click().run()
    question = next(each.value for each in app.markdown if "Delete" in each.value)
    assert "Delete 2 runs for good?" in question
    assert "cannot be undone" in question
    app.button(key="history_delete_no").click().run()
    assert len(store.ids("")) == 3
    app.button(key="history_delete").click().run()
    app.button(key="history_delete_yes").click().run()
    assert store.ids("") == ("c",)
    assert "Deleted 2 runs." in app.success[0].value
    assert prompts(html_of, app) == ["Prompt c"]
    assert "selected" not in shown(html_of, app)


def test_two_runs_are_compared_by_what_differs(store: Store, open_page: Open, html_of: Read) -> None:
    store.begin(run("a", "Why?", ("one two three", "xx"), request={"temperature": 0.2}, simulated=True))
    store.begin(run("b", "Why?", ("one two four", "yy"), request={"temperature": 0.7}, minutes=1))
    app = open_page("history", compare="a,b")
    text = shown(html_of, app)
    assert "Temperature 0.2 0.7" in text
    assert "Prompt Why?" not in text
    assert "Answers are simulated real" in text
    assert "◌ Simulated" in text
    assert "Time to first token 200 ms 200 ms 200 ms 200 ms" in text
    # Two of three words each: 2 * 2 / (3 + 3).
    assert "67% of the words are shared: 2 words in both, 1 only in the one and 1 only in the other." in text
    app.selectbox(key="history_diff_other").set_value("B2").run()
    assert app.query_params["other"] == "B2"
    assert "0% of the words are shared" in shown(html_of, app)


@pytest.mark.parametrize(("asked", "said"), [("a", "Two runs can be compared"), ("a,b,c", "Two runs can be compared")])
def test_a_comparison_takes_two_runs(store: Store, open_page: Open, asked: str, said: str) -> None:
    assert said in open_page("history", compare=asked).info[0].value


def test_a_comparison_with_a_run_that_is_gone_says_so(store: Store, open_page: Open) -> None:
    store.begin(run("a"))
    assert "no run `gone`" in open_page("history", compare="a,gone").warning[0].value


def test_a_run_that_cannot_be_read_is_a_sentence(store: Store, open_page: Open) -> None:
    store.begin(run("a", request={"safety": 7}))
    store.begin(run("b"))
    assert "cannot be read here" in " ".join(each.value for each in open_page("history", open="a").caption)
    assert "cannot be read here" in open_page("history", compare="a,b").warning[0].value


def test_votes_say_the_win_rate_and_leave_simulated_ones_out(store: Store, open_page: Open, html_of: Read) -> None:
    for number in range(7):
        store.begin(voted(f"p{number}", "one", minutes=number))
    for number in range(3):
        store.begin(voted(f"f{number}", "other", minutes=number))
    for number in range(4):
        store.begin(voted(f"s{number}", "one", minutes=number, simulated=True))
    store.begin(voted("named", "one", answers=("I am Gemini 2.0 Flash.", "No.")))
    app = open_page("history", view="votes")
    text = shown(html_of, app)
    assert "10 votes count. Left out: 4 on simulated answers and 1 where an answer names its model." in text
    assert "2.0 Pro exp was preferred in 7 of 10 decided votes (70%, 95% interval 40% to 89%)" in text
    assert not app.toggle


def test_imported_votes_count_only_when_switched_on(store: Store, open_page: Open, html_of: Read) -> None:
    store.begin(voted("a", "one"))
    store.begin(voted("b", "one", imported=True, judgements=(opinion("j"),)))
    app = open_page("history", view="votes")
    assert "1 vote counts. Left out: 1 from imported runs." in shown(html_of, app)
    assert "Opinions left out: 1 imported." in [each.value for each in app.caption]
    app.toggle(key="history_imported").set_value(True).run()
    assert app.query_params["imported"] == "yes"
    assert "2 votes count." in shown(html_of, app)
    assert "gemini-3.8-flash 1 of 1 100%" in shown(html_of, app)
    assert any("a model's opinion" in each.value for each in app.caption)


def test_three_models_are_rated_or_the_page_says_why_not(store: Store, open_page: Open, html_of: Read) -> None:
    store.begin(voted("a", "one"))
    store.begin(voted("b", "one", models=(PRO, OLD)))
    app = open_page("history", view="votes")
    assert "All models together" in [each.value for each in app.subheader]
    assert "Ratings have no finite value while 2.0 Pro exp won every vote" in shown(html_of, app)
    assert "cannot be told apart from" not in shown(html_of, app)
    for number, (pair, vote) in enumerate([((FLASH, OLD), "one"), ((OLD, PRO), "one"), ((FLASH, PRO), "one")] * 2):
        store.begin(voted(f"c{number}", vote, models=pair))
    app.run()
    assert "cannot be told apart from" in shown(html_of, app)


def test_no_votes_teach_how_to_vote(store: Store, open_page: Open) -> None:
    assert "There are no votes yet" in open_page("history", view="votes").info[0].value


def test_the_files_view_says_how_many_runs_are_kept_and_where_without_the_folder(
    store: Store, open_page: Open, html_of: Read, tmp_path: Path
) -> None:
    store.begin(run("a"))
    text = shown(html_of, open_page("history", view="files"))
    assert "1 run is kept in the file history.sqlite on this server." in text
    assert str(tmp_path) not in text


def test_an_import_says_what_came_in_and_what_is_wrong_with_which_line(
    store: Store, open_page: Open, html_of: Read
) -> None:
    from components.history.run_format import run_line

    store.begin(run("known"))
    lines = [run_line(run("new")), run_line(run("known")), *["{broken\n"] * 25]
    app = open_page("history", view="files")
    app.file_uploader(key="history_upload").upload("runs.jsonl", "".join(lines).encode(), "application/jsonl").run()
    app.button(key="history_import").click().run()
    assert "1 run added, 1 run skipped as known already, 25 lines left out" in app.warning[0].value
    text = shown(html_of, app)
    assert "Line 3:" in text
    assert "Line 22:" in text
    assert "Line 23:" not in text
    assert "and 5 more lines" in text
    taken = store.get("new", "")
    assert taken is not None
    assert taken.imported


def test_an_export_holds_the_runs_and_can_be_imported_again(store: Store, tmp_path: Path) -> None:
    from catalog.loading import load
    from components.archive.desk import Desk
    from components.archive.panel.files import exported
    from components.archive.wording import zone_of
    from components.history.transfer import import_jsonl

    runs = [run("a", "Ünïcode\u2028 line", simulated=True), voted("b", "one", minutes=1)]
    for each in runs:
        store.begin(each)
    desk = Desk(load(), runs[0].created.date(), store, "", zone_of(None))
    whole = exported(desk, None)()
    assert [json.loads(line)["run"]["id"] for line in whole.splitlines()] == ["a", "b"]
    assert [json.loads(line)["run"]["id"] for line in exported(desk, ("b",))().splitlines()] == ["b"]
    other = open_store(f"sqlite:///{tmp_path / 'other.sqlite'}")
    import_jsonl(other, "", whole.splitlines(keepends=True))
    assert other.get_many(["a", "b"], "") == tuple(replace(each, imported=True) for each in runs)
    other.close()


def test_everything_is_deleted_only_after_the_words_are_typed(store: Store, open_page: Open) -> None:
    for name in ("a", "b"):
        store.begin(run(name))
    store.begin(run("theirs", owner="ann@example.com"))
    app = open_page("history", view="files")
    assert app.button(key="history_end").disabled
    app.text_input(key="history_end_phrase").set_value("delete 3 runs").run()
    assert app.button(key="history_end").disabled
    app.text_input(key="history_end_phrase").set_value("Delete 2 runs ").run()
    app.button(key="history_end").click().run()
    assert store.search(Query("")).total == 0
    assert store.search(Query("ann@example.com")).total == 1
    assert "Deleted 2 runs." in app.success[0].value


def test_runs_of_others_are_not_shown(store: Store, open_page: Open, html_of: Read) -> None:
    store.begin(run("theirs", "Their prompt", owner="ann@example.com"))
    store.begin(run("mine", "My prompt"))
    for parameters in ({}, {"open": "theirs"}, {"compare": "mine,theirs"}, {"view": "files"}):
        assert "Their prompt" not in " ".join(html_of(open_page("history", **parameters)))


def test_a_history_that_cannot_be_opened_is_one_sentence(open_page: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "mysql://root:pa55word@host/runs")
    app = open_page("history")
    assert "The history cannot be opened" in app.warning[0].value
    assert "pa55word" not in str(app.main)


def test_a_database_that_stops_answering_is_one_sentence(
    store: Store, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    from components.history.database import SILENT

    store.begin(run("a"))
    app = open_page("history")

    def silent(*_: object) -> None:
        raise Unavailable(SILENT)

    app.session_state["history_picked"] = ("a",)
    app.run()
    app.button(key="history_delete").click().run()
    monkeypatch.setattr(Store, "delete", silent)
    app.button(key="history_delete_yes").click().run()
    assert "The history cannot be used now (the database does not answer)" in app.error[0].value
    monkeypatch.setattr(Store, "search", silent)
    app.run()
    assert "The history cannot be used now (the database does not answer)" in app.error[0].value
    assert not app.exception
