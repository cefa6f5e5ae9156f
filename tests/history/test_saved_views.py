"""Views of pages saved by name, on both databases."""

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from components.history.records import SavedView
from components.history.store import Store, ViewRefused, open_store
from tests.history.examples import finished
from tests.history.test_opening import at_revision, execute, old_run


def save(store: Store, name: str, address: str = "models=a", owner: str = "", page: str = "cost") -> SavedView:
    return store.save_view(owner, page, name, address, "c0ffee")


def names(store: Store, owner: str = "", page: str = "cost") -> list[str]:
    return [view.name for view in store.views(owner, page)]


def refusal(store: Store, name: str, address: str = "models=a") -> str:
    with pytest.raises(ViewRefused) as raised:
        save(store, name, address)
    return str(raised.value)


def fill(url: str, count: int) -> None:
    """Many views at once: saving each by itself takes longer than most tests."""
    columns = "id, owner, page, name, address, catalog_version, created, updated"
    when = "'2026-11-26 12:00:00.000000', '2026-11-26 12:00:00.000000'"
    rows = ", ".join(f"('v{number}', '', 'cost', 'View {number}', '', 'c', {when})" for number in range(count))
    execute(url, f"INSERT INTO saved_views ({columns}) VALUES {rows}")


def test_a_view_comes_back_as_it_was_saved(store: Store) -> None:
    kept = save(store, "Chat, 20,000 a day", "models=a,b&requests=20000&platform=x~Vertex%20AI")
    assert store.views("", "cost") == (kept,)
    assert (kept.name, kept.page, kept.owner, kept.catalog_version) == ("Chat, 20,000 a day", "cost", "", "c0ffee")
    assert kept.address == "models=a,b&requests=20000&platform=x~Vertex%20AI"
    assert kept.created == kept.updated
    assert kept.created.utcoffset() is not None


def test_a_name_is_saved_again_in_the_place_of_the_old_one(store: Store) -> None:
    first = save(store, "Chat", "models=a")
    save(store, "Pipeline")
    time.sleep(0.01)
    second = store.save_view("", "cost", " Chat\n", "models=b", "newer")
    assert (second.id, second.created) == (first.id, first.created)
    assert (second.address, second.catalog_version) == ("models=b", "newer")
    assert second.updated > first.updated
    assert names(store) == ["Chat", "Pipeline"]


def test_each_owner_and_page_has_views_of_its_own(store: Store) -> None:
    mine = save(store, "Chat", owner="ann@example.org")
    save(store, "Chat")
    save(store, "Chat", owner="ann@example.org", page="advisor")
    assert store.views("ann@example.org", "cost") == (mine,)
    assert store.delete_view("", mine.id) is None
    assert names(store, "ann@example.org") == ["Chat"]


def test_a_deleted_view_is_gone_and_can_be_brought_back_as_it_was(store: Store) -> None:
    kept = save(store, "Chat")
    assert store.delete_view("", kept.id) == kept
    assert names(store) == []
    assert store.delete_view("", kept.id) is None
    assert store.restore_view(kept)
    assert store.views("", "cost") == (kept,)


def test_a_deleted_view_does_not_come_back_over_a_newer_one_of_its_name(store: Store) -> None:
    old = save(store, "Chat", "models=a")
    store.delete_view("", old.id)
    newer = save(store, "Chat", "models=b")
    assert not store.restore_view(old)
    assert store.views("", "cost") == (newer,)


def test_a_name_is_one_line_of_1_to_80_characters(store: Store) -> None:
    assert save(store, "a" * 80).name == "a" * 80
    assert save(store, " two\n\tlines\x00\u202e ").name == "two lines"
    assert refusal(store, " \n\u200b ") == (
        "The view was not saved, since it has no name; write one of 1 to 80 characters and save again."
    )
    assert refusal(store, "a" * 81) == (
        "The view was not saved, since its name has 81 characters and at most 80 fit; shorten it and save again."
    )


def test_an_address_has_at_most_8000_characters(store: Store) -> None:
    save(store, "long", "a" * 8000)
    assert "its address has 8,001 characters and at most 8,000 fit" in refusal(store, "longer", "a" * 8001)
    assert names(store) == ["long"]


@pytest.mark.parametrize("name", ["'; DROP TABLE runs; --", "<b>", "%_", "Füße 👣"])
def test_any_text_is_a_name(store: Store, name: str) -> None:
    kept = save(store, name, f"q={name}")
    assert (kept.name, kept.address) == (name, f"q={name}")
    assert store.views("", "cost") == (kept,)


def test_what_no_database_takes_is_left_out(store: Store) -> None:
    kept = save(store, "\ud800x\x00", "q=\ud800\x00")
    assert (kept.name, kept.address) == ("x", "q=\ufffd\ufffd")
    assert store.views("", "cost") == (kept,)


def test_a_page_has_room_for_200_views_and_each_can_still_be_saved_anew(store: Store, store_url: str) -> None:
    fill(store_url, 200)
    (third,) = [view for view in store.views("", "cost") if view.name == "View 3"]
    assert refusal(store, "One more") == (
        "The view was not saved, since 200 views of the page cost are kept already and none of them has this name; "
        "delete one, then save again."
    )
    assert save(store, "View 7", "models=b").address == "models=b"
    save(store, "Elsewhere", page="advisor")
    save(store, "Of another", owner="ann@example.org")
    store.delete_view("", third.id)
    save(store, "One more")
    assert not store.restore_view(third)
    assert len(store.views("", "cost")) == 200


def test_sessions_that_save_at_once_lose_nothing_and_keep_one_view_a_name(store: Store, store_url: str) -> None:
    other = open_store(store_url)
    try:
        with ThreadPoolExecutor(8) as pool:
            jobs = [
                pool.submit(save, (store, other)[number % 2], ("Chat", "Pipeline")[number // 2 % 2], f"n={number}")
                for number in range(40)
            ]
            kept = [job.result() for job in jobs]
        found = store.views("", "cost")
        assert sorted(view.name for view in found) == ["Chat", "Pipeline"]
        assert {view.id for view in kept} == {view.id for view in found}
        assert {view.address for view in found} <= {view.address for view in kept}
    finally:
        other.close()


def test_sessions_that_save_at_once_do_not_put_more_in_than_fits(store: Store, store_url: str) -> None:
    fill(store_url, 197)
    other = open_store(store_url)

    def attempt(number: int) -> bool:
        try:
            save((store, other)[number % 2], f"Late {number}")
        except ViewRefused:
            return False
        return True

    try:
        with ThreadPoolExecutor(8) as pool:
            assert sum(pool.map(attempt, range(16))) == 3
        assert len(store.views("", "cost")) == 200
    finally:
        other.close()


def test_an_older_database_keeps_its_runs_and_can_take_views(url: str) -> None:
    at_revision(url, "0002")
    execute(
        url, *(each.replace("NULL, NULL, 2)", "NULL, NULL, 2, NULL)") for each in old_run("old", "Why?", "done", "So."))
    )
    store = open_store(url)
    try:
        run = store.get("old", "")
        assert run is not None
        assert run.lanes[0].text == "So."
        assert save(store, "Chat") in store.views("", "cost")
    finally:
        store.close()


def test_views_survive_the_deletion_of_runs_and_a_new_start(store: Store, store_url: str) -> None:
    kept = save(store, "Chat")
    store.begin(finished())
    store.delete(["r1"], "")
    again = open_store(store_url)
    try:
        assert again.views("", "cost") == (kept,)
        assert again.views("", "advisor") == ()
    finally:
        again.close()


def test_a_view_of_another_owner_cannot_be_brought_back_into_ones_own(store: Store) -> None:
    kept = save(store, "Chat", owner="ann@example.org")
    assert not store.restore_view(replace(kept, owner="", name="Mine"))
    assert names(store) == []
