"""How many statements an act sends to the database."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import Engine, event

from galaxy.core.db import db


def statements(act: Callable[[], Any], engine: Engine | None = None) -> int:
    """The statements sent while it acts."""
    sent: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith(("BEGIN", "SAVEPOINT", "RELEASE", "PRAGMA")):
            sent.append(statement)

    engine = engine or db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        act()
    finally:
        event.remove(engine, "before_cursor_execute", note)
    return len(sent)
