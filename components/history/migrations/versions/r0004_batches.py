"""Batches: jobs with their rows and answers."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Make the tables of batches."""
    _jobs()
    _rows()
    _results()


def _jobs() -> None:
    op.create_table(
        "batch_jobs",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated", sa.DateTime(timezone=True), nullable=False),
        sa.Column("simulated", sa.Boolean(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("record", sa.JSON(), nullable=False),
        sa.Column("columns", sa.JSON(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("server", sa.Text(), nullable=False),
        sa.Column("session", sa.Text(), nullable=False),
        sa.Column("under_way", sa.JSON(), nullable=False),
        sa.Column("remote", sa.JSON(), nullable=False),
    )
    op.create_index("batch_jobs_by_owner", "batch_jobs", ["owner", "created", "id"])


def _job_id() -> sa.Column[str]:
    return sa.Column("job_id", sa.Text(), sa.ForeignKey("batch_jobs.id", ondelete="CASCADE"), primary_key=True)


def _rows() -> None:
    op.create_table(
        "batch_rows",
        _job_id(),
        sa.Column("row", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("values", sa.JSON(), nullable=False),
        sqlite_with_rowid=False,
    )


def _results() -> None:
    op.create_table(
        "batch_results",
        _job_id(),
        sa.Column("row", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("side", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("repeat", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("marks", sa.Text(), nullable=False),
        sa.Column("spent", sa.BigInteger()),
        sa.Column("discarded", sa.BigInteger()),
        sa.Column("record", sa.JSON(), nullable=False),
    )
    op.create_index("batch_results_by_status", "batch_results", ["job_id", "status", "row"])
