"""The history of all runs, in SQLite or PostgreSQL. Each owner sees own runs alone; "" is the anonymous owner."""

import os
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection, Row, Select, delete, exc, exists, func, or_, select, update

from components.history import fulltext, reading, views, writing
from components.history.batches import Access, Batches
from components.history.changes import Appended, Began, Change, Ended, Voted
from components.history.database import (
    HistoryError as HistoryError,
)
from components.history.database import (
    Unavailable,
    for_writing,
    make_engine,
    opening,
    sqlite_path,
    trouble_of,
    upgrade,
)
from components.history.database import (
    default_url as default_url,
)
from components.history.query import AnswerRow, JudgementRow, Page, Query, VoteRow
from components.history.records import JudgementRecord, LaneRecord, RunRecord, SavedView
from components.history.schema import Lane, Passage, Run, Server, Tag
from components.history.servers import ServerRecord, live_ids, this_server
from components.history.shares import Shares

LONGEST_CONVERSATION = 100
_TOGETHER = 500
_RECOVERY_LOCK = 7_302_114_002


class Refused(ValueError):
    """The database does not take these values; others would go in."""


class ViewRefused(Refused):
    """A view is not saved; the message says why and what to do, as a sentence for the screen."""


def open_store(url: str | None = None) -> "Store":
    """Open the history at an address, or at its default place, ready to use: tables made, lost runs marked.

    Raises HistoryError, with a sentence for the screen, where that fails.
    """
    url = url or default_url(os.environ, Path.home())
    store = Store(url)
    try:
        with opening():
            store.prepare()
    except HistoryError:
        store.close()
        raise
    return store


class Store:
    """Reads and writes runs. Safe across threads and processes.

    All methods but `close` raise HistoryError where the database cannot be used now; those that write raise Refused
    for values that no database would take. `open_store` is the way to one that is ready.
    """

    def __init__(self, url: str) -> None:
        self._engine = make_engine(url)
        self._writer = for_writing(self._engine)
        self._path = sqlite_path(url)
        self._file: tuple[int, int] | None = None
        self._me = this_server()
        self._shown = False

    def prepare(self) -> None:
        """Bring the tables up to date, mark what lost servers left behind and index what is not indexed yet."""
        upgrade(self._engine)
        self._file = _identity(self._path)
        self._index_older()
        self.recover()

    def close(self) -> None:
        """Close all connections. Runs that this store still had open count as interrupted from now on."""
        try:
            if self._shown:
                with self._writing() as connection:
                    connection.execute(delete(Server).where(Server.id == self._me.id))
        except HistoryError:
            # Nobody hears from this server any more, which says the same a little later.
            pass
        finally:
            self._engine.dispose()

    def write(self, changes: Sequence[Change]) -> None:
        """Write changes in one transaction: all of them or none. Telling one again does no harm."""
        with self._writing() as connection:
            if any(isinstance(change, Began) for change in changes):
                self._show_up(connection)
            writing.apply(connection, changes, self._me.id)

    def begin(self, run: RunRecord) -> None:
        """Write a new run with all that it holds."""
        self.write([Began(run)])

    def append(self, batch: Sequence[Appended]) -> None:
        """Write chunks that have arrived."""
        self.write(batch)

    def end_lane(self, run_id: str, lane: LaneRecord) -> None:
        """Write how a lane ended, and make its answer findable."""
        self.write([Ended(run_id, lane)])

    def vote(self, run_id: str, vote: str) -> None:
        """Write the first vote on a run; later ones change nothing."""
        self.write([Voted(run_id, vote)])

    def heartbeat(self) -> None:
        """Say that this server is there, so that its open runs do not count as interrupted."""
        with self._writing() as connection:
            self._show_up(connection)

    def recover(self) -> int:
        """Write down as interrupted what lost servers left open; return how many lanes that were."""
        with self._reading() as connection:
            if not self._lost(connection) and not connection.execute(_gone(self._live(connection))).first():
                return 0
        with self._writing() as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(select(func.pg_advisory_xact_lock(_RECOVERY_LOCK)))
            changed = sum(_interrupt(connection, run_id, index) for run_id, index in self._lost(connection))
            connection.execute(delete(Server).where(Server.id.in_(_gone(self._live(connection)))))
            return changed

    def get(self, run_id: str, owner: str) -> RunRecord | None:
        """One run with chunks, tags and judgements; None when the owner has none with this id. Tags are sorted."""
        return next(iter(self.get_many([run_id], owner)), None)

    def get_many(self, run_ids: Sequence[str], owner: str, in_pieces: bool = True) -> tuple[RunRecord, ...]:
        """Several runs as `get` returns them, in the order of their ids; those that are not there are left out.

        Unless `in_pieces`, an answer that has ended is its visible text in one chunk, which is many times quicker.
        """
        with self._reading() as connection:
            return reading.runs(connection, run_ids, owner, self._live(connection), in_pieces)

    def ids(self, owner: str) -> tuple[str, ...]:
        """The ids of all runs of an owner, oldest first."""
        with self._reading() as connection:
            return tuple(reading.ids(connection, owner))

    def owners(self, run_ids: Sequence[str]) -> dict[str, str]:
        """Whose each of these runs is; those that are not there are left out."""
        with self._reading() as connection:
            return reading.owners(connection, run_ids)

    def search(self, query: Query) -> Page:
        """The runs that a query finds: one stretch, and how many there are in all."""
        with self._reading() as connection:
            live = self._live(connection)
            return Page(reading.summaries(connection, query, live), reading.count(connection, query, live))

    def conversation(self, run_id: str, owner: str) -> tuple[RunRecord, ...]:
        """A run and those that it follows up, oldest first, at most 100; empty when the run is not there."""
        with self._reading() as connection:
            found = reading.ancestry(connection, run_id, owner, LONGEST_CONVERSATION)
            return reading.runs(connection, found, owner, self._live(connection))

    def delete(self, run_ids: Sequence[str], owner: str) -> int:
        """Delete runs of an owner with everything in them; return how many there were."""
        deleted = 0
        with self._writing() as connection:
            for start in range(0, len(run_ids), _TOGETHER):
                mine = select(Run.id).where(Run.id.in_(run_ids[start : start + _TOGETHER]), Run.owner == owner)
                found = connection.execute(mine).scalars().all()
                fulltext.forget(connection, found)
                connection.execute(delete(Run).where(Run.id.in_(found)))
                deleted += len(found)
        return deleted

    def tag(self, run_id: str, owner: str, tags: Sequence[str]) -> None:
        """Replace the tags of a run. Does nothing to a run that is not the owner's."""
        with self._writing() as connection:
            if reading.owners(connection, [run_id]).get(run_id) == owner:
                connection.execute(delete(Tag).where(Tag.run_id == run_id))
                writing.set_tags(connection, run_id, tags)

    def tags(self, owner: str) -> tuple[str, ...]:
        """Every tag that an owner uses, in alphabetical order."""
        with self._reading() as connection:
            return reading.tag_names(connection, owner)

    def votes(self, owner: str, among: Sequence[str] | None = None, newest: int | None = None) -> tuple[VoteRow, ...]:
        """Votes of an owner, oldest first: all, or the `newest` of those on at least two of the models `among`."""
        with self._reading() as connection:
            return reading.votes(connection, owner, among, newest)

    def answers(
        self, owner: str, models: Sequence[str] | None, newest: int, in_pieces: bool = True
    ) -> tuple[AnswerRow, ...]:
        """The whole answers of these models in the owner's `newest` real runs that have any, without their words.

        None stands for all models. Simulated and imported runs have none, and neither has a lane that was stopped,
        interrupted, cut off or failed. The newest run comes first; `in_pieces` says whether chunks are wanted.
        """
        with self._reading() as connection:
            return reading.answers(connection, owner, models, newest, in_pieces)

    def state(self, owner: str) -> str:
        """Text that is another one whenever `answers` or `votes` may return something else for an owner."""
        with self._reading() as connection:
            return reading.state(connection, owner)

    def save_view(self, owner: str, page: str, name: str, address: str, catalog_version: str) -> SavedView:
        """Keep a view of a page by a name, in the place of the owner's view of that name there; return it as kept.

        Raises ViewRefused for a name that is empty or longer than 80 characters, an address of more than 8,000, and
        where the owner has 200 other views of the page.
        """
        known_as = views.clean_name(name)
        if fault := views.fault_of(known_as, address):
            raise ViewRefused(fault)
        with self._writing() as connection:
            now = _now(connection)
            new = SavedView(secrets.token_urlsafe(9), owner, page, known_as, address, catalog_version, now, now)
            kept = views.save(connection, new)
        if kept is None:
            raise ViewRefused(views.too_many(page))
        return kept

    def views(self, owner: str, page: str) -> tuple[SavedView, ...]:
        """The views that an owner has saved of a page, the last saved first."""
        with self._reading() as connection:
            return views.of_page(connection, owner, page)

    def delete_view(self, owner: str, view_id: str) -> SavedView | None:
        """Delete a view and return it; None when the owner has none with this id."""
        with self._writing() as connection:
            return views.remove(connection, owner, view_id)

    def restore_view(self, view: SavedView) -> bool:
        """Bring a deleted view back as it was; return whether it is there again.

        It is not where another view has taken its name meanwhile or the page has no room left.
        """
        with self._writing() as connection:
            return views.restore(connection, view)

    def save_judgement(self, run_id: str, owner: str, judgement: JudgementRecord) -> None:
        """Keep a judge's opinion on a run. Does nothing for a run that is not the owner's."""
        with self._writing() as connection:
            if reading.owners(connection, [run_id]).get(run_id) == owner:
                writing.add_judgement(connection, run_id, judgement)

    def judgements(self, owner: str) -> tuple[JudgementRow, ...]:
        """Every judge's opinion on an owner's runs, oldest first."""
        with self._reading() as connection:
            return reading.judgements(connection, owner)

    @property
    def batches(self) -> Batches:
        """The batches that are kept here."""
        return Batches(self._access)

    @property
    def shares(self) -> Shares:
        """The links to single runs and batches."""
        return Shares(self._access)

    @property
    def _access(self) -> Access:
        return Access(self._reading, self._writing, self._live, self._show_up, _now, self._me.id)

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with _translated():
            self._follow_file()
            with self._engine.connect() as connection:
                yield connection

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        with _translated():
            self._follow_file()
            with self._writer.begin() as connection:
                yield connection

    def _follow_file(self) -> None:
        # Open connections go on writing into a file that was deleted or replaced, where nobody would find it.
        if self._file is not None and _identity(self._path) != self._file:
            self._engine.dispose()
            upgrade(self._engine)
            self._file = _identity(self._path)

    def _index_older(self) -> None:
        """Make findable what was recorded before there was a search."""
        with self._reading() as connection:
            older = connection.execute(_not_indexed()).first()
        if older:
            with self._writing() as connection:
                _index_asked(connection)
                _index_answers(connection)

    def _show_up(self, connection: Connection) -> None:
        self._shown = True
        me = replace(self._me, seen_at=_now(connection))
        seen = connection.execute(update(Server).where(Server.id == me.id).values(seen_at=me.seen_at))
        if not seen.rowcount:
            row = {name: getattr(me, name) for name in ("id", "host", "pid", "process_start", "seen_at")}
            writing.add_server(connection, row)

    def _lost(self, connection: Connection) -> Sequence[Row[str, int]]:
        lanes = select(Lane.run_id, Lane.index).join(Run, Run.id == Lane.run_id)
        lost = lanes.where(Lane.status.in_(writing.OPEN), Run.server.not_in(self._live(connection)))
        return connection.execute(lost).all()

    def _live(self, connection: Connection) -> tuple[str, ...]:
        rows = connection.execute(select(Server)).all()
        servers = [ServerRecord(row.id, row.host, row.pid, row.process_start, row.seen_at) for row in rows]
        return live_ids(servers, self._me, _now(connection))


def _interrupt(connection: Connection, run_id: str, index: int) -> int:
    changed = connection.execute(
        update(Lane)
        .where(Lane.run_id == run_id, Lane.index == index, Lane.status.in_(writing.OPEN))
        .values(status="interrupted", stop_reason=reading.INTERRUPTED)
    ).rowcount
    if changed:
        writing.index_answer(connection, run_id, index)
    return changed


def _gone(live: Sequence[str]) -> Select[str]:
    return select(Server.id).where(Server.id.not_in(live))


def _not_indexed() -> Select[str, int]:
    asked = exists().where(Passage.run_id == Lane.run_id, Passage.lane == fulltext.ASKED)
    ended = Lane.status.not_in(writing.OPEN)
    return select(Lane.run_id, Lane.index).where(Lane.answer.is_(None), or_(ended, ~asked))


def _index_asked(connection: Connection) -> None:
    for run_id in dict.fromkeys(run_id for run_id, _ in connection.execute(_not_indexed()).all()):
        prompt = connection.execute(select(Run.prompt).where(Run.id == run_id)).scalar_one()
        requests = connection.execute(select(Lane.request).where(Lane.run_id == run_id).order_by(Lane.index)).scalars()
        writing.index_asked(connection, [(run_id, prompt, requests.all())])


def _index_answers(connection: Connection) -> None:
    ended = select(Lane.run_id, Lane.index).where(Lane.answer.is_(None), Lane.status.not_in(writing.OPEN))
    for run_id, index in connection.execute(ended).all():
        writing.index_answer(connection, run_id, index)


def _now(connection: Connection) -> datetime:
    # Servers on several machines share no clock but the database's.
    if connection.dialect.name == "postgresql":
        now: datetime = connection.execute(select(func.clock_timestamp())).scalar_one()
        return now.astimezone(UTC)
    return datetime.now(UTC)


def _identity(path: Path | None) -> tuple[int, int] | None:
    try:
        found = path.stat() if path else None
    except OSError:
        found = None
    return (found.st_dev, found.st_ino) if found else None


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except (exc.SQLAlchemyError, ValueError, TypeError, OverflowError) as error:
        trouble = trouble_of(error)
        if trouble is None:
            raise Refused(f"The database does not take these values: {error}") from error
        raise Unavailable(trouble) from error
