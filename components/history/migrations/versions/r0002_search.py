"""Full-text search. What was recorded before is indexed when the store is opened next: its answers are still null."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make the tables that are searched."""
    op.add_column("lanes", sa.Column("answer", sa.Text()))
    op.create_table(
        "passages",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), primary_key=True),
        sa.Column("run_id", sa.Text(), sa.ForeignKey("runs.id", ondelete="CASCADE"), nullable=False),
        sa.Column("lane", sa.Integer(), nullable=False),
    )
    op.create_index("passages_by_run", "passages", ["run_id", "lane"])
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE TABLE passage_words (rowid BIGINT PRIMARY KEY REFERENCES passages (id) ON DELETE CASCADE, "
            "words TSVECTOR NOT NULL)"
        )
        op.execute("CREATE INDEX passage_words_by_word ON passage_words USING GIN (words)")
    else:
        # The words arrive cut and folded; this tokenizer only splits them at spaces.
        op.execute("CREATE VIRTUAL TABLE passage_words USING fts5(words, tokenize = 'ascii')")
