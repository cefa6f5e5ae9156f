"""Alembic's entry: runs the steps on the connection that `components.history.database` hands over."""

from alembic import context

from components.history.migrations.comparison import is_ours
from components.history.schema import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    version_table="history_version",
    include_name=is_ours,
)
with context.begin_transaction():
    context.run_migrations()
