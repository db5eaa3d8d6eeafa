"""What an entry stands beside, and what the public has seen of it."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from galaxy.content.models import VISIBLE, Entry, Link, Relation, Status, Version
from galaxy.core.db import db

MOST = 200
PRESENTING = 12  # on the page of what they present


def linked(entry: Entry, relation: Relation) -> list[Entry]:
    """The entries of which this relation is said of it, the oldest first, each with its body."""
    rows = select(Entry).join(Link, Link.to_id == Entry.id).options(joinedload(Entry.body))
    rows = rows.where(Link.from_id == entry.id, Link.relation == relation)
    return list(db.session.scalars(rows.order_by(Entry.id).limit(MOST)))


def presenting(entry: Entry) -> list[Entry]:
    """The visible entries, of whichever kind, that say they present this one, the newest first, each with its body."""
    rows = select(Entry).join(Link, Link.from_id == Entry.id).options(joinedload(Entry.body))
    rows = rows.where(Link.to_id == entry.id, Link.relation == Relation.PRESENTS, Entry.status.in_(VISIBLE))
    return list(db.session.scalars(rows.order_by(Entry.id.desc()).limit(PRESENTING)))


def public_versions(entry: Entry) -> list[Any]:
    """Number and moment of what the public has seen of an entry, newest first."""
    rows = select(Version.number, Version.created_at).where(
        Version.entry_id == entry.id, Version.status == Status.PUBLISHED
    )
    return list(db.session.execute(rows.order_by(Version.number.desc())).all())
