"""How users, bodies and mandates are found."""

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import aliased, joinedload, selectinload

from galaxy.accounts.models import Body, BodyKind, Mandate, MandateStatus, User
from galaxy.core.db import db


def is_last_admin(user: User) -> bool:
    """Whether nobody else is appointed to run this place."""
    others = select(User.id).where(User.appointed, User.active, User.id != user.id)
    return user.appointed and db.session.scalar(others.limit(1)) is None


def people(words: str, only: str = "") -> Select[User]:
    """Accounts whose name, address or organisation has these words, by name; `only` admins or disabled ones."""
    found = select(User).where(User.deleted_at.is_(None)).options(selectinload(User.mandates))
    for word in words.split()[:8]:
        columns = (User.name, User.email, User.organisation)
        found = found.where(or_(*(column.icontains(word, autoescape=True) for column in columns)))
    if only == "admins":
        found = found.where(User.appointed)
    if only == "disabled":
        found = found.where(User.active.is_(False))
    return found.order_by(User.name, User.id)


def member(email: str) -> User | None:
    """The member with this address who may be given a mandate."""
    known = select(User).where(User.email == email.lower(), User.active, User.confirmed_at.is_not(None))
    return db.session.scalar(known)


def bodies() -> Select[Body]:
    """Bodies one may apply to act for, by name: not those that only an undecided or declined applicant named."""
    return select(Body).where(Body.proposed.is_(False)).order_by(Body.name, Body.id)


def national_body(country: str | None) -> Body | None:
    """The national focal point institution of a country."""
    return db.session.scalars(bodies().where(Body.kind == BodyKind.NATIONAL, Body.country == country)).first()


def mandates_of(user: User) -> Select[Mandate]:
    """A person's mandates and applications, the newest first."""
    return select(Mandate).where(Mandate.user_id == user.id).order_by(Mandate.id.desc())


def applications() -> Select[Mandate]:
    """What waits for an admin's decision, oldest first, each with who applies and whom they succeed."""
    people = (joinedload(Mandate.user), joinedload(Mandate.succeeds).joinedload(Mandate.user))
    waiting = select(Mandate).where(Mandate.status == MandateStatus.APPLIED).options(*people)
    return waiting.order_by(Mandate.applied_at, Mandate.id)


def decided() -> Select[Mandate]:
    """What has been decided, the newest first."""
    people = (joinedload(Mandate.user), joinedload(Mandate.decided_by))
    done = select(Mandate).where(Mandate.status != MandateStatus.APPLIED).options(*people)
    return done.order_by(Mandate.decided_at.desc(), Mandate.id.desc())


def same_mandate(user: User, body: Body, but: Mandate | None = None) -> Mandate | None:
    """A mandate or an application this person has for the body already."""
    mine = select(Mandate).where(Mandate.user_id == user.id, Mandate.body_id == body.id)
    waiting = mine.where(Mandate.status.in_((MandateStatus.APPLIED, MandateStatus.VERIFIED)))
    return next(
        (
            mandate
            for mandate in db.session.scalars(waiting)
            if mandate is not but and (mandate.status == MandateStatus.APPLIED or not mandate.is_over)
        ),
        None,
    )


def lock_rivals(body: Body) -> None:
    """Let no two admins verify two national focal points of one country at the same moment."""
    rivals = select(Body.id).where(Body.kind == BodyKind.NATIONAL, Body.country == body.country)
    if body.kind == BodyKind.NATIONAL:
        db.session.execute(rivals.order_by(Body.id).with_for_update()).all()


def rival_body(body: Body) -> Body | None:
    """Another body that already is the national focal point of this one's country."""
    other, mandate = aliased(Body), aliased(Mandate)
    held = select(other).join(mandate, mandate.body_id == other.id).where(mandate.status == MandateStatus.VERIFIED)
    rivals = held.where(other.kind == BodyKind.NATIONAL, other.country == body.country, other.id != body.id)
    return db.session.scalars(rivals).first() if body.kind == BodyKind.NATIONAL else None
