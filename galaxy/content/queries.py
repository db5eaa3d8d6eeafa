"""What an entry stands beside, and what the public has seen of it."""

import re
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from galaxy.content.models import VISIBLE, Entry, Link, Relation, Status, Version
from galaxy.core.db import REF_LENGTH, REF_LETTERS, db

MOST, MOST_ALIKE = 200, 50
PRESENTING = 12  # on the page of what they present
NAMED = re.compile(rf"(?:.*/)?([{REF_LETTERS}]{{{REF_LENGTH}}})(?:-[^/?#]*)?(?:/?[?#].*)?")


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


def meant(said: str) -> list[Entry]:
    """The entry that an address, its last part or a permanent id means; else those with this whole title."""
    if found := NAMED.fullmatch(said):
        entry = db.session.scalar(select(Entry).where(Entry.ref == found[1]))
        if entry is not None:
            return [entry]
    title = func.lower(Entry.title) == func.lower(" ".join(said.split()))
    return list(db.session.scalars(select(Entry).where(title).order_by(Entry.id).limit(MOST_ALIKE)))


def with_refs(refs: list[str]) -> list[Entry]:
    """The entries with these permanent ids, in this order; those that are gone are left out."""
    found = {entry.ref: entry for entry in db.session.scalars(select(Entry).where(Entry.ref.in_(refs)))} if refs else {}
    return [found[ref] for ref in refs if ref in found]
