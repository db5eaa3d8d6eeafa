"""The migrations make what the models describe, and go up, down and up again with rows in the tables."""

import json
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, text
from sqlalchemy.exc import DBAPIError

from galaxy.accounts.models import Activity, User
from galaxy.accounts.services import record
from galaxy.content.models import Entry
from galaxy.core import schema
from galaxy.core.db import Base, db
from tests.factories import a_focal_point, a_solution, an_adaptation

TRIGGERS = {
    "sqlite": "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' ORDER BY name",
    "postgresql": "SELECT tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal ORDER BY tgname",
}


def tables() -> dict[str, Any]:
    """All that the database says of its tables, as plain values that can be compared."""
    db.session.remove()
    with db.engine.connect() as connection:
        found = inspect(connection)
        said = {
            name: {
                "columns": found.get_columns(name),
                "key": found.get_pk_constraint(name),
                "foreign keys": sorted(found.get_foreign_keys(name), key=str),
                "unique": sorted(found.get_unique_constraints(name), key=str),
                "checks": sorted(found.get_check_constraints(name), key=str),
                "indexes": sorted(found.get_indexes(name), key=str),
            }
            for name in sorted(found.get_table_names())
            if name not in {*schema.NOT_OURS, "alembic_version"}
        }
        return dict(json.loads(json.dumps(said, default=str)))


def triggers() -> list[tuple[str, str]]:
    with db.engine.connect() as connection:
        return [(name, sql) for name, sql in connection.execute(text(TRIGGERS[connection.dialect.name]))]


def test_the_migrations_make_the_tables_that_the_models_describe(blank_app):
    schema.upgrade()
    made = tables(), triggers()
    with db.engine.connect() as connection:
        ours = {"include_name": lambda name, kind, _parents: kind != "table" or name not in schema.NOT_OURS}
        assert compare_metadata(MigrationContext.configure(connection, opts=ours), Base.metadata) == []
    schema.downgrade("base")

    Base.metadata.create_all(db.engine)
    described = tables(), triggers()

    changed = [name for name in {**made[0], **described[0]} if made[0].get(name) != described[0].get(name)]
    assert changed == [], "The models have changed: run `make migration-initial`, or write a migration."
    assert made == described


def test_the_migrations_go_up_down_and_up_with_rows_in_the_tables(blank_app):
    for _time in range(2):
        schema.upgrade()
        author = a_focal_point()
        solution = a_solution(author=author)
        an_adaptation(solution)
        record(author, "published", solution)
        db.session.commit()
        assert (schema.revision(), db.session.query(Entry).count()) == (schema.newest(), 2)
        db.session.remove()
        schema.downgrade("base")
        assert (schema.revision(), tables(), triggers()) == (None, {}, [])


def test_the_migrated_database_refuses_to_change_the_log(blank_app):
    schema.upgrade()
    user = User(email="one@example.org", password=None)
    db.session.add(user)
    record(user, "joined", user)
    db.session.commit()

    for change in (text("UPDATE activity SET verb = 'left'"), text("DELETE FROM activity")):
        with pytest.raises(DBAPIError, match="append-only"):
            db.session.execute(change)
        db.session.rollback()

    assert [activity.verb for activity in db.session.query(Activity)] == ["joined"]
