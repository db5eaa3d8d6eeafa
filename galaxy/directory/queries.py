"""How organisations are found: by letter, by country; and what they have shared and carried out."""

from sqlalchemy import ColumnElement, Select, and_, select
from sqlalchemy.orm import joinedload

from galaxy.content.models import Entry, Link, Relation, Status, Tag
from galaxy.core.db import db
from galaxy.directory.models import Organisation

SHOWN = 30  # entries on a profile

PUBLISHED = and_(
    Organisation.kind == Organisation.__mapper__.polymorphic_identity, Organisation.status == Status.PUBLISHED
)
"""With the kind, which the join would tell too, the index of kinds and statuses finds them."""


def organisations(letter: str = "", country: str = "") -> Select[Organisation]:
    """Those the public may see, from A to Z, each with the body it is the profile of; by first letter, by country."""
    found = select(Organisation).where(PUBLISHED).options(joinedload(Organisation.profile_of))
    if letter:
        found = found.where(Organisation.letter == letter)
    if country:
        found = found.where(Organisation.tags.any((Tag.scheme == "country") & (Tag.code == country)))
    return found.order_by(Organisation.folded, Organisation.id)


def letters() -> list[str]:
    """The letters under which something stands, in their order; `#` last."""
    found = db.session.scalars(select(Organisation.letter).where(PUBLISHED).distinct())
    return sorted(found, key=lambda letter: (letter == "#", letter))


def countries() -> list[str]:
    """The codes of the countries that published organisations name."""
    country = Tag.scheme.concat("") == "country"  # keeps SQLite from beginning with every country of every entry
    named = select(Tag.code).join(Organisation, Organisation.id == Tag.entry_id).where(country, PUBLISHED)
    return list(db.session.scalars(named.distinct()))


def carried_out(organisation: Organisation) -> Select[Entry]:
    """What it carried out, as published entries say, the newest first."""
    linked = select(Link.from_id).where(Link.to_id == organisation.id, Link.relation == Relation.IMPLEMENTED_BY)
    return _newest(Entry.id.in_(linked))


def shared(organisation: Organisation) -> Select[Entry]:
    """What the body behind a profile has shared, the newest first."""
    return _newest(Entry.body_id == organisation.profile_of_id, Entry.kind != organisation.kind)


def _newest(*holds: ColumnElement[bool]) -> Select[Entry]:
    found = select(Entry).where(Entry.status == Status.PUBLISHED, *holds).options(joinedload(Entry.body))
    return found.order_by(Entry.published_at.desc(), Entry.id.desc())
