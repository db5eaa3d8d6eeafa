"""The tables, brought to their newest form by the migrations; safe when several processes start at once."""

import importlib
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import current_app

from galaxy.core import limits
from galaxy.core.db import db

FOLDER = Path(__file__).parent.parent.parent / "migrations"
NOT_OURS = frozenset(
    {"huey_kv", "huey_schedule", "huey_task", "huey_counter", *limits.metadata.tables}
)  # tables in our database that the queue and the rate limits make for themselves


def import_models() -> None:
    """Know every table, also one that nothing has asked for yet: those of the rooms, and those of the core."""
    root = Path(__file__).parent.parent
    for path in sorted([*root.glob("*/*models.py"), *root.glob("core/*.py")]):
        importlib.import_module(f"galaxy.{path.parent.name}.{path.stem}")


def scripts() -> Config:
    """Where the migrations are, for Alembic."""
    settings = Config()
    settings.set_main_option("script_location", str(FOLDER))
    return settings


def upgrade(to: str = "head") -> None:
    """Bring the tables to a revision, and make those of the queue."""
    db.session.rollback()  # no lock of this session may stand in the way
    command.upgrade(scripts(), to)
    queue = current_app.extensions["huey"].storage
    if hasattr(queue, "ddl"):  # PostgreSQL's; SQLite's makes its own file
        queue.initialize_schema()


def downgrade(to: str) -> None:
    """Bring the tables back to a revision."""
    db.session.rollback()
    command.downgrade(scripts(), to)


def revision() -> str | None:
    """The revision the database is at."""
    return MigrationContext.configure(db.session.connection()).get_current_revision()


def newest() -> str | None:
    """The revision the code expects."""
    return ScriptDirectory.from_config(scripts()).get_current_head()
