"""What of a run leaves the house with a link: all that was said, and nothing that is the owner's alone."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from components.history.run_format import run_of_line
from components.history.store import Store, open_store
from components.history.transfer import import_jsonl
from components.playground.keeping import restored
from components.playground.lanes import LaneStatus
from components.playground.run import Runner
from components.shared.apart import file_names, public, run_file
from tests.archive.examples import opinion, run, voted

FILE = {
    "kind": "inline_data",
    "name": "plan.pdf",
    "mime_type": "application/pdf",
    "data": "c2VjcmV0",
    "digest": "d1ge57",
    "size_bytes": 6,
}
UPLOADED = {"kind": "file_data", "name": "film.mp4", "mime_type": "video/mp4", "uri": "https://files.example/abc"}
SECRETS = ("c2VjcmV0", "d1ge57", "files.example", "mine alone", "host.internal", "cachedContents", "ann@example.org")
ASKED = {
    "system_instruction": "Be short.",
    "temperature": 0.2,
    "attachments": [FILE],
    "turns": [{"role": "user", "parts": [UPLOADED, {"kind": "text", "text": "First this."}]}],
    "cached_content": "cachedContents/9",
}


@pytest.fixture
def stores(tmp_path: Path) -> Iterator[tuple[Store, Store]]:
    """Two histories that know nothing of each other."""
    opened = [open_store(f"sqlite:///{tmp_path / name}.sqlite") for name in ("here", "there")]
    yield opened[0], opened[1]
    for store in opened:
        store.close()


def private(**changes: object):
    made = run("r1", request=ASKED, owner="ann@example.org", tags=("mine alone",), group="table-7", **changes)
    failure = {
        "kind": "unknown",
        "message": "It broke.",
        "safe": "",
        "next_step": "",
        "detail": "POST https://host.internal/v1 failed",
    }
    return replace(made, lanes=(replace(made.lanes[0], failure=failure, status="failed"), *made.lanes[1:]))


def test_a_file_of_a_shared_run_holds_what_was_said_and_nothing_of_the_owner_alone() -> None:
    text = run_file([private()]).decode()
    for secret in SECRETS:
        assert secret not in text
    for said in ("Be short.", "plan.pdf", "film.mp4", "First this.", "Yes, it", " is so.", "It broke.", "0.2"):
        assert said in text


def test_a_shared_run_is_still_a_run() -> None:
    snapshot = restored(public(private())).snapshot()
    assert snapshot.finished
    assert snapshot.lanes[1].text == "No, it is not."
    assert snapshot.lanes[0].status is LaneStatus.FAILED
    assert snapshot.lanes[0].request.attachments[0].size_bytes == 6


def test_the_names_of_files_are_told_once_those_of_earlier_turns_included() -> None:
    assert file_names({**ASKED, "attachments": [FILE, FILE]}) == ("plan.pdf", "film.mp4")
    assert file_names({"attachments": [{"kind": "inline_data", "mime_type": "image/png"}]}) == ("image/png",)
    assert file_names({"attachments": "none", "turns": [1, {"parts": None}]}) == ()


def test_another_installation_replays_a_shared_run_with_the_turns_before_it(stores: tuple[Store, Store]) -> None:
    here, there = stores
    here.begin(run("first", "And first?", owner="ann"))
    here.begin(voted("second", "one", parent="first", owner="ann", judgements=(opinion("j"),)))
    taken = run_file(here.conversation("second", "ann"))

    came = import_jsonl(there, "", taken.splitlines(keepends=True))
    assert (came.added, came.skipped_known, came.problems) == (2, 0, ())
    turns = there.conversation("second", "")
    assert [turn.prompt for turn in turns] == ["And first?", "Is it?"]
    kept = turns[1]
    assert (kept.imported, kept.vote, len(kept.judgements)) == (True, "one", 1)
    runner = Runner()
    try:
        played = runner.replay(restored(kept).snapshot())
        while not played.finished:
            played.wait(played.snapshot().version, 1.0)
        lanes = played.snapshot().lanes
    finally:
        runner.close()
    assert [lane.text for lane in lanes] == ["Yes, it is so.", "No, it is not."]
    # The pieces come as they came: after 0.2 s and 0.4 s.
    assert [chunk.at for chunk in lanes[0].chunks] == [0.2, 0.4]
    assert import_jsonl(there, "", taken.splitlines(keepends=True)).skipped_known == 2


def test_a_file_of_a_shared_run_is_one_that_the_history_reads() -> None:
    (line,) = run_file([private()]).decode().splitlines()
    found = run_of_line(line)
    assert not isinstance(found, str)
    assert json.loads(line)["run"]["group"] == ""
