"""The tables of a PostgreSQL index: how they are made and dropped, and which of them are current.

They stand in a schema of their own, outside the migrations: what they hold can be made again at any time.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, NamedTuple

import structlog
from psycopg import Connection, errors
from psycopg.sql import SQL, Composed, Identifier

from galaxy.search import text
from galaxy.search.engines import IndexBroken, IndexBusy, IndexMissing

Connections = Callable[[], AbstractContextManager[Connection[Any]]]

LAYOUT = f"2 {text.ANALYSIS}"
"""What the index was made by; stands in `current`."""
WAIT_FOR_LOCK = "10s"
NAMES = ("entry", "card", "gone", "words")
TABLES = (
    "CREATE TABLE {entry} (number int PRIMARY KEY, tokens tsvector NOT NULL)",
    "ALTER TABLE {entry} ALTER tokens SET STORAGE EXTERNAL",
    "CREATE TABLE {card} (number int PRIMARY KEY, id bigint NOT NULL, published bigint NOT NULL, "
    "confirmed bigint NOT NULL, title bytea NOT NULL, facets text[] NOT NULL)",
    "CREATE TABLE {gone} (number int PRIMARY KEY, change int NOT NULL)",
    'CREATE TABLE {words} (word text COLLATE "C" PRIMARY KEY, times int NOT NULL, spelled bool NOT NULL)',
)
INDEXES = (
    "CREATE INDEX ON {entry} USING gin (tokens) WITH (fastupdate = off)",
    "CREATE INDEX ON {card} (id)",
    "ANALYZE {entry}, {card}, {words}",
)
TRIGRAMS = "CREATE INDEX ON {words} USING gin (word gin_trgm_ops) WHERE spelled"
CURRENT = "SELECT number, layout, last, change, documents FROM search.current"

log = structlog.get_logger()


@dataclass(frozen=True)
class Tables:
    """Four tables that hold an index: tokens of entries, their columns and codes, rows that are gone, words."""

    number: int

    def sql(self, words: str) -> Composed:
        """A statement with the names of these tables in the places named after them."""
        return SQL(words).format(**{name: Identifier("search", f"{name}_{self.number}") for name in NAMES})

    def make(self, connection: Connection[Any]) -> None:
        """Make them, without the indexes, which are built quicker over all rows."""
        for statement in TABLES:
            connection.execute(self.sql(statement))

    def make_indexes(self, connection: Connection[Any]) -> None:
        """Make the indexes; where there may be no trigrams, slips of the finger are understood less well."""
        for statement in INDEXES:
            connection.execute(self.sql(statement))
        try:
            connection.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
            connection.execute(self.sql(TRIGRAMS))
        except (errors.InsufficientPrivilege, errors.FeatureNotSupported, errors.UndefinedFile, errors.UndefinedObject):
            todo = "as an admin of PostgreSQL: CREATE EXTENSION pg_trgm; then: python -m galaxy search rebuild"
            log.warning("misspelt words are understood less well without the extension pg_trgm", todo=todo)

    def drop(self, connection: Connection[Any]) -> None:
        """Drop them, where they are."""
        connection.execute(self.sql("DROP TABLE IF EXISTS {entry}, {card}, {gone}, {words}"))


class Named(NamedTuple):
    """What the table `current` says: whose tables hold the index, and which state of them this is."""

    number: int
    layout: str
    last: int
    """How many rows there ever were; the number of the next."""
    change: int
    documents: int

    @property
    def tables(self) -> Tables:
        """The tables that hold the index."""
        return Tables(self.number)


def make_room(connection: Connection[Any]) -> None:
    """Make the schema, and drop all tables that are not current: those of before, and those of a rebuild killed."""
    try:
        connection.execute(CURRENT)
    except errors.UndefinedColumn:  # of another layout
        connection.execute("DROP TABLE search.current")
    except (errors.UndefinedTable, errors.InvalidSchemaName):
        connection.execute("CREATE SCHEMA IF NOT EXISTS search")
    connection.execute(
        "CREATE TABLE IF NOT EXISTS search.current (one bool PRIMARY KEY DEFAULT true CHECK (one), "
        "number bigint NOT NULL, layout text NOT NULL, last int NOT NULL, change int NOT NULL, documents int NOT NULL)"
    )
    left = connection.execute(
        "SELECT substr(relname, 7)::bigint FROM pg_class WHERE relnamespace = 'search'::regnamespace AND "
        "relname ~ '^entry_[0-9]+$' AND substr(relname, 7)::bigint NOT IN (SELECT number FROM search.current)"
    )
    for (number,) in left.fetchall():
        Tables(number).drop(connection)


def current(connection: Connection[Any], asked: str = CURRENT) -> Named:
    """Which tables hold the index."""
    try:
        found = connection.execute(asked).fetchone()
    except (errors.UndefinedTable, errors.InvalidSchemaName) as missing:
        raise IndexMissing("there is no index") from missing
    if found is None:
        raise IndexMissing("there is no index")
    named = Named(*found)
    if named.layout != LAYOUT:
        raise IndexBroken("the index was made by another analysis")
    return named


def locked(connection: Connection[Any]) -> Named:
    """The same, and nobody else may write until the transaction ends.

    The transaction need not reach the disk at once: what is committed after it, such as the note of what is indexed,
    can only reach it later.
    """
    connection.execute(f"SET LOCAL lock_timeout = '{WAIT_FOR_LOCK}'; SET LOCAL synchronous_commit = off")
    try:
        return current(connection, f"{CURRENT} FOR UPDATE")
    except errors.LockNotAvailable as busy:
        raise IndexBusy("another process is writing the index") from busy


def declare(connection: Connection[Any], named: Named) -> None:
    """Say that this is current now; who is writing into what was current is waited for."""
    connection.execute(
        "INSERT INTO search.current (number, layout, last, change, documents) VALUES (%s, %s, %s, %s, %s) "
        "ON CONFLICT (one) DO UPDATE SET (number, layout, last, change, documents) = "
        "(excluded.number, excluded.layout, excluded.last, excluded.change, excluded.documents)",
        named,
    )
