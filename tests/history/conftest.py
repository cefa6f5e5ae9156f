import shutil
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from components.history.store import Store, open_store
from tests.history.postgres import Cluster
from tests.history.postgres import postgres as postgres

KINDS = ("sqlite", "postgresql")


@pytest.fixture(params=KINDS)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of an empty database, of each kind in turn."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'history.sqlite'}"
        return
    cluster: Cluster = request.getfixturevalue("postgres")
    address = cluster.fresh()
    yield address
    cluster.drop(address)


@pytest.fixture(scope="session")
def emptied(postgres: Cluster) -> str:
    """The address of a database with all tables, which the tests share and each finds empty."""
    address = postgres.fresh()
    open_store(address).close()
    return address


@pytest.fixture(scope="session")
def empty_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with all tables, for copying: making the tables takes longer than most tests."""
    file = tmp_path_factory.mktemp("history") / "history.sqlite"
    open_store(f"sqlite:///{file}").close()
    return file


@pytest.fixture(params=KINDS)
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database without runs, of each kind in turn."""
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("empty_file"), tmp_path)
        return f"sqlite:///{tmp_path / 'history.sqlite'}"
    address: str = request.getfixturevalue("emptied")
    with psycopg.connect(address, autocommit=True) as connection:
        # Quicker than TRUNCATE for the few rows of a test.
        connection.execute("DELETE FROM runs")
        connection.execute("DELETE FROM servers")
        connection.execute("DELETE FROM saved_views")
        connection.execute("DELETE FROM batch_jobs")
    return address


@pytest.fixture
def store(store_url: str) -> Iterator[Store]:
    opened = open_store(store_url)
    yield opened
    opened.close()
