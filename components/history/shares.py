"""Links by which anybody who has one reads a single run or batch. Who has the database has no links: hashes alone."""

import secrets
from datetime import timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, delete, func, insert, or_, select

from components.history.batches import Access
from components.history.records import ShareRecord
from components.history.schema import Batch, Run, Share
from components.history.views import clean_name

RUN, BATCH = "run", "batch"
GONE = "This link does not open anything: it is not whole, has run out or was withdrawn, or what it showed was deleted."
LONGEST_NAME = 80
LONGEST_DAYS = 3_650
MOST_LINKS = 20
_LOCK = 7_302_114_004
_LONGEST_TOKEN = 200
_SHARE: Any = Share.__table__
_TARGETS: Any = {RUN: (_SHARE.c.run_id, Run.__table__), BATCH: (_SHARE.c.batch_id, Batch.__table__)}


class ShareRefused(ValueError):
    """A link is not made; the message says why and what to do, as a sentence for the screen."""


class Shares:
    """Makes, lists, withdraws and finds links. Raises HistoryError and Refused as the store does that it comes from."""

    def __init__(self, access: Access) -> None:
        self._access = access

    def create(
        self, owner: str, kind: str, target: str, name: str = "", days: int | None = None
    ) -> tuple[ShareRecord, str]:
        """Make a link to a run or batch of an owner, good for some days or for ever; return it with its token.

        The token is nowhere else from then on. Raises ShareRefused for what is not the owner's, a name of more than 80
        characters, days that are not from 1 to 3,650, and where 20 links to the same are good already.
        """
        known_as = clean_name(name)
        if fault := _fault_of(known_as, days):
            raise ShareRefused(fault)
        token = secrets.token_urlsafe(32)
        with self._access.writing() as connection:
            found = self._made(connection, (owner, kind, target), known_as, days, token)
        if isinstance(found, str):
            raise ShareRefused(found)
        return found, token

    def of_target(self, owner: str, kind: str, target: str) -> tuple[ShareRecord, ...]:
        """The links to a run or batch of an owner, the newest first; those that have run out are among them."""
        column, _ = _TARGETS[kind]
        wanted = _found(kind, owner).where(column == target).order_by(_SHARE.c.created.desc(), _SHARE.c.id)
        with self._access.reading() as connection:
            return tuple(_record(row, kind) for row in connection.execute(wanted).mappings())

    def withdraw(self, owner: str, share_id: str) -> bool:
        """Make a link good for nothing, for ever; False where the owner has none with this id."""
        with self._access.writing() as connection:
            mine = or_(*(_SHARE.c.id.in_(_ids(kind, owner)) for kind in _TARGETS))
            return bool(connection.execute(delete(_SHARE).where(_SHARE.c.id == share_id, mine)).rowcount)

    def find(self, token: str) -> ShareRecord | None:
        """The link with this token, if it is good now; None for any other, and nothing tells why."""
        # What no token can be is hashed all the same, so that every guess takes as long.
        hashed = _hash(token[:_LONGEST_TOKEN])
        with self._access.reading() as connection:
            now = self._access.now(connection)
            for kind in _TARGETS:
                wanted = _found(kind).where(_SHARE.c.hash == hashed, _is_good(now))
                if row := connection.execute(wanted).mappings().first():
                    return _record(row, kind)
        return None

    def _made(
        self, connection: Connection, what: tuple[str, str, str], name: str, days: int | None, token: str
    ) -> ShareRecord | str:
        """Write a new link, or return why there is none. Links to the same that have run out make room for it."""
        owner, kind, target = what
        column, table = _TARGETS[kind]
        _one_at_a_time(connection)
        if connection.execute(select(table.c.id).where(table.c.id == target, table.c.owner == owner)).first() is None:
            return f"No link was made, since the {kind} is not in your history any more."
        now = self._access.now(connection)
        connection.execute(delete(_SHARE).where(column == target, ~_is_good(now)))
        there = connection.execute(select(func.count()).where(column == target)).scalar_one()
        if there >= MOST_LINKS:
            return f"No link was made, since {MOST_LINKS} links to this {kind} are good already; withdraw one first."
        expires = None if days is None else now + timedelta(days=days)
        made = ShareRecord(secrets.token_urlsafe(9), owner, kind, target, name, now, expires)
        row = {"id": made.id, "hash": _hash(token), column.name: target, "name": name, "created": now}
        connection.execute(insert(_SHARE), row | {"expires": expires})
        return made


def _fault_of(name: str, days: int | None) -> str:
    if len(name) > LONGEST_NAME:
        return (
            f"No link was made, since its name has {len(name):,} characters and at most {LONGEST_NAME} fit; shorten it."
        )
    if days is not None and not 1 <= days <= LONGEST_DAYS:
        return f"No link was made, since it can be good for 1 to {LONGEST_DAYS:,} days and not for {days:,}."
    return ""


def _hash(token: str) -> str:
    return sha256(token.encode("utf-8", "replace")).hexdigest()


def _is_good(now: Any) -> Any:
    return or_(_SHARE.c.expires.is_(None), _SHARE.c.expires > now)


def _found(kind: str, owner: str | None = None) -> Select[Any]:
    column, table = _TARGETS[kind]
    wanted = select(_SHARE, table.c.owner).join(table, table.c.id == column)
    return wanted if owner is None else wanted.where(table.c.owner == owner)


def _ids(kind: str, owner: str) -> Select[Any]:
    return _found(kind, owner).with_only_columns(_SHARE.c.id)


def _record(row: RowMapping, kind: str) -> ShareRecord:
    return ShareRecord(
        id=row["id"],
        owner=row["owner"],
        kind=kind,
        target=row["run_id"] if kind == RUN else row["batch_id"],
        name=row["name"],
        created=row["created"],
        expires=row["expires"],
    )


def _one_at_a_time(connection: Connection) -> None:
    # PostgreSQL lets two sessions count at once, which would make one link more than may be; SQLite does not.
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(_LOCK)))
