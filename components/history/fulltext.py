"""Full-text search, the same on every database: the words are cut here, the databases only look them up.

SQLite finds them by FTS5, PostgreSQL by tsvector; both tables are called passage_words.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import (
    Connection,
    Dialect,
    Select,
    Text,
    bindparam,
    cast,
    delete,
    insert,
    literal,
    literal_column,
    select,
)
from sqlalchemy import column as sql_column
from sqlalchemy import table as sql_table
from sqlalchemy.dialects.postgresql import TSQUERY, TSVECTOR

from components.history.schema import Passage
from components.history.words import Term, parts

ASKED = -1
_rowid: Any = sql_column("rowid")
_words: Any = sql_column("words")
_TABLE = sql_table("passage_words", _rowid, _words)


def add(connection: Connection, texts: Iterable[tuple[str, int, str]]) -> None:
    """Make texts findable, each with the id of its run and its lane."""
    found = [(run_id, lane, part) for run_id, lane, text in texts for part in parts(text)]
    if not found:
        return
    places = [{"run_id": run_id, "lane": lane} for run_id, lane, _ in found]
    made = insert(Passage).returning(Passage.id, sort_by_parameter_order=True)
    ids = connection.execute(made, places).scalars().all()
    stored = _stored if connection.dialect.name == "postgresql" else " ".join
    rows = [{"passage": id, "said": stored(part)} for id, (_, _, part) in zip(ids, found, strict=True)]
    said = bindparam("said", type_=Text)
    # A cast keeps the words as they are, where to_tsvector would cut them by rules and a locale of its own.
    value = cast(said, TSVECTOR) if connection.dialect.name == "postgresql" else said
    connection.execute(insert(_TABLE).values(rowid=bindparam("passage"), words=value), rows)


def replace(connection: Connection, run_id: str, lane: int, text: str) -> None:
    """Make the text of a lane findable in place of what was indexed for it before."""
    _remove(connection, select(Passage.id).where(Passage.run_id == run_id, Passage.lane == lane))
    add(connection, [(run_id, lane, text)])


def forget(connection: Connection, run_ids: Sequence[str]) -> None:
    """Take runs out of the index."""
    _remove(connection, select(Passage.id).where(Passage.run_id.in_(run_ids)))


def matching(term: Term, dialect: Dialect) -> Select[str]:
    """The ids of the runs in which a term stands."""
    hits = select(_rowid).select_from(_TABLE).where(_holds(term, dialect))
    return select(Passage.run_id).where(Passage.id.in_(hits))


def _remove(connection: Connection, passages: Select[int]) -> None:
    connection.execute(delete(_TABLE).where(_rowid.in_(passages)))
    connection.execute(delete(Passage).where(Passage.id.in_(passages)))


def _stored(part: Sequence[str]) -> str:
    places: dict[str, list[str]] = defaultdict(list)
    for place, word in enumerate(part, 1):
        places[word].append(str(place))
    return " ".join(f"'{word}':{','.join(found)}" for word, found in places.items())


def _holds(term: Term, dialect: Dialect) -> Any:
    # Words hold letters and digits alone, so quoting them is safe in both query languages.
    if dialect.name != "postgresql":
        wanted = f'"{" ".join(term.words)}"' + (" *" if term.prefix else "")
        return literal_column("passage_words").op("MATCH")(literal(wanted))
    wanted = " <-> ".join(f"'{word}'" for word in term.words) + (":*" if term.prefix else "")
    return _words.op("@@")(cast(wanted, TSQUERY))
