"""How Alembic reaches Galaxy's database: one migration at a time, each wholly or not at all."""

from typing import Any

from alembic import context
from sqlalchemy import JSON, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.types import TypeDecorator

from galaxy.core.db import Base, db
from galaxy.core.schema import NOT_OURS, import_models

ONE_AT_A_TIME = 7_140_713  # the number of the lock that a migration of PostgreSQL holds


def is_ours(name: str | None, kind: str, _parents: Any) -> bool:
    return kind != "table" or name not in NOT_OURS


def as_plain_type(kind: str, thing: Any, context: Any) -> str | bool:
    """Write a type of our own as the type it stands on, so that a migration needs none of today's code."""
    if kind == "type" and isinstance(thing, TypeDecorator):
        return f"sa.{thing.impl_instance!r}"
    if kind == "type" and isinstance(thing, JSON) and not isinstance(thing, postgresql.JSON):
        context.imports.add("from sqlalchemy.dialects import postgresql")
        return 'sa.JSON().with_variant(postgresql.JSONB(), "postgresql")'
    return False


def migrate() -> None:
    """Run the migrations that are asked for."""
    import_models()
    with db.engine.connect() as connection:
        sqlite = connection.dialect.name == "sqlite"
        if sqlite:  # rewriting a table drops the old one, which must not take its children's rows along
            connection.connection.driver_connection.execute("PRAGMA foreign_keys=OFF")  # type: ignore[union-attr]
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            render_as_batch=True,
            compare_type=True,
            include_name=is_ours,
            render_item=as_plain_type,
            transactional_ddl=True,
        )
        with context.begin_transaction():
            if not sqlite:
                connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": ONE_AT_A_TIME})
            context.run_migrations()
            if sqlite and (broken := connection.exec_driver_sql("PRAGMA foreign_key_check").all()):
                raise RuntimeError(f"A migration would leave rows that point at nothing: {broken[:5]}")
        if sqlite:
            connection.connection.driver_connection.execute("PRAGMA foreign_keys=ON")  # type: ignore[union-attr]


migrate()
