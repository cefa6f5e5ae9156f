"""Changes of runs -> rows, inside a transaction of the caller."""

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Connection, Executable, Table, bindparam, select, update
from sqlalchemy.dialects import postgresql, sqlite

from components.history import fulltext
from components.history.changes import Appended, Began, Change, Ended, Voted
from components.history.records import ChunkRecord, Json, JudgementRecord, LaneRecord, RunRecord
from components.history.schema import Base, Chunk, Judgement, Lane, Run, Server, Tag

OPEN = ("waiting", "streaming")
# Built once: building a statement costs more than running it, and there is one for every chunk.
_STREAMING = (
    update(Lane)
    .where(Lane.run_id == bindparam("of_run"), Lane.index == bindparam("at"))
    .values(status="streaming", facts=bindparam("known"), stop_reason=None)
)
_KNOWN = select(Run.id).where(Run.id.in_(bindparam("wanted", expanding=True)))


def apply(connection: Connection, changes: Sequence[Change], server_id: str) -> None:
    """Write changes, each at most once however often it is told. What belongs to a run that is not there is ignored.

    `server_id` is who records the runs that begin.
    """
    runs = [change.run for change in changes if isinstance(change, Began)]
    _begin(connection, runs, server_id)
    known = _existing(connection, {change.run_id for change in changes if not isinstance(change, Began)})
    rest = [change for change in changes if not isinstance(change, Began) and change.run_id in known]
    _append(connection, [change for change in rest if isinstance(change, Appended)])
    for change in rest:
        if isinstance(change, Ended):
            _end(connection, change.run_id, change.lane)
        elif isinstance(change, Voted):
            connection.execute(update(Run).where(Run.id == change.run_id, Run.vote == "").values(vote=change.vote))


def add_judgement(connection: Connection, run_id: str, judgement: JudgementRecord) -> None:
    """Write a judge's opinion; one that is known already stays as it is."""
    _insert(connection, Judgement, [_judgement_row(run_id, judgement)])


def set_tags(connection: Connection, run_id: str, tags: Iterable[str]) -> None:
    """Put tags on a run, beside those that it has."""
    _insert(connection, Tag, [{"run_id": run_id, "tag": tag} for tag in dict.fromkeys(tags)])


def add_server(connection: Connection, row: dict[str, Any]) -> None:
    """Write that a server is there."""
    _insert(connection, Server, [row])


def index_answer(connection: Connection, run_id: str, lane: int) -> None:
    """Make what has arrived in a lane findable."""
    texts = select(Chunk.text).where(Chunk.run_id == run_id, Chunk.lane == lane).order_by(Chunk.seq)
    answer = "".join(connection.execute(texts).scalars())
    connection.execute(update(Lane).where(Lane.run_id == run_id, Lane.index == lane).values(answer=answer))
    fulltext.replace(connection, run_id, lane, answer)


def index_asked(connection: Connection, runs: Iterable[tuple[str, str, Sequence[Json]]]) -> None:
    """Make what was asked findable: the prompt of each run and the system instructions of its requests, by its id."""
    fulltext.add(
        connection,
        ((run_id, fulltext.ASKED, text) for run_id, prompt, requests in runs for text in _asked(prompt, requests)),
    )


def _asked(prompt: str, requests: Iterable[Json]) -> Iterable[str]:
    systems = (request.get("system_instruction") for request in requests)
    return dict.fromkeys([prompt, *(system for system in systems if isinstance(system, str))])


def _begin(connection: Connection, runs: Sequence[RunRecord], server_id: str) -> None:
    known = _existing(connection, {run.id for run in runs})
    new = list({run.id: run for run in reversed(runs) if run.id not in known}.values())
    lanes = [(run.id, lane) for run in new for lane in run.lanes]
    _insert(connection, Run, [_run_row(run, server_id) for run in new])
    _insert(connection, Lane, [_lane_row(run_id, lane) for run_id, lane in lanes])
    rows = [_chunk_row(run_id, lane.index, *found) for run_id, lane in lanes for found in enumerate(lane.chunks)]
    _insert(connection, Chunk, rows)
    _insert(connection, Judgement, [_judgement_row(run.id, one) for run in new for one in run.judgements])
    _insert(connection, Tag, [{"run_id": run.id, "tag": tag} for run in new for tag in dict.fromkeys(run.tags)])
    index_asked(connection, [(run.id, run.prompt, [lane.request for lane in run.lanes]) for run in new])
    ended = [(run_id, lane.index, lane.text) for run_id, lane in lanes if lane.status not in OPEN]
    fulltext.add(connection, ended)


def _append(connection: Connection, told: Sequence[Appended]) -> None:
    _insert(connection, Chunk, [_chunk_row(one.run_id, one.lane, one.seq, one.chunk) for one in told])
    latest = {(one.run_id, one.lane): one.facts for one in told}
    if latest:
        rows = [{"of_run": run_id, "at": lane, "known": dict(facts)} for (run_id, lane), facts in latest.items()]
        connection.execute(_STREAMING, rows)


def _end(connection: Connection, run_id: str, lane: LaneRecord) -> None:
    connection.execute(
        update(Lane)
        .where(Lane.run_id == run_id, Lane.index == lane.index)
        .values(
            status=lane.status,
            facts=dict(lane.facts),
            failure=None if lane.failure is None else dict(lane.failure),
            stop_reason=lane.stop_reason,
            total_s=lane.total_s,
        )
    )
    index_answer(connection, run_id, lane.index)


def _existing(connection: Connection, run_ids: Iterable[str]) -> set[str]:
    wanted = list(run_ids)
    return set(connection.execute(_KNOWN, {"wanted": wanted}).scalars()) if wanted else set()


def _insert(connection: Connection, model: type[Base], rows: Sequence[dict[str, Any]]) -> None:
    if rows:
        connection.execute(_insertion(model, connection.dialect.name), rows)


@cache
def _insertion(model: type[Base], dialect: str) -> Executable:
    table = model.__table__
    assert isinstance(table, Table)
    make = postgresql.insert if dialect == "postgresql" else sqlite.insert
    # A commit whose answer was lost is told again.
    return make(table).on_conflict_do_nothing()


def _run_row(run: RunRecord, server_id: str) -> dict[str, Any]:
    return {
        "id": run.id,
        "owner": run.owner,
        "created": run.created,
        "simulated": run.simulated,
        "vertexai": run.vertexai,
        "catalog_version": run.catalog_version,
        "prompt": run.prompt,
        "sides": run.sides,
        "repeats": run.repeats,
        "order": list(run.order),
        "vote": run.vote,
        "parent": run.parent,
        "group": run.group,
        "preset": run.preset,
        "imported": run.imported,
        "server": server_id if any(lane.status in OPEN for lane in run.lanes) else "",
    }


def _lane_row(run_id: str, lane: LaneRecord) -> dict[str, Any]:
    return {
        "run_id": run_id,
        "index": lane.index,
        "model": lane.model,
        "request": dict(lane.request),
        "status": lane.status,
        "facts": dict(lane.facts),
        "failure": None if lane.failure is None else dict(lane.failure),
        "stop_reason": lane.stop_reason,
        "total_s": lane.total_s,
        "answer": None if lane.status in OPEN else lane.text,
    }


def _chunk_row(run_id: str, lane: int, seq: int, chunk: ChunkRecord) -> dict[str, Any]:
    return {
        "run_id": run_id,
        "lane": lane,
        "seq": seq,
        "at_s": chunk.at_s,
        "text": chunk.text,
        "thought": chunk.thought,
        "output_tokens": chunk.output_tokens,
        "thinking_tokens": chunk.thinking_tokens,
        "parts": [dict(part) for part in chunk.parts] or None,
    }


def _judgement_row(run_id: str, judgement: JudgementRecord) -> dict[str, Any]:
    return {
        "run_id": run_id,
        "id": judgement.id,
        "created": judgement.created,
        "one": judgement.one,
        "other": judgement.other,
        "judge": judgement.judge,
        "rubric": judgement.rubric,
        "simulated": judgement.simulated,
        "outcome": dict(judgement.outcome),
    }
