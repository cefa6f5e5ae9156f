"""Runs with their lanes, chunks, judgements and tags, and the servers that record them."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the tables."""
    _servers()
    _runs()
    _lanes()
    _chunks()
    _judgements()
    op.create_table("tags", _run_id(), sa.Column("tag", sa.Text(), primary_key=True))


def _run_id() -> sa.Column[str]:
    return sa.Column("run_id", sa.Text(), sa.ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True)


def _servers() -> None:
    op.create_table(
        "servers",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("pid", sa.Integer(), nullable=False),
        sa.Column("process_start", sa.Text(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
    )


def _runs() -> None:
    op.create_table(
        "runs",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("simulated", sa.Boolean(), nullable=False),
        sa.Column("vertexai", sa.Boolean(), nullable=False),
        sa.Column("catalog_version", sa.Text(), nullable=False),
        sa.Column("prompt", sa.Text(), nullable=False),
        sa.Column("sides", sa.Integer(), nullable=False),
        sa.Column("repeats", sa.Integer(), nullable=False),
        sa.Column("order", sa.JSON(), nullable=False),
        sa.Column("vote", sa.Text(), nullable=False),
        sa.Column("parent", sa.Text(), nullable=False),
        sa.Column("group", sa.Text(), nullable=False),
        sa.Column("preset", sa.Text(), nullable=False),
        sa.Column("imported", sa.Boolean(), nullable=False),
        sa.Column("server", sa.Text(), nullable=False),
    )
    op.create_index("runs_by_owner", "runs", ["owner", "created", "id"])


def _lanes() -> None:
    op.create_table(
        "lanes",
        _run_id(),
        sa.Column("index", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("request", sa.JSON(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("failure", sa.JSON()),
        sa.Column("stop_reason", sa.Text()),
        sa.Column("total_s", sa.Double()),
    )
    op.create_index("lanes_by_model", "lanes", ["model", "run_id"])
    op.create_index("lanes_by_status", "lanes", ["status", "run_id"])


def _chunks() -> None:
    op.create_table(
        "chunks",
        sa.Column("run_id", sa.Text(), primary_key=True),
        sa.Column("lane", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("seq", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("at_s", sa.Double(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("thought", sa.Text(), nullable=False),
        sa.Column("output_tokens", sa.BigInteger()),
        sa.Column("thinking_tokens", sa.BigInteger()),
        sa.Column("parts", sa.JSON()),
        sa.ForeignKeyConstraint(["run_id", "lane"], ["lanes.run_id", "lanes.index"], ondelete="CASCADE"),
        sqlite_with_rowid=False,
    )


def _judgements() -> None:
    op.create_table(
        "judgements",
        _run_id(),
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("one", sa.Integer(), nullable=False),
        sa.Column("other", sa.Integer(), nullable=False),
        sa.Column("judge", sa.Text(), nullable=False),
        sa.Column("rubric", sa.Text(), nullable=False),
        sa.Column("simulated", sa.Boolean(), nullable=False),
        sa.Column("outcome", sa.JSON(), nullable=False),
    )
