from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from components.history.changes import Appended, Began
from components.history.query import Query, State
from components.history.records import ChunkRecord, LaneRecord, RunRecord
from components.history.store import Refused, Store, open_store
from tests.history.examples import FLASH, JUDGEMENT, NOON, PRO, answered, chunks, finished, starting


def found(store: Store, text: str = "", **filters: object) -> list[str]:
    page = store.search(Query(owner="", text=text, order="oldest", **filters))  # type: ignore[arg-type]
    assert page.total == len(page.rows)
    return [row.id for row in page.rows]


def begin_all(store: Store, runs: Sequence[RunRecord]) -> None:
    store.write([Began(run) for run in runs])


def test_a_run_comes_back_as_it_was_kept(store: Store) -> None:
    pieces = (
        ChunkRecord(0.1, thought="Hm…", thinking_tokens=7),
        ChunkRecord(
            1 / 3, text="Füße 👣\r\n", output_tokens=2**40, parts=({"kind": "call", "args": {"x": [1.5, None]}},)
        ),
    )
    failure = {"kind": "overloaded", "wait_s": 1e-9}
    lanes = (
        answered(0, PRO, chunks=pieces, request={"temperature": 0.1, "stop": ["a", ""]}),
        answered(1, FLASH, status="failed", failure=failure, stop_reason="Stopped on request.", total_s=None),
        answered(2, PRO, "again"),
        answered(3, FLASH, ""),
    )
    run = finished(
        lanes=lanes,
        repeats=2,
        simulated=True,
        vertexai=True,
        order=(1, 0),
        vote="left",
        parent="r0",
        group="g",
        preset="code",
        owner="ann@example.org",
        tags=("a", "b"),
        judgements=(JUDGEMENT,),
        prompt="",
    )
    store.begin(run)
    assert store.get("r1", "ann@example.org") == run


def test_moments_of_other_time_zones_and_ends_of_the_calendar_are_kept(store: Store) -> None:
    east = datetime(2026, 1, 1, 3, tzinfo=timezone(timedelta(hours=9)))
    for name, moment in (("a", east), ("b", datetime(1, 1, 1, tzinfo=UTC)), ("c", datetime.max.replace(tzinfo=UTC))):
        store.begin(finished(name, created=moment))
        kept = store.get(name, "")
        assert kept is not None
        assert kept.created == moment
        assert kept.created.utcoffset() == timedelta(0)


def test_an_answer_grows_chunk_by_chunk_and_ends(store: Store) -> None:
    store.begin(starting())
    store.append([Appended("r1", 1, seq, chunk, {"n": seq}) for seq, chunk in enumerate(chunks("Li", "ght"))])
    growing = store.get("r1", "")
    assert growing is not None
    assert [lane.status for lane in growing.lanes] == ["waiting", "streaming"]
    assert (growing.lanes[1].text, growing.lanes[1].facts) == ("Light", {"n": 1})
    store.end_lane("r1", LaneRecord(1, FLASH, {}, "stopped", {"n": 2}, {"kind": "x"}, "Stopped.", 2.5))
    ended = store.get("r1", "")
    assert ended is not None
    assert ended.lanes[1] == LaneRecord(
        1, FLASH, {"prompt": "p"}, "stopped", {"n": 2}, {"kind": "x"}, "Stopped.", 2.5, chunks("Li", "ght")
    )


def test_telling_a_change_again_does_no_harm(store: Store) -> None:
    told = [Appended("r1", 0, 0, *chunks("once"), {})]
    for _ in range(2):
        store.begin(starting())
        store.append(told)
        store.end_lane("r1", answered(0, PRO))
    kept = store.get("r1", "")
    assert kept is not None
    assert kept.lanes[0].text == "once"
    assert found(store, "once") == ["r1"]


def test_what_is_told_of_a_deleted_run_is_ignored(store: Store) -> None:
    store.begin(starting())
    assert store.delete(["r1"], "") == 1
    store.append([Appended("r1", 0, 0, *chunks("late"), {})])
    store.end_lane("r1", answered(0, PRO))
    assert store.get("r1", "") is None
    assert found(store, "late") == []


def test_nul_and_lone_surrogates_become_replacement_characters(store: Store) -> None:
    run = finished("r1", ("a\0b", "c\ud800d"), prompt="\udfff?", tags=("t\0",))
    lanes = (replace(run.lanes[0], facts={"k\0": ["\ud800", "\\u0000"]}), run.lanes[1])
    store.begin(replace(run, lanes=lanes))
    kept = store.get("r1", "")
    assert kept is not None
    assert (kept.prompt, kept.tags, kept.lanes[0].text, kept.lanes[1].text) == ("�?", ("t�",), "a�b", "c�d")
    assert kept.lanes[0].facts == {"k�": ["�", "\\u0000"]}


def test_numbers_that_json_does_not_know_are_missing_and_not_zero(store: Store) -> None:
    store.begin(finished(lanes=(answered(0, PRO, facts={"a": float("nan"), "b": 10**30}), answered(1, FLASH))))
    kept = store.get("r1", "")
    assert kept is not None
    assert kept.lanes[0].facts == {"a": None, "b": 10**30}


def test_values_that_no_database_takes_are_refused_and_the_rest_stays(store: Store) -> None:
    bad = ChunkRecord(0.1, "x", output_tokens=2**70)
    store.begin(finished("good"))
    with pytest.raises(Refused):
        store.begin(finished("bad", lanes=(answered(0, PRO, chunks=(bad,)), answered(1, FLASH))))
    assert found(store) == ["good"]


def test_each_owner_sees_own_runs_alone(store: Store) -> None:
    for owner in ("ann", "bob", ""):
        store.begin(finished(f"of-{owner}", owner=owner, tags=(f"tag-{owner}",), vote="left", judgements=(JUDGEMENT,)))
    assert store.get("of-ann", "bob") is None
    assert store.conversation("of-ann", "bob") == ()
    assert [row.id for row in store.search(Query("bob", "is")).rows] == ["of-bob"]
    assert store.tags("ann") == ("tag-ann",)
    assert [row.run_id for row in store.votes("bob")] == ["of-bob"]
    assert [row.run_id for row in store.judgements("")] == ["of-"]
    assert store.ids("ann") == ("of-ann",)
    store.tag("of-ann", "bob", ["mine"])
    store.save_judgement("of-ann", "bob", replace(JUDGEMENT, id="j2"))
    assert store.delete(["of-ann"], "bob") == 0
    kept = store.get("of-ann", "ann")
    assert kept is not None
    assert (kept.tags, kept.judgements) == (("tag-ann",), (JUDGEMENT,))


def test_words_phrases_and_prefixes_are_found_in_all_that_was_asked_and_answered(store: Store) -> None:
    system = {"system_instruction": "Speak like a pirate."}
    lanes = (answered(0, PRO, "Light", "houses warn", " ships.", request=system), answered(1, FLASH, "Ein naïver Fuß"))
    store.begin(finished("sea", prompt="Why do ships need 2,097,152 lights?", lanes=lanes))
    store.begin(finished("land", ("Cars need roads, roads need cars.", "搜索引擎 is gemini-2.0_pro")))
    both, sea, land, none = ["sea", "land"], ["sea"], ["land"], list[str]()
    expected = {
        "ships": sea,
        "SHIPS": sea,
        "ship": none,
        "ship*": sea,
        '"warn ships"': sea,
        '"ships warn"': none,
        '"warn sh"*': sea,
        "lighthouses": sea,
        "pirate warn": sea,
        "pirate cars": none,
        "naiver fuss": sea,
        "need": both,
        '"roads need cars"': land,
        '"need roads" cars': land,
        "2,097,152": sea,
        "097": sea,
        "gemini-2.0": land,
        "2.0-gemini": none,
        "搜索": land,
        "引擎": land,
        "索搜": none,
        "thought": none,
    }
    assert {text: found(store, text) for text in expected} == {
        text: sorted(ids, key=["land", "sea"].index) for text, ids in expected.items()
    }


def test_no_text_is_a_syntax_error(store: Store) -> None:
    store.begin(finished())
    hits = {
        "AND": 0,
        "is AND": 0,
        "NOT is": 0,
        "is OR": 0,
        "NEAR(is it)": 0,
        '"is it': 1,
        'is"': 1,
        '""': 1,
        "*": 1,
        "i**": 1,
        "is:it": 1,
        "words:is": 0,
        "-is +it ^is": 1,
        "is & it | !": 1,
        "'is' <-> it:*": 1,
        "(((": 1,
        "\\": 1,
        "is\0": 1,
        "\ud800": 1,
        "%' OR 1=1 --": 0,
        "is " * 5000: 1,
        "x" * 100_000: 0,
        '"' + "is it " * 50 + '"': 0,
    }
    assert {typed: len(found(store, typed)) for typed in hits} == hits


def test_long_answers_are_found_to_their_last_word(store: Store) -> None:
    middle = " ".join(f"w{index}" for index in range(30_000))
    many = "again " * 20_000
    store.begin(finished("long", (f"{middle} very last", f"{many} needle in hay")))
    assert found(store, '"very last"') == ["long"]
    assert found(store, '"w2978 w2979 w2980 w2981 w2982"') == ["long"]
    assert found(store, '"again needle in hay"') == ["long"]


def test_deleted_runs_are_found_no_more_and_others_stay(store: Store) -> None:
    begin_all(store, [finished("a"), finished("b"), finished("c", owner="ann")])
    assert store.delete(["a", "c", "never"], "") == 1
    assert found(store, "yes") == ["b"]
    assert store.get("c", "ann") is not None


def test_the_snippet_shows_where_the_word_stands(store: Store) -> None:
    store.begin(finished("r1", ("Short.", "filler " * 100 + "the Neédle is here " + "filler " * 100)))
    (row,) = store.search(Query("", "needle")).rows
    assert "Neédle is here" in row.snippet
    assert row.snippet.startswith("…")
    assert row.snippet.endswith("…")
    for text, snippet in (("", "Short."), ("it", "Short."), ("short", "Short.")):
        (row,) = store.search(Query("", text)).rows
        assert row.snippet == snippet
    (row,) = store.search(Query("", "fill*")).rows
    assert row.snippet.startswith("filler filler")


def test_filters_narrow_the_list(store: Store) -> None:
    day = timedelta(days=1)
    begin_all(
        store,
        [
            finished("a", created=NOON, simulated=True, tags=("x", "y"), preset="code"),
            finished("b", created=NOON + day, vote="left", tags=("x",)),
            finished("c", created=NOON + 2 * day, preset="json", sides=1, lanes=(answered(0, "other", "Yes"),)),
        ],
    )
    assert found(store, models=(PRO,)) == ["a", "b"]
    assert found(store, models=(PRO, FLASH)) == ["a", "b"]
    assert found(store, models=(PRO, "other")) == []
    assert found(store, tags=("x",)) == ["a", "b"]
    assert found(store, tags=("x", "y")) == ["a"]
    assert found(store, presets=("code", "json")) == ["a", "c"]
    assert found(store, simulated=True) == ["a"]
    assert found(store, simulated=False) == ["b", "c"]
    assert found(store, voted=True) == ["b"]
    assert found(store, voted=False) == ["a", "c"]
    assert found(store, since=NOON + day) == ["b", "c"]
    assert found(store, until=NOON + day) == ["a"]
    assert found(store, text="yes", simulated=False, since=NOON, models=("other",)) == ["c"]


def test_the_state_of_a_run_is_its_worst_lane(store: Store) -> None:
    statuses = {
        "complete": ("done", "done"),
        "stopped": ("stopped", "done"),
        "failed": ("failed", "stopped"),
        "interrupted": ("interrupted", "failed"),
        "running": ("streaming", "failed"),
        "waiting": ("waiting", "waiting"),
    }
    for name, (one, other) in statuses.items():
        store.begin(finished(name, lanes=(answered(0, PRO, status=one), answered(1, FLASH, status=other))))
    assert found(store, state=State.RUNNING) == ["running", "waiting"]
    for state in (State.COMPLETE, State.STOPPED, State.FAILED, State.INTERRUPTED):
        (row,) = store.search(Query("", state=state)).rows
        assert (row.id, row.state) == (state.value, state)
        assert row.statuses == statuses[state]


def test_lists_come_in_pages_newest_first(store: Store) -> None:
    begin_all(store, [finished(f"r{index}", created=NOON + timedelta(seconds=index)) for index in range(7)])
    page = store.search(Query("", limit=3, offset=2))
    assert ([row.id for row in page.rows], page.total) == (["r4", "r3", "r2"], 7)
    beyond = store.search(Query("", limit=3, offset=100))
    assert (beyond.rows, beyond.total) == ((), 7)


def test_a_summary_says_what_a_list_needs(store: Store) -> None:
    lanes = tuple(answered(index, model, "Yes.\n\nIndeed.") for index, model in enumerate((PRO, FLASH) * 2))
    run = finished(lanes=lanes, repeats=2, order=(1, 0), vote="left", parent="r0", group="g", preset="code")
    store.begin(replace(run, tags=("b", "a"), prompt="x" * 1000))
    (row,) = store.search(Query("")).rows
    assert (row.models, row.sides, row.repeats, row.blind) == ((PRO, FLASH), 2, 2, True)
    assert (row.vote, row.parent, row.group, row.preset, row.tags) == ("left", "r0", "g", "code", ("a", "b"))
    assert (row.prompt, row.snippet, row.created, row.imported) == ("x" * 400, "Yes. Indeed.", NOON, False)


def test_only_the_first_vote_counts(store: Store) -> None:
    store.begin(finished(order=(1, 0), preset="code"))
    store.vote("r1", "left")
    store.vote("r1", "right")
    (vote,) = store.votes("")
    assert (vote.run_id, vote.models, vote.order, vote.vote) == ("r1", (PRO, FLASH), (1, 0), "left")
    assert (vote.preset, vote.simulated, vote.imported, vote.created) == ("code", False, False, NOON)


def test_tags_are_replaced(store: Store) -> None:
    store.begin(finished(tags=("old",)))
    store.tag("r1", "", ["b", "a", "b"])
    kept = store.get("r1", "")
    assert kept is not None
    assert kept.tags == store.tags("") == ("a", "b")


def test_judgements_come_with_the_models_that_were_judged(store: Store) -> None:
    store.begin(finished(preset="code"))
    store.save_judgement("r1", "", JUDGEMENT)
    store.save_judgement("r1", "", JUDGEMENT)
    (row,) = store.judgements("")
    assert (row.run_id, row.model_one, row.model_other, row.preset) == ("r1", PRO, FLASH, "code")
    assert row.judgement == JUDGEMENT


def test_a_conversation_is_the_chain_of_runs_oldest_first(store: Store) -> None:
    begin_all(store, [finished("a"), finished("b", parent="a"), finished("c", parent="b"), finished("d", parent="b")])
    assert [run.id for run in store.conversation("c", "")] == ["a", "b", "c"]
    store.delete(["a"], "")
    assert [run.id for run in store.conversation("d", "")] == ["b", "d"]


def test_a_conversation_in_a_circle_ends(store: Store) -> None:
    begin_all(store, [finished("a", parent="b"), finished("b", parent="a"), finished("self", parent="self")])
    assert [run.id for run in store.conversation("a", "")] == ["b", "a"]
    assert [run.id for run in store.conversation("self", "")] == ["self"]


def test_a_conversation_has_at_most_a_hundred_runs(store: Store) -> None:
    begin_all(store, [finished(f"r{index}", parent=f"r{index - 1}") for index in range(120)])
    assert [run.id for run in store.conversation("r119", "")] == [f"r{index}" for index in range(20, 120)]


def test_runs_are_still_there_when_the_store_is_opened_again(store_url: str) -> None:
    first = open_store(store_url)
    first.begin(finished())
    first.close()
    second = open_store(store_url)
    try:
        assert second.get("r1", "") == finished()
        assert found(second, "yes") == ["r1"]
    finally:
        second.close()
