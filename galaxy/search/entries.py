"""Entries by their ids, as the public may see them now, with what of them a search looks at and shows."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import BindParameter, bindparam, select
from sqlalchemy.orm import joinedload, lazyload
from sqlalchemy.orm.attributes import set_committed_value

from galaxy.accounts.models import Body
from galaxy.content.models import Entry, Status, Tag
from galaxy.core.db import db
from galaxy.search.models import Indexed

Stamp = tuple[int, Status] | tuple[int, Status, str | None, datetime | None]
"""The version and status of an entry; of a hit also the name of its body, and when its texts were indexed."""


class Row(NamedTuple):
    """An entry with its texts, and when they were taken into the index; never, of one that is not yet."""

    entry: Entry
    texts: list[str]
    indexed_at: datetime | None


def rows_of(ids: Sequence[int]) -> list[Row]:
    """The entries of these ids that the public may see now, in this order, each with its texts and codes."""
    if not ids:
        return []
    read = db.session.execute(_ROWS, {"ids": [*ids]})
    found = {entry.id: Row(entry, texts or [entry.summary], at) for entry, texts, at in read}
    _read_tags([row.entry for row in found.values()])
    return [row for row in (found[i] for i in ids if i in found) if row.entry.is_visible]


def published(ids: Sequence[int]) -> list[Entry]:
    """Those of these entries that the public may see, in this order."""
    return [row.entry for row in rows_of(ids)]


def _read_tags(entries: Sequence[Entry]) -> None:
    """Give entries their tags, which takes half as long as the mapper does."""
    tags: dict[int, list[Tag]] = {entry.id: [] for entry in entries if "tags" not in entry.__dict__}
    for tag in db.session.scalars(_TAGS, {"ids": [*tags]}) if tags else ():
        tags[tag.entry_id].append(tag)
    for entry in entries:
        if entry.id in tags:
            set_committed_value(entry, "tags", tags[entry.id])


# Statements are made once: making one costs more than asking it.
_IDS: BindParameter[int] = bindparam("ids", expanding=True)
_ROWS = (
    select(Entry, Indexed.texts, Indexed.indexed_at)
    .outerjoin(Indexed, Indexed.entry_id == Entry.id)
    .where(Entry.id.in_(_IDS), Entry.status == Status.PUBLISHED)
    .options(joinedload(Entry.body), lazyload(Entry.tags))
)
_TAGS = select(Tag).where(Tag.entry_id.in_(_IDS)).order_by(Tag.position)


def stamps_of(rows: Iterable[Row]) -> dict[int, Stamp]:
    """How entries are, and those on whose pages they stand; the database says the same until one is changed."""
    parents = [row.entry.parent for row in rows if row.entry.parent]
    seen: dict[int, Stamp] = {parent.id: (parent.version, parent.status) for parent in parents}
    for entry, _texts, at in rows:
        seen[entry.id] = (entry.version, entry.status, entry.body.name if entry.body else None, at)
    return seen


def is_as_seen(seen: Mapping[int, Stamp]) -> bool:
    """Whether each of these entries is still as it was seen."""
    if not seen:
        return True
    there = {row[0]: row[1:] for row in db.session.connection().execute(_SEEN, {"ids": [*seen]})}
    return all(there.get(entry_id, ())[: len(stamp)] == stamp for entry_id, stamp in seen.items())


_entry, _body, _indexed = Entry.__table__, Body.__table__, Indexed.__table__
_SEEN = (
    select(_entry.c.id, _entry.c.version, _entry.c.status, _body.c.name, _indexed.c.indexed_at)
    .outerjoin_from(_entry, _body, _body.c.id == _entry.c.body_id)
    .outerjoin(_indexed, _indexed.c.entry_id == _entry.c.id)
    .where(_entry.c.id.in_(_IDS))
)
