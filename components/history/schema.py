"""The tables of the history. Deleting a run takes everything that belongs to it along."""

import json
import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    DateTime,
    Dialect,
    Double,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    Text,
    TypeDecorator,
    UniqueConstraint,
    false,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

# Neither database takes lone surrogates, and PostgreSQL no NUL.
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")
_REPLACEMENT = "\ufffd"


class SafeText(TypeDecorator[str]):
    """Text that every database takes: what cannot be stored becomes U+FFFD."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Return the text as it is stored."""
        return None if value is None else storable(value)


class UtcTime(TypeDecorator[datetime]):
    """A moment in UTC, also where the database knows no time zones."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return the moment in UTC; one without a time zone counts as UTC."""
        if value is None:
            return None
        moment = value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return the moment with its time zone."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def storable(text: str) -> str:
    """Return a text with U+FFFD in place of NUL and lone surrogates."""
    return _UNSTORABLE.sub(_REPLACEMENT, text)


def json_text(value: object) -> str:
    """Return a value as JSON that every database takes; numbers that JSON does not know become null.

    Raises TypeError for what is no JSON value.
    """
    try:
        text = json.dumps(value, ensure_ascii=False, allow_nan=False)
    except ValueError:
        return json.dumps(_plain(value), ensure_ascii=False)
    if "\\u0000" in text or _UNSTORABLE.search(text):
        return json.dumps(_plain(value), ensure_ascii=False)
    return text


def _plain(value: object) -> object:
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {storable(str(name)): _plain(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return value


class Base(DeclarativeBase):
    """What all tables share: how plain types are stored."""

    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy's own declaration
        str: SafeText,
        datetime: UtcTime,
        float: Double,
        dict[str, Any]: JSON(none_as_null=True),
        list[Any]: JSON(none_as_null=True),
    }


class Server(Base):
    """A process that records runs. It is alive while `seen_at` moves on and its process exists."""

    __tablename__ = "servers"

    id: Mapped[str] = mapped_column(primary_key=True)
    host: Mapped[str]
    pid: Mapped[int]
    process_start: Mapped[str]
    seen_at: Mapped[datetime]


class Run(Base):
    """One prompt asked of several models."""

    __tablename__ = "runs"
    __table_args__ = (Index("runs_by_owner", "owner", "created", "id"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    owner: Mapped[str]
    created: Mapped[datetime]
    simulated: Mapped[bool]
    vertexai: Mapped[bool]
    catalog_version: Mapped[str]
    prompt: Mapped[str]
    sides: Mapped[int]
    repeats: Mapped[int]
    order: Mapped[list[Any]]
    vote: Mapped[str]
    parent: Mapped[str]
    group: Mapped[str]
    preset: Mapped[str]
    imported: Mapped[bool]
    server: Mapped[str]


class Lane(Base):
    """One model's answer. `answer` is its whole text once the lane has ended and can be searched."""

    __tablename__ = "lanes"
    __table_args__ = (Index("lanes_by_model", "model", "run_id"), Index("lanes_by_status", "status", "run_id"))

    run_id: Mapped[str] = mapped_column(ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True)
    index: Mapped[int] = mapped_column(primary_key=True)
    model: Mapped[str]
    request: Mapped[dict[str, Any]]
    status: Mapped[str]
    facts: Mapped[dict[str, Any]]
    failure: Mapped[dict[str, Any] | None]
    stop_reason: Mapped[str | None]
    total_s: Mapped[float | None]
    answer: Mapped[str | None]


class Chunk(Base):
    """One piece of an answer; `seq` only orders the pieces of a lane."""

    __tablename__ = "chunks"
    __table_args__ = (
        ForeignKeyConstraint(["run_id", "lane"], ["lanes.run_id", "lanes.index"], ondelete="CASCADE"),
        {"sqlite_with_rowid": False},
    )

    run_id: Mapped[str] = mapped_column(primary_key=True)
    lane: Mapped[int] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    at_s: Mapped[float]
    text: Mapped[str]
    thought: Mapped[str]
    output_tokens: Mapped[int | None] = mapped_column(BigInteger)
    thinking_tokens: Mapped[int | None] = mapped_column(BigInteger)
    parts: Mapped[list[Any] | None]


class Judgement(Base):
    """A model's opinion on two lanes of a run."""

    __tablename__ = "judgements"

    run_id: Mapped[str] = mapped_column(ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True)
    id: Mapped[str] = mapped_column(primary_key=True)
    created: Mapped[datetime]
    one: Mapped[int]
    other: Mapped[int]
    judge: Mapped[str]
    rubric: Mapped[str]
    simulated: Mapped[bool]
    outcome: Mapped[dict[str, Any]]


class Tag(Base):
    """A word that somebody put on a run."""

    __tablename__ = "tags"

    run_id: Mapped[str] = mapped_column(ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True)
    tag: Mapped[str] = mapped_column(primary_key=True)


class Passage(Base):
    """A stretch of words that can be searched; the words themselves are in the database's own full-text table.

    `lane` is -1 for what was asked.
    """

    __tablename__ = "passages"
    __table_args__ = (Index("passages_by_run", "run_id", "lane"),)

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    run_id: Mapped[str] = mapped_column(ForeignKey("runs.id", ondelete="CASCADE"))
    lane: Mapped[int]


class View(Base):
    """What somebody saved of a page by a name: the address that shows it again."""

    __tablename__ = "saved_views"
    __table_args__ = (UniqueConstraint("owner", "page", "name", name="saved_views_by_name"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    owner: Mapped[str]
    page: Mapped[str]
    name: Mapped[str]
    address: Mapped[str]
    catalog_version: Mapped[str]
    created: Mapped[datetime]
    updated: Mapped[datetime]


class Batch(Base):
    """Many prompts asked of several models. `record` is the job as whoever runs it wrote it down.

    `server` and `session` say who runs it now, both empty for nobody; `under_way` are the places of what was being
    asked when that was last written down. `remote` is what was handed over to a service that answers later.
    """

    __tablename__ = "batch_jobs"
    __table_args__ = (Index("batch_jobs_by_owner", "owner", "created", "id"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    owner: Mapped[str]
    name: Mapped[str]
    created: Mapped[datetime]
    updated: Mapped[datetime]
    simulated: Mapped[bool]
    total: Mapped[int]
    record: Mapped[dict[str, Any]]
    columns: Mapped[list[Any]]
    state: Mapped[str]
    note: Mapped[str]
    server: Mapped[str]
    session: Mapped[str]
    under_way: Mapped[list[Any]]
    remote: Mapped[dict[str, Any]]
    imported: Mapped[bool] = mapped_column(server_default=false())


class BatchRow(Base):
    """One row of a batch's input: the text of each column."""

    __tablename__ = "batch_rows"
    __table_args__ = ({"sqlite_with_rowid": False},)

    job_id: Mapped[str] = mapped_column(ForeignKey("batch_jobs.id", ondelete="CASCADE"), primary_key=True)
    row: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    values: Mapped[dict[str, Any]]


class BatchResult(Base):
    """One answer of a batch. `side` is the place of its model in the job.

    `marks` has a letter for each check of the job: p passed, f failed, - undecided. Money is in trillionths of a US
    dollar, in which every list price of a token is a whole number; None without a list price.
    """

    __tablename__ = "batch_results"
    __table_args__ = (Index("batch_results_by_status", "job_id", "status", "row"),)

    job_id: Mapped[str] = mapped_column(ForeignKey("batch_jobs.id", ondelete="CASCADE"), primary_key=True)
    row: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    side: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    repeat: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    status: Mapped[str]
    text: Mapped[str]
    marks: Mapped[str]
    spent: Mapped[int | None] = mapped_column(BigInteger)
    discarded: Mapped[int | None] = mapped_column(BigInteger)
    record: Mapped[dict[str, Any]]


class Share(Base):
    """A link by which anybody who has it reads one run or batch, and nothing else.

    `hash` is the SHA-256 of its token in hexadecimal, so that whoever reads the database has no link.
    """

    __tablename__ = "shares"
    __table_args__ = (
        CheckConstraint("(run_id IS NULL) <> (batch_id IS NULL)", name="shares_of_one_thing"),
        Index("shares_by_run", "run_id"),
        Index("shares_by_batch", "batch_id"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    hash: Mapped[str] = mapped_column(unique=True)
    run_id: Mapped[str | None] = mapped_column(ForeignKey("runs.id", ondelete="CASCADE"))
    batch_id: Mapped[str | None] = mapped_column(ForeignKey("batch_jobs.id", ondelete="CASCADE"))
    name: Mapped[str]
    created: Mapped[datetime]
    expires: Mapped[datetime | None]
