"""Opening a database for the history: its address, its settings, its tables, and what can be wrong with it."""

import os
import sqlite3
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, exc, func, inspect, select
from sqlalchemy import column as sql_column
from sqlalchemy import table as sql_table
from sqlalchemy.engine import URL, make_url

from components.history.schema import json_text

HEAD = "0005"
BUSY_S = 5.0
_VERSIONS: Any = sql_table("history_version", sql_column("version_num"))
_SQLITE = "sqlite:///"
_MIGRATION_LOCK = 7_302_114_001
_POSTGRES = ("postgres", "postgresql", "postgresql+psycopg")


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why a database cannot be used, and what to do, as pieces of a sentence."""

    reason: str
    remedy: str


FULL = Trouble("the disk is full", "free some space")
LOCKED = Trouble("another program holds the database locked", "close that program or wait for it")
READ_ONLY = Trouble("the database may only be read", "allow this program to write to it")
FOLDER = Trouble("its folder or file cannot be opened", "check that the folder is there and may be written to")
DAMAGED = Trouble("the file is no database or is damaged", "move it away or name another file")
PASSWORD = Trouble("the database refuses the user or the password", "correct DATABASE_URL")
MISSING = Trouble("the server has no such database", "create it or correct DATABASE_URL")
SILENT = Trouble("the database does not answer", "check that its server runs and that DATABASE_URL is right")
FAULTY = Trouble("the disk cannot be read or written", "check the disk")
FOREIGN = Trouble("the database refuses the tables of the history", "give the history a database of its own")
NEWER = Trouble("a newer version of this program has written it", "update this program or name another database")
ADDRESS = Trouble(
    "DATABASE_URL is no address of a database",
    "write it as postgresql://user:password@host/name or sqlite:////folder/file",
)

_SQLITE_TROUBLES = {
    sqlite3.SQLITE_BUSY: LOCKED,
    sqlite3.SQLITE_LOCKED: LOCKED,
    sqlite3.SQLITE_READONLY: READ_ONLY,
    sqlite3.SQLITE_IOERR: FAULTY,
    sqlite3.SQLITE_CORRUPT: DAMAGED,
    sqlite3.SQLITE_NOTADB: DAMAGED,
    sqlite3.SQLITE_FULL: FULL,
    sqlite3.SQLITE_CANTOPEN: FOLDER,
}
_POSTGRES_TROUBLES = {
    "53100": FULL,
    "25006": READ_ONLY,
    "28": PASSWORD,
    "3D": MISSING,
    "40": LOCKED,
    "42": FOREIGN,
    "55": LOCKED,
    "58": FAULTY,
}
# Bad data, broken constraints and values beyond a limit of the program.
_POSTGRES_REFUSALS = ("22", "23", "54")
_POSTGRES_WORDS = {"password": PASSWORD, "role": PASSWORD, "does not exist": MISSING}


class HistoryError(RuntimeError):
    """The history cannot be used now; the message is a sentence for the screen and never holds a password."""


class Unavailable(HistoryError):
    """The database cannot be used now, for a reason that can pass."""

    def __init__(self, trouble: Trouble) -> None:
        super().__init__(
            f"The history cannot be used now ({trouble.reason}). Nothing that it holds is lost; {trouble.remedy}, "
            "then try again."
        )
        self.trouble = trouble


def default_url(environment: Mapping[str, str], home: Path) -> str:
    """Where the history is kept: DATABASE_URL, else the file HISTORY_FILE, else a file in the user's data folder."""
    if url := environment.get("DATABASE_URL", "").strip():
        return url
    if file := environment.get("HISTORY_FILE", "").strip():
        # A relative path means the same wherever the server is started.
        return f"{_SQLITE}{home / file.removeprefix('~/')}"
    data = environment.get("XDG_DATA_HOME", "").strip() or home / ".local" / "share"
    return f"{_SQLITE}{Path(data) / 'gemini-pro-or-flash' / 'history.sqlite'}"


def make_engine(url: str) -> Engine:
    """Build the engine for an address, without connecting; the folder of a file is made.

    Raises HistoryError for an address that cannot be one, and for a folder that cannot be made.
    """
    path = sqlite_path(url)
    if path is None:
        return _postgres(url)
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise HistoryError(_refusal(trouble_of(error) or FOLDER)) from None
    engine = create_engine(
        URL.create("sqlite", database=str(path)),
        connect_args={"timeout": BUSY_S},
        json_serializer=json_text,
        hide_parameters=True,
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def sqlite_path(url: str) -> Path | None:
    """The file of an SQLite address, None for another kind of address."""
    return Path(url.removeprefix(_SQLITE)) if url.startswith(_SQLITE) and url != _SQLITE else None


def for_writing(engine: Engine) -> Engine:
    """The same engine for transactions that write: SQLite then waits for its turn instead of failing half-way."""
    return engine.execution_options(history_writes=True)


def upgrade(engine: Engine) -> None:
    """Bring a database of any age to the newest tables. Safe while other servers do the same.

    Raises Unavailable where the database is newer than this program, and SQLAlchemyError where it refuses the tables.
    """
    with engine.connect() as connection:
        found = _version(connection)
    if found != HEAD:
        with for_writing(engine).begin() as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(select(func.pg_advisory_xact_lock(_MIGRATION_LOCK)))
            _migrate(connection)
    # Only now: a file that is refused stays as it is.
    _use_wal(engine)


@contextmanager
def opening() -> Iterator[None]:
    """Turn what goes wrong while a database is opened into HistoryError."""
    try:
        yield
    except Unavailable as error:
        raise HistoryError(_refusal(error.trouble)) from None
    except (exc.SQLAlchemyError, OSError, ValueError) as error:
        raise HistoryError(_refusal(trouble_of(error) or FOREIGN)) from None


def trouble_of(error: Exception) -> Trouble | None:
    """Why the database cannot be used; None when the fault lies with what it was given."""
    if isinstance(error, OSError):
        return FULL if error.errno == 28 else FOLDER
    if isinstance(error, exc.TimeoutError):
        return LOCKED
    if not isinstance(error, exc.DBAPIError) or isinstance(error, exc.DataError | exc.IntegrityError):
        return None
    if isinstance(error.orig, sqlite3.Error):
        code = getattr(error.orig, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
        return _SQLITE_TROUBLES.get(code, FOREIGN if isinstance(error, exc.OperationalError) else None)
    return _postgres_trouble(error)


def _postgres_trouble(error: exc.DBAPIError) -> Trouble | None:
    state = getattr(error.orig, "sqlstate", None)
    if state is None:
        said = str(error.orig)
        known = next((trouble for words, trouble in _POSTGRES_WORDS.items() if words in said), SILENT)
        return known if isinstance(error, exc.OperationalError | exc.InterfaceError) else None
    if state[:2] in _POSTGRES_REFUSALS:
        return None
    return _POSTGRES_TROUBLES.get(state) or _POSTGRES_TROUBLES.get(state[:2]) or SILENT


def _refusal(trouble: Trouble) -> str:
    return (
        f"The history cannot be opened ({trouble.reason}). Runs work but are not kept; {trouble.remedy}, then reload "
        "the page."
    )


def _postgres(url: str) -> Engine:
    try:
        address = make_url(url)
    except (exc.ArgumentError, ValueError):
        raise HistoryError(_refusal(ADDRESS)) from None
    if address.drivername not in _POSTGRES:
        raise HistoryError(_refusal(ADDRESS))
    engine = create_engine(
        address.set(drivername="postgresql+psycopg"),
        pool_pre_ping=True,
        # A network that swallows packets must not hold a page or the recorder for minutes.
        connect_args={"connect_timeout": 5, "tcp_user_timeout": 10_000},
        json_serializer=json_text,
        hide_parameters=True,
    )
    event.listen(engine, "connect", _prepare_postgres)
    return engine


def _prepare_sqlite(connection: Any, _: object) -> None:
    # Transactions are begun by `_begin_sqlite`, not by the driver's guesses.
    connection.isolation_level = None
    try:
        for setting in ("synchronous = NORMAL", "foreign_keys = ON"):
            connection.execute(f"PRAGMA {setting}").close()
    except sqlite3.Error as error:
        raise exc.DatabaseError(None, None, error) from error


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("history_writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _prepare_postgres(connection: Any, _: object) -> None:
    import psycopg

    try:
        # Moments near the ends of the calendar cannot be expressed in other zones.
        connection.execute("SET TIME ZONE 'UTC'")
        connection.commit()
    except psycopg.Error as error:
        raise exc.OperationalError(None, None, error) from error


def _use_wal(engine: Engine) -> None:
    if engine.dialect.name != "sqlite":
        return
    with closing(engine.raw_connection()) as raw, closing(raw.cursor()) as cursor:
        deadline = time.monotonic() + BUSY_S
        while cursor.execute("PRAGMA journal_mode").fetchone() != ("wal",):
            try:
                cursor.execute("PRAGMA journal_mode = WAL")
            except sqlite3.OperationalError as error:
                # SQLite does not wait here while another server does the same.
                if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                    raise exc.OperationalError(None, None, error) from error
                time.sleep(0.02)


def _version(connection: Connection) -> str | None:
    if not inspect(connection).has_table("history_version"):
        return None
    found: str | None = connection.execute(select(_VERSIONS.c.version_num)).scalar()
    return found


def _migrate(connection: Connection) -> None:
    # Alembic takes a fifth of a second to import, and a database of today does not need it.
    from alembic import command
    from alembic.script import ScriptDirectory

    config = migration_config()
    found = _version(connection)
    if found == HEAD:
        return
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if found is not None and found not in known:
        raise Unavailable(NEWER)
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def migration_config() -> Any:
    """Alembic's configuration, without a file."""
    from alembic.config import Config

    config = Config()
    folder = Path(os.path.abspath(__file__)).parent / "migrations"
    config.set_main_option("script_location", str(folder).replace("%", "%%"))
    return config
