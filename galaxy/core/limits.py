"""Rate limits counted across processes: in a file of their own beside SQLite, in a table beside PostgreSQL."""

import time
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from flask import Flask, current_app, request
from flask_limiter import Limiter
from limits import parse_many
from limits.storage import Storage
from sqlalchemy import (
    Column,
    Connection,
    Engine,
    Executable,
    Float,
    Integer,
    MetaData,
    String,
    Table,
    bindparam,
    case,
    create_engine,
    delete,
    event,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import SQLAlchemyError

metadata = MetaData()
rate = Table(
    "rate",
    metadata,
    Column("key", String, primary_key=True),
    Column("count", Integer, nullable=False),
    Column("expires", Float, nullable=False, index=True),  # seconds since the epoch
)


class DatabaseStorage(Storage):
    """A fixed window's counters as rows of a database: `galaxy+<database address>`."""

    STORAGE_SCHEME = ["galaxy+sqlite", "galaxy+postgresql+psycopg"]

    def __init__(self, uri: str | None = None, wrap_exceptions: bool = False, **options: Any) -> None:
        super().__init__(uri, wrap_exceptions=wrap_exceptions, **options)
        self.engine: Engine = create_engine((uri or "").removeprefix("galaxy+"))
        if self.engine.dialect.name == "sqlite":
            event.listen(self.engine, "connect", _in_haste)
        self.count = _counting(self.engine.dialect.name)
        self.is_ready = False

    @property
    def base_exceptions(self) -> type[Exception]:
        return SQLAlchemyError

    def connect(self) -> AbstractContextManager[Connection]:
        """A transaction on the counters; the first makes their table, for a database may be away at the start."""
        if not self.is_ready:
            metadata.create_all(self.engine)
            self.is_ready = True
        return self.engine.begin()

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        moment = time.time()
        said = {"key": key, "amount": amount, "until": moment + expiry, "moment": moment}
        with self.connect() as connection:
            count = int(connection.scalar(self.count, said) or 0)
            if count == amount:  # a window opened: a good moment to forget those long closed
                connection.execute(delete(rate).where(rate.c.expires < moment))
        return count

    def get(self, key: str) -> int:
        with self.connect() as connection:
            return int(
                connection.scalar(select(rate.c.count).where(rate.c.key == key, rate.c.expires > time.time())) or 0
            )

    def get_expiry(self, key: str) -> float:
        with self.connect() as connection:
            return float(connection.scalar(select(rate.c.expires).where(rate.c.key == key)) or time.time())

    def check(self) -> bool:
        with self.connect() as connection:
            return connection.scalar(select(1)) == 1

    def reset(self) -> int:
        with self.connect() as connection:
            return connection.execute(delete(rate)).rowcount

    def clear(self, key: str) -> None:
        with self.connect() as connection:
            connection.execute(delete(rate).where(rate.c.key == key))


def _counting(dialect: str) -> Executable:
    """Adds to a counter, or begins it anew where its window is closed; gives what it stands at."""
    insert = sqlite.insert if dialect == "sqlite" else postgresql.insert
    row = insert(rate).values(key=bindparam("key"), count=bindparam("amount"), expires=bindparam("until"))
    is_open, given = rate.c.expires > bindparam("moment"), row.excluded
    return row.on_conflict_do_update(
        index_elements=["key"],
        set_={
            "count": case((is_open, rate.c.count + given.count), else_=given.count),
            "expires": case((is_open, rate.c.expires), else_=given.expires),
        },
    ).returning(rate.c.count)


def _in_haste(connection: Any, _record: object) -> None:
    """Wait for no disk: after a power cut, counters begin anew."""
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=OFF")


limiter = Limiter(key_func=lambda: request.remote_addr or "nobody", strategy="fixed-window", headers_enabled=False)


def too_often(setting: str, key: str = "") -> bool:
    """Count something that is no view of its own, for one address or key; whether it was more than a setting allows."""
    if not current_app.config["LIMITS"]:
        return False
    try:
        key = key or request.remote_addr or "nobody"
        return not all(limiter.limiter.hit(limit, setting, key) for limit in parse_many(current_app.config[setting]))
    except SQLAlchemyError:
        return False


def init_app(app: Flask) -> None:
    """Count in the database; without one, refuse nobody rather than everybody."""
    url = app.config["DATABASE_URL"]
    if url.startswith("sqlite"):
        url = f"sqlite:///{Path(app.instance_path) / 'rates.db'}"
    app.config["RATELIMIT_STORAGE_URI"] = f"galaxy+{url}"
    app.config["RATELIMIT_ENABLED"] = app.config["LIMITS"]
    app.config["RATELIMIT_SWALLOW_ERRORS"] = True
    limiter.init_app(app)
