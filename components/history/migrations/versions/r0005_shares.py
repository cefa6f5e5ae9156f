"""Links by which others read one run or batch, and batches that came from a file."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Make the table of links, and mark no batch as imported."""
    op.create_table(
        "shares",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("hash", sa.Text(), nullable=False, unique=True),
        sa.Column("run_id", sa.Text(), sa.ForeignKey("runs.id", ondelete="CASCADE")),
        sa.Column("batch_id", sa.Text(), sa.ForeignKey("batch_jobs.id", ondelete="CASCADE")),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires", sa.DateTime(timezone=True)),
        sa.CheckConstraint("(run_id IS NULL) <> (batch_id IS NULL)", name="shares_of_one_thing"),
    )
    op.create_index("shares_by_run", "shares", ["run_id"])
    op.create_index("shares_by_batch", "shares", ["batch_id"])
    op.add_column("batch_jobs", sa.Column("imported", sa.Boolean(), nullable=False, server_default=sa.false()))
