"""Harm done to a search index, whichever engine keeps it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from flask import Flask
from sqlalchemy import make_url

from galaxy.search.engines import Engine
from galaxy.search.engines.postgres import PostgresEngine
from galaxy.search.engines.tables import current
from galaxy.search.engines.whoosh import WhooshEngine

DAMAGES = {
    "emptied": "TRUNCATE {entry}, {card}",
    "cut": "DELETE FROM {card} WHERE number IN (SELECT max(number) FROM {card})",
    "scribbled": "ALTER TABLE {card} DROP COLUMN title",
    "gone": "DROP TABLE {entry}",
    "other analysis": "UPDATE search.current SET layout = 'older'",
    "bad pointer": "UPDATE search.current SET number = 1",
}


def again(engine: Engine) -> Any:
    """The same index as another process has it."""
    made = type(engine)(engine.folder if isinstance(engine, WhooshEngine) else engine.url)
    made.look_every = engine.look_every
    return made


def lose(engine: Engine) -> None:
    """There is no index any more."""
    if isinstance(engine, WhooshEngine):
        (engine.folder / "current").unlink()
    else:
        with engine._connection() as connection:
            connection.execute("DELETE FROM search.current")


@contextmanager
def silent(app: Flask) -> Iterator[None]:
    """PostgreSQL does not answer the questions of the index in time."""
    url = make_url(app.config["DATABASE_URL"]).update_query_dict({"options": "-cstatement_timeout=500"})
    asked, app.extensions["search"] = app.extensions["search"], PostgresEngine(url)
    try:
        with psycopg.connect(url.set(drivername="postgresql").render_as_string(False)) as other:
            other.execute("LOCK TABLE search.current")
            yield
    finally:
        app.extensions["search"] = asked


def damage(engine: Engine, how: str) -> None:
    """There is one that cannot be read."""
    if isinstance(engine, WhooshEngine):
        _damage_files(engine, how)
    else:
        with engine._connection() as connection:
            connection.execute(current(connection).tables.sql(DAMAGES[how]))


def _damage_files(engine: WhooshEngine, how: str) -> None:
    held = engine.folder / (engine.folder / "current").read_text()
    for file in [file for file in held.iterdir() if file.suffix in {".seg", ".toc"}]:
        if how == "emptied":
            file.write_bytes(b"")
        elif how == "cut":
            file.write_bytes(file.read_bytes()[:-40])
        elif how == "scribbled":
            file.write_bytes(bytes(len(file.read_bytes())))
        elif how == "gone":
            file.unlink()
    if how == "other analysis":
        (held / "analysis").write_text("older")
    if how == "bad pointer":
        (engine.folder / "current").write_text("../../etc")
