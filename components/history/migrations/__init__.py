"""How the tables of the history came to be, one step a file; run by Alembic from `components.history.database`."""
