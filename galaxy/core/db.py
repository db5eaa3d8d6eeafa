"""The database: one declarative base, one session, instants in UTC, and SQLite set to lose nothing."""

import enum
import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flask import Flask, g, has_request_context, request
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import JSON, Connection, DateTime, Engine, Enum, MetaData, TypeDecorator, event
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, registry

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
REF_LETTERS = "23456789abcdefghjkmnpqrstvwxyz"  # no letter that reads like another
REF_LENGTH = 8  # at 100,000 entries a new one meets an old one once in six million


class Instant(TypeDecorator[datetime]):
    """A moment, kept in UTC and always aware."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("A naive datetime is no instant.")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


Json = JSON().with_variant(JSONB(), "postgresql")

NAMES = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


def values(members: Any) -> list[str]:
    """An enumeration is kept as its words, not its names."""
    return [member.value for member in members]


class Base(DeclarativeBase):
    """What every table's class descends from."""

    registry = registry(
        metadata=MetaData(naming_convention=NAMES),
        type_annotation_map={
            datetime: Instant(),
            enum.StrEnum: Enum(enum.StrEnum, native_enum=False, length=32, values_callable=values),
            dict[str, Any]: Json,
            list[Any]: Json,
            list[str]: Json,
        },
    )


db = SQLAlchemy(model_class=Base)


def now() -> datetime:
    """This moment, in UTC."""
    return datetime.now(UTC)


def new_ref() -> str:
    """A permanent public id: letters that cannot be guessed in order."""
    return "".join(secrets.choice(REF_LETTERS) for _ in range(REF_LENGTH))


reading_only: ContextVar[bool] = ContextVar("reading_only", default=False)


@contextmanager
def reading() -> Iterator[None]:
    """Read, in a worker or a command, without keeping others from writing; what was read is let go at the end."""
    db.session.commit()
    token = reading_only.set(True)
    try:
        yield
    finally:
        db.session.rollback()
        reading_only.reset(token)


def will_write() -> None:
    """Say that this request writes although its method is safe, as following a link from a mail does."""
    g.will_write = True


def lower(words: Any) -> Any:
    """SQLite's own knows the letters of English alone; with this one É is é, and Ж is ж, as in PostgreSQL."""
    return words.lower() if isinstance(words, str) else words


@event.listens_for(Engine, "connect")
def set_up_sqlite(connection: Any, _record: object) -> None:
    """Foreign keys, a write-ahead log flushed at each commit, patience with a busy neighbour, and all letters."""
    if not isinstance(connection, sqlite3.Connection):
        return
    connection.isolation_level = None  # SQLAlchemy says BEGIN itself, below
    connection.create_function("lower", 1, lower, deterministic=True)
    for pragma in ("foreign_keys=ON", "journal_mode=WAL", "synchronous=FULL", "busy_timeout=15000"):
        connection.execute(f"PRAGMA {pragma}").close()


@event.listens_for(Engine, "begin")
def begin_sqlite(connection: Connection) -> None:
    """Take SQLite's write lock at the start of what will write: a lock asked for later cannot be waited for."""
    if connection.dialect.name != "sqlite":
        return
    reads = reading_only.get() or (has_request_context() and request.method in SAFE and not g.get("will_write"))
    connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")


def init_app(app: Flask) -> None:
    """Connect the app to its database and to its migrations."""
    app.config["SQLALCHEMY_DATABASE_URI"] = app.config["DATABASE_URL"]
    db.init_app(app)
    Migrate(app, db, directory=str(Path(app.root_path).parent / "migrations"), render_as_batch=True)
