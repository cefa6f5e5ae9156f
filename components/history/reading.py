"""Rows -> records and lists of runs, on a connection of the caller."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from operator import itemgetter
from typing import Any

from sqlalchemy import JSON, Connection, Subquery, Text, and_, case, cast, exists, func, select, type_coerce
from sqlalchemy.sql.elements import ColumnElement

from components.history import fulltext
from components.history.query import AnswerRow, JudgementRow, Query, RunSummary, State, VoteRow
from components.history.records import ChunkRecord, JudgementRecord, LaneRecord, RunRecord
from components.history.schema import Chunk, Judgement, Lane, Run, Tag
from components.history.words import Term, first_match, terms
from components.history.writing import OPEN

INTERRUPTED = "Interrupted: the server ended while this answer was arriving. What had arrived is kept."
_Row = Any
"""A row of columns chosen by name, which the type checker cannot follow."""

_PROMPT_SHOWN = 400
_SNIPPET = 240
_LEAD = 60
_SEARCHED_FOR_SNIPPET = 20_000
_LARGE = 100_000
_OBJECT = "\ufffc"


def runs(
    connection: Connection, run_ids: Sequence[str], owner: str, live: Sequence[str], in_pieces: bool = True
) -> tuple[RunRecord, ...]:
    """The owner's runs with these ids, in their order and with everything in them; others are left out.

    `live` is the servers that are still there: what another had open was interrupted. Unless `in_pieces`, an answer
    that has ended is its visible text in one chunk.
    """
    asked = select(Run).where(Run.id.in_(run_ids), Run.owner == owner)
    rows: dict[str, _Row] = {row.id: row for row in connection.execute(asked)}
    ids = list(rows)
    lanes = _lanes(connection, ids, {run_id for run_id, row in rows.items() if row.server in live}, in_pieces)
    tags = _tags(connection, ids)
    judgements = _judgements(connection, ids)
    found = dict.fromkeys(run_id for run_id in run_ids if run_id in rows)
    return tuple(_run(rows[one], tuple(lanes[one]), tuple(tags[one]), tuple(judgements[one])) for one in found)


def ids(connection: Connection, owner: str) -> list[str]:
    """The ids of all runs of an owner, oldest first."""
    return list(connection.execute(select(Run.id).where(Run.owner == owner).order_by(Run.created, Run.id)).scalars())


def owners(connection: Connection, run_ids: Iterable[str]) -> dict[str, str]:
    """Whose each of these runs is; runs that are not there are left out."""
    return {row.id: row.owner for row in connection.execute(select(Run.id, Run.owner).where(Run.id.in_(list(run_ids))))}


def ancestry(connection: Connection, run_id: str, owner: str, most: int) -> list[str]:
    """The ids of a run and of those that it follows up, oldest first, as far as they are there."""
    found: list[str] = []
    next_id: str | None = run_id
    while next_id and next_id not in found and len(found) < most:
        row = connection.execute(select(Run.parent).where(Run.id == next_id, Run.owner == owner)).first()
        if row is None:
            break
        found.append(next_id)
        next_id = row.parent
    return found[::-1]


def count(connection: Connection, query: Query, live: Sequence[str]) -> int:
    """How many runs a query finds."""
    return connection.execute(
        select(func.count()).select_from(Run).where(*_filters(connection, query, live))
    ).scalar_one()


def summaries(connection: Connection, query: Query, live: Sequence[str]) -> tuple[RunSummary, ...]:
    """The stretch of runs that a query asks for."""
    order = (Run.created, Run.id) if query.order == "oldest" else (Run.created.desc(), Run.id.desc())
    shown = [column for column in Run.__table__.columns if column.name != "prompt"]
    prompt = func.substr(Run.prompt, 1, _PROMPT_SHOWN).label("prompt")
    asked = select(*shown, prompt, _state(live).label("state")).where(*_filters(connection, query, live))
    rows = connection.execute(asked.order_by(*order).limit(max(query.limit, 0)).offset(max(query.offset, 0))).all()
    found = [row.id for row in rows]
    lanes = _lane_heads(connection, found)
    tags = _tags(connection, found)
    wanted = terms(query.text)
    return tuple(_summary(row, lanes[row.id], tuple(tags[row.id]), wanted, live) for row in rows)


def tag_names(connection: Connection, owner: str) -> tuple[str, ...]:
    """Every tag that an owner uses, in alphabetical order."""
    found = select(Tag.tag).join(Run, Run.id == Tag.run_id).where(Run.owner == owner).distinct()
    return tuple(sorted(connection.execute(found).scalars()))


def votes(
    connection: Connection, owner: str, among: Sequence[str] | None = None, newest: int | None = None
) -> tuple[VoteRow, ...]:
    """Votes of an owner, oldest first: all, or the `newest` of those on at least two of the models `among`."""
    voted = and_(Run.owner == owner, Run.vote != "", *([] if among is None else [_two_of(among)]))
    columns = (Run.id, Run.order, Run.vote, Run.preset, Run.simulated, Run.imported, Run.created, Run.sides)
    found = select(*columns).where(voted).order_by(Run.created.desc(), Run.id.desc()).limit(newest)
    rows: list[_Row] = [*connection.execute(found)][::-1]
    runs = found.subquery()
    models: dict[str, list[str]] = defaultdict(list)
    asked = select(Lane.run_id, Lane.model).join(runs, runs.c.id == Lane.run_id).where(Lane.index < runs.c.sides)
    for run_id, model in connection.execute(asked.order_by(Lane.run_id, Lane.index)):
        models[run_id].append(model)
    return tuple(
        VoteRow(
            run_id=row.id,
            models=tuple(models[row.id]),
            order=tuple(row.order),
            vote=row.vote,
            preset=row.preset,
            simulated=row.simulated,
            imported=row.imported,
            created=row.created,
        )
        for row in rows
    )


def answers(
    connection: Connection, owner: str, models: Sequence[str] | None, newest: int, in_pieces: bool
) -> tuple[AnswerRow, ...]:
    """The whole answers of models, or of all, in the owner's `newest` real runs that have any; the newest run first.

    Their chunks come without words, where `in_pieces` wants any.
    """
    wanted = and_(Lane.status == "done", Lane.failure.is_(None), *([] if models is None else [Lane.model.in_(models)]))
    real = and_(Run.owner == owner, Run.simulated.is_(False), Run.imported.is_(False))
    answered = exists().where(Lane.run_id == Run.id, wanted)
    order = (Run.created.desc(), Run.id.desc())
    found = select(Run.id, Run.vertexai, Run.created).where(real, answered).order_by(*order).limit(newest).subquery()
    asked = select(Lane.run_id, Lane.index.label("place"), Lane.model, Lane.facts, found.c.vertexai)
    lanes: Sequence[_Row] = connection.execute(
        asked.join(found, found.c.id == Lane.run_id)
        .where(wanted)
        .order_by(found.c.created.desc(), found.c.id.desc(), Lane.index)
    ).all()
    chunks = _wordless(connection, found) if in_pieces else {}
    return tuple(
        AnswerRow(row.run_id, row.model, row.vertexai, row.facts, tuple(chunks.get((row.run_id, row.place), ())))
        for row in lanes
    )


def state(connection: Connection, owner: str) -> str:
    """Text that is another one whenever what `answers` or `votes` find of an owner may be another."""
    runs = select(func.count(), func.max(Run.created), func.count(case((Run.vote != "", 1)))).where(Run.owner == owner)
    lanes = select(func.count()).select_from(Lane).join(Run, Run.id == Lane.run_id)
    ended = lanes.where(Run.owner == owner, Lane.status == "done")
    return f"{connection.execute(runs).one()} {connection.execute(ended).scalar_one()}"


def _two_of(models: Sequence[str]) -> ColumnElement[bool]:
    sides = select(func.count()).where(Lane.run_id == Run.id, Lane.index < Run.sides, Lane.model.in_(models))
    return sides.correlate(Run).scalar_subquery() >= 2


def judgements(connection: Connection, owner: str) -> tuple[JudgementRow, ...]:
    """Every opinion of a judge on an owner's runs, oldest first."""
    asked = select(Judgement, Run.preset, Run.imported).join(Run, Run.id == Judgement.run_id).where(Run.owner == owner)
    rows = connection.execute(asked.order_by(Judgement.created, Judgement.id)).all()
    judged = select(Judgement.run_id).join(Run, Run.id == Judgement.run_id).where(Run.owner == owner)
    lanes = connection.execute(select(Lane.run_id, Lane.index, Lane.model).where(Lane.run_id.in_(judged)))
    models = {(run_id, index): model for run_id, index, model in lanes}
    return tuple(
        JudgementRow(
            run_id=row.run_id,
            model_one=models.get((row.run_id, row.one), ""),
            model_other=models.get((row.run_id, row.other), ""),
            preset=row.preset,
            imported=row.imported,
            judgement=_judgement(row),
        )
        for row in rows
    )


def _filters(connection: Connection, query: Query, live: Sequence[str]) -> Iterator[ColumnElement[bool]]:
    yield Run.owner == query.owner
    if query.presets:
        yield Run.preset.in_(query.presets)
    if query.simulated is not None:
        yield Run.simulated.is_(query.simulated)
    if query.voted is not None:
        yield Run.vote != "" if query.voted else Run.vote == ""
    if query.since is not None:
        yield Run.created >= query.since
    if query.until is not None:
        yield Run.created < query.until
    if query.state is not None:
        yield _state(live) == query.state.value
    yield from (Run.id.in_(select(Lane.run_id).where(Lane.model == model)) for model in query.models)
    yield from (Run.id.in_(select(Tag.run_id).where(Tag.tag == tag)) for tag in query.tags)
    yield from (Run.id.in_(fulltext.matching(term, connection.dialect)) for term in terms(query.text))


def _state(live: Sequence[str]) -> ColumnElement[str]:
    return case(
        (and_(Run.server.in_(live), _has(*OPEN)), State.RUNNING.value),
        (_has(*OPEN, "interrupted"), State.INTERRUPTED.value),
        (_has("failed"), State.FAILED.value),
        (_has("stopped"), State.STOPPED.value),
        else_=State.COMPLETE.value,
    )


def _has(*statuses: str) -> ColumnElement[bool]:
    return exists().where(Lane.run_id == Run.id, Lane.status.in_(statuses))


def _lane_heads(connection: Connection, run_ids: Sequence[str]) -> dict[str, list[_Row]]:
    answer = func.substr(Lane.answer, 1, _SEARCHED_FOR_SNIPPET).label("answer")
    asked = select(Lane.run_id, Lane.model, Lane.status, answer).where(Lane.run_id.in_(run_ids))
    heads: dict[str, list[_Row]] = defaultdict(list)
    for row in connection.execute(asked.order_by(Lane.run_id, Lane.index)):
        heads[row.run_id].append(row)
    return heads


def _summary(
    row: _Row, lanes: Sequence[_Row], tags: tuple[str, ...], wanted: tuple[Term, ...], live: Sequence[str]
) -> RunSummary:
    alive = row.server in live
    return RunSummary(
        id=row.id,
        created=row.created,
        simulated=row.simulated,
        imported=row.imported,
        prompt=row.prompt,
        models=tuple(lane.model for lane in lanes[: row.sides]),
        state=State(row.state),
        statuses=tuple(_status(lane.status, alive) for lane in lanes),
        sides=row.sides,
        repeats=row.repeats,
        blind=bool(row.order),
        vote=row.vote,
        preset=row.preset,
        parent=row.parent,
        group=row.group,
        tags=tags,
        snippet=_snippet([lane.answer or "" for lane in lanes], wanted),
    )


def _snippet(answers: Sequence[str], wanted: tuple[Term, ...]) -> str:
    # Looking through every word of every answer for nothing would be most of the work of a list.
    matches = ((answer, first_match(answer, wanted)) for answer in answers if wanted)
    found = next(((answer, at) for answer, at in matches if at is not None), None)
    answer, at = found or (next(filter(None, answers), ""), 0)
    start = max(0, at - _LEAD)
    end = start + _SNIPPET
    shown = " ".join(answer[start:end].split())
    return f"{'…' if start else ''}{shown}{'…' if end < len(answer) else ''}"


def _status(status: str, alive: bool) -> str:
    return "interrupted" if status in OPEN and not alive else status


def _lanes(
    connection: Connection, run_ids: Sequence[str], alive: set[str], in_pieces: bool
) -> dict[str, list[LaneRecord]]:
    left_out = ("index", "answer") if in_pieces else ("index",)
    columns = [column for column in Lane.__table__.columns if column.name not in left_out]
    # A row has an `index` of its own.
    asked = select(Lane.index.label("place"), *columns).where(Lane.run_id.in_(run_ids))
    rows = connection.execute(asked.order_by(Lane.run_id, Lane.index)).all()
    # Read after the lanes: a lane that was read as ended then has all its chunks.
    chunks = _chunks(connection, run_ids) if in_pieces else _in_one_piece(rows)
    lanes: dict[str, list[LaneRecord]] = defaultdict(list)
    for row in rows:
        lanes[row.run_id].append(_lane(row, row.run_id in alive, tuple(chunks[row.run_id, row.place])))
    return lanes


def _chunks(connection: Connection, run_ids: Sequence[str]) -> dict[tuple[str, int], list[ChunkRecord]]:
    asked = select(Chunk).where(Chunk.run_id.in_(run_ids)).order_by(Chunk.run_id, Chunk.lane, Chunk.seq)
    rows: Iterable[_Row] = connection.execute(asked)
    chunks: dict[tuple[str, int], list[ChunkRecord]] = defaultdict(list)
    for run_id, lane, _, at_s, text, thought, output_tokens, thinking_tokens, parts in rows:
        record = ChunkRecord(at_s, text, thought, output_tokens, thinking_tokens, tuple(parts or ()))
        chunks[run_id, lane].append(record)
    return chunks


def _wordless(connection: Connection, runs: Subquery) -> dict[tuple[str, int], list[ChunkRecord]]:
    """The chunks of runs as `AnswerRow` has them: most are left out here, since reading them is most of the work."""
    plain = and_(Chunk.text != "", Chunk.thought == "", Chunk.parts.is_(None))
    ends = (
        select(Chunk.run_id, Chunk.lane, func.min(Chunk.seq).label("first"), func.max(Chunk.seq).label("last"))
        .join(runs, runs.c.id == Chunk.run_id)
        .where(plain)
        .group_by(Chunk.run_id, Chunk.lane, Chunk.output_tokens.is_(None), Chunk.thinking_tokens.is_(None))
        .subquery()
    )
    same_lane = and_(ends.c.run_id == Chunk.run_id, ends.c.lane == Chunk.lane)
    columns = _wordless_columns()
    outer = select(*columns).join(ends, and_(same_lane, Chunk.seq.in_([ends.c.first, ends.c.last])))
    others = select(*columns).join(runs, runs.c.id == Chunk.run_id).where(~plain)
    rows: list[_Row] = [*connection.execute(outer), *connection.execute(others)]
    chunks: dict[tuple[str, int], list[ChunkRecord]] = defaultdict(list)
    for run_id, lane, _, at_s, text, thought, output_tokens, thinking_tokens, held in sorted(
        rows, key=itemgetter(0, 1, 2)
    ):
        chunks[run_id, lane].append(ChunkRecord(at_s, text, thought, output_tokens, thinking_tokens, tuple(held or ())))
    return chunks


def _wordless_columns() -> Sequence[Any]:
    large = and_(Chunk.text == "", func.length(cast(Chunk.parts, Text)) > _LARGE)
    text = case((large, _OBJECT), else_=func.substr(Chunk.text, 1, 1))
    parts = type_coerce(case((and_(Chunk.text == "", ~large), Chunk.parts)), JSON)
    place = [Chunk.run_id, Chunk.lane, Chunk.seq]
    return [
        *place,
        Chunk.at_s,
        text,
        func.substr(Chunk.thought, 1, 1),
        Chunk.output_tokens,
        Chunk.thinking_tokens,
        parts,
    ]


def _in_one_piece(lanes: Iterable[_Row]) -> dict[tuple[str, int], list[ChunkRecord]]:
    found = {(row.run_id, row.place): [ChunkRecord(row.total_s or 0, row.answer)] for row in lanes if row.answer}
    return defaultdict(list, found)


def _tags(connection: Connection, run_ids: Sequence[str]) -> dict[str, list[str]]:
    tags: dict[str, list[str]] = defaultdict(list)
    for row in connection.execute(select(Tag).where(Tag.run_id.in_(run_ids))):
        tags[row.run_id].append(row.tag)
    return defaultdict(list, {run_id: sorted(found) for run_id, found in tags.items()})


def _judgements(connection: Connection, run_ids: Sequence[str]) -> dict[str, list[JudgementRecord]]:
    asked = select(Judgement).where(Judgement.run_id.in_(run_ids)).order_by(Judgement.created, Judgement.id)
    found: dict[str, list[JudgementRecord]] = defaultdict(list)
    for row in connection.execute(asked):
        found[row.run_id].append(_judgement(row))
    return found


def _run(
    row: _Row, lanes: tuple[LaneRecord, ...], tags: tuple[str, ...], judged: tuple[JudgementRecord, ...]
) -> RunRecord:
    return RunRecord(
        id=row.id,
        created=row.created,
        simulated=row.simulated,
        vertexai=row.vertexai,
        catalog_version=row.catalog_version,
        prompt=row.prompt,
        sides=row.sides,
        lanes=lanes,
        repeats=row.repeats,
        order=tuple(row.order),
        vote=row.vote,
        parent=row.parent,
        group=row.group,
        preset=row.preset,
        owner=row.owner,
        tags=tags,
        judgements=judged,
        imported=row.imported,
    )


def _lane(row: _Row, alive: bool, chunks: tuple[ChunkRecord, ...]) -> LaneRecord:
    status = _status(row.status, alive)
    return LaneRecord(
        index=row.place,
        model=row.model,
        request=row.request,
        status=status,
        facts=row.facts,
        failure=row.failure,
        stop_reason=row.stop_reason if status == row.status else INTERRUPTED,
        total_s=row.total_s,
        chunks=chunks,
    )


def _judgement(row: _Row) -> JudgementRecord:
    return JudgementRecord(
        id=row.id,
        created=row.created,
        one=row.one,
        other=row.other,
        judge=row.judge,
        rubric=row.rubric,
        simulated=row.simulated,
        outcome=row.outcome,
    )
