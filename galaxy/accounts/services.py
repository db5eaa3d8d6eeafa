"""What may be done with accounts, bodies and mandates; and the log of every act."""

from typing import Any

from galaxy.accounts.models import Activity, User
from galaxy.core.db import db


def record(
    by: User | None,
    verb: str,
    thing: Any,
    *,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    reason: str = "",
) -> None:
    """Write an act into the activity log, in the transaction of the act."""
    if thing.id is None:
        db.session.flush()
    kind = getattr(thing, "kind", None) if thing.__tablename__ != "body" else None
    name = getattr(thing, "title", None) or getattr(thing, "name", "")
    activity = Activity(
        actor_id=by.id if by else None,
        verb=verb,
        object_kind=str(kind or thing.__tablename__),
        object_id=thing.id,
        object_name=str(name)[:300],
        before=before,
        after=after,
        reason=reason,
    )
    db.session.add(activity)
