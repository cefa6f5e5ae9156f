import os
import re
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from components.history import database
from components.history.database import for_writing, make_engine, migration_config, upgrade
from components.history.migrations.comparison import is_ours
from components.history.query import Query, State
from components.history.schema import Base
from components.history.store import HistoryError, default_url, open_store
from tests.history.examples import finished
from tests.history.postgres import Cluster

ROOT = Path(__file__).resolve().parents[2]
HOME = Path("/srv/ann")


def refusal(url: str) -> str:
    with pytest.raises(HistoryError) as raised:
        open_store(url)
    sentence = str(raised.value)
    assert sentence.startswith("The history cannot be opened (")
    assert "Runs work but are not kept; " in sentence
    return sentence


@contextmanager
def without_rights() -> Iterator[None]:
    """Do something as a user who owns nothing, where the tests run as root."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


def at_revision(url: str, revision: str) -> None:
    engine = make_engine(url)
    with for_writing(engine).begin() as connection:
        config = migration_config()
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
    engine.dispose()


def execute(url: str, *statements: str) -> None:
    engine = make_engine(url)
    with for_writing(engine).begin() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)
    engine.dispose()


def test_models_and_migrations_agree(url: str) -> None:
    open_store(url).close()
    engine = make_engine(url)
    with engine.connect() as connection:
        options = {"version_table": "history_version", "include_name": is_ours}
        assert compare_metadata(MigrationContext.configure(connection, opts=options), Base.metadata) == []
    engine.dispose()


def test_the_newest_step_is_the_one_that_the_program_expects() -> None:
    assert ScriptDirectory.from_config(migration_config()).get_heads() == [database.HEAD]


def old_run(name: str, prompt: str, status: str, *texts: str) -> list[str]:
    """The statements that keep a run in a database of the first revision."""
    request = '{"system_instruction": "Be brief"}'
    return [
        f"INSERT INTO runs VALUES ('{name}', '', '2025-02-05 10:00:00.000000', false, false, 'v', '{prompt}', 1, 1, "
        "'[]', '', '', '', '', false, 'gone')",
        f"INSERT INTO lanes VALUES ('{name}', 0, 'pro', '{request}', '{status}', '{{}}', NULL, NULL, 2)",
        *(
            f"INSERT INTO chunks VALUES ('{name}', 0, {seq}, 0.5, '{piece}', '', 1, NULL, NULL)"
            for seq, piece in enumerate(texts)
        ),
    ]


def test_a_database_of_the_first_revision_is_upgraded_with_its_runs_and_they_can_be_searched(url: str) -> None:
    at_revision(url, "0001")
    execute(url, *old_run("old", "Why ships?", "done", "Light", "houses"))
    execute(url, *old_run("cut", "Why cars?", "waiting", "Road"))
    store = open_store(url)
    try:
        run = store.get("old", "")
        assert run is not None
        assert (run.lanes[0].text, run.lanes[0].total_s) == ("Lighthouses", 2.0)
        assert run.created == datetime(2025, 2, 5, 10, tzinfo=UTC)
        found = {
            words: [row.id for row in store.search(Query("", words, order="oldest")).rows]
            for words in ("ships lighthouses brief", "why", "road", "old")
        }
        assert found == {"ships lighthouses brief": ["old"], "why": ["cut", "old"], "road": ["cut"], "old": []}
        assert store.search(Query("", "cars brief road", state=State.INTERRUPTED)).total == 1
    finally:
        store.close()


def test_upgrading_twice_changes_nothing(url: str) -> None:
    store = open_store(url)
    store.begin(finished())
    engine = make_engine(url)
    upgrade(engine)
    engine.dispose()
    assert store.get("r1", "") == finished()
    store.close()


def test_the_tables_are_kept_apart_from_those_of_another_program_that_uses_alembic(url: str) -> None:
    execute(url, "CREATE TABLE alembic_version (version_num TEXT)", "INSERT INTO alembic_version VALUES ('theirs')")
    store = open_store(url)
    store.begin(finished())
    store.close()


def test_a_database_with_other_tables_of_the_same_names_is_refused_and_left_alone(url: str) -> None:
    execute(url, "CREATE TABLE runs (mine TEXT)", "INSERT INTO runs VALUES ('kept')")
    assert "(the database refuses the tables of the history)" in refusal(url)
    execute(url, "INSERT INTO runs (mine) VALUES ('still here')")


def test_a_newer_database_is_refused_and_left_alone(url: str) -> None:
    open_store(url).close()
    execute(url, "UPDATE history_version SET version_num = '9999'")
    assert refusal(url) == (
        "The history cannot be opened (a newer version of this program has written it). Runs work but are not kept; "
        "update this program or name another database, then reload the page."
    )


def test_a_file_of_another_program_stays_byte_for_byte_the_same(tmp_path: Path) -> None:
    file = tmp_path / "other.sqlite"
    with closing(sqlite3.connect(file)) as connection:
        connection.executescript("CREATE TABLE servers (id TEXT); CREATE TABLE runs (id TEXT);")
    before = file.read_bytes()
    assert "(the database refuses the tables of the history)" in refusal(f"sqlite:///{file}")
    assert file.read_bytes() == before


def test_sqlite_is_set_up_for_many_readers_and_one_writer(tmp_path: Path) -> None:
    open_store(f"sqlite:///{tmp_path / 'new' / 'folder' / 'h.sqlite'}").close()
    with closing(sqlite3.connect(tmp_path / "new" / "folder" / "h.sqlite")) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    engine = make_engine(f"sqlite:///{tmp_path / 'new' / 'folder' / 'h.sqlite'}")
    with engine.connect() as connection:
        settings = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("synchronous", "foreign_keys", "busy_timeout")
        }
    engine.dispose()
    assert settings == {"synchronous": 1, "foreign_keys": 1, "busy_timeout": 5000}


@pytest.mark.parametrize("name", ["with space", "100%", "what?x=1", "ü#", "a&b"])
def test_any_name_of_a_folder_will_do(tmp_path: Path, name: str) -> None:
    url = default_url({"HISTORY_FILE": str(tmp_path / name / "h.sqlite")}, HOME)
    store = open_store(url)
    store.begin(finished())
    store.close()
    assert (tmp_path / name / "h.sqlite").is_file()


def test_the_default_place_follows_the_environment() -> None:
    postgres = "postgresql://user:secret@host/name"
    assert default_url({"DATABASE_URL": postgres, "HISTORY_FILE": "/x"}, HOME) == postgres
    assert default_url({"DATABASE_URL": " ", "HISTORY_FILE": "/data/h.sqlite"}, HOME) == "sqlite:////data/h.sqlite"
    assert default_url({"HISTORY_FILE": "~/h.sqlite"}, HOME) == "sqlite:////srv/ann/h.sqlite"
    assert default_url({"XDG_DATA_HOME": "/d"}, HOME) == "sqlite:////d/gemini-pro-or-flash/history.sqlite"
    assert default_url({}, HOME) == "sqlite:////srv/ann/.local/share/gemini-pro-or-flash/history.sqlite"


def test_a_file_that_is_no_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "notes.txt"
    file.write_text("My notes, which are no database at all. " * 100)
    assert "(the file is no database or is damaged)" in refusal(f"sqlite:///{file}")
    assert file.read_text().startswith("My notes")


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert "(its folder or file cannot be opened)" in refusal(f"sqlite:///{tmp_path / 'file' / 'h.sqlite'}")


def test_a_folder_that_may_only_be_read_is_said(tmp_path: Path) -> None:
    for folder in (tmp_path, *tmp_path.parents):
        if folder.stat().st_uid == os.geteuid() and folder.name.startswith("pytest"):
            folder.chmod(0o755)
    sentences = []
    (tmp_path / "closed").mkdir(mode=0o555)
    with without_rights():
        sentences.append(refusal(f"sqlite:///{tmp_path / 'closed' / 'h.sqlite'}"))
        sentences.append(refusal(f"sqlite:///{tmp_path / 'closed' / 'deeper' / 'h.sqlite'}"))
    assert all("(its folder or file cannot be opened)" in sentence for sentence in sentences)


@pytest.mark.parametrize(
    "url", ["mysql://user:geheim@host/name", "nonsense geheim", "sqlite://", "postgresql://u:geheim@h:port/x"]
)
def test_an_address_that_is_none_is_said_without_showing_it(url: str) -> None:
    assert "(DATABASE_URL is no address of a database)" in refusal(url)
    assert "geheim" not in refusal(url)


def test_a_database_server_that_is_not_there_is_said(postgres: Cluster) -> None:
    assert "(the database does not answer)" in refusal("postgresql://user:geheim@127.0.0.1:1/name")
    assert "(the server has no such database)" in refusal(postgres.url("nowhere"))


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_a_wrong_password_is_said_without_showing_it(postgres: Cluster, scheme: str) -> None:
    url = re.sub(r"^\w+(://\w+:)\w+", rf"{scheme}\1geheim", postgres.url())
    assert "(the database refuses the user or the password)" in refusal(url)
    assert "geheim" not in refusal(url)


def test_the_records_cost_no_database_library() -> None:
    program = "import sys, components.history.records, components.history.query; print('sqlalchemy' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
