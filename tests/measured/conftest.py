from collections.abc import Iterator
from pathlib import Path

import pytest

from catalog.loading import Catalog, load
from components.history.store import Store, open_store


@pytest.fixture(scope="session")
def known() -> Catalog:
    return load()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(f"sqlite:///{tmp_path / 'history.sqlite'}")
    yield opened
    opened.close()
