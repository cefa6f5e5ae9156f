"""Batches in the history: jobs that one server at a time runs, their rows, and answers by the page or as a stream."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import (
    ColumnElement,
    Connection,
    RowMapping,
    Select,
    case,
    delete,
    func,
    insert,
    literal,
    select,
    tuple_,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from components.history.records import BatchLeft, BatchQuery, BatchRecord, BatchResultRecord
from components.history.schema import Batch, BatchResult, BatchRow
from components.history.servers import LONGEST_SILENCE

_T = TypeVar("_T")

FAILED = "failed"
_TOGETHER = 500
_JOB: Any = Batch.__table__
_ROW: Any = BatchRow.__table__
_RESULT: Any = BatchResult.__table__
_PLACE = (_RESULT.c.row, _RESULT.c.side, _RESULT.c.repeat)


@dataclass(frozen=True)
class Access:
    """How a store lets its parts at the database.

    `live` names the servers that are there, `show_up` says that this one is; `now` is the time by the database's clock.
    """

    reading: Callable[[], AbstractContextManager[Connection]]
    writing: Callable[[], AbstractContextManager[Connection]]
    live: Callable[[Connection], tuple[str, ...]]
    show_up: Callable[[Connection], None]
    now: Callable[[Connection], datetime]
    server: str


class Batches:
    """Reads and writes batches. Raises HistoryError and Refused as the store does that it comes from."""

    def __init__(self, access: Access) -> None:
        self._access = access

    def create(
        self,
        batch: BatchRecord,
        rows: Iterable[tuple[int, Mapping[str, str]]],
        results: Iterable[BatchResultRecord] = (),
    ) -> int:
        """Keep a new batch with its rows, and answers that it has already; all of it or nothing.

        Rows and answers are taken one after the other, the rows first. Returns how many answers were kept; a batch that
        has them all is done.
        """
        with self._access.writing() as connection:
            now = self._access.now(connection)
            values = asdict(batch) | {"record": dict(batch.record), "columns": list(batch.columns), "updated": now}
            for name in ("done", "failed", "spent"):
                del values[name]
            connection.execute(insert(_JOB), values | {"server": "", "session": "", "under_way": [], "remote": {}})
            for some in _in_groups(rows):
                connection.execute(
                    insert(_ROW), [{"job_id": batch.id, "row": row, "values": dict(found)} for row, found in some]
                )
            count = 0
            for answers in _in_groups(results):
                count += len(answers)
                connection.execute(insert(_RESULT), [_result_row(batch.id, each) for each in answers])
            if count and count >= batch.total:
                connection.execute(update(_JOB).where(_JOB.c.id == batch.id).values(state="done", note=""))
            return count

    def owner(self, batch_id: str) -> str | None:
        """Whose a batch is; None where there is none with this id."""
        with self._access.reading() as connection:
            return connection.execute(select(_JOB.c.owner).where(_JOB.c.id == batch_id)).scalar()

    def get(self, batch_id: str, owner: str) -> BatchRecord | None:
        """One batch as it stands; None when the owner has none with this id."""
        return next(iter(self._found(_JOB.c.id == batch_id, _JOB.c.owner == owner)), None)

    def of_owner(self, owner: str) -> tuple[BatchRecord, ...]:
        """Every batch of an owner, the newest first."""
        return self._found(_JOB.c.owner == owner)

    def take(self, batch_id: str, owner: str, session: str, record: Mapping[str, Any]) -> bool:
        """Become the one session that runs a batch; False where it is not there, imported, or another one runs it.

        `record` takes the place of the job's, since limits may be others than before.
        """
        with self._access.writing() as connection:
            self._access.show_up(connection)
            mine = update(_JOB).where(
                _JOB.c.id == batch_id, _JOB.c.owner == owner, ~_JOB.c.imported, self._free(connection)
            )
            taken = mine.values(
                server=self._access.server,
                session=session,
                state="running",
                note="",
                record=dict(record),
                updated=self._access.now(connection),
            )
            return bool(connection.execute(taken).rowcount)

    def save(self, batch_id: str, session: str, results: Sequence[BatchResultRecord], under_way: Sequence[int]) -> bool:
        """Keep answers, each at most once, and what is being asked now; False, and nothing kept, for a lost session."""
        with self._access.writing() as connection:
            self._access.show_up(connection)
            noted = update(_JOB).where(_JOB.c.id == batch_id, _JOB.c.session == session)
            values = {"under_way": list(under_way), "updated": self._access.now(connection)}
            if not connection.execute(noted.values(values)).rowcount:
                return False
            if results:
                connection.execute(_insertion(connection), [_result_row(batch_id, result) for result in results])
            return True

    def leave(self, batch_id: str, session: str, state: str, note: str) -> None:
        """Let others run a batch; nothing is under way any more. Does nothing where the session was lost."""
        with self._access.writing() as connection:
            mine = update(_JOB).where(_JOB.c.id == batch_id, _JOB.c.session == session)
            values = {"server": "", "session": "", "state": state, "note": note, "under_way": []}
            connection.execute(mine.values(values | {"updated": self._access.now(connection)}))

    def remote(self, batch_id: str) -> Mapping[str, Any]:
        """What was handed over to a service that answers later; empty for nothing."""
        with self._access.reading() as connection:
            return connection.execute(select(_JOB.c.remote).where(_JOB.c.id == batch_id)).scalar() or {}

    def note_remote(self, batch_id: str, noted: Mapping[str, Any]) -> None:
        """Note what was handed over, in place of what was noted before."""
        with self._access.writing() as connection:
            connection.execute(update(_JOB).where(_JOB.c.id == batch_id).values(remote=dict(noted)))

    def left(self, batch_id: str) -> BatchLeft:
        """What earlier sessions have left."""
        with self._access.reading() as connection:
            sums = connection.execute(
                select(
                    func.count(),
                    func.count(case((_RESULT.c.status == FAILED, 1))),
                    func.coalesce(func.sum(_RESULT.c.spent), 0),
                    func.coalesce(func.sum(_RESULT.c.discarded), 0),
                ).where(_RESULT.c.job_id == batch_id)
            ).one()
            noted = connection.execute(select(_JOB.c.under_way).where(_JOB.c.id == batch_id)).scalar() or []
        done, failed, spent, discarded = (int(each) for each in sums)
        return BatchLeft(done, failed, spent, discarded, tuple(noted))

    def forget_failures(self, batch_id: str, session: str) -> None:
        """Take out the answers that failed, so that they are asked again."""
        with self._access.writing() as connection:
            holds = select(_JOB.c.id).where(_JOB.c.id == batch_id, _JOB.c.session == session)
            connection.execute(delete(_RESULT).where(_RESULT.c.job_id.in_(holds), _RESULT.c.status == FAILED))

    def delete(self, batch_id: str, owner: str) -> bool:
        """Delete a batch with all that is in it; False where it is not there or a server runs it."""
        with self._access.writing() as connection:
            gone = delete(_JOB).where(_JOB.c.id == batch_id, _JOB.c.owner == owner, self._free(connection))
            return bool(connection.execute(gone).rowcount)

    def places(self, batch_id: str) -> Iterator[tuple[int, int, int]]:
        """Row, side and repeat of every answer, in this order."""
        yield from ((found["row"], found["side"], found["repeat"]) for found in self._stream(batch_id, _PLACE))

    def rows(self, batch_id: str) -> Iterator[tuple[int, Mapping[str, str]]]:
        """The rows of the input, from the first on."""
        last = 0
        while True:
            wanted = select(_ROW.c.row, _ROW.c["values"]).where(_ROW.c.job_id == batch_id, _ROW.c.row > last)
            with self._access.reading() as connection:
                some = connection.execute(wanted.order_by(_ROW.c.row).limit(_TOGETHER)).all()
            yield from ((row, values) for row, values in some)
            if len(some) < _TOGETHER:
                return
            last = some[-1][0]

    def page(self, batch_id: str, query: BatchQuery, start: int, size: int) -> tuple[BatchResultRecord, ...]:
        """One stretch of the answers that a query finds, by row, model and repeat, with the rows' values."""
        wanted = _with_values(_matching(batch_id, query)).order_by(*_PLACE).offset(start).limit(size)
        with self._access.reading() as connection:
            return tuple(_result(found) for found in connection.execute(wanted).mappings())

    def count(self, batch_id: str, query: BatchQuery) -> int:
        """How many answers a query finds."""
        with self._access.reading() as connection:
            wanted = _matching(batch_id, query).with_only_columns(func.count())
            return int(connection.execute(wanted).scalar_one())

    def stream(self, batch_id: str, query: BatchQuery | None = None) -> Iterator[BatchResultRecord]:
        """Every answer that a query finds, by row, model and repeat, without holding them all, with the rows' values.

        Nothing stays open between two answers; what is written meanwhile may or may not be among them.
        """
        return (_result(found) for found in self._stream(batch_id, None, query))

    def _free(self, connection: Connection) -> ColumnElement[bool]:
        """Whether nobody runs a batch: its server is gone, or has said nothing about it for too long."""
        silent: ColumnElement[bool] = _JOB.c.updated < self._access.now(connection) - LONGEST_SILENCE
        gone: ColumnElement[bool] = _JOB.c.server.not_in(self._access.live(connection))
        return gone | silent

    def _stream(
        self, batch_id: str, columns: Sequence[Any] | None, query: BatchQuery | None = None
    ) -> Iterator[RowMapping]:
        last = (0, 0, 0)
        while True:
            wanted = _matching(batch_id, query or BatchQuery())
            wanted = _with_values(wanted) if columns is None else wanted.with_only_columns(*columns)
            wanted = wanted.where(tuple_(*_PLACE) > tuple_(*(literal(each) for each in last)))
            with self._access.reading() as connection:
                some = connection.execute(wanted.order_by(*_PLACE).limit(_TOGETHER)).mappings().all()
            yield from some
            if len(some) < _TOGETHER:
                return
            last = (some[-1]["row"], some[-1]["side"], some[-1]["repeat"])

    def _found(self, *conditions: Any) -> tuple[BatchRecord, ...]:
        counts = (
            select(
                _RESULT.c.job_id,
                func.count().label("done"),
                func.count(case((_RESULT.c.status == FAILED, 1))).label("failed"),
                func.sum(_RESULT.c.spent).label("spent"),
            )
            .where(_RESULT.c.job_id.in_(select(_JOB.c.id).where(*conditions)))
            .group_by(_RESULT.c.job_id)
            .subquery()
        )
        wanted = (
            select(_JOB, counts.c.done, counts.c.failed, counts.c.spent)
            .outerjoin(counts, counts.c.job_id == _JOB.c.id)
            .where(*conditions)
            .order_by(_JOB.c.created.desc(), _JOB.c.id)
        )
        with self._access.reading() as connection:
            free = self._free(connection).label("free")
            return tuple(_batch(found) for found in connection.execute(wanted.add_columns(free)).mappings())


def _in_groups(many: Iterable[_T]) -> Iterator[list[_T]]:
    group: list[_T] = []
    for one in many:
        group.append(one)
        if len(group) == _TOGETHER:
            yield group
            group = []
    if group:
        yield group


def _insertion(connection: Connection) -> postgresql.Insert | sqlite.Insert:
    make = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    # A commit whose answer was lost is told again.
    return make(_RESULT).on_conflict_do_nothing()


def _matching(batch_id: str, query: BatchQuery) -> Select[Any]:
    wanted = select(_RESULT).where(_RESULT.c.job_id == batch_id)
    if query.side is not None:
        wanted = wanted.where(_RESULT.c.side == query.side)
    if query.status:
        wanted = wanted.where(_RESULT.c.status == query.status)
    if query.check is not None:
        wanted = wanted.where(func.substr(_RESULT.c.marks, query.check + 1, 1) == query.mark)
    if query.contains:
        wanted = wanted.where(_RESULT.c.text.icontains(query.contains, autoescape=True))
    if query.rows:
        wanted = wanted.where(_RESULT.c.row.in_(query.rows))
    return wanted


def _with_values(wanted: Select[Any]) -> Select[Any]:
    same = (_ROW.c.job_id == _RESULT.c.job_id) & (_ROW.c.row == _RESULT.c.row)
    return wanted.outerjoin(_ROW, same).add_columns(_ROW.c["values"])


def _batch(found: RowMapping) -> BatchRecord:
    state = found["state"]
    return BatchRecord(
        id=found["id"],
        owner=found["owner"],
        name=found["name"],
        created=found["created"],
        simulated=found["simulated"],
        total=found["total"],
        record=found["record"],
        columns=tuple(found["columns"]),
        updated=found["updated"],
        state="interrupted" if state == "running" and found["free"] else state,
        note=found["note"],
        done=found["done"] or 0,
        failed=found["failed"] or 0,
        spent=int(found["spent"] or 0),
        imported=found["imported"],
    )


def _result_row(batch_id: str, result: BatchResultRecord) -> dict[str, Any]:
    row = {"job_id": batch_id, "row": result.row, "side": result.side, "repeat": result.repeat}
    row |= {"status": result.status, "text": result.text, "marks": result.marks, "record": dict(result.record)}
    return row | {"spent": result.spent, "discarded": result.discarded}


def _result(found: RowMapping) -> BatchResultRecord:
    return BatchResultRecord(
        row=found["row"],
        side=found["side"],
        repeat=found["repeat"],
        status=found["status"],
        text=found["text"],
        marks=found["marks"],
        spent=found["spent"],
        discarded=found["discarded"],
        record=found["record"],
        values=found["values"] or {},
    )
