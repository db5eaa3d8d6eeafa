"""What may be done in the directory: an organisation found or made by its name, its profile changed."""

from typing import Any

from sqlalchemy import select

from galaxy.accounts.models import Body, Mandate, MandateStatus, User
from galaxy.accounts.services import mandate_decided, record
from galaxy.content.imports import NAMED, Choices
from galaxy.content.models import Link, Relation, Status, Version
from galaxy.core.db import db
from galaxy.directory.models import Organisation, folded
from galaxy.moderation.services import put_online

GONE = {Status.DECLINED, Status.WITHDRAWN}


def find(name: str) -> Organisation | None:
    """The organisation of this name, whatever its capitals and accents; the oldest, where there are several."""
    same = select(Organisation).where(Organisation.folded == folded(name), Organisation.status.not_in(GONE))
    return db.session.scalars(same.order_by(Organisation.id).limit(1)).first()


def find_or_create(name: str, website: str = "", by: User | None = None, *, demo: bool = False) -> Organisation:
    """The organisation of this name; one that is not known yet is published with its name and website alone."""
    found = find(name)
    if found is None:
        found = Organisation(title=name, url=website, status=Status.DRAFT, demo=demo, author=by)
        db.session.add(found)
        db.session.flush()
        put_online(found, by if by and by.is_admin else None)
    return found


def named(name: str, website: str, chosen: Choices) -> int | None:
    """For imports of other kinds: the id of the organisation of this name; a new one only when they publish."""
    found = find_or_create(name, website, chosen.by, demo=chosen.demo) if chosen.publish else find(name)
    return found.id if found else None


NAMED["organisations"] = named


def profile(body: Body, by: User | None = None) -> Organisation:
    """The public profile of a body; it is made and published when there is none yet."""
    found = db.session.scalar(select(Organisation).where(Organisation.profile_of_id == body.id))
    if found is None:
        found = Organisation(
            title=body.name,
            language=body.language,
            url=body.website,
            profile_of_id=body.id,
            body=body,
            author=by,
            demo=body.demo,
            status=Status.DRAFT,
        )
        found.set_codes("country", [body.country] if body.country else [])
        db.session.add(found)
        db.session.flush()
        put_online(found, by if by and by.is_admin else None)
    return found


@mandate_decided.connect
def give_profile(mandate: Mandate, by: User | None, verb: str) -> None:
    """Who acts for a body with a verified mandate finds its public profile there."""
    if mandate.status == MandateStatus.VERIFIED:
        profile(mandate.body, by)


def revise(organisation: Organisation, said: dict[str, Any], by: User) -> None:
    """Change a profile at once, and keep what it said before as a version."""
    if not organisation.versions:
        _keep(organisation, 1, None)
    organisation.apply(said)
    _keep(organisation, organisation.versions[-1].number + 1, by)
    record(by, "revised", organisation)


def _keep(organisation: Organisation, number: int, by: User | None) -> None:
    version = Version(
        number=number, said=organisation.snapshot(), status=Status.PUBLISHED, author_id=by.id if by else None
    )
    organisation.versions.append(version)


def implement(organisation: Organisation, entry_id: int) -> None:
    """Say that an organisation carries out what an entry tells."""
    key = {"from_id": entry_id, "relation": Relation.IMPLEMENTED_BY, "to_id": organisation.id}
    if db.session.get(Link, key) is None:
        db.session.add(Link(**key))
