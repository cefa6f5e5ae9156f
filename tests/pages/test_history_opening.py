"""What pages say and do while the history cannot be opened, and after it can again."""

from pathlib import Path

import pytest
import streamlit as st

from components.frame import history


@pytest.fixture
def address(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    place = tmp_path / "folder" / "history.sqlite"
    monkeypatch.setenv("HISTORY_FILE", str(place))
    place.parent.write_text("A file stands where the folder should be.")
    yield place
    st.cache_resource.clear()


def test_a_history_that_cannot_be_opened_is_tried_again_and_then_kept_open(
    address: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [1000.0]
    monkeypatch.setattr(history.time, "monotonic", lambda: now[0])
    assert history.history().store is None
    assert "folder" in history.history().problem
    address.parent.unlink()
    now[0] += 29
    assert history.history().store is None
    now[0] += 2
    opened = history.history()
    assert opened.store is not None
    assert opened.problem == ""
    now[0] += 500
    assert history.history() is opened
    assert address.exists()
