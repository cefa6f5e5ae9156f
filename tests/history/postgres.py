"""A PostgreSQL server of the tests' own: in a temporary folder, on a free port of the loopback, gone at the end."""

import os
import secrets
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import pytest

USER = "tester"
_INSTALLED = Path("/usr/lib/postgresql")
_QUICK = "-c fsync=off -c full_page_writes=off -c synchronous_commit=off -c shared_buffers=16MB -c max_connections=60"


@dataclass(frozen=True)
class Cluster:
    """A running server."""

    port: int
    password: str = field(repr=False)
    bin: Path
    data: Path

    def url(self, database: str = "postgres") -> str:
        return f"postgresql://{USER}:{self.password}@127.0.0.1:{self.port}/{database}"

    def fresh(self) -> str:
        """Make an empty database and return its address."""
        name = f"t{secrets.token_hex(6)}"
        with psycopg.connect(self.url(), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")  # type: ignore[arg-type]
        return self.url(name)

    def drop(self, url: str) -> None:
        """Take a database of `fresh` away, whoever is connected."""
        with psycopg.connect(self.url(), autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {url.rpartition('/')[2]} WITH (FORCE)")  # type: ignore[arg-type]

    def stop(self) -> None:
        _as_postgres([self.bin / "pg_ctl", "-D", self.data, "-m", "fast", "stop"])

    def start(self) -> None:
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' {_QUICK}"
        log = self.data.parent / "log"
        _as_postgres([self.bin / "pg_ctl", "-D", self.data, "-l", log, "-o", options, "-w", "start"])


@pytest.fixture(scope="session")
def postgres() -> Iterator[Cluster]:
    """The server of this session; where PostgreSQL is not installed, tests with it are skipped, but never in CI."""
    found = sorted(_INSTALLED.glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if not found:
        reason = f"PostgreSQL is not installed in {_INSTALLED}"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    with _cluster(found[-1].parent) as cluster:
        yield cluster


@contextmanager
def _cluster(binaries: Path) -> Iterator[Cluster]:
    folder = Path(tempfile.mkdtemp(prefix="history-postgres-"))
    try:
        password = secrets.token_hex(8)
        (folder / "password").write_text(password)
        for path in (folder, folder / "password"):
            _hand_over(path)
        cluster = Cluster(_free_port(), password, binaries, folder / "data")
        authentication = ["--auth=scram-sha-256", f"--pwfile={folder / 'password'}", f"--username={USER}"]
        settings = ["--encoding=UTF8", "--no-locale", "--no-sync"]
        _as_postgres([binaries / "initdb", "-D", cluster.data, *authentication, *settings])
        cluster.start()
        try:
            yield cluster
        finally:
            cluster.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _hand_over(path: Path) -> None:
    # PostgreSQL refuses to run as root.
    if os.geteuid() == 0:
        shutil.chown(path, "postgres")


def _as_postgres(command: list[str | Path]) -> None:
    prefix = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    done = subprocess.run(
        [*prefix, *map(str, command)], cwd="/", stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
    )
    assert done.returncode == 0, done.stdout.decode(errors="replace")
