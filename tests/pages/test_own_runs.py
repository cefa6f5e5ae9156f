"""What pages are told of the visitor's own runs, and when that is worked out again."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from catalog.criteria import OwnFigures
from catalog.loading import Catalog, load
from components.frame.own_runs import own_figures_of, own_workload_of
from components.history.database import SILENT
from components.history.store import Store, Unavailable, open_store
from tests.archive.examples import FLASH, PRO, run, voted

ON = date(2025, 9, 1)
KINDS = ("votes", "latency", "cost")


@pytest.fixture(scope="module")
def known() -> Catalog:
    return load()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(f"sqlite:///{tmp_path / 'history.sqlite'}")
    yield opened
    opened.close()


def votes(known: Catalog) -> int:
    found, problem = own_figures_of(known, (PRO, FLASH), ON, KINDS)
    assert problem == ""
    return found.win[PRO, FLASH].runs if found.win else 0


def test_new_runs_and_votes_count_at_once(known: Catalog, store: Store) -> None:
    assert votes(known) == 0
    store.begin(voted("r1", "one"))
    assert votes(known) == 1
    store.begin(voted("r2", ""))
    assert votes(known) == 1
    store.vote("r2", "other")
    assert votes(known) == 2
    store.delete(["r1", "r2"], "")
    assert votes(known) == 0


def test_answers_are_not_read_again_while_nothing_has_changed(
    known: Catalog, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.begin(voted("r1", "one"))
    first = own_figures_of(known, (PRO, FLASH), ON, KINDS), own_workload_of(known)
    monkeypatch.setattr(Store, "answers", lambda *_: pytest.fail("read again"))
    assert (own_figures_of(known, (PRO, FLASH), ON, KINDS), own_workload_of(known)) == first


def test_the_mean_request_is_that_of_own_runs(known: Catalog, store: Store) -> None:
    assert own_workload_of(known) == (None, "")
    store.begin(run("r1"))
    found, problem = own_workload_of(known, [FLASH])
    assert problem == ""
    assert found is not None
    assert (found.runs, found.input_tokens, found.output_tokens) == (1, 7.0, 10.0)


def test_a_history_that_cannot_be_read_is_a_sentence(
    known: Catalog, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def silent(*_: object) -> None:
        raise Unavailable(SILENT)

    monkeypatch.setattr(Store, "state", silent)
    found, problem = own_figures_of(known, (PRO, FLASH), ON, KINDS)
    assert found == OwnFigures()
    assert "the database does not answer" in problem
    assert own_workload_of(known)[0] is None


def test_a_history_that_cannot_be_opened_is_a_sentence(
    known: Catalog, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("no folder")
    monkeypatch.setenv("HISTORY_FILE", str(tmp_path / "file" / "history.sqlite"))
    assert "its folder or file cannot be opened" in own_figures_of(known, (PRO, FLASH), ON, KINDS)[1]
    assert "its folder or file cannot be opened" in own_workload_of(known)[1]
    assert own_figures_of(known, (PRO, FLASH), ON, ()) == (OwnFigures(), "")
