"""Links to single runs and batches, on both databases."""

import hashlib
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import create_engine, text

from components.history.records import BatchRecord, ShareRecord
from components.history.shares import BATCH, RUN, ShareRefused
from components.history.store import Store, open_store
from tests.history.examples import NOON, finished
from tests.history.test_opening import at_revision, execute, old_run

ANN, BOB = "ann@example.org", "bob@example.org"


def batch(name: str = "b1", owner: str = ANN) -> BatchRecord:
    return BatchRecord(name, owner, "Numbers", NOON, True, 2, {"models": ["m"]}, ("prompt",))


def rows_of(url: str) -> list[dict[str, object]]:
    """The table as whoever reads the database sees it."""
    engine = create_engine(url)
    try:
        with engine.connect() as connection:
            return [dict(row) for row in connection.execute(text("SELECT * FROM shares")).mappings()]
    finally:
        engine.dispose()


@pytest.fixture
def filled(store: Store) -> Store:
    """A run and a batch of Ann."""
    store.begin(finished("r1", owner=ANN))
    store.batches.create(batch(), [(1, {"prompt": "Why?"})])
    return store


@pytest.mark.parametrize(("kind", "target"), [(RUN, "r1"), (BATCH, "b1")])
def test_a_link_opens_its_target_and_names_its_owner(filled: Store, kind: str, target: str) -> None:
    made, token = filled.shares.create(ANN, kind, target, "the board")
    assert filled.shares.find(token) == made
    assert (made.owner, made.kind, made.target, made.name, made.expires) == (ANN, kind, target, "the board", None)


def test_a_token_has_256_bits_of_chance_and_the_database_keeps_its_hash_alone(filled: Store, store_url: str) -> None:
    tokens = {filled.shares.create(ANN, RUN, "r1")[1] for _ in range(5)}
    # 32 bytes are 43 characters of base64 without padding.
    assert {len(token) for token in tokens} == {43}
    assert len(tokens) == 5
    rows = rows_of(store_url)
    assert {row["hash"] for row in rows} == {hashlib.sha256(token.encode()).hexdigest() for token in tokens}
    assert not [token for token in tokens if token in str(rows)]


def test_what_opens_nothing_gives_no_reason(filled: Store) -> None:
    made, token = filled.shares.create(ANN, RUN, "r1")
    for other in ("", "x", token[:-1], token + "x", token.swapcase(), token * 10_000, "\ud800\0", "%"):
        assert filled.shares.find(other) is None
    assert filled.shares.withdraw(ANN, made.id)
    assert filled.shares.find(token) is None


def test_the_id_of_a_link_and_its_hash_are_no_tokens(filled: Store, store_url: str) -> None:
    filled.shares.create(ANN, RUN, "r1")
    (row,) = rows_of(store_url)
    assert filled.shares.find(str(row["id"])) is None
    assert filled.shares.find(str(row["hash"])) is None


def test_only_the_owner_makes_lists_and_withdraws_links(filled: Store) -> None:
    made, token = filled.shares.create(ANN, RUN, "r1")
    with pytest.raises(ShareRefused, match="the run is not in your history"):
        filled.shares.create(BOB, RUN, "r1")
    with pytest.raises(ShareRefused, match="the batch is not in your history"):
        filled.shares.create(BOB, BATCH, "b1")
    assert filled.shares.of_target(BOB, RUN, "r1") == ()
    assert not filled.shares.withdraw(BOB, made.id)
    assert filled.shares.find(token) == made


def test_the_links_to_a_target_stand_newest_first_and_apart_from_those_to_others(filled: Store) -> None:
    filled.shares.create(ANN, BATCH, "b1", "of the batch")
    first, second = (filled.shares.create(ANN, RUN, "r1", name)[0] for name in ("one", "two"))
    assert filled.shares.of_target(ANN, RUN, "r1") == (second, first)
    assert [link.name for link in filled.shares.of_target(ANN, BATCH, "b1")] == ["of the batch"]


def test_withdrawing_one_link_leaves_the_others(filled: Store) -> None:
    (first, one), (_, other) = (filled.shares.create(ANN, RUN, "r1") for _ in range(2))
    assert filled.shares.withdraw(ANN, first.id)
    assert not filled.shares.withdraw(ANN, first.id)
    assert filled.shares.find(one) is None
    assert filled.shares.find(other) is not None


def test_a_link_runs_out_after_its_days(filled: Store, store_url: str) -> None:
    made, token = filled.shares.create(ANN, RUN, "r1", days=7)
    assert made.expires == made.created + timedelta(days=7)
    assert filled.shares.find(token) == made
    execute(store_url, "UPDATE shares SET expires = '2026-01-01 00:00:00'")
    assert filled.shares.find(token) is None
    (listed,) = filled.shares.of_target(ANN, RUN, "r1")
    assert listed.id == made.id


def test_deleting_a_run_or_a_batch_deletes_its_links(filled: Store, store_url: str) -> None:
    tokens = [filled.shares.create(ANN, kind, target)[1] for kind, target in ((RUN, "r1"), (BATCH, "b1"))]
    filled.delete(["r1"], ANN)
    assert filled.batches.delete("b1", ANN)
    assert [filled.shares.find(token) for token in tokens] == [None, None]
    assert rows_of(store_url) == []


def test_a_target_has_room_for_20_good_links_and_those_that_ran_out_make_room(filled: Store, store_url: str) -> None:
    for number in range(20):
        filled.shares.create(ANN, RUN, "r1", f"Link {number}", days=1)
    with pytest.raises(ShareRefused) as refused:
        filled.shares.create(ANN, RUN, "r1")
    assert str(refused.value) == "No link was made, since 20 links to this run are good already; withdraw one first."
    filled.shares.create(ANN, BATCH, "b1")
    execute(store_url, "UPDATE shares SET expires = '2026-01-01 00:00:00' WHERE name IN ('Link 3', 'Link 4')")
    filled.shares.create(ANN, RUN, "r1", "Late")
    names = [link.name for link in filled.shares.of_target(ANN, RUN, "r1")]
    assert len(names) == 19
    assert "Link 3" not in names


def test_sessions_that_share_at_once_make_no_more_links_than_may_be(filled: Store, store_url: str) -> None:
    other = open_store(store_url)

    def attempt(number: int) -> bool:
        try:
            (filled, other)[number % 2].shares.create(ANN, RUN, "r1")
        except ShareRefused:
            return False
        return True

    try:
        for _ in range(17):
            filled.shares.create(ANN, RUN, "r1")
        with ThreadPoolExecutor(8) as pool:
            assert sum(pool.map(attempt, range(12))) == 3
        assert len(filled.shares.of_target(ANN, RUN, "r1")) == 20
    finally:
        other.close()


def test_a_name_is_one_line_of_at_most_80_characters(filled: Store) -> None:
    assert filled.shares.create(ANN, RUN, "r1", " for\n\x00the \u202eboard ")[0].name == "for the board"
    with pytest.raises(ShareRefused, match="81 characters and at most 80 fit"):
        filled.shares.create(ANN, RUN, "r1", "a" * 81)


@pytest.mark.parametrize("days", [0, -1, 3_651])
def test_days_are_from_1_to_3650(filled: Store, days: int) -> None:
    with pytest.raises(ShareRefused, match="1 to 3,650 days"):
        filled.shares.create(ANN, RUN, "r1", days=days)
    assert filled.shares.of_target(ANN, RUN, "r1") == ()


def test_a_link_survives_a_new_start(filled: Store, store_url: str) -> None:
    made, token = filled.shares.create(ANN, RUN, "r1")
    again = open_store(store_url)
    try:
        found = again.shares.find(token)
        assert found == made
        assert isinstance(found, ShareRecord)
    finally:
        again.close()


def test_an_older_database_keeps_its_runs_and_batches_and_can_share_them(url: str) -> None:
    at_revision(url, "0004")
    execute(
        url, *(each.replace("NULL, NULL, 2)", "NULL, NULL, 2, NULL)") for each in old_run("old", "Why?", "done", "So."))
    )
    execute(
        url,
        "INSERT INTO batch_jobs (id, owner, name, created, updated, simulated, total, record, columns, state, note, "
        "server, session, under_way, remote) VALUES ('b0', '', 'Old', '2026-01-01', '2026-01-01', FALSE, 1, '{}', "
        "'[]', 'done', '', '', '', '[]', '{}')",
    )
    store = open_store(url)
    try:
        kept = store.batches.get("b0", "")
        assert kept is not None
        assert kept.imported is False
        for kind, target in ((RUN, "old"), (BATCH, "b0")):
            assert store.shares.find(store.shares.create("", kind, target)[1]) is not None
    finally:
        store.close()
