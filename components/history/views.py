"""Views of pages, saved by name: what is taken, and how they are kept, on a connection of the caller."""

from dataclasses import asdict

from sqlalchemy import Connection, delete, func, select
from sqlalchemy.dialects import postgresql, sqlite

from components.history.records import SavedView
from components.history.schema import View

LONGEST_NAME = 80
LONGEST_ADDRESS = 8_000
MOST_VIEWS = 200
_LOCK = 7_302_114_003


def clean_name(name: str) -> str:
    """A name as it is kept: one line, without anything unseen."""
    seen = (letter if letter.isprintable() else " " for letter in name)
    return " ".join("".join(seen).split())


def fault_of(name: str, address: str) -> str:
    """Why a view is not taken, as a sentence for the screen; empty where it is. `name` must be clean."""
    if not name:
        return "The view was not saved, since it has no name; write one of 1 to 80 characters and save again."
    if len(name) > LONGEST_NAME:
        long = f"{len(name):,} characters and at most {LONGEST_NAME} fit"
        return f"The view was not saved, since its name has {long}; shorten it and save again."
    if len(address) > LONGEST_ADDRESS:
        long = f"{len(address):,} characters and at most {LONGEST_ADDRESS:,} fit"
        return f"The view was not saved, since its address has {long}; set fewer things and save again."
    return ""


def too_many(page: str) -> str:
    """The sentence for somebody who has as many views as are kept."""
    return (
        f"The view was not saved, since {MOST_VIEWS} views of the page {page} are kept already and none of them has "
        "this name; delete one, then save again."
    )


def of_page(connection: Connection, owner: str, page: str) -> tuple[SavedView, ...]:
    """The views of an owner on a page, the last saved first."""
    asked = select(View.__table__).where(View.owner == owner, View.page == page)
    rows = connection.execute(asked.order_by(View.updated.desc(), View.name, View.id))
    return tuple(SavedView(**row) for row in rows.mappings())


def save(connection: Connection, view: SavedView) -> SavedView | None:
    """Keep a view, in the place of one with the same owner, page and name; None where there are too many already.

    A view that is replaced keeps its id and the time when it was first saved. The name must be clean.
    """
    _one_at_a_time(connection)
    if _is_full(connection, view):
        return None
    newer = ("address", "catalog_version", "updated")
    insertion = _insertion(connection, view)
    replacing = insertion.on_conflict_do_update(
        index_elements=["owner", "page", "name"], set_={name: insertion.excluded[name] for name in newer}
    )
    row = connection.execute(replacing.returning(*View.__table__.columns)).mappings().one()
    return SavedView(**row)


def restore(connection: Connection, view: SavedView) -> bool:
    """Keep a view as it was before it was deleted; returns whether it is there now, as it was."""
    _one_at_a_time(connection)
    if _is_full(connection, view):
        return False
    connection.execute(_insertion(connection, view).on_conflict_do_nothing())
    return any(each.id == view.id for each in of_page(connection, view.owner, view.page))


def remove(connection: Connection, owner: str, view_id: str) -> SavedView | None:
    """Delete a view of an owner and return it; None where there is none with this id."""
    removal = delete(View).where(View.id == view_id, View.owner == owner).returning(*View.__table__.columns)
    row = connection.execute(removal).mappings().first()
    return None if row is None else SavedView(**row)


def _one_at_a_time(connection: Connection) -> None:
    # PostgreSQL lets two sessions count at once, which would put one view more than fits; SQLite does not.
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(_LOCK)))


def _is_full(connection: Connection, view: SavedView) -> bool:
    others = select(func.count()).where(View.owner == view.owner, View.page == view.page, View.name != view.name)
    return connection.execute(others).scalar_one() >= MOST_VIEWS


def _insertion(connection: Connection, view: SavedView) -> postgresql.Insert | sqlite.Insert:
    make = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    return make(View).values(asdict(view))
